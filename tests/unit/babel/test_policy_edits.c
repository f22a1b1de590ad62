/* SPDX-License-Identifier: MIT */
/*
 * Random edits of rules, connected prefixes and offers: after each of them,
 * what is announced on every link and given to zebra is what a fresh instance
 * with the final rules would say, and only what differs was said.
 *
 * Metrics of different neighbours never meet: what each announces, and what
 * rules make of it, is its own modulo 64, so the choice has no ties.
 */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/rfc/rig_policy.h"
#include "tests/unit/base/prng.h"

#define IFS   3
#define NBS   4
#define RULES 6 /* numbers of each kind */
#define LINKS 4
#define EDITS 10 /* of a story */

static const char *const pairs[] = {
	"::/0",
	"::/0 from 2001:db8:a::/48",
	"2001:db8:1::/48",
	"2001:db8:1::/48 from 2001:db8:a::/48",
	"2001:db8:1::/48 from 2001:db8:b::/48",
	"2001:db8:1:1::/64",
	"2001:db8:1:1::/64 from 2001:db8:a::/48",
	"2001:db8:1:1::/64 from 2001:db8:a:1::/64",
	"2001:db8:2::/48",
	"2001:db8:2::/48 from 2001:db8:b::/48",
	"10.1.0.0/16",
};
#define PAIRS (sizeof(pairs) / sizeof(*pairs))

static const char *const links[LINKS] = {"2001:db8:1:1::/64", "2001:db8:1::/48", "2001:db8:9::/64",
					 "2001:db8:2::/47"};
static const char *const names[] = {"2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:1::/64",
				    "::/0", "2001:db8:2::/48"};
static const char *const sources[] = {"::/0", "2001:db8:a::/48", "2001:db8:b::/48",
				      "2001:db8:a:1::/64"};

static struct prng rng;

#define PICK(a) ((a)[prng_below(&rng, sizeof(a) / sizeof((a)[0]))])

static bool coin(unsigned int of)
{
	return prng_below(&rng, of) == 0;
}

/* What the world is like, to be told to any instance. */
struct world {
	bool announced[NBS][PAIRS];
	uint16_t metric[NBS][PAIRS];
	bool offered[PAIRS];
	uint32_t tag[PAIRS];
	bool link[LINKS];
};

struct said { /* of one pair */
	uint16_t metric[IFS + 1];
	struct router_id id[IFS + 1];
	struct babel_choice choice;
	unsigned int choices;
};

struct snapshot {
	struct said pair[PAIRS];
};

static struct rig_nb *nb_of(struct rig *r, unsigned int k)
{
	return &r->nb[k];
}

static struct rig *begin(void)
{
	static const char *const addrs[NBS] = {"fe80::1", "fe80::2", "fe80::3", "fe80::4"};
	struct rig *r = rig_new();

	/* None is full in the 80 s of a story, and what a life before told is
	 * forgotten: the rig began 400 s ago. */
	r->config.update_interval = 110 * SEC;
	r->ip4 = true;
	for (ifid_t i = 1; i <= IFS; i++)
		rig_if(r, i);
	for (unsigned int k = 0; k < NBS; k++)
		rig_nb(r, 1 + k % IFS, addrs[k]);
	rig_pass(r, 5 * SEC);
	return r;
}

static void tell_links(struct rig *r, const struct world *w)
{
	const char *have[LINKS];
	size_t n = 0;

	for (unsigned int k = 0; k < LINKS; k++)
		if (w->link[k])
			have[n++] = links[k];
	rig_connected(r, have, n);
}

static void announce(struct rig *r, const struct world *w)
{
	for (unsigned int k = 0; k < NBS; k++)
		for (unsigned int p = 0; p < PAIRS; p++)
			if (w->announced[k][p])
				rig_update_every(nb_of(r, k), pairs[p], 0x10 + k, 7,
						 w->metric[k][p], LONG);
	for (unsigned int p = 0; p < PAIRS; p++)
		if (w->offered[p])
			rig_offer(r, pairs[p], 0, w->tag[p], "up0");
}

/* Long enough for every copy, acknowledgment and hold. */
static void settle(struct rig *r)
{
	rig_pass(r, SEC);
	rig_acknowledge_all(r);
	rig_pass(r, SEC);
	rig_acknowledge_all(r);
	rig_pass(r, 4 * SEC);
}

static void look(struct rig *r, struct snapshot *s)
{
	memset(s, 0, sizeof(*s));
	for (unsigned int p = 0; p < PAIRS; p++) {
		const struct rig_choice *c = rig_choice(r, pairs[p]);

		s->pair[p].choice = c->c;
		s->pair[p].choices = c->told;
		for (ifid_t i = 1; i <= IFS; i++) {
			const struct rig_sent *u = rig_last_update(r, i, pairs[p]);

			s->pair[p].metric[i] = u ? u->tlv.u.update.metric : INF;
			if (s->pair[p].metric[i] != INF)
				s->pair[p].id[i] = u->tlv.u.update.router_id;
		}
	}
}

static bool told_alike(const struct said *a, const struct said *b, ifid_t i)
{
	return a->metric[i] == b->metric[i] && router_id_eq(&a->id[i], &b->id[i]);
}

static bool chosen_alike(const struct babel_choice *a, const struct babel_choice *b)
{
	if (a->kind != b->kind || a->kind == CHOICE_NONE)
		return a->kind == b->kind;
	return a->ifid == b->ifid && a->metric == b->metric && a->tag == b->tag &&
	       a->has_src == b->has_src && addr_cmp(&a->src, &b->src) == 0 &&
	       addr_cmp(&a->nexthop, &b->nexthop) == 0;
}

/* ---- random rules ---- */

static struct prefix_range some_within(const char *text)
{
	struct prefix_range f = rig_within(text, 0, 0);

	if (coin(2))
		f.le = (uint8_t)(f.p.plen + prng_below(&rng, 129u - f.p.plen));
	if (f.le == 0 && coin(3) && f.p.plen < 128)
		f.ge = (uint8_t)(f.p.plen + 1 + prng_below(&rng, 16));
	return f;
}

static uint16_t of_neigh(unsigned int k, unsigned int steps)
{
	return (uint16_t)(64 * prng_below(&rng, steps) + 1 + k);
}

static void some_conditions(struct filter_rule *r, enum filter_kind kind)
{
	if (coin(2))
		r->dst = some_within(PICK(names));
	if (coin(3))
		r->src = some_within(PICK(sources));
	if (coin(4))
		snprintf(r->ifname, sizeof(r->ifname), "eth%u", 1 + prng_below(&rng, IFS));
	if (kind != FILTER_REDISTRIBUTE && coin(4)) {
		r->has_router_id = true;
		r->router_id = rid(coin(3) ? OWN_ID : 0x10 + prng_below(&rng, NBS));
	}
	if (coin(5)) {
		r->has_metric_ge = true;
		r->metric_ge = prng_below(&rng, 1000);
	}
	if (kind != FILTER_IN && coin(4)) {
		r->has_tag = true;
		r->tag = prng_below(&rng, 4);
	}
}

static void some_actions(struct filter_rule *r, enum filter_kind kind)
{
	if (coin(3))
		r->add_metric = (uint16_t)(64 * (1 + prng_below(&rng, 10)));
	if (kind != FILTER_OUT && coin(3)) {
		r->has_set_tag = true;
		r->set_tag = prng_below(&rng, 4);
	}
	if (kind == FILTER_INSTALL && coin(3)) {
		r->set_src_family = FAM_IP6;
		r->set_src = rig_addr("2001:db8::1");
	}
	if (kind != FILTER_IN && coin(3)) {
		r->has_set_metric = true;
		r->set_metric = (uint16_t)prng_below(&rng, 1000);
	}
}

static struct filter_rule some_rule(enum filter_kind kind)
{
	struct filter_rule r = {.deny = coin(3)};

	some_conditions(&r, kind);
	if ((kind == FILTER_IN || kind == FILTER_INSTALL) && coin(2)) {
		unsigned int k = prng_below(&rng, NBS);

		r.has_neigh = true;
		r.neigh = (struct addr){{0xfe, 0x80, [15] = (uint8_t)(1 + k)}};
		if (kind == FILTER_IN && !r.deny && coin(2)) {
			r.has_set_metric = true;
			r.set_metric = of_neigh(k, 10);
		}
	}
	if (!r.deny)
		some_actions(&r, kind);
	return r;
}

/* ---- the property ---- */

/* The pair that we originate no more, and hold for a while (RFC 8966 3.5.4);
 * PAIRS: none. */
static unsigned int change(struct rig *r, struct world *w)
{
	enum filter_kind kind = (enum filter_kind)prng_below(&rng, FILTER_KINDS);
	unsigned int p = prng_below(&rng, PAIRS);
	struct sdprefix pair = rig_pair(pairs[p]);

	switch (prng_below(&rng, 10)) {
	case 0:
		w->link[prng_below(&rng, LINKS)] ^= true;
		tell_links(r, w);
		break;
	case 1:
		w->offered[p] ^= true;
		w->tag[p] = prng_below(&rng, 4);
		if (w->offered[p])
			rig_offer(r, pairs[p], 0, w->tag[p], "up0");
		else
			babel_local_del(r->b, &pair, r->now);
		return w->offered[p] ? PAIRS : p;
	case 2:
		rig_accept_connected(coin(2));
		rig_filters(r);
		break;
	case 3:
	case 4:
		rig_rule_del(kind, (uint16_t)(1 + prng_below(&rng, RULES)));
		rig_filters(r);
		break;
	default: /* some at once, as a transaction brings them */
		for (unsigned int n = 1 + prng_below(&rng, 3); n > 0; n--) {
			kind = (enum filter_kind)prng_below(&rng, FILTER_KINDS);
			rig_rule(kind, (uint16_t)(1 + prng_below(&rng, RULES)), some_rule(kind));
		}
		rig_filters(r);
		break;
	}
	return PAIRS;
}

static void fail_at(uint64_t op, unsigned int p, const char *what)
{
	prng_tell(&rng, op);
	fail_msg("%s: %s", pairs[p], what);
}

/* What was said since the mark is about what is different now. */
static void check_difference(const struct rig *r, uint64_t op, const struct snapshot *before,
			     const struct snapshot *after, unsigned int held)
{
	const struct rig_sent *s = NULL;

	while ((s = rig_next(r, s, 0, TLV_UPDATE)))
		for (unsigned int p = 0; s->group && p < PAIRS; p++) {
			struct sdprefix pair = rig_pair(pairs[p]);

			if (sdprefix_eq(&pair, &s->tlv.u.update.pair) &&
			    told_alike(&before->pair[p], &after->pair[p], s->ifid))
				fail_at(op, p, "said again for nothing");
		}
	for (unsigned int p = 0; p < PAIRS; p++)
		if (p != held &&
		    chosen_alike(&before->pair[p].choice, &after->pair[p].choice) &&
		    before->pair[p].choices != after->pair[p].choices)
			fail_at(op, p, "told zebra for nothing");
}

static void check_fresh(const struct world *w, uint64_t op, const struct snapshot *now)
{
	struct rig *r = begin();
	struct snapshot want;

	tell_links(r, w);
	rig_filters(r);
	announce(r, w);
	settle(r);
	look(r, &want);
	for (unsigned int p = 0; p < PAIRS; p++) {
		for (ifid_t i = 1; i <= IFS; i++)
			if (!told_alike(&want.pair[p], &now->pair[p], i))
				fail_at(op, p, "a fresh instance would say something else");
		if (!chosen_alike(&want.pair[p].choice, &now->pair[p].choice))
			fail_at(op, p, "a fresh instance would choose something else");
	}
	rig_free(r);
}

static struct world some_world(void)
{
	struct world w = {0};

	for (unsigned int k = 0; k < NBS; k++)
		for (unsigned int p = 0; p < PAIRS; p++) {
			w.announced[k][p] = coin(2);
			w.metric[k][p] = of_neigh(k, 20);
		}
	for (unsigned int p = 0; p < PAIRS; p++)
		w.offered[p] = coin(5);
	return w;
}

PLAIN_TEST("after any edit all is as if it had always been so, and nothing else was said")
{
	uint64_t stories = prng_ops(100), edits = 0, heard = 0;

	rng = prng_init(9079);
	for (uint64_t op = 0; op < stories; op++) {
		struct world w = some_world();
		struct snapshot before, after;
		struct rig *r = begin();
		unsigned int held;

		rig_rules_begin();
		rig_filters(r);
		announce(r, &w);
		settle(r);
		for (unsigned int n = 0; n < EDITS; n++, edits++) {
			look(r, &before);
			rig_mark(r);
			held = change(r, &w);
			settle(r);
			look(r, &after);
			heard += rig_next(r, NULL, 0, TLV_UPDATE) != NULL;
			check_difference(r, op, &before, &after, held);
			check_fresh(&w, op, &after);
		}
		rig_free(r);
	}
	assert_true(heard > edits / 4); /* most edits mean something */
}

RFC_MAIN("babel: edits of policy")
