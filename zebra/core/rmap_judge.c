/* SPDX-License-Identifier: MIT */
/* Prefix lists and route maps: judging. */
#include "zebra/core/rmap_private.h"

/* NULL: none, which denies. */
static struct rmap_row *list_judge(const struct rmap_list *l, const struct sdprefix *pair)
{
	for (size_t i = 0; i < l->n; i++) {
		struct rmap_row *r = &l->rows[i];

		if (prefix_range_has(&r->dst, &pair->dst) && prefix_range_has(&r->src, &pair->src))
			return r;
	}
	return NULL;
}

/* A route of the other family is in no list of this one. */
static bool list_permits(const struct rmap_entry *e, const struct rib_view *v)
{
	bool six = sdprefix_family(&v->pair) == FAM_IP6;
	struct rmap_row *r;

	if (e->list[!six][0])
		return false;
	if (!e->list[six][0])
		return true;
	r = e->lists[six] ? list_judge(e->lists[six], &v->pair) : NULL;
	if (r)
		r->hits++;
	return r && !r->deny;
}

static bool leaves_by(const struct rib_view *v, uint32_t ifindex)
{
	for (uint32_t i = 0; i < v->n_resolved; i++)
		if (v->resolved[i].ifindex == ifindex)
			return true;
	return false;
}

static bool entry_matches(const struct rmap_entry *e, const struct rib_view *v)
{
	if (e->has_metric && e->metric != v->metric)
		return false;
	if (e->has_tag && e->tag != v->tag)
		return false;
	if (e->has_protocol && e->protocol != v->owner.type)
		return false;
	if (e->has_instance && e->instance != v->owner.instance)
		return false;
	if (e->ifname[0] && (!e->ifindex || !leaves_by(v, e->ifindex)))
		return false;
	return list_permits(e, v); /* the last: its rows count */
}

static void entry_act(const struct rmap_entry *e, enum family f, struct rib_terms *t)
{
	t->rule = e->number;
	t->denied = e->deny;
	if (e->deny)
		return;
	if (e->has_set_metric)
		t->metric = e->set_metric;
	if (e->has_set_tag)
		t->tag = e->set_tag;
	if (e->set_src_family == f)
		t->prefsrc = e->set_src;
}

static struct rmap_map *map_of(const struct rmaps *p, enum family f, uint8_t type)
{
	const struct binding *b = p->bindings[f == FAM_IP6];

	if (type >= RMAP_TYPES || type == RIB_TYPE_KERNEL || type == RIB_TYPE_CONNECTED)
		return NULL;
	return b[type].name[0] ? b[type].map : b[RMAP_ANY].map;
}

void rmap_judge(struct rmaps *p, const struct rib_view *v, struct rib_terms *t)
{
	struct rmap_map *m = map_of(p, sdprefix_family(&v->pair), v->owner.type);

	if (!m)
		return;
	m->judged++;
	for (size_t i = 0; i < m->n; i++) {
		struct rmap_entry *e = &m->entries[i];

		if (!entry_matches(e, v))
			continue;
		e->hits++;
		entry_act(e, sdprefix_family(&v->pair), t);
		return;
	}
	t->denied = true;
}

const struct rmap_map *rmap_of(const struct rmaps *p, enum family f, uint8_t type)
{
	return map_of(p, f, type);
}

const struct rmap_map *rmap_bound(const struct rmaps *p, enum family f, uint8_t type)
{
	return type < RMAP_TYPES ? p->bindings[f == FAM_IP6][type].map : NULL;
}

const struct rmap_list *rmap_list_next(const struct rmaps *p, const struct rmap_list *before)
{
	return before ? plists_next(&p->lists, before) : plists_first(&p->lists);
}

const struct rmap_map *rmap_next(const struct rmaps *p, const struct rmap_map *before)
{
	return before ? pmaps_next(&p->maps, before) : pmaps_first(&p->maps);
}
