/* SPDX-License-Identifier: MIT */
/* Frames for a forwarding plane manager. */
#include "zebra/fpm_codec.h"

#include <linux/netlink.h>

#include <assert.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/fpm.pb-c.h"
#include "zebra/netlink_codec.h"

static size_t put_header(uint8_t *buf, enum fpm_encoding e, size_t body)
{
	size_t len = FPM_HEADER + body;

	assert(len <= FPM_FRAME_MAX);
	buf[0] = FPM_VERSION;
	buf[1] = (uint8_t)e;
	buf[2] = (uint8_t)(len >> 8);
	buf[3] = (uint8_t)len;
	return len;
}

/* ---- netlink ---- */

/* A mirror of the table is told, not asked: it has nobody to answer to. */
static size_t put_netlink(uint8_t *body, const struct sdprefix *pair, const struct rib_view *v)
{
	struct fib_op op = {.kind = FIB_DEL, .route = {.pair = *pair}};
	struct nlmsghdr *h;

	if (v) {
		op.kind = FIB_SET;
		op.route.type = v->owner.type;
		op.route.mtu = v->mtu;
		op.route.prefsrc = v->prefsrc;
		op.route.n_nexthops = v->n_resolved;
		op.route.nexthops = v->resolved;
	}
	h = nl_put_op(body, &op, 0);
	h->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	return h->nlmsg_len;
}

static size_t put_netlink_mark(uint8_t *body, enum fpm_mark m)
{
	struct nlmsghdr h = {.nlmsg_len = sizeof(h), .nlmsg_type = NLMSG_NOOP};

	if (m == FPM_SYNC_END)
		h.nlmsg_type = NLMSG_DONE;
	memcpy(body, &h, sizeof(h));
	return sizeof(h);
}

/* ---- protobuf ---- */

/* A prefix or an address, with all that its message points to. */
struct pb_address {
	Fpm__Address a;
	Fpm__Ip4 ip4;
	Fpm__Ip6 ip6;
};

struct pb_nexthop {
	Fpm__Nexthop n;
	Fpm__Interface interface;
	struct pb_address gate;
};

struct pb_key {
	Fpm__Key key;
	Fpm__Prefix dst, src;
};

static void pb_address(struct pb_address *to, enum family f, const struct addr *a)
{
	fpm__address__init(&to->a);
	if (f == FAM_IP4) {
		fpm__ip4__init(&to->ip4);
		to->ip4.value = (uint32_t)a->b[0] << 24 | (uint32_t)a->b[1] << 16 |
				(uint32_t)a->b[2] << 8 | a->b[3];
		to->a.ip4 = &to->ip4;
		return;
	}
	fpm__ip6__init(&to->ip6);
	to->ip6.octets = (ProtobufCBinaryData){.len = sizeof(a->b), .data = (uint8_t *)a->b};
	to->a.ip6 = &to->ip6;
}

static void pb_prefix(Fpm__Prefix *to, const struct prefix *p)
{
	fpm__prefix__init(to);
	to->length = p->plen;
	to->octets = (ProtobufCBinaryData){.len = family_octets((enum family)p->family),
					   .data = (uint8_t *)p->addr.b};
}

static void pb_key(struct pb_key *to, const struct sdprefix *pair)
{
	fpm__key__init(&to->key);
	pb_prefix(&to->dst, &pair->dst);
	to->key.destination = &to->dst;
	if (sdprefix_is_plain(pair))
		return;
	pb_prefix(&to->src, &pair->src);
	to->key.source = &to->src;
}

static Fpm__Family pb_family(const struct sdprefix *pair)
{
	return sdprefix_family(pair) == FAM_IP4 ? FPM__FAMILY__FAMILY_IP4 : FPM__FAMILY__FAMILY_IP6;
}

static Fpm__Protocol pb_protocol(uint8_t type)
{
	switch (type) {
	case ROUTE_LOCAL:
		return FPM__PROTOCOL__PROTOCOL_LOCAL;
	case ROUTE_CONNECTED:
		return FPM__PROTOCOL__PROTOCOL_CONNECTED;
	case ROUTE_KERNEL:
		return FPM__PROTOCOL__PROTOCOL_KERNEL;
	case ROUTE_STATIC:
		return FPM__PROTOCOL__PROTOCOL_STATIC;
	case ROUTE_RIP:
		return FPM__PROTOCOL__PROTOCOL_RIP;
	case ROUTE_RIPNG:
		return FPM__PROTOCOL__PROTOCOL_RIPNG;
	case ROUTE_OSPF:
	case ROUTE_OSPF6:
		return FPM__PROTOCOL__PROTOCOL_OSPF;
	case ROUTE_ISIS:
		return FPM__PROTOCOL__PROTOCOL_ISIS;
	case ROUTE_BGP:
		return FPM__PROTOCOL__PROTOCOL_BGP;
	}
	return FPM__PROTOCOL__PROTOCOL_OTHER;
}

static Fpm__Kind pb_kind(enum rib_nexthop_kind k)
{
	switch (k) {
	case RIB_NH_IFINDEX:
	case RIB_NH_GATE:
	case RIB_NH_GATE_IFINDEX:
	case RIB_NH_THROW: /* never in the RIB */
		break;
	case RIB_NH_BLACKHOLE:
		return FPM__KIND__KIND_BLACKHOLE;
	case RIB_NH_UNREACHABLE:
		return FPM__KIND__KIND_UNREACHABLE;
	case RIB_NH_PROHIBIT:
		return FPM__KIND__KIND_PROHIBIT;
	}
	return FPM__KIND__KIND_NORMAL;
}

static void pb_nexthop(struct pb_nexthop *to, enum family f, const struct rib_nexthop *nh)
{
	fpm__nexthop__init(&to->n);
	if (nh->ifindex) {
		fpm__interface__init(&to->interface);
		to->interface.has_index = true;
		to->interface.index = nh->ifindex;
		to->n.interface = &to->interface;
	}
	if (nh->kind == RIB_NH_GATE || nh->kind == RIB_NH_GATE_IFINDEX) {
		pb_address(&to->gate, rib_gate_family(f, nh), &nh->gate);
		to->n.address = &to->gate.a;
	}
	to->n.has_weight = nh->weight > 1;
	to->n.weight = nh->weight;
	to->n.has_onlink = to->n.onlink = nh->onlink;
}

static size_t pb_pack(uint8_t *body, const Fpm__Message *m)
{
	assert(fpm__message__get_packed_size(m) <= FPM_FRAME_MAX - FPM_HEADER);
	return fpm__message__pack(m, body);
}

static void pb_numbers(Fpm__Route *r, const struct rib_view *v)
{
	r->protocol = pb_protocol(v->owner.type);
	r->protocol_name = (char *)zapi_route_type_name(v->owner.type);
	r->has_instance = v->owner.instance != 0;
	r->instance = v->owner.instance;
	r->metric = (int32_t)v->metric;
	r->has_distance = true;
	r->distance = v->distance;
	r->has_tag = v->tag != 0;
	r->tag = v->tag;
	r->has_mtu = v->mtu != 0;
	r->mtu = v->mtu;
}

static size_t put_protobuf_route(uint8_t *body, const struct sdprefix *pair,
				 const struct rib_view *v)
{
	struct pb_nexthop nexthops[RIB_MAX_NEXTHOPS];
	Fpm__Nexthop *pointers[RIB_MAX_NEXTHOPS];
	enum family f = sdprefix_family(pair);
	Fpm__Message m = FPM__MESSAGE__INIT;
	Fpm__Route r = FPM__ROUTE__INIT;
	struct pb_address prefsrc;
	struct pb_key key;

	pb_key(&key, pair);
	r.family = pb_family(pair);
	r.casting = FPM__CASTING__CASTING_UNICAST;
	r.key = &key.key;
	r.has_kind = true;
	r.kind = pb_kind(v->resolved[0].kind);
	pb_numbers(&r, v);
	if (!addr_is_zero(&v->prefsrc)) {
		pb_address(&prefsrc, f, &v->prefsrc);
		r.preferred_source = &prefsrc.a;
	}
	if (r.kind == FPM__KIND__KIND_NORMAL)
		r.n_nexthop = v->n_resolved;
	for (size_t i = 0; i < r.n_nexthop; i++) {
		pb_nexthop(&nexthops[i], f, &v->resolved[i]);
		pointers[i] = &nexthops[i].n;
	}
	r.nexthop = pointers;
	m.has_type = true;
	if (sdprefix_is_plain(pair)) {
		m.type = FPM__MESSAGE__TYPE__ROUTE;
		m.route = &r;
	} else {
		m.type = FPM__MESSAGE__TYPE__SOURCED_ROUTE;
		m.sourced_route = &r;
	}
	return pb_pack(body, &m);
}

static size_t put_protobuf_none(uint8_t *body, const struct sdprefix *pair)
{
	Fpm__Message m = FPM__MESSAGE__INIT;
	Fpm__NoRoute r = FPM__NO_ROUTE__INIT;
	struct pb_key key;

	pb_key(&key, pair);
	r.family = pb_family(pair);
	r.casting = FPM__CASTING__CASTING_UNICAST;
	r.key = &key.key;
	m.has_type = true;
	if (sdprefix_is_plain(pair)) {
		m.type = FPM__MESSAGE__TYPE__NO_ROUTE;
		m.no_route = &r;
	} else {
		m.type = FPM__MESSAGE__TYPE__NO_SOURCED_ROUTE;
		m.no_sourced_route = &r;
	}
	return pb_pack(body, &m);
}

static size_t put_protobuf_mark(uint8_t *body, enum fpm_mark mark)
{
	Fpm__Message m = FPM__MESSAGE__INIT;

	m.has_type = true;
	m.type = mark == FPM_SYNC_BEGIN ? FPM__MESSAGE__TYPE__SYNC_BEGIN
					: FPM__MESSAGE__TYPE__SYNC_END;
	return pb_pack(body, &m);
}

/* ---- frames ---- */

size_t fpm_put_route(void *buf, enum fpm_encoding e, const struct sdprefix *pair,
		     const struct rib_view *v)
{
	uint8_t *body = (uint8_t *)buf + FPM_HEADER;

	assert(!v || (v->n_resolved > 0 && v->n_resolved <= RIB_MAX_NEXTHOPS));
	switch (e) {
	case FPM_NETLINK:
		return put_header(buf, e, put_netlink(body, pair, v));
	case FPM_PROTOBUF:
		break;
	}
	return put_header(buf, e,
			  v ? put_protobuf_route(body, pair, v) : put_protobuf_none(body, pair));
}

size_t fpm_put_mark(void *buf, enum fpm_encoding e, enum fpm_mark m)
{
	uint8_t *body = (uint8_t *)buf + FPM_HEADER;

	return put_header(
		buf, e, e == FPM_NETLINK ? put_netlink_mark(body, m) : put_protobuf_mark(body, m));
}

enum fpm_verdict fpm_judge_frame(struct span in, size_t *len)
{
	struct rd r = rd_init(in);
	uint8_t version = rd_u8(&r);

	/* A stream that begins wrong is not waited for. */
	if (rd_ok(&r) && version != FPM_VERSION)
		return FPM_FRAME_BAD;
	rd_u8(&r); /* of whatever type */
	*len = rd_u16(&r);
	if (!rd_ok(&r))
		return FPM_FRAME_MORE;
	if (*len < FPM_HEADER)
		return FPM_FRAME_BAD;
	return *len <= in.len ? FPM_FRAME_WHOLE : FPM_FRAME_MORE;
}
