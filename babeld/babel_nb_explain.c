/* SPDX-License-Identifier: MIT */
/* explain-babel-route: a pair, or the way of a packet, with all reasons. */
#include "babeld/babel_nb_explain.h"

#include <stdio.h>
#include <string.h>

#include "babeld/babel_nb_table.h"
#include "babeld/core/explain.h"

#define PAIRS_MAX 100 /* of one destination in an answer */

struct writing {
	const struct babeld *b;
	struct nb_writer *w;
	bool open; /* a pair is begun */
};

static uint64_t ms(usec_t d)
{
	uint64_t v = d > 0 ? (uint64_t)(d / USEC_PER_MSEC) : 0;

	return v < UINT32_MAX ? v : UINT32_MAX;
}

static void id_leaf(struct nb_writer *w, const struct router_id *id)
{
	char text[ROUTER_ID_STR];

	nb_leaf(w, "router-id", router_id_str(id, text));
}

static void neigh_leaves(struct nb_writer *w, const char *ifname, const struct addr *a)
{
	char text[ADDR_STR];

	nb_leaf(w, "interface", ifname ? ifname : "");
	nb_leaf(w, "neighbor", addr_str(FAM_IP6, a, text));
}

static const char *choice_name(enum choice_kind k)
{
	switch (k) {
	case CHOICE_NONE:
		return "none";
	case CHOICE_ROUTE:
		return "route";
	case CHOICE_UNREACHABLE:
		return "unreachable";
	}
	return "none";
}

static void pair_begin(void *ctx, const struct babel_explained *v)
{
	struct writing *x = ctx;
	struct nb_writer *w = x->w;

	if (x->open)
		nb_end(w);
	x->open = true;
	nb_begin(w, "pair");
	nb_pair_leaves(w, &v->pair);
	nb_leaf_bool(w, "local", v->local);
	if (v->local)
		nb_leaf_u64(w, "local-metric", v->local_metric);
	nb_leaf(w, "choice", choice_name(v->choice.kind));
	if (v->choice.kind != CHOICE_NONE)
		nb_leaf(w, "fate", nb_babel_fate_name(fate_of(x->b->babel, &v->pair)));
	if (v->kept_back)
		nb_leaf_u64(w, "redistribute-rule", v->rule);
	else if (v->not_installed)
		nb_leaf_u64(w, "install-rule", v->rule);
	if (v->former) {
		nb_begin(w, "former-life");
		neigh_leaves(w, v->former_ifname, &v->former_neigh);
		nb_leaf_u64(w, "settles", ms(v->settle_left));
		nb_end(w);
	}
	nb_leaf_bool(w, "held", v->held);
	if (!v->held)
		return;
	nb_leaf_u64(w, "hold-left", ms(v->hold_left));
	nb_leaf_bool(w, "hold-acknowledged", v->hold_acked);
	nb_leaf_bool(w, "hold-unsure", v->hold_unsure);
}

static void verdict_leaves(struct nb_writer *w, const struct babel_candidate *c)
{
	nb_leaf(w, "verdict", babel_verdict_name(c->verdict));
	if (c->verdict == VERDICT_REFUSED) {
		nb_leaf(w, "refusal", babel_refusal_name(c->refusal));
		if (c->route.rule)
			nb_leaf_u64(w, "rule", c->route.rule);
	}
	nb_leaf(w, "link", babel_link_name(c->link));
	if (c->have_distance) {
		nb_begin(w, "feasibility-distance");
		nb_leaf_u64(w, "seqno", c->seqno);
		nb_leaf_u64(w, "metric", c->metric);
		nb_end(w);
	}
	if (c->verdict != VERDICT_WAITING)
		return;
	nb_leaf_u64(w, "smoothed-metric", c->smoothed);
	nb_leaf_u64(w, "selected-smoothed-metric", c->selected_smoothed);
	nb_leaf_u64(w, "wait", ms(c->wait));
}

static void candidate(void *ctx, const struct babel_candidate *c)
{
	struct nb_writer *w = ((struct writing *)ctx)->w;
	const struct babel_route_view *r = &c->route;
	char text[ADDR_STR];

	nb_begin(w, "candidate");
	neigh_leaves(w, r->ifname, &r->neigh);
	verdict_leaves(w, c);
	id_leaf(w, &r->router_id);
	nb_leaf_u64(w, "seqno", r->seqno);
	nb_leaf_u64(w, "received-metric", r->refmetric);
	nb_leaf_u64(w, "calculated-metric", r->metric);
	nb_leaf(w, "next-hop", addr_str(r->nexthop_family, &r->nexthop, text));
	nb_leaf_u64(w, "age", ms(r->age));
	nb_leaf_bool(w, "kept", c->kept);
	if (c->kept)
		nb_leaf_u64(w, "expires", ms(c->expires));
	nb_end(w);
}

static void distance(void *ctx, const struct babel_distance *d)
{
	struct nb_writer *w = ((struct writing *)ctx)->w;

	nb_begin(w, "distance");
	id_leaf(w, &d->source.router_id);
	nb_leaf_u64(w, "seqno", d->source.seqno);
	nb_leaf_u64(w, "metric", d->source.metric);
	nb_leaf_u64(w, "forgotten", ms(d->forgotten));
	nb_end(w);
}

static const char *asked_name(enum babel_request_to to)
{
	switch (to) {
	case REQUEST_TO_ALL:
		return "all";
	case REQUEST_TO_NEIGH:
		return "neighbor";
	case REQUEST_FORWARDED:
		return "forwarded";
	}
	return "all";
}

static void answer(void *ctx, const struct babel_awaited_answer *a)
{
	struct nb_writer *w = ((struct writing *)ctx)->w;

	nb_begin(w, "awaited-answer");
	id_leaf(w, &a->request.router_id);
	nb_leaf_u64(w, "seqno", a->request.seqno);
	nb_leaf(w, "asked", asked_name(a->to));
	if (a->to == REQUEST_TO_NEIGH)
		neigh_leaves(w, a->ifname, &a->neigh);
	nb_leaf_u64(w, "requesters", a->requesters);
	nb_leaf_u64(w, "resends-left", a->request.resends_left);
	nb_leaf_u64(w, "next", ms(a->next));
	nb_end(w);
}

static void ack(void *ctx, const struct babel_awaited_ack *a)
{
	struct nb_writer *w = ((struct writing *)ctx)->w;

	nb_begin(w, "awaited-acknowledgment");
	neigh_leaves(w, a->ifname, &a->neigh);
	nb_leaf_bool(w, "asked", a->asked);
	nb_leaf_u64(w, "tries-left", a->tries_left);
	nb_end(w);
}

static const struct babel_explainer explainer = {
	.pair = pair_begin,
	.candidate = candidate,
	.distance = distance,
	.answer = answer,
	.ack = ack,
};

/* ---- what is asked for: prefixes, or the addresses of a packet ---- */

struct asked {
	bool packet;
	struct sdprefix pair;
	enum family family;
	struct addr dst, src;
};

static bool parse_packet(const char *dst, const char *src, struct asked *a)
{
	enum family f = FAM_NONE;

	if (!addr_parse(dst, &a->family, &a->dst))
		return false;
	a->packet = true;
	return !src || (addr_parse(src, &f, &a->src) && f == a->family);
}

static bool parse_pair(const char *dst, const char *src, struct asked *a)
{
	struct prefix d, s;

	return prefix_parse(dst, &d) && (!src || prefix_parse(src, &s)) &&
	       sdprefix_make(&a->pair, &d, src ? &s : NULL);
}

bool nb_babel_explain_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
			   unsigned int err_size)
{
	const struct babeld *b = nb_babeld(ctx);
	const char *dst = nb_input(in, "destination"), *src = nb_input(in, "source");
	struct writing x = {.b = b, .w = out};
	struct asked a = {0};
	size_t n = 0;
	mono_t now;

	if (!b->babel) {
		snprintf(err, err_size, "Babel does not run");
		return false;
	}
	if (!dst || (!parse_pair(dst, src, &a) && !parse_packet(dst, src, &a))) {
		snprintf(err, err_size, "%s%s%s: not two prefixes, or two addresses, of one family",
			 dst ? dst : "", src ? " from " : "", src ? src : "");
		return false;
	}
	now = loop_now(b->loop);
	if (a.packet)
		babel_explain_packet(b->babel, a.family, &a.dst, &a.src, now, &explainer, &x);
	else if (src)
		babel_explain(b->babel, &a.pair, now, &explainer, &x);
	else
		n = babel_explain_destination(b->babel, &a.pair.dst, PAIRS_MAX, now, &explainer,
					      &x);
	if (x.open)
		nb_end(out);
	if (n > PAIRS_MAX)
		nb_leaf_u64(out, "more", n - PAIRS_MAX);
	return true;
}
