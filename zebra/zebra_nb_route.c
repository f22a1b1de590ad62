/* SPDX-License-Identifier: MIT */
/* Routes as nodes: pages of the RIB and of what is in the kernel, lookup. */
#include "zebra/zebra_nb_route.h"

#include <stdio.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "lib/zapi/zapi.h"

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
	nb_leaf_true(p->w, "helper", auxiliary);
	if (error)
		nb_error_leaves(p->z, p->w, &f->pair, error);
	if (f->mtu)
		nb_leaf_u64(p->w, "mtu", f->mtu);
	nb_prefsrc_leaf(p->w, &f->pair, &f->prefsrc);
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
