/* SPDX-License-Identifier: MIT */
/*
 * A Babel speaker for benchmarks: it forms a real adjacency, announces a
 * table at the speed the wire and the receiver's queue allow, and counts what
 * it hears of that table. It routes nothing.
 *
 *	bench_babel IFNAME N SOURCES [QUEUE]
 *
 * QUEUE is the receiver's /proc/PID/net/udp6: no more is sent while much waits
 * there unread, so that a slow receiver is measured and not overrun.
 *
 * Says on standard output "neighbour T" once the first neighbour hears us.
 * Commands on standard input:
 *	announce METRIC [M]	all routes, or those below M ("begin T", "sent T")
 *	withdraw [M]		retracts them
 *	refresh SECONDS		announces all again every so often; 0: no more
 *	expect METRIC [M]	"reached T" once all that were heard, or the first M, have it;
 *				65535: none is left; 0: any finite one will do
 *	change I METRIC		one route alone, with a newer seqno: it is feasible whatever was
 *	hellos			"late S": by how much the latest of the neighbour's Hellos since
 *				the last such question came after the interval that the one before
 *				it promised, by the kernel's own clock; -1 without two Hellos
 *	counts			"wanted N" are as expected
 *	drops			"drops N" of the receiver's socket
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "babeld/core/wire.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_wire.h"

#define DATAGRAM      1452
#define HELLO_EVERY   1.0 /* seconds */
#define HELLO_PROMISE 400 /* cs: a router that is late to read does not lose us */
#define HELLO_OCTETS  128
#define NOBODY	      UINT32_MAX
#define LONG	      60000 /* cs, of routes that are not refreshed */

struct speaker {
	struct wire wire;
	struct addr other;
	bool have_other, heard; /* heard: the other one hears us */
	struct table table;
	struct router_id id;
	uint16_t hello_seqno, seqno;
	uint16_t metric;    /* as last announced */
	uint32_t announced; /* how many, */
	uint32_t gone;	    /* but not this one, of a change */
	double hello_at, refresh_at, refresh;
	/* What is heard of the table. */
	uint16_t *metrics;
	uint32_t n_finite, n_wanted, want_n;
	uint16_t want; /* 0: any finite */
	bool expecting;
	/* Hellos of the neighbour. */
	double hello_by, latest;
	struct packet_writer w;
	uint8_t out[DATAGRAM];
};

/* ---- Sending ---- */

/* In a packet of its own, that waits for nothing: a long table must not silence us. */
static void hello(struct speaker *s)
{
	struct tlv t = {.type = TLV_HELLO};
	struct packet_writer w;
	uint8_t out[HELLO_OCTETS];

	packet_begin(&w, out, sizeof(out), FAM_IP6, &s->wire.self);
	t.u.hello.seqno = s->hello_seqno++;
	t.u.hello.interval.cs = HELLO_PROMISE;
	packet_put(&w, &t);
	if (s->have_other) {
		memset(&t, 0, sizeof(t));
		t.type = TLV_IHU;
		t.u.ihu.family = FAM_IP6;
		t.u.ihu.addr = s->other;
		t.u.ihu.rxcost = 96;
		t.u.ihu.interval.cs = 3 * HELLO_PROMISE;
		packet_put(&w, &t);
	}
	wire_send(&s->wire, packet_end(&w));
	s->hello_at = now() + HELLO_EVERY;
}

static void flush(struct speaker *s)
{
	struct span d;

	if (packet_empty(&s->w))
		return;
	d = packet_end(&s->w);
	while (!wire_room(&s->wire)) {
		if (now() >= s->hello_at)
			hello(s);
		usleep(20);
	}
	wire_send(&s->wire, d);
	packet_begin(&s->w, s->out, sizeof(s->out), FAM_IP6, &s->wire.self);
}

static void put(struct speaker *s, const struct tlv *t)
{
	if (packet_put(&s->w, t))
		return;
	flush(s);
	if (!packet_put(&s->w, t)) {
		fprintf(stderr, "a TLV does not fit into a packet\n");
		exit(1);
	}
}

static void put_update(struct speaker *s, uint32_t i, uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};

	t.u.update.pair = table_pair(&s->table, i);
	t.u.update.metric = metric;
	t.u.update.seqno = s->seqno;
	t.u.update.interval.cs = s->refresh > 0 ? (uint16_t)(s->refresh * 100) : LONG;
	t.u.update.have_router_id = t.u.update.have_nexthop = true;
	t.u.update.router_id = s->id;
	t.u.update.nexthop_family = FAM_IP6;
	t.u.update.nexthop = s->wire.self;
	put(s, &t);
}

static void put_all(struct speaker *s, uint32_t n, uint16_t metric)
{
	for (uint32_t i = 0; i < n; i++)
		put_update(s, i, metric);
	flush(s);
}

/* ---- What is heard ---- */

static uint32_t as_wanted(const struct speaker *s)
{
	if (s->want == BABEL_INFINITY)
		return s->table.n - s->n_finite;
	return s->want ? s->n_wanted : s->n_finite;
}

static void look(struct speaker *s)
{
	if (s->expecting && as_wanted(s) >= s->want_n) {
		s->expecting = false;
		say("reached", now());
	}
}

static void on_update(struct speaker *s, const struct tlv_update *u)
{
	uint32_t i;

	if (u->wildcard || !table_index(&s->table, &u->pair, &i))
		return;
	s->n_finite -= s->metrics[i] != BABEL_INFINITY;
	s->n_wanted -= s->metrics[i] == s->want;
	s->metrics[i] = u->metric;
	s->n_finite += u->metric != BABEL_INFINITY;
	s->n_wanted += u->metric == s->want;
}

static void on_seqno_request(struct speaker *s, const struct tlv_seqno_request *q)
{
	uint32_t i;

	if (!table_index(&s->table, &q->pair, &i) || i >= s->announced || i == s->gone)
		return;
	if (router_id_eq(&q->router_id, &s->id) && (int16_t)(q->seqno - s->seqno) > 0)
		s->seqno = q->seqno;
	put_update(s, i, s->metric);
}

static void on_hello(struct speaker *s, const struct tlv_hello *h)
{
	if (h->unicast || h->interval.cs == 0)
		return;
	if (s->hello_by > 0 && s->wire.came_at - s->hello_by > s->latest)
		s->latest = s->wire.came_at - s->hello_by;
	s->hello_by = s->wire.came_at + h->interval.cs / 100.0;
}

static void on_tlv(struct speaker *s, const struct tlv *t)
{
	struct tlv answer = {.type = TLV_ACK};

	if (t->type == TLV_ACK_REQUEST) {
		answer.u.ack.opaque = t->u.ack_request.opaque;
		put(s, &answer);
	} else if (t->type == TLV_IHU) {
		if (addr_cmp(&t->u.ihu.addr, &s->wire.self) == 0 &&
		    t->u.ihu.rxcost != BABEL_INFINITY && !s->heard) {
			s->heard = true;
			say("neighbour", now());
		}
	} else if (t->type == TLV_HELLO) {
		on_hello(s, &t->u.hello);
	} else if (t->type == TLV_UPDATE) {
		on_update(s, &t->u.update);
	} else if (t->type == TLV_ROUTE_REQUEST) {
		if (t->u.route_request.wildcard)
			put_all(s, s->announced, s->metric);
	} else if (t->type == TLV_SEQNO_REQUEST) {
		on_seqno_request(s, &t->u.seqno_request);
	}
}

static void receive(struct speaker *s)
{
	for (;;) {
		struct packet_parser p;
		enum tlv_verdict v;
		struct span d;
		struct addr a;
		struct tlv t;

		if (!wire_receive(&s->wire, &d, &a))
			break;
		if (addr_cmp(&a, &s->wire.self) == 0)
			continue;
		if (!s->have_other) {
			s->other = a;
			s->have_other = true;
			s->hello_at = 0; /* at once */
		}
		if (packet_open(&p, d, FAM_IP6, &a) != PACKET_OK)
			continue;
		while (packet_next(&p, &t, &v))
			if (v == TLV_OK)
				on_tlv(s, &t);
	}
	flush(s); /* answers, as many to a packet as there is room for */
	look(s);
}

/* ---- Commands ---- */

static void command(void *ctx, char **words, unsigned int n)
{
	struct speaker *s = ctx;

	if (strcmp(words[0], "announce") == 0) {
		s->metric = (uint16_t)number(words, n, 1, 0);
		s->announced = number(words, n, 2, s->table.n);
		say("begin", now());
		put_all(s, s->announced, s->metric);
		say("sent", now());
	} else if (strcmp(words[0], "withdraw") == 0) {
		say("begin", now());
		put_all(s, number(words, n, 1, s->announced), BABEL_INFINITY);
		s->announced = 0;
		say("sent", now());
	} else if (strcmp(words[0], "refresh") == 0) {
		s->refresh = number(words, n, 1, 0);
		s->refresh_at = now() + s->refresh;
	} else if (strcmp(words[0], "expect") == 0) {
		s->want = (uint16_t)number(words, n, 1, 0);
		s->want_n = number(words, n, 2, s->table.n);
		s->n_wanted = 0;
		for (uint32_t i = 0; i < s->table.n; i++)
			s->n_wanted += s->metrics[i] == s->want;
		s->expecting = true;
		say("expecting", now());
		look(s);
	} else if (strcmp(words[0], "change") == 0 && n > 2) {
		uint32_t i = number(words, n, 1, 0);
		uint16_t metric = (uint16_t)number(words, n, 2, 0);

		s->gone = metric == BABEL_INFINITY ? i : NOBODY;
		s->seqno++;
		say("begin", now());
		put_update(s, i, metric);
		flush(s);
	} else if (strcmp(words[0], "hellos") == 0) {
		say("late", s->latest);
		s->latest = -1;
	} else if (strcmp(words[0], "counts") == 0) {
		say("wanted", as_wanted(s));
	} else if (strcmp(words[0], "drops") == 0) {
		say("drops", (double)wire_drops(&s->wire));
	} else {
		fprintf(stderr, "what is '%s'?\n", words[0]);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct speaker s = {
		.metric = 0, .want = BABEL_INFINITY, .latest = -1, .gone = NOBODY};
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};

	if (argc < 4)
		return 2;
	s.table.n = (uint32_t)strtoul(argv[2], NULL, 0);
	s.table.sources = (uint32_t)strtoul(argv[3], NULL, 0);
	s.metrics = malloc(sizeof(*s.metrics) * s.table.n);
	if (!s.metrics)
		die("malloc");
	memset(s.metrics, 0xff, sizeof(*s.metrics) * s.table.n);
	wire_open(&s.wire, argv[1], argc > 4 ? argv[4] : NULL);
	memcpy(s.id.b, s.wire.self.b + 8, sizeof(s.id.b));
	s.id.b[0] |= 1;
	packet_begin(&s.w, s.out, sizeof(s.out), FAM_IP6, &s.wire.self);
	p[1].fd = s.wire.fd;
	for (;;) {
		double t = now(), next = s.hello_at;

		if (t >= s.hello_at) {
			hello(&s);
			next = s.hello_at;
		}
		if (s.refresh > 0) {
			if (t >= s.refresh_at) {
				put_all(&s, s.announced, s.metric);
				s.refresh_at += s.refresh;
			}
			next = s.refresh_at < next ? s.refresh_at : next;
		}
		t = now();
		poll(p, 2, next > t ? (int)((next - t) * 1000) + 1 : 0);
		if (p[1].revents)
			receive(&s);
		if (p[0].revents && !commands(command, &s))
			return 0;
	}
}
