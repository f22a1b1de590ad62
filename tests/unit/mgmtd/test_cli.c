/* SPDX-License-Identifier: MIT */
/* The command line: modes, commits, candidates, files, state in pages, completion. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/mgmtd/cli_rig.h"

static int set_up(void **state)
{
	*state = cli_rig_new();
	return 0;
}

static int tear_down(void **state)
{
	cli_rig_free(*state);
	return 0;
}

#define A 0u
#define B 1u

/* The line is fine and says exactly this. */
#define SAYS(r, i, line, text) \
	do { \
		assert_string_equal(cli_rig_line(r, i, line), text); \
		assert_int_equal((r)->l[i].status, CLI_OK); \
	} while (0)
#define FINE(r, i, line) SAYS(r, i, line, "")
#define REFUSED(r, i, line, st, part) \
	do { \
		const char *said_ = cli_rig_line(r, i, line); \
\
		if (!strstr(said_, part)) \
			fail_msg("%s: %s", line, said_); \
		assert_int_equal((r)->l[i].status, st); \
	} while (0)

/* The prompt behind the host's name. */
static const char *prompt(struct cli_rig *r, unsigned int i)
{
	const char *p = r->l[i].prompt;

	return p + strcspn(p, "(#");
}

static void test_modes_and_prompts(void **state)
{
	struct cli_rig *r = *state;

	FINE(r, A, "");
	assert_string_equal(prompt(r, A), "# ");
	FINE(r, A, "conf t");
	assert_string_equal(prompt(r, A), "(config)# ");
	FINE(r, A, "router babel");
	assert_string_equal(prompt(r, A), "(config-router)# ");
	/* A line of the mode above is run there, and the session goes along. */
	FINE(r, A, "interface eth0");
	assert_string_equal(prompt(r, A), "(config-if)# ");
	FINE(r, A, "exit");
	assert_string_equal(prompt(r, A), "(config)# ");
	FINE(r, A, "interface eth1");
	FINE(r, A, "end");
	assert_string_equal(prompt(r, A), "# ");
	REFUSED(r, A, "hostname edge", CLI_NO_MATCH, "Unknown command");
	FINE(r, A, "exit");
	assert_true(r->l[A].quit);
}

static void test_each_line_acts_at_once(void **state)
{
	struct cli_rig *r = *state;

	FINE(r, A, "configure terminal");
	FINE(r, A, "hostname edge");
	assert_string_equal(r->l[A].prompt, "edge(config)# ");
	FINE(r, A, "router babel");
	FINE(r, A, "network eth1");
	assert_string_equal(cli_rig_running(r),
			    "hostname edge\n!\nrouter babel\n network eth1\nexit\n");
	FINE(r, A, "no network eth1");
	REFUSED(r, A, "do show running-config", CLI_OK, "router babel\nexit\n!\nend\n");
	assert_string_equal(prompt(r, A), "(config-router)# ");
	FINE(r, A, "! nothing");
	FINE(r, A, "# nothing");
	FINE(r, A, "no router babel");
	assert_string_equal(cli_rig_running(r), "hostname edge\n");
}

static void test_a_bad_line_shows_where(void **state)
{
	struct cli_rig *r = *state;

	REFUSED(r, A, "show nonsense", CLI_NO_MATCH,
		"% Unknown command: show nonsense\n"
		"                        ^\n");
	REFUSED(r, A, "show nonsense", CLI_NO_MATCH, "running-config");
	REFUSED(r, A, "show", CLI_INCOMPLETE, "% Command incomplete: show\n");
	REFUSED(r, A, "co", CLI_AMBIGUOUS, "% Ambiguous command: co\n");
	FINE(r, A, "configure terminal");
	FINE(r, A, "interface eth0");
	REFUSED(r, A, "babel rxcost 70000", CLI_FAILED,
		"% Invalid value: babel rxcost 70000\n"
		"                              ^\n");
	REFUSED(r, A, "babel rxcost 70000", CLI_FAILED, "(1-65534)");
	assert_string_equal(prompt(r, A), "(config-if)# ");
}

static void test_candidate(void **state)
{
	struct cli_rig *r = *state;

	FINE(r, A, "configure private");
	FINE(r, A, "hostname edge");
	FINE(r, A, "router babel");
	FINE(r, A, "network eth1");
	assert_string_equal(cli_rig_running(r), "");
	SAYS(r, A, "show configuration diff", "+hostname edge\n+router babel\n+ network eth1\n");
	SAYS(r, A, "commit check", "The configuration is fine.\n");
	assert_string_equal(cli_rig_running(r), "");
	REFUSED(r, A, "do configure private", CLI_WARNING, "already");
	FINE(r, A, "exit");
	REFUSED(r, A, "exit", CLI_FAILED, "not committed");
	REFUSED(r, A, "end", CLI_FAILED, "not committed");
	SAYS(r, A, "commit comment two words", "Committed as 2.\n");
	assert_string_equal(cli_rig_running(r),
			    "hostname edge\n!\nrouter babel\n network eth1\nexit\n");
	FINE(r, A, "show configuration diff");
	SAYS(r, A, "commit", "Nothing is different.\n");
	REFUSED(r, A, "show configuration history", CLI_OK, "# two words\n");
	REFUSED(r, A, "rollback 1", CLI_OK, "Loaded");
	FINE(r, A, "discard");
	FINE(r, A, "no hostname edge");
	FINE(r, A, "abort");
	assert_string_equal(r->l[A].prompt, "edge# ");
	REFUSED(r, A, "show configuration rollback 1", CLI_OK, "-hostname edge\n");
	SAYS(r, A, "rollback 1", "Committed as 3.\n");
	assert_string_equal(cli_rig_running(r), "");
	REFUSED(r, A, "rollback 77", CLI_FAILED, "no commit 77");
}

static void test_exclusive_names_its_owner(void **state)
{
	struct cli_rig *r = *state;

	FINE(r, A, "configure exclusive");
	REFUSED(r, B, "configure exclusive", CLI_FAILED, "alice");
	FINE(r, B, "configure terminal");
	REFUSED(r, B, "hostname x", CLI_FAILED, "alice");
	assert_string_equal(cli_rig_running(r), "");
	FINE(r, A, "end");
	FINE(r, B, "hostname x");
	assert_string_equal(cli_rig_running(r), "hostname x\n");
}

static void test_confirmed_commit(void **state)
{
	struct cli_rig *r = *state;

	FINE(r, A, "configure private");
	FINE(r, A, "hostname edge");
	REFUSED(r, A, "commit confirmed 0", CLI_FAILED, "seconds");
	REFUSED(r, A, "commit confirmed 60", CLI_OK, "in 60 seconds unless");
	FINE(r, A, "end");
	/* A line that acts at once would be lost with it. */
	FINE(r, B, "configure terminal");
	REFUSED(r, B, "no hostname edge", CLI_FAILED, "confirmed commit");
	SAYS(r, B, "commit cancel", "The commit was taken back.\n");
	assert_string_equal(cli_rig_running(r), "");
	FINE(r, A, "configure private");
	FINE(r, A, "hostname edge");
	REFUSED(r, A, "commit confirmed", CLI_OK, "in 600 seconds unless");
	FINE(r, A, "end");
	SAYS(r, B, "commit", "Confirmed.\n");
	REFUSED(r, B, "commit", CLI_WARNING, "nothing to commit");
	assert_string_equal(cli_rig_running(r), "hostname edge\n");
}

static void test_file_is_all_or_nothing(void **state)
{
	struct cli_rig *r = *state;
	static const char bad[] = "hostname edge\n"
				  "!\n"
				  "router babel\n"
				  " netwrok eth1\n"
				  "exit\n"
				  "router ospf\n"
				  " network 10.0.0.0/8 area 0\n"
				  "interface eth0\n"
				  " babel rxcost 99999\n";
	static const char meant_badly[] = "hostname edge\n"
					  "ip route 10.0.0.0/8 192.0.2.1\n"
					  "ip route 10.0.0.0/8 blackhole\n";
	const char *said = cli_rig_load(r, A, bad, false);

	assert_int_equal(r->l[A].status, CLI_FAILED);
	assert_non_null(strstr(said, "f.conf:4: Unknown command"));
	assert_non_null(strstr(said, "f.conf:6: \"ospf\""));
	/* What is inside a section that is not known is not reported again. */
	assert_null(strstr(said, "f.conf:7:"));
	assert_non_null(strstr(said, "f.conf:9: invalid value"));
	assert_string_equal(cli_rig_running(r), "");

	said = cli_rig_load(r, A, meant_badly, false);
	assert_int_equal(r->l[A].status, CLI_FAILED);
	assert_non_null(strstr(said, "f.conf:3: /srcdest-static:static/route"));
	assert_string_equal(cli_rig_running(r), "");
}

static void test_file_of_frr(void **state)
{
	struct cli_rig *r = *state;
	static const char text[] = "frr version 8.4.4\n"
				   "frr defaults traditional\n"
				   "hostname edge\n"
				   "log syslog informational\n"
				   "service integrated-vtysh-config\n"
				   "!\n"
				   "ipv6 route ::/0 from 2001:db8:a::/48 fe80::1 eth0\n"
				   "!\n"
				   "interface eth1\n"
				   " babel wireless\n"
				   "!\n"
				   "router babel\n"
				   " network eth1\n"
				   " redistribute ipv6 static\n"
				   "!\n"
				   "line vty\n"
				   " exec-timeout 0 0\n"
				   "!\n"
				   "end\n";

	assert_string_equal(cli_rig_load(r, A, text, true), "");
	assert_int_equal(r->l[A].status, CLI_OK);
	assert_string_equal(cli_rig_running(r), "");
	assert_string_equal(cli_rig_load(r, A, text, false), "");
	assert_string_equal(cli_rig_running(r),
			    "hostname edge\n!\n"
			    "ipv6 route ::/0 from 2001:db8:a::/48 fe80::1 eth0\n!\n"
			    "interface eth1\n babel wireless\nexit\n!\n"
			    "router babel\n network eth1\n redistribute ipv6 static\nexit\n");
}

static void test_what_is_saved_is_read_again(void **state)
{
	struct cli_rig *r = *state;
	char before[8192], *report = NULL, old[64], sav[PATH_MAX], *text;
	struct lyd_node *tree;
	struct stat st;
	size_t n;

	FINE(r, A, "configure terminal");
	FINE(r, A, "hostname edge");
	FINE(r, A, "ipv6 route ::/0 from 2001:db8:a::/48 blackhole");
	REFUSED(r, A, "write memory", CLI_OK, "[OK]");
	snprintf(before, sizeof(before), "%s", cli_rig_running(r));
	FINE(r, A, "no hostname edge");
	FINE(r, A, "no ipv6 route ::/0 from 2001:db8:a::/48 blackhole");
	assert_string_equal(cli_rig_running(r), "");
	tree = cli_file_tree(r->schema, r->grammar, r->startup, &report);
	assert_non_null(tree);
	lyd_free_all(tree);
	/* The startup configuration, by its empty name. */
	cli_session_load(r->l[A].session, "", NULL, false);
	FINE(r, B, "");
	assert_string_equal(cli_rig_running(r), before);

	/* What somebody has written by hand outlives the next save. */
	assert_true(
		save_file(r->startup, 0600, "! mine\nbroken line\n", 19, &(struct edit_error){0}));
	REFUSED(r, A, "write memory", CLI_OK, "[OK]");
	REFUSED(r, A, "write memory", CLI_OK, "[OK]");
	snprintf(sav, sizeof(sav), "%s.sav", r->startup);
	text = load_file(sav, &n);
	assert_non_null(text);
	assert_string_equal(text, "! mine\nbroken line\n");
	free(text);
	unlink(sav);

	/* Where nothing can be written the old file stays. */
	assert_int_equal(stat(r->startup, &st), 0);
	snprintf(old, sizeof(old), "%lld", (long long)st.st_ino);
	strcat(r->startup, "/no-directory");
	REFUSED(r, A, "write memory", CLI_FAILED, "no-directory");
	*strrchr(r->startup, '/') = '\0';
	assert_int_equal(stat(r->startup, &st), 0);
	assert_int_equal(strtoll(old, NULL, 10), st.st_ino);
}

static void test_filters(void **state)
{
	struct cli_rig *r = *state;

	FINE(r, A, "configure terminal");
	FINE(r, A, "interface eth0");
	FINE(r, A, "description a | b");
	FINE(r, A, "router babel");
	FINE(r, A, "network eth1");
	SAYS(r, A, "show running-config | include network|description",
	     " description a | b\n network eth1\n");
	SAYS(r, A, "sh run | inc ^router", "router babel\n");
	SAYS(r, A, "show running-config | begin network", " network eth1\nexit\n!\nend\n");
	SAYS(r, A, "show running-config | count eth", "Count: 2 lines\n");
	SAYS(r, A, "do show running-config | exclude [a-z]|!", "\n");
	REFUSED(r, A, "show running-config | include (", CLI_NO_MATCH, "^\n");
	REFUSED(r, A, "show running-config | frob x", CLI_NO_MATCH, "include");
	REFUSED(r, A, "show running-config | include", CLI_NO_MATCH, "regular expression");
}

/* ---- state ---- */

static bool is_stuck(struct cli_rig *r)
{
	return r->l[A].room == 0;
}

static unsigned int seen_pages;
static bool no_more_pages(struct cli_rig *r)
{
	/* Ten turns of the loop, in each of which a page could come. */
	static int turns;

	if (r->pages != seen_pages)
		return true;
	return ++turns % 10 == 0;
}

static bool a_is_done(struct cli_rig *r)
{
	return r->l[A].done;
}

static void test_large_tables_come_in_pages(void **state)
{
	struct cli_rig *r = *state;
	struct listener_ *l = &r->l[A];
	json_object *o, *list;

	cli_rig_zebra(r, 20000);
	l->n = 0;
	l->done = false;
	l->room = 1000;
	cli_session_line(l->session, "show ipv6 route json");
	cli_rig_until(r, is_stuck);
	/* There is something to read long before the last page; and while nobody
	 * reads, no page is asked for. */
	assert_true(l->n > 1000);
	assert_false(l->done);
	assert_in_range(r->pages, 1, 3);
	/* One may be on its way: it was asked for while there was room. */
	seen_pages = r->pages;
	cli_rig_until(r, no_more_pages);
	assert_in_range(r->pages - seen_pages, 0, 1);
	seen_pages = r->pages;
	cli_rig_until(r, no_more_pages);
	assert_int_equal(r->pages, seen_pages);
	l->room = SIZE_MAX;
	cli_session_room(l->session);
	cli_rig_until(r, a_is_done);
	assert_true(r->pages >= 20);
	o = json_tokener_parse(l->text);
	assert_non_null(o);
	assert_true(json_object_object_get_ex(o, "route", &list));
	assert_int_equal(json_object_array_length(list), 20000);
	json_object_put(o);
}

static void test_routes_as_text(void **state)
{
	struct cli_rig *r = *state;

	cli_rig_zebra(r, 2);
	SAYS(r, A, "show ipv6 route",
	     "Codes: K - kernel route, C - connected, S - static, A - Babel,\n"
	     "       > - selected route, * - FIB route, q - queued, r - rejected\n\n"
	     "S>* 2001:db8:0::/48 [1/0] via fe80::1, eth0, 00:01:01\n"
	     "S>* 2001:db8:1::/48 from 2001:db8:a::/48 [1/0] via fe80::1, eth0, 00:01:01\n");
	SAYS(r, A, "show ipv6 route | include from",
	     "S>* 2001:db8:1::/48 from 2001:db8:a::/48 [1/0] via fe80::1, eth0, 00:01:01\n");
	SAYS(r, A, "show ip route json", "{\n\"route\": [\n]\n}\n");
	SAYS(r, A, "show ipv6 route babel json", "{\n\"route\": [\n]\n}\n");
}

static void test_session_ends_in_the_middle(void **state)
{
	struct cli_rig *r = *state;
	struct listener_ *l = &r->l[A];

	cli_rig_zebra(r, 20000);
	l->done = false;
	l->room = 1000;
	cli_session_line(l->session, "show ipv6 route");
	/* Freed while a page is on its way: by tear_down. */
}

/* ---- completion ---- */

static void test_completion(void **state)
{
	struct cli_rig *r = *state;

	assert_string_equal(cli_rig_complete(r, A, "sh", false), "show=What there is\n");
	assert_non_null(
		strstr(cli_rig_complete(r, A, "show ", true), "version=Version of srcdest\n"));
	assert_string_equal(cli_rig_complete(r, A, "show bogus x", true), "");
	assert_non_null(strstr(r->l[A].error, "^\n"));
	assert_string_equal(cli_rig_complete(r, A, "show running-config | in", false),
			    "include=Lines that match\n");
	FINE(r, A, "configure terminal");
	assert_non_null(strstr(cli_rig_complete(r, A, "ro", false), "router="));
	assert_non_null(strstr(cli_rig_complete(r, A, "do sh", false), "show="));
	FINE(r, A, "interface eth9");
	assert_non_null(strstr(cli_rig_complete(r, A, "babel rxcost ", true), "((1-65534))="));
}

static void test_completion_from_live_state(void **state)
{
	struct cli_rig *r = *state;

	cli_rig_zebra(r, 3);
	FINE(r, A, "configure terminal");
	assert_non_null(strstr(cli_rig_complete(r, A, "interface e", false), "eth0="));
	assert_non_null(strstr(r->l[A].words, "eth1="));
	assert_non_null(strstr(cli_rig_complete(r, A, "do show ipv6 route 2001:", false),
			       "2001:db8:2::/48="));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_modes_and_prompts),		TEST(test_each_line_acts_at_once),
		TEST(test_a_bad_line_shows_where),	TEST(test_candidate),
		TEST(test_exclusive_names_its_owner),	TEST(test_confirmed_commit),
		TEST(test_file_is_all_or_nothing),	TEST(test_file_of_frr),
		TEST(test_what_is_saved_is_read_again), TEST(test_filters),
		TEST(test_large_tables_come_in_pages),	TEST(test_routes_as_text),
		TEST(test_session_ends_in_the_middle),	TEST(test_completion),
		TEST(test_completion_from_live_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
