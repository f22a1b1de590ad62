/* SPDX-License-Identifier: MIT */
/* The FIB compiler, case by case. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"

/*
 * Routes are written as words, "SOURCE=INTERFACE": "plain=1" is the plain
 * route over interface 1, "a=2" the one from 2001:db8:a::/48, "lo=" and "hi="
 * the two halves of all sources. In front of a word: "f" the kernel has it by
 * itself, "*" auxiliary. Interface 0 is `unreachable`. Operations are
 * "+SOURCE=INTERFACE" and "-SOURCE".
 */
struct name {
	const char *word, *src;
};
static const struct name names[] = {
	{"plain", NULL},
	{"lo", "::/1"},
	{"hi", "8000::/1"},
	{"a", "2001:db8:a::/48"},
	{"b", "2001:db8:b::/48"},
	{"wide", "2001:db8::/32"},
	{"aa", "2001:db8:a:a::/64"},
	{"ula", "fd00::/8"},
};
#define N_NAMES	   (sizeof(names) / sizeof(*names))

#define MAX_ROUTES 16

struct list {
	struct fib_want w[MAX_ROUTES];
	bool foreign[MAX_ROUTES];
	struct rib_nexthop nh[MAX_ROUTES];
	size_t n;
};

static const char *name_of(const struct sdprefix *pair)
{
	for (size_t i = 0; i < N_NAMES; i++) {
		struct sdprefix p;
		struct prefix src = rig_prefix(names[i].src ? names[i].src : "::/0");

		if (sdprefix_make(&p, &pair->dst, &src) && sdprefix_eq(&p, pair))
			return names[i].word;
	}
	fail_msg("a source from nowhere");
	return "";
}

static struct sdprefix pair_of(const char *dst, const char *word)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (strcmp(names[i].word, word) == 0)
			return rig_pair(dst, names[i].src);
	fail_msg("no such source: %s", word);
	return rig_pair(dst, NULL);
}

static void read_list(struct list *l, const char *dst, const char *text)
{
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	memset(l, 0, sizeof(*l));
	for (char *t = strtok_r(copy, " ", &save); t; t = strtok_r(NULL, " ", &save)) {
		struct fib_want *w = &l->w[l->n];
		char *eq = strchr(t, '=');

		*eq = '\0';
		l->foreign[l->n] = *t == 'f';
		w->auxiliary = *t == '*';
		w->route.pair = pair_of(dst, t + (*t == 'f' || *t == '*'));
		w->route.type = w->auxiliary ? RIB_TYPE_AUXILIARY : 22;
		l->nh[l->n] = eq[1] == '0' ? rig_drop(RIB_NH_UNREACHABLE)
					   : rig_dev((uint32_t)(eq[1] - '0'));
		w->route.n_nexthops = 1;
		w->route.nexthops = &l->nh[l->n];
		l->n++;
	}
}

static char ifindex_char(const struct fib_route *r)
{
	return (char)('0' + (r->nexthops->kind == RIB_NH_IFINDEX ? r->nexthops->ifindex : 0));
}

static void print_list(char *out, size_t size, const struct fib_want *w, size_t n)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(w[i].auxiliary, w[i].route.type == RIB_TYPE_AUXILIARY);
		at += (size_t)snprintf(out + at, size - at, "%s%s%s=%c", i ? " " : "",
				       w[i].auxiliary ? "*" : "", name_of(&w[i].route.pair),
				       ifindex_char(&w[i].route));
	}
}

static void print_ops(char *out, size_t size, const struct fib_op *ops, size_t n)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		at += (size_t)snprintf(out + at, size - at, "%s%c%s", i ? " " : "",
				       ops[i].kind == FIB_SET ? '+' : '-',
				       name_of(&ops[i].route.pair));
		if (ops[i].kind == FIB_SET)
			at += (size_t)snprintf(out + at, size - at, "=%c",
					       ifindex_char(&ops[i].route));
	}
}

struct compile_case {
	const char *dst, *answers, *want;
};

static const char D[] = "2001:db8:d::/48";

static const struct compile_case compiles[] = {
	{D, "", ""},
	{D, "plain=1", "plain=1"},
	{D, "fplain=1", ""},
	/* A shadowed plain route gets both halves, the kernel's own too. */
	{D, "plain=1 a=2", "plain=1 *lo=1 a=2 *hi=1"},
	{D, "fplain=1 a=2", "*lo=1 a=2 *hi=1"},
	{D, "plain=1 ula=2", "plain=1 *lo=1 *hi=1 ula=2"},
	{D, "plain=0 a=2", "plain=0 *lo=0 a=2 *hi=0"},
	/* Somebody else's (D,S) shadows as well, and is not ours to write. */
	{D, "plain=1 fa=2", "plain=1 *lo=1 *hi=1"},
	{D, "fplain=1 fa=2", "*lo=1 *hi=1"},
	/* A real route of half the sources is that half. */
	{D, "plain=1 lo=2", "plain=1 lo=2 *hi=1"},
	{D, "plain=1 hi=2", "plain=1 *lo=1 hi=2"},
	{D, "plain=1 lo=2 a=3 hi=4", "plain=1 lo=2 a=3 hi=4"},
	{D, "plain=1 flo=2", "plain=1 *hi=1"},
	/* Sourced routes alone are kept from being lost by an anchor. */
	{D, "a=2", "*plain=0 a=2"},
	{D, "a=2 ula=3", "*plain=0 a=2 ula=3"},
	{D, "fa=2", "*plain=0"},
	/* The whole family has neither fault. */
	{"::/0", "plain=1 a=2", "plain=1 a=2"},
	{"::/0", "a=2 b=3", "a=2 b=3"},
	{"::/0", "fplain=1 a=2", "a=2"},
	{"::/1", "a=2", "*plain=0 a=2"},
};

static void test_compile(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(compiles) / sizeof(*compiles); i++) {
		const struct compile_case *c = &compiles[i];
		struct fib_answer answers[MAX_ROUTES];
		struct fib_want want[MAX_ROUTES + 2];
		struct list l;
		char out[256];
		size_t n;

		read_list(&l, c->dst, c->answers);
		for (size_t k = 0; k < l.n; k++)
			answers[k] = (struct fib_answer){l.w[k].route, l.foreign[k]};
		n = fib_compile(answers, l.n, want);
		assert_true(n <= l.n + 2);
		print_list(out, sizeof(out), want, n);
		if (strcmp(out, c->want) != 0)
			fail_msg("%s %s: \"%s\", not \"%s\"", c->dst, c->answers, out, c->want);
	}
}

static void test_compile_ip4(void **state)
{
	struct rib_nexthop nh = rig_dev(1);
	struct fib_answer a[2] = {
		{{.pair = rig_pair("10.0.0.0/8", NULL), .n_nexthops = 1, .nexthops = &nh}, false},
		{{.pair = rig_pair("10.0.0.0/8", "192.0.2.0/24"), .n_nexthops = 1, .nexthops = &nh},
		 false},
	};
	struct fib_want want[4];

	(void)state;
	assert_int_equal(fib_compile(a, 2, want), 1);
	assert_true(sdprefix_is_plain(&want[0].route.pair));
	assert_int_equal(fib_compile(a + 1, 1, want), 0);
}

struct diff_case {
	const char *have, *want, *ops;
};

static const struct diff_case diffs[] = {
	{"", "", ""},
	{"", "plain=1", "+plain=1"},
	{"plain=1", "plain=1", ""},
	{"plain=1", "plain=2", "+plain=2"}, /* replaced: no gap */
	{"plain=1", "", "-plain"},
	/* A plain route in use gets its halves first, ::/1 before 8000::/1. */
	{"plain=1", "plain=1 *lo=1 a=2 *hi=1", "+lo=1 +hi=1 +a=2"},
	{"plain=1", "plain=3 *lo=3 a=2 *hi=3", "+lo=3 +hi=3 +plain=3 +a=2"},
	{"", "*lo=1 a=2 *hi=1", "+lo=1 +hi=1 +a=2"}, /* it is the kernel's own */
	{"plain=1", "plain=1 lo=2 *hi=1", "+lo=2 +hi=1"},
	/* And keeps them until nothing shadows it. */
	{"plain=1 *lo=1 a=2 *hi=1", "plain=1", "-a -hi -lo"},
	{"*lo=1 a=2 *hi=1", "", "-a -hi -lo"},
	{"plain=1 *lo=1 a=2 wide=3 *hi=1", "plain=1", "-wide -a -hi -lo"},
	/* Nothing plain is there: sources first, long before short. */
	{"", "plain=1 *lo=1 wide=4 a=2 aa=3 *hi=1", "+aa=3 +a=2 +wide=4 +lo=1 +hi=1 +plain=1"},
	{"", "*plain=0 a=2 b=3", "+a=2 +b=3 +plain=0"},
	/* All goes: the plain one before what shadows it, short before long. */
	{"plain=1 *lo=1 wide=4 a=2 *hi=1", "", "-plain -lo -hi -wide -a"},
	{"*plain=0 a=2", "", "-plain -a"},
	/* The plain one goes, sources stay: it becomes the anchor in place. */
	{"plain=1 *lo=1 a=2 *hi=1", "*plain=0 a=2", "+plain=0 -lo -hi"},
	{"plain=1", "*plain=0 a=2", "+a=2 +plain=0"},
	/* All change where halves are: an order as if nothing shadowed. */
	{"plain=1 *lo=1 a=2 *hi=1", "plain=3 *lo=3 a=4 *hi=3", "+a=4 +lo=3 +hi=3 +plain=3"},
	/* And back. */
	{"*plain=0 a=2", "plain=1 *lo=1 a=2 *hi=1", "+lo=1 +hi=1 +plain=1"},
	{"*plain=0 a=2", "plain=1", "+plain=1 -a"},
	{"*plain=0 a=2", "*lo=1 a=2 *hi=1", "+lo=1 +hi=1 -plain"},
	/* A real half comes and goes in place. */
	{"plain=1 *lo=1 a=2 *hi=1", "plain=1 lo=3 a=2 *hi=1", "+lo=3"},
	{"plain=1 lo=3 a=2 *hi=1", "plain=1 *lo=1 a=2 *hi=1", "+lo=1"},
	{"plain=1 lo=1 a=2 *hi=1", "plain=1 *lo=1 a=2 *hi=1", "+lo=1"}, /* another type */
	/* More specific before less, and after it. */
	{"wide=1 *plain=0", "*plain=0 a=2", "+a=2 -wide"},
	{"*plain=0 wide=1 a=2", "*plain=0 wide=3", "+wide=3 -a"},
	/* The plain one is the kernel's own from now on. */
	{"plain=1 *lo=1 a=2 *hi=1", "*lo=2 a=2 *hi=2", "+lo=2 +hi=2 -plain"},
};

static void sort_list(struct list *l)
{
	for (size_t i = 1; i < l->n; i++)
		for (size_t k = i;
		     k && sdprefix_cmp(&l->w[k - 1].route.pair, &l->w[k].route.pair) > 0; k--) {
			struct fib_want t = l->w[k];

			l->w[k] = l->w[k - 1];
			l->w[k - 1] = t;
		}
}

static void test_diff(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(diffs) / sizeof(*diffs); i++) {
		const struct diff_case *c = &diffs[i];
		struct fib_op ops[2 * MAX_ROUTES];
		struct list have, want;
		char out[256];
		size_t n;

		read_list(&have, D, c->have);
		read_list(&want, D, c->want);
		sort_list(&have);
		sort_list(&want);
		n = fib_diff(have.w, have.n, want.w, want.n, ops);
		print_ops(out, sizeof(out), ops, n);
		if (strcmp(out, c->ops) != 0)
			fail_msg("\"%s\" to \"%s\": \"%s\", not \"%s\"", c->have, c->want, out,
				 c->ops);
	}
}

static void test_route_eq(void **state)
{
	struct rib_nexthop x[2] = {rig_via("fe80::1", 1), rig_via("fe80::2", 2)};
	struct rib_nexthop y[2] = {rig_via("fe80::2", 2), rig_via("fe80::1", 1)};
	struct fib_route a = {.pair = rig_pair(D, NULL), .n_nexthops = 2, .nexthops = x};
	struct fib_route b = a;

	(void)state;
	b.nexthops = y;
	assert_true(fib_route_eq(&a, &b)); /* the kernel keeps no order */
	y[0].weight = 1;
	assert_true(fib_route_eq(&a, &b)); /* 0 means 1 */
	y[0].weight = 2;
	assert_false(fib_route_eq(&a, &b));
	y[0].weight = 0;
	b.mtu = 1400;
	assert_false(fib_route_eq(&a, &b));
	b.mtu = 0;
	b.type = 3;
	assert_false(fib_route_eq(&a, &b));
	b.type = 0;
	b.n_nexthops = 1;
	assert_false(fib_route_eq(&a, &b));
	b.n_nexthops = 2;
	y[1].onlink = true;
	assert_false(fib_route_eq(&a, &b));
}

static void test_is_half(void **state)
{
	struct sdprefix p;

	(void)state;
	p = rig_pair(D, "::/1");
	assert_true(fib_is_half(&p));
	p = rig_pair(D, "8000::/1");
	assert_true(fib_is_half(&p));
	p = rig_pair(D, NULL);
	assert_false(fib_is_half(&p));
	p = rig_pair(D, "::/2");
	assert_false(fib_is_half(&p));
	p = rig_pair("::/0", "::/1");
	assert_false(fib_is_half(&p));
	p = rig_pair("10.0.0.0/8", "0.0.0.0/1");
	assert_false(fib_is_half(&p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compile), cmocka_unit_test(test_compile_ip4),
		cmocka_unit_test(test_diff),	cmocka_unit_test(test_route_eq),
		cmocka_unit_test(test_is_half),
	};

	return cmocka_run_group_tests_name("fib", tests, NULL, NULL);
}
