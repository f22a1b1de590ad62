/* SPDX-License-Identifier: MIT */
/*
 * MAC authentication inside the protocol, RFC 8967 with the packet counters
 * of RFC 9467: what an interface remembers of its own counter and of those
 * who sign.
 *
 * Who signs is remembered in a table of its own (RFC 8967 7), so a neighbour
 * that is forgotten because its Hellos jumped (RFC 8966 A.1) has not lost its
 * counter, and who was only challenged never was a neighbour. A row is made
 * only for a packet that passed the MAC test, or that the permissive mode
 * let in.
 */
#ifndef SRCDEST_BABELD_CORE_AUTH_H
#define SRCDEST_BABELD_CORE_AUTH_H

#include "babeld/core/babel.h"
#include "babeld/core/wire_auth.h"
#include "lib/base/list.h"

struct iface;
struct deadline;

#define AUTH_NONCE_LEN 16  /* octets of ours; 8 would do, RFC 8967 7 */
#define AUTH_WINDOW    BABEL_AUTH_WINDOW

/* Packet counters that were accepted: the highest, and which of the AUTH_WINDOW
 * that end with it. Kept whether or not reordering is tolerated. */
struct auth_window {
	uint32_t high;
	uint64_t seen[AUTH_WINDOW / 64]; /* bit k: high - k was */
};
/* After a challenge: everything up to pc is taken. */
void auth_window_reset(struct auth_window *w, uint32_t pc);
/* Takes the counter if it may be: above the highest, or (reorder) not too far
 * below and not seen. RFC 8967 4.3, RFC 9467 3.2 */
bool auth_window_take(struct auth_window *w, uint32_t pc, bool reorder);

struct auth_use { /* of the key in the same place of the configuration */
	uint64_t verified, alone;
	mono_t quiet; /* since the last one alone, or since it is counted */
};

struct auth_peer { /* RFC 8967 3.2 */
	struct list_link link;
	struct addr addr;
	bool proven; /* Index and counters are defined */
	uint8_t index[AUTH_INDEX_MAX];
	uint8_t index_len;
	struct auth_window multicast, unicast; /* RFC 9467 3.3 */
	bool challenged;		       /* the nonce is defined */
	uint8_t nonce[AUTH_NONCE_LEN];
	mono_t challenge_until;
	mono_t challenge_next, reply_next; /* not before */
	mono_t expires;			   /* RFC 8967 4.4 */
	uint64_t tolerated; /* unsigned, by the permissive mode */
	mono_t tolerated_at;
	struct auth_use use[BABEL_KEYS_MAX];
};
LIST_TYPE(auth_peers, struct auth_peer, link);

struct iface_auth { /* RFC 8967 3.1 */
	bool have_index;
	uint8_t index[BABEL_INDEX_LEN];
	uint32_t pc;	/* of the next packet */
	uint32_t limit; /* no counter from here on may go with this Index */
	struct auth_peers peers;
	struct auth_use use[BABEL_KEYS_MAX];
	uint64_t count[AUTH_VERDICTS], challenges, replies, tolerated;
	mono_t tolerated_at; /* or since when the permissive mode is on */
	mono_t budget_from;  /* AUTH_CHALLENGES_MAX from here on */
	unsigned int budget_used;
};

/* ---- auth.c: received packets, RFC 8967 4.3 ---- */
/* Whether the packet may be processed; challenges and their replies have left.
 * The parser is at the beginning of the body. */
bool auth_accept(struct babel *b, struct iface *i, const struct babel_datagram *d,
		 const struct packet_parser *packet);

/* ---- auth_peer.c: what is known of those who sign ---- */
struct auth_peer *auth_peer_find(const struct iface *i, const struct addr *a);
/* NULL at the cap. */
struct auth_peer *auth_peer_get(struct babel *b, struct iface *i, const struct addr *a);
/* It is remembered until then, or longer if so before. */
void auth_peer_keep(struct babel *b, struct iface *i, struct auth_peer *p, mono_t until);
void auth_peers_due(struct babel *b, struct deadline *d);
/* The configuration of an interface is another; `old` NULL: it has just come. */
void auth_configure(struct babel *b, struct iface *i, const struct babel_auth *old);
void auth_fini(struct babel *b, struct iface *i);

/* ---- auth_send.c: RFC 8967 4.2 ---- */
/* What is added to a packet when it is ended. */
size_t auth_overhead(const struct iface *i);
/* Ends a packet: body, packet counter, MACs. */
struct span auth_seal(struct babel *b, struct iface *i, const struct addr *to,
		      struct packet_writer *w);
/* The last counter set aside, not to be reached without saving again. */
uint32_t auth_promise(uint32_t pc, uint32_t limit);

#endif
