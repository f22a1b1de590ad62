/* SPDX-License-Identifier: MIT */
/* What the schema says about lines, and whether every node can be said. */
#include "lib/cli/grammar_impl.h"

#include <stdio.h>
#include <string.h>

static const char *ext_argument(const struct lysc_ext_instance *e, const char *name)
{
	if (strcmp(e->def->module->name, "srcdest-cli") != 0 || strcmp(e->def->name, name) != 0)
		return NULL;
	return e->argument;
}

const char *statement_next(const struct grammar *g, const struct lysc_node *node, const char *name,
			   size_t *i)
{
	size_t at = *i, n = LY_ARRAY_COUNT(node->exts);
	char path[1024];

	for (; at < n; at++) {
		const char *arg = ext_argument(&node->exts[at], name);

		if (arg) {
			*i = at + 1;
			return arg;
		}
	}
	/* A choice has the data path of what is around it. */
	if (g->n_annotations == 0 || (node->nodetype & (LYS_CHOICE | LYS_CASE)) ||
	    !lysc_path(node, LYSC_PATH_DATA, path, sizeof(path)))
		return NULL;
	for (; at - n < g->n_annotations; at++) {
		const struct annotation *a = &g->annotations[at - n];

		if (strcmp(a->path, path) == 0 && strcmp(a->statement, name) == 0) {
			*i = at + 1;
			return a->argument;
		}
	}
	*i = at;
	return NULL;
}

const char *statement(const struct grammar *g, const struct lysc_node *node, const char *name)
{
	size_t i = 0;

	return statement_next(g, node, name, &i);
}

static bool node_has_lines(const struct grammar *g, const struct lysc_node *node)
{
	const struct lysc_node *child;

	if (statement(g, node, "command"))
		return true;
	for (child = lysc_node_child(node); child; child = child->next) {
		if (node_has_lines(g, child))
			return true;
	}
	return false;
}

bool module_has_lines(const struct grammar *g, const struct lys_module *mod)
{
	const struct lysc_node *node;

	if (!mod->implemented || !mod->compiled)
		return false;
	for (node = mod->compiled->data; node; node = node->next) {
		if (node_has_lines(g, node))
			return true;
	}
	return false;
}

/* A context without the module needs no lines for it. */
static bool module_is_there(const struct grammar *g, const char *path)
{
	char name[128];
	const char *colon = strchr(path, ':');

	if (*path != '/' || !colon)
		return true;
	snprintf(name, sizeof(name), "%.*s", (int)(colon - path - 1), path + 1);
	return ly_ctx_get_module_implemented(g->ly, name) != NULL;
}

/* PATH STATEMENT ARGUMENT */
static bool read_annotation(struct grammar *g, const char *text)
{
	const char *blank = strchr(text, ' '), *second = blank ? strchr(blank + 1, ' ') : NULL;
	struct annotation a;

	if (!second)
		return false;
	a.path = arena_text(&g->arena, text, (size_t)(blank - text));
	a.statement = arena_text(&g->arena, blank + 1, (size_t)(second - blank - 1));
	a.argument = second + 1;
	if (!module_is_there(g, a.path))
		return true;
	if (!lys_find_path(g->ly, NULL, a.path, 0))
		return false;
	GROW(&g->arena.mem, g->annotations, g->n_annotations);
	g->annotations[g->n_annotations++] = a;
	return true;
}

static bool read_help(struct grammar *g, const char *text)
{
	const char *colon = strstr(text, ": ");

	if (!colon)
		return false;
	grammar_add_help(g, arena_text(&g->arena, text, (size_t)(colon - text)), colon + 2);
	return true;
}

static bool read_module(struct grammar *g, const struct lys_module *mod, char *err, size_t err_size)
{
	const struct lysc_ext_instance *exts = mod->compiled->exts;
	LY_ARRAY_COUNT_TYPE u;

	LY_ARRAY_FOR(exts, u)
	{
		const char *arg;

		if ((arg = ext_argument(&exts[u], "annotate")) ? read_annotation(g, arg)
		    : (arg = ext_argument(&exts[u], "help"))   ? read_help(g, arg)
							       : true)
			continue;
		snprintf(err, err_size, "module %s: malformed cli:%s \"%s\"", mod->name,
			 exts[u].def->name, arg);
		return false;
	}
	return true;
}

bool schema_read_modules(struct grammar *g, char *err, size_t err_size)
{
	const struct lys_module *mod;
	uint32_t i = 0;

	while ((mod = ly_ctx_get_module_iter(g->ly, &i))) {
		if (mod->implemented && mod->compiled && !read_module(g, mod, err, err_size))
			return false;
	}
	return true;
}

/* ---- nodes ---- */

const struct lysc_node *data_parent(const struct lysc_node *node)
{
	for (node = node->parent; node && (node->nodetype & (LYS_CHOICE | LYS_CASE));)
		node = node->parent;
	return node;
}

size_t key_count(const struct lysc_node *node)
{
	const struct lysc_node *key;
	size_t n = 0;

	for (; node; node = data_parent(node)) {
		if (node->nodetype != LYS_LIST)
			continue;
		for (key = lysc_node_child(node); key && lysc_is_key(key); key = key->next)
			n++;
	}
	return n;
}

const struct lysc_type *leaf_type(const struct lysc_node *leaf)
{
	const struct lysc_type *t = leaf->nodetype == LYS_LEAF
					    ? ((const struct lysc_node_leaf *)leaf)->type
					    : ((const struct lysc_node_leaflist *)leaf)->type;

	while (t->basetype == LY_TYPE_LEAFREF)
		t = ((const struct lysc_type_leafref *)t)->realtype;
	return t;
}

bool is_enum(const struct lysc_node *leaf)
{
	return leaf && (leaf->nodetype & (LYS_LEAF | LYS_LEAFLIST)) &&
	       leaf_type(leaf)->basetype == LY_TYPE_ENUM;
}

bool is_bool(const struct lysc_node *leaf)
{
	return leaf && leaf->nodetype == LYS_LEAF && leaf_type(leaf)->basetype == LY_TYPE_BOOL;
}

const struct lysc_type_bitenum_item *leaf_enums(const struct lysc_node *leaf)
{
	return ((const struct lysc_type_enum *)leaf_type(leaf))->enums;
}

const char *leaf_default(const struct lysc_node *leaf)
{
	const struct lysc_node_leaf *l = (const struct lysc_node_leaf *)leaf;

	if (leaf->nodetype != LYS_LEAF || !l->dflt)
		return NULL;
	return lyd_value_get_canonical(leaf->module->ctx, l->dflt);
}

/* ---- every node has its line ---- */

static bool is_covered(const struct grammar *g, const struct lysc_node *leaf)
{
	const struct lysc_node *parent = data_parent(leaf);
	const struct entry *e = parent ? entry_find(g, parent) : NULL;
	size_t i;

	for (i = 0; e && i < e->n_covered; i++) {
		if (e->covered[i] == leaf)
			return true;
	}
	return false;
}

/* An entry of a list without a line comes and goes with what is in it. */
static bool lives_by_child(const struct grammar *g, const struct lysc_node *list)
{
	const struct lysc_node *child;

	for (child = lysc_node_child(list); child; child = child->next) {
		if (entry_find(g, child) &&
		    ((child->flags & LYS_MAND_TRUE) ||
		     (child->nodetype == LYS_LIST && ((const struct lysc_node_list *)child)->min)))
			return true;
	}
	return false;
}

static bool check_node(const struct grammar *g, const struct lysc_node *node, char *err,
		       size_t err_size)
{
	const struct lysc_node *child;
	char path[512];
	bool said = true;

	if (!(node->flags & LYS_CONFIG_W))
		return true;
	if (node->nodetype == LYS_LEAF)
		said = lysc_is_key(node) || entry_find(g, node) || is_covered(g, node);
	else if (node->nodetype == LYS_LIST)
		said = entry_find(g, node) || lives_by_child(g, node);
	else if (node->nodetype == LYS_CONTAINER && (node->flags & LYS_PRESENCE))
		said = entry_find(g, node) != NULL;
	else if (node->nodetype & (LYS_LEAFLIST | LYS_ANYDATA))
		said = entry_find(g, node) != NULL;
	if (!said) {
		snprintf(err, err_size, "%s: no line of the command line can say it",
			 lysc_path(node, LYSC_PATH_DATA, path, sizeof(path)));
		return false;
	}
	for (child = lysc_node_child(node); child; child = child->next) {
		if (!check_node(g, child, err, err_size))
			return false;
	}
	return true;
}

bool schema_check(const struct grammar *g, char *err, size_t err_size)
{
	const struct lys_module *mod;
	const struct lysc_node *node;
	uint32_t i = 0;

	while ((mod = ly_ctx_get_module_iter(g->ly, &i))) {
		if (!module_has_lines(g, mod))
			continue;
		for (node = mod->compiled->data; node; node = node->next) {
			if (!check_node(g, node, err, err_size))
				return false;
		}
	}
	return true;
}
