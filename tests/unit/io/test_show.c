/* SPDX-License-Identifier: MIT */
/* Show commands without a socket: matching, errors, text and JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cli/show.h"

/* The state is the words themselves, so that a test sees what was matched. */
static json_object *words(const void *ctx, const struct show_args *a, char *err,
			  unsigned int err_size)
{
	json_object *o = json_object_new_object();
	char text[512] = "";

	(void)err;
	(void)err_size;
	for (size_t i = 0; i < a->n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, a->word[i]);
	}
	json_object_object_add(o, "words", json_object_new_string(text));
	json_object_object_add(o, "ctx", json_object_new_string(ctx));
	if (show_arg(a, "from"))
		json_object_object_add(o, "from", json_object_new_string(show_arg(a, "from")));
	if (show_arg(a, "route"))
		json_object_object_add(o, "route", json_object_new_string(show_arg(a, "route")));
	if (show_has(a, "summary"))
		json_object_object_add(o, "summary", json_object_new_boolean(1));
	return o;
}

static json_object *refuse(const void *ctx, const struct show_args *a, char *err,
			   unsigned int err_size)
{
	(void)ctx;
	(void)a;
	snprintf(err, err_size, "Network not in table");
	return NULL;
}

static json_object *nothing(const void *ctx, const struct show_args *a, char *err,
			    unsigned int err_size)
{
	(void)ctx;
	(void)a;
	(void)err;
	(void)err_size;
	return NULL;
}

static void text(const json_object *state, struct show_out *o)
{
	json_object *w;

	assert_true(json_object_object_get_ex(state, "words", &w));
	show_printf(o, "<%s>\n", json_object_get_string(w));
}

static const struct show_command table[] = {
	{"show interface [IFNAME]", "Interfaces", words, text},
	{"show interface brief", "Interfaces, short", words, text},
	{"show ipv6 route [PREFIX [from PREFIX]]", "IPv6 routes", words, text},
	{"show ipv6 route ADDR [from ADDR]", "The route of a packet", words, text},
	{"show ipv6 route summary", "Counts", words, text},
	{"show ip route [PREFIX]", "IPv4 routes", words, text},
	{"show babel <neighbor|interface> [IFNAME]", "Babel", words, text},
	{"show babel route [<selected|feasible> [only]]", "Babel routes", words, text},
	{"show debug WORD", "No text form", words, NULL},
	{"show missing", "Always an error", refuse, text},
	{"show nothing", "Nothing at all", nothing, text},
	{"entropy show", "For an ambiguity with a builtin", words, text},
};
#define N_TABLE (sizeof(table) / sizeof(table[0]))

static enum show_status run(const char *line, char **answer)
{
	return show_run(table, N_TABLE, "the ctx", "babeld", line, answer);
}

static void expect(const char *line, enum show_status status, const char *answer)
{
	char *got;
	enum show_status s = run(line, &got);

	if (s != status || strcmp(got, answer) != 0)
		print_message("line \"%s\": status %d, answer \"%s\"\n", line, (int)s, got);
	assert_int_equal(s, status);
	assert_string_equal(got, answer);
	free(got);
}

static void expect_words(const char *line, const char *full)
{
	char answer[600];

	snprintf(answer, sizeof(answer), "<%s>\n", full);
	expect(line, SHOW_OK, answer);
}

static void expect_unknown(const char *line)
{
	char answer[600];

	snprintf(answer, sizeof(answer), "%% [BABELD] Unknown command: %s\n", line);
	expect(line, SHOW_NO_MATCH, answer);
}

static void test_full_and_abbreviated(void **state)
{
	(void)state;
	expect_words("show ipv6 route", "show ipv6 route");
	expect_words("  sh \tipv6   ro ", "show ipv6 route");
	expect_words("show ip route", "show ip route"); /* in full: not ambiguous with ipv6 */
	expect_words("sh bab nei", "show babel neighbor");
	expect_words("sh bab n v0", "show babel neighbor v0");
	expect_unknown("Show ipv6 route"); /* case matters */
	expect_unknown("show ipv6 routes");
	expect_unknown("show nonsense");
}

static void test_ambiguous(void **state)
{
	(void)state;
	expect("show i route", SHOW_AMBIGUOUS, "% Ambiguous command.\n");
	expect("sh i r", SHOW_AMBIGUOUS, "% Ambiguous command.\n");
	expect("show n", SHOW_OK, "");				/* nothing: the only one with n */
	expect_words("show i v0", "show interface v0");		/* only one goes on so */
	expect("en", SHOW_AMBIGUOUS, "% Ambiguous command.\n"); /* enable, end */
	expect_words("ent show", "entropy show");
}

static void test_incomplete(void **state)
{
	(void)state;
	expect("show", SHOW_INCOMPLETE, "% Command incomplete.\n");
	expect("show ipv6", SHOW_INCOMPLETE, "% Command incomplete.\n");
	expect("show ipv6 route ::/0 from", SHOW_INCOMPLETE, "% Command incomplete.\n");
	expect("show debug", SHOW_INCOMPLETE, "% Command incomplete.\n");
}

static void test_optional_and_choice(void **state)
{
	(void)state;
	expect_words("show babel interface", "show babel interface");
	expect_words("show babel route", "show babel route");
	expect_words("show babel route fea", "show babel route feasible");
	expect_words("show babel route sel on", "show babel route selected only");
	expect_unknown("show babel route only");
	expect_unknown("show babel route selected feasible");
	expect_unknown("show babel neighbor v0 v1");
}

static void test_variables(void **state)
{
	(void)state;
	expect_words("show ipv6 route 2001:db8::/32", "show ipv6 route 2001:db8::/32");
	expect_words("show ipv6 route ::/0 from 2001:db8:1::/48",
		     "show ipv6 route ::/0 from 2001:db8:1::/48");
	expect_words("sho ipv6 ro ::1 fr fe80::1", "show ipv6 route ::1 from fe80::1");
	expect_words("show ip route 10.0.0.0/8", "show ip route 10.0.0.0/8");
	expect_unknown("show ipv6 route 2001:db8::/129");
	expect_unknown("show ipv6 route 2001:db8::g/32");
	expect_unknown("show ipv6 route 2001:db8::/");
	expect_unknown("show ipv6 route ::1 from ::/0"); /* an address from an address */
	expect_unknown("show ip route 10.0.0.0/33");
	expect_unknown("show ip route 10.0.0/8");
	expect_unknown("show ip route 10.0.0.1");
	expect_words("show interface a-name.of-15chr", "show interface a-name.of-15chr");
	expect_unknown("show interface a-name-of-16-chr");
	expect_unknown("show interface a/b");
	expect_unknown("show interface ..");
}

static void test_keyword_before_name(void **state)
{
	(void)state;
	expect_words("show interface brief", "show interface brief");
	expect_words("show interface br", "show interface brief");
	expect_words("show interface briefly", "show interface briefly");
}

static bool has_string(const char *answer, const char *key, const char *value)
{
	json_object *o = json_tokener_parse(answer), *v = NULL;
	bool ok;

	assert_non_null(o);
	if (json_object_object_get_ex(o, key, &v))
		ok = value && strcmp(json_object_get_string(v), value) == 0;
	else
		ok = !value;
	json_object_put(o);
	return ok;
}

static void test_json_and_args(void **state)
{
	char *a;

	(void)state;
	assert_int_equal(run("show ipv6 route ::/0 from 2001:db8::/32 json", &a), SHOW_OK);
	assert_true(has_string(a, "words", "show ipv6 route ::/0 from 2001:db8::/32"));
	assert_true(has_string(a, "from", "2001:db8::/32"));
	assert_true(has_string(a, "route", "::/0"));
	assert_true(has_string(a, "ctx", "the ctx"));
	assert_int_equal(a[strlen(a) - 1], '\n');
	assert_null(strchr(a, '\\')); /* slashes are not escaped */
	free(a);
	assert_int_equal(run("sh ipv6 route sum js", &a), SHOW_OK);
	assert_true(has_string(a, "summary", "true"));
	assert_true(has_string(a, "route", NULL)); /* a keyword is no argument */
	free(a);
	assert_int_equal(run("show interface json", &a), SHOW_OK);
	assert_true(has_string(a, "words", "show interface"));
	free(a);
	assert_int_equal(run("show debug it", &a), SHOW_OK);
	assert_true(has_string(a, "words", "show debug it"));
	free(a);
	assert_int_equal(run("show interface json json", &a), SHOW_OK); /* one of that name */
	assert_true(has_string(a, "words", "show interface json"));
	free(a);
}

static void test_errors_of_the_command(void **state)
{
	(void)state;
	expect("show missing", SHOW_WARNING, "% Network not in table\n");
	expect("show missing json", SHOW_WARNING, "% Network not in table\n");
	expect("show nothing", SHOW_OK, "");
}

static void test_builtins(void **state)
{
	char *a;

	(void)state;
	expect("echo PING", SHOW_OK, "PING\n");
	expect("echo  two  words ", SHOW_OK, "two  words \n");
	expect("echo", SHOW_OK, "\n");
	expect_unknown("echoes");
	expect("enable", SHOW_OK, "");
	expect("disable", SHOW_OK, "");
	expect("end", SHOW_OK, "");
	expect("exit", SHOW_OK, "");
	expect("qu", SHOW_OK, "");
	expect("", SHOW_OK, "");
	expect("   ", SHOW_OK, "");
	expect("! a comment", SHOW_OK, "");
	expect("# show", SHOW_OK, "");
	expect("e", SHOW_AMBIGUOUS, "% Ambiguous command.\n");
	expect_unknown("configure terminal");
	assert_int_equal(run("list", &a), SHOW_OK);
	assert_non_null(strstr(a, "    show ipv6 route [PREFIX [from PREFIX]] [json]  "));
	assert_non_null(strstr(a, "  Counts\n"));
	free(a);
}

static void test_extreme_lines(void **state)
{
	char line[SHOW_REQUEST_MAX + 2], *a;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0'; /* one octet more than a request may have */
	assert_int_equal(run(line, &a), SHOW_NO_MATCH);
	free(a);
	line[sizeof(line) - 2] = '\0';
	assert_int_equal(run(line, &a), SHOW_NO_MATCH);
	assert_int_equal(strlen(a), strlen(line) + strlen("% [BABELD] Unknown command: \n"));
	free(a);
	for (size_t i = 0; i < sizeof(line) - 2; i++)
		line[i] = i % 2 ? ' ' : 's';
	assert_int_equal(run(line, &a), SHOW_NO_MATCH);
	free(a);
	expect_unknown("show interface v0 json 5 6 7 8 9 10 11 12 13 14 15 16 17");
	expect_unknown("show \x80\xff\x1b[2J");
}

static void test_framing(void **state)
{
	char buf[SHOW_REQUEST_MAX + 2];
	size_t len = 0;

	(void)state;
	assert_int_equal(show_frame(span_of("", 0), &len), SHOW_FRAME_MORE);
	assert_int_equal(show_frame(span_of("show", 4), &len), SHOW_FRAME_MORE);
	assert_int_equal(show_frame(span_of("show\0more", 9), &len), SHOW_FRAME_LINE);
	assert_int_equal(len, 4);
	assert_int_equal(show_frame(span_of("", 1), &len), SHOW_FRAME_LINE);
	assert_int_equal(len, 0);
	memset(buf, 'x', sizeof(buf));
	assert_int_equal(show_frame(span_of(buf, SHOW_REQUEST_MAX), &len), SHOW_FRAME_MORE);
	assert_int_equal(show_frame(span_of(buf, SHOW_REQUEST_MAX + 1), &len), SHOW_FRAME_TOO_LONG);
	buf[SHOW_REQUEST_MAX] = '\0';
	assert_int_equal(show_frame(span_of(buf, sizeof(buf)), &len), SHOW_FRAME_LINE);
	assert_int_equal(len, SHOW_REQUEST_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_and_abbreviated),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_optional_and_choice),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_keyword_before_name),
		cmocka_unit_test(test_json_and_args),
		cmocka_unit_test(test_errors_of_the_command),
		cmocka_unit_test(test_builtins),
		cmocka_unit_test(test_extreme_lines),
		cmocka_unit_test(test_framing),
	};

	return cmocka_run_group_tests_name("lib/cli show", tests, NULL, NULL);
}
