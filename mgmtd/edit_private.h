/* SPDX-License-Identifier: MIT */
/*
 * What both ways of editing share: finding, inserting and freeing nodes of a
 * tree whose first sibling may change. Nothing outside edit*.c includes this.
 */
#ifndef SRCDEST_MGMTD_EDIT_PRIVATE_H
#define SRCDEST_MGMTD_EDIT_PRIVATE_H

#include "mgmtd/edit.h"

struct edit_at {
	struct lyd_node **top;	 /* the tree */
	struct lyd_node *parent; /* whose children are meant; NULL: the top siblings */
};

/* The instance that `like` (of the same schema) means here; NULL: none. */
struct lyd_node *edit_find(const struct edit_at *at, const struct lyd_node *like);
/* The first instance of a schema node. */
struct lyd_node *edit_find_first(const struct edit_at *at, const struct lysc_node *schema);
/* Takes the node. Nodes of other cases of its choice go (RFC 7950 7.9). */
void edit_insert(const struct edit_at *at, struct lyd_node *node);
void edit_drop(const struct edit_at *at, struct lyd_node *node);
/* False: refused by the type; err has the words. */
bool edit_change_leaf(struct lyd_node *leaf, const char *value, struct edit_error *err);
/* Exists by someone's word, not by default. */
bool edit_is_explicit(const struct lyd_node *node);

#endif
