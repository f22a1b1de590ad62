/* SPDX-License-Identifier: MIT */
/* Entries of the routing table and their next hops as leaves. */
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_retry.h"
#include "zebra/zebra_nb_route.h"

/* ---- next hops ---- */

static bool is_gate(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_GATE || nh->kind == RIB_NH_GATE_IFINDEX;
}

static const char *type_name(const struct rib_nexthop *nh)
{
	switch (nh->kind) {
	case RIB_NH_GATE:
	case RIB_NH_GATE_IFINDEX:
		return "gateway";
	case RIB_NH_IFINDEX:
		break;
	case RIB_NH_BLACKHOLE:
		return "blackhole";
	case RIB_NH_UNREACHABLE:
		return "unreachable";
	case RIB_NH_PROHIBIT:
		return "prohibit";
	case RIB_NH_THROW:
		return "throw";
	}
	return "direct";
}

void nb_nexthop_leaves(const struct zebra *z, struct nb_writer *w, uint32_t index,
		       enum family f, const struct rib_nexthop *nh)
{
	const struct iface *i = nh->ifindex ? ifaces_find(z->ifs, nh->ifindex) : NULL;
	char text[ADDR_STR];

	nb_leaf_u64(w, "index", index);
	nb_leaf(w, "type", type_name(nh));
	if (is_gate(nh))
		nb_leaf(w, "gateway", addr_str(rib_gate_family(f, nh), &nh->gate, text));
	if (i)
		nb_leaf(w, "interface", i->l.name);
	if (nh->ifindex)
		nb_leaf_u64(w, "if-index", nh->ifindex);
	nb_leaf_true(w, "onlink", nh->onlink);
	nb_leaf_u64(w, "weight", nh->weight ? nh->weight : 1);
}

/* Is the resolved next hop just this given one? */
static bool resolves_to(const struct rib_nexthop *given, const struct rib_nexthop *r)
{
	if (is_gate(given) != is_gate(r))
		return false;
	if (!is_gate(given))
		return given->kind == r->kind && given->ifindex == r->ifindex;
	return given->gate6 == r->gate6 && addr_cmp(&given->gate, &r->gate) == 0 &&
	       (given->ifindex == 0 || given->ifindex == r->ifindex);
}

static const struct rib_nexthop *direct_resolution(const struct rib_view *v,
						   const struct rib_nexthop *given)
{
	for (uint32_t i = 0; i < v->n_resolved; i++)
		if (resolves_to(given, &v->resolved[i]))
			return &v->resolved[i];
	return NULL;
}

static bool was_given(const struct rib_view *v, const struct rib_nexthop *r)
{
	for (uint32_t i = 0; i < v->n_nexthops; i++)
		if (resolves_to(&v->nexthops[i], r))
			return true;
	return false;
}

/* As given, each with what it became; what recursive ones became follows. */
static void write_nexthops(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	enum family f = sdprefix_family(&v->pair);
	bool in_fib = v->state == RIB_INSTALLED;
	uint32_t index = 0;

	for (uint32_t i = 0; i < v->n_nexthops; i++) {
		const struct rib_nexthop *given = &v->nexthops[i];
		const struct rib_nexthop *r = direct_resolution(v, given);

		nb_begin(w, "next-hop");
		nb_nexthop_leaves(z, w, index++, f, r && r->ifindex ? r : given);
		nb_leaf_true(w, "usable", v->nexthop_why[i] == RIB_WHY_USED);
		nb_leaf_true(w, "recursive", v->nexthop_why[i] == RIB_WHY_USED && !r);
		nb_leaf_true(w, "installed", in_fib && r);
		if (v->nexthop_why[i] != RIB_WHY_USED)
			nb_leaf(w, "reason", rib_why_str((enum rib_why)v->nexthop_why[i]));
		nb_end(w);
	}
	for (uint32_t i = 0; i < v->n_resolved; i++) {
		if (was_given(v, &v->resolved[i]))
			continue;
		nb_begin(w, "next-hop");
		nb_nexthop_leaves(z, w, index++, f, &v->resolved[i]);
		nb_leaf_true(w, "usable", true);
		nb_leaf_true(w, "resolving", true);
		nb_leaf_true(w, "installed", in_fib);
		nb_end(w);
	}
}

/* ---- entries ---- */

static const char *state_name(enum rib_state s)
{
	switch (s) {
	case RIB_UNUSABLE:
		break;
	case RIB_CANDIDATE:
		return "candidate";
	case RIB_SELECTED:
		return "selected";
	case RIB_INSTALLED:
		return "installed";
	case RIB_FAILED:
		return "failed";
	}
	return "unusable";
}

static void write_retry(const struct zebra *z, struct nb_writer *w, const struct sdprefix *pair)
{
	static const char *const names[] = {[RIB_RETRY_CHANGED] = "changed",
					    [RIB_RETRY_INTERFACE] = "interface",
					    [RIB_RETRY_LATER] = "timer"};
	mono_t now = loop_now(z->loop);
	struct rib_retry_view v;

	if (!rib_retry_of(z->rib, pair, &v))
		return;
	nb_leaf(w, "retry", names[v.when]);
	if (v.when == RIB_RETRY_LATER)
		nb_leaf_u64(w, "next-try", mono_before(now, v.at)
			? (uint64_t)(mono_sub(v.at, now) / USEC_PER_MSEC) : 0);
	nb_leaf_u64(w, "tries", v.tries);
}

/* The kernel's words are kept for the main table. */
void nb_error_leaves(const struct zebra *z, struct nb_writer *w, const struct sdprefix *pair,
		     int error)
{
	const char *words = z ? fib_netlink_reason(z->fib, pair) : NULL;

	nb_leaf_u64(w, "error", (uint64_t)error);
	nb_leaf_fmt(w, "reason", "%s%s%s%s", strerror(error), words ? " (" : "", words ? words : "",
		    words ? ")" : "");
	if (z)
		write_retry(z, w, pair);
}

/* Why the kernel does not have a chosen entry. */
static void failure_leaves(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	if (v->error == RIB_ERROR_NO_TABLE) {
		nb_leaf(w, "reason", "all kernel tables for sources are in use");
	} else if (v->why == RIB_WHY_WITHHELD) {
		nb_leaf_u64(w, "error", (uint64_t)v->error);
		nb_leaf_fmt(w, "reason", "%s (of what it needs beside it)", strerror(v->error));
		if (z)
			write_retry(z, w, &v->pair);
	} else {
		nb_error_leaves(z, w, &v->pair, v->error);
	}
}

void nb_prefsrc_leaf(struct nb_writer *w, const struct sdprefix *pair, const struct addr *a)
{
	char text[ADDR_STR];

	if (!addr_is_zero(a))
		nb_leaf(w, "preferred-source", addr_str(sdprefix_family(pair), a, text));
}

static void map_leaves(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	const struct rmap_map *m =
		rmap_of(z->rmaps, sdprefix_family(&v->pair), v->owner.type);

	if (!m)
		return;
	nb_leaf(w, "route-map", m->name);
	if (v->rule)
		nb_leaf_u64(w, "route-map-entry", v->rule);
}

static void why_leaf(const struct zebra *z, struct nb_writer *w, const struct rib_view *v)
{
	const struct rmap_map *m =
		rmap_of(z->rmaps, sdprefix_family(&v->pair), v->owner.type);

	if (v->why != RIB_WHY_DENIED || !m)
		nb_leaf(w, "reason", rib_why_str(v->why));
	else if (v->rule)
		nb_leaf_fmt(w, "reason", "denied by route-map %s %u", m->name, v->rule);
	else
		nb_leaf_fmt(w, "reason", "denied by route-map %s: no entry matches", m->name);
}

void nb_entry_leaves(const struct zebra *z, struct nb_writer *w, uint32_t table,
		     const struct rib_view *v)
{
	nb_leaf(w, "protocol", zapi_route_type_name(v->owner.type));
	nb_leaf_u64(w, "instance", v->owner.instance);
	nb_leaf_u64(w, "distance", v->distance);
	nb_leaf_u64(w, "discriminator", v->owner.config ? 1 : v->owner.key);
	nb_leaf_u64(w, "metric", v->metric);
	if (v->tag)
		nb_leaf_u64(w, "tag", v->tag);
	if (v->mtu)
		nb_leaf_u64(w, "mtu", v->mtu);
	nb_prefsrc_leaf(w, &v->pair, &v->prefsrc);
	nb_leaf(w, "state", state_name(v->state));
	if (v->state == RIB_FAILED)
		failure_leaves(table ? NULL : z, w, v);
	else if (v->why != RIB_WHY_USED)
		why_leaf(z, w, v);
	map_leaves(z, w, v);
	nb_leaf_true(w, "stale", v->stale);
	nb_leaf_u64(w, "uptime", nb_seconds(z, v->since));
	write_nexthops(z, w, v);
}
