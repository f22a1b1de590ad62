/* SPDX-License-Identifier: MIT */
/*
 * Filter rules as configured (module srcdest-babel-policy): change records to
 * sorted rules, and a rule as the words of its line.
 *
 * The context of the functions for the table is a struct babel_nb.
 */
#ifndef SRCDEST_BABEL_NB_FILTER_H
#define SRCDEST_BABEL_NB_FILTER_H

#include "babeld/core/babel.h"
#include "lib/nb/nb.h"

struct babel_conf_filters {
	struct filter_rule *rules[FILTER_KINDS]; /* by number */
	size_t n[FILTER_KINDS], room[FILTER_KINDS];
	bool accept_connected_specific;
};

void babel_conf_filters_clear(struct babel_conf_filters *f); /* frees what it holds */
/* What the protocol is told; points into f. */
struct babel_filters babel_conf_filters_of(const struct babel_conf_filters *f);

bool babel_filter_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
void babel_filter_apply(void *ctx, const struct nb_change *c);
bool babel_filter_leaf_prepare(void *ctx, const struct nb_change *c, char *err,
			       unsigned int err_size);
void babel_filter_leaf_apply(void *ctx, const struct nb_change *c);
void babel_filter_accept_apply(void *ctx, const struct nb_change *c);

/* "deny destination 2001:db8::/32 le 48 from ::/0", as after the number in its
 * line. Longer texts are cut. */
#define BABEL_FILTER_STR 512
const char *babel_filter_str(const struct filter_rule *r, char buf[BABEL_FILTER_STR]);

#endif
