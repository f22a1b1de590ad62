/* SPDX-License-Identifier: MIT */
/* Tagged memory. */
#include "lib/base/mem.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void *account(struct memtag *tag, void *p)
{
	if (!p)
		abort();
	tag->count++;
	tag->bytes += malloc_usable_size(p);
	return p;
}

static void unaccount(struct memtag *tag, void *p)
{
	size_t size = malloc_usable_size(p);

	assert(tag->count > 0 && tag->bytes >= size);
	tag->count--;
	tag->bytes -= size;
}

void *mem_new(struct memtag *tag, size_t size)
{
	return account(tag, calloc(1, size ? size : 1));
}

void *mem_new_aligned(struct memtag *tag, size_t size, size_t align)
{
	return account(tag, aligned_alloc(align, size));
}

void *mem_resize(struct memtag *tag, void *p, size_t old_size, size_t new_size)
{
	if (p)
		unaccount(tag, p);
	p = account(tag, realloc(p, new_size ? new_size : 1));
	if (new_size > old_size)
		memset((char *)p + old_size, 0, new_size - old_size);
	return p;
}

void mem_free(struct memtag *tag, void *p)
{
	if (!p)
		return;
	unaccount(tag, p);
	free(p);
}
