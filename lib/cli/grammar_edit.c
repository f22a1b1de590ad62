/* SPDX-License-Identifier: MIT */
/* What a line means: from the words of one way to edits. */
#include "lib/cli/grammar_impl.h"

#include <stdio.h>
#include <string.h>

struct bound { /* what a line says, by leaf; keys and children */
	const struct lysc_node *leaf;
	const char *value;
};

struct meaning {
	const struct grammar *g;
	const struct command *c;
	const struct reading *m;
	struct grammar_result *r;
	struct bound bound[TOKENS_MAX + SETS_MAX];
	size_t n;
	size_t word; /* at fault */
};

static void bind_leaf(struct meaning *k, const struct lysc_node *leaf, const char *value)
{
	k->bound[k->n++] = (struct bound){.leaf = leaf, .value = value};
}

static const char *value_of(const struct meaning *k, const struct lysc_node *leaf)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->bound[i].leaf == leaf)
			return k->bound[i].value;
	}
	return NULL;
}

static const char *rest_of_line(const struct meaning *k, size_t word)
{
	const struct words *ws = k->m->words;
	size_t begin = ws->w[word].begin;

	return arena_text(k->r->arena, ws->line + begin, ws->len - begin);
}

static void add_arg(struct grammar_result *r, const char *name, const char *value)
{
	GROW(&r->arena->mem, r->args, r->n_args);
	r->args[r->n_args++] = (struct grammar_arg){.name = name, .value = value};
}

static bool bind_value(struct meaning *k, const struct token *t, const char *word, size_t i)
{
	struct grammar_result *r = k->r;
	const char *value = t->class == GRAMMAR_LINE ? rest_of_line(k, i) : word;

	value = value_read(k->g, k->c, t, value, r->arena, r->message, sizeof(r->message));
	if (!value) {
		k->word = i;
		bind_leaf(k, t->leaf, word);
		r->expected[0] = '\0';
		if (t->class != GRAMMAR_WORD) {
			char form[GRAMMAR_FORM];

			value_form(k->c, t, form);
			snprintf(r->expected, sizeof(r->expected), "%s", form);
		}
		return false;
	}
	if (t->leaf)
		bind_leaf(k, t->leaf, value);
	else
		add_arg(r, t->text, value);
	return true;
}

static bool bind_words(struct meaning *k, const struct way *const *trace, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct token *t = &k->c->tok[trace[i]->tok];

		if (t->kind == TOK_VALUE) {
			if (!bind_value(k, t, trace[i]->as, i))
				return false;
		} else if (t->kind == TOK_ENUM) {
			bind_leaf(k, t->leaf, trace[i]->as);
		} else if (t->leaf) {
			bind_leaf(k, t->leaf, "true");
		} else if (!k->c->entry) {
			add_arg(k->r, t->text, t->text);
		}
	}
	for (i = 0; i < k->c->n_set; i++) {
		if (!value_of(k, k->c->set[i].leaf))
			bind_leaf(k, k->c->set[i].leaf, k->c->set[i].value);
	}
	return true;
}

/* ---- keys ---- */

static size_t list_keys(struct meaning *k, const struct grammar_place *place,
			const struct lysc_node *node, const char *keys[GRAMMAR_KEYS_MAX])
{
	const struct lysc_node *key;
	size_t n;

	if (!node)
		return 0;
	n = list_keys(k, place, data_parent(node), keys);
	if (node->nodetype != LYS_LIST)
		return n;
	for (key = lysc_node_child(node); key && lysc_is_key(key) && n < GRAMMAR_KEYS_MAX;
	     key = key->next, n++) {
		const char *value = n < k->c->entry->mode->n_keys && n < place->n_keys
					    ? grammar_place_key(place, n)
					    : value_of(k, key);

		keys[n] = value ? arena_copy(k->r->arena, value) : NULL;
	}
	return n;
}

static struct grammar_edit *add_edit(struct meaning *k, enum grammar_op op,
				     const struct lysc_node *node, const struct grammar_edit *like)
{
	struct grammar_result *r = k->r;
	struct grammar_edit *e;

	GROW(&r->arena->mem, r->edits, r->n_edits);
	e = &r->edits[r->n_edits++];
	*e = *like;
	e->op = op;
	e->node = node;
	e->value = NULL;
	return e;
}

/* The entry's line says all of it. */
static void add_children(struct meaning *k, const struct grammar_edit *like)
{
	const struct entry *e = k->c->entry;
	size_t i;

	for (i = 0; i < e->n_covered; i++) {
		const char *value = value_of(k, e->covered[i]);
		enum grammar_op op = value ? GRAMMAR_SET : GRAMMAR_REMOVE;

		add_edit(k, op, e->covered[i], like)->value = value;
	}
}

static void add_leaf(struct meaning *k, const struct grammar_edit *like)
{
	const struct lysc_node *leaf = k->c->entry->node;
	const char *value = value_of(k, leaf);

	if (k->c->unsets)
		add_edit(k, GRAMMAR_REMOVE, leaf, like);
	else if (is_bool(leaf) && !value)
		add_edit(k, GRAMMAR_SET, leaf, like)->value = k->c->negated ? "false" : "true";
	else if (k->c->negated)
		add_edit(k, GRAMMAR_REMOVE, leaf, like);
	else
		add_edit(k, GRAMMAR_SET, leaf, like)->value = value ? value : "";
}

static void add_node(struct meaning *k, const struct grammar_edit *like)
{
	const struct lysc_node *node = k->c->entry->node;
	enum grammar_op op;

	if (node->nodetype == LYS_LEAF) {
		add_leaf(k, like);
		return;
	}
	if (node->nodetype == LYS_LEAFLIST) {
		op = k->c->negated ? GRAMMAR_DELETE : GRAMMAR_SET;
		add_edit(k, op, node, like)->value = value_of(k, node);
		return;
	}
	add_edit(k, k->c->negated ? GRAMMAR_DELETE : GRAMMAR_CREATE, node, like);
	if (!k->c->negated)
		add_children(k, like);
}

/* ---- places ---- */

static bool place_make(struct grammar_place *p, const struct mode *m,
		       const char *const keys[GRAMMAR_KEYS_MAX])
{
	size_t i, at = 0;

	*p = (struct grammar_place){.node = m->node};
	for (i = 0; i < m->n_keys; i++) {
		size_t len = strlen(keys[i]) + 1;

		if (at + len > sizeof(p->keys))
			return false;
		memcpy(p->keys + at, keys[i], len);
		at += len;
		p->n_keys++;
	}
	return true;
}

static bool move(struct meaning *k, const struct grammar_place *place,
		 const struct grammar_edit *like)
{
	const struct entry *e = k->c->entry;
	struct grammar_result *r = k->r;

	if (e->opens && !k->c->negated) {
		if (place_make(&r->place, e->opens, like->keys))
			return true;
		snprintf(r->message, sizeof(r->message), "Keys of more than %u octets.",
			 GRAMMAR_PLACE_MAX);
		return false;
	}
	r->place = *place;
	while (mode_at(k->g, &r->place) != e->mode && grammar_up(k->g, &r->place))
		;
	return true;
}

/* ---- path of a refused value ---- */

static void add_predicates(struct meaning *k, const struct lysc_node *node,
			   const struct grammar_edit *like, struct gtext *t)
{
	size_t at = data_parent(node) ? key_count(data_parent(node)) : 0;
	const struct lysc_node *key;

	for (key = lysc_node_child(node); key && lysc_is_key(key); key = key->next, at++) {
		const char *v = at < like->n_keys && like->keys[at] ? like->keys[at] : "";
		char q = strchr(v, '\'') ? '"' : '\'';

		gtext_addf(t, "[%s=%c%s%c]", key->name, q, v, q);
	}
	(void)k;
}

static void add_path(struct meaning *k, const struct lysc_node *node,
		     const struct grammar_edit *like, struct gtext *t)
{
	const struct lysc_node *parent = data_parent(node);

	if (parent)
		add_path(k, parent, like, t);
	gtext_add(t, "/");
	if (!parent || parent->module != node->module)
		gtext_addf(t, "%s:", node->module->name);
	gtext_add(t, node->name);
	if (node->nodetype == LYS_LIST)
		add_predicates(k, node, like, t);
}

static void path_of_fault(struct meaning *k, const struct grammar_place *place,
			  const struct token *t)
{
	struct gtext path = gtext_in(k->r->path, sizeof(k->r->path));
	struct grammar_edit like = {0};

	if (!t->leaf)
		return;
	/* Keys after the one at fault are not known yet: as far as it goes. */
	like.n_keys = list_keys(k, place, t->leaf, like.keys);
	add_path(k, t->leaf, &like, &path);
}

bool edits_of_way(const struct grammar *g, const struct grammar_place *place,
		  const struct reading *m, size_t way, struct grammar_result *r, size_t *word)
{
	const struct way *trace[WORDS_MAX];
	size_t n = reading_trace(m, way, trace);
	struct meaning k = {.g = g, .c = m->ways[way].c, .m = m, .r = r};
	struct grammar_edit like = {0};

	*word = 0;
	if (!bind_words(&k, trace, n)) {
		*word = k.word;
		if (k.c->entry)
			path_of_fault(&k, place, &k.c->tok[trace[k.word]->tok]);
		return false;
	}
	r->id = k.c->id;
	r->place = *place;
	if (!k.c->entry)
		return true;
	like.n_keys = list_keys(&k, place, k.c->entry->node, like.keys);
	add_node(&k, &like);
	return move(&k, place, &like);
}
