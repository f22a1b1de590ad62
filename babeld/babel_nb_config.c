/* SPDX-License-Identifier: MIT */
/* Configuration of babeld: change records into struct babel_conf. */
#include "babeld/babel_nb_config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"

/* Of an interface that has no settings and so not the model's defaults: the same,
 * RFC 8966 B. */
#define HELLO_DEFAULT  ((interval_cs){400})
#define UPDATE_DEFAULT ((interval_cs){1600})
/* RFC 9616 4.1 and 4.2 */
#define RTT_DECAY      42
#define RTT_MIN	       10
#define RTT_MAX	       120
#define RTT_PENALTY    150

void babel_conf_init(struct babel_conf *c)
{
	*c = (struct babel_conf){0};
	babel_conf_ifs_init(&c->ifs);
}

void babel_conf_fini(struct babel_conf *c)
{
	struct babel_conf_if *i;

	while ((i = babel_conf_ifs_pop(&c->ifs)))
		free(i);
}

static struct babel_conf_if *if_find(struct babel_conf *c, const char *name)
{
	struct babel_conf_if *i;

	LIST_EACH (babel_conf_ifs, &c->ifs, i)
		if (strcmp(i->name, name) == 0)
			return i;
	return NULL;
}

const struct babel_conf_if *babel_conf_if_find(const struct babel_conf *c, const char *name)
{
	const struct babel_conf_if *i;

	LIST_EACH (babel_conf_ifs, &c->ifs, i)
		if (i->network && strcmp(i->name, name) == 0)
			return i;
	return NULL;
}

size_t babel_conf_networks(const struct babel_conf *c)
{
	const struct babel_conf_if *i;
	size_t n = 0;

	LIST_EACH (babel_conf_ifs, &c->ifs, i)
		n += i->network;
	return n;
}

static struct babel_rtt_config rtt_effective(const struct babel_conf_if *i)
{
	return (struct babel_rtt_config){
		.on = i->rtt.has_on && i->rtt.on,
		.decay = i->rtt.decay ? i->rtt.decay : RTT_DECAY,
		.min = (i->rtt.min ? i->rtt.min : RTT_MIN) * USEC_PER_MSEC,
		.max = (i->rtt.max ? i->rtt.max : RTT_MAX) * USEC_PER_MSEC,
		.max_penalty = i->rtt.has_penalty ? i->rtt.penalty : RTT_PENALTY,
	};
}

struct babel_if_config babel_conf_if_effective(const struct babel_conf_if *i)
{
	bool wired = i->type == BABEL_WIRED;

	return (struct babel_if_config){
		.type = i->type,
		.split_horizon = i->has_split_horizon ? i->split_horizon : wired,
		.rxcost = i->rxcost ? i->rxcost
			  : wired   ? 96
				    : 256, /* RFC 8966 B */
		.hello_interval = interval_usec(i->hello.cs ? i->hello : HELLO_DEFAULT),
		.update_interval = interval_usec(i->update.cs ? i->update : UPDATE_DEFAULT),
		.rtt = rtt_effective(i),
	};
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool router_id_parse(const char *s, struct router_id *out)
{
	struct router_id id;

	if (strlen(s) != 3 * sizeof(id.b) - 1)
		return false;
	for (size_t k = 0; k < sizeof(id.b); k++, s += 3) {
		int high = hex_digit(s[0]), low = hex_digit(s[1]);

		if (high < 0 || low < 0 || (k + 1 < sizeof(id.b) && s[2] != ':'))
			return false;
		id.b[k] = (uint8_t)(high << 4 | low);
	}
	*out = id;
	return true;
}

static struct babel_conf *conf_of(void *ctx)
{
	return &((struct babel_nb *)ctx)->conf;
}

/* ---- router-id ---- */

static bool router_id_prepare(void *ctx, const struct nb_change *c, char *err,
			      unsigned int err_size)
{
	struct router_id id;

	(void)ctx;
	if (c->op != NB_SET || (router_id_parse(c->value, &id) && router_id_valid(&id)))
		return true;
	snprintf(err, err_size,
		 "%s is not a router-id: eight octets in hex with colons, neither "
		 "all zeros nor all ones",
		 c->value);
	return false;
}

static void router_id_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);

	conf->has_router_id = c->op == NB_SET && router_id_parse(c->value, &conf->router_id);
}

/* ---- interfaces ---- */

/* The interface that a record is about, made if it has to be. */
static struct babel_conf_if *if_get(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);
	struct babel_conf_if *i = if_find(conf, c->keys[0]);

	if (i)
		return i;
	i = calloc(1, sizeof(*i));
	if (!i)
		abort();
	snprintf(i->name, sizeof(i->name), "%s", c->keys[0]);
	babel_conf_ifs_add_tail(&conf->ifs, i);
	return i;
}

static bool if_is_bare(const struct babel_conf_if *i)
{
	return !i->network && i->type == BABEL_WIRED && !i->has_split_horizon && !i->rxcost &&
	       !i->hello.cs && !i->update.cs && !i->rtt.has_on && !i->rtt.decay && !i->rtt.min &&
	       !i->rtt.max && !i->rtt.has_penalty;
}

/* Entries about which nothing is said any more go. */
static void if_put(void *ctx, struct babel_conf_if *i)
{
	if (!if_is_bare(i))
		return;
	babel_conf_ifs_del(&conf_of(ctx)->ifs, i);
	free(i);
}

static void network_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->network = c->op != NB_DELETE;
	if_put(ctx, i);
}

static uint16_t number(const struct nb_change *c)
{
	return c->op == NB_SET ? (uint16_t)strtoul(c->value, NULL, 10) : 0;
}

static void link_type_apply(void *ctx, const struct nb_change *c)
{
	bool wireless = c->op == NB_SET && strcmp(c->value, "wireless") == 0;
	struct babel_conf_if *i = if_get(ctx, c);

	i->type = wireless ? BABEL_WIRELESS : BABEL_WIRED;
	if_put(ctx, i);
}

static void split_horizon_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->has_split_horizon = c->op == NB_SET;
	i->split_horizon = c->op == NB_SET && strcmp(c->value, "true") == 0;
	if_put(ctx, i);
}

static void rxcost_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->rxcost = number(c);
	if_put(ctx, i);
}

static void hello_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->hello.cs = number(c);
	if_put(ctx, i);
}

static void update_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->update.cs = number(c);
	if_put(ctx, i);
}

static void timestamps_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->rtt.has_on = c->op == NB_SET;
	i->rtt.on = c->op == NB_SET && strcmp(c->value, "true") == 0;
	if_put(ctx, i);
}

static void rtt_decay_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->rtt.decay = number(c);
	if_put(ctx, i);
}

static void rtt_min_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->rtt.min = number(c);
	if_put(ctx, i);
}

static void rtt_max_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->rtt.max = number(c);
	if_put(ctx, i);
}

static void rtt_penalty_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf_if *i = if_get(ctx, c);

	i->rtt.has_penalty = c->op == NB_SET;
	i->rtt.penalty = number(c);
	if_put(ctx, i);
}

/* ---- redistribution ---- */

static int type_of(const char *name)
{
	for (int t = 0; t < ROUTE_TYPE_ALL; t++)
		if (strcmp(zapi_route_type_name((uint8_t)t), name) == 0)
			return t;
	return -1;
}

static bool redistribute_prepare(void *ctx, const struct nb_change *c, char *err,
				 unsigned int err_size)
{
	(void)ctx;
	if (type_of(c->keys[1]) >= 0)
		return true;
	snprintf(err, err_size, "zebra knows no routes of protocol %s", c->keys[1]);
	return false;
}

static void redistribute_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);
	bool ip4 = strcmp(c->keys[0], "ipv4") == 0;
	int type = type_of(c->keys[1]);

	assert(type >= 0 && type < BABEL_CONF_TYPES);
	(ip4 ? conf->redistribute4 : conf->redistribute6)[type] = c->op == NB_CREATE;
}

/* ---- the instance ---- */

static void babel_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);
	struct babel_conf_if *i, *next;

	if (c->op != NB_DELETE)
		return;
	conf->has_router_id = false;
	memset(conf->redistribute4, 0, sizeof(conf->redistribute4));
	memset(conf->redistribute6, 0, sizeof(conf->redistribute6));
	LIST_EACH_SAFE (babel_conf_ifs, &conf->ifs, i, next) {
		i->network = false;
		if_put(ctx, i);
	}
}

static void applied(void *ctx)
{
	struct babel_nb *nb = ctx;

	if (nb->applied)
		nb->applied(nb->ctx);
}

#define BABEL "/srcdest-babel:babel"
#define IF    "/srcdest-interfaces:interfaces/interface/srcdest-babel:babel"

static const struct nb_node nodes[] = {
	{BABEL, NULL, babel_apply},
	{BABEL "/router-id", router_id_prepare, router_id_apply},
	{BABEL "/network", NULL, network_apply},
	{BABEL "/redistribute", redistribute_prepare, redistribute_apply},
	{IF "/link-type", NULL, link_type_apply},
	{IF "/split-horizon", NULL, split_horizon_apply},
	{IF "/rxcost", NULL, rxcost_apply},
	{IF "/mcast-hello-interval", NULL, hello_apply},
	{IF "/update-interval", NULL, update_apply},
	{IF "/enable-timestamps", NULL, timestamps_apply},
	{IF "/rtt-decay", NULL, rtt_decay_apply},
	{IF "/rtt-min", NULL, rtt_min_apply},
	{IF "/rtt-max", NULL, rtt_max_apply},
	{IF "/max-rtt-penalty", NULL, rtt_penalty_apply},
};

const struct nb_table babel_nb_table = {
	.nodes = nodes,
	.n_nodes = sizeof(nodes) / sizeof(nodes[0]),
	.applied = applied,
};
