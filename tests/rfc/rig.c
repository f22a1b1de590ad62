/* SPDX-License-Identifier: MIT */
/* One protocol core among scripted neighbours. */
#include "tests/rfc/rig.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO_EVERY (4 * SEC)
#define IHU_HELLOS  3 /* an IHU with every third */

struct router_id rid(unsigned int n)
{
	return (struct router_id){.b = {2, 0, 0, 0, 0, 0, 0, (uint8_t)n}};
}

struct addr rig_addr(const char *text)
{
	enum family f;
	struct addr a;

	assert_true(addr_parse(text, &f, &a));
	return a;
}

struct sdprefix rig_pair(const char *text)
{
	const char *from = strstr(text, " from ");
	struct prefix dst, src;
	struct sdprefix pair;
	char d[64] = "";

	memcpy(d, text, from ? (size_t)(from - text) : strlen(text));
	assert_true(prefix_parse(d, &dst));
	if (from)
		assert_true(prefix_parse(from + strlen(" from "), &src));
	assert_true(sdprefix_make(&pair, &dst, from ? &src : NULL));
	return pair;
}

struct addr rig_own_addr(ifid_t ifid)
{
	struct addr a = rig_addr("fe80::d:0");

	a.b[15] = (uint8_t)ifid;
	return a;
}

/* ---- env ---- */

static uint32_t on_random(void *ctx)
{
	struct rig *r = ctx;

	r->random = r->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->random >> 32);
}

static void *grown(void *v, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return v;
	*room = *room ? 2 * *room : 256;
	v = realloc(v, *room * size);
	assert_non_null(v);
	return v;
}

static void on_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct addr from = rig_own_addr(via);
	struct rig *r = ctx;
	struct packet_parser parser;
	enum tlv_verdict v;
	struct tlv t;

	r->packets = grown(r->packets, r->n_packets, &r->room_packets, sizeof(*r->packets));
	r->packets[r->n_packets] = (struct rig_packet){
		.at = r->now, .ifid = via, .group = !to, .len = datagram.len};
	if (to)
		r->packets[r->n_packets].to = *to;
	r->packets[r->n_packets].octets = malloc(datagram.len);
	assert_non_null(r->packets[r->n_packets].octets);
	memcpy(r->packets[r->n_packets].octets, datagram.p, datagram.len);
	assert_int_equal(packet_open(&parser, datagram, FAM_IP6, &from), PACKET_OK);
	while (packet_next(&parser, &t, &v)) {
		assert_true(v == TLV_OK || v == TLV_STATE_ONLY || v == TLV_PADDING);
		if (v != TLV_OK)
			continue;
		r->sent = grown(r->sent, r->n_sent, &r->room_sent, sizeof(*r->sent));
		r->sent[r->n_sent] = (struct rig_sent){
			.at = r->now, .ifid = via, .group = !to, .packet = r->n_packets, .tlv = t};
		if (to)
			r->sent[r->n_sent].to = *to;
		r->n_sent++;
	}
	r->n_packets++;
}

static struct rig_choice *choice_of(struct rig *r, const struct sdprefix *pair)
{
	unsigned int k = 0;

	while (k < r->n_choices && !sdprefix_eq(&r->choices[k].pair, pair))
		k++;
	if (k == RIG_CHOICES)
		return NULL;
	if (k == r->n_choices)
		r->choices[r->n_choices++].pair = *pair;
	return &r->choices[k];
}

static void on_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	struct rig_choice *have = choice_of(ctx, pair);

	if (!have)
		return; /* a test of many pairs, which doesn't look at them one by one */
	have->changes += have->c.kind != c->kind || addr_cmp(&have->c.nexthop, &c->nexthop) != 0;
	have->c = *c;
	have->told++;
}

static void on_note(void *ctx, const struct babel_note *n)
{
	((struct rig *)ctx)->notes[n->kind]++;
}

static mono_t on_clock(void *ctx)
{
	const struct rig *r = ctx;

	return mono_add(r->now, r->late);
}

static void on_remember(void *ctx, uint32_t place, const struct babel_memory *m)
{
	struct rig *r = ctx;

	assert_in_range(place, 1, r->n_memory + 1);
	if (place > r->n_memory) {
		r->memory = grown(r->memory, r->n_memory, &r->room_memory, sizeof(*r->memory));
		r->n_memory++;
	}
	r->memory[place - 1] = (struct rig_memory){.used = m != NULL};
	if (m)
		r->memory[place - 1].m = *m;
}

static uint64_t stir(uint64_t h, struct span s)
{
	h = (h ^ s.len) * 0x9e3779b97f4a7c15u;
	for (size_t k = 0; k < s.len; k++) {
		h = (h ^ s.p[k]) * 0x100000001b3u;
		h ^= h >> 29;
	}
	return h;
}

void rig_mac(uint32_t key, struct span pseudo, struct span octets, uint8_t out[BABEL_MAC_MAX])
{
	for (unsigned int lane = 0; lane < BABEL_MAC_MAX / 8; lane++) {
		uint64_t h = stir(stir(0xcbf29ce484222325u + key * 31 + lane, pseudo), octets);

		for (unsigned int k = 0; k < 8; k++, h >>= 8)
			out[8 * lane + k] = (uint8_t)h;
	}
}

static bool on_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		   uint8_t out[BABEL_MAC_MAX])
{
	((struct rig *)ctx)->macs++;
	rig_mac(key, pseudo, octets, out);
	return true;
}

/* ---- life ---- */

static const struct babel_env env = {
	.send = on_send,
	.route = on_route,
	.random = on_random,
	.note = on_note,
	.clock = on_clock,
	.remember = on_remember,
	.mac = on_mac,
};

void rig_reborn(struct rig *r, bool memory)
{
	struct babel_config config = {.router_id = rid(OWN_ID)};
	struct babel_persist persist;

	babel_persist_get(r->b, &persist);
	babel_free(r->b);
	r->started = 0;
	r->b = babel_new(&config, &env, r, r->now);
	if (!memory) {
		r->n_memory = 0;
		return;
	}
	babel_persist_set(r->b, &persist);
	for (uint32_t k = 0; k < r->n_memory; k++)
		if (r->memory[k].used)
			babel_recall(r->b, k + 1, &r->memory[k].m, r->now);
}

struct rig *rig_new_with(uint16_t seqno, uint16_t hello_seqno)
{
	struct babel_config config = {.router_id = rid(OWN_ID)};
	struct babel_persist persist = {
		.router_id = rid(OWN_ID), .seqno = seqno, .remembers = true, .n = 1};
	const char *seed = getenv("SRCDEST_TEST_SEED");
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->random = seed ? strtoull(seed, NULL, 0) : 8966;
	r->now = (mono_t){1000 * SEC};
	r->mtu = 1500;
	r->config = (struct babel_if_config){
		.type = BABEL_WIRED,
		.split_horizon = true,
		.rxcost = 96,
		.hello_interval = 4 * SEC,
		.update_interval = 16 * SEC,
		.rtt = {.decay = 42, .min = 10 * MSEC, .max = 120 * MSEC, .max_penalty = 150},
	};
	/* So long ago that nobody remembers what it told before. */
	r->b = babel_new(&config, &env, r, (mono_t){r->now.us - 400 * SEC});
	strcpy(persist.ifs[0].name, "eth1");
	persist.ifs[0].hello_seqno = hello_seqno;
	babel_persist_set(r->b, &persist);
	return r;
}

struct rig *rig_new(void)
{
	return rig_new_with(OWN_SEQNO, 1);
}

void rig_free(struct rig *r)
{
	babel_free(r->b);
	free(r->sent);
	for (size_t k = 0; k < r->n_packets; k++)
		free(r->packets[k].octets);
	free(r->packets);
	free(r->memory);
	free(r);
}

void rig_restart(struct rig *r, const struct babel_persist *saved)
{
	struct babel_config config = {.router_id = rid(OWN_ID)};

	babel_free(r->b);
	r->b = babel_new(&config, &env, r, r->now);
	babel_persist_set(r->b, saved);
	r->started = 0;
}

void rig_if(struct rig *r, ifid_t ifid)
{
	struct babel_if_info info = {.linklocal = rig_own_addr(ifid),
				     .have_ip4 = r->ip4,
				     .ip4 = addr_ip4(192, 0, 2, (uint8_t)ifid),
				     .mtu = r->mtu};
	char name[16];

	snprintf(name, sizeof(name), "eth%u", ifid);
	info.name = name;
	babel_if_up(r->b, ifid, &info, &r->config, r->now);
	if (!(r->started & 1u << ifid))
		rig_pass(r, SEC);
	r->started |= 1u << ifid;
}

static struct rig_nb *first_to_speak(struct rig *r)
{
	struct rig_nb *first = NULL;

	for (unsigned int k = 0; k < r->n_nb; k++)
		if (r->nb[k].alive && (!first || mono_before(r->nb[k].next, first->next)))
			first = &r->nb[k];
	return first;
}

static void keep_alive(struct rig_nb *n)
{
	n->next = mono_add(n->r->now, HELLO_EVERY);
	rig_hello(n, n->hello, 400);
	if (n->hellos % IHU_HELLOS == 0)
		rig_ihu(n, n->rxcost, 1200);
}

void rig_pass(struct rig *r, usec_t d)
{
	mono_t end = mono_add(r->now, d);

	for (;;) {
		struct rig_nb *n = first_to_speak(r);
		mono_t due = babel_next_deadline(r->b), talk = n ? n->next : MONO_NEVER;
		mono_t next = mono_min(due, talk);

		if (mono_before(end, next))
			break;
		if (mono_before(r->now, next))
			r->now = next;
		if (!mono_before(talk, due)) {
			babel_run_due(r->b, r->now);
			assert_true(mono_before(r->now, babel_next_deadline(r->b)));
			r->runs++;
		} else {
			keep_alive(n);
		}
	}
	r->now = end;
}

/* ---- neighbours ---- */

struct rig_nb *rig_stranger(struct rig *r, ifid_t ifid, const char *addr)
{
	struct rig_nb *n = &r->nb[r->n_nb++];

	assert_true(r->n_nb <= RIG_NBS);
	*n = (struct rig_nb){.r = r, .ifid = ifid, .addr = rig_addr(addr), .rxcost = 96};
	return n;
}

struct rig_nb *rig_nb(struct rig *r, ifid_t ifid, const char *addr)
{
	struct rig_nb *n = rig_stranger(r, ifid, addr);

	for (unsigned int k = 0; k < 3; k++)
		rig_hello(n, n->hello, 400);
	rig_ihu(n, n->rxcost, 1200);
	n->alive = true;
	n->next = mono_add(r->now, HELLO_EVERY);
	assert_int_equal(rig_cost(n), 96);
	return n;
}

/* Zeroes the interval of that TLV, which the writer would refuse. In all
 * TLVs that have one it is in the same place. */
static void zero_interval(uint8_t *p, size_t len, enum tlv_type type)
{
	for (size_t i = BABEL_HEADER_LEN; i + 1 < len; i += 2 + (size_t)p[i + 1])
		if (p[i] == type)
			p[i + 6] = p[i + 7] = 0;
}

void rig_datagram(struct rig_nb *n, bool group, struct span octets)
{
	struct babel_datagram d = {
		.ifid = n->ifid,
		.from = n->addr,
		.to = group ? babel_group : rig_own_addr(n->ifid),
		.arrived = mono_add(n->r->now, -n->r->stall),
		.octets = octets,
	};

	babel_packet(n->r->b, &d, n->r->now);
}

static void say_all(struct rig_nb *n, const struct tlv *t, size_t count, bool group, bool zero)
{
	struct packet_writer w;
	struct span datagram;
	uint8_t buf[512], *copy;

	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &n->addr);
	for (size_t k = 0; k < count; k++)
		assert_true(tlv_may_send(&t[k]) && packet_put(&w, &t[k]));
	datagram = packet_end(&w);
	copy = malloc(datagram.len); /* of its size, for the sanitizer */
	assert_non_null(copy);
	memcpy(copy, datagram.p, datagram.len);
	if (zero)
		zero_interval(copy, datagram.len, t->type);
	rig_datagram(n, group, span_of(copy, datagram.len));
	free(copy);
}

static void say(struct rig_nb *n, const struct tlv *t, bool group, bool zero)
{
	say_all(n, t, 1, group, zero);
}

void rig_say_all(struct rig_nb *n, const struct tlv *t, size_t count)
{
	say_all(n, t, count, true, false);
}

void rig_say(struct rig_nb *n, const struct tlv *t)
{
	say(n, t, true, false);
}

void rig_say_unicast(struct rig_nb *n, const struct tlv *t)
{
	say(n, t, false, false);
}

void rig_hello(struct rig_nb *n, uint16_t seqno, uint16_t cs)
{
	struct tlv t = {.type = TLV_HELLO, .u.hello = {.seqno = seqno, .interval = {cs}}};

	n->hello = (uint16_t)(seqno + 1);
	n->hellos++;
	rig_say(n, &t);
}

void rig_unicast_hello(struct rig_nb *n, uint16_t seqno, uint16_t cs)
{
	struct tlv t = {.type = TLV_HELLO, .u.hello = {.unicast = true, .seqno = seqno, .interval = {cs}}};

	rig_say_unicast(n, &t);
}

void rig_ihu(struct rig_nb *n, uint16_t rxcost, uint16_t cs)
{
	struct tlv t = {.type = TLV_IHU};

	n->rxcost = rxcost;
	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = rig_own_addr(n->ifid);
	t.u.ihu.rxcost = rxcost;
	t.u.ihu.interval.cs = cs ? cs : 1;
	say(n, &t, true, cs == 0);
}

struct tlv rig_update_tlv(const struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
			  uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};

	t.u.update.pair = rig_pair(pair);
	t.u.update.metric = metric;
	t.u.update.seqno = seqno;
	t.u.update.interval.cs = LONG;
	if (metric == INF)
		return t;
	t.u.update.have_router_id = t.u.update.have_nexthop = true;
	t.u.update.router_id = rid(id);
	t.u.update.nexthop = sdprefix_family(&t.u.update.pair) == FAM_IP4
				     ? addr_ip4(192, 0, 2, n->addr.b[15])
				     : n->addr;
	return t;
}

void rig_update_every(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		      uint16_t metric, uint16_t cs)
{
	struct tlv t = rig_update_tlv(n, pair, id, seqno, metric);

	t.u.update.interval.cs = cs ? cs : 1;
	say(n, &t, true, cs == 0);
}

void rig_update(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		uint16_t metric)
{
	rig_update_every(n, pair, id, seqno, metric, LONG);
}

void rig_retract(struct rig_nb *n, const char *pair)
{
	rig_update(n, pair, 0, 0, INF);
}

void rig_route_request(struct rig_nb *n, const char *pair)
{
	struct tlv t = {.type = TLV_ROUTE_REQUEST};

	t.u.route_request.wildcard = !pair;
	if (pair)
		t.u.route_request.pair = rig_pair(pair);
	rig_say(n, &t);
}

void rig_seqno_request(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		       uint8_t hops)
{
	struct tlv t = {.type = TLV_SEQNO_REQUEST};

	t.u.seqno_request.pair = rig_pair(pair);
	t.u.seqno_request.router_id = rid(id);
	t.u.seqno_request.seqno = seqno;
	t.u.seqno_request.hop_count = hops;
	rig_say(n, &t);
}

void rig_ack_request(struct rig_nb *n, uint16_t opaque, uint16_t cs)
{
	struct tlv t = {.type = TLV_ACK_REQUEST};

	t.u.ack_request.opaque = opaque;
	t.u.ack_request.interval.cs = cs ? cs : 1;
	say(n, &t, true, cs == 0);
}

void rig_local(struct rig *r, const char *pair)
{
	struct sdprefix p = rig_pair(pair);

	babel_local_add(r->b, &p, 0, r->now);
}

/* ---- what was said ---- */

void rig_mark(struct rig *r)
{
	r->mark = r->n_sent;
	r->packet_mark = r->n_packets;
}

const struct rig_sent *rig_next(const struct rig *r, const struct rig_sent *prev, ifid_t ifid,
				enum tlv_type type)
{
	size_t k = prev ? (size_t)(prev - r->sent) + 1 : r->mark;

	for (; k < r->n_sent; k++)
		if (r->sent[k].tlv.type == type && (!ifid || r->sent[k].ifid == ifid))
			return &r->sent[k];
	return NULL;
}

const struct rig_sent *rig_next_update(const struct rig *r, const struct rig_sent *prev,
				       ifid_t ifid, const char *pair)
{
	struct sdprefix p = rig_pair(pair);

	while ((prev = rig_next(r, prev, ifid, TLV_UPDATE)))
		if (!prev->tlv.u.update.wildcard && sdprefix_eq(&prev->tlv.u.update.pair, &p))
			return prev;
	return NULL;
}

const struct rig_sent *rig_next_seqno_request(const struct rig *r, const struct rig_sent *prev,
					      ifid_t ifid, const char *pair)
{
	struct sdprefix p = rig_pair(pair);

	while ((prev = rig_next(r, prev, ifid, TLV_SEQNO_REQUEST)))
		if (sdprefix_eq(&prev->tlv.u.seqno_request.pair, &p))
			return prev;
	return NULL;
}

bool rig_is_to(const struct rig_sent *s, const struct rig_nb *n)
{
	return !s->group && s->ifid == n->ifid && addr_cmp(&s->to, &n->addr) == 0;
}

usec_t rig_since(const struct rig_sent *s, mono_t t)
{
	return mono_sub(s->at, t);
}

void rig_after_update(struct rig *r, ifid_t ifid, const char *pair)
{
	rig_pass(r, 5 * SEC); /* whatever was going on */
	rig_mark(r);
	for (unsigned int k = 0; k < 1000 && !rig_next_update(r, NULL, ifid, pair); k++)
		rig_pass(r, 20 * MSEC);
	assert_non_null(rig_next_update(r, NULL, ifid, pair));
	rig_mark(r);
}

/* ---- what is held ---- */

struct look {
	const struct rig_nb *n;
	struct sdprefix pair;
	struct router_id id;
	bool found;
	unsigned int count;
	struct babel_neigh_view neigh;
	struct babel_route_view route;
	struct babel_source_view source;
};

static bool see_neigh(void *ctx, const struct babel_neigh_view *v)
{
	struct look *l = ctx;

	if (v->ifid != l->n->ifid || addr_cmp(&v->addr, &l->n->addr) != 0)
		return true;
	l->neigh = *v;
	l->found = true;
	return false;
}

bool rig_neigh(const struct rig_nb *n, struct babel_neigh_view *out)
{
	struct look l = {.n = n};

	babel_each_neigh(n->r->b, see_neigh, &l);
	if (l.found && out)
		*out = l.neigh;
	return l.found;
}

uint16_t rig_cost(const struct rig_nb *n)
{
	struct babel_neigh_view v;

	assert_true(rig_neigh(n, &v));
	return v.cost;
}

static bool see_route(void *ctx, const struct babel_route_view *v)
{
	struct look *l = ctx;

	if (!sdprefix_eq(&v->pair, &l->pair) || !v->ifid)
		return true;
	l->count++;
	if (l->n && (v->ifid != l->n->ifid || addr_cmp(&v->neigh, &l->n->addr) != 0))
		return true;
	l->route = *v;
	l->found = true;
	return true;
}

bool rig_route(const struct rig_nb *n, const char *pair, struct babel_route_view *out)
{
	struct look l = {.n = n, .pair = rig_pair(pair)};

	babel_each_route(n->r->b, NULL, n->r->now, see_route, &l);
	if (l.found && out)
		*out = l.route;
	return l.found;
}

unsigned int rig_routes(const struct rig *r, const char *pair)
{
	struct look l = {.pair = rig_pair(pair)};

	babel_each_route(r->b, NULL, r->now, see_route, &l);
	return l.count;
}

bool rig_feasible(const struct rig_nb *n, const char *pair)
{
	struct babel_route_view v;

	assert_true(rig_route(n, pair, &v));
	return v.feasible;
}

const struct rig_nb *rig_selected(struct rig *r, const char *pair)
{
	const struct rig_nb *found = NULL;
	struct babel_route_view v;

	for (unsigned int k = 0; k < r->n_nb; k++) {
		if (!rig_route(&r->nb[k], pair, &v) || !v.selected)
			continue;
		assert_null(found);
		found = &r->nb[k];
	}
	return found;
}

static bool see_source(void *ctx, const struct babel_source_view *v)
{
	struct look *l = ctx;

	if (!sdprefix_eq(&v->pair, &l->pair) || !router_id_eq(&v->router_id, &l->id))
		return true;
	l->source = *v;
	l->found = true;
	return false;
}

bool rig_fd(const struct rig *r, const char *pair, unsigned int id, uint16_t *seqno,
	    uint16_t *metric)
{
	struct look l = {.pair = rig_pair(pair), .id = rid(id)};

	babel_each_source(r->b, NULL, see_source, &l);
	if (!l.found)
		return false;
	*seqno = l.source.seqno;
	*metric = l.source.metric;
	return true;
}

bool rig_fd_is(const struct rig *r, const char *pair, unsigned int id, uint16_t seqno,
	       uint16_t metric)
{
	uint16_t s, m;

	return rig_fd(r, pair, id, &s, &m) && s == seqno && m == metric;
}

static bool see_request(void *ctx, const struct babel_request_view *v)
{
	struct look *l = ctx;

	l->found |= sdprefix_eq(&v->pair, &l->pair) && router_id_eq(&v->router_id, &l->id);
	return !l->found;
}

bool rig_pending(const struct rig *r, const char *pair, unsigned int id)
{
	struct look l = {.pair = rig_pair(pair), .id = rid(id)};

	babel_each_request(r->b, see_request, &l);
	return l.found;
}

const struct rig_choice *rig_choice(struct rig *r, const char *pair)
{
	struct sdprefix p = rig_pair(pair);
	const struct rig_choice *c = choice_of(r, &p);

	assert_non_null(c);
	return c;
}
