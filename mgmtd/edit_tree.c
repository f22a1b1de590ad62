/* SPDX-License-Identifier: MIT */
/* edit-config: an edit tree with operations into a copy of a configuration
 * (RFC 6241 7.2, RFC 7950 7.5.8 to 7.10.8). */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/edit_private.h"

#define NETCONF_NS "urn:ietf:params:xml:ns:netconf:base:1.0"

enum op { OP_MERGE, OP_REPLACE, OP_CREATE, OP_DELETE, OP_REMOVE, OP_NONE };

static const char *const op_names[] = {
	[OP_MERGE] = "merge",	[OP_REPLACE] = "replace", [OP_CREATE] = "create",
	[OP_DELETE] = "delete", [OP_REMOVE] = "remove",	  [OP_NONE] = "none",
};

static bool apply_siblings(const struct edit_at *at, const struct lyd_node *edit, enum op inherited,
			   struct edit_error *err);

/* ---- what the edit says about a node ---- */

static const char *attribute(const struct lyd_node *edit, const char *name)
{
	const struct lyd_meta *m;

	if (!edit->schema) {
		const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)edit;

		for (const struct lyd_attr *a = o->attr; a; a = a->next) {
			const char *mod = a->name.module_name;
			bool ours = mod && !strcmp(mod, a->format == LY_VALUE_XML ? NETCONF_NS
										  : "ietf-netconf");

			if (ours && !strcmp(a->name.name, name))
				return a->value;
		}
		return NULL;
	}
	m = lyd_find_meta(edit->meta, NULL, name);
	return m ? lyd_get_meta_value(m) : NULL;
}

/* Where an opaque node stands; typed nodes are asked by error_at(). */
static char *opaque_path(const struct edit_at *at, const struct lyd_node *edit)
{
	char *parent = at->parent ? lyd_path(at->parent, LYD_PATH_STD, NULL, 0) : NULL;
	char *path;

	if (asprintf(&path, "%s/%s", parent ? parent : "", LYD_NAME(edit)) < 0)
		abort();
	free(parent);
	return path;
}

static bool operation(const struct edit_at *at, const struct lyd_node *edit, enum op inherited,
		      enum op *op, struct edit_error *err)
{
	const char *text = attribute(edit, edit->schema ? "ietf-netconf:operation" : "operation");
	char *path;

	*op = inherited;
	if (!text)
		return true;
	/* "none" is a default-operation only (RFC 6241 7.2). */
	for (enum op o = OP_MERGE; o < OP_NONE; o++) {
		if (!strcmp(text, op_names[o])) {
			*op = o;
			return true;
		}
	}
	path = edit->schema ? lyd_path(edit, LYD_PATH_STD, NULL, 0) : opaque_path(at, edit);
	error_set(err, ERR_BAD_ATTRIBUTE, path, "there is no operation \"%s\"", text);
	if (!err->bad_element)
		err->bad_element = strdup("operation");
	free(path);
	return false;
}

/* ---- opaque nodes: what the parser could not make a typed node of ---- */

static bool opaque_error(const struct lyd_node *edit, const char *path, enum error_tag tag,
			 const char *what, struct edit_error *err)
{
	const char *name = LYD_NAME(edit);
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)edit;

	error_set(err, tag, path, what, name);
	if (!err->bad_element)
		err->bad_element = strdup(name);
	if (tag == ERR_UNKNOWN_NAMESPACE && !err->bad_ns && o->name.module_ns)
		err->bad_ns = strdup(o->name.module_ns);
	return false;
}

static const struct lysc_node *opaque_schema(const struct edit_at *at, const struct lyd_node *edit,
					     const char *path, struct edit_error *err)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)edit;
	const struct lysc_node *s;
	const struct lys_module *mod = NULL;

	if (o->name.module_ns && o->format == LY_VALUE_XML)
		mod = ly_ctx_get_module_implemented_ns(LYD_CTX(edit), o->name.module_ns);
	else if (o->name.module_name)
		mod = ly_ctx_get_module_implemented(LYD_CTX(edit), o->name.module_name);
	if (!mod) {
		opaque_error(edit, path, ERR_UNKNOWN_NAMESPACE,
			     "no module of this router has the namespace of <%s>", err);
		return NULL;
	}
	s = lys_find_child(at->parent ? at->parent->schema : NULL, mod, o->name.name, 0, 0, 0);
	if (!s)
		opaque_error(edit, path, ERR_UNKNOWN_ELEMENT, "there is no node \"%s\" here", err);
	return s;
}

static bool missing_key(const struct lyd_node *edit, const struct lysc_node *list, const char *path,
			struct edit_error *err)
{
	for (const struct lysc_node *k = lysc_node_child(list); k && lysc_is_key(k); k = k->next) {
		const struct lyd_node *c = lyd_child(edit);

		while (c && strcmp(LYD_NAME(c), k->name))
			c = c->next;
		if (c)
			continue;
		error_set(err, ERR_MISSING_ELEMENT, path, "the key \"%s\" is missing", k->name);
		if (!err->bad_element)
			err->bad_element = strdup(k->name);
		return true;
	}
	return false;
}

/* A leaf without a value is opaque though it may well be deleted so; all else
 * is an error, which is told apart here. */
static bool apply_opaque(const struct edit_at *at, const struct lyd_node *edit, enum op op,
			 struct edit_error *err)
{
	char *path = opaque_path(at, edit);
	const struct lysc_node *s = opaque_schema(at, edit, path, err);
	const char *value = ((const struct lyd_node_opaq *)edit)->value;
	bool fine = false;

	if (!s) {
		/* err is set */
	} else if (s->flags & LYS_CONFIG_R) {
		opaque_error(edit, path, ERR_UNKNOWN_ELEMENT, "\"%s\" is state, not configuration",
			     err);
	} else if (s->nodetype == LYS_LEAF && !lysc_is_key(s) && (!value || !*value) &&
		   (op == OP_DELETE || op == OP_REMOVE)) {
		struct lyd_node *match = edit_find_first(at, s);

		fine = edit_is_explicit(match) || op == OP_REMOVE;
		if (!fine)
			error_set(err, ERR_DATA_MISSING, path, "it is not configured");
		else if (edit_is_explicit(match))
			edit_drop(at, match);
	} else if (s->nodetype != LYS_LIST || !missing_key(edit, s, path, err)) {
		lyd_parse_opaq_error(edit);
		error_from_ly(err, LYD_CTX(edit), ERR_INVALID_VALUE, path);
	}
	free(path);
	return fine;
}

/* ---- user-ordered lists, RFC 7950 7.7.9 and 7.8.6 ---- */

/* "[ex:name='x'][ex:n='1']" as yang:key has it, without the prefixes. A quoted
 * value may hold anything. */
static char *plain_keys(const char *keys)
{
	char *out = malloc(strlen(keys) + 1), *to = out;
	char quote = '\0';

	if (!out)
		abort();
	for (const char *p = keys; *p; p++) {
		*to++ = *p;
		if (quote) {
			quote = *p == quote ? '\0' : quote;
		} else if (*p == '\'' || *p == '"') {
			quote = *p;
		} else if (*p == ':') {
			while (to > out && to[-1] != '[')
				to--;
		}
	}
	*to = '\0';
	return out;
}

static struct lyd_node *anchor_of(const struct lyd_node *node, const struct lyd_node *edit,
				  struct edit_error *err)
{
	bool list = node->schema->nodetype == LYS_LIST;
	const char *name = list ? "key" : "value";
	const char *text = attribute(edit, list ? "yang:key" : "yang:value");
	struct lyd_node *anchor = NULL;
	char *value;

	if (!text) {
		error_at(err, ERR_MISSING_ATTRIBUTE, edit, "insert needs the attribute \"%s\"",
			 name);
		if (!err->bad_element)
			err->bad_element = strdup(name);
		return NULL;
	}
	value = list ? plain_keys(text) : strdup(text);
	lyd_find_sibling_val(node, node->schema, value, 0, &anchor);
	if (!anchor) {
		/* RFC 7950 15.7 */
		ly_err_clean((struct ly_ctx *)LYD_CTX(edit), NULL);
		error_at(err, ERR_BAD_ATTRIBUTE, edit, "insert: there is no entry %s", text);
		if (!err->app_tag)
			err->app_tag = strdup("missing-instance");
		if (!err->bad_element)
			err->bad_element = strdup(name);
	}
	free(value);
	return anchor;
}

static void to_the_end(const struct edit_at *at, struct lyd_node *node)
{
	if (*at->top == node)
		*at->top = node->next;
	lyd_unlink_tree(node);
	edit_insert(at, node);
}

/* `node` is already among its siblings, a new one at the end of them. */
static bool place(const struct edit_at *at, struct lyd_node *node, const struct lyd_node *edit,
		  struct edit_error *err)
{
	const char *insert = attribute(edit, "yang:insert");
	struct lyd_node *anchor;
	bool before;

	if (!insert || !lysc_is_userordered(node->schema))
		return true;
	if (!strcmp(insert, "last")) {
		to_the_end(at, node);
		return true;
	}
	before = strcmp(insert, "after") != 0;
	if (!strcmp(insert, "first"))
		lyd_find_sibling_val(node, node->schema, NULL, 0, &anchor);
	else
		anchor = anchor_of(node, edit, err);
	if (!anchor)
		return false;
	if (anchor == node)
		return true;
	if (before ? lyd_insert_before(anchor, node) : lyd_insert_after(anchor, node))
		abort();
	if (!at->parent)
		*at->top = lyd_first_sibling(node);
	return true;
}

/* ---- typed nodes ---- */

/* A copy of one node of the edit: keys come with a list entry, children are
 * the business of the recursion. */
static struct lyd_node *copy_of(const struct lyd_node *edit)
{
	unsigned int flags = LYD_DUP_NO_META;
	struct lyd_node *copy;

	if (edit->schema->nodetype & LYD_NODE_ANY)
		flags |= LYD_DUP_RECURSIVE;
	if (lyd_dup_single(edit, NULL, flags, &copy))
		abort();
	return copy;
}

static struct lyd_node *children(const struct lyd_node *edit)
{
	return edit->schema->nodetype & (LYS_CONTAINER | LYS_LIST) ? lyd_child(edit) : NULL;
}

static bool descend(const struct edit_at *at, struct lyd_node *node, const struct lyd_node *edit,
		    enum op op, struct edit_error *err)
{
	struct edit_at below = {at->top, node};

	return apply_siblings(&below, children(edit), op, err);
}

static bool add(const struct edit_at *at, const struct lyd_node *edit, enum op op,
		struct edit_error *err)
{
	struct lyd_node *node = copy_of(edit);

	edit_insert(at, node);
	return place(at, node, edit, err) && descend(at, node, edit, op, err);
}

static bool merge(const struct edit_at *at, struct lyd_node *match, const struct lyd_node *edit,
		  enum op op, struct edit_error *err)
{
	if (!match)
		return add(at, edit, op, err);
	if (match->schema->nodetype == LYS_LEAF)
		return edit_change_leaf(match, lyd_get_value(edit), err);
	if (match->schema->nodetype & LYD_NODE_ANY) {
		edit_drop(at, match);
		return add(at, edit, op, err);
	}
	if (match->schema->nodetype == LYS_LEAFLIST)
		match->flags &= ~(uint32_t)LYD_DEFAULT;
	return place(at, match, edit, err) && descend(at, match, edit, op, err);
}

static bool replace(const struct edit_at *at, struct lyd_node *match, const struct lyd_node *edit,
		    struct edit_error *err)
{
	struct lyd_node *child, *next;

	if (!match || !(match->schema->nodetype & (LYS_CONTAINER | LYS_LIST)))
		return merge(at, match, edit, OP_REPLACE, err);
	/* Emptied and filled again it keeps its place among its siblings. */
	for (child = lyd_child_no_keys(match); child; child = next) {
		next = child->next;
		lyd_free_tree(child);
	}
	return place(at, match, edit, err) && descend(at, match, edit, OP_REPLACE, err);
}

static bool none(const struct edit_at *at, struct lyd_node *match, const struct lyd_node *edit,
		 struct edit_error *err)
{
	/* A container without presence is always there. */
	if (!match && edit->schema->nodetype == LYS_CONTAINER &&
	    !(edit->schema->flags & LYS_PRESENCE))
		return add(at, edit, OP_NONE, err);
	if (!match) {
		error_at(err, ERR_DATA_MISSING, edit, "it is not configured");
		return false;
	}
	return descend(at, match, edit, OP_NONE, err);
}

static bool apply(const struct edit_at *at, const struct lyd_node *edit, enum op op,
		  struct edit_error *err)
{
	struct lyd_node *match = edit_find(at, edit);

	switch (op) {
	case OP_MERGE:
		return merge(at, match, edit, op, err);
	case OP_REPLACE:
		return replace(at, match, edit, err);
	case OP_CREATE:
		if (edit_is_explicit(match)) {
			error_at(err, ERR_DATA_EXISTS, edit, "it is already configured");
			return false;
		}
		return merge(at, match, edit, op, err);
	case OP_DELETE:
		if (!edit_is_explicit(match)) {
			error_at(err, ERR_DATA_MISSING, edit, "it is not configured");
			return false;
		}
		edit_drop(at, match);
		return true;
	case OP_REMOVE:
		if (edit_is_explicit(match))
			edit_drop(at, match);
		return true;
	case OP_NONE:
		return none(at, match, edit, err);
	}
	return false;
}

static bool apply_siblings(const struct edit_at *at, const struct lyd_node *edit, enum op inherited,
			   struct edit_error *err)
{
	for (; edit; edit = edit->next) {
		enum op op;

		if (!operation(at, edit, inherited, &op, err))
			return false;
		if (!edit->schema) {
			if (!apply_opaque(at, edit, op, err))
				return false;
			continue;
		}
		if (edit->schema->flags & LYS_CONFIG_R) {
			error_at(err, ERR_UNKNOWN_ELEMENT, edit,
				 "\"%s\" is state, not configuration", edit->schema->name);
			return false;
		}
		if (lysc_is_key(edit->schema)) {
			/* It came with its entry, and goes with it. */
			if (op != OP_DELETE && op != OP_REMOVE)
				continue;
			error_at(err, ERR_OPERATION_NOT_SUPPORTED, edit,
				 "a key goes only with its entry");
			return false;
		}
		if (!apply(at, edit, op, err))
			return false;
	}
	return true;
}

bool edit_tree(struct lyd_node **target, const struct lyd_node *edit, enum edit_default_op op,
	       struct edit_error *err)
{
	struct edit_at at = {target, NULL};

	switch (op) {
	case EDIT_DEFAULT_MERGE:
		return apply_siblings(&at, edit, OP_MERGE, err);
	case EDIT_DEFAULT_REPLACE:
		lyd_free_all(*target);
		*target = NULL;
		return apply_siblings(&at, edit, OP_REPLACE, err);
	case EDIT_DEFAULT_NONE:
		return apply_siblings(&at, edit, OP_NONE, err);
	}
	return false;
}
