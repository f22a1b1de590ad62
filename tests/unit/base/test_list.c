/* SPDX-License-Identifier: MIT */
/* Intrusive lists against an array that is shifted by hand. */
#include "lib/base/list.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/base/prng.h"

#define ITEMS  24
#define ROUNDS 100000

struct item {
	int before; /* so that the link is not at offset zero */
	struct list_link link;
};

LIST_TYPE(queue, struct item, link);

static void compare(const struct queue *q, struct item *const *want, size_t n)
{
	const struct item *i;
	size_t k = 0;

	assert_int_equal(queue_count(q), n);
	assert_int_equal(queue_empty(q), n == 0);
	LIST_EACH (queue, q, i) {
		assert_true(k < n);
		assert_ptr_equal(i, want[k++]);
		assert_true(queue_linked(i));
	}
	assert_int_equal(k, n);
	assert_ptr_equal(queue_first(q), n ? want[0] : NULL);
}

static void remove_at(struct item **v, size_t *n, size_t at)
{
	memmove(v + at, v + at + 1, (--*n - at) * sizeof(*v));
}

static void model_agrees(void **state)
{
	struct prng r = prng_init(24);
	struct item items[ITEMS] = {{0}}, *want[ITEMS];
	struct queue q;
	size_t n = 0;

	(void)state;
	queue_init(&q);
	for (uint64_t op = 0, ops = prng_ops(ROUNDS); op < ops; op++) {
		struct item *i = &items[prng_below(&r, ITEMS)];
		uint32_t what = prng_below(&r, 3);

		if (queue_linked(i)) {
			size_t at = 0;

			if (what == 0) {
				assert_ptr_equal(queue_pop(&q), want[0]);
				assert_false(queue_linked(want[0]));
			} else {
				while (want[at] != i)
					at++;
				queue_del(&q, i);
				assert_false(queue_linked(i));
			}
			remove_at(want, &n, at);
		} else if (what == 0) {
			queue_add_head(&q, i);
			memmove(want + 1, want, n++ * sizeof(*want));
			want[0] = i;
		} else {
			queue_add_tail(&q, i);
			want[n++] = i;
		}
		compare(&q, want, n);
	}
}

static void deletes_while_walking(void **state)
{
	struct item items[ITEMS] = {{0}}, *i, *tmp, *want[ITEMS];
	struct queue q;
	size_t seen = 0, n = 0;

	(void)state;
	queue_init(&q);
	for (size_t k = 0; k < ITEMS; k++)
		queue_add_tail(&q, &items[k]);
	LIST_EACH_SAFE (queue, &q, i, tmp) {
		assert_ptr_equal(i, &items[seen]);
		if (seen++ % 3)
			want[n++] = i;
		else
			queue_del(&q, i);
	}
	assert_int_equal(seen, ITEMS);
	compare(&q, want, n);
	LIST_EACH_SAFE (queue, &q, i, tmp)
		queue_del(&q, i);
	compare(&q, want, 0);
	assert_null(queue_pop(&q));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(model_agrees),
		cmocka_unit_test(deletes_while_walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
