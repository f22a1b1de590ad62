/* SPDX-License-Identifier: MIT */
/* The ZAPI server: clients, what they ask, and what is told to them all. */
#include "zebra/zebra_zapi.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "zebra/zebra_zapi_impl.h"

#define REFUSAL_BURST 3
#define REFUSAL_EVERY (10 * USEC_PER_SEC)
#define COMINGS_BURST 100

const char *zclient_name(const struct zclient *c)
{
	return c->v.hello ? zapi_route_type_name(c->v.type) : "a client without HELLO";
}

bool zclient_is_owner(const struct zclient *c)
{
	const struct zapi_hello h = {
		.type = c->v.type, .session = c->v.session, .synchronous = c->v.synchronous};

	return c->v.hello && zapi_hello_owns(&h);
}

static unsigned int slot_of(uint16_t cmd)
{
	return cmd < ZC_COMMANDS - 1 ? cmd : ZC_COMMANDS - 1;
}

void zclient_send(struct zclient *c, const struct zapi_msg *m)
{
	c->v.out++;
	c->out_by[slot_of(m->cmd)]++;
	zapi_session_send(c->session, m);
	zclient_sent(c);
}

/* ---- Clients ---- */

static void zclient_free(struct zclient *c)
{
	struct zebra_zapi *z = c->z;

	zclients_del(&z->clients, c);
	zapi_session_free(c->session);
	zclient_routes_fini(c);
	zclient_tracks_fini(c);
	zclient_labels_fini(c);
	mem_free(z->mem, c);
}

static void zclient_gone(struct zclient *c)
{
	struct zebra_zapi *z = c->z;
	struct zapi_msg m = {.cmd = ZAPI_CLIENT_CLOSE_NOTIFY};
	bool hello = c->v.hello;
	struct zclient *other;

	m.u.client_close = (struct zapi_client_close){c->v.type, c->v.instance, c->v.session};
	zclient_owner_leaves(c);
	zclient_free(c);
	/* Nobody can be told of a type that has no number. */
	if (!hello || m.u.client_close.type >= ROUTE_TYPE_ALL)
		return;
	LIST_EACH (zclients, &z->clients, other)
		if (other->v.type != m.u.client_close.type)
			zclient_send(other, &m);
}

static void send_error(struct zclient *c, const struct zapi_msg *about, enum zapi_error error)
{
	struct zapi_msg m = {.cmd = ZAPI_ERROR, .vrf = about->vrf};

	m.u.error = error;
	zclient_send(c, &m);
}

/* ---- HELLO ---- */

static void send_capabilities(struct zclient *c)
{
	const struct zebra_zapi_ops *ops = c->z->ops;
	struct zapi_msg m = {.cmd = ZAPI_CAPABILITIES};

	m.u.capabilities.ecmp = RIB_MAX_NEXTHOPS;
	m.u.capabilities.have_ext = true;
	m.u.capabilities.ext =
		(uint8_t)((ops->sourced(c->z->ctx, FAM_IP6) ? ZAPI_EXT_SOURCED6 : 0) |
			  (ops->sourced(c->z->ctx, FAM_IP4) ? ZAPI_EXT_SOURCED4 : 0) |
			  (ops->via6(c->z->ctx) ? ZAPI_EXT_VIA6 : 0));
	zclient_send(c, &m);
}

void zebra_zapi_abilities(struct zebra_zapi *z)
{
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c)
		if (c->v.hello)
			send_capabilities(c);
}

static void send_vrf(struct zclient *c)
{
	struct zapi_msg m = {.cmd = ZAPI_VRF_ADD};

	m.u.vrf_info.table = ZAPI_TABLE_MAIN;
	snprintf(m.u.vrf_info.name, sizeof(m.u.vrf_info.name), "default");
	zclient_send(c, &m);
}

/* An earlier process of the same owner whose end has not been read yet: it
 * must have gone before the new one's routes come, or they would go with it. */
static void bury_predecessor(struct zclient *c, const struct zapi_hello *h)
{
	struct zclient *other, *next;

	LIST_EACH_SAFE (zclients, &c->z->clients, other, next)
		if (other != c && other->v.hello && other->v.type == h->type &&
		    other->v.instance == h->instance && other->v.session == h->session &&
		    zapi_session_hung_up(other->session)) {
			zclient_gone(other);
			return;
		}
}

static void got_hello(struct zclient *c, const struct zapi_hello *h)
{
	char name[48];

	bury_predecessor(c, h);
	if (!zclient_may_be(c, h)) {
		snprintf(name, sizeof(name), "%s is another client already",
			 zapi_route_type_name(h->type));
		zclient_end(c, name);
		return;
	}
	if (c->v.hello && (c->v.type != h->type || c->v.instance != h->instance))
		zclient_owner_leaves(c);
	c->v.hello = true;
	c->v.type = h->type;
	c->v.instance = h->instance;
	c->v.session = h->session;
	c->v.notify = h->want_notify;
	c->v.synchronous = h->synchronous;
	snprintf(name, sizeof(name), "client %s", zclient_name(c));
	zapi_session_rename(c->session, name);
	log_limited(&c->z->comings, LOG_LVL_INFO, "%s: connected", name);
	if (h->synchronous)
		return;
	send_capabilities(c);
	send_vrf(c);
}

/* ---- What clients ask ---- */

static void send_address(void *arg, const struct zapi_address *a)
{
	struct zapi_msg m = {.cmd = ZAPI_INTERFACE_ADDRESS_ADD};

	m.u.address = *a;
	zclient_send(arg, &m);
}

static void send_interface(void *arg, const struct zapi_interface *i)
{
	struct zclient *c = arg;
	struct zapi_msg m = {.cmd = ZAPI_INTERFACE_ADD};

	m.u.interface = *i;
	zclient_send(c, &m);
	c->z->ops->each_address(c->z->ctx, i->ifindex, send_address, c);
}

void zclient_router_id(struct zclient *c, enum family f)
{
	struct zapi_msg m = {.cmd = ZAPI_ROUTER_ID_UPDATE};

	m.u.router_id.family = f;
	m.u.router_id.plen = (uint8_t)family_bits(f);
	if (c->z->ops->router_id(c->z->ctx, f, &m.u.router_id.addr))
		zclient_send(c, &m);
}

static void got_router_id(struct zclient *c, unsigned int afi, bool on)
{
	enum family f = afi == AFI_IP6 ? FAM_IP6 : FAM_IP4;

	if (afi != AFI_IP4 && afi != AFI_IP6)
		return;
	c->router_id[zc_fam(f)] = on;
	if (on)
		zclient_router_id(c, f);
}

static void set_stale_time(struct zclient *c, uint32_t seconds)
{
	c->v.stale_time = seconds < ZAPI_STALE_MAX ? seconds : ZAPI_STALE_MAX;
	if (seconds > ZAPI_STALE_MAX)
		zclient_error(c, "a stale time of %u s is cut to %u", seconds, ZAPI_STALE_MAX);
}

static void got_client_caps(struct zclient *c, const struct zapi_client_caps *caps)
{
	unsigned int bit = caps->afi < 8 && caps->safi == SAFI_UNICAST ? 1u << caps->afi : 0;

	switch ((enum zapi_client_capability)caps->capability) {
	case CLIENT_GR_CAPABILITIES:
		c->v.graceful = true;
		set_stale_time(c, caps->stale_time);
		break;
	case CLIENT_RIB_STALE_TIME:
		set_stale_time(c, caps->stale_time);
		break;
	case CLIENT_GR_DISABLE:
		c->v.graceful = false;
		break;
	case CLIENT_ROUTE_UPDATE_PENDING:
		c->announced |= bit;
		c->complete &= ~bit;
		break;
	case CLIENT_ROUTE_UPDATE_COMPLETE:
		c->announced |= bit;
		c->complete |= bit;
		zclient_owner_complete(c, caps->afi);
		break;
	}
}

static void client_message(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
			   enum zapi_verdict verdict)
{
	struct zclient *c = ctx;

	(void)s;
	c->v.in++;
	c->in_by[slot_of(m->cmd)]++;
	if (m->vrf != 0) {
		zclient_error(c, "%s for VRF %u", zapi_cmd_name(m->cmd), m->vrf);
		send_error(c, m, ZAPI_ERR_NO_VRF);
		return;
	}
	if (verdict == ZAPI_UNKNOWN) {
		zclient_error(c, "a command that is not known");
		send_error(c, m, ZAPI_ERR_INVALID_MSG_TYPE);
		return;
	}
	switch (m->cmd) {
	case ZAPI_HELLO:
		got_hello(c, &m->u.hello);
		break;
	case ZAPI_INTERFACE_ADD:
		c->z->ops->each_interface(c->z->ctx, send_interface, c);
		break;
	case ZAPI_ROUTE_ADD:
		zclient_route_add(c, &m->u.route);
		break;
	case ZAPI_ROUTE_DELETE:
		zclient_route_del(c, &m->u.route);
		break;
	case ZAPI_REDISTRIBUTE_ADD:
	case ZAPI_REDISTRIBUTE_DELETE:
		zclient_redistribute(c, &m->u.redistribute, m->cmd == ZAPI_REDISTRIBUTE_ADD);
		break;
	case ZAPI_REDISTRIBUTE_DEFAULT_ADD:
	case ZAPI_REDISTRIBUTE_DEFAULT_DELETE:
		zclient_redistribute_default(c, m->u.afi, m->cmd == ZAPI_REDISTRIBUTE_DEFAULT_ADD);
		break;
	case ZAPI_ROUTER_ID_ADD:
	case ZAPI_ROUTER_ID_DELETE:
		got_router_id(c, m->u.afi, m->cmd == ZAPI_ROUTER_ID_ADD);
		break;
	case ZAPI_NEXTHOP_REGISTER:
		zclient_track(c, &m->u.nexthop_regs);
		break;
	case ZAPI_NEXTHOP_UNREGISTER:
		zclient_untrack(c, &m->u.nexthop_regs);
		break;
	case ZAPI_CLIENT_CAPABILITIES:
		got_client_caps(c, &m->u.client_caps);
		break;
	case ZAPI_ROUTE_NOTIFY_REQUEST:
		c->v.notify = m->u.on;
		break;
	case ZAPI_LABEL_MANAGER_CONNECT:
	case ZAPI_LABEL_MANAGER_CONNECT_ASYNC:
		zclient_label_connect(c, m);
		break;
	case ZAPI_GET_LABEL_CHUNK:
		zclient_label_get(c, m);
		break;
	case ZAPI_RELEASE_LABEL_CHUNK:
		zclient_label_release(c, &m->u.label);
		break;
	default: /* heard, without an effect here */
		break;
	}
}

static void client_closed(void *ctx, struct zapi_session *s, const char *why)
{
	(void)s;
	(void)why;
	zclient_gone(ctx);
}

static void client_drained(void *ctx, struct zapi_session *s)
{
	(void)s;
	zclient_catch_up(ctx);
	zclient_took(ctx);
}

static void client_accepted(void *ctx, int fd)
{
	static const struct zapi_session_ops ops = {client_message, client_closed, client_drained};
	struct zebra_zapi *z = ctx;
	uint32_t pid = zebra_zapi_peer_pid(fd);
	struct zclient *c;

	if (!zebra_zapi_admits(z, pid)) {
		close(fd);
		return;
	}
	c = mem_new(z->mem, sizeof(*c));
	c->z = z;
	c->v.pid = pid;
	c->v.id = ++z->last_id;
	c->v.since = loop_now(z->loop);
	c->refusals = c->stalls = (struct log_limit)LOG_LIMIT(REFUSAL_BURST, REFUSAL_EVERY);
	zc_laters_init(&c->later);
	zc_tracks_init(&c->tracks);
	c->session = zapi_session_new(z->loop, fd, ZAPI_FROM_CLIENT, "client", &ops, c);
	zclients_add_tail(&z->clients, c);
	zebra_zapi_watch(z);
}

/* ---- The server ---- */

static void do_work(void *ctx)
{
	struct zebra_zapi *z = ctx;
	struct zclient *c;
	bool more = false;

	LIST_EACH (zclients, &z->clients, c) {
		more |= zclient_replay(c);
		more |= zclient_track_some(c);
	}
	if (more)
		loop_timer_at(z->work, loop_now(z->loop));
}

struct zebra_zapi *zebra_zapi_new(struct loop *l, const char *path, struct rib *rib,
				  const struct zebra_zapi_ops *ops, void *ctx, char *err,
				  unsigned int err_size)
{
	struct zebra_zapi *z = mem_new(loop_mem(l), sizeof(*z));

	z->loop = l;
	z->mem = loop_mem(l);
	z->rib = rib;
	z->ops = ops;
	z->ctx = ctx;
	z->comings = (struct log_limit)LOG_LIMIT(COMINGS_BURST, REFUSAL_EVERY);
	zclients_init(&z->clients);
	zc_gones_init(&z->gones);
	z->listener = listener_new(l, path, 0660, client_accepted, z, err, err_size);
	if (!z->listener) {
		mem_free(z->mem, z);
		return NULL;
	}
	z->work = loop_timer_new(l, do_work, z);
	z->watch = loop_timer_new(l, zebra_zapi_watch_due, z);
	z->unhold = loop_timer_new(l, zebra_zapi_unhold_due, z);
	zebra_zapi_set_patience(z, &(struct zebra_zapi_patience){ZAPI_HELLO_TIME, ZAPI_STALL_TIME,
								 ZAPI_SETTLE_TIME});
	return z;
}

void zebra_zapi_free(struct zebra_zapi *z)
{
	struct zclient *c;

	if (!z)
		return;
	listener_free(z->listener);
	while ((c = zclients_first(&z->clients)))
		zclient_free(c);
	zebra_zapi_gones_fini(z);
	loop_timer_free(z->work);
	loop_timer_free(z->watch);
	loop_timer_free(z->unhold);
	mem_free(z->mem, z);
}
