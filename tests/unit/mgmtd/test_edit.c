/* SPDX-License-Identifier: MIT */
/* The edit engine: RFC 6241 7.2 operation by operation and node kind by node
 * kind (RFC 7950 7.5.8, 7.6.6, 7.7.9, 7.8.6), and the edits of the CLI. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/edit.h"
#include "tests/unit/mgmtd/rig.h"

#define NC     " xmlns:nc='urn:ietf:params:xml:ns:netconf:base:1.0'"
#define YN     " xmlns:yang='urn:ietf:params:xml:ns:yang:1'"
#define TOP(x) "<top xmlns='urn:srcdest:test:mgmt'" NC YN ">" x "</top>"
#define OP(o)  " nc:operation='" o "'"

static struct schema *schema;

struct edit_case {
	const char *before; /* content of top */
	const char *edit;
	enum edit_default_op def;
	const char *after; /* NULL: refused */
	enum error_tag tag;
	const char *path; /* of the error */
};

static void check_case(const struct edit_case *c)
{
	struct lyd_node *tree = rig_tree(schema, c->before), *want = NULL;
	struct lyd_node *edit = rig_edit(schema, c->edit);
	struct edit_error err = {0};
	bool fine = edit_tree(&tree, edit, c->def, &err) && edit_validate(&tree, schema->ly, &err);
	char got[2048] = "";

	if (fine)
		snprintf(got, sizeof(got), "%s", rig_print(tree));
	if (fine != (c->after != NULL) || err.tag != c->tag ||
	    (c->path && (!err.path || strcmp(err.path, c->path)))) {
		char *text = error_text(&err);

		print_error("%s\n  got %s, tag %s: %s\n", c->edit, fine ? got : "an error",
			    error_tag_name(err.tag), text);
		free(text);
		fail();
	}
	if (c->after) {
		want = rig_tree(schema, c->after);
		assert_string_equal(got, rig_print(want));
	} else {
		assert_non_null(err.message);
	}
	error_clear(&err);
	lyd_free_all(want);
	lyd_free_all(edit);
	lyd_free_all(tree);
}

#define CHECK(cases) \
	for (size_t i_ = 0; i_ < sizeof(cases) / sizeof((cases)[0]); i_++) \
	check_case(&(cases)[i_])

#define M EDIT_DEFAULT_MERGE
#define R EDIT_DEFAULT_REPLACE
#define N EDIT_DEFAULT_NONE

static void test_leaf(void **state)
{
	static const struct edit_case cases[] = {
		{"", TOP("<plain>1</plain>"), M, "'plain':1", 0, NULL},
		{"'plain':1", TOP("<plain>2</plain>"), M, "'plain':2", 0, NULL},
		{"", TOP("<plain" OP("replace") ">1</plain>"), M, "'plain':1", 0, NULL},
		{"'plain':1", TOP("<plain" OP("replace") ">3</plain>"), M, "'plain':3", 0, NULL},
		{"", TOP("<plain" OP("create") ">1</plain>"), M, "'plain':1", 0, NULL},
		{"'plain':1", TOP("<plain" OP("create") ">1</plain>"), M, NULL, ERR_DATA_EXISTS,
		 "/mgmt-test:top/plain"},
		{"'plain':1", TOP("<plain" OP("delete") "/>"), M, "", 0, NULL},
		/* The value does not matter. */
		{"'plain':1", TOP("<plain" OP("delete") ">9</plain>"), M, "", 0, NULL},
		{"", TOP("<plain" OP("delete") "/>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/plain"},
		{"", TOP("<plain" OP("delete") ">1</plain>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/plain"},
		{"", TOP("<plain" OP("remove") "/>"), M, "", 0, NULL},
		{"'plain':1", TOP("<plain" OP("remove") "/>"), M, "", 0, NULL},
		{"'plain':1", TOP("<plain>4</plain>"), N, "'plain':1", 0, NULL},
		{"", TOP("<plain>4</plain>"), N, NULL, ERR_DATA_MISSING, "/mgmt-test:top/plain"},
		{"'plain':1", TOP("<plain" OP("merge") ">5</plain>"), N, "'plain':5", 0, NULL},
	};

	(void)state;
	CHECK(cases);
}

/* A default is absent for create and delete, and comes back after delete. */
static void test_defaults(void **state)
{
	static const struct edit_case cases[] = {
		{"", TOP("<defaulted" OP("create") ">x</defaulted>"), M, "'defaulted':'x'", 0,
		 NULL},
		{"", TOP("<defaulted" OP("create") ">as delivered</defaulted>"), M,
		 "'defaulted':'as delivered'", 0, NULL},
		{"", TOP("<defaulted" OP("delete") "/>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/defaulted"},
		{"", TOP("<defaulted" OP("remove") "/>"), M, "", 0, NULL},
		{"'defaulted':'x'", TOP("<defaulted" OP("delete") "/>"), M, "", 0, NULL},
		{"", TOP("<np" OP("create") "><x>1</x></np>"), M, "'np':{'x':1}", 0, NULL},
		{"'np':{'x':1}", TOP("<np" OP("create") "><x>1</x></np>"), M, NULL, ERR_DATA_EXISTS,
		 "/mgmt-test:top/np"},
		{"", TOP("<np" OP("delete") "/>"), M, NULL, ERR_DATA_MISSING, "/mgmt-test:top/np"},
		{"", TOP("<np" OP("create") "><d>7</d></np>"), M, "'np':{'d':7}", 0, NULL},
	};

	(void)state;
	CHECK(cases);
}

static void test_container(void **state)
{
	static const struct edit_case cases[] = {
		{"", TOP("<presence/>"), M, "'presence':{}", 0, NULL},
		{"'presence':{'inner':'a'}", TOP("<presence/>"), M, "'presence':{'inner':'a'}", 0,
		 NULL},
		{"'presence':{'inner':'a'}", TOP("<presence" OP("replace") "/>"), M,
		 "'presence':{}", 0, NULL},
		{"'presence':{}", TOP("<presence" OP("create") "/>"), M, NULL, ERR_DATA_EXISTS,
		 "/mgmt-test:top/presence"},
		{"", TOP("<presence" OP("create") "><inner>i</inner></presence>"), M,
		 "'presence':{'inner':'i'}", 0, NULL},
		{"'presence':{'inner':'a'}", TOP("<presence" OP("delete") "/>"), M, "", 0, NULL},
		{"", TOP("<presence" OP("delete") "/>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/presence"},
		{"", TOP("<presence" OP("remove") "/>"), M, "", 0, NULL},
		{"", TOP("<presence/>"), N, NULL, ERR_DATA_MISSING, "/mgmt-test:top/presence"},
		{"'presence':{}", TOP("<presence><inner" OP("create") ">b</inner></presence>"), N,
		 "'presence':{'inner':'b'}", 0, NULL},
		{"'np':{'x':1,'d':2}", TOP("<np" OP("replace") "><x>3</x></np>"), M, "'np':{'x':3}",
		 0, NULL},
		{"'np':{'x':1}", TOP("<np" OP("delete") "/>"), M, "", 0, NULL},
		/* Without presence it is always there. */
		{"", TOP("<np><x" OP("create") ">1</x></np>"), N, "'np':{'x':1}", 0, NULL},
		/* What is inherited, and what overrides it. */
		{"'np':{'x':1}", TOP("<np" OP("remove") "><x" OP("merge") ">2</x></np>"), M, "", 0,
		 NULL},
	};

	(void)state;
	CHECK(cases);
}

static void test_list(void **state)
{
#define KEYS  "<a>k</a><b>1</b>"
#define ENTRY "'a':'k','b':1"
	static const struct edit_case cases[] = {
		{"", TOP("<outer>" KEYS "</outer>"), M, "'outer':[{" ENTRY "}]", 0, NULL},
		{"'outer':[{" ENTRY ",'v':1}]", TOP("<outer>" KEYS "<v>2</v></outer>"), M,
		 "'outer':[{" ENTRY ",'v':2}]", 0, NULL},
		{"'outer':[{" ENTRY ",'v':1}]",
		 TOP("<outer" OP("replace") ">" KEYS "<nested><c>x</c></nested></outer>"), M,
		 "'outer':[{" ENTRY ",'nested':[{'c':'x'}]}]", 0, NULL},
		{"'outer':[{" ENTRY "}]", TOP("<outer" OP("create") ">" KEYS "</outer>"), M, NULL,
		 ERR_DATA_EXISTS, "/mgmt-test:top/outer[a='k'][b='1']"},
		{"'outer':[{" ENTRY "},{'a':'z','b':1}]",
		 TOP("<outer" OP("delete") ">" KEYS "</outer>"), M, "'outer':[{'a':'z','b':1}]", 0,
		 NULL},
		{"", TOP("<outer" OP("delete") ">" KEYS "</outer>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/outer[a='k'][b='1']"},
		{"", TOP("<outer" OP("remove") ">" KEYS "</outer>"), M, "", 0, NULL},
		{"", TOP("<outer>" KEYS "<v>1</v></outer>"), N, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/outer[a='k'][b='1']"},
		{"'outer':[{" ENTRY ",'nested':[{'c':'x'},{'c':'y'}]}]",
		 TOP("<outer>" KEYS "<nested" OP("delete") "><c>x</c></nested></outer>"), N,
		 "'outer':[{" ENTRY ",'nested':[{'c':'y'}]}]", 0, NULL},
		/* Keys are not edited by themselves. */
		{"'outer':[{" ENTRY "}]", TOP("<outer><a" OP("delete") ">k</a><b>1</b></outer>"), M,
		 NULL, ERR_OPERATION_NOT_SUPPORTED, "/mgmt-test:top/outer[a='k'][b='1']/a"},
		{"", TOP("<outer><a>k</a></outer>"), M, NULL, ERR_MISSING_ELEMENT,
		 "/mgmt-test:top/outer"},
		/* Canonical: "01" is 1. */
		{"'outer':[{" ENTRY "}]", TOP("<outer" OP("delete") "><a>k</a><b>01</b></outer>"),
		 M, "", 0, NULL},
	};

	(void)state;
	CHECK(cases);
}

static void test_leaf_list(void **state)
{
	static const struct edit_case cases[] = {
		{"'tag':['a']", TOP("<tag>b</tag>"), M, "'tag':['a','b']", 0, NULL},
		{"'tag':['a']", TOP("<tag>a</tag>"), M, "'tag':['a']", 0, NULL},
		{"'tag':['a']", TOP("<tag" OP("create") ">a</tag>"), M, NULL, ERR_DATA_EXISTS,
		 "/mgmt-test:top/tag[.='a']"},
		{"'tag':['a','b']", TOP("<tag" OP("delete") ">a</tag>"), M, "'tag':['b']", 0, NULL},
		{"'tag':['b']", TOP("<tag" OP("delete") ">a</tag>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/tag[.='a']"},
		{"'tag':['b']", TOP("<tag" OP("remove") ">a</tag>"), M, "'tag':['b']", 0, NULL},
		{"'tag':['b']", TOP("<tag" OP("replace") ">a</tag>"), M, "'tag':['b','a']", 0,
		 NULL},
	};

	(void)state;
	CHECK(cases);
}

/* RFC 7950 7.7.9 and 7.8.6. */
static void test_user_order(void **state)
{
#define RULES  "'rule':[{'name':'1'},{'name':'2'}]"
#define INS(w) " yang:insert='" w "'"
	static const struct edit_case cases[] = {
		{"'step':['a','b']", TOP("<step" INS("first") ">c</step>"), M,
		 "'step':['c','a','b']", 0, NULL},
		{"'step':['a','b']", TOP("<step" INS("last") ">a</step>"), M, "'step':['b','a']", 0,
		 NULL},
		{"'step':['a','b']", TOP("<step" INS("before") " yang:value='b'>c</step>"), M,
		 "'step':['a','c','b']", 0, NULL},
		{"'step':['a','b','c']", TOP("<step" INS("after") " yang:value='b'>a</step>"), M,
		 "'step':['b','a','c']", 0, NULL},
		{"'step':['a']", TOP("<step" INS("before") ">c</step>"), M, NULL,
		 ERR_MISSING_ATTRIBUTE, NULL},
		{"'step':['a']", TOP("<step" INS("before") " yang:value='x'>c</step>"), M, NULL,
		 ERR_BAD_ATTRIBUTE, NULL},
		{RULES,
		 TOP("<rule" INS(
			 "after") " xmlns:t='urn:srcdest:test:mgmt' yang:key=\"[t:name='1']\">"
				  "<name>x</name></rule>"),
		 M, "'rule':[{'name':'1'},{'name':'x'},{'name':'2'}]", 0, NULL},
		{RULES, TOP("<rule" INS("first") "><name>2</name><act>a</act></rule>"), M,
		 "'rule':[{'name':'2','act':'a'},{'name':'1'}]", 0, NULL},
		/* Replaced in its place. */
		{"'rule':[{'name':'1','act':'o'},{'name':'2'}]",
		 TOP("<rule" OP("replace") "><name>1</name></rule>"), M, RULES, 0, NULL},
	};

	(void)state;
	CHECK(cases);
}

static void test_choice(void **state)
{
	static const struct edit_case cases[] = {
		{"'l1':'a','l2':{'z':'b'}", TOP("<right>r</right>"), M, "'right':'r'", 0, NULL},
		{"'right':'r'", TOP("<l2><z>b</z></l2>"), M, "'l2':{'z':'b'}", 0, NULL},
		{"'l1':'a'", TOP("<l2><z>b</z></l2>"), M, "'l1':'a','l2':{'z':'b'}", 0, NULL},
	};

	(void)state;
	CHECK(cases);
}

static void test_refusals(void **state)
{
	static const struct edit_case cases[] = {
		{"", TOP("<plain>300</plain>"), M, NULL, ERR_INVALID_VALUE, "/mgmt-test:top/plain"},
		{"", TOP("<plain/>"), M, NULL, ERR_INVALID_VALUE, "/mgmt-test:top/plain"},
		{"", TOP("<nonsense>1</nonsense>"), M, NULL, ERR_UNKNOWN_ELEMENT,
		 "/mgmt-test:top/nonsense"},
		{"", "<top xmlns='urn:none'/>", M, NULL, ERR_UNKNOWN_NAMESPACE, "/top"},
		{"", TOP("<seen>x</seen>"), M, NULL, ERR_UNKNOWN_ELEMENT, "/mgmt-test:top/seen"},
		{"", TOP("<ref>x</ref>"), M, NULL, ERR_DATA_MISSING, "/mgmt-test:top/ref"},
		{"", TOP("<outer>" KEYS "<v>13</v></outer>"), M, NULL, ERR_OPERATION_FAILED,
		 "/mgmt-test:top/outer[a='k'][b='1']/v"},
		/* What the operation applies to decides, not the place of the error. */
		{"", TOP("<np" OP("delete") "><x>300</x></np>"), M, NULL, ERR_DATA_MISSING,
		 "/mgmt-test:top/np"},
	};

	(void)state;
	CHECK(cases);
}

static void test_default_replace(void **state)
{
	static const struct edit_case cases[] = {
		{"'plain':1,'tag':['a'],'outer':[{" ENTRY "}]", TOP("<tag>b</tag>"), R,
		 "'tag':['b']", 0, NULL},
	};

	(void)state;
	CHECK(cases);
}

/* error-info and app-tag of RFC 6241 Appendix A and RFC 7950 15. */
static void test_error_info(void **state)
{
	struct lyd_node *tree = rig_tree(schema, "");
	struct lyd_node *edit = rig_edit(schema, "<top xmlns='urn:none'/>");
	struct edit_error err = {0};

	(void)state;
	assert_false(edit_tree(&tree, edit, M, &err));
	assert_string_equal(err.bad_element, "top");
	assert_string_equal(err.bad_ns, "urn:none");
	error_clear(&err);
	lyd_free_all(edit);

	edit = rig_edit(schema, TOP("<outer><b>1</b></outer>"));
	assert_false(edit_tree(&tree, edit, M, &err));
	assert_string_equal(err.bad_element, "a");
	error_clear(&err);
	lyd_free_all(edit);

	edit = rig_edit(schema, TOP("<ref>x</ref>"));
	assert_true(edit_tree(&tree, edit, M, &err));
	assert_false(edit_validate(&tree, schema->ly, &err));
	assert_string_equal(err.app_tag, "instance-required");
	error_clear(&err);
	lyd_free_all(edit);
	lyd_free_all(tree);
}

/* ---- the command line ---- */

static struct edit one(enum edit_op op, const char *node, const char *value, const char *k1,
		       const char *k2)
{
	struct edit e = {.op = op, .node = schema_find(schema, node), .value = value};

	assert_non_null(e.node);
	if (k1)
		e.keys[e.n_keys++] = k1;
	if (k2)
		e.keys[e.n_keys++] = k2;
	return e;
}

#define T "/mgmt-test:top"
#define F "/mgmt-test:far"

static void list_case(const char *before, struct edit e, const char *after, enum error_tag tag,
		      const char *path)
{
	struct lyd_node *tree = rig_json(schema, before), *want;
	struct edit_error err = {0};
	bool fine =
		edit_list(&tree, schema->ly, &e, 1, &err) && edit_validate(&tree, schema->ly, &err);
	char got[2048];

	assert_int_equal(err.tag, tag);
	assert_int_equal(fine, after != NULL);
	if (path)
		assert_string_equal(err.path, path);
	error_clear(&err);
	if (after) {
		want = rig_json(schema, after);
		snprintf(got, sizeof(got), "%s", rig_print(tree));
		assert_string_equal(got, rig_print(want));
		lyd_free_all(want);
	}
	lyd_free_all(tree);
}

#define J(x)  "{'mgmt-test:top':{" x "}}"
#define JF(x) "{'mgmt-test:far':{'route':[" x "]}}"

static void test_cli_set(void **state)
{
	(void)state;
	list_case("{}", one(EDIT_SET, T "/plain", "1", NULL, NULL), J("'plain':1"), 0, NULL);
	list_case(J("'plain':1"), one(EDIT_SET, T "/plain", "2", NULL, NULL), J("'plain':2"), 0,
		  NULL);
	list_case("{}", one(EDIT_SET, T "/plain", "x", NULL, NULL), NULL, ERR_INVALID_VALUE,
		  T "/plain");
	list_case("{}", one(EDIT_SET, T "/outer/v", "3", "it's", "1"),
		  "{\"mgmt-test:top\":{\"outer\":[{\"a\":\"it's\",\"b\":1,\"v\":3}]}}", 0, NULL);
}

static void test_cli_entries(void **state)
{
	(void)state;
	list_case("{}", one(EDIT_CREATE, T "/outer", NULL, "k", "1"), J("'outer':[{" ENTRY "}]"), 0,
		  NULL);
	list_case("{}", one(EDIT_SET, T "/outer/v", "3", "k", "1"),
		  J("'outer':[{" ENTRY ",'v':3}]"), 0, NULL);
	list_case("{}", one(EDIT_CREATE, T "/outer", NULL, "k", "x"), NULL, ERR_INVALID_VALUE,
		  T "/outer[a='k'][b='x']");
	list_case("{}", one(EDIT_CREATE, T "/outer", NULL, "k", NULL), NULL, ERR_INVALID_VALUE,
		  NULL);
	list_case("{}", one(EDIT_CREATE, T "/presence", NULL, NULL, NULL), J("'presence':{}"), 0,
		  NULL);
	list_case(J("'tag':['a']"), one(EDIT_SET, T "/tag", "b", NULL, NULL), J("'tag':['a','b']"),
		  0, NULL);
	list_case("{}", one(EDIT_SET, T "/seen", "b", NULL, NULL), NULL, ERR_UNKNOWN_ELEMENT,
		  T "/seen");
	list_case(J("'l1':'a'"), one(EDIT_SET, T "/right", "r", NULL, NULL), J("'right':'r'"), 0,
		  NULL);
}

static void test_cli_delete(void **state)
{
	(void)state;
	list_case(J("'plain':1"), one(EDIT_DELETE, T "/plain", NULL, NULL, NULL), "{}", 0, NULL);
	list_case("{}", one(EDIT_DELETE, T "/plain", NULL, NULL, NULL), NULL, ERR_DATA_MISSING,
		  T "/plain");
	list_case("{}", one(EDIT_DELETE, T "/defaulted", NULL, NULL, NULL), NULL, ERR_DATA_MISSING,
		  T "/defaulted");
	list_case("{}", one(EDIT_REMOVE, T "/plain", NULL, NULL, NULL), "{}", 0, NULL);
	list_case(J("'tag':['a','b']"), one(EDIT_DELETE, T "/tag", "a", NULL, NULL),
		  J("'tag':['b']"), 0, NULL);
	list_case(J("'tag':['a','b']"), one(EDIT_DELETE, T "/tag", NULL, NULL, NULL), "{}", 0,
		  NULL);
	list_case(J("'outer':[{" ENTRY "}]"), one(EDIT_DELETE, T "/outer/a", NULL, "k", "1"), NULL,
		  ERR_OPERATION_NOT_SUPPORTED, NULL);
	list_case("{}", one(EDIT_DELETE, T "/outer", NULL, "k", "1"), NULL, ERR_DATA_MISSING,
		  T "/outer[a='k'][b='1']");
}

/* The last next hop takes its route along; a default of the route would not
 * hold it, another next hop does. */
static void test_cli_last_entry(void **state)
{
	struct edit e = one(EDIT_DELETE, F "/route/hop", NULL, "d", "s");

	(void)state;
	e.keys[e.n_keys++] = "g";
	list_case(JF("{'dst':'d','src':'s','hop':[{'gw':'g','distance':3}]}"), e, "{}", 0, NULL);
	list_case(JF("{'dst':'d','src':'s','hop':[{'gw':'g'},{'gw':'h'}]}"), e,
		  JF("{'dst':'d','src':'s','hop':[{'gw':'h'}]}"), 0, NULL);
}

static void test_cli_path(void **state)
{
	struct edit e = {.op = EDIT_SET, .path = T "/outer[a='k'][b='1']/v", .value = "3"};

	(void)state;
	list_case("{}", e, J("'outer':[{" ENTRY ",'v':3}]"), 0, NULL);
	list_case(JF("{'dst':'d','src':'s','hop':[{'gw':'g'}]}"), e,
		  "{'mgmt-test:top':{'outer':[{" ENTRY
		  ",'v':3}]},'mgmt-test:far':{'route':[{'dst':'d',"
		  "'src':'s','hop':[{'gw':'g'}]}]}}",
		  0, NULL);
	e.op = EDIT_DELETE;
	list_case(J("'outer':[{" ENTRY ",'v':3}]"), e, J("'outer':[{" ENTRY "}]"), 0, NULL);
	e.path = T "/nothing";
	list_case("{}", e, NULL, ERR_DATA_MISSING, T "/nothing");
}

static void test_edits_dup(void **state)
{
	struct edit e = one(EDIT_SET, T "/outer/v", "3", "k", "1");
	struct edit *copy = edits_dup(&e, 1);

	(void)state;
	assert_ptr_not_equal(copy->keys[0], e.keys[0]);
	assert_string_equal(copy->keys[1], "1");
	assert_string_equal(copy->value, "3");
	edits_free(copy, 1);
	edits_free(NULL, 0);
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
		cmocka_unit_test(test_leaf),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_leaf_list),
		cmocka_unit_test(test_user_order),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_default_replace),
		cmocka_unit_test(test_error_info),
		cmocka_unit_test(test_cli_set),
		cmocka_unit_test(test_cli_entries),
		cmocka_unit_test(test_cli_delete),
		cmocka_unit_test(test_cli_last_entry),
		cmocka_unit_test(test_cli_path),
		cmocka_unit_test(test_edits_dup),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
