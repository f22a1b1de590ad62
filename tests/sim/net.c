/* SPDX-License-Identifier: MIT */
/* Nodes, links, packets: what the cores call their environment. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MTU	    1500
#define KEY_MAC	    16
#define SWEEP_DEAD  (40 * USEC_PER_SEC)
#define SWEEP_ALIVE (60 * USEC_PER_SEC)

/* ---- Addresses: fe80::<node>:<link> on every link. ---- */

struct addr sim_address(unsigned int node, unsigned int link)
{
	struct addr a = {{0xfe, 0x80}};

	a.b[11] = (uint8_t)((node + 1) >> 16);
	a.b[12] = (uint8_t)((node + 1) >> 8);
	a.b[13] = (uint8_t)(node + 1);
	a.b[14] = (uint8_t)((link + 1) >> 8);
	a.b[15] = (uint8_t)(link + 1);
	return a;
}

struct sdprefix sim_pair(const char *dst, const char *src)
{
	struct prefix d, c;
	struct sdprefix sd;
	bool ok = prefix_parse(dst, &d) && (!src || prefix_parse(src, &c)) &&
		  sdprefix_make(&sd, &d, src ? &c : NULL);

	assert(ok);
	(void)ok;
	return sd;
}

/* ---- Packets ---- */

static bool near(const struct sim *s, const struct sim_node *a, const struct sim_node *b)
{
	int64_t dx = a->x - b->x, dy = a->y - b->y;

	return dx * dx + dy * dy <= (int64_t)s->range * s->range;
}

bool sim_reaches(const struct sim *s, unsigned int link, unsigned int a, unsigned int b)
{
	const struct sim_link *l = s->links[link];
	const struct sim_node *na = s->nodes[a], *nb = s->nodes[b];

	return l->up && na->side == nb->side && (!l->radio || near(s, na, nb));
}

static void deliver_later(struct sim *s, const struct sim_event *event)
{
	const struct sim_link *l = s->links[event->link];
	struct sim_event e = *event;
	usec_t delay = l->delay_min;

	if (l->loss && sim_random(s, 1000) < l->loss) {
		s->counts.lost++;
		return;
	}
	if (l->delay_max > l->delay_min)
		delay += sim_random(s, (uint32_t)(l->delay_max - l->delay_min));
	e.at = mono_add(s->now, delay);
	e.packet->refs++;
	sim_push(s, &e);
}

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span d)
{
	struct sim_node *n = ctx;
	struct sim *s = n->sim;
	const struct sim_link *l = s->links[via - 1];
	struct sim_packet *p;

	s->counts.packets++;
	s->counts.octets += d.len;
	if (d.len > MTU - 48)
		sim_fail(s, "node %u sends a packet larger than the MTU allows", n->index);
	p = mem_new(&s->mem, sizeof(*p) + d.len);
	p->refs = 1;
	p->len = d.len;
	memcpy(p->octets, d.p, d.len);
	for (unsigned int k = 0; k < l->ports; k++) {
		struct sim_event e = {.kind = SIM_PACKET, .link = via - 1, .from = n->index};
		struct addr a = sim_address(l->node[k], via - 1);

		if (l->node[k] == n->index || (to && addr_cmp(&a, to) != 0) ||
		    !sim_reaches(s, via - 1, n->index, l->node[k]))
			continue;
		e.to = l->node[k];
		e.group = !to;
		e.packet = p;
		deliver_later(s, &e);
		if (l->dup && sim_random(s, 1000) < l->dup) {
			s->counts.twice++;
			deliver_later(s, &e);
		}
	}
	sim_drop(s, &(struct sim_event){.packet = p});
}

void sim_drop(struct sim *s, struct sim_event *e)
{
	if (--e->packet->refs == 0)
		mem_free(&s->mem, e->packet);
}

void sim_deliver(struct sim *s, struct sim_event *e)
{
	struct sim_node *n = s->nodes[e->to];
	struct babel_datagram d = {
		.ifid = e->link + 1,
		.from = sim_address(e->from, e->link),
		.to = e->group ? babel_group : sim_address(e->to, e->link),
		.arrived = s->now,
		.octets = span_of(e->packet->octets, e->packet->len),
	};

	if (n->babel && sim_reaches(s, e->link, e->from, e->to)) {
		s->counts.events++;
		s->counts.delivered++;
		sim_enter(s, n);
		babel_packet(n->babel, &d, s->now);
		sim_told(s, n);
	} else {
		s->counts.lost++;
	}
	sim_drop(s, e);
}

/* ---- The rest of the env of a node ---- */

static uint32_t env_random(void *ctx)
{
	struct sim_node *n = ctx;

	return n->sim->patient ? n->index : sim_random(n->sim, UINT32_MAX);
}

static void env_note(void *ctx, const struct babel_note *note)
{
	struct sim_node *n = ctx;

	if (note->kind == NOTE_PACKET_BAD || note->kind == NOTE_TLV_IGNORED)
		sim_fail(n->sim, "node %u did not understand another: code %d", n->index,
			 note->code);
}

static void env_remember(void *ctx, uint32_t place, const struct babel_memory *m)
{
	struct sim_node *n = ctx;

	assert(place > 0 && place <= n->n_memory + 1);
	if (place > n->n_memory)
		n->memory = sim_room(n->sim, n->memory, n->n_memory++, &n->memory_room,
				     sizeof(*n->memory));
	n->memory[place - 1] = (struct sim_memory){.used = m != NULL};
	if (m)
		n->memory[place - 1].m = *m;
}

static void recall(struct sim_node *n)
{
	babel_persist_set(n->babel, &n->persist);
	for (unsigned int k = 0; k < n->n_memory; k++)
		if (n->memory[k].used)
			babel_recall(n->babel, k + 1, &n->memory[k].m, n->sim->now);
}

static mono_t env_clock(void *ctx)
{
	struct sim_node *n = ctx;

	return n->sim->now;
}

/* Nobody attacks here: a hash will do. */
static bool env_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX])
{
	struct span parts[] = {pseudo, octets};
	uint64_t h = key;

	(void)ctx;
	for (unsigned int k = 0; k < 2; k++)
		for (size_t i = 0; i < parts[k].len; i++)
			h = (h ^ parts[k].p[i]) * UINT64_C(0x100000001b3);
	for (unsigned int k = 0; k < KEY_MAC; k++)
		out[k] = (uint8_t)(h >> 8 * (k % 8));
	return true;
}

static const struct babel_env sim_env = {.send = env_send,
					 .route = sim_env_route,
					 .random = env_random,
					 .note = env_note,
					 .clock = env_clock,
					 .mac = env_mac,
					 .remember = env_remember};

/* ---- Topology ---- */

/* Health, next hops and components are kept by node. */
static void grow(struct sim *s)
{
	unsigned int want = s->nodes_room ? 2 * s->nodes_room : 8;

	s->nodes = mem_resize(&s->mem, s->nodes, s->nodes_room * sizeof(*s->nodes),
			      want * sizeof(*s->nodes));
	s->component = mem_resize(&s->mem, s->component, 0, want * sizeof(*s->component));
	s->component_sourced =
		mem_resize(&s->mem, s->component_sourced, 0, want * sizeof(*s->component_sourced));
	s->nodes_room = want;
}

unsigned int sim_add_node(struct sim *s)
{
	struct sim_node *n = mem_new(&s->mem, sizeof(*n));

	assert(!s->n_samples); /* those come last */
	if (s->n_nodes == s->nodes_room)
		grow(s);
	n->sim = s;
	n->index = s->n_nodes;
	n->sweep = n->wake = MONO_NEVER;
	sim_fibs_init(&n->fib);
	n->fib_mem.name = "forwarding table";
	s->nodes[s->n_nodes] = n;
	return s->n_nodes++;
}

unsigned int sim_add_segment(struct sim *s)
{
	struct sim_link *l = mem_new(&s->mem, sizeof(*l));

	l->up = true;
	l->type = BABEL_WIRED;
	l->rxcost = 96;
	l->delay_min = l->delay_max = s->patient ? 0 : 100 + sim_random(s, 900);
	s->links = sim_room(s, s->links, s->n_links, &s->links_room, sizeof(*s->links));
	s->links[s->n_links] = l;
	return s->n_links++;
}

unsigned int sim_add_link(struct sim *s, unsigned int a, unsigned int b)
{
	unsigned int l = sim_add_segment(s);

	sim_join(s, l, a);
	sim_join(s, l, b);
	return l;
}

void sim_join(struct sim *s, unsigned int link, unsigned int node)
{
	struct sim_link *l = s->links[link];
	struct sim_node *n = s->nodes[node];

	l->node = sim_room(s, l->node, l->ports, &l->room, sizeof(*l->node));
	l->node[l->ports++] = node;
	n->links = sim_room(s, n->links, n->n_links, &n->links_room, sizeof(*n->links));
	n->links[n->n_links++] = link;
}

/* The defaults of the model; other features where the link has them. */
static struct babel_if_config port_config(const struct sim *s, const struct sim_link *l)
{
	struct babel_if_config c = {.type = l->type,
				    .split_horizon = l->type == BABEL_WIRED,
				    .rxcost = l->rxcost,
				    .hello_interval = 4 * USEC_PER_SEC,
				    .update_interval = 16 * USEC_PER_SEC,
				    .unicast = l->unicast,
				    .v4_via_v6 = true};

	if (s->patient)
		c.hello_interval = c.update_interval = 600 * USEC_PER_SEC;
	if (l->rtt)
		c.rtt = (struct babel_rtt_config){.on = true,
						  .decay = 42,
						  .min = 10 * USEC_PER_MSEC,
						  .max = 120 * USEC_PER_MSEC,
						  .max_penalty = 150};
	if (l->keys) {
		c.auth.enabled = c.auth.window = true;
		c.auth.n = 1;
		c.auth.keys[0] = (struct babel_key){
			.handle = 1, .id = 1, .mac_len = KEY_MAC, .send = true, .accept = true};
	}
	return c;
}

void sim_port_up(struct sim *s, unsigned int link, struct sim_node *n)
{
	const struct sim_link *l = s->links[link];
	struct babel_if_info info = {.mtu = MTU, .have_ip4 = !l->no_ip4};
	struct babel_if_config config = port_config(s, l);
	char name[16];

	snprintf(name, sizeof(name), "l%u", link);
	info.name = name;
	info.linklocal = sim_address(n->index, link);
	info.ip4 = addr_ip4(10, (uint8_t)((n->index + 1) >> 8), (uint8_t)(n->index + 1),
			    (uint8_t)(link + 1));
	sim_enter(s, n);
	babel_if_up(n->babel, link + 1, &info, &config, s->now);
	sim_told(s, n);
}

static void add_local(struct sim *s, struct sim_node *n, const struct sdprefix *p)
{
	sim_fib_local(s, n, p, true);
	sim_enter(s, n);
	babel_local_add(n->babel, p, 0, s->now);
	sim_told(s, n);
}

static void sweep_after(struct sim *s, struct sim_node *n, usec_t d)
{
	n->sweep = mono_add(s->now, d);
	if (!s->manual)
		sim_push(s, &(struct sim_event){.at = n->sweep, .kind = SIM_SWEEP, .to = n->index});
}

void sim_start(struct sim *s, unsigned int node, enum sim_life life)
{
	struct sim_node *n = s->nodes[node];
	struct babel_config config = {
		.router_id = {{0, 0, 0, 0, 1, 0, (uint8_t)((node + 1) >> 8), (uint8_t)(node + 1)}}};

	assert(!n->babel);
	sim_note(s, life == SIM_REMEMBER ? "start with memory" : "start", node, n->life);
	if (life == SIM_AFRESH) {
		n->life++;
		sim_fib_clear(s, n);
	} else {
		sweep_after(s, n, SWEEP_ALIVE);
	}
	config.router_id.b[5] = n->life;
	sim_enter(s, n);
	n->babel = babel_new(&config, &sim_env, n, s->now);
	n->kernel = true;
	if (life == SIM_AFRESH)
		n->born = s->now;
	n->wake = MONO_NEVER;
	s->version++;
	if (life == SIM_REMEMBER)
		recall(n);
	else
		n->n_memory = 0;
	babel_set_source_specific(n->babel, !n->plain_only, s->now);
	for (unsigned int k = 0; k < n->n_locals; k++)
		add_local(s, n, &n->locals[k]);
	for (unsigned int k = 0; k < n->n_links; k++)
		if (s->links[n->links[k]]->up)
			sim_port_up(s, n->links[k], n);
	sim_told(s, n);
}

void sim_start_in(struct sim *s, unsigned int node, enum sim_life life, usec_t d)
{
	struct sim_event e = {.kind = SIM_START, .to = node, .life = life};

	e.at = mono_add(s->now, d);
	sim_push(s, &e);
	s->away++;
}

void sim_stop(struct sim *s, unsigned int node, enum sim_end end)
{
	struct sim_node *n = s->nodes[node];

	assert(n->babel);
	sim_enter(s, n);
	sim_note(s,
		 end == SIM_KILLED  ? "killed"
		 : end == SIM_POWER ? "power off"
				    : "goodbye",
		 node, 0);
	if (end == SIM_GOODBYE)
		babel_goodbye(n->babel, s->now);
	babel_persist_get(n->babel, &n->persist);
	if (end == SIM_KILLED)
		sim_fib_stale(s, n);
	babel_free(n->babel); /* asserts that nothing of it is left */
	n->babel = NULL;
	n->stopped = s->now;
	s->version++;
	n->kernel = end == SIM_KILLED;
	if (end == SIM_KILLED)
		sweep_after(s, n, SWEEP_DEAD);
	else
		sim_fib_clear(s, n);
	sim_check(s);
}

bool sim_has_local(const struct sim *s, unsigned int node, const struct sdprefix *p)
{
	const struct sim_node *n = s->nodes[node];

	for (unsigned int k = 0; k < n->n_locals; k++)
		if (sdprefix_eq(&n->locals[k], p))
			return true;
	return false;
}

void sim_local_pair(struct sim *s, unsigned int node, const struct sdprefix *p)
{
	struct sim_node *n = s->nodes[node];

	assert(!sim_has_local(s, node, p));
	n->locals = sim_room(s, n->locals, n->n_locals, &n->locals_room, sizeof(*n->locals));
	n->locals[n->n_locals++] = *p;
	s->version++;
	sim_note(s, "announce", node, n->n_locals);
	if (n->babel)
		add_local(s, n, p);
}

void sim_local(struct sim *s, unsigned int node, const char *dst, const char *src)
{
	struct sdprefix p = sim_pair(dst, src);

	sim_local_pair(s, node, &p);
}

void sim_unlocal_pair(struct sim *s, unsigned int node, const struct sdprefix *pair)
{
	struct sim_node *n = s->nodes[node];
	struct sdprefix p = *pair;

	sim_note(s, "withdraw", node, n->n_locals);
	for (unsigned int k = 0; k < n->n_locals; k++)
		if (sdprefix_eq(&n->locals[k], &p))
			n->locals[k] = n->locals[--n->n_locals];
	s->version++;
	if (!n->babel)
		return; /* swept with the rest */
	sim_fib_local(s, n, &p, false);
	sim_enter(s, n);
	babel_local_del(n->babel, &p, s->now);
	sim_fib_left(s, n, &p);
	sim_told(s, n);
}

void sim_unlocal(struct sim *s, unsigned int node, const char *dst, const char *src)
{
	struct sdprefix p = sim_pair(dst, src);

	sim_unlocal_pair(s, node, &p);
}

void sim_node_free(struct sim *s, struct sim_node *n)
{
	sim_enter(s, n);
	if (n->babel)
		babel_free(n->babel);
	n->babel = NULL;
	sim_fib_clear(s, n);
	sim_fibs_fini(&n->fib);
	mem_free(&s->mem, n->links);
	mem_free(&s->mem, n->locals);
	mem_free(&s->mem, n->memory);
	mem_free(&s->mem, n);
}
