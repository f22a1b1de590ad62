/* SPDX-License-Identifier: MIT */
/* The change list: what it says, in which order, and that it is linear. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmtd/change.h"
#include "mgmtd/edit.h"
#include "tests/unit/mgmtd/rig.h"

static struct schema *schema;

/* One line per record: "+name[k][k]", "-name[k]", "name[k]=value<old". */
static void print_list(const struct change_list *l, char *out, size_t size)
{
	FILE *f = fmemopen(out, size, "w");

	for (size_t i = 0; i < l->n; i++) {
		const struct change *c = &l->v[i];
		const char *sign = c->op == CHANGE_CREATE ? "+" : c->op == CHANGE_DELETE ? "-" : "";

		fprintf(f, "%s%s%s", i ? " " : "", sign, c->node->name);
		for (size_t k = 0; k < c->n_keys; k++)
			fprintf(f, "[%s]", c->keys[k]);
		if (c->op == CHANGE_SET)
			fprintf(f, "=%s<%s", c->value, c->old ? c->old : "");
	}
	fclose(f);
}

static void check_diff(const char *before, const char *after, const char *want, size_t silent)
{
	struct lyd_node *a = rig_tree(schema, before), *b = rig_tree(schema, after);
	struct change_list l = {0};
	char got[2048] = "";

	change_diff(&l, a, b);
	print_list(&l, got, sizeof(got));
	assert_string_equal(got, want);
	assert_int_equal(l.silent, silent);
	change_list_clear(&l);
	lyd_free_all(a);
	lyd_free_all(b);
}

static void test_leaves(void **state)
{
	(void)state;
	check_diff("", "", "", 0);
	check_diff("'plain':1", "'plain':1", "", 0);
	check_diff("", "'plain':1", "plain=1<", 0);
	check_diff("'plain':1", "'plain':2", "plain=2<1", 0);
	check_diff("'plain':1", "", "-plain", 0);
	/* A default that is back is a value. */
	check_diff("'defaulted':'x'", "", "defaulted=as delivered<x", 0);
	check_diff("", "'defaulted':'as delivered'", "", 1);
	check_diff("'tag':['a','b']", "'tag':['b','c']", "-tag[a] +tag[c]", 0);
}

static void test_entries(void **state)
{
	(void)state;
	check_diff("", "'presence':{'inner':'i'}", "+presence inner=i<", 0);
	check_diff("'presence':{'inner':'i'}", "", "-presence", 0);
	check_diff("", "'outer':[{'a':'k','b':1,'v':2,'nested':[{'c':'x'}]}]",
		   "+outer[k][1] v[k][1]=2< +nested[k][1][x] w[k][1][x]=7<", 0);
	/* Deletions first, the whole tree over; the top says it all. */
	check_diff("'outer':[{'a':'k','b':1,'nested':[{'c':'x'}]},{'a':'l','b':1}]",
		   "'plain':1,'outer':[{'a':'k','b':1,'v':3},{'a':'m','b':1}]",
		   "-nested[k][1][x] -outer[l][1] plain=1< v[k][1]=3< +outer[m][1]", 0);
}

static void test_user_order(void **state)
{
	(void)state;
	check_diff("'step':['a']", "'step':['a','b']", "+step[b]", 0);
	check_diff("'step':['a','b','c']", "'step':['a','c']", "-step[b]", 0);
	check_diff("'step':['a','b']", "'step':['b','a']", "-step[a] -step[b] +step[b] +step[a]",
		   0);
	check_diff("'step':['a']", "'step':['b','a']", "-step[a] +step[b] +step[a]", 0);
	check_diff("'rule':[{'name':'1','act':'p'},{'name':'2'}]",
		   "'rule':[{'name':'2'},{'name':'1','act':'q'}]",
		   "-rule[1] -rule[2] +rule[2] +rule[1] act[1]=q<", 0);
	/* The system's order is nobody's. */
	check_diff("'tag':['a','b']", "'tag':['b','a']", "", 0);
}

static void test_from_nothing(void **state)
{
	struct lyd_node *b = rig_tree(schema, "'plain':1");
	struct change_list l = {0};
	char got[512] = "";

	(void)state;
	change_diff(&l, NULL, b);
	print_list(&l, got, sizeof(got));
	assert_string_equal(got, "plain=1< defaulted=as delivered< d=7<");
	char *path = change_path(&l.v[0]);

	assert_string_equal(path, "/mgmt-test:top/plain");
	free(path);
	change_list_clear(&l);
	lyd_free_all(b);
}

static bool serves_nested(void *ctx, const struct lysc_node *n)
{
	(void)ctx;
	return !strcmp(n->name, "nested") || !strcmp(n->name, "w") || !strcmp(n->name, "plain");
}

/* Who serves only the inside of what is deleted is told of the inside. */
static void test_select(void **state)
{
	struct lyd_node *a =
		rig_tree(schema, "'plain':1,'outer':[{'a':'k','b':1,'nested':[{'c':'x'},"
				 "{'c':'y'}]}]");
	struct lyd_node *b = rig_tree(schema, "'plain':2");
	struct change_list all = {0}, mine = {0};
	char got[512] = "";

	(void)state;
	change_diff(&all, a, b);
	change_select(&mine, &all, serves_nested, NULL);
	print_list(&mine, got, sizeof(got));
	assert_string_equal(got, "-nested[k][1][x] -nested[k][1][y] plain=2<1");
	change_list_clear(&mine);
	change_list_clear(&all);
	lyd_free_all(a);
	lyd_free_all(b);
}

/* ---- size ---- */

static struct lyd_node *routes(size_t n)
{
	const struct lysc_node *distance = schema_find(schema, "/mgmt-test:far/route/hop/distance");
	struct edit *e = calloc(n, sizeof(*e));
	char(*text)[24] = calloc(n, sizeof(*text));
	struct lyd_node *tree = NULL;
	struct edit_error err = {0};

	for (size_t i = 0; i < n; i++) {
		snprintf(text[i], sizeof(text[i]), "2001:db8:%zx::/48", i);
		e[i] = (struct edit){.op = EDIT_SET, .node = distance, .n_keys = 3, .value = "9"};
		e[i].keys[0] = text[i];
		e[i].keys[1] = "::/0";
		e[i].keys[2] = "fe80::1";
	}
	assert_true(edit_list(&tree, schema->ly, e, n, &err));
	assert_true(edit_validate(&tree, schema->ly, &err));
	free(e);
	free(text);
	return tree;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cost(size_t n)
{
	struct lyd_node *a = routes(n), *b = edit_dup(a);
	struct change_list l = {0};
	double start = seconds();

	change_diff(&l, a, b);
	assert_int_equal(l.n, 0);
	change_diff(&l, NULL, b);
	assert_true(l.n >= 3 * n);
	change_list_clear(&l);
	start = seconds() - start;
	lyd_free_all(a);
	lyd_free_all(b);
	return start;
}

/* Ten times the routes cost ten times the work and not a hundred times: told,
 * not judged, for a busy machine has its own opinion. */
static void test_linear(void **state)
{
	double small = cost(2000), large = cost(20000);

	(void)state;
	print_message("2,000 routes: %.1f ms, 20,000: %.1f ms\n", small * 1e3, large * 1e3);
}

static int setup(void **state)
{
	(void)state;
	schema = rig_schema();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	schema_free(schema);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaves),	   cmocka_unit_test(test_entries),
		cmocka_unit_test(test_user_order), cmocka_unit_test(test_from_nothing),
		cmocka_unit_test(test_select),	   cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
