/* SPDX-License-Identifier: MIT */
/* Sending Updates, RFC 8966 3.7: what is said about a pair, and when. */
#include "babeld/core/core.h"

/* While we leave, any other way is better, see leave.c. */
static uint16_t told_metric(const struct babel *b, uint16_t metric)
{
	if (b->leave != LEAVE_DRAIN)
		return metric;
	return metric < BABEL_INFINITY - LEAVE_METRIC ? metric + LEAVE_METRIC : BABEL_INFINITY - 1;
}

bool update_advert(const struct babel *b, const struct pfx *p, struct advert *out)
{
	if (b->leave > LEAVE_DRAIN)
		return false;
	if (!route_installable(b, &p->entry.key))
		return false; /* RFC 9079 4 */
	if (p->local) {
		*out = (struct advert){b->config.router_id, b->seqno,
				       told_metric(b, pfx_offer(p)->metric)};
		return true;
	}
	if (!pfx_selected(p))
		return false;
	*out = (struct advert){pfx_selected(p)->router_id, pfx_selected(p)->seqno,
			       told_metric(b, pfx_selected(p)->metric)};
	return true;
}

/* RFC 9079 6: a router of RFC 6126 would take it for a plain route. */
static bool misread(const struct iface *i, const struct pfx *p)
{
	return i->config.rfc6126 && !sdprefix_is_plain(&p->entry.key);
}

/* RFC 8966 3.7.4 */
static bool split_horizon(const struct iface *i, const struct pfx *p)
{
	return i->config.split_horizon && !p->local && pfx_selected(p) &&
	       pfx_selected(p)->neigh->iface == i;
}

static void fill(struct tlv_update *u, const struct iface *i, enum family nexthop_family,
		 const struct advert *a)
{
	/* A retraction needs none, but goes by the same encoding (RFC 9229 2.1). */
	u->nexthop_family = nexthop_family;
	u->interval = interval_from_usec(i->config.update_interval);
	u->metric = a->metric;
	u->have_router_id = true;
	u->router_id = a->router_id;
	if (a->metric == BABEL_INFINITY)
		return;
	u->seqno = a->seqno;
	u->have_nexthop = true;
	u->nexthop = nexthop_family == FAM_IP4 ? i->info.ip4 : i->info.linklocal;
}

/* Under which it was told last. A retraction needs none (RFC 8966 4.6.9), but
 * FRR passes over those that come with none. */
static struct router_id last_id(const struct babel *b, const struct pfx *p)
{
	return router_id_valid(&p->told.router_id) ? p->told.router_id : b->config.router_id;
}

/* RFC 8966 3.7.3: nothing finite leaves without a distance that is kept. */
static bool no_room(struct babel *b, const struct pfx *p, const struct router_id *id)
{
	struct neigh *who = pfx_selected(p) ? pfx_selected(p)->neigh : NULL;

	switch (source_room(b, p, id)) {
	case ROOM:
		return false;
	case ROOM_PAIR_FULL:
		limit_hit(b, LIMIT_SOURCES, who, &p->entry.key);
		break;
	case ROOM_ALL_FULL:
		limit_hit(b, LIMIT_DISTANCES, who, &p->entry.key);
		break;
	}
	return true;
}

enum put update_put(struct babel *b, struct outq *q, struct packet_writer *w, struct pfx *p,
		    enum update_why why)
{
	struct iface *i = q->iface;
	struct tlv t = {.type = TLV_UPDATE};
	struct advert a = {last_id(b, p), 0, BABEL_INFINITY}, said;
	bool finite = update_advert(b, p, &a);
	enum family nexthop = via6_nexthop(b, i, p);
	bool withheld = nexthop == FAM_NONE || (why != WHY_REPLY && split_horizon(i, p));
	const struct filter_rule *rule = NULL;

	if (misread(i, p)) /* a retraction of it no less */
		return PUT_SKIP;
	said = a;
	if (finite && !withheld) {
		said.metric = policy_out(&b->policy, i, p, &a, &rule);
		withheld = said.metric == BABEL_INFINITY;
	}
	if (why == WHY_DUMP && (withheld || (!finite && !p->held))) {
		policy_hit(b, FILTER_OUT, rule);
		return PUT_SKIP;
	}
	if (finite && !withheld)
		withheld = no_room(b, p, &a.router_id);
	if (withheld)
		finite = false;
	if (!finite)
		said.metric = BABEL_INFINITY;
	t.u.update.pair = p->entry.key;
	fill(&t.u.update, i, nexthop, &said);
	if (!packet_put(w, &t))
		return PUT_FULL;
	policy_hit(b, FILTER_OUT, rule);
	if (!finite)
		return PUT_RETRACTION;
	source_sent(b, p, &said); /* RFC 8966 3.7.3 */
	p->announced |= iface_bit(i);
	p->believed |= iface_bit(i);
	if (p->was_finite)
		p->told.metric = a.metric;
	return PUT_UPDATE;
}

struct advert update_said(const struct babel *b, const struct policy *pol, const struct iface *i,
			  const struct pfx *p)
{
	const struct advert nothing = {.metric = BABEL_INFINITY};
	const struct filter_rule *rule;
	struct advert a;

	if (!update_advert(b, p, &a) || misread(i, p) || via6_nexthop(b, i, p) == FAM_NONE ||
	    split_horizon(i, p))
		return nothing;
	a.metric = policy_out(pol, i, p, &a, &rule);
	return a.metric == BABEL_INFINITY ? nothing : a;
}

/* Whether an interface needs to hear of a change: not where the news is
 * "nothing" and nothing was said before. */
static bool concerned(const struct babel *b, const struct iface *i, const struct pfx *p)
{
	return (p->announced & iface_bit(i)) ||
	       update_said(b, &b->policy, i, p).metric != BABEL_INFINITY;
}

unsigned int update_copies(const struct iface *i)
{
	return i->config.type == BABEL_WIRED ? 2 : 3; /* RFC 8966 3.7.2 */
}

void update_trigger_urgent(struct babel *b, struct pfx *p)
{
	struct iface *i;

	if (b->editing)
		return;
	LIST_EACH (ifaces, &b->ifaces, i)
		if (concerned(b, i, p))
			out_update(b, &i->out, p, update_copies(i), OUT_URGENT);
}

void update_trigger(struct babel *b, struct pfx *p)
{
	struct iface *i;

	if (b->editing)
		return;
	LIST_EACH (ifaces, &b->ifaces, i)
		if (concerned(b, i, p))
			out_update(b, &i->out, p, 1, OUT_URGENT);
}

void update_retell_ip4(struct babel *b, struct iface *i)
{
	struct pfx *p;

	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		if (sdprefix_family(&p->entry.key) == FAM_IP4 && concerned(b, i, p))
			out_update(b, &i->out, p, update_copies(i), OUT_URGENT);
}

void update_reply(struct babel *b, struct neigh *n, struct pfx *p)
{
	out_reply(b, n, p, OUT_URGENT);
}
