/* SPDX-License-Identifier: MIT */
/*
 * ZAPI server: routes out to the clients that asked for them.
 *
 * A subscription is to a type and an instance of the main table. One to the
 * type `table` (10.3: table-direct) is to the kernel table whose number the
 * instance is: what was chosen there goes out under that type and instance,
 * whoever put it there.
 *
 * A route with a source says so in its message (SRCPFX); no client gets it in
 * any other form. FRR's daemons that know no sources drop such messages.
 */
#include <string.h>

#include "zebra/zebra_zapi_impl.h"

#define REPLAY_STEP 2048 /* candidates looked at per turn of the loop */

static bool is_of_table(const struct zc_want *w)
{
	return w->type == ROUTE_TABLE || w->type == ROUTE_TABLE_DIRECT;
}

static bool takes(const struct zc_want *w, const struct rib_view *v)
{
	if (w->family != sdprefix_family(&v->pair))
		return false;
	if (v->table || is_of_table(w))
		return is_of_table(w) && w->instance == v->table;
	return w->type == ROUTE_TYPE_ALL ||
	       (w->type == v->owner.type && w->instance == v->owner.instance);
}

/* Whose route it is to the client; false: it does not want it. */
static bool wanted(const struct zclient *c, const struct rib_view *v, struct rib_owner *as)
{
	*as = v->owner;
	for (unsigned int i = 0; i < c->n_wants; i++) {
		const struct zc_want *w = &c->wants[i];

		if (!takes(w, v))
			continue;
		if (v->table)
			*as = (struct rib_owner){.type = w->type, .instance = w->instance};
		return true;
	}
	/* (::/0,S) is not a default route: it takes packets from S only. */
	return c->wants_default[zc_fam(sdprefix_family(&v->pair))] && !v->table &&
	       v->pair.dst.plen == 0 && sdprefix_is_plain(&v->pair);
}

static void send_route(struct zclient *c, uint16_t cmd, const struct rib_view *v,
		       const struct rib_owner *as)
{
	struct zapi_msg m;
	struct zapi_route *t = &m.u.route;

	m.cmd = cmd;
	m.vrf = 0;
	memset(t, 0, offsetof(struct zapi_route, nexthops));
	t->type = as->type;
	t->instance = as->instance;
	t->flags = ROUTE_FLAG_SELECTED;
	t->safi = SAFI_UNICAST;
	t->pair = v->pair;
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
			zapi_nexthop_of_rib(&t->nexthops[i], sdprefix_family(&v->pair),
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
	struct zc_change *ch;

	zc_laters_del(&c->later, l);
	while ((ch = l->changes)) {
		l->changes = ch->next;
		mem_free(c->z->mem, ch->was);
		mem_free(c->z->mem, ch);
	}
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
	struct rib_owner as;

	if (is && wanted(c, is, &as))
		send_route(c, ZAPI_REDISTRIBUTE_ROUTE_ADD, is, &as);
	else if (was && wanted(c, was, &as))
		send_route(c, ZAPI_REDISTRIBUTE_ROUTE_DEL, was, &as);
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

/* The first `was` is what the client knows; what follows is not kept. */
static void change_later(struct zclient *c, const struct sdprefix *pair, uint32_t table,
			 const struct rib_view *was)
{
	struct zc_later *l = zclient_later(c, pair);
	struct zc_change *ch = l->changes;

	while (ch && ch->table != table)
		ch = ch->next;
	if (ch)
		return;
	ch = mem_new(c->z->mem, sizeof(*ch));
	ch->table = table;
	ch->was = was ? known_new(c, was) : NULL;
	ch->next = l->changes;
	l->changes = ch;
}

void zclient_change(struct zclient *c, const struct sdprefix *pair, const struct rib_view *was,
		    const struct rib_view *is)
{
	struct rib_owner as;

	if (!zclient_must_wait(c))
		tell_change(c, was, is);
	else if ((is && wanted(c, is, &as)) || (was && wanted(c, was, &as)))
		change_later(c, pair, is ? is->table : was->table, was);
}

/* What the RIB announces to zebra_zapi_redistribute(), for replays. */
static bool redistributable(const struct rib_view *v)
{
	return v->state == RIB_INSTALLED && rib_redistributable(&v->pair.dst);
}

struct one {
	struct zclient *c;
	const struct zc_change *ch;
	bool told;
};

static const struct rib_view *was_of(const struct zc_change *ch)
{
	return ch->was ? &ch->was->v : NULL;
}

static bool tell_current(void *ctx, const struct rib_view *v)
{
	struct one *o = ctx;
	struct rib_view is = *v;

	is.table = o->ch->table;
	if (redistributable(v)) {
		tell_change(o->c, was_of(o->ch), &is);
		o->told = true;
	}
	return false; /* the chosen one comes first */
}

static void later_tell(struct zclient *c, struct zc_later *l)
{
	for (const struct zc_change *ch = l->changes; ch; ch = ch->next) {
		const struct rib *rib = rib_table_find(c->z->rib, ch->table);
		struct one o = {.c = c, .ch = ch};

		if (rib)
			rib_each_at(rib, &l->entry.key, tell_current, &o);
		if (!o.told)
			tell_change(c, was_of(ch), NULL);
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
	uint32_t table;
	unsigned int left;
	bool more;
};

static bool replay_one(void *ctx, const struct rib_view *v)
{
	struct replay *r = ctx;
	struct zc_want *w = r->want;
	struct rib_view is = *v;
	struct rib_owner as;

	if (r->left == 0 || zapi_session_full(r->c->session)) {
		r->more = true;
		return false;
	}
	r->left--;
	w->at = v->pair;
	w->started = true;
	is.table = r->table;
	if (takes(w, &is) && redistributable(v) && wanted(r->c, &is, &as))
		send_route(r->c, ZAPI_REDISTRIBUTE_ROUTE_ADD, &is, &as);
	return true;
}

bool zclient_replay(struct zclient *c)
{
	struct replay r = {.c = c, .left = REPLAY_STEP};

	for (unsigned int i = 0; i < c->n_wants; i++) {
		struct zc_want *w = &c->wants[i];
		struct sdprefix at = w->at;
		const struct rib *rib;

		if (!w->replaying)
			continue;
		r.want = w;
		r.table = is_of_table(w) ? w->instance : 0;
		rib = rib_table_find(c->z->rib, r.table);
		if (rib)
			rib_each(rib, w->started ? &at : NULL, replay_one, &r);
		if (r.more)
			break;
		w->replaying = false;
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
		send_route(c, ZAPI_REDISTRIBUTE_ROUTE_ADD, v, &v->owner);
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
