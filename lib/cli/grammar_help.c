/* SPDX-License-Identifier: MIT */
/* Help for words: what was written for them, else what the schema says. */
#include "lib/cli/grammar_impl.h"

#include <inttypes.h>
#include <string.h>

/* Whether the words so far end in `words`. */
static bool ends_in(const char *line, const char *words)
{
	size_t n = strlen(line), k = strlen(words);

	return k <= n && strcmp(line + n - k, words) == 0 && (k == n || line[n - k - 1] == ' ');
}

static const char *written_help(const struct reading *m, size_t way, const char *word)
{
	const struct way *trace[WORDS_MAX];
	size_t n = reading_trace(m, way, trace), i, longest = 0;
	char buf[GRAMMAR_TEXT_MAX];
	struct gtext line = gtext_in(buf, sizeof(buf));
	const char *help = NULL;

	for (i = 0; i < n; i++) {
		bool value = trace[i]->c->tok[trace[i]->tok].kind == TOK_VALUE;

		gtext_addf(&line, "%s ", value ? "$" : trace[i]->as);
	}
	gtext_add(&line, word);
	for (i = 0; i < m->g->n_helps; i++) {
		const struct word_help *h = &m->g->helps[i];

		if (strlen(h->words) > longest && ends_in(buf, h->words)) {
			longest = strlen(h->words);
			help = h->help;
		}
	}
	return help;
}

void keyword_help(const struct reading *m, size_t way, const char *word,
		  const struct lysc_node *about, const char *line_help, struct gtext *t)
{
	const char *help = written_help(m, way, word);

	if (help || !about)
		gtext_add(t, help ? help : line_help ? line_help : "");
	else
		first_sentence(about->dsc, t);
}

void value_help(const struct command *c, const struct token *tok, struct gtext *out)
{
	const struct lysc_node_leaf *leaf = (const struct lysc_node_leaf *)tok->leaf;
	const char *value, *unit;

	if (!leaf) {
		gtext_add(out, c->help ? c->help : "");
		return;
	}
	first_sentence(leaf->dsc, out);
	value = leaf_default(tok->leaf);
	unit = tok->leaf == c->entry->node && c->entry->scale != 1 ? c->entry->unit : leaf->units;
	if (!value && !unit)
		return;
	gtext_addf(out, " (%s%s", unit ? unit : "", unit && value ? ", " : "");
	if (value) {
		gtext_add(out, "default ");
		value_shown(c->entry, tok->leaf, value, out);
	}
	gtext_add(out, ")");
}

const struct lysc_node *common_node(const struct lysc_node *a, const struct lysc_node *b)
{
	const struct lysc_node *x;

	for (; a; a = data_parent(a)) {
		for (x = b; x; x = data_parent(x)) {
			if (x == a)
				return a;
		}
	}
	return NULL;
}
