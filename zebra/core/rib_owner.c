/* SPDX-License-Identifier: MIT */
/*
 * The RIB: what belongs to whom, for the comings and goings of owners. They are
 * a client's to cause as often as it likes, so they cost what the owner has there
 * and no more: each (type, instance) has a list of its attributes, which know
 * their candidates, and what an earlier run left in the kernel is counted by type.
 */
#include "zebra/core/rib_private.h"

#include <string.h>

/* Owners */

static int cmp(const struct rib_own *o, uint8_t type, uint16_t instance)
{
	if (o->type != type)
		return o->type < type ? -1 : 1;
	return (o->instance > instance) - (o->instance < instance);
}

/* The first one not before it. */
static size_t place_of(const struct rib *r, uint8_t type, uint16_t instance)
{
	size_t lo = 0, hi = r->n_owns;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cmp(r->owns[mid], type, instance) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct rib_own *own_find(const struct rib *r, uint8_t type, uint16_t instance)
{
	size_t i = place_of(r, type, instance);

	return i < r->n_owns && cmp(r->owns[i], type, instance) == 0 ? r->owns[i] : NULL;
}

struct rib_own *rib_own_get(struct rib *r, uint8_t type, uint16_t instance)
{
	struct rib_own *o = own_find(r, type, instance);
	size_t i = place_of(r, type, instance);

	if (o)
		return o;
	if (r->n_owns == r->owns_room) {
		size_t room = r->owns_room ? 2 * r->owns_room : 8;

		r->owns = mem_resize(&r->mem_own, r->owns, r->owns_room * sizeof(struct rib_own *),
				     room * sizeof(struct rib_own *));
		r->owns_room = room;
	}
	o = mem_new(&r->mem_own, sizeof(*o));
	o->type = type;
	o->instance = instance;
	own_attrs_init(&o->attrs);
	memmove(&r->owns[i + 1], &r->owns[i], (r->n_owns - i) * sizeof(struct rib_own *));
	r->owns[i] = o;
	r->n_owns++;
	return o;
}

void rib_own_put(struct rib *r, struct rib_own *o)
{
	size_t i = place_of(r, o->type, o->instance);

	if (!own_attrs_empty(&o->attrs))
		return;
	r->n_owns--;
	memmove(&r->owns[i], &r->owns[i + 1], (r->n_owns - i) * sizeof(struct rib_own *));
	mem_free(&r->mem_own, o);
}

static void set_stale(struct rib_cand *c, bool stale)
{
	if (c->stale == stale)
		return;
	c->stale = stale;
	c->attr->own->n_stale += stale ? 1u : SIZE_MAX;
}

void rib_own_refresh(struct rib_cand *c)
{
	set_stale(c, false);
}

void rib_own_count(struct rib_cand *c, bool there)
{
	struct rib_own *o = c->attr->own;

	if (!o)
		return;
	set_stale(c, false);
	o->n += there ? 1u : SIZE_MAX;
}

void rib_owns_free(struct rib *r)
{
	mem_free(&r->mem_own, r->owns);
}

static bool has(const struct rib *r, uint8_t type, uint16_t instance)
{
	const struct rib_own *o = own_find(r, type, instance);

	return o && o->n;
}

bool rib_has_owner(const struct rib *r, uint8_t type, uint16_t instance)
{
	if (has(r, type, instance))
		return true;
	for (size_t i = 0; i < r->n_tables; i++)
		if (has(r->tables[i], type, instance))
			return true;
	return false;
}

/* Deletes all of it, or what is stale. What is deleted stays in its list until
 * the next run. */
static void delete_of(struct rib *r, const struct rib_own *o, bool all)
{
	struct rib_attr *a;
	struct rib_cand *c;

	LIST_EACH (own_attrs, &o->attrs, a)
		LIST_EACH (attr_users, &a->users, c)
			if (all || c->stale)
				rib_cand_delete(r, c);
}

void rib_del_owner(struct rib *r, uint8_t type, uint16_t instance)
{
	const struct rib_own *o = own_find(r, type, instance);

	if (o && o->n)
		delete_of(r, o, true);
	for (size_t i = 0; i < r->n_tables; i++)
		rib_del_owner(r->tables[i], type, instance);
}

void rib_mark_stale(struct rib *r, uint8_t type, uint16_t instance)
{
	const struct rib_own *o = own_find(r, type, instance);
	struct rib_attr *a;
	struct rib_cand *c;

	for (a = o && o->n ? own_attrs_first(&o->attrs) : NULL; a; a = own_attrs_next(&o->attrs, a))
		LIST_EACH (attr_users, &a->users, c)
			if (!c->gone)
				set_stale(c, true);
	for (size_t i = 0; i < r->n_tables; i++)
		rib_mark_stale(r->tables[i], type, instance);
}

void rib_sweep_stale(struct rib *r, uint8_t type, uint16_t instance)
{
	const struct rib_own *o = own_find(r, type, instance);

	if (o && o->n_stale)
		delete_of(r, o, false);
	for (size_t i = 0; i < r->n_tables; i++)
		rib_sweep_stale(r->tables[i], type, instance);
}

/* Leftovers */

void rib_leftover(struct rib *r, struct rib_node *n, bool on)
{
	bool ip6 = sdprefix_family(&n->entry.key) == FAM_IP6;

	if (n->leftover == on)
		return;
	n->leftover = on;
	if (!rib_node_auxiliary(n))
		rib_main(r)->n_leftover[ip6][n->kernel->route.type] += on ? 1u : UINT32_MAX;
}

static void unclaim(struct rib *r, struct rib_node *n)
{
	if (!n->leftover)
		return;
	rib_leftover(r, n, false);
	rib_node_mark(r, n);
}

void rib_sweep_kernel(struct rib *r)
{
	struct rib_node *n;

	for (n = rib_nodes_first(&r->nodes); n; n = rib_nodes_next(&r->nodes, n))
		unclaim(r, n);
	for (size_t i = 0; i < r->n_tables; i++)
		rib_sweep_kernel(r->tables[i]);
	rib_retired_write(r);
}

static void unclaim_of(struct rib *r, uint8_t type, enum family f)
{
	struct rib_node *n;

	for (n = rib_nodes_first(&r->nodes); n; n = rib_nodes_next(&r->nodes, n))
		if (n->kernel && n->kernel->route.type == type && type != RIB_TYPE_AUXILIARY &&
		    sdprefix_family(&n->entry.key) == f)
			unclaim(r, n);
	for (size_t i = 0; i < r->n_tables; i++)
		unclaim_of(r->tables[i], type, f);
}

bool rib_sweep_kernel_of(struct rib *r, uint8_t type, enum family f)
{
	if (!r->n_leftover[f == FAM_IP6][type])
		return false;
	unclaim_of(r, type, f);
	return true;
}

void rib_sweep_kernel_at(struct rib *r, const struct sdprefix *pair)
{
	struct rib_node *n = rib_node_find(r, pair);

	if (n)
		unclaim(r, n);
	rib_retired_write(r);
}
