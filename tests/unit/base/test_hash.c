/* SPDX-License-Identifier: MIT */
/* Against published values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/hash.h"

/* Of http://www.isthe.com/chongo/tech/comp/fnv/, 64 bits, FNV-1a. */
static void fnv(void **state)
{
	static const struct {
		const char *text;
		uint64_t hash;
	} rows[] = {{"", 0xcbf29ce484222325},
		    {"a", 0xaf63dc4c8601ec8c},
		    {"foobar", 0x85944171f73967e8},
		    {"chongo was here!\n", 0x46810940eff5f915}};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		hash_t h = HASH_BEGIN;

		hash_octets(&h, rows[k].text, strlen(rows[k].text));
		assert_true(h.h == rows[k].hash);
	}
}

static void numbers_are_octets(void **state)
{
	static const uint8_t octets[] = {8, 7, 6, 5, 4, 3, 2, 1};
	hash_t a = HASH_BEGIN, b = HASH_BEGIN;

	(void)state;
	hash_uint(&a, 0x0102030405060708);
	hash_octets(&b, octets, sizeof(octets));
	assert_true(a.h == b.h);
}

/* The first outputs of splitmix64 from state 0. */
static void spread(void **state)
{
	(void)state;
	assert_true(hash_spread((hash_t){0x9e3779b97f4a7c15}) == 0xe220a8397b1dcdaf);
	assert_true(hash_spread((hash_t){0x9e3779b97f4a7c15 * 2}) == 0x6e789e6aa1b965f4);
	assert_true(hash_spread((hash_t){0}) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fnv),
		cmocka_unit_test(numbers_are_octets),
		cmocka_unit_test(spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
