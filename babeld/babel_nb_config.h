/* SPDX-License-Identifier: MIT */
/*
 * The schema nodes that babeld serves (modules srcdest-babel,
 * srcdest-key-chain, and in babel_nb_filter.h srcdest-babel-policy): change
 * records to one plain struct. Who acts on the difference is babeld.h's
 * business.
 *
 * Babel runs on the interfaces that `network` names. An interface may have
 * settings without that; they wait.
 *
 * The context of the table is a struct babel_nb.
 */
#ifndef SRCDEST_BABEL_NB_CONFIG_H
#define SRCDEST_BABEL_NB_CONFIG_H

#include "babeld/babel_keys.h"
#include "babeld/babel_nb_filter.h"
#include "babeld/babel_identity.h"
#include "babeld/core/babel.h"
#include "lib/base/list.h"
#include "lib/nb/nb.h"

#define BABEL_IFNAME 16

enum conf_link_type { LINK_AUTO, LINK_WIRED, LINK_WIRELESS, LINK_TUNNEL };
enum conf_switch { SWITCH_AUTO, SWITCH_OFF, SWITCH_ON };

/* The settings of an interface as configured; zero is "not set" throughout,
 * what depends on the link type may be left open. babel_nb_if.c has a row for
 * each leaf. */
struct babel_if_set {
	uint8_t link_type;     /* enum conf_link_type */
	uint8_t split_horizon; /* enum conf_switch */
	uint8_t quality;       /* enum babel_quality */
	bool unscheduled_hellos, unicast, probe_mtu, rfc6126, no_v4_via_v6;
	uint16_t rxcost;
	interval_cs hello, unicast_hello, update;
	uint16_t k, j;
	struct {
		uint8_t on;		  /* enum conf_switch */
		uint16_t decay, min, max; /* as in the model */
		bool has_penalty;
		uint16_t penalty;
	} rtt;
	struct {
		char key_chain[KEYS_NAME]; /* "": none, nothing is signed */
		bool permissive, window;
	} auth;
	unsigned int n_costs;
	struct babel_neigh_cost costs[BABEL_NEIGH_COSTS];
};

struct babel_conf_if {
	struct list_link link;
	char name[BABEL_IFNAME];
	bool network;
	struct babel_if_set set;
};
LIST_TYPE(babel_conf_ifs, struct babel_conf_if, link);

#define BABEL_CONF_TYPES 32 /* more than enum zapi_route_type has */

struct babel_conf {
	enum identity_policy identity;
	struct router_id router_id; /* IDENTITY_VALUE */
	struct babel_limits limits;
	struct babel_conf_ifs ifs;
	struct babel_keys keys;
	enum babel_smoothing smoothing;
	usec_t half_life;
	bool recording;
	unsigned int recording_mb; /* 0: not set, the model's default */
	bool redistribute4[BABEL_CONF_TYPES], redistribute6[BABEL_CONF_TYPES];
	struct babel_conf_filters filters;
};

void babel_conf_init(struct babel_conf *c);
void babel_conf_fini(struct babel_conf *c);
/* NULL: Babel is not to run there. */
const struct babel_conf_if *babel_conf_if_find(const struct babel_conf *c, const char *name);
size_t babel_conf_networks(const struct babel_conf *c);
/* With the defaults of its link type filled in; `found` is what the link was
 * found to be, where the type is not configured. Without keys: those depend on
 * the calendar (babel_keys_in_force()). */
void babel_conf_if_effective(const struct babel_conf_if *i, enum babel_link_type found,
			     struct babel_if_config *out);
const char *babel_link_type_name(enum babel_link_type t);

/* The route type (enum zapi_route_type) of that name; -1: there is none. */
int babel_conf_protocol(const char *name);

/* Eight octets in hex with colons; false leaves *out alone. */
bool router_id_parse(const char *s, struct router_id *out);

struct babel_nb {
	struct babel_conf conf;
	void (*applied)(void *ctx); /* a transaction is in conf: make it so */
	void *ctx;
};

/* babel_nb_limits.c */
void babel_nb_limit_neighbors(void *ctx, const struct nb_change *c);
void babel_nb_limit_neighbor_routes(void *ctx, const struct nb_change *c);
void babel_nb_limit_routes(void *ctx, const struct nb_change *c);

extern const struct nb_table babel_nb_table;

#endif
