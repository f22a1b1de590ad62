/* SPDX-License-Identifier: MIT */
/* ZAPI server: what is told to all clients, and of them. */
#include <stdio.h>

#include "zebra/zebra_zapi_impl.h"

static void send_all(struct zebra_zapi *z, const struct zapi_msg *m)
{
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c)
		if (!c->v.synchronous && zapi_session_settled(c->session))
			zclient_send(c, m);
}

void zebra_zapi_interface(struct zebra_zapi *z, enum zapi_cmd cmd, const struct zapi_interface *i)
{
	struct zapi_msg m = {.cmd = (uint16_t)cmd};

	m.u.interface = *i;
	send_all(z, &m);
}

void zebra_zapi_address(struct zebra_zapi *z, enum zapi_cmd cmd, const struct zapi_address *a)
{
	struct zapi_msg m = {.cmd = (uint16_t)cmd};

	m.u.address = *a;
	send_all(z, &m);
	/* No route comes or goes with it, but who tracks such a gateway hears. */
	if (a->family == FAM_IP6 && addr_is_linklocal(FAM_IP6, &a->addr))
		zebra_zapi_rib_settled(z);
}

void zebra_zapi_router_id(struct zebra_zapi *z)
{
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c) {
		if (c->router_id[zc_fam(FAM_IP4)])
			zclient_router_id(c, FAM_IP4);
		if (c->router_id[zc_fam(FAM_IP6)])
			zclient_router_id(c, FAM_IP6);
	}
}

void zebra_zapi_redistribute(struct zebra_zapi *z, const struct sdprefix *pair,
			     const struct rib_view *was, const struct rib_view *is)
{
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c)
		zclient_change(c, pair, was, is);
}

void zebra_zapi_fate(struct zebra_zapi *z, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *owner, enum rib_fate fate)
{
	struct zclient *c;

	if (owner->config)
		return;
	LIST_EACH (zclients, &z->clients, c)
		if (zclient_is_owner(c) && c->v.type == owner->type &&
		    c->v.instance == owner->instance)
			zclient_fate(c, table, pair, fate);
}

void zebra_zapi_rib_settled(struct zebra_zapi *z)
{
	struct zclient *c;

	if (!z)
		return;
	zebra_zapi_unhold(z);
	LIST_EACH (zclients, &z->clients, c)
		zclient_track_again(c);
}

static struct zebra_zapi_client_view view_of(const struct zclient *c)
{
	const struct zapi_session_faults *f = zapi_session_faults(c->session);
	struct zebra_zapi_client_view v = c->v;

	v.settled = zapi_session_settled(c->session);
	v.dialect = zapi_session_dialect(c->session);
	v.pending = zapi_session_pending(c->session);
	v.held_by_output = c->held & ZC_HELD_OUTPUT;
	v.held_by_rib = c->held & ZC_HELD_RIB;
	v.in_by = c->in_by;
	v.out_by = c->out_by;
	v.n_by = ZC_COMMANDS;
	v.dropped = f->dropped;
	if (f->dropped && (!v.errors || mono_before(v.last_error_at, f->last_at))) {
		snprintf(v.last_error, sizeof(v.last_error), "%s", f->last);
		v.last_error_at = f->last_at;
	}
	v.errors += f->dropped;
	return v;
}

void zebra_zapi_each_client(const struct zebra_zapi *z,
			    bool (*each)(void *ctx, const struct zebra_zapi_client_view *v),
			    void *ctx)
{
	const struct list_link *l;

	for (l = z->clients.head.next; l != &z->clients.head; l = l->next) {
		struct zebra_zapi_client_view v =
			view_of(container_of_const(l, struct zclient, link));

		if (!each(ctx, &v))
			return;
	}
}
