/* SPDX-License-Identifier: MIT */
/*
 * The RIB: what belongs to whom, for the comings and goings of owners. They are
 * a client's to cause as often as it likes, so they cost what the owner has there
 * and no more: each (type, instance) has lists of its candidates, and what an
 * earlier run left in the kernel is counted by type.
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

static struct rib_own *own_get(struct rib *r, uint8_t type, uint16_t instance)
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
	own_cands_init(&o->fresh);
	own_cands_init(&o->stale);
	memmove(&r->owns[i + 1], &r->owns[i], (r->n_owns - i) * sizeof(struct rib_own *));
	r->owns[i] = o;
	r->n_owns++;
	return o;
}

static void own_put(struct rib *r, struct rib_own *o)
{
	size_t i = place_of(r, o->type, o->instance);

	if (!own_cands_empty(&o->fresh) || !own_cands_empty(&o->stale))
		return;
	r->n_owns--;
	memmove(&r->owns[i], &r->owns[i + 1], (r->n_owns - i) * sizeof(struct rib_own *));
	mem_free(&r->mem_own, o);
}

void rib_own_take(struct rib *r, struct rib_cand *c)
{
	struct rib_own *o;

	if (c->owner.config || (own_cands_linked(c) && !c->stale))
		return;
	o = own_get(r, c->owner.type, c->owner.instance);
	if (own_cands_linked(c))
		own_cands_del(&o->stale, c);
	c->stale = false;
	own_cands_add_tail(&o->fresh, c);
}

void rib_own_drop(struct rib *r, struct rib_cand *c)
{
	struct rib_own *o;

	if (!own_cands_linked(c))
		return;
	o = own_find(r, c->owner.type, c->owner.instance);
	own_cands_del(c->stale ? &o->stale : &o->fresh, c);
	own_put(r, o);
}

void rib_owns_free(struct rib *r)
{
	mem_free(&r->mem_own, r->owns);
}

bool rib_has_owner(const struct rib *r, uint8_t type, uint16_t instance)
{
	if (own_find(r, type, instance))
		return true;
	for (size_t i = 0; i < r->n_tables; i++)
		if (own_find(r->tables[i], type, instance))
			return true;
	return false;
}

void rib_del_owner(struct rib *r, uint8_t type, uint16_t instance)
{
	struct rib_own *o;

	rib_sweep_stale(r, type, instance);
	while ((o = own_find(r, type, instance)))
		rib_cand_delete(r, own_cands_first(&o->fresh));
	for (size_t i = 0; i < r->n_tables; i++)
		rib_del_owner(r->tables[i], type, instance);
}

void rib_mark_stale(struct rib *r, uint8_t type, uint16_t instance)
{
	struct rib_own *o = own_find(r, type, instance);
	struct rib_cand *c;

	while (o && (c = own_cands_pop(&o->fresh))) {
		c->stale = true;
		own_cands_add_tail(&o->stale, c);
	}
	for (size_t i = 0; i < r->n_tables; i++)
		rib_mark_stale(r->tables[i], type, instance);
}

void rib_sweep_stale(struct rib *r, uint8_t type, uint16_t instance)
{
	struct rib_own *o;

	while ((o = own_find(r, type, instance)) && !own_cands_empty(&o->stale))
		rib_cand_delete(r, own_cands_first(&o->stale));
	for (size_t i = 0; i < r->n_tables; i++)
		rib_sweep_stale(r->tables[i], type, instance);
}

/* Leftovers */

void rib_leftover(struct rib *r, struct rib_node *n, bool on)
{
	uint32_t *count =
		&rib_main(r)->n_leftover[sdprefix_family(&n->entry.key) == FAM_IP6][n->kernel.type];

	if (n->leftover == on)
		return;
	n->leftover = on;
	if (!n->auxiliary)
		*count += on ? 1u : UINT32_MAX;
}

static void unclaim(struct rib *r, struct rib_node *n)
{
	if (!n->held || !n->leftover)
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
		if (n->kernel.type == type && !n->auxiliary && sdprefix_family(&n->entry.key) == f)
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
