/* SPDX-License-Identifier: MIT */
/* Completion, help, and lines that are not in the schema. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cli/rig.h"

static struct rig rig;

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

enum { ID_COMMIT = 1, ID_CONFIRMED, ID_SHOW_ROUTE, ID_SHOW_ROUTE_TO, ID_SHOW_INTERFACE, ID_CLEAR };

static const struct grammar_command added[] = {
	{ID_COMMIT, GRAMMAR_CONFIG, "commit", "Put the candidate into force"},
	{ID_CONFIRMED, GRAMMAR_CONFIG, "commit confirmed [$seconds:number]",
	 "Go back unless confirmed in time"},
	{ID_SHOW_ROUTE, GRAMMAR_EXEC, "show ipv6 route [json]", "Routes of the RIB"},
	{ID_SHOW_ROUTE_TO, GRAMMAR_EXEC,
	 "show ipv6 route $destination:prefix6 [from $source:prefix6] [json]",
	 "The route of one pair"},
	{ID_SHOW_INTERFACE, GRAMMAR_EXEC, "show interface [$name:name]", "Interfaces"},
	{ID_CLEAR, GRAMMAR_EXEC, "clear babel", "Forget what Babel knows"},
};

static struct grammar_place place_in(const char *line)
{
	struct grammar_place p = {0};
	struct grammar_result r = {0};

	if (strcmp(line, "exec") == 0)
		p.room = GRAMMAR_EXEC;
	else if (*line)
		assert_int_equal(grammar_parse(rig.g, &p, line, 0, &r), GRAMMAR_OK);
	if (r.arena)
		p = r.place;
	grammar_result_clear(&r);
	return p;
}

static void values(void *ctx, enum grammar_class class, const struct lysc_node *leaf,
		   const char *start, grammar_name_fn each, void *each_ctx)
{
	static const char *const names[] = {"eth0", "eth1", "wlan0", "5"};
	size_t i;

	(void)ctx;
	(void)leaf;
	for (i = 0; class == GRAMMAR_NAME && i < LENGTH(names); i++) {
		if (strncmp(names[i], start, strlen(start)) == 0)
			each(each_ctx, names[i]);
	}
	if (class == GRAMMAR_PREFIX6 && strncmp("2001:db8::/32", start, strlen(start)) == 0)
		each(each_ctx, "2001:db8::/32");
}

struct list {
	char words[2048];
	char help[2048]; /* of the last */
};

/* Words, a blank between two; variables in round brackets. */
static void add(void *ctx, const struct grammar_candidate *c)
{
	struct list *l = ctx;
	size_t n = strlen(l->words);

	assert_non_null(c->help);
	snprintf(l->words + n, sizeof(l->words) - n, "%s%s%s%s", n ? " " : "",
		 c->variable ? "<" : "", c->word, c->variable ? ">" : "");
	snprintf(l->help, sizeof(l->help), "%s", c->help);
}

static const struct ask {
	const char *mode, *text;
	bool help;
	const char *words;
} asks[] = {
	{"", "", true, "commit fpm hostname interface ip ipv6 key nacm netconf no route-map router zebra"},
	{"", "", false, "commit fpm hostname interface ip ipv6 key nacm netconf no route-map router zebra"},
	{"", "i", false, "interface ip ipv6"},
	{"", "ip", true, "ip ipv6"},
	{"", "ip ", true, "prefix-list protocol route"}, /* `ip` in full is no abbreviation of ipv6 */
	{"", "rou", false, "route-map router"},
	{"", "router ", true, "babel"},
	{"", "router babel ", true, "<<cr>>"},
	{"", "router babel ", false, ""},
	{"", "no ", true, "fpm hostname interface ip ipv6 key nacm netconf route-map router zebra"},
	{"", "no h", false, "hostname"},
	{"", "no hostname ", true, "<HOSTNAME> <<cr>>"},
	{"", "interface ", true, "\"5\" <IFNAME> eth0 eth1 wlan0"},
	{"", "interface e", false, "eth0 eth1"},
	{"", "ipv6 route ", true, "2001:db8::/32 <X:X::X:X/M>"},
	{"", "ipv6 route ::/0 ", true,
	 "\"5\" <IFNAME> Null0 <X:X::X:X> blackhole eth0 eth1 from prohibit reject wlan0"},
	{"", "ipv6 route ::/0 from ::/0 f", true, "<IFNAME> <X:X::X:X>"},
	{"", "ipv6 route ::/0 fe80::1 ", true, "\"5\" <(1-255)> <IFNAME> eth0 eth1 table tag weight wlan0 <<cr>>"},
	{"", "ipv6 route ::/0 fe80::1 eth0 ", true, "<(1-255)> onlink table tag weight <<cr>>"},
	{"", "commit ", true, "confirmed <<cr>>"},
	{"", "commit confirmed ", true, "<NUMBER> <<cr>>"},
	{"interface v0", "", true, "babel commit description no"},
	{"interface v0", "babel ", true,
	 "authentication auto enable-timestamps hello-interval k-out-of-j max-rtt-penalty metric-algorithm "
	 "neighbor probe-mtu rfc6126-compatible rtt-decay rtt-max rtt-min rxcost split-horizon "
	 "tunnel unicast unicast-hello-interval unscheduled-hellos update-interval v4-via-v6 "
	 "wired wireless"},
	{"interface v0", "babel split-horizon ", true, "auto <<cr>>"},
	{"interface v0", "no babel split-horizon ", true, "<<cr>>"},
	{"interface v0", "babel w", false, "wired wireless"},
	{"interface v0", "babel rxcost ", true, "<(1-65534)>"},
	{"interface v0", "babel hello-interval ", true, "<(20-655340)>"},
	{"interface v0", "no babel rxcost ", true, "<(1-65534)> <<cr>>"},
	{"interface v0", "description a ", true, "<LINE> <<cr>>"},
	/* Lines of the modes above, once something of them is typed. */
	{"interface v0", "rou", false, "route-map router"},
	{"interface v0", "router ", true, "babel"},
	{"router babel", "redistribute ", true, "ipv4 ipv6"},
	{"router babel", "redistribute ipv6 os", false, "ospf ospf6"},
	{"router babel", "babel filter ", true, "in install out redistribute"},
	{"router babel", "babel filter in 10 permit destination ::/0 ", true,
	 "add from ge interface le metric neighbor protocol router-id set tag <<cr>>"},
	{"router babel", "babel filter in 10 permit set ", true, "metric src tag"},
	{"exec", "", true, "clear show"},
	{"exec", "show ", true, "interface ipv6"},
	{"exec", "sh ipv6 ro ", true, "2001:db8::/32 <X:X::X:X/M> json <<cr>>"},
	{"exec", "show ipv6 route ::/0 ", true, "from json <<cr>>"},
	{"", "! com", true, ""},
};

static void test_words(void **state)
{
	const struct grammar_live live = {.values = values};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(asks); i++) {
		struct grammar_place p = place_in(asks[i].mode);
		struct grammar_result r = {0};
		struct list l = {0};

		assert_true(grammar_complete(rig.g, &p, asks[i].text, asks[i].help, &live, add, &l,
					     &r));
		if (strcmp(l.words, asks[i].words) != 0)
			fail_msg("\"%s\"\n got %s\nwant %s", asks[i].text, l.words, asks[i].words);
		grammar_result_clear(&r);
	}
}

static const struct {
	const char *mode, *text, *help;
} helps[] = {
	{"", "no", "Remove, or go back to the default"},
	{"", "router", "Routing protocol"},
	{"", "router b", "Babel, RFC 8966 and RFC 9079"},
	{"", "ipv6", "Internet Protocol version 6"},
	{"", "ipv6 r", "Static route, by destination and source"},
	{"", "ip r", "Static route"},
	{"interface v0", "ba", "Settings of Babel"},
	{"interface v0", "babel rx", "Cost of receiving over this interface when nothing is lost"},
	{"interface v0", "babel hello-interval ",
	 "Time between multicast Hellos (milliseconds, default 4000)"},
	{"interface v0", "babel wireless", "Losses are usual: the cost grows with them (ETX)"},
	{"", "commit c", "Go back unless confirmed in time"},
	{"exec", "show inter", "Interfaces"},
	{"exec", "sh", "Look"},
};

static void test_help(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(helps); i++) {
		struct grammar_place p = place_in(helps[i].mode);
		struct grammar_result r = {0};
		struct list l = {0};

		assert_true(grammar_complete(rig.g, &p, helps[i].text, true, NULL, add, &l, &r));
		if (strcmp(l.help, helps[i].help) != 0)
			fail_msg("\"%s\": %s: %s", helps[i].text, l.words, l.help);
		grammar_result_clear(&r);
	}
}

/* What stands before must be readable; else the error of the line. */
static void test_refusal(void **state)
{
	struct grammar_place p = {0};
	struct grammar_result r = {0};
	struct list l = {0};

	(void)state;
	assert_false(grammar_complete(rig.g, &p, "router bable ", true, NULL, add, &l, &r));
	assert_int_equal(r.column, 7);
	assert_string_equal(l.words, "");
	assert_false(grammar_complete(rig.g, &p, "xyz", true, NULL, add, &l, &r));
	assert_int_equal(r.column, 0);
	grammar_result_clear(&r);
}

/* Every keyword offered reads on: with it, there is again something to offer,
 * or the line ends. */
static void test_offers_read(void **state)
{
	static const char *const starts[] = {"",      "no ", "router ", "netconf ",
					     "nacm ", "ip ", "no nacm "};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(starts); i++) {
		struct grammar_place p = {0};
		struct grammar_result r = {0};
		struct list l = {0};
		char *word, *save, line[256];

		grammar_complete(rig.g, &p, starts[i], false, NULL, add, &l, &r);
		for (word = strtok_r(l.words, " ", &save); word;
		     word = strtok_r(NULL, " ", &save)) {
			struct list next = {0};

			snprintf(line, sizeof(line), "%s%s ", starts[i], word);
			assert_true(grammar_complete(rig.g, &p, line, true, NULL, add, &next, &r));
			assert_true(next.words[0] != '\0');
		}
		grammar_result_clear(&r);
	}
}

static void test_added_lines(void **state)
{
	struct grammar_place p = {0}, exec = {.room = GRAMMAR_EXEC}, v0 = place_in("interface v0");
	struct grammar_result r = {0};
	char err[GRAMMAR_TEXT_MAX];

	(void)state;
	assert_int_equal(grammar_parse(rig.g, &p, "com", 0, &r), GRAMMAR_OK);
	assert_int_equal(r.id, ID_COMMIT);
	assert_int_equal(r.n_edits, 0);
	assert_int_equal(grammar_parse(rig.g, &v0, "commit conf 60", 0, &r), GRAMMAR_OK);
	assert_int_equal(r.id, ID_CONFIRMED);
	assert_string_equal(grammar_arg(&r, "seconds"), "60");
	assert_memory_equal(&r.place, &v0, sizeof(v0));
	assert_int_equal(grammar_parse(rig.g, &v0, "commit confirmed", 0, &r), GRAMMAR_OK);
	assert_null(grammar_arg(&r, "seconds"));
	assert_int_equal(grammar_parse(rig.g, &exec, "sh ipv6 ro ::/0 from ::/0 j", 0, &r),
			 GRAMMAR_OK);
	assert_int_equal(r.id, ID_SHOW_ROUTE_TO);
	assert_true(grammar_has(&r, "json"));
	assert_true(grammar_has(&r, "from"));
	assert_string_equal(grammar_arg(&r, "source"), "::/0");
	/* The rooms are apart. */
	assert_int_equal(grammar_parse(rig.g, &exec, "router babel", 0, &r), GRAMMAR_NO_MATCH);
	assert_int_equal(grammar_parse(rig.g, &p, "show interface", 0, &r), GRAMMAR_NO_MATCH);
	assert_false(grammar_add(rig.g, &(struct grammar_command){9, GRAMMAR_EXEC, "x [y", "z"}, 1,
				 err, sizeof(err)));
	assert_non_null(strstr(err, "x [y"));
	assert_false(grammar_add(rig.g, &(struct grammar_command){9, GRAMMAR_EXEC, "x $a:b", "z"},
				 1, err, sizeof(err)));
	grammar_result_clear(&r);
}

static int setup(void **state)
{
	char err[GRAMMAR_TEXT_MAX];

	(void)state;
	rig = rig_new();
	grammar_add_help(rig.g, "show", "Look");
	return !grammar_add(rig.g, added, LENGTH(added), err, sizeof(err));
}

static int teardown(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	    cmocka_unit_test(test_help),
		cmocka_unit_test(test_refusal),	    cmocka_unit_test(test_offers_read),
		cmocka_unit_test(test_added_lines),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
