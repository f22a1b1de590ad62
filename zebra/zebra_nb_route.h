/* SPDX-License-Identifier: MIT */
/* Between the files zebra/zebra_nb_*.c: routes as nodes of srcdest-rib. */
#ifndef SRCDEST_ZEBRA_NB_ROUTE_H
#define SRCDEST_ZEBRA_NB_ROUTE_H

#include "lib/nb/nb.h"
#include "zebra/zebra.h"

/* zebra_nb_entry.c: leaves of the groupings "next-hop" and "entry", next hops included. */
void nb_nexthop_leaves(const struct zebra *z, struct nb_writer *w, uint32_t index, enum family f,
		       const struct rib_nexthop *nh);
/* table: of the entry, 0 for main. */
void nb_entry_leaves(const struct zebra *z, struct nb_writer *w, uint32_t table,
		     const struct rib_view *v);

/* Of the kernel's refusal of this pair; z NULL: without its own words. */
void nb_error_leaves(const struct zebra *z, struct nb_writer *w, const struct sdprefix *pair,
		     int error);
void nb_prefsrc_leaf(struct nb_writer *w, const struct sdprefix *pair, const struct addr *a);
/* What is false is left out: the model's default. */
static inline void nb_leaf_true(struct nb_writer *w, const char *name, bool v)
{
	if (v)
		nb_leaf_bool(w, name, true);
}

bool nb_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
/* Of the main table, or of one beside it: then each row says which. */
bool nb_routes_page_of(void *ctx, const struct rib *rib, const struct nb_ask *ask,
		       struct nb_writer *w);
bool nb_table_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_fib_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_summary_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_lookup_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		    unsigned int err_size);

static inline const struct zebra *nb_zebra(void *ctx)
{
	return ((struct zebra_nb *)ctx)->ctx;
}

static inline uint64_t nb_seconds(const struct zebra *z, mono_t since)
{
	usec_t d = mono_sub(loop_now(z->loop), since);

	return d > 0 ? (uint64_t)(d / USEC_PER_SEC) : 0;
}

#endif
