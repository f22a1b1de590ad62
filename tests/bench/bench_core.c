/* SPDX-License-Identifier: MIT */
/*
 * The protocol core alone: one neighbour on interface 1 announces COUNT routes
 * (100,000 unless given) with SOURCES sources per destination (4), refreshes,
 * changes and retracts them; with a third argument they are relayed to a second
 * interface with a neighbour that listens. No socket, virtual time.
 *
 * Each phase is a function of its own, so that callgrind can tell what it costs:
 *	valgrind --tool=callgrind --toggle-collect=phase_refresh bench_core
 *
 * With --json before all else: {"PHASE, ns": NUMBER, "KIND OF MEMORY, octets": NUMBER}.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "babeld/core/babel.h"
#include "tests/bench/bench.h"

#define DATAGRAM 1452
#define REFRESH	 (16 * USEC_PER_SEC)
#define ROUNDS	 4 /* of refreshing */

struct core {
	struct babel *b;
	struct table table;
	unsigned int interfaces;
	bool json;
	mono_t now;
	uint16_t seqno, hello_seqno;
	uint64_t random;
	size_t sent, routes, notes, walked;
	uint8_t out[DATAGRAM];
	struct span *packets; /* written beforehand: only reading them is measured */
	size_t n_packets;
};

/* ---- What the core does ---- */

static void on_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct core *c = ctx;

	(void)via, (void)to, (void)datagram;
	c->sent++;
}

static void on_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *choice)
{
	struct core *c = ctx;

	(void)pair, (void)choice;
	c->routes++;
}

static uint32_t on_random(void *ctx)
{
	struct core *c = ctx;

	c->random = c->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(c->random >> 32);
}

static void on_note(void *ctx, const struct babel_note *n)
{
	struct core *c = ctx;

	(void)n;
	c->notes++;
}

/* ---- What its neighbours say ---- */

static struct addr linklocal(uint8_t host, ifid_t ifid)
{
	return (struct addr){{0xfe, 0x80, [14] = host, [15] = (uint8_t)ifid}};
}

static void deliver(struct core *c, ifid_t ifid, struct span octets)
{
	struct babel_datagram d = {.ifid = ifid,
				   .from = linklocal(1, ifid),
				   .to = babel_group,
				   .arrived = c->now,
				   .octets = octets};

	babel_packet(c->b, &d, c->now);
}

static void begin(struct core *c, ifid_t ifid, struct packet_writer *w)
{
	struct addr from = linklocal(1, ifid);

	packet_begin(w, c->out, sizeof(c->out), FAM_IP6, &from);
}

static void hello(struct core *c, ifid_t ifid)
{
	struct tlv h = {.type = TLV_HELLO}, ihu = {.type = TLV_IHU};
	struct packet_writer w;

	h.u.hello.seqno = c->hello_seqno;
	h.u.hello.interval.cs = 100;
	ihu.u.ihu.family = FAM_IP6;
	ihu.u.ihu.addr = linklocal(0, ifid);
	ihu.u.ihu.rxcost = 96;
	ihu.u.ihu.interval.cs = 300;
	begin(c, ifid, &w);
	packet_put(&w, &h);
	packet_put(&w, &ihu);
	deliver(c, ifid, packet_end(&w));
}

/* Time goes on, with Hellos each second. */
static void until(struct core *c, mono_t end)
{
	while (mono_before(c->now, end)) {
		mono_t second = {(c->now.us / USEC_PER_SEC + 1) * USEC_PER_SEC};
		mono_t next = mono_min(mono_min(second, end), babel_next_deadline(c->b));

		c->now = mono_before(c->now, next) ? next : c->now;
		babel_run_due(c->b, c->now);
		if (mono_cmp(c->now, second) != 0)
			continue;
		c->hello_seqno++;
		for (ifid_t i = 1; i <= c->interfaces; i++)
			hello(c, i);
	}
}

static void keep(struct core *c, struct packet_writer *w)
{
	struct span d = packet_end(w);
	uint8_t *copy = malloc(d.len);

	c->packets = realloc(c->packets, (c->n_packets + 1) * sizeof(*c->packets));
	if (!copy || !c->packets)
		die("malloc");
	memcpy(copy, d.p, d.len);
	c->packets[c->n_packets++] = span_of(copy, d.len);
}

static void prepare(struct core *c, uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct packet_writer w;

	while (c->n_packets)
		free((void *)(uintptr_t)c->packets[--c->n_packets].p);
	t.u.update.metric = metric;
	t.u.update.seqno = c->seqno;
	t.u.update.interval = interval_from_usec(REFRESH);
	t.u.update.have_router_id = t.u.update.have_nexthop = true;
	t.u.update.router_id = (struct router_id){{2, 0, 0, 0, 0, 0, 0, 1}};
	t.u.update.nexthop_family = FAM_IP6;
	t.u.update.nexthop = linklocal(1, 1);
	begin(c, 1, &w);
	for (uint32_t k = 0; k < c->table.n; k++) {
		t.u.update.pair = table_pair(&c->table, k);
		if (packet_put(&w, &t))
			continue;
		keep(c, &w);
		begin(c, 1, &w);
		packet_put(&w, &t);
	}
	keep(c, &w);
}

static void announce(struct core *c)
{
	for (size_t k = 0; k < c->n_packets; k++)
		deliver(c, 1, c->packets[k]);
}

static bool on_view(void *ctx, const struct babel_route_view *v)
{
	struct core *c = ctx;

	c->walked += v->selected;
	return true;
}

/* ---- Phases ---- */

typedef void phase(struct core *c);

static __attribute__((noinline)) void phase_new(struct core *c)
{
	announce(c);
}

static __attribute__((noinline)) void phase_refresh(struct core *c)
{
	announce(c);
}

/* What is done beside the packets: timers, and dumps to the other interface. */
static __attribute__((noinline)) void phase_rest(struct core *c)
{
	until(c, mono_add(c->now, REFRESH));
}

static __attribute__((noinline)) void phase_seqno(struct core *c)
{
	announce(c);
}

static __attribute__((noinline)) void phase_metric(struct core *c)
{
	announce(c);
}

static __attribute__((noinline)) void phase_retract(struct core *c)
{
	announce(c);
}

static __attribute__((noinline)) void phase_walk(struct core *c)
{
	babel_each_route(c->b, NULL, c->now, on_view, c);
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(struct core *c, const char *name, phase *run)
{
	size_t sent = c->sent, routes = c->routes;
	double t0 = cpu();

	run(c);
	if (c->json) {
		printf(" \"%s, ns\": %.1f,\n", name, (cpu() - t0) * 1e9 / c->table.n);
		return;
	}
	printf("%-10s %8.0f ns a route, %7zu packets, %7zu choices\n", name,
	       (cpu() - t0) * 1e9 / c->table.n, c->sent - sent, c->routes - routes);
}

static bool on_memory(void *ctx, const struct memtag *t)
{
	const struct core *c = ctx;

	if (t->bytes >= c->table.n && c->json)
		printf(" \"%s, octets\": %.1f,\n", t->name, (double)t->bytes / c->table.n);
	else if (t->bytes >= c->table.n)
		printf("    %-32s %8.1f octets a route, %zu\n", t->name,
		       (double)t->bytes / c->table.n, t->count);
	return true;
}

/* What the process has in RAM. */
static double resident(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	malloc_trim(0); /* as the daemon does after a burst, lib/io */
	if (!f || fscanf(f, "%*u %lu", &pages) != 1)
		die("statm");
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void start(struct core *c)
{
	const struct babel_config config = {.router_id = {{2, 0, 0, 0, 0, 0, 0, 9}}};
	const struct babel_env env = {
		.send = on_send, .route = on_route, .random = on_random, .note = on_note};
	const struct babel_if_config ifc = {
		.split_horizon = true,
		.rxcost = 96,
		.hello_interval = 4 * USEC_PER_SEC,
		.update_interval = REFRESH,
	};

	c->b = babel_new(&config, &env, c, c->now);
	for (ifid_t i = 1; i <= c->interfaces; i++) {
		const struct babel_if_info info = {
			.name = i == 1 ? "in" : "out", .linklocal = linklocal(0, i), .mtu = 1500};

		babel_if_up(c->b, i, &info, &ifc, c->now);
	}
	until(c, mono_add(c->now, 5 * USEC_PER_SEC));
}

int main(int argc, char **argv)
{
	static struct core c = {.now = {USEC_PER_SEC}, .seqno = 1, .interfaces = 1};
	double before;

	c.json = argc > 1 && strcmp(argv[1], "--json") == 0;
	argc -= c.json;
	argv += c.json;
	if (c.json)
		puts("{");
	c.table.n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 100000;
	c.table.sources = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 4;
	c.interfaces += argc > 3;
	start(&c);
	prepare(&c, 256);
	before = resident();
	measure(&c, "new", phase_new);
	measure(&c, "rest", phase_rest);
	babel_each_memory(c.b, on_memory, &c);
	printf(c.json ? " \"%s, octets\": %.1f,\n" : "    %-32s %8.1f octets a route\n", "in RAM",
	       (resident() - before) / c.table.n);
	for (unsigned int k = 0; k < ROUNDS; k++) {
		measure(&c, "refresh", phase_refresh);
		measure(&c, "rest", phase_rest);
	}
	c.seqno++;
	prepare(&c, 256);
	measure(&c, "seqno", phase_seqno);
	measure(&c, "rest", phase_rest);
	c.seqno++; /* so that it is feasible */
	prepare(&c, 512);
	measure(&c, "metric", phase_metric);
	measure(&c, "rest", phase_rest);
	measure(&c, "walk", phase_walk);
	prepare(&c, BABEL_INFINITY);
	measure(&c, "retract", phase_retract);
	measure(&c, "rest", phase_rest);
	if (c.json)
		printf(" \"routes\": %u\n}\n", c.table.n);
	babel_free(c.b);
	return c.walked == c.table.n ? 0 : 1;
}
