/* SPDX-License-Identifier: MIT */
/* What zebras tell of chosen routes; stock 8.4 names a (D,S) one by its source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "babeld/babel_fate.h"
#include "babeld/core/mark.h"

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

/* ---- a core of cardboard: the pairs that are chosen, and their marks ---- */

struct babel {
	struct sdprefix pairs[4];
	uint8_t marks[4];
	size_t n;
};

static size_t at(const struct babel *b, const struct sdprefix *pair)
{
	size_t i = 0;

	while (i < b->n && !sdprefix_eq(&b->pairs[i], pair))
		i++;
	return i;
}

bool babel_mark(struct babel *b, const struct sdprefix *pair, uint8_t mark)
{
	size_t i = at(b, pair);

	if (i < b->n)
		b->marks[i] = mark;
	return i < b->n;
}

uint8_t babel_marked(const struct babel *b, const struct sdprefix *pair)
{
	return at(b, pair) < b->n ? b->marks[at(b, pair)] : 0;
}

bool babel_has_choice(const struct babel *b, const struct sdprefix *pair)
{
	return at(b, pair) < b->n;
}

bool babel_has_choice_from(const struct babel *b, const struct prefix *src)
{
	for (size_t i = 0; i < b->n; i++)
		if (!sdprefix_is_plain(&b->pairs[i]) && prefix_eq(&b->pairs[i].src, src))
			return true;
	return false;
}

struct world {
	struct babel b;
	bool refused;
};

static void choose(struct world *w, const char *dst, const char *src)
{
	w->b.pairs[w->b.n] = pair_of(dst, src);
	w->b.marks[w->b.n++] = 0;
}

static bool told(struct world *w, const char *named, enum zapi_notify n)
{
	struct prefix p = pfx(named);

	return fate_told_named(&w->b, &p, n, &w->refused);
}

static enum fate fate(const struct world *w, const char *dst, const char *src)
{
	struct sdprefix pair = pair_of(dst, src);

	return fate_of(&w->b, &pair);
}

static void test_sourced(void **state)
{
	struct world w = {.refused = false};

	(void)state;
	choose(&w, "::/0", S);
	choose(&w, D, "::/0");
	/* Of nothing of ours, and of a plain route: nothing is said of sources. */
	assert_false(told(&w, "2001:db8:9::/48", NOTIFY_FAIL_INSTALL));
	assert_false(told(&w, D, NOTIFY_FAIL_INSTALL));
	assert_int_equal(fate(&w, D, "::/0"), FATE_FAILED);
	assert_false(told(&w, D, NOTIFY_INSTALLED));
	assert_int_equal(fate(&w, D, "::/0"), FATE_INSTALLED);
	assert_false(w.refused);
	/* Of a source: once, until one is installed. */
	assert_false(told(&w, S, NOTIFY_INSTALLED));
	assert_true(told(&w, S, NOTIFY_FAIL_INSTALL));
	assert_true(w.refused);
	assert_false(told(&w, S, NOTIFY_FAIL_INSTALL));
	assert_false(told(&w, D, NOTIFY_INSTALLED));
	assert_false(told(&w, S, NOTIFY_REMOVED));
	assert_true(told(&w, S, NOTIFY_INSTALLED));
	assert_false(w.refused);
	/* Whose fate it is of several is not known. */
	assert_int_equal(fate(&w, "::/0", S), FATE_UNKNOWN);
}

/* A route to S and one from S: it may be either. */
static void test_ambiguous(void **state)
{
	struct world w = {.refused = false};

	(void)state;
	choose(&w, "::/0", S);
	choose(&w, S, "::/0");
	assert_false(told(&w, S, NOTIFY_FAIL_INSTALL));
	assert_false(w.refused);
	assert_int_equal(fate(&w, S, "::/0"), FATE_UNKNOWN);
	w.b.n--;
	assert_true(told(&w, S, NOTIFY_FAIL_INSTALL));
	/* Another zebra is another matter. */
	w.refused = false;
	assert_true(told(&w, S, NOTIFY_FAIL_INSTALL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sourced),
		cmocka_unit_test(test_ambiguous),
	};

	return cmocka_run_group_tests_name("babel fates", tests, NULL, NULL);
}
