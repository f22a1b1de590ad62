/* SPDX-License-Identifier: MIT */
/*
 * A number that the caller keeps with a choice, 0 to MARK_MAX: what became of
 * it below. The protocol never looks at it, so it is no event and stands in no
 * recording. It is 0 again each time that env->route tells of the pair.
 */
#ifndef SRCDEST_BABELD_CORE_MARK_H
#define SRCDEST_BABELD_CORE_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/prefix.h"

struct babel;

#define MARK_MAX 3

/* False: nothing is chosen for the pair, and nothing was stored. */
bool babel_mark(struct babel *b, const struct sdprefix *pair, uint8_t mark);
/* 0 also of a pair for which nothing is chosen. */
uint8_t babel_marked(const struct babel *b, const struct sdprefix *pair);
void babel_unmark_all(struct babel *b);
/* Is something chosen for the pair; for a pair with this source? Zebra may ask for
 * each route that it tells of: neither is a walk. */
bool babel_has_choice(const struct babel *b, const struct sdprefix *pair);
bool babel_has_choice_from(const struct babel *b, const struct prefix *src);

#endif
