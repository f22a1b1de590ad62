/* SPDX-License-Identifier: MIT */
/* Pages of routes, sources and pending requests. Rows of one pair come in no
 * order from the protocol, so they are gathered, sorted by the rest of their
 * key, and written from where the last page ended. */
#include "babeld/babel_nb_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void router_id_leaf(struct nb_writer *w, const struct router_id *id)
{
	char text[ROUTER_ID_STR];

	nb_leaf(w, "router-id", router_id_str(id, text));
}

/* ---- routes ---- */

struct route_page {
	const struct babeld *b;
	const struct nb_ask *ask;
	struct nb_writer *w;
	struct nb_pairs pairs;
	struct nb_rows rows; /* struct babel_route_view of one pair */
	/* The rest of the key to start after; of the first pair only. */
	const struct babel_route_view *after;
	bool more;
};

/* A route without a neighbour has no interface either. */
static const char *ifname_of(const struct babel_route_view *v)
{
	return v->ifname ? v->ifname : "";
}

static int by_neigh(const void *a, const void *b)
{
	const struct babel_route_view *v = a, *u = b;
	int d = strcmp(ifname_of(v), ifname_of(u));

	return d ? d : addr_cmp(&v->neigh, &u->neigh);
}

const char *nb_babel_fate_name(enum fate f)
{
	switch (f) {
	case FATE_INSTALLED:
		return "installed";
	case FATE_FAILED:
		return "failed";
	case FATE_BEATEN:
		return "beaten";
	case FATE_UNKNOWN:
		break;
	}
	return "unknown";
}

/* NULL: it is not for policy that it is not used. */
static const char *filter_of(const struct babel_route_view *v)
{
	switch (v->refusal) {
	case REFUSED_IN:
		return filter_kind_name(FILTER_IN);
	case REFUSED_REDISTRIBUTE:
		return filter_kind_name(FILTER_REDISTRIBUTE);
	case REFUSED_INSTALL:
		return filter_kind_name(FILTER_INSTALL);
	case REFUSED_CONNECTED:
		return "connected prefix";
	case REFUSED_NOT:
	case REFUSED_OWN_ID:
	case REFUSED_ABILITY:
	case REFUSED_NEXT_HOP:
	case REFUSED_NOT_ROUTED:
	case REFUSALS:
		break;
	}
	return NULL;
}

static void write_policy(struct nb_writer *w, const struct babel_route_view *v)
{
	const char *filter = filter_of(v);

	if (filter && v->rule)
		nb_leaf_fmt(w, "filtered-by", "%s %u", filter, v->rule);
	else if (filter)
		nb_leaf(w, "filtered-by", filter);
	if (v->tag)
		nb_leaf_u64(w, "tag", v->tag);
}

static void write_route(const struct babeld *b, struct nb_writer *w,
			const struct babel_route_view *v)
{
	char text[ADDR_STR];

	nb_begin(w, "route");
	nb_pair_leaves(w, &v->pair);
	nb_leaf(w, "interface", ifname_of(v));
	nb_leaf(w, "neighbor", addr_str(FAM_IP6, &v->neigh, text));
	nb_leaf_bool(w, "local", v->local);
	nb_leaf_bool(w, "selected", v->selected);
	nb_leaf_bool(w, "feasible", v->feasible);
	nb_leaf_bool(w, "held", v->held);
	write_policy(w, v);
	router_id_leaf(w, &v->router_id);
	nb_leaf_u64(w, "seqno", v->seqno);
	nb_leaf_u64(w, "received-metric", v->refmetric);
	nb_leaf_u64(w, "calculated-metric", v->metric);
	if (v->ifname) {
		nb_leaf(w, "next-hop", addr_str(v->nexthop_family, &v->nexthop, text));
		nb_leaf_u64(w, "age", v->age > 0 ? (uint64_t)(v->age / USEC_PER_SEC) : 0);
	}
	/* Of the pair: it is the route in use that zebra answers for. */
	if (!v->local && (v->selected || v->held))
		nb_leaf(w, "fate", nb_babel_fate_name(fate_of(b->babel, &v->pair)));
	nb_end(w);
}

static bool asked_for(const struct nb_ask *ask, const struct babel_route_view *v)
{
	char text[ADDR_STR];

	return nb_ask_wants(ask, 2, ifname_of(v)) &&
	       nb_ask_wants(ask, 3, addr_str(FAM_IP6, &v->neigh, text));
}

/* Writes the pair that has been gathered. False: the page is full. */
static bool flush_routes(struct route_page *p)
{
	const struct babel_route_view *v;

	nb_rows_sort(&p->rows, sizeof(*v), by_neigh);
	v = p->rows.v;
	for (size_t i = nb_rows_after(&p->rows, sizeof(*v), p->after, by_neigh);
	     i < p->rows.n && !p->more; i++) {
		if (!asked_for(p->ask, &v[i]))
			continue;
		p->more = nb_full(p->w);
		if (!p->more)
			write_route(p->b, p->w, &v[i]);
	}
	p->rows.n = 0;
	p->after = NULL;
	return !p->more;
}

static bool gather_route(void *ctx, const struct babel_route_view *v)
{
	struct route_page *p = ctx;
	const struct babel_route_view *first = p->rows.v;

	if (p->rows.n && !sdprefix_eq(&first->pair, &v->pair) && !flush_routes(p))
		return false;
	if (!nb_pairs_want(&p->pairs, &v->pair))
		return false;
	nb_rows_add(&p->rows, v, sizeof(*v));
	return true;
}

bool nb_babel_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct babeld *b = nb_babeld(ctx);
	struct route_page p = {.b = b, .ask = ask, .w = w, .pairs = nb_pairs_of(ask)};
	const struct sdprefix *at = p.pairs.have_at ? &p.pairs.at : NULL;
	mono_t now = loop_now(b->loop);
	struct babel_route_view after = {.pair = p.pairs.at};
	enum family f;

	if (p.pairs.none || !b->babel)
		return false;
	if (p.pairs.after && ask->n_after > 3) {
		after.ifname = ask->after[2];
		if (!addr_parse(ask->after[3], &f, &after.neigh))
			return false;
		p.after = &after;
	}
	if (at)
		babel_each_route_at(b->babel, at, now, gather_route, &p);
	flush_routes(&p);
	if (nb_pairs_go_on(&p.pairs) && !p.more)
		babel_each_route(b->babel, at, now, gather_route, &p);
	if (!p.more)
		flush_routes(&p);
	nb_rows_free(&p.rows);
	return p.more;
}

/* ---- sources ---- */

struct source_page {
	const struct nb_ask *ask;
	struct nb_writer *w;
	struct nb_pairs pairs;
	struct nb_rows rows; /* struct babel_source_view of one pair */
	const struct babel_source_view *after;
	bool more;
};

static int by_id(const void *a, const void *b)
{
	const struct babel_source_view *v = a, *u = b;

	return memcmp(v->router_id.b, u->router_id.b, sizeof(v->router_id.b));
}

static void write_source(struct nb_writer *w, const struct babel_source_view *v)
{
	nb_begin(w, "source");
	nb_pair_leaves(w, &v->pair);
	router_id_leaf(w, &v->router_id);
	nb_leaf_u64(w, "seqno", v->seqno);
	nb_leaf_u64(w, "metric", v->metric);
	nb_end(w);
}

/* False: the page is full. */
static bool flush_sources(struct source_page *p)
{
	const struct babel_source_view *v;

	nb_rows_sort(&p->rows, sizeof(*v), by_id);
	v = p->rows.v;
	for (size_t i = nb_rows_after(&p->rows, sizeof(*v), p->after, by_id);
	     i < p->rows.n && !p->more; i++) {
		char text[ROUTER_ID_STR];

		if (!nb_ask_wants(p->ask, 2, router_id_str(&v[i].router_id, text)))
			continue;
		p->more = nb_full(p->w);
		if (!p->more)
			write_source(p->w, &v[i]);
	}
	p->rows.n = 0;
	p->after = NULL;
	return !p->more;
}

static bool gather_source(void *ctx, const struct babel_source_view *v)
{
	struct source_page *p = ctx;
	const struct babel_source_view *first = p->rows.v;

	if (p->rows.n && !sdprefix_eq(&first->pair, &v->pair) && !flush_sources(p))
		return false;
	if (!nb_pairs_want(&p->pairs, &v->pair))
		return false;
	nb_rows_add(&p->rows, v, sizeof(*v));
	return true;
}

bool nb_babel_sources_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct babeld *b = nb_babeld(ctx);
	struct source_page p = {.ask = ask, .w = w, .pairs = nb_pairs_of(ask)};
	const struct sdprefix *at = p.pairs.have_at ? &p.pairs.at : NULL;
	struct babel_source_view after = {.pair = p.pairs.at};

	if (p.pairs.none || !b->babel)
		return false;
	if (p.pairs.after && ask->n_after > 2) {
		if (!router_id_parse(ask->after[2], &after.router_id))
			return false;
		p.after = &after;
	}
	if (at)
		babel_each_source_at(b->babel, at, gather_source, &p);
	flush_sources(&p);
	if (nb_pairs_go_on(&p.pairs) && !p.more)
		babel_each_source(b->babel, at, gather_source, &p);
	if (!p.more)
		flush_sources(&p);
	nb_rows_free(&p.rows);
	return p.more;
}

/* ---- pending requests ---- */

static int by_pair_and_id(const void *a, const void *b)
{
	const struct babel_request_view *v = a, *u = b;
	int d = sdprefix_cmp(&v->pair, &u->pair);

	return d ? d : memcmp(v->router_id.b, u->router_id.b, sizeof(v->router_id.b));
}

static bool gather_request(void *ctx, const struct babel_request_view *v)
{
	nb_rows_add(ctx, v, sizeof(*v));
	return true;
}

static void write_request(struct nb_writer *w, const struct babel_request_view *v)
{
	nb_begin(w, "pending-request");
	nb_pair_leaves(w, &v->pair);
	router_id_leaf(w, &v->router_id);
	nb_leaf_u64(w, "seqno", v->seqno);
	nb_leaf_u64(w, "resends-left", v->resends_left);
	nb_end(w);
}

static bool request_wanted(const struct nb_ask *ask, const struct nb_pairs *pairs,
			   const struct babel_request_view *v)
{
	char text[ROUTER_ID_STR], src[PREFIX_STR];

	return nb_pairs_want(pairs, &v->pair) &&
	       nb_ask_wants(ask, 1, prefix_str(&v->pair.src, src)) &&
	       nb_ask_wants(ask, 2, router_id_str(&v->router_id, text));
}

/* They are in no table by pair, and seldom many: all are sorted. */
bool nb_babel_requests_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct babeld *b = nb_babeld(ctx);
	struct nb_pairs pairs = nb_pairs_of(ask);
	struct babel_request_view after = {.pair = pairs.at};
	const struct babel_request_view *v;
	struct nb_rows rows = {0};
	bool more = false;

	if (pairs.none || !b->babel ||
	    (pairs.after && ask->n_after > 2 && !router_id_parse(ask->after[2], &after.router_id)))
		return false;
	babel_each_request(b->babel, gather_request, &rows);
	nb_rows_sort(&rows, sizeof(*v), by_pair_and_id);
	v = rows.v;
	for (size_t i =
		     nb_rows_after(&rows, sizeof(*v), pairs.after ? &after : NULL, by_pair_and_id);
	     i < rows.n && !more; i++) {
		if (!request_wanted(ask, &pairs, &v[i]))
			continue;
		more = nb_full(w);
		if (!more)
			write_request(w, &v[i]);
	}
	nb_rows_free(&rows);
	return more;
}

/* ---- filter rules: in the order of the protocol ---- */

struct filter_page {
	const struct nb_ask *ask;
	struct nb_writer *w;
	int after_kind;
	unsigned long after_number;
	bool more;
};

static bool write_filter(void *ctx, const struct babel_filter_view *v)
{
	struct filter_page *p = ctx;
	const char *kind = filter_kind_name(v->kind);
	char text[BABEL_FILTER_STR], number[8];

	if ((int)v->kind < p->after_kind ||
	    ((int)v->kind == p->after_kind && v->rule->number <= p->after_number))
		return true;
	snprintf(number, sizeof(number), "%u", v->rule->number);
	if (!nb_ask_wants(p->ask, 0, kind) || !nb_ask_wants(p->ask, 1, number))
		return true;
	p->more = nb_full(p->w);
	if (p->more)
		return false;
	nb_begin(p->w, "filter");
	nb_leaf(p->w, "direction", kind);
	nb_leaf(p->w, "number", number);
	nb_leaf(p->w, "rule", babel_filter_str(v->rule, text));
	nb_leaf_u64(p->w, "hits", v->hits);
	nb_end(p->w);
	return true;
}

bool nb_babel_filters_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct babeld *b = nb_babeld(ctx);
	struct filter_page p = {.ask = ask, .w = w, .after_kind = -1};

	if (!b->babel)
		return false;
	if (ask->n_after > 1) {
		for (int k = 0; k < FILTER_KINDS; k++)
			if (strcmp(ask->after[0], filter_kind_name((enum filter_kind)k)) == 0)
				p.after_kind = k;
		p.after_number = strtoul(ask->after[1], NULL, 10);
	}
	babel_each_filter(b->babel, write_filter, &p);
	return p.more;
}
