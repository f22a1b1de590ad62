/* SPDX-License-Identifier: MIT */
/* The pool against an array of what is in it: zeroed, apart, and given back. */
#include "lib/base/pool.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/base/prng.h"

#define ITEMS  20000
#define ROUNDS 200000
#define SIZE   52 /* rounded up to 56 */

static void fill(unsigned char *item, unsigned int k)
{
	memset(item, (int)(k % 255 + 1), SIZE);
}

static void check(const unsigned char *item, unsigned int k)
{
	for (size_t i = 0; i < SIZE; i++)
		assert_int_equal(item[i], k % 255 + 1);
}

static unsigned char *fresh(struct pool *p)
{
	static const unsigned char zero[SIZE];
	unsigned char *item = pool_new(p);

	assert_int_equal((uintptr_t)item % 8, 0);
	assert_memory_equal(item, zero, SIZE);
	return item;
}

static void model_agrees(void **state)
{
	static unsigned char *item[ITEMS];
	struct prng r = prng_init(41);
	struct pool p;
	size_t n = 0;

	(void)state;
	pool_init(&p, "test", SIZE);
	for (uint64_t op = 0, ops = prng_ops(ROUNDS); op < ops; op++) {
		/* It fills up and empties again and again. */
		bool more = prng_below(&r, 8) < (op / ITEMS % 2 ? 2u : 6u);
		unsigned int k = prng_below(&r, ITEMS);

		if (more && !item[k]) {
			item[k] = fresh(&p);
			fill(item[k], k);
			n++;
		} else if (!more && item[k]) {
			check(item[k], k);
			pool_free(&p, item[k]);
			item[k] = NULL;
			n--;
		}
		assert_int_equal(p.mem.count, n);
		assert_true(p.mem.bytes >= n * SIZE);
	}
	for (unsigned int k = 0; k < ITEMS; k++) {
		if (!item[k])
			continue;
		check(item[k], k);
		pool_free(&p, item[k]);
	}
	assert_int_equal(p.mem.bytes, 0);
	pool_fini(&p);
}

/* An empty slab goes back while others are in use. */
static void slabs_go_back(void **state)
{
	static unsigned char *item[ITEMS];
	struct pool p;
	size_t most;

	(void)state;
	pool_init(&p, "test", SIZE);
	for (unsigned int k = 0; k < ITEMS; k++)
		item[k] = fresh(&p);
	most = p.slabs.count;
	for (unsigned int k = 0; k + 1 < ITEMS; k++)
		pool_free(&p, item[k]);
	if (most) { /* else each item is an allocation */
		assert_true(most > 1);
		assert_int_equal(p.slabs.count, 1);
		assert_true(p.slabs.bytes < p.mem.bytes + ITEMS * SIZE);
	}
	pool_free(&p, item[ITEMS - 1]);
	pool_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(model_agrees),
		cmocka_unit_test(slabs_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
