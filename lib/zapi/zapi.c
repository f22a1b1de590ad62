/* SPDX-License-Identifier: MIT */
/* ZAPI codec: header, the table of commands, the small messages. */
#include "lib/zapi/zapi.h"

#include <string.h>

#include "lib/zapi/zapi_impl.h"

/* ---- Pieces ---- */

enum zapi_verdict zapi_judge(const struct rd *r, bool valid)
{
	if (!rd_ok(r))
		return ZAPI_SHORT;
	return valid ? ZAPI_OK : ZAPI_INVALID;
}

enum family zapi_family(unsigned int af)
{
	if (af == ZAPI_AF_IP4)
		return FAM_IP4;
	return af == ZAPI_AF_IP6 ? FAM_IP6 : FAM_NONE;
}

uint16_t zapi_af(enum family f)
{
	return f == FAM_IP4 ? ZAPI_AF_IP4 : ZAPI_AF_IP6;
}

struct addr zapi_rd_addr(struct rd *r, enum family f)
{
	struct addr a = {{0}};

	rd_bytes(r, a.b, family_octets(f));
	return a;
}

void zapi_wr_addr(struct wr *w, enum family f, const struct addr *a)
{
	wr_bytes(w, a->b, family_octets(f));
}

bool zapi_rd_short_prefix(struct rd *r, enum family f, struct prefix *out)
{
	struct addr a = {{0}};
	unsigned int plen = rd_u8(r);

	if (f == FAM_NONE || plen > family_bits(f))
		return false;
	rd_bytes(r, a.b, (plen + 7) / 8);
	return prefix_make(out, f, &a, plen);
}

bool zapi_rd_full_prefix(struct rd *r, enum family f, struct prefix *out)
{
	struct addr a;
	unsigned int plen = rd_u8(r);

	if (f == FAM_NONE || plen > family_bits(f))
		return false;
	a = zapi_rd_addr(r, f);
	return prefix_make(out, f, &a, plen);
}

void zapi_wr_short_prefix(struct wr *w, const struct prefix *p)
{
	wr_u8(w, p->plen);
	wr_bytes(w, p->addr.b, (p->plen + 7u) / 8);
}

void zapi_wr_full_prefix(struct wr *w, const struct prefix *p)
{
	wr_u8(w, p->plen);
	zapi_wr_addr(w, (enum family)p->family, &p->addr);
}

uint32_t zapi_rd_native32(struct rd *r)
{
	uint32_t v;

	rd_bytes(r, &v, sizeof(v));
	return v;
}

void zapi_wr_native32(struct wr *w, uint32_t v)
{
	wr_bytes(w, &v, sizeof(v));
}

/* ---- Messages ---- */

static enum zapi_verdict rd_empty(struct rd *r, struct zapi_msg *m)
{
	(void)r;
	(void)m;
	return ZAPI_OK;
}

static void wr_empty(struct wr *w, const struct zapi_msg *m)
{
	(void)w;
	(void)m;
}

static enum zapi_verdict rd_hello(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	struct zapi_hello *h = &m->u.hello;

	h->type = zapi_rd_type(r, l);
	h->instance = rd_u16(r);
	h->session = rd_u32(r);
	h->want_notify = l->hello_notify && rd_u8(r) != 0;
	h->synchronous = rd_u8(r) != 0;
	return zapi_judge(r, true);
}

static void wr_hello(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	const struct zapi_hello *h = &m->u.hello;

	zapi_wr_type(w, l, h->type);
	wr_u16(w, h->instance);
	wr_u32(w, h->session);
	if (l->hello_notify)
		wr_u8(w, h->want_notify);
	wr_u8(w, h->synchronous);
}

static enum zapi_verdict rd_capabilities(struct rd *r, const struct zapi_layout *l,
					 struct zapi_msg *m)
{
	struct zapi_capabilities *c = &m->u.capabilities;
	struct rd ext;

	memset(c, 0, sizeof(*c));
	c->vrf_backend = rd_u32(r);
	c->mpls = rd_u8(r);
	c->ecmp = rd_u32(r);
	c->mlag_role = rd_u8(r);
	if (l->caps_extra) {
		rd_u8(r); /* IPv6 routes with IPv4 gateways */
		rd_u8(r); /* graceful restart of zebra itself */
	}
	ext = *r;
	if (rd_u32(&ext) == ZAPI_EXT_MAGIC) {
		c->ext = rd_u8(&ext);
		c->have_ext = rd_ok(&ext);
	}
	return zapi_judge(r, true);
}

static void wr_capabilities(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	const struct zapi_capabilities *c = &m->u.capabilities;

	wr_u32(w, c->vrf_backend);
	wr_u8(w, c->mpls);
	wr_u32(w, c->ecmp);
	wr_u8(w, c->mlag_role);
	if (l->caps_extra) {
		wr_u8(w, 0);
		wr_u8(w, 0);
	}
	if (c->have_ext) {
		wr_u32(w, ZAPI_EXT_MAGIC);
		wr_u8(w, c->ext);
	}
}

static bool rd_name(struct rd *r, char *out, size_t size)
{
	rd_bytes(r, out, size);
	return memchr(out, 0, size) != NULL;
}

static enum zapi_verdict rd_interface(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	struct zapi_interface *i = &m->u.interface;
	uint32_t hwaddr_len;

	memset(i, 0, sizeof(*i));
	if (!rd_name(r, i->name, sizeof(i->name)) || !i->name[0])
		return zapi_judge(r, false);
	i->ifindex = rd_u32(r);
	i->status = rd_u8(r);
	i->flags = rd_u64(r);
	rd_u8(r); /* ptm enable */
	rd_u8(r); /* ptm status */
	i->metric = rd_u32(r);
	i->speed = rd_u32(r);
	if (l->txqlen)
		rd_u32(r);
	i->mtu = rd_u32(r);
	i->mtu6 = rd_u32(r);
	i->bandwidth = rd_u32(r);
	i->link_ifindex = rd_u32(r);
	i->link_type = rd_u32(r);
	hwaddr_len = rd_u32(r);
	if (hwaddr_len > ZAPI_HWADDR)
		return zapi_judge(r, false);
	i->hwaddr_len = (uint8_t)hwaddr_len;
	rd_bytes(r, i->hwaddr, hwaddr_len);
	rd_u8(r); /* link parameters follow: stepped over, they come last */
	return zapi_judge(r, true);
}

#define PTM_STATUS_UNKNOWN 2

static void wr_interface(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	const struct zapi_interface *i = &m->u.interface;

	wr_bytes(w, i->name, sizeof(i->name));
	wr_u32(w, i->ifindex);
	wr_u8(w, i->status);
	wr_u64(w, i->flags);
	wr_u8(w, 0);
	wr_u8(w, PTM_STATUS_UNKNOWN);
	wr_u32(w, i->metric);
	wr_u32(w, i->speed);
	if (l->txqlen)
		wr_u32(w, 0);
	wr_u32(w, i->mtu);
	wr_u32(w, i->mtu6);
	wr_u32(w, i->bandwidth);
	wr_u32(w, i->link_ifindex);
	wr_u32(w, i->link_type);
	wr_u32(w, i->hwaddr_len);
	wr_bytes(w, i->hwaddr, i->hwaddr_len);
	wr_u8(w, 0); /* no link parameters */
}

static enum zapi_verdict rd_address(struct rd *r, struct zapi_msg *m)
{
	struct zapi_address *a = &m->u.address;

	memset(a, 0, sizeof(*a));
	a->ifindex = rd_u32(r);
	a->flags = rd_u8(r);
	a->family = zapi_family(rd_u8(r));
	if (a->family == FAM_NONE)
		return zapi_judge(r, false);
	a->addr = zapi_rd_addr(r, a->family);
	a->plen = rd_u8(r);
	a->peer = zapi_rd_addr(r, a->family);
	return zapi_judge(r, a->plen <= family_bits(a->family));
}

static void wr_address(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_address *a = &m->u.address;

	wr_u32(w, a->ifindex);
	wr_u8(w, a->flags);
	wr_u8(w, (uint8_t)zapi_af(a->family));
	zapi_wr_addr(w, a->family, &a->addr);
	wr_u8(w, a->plen);
	zapi_wr_addr(w, a->family, &a->peer);
}

static enum zapi_verdict rd_vrf(struct rd *r, struct zapi_msg *m)
{
	struct zapi_vrf *v = &m->u.vrf_info;
	bool netns_ok, name_ok;

	v->table = zapi_rd_native32(r);
	netns_ok = rd_name(r, v->netns, sizeof(v->netns));
	name_ok = rd_name(r, v->name, sizeof(v->name)) && v->name[0];
	return zapi_judge(r, netns_ok && name_ok);
}

static void wr_vrf(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_vrf *v = &m->u.vrf_info;

	zapi_wr_native32(w, v->table);
	wr_bytes(w, v->netns, sizeof(v->netns));
	wr_bytes(w, v->name, sizeof(v->name));
}

static enum zapi_verdict rd_router_id(struct rd *r, struct zapi_msg *m)
{
	struct zapi_router_id *id = &m->u.router_id;

	memset(id, 0, sizeof(*id));
	id->family = zapi_family(rd_u8(r));
	if (id->family == FAM_NONE)
		return zapi_judge(r, false);
	id->addr = zapi_rd_addr(r, id->family);
	id->plen = rd_u8(r);
	return zapi_judge(r, id->plen <= family_bits(id->family));
}

static void wr_router_id(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_router_id *id = &m->u.router_id;

	wr_u8(w, (uint8_t)zapi_af(id->family));
	zapi_wr_addr(w, id->family, &id->addr);
	wr_u8(w, id->plen);
}

static enum zapi_verdict rd_afi16(struct rd *r, struct zapi_msg *m)
{
	m->u.afi = rd_u16(r);
	return zapi_judge(r, true);
}

static void wr_afi16(struct wr *w, const struct zapi_msg *m)
{
	wr_u16(w, m->u.afi);
}

static enum zapi_verdict rd_afi8(struct rd *r, struct zapi_msg *m)
{
	m->u.afi = rd_u8(r);
	return zapi_judge(r, true);
}

static void wr_afi8(struct wr *w, const struct zapi_msg *m)
{
	wr_u8(w, (uint8_t)m->u.afi);
}

static enum zapi_verdict rd_redistribute(struct rd *r, const struct zapi_layout *l,
					 struct zapi_msg *m)
{
	struct zapi_redistribute *d = &m->u.redistribute;

	d->afi = rd_u8(r);
	d->type = zapi_rd_type(r, l);
	d->instance = rd_u16(r);
	return zapi_judge(r, d->type < ROUTE_TYPE_MAX);
}

static void wr_redistribute(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	wr_u8(w, m->u.redistribute.afi);
	zapi_wr_type(w, l, m->u.redistribute.type);
	wr_u16(w, m->u.redistribute.instance);
}

/* Which fields follow a client capability. */
static bool caps_has_stale(uint32_t c)
{
	return c == CLIENT_GR_CAPABILITIES || c == CLIENT_RIB_STALE_TIME;
}

static bool caps_has_afi(uint32_t c)
{
	return c == CLIENT_ROUTE_UPDATE_COMPLETE || c == CLIENT_ROUTE_UPDATE_PENDING;
}

static enum zapi_verdict rd_client_caps(struct rd *r, struct zapi_msg *m)
{
	struct zapi_client_caps *c = &m->u.client_caps;

	memset(c, 0, sizeof(*c));
	c->capability = rd_u32(r);
	if (c->capability < CLIENT_GR_CAPABILITIES || c->capability > CLIENT_RIB_STALE_TIME)
		return zapi_judge(r, false);
	if (caps_has_stale(c->capability))
		c->stale_time = rd_u32(r);
	if (caps_has_afi(c->capability)) {
		c->afi = rd_u32(r);
		c->safi = rd_u32(r);
	}
	c->vrf = rd_u32(r);
	return zapi_judge(r, true);
}

static void wr_client_caps(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_client_caps *c = &m->u.client_caps;

	wr_u32(w, c->capability);
	if (caps_has_stale(c->capability))
		wr_u32(w, c->stale_time);
	if (caps_has_afi(c->capability)) {
		wr_u32(w, c->afi);
		wr_u32(w, c->safi);
	}
	wr_u32(w, c->vrf);
}

static enum zapi_verdict rd_client_close(struct rd *r, const struct zapi_layout *l,
					 struct zapi_msg *m)
{
	m->u.client_close.type = zapi_rd_type(r, l);
	m->u.client_close.instance = rd_u16(r);
	m->u.client_close.session = rd_u32(r);
	return zapi_judge(r, true);
}

static void wr_client_close(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	zapi_wr_type(w, l, m->u.client_close.type);
	wr_u16(w, m->u.client_close.instance);
	wr_u32(w, m->u.client_close.session);
}

static enum zapi_verdict rd_error(struct rd *r, struct zapi_msg *m)
{
	m->u.error = zapi_rd_native32(r);
	return zapi_judge(r, true);
}

static void wr_error(struct wr *w, const struct zapi_msg *m)
{
	zapi_wr_native32(w, m->u.error);
}

static enum zapi_verdict rd_on(struct rd *r, struct zapi_msg *m)
{
	m->u.on = rd_u8(r) != 0;
	return zapi_judge(r, true);
}

static void wr_on(struct wr *w, const struct zapi_msg *m)
{
	wr_u8(w, m->u.on);
}

/* ---- The table ---- */

struct row {
	struct {
		/* One of each two; none: never comes this way, not sent this way. */
		zapi_decode_fn decode;
		zapi_encode_fn encode;
		zapi_decode_in_fn decode_in;
		zapi_encode_in_fn encode_in;
	} dir[2]; /* by enum zapi_from */
};

#define CLIENT(x)	  .dir[ZAPI_FROM_CLIENT] = {.decode = rd_##x, .encode = wr_##x}
#define ZEBRA(x)	  .dir[ZAPI_FROM_ZEBRA] = {.decode = rd_##x, .encode = wr_##x}
#define CLIENT_IN(rd, wr) .dir[ZAPI_FROM_CLIENT] = {.decode_in = rd, .encode_in = wr}
#define ZEBRA_IN(rd, wr)  .dir[ZAPI_FROM_ZEBRA] = {.decode_in = rd, .encode_in = wr}
#define CLIENT_REGS \
	.dir[ZAPI_FROM_CLIENT] = {.decode = zapi_rd_nexthop_regs, .encode = zapi_wr_nexthop_regs}
/* Clients send it on their own and live without an effect. */
#define HEARD .dir[ZAPI_FROM_CLIENT] = {.decode = rd_empty}

static const struct row rows[ZAPI_COMMANDS] = {
	[ZAPI_INTERFACE_ADD] = {CLIENT(empty), ZEBRA_IN(rd_interface, wr_interface)},
	[ZAPI_INTERFACE_DELETE] = {CLIENT(empty), ZEBRA_IN(rd_interface, wr_interface)},
	[ZAPI_INTERFACE_ADDRESS_ADD] = {ZEBRA(address)},
	[ZAPI_INTERFACE_ADDRESS_DELETE] = {ZEBRA(address)},
	[ZAPI_INTERFACE_UP] = {ZEBRA_IN(rd_interface, wr_interface)},
	[ZAPI_INTERFACE_DOWN] = {ZEBRA_IN(rd_interface, wr_interface)},
	[ZAPI_ROUTE_ADD] = {CLIENT_IN(zapi_rd_route, zapi_wr_route)},
	[ZAPI_ROUTE_DELETE] = {CLIENT_IN(zapi_rd_route, zapi_wr_route)},
	[ZAPI_ROUTE_NOTIFY_OWNER] = {ZEBRA_IN(zapi_rd_notify, zapi_wr_notify)},
	[ZAPI_REDISTRIBUTE_ADD] = {CLIENT_IN(rd_redistribute, wr_redistribute)},
	[ZAPI_REDISTRIBUTE_DELETE] = {CLIENT_IN(rd_redistribute, wr_redistribute)},
	[ZAPI_REDISTRIBUTE_DEFAULT_ADD] = {CLIENT(afi8)},
	[ZAPI_REDISTRIBUTE_DEFAULT_DELETE] = {CLIENT(afi8)},
	[ZAPI_ROUTER_ID_ADD] = {CLIENT(afi16)},
	[ZAPI_ROUTER_ID_DELETE] = {CLIENT(afi16)},
	[ZAPI_ROUTER_ID_UPDATE] = {ZEBRA(router_id)},
	[ZAPI_HELLO] = {CLIENT_IN(rd_hello, wr_hello)},
	[ZAPI_CAPABILITIES] = {ZEBRA_IN(rd_capabilities, wr_capabilities)},
	[ZAPI_NEXTHOP_REGISTER] = {CLIENT_REGS},
	[ZAPI_NEXTHOP_UNREGISTER] = {CLIENT_REGS},
	[ZAPI_NEXTHOP_UPDATE] = {ZEBRA_IN(zapi_rd_nexthop_update, zapi_wr_nexthop_update)},
	[26 ... 29] = {HEARD}, /* BFD peers */
	[ZAPI_REDISTRIBUTE_ROUTE_ADD] = {ZEBRA_IN(zapi_rd_route, zapi_wr_route)},
	[ZAPI_REDISTRIBUTE_ROUTE_DEL] = {ZEBRA_IN(zapi_rd_route, zapi_wr_route)},
	[32] = {HEARD}, /* VRF_UNREGISTER */
	[ZAPI_VRF_ADD] = {ZEBRA(vrf)},
	[ZAPI_VRF_DELETE] = {ZEBRA(vrf)},
	[35] = {HEARD}, /* VRF_LABEL */
	[ZAPI_BFD_CLIENT_REGISTER] = {HEARD},
	[38 ... 40] = {HEARD},	 /* BFD_CLIENT_DEREGISTER, router advertisements */
	[43 ... 47] = {HEARD},	 /* MPLS labels, SR policies */
	[ZAPI_LABEL_MANAGER_CONNECT] = {CLIENT_IN(zapi_rd_label_hello, zapi_wr_label_hello),
					ZEBRA_IN(zapi_rd_label_answer, zapi_wr_label_answer)},
	[ZAPI_LABEL_MANAGER_CONNECT_ASYNC] = {CLIENT_IN(zapi_rd_label_hello, zapi_wr_label_hello),
					      ZEBRA_IN(zapi_rd_label_answer, zapi_wr_label_answer)},
	[ZAPI_GET_LABEL_CHUNK] = {CLIENT_IN(zapi_rd_label_ask, zapi_wr_label_ask),
				  ZEBRA_IN(zapi_rd_label_chunk, zapi_wr_label_chunk)},
	[ZAPI_RELEASE_LABEL_CHUNK] = {CLIENT_IN(zapi_rd_label_release, zapi_wr_label_release)},
	[54 ... 55] = {HEARD},	 /* FEC */
	[57 ... 79] = {HEARD},	 /* EVPN */
	[112 ... 113] = {HEARD}, /* EVPN remote next hops */
	[ZAPI_ERROR] = {ZEBRA(error)},
	[ZAPI_CLIENT_CAPABILITIES] = {CLIENT(client_caps)},
	[120 ... 123] = {HEARD}, /* daemon to daemon mail, neighbour discovery */
	[ZAPI_ROUTE_NOTIFY_REQUEST] = {CLIENT(on)},
	[ZAPI_CLIENT_CLOSE_NOTIFY] = {ZEBRA_IN(rd_client_close, wr_client_close)},
};

int zapi_frame_len(struct span in)
{
	struct rd r = rd_init(in);
	unsigned int len = rd_u16(&r);
	unsigned int marker = rd_u8(&r), version = rd_u8(&r);

	/* What is already there may show that this is no header. */
	if ((in.len >= 2 && len < ZAPI_HEADER_LEN) || (in.len >= 3 && marker != ZAPI_MARKER) ||
	    (in.len >= 4 && version != ZAPI_VERSION))
		return -1;
	return in.len < ZAPI_HEADER_LEN ? 0 : (int)len;
}

enum zapi_verdict zapi_decode(struct span in, enum zapi_from from, enum zapi_dialect d,
			      struct zapi_msg *out)
{
	int len = zapi_frame_len(in);
	struct rd r = rd_init(in);

	if (len < 0)
		return ZAPI_INVALID;
	if (len == 0 || in.len < (size_t)len)
		return ZAPI_SHORT;
	r.end = r.p + len;
	rd_span(&r, 4);
	out->vrf = rd_u32(&r);
	out->cmd = zapi_cmd_of_wire(d, rd_u16(&r));
	if (out->cmd >= ZAPI_COMMANDS)
		return ZAPI_UNKNOWN;
	if (rows[out->cmd].dir[from].decode)
		return rows[out->cmd].dir[from].decode(&r, out);
	if (rows[out->cmd].dir[from].decode_in)
		return rows[out->cmd].dir[from].decode_in(&r, zapi_layout(d), out);
	return ZAPI_UNKNOWN;
}

bool zapi_encode(struct wr *w, enum zapi_from from, enum zapi_dialect d, const struct zapi_msg *m)
{
	const struct wr before = *w;
	const struct row *row = m->cmd < ZAPI_COMMANDS ? &rows[m->cmd] : NULL;
	uint16_t number = zapi_cmd_to_wire(d, m->cmd);
	size_t at = wr_len(w), len;

	if (!row || number == ZAPI_NO_CMD)
		return false;
	wr_u16(w, 0);
	wr_u8(w, ZAPI_MARKER);
	wr_u8(w, ZAPI_VERSION);
	wr_u32(w, m->vrf);
	wr_u16(w, number);
	if (row->dir[from].encode)
		row->dir[from].encode(w, m);
	else if (row->dir[from].encode_in)
		row->dir[from].encode_in(w, zapi_layout(d), m);
	else
		w->bad = true;
	len = wr_len(w) - at;
	if (!wr_ok(w) || len > ZAPI_MAX_LEN) {
		*w = before;
		return false;
	}
	wr_patch_u16(w, at, (uint16_t)len);
	return true;
}
