/* SPDX-License-Identifier: MIT */
/* The rtnetlink codec against messages recorded from Linux 6.18, against the
 * same cut short everywhere, and against what it writes itself. */
#include "zebra/netlink_codec.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/kernel.h"

/* `default from 2001:db8:2::/48 proto 196 metric 20 nexthop via fe80::2 dev 2
 * weight 1 nexthop via fe80::3 dev 3 weight 3` */
#define REC_MULTIPATH \
	"a80000001800020001000000000000000a003000fec400010000000008000f00fe00000014000200" \
	"20010db800020000000000000000000008000600140000003c0009001c0000000300000014000500" \
	"fe8000000000000000000000000000021c0000020200000014000500fe8000000000000000000000" \
	"0000000324000c000000000000000000000000000000000000000000000000000000000000000000" \
	"0500140000000000"
/* `2001:db8:51::/48 from 2001:db8:1::/48 via fe80::2 dev 3 proto babel metric
 * 20 mtu 1400` */
#define REC_SOURCED \
	"a80000001800020001000000000000000a303000fe2a00010000000008000f00fe00000014000100" \
	"20010db8005100000000000000000000140002002001" \
	"0db80001000000000000000000000c00080008000200780500000800060014000000140005" \
	"00fe800000000000000000000000000002080004000300000024000c000000000000000000000000" \
	"0000000000000000000000000000000000000000000500140000000000"
/* `unreachable 2001:db8:dead::/48 proto boot metric 33554532` */
#define REC_UNREACHABLE \
	"740000001800020001000000000000000a300000fe0300070000000008000f00fe00000014000100" \
	"20010db8dead0000000000000000000008000600640000020800040001000000" \
	"24000c0000000000000000000000000000000000000000000000000000000000000000000500140000000000"
/* `local 2001:db8:f::1 dev 3 table local proto kernel` */
#define REC_LOCAL \
	"740000001800020001000000000000000a800000ff0200020000000008000f00ff00000014000100" \
	"20010db8000f00000000000000000001080006000000000008000400030000" \
	"0024000c00000000000000000000000000000000000000000000000000000000000000000005001400000000" \
	"00"
/* `192.0.2.0/24 via 10.1.2.9 dev 3 proto boot` */
#define REC_IP4 \
	"3c00000018000200010000000000000002180000fe0300010000000008000f00fe00000008000100" \
	"c0000200080005000a0102090800040003000000"
/* `203.0.113.0/24 via inet6 fe80::1 dev 3 proto babel metric 20` */
#define REC_VIA6 \
	"540000001800020001000000f216000002180000fe2a00010000000008000f00fe00000008000100" \
	"cb0071000800060014000000160012000a00fe80000000000000000000000000000100000800040003000000"
/* `198.51.100.0/24 nexthop via inet6 fe80::1 dev 3 nexthop via 10.1.2.9 dev 5
 * weight 3 proto babel metric 20` */
#define REC_VIA6_MULTIPATH \
	"680000001800020001000000f216000002180000fe2a00010000000008000f00fe00000008000100" \
	"c63364000800060014000000340009002000000003000000160012000a00fe8000000000000000000000" \
	"0000000100001000000205000000080005000a010209"
/* fe80::e3ea:fffe:7a6c:2814/64 on 2, tentative */
#define REC_ADDR_TENTATIVE \
	"500000001400020001000000000000000a40c0fd0200000014000100fe8000000000000000e3eafffe7a6c" \
	"2814000600ffffffffffffffffcd290400cd29040008000800c000000005000b0003000000"
/* 2001:db8:f::1/64 on 3, nodad permanent */
#define REC_ADDR \
	"480000001400020001000000000000000a408200030000001400010020010db8000f00000000000000000001" \
	"14000600ffffffffffffffffce290400ce2904000800080082000000"

struct msg {
	_Alignas(struct nlmsghdr) uint8_t b[NL_OP_MAX];
	size_t len;
};

static const struct nlmsghdr *hex(struct msg *m, const char *s)
{
	m->len = strlen(s) / 2;
	assert_true(m->len <= sizeof(m->b));
	for (size_t i = 0; i < m->len; i++) {
		char two[3] = {s[2 * i], s[2 * i + 1], '\0'};

		m->b[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return (const struct nlmsghdr *)m->b;
}

static void assert_pair(const struct sdprefix *p, const char *want)
{
	char buf[SDPREFIX_STR];

	assert_string_equal(sdprefix_str(p, buf), want);
}

static void assert_gate(const struct rib_nexthop *nh, enum family f, const char *want,
			uint32_t ifindex)
{
	char buf[ADDR_STR];

	assert_int_equal(nh->kind, RIB_NH_GATE_IFINDEX);
	assert_string_equal(addr_str(f, &nh->gate, buf), want);
	assert_int_equal(nh->ifindex, ifindex);
}

static void a_sourced_route_is_read_with_its_source(void **state)
{
	struct msg m;
	struct nl_route r;

	(void)state;
	assert_int_equal(nl_parse_route(hex(&m, REC_SOURCED), &r), NL_OK);
	assert_pair(&r.pair, "2001:db8:51::/48 from 2001:db8:1::/48");
	assert_int_equal(r.protocol, 42);
	assert_int_equal(r.priority, 20);
	assert_int_equal(r.table, 254);
	assert_int_equal(r.mtu, 1400);
	assert_int_equal(r.n_nexthops, 1);
	assert_gate(&r.nexthops[0], FAM_IP6, "fe80::2", 3);
	/* Another zebra's: ours has a priority of its own for these. */
	assert_int_equal(kernel_route_whose(&r), KERNEL_FOREIGN);
	r.priority = NL_PRIORITY_SOURCED;
	assert_int_equal(kernel_route_whose(&r), KERNEL_OURS);
}

static void a_default_without_its_attribute_is_the_default(void **state)
{
	struct msg m;
	struct nl_route r;

	(void)state;
	assert_int_equal(nl_parse_route(hex(&m, REC_MULTIPATH), &r), NL_OK);
	assert_pair(&r.pair, "::/0 from 2001:db8:2::/48");
	assert_int_equal(r.n_nexthops, 2);
	assert_gate(&r.nexthops[0], FAM_IP6, "fe80::2", 3);
	assert_int_equal(r.nexthops[0].weight, 1);
	assert_gate(&r.nexthops[1], FAM_IP6, "fe80::3", 2);
	assert_int_equal(r.nexthops[1].weight, 3);
}

static void dropping_routes_and_foreign_ones_are_told_apart(void **state)
{
	struct msg m;
	struct nl_route r;

	(void)state;
	assert_int_equal(nl_parse_route(hex(&m, REC_UNREACHABLE), &r), NL_OK);
	assert_int_equal(r.n_nexthops, 1);
	assert_int_equal(r.nexthops[0].kind, RIB_NH_UNREACHABLE);
	assert_int_equal(r.priority, 33554532);
	assert_int_equal(kernel_route_whose(&r), KERNEL_FOREIGN);

	assert_int_equal(nl_parse_route(hex(&m, REC_LOCAL), &r), NL_OK);
	assert_int_equal(kernel_route_whose(&r), KERNEL_NOBODYS);

	assert_int_equal(nl_parse_route(hex(&m, REC_IP4), &r), NL_OK);
	assert_pair(&r.pair, "192.0.2.0/24");
	assert_gate(&r.nexthops[0], FAM_IP4, "10.1.2.9", 3);
	assert_int_equal(kernel_route_whose(&r), KERNEL_FOREIGN);
}

/* RFC 9229: what we wrote must be read back as it is, or a restarted zebra
 * would write it anew. */
static void an_ipv4_route_over_an_ipv6_gateway_is_read_whole(void **state)
{
	struct msg m;
	struct nl_route r;

	(void)state;
	assert_int_equal(nl_parse_route(hex(&m, REC_VIA6), &r), NL_OK);
	assert_pair(&r.pair, "203.0.113.0/24");
	assert_int_equal(r.n_nexthops, 1);
	assert_gate(&r.nexthops[0], FAM_IP6, "fe80::1", 3);
	assert_true(r.nexthops[0].gate6);
	assert_int_equal(kernel_route_whose(&r), KERNEL_OURS);

	assert_int_equal(nl_parse_route(hex(&m, REC_VIA6_MULTIPATH), &r), NL_OK);
	assert_int_equal(r.n_nexthops, 2);
	assert_gate(&r.nexthops[0], FAM_IP6, "fe80::1", 3);
	assert_true(r.nexthops[0].gate6);
	assert_gate(&r.nexthops[1], FAM_IP4, "10.1.2.9", 5);
	assert_false(r.nexthops[1].gate6);
	assert_int_equal(r.nexthops[1].weight, 3);
	assert_int_equal(nl_parse_route(hex(&m, REC_IP4), &r), NL_OK);
	assert_false(r.nexthops[0].gate6);
}

/* A program that uses babel's number with another priority is not us. */
static void our_protocol_with_another_priority_is_foreign(void **state)
{
	struct msg m;
	struct nl_route r;

	(void)state;
	assert_int_equal(nl_parse_route(hex(&m, REC_SOURCED), &r), NL_OK);
	r.priority = 1024;
	assert_int_equal(kernel_route_whose(&r), KERNEL_FOREIGN);
	r.priority = NL_PRIORITY_SOURCED;
	r.protocol = RTPROT_KERNEL;
	assert_int_equal(kernel_route_whose(&r), KERNEL_NOBODYS);
	r.protocol = RTPROT_RA;
	assert_int_equal(kernel_route_whose(&r), KERNEL_FOREIGN);
	r.flags = RTM_F_CLONED;
	assert_int_equal(kernel_route_whose(&r), KERNEL_NOBODYS);
}

static void addresses_carry_all_their_flags(void **state)
{
	struct msg m;
	struct nl_addr a;
	char buf[ADDR_STR];

	(void)state;
	assert_int_equal(nl_parse_addr(hex(&m, REC_ADDR_TENTATIVE), &a), NL_OK);
	assert_true(a.flags & IFA_F_TENTATIVE);
	assert_int_equal(a.ifindex, 2);
	assert_int_equal(nl_parse_addr(hex(&m, REC_ADDR), &a), NL_OK);
	assert_false(a.flags & IFA_F_TENTATIVE);
	assert_string_equal(addr_str(a.family, &a.addr, buf), "2001:db8:f::1");
	assert_int_equal(a.plen, 64);
	assert_true(addr_is_zero(&a.peer));
}

/* ---- constructed ---- */

static void put(struct msg *m, uint16_t type, const void *fixed, size_t len)
{
	struct nlmsghdr *h = (struct nlmsghdr *)m->b;

	memset(m, 0, sizeof(*m));
	h->nlmsg_type = type;
	memcpy(m->b + NLMSG_HDRLEN, fixed, len);
	m->len = NLMSG_HDRLEN + NLMSG_ALIGN(len);
	h->nlmsg_len = (uint32_t)m->len;
}

static void put_attr(struct msg *m, uint16_t type, const void *v, size_t len)
{
	struct nlattr a = {.nla_type = type, .nla_len = (uint16_t)(NLA_HDRLEN + len)};

	memcpy(m->b + m->len, &a, sizeof(a));
	memcpy(m->b + m->len + NLA_HDRLEN, v, len);
	m->len += NLA_ALIGN(NLA_HDRLEN + len);
	((struct nlmsghdr *)m->b)->nlmsg_len = (uint32_t)m->len;
}

static const struct nlmsghdr *head(const struct msg *m)
{
	return (const struct nlmsghdr *)m->b;
}

static void a_bridge_port_is_not_a_link(void **state)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC, .ifi_index = 7, .ifi_flags = IFF_UP};
	struct msg m;
	struct nl_link l;
	uint32_t mtu = 1400;

	(void)state;
	put(&m, RTM_NEWLINK, &ifi, sizeof(ifi));
	put_attr(&m, IFLA_IFNAME, "eth0", 5);
	put_attr(&m, IFLA_MTU, &mtu, 4);
	assert_int_equal(nl_parse_link(head(&m), &l), NL_OK);
	assert_string_equal(l.name, "eth0");
	assert_int_equal(l.ifindex, 7);
	assert_int_equal(l.mtu, 1400);

	ifi.ifi_family = AF_BRIDGE;
	put(&m, RTM_DELLINK, &ifi, sizeof(ifi));
	put_attr(&m, IFLA_IFNAME, "eth0", 5);
	assert_int_equal(nl_parse_link(head(&m), &l), NL_IGNORE);
}

static void bad_links_are_refused(void **state)
{
	struct ifinfomsg ifi = {.ifi_index = 7};
	struct msg m;
	struct nl_link l;

	(void)state;
	put(&m, RTM_NEWLINK, &ifi, sizeof(ifi));
	assert_int_equal(nl_parse_link(head(&m), &l), NL_BAD); /* no name */
	put_attr(&m, IFLA_IFNAME, "a-name-of-sixteen", 17);
	assert_int_equal(nl_parse_link(head(&m), &l), NL_BAD);
	put(&m, RTM_NEWLINK, &ifi, sizeof(ifi));
	put_attr(&m, IFLA_IFNAME, "eth0", 5);
	put_attr(&m, IFLA_MTU, "xx", 2);
	assert_int_equal(nl_parse_link(head(&m), &l), NL_BAD);
}

static void bad_prefix_lengths_are_refused(void **state)
{
	struct rtmsg rtm = {.rtm_family = AF_INET6, .rtm_dst_len = 129, .rtm_type = RTN_UNICAST};
	struct ifaddrmsg ifa = {.ifa_family = AF_INET, .ifa_prefixlen = 33, .ifa_index = 1};
	struct msg m;
	struct nl_route r;
	struct nl_addr a;

	(void)state;
	put(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
	assert_int_equal(nl_parse_route(head(&m), &r), NL_BAD);
	rtm.rtm_dst_len = 0;
	rtm.rtm_src_len = 129;
	put(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
	assert_int_equal(nl_parse_route(head(&m), &r), NL_BAD);
	put(&m, RTM_NEWADDR, &ifa, sizeof(ifa));
	put_attr(&m, IFA_LOCAL, "\x0a\0\0\1", 4);
	assert_int_equal(nl_parse_addr(head(&m), &a), NL_BAD);
}

static void a_peer_address_makes_the_peers_prefix(void **state)
{
	struct ifaddrmsg ifa = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 4};
	struct msg m;
	struct nl_addr a;
	char buf[ADDR_STR];

	(void)state;
	put(&m, RTM_NEWADDR, &ifa, sizeof(ifa));
	put_attr(&m, IFA_ADDRESS, "\x0a\0\0\2", 4);
	put_attr(&m, IFA_LOCAL, "\x0a\0\0\1", 4);
	assert_int_equal(nl_parse_addr(head(&m), &a), NL_OK);
	assert_string_equal(addr_str(FAM_IP4, &a.addr, buf), "10.0.0.1");
	assert_string_equal(addr_str(FAM_IP4, &a.peer, buf), "10.0.0.2");
}

/* A nexthop list whose inner lengths lie, one after the other. */
static void lying_multipath_lengths_are_refused(void **state)
{
	struct rtmsg rtm = {.rtm_family = AF_INET6, .rtm_type = RTN_UNICAST};
	struct {
		struct rtnexthop rt;
		struct nlattr a;
		uint8_t gate[16];
	} __attribute__((packed)) hop;
	struct msg m;
	struct nl_route r;

	(void)state;
	for (unsigned int len = 0; len <= sizeof(hop) + 4; len++) {
		memset(&hop, 0, sizeof(hop));
		hop.rt.rtnh_len = (uint16_t)len;
		hop.a.nla_type = RTA_GATEWAY;
		hop.a.nla_len = sizeof(hop.a) + sizeof(hop.gate);
		put(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
		put_attr(&m, RTA_MULTIPATH, &hop, sizeof(hop));
		assert_int_equal(nl_parse_route(head(&m), &r), len == sizeof(hop) ? NL_OK : NL_BAD);
	}
	for (unsigned int len = 0; len <= sizeof(hop.gate) + 8; len++) {
		memset(&hop, 0, sizeof(hop));
		hop.rt.rtnh_len = sizeof(hop);
		hop.a.nla_type = RTA_GATEWAY;
		hop.a.nla_len = (uint16_t)len;
		put(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
		put_attr(&m, RTA_MULTIPATH, &hop, sizeof(hop));
		assert_int_equal(nl_parse_route(head(&m), &r),
				 len == sizeof(hop.a) + sizeof(hop.gate) ? NL_OK : NL_BAD);
	}
}

/* RTA_VIA of every length, and of families that are none of ours. */
static void a_gateway_of_another_family_must_be_whole(void **state)
{
	static const uint16_t families[] = {AF_INET6, AF_INET, AF_UNSPEC, 28 /* AF_MPLS */};
	struct rtmsg rtm = {.rtm_family = AF_INET, .rtm_type = RTN_UNICAST};
	uint8_t via[32] = {[2] = 0xfe, [3] = 0x80, [17] = 1};
	uint32_t oif = 3;
	struct msg m;
	struct nl_route r;

	(void)state;
	for (size_t f = 0; f < 4; f++) {
		memcpy(via, &families[f], 2);
		for (size_t len = 0; len <= sizeof(via); len++) {
			bool whole = len >= 18 || (f > 0 && len >= 2);

			put(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
			put_attr(&m, RTA_VIA, via, len);
			put_attr(&m, RTA_OIF, &oif, sizeof(oif));
			assert_int_equal(nl_parse_route(head(&m), &r), whole ? NL_OK : NL_BAD);
			if (!whole)
				continue;
			assert_int_equal(r.nexthops[0].gate6, f == 0);
			assert_int_equal(r.nexthops[0].kind,
					 f == 0 ? RIB_NH_GATE_IFINDEX : RIB_NH_IFINDEX);
		}
	}
	/* Of an IPv6 route it means nothing to us. */
	memcpy(via, &families[0], 2);
	rtm.rtm_family = AF_INET6;
	put(&m, RTM_NEWROUTE, &rtm, sizeof(rtm));
	put_attr(&m, RTA_VIA, via, 18);
	put_attr(&m, RTA_OIF, &oif, sizeof(oif));
	assert_int_equal(nl_parse_route(head(&m), &r), NL_OK);
	assert_false(r.nexthops[0].gate6);
}

/* Every length that nlmsg_len may claim, with nothing behind it: the
 * sanitizer watches the end. What parses must have all fixed parts. */
static void truncated_messages_never_read_on(void **state)
{
	static const char *const rec[] = {
		REC_MULTIPATH, REC_SOURCED,	   REC_UNREACHABLE,    REC_IP4,
		REC_VIA6,      REC_VIA6_MULTIPATH, REC_ADDR_TENTATIVE, REC_ADDR};
	struct msg m;

	(void)state;
	for (size_t i = 0; i < sizeof(rec) / sizeof(rec[0]); i++) {
		hex(&m, rec[i]);
		for (size_t len = NLMSG_HDRLEN; len < m.len; len++) {
			struct nlmsghdr *h = malloc(len);
			struct nl_route r;
			struct nl_addr a;
			struct nl_link l;
			const char *text;
			int error;

			memcpy(h, m.b, len);
			h->nlmsg_len = (uint32_t)len;
			if (len < NLMSG_HDRLEN + sizeof(struct rtmsg))
				assert_int_equal(nl_parse_route(h, &r), NL_BAD);
			else
				nl_parse_route(h, &r);
			nl_parse_addr(h, &a);
			nl_parse_link(h, &l);
			h->nlmsg_type = NLMSG_ERROR;
			h->nlmsg_flags = NLM_F_ACK_TLVS;
			nl_parse_ack(h, &error, &text);
			free(h);
		}
	}
}

/* ---- answers ---- */

static void answers_have_errno_and_the_kernels_words(void **state)
{
	struct nlmsgerr e = {.error = -EINVAL, .msg = {.nlmsg_len = NLMSG_HDRLEN + 12}};
	struct msg m;
	const char *text;
	int error = 0;

	(void)state;
	put(&m, NLMSG_ERROR, &e, sizeof(e));
	((struct nlmsghdr *)m.b)->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	put_attr(&m, NLMSGERR_ATTR_MSG, "no such thing", 14);
	assert_true(nl_parse_ack(head(&m), &error, &text));
	assert_int_equal(error, EINVAL);
	assert_string_equal(text, "no such thing");

	/* With the request in between. */
	put(&m, NLMSG_ERROR, &e, sizeof(e));
	((struct nlmsghdr *)m.b)->nlmsg_flags = NLM_F_ACK_TLVS;
	m.len += 12;
	put_attr(&m, NLMSGERR_ATTR_MSG, "no such thing", 14);
	assert_true(nl_parse_ack(head(&m), &error, &text));
	assert_string_equal(text, "no such thing");

	/* Words without an end are not words. */
	put(&m, NLMSG_ERROR, &e, sizeof(e));
	((struct nlmsghdr *)m.b)->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	put_attr(&m, NLMSGERR_ATTR_MSG, "no end", 6);
	assert_true(nl_parse_ack(head(&m), &error, &text));
	assert_null(text);

	e.error = 0;
	put(&m, NLMSG_ERROR, &e, sizeof(e));
	assert_true(nl_parse_ack(head(&m), &error, &text));
	assert_int_equal(error, 0);
	put(&m, RTM_NEWROUTE, &e, sizeof(e));
	assert_false(nl_parse_ack(head(&m), &error, &text));
}

/* ---- requests ---- */

static struct fib_op op_of(enum fib_op_kind kind, const char *dst, const char *src,
			   const struct rib_nexthop *nh, uint32_t n)
{
	struct fib_op op = {.kind = kind,
			    .route = {.type = ROUTE_BABEL, .n_nexthops = n, .nexthops = nh}};
	struct prefix d, s;

	assert_true(prefix_parse(dst, &d));
	assert_true(prefix_parse(src, &s));
	assert_true(sdprefix_make(&op.route.pair, &d, &s));
	return op;
}

static void what_is_written_reads_the_same(void **state)
{
	struct msg m;
	struct nl_route r;
	struct rib_nexthop nh[RIB_MAX_NEXTHOPS];
	static const uint32_t counts[] = {1, 2, RIB_MAX_NEXTHOPS};

	(void)state;
	memset(nh, 0, sizeof(nh));
	for (uint32_t i = 0; i < RIB_MAX_NEXTHOPS; i++) {
		nh[i].kind = i % 3 ? RIB_NH_GATE_IFINDEX : RIB_NH_IFINDEX;
		nh[i].ifindex = i + 1;
		nh[i].onlink = i % 2;
		nh[i].weight = i % 5 + 1;
		if (i % 3) {
			nh[i].gate.b[0] = 0xfe;
			nh[i].gate.b[1] = 0x80;
			nh[i].gate.b[15] = (uint8_t)(i + 1);
		}
	}
	for (size_t c = 0; c < 3; c++) {
		struct fib_op op =
			op_of(FIB_SET, "2001:db8::/32", "2001:db8:a::/48", nh, counts[c]);
		const struct nlmsghdr *h;

		op.route.mtu = 1280;
		op.route.prefsrc = nh[1].gate;
		h = nl_put_op(m.b, &op, 9);
		assert_int_equal(h->nlmsg_type, RTM_NEWROUTE);
		assert_int_equal(h->nlmsg_seq, 9);
		/* Replace: a change has no gap; never append by accident. */
		assert_int_equal(h->nlmsg_flags,
				 NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
		assert_int_equal(nl_parse_route(h, &r), NL_OK);
		assert_true(sdprefix_eq(&r.pair, &op.route.pair));
		assert_int_equal(r.priority, NL_PRIORITY_SOURCED);
		assert_int_equal(r.protocol, 42);
		assert_int_equal(r.mtu, 1280);
		assert_memory_equal(&r.prefsrc, &op.route.prefsrc, sizeof(r.prefsrc));
		assert_int_equal(r.n_nexthops, counts[c]);
		for (uint32_t i = 0; i < counts[c]; i++) {
			assert_int_equal(r.nexthops[i].kind, nh[i].kind);
			assert_int_equal(r.nexthops[i].ifindex, nh[i].ifindex);
			assert_int_equal(addr_cmp(&r.nexthops[i].gate, &nh[i].gate), 0);
			assert_int_equal(r.nexthops[i].onlink, nh[i].onlink);
			if (counts[c] > 1)
				assert_int_equal(r.nexthops[i].weight, nh[i].weight);
		}
		assert_int_equal(kernel_route_whose(&r), KERNEL_OURS);
	}
}

static struct rib_nexthop over(const char *gate, bool gate6, uint32_t ifindex)
{
	struct rib_nexthop nh = {
		.kind = RIB_NH_GATE_IFINDEX, .ifindex = ifindex, .gate6 = gate6, .weight = 1};
	enum family f;

	assert_true(addr_parse(gate, &f, &nh.gate));
	return nh;
}

/* The octets from the destination on, as the kernel itself tells them; tables
 * and attributes that it alone adds are left out. */
static void ipv4_over_ipv6_is_written_as_the_kernel_tells_it(void **state)
{
	static const char want[] =
		"08000100cb0071000800060014000000"
		"160012000a00fe80000000000000000000000000000100000800040003000000";
	struct rib_nexthop nh[2] = {over("fe80::1", true, 3), over("10.1.2.9", false, 5)};
	struct fib_op op = op_of(FIB_SET, "203.0.113.0/24", "0.0.0.0/0", nh, 1);
	const struct nlmsghdr *h;
	struct msg m, w;
	struct nl_route r, rec;

	(void)state;
	h = nl_put_op(m.b, &op, 1);
	hex(&w, want);
	assert_int_equal(h->nlmsg_len, NLMSG_HDRLEN + sizeof(struct rtmsg) + w.len);
	assert_memory_equal(m.b + NLMSG_HDRLEN + sizeof(struct rtmsg), w.b, w.len);
	/* Several next hops, of either family. */
	nh[1].weight = 3;
	op = op_of(FIB_SET, "198.51.100.0/24", "0.0.0.0/0", nh, 2);
	assert_int_equal(nl_parse_route(nl_put_op(m.b, &op, 1), &r), NL_OK);
	assert_int_equal(nl_parse_route(hex(&w, REC_VIA6_MULTIPATH), &rec), NL_OK);
	assert_int_equal(r.n_nexthops, 2);
	assert_memory_equal(r.nexthops, rec.nexthops, 2 * sizeof(r.nexthops[0]));
}

static void dropping_kinds_have_the_kernels_types(void **state)
{
	static const struct {
		enum rib_nexthop_kind kind;
		uint8_t type;
	} rows[] = {{RIB_NH_BLACKHOLE, RTN_BLACKHOLE},
		    {RIB_NH_UNREACHABLE, RTN_UNREACHABLE},
		    {RIB_NH_PROHIBIT, RTN_PROHIBIT}};
	struct msg m;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rib_nexthop nh = {.kind = rows[i].kind};
		struct fib_op op = op_of(FIB_SET, "::/0", "2001:db8:a::/48", &nh, 1);
		struct nl_route r;

		assert_int_equal(nl_parse_route(nl_put_op(m.b, &op, 1), &r), NL_OK);
		assert_int_equal(r.type, rows[i].type);
		assert_int_equal(r.n_nexthops, 1);
		assert_int_equal(r.nexthops[0].kind, rows[i].kind);
	}
}

static void a_deletion_names_pair_priority_and_protocol(void **state)
{
	struct msg m;
	struct nl_route r;
	struct fib_op op = op_of(FIB_DEL, "2001:db8::/32", "2001:db8:a::/48", NULL, 0);
	const struct nlmsghdr *h = nl_put_op(m.b, &op, 1);

	(void)state;
	assert_int_equal(h->nlmsg_type, RTM_DELROUTE);
	assert_int_equal(h->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_int_equal(nl_parse_route(h, &r), NL_OK);
	assert_pair(&r.pair, "2001:db8::/32 from 2001:db8:a::/48");
	/* Never that of the plain route: the kernel might take that one. */
	assert_int_equal(r.priority, NL_PRIORITY_SOURCED);
	assert_int_not_equal(r.priority, NL_PRIORITY_PLAIN);
	assert_int_equal(r.protocol, 42);
	assert_int_equal(r.type, 0);

	op = op_of(FIB_DEL, "10.0.0.0/8", "0.0.0.0/0", NULL, 0);
	h = nl_put_op(m.b, &op, 1);
	assert_int_equal(((const struct rtmsg *)NLMSG_DATA(h))->rtm_scope, RT_SCOPE_NOWHERE);
}

static void protocol_numbers_are_frrs(void **state)
{
	(void)state;
	assert_int_equal(nl_rtproto_of_type(ROUTE_BABEL), 42);
	assert_int_equal(nl_rtproto_of_type(ROUTE_STATIC), 196);
	/* Halves of what the kernel holds by itself. */
	assert_int_equal(nl_rtproto_of_type(ROUTE_CONNECTED), 11);
	assert_int_equal(nl_rtproto_of_type(ROUTE_KERNEL), 11);
	assert_true(nl_rtproto_is_ours(11));
	assert_true(nl_rtproto_is_ours(42));
	assert_true(nl_rtproto_is_ours(196));
	assert_false(nl_rtproto_is_ours(RTPROT_STATIC));
	assert_false(nl_rtproto_is_ours(RTPROT_KERNEL));
	assert_false(nl_rtproto_is_ours(RTPROT_BOOT));
	assert_false(nl_rtproto_is_ours(RTPROT_BIRD));
	assert_false(nl_rtproto_is_ours(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sourced_route_is_read_with_its_source),
		cmocka_unit_test(a_default_without_its_attribute_is_the_default),
		cmocka_unit_test(dropping_routes_and_foreign_ones_are_told_apart),
		cmocka_unit_test(an_ipv4_route_over_an_ipv6_gateway_is_read_whole),
		cmocka_unit_test(our_protocol_with_another_priority_is_foreign),
		cmocka_unit_test(addresses_carry_all_their_flags),
		cmocka_unit_test(a_bridge_port_is_not_a_link),
		cmocka_unit_test(bad_links_are_refused),
		cmocka_unit_test(bad_prefix_lengths_are_refused),
		cmocka_unit_test(a_peer_address_makes_the_peers_prefix),
		cmocka_unit_test(lying_multipath_lengths_are_refused),
		cmocka_unit_test(a_gateway_of_another_family_must_be_whole),
		cmocka_unit_test(truncated_messages_never_read_on),
		cmocka_unit_test(answers_have_errno_and_the_kernels_words),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(ipv4_over_ipv6_is_written_as_the_kernel_tells_it),
		cmocka_unit_test(dropping_kinds_have_the_kernels_types),
		cmocka_unit_test(a_deletion_names_pair_priority_and_protocol),
		cmocka_unit_test(protocol_numbers_are_frrs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
