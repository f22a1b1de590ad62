/* SPDX-License-Identifier: MIT */
/* Nodes and links: how they come, start, stop and go; what they announce. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SWEEP_DEAD  (40 * USEC_PER_SEC)
#define SWEEP_ALIVE (60 * USEC_PER_SEC)

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

static void recall(struct sim_node *n)
{
	babel_persist_set(n->babel, &n->persist);
	for (unsigned int k = 0; k < n->n_memory; k++)
		if (n->memory[k].used)
			babel_recall(n->babel, k + 1, &n->memory[k].m, n->sim->now);
}

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
			.handle = 1, .id = 1, .mac_len = SIM_KEY_MAC, .send = true, .accept = true};
	}
	return c;
}

void sim_port_up(struct sim *s, unsigned int link, struct sim_node *n)
{
	const struct sim_link *l = s->links[link];
	struct babel_if_info info = {.mtu = SIM_MTU, .have_ip4 = !l->no_ip4};
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
	babel_set_source_specific(n->babel, !n->plain_only, !n->plain_only, s->now);
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
