/* SPDX-License-Identifier: MIT */
/* Packets: the loops over the tables of TLVs and of sub-TLVs. */
#include "babeld/core/wire.h"

#include <assert.h>
#include <string.h>

#include "babeld/core/wire_auth.h"
#include "babeld/core/wire_impl.h"

/* ---- Sub-TLVs, RFC 8966 4.4 and 4.7, RFC 9079 7.1, RFC 9616 6 ---- */

static const struct sdprefix *tlv_pair(const struct tlv *t)
{
	switch (t->type) {
	case TLV_UPDATE:
		return t->u.update.wildcard ? NULL : &t->u.update.pair;
	case TLV_ROUTE_REQUEST:
		return t->u.route_request.wildcard ? NULL : &t->u.route_request.pair;
	case TLV_SEQNO_REQUEST:
		return &t->u.seqno_request.pair;
	case TLV_PAD1:
	case TLV_PADN:
	case TLV_ACK_REQUEST:
	case TLV_ACK:
	case TLV_HELLO:
	case TLV_IHU:
	case TLV_ROUTER_ID:
	case TLV_NEXT_HOP:
		break;
	}
	return NULL;
}

static enum tlv_verdict read_source_prefix(struct tlv_in *t, struct rd body)
{
	unsigned int splen = rd_u8(&body);
	enum tlv_verdict v;

	if (t->family == FAM_NONE) /* RFC 9079 5.2: not with a wildcard */
		return TLV_BAD_PREFIX;
	/* Twice (RFC 9079 7), without its length, or of length 0 (RFC 9079 5). */
	if (t->have_src || !rd_ok(&body) || splen == 0)
		return TLV_BAD_SUB;
	v = wire_read_prefix(&body, t->family, splen, 0, NULL, &t->src);
	t->have_src = v == TLV_OK;
	return v == TLV_OK ? TLV_OK : TLV_BAD_SUB;
}

static void write_source_prefix(struct packet_writer *p, const struct tlv *t)
{
	const struct sdprefix *pair = tlv_pair(t);
	struct wr *w = &p->w;

	if (!pair || sdprefix_is_plain(pair))
		return;
	wr_u8(w, SUB_SOURCE_PREFIX);
	wr_u8(w, (uint8_t)(1 + wire_octets(pair->src.plen)));
	wr_u8(w, pair->src.plen);
	wire_write_prefix(w, &pair->src, 0);
}

/* RFC 9616 6.1 and 6.2: longer is fine, shorter voids the sub-TLV alone. Of
 * several in one TLV the first counts. */
static enum tlv_verdict read_timestamp(struct tlv_in *t, struct rd body)
{
	struct tlv_hello *h = &t->out->u.hello;
	struct tlv_ihu *i = &t->out->u.ihu;
	uint32_t first = rd_u32(&body);

	if (t->out->type == TLV_HELLO) {
		if (!rd_ok(&body) || h->stamped)
			return TLV_OK;
		h->stamped = true;
		h->sent = first;
		return TLV_OK;
	}
	if (i->stamped || rd_left(&body) < 4)
		return TLV_OK;
	i->stamped = true;
	i->origin = first;
	i->received = rd_u32(&body);
	return TLV_OK;
}

static void write_timestamp(struct packet_writer *p, const struct tlv *t)
{
	if (t->type == TLV_HELLO && t->u.hello.stamped) {
		wr_u8(&p->w, SUB_TIMESTAMP);
		wr_u8(&p->w, 4);
		p->stamp_at = wr_len(&p->w);
		wr_u32(&p->w, t->u.hello.sent);
	} else if (t->type == TLV_IHU && t->u.ihu.stamped) {
		wr_u8(&p->w, SUB_TIMESTAMP);
		wr_u8(&p->w, 8);
		wr_u32(&p->w, t->u.ihu.origin);
		wr_u32(&p->w, t->u.ihu.received);
	}
}

struct sub_row {
	const char *name;
	uint16_t in; /* TLV types where it has a meaning, a bit each; RFC 8966 4.4 */
	enum tlv_verdict (*read)(struct tlv_in *t, struct rd body);
};

#define IN(type) (1u << (type))
static const struct sub_row sub_rows[256] = {
	[SUB_PADN] = {"PadN", 0xffff, NULL},
	[SUB_TIMESTAMP] = {"Timestamp", IN(TLV_HELLO) | IN(TLV_IHU), read_timestamp},
	[SUB_SOURCE_PREFIX] = {"Source Prefix",
			       IN(TLV_UPDATE) | IN(TLV_ROUTE_REQUEST) | IN(TLV_SEQNO_REQUEST),
			       read_source_prefix},
};

/* Of each kind that we send: it appends itself if the TLV needs it. */
static void (*const sub_writers[])(struct packet_writer *p, const struct tlv *t) = {
	write_timestamp,
	write_source_prefix,
};

/* RFC 8966 4.4: what is unknown is skipped, or takes the TLV with it if it
 * is mandatory; a type that has no meaning in this TLV is unknown. */
static enum tlv_verdict read_subs(struct tlv_in *t, unsigned int tlv_type)
{
	while (rd_left(&t->r)) {
		unsigned int type = rd_u8(&t->r);
		const struct sub_row *row = &sub_rows[type];
		enum tlv_verdict v = TLV_OK;
		struct span body;

		if (type == SUB_PAD1)
			continue;
		body = rd_span(&t->r, rd_u8(&t->r));
		if (!rd_ok(&t->r))
			return TLV_BAD_SUB;
		if (!(row->in & IN(tlv_type)))
			v = type & SUB_TLV_MANDATORY ? TLV_MANDATORY_SUB : TLV_OK;
		else if (row->read)
			v = row->read(t, rd_init(body));
		if (v != TLV_OK)
			return v;
	}
	return TLV_OK;
}

/* ---- Packets ---- */

enum packet_verdict packet_open(struct packet_parser *p, struct span datagram,
				enum family from_family, const struct addr *from)
{
	struct rd r = rd_init(datagram);
	unsigned int magic = rd_u8(&r), version = rd_u8(&r), len = rd_u16(&r);

	wire_state_init(&p->state, from_family, from);
	p->no_v4_via_v6 = false;
	p->body = rd_init(span_of(datagram.p, 0));
	if (!rd_ok(&r))
		return PACKET_SHORT;
	if (magic != BABEL_MAGIC)
		return PACKET_BAD_MAGIC;
	if (version != BABEL_VERSION)
		return PACKET_BAD_VERSION;
	if (len > rd_left(&r))
		return PACKET_BAD_LENGTH;
	/* What is behind the body is the trailer, where RFC 8967 6.1 alone
	 * has a TLV (wire_auth.h). */
	p->body = rd_init(rd_span(&r, len));
	return PACKET_OK;
}

bool packet_next(struct packet_parser *p, struct tlv *out, enum tlv_verdict *verdict)
{
	struct tlv_in t = {.state = &p->state, .out = out, .no_v4_via_v6 = p->no_v4_via_v6};
	const struct tlv_row *row;
	struct span payload;
	unsigned int type;

	if (!rd_left(&p->body))
		return false;
	type = rd_u8(&p->body);
	*verdict = TLV_PADDING;
	if (type == TLV_PAD1)
		return true;
	payload = rd_span(&p->body, rd_u8(&p->body));
	if (!rd_ok(&p->body)) { /* there is no telling where the next one begins */
		p->body.p = p->body.end;
		*verdict = TLV_TRUNCATED;
		return true;
	}
	if (type == TLV_PADN)
		return true;
	*verdict = TLV_STATE_ONLY;
	if (type >= TLV_MAC && type <= TLV_CHALLENGE_REPLY) /* RFC 8967 4.3: read before */
		return true;
	*verdict = TLV_UNKNOWN_TYPE;
	if (type >= N_TLV_ROWS)
		return true;
	row = &wire_tlv_rows[type];
	*verdict = TLV_TRUNCATED;
	if (payload.len < row->min)
		return true;
	*out = (struct tlv){.type = (enum tlv_type)type};
	t.r = rd_init(payload);
	*verdict = row->read(&t);
	if (*verdict == TLV_OK)
		*verdict = read_subs(&t, type);
	if (*verdict == TLV_OK && row->finish)
		*verdict = row->finish(&t);
	return true;
}

void packet_begin(struct packet_writer *p, void *buf, size_t size, enum family from_family,
		  const struct addr *from)
{
	assert(size >= BABEL_HEADER_LEN);
	if (size > BABEL_HEADER_LEN + 0xffff)
		size = BABEL_HEADER_LEN + 0xffff;
	wire_state_init(&p->state, from_family, from);
	p->stamp_at = 0;
	p->w = wr_init(buf, size);
	wr_u8(&p->w, BABEL_MAGIC);
	wr_u8(&p->w, BABEL_VERSION);
	wr_u16(&p->w, 0);
}

static bool update_may_send(const struct tlv_update *u)
{
	if (!u->interval.cs) /* RFC 8966 4.6.9 */
		return false;
	if (u->metric == BABEL_INFINITY)
		return true;
	return !u->wildcard && u->have_router_id && router_id_valid(&u->router_id) &&
	       u->have_nexthop;
}

bool tlv_may_send(const struct tlv *t)
{
	switch (t->type) {
	case TLV_ACK_REQUEST: /* RFC 8966 4.6.3 */
		return t->u.ack_request.interval.cs;
	case TLV_IHU: /* RFC 8966 4.6.6 */
		return t->u.ihu.interval.cs;
	case TLV_UPDATE:
		return update_may_send(&t->u.update);
	case TLV_SEQNO_REQUEST: /* RFC 8966 4.6.11 */
		return t->u.seqno_request.hop_count &&
		       router_id_valid(&t->u.seqno_request.router_id);
	case TLV_ACK:
	case TLV_HELLO:
	case TLV_ROUTE_REQUEST:
		return true;
	case TLV_PAD1:
	case TLV_PADN:
	case TLV_ROUTER_ID:
	case TLV_NEXT_HOP:
		break;
	}
	return false;
}

bool tlv_is_sourced(const struct tlv *t)
{
	if (t->type == TLV_UPDATE)
		return !t->u.update.wildcard && !sdprefix_is_plain(&t->u.update.pair);
	if (t->type == TLV_ROUTE_REQUEST)
		return !t->u.route_request.wildcard && !sdprefix_is_plain(&t->u.route_request.pair);
	return t->type == TLV_SEQNO_REQUEST && !sdprefix_is_plain(&t->u.seqno_request.pair);
}

bool packet_put(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_row *row = &wire_tlv_rows[t->type];
	struct packet_writer before = *p;
	size_t start;

	assert(tlv_may_send(t));
	if (row->imply)
		row->imply(p, t);
	start = wr_len(&p->w);
	wr_u8(&p->w, (uint8_t)t->type);
	wr_u8(&p->w, 0);
	row->write(p, t);
	for (size_t i = 0; i < sizeof(sub_writers) / sizeof(*sub_writers); i++)
		sub_writers[i](p, t);
	if (!wr_ok(&p->w)) {
		*p = before;
		return false;
	}
	wr_patch_u8(&p->w, start + 1, (uint8_t)(wr_len(&p->w) - start - 2));
	return true;
}

bool packet_empty(const struct packet_writer *p)
{
	return wr_len(&p->w) == BABEL_HEADER_LEN;
}

size_t packet_len(const struct packet_writer *p)
{
	return wr_len(&p->w);
}

void packet_pad(struct packet_writer *p)
{
	static const uint8_t zeros[UINT8_MAX];
	size_t room;

	while ((room = wr_left(&p->w)) > 0) {
		size_t n = room - 2 < sizeof(zeros) ? room - 2 : sizeof(zeros);

		if (room == 1) {
			wr_u8(&p->w, TLV_PAD1);
			continue;
		}
		wr_u8(&p->w, TLV_PADN);
		wr_u8(&p->w, (uint8_t)n);
		wr_bytes(&p->w, zeros, n);
	}
}

void packet_stamp(struct packet_writer *p, uint32_t moment)
{
	if (p->stamp_at)
		wr_patch_u32(&p->w, p->stamp_at, moment);
}

struct span packet_end(struct packet_writer *p)
{
	wr_patch_u16(&p->w, 2, (uint16_t)(wr_len(&p->w) - BABEL_HEADER_LEN));
	return span_of(p->w.start, wr_len(&p->w));
}
