/* SPDX-License-Identifier: MIT */
/*
 * The shape of BIRD 2's tables of net_ip6_sadr: a hash of nets, by their
 * destinations alone, in slabs; and if the table has one, a 16-way trie of the
 * destinations for longest matches, out of a linear pool that only a rebuild
 * empties. Without a trie each length of the destination is tried. A walk
 * goes by hash: there is no order.
 */
#include "tests/bench/table_model.h"

#include <stdlib.h>
#include <string.h>

#define PAGE	  4096
#define PAGE_HEAD 40 /* links and bits of a slab */
#define HASH_LOW  10
#define HASH_STEP 2
#define STEP	  4 /* bits of the destination that a node of the trie decides */

struct key { /* 40 octets */
	uint8_t type, dlen;
	uint16_t length;
	uint32_t dst[4]; /* host order */
	int32_t slen;
	uint32_t src[4];
};

struct net { /* 64 */
	void *routes;
	struct net *next;
	void *readers;
	struct key k;
};

struct pool {
	struct page {
		struct page *next;
	} * pages;
	struct net *free;
	uint8_t *at, *end;
};

struct tnode { /* 184 */
	uint32_t addr[4], mask[4], accept[4];
	uint16_t plen;
	uint16_t local; /* bits: lengths plen .. plen + 3 that are there */
	struct tnode *c[1 << STEP];
};

struct bird {
	struct net **buckets;
	size_t n;
	unsigned int order;
	bool with_trie;
	struct pool nets, linear;
	struct tnode *root;
	struct memtag mem;
};

static void *pool_take(struct bird *b, struct pool *p, size_t size, size_t head)
{
	void *v;

	if (p->at + size > p->end || !p->at) {
		struct page *g = mem_new(&b->mem, PAGE);

		g->next = p->pages;
		p->pages = g;
		p->at = (uint8_t *)g + head;
		p->end = (uint8_t *)g + PAGE;
	}
	v = p->at;
	p->at += size;
	return v;
}

static void pool_free(struct bird *b, struct pool *p)
{
	for (struct page *g = p->pages, *next; g; g = next) {
		next = g->next;
		mem_free(&b->mem, g);
	}
}

static void load(uint32_t out[4], const struct addr *a)
{
	for (unsigned int i = 0; i < 4; i++)
		out[i] = (uint32_t)a->b[4 * i] << 24 | (uint32_t)a->b[4 * i + 1] << 16 |
			 (uint32_t)a->b[4 * i + 2] << 8 | a->b[4 * i + 3];
}

static struct key key_of(const struct sdprefix *k)
{
	struct key n = {.type = 9, .dlen = k->dst.plen, .length = sizeof(n), .slen = k->src.plen};

	load(n.dst, &k->dst.addr);
	load(n.src, &k->src.addr);
	return n;
}

static bool same128(const uint32_t a[4], const uint32_t b[4])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static bool same(const struct key *a, const struct key *b)
{
	return a->dlen == b->dlen && a->slen == b->slen && same128(a->dst, b->dst) &&
	       same128(a->src, b->src);
}

static void mask(uint32_t m[4], unsigned int plen)
{
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int n = plen > 32 * i ? plen - 32 * i : 0;

		m[i] = n >= 32 ? UINT32_MAX : n ? ~(UINT32_MAX >> n) : 0;
	}
}

static bool within(const uint32_t a[4], const uint32_t net[4], unsigned int plen)
{
	uint32_t m[4];

	mask(m, plen);
	return !(((a[0] ^ net[0]) & m[0]) | ((a[1] ^ net[1]) & m[1]) | ((a[2] ^ net[2]) & m[2]) |
		 ((a[3] ^ net[3]) & m[3]));
}

/* ---- the hash ---- */
static uint32_t hash(const struct bird *b, const uint32_t dst[4], unsigned int dlen)
{
	uint64_t acc = (uint64_t)dst[0] * 2654435769u + (uint64_t)dst[1] * 2246822519u +
		       (uint64_t)dst[2] * 3266489917u + (uint64_t)dst[3] * 668265263u;
	uint32_t h = (uint32_t)(acc ^ acc >> 32) ^ dlen << 26;

	return h * 2654435769u >> (32 - b->order);
}

static void rehash(struct bird *b, unsigned int order)
{
	size_t was = b->buckets ? (size_t)1 << b->order : 0;
	struct net **old = b->buckets, *next;

	b->order = order;
	b->buckets = mem_new(&b->mem, sizeof(*b->buckets) << order);
	for (size_t i = 0; i < was; i++)
		for (struct net *n = old[i]; n; n = next) {
			struct net **at = &b->buckets[hash(b, n->k.dst, n->k.dlen)];

			next = n->next;
			n->next = *at;
			*at = n;
		}
	mem_free(&b->mem, old);
}

static struct net **place(const struct bird *b, const struct key *k)
{
	struct net **at = &b->buckets[hash(b, k->dst, k->dlen)];

	while (*at && !same(&(*at)->k, k))
		at = &(*at)->next;
	return at;
}

/* ---- the trie ---- */
static struct tnode *tnode_new(struct bird *b, const uint32_t a[4], unsigned int plen)
{
	struct tnode *n = pool_take(b, &b->linear, sizeof(*n), sizeof(struct page));

	mask(n->mask, plen);
	for (unsigned int i = 0; i < 4; i++)
		n->addr[i] = a[i] & n->mask[i];
	n->plen = (uint16_t)plen;
	return n;
}

static unsigned int nibble(const uint32_t a[4], unsigned int plen)
{
	return a[plen / 32] >> (28 - plen % 32) & 15;
}

/* Which bit of `local` stands for the net of this length. */
static uint16_t local_bit(const uint32_t a[4], unsigned int from, unsigned int plen)
{
	unsigned int more = plen - from;

	if (!more)
		return 1u << 1;
	return (uint16_t)(1u << ((1u << more) + (nibble(a, from) >> (STEP - more))));
}

static unsigned int same_bits(const uint32_t a[4], const uint32_t b[4])
{
	for (unsigned int i = 0; i < 4; i++)
		if (a[i] != b[i])
			return 32 * i + (unsigned int)__builtin_clz(a[i] ^ b[i]);
	return 128;
}

static void trie_add(struct bird *b, const uint32_t a[4], unsigned int dlen)
{
	unsigned int plen = dlen / STEP * STEP;
	struct tnode **at = &b->root, *n, *new;

	while ((n = *at) && n->plen < plen && within(a, n->addr, n->plen))
		at = &n->c[nibble(a, n->plen)];
	if (n && n->plen == plen && within(a, n->addr, n->plen)) {
		new = n;
	} else {
		new = tnode_new(b, a, plen);
		if (n && n->plen > plen && within(n->addr, a, plen)) {
			new->c[nibble(n->addr, plen)] = n;
			*at = new;
		} else if (n) {
			struct tnode *fork = tnode_new(b, a, same_bits(a, n->addr) / STEP * STEP);

			fork->c[nibble(n->addr, fork->plen)] = n;
			fork->c[nibble(a, fork->plen)] = new;
			*at = fork;
		} else {
			*at = new;
		}
	}
	new->local |= local_bit(a, plen, dlen);
}

static struct bird *bird_make(bool with_trie)
{
	struct bird *b = calloc(1, sizeof(*b));

	b->with_trie = with_trie;
	rehash(b, HASH_LOW);
	return b;
}

static void *bird_new(void)
{
	return bird_make(false);
}

static void *bird_trie_new(void)
{
	return bird_make(true);
}

static void bird_free(void *t)
{
	struct bird *b = t;

	pool_free(b, &b->nets);
	pool_free(b, &b->linear);
	mem_free(&b->mem, b->buckets);
	free(b);
}

static void bird_insert(void *t, const struct sdprefix *pair, uint32_t id)
{
	struct bird *b = t;
	struct key k = key_of(pair);
	struct net **at = place(b, &k), *n = *at;

	if (!n) {
		n = b->nets.free;
		if (n)
			b->nets.free = n->next;
		else
			n = pool_take(b, &b->nets, sizeof(*n), PAGE_HEAD);
		*n = (struct net){.k = k};
		*at = n;
		if (++b->n > (size_t)2 << b->order)
			rehash(b, b->order + HASH_STEP);
		if (b->with_trie)
			trie_add(b, k.dst, k.dlen);
	}
	n->routes = (void *)(uintptr_t)id;
}

static uint32_t bird_find(void *t, const struct sdprefix *pair)
{
	struct key k = key_of(pair);
	struct net *n = *place(t, &k);

	return n ? (uint32_t)(uintptr_t)n->routes : 0;
}

/* The longest source for exactly this destination. */
static uint32_t best_at(const struct bird *b, const uint32_t dst[4], unsigned int dlen,
			const uint32_t src[4])
{
	struct net *best = NULL;
	uint32_t m[4], d[4];

	mask(m, dlen);
	for (unsigned int i = 0; i < 4; i++)
		d[i] = dst[i] & m[i];
	for (struct net *n = b->buckets[hash(b, d, dlen)]; n; n = n->next)
		if (n->k.dlen == dlen && same128(n->k.dst, d) &&
		    within(src, n->k.src, (unsigned int)n->k.slen) &&
		    (!best || n->k.slen >= best->k.slen))
			best = n;
	return best ? (uint32_t)(uintptr_t)best->routes : 0;
}

static uint32_t bird_lookup(void *t, const struct addr *dst, const struct addr *src)
{
	uint32_t d[4], s[4];

	load(d, dst);
	load(s, src);
	for (int dlen = 128; dlen >= 0; dlen--) {
		uint32_t id = best_at(t, d, (unsigned int)dlen, s);

		if (id)
			return id;
	}
	return 0;
}

static uint32_t bird_trie_lookup(void *t, const struct addr *dst, const struct addr *src)
{
	struct bird *b = t;
	const struct tnode *path[128 / STEP + 1];
	unsigned int n = 0;
	uint32_t d[4], s[4];

	load(d, dst);
	load(s, src);
	for (const struct tnode *at = b->root; at && within(d, at->addr, at->plen);
	     at = at->plen < 128 ? at->c[nibble(d, at->plen)] : NULL)
		path[n++] = at;
	while (n--)
		for (int more = path[n]->plen < 128 ? STEP - 1 : 0; more >= 0; more--) {
			unsigned int plen = path[n]->plen, len = plen + (unsigned int)more;
			uint32_t id;

			if (!(path[n]->local & local_bit(d, plen, len)))
				continue;
			id = best_at(b, d, len, s);
			if (id)
				return id;
		}
	return 0;
}

static uint64_t bird_walk(void *t)
{
	struct bird *b = t;
	uint64_t sum = 0;

	for (size_t i = 0; i < (size_t)1 << b->order; i++)
		for (struct net *n = b->buckets[i]; n; n = n->next)
			sum += (uintptr_t)n->routes;
	return sum;
}

static void bird_remove(void *t, const struct sdprefix *pair)
{
	struct bird *b = t;
	struct key k = key_of(pair);
	struct net **at = place(b, &k), *n = *at;

	*at = n->next;
	n->next = b->nets.free;
	b->nets.free = n;
	if (--b->n < ((size_t)1 << b->order) / 5 && b->order > HASH_LOW)
		rehash(b, b->order - HASH_STEP);
}

static size_t bird_octets(const void *t)
{
	return model_octets(&((const struct bird *)t)->mem);
}

const struct model model_bird = {
	.name = "bird",
	.new = bird_new,
	.free = bird_free,
	.insert = bird_insert,
	.find = bird_find,
	.lookup = bird_lookup,
	.walk = bird_walk,
	.remove = bird_remove,
	.octets = bird_octets,
};

const struct model model_bird_trie = {
	.name = "bird+trie",
	.new = bird_trie_new,
	.free = bird_free,
	.insert = bird_insert,
	.find = bird_find,
	.lookup = bird_trie_lookup,
	.walk = bird_walk,
	.remove = bird_remove,
	.octets = bird_octets,
};
