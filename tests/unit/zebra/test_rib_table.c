/* SPDX-License-Identifier: MIT */
/* Kernel tables beside the main one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/rib_backend.h"

enum { STATIC = 3, BABEL = 22 };
enum { EBUSY = 16 };

#define D "2001:db8:d::/48"
#define S "2001:db8:a::/48"
#define G "fe80::1"
#define T 100

static struct rig rig;

static int setup(void **state)
{
	rig_init(&rig);
	rib_if_set(rig.rib, 1, true);
	rib_if_set(rig.rib, 2, true);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	rig_fini(*state);
	return 0;
}

static void add(uint32_t table, const char *dst, const char *src, struct rib_nexthop nh)
{
	struct sdprefix pair = rig_pair(dst, src);
	struct rib_owner owner = {.type = STATIC};
	struct rib_spec spec = {.distance = 1, .recursive = true, .n_nexthops = 1, .nexthops = &nh};

	rib_add(rib_table_get(rig.rib, table), &pair, &owner, &spec, rig.now);
}

static void del(uint32_t table, const char *dst, const char *src)
{
	struct sdprefix pair = rig_pair(dst, src);
	struct rib_owner owner = {.type = STATIC};

	assert_true(rib_del(rib_table_find(rig.rib, table), &pair, &owner));
}

static uint32_t out(uint32_t table, const char *dst, const char *src)
{
	const struct kroute *k = kernel_has_in(&rig, table, dst, src);

	return k ? k->nh[0].ifindex : 0;
}

static void test_one_pair_in_two_tables(void **state)
{
	(void)state;
	add(0, D, S, rig_via(G, 1));
	add(T, D, S, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(out(0, D, S), 1);
	assert_int_equal(out(T, D, S), 2);
	/* The kernel's two faults are in every table. */
	assert_int_equal(kernel_has_in(&rig, T, D, NULL)->nh[0].kind, RIB_NH_UNREACHABLE);
	add(T, D, NULL, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(out(T, D, "::/1"), 1);
	assert_int_equal(out(T, D, "8000::/1"), 1);
	assert_int_equal(out(0, D, "::/1"), 0);
	del(T, D, S);
	del(T, D, NULL);
	rig_run(&rig);
	assert_int_equal(out(0, D, S), 1);
	assert_int_equal(kernel_ours(&rig), 2);
	assert_null(rib_table_find(rig.rib, T)); /* gone with its last route */
}

/* As in FRR: a table by itself often has no connected routes. */
static void test_gateways_are_found_in_the_main_table(void **state)
{
	(void)state;
	add(T, D, S, rig_gate("2001:db8:1::1"));
	add(T, "2001:db8:1::/48", NULL, rig_via(G, 1)); /* no help */
	rig_run(&rig);
	assert_int_equal(out(T, D, S), 0);
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(out(T, D, S), 2);
	rig_add(&rig, BABEL, "2001:db8:1::/48", S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(out(T, D, S), 1);
	/* Its own destination over itself is no loop, for it is in another table. */
	add(T, "2001:db8:1::/64", NULL, rig_gate("2001:db8:1::1"));
	rig_run(&rig);
	assert_int_equal(out(T, "2001:db8:1::/64", NULL), 2);
	rig_del(&rig, BABEL, "2001:db8:1::/48", NULL);
	rig_del(&rig, BABEL, "2001:db8:1::/48", S);
	rig_run(&rig);
	assert_int_equal(out(T, D, S), 0);
}

static void test_what_the_main_one_is_told_reaches_it(void **state)
{
	struct addr a = rig_addr("2001:db8:1::1");

	(void)state;
	rig_connect(&rig, "2001:db8:1::/64", 1);
	add(T, D, NULL, rig_via(G, 1)); /* the table is younger than the interface */
	add(T, D, S, rig_gate("2001:db8:1::1"));
	rig_run(&rig);
	assert_int_equal(out(T, D, NULL), 1);
	rig.own[0] = a;
	rib_address(rig.rib, FAM_IP6, &a);
	rig_run(&rig);
	assert_int_equal(out(T, D, S), 0);
	assert_int_equal(out(T, D, NULL), 1);
	rib_if_set(rig.rib, 1, false);
	rig_run(&rig);
	assert_int_equal(out(T, D, NULL), 0);
	rib_if_set(rig.rib, 1, true);
	rig_run(&rig);
	assert_int_equal(out(T, D, NULL), 1);
	rib_if_del(rig.rib, 1);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
	rib_mark_stale(rig.rib, STATIC, 0);
	rib_sweep_stale(rig.rib, STATIC, 0);
	rig_run(&rig);
	assert_null(rib_table_find(rig.rib, T));
	add(T, D, S, rig_via(G, 2));
	rig_run(&rig);
	rib_del_owner(rig.rib, STATIC, 0);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
}

static int keep(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_DEL && op->route.type == STATIC ? EBUSY : 0;
}

static void test_owners_and_clients_hear_by_table(void **state)
{
	(void)state;
	add(T, D, S, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 1);
	assert_int_equal(rig.fates[0].table, T);
	assert_int_equal(rig.fates[0].fate, RIB_FATE_INSTALLED);
	assert_int_equal(rig.n_redists, 1);
	assert_int_equal(rig.redists[0].table, T);
	assert_int_equal(rig.redists[0].is.type, STATIC);
	rig.verdict = keep;
	del(T, D, S);
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 2);
	assert_int_equal(rig.fates[1].fate, RIB_FATE_REMOVE_FAILED);
	assert_int_equal(out(T, D, S), 1);
}

static void test_leftovers_of_a_table(void **state)
{
	struct rib_nexthop nh = rig_via(G, 1);
	struct fib_route f = {.pair = rig_pair(D, NULL),
			      .type = STATIC,
			      .table = T,
			      .n_nexthops = 1,
			      .nexthops = &nh};

	(void)state;
	kernel_set(&rig, &f, false);
	rib_kernel_found(rib_table_get(rig.rib, T), &f);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	assert_int_equal(out(T, D, NULL), 1);
	add(T, D, NULL, nh); /* claimed as it is */
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	del(T, D, NULL);
	rib_kernel_found(rib_table_get(rig.rib, T), &f);
	rig_run(&rig);
	assert_int_equal(out(T, D, NULL), 0);
	kernel_set(&rig, &f, false);
	rib_kernel_found(rib_table_get(rig.rib, T), &f);
	rib_sweep_kernel(rig.rib);
	rig_run(&rig);
	assert_int_equal(out(T, D, NULL), 0);
}

static void test_so_many_tables(void **state)
{
	uint32_t n = 0;

	(void)state;
	for (uint32_t id = 1; id <= RIB_TABLES_MAX; id++)
		add(1000 - id, D, NULL, rig_via(G, 1));
	assert_null(rib_table_get(rig.rib, 1000));
	assert_non_null(rib_table_get(rig.rib, 999));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), RIB_TABLES_MAX);
	for (const struct rib *t = rib_table_after(rig.rib, 0); t;
	     t = rib_table_after(rig.rib, rib_table_id(t)))
		assert_int_equal(rib_table_id(t), 1000 - RIB_TABLES_MAX + n++);
	assert_int_equal(n, RIB_TABLES_MAX);
	del(999, D, NULL);
	rig_run(&rig);
	/* What the compiler has for sources is nobody else's. */
	assert_null(rib_table_get(rig.rib, rib_setup(rig.rib)->range.table));
	assert_non_null(rib_table_get(rig.rib, 1000));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_pair_in_two_tables),
		TEST(test_gateways_are_found_in_the_main_table),
		TEST(test_what_the_main_one_is_told_reaches_it),
		TEST(test_owners_and_clients_hear_by_table),
		TEST(test_leftovers_of_a_table),
		TEST(test_so_many_tables),
	};

	return cmocka_run_group_tests_name("tables beside the main one", tests, NULL, NULL);
}
