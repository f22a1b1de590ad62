/* SPDX-License-Identifier: MIT */
/* Nodes as daemons send them, and libyang's trees. */
#include <string.h>

#include "lib/io/log.h"
#include "lib/nb/writer.h"
#include "mgmtd/backend_private.h"

#define NAME_MAX_LEN 128

/* ---- from nodes ---- */

/* "name", or "module:name" where the module is another than the parent's. */
static const struct lysc_node *schema_child(const struct lysc_node *parent, const char *name,
					    bool output)
{
	const struct lys_module *module = parent->module;
	const char *colon = strchr(name, ':');
	char prefix[NAME_MAX_LEN];

	if (colon) {
		size_t n = (size_t)(colon - name);

		if (n >= sizeof(prefix))
			return NULL;
		memcpy(prefix, name, n);
		prefix[n] = '\0';
		module = ly_ctx_get_module_implemented(parent->module->ctx, prefix);
		name = colon + 1;
	}
	if (!module)
		return NULL;
	return lys_find_child(parent, module, name, 0, 0, output ? LYS_GETNEXT_OUTPUT : 0);
}

static struct lyd_node *new_list(struct lyd_node *parent, const struct lysc_node *list,
				 const char *const keys[BACKEND_KEYS_MAX], bool output)
{
	struct lyd_node *node = NULL;

	/* It takes as many as the list has. */
	if (lyd_new_list(parent, list->module, list->name, output, &node, keys[0], keys[1], keys[2],
			 keys[3], keys[4], keys[5], keys[6], keys[7]))
		return NULL;
	return node;
}

/* Fills keys from the entry; false: one is missing. */
static bool entry_keys(const struct lysc_node *list, const Mgmt__Node *entry,
		       const char *keys[BACKEND_KEYS_MAX])
{
	size_t n = 0;

	for (const struct lysc_node *k = lysc_node_child(list); k && lysc_is_key(k); k = k->next) {
		if (n == BACKEND_KEYS_MAX)
			return false;
		keys[n] = msg_leaf(entry->child, entry->n_child, k->name);
		if (!keys[n++])
			return false;
	}
	return true;
}

static struct lyd_node *new_inner(struct lyd_node *parent, const struct lysc_node *schema,
				  const Mgmt__Node *from, bool output)
{
	const char *keys[BACKEND_KEYS_MAX] = {0};
	struct lyd_node *node = NULL;

	if (schema->nodetype == LYS_LIST)
		return entry_keys(schema, from, keys) ? new_list(parent, schema, keys, output)
						      : NULL;
	if (schema->nodetype != LYS_CONTAINER ||
	    lyd_new_inner(parent, schema->module, schema->name, output, &node))
		return NULL;
	return node;
}

static bool misfit(const struct lysc_node *parent, const Mgmt__Node *node)
{
	static struct log_limit limit = LOG_LIMIT(5, 10 * USEC_PER_SEC);

	log_limited(&limit, LOG_LVL_WARNING,
		    "a daemon says %.60s = %.60s below %s, which is not in the schema", node->name,
		    node->value, parent->name);
	return false;
}

static bool add_nodes(struct lyd_node *parent, const struct lysc_node *above,
		      Mgmt__Node *const *nodes, size_t n, bool output)
{
	bool fine = true;

	for (size_t i = 0; i < n; i++) {
		const Mgmt__Node *from = nodes[i];
		const struct lysc_node *schema = schema_child(above, from->name, output);
		struct lyd_node *node;

		if (!schema) {
			fine = misfit(above, from);
			continue;
		}
		if (lysc_is_key(schema))
			continue; /* came with its entry */
		if (schema->nodetype & (LYS_LEAF | LYS_LEAFLIST)) {
			if (lyd_new_term(parent, schema->module, schema->name, from->value, output,
					 NULL))
				fine = misfit(above, from);
			continue;
		}
		node = new_inner(parent, schema, from, output);
		if (!node)
			fine = misfit(above, from);
		else if (!add_nodes(node, schema, from->child, from->n_child, output))
			fine = false;
	}
	return fine;
}

bool backend_tree(struct lyd_node *parent, Mgmt__Node *const *nodes, size_t n, bool output)
{
	return add_nodes(parent, parent->schema, nodes, n, output);
}

/* The instance of `schema`, which is above the entry, with all above it. NULL
 * with *failed false: there is nothing above. */
static struct lyd_node *make_above(const struct lysc_node *schema, const char *const **keys,
				   size_t *n_keys, bool *failed)
{
	const char *own[BACKEND_KEYS_MAX] = {0};
	struct lyd_node *above, *node = NULL;
	size_t n = 0;

	if (!schema)
		return NULL;
	above = make_above(schema->parent, keys, n_keys, failed);
	/* A choice has no instance. */
	if (*failed || !(schema->nodetype & (LYS_CONTAINER | LYS_LIST)))
		return above;
	if (schema->nodetype == LYS_CONTAINER) {
		*failed = lyd_new_inner(above, schema->module, schema->name, 0, &node) != 0;
	} else {
		for (const struct lysc_node *k = lysc_node_child(schema); k && lysc_is_key(k);
		     k = k->next) {
			if (*n_keys == 0 || n == BACKEND_KEYS_MAX)
				break;
			own[n++] = *(*keys)++;
			--*n_keys;
		}
		node = new_list(above, schema, own, false);
		*failed = !node;
	}
	if (*failed) {
		lyd_free_all(above);
		return NULL;
	}
	return node;
}

struct lyd_node *backend_entry_tree(const struct schema *s, const struct lysc_node *node,
				    const char *const *keys, size_t n_keys, const Mgmt__Node *entry,
				    struct lyd_node **entry_node)
{
	bool failed = false;
	struct lyd_node *above = make_above(node->parent, &keys, &n_keys, &failed), *made;

	(void)s;
	if (failed)
		return NULL;
	made = new_inner(above, node, entry, false);
	if (!made) {
		lyd_free_all(above);
		return NULL;
	}
	add_nodes(made, node, entry->child, entry->n_child, false);
	if (entry_node)
		*entry_node = made;
	while (made->parent)
		made = lyd_parent(made);
	return made;
}

/* ---- to nodes ---- */

void backend_write_children(struct nb_writer *w, const struct lyd_node *parent)
{
	const struct lyd_node *n;

	for (n = parent ? lyd_child(parent) : NULL; n; n = n->next) {
		if (!n->schema)
			continue;
		if (n->schema->nodetype & (LYS_LEAF | LYS_LEAFLIST)) {
			nb_leaf(w, n->schema->name, lyd_get_value(n));
		} else if (n->schema->nodetype & (LYS_CONTAINER | LYS_LIST)) {
			nb_begin(w, n->schema->name);
			backend_write_children(w, n);
			nb_end(w);
		}
	}
}
