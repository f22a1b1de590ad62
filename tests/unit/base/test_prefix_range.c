/* SPDX-License-Identifier: MIT */
/* Ranges of prefixes: what the words mean, as a table and by counting. */
#include "lib/base/prefix_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_true(prefix_parse(text, &p));
	return p;
}

static struct prefix_range range(const char *text, uint8_t ge, uint8_t le)
{
	return (struct prefix_range){.set = true, .p = prefix(text), .ge = ge, .le = le};
}

static void test_words(void **state)
{
	static const struct {
		const char *range;
		uint8_t ge, le;
		const char *p;
		bool has;
	} rows[] = {
		/* No length: exactly this one. */
		{"2001:db8::/32", 0, 0, "2001:db8::/32", true},
		{"2001:db8::/32", 0, 0, "2001:db8::/33", false},
		{"2001:db8::/32", 0, 0, "2001:db8::/31", false},
		{"2001:db8::/32", 0, 0, "2001:db9::/32", false},
		/* le: it and its parts up to there. */
		{"2001:db8::/32", 0, 48, "2001:db8::/32", true},
		{"2001:db8::/32", 0, 48, "2001:db8:1::/48", true},
		{"2001:db8::/32", 0, 48, "2001:db8:1::/49", false},
		{"2001:db8::/32", 0, 48, "2001:db9:1::/48", false},
		{"2001:db8::/32", 0, 48, "2001::/16", false},
		/* ge: its parts from there on, hosts too. */
		{"2001:db8::/32", 40, 0, "2001:db8::/32", false},
		{"2001:db8::/32", 40, 0, "2001:db8::/39", false},
		{"2001:db8::/32", 40, 0, "2001:db8::/40", true},
		{"2001:db8::/32", 40, 0, "2001:db8::1/128", true},
		/* Both. */
		{"2001:db8::/32", 40, 48, "2001:db8::/44", true},
		{"2001:db8::/32", 40, 48, "2001:db8::/49", false},
		{"2001:db8::/32", 40, 48, "2001:db8::/36", false},
		/* The whole family: alone, all but it, all. */
		{"::/0", 0, 0, "::/0", true},
		{"::/0", 0, 0, "::/1", false},
		{"::/0", 1, 0, "::/0", false},
		{"::/0", 1, 0, "2001:db8::/32", true},
		{"::/0", 0, 128, "::/0", true},
		{"::/0", 0, 128, "2001:db8::1/128", true},
		/* Families apart. */
		{"::/0", 0, 128, "0.0.0.0/0", false},
		{"0.0.0.0/0", 0, 32, "::/0", false},
		{"10.0.0.0/8", 24, 0, "10.1.2.3/32", true},
		{"10.0.0.0/8", 0, 24, "10.1.2.3/32", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct prefix_range r = range(rows[i].range, rows[i].ge, rows[i].le);
		struct prefix p = prefix(rows[i].p);

		if (prefix_range_has(&r, &p) != rows[i].has)
			fail_msg("%s ge %u le %u and %s", rows[i].range, rows[i].ge, rows[i].le,
				 rows[i].p);
	}
}

static void test_none(void **state)
{
	const struct prefix_range any = {0};
	struct prefix six = prefix("2001:db8::/32"), four = prefix("0.0.0.0/0");

	(void)state;
	assert_true(prefix_range_has(&any, &six) && prefix_range_has(&any, &four));
}

static void test_equal(void **state)
{
	struct prefix_range a = range("2001:db8::/32", 0, 48), b = a, none = {0};

	(void)state;
	assert_true(prefix_range_eq(&a, &b) && prefix_range_eq(&none, &none));
	assert_false(prefix_range_eq(&a, &none));
	b.le = 47;
	assert_false(prefix_range_eq(&a, &b));
	b = a;
	b.ge = 40;
	assert_false(prefix_range_eq(&a, &b));
	b = range("2001:db9::/32", 0, 48);
	assert_false(prefix_range_eq(&a, &b));
	/* What is left of one that is not set says nothing. */
	a.set = b.set = false;
	assert_true(prefix_range_eq(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_words),
					   cmocka_unit_test(test_none),
					   cmocka_unit_test(test_equal)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
