/* SPDX-License-Identifier: MIT */
/* Packets as hex, and what the codec makes of them. */
#ifndef SRCDEST_TESTS_WIRE_HELP_H
#define SRCDEST_TESTS_WIRE_HELP_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/core/wire.h"

struct pkt {
	uint8_t b[4096];
	size_t n;
};

static inline struct pkt pkt_empty(void)
{
	return (struct pkt){.b = {BABEL_MAGIC, BABEL_VERSION}, .n = BABEL_HEADER_LEN};
}

/* Appends octets; spaces are for the eye. The body length follows. */
static inline void pkt_hex(struct pkt *p, const char *hex)
{
	unsigned int v;
	size_t body;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		assert(p->n < sizeof(p->b) && sscanf(hex, "%2x", &v) == 1);
		p->b[p->n++] = (uint8_t)v;
		hex += 2;
	}
	body = p->n - BABEL_HEADER_LEN;
	p->b[2] = (uint8_t)(body >> 8);
	p->b[3] = (uint8_t)body;
}

/* Appends a TLV whose Length is counted here: payload, then sub-TLVs. */
static inline void pkt_tlv(struct pkt *p, unsigned int type, const char *payload, const char *subs)
{
	size_t start = p->n;
	char head[24];

	snprintf(head, sizeof(head), "%02x00", type);
	pkt_hex(p, head);
	pkt_hex(p, payload);
	pkt_hex(p, subs);
	p->b[start + 1] = (uint8_t)(p->n - start - 2);
}

struct seen {
	enum packet_verdict packet;
	size_t n;
	struct {
		enum tlv_verdict verdict;
		struct tlv tlv; /* with TLV_OK */
	} item[1024];
	struct wire_state state; /* at the end */
};

static const struct addr peer6 = {{0xfe, 0x80, [15] = 9}};

/* The octets are copied to memory of exactly their size, so that a sanitizer
 * sees every step behind the end. */
static inline void see_as(const void *octets, size_t len, enum family from, bool no_v4_via_v6,
			  struct seen *out)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct addr peer4 = addr_ip4(192, 0, 2, 9);
	struct packet_parser p;

	assert(copy);
	memcpy(copy, octets, len);
	out->n = 0;
	out->packet = packet_open(&p, span_of(copy, len), from, from == FAM_IP6 ? &peer6 : &peer4);
	p.no_v4_via_v6 = no_v4_via_v6;
	while (out->packet == PACKET_OK &&
	       packet_next(&p, &out->item[out->n].tlv, &out->item[out->n].verdict)) {
		out->n++;
		assert(out->n < sizeof(out->item) / sizeof(out->item[0]));
	}
	out->state = p.state;
	free(copy);
}

static inline void see_octets(const void *octets, size_t len, struct seen *out)
{
	see_as(octets, len, FAM_IP6, false, out);
}

static inline void see(const struct pkt *p, struct seen *out)
{
	see_octets(p->b, p->n, out);
}

/* Text of the last Update's pair, or why there is none. */
static inline const char *pair_of(const struct seen *s, size_t i, char buf[SDPREFIX_STR])
{
	if (i >= s->n)
		return "nothing";
	if (s->item[i].verdict != TLV_OK)
		return tlv_verdict_name(s->item[i].verdict);
	switch (s->item[i].tlv.type) {
	case TLV_UPDATE:
		return s->item[i].tlv.u.update.wildcard
			       ? "wildcard"
			       : sdprefix_str(&s->item[i].tlv.u.update.pair, buf);
	case TLV_ROUTE_REQUEST:
		return s->item[i].tlv.u.route_request.wildcard
			       ? "wildcard"
			       : sdprefix_str(&s->item[i].tlv.u.route_request.pair, buf);
	case TLV_SEQNO_REQUEST:
		return sdprefix_str(&s->item[i].tlv.u.seqno_request.pair, buf);
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
	return "no pair";
}

#define HELLO_HEX   "0000 1234 0190"
#define HELLO	    "0406" HELLO_HEX
#define ID_A_HEX    "0123456789abcdef"
#define ROUTER_ID_A "060a 0000" ID_A_HEX

static const struct router_id id_a = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}};

/* A good example of every TLV type that is not padding: its payload without
 * sub-TLVs, and how much of that is always there (RFC 8966 4.6). */
struct sample {
	unsigned int type;
	const char *payload;
	unsigned int min, len;
};
static const struct sample samples[] = {
	{TLV_ACK_REQUEST, "0000 beef 00c8", 6, 6},
	{TLV_ACK, "beef", 2, 2},
	{TLV_HELLO, HELLO_HEX, 6, 6},
	{TLV_IHU, "03 00 0060 04b0 0000000000000002", 6, 14},
	{TLV_ROUTER_ID, "0000" ID_A_HEX, 10, 10},
	{TLV_NEXT_HOP, "03 00 0000000000000001", 2, 10},
	{TLV_UPDATE, "02 80 30 00 0640 0007 0000 20010db80001", 10, 16},
	{TLV_ROUTE_REQUEST, "02 30 20010db80001", 2, 8},
	{TLV_SEQNO_REQUEST, "02 30 0008 40 00" ID_A_HEX "20010db80001", 14, 20},
};
#define N_SAMPLES (sizeof(samples) / sizeof(samples[0]))

#endif
