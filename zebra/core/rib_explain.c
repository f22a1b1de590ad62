/* SPDX-License-Identifier: MIT */
/* Why a packet is routed as it is. Pure and const. */
#include "zebra/core/rib_explain.h"

#include "zebra/core/rib_private.h"

/* ---- the table's side ---- */

struct walk {
	const struct rib *rib;
	const struct rib_packet *packet;
	const struct rib_explainer *to;
	void *ctx;
	const struct rib_cand *winner;
	size_t told, untold; /* of pairs whose source does not match */
};

/* Halves and anchors, and what is only still in the kernel, are in no table. */
static bool has_candidate(const struct rib_node *n)
{
	const struct rib_cand *c;

	RIB_CANDS(n, c)
	if (!c->gone)
		return true;
	return false;
}

static const struct rib_cand *chosen(const struct rib_node *n)
{
	const struct rib_cand *c = rib_node_selected(n);

	return c && !c->gone ? c : NULL;
}

/* Has come since the last run, or can be used since then. */
static bool to_be_chosen(const struct rib_node *n)
{
	const struct rib_cand *c;

	RIB_CANDS(n, c)
	if (!c->gone && rib_cand_why(c) == RIB_WHY_PENDING)
		return true;
	return false;
}

static enum rib_verdict verdict_on(const struct walk *w, const struct rib_node *n)
{
	const struct rib_cand *c = chosen(n);

	if (!prefix_has(&n->entry.key.src, w->packet->family, &w->packet->src))
		return RIB_PASSED_SOURCE;
	if (w->winner)
		return RIB_PASSED_LONGER;
	if (!c)
		return to_be_chosen(n) ? RIB_PASSED_KERNEL : RIB_PASSED_UNUSABLE;
	return c->state == RIB_FAILED ? RIB_PASSED_KERNEL : RIB_TAKES;
}

static bool lost(enum rib_why why)
{
	return why == RIB_WHY_CONNECTED || why == RIB_WHY_DISTANCE || why == RIB_WHY_METRIC ||
	       why == RIB_WHY_OLDER;
}

static void tell_candidate(const struct walk *w, const struct rib_node *n, const struct rib_cand *c)
{
	struct rib_view v = rib_cand_view(w->rib, c), best;

	if (!lost(v.why) || !chosen(n)) {
		w->to->candidate(w->ctx, &v, NULL);
		return;
	}
	best = rib_cand_view(w->rib, chosen(n));
	w->to->candidate(w->ctx, &v, &best);
}

static void tell(struct walk *w, const struct rib_node *n)
{
	enum rib_verdict v = verdict_on(w, n);
	const struct rib_cand *c;

	w->to->pair(w->ctx, &n->entry.key, v);
	if (chosen(n))
		tell_candidate(w, n, chosen(n));
	RIB_CANDS(n, c)
	if (!c->gone && !c->selected)
		tell_candidate(w, n, c);
	if (v == RIB_TAKES)
		w->winner = rib_node_selected(n);
}

static void tell_mismatch(struct walk *w, const struct rib_node *n)
{
	if (w->told == RIB_EXPLAIN_MOST) {
		w->untold++;
		return;
	}
	w->told++;
	tell(w, n);
}

/* Those whose source does not match, then those that do, longest first. */
static void tell_destination(struct walk *w, const struct rib_node *first)
{
	const struct prefix *dst = &first->entry.key.dst;
	const struct addr *src = &w->packet->src;
	const struct rib_node *n;

	for (n = first; n; n = rib_nodes_at_next(&w->rib->nodes, n))
		if (has_candidate(n) && !prefix_has(&n->entry.key.src, w->packet->family, src))
			tell_mismatch(w, n);
	for (int len = (int)family_bits(w->packet->family); len >= 0; len--) {
		struct sdprefix pair;
		struct prefix s;

		if (!prefix_make(&s, w->packet->family, src, (unsigned int)len) ||
		    !sdprefix_make(&pair, dst, &s))
			continue;
		n = rib_node_find(w->rib, &pair);
		if (n && has_candidate(n))
			tell(w, n);
	}
}

size_t rib_explain(const struct rib *r, const struct rib_packet *p, const struct rib_explainer *to,
		   void *ctx, bool *found, struct rib_view *winner)
{
	struct walk w = {.rib = r, .packet = p, .to = to, .ctx = ctx};

	for (int len = (int)family_bits(p->family); len >= 0 && !w.winner; len--) {
		const struct rib_node *n;
		struct prefix dst;

		if (!prefix_make(&dst, p->family, &p->dst, (unsigned int)len))
			continue;
		n = rib_nodes_at(&r->nodes, &dst);
		if (n)
			tell_destination(&w, n);
	}
	*found = w.winner != NULL;
	if (w.winner)
		*winner = rib_cand_view(r, w.winner);
	return w.untold;
}

/* ---- the kernel's side ---- */

static bool same_hop(const struct rib_nexthop *a, const struct rib_nexthop *b)
{
	bool gate = a->kind == RIB_NH_GATE || a->kind == RIB_NH_GATE_IFINDEX;

	if (a->kind != b->kind || a->ifindex != b->ifindex)
		return false;
	return !gate || (a->gate6 == b->gate6 && addr_cmp(&a->gate, &b->gate) == 0);
}

static bool has_hop(const struct rib_nexthop *v, uint32_t n, const struct rib_nexthop *nh)
{
	for (uint32_t i = 0; i < n; i++)
		if (same_hop(&v[i], nh))
			return true;
	return false;
}

/* The kernel's own choice among several is none of our business. */
static bool same_hops(const struct rib_view *v, const struct rib_kernel_answer *k)
{
	if (v->n_resolved != k->n_nexthops)
		return false;
	for (uint32_t i = 0; i < k->n_nexthops; i++)
		if (!has_hop(v->resolved, v->n_resolved, &k->nexthops[i]))
			return false;
	return true;
}

/* Of several that drop the table has one left. */
static bool drops_as(const struct rib_view *w, enum rib_nexthop_kind kind)
{
	return w && w->n_resolved == 1 && w->resolved[0].kind == kind;
}

static enum rib_agreement agree_on_none(const struct rib_view *w, const struct rib_kernel_answer *k)
{
	if (!w && k->kind == RIB_KERNEL_NONE)
		return RIB_AGREE_EQUAL;
	if (k->kind == RIB_KERNEL_DROPS && drops_as(w, k->drops))
		return RIB_AGREE_EQUAL;
	return w && w->why == RIB_WHY_PENDING ? RIB_AGREE_PENDING : RIB_DIFFER_NO_ROUTE;
}

static enum rib_agreement agree_on_route(const struct rib_view *w,
					 const struct rib_kernel_answer *k)
{
	bool same_dst;

	if (!w)
		return RIB_DIFFER_UNEXPECTED;
	same_dst = prefix_eq(&w->pair.dst, &k->pair.dst);
	if (same_hops(w, k))
		return same_dst ? RIB_AGREE_EQUAL : RIB_AGREE_SAME_WAY;
	if (w->why == RIB_WHY_PENDING)
		return RIB_AGREE_PENDING;
	return same_dst ? RIB_DIFFER_NEXTHOPS : RIB_DIFFER_ROUTE;
}

enum rib_agreement rib_agree(const struct rib_packet *p, const struct rib_view *winner,
			     const struct rib_kernel_answer *k)
{
	switch (k->kind) {
	case RIB_KERNEL_MUTE:
		return RIB_AGREE_UNKNOWN;
	case RIB_KERNEL_LOCAL:
		return RIB_AGREE_OWN;
	case RIB_KERNEL_DROPS:
	case RIB_KERNEL_NONE:
	case RIB_KERNEL_ERROR:
		return agree_on_none(winner, k);
	case RIB_KERNEL_ROUTE:
		break;
	}
	if (addr_is_linklocal(p->family, &p->dst) &&
	    addr_is_linklocal(p->family, &k->pair.dst.addr))
		return RIB_AGREE_LINKLOCAL;
	return agree_on_route(winner, k);
}

/* ---- words ---- */

const char *rib_verdict_name(enum rib_verdict v)
{
	switch (v) {
	case RIB_PASSED_SOURCE:
		return "source";
	case RIB_PASSED_LONGER:
		return "longer-source";
	case RIB_PASSED_UNUSABLE:
		return "unusable";
	case RIB_PASSED_KERNEL:
		return "not-in-kernel";
	case RIB_TAKES:
		break;
	}
	return "takes";
}

const char *rib_agreement_name(enum rib_agreement a)
{
	switch (a) {
	case RIB_AGREE_UNKNOWN:
		break;
	case RIB_AGREE_OWN:
		return "own-address";
	case RIB_AGREE_LINKLOCAL:
		return "link-local";
	case RIB_AGREE_EQUAL:
		return "equal";
	case RIB_AGREE_SAME_WAY:
		return "same-way";
	case RIB_AGREE_PENDING:
		return "pending";
	case RIB_DIFFER_NO_ROUTE:
		return "no-route";
	case RIB_DIFFER_UNEXPECTED:
		return "unexpected";
	case RIB_DIFFER_ROUTE:
		return "other-route";
	case RIB_DIFFER_NEXTHOPS:
		return "other-next-hops";
	}
	return "unknown";
}
