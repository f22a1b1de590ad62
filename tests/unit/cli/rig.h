/* SPDX-License-Identifier: MIT */
/*
 * What tests of the grammar share: the schema, edits done to a tree in the
 * most literal way, and configurations as text.
 */
#ifndef SRCDEST_TESTS_UNIT_CLI_RIG_H
#define SRCDEST_TESTS_UNIT_CLI_RIG_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/cli/grammar.h"

struct rig {
	struct ly_ctx *ly;
	struct grammar *g;
};

/* Our modules with a configuration, and the IETF's access control; aborts
 * with a message if they do not load. */
struct rig rig_new(void);
void rig_free(struct rig *r);

void rig_apply(const struct rig *r, struct lyd_node **tree, const struct grammar_edit *edits,
	       size_t n);

/* Lines one after the other, `exit` too, into *tree. Returns the number of the
 * first bad line, 0 if all are good; what was wrong with it is in why. */
size_t rig_load(const struct rig *r, const char *text, unsigned int flags, struct lyd_node **tree,
		char why[GRAMMAR_TEXT_MAX]);

struct page { /* text being printed */
	char *text;
	size_t len;
};
void page_line(void *page, const char *line); /* a grammar_line_fn */
char *rig_print(const struct rig *r, const struct lyd_node *tree);
char *rig_diff(const struct rig *r, const struct lyd_node *a, const struct lyd_node *b);

/* Validates with defaults; false: libyang refuses it. */
bool rig_valid(const struct rig *r, struct lyd_node **tree);
bool rig_same(const struct lyd_node *a, const struct lyd_node *b);

#endif
