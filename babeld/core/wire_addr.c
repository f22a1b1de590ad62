/* SPDX-License-Identifier: MIT */
/* Addresses and prefixes, RFC 8966 4.1.4 and 4.1.5. */
#include "babeld/core/wire_impl.h"

#include <string.h>

unsigned int wire_octets(unsigned int plen)
{
	return (plen + 7) / 8;
}

const struct addr wire_linklocal_base = {{0xfe, 0x80}};

enum tlv_verdict wire_read_addr(struct rd *r, unsigned int ae, enum family *f, struct addr *out)
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
		*out = wire_linklocal_base;
		rd_bytes(r, out->b + 8, 8);
		break;
	default:
		return TLV_BAD_AE;
	}
	return rd_ok(r) ? TLV_OK : TLV_TRUNCATED;
}

unsigned int wire_addr_ae(enum family f, const struct addr *a)
{
	switch (f) {
	case FAM_NONE:
		return AE_WILDCARD;
	case FAM_IP4:
		return AE_IP4;
	case FAM_IP6:
		break;
	}
	return memcmp(a->b, wire_linklocal_base.b, 8) == 0 ? AE_LINKLOCAL : AE_IP6;
}

void wire_write_addr(struct wr *w, enum family f, const struct addr *a)
{
	switch (wire_addr_ae(f, a)) {
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

enum family wire_ae_family(unsigned int ae)
{
	switch (ae) {
	case AE_IP4:
	case AE_V4_VIA_V6:
		return FAM_IP4;
	case AE_IP6:
	case AE_LINKLOCAL:
		return FAM_IP6;
	default:
		return FAM_NONE;
	}
}

unsigned int wire_prefix_ae(const struct prefix *p)
{
	return p->family == FAM_IP4 ? AE_IP4 : AE_IP6;
}

unsigned int wire_update_ae(const struct tlv_update *u)
{
	if (sdprefix_family(&u->pair) == FAM_IP4 && u->nexthop_family == FAM_IP6)
		return AE_V4_VIA_V6;
	return wire_prefix_ae(&u->pair.dst);
}

enum tlv_verdict wire_read_prefix(struct rd *r, enum family f, unsigned int plen,
				  unsigned int omitted, const struct addr *from, struct prefix *out)
{
	struct addr a = {{0}};

	if (plen > family_bits(f) || omitted > wire_octets(plen) || (omitted && !from))
		return TLV_BAD_PREFIX;
	if (omitted)
		memcpy(a.b, from->b, omitted);
	rd_bytes(r, a.b + omitted, wire_octets(plen) - omitted);
	if (!rd_ok(r))
		return TLV_TRUNCATED;
	return prefix_make(out, f, &a, plen) ? TLV_OK : TLV_BAD_PREFIX;
}

void wire_write_prefix(struct wr *w, const struct prefix *p, unsigned int omitted)
{
	wr_bytes(w, p->addr.b + omitted, wire_octets(p->plen) - omitted);
}
