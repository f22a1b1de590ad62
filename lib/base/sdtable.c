/* SPDX-License-Identifier: MIT */
/* The (D,S) table. */
#include "lib/base/sdtable.h"

#include <assert.h>

/*
 * One node for both levels. It exists because of an entry, because of a
 * source trie below a destination, or because two branches part here; prune()
 * takes it away as soon as it is none of these. All nodes of the trie above
 * a node cover it, so climbing by `parent` is the fall-through of RFC 9079 4.
 */
struct sdnode {
	struct prefix p;
	struct sdnode *parent, *child[2];
	struct sdentry *e;
	struct sdnode *sources; /* destination: root of its source trie */
	struct sdnode *owner;	/* source: the destination it hangs off */
};

static unsigned int shorter(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int common_bits(const struct prefix *a, const struct prefix *b)
{
	return addr_common(&a->addr, &b->addr, shorter(a->plen, b->plen));
}

static struct sdnode *node_new(struct sdtable *t, const struct prefix *p, struct sdnode *owner)
{
	struct sdnode *n = mem_new(&t->mem, sizeof(*n));

	n->p = *p;
	n->owner = owner;
	return n;
}

static void adopt(struct sdnode *parent, struct sdnode *n)
{
	parent->child[addr_bit(&n->p.addr, parent->p.plen)] = n;
	n->parent = parent;
}

/* The node of exactly p, made if there is none, in the trie at *root. */
static struct sdnode *node_get(struct sdtable *t, struct sdnode **root, struct sdnode *owner,
			       const struct prefix *p)
{
	struct sdnode *n, *parent = NULL, *new, *top, **link = root;
	unsigned int common = 0;

	while ((n = *link)) {
		common = common_bits(&n->p, p);
		if (common < n->p.plen)
			break;
		if (n->p.plen == p->plen)
			return n;
		parent = n;
		link = &n->child[addr_bit(&p->addr, n->p.plen)];
	}
	top = new = node_new(t, p, owner);
	if (n && common == p->plen) {
		adopt(new, n);
	} else if (n) {
		struct prefix fork;
		bool ok = prefix_make(&fork, (enum family)p->family, &p->addr, common);

		assert(ok);
		(void)ok;
		top = node_new(t, &fork, owner);
		adopt(top, n);
		adopt(top, new);
	}
	top->parent = parent;
	*link = top;
	return new;
}

static bool needed(const struct sdnode *n)
{
	return n->e || n->sources || (n->child[0] && n->child[1]);
}

/* Takes n away if nothing needs it, and then the fork above if it was only
 * there for n. */
static void prune(struct sdtable *t, struct sdnode **root, struct sdnode *n)
{
	while (n && !needed(n)) {
		struct sdnode *parent = n->parent;
		struct sdnode *rest = n->child[0] ? n->child[0] : n->child[1];

		if (rest)
			rest->parent = parent;
		if (parent)
			parent->child[parent->child[1] == n] = rest;
		else
			*root = rest;
		mem_free(&t->mem, n);
		n = parent;
	}
}

/* The longest node that covers p; the rest of them are its parents. */
static struct sdnode *node_deepest(struct sdnode *n, const struct prefix *p)
{
	struct sdnode *best = NULL;

	while (n && prefix_covers(&n->p, p)) {
		best = n;
		if (n->p.plen == p->plen)
			break;
		n = n->child[addr_bit(&p->addr, n->p.plen)];
	}
	return best;
}

static struct sdnode *node_find(struct sdnode *root, const struct prefix *p)
{
	struct sdnode *n = node_deepest(root, p);

	return n && n->p.plen == p->plen ? n : NULL;
}

/* The next node in the order of walks: what a node covers comes behind it. */
static struct sdnode *node_next(struct sdnode *n)
{
	if (n->child[0])
		return n->child[0];
	if (n->child[1])
		return n->child[1];
	for (; n->parent; n = n->parent)
		if (n == n->parent->child[0] && n->parent->child[1])
			return n->parent->child[1];
	return NULL;
}

/* The first node at p or behind it. */
static struct sdnode *node_from(struct sdnode *n, const struct prefix *p)
{
	struct sdnode *behind = NULL; /* where to go on when this branch has none */

	while (n) {
		unsigned int common = common_bits(&n->p, p);

		if (common == p->plen)
			return n;
		if (common < n->p.plen)
			return addr_bit(&p->addr, common) ? behind : n;
		if (addr_bit(&p->addr, common)) {
			n = n->child[1];
			continue;
		}
		if (n->child[1])
			behind = n->child[1];
		n = n->child[0];
	}
	return behind;
}

/* The first sourced entry from node s on. A source trie is walked only while
 * it has entries, but forks have none. */
static struct sdentry *sources_from(struct sdnode *s)
{
	while (s && !s->e)
		s = node_next(s);
	return s ? s->e : NULL;
}

static struct sdentry *dests_from(struct sdnode *d)
{
	for (; d; d = node_next(d)) {
		struct sdentry *e = d->e ? d->e : sources_from(d->sources);

		if (e)
			return e;
	}
	return NULL;
}

static struct sdnode **root_link(struct sdtable *t, enum family f)
{
	return f == FAM_IP4 ? &t->root4 : &t->root6;
}

static struct sdnode *root_of(const struct sdtable *t, enum family f)
{
	return f == FAM_IP4 ? t->root4 : t->root6;
}

/* The first entry from destination node d of family f on, which may be none. */
static struct sdentry *table_from(const struct sdtable *t, enum family f, struct sdnode *d)
{
	struct sdentry *e = dests_from(d);

	return e || f == FAM_IP6 ? e : dests_from(t->root6);
}

void sdtable_init(struct sdtable *t)
{
	*t = (struct sdtable){.mem = {.name = "(D,S) table nodes"}};
}

void sdtable_fini(struct sdtable *t)
{
	assert(t->n == 0 && !t->root4 && !t->root6 && t->mem.count == 0);
	(void)t;
}

bool sdtable_add(struct sdtable *t, struct sdentry *e)
{
	enum family f = sdprefix_family(&e->key);
	struct sdnode *n;

	assert(!e->node && f != FAM_NONE && e->key.src.family == e->key.dst.family);
	n = node_get(t, root_link(t, f), NULL, &e->key.dst);
	if (!sdprefix_is_plain(&e->key))
		n = node_get(t, &n->sources, n, &e->key.src);
	if (n->e)
		return false;
	n->e = e;
	e->node = n;
	t->n++;
	return true;
}

void sdtable_del(struct sdtable *t, struct sdentry *e)
{
	struct sdnode *n = e->node, *d = n->owner;

	assert(n->e == e && t->n > 0);
	n->e = NULL;
	e->node = NULL;
	t->n--;
	if (d)
		prune(t, &d->sources, n);
	else
		d = n;
	prune(t, root_link(t, sdprefix_family(&e->key)), d);
}

struct sdentry *sdtable_find(const struct sdtable *t, const struct sdprefix *key)
{
	struct sdnode *n = node_find(root_of(t, sdprefix_family(key)), &key->dst);

	if (n && !sdprefix_is_plain(key))
		n = node_find(n->sources, &key->src);
	return n ? n->e : NULL;
}

/* RFC 9079 4: the longest destination from d upwards that has a source
 * covering src; its plain entry covers all and comes last. */
static struct sdentry *fall_through(struct sdnode *d, const struct prefix *src)
{
	for (; d; d = d->parent) {
		struct sdnode *s = node_deepest(d->sources, src);

		for (; s; s = s->parent)
			if (s->e)
				return s->e;
		if (d->e)
			return d->e;
	}
	return NULL;
}

/* The same from behind the entry of node n. */
static struct sdentry *fall_on(struct sdnode *n, const struct prefix *src)
{
	if (!n->owner)
		return fall_through(n->parent, src);
	for (struct sdnode *s = n->parent; s; s = s->parent)
		if (s->e)
			return s->e;
	if (n->owner->e)
		return n->owner->e;
	return fall_through(n->owner->parent, src);
}

struct sdentry *sdtable_lookup(const struct sdtable *t, enum family f, const struct addr *dst,
			       const struct addr *src)
{
	struct prefix d = prefix_host(f, dst), s = prefix_host(f, src);

	return fall_through(node_deepest(root_of(t, f), &d), &s);
}

struct sdentry *sdtable_lookup_next(const struct sdtable *t, const struct sdentry *e,
				    const struct addr *src)
{
	struct prefix s = prefix_host(sdprefix_family(&e->key), src);

	(void)t;
	return fall_on(e->node, &s);
}

struct sdentry *sdtable_cover(const struct sdtable *t, const struct sdprefix *key)
{
	struct sdnode *d = node_deepest(root_of(t, sdprefix_family(key)), &key->dst);
	struct sdentry *e = fall_through(d, &key->src);

	return e && sdprefix_eq(&e->key, key) ? fall_on(e->node, &key->src) : e;
}

struct sdentry *sdtable_first(const struct sdtable *t)
{
	return table_from(t, FAM_IP4, t->root4);
}

struct sdentry *sdtable_at_next(const struct sdtable *t, const struct sdentry *e)
{
	struct sdnode *n = e->node;

	(void)t;
	return sources_from(n->owner ? node_next(n) : n->sources);
}

struct sdentry *sdtable_next(const struct sdtable *t, const struct sdentry *e)
{
	struct sdnode *d = e->node->owner ? e->node->owner : e->node;
	struct sdentry *next = sdtable_at_next(t, e);

	return next ? next : table_from(t, sdprefix_family(&e->key), node_next(d));
}

struct sdentry *sdtable_after(const struct sdtable *t, const struct sdprefix *key)
{
	enum family f = sdprefix_family(key);
	struct sdnode *d = node_from(root_of(t, f), &key->dst);

	if (d && prefix_eq(&d->p, &key->dst)) {
		struct sdnode *s = node_from(d->sources, &key->src);
		struct sdentry *e = sources_from(s);

		if (e && prefix_eq(&e->key.src, &key->src))
			e = sources_from(node_next(s));
		if (e)
			return e;
		d = node_next(d);
	}
	return table_from(t, f, d);
}

struct sdentry *sdtable_first_below(const struct sdtable *t, const struct prefix *below)
{
	struct sdentry *e = dests_from(node_from(root_of(t, (enum family)below->family), below));

	return e && prefix_covers(below, &e->key.dst) ? e : NULL;
}

struct sdentry *sdtable_at(const struct sdtable *t, const struct prefix *dst)
{
	struct sdnode *d = node_find(root_of(t, (enum family)dst->family), dst);

	if (!d)
		return NULL;
	return d->e ? d->e : sources_from(d->sources);
}

size_t sdtable_source_tries(const struct sdtable *t)
{
	struct sdnode *roots[] = {t->root4, t->root6};
	size_t count = 0;

	for (size_t i = 0; i < 2; i++)
		for (struct sdnode *d = roots[i]; d; d = node_next(d))
			count += d->sources != NULL;
	return count;
}
