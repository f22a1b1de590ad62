/* SPDX-License-Identifier: MIT */
/* Slabs. One is aligned to its size, so an item's address tells its slab. */
#include "lib/base/pool.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define SLAB ((size_t)256 << 10) /* of which only what is used is in RAM */
/* What the allocator puts before the next one fits in between: they are dense. */
#define USED (SLAB - 64)
#define HEAD ((size_t)64)

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SINGLY 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SINGLY 1
#endif
#ifndef SINGLY
#define SINGLY 0
#endif

struct hole {
	struct hole *next;
};

struct slab {
	struct slab *next, *prev; /* in pool.room */
	struct hole *holes;
	unsigned int items, fresh; /* in use or holes: all before the fresh-th one */
};

void pool_init(struct pool *p, const char *name, size_t size)
{
	assert(size > 0 && size <= POOL_ITEM_MAX);
	*p = (struct pool){.mem = {.name = name}, .slabs = {.name = "slabs"}};
	p->size = (size + sizeof(struct hole) - 1) / sizeof(struct hole) * sizeof(struct hole);
}

static unsigned int capacity(const struct pool *p)
{
	return (unsigned int)((USED - HEAD) / p->size);
}

static void enlist(struct pool *p, struct slab *s)
{
	s->prev = NULL;
	s->next = p->room;
	if (s->next)
		s->next->prev = s;
	p->room = s;
}

static void delist(struct pool *p, struct slab *s)
{
	if (s->next)
		s->next->prev = s->prev;
	if (s->prev)
		s->prev->next = s->next;
	else
		p->room = s->next;
}

void *pool_new(struct pool *p)
{
	struct slab *s = p->room;
	void *item;

	if (SINGLY)
		return mem_new(&p->mem, p->size);
	if (!s) {
		s = mem_new_aligned(&p->slabs, USED, SLAB);
		memset(s, 0, sizeof(*s));
		enlist(p, s);
	}
	item = s->holes;
	if (item)
		s->holes = s->holes->next;
	else
		item = (char *)s + HEAD + p->size * s->fresh++;
	if (++s->items == capacity(p))
		delist(p, s);
	p->mem.count++;
	p->mem.bytes += p->size;
	memset(item, 0, p->size);
	return item;
}

void pool_free(struct pool *p, void *item)
{
	struct slab *s = (struct slab *)((char *)item - (uintptr_t)item % SLAB);
	struct hole *h = item;

	if (SINGLY) {
		mem_free(&p->mem, item);
		return;
	}
	assert(s->items > 0 && p->mem.count > 0);
	p->mem.count--;
	p->mem.bytes -= p->size;
	if (s->items-- == capacity(p))
		enlist(p, s);
	h->next = s->holes;
	s->holes = h;
	/* One stays, for the next one to come. */
	if (s->items || (p->mem.count && !s->next && !s->prev))
		return;
	delist(p, s);
	mem_free(&p->slabs, s);
}

void pool_fini(struct pool *p)
{
	assert(!p->mem.count && !p->slabs.count);
	(void)p;
}
