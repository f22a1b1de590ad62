/* SPDX-License-Identifier: MIT */
/* The (D,S) table. */
#include "lib/base/sdtable_private.h"

#include <assert.h>
#include <limits.h>

/* Prefixes of one side that may cover one another. */
#define NESTED_MAX 129

static void set_fork(struct sdentry *e, unsigned int fork, sdlink_t first, sdlink_t second)
{
	e->fork = (uint16_t)fork;
	e->octet = (uint8_t)(BIT_OF(fork) / 8);
	e->mask = fork & BIT ? (uint8_t)(0x80 >> BIT_OF(fork) % 8) : 0;
	e->side[0] = first;
	e->side[1] = second;
}

static void move_fork(struct sdentry *to, const struct sdentry *from)
{
	to->fork = from->fork;
	to->octet = from->octet;
	to->mask = from->mask;
	to->side[0] = from->side[0];
	to->side[1] = from->side[1];
}

/* The entry that answers as k, as far as anybody asks. */
static inline struct sdentry *descend(sdlink_t l, const struct sdprefix *k)
{
	if (!l.v)
		return NULL;
	while (leads_on(l))
		l = fork_of(l)->side[side_of(k, fork_of(l))];
	return entry_of(l);
}

static struct sdentry *outermost(sdlink_t l, unsigned int side)
{
	if (!l.v)
		return NULL;
	while (leads_on(l))
		l = fork_of(l)->side[side];
	return entry_of(l);
}

/* The first entry behind all that are in the first side of the last fork that
 * was turned at, if at any. */
static struct sdentry *behind(const struct sdtable *t, enum family f, const struct sdentry *turn)
{
	if (turn)
		return outermost(turn->side[1], 0);
	return f == FAM_IP4 ? outermost(t->root6, 0) : NULL;
}

static sdlink_t *root_link(struct sdtable *t, enum family f)
{
	return f == FAM_IP4 ? &t->root4 : &t->root6;
}

static sdlink_t root_of(const struct sdtable *t, enum family f)
{
	return f == FAM_IP4 ? t->root4 : t->root6;
}

void sdtable_init(struct sdtable *t)
{
	*t = (struct sdtable){0};
}

void sdtable_fini(struct sdtable *t)
{
	assert(t->n == 0 && !t->root4.v && !t->root6.v);
	(void)t;
}

/* ---- one entry ---- */
struct sdentry *sdtable_find(const struct sdtable *t, const struct sdprefix *key)
{
	struct sdentry *e = descend(root_of(t, sdprefix_family(key)), key);

	return e && sdprefix_eq(&e->key, key) ? e : NULL;
}

struct sdentry *sdtable_seek(struct sdtable *t, const struct sdprefix *key, struct sdplace *p)
{
	sdlink_t *at = root_link(t, sdprefix_family(key));
	struct sdentry *e = descend(*at, key), *n;
	unsigned int fork = e ? parting(&e->key, key) : 0;

	if (e && !fork)
		return e;
	*p = (struct sdplace){.fork = (uint16_t)fork, .beside = e};
	/* All forks before its own are right: the entry answers them as e. */
	while (e && leads_on(*at) && (n = fork_of(*at))->fork < fork) {
		unsigned int side = side_of(key, n);

		if (side == 0)
			p->turn = at;
		at = &n->side[side];
	}
	p->at = at;
	p->after = e && answer(key, fork);
	return NULL;
}

struct sdentry *sdplace_same_dst(const struct sdplace *p)
{
	return p->fork >= SRC_FORK ? p->beside : NULL;
}

void sdtable_put(struct sdtable *t, const struct sdplace *p, struct sdentry *e)
{
	sdlink_t rest = *p->at;

	assert(!sdentry_inside(e) && sdprefix_family(&e->key) != FAM_NONE &&
	       e->key.src.family == e->key.dst.family);
	t->n++;
	if (!p->fork) {
		*p->at = to_entry(e);
		e->fork = LAST;
	} else if (!p->after) {
		*p->at = to_fork(e);
		set_fork(e, p->fork, to_entry(e), rest);
	} else {
		/* The last of the rest gets the new fork and leaves its own to e,
		 * which is the last before that one now. */
		struct sdentry *last = p->turn ? entry_of(*p->turn) : outermost(rest, 1);

		*p->at = to_fork(last);
		move_fork(e, last);
		if (p->turn)
			*p->turn = to_fork(e);
		set_fork(last, p->fork, rest, to_entry(e));
	}
}

bool sdtable_add(struct sdtable *t, struct sdentry *e)
{
	struct sdplace p;

	if (sdtable_seek(t, &e->key, &p))
		return false;
	sdtable_put(t, &p, e);
	return true;
}

void sdtable_del(struct sdtable *t, struct sdentry *e)
{
	sdlink_t *at = root_link(t, sdprefix_family(&e->key)), *above = NULL, *own = NULL;
	unsigned int side = 0;

	while (leads_on(*at)) {
		struct sdentry *n = fork_of(*at);

		if (n == e)
			own = at;
		above = at;
		side = side_of(&e->key, n);
		at = &n->side[side];
	}
	assert(entry_of(*at) == e && t->n > 0);
	t->n--;
	if (!above) {
		*at = (sdlink_t){0};
	} else {
		/* The fork right above goes. If it is not e's own, then its holder is
		 * the last before e, and e's passes on to it. */
		struct sdentry *n = entry_of(*above);

		*above = n->side[!side];
		if (n != e) {
			move_fork(n, e);
			if (own)
				*own = to_fork(n);
		}
	}
	e->fork = 0;
}

/* ---- what covers a pair ---- */
static const struct prefix *dst_at(sdlink_t l)
{
	return &entry_of(l)->key.dst;
}

static const struct prefix *src_at(sdlink_t l)
{
	return &entry_of(l)->key.src;
}

/* The shorter ones on the way of k, and where it leads; nobody has compared
 * yet. Of destinations, what there is of each. */
static unsigned int candidates(sdlink_t l, unsigned int end, const struct sdprefix *k,
			       sdlink_t out[NESTED_MAX])
{
	unsigned int n = 0;

	while (leads_on(l) && fork_of(l)->fork < end) {
		const struct sdentry *e = fork_of(l);
		unsigned int side = side_of(k, e);

		/* Who is not longer than this ends here, and k goes on. */
		if (side && !(e->fork & BIT))
			out[n++] = e->side[0];
		l = e->side[side];
	}
	out[n++] = l;
	return n;
}

/* RFC 9079 4: the longest destination that has a source covering k's, and its
 * longest one; where k's own is the destination, of those shorter than
 * `below`. The plain entry's source covers all. */
static struct sdentry *fall_through(const struct sdtable *t, const struct sdprefix *k,
				    unsigned int below)
{
	sdlink_t root = root_of(t, sdprefix_family(k)), d[NESTED_MAX], s[NESTED_MAX];
	unsigned int n_d = root.v ? candidates(root, SRC_FORK, k, d) : 0;
	/* All on one way share what they were asked: one comparison does. */
	unsigned int dst =
		n_d ? addr_common(&dst_at(d[n_d - 1])->addr, &k->dst.addr, k->dst.plen) : 0;

	while (n_d--) {
		unsigned int n_s, src, limit = NESTED_MAX;

		if (dst_at(d[n_d])->plen > dst)
			continue;
		if (dst_at(d[n_d])->plen == k->dst.plen)
			limit = below;
		n_s = candidates(d[n_d], UINT_MAX, k, s);
		src = addr_common(&src_at(s[n_s - 1])->addr, &k->src.addr, k->src.plen);
		while (n_s--)
			if (src_at(s[n_s])->plen <= src && src_at(s[n_s])->plen < limit)
				return entry_of(s[n_s]);
	}
	return NULL;
}

struct sdentry *sdtable_lookup(const struct sdtable *t, enum family f, const struct addr *dst,
			       const struct addr *src)
{
	struct sdprefix k = {.dst = prefix_host(f, dst), .src = prefix_host(f, src)};

	return fall_through(t, &k, NESTED_MAX);
}

struct sdentry *sdtable_lookup_next(const struct sdtable *t, const struct sdentry *e,
				    const struct addr *src)
{
	struct sdprefix k = {.dst = e->key.dst, .src = prefix_host(sdprefix_family(&e->key), src)};

	return fall_through(t, &k, e->key.src.plen);
}

struct sdentry *sdtable_cover(const struct sdtable *t, const struct sdprefix *key)
{
	return fall_through(t, key, key->src.plen);
}

/* ---- walks ---- */
struct sdentry *sdtable_first(const struct sdtable *t)
{
	return t->root4.v ? outermost(t->root4, 0) : outermost(t->root6, 0);
}

struct sdentry *sdtable_next(const struct sdtable *t, const struct sdentry *e)
{
	return behind(t, sdprefix_family(&e->key), e->fork & FORK ? e : NULL);
}

struct sdentry *sdtable_after(const struct sdtable *t, const struct sdprefix *key)
{
	struct sdplace p;
	struct sdentry *e = sdtable_seek((struct sdtable *)t, key, &p);

	if (e)
		return sdtable_next(t, e);
	if (p.beside && !p.after)
		return outermost(*p.at, 0);
	return behind(t, sdprefix_family(key), p.turn ? entry_of(*p.turn) : NULL);
}

/* The first entry of those that answer as p before this fork; whether they are
 * p's is not compared. */
static struct sdentry *first_within(const struct sdtable *t, const struct prefix *p,
				    unsigned int end)
{
	struct sdprefix k = {.dst = *p};
	sdlink_t l = root_of(t, (enum family)p->family);

	while (l.v && leads_on(l) && fork_of(l)->fork < end)
		l = fork_of(l)->side[side_of(&k, fork_of(l))];
	return outermost(l, 0);
}

struct sdentry *sdtable_first_below(const struct sdtable *t, const struct prefix *below)
{
	struct sdentry *e = first_within(t, below, AT((unsigned int)below->plen));

	return e && prefix_covers(below, &e->key.dst) ? e : NULL;
}

struct sdentry *sdtable_at(const struct sdtable *t, const struct prefix *dst)
{
	struct sdentry *e = first_within(t, dst, SRC_FORK);

	return e && prefix_eq(&e->key.dst, dst) ? e : NULL;
}

struct sdentry *sdtable_at_next(const struct sdtable *t, const struct sdentry *e)
{
	(void)t;
	return e->fork >= SRC_FORK ? outermost(e->side[1], 0) : NULL;
}
