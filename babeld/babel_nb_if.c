/* SPDX-License-Identifier: MIT */
/* Settings of interfaces, leaf by leaf, and what they come to. */
#include "babeld/babel_nb_if.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an interface that has no settings and so not the model's defaults: the same,
 * RFC 8966 B. */
#define HELLO_DEFAULT  ((interval_cs){400})
#define UPDATE_DEFAULT ((interval_cs){1600})
/* RFC 9616 4.1 and 4.2 */
#define RTT_DECAY      42
#define RTT_MIN	       10
#define RTT_MAX	       120
#define RTT_PENALTY    150

/* ---- leaves ---- */

static const char *const link_types[] = {"auto", "wired", "wireless", "tunnel", NULL};
static const char *const algorithms[] = {"auto", "k-out-of-j", "etx", NULL};
static const char *const no_yes[] = {"false", "true", NULL};
static const char *const yes_no[] = {"true", "false", NULL};
/* Not set means auto, and so "false" is a value of its own. */
static const char *const auto_no_yes[] = {"", "false", "true", NULL};

/* A leaf goes into a number of two octets, or, by its place among the names,
 * into one of one octet. */
struct leaf {
	const char *name;
	size_t offset;
	const char *const *names;
};

#define AT(field) offsetof(struct babel_if_set, field)

static const struct leaf leaves[] = {
	{"link-type", AT(link_type), link_types},
	{"split-horizon", AT(split_horizon), auto_no_yes},
	{"rxcost", AT(rxcost), NULL},
	{"metric-algorithm", AT(quality), algorithms},
	{"k", AT(k), NULL},
	{"j", AT(j), NULL},
	{"mcast-hello-interval", AT(hello.cs), NULL},
	{"ucast-hello-interval", AT(unicast_hello.cs), NULL},
	{"unscheduled-hellos", AT(unscheduled_hellos), no_yes},
	{"update-interval", AT(update.cs), NULL},
	{"unicast", AT(unicast), no_yes},
	{"probe-mtu", AT(probe_mtu), no_yes},
	{"rfc6126-compatible", AT(rfc6126), no_yes},
	{"v4-via-v6", AT(no_v4_via_v6), yes_no},
	{"enable-timestamps", AT(rtt.on), auto_no_yes},
	{"rtt-decay", AT(rtt.decay), NULL},
	{"rtt-min", AT(rtt.min), NULL},
	{"rtt-max", AT(rtt.max), NULL},
	{"permissive", AT(auth.permissive), no_yes},
	{"replay-window", AT(auth.window), no_yes},
};

static uint8_t place_of(const char *const *names, const char *name)
{
	uint8_t k = 0;

	while (names[k] && strcmp(names[k], name) != 0)
		k++;
	return names[k] ? k : 0;
}

static uint16_t number(const struct nb_change *c)
{
	return c->op == NB_SET ? (uint16_t)strtoul(c->value, NULL, 10) : 0;
}

static void take(const struct leaf *l, struct babel_if_set *set, const struct nb_change *c)
{
	unsigned char *at = (unsigned char *)set + l->offset;
	uint16_t n = number(c);

	if (l->names)
		*at = c->op == NB_SET ? place_of(l->names, c->value) : 0;
	else
		memcpy(at, &n, sizeof(n));
}

static const char *last_name(const struct nb_change *c)
{
	return strrchr(babel_nb_table.nodes[c->node].path, '/') + 1;
}

static struct babel_conf *conf_of(void *ctx)
{
	return &((struct babel_nb *)ctx)->conf;
}

void if_leaf_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = conf_if_get(conf_of(ctx), c->keys[0]);
	const char *name = last_name(c);
	size_t k = 0;

	while (k < sizeof(leaves) / sizeof(leaves[0]) && strcmp(leaves[k].name, name) != 0)
		k++;
	assert(k < sizeof(leaves) / sizeof(leaves[0]));
	take(&leaves[k], &i->set, c);
	conf_if_put(conf_of(ctx), i);
}

/* Its leaves have records of their own, unless it goes. */
void if_k_out_of_j_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i;

	if (c->op != NB_DELETE)
		return;
	i = conf_if_get(conf_of(ctx), c->keys[0]);
	i->set.k = i->set.j = 0;
	conf_if_put(conf_of(ctx), i);
}

/* 0 is a value of its own. */
void if_rtt_penalty_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = conf_if_get(conf_of(ctx), c->keys[0]);

	i->set.rtt.has_penalty = c->op == NB_SET;
	i->set.rtt.penalty = number(c);
	conf_if_put(conf_of(ctx), i);
}

void if_key_chain_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = conf_if_get(conf_of(ctx), c->keys[0]);

	memset(i->set.auth.key_chain, 0, sizeof(i->set.auth.key_chain));
	if (c->op == NB_SET)
		snprintf(i->set.auth.key_chain, sizeof(i->set.auth.key_chain), "%s", c->value);
	conf_if_put(conf_of(ctx), i);
}

/* ---- neighbours ---- */

static unsigned int cost_place(const struct babel_if_set *s, const struct addr *a)
{
	unsigned int k = 0;

	while (k < s->n_costs && addr_cmp(&s->costs[k].addr, a) != 0)
		k++;
	return k;
}

void if_neighbor_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = conf_if_get(conf_of(ctx), c->keys[0]);
	struct babel_if_set *s = &i->set;
	const char *name = last_name(c);
	struct addr a;
	enum family f;
	unsigned int k;

	/* The model says that it is one, and how many there are at most. */
	if (addr_parse(c->keys[1], &f, &a) && (k = cost_place(s, &a)) < BABEL_NEIGH_COSTS) {
		if (k == s->n_costs)
			s->costs[s->n_costs++] = (struct babel_neigh_cost){.addr = a};
		if (strcmp(name, "rxcost") == 0)
			s->costs[k].rxcost = number(c);
		else if (strcmp(name, "extra-cost") == 0)
			s->costs[k].extra = number(c);
		else if (c->op == NB_DELETE) {
			memmove(&s->costs[k], &s->costs[k + 1],
				(s->n_costs - k - 1) * sizeof(s->costs[0]));
			memset(&s->costs[--s->n_costs], 0, sizeof(s->costs[0]));
		}
	}
	conf_if_put(conf_of(ctx), i);
}

/* ---- interfaces ---- */

struct babel_conf_if *conf_if_get(struct babel_conf *c, const char *name)
{
	struct babel_conf_if *i;

	LIST_EACH (babel_conf_ifs, &c->ifs, i)
		if (strcmp(i->name, name) == 0)
			return i;
	i = calloc(1, sizeof(*i));
	if (!i)
		abort();
	snprintf(i->name, sizeof(i->name), "%s", name);
	babel_conf_ifs_add_tail(&c->ifs, i);
	return i;
}

void conf_if_put(struct babel_conf *c, struct babel_conf_if *i)
{
	static const struct babel_if_set nothing;

	if (i->network || memcmp(&i->set, &nothing, sizeof(nothing)) != 0)
		return;
	babel_conf_ifs_del(&c->ifs, i);
	free(i);
}

/* ---- what they come to ---- */

const char *babel_link_type_name(enum babel_link_type t)
{
	switch (t) {
	case BABEL_WIRED:
		return "wired";
	case BABEL_WIRELESS:
		return "wireless";
	case BABEL_TUNNEL:
		return "tunnel";
	}
	return "unknown";
}

static enum babel_link_type type_of(const struct babel_if_set *s, enum babel_link_type found)
{
	switch ((enum conf_link_type)s->link_type) {
	case LINK_AUTO:
		return found;
	case LINK_WIRED:
		return BABEL_WIRED;
	case LINK_WIRELESS:
		return BABEL_WIRELESS;
	case LINK_TUNNEL:
		return BABEL_TUNNEL;
	}
	return found;
}

/* A tunnel's delay is what tells it from another. */
static void rtt_effective(const struct babel_if_set *s, enum babel_link_type type,
			  struct babel_rtt_config *out)
{
	out->on = s->rtt.on == SWITCH_AUTO ? type == BABEL_TUNNEL : s->rtt.on == SWITCH_ON;
	out->decay = s->rtt.decay ? s->rtt.decay : RTT_DECAY;
	out->min = (s->rtt.min ? s->rtt.min : RTT_MIN) * USEC_PER_MSEC;
	out->max = (s->rtt.max ? s->rtt.max : RTT_MAX) * USEC_PER_MSEC;
	out->max_penalty = s->rtt.has_penalty ? s->rtt.penalty : RTT_PENALTY;
}

void babel_conf_if_effective(const struct babel_conf_if *i, enum babel_link_type found,
			     struct babel_if_config *out)
{
	const struct babel_if_set *s = &i->set;
	bool wireless;

	memset(out, 0, sizeof(*out)); /* padding too: it is compared as a whole */
	out->type = type_of(s, found);
	wireless = out->type == BABEL_WIRELESS;
	/* RFC 8966 3.7.4: off where who hears us need not hear the others. */
	out->split_horizon =
		s->split_horizon == SWITCH_AUTO ? !wireless : s->split_horizon == SWITCH_ON;
	out->rxcost = s->rxcost ? s->rxcost : wireless ? 256 : 96; /* RFC 8966 B */
	out->hello_interval = interval_usec(s->hello.cs ? s->hello : HELLO_DEFAULT);
	out->update_interval = interval_usec(s->update.cs ? s->update : UPDATE_DEFAULT);
	rtt_effective(s, out->type, &out->rtt);
	out->quality = s->quality;
	out->k = (uint8_t)s->k;
	out->j = (uint8_t)s->j;
	out->unicast_hello_interval = interval_usec(s->unicast_hello);
	out->unscheduled_hellos = s->unscheduled_hellos;
	out->unicast = s->unicast;
	out->probe_mtu = s->probe_mtu;
	out->rfc6126 = s->rfc6126;
	out->auth.enabled = *s->auth.key_chain;
	out->auth.permissive = s->auth.permissive;
	out->auth.window = s->auth.window;
	out->v4_via_v6 = !s->no_v4_via_v6;
	out->n_costs = s->n_costs;
	memcpy(out->costs, s->costs, sizeof(out->costs));
}
