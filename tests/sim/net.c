/* SPDX-License-Identifier: MIT */
/* Packets, and what else the cores call their environment. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <string.h>

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
	if (d.len > SIM_MTU - 48)
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
	for (unsigned int k = 0; k < SIM_KEY_MAC; k++)
		out[k] = (uint8_t)(h >> 8 * (k % 8));
	return true;
}

const struct babel_env sim_env = {.send = env_send,
				  .route = sim_env_route,
				  .random = env_random,
				  .note = env_note,
				  .clock = env_clock,
				  .mac = env_mac,
				  .remember = env_remember};
