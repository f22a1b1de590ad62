/* SPDX-License-Identifier: MIT */
/* One instance as a line: the first that can say all of it. */
#include "lib/cli/grammar_impl.h"

#include <string.h>

struct speech {
	const struct grammar *g;
	const struct entry *e;
	const struct command *c;
	const struct lyd_node *node;
	struct gtext *t;
	bool said[TOKENS_MAX];
	bool quote; /* free words, whether they need it or not */
	bool odd;   /* a free word was left without quotes */
};

/* Of the node, a child, or a key of a list around it; NULL: not there, or a
 * default. */
static const char *leaf_value(const struct lyd_node *node, const struct lysc_node *leaf)
{
	const struct lyd_node *child;

	if (node->schema == leaf)
		return lyd_get_value(node);
	while (node && node->schema != data_parent(leaf))
		node = lyd_parent(node);
	LY_LIST_FOR(node ? lyd_child(node) : NULL, child)
	{
		if (child->schema == leaf)
			return node_is_default(child) ? NULL : lyd_get_value(child);
	}
	return NULL;
}

bool node_is_default(const struct lyd_node *node)
{
	const char *value;

	if (node->flags & LYD_DEFAULT)
		return true;
	if (node->schema->nodetype != LYS_LEAF || lysc_is_key(node->schema))
		return false;
	value = leaf_default(node->schema);
	return value && strcmp(value, lyd_get_value(node)) == 0;
}

/* What the line means for a leaf that it leaves out. */
static const char *implied(const struct command *c, const struct lysc_node *leaf)
{
	size_t i;

	for (i = 0; i < c->n_set; i++) {
		if (c->set[i].leaf == leaf)
			return c->set[i].value;
	}
	return NULL;
}

/* "false" of a boolean without a default is a value of its own that only a
 * line of that leaf can say. */
static bool is_implied(const struct speech *s, const struct lysc_node *leaf)
{
	const char *is = leaf_value(s->node, leaf), *set = implied(s->c, leaf);

	return set ? is && strcmp(is, set) == 0 : !is;
}

static bool line_holds(const char *value)
{
	size_t n = strlen(value), i;

	if (n == 0 || value[0] == ' ' || value[0] == '\t' || value[n - 1] == ' ' ||
	    value[n - 1] == '\t')
		return false;
	for (i = 0; i < n; i++) {
		if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
			return false;
	}
	return true;
}

static bool say_value(struct speech *s, const struct token *t)
{
	const char *value = leaf_value(s->node, t->leaf);

	if (!value)
		value = leaf_default(t->leaf);
	if (!value)
		return false;
	if (t->class == GRAMMAR_LINE) {
		gtext_add(s->t, value);
		return line_holds(value);
	}
	if (class_is_typed(t->class)) {
		value_shown(s->e, t->leaf, value, s->t);
		return class_fits(t->class, value, false);
	}
	if (t->class == GRAMMAR_NAME && *value == '\0')
		return false;
	if (!s->quote && word_is_odd(s->g, value))
		s->odd = true;
	word_quote(s->t, value, s->quote);
	return true;
}

static bool say_enum(struct speech *s, const struct token *t)
{
	const struct lysc_type_bitenum_item *items = leaf_enums(t->leaf);
	const char *value = leaf_value(s->node, t->leaf);
	LY_ARRAY_COUNT_TYPE u;

	if (!value)
		value = leaf_default(t->leaf);
	LY_ARRAY_FOR(items, u)
	{
		if (value && strcmp(value, items[u].name) == 0) {
			gtext_add(s->t, value);
			return true;
		}
	}
	return false;
}

static bool part_needed(const struct speech *s, size_t open)
{
	size_t i;

	for (i = open + 1; i < s->c->tok[open].jump; i++) {
		const struct token *t = &s->c->tok[i];

		if (t->leaf && !is_implied(s, t->leaf))
			return true;
	}
	return false;
}

static bool say_token(struct speech *s, const struct token *t)
{
	const char *value;

	if (s->t->len)
		gtext_add(s->t, " ");
	switch (t->kind) {
	case TOK_KEYWORD:
		value = t->leaf ? leaf_value(s->node, t->leaf) : NULL;
		gtext_add(s->t, t->text);
		return !t->leaf || (value && strcmp(value, "true") == 0);
	case TOK_ENUM:
		return say_enum(s, t);
	case TOK_VALUE:
		return say_value(s, t);
	case TOK_OPEN:
	case TOK_CLOSE:
	case TOK_END:
		break;
	}
	return true;
}

static bool is_said(const struct speech *s, const struct lysc_node *leaf)
{
	size_t i;

	for (i = 0; i < s->c->n; i++) {
		if (s->said[i] && s->c->tok[i].leaf == leaf)
			return true;
	}
	return is_implied(s, leaf);
}

/* Nothing of the instance may be lost. */
static bool says_all(const struct speech *s)
{
	const struct lysc_node *node, *key;
	size_t i;

	for (i = 0; i < s->e->n_covered; i++) {
		if (!is_said(s, s->e->covered[i]))
			return false;
	}
	for (node = s->e->node; node; node = data_parent(node)) {
		if (node->nodetype != LYS_LIST || key_count(node) <= s->e->mode->n_keys)
			continue;
		for (key = lysc_node_child(node); key && lysc_is_key(key); key = key->next) {
			if (!is_said(s, key))
				return false;
		}
	}
	return true;
}

static bool say_line(struct speech *s)
{
	size_t i;

	*s->t = gtext_in(s->t->at, s->t->size);
	memset(s->said, 0, sizeof(s->said));
	s->odd = false;
	if (is_bool(s->e->node) && strcmp(lyd_get_value(s->node), "false") == 0)
		gtext_add(s->t, "no");
	for (i = 0; s->c->tok[i].kind != TOK_END; i++) {
		const struct token *t = &s->c->tok[i];

		if (t->kind == TOK_OPEN && !part_needed(s, i))
			i = t->jump;
		if (t->kind == TOK_OPEN || t->kind == TOK_CLOSE)
			continue;
		if (!say_token(s, t))
			return false;
		s->said[i] = true;
	}
	return says_all(s) && !s->t->cut;
}

/* A name may read as a keyword where it stands: then it takes quotes. */
static void settle_quotes(struct speech *s, const struct grammar_place *place)
{
	struct grammar_result plain = {0}, quoted = {0};
	char buf[GRAMMAR_LINE_MAX + 1];
	struct gtext t = gtext_in(buf, sizeof(buf)), *into = s->t;
	bool same;

	s->quote = true;
	s->t = &t;
	say_line(s);
	same = grammar_parse(s->g, place, into->at, GRAMMAR_STRICT, &plain) == GRAMMAR_OK &&
	       grammar_parse(s->g, place, buf, GRAMMAR_STRICT, &quoted) == GRAMMAR_OK &&
	       results_same(&plain, &quoted);
	s->t = into;
	if (!same)
		say_line(s);
	grammar_result_clear(&plain);
	grammar_result_clear(&quoted);
}

bool grammar_say(const struct grammar *g, const struct entry *e, const struct grammar_place *place,
		 const struct lyd_node *node, struct gtext *t)
{
	struct speech s = {.g = g, .e = e, .node = node, .t = t};
	size_t i;

	for (i = 0; i < e->lines.n; i++) {
		s.c = e->lines.v[i];
		s.quote = false;
		if (!say_line(&s))
			continue;
		if (s.odd)
			settle_quotes(&s, place);
		return true;
	}
	return false;
}
