/* SPDX-License-Identifier: MIT */
/* Each reason that explain.h knows, brought about by a story. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>

#include "babeld/core/explain.h"
#include "tests/rfc/rig.h"

#define P    "2001:db8:1::/48"
#define S    P " from 2001:db8:a::/48"
#define MANY 16

/* All that was explained. */
struct told {
	unsigned int pairs, candidates, distances, answers, acks;
	struct babel_explained pair[MANY];
	struct babel_candidate candidate[MANY];
	struct babel_distance distance[MANY];
	struct babel_awaited_answer answer[MANY];
	struct babel_awaited_ack ack[MANY];
};

static void on_pair(void *ctx, const struct babel_explained *v)
{
	struct told *t = ctx;

	assert_true(t->pairs < MANY);
	t->pair[t->pairs++] = *v;
}

static void on_candidate(void *ctx, const struct babel_candidate *v)
{
	struct told *t = ctx;

	assert_true(t->pairs && t->candidates < MANY);
	t->candidate[t->candidates++] = *v;
}

static void on_distance(void *ctx, const struct babel_distance *v)
{
	struct told *t = ctx;

	assert_true(t->distances < MANY);
	t->distance[t->distances++] = *v;
}

static void on_answer(void *ctx, const struct babel_awaited_answer *v)
{
	struct told *t = ctx;

	assert_true(t->answers < MANY);
	t->answer[t->answers++] = *v;
}

static void on_ack(void *ctx, const struct babel_awaited_ack *v)
{
	struct told *t = ctx;

	assert_true(t->acks < MANY);
	t->ack[t->acks++] = *v;
}

static const struct babel_explainer listen = {on_pair, on_candidate, on_distance, on_answer,
					      on_ack};

static struct told explained(const struct rig *r, const char *pair)
{
	struct sdprefix p = rig_pair(pair);
	struct told t = {0};

	assert_true(babel_explain(r->b, &p, r->now, &listen, &t));
	assert_int_equal(t.pairs, 1);
	assert_true(sdprefix_eq(&t.pair[0].pair, &p));
	return t;
}

/* What is said of that neighbour's route; it must be there. */
static struct babel_candidate of(const struct rig_nb *n, const char *pair)
{
	struct told t = explained(n->r, pair);

	for (unsigned int k = 0; k < t.candidates; k++)
		if (t.candidate[k].route.ifid == n->ifid &&
		    addr_cmp(&t.candidate[k].route.neigh, &n->addr) == 0)
			return t.candidate[k];
	fail_msg("nothing is said of the neighbour on interface %u", n->ifid);
	return t.candidate[0];
}

static struct rig *rig_of(ifid_t ifs)
{
	struct rig *r = rig_new();

	for (ifid_t i = 1; i <= ifs; i++)
		rig_if(r, i);
	return r;
}

PLAIN_TEST("nothing is said of a pair that nobody knows")
{
	struct rig *r = rig_of(1);
	struct sdprefix p = rig_pair(P);
	struct told t = {0};

	assert_false(babel_explain(r->b, &p, r->now, &listen, &t));
	assert_int_equal(t.pairs, 0);
	rig_free(r);
}

PLAIN_TEST("selected, and not by the metric: worse")
{
	struct rig *r = rig_of(2);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *n2 = rig_nb(r, 2, "fe80::2");
	struct babel_candidate c;
	struct told t;

	rig_update_every(n1, P, 0xa, 7, 0, 1000);
	rig_update(n2, P, 0xb, 7, 50);
	c = of(n1, P);
	assert_int_equal(c.verdict, VERDICT_SELECTED);
	assert_true(c.kept);
	/* RFC 8966 Appendix B: 3.5 intervals. */
	assert_int_equal(c.expires, 35 * SEC);
	c = of(n2, P);
	assert_int_equal(c.verdict, VERDICT_WORSE);
	assert_int_equal(c.route.metric, 146);
	assert_int_equal(c.link, LINK_UP);
	rig_update(n2, P, 0xb, 8, 0); /* as good is not better */
	assert_int_equal(of(n2, P).verdict, VERDICT_WORSE);
	t = explained(r, P);
	assert_int_equal(t.pair[0].choice.kind, CHOICE_ROUTE);
	assert_int_equal(t.pair[0].choice.metric, 96);
	assert_false(t.pair[0].held || t.pair[0].local || t.pair[0].former);
	assert_false(t.pair[0].kept_back || t.pair[0].not_installed);
	assert_int_equal(t.pair[0].rule, 0);
	assert_int_equal(t.pair[0].hold_left, 0);
	/* Looked at when it should be gone already. */
	r->now = mono_add(r->now, 100 * SEC);
	assert_int_equal(of(n1, P).expires, 0);
	rig_free(r);
}

PLAIN_TEST("hysteresis: better, with the time it takes until it is chosen")
{
	struct rig *r = rig_of(2);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *n2 = rig_nb(r, 2, "fe80::2");
	struct babel_candidate c;
	usec_t wait;

	rig_update(n2, P, 0xb, 7, 1000);
	rig_pass(r, 60 * SEC);
	rig_update(n1, P, 0xa, 7, 700);
	rig_pass(r, 60 * SEC);
	assert_ptr_equal(rig_selected(r, P), n1);
	/* It becomes worse than the other one, and its smoothed metric lags. */
	rig_update(n2, P, 0xb, 8, 600);
	c = of(n2, P);
	assert_int_equal(c.verdict, VERDICT_WAITING);
	assert_int_equal(c.route.metric, 696);
	assert_int_equal(c.smoothed, 1096);
	assert_int_equal(c.selected_smoothed, 796);
	wait = c.wait;
	assert_true(wait > 0 && wait < 60 * SEC);
	rig_pass(r, wait - MSEC);
	assert_ptr_equal(rig_selected(r, P), n1);
	assert_in_range(of(n2, P).wait, 1, MSEC);
	rig_pass(r, 2 * MSEC);
	assert_ptr_equal(rig_selected(r, P), n2);
	assert_int_equal(of(n1, P).verdict, VERDICT_WORSE);
	rig_free(r);
}

PLAIN_TEST("unfeasible: the distance that blocks it, the request, its resends")
{
	struct rig *r = rig_of(2);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *n2 = rig_nb(r, 2, "fe80::2");
	struct babel_candidate c;
	struct told t;

	rig_update(n1, P, 0xa, 7, 100);
	rig_pass(r, 3 * SEC);
	rig_update(n2, P, 0xa, 7, 400); /* not less than (7, 196) */
	c = of(n2, P);
	assert_int_equal(c.verdict, VERDICT_UNFEASIBLE);
	assert_true(c.have_distance);
	assert_int_equal(c.seqno, 7);
	assert_int_equal(c.metric, 196);
	assert_int_equal(explained(r, P).answers, 0);

	rig_retract(n1, P); /* starving: RFC 8966 3.8.2.1 */
	t = explained(r, P);
	assert_int_equal(t.answers, 1);
	assert_int_equal(t.answer[0].to, REQUEST_TO_ALL);
	assert_int_equal(t.answer[0].request.seqno, 8);
	assert_int_equal(t.answer[0].request.resends_left, 3);
	assert_int_equal(t.answer[0].next, 2 * SEC); /* RFC 8966 Appendix B */
	rig_pass(r, 2 * SEC);
	t = explained(r, P);
	assert_int_equal(t.answer[0].request.resends_left, 2);
	assert_int_equal(t.answer[0].next, 4 * SEC);
	assert_int_equal(t.distances, 1);
	assert_true(t.distance[0].forgotten > 160 * SEC && t.distance[0].forgotten <= 180 * SEC);
	rig_free(r);
}

PLAIN_TEST("a request to the neighbour that would be better, and one passed on")
{
	struct rig *r = rig_of(3);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *n2 = rig_nb(r, 2, "fe80::2"),
		      *n3 = rig_nb(r, 3, "fe80::3");
	struct told t;

	rig_update(n1, P, 0xa, 7, 100);
	rig_pass(r, 3 * SEC);
	rig_update(n1, P, 0xa, 8, 900);
	rig_pass(r, 3 * SEC);
	rig_update(n2, P, 0xa, 7, 150); /* RFC 8966 3.8.2.2 */
	t = explained(r, P);
	assert_int_equal(t.answers, 1);
	assert_int_equal(t.answer[0].to, REQUEST_TO_NEIGH);
	assert_int_equal(t.answer[0].ifid, 2);
	assert_string_equal(t.answer[0].ifname, "eth2");
	assert_int_equal(addr_cmp(&t.answer[0].neigh, &n2->addr), 0);
	assert_int_equal(t.answer[0].requesters, 0);
	rig_update(n2, P, 0xa, 9, 800); /* it answers */
	rig_pass(r, 60 * SEC);
	assert_int_equal(explained(r, P).answers, 0);

	rig_seqno_request(n3, P, 0xa, 20, 10); /* RFC 8966 3.8.1.2 */
	t = explained(r, P);
	assert_int_equal(t.answers, 1);
	assert_int_equal(t.answer[0].to, REQUEST_FORWARDED);
	assert_int_equal(t.answer[0].requesters, 1);
	assert_int_equal(t.answer[0].request.resends_left, 0);
	rig_free(r);
}

PLAIN_TEST("retracted by its neighbour, expired by itself")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");

	rig_update_every(n1, P, 0xa, 7, 0, 1000);
	rig_retract(n1, P);
	assert_int_equal(of(n1, P).verdict, VERDICT_RETRACTED);
	rig_update_every(n1, P, 0xa, 8, 0, 1000);
	rig_pass(r, 36 * SEC);
	assert_int_equal(of(n1, P).verdict, VERDICT_EXPIRED);
	rig_update_every(n1, P, 0xa, 9, 0, 1000);
	assert_int_equal(of(n1, P).verdict, VERDICT_SELECTED);
	rig_free(r);
}

PLAIN_TEST("the link: no Hello, no IHU, an IHU that says it hears nothing")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct babel_candidate c;

	rig_update(n1, P, 0xa, 7, 0);
	rig_ihu(n1, INF, 1200);
	c = of(n1, P);
	assert_int_equal(c.verdict, VERDICT_LINK);
	assert_int_equal(c.link, LINK_DEAF);
	assert_int_equal(c.route.metric, INF);
	rig_ihu(n1, 96, 10); /* good for 0.35 s */
	assert_int_equal(of(n1, P).verdict, VERDICT_SELECTED);
	rig_pass(r, SEC);
	assert_int_equal(of(n1, P).link, LINK_NO_IHU);
	n1->alive = false;
	rig_pass(r, 12 * SEC);
	assert_int_equal(of(n1, P).verdict, VERDICT_LINK);
	assert_int_equal(of(n1, P).link, LINK_NO_HELLO);
	rig_free(r);
}

PLAIN_TEST("the link: nothing is chosen via an interface that has just come")
{
	struct rig *r = rig_of(1);
	struct babel_if_info info = {.name = "eth2", .linklocal = rig_own_addr(2), .mtu = 1500};
	struct rig_nb *n;

	babel_if_up(r->b, 2, &info, &r->config, r->now);
	n = rig_stranger(r, 2, "fe80::2");
	rig_hello(n, 1, 400);
	rig_hello(n, 2, 400);
	rig_ihu(n, 96, 1200);
	rig_update(n, P, 0xa, 7, 0);
	assert_int_equal(of(n, P).verdict, VERDICT_LINK);
	assert_int_equal(of(n, P).link, LINK_STARTING);
	rig_pass(r, SEC);
	assert_int_equal(of(n, P).verdict, VERDICT_SELECTED);
	rig_free(r);
}

PLAIN_TEST("a link of infinite cost, and a metric that adds up to infinity")
{
	struct rig *r = rig_new();
	struct rig_nb *n1;

	r->config.type = BABEL_WIRELESS;
	r->config.rxcost = 60000;
	rig_if(r, 1);
	n1 = rig_stranger(r, 1, "fe80::1");
	for (uint16_t k = 1; k <= 6; k++)
		rig_hello(n1, k, 400);
	rig_ihu(n1, 60000, 1200);
	rig_update(n1, P, 0xa, 7, 0);
	assert_int_equal(of(n1, P).link, LINK_COST);
	rig_ihu(n1, 256, 1200); /* 60000, RFC 8966 A.2.2 */
	assert_int_equal(of(n1, P).verdict, VERDICT_SELECTED);
	rig_update(n1, P, 0xa, 8, 6000);
	assert_int_equal(of(n1, P).verdict, VERDICT_TOO_FAR);
	assert_int_equal(of(n1, P).link, LINK_UP);
	rig_free(r);
}

PLAIN_TEST("our own pair comes before anybody's")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct told t;

	rig_local(r, P);
	rig_update(n1, P, 0xa, 7, 0);
	assert_int_equal(of(n1, P).verdict, VERDICT_LOCAL);
	t = explained(r, P);
	assert_true(t.pair[0].local && !t.pair[0].kept_back);
	assert_int_equal(t.pair[0].choice.kind, CHOICE_NONE);
	rig_free(r);
}

PLAIN_TEST("refused: our own router-id, with and without a route from before")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct babel_candidate c;

	rig_update(n1, P, OWN_ID, 7, 32);
	c = of(n1, P);
	assert_int_equal(c.verdict, VERDICT_REFUSED);
	assert_int_equal(c.refusal, REFUSED_OWN_ID);
	assert_false(c.kept);
	assert_int_equal(c.route.refmetric, 32);
	assert_int_equal(c.route.seqno, 7);
	rig_update(n1, P, 0xa, 7, 0); /* it has thought better of it */
	assert_int_equal(of(n1, P).verdict, VERDICT_SELECTED);
	assert_int_equal(explained(r, P).candidates, 1);
	rig_update(n1, P, OWN_ID, 7, 32);
	c = of(n1, P);
	assert_int_equal(c.verdict, VERDICT_REFUSED);
	assert_true(c.kept);
	rig_retract(n1, P);
	assert_int_equal(of(n1, P).verdict, VERDICT_RETRACTED);
	rig_free(r);
}

PLAIN_TEST("refused: no pairs below, a next hop that is nobody, a martian")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct tlv t = rig_update_tlv(n1, P, 0xa, 7, 0);

	t.u.update.nexthop = rig_own_addr(1);
	rig_say(n1, &t);
	assert_int_equal(of(n1, P).refusal, REFUSED_NEXT_HOP);
	rig_update(n1, "ff02::/16", 0xa, 7, 0);
	assert_int_equal(of(n1, "ff02::/16").refusal, REFUSED_NOT_ROUTED);
	rig_update(n1, S, 0xa, 7, 0);
	assert_int_equal(of(n1, S).verdict, VERDICT_SELECTED);
	babel_set_source_specific(r->b, false, false, r->now);
	assert_int_equal(of(n1, S).verdict, VERDICT_REFUSED);
	assert_int_equal(of(n1, S).refusal, REFUSED_ABILITY);
	rig_free(r);
}

static void set_rule(struct rig *r, enum filter_kind kind, const char *dst)
{
	struct filter_rule rule = {.number = 30, .deny = true, .dst.set = true};
	struct babel_filters f = {.accept_connected_specific = false};

	f.rules[kind] = &rule;
	rule.dst.p = rig_pair(dst).dst;
	f.n[kind] = 1;
	babel_set_filters(r->b, &f, r->now);
}

PLAIN_TEST("refused: by a rule, with its number; with another it is used")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct babel_candidate c;

	set_rule(r, FILTER_IN, P);
	rig_update(n1, P, 0xa, 7, 0);
	c = of(n1, P);
	assert_int_equal(c.verdict, VERDICT_REFUSED);
	assert_int_equal(c.refusal, REFUSED_IN);
	assert_int_equal(c.route.rule, 30);
	assert_true(c.kept);
	set_rule(r, FILTER_IN, "2001:db8:2::/48");
	assert_int_equal(of(n1, P).verdict, VERDICT_SELECTED);
	rig_free(r);
}

PLAIN_TEST("refused: it would take over what goes to a connected prefix")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct prefix lan = rig_pair(P).dst;

	babel_set_connected(r->b, &lan, 1, r->now);
	rig_update(n1, S, 0xa, 7, 0);
	assert_int_equal(of(n1, S).verdict, VERDICT_REFUSED);
	assert_int_equal(of(n1, S).refusal, REFUSED_CONNECTED);
	rig_free(r);
}

PLAIN_TEST("ours but kept back, chosen but kept from zebra: the rule is told")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct told t;

	set_rule(r, FILTER_REDISTRIBUTE, P);
	rig_local(r, P);
	t = explained(r, P);
	assert_true(t.pair[0].kept_back && !t.pair[0].local);
	assert_int_equal(t.pair[0].rule, 30);
	set_rule(r, FILTER_INSTALL, "2001:db8:2::/48");
	assert_true(explained(r, P).pair[0].local);
	rig_update(n1, "2001:db8:2::/48", 0xa, 7, 0);
	t = explained(r, "2001:db8:2::/48");
	assert_true(t.pair[0].not_installed);
	assert_int_equal(t.pair[0].rule, 30);
	assert_int_equal(t.pair[0].choice.kind, CHOICE_NONE);
	assert_int_equal(t.candidate[0].verdict, VERDICT_SELECTED);
	rig_free(r);
}

PLAIN_TEST("after a restart: forwarded as before, for how long")
{
	struct rig *r = rig_of(2);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct told t;

	rig_update(n1, P, 0xa, 7, 0);
	rig_pass(r, 3 * SEC);
	rig_reborn(r, true);
	rig_if(r, 1);
	t = explained(r, P);
	assert_true(t.pair[0].former);
	assert_string_equal(t.pair[0].former_ifname, "eth1");
	assert_int_equal(addr_cmp(&t.pair[0].former_neigh, &n1->addr), 0);
	assert_true(t.pair[0].settle_left > 0 && t.pair[0].settle_left <= BABEL_SETTLE_LATEST);
	for (unsigned int k = 0; k < 2; k++)
		rig_hello(n1, n1->hello, 400);
	rig_ihu(n1, 96, 1200);
	rig_update(n1, P, 0xa, 8, 0);
	t = explained(r, P);
	assert_false(t.pair[0].former);
	assert_int_equal(t.candidate[0].verdict, VERDICT_SELECTED);
	rig_free(r);
}

PLAIN_TEST("all pairs of a destination, the plain one first, not more than wanted")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct prefix d = rig_pair(P).dst;
	struct told t = {0};

	assert_int_equal(babel_explain_destination(r->b, &d, 9, r->now, &listen, &t), 0);
	rig_update(n1, S, 0xa, 7, 0);
	rig_update(n1, P, 0xa, 7, 0);
	assert_int_equal(babel_explain_destination(r->b, &d, 9, r->now, &listen, &t), 2);
	assert_int_equal(t.pairs, 2);
	assert_true(sdprefix_is_plain(&t.pair[0].pair));
	t = (struct told){0};
	assert_int_equal(babel_explain_destination(r->b, &d, 1, r->now, &listen, &t), 2);
	assert_int_equal(t.pairs, 1);
	rig_free(r);
}

PLAIN_TEST("what was refused is told by neighbour and pair, the last 64 of them")
{
	struct rig *r = rig_of(2);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *n2 = rig_nb(r, 2, "fe80::1"),
		      *n3 = rig_nb(r, 2, "fe80::3");
	struct told t = {0};
	char pair[64];
	unsigned int told = 0;

	rig_update(n1, P, OWN_ID, 7, 1);
	rig_update(n2, P, OWN_ID, 7, 2);
	rig_update(n3, P, OWN_ID, 7, 3);
	rig_update(n1, "2001:db8:2::/48", OWN_ID, 7, 4);
	assert_int_equal(explained(r, P).candidates, 3);
	assert_int_equal(of(n2, P).route.refmetric, 2);
	rig_retract(n2, P);
	assert_int_equal(explained(r, P).candidates, 2);
	assert_int_equal(of(n1, P).route.refmetric, 1);
	assert_int_equal(of(n3, P).route.refmetric, 3);
	for (unsigned int k = 0; k < 100; k++) {
		snprintf(pair, sizeof(pair), "2001:db8:%x::/48", 0x100 + k);
		rig_update(n1, pair, OWN_ID, 9, 32);
	}
	for (unsigned int k = 0; k < 100; k++) {
		struct sdprefix p;

		snprintf(pair, sizeof(pair), "2001:db8:%x::/48", 0x100 + k);
		p = rig_pair(pair);
		told += babel_explain(r->b, &p, r->now, &listen, &t);
		t = (struct told){0};
	}
	assert_int_equal(told, 64);
	rig_free(r);
}

PLAIN_TEST("what was refused is forgotten with its neighbour, and by what comes after")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct sdprefix p = rig_pair(P);
	struct told t = {0};
	char pair[64];

	rig_update(n1, P, OWN_ID, 7, 32);
	rig_update(n1, P, OWN_ID, 8, 32);
	assert_int_equal(explained(r, P).candidates, 1);
	rig_retract(n1, P);
	assert_false(babel_explain(r->b, &p, r->now, &listen, &t));
	rig_update(n1, P, OWN_ID, 9, 32);
	for (unsigned int k = 0; k < 64; k++) {
		snprintf(pair, sizeof(pair), "2001:db8:%x::/48", 0x100 + k);
		rig_update(n1, pair, OWN_ID, 9, 32);
	}
	assert_false(babel_explain(r->b, &p, r->now, &listen, &t));
	assert_int_equal(explained(r, pair).candidates, 1);
	babel_clear_neigh(r->b, 0, NULL, r->now);
	p = rig_pair(pair);
	assert_false(babel_explain(r->b, &p, r->now, &listen, &t));
	rig_free(r);
}

/* Two neighbours on one link that have heard of P via us; its route goes. */
static struct rig *held(struct rig_nb **n1, struct rig_nb **n2)
{
	struct rig *r = rig_of(2);
	struct rig_nb *up = rig_nb(r, 1, "fe80::1");

	*n1 = rig_nb(r, 2, "fe80::2");
	*n2 = rig_nb(r, 2, "fe80::3");
	rig_update_every(up, P, 0xa, 7, 0, 400);
	rig_pass(r, 3 * SEC);
	rig_retract(up, P);
	return r;
}

static void acknowledge(struct rig_nb *n)
{
	const struct rig_sent *s = NULL;
	struct tlv ack = {.type = TLV_ACK};
	bool any = false;

	while ((s = rig_next(n->r, s, n->ifid, TLV_ACK_REQUEST))) {
		if (!rig_is_to(s, n))
			continue;
		ack.u.ack.opaque = s->tlv.u.ack_request.opaque;
		any = true;
	}
	assert_true(any);
	rig_say_unicast(n, &ack);
}

PLAIN_TEST("held: who has not acknowledged the retraction, and how long it lasts")
{
	struct rig_nb *n1, *n2;
	struct rig *r = held(&n1, &n2);
	struct told t = explained(r, P);

	assert_true(t.pair[0].held);
	assert_false(t.pair[0].hold_acked || t.pair[0].hold_unsure);
	assert_int_equal(t.pair[0].choice.kind, CHOICE_UNREACHABLE);
	assert_int_equal(t.pair[0].hold_left, 56 * SEC); /* 3.5 of our update intervals */
	assert_int_equal(t.acks, 2);
	assert_false(t.ack[0].asked || t.ack[1].asked);
	rig_pass(r, 400 * MSEC);
	t = explained(r, P);
	assert_int_equal(t.acks, 2);
	assert_true(t.ack[0].asked && t.ack[1].asked);
	assert_string_equal(t.ack[0].ifname, "eth2");
	acknowledge(n1);
	t = explained(r, P);
	assert_int_equal(t.acks, 1);
	assert_int_equal(addr_cmp(&t.ack[0].neigh, &n2->addr), 0);
	acknowledge(n2);
	t = explained(r, P);
	assert_int_equal(t.acks, 0);
	assert_true(t.pair[0].hold_acked);
	assert_true(t.pair[0].hold_left <= 2 * SEC);
	rig_pass(r, t.pair[0].hold_left - MSEC);
	assert_true(explained(r, P).pair[0].held);
	rig_pass(r, 2 * MSEC);
	assert_false(explained(r, P).pair[0].held);
	rig_free(r);
}

PLAIN_TEST("held: a neighbour that never acknowledges leaves it to the timer")
{
	struct rig_nb *n1, *n2;
	struct rig *r = held(&n1, &n2);
	struct told t;

	rig_pass(r, 5 * SEC);
	t = explained(r, P);
	assert_int_equal(t.acks, 0);
	assert_true(t.pair[0].hold_unsure && !t.pair[0].hold_acked);
	rig_pass(r, t.pair[0].hold_left - MSEC);
	assert_true(explained(r, P).pair[0].held);
	rig_pass(r, 2 * MSEC);
	assert_false(explained(r, P).pair[0].held);
	rig_free(r);
}

PLAIN_TEST("held: as long as its retracted entry, RFC 8966 3.5.4")
{
	struct rig *r = rig_of(2);
	struct rig_nb *up = rig_nb(r, 1, "fe80::1");

	rig_nb(r, 2, "fe80::2");
	rig_update(up, P, 0xa, 7, 0); /* LONG */
	rig_pass(r, 3 * SEC);
	rig_retract(up, P);
	assert_true(explained(r, P).pair[0].hold_left > 600 * SEC);
	assert_int_equal(explained(r, P).pair[0].hold_left, of(up, P).expires);
	rig_free(r);
}

static struct told packet(struct rig *r, const char *dst, const char *src)
{
	struct addr d = rig_addr(dst), s = rig_addr(src);
	struct told t = {0};
	bool any;

	any = babel_explain_packet(r->b, FAM_IP6, &d, &s, r->now, &listen, &t);
	assert_int_equal(any, t.pairs > 0);
	return t;
}

static bool is_pair(const struct told *t, unsigned int k, const char *pair)
{
	struct sdprefix p = rig_pair(pair);

	return k < t->pairs && sdprefix_eq(&t->pair[k].pair, &p);
}

RFC_TEST(9079, "4-a", "the way of a packet: destination first, down to what is in use")
{
	struct rig *r = rig_of(1);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct told t;

	rig_update(n1, "::/0 from 2001:db8:a::/48", 0xa, 7, 0);
	rig_update(n1, "2001:db8::/32", 0xa, 7, 0);
	rig_update(n1, S, 0xa, 7, 0);
	t = packet(r, "2001:db8:1::1", "2001:db8:a::1");
	assert_int_equal(t.pairs, 1);
	assert_true(is_pair(&t, 0, S));
	t = packet(r, "2001:db8:1::1", "2001:db8:b::1");
	assert_int_equal(t.pairs, 1);
	assert_true(is_pair(&t, 0, "2001:db8::/32"));
	t = packet(r, "2001:4f8::1", "2001:db8:b::1");
	assert_int_equal(t.pairs, 0);
	rig_retract(n1, S); /* held: it goes nowhere else */
	t = packet(r, "2001:db8:1::1", "2001:db8:a::1");
	assert_int_equal(t.pairs, 1);
	assert_int_equal(t.pair[0].choice.kind, CHOICE_UNREACHABLE);
	rig_pass(r, 5 * SEC); /* nothing is in use: it falls through, and that is told */
	t = packet(r, "2001:db8:1::1", "2001:db8:a::1");
	assert_int_equal(t.pairs, 2);
	assert_true(is_pair(&t, 0, S) && is_pair(&t, 1, "2001:db8::/32"));
	assert_int_equal(t.pair[0].choice.kind, CHOICE_NONE);
	rig_free(r);
}

RFC_MAIN("explain")
