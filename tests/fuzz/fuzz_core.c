/* SPDX-License-Identifier: MIT */
/*
 * The protocol core under arbitrary stories: packets good and bad, time,
 * interfaces, local routes. After each step what it shows, what it chose and
 * what it said must agree.
 *
 * The input is a list of events: an octet that names one and the octets it
 * takes; see `step`.
 */
#include "tests/fuzz/driver.h"

#include <stdlib.h>
#include <string.h>

#include "babeld/core/babel.h"
#include "lib/base/cursor.h"

const unsigned long fuzz_runs = 12000;

#define IFS	   3
#define PEERS	   4
#define PAIRS	   24
#define IDS	   4
#define EVENTS_MAX 400

struct story {
	struct babel *b;
	mono_t now;
	uint32_t random;
	bool up[IFS + 1];
	bool able, via6; /* what can be installed */
	bool local[PAIRS];
	struct babel_if_info info[IFS + 1];
	struct babel_if_config config[IFS + 1];
	uint16_t hello[IFS + 1][PEERS];
	uint32_t stamp[IFS + 1]; /* of the last Hello that had one */
	/* What env was told, and the last finite Update of each (pair, id). */
	struct babel_choice choice[PAIRS];
	unsigned int others; /* choices for pairs that are not ours to name */
	struct tlv_update last;
	bool said;
	/* Used while looking. */
	unsigned int selected[PAIRS];
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct addr peer_addr(ifid_t i, unsigned int peer)
{
	return (struct addr){{0xfe, 0x80, [13] = (uint8_t)i, [15] = (uint8_t)(0x10 + peer)}};
}

/* Nested destinations of both families, plain and with two sources. */
static struct sdprefix pair_of(unsigned int k)
{
	static const uint8_t plens[] = {0, 32, 48, 64};
	struct addr a = {{0x20, 1, 0x0d, 0xb8, 0, (uint8_t)(1 + k % 2), 0, 1}};
	struct addr s = {{0x20, 1, 0x0d, 0xb8, 0xff, (uint8_t)(k / 8 % 3)}};
	struct prefix dst, src;
	struct sdprefix p;

	if (k % 8 == 7) {
		a = addr_ip4(198, 51, 100, 0);
		s = addr_ip4(203, 0, 113, 0);
	}
	must(prefix_make(&dst, k % 8 == 7 ? FAM_IP4 : FAM_IP6, &a, k % 8 == 7 ? 24 : plens[k % 4]));
	must(prefix_make(&src, (enum family)dst.family, &s,
			 k / 8 % 3 == 0 ? 0
			 : k % 8 == 7	? 24
					: 48));
	must(sdprefix_make(&p, &dst, &src));
	return p;
}

static unsigned int index_of(const struct sdprefix *p)
{
	for (unsigned int k = 0; k < PAIRS; k++) {
		struct sdprefix q = pair_of(k);

		if (sdprefix_eq(&q, p))
			return k;
	}
	return PAIRS;
}

static struct router_id id_of(unsigned int k)
{
	return (struct router_id){{0, 0, 0, 0, 0, 0, 0, (uint8_t)(1 + k)}}; /* 0: ours */
}

/* RFC 9616 3.2: none unless enabled, and an IHU's only beside a Hello's. */
static void check_stamps(struct story *s, ifid_t via, const struct tlv *t, bool *hello)
{
	if (t->type == TLV_HELLO) {
		must(t->u.hello.stamped == s->config[via].rtt.on);
		*hello |= t->u.hello.stamped;
		if (t->u.hello.stamped)
			s->stamp[via] = t->u.hello.sent;
	} else if (t->type == TLV_IHU) {
		must(!t->u.ihu.stamped || *hello);
	}
}

/* RFC 9229 2.1 */
static void check_encoding(const struct story *s, ifid_t via, const struct tlv_update *u)
{
	if (sdprefix_family(&u->pair) != FAM_IP4)
		return;
	if (u->nexthop_family == FAM_IP6)
		must(!s->info[via].have_ip4 && s->config[via].v4_via_v6 && s->via6);
	else
		must(s->info[via].have_ip4);
}

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct story *s = ctx;
	struct packet_parser parser;
	enum tlv_verdict v;
	bool hello = false;
	struct tlv t;

	must(via >= 1 && via <= IFS && s->up[via]);
	must(!to || addr_is_linklocal(FAM_IP6, to));
	must(datagram.len <= 1500 - 48);
	must(packet_open(&parser, datagram, FAM_IP6, &s->info[via].linklocal) == PACKET_OK);
	while (packet_next(&parser, &t, &v)) {
		must(v == TLV_OK || v == TLV_STATE_ONLY || v == TLV_PADDING);
		if (v != TLV_OK)
			continue;
		must(tlv_may_send(&t));
		check_stamps(s, via, &t, &hello);
		must(t.type != TLV_ACK || to); /* RFC 8966 3.3 */
		must(!s->config[via].rfc6126 || !tlv_is_sourced(&t)); /* RFC 9079 6 */
		must(!s->config[via].rfc6126 || t.type != TLV_HELLO || t.u.hello.interval.cs);
		if (t.type != TLV_UPDATE || t.u.update.metric == BABEL_INFINITY)
			continue;
		must(s->able || sdprefix_is_plain(&t.u.update.pair)); /* RFC 9079 4 */
		check_encoding(s, via, &t.u.update);
		s->last = t.u.update;
		s->said = true;
	}
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	struct story *s = ctx;
	unsigned int k = index_of(pair);

	if (c->kind == CHOICE_ROUTE) {
		must(c->metric != BABEL_INFINITY);
		must(s->able || sdprefix_is_plain(pair));
		must(s->via6 || c->nexthop_family == sdprefix_family(pair)); /* RFC 9229 2.2 */
	}
	if (k < PAIRS)
		s->choice[k] = *c;
}

static uint32_t env_random(void *ctx)
{
	struct story *s = ctx;

	s->random = s->random * 1664525 + 1013904223;
	return s->random;
}

static void env_note(void *ctx, const struct babel_note *n)
{
	(void)ctx, (void)n;
}

static bool see_route(void *ctx, const struct babel_route_view *v)
{
	struct story *s = ctx;
	unsigned int k = index_of(&v->pair);
	struct router_id own = id_of(0);

	if (v->local || !v->selected)
		return true;
	must(v->metric != BABEL_INFINITY && v->feasible); /* RFC 8966 3.6 */
	must(s->up[v->ifid]);
	must(!router_id_eq(&v->router_id, &own)); /* RFC 8966 3.7.3 */
	if (k == PAIRS)
		return true;
	must(!s->local[k] && !s->selected[k]);
	s->selected[k]++;
	must(s->choice[k].kind == CHOICE_ROUTE && s->choice[k].ifid == v->ifid);
	must(s->choice[k].metric == v->metric);
	must(addr_cmp(&s->choice[k].nexthop, &v->nexthop) == 0);
	must(s->choice[k].nexthop_family == v->nexthop_family);
	return true;
}

static bool see_neigh(void *ctx, const struct babel_neigh_view *v)
{
	const struct babel_rtt_config *c = &((struct story *)ctx)->config[v->ifid].rtt;

	must(v->cost > 0); /* RFC 8966 3.4.3 */
	must(!v->have_rtt || (c->on && v->rtt >= 0 && v->rtt <= 180 * USEC_PER_SEC));
	must(v->have_rtt || !v->rtt_cost);
	must(v->rtt_cost <= c->max_penalty);
	return true;
}

/* RFC 8966 3.7.3: the distance is no worse than what was just said. */
static bool see_source(void *ctx, const struct babel_source_view *v)
{
	struct story *s = ctx;
	uint16_t ahead;

	if (!sdprefix_eq(&v->pair, &s->last.pair) ||
	    !router_id_eq(&v->router_id, &s->last.router_id))
		return true;
	ahead = (uint16_t)(v->seqno - s->last.seqno);
	must(ahead < 0x8000);
	must(ahead || v->metric <= s->last.metric);
	s->said = false;
	return true;
}

static void check(struct story *s)
{
	memset(s->selected, 0, sizeof(s->selected));
	babel_each_route(s->b, NULL, s->now, see_route, s);
	babel_each_neigh(s->b, see_neigh, s);
	for (unsigned int k = 0; k < PAIRS; k++)
		must((s->choice[k].kind == CHOICE_ROUTE) == (s->selected[k] == 1));
	if (s->said)
		babel_each_source(s->b, NULL, see_source, s);
	must(!s->said);
}

static void pass(struct story *s, usec_t d)
{
	mono_t end = mono_add(s->now, d);

	for (unsigned int n = 0; !mono_before(end, babel_next_deadline(s->b)); n++) {
		mono_t at = babel_next_deadline(s->b);

		must(n < 100000); /* it goes on */
		if (mono_before(s->now, at))
			s->now = at;
		s->said = false;
		babel_run_due(s->b, s->now);
		must(mono_before(s->now, babel_next_deadline(s->b)));
	}
	s->now = end;
}

static void arrive(struct story *s, ifid_t i, const struct addr *from, struct span octets)
{
	struct babel_datagram d = {.ifid = i, .from = *from, .to = babel_group, .arrived = s->now};

	d.octets = octets;
	babel_packet(s->b, &d, s->now);
}

static void hear(struct story *s, ifid_t i, unsigned int peer, const struct tlv *t)
{
	struct addr from = peer_addr(i, peer);
	struct packet_writer w;
	uint8_t buf[512];
	struct span d;

	if (!tlv_may_send(t))
		return;
	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &from);
	must(packet_put(&w, t));
	d = packet_end(&w);
	arrive(s, i, &from, d);
}

/* Time stamps that make sense, or not: RFC 9616 3.3. */
static void stamps(struct story *s, struct rd *r, ifid_t i, unsigned int peer)
{
	struct addr from = peer_addr(i, peer);
	struct tlv t[2] = {{.type = TLV_HELLO}, {.type = TLV_IHU}};
	uint8_t how = rd_u8(r), age = rd_u8(r), wait = rd_u8(r);
	struct packet_writer w;
	uint8_t buf[512];
	struct span d;

	t[0].u.hello.seqno = ++s->hello[i][peer];
	t[0].u.hello.unicast = how & 1;
	t[0].u.hello.interval.cs = 400;
	t[0].u.hello.stamped = how & 2;
	t[0].u.hello.sent = (uint32_t)(s->now.us * (how & 4 ? 3 : 1));
	t[1].u.ihu.family = FAM_IP6;
	t[1].u.ihu.addr = how & 8 ? from : s->info[i].linklocal;
	t[1].u.ihu.rxcost = 96;
	t[1].u.ihu.interval.cs = 1200;
	t[1].u.ihu.stamped = how & 16;
	t[1].u.ihu.origin = s->stamp[i] - (uint32_t)age * (how & 32 ? 1000000 : 0);
	t[1].u.ihu.received = t[0].u.hello.sent - (uint32_t)wait * (how & 64 ? 1000000 : 1000);
	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &from);
	must(packet_put(&w, &t[how >> 7]) && packet_put(&w, &t[!(how >> 7)]));
	d = packet_end(&w);
	arrive(s, i, &from, d);
}

static void hello_and_ihu(struct story *s, ifid_t i, unsigned int peer, uint8_t how)
{
	struct tlv t = {.type = TLV_HELLO};

	s->hello[i][peer] = (uint16_t)(s->hello[i][peer] + 1 + (how & 1 ? how >> 4 : 0));
	t.u.hello.seqno = s->hello[i][peer];
	t.u.hello.unicast = how & 2;
	t.u.hello.interval.cs = how & 4 ? 0 : 400;
	hear(s, i, peer, &t);
	t = (struct tlv){.type = TLV_IHU};
	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = s->info[i].linklocal;
	t.u.ihu.rxcost = how & 8 ? BABEL_INFINITY : (uint16_t)(96 + how);
	t.u.ihu.interval.cs = 1200;
	hear(s, i, peer, &t);
}

static void update(struct story *s, struct rd *r, ifid_t i, unsigned int peer)
{
	struct tlv t = {.type = TLV_UPDATE};
	uint8_t metric, flags;

	t.u.update.pair = pair_of(rd_u8(r) % PAIRS);
	t.u.update.router_id = id_of(rd_u8(r) % IDS);
	t.u.update.seqno = (uint16_t)(rd_u8(r) * 0x0101);
	metric = rd_u8(r);
	flags = rd_u8(r);
	t.u.update.metric = metric == 0xff ? BABEL_INFINITY : (uint16_t)(metric * 37);
	t.u.update.interval.cs = flags & 1 ? 50 : 1600;
	t.u.update.have_router_id = t.u.update.have_nexthop = true;
	t.u.update.nexthop = peer_addr(i, peer);
	t.u.update.nexthop_family = FAM_IP6;
	if (sdprefix_family(&t.u.update.pair) == FAM_IP4 && !(flags & 4)) {
		t.u.update.nexthop_family = FAM_IP4;
		t.u.update.nexthop = addr_ip4(192, 0, 2, (uint8_t)(100 + peer));
	}
	if (flags & 2) {
		t = (struct tlv){.type = TLV_UPDATE};
		t.u.update.wildcard = true;
		t.u.update.metric = BABEL_INFINITY;
		t.u.update.interval.cs = 1600;
	}
	hear(s, i, peer, &t);
}

static void request(struct story *s, struct rd *r, ifid_t i, unsigned int peer)
{
	struct tlv t = {.type = TLV_SEQNO_REQUEST};
	uint8_t how = rd_u8(r);

	t.u.seqno_request.pair = pair_of(rd_u8(r) % PAIRS);
	t.u.seqno_request.router_id = id_of(rd_u8(r) % IDS);
	t.u.seqno_request.seqno = (uint16_t)(rd_u8(r) * 0x0101);
	t.u.seqno_request.hop_count = how >> 2;
	if (how & 1) {
		struct sdprefix p = t.u.seqno_request.pair;

		t = (struct tlv){.type = TLV_ROUTE_REQUEST};
		t.u.route_request.wildcard = how & 2;
		if (!(how & 2))
			t.u.route_request.pair = p;
	}
	hear(s, i, peer, &t);
}

static void interface(struct story *s, ifid_t i, uint8_t how)
{
	if (how & 1) {
		babel_if_down(s->b, i, s->now);
		s->up[i] = false;
		return;
	}
	s->config[i].type = how & 2 ? BABEL_WIRELESS : BABEL_WIRED;
	s->config[i].split_horizon = how & 4;
	s->config[i].hello_interval = (how & 8 ? 1 : 4) * USEC_PER_SEC;
	s->config[i].update_interval = (how & 16 ? 3 : 16) * USEC_PER_SEC;
	s->info[i].have_ip4 = how & 32;
	s->config[i].rtt.on = how & 64;
	s->config[i].rtt.max_penalty = how & 128 ? 65535 : 150;
	s->up[i] = true;
	babel_if_up(s->b, i, &s->info[i], &s->config[i], s->now);
}

static void link(struct story *s, ifid_t i, uint8_t how)
{
	struct babel_if_config *c = &s->config[i];

	c->unicast = how & 1;
	c->unicast_hello_interval = how & 2 ? USEC_PER_SEC : 0;
	c->unscheduled_hellos = how & 4;
	c->rfc6126 = how & 8;
	c->probe_mtu = how & 16;
	c->v4_via_v6 = !(how & 128);
	c->quality = (enum babel_quality)((how >> 5) % 3);
	c->n_costs = how >> 7;
	c->costs[0] = (struct babel_neigh_cost){peer_addr(i, 0), 200, 50};
	if (s->up[i])
		babel_if_up(s->b, i, &s->info[i], c, s->now);
}

static void local(struct story *s, uint8_t how)
{
	unsigned int k = how % PAIRS;
	struct sdprefix p = pair_of(k);

	s->local[k] = how & 0x80;
	/* Pairs may coincide: all of one spelling go together. */
	for (unsigned int j = 0; j < PAIRS; j++)
		if (index_of(&p) == j)
			s->local[j] = s->local[k];
	if (s->local[k])
		babel_local_add(s->b, &p, how & 0x40 ? 50 : 0, s->now);
	else
		babel_local_del(s->b, &p, s->now);
}

static void raw(struct story *s, struct rd *r, ifid_t i, unsigned int peer)
{
	struct addr from = peer_addr(i, peer);
	size_t len = rd_u8(r);
	uint8_t *copy;
	struct span d;

	if (len > rd_left(r))
		len = rd_left(r);
	d = rd_span(r, len);
	copy = malloc(len ? len : 1); /* of exactly its size */
	must(copy);
	memcpy(copy, d.p, len);
	arrive(s, i, &from, span_of(copy, len));
	free(copy);
}

static void able(struct story *s, uint8_t how)
{
	s->able = how & 1;
	babel_set_source_specific(s->b, s->able, s->able, s->now);
	s->via6 = !(how & 2);
	babel_set_v4_via_v6(s->b, s->via6, s->now);
}

static void step(struct story *s, struct rd *r)
{
	uint8_t what = rd_u8(r);
	ifid_t i = 1 + (what >> 4) % IFS;
	unsigned int peer = what >> 6;

	s->said = false;
	switch (what & 15) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		update(s, r, i, peer);
		break;
	case 5:
	case 6:
		hello_and_ihu(s, i, peer, rd_u8(r));
		break;
	case 7:
	case 8:
		request(s, r, i, peer);
		break;
	case 9:
		interface(s, i, rd_u8(r));
		break;
	case 10:
		local(s, rd_u8(r));
		break;
	case 11:
		able(s, rd_u8(r));
		break;
	case 12:
		raw(s, r, i, peer);
		break;
	case 14:
		link(s, i, rd_u8(r));
		break;
	case 13:
		pass(s, rd_u8(r) * USEC_PER_SEC);
		break;
	case 15:
		stamps(s, r, i, peer);
		break;
	default:
		pass(s, rd_u8(r) * 10 * USEC_PER_MSEC);
		break;
	}
}

static void begin(struct story *s)
{
	static const struct babel_env env = {
		.send = env_send, .route = env_route, .random = env_random, .note = env_note};
	struct babel_config config = {.router_id = id_of(0)};

	memset(s, 0, sizeof(*s));
	s->now.us = 1;
	s->able = s->via6 = true;
	s->b = babel_new(&config, &env, s, s->now);
	for (ifid_t i = 1; i <= IFS; i++) {
		s->config[i] = (struct babel_if_config){.rxcost = 96, .v4_via_v6 = true};
		s->config[i].rtt.min = 10 * USEC_PER_MSEC;
		s->config[i].rtt.max = 120 * USEC_PER_MSEC;
		s->info[i] = (struct babel_if_info){
			.name = i == 1	 ? "a"
				: i == 2 ? "b"
					 : "c",
			.linklocal = {{0xfe, 0x80, [13] = (uint8_t)i, [15] = 1}},
			.ip4 = addr_ip4(192, 0, 2, (uint8_t)i),
			.mtu = 1500,
		};
		interface(s, i, 4 | 32);
		for (unsigned int peer = 0; peer < PEERS; peer++) {
			hello_and_ihu(s, i, peer, 0);
			hello_and_ihu(s, i, peer, 0);
		}
	}
	pass(s, USEC_PER_SEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct story s;
	struct rd r = rd_init(span_of(data, size));

	begin(&s);
	for (unsigned int n = 0; n < EVENTS_MAX && rd_left(&r); n++) {
		step(&s, &r);
		check(&s);
	}
	babel_free(s.b); /* asserts that nothing is left */
	return 0;
}

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	/* A route, a better one, retraction, request, expiry. */
	static const uint8_t routes[] = {
		0x00, 2,    1,	  7,	3, 0, 0x0e, 50, 0x10, 2,    1,	  7,	9,  0,
		0x0e, 50,   0x00, 2,	1, 7, 0xff, 0,	0x0e, 20,   0x17, 0x28, 2,  1,
		8,    0x0e, 30,	  0x10, 2, 1, 8,    9,	0,    0x0d, 60,	  0x0d, 120};
	/* Pairs of one destination, ours and theirs. */
	static const uint8_t pairs[] = {0x0a, 0x80, 0x0a, 0x88, 0x00, 8, 1,    7,  3,	 0,
					0x10, 16,   2,	  7,	3,    0, 0x0e, 90, 0x0a, 0x08,
					0x0b, 0,    0x0e, 90,	0x0b, 1, 0x0d, 5,  0x10, 16,
					2,    8,    3,	  0,	0x09, 1, 0x0d, 70, 0x09, 4};
	/* Neighbours that flap, a wireless link, wildcards. */
	static const uint8_t flaps[] = {0x19, 2,    0x15, 0,  0x15, 0,	0x15, 0xf1, 0x00, 5,
					1,    1,    1,	  1,  0x05, 8,	0x0d, 3,    0x05, 0,
					0x07, 3,    0x0e, 60, 0x00, 5,	1,    1,    1,	  2,
					0x45, 0xff, 0x0d, 20, 0x0d, 20, 0x0d, 255};
	/* Time stamps on, an exchange, a longer one, nonsense, another penalty. */
	static const uint8_t rtts[] = {
		0x09, 4 | 64,	0x0d, 5,  0x0f, 18, 0,	  10, 0x0e, 50,	 0x0f, 18,
		0,    0,	0x00, 2,  1,	7,  3,	  0,  0x0d, 5,	 0x0f, 128 | 18,
		0,    100,	0x0f, 50, 255,	0,  0x0f, 82, 0,    255, 0x0e, 9,
		0x09, 128 | 64, 0x0d, 5,  0x0f, 26, 0,	  0,  0x0d, 200, 0x09, 4};
	static const uint8_t packet[] = {0x0c, 30,   42, 2, 0, 26, 6,	 10, 0,	   0,	 2,  0,
					 0,    0,    0,	 0, 0, 5,  8,	 12, 2,	   0x80, 16, 0,
					 6,    0x40, 0,	 7, 0, 0,  0x20, 1,  0x0e, 80};
	static const struct fuzz_seed seeds[] = {
		{routes, sizeof(routes)}, {pairs, sizeof(pairs)}, {flaps, sizeof(flaps)},
		{packet, sizeof(packet)}, {rtts, sizeof(rtts)},
	};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
