/* SPDX-License-Identifier: MIT */
/* Change records: what a daemon hears for which change of its configuration. */
#include "lib/nb/nb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The daemon: writes each record down as a line, refuses the value "no". */
struct heard {
	char text[4096];
	unsigned int applied;
};

#define TOP "/nb-test:top/"
static const struct nb_node nodes[];

static void hear(void *ctx, const struct nb_change *c)
{
	static const char *const op[] = {"set", "create", "delete"};
	struct heard *h = ctx;
	char line[512], *p = line;

	p += sprintf(p, "%s %s", op[c->op], nodes[c->node].path + strlen(TOP));
	for (size_t i = 0; i < c->n_keys; i++)
		p += sprintf(p, " [%s]", c->keys[i]);
	if (c->value)
		p += sprintf(p, " = %s", c->value);
	assert_true(strlen(h->text) + strlen(line) + 2 < sizeof(h->text));
	strcat(strcat(h->text, line), "\n");
}

static bool refuse_no(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	(void)ctx;
	if (!c->value || strcmp(c->value, "no"))
		return true;
	snprintf(err, err_size, "%s is not welcome", c->value);
	return false;
}

static void applied(void *ctx)
{
	((struct heard *)ctx)->applied++;
}

static const struct nb_node nodes[] = {
	{TOP "plain", NULL, hear},
	{TOP "defaulted", refuse_no, hear},
	{TOP "tag", NULL, hear},
	{TOP "presence", NULL, hear},
	{TOP "presence/inner", NULL, hear},
	{TOP "outer", NULL, hear},
	{TOP "outer/nested", NULL, hear},
	{TOP "outer/nested/v", NULL, hear},
};
static const char *const modules[] = {"nb-test", NULL};
static const struct nb_table table = {modules, nodes, sizeof(nodes) / sizeof(nodes[0]), applied};

static const char *yang_dir(void)
{
	static char dir[512];
	const char *src = getenv("srcdir");

	snprintf(dir, sizeof(dir), "%s/tests/unit/nb/yang", src ? src : ".");
	return dir;
}

static struct heard heard;
static struct nb *nb;

static int setup(void **state)
{
	char err[256] = "";

	(void)state;
	memset(&heard, 0, sizeof(heard));
	nb = nb_new(&table, &heard, yang_dir(), err, sizeof(err));
	assert_string_equal(err, "");
	assert_non_null(nb);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nb_free(nb);
	return 0;
}

/* Loads JSON text from a file of its own; the error text, "" if it was fine. */
static const char *load(const char *json)
{
	static char err[512];
	char name[] = "/tmp/nb-test-XXXXXX";
	int fd = mkstemp(name);
	bool fine;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, json, strlen(json)), strlen(json));
	close(fd);
	heard.text[0] = err[0] = '\0';
	fine = nb_load_file(nb, name, err, sizeof(err));
	unlink(name);
	assert_int_equal(fine, err[0] == '\0');
	if (!fine) {
		/* Every error begins with the file; the rest is the same each time. */
		assert_memory_equal(err, name, strlen(name));
		return err + strlen(name);
	}
	return "";
}

static void test_empty_is_defaults(void **state)
{
	char err[256];

	(void)state;
	assert_true(nb_load_file(nb, NULL, err, sizeof(err)));
	assert_string_equal(heard.text, "set defaulted = as delivered\n");
	assert_int_equal(heard.applied, 1);
}

static void test_create_then_same(void **state)
{
	const char *json = "{\"nb-test:top\":{\"plain\":3,\"outer\":[{\"a\":\"x\",\"b\":\"y\","
			   "\"nested\":[{\"c\":\"z\"},{\"c\":\"w\",\"v\":9}]}]}}";

	(void)state;
	assert_string_equal(load(json), "");
	assert_string_equal(heard.text, "set plain = 3\n"
					"set defaulted = as delivered\n"
					"create outer [x] [y]\n"
					"create outer/nested [x] [y] [z]\n"
					"set outer/nested/v [x] [y] [z] = 7\n"
					"create outer/nested [x] [y] [w]\n"
					"set outer/nested/v [x] [y] [w] = 9\n");
	assert_string_equal(load(json), "");
	assert_string_equal(heard.text, "");
}

static void test_only_differences(void **state)
{
	(void)state;
	load("{\"nb-test:top\":{\"plain\":3,\"defaulted\":\"mine\",\"outer\":["
	     "{\"a\":\"x\",\"b\":\"1\",\"nested\":[{\"c\":\"z\",\"v\":1}]},"
	     "{\"a\":\"x\",\"b\":\"2\",\"nested\":[{\"c\":\"z\"}]}]}}");
	/* The entry goes as a whole; a default comes back as a value; a leaf
	 * without one is deleted; deletions come first. */
	load("{\"nb-test:top\":{\"outer\":["
	     "{\"a\":\"x\",\"b\":\"1\",\"nested\":[{\"c\":\"z\"},{\"c\":\"q\"}]}]}}");
	assert_string_equal(heard.text, "delete plain\n"
					"delete outer [x] [2]\n"
					"set defaulted = as delivered\n"
					"set outer/nested/v [x] [1] [z] = 7\n"
					"create outer/nested [x] [1] [q]\n"
					"set outer/nested/v [x] [1] [q] = 7\n");
}

static void test_order_of_entries_is_no_change(void **state)
{
	(void)state;
	load("{\"nb-test:top\":{\"outer\":[{\"a\":\"1\",\"b\":\"\"},{\"a\":\"2\",\"b\":\"\"}]}}");
	load("{\"nb-test:top\":{\"outer\":[{\"a\":\"2\",\"b\":\"\"},{\"a\":\"1\",\"b\":\"\"}]}}");
	assert_string_equal(heard.text, "");
}

static void test_presence_and_leaf_list(void **state)
{
	(void)state;
	load("{\"nb-test:top\":{\"tag\":[\"p\",\"q\"],\"presence\":{\"inner\":\"i\"}}}");
	assert_string_equal(heard.text, "set defaulted = as delivered\n"
					"create tag [p]\n"
					"create tag [q]\n"
					"create presence\n"
					"set presence/inner = i\n");
	load("{\"nb-test:top\":{\"tag\":[\"q\"]}}");
	assert_string_equal(heard.text, "delete tag [p]\ndelete presence\n");
}

static void test_refused_changes_nothing(void **state)
{
	(void)state;
	load("{\"nb-test:top\":{\"plain\":3}}");
	heard.applied = 0;
	assert_string_equal(load("{\"nb-test:top\":{\"plain\":4,\"defaulted\":\"no\"}}"),
			    ": /nb-test:top/defaulted: no is not welcome");
	assert_string_equal(heard.text, "");
	assert_int_equal(heard.applied, 0);
	/* What runs is still the first. */
	load("{\"nb-test:top\":{\"plain\":3}}");
	assert_string_equal(heard.text, "");
}

static void test_invalid_files(void **state)
{
	static const struct {
		const char *json, *error;
	} cases[] = {
		{"", ": the file is empty or not JSON"},
		{"{\"nb-test:top\":{\n\"plain\":256}}",
		 ":2: /nb-test:top/plain: Value \"256\" is out of type uint8 min/max bounds."},
		{"{\"nb-test:top\":{\"plane\":2}}",
		 ":1: /nb-test:top: Node \"plane\" not found as a child of \"top\" node."},
		{"{\"nb-test:top\":{\"outer\":[{\"a\":\"x\"}]}}",
		 ":1: /nb-test:top/outer[a='x']: List instance is missing its key \"b\"."},
		{"{\"other:top\":{}}", ":1: No module named \"other\" in the context."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(load(cases[i].json), cases[i].error);
		assert_string_equal(heard.text, "");
	}
	assert_string_not_equal(load("{\"nb-test:top\":{"), "");
	assert_string_not_equal(load("not json"), "");
	assert_int_equal(heard.applied, 0);
}

static void test_missing_file(void **state)
{
	char err[256];

	(void)state;
	assert_false(nb_load_file(nb, "/nonexistent/file.json", err, sizeof(err)));
	assert_string_equal(err, "/nonexistent/file.json: No such file or directory");
}

/* A row without a node, or a node without a row, is a bug that shows at start. */
static void test_table_must_fit_the_model(void **state)
{
	static const struct nb_node extra[] = {{TOP "nowhere", NULL, hear}};
	static const struct nb_table bad = {modules, extra, 1, NULL};
	static const struct nb_table few = {modules, nodes, 3, NULL};
	static const char *const nomodule[] = {"no-such-module", NULL};
	static const struct nb_table none = {nomodule, nodes, 0, NULL};
	char err[512];

	(void)state;
	assert_null(nb_new(&bad, NULL, yang_dir(), err, sizeof(err)));
	assert_string_equal(err, "no configuration node /nb-test:top/nowhere in the YANG modules");
	assert_null(nb_new(&few, NULL, yang_dir(), err, sizeof(err)));
	assert_string_equal(err, "no code serves the configuration node /nb-test:top/presence");
	assert_null(nb_new(&none, NULL, yang_dir(), err, sizeof(err)));
	assert_non_null(strstr(err, "no-such-module"));
	assert_null(nb_new(&table, NULL, "/nonexistent", err, sizeof(err)));
	assert_string_equal(err, "no YANG module directory /nonexistent");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_empty_is_defaults),
		T(test_create_then_same),
		T(test_only_differences),
		T(test_order_of_entries_is_no_change),
		T(test_presence_and_leaf_list),
		T(test_refused_changes_nothing),
		T(test_invalid_files),
		T(test_missing_file),
		T(test_table_must_fit_the_model),
	};

	return cmocka_run_group_tests_name("nb", tests, NULL, NULL);
}
