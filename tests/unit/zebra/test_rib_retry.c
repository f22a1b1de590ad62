/* SPDX-License-Identifier: MIT */
/* What the kernel refused is tried again, when and as often as its error says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/rib_retry.h"
#include "zebra/fib_retry.h"

enum { STATIC = 3, BABEL = 22 };

#define D "2001:db8:d::/48"
#define E "2001:db8:e::/48"
#define S "2001:db8:a::/48"
#define G "fe80::1"

static struct rig rig;

/* What the kernel says to writes below D; sets and deletions. */
static struct {
	int set, del, throw, rule_add, rule_del;
	unsigned int sets, dels, throws, rule_adds, rule_dels; /* asked */
	const char *only;	 /* a source; NULL: every */
} answer;

static int verdict(struct rig *g, const struct fib_op *op)
{
	struct prefix d = rig_prefix(D);
	struct sdprefix only;

	(void)g;
	if (op->kind == FIB_RULE_ADD) {
		answer.rule_adds++;
		return answer.rule_add;
	}
	if (op->kind == FIB_RULE_DEL) {
		answer.rule_dels++;
		return answer.rule_del;
	}
	if (op->kind == FIB_SET && op->route.nexthops->kind == RIB_NH_THROW) {
		answer.throws++;
		return answer.throw;
	}
	if (!prefix_covers(&d, &op->route.pair.dst))
		return 0;
	only = rig_pair(D, answer.only);
	if (answer.only && !sdprefix_eq(&only, &op->route.pair))
		return 0;
	if (op->kind == FIB_SET) {
		answer.sets++;
		return answer.set;
	}
	answer.dels++;
	return answer.del;
}

static int setup(void **state)
{
	rig.retry = fib_retry_judge;
	rig_init(&rig);
	rig.verdict = verdict;
	rig.now.us = 1000 * USEC_PER_SEC;
	memset(&answer, 0, sizeof(answer));
	rib_if_set(rig.rib, 1, true);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	rig_fini(*state);
	return 0;
}

/* As the daemon does: called when it is due, never before. */
static void wait_until_due(void)
{
	mono_t due = rib_retry_next(rig.rib);

	assert_true(mono_before(due, MONO_NEVER));
	assert_true(mono_before(rig.now, due));
	rig.now.us = due.us - 1; /* rig_run() adds one */
	rig_run(&rig);
}

static struct rib_retry_view retry_at(const char *src)
{
	struct rib_retry_view v;
	struct sdprefix pair = rig_pair(D, src);

	assert_true(rib_retry_of(rig.rib, &pair, &v));
	return v;
}

static void each_error_has_its_class(void **state)
{
	static const struct {
		int error;
		enum rib_retry_when when;
	} cases[] = {
		{ENOBUFS, RIB_RETRY_LATER},	    {ENOMEM, RIB_RETRY_LATER},
		{EAGAIN, RIB_RETRY_LATER},	    {EBUSY, RIB_RETRY_LATER},
		{ENETDOWN, RIB_RETRY_INTERFACE},    {ENODEV, RIB_RETRY_INTERFACE},
		{ENETUNREACH, RIB_RETRY_INTERFACE}, {EHOSTUNREACH, RIB_RETRY_INTERFACE},
		{EINVAL, RIB_RETRY_CHANGED},	    {EOPNOTSUPP, RIB_RETRY_CHANGED},
		{EPERM, RIB_RETRY_CHANGED},	    {EEXIST, RIB_RETRY_CHANGED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(fib_retry_judge(cases[i].error), cases[i].when);
}

/* 100 ms, 200 ms, ... 51.2 s, and no longer; and it ends with success. */
static void not_now_means_later(void **state)
{
	usec_t want = RIB_RETRY_FIRST;

	(void)state;
	answer.set = ENOBUFS;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	for (unsigned int tries = 1; tries <= 13; tries++) {
		struct rib_retry_view v = retry_at(NULL);

		assert_int_equal(answer.sets, tries);
		assert_int_equal(v.when, RIB_RETRY_LATER);
		assert_int_equal(v.tries, tries);
		assert_int_equal(mono_sub(v.at, rig.now), want);
		if (want < 51 * USEC_PER_SEC)
			want *= 2;
		assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_FAILED);
		/* Not before it is due, whatever else happens. */
		rig_add(&rig, STATIC, E, NULL, 1, tries, rig_via(G, 1));
		rig_run(&rig);
		assert_int_equal(answer.sets, tries);
		wait_until_due();
	}
	assert_int_equal(want, 51200 * USEC_PER_MSEC);
	assert_int_equal(rig.n_refused, 1); /* one word in the log */
	answer.set = 0;
	wait_until_due();
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
}

static void many_of_different_ages_are_due_in_their_order(void **state)
{
	struct prefix d = rig_prefix(D);

	(void)state;
	answer.set = EBUSY;
	for (unsigned int i = 0; i < 50; i++) {
		struct rib_owner owner = {.type = STATIC};
		struct rib_nexthop nh = rig_via(G, 1);
		struct rib_spec spec = {.distance = 1, .n_nexthops = 1, .nexthops = &nh};
		struct prefix sub = d;
		struct sdprefix pair;

		sub.addr.b[7] = (uint8_t)i;
		assert_true(prefix_make(&sub, FAM_IP6, &sub.addr, 64));
		assert_true(sdprefix_make(&pair, &sub, NULL));
		rib_add(rig.rib, &pair, &owner, &spec, rig.now);
		rig.now.us += 7 * USEC_PER_MSEC;
		rig_run(&rig);
	}
	for (unsigned int i = 0; i < 300; i++) {
		mono_t due = rib_retry_next(rig.rib);

		assert_true(mono_before(rig.now, due));
		wait_until_due();
	}
	answer.set = 0;
	while (mono_before(rib_retry_next(rig.rib), MONO_NEVER))
		wait_until_due();
	assert_int_equal(kernel_ours(&rig), 50);
}

static void not_over_this_waits_for_an_interface(void **state)
{
	struct addr a = rig_addr("2001:db8::1");

	(void)state;
	answer.set = EHOSTUNREACH;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(retry_at(NULL).when, RIB_RETRY_INTERFACE);
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
	rig.now.us += 3600 * USEC_PER_SEC;
	rig_run(&rig);
	assert_int_equal(answer.sets, 1);
	rib_if_set(rig.rib, 7, true); /* any */
	rig_run(&rig);
	assert_int_equal(answer.sets, 2);
	rib_address(rig.rib, FAM_IP6, &a);
	rig_run(&rig);
	assert_int_equal(answer.sets, 3);
	assert_int_equal(retry_at(NULL).tries, 3);
	answer.set = 0;
	rig_connect(&rig, "2001:db8:5::/64", 1);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
}

static void not_this_waits_for_its_owner(void **state)
{
	struct addr a = rig_addr("2001:db8::1");

	(void)state;
	answer.set = EINVAL;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(retry_at(NULL).when, RIB_RETRY_CHANGED);
	rig.now.us += 3600 * USEC_PER_SEC;
	rib_if_set(rig.rib, 7, true);
	rib_address(rig.rib, FAM_IP6, &a);
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1)); /* the same */
	rig_run(&rig);
	assert_int_equal(answer.sets, 1);
	answer.set = 0;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
}

/* Its owner has something else now: tried at once, and the delays begin anew. */
static void a_change_begins_anew(void **state)
{
	(void)state;
	answer.set = ENOMEM;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	for (int i = 0; i < 4; i++)
		wait_until_due();
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_int_equal(answer.sets, 6);
	assert_true(mono_sub(retry_at(NULL).at, rig.now) <= 2 * RIB_RETRY_FIRST);
	rig_del(&rig, STATIC, D, NULL);
	rig_run(&rig);
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
	assert_int_equal(answer.sets, 6);
}

/* A refused half withholds the sources of its destination: they come with it,
 * and the plain route is in use all the time. */
static void a_refused_half_brings_its_sources_later(void **state)
{
	(void)state;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	answer.set = EAGAIN;
	answer.only = "8000::/1";
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_null(kernel_has(&rig, D, S));
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_FAILED);
	assert_int_equal(retry_at(S).when, RIB_RETRY_LATER);
	wait_until_due();
	assert_null(kernel_has(&rig, D, S));
	answer.set = 0;
	wait_until_due();
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_INSTALLED);
	assert_non_null(kernel_has(&rig, D, "8000::/1"));
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
}

static void a_refused_deletion_is_tried_again(void **state)
{
	(void)state;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	answer.del = EBUSY;
	rig_del(&rig, STATIC, D, NULL);
	rig_run(&rig);
	assert_int_equal(answer.dels, 1);
	assert_non_null(kernel_has(&rig, D, NULL));
	wait_until_due();
	assert_int_equal(answer.dels, 2);
	answer.del = 0;
	wait_until_due();
	assert_null(kernel_has(&rig, D, NULL));
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
}

static int refuses_all_but_s(struct rig *g, const struct fib_op *op)
{
	struct sdprefix ds = rig_pair(D, S);

	(void)g;
	if (op->kind != FIB_SET)
		return 0;
	answer.sets++;
	if (sdprefix_eq(&op->route.pair, &ds))
		return 0;
	return op->route.type == RIB_TYPE_AUXILIARY ? ENOMEM : EINVAL;
}

/* The plain route is refused, and then the anchor in its place: neither refusal
 * makes the other one forgotten, and each has its word in the log. */
static void a_refused_anchor_ends_the_run(void **state)
{
	(void)state;
	rig.verdict = refuses_all_but_s;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_INSTALLED);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_FAILED);
	assert_true(answer.sets <= 5);
	assert_true(rig.n_refused <= 4);
	rig.verdict = NULL;
	wait_until_due();
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
}

/* ---- by rules ---- */

static void use_rules(void)
{
	struct rib_setup s = *rib_setup(rig.rib);

	s.ip6 = FIB_RULES;
	rib_set_up(rig.rib, &s, rig.now);
}

static void nothing_waits(void)
{
	assert_false(mono_before(rib_retry_next(rig.rib), MONO_NEVER));
}

static void assert_source(enum rib_state state)
{
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), state);
	assert_int_equal(rig_state(&rig, STATIC, E, S, NULL), state);
}

static void with_refused_rule(int error)
{
	use_rules();
	answer.rule_add = error;
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, E, S, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_source(RIB_FAILED);
	assert_int_equal(answer.rule_adds, 1);
}

/* All routes of its source wait with it, and each of them says so. */
static void a_refused_rule_is_tried_again(void **state)
{
	(void)state;
	with_refused_rule(ENOMEM);
	for (unsigned int tries = 1; tries <= 5; tries++) {
		struct rib_retry_view v = retry_at(S);

		assert_int_equal(v.when, RIB_RETRY_LATER);
		assert_int_equal(v.tries, tries);
		assert_int_equal(mono_sub(v.at, rig.now), RIB_RETRY_FIRST << (tries - 1));
		assert_int_equal(answer.rule_adds, tries);
		/* Not before it is due. */
		rig_add(&rig, STATIC, D, S, 1, tries, rig_via(G, 1));
		rig_run(&rig);
		assert_int_equal(answer.rule_adds, tries);
		wait_until_due();
	}
	assert_int_equal(rig.n_refused, 1); /* one word in the log */
	answer.rule_add = 0;
	wait_until_due();
	assert_source(RIB_INSTALLED);
	assert_int_equal(rig.n_rules, 1);
	nothing_waits();
}

static void a_refused_throw_is_tried_again(void **state)
{
	(void)state;
	use_rules();
	answer.throw = ENOBUFS;
	rig_add(&rig, STATIC, "2001:db8::/32", S, 1, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_int_equal(answer.throws, 1);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8::/32", S, NULL), RIB_FAILED);
	wait_until_due();
	assert_int_equal(answer.throws, 2);
	answer.throw = 0;
	wait_until_due();
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8::/32", S, NULL), RIB_INSTALLED);
	nothing_waits();
}

/* Not by itself; when something about the source changes. */
static void a_rule_refused_for_good_waits_for_a_change(void **state)
{
	(void)state;
	with_refused_rule(EINVAL);
	assert_int_equal(retry_at(S).when, RIB_RETRY_CHANGED);
	nothing_waits();
	answer.rule_add = 0;
	rig_add(&rig, STATIC, D, S, 1, 1, rig_via(G, 1));
	rig_run(&rig);
	assert_source(RIB_INSTALLED);
}

static void a_withdrawn_source_is_not_tried_again(void **state)
{
	(void)state;
	with_refused_rule(ENOMEM);
	rig_del(&rig, STATIC, D, S);
	rig_del(&rig, STATIC, E, S);
	rig_run(&rig);
	nothing_waits();
	assert_int_equal(answer.rule_adds, 1);
}

static void with_undeleted_rule(int error)
{
	use_rules();
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	answer.rule_del = error;
	rig_del(&rig, STATIC, D, S);
	rig_run(&rig);
	assert_int_equal(answer.rule_dels, 1);
	assert_int_equal(rig.n_rules, 1);
	assert_int_equal(kernel_ours(&rig), 0);
}

static void a_refused_deletion_of_a_rule_is_tried_again(void **state)
{
	(void)state;
	with_undeleted_rule(ENOMEM);
	wait_until_due();
	wait_until_due();
	assert_int_equal(answer.rule_dels, 3);
	assert_int_equal(rig.n_refused, 1);
	answer.rule_del = 0;
	wait_until_due();
	assert_int_equal(rig.n_rules, 0);
	nothing_waits();
}

static void a_rule_that_stayed_serves_again(void **state)
{
	(void)state;
	with_undeleted_rule(ENOMEM);
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	nothing_waits();
	assert_int_equal(answer.rule_adds, 1);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_INSTALLED);
	answer.rule_del = 0;
	rig_del(&rig, STATIC, D, S);
	rig_run(&rig);
	assert_int_equal(rig.n_rules, 0);
}

static void a_rule_never_to_be_deleted_ends_the_run(void **state)
{
	(void)state;
	with_undeleted_rule(EPERM);
	nothing_waits();
	rig_add(&rig, STATIC, E, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(answer.rule_dels, 1);
}

static size_t runs_for(const char *dst)
{
	size_t n = 1;

	rig_add(&rig, STATIC, dst, S, 1, 0, rig_via(G, 1));
	rig.now.us++;
	while (rib_run(rig.rib, 1, rig.now))
		n++;
	return n;
}

/* While no table is free, a route of a source that waits for one is looked at
 * alone: the others can't go with it. */
static void a_source_without_a_table_waits_for_one(void **state)
{
	struct rib_setup s = *rib_setup(rig.rib);

	(void)state;
	s.range.n_tables = 1;
	rib_set_up(rig.rib, &s, rig.now);
	use_rules();
	rig_add(&rig, STATIC, D, "2001:db8:b::/48", 1, 0, rig_via(G, 1));
	rig_run(&rig);
	for (unsigned int i = 0; i < 10; i++) {
		char dst[32];

		snprintf(dst, sizeof(dst), "2001:db8:%x::/48", 0x100 + i);
		rig_add(&rig, STATIC, dst, S, 1, 0, rig_via(G, 1));
	}
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:100::/48", S, NULL), RIB_FAILED);
	assert_int_equal(runs_for("2001:db8:100::/48"), 1);
	rig_del(&rig, STATIC, D, "2001:db8:b::/48");
	rig_run(&rig);
	assert_true(runs_for("2001:db8:100::/48") > 1);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:109::/48", S, NULL), RIB_INSTALLED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_has_its_class),
		T(not_now_means_later),
		T(many_of_different_ages_are_due_in_their_order),
		T(not_over_this_waits_for_an_interface),
		T(not_this_waits_for_its_owner),
		T(a_change_begins_anew),
		T(a_refused_half_brings_its_sources_later),
		T(a_refused_deletion_is_tried_again),
		T(a_refused_anchor_ends_the_run),
		T(a_refused_rule_is_tried_again),
		T(a_refused_throw_is_tried_again),
		T(a_rule_refused_for_good_waits_for_a_change),
		T(a_withdrawn_source_is_not_tried_again),
		T(a_refused_deletion_of_a_rule_is_tried_again),
		T(a_rule_that_stayed_serves_again),
		T(a_rule_never_to_be_deleted_ends_the_run),
		T(a_source_without_a_table_waits_for_one),
	};

	return cmocka_run_group_tests_name("writes tried again", tests, NULL, NULL);
}
