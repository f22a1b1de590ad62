/* SPDX-License-Identifier: MIT */
/* A line against many patterns. */
#include "lib/cli/match.h"

#include <string.h>

#include "lib/base/prefix.h"

enum fit { FIT_NOT, FIT_ANY, FIT_ABBREVIATED, FIT_FORM, FIT_EXACT };

#define IFNAME_MAX 15u

void match_begin(struct match *m, const char *line)
{
	char *s = m->line;

	/* Not all of it: most of it is room. */
	m->line[0] = '\0';
	m->n = m->pass = m->passes = m->row = 0;
	m->exact = m->abbreviated = 0;
	m->too_long = m->found = m->ambiguous = m->incomplete = false;
	if (strlen(line) > SHOW_REQUEST_MAX) {
		m->too_long = true;
		return;
	}
	strcpy(m->line, line);
	s += strspn(s, " \t\r\n");
	if (*s == '!' || *s == '#')
		return;
	while (*s) {
		if (m->n == SHOW_WORDS_MAX) {
			m->too_long = true;
			return;
		}
		m->word[m->n++] = s;
		s += strcspn(s, " \t\r\n");
		if (*s)
			*s++ = '\0';
		s += strspn(s, " \t\r\n");
	}
}

static bool is_prefix(const char *w)
{
	struct prefix p;

	return prefix_parse(w, &p);
}

static bool is_addr(const char *w)
{
	enum family f;
	struct addr a;

	return addr_parse(w, &f, &a);
}

static bool is_ifname(const char *w)
{
	return strlen(w) <= IFNAME_MAX && !strchr(w, '/') && strcmp(w, ".") != 0 &&
	       strcmp(w, "..") != 0;
}

static enum fit keyword_fit(const struct pattern_step *st, const char *w)
{
	size_t len = strlen(w);

	if (len > st->len || strncmp(st->text, w, len) != 0)
		return FIT_NOT;
	return len == st->len ? FIT_EXACT : FIT_ABBREVIATED;
}

static enum fit word_fit(const struct pattern_step *st, const char *w)
{
	switch (st->op) {
	case PAT_KEYWORD:
		return keyword_fit(st, w);
	case PAT_PREFIX:
		return is_prefix(w) ? FIT_FORM : FIT_NOT;
	case PAT_ADDR:
		return is_addr(w) ? FIT_FORM : FIT_NOT;
	case PAT_IFNAME:
		return is_ifname(w) ? FIT_ANY : FIT_NOT;
	case PAT_WORD:
		return FIT_ANY;
	case PAT_SPLIT:
	case PAT_JUMP:
	case PAT_ACCEPT:
		break;
	}
	return FIT_NOT;
}

/* Whether two ways give the same words: then it does not matter which one. */
static bool same_reading(const struct match *m, const struct match_way *a,
			 const struct match_way *b)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct pattern_step *x = &a->as[i], *y = &b->as[i];

		if (x->op != y->op || x->len != y->len || strncmp(x->text, y->text, x->len) != 0)
			return false;
	}
	return true;
}

static void way_complete(struct match *m, size_t row)
{
	int c = m->found ? memcmp(m->way.fit, m->best.fit, m->n) : 1;

	if (c < 0)
		return;
	if (c == 0 && m->row == row && same_reading(m, &m->way, &m->best))
		return;
	m->ambiguous = c == 0;
	m->found = true;
	m->row = row;
	m->best = m->way;
}

static void explore(struct match *m, const struct pattern *p, size_t row, size_t at, size_t i)
{
	const struct pattern_step *st = &p->step[at];
	enum fit fit;

	switch (st->op) {
	case PAT_SPLIT:
		explore(m, p, row, st->a, i);
		if (st->b != st->a)
			explore(m, p, row, st->b, i);
		return;
	case PAT_JUMP:
		explore(m, p, row, st->a, i);
		return;
	case PAT_ACCEPT:
		if (i == m->n)
			way_complete(m, row);
		return;
	case PAT_KEYWORD:
	case PAT_PREFIX:
	case PAT_ADDR:
	case PAT_IFNAME:
	case PAT_WORD:
		break;
	}
	if (i == m->n) {
		m->incomplete = true;
		return;
	}
	fit = word_fit(st, m->word[i]);
	if (fit == FIT_NOT || (m->pass > 1 && fit == FIT_ABBREVIATED && m->exact & 1u << i))
		return;
	if (fit == FIT_EXACT && (m->pass == 1 || m->pass == i + 2))
		m->exact |= 1u << i;
	if (fit == FIT_ABBREVIATED)
		m->abbreviated |= 1u << i;
	if (m->pass == i + 2)
		return;
	m->way.fit[i] = (uint8_t)fit;
	m->way.as[i] = *st;
	explore(m, p, row, at + 1, i + 1);
}

bool match_pass(struct match *m)
{
	if (m->too_long)
		return false;
	if (m->pass == 0)
		m->passes = 1;
	if (m->pass == 1 && m->exact & m->abbreviated) {
		m->passes = m->n + 2;
		m->exact = 0;
		m->found = m->ambiguous = m->incomplete = false;
	}
	return m->pass++ < m->passes;
}

void match_try(struct match *m, size_t row, const char *pattern, const char *tail)
{
	struct pattern p;

	/* Most rows begin with another letter: no need to look at them closely. */
	if (!m->n || (*pattern >= 'a' && *pattern <= 'z' && *pattern != *m->word[0]))
		return;
	pattern_compile(&p, pattern, tail);
	explore(m, &p, row, 0, 0);
}

enum match_verdict match_end(struct match *m, struct show_args *args, bool *json)
{
	*args = (struct show_args){.n = 0};
	*json = false;
	if (m->too_long)
		return MATCH_NONE;
	if (!m->n)
		return MATCH_EMPTY;
	if (!m->found)
		return m->incomplete ? MATCH_INCOMPLETE : MATCH_NONE;
	if (m->ambiguous)
		return MATCH_AMBIGUOUS;
	for (size_t i = 0; i < m->n; i++) {
		const struct pattern_step *st = &m->best.as[i];

		if (st->op == PAT_KEYWORD) {
			memcpy(m->full[i], st->text, st->len);
			m->full[i][st->len] = '\0';
			args->word[args->n++] = m->full[i];
		} else {
			args->variables |= 1u << i;
			args->word[args->n++] = m->word[i];
		}
	}
	if (!(args->variables & 1u << (args->n - 1)) &&
	    strcmp(args->word[args->n - 1], "json") == 0) {
		args->n--;
		*json = true;
	}
	return MATCH_ONE;
}
