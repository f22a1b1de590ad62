/* SPDX-License-Identifier: MIT */
/*
 * A line against many patterns: which one is meant, and its words.
 *
 *	match_begin(&m, line);
 *	while (match_pass(&m))
 *		for each row: match_try(&m, row, pattern, "[json]");
 *	verdict = match_end(&m, &args, &json);
 *
 * All ways to read the line are tried; a way is as good as its words, the
 * first word counting most (the order is in show.h). Two best ways that
 * differ are an ambiguity. A word that is a keyword in full is no abbreviation
 * of another one at its place, even if that would lead on: `show ip route X`
 * never means ipv6. A pass that meets both at one place is followed by one
 * pass per word, which find the keywords in full, and a last one that reads.
 */
#ifndef SRCDEST_CLI_MATCH_H
#define SRCDEST_CLI_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli/pattern.h"
#include "lib/cli/show.h"

enum match_verdict {
	MATCH_EMPTY, /* no words, or a comment */
	MATCH_ONE,
	MATCH_NONE,
	MATCH_AMBIGUOUS,
	MATCH_INCOMPLETE,
};

/* One way to read the line: per word, how well it fits and as what. */
struct match_way {
	uint8_t fit[SHOW_WORDS_MAX];
	struct pattern_step as[SHOW_WORDS_MAX];
};

struct match {
	char line[SHOW_REQUEST_MAX + 1]; /* cut into words */
	char full[SHOW_WORDS_MAX][64];	 /* keywords, completed */
	const char *word[SHOW_WORDS_MAX];
	size_t n;
	unsigned int exact; /* bit i: word i is a keyword in full, on some way */
	unsigned int abbreviated;
	size_t pass, passes; /* pass 1 reads all, 2 to n + 1 look at a word each */
	bool too_long;	     /* more words than any pattern may have */
	bool found, ambiguous, incomplete;
	size_t row;
	struct match_way best, way;
};

void match_begin(struct match *m, const char *line);
bool match_pass(struct match *m);
void match_try(struct match *m, size_t row, const char *pattern, const char *tail);
/* MATCH_ONE: m->row is the one, args and json are set; they point into m. */
enum match_verdict match_end(struct match *m, struct show_args *args, bool *json);

#endif
