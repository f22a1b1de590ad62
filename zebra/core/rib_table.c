/* SPDX-License-Identifier: MIT */
/* Kernel tables beside the main one. */
#include "zebra/core/rib_private.h"

#include <assert.h>

struct rib *rib_table_find(const struct rib *main, uint32_t id)
{
	if (id == main->table)
		return (struct rib *)main;
	for (size_t i = 0; i < main->n_tables; i++)
		if (main->tables[i]->table == id)
			return main->tables[i];
	return NULL;
}

struct rib *rib_table_get(struct rib *main, uint32_t id)
{
	struct rib *r = rib_table_find(main, id);

	assert(!main->main);
	if (rib_range_has(&main->setup.range, id))
		return NULL;
	if (r || main->n_tables == RIB_TABLES_MAX)
		return r;
	r = rib_new(&main->env, main->ctx);
	r->main = main;
	r->table = id;
	for (size_t i = 0; i < main->n_ifs; i++)
		if (main->ifs[i]->known)
			rib_if_set(r, main->ifs[i]->ifindex, main->ifs[i]->usable);
	main->tables[main->n_tables++] = r;
	return r;
}

const struct rib *rib_table_after(const struct rib *main, uint32_t id)
{
	const struct rib *best = NULL;

	for (size_t i = 0; i < main->n_tables; i++) {
		const struct rib *r = main->tables[i];

		if (r->table > id && (!best || r->table < best->table))
			best = r;
	}
	return best;
}

uint32_t rib_table_id(const struct rib *r)
{
	return r->table;
}

bool rib_tables_run(struct rib *r, size_t max, mono_t now)
{
	bool more = false;
	size_t i = 0;

	while (i < r->n_tables) {
		struct rib *t = r->tables[i];

		if (rib_run(t, max, now))
			more = true;
		if (rib_nodes_first(&t->nodes)) {
			i++;
			continue;
		}
		r->tables[i] = r->tables[--r->n_tables];
		rib_free(t);
	}
	return more;
}
