/* SPDX-License-Identifier: MIT */
/* Statements that make no grammar are refused, with the node's name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cli/rig.h"

static const char frame[] = "module t { yang-version 1.1; namespace \"urn:t\"; prefix t;"
			    " import srcdest-cli { prefix cli; } %s }";

static struct grammar *grammar_of(const char *body, struct ly_ctx **ly, char *err, size_t size)
{
	const char *top = getenv("srcdir");
	char dir[512], text[4096];

	snprintf(dir, sizeof(dir), "%s/yang", top ? top : "..");
	snprintf(text, sizeof(text), frame, body);
	ly_log_options(LY_LOSTORE_LAST);
	assert_int_equal(ly_ctx_new(dir, LY_CTX_DISABLE_SEARCHDIR_CWD, ly), LY_SUCCESS);
	if (lys_parse_mem(*ly, text, LYS_IN_YANG, NULL) != LY_SUCCESS)
		fail_msg("%s: %s", body, ly_errmsg(*ly));
	return grammar_new(*ly, err, size);
}

static const struct {
	const char *body;
	const char *says[2];
} refused[] = {
	{"container c { leaf a { type string; cli:command \"a $\"; } leaf b { type string; } }",
	 {"/t:c/b", "no line"}},
	{"container c { leaf a { type string; cli:command \"a $\"; }"
	 " list l { key k; leaf k { type string; } } }",
	 {"/t:c/l", "no line"}},
	{"container c { leaf a { type string; cli:command \"a $\"; } container p { presence x; } }",
	 {"/t:c/p", "no line"}},
	{"container c { leaf a { type string; cli:command \"a $\"; } leaf-list l { type string; } "
	 "}",
	 {"/t:c/l", "no line"}},
	{"leaf a { type string; cli:command \"a [$\"; }", {"/t:a", "bracket"}},
	{"leaf a { type string; cli:command \"a ] $\"; }", {"/t:a", "bracket"}},
	{"leaf a { type string; cli:command \"$\"; }", {"/t:a", "keyword"}},
	{"leaf a { type string; cli:command \"a $b\"; }", {"/t:a", "no leaf \"$b\""}},
	{"leaf a { type string; cli:command \"a $:colour\"; }", {"/t:a", "no class"}},
	{"list l { key \"k m\"; leaf k { type string; } leaf m { type string; }"
	 " cli:command \"l $k\"; }",
	 {"/t:l", "the key \"m\""}},
	{"list l { key k; leaf k { type string; } cli:command \"l [$k]\"; }",
	 {"/t:l", "the key \"k\""}},
	{"list l { key k; leaf k { type uint8; } cli:command \"l ; k=300\"; }",
	 {"/t:l", "wrong value"}},
	{"leaf a { type uint8; cli:command \"a $\"; cli:scale \"10\"; }", {"a", "scale"}},
	{"cli:help \"words without text\"; leaf a { type string; cli:command \"a $\"; }",
	 {"module t", "help"}},
	{"cli:annotate \"/t:b command b $\"; leaf a { type string; cli:command \"a $\"; }",
	 {"module t", "annotate"}},
};

static void test_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char err[GRAMMAR_TEXT_MAX] = "";
		struct ly_ctx *ly;

		if (grammar_of(refused[i].body, &ly, err, sizeof(err)))
			fail_msg("accepted: %s", refused[i].body);
		if (!strstr(err, refused[i].says[0]) || !strstr(err, refused[i].says[1]))
			fail_msg("%s: %s", refused[i].body, err);
		ly_ctx_destroy(ly);
	}
}

/* A module without any line is not the command line's affair; state never is. */
static void test_not_ours(void **state)
{
	char err[GRAMMAR_TEXT_MAX] = "";
	struct ly_ctx *ly;
	struct grammar *g = grammar_of("leaf a { type string; }", &ly, err, sizeof(err));

	(void)state;
	assert_non_null(g);
	grammar_free(g);
	ly_ctx_destroy(ly);
	g = grammar_of("leaf a { type string; cli:command \"a $\"; }"
		       " container s { config false; leaf b { type string; } }"
		       " cli:annotate \"/not-there:x command x $\";",
		       &ly, err, sizeof(err));
	assert_non_null(g);
	grammar_free(g);
	ly_ctx_destroy(ly);
}

static void count(void *ctx, const char *line)
{
	size_t *n = ctx;

	*n += strstr(line, "! no line can say /t:a") != NULL;
}

/* What no line can hold is told, not lost in silence. */
static void test_too_long_to_say(void **state)
{
	char err[GRAMMAR_TEXT_MAX] = "", *value = calloc(1, GRAMMAR_LINE_MAX + 1);
	struct lyd_node *tree = NULL;
	struct ly_ctx *ly;
	struct grammar *g =
		grammar_of("leaf a { type string; cli:command \"a $\"; }", &ly, err, sizeof(err));
	size_t n = 0;

	(void)state;
	memset(value, 'x', GRAMMAR_LINE_MAX - 2); /* with "a " the longest line */
	assert_int_equal(lyd_new_path(NULL, ly, "/t:a", value, 0, &tree), LY_SUCCESS);
	assert_true(grammar_print(g, tree, count, &n));
	assert_int_equal(n, 0);
	lyd_free_all(tree);
	value[GRAMMAR_LINE_MAX - 2] = 'x';
	assert_int_equal(lyd_new_path(NULL, ly, "/t:a", value, 0, &tree), LY_SUCCESS);
	assert_false(grammar_print(g, tree, count, &n));
	assert_int_equal(n, 1);
	lyd_free_all(tree);
	free(value);
	grammar_free(g);
	ly_ctx_destroy(ly);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_too_long_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
