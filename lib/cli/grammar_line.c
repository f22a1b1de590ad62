/* SPDX-License-Identifier: MIT */
/* The text of a line, compiled to tokens. */
#include "lib/cli/grammar_impl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compiler {
	struct grammar *g;
	struct command *c;
	const char *line;
	char *err;
	size_t err_size;
	uint16_t open[TOKENS_MAX];
	size_t depth;
};

static bool refuse(struct compiler *k, const char *why, const char *what, size_t len)
{
	const struct entry *e = k->c->entry;
	char path[512] = "";

	if (e)
		lysc_path(e->node, LYSC_PATH_DATA, path, sizeof(path));
	snprintf(k->err, k->err_size, "%s%sline \"%s\": %s \"%.*s\"", path, e ? ": " : "", k->line,
		 why, (int)len, what);
	return false;
}

static struct token *add(struct compiler *k)
{
	if (k->c->n >= TOKENS_MAX)
		return NULL;
	return &k->c->tok[k->c->n++];
}

static const struct lysc_node *child_leaf(const struct lysc_node *node, const char *name)
{
	const struct lysc_node *child;

	if (!(node->nodetype & (LYS_LIST | LYS_CONTAINER)))
		return NULL;
	for (child = lys_getnext(NULL, node, NULL, 0); child;
	     child = lys_getnext(child, node, NULL, 0)) {
		if (child->nodetype == LYS_LEAF && strcmp(child->name, name) == 0)
			return child;
	}
	return NULL;
}

/* A child of the node, or a key of a list above. */
static const struct lysc_node *find_leaf(const struct lysc_node *node, const char *name)
{
	const struct lysc_node *leaf = child_leaf(node, name);

	while (!leaf && (node = data_parent(node))) {
		leaf = node->nodetype == LYS_LIST ? child_leaf(node, name) : NULL;
		if (leaf && !lysc_is_key(leaf))
			leaf = NULL;
	}
	return leaf;
}

static bool add_variable(struct compiler *k, const char *s, size_t len)
{
	char *name = arena_text(&k->g->arena, s + 1, len - 1), *class = strchr(name, ':');
	const struct entry *e = k->c->entry;
	struct token *t = add(k);

	if (!t)
		return refuse(k, "too long at", s, len);
	if (class)
		*class ++ = '\0';
	t->kind = TOK_VALUE;
	if (e) {
		t->leaf = *name ? find_leaf(e->node, name) : e->node;
		if (!t->leaf || !(t->leaf->nodetype & (LYS_LEAF | LYS_LEAFLIST)))
			return refuse(k, "no leaf", s, len);
		t->class = class_of_leaf(t->leaf);
		if (is_enum(t->leaf) && !class)
			t->kind = TOK_ENUM;
	}
	t->text = *name ? name : t->leaf ? t->leaf->name : "value";
	if (class && !class_by_name(class, &t->class))
		return refuse(k, "no class", s, len);
	return true;
}

static bool add_keyword(struct compiler *k, const char *s, size_t len)
{
	struct token *t = add(k);
	const struct lysc_node *leaf;

	if (!t)
		return refuse(k, "too long at", s, len);
	t->kind = TOK_KEYWORD;
	t->text = arena_text(&k->g->arena, s, len);
	if (k->c->n > 1 && k->c->entry) {
		leaf = child_leaf(k->c->entry->node, t->text);
		t->leaf = is_bool(leaf) ? leaf : NULL;
	}
	return true;
}

static bool add_bracket(struct compiler *k, const char *s)
{
	struct token *t = add(k);

	if (!t || (*s == ']' && k->depth == 0))
		return refuse(k, "wrong bracket at", s, strlen(s));
	t->kind = *s == '[' ? TOK_OPEN : TOK_CLOSE;
	if (*s == '[')
		k->open[k->depth++] = (uint16_t)(k->c->n - 1);
	else
		k->c->tok[k->open[--k->depth]].jump = (uint16_t)(k->c->n - 1);
	return true;
}

/* leaf=value, after the semicolon. */
static bool add_set(struct compiler *k, const char *s, size_t len)
{
	const char *eq = memchr(s, '=', len);
	struct command *c = k->c;
	char message[GRAMMAR_TEXT_MAX];
	struct set *set;
	char *name;

	if (!eq || !c->entry || c->n_set == SETS_MAX)
		return refuse(k, "wrong setting", s, len);
	set = &c->set[c->n_set++];
	name = arena_text(&k->g->arena, s, (size_t)(eq - s));
	set->leaf = find_leaf(c->entry->node, name);
	if (!set->leaf)
		return refuse(k, "no leaf", s, len);
	set->value = arena_text(&k->g->arena, eq + 1, len - (size_t)(eq + 1 - s));
	set->value = value_canonical(k->g, set->leaf, set->value, &k->g->arena, message,
				     sizeof(message));
	return set->value || refuse(k, "wrong value", s, len);
}

static bool compile_word(struct compiler *k, const char *s, size_t len, bool setting)
{
	if (setting)
		return add_set(k, s, len);
	if (*s == '[' || *s == ']')
		return add_bracket(k, s);
	return *s == '$' ? add_variable(k, s, len) : add_keyword(k, s, len);
}

/* Keys that no mode has fixed come from the line. */
static bool check_keys(struct compiler *k)
{
	const struct entry *e = k->c->entry;
	const struct lysc_node *node, *key;
	size_t i, n, depth;

	for (node = e ? e->node : NULL; node; node = data_parent(node)) {
		if (node->nodetype != LYS_LIST)
			continue;
		n = key_count(node);
		for (key = lysc_node_child(node); key && lysc_is_key(key); key = key->next) {
			bool given = n <= e->mode->n_keys;

			for (depth = i = 0; i < k->c->n; i++) {
				if (k->c->tok[i].kind == TOK_OPEN)
					depth++;
				else if (k->c->tok[i].kind == TOK_CLOSE)
					depth--;
				given = given || (k->c->tok[i].leaf == key && depth == 0);
			}
			for (i = 0; i < k->c->n_set; i++)
				given = given || k->c->set[i].leaf == key;
			if (!given)
				return refuse(k, "nothing gives the key", key->name,
					      strlen(key->name));
		}
	}
	return true;
}

bool line_compile(struct grammar *g, struct command *c, const char *line, char *err,
		  size_t err_size)
{
	struct compiler k = {.g = g, .c = c, .line = line, .err = err, .err_size = err_size};
	bool setting = false;
	const char *s = line;

	while (*s) {
		size_t len = *s == '[' || *s == ']' || *s == ';' ? 1 : strcspn(s, " []");

		if (*s == ' ') {
			s++;
			continue;
		}
		if (*s == ';')
			setting = true;
		else if (!compile_word(&k, s, len, setting))
			return false;
		s += len;
	}
	if (k.depth || c->n == 0 || c->tok[0].kind != TOK_KEYWORD || c->n >= TOKENS_MAX)
		return refuse(&k, "does not begin with a keyword, or a bracket is open", line,
			      strlen(line));
	c->tok[c->n++].kind = TOK_END;
	return check_keys(&k);
}

void commands_add(struct grammar *g, struct commands *cs, struct command *c)
{
	GROW(&g->arena.mem, cs->v, cs->n);
	cs->v[cs->n++] = c;
}

/* ---- no ---- */

static bool is_own_value(const struct command *c, const struct token *t)
{
	if (t->kind != TOK_VALUE && t->kind != TOK_ENUM)
		return false;
	if (c->entry->node->nodetype == LYS_LEAF)
		return t->leaf == c->entry->node;
	return t->leaf != c->entry->node && !lysc_is_key(t->leaf);
}

/* Where the optional parts at the end of the line begin. */
static size_t before_options(const struct command *c)
{
	size_t end = c->n - 1, open;

	while (end > 0 && c->tok[end - 1].kind == TOK_CLOSE) {
		for (open = 0; c->tok[open].kind != TOK_OPEN || c->tok[open].jump != end - 1;)
			open++;
		end = open;
	}
	return end;
}

/* What at the end of the line does not say which node it is, may be left out. */
void line_negate(struct grammar *g, struct command *no, const struct command *yes,
		 bool optional_value)
{
	size_t i, end = before_options(yes), from = end, closes = 0;

	(void)g;
	*no = *yes;
	no->negated = true;
	no->n = 0;
	no->tok[no->n++] = (struct token){.kind = TOK_KEYWORD, .text = "no"};
	while (optional_value && from > 0 && is_own_value(yes, &yes->tok[from - 1]))
		from--;
	for (i = 0; i < yes->n; i++) {
		assert(no->n + 3 + closes < TOKENS_MAX);
		if (i >= from && i < end) {
			no->tok[no->n++] = (struct token){.kind = TOK_OPEN};
			closes++;
		}
		if (yes->tok[i].kind == TOK_END)
			break;
		no->tok[no->n] = yes->tok[i];
		if (yes->tok[i].kind == TOK_OPEN)
			no->tok[no->n].jump = (uint16_t)(no->n + yes->tok[i].jump - i);
		no->n++;
	}
	/* One in the other: the first opened closes last. */
	for (i = no->n; closes > 0; closes--, i = no->n) {
		size_t at = i;

		while (no->tok[--at].kind != TOK_OPEN || no->tok[at].jump)
			;
		no->tok[at].jump = (uint16_t)no->n;
		no->tok[no->n++].kind = TOK_CLOSE;
	}
	no->tok[no->n++].kind = TOK_END;
}

/* ---- walking ---- */

static size_t next_from(const struct command *c, size_t at, uint16_t *out, size_t n)
{
	size_t i;

	switch (c->tok[at].kind) {
	case TOK_OPEN:
		n = next_from(c, at + 1, out, n);
		return next_from(c, (size_t)c->tok[at].jump + 1, out, n);
	case TOK_CLOSE:
		return next_from(c, at + 1, out, n);
	case TOK_KEYWORD:
	case TOK_ENUM:
	case TOK_VALUE:
	case TOK_END:
		break;
	}
	for (i = 0; i < n; i++) {
		if (out[i] == at)
			return n;
	}
	out[n++] = (uint16_t)at;
	return n;
}

size_t line_next(const struct command *c, size_t at, uint16_t *out)
{
	return next_from(c, at, out, 0);
}

/* ---- all keywords ---- */

static void collect(struct grammar *g, const char *word)
{
	GROW(&g->arena.mem, g->keywords, g->n_keywords);
	g->keywords[g->n_keywords++] = word;
}

static void collect_command(struct grammar *g, const struct command *c)
{
	const struct lysc_type_bitenum_item *items;
	LY_ARRAY_COUNT_TYPE u;
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (c->tok[i].kind == TOK_KEYWORD)
			collect(g, c->tok[i].text);
		if (c->tok[i].kind != TOK_ENUM)
			continue;
		items = leaf_enums(c->tok[i].leaf);
		LY_ARRAY_FOR(items, u)
		collect(g, items[u].name);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void keywords_collect(struct grammar *g)
{
	size_t i, j;

	mem_free(&g->arena.mem, g->keywords);
	g->keywords = NULL;
	g->n_keywords = 0;
	for (i = 0; i < g->n_modes; i++) {
		for (j = 0; j < g->modes[i]->commands.n; j++)
			collect_command(g, g->modes[i]->commands.v[j]);
	}
	for (j = 0; j < g->common.n; j++)
		collect_command(g, g->common.v[j]);
	if (g->n_keywords)
		qsort(g->keywords, g->n_keywords, sizeof(*g->keywords), by_text);
}

bool keyword_exists(const struct grammar *g, const char *word)
{
	return g->n_keywords &&
	       bsearch(&word, g->keywords, g->n_keywords, sizeof(*g->keywords), by_text) != NULL;
}
