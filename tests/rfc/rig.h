/* SPDX-License-Identifier: MIT */
/*
 * One protocol core in virtual time among scripted neighbours, for the tests
 * of protocol requirements.
 *
 * A neighbour of rig_nb() is usable at once (Hellos and an IHU were given)
 * and is kept so by the rig while time passes in rig_pass(): a Hello every 4 s
 * and an IHU of the same rxcost every 12 s. Everything else is told by the test. All
 * that the core sends is parsed and recorded with its moment.
 *
 * Pairs are written "D" or "D from S". Router-ids are small numbers.
 */
#ifndef SRCDEST_TESTS_RFC_RIG_H
#define SRCDEST_TESTS_RFC_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "babeld/core/babel.h"

#define SEC	    USEC_PER_SEC
#define MSEC	    USEC_PER_MSEC
#define URGENT	    (200 * MSEC) /* RFC 8966 Appendix B */
#define INF	    BABEL_INFINITY
#define OWN_ID	    0xd0   /* of the core under test */
#define OWN_SEQNO   100	   /* that it starts with */
#define LONG	    0xffff /* an Update interval that outlives the test */
#define RIG_NBS	    24
#define RIG_CHOICES 4096

struct rig;

struct rig_nb {
	struct rig *r;
	ifid_t ifid;
	struct addr addr;
	bool alive; /* the rig sends its Hellos and IHUs */
	uint16_t hello, rxcost;
	unsigned int hellos;
	mono_t next;
};

struct rig_sent {  /* one TLV that the core sent */
	mono_t at; /* of the event that made it leave */
	ifid_t ifid;
	bool group;
	struct addr to; /* if not to the group */
	size_t packet;	/* index in packets */
	struct tlv tlv;
};

struct rig_packet {
	mono_t at;
	ifid_t ifid;
	bool group;
	struct addr to; /* if not to the group */
	size_t len;
	uint8_t *octets;
};

struct rig_memory {
	bool used;
	struct babel_memory m;
};

struct rig_choice {
	struct sdprefix pair;
	struct babel_choice c;
	unsigned int changes; /* of kind or next hop */
	unsigned int told;    /* calls */
};

struct rig {
	struct babel *b;
	mono_t now;
	uint64_t random, runs;	       /* runs: of babel_run_due() */
	struct babel_if_config config; /* of the next rig_if() */
	unsigned int mtu;
	usec_t late;	  /* so long after its event a packet leaves */
	usec_t stall;	  /* so long after its arrival a datagram is handed in */
	bool ip4;	  /* whether the next rig_if() has an IPv4 address */
	uint32_t started; /* interfaces, a bit each */
	struct rig_nb nb[RIG_NBS];
	unsigned int n_nb;
	struct rig_sent *sent;
	struct rig_packet *packets;
	size_t n_sent, room_sent, n_packets, room_packets;
	size_t mark, packet_mark; /* where looking starts */
	struct rig_choice choices[RIG_CHOICES];
	unsigned int n_choices, notes[NOTE_KINDS];
	struct rig_memory *memory; /* what outlives the core; place k + 1 */
	size_t n_memory, room_memory;
	unsigned int macs; /* digests that the core asked for */
};

/* Interfaces get the defaults of RFC 8966 Appendix B: wired, cost 96, split
 * horizon, Hellos every 4 s, Updates every 16 s. */
struct rig *rig_new(void);
/* The same with other state from before: own seqno, and that of eth1's Hellos. */
struct rig *rig_new_with(uint16_t seqno, uint16_t hello_seqno);
void rig_free(struct rig *r);
/* The core dies without a word and another begins; interfaces are to be
 * started again. Without memory, nothing is left of it but what neighbours
 * know; the router-id is the same. */
void rig_reborn(struct rig *r, bool memory);
/* Dies without a word and starts again with what was saved; no interface is up. */
void rig_restart(struct rig *r, const struct babel_persist *saved);
/* What env->mac answers: depends on all it is given, and is no secret. */
void rig_mac(uint32_t key, struct span pseudo, struct span octets, uint8_t out[BABEL_MAC_MAX]);
/* "eth<ifid>", fe80::d:<ifid>; the first time a second passes, which an
 * interface may take to find its feet. Again: with r->config as it is now. */
void rig_if(struct rig *r, ifid_t ifid);
struct addr rig_own_addr(ifid_t ifid);
void rig_pass(struct rig *r, usec_t d);

struct router_id rid(unsigned int n);
struct sdprefix rig_pair(const char *text);
struct addr rig_addr(const char *text);

/* ---- Neighbours speak. An interval of 0 is sent as such. ---- */
struct rig_nb *rig_nb(struct rig *r, ifid_t ifid, const char *addr);
/* The same, but nothing has been said by it, nor will be. */
struct rig_nb *rig_stranger(struct rig *r, ifid_t ifid, const char *addr);
/* A datagram as it is. */
void rig_datagram(struct rig_nb *n, bool group, struct span octets);
void rig_say(struct rig_nb *n, const struct tlv *t);
void rig_say_unicast(struct rig_nb *n, const struct tlv *t);
/* Several in one packet, to the group, in this order. */
void rig_say_all(struct rig_nb *n, const struct tlv *t, size_t count);
void rig_hello(struct rig_nb *n, uint16_t seqno, uint16_t cs);
void rig_unicast_hello(struct rig_nb *n, uint16_t seqno, uint16_t cs);
/* Of us; the rig's later ones say the same. */
void rig_ihu(struct rig_nb *n, uint16_t rxcost, uint16_t cs);
void rig_update(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		uint16_t metric);
void rig_update_every(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		      uint16_t metric, uint16_t cs);
struct tlv rig_update_tlv(const struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
			  uint16_t metric);
void rig_retract(struct rig_nb *n, const char *pair);
/* pair NULL: the wildcard */
void rig_route_request(struct rig_nb *n, const char *pair);
void rig_seqno_request(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		       uint8_t hops);
void rig_ack_request(struct rig_nb *n, uint16_t opaque, uint16_t cs);
void rig_local(struct rig *r, const char *pair);

/* ---- What the core has said since the mark. ---- */
void rig_mark(struct rig *r);
/* The next one of that type after `prev` (NULL: the first); ifid 0: any. */
const struct rig_sent *rig_next(const struct rig *r, const struct rig_sent *prev, ifid_t ifid,
				enum tlv_type type);
/* The next Update, or seqno request, of exactly that pair. */
const struct rig_sent *rig_next_update(const struct rig *r, const struct rig_sent *prev,
				       ifid_t ifid, const char *pair);
const struct rig_sent *rig_next_seqno_request(const struct rig *r, const struct rig_sent *prev,
					      ifid_t ifid, const char *pair);
bool rig_is_to(const struct rig_sent *s, const struct rig_nb *n); /* unicast to it */
usec_t rig_since(const struct rig_sent *s, mono_t t);
/* Lets time pass until an Update of the pair has left there, then marks. */
void rig_after_update(struct rig *r, ifid_t ifid, const char *pair);

/* ---- What the core holds. ---- */
bool rig_neigh(const struct rig_nb *n, struct babel_neigh_view *out);
uint16_t rig_cost(const struct rig_nb *n); /* it must be there */
bool rig_route(const struct rig_nb *n, const char *pair, struct babel_route_view *out);
unsigned int rig_routes(const struct rig *r, const char *pair);
bool rig_feasible(const struct rig_nb *n, const char *pair); /* it must be there */
/* Whose route is selected, NULL: nobody's */
const struct rig_nb *rig_selected(struct rig *r, const char *pair);
/* The feasibility distance; false: none */
bool rig_fd(const struct rig *r, const char *pair, unsigned int id, uint16_t *seqno,
	    uint16_t *metric);
bool rig_fd_is(const struct rig *r, const char *pair, unsigned int id, uint16_t seqno,
	       uint16_t metric);
bool rig_pending(const struct rig *r, const char *pair, unsigned int id);
/* What env->route last said; CHOICE_NONE if nothing */
const struct rig_choice *rig_choice(struct rig *r, const char *pair);

#endif
