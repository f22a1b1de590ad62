/* SPDX-License-Identifier: MIT */
/* The tables of the daemons fit the model: every row is a node, and every node
 * of their modules is served by one row. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_config.h"
#include "mgmtd/schema.h"
#include "zebra/zebra_nb_config.h"

static const struct nb_table *const tables[] = {&zebra_nb_table, &babel_nb_table};
#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static struct schema *schema;

static int setup(void **state)
{
	const char *top = getenv("srcdir");
	char dir[512], err[512] = "";

	(void)state;
	snprintf(dir, sizeof(dir), "%s/yang", top ? top : ".");
	schema = schema_new(dir, err, sizeof(err));
	assert_string_equal(err, "");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	schema_free(schema);
	return 0;
}

static void test_rows_are_nodes(void **state)
{
	(void)state;
	for (size_t t = 0; t < N_TABLES; t++) {
		for (size_t i = 0; i < tables[t]->n_nodes; i++) {
			const char *path = tables[t]->nodes[i].path;
			const struct lysc_node *n = schema_find(schema, path);

			if (!n || !(n->flags & LYS_CONFIG_W) || lysc_is_key(n))
				fail_msg("%s is no configuration node", path);
			assert_non_null(tables[t]->nodes[i].apply);
		}
	}
}

static unsigned int rows_of(const struct lysc_node *node)
{
	unsigned int n = 0;

	for (size_t t = 0; t < N_TABLES; t++)
		for (size_t i = 0; i < tables[t]->n_nodes; i++)
			n += schema_find(schema, tables[t]->nodes[i].path) == node;
	return n;
}

static bool needs_row(const struct lysc_node *n)
{
	if (!(n->flags & LYS_CONFIG_W) || lysc_is_key(n))
		return false;
	if (n->nodetype == LYS_CONTAINER)
		return n->flags & LYS_PRESENCE;
	return n->nodetype & (LYS_LEAF | LYS_LEAFLIST | LYS_LIST);
}

static LY_ERR check_node(struct lysc_node *n, void *data, ly_bool *skip)
{
	unsigned int *seen = data, rows;
	char path[256];

	(void)skip;
	if (!needs_row(n))
		return LY_SUCCESS;
	++*seen;
	rows = rows_of(n);
	lysc_path(n, LYSC_PATH_LOG, path, sizeof(path));
	if (rows != 1)
		fail_msg("%s is served by %u rows", path, rows);
	return LY_SUCCESS;
}

/* What would otherwise be configured to nobody. */
static void test_nodes_have_rows(void **state)
{
	const struct lysc_node *n;
	unsigned int seen = 0;

	(void)state;
	n = schema_find(schema, "/srcdest-static:static");
	assert_non_null(n);
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-fpm:fpm");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-fib:fib");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-babel:babel");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-interfaces:interfaces/interface/srcdest-babel:babel");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-key-chain:key-chains");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-prefix-list:prefix-lists");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	n = schema_find(schema, "/srcdest-route-map:route-maps");
	assert_int_equal(lysc_tree_dfs_full(n, check_node, &seen), LY_SUCCESS);
	assert_int_equal(seen, zebra_nb_table.n_nodes + babel_nb_table.n_nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_nodes),
		cmocka_unit_test(test_nodes_have_rows),
	};

	return cmocka_run_group_tests_name("tables and model", tests, setup, teardown);
}
