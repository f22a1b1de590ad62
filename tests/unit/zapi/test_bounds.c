/* SPDX-License-Identifier: MIT */
/* What a bad client costs the others: nothing but what zebra_zapi_bound.c says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/zapi/server_rig.h"

static int setup(void **state)
{
	struct server_rig *r = calloc(1, sizeof(*r));

	*state = r;
	return server_rig_init(r) ? 0 : -1;
}

static int teardown(void **state)
{
	size_t left = server_rig_fini(*state);

	free(*state);
	return left ? -1 : 0;
}

static int client(struct server_rig *r, uint8_t type)
{
	int fd = rig_peer(r);

	assert_true(rig_hello(fd, type, 0));
	server_rig_settle(r);
	return fd;
}

static uint64_t routes_of(struct server_rig *r)
{
	server_rig_settle(r);
	return rib_count(r->rib);
}

static void one_process_has_so_many(void **state)
{
	struct server_rig *r = *state;
	int fd[ZAPI_CLIENTS_OF_PROCESS + 1];

	for (size_t i = 0; i <= ZAPI_CLIENTS_OF_PROCESS; i++) {
		fd[i] = rig_peer(r);
		server_rig_settle(r);
	}
	assert_int_equal(rig_clients(r), ZAPI_CLIENTS_OF_PROCESS);
	assert_true(rig_closed(fd[ZAPI_CLIENTS_OF_PROCESS]));
	assert_false(rig_closed(fd[0]));
	/* One that goes makes room. */
	close(fd[0]);
	server_rig_settle(r);
	fd[0] = rig_peer(r);
	server_rig_settle(r);
	assert_false(rig_closed(fd[0]));
	for (size_t i = 0; i <= ZAPI_CLIENTS_OF_PROCESS; i++)
		close(fd[i]);
	server_rig_settle(r);
	assert_int_equal(rig_clients(r), 0);
}

static void the_first_is_it(void **state)
{
	struct server_rig *r = *state;
	int good = client(r, ROUTE_BABEL), bad;

	assert_true(rig_route(good, ZAPI_ROUTE_ADD, ROUTE_BABEL, 1));
	assert_int_equal(routes_of(r), 1);
	bad = client(r, ROUTE_BABEL);
	assert_true(rig_closed(bad));
	rig_route(bad, ZAPI_ROUTE_DELETE, ROUTE_BABEL, 1);
	close(bad);
	assert_int_equal(routes_of(r), 1);
	/* Nor may one that is something else become it, and what that told goes. */
	bad = client(r, ROUTE_RIPNG);
	assert_true(rig_route(bad, ZAPI_ROUTE_ADD, ROUTE_RIPNG, 2));
	assert_int_equal(routes_of(r), 2);
	assert_true(rig_hello(bad, ROUTE_BABEL, 0));
	assert_int_equal(routes_of(r), 1);
	assert_true(rig_closed(bad));
	assert_false(rig_closed(good));
	/* Another instance is another. */
	close(bad);
	bad = rig_peer(r);
	assert_true(rig_hello(bad, ROUTE_BABEL, 1));
	server_rig_settle(r);
	assert_false(rig_closed(bad));
	close(bad);
	close(good);
	assert_int_equal(routes_of(r), 0);
}

static void routes_of_others_are_safe(void **state)
{
	struct server_rig *r = *state;
	int good = client(r, ROUTE_BABEL), bad = client(r, ROUTE_RIPNG);
	struct zebra_zapi_client_view v;

	assert_true(rig_route(good, ZAPI_ROUTE_ADD, ROUTE_BABEL, 1));
	server_rig_settle(r);
	assert_true(rig_route(bad, ZAPI_ROUTE_DELETE, ROUTE_BABEL, 1));
	assert_true(rig_route(bad, ZAPI_ROUTE_DELETE, ROUTE_RIPNG, 1));
	assert_true(rig_route(bad, ZAPI_ROUTE_ADD, ROUTE_BABEL, 2));
	assert_int_equal(routes_of(r), 1);
	assert_true(rig_client(r, ROUTE_RIPNG, &v));
	assert_int_equal(v.refused, 2);
	assert_int_equal(v.errors, 2);
	assert_non_null(strstr(v.last_error, "its type is not the client's"));
	close(bad);
	assert_int_equal(routes_of(r), 1);
	close(good);
	server_rig_settle(r);
}

/* zebra's own static routes and those of FRR's staticd have one type. */
static void configured_routes_are_nobodys(void **state)
{
	static const struct rib_nexthop nh = {.kind = RIB_NH_BLACKHOLE};
	const struct rib_owner own = {.type = ROUTE_STATIC, .config = true};
	const struct rib_spec spec = {.distance = 1, .n_nexthops = 1, .nexthops = &nh};
	struct server_rig *r = *state;
	struct sdprefix pair;
	struct prefix dst;
	int bad;

	assert_true(prefix_parse("2001:db8:1::/48", &dst) && sdprefix_make(&pair, &dst, NULL));
	rib_add(r->rib, &pair, &own, &spec, (mono_t){.us = 1});
	bad = client(r, ROUTE_STATIC);
	assert_true(rig_route(bad, ZAPI_ROUTE_DELETE, ROUTE_STATIC, 1));
	assert_int_equal(routes_of(r), 1);
	assert_true(rig_route(bad, ZAPI_ROUTE_ADD, ROUTE_STATIC, 1));
	assert_int_equal(routes_of(r), 2);
	close(bad);
	assert_int_equal(routes_of(r), 1);
}

static void not_heard_until_it_reads(void **state)
{
	static const struct zapi_msg ask = {.cmd = ZAPI_INTERFACE_ADD};
	struct server_rig *r = *state;
	int bad = client(r, ROUTE_RIPNG), good = client(r, ROUTE_BABEL);
	struct zebra_zapi_client_view v;
	uint64_t in;

	/* Each question has several answers, and none is read. */
	do {
		while (rig_say_msg(bad, &ask))
			;
		server_rig_settle(r);
		assert_true(rig_client(r, ROUTE_RIPNG, &v));
	} while (!v.held_by_output);
	assert_true(v.pending < (size_t)8 << 20);
	assert_int_equal(v.stalls, 1);
	assert_non_null(strstr(v.last_error, "does not read"));
	in = v.in;
	server_rig_settle(r);
	assert_true(rig_client(r, ROUTE_RIPNG, &v));
	assert_int_equal(v.in, in);
	/* The other one is. */
	assert_true(rig_route(good, ZAPI_ROUTE_ADD, ROUTE_BABEL, 1));
	assert_int_equal(routes_of(r), 1);
	/* It reads, and is heard again. */
	do {
		assert_false(rig_closed(bad));
		server_rig_settle(r);
		assert_true(rig_client(r, ROUTE_RIPNG, &v));
	} while (v.pending || v.held_by_output || v.in == in);
	close(bad);
	close(good);
	server_rig_settle(r);
}

static void patience(struct server_rig *r, usec_t hello, usec_t stall, usec_t settle)
{
	zebra_zapi_set_patience(r->z, &(struct zebra_zapi_patience){hello, stall, settle});
}

/* Until the server has closed it, which it does by itself. */
static void ended_in_time(struct server_rig *r, int fd)
{
	struct zebra_zapi_client_view v;

	for (unsigned int i = 0; i < 1000000; i++) {
		server_rig_settle(r);
		if (!rig_client(r, ROUTE_RIPNG, &v))
			break;
	}
	assert_false(rig_client(r, ROUTE_RIPNG, &v));
	close(fd);
}

static void who_never_reads_is_ended(void **state)
{
	static const struct zapi_msg ask = {.cmd = ZAPI_INTERFACE_ADD};
	struct server_rig *r = *state;
	int bad = client(r, ROUTE_RIPNG), good = client(r, ROUTE_BABEL);
	struct zebra_zapi_client_view v;

	assert_true(rig_route(bad, ZAPI_ROUTE_ADD, ROUTE_RIPNG, 2));
	assert_int_equal(routes_of(r), 1);
	do {
		while (rig_say_msg(bad, &ask))
			;
		server_rig_settle(r);
		assert_true(rig_client(r, ROUTE_RIPNG, &v));
	} while (!v.held_by_output);
	patience(r, ZAPI_HELLO_TIME, USEC_PER_MSEC, ZAPI_SETTLE_TIME);
	ended_in_time(r, bad);
	assert_int_equal(routes_of(r), 0);
	assert_false(rig_closed(good));
	close(good);
}

static void who_says_nothing_is_ended(void **state)
{
	struct server_rig *r = *state;
	int mute = rig_peer(r), good = client(r, ROUTE_BABEL);

	assert_int_equal(rig_clients(r), 2);
	patience(r, USEC_PER_MSEC, ZAPI_STALL_TIME, ZAPI_SETTLE_TIME);
	for (unsigned int i = 0; i < 1000000 && rig_clients(r) > 1; i++)
		server_rig_settle(r);
	assert_true(rig_closed(mute));
	assert_false(rig_closed(good));
	close(mute);
	close(good);
}

static void a_flood_waits_for_the_rib(void **state)
{
	struct server_rig *r = *state;
	int bad = client(r, ROUTE_RIPNG);
	struct zebra_zapi_client_view v;
	unsigned int n = 0;

	r->rib_sleeps = true;
	patience(r, ZAPI_HELLO_TIME, ZAPI_STALL_TIME, 1000 * USEC_PER_SEC);
	for (unsigned int turn = 0; turn < 400; turn++) {
		while (rig_route(bad, ZAPI_ROUTE_ADD, ROUTE_RIPNG, n & 0xffff))
			n++;
		server_rig_settle(r);
	}
	assert_true(rig_client(r, ROUTE_RIPNG, &v));
	assert_true(v.held_by_rib);
	assert_in_range(v.in, ZAPI_UNSETTLED_MAX, ZAPI_UNSETTLED_MAX + 10);
	assert_true(n > v.in);
	r->rib_sleeps = false;
	rib_run(r->rib, SIZE_MAX, (mono_t){.us = 1});
	zebra_zapi_rib_settled(r->z);
	server_rig_settle(r);
	assert_true(rig_client(r, ROUTE_RIPNG, &v));
	assert_true(v.in > ZAPI_UNSETTLED_MAX + 10);
	close(bad);
	server_rig_settle(r);
}

static void a_rib_that_is_never_done_holds_nobody_for_ever(void **state)
{
	struct server_rig *r = *state;
	int bad = client(r, ROUTE_RIPNG);
	struct zebra_zapi_client_view v;
	unsigned int n = 0;

	r->rib_sleeps = true;
	patience(r, ZAPI_HELLO_TIME, ZAPI_STALL_TIME, USEC_PER_MSEC);
	for (unsigned int turn = 0; turn < 100000; turn++) {
		while (rig_route(bad, ZAPI_ROUTE_ADD, ROUTE_RIPNG, n & 0xffff))
			n++;
		server_rig_settle(r);
		assert_true(rig_client(r, ROUTE_RIPNG, &v));
		if (v.in > 3 * ZAPI_UNSETTLED_MAX)
			break;
	}
	assert_true(v.in > 3 * ZAPI_UNSETTLED_MAX);
	r->rib_sleeps = false;
	close(bad);
	server_rig_settle(r);
}

static bool count_tracked(void *ctx, const struct zebra_zapi_client_view *v)
{
	uint64_t *told = ctx;

	*told += v->out_by[ZAPI_NEXTHOP_UPDATE];
	return true;
}

/* Tracking very many next hops takes many turns, and all of them come up, also
 * while the RIB goes on changing. */
static void tracking_is_done_in_pieces(void **state)
{
	static struct zapi_msg m = {.cmd = ZAPI_NEXTHOP_REGISTER};
	struct server_rig *r = *state;
	int bad = client(r, ROUTE_RIPNG), good = client(r, ROUTE_BABEL);
	uint64_t first = 0, told = 0;

	m.u.nexthop_regs.n = 1;
	m.u.nexthop_regs.reg[0].safi = SAFI_UNICAST;
	m.u.nexthop_regs.reg[0].resolve_via_default = true;
	for (unsigned int i = 0; i < 5000; i++) {
		struct addr a = {{0x20, 0x01, 0x0d, 0xb8, (uint8_t)(i & 1), 9, (uint8_t)(i >> 8),
				  (uint8_t)i}};

		m.u.nexthop_regs.reg[0].prefix = prefix_host(FAM_IP6, &a);
		while (!rig_say_msg(bad, &m))
			server_rig_settle(r);
		if (i % 100 == 0)
			server_rig_settle(r);
		rig_closed(bad);
	}
	server_rig_settle(r);
	zebra_zapi_each_client(r->z, count_tracked, &first);
	assert_int_equal(first, 5000);
	/* 2001:db8::/48 and 2001:db8:100::/48: half of them, each. */
	assert_true(rig_route(good, ZAPI_ROUTE_ADD, ROUTE_BABEL, 9));
	server_rig_settle(r);
	assert_true(rig_route(good, ZAPI_ROUTE_ADD, ROUTE_BABEL, 0x109));
	for (unsigned int i = 0; i < 20; i++) {
		assert_true(rig_route(good, i % 2 ? ZAPI_ROUTE_DELETE : ZAPI_ROUTE_ADD, ROUTE_BABEL,
				      7));
		server_rig_settle(r);
		assert_false(rig_closed(bad));
	}
	zebra_zapi_each_client(r->z, count_tracked, &told);
	assert_int_equal(told, 10000);
	close(bad);
	close(good);
	server_rig_settle(r);
}

static void stale_times_end(void **state)
{
	struct server_rig *r = *state;
	struct zapi_msg m = {.cmd = ZAPI_CLIENT_CAPABILITIES};
	int bad = client(r, ROUTE_RIPNG);
	struct zebra_zapi_client_view v;

	m.u.client_caps.capability = CLIENT_GR_CAPABILITIES;
	m.u.client_caps.stale_time = UINT32_MAX;
	assert_true(rig_say_msg(bad, &m));
	server_rig_settle(r);
	assert_true(rig_client(r, ROUTE_RIPNG, &v));
	assert_int_equal(v.stale_time, ZAPI_STALE_MAX);
	close(bad);
	server_rig_settle(r);
}

/* Anything at all, cut anywhere; the next client finds the server well. */
static void garbage(void **state)
{
	static const uint8_t bad_version[] = {0, 10, 254, 5, 0, 0, 0, 0, 0, 18};
	static const uint8_t bad_marker[] = {0, 10, 255, 6, 0, 0, 0, 0, 0, 18};
	static const uint8_t too_small[] = {0, 9, 254, 6, 0, 0, 0, 0, 0, 18};
	static const uint8_t cut[] = {1, 0, 254, 6, 0, 0, 0, 0, 0, 8, 22};
	static const uint8_t huge[] = {0xff, 0xff, 254, 6, 0, 0, 0, 0, 0, 8};
	static const uint8_t unknown[] = {0, 10, 254, 6, 0, 0, 0, 0, 9, 9};
	struct server_rig *r = *state;
	const struct {
		const void *octets;
		size_t n;
		bool ends;
	} says[] = {{bad_version, 10, true}, {bad_marker, 10, true}, {too_small, 10, true},
		    {cut, 11, false},	     {huge, 10, false},	     {unknown, 10, false}};
	struct zebra_zapi_client_view v;
	int fd;

	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		fd = client(r, ROUTE_RIPNG);
		assert_true(rig_say(fd, says[i].octets, says[i].n));
		server_rig_settle(r);
		assert_int_equal(rig_closed(fd), says[i].ends);
		if (says[i].octets == unknown) {
			assert_true(rig_client(r, ROUTE_RIPNG, &v));
			assert_int_equal(v.in_by[v.n_by - 1], 1);
			assert_int_equal(v.errors, 1);
		}
		close(fd);
		server_rig_settle(r);
		assert_int_equal(rig_clients(r), 0);
	}
	fd = client(r, ROUTE_RIPNG);
	assert_true(rig_route(fd, ZAPI_ROUTE_ADD, ROUTE_RIPNG, 1));
	assert_int_equal(routes_of(r), 1);
	close(fd);
	assert_int_equal(routes_of(r), 0);
}

#define T(x) cmocka_unit_test_setup_teardown(x, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_process_has_so_many),
		T(the_first_is_it),
		T(routes_of_others_are_safe),
		T(configured_routes_are_nobodys),
		T(not_heard_until_it_reads),
		T(who_never_reads_is_ended),
		T(who_says_nothing_is_ended),
		T(a_flood_waits_for_the_rib),
		T(a_rib_that_is_never_done_holds_nobody_for_ever),
		T(tracking_is_done_in_pieces),
		T(stale_times_end),
		T(garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
