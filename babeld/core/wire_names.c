/* SPDX-License-Identifier: MIT */
/* Router-ids, and names for what the codec finds. */
#include "babeld/core/wire.h"

#include <string.h>

#include "babeld/core/wire_auth.h"
#include "babeld/core/wire_impl.h"

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
	static const char *const auth[] = {"MAC", "PC", "Challenge Request", "Challenge Reply"};

	if (type >= TLV_MAC && type <= TLV_CHALLENGE_REPLY)
		return auth[type - TLV_MAC];
	return type < N_TLV_ROWS ? wire_tlv_rows[type].name : "unknown";
}
