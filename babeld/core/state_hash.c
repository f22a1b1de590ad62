/* SPDX-License-Identifier: MIT */
/*
 * babel_hash() and what is under way beside the tables: queues, holds,
 * acknowledgments, deadlines. For whoever explores states and wants to know
 * those it has been in.
 */
#include "babeld/core/core.h"

static uint64_t mixed(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 31;
}

static uint64_t mixed_octets(uint64_t h, const void *p, size_t n)
{
	const uint8_t *o = p;
	uint64_t v = 0;

	for (size_t k = 0; k < n; k++) {
		v = v << 8 | o[k];
		if (k % 8 == 7)
			h = mixed(h, v);
	}
	return mixed(h, v);
}

static uint64_t of_key(uint64_t h, const struct sdprefix *p)
{
	h = mixed_octets(h, &p->dst.addr, sizeof(p->dst.addr));
	h = mixed_octets(h, &p->src.addr, sizeof(p->src.addr));
	return mixed(h, (uint64_t)p->dst.plen << 8 | p->src.plen);
}

static uint64_t of_deadline(uint64_t h, const struct deadline *d, mono_t horizon)
{
	bool near = timer_armed(&d->node) && !mono_before(horizon, d->node.at);

	return mixed(h, near ? (uint64_t)d->node.at.us : timer_armed(&d->node));
}

static uint64_t of_tick(uint64_t h, tick_t t, mono_t now, mono_t horizon)
{
	mono_t at = tick_mono(t, now);

	return mixed(h, mono_before(horizon, at) ? 1 : (uint64_t)at.us);
}

static uint64_t of_neigh_name(uint64_t h, const struct neigh *n)
{
	if (!n)
		return mixed(h, 0);
	return mixed_octets(mixed(h, n->iface->ifid), &n->addr, sizeof(n->addr));
}

static uint64_t of_tlv(uint64_t h, const struct tlv *t)
{
	h = mixed(h, t->type);
	if (t->type == TLV_ACK)
		return mixed(h, t->u.ack.opaque);
	if (t->type == TLV_ROUTE_REQUEST)
		return of_key(mixed(h, t->u.route_request.wildcard), &t->u.route_request.pair);
	if (t->type != TLV_SEQNO_REQUEST)
		return h;
	h = mixed(of_key(h, &t->u.seqno_request.pair), t->u.seqno_request.seqno);
	h = mixed(h, t->u.seqno_request.hop_count);
	return mixed_octets(h, &t->u.seqno_request.router_id, sizeof(struct router_id));
}

static uint64_t of_upds(uint64_t h, const struct upds *list)
{
	const struct upd *u;

	LIST_EACH (upds, list, u)
		h = mixed(of_key(h, &u->pfx->entry.key),
			  (uint64_t)u->due.us << 8 | u->copies << 2 | u->state);
	return h;
}

static uint64_t of_queue(uint64_t h, const struct outq *q, mono_t horizon)
{
	const struct out_tlv *t;

	LIST_EACH (out_tlvs, &q->tlvs, t)
		h = of_tlv(h, &t->tlv);
	h = of_upds(mixed(h, 1), &q->ready);
	h = of_upds(mixed(h, 2), &q->later);
	h = of_upds(mixed(h, 3), &q->repeats);
	h = mixed(mixed(h, (uint64_t)q->window << 32 | q->unread), (uint64_t)q->slot.us);
	h = mixed(h, (uint64_t)q->awaited << 32 | (uint64_t)q->unasked << 24 |
			     (uint64_t)q->asked_opaque << 1 | q->have_slot);
	h = mixed(h, (uint64_t)q->dumping << 2 | (uint64_t)q->dump_again << 1 | q->dump_begun);
	h = q->dump_begun ? of_key(h, &q->dump_at) : h;
	h = mixed(mixed(h, (uint64_t)q->dump_next.us), (uint64_t)q->next_ok.us);
	return of_deadline(h, &q->flush, horizon);
}

static uint64_t of_neigh(const struct neigh *n, mono_t horizon)
{
	uint64_t h = of_neigh_name(1, n);
	const struct await *a;

	h = mixed(h, (uint64_t)n->multicast.expected << 16 | n->unicast.expected);
	h = mixed(h, (uint64_t)n->silent << 4 | (uint64_t)n->deaf << 3 | (uint64_t)n->owes << 2 |
			     (uint64_t)n->ihu_due << 1 | n->judged);
	h = of_deadline(of_deadline(h, &n->multicast.deadline, horizon), &n->ihu, horizon);
	h = of_deadline(of_deadline(h, &n->idle, horizon), &n->ack, horizon);
	LIST_EACH (neigh_awaits, &n->awaits, a)
		h = mixed(of_key(h, &a->pfx->entry.key), (uint64_t)a->opaque << 8 | a->tries);
	h = mixed(h, 1);
	LIST_EACH (neigh_awaits, &n->unasked, a)
		h = mixed(of_key(h, &a->pfx->entry.key), a->tries);
	return of_queue(h, &n->out, horizon);
}

static uint64_t of_iface(const struct iface *i, mono_t horizon)
{
	uint64_t h = mixed(2, i->ifid), sum = 0;
	const struct neigh *n;

	h = mixed(h, (uint64_t)i->hello_seqno << 32 | (uint64_t)i->burst << 8 |
			     (uint64_t)i->hello_due << 1 | i->quiet);
	h = mixed(mixed(mixed(h, i->slot), i->config.rxcost), i->ack_opaque);
	h = of_deadline(of_deadline(h, &i->hello, horizon), &i->update, horizon);
	h = of_queue(of_deadline(h, &i->quiet_end, horizon), &i->out, horizon);
	LIST_EACH (neighs, &i->neighs, n)
		sum += of_neigh(n, horizon);
	return mixed(h, sum);
}

static uint64_t of_request(const struct request *r, mono_t horizon)
{
	uint64_t h = mixed_octets(3, &r->router_id, sizeof(r->router_id));

	h = mixed(h, (uint64_t)r->seqno << 3 | (uint64_t)r->waiting << 2 |
			     (uint64_t)r->starving << 1 | r->forwarded);
	h = of_neigh_name(mixed(h, (uint64_t)r->timeout), r->only);
	for (unsigned int k = 0; k < REQUESTERS_MAX; k++)
		h = of_neigh_name(h, r->requesters[k]);
	return of_deadline(mixed(h, (uint64_t)r->sent.us), &r->deadline, horizon);
}

static uint64_t of_pair(const struct pfx *p, mono_t now, mono_t horizon)
{
	static const struct more nothing;
	const struct more *m = p->more ? p->more : &nothing;
	uint64_t h = of_key(4, &p->entry.key), sum = 0;
	const struct route *r;
	const struct source *s;
	const struct request *q;

	h = mixed(h, (uint64_t)p->was_finite << 3 | (uint64_t)p->held << 2 |
			     (uint64_t)p->acked << 1 | p->unsure);
	h = mixed(h, p->told.metric);
	h = mixed(mixed(h, p->announced), p->believed);
	h = mixed_octets(h, &p->told.router_id, sizeof(p->told.router_id));
	h = of_deadline(of_deadline(h, &m->hold, horizon), &m->reselect, horizon);
	LIST_EACH (pfx_routes, &p->routes, r)
		sum += of_tick(of_neigh_name(mixed(5, route_smooth_then(r)), r->neigh),
			       route_moment(r), now, horizon);
	SOURCES_EACH (p, s)
		sum += of_tick(mixed_octets(6, &s->router_id, sizeof(s->router_id)), source_end(s),
			       now, horizon);
	if (m->ghost)
		h = mixed_octets(mixed_octets(mixed(h, m->ghost->ifid), &m->ghost->neigh,
					      sizeof(m->ghost->neigh)),
				 &m->ghost->router_id, sizeof(m->ghost->router_id));
	LIST_EACH (requests, &m->requests, q)
		sum += of_request(q, horizon);
	return mixed(h, sum);
}

uint64_t babel_state_hash(const struct babel *b, mono_t horizon)
{
	uint64_t sum = babel_hash(b);
	const struct iface *i;
	const struct pfx *p;

	LIST_EACH (ifaces, &b->ifaces, i)
		sum += of_iface(i, horizon);
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		sum += of_pair(p, b->now, horizon);
	return of_deadline(sum, &b->settle, horizon);
}
