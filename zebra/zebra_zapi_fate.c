/* SPDX-License-Identifier: MIT */
/* ZAPI server: what became of a client's routes (ROUTE_NOTIFY_OWNER). */
#include <string.h>

#include "zebra/zebra_zapi_impl.h"

static uint32_t code_of(enum rib_fate fate)
{
	switch (fate) {
	case RIB_FATE_INSTALLED:
		return NOTIFY_INSTALLED;
	case RIB_FATE_FAILED:
		break;
	case RIB_FATE_BETTER_WON:
		return NOTIFY_BETTER_ADMIN_WON;
	case RIB_FATE_REMOVED:
		return NOTIFY_REMOVED;
	case RIB_FATE_REMOVE_FAILED:
		return NOTIFY_REMOVE_FAIL;
	}
	return NOTIFY_FAIL_INSTALL;
}

static void send_fate(struct zclient *c, uint32_t table, const struct sdprefix *pair,
		      enum rib_fate fate)
{
	struct zapi_msg m;
	struct zapi_route_notify *n = &m.u.notify;

	m.cmd = ZAPI_ROUTE_NOTIFY_OWNER;
	m.vrf = 0;
	memset(n, 0, sizeof(*n));
	n->code = code_of(fate);
	n->pair = *pair;
	n->have_pair = true;
	n->table = table ? table : ZAPI_TABLE_MAIN;
	n->afi = sdprefix_family(pair) == FAM_IP6 ? AFI_IP6 : AFI_IP4;
	n->safi = SAFI_UNICAST;
	zclient_send(c, &m);
}

static struct zc_fate *fate_get(struct zclient *c, struct zc_later *l, uint32_t table)
{
	struct zc_fate *f = l->fates;

	while (f && f->table != table)
		f = f->next;
	if (f)
		return f;
	f = mem_new(c->z->mem, sizeof(*f));
	f->table = table;
	f->next = l->fates;
	l->fates = f;
	return f;
}

void zclient_fate(struct zclient *c, uint32_t table, const struct sdprefix *pair,
		  enum rib_fate fate)
{
	if (!c->v.notify || c->v.session != 0)
		return;
	if (zclient_must_wait(c))
		fate_get(c, zclient_later(c, pair), table)->fate = fate;
	else
		send_fate(c, table, pair, fate);
}

void zclient_fates_tell(struct zclient *c, const struct zc_later *l)
{
	for (const struct zc_fate *f = l->fates; f; f = f->next)
		send_fate(c, f->table, &l->entry.key, f->fate);
}

void zclient_fates_drop(struct zclient *c, struct zc_later *l)
{
	struct zc_fate *f;

	while ((f = l->fates)) {
		l->fates = f->next;
		mem_free(c->z->mem, f);
	}
}
