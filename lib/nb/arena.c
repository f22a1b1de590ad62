/* SPDX-License-Identifier: MIT */
/* Memory that goes in one go. */
#include "lib/nb/arena.h"

#include <stdlib.h>

/* Blocks double: a message of a few octets takes no page, one of a thousand
 * nodes no thousand blocks. */
#define BLOCK_FIRST ((size_t)512)
#define BLOCK_MAX   ((size_t)32768)
#define ALIGN	    _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

static struct arena_block *block_new(const struct nb_arena *a, size_t least)
{
	size_t size = a->blocks ? 2 * a->blocks->size : BLOCK_FIRST;
	struct arena_block *b;

	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < least)
		size = least;
	b = malloc(sizeof(*b) + size);
	if (!b)
		abort();
	*b = (struct arena_block){.next = a->blocks, .size = size};
	return b;
}

void *nb_arena_take(struct nb_arena *a, size_t size)
{
	struct arena_block *b = a->blocks;

	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (!b || b->size - b->used < size)
		a->blocks = b = block_new(a, size);
	b->used += size;
	return b->data + b->used - size;
}

void nb_arena_free(struct nb_arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
}
