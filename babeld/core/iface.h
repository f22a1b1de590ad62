/* SPDX-License-Identifier: MIT */
/* Interfaces, RFC 8966 3.2.3, and what is kept of them while they are not there. */
#ifndef SRCDEST_BABELD_CORE_IFACE_H
#define SRCDEST_BABELD_CORE_IFACE_H

#include "babeld/core/auth.h"
#include "babeld/core/neigh.h"

struct iface {
	struct list_link link;
	ifid_t ifid;
	char name[16];
	struct babel_if_info info; /* name points to the member above */
	struct babel_if_config config;
	unsigned int slot;    /* bit in pfx.announced and pfx.believed */
	uint16_t hello_seqno; /* the next to be sent */
	unsigned int burst;   /* Hellos still to be sent ahead of time */
	unsigned int hello_count;
	enum hello_due hello_due;
	mono_t last_hello;
	bool quiet; /* just started: chooses nothing yet */
	struct deadline hello, extra, update, quiet_end;
	struct neighs neighs;
	struct iface_auth auth;
	struct deadline auth_expiry;
	struct outq out;
	mono_t bulk_group, bulk_unicast; /* pace.c: the next free slots */
	uint16_t ack_opaque;		 /* of the next request to acknowledge */
	uint64_t packets_in, packets_out, packets_bad, shed, ignored[TLV_VERDICTS];
	uint64_t connected_refused;
};
LIST_TYPE(ifaces, struct iface, link);

/* ---- iface.c ---- */
struct iface *iface_find(const struct babel *b, ifid_t ifid);
#define IFACE_SLOTS 32 /* the last one is shared by all further interfaces */
static inline uint32_t iface_bit(const struct iface *i) /* in pfx.announced and .believed */
{
	return UINT32_C(1) << i->slot;
}
/* Whoever believes in routes via us remembers a former life. */
void iface_retract_former_life(struct babel *b, struct iface *i);
/* What is configured for that neighbour, else for all of the interface. */
struct babel_neigh_cost iface_neigh_cost(const struct iface *i, const struct addr *a);
void iface_update_due(struct babel *b, struct deadline *d);
void iface_quiet_over(struct babel *b, struct deadline *d);
void iface_free(struct babel *b, struct iface *i);

/* ---- persist.c: by the name of the interface ---- */
void kept_store(struct babel *b, const struct iface *i);
/* Hello seqno and Index of an interface that starts; here: from this life.
 * False: nothing is kept of it. */
bool kept_fetch(const struct babel *b, struct iface *i, bool *here);
/* The same of the unicast Hello seqno of a neighbour. */
void kept_unicast_store(struct babel *b, const struct neigh *n);
void kept_unicast_fetch(struct babel *b, struct neigh *n);

#endif
