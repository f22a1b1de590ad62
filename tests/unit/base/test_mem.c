/* SPDX-License-Identifier: MIT */
/* Tagged memory: zeroed, counted, and nothing left. */
#include "lib/base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void all_are(const unsigned char *p, size_t n, unsigned char v)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], v);
}

static void new_is_zeroed_and_counted(void **state)
{
	struct memtag tag = {.name = "test"};
	void *p[8];

	(void)state;
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 8; i++) {
			p[i] = mem_new(&tag, 100 * i);
			assert_non_null(p[i]);
			all_are(p[i], 100 * i, 0);
			memset(p[i], 0x5a, 100 * i);
			assert_int_equal(tag.count, i + 1);
		}
		assert_true(tag.bytes >= 100 * (0 + 1 + 2 + 3 + 4 + 5 + 6 + 7));
		for (size_t i = 0; i < 8; i++)
			mem_free(&tag, p[i]);
		assert_int_equal(tag.count, 0);
		assert_int_equal(tag.bytes, 0);
	}
	mem_free(&tag, NULL);
	assert_int_equal(tag.count, 0);
}

static void resize_keeps_and_zeroes(void **state)
{
	struct memtag tag = {.name = "test"};
	unsigned char *p = mem_resize(&tag, NULL, 0, 10);

	(void)state;
	all_are(p, 10, 0);
	memset(p, 0x5a, 10);
	p = mem_resize(&tag, p, 10, 5000);
	all_are(p, 10, 0x5a);
	all_are(p + 10, 4990, 0);
	assert_int_equal(tag.count, 1);
	assert_true(tag.bytes >= 5000);
	memset(p, 0x5a, 5000);
	p = mem_resize(&tag, p, 5000, 20);
	all_are(p, 20, 0x5a);
	p = mem_resize(&tag, p, 20, 40);
	all_are(p, 20, 0x5a);
	all_are(p + 20, 20, 0);
	p = mem_resize(&tag, p, 40, 0);
	assert_int_equal(tag.count, 1);
	mem_free(&tag, p);
	assert_int_equal(tag.count, 0);
	assert_int_equal(tag.bytes, 0);
}

static void tags_account_apart(void **state)
{
	struct memtag a = {.name = "a"}, b = {.name = "b"};
	void *p = mem_new(&a, 16), *q = mem_new(&b, 32);

	(void)state;
	mem_free(&a, p);
	assert_int_equal(a.count, 0);
	assert_int_equal(b.count, 1);
	assert_true(a.bytes == 0 && b.bytes >= 32);
	mem_free(&b, q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_is_zeroed_and_counted),
		cmocka_unit_test(resize_keeps_and_zeroes),
		cmocka_unit_test(tags_account_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
