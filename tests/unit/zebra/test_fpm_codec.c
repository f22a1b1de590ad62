/* SPDX-License-Identifier: MIT */
/* Frames for a forwarding plane manager, octet by octet: FRR's framing, struct
 * nlmsghdr and rtmsg of linux/rtnetlink.h, and the wire format of protocol
 * buffers as zebra/fpm.proto numbers it. */
#include "zebra/fpm_codec.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/netlink.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/fpm.pb-c.h"
#include "zebra/netlink_codec.h"

#define D6 0x20, 0x01, 0x0d, 0xb8, 0, 0x0d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define S6 0x20, 0x01, 0x0d, 0xb8, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define G6 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

static _Alignas(struct nlmsghdr) uint8_t buf[FPM_FRAME_MAX];

static struct sdprefix pair_of(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix p;

	assert_true(prefix_parse(dst, &d));
	if (src)
		assert_true(prefix_parse(src, &s));
	assert_true(sdprefix_make(&p, &d, src ? &s : NULL));
	return p;
}

static struct rib_nexthop via(const char *gate, uint32_t ifindex)
{
	struct rib_nexthop nh = {.kind = RIB_NH_GATE_IFINDEX, .ifindex = ifindex};
	enum family f;

	assert_true(addr_parse(gate, &f, &nh.gate));
	return nh;
}

/* A route of Babel with one next hop. */
static struct rib_view view_of(const struct rib_nexthop *nh)
{
	return (struct rib_view){.owner = {.type = ROUTE_BABEL},
				 .distance = 120,
				 .metric = 96,
				 .state = RIB_INSTALLED,
				 .n_resolved = 1,
				 .resolved = nh};
}

#define assert_frame(len, want) \
	do { \
		assert_int_equal(len, sizeof(want)); \
		assert_memory_equal(buf, want, sizeof(want)); \
	} while (0)

/* clang-format off */
static void netlink_of_a_pair(void **state)
{
	static const uint8_t set[] = {
		1, 1, 0, 108, /* version, netlink, length */
		104, 0, 0, 0, 24, 0, 0x01, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, /* NEWROUTE, create, replace */
		10, 48, 48, 0, 254, 42, 0, 1, 0, 0, 0, 0, /* inet6, main, babel, unicast */
		20, 0, 1, 0, D6, /* RTA_DST */
		20, 0, 2, 0, S6, /* RTA_SRC */
		8, 0, 6, 0, 21, 0, 0, 0, /* RTA_PRIORITY */
		20, 0, 5, 0, G6, /* RTA_GATEWAY */
		8, 0, 4, 0, 3, 0, 0, 0, /* RTA_OIF */
	};
	static const uint8_t del[] = {
		1, 1, 0, 80, 76, 0, 0, 0, 25, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* DELROUTE */
		10, 48, 48, 0, 254, 11, 0, 0, 0, 0, 0, 0, 20, 0, 1, 0, D6,
		20, 0, 2, 0, S6, 8, 0, 6, 0, 21, 0, 0, 0,
	};
	struct sdprefix p = pair_of("2001:db8:d::/48", "2001:db8:a::/48");
	struct rib_nexthop nh = via("fe80::2", 3);
	struct rib_view v = view_of(&nh);

	(void)state;
	assert_frame(fpm_put_route(buf, FPM_NETLINK, &p, &v), set);
	assert_frame(fpm_put_route(buf, FPM_NETLINK, &p, NULL), del);
}

static void protobuf_of_a_pair(void **state)
{
	static const uint8_t set[] = {
		1, 2, 0, 107, /* version, protobuf, length */
		0x08, 16, /* type: sourced route */
		0x82, 0x01, 98, /* field 16 */
		0x08, 0, 0x10, 2, 0x18, 1, /* vrf 0, IPv6, unicast */
		0x22, 45, 0x0a, 20, 0x08, 48, 0x12, 16, D6, /* key: destination */
		0x82, 0x01, 20, 0x08, 48, 0x12, 16, S6, /* field 16: source */
		0x28, 1, 0x30, 10, 0x40, 96, /* normal, other, metric */
		0x4a, 26, 0x12, 2, 0x08, 3, 0x1a, 20, 0x12, 18, 0x0a, 16, G6, /* next hop */
		0x80, 0x01, 120, /* distance */
		0xa2, 0x01, 5, 'b', 'a', 'b', 'e', 'l',
	};
	static const uint8_t del[] = {
		1, 2, 0, 62, 0x08, 17, 0x8a, 0x01, 53, 0x08, 0, 0x10, 2, 0x18, 1, 0x22, 45,
		0x0a, 20, 0x08, 48, 0x12, 16, D6, 0x82, 0x01, 20, 0x08, 48, 0x12, 16, S6,
	};
	struct sdprefix p = pair_of("2001:db8:d::/48", "2001:db8:a::/48");
	struct rib_nexthop nh = via("fe80::2", 3);
	struct rib_view v = view_of(&nh);

	(void)state;
	assert_frame(fpm_put_route(buf, FPM_PROTOBUF, &p, &v), set);
	assert_frame(fpm_put_route(buf, FPM_PROTOBUF, &p, NULL), del);
}

/* What FRR's receivers read: messages 1 and 2, nothing that they must know beyond. */
static void protobuf_of_a_plain_route(void **state)
{
	static const uint8_t set[] = {
		1, 2, 0, 62, 0x08, 1, 0x12, 54, /* type 1, field 2 */
		0x08, 0, 0x10, 1, 0x18, 1, /* vrf 0, IPv4, unicast */
		0x22, 10, 0x0a, 8, 0x08, 24, 0x12, 4, 192, 0, 2, 0, /* key: destination alone */
		0x28, 1, 0x30, 4, 0x40, 0, /* normal, static, metric */
		0x4a, 13, 0x12, 2, 0x08, 9, 0x1a, 7, 0x0a, 5, 0x0d, 9, 2, 1, 10, /* 10.1.2.9 */
		0x80, 0x01, 1, /* distance */
		0x88, 0x01, 7, /* tag */
		0xa2, 0x01, 6, 's', 't', 'a', 't', 'i', 'c',
	};
	static const uint8_t del[] = {1, 2, 0, 26, 0x08, 2, 0x1a, 18, 0x08, 0, 0x10, 1, 0x18, 1,
				      0x22, 10, 0x0a, 8, 0x08, 24, 0x12, 4, 192, 0, 2, 0};
	struct sdprefix p = pair_of("192.0.2.0/24", NULL);
	struct rib_nexthop nh = via("10.1.2.9", 9);
	struct rib_view v = view_of(&nh);

	(void)state;
	v.owner.type = ROUTE_STATIC;
	v.distance = 1;
	v.metric = 0;
	v.tag = 7;
	assert_frame(fpm_put_route(buf, FPM_PROTOBUF, &p, &v), set);
	assert_frame(fpm_put_route(buf, FPM_PROTOBUF, &p, NULL), del);
}

static void begin_and_end(void **state)
{
	static const uint8_t noop[] = {1, 1, 0, 20, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t done[] = {1, 1, 0, 20, 16, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t begin[] = {1, 2, 0, 6, 0x08, 32};
	static const uint8_t end[] = {1, 2, 0, 6, 0x08, 33};

	(void)state;
	assert_frame(fpm_put_mark(buf, FPM_NETLINK, FPM_SYNC_BEGIN), noop);
	assert_frame(fpm_put_mark(buf, FPM_NETLINK, FPM_SYNC_END), done);
	assert_frame(fpm_put_mark(buf, FPM_PROTOBUF, FPM_SYNC_BEGIN), begin);
	assert_frame(fpm_put_mark(buf, FPM_PROTOBUF, FPM_SYNC_END), end);
}

/* clang-format on */
static Fpm__Message *unpacked(size_t len)
{
	Fpm__Message *m = fpm__message__unpack(NULL, len - FPM_HEADER, buf + FPM_HEADER);

	assert_non_null(m);
	return m;
}

static void every_kind_of_dropping(void **state)
{
	static const struct {
		enum rib_nexthop_kind kind;
		Fpm__Kind want;
	} kinds[] = {{RIB_NH_BLACKHOLE, FPM__KIND__KIND_BLACKHOLE},
		     {RIB_NH_UNREACHABLE, FPM__KIND__KIND_UNREACHABLE},
		     {RIB_NH_PROHIBIT, FPM__KIND__KIND_PROHIBIT}};
	struct sdprefix p = pair_of("::/0", "2001:db8:a::/48");

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct rib_nexthop nh = {.kind = kinds[i].kind};
		struct rib_view v = view_of(&nh);
		struct nl_route back;
		Fpm__Message *m = unpacked(fpm_put_route(buf, FPM_PROTOBUF, &p, &v));

		assert_int_equal(m->sourced_route->kind, kinds[i].want);
		assert_int_equal(m->sourced_route->n_nexthop, 0);
		fpm__message__free_unpacked(m, NULL);
		fpm_put_route(buf, FPM_NETLINK, &p, &v);
		assert_int_equal(nl_parse_route((void *)(buf + FPM_HEADER), &back), NL_OK);
		assert_int_equal(back.nexthops[0].kind, kinds[i].kind);
	}
}

/* The longest that there can be, of every part. */
static void the_longest(void **state)
{
	struct sdprefix p = pair_of("2001:db8:d::1/128", "2001:db8:a::1/128");
	struct rib_nexthop nh[RIB_MAX_NEXTHOPS];
	struct rib_view v = view_of(nh);
	struct nl_route back;
	Fpm__Message *m;
	size_t len;

	(void)state;
	for (size_t i = 0; i < RIB_MAX_NEXTHOPS; i++) {
		nh[i] = via("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", UINT32_MAX);
		nh[i].onlink = true;
		nh[i].weight = 256;
	}
	v.n_resolved = RIB_MAX_NEXTHOPS;
	v.metric = v.tag = v.mtu = UINT32_MAX;
	v.owner.instance = UINT16_MAX;
	v.prefsrc = p.src.addr;
	len = fpm_put_route(buf, FPM_PROTOBUF, &p, &v);
	assert_int_equal(buf[2] << 8 | buf[3], len);
	m = unpacked(len);
	assert_int_equal(m->sourced_route->n_nexthop, RIB_MAX_NEXTHOPS);
	assert_int_equal(m->sourced_route->nexthop[63]->weight, 256);
	assert_true(m->sourced_route->nexthop[63]->onlink);
	assert_int_equal(m->sourced_route->metric, -1); /* as FRR has it: signed */
	assert_int_equal(m->sourced_route->preferred_source->ip6->octets.data[15], 1);
	fpm__message__free_unpacked(m, NULL);
	len = fpm_put_route(buf, FPM_NETLINK, &p, &v);
	assert_int_equal(buf[2] << 8 | buf[3], len);
	assert_int_equal(nl_parse_route((void *)(buf + FPM_HEADER), &back), NL_OK);
	assert_int_equal(back.n_nexthops, RIB_MAX_NEXTHOPS);
}

/* RFC 9229: an IPv4 route over an IPv6 router. */
static void a_gateway_of_the_other_family(void **state)
{
	struct sdprefix p = pair_of("192.0.2.0/24", NULL);
	struct rib_nexthop nh = via("fe80::2", 3);
	struct rib_view v = view_of(&nh);
	Fpm__Message *m;

	(void)state;
	nh.gate6 = true;
	m = unpacked(fpm_put_route(buf, FPM_PROTOBUF, &p, &v));
	assert_null(m->route->nexthop[0]->address->ip4);
	assert_int_equal(m->route->nexthop[0]->address->ip6->octets.data[15], 2);
	fpm__message__free_unpacked(m, NULL);
}

static void what_an_fpm_says(void **state)
{
	static const struct {
		uint8_t octets[8];
		size_t n;
		enum fpm_verdict want;
		size_t len;
	} rows[] = {
		{{0}, 0, FPM_FRAME_MORE, 0},
		{{1}, 1, FPM_FRAME_MORE, 0},
		{{1, 1, 0}, 3, FPM_FRAME_MORE, 0},
		{{1, 1, 0, 4}, 4, FPM_FRAME_WHOLE, 4},
		{{1, 77, 0, 8, 1, 2, 3, 4}, 8, FPM_FRAME_WHOLE, 8}, /* of a type to come */
		{{1, 1, 0, 5, 9, 1}, 6, FPM_FRAME_WHOLE, 5},
		{{1, 1, 0, 8, 1}, 5, FPM_FRAME_MORE, 0},
		{{1, 1, 0xff, 0xff}, 4, FPM_FRAME_MORE, 0},
		{{1, 1, 0, 3}, 4, FPM_FRAME_BAD, 0},
		{{1, 1, 0, 0}, 4, FPM_FRAME_BAD, 0},
		{{2}, 1, FPM_FRAME_BAD, 0},
		{{'G', 'E', 'T', ' '}, 4, FPM_FRAME_BAD, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = 0;

		assert_int_equal(fpm_judge_frame(span_of(rows[i].octets, rows[i].n), &len),
				 rows[i].want);
		if (rows[i].want == FPM_FRAME_WHOLE)
			assert_int_equal(len, rows[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(netlink_of_a_pair),
		cmocka_unit_test(protobuf_of_a_pair),
		cmocka_unit_test(protobuf_of_a_plain_route),
		cmocka_unit_test(begin_and_end),
		cmocka_unit_test(every_kind_of_dropping),
		cmocka_unit_test(the_longest),
		cmocka_unit_test(a_gateway_of_the_other_family),
		cmocka_unit_test(what_an_fpm_says),
	};

	return cmocka_run_group_tests_name("fpm codec", tests, NULL, NULL);
}
