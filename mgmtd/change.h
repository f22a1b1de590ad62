/* SPDX-License-Identifier: MIT */
/*
 * What is different between two configurations, as a list: deletions first,
 * then the rest in the order of the tree, a list entry before its leaves.
 * Linear in the size of the trees (lyd_diff_siblings is quadratic).
 *
 * The records borrow from both trees and live no longer than they.
 */
#ifndef SRCDEST_MGMTD_CHANGE_H
#define SRCDEST_MGMTD_CHANGE_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stddef.h>

#define CHANGE_KEYS_MAX 8

enum change_op {
	CHANGE_SET,    /* a leaf has this value now (also: its default is back) */
	CHANGE_CREATE, /* a list entry, leaf-list entry or presence container is there */
	CHANGE_DELETE, /* it is gone, with all below it (no record for the parts) */
};

struct change {
	enum change_op op;
	const struct lysc_node *node;
	const struct lyd_node *at;	   /* in the new tree; in the old one if deleted */
	const char *keys[CHANGE_KEYS_MAX]; /* of all lists above and at the node; a leaf-list
					    * entry's value is its key */
	size_t n_keys;
	const char *value; /* canonical; NULL unless CHANGE_SET */
	const char *old;   /* CHANGE_SET: the value before, NULL if there was none */
};

struct change_list {
	struct change *v;
	size_t n, room;
	/* Nodes that are now set to what was their default, or the reverse:
	 * nobody acts on them, but the trees are not the same. */
	size_t silent;
};

/* Appends to `out`, zeroed or in use. Either tree may be NULL: empty. A
 * user-ordered list whose entries moved, or that has a new one before an old
 * one, is deleted and created entry by entry, in the new order. */
void change_diff(struct change_list *out, const struct lyd_node *old, const struct lyd_node *new);

/* The part of `all` that concerns who serves nodes as `serves` says. Where
 * something deleted is not served but parts of it are, their tops are
 * recorded instead. */
void change_select(struct change_list *out, const struct change_list *all,
		   bool (*serves)(void *ctx, const struct lysc_node *node), void *ctx);

char *change_path(const struct change *c); /* /module:a/b[k='v']; to be freed */
void change_list_clear(struct change_list *l);

#endif
