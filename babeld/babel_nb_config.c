/* SPDX-License-Identifier: MIT */
/* Configuration of babeld: change records into struct babel_conf. */
#include "babeld/babel_nb_config.h"

#include "babeld/babel_nb_if.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_keys.h"
#include "lib/zapi/zapi.h"

void babel_conf_init(struct babel_conf *c)
{
	*c = (struct babel_conf){0};
	babel_conf_ifs_init(&c->ifs);
	babel_keys_init(&c->keys);
}

void babel_conf_fini(struct babel_conf *c)
{
	struct babel_conf_if *i;

	while ((i = babel_conf_ifs_pop(&c->ifs)))
		free(i);
	babel_keys_fini(&c->keys);
	babel_conf_filters_clear(&c->filters);
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
	if (c->op != NB_SET || strcmp(c->value, "random") == 0 ||
	    strcmp(c->value, "derived") == 0 ||
	    (router_id_parse(c->value, &id) && router_id_valid(&id)))
		return true;
	snprintf(err, err_size,
		 "%s is not a router-id: random, derived, or eight octets in hex with colons, "
		 "neither all zeros nor all ones",
		 c->value);
	return false;
}

static void router_id_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);

	if (c->op != NB_SET)
		conf->identity = IDENTITY_KEPT;
	else if (strcmp(c->value, "random") == 0)
		conf->identity = IDENTITY_RANDOM;
	else if (strcmp(c->value, "derived") == 0)
		conf->identity = IDENTITY_DERIVED;
	else if (router_id_parse(c->value, &conf->router_id))
		conf->identity = IDENTITY_VALUE;
}

/* ---- interfaces ---- */

static void network_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);
	struct babel_conf_if *i = conf_if_get(conf, c->keys[0]);

	i->network = c->op != NB_DELETE;
	conf_if_put(conf, i);
}

/* ---- redistribution ---- */

int babel_conf_protocol(const char *name)
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
	if (babel_conf_protocol(c->keys[1]) >= 0)
		return true;
	snprintf(err, err_size, "zebra knows no routes of protocol %s", c->keys[1]);
	return false;
}

static void redistribute_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);
	bool ip4 = strcmp(c->keys[0], "ipv4") == 0;
	int type = babel_conf_protocol(c->keys[1]);

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
	conf->identity = IDENTITY_KEPT;
	conf->smoothing = BABEL_SMOOTH_BY_HELLOS;
	conf->limits = (struct babel_limits){0};
	conf->recording = false;
	memset(conf->redistribute4, 0, sizeof(conf->redistribute4));
	memset(conf->redistribute6, 0, sizeof(conf->redistribute6));
	babel_conf_filters_clear(&conf->filters);
	LIST_EACH_SAFE (babel_conf_ifs, &conf->ifs, i, next) {
		i->network = false;
		conf_if_put(conf, i);
	}
}

/* No value: about three Hello intervals. */
static void half_life_apply(void *ctx, const struct nb_change *c)
{
	struct babel_conf *conf = conf_of(ctx);
	unsigned long seconds = c->op == NB_SET ? strtoul(c->value, NULL, 10) : 0;

	conf->half_life = (usec_t)seconds * USEC_PER_SEC;
	conf->smoothing = c->op != NB_SET ? BABEL_SMOOTH_BY_HELLOS
			  : seconds	  ? BABEL_SMOOTH_HALF_LIFE
					  : BABEL_SMOOTH_OFF;
}

static void recording_apply(void *ctx, const struct nb_change *c)
{
	conf_of(ctx)->recording = c->op != NB_DELETE;
	conf_of(ctx)->recording_mb = 0;
}

static void recording_size_apply(void *ctx, const struct nb_change *c)
{
	conf_of(ctx)->recording_mb =
		c->op == NB_SET ? (unsigned int)strtoul(c->value, NULL, 10) : 0;
}

static void applied(void *ctx)
{
	struct babel_nb *nb = ctx;

	if (nb->applied)
		nb->applied(nb->ctx);
}

#define BABEL "/srcdest-babel:babel"
#define ACCEPT BABEL "/srcdest-babel-policy:accept-connected-specific"
#define FILTER BABEL "/srcdest-babel-policy:filter"
#define RULE(leaf) {FILTER "/" leaf, babel_filter_leaf_prepare, babel_filter_leaf_apply}
#define IF    "/srcdest-interfaces:interfaces/interface/srcdest-babel:babel"
#define CHAIN "/srcdest-key-chain:key-chains/key-chain"

static const struct nb_node nodes[] = {
	{BABEL, NULL, babel_apply},
	{BABEL "/router-id", router_id_prepare, router_id_apply},
	{BABEL "/network", NULL, network_apply},
	{BABEL "/redistribute", redistribute_prepare, redistribute_apply},
	{ACCEPT, NULL, babel_filter_accept_apply},
	{FILTER, babel_filter_prepare, babel_filter_apply},
	RULE("action"),
	RULE("destination-prefix"),
	RULE("destination-ge"),
	RULE("destination-le"),
	RULE("source-prefix"),
	RULE("source-ge"),
	RULE("source-le"),
	RULE("neighbor"),
	RULE("interface"),
	RULE("router-id"),
	RULE("protocol"),
	RULE("metric"),
	RULE("metric-ge"),
	RULE("metric-le"),
	RULE("tag"),
	RULE("set-metric"),
	RULE("add-metric"),
	RULE("set-source"),
	RULE("set-tag"),
	{BABEL "/smoothing-half-life", NULL, half_life_apply},
	{BABEL "/limit/neighbors", NULL, babel_nb_limit_neighbors},
	{BABEL "/limit/neighbor-routes", NULL, babel_nb_limit_neighbor_routes},
	{BABEL "/limit/routes", NULL, babel_nb_limit_routes},
	{BABEL "/recording", NULL, recording_apply},
	{BABEL "/recording/max-size", NULL, recording_size_apply},
	{IF "/link-type", NULL, if_leaf_apply},
	{IF "/split-horizon", NULL, if_leaf_apply},
	{IF "/rxcost", NULL, if_leaf_apply},
	{IF "/metric-algorithm", NULL, if_leaf_apply},
	{IF "/k-out-of-j", NULL, if_k_out_of_j_apply},
	{IF "/k-out-of-j/k", NULL, if_leaf_apply},
	{IF "/k-out-of-j/j", NULL, if_leaf_apply},
	{IF "/mcast-hello-interval", NULL, if_leaf_apply},
	{IF "/ucast-hello-interval", NULL, if_leaf_apply},
	{IF "/unscheduled-hellos", NULL, if_leaf_apply},
	{IF "/update-interval", NULL, if_leaf_apply},
	{IF "/unicast", NULL, if_leaf_apply},
	{IF "/probe-mtu", NULL, if_leaf_apply},
	{IF "/rfc6126-compatible", NULL, if_leaf_apply},
	{IF "/v4-via-v6", NULL, if_leaf_apply},
	{IF "/enable-timestamps", NULL, if_leaf_apply},
	{IF "/rtt-decay", NULL, if_leaf_apply},
	{IF "/rtt-min", NULL, if_leaf_apply},
	{IF "/rtt-max", NULL, if_leaf_apply},
	{IF "/max-rtt-penalty", NULL, if_rtt_penalty_apply},
	{IF "/authentication/key-chain", NULL, if_key_chain_apply},
	{IF "/authentication/permissive", NULL, if_leaf_apply},
	{IF "/authentication/replay-window", NULL, if_leaf_apply},
	{IF "/neighbor", NULL, if_neighbor_apply},
	{IF "/neighbor/rxcost", NULL, if_neighbor_apply},
	{IF "/neighbor/extra-cost", NULL, if_neighbor_apply},
	{CHAIN, NULL, nb_chain_apply},
	{CHAIN "/key", NULL, nb_key_apply},
	{CHAIN "/key/key-string", NULL, nb_key_string_apply},
	{CHAIN "/key/hexadecimal-string", NULL, nb_key_hex_apply},
	{CHAIN "/key/cryptographic-algorithm", NULL, nb_key_algorithm_apply},
	{CHAIN "/key/send-lifetime", nb_key_life_prepare, nb_key_send_apply},
	{CHAIN "/key/accept-lifetime", nb_key_life_prepare, nb_key_accept_apply},
};

const struct nb_table babel_nb_table = {
	.nodes = nodes,
	.n_nodes = sizeof(nodes) / sizeof(nodes[0]),
	.applied = applied,
};
