/* SPDX-License-Identifier: MIT */
/* Between the files babeld/babel_nb_*.c: pages of srcdest-babel-state. */
#ifndef SRCDEST_BABEL_NB_TABLE_H
#define SRCDEST_BABEL_NB_TABLE_H

#include "babeld/babeld.h"
#include "lib/nb/walk.h"

/* Tables of routes, keyed by pairs (babel_nb_table.c). */
bool nb_babel_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_babel_sources_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_babel_limits_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_babel_requests_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_babel_filters_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);

/* MAC authentication, by interface (babel_nb_auth.c). */
bool nb_babel_auth_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);

const char *nb_babel_fate_name(enum fate f);

static inline struct babeld *nb_babeld(void *ctx)
{
	return ((struct babel_nb *)ctx)->ctx;
}

#endif
