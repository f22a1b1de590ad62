/* SPDX-License-Identifier: MIT */
/*
 * The edit engine: the one place where configuration changes.
 *
 * Both calls work on a tree that is the caller's own copy. When they fail the
 * tree is valid to free and nothing else: all or nothing comes from editing a
 * copy. Neither validates: edit_validate() does, once, for the result.
 *
 * A node that exists only as its schema default counts as absent for create
 * and delete (RFC 6243 2.3.1 is the reading for "explicit").
 */
#ifndef SRCDEST_MGMTD_EDIT_H
#define SRCDEST_MGMTD_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "mgmtd/error.h"

#define EDIT_KEYS_MAX 8

/* RFC 6241 7.2 default-operation. */
enum edit_default_op {
	EDIT_DEFAULT_MERGE,
	EDIT_DEFAULT_REPLACE,
	EDIT_DEFAULT_NONE,
};

/* NETCONF. `edit` is the list of top siblings inside <config>, parsed with
 * LYD_PARSE_ONLY | LYD_PARSE_OPAQ; operations are ietf-netconf:operation
 * metadata (or the attribute of an opaque node), yang:insert, key and value
 * for user-ordered lists. With EDIT_DEFAULT_REPLACE the whole configuration
 * becomes what `edit` says. */
bool edit_tree(struct lyd_node **target, const struct lyd_node *edit, enum edit_default_op op,
	       struct edit_error *err);

/* Command line and configuration file. */
enum edit_op {
	EDIT_SET,    /* leaf: it has this value; leaf-list: the value is among them */
	EDIT_CREATE, /* list entry or presence container is there, new or not */
	EDIT_DELETE, /* it is gone; an error (data-missing) if it was not there */
	EDIT_REMOVE, /* it is gone */
};

/* Either `node` with `keys` or `path`. Parents are made as needed. Where the
 * last entry of a list with min-elements goes, the list entry around it goes
 * too if only its keys would remain: the last next hop takes its route along. */
struct edit {
	enum edit_op op;
	const struct lysc_node *node;
	/* Of all lists above and at the node, outermost first. */
	const char *keys[EDIT_KEYS_MAX];
	size_t n_keys;
	const char *path;  /* a data path; used if node is NULL */
	const char *value; /* EDIT_SET; a leaf-list entry's with EDIT_DELETE, EDIT_REMOVE
			    * (NULL: all entries) */
};

/* *target may be NULL (empty): `ly` is then what makes nodes. */
bool edit_list(struct lyd_node **target, const struct ly_ctx *ly, const struct edit *edits,
	       size_t n, struct edit_error *err);

/* The instance that an edit names, whether it exists or not, as lyd_path()
 * would write it; to be freed. */
char *edit_path(const struct edit *e);
/* A deep copy, to be freed by edits_free(). */
struct edit *edits_dup(const struct edit *edits, size_t n);
void edits_free(struct edit *edits, size_t n);

/* Types, must, when, references, mandatory; adds defaults. The address: the
 * first node may change. Pointers into the tree are void afterwards. */
bool edit_validate(struct lyd_node **tree, const struct ly_ctx *ly, struct edit_error *err);

/* A copy that keeps what is default and what is not. NULL: empty. */
struct lyd_node *edit_dup(const struct lyd_node *tree);

#endif
