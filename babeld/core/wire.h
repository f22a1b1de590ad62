/* SPDX-License-Identifier: MIT */
/*
 * The Babel packet codec: RFC 8966 4 with the Source Prefix sub-TLV of
 * RFC 9079 7, v4-via-v6 (RFC 9229 4) and the Timestamp of RFC 9616 6.
 * Table-driven: a TLV is a row in one table, a sub-TLV a row in another,
 * walked by the same loop.
 *
 * A packet is parsed as a whole into plain structs before anybody acts.
 * Parser state (router-id, next hops, default prefixes; RFC 8966 4.5) is
 * applied here, before any verdict to ignore a TLV, so that handlers see
 * complete Updates. The codec checks structure, not meaning: zero intervals,
 * hop counts and reserved bits are reported as they came. What it does judge
 * is what can't be represented: prefixes too long for their family, unknown
 * mandatory sub-TLVs, malformed or repeated Source Prefix, unknown AE.
 */
#ifndef SRCDEST_BABELD_CORE_WIRE_H
#define SRCDEST_BABELD_CORE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cursor.h"
#include "lib/base/mono.h"
#include "lib/base/prefix.h"

#define BABEL_MAGIC 42
#define BABEL_VERSION 2
#define BABEL_HEADER_LEN 4
#define BABEL_INFINITY 0xffff /* metric and cost, RFC 8966 3.5.2 */

struct router_id { /* RFC 8966 4.1.3; all-zeros and all-ones are "none" */
	uint8_t b[8];
};

enum tlv_type { /* RFC 8966 4.6 */
	TLV_PAD1 = 0,
	TLV_PADN = 1,
	TLV_ACK_REQUEST = 2,
	TLV_ACK = 3,
	TLV_HELLO = 4,
	TLV_IHU = 5,
	TLV_ROUTER_ID = 6,
	TLV_NEXT_HOP = 7,
	TLV_UPDATE = 8,
	TLV_ROUTE_REQUEST = 9,
	TLV_SEQNO_REQUEST = 10,
};

enum address_encoding {
	AE_WILDCARD = 0,
	AE_IP4 = 1,
	AE_IP6 = 2,
	AE_LINKLOCAL = 3,
	AE_V4_VIA_V6 = 4, /* an IPv4 prefix, next hop IPv6: RFC 9229 */
	N_AES,
};

enum sub_tlv_type { SUB_PAD1 = 0, SUB_PADN = 1, SUB_TIMESTAMP = 3, SUB_SOURCE_PREFIX = 128 };
#define SUB_TLV_MANDATORY 0x80

#define HELLO_UNICAST 0x8000 /* RFC 8966 4.6.5 */
#define UPDATE_PREFIX 0x80   /* RFC 8966 4.6.9 */
#define UPDATE_ROUTER_ID 0x40

struct tlv_ack_request {
	uint16_t opaque;
	interval_cs interval;
};

struct tlv_ack {
	uint16_t opaque;
};

struct tlv_hello {
	bool unicast;
	uint16_t seqno;
	interval_cs interval; /* 0: unscheduled */
	bool stamped;	      /* RFC 9616 6.1 */
	uint32_t sent;	      /* us of the sender's clock, modulo 2^32 */
};

struct tlv_ihu {
	enum family family; /* FAM_NONE: AE 0, no address */
	struct addr addr;   /* whom it is for */
	uint16_t rxcost;
	interval_cs interval;
	bool stamped;	   /* RFC 9616 6.2 */
	uint32_t origin;   /* of the addressee's last stamped Hello */
	uint32_t received; /* when that arrived, us of the sender's clock */
};

struct tlv_update {
	bool wildcard;	      /* AE 0: metric is infinite, pair is meaningless */
	struct sdprefix pair;
	uint16_t metric, seqno;
	interval_cs interval;
	/* From parser state; a retraction may lack both. */
	bool have_router_id, have_nexthop;
	struct router_id router_id;
	/* FAM_IP6 with an IPv4 pair is AE 4 (RFC 9229), with or without a next
	 * hop. In an Update to be sent everything else means the pair's own. */
	enum family nexthop_family;
	struct addr nexthop;
};

struct tlv_route_request {
	bool wildcard;
	struct sdprefix pair;
};

struct tlv_seqno_request {
	struct sdprefix pair;
	uint16_t seqno;
	uint8_t hop_count;
	struct router_id router_id;
};

struct tlv {
	enum tlv_type type; /* never PAD, ROUTER_ID or NEXT_HOP: those are state only */
	union {
		struct tlv_ack_request ack_request;
		struct tlv_ack ack;
		struct tlv_hello hello;
		struct tlv_ihu ihu;
		struct tlv_update update;
		struct tlv_route_request route_request;
		struct tlv_seqno_request seqno_request;
	} u;
};

enum tlv_verdict { /* why a TLV was ignored; counted by the caller */
	TLV_OK,
	TLV_PADDING,
	TLV_STATE_ONLY,	   /* Router-Id, Next Hop, those of wire_auth.h: fine */
	TLV_UNKNOWN_TYPE,
	TLV_TRUNCATED,	   /* shorter than its fields, or runs past the body */
	TLV_BAD_SUB,	   /* a sub-TLV runs past its TLV, or a malformed known one */
	TLV_MANDATORY_SUB, /* unknown mandatory sub-TLV, RFC 8966 4.4 */
	TLV_BAD_AE,
	TLV_BAD_PREFIX,	   /* longer than its family, bad Omitted, source with AE 0 ... */
	TLV_NO_ROUTER_ID,  /* finite Update without router-id, RFC 8966 4.6.9 */
	TLV_NO_NEXT_HOP,   /* finite Update without next hop of the family it needs */
	TLV_VERDICTS,
};

enum packet_verdict {
	PACKET_OK,
	PACKET_SHORT,	    /* under 4 octets */
	PACKET_BAD_MAGIC,
	PACKET_BAD_VERSION,
	PACKET_BAD_LENGTH,  /* body runs past the datagram */
	PACKET_VERDICTS,
};

/* The state of RFC 8966 4.5, one per packet. */
struct wire_state {
	bool have_router_id, have_nh4, have_nh6;
	struct router_id router_id;
	struct addr nh4, nh6;
	struct {		/* per AE, RFC 8966 4.6.9 and RFC 9229 4.1 */
		bool have;
		uint8_t octets; /* whole octets that it carried */
		struct addr addr;
	} defaults[N_AES];
};

/* Parses a datagram TLV by TLV, in the order of the body. `from` is the
 * packet's source: the implicit next hop of its family. The parser borrows
 * the datagram. */
struct packet_parser {
	struct wire_state state;
	struct rd body;
	/* packet_open() leaves it false; true: AE 4 is unknown (RFC 9229 5). */
	bool no_v4_via_v6;
};
enum packet_verdict packet_open(struct packet_parser *p, struct span datagram,
				enum family from_family, const struct addr *from);
/* The next TLV that counts or was ignored; false at the end of the body.
 * *out is filled only with TLV_OK. */
bool packet_next(struct packet_parser *p, struct tlv *out, enum tlv_verdict *verdict);

/* Building packets. A writer is one packet under construction for one
 * destination; it keeps the state of RFC 8966 4.5 as the receiver will have
 * it, so that router-ids, next hops and prefixes are not repeated. */
struct packet_writer {
	struct wr w;
	struct wire_state state;
	size_t stamp_at; /* of a Hello's timestamp; 0: none */
};
/* size: how large the datagram may get; buf is the caller's. `from`: the
 * source address the packet will have, the implied next hop of its family. */
void packet_begin(struct packet_writer *p, void *buf, size_t size, enum family from_family,
		  const struct addr *from);
/* What RFC 8966 and RFC 9079 forbid to send, whatever the wish: a zero
 * interval where it promises something, hop count 0, a router-id that means
 * none, a finite wildcard, a finite Update without router-id or next hop. */
bool tlv_may_send(const struct tlv *t);
/* It has a source prefix: a mandatory sub-TLV, RFC 9079 7. */
bool tlv_is_sourced(const struct tlv *t);
/* Appends a TLV, and before an Update what it needs (Router-Id, Next Hop).
 * False: it does not fit; the packet is as before and can be finished. For
 * an Update, router_id, nexthop must be set unless it is a retraction; one that
 * has a router_id gets a Router-Id in front if the packet has none yet.
 * tlv_may_send() must hold. */
bool packet_put(struct packet_writer *p, const struct tlv *t);
bool packet_empty(const struct packet_writer *p);
size_t packet_len(const struct packet_writer *p);
/* Pads the body to the size the datagram may have, RFC 8966 4.6.2. */
void packet_pad(struct packet_writer *p);
/* The moment of sending, in the stamped Hello if there is one, in place of what
 * packet_put() was given: as late as possible (RFC 9616 3.4), before any MAC. */
void packet_stamp(struct packet_writer *p, uint32_t moment);
/* Sets the body length; returns the datagram. */
struct span packet_end(struct packet_writer *p);

bool router_id_eq(const struct router_id *a, const struct router_id *b);
bool router_id_valid(const struct router_id *a); /* neither all-zeros nor all-ones */
#define ROUTER_ID_STR 24
const char *router_id_str(const struct router_id *id, char buf[ROUTER_ID_STR]); /* 01:23:... */

const char *tlv_verdict_name(enum tlv_verdict v);
const char *packet_verdict_name(enum packet_verdict v);
const char *tlv_type_name(unsigned int type);

#endif
