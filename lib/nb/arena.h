/* SPDX-License-Identifier: MIT */
/* Memory for many small things that go together: a pointer on, and all freed
 * in one go. Start with zeros. */
#ifndef SRCDEST_NB_ARENA_H
#define SRCDEST_NB_ARENA_H

#include <stddef.h>

struct arena_block;

struct nb_arena {
	struct arena_block *blocks;
};

/* Aligned for anything, not cleared; never NULL. */
void *nb_arena_take(struct nb_arena *a, size_t size);
void nb_arena_free(struct nb_arena *a);

#endif
