/* SPDX-License-Identifier: MIT */
/* rtnetlink messages, octets to structs and back. */
#include "zebra/netlink_codec.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/netlink_rule.h"

static enum family family_of_af(unsigned int af)
{
	return af == AF_INET ? FAM_IP4 : af == AF_INET6 ? FAM_IP6 : FAM_NONE;
}

/* libmnl's own walk over a message takes its length rounded up, and so reads
 * up to three octets behind a message that is cut short. */
#define EACH_ATTR(a, h, fixed) \
	for ((a) = mnl_nlmsg_get_payload_offset(h, fixed); \
	     mnl_attr_ok(a, (int)((const char *)(h) + (h)->nlmsg_len - (const char *)(a))); \
	     (a) = mnl_attr_next(a))

static bool attr_u32(const struct nlattr *a, uint32_t *out)
{
	if (mnl_attr_get_payload_len(a) < sizeof(*out))
		return false;
	memcpy(out, mnl_attr_get_payload(a), sizeof(*out));
	return true;
}

/* RTA_VIA: a gateway with its family in front, struct rtvia. Of a family that
 * we don't route with, it is no gateway to us (MPLS, or IPv4 of IPv6 routes). */
static bool attr_via(const struct nlattr *a, bool *have, struct addr *out)
{
	uint16_t af;

	if (mnl_attr_get_payload_len(a) < sizeof(af))
		return false;
	memcpy(&af, mnl_attr_get_payload(a), sizeof(af));
	if (af != AF_INET6)
		return true;
	if (mnl_attr_get_payload_len(a) < sizeof(af) + family_octets(FAM_IP6))
		return false;
	*out = addr_from(FAM_IP6, (const uint8_t *)mnl_attr_get_payload(a) + sizeof(af));
	*have = true;
	return true;
}

static bool attr_addr(const struct nlattr *a, enum family f, struct addr *out)
{
	if (mnl_attr_get_payload_len(a) < family_octets(f))
		return false;
	*out = addr_from(f, mnl_attr_get_payload(a));
	return true;
}

/* The fixed part of a message, copied out: nothing promises its alignment. */
static bool fixed_part(const struct nlmsghdr *h, void *out, size_t size)
{
	if (h->nlmsg_len < MNL_NLMSG_HDRLEN + size)
		return false;
	memcpy(out, mnl_nlmsg_get_payload(h), size);
	return true;
}

static bool parse_name(const struct nlattr *a, char out[NL_IFNAME])
{
	size_t len = strnlen(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));

	if (len == 0 || len >= NL_IFNAME)
		return false;
	memset(out, 0, NL_IFNAME);
	memcpy(out, mnl_attr_get_payload(a), len);
	return true;
}

enum nl_verdict nl_parse_link(const struct nlmsghdr *h, struct nl_link *out)
{
	struct ifinfomsg ifi;
	const struct nlattr *a;

	memset(out, 0, sizeof(*out));
	if (!fixed_part(h, &ifi, sizeof(ifi)))
		return NL_BAD;
	/* A bridge tells about its ports with link messages of its own
	 * family: the deletion of one is not the deletion of the link. */
	if (ifi.ifi_family != AF_UNSPEC)
		return NL_IGNORE;
	if (ifi.ifi_index <= 0)
		return NL_BAD;
	out->ifindex = (uint32_t)ifi.ifi_index;
	out->flags = ifi.ifi_flags;
	out->arphrd = ifi.ifi_type;
	EACH_ATTR (a, h, sizeof(ifi)) {
		bool ok = true;

		switch (mnl_attr_get_type(a)) {
		case IFLA_IFNAME:
			ok = parse_name(a, out->name);
			break;
		case IFLA_MTU:
			ok = attr_u32(a, &out->mtu);
			break;
		case IFLA_LINK:
			ok = attr_u32(a, &out->lower);
			break;
		case IFLA_MASTER:
			ok = attr_u32(a, &out->master);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(a) <= NL_HWADDR) {
				out->hwaddr_len = (uint8_t)mnl_attr_get_payload_len(a);
				memcpy(out->hwaddr, mnl_attr_get_payload(a), out->hwaddr_len);
			}
			break;
		}
		if (!ok)
			return NL_BAD;
	}
	return out->name[0] ? NL_OK : NL_BAD;
}

enum nl_verdict nl_parse_addr(const struct nlmsghdr *h, struct nl_addr *out)
{
	struct ifaddrmsg ifa;
	const struct nlattr *a;
	struct addr local = {{0}}, address = {{0}};
	bool have_local = false, have_address = false;

	memset(out, 0, sizeof(*out));
	if (!fixed_part(h, &ifa, sizeof(ifa)))
		return NL_BAD;
	out->family = family_of_af(ifa.ifa_family);
	if (out->family == FAM_NONE)
		return NL_IGNORE;
	if (ifa.ifa_index == 0 || ifa.ifa_prefixlen > family_bits(out->family))
		return NL_BAD;
	out->ifindex = ifa.ifa_index;
	out->plen = ifa.ifa_prefixlen;
	out->scope = ifa.ifa_scope;
	out->flags = ifa.ifa_flags;
	EACH_ATTR (a, h, sizeof(ifa)) {
		bool ok = true;

		switch (mnl_attr_get_type(a)) {
		case IFA_LOCAL:
			ok = have_local = attr_addr(a, out->family, &local);
			break;
		case IFA_ADDRESS:
			ok = have_address = attr_addr(a, out->family, &address);
			break;
		case IFA_FLAGS: /* all 32 bits; the fixed part has room for 8 */
			ok = attr_u32(a, &out->flags);
			break;
		}
		if (!ok)
			return NL_BAD;
	}
	/* Without a peer IPv6 has IFA_ADDRESS alone, IPv4 both, equal. */
	if (!have_local && !have_address)
		return NL_BAD;
	out->addr = have_local ? local : address;
	if (have_local && have_address && addr_cmp(&local, &address) != 0)
		out->peer = address;
	return NL_OK;
}

/* ---- routes ---- */

struct gateway {
	bool have, six; /* six: RTA_VIA, an IPv4 route over an IPv6 gateway */
	struct addr addr;
};

struct route_parts { /* attributes that are put together at the end */
	struct addr dst, src;
	struct gateway gate;
	bool bad;
	uint32_t oif;
	const struct nlattr *multipath;
};

static void parse_metrics(const struct nlattr *nest, struct nl_route *out)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) if (mnl_attr_get_type(a) == RTAX_MTU)
		attr_u32(a, &out->mtu);
}

/* RTA_GATEWAY and RTA_VIA; false: malformed. Others are fine. */
static bool parse_gateway(const struct nlattr *a, enum family f, struct gateway *g)
{
	if (mnl_attr_get_type(a) == RTA_GATEWAY) {
		if (!attr_addr(a, f, &g->addr))
			return false;
		g->have = true;
		g->six = false;
	} else if (mnl_attr_get_type(a) == RTA_VIA && f == FAM_IP4) {
		if (!attr_via(a, &g->six, &g->addr))
			return false;
		g->have = g->have || g->six;
	}
	return true;
}

static struct rib_nexthop nexthop_of(const struct gateway *g, uint32_t oif, unsigned int flags)
{
	struct rib_nexthop nh;

	memset(&nh, 0, sizeof(nh));
	nh.kind = !g->have ? RIB_NH_IFINDEX : oif ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE;
	nh.ifindex = oif;
	nh.gate = g->addr;
	nh.gate6 = g->six;
	nh.onlink = (flags & RTNH_F_ONLINK) != 0;
	return nh;
}

static bool parse_multipath(const struct nlattr *mp, enum family f, struct nl_route *out)
{
	const uint8_t *p = mnl_attr_get_payload(mp);
	size_t left = mnl_attr_get_payload_len(mp);

	while (left >= sizeof(struct rtnexthop)) {
		struct rtnexthop rt;
		struct gateway gate = {0};
		size_t len;

		memcpy(&rt, p, sizeof(rt));
		len = rt.rtnh_len;
		if (len < sizeof(rt) || len > left)
			return false;
		for (size_t at = RTNH_ALIGN(sizeof(rt)); at + MNL_ATTR_HDRLEN <= len;) {
			const struct nlattr *a = (const void *)(p + at);

			if (a->nla_len < MNL_ATTR_HDRLEN || a->nla_len > len - at)
				return false;
			if (!parse_gateway(a, f, &gate))
				return false;
			at += MNL_ALIGN(a->nla_len);
		}
		if (out->n_nexthops < RIB_MAX_NEXTHOPS) {
			struct rib_nexthop nh =
				nexthop_of(&gate, (uint32_t)rt.rtnh_ifindex, rt.rtnh_flags);

			nh.weight = rt.rtnh_hops + 1u;
			out->nexthops[out->n_nexthops++] = nh;
		}
		len = RTNH_ALIGN(len);
		p += len < left ? len : left;
		left -= len < left ? len : left;
	}
	return left == 0;
}

static void parse_route_attr(const struct nlattr *a, enum family f, struct route_parts *parts,
			     struct nl_route *out)
{
	bool ok = true;

	switch (mnl_attr_get_type(a)) {
	case RTA_DST:
		ok = attr_addr(a, f, &parts->dst);
		break;
	case RTA_SRC:
		ok = attr_addr(a, f, &parts->src);
		break;
	case RTA_GATEWAY:
	case RTA_VIA:
		ok = parse_gateway(a, f, &parts->gate);
		break;
	case RTA_PREFSRC:
		ok = attr_addr(a, f, &out->prefsrc);
		break;
	case RTA_OIF:
		ok = attr_u32(a, &parts->oif);
		break;
	case RTA_PRIORITY:
		ok = attr_u32(a, &out->priority);
		break;
	case RTA_TABLE:
		ok = attr_u32(a, &out->table);
		break;
	case RTA_METRICS:
		parse_metrics(a, out);
		break;
	case RTA_MULTIPATH:
		parts->multipath = a;
		break;
	}
	if (!ok)
		parts->bad = true;
}

static enum nl_verdict finish_nexthops(const struct rtmsg *rtm, const struct route_parts *parts,
				       struct nl_route *out)
{
	enum family f = sdprefix_family(&out->pair);

	switch (rtm->rtm_type) {
	case RTN_UNICAST:
		if (parts->multipath)
			return parse_multipath(parts->multipath, f, out) ? NL_OK : NL_BAD;
		out->nexthops[0] = nexthop_of(&parts->gate, parts->oif, rtm->rtm_flags);
		out->n_nexthops = 1;
		return NL_OK;
	case RTN_BLACKHOLE:
		out->nexthops[0].kind = RIB_NH_BLACKHOLE;
		break;
	case RTN_UNREACHABLE:
		out->nexthops[0].kind = RIB_NH_UNREACHABLE;
		break;
	case RTN_PROHIBIT:
		out->nexthops[0].kind = RIB_NH_PROHIBIT;
		break;
	case RTN_THROW:
		out->nexthops[0].kind = RIB_NH_THROW;
		break;
	default:
		return NL_OK;
	}
	out->n_nexthops = 1;
	return NL_OK;
}

enum nl_verdict nl_parse_route(const struct nlmsghdr *h, struct nl_route *out)
{
	struct rtmsg rtm;
	struct route_parts parts;
	struct prefix dst, src;
	const struct nlattr *a;
	enum family f;

	memset(out, 0, sizeof(*out));
	memset(&parts, 0, sizeof(parts));
	if (!fixed_part(h, &rtm, sizeof(rtm)))
		return NL_BAD;
	f = family_of_af(rtm.rtm_family);
	if (f == FAM_NONE)
		return NL_IGNORE;
	out->table = rtm.rtm_table;
	out->protocol = rtm.rtm_protocol;
	out->type = rtm.rtm_type;
	out->tos = rtm.rtm_tos;
	out->flags = rtm.rtm_flags;
	EACH_ATTR (a, h, sizeof(rtm))
		parse_route_attr(a, f, &parts, out);
	if (parts.bad || !prefix_make(&dst, f, &parts.dst, rtm.rtm_dst_len) ||
	    !prefix_make(&src, f, &parts.src, rtm.rtm_src_len) ||
	    !sdprefix_make(&out->pair, &dst, &src))
		return NL_BAD;
	return finish_nexthops(&rtm, &parts, out);
}

/* ---- answers ---- */

bool nl_parse_ack(const struct nlmsghdr *h, int *error, const char **text)
{
	struct nlmsgerr e;
	size_t skip = sizeof(e);
	const struct nlattr *a;

	*text = NULL;
	if (h->nlmsg_type != NLMSG_ERROR || !fixed_part(h, &e, sizeof(e)))
		return false;
	*error = e.error <= 0 && e.error > -4096 ? -e.error : EPROTO;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return true;
	/* The request itself stands between unless the answer was capped. */
	if (!(h->nlmsg_flags & NLM_F_CAPPED)) {
		if (e.msg.nlmsg_len < MNL_NLMSG_HDRLEN ||
		    e.msg.nlmsg_len > h->nlmsg_len - MNL_NLMSG_HDRLEN)
			return true;
		skip += e.msg.nlmsg_len - MNL_NLMSG_HDRLEN;
	}
	if (h->nlmsg_len < MNL_NLMSG_HDRLEN + MNL_ALIGN(skip))
		return true;
	EACH_ATTR (a, h, skip) {
		const char *s = mnl_attr_get_payload(a);
		size_t len = mnl_attr_get_payload_len(a);

		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG && len > 0 && s[len - 1] == '\0')
			*text = s;
	}
	return true;
}

/* ---- requests ---- */

/* mnl_attr_put() in place: with a length known here it comes down to stores,
 * and there are five of them to a route. */
static inline void put_attr(struct nlmsghdr *h, uint16_t type, size_t len, const void *data)
{
	struct nlattr *a = (struct nlattr *)(void *)((char *)h + MNL_ALIGN(h->nlmsg_len));

	a->nla_type = type;
	a->nla_len = (uint16_t)(MNL_ATTR_HDRLEN + len);
	memcpy(a + 1, data, len);
	memset((char *)(a + 1) + len, 0, MNL_ALIGN(len) - len);
	h->nlmsg_len += (uint32_t)MNL_ALIGN(MNL_ATTR_HDRLEN + len);
}

static inline void put_u32(struct nlmsghdr *h, uint16_t type, uint32_t v)
{
	put_attr(h, type, sizeof(v), &v);
}

static void put_addr(struct nlmsghdr *h, uint16_t type, enum family f, const struct addr *a)
{
	if (f == FAM_IP6)
		put_attr(h, type, 16, a->b);
	else
		put_attr(h, type, 4, a->b);
}

/* Linux from 5.2 takes an IPv6 gateway for an IPv4 route. */
static void put_gateway(struct nlmsghdr *h, enum family f, const struct rib_nexthop *nh)
{
	uint16_t af = AF_INET6;
	uint8_t via[sizeof(af) + sizeof(nh->gate.b)];

	if (!nh->gate6) {
		put_addr(h, RTA_GATEWAY, f, &nh->gate);
		return;
	}
	memcpy(via, &af, sizeof(af));
	memcpy(via + sizeof(af), nh->gate.b, sizeof(nh->gate.b));
	put_attr(h, RTA_VIA, sizeof(via), via);
}

static void put_multipath(struct nlmsghdr *h, enum family f, const struct fib_route *r)
{
	struct nlattr *nest = mnl_attr_nest_start(h, RTA_MULTIPATH);

	for (uint32_t i = 0; i < r->n_nexthops; i++) {
		const struct rib_nexthop *nh = &r->nexthops[i];
		struct rtnexthop *rt = mnl_nlmsg_get_payload_tail(h);

		memset(rt, 0, sizeof(*rt));
		rt->rtnh_ifindex = (int)nh->ifindex;
		rt->rtnh_flags = nh->onlink ? RTNH_F_ONLINK : 0;
		/* One octet on the wire, weight - 1. */
		rt->rtnh_hops = (uint8_t)(nh->weight == 0    ? 0
					  : nh->weight > 256 ? 255
							     : nh->weight - 1);
		h->nlmsg_len += MNL_ALIGN(sizeof(*rt));
		if (nh->kind == RIB_NH_GATE_IFINDEX || nh->kind == RIB_NH_GATE)
			put_gateway(h, f, nh);
		rt->rtnh_len = (uint16_t)((char *)mnl_nlmsg_get_payload_tail(h) - (char *)rt);
	}
	mnl_attr_nest_end(h, nest);
}

/* Fills type, scope and flags of rtm, too. */
static void put_nexthops(struct nlmsghdr *h, struct rtmsg *rtm, const struct fib_route *r)
{
	enum family f = sdprefix_family(&r->pair);
	const struct rib_nexthop *nh = &r->nexthops[0];

	rtm->rtm_type = RTN_UNICAST;
	if (r->n_nexthops > 1) {
		put_multipath(h, f, r);
		return;
	}
	switch (nh->kind) {
	case RIB_NH_GATE:
	case RIB_NH_GATE_IFINDEX:
		put_gateway(h, f, nh);
		break;
	case RIB_NH_IFINDEX:
		if (f == FAM_IP4)
			rtm->rtm_scope = RT_SCOPE_LINK;
		break;
	case RIB_NH_BLACKHOLE:
		rtm->rtm_type = RTN_BLACKHOLE;
		return;
	case RIB_NH_UNREACHABLE:
		rtm->rtm_type = RTN_UNREACHABLE;
		return;
	case RIB_NH_PROHIBIT:
		rtm->rtm_type = RTN_PROHIBIT;
		return;
	case RIB_NH_THROW:
		rtm->rtm_type = RTN_THROW;
		return;
	}
	if (nh->onlink)
		rtm->rtm_flags |= RTNH_F_ONLINK;
	if (nh->ifindex)
		put_u32(h, RTA_OIF, nh->ifindex);
}

static void put_pair(struct nlmsghdr *h, struct rtmsg *rtm, const struct fib_route *r)
{
	enum family f = sdprefix_family(&r->pair);

	rtm->rtm_dst_len = r->pair.dst.plen;
	put_addr(h, RTA_DST, f, &r->pair.dst.addr);
	if (r->pair.src.plen && !r->ruled) {
		rtm->rtm_src_len = r->pair.src.plen;
		put_addr(h, RTA_SRC, f, &r->pair.src.addr);
	}
	/* One octet in the fixed part, 32 bits in the attribute. */
	rtm->rtm_table = RT_TABLE_MAIN;
	if (r->table) {
		rtm->rtm_table = r->table < 256 ? (uint8_t)r->table : RT_TABLE_UNSPEC;
		put_u32(h, RTA_TABLE, r->table);
	}
	put_u32(h, RTA_PRIORITY, nl_op_priority(r));
}

struct nlmsghdr *nl_put_op(void *buf, const struct fib_op *op, uint32_t seq)
{
	const struct fib_route *r = &op->route;
	enum family f = sdprefix_family(&r->pair);
	struct nlmsghdr *h;
	struct rtmsg *rtm;

	if (op->kind == FIB_RULE_ADD || op->kind == FIB_RULE_DEL)
		return nl_put_rule(buf, op, seq);
	h = mnl_nlmsg_put_header(buf);
	rtm = mnl_nlmsg_put_extra_header(h, sizeof(*rtm));

	h->nlmsg_seq = seq;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	rtm->rtm_family = f == FAM_IP4 ? AF_INET : AF_INET6;
	rtm->rtm_protocol = nl_rtproto_of_type(r->type);
	put_pair(h, rtm, r);
	switch (op->kind) {
	case FIB_RULE_ADD:
	case FIB_RULE_DEL:
		break;
	case FIB_DEL:
		h->nlmsg_type = RTM_DELROUTE;
		/* IPv4 takes the scope for part of the identity; this is "any". */
		rtm->rtm_scope = f == FAM_IP4 ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE;
		break;
	case FIB_SET:
		assert(r->n_nexthops > 0 && r->n_nexthops <= RIB_MAX_NEXTHOPS);
		h->nlmsg_type = RTM_NEWROUTE;
		h->nlmsg_flags |= NLM_F_CREATE | NLM_F_REPLACE;
		put_nexthops(h, rtm, r);
		if (!addr_is_zero(&r->prefsrc))
			put_addr(h, RTA_PREFSRC, f, &r->prefsrc);
		if (r->mtu) {
			struct nlattr *nest = mnl_attr_nest_start(h, RTA_METRICS);

			put_u32(h, RTAX_MTU, r->mtu);
			mnl_attr_nest_end(h, nest);
		}
		break;
	}
	assert(h->nlmsg_len <= NL_OP_MAX);
	return h;
}

uint32_t nl_route_priority(const struct sdprefix *pair)
{
	return sdprefix_is_plain(pair) ? NL_PRIORITY_PLAIN : NL_PRIORITY_SOURCED;
}

uint32_t nl_op_priority(const struct fib_route *r)
{
	return r->ruled ? NL_PRIORITY_PLAIN : nl_route_priority(&r->pair);
}

uint8_t nl_rtproto_of_type(uint8_t type)
{
	uint8_t p = zapi_route_type_rtproto(type);

	return p ? p : NL_RTPROTO_ZEBRA;
}

bool nl_rtproto_is_ours(uint8_t rtproto)
{
	uint8_t type;

	if (rtproto == NL_RTPROTO_ZEBRA)
		return true;
	type = zapi_route_type_of_rtproto(rtproto);
	/* RTPROTO_STATIC is the administrator's `ip route`, whatever type it
	 * is shown as; only what we would write back is ours. */
	return type != ROUTE_KERNEL && nl_rtproto_of_type(type) == rtproto;
}
