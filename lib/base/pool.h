/* SPDX-License-Identifier: MIT */
/*
 * Memory for what exists in great number and one size: items lie side by side in
 * slabs, without a word of the allocator between them, and those of another kind
 * that come and go leave no holes among them. A slab that has become empty goes
 * back.
 *
 * With AddressSanitizer each item is an allocation of its own, so that it sees
 * who uses one that is gone.
 */
#ifndef SRCDEST_BASE_POOL_H
#define SRCDEST_BASE_POOL_H

#include <stddef.h>

#include "lib/base/mem.h"

struct slab;

struct pool {
	struct memtag mem;   /* the items */
	struct memtag slabs; /* where they are */
	size_t size;	     /* of an item */
	struct slab *room;   /* the first of those that are not full */
};

/* size: up to POOL_ITEM_MAX. */
#define POOL_ITEM_MAX 4096
void pool_init(struct pool *p, const char *name, size_t size);
void pool_fini(struct pool *p); /* no item may be left */
void *pool_new(struct pool *p); /* zeroed */
void pool_free(struct pool *p, void *item);

#endif
