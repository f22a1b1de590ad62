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
 *	drops			"drops N" of the receiver's socket
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "babeld/core/wire.h"
#include "tests/bench/bench.h"

#define PORT	     6696
#define GROUP	     "ff02::1:6"
#define DATAGRAM     1452
#define HELLO_EVERY  1.0 /* seconds */
#define QUEUE_LIMIT  (64 << 10)
#define QUEUE_LOOK   8 /* packets between two looks at the receiver's queue */
#define LONG	     60000 /* cs, of routes that are not refreshed */

struct speaker {
	int fd, queue;
	struct sockaddr_in6 group, peer;
	struct addr self, other;
	bool have_other, heard; /* heard: the other one hears us */
	struct table table;
	struct router_id id;
	uint16_t hello_seqno, seqno;
	uint16_t metric;    /* as last announced */
	uint32_t announced; /* how many */
	double hello_at, refresh_at, refresh;
	/* What is heard of the table. */
	uint16_t *metrics;
	uint32_t n_finite, n_wanted, want_n;
	uint16_t want; /* 0: any finite */
	bool expecting;
	struct packet_writer w;
	uint8_t out[DATAGRAM], in[65536];
	unsigned int n_sent;
};

/* ---- Sending ---- */

/* Octets that wait unread in the receiver's sockets of our port, or what the
 * kernel dropped there. */
static unsigned long queue_field(struct speaker *s, bool drops)
{
	char text[16384], *line, *save;
	unsigned long sum = 0;
	ssize_t n;

	if (s->queue < 0)
		return 0;
	n = pread(s->queue, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return 0;
	text[n] = 0;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long port, rx, dropped;

		if (sscanf(line, " %*u: %*32[0-9A-F]:%lx %*[0-9A-F:] %*x %*x:%lx %*s %*s %*u %*u "
				 "%*u %*u %*s %lu", &port, &rx, &dropped) == 3 && port == PORT)
			sum += drops ? dropped : rx;
	}
	return sum;
}

static void wait_for_room(struct speaker *s)
{
	if (s->n_sent++ % QUEUE_LOOK == 0)
		while (queue_field(s, false) > QUEUE_LIMIT)
			usleep(20);
}

static void flush(struct speaker *s)
{
	struct span d;

	if (packet_empty(&s->w))
		return;
	d = packet_end(&s->w);
	wait_for_room(s);
	while (sendto(s->fd, d.p, d.len, 0, (struct sockaddr *)&s->group, sizeof(s->group)) < 0)
		if (errno != ENOBUFS && errno != EAGAIN)
			die("sendto");
	packet_begin(&s->w, s->out, sizeof(s->out), FAM_IP6, &s->self);
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
	t.u.update.nexthop = s->self;
	put(s, &t);
}

static void put_all(struct speaker *s, uint32_t n, uint16_t metric)
{
	for (uint32_t i = 0; i < n; i++)
		put_update(s, i, metric);
	flush(s);
}

static void hello(struct speaker *s)
{
	struct tlv t = {.type = TLV_HELLO};

	t.u.hello.seqno = s->hello_seqno++;
	t.u.hello.interval.cs = (uint16_t)(HELLO_EVERY * 100);
	put(s, &t);
	if (s->have_other) {
		memset(&t, 0, sizeof(t));
		t.type = TLV_IHU;
		t.u.ihu.family = FAM_IP6;
		t.u.ihu.addr = s->other;
		t.u.ihu.rxcost = 96;
		t.u.ihu.interval.cs = (uint16_t)(HELLO_EVERY * 300);
		put(s, &t);
	}
	flush(s);
}

/* ---- What is heard ---- */

static void look(struct speaker *s)
{
	bool reached;

	if (!s->expecting)
		return;
	if (s->want == BABEL_INFINITY)
		reached = s->n_finite == 0;
	else
		reached = (s->want ? s->n_wanted : s->n_finite) >= s->want_n;
	if (reached) {
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

	if (!table_index(&s->table, &q->pair, &i) || i >= s->announced)
		return;
	if (router_id_eq(&q->router_id, &s->id) && (int16_t)(q->seqno - s->seqno) > 0)
		s->seqno = q->seqno;
	put_update(s, i, s->metric);
	flush(s);
}

static void on_tlv(struct speaker *s, const struct tlv *t)
{
	struct tlv answer = {.type = TLV_ACK};

	if (t->type == TLV_ACK_REQUEST) {
		answer.u.ack.opaque = t->u.ack_request.opaque;
		put(s, &answer);
		flush(s);
	} else if (t->type == TLV_IHU) {
		if (addr_cmp(&t->u.ihu.addr, &s->self) == 0 &&
		    t->u.ihu.rxcost != BABEL_INFINITY && !s->heard) {
			s->heard = true;
			say("neighbour", now());
		}
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
		struct sockaddr_in6 from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(s->fd, s->in, sizeof(s->in), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &len);
		struct packet_parser p;
		enum tlv_verdict v;
		struct addr a;
		struct tlv t;

		if (n < 0)
			break;
		a = addr_from(FAM_IP6, &from.sin6_addr);
		if (addr_cmp(&a, &s->self) == 0)
			continue;
		if (!s->have_other) {
			s->other = a;
			s->have_other = true;
			s->hello_at = 0; /* at once */
		}
		if (packet_open(&p, span_of(s->in, (size_t)n), FAM_IP6, &a) != PACKET_OK)
			continue;
		while (packet_next(&p, &t, &v))
			if (v == TLV_OK)
				on_tlv(s, &t);
	}
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
	} else if (strcmp(words[0], "drops") == 0) {
		say("drops", (double)queue_field(s, true));
	} else {
		fprintf(stderr, "what is '%s'?\n", words[0]);
		exit(2);
	}
}

static void open_socket(struct speaker *s, const char *ifname)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	struct ipv6_mreq m = {.ipv6mr_interface = if_nametoindex(ifname)};
	struct ifaddrs *all;
	int room = 256 << 20, hops = 1, off = 0;

	s->group = any;
	s->group.sin6_scope_id = m.ipv6mr_interface;
	inet_pton(AF_INET6, GROUP, &s->group.sin6_addr);
	m.ipv6mr_multiaddr = s->group.sin6_addr;
	s->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || getifaddrs(&all) < 0)
		die("socket");
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)i->ifa_addr;

		if (strcmp(i->ifa_name, ifname) == 0 && a && a->sin6_family == AF_INET6 &&
		    IN6_IS_ADDR_LINKLOCAL(&a->sin6_addr))
			s->self = addr_from(FAM_IP6, &a->sin6_addr);
	}
	freeifaddrs(all);
	/* Packets must have the link-local source, which the group gives them. */
	setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(s->fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	setsockopt(s->fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off));
	if (bind(s->fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	    setsockopt(s->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof(m)) < 0 ||
	    setsockopt(s->fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &m.ipv6mr_interface,
		       sizeof(m.ipv6mr_interface)) < 0)
		die("bind");
}

int main(int argc, char **argv)
{
	static struct speaker s = {.queue = -1, .metric = 0, .want = BABEL_INFINITY};
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};

	if (argc < 4)
		return 2;
	s.table.n = (uint32_t)strtoul(argv[2], NULL, 0);
	s.table.sources = (uint32_t)strtoul(argv[3], NULL, 0);
	if (argc > 4 && (s.queue = open(argv[4], O_RDONLY | O_CLOEXEC)) < 0)
		die(argv[4]);
	s.metrics = malloc(sizeof(*s.metrics) * s.table.n);
	if (!s.metrics)
		die("malloc");
	memset(s.metrics, 0xff, sizeof(*s.metrics) * s.table.n);
	open_socket(&s, argv[1]);
	memcpy(s.id.b, s.self.b + 8, sizeof(s.id.b));
	s.id.b[0] |= 1;
	packet_begin(&s.w, s.out, sizeof(s.out), FAM_IP6, &s.self);
	p[1].fd = s.fd;
	for (;;) {
		double t = now(), next = s.hello_at;

		if (t >= s.hello_at) {
			hello(&s);
			next = s.hello_at = t + HELLO_EVERY;
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
