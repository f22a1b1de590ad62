/* SPDX-License-Identifier: MIT */
/*
 * IPv4 routes with IPv6 next hops, RFC 9229.
 *
 * An interface with an IPv4 address announces IPv4 pairs as everybody does
 * (AE 1); one without does it by AE 4, and then our link-local address, from
 * which every packet comes, is the next hop. What is received by either is
 * the same route of the same neighbour, and requests are alike.
 */
#include "babeld/core/core.h"

enum family via6_nexthop(const struct babel *b, const struct iface *i, const struct pfx *p)
{
	if (sdprefix_family(&p->entry.key) == FAM_IP6)
		return FAM_IP6;
	/* RFC 9229 2.1: AE 1 where there is an address, and never both. */
	if (i->info.have_ip4)
		return FAM_IP4;
	return i->config.v4_via_v6 && b->v4_via_v6 ? FAM_IP6 : FAM_NONE;
}

/* AE 4 is unknown there from now on (RFC 9229 5): nobody would refresh or
 * retract these. */
static void forget(struct babel *b, struct iface *i)
{
	struct neigh *n;
	struct route *r, *next;

	LIST_EACH (neighs, &i->neighs, n) {
		if (!n->rows)
			continue;
		LIST_EACH_SAFE (neigh_routes, &n->rows->routes, r, next) {
			if (r->refmetric == BABEL_INFINITY || !via6_route(r))
				continue;
			route_retract(b, r, REFUSED_NOT);
			select_run(b, r->pfx);
		}
	}
}

static bool same_ip4(const struct babel_if_info *a, const struct babel_if_info *b)
{
	return a->have_ip4 == b->have_ip4 && (!a->have_ip4 || addr_cmp(&a->ip4, &b->ip4) == 0);
}

void via6_if_changed(struct babel *b, struct iface *i, const struct babel_if_info *was, bool was_on)
{
	bool on = i->config.v4_via_v6;

	if (was_on && !on)
		forget(b, i);
	if (!was_on && on)
		request_wildcard(b, i, NULL);
	/* The next hop that neighbours use is one no more, or a better one has
	 * come; on an interface with an address the switch changes nothing. */
	if (!same_ip4(was, &i->info) || (was_on != on && !i->info.have_ip4))
		update_retell_ip4(b, i);
}

void babel_set_v4_via_v6(struct babel *b, bool able, mono_t now)
{
	struct iface *i;
	struct pfx *p;

	if (mono_before(b->now, now))
		b->now = now;
	if (b->v4_via_v6 == able)
		return;
	b->v4_via_v6 = able;
	/* Entries stay: what can't be chosen now may be later (RFC 9229 2.2). */
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		if (sdprefix_family(&p->entry.key) == FAM_IP4)
			select_run(b, p);
	LIST_EACH (ifaces, &b->ifaces, i)
		if (!i->info.have_ip4 && i->config.v4_via_v6)
			update_retell_ip4(b, i);
}
