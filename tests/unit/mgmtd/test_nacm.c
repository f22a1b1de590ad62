/* SPDX-License-Identifier: MIT */
/* The judges of RFC 8341 3.4 against hand-written rules. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/mgmtd/netconf_rig.h"

struct env {
	struct ncrig *rig;
	struct lyd_node *rules, *data;
};

static struct lyd_node *parse(struct ncrig *r, const char *xml)
{
	struct lyd_node *tree = NULL;

	assert_int_equal(lyd_parse_data_mem(r->schema->ly, xml, LYD_XML,
					    LYD_PARSE_STRICT | LYD_PARSE_NO_STATE,
					    LYD_VALIDATE_NO_STATE, &tree),
			 LY_SUCCESS);
	return tree;
}

#define NACM(x)	       "<nacm xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-acm\">" x "</nacm>"
#define SYS_PATH(p)    "<path xmlns:s=\"urn:srcdest:yang:system\">" p "</path>"
#define IF_PATH(p)     "<path xmlns:i=\"urn:srcdest:yang:interfaces\">" p "</path>"
#define GROUP(g, u)    "<groups><group><name>" g "</name><user-name>" u "</user-name></group></groups>"
#define LIST(g, rules) "<rule-list><name>" g "</name><group>" g "</group>" rules "</rule-list>"
#define RULE(name, body, action) \
	"<rule><name>" name "</name>" body "<action>" action "</action></rule>"

static const char data_xml[] =
	"<system xmlns=\"urn:srcdest:yang:system\"><hostname>edge</hostname></system>"
	"<interfaces xmlns=\"urn:srcdest:yang:interfaces\">"
	"<interface><name>eth0</name><description>up</description></interface>"
	"<interface><name>eth1</name><description>down</description></interface></interfaces>";

static int set_up(void **state)
{
	struct env *e = calloc(1, sizeof(*e));

	e->rig = ncrig_new();
	e->data = parse(e->rig, data_xml);
	*state = e;
	return 0;
}

static int tear_down(void **state)
{
	struct env *e = *state;

	lyd_free_all(e->rules);
	lyd_free_all(e->data);
	ncrig_free(e->rig);
	free(e);
	return 0;
}

static void load(struct env *e, const char *xml)
{
	lyd_free_all(e->rules);
	e->rules = NULL;
	e->rules = parse(e->rig, xml);
	nacm_load(e->rig->nacm, e->rules);
}

static bool exec(struct env *e, const char *user, const char *path)
{
	const struct nacm_who w = {user, false};
	struct edit_error err = {0};
	bool fine = nacm_may_exec(e->rig->nacm, &w, schema_find(e->rig->schema, path), &err);

	assert_int_equal(err.tag, fine ? ERR_NONE : ERR_ACCESS_DENIED);
	error_clear(&err);
	return fine;
}

static const struct lyd_node *node(struct env *e, const char *path)
{
	struct lyd_node *n = NULL;

	assert_int_equal(lyd_find_path(e->data, path, 0, &n), LY_SUCCESS);
	return n;
}

static bool readable(struct env *e, const char *user, const char *path)
{
	const struct nacm_who w = {user, false};

	return nacm_may_read(e->rig->nacm, &w, node(e, path));
}

/* Creation of all of the data. */
static bool writable(struct env *e, const char *user)
{
	const struct nacm_who w = {user, false};
	struct change_list changes = {0};
	struct edit_error err = {0};
	bool fine;

	change_diff(&changes, NULL, e->data);
	fine = nacm_may_write(e->rig->nacm, &w, &changes, &err);
	assert_int_equal(err.tag, fine ? ERR_NONE : ERR_ACCESS_DENIED);
	if (!fine)
		assert_non_null(err.path);
	error_clear(&err);
	change_list_clear(&changes);
	return fine;
}

#define HOST "/srcdest-system:system/hostname"
#define ETH0 "/srcdest-interfaces:interfaces/interface[name='eth0']"
#define ETH1 "/srcdest-interfaces:interfaces/interface[name='eth1']"

/* RFC 8341 3.4.4, 3.4.5: read and exec are permitted by default, write denied;
 * kill-session and delete-config need a rule; close-session never does. */
static void defaults(void **state)
{
	struct env *e = *state;
	const struct nacm_who root = {"root", true};
	struct change_list changes = {0};

	nacm_load(e->rig->nacm, NULL);
	assert_true(readable(e, "anyone", HOST));
	assert_false(writable(e, "anyone"));
	assert_true(exec(e, "anyone", "/ietf-netconf:get"));
	assert_false(exec(e, "anyone", "/ietf-netconf:kill-session"));
	assert_false(exec(e, "anyone", "/ietf-netconf:delete-config"));
	load(e, NACM("<read-default>deny</read-default><exec-default>deny</exec-default>"
		     "<write-default>permit</write-default>"));
	assert_false(readable(e, "anyone", HOST));
	assert_true(writable(e, "anyone"));
	assert_false(exec(e, "anyone", "/ietf-netconf:get"));
	assert_true(exec(e, "anyone", "/ietf-netconf:close-session"));
	/* The recovery session. */
	change_diff(&changes, NULL, e->data);
	assert_true(nacm_may_write(e->rig->nacm, &root, &changes, NULL));
	change_list_clear(&changes);
	load(e, NACM("<enable-nacm>false</enable-nacm><read-default>deny</read-default>"));
	assert_true(readable(e, "anyone", HOST));
	assert_true(writable(e, "anyone"));
}

/* Only rule-lists of the user's groups count; `*` is everybody who is in one. */
static void groups(void **state)
{
	struct env *e = *state;

	load(e, NACM(GROUP("g", "ann") LIST("g", RULE("r", "", "permit"))));
	assert_true(writable(e, "ann"));
	assert_false(writable(e, "bob"));
	assert_true(exec(e, "ann", "/ietf-netconf:kill-session"));
	load(e, NACM(GROUP("g", "ann") LIST("*", RULE("r", "", "permit"))));
	assert_true(writable(e, "ann"));
	assert_false(writable(e, "bob"));
}

/* The first rule that fits decides. */
static void order(void **state)
{
	struct env *e = *state;

	load(e, NACM(GROUP("g", "ann") LIST("g", RULE("a", SYS_PATH("/s:system/s:hostname"), "deny")
							 RULE("b", "", "permit"))));
	assert_false(readable(e, "ann", HOST));
	assert_true(readable(e, "ann", ETH0));
	assert_false(writable(e, "ann"));
	load(e, NACM(GROUP("g", "ann")
			     LIST("g", RULE("b", "", "permit") RULE(
					       "a", SYS_PATH("/s:system/s:hostname"), "deny"))));
	assert_true(readable(e, "ann", HOST));
	assert_true(writable(e, "ann"));
}

/* A path with keys is that entry and all below it, without: all entries. */
static void paths(void **state)
{
	struct env *e = *state;

	load(e,
	     NACM(GROUP("g", "ann") LIST(
		     "g", RULE("a", IF_PATH("/i:interfaces/i:interface[i:name='eth0']"), "deny"))));
	assert_false(readable(e, "ann", ETH0));
	assert_false(readable(e, "ann", ETH0 "/description"));
	assert_true(readable(e, "ann", ETH1 "/description"));
	load(e, NACM(GROUP("g", "ann")
			     LIST("g", RULE("a", IF_PATH("/i:interfaces/i:interface"), "deny"))));
	assert_false(readable(e, "ann", ETH1));
	assert_true(readable(e, "ann", "/srcdest-interfaces:interfaces"));
}

static void operations_and_modules(void **state)
{
	struct env *e = *state;

	load(e, NACM(GROUP("g", "ann") LIST(
			"g", RULE("a",
				  "<module-name>srcdest-system</module-name>"
				  "<access-operations>read</access-operations>",
				  "deny") RULE("b",
					       "<rpc-name>kill-session</rpc-name>"
					       "<access-operations>exec</access-operations>",
					       "permit"))));
	assert_false(readable(e, "ann", HOST));
	assert_true(readable(e, "ann", ETH0));
	assert_true(exec(e, "ann", "/ietf-netconf:kill-session"));
	assert_false(exec(e, "ann", "/ietf-netconf:delete-config"));
}

/* What may not be read goes with all below it; keys of the rest stay. */
static void pruning(void **state)
{
	struct env *e = *state;
	const struct nacm_who ann = {"ann", false};
	struct lyd_node *copy = NULL, *n = NULL;

	load(e, NACM(GROUP("g", "ann") LIST(
			"g", RULE("a", SYS_PATH("/s:system"), "deny")
				     RULE("b", IF_PATH("/i:interfaces/i:interface/i:description"),
					  "deny"))));
	lyd_dup_siblings(e->data, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy);
	nacm_prune(e->rig->nacm, &ann, &copy);
	assert_int_not_equal(lyd_find_path(copy, HOST, 0, &n), LY_SUCCESS);
	assert_int_not_equal(lyd_find_path(copy, ETH0 "/description", 0, &n), LY_SUCCESS);
	assert_int_equal(lyd_find_path(copy, ETH0 "/name", 0, &n), LY_SUCCESS);
	lyd_free_all(copy);
	ly_err_clean(e->rig->schema->ly, NULL);
}

static void counted(void **state)
{
	struct env *e = *state;
	struct nacm_counters was = nacm_counters(e->rig->nacm), is;

	load(e, NACM(""));
	exec(e, "bob", "/ietf-netconf:kill-session");
	writable(e, "bob");
	is = nacm_counters(e->rig->nacm);
	assert_int_equal(is.operations, was.operations + 1);
	assert_int_equal(is.data_writes, was.data_writes + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults), cmocka_unit_test(groups),
		cmocka_unit_test(order),    cmocka_unit_test(paths),
		cmocka_unit_test(pruning),  cmocka_unit_test(operations_and_modules),
		cmocka_unit_test(counted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
