/* SPDX-License-Identifier: MIT */
/*
 * Policy: what the rules of filter.h and the connected prefixes mean for this
 * instance, and what follows when they change.
 *
 * Received routes carry the verdict on them (struct accepted), own ones theirs
 * (struct offer), so nothing is judged twice but for an edit. "Out" and
 * "install" are judged where an Update is written and where a choice is told.
 */
#include "babeld/core/core.h"

#include <string.h>

/* ---- judging ---- */

static const struct filter_rule *judge(const struct policy *pol, enum filter_kind kind,
				       const struct filter_subject *s)
{
	return filter_judge(pol->rules[kind], pol->n[kind], s);
}

/* RFC 9079 9: (D,S) draws what is sent from S to D, and the destination
 * decides first: inside a prefix of one of our links it beats the link. A
 * plain default and its pairs cover no link. */
static bool takes_over(const struct policy *pol, const struct sdprefix *pair)
{
	if (pol->accept_connected || sdprefix_is_plain(pair))
		return false;
	for (size_t k = 0; k < pol->n_connected; k++)
		if (prefix_covers(&pol->connected[k], &pair->dst))
			return true;
	return false;
}

struct accepted policy_in(const struct babel *b, const struct neigh *n, const struct sdprefix *pair,
			  const struct advert *heard, const struct filter_rule **r)
{
	struct accepted a = {.refmetric = heard->metric};
	struct filter_subject s = {
		.pair = pair,
		.neigh = &n->addr,
		.ifname = n->iface->name,
		.router_id = &heard->router_id,
		.metric = heard->metric,
	};

	*r = NULL;
	if (heard->metric == BABEL_INFINITY ||
	    (!b->policy.n[FILTER_IN] && !b->policy.n_connected))
		return a;
	*r = judge(&b->policy, FILTER_IN, &s);
	a.refmetric = filter_metric(FILTER_IN, *r, heard->metric);
	if (*r && a.refmetric == BABEL_INFINITY) {
		a.why = REFUSED_IN;
		a.rule = (*r)->number;
	} else if (takes_over(&b->policy, pair)) {
		a.refmetric = BABEL_INFINITY;
		a.why = REFUSED_CONNECTED;
	} else {
		a.tag = filter_tag(*r, 0);
	}
	return a;
}

static uint32_t tag_of(const struct pfx *p)
{
	if (p->local)
		return pfx_offer(p)->tag;
	return pfx_selected(p) ? route_accepted(pfx_selected(p)).tag : 0;
}

uint16_t policy_out(const struct policy *pol, const struct iface *i, const struct pfx *p,
		    const struct advert *a, const struct filter_rule **r)
{
	struct filter_subject s = {
		.pair = &p->entry.key,
		.ifname = i->name,
		.router_id = &a->router_id,
		.metric = a->metric,
		.tag = tag_of(p),
	};

	*r = judge(pol, FILTER_OUT, &s);
	return filter_metric(FILTER_OUT, *r, a->metric);
}

static const struct filter_rule *judge_install(const struct babel *b, const struct pfx *p,
					       const struct babel_choice *c)
{
	struct filter_subject s = {
		.pair = &p->entry.key,
		.router_id = &p->told.router_id,
		.metric = c->metric,
		.tag = c->tag,
	};

	if (c->kind == CHOICE_ROUTE) {
		s.neigh = &pfx_selected(p)->neigh->addr;
		s.ifname = pfx_selected(p)->neigh->iface->name;
		s.router_id = &pfx_selected(p)->router_id;
	}
	return judge(&b->policy, FILTER_INSTALL, &s);
}

static void install_as(const struct filter_rule *r, enum family f, struct babel_choice *c)
{
	uint16_t metric = filter_metric(FILTER_INSTALL, r, c->metric);

	c->metric = metric < BABEL_INFINITY ? metric : BABEL_INFINITY - 1;
	c->tag = filter_tag(r, c->tag);
	if (r && r->set_src_family == f) {
		c->has_src = f;
		c->src = r->set_src;
	}
}

bool policy_install(struct babel *b, struct pfx *p, struct babel_choice *c,
		    const struct filter_rule **r)
{
	const struct babel_choice none = {.kind = CHOICE_NONE};
	uint16_t was = p->more ? p->more->install_rule : 0, is;

	*r = c->kind == CHOICE_NONE ? NULL : judge_install(b, p, c);
	switch (c->kind) {
	case CHOICE_NONE:
		p->not_installed = false;
		break;
	case CHOICE_UNREACHABLE:
		/* What was kept out of the kernel leaves nothing behind there. */
		p->not_installed |= *r && (*r)->deny;
		break;
	case CHOICE_ROUTE:
		p->not_installed = *r && (*r)->deny;
		if (!p->not_installed)
			install_as(*r, sdprefix_family(&p->entry.key), c);
		break;
	}
	is = *r ? (*r)->number : 0;
	if (is != was)
		pfx_more(b, p)->install_rule = is;
	if (p->not_installed)
		*c = none;
	return is != was;
}

bool policy_never_held(const struct babel *b, const struct pfx *p)
{
	return pfx_offer(p) || takes_over(&b->policy, &p->entry.key);
}

/* ---- counting ---- */

void policy_hit(struct babel *b, enum filter_kind kind, const struct filter_rule *r)
{
	if (r)
		b->policy.hits[kind][r - b->policy.rules[kind]]++;
}

void policy_noted(struct babel *b, const struct neigh *n, const struct sdprefix *pair,
		  const struct route *have, const struct accepted *a, const struct filter_rule *r)
{
	policy_hit(b, FILTER_IN, r);
	if (a->why != REFUSED_CONNECTED)
		return;
	n->iface->connected_refused++;
	if (!have || have->why != REFUSED_CONNECTED)
		babel_note_pair(b, NOTE_CONNECTED, n, pair);
}

/* ---- what we originate ---- */

static const struct filter_rule *judge_offer(const struct babel *b, struct pfx *p)
{
	struct offer *o = pfx_offer(p);
	struct filter_subject s = {
		.pair = &p->entry.key,
		.ifname = o->l.ifname,
		.metric = o->l.rib_metric,
		.tag = o->l.tag,
		.protocol = o->l.protocol,
	};
	const struct filter_rule *r = judge(&b->policy, FILTER_REDISTRIBUTE, &s);

	o->metric = filter_metric(FILTER_REDISTRIBUTE, r, o->l.metric);
	p->local = o->metric != BABEL_INFINITY;
	o->tag = filter_tag(r, o->l.tag);
	o->rule = r ? r->number : 0;
	return r;
}

void babel_local_offer(struct babel *b, const struct sdprefix *pair, const struct babel_local *l,
		       mono_t now)
{
	struct pfx *p;
	struct offer *o;

	babel_at(b, now);
	p = pfx_get(b, pair);
	o = pfx_offer(p);
	if (!o)
		o = pfx_more(b, p)->offer = mem_new(&b->mem.policy, sizeof(*o));
	o->l = *l;
	memset(o->ifname, 0, sizeof(o->ifname));
	if (l->ifname)
		strncpy(o->ifname, l->ifname, sizeof(o->ifname) - 1);
	o->l.ifname = o->ifname[0] ? o->ifname : NULL;
	/* Ours is finite, RFC 8966 3.7. */
	if (o->l.metric == BABEL_INFINITY)
		o->l.metric--;
	policy_hit(b, FILTER_REDISTRIBUTE, judge_offer(b, p));
	select_run(b, p);
}

void babel_local_add(struct babel *b, const struct sdprefix *pair, uint16_t metric, mono_t now)
{
	struct babel_local l = {.metric = metric, .rib_metric = metric};

	babel_local_offer(b, pair, &l, now);
}

void babel_local_del(struct babel *b, const struct sdprefix *pair, mono_t now)
{
	struct pfx *p;

	babel_at(b, now);
	p = pfx_find(b, pair);
	if (!p || !pfx_offer(p))
		return;
	mem_free(&b->mem.policy, p->more->offer);
	p->more->offer = NULL;
	p->local = false;
	select_run(b, p);
	pfx_release(b, p);
}

/* ---- edits ---- */

/* Judges the stored routes again; whether anything has become of it. */
static bool rejudge_routes(struct babel *b, struct pfx *p)
{
	bool changed = false;
	struct route *r;

	LIST_EACH (pfx_routes, &p->routes, r) {
		struct advert heard = {r->router_id, r->seqno, r->refmetric};
		const struct filter_rule *rule;
		struct accepted in;

		if (r->refmetric == BABEL_INFINITY)
			continue;
		in = policy_in(b, r->neigh, &p->entry.key, &heard, &rule);
		if (!route_accept(b, r, &in))
			continue;
		changed = true;
		/* What the operator says is no noise to be smoothed. */
		r->metric = BABEL_INFINITY;
		route_recompute(b, r);
	}
	return changed;
}

/* Routes that are good enough now may wait for a newer seqno. */
static void want_again(struct babel *b, struct pfx *p)
{
	struct route *r;

	LIST_EACH (pfx_routes, &p->routes, r)
		if (route_accepted(r).refmetric != BABEL_INFINITY && !route_feasible(p, r))
			route_want(b, p, r->neigh, &r->router_id,
				   route_accepted(r).refmetric);
}

/* Tells each interface what is not as it was. */
static void tell_difference(struct babel *b, struct pfx *p, const struct advert *was)
{
	struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i) {
		struct advert before = *was++, now = update_said(b, &b->policy, i, p);
		bool other = before.metric == BABEL_INFINITY || now.metric == BABEL_INFINITY ||
			     !router_id_eq(&before.router_id, &now.router_id);

		if (now.metric == before.metric && now.seqno == before.seqno &&
		    router_id_eq(&now.router_id, &before.router_id))
			continue;
		if (now.metric == BABEL_INFINITY && !(p->announced & iface_bit(i)))
			continue; /* nobody has heard of it */
		if (other)
			out_update(b, &i->out, p, update_copies(i), OUT_URGENT);
		else
			out_update(b, &i->out, p, 1, OUT_SOON);
	}
}

static void reconsider(struct babel *b, struct pfx *p, const struct policy *old, struct advert *was)
{
	bool changed;
	struct iface *i;
	size_t k = 0;

	LIST_EACH (ifaces, &b->ifaces, i)
		was[k++] = update_said(b, old, i, p);
	changed = rejudge_routes(b, p);
	if (pfx_offer(p))
		judge_offer(b, p);
	select_run(b, p);
	if (changed)
		want_again(b, p);
	tell_difference(b, p, was);
}

static void edited(struct babel *b, const struct policy *old)
{
	struct advert *was =
		mem_new(&b->mem.policy, (ifaces_count(&b->ifaces) + 1) * sizeof(*was));
	struct pfx *p = pfxs_first(&b->pfxs), *next;

	b->editing = true;
	for (; p; p = next) {
		reconsider(b, p, old, was);
		next = pfxs_next(&b->pfxs, p);
		pfx_release(b, p);
	}
	b->editing = false;
	mem_free(&b->mem.policy, was);
}

/* A copy in the order of numbers. Who configures keeps them in order, so this
 * has little to do. */
static struct filter_rule *rules_copy(struct babel *b, const struct filter_rule *from, size_t n)
{
	struct filter_rule *to = n ? mem_new(&b->mem.policy, n * sizeof(*to)) : NULL;

	for (size_t k = 0; k < n; k++) {
		size_t at = k;

		for (; at > 0 && to[at - 1].number > from[k].number; at--)
			to[at] = to[at - 1];
		to[at] = from[k];
	}
	return to;
}

static const struct filter_rule *rule_find(const struct policy *pol, enum filter_kind kind,
					   uint16_t number)
{
	size_t low = 0, high = pol->n[kind];

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (pol->rules[kind][mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < pol->n[kind] && pol->rules[kind][low].number == number
		       ? &pol->rules[kind][low]
		       : NULL;
}

/* A rule that stays as it was goes on counting. True: they all do. */
static bool keep_hits(struct policy *pol, const struct policy *old, enum filter_kind kind)
{
	bool same = pol->n[kind] == old->n[kind];

	for (size_t k = 0; k < pol->n[kind]; k++) {
		const struct filter_rule *r = &pol->rules[kind][k];
		const struct filter_rule *was = rule_find(old, kind, r->number);

		if (was && filter_rule_eq(was, r))
			pol->hits[kind][k] = old->hits[kind][was - old->rules[kind]];
		else
			same = false;
	}
	return same;
}

static void rules_free(struct babel *b, struct policy *pol)
{
	for (unsigned int kind = 0; kind < FILTER_KINDS; kind++) {
		mem_free(&b->mem.policy, pol->rules[kind]);
		mem_free(&b->mem.policy, pol->hits[kind]);
	}
}

void babel_set_filters(struct babel *b, const struct babel_filters *f, mono_t now)
{
	struct policy old = b->policy, *pol = &b->policy;
	bool same = old.accept_connected == f->accept_connected_specific;

	babel_at(b, now);
	pol->accept_connected = f->accept_connected_specific;
	for (unsigned int kind = 0; kind < FILTER_KINDS; kind++) {
		pol->n[kind] = f->n[kind];
		pol->rules[kind] = rules_copy(b, f->rules[kind], f->n[kind]);
		pol->hits[kind] =
			mem_new(&b->mem.policy, (f->n[kind] + 1) * sizeof(*pol->hits[kind]));
		same &= keep_hits(pol, &old, (enum filter_kind)kind);
	}
	if (!same)
		edited(b, &old);
	rules_free(b, &old);
}

static struct prefix *connected_copy(struct babel *b, const struct prefix *from, size_t n,
				     size_t *kept)
{
	struct prefix *to = mem_new(&b->mem.policy, (n + 1) * sizeof(*to));

	*kept = 0;
	for (size_t k = 0; k < n; k++)
		if (!prefix_is_any(&from[k]))
			to[(*kept)++] = from[k];
	return to;
}

void babel_set_connected(struct babel *b, const struct prefix *prefixes, size_t n, mono_t now)
{
	struct policy old = b->policy, *pol = &b->policy;
	bool same;

	babel_at(b, now);
	pol->connected = connected_copy(b, prefixes, n, &pol->n_connected);
	same = pol->n_connected == old.n_connected;
	for (size_t k = 0; same && k < pol->n_connected; k++)
		same = prefix_eq(&pol->connected[k], &old.connected[k]);
	if (!same)
		edited(b, &old);
	mem_free(&b->mem.policy, old.connected);
}

void policy_free(struct babel *b)
{
	rules_free(b, &b->policy);
	mem_free(&b->mem.policy, b->policy.connected);
}
