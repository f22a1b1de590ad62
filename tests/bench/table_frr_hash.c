/* SPDX-License-Identifier: MIT */
/* The hash of table_frr.h: Jenkins's mix over family, length and address. */
#include "tests/bench/table_frr.h"

#include <string.h>

static uint32_t turn(uint32_t v, unsigned int by)
{
	return v << by | v >> (32 - by);
}

static uint32_t wide_hash(const struct wide *p)
{
	uint32_t k[6] = {p->family, p->plen}, s[3];

	memcpy(k + 2, p->b, sizeof(p->b));
	s[0] = s[1] = s[2] = 0xdeadbeefu + (uint32_t)sizeof(k) + 0x55aa5a5au;
	for (unsigned int i = 0; i < 3; i++)
		s[i] += k[i];
	s[0] -= s[2], s[0] ^= turn(s[2], 4), s[2] += s[1];
	s[1] -= s[0], s[1] ^= turn(s[0], 6), s[0] += s[2];
	s[2] -= s[1], s[2] ^= turn(s[1], 8), s[1] += s[0];
	s[0] -= s[2], s[0] ^= turn(s[2], 16), s[2] += s[1];
	s[1] -= s[0], s[1] ^= turn(s[0], 19), s[0] += s[2];
	s[2] -= s[1], s[2] ^= turn(s[1], 4), s[1] += s[0];
	for (unsigned int i = 0; i < 3; i++)
		s[i] += k[3 + i];
	s[2] ^= s[1], s[2] -= turn(s[1], 14);
	s[0] ^= s[2], s[0] -= turn(s[2], 11);
	s[1] ^= s[0], s[1] -= turn(s[0], 25);
	s[2] ^= s[1], s[2] -= turn(s[1], 16);
	s[0] ^= s[2], s[0] -= turn(s[2], 4);
	s[1] ^= s[0], s[1] -= turn(s[0], 14);
	s[2] ^= s[1], s[2] -= turn(s[1], 24);
	return s[2];
}

static bool wide_same(const struct wide *a, const struct wide *b)
{
	return a->family == b->family && a->plen == b->plen && !memcmp(a->b, b->b, sizeof(a->b));
}

static struct node *of_hook(struct hook *h)
{
	return h ? container_of(h, struct node, hook) : NULL;
}

static struct hook **bucket(const struct table *t, uint32_t hash)
{
	return &t->buckets[t->shift ? hash >> (32 - t->shift) : 0];
}

struct node *frr_hash_find(const struct table *t, const struct wide *p)
{
	uint32_t hash = wide_hash(p);
	struct hook *h;

	if (!t->buckets)
		return NULL;
	h = *bucket(t, hash);
	while (h && (h->hash != hash || !wide_same(&of_hook(h)->p, p)))
		h = h->next;
	return of_hook(h);
}

/* Chains are in the order of hashes. */
static void hash_put(struct table *t, struct hook *h)
{
	struct hook **at = bucket(t, h->hash);

	while (*at && (*at)->hash < h->hash)
		at = &(*at)->next;
	h->next = *at;
	*at = h;
}

static void hash_resize(struct frr *f, struct table *t, uint8_t shift)
{
	size_t was = t->buckets ? (size_t)1 << t->shift : 0;
	struct hook **old = t->buckets;

	t->buckets = mem_new(&f->mem, sizeof(*t->buckets) << shift);
	t->shift = shift;
	for (size_t i = 0; i < was; i++) {
		struct hook *h = old[i], *next;

		for (; h; h = next) {
			next = h->next;
			hash_put(t, h);
		}
	}
	mem_free(&f->mem, old);
}

void frr_hash_add(struct frr *f, struct table *t, struct node *n)
{
	if (!t->buckets || ++t->n_hashed > (size_t)1 << t->shift)
		hash_resize(f, t, t->buckets ? (uint8_t)(t->shift + 1) : 0);
	n->hook.hash = wide_hash(&n->p);
	hash_put(t, &n->hook);
}

void frr_hash_del(struct frr *f, struct table *t, struct node *n)
{
	struct hook **at = bucket(t, n->hook.hash);

	while (*at != &n->hook)
		at = &(*at)->next;
	*at = n->hook.next;
	if (--t->n_hashed < ((size_t)1 << t->shift) / 2 && t->shift > 0)
		hash_resize(f, t, (uint8_t)(t->shift - 1));
}
