/* SPDX-License-Identifier: MIT */
/*
 * The settings of interfaces: change records into struct babel_if_set. Part
 * of babel_nb_config.c, which has the rows of the schema.
 */
#ifndef SRCDEST_BABEL_NB_IF_H
#define SRCDEST_BABEL_NB_IF_H

#include "babeld/babel_nb_config.h"

/* Made if it has to be. */
struct babel_conf_if *conf_if_get(struct babel_conf *c, const char *name);
/* After a change: entries about which nothing is said any more go. */
void conf_if_put(struct babel_conf *c, struct babel_conf_if *i);

/* Any leaf that has a row in babel_nb_if.c. */
void if_leaf_apply(void *ctx, const struct nb_change *c);
void if_k_out_of_j_apply(void *ctx, const struct nb_change *c);
void if_rtt_penalty_apply(void *ctx, const struct nb_change *c);
void if_key_chain_apply(void *ctx, const struct nb_change *c);
void if_neighbor_apply(void *ctx, const struct nb_change *c);

#endif
