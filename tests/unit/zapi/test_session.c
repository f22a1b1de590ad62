/* SPDX-License-Identifier: MIT */
/*
 * ZAPI sessions over a socket pair: framing whatever the cuts, messages that
 * are dropped and headers that end the session, a peer that does not read;
 * and the client that stays connected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "lib/io/stream.h"
#include "lib/zapi/session.h"

#define DEADLINE (10 * USEC_PER_SEC)

struct fixture {
	struct loop *loop;
	struct loop_timer *deadline;
	int peer;
	struct zapi_session *s;
	unsigned int got, unknown, closed, drained;
	unsigned int stop_at; /* messages */
	bool free_in_message;
	uint16_t cmds[256];
	uint32_t metrics[256];
	char why[128];
	/* the staying client */
	unsigned int ups, downs;
	int accepted;
};

static void too_late(void *ctx)
{
	(void)ctx;
	fail_msg("nothing happened before the deadline");
}

static void on_message(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
		       enum zapi_verdict verdict)
{
	struct fixture *f = ctx;

	if (f->got < 256) {
		f->cmds[f->got] = m->cmd;
		if (m->cmd == ZAPI_ROUTE_ADD)
			f->metrics[f->got] = m->u.route.metric;
	}
	f->got++;
	f->unknown += verdict == ZAPI_UNKNOWN;
	if (f->free_in_message) {
		zapi_session_free(s);
		f->s = NULL;
	}
	if (f->got == f->stop_at)
		loop_stop(f->loop);
}

static void on_closed(void *ctx, struct zapi_session *s, const char *why)
{
	struct fixture *f = ctx;

	(void)s;
	f->closed++;
	snprintf(f->why, sizeof(f->why), "%s", why);
	loop_stop(f->loop);
}

static void on_drained(void *ctx, struct zapi_session *s)
{
	struct fixture *f = ctx;

	(void)s;
	f->drained++;
	loop_stop(f->loop);
}

static int setup(void **state)
{
	static const struct zapi_session_ops ops = {on_message, on_closed, on_drained};
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	log_set_level(LOG_LVL_ERROR);
	f->loop = loop_new();
	f->deadline = loop_timer_new(f->loop, too_late, NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0)
		return -1;
	f->peer = fds[0];
	f->s = zapi_session_new(f->loop, fds[1], ZAPI_FROM_CLIENT, "test", &ops, f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	size_t left;

	zapi_session_free(f->s);
	close(f->peer);
	loop_timer_free(f->deadline);
	left = loop_mem(f->loop)->count;
	if (!left) /* it asserts; a failed test has left things */
		loop_free(f->loop);
	free(f);
	return left ? -1 : 0;
}

static void run(struct fixture *f)
{
	loop_timer_at(f->deadline, mono_add(loop_now(f->loop), DEADLINE));
	loop_run(f->loop);
	loop_timer_at(f->deadline, MONO_NEVER);
}

static void stop_now(void *ctx)
{
	loop_stop(ctx);
}

/* One turn of the loop. */
static void turn(struct fixture *f)
{
	struct loop_timer *t = loop_timer_new(f->loop, stop_now, f->loop);

	loop_timer_at(t, loop_now(f->loop));
	run(f);
	loop_timer_free(t);
}

static void run_until(struct fixture *f, unsigned int messages)
{
	f->stop_at = messages;
	if (f->got < messages)
		run(f);
}

static size_t route_octets(uint8_t *buf, size_t size, uint32_t metric)
{
	struct zapi_msg *m = calloc(1, sizeof(*m));
	struct wr w = wr_init(buf, size);

	m->cmd = ZAPI_ROUTE_ADD;
	m->u.route.type = ROUTE_BABEL;
	m->u.route.safi = SAFI_UNICAST;
	m->u.route.pair.dst = prefix_any(FAM_IP6);
	m->u.route.pair.src = prefix_any(FAM_IP6);
	m->u.route.message = ZAPI_MSG_METRIC;
	m->u.route.metric = metric;
	assert_true(zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, m));
	free(m);
	return wr_len(&w);
}

static void put(struct fixture *f, const void *p, size_t n)
{
	assert_int_equal(write(f->peer, p, n), (ssize_t)n);
}

static void test_bytewise(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[128];
	size_t n = route_octets(buf, sizeof(buf), 7);

	for (unsigned int round = 1; round <= 3; round++) {
		for (size_t i = 0; i < n; i++) {
			put(f, buf + i, 1);
			f->stop_at = 0;
			turn(f);
			assert_true(i + 1 == n || f->got == round - 1);
		}
		run_until(f, round);
		assert_int_equal(f->metrics[round - 1], 7);
	}
}

static void test_many_at_once(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[128 * 200];
	size_t n = 0;

	for (uint32_t i = 0; i < 200; i++)
		n += route_octets(buf + n, sizeof(buf) - n, i);
	put(f, buf, n);
	run_until(f, 200);
	for (uint32_t i = 0; i < 200; i++)
		assert_int_equal(f->metrics[i], i);
}

static void test_overlong(void **state)
{
	struct fixture *f = *state;
	static uint8_t big[20000];
	uint8_t buf[128];
	size_t n = route_octets(buf, sizeof(buf), 1);

	big[0] = sizeof(big) >> 8;
	big[1] = sizeof(big) & 0xff;
	big[2] = ZAPI_MARKER;
	big[3] = ZAPI_VERSION;
	big[9] = ZAPI_ROUTE_ADD;
	/* Read and dropped; what comes before and after is not touched. */
	put(f, buf, n);
	put(f, big, sizeof(big));
	put(f, buf, n);
	run_until(f, 2);
	assert_int_equal(f->closed, 0);
	assert_int_equal(f->metrics[1], 1);
}

static void test_bad_body(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[128];
	size_t n = route_octets(buf, sizeof(buf), 1);

	/* Too short for its fields, then an impossible length of a prefix. */
	buf[1] = (uint8_t)(n - 2);
	put(f, buf, n - 2);
	buf[1] = (uint8_t)n;
	buf[23] = 129;
	put(f, buf, n);
	buf[23] = 0;
	put(f, buf, n);
	run_until(f, 1);
	assert_int_equal(f->got, 1);
	assert_int_equal(f->closed, 0);
}

static void test_unknown(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[10] = {0, 10, 254, 6, 0, 0, 0, 0, 0x12, 0x34};

	put(f, buf, sizeof(buf));
	run_until(f, 1);
	assert_int_equal(f->unknown, 1);
	assert_int_equal(f->cmds[0], ZAPI_NO_CMD);
}

static void ends_with(struct fixture *f, const uint8_t *header, size_t n)
{
	char c;

	put(f, header, n);
	run(f);
	assert_int_equal(f->closed, 1);
	assert_int_equal(f->got, 0);
	assert_non_null(strstr(f->why, "not a ZAPI header"));
	assert_int_equal(read(f->peer, &c, 1), 0); /* hung up */
}

static void test_bad_marker(void **state)
{
	ends_with(*state, (const uint8_t[]){0, 20, 255, 6, 0, 0, 0, 0, 0, 8}, 10);
}

static void test_bad_version(void **state)
{
	ends_with(*state, (const uint8_t[]){0, 20, 254, 5, 0, 0, 0, 0, 0, 8}, 10);
}

static void test_bad_length(void **state)
{
	ends_with(*state, (const uint8_t[]){0, 9, 254, 6, 0, 0, 0, 0, 0, 8}, 10);
}

static void test_peer_gone(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[128];
	size_t n = route_octets(buf, sizeof(buf), 1);

	assert_false(zapi_session_hung_up(f->s));
	put(f, buf, n);
	shutdown(f->peer, SHUT_RDWR);
	/* Seen before what it sent has been read, and that is read all the same. */
	assert_true(zapi_session_hung_up(f->s));
	while (!f->closed)
		run(f);
	assert_int_equal(f->got, 1);
}

static void test_freed_in_message(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[256];
	size_t n = route_octets(buf, sizeof(buf), 1);

	n += route_octets(buf + n, sizeof(buf) - n, 2);
	f->free_in_message = true;
	put(f, buf, n);
	run_until(f, 1);
	assert_int_equal(f->got, 1);
	assert_null(f->s);
}

static void send_vrf(struct fixture *f)
{
	struct zapi_msg m = {.cmd = ZAPI_VRF_ADD};

	strcpy(m.u.vrf_info.name, "default");
	zapi_session_send(f->s, &m);
}

static void drain_peer(void *ctx, unsigned int what)
{
	struct fixture *f = ctx;
	static char buf[1 << 16];

	(void)what;
	while (read(f->peer, buf, sizeof(buf)) > 0)
		;
}

/* The peer does not read: full is said in time, and it drains. */
static void test_full_and_drained(void **state)
{
	struct fixture *f = *state;
	struct loop_fd *w;
	size_t sent = 0;

	while (!zapi_session_full(f->s)) {
		send_vrf(f);
		sent += 86;
		assert_true(sent < (size_t)8 << 20);
	}
	assert_true(zapi_session_pending(f->s) > 0);
	w = loop_fd_new(f->loop, f->peer, LOOP_READ, drain_peer, f);
	while (!f->drained)
		run(f);
	assert_false(zapi_session_full(f->s));
	loop_fd_free(w);
}

/* And if the sender does not care, the session ends before memory does. */
static void test_never_reads(void **state)
{
	struct fixture *f = *state;

	for (size_t sent = 0; sent < (size_t)10 << 20; sent += 86)
		send_vrf(f);
	assert_true(zapi_session_pending(f->s) <= (size_t)8 << 20);
	run(f);
	assert_int_equal(f->closed, 1);
	assert_non_null(strstr(f->why, "does not read"));
}

/* ---- zapi_client ---- */

static void c_up(void *ctx, struct zapi_client *c)
{
	struct fixture *f = ctx;

	assert_true(zapi_client_is_up(c));
	f->ups++;
	loop_stop(f->loop);
}

static void c_message(void *ctx, struct zapi_client *c, const struct zapi_msg *m)
{
	struct fixture *f = ctx;

	(void)c;
	if (m->cmd != ZAPI_CAPABILITIES) {
		assert_int_equal(m->cmd, ZAPI_VRF_ADD);
		f->got++;
	}
	loop_stop(f->loop);
}

static void c_down(void *ctx, struct zapi_client *c)
{
	struct fixture *f = ctx;

	assert_false(zapi_client_is_up(c));
	f->downs++;
	loop_stop(f->loop);
}

static void accepted(void *ctx, int fd)
{
	struct fixture *f = ctx;

	f->accepted = fd;
	loop_stop(f->loop);
}

/* A listener, or -1 and the reason. */
static struct listener *listen_on(struct fixture *f, const char *path)
{
	char err[128];
	struct listener *l = listener_new(f->loop, path, 0600, accepted, f, err, sizeof(err));

	if (!l)
		fail_msg("%s", err);
	return l;
}

static void write_msg(int fd, enum zapi_dialect d, const struct zapi_msg *m)
{
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));

	assert_true(zapi_encode(&w, ZAPI_FROM_ZEBRA, d, m));
	assert_int_equal(write(fd, buf, wr_len(&w)), wr_len(&w));
}

static void expect_hello(struct fixture *f, int fd, enum zapi_dialect d)
{
	uint8_t hello[64];
	ssize_t n;

	while ((n = read(fd, hello, sizeof(hello))) < 0)
		turn(f);
	assert_int_equal(n, d == ZAPI_8_4 ? 19 : 18);
	assert_int_equal(hello[9], d == ZAPI_8_4 ? 18 : 19);
	assert_int_equal(hello[10], d == ZAPI_8_4 ? 22 : 23); /* babel */
}

/* The server's end of the next connection of the client, its HELLO answered. */
static int next_connection(struct fixture *f, unsigned int ups)
{
	struct zapi_msg caps = {.cmd = ZAPI_CAPABILITIES};
	int fd;

	while (f->accepted < 0)
		run(f);
	fd = f->accepted;
	f->accepted = -1;
	expect_hello(f, fd, ZAPI_8_4);
	assert_int_equal(f->ups, ups - 1); /* connected is not up */
	write_msg(fd, ZAPI_8_4, &caps);
	while (f->ups < ups)
		run(f);
	return fd;
}

static void test_client(void **state)
{
	static const struct zapi_client_ops ops = {c_up, c_message, c_down, NULL};
	struct fixture *f = *state;
	struct zapi_hello hello = {.type = ROUTE_BABEL};
	struct zapi_msg vrf = {.cmd = ZAPI_VRF_ADD};
	char dir[] = "/tmp/zapi-test-XXXXXX", path[64];
	struct zapi_client *c;
	struct listener *l;
	int fd;

	f->accepted = -1;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/zserv.api", dir);
	/* Nobody is there yet: it tries until somebody is. */
	c = zapi_client_new(f->loop, path, &hello, &ops, f);
	assert_false(zapi_client_is_up(c));
	l = listen_on(f, path);
	fd = next_connection(f, 1);
	/* Zebra goes, and comes back: so does the client. */
	close(fd);
	listener_free(l);
	while (!f->downs)
		run(f);
	l = listen_on(f, path);
	fd = next_connection(f, 2);
	assert_int_equal(f->downs, 1);
	/* Messages come through; the unknown ones do not. */
	assert_int_equal(write(fd, "\0\12\376\6\0\0\0\0\0\143", 10), 10);
	strcpy(vrf.u.vrf_info.name, "default");
	write_msg(fd, ZAPI_8_4, &vrf);
	while (!f->got)
		run(f);
	assert_int_equal(f->got, 1);
	close(fd);
	zapi_client_free(c);
	listener_free(l);
	assert_int_equal(rmdir(dir), 0);
}

/* A zebra of 10.3 answers 8.4's HELLO with its ERROR: HELLO again, in its words. */
static void test_client_other_dialect(void **state)
{
	static const struct zapi_client_ops ops = {c_up, c_message, c_down, NULL};
	struct fixture *f = *state;
	struct zapi_hello hello = {.type = ROUTE_BABEL};
	struct zapi_msg error = {.cmd = ZAPI_ERROR}, caps = {.cmd = ZAPI_CAPABILITIES},
			up = {.cmd = ZAPI_INTERFACE_UP};
	char dir[] = "/tmp/zapi-test-XXXXXX", path[64];
	struct zapi_client *c;
	struct listener *l;
	int fd;

	f->accepted = -1;
	error.u.error = ZAPI_ERR_INVALID_MSG_TYPE;
	strcpy(up.u.interface.name, "v0");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/zserv.api", dir);
	l = listen_on(f, path);
	c = zapi_client_new(f->loop, path, &hello, &ops, f);
	while (f->accepted < 0)
		run(f);
	fd = f->accepted;
	expect_hello(f, fd, ZAPI_8_4);
	/* It may tell of an interface to one that has not said HELLO. */
	write_msg(fd, ZAPI_10_3, &up);
	write_msg(fd, ZAPI_10_3, &error);
	expect_hello(f, fd, ZAPI_10_3);
	assert_int_equal(f->ups, 0);
	/* Refused again: nothing more is tried. */
	write_msg(fd, ZAPI_10_3, &error);
	for (int i = 0; i < 20; i++)
		turn(f);
	assert_int_equal(read(fd, path + 60, 1), -1);
	write_msg(fd, ZAPI_10_3, &caps);
	while (!f->ups)
		run(f);
	assert_int_equal(zapi_client_dialect(c), ZAPI_10_3);
	close(fd);
	while (!f->downs)
		run(f);
	/* The next time this one is tried first, and 8.4 found in the same way. */
	f->accepted = -1;
	while (f->accepted < 0)
		run(f);
	fd = f->accepted;
	expect_hello(f, fd, ZAPI_10_3);
	write_msg(fd, ZAPI_8_4, &error);
	expect_hello(f, fd, ZAPI_8_4);
	write_msg(fd, ZAPI_8_4, &caps);
	while (f->ups < 2)
		run(f);
	assert_int_equal(zapi_client_dialect(c), ZAPI_8_4);
	close(fd);
	zapi_client_free(c);
	listener_free(l);
	assert_int_equal(rmdir(dir), 0);
}

#define T(x) cmocka_unit_test_setup_teardown(x, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_bytewise),	  T(test_many_at_once),
		T(test_overlong),	  T(test_bad_body),
		T(test_unknown),	  T(test_bad_marker),
		T(test_bad_version),	  T(test_bad_length),
		T(test_peer_gone),	  T(test_freed_in_message),
		T(test_full_and_drained), T(test_never_reads),
		T(test_client),		  T(test_client_other_dialect),
	};

	return cmocka_run_group_tests_name("zapi sessions", tests, NULL, NULL);
}
