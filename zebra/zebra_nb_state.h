/* SPDX-License-Identifier: MIT */
/*
 * What zebra tells of itself (modules srcdest-rib and srcdest-interfaces) and
 * the operations there. As in zebra_nb_config.h the context of the functions
 * is a struct zebra_nb; its ctx is the struct zebra. A page of routes holds
 * whole pairs.
 */
#ifndef SRCDEST_ZEBRA_NB_STATE_H
#define SRCDEST_ZEBRA_NB_STATE_H

#include "lib/nb/nb.h"

extern const struct nb_state zebra_nb_states[];
extern const size_t zebra_nb_n_states;
extern const struct nb_rpc zebra_nb_rpcs[];
extern const size_t zebra_nb_n_rpcs;

#endif
