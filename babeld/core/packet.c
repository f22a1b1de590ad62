/* SPDX-License-Identifier: MIT */
/* One received packet: parsed by wire.c, handed out TLV by TLV. */
#include "babeld/core/core.h"

/* How a TLV is handled; n is the neighbour it came from, the result the
 * neighbour afterwards, NULL if it is gone. */
typedef struct neigh *tlv_handler(struct babel *b, struct neigh *n, const struct tlv *t);

static struct neigh *on_ack_request(struct babel *b, struct neigh *n, const struct tlv *t)
{
	struct tlv ack = {.type = TLV_ACK, .u.ack = {t->u.ack_request.opaque}};
	usec_t within = interval_usec(t->u.ack_request.interval);

	/* RFC 8966 3.3: to its unicast address, before the deadline. */
	out_tlv(b, &n->out, &ack, within < URGENT_TIMEOUT ? within : URGENT_TIMEOUT);
	return n;
}

static struct neigh *on_ack(struct babel *b, struct neigh *n, const struct tlv *t)
{
	ack_received(b, n, t->u.ack.opaque);
	pace_acked(b, n, t->u.ack.opaque);
	leave_acked(b, n, t->u.ack.opaque);
	return n;
}

static struct neigh *on_hello(struct babel *b, struct neigh *n, const struct tlv *t)
{
	return neigh_hello(b, n, &t->u.hello);
}

static struct neigh *on_ihu(struct babel *b, struct neigh *n, const struct tlv *t)
{
	neigh_ihu(b, n, &t->u.ihu);
	return n;
}

static struct neigh *on_update(struct babel *b, struct neigh *n, const struct tlv *t)
{
	route_update(b, n, &t->u.update);
	return n;
}

static struct neigh *on_route_request(struct babel *b, struct neigh *n, const struct tlv *t)
{
	request_route(b, n, &t->u.route_request);
	return n;
}

static struct neigh *on_seqno_request(struct babel *b, struct neigh *n, const struct tlv *t)
{
	request_seqno(b, n, &t->u.seqno_request);
	return n;
}

static tlv_handler *const handlers[] = {
	[TLV_ACK_REQUEST] = on_ack_request,
	[TLV_ACK] = on_ack,
	[TLV_HELLO] = on_hello,
	[TLV_IHU] = on_ihu,
	[TLV_UPDATE] = on_update,
	[TLV_ROUTE_REQUEST] = on_route_request,
	[TLV_SEQNO_REQUEST] = on_seqno_request,
};

static void note(struct babel *b, enum babel_note_kind kind, const struct iface *i,
		 const struct addr *from, int code)
{
	struct babel_note n = {.kind = kind, .ifid = i->ifid, .ifname = i->name};

	n.from = from;
	n.code = code;
	b->env.note(b->ctx, &n);
}

static bool from_us(const struct babel *b, const struct addr *from)
{
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i)
		if (addr_cmp(&i->info.linklocal, from) == 0)
			return true;
	return false;
}

static void ignored(struct babel *b, struct iface *i, const struct addr *from, enum tlv_verdict v)
{
	i->ignored[v]++;
	if (v != TLV_PADDING && v != TLV_STATE_ONLY)
		note(b, NOTE_TLV_IGNORED, i, from, (int)v);
}

/* RFC 8966 3.1: it means the same to the group and to us alone. */
static void packet(struct babel *b, struct iface *i, const struct babel_datagram *d)
{
	const struct addr *from = &d->from;
	enum tlv_verdict v;
	enum packet_verdict pv;
	struct packet_parser parser;
	struct rtt_heard heard = {0};
	struct neigh *n;
	struct tlv t;

	pv = packet_open(&parser, d->octets, FAM_IP6, from);
	if (pv != PACKET_OK) {
		i->packets_bad++;
		note(b, NOTE_PACKET_BAD, i, from, (int)pv);
		return;
	}
	if (!auth_accept(b, i, d, &parser)) /* RFC 8967 4.3: before anything is made of it */
		return;
	parser.no_v4_via_v6 = !i->config.v4_via_v6; /* RFC 9229 5 */
	n = neigh_get(b, i, from);		    /* RFC 8966 3.4: before its routes are used */
	while (n && packet_next(&parser, &t, &v)) {
		if (v != TLV_OK) {
			ignored(b, i, from, v);
			continue;
		}
		if (i->config.rfc6126 && tlv_is_sourced(&t)) { /* RFC 9079 6 */
			ignored(b, i, from, TLV_MANDATORY_SUB);
			continue;
		}
		if (!leave_takes(b, t.type))
			continue;
		rtt_hear(&heard, i, &t);
		n = handlers[t.type](b, n, &t);
	}
	if (n)
		rtt_packet(b, n, &heard, d->arrived);
}

const struct addr babel_group = {{0xff, 2, [13] = 1, [15] = 6}};

void babel_packet(struct babel *b, const struct babel_datagram *d, mono_t now)
{
	struct iface *i = iface_find(b, d->ifid);

	if (mono_before(b->now, now))
		b->now = now;
	if (!i)
		return;
	i->packets_in++;
	/* RFC 8966 4: link-local only; our own come back from the group. */
	if (addr_is_linklocal(FAM_IP6, &d->from) && !from_us(b, &d->from))
		packet(b, i, d);
}
