/* SPDX-License-Identifier: MIT */
/* Our own table, as bench_table sees it. */
#include "tests/bench/table_model.h"

#include <stdlib.h>

#include "lib/base/sdtable.h"

struct item {
	struct sdentry entry;
	uint32_t id;
};
SDTABLE_TYPE(items, struct item, entry);

struct ours {
	struct items t;
	struct memtag mem;
};

static void *ours_new(void)
{
	struct ours *o = calloc(1, sizeof(*o));

	items_init(&o->t);
	return o;
}

static void ours_free(void *t)
{
	struct ours *o = t;
	struct item *i;

	while ((i = items_first(&o->t))) {
		items_del(&o->t, i);
		mem_free(&o->mem, i);
	}
	items_fini(&o->t);
	free(o);
}

static void ours_insert(void *t, const struct sdprefix *k, uint32_t id)
{
	struct ours *o = t;
	struct item *i = mem_new(&o->mem, sizeof(*i));

	i->entry.key = *k;
	i->id = id;
	items_add(&o->t, i);
}

static uint32_t ours_find(void *t, const struct sdprefix *k)
{
	struct item *i = items_find(&((struct ours *)t)->t, k);

	return i ? i->id : 0;
}

static uint32_t ours_lookup(void *t, const struct addr *dst, const struct addr *src)
{
	struct item *i = items_lookup(&((struct ours *)t)->t, FAM_IP6, dst, src);

	return i ? i->id : 0;
}

static uint64_t ours_walk(void *t)
{
	struct ours *o = t;
	uint64_t sum = 0;

	for (struct item *i = items_first(&o->t); i; i = items_next(&o->t, i))
		sum += i->id;
	return sum;
}

static void ours_remove(void *t, const struct sdprefix *k)
{
	struct ours *o = t;
	struct item *i = items_find(&o->t, k);

	items_del(&o->t, i);
	mem_free(&o->mem, i);
}

static size_t ours_octets(const void *t)
{
	const struct ours *o = t;

	return model_octets(&o->mem);
}

const struct model model_ours = {
	.name = "ours",
	.new = ours_new,
	.free = ours_free,
	.insert = ours_insert,
	.find = ours_find,
	.lookup = ours_lookup,
	.walk = ours_walk,
	.remove = ours_remove,
	.octets = ours_octets,
};
