/* SPDX-License-Identifier: MIT */
/* Finding, inserting and freeing nodes for both ways of editing. */
#include <stdlib.h>

#include "mgmtd/edit_private.h"

static struct lyd_node *siblings(const struct edit_at *at)
{
	return at->parent ? lyd_child(at->parent) : *at->top;
}

struct lyd_node *edit_find(const struct edit_at *at, const struct lyd_node *like)
{
	struct lyd_node *first = siblings(at), *match = NULL;

	if (!first)
		return NULL;
	/* By value only where the value is what tells entries apart. */
	if (like->schema->nodetype & (LYS_LIST | LYS_LEAFLIST))
		lyd_find_sibling_first(first, like, &match);
	else
		lyd_find_sibling_val(first, like->schema, NULL, 0, &match);
	return match;
}

struct lyd_node *edit_find_first(const struct edit_at *at, const struct lysc_node *schema)
{
	struct lyd_node *first = siblings(at), *match = NULL;

	if (first)
		lyd_find_sibling_val(first, schema, NULL, 0, &match);
	return match;
}

/* The case of `choice` that a node stands in; NULL: not below that choice. */
static const struct lysc_node *case_of(const struct lysc_node *node, const struct lysc_node *choice)
{
	for (; node; node = node->parent)
		if (node->parent == choice)
			return node;
	return NULL;
}

/* One choice may hang in a case of another: all that enclose the node count. */
static void drop_other_cases(const struct edit_at *at, const struct lysc_node *node)
{
	const struct lysc_node *mine;

	for (mine = node; mine && mine->parent && mine->parent->nodetype & (LYS_CHOICE | LYS_CASE);
	     mine = mine->parent) {
		struct lyd_node *n, *next;

		if (mine->parent->nodetype != LYS_CHOICE)
			continue;
		for (n = siblings(at); n; n = next) {
			const struct lysc_node *theirs = case_of(n->schema, mine->parent);

			next = n->next;
			if (theirs && theirs != mine)
				edit_drop(at, n);
		}
	}
}

void edit_insert(const struct edit_at *at, struct lyd_node *node)
{
	drop_other_cases(at, node->schema);
	/* Fails only for nodes that have no place there, which the callers have
	 * looked up in the schema. */
	if (at->parent ? lyd_insert_child(at->parent, node)
		       : lyd_insert_sibling(*at->top, node, at->top))
		abort();
}

void edit_drop(const struct edit_at *at, struct lyd_node *node)
{
	if (*at->top == node)
		*at->top = node->next;
	lyd_free_tree(node);
}

bool edit_change_leaf(struct lyd_node *leaf, const char *value, struct edit_error *err)
{
	LY_ERR rc = lyd_change_term(leaf, value);

	/* Only the default flag changed, or nothing at all. */
	if (rc == LY_SUCCESS || rc == LY_EEXIST || rc == LY_ENOT)
		return true;
	char *path = lyd_path(leaf, LYD_PATH_STD, NULL, 0);

	error_from_ly(err, LYD_CTX(leaf), ERR_INVALID_VALUE, path);
	free(path);
	return false;
}

bool edit_is_explicit(const struct lyd_node *node)
{
	if (!node || (node->flags & LYD_DEFAULT))
		return false;
	if (node->schema->nodetype != LYS_CONTAINER || (node->schema->flags & LYS_PRESENCE))
		return true;
	/* Without presence it is what it holds. */
	for (node = lyd_child(node); node; node = node->next)
		if (edit_is_explicit(node))
			return true;
	return false;
}

bool edit_validate(struct lyd_node **tree, const struct ly_ctx *ly, struct edit_error *err)
{
	if (lyd_validate_all(tree, ly, LYD_VALIDATE_NO_STATE, NULL) == LY_SUCCESS)
		return true;
	/* The values were checked when they were set: this is about the whole. */
	error_from_ly(err, ly, ERR_OPERATION_FAILED, NULL);
	return false;
}

struct lyd_node *edit_dup(const struct lyd_node *tree)
{
	struct lyd_node *copy = NULL;

	if (tree && lyd_dup_siblings(tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy))
		abort();
	return copy;
}
