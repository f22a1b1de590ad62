/* SPDX-License-Identifier: MIT */
/* Nodes as daemons send them: their leaves, and JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/show.h"

/* Without the module that may stand in front. */
static const char *local_name(const Mgmt__Node *n)
{
	const char *colon = strchr(n->name, ':');

	return colon ? colon + 1 : n->name;
}

const Mgmt__Node *node_next(const Mgmt__Node *n, const char *name, size_t *at)
{
	while (*at < n->n_child) {
		const Mgmt__Node *c = n->child[(*at)++];

		if (strcmp(local_name(c), name) == 0)
			return c;
	}
	return NULL;
}

const Mgmt__Node *node_child(const Mgmt__Node *n, const char *name)
{
	size_t at = 0;

	return node_next(n, name, &at);
}

const char *node_str(const Mgmt__Node *n, const char *leaf)
{
	const Mgmt__Node *c = node_child(n, leaf);

	return c ? c->value : "";
}

int64_t node_int(const Mgmt__Node *n, const char *leaf)
{
	return strtoll(node_str(n, leaf), NULL, 10);
}

bool node_bool(const Mgmt__Node *n, const char *leaf)
{
	return strcmp(node_str(n, leaf), "true") == 0;
}

bool node_has(const Mgmt__Node *n, const char *leaf)
{
	return node_child(n, leaf) != NULL;
}

void node_pair(struct text *t, const Mgmt__Node *n)
{
	const char *src = node_str(n, "source-prefix");

	txt_puts(t, node_str(n, "destination-prefix"));
	if (*src && strcmp(src, "::/0") != 0 && strcmp(src, "0.0.0.0/0") != 0)
		txt_printf(t, " from %s", src);
}

void txt_uptime(struct text *t, int64_t seconds)
{
	unsigned long s = seconds > 0 ? (unsigned long)seconds : 0;
	unsigned long m = s / 60, h = m / 60, days = h / 24;

	if (days < 1)
		txt_printf(t, "%02lu:%02lu:%02lu", h, m % 60, s % 60);
	else if (days < 7)
		txt_printf(t, "%lud%02luh%02lum", days, h % 24, m % 60);
	else
		txt_printf(t, "%02luw%lud%02luh", days / 7, days % 7, h % 24);
}

/* ---- JSON ---- */

/* before: where the last one was found; NULL: search all. */
static const struct lysc_node *child_schema(const struct lysc_node *parent,
					    const struct lysc_node *before, const char *name)
{
	const struct lysc_node *c = before;
	uint32_t options = parent && parent->nodetype == LYS_RPC ? LYS_GETNEXT_OUTPUT : 0;

	if (!parent)
		return NULL;
	/* They come in the order of the schema, as a rule. */
	while (c && (c = lys_getnext(c, parent, NULL, options)))
		if (strcmp(c->name, name) == 0)
			return c;
	while ((c = lys_getnext(c, parent, NULL, options)))
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static bool is_bare(const struct lysc_type *type)
{
	switch (type->basetype) {
	case LY_TYPE_BOOL:
	case LY_TYPE_INT8:
	case LY_TYPE_INT16:
	case LY_TYPE_INT32:
	case LY_TYPE_UINT8:
	case LY_TYPE_UINT16:
	case LY_TYPE_UINT32:
		return true;
	case LY_TYPE_LEAFREF:
		return is_bare(((const struct lysc_type_leafref *)type)->realtype);
	/* RFC 7951 6.1: 64 bits are more than a JSON number holds. */
	case LY_TYPE_INT64:
	case LY_TYPE_UINT64:
	case LY_TYPE_DEC64:
	case LY_TYPE_UNKNOWN:
	case LY_TYPE_BINARY:
	case LY_TYPE_STRING:
	case LY_TYPE_BITS:
	case LY_TYPE_EMPTY:
	case LY_TYPE_ENUM:
	case LY_TYPE_IDENT:
	case LY_TYPE_INST:
	case LY_TYPE_UNION:
		break;
	}
	return false;
}

/* What a daemon sends in a number's place must not break the document. */
static bool is_plain_number(const char *v)
{
	if (strcmp(v, "true") == 0 || strcmp(v, "false") == 0)
		return true;
	v += *v == '-';
	return *v && strspn(v, "0123456789") == strlen(v);
}

static void term_json(struct text *t, const struct lysc_node *schema, const char *value)
{
	const struct lysc_type *type = NULL;

	if (schema && schema->nodetype == LYS_LEAF)
		type = ((const struct lysc_node_leaf *)schema)->type;
	else if (schema && schema->nodetype == LYS_LEAFLIST)
		type = ((const struct lysc_node_leaflist *)schema)->type;
	if (type && type->basetype == LY_TYPE_EMPTY)
		txt_puts(t, "[null]");
	else if (type && is_bare(type) && is_plain_number(value))
		txt_puts(t, value);
	else
		txt_json(t, value);
}

static bool is_many(const struct lysc_node *schema)
{
	return schema && (schema->nodetype & (LYS_LIST | LYS_LEAFLIST)) != 0;
}

/* All of that name, from the first one at `i`. */
static void array_json(struct text *t, const struct lysc_node *schema, const Mgmt__Node *n,
		       size_t i)
{
	const char *name = local_name(n->child[i]);
	const Mgmt__Node *c;
	bool first = true;

	txt_puts(t, "[");
	while ((c = node_next(n, name, &i))) {
		txt_puts(t, first ? "" : ", ");
		node_json(t, schema, c);
		first = false;
	}
	txt_puts(t, "]");
}

static bool was_before(const Mgmt__Node *n, size_t i)
{
	const char *name = local_name(n->child[i]);

	for (size_t j = 0; j < i; j++)
		if (strcmp(local_name(n->child[j]), name) == 0)
			return true;
	return false;
}

/* One of 64 bits for a name: a clear one says that it was not before. */
static uint64_t name_bit(const Mgmt__Node *n)
{
	const unsigned char *name = (const unsigned char *)local_name(n);

	return UINT64_C(1) << ((name[0] * 5u + (name[0] ? name[1] : 0)) & 63);
}

void node_json(struct text *t, const struct lysc_node *schema, const Mgmt__Node *n)
{
	const struct lysc_node *cs = NULL;
	uint64_t names = 0;
	bool first = true;

	if (schema && (schema->nodetype & (LYS_LEAF | LYS_LEAFLIST))) {
		term_json(t, schema, n->value);
		return;
	}
	txt_puts(t, "{");
	for (size_t i = 0; i < n->n_child; i++) {
		const Mgmt__Node *c = n->child[i];

		if ((names & name_bit(c)) && was_before(n, i))
			continue;
		names |= name_bit(c);
		cs = child_schema(schema, cs, local_name(c));
		txt_puts(t, first ? "" : ", ");
		first = false;
		txt_json(t, local_name(c));
		txt_puts(t, ": ");
		if (is_many(cs))
			array_json(t, cs, n, i);
		else
			node_json(t, cs, c);
	}
	txt_puts(t, "}");
}
