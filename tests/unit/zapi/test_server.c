/* SPDX-License-Identifier: MIT */
/*
 * zebra's ZAPI server over the real RIB and a kernel that takes everything:
 * clients on real sockets, in the same loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/zapi/session.h"
#include "tests/unit/zapi/server_rig.h"

#define DEADLINE   (20 * USEC_PER_SEC)
#define MANY	   3000
#define MANY_HOPS  64
#define MAX_EVENTS 64

static struct loop_timer *deadline;

/* A route message, or anything else, as a client got it. */
struct event {
	uint16_t cmd;
	uint8_t type, code;
	struct sdprefix pair;
	uint32_t metric;
	uint16_t n_nexthops;
	struct zapi_nexthop nexthop; /* the first */
	struct zapi_capabilities caps;
};

struct peer {
	struct server_rig *f;
	struct zapi_session *s;
	struct event ev[MAX_EVENTS];
	unsigned int n;	   /* events since the last clear() */
	unsigned int live; /* pairs added and not deleted, for large replays */
	bool known[MANY];
	bool counting, closed;
};

static void too_late(void *ctx)
{
	(void)ctx;
	fail_msg("nothing happened before the deadline");
}

static int setup(void **state)
{
	struct server_rig *f = calloc(1, sizeof(*f));

	if (!server_rig_init(f))
		return -1;
	deadline = loop_timer_new(f->loop, too_late, NULL);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct server_rig *f = *state;
	size_t left;

	loop_timer_free(deadline);
	left = server_rig_fini(f); /* a failed test has left things */
	free(f);
	return left ? -1 : 0;
}

/* ---- A client ---- */

static void note(struct peer *p, const struct zapi_msg *m)
{
	struct event *e = &p->ev[p->n < MAX_EVENTS ? p->n : MAX_EVENTS - 1];

	p->n++;
	memset(e, 0, sizeof(*e));
	e->cmd = m->cmd;
	if (m->cmd == ZAPI_REDISTRIBUTE_ROUTE_ADD || m->cmd == ZAPI_REDISTRIBUTE_ROUTE_DEL) {
		e->type = m->u.route.type;
		e->pair = m->u.route.pair;
		e->metric = m->u.route.metric;
		e->n_nexthops = m->u.route.n_nexthops;
		if (e->n_nexthops)
			e->nexthop = m->u.route.nexthops[0];
	} else if (m->cmd == ZAPI_ROUTE_NOTIFY_OWNER) {
		e->code = (uint8_t)m->u.notify.code;
		e->pair = m->u.notify.pair;
	} else if (m->cmd == ZAPI_NEXTHOP_UPDATE) {
		e->pair.dst = m->u.nexthop_update.resolved;
		e->n_nexthops = m->u.nexthop_update.n_nexthops;
	} else if (m->cmd == ZAPI_CAPABILITIES)
		e->caps = m->u.capabilities;
	else if (m->cmd == ZAPI_ERROR)
		e->code = (uint8_t)m->u.error;
	else if (m->cmd == ZAPI_CLIENT_CLOSE_NOTIFY)
		e->type = m->u.client_close.type;
}

static void count(struct peer *p, const struct zapi_msg *m)
{
	const uint8_t *b = m->u.route.pair.dst.addr.b;
	unsigned int i = (unsigned int)b[4] << 8 | b[5];

	assert_true(i < MANY);
	/* Also a withdrawal that had to wait says what it withdraws. */
	assert_int_equal(m->u.route.n_nexthops, MANY_HOPS);
	if (m->cmd == ZAPI_REDISTRIBUTE_ROUTE_ADD && !p->known[i])
		p->live++;
	if (m->cmd == ZAPI_REDISTRIBUTE_ROUTE_DEL && p->known[i])
		p->live--;
	p->known[i] = m->cmd == ZAPI_REDISTRIBUTE_ROUTE_ADD;
}

static void peer_message(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
			 enum zapi_verdict verdict)
{
	struct peer *p = ctx;

	(void)s;
	assert_int_equal(verdict, ZAPI_OK);
	if (p->counting &&
	    (m->cmd == ZAPI_REDISTRIBUTE_ROUTE_ADD || m->cmd == ZAPI_REDISTRIBUTE_ROUTE_DEL))
		count(p, m);
	else
		note(p, m);
	loop_stop(p->f->loop);
}

static void peer_closed(void *ctx, struct zapi_session *s, const char *why)
{
	struct peer *p = ctx;

	(void)s;
	(void)why;
	p->closed = true;
	loop_stop(p->f->loop);
}

static struct peer *peer_new(struct server_rig *f)
{
	static const struct zapi_session_ops ops = {peer_message, peer_closed, NULL};
	struct peer *p = calloc(1, sizeof(*p));
	int fd = unix_connect(f->path);

	assert_true(fd >= 0);
	p->f = f;
	p->s = zapi_session_new(f->loop, fd, ZAPI_FROM_ZEBRA, "zebra", &ops, p);
	return p;
}

static void peer_free(struct peer *p)
{
	zapi_session_free(p->s);
	free(p);
}

static void wait_for(struct peer *p, unsigned int events)
{
	loop_timer_at(deadline, mono_add(loop_now(p->f->loop), DEADLINE));
	while (p->n < events)
		loop_run(p->f->loop);
	loop_timer_at(deadline, MONO_NEVER);
}

static void hello(struct peer *p, uint8_t type)
{
	struct zapi_msg m = {.cmd = ZAPI_HELLO};

	m.u.hello.type = type;
	m.u.hello.want_notify = true;
	zapi_session_send(p->s, &m);
	wait_for(p, 2);
	p->n = 0;
}

static struct sdprefix pair_of(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix pair;

	assert_true(prefix_parse(dst, &d));
	if (src)
		assert_true(prefix_parse(src, &s));
	assert_true(sdprefix_make(&pair, &d, src ? &s : NULL));
	return pair;
}

static void route(struct zapi_msg *m, uint16_t cmd, const struct sdprefix *pair, uint8_t type)
{
	memset(m, 0, sizeof(*m));
	m->cmd = cmd;
	m->u.route.type = type;
	m->u.route.safi = SAFI_UNICAST;
	m->u.route.pair = *pair;
	m->u.route.message = ZAPI_MSG_NEXTHOP | ZAPI_MSG_METRIC;
	m->u.route.metric = 96;
	m->u.route.n_nexthops = 1;
	m->u.route.nexthops[0].type = NEXTHOP_IFINDEX;
	m->u.route.nexthops[0].ifindex = RIG_IFINDEX;
}

static void put(struct peer *p, uint16_t cmd, const char *dst, const char *src)
{
	struct sdprefix pair = pair_of(dst, src);
	struct zapi_msg m;

	route(&m, cmd, &pair, ROUTE_BABEL);
	zapi_session_send(p->s, &m);
}

static void ask(struct peer *p, uint8_t afi, uint8_t type)
{
	struct zapi_msg m = {.cmd = ZAPI_REDISTRIBUTE_ADD};

	m.u.redistribute = (struct zapi_redistribute){.afi = afi, .type = type};
	zapi_session_send(p->s, &m);
}

static void caps(struct peer *p, uint32_t capability, uint32_t value)
{
	struct zapi_msg m = {.cmd = ZAPI_CLIENT_CAPABILITIES};

	m.u.client_caps = (struct zapi_client_caps){
		.capability = capability, .stale_time = value, .afi = value, .safi = SAFI_UNICAST};
	zapi_session_send(p->s, &m);
}

/* A route put into the RIB from inside zebra. */
static void local(struct server_rig *f, const char *dst, const char *src, uint8_t type)
{
	struct rib_nexthop nh = {.kind = RIB_NH_IFINDEX, .ifindex = RIG_IFINDEX};
	struct rib_spec spec = {
		.distance = zapi_route_type_distance(type), .n_nexthops = 1, .nexthops = &nh};
	struct rib_owner owner = {.type = type};
	struct sdprefix pair = pair_of(dst, src);

	rib_add(f->rib, &pair, &owner, &spec, loop_now(f->loop));
	server_rig_changed(f);
}

static void local_del(struct server_rig *f, const char *dst, const char *src, uint8_t type)
{
	struct rib_owner owner = {.type = type};
	struct sdprefix pair = pair_of(dst, src);

	assert_true(rib_del(f->rib, &pair, &owner));
	server_rig_changed(f);
}

static void is_event(const struct event *e, uint16_t cmd, const char *dst, const char *src)
{
	struct sdprefix pair = pair_of(dst, src);

	assert_int_equal(e->cmd, cmd);
	assert_true(sdprefix_eq(&e->pair, &pair));
}

/* ---- Tests ---- */

static void test_start(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct zapi_msg m = {.cmd = ZAPI_HELLO};

	m.u.hello.type = ROUTE_BABEL;
	zapi_session_send(p->s, &m);
	m.cmd = ZAPI_INTERFACE_ADD;
	zapi_session_send(p->s, &m);
	m.cmd = ZAPI_ROUTER_ID_ADD;
	m.u.afi = AFI_IP4;
	zapi_session_send(p->s, &m);
	wait_for(p, 4);
	assert_int_equal(p->ev[0].cmd, ZAPI_CAPABILITIES);
	assert_true(p->ev[0].caps.have_ext);
	assert_int_equal(p->ev[0].caps.ext, ZAPI_EXT_SOURCED6 | ZAPI_EXT_VIA6);
	assert_int_equal(p->ev[1].cmd, ZAPI_VRF_ADD);
	assert_int_equal(p->ev[2].cmd, ZAPI_INTERFACE_ADD);
	assert_int_equal(p->ev[3].cmd, ZAPI_INTERFACE_ADDRESS_ADD);
	/* No router id yet; told as soon as there is one. */
	server_rig_settle(f);
	assert_int_equal(p->n, 4);
	f->have_router_id = true;
	zebra_zapi_router_id(f->z);
	wait_for(p, 5);
	assert_int_equal(p->ev[4].cmd, ZAPI_ROUTER_ID_UPDATE);
	/* So is what zebra can do by another backend. */
	f->sourced4 = true;
	zebra_zapi_abilities(f->z);
	wait_for(p, 6);
	assert_int_equal(p->ev[5].cmd, ZAPI_CAPABILITIES);
	assert_int_equal(p->ev[5].caps.ext, ZAPI_EXT_SOURCED6 | ZAPI_EXT_SOURCED4 | ZAPI_EXT_VIA6);
	peer_free(p);
}

static void test_synchronous(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct zapi_msg m = {.cmd = ZAPI_HELLO};
	struct zapi_interface i = {.name = "v1"};

	f->sourced6 = f->via6 = false;
	m.u.hello = (struct zapi_hello){.type = ROUTE_BABEL, .synchronous = true};
	zapi_session_send(p->s, &m);
	server_rig_settle(f);
	zebra_zapi_interface(f->z, ZAPI_INTERFACE_UP, &i);
	server_rig_settle(f);
	assert_int_equal(p->n, 0);
	/* A second HELLO is served like the first. */
	m.u.hello.synchronous = false;
	zapi_session_send(p->s, &m);
	wait_for(p, 2);
	assert_int_equal(p->ev[0].caps.ext, 0);
	zebra_zapi_interface(f->z, ZAPI_INTERFACE_UP, &i);
	wait_for(p, 3);
	assert_int_equal(p->ev[2].cmd, ZAPI_INTERFACE_UP);
	peer_free(p);
}

static void test_errors(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct zapi_msg m = {.cmd = ZAPI_INTERFACE_ADD, .vrf = 5};

	zapi_session_send(p->s, &m);
	wait_for(p, 1);
	assert_int_equal(p->ev[0].cmd, ZAPI_ERROR);
	assert_int_equal(p->ev[0].code, ZAPI_ERR_NO_VRF);
	peer_free(p);
}

/* A client of the other dialect is answered in its own, and its routes are
 * what it means: 23 is babel there. */
static void test_other_dialect(void **state)
{
	static const uint8_t caps10[] = {
		0, 27, 254, 6,	 0,   0,   0,	0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, RIB_MAX_NEXTHOPS,
		0, 0,  0,   'S', 'D', 'S', 'T', 3};
	static const uint8_t route10[] = {
		0, 42, 254,  6,	   0, 0,    0,	  0, 0,	   9, 23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		1, 10, 0x30, 0x20, 1, 0x0d, 0xb8, 0, 0x54, 0, 1,  0, 0, 0, 0, 1, 0, 0, 0, 0, 2};
	uint8_t hello10[] = {0, 18, 254, 6, 0, 0, 0, 0, 0, 19, 23, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t notify_on[] = {0, 11, 254, 6, 0, 0, 0, 0, 0, 126, 1};
	struct server_rig *f = *state;
	int fd = unix_connect(f->path);
	uint8_t got[512], route[sizeof(route10)];
	ssize_t n;

	/* Nothing is said before the client has shown what it speaks. */
	server_rig_settle(f);
	assert_int_equal(read(fd, got, sizeof(got)), -1);
	assert_int_equal(write(fd, hello10, sizeof(hello10)), sizeof(hello10));
	server_rig_settle(f);
	n = read(fd, got, sizeof(got));
	assert_int_equal(n, sizeof(caps10) + 86);
	assert_memory_equal(got, caps10, sizeof(caps10));
	assert_int_equal(got[sizeof(caps10) + 9], 33);
	assert_int_equal(write(fd, notify_on, sizeof(notify_on)), sizeof(notify_on));
	memcpy(route, route10, sizeof(route));
	route[41] = RIG_IFINDEX;
	assert_int_equal(write(fd, route, sizeof(route)), sizeof(route));
	server_rig_settle(f);
	n = read(fd, got, sizeof(got));
	assert_int_equal(n, 55);
	assert_int_equal(got[9], 11);
	assert_int_equal(got[10], NOTIFY_INSTALLED);
	/* It stays with it: 8.4's HELLO is no command of it. */
	hello10[9] = 18;
	assert_int_equal(write(fd, hello10, sizeof(hello10)), sizeof(hello10));
	server_rig_settle(f);
	n = read(fd, got, sizeof(got));
	assert_int_equal(n, 14);
	assert_int_equal(got[9], 120);
	assert_int_equal(got[10], ZAPI_ERR_INVALID_MSG_TYPE);
	close(fd);
}

static void test_route_and_fate(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);

	hello(p, ROUTE_BABEL);
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", "2001:db8:5::/48");
	wait_for(p, 1);
	is_event(&p->ev[0], ZAPI_ROUTE_NOTIFY_OWNER, "2001:db8:d::/48", "2001:db8:5::/48");
	assert_int_equal(p->ev[0].code, NOTIFY_INSTALLED);
	/* Another source of the same destination is another route. */
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", "2001:db8:6::/48");
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", NULL);
	wait_for(p, 3);
	assert_int_equal(rib_count(f->rib), 3);
	/* The same again replaces. */
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", NULL);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 3);
	p->n = 0;
	put(p, ZAPI_ROUTE_DELETE, "2001:db8:d::/48", "2001:db8:5::/48");
	wait_for(p, 1);
	is_event(&p->ev[0], ZAPI_ROUTE_NOTIFY_OWNER, "2001:db8:d::/48", "2001:db8:5::/48");
	assert_int_equal(p->ev[0].code, NOTIFY_REMOVED);
	assert_int_equal(rib_count(f->rib), 2);
	/* Its end takes all the rest along. */
	peer_free(p);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
}

static void test_refusals(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct sdprefix pair = pair_of("2001:db8:d::/48", NULL);
	struct zapi_msg m;

	/* No HELLO; a HELLO as connected; a route of another type. */
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", NULL);
	hello(p, ROUTE_CONNECTED);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_CONNECTED);
	zapi_session_send(p->s, &m);
	hello(p, ROUTE_BGP);
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", NULL);
	/* Another SAFI, the local table, a next-hop group, none, IPv4 for IPv6. */
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BGP);
	m.u.route.safi = SAFI_MULTICAST;
	zapi_session_send(p->s, &m);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BGP);
	m.u.route.message |= ZAPI_MSG_TABLEID;
	m.u.route.table = 255;
	zapi_session_send(p->s, &m);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BGP);
	m.u.route.message |= ZAPI_MSG_NHG;
	zapi_session_send(p->s, &m);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BGP);
	m.u.route.n_nexthops = 0;
	zapi_session_send(p->s, &m);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BGP);
	m.u.route.nexthops[0].type = NEXTHOP_IP4_IFINDEX;
	zapi_session_send(p->s, &m);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
	assert_false(p->closed);
	/* What can't be used any more is not kept in its old form either. */
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BGP);
	zapi_session_send(p->s, &m);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 1);
	m.u.route.nexthops[0].vrf = 3;
	zapi_session_send(p->s, &m);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
	peer_free(p);
}

/* The gateway as the RIB has it. */
static bool first_gate(void *ctx, const struct rib_view *v)
{
	char text[ADDR_STR];

	assert_int_equal(v->n_nexthops, 1);
	snprintf(ctx, ADDR_STR, "%s",
		 addr_str(rib_gate_family(sdprefix_family(&v->pair), &v->nexthops[0]),
			  &v->nexthops[0].gate, text));
	return false;
}

/* RFC 9229: an IPv4 route over an IPv6 gateway comes in and goes out as one. */
static void test_ip4_over_ip6(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f), *other = peer_new(f);
	struct sdprefix pair = pair_of("192.0.2.0/24", NULL);
	char gate[ADDR_STR] = "";
	struct zapi_msg m;
	enum family fam;

	hello(other, ROUTE_BGP);
	ask(other, AFI_IP4, ROUTE_BABEL);
	hello(p, ROUTE_BABEL);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_BABEL);
	m.u.route.nexthops[0].type = NEXTHOP_IP6_IFINDEX;
	assert_true(addr_parse("fe80::9", &fam, &m.u.route.nexthops[0].gate));
	zapi_session_send(p->s, &m);
	wait_for(other, 1);
	rib_each_at(f->rib, &pair, first_gate, gate);
	assert_string_equal(gate, "fe80::9");
	is_event(&other->ev[0], ZAPI_REDISTRIBUTE_ROUTE_ADD, "192.0.2.0/24", NULL);
	assert_int_equal(other->ev[0].nexthop.type, NEXTHOP_IP6_IFINDEX);
	assert_int_equal(addr_cmp(&other->ev[0].nexthop.gate, &m.u.route.nexthops[0].gate), 0);
	/* The same address octets as an IPv4 gateway are another next hop. */
	m.u.route.nexthops[0].type = NEXTHOP_IP4_IFINDEX;
	m.u.route.nexthops[0].flags = ZAPI_NH_ONLINK;
	m.u.route.nexthops[0].gate = addr_ip4(198, 51, 100, 9);
	zapi_session_send(p->s, &m);
	wait_for(other, 2);
	rib_each_at(f->rib, &pair, first_gate, gate);
	assert_string_equal(gate, "198.51.100.9");
	assert_int_equal(other->ev[1].nexthop.type, NEXTHOP_IP4_IFINDEX);
	peer_free(p);
	peer_free(other);
}

/* With USE_DISTANCE the distance is part of the identity: floating routes. */
static void test_distance_key(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct sdprefix pair = pair_of("2001:db8:d::/48", NULL);
	struct zapi_msg m;

	hello(p, ROUTE_STATIC);
	route(&m, ZAPI_ROUTE_ADD, &pair, ROUTE_STATIC);
	m.u.route.flags = ROUTE_FLAG_USE_DISTANCE;
	m.u.route.message |= ZAPI_MSG_DISTANCE;
	for (uint8_t d = 1; d <= 3; d++) {
		m.u.route.distance = d;
		zapi_session_send(p->s, &m);
	}
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 3);
	m.cmd = ZAPI_ROUTE_DELETE;
	m.u.route.distance = 2;
	zapi_session_send(p->s, &m);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 2);
	peer_free(p);
}

static void test_redistribute(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);

	local(f, "2001:db8:1::/48", "2001:db8:5::/48", ROUTE_STATIC);
	local(f, "2001:db8:1::/48", NULL, ROUTE_STATIC);
	local(f, "2001:db8:2::/48", NULL, ROUTE_CONNECTED);
	local(f, "fe80::/64", NULL, ROUTE_STATIC);
	local(f, "192.0.2.0/24", NULL, ROUTE_STATIC);
	server_rig_settle(f);
	hello(p, ROUTE_BABEL);
	ask(p, AFI_IP6, ROUTE_STATIC);
	wait_for(p, 2);
	server_rig_settle(f);
	assert_int_equal(p->n, 2);
	is_event(&p->ev[0], ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:1::/48", NULL);
	is_event(&p->ev[1], ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:1::/48", "2001:db8:5::/48");
	assert_int_equal(p->ev[1].n_nexthops, 1);
	p->n = 0;
	/* Changes: a new one, one that goes, one that becomes another's. */
	local(f, "2001:db8:3::/48", "2001:db8:5::/48", ROUTE_STATIC);
	wait_for(p, 1);
	is_event(&p->ev[0], ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:3::/48", "2001:db8:5::/48");
	local_del(f, "2001:db8:1::/48", "2001:db8:5::/48", ROUTE_STATIC);
	wait_for(p, 2);
	is_event(&p->ev[1], ZAPI_REDISTRIBUTE_ROUTE_DEL, "2001:db8:1::/48", "2001:db8:5::/48");
	/* FRR's ripngd finds what goes by its interface. */
	assert_int_equal(p->ev[1].n_nexthops, 1);
	assert_int_equal(p->ev[1].nexthop.ifindex, RIG_IFINDEX);
	local(f, "2001:db8:1::/48", NULL, ROUTE_CONNECTED);
	wait_for(p, 3);
	is_event(&p->ev[2], ZAPI_REDISTRIBUTE_ROUTE_DEL, "2001:db8:1::/48", NULL);
	assert_int_equal(p->ev[2].type, ROUTE_STATIC);
	assert_int_equal(p->ev[2].n_nexthops, 1);
	local_del(f, "2001:db8:1::/48", NULL, ROUTE_CONNECTED);
	wait_for(p, 4);
	is_event(&p->ev[3], ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:1::/48", NULL);
	peer_free(p);
}

/* By type and instance, and by kernel table. */
static void test_redistribute_what(void **state)
{
	struct rib_nexthop nh = {.kind = RIB_NH_IFINDEX, .ifindex = RIG_IFINDEX};
	struct rib_spec spec = {.distance = 110, .n_nexthops = 1, .nexthops = &nh};
	struct server_rig *f = *state;
	struct peer *p = peer_new(f), *q = peer_new(f);
	struct zapi_msg m = {.cmd = ZAPI_REDISTRIBUTE_ADD};

	hello(p, ROUTE_BABEL);
	hello(q, ROUTE_BGP);
	for (uint16_t i = 0; i < 3; i++) {
		char dst[32];
		struct rib_owner owner = {.type = ROUTE_OSPF6, .instance = i};
		struct sdprefix pair;

		snprintf(dst, sizeof(dst), "2001:db8:%u::/48", i);
		pair = pair_of(dst, NULL);
		rib_add(f->rib, &pair, &owner, &spec, loop_now(f->loop));
		pair = pair_of(dst, "2001:db8:5::/48");
		rib_add(rib_table_get(f->rib, 100u + i), &pair, &owner, &spec, loop_now(f->loop));
	}
	server_rig_changed(f);
	m.u.redistribute = (struct zapi_redistribute){AFI_IP6, ROUTE_OSPF6, 1};
	zapi_session_send(p->s, &m);
	m.u.redistribute = (struct zapi_redistribute){AFI_IP6, ROUTE_TABLE, 102};
	zapi_session_send(q->s, &m);
	wait_for(p, 1);
	wait_for(q, 1);
	server_rig_settle(f);
	assert_int_equal(p->n, 1);
	is_event(&p->ev[0], ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:1::/48", NULL);
	/* Out of a table: as the table's, with its source. */
	assert_int_equal(q->n, 1);
	is_event(&q->ev[0], ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:2::/48", "2001:db8:5::/48");
	assert_int_equal(q->ev[0].type, ROUTE_TABLE);
	rib_del_owner(f->rib, ROUTE_OSPF6, 2);
	server_rig_changed(f);
	wait_for(q, 2);
	server_rig_settle(f);
	is_event(&q->ev[1], ZAPI_REDISTRIBUTE_ROUTE_DEL, "2001:db8:2::/48", "2001:db8:5::/48");
	assert_int_equal(q->ev[1].type, ROUTE_TABLE);
	assert_int_equal(q->ev[1].n_nexthops, 1);
	assert_int_equal(p->n, 1);
	peer_free(p);
	peer_free(q);
}

/* In both dialects a route with a source says so, bit and octets: who knows no
 * sources drops the message, and takes it for no plain route. */
static void test_source_in_both_dialects(void **state)
{
	static const uint8_t hello[2][19] = {
		[ZAPI_8_4] = {0, 19, 254, 6, 0, 0, 0, 0, 0, 18, ROUTE_BABEL},
		[ZAPI_10_3] = {0, 18, 254, 6, 0, 0, 0, 0, 0, 19, ROUTE_BABEL + 1},
	};
	static const uint8_t want[2][14] = {
		[ZAPI_8_4] = {0, 14, 254, 6, 0, 0, 0, 0, 0, 11, AFI_IP6, ROUTE_STATIC, 0, 0},
		[ZAPI_10_3] = {0, 14, 254, 6, 0, 0, 0, 0, 0, 12, AFI_IP6, ROUTE_STATIC + 1, 0, 0},
	};
	static const uint8_t pair[] = {10, 0x30, 0x20, 1, 0x0d, 0xb8, 0, 1,
				       0x30, 0x20, 1, 0x0d, 0xb8, 0, 5};
	struct server_rig *f = *state;

	local(f, "2001:db8:1::/48", "2001:db8:5::/48", ROUTE_STATIC);
	server_rig_settle(f);
	for (int d = 0; d < 2; d++) {
		int fd = unix_connect(f->path);
		uint8_t got[512];
		ssize_t n;

		n = hello[d][1];
		assert_int_equal(write(fd, hello[d], (size_t)n), n);
		server_rig_settle(f);
		assert_true(read(fd, got, sizeof(got)) > 0);
		assert_int_equal(write(fd, want[d], sizeof(want[d])), sizeof(want[d]));
		server_rig_settle(f);
		n = read(fd, got, sizeof(got));
		assert_true(n > 22 + (ssize_t)sizeof(pair));
		assert_int_equal(got[9], d == ZAPI_8_4 ? 30 : 31);
		assert_true(got[20] & ZAPI_MSG_SRCPFX);
		assert_memory_equal(got + 22, pair, sizeof(pair));
		close(fd);
	}
}

/* Default redistribution is of (::/0, ::/0), whatever its type, and of no
 * (::/0, S). */
static void test_default(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct zapi_msg m = {.cmd = ZAPI_REDISTRIBUTE_DEFAULT_ADD};

	local(f, "::/0", NULL, ROUTE_STATIC);
	local(f, "::/0", "2001:db8:5::/48", ROUTE_STATIC);
	server_rig_settle(f);
	hello(p, ROUTE_OSPF6);
	m.u.afi = AFI_IP6;
	zapi_session_send(p->s, &m);
	wait_for(p, 1);
	server_rig_settle(f);
	assert_int_equal(p->n, 1);
	is_event(&p->ev[0], ZAPI_REDISTRIBUTE_ROUTE_ADD, "::/0", NULL);
	local_del(f, "::/0", "2001:db8:5::/48", ROUTE_STATIC);
	local_del(f, "::/0", NULL, ROUTE_STATIC);
	wait_for(p, 2);
	server_rig_settle(f);
	assert_int_equal(p->n, 2);
	is_event(&p->ev[1], ZAPI_REDISTRIBUTE_ROUTE_DEL, "::/0", NULL);
	peer_free(p);
}

static void test_tracking(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	struct zapi_msg m = {.cmd = ZAPI_NEXTHOP_REGISTER};

	local(f, "2001:db8::/32", "::/1", ROUTE_STATIC);
	local(f, "::/0", NULL, ROUTE_STATIC);
	server_rig_settle(f);
	hello(p, ROUTE_BGP);
	m.u.nexthop_regs.n = 1;
	m.u.nexthop_regs.reg[0].safi = SAFI_UNICAST;
	assert_true(prefix_parse("2001:db8::7/128", &m.u.nexthop_regs.reg[0].prefix));
	zapi_session_send(p->s, &m);
	wait_for(p, 1);
	/* Neither over a sourced route nor, unasked, over the default route. */
	assert_int_equal(p->ev[0].n_nexthops, 0);
	local(f, "2001:db8::/64", NULL, ROUTE_CONNECTED);
	wait_for(p, 2);
	assert_int_equal(p->ev[1].n_nexthops, 1);
	assert_int_equal(p->ev[1].pair.dst.plen, 64);
	/* What changes nothing is not told; a new registration always is. */
	local(f, "2001:db8:1::/64", NULL, ROUTE_CONNECTED);
	server_rig_settle(f);
	assert_int_equal(p->n, 2);
	zapi_session_send(p->s, &m);
	wait_for(p, 3);
	local_del(f, "2001:db8::/64", NULL, ROUTE_CONNECTED);
	wait_for(p, 4);
	assert_int_equal(p->ev[3].n_nexthops, 0);
	m.u.nexthop_regs.reg[0].resolve_via_default = true;
	zapi_session_send(p->s, &m);
	wait_for(p, 5);
	assert_int_equal(p->ev[4].n_nexthops, 1);
	m.u.nexthop_regs.reg[0].connected_only = true;
	zapi_session_send(p->s, &m);
	wait_for(p, 6);
	assert_int_equal(p->ev[5].n_nexthops, 1); /* static counts */
	m.cmd = ZAPI_NEXTHOP_UNREGISTER;
	zapi_session_send(p->s, &m);
	server_rig_settle(f);
	local_del(f, "::/0", NULL, ROUTE_STATIC);
	server_rig_settle(f);
	assert_int_equal(p->n, 6);
	peer_free(p);
}

static struct peer *graceful_peer(struct server_rig *f, uint32_t stale_time)
{
	struct peer *p = peer_new(f);

	hello(p, ROUTE_BABEL);
	caps(p, CLIENT_GR_CAPABILITIES, stale_time);
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", "2001:db8:5::/48");
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", "2001:db8:6::/48");
	caps(p, CLIENT_ROUTE_UPDATE_COMPLETE, AFI_IP4);
	caps(p, CLIENT_ROUTE_UPDATE_COMPLETE, AFI_IP6);
	wait_for(p, 2);
	return p;
}

static void test_graceful(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = graceful_peer(f, 100);

	peer_free(p);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 2);
	/* Back with one of the two; the other goes when all is said, not before. */
	p = peer_new(f);
	hello(p, ROUTE_BABEL);
	caps(p, CLIENT_GR_CAPABILITIES, 100);
	put(p, ZAPI_ROUTE_ADD, "2001:db8:d::/48", "2001:db8:6::/48");
	caps(p, CLIENT_ROUTE_UPDATE_COMPLETE, AFI_IP4);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 2);
	caps(p, CLIENT_ROUTE_UPDATE_COMPLETE, AFI_IP6);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 1);
	/* An orderly good-bye takes the rest along at once. */
	caps(p, CLIENT_GR_DISABLE, 0);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 1);
	peer_free(p);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
}

static void test_stale_time(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = graceful_peer(f, 0);

	peer_free(p);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
}

/* The old process's end and the new one's HELLO are read in any order: the
 * new one's routes must not go with the old one. */
static void test_predecessor(void **state)
{
	struct server_rig *f = *state;
	struct peer *old = peer_new(f), *p;
	struct zapi_msg m = {.cmd = ZAPI_HELLO};

	hello(old, ROUTE_BABEL);
	put(old, ZAPI_ROUTE_ADD, "2001:db8:d::/48", NULL);
	server_rig_settle(f);
	p = peer_new(f);
	server_rig_settle(f); /* accepted: its descriptor may well be served first */
	m.u.hello.type = ROUTE_BABEL;
	zapi_session_send(p->s, &m);
	put(p, ZAPI_ROUTE_ADD, "2001:db8:e::/48", NULL);
	peer_free(old);
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 1);
	peer_free(p);
}

static void test_close_notify(void **state)
{
	struct server_rig *f = *state;
	struct peer *a = peer_new(f), *b = peer_new(f);

	hello(a, ROUTE_BABEL);
	hello(b, ROUTE_OSPF6);
	peer_free(b);
	wait_for(a, 1);
	assert_int_equal(a->ev[0].cmd, ZAPI_CLIENT_CLOSE_NOTIFY);
	assert_int_equal(a->ev[0].type, ROUTE_OSPF6);
	peer_free(a);
}

/* ---- A client that does not read ---- */

static struct sdprefix many_pair(unsigned int i)
{
	struct addr a = {{0x20, 1, 0xd, 0xb8, (uint8_t)(i >> 8), (uint8_t)i}};
	struct prefix d;
	struct sdprefix pair;

	assert_true(prefix_make(&d, FAM_IP6, &a, 48));
	assert_true(sdprefix_make(&pair, &d, NULL));
	return pair;
}

static void many_add(struct server_rig *f, unsigned int i, uint32_t metric)
{
	struct rib_nexthop nh[MANY_HOPS];
	struct rib_spec spec = {
		.distance = 1, .metric = metric, .n_nexthops = MANY_HOPS, .nexthops = nh};
	struct rib_owner owner = {.type = ROUTE_STATIC};
	struct sdprefix pair = many_pair(i);

	memset(nh, 0, sizeof(nh));
	for (unsigned int k = 0; k < MANY_HOPS; k++) {
		nh[k].kind = RIB_NH_GATE_IFINDEX;
		nh[k].ifindex = RIG_IFINDEX;
		nh[k].gate.b[0] = 0xfe;
		nh[k].gate.b[1] = 0x80;
		nh[k].gate.b[15] = (uint8_t)(k + 1);
	}
	rib_add(f->rib, &pair, &owner, &spec, loop_now(f->loop));
	server_rig_changed(f);
}

static void many_del(struct server_rig *f, unsigned int i)
{
	struct rib_owner owner = {.type = ROUTE_STATIC};
	struct sdprefix pair = many_pair(i);

	assert_true(rib_del(f->rib, &pair, &owner));
	server_rig_changed(f);
}

static bool see_client(void *ctx, const struct zebra_zapi_client_view *v)
{
	*(struct zebra_zapi_client_view *)ctx = *v;
	return false;
}

static struct zebra_zapi_client_view look(struct server_rig *f)
{
	struct zebra_zapi_client_view v = {0};

	zebra_zapi_each_client(f->z, see_client, &v);
	return v;
}

/* Works until the RIB has nothing left to do. */
static void rib_all(struct server_rig *f)
{
	while (rib_run(f->rib, 4096, loop_now(f->loop)))
		;
}

static void test_slow_reader(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f);
	unsigned int round = 0, left;

	for (unsigned int i = 0; i < MANY; i++)
		many_add(f, i, 1);
	rib_all(f);
	p->counting = true;
	hello(p, ROUTE_BABEL);
	ask(p, AFI_IP6, ROUTE_STATIC);
	server_rig_settle(f);
	zapi_session_pause(p->s, true);
	/* Every route changes again and again: far more than may pile up. */
	while (look(f).delayed < MANY / 2) {
		assert_true(++round < 200);
		for (unsigned int i = 0; i < MANY; i++)
			many_add(f, i, 1 + round);
		rib_all(f);
	}
	/* What is delayed is one entry per pair, whatever happens to it. */
	for (unsigned int i = 0; i < MANY; i += 3)
		many_del(f, i);
	rib_all(f);
	left = MANY - (MANY + 2) / 3;
	assert_true(look(f).delayed <= MANY);
	zapi_session_pause(p->s, false);
	loop_timer_at(deadline, mono_add(loop_now(f->loop), DEADLINE));
	while (!p->closed && (p->live != left || look(f).delayed))
		loop_run(f->loop);
	loop_timer_at(deadline, MONO_NEVER);
	assert_false(p->closed);
	for (unsigned int i = 0; i < MANY; i++)
		assert_int_equal(p->known[i], i % 3 != 0);
	peer_free(p);
}

#define T(x) cmocka_unit_test_setup_teardown(x, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_start),	       T(test_synchronous),    T(test_errors),
		T(test_other_dialect), T(test_route_and_fate), T(test_refusals),
		T(test_distance_key),  T(test_redistribute),   T(test_default),
		T(test_redistribute_what), T(test_source_in_both_dialects),
		T(test_ip4_over_ip6),  T(test_tracking),       T(test_graceful),
		T(test_stale_time),    T(test_predecessor),    T(test_close_notify),
		T(test_slow_reader),
	};

	return cmocka_run_group_tests_name("zapi server", tests, NULL, NULL);
}
