/* SPDX-License-Identifier: MIT */
/*
 * Filters of get, get-config and create-subscription: subtree (RFC 6241 6)
 * and XPath (8.9). A filter is applied to a tree and gives a copy of what it
 * selects, with all nodes above and the keys of the lists among them.
 *
 * Of state that comes in pages the filter sees one page at a time: the whole
 * table is never in memory. So an XPath expression that counts over all entries
 * of a table counts over a page; what selects entries by their content
 * is exact.
 */
#ifndef SRCDEST_MGMTD_NETCONF_FILTER_H
#define SRCDEST_MGMTD_NETCONF_FILTER_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stddef.h>

#include "mgmtd/error.h"

#define FILTER_KEYS_MAX 8

struct filter;

/* From the <filter> element. NULL with an error: not a filter. */
struct filter *filter_new(const struct ly_ctx *ly, const struct lyd_node *element,
			  struct edit_error *err);
void filter_free(struct filter *f); /* NULL is fine */

/* The selected part of `tree` (all top siblings) as a copy, NULL if nothing.
 * f NULL: all. False: the XPath expression fails on this data. */
bool filter_apply(const struct filter *f, const struct lyd_node *tree, struct lyd_node **out,
		  struct edit_error *err);

/* All of the node and below it is selected, whatever its content. */
bool filter_takes_all(const struct filter *f, const struct lysc_node *node);
/* Could anything at or below the node be selected, or be looked at? Then the
 * leading keys of the list `node` that the filter fixes are put into `keys`
 * (borrowed from the filter), for the daemon to search by. */
bool filter_wants(const struct filter *f, const struct lysc_node *node, const char **keys,
		  size_t *n_keys);

#endif
