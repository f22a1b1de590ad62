/* SPDX-License-Identifier: MIT */
/* ZAPI server: routes into the RIB, redistributed routes and fates out of it. */
#include <stdio.h>
#include <string.h>

#include "zebra/zebra_zapi_impl.h"

#define REPLAY_STEP 2048 /* candidates looked at per turn of the loop */

/* ---- Next hops, both ways ---- */

void zapi_nexthop_of_rib(struct zapi_nexthop *to, enum family f, const struct rib_nexthop *from)
{
	memset(to, 0, sizeof(*to));
	to->ifindex = from->ifindex;
	to->gate = from->gate;
	to->weight = from->weight;
	switch (from->kind) {
	case RIB_NH_IFINDEX:
		to->type = NEXTHOP_IFINDEX;
		break;
	case RIB_NH_GATE:
		to->type = rib_gate_family(f, from) == FAM_IP6 ? NEXTHOP_IP6 : NEXTHOP_IP4;
		break;
	case RIB_NH_GATE_IFINDEX:
		to->type = rib_gate_family(f, from) == FAM_IP6 ? NEXTHOP_IP6_IFINDEX
							       : NEXTHOP_IP4_IFINDEX;
		break;
	case RIB_NH_BLACKHOLE:
		to->type = NEXTHOP_BLACKHOLE;
		to->blackhole = BLACKHOLE_DROP;
		break;
	case RIB_NH_UNREACHABLE:
		to->type = NEXTHOP_BLACKHOLE;
		to->blackhole = BLACKHOLE_REJECT;
		break;
	case RIB_NH_PROHIBIT:
		to->type = NEXTHOP_BLACKHOLE;
		to->blackhole = BLACKHOLE_PROHIBIT;
		break;
	case RIB_NH_THROW: /* never in the RIB */
		break;
	}
}

static enum rib_nexthop_kind blackhole_kind(uint8_t blackhole)
{
	if (blackhole == BLACKHOLE_REJECT)
		return RIB_NH_UNREACHABLE;
	return blackhole == BLACKHOLE_PROHIBIT ? RIB_NH_PROHIBIT : RIB_NH_BLACKHOLE;
}

/* NULL, or why this next hop can't be used as it is meant. */
static const char *nexthop_to_rib(struct rib_nexthop *to, enum family f,
				  const struct zapi_nexthop *from)
{
	const unsigned int beyond_us =
		ZAPI_NH_LABEL | ZAPI_NH_SEG6 | ZAPI_NH_SEG6LOCAL | ZAPI_NH_EVPN;
	bool ip6 = from->type == NEXTHOP_IP6 || from->type == NEXTHOP_IP6_IFINDEX;

	if (from->vrf != 0)
		return "a next hop in another VRF";
	if (from->flags & beyond_us)
		return "a next hop with labels or segments";
	memset(to, 0, sizeof(*to));
	to->onlink = from->flags & ZAPI_NH_ONLINK;
	to->weight = from->weight;
	if (from->type == NEXTHOP_BLACKHOLE) {
		to->kind = blackhole_kind(from->blackhole);
		return NULL;
	}
	to->ifindex = from->ifindex;
	if (from->type == NEXTHOP_IFINDEX) {
		to->kind = RIB_NH_IFINDEX;
		return from->ifindex ? NULL : "a next hop without its interface";
	}
	if (!ip6 && f == FAM_IP6)
		return "an IPv4 gateway of an IPv6 route";
	to->gate6 = ip6 && f == FAM_IP4; /* RFC 9229 */
	to->gate = from->gate;
	to->kind = from->ifindex ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE;
	return NULL;
}

static bool is_blackhole(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_BLACKHOLE || nh->kind == RIB_NH_UNREACHABLE ||
	       nh->kind == RIB_NH_PROHIBIT;
}

static const char *nexthops_to_rib(struct rib_nexthop *to, const struct zapi_route *t)
{
	if (t->message & ZAPI_MSG_NHG)
		return "a next-hop group";
	if (t->n_nexthops == 0)
		return "no next hop";
	if (t->n_nexthops > RIB_MAX_NEXTHOPS)
		return "too many next hops";
	for (unsigned int i = 0; i < t->n_nexthops; i++) {
		const char *why =
			nexthop_to_rib(&to[i], sdprefix_family(&t->pair), &t->nexthops[i]);

		if (why)
			return why;
		if (is_blackhole(&to[i]) && t->n_nexthops > 1)
			return "a blackhole among other next hops";
	}
	return NULL;
}

/* ---- Into the RIB ---- */

/* Counts, logs by rate, and says whether the route may be looked at at all. */
static void refuse(struct zclient *c, const struct zapi_route *t, const char *why)
{
	char text[SDPREFIX_STR];

	c->v.refused++;
	zclient_error(c, "route %s is refused: %s", sdprefix_str(&t->pair, text), why);
	log_limited(&c->refusals, LOG_LVL_WARNING, "%s: route %s is refused: %s", zclient_name(c),
		    sdprefix_str(&t->pair, text), why);
}

#define TABLE_LOCAL 255

/* 0: main. */
static uint32_t route_table(const struct zapi_route *t)
{
	uint32_t id = t->message & ZAPI_MSG_TABLEID ? t->table : 0;

	return id == ZAPI_TABLE_MAIN ? 0 : id;
}

static const char *not_ours(const struct zclient *c, const struct zapi_route *t)
{
	if (!zclient_is_owner(c))
		return "the client did not say HELLO as a routing protocol";
	if (t->type != c->v.type || t->instance != c->v.instance)
		return "its type is not the client's";
	if (route_table(t) == TABLE_LOCAL)
		return "the local table is the kernel's own";
	return NULL;
}

static uint8_t route_distance(const struct zapi_route *t)
{
	if ((t->message & ZAPI_MSG_DISTANCE) && t->distance)
		return t->distance;
	return zapi_route_type_distance(t->type);
}

static struct rib_owner route_owner(const struct zapi_route *t)
{
	struct rib_owner o = {.type = t->type, .instance = t->instance};

	if (t->flags & ROUTE_FLAG_USE_DISTANCE)
		o.distance_key = route_distance(t);
	return o;
}

/* NULL, or why there is no room for it. */
static const char *put(struct zclient *c, const struct zapi_route *t, const struct rib_owner *owner,
		       const struct rib_spec *spec)
{
	struct rib *rib = rib_table_get(c->z->rib, route_table(t));

	if (!rib)
		return "there are too many tables";
	c->v.routes_added++;
	rib_add(rib, &t->pair, owner, spec, loop_now(c->z->loop));
	zclient_changed_rib(c);
	return NULL;
}

static void take(struct zclient *c, const struct zapi_route *t, const struct rib_owner *owner)
{
	struct rib *rib = rib_table_find(c->z->rib, route_table(t));

	if (rib && rib_del(rib, &t->pair, owner))
		zclient_changed_rib(c);
}

void zclient_route_add(struct zclient *c, const struct zapi_route *t)
{
	struct rib_nexthop nexthops[RIB_MAX_NEXTHOPS];
	struct rib_owner owner = route_owner(t);
	struct rib_spec spec = {
		.distance = route_distance(t),
		.metric = t->message & ZAPI_MSG_METRIC ? t->metric : 0,
		.tag = t->message & ZAPI_MSG_TAG ? t->tag : 0,
		.mtu = t->message & ZAPI_MSG_MTU ? t->mtu : 0,
		.prefsrc = t->has_src ? t->src : (struct addr){{0}},
		.recursive = t->flags & ROUTE_FLAG_ALLOW_RECURSION,
		.n_nexthops = t->n_nexthops,
		.nexthops = nexthops,
	};
	const char *why = not_ours(c, t);

	if (t->safi != SAFI_UNICAST)
		return;
	if (why) {
		refuse(c, t, why);
		return;
	}
	why = nexthops_to_rib(nexthops, t);
	if (!why)
		why = put(c, t, &owner, &spec);
	if (!why)
		return;
	refuse(c, t, why);
	/* What it replaces is not what the owner wants any more. */
	take(c, t, &owner);
	zclient_fate(c, route_table(t), &t->pair, RIB_FATE_FAILED);
}

void zclient_route_del(struct zclient *c, const struct zapi_route *t)
{
	struct rib_owner owner = route_owner(t);
	const char *why = not_ours(c, t);

	if (t->safi != SAFI_UNICAST)
		return;
	if (why) {
		refuse(c, t, why);
		return;
	}
	c->v.routes_deleted++;
	take(c, t, &owner);
}

/* ---- Out of it ---- */

static bool wants(const struct zclient *c, const struct sdprefix *pair, const struct rib_owner *o)
{
	enum family f = sdprefix_family(pair);

	/* (::/0,S) is not a default route: it takes packets from S only. */
	if (c->wants_default[zc_fam(f)] && pair->dst.plen == 0 && sdprefix_is_plain(pair))
		return true;
	for (unsigned int i = 0; i < c->n_wants; i++) {
		const struct zc_want *w = &c->wants[i];

		if (w->family != f)
			continue;
		if (w->type == ROUTE_TYPE_ALL || (w->type == o->type && w->instance == o->instance))
			return true;
	}
	return false;
}

static void send_route(struct zclient *c, uint16_t cmd, const struct rib_view *v)
{
	const struct sdprefix *pair = &v->pair;
	struct zapi_msg m;
	struct zapi_route *t = &m.u.route;

	m.cmd = cmd;
	m.vrf = 0;
	memset(t, 0, offsetof(struct zapi_route, nexthops));
	t->type = v->owner.type;
	t->instance = v->owner.instance;
	t->flags = ROUTE_FLAG_SELECTED;
	t->safi = SAFI_UNICAST;
	t->pair = *pair;
	t->message = ZAPI_MSG_DISTANCE | ZAPI_MSG_METRIC | ZAPI_MSG_MTU;
	t->distance = v->distance;
	t->metric = v->metric;
	t->mtu = v->mtu;
	if (v->tag) {
		t->message |= ZAPI_MSG_TAG;
		t->tag = v->tag;
	}
	if (v->n_resolved) {
		t->message |= ZAPI_MSG_NEXTHOP;
		t->n_nexthops = (uint16_t)v->n_resolved;
		for (unsigned int i = 0; i < v->n_resolved; i++)
			zapi_nexthop_of_rib(&t->nexthops[i], sdprefix_family(pair),
					    &v->resolved[i]);
	}
	c->v.redistributed++;
	zclient_send(c, &m);
}

/* ---- Waiting for room ---- */

struct zc_later *zclient_later(struct zclient *c, const struct sdprefix *pair)
{
	struct zc_later *l = zc_laters_find(&c->later, pair);

	if (l)
		return l;
	l = mem_new(c->z->mem, sizeof(*l));
	l->entry.key = *pair;
	zc_laters_add(&c->later, l);
	c->v.delayed = zc_laters_count(&c->later);
	zclient_delayed(c);
	return l;
}

static void later_drop(struct zclient *c, struct zc_later *l)
{
	zc_laters_del(&c->later, l);
	mem_free(c->z->mem, l->was);
	zclient_fates_drop(c, l);
	mem_free(c->z->mem, l);
	c->v.delayed = zc_laters_count(&c->later);
}

bool zclient_must_wait(const struct zclient *c)
{
	return zapi_session_full(c->session) || zc_laters_count(&c->later);
}

static void tell_change(struct zclient *c, const struct rib_view *was, const struct rib_view *is)
{
	if (is && wants(c, &is->pair, &is->owner))
		send_route(c, ZAPI_REDISTRIBUTE_ROUTE_ADD, is);
	else if (was && wants(c, &was->pair, &was->owner))
		send_route(c, ZAPI_REDISTRIBUTE_ROUTE_DEL, was);
}

static struct zc_known *known_new(struct zclient *c, const struct rib_view *v)
{
	size_t octets = v->n_resolved * sizeof(*v->resolved);
	struct zc_known *k = mem_new(c->z->mem, sizeof(*k) + octets);

	k->v = *v;
	if (octets)
		memcpy(k->nexthops, v->resolved, octets);
	k->v.resolved = k->nexthops;
	return k;
}

void zclient_change(struct zclient *c, const struct sdprefix *pair, const struct rib_view *was,
		    const struct rib_view *is)
{
	struct zc_later *l;

	if (!zclient_must_wait(c)) {
		tell_change(c, was, is);
		return;
	}
	if (!(is && wants(c, pair, &is->owner)) && !(was && wants(c, pair, &was->owner)))
		return;
	l = zclient_later(c, pair);
	if (was && !l->route) /* the first is what the client knows */
		l->was = known_new(c, was);
	l->route = true;
}

/* What the RIB announces to zebra_zapi_redistribute(), for replays. */
static bool redistributable(const struct rib_view *v)
{
	return v->state == RIB_INSTALLED && rib_redistributable(&v->pair.dst);
}

static const struct rib_view *later_was(const struct zc_later *l)
{
	return l->was ? &l->was->v : NULL;
}

struct one {
	struct zclient *c;
	struct zc_later *l;
	bool told;
};

static bool tell_current(void *ctx, const struct rib_view *v)
{
	struct one *o = ctx;

	if (redistributable(v)) {
		tell_change(o->c, later_was(o->l), v);
		o->told = true;
	}
	return false; /* the chosen one comes first */
}

static void later_tell(struct zclient *c, struct zc_later *l)
{
	if (l->route) {
		struct one o = {.c = c, .l = l};

		rib_each_at(c->z->rib, &l->entry.key, tell_current, &o);
		if (!o.told)
			tell_change(c, later_was(l), NULL);
	}
	zclient_fates_tell(c, l);
}

void zclient_catch_up(struct zclient *c)
{
	struct zc_later *l;

	while (!zapi_session_full(c->session) && (l = zc_laters_first(&c->later))) {
		later_tell(c, l);
		later_drop(c, l);
	}
	if (zapi_session_full(c->session))
		return;
	zclient_track_again(c);
	loop_timer_at(c->z->work, loop_now(c->z->loop));
}

void zclient_routes_fini(struct zclient *c)
{
	struct zc_later *l;

	while ((l = zc_laters_first(&c->later)))
		later_drop(c, l);
	zc_laters_fini(&c->later);
}

/* ---- Replay ---- */

struct replay {
	struct zclient *c;
	struct zc_want *want;
	unsigned int left;
	bool more;
};

static bool replay_one(void *ctx, const struct rib_view *v)
{
	struct replay *r = ctx;
	struct zc_want *w = r->want;

	if (r->left == 0 || zapi_session_full(r->c->session)) {
		r->more = true;
		return false;
	}
	r->left--;
	w->at = v->pair;
	w->started = true;
	if (sdprefix_family(&v->pair) != w->family || !redistributable(v))
		return true;
	if (w->type == ROUTE_TYPE_ALL ||
	    (w->type == v->owner.type && w->instance == v->owner.instance))
		send_route(r->c, ZAPI_REDISTRIBUTE_ROUTE_ADD, v);
	return true;
}

bool zclient_replay(struct zclient *c)
{
	struct replay r = {.c = c, .left = REPLAY_STEP};

	for (unsigned int i = 0; i < c->n_wants; i++) {
		struct sdprefix at = c->wants[i].at;

		if (!c->wants[i].replaying)
			continue;
		r.want = &c->wants[i];
		rib_each(c->z->rib, r.want->started ? &at : NULL, replay_one, &r);
		if (r.more)
			break;
		r.want->replaying = false;
	}
	return r.more && !zapi_session_full(c->session);
}

static struct zc_want *want_find(struct zclient *c, enum family f, uint8_t type, uint16_t instance)
{
	for (unsigned int i = 0; i < c->n_wants; i++) {
		struct zc_want *w = &c->wants[i];

		if (w->family == f && w->type == type && w->instance == instance)
			return w;
	}
	return NULL;
}

void zclient_redistribute(struct zclient *c, const struct zapi_redistribute *d, bool on)
{
	enum family f = d->afi == AFI_IP6 ? FAM_IP6 : FAM_IP4;
	struct zc_want *w;

	if (d->afi != AFI_IP4 && d->afi != AFI_IP6)
		return;
	w = want_find(c, f, d->type, d->instance);
	if (!on) {
		if (w)
			*w = c->wants[--c->n_wants];
		return;
	}
	if (!w && c->n_wants == ZC_WANTS_MAX) {
		log_limited(&c->refusals, LOG_LVL_WARNING,
			    "%s: more than %d subscriptions to routes are refused", zclient_name(c),
			    ZC_WANTS_MAX);
		return;
	}
	if (!w)
		w = &c->wants[c->n_wants++];
	*w = (struct zc_want){
		.family = f, .type = d->type, .instance = d->instance, .replaying = true};
	loop_timer_at(c->z->work, loop_now(c->z->loop));
}

static bool replay_default(void *ctx, const struct rib_view *v)
{
	struct zclient *c = ctx;

	if (redistributable(v))
		send_route(c, ZAPI_REDISTRIBUTE_ROUTE_ADD, v);
	return false;
}

void zclient_redistribute_default(struct zclient *c, unsigned int afi, bool on)
{
	enum family f = afi == AFI_IP6 ? FAM_IP6 : FAM_IP4;
	struct prefix any = prefix_any(f);
	struct sdprefix pair;

	if (afi != AFI_IP4 && afi != AFI_IP6)
		return;
	c->wants_default[zc_fam(f)] = on;
	if (on && sdprefix_make(&pair, &any, NULL))
		rib_each_at(c->z->rib, &pair, replay_default, c);
}
