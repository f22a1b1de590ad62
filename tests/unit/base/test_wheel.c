/* SPDX-License-Identifier: MIT */
/* The wheel against an array of moments: what comes is never late, whatever was
 * moved on meanwhile; and the singly-linked list. */
#include "lib/base/wheel.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/slist.h"
#include "tests/unit/base/prng.h"

#define ITEMS  200
#define ROUNDS 100000

struct item {
	struct list_link link;
	struct item *next;
	tick_t end;
	unsigned int seen;
};
WHEEL_TYPE(items, struct item, link);
SLIST_TYPE(row, struct item, next);

struct model {
	struct prng r;
	struct items w;
	struct item item[ITEMS];
	mono_t now;
};

/* Of all sizes: each level of the wheel, and what is beyond. */
static uint32_t some_ms(struct prng *r)
{
	return (uint32_t)(prng_below(r, 1u << 25) >> prng_below(r, 26));
}

static void check(struct model *m)
{
	mono_t next = items_next_moment(&m->w, m->now);
	const struct item *i;
	size_t n = 0;

	for (unsigned int k = 0; k < ITEMS; k++)
		m->item[k].seen = 0;
	LIST_EACH (items, &m->w, i) {
		((struct item *)i)->seen++;
		n++;
	}
	assert_int_equal(n, items_count(&m->w));
	for (unsigned int k = 0; k < ITEMS; k++) {
		i = &m->item[k];
		assert_int_equal(i->seen, items_linked(i));
		if (!i->seen)
			continue;
		assert_false(tick_reached(i->end, m->now)); /* else it is late */
		assert_false(mono_before(tick_mono(i->end, m->now), next));
	}
	assert_true(mono_is_never(next) == (n == 0));
	assert_true(mono_before(m->now, next));
}

static void run_due(struct model *m)
{
	struct item *i;

	while ((i = items_due(&m->w, m->now))) {
		assert_false(items_linked(i));
		if (!tick_reached(i->end, m->now))
			items_add(&m->w, i, i->end, m->now);
	}
}

static void step(struct model *m)
{
	struct item *i = &m->item[prng_below(&m->r, ITEMS)];
	unsigned int what = prng_below(&m->r, 10);

	if (what < 5 && !items_linked(i)) {
		i->end = tick_add(tick_from(m->now), 1 + some_ms(&m->r));
		items_add(&m->w, i, i->end, m->now);
	} else if (what < 5) { /* moved on, where it is */
		i->end = tick_add(i->end, some_ms(&m->r) >> 1);
	} else if (what < 6 && items_linked(i)) {
		items_del(&m->w, i);
	} else if (what < 7) { /* as its owner does: no further than the next moment */
		m->now = mono_min(items_next_moment(&m->w, m->now),
				  mono_add(m->now, 1 << 30));
	} else {
		m->now = mono_add(m->now, (usec_t)some_ms(&m->r) * 100);
	}
	run_due(m);
}

static void never_late(void **state)
{
	/* Ticks wrap within the run. */
	struct model *m = &(struct model){
		.r = prng_init(31),
		.now = {((int64_t)UINT32_MAX - 100000) * USEC_PER_MSEC},
	};

	(void)state;
	items_init(&m->w);
	for (uint64_t op = 0, ops = prng_ops(ROUNDS); op < ops; op++) {
		step(m);
		check(m);
	}
}

/* Nobody is woken in vain more than once a level. */
static void few_wakes(void **state)
{
	struct items w;
	struct item i = {.end = {0}};
	mono_t now = {12345678};

	(void)state;
	items_init(&w);
	assert_true(mono_is_never(items_next_moment(&w, now)));
	i.end = tick_from(mono_add(now, 2000 * USEC_PER_SEC));
	items_add(&w, &i, i.end, now);
	for (unsigned int wakes = 1;; wakes++) {
		now = items_next_moment(&w, now);
		assert_ptr_equal(items_due(&w, now), &i);
		assert_true(wakes <= WHEEL_LEVELS);
		if (tick_reached(i.end, now))
			break;
		items_add(&w, &i, i.end, now);
	}
	assert_true(now.us == 2012346000); /* rounded up to a millisecond */
	items_add(&w, &i, tick_from(mono_add(now, -5 * USEC_PER_SEC)), now);
	assert_ptr_equal(items_due(&w, now), &i); /* too late already: at once */
}

static void all_take_turns(void **state)
{
	static struct item item[ITEMS];
	struct items w;
	unsigned int turn = 0;

	(void)state;
	items_init(&w);
	for (unsigned int k = 0; k < ITEMS; k++)
		items_add(&w, &item[k], (tick_t){k * k}, (mono_t){0});
	for (unsigned int k = 0; k < ITEMS * 64; k++)
		items_turn(&w, &turn)->seen++;
	for (unsigned int k = 0; k < ITEMS; k++)
		assert_true(item[k].seen > 0);
}

static void moments(void **state)
{
	mono_t now = {5000001};

	(void)state;
	assert_int_equal(tick_from(now).ms, 5001);
	assert_false(tick_reached(tick_from(now), now));
	assert_true(tick_reached(tick_from(now), mono_add(now, 999)));
	assert_true(tick_mono((tick_t){5001}, now).us == 5001000);
	now.us += (INT64_C(3) << 32) * USEC_PER_MSEC;
	assert_true(tick_mono(tick_from(now), now).us == now.us + 999);
	assert_true(tick_before((tick_t){UINT32_MAX}, (tick_t){1}));
}

static void rows(void **state)
{
	struct item a = {.seen = 1}, b = {.seen = 2}, c = {.seen = 3}, *i, *next;
	struct row l = {NULL};
	unsigned int sum = 0;

	(void)state;
	assert_true(row_empty(&l) && row_empty(NULL) && !row_first(NULL));
	row_add_tail(&l, &b);
	row_add_head(&l, &a);
	row_add_tail(&l, &c);
	assert_int_equal(row_count(&l), 3);
	LIST_EACH (row, &l, i)
		sum = sum * 10 + i->seen;
	assert_int_equal(sum, 123);
	row_del(&l, &b);
	assert_ptr_equal(row_next(&l, &a), &c);
	LIST_EACH_SAFE (row, &l, i, next)
		row_del(&l, i);
	assert_true(row_empty(&l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_late),	 cmocka_unit_test(few_wakes),
		cmocka_unit_test(all_take_turns), cmocka_unit_test(moments),
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
