/* SPDX-License-Identifier: MIT */
/* Static routes as configured, and the candidates in the RIB that follow. */
#include "zebra/static.h"

#include <string.h>

#include "lib/base/list.h"
#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "lib/io/log.h"
#include "lib/zapi/zapi.h"

struct hop {
	struct list_link link;
	struct static_hop id;
	uint8_t distance;
	bool onlink;
	uint32_t tag; /* 0: none */
	uint32_t weight;
	uint32_t table;	  /* 0: main */
	uint32_t ifindex; /* of id.ifname, as last looked up; 0: there is none */
};
LIST_TYPE(hops, struct hop, link);

/* What a candidate is told apart by. */
struct placed {
	uint32_t table;
	uint8_t distance;
};

struct static_route {
	struct sdentry entry;
	struct list_link dirty;
	struct hops hops;      /* empty: to be freed by the next sync */
	struct placed *placed; /* candidates that the RIB has from us */
	size_t n_placed;
};
SDTABLE_TYPE(static_table, struct static_route, entry);
LIST_TYPE(dirty_routes, struct static_route, dirty);

struct statics {
	struct static_table table;
	struct dirty_routes dirty;
	struct memtag mem;
};

struct statics *statics_new(void)
{
	struct memtag mem = {.name = "static routes"};
	struct statics *s = mem_new(&mem, sizeof(*s));

	s->mem = mem;
	static_table_init(&s->table);
	dirty_routes_init(&s->dirty);
	return s;
}

static void route_free(struct statics *s, struct static_route *r)
{
	struct hop *h;

	while ((h = hops_pop(&r->hops)))
		mem_free(&s->mem, h);
	if (dirty_routes_linked(r))
		dirty_routes_del(&s->dirty, r);
	static_table_del(&s->table, r);
	mem_free(&s->mem, r->placed);
	mem_free(&s->mem, r);
}

void statics_free(struct statics *s)
{
	struct static_route *r;
	struct memtag mem;

	if (!s)
		return;
	while ((r = static_table_first(&s->table)))
		route_free(s, r);
	static_table_fini(&s->table);
	mem = s->mem;
	mem_free(&mem, s);
}

static void mark(struct statics *s, struct static_route *r)
{
	if (!dirty_routes_linked(r))
		dirty_routes_add_tail(&s->dirty, r);
}

static struct hop *hop_find(const struct static_route *r, const struct static_hop *id)
{
	struct hop *h;

	LIST_EACH (hops, &r->hops, h)
		if (h->id.kind == id->kind && h->id.gate6 == id->gate6 &&
		    addr_cmp(&h->id.gate, &id->gate) == 0 && strcmp(h->id.ifname, id->ifname) == 0)
			return h;
	return NULL;
}

/* The hop and its route, marked as changed; NULL if it is not there. */
static struct hop *hop_change(struct statics *s, const struct sdprefix *pair,
			      const struct static_hop *id, struct static_route **route)
{
	struct static_route *r = static_table_find(&s->table, pair);
	struct hop *h = r ? hop_find(r, id) : NULL;

	if (!h)
		return NULL;
	mark(s, r);
	if (route)
		*route = r;
	return h;
}

void statics_hop_add(struct statics *s, const struct sdprefix *pair, const struct static_hop *id)
{
	struct static_route *r = static_table_find(&s->table, pair);
	struct hop *h;

	if (!r) {
		r = mem_new(&s->mem, sizeof(*r));
		r->entry.key = *pair;
		hops_init(&r->hops);
		static_table_add(&s->table, r);
	}
	if (hop_find(r, id))
		return;
	h = mem_new(&s->mem, sizeof(*h));
	h->id = *id;
	h->distance = 1;
	h->weight = 1;
	hops_add_tail(&r->hops, h);
	mark(s, r);
}

void statics_hop_del(struct statics *s, const struct sdprefix *pair, const struct static_hop *id)
{
	struct static_route *r = NULL;
	struct hop *h = hop_change(s, pair, id, &r);

	if (!h)
		return;
	hops_del(&r->hops, h);
	mem_free(&s->mem, h);
}

void statics_hop_distance(struct statics *s, const struct sdprefix *pair,
			  const struct static_hop *id, uint8_t distance)
{
	struct hop *h = hop_change(s, pair, id, NULL);

	if (h)
		h->distance = distance;
}

void statics_hop_tag(struct statics *s, const struct sdprefix *pair, const struct static_hop *id,
		     uint32_t tag)
{
	struct hop *h = hop_change(s, pair, id, NULL);

	if (h)
		h->tag = tag;
}

void statics_hop_weight(struct statics *s, const struct sdprefix *pair, const struct static_hop *id,
			uint32_t weight)
{
	struct hop *h = hop_change(s, pair, id, NULL);

	if (h)
		h->weight = weight;
}

void statics_hop_table(struct statics *s, const struct sdprefix *pair, const struct static_hop *id,
		       uint32_t table)
{
	struct hop *h = hop_change(s, pair, id, NULL);

	if (h)
		h->table = table;
}

void statics_hop_onlink(struct statics *s, const struct sdprefix *pair, const struct static_hop *id,
			bool onlink)
{
	struct hop *h = hop_change(s, pair, id, NULL);

	if (h)
		h->onlink = onlink;
}

void statics_route_del(struct statics *s, const struct sdprefix *pair)
{
	struct static_route *r = static_table_find(&s->table, pair);
	struct hop *h;

	if (!r)
		return;
	while ((h = hops_pop(&r->hops)))
		mem_free(&s->mem, h);
	mark(s, r);
}

size_t statics_count(const struct statics *s)
{
	return static_table_count(&s->table);
}

static uint32_t lookup_ifindex(const struct hop *h, const struct ifaces *ifs)
{
	const struct iface *i = ifaces_find_name(ifs, h->id.ifname);

	return i ? i->l.ifindex : 0;
}

void statics_iface_changed(struct statics *s, const struct ifaces *ifs)
{
	struct static_route *r;
	struct hop *h;

	for (r = static_table_first(&s->table); r; r = static_table_next(&s->table, r))
		LIST_EACH (hops, &r->hops, h)
			if (h->id.ifname[0] && h->ifindex != lookup_ifindex(h, ifs))
				mark(s, r);
}

static void resolve(struct hop *h, const struct sdprefix *pair, const struct ifaces *ifs,
		    struct rib_nexthop *out)
{
	char text[SDPREFIX_STR];

	memset(out, 0, sizeof(*out));
	out->kind = h->id.kind;
	out->gate = h->id.gate;
	out->gate6 = h->id.gate6 && sdprefix_family(pair) == FAM_IP4;
	out->weight = h->weight;
	out->onlink = h->onlink;
	if (!h->id.ifname[0])
		return;
	out->ifindex = h->ifindex = lookup_ifindex(h, ifs);
	if (!out->ifindex)
		log_info("static route %s: there is no interface %s yet", sdprefix_str(pair, text),
			 h->id.ifname);
}

static bool same_place(const struct placed *a, const struct placed *b)
{
	return a->table == b->table && a->distance == b->distance;
}

static bool placed_before(const struct static_route *r, const struct hop *h,
			  const struct placed *at)
{
	const struct hop *other = hops_first(&r->hops);

	for (; other != h; other = hops_next(&r->hops, other))
		if (same_place(&(struct placed){other->table, other->distance}, at))
			return true;
	return false;
}

/* Ours: no client that calls itself static can take it away. */
static struct rib_owner owner_at(const struct placed *at)
{
	return (struct rib_owner){
		.type = ROUTE_STATIC, .distance_key = at->distance, .config = true};
}

/* All next hops of one table and one distance. False: there is no room for the table. */
static bool place(const struct static_route *r, const struct placed *at, struct rib *main,
		  const struct ifaces *ifs, mono_t now)
{
	const struct rib_owner owner = owner_at(at);
	struct rib *rib = rib_table_get(main, at->table);
	struct rib_nexthop nh[RIB_MAX_NEXTHOPS]; /* of a route: max-elements of next-hop */
	struct rib_spec spec = {.distance = at->distance, .recursive = true, .nexthops = nh};
	char text[SDPREFIX_STR];
	struct hop *h;

	if (!rib) {
		log_error("static route %s: table %u is beyond %d others, or kept for sources",
			  sdprefix_str(&r->entry.key, text), at->table, RIB_TABLES_MAX);
		return false;
	}
	LIST_EACH (hops, &r->hops, h) {
		if (!same_place(&(struct placed){h->table, h->distance}, at) ||
		    spec.n_nexthops == RIB_MAX_NEXTHOPS)
			continue;
		resolve(h, &r->entry.key, ifs, &nh[spec.n_nexthops++]);
		if (h->tag > spec.tag)
			spec.tag = h->tag;
	}
	rib_add(rib, &r->entry.key, &owner, &spec, now);
	return true;
}

static void unplace(const struct static_route *r, const struct placed *at, struct rib *main)
{
	const struct rib_owner owner = owner_at(at);
	struct rib *rib = rib_table_find(main, at->table);

	if (rib)
		rib_del(rib, &r->entry.key, &owner);
}

static bool among(const struct placed *v, size_t n, const struct placed *at)
{
	while (n--)
		if (same_place(&v[n], at))
			return true;
	return false;
}

static void sync_route(struct statics *s, struct static_route *r, struct rib *rib,
		       const struct ifaces *ifs, mono_t now)
{
	struct placed *v = NULL;
	struct hop *h;
	size_t n = 0;

	if (!hops_empty(&r->hops))
		v = mem_new(&s->mem, hops_count(&r->hops) * sizeof(*v));
	LIST_EACH (hops, &r->hops, h) {
		struct placed at = {h->table, h->distance};

		if (!placed_before(r, h, &at) && place(r, &at, rib, ifs, now))
			v[n++] = at;
	}
	for (size_t i = 0; i < r->n_placed; i++)
		if (!among(v, n, &r->placed[i]))
			unplace(r, &r->placed[i], rib);
	mem_free(&s->mem, r->placed);
	r->placed = v;
	r->n_placed = n;
}

void statics_sync(struct statics *s, struct rib *rib, const struct ifaces *ifs, mono_t now)
{
	struct static_route *r;

	while ((r = dirty_routes_pop(&s->dirty))) {
		sync_route(s, r, rib, ifs, now);
		if (hops_empty(&r->hops))
			route_free(s, r);
	}
}
