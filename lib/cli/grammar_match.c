/* SPDX-License-Identifier: MIT */
/*
 * Words against all lines of a mode at once. A layer holds the ways that have
 * read the words so far; each word makes the next layer of it, and only the
 * best of that are kept.
 */
#include "lib/cli/grammar_impl.h"

#include <assert.h>
#include <string.h>

static void way_add(struct reading *m, struct way way)
{
	GROW(&m->mem, m->ways, m->n);
	m->ways[m->n++] = way;
}

static void start_commands(struct reading *m, const struct commands *cs)
{
	size_t i;

	for (i = 0; i < cs->n; i++)
		way_add(m, (struct way){.c = cs->v[i], .tok = NO_TOKEN});
}

void reading_start(struct reading *m, const struct grammar *g, const struct mode *mode,
		   const struct words *ws, bool strict)
{
	*m = (struct reading){.mem.name = "grammar match", .g = g, .words = ws, .strict = strict};
	start_commands(m, &mode->commands);
	if (mode != &g->exec)
		start_commands(m, &g->common);
	m->layer_end = m->n;
}

void reading_free(struct reading *m)
{
	mem_free(&m->mem, m->ways);
}

static enum rank rank_keyword(const struct reading *m, const char *keyword, const struct word *w)
{
	if (w->quoted)
		return RANK_NONE;
	if (strcmp(keyword, w->text) == 0)
		return RANK_EXACT;
	return !m->strict && strncmp(keyword, w->text, strlen(w->text)) == 0 ? RANK_WEAK
									     : RANK_NONE;
}

static void try_enum(struct reading *m, struct way way, const struct token *t, const struct word *w)
{
	const struct lysc_type_bitenum_item *items = leaf_enums(t->leaf);
	LY_ARRAY_COUNT_TYPE u;

	LY_ARRAY_FOR(items, u)
	{
		way.rank = (uint8_t)rank_keyword(m, items[u].name, w);
		way.as = items[u].name;
		if (way.rank != RANK_NONE)
			way_add(m, way);
	}
}

static void try_token(struct reading *m, struct way way, const struct token *t,
		      const struct word *w)
{
	switch (t->kind) {
	case TOK_KEYWORD:
		way.rank = (uint8_t)rank_keyword(m, t->text, w);
		way.as = t->text;
		break;
	case TOK_ENUM:
		try_enum(m, way, t, w);
		return;
	case TOK_VALUE:
		if ((w->open && t->class != GRAMMAR_LINE) ||
		    !class_fits(t->class, w->text, w->quoted))
			return;
		way.rank = class_is_typed(t->class) ? RANK_TYPED : RANK_WEAK;
		way.as = w->text;
		break;
	case TOK_OPEN:
	case TOK_CLOSE:
	case TOK_END:
		return;
	}
	if (way.rank != RANK_NONE)
		way_add(m, way);
}

static const struct token *token_of(const struct way *w)
{
	return w->tok == NO_TOKEN ? NULL : &w->c->tok[w->tok];
}

static bool takes_rest(const struct way *w)
{
	const struct token *t = token_of(w);

	return t && t->kind == TOK_VALUE && t->class == GRAMMAR_LINE;
}

static void keep_best(struct reading *m, size_t from)
{
	enum rank best = RANK_NONE;
	size_t i, n = from;

	for (i = from; i < m->n; i++) {
		if (m->ways[i].rank > best)
			best = m->ways[i].rank;
	}
	for (i = from; i < m->n; i++) {
		if (m->ways[i].rank == best)
			m->ways[n++] = m->ways[i];
	}
	m->n = n;
}

bool reading_word(struct reading *m, size_t i)
{
	const struct word *w = &m->words->w[i];
	size_t from = m->n, at, k;

	for (at = m->layer; at < m->layer_end; at++) {
		struct way prev = m->ways[at];
		uint16_t next[TOKENS_MAX];
		size_t n;

		if (takes_rest(&prev)) {
			way_add(m, prev);
			continue;
		}
		n = line_next(prev.c, prev.tok == NO_TOKEN ? 0 : prev.tok + 1u, next);
		for (k = 0; k < n; k++)
			try_token(m,
				  (struct way){.c = prev.c, .tok = next[k], .prev = (uint32_t)at},
				  &prev.c->tok[next[k]], w);
	}
	keep_best(m, from);
	if (m->n == from)
		return false;
	m->layer = from;
	m->layer_end = m->n;
	return true;
}

size_t reading_trace(const struct reading *m, size_t way, const struct way *out[WORDS_MAX])
{
	const struct way *w;
	size_t n = 0, i;

	for (w = &m->ways[way]; w->tok != NO_TOKEN; w = &m->ways[w->prev])
		n++;
	assert(n <= WORDS_MAX);
	for (w = &m->ways[way], i = n; i > 0; w = &m->ways[w->prev])
		out[--i] = w;
	return n;
}

/* ---- what could follow ---- */

/* Whether ", NAME" is there already. */
static bool has_name(const struct gtext *t, const char *name)
{
	size_t len = strlen(name);
	const char *s = t->at;

	while ((s = strstr(s, name))) {
		if ((s == t->at || s[-1] == ' ') && (s[len] == '\0' || s[len] == ','))
			return true;
		s += len;
	}
	return false;
}

static void add_name(struct gtext *t, const char *name)
{
	if (has_name(t, name) || t->cut)
		return;
	if (t->len + strlen(name) + 8 > t->size) {
		gtext_add(t, ", ...");
		t->cut = true;
		return;
	}
	if (t->len)
		gtext_add(t, ", ");
	gtext_add(t, name);
}

static void add_token_name(struct gtext *t, const struct command *c, const struct token *tok)
{
	const struct lysc_type_bitenum_item *items;
	char form[GRAMMAR_FORM];
	LY_ARRAY_COUNT_TYPE u;

	switch (tok->kind) {
	case TOK_KEYWORD:
		add_name(t, tok->text);
		break;
	case TOK_ENUM:
		items = leaf_enums(tok->leaf);
		LY_ARRAY_FOR(items, u)
		add_name(t, items[u].name);
		break;
	case TOK_VALUE:
		value_form(c, tok, form);
		add_name(t, form);
		break;
	case TOK_END:
		add_name(t, "<cr>");
		break;
	case TOK_OPEN:
	case TOK_CLOSE:
		break;
	}
}

void reading_expected(const struct reading *m, struct gtext *t)
{
	size_t at, k;

	for (at = m->layer; at < m->layer_end; at++) {
		const struct way *w = &m->ways[at];
		uint16_t next[TOKENS_MAX];
		size_t n;

		if (takes_rest(w))
			continue;
		n = line_next(w->c, w->tok == NO_TOKEN ? 0 : w->tok + 1u, next);
		for (k = 0; k < n; k++)
			add_token_name(t, w->c, &w->c->tok[next[k]]);
	}
}
