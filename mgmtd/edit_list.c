/* SPDX-License-Identifier: MIT */
/* Edits of the command line and of configuration files. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/edit_private.h"

/* Data nodes from the top down to a schema node; our models are far below. */
#define DEPTH_MAX 32

struct text {
	char *p;
	size_t n;
};

static void append(struct text *t, const char *a, const char *b, const char *c)
{
	size_t more = strlen(a) + strlen(b) + strlen(c);

	t->p = realloc(t->p, t->n + more + 1);
	if (!t->p)
		abort();
	sprintf(t->p + t->n, "%s%s%s", a, b, c);
	t->n += more;
}

static size_t chain_of(const struct lysc_node *node, const struct lysc_node *chain[DEPTH_MAX])
{
	size_t n = 0;

	for (; node; node = node->parent) {
		if (node->nodetype & (LYS_CHOICE | LYS_CASE))
			continue;
		assert(n < DEPTH_MAX);
		memmove(&chain[1], &chain[0], n * sizeof(chain[0]));
		chain[0] = node;
		n++;
	}
	return n;
}

char *edit_path(const struct edit *e)
{
	const struct lysc_node *chain[DEPTH_MAX];
	struct text t = {NULL, 0};
	size_t n, key = 0;

	if (!e->node)
		return strdup(e->path);
	n = chain_of(e->node, chain);
	for (size_t i = 0; i < n; i++) {
		bool mod = i == 0 || chain[i]->module != chain[i - 1]->module;

		append(&t, "/", mod ? chain[i]->module->name : "", mod ? ":" : "");
		append(&t, chain[i]->name, "", "");
		if (chain[i]->nodetype == LYS_LEAFLIST && e->value)
			append(&t, "[.='", e->value, "']");
		if (chain[i]->nodetype != LYS_LIST)
			continue;
		for (const struct lysc_node *k = lysc_node_child(chain[i]);
		     k && lysc_is_key(k) && key < e->n_keys; k = k->next) {
			append(&t, "[", k->name, "='");
			append(&t, e->keys[key++], "']", "");
		}
	}
	return t.p;
}

static void refuse(const struct edit *e, enum error_tag tag, const char *why,
		   struct edit_error *err)
{
	char *path = edit_path(e);

	error_set(err, tag, path, "%s", why);
	free(path);
}

static void refuse_ly(const struct edit *e, const struct ly_ctx *ly, struct edit_error *err)
{
	char *path = edit_path(e);

	error_from_ly(err, ly, ERR_INVALID_VALUE, path);
	free(path);
}

/* ---- finding and making the nodes down to the one that is meant ---- */

/* "[k='v']..." for lyd_find_sibling_val(); `used` counts the keys of the edit
 * that went into it. NULL: a value that can't be written so. */
static char *predicates(const struct lysc_node *list, const struct edit *e, size_t *used)
{
	struct text t = {NULL, 0};

	for (const struct lysc_node *k = lysc_node_child(list); k && lysc_is_key(k); k = k->next) {
		const char *v = *used < e->n_keys ? e->keys[(*used)++] : NULL;
		const char *quote = v && strchr(v, '\'') ? "\"" : "'";

		if (!v || (*quote == '"' && strchr(v, '"'))) {
			free(t.p);
			return NULL;
		}
		append(&t, "[", k->name, "=");
		append(&t, quote, v, quote);
		append(&t, "]", "", "");
	}
	return t.p;
}

static struct lyd_node *make_entry(const struct edit_at *at, const struct lysc_node *s,
				   const char *const *k, size_t n)
{
	const char *v[EDIT_KEYS_MAX] = {NULL};
	struct lyd_node *node = NULL;

	memcpy(v, k, n * sizeof(v[0]));
	/* It reads as many as the list has keys. */
	if (lyd_new_list(at->parent, s->module, s->name, 0, &node, v[0], v[1], v[2], v[3], v[4],
			 v[5], v[6], v[7]))
		return NULL;
	return node;
}

static struct lyd_node *make(const struct edit_at *at, const struct lysc_node *s,
			     const struct edit *e, size_t key, size_t n_keys)
{
	struct lyd_node *node = NULL;
	const char *value = e->value ? e->value : "";

	if (s->nodetype == LYS_LIST)
		node = make_entry(at, s, &e->keys[key], n_keys);
	else if (s->nodetype == LYS_CONTAINER)
		lyd_new_inner(at->parent, s->module, s->name, 0, &node);
	else if (s->nodetype & (LYS_LEAF | LYS_LEAFLIST))
		lyd_new_term(at->parent, s->module, s->name, value, 0, &node);
	if (!node)
		return NULL;
	/* Under a parent it stands already; take it out to let go of what its
	 * arrival ends. */
	if (at->parent)
		lyd_unlink_tree(node);
	edit_insert(at, node);
	return node;
}

enum step { STEP_FOUND, STEP_ABSENT, STEP_REFUSED };

/* One node further down: at->parent becomes it. `may_make`: where it is not,
 * it is made. */
static enum step step(struct edit_at *at, const struct lysc_node *s, const struct edit *e,
		      size_t *key, bool may_make)
{
	struct lyd_node *first = at->parent ? lyd_child(at->parent) : *at->top;
	struct lyd_node *match = NULL;
	size_t from = *key;
	char *keys = NULL;
	LY_ERR rc = LY_ENOTFOUND;

	if (s->nodetype == LYS_LIST) {
		keys = predicates(s, e, key);
		if (!keys)
			return STEP_REFUSED;
	}
	if (first && s->nodetype == LYS_LEAFLIST && e->value)
		rc = lyd_find_sibling_val(first, s, e->value, 0, &match);
	else if (first)
		rc = lyd_find_sibling_val(first, s, keys, 0, &match);
	free(keys);
	if (rc && rc != LY_ENOTFOUND)
		return STEP_REFUSED;
	if (!match && may_make) {
		match = make(at, s, e, from, *key - from);
		if (!match)
			return STEP_REFUSED;
	}
	if (match)
		at->parent = match;
	return match ? STEP_FOUND : STEP_ABSENT;
}

static enum step walk(struct edit_at *at, const struct edit *e, bool may_make)
{
	const struct lysc_node *chain[DEPTH_MAX];
	size_t n = chain_of(e->node, chain), key = 0;

	for (size_t i = 0; i < n; i++) {
		enum step s = step(at, chain[i], e, &key, may_make);

		if (s != STEP_FOUND)
			return s;
	}
	return STEP_FOUND;
}

/* ---- the edits ---- */

static bool set_path(const struct edit_at *at, const struct ly_ctx *ly, const struct edit *e,
		     struct edit_error *err)
{
	struct lyd_node *node = NULL;

	if (lyd_new_path(*at->top, ly, e->path, e->value, LYD_NEW_PATH_UPDATE, &node)) {
		refuse_ly(e, ly, err);
		return false;
	}
	for (; node && node->parent; node = lyd_parent(node))
		;
	if (node || *at->top)
		*at->top = lyd_first_sibling(node ? node : *at->top);
	return true;
}

static bool set(struct edit_at *at, const struct ly_ctx *ly, const struct edit *e,
		struct edit_error *err)
{
	if (!e->node)
		return set_path(at, ly, e, err);
	if (e->node->flags & LYS_CONFIG_R) {
		refuse(e, ERR_UNKNOWN_ELEMENT, "it is state, not configuration", err);
		return false;
	}
	if (walk(at, e, true) != STEP_FOUND) {
		if (ly_errmsg(ly))
			refuse_ly(e, ly, err);
		else
			refuse(e, ERR_INVALID_VALUE, "a key is missing or can't be written", err);
		return false;
	}
	/* A leaf that was there has its old value, and any node may have been
	 * there by default only. */
	if (e->node->nodetype == LYS_LEAF) {
		if (edit_change_leaf(at->parent, e->value ? e->value : "", err))
			return true;
		return false;
	}
	at->parent->flags &= ~(uint32_t)LYD_DEFAULT;
	return true;
}

/* Holds nothing but its keys and what is so by default. */
static bool only_keys(const struct lyd_node *entry)
{
	for (const struct lyd_node *c = lyd_child_no_keys(entry); c; c = c->next)
		if (edit_is_explicit(c))
			return false;
	return true;
}

static void drop(const struct edit_at *at, struct lyd_node *node)
{
	const struct lysc_node *s = node->schema;
	struct edit_at up = {at->top, lyd_parent(node)};

	edit_drop(at, node);
	if (s->nodetype == LYS_LIST && ((const struct lysc_node_list *)s)->min && up.parent &&
	    up.parent->schema->nodetype == LYS_LIST && !edit_find_first(&up, s) &&
	    only_keys(up.parent))
		edit_drop(at, up.parent);
}

static bool drop_all(const struct edit_at *at, const struct edit *e, struct lyd_node *first)
{
	struct edit_at up = {at->top, lyd_parent(first)};
	struct lyd_node *n;

	while ((n = edit_find_first(&up, e->node)) && edit_is_explicit(n))
		edit_drop(at, n);
	return true;
}

static bool delete (struct edit_at *at, const struct ly_ctx *ly, const struct edit *e,
		    struct edit_error *err)
{
	enum step s = STEP_ABSENT;

	if (e->node)
		s = walk(at, e, false);
	else if (*at->top && lyd_find_path(*at->top, e->path, 0, &at->parent) == LY_SUCCESS)
		s = STEP_FOUND;
	/* A value that its type refuses is nowhere. */
	ly_err_clean((struct ly_ctx *)ly, NULL);
	if (s == STEP_FOUND && lysc_is_key(at->parent->schema)) {
		refuse(e, ERR_OPERATION_NOT_SUPPORTED, "a key goes only with its entry", err);
		return false;
	}
	if (s == STEP_FOUND && edit_is_explicit(at->parent)) {
		if (e->node && e->node->nodetype == LYS_LEAFLIST && !e->value)
			return drop_all(at, e, at->parent);
		drop(at, at->parent);
		return true;
	}
	if (e->op == EDIT_REMOVE)
		return true;
	refuse(e, ERR_DATA_MISSING, "it is not configured", err);
	return false;
}

bool edit_list(struct lyd_node **target, const struct ly_ctx *ly, const struct edit *edits,
	       size_t n, struct edit_error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct edit_at at = {target, NULL};
		bool fine = false;

		switch (edits[i].op) {
		case EDIT_SET:
		case EDIT_CREATE:
			fine = set(&at, ly, &edits[i], err);
			break;
		case EDIT_DELETE:
		case EDIT_REMOVE:
			fine = delete (&at, ly, &edits[i], err);
			break;
		}
		if (!fine) {
			err->edit = i;
			return false;
		}
	}
	return true;
}

static const char *dup_text(const char *s)
{
	char *copy = s ? strdup(s) : NULL;

	if (s && !copy)
		abort();
	return copy;
}

struct edit *edits_dup(const struct edit *edits, size_t n)
{
	struct edit *copy = calloc(n ? n : 1, sizeof(*copy));

	if (!copy)
		abort();
	for (size_t i = 0; i < n; i++) {
		copy[i] = edits[i];
		copy[i].path = dup_text(edits[i].path);
		copy[i].value = dup_text(edits[i].value);
		for (size_t k = 0; k < edits[i].n_keys; k++)
			copy[i].keys[k] = dup_text(edits[i].keys[k]);
	}
	return copy;
}

void edits_free(struct edit *edits, size_t n)
{
	for (size_t i = 0; edits && i < n; i++) {
		free((char *)edits[i].path);
		free((char *)edits[i].value);
		for (size_t k = 0; k < edits[i].n_keys; k++)
			free((char *)edits[i].keys[k]);
	}
	free(edits);
}
