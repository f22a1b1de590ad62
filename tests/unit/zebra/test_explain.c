/* SPDX-License-Identifier: MIT */
/* Each verdict of rib_explain.h, brought about by a table; and every way in
 * which the kernel's answer can agree or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/rib_explain.h"

#define STATIC 3
#define BABEL  22
#define OSPF   6

static struct rig g;

static int setup(void **state)
{
	(void)state;
	rig_init(&g);
	for (uint32_t i = 1; i <= 3; i++)
		rib_if_set(g.rib, i, i < 3); /* 3 is down */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_fini(&g);
	return 0;
}

/* ---- the story, as text ---- */

static char told[8192];

static void on_pair(void *ctx, const struct sdprefix *pair, enum rib_verdict verdict)
{
	char text[SDPREFIX_STR];

	(void)ctx;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s: %s\n",
		 sdprefix_str(pair, text), rib_verdict_name(verdict));
}

static void on_candidate(void *ctx, const struct rib_view *v, const struct rib_view *better)
{
	(void)ctx;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "  %u: %s", v->owner.type,
		 v->why == RIB_WHY_USED ? "used" : rib_why_str(v->why));
	if (better)
		snprintf(told + strlen(told), sizeof(told) - strlen(told), " (%u)",
			 better->owner.type);
	strcat(told, "\n");
}

static const struct rib_explainer listen = {on_pair, on_candidate};

static struct rib_packet packet(const char *dst, const char *src)
{
	struct rib_packet p = {.family = strchr(dst, ':') ? FAM_IP6 : FAM_IP4};

	p.dst = rig_addr(dst);
	p.src = rig_addr(src);
	return p;
}

static const char *story(const char *dst, const char *src)
{
	struct rib_packet p = packet(dst, src);
	struct rib_view winner, looked;
	bool found, has;

	rig_run(&g);
	told[0] = '\0';
	assert_int_equal(rib_explain(g.rib, &p, &listen, NULL, &found, &winner), 0);
	/* It says what a lookup says, but for what the kernel refused. */
	has = rib_lookup(g.rib, p.family, &p.dst, &p.src, &looked);
	if (!has || looked.state != RIB_FAILED)
		assert_int_equal(found, has);
	if (found && looked.state != RIB_FAILED)
		assert_true(sdprefix_eq(&winner.pair, &looked.pair));
	return told;
}

#define SAYS(dst, src, want) assert_string_equal(story(dst, src), want)

/* ---- verdicts ---- */

static void longest_destination_first(void **state)
{
	(void)state;
	rig_add(&g, STATIC, "::/0", NULL, 1, 0, rig_dev(1));
	rig_add(&g, STATIC, "2001:db8::/32", NULL, 1, 0, rig_dev(1));
	rig_add(&g, STATIC, "2001:db8:1::/48", "2001:db8:a::/48", 1, 0, rig_dev(1));
	/* RFC 9079 4: a destination without a matching source is fallen through. */
	SAYS("2001:db8:1::1", "2001:db8:b::1",
	     "2001:db8:1::/48 from 2001:db8:a::/48: source\n  3: used\n"
	     "2001:db8::/32: takes\n  3: used\n");
	SAYS("2001:db8:1::1", "2001:db8:a::1",
	     "2001:db8:1::/48 from 2001:db8:a::/48: takes\n  3: used\n");
	SAYS("2001:db9::1", "2001:db8:a::1", "::/0: takes\n  3: used\n");
}

static void longest_source_of_a_destination(void **state)
{
	(void)state;
	rig_add(&g, STATIC, "::/0", NULL, 1, 0, rig_dev(1));
	rig_add(&g, STATIC, "::/0", "2001:db8::/32", 1, 0, rig_dev(1));
	rig_add(&g, STATIC, "::/0", "2001:db8:a::/48", 1, 0, rig_dev(2));
	rig_add(&g, STATIC, "::/0", "2001:db8:b::/48", 1, 0, rig_dev(2));
	SAYS("2001:db9::1", "2001:db8:a::1",
	     "::/0 from 2001:db8:b::/48: source\n  3: used\n"
	     "::/0 from 2001:db8:a::/48: takes\n  3: used\n"
	     "::/0 from 2001:db8::/32: longer-source\n  3: used\n"
	     "::/0: longer-source\n  3: used\n");
}

static void why_a_candidate_lost(void **state)
{
	(void)state;
	rig_add(&g, OSPF, "2001:db8::/32", NULL, 110, 5, rig_dev(1));
	rig_add(&g, STATIC, "2001:db8::/32", NULL, 1, 0, rig_dev(2));
	rig_add(&g, BABEL, "2001:db8::/32", NULL, 100, 5, rig_dev(3));
	SAYS("2001:db8::1", "2001:db8:a::1",
	     "2001:db8::/32: takes\n  3: used\n"
	     "  6: another one has a lower distance (3)\n"
	     "  22: no next hop can be used\n");
	rig_del(&g, STATIC, "2001:db8::/32", NULL);
	rig_add(&g, BABEL, "2001:db8::/32", NULL, 110, 4, rig_dev(1));
	SAYS("2001:db8::1", "2001:db8:a::1",
	     "2001:db8::/32: takes\n  22: used\n  6: another one has a lower metric (22)\n");
	rig_connect(&g, "2001:db8::/32", 2);
	SAYS("2001:db8::1", "2001:db8:a::1",
	     "2001:db8::/32: takes\n  2: used\n  6: the prefix is connected (2)\n"
	     "  22: the prefix is connected (2)\n");
}

static void nothing_usable(void **state)
{
	(void)state;
	rig_add(&g, STATIC, "2001:db8::/32", NULL, 1, 0, rig_dev(3));
	rig_add(&g, BABEL, "2001:db8::/32", NULL, 255, 0, rig_dev(1));
	SAYS("2001:db8::1", "2001:db8:a::1",
	     "2001:db8::/32: unusable\n  3: no next hop can be used\n"
	     "  22: distance 255 is never used\n");
	SAYS("2001:db9::1", "2001:db8:a::1", "");
}

static int refuse_48(struct rig *r, const struct fib_op *op)
{
	(void)r;
	return op->kind == FIB_SET && op->route.pair.dst.plen == 48 ? 22 : 0;
}

/* What the kernel has not is passed over, as the kernel passes it over. */
static void refused_by_the_kernel(void **state)
{
	(void)state;
	g.verdict = refuse_48;
	rig_add(&g, STATIC, "2001:db8:1::/48", "2001:db8:a::/48", 1, 0, rig_dev(1));
	rig_add(&g, STATIC, "2001:db8::/32", NULL, 1, 0, rig_dev(1));
	SAYS("2001:db8:1::1", "2001:db8:a::1",
	     "2001:db8:1::/48 from 2001:db8:a::/48: not-in-kernel\n"
	     "  3: refused by the kernel\n"
	     "2001:db8::/32: takes\n  3: used\n");
}

static void ip4(void **state)
{
	(void)state;
	rig_add(&g, STATIC, "192.0.2.0/24", NULL, 1, 0, rig_dev(1));
	SAYS("192.0.2.1", "198.51.100.1", "192.0.2.0/24: takes\n  3: used\n");
	SAYS("192.0.3.1", "198.51.100.1", "");
}

/* A destination of very many sources does not fill the answer. */
static void bounded(void **state)
{
	struct rib_packet p = packet("2001:db9::1", "2001:db8:ffff::1");
	struct rib_view winner;
	char src[64];
	bool found;

	(void)state;
	for (unsigned int i = 0; i < RIB_EXPLAIN_MOST + 7; i++) {
		snprintf(src, sizeof(src), "2001:db8:%x::/48", i);
		rig_add(&g, STATIC, "::/0", src, 1, 0, rig_dev(1));
	}
	rig_add(&g, STATIC, "::/0", NULL, 1, 0, rig_dev(1));
	rig_run(&g);
	told[0] = '\0';
	assert_int_equal(rib_explain(g.rib, &p, &listen, NULL, &found, &winner), 7);
	assert_true(found && sdprefix_is_plain(&winner.pair));
	assert_non_null(strstr(told, "::/0: takes"));
}

/* ---- the kernel's answer ---- */

static struct rib_kernel_answer by(const char *dst, const char *src, struct rib_nexthop nh)
{
	struct rib_kernel_answer k = {.kind = RIB_KERNEL_ROUTE, .n_nexthops = 1};

	k.pair = rig_pair(dst, src);
	k.nexthops[0] = nh;
	return k;
}

static const char *agrees(const char *dst, const char *src, const struct rib_kernel_answer *k)
{
	struct rib_packet p = packet(dst, src);
	struct rib_view winner;
	bool found;

	rib_explain(g.rib, &p, &listen, NULL, &found, &winner);
	return rib_agreement_name(rib_agree(&p, found ? &winner : NULL, k));
}

#define AGREES(dst, src, k, want) assert_string_equal(agrees(dst, src, &(k)), want)

static void agreement(void **state)
{
	static const char D[] = "2001:db8::1", S[] = "2001:db8:a::1", N[] = "2001:db9::1";
	struct rib_kernel_answer k, none = {.kind = RIB_KERNEL_NONE};
	struct rib_kernel_answer drop = {.kind = RIB_KERNEL_DROPS, .drops = RIB_NH_UNREACHABLE};
	struct rib_kernel_answer own = {.kind = RIB_KERNEL_LOCAL};
	struct rib_kernel_answer mute = {.kind = RIB_KERNEL_MUTE};

	(void)state;
	rig_add(&g, STATIC, "2001:db8::/32", NULL, 1, 0, rig_via("fe80::1", 1));
	rig_add(&g, STATIC, "2001:db8:d::/48", NULL, 1, 0, rig_drop(RIB_NH_UNREACHABLE));
	rig_run(&g);
	k = by("2001:db8::/32", NULL, rig_via("fe80::1", 1));
	AGREES(D, S, k, "equal");
	/* By one of its halves, or by a rule's table: as good. */
	k = by("2001:db8::/32", "::/1", rig_via("fe80::1", 1));
	AGREES(D, S, k, "equal");
	AGREES(N, S, k, "unexpected");
	k = by("2001:db8::/33", NULL, rig_via("fe80::1", 1));
	AGREES(D, S, k, "same-way");
	k = by("2001:db8::/33", NULL, rig_via("fe80::1", 2));
	AGREES(D, S, k, "other-route");
	k = by("2001:db8::/32", NULL, rig_via("fe80::2", 1));
	AGREES(D, S, k, "other-next-hops");
	k = by("2001:db8::/32", NULL, rig_dev(1));
	AGREES(D, S, k, "other-next-hops");
	AGREES("2001:db8:d::1", S, drop, "equal");
	drop.drops = RIB_NH_PROHIBIT;
	AGREES("2001:db8:d::1", S, drop, "no-route");
	AGREES(D, S, drop, "no-route");
	AGREES(N, S, drop, "no-route");
	AGREES(D, S, none, "no-route");
	AGREES(N, S, none, "equal");
	AGREES(D, S, own, "own-address");
	AGREES(D, S, mute, "unknown");
	k = by("fe80::/64", NULL, rig_dev(1));
	AGREES("fe80::9", S, k, "link-local");
	/* Also if the table would send it elsewhere. */
	rig_add(&g, STATIC, "::/0", NULL, 1, 0, rig_via("fe80::1", 1));
	rig_run(&g);
	AGREES("fe80::9", S, k, "link-local");
}

/* While a route is on its way to the kernel, what the kernel still has is no
 * difference to worry about. */
static void being_written(void **state)
{
	const struct rib_nexthop new = rig_via("fe80::2", 2);
	const struct rib_view winner = {.pair = rig_pair("2001:db8::/32", NULL),
					.why = RIB_WHY_PENDING,
					.n_resolved = 1,
					.resolved = &new};
	const struct rib_packet p = packet("2001:db8::1", "2001:db8:a::1");
	struct rib_kernel_answer k = by("2001:db8::/32", NULL, rig_via("fe80::1", 1));
	struct rib_kernel_answer none = {.kind = RIB_KERNEL_NONE};

	(void)state;
	assert_int_equal(rib_agree(&p, &winner, &k), RIB_AGREE_PENDING);
	assert_int_equal(rib_agree(&p, &winner, &none), RIB_AGREE_PENDING);
	k = by("2001:db8::/32", NULL, new);
	assert_int_equal(rib_agree(&p, &winner, &k), RIB_AGREE_EQUAL);
}

/* All next hops count, in any order; that the kernel takes one does not. */
static void multipath(void **state)
{
	struct rib_nexthop two[2] = {rig_via("fe80::1", 1), rig_via("fe80::2", 2)};
	const struct rib_owner owner = {.type = STATIC};
	const struct rib_spec spec = {.distance = 1, .n_nexthops = 2, .nexthops = two};
	const struct sdprefix pair = rig_pair("2001:db8::/32", NULL);
	struct rib_kernel_answer k = by("2001:db8::/32", NULL, two[1]);

	(void)state;
	rib_add(g.rib, &pair, &owner, &spec, g.now);
	rig_run(&g);
	AGREES("2001:db8::1", "2001:db8:a::1", k, "other-next-hops");
	k.nexthops[k.n_nexthops++] = two[0];
	AGREES("2001:db8::1", "2001:db8:a::1", k, "equal");
	k.have_taken = true;
	k.taken = two[0];
	AGREES("2001:db8::1", "2001:db8:a::1", k, "equal");
}

#define T(x) cmocka_unit_test_setup_teardown(x, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(longest_destination_first),
		T(longest_source_of_a_destination),
		T(why_a_candidate_lost),
		T(nothing_usable),
		T(refused_by_the_kernel),
		T(ip4),
		T(bounded),
		T(agreement),
		T(being_written),
		T(multipath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
