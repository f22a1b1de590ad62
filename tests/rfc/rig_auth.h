/* SPDX-License-Identifier: MIT */
/*
 * Packets with MAC authentication for the rig: written octet by octet, so
 * that they may be wrong, and read back.
 *
 * Keys are small numbers: key k has handle k and id k, digests of 32 octets if
 * k is even, of 16 if it is odd.
 */
#ifndef SRCDEST_TESTS_RFC_RIG_AUTH_H
#define SRCDEST_TESTS_RFC_RIG_AUTH_H

#include "babeld/core/wire_auth.h"
#include "tests/rfc/rig.h"

/* Of the next rig_if(): authentication with these keys, ended by 0. */
void rig_keys(struct rig *r, const unsigned int *keys);
#define RIG_KEYS(r, ...) rig_keys(r, (const unsigned int[]){__VA_ARGS__, 0})

/* ---- writing ---- */

struct pkt {
	struct rig_nb *from;
	bool group;
	size_t n, body; /* octets; of the body, 0 until it has ended */
	uint8_t b[8192];
};
struct pkt *pkt(struct pkt *p, struct rig_nb *from, bool group);
void pkt_put(struct pkt *p, unsigned int type, const void *octets, size_t n);
void pkt_octet(struct pkt *p, uint8_t v); /* as it is */
void pkt_pc(struct pkt *p, const char *index, uint32_t pc);
void pkt_hello(struct pkt *p, uint16_t seqno);
void pkt_tlv(struct pkt *p, const struct tlv *t);
/* Ends the body; what follows is in the trailer. */
void pkt_end(struct pkt *p);
/* The MAC by that key, of the body; n octets of it. */
void pkt_mac(struct pkt *p, unsigned int key);
void pkt_mac_cut(struct pkt *p, unsigned int key, size_t n);
void pkt_send(struct pkt *p);

/* A Hello with this counter, signed; true if it was counted as one. */
bool rig_signed(struct rig_nb *n, unsigned int key, bool group, const char *index, uint32_t pc);
/* A signed packet, challenged and answered with that counter: n is proven. */
void rig_prove(struct rig_nb *n, unsigned int key, const char *index, uint32_t pc);
/* n speaks from now on as it should, once a second while time passes; signed
 * with all these keys, from counter *pc on. */
struct rig_talker {
	struct rig_nb *n;
	const unsigned int *keys; /* ended by 0; none: unsigned */
	const char *index;
	uint32_t pc;
};
void rig_talk(struct rig_talker *t, unsigned int seconds);

/* ---- reading ---- */

/* The k-th TLV of that type in body or trailer of a packet. */
bool rig_find(const struct rig_packet *p, bool trailer, enum auth_tlv_type type, unsigned int k,
	      struct auth_tlv *out);
unsigned int rig_count(const struct rig_packet *p, bool trailer, enum auth_tlv_type type);
/* The next packet since the mark with such a TLV, and the TLV; NULL: none. */
const struct rig_packet *rig_next_auth(const struct rig *r, const struct rig_packet *prev,
				       enum auth_tlv_type type, struct auth_tlv *out);
unsigned int rig_sent_auth(const struct rig *r, enum auth_tlv_type type); /* since the mark */
/* Of the interface. */
uint64_t rig_auth_count(const struct rig *r, ifid_t ifid, enum auth_verdict v);
bool rig_auth_view(const struct rig *r, ifid_t ifid, struct babel_auth_view *out);
bool rig_peer(const struct rig_nb *n, struct babel_auth_peer_view *out);

#endif
