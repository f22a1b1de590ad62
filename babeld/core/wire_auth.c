/* SPDX-License-Identifier: MIT */
/* TLVs of MAC authentication, RFC 8967 6, and the pseudo-header of 4.1. */
#include "babeld/core/wire_auth.h"

#define BABEL_PORT_NUMBER 6696 /* both ports, RFC 8966 4 */

static bool take(struct auth_tlv *out, unsigned int type, struct rd payload)
{
	size_t most = AUTH_NONCE_MAX;

	*out = (struct auth_tlv){.type = (enum auth_tlv_type)type};
	switch (out->type) {
	case TLV_MAC:
		most = UINT8_MAX;
		break;
	case TLV_PC:
		most = AUTH_INDEX_MAX;
		out->pc = rd_u32(&payload);
		break;
	case TLV_CHALLENGE_REQUEST:
	case TLV_CHALLENGE_REPLY:
		break;
	}
	out->data = rd_span(&payload, rd_left(&payload));
	return rd_ok(&payload) && out->data.len <= most;
}

bool wire_auth_next(struct rd *r, struct auth_tlv *out)
{
	while (rd_left(r)) {
		unsigned int type = rd_u8(r);
		struct span payload;

		if (type == TLV_PAD1)
			continue;
		payload = rd_span(r, rd_u8(r));
		if (!rd_ok(r))
			break;
		if (type >= TLV_MAC && type <= TLV_CHALLENGE_REPLY &&
		    take(out, type, rd_init(payload)))
			return true;
	}
	return false;
}

size_t wire_auth_pseudo(enum family f, const struct addr *from, const struct addr *to,
			uint8_t out[AUTH_PSEUDO_MAX])
{
	struct wr w = wr_init(out, AUTH_PSEUDO_MAX);

	wr_bytes(&w, from->b, family_octets(f));
	wr_u16(&w, BABEL_PORT_NUMBER);
	wr_bytes(&w, to->b, family_octets(f));
	wr_u16(&w, BABEL_PORT_NUMBER);
	return wr_len(&w);
}

void wire_auth_put_pc(struct packet_writer *p, size_t more, uint32_t pc, struct span index)
{
	p->w.end += more;
	wr_u8(&p->w, TLV_PC);
	wr_u8(&p->w, (uint8_t)(sizeof(pc) + index.len));
	wr_u32(&p->w, pc);
	wr_bytes(&p->w, index.p, index.len);
}

bool wire_auth_put_nonce(struct packet_writer *p, enum auth_tlv_type type, struct span nonce)
{
	struct wr before = p->w;

	wr_u8(&p->w, (uint8_t)type);
	wr_u8(&p->w, (uint8_t)nonce.len);
	wr_bytes(&p->w, nonce.p, nonce.len);
	if (!wr_ok(&p->w)) {
		p->w = before;
		return false;
	}
	return true;
}

bool wire_auth_equal(struct span a, struct span b)
{
	volatile uint8_t differs = 0; /* RFC 8967 7: no early end */

	if (a.len != b.len)
		return false;
	for (size_t k = 0; k < a.len; k++)
		differs = (uint8_t)(differs | (a.p[k] ^ b.p[k]));
	return !differs;
}
