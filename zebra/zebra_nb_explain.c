/* SPDX-License-Identifier: MIT */
/* explain-route: the way of a packet, with all reasons and the kernel's word. */
#include "zebra/zebra_nb_explain.h"

#include <stdio.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "lib/zapi/zapi.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_explain.h"
#include "zebra/kernel_ask.h"
#include "zebra/zebra_nb_route.h"

/* ---- the table's side ---- */

struct writing {
	const struct zebra *z;
	struct nb_writer *w;
	bool open; /* a pair is begun */
};

static void pair_begin(void *ctx, const struct sdprefix *pair, enum rib_verdict verdict)
{
	struct writing *x = ctx;

	if (x->open)
		nb_end(x->w);
	x->open = true;
	nb_begin(x->w, "pair");
	nb_pair_leaves(x->w, pair);
	nb_leaf(x->w, "verdict", rib_verdict_name(verdict));
}

static void candidate(void *ctx, const struct rib_view *v, const struct rib_view *better)
{
	struct writing *x = ctx;

	nb_begin(x->w, "candidate");
	nb_entry_leaves(x->z, x->w, 0, v);
	if (better) {
		nb_begin(x->w, "better");
		nb_leaf(x->w, "protocol", zapi_route_type_name(better->owner.type));
		nb_leaf_u64(x->w, "instance", better->owner.instance);
		nb_leaf_u64(x->w, "distance", better->distance);
		nb_leaf_u64(x->w, "metric", better->metric);
		nb_end(x->w);
	}
	nb_end(x->w);
}

static void hops(const struct writing *x, enum family f, const struct rib_nexthop *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		nb_begin(x->w, "next-hop");
		nb_nexthop_leaves(x->z, x->w, i, f, &v[i]);
		nb_end(x->w);
	}
}

static void way(const struct writing *x, const struct rib_view *winner)
{
	nb_begin(x->w, "way");
	nb_pair_leaves(x->w, &winner->pair);
	nb_leaf(x->w, "protocol", zapi_route_type_name(winner->owner.type));
	if (winner->why == RIB_WHY_PENDING)
		nb_leaf_bool(x->w, "pending", true);
	hops(x, sdprefix_family(&winner->pair), winner->resolved, winner->n_resolved);
	nb_end(x->w);
}

/* ---- the kernel's side ---- */

static const char *kind_name(const struct rib_kernel_answer *k)
{
	switch (k->kind) {
	case RIB_KERNEL_ROUTE:
		return "route";
	case RIB_KERNEL_LOCAL:
		return "local";
	case RIB_KERNEL_DROPS:
		return k->drops == RIB_NH_PROHIBIT	? "prohibit"
		       : k->drops == RIB_NH_UNREACHABLE ? "unreachable"
							: "blackhole";
	case RIB_KERNEL_NONE:
		return "none";
	case RIB_KERNEL_ERROR:
		return "refused";
	case RIB_KERNEL_MUTE:
		break;
	}
	return "not-asked";
}

static const char *agreement_word(enum rib_agreement a)
{
	switch (a) {
	case RIB_AGREE_UNKNOWN:
		break;
	case RIB_AGREE_EQUAL:
		return "equal";
	case RIB_AGREE_OWN:
	case RIB_AGREE_LINKLOCAL:
	case RIB_AGREE_SAME_WAY:
	case RIB_AGREE_PENDING:
		return "expected";
	case RIB_DIFFER_NO_ROUTE:
	case RIB_DIFFER_UNEXPECTED:
	case RIB_DIFFER_ROUTE:
	case RIB_DIFFER_NEXTHOPS:
		return "different";
	}
	return "unknown";
}

static void kernel_route(const struct writing *x, const struct rib_kernel_answer *k)
{
	char text[PREFIX_STR];
	struct prefix rule;

	nb_pair_leaves(x->w, &k->pair);
	nb_leaf_u64(x->w, "table", k->table);
	if (rib_slot_source(x->z->rib, sdprefix_family(&k->pair), k->table, &rule))
		nb_leaf(x->w, "rule-source", prefix_str(&rule, text));
	nb_leaf_u64(x->w, "origin", k->protocol);
	nb_leaf_u64(x->w, "metric", k->priority);
	hops(x, sdprefix_family(&k->pair), k->nexthops, k->n_nexthops);
	for (uint32_t i = 0; k->have_taken && i < k->n_nexthops; i++)
		if (k->nexthops[i].ifindex == k->taken.ifindex &&
		    addr_cmp(&k->nexthops[i].gate, &k->taken.gate) == 0) {
			nb_leaf_u64(x->w, "taken", i);
			break;
		}
}

static void kernel(const struct writing *x, const struct kernel_question *q,
		   const struct rib_kernel_answer *k, enum rib_agreement a)
{
	const struct iface *i = q->iif ? ifaces_find(x->z->ifs, q->iif) : NULL;

	nb_begin(x->w, "kernel");
	nb_leaf(x->w, "agreement", agreement_word(a));
	if (a != RIB_AGREE_EQUAL && a != RIB_AGREE_UNKNOWN)
		nb_leaf(x->w, "difference", rib_agreement_name(a));
	if (i)
		nb_leaf(x->w, "interface", i->l.name);
	nb_leaf(x->w, "kind", kind_name(k));
	if (k->error) {
		nb_leaf_u64(x->w, "error", (uint64_t)k->error);
		nb_leaf(x->w, "reason", strerror(k->error));
	} else if (k->kind == RIB_KERNEL_MUTE) {
		nb_leaf(x->w, "reason", "no interface leads back to the source: name one");
	}
	if (k->kind == RIB_KERNEL_ROUTE || k->kind == RIB_KERNEL_LOCAL)
		kernel_route(x, k);
	nb_end(x->w);
}

/* IPv4 takes another host's source only of a packet that came in: by the way
 * back to it, unless somebody knows better. */
static bool came_in(const struct zebra *z, struct kernel_question *q)
{
	const struct rib_packet *p = &q->packet;
	struct rib_view v;

	if (q->iif || p->family != FAM_IP4 || addr_is_zero(&p->src) ||
	    ifaces_has_addr(z->ifs, p->family, &p->src))
		return true;
	if (!rib_lookup(z->rib, p->family, &p->src, &p->dst, &v) || !v.n_resolved)
		return false;
	q->iif = v.resolved[0].ifindex;
	return q->iif != 0;
}

/* ---- the call ---- */

static bool asked(const struct zebra *z, const struct nb_input *in, struct kernel_question *q,
		  char *err, unsigned int err_size)
{
	const char *dst = nb_input(in, "destination"), *src = nb_input(in, "source");
	const char *ifname = nb_input(in, "interface");
	const struct iface *i = ifname ? ifaces_find_name(z->ifs, ifname) : NULL;
	enum family f;

	if (!dst || !src || !addr_parse(dst, &q->packet.family, &q->packet.dst) ||
	    !addr_parse(src, &f, &q->packet.src) || f != q->packet.family) {
		snprintf(err, err_size, "%s from %s: not two addresses of one family",
			 dst ? dst : "", src ? src : "");
		return false;
	}
	if (ifname && !i) {
		snprintf(err, err_size, "there is no interface %s", ifname);
		return false;
	}
	q->iif = i ? i->l.ifindex : 0;
	return true;
}

bool nb_explain_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		     unsigned int err_size)
{
	static const struct rib_explainer explainer = {.pair = pair_begin, .candidate = candidate};
	struct writing x = {.z = nb_zebra(ctx), .w = out};
	struct kernel_question q = {.iif = 0};
	struct rib_kernel_answer k = {.kind = RIB_KERNEL_MUTE};
	struct rib_view winner;
	size_t more;
	bool found;

	if (!asked(x.z, in, &q, err, err_size))
		return false;
	more = rib_explain(x.z->rib, &q.packet, &explainer, &x, &found, &winner);
	if (x.open)
		nb_end(out);
	if (more)
		nb_leaf_u64(out, "more", more);
	if (found)
		way(&x, &winner);
	if (came_in(x.z, &q))
		kernel_ask(&q, &k);
	kernel(&x, &q, &k, rib_agree(&q.packet, found ? &winner : NULL, &k));
	return true;
}
