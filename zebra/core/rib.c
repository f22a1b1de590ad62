/* SPDX-License-Identifier: MIT */
/* The RIB: what the kernel is found to have, and its life. */
#include "zebra/core/rib_private.h"

#include <assert.h>
#include <string.h>

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
	struct rib_terms t;

	if (sdprefix_family(&n->entry.key) != f)
		return false;
	RIB_CANDS(n, c)
	{
		t = rib_cand_terms(c);
		if (addr_cmp(&t.prefsrc, a) == 0)
			return true;
	}
	return false;
}

void rib_address(struct rib *r, enum family f, const struct addr *a)
{
	struct rib_node *n = r->n_prefsrc ? rib_nodes_first(&r->nodes) : NULL;
	struct prefix host = prefix_host(f, a);
	struct sdprefix gate;

	r->epoch++;
	r->news++;
	if (sdprefix_make(&gate, &host, NULL))
		rib_gates_below(r, &gate, false);
	rib_loops_again(r);
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
	rib_held_set(r, n, f);
	rib_leftover(r, n, true);
	/* An interface may have taken the (D,S) along while we were away: an
	 * anchor without it would drop packets. */
	if (rib_node_auxiliary(n) || f->ruled)
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
	else if (!n->kernel && f->n_nexthops && (!f->ruled || rib_source_find(r, &f->pair.src)))
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
	pool_init(&r->nodes_pool, "rib node", sizeof(struct rib_node));
	pool_init(&r->rares_pool, "rib node, rare", sizeof(struct rib_rare));
	r->mem_rare.name = "rib rare";
	r->mem_cand.name = "rib candidate";
	r->mem_attr.name = "rib attributes";
	r->mem_nexthop.name = "rib next hop";
	r->mem_gate.name = "rib gateway";
	r->mem_if.name = "rib interface";
	r->mem_scratch.name = "rib batch";
	r->mem_queue.name = "rib queue";
	r->mem_retry.name = "rib retry";
	r->mem_source.name = "rib source";
	r->mem_own.name = "rib owner";
	r->env = *env;
	r->ctx = ctx;
	rib_nodes_init(&r->nodes);
	rib_gates_init(&r->gates);
	rib_interned_init(&r->hops);
	rib_interned_init(&r->forms);
	rib_interned_init(&r->attrs);
	rib_withhelds_init(&r->withhelds);
	loop_sides_init(&r->loops);
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
	rib_queue_free(r, &r->marked);
	rib_queue_free(r, &r->work);
	rib_withhelds_free(r);
	while ((n = rib_nodes_first(&r->nodes))) {
		while ((c = rib_cands_first(n)))
			rib_cand_free(r, c);
		rib_node_free(r, n);
	}
	rib_nodes_fini(&r->nodes);
	rib_gates_fini(&r->gates);
	rib_interned_fini(&r->attrs);
	rib_interned_fini(&r->forms);
	rib_interned_fini(&r->hops);
	rib_sources_free(r);
	rib_sources_fini(&r->sources);
	rib_covers_fini(&r->covers);
	rib_ifs_free(r);
	rib_owns_free(r);
	for (size_t i = 0; i < sizeof(scratches) / sizeof(*scratches); i++)
		mem_free(&r->mem_scratch, scratches[i]->v);
	pool_fini(&r->nodes_pool);
	pool_fini(&r->rares_pool);
	assert(!r->mem_rare.count && !r->mem_cand.count);
	assert(!r->mem_attr.count && !r->mem_nexthop.count && !r->mem_gate.count);
	assert(!r->mem_if.count && !r->mem_scratch.count && !r->mem_queue.count);
	assert(!r->mem_retry.count && !r->mem_source.count && !r->mem_own.count);
	tag = r->mem_rib;
	mem_free(&tag, r);
}
