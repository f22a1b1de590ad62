/* SPDX-License-Identifier: MIT */
/* What follows from a change of interfaces and addresses. */
#include <linux/if_addr.h>
#include <net/if_arp.h>

#include <string.h>

#include "zebra/zebra.h"
#include "zebra/zebra_backend.h"

/* ---- to the clients ---- */

static void to_zapi_interface(const struct iface *i, struct zapi_interface *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->name, i->l.name, sizeof(out->name));
	out->ifindex = i->l.ifindex;
	out->status = 1 | 4; /* active; link detection: usable means running, too */
	out->flags = i->l.flags;
	out->mtu = out->mtu6 = i->l.mtu;
	out->link_ifindex = i->l.lower;
	/* FRR's own list of link types: these two matter to a protocol. */
	out->link_type = i->l.arphrd == ARPHRD_ETHER ? 1 : i->l.arphrd == ARPHRD_LOOPBACK ? 30 : 0;
	out->hwaddr_len = i->l.hwaddr_len;
	memcpy(out->hwaddr, i->l.hwaddr, i->l.hwaddr_len);
}

static void to_zapi_address(const struct iface *i, const struct iface_addr *a,
			    struct zapi_address *out)
{
	memset(out, 0, sizeof(*out));
	out->ifindex = i->l.ifindex;
	out->family = a->a.family;
	out->addr = a->a.addr;
	out->plen = a->a.plen;
	out->peer = a->a.peer;
	if (a->a.family == FAM_IP4 && (a->a.flags & IFA_F_SECONDARY))
		out->flags |= 1;
	if (!addr_is_zero(&a->a.peer))
		out->flags |= 2;
}

static void each_interface(void *ctx, void (*each)(void *arg, const struct zapi_interface *i),
			   void *arg)
{
	struct zebra *z = ctx;
	struct zapi_interface out;

	for (const struct iface *i = ifaces_first(z->ifs); i; i = ifaces_next(z->ifs, i)) {
		to_zapi_interface(i, &out);
		each(arg, &out);
	}
}

static void each_address(void *ctx, uint32_t ifindex,
			 void (*each)(void *arg, const struct zapi_address *a), void *arg)
{
	struct zebra *z = ctx;
	const struct iface *i = ifaces_find(z->ifs, ifindex);
	struct zapi_address out;

	if (!i)
		return;
	for (const struct iface_addr *a = iface_addr_first(i); a; a = iface_addr_next(i, a)) {
		if (!a->usable)
			continue;
		to_zapi_address(i, a, &out);
		each(arg, &out);
	}
}

static bool router_id(void *ctx, enum family f, struct addr *out)
{
	struct zebra *z = ctx;

	if (f != FAM_IP4 || !z->have_router_id)
		return false;
	*out = z->router_id;
	return true;
}

static bool sourced(void *ctx, enum family f)
{
	return zebra_backend_able(ctx, f);
}

static bool via6(void *ctx)
{
	return ((struct zebra *)ctx)->via6;
}

static void rib_changed(void *ctx)
{
	zebra_run_rib(ctx, 0);
}

const struct zebra_zapi_ops zebra_zapi_ops = {
	.each_interface = each_interface,
	.each_address = each_address,
	.router_id = router_id,
	.sourced = sourced,
	.via6 = via6,
	.rib_changed = rib_changed,
};

/* ---- router id ---- */

/* Four octets from a hardware address (FNV-1a), never zero. */
static struct addr derived_id(const uint8_t *hw, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ hw[i]) * 16777619u;
	h |= 1;
	return addr_ip4((uint8_t)(h >> 24), (uint8_t)(h >> 16), (uint8_t)(h >> 8), (uint8_t)h);
}

/* The highest IPv4 address, else one derived from the first hardware address. */
static bool choose_router_id(const struct zebra *z, struct addr *out)
{
	bool have = false, derived = false;

	for (const struct iface *i = ifaces_first(z->ifs); i; i = ifaces_next(z->ifs, i)) {
		for (const struct iface_addr *a = iface_addr_first(i); a;
		     a = iface_addr_next(i, a)) {
			if (a->a.family != FAM_IP4 || !a->usable ||
			    addr_is_loopback(FAM_IP4, &a->a.addr) ||
			    addr_is_linklocal(FAM_IP4, &a->a.addr))
				continue;
			if (have && !derived && addr_cmp(&a->a.addr, out) <= 0)
				continue;
			*out = a->a.addr;
			have = true;
			derived = false;
		}
		if (!have && i->l.hwaddr_len && i->l.arphrd != ARPHRD_LOOPBACK) {
			*out = derived_id(i->l.hwaddr, i->l.hwaddr_len);
			have = derived = true;
		}
	}
	return have;
}

static void update_router_id(struct zebra *z)
{
	struct addr id;
	bool have;

	memset(&id, 0, sizeof(id));
	have = choose_router_id(z, &id);
	if (have == z->have_router_id && addr_cmp(&id, &z->router_id) == 0)
		return;
	z->have_router_id = have;
	z->router_id = id;
	if (z->zapi)
		zebra_zapi_router_id(z->zapi);
}

/* ---- connected routes ---- */

static struct rib_owner connected_owner(const struct iface *i)
{
	return (struct rib_owner){.type = RIB_TYPE_CONNECTED, .key = i->l.ifindex};
}

static void connected_add(struct zebra *z, const struct iface *i, const struct prefix *p)
{
	struct rib_owner owner = connected_owner(i);
	struct rib_nexthop nh = {.kind = RIB_NH_IFINDEX, .ifindex = i->l.ifindex};
	struct rib_spec spec = {.n_nexthops = 1, .nexthops = &nh};
	struct sdprefix pair;

	if (sdprefix_make(&pair, p, NULL))
		rib_add(z->rib, &pair, &owner, &spec, loop_now(z->loop));
}

static void connected_del(struct zebra *z, const struct iface *i, const struct prefix *p)
{
	struct rib_owner owner = connected_owner(i);
	struct sdprefix pair;

	if (sdprefix_make(&pair, p, NULL))
		rib_del(z->rib, &pair, &owner);
}

/* Does an address other than `but` make this prefix connected? */
static bool connected_by_another(const struct iface *i, const struct prefix *p,
				 const struct iface_addr *but)
{
	struct prefix q;

	for (const struct iface_addr *a = iface_addr_first(i); a; a = iface_addr_next(i, a))
		if (a != but && iface_addr_connected(a, &q) && prefix_eq(p, &q))
			return true;
	return false;
}

static void connected_addr(struct zebra *z, const struct iface *i, const struct iface_addr *a,
			   bool added)
{
	struct iface_addr was = *a;
	struct prefix p;

	was.usable = true;
	if (!iface_usable(i) || !iface_addr_connected(&was, &p) || connected_by_another(i, &p, a))
		return;
	if (added)
		connected_add(z, i, &p);
	else
		connected_del(z, i, &p);
}

static void connected_all(struct zebra *z, const struct iface *i, bool up)
{
	struct prefix p;

	for (const struct iface_addr *a = iface_addr_first(i); a; a = iface_addr_next(i, a)) {
		if (!iface_addr_connected(a, &p))
			continue;
		if (up)
			connected_add(z, i, &p);
		else
			connected_del(z, i, &p);
	}
}

/* ---- events ---- */

static void tell_interface(struct zebra *z, enum zapi_cmd cmd, const struct iface *i)
{
	struct zapi_interface out;

	if (!z->zapi)
		return;
	to_zapi_interface(i, &out);
	zebra_zapi_interface(z->zapi, cmd, &out);
}

static void tell_address(struct zebra *z, enum zapi_cmd cmd, const struct iface *i,
			 const struct iface_addr *a)
{
	struct zapi_address out;

	if (!z->zapi)
		return;
	to_zapi_address(i, a, &out);
	zebra_zapi_address(z->zapi, cmd, &out);
}

static uint32_t ifindex_of(void *ctx, const char *name)
{
	const struct iface *i = ifaces_find_name(((struct zebra *)ctx)->ifs, name);

	return i ? i->l.ifindex : 0;
}

void zebra_settle_policy(struct zebra *z)
{
	uint64_t types[2];

	rmap_settle(z->rmaps, ifindex_of, z, types);
	if (types[0])
		rib_rejudge(z->rib, FAM_IP4, types[0]);
	if (types[1])
		rib_rejudge(z->rib, FAM_IP6, types[1]);
}

/* Interfaces came, went or changed their names: static routes and route maps
 * name them. */
static void names_changed(struct zebra *z)
{
	zebra_settle_policy(z);
	statics_iface_changed(z->statics, z->ifs);
	statics_sync(z->statics, z->rib, z->ifs, loop_now(z->loop));
}

void zebra_iface_event(void *ctx, enum iface_event ev, const struct iface *i,
		       const struct iface_addr *a)
{
	struct zebra *z = ctx;

	switch (ev) {
	case IFACE_ADDED:
		rib_if_set(z->rib, i->l.ifindex, iface_usable(i));
		names_changed(z);
		tell_interface(z, ZAPI_INTERFACE_ADD, i);
		update_router_id(z);
		break;
	case IFACE_CHANGED:
		names_changed(z);
		tell_interface(z, ZAPI_INTERFACE_ADD, i);
		break;
	case IFACE_UP:
		rib_if_set(z->rib, i->l.ifindex, true);
		connected_all(z, i, true);
		names_changed(z);
		tell_interface(z, ZAPI_INTERFACE_UP, i);
		break;
	case IFACE_DOWN:
		rib_if_set(z->rib, i->l.ifindex, false);
		connected_all(z, i, false);
		names_changed(z);
		tell_interface(z, ZAPI_INTERFACE_DOWN, i);
		break;
	case IFACE_REMOVED:
		rib_if_del(z->rib, i->l.ifindex);
		names_changed(z);
		tell_interface(z, ZAPI_INTERFACE_DELETE, i);
		update_router_id(z);
		break;
	case IFACE_ADDR_ADDED:
		connected_addr(z, i, a, true);
		rib_address(z->rib, a->a.family, &a->a.addr);
		tell_address(z, ZAPI_INTERFACE_ADDRESS_ADD, i, a);
		update_router_id(z);
		break;
	case IFACE_ADDR_REMOVED:
		connected_addr(z, i, a, false);
		rib_address(z->rib, a->a.family, &a->a.addr);
		tell_address(z, ZAPI_INTERFACE_ADDRESS_DELETE, i, a);
		update_router_id(z);
		break;
	}
	zebra_run_rib(z, 0);
}
