/* SPDX-License-Identifier: MIT */
/* The RIB: what is stored, and the choice among it. */
#include "zebra/core/rib_private.h"

#include <assert.h>
#include <string.h>

/* Nodes */

struct rib_node *rib_node_find(const struct rib *r, const struct sdprefix *pair)
{
	return rib_nodes_find(&r->nodes, pair);
}

struct rib_node *rib_node_half(const struct rib *r, const struct prefix *dst, bool upper)
{
	struct addr a = {{upper ? 0x80 : 0}};
	struct prefix src;
	struct sdprefix pair;

	if (dst->family != FAM_IP6 || !prefix_make(&src, FAM_IP6, &a, 1) ||
	    !sdprefix_make(&pair, dst, &src))
		return NULL;
	return rib_node_find(r, &pair);
}

struct rib_node *rib_node_get(struct rib *r, const struct sdprefix *pair)
{
	struct sdplace place;
	struct rib_node *n = rib_nodes_seek(&r->nodes, pair, &place), *other;

	if (n)
		return n;
	n = mem_new(&r->mem_node, sizeof(*n));
	n->entry.key = *pair;
	rib_cands_init(&n->cands);
	other = rib_nodes_same_dst(&place);
	if (other) {
		n->dest = other->dest;
	} else {
		n->dest = mem_new(&r->mem_dest, sizeof(*n->dest));
		dirty_nodes_init(&n->dest->dirty);
	}
	n->dest->n_nodes++;
	rib_nodes_put(&r->nodes, &place, n);
	return n;
}

static void node_free(struct rib *r, struct rib_node *n)
{
	struct rib_dest *d = n->dest;

	rib_held_clear(r, n);
	rib_refused_free(r, n);
	rib_told_free(r, n);
	rib_retry_drop(r, &n->retry);
	if (dirty_nodes_linked(n))
		dirty_nodes_del(&d->dirty, n);
	rib_nodes_del(&r->nodes, n);
	mem_free(&r->mem_node, n);
	if (--d->n_nodes)
		return;
	if (dirty_dests_linked(d))
		dirty_dests_del(&r->dirty, d);
	mem_free(&r->mem_dest, d);
}

void rib_node_put(struct rib *r, struct rib_node *n)
{
	if (rib_cands_empty(&n->cands) && !n->held && !rib_refused_any(n) && !n->told &&
	    !n->in_job && !dirty_nodes_linked(n))
		node_free(r, n);
}

void rib_node_mark(struct rib *r, struct rib_node *n)
{
	if (!dirty_nodes_linked(n))
		dirty_nodes_add_tail(&n->dest->dirty, n);
	if (!dirty_dests_linked(n->dest))
		dirty_dests_add_tail(&r->dirty, n->dest);
}

/* An event from outside: it grants resolution its turns anew. */
static void node_event(struct rib *r, struct rib_node *n)
{
	r->epoch++;
	rib_node_mark(r, n);
	if (r->n_withheld)
		rib_source_retry(r, &n->entry.key.src);
}

void rib_node_retry(struct rib *r, struct rib_node *n)
{
	node_event(r, n);
	rib_refused_clear(r, n);
	if (!sdprefix_is_plain(&n->entry.key))
		return;
	for (int upper = 0; upper < 2; upper++) {
		struct rib_node *half = rib_node_half(r, &n->entry.key.dst, upper);

		if (half && rib_cands_empty(&half->cands)) {
			rib_node_mark(r, half);
			rib_refused_clear(r, half);
		}
	}
}

void rib_node_doubt(struct rib *r, struct rib_node *n)
{
	rib_node_mark(r, n);
	if (n->doubt)
		return;
	n->doubt = true; /* from here on it is passed by, so this ends */
	if (n->selected)
		rib_gates_below(r, &n->entry.key, true);
	if (!sdprefix_is_plain(&n->entry.key))
		return;
	for (int upper = 0; upper < 2; upper++) {
		struct rib_node *half = rib_node_half(r, &n->entry.key.dst, upper);

		if (half && half->auxiliary) {
			half->doubt = true;
			rib_node_mark(r, half);
		}
	}
}

/* Candidates */

bool rib_owner_eq(const struct rib_owner *a, const struct rib_owner *b)
{
	return a->type == b->type && a->instance == b->instance &&
	       a->distance_key == b->distance_key && a->key == b->key && a->config == b->config;
}

struct rib_cand *rib_cand_find(const struct rib_node *n, const struct rib_owner *o)
{
	struct rib_cand *c;

	LIST_EACH (rib_cands, &n->cands, c)
		if (rib_owner_eq(&c->owner, o))
			return c;
	return NULL;
}

static struct rib_cand *cand_new(struct rib *r, struct rib_node *n, const struct rib_owner *o)
{
	struct rib_cand *c = mem_new(&r->mem_cand, sizeof(*c));

	c->node = n;
	c->owner = *o;
	rib_cands_add_tail(&n->cands, c);
	r->n_cands++;
	return c;
}

static void cand_set_nexthops(struct rib *r, struct rib_cand *c, const struct rib_spec *spec)
{
	size_t n = spec->n_nexthops;
	char *block;

	rib_deps_detach(r, c);
	mem_free(&r->mem_nexthop, c->deps);
	c->deps = NULL;
	c->nexthops = NULL;
	c->nexthop_why = NULL;
	c->n_nexthops = spec->n_nexthops;
	if (!n)
		return;
	block = mem_new(&r->mem_nexthop,
			n * (sizeof(*c->deps) + sizeof(*c->nexthops) + sizeof(*c->nexthop_why)));
	c->deps = (struct rib_dep *)(void *)block;
	c->nexthops = (struct rib_nexthop *)(void *)(block + n * sizeof(*c->deps));
	c->nexthop_why = (uint8_t *)(block + n * (sizeof(*c->deps) + sizeof(*c->nexthops)));
	memcpy(c->nexthops, spec->nexthops, n * sizeof(*c->nexthops));
	c->fresh = true;
	rib_deps_attach(r, c);
}

void rib_cand_free(struct rib *r, struct rib_cand *c)
{
	rib_deps_detach(r, c);
	if (loop_cands_linked(c))
		loop_cands_del(&r->loops, c);
	rib_own_drop(r, c);
	if (c->node->selected == c)
		c->node->selected = NULL;
	rib_cands_del(&c->node->cands, c);
	r->n_prefsrc -= !addr_is_zero(&c->prefsrc);
	if (!c->gone)
		r->n_cands--;
	mem_free(&r->mem_nexthop, c->deps);
	mem_free(&r->mem_nexthop, c->resolved);
	mem_free(&r->mem_cand, c);
}

static bool nexthop_given_eq(const struct rib_nexthop *a, const struct rib_nexthop *b)
{
	return a->kind == b->kind && a->ifindex == b->ifindex && a->onlink == b->onlink &&
	       a->weight == b->weight && a->gate6 == b->gate6 && addr_cmp(&a->gate, &b->gate) == 0;
}

bool rib_cand_is(const struct rib_cand *c, const struct rib_spec *s)
{
	const struct rib_terms *given = &c->given;

	if (c->distance != s->distance || given->metric != s->metric || given->tag != s->tag ||
	    c->mtu != s->mtu || addr_cmp(&given->prefsrc, &s->prefsrc) != 0 ||
	    c->recursive != s->recursive || c->n_nexthops != s->n_nexthops)
		return false;
	for (uint32_t i = 0; i < s->n_nexthops; i++)
		if (!nexthop_given_eq(&c->nexthops[i], &s->nexthops[i]))
			return false;
	return true;
}

void rib_add(struct rib *r, const struct sdprefix *pair, const struct rib_owner *owner,
	     const struct rib_spec *spec, mono_t now)
{
	struct rib_node *n = rib_node_get(r, pair);
	struct rib_cand *c = rib_cand_find(n, owner);
	bool fresh = !c;

	assert(spec->n_nexthops <= RIB_MAX_NEXTHOPS);
	if (!c)
		c = cand_new(r, n, owner);
	if (c->gone)
		r->n_cands++;
	c->gone = false;
	rib_own_take(r, c);
	c->told = false;
	c->added = rib_main(r)->mark;
	node_event(r, n);
	if (!fresh && rib_cand_is(c, spec))
		return;
	c->distance = spec->distance;
	c->given = (struct rib_terms){
		.metric = spec->metric, .tag = spec->tag, .prefsrc = spec->prefsrc};
	if (fresh)
		rib_cand_set_terms(r, c, &c->given);
	c->unjudged = true;
	c->mtu = spec->mtu;
	c->recursive = spec->recursive;
	c->since = now;
	c->seq = r->seq++;
	c->changed = true;
	rib_retry_restart(r, n);
	if (owner->type == RIB_TYPE_CONNECTED)
		rib_retry_interfaces(r);
	cand_set_nexthops(r, c, spec);
}

void rib_cand_delete(struct rib *r, struct rib_cand *c)
{
	if (c->gone)
		return;
	c->gone = true;
	rib_own_drop(r, c);
	r->n_cands--;
	/* Its owner is back and does not want it, claimed in a run or not. */
	if (c->node->leftover && c->node->kernel.type == c->owner.type)
		rib_leftover(r, c->node, false);
	node_event(r, c->node);
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

/* Choice */

/* The numbers are those of rib.h. */
enum rib_why rib_cand_worse(const struct rib_cand *a, const struct rib_cand *b)
{
	bool a_connected = a->owner.type == RIB_TYPE_CONNECTED;
	bool b_connected = b->owner.type == RIB_TYPE_CONNECTED;

	if (a_connected != b_connected) /* 2 */
		return a_connected ? RIB_WHY_USED : RIB_WHY_CONNECTED;
	if (a->distance != b->distance) /* 3 */
		return a->distance < b->distance ? RIB_WHY_USED : RIB_WHY_DISTANCE;
	if (a->metric != b->metric) /* 4 */
		return a->metric < b->metric ? RIB_WHY_USED : RIB_WHY_METRIC;
	return a->seq < b->seq ? RIB_WHY_USED : RIB_WHY_OLDER; /* 5 */
}

static struct rib_cand *judge(const struct rib_node *n)
{
	struct rib_cand *c, *best = NULL;

	LIST_EACH (rib_cands, &n->cands, c) {
		if (c->gone || !c->usable || c->denied || c->distance == 255) /* 1 */
			continue;
		if (!best || rib_cand_worse(c, best) == RIB_WHY_USED)
			best = c;
	}
	return best;
}

static bool cand_looped(struct rib *r, struct rib_cand *c)
{
	bool was = loop_cands_linked(c);

	c->looped = c->looped && !c->gone;
	if (c->looped == was)
		return false;
	if (was) {
		loop_cands_del(&r->loops, c);
		return true;
	}
	loop_cands_add_tail(&r->loops, c);
	if (r->env.looped)
		r->env.looped(r->ctx, &c->node->entry.key, &c->owner);
	return true;
}

void rib_node_choose(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c, *was = n->selected;
	bool moved = false, other_ways = false;

	LIST_EACH (rib_cands, &n->cands, c) {
		bool changed = !c->gone && rib_cand_resolve(r, c);

		c->changed = c->changed || changed;
		/* Who waits in the same loop is in no loop any more, or is now. */
		if (cand_looped(r, c))
			moved = true;
		/* Loops go through what waits, too. */
		other_ways = other_ways || (c->recursive && (c->fresh || c->gone));
		c->fresh = false;
		if (!c->gone && (changed || c->unjudged) && rib_cand_judge(r, c))
			c->changed = true;
		/* Of connected ones each counts, not only the chosen: a gateway
		 * may be on the other one's interface. */
		if ((changed || c->gone) && (c == was || c->owner.type == RIB_TYPE_CONNECTED))
			moved = true;
	}
	n->selected = judge(n);
	if (n->selected != was)
		moved = true;
	if (n->selected)
		n->selected->state = RIB_SELECTED;
	if (moved)
		rib_gates_below(r, &n->entry.key, false);
	else if (other_ways)
		rib_loops_again(r);
}

/* The kernel's side */

void rib_kernel_lost(struct rib *r, const struct sdprefix *pair)
{
	struct rib_node *n = rib_node_find(r, pair);

	if (!n)
		return;
	rib_node_retry(r, n);
	if (n->leftover)
		rib_held_clear(r, n);
	else
		n->doubt = true;
}

static bool prefers(const struct rib_node *n, enum family f, const struct addr *a)
{
	const struct rib_cand *c;

	if (sdprefix_family(&n->entry.key) != f)
		return false;
	LIST_EACH (rib_cands, &n->cands, c)
		if (addr_cmp(&c->prefsrc, a) == 0)
			return true;
	return false;
}

void rib_address(struct rib *r, enum family f, const struct addr *a)
{
	struct rib_node *n = r->n_prefsrc ? rib_nodes_first(&r->nodes) : NULL;
	struct prefix host = prefix_host(f, a);
	struct sdprefix gate;

	r->epoch++;
	if (sdprefix_make(&gate, &host, NULL))
		rib_gates_below(r, &gate, false);
	rib_retry_interfaces(r);
	for (; n; n = rib_nodes_next(&r->nodes, n)) {
		if (!prefers(n, f, a))
			continue;
		rib_node_retry(r, n);
		rib_node_doubt(r, n);
	}
	for (size_t i = 0; i < r->n_tables; i++)
		rib_address(r->tables[i], f, a);
}

static void kernel_adopt(struct rib *r, struct rib_node *n, const struct fib_route *f)
{
	rib_held_set(r, n, f, f->type == RIB_TYPE_AUXILIARY);
	rib_leftover(r, n, true);
	/* An interface may have taken the (D,S) along while we were away: an
	 * anchor without it would drop packets. */
	if (n->auxiliary || f->ruled)
		rib_node_mark(r, n);
}

void rib_kernel_found(struct rib *r, const struct fib_route *f)
{
	bool by_rules = rib_by_rules(r, sdprefix_family(&f->pair));
	bool sourced = !sdprefix_is_plain(&f->pair);
	struct rib_node *n = rib_node_get(r, &f->pair);

	/* Of a backend that is not in use: it goes when what is right is there. */
	if (f->n_nexthops && (sourced || f->type == RIB_TYPE_AUXILIARY) && by_rules != f->ruled)
		rib_retire_route(r, f);
	else if (!n->held && f->n_nexthops && (!f->ruled || rib_source_find(r, &f->pair.src)))
		kernel_adopt(r, n, f);
	rib_node_put(r, n);
}

/* Life */

void *rib_scratch(struct rib *r, struct scratch *s, size_t octets)
{
	if (octets > s->room) {
		size_t room = octets > 2 * s->room ? octets : 2 * s->room;

		s->v = mem_resize(&r->mem_scratch, s->v, s->room, room);
		s->room = room;
	}
	return s->v;
}

struct rib *rib_new(const struct rib_env *env, void *ctx)
{
	struct memtag tag = {.name = "rib"};
	struct rib *r = mem_new(&tag, sizeof(*r));

	r->mem_rib = tag;
	r->mem_node.name = "rib node";
	r->mem_dest.name = "rib destination";
	r->mem_cand.name = "rib candidate";
	r->mem_nexthop.name = "rib next hop";
	r->mem_gate.name = "rib gateway";
	r->mem_if.name = "rib interface";
	r->mem_scratch.name = "rib batch";
	r->mem_told.name = "rib redistributed";
	r->mem_retry.name = "rib retry";
	r->mem_source.name = "rib source";
	r->mem_own.name = "rib owner";
	r->env = *env;
	r->ctx = ctx;
	rib_nodes_init(&r->nodes);
	rib_gates_init(&r->gates);
	dirty_dests_init(&r->dirty);
	loop_cands_init(&r->loops);
	rib_retry_init(r);
	rib_sources_init(&r->sources);
	rib_covers_init(&r->covers);
	r->setup.range =
		(struct rib_range){RIB_RANGE_PREFERENCE, RIB_RANGE_TABLE, RIB_RANGE_TABLES};
	return r;
}

void rib_free(struct rib *r)
{
	struct scratch *const scratches[] = {&r->jobs,	   &r->job_nodes, &r->ops,  &r->batch,
					     &r->answers,  &r->have,	  &r->want, &r->of_tables,
					     &r->by_rules, &r->retired};
	struct memtag tag;
	struct rib_node *n;
	struct rib_cand *c;

	while (r->n_tables)
		rib_free(r->tables[--r->n_tables]);
	while ((n = rib_nodes_first(&r->nodes))) {
		while ((c = rib_cands_first(&n->cands)))
			rib_cand_free(r, c);
		node_free(r, n);
	}
	rib_nodes_fini(&r->nodes);
	rib_gates_fini(&r->gates);
	rib_sources_free(r);
	rib_sources_fini(&r->sources);
	rib_covers_fini(&r->covers);
	rib_ifs_free(r);
	rib_owns_free(r);
	for (size_t i = 0; i < sizeof(scratches) / sizeof(*scratches); i++)
		mem_free(&r->mem_scratch, scratches[i]->v);
	assert(!r->mem_node.count && !r->mem_dest.count && !r->mem_cand.count);
	assert(!r->mem_nexthop.count && !r->mem_gate.count && !r->mem_if.count);
	assert(!r->mem_scratch.count && !r->mem_told.count && !r->mem_retry.count);
	assert(!r->mem_source.count && !r->mem_own.count);
	tag = r->mem_rib;
	mem_free(&tag, r);
}
