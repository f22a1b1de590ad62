/* SPDX-License-Identifier: MIT */
/*
 * Prefix lists and route maps as configured and at work (modules
 * srcdest-prefix-list and srcdest-route-map): change records to struct
 * policy, and pages of rows and entries with their hits.
 *
 * The context of the functions is a struct zebra_nb.
 */
#ifndef SRCDEST_ZEBRA_NB_POLICY_H
#define SRCDEST_ZEBRA_NB_POLICY_H

#include "lib/nb/nb.h"

#define NB_PLIST     "/srcdest-prefix-list:prefix-lists/prefix-list"
#define NB_PLIST_ROW NB_PLIST "/row"
#define NB_RMAP	     "/srcdest-route-map:route-maps/route-map"
#define NB_RMAP_ENTRY NB_RMAP "/entry"
#define NB_RMAP_BIND "/srcdest-route-map:route-maps/protocol"

void nb_plist_apply(void *ctx, const struct nb_change *c);
void nb_plist_row_apply(void *ctx, const struct nb_change *c);
bool nb_plist_leaf_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
void nb_plist_leaf_apply(void *ctx, const struct nb_change *c);
void nb_rmap_apply(void *ctx, const struct nb_change *c);
void nb_rmap_entry_apply(void *ctx, const struct nb_change *c);
bool nb_rmap_leaf_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
void nb_rmap_leaf_apply(void *ctx, const struct nb_change *c);
void nb_rmap_bind_apply(void *ctx, const struct nb_change *c);
void nb_rmap_bind_leaf_apply(void *ctx, const struct nb_change *c);

/* zebra_nb_policy_state.c */
bool nb_plists_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_rmaps_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);

/* The protocol's number; RMAP_ANY for "any", -1 for none. */
int nb_policy_protocol(const char *name);

/* Rows of struct nb_table. */
#define NB_POLICY_NODES \
	{NB_PLIST, NULL, nb_plist_apply}, {NB_PLIST_ROW, NULL, nb_plist_row_apply}, \
		NB_PLIST_LEAF("action"), NB_PLIST_LEAF("destination-prefix"), \
		NB_PLIST_LEAF("destination-ge"), NB_PLIST_LEAF("destination-le"), \
		NB_PLIST_LEAF("source-prefix"), NB_PLIST_LEAF("source-ge"), \
		NB_PLIST_LEAF("source-le"), {NB_RMAP, NULL, nb_rmap_apply}, \
		{NB_RMAP_ENTRY, NULL, nb_rmap_entry_apply}, NB_RMAP_LEAF("action"), \
		NB_RMAP_LEAF("match/ip-prefix-list"), NB_RMAP_LEAF("match/ipv6-prefix-list"), \
		NB_RMAP_LEAF("match/interface"), NB_RMAP_LEAF("match/metric"), \
		NB_RMAP_LEAF("match/tag"), NB_RMAP_LEAF("match/source-protocol"), \
		NB_RMAP_LEAF("match/source-instance"), NB_RMAP_LEAF("set/metric"), \
		NB_RMAP_LEAF("set/tag"), NB_RMAP_LEAF("set/source"), \
		{NB_RMAP_BIND, NULL, nb_rmap_bind_apply}, \
	{ \
		NB_RMAP_BIND "/route-map", NULL, nb_rmap_bind_leaf_apply \
	}
#define NB_PLIST_LEAF(leaf) {NB_PLIST_ROW "/" leaf, nb_plist_leaf_prepare, nb_plist_leaf_apply}
#define NB_RMAP_LEAF(leaf)  {NB_RMAP_ENTRY "/" leaf, nb_rmap_leaf_prepare, nb_rmap_leaf_apply}

#endif
