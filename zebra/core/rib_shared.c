/* SPDX-License-Identifier: MIT */
/* Values that many routes share. */
#include "zebra/core/rib_shared.h"

#include <assert.h>
#include <string.h>

#include "zebra/core/rib_private.h"

void rib_interned_init(struct rib_interned *t)
{
	*t = (struct rib_interned){.mem = {.name = "rib shared"}};
}

void rib_interned_fini(struct rib_interned *t)
{
	assert(!t->n);
	mem_free(&t->mem, t->slots);
	assert(!t->mem.count);
}

static struct rib_shared **slot_of(const struct rib_interned *t, uint32_t hash)
{
	return &t->slots[hash & (t->n_slots - 1)];
}

struct rib_shared *rib_interned_find(const struct rib_interned *t, uint32_t hash,
				     bool (*is)(const struct rib_shared *s, const void *key),
				     const void *key)
{
	struct rib_shared *s = t->n ? *slot_of(t, hash) : NULL;

	while (s && (s->hash != hash || !is(s, key)))
		s = s->next;
	return s;
}

static void put(struct rib_interned *t, struct rib_shared *s)
{
	struct rib_shared **slot = slot_of(t, s->hash);

	s->next = *slot;
	*slot = s;
}

static void grow(struct rib_interned *t)
{
	struct rib_shared **old = t->slots, *s;
	size_t n_old = t->n_slots;

	t->n_slots = n_old ? 2 * n_old : 16;
	t->slots = mem_new(&t->mem, t->n_slots * sizeof(struct rib_shared *));
	for (size_t i = 0; i < n_old; i++)
		while ((s = old[i])) {
			old[i] = s->next;
			put(t, s);
		}
	mem_free(&t->mem, old);
}

void rib_interned_add(struct rib_interned *t, struct rib_shared *s)
{
	if (t->n == t->n_slots)
		grow(t);
	put(t, s);
	t->n++;
}

void rib_interned_del(struct rib_interned *t, struct rib_shared *s)
{
	struct rib_shared **at = slot_of(t, s->hash);

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	t->n--;
}

uint64_t rib_hash_addr(uint64_t h, const struct addr *a)
{
	uint64_t v[2];

	memcpy(v, a->b, sizeof(v));
	return rib_hash(rib_hash(h, v[0]), v[1]);
}

uint64_t rib_hash_nexthop(uint64_t h, const struct rib_nexthop *nh)
{
	h = rib_hash(h, (uint64_t)nh->ifindex << 32 | nh->weight);
	h = rib_hash(h, (uint64_t)nh->kind << 2 | (uint64_t)nh->gate6 << 1 | nh->onlink);
	return rib_hash_addr(h, &nh->gate);
}

/* ---- next hops ---- */

struct hops_key {
	const struct rib_nexthop *v;
	uint32_t n;
};

static bool nexthop_is(const struct rib_nexthop *a, const struct rib_nexthop *b)
{
	return a->kind == b->kind && a->ifindex == b->ifindex && a->onlink == b->onlink &&
	       a->weight == b->weight && a->gate6 == b->gate6 && addr_cmp(&a->gate, &b->gate) == 0;
}

bool rib_hops_are(const struct rib_hops *h, const struct rib_nexthop *v, uint32_t n)
{
	if (!h || !n)
		return !h && !n;
	if (h->n != n)
		return false;
	if (h->v == v)
		return true;
	for (uint32_t i = 0; i < n; i++)
		if (!nexthop_is(&h->v[i], &v[i]))
			return false;
	return true;
}

static bool hops_is(const struct rib_shared *s, const void *key)
{
	const struct hops_key *k = key;

	return rib_hops_are(container_of_const(s, struct rib_hops, shared), k->v, k->n);
}

static uint32_t hops_hash(const struct hops_key *k)
{
	uint64_t h = k->n;

	for (uint32_t i = 0; i < k->n; i++)
		h = rib_hash_nexthop(h, &k->v[i]);
	return (uint32_t)(h >> 32);
}

struct rib_hops *rib_hops_get(struct rib *r, const struct rib_nexthop *v, uint32_t n)
{
	const struct hops_key key = {v, n};
	struct rib_shared *s;
	struct rib_hops *h;
	uint32_t hash;

	if (!n)
		return NULL;
	hash = hops_hash(&key);
	s = rib_interned_find(&r->hops, hash, hops_is, &key);
	if (s)
		return rib_hops_ref(container_of(s, struct rib_hops, shared));
	h = mem_new(&r->mem_nexthop, sizeof(*h) + n * sizeof(h->v[0]));
	h->shared.hash = hash;
	h->n = n;
	memcpy(h->v, v, n * sizeof(h->v[0]));
	rib_interned_add(&r->hops, &h->shared);
	return rib_hops_ref(h);
}

struct rib_hops *rib_hops_ref(struct rib_hops *h)
{
	if (h)
		h->shared.users++;
	return h;
}

void rib_hops_unref(struct rib *r, struct rib_hops *h)
{
	if (!h || --h->shared.users)
		return;
	rib_interned_del(&r->hops, &h->shared);
	mem_free(&r->mem_nexthop, h);
}

/* ---- kernel routes ---- */

static bool form_is(const struct rib_shared *s, const void *key)
{
	const struct rib_form *form = container_of_const(s, struct rib_form, shared);
	const struct fib_route *a = &form->route, *b = key;

	return a->type == b->type && a->mtu == b->mtu && a->table == b->table &&
	       a->ruled == b->ruled && addr_cmp(&a->prefsrc, &b->prefsrc) == 0 &&
	       rib_hops_are(form->hops, b->nexthops, b->n_nexthops);
}

/* Of what differs most: how many of the same next hops are there? */
static uint32_t form_hash(const struct fib_route *f, const struct rib_hops *hops)
{
	uint64_t h = rib_hash(hops ? hops->shared.hash : 0, (uint64_t)f->table << 32 | f->mtu);

	h = rib_hash(h, (uint64_t)f->type << 1 | f->ruled);
	return (uint32_t)(rib_hash_addr(h, &f->prefsrc) >> 32);
}

struct rib_form *rib_form_get(struct rib *r, const struct fib_route *f)
{
	struct rib_hops *hops;
	struct rib_shared *s;
	struct rib_form *form;
	uint32_t hash;

	/* In a batch most are as the one before. */
	if (r->last_form && form_is(&r->last_form->shared, f)) {
		r->last_form->shared.users++;
		return r->last_form;
	}
	hops = rib_hops_get(r, f->nexthops, f->n_nexthops);
	hash = form_hash(f, hops);
	s = rib_interned_find(&r->forms, hash, form_is, f);
	if (s) {
		rib_hops_unref(r, hops);
		form = container_of(s, struct rib_form, shared);
	} else {
		form = mem_new(&r->mem_nexthop, sizeof(*form));
		form->shared.hash = hash;
		form->hops = hops;
		form->route = *f;
		form->route.pair = (struct sdprefix){.dst = {.plen = 0}};
		form->route.nexthops = hops ? hops->v : NULL;
		rib_interned_add(&r->forms, &form->shared);
	}
	form->shared.users++;
	r->last_form = form;
	return form;
}

void rib_form_unref(struct rib *r, struct rib_form *form)
{
	if (!form || --form->shared.users)
		return;
	if (r->last_form == form)
		r->last_form = NULL;
	rib_interned_del(&r->forms, &form->shared);
	rib_hops_unref(r, form->hops);
	mem_free(&r->mem_nexthop, form);
}
