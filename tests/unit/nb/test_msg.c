/* SPDX-License-Identifier: MIT */
/* Frames: whole, in pieces, hostile; a bad one ends its own connection alone. */
#include "lib/nb/msg.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/nb/writer.h"

static struct loop *loop;
static struct loop_timer *rest;

struct end {
	struct msg_conn *conn;
	int peer; /* the other end, plain octets */
	unsigned int messages, closed, keep;
	Mgmt__Message *kept;
	char text[64], why[128];
};

static void message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	struct end *e = ctx;

	e->messages++;
	assert_int_equal(m->kind_case, MGMT__MESSAGE__KIND_LINE);
	snprintf(e->text, sizeof(e->text), "%s", m->line->text);
	if (strcmp(e->text, "close") == 0)
		msg_conn_close(c, "as asked");
	if (strcmp(e->text, "free") == 0) {
		msg_conn_free(c);
		e->conn = NULL;
	} else if (strcmp(e->text, "keep") == 0) {
		msg_keep(c);
		e->kept = m;
	}
}

static void closed(void *ctx, struct msg_conn *c, const char *why)
{
	struct end *e = ctx;

	e->closed++;
	snprintf(e->why, sizeof(e->why), "%s", why);
	msg_conn_free(c);
	e->conn = NULL;
}

static void end_new(struct end *e, size_t max_in)
{
	static const struct msg_ops ops = {.message = message, .closed = closed};
	struct msg_limits limits = {MSG_ACCEPT(LINE), max_in, 1 << 20};
	int fd[2];

	memset(e, 0, sizeof(*e));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	e->peer = fd[1];
	e->conn = msg_conn_new(loop, fd[0], &limits, &ops, e, "the peer");
}

static void end_free(struct end *e)
{
	msg_conn_free(e->conn);
	close(e->peer);
}

static void rested(void *ctx)
{
	loop_stop(ctx);
}

/* Until all that is readable has been read: the timer is behind it in the loop. */
static void run(void)
{
	for (int i = 0; i < 5; i++) {
		loop_timer_at(rest, loop_now(loop));
		loop_run(loop);
	}
}

static void send_raw(struct end *e, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n) {
		ssize_t w = send(e->peer, at, n, MSG_NOSIGNAL);

		if (w < 0) {
			if (!e->conn)
				return;
			run();
			continue;
		}
		at += w;
		n -= (size_t)w;
	}
	run();
}

static uint8_t *line(const char *text, size_t *n)
{
	Mgmt__Line m = MGMT__LINE__INIT;

	m.text = (char *)text;
	return msg_encode(MGMT__MESSAGE__KIND_LINE, &m.base, n);
}

static void say(struct end *e, const char *text)
{
	size_t n;
	uint8_t *frame = line(text, &n);

	send_raw(e, frame, n);
	free(frame);
}

static int setup(void **state)
{
	(void)state;
	loop = loop_new();
	rest = loop_timer_new(loop, rested, loop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_timer_free(rest);
	loop_free(loop);
	return 0;
}

/* The bytes of the contract: four octets of length, network order, one Message. */
static void test_frame(void **state)
{
	static const uint8_t want[] = {0, 0, 0, 7, 0xb2, 1, 4, 0x0a, 2, 'h', 'i'};
	size_t n;
	uint8_t *frame = line("hi", &n);

	(void)state;
	assert_int_equal(n, sizeof(want));
	assert_memory_equal(frame, want, n);
	free(frame);
}

static void test_pieces(void **state)
{
	struct end e;
	size_t n, m;
	uint8_t *one = line("hello", &n), *two = line("world", &m);

	(void)state;
	end_new(&e, 100);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(e.messages, 0);
		send_raw(&e, one + i, 1);
	}
	assert_string_equal(e.text, "hello");
	/* Two and a half at once. */
	uint8_t all[200];

	memcpy(all, one, n);
	memcpy(all + n, two, m);
	memcpy(all + n + m, one, n - 1);
	send_raw(&e, all, n + m + n - 1);
	assert_int_equal(e.messages, 3);
	assert_string_equal(e.text, "world");
	send_raw(&e, one + n - 1, 1);
	assert_int_equal(e.messages, 4);
	free(one);
	free(two);
	end_free(&e);
}

static void test_long(void **state)
{
	struct end e;
	char *text = malloc(300001);

	(void)state;
	memset(text, 'x', 300000);
	text[300000] = '\0';
	end_new(&e, 400000);
	say(&e, text);
	assert_int_equal(e.messages, 1);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	end_free(&e);
	end_new(&e, 300000);
	say(&e, text);
	assert_int_equal(e.messages, 0);
	assert_string_equal(e.why, "a message over the size limit");
	end_free(&e);
	free(text);
}

/* Nothing of it comes in when the session has ended in its middle. */
static void test_ends_within(void **state)
{
	struct end e;

	(void)state;
	end_new(&e, 100);
	say(&e, "keep");
	say(&e, "free");
	say(&e, "again");
	assert_int_equal(e.messages, 2);
	assert_string_equal(e.kept->line->text, "keep");
	msg_free(e.kept);
	end_free(&e);
	end_new(&e, 100);

	size_t n, m;
	uint8_t *one = line("close", &n), *two = line("again", &m), both[100];

	memcpy(both, one, n);
	memcpy(both + n, two, m);
	send_raw(&e, both, n + m);
	assert_int_equal(e.messages, 1);
	assert_string_equal(e.why, "as asked");
	free(one);
	free(two);
	end_free(&e);
}

/* Each of these ends its connection; one beside it hears on. */
static void test_hostile(void **state)
{
	static const struct {
		const char *octets;
		size_t n;
	} bad[] = {
		{"\0\0\0\0", 4},			    /* empty */
		{"\xff\xff\xff\xff", 4},		    /* 4 GiB */
		{"\0\0\x10\0", 4},			    /* one over the limit, or more */
		{"GET / HTTP/1.0\r\n\r\n", 18},		    /* somebody lost */
		{"\0\0\0\x01\xff", 5},			    /* half a tag */
		{"\0\0\0\x05\xb2\x01\x04\x0a\x02", 9},	    /* runs past its end */
		{"\0\0\0\x03\xb2\x01\x04", 7},		    /* body missing */
		{"\0\0\0\x03\xa2\x01\x00", 7},		    /* Open: a kind not accepted */
		{"\0\0\0\x03\xb2\x01\x00\0", 8},	    /* Line, fine; then half a length */
		{"\0\0\0\x06\xb2\x01\x00\xb2\x01\x00", 10}, /* two in one */
		{"\0\0\0\x04\xb0\x01\x04\x00", 8},	    /* a number where a message is due */
		{"\0\0\0\x04\xb3\x01\xb4\x01", 8},	    /* groups */
	};
	struct end good, e;

	(void)state;
	end_new(&good, 4000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool fine = i == 8;

		end_new(&e, 4000);
		send_raw(&e, bad[i].octets, bad[i].n);
		if (e.closed != !fine || e.messages != fine)
			fail_msg("case %zu: closed %u, messages %u", i, e.closed, e.messages);
		end_free(&e);
		say(&good, "still here");
		assert_int_equal(good.messages, i + 1);
	}
	end_free(&good);
}

/* Nodes in nodes: deeper than any stack, were it not refused. */
static void test_depth(void **state)
{
	size_t levels = 1000000, size = 5 * levels, at = size;
	uint8_t *p = malloc(size);

	(void)state;
	/* From the inside out, each with a length of four octets: Node.child,
	 * Notify.leaf, Message.notify. */
	for (size_t i = 0; i < levels; i++) {
		size_t n = size - at;

		at -= 4;
		for (int k = 0; k < 4; k++)
			p[at + (size_t)k] = (uint8_t)((n >> (7 * k) & 0x7f) | (k < 3 ? 0x80 : 0));
		at--;
		p[at] = i + 1 == levels ? 0x5a : i + 2 == levels ? 0x12 : 0x1a;
	}
	assert_null(msg_decode(span_of(p, size), MSG_ACCEPT(NOTIFY)));
	free(p);
}

static Mgmt__Message *nested(int depth)
{
	Mgmt__Notify m = MGMT__NOTIFY__INIT;
	Mgmt__Node v[MSG_MAX_DEPTH + 1], *pv[MSG_MAX_DEPTH + 1];
	size_t n;
	uint8_t *frame;
	Mgmt__Message *got;

	for (int i = 0; i < depth; i++) {
		mgmt__node__init(&v[i]);
		pv[i] = &v[i];
		v[i].child = &pv[i + 1];
		v[i].n_child = i + 1 < depth;
	}
	m.leaf = pv;
	m.n_leaf = 1;
	frame = msg_encode(MGMT__MESSAGE__KIND_NOTIFY, &m.base, &n);
	got = msg_decode(span_of(frame + 4, n - 4), MSG_ACCEPT(NOTIFY));
	free(frame);
	return got;
}

/* The Message's own level and the kind's are two. */
static void test_depth_limit(void **state)
{
	Mgmt__Message *m = nested(MSG_MAX_DEPTH - 1);

	(void)state;
	assert_non_null(m);
	msg_free(m);
	assert_null(nested(MSG_MAX_DEPTH + 1));
}

/* Empty nodes by the million: two octets each, a hundred when decoded. */
static void test_many_parts(void **state)
{
	size_t n = (size_t)4 << 20;
	uint8_t *p = malloc(n + 16), *q = p;
	struct rusage before, after;

	(void)state;
	*q++ = 0x5a; /* Notify, with a length of four octets */
	for (int i = 0; i < 4; i++)
		*q++ = (uint8_t)((n >> (7 * i) & 0x7f) | (i < 3 ? 0x80 : 0));
	for (size_t i = 0; i < n; i += 2) {
		*q++ = 0x12;
		*q++ = 0;
	}
	getrusage(RUSAGE_SELF, &before);
	assert_null(msg_decode(span_of(p, (size_t)(q - p)), MSG_ACCEPT(NOTIFY)));
	getrusage(RUSAGE_SELF, &after);
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 4096);
	free(p);
}

/* An announced length takes no memory before octets come. */
static void test_announced_length(void **state)
{
	struct end e;
	struct rusage before, after;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	end_new(&e, MSG_MAX_TXN);
	send_raw(&e, "\x04\0\0\0only this", 13);
	getrusage(RUSAGE_SELF, &after);
	assert_non_null(e.conn);
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 4096);
	end_free(&e);
}

/* A peer that does not read costs its own session. */
static void test_does_not_read(void **state)
{
	Mgmt__Text m = MGMT__TEXT__INIT;
	static char text[65536];
	struct end e;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	m.text = text;
	end_new(&e, 100);
	for (int i = 0; i < 100 && e.conn; i++) {
		msg_send(e.conn, MGMT__MESSAGE__KIND_TEXT, &m.base);
		run();
	}
	assert_int_equal(e.closed, 1);
	end_free(&e);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_frame),	       T(test_pieces),	   T(test_long),
		T(test_ends_within),   T(test_hostile),	   T(test_depth),
		T(test_depth_limit),   T(test_many_parts), T(test_announced_length),
		T(test_does_not_read),
	};

	return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
