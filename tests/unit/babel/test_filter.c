/* SPDX-License-Identifier: MIT */
/* The judge of filter rules: a table of cases, and random rules against a model
 * that compares bit by bit and condition by condition. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "babeld/core/filter.h"
#include "tests/unit/base/prng.h"

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_true(prefix_parse(text, &p));
	return p;
}

static struct sdprefix pair(const char *dst, const char *src)
{
	struct prefix d = prefix(dst), s;
	struct sdprefix p;

	if (src)
		s = prefix(src);
	assert_true(sdprefix_make(&p, &d, src ? &s : NULL));
	return p;
}

static struct prefix_range within(const char *text, unsigned int ge, unsigned int le)
{
	return (struct prefix_range){
		.set = true, .p = prefix(text), .ge = (uint8_t)ge, .le = (uint8_t)le};
}

static bool decides(const struct filter_rule *r, const char *dst, const char *src)
{
	struct sdprefix p = pair(dst, src);
	struct filter_subject s = {.pair = &p};

	return filter_judge(r, 1, &s) == r;
}

/* ---- prefixes: as FRR's prefix lists ---- */

static const struct {
	const char *rule;
	unsigned int ge, le;
	const char *dst;
	bool match;
} lengths[] = {
	{"2001:db8::/32", 0, 0, "2001:db8::/32", true},
	{"2001:db8::/32", 0, 0, "2001:db8::/33", false},
	{"2001:db8::/32", 0, 0, "2001::/16", false},
	{"2001:db8::/32", 0, 48, "2001:db8::/32", true},
	{"2001:db8::/32", 0, 48, "2001:db8:1::/48", true},
	{"2001:db8::/32", 0, 48, "2001:db8:1::/49", false},
	{"2001:db8::/32", 0, 48, "2001:db9::/48", false},
	{"2001:db8::/32", 48, 0, "2001:db8:1::/47", false},
	{"2001:db8::/32", 48, 0, "2001:db8:1::/48", true},
	{"2001:db8::/32", 48, 0, "2001:db8::1/128", true},
	{"2001:db8::/32", 40, 48, "2001:db8::/39", false},
	{"2001:db8::/32", 40, 48, "2001:db8::/40", true},
	{"2001:db8::/32", 40, 48, "2001:db8::/48", true},
	{"2001:db8::/32", 40, 48, "2001:db8::/49", false},
	{"::/0", 0, 0, "::/0", true},
	{"::/0", 0, 0, "2001:db8::/32", false},
	{"::/0", 0, 128, "2001:db8::1/128", true},
	{"::/0", 1, 0, "::/0", false},
	{"::/0", 1, 0, "8000::/1", true},
	{"::/0", 0, 128, "198.51.100.0/24", false},
	{"198.51.100.0/24", 0, 32, "198.51.100.1/32", true},
	{"198.51.100.0/24", 25, 0, "198.51.100.0/24", false},
	{"0.0.0.0/0", 0, 32, "2001:db8::/32", false},
};

PLAIN_TEST("a prefix matches exactly, or by length within it")
{
	for (size_t k = 0; k < sizeof(lengths) / sizeof(*lengths); k++) {
		struct filter_rule r = {.number = 1};

		r.dst = within(lengths[k].rule, lengths[k].ge, lengths[k].le);
		if (decides(&r, lengths[k].dst, NULL) != lengths[k].match)
			fail_msg("%s ge %u le %u and %s", lengths[k].rule, lengths[k].ge,
				 lengths[k].le, lengths[k].dst);
	}
}

/* What users of other daemons lose or mix up. */
PLAIN_TEST("a rule without a source takes every source, ::/0 plain routes alone")
{
	static const char D[] = "2001:db8:d::/48", S[] = "2001:db8:a::/48";
	struct filter_rule silent = {.dst = within(D, 0, 0)}, plain = silent, sourced = silent;
	struct filter_rule other = {.src = within(S, 0, 56)};

	plain.src = within("::/0", 0, 0);
	sourced.src = within("::/0", 1, 0);
	assert_true(decides(&silent, D, NULL) && decides(&silent, D, S));
	assert_true(decides(&plain, D, NULL));
	assert_false(decides(&plain, D, S));
	assert_false(decides(&sourced, D, NULL));
	assert_true(decides(&sourced, D, S));
	assert_true(decides(&other, "::/0", S));
	assert_true(decides(&other, "::/0", "2001:db8:a:100::/56"));
	assert_false(decides(&other, "::/0", "2001:db8:a:100::/57"));
	assert_false(decides(&other, "::/0", NULL));
}

/* ---- metrics, RFC 8966 Appendix C ---- */

static const struct {
	enum filter_kind kind;
	bool deny, set;
	uint16_t to, add, base, want;
} metrics[] = {
	{FILTER_IN, false, false, 0, 0, 100, 100},
	{FILTER_IN, false, true, 50, 0, 100, 100}, /* never better */
	{FILTER_IN, false, true, 150, 0, 100, 150},
	{FILTER_IN, false, true, 50, 7, 100, 107},
	{FILTER_IN, false, false, 0, 65434, 100, 65534},
	{FILTER_IN, false, false, 0, 65435, 100, BABEL_INFINITY},
	{FILTER_IN, false, false, 0, 65534, 65534, BABEL_INFINITY},
	{FILTER_IN, true, false, 0, 0, 100, BABEL_INFINITY},
	{FILTER_OUT, false, true, 0, 0, 100, 100},
	{FILTER_OUT, false, true, 101, 1, 100, 102},
	{FILTER_REDISTRIBUTE, false, true, 50, 0, 100, 50},
	{FILTER_REDISTRIBUTE, false, false, 0, 5, 0, 5},
	{FILTER_REDISTRIBUTE, true, false, 0, 0, 0, BABEL_INFINITY},
	{FILTER_INSTALL, false, true, 1, 1, 100, 2},
	{FILTER_INSTALL, false, true, 1, 1, BABEL_INFINITY, BABEL_INFINITY},
};

PLAIN_TEST("metrics are set and added to, never to the better of what was announced")
{
	for (size_t k = 0; k < sizeof(metrics) / sizeof(*metrics); k++) {
		struct filter_rule r = {.deny = metrics[k].deny,
					.has_set_metric = metrics[k].set,
					.set_metric = metrics[k].to,
					.add_metric = metrics[k].add};
		uint16_t got = filter_metric(metrics[k].kind, &r, metrics[k].base);

		if (got != metrics[k].want)
			fail_msg("case %zu: %u", k, got);
	}
	assert_int_equal(filter_metric(FILTER_IN, NULL, 42), 42);
}

/* ---- against a model ---- */

static struct prng rng;

static const char *const ip6[] = {"::/0",	     "2001:db8::/32",	   "2001:db8:1::/48",
				  "2001:db8:2::/48", "2001:db8:1:1::/64", "8000::/1",
				  "2001:db8::1/128"};
static const char *const ip4[] = {"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.1/32"};
static const char *const ifnames[] = {"", "eth0", "eth1", "eth0123456789ab"};

#define PICK(a) ((a)[prng_below(&rng, sizeof(a) / sizeof((a)[0]))])

static bool coin(unsigned int of)
{
	return prng_below(&rng, of) == 0;
}

static struct addr some_addr(void)
{
	return (struct addr){{0xfe, 0x80, [15] = (uint8_t)prng_below(&rng, 3)}};
}

static struct router_id some_id(void)
{
	return (struct router_id){{[7] = (uint8_t)(1 + prng_below(&rng, 3))}};
}

static struct prefix_range some_within(bool four)
{
	struct prefix_range p = {0};

	if (coin(2))
		return p;
	p = within(four ? PICK(ip4) : PICK(ip6), 0, 0);
	if (coin(3))
		p.ge = (uint8_t)(p.p.plen + prng_below(&rng, family_bits(p.p.family) - p.p.plen + 1));
	if (coin(2))
		p.le = (uint8_t)((p.ge > p.p.plen ? p.ge : p.p.plen) +
				 prng_below(&rng, family_bits(p.p.family) -
							  (p.ge > p.p.plen ? p.ge : p.p.plen) + 1));
	return p;
}

static struct filter_rule some_rule(uint16_t number)
{
	struct filter_rule r = {.number = number, .deny = coin(2)};
	bool four = coin(4);

	r.dst = some_within(four);
	r.src = some_within(four);
	r.has_neigh = coin(4);
	r.neigh = some_addr();
	if (coin(3))
		snprintf(r.ifname, sizeof(r.ifname), "%s", PICK(ifnames));
	r.has_router_id = coin(4);
	r.router_id = some_id();
	r.has_metric_ge = coin(4);
	r.metric_ge = prng_below(&rng, 10);
	r.has_metric_le = coin(4);
	r.metric_le = prng_below(&rng, 10);
	r.has_tag = coin(4);
	r.tag = prng_below(&rng, 3);
	r.has_protocol = coin(4);
	r.protocol = (uint8_t)prng_below(&rng, 3);
	return r;
}

static bool bits_agree(const struct prefix *outer, const struct prefix *p)
{
	for (unsigned int k = 0; k < outer->plen; k++)
		if (k >= p->plen || addr_bit(&outer->addr, k) != addr_bit(&p->addr, k))
			return false;
	return outer->family == p->family;
}

static bool model_prefix(const struct prefix_range *f, const struct prefix *p)
{
	if (!f->set)
		return true;
	if (!bits_agree(&f->p, p))
		return false;
	if (!f->ge && !f->le)
		return p->plen == f->p.plen;
	if (f->ge && p->plen < f->ge)
		return false;
	return !f->le || p->plen <= f->le;
}

static bool model(const struct filter_rule *r, const struct filter_subject *s)
{
	bool ok[] = {
		model_prefix(&r->dst, &s->pair->dst),
		model_prefix(&r->src, &s->pair->src),
		!r->has_neigh || (s->neigh && memcmp(s->neigh->b, r->neigh.b, 16) == 0),
		!*r->ifname || (s->ifname && strcmp(s->ifname, r->ifname) == 0),
		!r->has_router_id || (s->router_id && s->router_id->b[7] == r->router_id.b[7]),
		!r->has_metric_ge || s->metric >= r->metric_ge,
		!r->has_metric_le || s->metric <= r->metric_le,
		!r->has_tag || s->tag == r->tag,
		!r->has_protocol || s->protocol == r->protocol,
	};

	for (size_t k = 0; k < sizeof(ok) / sizeof(*ok); k++)
		if (!ok[k])
			return false;
	return true;
}

PLAIN_TEST("the first rule whose conditions all hold decides, as a model says")
{
	uint64_t ops = prng_ops(200000), hits = 0, misses = 0;

	rng = prng_init(8966);
	for (uint64_t op = 0; op < ops; op++) {
		struct filter_rule rules[4];
		struct sdprefix p =
			coin(4) ? pair(PICK(ip4), PICK(ip4)) : pair(PICK(ip6), PICK(ip6));
		struct addr neigh = some_addr();
		struct router_id id = some_id();
		struct filter_subject s = {
			.pair = &p,
			.neigh = coin(4) ? NULL : &neigh,
			.ifname = coin(4) ? NULL : PICK(ifnames),
			.router_id = coin(4) ? NULL : &id,
			.metric = prng_below(&rng, 10),
			.tag = prng_below(&rng, 3),
			.protocol = (uint8_t)prng_below(&rng, 3),
		};
		const struct filter_rule *want = NULL, *got;

		for (uint16_t k = 0; k < 4; k++)
			rules[k] = some_rule((uint16_t)(k + 1));
		for (int k = 3; k >= 0; k--)
			if (model(&rules[k], &s))
				want = &rules[k];
		got = filter_judge(rules, 4, &s);
		hits += got != NULL;
		misses += got == NULL;
		if (got != want)
			prng_tell(&rng, op);
		assert_ptr_equal(got, want);
	}
	assert_true(hits > ops / 10 && misses > ops / 10);
}

PLAIN_TEST("rules are equal only if every condition and action is")
{
	rng = prng_init(1);
	for (unsigned int op = 0; op < 20000; op++) {
		struct filter_rule a = some_rule(1), b = a;
		struct filter_rule c = some_rule(1);
		struct sdprefix p = pair(PICK(ip6), PICK(ip6));
		struct addr neigh = some_addr();
		struct router_id id = some_id();
		struct filter_subject s = {.pair = &p,
					   .neigh = &neigh,
					   .ifname = PICK(ifnames),
					   .router_id = &id,
					   .metric = prng_below(&rng, 10),
					   .tag = prng_below(&rng, 3)};

		assert_true(filter_rule_eq(&a, &b));
		/* Equal rules judge alike. */
		if (filter_rule_eq(&a, &c))
			assert_int_equal(filter_judge(&a, 1, &s) != NULL,
					 filter_judge(&c, 1, &s) != NULL);
		b.add_metric = 1;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.has_set_tag = true;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.set_src_family = FAM_IP6;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.has_set_metric = true;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.deny = !a.deny;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.number = 2;
		assert_false(filter_rule_eq(&a, &b));
		a.has_set_metric = a.has_set_tag = true;
		a.set_src_family = FAM_IP6;
		a.set_src = some_addr();
		b = a;
		assert_true(filter_rule_eq(&a, &b));
		b.set_metric++;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.set_tag++;
		assert_false(filter_rule_eq(&a, &b));
		b = a;
		b.set_src.b[15]++;
		assert_false(filter_rule_eq(&a, &b));
		assert_false(filter_rule_eq(&b, &a));
	}
}

RFC_MAIN("babel: filter rules")
