/* SPDX-License-Identifier: MIT */
/* The Babel packet codec: two tables and the loops over them. */
#include "babeld/core/wire.h"

#include <assert.h>
#include <string.h>

#include "babeld/core/wire_state.h"

/* A TLV being read. */
struct tlv_in {
	struct rd r;		  /* what is left of its payload */
	struct wire_state *state; /* of the packet */
	struct tlv *out;
	enum family family; /* of the prefix; FAM_NONE: none, or a wildcard */
	struct prefix dst, src;
	bool have_src;
};

struct tlv_row {
	const char *name;
	uint8_t min; /* octets of the fields that are always there, RFC 8966 4.6 */
	/* Takes the fields off t->r and does what RFC 8966 4.5 wants done to
	 * the state. Verdicts other than TLV_OK leave state alone, or are
	 * about a TLV whose fields could be read all the same. */
	enum tlv_verdict (*read)(struct tlv_in *t);
	/* After the sub-TLVs: what needs all of it. NULL: nothing does. */
	enum tlv_verdict (*finish)(struct tlv_in *t);
	/* NULL: emitted only on behalf of an Update. */
	void (*write)(struct packet_writer *p, const struct tlv *t);
};

struct sub_row {
	const char *name;
	uint16_t in; /* TLV types where it has a meaning, a bit each; RFC 8966 4.4 */
	enum tlv_verdict (*read)(struct tlv_in *t, struct rd body);
	/* Appends itself if the TLV needs it; NULL: never sent. */
	void (*write)(struct wr *w, const struct tlv *t);
};

/* ---- Addresses and prefixes, RFC 8966 4.1.4 and 4.1.5 ---- */

static unsigned int octets_of(unsigned int plen)
{
	return (plen + 7) / 8;
}

static const struct addr linklocal_base = {{0xfe, 0x80}};

/* A whole address, as in IHU and Next Hop. AE 4 is not for addresses (RFC
 * 9229 4.2), and like all above it unknown here. */
static enum tlv_verdict read_addr(struct rd *r, unsigned int ae, enum family *f, struct addr *out)
{
	uint8_t b[16];

	*out = (struct addr){{0}};
	switch (ae) {
	case AE_WILDCARD:
		*f = FAM_NONE;
		return TLV_OK;
	case AE_IP4:
		*f = FAM_IP4;
		rd_bytes(r, b, 4);
		*out = addr_from(FAM_IP4, b);
		break;
	case AE_IP6:
		*f = FAM_IP6;
		rd_bytes(r, b, 16);
		*out = addr_from(FAM_IP6, b);
		break;
	case AE_LINKLOCAL:
		*f = FAM_IP6;
		*out = linklocal_base;
		rd_bytes(r, out->b + 8, 8);
		break;
	default:
		return TLV_BAD_AE;
	}
	return rd_ok(r) ? TLV_OK : TLV_TRUNCATED;
}

static unsigned int addr_ae(enum family f, const struct addr *a)
{
	switch (f) {
	case FAM_NONE:
		return AE_WILDCARD;
	case FAM_IP4:
		return AE_IP4;
	case FAM_IP6:
		break;
	}
	return memcmp(a->b, linklocal_base.b, 8) == 0 ? AE_LINKLOCAL : AE_IP6;
}

static void write_addr(struct wr *w, enum family f, const struct addr *a)
{
	switch (addr_ae(f, a)) {
	case AE_LINKLOCAL:
		wr_bytes(w, a->b + 8, 8);
		break;
	case AE_IP4:
	case AE_IP6:
		wr_bytes(w, a->b, family_octets(f));
		break;
	default:
		break;
	}
}

static enum family ae_family(unsigned int ae)
{
	switch (ae) {
	case AE_IP4:
		return FAM_IP4;
	case AE_IP6:
	case AE_LINKLOCAL:
		return FAM_IP6;
	default:
		return FAM_NONE;
	}
}

static unsigned int prefix_ae(const struct prefix *p)
{
	return p->family == FAM_IP4 ? AE_IP4 : AE_IP6;
}

/* The rest of a prefix whose first `omitted` octets come from `from` (RFC
 * 8966 4.6.9); bits past plen are masked away. */
static enum tlv_verdict read_prefix(struct rd *r, enum family f, unsigned int plen,
				    unsigned int omitted, const struct addr *from,
				    struct prefix *out)
{
	struct addr a = {{0}};

	if (plen > family_bits(f) || omitted > octets_of(plen) || (omitted && !from))
		return TLV_BAD_PREFIX;
	if (omitted)
		memcpy(a.b, from->b, omitted);
	rd_bytes(r, a.b + omitted, octets_of(plen) - omitted);
	if (!rd_ok(r))
		return TLV_TRUNCATED;
	return prefix_make(out, f, &a, plen) ? TLV_OK : TLV_BAD_PREFIX;
}

static void write_prefix(struct wr *w, const struct prefix *p, unsigned int omitted)
{
	wr_bytes(w, p->addr.b + omitted, octets_of(p->plen) - omitted);
}

/* The pair of what was read; the source is there only if a sub-TLV said so. */
static void make_pair(const struct tlv_in *t, struct sdprefix *out)
{
	bool ok = sdprefix_make(out, &t->dst, t->have_src ? &t->src : NULL);

	assert(ok);
	(void)ok;
}

static void rd_router_id(struct rd *r, struct router_id *id)
{
	rd_bytes(r, id->b, sizeof(id->b));
}

/* ---- TLVs, RFC 8966 4.6 ---- */

static enum tlv_verdict read_ack_request(struct tlv_in *t) /* 4.6.3 */
{
	rd_u16(&t->r);
	t->out->u.ack_request.opaque = rd_u16(&t->r);
	t->out->u.ack_request.interval.cs = rd_u16(&t->r);
	return TLV_OK;
}

static void write_ack_request(struct packet_writer *p, const struct tlv *t)
{
	wr_u16(&p->w, 0);
	wr_u16(&p->w, t->u.ack_request.opaque);
	wr_u16(&p->w, t->u.ack_request.interval.cs);
}

static enum tlv_verdict read_ack(struct tlv_in *t) /* 4.6.4 */
{
	t->out->u.ack.opaque = rd_u16(&t->r);
	return TLV_OK;
}

static void write_ack(struct packet_writer *p, const struct tlv *t)
{
	wr_u16(&p->w, t->u.ack.opaque);
}

static enum tlv_verdict read_hello(struct tlv_in *t) /* 4.6.5 */
{
	t->out->u.hello.unicast = rd_u16(&t->r) & HELLO_UNICAST;
	t->out->u.hello.seqno = rd_u16(&t->r);
	t->out->u.hello.interval.cs = rd_u16(&t->r);
	return TLV_OK;
}

static void write_hello(struct packet_writer *p, const struct tlv *t)
{
	wr_u16(&p->w, t->u.hello.unicast ? HELLO_UNICAST : 0);
	wr_u16(&p->w, t->u.hello.seqno);
	wr_u16(&p->w, t->u.hello.interval.cs);
}

static enum tlv_verdict read_ihu(struct tlv_in *t) /* 4.6.6 */
{
	struct tlv_ihu *u = &t->out->u.ihu;
	unsigned int ae = rd_u8(&t->r);

	rd_u8(&t->r);
	u->rxcost = rd_u16(&t->r);
	u->interval.cs = rd_u16(&t->r);
	return read_addr(&t->r, ae, &u->family, &u->addr);
}

static void write_ihu(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_ihu *u = &t->u.ihu;

	wr_u8(&p->w, (uint8_t)addr_ae(u->family, &u->addr));
	wr_u8(&p->w, 0);
	wr_u16(&p->w, u->rxcost);
	wr_u16(&p->w, u->interval.cs);
	write_addr(&p->w, u->family, &u->addr);
}

static enum tlv_verdict read_router_id(struct tlv_in *t) /* 4.6.7 */
{
	struct router_id id;

	rd_u16(&t->r);
	rd_router_id(&t->r, &id);
	wire_state_set_router_id(t->state, &id);
	return TLV_OK;
}

static enum tlv_verdict read_next_hop(struct tlv_in *t) /* 4.6.8 */
{
	unsigned int ae = rd_u8(&t->r);
	enum tlv_verdict v;
	enum family f;
	struct addr a;

	rd_u8(&t->r);
	if (ae == AE_WILDCARD) /* no address at all: the one in force stays */
		return TLV_BAD_AE;
	v = read_addr(&t->r, ae, &f, &a);
	if (v == TLV_OK)
		wire_state_set_next_hop(t->state, f, &a);
	return v;
}

static enum tlv_verdict finish_state_only(struct tlv_in *t)
{
	(void)t;
	return TLV_STATE_ONLY;
}

/* A link-local prefix: fe80::/64 is implied and its octets are not there (RFC
 * 8966 4.1.4). No route to one is ever learned, but the R flag counts. */
static enum tlv_verdict read_update_linklocal(struct tlv_in *t, unsigned int flags,
					      unsigned int plen, unsigned int omitted)
{
	struct router_id id;
	struct addr a = linklocal_base;
	struct prefix p;

	if (plen > 128 || omitted)
		return TLV_BAD_PREFIX;
	if (plen > 64)
		rd_bytes(&t->r, a.b + 8, octets_of(plen) - 8);
	if (!rd_ok(&t->r))
		return TLV_TRUNCATED;
	if (!prefix_make(&p, FAM_IP6, &a, plen))
		return TLV_BAD_PREFIX;
	if (flags & UPDATE_ROUTER_ID) {
		id = wire_router_id_of(&p.addr, 16);
		wire_state_set_router_id(t->state, &id);
	}
	return TLV_BAD_AE;
}

static enum tlv_verdict read_update(struct tlv_in *t) /* 4.6.9 */
{
	struct tlv_update *u = &t->out->u.update;
	unsigned int ae = rd_u8(&t->r), flags = rd_u8(&t->r);
	unsigned int plen = rd_u8(&t->r), omitted = rd_u8(&t->r);
	enum family f = ae_family(ae);
	struct router_id id;
	enum tlv_verdict v;

	u->interval.cs = rd_u16(&t->r);
	u->seqno = rd_u16(&t->r);
	u->metric = rd_u16(&t->r);
	if (ae > AE_LINKLOCAL)
		return TLV_BAD_AE;
	if (ae == AE_LINKLOCAL)
		return read_update_linklocal(t, flags, plen, omitted);
	if (ae == AE_WILDCARD && (plen || omitted))
		return TLV_BAD_PREFIX;
	if (ae == AE_WILDCARD) {
		u->wildcard = true;
	} else {
		v = read_prefix(&t->r, f, plen, omitted, wire_state_default(t->state, f), &t->dst);
		if (v != TLV_OK)
			return v;
		t->family = f;
		if (flags & UPDATE_PREFIX)
			wire_state_set_default(t->state, &t->dst);
	}
	if (flags & UPDATE_ROUTER_ID) {
		/* A wildcard has no address to take the id from: none is left. */
		id = wire_router_id_of(&t->dst.addr, u->wildcard ? 0 : family_octets(f));
		wire_state_set_router_id(t->state, &id);
	}
	return TLV_OK;
}

static enum tlv_verdict finish_update(struct tlv_in *t)
{
	struct tlv_update *u = &t->out->u.update;
	const struct router_id *id = wire_state_router_id(t->state);
	const struct addr *nh;

	if (u->wildcard)
		return u->metric == BABEL_INFINITY ? TLV_OK : TLV_BAD_PREFIX;
	make_pair(t, &u->pair);
	nh = wire_state_next_hop(t->state, t->family);
	u->have_router_id = id != NULL;
	if (id)
		u->router_id = *id;
	u->have_nexthop = nh != NULL;
	if (nh)
		u->nexthop = *nh;
	if (u->metric == BABEL_INFINITY) /* a retraction needs neither */
		return TLV_OK;
	if (!id)
		return TLV_NO_ROUTER_ID;
	return nh ? TLV_OK : TLV_NO_NEXT_HOP;
}

/* What the receiver does not know yet is told by TLVs in front of the Update. */
static void write_implied(struct packet_writer *p, const struct tlv_update *u)
{
	const struct router_id *id = wire_state_router_id(&p->state);
	enum family f = sdprefix_family(&u->pair);
	const struct addr *nh = wire_state_next_hop(&p->state, f);
	unsigned int ae;

	if (!id || !router_id_eq(id, &u->router_id)) {
		wr_u8(&p->w, TLV_ROUTER_ID);
		wr_u8(&p->w, 10);
		wr_u16(&p->w, 0);
		wr_bytes(&p->w, u->router_id.b, sizeof(u->router_id.b));
		wire_state_set_router_id(&p->state, &u->router_id);
	}
	if (!nh || addr_cmp(nh, &u->nexthop) != 0) {
		ae = addr_ae(f, &u->nexthop);
		wr_u8(&p->w, TLV_NEXT_HOP);
		wr_u8(&p->w, ae == AE_IP4 ? 6 : ae == AE_IP6 ? 18 : 10);
		wr_u8(&p->w, (uint8_t)ae);
		wr_u8(&p->w, 0);
		write_addr(&p->w, f, &u->nexthop);
		wire_state_set_next_hop(&p->state, f, &u->nexthop);
	}
}

static void write_update(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_update *u = &t->u.update;
	const struct prefix *dst = &u->pair.dst;
	unsigned int omitted = u->wildcard ? 0 : wire_state_omit(&p->state, dst);
	/* A default prefix under one octet would help nobody. */
	bool set_default = !u->wildcard && dst->plen >= 8;

	wr_u8(&p->w, u->wildcard ? AE_WILDCARD : (uint8_t)prefix_ae(dst));
	wr_u8(&p->w, set_default ? UPDATE_PREFIX : 0);
	wr_u8(&p->w, u->wildcard ? 0 : dst->plen);
	wr_u8(&p->w, (uint8_t)omitted);
	wr_u16(&p->w, u->interval.cs);
	wr_u16(&p->w, u->seqno);
	wr_u16(&p->w, u->metric);
	if (!u->wildcard)
		write_prefix(&p->w, dst, omitted);
	if (set_default)
		wire_state_set_default(&p->state, dst);
}

/* Requests are never compressed and never for link-local prefixes. */
static enum tlv_verdict read_request_prefix(struct tlv_in *t, unsigned int ae, unsigned int plen)
{
	if (ae != AE_IP4 && ae != AE_IP6)
		return TLV_BAD_AE;
	t->family = ae_family(ae);
	return read_prefix(&t->r, t->family, plen, 0, NULL, &t->dst);
}

static enum tlv_verdict read_route_request(struct tlv_in *t) /* 4.6.10 */
{
	unsigned int ae = rd_u8(&t->r), plen = rd_u8(&t->r);

	if (ae != AE_WILDCARD)
		return read_request_prefix(t, ae, plen);
	t->out->u.route_request.wildcard = true;
	return plen ? TLV_BAD_PREFIX : TLV_OK;
}

static enum tlv_verdict finish_route_request(struct tlv_in *t)
{
	if (!t->out->u.route_request.wildcard)
		make_pair(t, &t->out->u.route_request.pair);
	return TLV_OK;
}

static void write_route_request(struct packet_writer *p, const struct tlv *t)
{
	const struct prefix *dst = &t->u.route_request.pair.dst;

	if (t->u.route_request.wildcard) {
		wr_u8(&p->w, AE_WILDCARD);
		wr_u8(&p->w, 0);
		return;
	}
	wr_u8(&p->w, (uint8_t)prefix_ae(dst));
	wr_u8(&p->w, dst->plen);
	write_prefix(&p->w, dst, 0);
}

static enum tlv_verdict read_seqno_request(struct tlv_in *t) /* 4.6.11 */
{
	struct tlv_seqno_request *u = &t->out->u.seqno_request;
	unsigned int ae = rd_u8(&t->r), plen = rd_u8(&t->r);

	u->seqno = rd_u16(&t->r);
	u->hop_count = rd_u8(&t->r);
	rd_u8(&t->r);
	rd_router_id(&t->r, &u->router_id);
	return read_request_prefix(t, ae, plen);
}

static enum tlv_verdict finish_seqno_request(struct tlv_in *t)
{
	make_pair(t, &t->out->u.seqno_request.pair);
	return TLV_OK;
}

static void write_seqno_request(struct packet_writer *p, const struct tlv *t)
{
	const struct tlv_seqno_request *u = &t->u.seqno_request;

	wr_u8(&p->w, (uint8_t)prefix_ae(&u->pair.dst));
	wr_u8(&p->w, u->pair.dst.plen);
	wr_u16(&p->w, u->seqno);
	wr_u8(&p->w, u->hop_count);
	wr_u8(&p->w, 0);
	wr_bytes(&p->w, u->router_id.b, sizeof(u->router_id.b));
	write_prefix(&p->w, &u->pair.dst, 0);
}

/* clang-format off */
static const struct tlv_row tlv_rows[] = {
	[TLV_PAD1] = {"Pad1", 0, NULL, NULL, NULL},
	[TLV_PADN] = {"PadN", 0, NULL, NULL, NULL},
	[TLV_ACK_REQUEST] = {"Acknowledgment Request", 6, read_ack_request, NULL, write_ack_request},
	[TLV_ACK] = {"Acknowledgment", 2, read_ack, NULL, write_ack},
	[TLV_HELLO] = {"Hello", 6, read_hello, NULL, write_hello},
	[TLV_IHU] = {"IHU", 6, read_ihu, NULL, write_ihu},
	[TLV_ROUTER_ID] = {"Router-Id", 10, read_router_id, finish_state_only, NULL},
	[TLV_NEXT_HOP] = {"Next Hop", 2, read_next_hop, finish_state_only, NULL},
	[TLV_UPDATE] = {"Update", 10, read_update, finish_update, write_update},
	[TLV_ROUTE_REQUEST] = {"Route Request", 2, read_route_request, finish_route_request,
			       write_route_request},
	[TLV_SEQNO_REQUEST] = {"Seqno Request", 14, read_seqno_request, finish_seqno_request,
			       write_seqno_request},
};
/* clang-format on */
#define N_TLV_ROWS (sizeof(tlv_rows) / sizeof(tlv_rows[0]))

/* ---- Sub-TLVs, RFC 8966 4.4 and 4.7, RFC 9079 7.1 ---- */

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
	v = read_prefix(&body, t->family, splen, 0, NULL, &t->src);
	t->have_src = v == TLV_OK;
	return v == TLV_OK ? TLV_OK : TLV_BAD_SUB;
}

static void write_source_prefix(struct wr *w, const struct tlv *t)
{
	const struct sdprefix *pair = tlv_pair(t);

	if (!pair || sdprefix_is_plain(pair))
		return;
	wr_u8(w, SUB_SOURCE_PREFIX);
	wr_u8(w, (uint8_t)(1 + octets_of(pair->src.plen)));
	wr_u8(w, pair->src.plen);
	write_prefix(w, &pair->src, 0);
}

#define IN(type) (1u << (type))
static const struct sub_row sub_rows[256] = {
	[SUB_PADN] = {"PadN", 0xffff, NULL, NULL},
	[SUB_SOURCE_PREFIX] = {"Source Prefix",
			       IN(TLV_UPDATE) | IN(TLV_ROUTE_REQUEST) | IN(TLV_SEQNO_REQUEST),
			       read_source_prefix, write_source_prefix},
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
	p->body = rd_init(span_of(datagram.p, 0));
	if (!rd_ok(&r))
		return PACKET_SHORT;
	if (magic != BABEL_MAGIC)
		return PACKET_BAD_MAGIC;
	if (version != BABEL_VERSION)
		return PACKET_BAD_VERSION;
	if (len > rd_left(&r))
		return PACKET_BAD_LENGTH;
	/* What is behind the body is the trailer: no TLV known here may be in
	 * it (RFC 8966 4.2), so nobody looks. */
	p->body = rd_init(rd_span(&r, len));
	return PACKET_OK;
}

bool packet_next(struct packet_parser *p, struct tlv *out, enum tlv_verdict *verdict)
{
	struct tlv_in t = {.state = &p->state, .out = out};
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
	*verdict = TLV_UNKNOWN_TYPE;
	if (type >= N_TLV_ROWS)
		return true;
	row = &tlv_rows[type];
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

bool packet_put(struct packet_writer *p, const struct tlv *t)
{
	struct packet_writer before = *p;
	size_t start;

	assert(tlv_may_send(t));
	if (t->type == TLV_UPDATE && t->u.update.metric != BABEL_INFINITY)
		write_implied(p, &t->u.update);
	start = wr_len(&p->w);
	wr_u8(&p->w, (uint8_t)t->type);
	wr_u8(&p->w, 0);
	tlv_rows[t->type].write(p, t);
	for (size_t i = 0; i < sizeof(sub_rows) / sizeof(sub_rows[0]); i++)
		if (sub_rows[i].write)
			sub_rows[i].write(&p->w, t);
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

struct span packet_end(struct packet_writer *p)
{
	wr_patch_u16(&p->w, 2, (uint16_t)(wr_len(&p->w) - BABEL_HEADER_LEN));
	return span_of(p->w.start, wr_len(&p->w));
}

/* ---- Router-ids and names ---- */

bool router_id_eq(const struct router_id *a, const struct router_id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool router_id_valid(const struct router_id *a)
{
	for (size_t i = 1; i < sizeof(a->b); i++)
		if (a->b[i] != a->b[0])
			return true;
	return a->b[0] != 0 && a->b[0] != 0xff;
}

const char *router_id_str(const struct router_id *id, char buf[ROUTER_ID_STR])
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(id->b); i++) {
		buf[3 * i] = hex[id->b[i] >> 4];
		buf[3 * i + 1] = hex[id->b[i] & 15];
		buf[3 * i + 2] = i + 1 < sizeof(id->b) ? ':' : '\0';
	}
	return buf;
}

const char *tlv_verdict_name(enum tlv_verdict v)
{
	switch (v) {
	case TLV_OK:
		return "fine";
	case TLV_PADDING:
		return "padding";
	case TLV_STATE_ONLY:
		return "state only";
	case TLV_UNKNOWN_TYPE:
		return "unknown type";
	case TLV_TRUNCATED:
		return "truncated";
	case TLV_BAD_SUB:
		return "malformed sub-TLV";
	case TLV_MANDATORY_SUB:
		return "unknown mandatory sub-TLV";
	case TLV_BAD_AE:
		return "unusable address encoding";
	case TLV_BAD_PREFIX:
		return "malformed prefix";
	case TLV_NO_ROUTER_ID:
		return "no router-id";
	case TLV_NO_NEXT_HOP:
		return "no next hop";
	case TLV_VERDICTS:
		break;
	}
	return "unknown";
}

const char *packet_verdict_name(enum packet_verdict v)
{
	switch (v) {
	case PACKET_OK:
		return "fine";
	case PACKET_SHORT:
		return "shorter than its header";
	case PACKET_BAD_MAGIC:
		return "bad magic";
	case PACKET_BAD_VERSION:
		return "unknown version";
	case PACKET_BAD_LENGTH:
		return "body longer than the datagram";
	case PACKET_VERDICTS:
		break;
	}
	return "unknown";
}

const char *tlv_type_name(unsigned int type)
{
	return type < N_TLV_ROWS ? tlv_rows[type].name : "unknown";
}
