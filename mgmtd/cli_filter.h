/* SPDX-License-Identifier: MIT */
/* `| include REGEX` and its kin: which lines of an answer the user wants. */
#ifndef SRCDEST_MGMTD_CLI_FILTER_H
#define SRCDEST_MGMTD_CLI_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "mgmtd/text.h"

enum filter_kind {
	FILTER_NONE,
	FILTER_INCLUDE,
	FILTER_EXCLUDE,
	FILTER_BEGIN, /* from the first line that matches */
	FILTER_COUNT, /* how many lines; with a regex, how many match */
};

struct filter {
	enum filter_kind kind;
	bool have_regex, begun;
	regex_t regex;
	size_t count;
	struct text part; /* a line that has no end yet */
};

/* Cuts ` | ...` off the line and reads it. False: err says what is wrong, and
 * *column where. A bar inside quotes, or in a word, is no filter. */
bool filter_cut(struct filter *f, char *line, char *err, size_t err_size, size_t *column);
/* Where the bar of a filter is in `line`, or NULL. */
const char *filter_find(const char *line);
/* Passes what is wanted of the text on to `out`. */
void filter_text(struct filter *f, struct text *out, const char *s, size_t n);
void filter_end(struct filter *f, struct text *out); /* also frees, as filter_clear() */
void filter_clear(struct filter *f);

struct filter_word {
	const char *word, *help;
};
extern const struct filter_word filter_words[]; /* ends in a NULL word */

#endif
