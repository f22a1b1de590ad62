/* SPDX-License-Identifier: MIT */
/*
 * Policy of the protocol core under arbitrary stories: rules of all kinds,
 * connected prefixes, offers and Updates in any order. After each step every
 * route carries the verdict that the rules in force give on it, what is
 * refused is not used, and what is said on a link is let through there.
 *
 * The input is a list of events: an octet that names one and the octets it
 * takes; see `step`.
 */
#include "tests/fuzz/driver.h"

#include <stdlib.h>
#include <string.h>

#include "babeld/core/babel.h"
#include "lib/base/cursor.h"

const unsigned long fuzz_runs = 15000;

#define IFS	   2
#define PEERS	   2
#define RULES	   6 /* of each kind */
#define LINKS	   3
#define EVENTS_MAX 300

static const char *const names[] = {"a", "b"};

struct story {
	struct babel *b;
	mono_t now;
	uint32_t random;
	struct filter_rule rules[FILTER_KINDS][RULES];
	size_t n[FILTER_KINDS];
	bool accept;
	struct prefix links[LINKS];
	size_t n_links;
	uint16_t hello[IFS + 1][PEERS];
	bool editing; /* what is said follows from the rules to come */
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct addr own_addr(ifid_t i)
{
	return (struct addr){{0xfe, 0x80, [13] = (uint8_t)i, [15] = 1}};
}

static struct addr peer_addr(ifid_t i, unsigned int peer)
{
	return (struct addr){{0xfe, 0x80, [13] = (uint8_t)i, [15] = (uint8_t)(0x10 + peer)}};
}

static struct router_id id_of(unsigned int k)
{
	return (struct router_id){{0, 0, 0, 0, 0, 0, 0, (uint8_t)(1 + k)}}; /* 0: ours */
}

/* Nested: a longer one lies in a shorter one of its half. */
static struct prefix some_prefix(uint8_t how, unsigned int third)
{
	static const uint8_t plens[] = {0, 32, 47, 48, 64, 128};
	struct addr a = {{0x20, 1, 0x0d, 0xb8, (uint8_t)third, (uint8_t)(how & 1), 0, how & 2, 1}};
	struct prefix p;

	must(prefix_make(&p, FAM_IP6, &a, plens[(how >> 2) % 6]));
	return p;
}

static struct sdprefix some_pair(struct rd *r)
{
	struct prefix dst = some_prefix(rd_u8(r), 0), src = some_prefix(rd_u8(r), 1);
	struct sdprefix p;

	must(sdprefix_make(&p, &dst, &src));
	return p;
}

/* ---- what the rules say, by another way than the core takes ---- */

static const struct filter_rule *deciding(const struct story *s, enum filter_kind kind,
					  const struct filter_subject *about)
{
	/* Rules are numbered by their place. */
	for (size_t k = 0; k < s->n[kind]; k++)
		if (filter_judge(&s->rules[kind][k], 1, about))
			return &s->rules[kind][k];
	return NULL;
}

static bool in_a_link(const struct story *s, const struct sdprefix *p)
{
	for (size_t k = 0; k < s->n_links; k++)
		if (!prefix_is_any(&s->links[k]) && prefix_covers(&s->links[k], &p->dst))
			return !s->accept && !sdprefix_is_plain(p);
	return false;
}

static void see_refused(const struct story *s, const struct babel_route_view *v)
{
	struct filter_subject about = {
		.pair = &v->pair,
		.neigh = &v->neigh,
		.ifname = v->ifname,
		.router_id = &v->router_id,
		.metric = v->refmetric,
	};
	const struct filter_rule *r = deciding(s, FILTER_IN, &about);
	uint16_t metric = filter_metric(FILTER_IN, r, v->refmetric);

	if (v->refmetric == BABEL_INFINITY) {
		must(!v->selected && v->metric == BABEL_INFINITY && !v->rule);
		return;
	}
	if (metric == BABEL_INFINITY) {
		must(v->refusal == REFUSED_IN && v->rule == r->number);
	} else if (in_a_link(s, &v->pair)) {
		must(v->refusal == REFUSED_CONNECTED);
	} else {
		must(v->refusal == REFUSED_NOT || v->refusal == REFUSED_INSTALL);
		must(v->metric == BABEL_INFINITY || v->metric > metric);
		must(v->tag == filter_tag(r, 0));
		return;
	}
	must(!v->selected && v->metric == BABEL_INFINITY);
}

static bool see_route(void *ctx, const struct babel_route_view *v)
{
	const struct story *s = ctx;

	if (v->local)
		must(v->selected == (v->refusal != REFUSED_REDISTRIBUTE));
	else if (v->ifname)
		see_refused(s, v);
	return true;
}

/* ---- env ---- */

static void check_update(const struct story *s, ifid_t via, const struct tlv_update *u)
{
	struct filter_subject about = {
		.pair = &u->pair, .ifname = names[via - 1], .router_id = &u->router_id};
	bool some = s->n[FILTER_OUT] == 0;

	/* What the metric was before, and the tag, can't be seen here: some
	 * rule must let it through, or none decide. */
	for (size_t k = 0; k < s->n[FILTER_OUT] && !some; k++) {
		struct filter_rule bare = s->rules[FILTER_OUT][k];
		bool vague = bare.has_metric_ge || bare.has_metric_le || bare.has_tag;

		bare.has_metric_ge = bare.has_metric_le = bare.has_tag = false;
		if (!filter_judge(&bare, 1, &about))
			continue;
		some = !bare.deny;
		if (!some && !vague)
			abort();
	}
}

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct story *s = ctx;
	struct addr own = own_addr(via);
	struct packet_parser parser;
	enum tlv_verdict v;
	struct tlv t;

	(void)to;
	must(packet_open(&parser, datagram, FAM_IP6, &own) == PACKET_OK);
	while (packet_next(&parser, &t, &v))
		if (v == TLV_OK && t.type == TLV_UPDATE && t.u.update.metric != BABEL_INFINITY)
			check_update(s, via, &t.u.update);
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	struct story *s = ctx;

	must(c->kind != CHOICE_ROUTE || c->metric != BABEL_INFINITY);
	/* Not even as unreachable. */
	must(c->kind == CHOICE_NONE || s->editing || !in_a_link(s, pair));
}

static uint32_t env_random(void *ctx)
{
	struct story *s = ctx;

	s->random = s->random * 1664525 + 1013904223;
	return s->random;
}

static void env_note(void *ctx, const struct babel_note *n)
{
	(void)ctx;
	must(n->kind < NOTE_KINDS);
}

static mono_t env_clock(void *ctx)
{
	return ((struct story *)ctx)->now;
}

/* ---- events ---- */

static void pass(struct story *s, usec_t d)
{
	mono_t end = mono_add(s->now, d);

	for (unsigned int n = 0; !mono_before(end, babel_next_deadline(s->b)); n++) {
		mono_t at = babel_next_deadline(s->b);

		must(n < 100000);
		if (mono_before(s->now, at))
			s->now = at;
		babel_run_due(s->b, s->now);
	}
	s->now = end;
}

static void hear(struct story *s, ifid_t i, unsigned int peer, const struct tlv *t)
{
	struct babel_datagram d = {
		.ifid = i, .from = peer_addr(i, peer), .to = babel_group, .arrived = s->now};
	struct packet_writer w;
	uint8_t buf[512];

	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &d.from);
	must(packet_put(&w, t));
	d.octets = packet_end(&w);
	babel_packet(s->b, &d, s->now);
}

static void hello_and_ihu(struct story *s, ifid_t i, unsigned int peer)
{
	struct tlv t = {.type = TLV_HELLO};

	t.u.hello.seqno = ++s->hello[i][peer];
	t.u.hello.interval.cs = 400;
	hear(s, i, peer, &t);
	t = (struct tlv){.type = TLV_IHU};
	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = own_addr(i);
	t.u.ihu.rxcost = 96;
	t.u.ihu.interval.cs = 1200;
	hear(s, i, peer, &t);
}

static void update(struct story *s, struct rd *r, ifid_t i, unsigned int peer)
{
	struct tlv t = {.type = TLV_UPDATE};
	uint8_t metric;

	t.u.update.pair = some_pair(r);
	t.u.update.router_id = id_of(1 + rd_u8(r) % 3);
	t.u.update.seqno = rd_u8(r);
	metric = rd_u8(r);
	t.u.update.metric = metric == 0xff ? BABEL_INFINITY : (uint16_t)(metric * 250);
	t.u.update.interval.cs = 1600;
	t.u.update.have_router_id = t.u.update.have_nexthop = true;
	t.u.update.nexthop = peer_addr(i, peer);
	hear(s, i, peer, &t);
}

static struct prefix_range some_within(uint8_t how, uint8_t len, unsigned int third)
{
	struct prefix_range f = {.set = how & 0x80, .p = some_prefix(how, third)};

	if (how & 0x40)
		f.le = (uint8_t)(f.p.plen + len % (129u - f.p.plen));
	if (how & 0x20)
		f.ge = len & 0x7f;
	return f;
}

static struct filter_rule some_rule(struct rd *r, uint16_t number)
{
	struct filter_rule f = {.number = number};
	uint8_t has = rd_u8(r), which = rd_u8(r), value = rd_u8(r), how;

	how = rd_u8(r);
	f.dst = some_within(how, rd_u8(r), 0);
	how = rd_u8(r);
	f.src = some_within(how, rd_u8(r), 1);
	f.deny = has & 1;
	f.has_neigh = has & 2;
	f.neigh = peer_addr(1 + which % IFS, which / 2 % PEERS);
	if (has & 4)
		f.ifname[0] = (char)('a' + which / 4 % 2);
	f.has_router_id = has & 8;
	f.router_id = id_of(which / 8 % 4);
	f.has_metric_ge = has & 16;
	f.has_metric_le = has & 32;
	f.metric_ge = f.metric_le = value * 250u;
	f.has_tag = has & 64;
	f.tag = which / 32 % 2;
	if (has & 128) {
		f.has_set_metric = which & 64;
		f.set_metric = (uint16_t)(value * 257u < 65535 ? value * 257u : 65534);
		f.add_metric = which & 128 ? value : 0;
		f.has_set_tag = true;
		f.set_tag = value % 2;
		f.set_src_family = which & 32 ? FAM_IP6 : FAM_IP4;
		f.set_src = own_addr(9);
	}
	return f;
}

static void tell_filters(struct story *s)
{
	struct babel_filters f = {.accept_connected_specific = s->accept};

	for (unsigned int k = 0; k < FILTER_KINDS; k++) {
		f.rules[k] = s->rules[k];
		f.n[k] = s->n[k];
	}
	babel_set_filters(s->b, &f, s->now);
}

static void tell_links(struct story *s, struct rd *r)
{
	s->n_links = rd_u8(r) % (LINKS + 1);
	for (size_t k = 0; k < s->n_links; k++)
		s->links[k] = some_prefix(rd_u8(r), 0);
	s->editing = true;
	babel_set_connected(s->b, s->links, s->n_links, s->now);
	s->editing = false;
}

static void step(struct story *s, struct rd *r)
{
	uint8_t what = rd_u8(r);
	ifid_t i = 1 + (what >> 4) % IFS;
	unsigned int peer = (what >> 6) % PEERS;
	enum filter_kind kind = (enum filter_kind)((what >> 4) % FILTER_KINDS);
	struct babel_local l = {.ifname = names[peer]};
	struct sdprefix p;

	switch (what & 15) {
	case 0:
	case 1:
	case 2:
	case 3:
		update(s, r, i, peer);
		break;
	case 4:
		hello_and_ihu(s, i, peer);
		break;
	case 5:
	case 6: /* one rule more */
		if (s->n[kind] == RULES)
			break;
		s->rules[kind][s->n[kind]] = some_rule(r, (uint16_t)(s->n[kind] + 1));
		s->n[kind]++;
		tell_filters(s);
		break;
	case 7: /* another in the place of one */
		if (s->n[kind])
			s->rules[kind][0] = some_rule(r, 1);
		tell_filters(s);
		break;
	case 8:
		s->n[kind] = 0;
		tell_filters(s);
		break;
	case 9:
		s->accept = rd_u8(r) & 1;
		tell_filters(s);
		break;
	case 10:
		tell_links(s, r);
		break;
	case 11:
		p = some_pair(r);
		l.metric = rd_u8(r);
		l.tag = rd_u8(r) % 2;
		babel_local_offer(s->b, &p, &l, s->now);
		break;
	case 12:
		p = some_pair(r);
		babel_local_del(s->b, &p, s->now);
		break;
	case 13:
		pass(s, rd_u8(r) * USEC_PER_SEC);
		break;
	default:
		pass(s, rd_u8(r) * 10 * USEC_PER_MSEC);
		break;
	}
}

static void begin(struct story *s)
{
	static const struct babel_env env = {.send = env_send,
					     .route = env_route,
					     .random = env_random,
					     .note = env_note,
					     .clock = env_clock};
	struct babel_config config = {.router_id = id_of(0)};

	memset(s, 0, sizeof(*s));
	s->now.us = 1;
	s->b = babel_new(&config, &env, s, s->now);
	for (ifid_t i = 1; i <= IFS; i++) {
		struct babel_if_info info = {
			.name = names[i - 1], .linklocal = own_addr(i), .mtu = 1500};
		struct babel_if_config c = {.rxcost = 96,
					    .k = 2,
					    .j = 3,
					    .hello_interval = 4 * USEC_PER_SEC,
					    .update_interval = 16 * USEC_PER_SEC};

		babel_if_up(s->b, i, &info, &c, s->now);
		for (unsigned int peer = 0; peer < PEERS; peer++) {
			hello_and_ihu(s, i, peer);
			hello_and_ihu(s, i, peer);
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
		babel_each_route(s.b, NULL, s.now, see_route, &s);
	}
	babel_free(s.b); /* asserts that nothing is left */
	return 0;
}

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	/* A route, a rule against it, the rule goes. */
	static const uint8_t rules[] = {0x00, 0x0c, 0x0c, 0, 1, 1, 0x0e, 60, 0x05, 1,	 0,  0, 0x8c,
					0,    0,    0,	  0, 0x0e, 60, 0x08, 0x0e, 60, 0x15, 1,	 0,
					0,    0xc0, 128,  0, 0, 0x0e, 60, 0x35, 0x80, 0x40, 5, 0, 0,
					0,    0,    0x0d, 70};
	/* A link, a pair inside it, the knob. */
	static const uint8_t link[] = {0x0a, 1,	   0x0c, 0x00, 0x10, 0x0c, 0,	 1, 1,	  0x0e, 60,
				       0x09, 1,	   0x0e, 60,   0x09, 0,	   0x0e, 60, 0x0a, 0,	0x0d,
				       70};
	/* Ours, with a rule, taken back, and a neighbour's in its place. */
	static const uint8_t own[] = {0x0b, 0x0c, 0x00, 5,    1,    0x0e, 60,	0x25, 0x41, 0x20,
				      0,    0,	  0,	0,    0,    0x0e, 60,	0x00, 0x0c, 0x00,
				      0,    1,	  1,	0x28, 0x0e, 60,	  0x0c, 0x0c, 0x00, 0x0d, 20};
	static const struct fuzz_seed seeds[] = {
		{rules, sizeof(rules)}, {link, sizeof(link)}, {own, sizeof(own)}};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
