/* SPDX-License-Identifier: MIT */
/* The schema, literal edits, and configurations as text. */
#include "tests/unit/cli/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "rig: %s\n", what);
	abort();
}

struct rig rig_new(void)
{
	static const char *const modules[] = {
		"srcdest-static", "srcdest-interfaces", "srcdest-babel",
		"srcdest-babel-policy", "srcdest-fpm",
		"srcdest-prefix-list", "srcdest-route-map",
		"srcdest-fib",
		"srcdest-system", "srcdest-key-chain",	"ietf-netconf-acm",
		"srcdest-nacm-cli",
	};
	const char *top = getenv("srcdir");
	char dir[512], err[GRAMMAR_TEXT_MAX] = "";
	struct rig r;
	size_t i;

	ly_log_options(LY_LOSTORE_LAST);
	snprintf(dir, sizeof(dir), "%s/yang", top ? top : "..");
	must(ly_ctx_new(dir, LY_CTX_DISABLE_SEARCHDIR_CWD, &r.ly) == LY_SUCCESS, dir);
	snprintf(dir, sizeof(dir), "%s/yang/ietf", top ? top : "..");
	must(ly_ctx_set_searchdir(r.ly, dir) == LY_SUCCESS, dir);
	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		must(ly_ctx_load_module(r.ly, modules[i], NULL, NULL) != NULL, ly_errmsg(r.ly));
	r.g = grammar_new(r.ly, err, sizeof(err));
	must(r.g != NULL, err);
	return r;
}

void rig_free(struct rig *r)
{
	grammar_free(r->g);
	ly_ctx_destroy(r->ly);
}

/* ---- edits ---- */

static const struct lysc_node *parent_of(const struct lysc_node *node)
{
	for (node = node->parent; node && (node->nodetype & (LYS_CHOICE | LYS_CASE));)
		node = node->parent;
	return node;
}

static size_t keys_of(const struct lysc_node *list)
{
	const struct lysc_node *key;
	size_t n = 0;

	for (key = lysc_node_child(list); key && lysc_is_key(key); key = key->next)
		n++;
	return n;
}

static bool is_instance(const struct lyd_node *node, const struct lysc_node *schema,
			const char *const *keys, const char *value)
{
	const struct lyd_node *key;
	size_t i = 0;

	if (node->schema != schema)
		return false;
	if (schema->nodetype == LYS_LEAFLIST)
		return value && strcmp(lyd_get_value(node), value) == 0;
	for (key = lyd_child(node); key && lysc_is_key(key->schema); key = key->next) {
		if (strcmp(lyd_get_value(key), keys[i++]) != 0)
			return false;
	}
	return true;
}

static struct lyd_node *create(struct lyd_node **tree, struct lyd_node *parent,
			       const struct lysc_node *schema, const char *const *k,
			       const char *value)
{
	struct lyd_node *node = NULL;
	LY_ERR e;

	if (schema->nodetype == LYS_LIST)
		e = lyd_new_list(parent, schema->module, schema->name, 0, &node, k[0], k[1], k[2],
				 k[3]);
	else if (schema->nodetype == LYS_CONTAINER)
		e = lyd_new_inner(parent, schema->module, schema->name, 0, &node);
	else
		e = lyd_new_term(parent, schema->module, schema->name, value, 0, &node);
	must(e == LY_SUCCESS, ly_errmsg(schema->module->ctx));
	if (!parent)
		must(lyd_insert_sibling(*tree, node, tree) == LY_SUCCESS, "top node");
	return node;
}

/* `keys` are of all lists above and at the node. */
static struct lyd_node *reach(struct lyd_node **tree, const struct lysc_node *schema,
			      const char *const *keys, size_t n_keys, const char *value, bool make)
{
	const struct lysc_node *up = parent_of(schema);
	struct lyd_node *parent = NULL, *node;
	size_t own = schema->nodetype == LYS_LIST ? keys_of(schema) : 0;
	const char *k[4] = {"", "", "", ""};

	must(own <= 4 && own <= n_keys, "keys");
	memcpy(k, keys + n_keys - own, own * sizeof(*k));
	if (up) {
		parent = reach(tree, up, keys, n_keys - own, NULL, make);
		if (!parent)
			return NULL;
	}
	LY_LIST_FOR(parent ? lyd_child(parent) : *tree, node)
	{
		if (is_instance(node, schema, k, value))
			break;
	}
	return node || !make ? node : create(tree, parent, schema, k, value);
}

static void remove_node(struct lyd_node **tree, struct lyd_node *node)
{
	if (node == *tree)
		*tree = node->next;
	lyd_free_tree(node);
}

/* As mgmtd does: an entry that lives by its children goes with the last. */
static void delete (struct lyd_node **tree, struct lyd_node *node)
{
	struct lyd_node *parent = lyd_parent(node), *child;
	const struct lysc_node *schema = node->schema;

	remove_node(tree, node);
	if (schema->nodetype != LYS_LIST || !((const struct lysc_node_list *)schema)->min)
		return;
	LY_LIST_FOR(lyd_child(parent), child)
	{
		if (!lysc_is_key(child->schema) && !(child->flags & LYD_DEFAULT))
			return;
	}
	remove_node(tree, parent);
}

static void apply(struct lyd_node **tree, const struct grammar_edit *e)
{
	bool make = e->op == GRAMMAR_SET || e->op == GRAMMAR_CREATE;
	struct lyd_node *node = reach(tree, e->node, e->keys, e->n_keys, e->value, make);

	must(node || e->op != GRAMMAR_DELETE, "nothing there to delete");
	if (!make && node)
		delete (tree, node);
	if (e->op == GRAMMAR_SET && e->node->nodetype == LYS_LEAF) {
		LY_ERR err = lyd_change_term(node, e->value);

		must(err == LY_SUCCESS || err == LY_EEXIST || err == LY_ENOT, e->value);
	}
}

void rig_apply(const struct rig *r, struct lyd_node **tree, const struct grammar_edit *edits,
	       size_t n)
{
	size_t i;

	(void)r;
	for (i = 0; i < n; i++)
		apply(tree, &edits[i]);
}

/* ---- text ---- */

size_t rig_load(const struct rig *r, const char *text, unsigned int flags, struct lyd_node **tree,
		char why[GRAMMAR_TEXT_MAX])
{
	struct grammar_place place = {0};
	struct grammar_result res = {0};
	size_t number = 0, bad = 0;

	while (*text && !bad) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		enum grammar_status s;

		number++;
		text += len + (text[len] == '\n');
		if (strcmp(line + strspn(line, " "), "exit") == 0) {
			bad = grammar_up(r->g, &place) ? 0 : number;
			free(line);
			continue;
		}
		s = grammar_parse(r->g, &place, line, flags, &res);
		if (s == GRAMMAR_OK) {
			rig_apply(r, tree, res.edits, res.n_edits);
			place = res.place;
		} else if (s != GRAMMAR_EMPTY) {
			bad = number;
			snprintf(why, GRAMMAR_TEXT_MAX, "%.200s: %.250s", line, res.message);
		}
		free(line);
	}
	grammar_result_clear(&res);
	return bad;
}

void page_line(void *page, const char *line)
{
	struct page *p = page;
	size_t n = strlen(line);

	p->text = realloc(p->text, p->len + n + 2);
	must(p->text != NULL, "memory");
	memcpy(p->text + p->len, line, n);
	memcpy(p->text + p->len + n, "\n", 2);
	p->len += n + 1;
}

char *rig_print(const struct rig *r, const struct lyd_node *tree)
{
	struct page p = {0};

	grammar_print(r->g, tree, page_line, &p);
	return p.text ? p.text : strdup("");
}

char *rig_diff(const struct rig *r, const struct lyd_node *a, const struct lyd_node *b)
{
	struct page p = {0};

	grammar_diff(r->g, a, b, page_line, &p);
	return p.text ? p.text : strdup("");
}

bool rig_valid(const struct rig *r, struct lyd_node **tree)
{
	return lyd_validate_all(tree, r->ly, LYD_VALIDATE_NO_STATE, NULL) == LY_SUCCESS;
}

bool rig_same(const struct lyd_node *a, const struct lyd_node *b)
{
	if (!a || !b)
		return a == b;
	return lyd_compare_siblings(a, b, LYD_COMPARE_FULL_RECURSION) == LY_SUCCESS;
}
