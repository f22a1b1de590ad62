/* SPDX-License-Identifier: MIT */
/*
 * Next-hop tracking: which plain route leads to an address or to all of a
 * prefix (bgpd's check of what it is to originate), told at once on registering
 * and again whenever the answer differs. (D,S) routes take no part: a client
 * that asks has no source in mind (doc/decisions/next-hops.md).
 */
#include <string.h>

#include "lib/base/hash.h"
#include "zebra/zebra_zapi_impl.h"

#define TRACKS_MAX 65536
#define TRACK_STEP 1024 /* looked at per turn of the loop */
#define ROUTE_NHRP 12

static bool resolve(const struct rib *rib, const struct zapi_nexthop_reg *reg, struct rib_view *out)
{
	struct sdprefix what;

	if (!sdprefix_make(&what, &reg->prefix, NULL) ||
	    !rib_covering(rib, &what, reg->resolve_via_default, out))
		return false;
	return !reg->connected_only || out->owner.type == ROUTE_CONNECTED ||
	       out->owner.type == ROUTE_STATIC || out->owner.type == ROUTE_NHRP;
}

/* fe80::/64 is on every link and in no RIB of ours, but stock daemons track
 * link-local gateways (bgpd does) and know their interface by themselves: such
 * a one is as good as a connected address while any link has such addresses. */
struct local_links {
	struct zclient *c;
	struct zapi_nexthop_update *u;
};

static void link_local_address(void *arg, const struct zapi_address *a)
{
	struct local_links *l = arg;
	struct prefix on;

	if (l->u->n_nexthops || a->family != FAM_IP6 || !addr_is_linklocal(FAM_IP6, &a->addr) ||
	    !prefix_make(&on, FAM_IP6, &a->addr, a->plen) || !prefix_covers(&on, &l->u->asked))
		return;
	l->u->resolved = on;
	l->u->type = ROUTE_CONNECTED;
	l->u->n_nexthops = 1;
	l->u->nexthops[0] = (struct zapi_nexthop){.type = NEXTHOP_IFINDEX, .ifindex = a->ifindex};
}

static void link_local_interface(void *arg, const struct zapi_interface *i)
{
	struct local_links *l = arg;

	l->c->z->ops->each_address(l->c->z->ctx, i->ifindex, link_local_address, l);
}

static void answer(struct zclient *c, const struct zapi_nexthop_reg *reg, struct zapi_msg *m)
{
	struct zapi_nexthop_update *u = &m->u.nexthop_update;
	enum family f = (enum family)reg->prefix.family;
	struct rib_view v;

	m->cmd = ZAPI_NEXTHOP_UPDATE;
	m->vrf = 0;
	memset(u, 0, offsetof(struct zapi_nexthop_update, nexthops));
	u->safi = reg->safi;
	u->asked = reg->prefix;
	u->resolved = prefix_any(f);
	if (f == FAM_IP6 && addr_is_linklocal(f, &reg->prefix.addr)) {
		c->z->ops->each_interface(c->z->ctx, link_local_interface,
					  &(struct local_links){.c = c, .u = u});
		return;
	}
	if (!resolve(c->z->rib, reg, &v))
		return;
	u->resolved = v.pair.dst;
	u->type = v.owner.type;
	u->instance = v.owner.instance;
	u->distance = v.distance;
	u->metric = v.metric;
	/* 8.4 counts them in one octet. */
	u->n_nexthops = (uint16_t)(v.n_resolved < UINT8_MAX ? v.n_resolved : UINT8_MAX);
	for (unsigned int i = 0; i < u->n_nexthops; i++)
		zapi_nexthop_of_rib(&u->nexthops[i], f, &v.resolved[i]);
}

/* Of the message as sent. */
static uint64_t digest(const struct zapi_msg *m)
{
	uint8_t buf[ZAPI_MAX_LEN];
	struct wr w = wr_init(buf, sizeof(buf));
	hash_t h = HASH_BEGIN;

	if (!zapi_encode(&w, ZAPI_FROM_ZEBRA, ZAPI_8_4, m))
		return 0;
	hash_octets(&h, buf, wr_len(&w));
	return h.h;
}

static void tell(struct zclient *c, struct zc_track *t, bool always)
{
	struct zapi_msg m;
	uint64_t d;

	answer(c, &t->reg, &m);
	d = digest(&m);
	if (!always && d == t->told)
		return;
	t->told = d;
	zclient_send(c, &m);
}

static struct zc_track *track_get(struct zclient *c, const struct prefix *p)
{
	struct sdprefix key;
	struct zc_track *t;

	if (!sdprefix_make(&key, p, NULL))
		return NULL;
	t = zc_tracks_find(&c->tracks, &key);
	if (t || zc_tracks_count(&c->tracks) >= TRACKS_MAX)
		return t;
	t = mem_new(c->z->mem, sizeof(*t));
	t->entry.key = key;
	zc_tracks_add(&c->tracks, t);
	return t;
}

void zclient_track(struct zclient *c, const struct zapi_nexthop_regs *regs)
{
	for (unsigned int i = 0; i < regs->n; i++) {
		struct zc_track *t = track_get(c, &regs->reg[i].prefix);

		if (!t) {
			log_limited(&c->refusals, LOG_LVL_WARNING,
				    "%s: tracks %d next hops already, more are refused",
				    zclient_name(c), TRACKS_MAX);
			continue;
		}
		t->reg = regs->reg[i];
		tell(c, t, true);
	}
	c->v.tracked = zc_tracks_count(&c->tracks);
}

static void track_drop(struct zclient *c, struct zc_track *t)
{
	zc_tracks_del(&c->tracks, t);
	mem_free(c->z->mem, t);
}

void zclient_untrack(struct zclient *c, const struct zapi_nexthop_regs *regs)
{
	for (unsigned int i = 0; i < regs->n; i++) {
		struct sdprefix key;
		struct zc_track *t = NULL;

		if (sdprefix_make(&key, &regs->reg[i].prefix, NULL))
			t = zc_tracks_find(&c->tracks, &key);
		if (t)
			track_drop(c, t);
	}
	c->v.tracked = zc_tracks_count(&c->tracks);
}

void zclient_track_again(struct zclient *c)
{
	c->track_left = zc_tracks_count(&c->tracks);
	if (c->track_left)
		loop_timer_at(c->z->work, loop_now(c->z->loop));
}

/* Round and round, from where the last piece ended: also if the RIB changes all
 * the time, each has its turn. */
bool zclient_track_some(struct zclient *c)
{
	struct zc_track *t;

	for (unsigned int n = 0; c->track_left && n < TRACK_STEP; n++) {
		/* What does not fit now is found to differ when there is room. */
		if (zapi_session_full(c->session))
			return false;
		t = c->track_started ? zc_tracks_after(&c->tracks, &c->track_at) : NULL;
		if (!t)
			t = zc_tracks_first(&c->tracks);
		if (!t) {
			c->track_left = 0;
			break;
		}
		c->track_at = t->entry.key;
		c->track_started = true;
		c->track_left--;
		tell(c, t, false);
	}
	return c->track_left > 0;
}

void zclient_tracks_fini(struct zclient *c)
{
	struct zc_track *t;

	while ((t = zc_tracks_first(&c->tracks)))
		track_drop(c, t);
	zc_tracks_fini(&c->tracks);
}
