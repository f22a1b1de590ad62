/* SPDX-License-Identifier: MIT */
/* The FIB compiler's second backend, case by case. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/fib_rules.h"

/*
 * Sources by words; a nested chain a, aa, aaa and one beside it, b. Answers
 * are "SOURCE=INTERFACE", with an "f" in front those that the kernel has by
 * itself. What is wanted is "SOURCE=INTERFACE", "SOURCE=throw", or with an
 * "*" a copy. The table of a source is the one of its place below.
 */
static const struct {
	const char *word, *src;
} names[] = {{"plain", NULL},
	     {"a", "2001:db8:a::/48"},
	     {"aa", "2001:db8:a:a::/64"},
	     {"aaa", "2001:db8:a:a::1/128"},
	     {"b", "2001:db8:b::/48"}};
#define N_NAMES (sizeof(names) / sizeof(*names))

static size_t index_of(const char *word)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (strcmp(names[i].word, word) == 0)
			return i;
	fail_msg("no such source: %s", word);
	return 0;
}

static const char *word_of(const struct sdprefix *pair)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (names[i].src) {
			struct prefix p = rig_prefix(names[i].src);

			if (prefix_eq(&p, &pair->src))
				return names[i].word;
		}
	return "plain";
}

static size_t read_answers(const char *dst, const char *text, struct fib_answer *a,
			   struct rib_nexthop *nh)
{
	char copy[256], *save = NULL;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *t = strtok_r(copy, " ", &save); t; t = strtok_r(NULL, " ", &save), n++) {
		char *eq = strchr(t, '=');
		size_t i;

		*eq = '\0';
		i = index_of(t + (*t == 'f'));
		nh[n] = rig_dev((uint32_t)atoi(eq + 1));
		a[n] = (struct fib_answer){.foreign = *t == 'f'};
		a[n].route.pair = rig_pair(dst, names[i].src);
		a[n].route.type = 3;
		a[n].route.n_nexthops = 1;
		a[n].route.nexthops = &nh[n];
	}
	return n;
}

static size_t read_tables(const char *text, struct fib_table *t)
{
	char copy[256], *save = NULL;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		size_t i = index_of(w);

		t[n++] = (struct fib_table){rig_prefix(names[i].src), 1000 + (uint32_t)i};
	}
	return n;
}

static void compiles_to(const char *answers, const char *tables, const char *want_text)
{
	struct fib_answer a[N_NAMES];
	struct rib_nexthop nh[N_NAMES];
	struct fib_table t[N_NAMES];
	struct fib_want want[N_NAMES + 1];
	size_t n = read_answers("2001:db8:d::/48", answers, a, nh), n_t = read_tables(tables, t);
	char out[512] = "";

	n = fib_rules_compile(a, n, t, n_t, want);
	for (size_t i = 0; i < n; i++) {
		const struct fib_route *f = &want[i].route;
		const char *word = word_of(&f->pair);
		bool throws = f->nexthops->kind == RIB_NH_THROW;
		size_t at = strlen(out);

		assert_int_equal(want[i].auxiliary, f->type == RIB_TYPE_AUXILIARY);
		assert_int_equal(f->ruled, !sdprefix_is_plain(&f->pair));
		assert_int_equal(f->table, f->ruled ? 1000 + index_of(word) : 0);
		if (throws)
			assert_true(want[i].auxiliary);
		snprintf(out + at, sizeof(out) - at, "%s%s%s=", i ? " " : "",
			 want[i].auxiliary && !throws ? "*" : "", word);
		at = strlen(out);
		if (throws)
			snprintf(out + at, sizeof(out) - at, "throw");
		else
			snprintf(out + at, sizeof(out) - at, "%u", f->nexthops->ifindex);
	}
	assert_string_equal(out, want_text);
}

static void test_routes_of_their_own(void **state)
{
	(void)state;
	compiles_to("", "", "");
	compiles_to("plain=1", "", "plain=1");
	compiles_to("fplain=1", "", "");
	compiles_to("a=1 b=2", "a b", "a=1 b=2");
	/* A shorter destination has nothing to say if there is no answer here. */
	compiles_to("", "a b", "");
}

static void test_throws(void **state)
{
	(void)state;
	/* The longer destination of the shorter source wins over the table. */
	compiles_to("plain=1", "a b", "plain=1 a=throw b=throw");
	compiles_to("fplain=1", "a", "a=throw");
	compiles_to("a=1", "a aa aaa b", "a=1 aa=throw aaa=throw");
	/* Its own route is no throw, and hides nothing of what is within. */
	compiles_to("plain=1 aa=2", "a aa aaa b", "plain=1 a=throw aa=2 aaa=throw b=throw");
	/* A source within another does not serve it. */
	compiles_to("aa=2", "a aa", "aa=2");
	compiles_to("b=2", "a aa b", "b=2");
}

static void test_what_the_kernel_has_by_itself(void **state)
{
	(void)state;
	/* Only in its main table, which a rule comes before. */
	compiles_to("fa=1", "a", "*a=1");
	compiles_to("fa=1", "a aa", "*a=1 aa=throw");
}

/* Operations: "+DST/LEN SRC" a set, "~" a throw set, "-" and "=" their deletion,
 * "R" and "r" a rule to come and to go. */
static void order_is(enum fib_stage stage, const char *in, const char *out_text)
{
	static const struct rib_nexthop throws = {.kind = RIB_NH_THROW}, dev = {.ifindex = 1};
	struct fib_op ops[32];
	char copy[512], out[512] = "", *save = NULL;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", in);
	for (char *t = strtok_r(copy, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		char dst[64], *at = strchr(t, '@');
		struct fib_op *op = &ops[n++];

		*at = '\0';
		snprintf(dst, sizeof(dst), "2001:db8::/%s",
			 t[0] == 'R' || t[0] == 'r' ? "0" : t + 1);
		*op = (struct fib_op){.kind = t[0] == 'R'		   ? FIB_RULE_ADD
					      : t[0] == 'r'		   ? FIB_RULE_DEL
					      : t[0] == '-' || t[0] == '=' ? FIB_DEL
									   : FIB_SET};
		op->route.pair = rig_pair(dst, names[index_of(at + 1)].src);
		op->route.type = t[0] == '~' || t[0] == '=' ? RIB_TYPE_AUXILIARY : 3;
		op->route.n_nexthops = 1;
		op->route.nexthops = t[0] == '~' ? &throws : &dev;
		op->preference = (uint32_t)(unsigned char)t[0];
	}
	fib_rules_order(ops, n, stage);
	for (size_t i = 0; i < n; i++) {
		size_t at = strlen(out);
		char c = (char)ops[i].preference;

		if (c == 'R' || c == 'r')
			snprintf(out + at, sizeof(out) - at, "%s%c@%s", i ? " " : "", c,
				 word_of(&ops[i].route.pair));
		else
			snprintf(out + at, sizeof(out) - at, "%s%c%u@%s", i ? " " : "", c,
				 ops[i].route.pair.dst.plen, word_of(&ops[i].route.pair));
	}
	assert_string_equal(out, out_text);
}

static void test_order(void **state)
{
	(void)state;
	/* Rules to empty tables; the longest destination; of one, routes from the
	 * longest source, then throws from the shortest. */
	order_is(FIB_GROWING, "~48@aa +48@plain +0@aa R@aa ~48@a +48@b +32@a R@a +32@aa",
		 "R@aa R@a +48@b +48@plain ~48@a ~48@aa +32@aa +32@a +0@aa");
	/* The other way round. A throw in the place of a route is its deletion. */
	order_is(FIB_SHRINKING, "=48@aa -48@plain -0@aa r@aa =48@a -48@b -32@a r@a ~32@aa",
		 "-0@aa -32@a ~32@aa =48@aa =48@a -48@plain -48@b r@a r@aa");
}

static void test_preferences(void **state)
{
	struct prefix p = rig_prefix("2001:db8::1/128");

	(void)state;
	assert_int_equal(fib_rules_preference(100, &p), 100);
	p = rig_prefix("::/1");
	assert_int_equal(fib_rules_preference(100, &p), 100 + 127);
	p = rig_prefix("10.0.0.0/8");
	assert_int_equal(fib_rules_preference(100, &p), 100 + 24);
}

/* ---- in the RIB ---- */

#define STATIC 3
#define BABEL  22

static struct rig rig;

static int setup(void **state)
{
	struct rib_setup s;

	(void)state;
	rig_init(&rig);
	rib_if_set(rig.rib, 1, true);
	rib_if_set(rig.rib, 2, true);
	s = *rib_setup(rig.rib);
	s.ip6 = FIB_RULES;
	rib_set_up(rig.rib, &s, rig.now);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_fini(&rig);
	return 0;
}

static void test_only_what_changes_is_written(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8:d::/48", NULL, 100, 0, rig_via("fe80::1", 1));
	rig_add(&rig, BABEL, "2001:db8:e::/48", NULL, 100, 0, rig_via("fe80::1", 1));
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, rig_via("fe80::1", 1));
	rig_add(&rig, BABEL, "::/0", "2001:db8:b::/48", 100, 0, rig_via("fe80::1", 1));
	rig_run(&rig);
	assert_int_equal(rig.n_rules, 2);
	assert_int_equal(kernel_ours(&rig), 4 + 2 * 2);
	/* Another next hop of what is thrown: one write. */
	rig_clear(&rig);
	rig_add(&rig, BABEL, "2001:db8:d::/48", NULL, 100, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 1);
	/* One destination more: itself, and a throw per source. */
	rig_clear(&rig);
	rig_add(&rig, BABEL, "2001:db8:f::/48", NULL, 100, 0, rig_via("fe80::1", 1));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 3);
	/* The same again: nothing. */
	rig_clear(&rig);
	rig_add(&rig, BABEL, "2001:db8:f::/48", NULL, 100, 0, rig_via("fe80::1", 1));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	/* A source goes: its table, and its rule. */
	rig_del(&rig, BABEL, "::/0", "2001:db8:b::/48");
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 1 + 3 + 1);
	assert_int_equal(rig.n_rules, 1);
}

/* What joins because something around it goes may have something new, which
 * comes before anything goes. */
static void test_what_joins_does_so_in_time(void **state)
{
	(void)state;
	rig.per_run = 1;
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, rig_via("fe80::1", 1));
	rig_add(&rig, BABEL, "2001:db8:d::/48", "2001:db8:a::/48", 100, 0, rig_via("fe80::2", 1));
	rig_add(&rig, STATIC, "2001:db8:d::/48", "2001:db8:a::/48", 1, 0, rig_via("fe80::3", 1));
	rig_run(&rig);
	rig_clear(&rig);
	rig_del(&rig, BABEL, "::/0", "2001:db8:a::/48");
	rig_del(&rig, STATIC, "2001:db8:d::/48", "2001:db8:a::/48");
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 2);
	assert_int_equal(rig.ops[0].kind, FIB_SET);
	assert_int_equal(rig.ops[1].kind, FIB_DEL);
}

static int refuse_throws(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_SET && op->route.type == RIB_TYPE_AUXILIARY ? 12 : 0;
}

static int refuse_rules(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_RULE_ADD ? 12 : 0;
}

/* Without its throw, or its rule, a source's route would take what is another's
 * or nothing: it is kept out, and says why. */
static void withheld(int (*verdict)(struct rig *g, const struct fib_op *op))
{
	int error;

	rig_add(&rig, BABEL, "2001:db8:d::/48", NULL, 100, 0, rig_via("fe80::1", 1));
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, rig_via("fe80::2", 1));
	rig.verdict = verdict;
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_int_equal(rig.n_rules, 0);
	assert_int_equal(rig_state(&rig, BABEL, "::/0", "2001:db8:a::/48", &error), RIB_FAILED);
	assert_int_equal(error, 12);
	assert_int_equal(rig_state(&rig, BABEL, "2001:db8:d::/48", NULL, NULL), RIB_INSTALLED);
	/* Something new about it: it may go now. */
	rig.verdict = NULL;
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, rig_via("fe80::1", 2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, "::/0", "2001:db8:a::/48", NULL), RIB_INSTALLED);
	assert_int_equal(kernel_ours(&rig), 3);
	assert_int_equal(rig.n_rules, 1);
}

static void test_refused_throw(void **state)
{
	(void)state;
	withheld(refuse_throws);
}

static void test_refused_rule(void **state)
{
	(void)state;
	withheld(refuse_rules);
}

static void test_no_table_left(void **state)
{
	struct rib_setup s = *rib_setup(rig.rib);
	int error;

	(void)state;
	s.range.n_tables = 2;
	rib_set_up(rig.rib, &s, rig.now);
	rib_slot_taken(rig.rib, FAM_IP6, s.range.table);
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, rig_via("fe80::1", 1));
	rig_run(&rig);
	assert_int_equal(rig.rules[0].table, s.range.table + 1);
	rig_add(&rig, BABEL, "::/0", "2001:db8:b::/48", 100, 0, rig_via("fe80::1", 1));
	rig_run(&rig);
	assert_int_equal(rig.n_rules, 1);
	assert_int_equal(rig_state(&rig, BABEL, "::/0", "2001:db8:b::/48", &error), RIB_FAILED);
	assert_int_equal(error, RIB_ERROR_NO_TABLE);
	/* One is free again. */
	rig_del(&rig, BABEL, "::/0", "2001:db8:a::/48");
	rig_run(&rig);
	rig_add(&rig, BABEL, "::/0", "2001:db8:b::/48", 100, 1, rig_via("fe80::1", 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, "::/0", "2001:db8:b::/48", NULL), RIB_INSTALLED);
}

/* What an earlier run left is adopted as it is, and what nobody claims goes. */
static void test_leftovers(void **state)
{
	struct rib_nexthop nh = rig_via("fe80::1", 1), drop = {.kind = RIB_NH_THROW};
	struct fib_route def = {.pair = rig_pair("::/0", "2001:db8:a::/48"),
				.type = BABEL,
				.table = RIB_RANGE_TABLE + 7,
				.ruled = true,
				.n_nexthops = 1,
				.nexthops = &nh};
	struct fib_route plain = def, throws = def;
	struct prefix a = rig_prefix("2001:db8:a::/48"), b = rig_prefix("2001:db8:b::/48");
	struct fib_op op;

	(void)state;
	plain.pair = rig_pair("2001:db8:d::/48", NULL);
	plain.table = 0;
	plain.ruled = false;
	throws.pair = rig_pair("2001:db8:d::/48", "2001:db8:a::/48");
	throws.type = RIB_TYPE_AUXILIARY;
	throws.nexthops = &drop;
	op = rib_rule_del(rig.rib, &a, def.table);
	rib_rule_found(rig.rib, &a, def.table, op.preference);
	op = rib_rule_del(rig.rib, &b, RIB_RANGE_TABLE + 8);
	rib_rule_found(rig.rib, &b, RIB_RANGE_TABLE + 8, op.preference + 1);
	assert_true(rib_has_retired(rig.rib));
	rib_kernel_found(rig.rib, &def);
	rib_kernel_found(rig.rib, &plain);
	rib_kernel_found(rig.rib, &throws);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, nh);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	/* The plain one is claimed by nobody, so its throw goes, too; and the
	 * rule of another range. */
	rib_sweep_kernel(rig.rib);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 3);
	assert_int_equal(rig.ops[0].kind, FIB_RULE_DEL);
	assert_false(rib_has_retired(rig.rib));
}

static bool count(void *ctx, const struct prefix *src, uint32_t table)
{
	struct prefix s;

	assert_true(rib_slot_source(rig.rib, FAM_IP6, table, &s));
	assert_true(prefix_eq(&s, src));
	++*(int *)ctx;
	return true;
}

static void test_the_cost(void **state)
{
	struct rib_cost c;
	int n = 0;

	(void)state;
	rig_add(&rig, BABEL, "2001:db8:d::/48", NULL, 100, 0, rig_via("fe80::1", 1));
	rig_add(&rig, BABEL, "::/0", "2001:db8:a::/48", 100, 0, rig_via("fe80::1", 1));
	rig_run(&rig);
	c = rib_cost(rig.rib, FAM_IP6);
	assert_int_equal(c.routes, 2);
	assert_int_equal(c.helpers, 1);
	assert_int_equal(c.rules, 1);
	c = rib_cost(rig.rib, FAM_IP4);
	assert_int_equal(c.routes + c.helpers + c.rules, 0);
	rib_each_rule(rig.rib, count, &n);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes_of_their_own),
		cmocka_unit_test(test_throws),
		cmocka_unit_test(test_what_the_kernel_has_by_itself),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_preferences),
		cmocka_unit_test_setup_teardown(test_only_what_changes_is_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_joins_does_so_in_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_throw, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_table_left, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leftovers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_cost, setup, teardown),
	};

	return cmocka_run_group_tests_name("the compiler's rules", tests, NULL, NULL);
}
