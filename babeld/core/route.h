/* SPDX-License-Identifier: MIT */
/* Rows of the route table and of the source table: RFC 8966 3.2.5, 3.2.6, 3.5. */
#ifndef SRCDEST_BABELD_CORE_ROUTE_H
#define SRCDEST_BABELD_CORE_ROUTE_H

#include "babeld/core/timers.h"
#include "lib/base/list.h"

struct neigh;
struct pfx;

/* What policy makes of a received route. A refused one stays in the table, as
 * if its metric were infinite (RFC 8966 Appendix C), so that an edit of the
 * rules needs no new Update. */
struct accepted {
	uint16_t refmetric; /* no less than advertised */
	uint32_t tag;
	enum babel_refusal why; /* it is infinite; REFUSED_NOT: not by policy */
	uint16_t rule;
};

/* A row of the route table, RFC 8966 3.2.6: one per pair and neighbour. */
struct route {
	struct list_link in_pfx, in_neigh;
	struct pfx *pfx;
	struct neigh *neigh;
	struct router_id router_id;
	uint16_t seqno, refmetric; /* as advertised */
	struct accepted in;	   /* what policy makes of that */
	uint16_t metric;	   /* with our cost, RFC 8966 3.5.2 */
	uint32_t smooth;	   /* RFC 8966 A.3, in 1/256 */
	mono_t smooth_at;
	enum family nexthop_family;
	struct addr nexthop;
	usec_t hold;
	mono_t expires, updated;
	bool expired;		    /* retracted by its timer, not by its neighbour */
	struct deadline deadline;   /* expiry, before that the request of 3.8.2.3 */
};
LIST_TYPE(pfx_routes, struct route, in_pfx);
LIST_TYPE(neigh_routes, struct route, in_neigh);

/* A feasibility distance, RFC 8966 3.2.5. */
struct source {
	struct list_link link;
	struct pfx *pfx;
	struct router_id router_id;
	uint16_t seqno, metric;
	uint32_t place; /* in env's memory, 0: none */
	mono_t sent;	/* the last finite Update */
	struct deadline gc;
};
LIST_TYPE(sources, struct source, link);

/* What we tell about a pair. */
struct advert {
	struct router_id router_id;
	uint16_t seqno, metric;
};

/* An Update that was refused while there was no route to retract. */
struct refused {
	enum babel_refusal why; /* REFUSED_NOT: an empty place */
	struct sdprefix pair;
	ifid_t ifid;
	struct addr neigh;
	enum family nexthop_family;
	struct addr nexthop;
	struct router_id router_id;
	uint16_t seqno, refmetric;
	mono_t at;
};

/* ---- source.c: feasibility, RFC 8966 3.5.1 and 3.7.3 ---- */
struct source *source_find(const struct pfx *p, const struct router_id *id);
/* src NULL: never advertised. */
bool source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric);
/* Whether a finite Update with that router-id may be sent (the caps). */
enum room { ROOM, ROOM_PAIR_FULL, ROOM_ALL_FULL };
enum room source_room(const struct babel *b, const struct pfx *p, const struct router_id *id);
/* A finite Update is about to leave. */
void source_sent(struct babel *b, struct pfx *p, const struct advert *a);
/* What a former life had told. */
void source_recall(struct babel *b, uint32_t place, const struct babel_memory *m);
void source_gc(struct babel *b, struct deadline *d);
void source_free(struct babel *b, struct source *s);

/* ---- route.c: RFC 8966 3.5.3 ---- */
enum update_verdict {
	UPD_DROP,	  /* nothing to do */
	UPD_NEW,	  /* make an entry, feasible */
	UPD_NEW_UNUSABLE, /* make an entry that may not be selected */
	UPD_REFRESH,	  /* the entry takes the new data */
	UPD_RETRACT,	  /* the entry becomes infinite, keeps its source and expiry */
	UPD_KEEP,	  /* selected, same router-id, unfeasible: stays as it was */
	UPD_UNUSABLE,	  /* the entry takes data that make it unfeasible */
};
enum update_verdict judge_update(const struct route *have, const struct source *src,
				 const struct tlv_update *u);
void route_update(struct babel *b, struct neigh *n, const struct tlv_update *u);
void route_recompute(struct babel *b, struct route *r);
/* RFC 8966 3.8.2.2: asks for a newer seqno if the route would be better than
 * what there is, but for its feasibility. */
void route_want(struct babel *b, const struct sdprefix *pair, struct neigh *n,
		const struct router_id *id, uint16_t refmetric);
void route_free(struct babel *b, struct route *r);
void route_forget_neigh(struct babel *b, struct neigh *n);
void route_due(struct babel *b, struct deadline *d);
struct route *route_find(const struct pfx *p, const struct neigh *n);
/* As if its neighbour had; keeps source and expiry. */
void route_retract(struct babel *b, struct route *r, enum babel_refusal why);
/* Plain, or of a family whose (D,S) the layer below can hold (RFC 9079 4). */
bool route_installable(const struct babel *b, const struct sdprefix *pair);
/* Retracts what can't be installed any more. */
void route_retract_sourced(struct babel *b);
/* The same of what one neighbour announces; selects anew. */
void route_retract_sourced_of(struct babel *b, struct neigh *n);
/* Those that have our router-id, and chooses anew. */
void route_retract_own(struct babel *b);

/* ---- refused.c: only for explain.c ---- */
void refused_keep(struct babel *b, const struct neigh *n, const struct tlv_update *u,
		  enum babel_refusal why);
/* Whatever that neighbour says of the pair now counts. */
void refused_forget(struct babel *b, const struct neigh *n, const struct sdprefix *pair);

#endif
