/* SPDX-License-Identifier: MIT */
/* Memory that can be saved and restored. */
#include "tests/sim/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/pool.h"

#define GRAIN	   16u
#define CLASSES	   24 /* up to 256 octets in steps of 16, then powers of two */
#define SMALL	   (16 * GRAIN)
#define LARGES	   8
#define LARGE_SIZE (256u << 10)

struct block {		/* before each allocation */
	uint32_t class; /* CLASSES + n: large block n */
	uint32_t arena;
	struct block *next; /* while free */
};

struct head {
	size_t used; /* of the arena, this included */
	uint32_t larges;
	struct block *freed[CLASSES];
};

static union {
	struct head head;
	alignas(16) uint8_t octets[ARENA_SIZE];
} arenas[ARENAS];
static alignas(16) uint8_t larges[ARENAS][LARGES][LARGE_SIZE];
static unsigned int current;

void arena_clear_all(void)
{
	memset(arenas, 0, sizeof(arenas));
	for (unsigned int k = 0; k < ARENAS; k++)
		arenas[k].head.used = (sizeof(struct head) + GRAIN - 1) / GRAIN * GRAIN;
	current = 0;
}

void arena_use(unsigned int arena)
{
	assert(arena < ARENAS);
	current = arena;
}

size_t arena_used(unsigned int arena)
{
	return arenas[arena].head.used;
}

void arena_save(unsigned int arena, void *to)
{
	memcpy(to, arenas[arena].octets, arenas[arena].head.used);
}

/* What is beyond was taken later and is zero again, as it was then. */
void arena_restore(unsigned int arena, const void *from, size_t used)
{
	size_t now = arenas[arena].head.used;

	if (now > used)
		memset(arenas[arena].octets + used, 0, now - used);
	memcpy(arenas[arena].octets, from, used);
}

uint64_t octets_hash(const void *p, size_t n, uint64_t h)
{
	const uint8_t *o = p;
	uint64_t w = 0;

	for (; n >= sizeof(w); n -= sizeof(w), o += sizeof(w)) {
		memcpy(&w, o, sizeof(w));
		h = (h ^ w) * UINT64_C(0x9fb21c651e98df25);
		h ^= h >> 32;
	}
	w = n;
	memcpy(&w, o, n);
	h = (h ^ w ^ (uint64_t)n << 56) * UINT64_C(0x9fb21c651e98df25);
	return h ^ h >> 29;
}

static unsigned int class_of(size_t size, size_t *rounded)
{
	unsigned int class = SMALL / GRAIN;

	*rounded = 2 * SMALL;
	if (size <= SMALL) {
		*rounded = (size + GRAIN - 1) / GRAIN * GRAIN;
		return (unsigned int)(*rounded / GRAIN) - 1;
	}
	while (*rounded < size) {
		*rounded *= 2;
		class ++;
	}
	return class;
}

static void *take_large(unsigned int arena, size_t size)
{
	struct head *h = &arenas[arena].head;

	for (unsigned int k = 0; k < LARGES && size <= LARGE_SIZE - sizeof(struct block); k++) {
		struct block *b = (struct block *)larges[arena][k];

		if (h->larges >> k & 1)
			continue;
		h->larges |= 1u << k;
		memset(b, 0, sizeof(*b) + size);
		b->class = CLASSES + k;
		b->arena = arena;
		return b + 1;
	}
	abort();
}

static void *take(unsigned int arena, size_t size)
{
	struct head *h = &arenas[arena].head;
	size_t rounded;
	unsigned int class = class_of(size ? size : 1, &rounded);
	struct block *b = class < CLASSES ? h->freed[class] : NULL;

	if (size > ARENA_LARGE)
		return take_large(arena, size);
	if (b) {
		h->freed[class] = b->next;
		b->next = NULL;
		return b + 1;
	}
	if (h->used + sizeof(*b) + rounded > ARENA_SIZE)
		abort();
	b = (struct block *)(arenas[arena].octets + h->used);
	h->used += sizeof(*b) + rounded;
	b->class = class;
	b->arena = arena;
	return b + 1;
}

/* Freed blocks are zero: mem_new() promises that. */
static void release(void *p)
{
	struct block *b = (struct block *)p - 1;
	struct head *h = &arenas[b->arena].head;
	size_t size;

	if (b->class >= CLASSES) {
		h->larges &= ~(1u << (b->class - CLASSES));
		return;
	}
	size = b->class < SMALL / GRAIN ? (b->class + 1) * GRAIN
					: (size_t)2 * SMALL << (b->class - SMALL / GRAIN);
	memset(p, 0, size);
	b->next = h->freed[b->class];
	h->freed[b->class] = b;
}

static unsigned int arena_of(const struct memtag *tag)
{
	return strcmp(tag->name ? tag->name : "", "simulation") == 0 ? 0 : current;
}

void *mem_new(struct memtag *tag, size_t size)
{
	tag->count++;
	tag->bytes += size;
	return take(arena_of(tag), size);
}

void *mem_resize(struct memtag *tag, void *p, size_t old_size, size_t new_size)
{
	void *q = take(arena_of(tag), new_size);

	if (p) {
		memcpy(q, p, old_size < new_size ? old_size : new_size);
		release(p);
	} else {
		tag->count++;
	}
	return q;
}

void mem_free(struct memtag *tag, void *p)
{
	if (!p)
		return;
	tag->count--;
	release(p);
}

/* A slab would be saved and restored whole: here each item is by itself. */
void pool_init(struct pool *p, const char *name, size_t size)
{
	*p = (struct pool){.mem = {.name = name}, .size = size};
}

void pool_fini(struct pool *p)
{
	assert(!p->mem.count);
	(void)p;
}

void *pool_new(struct pool *p)
{
	return mem_new(&p->mem, p->size);
}

void pool_free(struct pool *p, void *item)
{
	mem_free(&p->mem, item);
}
