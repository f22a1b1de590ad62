/* SPDX-License-Identifier: MIT */
/* Random structs through the codec and back, every command of the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"

#define ROUNDS 20000

static uint64_t seed0, prng;
static enum zapi_dialect dialect; /* of the message under test */

static uint32_t rnd(void)
{
	prng ^= prng << 13;
	prng ^= prng >> 7;
	prng ^= prng << 17;
	return (uint32_t)(prng >> 32);
}

static uint32_t below(uint32_t n)
{
	return rnd() % n;
}

/* 8.4 has two less. */
static uint8_t rnd_type(void)
{
	return (uint8_t)below(dialect == ZAPI_8_4 ? ROUTE_LOCAL : ROUTE_TYPE_MAX);
}

static struct addr rnd_addr(enum family f)
{
	uint8_t b[16];

	for (unsigned int i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)rnd();
	return addr_from(f, b);
}

static enum family rnd_family(void)
{
	return below(2) ? FAM_IP4 : FAM_IP6;
}

static struct prefix rnd_prefix(enum family f, unsigned int min)
{
	struct addr a = rnd_addr(f);
	struct prefix p;

	assert_true(prefix_make(&p, f, &a, min + below(family_bits(f) - min + 1)));
	return p;
}

static struct sdprefix rnd_pair(void)
{
	enum family f = rnd_family();
	struct prefix dst = rnd_prefix(f, 0), src = prefix_any(f);
	struct sdprefix pair;

	if (f == FAM_IP6 && below(2))
		src = rnd_prefix(f, 1);
	assert_true(sdprefix_make(&pair, &dst, &src));
	return pair;
}

static struct zapi_nexthop rnd_nexthop(void)
{
	struct zapi_nexthop nh;

	memset(&nh, 0, sizeof(nh));
	nh.vrf = below(3);
	nh.type = (uint8_t)(NEXTHOP_IFINDEX + below(6));
	if (below(2))
		nh.flags |= ZAPI_NH_ONLINK;
	nh.weight = below(3);
	if (nh.weight)
		nh.flags |= ZAPI_NH_WEIGHT;
	if (nh.type == NEXTHOP_BLACKHOLE)
		nh.blackhole = (uint8_t)below(4);
	else
		nh.ifindex = rnd();
	if (nh.type == NEXTHOP_IP4 || nh.type == NEXTHOP_IP4_IFINDEX)
		nh.gate = rnd_addr(FAM_IP4);
	if (nh.type == NEXTHOP_IP6 || nh.type == NEXTHOP_IP6_IFINDEX)
		nh.gate = rnd_addr(FAM_IP6);
	return nh;
}

static void rnd_route(struct zapi_route *t)
{
	t->type = rnd_type();
	t->instance = (uint16_t)rnd();
	t->flags = rnd();
	t->pair = rnd_pair();
	t->safi = (uint8_t)below(4);
	t->message = rnd() & (ZAPI_MSG_NEXTHOP | ZAPI_MSG_DISTANCE | ZAPI_MSG_METRIC |
			      ZAPI_MSG_TAG | ZAPI_MSG_MTU | ZAPI_MSG_NHG | ZAPI_MSG_TABLEID);
	if (!sdprefix_is_plain(&t->pair))
		t->message |= ZAPI_MSG_SRCPFX;
	if (t->message & ZAPI_MSG_NEXTHOP) {
		t->n_nexthops = (uint16_t)(below(20) ? below(4) : below(ZAPI_MAX_NEXTHOPS + 1));
		for (unsigned int i = 0; i < t->n_nexthops; i++)
			t->nexthops[i] = rnd_nexthop();
	}
	t->nhg = t->message & ZAPI_MSG_NHG ? rnd() : 0;
	t->distance = t->message & ZAPI_MSG_DISTANCE ? (uint8_t)rnd() : 0;
	t->metric = t->message & ZAPI_MSG_METRIC ? rnd() : 0;
	t->tag = t->message & ZAPI_MSG_TAG ? rnd() : 0;
	t->mtu = t->message & ZAPI_MSG_MTU ? rnd() : 0;
	t->table = t->message & ZAPI_MSG_TABLEID ? rnd() : 0;
}

static void rnd_interface(struct zapi_interface *i)
{
	unsigned int len = 1 + below(ZAPI_IFNAME - 1);

	for (unsigned int c = 0; c < len; c++)
		i->name[c] = (char)('a' + below(26));
	i->ifindex = rnd();
	i->status = (uint8_t)rnd();
	i->flags = (uint64_t)rnd() << 32 | rnd();
	i->metric = rnd();
	i->speed = rnd();
	i->mtu = rnd();
	i->mtu6 = rnd();
	i->bandwidth = rnd();
	i->link_ifindex = rnd();
	i->link_type = rnd();
	i->hwaddr_len = (uint8_t)below(ZAPI_HWADDR + 1);
	for (unsigned int b = 0; b < i->hwaddr_len; b++)
		i->hwaddr[b] = (uint8_t)rnd();
}

static void rnd_notify(struct zapi_route_notify *n)
{
	n->code = below(5);
	n->pair = rnd_pair();
	n->have_pair = dialect == ZAPI_10_3 || !sdprefix_is_plain(&n->pair) || below(2);
	n->table = rnd();
	n->afi = (uint8_t)rnd();
	n->safi = (uint8_t)rnd();
}

static void rnd_update(struct zapi_nexthop_update *u)
{
	enum family f = rnd_family();

	u->safi = (uint16_t)rnd();
	u->asked = rnd_prefix(f, 0);
	u->resolved = rnd_prefix(f, 0);
	u->type = rnd_type();
	u->instance = (uint16_t)rnd();
	u->distance = (uint8_t)rnd();
	u->metric = rnd();
	u->n_nexthops = (uint8_t)below(8);
	for (unsigned int i = 0; i < u->n_nexthops; i++)
		u->nexthops[i] = rnd_nexthop();
}

static void rnd_regs(struct zapi_nexthop_regs *r)
{
	r->n = (uint16_t)(1 + below(64));
	for (unsigned int i = 0; i < r->n; i++) {
		r->reg[i].connected_only = below(2);
		r->reg[i].resolve_via_default = below(2);
		r->reg[i].safi = (uint16_t)rnd();
		r->reg[i].prefix = rnd_prefix(rnd_family(), 0);
	}
}

static void rnd_caps(struct zapi_client_caps *c)
{
	c->capability = 1 + below(5);
	c->vrf = rnd();
	if (c->capability == CLIENT_GR_CAPABILITIES || c->capability == CLIENT_RIB_STALE_TIME)
		c->stale_time = rnd();
	if (c->capability == CLIENT_ROUTE_UPDATE_COMPLETE ||
	    c->capability == CLIENT_ROUTE_UPDATE_PENDING) {
		c->afi = rnd();
		c->safi = rnd();
	}
}

static void rnd_client_msg(struct zapi_msg *m)
{
	static const uint16_t cmds[] = {
		ZAPI_ROUTE_ADD,	    ZAPI_ROUTE_DELETE,	       ZAPI_REDISTRIBUTE_ADD,
		ZAPI_HELLO,	    ZAPI_NEXTHOP_REGISTER,     ZAPI_CLIENT_CAPABILITIES,
		ZAPI_ROUTER_ID_ADD, ZAPI_ROUTE_NOTIFY_REQUEST, ZAPI_REDISTRIBUTE_DEFAULT_ADD,
		ZAPI_INTERFACE_ADD,
	};

	m->cmd = cmds[below(sizeof(cmds) / sizeof(cmds[0]))];
	if (m->cmd == ZAPI_ROUTE_ADD || m->cmd == ZAPI_ROUTE_DELETE) {
		rnd_route(&m->u.route);
		m->u.route.has_src = m->cmd == ZAPI_ROUTE_ADD && below(3) == 0;
		if (m->u.route.has_src)
			m->u.route.src = rnd_addr(sdprefix_family(&m->u.route.pair));
	} else if (m->cmd == ZAPI_REDISTRIBUTE_ADD)
		m->u.redistribute =
			(struct zapi_redistribute){(uint8_t)rnd(), rnd_type(), (uint16_t)rnd()};
	else if (m->cmd == ZAPI_HELLO)
		m->u.hello = (struct zapi_hello){rnd_type(), (uint16_t)rnd(), rnd(),
						 dialect == ZAPI_8_4 && below(2), below(2)};
	else if (m->cmd == ZAPI_NEXTHOP_REGISTER)
		rnd_regs(&m->u.nexthop_regs);
	else if (m->cmd == ZAPI_CLIENT_CAPABILITIES)
		rnd_caps(&m->u.client_caps);
	else if (m->cmd == ZAPI_ROUTER_ID_ADD)
		m->u.afi = (uint16_t)rnd();
	else if (m->cmd == ZAPI_REDISTRIBUTE_DEFAULT_ADD)
		m->u.afi = (uint8_t)rnd();
	else if (m->cmd == ZAPI_ROUTE_NOTIFY_REQUEST)
		m->u.on = below(2);
}

static void rnd_address(struct zapi_address *a)
{
	a->ifindex = rnd();
	a->flags = (uint8_t)rnd();
	a->family = rnd_family();
	a->addr = rnd_addr(a->family);
	a->plen = (uint8_t)below(family_bits(a->family) + 1);
	a->peer = rnd_addr(a->family);
}

static void rnd_zebra_msg(struct zapi_msg *m)
{
	static const uint16_t cmds[] = {
		ZAPI_INTERFACE_UP,	  ZAPI_INTERFACE_ADDRESS_ADD,  ZAPI_ROUTE_NOTIFY_OWNER,
		ZAPI_ROUTER_ID_UPDATE,	  ZAPI_CAPABILITIES,	       ZAPI_NEXTHOP_UPDATE,
		ZAPI_CLIENT_CLOSE_NOTIFY, ZAPI_REDISTRIBUTE_ROUTE_ADD, ZAPI_ERROR,
	};

	m->cmd = cmds[below(sizeof(cmds) / sizeof(cmds[0]))];
	if (m->cmd == ZAPI_INTERFACE_UP)
		rnd_interface(&m->u.interface);
	else if (m->cmd == ZAPI_INTERFACE_ADDRESS_ADD)
		rnd_address(&m->u.address);
	else if (m->cmd == ZAPI_ROUTE_NOTIFY_OWNER)
		rnd_notify(&m->u.notify);
	else if (m->cmd == ZAPI_NEXTHOP_UPDATE)
		rnd_update(&m->u.nexthop_update);
	else if (m->cmd == ZAPI_REDISTRIBUTE_ROUTE_ADD)
		rnd_route(&m->u.route);
	else if (m->cmd == ZAPI_ERROR)
		m->u.error = rnd();
	else if (m->cmd == ZAPI_CLIENT_CLOSE_NOTIFY)
		m->u.client_close = (struct zapi_client_close){rnd_type(), (uint16_t)rnd(), rnd()};
	else if (m->cmd == ZAPI_ROUTER_ID_UPDATE)
		m->u.router_id = (struct zapi_router_id){FAM_IP4, rnd_addr(FAM_IP4), 32};
	else if (m->cmd == ZAPI_CAPABILITIES) {
		m->u.capabilities.ecmp = rnd();
		m->u.capabilities.mpls = (uint8_t)rnd();
		m->u.capabilities.have_ext = below(2);
		m->u.capabilities.ext = m->u.capabilities.have_ext ? (uint8_t)rnd() : 0;
	}
}

static void round_trip(const struct zapi_msg *m, enum zapi_from from)
{
	struct zapi_msg *back = calloc(1, sizeof(*back));
	uint8_t buf[ZAPI_MAX_LEN];
	struct wr w = wr_init(buf, sizeof(buf));

	assert_true(zapi_encode(&w, from, dialect, m));
	assert_int_equal(zapi_frame_len(span_of(buf, wr_len(&w))), (int)wr_len(&w));
	assert_int_equal(zapi_decode(span_of(buf, wr_len(&w)), from, dialect, back), ZAPI_OK);
	/* Both were zeroed as a whole, and all fields are set one by one. */
	if (memcmp(m, back, sizeof(*m)) != 0)
		fail_msg("%s of %s differs; SRCDEST_TEST_SEED=%llu", zapi_cmd_name(m->cmd),
			 zapi_dialect_name(dialect), (unsigned long long)seed0);
	free(back);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct zapi_msg *m = calloc(1, sizeof(*m));
		enum zapi_from from = below(2) ? ZAPI_FROM_CLIENT : ZAPI_FROM_ZEBRA;

		dialect = (enum zapi_dialect)below(ZAPI_DIALECTS);
		m->vrf = rnd();
		if (from == ZAPI_FROM_CLIENT)
			rnd_client_msg(m);
		else
			rnd_zebra_msg(m);
		round_trip(m, from);
		free(m);
	}
}

/* 8.4's ROUTE_NOTIFY_OWNER without our addition names the source alone. */
static void test_stock_notify(void **state)
{
	struct zapi_msg m = {.cmd = ZAPI_ROUTE_NOTIFY_OWNER}, back;
	struct prefix d, s;
	uint8_t buf[128];
	struct wr w = wr_init(buf, sizeof(buf));

	(void)state;
	assert_true(prefix_parse("2001:db8:d::/48", &d));
	assert_true(prefix_parse("2001:db8:5::/48", &s));
	assert_true(sdprefix_make(&m.u.notify.pair, &d, &s));
	assert_true(zapi_encode(&w, ZAPI_FROM_ZEBRA, ZAPI_8_4, &m));
	assert_int_equal(wr_len(&w), 38);
	assert_int_equal(zapi_decode(span_of(buf, 38), ZAPI_FROM_ZEBRA, ZAPI_8_4, &back), ZAPI_OK);
	assert_false(back.u.notify.have_pair);
	assert_true(prefix_eq(&back.u.notify.pair.dst, &s));
	/* With it: the same octets, then magic and both prefixes. */
	w = wr_init(buf, sizeof(buf));
	m.u.notify.have_pair = true;
	assert_true(zapi_encode(&w, ZAPI_FROM_ZEBRA, ZAPI_8_4, &m));
	assert_int_equal(wr_len(&w), 38 + 4 + 17 + 17);
	assert_int_equal(zapi_decode(span_of(buf, wr_len(&w)), ZAPI_FROM_ZEBRA, ZAPI_8_4, &back),
			 ZAPI_OK);
	assert_true(back.u.notify.have_pair);
	assert_true(sdprefix_eq(&back.u.notify.pair, &m.u.notify.pair));
}

/* Not sendable: refused, and what was in the buffer before stays. */
/* Our addition to ROUTE_ADD stands behind all that 8.4 has, which is as ever
 * without it; one that is cut off is none. */
static void test_preferred_source(void **state)
{
	static const uint8_t want[] = {0x53, 0x44, 0x53, 0x54, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0, 0,
				       0,    0,	   0,	 0,    0,    0,	   0,	 0,    0,    1};
	struct zapi_msg *m = calloc(1, sizeof(*m)), *back = calloc(1, sizeof(*back));
	struct zapi_route *t = &m->u.route;
	uint8_t plain[128], buf[128];
	struct wr w = wr_init(plain, sizeof(plain)), with = wr_init(buf, sizeof(buf));
	size_t n;

	(void)state;
	m->cmd = ZAPI_ROUTE_ADD;
	t->type = ROUTE_BABEL;
	t->safi = SAFI_UNICAST;
	t->message = ZAPI_MSG_METRIC;
	t->pair = rnd_pair();
	while (sdprefix_family(&t->pair) != FAM_IP6)
		t->pair = rnd_pair();
	assert_true(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, m));
	n = wr_len(&w);
	t->has_src = true;
	t->src = (struct addr){{0x20, 1, 0x0d, 0xb8, [15] = 1}};
	assert_true(zapi_encode(&with, ZAPI_FROM_CLIENT, ZAPI_8_4, m));
	assert_int_equal(wr_len(&with), n + sizeof(want));
	assert_memory_equal(buf + 2, plain + 2, n - 2);
	assert_memory_equal(buf + n, want, sizeof(want));
	for (size_t len = n; len <= n + sizeof(want); len++) {
		buf[1] = (uint8_t)len;
		assert_int_equal(zapi_decode(span_of(buf, len), ZAPI_FROM_CLIENT, ZAPI_8_4, back),
				 ZAPI_OK);
		assert_int_equal(back->u.route.has_src, len == n + sizeof(want));
	}
	/* Nowhere else. */
	m->cmd = ZAPI_ROUTE_DELETE;
	w = wr_init(buf, sizeof(buf));
	assert_true(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, m));
	assert_int_equal(wr_len(&w), n);
	free(m);
	free(back);
}

static void test_refused(void **state)
{
	struct zapi_msg m = {.cmd = ZAPI_CAPABILITIES};
	uint8_t buf[64];
	struct wr w = wr_init(buf, sizeof(buf));

	(void)state;
	assert_false(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, &m));
	m.cmd = 200;
	assert_false(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, &m));
	m.cmd = ZAPI_REDISTRIBUTE_ADD; /* of a type that only 10.3 has */
	m.u.redistribute.type = ROUTE_LOCAL;
	assert_false(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, &m));
	assert_int_equal(wr_len(&w), 0);
	m.cmd = ZAPI_VRF_ADD; /* 86 octets */
	assert_false(zapi_encode(&w, ZAPI_FROM_ZEBRA, ZAPI_8_4, &m));
	assert_true(wr_ok(&w));
	assert_int_equal(wr_len(&w), 0);
	m.cmd = ZAPI_ROUTE_ADD; /* a next hop of no type */
	m.u.route.pair.dst = prefix_any(FAM_IP6);
	m.u.route.pair.src = prefix_any(FAM_IP6);
	m.u.route.message = ZAPI_MSG_NEXTHOP;
	m.u.route.n_nexthops = 1;
	assert_false(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, &m));
	assert_int_equal(wr_len(&w), 0);
}

static void test_types(void **state)
{
	(void)state;
	assert_string_equal(zapi_route_type_name(ROUTE_BABEL), "babel");
	assert_int_equal(zapi_route_type_letter(ROUTE_BABEL), 'A');
	assert_int_equal(zapi_route_type_distance(ROUTE_BABEL), 100);
	assert_int_equal(zapi_route_type_distance(ROUTE_STATIC), 1);
	assert_int_equal(zapi_route_type_rtproto(ROUTE_BABEL), 42);
	assert_int_equal(zapi_route_type_rtproto(ROUTE_STATIC), 196);
	assert_int_equal(zapi_route_type_of_rtproto(42), ROUTE_BABEL);
	assert_int_equal(zapi_route_type_of_rtproto(188), ROUTE_OSPF);
	assert_int_equal(zapi_route_type_of_rtproto(12), ROUTE_KERNEL);
	assert_int_equal(zapi_route_type_of_rtproto(0), ROUTE_KERNEL);
	assert_string_equal(zapi_route_type_name(200), "unknown");
	assert_string_equal(zapi_cmd_name(77), "unknown");
	assert_string_equal(zapi_cmd_name(ZAPI_ROUTE_ADD), "ROUTE_ADD");
}

int main(void)
{
	const char *s = getenv("SRCDEST_TEST_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_stock_notify),
		cmocka_unit_test(test_preferred_source),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_types),
	};

	seed0 = prng = s ? strtoull(s, NULL, 0) | 1 : 20260101;
	return cmocka_run_group_tests_name("zapi codec", tests, NULL, NULL);
}
