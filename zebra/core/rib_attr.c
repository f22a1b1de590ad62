/* SPDX-License-Identifier: MIT */
/* The RIB: what one owner gives many routes alike. */
#include "zebra/core/rib_private.h"

struct key {
	enum family family;
	const struct rib_owner *owner;
	const struct rib_spec *spec;
};

bool rib_owner_eq(const struct rib_owner *a, const struct rib_owner *b)
{
	return a->type == b->type && a->instance == b->instance &&
	       a->distance_key == b->distance_key && a->key == b->key && a->config == b->config;
}

bool rib_attr_is(const struct rib_attr *a, enum family f, const struct rib_owner *o,
		 const struct rib_spec *s)
{
	return rib_owner_eq(&a->owner, o) && a->family == f && a->distance == s->distance &&
	       a->tag == s->tag && a->mtu == s->mtu && a->recursive == s->recursive &&
	       addr_cmp(&a->prefsrc, &s->prefsrc) == 0 &&
	       rib_hops_are(a->given, s->nexthops, s->n_nexthops);
}

static bool is(const struct rib_shared *s, const void *key)
{
	const struct key *k = key;

	return rib_attr_is(container_of_const(s, struct rib_attr, shared), k->family, k->owner,
			   k->spec);
}

static uint32_t hash_of(const struct key *k, const struct rib_hops *given)
{
	const struct rib_owner *o = k->owner;
	const struct rib_spec *s = k->spec;
	uint64_t h = rib_hash(given ? given->shared.hash : 0, (uint64_t)s->tag << 32 | s->mtu);

	h = rib_hash(h, (uint64_t)o->key << 32 | (uint64_t)o->instance << 16 |
				(uint64_t)o->type << 8 | o->distance_key);
	h = rib_hash(h, (uint64_t)k->family << 16 | (uint64_t)s->distance << 8 |
				(uint64_t)o->config << 1 | s->recursive);
	return (uint32_t)(rib_hash_addr(h, &s->prefsrc) >> 32);
}

/* Takes over `given`. */
static struct rib_attr *attr_new(struct rib *r, const struct key *k, struct rib_hops *given)
{
	struct rib_attr *a = mem_new(&r->mem_attr, sizeof(*a));
	const struct rib_spec *s = k->spec;

	a->owner = *k->owner;
	a->family = (uint8_t)k->family;
	a->distance = s->distance;
	a->recursive = s->recursive;
	a->tag = s->tag;
	a->mtu = s->mtu;
	a->prefsrc = s->prefsrc;
	a->given = given;
	attr_users_init(&a->users);
	if (!a->owner.config) {
		a->own = rib_own_get(r, a->owner.type, a->owner.instance);
		own_attrs_add_tail(&a->own->attrs, a);
	}
	rib_deps_attach(r, a);
	if (!a->lookup)
		rib_attr_resolve(r, a);
	return a;
}

struct rib_attr *rib_attr_get(struct rib *r, enum family f, const struct rib_owner *o,
			      const struct rib_spec *spec)
{
	const struct key key = {f, o, spec};
	struct rib_hops *given;
	struct rib_shared *s;
	struct rib_attr *a;
	uint32_t hash;

	/* Of a message's routes most are as the one before. */
	if (r->last_attr && rib_attr_is(r->last_attr, f, o, spec))
		return r->last_attr;
	given = rib_hops_get(r, spec->nexthops, spec->n_nexthops);
	hash = hash_of(&key, given);
	s = rib_interned_find(&r->attrs, hash, is, &key);
	if (s) {
		rib_hops_unref(r, given);
		a = container_of(s, struct rib_attr, shared);
	} else {
		a = attr_new(r, &key, given);
		a->shared.hash = hash;
		rib_interned_add(&r->attrs, &a->shared);
	}
	r->last_attr = a;
	return a;
}

void rib_attr_ref(struct rib_attr *a)
{
	a->shared.users++;
}

void rib_attr_unref(struct rib *r, struct rib_attr *a)
{
	if (!a || --a->shared.users)
		return;
	if (r->last_attr == a)
		r->last_attr = NULL;
	rib_interned_del(&r->attrs, &a->shared);
	rib_deps_detach(r, a);
	if (a->own) {
		own_attrs_del(&a->own->attrs, a);
		rib_own_put(r, a->own);
	}
	rib_hops_unref(r, a->given);
	rib_hops_unref(r, a->resolved);
	mem_free(&r->mem_attr, a->why);
	mem_free(&r->mem_attr, a->deps);
	mem_free(&r->mem_attr, a);
}
