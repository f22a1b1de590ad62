/* SPDX-License-Identifier: MIT */
/* Interfaces, as far as routes depend on them. */
#include "zebra/core/rib_private.h"

#include <string.h>

static size_t if_place(const struct rib *r, uint32_t ifindex)
{
	size_t lo = 0, hi = r->n_ifs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->ifs[mid]->ifindex < ifindex)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct rib_if *if_find(const struct rib *r, uint32_t ifindex)
{
	size_t at = if_place(r, ifindex);

	return at < r->n_ifs && r->ifs[at]->ifindex == ifindex ? r->ifs[at] : NULL;
}

struct rib_if *rib_if_get(struct rib *r, uint32_t ifindex)
{
	size_t at = if_place(r, ifindex);
	struct rib_if *i;

	if (at < r->n_ifs && r->ifs[at]->ifindex == ifindex)
		return r->ifs[at];
	if (r->n_ifs == r->ifs_room) {
		size_t room = r->ifs_room ? 2 * r->ifs_room : 8;

		r->ifs = mem_resize(&r->mem_if, r->ifs, r->ifs_room * sizeof(*r->ifs),
				    room * sizeof(*r->ifs));
		r->ifs_room = room;
	}
	memmove(&r->ifs[at + 1], &r->ifs[at], (r->n_ifs - at) * sizeof(*r->ifs));
	r->n_ifs++;
	i = mem_new(&r->mem_if, sizeof(*i));
	i->ifindex = ifindex;
	if_deps_init(&i->deps);
	r->ifs[at] = i;
	return i;
}

void rib_if_put(struct rib *r, struct rib_if *i)
{
	size_t at = if_place(r, i->ifindex);

	if (i->known || !if_deps_empty(&i->deps))
		return;
	r->n_ifs--;
	memmove(&r->ifs[at], &r->ifs[at + 1], (r->n_ifs - at) * sizeof(*r->ifs));
	mem_free(&r->mem_if, i);
}

void rib_ifs_free(struct rib *r)
{
	for (size_t i = 0; i < r->n_ifs; i++)
		mem_free(&r->mem_if, r->ifs[i]);
	mem_free(&r->mem_if, r->ifs);
}

enum rib_why rib_if_why(const struct rib *r, uint32_t ifindex)
{
	const struct rib_if *i = if_find(r, ifindex);

	if (!i || !i->known)
		return RIB_WHY_NO_INTERFACE;
	return i->usable ? RIB_WHY_USED : RIB_WHY_INTERFACE_DOWN;
}

static void if_resolve(struct rib *r, struct rib_if *i)
{
	struct rib_dep *d;

	LIST_EACH (if_deps, &i->deps, d)
		if (!d->attr->lookup)
			rib_attr_resolve(r, d->attr);
}

/* The kernel drops an IPv6 interface's routes when it goes down, and says
 * nothing of most of them. So going down puts them in doubt, even if the
 * interface is back before the next run. */
static void if_change(struct rib *r, struct rib_if *i, bool known, bool usable)
{
	struct rib_dep *d;
	struct rib_cand *c;
	bool was = i->usable;

	if (was == usable && i->known == known)
		return;
	i->known = known;
	i->usable = usable;
	if_resolve(r, i);
	if (was == usable)
		return;
	rib_retry_interfaces(r);
	LIST_EACH (if_deps, &i->deps, d) {
		LIST_EACH (attr_users, &d->attr->users, c) {
			rib_node_retry(r, rib_cand_node(c));
			if (was)
				rib_node_doubt(r, rib_cand_node(c));
		}
	}
}

void rib_if_set(struct rib *r, uint32_t ifindex, bool usable)
{
	struct rib_if *i = rib_if_get(r, ifindex);

	if_change(r, i, true, usable);
	for (size_t k = 0; k < r->n_tables; k++)
		rib_if_set(r->tables[k], ifindex, usable);
}

void rib_if_del(struct rib *r, uint32_t ifindex)
{
	struct rib_if *i = if_find(r, ifindex);

	for (size_t k = 0; k < r->n_tables; k++)
		rib_if_del(r->tables[k], ifindex);
	if (!i)
		return;
	if_change(r, i, false, false);
	rib_if_put(r, i);
}
