/* SPDX-License-Identifier: MIT */
/* Route and seqno requests, RFC 8966 3.8, per (D,S) pair (RFC 9079 5.1). */
#include "babeld/core/core.h"

#include <string.h>

#include "lib/base/container.h"

#define PASSED_AT_ONCE 8 /* requests that wait for one neighbour */

static struct request *request_find(const struct pfx *p, const struct router_id *id)
{
	struct request *r;

	LIST_EACH (requests, pfx_requests(p), r)
		if (router_id_eq(&r->router_id, id))
			return r;
	return NULL;
}

static struct request *request_get(struct babel *b, struct pfx *p, const struct router_id *id)
{
	struct request *r = request_find(p, id);

	if (r)
		return r;
	r = mem_new(&b->mem.request, sizeof(*r));
	r->pfx = p;
	r->router_id = *id;
	requests_add_tail(&pfx_more(b, p)->requests, r);
	all_requests_add_tail(&b->requests, r);
	return r;
}

/* Pointers to neighbours are counted there, so that few are looked for. */
static void point(struct neigh **at, struct neigh *to)
{
	if (*at)
		(*at)->requests--;
	if (to)
		to->requests++;
	*at = to;
}

static void set_maker(struct babel *b, struct request *r, struct neigh *maker)
{
	if (r->maker)
		r->maker->forwarded--;
	if (r->passed != (maker != NULL))
		b->forwarded += maker ? 1 : (size_t)-1;
	r->passed = maker != NULL;
	if (maker)
		maker->forwarded++;
	point(&r->maker, maker);
}

static void set_waiting(struct babel *b, struct request *r, bool waiting)
{
	if (r->waiting == waiting)
		return;
	all_requests_del(r->waiting ? &b->asking : &b->requests, r);
	all_requests_add_tail(waiting ? &b->asking : &b->requests, r);
	r->waiting = waiting;
}

void request_free(struct babel *b, struct request *r)
{
	set_waiting(b, r, false);
	set_maker(b, r, NULL);
	point(&r->only, NULL);
	for (unsigned int k = 0; k < REQUESTERS_MAX; k++)
		point(&r->requesters[k], NULL);
	deadline_clear(b, &r->deadline);
	requests_del(pfx_requests(r->pfx), r);
	all_requests_del(&b->requests, r);
	mem_free(&b->mem.request, r);
}

/* ---- Answering ---- */

void request_route(struct babel *b, struct neigh *n, const struct tlv_route_request *q)
{
	struct pfx *p;

	if (q->wildcard) { /* RFC 8966 3.8.1.1, RFC 9079 5.2 */
		out_dump(b, &n->out);
		/* Who asks for everything has just come (back): it will want
		 * to know that the link works, too. */
		hello_burst(b, n->iface, 2);
		n->ihu_due = true; /* with them, or with the dump */
		return;
	}
	p = pfx_find(b, &q->pair);
	if (!p && !pfx_room(b))
		return;
	if (!p)
		p = pfx_get(b, &q->pair); /* held by the retraction that waits */
	update_reply(b, n, p);
	pfx_release(b, p);
}

static void remember_requester(struct request *r, struct neigh *n)
{
	for (unsigned int k = 0; k < REQUESTERS_MAX; k++)
		if (r->requesters[k] == n)
			return;
	for (unsigned int k = 0; k < REQUESTERS_MAX; k++) {
		if (r->requesters[k])
			continue;
		point(&r->requesters[k], n);
		return;
	}
}

/* To whom a request from n goes on, RFC 8966 3.8.1.2: one neighbour, along a
 * feasible route if there is any, never back. The selected one comes first:
 * only its answer is what we advertise. NULL: nobody. */
static struct neigh *next_hop(const struct pfx *p, const struct neigh *n)
{
	struct route *r, *best = NULL;
	bool best_feasible = false;

	if (pfx_selected(p) && pfx_selected(p)->neigh != n)
		return pfx_selected(p)->neigh;
	LIST_EACH (pfx_routes, &p->routes, r) {
		bool feasible = route_feasible(p, r);

		if (r->neigh == n || r->metric == BABEL_INFINITY || feasible < best_feasible)
			continue;
		if (!best || feasible > best_feasible || r->metric < best->metric) {
			best = r;
			best_feasible = feasible;
		}
	}
	return best ? best->neigh : NULL;
}

static void forward(struct babel *b, struct pfx *p, struct neigh *n,
		    const struct tlv_seqno_request *q)
{
	struct tlv t = {.type = TLV_SEQNO_REQUEST, .u.seqno_request = *q};
	struct neigh *to = next_hop(p, n);
	struct request *r = request_find(p, &q->router_id);

	if (r && !seqno_less(r->seqno, q->seqno) &&
	    mono_before(b->now, mono_add(r->sent, FORWARD_DEDUP))) {
		r->forwarded = true;
		remember_requester(r, n); /* redundant, but it too wants the answer */
		return;
	}
	if (!to)
		return;
	if (!r && (b->forwarded >= FORWARDED_MAX || n->forwarded >= FORWARDED_PER_NEIGH)) {
		limit_hit(b, LIMIT_FORWARDED, n, &q->pair);
		return;
	}
	r = request_get(b, p, &q->router_id);
	if (!r->timeout && !r->passed)
		set_maker(b, r, n);
	if (!timer_armed(&r->deadline.node) || seqno_less(r->seqno, q->seqno))
		r->seqno = q->seqno;
	if (!r->timeout) /* not also ours, with its own resending */
		deadline_set(b, &r->deadline, DL_REQUEST, mono_add(b->now, FORWARD_LIFE));
	r->forwarded = true;
	r->sent = b->now;
	remember_requester(r, n);
	t.u.seqno_request.hop_count--;
	out_tlv(b, &to->out, &t, URGENT_TIMEOUT);
}

void request_seqno(struct babel *b, struct neigh *n, const struct tlv_seqno_request *q)
{
	struct pfx *p = pfx_find(b, &q->pair);
	const struct filter_rule *rule;
	struct advert a;

	/* RFC 8966 4.6.11 forbids to send such. */
	if (q->hop_count == 0 || !router_id_valid(&q->router_id))
		return;
	if (!p || !update_advert(b, p, &a))
		return; /* RFC 8966 3.8.1.2: only while we advertise the prefix */
	if (policy_out(&b->policy, n->iface, p, &a, &rule) == BABEL_INFINITY)
		return; /* and not where we don't */
	if (!router_id_eq(&a.router_id, &q->router_id) || !seqno_less(a.seqno, q->seqno)) {
		update_reply(b, n, p);
	} else if (router_id_eq(&q->router_id, &b->config.router_id)) {
		identity_asked(b, q->seqno);
		select_run(b, p);
		update_reply(b, n, p);
	} else if (q->hop_count >= 2) {
		forward(b, p, n, q);
	}
}

/* ---- Asking ---- */

static struct tlv asked(const struct request *r)
{
	struct tlv t = {.type = TLV_SEQNO_REQUEST};

	t.u.seqno_request.pair = r->pfx->entry.key;
	t.u.seqno_request.seqno = r->seqno;
	t.u.seqno_request.hop_count = REQUEST_HOPS;
	t.u.seqno_request.router_id = r->router_id;
	return t;
}

static void tell(struct babel *b, struct request *r, usec_t within)
{
	struct tlv t = asked(r);
	struct iface *i;

	r->sent = b->now;
	deadline_set(b, &r->deadline, DL_REQUEST, mono_add(b->now, r->timeout));
	if (r->only) {
		out_tlv(b, &r->only->out, &t, within);
		return;
	}
	/* RFC 8966 3.8.2.1: all who advertise it are reached by asking everybody. */
	LIST_EACH (ifaces, &b->ifaces, i)
		out_tlv(b, &i->out, &t, within);
}

static bool crowded(const struct babel *b, const struct request *r)
{
	const struct iface *i;

	if (r->only)
		return out_crowded(&r->only->out);
	LIST_EACH (ifaces, &b->ifaces, i)
		if (out_crowded(&i->out))
			return true;
	return false;
}

/* When a neighbour with a large table goes, a request is due for each pair of
 * it: they take turns, and those that are answered meanwhile need not. The
 * first of a crowd has had its random delay (RFC 8966 3.1) for all. */
static void send(struct babel *b, struct request *r)
{
	if (all_requests_empty(&b->asking) && !crowded(b, r)) {
		tell(b, r, URGENT_TIMEOUT);
		return;
	}
	deadline_clear(b, &r->deadline);
	set_waiting(b, r, true);
}

/* Whatever is crowded is being sent, and comes here then. What waits for one
 * neighbour alone does not keep the others waiting: it goes behind them. */
void request_ask(struct babel *b)
{
	unsigned int behind = 0;
	struct request *r;

	while ((r = all_requests_first(&b->asking))) {
		bool later = crowded(b, r);

		if (later && (!r->only || ++behind > PASSED_AT_ONCE))
			return;
		set_waiting(b, r, false);
		if (later)
			set_waiting(b, r, true);
		else
			tell(b, r, 0);
	}
}

/* Who had no way when all were asked could not pass it on, and tells of one
 * now: it is not the time to wait for the next resend. */
static void ask_too(struct babel *b, struct request *r, struct neigh *n)
{
	struct tlv t = asked(r);

	if (r->waiting)
		return;
	if (!out_crowded(&n->out)) {
		out_tlv(b, &n->out, &t, URGENT_TIMEOUT);
		return;
	}
	deadline_clear(b, &r->deadline);
	set_waiting(b, r, true);
}

/* only NULL: from everybody. */
static struct request *originate(struct babel *b, struct pfx *p, const struct router_id *id,
				 uint16_t seqno, struct neigh *only)
{
	struct request *r = request_find(p, id);
	bool ours = r && r->timeout;

	if (router_id_eq(id, &b->config.router_id))
		return NULL;
	if (ours && !seqno_less(r->seqno, seqno) && (!r->only || only))
		return r; /* asked already */
	r = request_get(b, p, id);
	set_maker(b, r, NULL);
	r->seqno = seqno;
	point(&r->only, only);
	r->starving = false;
	r->resends_left = REQUEST_RESENDS;
	r->timeout = REQUEST_TIMEOUT;
	if (!r->waiting)
		send(b, r);
	return r;
}

void request_starving(struct babel *b, struct pfx *p, const struct router_id *lost)
{
	const struct source *src = source_find(p, lost);
	struct request *r;

	/* Without a feasibility distance nothing is unfeasible, and a newer
	 * seqno would help nobody. */
	if (!src)
		return;
	r = originate(b, p, lost, (uint16_t)(src->seqno + 1), NULL);
	if (r)
		r->starving = true;
}

void request_worse(struct babel *b, struct pfx *p, struct neigh *n, const struct tlv_update *u)
{
	const struct source *src = source_find(p, &u->router_id);
	uint16_t metric = cost_metric(n->cost, u->metric);
	const struct route *r;

	/* Who would be better now is asked as well: when n has no route any
	 * more, it is too late to begin with that. */
	LIST_EACH (pfx_routes, &p->routes, r) {
		if (r->neigh == n || r->metric == BABEL_INFINITY ||
		    r->metric + METRIC_SIGNIFICANT > metric ||
		    !router_id_eq(&r->router_id, &u->router_id))
			continue;
		if (src)
			originate(b, p, &u->router_id, (uint16_t)(src->seqno + 1), NULL);
		return;
	}
	request_better(b, p, n, &u->router_id);
}

void request_better(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id)
{
	const struct source *src = source_find(p, id);

	if (src)
		originate(b, p, id, (uint16_t)(src->seqno + 1), n);
}

void request_news(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id)
{
	struct request *r = request_find(p, id);

	if (r && r->timeout && !r->only)
		ask_too(b, r, n);
}

void request_due(struct babel *b, struct deadline *d)
{
	struct request *r = container_of(d, struct request, deadline);
	struct pfx *p = r->pfx;

	if (!r->resends_left) {
		request_free(b, r);
		pfx_release(b, p);
		return;
	}
	r->resends_left--;
	r->timeout *= 2; /* RFC 8966 Appendix B */
	send(b, r);
}

static bool answered(const struct request *r, bool finite, const struct advert *a)
{
	struct route *have;

	if (finite &&
	    (!router_id_eq(&a->router_id, &r->router_id) ? r->forwarded || r->starving
							 : !seqno_less(a->seqno, r->seqno)))
		return true;
	if (r->forwarded)
		return false;
	if (r->starving)
		return finite;
	LIST_EACH (pfx_routes, &r->pfx->routes, have)
		if (have->refmetric != BABEL_INFINITY && !seqno_less(have->seqno, r->seqno) &&
		    router_id_eq(&have->router_id, &r->router_id))
			return true;
	return false;
}

void request_satisfy(struct babel *b, struct pfx *p)
{
	struct request *r, *next;
	struct advert a;
	bool finite;

	if (requests_empty(pfx_requests(p)))
		return;
	finite = update_advert(b, p, &a);
	LIST_EACH_SAFE (requests, pfx_requests(p), r, next) {
		if (!answered(r, finite, &a))
			continue;
		/* RFC 8966 3.8.1.2: the answer goes on as an urgent TLV. */
		for (unsigned int k = 0; k < REQUESTERS_MAX; k++)
			if (r->requesters[k])
				update_reply(b, r->requesters[k], p);
		request_free(b, r);
	}
}

static void forget_in(struct babel *b, struct all_requests *list, struct neigh *n)
{
	struct request *r, *next;

	if (!n->requests)
		return;
	LIST_EACH_SAFE (all_requests, list, r, next) {
		for (unsigned int k = 0; k < REQUESTERS_MAX; k++)
			if (r->requesters[k] == n)
				point(&r->requesters[k], NULL);
		if (r->maker == n) {
			n->forwarded--;
			point(&r->maker, NULL); /* still passed on */
		}
		if (r->only == n) {
			struct pfx *p = r->pfx;

			request_free(b, r);
			pfx_release(b, p);
		}
	}
}

void request_forget_neigh(struct babel *b, struct neigh *n)
{
	forget_in(b, &b->requests, n);
	forget_in(b, &b->asking, n);
}

void request_forget_id(struct babel *b, const struct router_id *id)
{
	struct pfx *p, *next;
	struct request *r;

	for (p = pfxs_first(&b->pfxs); p; p = next) {
		next = pfxs_next(&b->pfxs, p);
		r = request_find(p, id);
		if (!r)
			continue;
		request_free(b, r);
		pfx_release(b, p);
	}
}

void request_wildcard(struct babel *b, struct iface *i, struct neigh *n)
{
	struct tlv t = {.type = TLV_ROUTE_REQUEST, .u.route_request = {.wildcard = true}};

	if (!n && neighs_empty(&i->neighs)) /* whoever is there finds us, too */
		out_group_tlv(b, i, &t, URGENT_TIMEOUT);
	else
		out_tlv(b, n ? &n->out : &i->out, &t, URGENT_TIMEOUT);
}

void request_refresh(struct babel *b, const struct route *r)
{
	struct tlv t = {.type = TLV_ROUTE_REQUEST};
	struct neigh *n = r->neigh;

	/* Very many at once: it is asked for everything. */
	if (mono_before(b->now, n->refreshed))
		return;
	if (out_tlvs_count(&n->out.tlvs) >= REFRESHES_MAX) {
		n->refreshed = mono_add(b->now, route_half(r));
		request_wildcard(b, n->iface, n);
		return;
	}
	t.u.route_request.pair = r->pfx->entry.key;
	out_tlv(b, &n->out, &t, URGENT_TIMEOUT);
}
