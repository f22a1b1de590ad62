/* SPDX-License-Identifier: MIT */
/* What may stand next. */
#include "lib/cli/grammar_impl.h"

#include <stdlib.h>
#include <string.h>

struct found {
	const char *word;
	const struct lysc_node *about; /* common to all lines that have the keyword here */
	const char *line_help;	       /* of the one added line */
	const char *help;	       /* if known already */
	size_t way;
	bool variable;
};

struct finder {
	const struct grammar *g;
	const struct reading *m;
	const char *start;
	bool blank; /* nothing typed of the word yet */
	bool help;
	const struct grammar_live *live;
	struct grammar_arena *arena;
	struct found *v;
	size_t n;
	const char *value_help; /* while live values come */
	bool typed;
};

static struct found *find(struct finder *f, const char *word, bool variable)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (f->v[i].variable == variable && strcmp(f->v[i].word, word) == 0)
			return &f->v[i];
	}
	return NULL;
}

static struct found *add(struct finder *f, const char *word, bool variable)
{
	GROW(&f->arena->mem, f->v, f->n);
	f->v[f->n] = (struct found){.word = arena_copy(f->arena, word), .variable = variable};
	return &f->v[f->n++];
}

static void add_keyword(struct finder *f, size_t way, const char *word,
			const struct lysc_node *about, const char *line_help)
{
	struct found *c;

	if (strncmp(word, f->start, strlen(f->start)) != 0)
		return;
	c = find(f, word, false);
	if (c) {
		c->about = common_node(c->about, about);
		if (!line_help || !c->line_help || strcmp(line_help, c->line_help) != 0)
			c->line_help = NULL;
		return;
	}
	c = add(f, word, false);
	c->about = about;
	c->line_help = line_help;
	c->way = way;
}

static void add_enums(struct finder *f, size_t way, const struct token *t)
{
	const struct lysc_type_bitenum_item *items = leaf_enums(t->leaf);
	LY_ARRAY_COUNT_TYPE u;

	LY_ARRAY_FOR(items, u)
	{
		char help[GRAMMAR_TEXT_MAX];
		struct gtext text = gtext_in(help, sizeof(help));
		struct found *c;

		add_keyword(f, way, items[u].name, NULL, NULL);
		c = find(f, items[u].name, false);
		if (!c || c->help)
			continue;
		first_sentence(items[u].dsc, &text);
		c->help = arena_copy(f->arena, help);
	}
}

static void add_live(void *ctx, const char *value)
{
	struct finder *f = ctx;
	char buf[GRAMMAR_TEXT_MAX];
	struct gtext word = gtext_in(buf, sizeof(buf));

	word_quote(&word, value, !f->typed && word_is_odd(f->g, value));
	if (word.cut || strncmp(buf, f->start, strlen(f->start)) != 0 || find(f, buf, false))
		return;
	add(f, buf, false)->help = f->value_help;
}

static bool may_become(enum grammar_class class, const char *start)
{
	switch (class) {
	case GRAMMAR_WORD:
	case GRAMMAR_NAME:
	case GRAMMAR_LINE:
		return true;
	case GRAMMAR_NUMBER:
		return start[strspn(start, "-0123456789")] == '\0';
	case GRAMMAR_ADDRESS4:
	case GRAMMAR_PREFIX4:
		return start[strspn(start, "0123456789./")] == '\0';
	case GRAMMAR_ADDRESS:
	case GRAMMAR_PREFIX:
	case GRAMMAR_ADDRESS6:
	case GRAMMAR_PREFIX6:
		return start[strspn(start, "0123456789abcdefABCDEF:./")] == '\0';
	}
	return false;
}

static void add_value(struct finder *f, const struct command *c, const struct token *t)
{
	char form[GRAMMAR_FORM], help[GRAMMAR_TEXT_MAX];
	struct gtext text = gtext_in(help, sizeof(help));

	if (!may_become(t->class, f->start))
		return;
	value_form(c, t, form);
	value_help(c, t, &text);
	f->value_help = arena_copy(f->arena, help);
	f->typed = class_is_typed(t->class);
	if (f->help && !find(f, form, true))
		add(f, form, true)->help = f->value_help;
	if (f->live && f->live->values && t->class != GRAMMAR_LINE)
		f->live->values(f->live->ctx, t->class, t->leaf, f->start, add_live, f);
}

static void add_token(struct finder *f, size_t way, const struct command *c, const struct token *t)
{
	switch (t->kind) {
	case TOK_KEYWORD:
		add_keyword(f, way, t->text,
			    t->leaf    ? t->leaf
			    : c->entry ? c->entry->node
				       : NULL,
			    c->help);
		break;
	case TOK_ENUM:
		add_enums(f, way, t);
		break;
	case TOK_VALUE:
		add_value(f, c, t);
		break;
	case TOK_END:
		if (f->blank && f->help && !find(f, "<cr>", true))
			add(f, "<cr>", true)->help = "";
		break;
	case TOK_OPEN:
	case TOK_CLOSE:
		break;
	}
}

static void add_next(struct finder *f)
{
	size_t at, k, n;
	uint16_t next[TOKENS_MAX];

	for (at = f->m->layer; at < f->m->layer_end; at++) {
		const struct way *w = &f->m->ways[at];

		if (w->tok != NO_TOKEN && w->c->tok[w->tok].class == GRAMMAR_LINE &&
		    w->c->tok[w->tok].kind == TOK_VALUE)
			add_value(f, w->c, &w->c->tok[w->tok]);
		n = line_next(w->c, w->tok == NO_TOKEN ? 0 : w->tok + 1u, next);
		for (k = 0; k < n; k++)
			add_token(f, at, w->c, &w->c->tok[next[k]]);
	}
	for (k = 0; k < f->n; k++) {
		char help[GRAMMAR_TEXT_MAX];
		struct gtext text = gtext_in(help, sizeof(help));

		if (f->v[k].help)
			continue;
		keyword_help(f->m, f->v[k].way, f->v[k].word, f->v[k].about, f->v[k].line_help,
			     &text);
		f->v[k].help = arena_copy(f->arena, help);
	}
}

static int by_word(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int cr = (strcmp(x->word, "<cr>") == 0) - (strcmp(y->word, "<cr>") == 0);

	return cr ? cr : strcmp(x->word, y->word);
}

static void hand_out(struct finder *f, grammar_candidate_fn out, void *ctx)
{
	size_t i;

	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), by_word);
	for (i = 0; i < f->n; i++) {
		const struct found *c = &f->v[i];

		out(ctx, &(struct grammar_candidate){
				 .word = c->word, .help = c->help, .variable = c->variable});
	}
}

/* False: the words before do not match in this mode. */
static bool complete_in(struct finder *f, const struct mode *mode, const struct words *ws,
			size_t n_words)
{
	struct reading m;
	bool fits = true;
	size_t i;

	reading_start(&m, f->g, mode, ws, false);
	for (i = 0; i < n_words && fits; i++)
		fits = reading_word(&m, i);
	f->m = &m;
	if (fits)
		add_next(f);
	f->m = NULL;
	reading_free(&m);
	return fits;
}

bool grammar_complete(const struct grammar *g, const struct grammar_place *place, const char *text,
		      bool help, const struct grammar_live *live, grammar_candidate_fn out,
		      void *ctx, struct grammar_result *r)
{
	struct grammar_place at = *place;
	struct finder f = {.g = g, .help = help, .live = live};
	struct words ws;
	size_t n;
	bool fits;

	if (!words_cut(&ws, text) || ws.more ||
	    (ws.n && (*ws.w[0].text == '!' || *ws.w[0].text == '#'))) {
		result_start(r, place);
		return true;
	}
	f.blank = ws.n == 0 || ws.len < strlen(text);
	n = f.blank ? ws.n : ws.n - 1;
	f.start = f.blank ? "" : text + ws.w[n].begin;
	f.arena = arena_new("grammar complete");
	do
		fits = complete_in(&f, mode_at(g, &at), &ws, n);
	while (f.n == 0 && !(fits && f.blank && n == 0) && grammar_up(g, &at));
	hand_out(&f, out, ctx);
	n = f.n;
	mem_free(&f.arena->mem, f.v);
	arena_free(f.arena);
	if (n) {
		result_start(r, place);
		return true;
	}
	fits = grammar_parse(g, place, text, 0, r) != GRAMMAR_NO_MATCH;
	return fits;
}
