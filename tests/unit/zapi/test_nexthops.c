/* SPDX-License-Identifier: MIT */
/*
 * What a ZAPI client hears about next hops and about its own routes: tracking,
 * fates, shares, tables. Each peer speaks the dialect it is made with.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/zapi/session.h"
#include "tests/unit/zapi/server_rig.h"

#define IF1	 RIG_IFINDEX
#define IF2	 8
#define D	 "2001:db8:d::/48"
#define S	 "2001:db8:a::/48"
#define G	 "2001:db8:1::1"

#define MAX_SEEN 64

struct peer {
	struct server_rig *f;
	struct zapi_session *s;
	uint8_t type;
	unsigned int n;
	struct zapi_msg seen[MAX_SEEN]; /* notifications, updates and routes */
};

static int setup(void **state)
{
	struct server_rig *f = calloc(1, sizeof(*f));

	if (!server_rig_init(f))
		return -1;
	rib_if_set(f->rib, IF2, true);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct server_rig *f = *state;
	size_t left = server_rig_fini(f);

	free(f);
	return left ? -1 : 0;
}

/* ---- a client ---- */

static void heard(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
		  enum zapi_verdict verdict)
{
	struct peer *p = ctx;

	(void)s;
	assert_int_equal(verdict, ZAPI_OK);
	if (m->cmd != ZAPI_ROUTE_NOTIFY_OWNER && m->cmd != ZAPI_NEXTHOP_UPDATE &&
	    m->cmd != ZAPI_REDISTRIBUTE_ROUTE_ADD && m->cmd != ZAPI_REDISTRIBUTE_ROUTE_DEL)
		return;
	assert_in_range(p->n, 0, MAX_SEEN - 1);
	p->seen[p->n++] = *m;
}

static void hung_up(void *ctx, struct zapi_session *s, const char *why)
{
	(void)ctx;
	(void)s;
	fail_msg("hung up: %s", why);
}

static void say(struct peer *p, const struct zapi_msg *m)
{
	zapi_session_send(p->s, m);
	server_rig_settle(p->f);
}

static struct peer *peer_new(struct server_rig *f, enum zapi_dialect d, uint8_t type, bool notify)
{
	static const struct zapi_session_ops ops = {heard, hung_up, NULL};
	struct peer *p = calloc(1, sizeof(*p));
	struct zapi_msg m = {.cmd = ZAPI_HELLO};
	int fd = unix_connect(f->path);

	assert_true(fd >= 0);
	p->f = f;
	p->type = type;
	p->s = zapi_session_new(f->loop, fd, ZAPI_FROM_ZEBRA, "zebra", &ops, p);
	zapi_session_speak(p->s, d);
	m.u.hello.type = type;
	m.u.hello.want_notify = notify;
	say(p, &m);
	if (notify && d == ZAPI_10_3) { /* 10.3's HELLO does not ask */
		m = (struct zapi_msg){.cmd = ZAPI_ROUTE_NOTIFY_REQUEST, .u.on = true};
		say(p, &m);
	}
	return p;
}

static void peer_free(struct peer *p)
{
	zapi_session_free(p->s);
	free(p);
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

static struct addr addr_of(const char *text)
{
	struct addr a;
	enum family f;

	assert_true(addr_parse(text, &f, &a));
	return a;
}

/* A route of the peer's type over fe80::1 and IF1. */
static struct zapi_msg route(const struct peer *p, uint16_t cmd, const char *dst, const char *src)
{
	struct zapi_msg m;

	memset(&m, 0, sizeof(m));
	m.cmd = cmd;
	m.u.route.type = p->type;
	m.u.route.safi = SAFI_UNICAST;
	m.u.route.pair = pair_of(dst, src);
	m.u.route.message = ZAPI_MSG_NEXTHOP | ZAPI_MSG_METRIC;
	m.u.route.n_nexthops = 1;
	m.u.route.nexthops[0].type = NEXTHOP_IP6_IFINDEX;
	m.u.route.nexthops[0].gate = addr_of("fe80::1");
	m.u.route.nexthops[0].ifindex = IF1;
	return m;
}

static void put(struct peer *p, uint16_t cmd, const char *dst, const char *src)
{
	struct zapi_msg m = route(p, cmd, dst, src);

	say(p, &m);
}

static void ask(struct peer *p, uint16_t cmd, const char *prefix)
{
	struct zapi_msg m = {.cmd = cmd};

	m.u.nexthop_regs.n = 1;
	m.u.nexthop_regs.reg[0].safi = SAFI_UNICAST;
	assert_true(prefix_parse(prefix, &m.u.nexthop_regs.reg[0].prefix));
	say(p, &m);
}

static struct zapi_nexthop_update *update(struct peer *p)
{
	assert_int_not_equal(p->n, 0);
	assert_int_equal(p->seen[p->n - 1].cmd, ZAPI_NEXTHOP_UPDATE);
	return &p->seen[p->n - 1].u.nexthop_update;
}

static struct zapi_route_notify *last_fate(struct peer *p)
{
	assert_int_not_equal(p->n, 0);
	assert_int_equal(p->seen[p->n - 1].cmd, ZAPI_ROUTE_NOTIFY_OWNER);
	return &p->seen[p->n - 1].u.notify;
}

/* A route of zebra's own. */
static void local(struct server_rig *f, uint8_t type, const char *dst, const char *src,
		  const struct rib_nexthop *nh, uint32_t n, uint32_t metric)
{
	struct sdprefix pair = pair_of(dst, src);
	struct rib_owner owner = {.type = type};
	struct rib_spec spec = {.distance = type == ROUTE_CONNECTED ? 0 : 15,
				.metric = metric,
				.recursive = true,
				.n_nexthops = n,
				.nexthops = nh};

	rib_add(f->rib, &pair, &owner, &spec, loop_now(f->loop));
	server_rig_changed(f);
	server_rig_settle(f);
}

static struct rib_nexthop via(const char *gate, uint32_t ifindex, uint32_t weight)
{
	return (struct rib_nexthop){.kind = ifindex ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE,
				    .gate = addr_of(gate),
				    .ifindex = ifindex,
				    .weight = weight};
}

/* ---- tracking ---- */

static void tells_all_of_the_route_in_both_dialects(void **state)
{
	struct server_rig *f = *state;
	struct rib_nexthop two[2] = {via("fe80::1", IF1, 1), via("fe80::2", IF2, 3)};
	struct rib_nexthop over = via(G, 0, 0);

	for (enum zapi_dialect d = ZAPI_8_4; d < ZAPI_DIALECTS; d++) {
		struct peer *p = peer_new(f, d, ROUTE_BGP, false);
		const struct zapi_nexthop_update *u;

		ask(p, ZAPI_NEXTHOP_REGISTER, "2001:db8:2::1/128");
		u = update(p);
		assert_int_equal(u->n_nexthops, 0);
		assert_int_equal(u->asked.plen, 128);
		assert_int_equal(u->type + u->distance + u->metric + u->resolved.plen, 0);
		/* Found over another route: what reaches the kernel is told. */
		local(f, ROUTE_STATIC, "2001:db8:1::/48", NULL, two, 2, 0);
		local(f, ROUTE_OSPF6, "2001:db8:2::/48", NULL, &over, 1, 77);
		u = update(p);
		assert_int_equal(p->n, 2);
		assert_int_equal(u->type, ROUTE_OSPF6);
		assert_int_equal(u->distance, 15);
		assert_int_equal(u->metric, 77);
		assert_int_equal(u->resolved.plen, 48);
		assert_int_equal(u->n_nexthops, 2);
		assert_int_equal(u->nexthops[1].type, NEXTHOP_IP6_IFINDEX);
		assert_int_equal(u->nexthops[1].ifindex, IF2);
		assert_int_equal(u->nexthops[1].weight, 3);
		/* A change of metric alone, or of a next hop, is word enough. */
		local(f, ROUTE_OSPF6, "2001:db8:2::/48", NULL, &over, 1, 78);
		assert_int_equal(p->n, 3);
		assert_int_equal(update(p)->metric, 78);
		rib_if_set(f->rib, IF2, false);
		server_rig_changed(f);
		server_rig_settle(f);
		assert_int_equal(p->n, 4);
		assert_int_equal(update(p)->n_nexthops, 1);
		rib_if_set(f->rib, IF2, true);
		ask(p, ZAPI_NEXTHOP_UNREGISTER, "2001:db8:2::1/128");
		rib_del_owner(f->rib, ROUTE_OSPF6, 0);
		rib_del_owner(f->rib, ROUTE_STATIC, 0);
		server_rig_changed(f);
		server_rig_settle(f);
		assert_int_equal(p->n, 4); /* it does not want to know any more */
		peer_free(p);
	}
}

/* bgpd's `network` asks whether all of the prefix has a route, and how long that is. */
static void a_prefix_is_covered_as_a_whole(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f, ZAPI_8_4, ROUTE_BGP, false);
	struct rib_nexthop nh = via("fe80::1", IF1, 0);

	local(f, ROUTE_STATIC, "2001:db8:d:1::/64", NULL, &nh, 1, 0); /* a part */
	local(f, ROUTE_STATIC, D, S, &nh, 1, 0);		      /* not every source */
	local(f, ROUTE_STATIC, "::/0", NULL, &nh, 1, 0);
	ask(p, ZAPI_NEXTHOP_REGISTER, D);
	assert_int_equal(update(p)->n_nexthops, 0);
	local(f, ROUTE_STATIC, "2001:db8::/32", NULL, &nh, 1, 0);
	assert_int_equal(update(p)->resolved.plen, 32);
	local(f, ROUTE_STATIC, D, NULL, &nh, 1, 0);
	assert_int_equal(update(p)->resolved.plen, 48);
	assert_int_equal(update(p)->n_nexthops, 1);
	peer_free(p);
}

static void what_the_kernel_refused_leads_nowhere(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f, ZAPI_8_4, ROUTE_BGP, false);
	struct rib_nexthop nh = via("fe80::1", IF1, 0);

	local(f, ROUTE_STATIC, "2001:db8::/32", NULL, &nh, 1, 0);
	f->refuse_set = EINVAL;
	local(f, ROUTE_STATIC, "2001:db8:1::/48", NULL, &nh, 1, 0);
	ask(p, ZAPI_NEXTHOP_REGISTER, G "/128");
	assert_int_equal(update(p)->resolved.plen, 32);
	peer_free(p);
}

/* fe80::/64 is in no RIB: the interfaces answer. */
static void link_local_ones_are_answered_from_the_interfaces(void **state)
{
	struct server_rig *f = *state;
	struct peer *p = peer_new(f, ZAPI_8_4, ROUTE_BGP, false);
	struct zapi_address gone;

	ask(p, ZAPI_NEXTHOP_REGISTER, "fe80::9/128");
	assert_int_equal(update(p)->n_nexthops, 0);
	f->address = (struct zapi_address){
		.ifindex = IF1, .family = FAM_IP6, .addr = addr_of("fe80::1"), .plen = 64};
	zebra_zapi_address(f->z, ZAPI_INTERFACE_ADDRESS_ADD, &f->address);
	server_rig_settle(f);
	assert_int_equal(p->n, 2);
	assert_int_equal(update(p)->type, ROUTE_CONNECTED);
	assert_int_equal(update(p)->resolved.plen, 64);
	assert_int_equal(update(p)->n_nexthops, 1);
	assert_int_equal(update(p)->nexthops[0].type, NEXTHOP_IFINDEX);
	assert_int_equal(update(p)->nexthops[0].ifindex, IF1);
	/* One that the link's prefix does not cover is not there. */
	ask(p, ZAPI_NEXTHOP_REGISTER, "fe80:0:0:1::9/128");
	assert_int_equal(update(p)->n_nexthops, 0);
	gone = f->address;
	f->address.ifindex = IF2; /* it is nowhere where it is asked for */
	zebra_zapi_address(f->z, ZAPI_INTERFACE_ADDRESS_DELETE, &gone);
	server_rig_settle(f);
	assert_int_equal(p->n, 4);
	assert_int_equal(update(p)->n_nexthops, 0);
	assert_int_equal(update(p)->asked.addr.b[15], 9);
	peer_free(p);
}

/* ---- fates ---- */

static void every_fate_in_both_dialects(void **state)
{
	struct server_rig *f = *state;
	struct rib_nexthop nh = via("fe80::2", IF2, 0);

	for (enum zapi_dialect d = ZAPI_8_4; d < ZAPI_DIALECTS; d++) {
		struct peer *p = peer_new(f, d, ROUTE_BGP, true);
		struct peer *deaf = peer_new(f, d, ROUTE_RIP, false);
		struct sdprefix pair = pair_of(D, S);

		put(p, ZAPI_ROUTE_ADD, D, S);
		assert_int_equal(last_fate(p)->code, NOTIFY_INSTALLED);
		assert_true(last_fate(p)->have_pair);
		assert_true(sdprefix_eq(&last_fate(p)->pair, &pair));
		assert_int_equal(last_fate(p)->table, ZAPI_TABLE_MAIN);
		local(f, ROUTE_STATIC, D, S, &nh, 1, 0);
		assert_int_equal(last_fate(p)->code, NOTIFY_BETTER_ADMIN_WON);
		rib_del_owner(f->rib, ROUTE_STATIC, 0);
		server_rig_changed(f);
		server_rig_settle(f);
		assert_int_equal(last_fate(p)->code, NOTIFY_INSTALLED);
		f->refuse_set = EINVAL;
		put(p, ZAPI_ROUTE_ADD, "2001:db8:e::/48", NULL);
		assert_int_equal(last_fate(p)->code, NOTIFY_FAIL_INSTALL);
		f->refuse_set = 0;
		f->refuse_del = EBUSY;
		put(p, ZAPI_ROUTE_DELETE, D, S);
		assert_int_equal(last_fate(p)->code, NOTIFY_REMOVE_FAIL);
		f->refuse_del = 0;
		put(p, ZAPI_ROUTE_ADD, D, S);
		put(p, ZAPI_ROUTE_DELETE, D, S);
		assert_int_equal(last_fate(p)->code, NOTIFY_REMOVED);
		/* Who did not ask hears nothing of its own either. */
		put(deaf, ZAPI_ROUTE_ADD, D, S);
		put(deaf, ZAPI_ROUTE_DELETE, D, S);
		assert_int_equal(deaf->n, 0);
		peer_free(p);
		peer_free(deaf);
		server_rig_settle(f);
		assert_int_equal(rib_count(f->rib), 0);
	}
}

struct reason {
	uint8_t type;
	const char *gate;
	uint32_t ifindex;
	enum rib_why why;
};

static bool first_why(void *ctx, const struct rib_view *v)
{
	*(uint8_t *)ctx = v->nexthop_why[0];
	return false;
}

/* Held, told as failed, and the reason is there for `show`. */
static void next_hops_that_can_not_be_used_are_held(void **state)
{
	static const struct reason reasons[] = {
		{NEXTHOP_IFINDEX, NULL, 99, RIB_WHY_NO_INTERFACE},
		{NEXTHOP_IP6_IFINDEX, "fe80::1", 99, RIB_WHY_NO_INTERFACE},
		{NEXTHOP_IP6_IFINDEX, "ff02::1", IF1, RIB_WHY_BAD_GATEWAY},
		{NEXTHOP_IP6, "::", 0, RIB_WHY_BAD_GATEWAY},
		{NEXTHOP_IP6, "::1", 0, RIB_WHY_BAD_GATEWAY},
		{NEXTHOP_IP6, "2001:db8::99", 0, RIB_WHY_OWN_GATEWAY},
		{NEXTHOP_IP6, "2001:db8:7::1", 0, RIB_WHY_NO_ROUTE},
		{NEXTHOP_IP6_IFINDEX, "2001:db8:7::1", IF1, RIB_WHY_NOT_ON_LINK},
	};
	struct server_rig *f = *state;
	struct peer *p = peer_new(f, ZAPI_8_4, ROUTE_BGP, true);
	struct sdprefix pair = pair_of(D, S);

	f->own = addr_of("2001:db8::99");
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		const struct reason *r = &reasons[i];
		struct zapi_msg m = route(p, ZAPI_ROUTE_ADD, D, S);
		uint8_t why = RIB_WHY_USED;

		m.u.route.nexthops[0].type = r->type;
		m.u.route.nexthops[0].ifindex = r->ifindex;
		if (r->gate)
			m.u.route.nexthops[0].gate = addr_of(r->gate);
		p->n = 0;
		say(p, &m);
		assert_int_equal(last_fate(p)->code, NOTIFY_FAIL_INSTALL);
		assert_int_equal(rib_count(f->rib), 1);
		rib_each_at(f->rib, &pair, first_why, &why);
		if (why != r->why)
			fail_msg("case %zu: %s", i, rib_why_str((enum rib_why)why));
		put(p, ZAPI_ROUTE_DELETE, D, S);
	}
	peer_free(p);
}

/* Host bits are cleared, as FRR's zebra does: it is the same route. */
static void host_bits_do_not_count(void **state)
{
	/* A ROUTE_ADD of bgp for 2001:db8:f::/45 over IF1: three host bits are set. */
	uint8_t add[] = {0,
			 42,
			 254,
			 6,
			 0,
			 0,
			 0,
			 0,
			 0,
			 8,
			 ROUTE_BGP,
			 0,
			 0,
			 0,
			 0,
			 0,
			 0,
			 0,
			 0,
			 0,
			 1,
			 1,
			 10,
			 45,
			 0x20,
			 1,
			 0xd,
			 0xb8,
			 0x00,
			 15,
			 0,
			 1,
			 0,
			 0,
			 0,
			 0,
			 NEXTHOP_IFINDEX,
			 0,
			 0,
			 0,
			 0,
			 IF1};
	struct server_rig *f = *state;
	int fd = unix_connect(f->path);
	const uint8_t hello[] = {0,	    19, 254, 6, 0, 0, 0, 0, 0, 18,
				 ROUTE_BGP, 0,	0,   0, 0, 0, 0, 0, 0};

	assert_int_equal(sizeof(add), add[1]);
	assert_int_equal(write(fd, hello, sizeof(hello)), sizeof(hello));
	assert_int_equal(write(fd, add, sizeof(add)), sizeof(add));
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 1);
	add[9] = ZAPI_ROUTE_DELETE;
	add[29] = 8; /* 2001:db8:8::/45 */
	assert_int_equal(write(fd, add, sizeof(add)), sizeof(add));
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
	add[9] = ZAPI_ROUTE_ADD;
	add[23] = 200; /* no prefix is that long: the message is dropped */
	assert_int_equal(write(fd, add, sizeof(add)), sizeof(add));
	server_rig_settle(f);
	assert_int_equal(rib_count(f->rib), 0);
	close(fd);
}

/* ---- shares, tags, tables ---- */

static void weights_and_tags_come_through(void **state)
{
	struct server_rig *f = *state;

	for (enum zapi_dialect d = ZAPI_8_4; d < ZAPI_DIALECTS; d++) {
		struct peer *p = peer_new(f, d, ROUTE_BGP, false);
		struct peer *q = peer_new(f, d, ROUTE_ISIS, false);
		struct zapi_msg m = {.cmd = ZAPI_REDISTRIBUTE_ADD};
		const struct zapi_route *t;

		m.u.redistribute = (struct zapi_redistribute){AFI_IP6, ROUTE_BGP, 0};
		say(q, &m);
		m = route(p, ZAPI_ROUTE_ADD, D, S);
		m.u.route.message |= ZAPI_MSG_TAG;
		m.u.route.tag = 4711;
		m.u.route.n_nexthops = 3;
		for (int i = 0; i < 3; i++) {
			m.u.route.nexthops[i] = m.u.route.nexthops[0];
			m.u.route.nexthops[i].ifindex = i ? IF2 : IF1;
			m.u.route.nexthops[i].weight = 2u + 3u * (unsigned int)i;
		}
		m.u.route.nexthops[2].ifindex = 99; /* not there: left out */
		say(p, &m);
		assert_int_equal(q->n, 1);
		t = &q->seen[0].u.route;
		assert_int_equal(q->seen[0].cmd, ZAPI_REDISTRIBUTE_ROUTE_ADD);
		assert_int_equal(t->tag, 4711);
		assert_int_equal(t->n_nexthops, 2);
		assert_int_equal(t->nexthops[0].weight, 2);
		assert_int_equal(t->nexthops[1].weight, 5);
		assert_true(sdprefix_eq(&t->pair, &m.u.route.pair));
		peer_free(p);
		peer_free(q);
		server_rig_settle(f);
	}
}

static size_t in_table(const struct server_rig *f, uint32_t id)
{
	const struct rib *t = rib_table_find(f->rib, id);

	return t ? rib_count(t) : 0;
}

static void routes_of_other_tables_are_apart(void **state)
{
	struct server_rig *f = *state;

	for (enum zapi_dialect d = ZAPI_8_4; d < ZAPI_DIALECTS; d++) {
		struct peer *p = peer_new(f, d, ROUTE_BGP, true);
		struct zapi_msg m = route(p, ZAPI_ROUTE_ADD, D, S);

		m.u.route.message |= ZAPI_MSG_TABLEID;
		m.u.route.table = 100;
		say(p, &m);
		assert_int_equal(last_fate(p)->code, NOTIFY_INSTALLED);
		assert_int_equal(last_fate(p)->table, 100);
		assert_int_equal(rib_count(f->rib), 0);
		assert_int_equal(in_table(f, 100), 1);
		m.u.route.table = ZAPI_TABLE_MAIN;
		say(p, &m);
		assert_int_equal(rib_count(f->rib), 1);
		m.u.route.table = 255; /* the kernel's own */
		say(p, &m);
		m.cmd = ZAPI_ROUTE_DELETE;
		m.u.route.table = 0;
		say(p, &m);
		assert_int_equal(rib_count(f->rib), 0);
		assert_int_equal(in_table(f, 100), 1);
		m.u.route.table = 101; /* has none */
		say(p, &m);
		m.u.route.table = 100;
		say(p, &m);
		assert_int_equal(last_fate(p)->code, NOTIFY_REMOVED);
		assert_int_equal(last_fate(p)->table, 100);
		m.cmd = ZAPI_ROUTE_ADD;
		for (uint32_t id = 1000; id <= 1000 + RIB_TABLES_MAX; id++) {
			m.u.route.table = id;
			p->n = 0;
			say(p, &m);
		}
		assert_int_equal(last_fate(p)->code, NOTIFY_FAIL_INSTALL);
		assert_int_equal(in_table(f, 1000), 1);
		assert_int_equal(in_table(f, 1000 + RIB_TABLES_MAX), 0);
		peer_free(p); /* and all of it goes with it */
		server_rig_settle(f);
		assert_null(rib_table_after(f->rib, 0));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(tells_all_of_the_route_in_both_dialects),
		T(a_prefix_is_covered_as_a_whole),
		T(what_the_kernel_refused_leads_nowhere),
		T(link_local_ones_are_answered_from_the_interfaces),
		T(every_fate_in_both_dialects),
		T(next_hops_that_can_not_be_used_are_held),
		T(host_bits_do_not_count),
		T(weights_and_tags_come_through),
		T(routes_of_other_tables_are_apart),
	};

	return cmocka_run_group_tests_name("next hops over ZAPI", tests, NULL, NULL);
}
