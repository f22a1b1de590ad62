/* SPDX-License-Identifier: MIT */
/* The RIB: candidates. */
#include "zebra/core/rib_private.h"

#include <assert.h>

static struct rib_more *more_of(const struct rib_cand *c)
{
	return container_of((struct rib_cand *)c, struct rib_more, cand);
}

struct rib_cand *rib_node_selected(const struct rib_node *n)
{
	struct rib_cand *c;

	if (n->cand.selected)
		return (struct rib_cand *)&n->cand;
	RIB_CANDS(n, c)
	if (c->selected)
		break;
	return c;
}

struct rib_cand *rib_cand_find(const struct rib_node *n, const struct rib_owner *o)
{
	struct rib_cand *c;

	RIB_CANDS(n, c)
	if (rib_owner_eq(&c->attr->owner, o))
		break;
	return c;
}

/* What few have */

struct rib_side *rib_cand_side(const struct rib_cand *c)
{
	struct rib_rare *rare;

	if (!c->within)
		return more_of(c)->side;
	rare = rib_cand_node(c)->rare;
	return rare && rare->side_used ? &rare->side : NULL;
}

struct rib_side *rib_cand_side_get(struct rib *r, struct rib_cand *c)
{
	struct rib_more *m;
	struct rib_rare *rare;

	if (c->within) {
		rare = rib_rare_get(r, rib_cand_node(c));
		rare->side_used = true;
		return &rare->side;
	}
	m = more_of(c);
	if (!m->side)
		m->side = mem_new(&r->mem_rare, sizeof(*m->side));
	return m->side;
}

/* Of next hops that it has no more. */
static void whys_forget(struct rib *r, const struct rib_cand *c)
{
	struct rib_side *s = rib_cand_side(c);

	if (!s)
		return;
	mem_free(&r->mem_nexthop, s->why);
	s->why = NULL;
}

static void side_free(struct rib *r, struct rib_cand *c)
{
	struct rib_side *s = rib_cand_side(c);

	if (!s)
		return;
	if (loop_sides_linked(s))
		loop_sides_del(&r->loops, s);
	mem_free(&r->mem_nexthop, s->why);
	if (c->within) {
		*s = (struct rib_side){.why = NULL};
		rib_cand_node(c)->rare->side_used = false;
	} else {
		mem_free(&r->mem_rare, s);
		more_of(c)->side = NULL;
	}
}

void rib_cand_together(struct rib *r, struct rib_cand *c)
{
	struct rib_side *s = rib_cand_side(c);

	if (!s)
		return;
	whys_forget(r, c);
	s->depth = 0;
	if (!c->mapped && c->attr->owner.type != RIB_TYPE_KERNEL && !loop_sides_linked(s))
		side_free(r, c);
}

uint8_t rib_cand_depth(const struct rib_cand *c)
{
	const struct rib_side *s = rib_cand_side(c);

	return s ? s->depth : 0;
}

const uint8_t *rib_cand_whys(const struct rib_cand *c)
{
	const struct rib_side *s = rib_cand_side(c);

	return s && s->why ? s->why : c->attr->why;
}

struct rib_terms rib_cand_given(const struct rib_cand *c)
{
	return (struct rib_terms){
		.metric = c->metric, .tag = c->attr->tag, .prefsrc = c->attr->prefsrc};
}

struct rib_terms rib_cand_terms(const struct rib_cand *c)
{
	return c->mapped ? rib_cand_side(c)->terms : rib_cand_given(c);
}

static uint32_t *since_of(struct rib_cand *c)
{
	return c->within ? &rib_cand_node(c)->since : &more_of(c)->since;
}

mono_t rib_cand_since(const struct rib_cand *c)
{
	return (mono_t){*since_of((struct rib_cand *)c) * USEC_PER_SEC};
}

struct rib_told rib_cand_told(const struct rib_cand *c)
{
	struct rib_terms t = rib_cand_terms(c);

	return (struct rib_told){c->attr, c->resolved, t.metric, t.tag};
}

void rib_cand_leave(struct rib *r, struct rib_cand *c)
{
	struct rib_rare *rare;

	if (!c->announced && !c->known)
		return;
	rare = rib_rare_get(r, rib_cand_node(c));
	if (c->announced) {
		rare->told = rib_cand_told(c);
		rib_hops_ref(c->resolved);
		rib_attr_ref(c->attr);
	}
	if (c->known)
		rare->chosen = rib_chosen_digest(c);
	c->announced = c->known = false;
}

/* Coming and going */

static struct rib_cand *cand_new(struct rib *r, struct rib_node *n)
{
	struct rib_more **at;

	if (!n->cand.attr) {
		n->cand = (struct rib_cand){.within = true};
		return &n->cand;
	}
	at = &rib_rare_get(r, n)->more;
	while (*at)
		at = &(*at)->next;
	*at = mem_new(&r->mem_cand, sizeof(**at));
	(*at)->node = n;
	return &(*at)->cand;
}

static void cand_set_attr(struct rib *r, struct rib_cand *c, struct rib_attr *a)
{
	if (c->attr) {
		attr_users_del(&c->attr->users, c);
		rib_attr_unref(r, c->attr);
	}
	c->attr = a;
	if (a)
		attr_users_add_tail(&a->users, c);
}

static void count_prefsrc(struct rib *r, const struct rib_cand *c, bool there)
{
	struct rib_terms t = rib_cand_terms(c);

	if (!addr_is_zero(&t.prefsrc))
		r->n_prefsrc += there ? 1u : SIZE_MAX;
}

void rib_cand_set_terms(struct rib *r, struct rib_cand *c, const struct rib_terms *t)
{
	count_prefsrc(r, c, false);
	c->mapped = t != NULL;
	c->denied = t && t->denied;
	if (t)
		rib_cand_side_get(r, c)->terms = *t;
	count_prefsrc(r, c, true);
}

void rib_cand_free(struct rib *r, struct rib_cand *c)
{
	struct rib_node *n = rib_cand_node(c);
	struct rib_more **at;

	count_prefsrc(r, c, false);
	if (!c->gone) {
		r->n_cands--;
		rib_own_count(c, false);
	}
	side_free(r, c);
	cand_set_attr(r, c, NULL);
	rib_hops_unref(r, c->resolved);
	c->resolved = NULL;
	if (c->within) {
		c->selected = false;
		return;
	}
	at = &n->rare->more;
	while (*at != more_of(c))
		at = &(*at)->next;
	*at = more_of(c)->next;
	mem_free(&r->mem_cand, more_of(c));
}

static unsigned int age_after(const struct rib_node *n)
{
	const struct rib_cand *c;
	unsigned int age = 0;

	RIB_CANDS(n, c)
	age = c->age > age ? c->age : age;
	return age + 1;
}

/* Ages that are as close as can be, in the same order. */
static void ages_close(struct rib_node *n)
{
	unsigned int next = 0, least;
	struct rib_cand *c;

	do {
		least = RIB_AGE_MAX + 1;
		RIB_CANDS(n, c)
		if (c->age > next && c->age < least)
			least = c->age;
		next++;
		RIB_CANDS(n, c)
		if (c->age == least)
			c->age = next & RIB_AGE_MAX;
	} while (least <= RIB_AGE_MAX);
}

/* It is the youngest from now on. Of more than RIB_AGE_MAX the youngest are of one
 * age. */
static void renew(struct rib_cand *c, mono_t now)
{
	struct rib_node *n = rib_cand_node(c);
	unsigned int age;

	c->age = 0;
	age = age_after(n);
	if (age > RIB_AGE_MAX) {
		ages_close(n);
		age = age_after(n);
	}
	c->age = (age < RIB_AGE_MAX ? age : RIB_AGE_MAX) & RIB_AGE_MAX;
	*since_of(c) = (uint32_t)(now.us / USEC_PER_SEC);
}

/* What is new of it is judged, resolved and chosen by the next run. */
static void give(struct rib *r, struct rib_cand *c, struct rib_attr *a, uint32_t metric)
{
	rib_attr_ref(a);
	c->fresh = c->fresh || a->lookup || (c->attr && c->attr->lookup);
	if (c->attr) {
		rib_cand_leave(r, c);
		rib_cand_set_terms(r, c, NULL);
		count_prefsrc(r, c, false);
		whys_forget(r, c);
	}
	cand_set_attr(r, c, a);
	c->metric = metric;
	c->unjudged = true;
	count_prefsrc(r, c, true);
}

void rib_add(struct rib *r, const struct sdprefix *pair, const struct rib_owner *owner,
	     const struct rib_spec *spec, mono_t now)
{
	struct rib_node *n = rib_node_get(r, pair);
	struct rib_cand *c = rib_cand_find(n, owner);
	struct rib_attr *a = rib_attr_get(r, sdprefix_family(pair), owner, spec);
	bool there = c && !c->gone, same = c && c->attr == a && c->metric == spec->metric;

	assert(spec->n_nexthops <= RIB_MAX_NEXTHOPS);
	if (!c)
		c = cand_new(r, n);
	if (there)
		rib_own_refresh(c);
	else
		r->n_cands++;
	if (!same)
		give(r, c, a, spec->metric);
	if (!there)
		rib_own_count(c, true);
	c->gone = false;
	c->told = false;
	if (owner->type == RIB_TYPE_KERNEL)
		rib_cand_side_get(r, c)->added = rib_main(r)->mark;
	rib_node_event(r, n);
	if (same)
		return;
	renew(c, now);
	rib_retry_restart(r, n);
	if (owner->type == RIB_TYPE_CONNECTED)
		rib_retry_interfaces(r);
}

void rib_cand_delete(struct rib *r, struct rib_cand *c)
{
	struct rib_node *n = rib_cand_node(c);

	if (c->gone)
		return;
	rib_own_count(c, false);
	c->gone = true;
	r->n_cands--;
	/* Its owner is back and does not want it, claimed in a run or not. */
	if (n->leftover && n->kernel->route.type == c->attr->owner.type)
		rib_leftover(r, n, false);
	rib_node_event(r, n);
}

bool rib_del(struct rib *r, const struct sdprefix *pair, const struct rib_owner *owner)
{
	struct rib_node *n = rib_node_find(r, pair);
	struct rib_cand *c = n ? rib_cand_find(n, owner) : NULL;

	if (!c || c->gone)
		return false;
	rib_cand_delete(r, c);
	return true;
}
