/* SPDX-License-Identifier: MIT */
/*
 * The TLVs of MAC authentication, RFC 8967 6, and what a MAC is computed
 * over, RFC 8967 4.1. They carry no state for the other TLVs and no sub-TLVs,
 * and are looked for before anything else of a packet is believed, so they
 * have a walk of their own. Pure; owns nothing.
 */
#ifndef SRCDEST_BABELD_CORE_WIRE_AUTH_H
#define SRCDEST_BABELD_CORE_WIRE_AUTH_H

#include "babeld/core/wire.h"

enum auth_tlv_type { /* RFC 8967 8 */
		     TLV_MAC = 16,
		     TLV_PC = 17,
		     TLV_CHALLENGE_REQUEST = 18,
		     TLV_CHALLENGE_REPLY = 19,
};

#define AUTH_INDEX_MAX	32  /* octets, RFC 8967 6.2 */
#define AUTH_NONCE_MAX	192 /* octets, RFC 8967 6.3 */
#define AUTH_PSEUDO_MAX 36  /* octets of a pseudo-header */

/* One TLV of those types. */
struct auth_tlv {
	enum auth_tlv_type type;
	uint32_t pc;	  /* TLV_PC only */
	struct span data; /* MAC, Index or Nonce; in place */
};
/* The next one in a body or a trailer; false at the end, which is also where
 * a TLV is cut short. Others are skipped, and so are a PC TLV too short for
 * its counter (6.2) and an Index or a Nonce above its limit (6.2, 6.3). */
bool wire_auth_next(struct rd *r, struct auth_tlv *out);

/* What goes before the octets of the packet; its length. RFC 8967 4.1 */
size_t wire_auth_pseudo(enum family f, const struct addr *from, const struct addr *to,
			uint8_t out[AUTH_PSEUDO_MAX]);

/* Appends a PC TLV, beyond the room that the writer was given if it has to:
 * `more` octets of it must be there. */
void wire_auth_put_pc(struct packet_writer *p, size_t more, uint32_t pc, struct span index);
/* Appends a challenge TLV; false: it does not fit, the packet is as before. */
bool wire_auth_put_nonce(struct packet_writer *p, enum auth_tlv_type type, struct span nonce);

/* Equal in length and octets, in a time that tells nothing of where they
 * differ. */
bool wire_auth_equal(struct span a, struct span b);

#endif
