/* SPDX-License-Identifier: MIT */
/*
 * Completion and help. The grammar asks for what exists now; daemons answer
 * later. So it is asked twice: first to learn what it would want, then, with
 * the names of interfaces or prefixes fetched, for good.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

/* Values that are offered, at most. */
#define VALUES_MAX 500

enum source { SOURCE_INTERFACES, SOURCE_ROUTES };
#define N_SOURCES 2

static const struct {
	const char *path, *leaf;
} sources[N_SOURCES] = {
	[SOURCE_INTERFACES] = {"/srcdest-interfaces:interfaces-state/interface", "name"},
	[SOURCE_ROUTES] = {"/srcdest-rib:rib/route", "destination-prefix"},
};

struct cli_completion {
	struct cli_session *session;
	char *text;  /* as typed, up to the cursor */
	size_t skip; /* octets of it before what the grammar sees (do) */
	struct grammar_place place;
	bool help;
	bool asked[N_SOURCES];
	enum source current;
	struct backend_walk *walk;
	char **value[N_SOURCES];
	size_t n_values[N_SOURCES];
	struct grammar_candidate *found; /* owns its texts */
	size_t n_found;
};

static char *copy_of(const char *s)
{
	char *c = strdup(s ? s : "");

	if (!c)
		abort();
	return c;
}

static void completion_free(struct cli_completion *c)
{
	backend_walk_free(c->walk);
	for (size_t i = 0; i < N_SOURCES; i++) {
		for (size_t j = 0; j < c->n_values[i]; j++)
			free(c->value[i][j]);
		free(c->value[i]);
	}
	for (size_t i = 0; i < c->n_found; i++) {
		free((char *)(uintptr_t)c->found[i].word);
		free((char *)(uintptr_t)c->found[i].help);
	}
	free(c->found);
	free(c->text);
	free(c);
}

void cli_completion_free(struct cli_session *s)
{
	if (s->completion)
		completion_free(s->completion);
	s->completion = NULL;
}

/* ---- what exists ---- */

static bool source_of(enum grammar_class class, enum source *out)
{
	switch (class) {
	case GRAMMAR_NAME:
		*out = SOURCE_INTERFACES;
		return true;
	case GRAMMAR_PREFIX:
	case GRAMMAR_PREFIX4:
	case GRAMMAR_PREFIX6:
		*out = SOURCE_ROUTES;
		return true;
	case GRAMMAR_WORD:
	case GRAMMAR_NUMBER:
	case GRAMMAR_ADDRESS:
	case GRAMMAR_ADDRESS4:
	case GRAMMAR_ADDRESS6:
	case GRAMMAR_LINE:
		break;
	}
	return false;
}

static bool fits(enum grammar_class class, const char *value, const char *start)
{
	bool six = strchr(value, ':') != NULL;

	if ((class == GRAMMAR_PREFIX4 && six) || (class == GRAMMAR_PREFIX6 && !six))
		return false;
	return strncmp(value, start, strlen(start)) == 0;
}

static void live_values(void *ctx, enum grammar_class class, const struct lysc_node *leaf,
			const char *start, grammar_name_fn each, void *each_ctx)
{
	struct cli_completion *c = ctx;
	enum source from;

	(void)leaf;
	if (!source_of(class, &from))
		return;
	c->asked[from] = true;
	for (size_t i = 0; i < c->n_values[from]; i++)
		if (fits(class, c->value[from][i], start))
			each(each_ctx, c->value[from][i]);
}

static void add_value(struct cli_completion *c, const char *value)
{
	enum source from = c->current;
	size_t n = c->n_values[from];

	/* Entries of one destination are neighbours in the list. */
	if (n == VALUES_MAX || !*value || (n && strcmp(c->value[from][n - 1], value) == 0))
		return;
	c->value[from] = realloc(c->value[from], (n + 1) * sizeof(char *));
	if (!c->value[from])
		abort();
	c->value[from][n] = copy_of(value);
	c->n_values[from]++;
}

/* ---- the answer ---- */

static void add_found(void *ctx, const struct grammar_candidate *g)
{
	struct cli_completion *c = ctx;

	c->found = realloc(c->found, (c->n_found + 1) * sizeof(*c->found));
	if (!c->found)
		abort();
	c->found[c->n_found++] =
		(struct grammar_candidate){copy_of(g->word), copy_of(g->help), g->variable};
}

static void nothing_found(void *ctx, const struct grammar_candidate *g)
{
	(void)ctx;
	(void)g;
}

static void answer(struct cli_completion *c, const char *error)
{
	struct cli_session *s = c->session;

	s->out.candidates(s->out.ctx, c->found, c->n_found, error);
	cli_completion_free(s);
}

static void ask_grammar(struct cli_completion *c)
{
	struct cli_session *s = c->session;
	const struct grammar_live live = {.ctx = c, .values = live_values};
	struct text t = {.p = NULL};

	if (grammar_complete(s->cli->env.grammar, &c->place, c->text + c->skip, c->help, &live,
			     add_found, c, &s->parsed)) {
		answer(c, NULL);
		return;
	}
	s->parsed.column += c->skip;
	cli_bad_line(&t, GRAMMAR_NO_MATCH, c->text, &s->parsed);
	answer(c, t.p);
	txt_clear(&t);
}

static void next_source(struct cli_completion *c);

static void got_values(void *ctx, const struct backend_page *p)
{
	struct cli_completion *c = ctx;

	for (size_t i = 0; i < p->n; i++)
		add_value(c, node_str(p->entry[i], sources[c->current].leaf));
	/* What can't be fetched is not offered; the rest of the answer stands. */
	backend_walk_free(c->walk);
	c->walk = NULL;
	c->current++;
	next_source(c);
}

static void next_source(struct cli_completion *c)
{
	const struct cli_env *env = &c->session->cli->env;
	const struct lysc_node *node = NULL;

	for (; c->current < N_SOURCES; c->current++) {
		node = c->asked[c->current] ? schema_find(env->schema, sources[c->current].path)
					    : NULL;
		if (node)
			break;
	}
	if (!node) {
		ask_grammar(c);
		return;
	}
	c->walk = backend_walk_new(env->backend, node, NULL, 0, VALUES_MAX, got_values, c);
	backend_walk_next(c->walk);
}

/* Behind the bar: which filter. */
static bool complete_filter(struct cli_completion *c)
{
	const char *bar = cli_takes_bar(c->text) ? filter_find(c->text) : NULL;
	size_t n;

	if (!bar)
		return false;
	bar++;
	bar += strspn(bar, " \t");
	n = strlen(bar);
	if (strpbrk(bar, " \t")) {
		const struct grammar_candidate form = {"LINE", "A regular expression", true};

		if (c->help)
			add_found(c, &form);
	} else {
		for (const struct filter_word *w = filter_words; w->word; w++) {
			const struct grammar_candidate g = {w->word, w->help, false};

			if (strncmp(w->word, bar, n) == 0)
				add_found(c, &g);
		}
	}
	answer(c, NULL);
	return true;
}

void cli_complete(struct cli_session *s, const char *text, bool help)
{
	struct cli_completion *c = calloc(1, sizeof(*c));
	const struct grammar_live live = {.ctx = c, .values = live_values};
	size_t lead = strspn(text, " \t");

	if (!c)
		abort();
	s->completion = c;
	c->session = s;
	c->help = help;
	c->place = s->place;
	c->text = copy_of(text);
	if (s->edit != CLI_EDIT_NONE && strncmp(text + lead, "do", 2) == 0 &&
	    (text[lead + 2] == ' ' || text[lead + 2] == '\t')) {
		c->place = (struct grammar_place){.room = GRAMMAR_EXEC};
		c->skip = lead + 3;
	}
	if (complete_filter(c))
		return;
	grammar_complete(s->cli->env.grammar, &c->place, c->text + c->skip, help, &live,
			 nothing_found, NULL, &s->parsed);
	next_source(c);
}
