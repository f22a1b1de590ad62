/* SPDX-License-Identifier: MIT */
/* babeld's connection to zebra. */
#include "babeld/babel_zapi.h"

#include <net/if.h>

#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "lib/io/log.h"
#include "lib/zapi/session.h"

#define IF_STATUS_LINK_DETECT 0x04

/* A choice that waits for room in the output. */
struct delayed {
	struct sdentry entry;
	struct babel_choice choice;
};
SDTABLE_TYPE(delayed_routes, struct delayed, entry);

/* A redistributed route, as zebra told it. */
struct known {
	struct sdentry entry;
	struct babel_zapi_route r;
	bool old; /* of an earlier connection, not told again yet */
};
SDTABLE_TYPE(known_routes, struct known, entry);

struct babel_zapi {
	struct loop *loop;
	struct memtag *mem;
	struct babel_zapi_ops ops;
	void *ctx;
	struct zapi_client *client;
	bool ready;		 /* CAPABILITIES has come */
	bool srcdest;		 /* a zebra of ours */
	bool sourced6, sourced4; /* it can hold (D,S) routes */
	bool via6;		 /* ... IPv4 routes over IPv6 gateways */
	bool sync_wanted;	 /* ROUTE_UPDATE_COMPLETE is owed */
	bool leaving;
	bool wants[2][ROUTE_TYPE_MAX]; /* IPv4, IPv6 */
	struct delayed_routes delayed;
	struct known_routes known;
	struct loop_timer *relearn;
	uint64_t routes_sent, routes_failed;
};

static bool *wants(struct babel_zapi *z, enum family f, uint8_t type)
{
	return &z->wants[f == FAM_IP6][type];
}

/* ---- To zebra ---- */

static void send_caps(struct babel_zapi *z, const struct zapi_client_caps *caps)
{
	struct zapi_msg m = {.cmd = ZAPI_CLIENT_CAPABILITIES};

	m.u.client_caps = *caps;
	zapi_client_send(z->client, &m);
}

static void send_complete(struct babel_zapi *z)
{
	z->sync_wanted = false;
	for (uint32_t afi = AFI_IP4; afi <= AFI_IP6; afi++)
		send_caps(z, &(struct zapi_client_caps){.capability = CLIENT_ROUTE_UPDATE_COMPLETE,
							.afi = afi,
							.safi = SAFI_UNICAST});
}

static void send_redistribute(struct babel_zapi *z, uint16_t cmd, enum family f, uint8_t type)
{
	struct zapi_msg m = {.cmd = cmd};

	m.u.redistribute.afi = f == FAM_IP6 ? AFI_IP6 : AFI_IP4;
	m.u.redistribute.type = type;
	zapi_client_send(z->client, &m);
}

static void choice_nexthop(const struct babel_choice *c, struct zapi_nexthop *nh)
{
	*nh = (struct zapi_nexthop){0};
	if (c->kind == CHOICE_UNREACHABLE) {
		/* RFC 8966 3.5.4: packets must not fall back to a shorter prefix. */
		nh->type = NEXTHOP_BLACKHOLE;
		nh->blackhole = BLACKHOLE_REJECT;
		return;
	}
	nh->type = c->nexthop_family == FAM_IP6 ? NEXTHOP_IP6_IFINDEX : NEXTHOP_IP4_IFINDEX;
	nh->gate = c->nexthop;
	nh->ifindex = c->ifid;
	/* A neighbour is on this link whatever prefixes we have there. */
	if (c->nexthop_family == FAM_IP4 || !addr_is_linklocal(FAM_IP6, &c->nexthop))
		nh->flags = ZAPI_NH_ONLINK;
}

static void send_route(struct babel_zapi *z, const struct sdprefix *pair,
		       const struct babel_choice *c)
{
	struct zapi_msg m;
	struct zapi_route *t = &m.u.route;

	m.cmd = c->kind == CHOICE_NONE ? ZAPI_ROUTE_DELETE : ZAPI_ROUTE_ADD;
	m.vrf = 0;
	t->type = ROUTE_BABEL;
	t->instance = 0;
	t->flags = 0;
	t->message = 0;
	t->safi = SAFI_UNICAST;
	t->pair = *pair;
	t->n_nexthops = 0;
	t->has_src = false;
	if (c->kind != CHOICE_NONE) {
		t->message = ZAPI_MSG_NEXTHOP | ZAPI_MSG_METRIC;
		t->metric = c->kind == CHOICE_UNREACHABLE ? BABEL_INFINITY : c->metric;
		if (c->tag)
			t->message |= ZAPI_MSG_TAG;
		t->tag = c->tag;
		/* Ours alone knows the addition. */
		t->has_src = z->srcdest && c->has_src != FAM_NONE;
		t->src = c->src;
		t->n_nexthops = 1;
		choice_nexthop(c, &t->nexthops[0]);
	}
	zapi_client_send(z->client, &m);
	z->routes_sent++;
}

static void delay(struct babel_zapi *z, const struct sdprefix *pair, const struct babel_choice *c)
{
	struct delayed *d = delayed_routes_find(&z->delayed, pair);

	if (!d) {
		d = mem_new(z->mem, sizeof(*d));
		d->entry.key = *pair;
		delayed_routes_add(&z->delayed, d);
	}
	d->choice = *c;
}

static void delayed_drop(struct babel_zapi *z, struct delayed *d)
{
	delayed_routes_del(&z->delayed, d);
	mem_free(z->mem, d);
}

static void delayed_drop_all(struct babel_zapi *z)
{
	struct delayed *d;

	while ((d = delayed_routes_first(&z->delayed)))
		delayed_drop(z, d);
}

static void delayed_send(struct babel_zapi *z)
{
	struct delayed *d;

	while (!zapi_client_full(z->client) && (d = delayed_routes_first(&z->delayed))) {
		send_route(z, &d->entry.key, &d->choice);
		delayed_drop(z, d);
	}
	if (z->sync_wanted && !delayed_routes_count(&z->delayed))
		send_complete(z);
}

/* ---- From zebra ---- */

static void known_drop(struct babel_zapi *z, struct known *k)
{
	struct sdprefix pair = k->entry.key;

	known_routes_del(&z->known, k);
	mem_free(z->mem, k);
	z->ops.route_del(z->ctx, &pair);
}

static void got_route_add(struct babel_zapi *z, const struct zapi_route *t)
{
	struct known *k = known_routes_find(&z->known, &t->pair);
	struct babel_zapi_route r = {
		.type = t->type,
		.metric = t->metric,
		.tag = t->tag,
		.ifindex = t->n_nexthops ? t->nexthops[0].ifindex : 0,
	};
	bool changed = !k;

	if (!*wants(z, sdprefix_family(&t->pair), t->type))
		return;
	if (!k) {
		k = mem_new(z->mem, sizeof(*k));
		k->entry.key = t->pair;
		known_routes_add(&z->known, k);
	}
	/* Zebra may send unchanged routes again. */
	changed |= k->r.type != r.type || k->r.metric != r.metric || k->r.tag != r.tag ||
		   k->r.ifindex != r.ifindex;
	k->r = r;
	k->old = false;
	if (changed)
		z->ops.route_add(z->ctx, &t->pair, &k->r);
}

static void got_route_del(struct babel_zapi *z, const struct zapi_route *t)
{
	struct known *k = known_routes_find(&z->known, &t->pair);

	/* Of another type: that one has taken its place already. */
	if (k && k->r.type == t->type)
		known_drop(z, k);
}

static void got_capabilities(struct babel_zapi *z, const struct zapi_capabilities *c)
{
	struct zapi_msg notify = {.cmd = ZAPI_ROUTE_NOTIFY_REQUEST};
	bool first = !z->ready; /* else: what it can do has changed */

	z->ready = true;
	z->srcdest = c->have_ext;
	z->sourced6 = !c->have_ext || (c->ext & ZAPI_EXT_SOURCED6);
	z->sourced4 = c->have_ext && (c->ext & ZAPI_EXT_SOURCED4); /* FRR has none */
	z->via6 = !c->have_ext || (c->ext & ZAPI_EXT_VIA6);
	if (first) {
		notify.u.on = true;
		zapi_client_send(z->client, &notify);
		loop_timer_at(z->relearn, mono_add(loop_now(z->loop), BABEL_ZAPI_RELEARN));
	}
	z->ops.source_specific(z->ctx, z->sourced6, z->sourced4);
	z->ops.v4_via_v6(z->ctx, z->via6);
	if (first)
		z->ops.connected(z->ctx);
}

static void got_notify(struct babel_zapi *z, const struct zapi_route_notify *n)
{
	if (n->code == NOTIFY_FAIL_INSTALL)
		z->routes_failed++;
	/* A stock 8.4 names a (D,S) route by its source alone. */
	if (!n->have_pair && z->ops.fate_named)
		z->ops.fate_named(z->ctx, &n->pair.dst, (enum zapi_notify)n->code);
	else if (n->have_pair && z->ops.fate)
		z->ops.fate(z->ctx, &n->pair, (enum zapi_notify)n->code);
}

static void zebra_message(void *ctx, struct zapi_client *client, const struct zapi_msg *m)
{
	struct babel_zapi *z = ctx;

	(void)client;
	if (m->vrf != 0)
		return; /* we route in the default VRF only */
	switch (m->cmd) {
	case ZAPI_CAPABILITIES:
		got_capabilities(z, &m->u.capabilities);
		break;
	case ZAPI_INTERFACE_ADD:
	case ZAPI_INTERFACE_UP:
	case ZAPI_INTERFACE_DOWN:
	case ZAPI_INTERFACE_DELETE:
		z->ops.interface(z->ctx, &m->u.interface, m->cmd != ZAPI_INTERFACE_DELETE);
		break;
	case ZAPI_INTERFACE_ADDRESS_ADD:
	case ZAPI_INTERFACE_ADDRESS_DELETE:
		z->ops.address(z->ctx, &m->u.address, m->cmd == ZAPI_INTERFACE_ADDRESS_ADD);
		break;
	case ZAPI_REDISTRIBUTE_ROUTE_ADD:
		if (m->u.route.safi == SAFI_UNICAST)
			got_route_add(z, &m->u.route);
		break;
	case ZAPI_REDISTRIBUTE_ROUTE_DEL:
		if (m->u.route.safi == SAFI_UNICAST)
			got_route_del(z, &m->u.route);
		break;
	case ZAPI_ROUTE_NOTIFY_OWNER:
		got_notify(z, &m->u.notify);
		break;
	case ZAPI_ERROR:
		log_warning("zebra refused a message of ours: error %u", m->u.error);
		break;
	default:
		break;
	}
}

/* ---- The connection ---- */

static void zebra_up(void *ctx, struct zapi_client *client)
{
	struct babel_zapi *z = ctx;
	struct zapi_msg ask = {.cmd = ZAPI_INTERFACE_ADD};
	struct known *k;

	for (k = known_routes_first(&z->known); k; k = known_routes_next(&z->known, k))
		k->old = true;
	send_caps(z, &(struct zapi_client_caps){.capability = CLIENT_GR_CAPABILITIES,
						.stale_time = BABEL_ZAPI_STALE_TIME});
	zapi_client_send(client, &ask);
	for (unsigned int t = 0; t < ROUTE_TYPE_MAX; t++) {
		if (*wants(z, FAM_IP4, (uint8_t)t))
			send_redistribute(z, ZAPI_REDISTRIBUTE_ADD, FAM_IP4, (uint8_t)t);
		if (*wants(z, FAM_IP6, (uint8_t)t))
			send_redistribute(z, ZAPI_REDISTRIBUTE_ADD, FAM_IP6, (uint8_t)t);
	}
}

static void zebra_down(void *ctx, struct zapi_client *client)
{
	struct babel_zapi *z = ctx;
	bool was_ready = z->ready;

	(void)client;
	z->ready = false;
	z->sync_wanted = false;
	delayed_drop_all(z);
	/* What it had told stays valid until it is back and has had its time. */
	loop_timer_at(z->relearn, MONO_NEVER);
	if (was_ready)
		z->ops.lost(z->ctx);
}

static void zebra_drained(void *ctx, struct zapi_client *client)
{
	struct babel_zapi *z = ctx;

	(void)client;
	delayed_send(z);
}

static void relearn_over(void *ctx)
{
	struct babel_zapi *z = ctx;
	struct known *k = known_routes_first(&z->known);

	while (k) {
		struct sdprefix pair = k->entry.key;

		if (k->old)
			known_drop(z, k);
		k = known_routes_after(&z->known, &pair);
	}
	z->ops.relearned(z->ctx);
}

struct babel_zapi *babel_zapi_new(struct loop *l, const char *path,
				  const struct babel_zapi_ops *ops, void *ctx)
{
	static const struct zapi_client_ops client_ops = {
		.up = zebra_up,
		.message = zebra_message,
		.down = zebra_down,
		.drained = zebra_drained,
	};
	struct zapi_hello hello = {.type = ROUTE_BABEL};
	struct babel_zapi *z = mem_new(loop_mem(l), sizeof(*z));

	z->loop = l;
	z->mem = loop_mem(l);
	z->ops = *ops;
	z->ctx = ctx;
	z->sourced6 = z->sourced4 = z->via6 = true;
	delayed_routes_init(&z->delayed);
	known_routes_init(&z->known);
	z->relearn = loop_timer_new(l, relearn_over, z);
	z->client = zapi_client_new(l, path, &hello, &client_ops, z);
	return z;
}

void babel_zapi_free(struct babel_zapi *z)
{
	struct known *k;

	if (!z)
		return;
	zapi_client_free(z->client);
	loop_timer_free(z->relearn);
	delayed_drop_all(z);
	while ((k = known_routes_first(&z->known))) {
		known_routes_del(&z->known, k);
		mem_free(z->mem, k);
	}
	delayed_routes_fini(&z->delayed);
	known_routes_fini(&z->known);
	mem_free(z->mem, z);
}

bool babel_zapi_is_up(const struct babel_zapi *z)
{
	return z->ready;
}

bool babel_zapi_if_usable(const struct zapi_interface *i)
{
	if (!(i->flags & IFF_UP))
		return false;
	return !(i->status & IF_STATUS_LINK_DETECT) || (i->flags & IFF_RUNNING);
}

void babel_zapi_redistribute(struct babel_zapi *z, enum family f, uint8_t type, bool on)
{
	struct known *k;

	if (type >= ROUTE_TYPE_MAX || *wants(z, f, type) == on)
		return;
	*wants(z, f, type) = on;
	send_redistribute(z, on ? ZAPI_REDISTRIBUTE_ADD : ZAPI_REDISTRIBUTE_DELETE, f, type);
	if (on)
		return;
	/* Zebra says nothing more about them. */
	k = known_routes_first(&z->known);
	while (k) {
		struct sdprefix pair = k->entry.key;

		if (k->r.type == type && sdprefix_family(&pair) == f)
			known_drop(z, k);
		k = known_routes_after(&z->known, &pair);
	}
}

void babel_zapi_replay_redistributed(struct babel_zapi *z)
{
	struct known *k;

	for (k = known_routes_first(&z->known); k; k = known_routes_next(&z->known, k))
		z->ops.route_add(z->ctx, &k->entry.key, &k->r);
}

void babel_zapi_route(struct babel_zapi *z, const struct sdprefix *pair,
		      const struct babel_choice *c)
{
	if (!z->ready || z->leaving)
		return;
	if (zapi_client_full(z->client) || delayed_routes_count(&z->delayed))
		delay(z, pair, c);
	else
		send_route(z, pair, c);
}

void babel_zapi_sync_complete(struct babel_zapi *z)
{
	if (!z->ready)
		return;
	z->sync_wanted = true;
	if (!delayed_routes_count(&z->delayed))
		send_complete(z);
}

void babel_zapi_goodbye(struct babel_zapi *z)
{
	z->leaving = true;
	z->sync_wanted = false;
	delayed_drop_all(z);
	send_caps(z, &(struct zapi_client_caps){.capability = CLIENT_GR_DISABLE});
}

size_t babel_zapi_pending(const struct babel_zapi *z)
{
	return zapi_client_pending(z->client) + delayed_routes_count(&z->delayed);
}

struct babel_zapi_view babel_zapi_look(const struct babel_zapi *z)
{
	return (struct babel_zapi_view){
		.up = z->ready,
		.srcdest = z->srcdest,
		.sourced6 = z->sourced6,
		.sourced4 = z->sourced4,
		.v4_via_v6 = z->via6,
		.dialect = zapi_client_dialect(z->client),
		.routes_sent = z->routes_sent,
		.routes_failed = z->routes_failed,
		.redistributed = known_routes_count(&z->known),
		.delayed = delayed_routes_count(&z->delayed),
	};
}
