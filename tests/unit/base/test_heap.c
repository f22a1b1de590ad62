/* SPDX-License-Identifier: MIT */
/* The queue of deadlines against an array searched for its least moment, and
 * the arithmetic of moments. */
#include "lib/base/heap.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/base/prng.h"

#define TIMERS 150
#define ROUNDS 300000

static mono_t us(int64_t t)
{
	return (mono_t){.us = t};
}

static mono_t earliest(const mono_t *want)
{
	mono_t best = MONO_NEVER;

	for (unsigned int k = 0; k < TIMERS; k++)
		best = mono_min(best, want[k]);
	return best;
}

static void model_agrees(void **state)
{
	struct prng r = prng_init(19);
	struct timer_node t[TIMERS] = {{.slot = 0}};
	struct timer_heap h;
	mono_t want[TIMERS], now = us(0);

	(void)state;
	for (unsigned int k = 0; k < TIMERS; k++)
		want[k] = MONO_NEVER;
	timer_heap_init(&h);
	assert_true(mono_is_never(timer_heap_next(&h)));
	for (uint64_t op = 0, ops = prng_ops(ROUNDS); op < ops; op++) {
		unsigned int k = prng_below(&r, TIMERS), what = prng_below(&r, 16);

		if (what < 9) {
			want[k] = mono_add(now, prng_below(&r, 400)); /* often equal ones */
			timer_arm(&h, &t[k], want[k]);
		} else if (what < 11) {
			want[k] = MONO_NEVER;
			timer_disarm(&h, &t[k]);
		} else if (what < 12) {
			want[k] = MONO_NEVER;
			timer_arm(&h, &t[k], MONO_NEVER);
		} else {
			struct timer_node *due;

			now = mono_add(now, prng_below(&r, 20));
			while ((due = timer_heap_due(&h, now))) {
				assert_false(timer_armed(due));
				assert_true(mono_cmp(due->at, earliest(want)) == 0);
				assert_true(mono_cmp(due->at, want[due - t]) == 0);
				assert_false(mono_before(now, due->at));
				want[due - t] = MONO_NEVER;
			}
			assert_true(mono_before(now, earliest(want)));
		}
		assert_int_equal(timer_armed(&t[k]), !mono_is_never(want[k]));
		assert_true(mono_cmp(timer_heap_next(&h), earliest(want)) == 0);
	}
	timer_arm(&h, &t[0], now);
	timer_heap_fini(&h);
	for (unsigned int k = 0; k < TIMERS; k++)
		assert_false(timer_armed(&t[k]));
	assert_int_equal(h.mem.count, 0);
	assert_int_equal(h.mem.bytes, 0);
}

static void due_at_its_very_moment(void **state)
{
	struct timer_node t = {.slot = 0};
	struct timer_heap h;

	(void)state;
	timer_heap_init(&h);
	timer_arm(&h, &t, us(-5)); /* the origin of the clock means nothing */
	assert_null(timer_heap_due(&h, us(-6)));
	assert_ptr_equal(timer_heap_due(&h, us(-5)), &t);
	assert_null(timer_heap_due(&h, us(1000)));
	timer_heap_fini(&h);
}

static void moments(void **state)
{
	(void)state;
	assert_true(mono_is_never(mono_add(MONO_NEVER, -USEC_PER_SEC)));
	assert_true(mono_is_never(mono_add(us(INT64_MAX - 1), 2)));
	assert_true(mono_add(us(5), -7).us == -2);
	assert_true(mono_sub(us(5), us(7)) == -2);
	assert_true(mono_before(us(1), us(2)) && !mono_before(us(2), us(2)));
	assert_true(mono_min(us(3), us(2)).us == 2 && mono_min(us(2), MONO_NEVER).us == 2);
}

/* RFC 8966 4.1.2: centiseconds in sixteen bits. */
static void intervals(void **state)
{
	(void)state;
	assert_int_equal(interval_from_usec(0).cs, 0);
	assert_int_equal(interval_from_usec(-1).cs, 0);
	assert_int_equal(interval_from_usec(1).cs, 1);
	assert_int_equal(interval_from_usec(4 * USEC_PER_SEC).cs, 400);
	assert_int_equal(interval_from_usec(4 * USEC_PER_SEC + 1).cs, 401);
	assert_int_equal(interval_from_usec(65535 * USEC_PER_CSEC).cs, 0xffff);
	assert_int_equal(interval_from_usec(3600 * USEC_PER_SEC).cs, 0xffff);
	assert_true(interval_usec((interval_cs){400}) == 4 * USEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(model_agrees),
		cmocka_unit_test(due_at_its_very_moment),
		cmocka_unit_test(moments),
		cmocka_unit_test(intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
