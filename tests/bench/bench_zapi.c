/* SPDX-License-Identifier: MIT */
/*
 * A protocol daemon for benchmarks: hands the table of bench.h to a zebra, ours or
 * FRR's, over ZAPI alone.
 *
 *	bench_zapi SOCKET IFNAME N SOURCES
 *
 * Says "up T". Commands on standard input: add, delete ("begin T", then "sent
 * T" when the last is on its way).
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/loop.h"
#include "lib/zapi/session.h"
#include "tests/bench/bench.h"

struct daemon {
	struct loop *loop;
	struct zapi_client *zebra;
	struct table table;
	uint32_t ifindex, next;
	bool sending, add;
	struct zapi_msg m;
};

static void push(struct daemon *d)
{
	while (d->sending && d->next < d->table.n && !zapi_client_full(d->zebra)) {
		struct zapi_msg *m = &d->m;
		struct zapi_route *r = &m->u.route;
		struct addr gate = {.b = {0xfe, 0x80, [15] = 1}};

		memset(m, 0, offsetof(struct zapi_msg, u) + offsetof(struct zapi_route, nexthops));
		m->cmd = d->add ? ZAPI_ROUTE_ADD : ZAPI_ROUTE_DELETE;
		r->type = ROUTE_BABEL;
		r->safi = SAFI_UNICAST;
		r->pair = table_pair(&d->table, d->next++);
		r->message = ZAPI_MSG_NEXTHOP | ZAPI_MSG_METRIC;
		r->n_nexthops = 1;
		memset(&r->nexthops[0], 0, sizeof(r->nexthops[0]));
		r->nexthops[0].type = NEXTHOP_IP6_IFINDEX;
		r->nexthops[0].gate = gate;
		r->nexthops[0].ifindex = d->ifindex;
		r->metric = 96;
		zapi_client_send(d->zebra, m);
	}
	if (d->sending && d->next == d->table.n) {
		d->sending = false;
		say("sent", now());
	}
}

static void on_up(void *ctx, struct zapi_client *c)
{
	(void)ctx, (void)c;
	say("up", now());
}

static void on_message(void *ctx, struct zapi_client *c, const struct zapi_msg *m)
{
	(void)ctx, (void)c, (void)m;
}

static void on_down(void *ctx, struct zapi_client *c)
{
	(void)ctx, (void)c;
	say("down", now());
}

static void on_drained(void *ctx, struct zapi_client *c)
{
	(void)c;
	push(ctx);
}

static void command(void *ctx, char **words, unsigned int n)
{
	struct daemon *d = ctx;

	(void)n;
	d->add = strcmp(words[0], "add") == 0;
	d->next = 0;
	d->sending = true;
	say("begin", now());
	push(d);
}

static void on_input(void *ctx, unsigned int what)
{
	struct daemon *d = ctx;

	(void)what;
	if (!commands(command, d))
		loop_stop(d->loop);
}

int main(int argc, char **argv)
{
	static const struct zapi_client_ops ops = {.up = on_up, .message = on_message,
						   .down = on_down, .drained = on_drained};
	struct zapi_hello hello = {.type = ROUTE_BABEL};
	struct daemon d = {0};
	struct loop_fd *input;

	if (argc < 5)
		return 2;
	d.ifindex = if_nametoindex(argv[2]);
	d.table.n = (uint32_t)strtoul(argv[3], NULL, 0);
	d.table.sources = (uint32_t)strtoul(argv[4], NULL, 0);
	d.loop = loop_new();
	d.zebra = zapi_client_new(d.loop, argv[1], &hello, &ops, &d);
	input = loop_fd_new(d.loop, STDIN_FILENO, LOOP_READ, on_input, &d);
	loop_run(d.loop);
	loop_fd_free(input);
	zapi_client_free(d.zebra);
	loop_free(d.loop);
	return 0;
}
