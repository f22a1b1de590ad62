/* SPDX-License-Identifier: MIT */
/* Subtree and XPath filters. */
#include "mgmtd/netconf_filter.h"

#include <stdlib.h>
#include <string.h>

#define NETCONF_NS "urn:ietf:params:xml:ns:netconf:base:1.0"

struct filter {
	const struct ly_ctx *ly;
	const struct lyd_node *subtree; /* first of the top filter nodes, borrowed */
	char *xpath;			/* NULL: a subtree filter */
	struct ly_set *selects;		/* schema nodes that the expression may select */
	/* Key values found in the expression, to be freed. */
	char *keys[FILTER_KEYS_MAX];
};

/* ---- one node of a subtree filter, typed or opaque ---- */

static const char *f_name(const struct lyd_node *f)
{
	return f->schema ? f->schema->name : ((const struct lyd_node_opaq *)f)->name.name;
}

/* NULL: any. Without a namespace of its own an element is in that of <filter>,
 * in which there is no data; RFC 6241 6.2.1 means it as a wildcard. */
static const char *f_ns(const struct lyd_node *f)
{
	const char *ns = f->schema ? f->schema->module->ns
				   : ((const struct lyd_node_opaq *)f)->name.module_ns;

	return !ns || !*ns || !strcmp(ns, NETCONF_NS) ? NULL : ns;
}

/* The text of a content match node, else NULL (RFC 6241 6.2.5): white space
 * around it does not count. */
static const char *f_content(const struct lyd_node *f)
{
	const char *v;

	if (lyd_child(f))
		return NULL;
	v = lyd_get_value(f);
	return v && v[strspn(v, " \t\r\n")] ? v : NULL;
}

/* RFC 6241 6.2.2: attributes of data; ours has none, so such a node selects
 * nothing. Metadata that libyang knows (operation) does not belong here either. */
static bool f_has_attributes(const struct lyd_node *f)
{
	if (f->schema)
		return f->meta && strcmp(f->meta->annotation->module->name, "yang");
	return ((const struct lyd_node_opaq *)f)->attr != NULL;
}

static bool f_is(const struct lyd_node *f, const struct lysc_node *s)
{
	return !strcmp(f_name(f), s->name) && (!f_ns(f) || !strcmp(f_ns(f), s->module->ns));
}

static bool value_is(const struct lyd_node *d, const char *content)
{
	size_t skip = strspn(content, " \t\r\n"), n = strlen(content);

	while (n > skip && strchr(" \t\r\n", content[n - 1]))
		n--;
	if (!(d->schema->nodetype & LYD_NODE_TERM))
		return false;
	if (!lyd_value_compare((const struct lyd_node_term *)d, content + skip, n - skip))
		return true;
	ly_err_clean(d->schema->module->ctx, NULL);
	return false;
}

/* ---- subtree ---- */

static struct lyd_node *copy(const struct lyd_node *d, bool deep)
{
	uint32_t how = LYD_DUP_WITH_FLAGS | LYD_DUP_NO_META | (deep ? LYD_DUP_RECURSIVE : 0);
	struct lyd_node *dup = NULL;

	if (lyd_dup_single(d, NULL, how, &dup))
		abort();
	return dup;
}

/* Takes `part`. Keys of a list have come along with their entry. */
static void attach(struct lyd_node *parent, struct lyd_node **top, struct lyd_node *part)
{
	if (parent && lysc_is_key(part->schema))
		lyd_free_tree(part);
	else if (parent ? lyd_insert_child(parent, part) : lyd_insert_sibling(*top, part, top))
		abort();
}

/* All content match nodes among the filter siblings fit this parent's children. */
static bool content_fits(const struct lyd_node *filters, const struct lyd_node *data)
{
	const struct lyd_node *f, *d;

	LY_LIST_FOR(filters, f)
	{
		const char *content = f_content(f);
		bool found = false;

		if (!content)
			continue;
		LY_LIST_FOR(data, d)
		if (f_is(f, d->schema) && value_is(d, content)) {
			found = true;
			break;
		}
		if (!found)
			return false;
	}
	return true;
}

static bool only_content(const struct lyd_node *filters)
{
	const struct lyd_node *f;

	LY_LIST_FOR(filters, f)
	if (!f_content(f))
		return false;
	return true;
}

static struct lyd_node *select_node(const struct lyd_node *f, const struct lyd_node *d);

/* Attaches what the sibling filters select of the sibling data. Several
 * filters on one node: their union. */
static bool select_siblings(const struct lyd_node *filters, const struct lyd_node *data,
			    struct lyd_node *parent, struct lyd_node **top)
{
	const struct lyd_node *f, *d;
	bool any = false;

	LY_LIST_FOR(data, d)
	{
		struct lyd_node *all = NULL;

		LY_LIST_FOR(filters, f)
		{
			struct lyd_node *one =
				d->schema && f_is(f, d->schema) ? select_node(f, d) : NULL;

			if (!all)
				all = one;
			else if (one && lyd_merge_tree(&all, one, LYD_MERGE_DESTRUCT))
				abort();
		}
		if (all)
			attach(parent, top, all);
		any = any || all;
	}
	return any;
}

/* A copy of what is selected of the node, NULL if nothing. */
static struct lyd_node *select_node(const struct lyd_node *f, const struct lyd_node *d)
{
	const struct lyd_node *below = lyd_child(f), *children = lyd_child(d);
	const char *content = f_content(f);
	struct lyd_node *here;

	if (f_has_attributes(f) || (content && !value_is(d, content)))
		return NULL;
	if (content || !below)
		return copy(d, true);
	if (!content_fits(below, children))
		return NULL;
	if (only_content(below))
		return copy(d, true);
	here = copy(d, false);
	if (select_siblings(below, children, here, NULL))
		return here;
	lyd_free_tree(here);
	return NULL;
}

/* ---- XPath ---- */

static int by_address(const void *a, const void *b)
{
	const struct lyd_node *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool in_sorted(const struct ly_set *s, const struct lyd_node *d)
{
	return s->count && bsearch(&d, s->dnodes, s->count, sizeof(s->dnodes[0]), by_address);
}

static void select_marked(const struct ly_set *chosen, const struct ly_set *above,
			  const struct lyd_node *data, struct lyd_node *parent,
			  struct lyd_node **top)
{
	const struct lyd_node *d;

	LY_LIST_FOR(data, d)
	{
		struct lyd_node *here;

		if (in_sorted(chosen, d)) {
			attach(parent, top, copy(d, true));
			continue;
		}
		if (!in_sorted(above, d))
			continue;
		here = copy(d, false);
		select_marked(chosen, above, lyd_child(d), here, NULL);
		attach(parent, top, here);
	}
}

static bool xpath_apply(const struct filter *f, const struct lyd_node *tree, struct lyd_node **out,
			struct edit_error *err)
{
	struct ly_set *chosen = NULL, *above = NULL;
	const struct lyd_node *last = NULL;

	if (lyd_find_xpath(tree, f->xpath, &chosen)) {
		error_from_ly(err, f->ly, ERR_INVALID_VALUE, NULL);
		return false;
	}
	if (ly_set_new(&above))
		abort();
	for (uint32_t i = 0; i < chosen->count; i++) {
		const struct lyd_node *p = lyd_parent(chosen->dnodes[i]);

		/* Results come in the order of the tree: the parents of neighbours
		 * are mostly the same. */
		if (p == last)
			continue;
		last = p;
		for (; p; p = lyd_parent(p))
			ly_set_add(above, (void *)p, 1, NULL);
	}
	if (chosen->count)
		qsort(chosen->dnodes, chosen->count, sizeof(chosen->dnodes[0]), by_address);
	if (above->count)
		qsort(above->dnodes, above->count, sizeof(above->dnodes[0]), by_address);
	select_marked(chosen, above, tree, NULL, out);
	ly_set_free(chosen, NULL);
	ly_set_free(above, NULL);
	return true;
}

/* ---- both ---- */

static const char *attribute(const struct lyd_node *e, const char *name)
{
	const struct lyd_meta *m;
	const struct lyd_attr *a;

	if (e->schema) {
		LY_LIST_FOR(e->meta, m)
		if (!strcmp(m->name, name))
			return lyd_get_meta_value(m);
		return NULL;
	}
	LY_LIST_FOR(((const struct lyd_node_opaq *)e)->attr, a)
	if (!strcmp(a->name.name, name))
		return a->value;
	return NULL;
}

static bool xpath_prepare(struct filter *f, const char *select, struct edit_error *err)
{
	if (!select) {
		error_set(err, ERR_MISSING_ATTRIBUTE, NULL, "an XPath filter needs select");
		err->bad_element = strdup("select");
		return false;
	}
	f->xpath = strdup(select);
	if (!f->xpath)
		abort();
	if (!lys_find_xpath(f->ly, NULL, f->xpath, 0, &f->selects))
		return true;
	error_from_ly(err, f->ly, ERR_INVALID_VALUE, NULL);
	return false;
}

struct filter *filter_new(const struct ly_ctx *ly, const struct lyd_node *element,
			  struct edit_error *err)
{
	const struct lyd_node_any *any = (const struct lyd_node_any *)element;
	const char *type = attribute(element, "type");
	struct filter *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->ly = ly;
	if (type && !strcmp(type, "xpath")) {
		if (xpath_prepare(f, attribute(element, "select"), err))
			return f;
	} else if (type && strcmp(type, "subtree")) {
		error_set(err, ERR_BAD_ATTRIBUTE, NULL, "no filter type %s", type);
		err->bad_element = strdup("type");
	} else {
		if (element->schema && any->value_type == LYD_ANYDATA_DATATREE)
			f->subtree = any->value.tree;
		return f;
	}
	filter_free(f);
	return NULL;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < FILTER_KEYS_MAX; i++)
		free(f->keys[i]);
	ly_set_free(f->selects, NULL);
	free(f->xpath);
	free(f);
}

bool filter_apply(const struct filter *f, const struct lyd_node *tree, struct lyd_node **out,
		  struct edit_error *err)
{
	*out = NULL;
	if (!tree)
		return true;
	if (!f) {
		if (lyd_dup_siblings(tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, out))
			abort();
		return true;
	}
	if (f->xpath)
		return xpath_apply(f, tree, out, err);
	select_siblings(f->subtree, tree, NULL, out);
	return true;
}

static bool at_or_above(const struct lysc_node *a, const struct lysc_node *n)
{
	for (; n; n = n->parent)
		if (n == a)
			return true;
	return false;
}

/* A union of expressions or a function call: nothing can be told from the text. */
static const char *xpath_after(const char *x, const struct lysc_node *node)
{
	const char *name = node->name;
	size_t n = strlen(name);

	if (strpbrk(x, "|*") || strstr(x, "//") || strchr(x, '('))
		return NULL;
	for (const char *p = x; (p = strstr(p, name)); p += n)
		if (p > x && strchr("/:", p[-1]) && p[n] == '[')
			return p + n;
	return NULL;
}

/* The value of [key='value'] among the predicates at p; only such ones may
 * be there. To be freed. */
static char *xpath_key(const char *p, const char *key)
{
	while (*p == '[') {
		const char *name = p + 1 + strspn(p + 1, " ");
		size_t n = strcspn(name, "='\"[] <>!");
		const char *colon = memchr(name, ':', n);
		const char *eq = name + n + strspn(name + n, " ");
		const char *q, *end;

		if (colon) {
			n -= (size_t)(colon + 1 - name);
			name = colon + 1;
		}
		if (*eq != '=')
			return NULL;
		q = eq + 1 + strspn(eq + 1, " ");
		if (*q != '\'' && *q != '"')
			return NULL;
		end = strchr(q + 1, *q);
		if (!end || end[1 + strspn(end + 1, " ")] != ']')
			return NULL;
		if (strlen(key) == n && !memcmp(name, key, n))
			return strndup(q + 1, (size_t)(end - q - 1));
		p = strchr(end, ']') + 1;
	}
	return NULL;
}

/* The canonical form of a key's value: what daemons compare with. NULL: it is
 * none, so let the page decide. To be freed. */
static char *canonical(const struct lysc_node *key, const char *value)
{
	const char *c = NULL;
	size_t n = strlen(value);
	char *text;

	value += strspn(value, " \t\r\n");
	n = strlen(value);
	while (n > 0 && strchr(" \t\r\n", value[n - 1]))
		n--;
	if (lyd_value_validate(key->module->ctx, key, value, n, NULL, NULL, &c)) {
		ly_err_clean(key->module->ctx, NULL);
		return NULL;
	}
	text = strdup(c);
	lydict_remove(key->module->ctx, c);
	return text;
}

static void take_keys(struct filter *f, const struct lysc_node *list,
		      char *(*find)(const void *where, const char *key), const void *where,
		      const char **keys, size_t *n_keys)
{
	for (const struct lysc_node *k = lysc_node_child(list); k && lysc_is_key(k); k = k->next) {
		char *value;

		if (*n_keys == FILTER_KEYS_MAX)
			return;
		value = find(where, k->name);
		if (!value)
			return;
		free(f->keys[*n_keys]);
		f->keys[*n_keys] = canonical(k, value);
		free(value);
		if (!f->keys[*n_keys])
			return;
		keys[*n_keys] = f->keys[*n_keys];
		++*n_keys;
	}
}

static char *find_in_xpath(const void *where, const char *key)
{
	return xpath_key(where, key);
}

static char *find_in_subtree(const void *where, const char *key)
{
	const struct lyd_node *f;

	LY_LIST_FOR(lyd_child(where), f)
	if (!strcmp(f_name(f), key) && f_content(f))
		return strdup(f_content(f));
	return NULL;
}

static bool subtree_wants(struct filter *f, const struct lysc_node *node, const char **keys,
			  size_t *n_keys)
{
	const struct lysc_node *chain[32];
	const struct lyd_node *level = f->subtree, *hit = NULL, *d;
	size_t depth = 0, hits = 0;

	for (const struct lysc_node *s = node; s && depth < 32; s = s->parent)
		if (!(s->nodetype & (LYS_CHOICE | LYS_CASE)))
			chain[depth++] = s;
	while (depth > 0) {
		hits = 0;
		LY_LIST_FOR(level, d)
		if (f_is(d, chain[depth - 1])) {
			hit = d;
			hits++;
		}
		if (hits == 0)
			return false;
		/* Selected whole here, or more than one way down: all of it. */
		if (hits > 1 || !lyd_child(hit))
			return true;
		level = lyd_child(hit);
		depth--;
	}
	if (node->nodetype == LYS_LIST)
		take_keys(f, node, find_in_subtree, hit, keys, n_keys);
	return true;
}

bool filter_takes_all(const struct filter *f, const struct lysc_node *node)
{
	const struct lysc_node *up = node;
	const struct lyd_node *top = NULL, *d;
	size_t hits = 0;

	if (!f)
		return true;
	if (f->xpath)
		return false;
	while (lysc_data_parent(up))
		up = lysc_data_parent(up);
	LY_LIST_FOR(f->subtree, d)
	if (f_is(d, up)) {
		top = d;
		hits++;
	}
	return hits == 1 && !lyd_child(top) && !f_content(top) && !f_has_attributes(top);
}

bool filter_wants(const struct filter *cf, const struct lysc_node *node, const char **keys,
		  size_t *n_keys)
{
	struct filter *f = (struct filter *)cf;
	const char *at;
	bool wants = false;

	*n_keys = 0;
	if (!f)
		return true;
	if (!f->xpath)
		return subtree_wants(f, node, keys, n_keys);
	for (uint32_t i = 0; f->selects && i < f->selects->count; i++)
		wants = wants || at_or_above(f->selects->snodes[i], node) ||
			at_or_above(node, f->selects->snodes[i]);
	at = wants && node->nodetype == LYS_LIST ? xpath_after(f->xpath, node) : NULL;
	if (at)
		take_keys(f, node, find_in_xpath, at, keys, n_keys);
	return wants;
}
