/* SPDX-License-Identifier: MIT */
/* A line, in a place, to edits or to an error with words. */
#include "lib/cli/grammar_impl.h"

#include <stdio.h>
#include <string.h>

void grammar_result_clear(struct grammar_result *r)
{
	if (r->arena) {
		mem_free(&r->arena->mem, r->edits);
		mem_free(&r->arena->mem, r->args);
		arena_free(r->arena);
	}
	*r = (struct grammar_result){0};
}

void result_start(struct grammar_result *r, const struct grammar_place *place)
{
	grammar_result_clear(r);
	r->arena = arena_new("grammar result");
	r->place = *place;
}

const char *grammar_arg(const struct grammar_result *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->n_args; i++) {
		if (strcmp(r->args[i].name, name) == 0)
			return r->args[i].value;
	}
	return NULL;
}

bool grammar_has(const struct grammar_result *r, const char *keyword)
{
	return grammar_arg(r, keyword) != NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool edits_same(const struct grammar_edit *a, const struct grammar_edit *b)
{
	size_t i;

	if (a->op != b->op || a->node != b->node || a->n_keys != b->n_keys ||
	    !same_text(a->value, b->value))
		return false;
	for (i = 0; i < a->n_keys; i++) {
		if (!same_text(a->keys[i], b->keys[i]))
			return false;
	}
	return true;
}

bool results_same(const struct grammar_result *a, const struct grammar_result *b)
{
	size_t i;

	if (a->id != b->id || a->n_edits != b->n_edits || a->n_args != b->n_args)
		return false;
	for (i = 0; i < a->n_edits; i++) {
		if (!edits_same(&a->edits[i], &b->edits[i]))
			return false;
	}
	for (i = 0; i < a->n_args; i++) {
		if (!same_text(a->args[i].name, b->args[i].name) ||
		    !same_text(a->args[i].value, b->args[i].value))
			return false;
	}
	return true;
}

/* ---- one mode ---- */

static bool is_complete(const struct way *w)
{
	uint16_t next[TOKENS_MAX];
	size_t n, i;

	if (w->tok == NO_TOKEN)
		return false;
	n = line_next(w->c, w->tok + 1u, next);
	for (i = 0; i < n; i++) {
		if (w->c->tok[next[i]].kind == TOK_END)
			return true;
	}
	return false;
}

static enum grammar_status no_match(const struct reading *m, size_t word, struct grammar_result *r)
{
	struct gtext t = gtext_in(r->expected, sizeof(r->expected));

	r->column = m->words->w[word].begin;
	reading_expected(m, &t);
	if (word == 0)
		snprintf(r->message, sizeof(r->message), "Unknown command.");
	else
		snprintf(r->message, sizeof(r->message), "\"%.64s\" can't stand here.",
			 m->words->w[word].text);
	return GRAMMAR_NO_MATCH;
}

static enum grammar_status incomplete(const struct reading *m, struct grammar_result *r)
{
	struct gtext t = gtext_in(r->expected, sizeof(r->expected));

	r->column = m->words->len;
	reading_expected(m, &t);
	snprintf(r->message, sizeof(r->message), "Command incomplete.");
	return GRAMMAR_INCOMPLETE;
}

static enum grammar_status ambiguous(const struct reading *m, size_t a, size_t b,
				     struct grammar_result *r)
{
	struct gtext t = gtext_in(r->expected, sizeof(r->expected));
	const struct way *wa[WORDS_MAX], *wb[WORDS_MAX];
	size_t na = reading_trace(m, a, wa), nb = reading_trace(m, b, wb), i;
	char form[2][GRAMMAR_FORM];

	for (i = 0; i + 1 < na && i + 1 < nb; i++) {
		const struct token *ta = &wa[i]->c->tok[wa[i]->tok],
				   *tb = &wb[i]->c->tok[wb[i]->tok];

		if (ta->kind != tb->kind || ta->leaf != tb->leaf ||
		    strcmp(wa[i]->as, wb[i]->as) != 0)
			break;
	}
	value_form(wa[i]->c, &wa[i]->c->tok[wa[i]->tok], form[0]);
	value_form(wb[i]->c, &wb[i]->c->tok[wb[i]->tok], form[1]);
	gtext_addf(&t, "%s, %s", wa[i]->c->tok[wa[i]->tok].kind == TOK_VALUE ? form[0] : wa[i]->as,
		   wb[i]->c->tok[wb[i]->tok].kind == TOK_VALUE ? form[1] : wb[i]->as);
	r->column = m->words->w[i].begin;
	snprintf(r->message, sizeof(r->message), "\"%.64s\" is ambiguous.", m->words->w[i].text);
	return GRAMMAR_AMBIGUOUS;
}

/* Of the ways that are left, all that are complete must mean the same. */
static enum grammar_status judge(const struct reading *m, const struct grammar_place *place,
				 struct grammar_result *r)
{
	size_t at, word, first = SIZE_MAX;
	enum grammar_status s = GRAMMAR_OK;

	for (at = m->layer; at < m->layer_end && s == GRAMMAR_OK; at++) {
		struct grammar_result other = {0};

		if (!is_complete(&m->ways[at]))
			continue;
		if (first == SIZE_MAX) {
			first = at;
			if (!edits_of_way(m->g, place, m, at, r, &word)) {
				r->column = m->words->w[word].begin;
				s = GRAMMAR_INVALID;
			}
			continue;
		}
		result_start(&other, place);
		if (!edits_of_way(m->g, place, m, at, &other, &word) || !results_same(r, &other))
			s = ambiguous(m, first, at, r);
		grammar_result_clear(&other);
	}
	return first == SIZE_MAX ? incomplete(m, r) : s;
}

static enum grammar_status parse_in(const struct grammar *g, const struct mode *mode,
				    const struct grammar_place *place, const struct words *ws,
				    bool strict, struct grammar_result *r)
{
	enum grammar_status s = GRAMMAR_OK;
	struct reading m;
	size_t i;

	reading_start(&m, g, mode, ws, strict);
	for (i = 0; i < ws->n && s == GRAMMAR_OK; i++) {
		if (!reading_word(&m, i))
			s = no_match(&m, i, r);
	}
	if (s == GRAMMAR_OK)
		s = judge(&m, place, r);
	reading_free(&m);
	return s;
}

enum grammar_status grammar_parse(const struct grammar *g, const struct grammar_place *place,
				  const char *line, unsigned int flags, struct grammar_result *r)
{
	struct grammar_place at = *place;
	struct grammar_result above = {0};
	enum grammar_status s;
	struct words ws;

	result_start(r, place);
	if (!words_cut(&ws, line)) {
		snprintf(r->message, sizeof(r->message), "Line of more than %u octets.",
			 GRAMMAR_LINE_MAX);
		return GRAMMAR_NO_MATCH;
	}
	if (ws.n == 0 || *ws.w[0].text == '!' || *ws.w[0].text == '#')
		return GRAMMAR_EMPTY;
	s = parse_in(g, mode_at(g, place), place, &ws, flags & GRAMMAR_STRICT, r);
	while (s == GRAMMAR_NO_MATCH && grammar_up(g, &at)) {
		result_start(&above, &at);
		s = parse_in(g, mode_at(g, &at), &at, &ws, flags & GRAMMAR_STRICT, &above);
		/* The error that got farthest says most. */
		if (s != GRAMMAR_NO_MATCH || above.column > r->column) {
			grammar_result_clear(r);
			*r = above;
			above = (struct grammar_result){0};
		}
	}
	grammar_result_clear(&above);
	if (s != GRAMMAR_OK) {
		r->place = *place;
		r->n_edits = r->n_args = 0;
		r->id = 0;
	}
	return s;
}
