/* SPDX-License-Identifier: MIT */
/*
 * A command pattern, compiled: a small program over the words of a line.
 *
 *	show route [PREFIX]    0 word show    2 split 3,4    4 accept
 *	                       1 word route   3 word PREFIX
 *
 * Patterns are constants of the daemons: one that is malformed, too long or
 * names an unknown variable fails an assertion.
 */
#ifndef SRCDEST_CLI_PATTERN_H
#define SRCDEST_CLI_PATTERN_H

#include <stddef.h>
#include <stdint.h>

#define PATTERN_MAX 64

enum pattern_op {
	PAT_KEYWORD,
	PAT_PREFIX,
	PAT_ADDR,
	PAT_IFNAME,
	PAT_WORD,
	PAT_SPLIT, /* go on at a, or at b */
	PAT_JUMP,  /* go on at a */
	PAT_ACCEPT,
};

struct pattern_step {
	enum pattern_op op;
	const char *text; /* of the word in the pattern, not terminated */
	uint8_t len;
	uint8_t a, b;
};

struct pattern {
	struct pattern_step step[PATTERN_MAX];
	uint8_t n;
};

/* `tail` is appended: "[json]", or "". Both texts are borrowed. */
void pattern_compile(struct pattern *p, const char *text, const char *tail);

#endif
