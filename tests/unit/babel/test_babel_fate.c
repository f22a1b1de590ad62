/* SPDX-License-Identifier: MIT */
/* What zebras tell of chosen routes; stock 8.4 names a (D,S) one by its source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "babeld/babel_fate.h"

#define D "2001:db8:d::/48"
#define S "2001:db8:5::/48"

static struct prefix pfx(const char *text)
{
	struct prefix p;

	assert_true(prefix_parse(text, &p));
	return p;
}

static struct sdprefix pair_of(const char *dst, const char *src)
{
	struct prefix d = pfx(dst), s = pfx(src);
	struct sdprefix pair;

	assert_true(sdprefix_make(&pair, &d, &s));
	return pair;
}

static void chosen(struct fates *f, const char *dst, const char *src, bool is)
{
	struct sdprefix pair = pair_of(dst, src);

	fates_chosen(f, &pair, is);
}

static bool told(struct fates *f, const char *named, enum zapi_notify n)
{
	struct prefix p = pfx(named);

	return fates_told_named(f, &p, n);
}

static enum fate fate(const struct fates *f, const char *dst, const char *src)
{
	struct sdprefix pair = pair_of(dst, src);

	return fates_of(f, &pair);
}

static void test_sourced(void **state)
{
	struct fates f;

	(void)state;
	fates_init(&f);
	chosen(&f, "::/0", S, true);
	chosen(&f, D, "::/0", true);
	/* Of nothing of ours, and of a plain route: nothing is said of sources. */
	assert_false(told(&f, "2001:db8:9::/48", NOTIFY_FAIL_INSTALL));
	assert_false(told(&f, D, NOTIFY_FAIL_INSTALL));
	assert_int_equal(fate(&f, D, "::/0"), FATE_FAILED);
	assert_false(told(&f, D, NOTIFY_INSTALLED));
	assert_int_equal(fate(&f, D, "::/0"), FATE_INSTALLED);
	assert_false(f.sourced_refused);
	/* Of a source: once, until one is installed. */
	assert_false(told(&f, S, NOTIFY_INSTALLED));
	assert_true(told(&f, S, NOTIFY_FAIL_INSTALL));
	assert_true(f.sourced_refused);
	assert_false(told(&f, S, NOTIFY_FAIL_INSTALL));
	assert_false(told(&f, D, NOTIFY_INSTALLED));
	assert_false(told(&f, S, NOTIFY_REMOVED));
	assert_true(told(&f, S, NOTIFY_INSTALLED));
	assert_false(f.sourced_refused);
	/* Whose fate it is of several is not known. */
	assert_int_equal(fate(&f, "::/0", S), FATE_UNKNOWN);
	fates_fini(&f);
}

/* A route to S and one from S: it may be either. */
static void test_ambiguous(void **state)
{
	struct fates f;

	(void)state;
	fates_init(&f);
	chosen(&f, "::/0", S, true);
	chosen(&f, S, "::/0", true);
	assert_false(told(&f, S, NOTIFY_FAIL_INSTALL));
	assert_false(f.sourced_refused);
	assert_int_equal(fate(&f, S, "::/0"), FATE_UNKNOWN);
	chosen(&f, S, "::/0", false);
	assert_true(told(&f, S, NOTIFY_FAIL_INSTALL));
	/* Another zebra is another matter. */
	fates_forget(&f);
	assert_false(f.sourced_refused);
	assert_true(told(&f, S, NOTIFY_FAIL_INSTALL));
	fates_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sourced),
		cmocka_unit_test(test_ambiguous),
	};

	return cmocka_run_group_tests_name("babel fates", tests, NULL, NULL);
}
