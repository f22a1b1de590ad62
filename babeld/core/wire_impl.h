/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the codec share: the table of TLVs, and prefixes as TLVs
 * and sub-TLVs carry them. Private to the codec.
 */
#ifndef SRCDEST_BABELD_CORE_WIRE_IMPL_H
#define SRCDEST_BABELD_CORE_WIRE_IMPL_H

#include "babeld/core/wire_state.h"

/* A TLV being read. */
struct tlv_in {
	struct rd r;		  /* what is left of its payload */
	struct wire_state *state; /* of the packet */
	struct tlv *out;
	bool no_v4_via_v6;
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
	/* Writes the TLVs that must stand in front of it. NULL: none ever. */
	void (*imply)(struct packet_writer *p, const struct tlv *t);
};

#define N_TLV_ROWS (TLV_SEQNO_REQUEST + 1)
extern const struct tlv_row wire_tlv_rows[N_TLV_ROWS];

extern const struct addr wire_linklocal_base; /* fe80::, AE 3 is below it */

/* How many octets hold a prefix of that length. */
unsigned int wire_octets(unsigned int plen);
/* Of a prefix; FAM_NONE: a wildcard, or an encoding we do not know. */
enum family wire_ae_family(unsigned int ae);
/* The plain one: requests never need another (RFC 9229 2.3). */
unsigned int wire_prefix_ae(const struct prefix *p);
/* Of an Update that is no wildcard. */
unsigned int wire_update_ae(const struct tlv_update *u);
/* The shortest encoding that can say it. */
unsigned int wire_addr_ae(enum family f, const struct addr *a);

/* A whole address, as in IHU and Next Hop. AE 4 is not for addresses (RFC
 * 9229 4.2), and like all above it unknown here. */
enum tlv_verdict wire_read_addr(struct rd *r, unsigned int ae, enum family *f, struct addr *out);
void wire_write_addr(struct wr *w, enum family f, const struct addr *a);

/* The rest of a prefix whose first `omitted` octets come from `from` (RFC
 * 8966 4.6.9); bits past plen are masked away. */
enum tlv_verdict wire_read_prefix(struct rd *r, enum family f, unsigned int plen,
				  unsigned int omitted, const struct addr *from,
				  struct prefix *out);
void wire_write_prefix(struct wr *w, const struct prefix *p, unsigned int omitted);

#endif
