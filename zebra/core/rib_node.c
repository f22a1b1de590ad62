/* SPDX-License-Identifier: MIT */
/* The RIB: nodes, and which of them are to be looked at. */
#include "zebra/core/rib_private.h"

#include <string.h>

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
	struct rib_node *n = rib_nodes_seek(&r->nodes, pair, &place);

	if (n)
		return n;
	n = pool_new(&r->nodes_pool);
	n->entry.key = *pair;
	rib_nodes_put(&r->nodes, &place, n);
	return n;
}

void rib_node_free(struct rib *r, struct rib_node *n)
{
	rib_held_clear(r, n);
	rib_refused_free(r, n);
	if (n->rare) {
		rib_told_clear(r, &n->rare->told);
		rib_retry_drop(r, &n->rare->retry);
		pool_free(&r->rares_pool, n->rare);
	}
	rib_nodes_del(&r->nodes, n);
	pool_free(&r->nodes_pool, n);
}

void rib_node_put(struct rib *r, struct rib_node *n)
{
	if (n->queued || n->in_job || n->kernel || rib_cands_first(n) || rib_refused_any(n) ||
	    (n->rare && n->rare->told.attr))
		return;
	rib_node_free(r, n);
}

/* What is rare */

struct rib_rare *rib_rare_get(struct rib *r, struct rib_node *n)
{
	if (!n->rare)
		n->rare = pool_new(&r->rares_pool);
	return n->rare;
}

void rib_rare_put(struct rib *r, struct rib_node *n)
{
	const struct rib_rare *x = n->rare;

	if (!x || x->more || x->told.attr || x->chosen || x->retry || x->refused[0] ||
	    x->refused[1] || x->side_used)
		return;
	pool_free(&r->rares_pool, n->rare);
	n->rare = NULL;
}

/* What is to be looked at */

void rib_queue_add(struct rib *r, struct rib_queue *q, struct rib_node *n)
{
	if (q->n == q->room) {
		size_t room = q->room ? 2 * q->room : 64;

		q->v = mem_resize(&r->mem_queue, q->v, q->room * sizeof(*q->v),
				  room * sizeof(*q->v));
		q->room = room;
	}
	q->v[q->n++] = n;
}

void rib_queue_free(struct rib *r, struct rib_queue *q)
{
	mem_free(&r->mem_queue, q->v);
	*q = (struct rib_queue){.n = 0};
}

void rib_queue_empty(struct rib *r, struct rib_queue *q)
{
	const size_t keep = 4096;

	q->n = 0;
	if (q->room > keep)
		rib_queue_free(r, q);
}

void rib_node_mark(struct rib *r, struct rib_node *n)
{
	n->dirty = true;
	if (n->queued)
		return;
	n->queued = true;
	rib_queue_add(r, &r->marked, n);
}

void rib_node_event(struct rib *r, struct rib_node *n)
{
	r->epoch++;
	r->news++;
	rib_node_mark(r, n);
	if (r->n_withheld)
		rib_source_retry(r, &n->entry.key.src);
}

void rib_node_retry(struct rib *r, struct rib_node *n)
{
	rib_node_event(r, n);
	rib_refused_clear(r, n);
	if (!sdprefix_is_plain(&n->entry.key))
		return;
	for (int upper = 0; upper < 2; upper++) {
		struct rib_node *half = rib_node_half(r, &n->entry.key.dst, upper);

		if (half && !rib_cands_first(half)) {
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
	if (rib_node_selected(n))
		rib_gates_below(r, &n->entry.key, true);
	if (!sdprefix_is_plain(&n->entry.key))
		return;
	for (int upper = 0; upper < 2; upper++) {
		struct rib_node *half = rib_node_half(r, &n->entry.key.dst, upper);

		if (half && rib_node_auxiliary(half)) {
			half->doubt = true;
			rib_node_mark(r, half);
		}
	}
}

static void sift_down(struct rib_node **v, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		struct rib_node *t = v[at];

		if (child + 1 < n &&
		    sdprefix_cmp(&v[child]->entry.key, &v[child + 1]->entry.key) < 0)
			child++;
		if (sdprefix_cmp(&t->entry.key, &v[child]->entry.key) >= 0)
			return;
		v[at] = v[child];
		v[child] = t;
	}
}

static bool sorted(struct rib_node *const *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (sdprefix_cmp(&v[i - 1]->entry.key, &v[i]->entry.key) > 0)
			return false;
	return true;
}

/* They mostly come in order. */
void rib_nodes_sort(struct rib_node **v, size_t n)
{
	if (sorted(v, n))
		return;
	for (size_t i = n / 2; i-- > 0;)
		sift_down(v, i, n);
	while (n > 1) {
		struct rib_node *t = v[0];

		v[0] = v[--n];
		v[n] = t;
		sift_down(v, 0, n);
	}
}
