/* SPDX-License-Identifier: MIT */
/* Routes as nodes: pages of the RIB and of what is in the kernel, lookup. */
#include "zebra/zebra_nb_route.h"

#include <stdio.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "lib/zapi/zapi.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_retry.h"

/* ---- next hops ---- */

static bool is_gate(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_GATE || nh->kind == RIB_NH_GATE_IFINDEX;
}

static const char *type_name(const struct rib_nexthop *nh)
{
	switch (nh->kind) {
	case RIB_NH_GATE:
	case RIB_NH_GATE_IFINDEX:
		return "gateway";
	case RIB_NH_IFINDEX:
		break;
	case RIB_NH_BLACKHOLE:
		return "blackhole";
	case RIB_NH_UNREACHABLE:
		return "unreachable";
	case RIB_NH_PROHIBIT:
		return "prohibit";
	case RIB_NH_THROW:
		return "throw";
	}
	return "direct";
}

/* What is false is left out: the model's default. */
static void leaf_true(struct nb_writer *w, const char *name, bool v)
{
	if (v)
		nb_leaf_bool(w, name, true);
}

void nb_nexthop_leaves(const struct zebra *z, struct nb_writer *w, uint32_t index,
		       enum family f, const struct rib_nexthop *nh)
{
	const struct iface *i = nh->ifindex ? ifaces_find(z->ifs, nh->ifindex) : NULL;
	char text[ADDR_STR];

	nb_leaf_u64(w, "index", index);
	nb_leaf(w, "type", type_name(nh));
	if (is_gate(nh))
		nb_leaf(w, "gateway", addr_str(rib_gate_family(f, nh), &nh->gate, text));
	if (i)
		nb_leaf(w, "interface", i->l.name);
	if (nh->ifindex)
		nb_leaf_u64(w, "if-index", nh->ifindex);
	leaf_true(w, "onlink", nh->onlink);
	nb_leaf_u64(w, "weight", nh->weight ? nh->weight : 1);
}

/* Is the resolved next hop just this given one? */
static bool resolves_to(const struct rib_nexthop *given, const struct rib_nexthop *r)
{
	if (is_gate(given) != is_gate(r))
		return false;
	if (!is_gate(given))
		return given->kind == r->kind && given->ifindex == r->ifindex;
	return given->gate6 == r->gate6 && addr_cmp(&given->gate, &r->gate) == 0 &&
	       (given->ifindex == 0 || given->ifindex == r->ifindex);
}

static const struct rib_nexthop *direct_resolution(const struct rib_view *v,
						   const struct rib_nexthop *given)
{
	for (uint32_t i = 0; i < v->n_resolved; i++)
		if (resolves_to(given, &v->resolved[i]))
			return &v->resolved[i];
	return NULL;
}

static bool was_given(const struct rib_view *v, const struct rib_nexthop *r)
{
	for (uint32_t i = 0; i < v->n_nexthops; i++)
		if (resolves_to(&v->nexthops[i], r))
			return true;
	return false;
}

/* As given, each with what it became; what recursive ones became follows. */
static void write_nexthops(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	enum family f = sdprefix_family(&v->pair);
	bool in_fib = v->state == RIB_INSTALLED;
	uint32_t index = 0;

	for (uint32_t i = 0; i < v->n_nexthops; i++) {
		const struct rib_nexthop *given = &v->nexthops[i];
		const struct rib_nexthop *r = direct_resolution(v, given);

		nb_begin(w, "next-hop");
		nb_nexthop_leaves(z, w, index++, f, r && r->ifindex ? r : given);
		leaf_true(w, "usable", v->nexthop_why[i] == RIB_WHY_USED);
		leaf_true(w, "recursive", v->nexthop_why[i] == RIB_WHY_USED && !r);
		leaf_true(w, "installed", in_fib && r);
		if (v->nexthop_why[i] != RIB_WHY_USED)
			nb_leaf(w, "reason", rib_why_str((enum rib_why)v->nexthop_why[i]));
		nb_end(w);
	}
	for (uint32_t i = 0; i < v->n_resolved; i++) {
		if (was_given(v, &v->resolved[i]))
			continue;
		nb_begin(w, "next-hop");
		nb_nexthop_leaves(z, w, index++, f, &v->resolved[i]);
		leaf_true(w, "usable", true);
		leaf_true(w, "resolving", true);
		leaf_true(w, "installed", in_fib);
		nb_end(w);
	}
}

/* ---- entries ---- */

static const char *state_name(enum rib_state s)
{
	switch (s) {
	case RIB_UNUSABLE:
		break;
	case RIB_CANDIDATE:
		return "candidate";
	case RIB_SELECTED:
		return "selected";
	case RIB_INSTALLED:
		return "installed";
	case RIB_FAILED:
		return "failed";
	}
	return "unusable";
}

static void write_retry(const struct zebra *z, struct nb_writer *w, const struct sdprefix *pair)
{
	static const char *const names[] = {[RIB_RETRY_CHANGED] = "changed",
					    [RIB_RETRY_INTERFACE] = "interface",
					    [RIB_RETRY_LATER] = "timer"};
	mono_t now = loop_now(z->loop);
	struct rib_retry_view v;

	if (!rib_retry_of(z->rib, pair, &v))
		return;
	nb_leaf(w, "retry", names[v.when]);
	if (v.when == RIB_RETRY_LATER)
		nb_leaf_u64(w, "next-try", mono_before(now, v.at)
			? (uint64_t)(mono_sub(v.at, now) / USEC_PER_MSEC) : 0);
	nb_leaf_u64(w, "tries", v.tries);
}

/* The kernel's words are kept for the main table. */
static void write_error(const struct zebra *z, struct nb_writer *w, const struct sdprefix *pair,
			int error)
{
	const char *words = z ? fib_netlink_reason(z->fib, pair) : NULL;

	nb_leaf_u64(w, "error", (uint64_t)error);
	nb_leaf_fmt(w, "reason", "%s%s%s%s", strerror(error), words ? " (" : "", words ? words : "",
		    words ? ")" : "");
	if (z)
		write_retry(z, w, pair);
}

/* Why the kernel does not have a chosen entry. */
static void failure_leaves(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	if (v->error == RIB_ERROR_NO_TABLE) {
		nb_leaf(w, "reason", "all kernel tables for sources are in use");
	} else if (v->why == RIB_WHY_WITHHELD) {
		nb_leaf_u64(w, "error", (uint64_t)v->error);
		nb_leaf_fmt(w, "reason", "%s (of what it needs beside it)", strerror(v->error));
	} else {
		write_error(z, w, &v->pair, v->error);
	}
}

static void prefsrc_leaf(struct nb_writer *w, const struct sdprefix *pair, const struct addr *a)
{
	char text[ADDR_STR];

	if (!addr_is_zero(a))
		nb_leaf(w, "preferred-source", addr_str(sdprefix_family(pair), a, text));
}

static void map_leaves(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	const struct rmap_map *m =
		rmap_of(z->rmaps, sdprefix_family(&v->pair), v->owner.type);

	if (!m)
		return;
	nb_leaf(w, "route-map", m->name);
	if (v->rule)
		nb_leaf_u64(w, "route-map-entry", v->rule);
}

static void why_leaf(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	const struct rmap_map *m =
		rmap_of(z->rmaps, sdprefix_family(&v->pair), v->owner.type);

	if (v->why != RIB_WHY_DENIED || !m)
		nb_leaf(w, "reason", rib_why_str(v->why));
	else if (v->rule)
		nb_leaf_fmt(w, "reason", "denied by route-map %s %u", m->name, v->rule);
	else
		nb_leaf_fmt(w, "reason", "denied by route-map %s: no entry matches", m->name);
}

void nb_entry_leaves(const struct zebra *z, struct nb_writer *w, uint32_t table,
		     const struct rib_view *v)
{
	nb_leaf(w, "protocol", zapi_route_type_name(v->owner.type));
	nb_leaf_u64(w, "instance", v->owner.instance);
	nb_leaf_u64(w, "distance", v->distance);
	nb_leaf_u64(w, "discriminator", v->owner.config ? 1 : v->owner.key);
	nb_leaf_u64(w, "metric", v->metric);
	if (v->tag)
		nb_leaf_u64(w, "tag", v->tag);
	if (v->mtu)
		nb_leaf_u64(w, "mtu", v->mtu);
	prefsrc_leaf(w, &v->pair, &v->prefsrc);
	nb_leaf(w, "state", state_name(v->state));
	if (v->state == RIB_FAILED)
		failure_leaves(table ? NULL : z, w, v);
	else if (v->why != RIB_WHY_USED)
		why_leaf(z, w, v);
	map_leaves(z, w, v);
	leaf_true(w, "stale", v->stale);
	nb_leaf_u64(w, "uptime", nb_seconds(z, v->since));
	write_nexthops(z, w, v);
}

/* ---- pages ---- */

struct page {
	const struct zebra *z;
	uint32_t table; /* 0: main */
	struct nb_writer *w;
	struct nb_pairs pairs;
	const char *first_state; /* fib-route: only behind this one; NULL: all */
	const struct nb_ask *ask;
	bool open; /* an entry for `pair` is being written */
	struct sdprefix pair;
	bool more;
};

static void close_pair(struct page *p)
{
	if (p->open)
		nb_end(p->w);
	p->open = false;
}

static bool page_route(void *ctx, const struct rib_view *v)
{
	struct page *p = ctx;

	if (p->open && !sdprefix_eq(&p->pair, &v->pair))
		close_pair(p);
	if (!p->open) {
		if (!nb_pairs_want(&p->pairs, &v->pair))
			return false;
		p->more = nb_full(p->w);
		if (p->more)
			return false;
		nb_begin(p->w, p->table ? "table-route" : "route");
		if (p->table)
			nb_leaf_u64(p->w, "table", p->table);
		nb_pair_leaves(p->w, &v->pair);
		p->open = true;
		p->pair = v->pair;
	}
	nb_begin(p->w, "entry");
	nb_entry_leaves(p->z, p->w, p->table, v);
	nb_end(p->w);
	return true;
}

bool nb_routes_page_of(void *ctx, const struct rib *rib, const struct nb_ask *ask,
		       struct nb_writer *w)
{
	struct page p = {.z = nb_zebra(ctx),
			 .table = rib_table_id(rib),
			 .w = w,
			 .pairs = nb_pairs_of(ask)};
	const struct sdprefix *at = p.pairs.have_at ? &p.pairs.at : NULL;

	if (p.pairs.none)
		return false;
	if (at && !p.pairs.after)
		rib_each_at(rib, at, page_route, &p);
	close_pair(&p);
	if (nb_pairs_go_on(&p.pairs) && !p.more)
		rib_each(rib, at, page_route, &p);
	close_pair(&p);
	return p.more;
}

bool nb_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	return nb_routes_page_of(ctx, nb_zebra(ctx)->rib, ask, w);
}

static bool page_fib(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	struct page *p = ctx;
	const char *state = error ? "refused" : "installed";

	if (!nb_pairs_want(&p->pairs, &f->pair))
		return false;
	if ((p->first_state && strcmp(state, p->first_state) <= 0) ||
	    !nb_ask_wants(p->ask, 2, state))
		return true;
	p->more = nb_full(p->w);
	if (p->more)
		return false;
	nb_begin(p->w, "fib-route");
	nb_pair_leaves(p->w, &f->pair);
	nb_leaf(p->w, "state", state);
	if (!auxiliary)
		nb_leaf(p->w, "protocol", zapi_route_type_name(f->type));
	leaf_true(p->w, "helper", auxiliary);
	if (error)
		write_error(p->z, p->w, &f->pair, error);
	if (f->mtu)
		nb_leaf_u64(p->w, "mtu", f->mtu);
	prefsrc_leaf(p->w, &f->pair, &f->prefsrc);
	for (uint32_t i = 0; i < f->n_nexthops; i++) {
		nb_begin(p->w, "next-hop");
		nb_nexthop_leaves(p->z, p->w, i, sdprefix_family(&f->pair), &f->nexthops[i]);
		nb_end(p->w);
	}
	nb_end(p->w);
	return true;
}

bool nb_fib_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct page p = {.z = nb_zebra(ctx), .w = w, .pairs = nb_pairs_of(ask), .ask = ask};
	const struct sdprefix *at = p.pairs.have_at ? &p.pairs.at : NULL;

	if (p.pairs.none)
		return false;
	if (p.pairs.after)
		p.first_state = ask->n_after > 2 ? ask->after[2] : "refused";
	if (at)
		rib_each_fib_at(p.z->rib, at, page_fib, &p);
	p.first_state = NULL;
	if (nb_pairs_go_on(&p.pairs) && !p.more)
		rib_each_fib(p.z->rib, at, page_fib, &p);
	return p.more;
}

/* ---- summary ---- */

struct counts {
	struct {
		uint64_t entries, installed, sourced;
	} of[2][ROUTE_TYPE_MAX + 1];
};

static bool count_route(void *ctx, const struct rib_view *v)
{
	struct counts *c = ctx;
	unsigned int t = v->owner.type < ROUTE_TYPE_MAX ? v->owner.type : ROUTE_TYPE_MAX;
	unsigned int f = sdprefix_family(&v->pair) == FAM_IP6;

	c->of[f][t].entries++;
	c->of[f][t].installed += v->state == RIB_INSTALLED;
	c->of[f][t].sourced += !sdprefix_is_plain(&v->pair);
	return true;
}

bool nb_summary_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct counts c = {0};

	(void)ask;
	rib_each(nb_zebra(ctx)->rib, NULL, count_route, &c);
	nb_begin(w, "summary");
	for (unsigned int f = 0; f < 2; f++) {
		for (unsigned int t = 0; t <= ROUTE_TYPE_MAX; t++) {
			if (!c.of[f][t].entries)
				continue;
			nb_begin(w, "origin");
			nb_leaf(w, "family", f ? "ipv6" : "ipv4");
			nb_leaf(w, "protocol", zapi_route_type_name((uint8_t)t));
			nb_leaf_u64(w, "entries", c.of[f][t].entries);
			nb_leaf_u64(w, "installed", c.of[f][t].installed);
			nb_leaf_u64(w, "sourced", c.of[f][t].sourced);
			nb_end(w);
		}
	}
	nb_end(w);
	return false;
}

/* ---- lookup ---- */

/* All pairs of the longest destination that has any: which of them a packet
 * takes depends on its source. */
static void lookup_any(struct page *p, enum family f, const struct addr *a)
{
	for (int plen = (int)family_bits(f); plen >= 0; plen--) {
		struct sdprefix plain;
		size_t n;

		prefix_make(&p->pairs.dst, f, a, (unsigned int)plen);
		p->pairs.fixed = 1;
		sdprefix_make(&plain, &p->pairs.dst, NULL);
		rib_each_at(p->z->rib, &plain, page_route, p);
		close_pair(p);
		rib_each(p->z->rib, &plain, page_route, p);
		close_pair(p);
		nb_written(p->w, &n);
		if (n)
			return;
	}
}

static bool asked_addr(const struct nb_input *in, const char *leaf, enum family *f,
		       struct addr *out, char *err, unsigned int err_size)
{
	const char *text = nb_input(in, leaf);

	if (text && addr_parse(text, f, out))
		return true;
	snprintf(err, err_size, "%s: '%s' is not an address", leaf, text ? text : "");
	return false;
}

bool nb_lookup_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		    unsigned int err_size)
{
	struct page p = {.z = nb_zebra(ctx), .w = out};
	enum family f, sf;
	struct addr dst, src;
	struct rib_view v;

	if (!asked_addr(in, "destination", &f, &dst, err, err_size))
		return false;
	if (!nb_input(in, "source")) {
		lookup_any(&p, f, &dst);
		return true;
	}
	if (!asked_addr(in, "source", &sf, &src, err, err_size))
		return false;
	if (f != sf) {
		snprintf(err, err_size, "destination and source are of two address families");
		return false;
	}
	if (rib_lookup(p.z->rib, f, &dst, &src, &v))
		page_route(&p, &v);
	close_pair(&p);
	return true;
}
