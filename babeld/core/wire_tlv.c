/* SPDX-License-Identifier: MIT */
/* The table of TLVs, RFC 8966 4.6: a row and two small functions each. */
#include "babeld/core/wire_impl.h"

#include <assert.h>

/* The pair of what was read; the source is there only if a sub-TLV said so. */
static void make_pair(const struct tlv_in *t, struct sdprefix *out)
{
	bool ok = sdprefix_make(out, &t->dst, t->have_src ? &t->src : NULL);

	assert(ok);
	(void)ok;
}

static void rd_router_id(struct rd *r, struct router_id *id)
{
	rd_bytes(r, id->b, sizeof(id->b));
}

static enum tlv_verdict read_ack_request(struct tlv_in *t) /* 4.6.3 */
{
	rd_u16(&t->r);
	t->out->u.ack_request.opaque = rd_u16(&t->r);
	t->out->u.ack_request.interval.cs = rd_u16(&t->r);
	return TLV_OK;
}

static void write_ack_request(struct packet_writer *p, const struct tlv *t)
{
	wr_u16(&p->w, 0);
	wr_u16(&p->w, t->u.ack_request.opaque);
	wr_u16(&p->w, t->u.ack_request.interval.cs);
}

static enum tlv_verdict read_ack(struct tlv_in *t) /* 4.6.4 */
{
	t->out->u.ack.opaque = rd_u16(&t->r);
	return TLV_OK;
}

static void write_ack(struct packet_writer *p, const struct tlv *t)
{
	wr_u16(&p->w, t->u.ack.opaque);
}

static enum tlv_verdict read_hello(struct tlv_in *t) /* 4.6.5 */
{
	t->out->u.hello.unicast = rd_u16(&t->r) & HELLO_UNICAST;
	t->out->u.hello.seqno = rd_u16(&t->r);
	t->out->u.hello.interval.cs = rd_u16(&t->r);
	return TLV_OK;
}

static void write_hello(struct packet_writer *p, const struct tlv *t)
{
	wr_u16(&p->w, t->u.hello.unicast ? HELLO_UNICAST : 0);
	wr_u16(&p->w, t->u.hello.seqno);
	wr_u16(&p->w, t->u.hello.interval.cs);
}

static enum tlv_verdict read_ihu(struct tlv_in *t) /* 4.6.6 */
{
	struct tlv_ihu *u = &t->out->u.ihu;
	unsigned int ae = rd_u8(&t->r);

	rd_u8(&t->r);
	u->rxcost = rd_u16(&t->r);
	u->interval.cs = rd_u16(&t->r);
	return wire_read_addr(&t->r, ae, &u->family, &u->addr);
}

static void write_ihu(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_ihu *u = &t->u.ihu;

	wr_u8(&p->w, (uint8_t)wire_addr_ae(u->family, &u->addr));
	wr_u8(&p->w, 0);
	wr_u16(&p->w, u->rxcost);
	wr_u16(&p->w, u->interval.cs);
	wire_write_addr(&p->w, u->family, &u->addr);
}

static enum tlv_verdict read_router_id(struct tlv_in *t) /* 4.6.7 */
{
	struct router_id id;

	rd_u16(&t->r);
	rd_router_id(&t->r, &id);
	wire_state_set_router_id(t->state, &id);
	return TLV_OK;
}

static enum tlv_verdict read_next_hop(struct tlv_in *t) /* 4.6.8 */
{
	unsigned int ae = rd_u8(&t->r);
	enum tlv_verdict v;
	enum family f;
	struct addr a;

	rd_u8(&t->r);
	if (ae == AE_WILDCARD) /* no address at all: the one in force stays */
		return TLV_BAD_AE;
	v = wire_read_addr(&t->r, ae, &f, &a);
	if (v == TLV_OK)
		wire_state_set_next_hop(t->state, f, &a);
	return v;
}

static enum tlv_verdict finish_state_only(struct tlv_in *t)
{
	(void)t;
	return TLV_STATE_ONLY;
}

/* A link-local prefix: fe80::/64 is implied and its octets are not there (RFC
 * 8966 4.1.4). No route to one is ever learned, but the R flag counts. */
static enum tlv_verdict read_update_linklocal(struct tlv_in *t, unsigned int flags,
					      unsigned int plen, unsigned int omitted)
{
	struct router_id id;
	struct addr a = wire_linklocal_base;
	struct prefix p;

	if (plen > 128 || omitted)
		return TLV_BAD_PREFIX;
	if (plen > 64)
		rd_bytes(&t->r, a.b + 8, wire_octets(plen) - 8);
	if (!rd_ok(&t->r))
		return TLV_TRUNCATED;
	if (!prefix_make(&p, FAM_IP6, &a, plen))
		return TLV_BAD_PREFIX;
	if (flags & UPDATE_ROUTER_ID) {
		id = wire_router_id_of(&p.addr, 16);
		wire_state_set_router_id(t->state, &id);
	}
	return TLV_BAD_AE;
}

/* Encodings of prefixes; AE 4 is one as long as the extension is on (RFC
 * 9229 5), AE 3 is for Updates alone. */
static bool prefix_ae_known(const struct tlv_in *t, unsigned int ae)
{
	return ae == AE_IP4 || ae == AE_IP6 || (ae == AE_V4_VIA_V6 && !t->no_v4_via_v6);
}

static enum tlv_verdict read_update(struct tlv_in *t) /* 4.6.9 */
{
	struct tlv_update *u = &t->out->u.update;
	unsigned int ae = rd_u8(&t->r), flags = rd_u8(&t->r);
	unsigned int plen = rd_u8(&t->r), omitted = rd_u8(&t->r);
	enum family f = wire_ae_family(ae);
	struct router_id id;
	enum tlv_verdict v;

	u->interval.cs = rd_u16(&t->r);
	u->seqno = rd_u16(&t->r);
	u->metric = rd_u16(&t->r);
	if (ae == AE_LINKLOCAL)
		return read_update_linklocal(t, flags, plen, omitted);
	if (ae != AE_WILDCARD && !prefix_ae_known(t, ae))
		return TLV_BAD_AE;
	if (ae == AE_WILDCARD && (plen || omitted))
		return TLV_BAD_PREFIX;
	if (ae == AE_WILDCARD) {
		u->wildcard = true;
	} else {
		v = wire_read_prefix(&t->r, f, plen, omitted, wire_state_default(t->state, ae),
				     &t->dst);
		if (v != TLV_OK)
			return v;
		t->family = f;
		/* RFC 9229 2.2: AE 4 takes the next hop of IPv6 routes. */
		u->nexthop_family = ae == AE_IP4 ? FAM_IP4 : FAM_IP6;
		if (flags & UPDATE_PREFIX)
			wire_state_set_default(t->state, ae, &t->dst);
	}
	if (flags & UPDATE_ROUTER_ID) {
		/* A wildcard has no address to take the id from: none is left. */
		id = wire_router_id_of(&t->dst.addr, u->wildcard ? 0 : family_octets(f));
		wire_state_set_router_id(t->state, &id);
	}
	return TLV_OK;
}

static enum tlv_verdict finish_update(struct tlv_in *t)
{
	struct tlv_update *u = &t->out->u.update;
	const struct router_id *id = wire_state_router_id(t->state);
	const struct addr *nh;

	if (u->wildcard)
		return u->metric == BABEL_INFINITY ? TLV_OK : TLV_BAD_PREFIX;
	make_pair(t, &u->pair);
	nh = wire_state_next_hop(t->state, u->nexthop_family);
	u->have_router_id = id != NULL;
	if (id)
		u->router_id = *id;
	u->have_nexthop = nh != NULL;
	if (nh)
		u->nexthop = *nh;
	if (u->metric == BABEL_INFINITY) /* a retraction needs neither */
		return TLV_OK;
	if (!id)
		return TLV_NO_ROUTER_ID;
	return nh ? TLV_OK : TLV_NO_NEXT_HOP;
}

static void write_router_id(struct packet_writer *p, const struct router_id *id)
{
	wr_u8(&p->w, TLV_ROUTER_ID);
	wr_u8(&p->w, 10);
	wr_u16(&p->w, 0);
	wr_bytes(&p->w, id->b, sizeof(id->b));
	wire_state_set_router_id(&p->state, id);
}

/* What the receiver does not know yet is told by TLVs in front of the Update. */
static void imply_state(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_update *u = &t->u.update;
	const struct router_id *id = wire_state_router_id(&p->state);
	const struct addr *nh;
	enum family f;
	unsigned int ae;

	if (u->metric == BABEL_INFINITY) { /* needs neither, but any router-id may help */
		if (u->have_router_id && !u->wildcard && !id)
			write_router_id(p, &u->router_id);
		return;
	}
	f = wire_update_ae(u) == AE_IP4 ? FAM_IP4 : FAM_IP6;
	nh = wire_state_next_hop(&p->state, f);
	if (!id || !router_id_eq(id, &u->router_id))
		write_router_id(p, &u->router_id);
	if (!nh || addr_cmp(nh, &u->nexthop) != 0) {
		ae = wire_addr_ae(f, &u->nexthop);
		wr_u8(&p->w, TLV_NEXT_HOP);
		wr_u8(&p->w, ae == AE_IP4 ? 6 : ae == AE_IP6 ? 18 : 10);
		wr_u8(&p->w, (uint8_t)ae);
		wr_u8(&p->w, 0);
		wire_write_addr(&p->w, f, &u->nexthop);
		wire_state_set_next_hop(&p->state, f, &u->nexthop);
	}
}

static void write_update(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_update *u = &t->u.update;
	const struct prefix *dst = &u->pair.dst;
	unsigned int ae = u->wildcard ? AE_WILDCARD : wire_update_ae(u);
	unsigned int omitted = u->wildcard ? 0 : wire_state_omit(&p->state, ae, dst);
	/* A default prefix under one octet would help nobody. */
	bool set_default = !u->wildcard && dst->plen >= 8;

	/* Never R: who does not know AE 4 would miss it (RFC 8966 D). */
	wr_u8(&p->w, (uint8_t)ae);
	wr_u8(&p->w, set_default ? UPDATE_PREFIX : 0);
	wr_u8(&p->w, u->wildcard ? 0 : dst->plen);
	wr_u8(&p->w, (uint8_t)omitted);
	wr_u16(&p->w, u->interval.cs);
	wr_u16(&p->w, u->seqno);
	wr_u16(&p->w, u->metric);
	if (!u->wildcard)
		wire_write_prefix(&p->w, dst, omitted);
	if (set_default)
		wire_state_set_default(&p->state, ae, dst);
}

/* Requests are never compressed and never for link-local prefixes. AE 1 and
 * AE 4 ask for the same (RFC 9229 2.3). */
static enum tlv_verdict read_request_prefix(struct tlv_in *t, unsigned int ae, unsigned int plen)
{
	if (!prefix_ae_known(t, ae))
		return TLV_BAD_AE;
	t->family = wire_ae_family(ae);
	return wire_read_prefix(&t->r, t->family, plen, 0, NULL, &t->dst);
}

static enum tlv_verdict read_route_request(struct tlv_in *t) /* 4.6.10 */
{
	unsigned int ae = rd_u8(&t->r), plen = rd_u8(&t->r);

	if (ae != AE_WILDCARD)
		return read_request_prefix(t, ae, plen);
	t->out->u.route_request.wildcard = true;
	return plen ? TLV_BAD_PREFIX : TLV_OK;
}

static enum tlv_verdict finish_route_request(struct tlv_in *t)
{
	if (!t->out->u.route_request.wildcard)
		make_pair(t, &t->out->u.route_request.pair);
	return TLV_OK;
}

static void write_route_request(struct packet_writer *p, const struct tlv *t)
{
	const struct prefix *dst = &t->u.route_request.pair.dst;

	if (t->u.route_request.wildcard) {
		wr_u8(&p->w, AE_WILDCARD);
		wr_u8(&p->w, 0);
		return;
	}
	wr_u8(&p->w, (uint8_t)wire_prefix_ae(dst));
	wr_u8(&p->w, dst->plen);
	wire_write_prefix(&p->w, dst, 0);
}

static enum tlv_verdict read_seqno_request(struct tlv_in *t) /* 4.6.11 */
{
	struct tlv_seqno_request *u = &t->out->u.seqno_request;
	unsigned int ae = rd_u8(&t->r), plen = rd_u8(&t->r);

	u->seqno = rd_u16(&t->r);
	u->hop_count = rd_u8(&t->r);
	rd_u8(&t->r);
	rd_router_id(&t->r, &u->router_id);
	return read_request_prefix(t, ae, plen);
}

static enum tlv_verdict finish_seqno_request(struct tlv_in *t)
{
	make_pair(t, &t->out->u.seqno_request.pair);
	return TLV_OK;
}

static void write_seqno_request(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_seqno_request *u = &t->u.seqno_request;

	wr_u8(&p->w, (uint8_t)wire_prefix_ae(&u->pair.dst));
	wr_u8(&p->w, u->pair.dst.plen);
	wr_u16(&p->w, u->seqno);
	wr_u8(&p->w, u->hop_count);
	wr_u8(&p->w, 0);
	wr_bytes(&p->w, u->router_id.b, sizeof(u->router_id.b));
	wire_write_prefix(&p->w, &u->pair.dst, 0);
}

/* clang-format off */
const struct tlv_row wire_tlv_rows[] = {
	[TLV_PAD1] = {.name = "Pad1"},
	[TLV_PADN] = {.name = "PadN"},
	[TLV_ACK_REQUEST] = {"Acknowledgment Request", 6, read_ack_request, NULL,
			     write_ack_request, NULL},
	[TLV_ACK] = {"Acknowledgment", 2, read_ack, NULL, write_ack, NULL},
	[TLV_HELLO] = {"Hello", 6, read_hello, NULL, write_hello, NULL},
	[TLV_IHU] = {"IHU", 6, read_ihu, NULL, write_ihu, NULL},
	[TLV_ROUTER_ID] = {"Router-Id", 10, read_router_id, finish_state_only, NULL, NULL},
	[TLV_NEXT_HOP] = {"Next Hop", 2, read_next_hop, finish_state_only, NULL, NULL},
	[TLV_UPDATE] = {"Update", 10, read_update, finish_update, write_update, imply_state},
	[TLV_ROUTE_REQUEST] = {"Route Request", 2, read_route_request, finish_route_request,
			       write_route_request, NULL},
	[TLV_SEQNO_REQUEST] = {"Seqno Request", 14, read_seqno_request, finish_seqno_request,
			       write_seqno_request, NULL},
};
/* clang-format on */
_Static_assert(sizeof(wire_tlv_rows) / sizeof(wire_tlv_rows[0]) == N_TLV_ROWS,
	       "a row for each type");
