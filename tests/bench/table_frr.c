/* SPDX-License-Identifier: MIT */
/* The trie of table_frr.h. */
#include "tests/bench/table_frr.h"

#include <stdlib.h>
#include <string.h>

static struct wide widen(const struct prefix *p)
{
	struct wide w = {.family = p->family, .plen = p->plen};

	memcpy(w.b, p->addr.b, sizeof(w.b));
	return w;
}

static unsigned int bit_of(const struct wide *p, unsigned int i)
{
	return p->b[i / 8] >> (7 - i % 8) & 1;
}

static bool covers(const struct wide *a, const struct wide *b)
{
	unsigned int octets = a->plen / 8, rest = a->plen % 8;

	if (a->plen > b->plen || memcmp(a->b, b->b, octets) != 0)
		return false;
	return !rest || !((a->b[octets] ^ b->b[octets]) >> (8 - rest));
}

static struct table *table_new(struct frr *f)
{
	return mem_new(&f->mem, sizeof(struct table));
}

static struct node *node_new(struct frr *f, struct table *t, const struct wide *p)
{
	struct node *n = mem_new(&f->mem, t == f->dests ? sizeof(struct dest) : sizeof(*n));

	n->p = *p;
	n->table = t;
	frr_hash_add(f, t, n);
	t->count++;
	return n;
}

static void set_link(struct node *parent, struct node *n)
{
	parent->link[bit_of(&n->p, parent->p.plen)] = n;
	n->parent = parent;
}

static struct wide common(const struct wide *a, const struct wide *b)
{
	struct wide w = {.family = a->family};
	unsigned int max = a->plen < b->plen ? a->plen : b->plen, i = 0;

	for (; i < 16 && w.plen + 8 <= (int)max && a->b[i] == b->b[i]; i++, w.plen += 8)
		w.b[i] = a->b[i];
	while (w.plen < max && bit_of(a, w.plen) == bit_of(b, w.plen)) {
		w.b[w.plen / 8] |= a->b[w.plen / 8] & 0x80 >> w.plen % 8;
		w.plen++;
	}
	return w;
}

static struct node *node_get(struct frr *f, struct table *t, const struct wide *p)
{
	struct node *n = frr_hash_find(t, p), *match = NULL, *new, *fork;
	struct wide w;

	if (n && n->info)
		return n->uses++, n;
	for (n = t->top; n && n->p.plen <= p->plen && covers(&n->p, p);
	     n = n->link[bit_of(p, n->p.plen)]) {
		if (n->p.plen == p->plen)
			return n->uses++, n;
		match = n;
	}
	if (!n) {
		new = fork = node_new(f, t, p);
	} else {
		w = common(&n->p, p);
		new = fork = node_new(f, t, &w);
		set_link(fork, n);
		if (fork->p.plen != p->plen) {
			new = node_new(f, t, p);
			set_link(fork, new);
		}
	}
	if (match)
		set_link(match, fork);
	else
		t->top = fork;
	new->uses++;
	return new;
}

static void node_unuse(struct frr *f, struct node *n)
{
	if (n->uses)
		n->uses--;
	while (n && !n->uses && !(n->link[0] && n->link[1])) {
		struct node *child = n->link[0] ? n->link[0] : n->link[1], *parent = n->parent;
		struct table *t = n->table;

		if (child)
			child->parent = parent;
		if (parent)
			parent->link[parent->link[1] == n] = child;
		else
			t->top = child;
		frr_hash_del(f, t, n);
		t->count--;
		mem_free(&f->mem, n);
		n = parent;
	}
}

static struct node *node_next(struct node *n)
{
	if (n->link[0])
		return n->link[0];
	if (n->link[1])
		return n->link[1];
	for (; n->parent; n = n->parent)
		if (n == n->parent->link[0] && n->parent->link[1])
			return n->parent->link[1];
	return NULL;
}

static struct node *node_match(struct table *t, const struct wide *p)
{
	struct node *match = NULL;

	for (struct node *n = t->top; n && n->p.plen <= p->plen && covers(&n->p, p);
	     n = n->p.plen < 128 ? n->link[bit_of(p, n->p.plen)] : NULL)
		match = n;
	return match;
}

static struct table *sources_of(struct node *n)
{
	return container_of(n, struct dest, n)->sources;
}

static void *frr_new(void)
{
	struct frr *f = calloc(1, sizeof(*f));

	f->dests = table_new(f);
	return f;
}

static void table_free(struct frr *f, struct table *t)
{
	for (struct node *n = t->top, *parent; n; n = parent) {
		while (n->link[0] || n->link[1])
			n = n->link[0] ? n->link[0] : n->link[1];
		if (t == f->dests && sources_of(n))
			table_free(f, sources_of(n));
		parent = n->parent;
		if (parent)
			parent->link[parent->link[1] == n] = NULL;
		mem_free(&f->mem, n);
	}
	mem_free(&f->mem, t->buckets);
	mem_free(&f->mem, t);
}

static void frr_free(void *t)
{
	table_free(t, ((struct frr *)t)->dests);
	free(t);
}

static void frr_insert(void *t, const struct sdprefix *k, uint32_t id)
{
	struct frr *f = t;
	struct wide dst = widen(&k->dst), src = widen(&k->src);
	struct node *n = node_get(f, f->dests, &dst);

	if (src.plen) {
		struct dest *d = container_of(n, struct dest, n);

		if (!d->sources)
			d->sources = table_new(f);
		n = node_get(f, d->sources, &src);
	}
	n->info = (void *)(uintptr_t)id;
}

static struct node *find(struct frr *f, const struct sdprefix *k)
{
	struct wide dst = widen(&k->dst), src;
	struct node *n = frr_hash_find(f->dests, &dst);

	if (!n || !k->src.plen)
		return n;
	if (!sources_of(n))
		return NULL;
	src = widen(&k->src);
	return frr_hash_find(sources_of(n), &src);
}

static uint32_t frr_find(void *t, const struct sdprefix *k)
{
	struct node *n = find(t, k);

	return n ? (uint32_t)(uintptr_t)n->info : 0;
}

static uint32_t frr_lookup(void *t, const struct addr *dst, const struct addr *src)
{
	struct wide d = {.family = FAM_IP6, .plen = 128}, s = d;

	memcpy(d.b, dst->b, sizeof(d.b));
	memcpy(s.b, src->b, sizeof(s.b));
	for (struct node *n = node_match(((struct frr *)t)->dests, &d); n; n = n->parent) {
		struct node *m = sources_of(n) ? node_match(sources_of(n), &s) : NULL;

		while (m && !m->info)
			m = m->parent;
		if (!m && n->info)
			m = n;
		if (m)
			return (uint32_t)(uintptr_t)m->info;
	}
	return 0;
}

static uint64_t frr_walk(void *t)
{
	uint64_t sum = 0;

	for (struct node *n = ((struct frr *)t)->dests->top; n; n = node_next(n)) {
		sum += (uintptr_t)n->info;
		if (!sources_of(n))
			continue;
		for (struct node *m = sources_of(n)->top; m; m = node_next(m))
			sum += (uintptr_t)m->info;
	}
	return sum;
}

static void frr_remove(void *t, const struct sdprefix *k)
{
	struct frr *f = t;
	struct node *n = find(f, k), *d = n;

	n->info = NULL;
	if (k->src.plen) {
		struct wide dst = widen(&k->dst);
		struct table *s;

		d = frr_hash_find(f->dests, &dst);
		s = sources_of(d);
		node_unuse(f, n);
		if (!s->top) {
			mem_free(&f->mem, s->buckets);
			mem_free(&f->mem, s);
			container_of(d, struct dest, n)->sources = NULL;
		}
	}
	node_unuse(f, d);
}

static size_t frr_octets(const void *t)
{
	return model_octets(&((const struct frr *)t)->mem);
}

const struct model model_frr = {
	.name = "frr",
	.new = frr_new,
	.free = frr_free,
	.insert = frr_insert,
	.find = frr_find,
	.lookup = frr_lookup,
	.walk = frr_walk,
	.remove = frr_remove,
	.octets = frr_octets,
};
