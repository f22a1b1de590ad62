/* SPDX-License-Identifier: MIT */
/* Rounds of mishaps, and what each of them took. */
#include "tests/sim/campaign.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STEP	  (10 * USEC_PER_MSEC) /* how finely health is looked at */
#define WATCHED	  (10 * USEC_PER_SEC)  /* at least, after each round */
#define IDLE	  (32 * USEC_PER_SEC)  /* two rounds of full Updates */
#define STORM_MAX 20
#define SEC(d)	  ((double)(d) / 1e6)

const char *const sim_round_names[SIM_ROUNDS] = {
	[MISHAP_LINK] = "link",	    [MISHAP_MUTE] = "mute link",  [MISHAP_COST] = "cost",
	[MISHAP_UPLINK] = "uplink", [MISHAP_RESTART] = "restart", [MISHAP_REBOOT] = "reboot",
	[MISHAP_LEAVE] = "leave",   [MISHAP_SPLIT] = "split",	  [ROUND_START] = "start",
	[ROUND_STORM] = "storm",
};

void sim_plan_init(struct sim_plan *p)
{
	*p = (struct sim_plan){.shape = SHAPE_GRID,
			       .nodes = 36,
			       .seed = 1,
			       .events = 100000,
			       .storm_loss = 200,
			       .mishaps = MISHAPS_ALL,
			       .quiet = 240 * USEC_PER_SEC};
}

static void log_plan(const struct sim_campaign *c)
{
	const struct sim_plan *p = &c->plan;

	if (!p->log)
		return;
	fprintf(p->log,
		"{\"plan\": {\"shape\": \"%s\", \"nodes\": %u, \"links\": %u, \"seed\": %" PRIu64
		", \"loss\": %u, \"dup\": %u, \"storm_loss\": %u, \"reorder_ms\": %" PRId64
		", \"wireless\": %u, \"unicast\": %u, \"rtt\": %u, \"keys\": %u, \"no_ip4\": %u"
		", \"plain\": %u}}\n",
		sim_shape_names[p->shape], p->nodes, c->sim->n_links, p->seed, p->loss, p->dup,
		p->storm_loss, p->reorder / USEC_PER_MSEC, p->wireless, p->unicast, p->rtt, p->keys,
		p->no_ip4, p->plain);
}

static void log_round(const struct sim_campaign *c, const struct sim_round *r)
{
	if (!c->plan.log)
		return;
	fprintf(c->plan.log,
		"{\"round\": \"%s\", \"at\": %.6f, \"reach\": %.6f, \"settle\": %.6f, "
		"\"packets\": %" PRIu64 ", \"octets\": %" PRIu64 ", \"hops\": %" PRIu64 "}\n",
		sim_round_names[r->kind], SEC(r->at.us), SEC(r->reach), SEC(r->settle), r->packets,
		r->octets, r->hops);
}

/* A second of the run, for curves over time. */
static void log_second(struct sim_campaign *c)
{
	const struct sim_counts *n = &c->sim->counts;

	if (c->plan.log)
		fprintf(c->plan.log,
			"{\"second\": %" PRId64 ", \"packets\": %" PRIu64 ", \"octets\": %" PRIu64
			", \"hops\": %" PRIu64 "}\n",
			c->sim->now.us / USEC_PER_SEC, n->packets, n->octets, n->hops);
}

static bool step(struct sim_campaign *c)
{
	int64_t second = c->sim->now.us / USEC_PER_SEC;
	bool ok = sim_run(c->sim, STEP);

	if (c->sim->now.us / USEC_PER_SEC != second)
		log_second(c);
	return ok;
}

static bool pass(struct sim_campaign *c, usec_t d)
{
	mono_t end = mono_add(c->sim->now, d);

	while (mono_before(c->sim->now, end))
		if (!step(c))
			return false;
	return true;
}

static struct sim_round begin(struct sim_campaign *c, unsigned int kind)
{
	const struct sim_counts *n = &c->sim->counts;

	return (struct sim_round){kind, c->sim->now, 0, 0, n->packets, n->octets, n->hops};
}

static void end(struct sim_campaign *c, struct sim_round *r)
{
	const struct sim_counts *n = &c->sim->counts;

	r->packets = n->packets - r->packets;
	r->octets = n->octets - r->octets;
	r->hops = n->hops - r->hops;
	c->rounds = sim_room(c->sim, c->rounds, c->n_rounds, &c->rounds_room, sizeof(*c->rounds));
	c->rounds[c->n_rounds++] = *r;
	log_round(c, r);
}

/* Until all are back and all is well, and somewhat longer. */
static bool recover(struct sim_campaign *c, struct sim_round *r)
{
	struct sim *s = c->sim;
	mono_t watched = mono_add(s->now, WATCHED), late = mono_add(s->now, c->plan.quiet);
	uint64_t hops = s->counts.hops, touched = s->touched, version = s->version - 1;
	bool ill = true;
	char who[700];

	while (ill || mono_before(s->now, watched)) {
		if (!step(c))
			return false;
		if (s->away) {
			watched = mono_add(s->now, WATCHED);
			late = mono_add(s->now, c->plan.quiet);
		}
		if (s->counts.hops != hops)
			r->settle = mono_sub(s->now, r->at);
		if (s->touched != touched || s->version != version)
			ill = sim_ill(s) > 0;
		if (ill)
			r->reach = mono_sub(s->now, r->at);
		hops = s->counts.hops;
		touched = s->touched;
		version = s->version;
		if (!ill || mono_before(s->now, late))
			continue;
		sim_ill_say(s, who, sizeof(who));
		sim_fail(s, "a black hole, %.0f s after the last of '%s':%s", SEC(c->plan.quiet),
			 sim_round_names[r->kind], who);
		return false;
	}
	end(c, r);
	return true;
}

static bool all_start(struct sim_campaign *c)
{
	struct sim_round r = begin(c, ROUND_START);
	uint64_t packets, octets;

	for (unsigned int n = 0; n < c->sim->n_nodes; n++)
		sim_start_in(c->sim, n, SIM_AFRESH, sim_random(c->sim, USEC_PER_SEC));
	if (!recover(c, &r) || !pass(c, 2 * IDLE))
		return false;
	packets = c->sim->counts.packets;
	octets = c->sim->counts.octets;
	if (!pass(c, IDLE))
		return false;
	c->idle_packets = (double)(c->sim->counts.packets - packets) / SEC(IDLE) / c->plan.nodes;
	c->idle_octets = (double)(c->sim->counts.octets - octets) / SEC(IDLE) / c->plan.nodes;
	return true;
}

static bool storm(struct sim_campaign *c)
{
	struct sim *s = c->sim;
	struct sim_round r;

	sim_note(s, "storm", 0, 0);
	sim_weather(c, c->plan.storm_loss, c->plan.reorder);
	c->storm = true;
	sim_move(s, c->plan.shape == SHAPE_MOBILE);
	for (unsigned int k = 2 + sim_random(s, STORM_MAX - 2); k; k--) {
		sim_mishap(c, sim_any_mishap(c));
		if (!pass(c, sim_random(s, 3 * USEC_PER_SEC)))
			return false;
	}
	sim_note(s, "calm", 0, 0);
	c->storm = false;
	sim_move(s, false);
	sim_weather(c, 0, 0);
	r = begin(c, ROUND_STORM);
	return recover(c, &r);
}

static bool single(struct sim_campaign *c)
{
	enum sim_mishap kind = sim_any_mishap(c);
	struct sim_round r = begin(c, kind);

	return !sim_mishap(c, kind) || recover(c, &r);
}

bool sim_campaign_run(struct sim_campaign *c, const struct sim_plan *p)
{
	*c = (struct sim_campaign){.plan = *p};
	c->sim = sim_new(p->seed);
	c->sim->hasty = p->hasty;
	c->sim->no_hold = p->no_hold;
	sim_build(c);
	log_plan(c);
	if (!all_start(c))
		return false;
	while (c->sim->counts.events < p->events)
		if (!(sim_random(c->sim, 4) ? single(c) : storm(c)))
			return false;
	return true;
}

void sim_campaign_free(struct sim_campaign *c)
{
	mem_free(&c->sim->mem, c->rounds);
	sim_free(c->sim);
}

/* ---- The table ---- */

static int by_usec(const void *a, const void *b)
{
	const usec_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void print_kind(const struct sim_campaign *c, unsigned int kind, FILE *f)
{
	usec_t *reach = calloc(c->n_rounds + 1, sizeof(*reach));
	usec_t *settle = calloc(c->n_rounds + 1, sizeof(*settle));
	uint64_t packets = 0, octets = 0, hops = 0;
	unsigned int n = 0;

	for (unsigned int k = 0; reach && settle && k < c->n_rounds; k++) {
		const struct sim_round *r = &c->rounds[k];

		if (r->kind != kind)
			continue;
		reach[n] = r->reach;
		settle[n++] = r->settle;
		packets += r->packets;
		octets += r->octets;
		hops += r->hops;
	}
	if (n) {
		qsort(reach, n, sizeof(*reach), by_usec);
		qsort(settle, n, sizeof(*settle), by_usec);
		fprintf(f, "%-10s %6u  %8.2f %8.2f %8.2f  %8.2f %8.2f %8.2f  %9.0f %11.0f %8.0f\n",
			sim_round_names[kind], n, SEC(reach[n / 2]), SEC(reach[n * 95 / 100]),
			SEC(reach[n - 1]), SEC(settle[n / 2]), SEC(settle[n * 95 / 100]),
			SEC(settle[n - 1]), (double)packets / n, (double)octets / n,
			(double)hops / n);
	}
	free(reach);
	free(settle);
}

void sim_campaign_print(const struct sim_campaign *c, FILE *f)
{
	const struct sim_counts *n = &c->sim->counts;

	fprintf(f,
		"%s of %u routers, %u links, seed %" PRIu64 ": %" PRIu64
		" events in %.0f s of virtual"
		" time,\n  %" PRIu64 " packets (%" PRIu64 " octets) sent, %" PRIu64
		" delivered, %" PRIu64 " lost, %" PRIu64 " choices, %" PRIu64
		" sampled next hops changed,\n"
		"  loops: %s; admitted: %" PRIu64
		" through several sources (RFC 8966 2.7), %" PRIu64
		" through forgotten lives, longest %.2f s\n"
		"  at rest each router sends %.2f packets and %.0f octets a second\n",
		sim_shape_names[c->plan.shape], c->plan.nodes, c->sim->n_links, c->plan.seed,
		n->events, SEC(c->sim->now.us), n->packets, n->octets, n->delivered, n->lost,
		n->choices, n->hops, c->sim->failed ? "SEE BELOW" : "none", n->loops_several,
		n->loops_forgotten, SEC(n->longest_loop), c->idle_packets, c->idle_octets);
	fprintf(f, "%-10s %6s  %26s  %26s  %9s %11s %8s\n", "", "rounds",
		"all reached, s: 50% 95% max", "quiet, s: 50% 95% max", "packets", "octets",
		"hops");
	for (unsigned int k = 0; k < SIM_ROUNDS; k++)
		print_kind(c, k, f);
	if (!c->sim->failed)
		return;
	sim_tell(c->sim, stderr);
	fprintf(f, "FAILED at %.6f s: %s\n", SEC(c->sim->failed_at.us), c->sim->failure);
}
