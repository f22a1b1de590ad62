/* SPDX-License-Identifier: MIT */
/*
 * Tagged memory: every allocation is counted under a name, so that a leak
 * has one, and `zero at exit` is a test.
 *
 * A tag belongs to an instance (struct babel, struct rib, a table), never to
 * a file, so two instances in one process account apart. Memory comes
 * zeroed. Exhaustion aborts: a router without memory for a route is better
 * restarted than wrong.
 */
#ifndef SRCDEST_BASE_MEM_H
#define SRCDEST_BASE_MEM_H

#include <stddef.h>

struct memtag {
	const char *name;
	size_t count; /* allocations alive */
	size_t bytes; /* what they hold, as the allocator rounds it */
};

void *mem_new(struct memtag *tag, size_t size);
/* At a multiple of align, a power of two; not zeroed. */
void *mem_new_aligned(struct memtag *tag, size_t size, size_t align);
/* Like realloc: keeps the contents, the added part is zeroed. `p` may be
 * NULL; old_size is what was asked for last time. */
void *mem_resize(struct memtag *tag, void *p, size_t old_size, size_t new_size);
/* NULL is fine. */
void mem_free(struct memtag *tag, void *p);

#endif
