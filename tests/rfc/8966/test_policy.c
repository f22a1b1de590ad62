/* SPDX-License-Identifier: MIT */
/* RFC 8966 Appendix C: rules on what is taken, told, originated and installed,
 * and what an edit of them does. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/rig_policy.h"

#define D  "2001:db8:d::/48"
#define DS D " from 2001:db8:a::/48"
#define E  "2001:db8:e::/48"

struct two {
	struct rig *r;
	struct rig_nb *n1, *n2;
};

/* N1 on eth1, N2 on eth2; full Updates so rare that none disturbs, but often
 * enough for the life before to be forgotten (the rig began 400 s ago). */
static struct two two(void)
{
	struct two t = {.r = rig_new()};

	rig_rules_begin();
	t.r->config.update_interval = 110 * SEC;
	rig_if(t.r, 1);
	rig_if(t.r, 2);
	t.n1 = rig_nb(t.r, 1, "fe80::1");
	t.n2 = rig_nb(t.r, 2, "fe80::2");
	rig_pass(t.r, 5 * SEC);
	return t;
}

static void update(struct rig_nb *n, const char *pair, unsigned int id, uint16_t metric)
{
	rig_update_every(n, pair, id, 7, metric, LONG);
}

static void settle(struct rig *r)
{
	rig_pass(r, SEC);
	rig_acknowledge_all(r);
	rig_pass(r, 4 * SEC);
}

/* Applies what was ruled, and looks at what is sent from then on. */
static void edit(struct rig *r)
{
	rig_mark(r);
	rig_filters(r);
	settle(r);
}

static unsigned int updates(const struct rig *r)
{
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	while ((s = rig_next(r, s, 0, TLV_UPDATE)))
		n += s->group;
	return n;
}

static struct filter_rule deny(const char *dst)
{
	return (struct filter_rule){.deny = true, .dst = rig_within(dst, 0, 0)};
}

RFC_TEST(8966, "C-a", "no rule lets in what is nobody's route")
{
	static const char *const bad[] = {"fe80::/64", "ff00::/8", "ff02::1:6/128"};
	struct two t = two();

	rig_rule(FILTER_IN, 1, (struct filter_rule){.dst = rig_within("::/0", 0, 128)});
	rig_filters(t.r);
	for (unsigned int k = 0; k < 3; k++) {
		update(t.n1, bad[k], 0xa, 0);
		assert_null(rig_selected(t.r, bad[k]));
	}
	assert_int_equal(rig_hits(t.r, FILTER_IN, 1), 0);
	rig_free(t.r);
}

RFC_TEST(8966, "C-b", "an in rule raises a metric, never lowers it below the announced")
{
	struct two t = two();
	struct babel_route_view v;

	rig_rule(FILTER_IN, 10,
		 (struct filter_rule){.dst = rig_within(D, 0, 0), .has_set_metric = true,
				      .set_metric = 100});
	rig_rule(FILTER_IN, 20,
		 (struct filter_rule){.dst = rig_within(E, 0, 0), .add_metric = 1000});
	rig_filters(t.r);
	update(t.n1, D, 0xa, 300);
	assert_true(rig_route(t.n1, D, &v));
	assert_int_equal(v.metric, 300 + 96); /* 100 would be better than it said */
	update(t.n2, D, 0xb, 5);
	assert_true(rig_route(t.n2, D, &v));
	assert_int_equal(v.refmetric, 5);
	assert_int_equal(v.metric, 100 + 96);
	update(t.n1, E, 0xa, 300);
	assert_true(rig_route(t.n1, E, &v));
	assert_int_equal(v.metric, 1300 + 96);
	update(t.n1, E, 0xa, 65000); /* a sum beyond infinity refuses */
	assert_true(rig_route(t.n1, E, &v));
	assert_int_equal(v.metric, INF);
	assert_int_equal(v.refusal, REFUSED_IN);
	assert_int_equal(v.rule, 20);
	rig_free(t.r);
}

RFC_TEST(8966, "C-b", "an out rule raises a metric, and feasibility goes by what was said")
{
	struct two t = two();

	update(t.n1, D, 0xa, 300);
	rig_rule(FILTER_OUT, 10, (struct filter_rule){.has_set_metric = true, .set_metric = 1});
	edit(t.r);
	assert_int_equal(rig_told(t.r, 2, D), 300 + 96);
	rig_rule(FILTER_OUT, 10, (struct filter_rule){.add_metric = 50});
	edit(t.r);
	assert_int_equal(rig_told(t.r, 2, D), 300 + 96 + 50);
	assert_int_equal(updates(t.r), 1); /* no more than another metric */
	/* The least that was ever said, RFC 8966 3.7.3. */
	assert_true(rig_fd_is(t.r, D, 0xa, 7, 300 + 96));
	rig_free(t.r);
}

PLAIN_TEST("a refused route stays, is worth nothing, and needs no new Update to come back")
{
	struct two t = two();
	struct babel_route_view v;

	rig_rule(FILTER_IN, 10, deny(D));
	rig_filters(t.r);
	update(t.n1, D, 0xa, 0);
	update(t.n1, DS, 0xa, 0); /* the rule says nothing of the source */
	update(t.n1, E, 0xa, 0);
	settle(t.r);
	assert_true(rig_route(t.n1, D, &v));
	assert_int_equal(v.refusal, REFUSED_IN);
	assert_int_equal(v.rule, 10);
	assert_int_equal(v.refmetric, 0);
	assert_int_equal(v.metric, INF);
	assert_null(rig_selected(t.r, D));
	assert_null(rig_selected(t.r, DS));
	assert_non_null(rig_selected(t.r, E));
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_NONE);
	assert_int_equal(rig_told(t.r, 2, D), INF);
	assert_int_equal(rig_hits(t.r, FILTER_IN, 10), 2);
	rig_rule_del(FILTER_IN, 10);
	edit(t.r);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_ROUTE);
	assert_int_equal(rig_told(t.r, 2, D), 96);
	assert_int_equal(rig_told(t.r, 2, DS), 96);
	assert_null(rig_next_update(t.r, NULL, 0, E)); /* it was no different before */
	rig_free(t.r);
}

PLAIN_TEST("refusing the route in use retracts it, holds it, and the next best takes over")
{
	struct two t = two();

	update(t.n1, D, 0xa, 0);
	update(t.n1, E, 0xa, 0);
	update(t.n2, E, 0xb, 0x100);
	settle(t.r);
	rig_rule(FILTER_IN, 10, (struct filter_rule){.deny = true, .has_neigh = true,
						     .neigh = rig_addr("fe80::1")});
	rig_mark(t.r);
	rig_filters(t.r);
	assert_ptr_equal(rig_selected(t.r, E), t.n2);
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_UNREACHABLE); /* RFC 8966 3.5.4 */
	settle(t.r);
	assert_int_equal(rig_told(t.r, 2, D), INF);
	assert_int_equal(rig_told(t.r, 1, E), 0x100 + 96);
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

PLAIN_TEST("a refused Update of the route in use counts as its retraction")
{
	struct two t = two();

	rig_rule(FILTER_IN, 10, (struct filter_rule){.deny = true, .has_metric_ge = true,
						     .metric_ge = 500});
	rig_filters(t.r);
	update(t.n1, D, 0xa, 100);
	settle(t.r);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	/* Unfeasible besides, which alone would leave the old one in use. */
	update(t.n1, D, 0xa, 600);
	assert_null(rig_selected(t.r, D));
	update(t.n1, D, 0xa, 100);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	rig_free(t.r);
}

PLAIN_TEST("a route that is let in but unfeasible is asked for with a newer seqno")
{
	struct two t = two();
	const struct rig_sent *q;

	update(t.n1, D, 0xa, 100);
	settle(t.r); /* distance 196 */
	rig_rule(FILTER_IN, 10, (struct filter_rule){.deny = true, .has_neigh = true,
						     .neigh = rig_addr("fe80::2")});
	rig_filters(t.r);
	update(t.n2, D, 0xa, 400);
	rig_retract(t.n1, D);
	settle(t.r);
	rig_pass(t.r, 60 * SEC); /* all requests have ended */
	rig_rule_del(FILTER_IN, 10);
	edit(t.r);
	assert_null(rig_selected(t.r, D));
	q = rig_next_seqno_request(t.r, NULL, 2, D);
	assert_non_null(q);
	assert_int_equal(q->tlv.u.seqno_request.seqno, 8);
	assert_true(rig_is_to(q, t.n2));
	rig_free(t.r);
}

PLAIN_TEST("an out rule for one interface retracts there, is silent elsewhere, and comes back")
{
	struct two t = two();

	rig_if(t.r, 3);
	rig_local(t.r, D);
	update(t.n1, E, 0xa, 0);
	settle(t.r);
	assert_int_equal(rig_told(t.r, 3, D), 0);
	rig_rule(FILTER_OUT, 10, (struct filter_rule){.deny = true, .dst = rig_within(D, 0, 0),
						      .ifname = "eth2"});
	edit(t.r);
	assert_int_equal(rig_told(t.r, 2, D), INF);
	assert_int_equal(updates(t.r), 2); /* the retraction, once again in case it is lost */
	assert_null(rig_next_update(t.r, NULL, 1, D));
	assert_null(rig_next_update(t.r, NULL, 3, D));
	/* Whoever asks is told the same, and a newer seqno is nobody's business. */
	rig_mark(t.r);
	rig_route_request(t.n2, D);
	rig_seqno_request(t.n2, D, OWN_ID, OWN_SEQNO + 1, 64);
	rig_pass(t.r, SEC);
	assert_int_equal(rig_next_update(t.r, NULL, 2, D)->tlv.u.update.metric, INF);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO);
	rig_rule_del(FILTER_OUT, 10);
	edit(t.r);
	assert_int_equal(rig_told(t.r, 2, D), 0);
	assert_int_equal(updates(t.r), 2);
	assert_null(rig_next_update(t.r, NULL, 1, D));
	assert_null(rig_next_update(t.r, NULL, 0, E));
	rig_free(t.r);
}

PLAIN_TEST("an out rule finds the originator, the metric and the tag")
{
	struct two t = two();

	rig_rule(FILTER_IN, 10, (struct filter_rule){.has_neigh = true, .neigh = rig_addr("fe80::1"),
						     .has_set_tag = true, .set_tag = 5});
	rig_rule(FILTER_OUT, 10, (struct filter_rule){.deny = true, .has_tag = true, .tag = 5,
						      .has_metric_ge = true, .metric_ge = 200});
	rig_rule(FILTER_OUT, 20, (struct filter_rule){.deny = true, .has_router_id = true,
						      .router_id = rid(0xb)});
	rig_filters(t.r);
	update(t.n1, D, 0xa, 100); /* 196 */
	update(t.n1, DS, 0xa, 104); /* 200 */
	update(t.n1, E, 0xb, 0);
	settle(t.r);
	assert_int_equal(rig_told(t.r, 2, D), 196);
	assert_int_equal(rig_told(t.r, 2, DS), INF);
	assert_int_equal(rig_told(t.r, 2, E), INF);
	assert_int_equal(rig_choice(t.r, E)->c.kind, CHOICE_ROUTE); /* used all the same */
	rig_free(t.r);
}

PLAIN_TEST("redistribute rules choose what is ours, with which metric and tag")
{
	struct two t = two();
	struct babel_route_view v;

	rig_rule(FILTER_REDISTRIBUTE, 10, (struct filter_rule){.deny = true, .has_tag = true, .tag = 66});
	rig_rule(FILTER_REDISTRIBUTE, 20,
		 (struct filter_rule){.ifname = "up0", .has_set_metric = true, .set_metric = 300,
				      .has_set_tag = true, .set_tag = 9});
	rig_filters(t.r);
	rig_offer(t.r, D, 20, 66, "up0");
	rig_offer(t.r, E, 20, 0, "up0");
	rig_offer(t.r, DS, 20, 0, "up1");
	settle(t.r);
	assert_int_equal(rig_told(t.r, 1, D), INF);
	assert_int_equal(rig_told(t.r, 1, E), 300);
	assert_int_equal(rig_told(t.r, 1, DS), 0);
	assert_true(rig_own(t.r, D, &v));
	assert_int_equal(v.refusal, REFUSED_REDISTRIBUTE);
	assert_int_equal(v.rule, 10);
	assert_true(rig_own(t.r, E, &v));
	assert_int_equal(v.tag, 9);
	/* Another tag at zebra is another route. */
	rig_offer(t.r, D, 20, 67, "up0");
	settle(t.r);
	assert_int_equal(rig_told(t.r, 1, D), 300);
	assert_int_equal(rig_hits(t.r, FILTER_REDISTRIBUTE, 10), 1);
	assert_int_equal(rig_hits(t.r, FILTER_REDISTRIBUTE, 20), 2);
	rig_free(t.r);
}

/* The route is still in zebra, so that what is meant for it must go there. */
PLAIN_TEST("what we originate no more is retracted, not held as unreachable")
{
	struct two t = two();

	rig_offer(t.r, D, 20, 0, "up0");
	settle(t.r);
	rig_rule(FILTER_REDISTRIBUTE, 10, deny(D));
	edit(t.r);
	assert_int_equal(rig_told(t.r, 1, D), INF);
	assert_int_equal(rig_choice(t.r, D)->changes, 0);
	/* And a neighbour's may be used in its place. */
	update(t.n1, D, 0xa, 0);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	rig_rule_del(FILTER_REDISTRIBUTE, 10);
	edit(t.r);
	assert_null(rig_selected(t.r, D));
	assert_int_equal(rig_told(t.r, 1, D), 0);
	rig_free(t.r);
}

PLAIN_TEST("install rules touch what zebra gets, and nothing else")
{
	struct two t = two();
	struct babel_route_view v;
	struct babel_choice c;

	update(t.n1, D, 0xa, 100);
	update(t.n1, E, 0xa, 100);
	settle(t.r);
	rig_rule(FILTER_INSTALL, 10, deny(D));
	rig_rule(FILTER_INSTALL, 20,
		 (struct filter_rule){.has_neigh = true, .neigh = rig_addr("fe80::1"),
				      .has_set_metric = true, .set_metric = 5, .has_set_tag = true,
				      .set_tag = 77, .set_src_family = FAM_IP6,
				      .set_src = rig_addr("2001:db8::1")});
	edit(t.r);
	assert_int_equal(updates(t.r), 0);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_NONE);
	assert_true(rig_route(t.n1, D, &v));
	assert_int_equal(v.refusal, REFUSED_INSTALL);
	assert_int_equal(v.rule, 10);
	assert_true(v.selected);
	c = rig_choice(t.r, E)->c;
	assert_int_equal(c.metric, 5);
	assert_int_equal(c.tag, 77);
	assert_int_equal(c.has_src, FAM_IP6);
	assert_true(rig_route(t.n1, E, &v));
	assert_int_equal(v.metric, 196);
	update(t.n1, E, 0xa, 100);
	assert_int_equal(rig_hits(t.r, FILTER_INSTALL, 10), 1);
	assert_int_equal(rig_hits(t.r, FILTER_INSTALL, 20), 1);
	/* What was not installed leaves no "unreachable" behind either. */
	rig_retract(t.n1, D);
	rig_retract(t.n1, E);
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_NONE);
	assert_int_equal(rig_choice(t.r, E)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

PLAIN_TEST("a source address of the other family is not set")
{
	struct two t = two();

	rig_if(t.r, 3);
	rig_rule(FILTER_INSTALL, 10, (struct filter_rule){.set_src_family = FAM_IP4,
							  .set_src = addr_ip4(192, 0, 2, 1)});
	rig_filters(t.r);
	update(t.n1, D, 0xa, 100);
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_ROUTE);
	assert_int_equal(rig_choice(t.r, D)->c.has_src, FAM_NONE);
	rig_free(t.r);
}

PLAIN_TEST("rules that stay go on counting, a changed one begins anew, and no edit costs nothing")
{
	struct two t = two();

	rig_rule(FILTER_IN, 20, deny(D));
	rig_rule(FILTER_IN, 10, deny(E));
	rig_filters(t.r);
	update(t.n1, D, 0xa, 0);
	update(t.n1, E, 0xa, 0);
	update(t.n1, E, 0xa, 0);
	rig_rule(FILTER_IN, 20, (struct filter_rule){.deny = true, .dst = rig_within(D, 0, 64)});
	rig_rule(FILTER_IN, 5, deny("2001:db8:5::/48"));
	edit(t.r);
	assert_int_equal(rig_hits(t.r, FILTER_IN, 10), 2);
	assert_int_equal(rig_hits(t.r, FILTER_IN, 20), 0);
	assert_int_equal(updates(t.r), 0);
	edit(t.r);
	assert_int_equal(rig_hits(t.r, FILTER_IN, 10), 2);
	assert_int_equal(updates(t.r), 0);
	rig_free(t.r);
}

PLAIN_TEST("every value of a rule counts in an edit")
{
	struct filter_rule r = {.has_set_metric = true, .set_metric = 5, .has_set_tag = true,
				.set_tag = 6, .set_src_family = FAM_IP6,
				.set_src = rig_addr("2001:db8::1")};
	struct two t = two();
	const struct babel_choice *c = &rig_choice(t.r, D)->c;

	update(t.n1, D, 0xa, 100);
	rig_rule(FILTER_INSTALL, 10, r);
	rig_filters(t.r);
	assert_int_equal(c->metric, 5);
	r.set_metric = 7;
	rig_rule(FILTER_INSTALL, 10, r);
	rig_filters(t.r);
	assert_int_equal(c->metric, 7);
	r.set_tag = 8;
	rig_rule(FILTER_INSTALL, 10, r);
	rig_filters(t.r);
	assert_int_equal(c->tag, 8);
	r.set_src = rig_addr("2001:db8::2");
	rig_rule(FILTER_INSTALL, 10, r);
	rig_filters(t.r);
	assert_memory_equal(&c->src, &r.set_src, sizeof(r.set_src));
	r.add_metric = 65534; /* what zebra gets is a route all the same */
	rig_rule(FILTER_INSTALL, 10, r);
	rig_filters(t.r);
	assert_int_equal(c->kind, CHOICE_ROUTE);
	assert_int_equal(c->metric, INF - 1);
	rig_free(t.r);
}

PLAIN_TEST("another tag, or another rule that refuses, is an edit of what is stored")
{
	struct two t = two();
	struct babel_route_view v;

	update(t.n1, D, 0xa, 100);
	assert_true(rig_route(t.n1, D, &v));
	assert_int_equal(v.tag, 0);
	rig_rule(FILTER_IN, 10, (struct filter_rule){.has_set_tag = true, .set_tag = 5});
	rig_filters(t.r);
	assert_int_equal(rig_choice(t.r, D)->c.tag, 5);
	rig_rule(FILTER_IN, 10, (struct filter_rule){.has_set_tag = true, .set_tag = 6});
	rig_filters(t.r);
	assert_int_equal(rig_choice(t.r, D)->c.tag, 6);
	rig_rule(FILTER_IN, 10, deny(D));
	rig_filters(t.r);
	rig_rule_del(FILTER_IN, 10);
	rig_rule(FILTER_IN, 20, deny(D));
	rig_filters(t.r);
	assert_true(rig_route(t.n1, D, &v));
	assert_int_equal(v.rule, 20);
	rig_free(t.r);
}

PLAIN_TEST("what one rule changes and another hides is no news")
{
	struct two t = two();

	update(t.n1, D, 0xa, 100);
	rig_rule(FILTER_OUT, 10, (struct filter_rule){.has_set_metric = true, .set_metric = 5000});
	edit(t.r);
	assert_int_equal(rig_told(t.r, 2, D), 5000);
	rig_rule(FILTER_IN, 10, (struct filter_rule){.add_metric = 1000});
	edit(t.r);
	assert_int_equal(updates(t.r), 0);
	assert_int_equal(rig_choice(t.r, D)->c.metric, 1196);
	rig_free(t.r);
}

PLAIN_TEST("interfaces of offered routes are known by their whole names")
{
	struct two t = two();

	rig_rule(FILTER_REDISTRIBUTE, 10, (struct filter_rule){.ifname = "u"});
	rig_rule(FILTER_REDISTRIBUTE, 20, (struct filter_rule){.ifname = "eth0123456789ab"});
	rig_rule(FILTER_REDISTRIBUTE, 30, (struct filter_rule){.deny = true});
	rig_filters(t.r);
	rig_offer(t.r, D, 0, 0, "eth0123456789ab");
	rig_offer(t.r, E, 0, 0, "eth0123456789a");
	rig_offer(t.r, DS, 0, 0, "u");
	settle(t.r);
	assert_int_equal(rig_told(t.r, 1, D), 0);
	assert_int_equal(rig_told(t.r, 1, E), INF);
	assert_int_equal(rig_told(t.r, 1, DS), 0);
	rig_offer(t.r, D, 0, 0, "u");
	rig_offer(t.r, E, 0, 0, NULL);
	settle(t.r);
	assert_int_equal(rig_told(t.r, 1, D), 0);
	assert_int_equal(rig_told(t.r, 1, E), INF);
	rig_free(t.r);
}

PLAIN_TEST("taking back what was never offered does nothing")
{
	struct two t = two();
	struct sdprefix d = rig_pair(D), e = rig_pair(E);

	update(t.n1, D, 0xa, 100);
	babel_local_del(t.r->b, &d, t.r->now);
	babel_local_del(t.r->b, &e, t.r->now);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	rig_free(t.r);
}

RFC_MAIN("8966: policy")
