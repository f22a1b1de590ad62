/* SPDX-License-Identifier: MIT */
/* babeld's connection to zebra, against a zebra that the test plays itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "babeld/babel_zapi.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"
#include "lib/zapi/session.h"

#define DEADLINE (20 * USEC_PER_SEC)
#define IFID	 3
#define MANY	 150000
#define LOG_MAX	 64

/* One line per thing that happened, on either side. */
struct fixture {
	struct loop *loop;
	struct loop_timer *deadline;
	char dir[32], path[64];
	struct listener *listener;
	struct zapi_session *zebra; /* its end of the connection */
	struct babel_zapi *z;
	char lines[LOG_MAX][160];
	unsigned int n;
	/* for the slow zebra */
	bool counting;
	unsigned int routes, completes, routes_after_complete;
	uint32_t *metric; /* last heard, by number of the pair */
	uint32_t route_tag; /* of the last one */
	char route_src[ADDR_STR];
};

static void line(struct fixture *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void line(struct fixture *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	assert_true(f->n < LOG_MAX);
	vsnprintf(f->lines[f->n++], sizeof(f->lines[0]), fmt, ap);
	va_end(ap);
	loop_stop(f->loop);
}

/* ---- babeld's side ---- */

static void b_connected(void *ctx)
{
	line(ctx, "connected");
}

static void b_lost(void *ctx)
{
	line(ctx, "lost");
}

static void b_relearned(void *ctx)
{
	line(ctx, "relearned");
}

static void b_source_specific(void *ctx, bool ip6, bool ip4)
{
	line(ctx, "source-specific %d %d", ip6, ip4);
}

static void b_v4_via_v6(void *ctx, bool able)
{
	line(ctx, "v4-via-v6 %d", able);
}

static void b_interface(void *ctx, const struct zapi_interface *i, bool exists)
{
	line(ctx, "interface %s %d %d", i->name, exists, babel_zapi_if_usable(i));
}

static void b_address(void *ctx, const struct zapi_address *a, bool exists)
{
	char s[ADDR_STR];

	line(ctx, "address %u %s %d", a->ifindex, addr_str(a->family, &a->addr, s), exists);
}

static void b_route_add(void *ctx, const struct sdprefix *pair, const struct babel_zapi_route *r)
{
	char s[SDPREFIX_STR];

	if (r->tag)
		line(ctx, "add %s %s %u tag %u", sdprefix_str(pair, s),
		     zapi_route_type_name(r->type), r->metric, r->tag);
	else
		line(ctx, "add %s %s %u", sdprefix_str(pair, s), zapi_route_type_name(r->type),
		     r->metric);
}

static void b_route_del(void *ctx, const struct sdprefix *pair)
{
	char s[SDPREFIX_STR];

	line(ctx, "del %s", sdprefix_str(pair, s));
}

static void b_fate(void *ctx, const struct sdprefix *pair, enum zapi_notify fate)
{
	char s[SDPREFIX_STR];

	line(ctx, "fate %s %d", sdprefix_str(pair, s), (int)fate);
}

static void b_fate_named(void *ctx, const struct prefix *named, enum zapi_notify fate)
{
	char s[PREFIX_STR];

	line(ctx, "named %s %d", prefix_str(named, s), (int)fate);
}

/* ---- zebra's side ---- */

static void route_line(struct fixture *f, const char *what, const struct zapi_route *t)
{
	const struct zapi_nexthop *nh = &t->nexthops[0];
	char p[SDPREFIX_STR], g[ADDR_STR];

	f->route_tag = t->message & ZAPI_MSG_TAG ? t->tag : 0;
	f->route_src[0] = '\0';
	if (t->has_src)
		addr_str(sdprefix_family(&t->pair), &t->src, f->route_src);
	if (!t->n_nexthops)
		line(f, "%s %s", what, sdprefix_str(&t->pair, p));
	else if (nh->type == NEXTHOP_BLACKHOLE)
		line(f, "%s %s blackhole %u metric %u", what, sdprefix_str(&t->pair, p),
		     nh->blackhole, t->metric);
	else
		line(f, "%s %s type %u via %s dev %u flags %u metric %u", what,
		     sdprefix_str(&t->pair, p), nh->type,
		     addr_str(nh->type == NEXTHOP_IP4_IFINDEX ? FAM_IP4 : FAM_IP6, &nh->gate, g),
		     nh->ifindex, nh->flags, t->metric);
}

static void count(struct fixture *f, const struct zapi_msg *m)
{
	const uint8_t *b = m->u.route.pair.dst.addr.b;

	if (m->cmd == ZAPI_CLIENT_CAPABILITIES)
		f->completes++;
	if (m->cmd != ZAPI_ROUTE_ADD && m->cmd != ZAPI_ROUTE_DELETE)
		return;
	f->routes++;
	f->routes_after_complete += f->completes > 0;
	f->metric[(unsigned int)b[4] << 16 | (unsigned int)b[5] << 8 | b[6]] =
		m->cmd == ZAPI_ROUTE_ADD ? m->u.route.metric : 0;
}

static void z_message(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
		      enum zapi_verdict verdict)
{
	struct fixture *f = ctx;

	(void)s;
	assert_int_equal(verdict, ZAPI_OK);
	if (f->counting)
		count(f, m);
	else if (m->cmd == ZAPI_HELLO)
		line(f, "> HELLO %u notify %d", m->u.hello.type, m->u.hello.want_notify);
	else if (m->cmd == ZAPI_CLIENT_CAPABILITIES)
		line(f, "> caps %u stale %u afi %u", m->u.client_caps.capability,
		     m->u.client_caps.stale_time, m->u.client_caps.afi);
	else if (m->cmd == ZAPI_REDISTRIBUTE_ADD || m->cmd == ZAPI_REDISTRIBUTE_DELETE)
		line(f, "> %s %u %u", zapi_cmd_name(m->cmd), m->u.redistribute.afi,
		     m->u.redistribute.type);
	else if (m->cmd == ZAPI_ROUTE_ADD)
		route_line(f, "> add", &m->u.route);
	else if (m->cmd == ZAPI_ROUTE_DELETE)
		route_line(f, "> delete", &m->u.route);
	else
		line(f, "> %s", zapi_cmd_name(m->cmd));
}

static void z_closed(void *ctx, struct zapi_session *s, const char *why)
{
	struct fixture *f = ctx;

	(void)why;
	zapi_session_free(s);
	f->zebra = NULL;
	line(f, "> gone");
}

static void z_accepted(void *ctx, int fd)
{
	static const struct zapi_session_ops ops = {z_message, z_closed, NULL};
	struct fixture *f = ctx;

	f->zebra = zapi_session_new(f->loop, fd, ZAPI_FROM_CLIENT, "babeld", &ops, f);
}

static void start_zebra(struct fixture *f)
{
	char err[128];

	f->listener = listener_new(f->loop, f->path, 0600, z_accepted, f, err, sizeof(err));
	assert_non_null(f->listener);
}

static void stop_zebra(struct fixture *f)
{
	listener_free(f->listener);
	f->listener = NULL;
	zapi_session_free(f->zebra);
	f->zebra = NULL;
}

static void send_caps(struct fixture *f, bool have_ext, uint8_t ext)
{
	struct zapi_msg m = {.cmd = ZAPI_CAPABILITIES};

	m.u.capabilities = (struct zapi_capabilities){.have_ext = have_ext, .ext = ext};
	zapi_session_send(f->zebra, &m);
}

static void send_route(struct fixture *f, uint16_t cmd, const char *dst, const char *src,
		       uint8_t type)
{
	struct zapi_msg m = {.cmd = cmd};
	struct prefix d, s;

	assert_true(prefix_parse(dst, &d));
	if (src)
		assert_true(prefix_parse(src, &s));
	assert_true(sdprefix_make(&m.u.route.pair, &d, src ? &s : NULL));
	m.u.route.type = type;
	m.u.route.safi = SAFI_UNICAST;
	m.u.route.message = ZAPI_MSG_METRIC;
	m.u.route.metric = 5;
	zapi_session_send(f->zebra, &m);
}

/* ---- Both ---- */

static void too_late(void *ctx)
{
	(void)ctx;
	fail_msg("nothing happened before the deadline");
}

static int setup(void **state)
{
	static const struct babel_zapi_ops ops = {
		b_connected, b_lost,	  b_relearned, b_source_specific,
		b_v4_via_v6, b_interface, b_address,   b_route_add,
		b_route_del, b_fate,	  b_fate_named};
	struct fixture *f = calloc(1, sizeof(*f));

	log_set_level(LOG_LVL_ERROR);
	strcpy(f->dir, "/tmp/zapi-test-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/api", f->dir);
	f->loop = loop_new();
	f->deadline = loop_timer_new(f->loop, too_late, NULL);
	start_zebra(f);
	f->z = babel_zapi_new(f->loop, f->path, &ops, f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	size_t left;

	babel_zapi_free(f->z);
	stop_zebra(f);
	loop_timer_free(f->deadline);
	left = loop_mem(f->loop)->count;
	if (!left) /* it asserts; a failed test has left things */
		loop_free(f->loop);
	rmdir(f->dir);
	free(f->metric);
	free(f);
	return left ? -1 : 0;
}

static void wait_for(struct fixture *f, unsigned int lines)
{
	loop_timer_at(f->deadline, mono_add(loop_now(f->loop), DEADLINE));
	while (f->n < lines)
		loop_run(f->loop);
	loop_timer_at(f->deadline, MONO_NEVER);
}

/* Waits for as many lines as are given and compares. */
static void expect(struct fixture *f, const char *const *lines)
{
	unsigned int n = 0;

	while (lines[n])
		n++;
	wait_for(f, n);
	for (unsigned int i = 0; i < n; i++)
		assert_string_equal(f->lines[i], lines[i]);
	assert_int_equal(f->n, n);
	f->n = 0;
}
#define EXPECT(f, ...) expect(f, (const char *const[]){__VA_ARGS__, NULL})

static void stop_now(void *ctx)
{
	loop_stop(ctx);
}

static void settle(struct fixture *f)
{
	for (int i = 0; i < 30; i++) {
		struct loop_timer *t = loop_timer_new(f->loop, stop_now, f->loop);

		loop_timer_at(t, loop_now(f->loop));
		loop_run(f->loop);
		loop_timer_free(t);
	}
}

/* Connected to a zebra of ours that can hold (D,S) routes. */
static void connect_up(struct fixture *f)
{
	wait_for(f, 1);
	send_caps(f, true, ZAPI_EXT_SOURCED6);
	while (!babel_zapi_is_up(f->z))
		loop_run(f->loop);
	settle(f);
	f->n = 0;
}

static void choose(struct fixture *f, const char *dst, const char *src, const char *via,
		   enum choice_kind kind)
{
	struct babel_choice c = {.kind = kind, .ifid = IFID, .metric = 96};
	struct prefix d, s;
	struct sdprefix pair;

	assert_true(prefix_parse(dst, &d));
	if (src)
		assert_true(prefix_parse(src, &s));
	assert_true(sdprefix_make(&pair, &d, src ? &s : NULL));
	if (via)
		assert_true(addr_parse(via, &c.nexthop_family, &c.nexthop));
	babel_zapi_route(f->z, &pair, &c);
}

/* ---- Tests ---- */

static void test_start(void **state)
{
	struct fixture *f = *state;

	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_STATIC, true);
	EXPECT(f, "> HELLO 22 notify 0");
	/* Nothing is routed before zebra has said what it can. */
	choose(f, "2001:db8::/32", NULL, "fe80::2", CHOICE_ROUTE);
	settle(f);
	assert_int_equal(f->n, 0);
	send_caps(f, true, ZAPI_EXT_SOURCED6);
	EXPECT(f, "source-specific 1 0", "v4-via-v6 0", "connected", "> caps 1 stale 120 afi 0",
	       "> INTERFACE_ADD", "> REDISTRIBUTE_ADD 2 3", "> ROUTE_NOTIFY_REQUEST");
	babel_zapi_sync_complete(f->z);
	EXPECT(f, "> caps 2 stale 0 afi 1", "> caps 2 stale 0 afi 2");
}

static void test_unable(void **state)
{
	struct fixture *f = *state;

	wait_for(f, 1);
	f->n = 0;
	send_caps(f, true, ZAPI_EXT_VIA6);
	EXPECT(f, "source-specific 0 0", "v4-via-v6 1", "connected", "> caps 1 stale 120 afi 0",
	       "> INTERFACE_ADD", "> ROUTE_NOTIFY_REQUEST");
	assert_false(babel_zapi_look(f->z).sourced6);
	assert_true(babel_zapi_look(f->z).v4_via_v6);
	/* It can more now. */
	send_caps(f, true, ZAPI_EXT_SOURCED6 | ZAPI_EXT_SOURCED4);
	EXPECT(f, "source-specific 1 1", "v4-via-v6 0");
}

/* A stock zebra does not say, and takes (D,S) routes. Its notifications name
 * one prefix, which may be a route's source. */
static void test_stock(void **state)
{
	struct fixture *f = *state;
	struct zapi_msg m = {.cmd = ZAPI_ROUTE_NOTIFY_OWNER};
	struct prefix d, s;

	wait_for(f, 1);
	f->n = 0;
	send_caps(f, false, 0);
	EXPECT(f, "source-specific 1 0", "v4-via-v6 1", "connected", "> caps 1 stale 120 afi 0",
	       "> INTERFACE_ADD", "> ROUTE_NOTIFY_REQUEST");
	assert_false(babel_zapi_look(f->z).srcdest);
	m.u.notify.code = NOTIFY_FAIL_INSTALL;
	assert_true(prefix_parse("2001:db8:d::/48", &d));
	assert_true(prefix_parse("2001:db8:5::/48", &s));
	assert_true(sdprefix_make(&m.u.notify.pair, &d, &s));
	zapi_session_send(f->zebra, &m);
	EXPECT(f, "named 2001:db8:5::/48 0");
	assert_int_equal(babel_zapi_look(f->z).routes_failed, 1);
}

static void test_interfaces(void **state)
{
	struct fixture *f = *state;
	struct zapi_msg m = {.cmd = ZAPI_INTERFACE_ADD};

	connect_up(f);
	strcpy(m.u.interface.name, "v0");
	m.u.interface.flags = 0x41; /* up, running */
	m.u.interface.status = 5;
	zapi_session_send(f->zebra, &m);
	m.cmd = ZAPI_INTERFACE_DOWN; /* up, its link not, and zebra watches it */
	m.u.interface.flags = 0x01;
	zapi_session_send(f->zebra, &m);
	m.u.interface.status = 1; /* not watched */
	zapi_session_send(f->zebra, &m);
	m.cmd = ZAPI_INTERFACE_DELETE;
	m.u.interface.flags = 0;
	zapi_session_send(f->zebra, &m);
	m.cmd = ZAPI_INTERFACE_ADDRESS_ADD;
	memset(&m.u, 0, sizeof(m.u));
	m.u.address = (struct zapi_address){.ifindex = IFID, .family = FAM_IP4, .plen = 24};
	m.u.address.addr = addr_ip4(192, 0, 2, 1);
	zapi_session_send(f->zebra, &m);
	m.cmd = ZAPI_INTERFACE_ADDRESS_DELETE;
	zapi_session_send(f->zebra, &m);
	EXPECT(f, "interface v0 1 1", "interface v0 1 0", "interface v0 1 1", "interface v0 0 0",
	       "address 3 192.0.2.1 1", "address 3 192.0.2.1 0");
}

static void test_routes(void **state)
{
	struct fixture *f = *state;

	connect_up(f);
	choose(f, "::/0", "2001:db8:5::/48", "fe80::2", CHOICE_ROUTE);
	choose(f, "2001:db8:d::/48", NULL, "2001:db8::2", CHOICE_ROUTE);
	choose(f, "192.0.2.0/24", NULL, "198.51.100.9", CHOICE_ROUTE);
	choose(f, "192.0.2.0/24", NULL, "fe80::2", CHOICE_ROUTE); /* RFC 9229 */
	choose(f, "192.0.2.0/24", NULL, "2001:db8::2", CHOICE_ROUTE);
	choose(f, "2001:db8:d::/48", "2001:db8:5::/48", NULL, CHOICE_UNREACHABLE);
	choose(f, "::/0", "2001:db8:5::/48", NULL, CHOICE_NONE);
	EXPECT(f, "> add ::/0 from 2001:db8:5::/48 type 5 via fe80::2 dev 3 flags 0 metric 96",
	       "> add 2001:db8:d::/48 type 5 via 2001:db8::2 dev 3 flags 1 metric 96",
	       "> add 192.0.2.0/24 type 3 via 198.51.100.9 dev 3 flags 1 metric 96",
	       "> add 192.0.2.0/24 type 5 via fe80::2 dev 3 flags 0 metric 96",
	       "> add 192.0.2.0/24 type 5 via 2001:db8::2 dev 3 flags 1 metric 96",
	       "> add 2001:db8:d::/48 from 2001:db8:5::/48 blackhole 2 metric 65535",
	       "> delete ::/0 from 2001:db8:5::/48");
}

/* What rules have set; only a srcdest zebra is given a source address. */
static void test_policy(void **state)
{
	struct fixture *f = *state;
	struct babel_choice c = {.kind = CHOICE_ROUTE, .ifid = IFID, .tag = 7};
	struct zapi_msg m = {.cmd = ZAPI_REDISTRIBUTE_ROUTE_ADD};
	struct prefix d;
	struct sdprefix pair = {0};

	connect_up(f);
	assert_true(prefix_parse("2001:db8:d::/48", &d));
	assert_true(sdprefix_make(&pair, &d, NULL));
	assert_true(addr_parse("fe80::2", &c.nexthop_family, &c.nexthop));
	c.has_src = FAM_IP6;
	c.src = (struct addr){{0x20, 1, 0x0d, 0xb8, [15] = 1}};
	babel_zapi_route(f->z, &pair, &c);
	settle(f);
	assert_int_equal(f->route_tag, 7);
	assert_string_equal(f->route_src, "2001:db8::1");
	c.has_src = FAM_NONE;
	c.tag = 0;
	babel_zapi_route(f->z, &pair, &c);
	settle(f);
	assert_int_equal(f->route_tag, 0);
	assert_string_equal(f->route_src, "");
	/* The other way round: a new tag is news. */
	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_STATIC, true);
	settle(f);
	f->n = 0;
	m.u.route.type = ROUTE_STATIC;
	m.u.route.safi = SAFI_UNICAST;
	m.u.route.pair = pair;
	m.u.route.message = ZAPI_MSG_METRIC | ZAPI_MSG_TAG;
	for (m.u.route.tag = 5; m.u.route.tag <= 6; m.u.route.tag++)
		zapi_session_send(f->zebra, &m);
	EXPECT(f, "add 2001:db8:d::/48 static 0 tag 5", "add 2001:db8:d::/48 static 0 tag 6");
}

static void test_fates(void **state)
{
	struct fixture *f = *state;
	struct zapi_msg m = {.cmd = ZAPI_ROUTE_NOTIFY_OWNER};
	struct prefix d, s;

	connect_up(f);
	assert_true(prefix_parse("2001:db8:d::/48", &d));
	assert_true(prefix_parse("2001:db8:5::/48", &s));
	assert_true(sdprefix_make(&m.u.notify.pair, &d, &s));
	m.u.notify.code = NOTIFY_FAIL_INSTALL;
	m.u.notify.have_pair = true;
	zapi_session_send(f->zebra, &m);
	EXPECT(f, "fate 2001:db8:d::/48 from 2001:db8:5::/48 0");
	assert_int_equal(babel_zapi_look(f->z).routes_failed, 1);
}

static void test_redistributed(void **state)
{
	struct fixture *f = *state;
	const char *s = "2001:db8:5::/48";

	connect_up(f);
	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_STATIC, true);
	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_STATIC, true);
	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_CONNECTED, true);
	EXPECT(f, "> REDISTRIBUTE_ADD 2 3", "> REDISTRIBUTE_ADD 2 2");
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "::/0", s, ROUTE_STATIC);
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "::/0", s, ROUTE_STATIC); /* the same again */
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "::/0", NULL, ROUTE_CONNECTED);
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "192.0.2.0/24", NULL,
		   ROUTE_STATIC); /* unasked */
	/* It becomes another's; the old one's end comes late. */
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "::/0", s, ROUTE_CONNECTED);
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_DEL, "::/0", s, ROUTE_STATIC);
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_DEL, "::/0", s, ROUTE_CONNECTED);
	EXPECT(f, "add ::/0 from 2001:db8:5::/48 static 5", "add ::/0 connected 5",
	       "add ::/0 from 2001:db8:5::/48 connected 5", "del ::/0 from 2001:db8:5::/48");
	babel_zapi_replay_redistributed(f->z);
	EXPECT(f, "add ::/0 connected 5");
	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_CONNECTED, false);
	EXPECT(f, "del ::/0", "> REDISTRIBUTE_DELETE 2 2");
}

/* A zebra that dies and comes back takes nothing with it but what it does not
 * tell again in time. */
static void test_zebra_restart(void **state)
{
	struct fixture *f = *state;

	babel_zapi_redistribute(f->z, FAM_IP6, ROUTE_STATIC, true);
	connect_up(f);
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:a::/48", NULL, ROUTE_STATIC);
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:b::/48", NULL, ROUTE_STATIC);
	wait_for(f, 2);
	f->n = 0;
	stop_zebra(f);
	EXPECT(f, "lost");
	start_zebra(f);
	EXPECT(f, "> HELLO 22 notify 0");
	send_caps(f, true, ZAPI_EXT_SOURCED6);
	EXPECT(f, "source-specific 1 0", "v4-via-v6 0", "connected", "> caps 1 stale 120 afi 0",
	       "> INTERFACE_ADD", "> REDISTRIBUTE_ADD 2 3", "> ROUTE_NOTIFY_REQUEST");
	send_route(f, ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:b::/48", NULL, ROUTE_STATIC);
	EXPECT(f, "del 2001:db8:a::/48", "relearned");
	assert_int_equal(babel_zapi_look(f->z).redistributed, 1);
}

static void test_goodbye(void **state)
{
	struct fixture *f = *state;

	connect_up(f);
	choose(f, "2001:db8:d::/48", NULL, "fe80::2", CHOICE_ROUTE);
	babel_zapi_goodbye(f->z);
	assert_true(babel_zapi_pending(f->z) > 0);
	choose(f, "2001:db8:e::/48", NULL, "fe80::2", CHOICE_ROUTE); /* too late */
	wait_for(f, 2);
	assert_string_equal(f->lines[1], "> caps 4 stale 0 afi 0");
	assert_int_equal(babel_zapi_pending(f->z), 0);
}

static void many(struct fixture *f, uint32_t metric)
{
	for (unsigned int i = 0; i < MANY; i++) {
		struct addr a = {
			{0x20, 1, 0xd, 0xb8, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};
		struct babel_choice c = {.kind = CHOICE_ROUTE, .ifid = IFID, .metric = 1};
		struct prefix d;
		struct sdprefix pair;

		c.metric = (uint16_t)metric;
		if (metric == 3 && i % 2)
			c.kind = CHOICE_NONE;
		assert_true(prefix_make(&d, FAM_IP6, &a, 56) && sdprefix_make(&pair, &d, NULL));
		babel_zapi_route(f->z, &pair, &c);
	}
}

/* While zebra does not read, each pair waits once and the last word wins. */
static void test_slow_zebra(void **state)
{
	struct fixture *f = *state;

	connect_up(f);
	f->metric = calloc(1 << 24, sizeof(*f->metric));
	f->counting = true;
	for (uint32_t metric = 1; metric <= 3; metric++)
		many(f, metric);
	assert_true(babel_zapi_look(f->z).delayed > 0);
	assert_true(babel_zapi_look(f->z).delayed <= MANY);
	babel_zapi_sync_complete(f->z);
	loop_timer_at(f->deadline, mono_add(loop_now(f->loop), DEADLINE));
	while (f->completes < 2) {
		settle(f);
		assert_non_null(f->zebra);
	}
	for (unsigned int i = 0; i < MANY; i++)
		assert_int_equal(f->metric[i], i % 2 ? 0 : 3);
	assert_int_equal(f->routes_after_complete, 0);
	assert_true(f->routes < 3 * MANY);
}

#define T(x) cmocka_unit_test_setup_teardown(x, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_start),	 T(test_unable),     T(test_stock),	    T(test_interfaces),
		T(test_policy),
		T(test_routes),	 T(test_fates),	     T(test_redistributed), T(test_zebra_restart),
		T(test_goodbye), T(test_slow_zebra),
	};

	return cmocka_run_group_tests_name("babeld's zapi", tests, NULL, NULL);
}
