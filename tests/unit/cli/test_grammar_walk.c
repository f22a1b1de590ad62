/* SPDX-License-Identifier: MIT */
/*
 * Every node of the configuration, with many values: tree -> lines -> tree and
 * lines -> tree -> lines are identities, and the lines read strictly.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/base/prng.h"
#include "tests/unit/cli/rig.h"

static struct rig rig;
static struct prng rng;

#define FINGERPRINT \
	"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:" \
	"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"

/* Values to try on every type: names that look like something else among them. */
static const char *const pool[] = {
	"eth0",
	"v0",
	"lo",
	"wan.100",
	"5",
	"65535",
	"0",
	"-1",
	"blackhole",
	"Null0",
	"reject",
	"from",
	"onlink",
	"no",
	"exit",
	"babel",
	"rxcost",
	"wired",
	"network",
	"user",
	"port",
	"ssh",
	"tls",
	"<cr>",
	"!",
	"#x",
	"?",
	"|",
	"$",
	"[x]",
	"a;b",
	"\"",
	"\"q\"",
	"a\"b",
	"a\\b",
	"it's",
	"\\n",
	"a b",
	"a  b",
	" lead",
	"trail ",
	"two\nlines",
	"tab\there",
	"\xc3\xa9t\xc3\xa9",
	"1-255",
	"a value for people to read",
	"\"half quoted",
	"! not a comment",
	"x # y",
	"10.0.0.1",
	"192.0.2.7",
	"fe80::1",
	"2001:db8::53",
	"::",
	"::ffff:192.0.2.1",
	"0.0.0.0",
	"10.0.0.0/8",
	"192.0.2.0/24",
	"0.0.0.0/0",
	"2001:db8::/32",
	"::/0",
	"2001:db8:1::/48",
	"fe80::/10",
	"direct",
	"unreachable",
	"prohibit",
	"00:11:22:33:44:55:66:77",
	"02:00:00:00:00:00:00:01",
	"router",
	"a.example",
	"*",
	"create",
	"read update",
	"create read update delete exec",
	"/etc/srcdest/key.pem",
	"/x",
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"AAAA",
	"06:00:00 Jan 1 2027 infinite",
	"23:59:59 31 December 1999 duration 86400",
	"00:00:00 Feb  1 2028 12:30:00 Mar  1 2028",
	"YWJj",
	"/srcdest-babel:babel",
	"/srcdest-interfaces:interfaces/interface[name='eth0']",
	"srcdest-babel",
	FINGERPRINT,
	"1",
	"2",
	"42",
	"254",
	"255",
	"256",
	"400",
	"1600",
	"830",
	"65534",
};
#define POOL (sizeof(pool) / sizeof(pool[0]))

static bool fits(const struct lysc_node *leaf, const char *value)
{
	LY_ERR e = lyd_value_validate(rig.ly, leaf, value, strlen(value), NULL, NULL, NULL);

	return e == LY_SUCCESS || e == LY_EINCOMPLETE;
}

/* The same for pool[i], asked of libyang once. */
static bool pool_fits(const struct lysc_node *leaf, size_t i)
{
	static struct {
		const struct lysc_node *leaf;
		bool fits[POOL];
	} known[256];
	size_t at, k;

	for (at = 0; known[at].leaf && known[at].leaf != leaf; at++)
		assert_true(at + 1 < sizeof(known) / sizeof(known[0]));
	for (k = 0; !known[at].leaf && k < POOL; k++)
		known[at].fits[k] = fits(leaf, pool[k]);
	known[at].leaf = leaf;
	return known[at].fits[i];
}

static const struct lysc_type_bitenum_item *enums_of(const struct lysc_node *leaf)
{
	const struct lysc_type *t = ((const struct lysc_node_leaf *)leaf)->type;

	if (!(leaf->nodetype & (LYS_LEAF | LYS_LEAFLIST)) || t->basetype != LY_TYPE_ENUM)
		return NULL;
	return ((const struct lysc_type_enum *)t)->enums;
}

static const struct lysc_node *forced_leaf; /* sample() gives it this one */
static const char *forced;

/* Some value that the type takes. */
static const char *sample(const struct lysc_node *leaf)
{
	const struct lysc_type_bitenum_item *items = enums_of(leaf);
	size_t i, at = prng_below(&rng, POOL);

	if (leaf == forced_leaf)
		return forced;
	if (items)
		return items[prng_below(&rng, (uint32_t)LY_ARRAY_COUNT(items))].name;
	if (fits(leaf, "true"))
		if (fits(leaf, "false") && !fits(leaf, "maybe"))
			return prng_below(&rng, 2) ? "true" : "false";
	for (i = 0; i < POOL; i++) {
		if (pool_fits(leaf, (at + i) % POOL))
			return pool[(at + i) % POOL];
	}
	fail_msg("%s: the pool has no value for its type", leaf->name);
	return NULL;
}

static struct lyd_node *make(struct lyd_node *parent, const struct lysc_node *schema)
{
	const struct lysc_node *key;
	const char *k[4] = {"", "", "", ""};
	struct lyd_node *node = NULL;
	size_t n = 0;
	LY_ERR e;

	if (schema->nodetype == LYS_CONTAINER) {
		e = lyd_new_inner(parent, schema->module, schema->name, 0, &node);
	} else if (schema->nodetype == LYS_LIST) {
		for (key = lysc_node_child(schema); key && lysc_is_key(key); key = key->next)
			k[n++] = sample(key);
		e = lyd_new_list(parent, schema->module, schema->name, 0, &node, k[0], k[1], k[2],
				 k[3]);
	} else {
		e = lyd_new_term(parent, schema->module, schema->name, sample(schema), 0, &node);
	}
	assert_int_equal(e, LY_SUCCESS);
	return node;
}

static bool in_choice(const struct lysc_node *node)
{
	return node && node->parent && node->parent->nodetype == LYS_CASE;
}

/* Children of an instance: those that must be, others by chance, `wanted` in
 * any case (a direct child). */
static void fill(struct lyd_node *node, const struct lysc_node *wanted)
{
	const struct lysc_node *child = NULL;
	bool chosen = in_choice(wanted); /* of a choice, one at most */

	while ((child = lys_getnext(child, node->schema, NULL, 0))) {
		bool must = (child->flags & LYS_MAND_TRUE) ||
			    (child->nodetype == LYS_LIST &&
			     ((const struct lysc_node_list *)child)->min);
		struct lyd_node *sub;

		if (!(child->flags & LYS_CONFIG_W) || lysc_is_key(child) || child == wanted)
			continue;
		if (in_choice(child)
			    ? chosen || prng_below(&rng, 3) != 0
			    : !must && (child->nodetype == LYS_LIST || prng_below(&rng, 3) != 0))
			continue;
		chosen = chosen || in_choice(child);
		sub = make(node, child);
		if (child->nodetype & (LYS_LIST | LYS_CONTAINER))
			fill(sub, NULL);
	}
}

static struct lyd_node *make_with_parents(const struct lysc_node *schema, struct lyd_node **top)
{
	const struct lysc_node *up = schema->parent;
	struct lyd_node *parent = NULL, *node;

	while (up && (up->nodetype & (LYS_CHOICE | LYS_CASE)))
		up = up->parent;
	if (up)
		parent = make_with_parents(up, top);
	if (parent)
		fill(parent, schema);
	node = make(parent, schema);
	if (!parent)
		*top = node;
	return node;
}

static void term(struct lyd_node *parent, const char *name, const char *value)
{
	assert_int_equal(lyd_new_term(parent, NULL, name, value, 0, NULL), LY_SUCCESS);
}

static struct lyd_node *named_chain(const char *name)
{
	const struct lys_module *m = ly_ctx_get_module_implemented(rig.ly, "srcdest-key-chain");
	struct lyd_node *chains = NULL, *chain;

	assert_int_equal(lyd_new_inner(NULL, m, "key-chains", 0, &chains), LY_SUCCESS);
	assert_int_equal(lyd_new_list(chains, NULL, "key-chain", 0, &chain, name), LY_SUCCESS);
	return chains;
}

static struct lyd_node *named_list(const char *family, const char *prefix, const char *name)
{
	const struct lys_module *m = ly_ctx_get_module_implemented(rig.ly, "srcdest-prefix-list");
	struct lyd_node *lists = NULL, *list, *row;

	assert_int_equal(lyd_new_inner(NULL, m, "prefix-lists", 0, &lists), LY_SUCCESS);
	assert_int_equal(lyd_new_list(lists, NULL, "prefix-list", 0, &list, family, name),
			 LY_SUCCESS);
	assert_int_equal(lyd_new_list(list, NULL, "row", 0, &row, "7"), LY_SUCCESS);
	term(row, "action", "permit");
	term(row, "destination-prefix", prefix);
	return lists;
}

static struct lyd_node *named_list4(const char *name)
{
	return named_list("ipv4", "10.0.0.0/8", name);
}

static struct lyd_node *named_list6(const char *name)
{
	return named_list("ipv6", "2001:db8::/32", name);
}

static struct lyd_node *named_map(const char *name)
{
	const struct lys_module *m = ly_ctx_get_module_implemented(rig.ly, "srcdest-route-map");
	struct lyd_node *maps = NULL, *map, *entry;

	assert_int_equal(lyd_new_inner(NULL, m, "route-maps", 0, &maps), LY_SUCCESS);
	assert_int_equal(lyd_new_list(maps, NULL, "route-map", 0, &map, name), LY_SUCCESS);
	assert_int_equal(lyd_new_list(map, NULL, "entry", 0, &entry, "7"), LY_SUCCESS);
	term(entry, "action", "permit");
	return maps;
}

/* What something names is there. */
static bool valid(struct lyd_node **top)
{
	static const struct {
		const char *leaves;
		struct lyd_node *(*named)(const char *name);
	} rows[] = {
		{"//*[name()='key-chain' and not(*)]", named_chain},
		{"//*[name()='ip-prefix-list' and not(*)]", named_list4},
		{"//*[name()='ipv6-prefix-list' and not(*)]", named_list6},
		{"//*[name()='route-map' and not(*)]", named_map},
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct ly_set *set = NULL;

		assert_int_equal(lyd_find_xpath(*top, rows[k].leaves, &set), LY_SUCCESS);
		for (uint32_t i = 0; i < set->count; i++) {
			struct lyd_node *made = rows[k].named(lyd_get_value(set->dnodes[i]));

			assert_int_equal(lyd_merge_siblings(top, made, LYD_MERGE_DESTRUCT),
					 LY_SUCCESS);
		}
		ly_set_free(set, NULL);
	}
	return rig_valid(&rig, top);
}

/* tree -> lines -> tree, and the lines again. */
static void round_trip(const struct lyd_node *tree)
{
	char *text = rig_print(&rig, tree), *again, why[GRAMMAR_TEXT_MAX] = "";
	struct lyd_node *back = NULL;
	size_t bad = rig_load(&rig, text, GRAMMAR_STRICT, &back, why);

	if (bad)
		fail_msg("seed %#llx, line %zu: %s\n%s", (unsigned long long)rng.seed, bad, why,
			 text);
	if (!rig_valid(&rig, &back))
		fail_msg("seed %#llx: %s\n%s", (unsigned long long)rng.seed, ly_errmsg(rig.ly),
			 text);
	if (!rig_same(tree, back)) {
		char *a = NULL, *b = NULL;

		lyd_print_mem(&a, tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS);
		lyd_print_mem(&b, back, LYD_JSON, LYD_PRINT_WITHSIBLINGS);
		fail_msg("seed %#llx: not the same\n%s\n%s\n%s", (unsigned long long)rng.seed, text,
			 a, b);
	}
	again = rig_print(&rig, back);
	assert_string_equal(text, again);
	free(again);
	free(text);
	lyd_free_all(back);
}

/* grammar_line() says what stands in the whole. */
static void node_alone(const struct lyd_node *node, const struct lyd_node *top)
{
	char line[GRAMMAR_LINE_MAX + 1], *text;

	if (!grammar_line(rig.g, node, line, sizeof(line)))
		return;
	text = rig_print(&rig, top);
	assert_non_null(strstr(text, line));
	free(text);
}

static void walk_node(const struct lysc_node *schema)
{
	uint64_t tries = prng_ops(3000);
	size_t good = 0;

	while (tries-- > 0 && good < 20) {
		struct lyd_node *top = NULL, *node = make_with_parents(schema, &top);

		if (schema->nodetype & (LYS_LIST | LYS_CONTAINER))
			fill(node, NULL);
		if (valid(&top)) {
			node_alone(node, top);
			round_trip(top);
			good++;
		}
		lyd_free_all(top);
	}
	if (good == 0 && prng_ops(3000) == 400)
		fail_msg("seed %#llx: no valid tree with %s: %s", (unsigned long long)rng.seed,
			 schema->name, ly_errmsg(rig.ly));
}

/* Each value of the pool that the type takes, in a key as well. */
static void walk_values(const struct lysc_node *leaf)
{
	const struct lysc_node *node = lysc_is_key(leaf) ? leaf->parent : leaf;
	size_t i;

	for (i = 0; i < POOL; i++) {
		uint64_t tries = prng_ops(100);
		bool good = false;

		if (!pool_fits(leaf, i))
			continue;
		forced_leaf = leaf;
		forced = pool[i];
		while (tries-- > 0 && !good) {
			struct lyd_node *top = NULL, *made = make_with_parents(node, &top);

			if (node->nodetype == LYS_LIST)
				fill(made, NULL);
			good = valid(&top);
			if (good)
				round_trip(top);
			lyd_free_all(top);
		}
		forced_leaf = NULL;
	}
}

static size_t walk(const struct lysc_node *schema)
{
	size_t n = 0;

	for (; schema; schema = schema->next) {
		if (!(schema->flags & LYS_CONFIG_W))
			continue;
		if (!(schema->nodetype & (LYS_CHOICE | LYS_CASE)) && !lysc_is_key(schema)) {
			walk_node(schema);
			n++;
		}
		if (schema->nodetype & (LYS_LEAF | LYS_LEAFLIST))
			walk_values(schema);
		n += walk(lysc_node_child(schema));
	}
	return n;
}

static const char *const modules[] = {
	"srcdest-static", "srcdest-interfaces", "srcdest-babel",
	"srcdest-babel-policy", "srcdest-fpm", "srcdest-fib",
	"srcdest-prefix-list",
	"srcdest-route-map",
	"srcdest-system", "srcdest-key-chain",	"ietf-netconf-acm",
};
#define MODULES (sizeof(modules) / sizeof(modules[0]))

static void test_every_node(void **state)
{
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < MODULES; i++)
		n += walk(ly_ctx_get_module_implemented(rig.ly, modules[i])->compiled->data);
	/* The walk reaches the schema: a good number of nodes, not a handful. */
	assert_true(n > 40);
}

/* A list without a line of its own is printed through its children. */
static const struct lysc_node *some_list(size_t i)
{
	static const char *const paths[] = {
		"/srcdest-static:static/route/next-hop",
		"/srcdest-interfaces:interfaces/interface/srcdest-babel:babel/rxcost",
		"/srcdest-interfaces:interfaces/interface/description",
		"/srcdest-babel:babel/network",
		"/srcdest-babel:babel/redistribute",
		"/srcdest-key-chain:key-chains/key-chain/key/accept-lifetime",
		"/srcdest-prefix-list:prefix-lists/prefix-list/row",
		"/srcdest-route-map:route-maps/route-map/entry",
		"/srcdest-route-map:route-maps/protocol",
		"/srcdest-fpm:fpm/unix",
		"/srcdest-fib:fib/check-interval",
		"/srcdest-system:system/hostname",
		"/srcdest-system:system/netconf/listen",
		"/srcdest-system:system/netconf/user/authorized-key",
		"/ietf-netconf-acm:nacm/groups/group/user-name",
		"/ietf-netconf-acm:nacm/rule-list/rule/path",
	};
	size_t n = sizeof(paths) / sizeof(paths[0]);

	return lys_find_path(rig.ly, NULL, paths[i % n], 0);
}

/* A whole configuration of many parts. */
static struct lyd_node *random_tree(void)
{
	struct lyd_node *tree = NULL;
	size_t i, n = 1 + prng_below(&rng, 30);

	for (i = 0; i < n; i++) {
		struct lyd_node *top = NULL, *more, *node;

		node = make_with_parents(some_list(prng_below(&rng, 1000)), &top);
		if (node->schema->nodetype == LYS_LIST)
			fill(node, NULL);
		/* Only what keeps the whole valid. */
		more = NULL;
		if (tree)
			lyd_dup_siblings(tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &more);
		if (lyd_merge_siblings(&more, top, LYD_MERGE_DEFAULTS) == LY_SUCCESS &&
		    valid(&more)) {
			lyd_free_all(tree);
			tree = more;
		} else {
			lyd_free_all(more);
		}
		lyd_free_all(top);
	}
	return tree;
}

static void test_whole_configurations(void **state)
{
	uint64_t i, n = prng_ops(80);

	(void)state;
	for (i = 0; i < n; i++) {
		struct lyd_node *tree = random_tree();

		if (tree)
			round_trip(tree);
		lyd_free_all(tree);
	}
}

/* Only marked lines and headings; none for equal trees; all that is marked is
 * in the printed form of that side. */
static void test_diff(void **state)
{
	uint64_t i, n = prng_ops(30);

	(void)state;
	for (i = 0; i < n; i++) {
		struct lyd_node *a = random_tree(), *b = random_tree();
		char *text_a = rig_print(&rig, a), *text_b = rig_print(&rig, b);
		char *same = rig_diff(&rig, a, a), *diff = rig_diff(&rig, a, b), *line, *save;

		assert_string_equal(same, "");
		assert_int_equal(strcmp(text_a, text_b) != 0 ? *diff != '\0' : 1, 1);
		for (line = strtok_r(diff, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			assert_non_null(strchr(" +-", line[0]));
			if (line[0] != '+')
				assert_non_null(strstr(text_a, line + 1));
			if (line[0] != '-')
				assert_non_null(strstr(text_b, line + 1));
		}
		free(text_a);
		free(text_b);
		free(same);
		free(diff);
		lyd_free_all(a);
		lyd_free_all(b);
	}
}

static int setup(void **state)
{
	(void)state;
	rig = rig_new();
	rng = prng_init(0x6772616d);
	return 0;
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
		cmocka_unit_test(test_every_node),
		cmocka_unit_test(test_whole_configurations),
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
