/* SPDX-License-Identifier: MIT */
/*
 * The schema nodes that babeld serves (module srcdest-babel): change records
 * to one plain struct. Who acts on the difference is babeld.h's business.
 *
 * Babel runs on the interfaces that `network` names. An interface may have
 * settings without that; they wait.
 *
 * The context of the table is a struct babel_nb.
 */
#ifndef SRCDEST_BABEL_NB_CONFIG_H
#define SRCDEST_BABEL_NB_CONFIG_H

#include "babeld/core/babel.h"
#include "lib/base/list.h"
#include "lib/nb/nb.h"

#define BABEL_IFNAME 16

/* As configured; what depends on the link type may be left open. */
struct babel_conf_if {
	struct list_link link;
	char name[BABEL_IFNAME];
	bool network;
	enum babel_link_type type;
	bool has_split_horizon, split_horizon;
	uint16_t rxcost;	   /* 0: not set */
	interval_cs hello, update; /* 0: not set, the model's default */
	struct {
		bool has_on, on;
		uint16_t decay, min, max; /* as in the model; 0: not set, its default */
		bool has_penalty;
		uint16_t penalty;
	} rtt;
};
LIST_TYPE(babel_conf_ifs, struct babel_conf_if, link);

#define BABEL_CONF_TYPES 32 /* more than enum zapi_route_type has */

struct babel_conf {
	bool has_router_id;
	struct router_id router_id;
	struct babel_conf_ifs ifs;
	bool redistribute4[BABEL_CONF_TYPES], redistribute6[BABEL_CONF_TYPES];
};

void babel_conf_init(struct babel_conf *c);
void babel_conf_fini(struct babel_conf *c);
/* NULL: Babel is not to run there. */
const struct babel_conf_if *babel_conf_if_find(const struct babel_conf *c, const char *name);
size_t babel_conf_networks(const struct babel_conf *c);
/* With the defaults of its link type filled in. */
struct babel_if_config babel_conf_if_effective(const struct babel_conf_if *i);

/* Eight octets in hex with colons; false leaves *out alone. */
bool router_id_parse(const char *s, struct router_id *out);

struct babel_nb {
	struct babel_conf conf;
	void (*applied)(void *ctx); /* a transaction is in conf: make it so */
	void *ctx;
};

extern const struct nb_table babel_nb_table;

#endif
