/* SPDX-License-Identifier: MIT */
/* Many cores in virtual time. */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SWEEP_DEAD  (40 * USEC_PER_SEC)
#define SWEEP_ALIVE (60 * USEC_PER_SEC)

uint64_t sim_seed(uint64_t otherwise)
{
	const char *s = getenv("SRCDEST_TEST_SEED");

	return s ? strtoull(s, NULL, 0) : otherwise;
}

uint32_t sim_random(struct sim *s, uint32_t below)
{
	uint64_t x = s->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	s->random = x;
	return (uint32_t)((x >> 32) % below);
}

static void sim_fail(const struct sim *s, const char *what)
{
	print_error("%s at %" PRId64 " us; SRCDEST_TEST_SEED=%" PRIu64 "\n", what, s->now.us,
		    s->seed);
	fail();
}

void sim_init(struct sim *s, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->seed = seed;
	s->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	s->now.us = 1000000;
	for (unsigned int k = 0; k < 8; k++)
		sim_random(s, 2);
}

/* ---- Addresses: fe80::<node>:<link> on every link. ---- */

static struct addr node_addr(unsigned int node, unsigned int link)
{
	struct addr a = {{0xfe, 0x80}};

	a.b[13] = (uint8_t)(node + 1);
	a.b[15] = (uint8_t)(link + 1);
	return a;
}

static unsigned int addr_node(const struct addr *a)
{
	return a->b[13] - 1u;
}

static struct prefix parse(const char *text)
{
	struct prefix p;

	assert_true(prefix_parse(text, &p));
	return p;
}

static struct sdprefix pair(const char *dst, const char *src)
{
	struct prefix d = parse(dst), c;
	struct sdprefix sd;

	if (src)
		c = parse(src);
	assert_true(sdprefix_make(&sd, &d, src ? &c : NULL));
	return sd;
}

/* ---- The packet queue: a heap by (moment, order). ---- */

static bool earlier(const struct sim_packet *a, const struct sim_packet *b)
{
	return a->at.us != b->at.us ? a->at.us < b->at.us : a->order < b->order;
}

static void queue_push(struct sim *s, struct sim_packet p)
{
	size_t i = s->n_heap++;

	if (s->n_heap > s->room_heap) {
		s->room_heap = s->room_heap ? 2 * s->room_heap : 256;
		s->heap = realloc(s->heap, s->room_heap * sizeof(*s->heap));
		assert_non_null(s->heap);
	}
	for (; i > 0 && earlier(&p, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = p;
}

static struct sim_packet queue_pop(struct sim *s)
{
	struct sim_packet top = s->heap[0], last = s->heap[--s->n_heap];
	size_t i = 0;

	for (;;) {
		size_t c = 2 * i + 1;

		if (c >= s->n_heap)
			break;
		if (c + 1 < s->n_heap && earlier(&s->heap[c + 1], &s->heap[c]))
			c++;
		if (!earlier(&s->heap[c], &last))
			break;
		s->heap[i] = s->heap[c];
		i = c;
	}
	s->heap[i] = last;
	return top;
}

/* ---- The env of a node. ---- */

static void deliver_later(struct sim *s, unsigned int link, unsigned int from, unsigned int to,
			  bool group, struct span d)
{
	struct sim_link *l = &s->links[link];
	struct sim_packet p = {.order = s->order++,
			       .link = link,
			       .from = from,
			       .to = to,
			       .group = group,
			       .len = d.len};
	usec_t delay = l->delay_min;

	if (sim_random(s, 1000) < l->loss)
		return;
	if (l->delay_max > l->delay_min)
		delay += sim_random(s, (uint32_t)(l->delay_max - l->delay_min));
	p.at = mono_add(s->now, delay);
	p.octets = malloc(d.len);
	assert_non_null(p.octets);
	memcpy(p.octets, d.p, d.len);
	queue_push(s, p);
}

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span d)
{
	struct sim_node *n = ctx;
	struct sim_link *l = &n->sim->links[via - 1];

	n->sim->sent++;
	if (d.len > 1500 - 48)
		sim_fail(n->sim, "a packet is larger than the MTU allows");
	for (unsigned int k = 0; k < l->ports; k++)
		if (l->node[k] != n->index && (!to || l->node[k] == addr_node(to)))
			deliver_later(n->sim, via - 1, n->index, l->node[k], !to, d);
}

static void env_route(void *ctx, const struct sdprefix *p, const struct babel_choice *c)
{
	struct sim_node *n = ctx;
	struct sim_fib *f = sim_fibs_find(&n->fib, p);

	n->sim->changed = true;
	n->sim->changes++;
	if (f && f->local) {
		if (c->kind != CHOICE_NONE)
			sim_fail(n->sim, "a choice for a local pair");
		return;
	}
	if (c->kind == CHOICE_NONE) {
		if (!f || f->stale)
			sim_fail(n->sim, "a choice is withdrawn that was never made");
		sim_fibs_del(&n->fib, f);
		free(f);
		return;
	}
	if (!f) {
		f = calloc(1, sizeof(*f));
		assert_non_null(f);
		f->entry.key = *p;
		sim_fibs_add(&n->fib, f);
	}
	f->choice = *c;
	f->stale = false;
}

static uint32_t env_random(void *ctx)
{
	struct sim_node *n = ctx;

	return sim_random(n->sim, UINT32_MAX);
}

static void env_note(void *ctx, const struct babel_note *note)
{
	struct sim_node *n = ctx;

	if (note->kind == NOTE_PACKET_BAD || note->kind == NOTE_TLV_IGNORED)
		sim_fail(n->sim, "a core did not understand another");
}

static const struct babel_env sim_env = {
	.send = env_send, .route = env_route, .random = env_random, .note = env_note};

/* ---- Topology. ---- */

unsigned int sim_add_node(struct sim *s)
{
	struct sim_node *n = &s->nodes[s->n_nodes];

	assert_true(s->n_nodes < SIM_NODES);
	n->sim = s;
	n->index = s->n_nodes;
	n->sweep = MONO_NEVER;
	sim_fibs_init(&n->fib);
	return s->n_nodes++;
}

unsigned int sim_add_link(struct sim *s, unsigned int a, unsigned int b)
{
	struct sim_link *l = &s->links[s->n_links];

	assert_true(s->n_links < SIM_LINKS);
	*l = (struct sim_link){.up = true, .delay_min = 200, .delay_max = 1000};
	l->ports = 2;
	l->node[0] = a;
	l->node[1] = b;
	return s->n_links++;
}

void sim_join(struct sim *s, unsigned int link, unsigned int node)
{
	struct sim_link *l = &s->links[link];

	assert_true(l->ports < SIM_PORTS);
	l->node[l->ports++] = node;
}

static void port_up(struct sim *s, unsigned int link, unsigned int node)
{
	struct sim_link *l = &s->links[link];
	struct babel_if_info info = {.mtu = 1500, .have_ip4 = true};
	struct babel_if_config config = {.type = l->wireless ? BABEL_WIRELESS : BABEL_WIRED,
					 .split_horizon = !l->wireless,
					 .rxcost = l->wireless ? 256 : 96,
					 .hello_interval = 4 * USEC_PER_SEC,
					 .update_interval = 16 * USEC_PER_SEC};
	char name[16];

	snprintf(name, sizeof(name), "l%u", link);
	info.name = name;
	info.linklocal = node_addr(node, link);
	info.ip4 = addr_ip4(10, (uint8_t)link, 0, (uint8_t)(node + 1));
	babel_if_up(s->nodes[node].babel, link + 1, &info, &config, s->now);
}

static void add_local(struct sim *s, struct sim_node *n, const struct sdprefix *p)
{
	struct sim_fib *f;

	babel_local_add(n->babel, p, 0, s->now);
	f = sim_fibs_find(&n->fib, p);
	if (!f) {
		f = calloc(1, sizeof(*f));
		assert_non_null(f);
		f->entry.key = *p;
		sim_fibs_add(&n->fib, f);
	}
	f->local = true;
	f->stale = false;
	s->changed = true;
}

static void fib_sweep(struct sim_node *n)
{
	struct sim_fib *f, *next;

	for (f = sim_fibs_first(&n->fib); f; f = next) {
		next = sim_fibs_next(&n->fib, f);
		if (!f->stale)
			continue;
		sim_fibs_del(&n->fib, f);
		free(f);
	}
	n->sweep = MONO_NEVER;
	n->sim->changed = true;
}

static void fib_clear(struct sim_node *n)
{
	struct sim_fib *f;

	while ((f = sim_fibs_first(&n->fib))) {
		sim_fibs_del(&n->fib, f);
		free(f);
	}
}

void sim_start(struct sim *s, unsigned int node)
{
	struct sim_node *n = &s->nodes[node];
	struct babel_config config = {{{0, 0, 0, 0, 0, 0, 1, (uint8_t)(node + 1)}}};

	assert_null(n->babel);
	n->sweep = mono_add(s->now, SWEEP_ALIVE);
	if (!n->remembers) {
		n->life++;
		fib_clear(n);
	}
	config.router_id.b[5] = n->life;
	n->babel = babel_new(&config, &sim_env, n, s->now);
	if (n->remembers)
		babel_persist_set(n->babel, &n->persist);
	for (unsigned int k = 0; k < n->n_locals; k++)
		add_local(s, n, &n->locals[k]);
	for (unsigned int l = 0; l < s->n_links; l++)
		for (unsigned int k = 0; k < s->links[l].ports; k++)
			if (s->links[l].node[k] == node && s->links[l].up)
				port_up(s, l, node);
}

void sim_stop(struct sim *s, unsigned int node, bool goodbye)
{
	struct sim_node *n = &s->nodes[node];
	struct sim_fib *f;

	assert_non_null(n->babel);
	if (goodbye)
		babel_goodbye(n->babel, s->now);
	babel_persist_get(n->babel, &n->persist);
	babel_free(n->babel); /* asserts that nothing of it is left */
	n->babel = NULL;
	n->stopped = s->now;
	s->changed = true;
	if (goodbye) {
		fib_clear(n);
		return;
	}
	for (f = sim_fibs_first(&n->fib); f; f = sim_fibs_next(&n->fib, f))
		f->stale = true;
	n->sweep = mono_add(s->now, SWEEP_DEAD);
}

void sim_local(struct sim *s, unsigned int node, const char *dst, const char *src)
{
	struct sim_node *n = &s->nodes[node];

	assert_true(n->n_locals < SIM_LOCALS);
	n->locals[n->n_locals] = pair(dst, src);
	if (n->babel)
		add_local(s, n, &n->locals[n->n_locals]);
	n->n_locals++;
}

bool sim_has_local(const struct sim *s, unsigned int node, const char *dst, const char *src)
{
	struct sdprefix p = pair(dst, src);

	for (unsigned int k = 0; k < s->nodes[node].n_locals; k++)
		if (sdprefix_eq(&s->nodes[node].locals[k], &p))
			return true;
	return false;
}

void sim_unlocal(struct sim *s, unsigned int node, const char *dst, const char *src)
{
	struct sim_node *n = &s->nodes[node];
	struct sdprefix p = pair(dst, src);
	struct sim_fib *f = sim_fibs_find(&n->fib, &p);

	for (unsigned int k = 0; k < n->n_locals; k++)
		if (sdprefix_eq(&n->locals[k], &p))
			n->locals[k] = n->locals[--n->n_locals];
	if (!n->babel)
		return; /* swept with the rest */
	assert_non_null(f);
	sim_fibs_del(&n->fib, f);
	free(f);
	s->changed = true;
	babel_local_del(n->babel, &p, s->now);
}

void sim_sample(struct sim *s, const char *dst, const char *src)
{
	enum family f;

	assert_true(s->n_samples < SIM_SAMPLES);
	assert_true(addr_parse(dst, &f, &s->samples[s->n_samples].dst));
	assert_true(addr_parse(src, &f, &s->samples[s->n_samples].src));
	s->n_samples++;
}

void sim_link_down(struct sim *s, unsigned int link, bool noticed)
{
	struct sim_link *l = &s->links[link];

	l->up = false;
	for (unsigned int k = 0; noticed && k < l->ports; k++)
		if (s->nodes[l->node[k]].babel)
			babel_if_down(s->nodes[l->node[k]].babel, link + 1, s->now);
}

void sim_link_up(struct sim *s, unsigned int link, bool noticed)
{
	struct sim_link *l = &s->links[link];

	l->up = true;
	for (unsigned int k = 0; noticed && k < l->ports; k++)
		if (s->nodes[l->node[k]].babel)
			port_up(s, link, l->node[k]);
}

/* ---- Forwarding. ---- */

static void explain(struct sim *s, unsigned int at, const struct addr *dst, const struct addr *src)
{
	char d[ADDR_STR], c[ADDR_STR], p[SDPREFIX_STR];

	print_error("%s from %s:", addr_str(FAM_IP6, dst, d), addr_str(FAM_IP6, src, c));
	for (unsigned int hop = 0; hop < 8; hop++) {
		struct sim_fib *f = sim_fibs_lookup(&s->nodes[at].fib, FAM_IP6, dst, src);

		print_error(" node %u (%s, %u)", at, sdprefix_str(&f->entry.key, p),
			    f->choice.metric);
		at = addr_node(&f->choice.nexthop);
	}
	print_error("\n");
}

int sim_walk(struct sim *s, unsigned int at, const struct addr *dst, const struct addr *src)
{
	unsigned int start = at;

	for (unsigned int hops = 0; hops <= s->n_nodes; hops++) {
		struct sim_node *n = &s->nodes[at];
		struct sim_fib *f;

		f = sim_fibs_lookup(&n->fib, FAM_IP6, dst, src);
		if (!f)
			return -1;
		if (f->local)
			return (int)at;
		if (f->choice.kind != CHOICE_ROUTE || !s->links[f->choice.ifid - 1].up)
			return -1;
		at = addr_node(&f->choice.nexthop);
	}
	explain(s, start, dst, src);
	sim_fail(s, "a forwarding loop");
	return -1;
}

int sim_walk_text(struct sim *s, unsigned int at, const char *dst, const char *src)
{
	struct addr d, c;
	enum family f;

	assert_true(addr_parse(dst, &f, &d) && addr_parse(src, &f, &c));
	return sim_walk(s, at, &d, &c);
}

static void check(struct sim *s)
{
	if (!s->changed)
		return;
	s->changed = false;
	for (unsigned int n = 0; n < s->n_nodes; n++)
		for (unsigned int k = 0; k < s->n_samples; k++)
			sim_walk(s, n, &s->samples[k].dst, &s->samples[k].src);
}

/* ---- Time. ---- */

static void deliver(struct sim *s)
{
	struct sim_packet p = queue_pop(s);
	struct sim_node *n = &s->nodes[p.to];
	struct babel_datagram d = {
		.ifid = p.link + 1,
		.from = node_addr(p.from, p.link),
		.to = p.group ? babel_group : node_addr(p.to, p.link),
		.arrived = s->now,
		.octets = span_of(p.octets, p.len),
	};

	if (n->babel && s->links[p.link].up) {
		s->delivered++;
		babel_packet(n->babel, &d, s->now);
	}
	free(p.octets);
}

static mono_t next_event(const struct sim *s, unsigned int *node)
{
	mono_t at = s->n_heap ? s->heap[0].at : MONO_NEVER;

	*node = SIM_NODES;
	for (unsigned int n = 0; n < s->n_nodes; n++) {
		mono_t d;

		d = s->nodes[n].sweep;
		if (s->nodes[n].babel)
			d = mono_min(d, babel_next_deadline(s->nodes[n].babel));
		if (mono_before(d, at)) {
			at = d;
			*node = n;
		}
	}
	return at;
}

void sim_run(struct sim *s, usec_t d)
{
	mono_t end = mono_add(s->now, d);
	unsigned int node;
	mono_t at;

	check(s);
	while (at = next_event(s, &node), !mono_before(end, at)) {
		if (mono_before(s->now, at))
			s->now = at;
		if (node == SIM_NODES)
			deliver(s);
		else if (!mono_before(s->now, s->nodes[node].sweep))
			fib_sweep(&s->nodes[node]);
		else
			babel_run_due(s->nodes[node].babel, s->now);
		check(s);
	}
	s->now = end;
}

void sim_fini(struct sim *s)
{
	for (unsigned int n = 0; n < s->n_nodes; n++) {
		if (s->nodes[n].babel)
			sim_stop(s, n, false);
		fib_clear(&s->nodes[n]);
		sim_fibs_fini(&s->nodes[n].fib);
	}
	while (s->n_heap)
		free(queue_pop(s).octets);
	free(s->heap);
}
