/* SPDX-License-Identifier: MIT */
/* Rows of the route table and of the source table: RFC 8966 3.2.5, 3.2.6, 3.5. */
#ifndef SRCDEST_BABELD_CORE_ROUTE_H
#define SRCDEST_BABELD_CORE_ROUTE_H

#include "babeld/core/timers.h"
#include "lib/base/list.h"
#include "lib/base/slist.h"
#include "lib/base/wheel.h"

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

/* Where packets go by a route. */
enum route_via {
	VIA_NEIGH, /* to the link-local address of its neighbour */
	VIA_IP4,   /* to the IPv4 address that it mostly names, neigh->ip4 */
	VIA_ODD,   /* to another one, in struct odd */
};

/* What is still to come before a route expires (RFC 8966 3.8.2.3), or how it
 * became infinite. */
enum route_stage { STAGE_FRESH, STAGE_ASKED, STAGE_ASKED_TWICE, STAGE_EXPIRED };

/* What few routes have, or all for a while. */
struct odd {
	enum family nexthop_family; /* with VIA_ODD */
	struct addr nexthop;
	bool accepted; /* policy made something else of it */
	uint16_t refmetric, rule;
	uint32_t tag;
	bool smoothing; /* RFC 8966 A.3: its smoothed metric is not yet its metric */
	uint32_t smooth; /* in 1/256 */
	mono_t smooth_at;
};

/* A row of the route table, RFC 8966 3.2.6: one per pair and neighbour. There
 * may be a million of them. */
struct route {
	struct route *next;	   /* of the pair */
	struct list_link in_neigh; /* by expiry, before that the requests of 3.8.2.3 */
	struct pfx *pfx;
	struct neigh *neigh;
	struct odd *odd; /* NULL: nothing of that */
	struct router_id router_id;
	uint16_t seqno, refmetric; /* as advertised */
	uint16_t metric;	   /* with our cost, RFC 8966 3.5.2 */
	interval_cs interval;
	tick_t expires;
	uint32_t updated : 24; /* ms */
	uint32_t why : 4;      /* enum babel_refusal */
	uint32_t via : 2;      /* enum route_via */
	uint32_t stage : 2;    /* enum route_stage */
};
SLIST_TYPE(pfx_routes, struct route, next);
WHEEL_TYPE(neigh_routes, struct route, in_neigh);

/* All of a neighbour. Wheels are large, so who never announces anything has none. */
struct rows {
	struct neigh_routes routes; /* finite ones, as advertised */
	struct neigh_routes gone;   /* retracted ones */
};

/* A feasibility distance, RFC 8966 3.2.5. Most pairs have one; further ones are
 * in a list. */
struct source {
	struct router_id router_id; /* not valid: none */
	uint16_t seqno, metric;
	uint32_t place; /* in env's memory, 0: none */
	tick_t sent;	/* the last finite Update */
};
struct more_source {
	struct more_source *next;
	struct source s;
};
SLIST_TYPE(more_sources, struct more_source, next);

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
/* When it is forgotten, if no more is sent. */
tick_t source_end(const struct source *s);
void sources_gc(struct babel *b, struct deadline *d);
void sources_free(struct babel *b, struct pfx *p);
bool sources_empty(const struct pfx *p);
/* All of a pair. */
struct source *source_first(const struct pfx *p);
struct source *source_next(const struct pfx *p, const struct source *s);
#define SOURCES_EACH(p, s) for ((s) = source_first(p); (s); (s) = source_next(p, s))

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
/* RFC 8966 3.8.2.2: asks for a newer seqno if the route would be better than
 * what there is, but for its feasibility. */
void route_want(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id,
		uint16_t refmetric);
struct route *route_find(const struct pfx *p, const struct neigh *n);
/* Plain, or of a family whose (D,S) the layer below can hold (RFC 9079 4). */
bool route_installable(const struct babel *b, const struct sdprefix *pair);
/* Retracts what can't be installed any more. */
void route_retract_sourced(struct babel *b);
/* The same of what one neighbour announces; selects anew. */
void route_retract_sourced_of(struct babel *b, struct neigh *n);
/* Those that have our router-id, and chooses anew. */
void route_retract_own(struct babel *b);

/* ---- route_row.c: a row of the table ---- */
struct route *route_new(struct babel *b, struct pfx *p, struct neigh *n);
/* Takes a finite Update; whether anything has changed that a selection depends on. */
bool route_take(struct babel *b, struct route *r, const struct tlv_update *u,
		const struct accepted *in);
/* As if its neighbour had; keeps source and expiry (RFC 8966 4.6.9: those of a
 * retraction are not used). */
void route_retract(struct babel *b, struct route *r, enum babel_refusal why);
void route_recompute(struct babel *b, struct route *r);
void route_free(struct babel *b, struct route *r);
void route_forget_neigh(struct babel *b, struct neigh *n);
void routes_due(struct babel *b, struct deadline *d);
struct accepted route_accepted(const struct route *r);
/* Whether that is another verdict than there was. */
bool route_accept(struct babel *b, struct route *r, const struct accepted *in);
/* Its smoothed metric when that was last looked at, in 1/256. */
uint32_t route_smooth_then(const struct route *r);
void route_smooth_set(struct babel *b, struct route *r, uint32_t smooth);
struct addr route_nexthop(const struct route *r, enum family *f);
/* Between its expiry and the last request before that. */
usec_t route_half(const struct route *r);
/* When something is to be done about it: 3.5.3, 3.8.2.3. */
tick_t route_moment(const struct route *r);
usec_t route_age(const struct route *r, mono_t now);

/* ---- refused.c: only for explain.c ---- */
void refused_keep(struct babel *b, const struct neigh *n, const struct tlv_update *u,
		  enum babel_refusal why);
/* Whatever that neighbour says of the pair now counts. */
void refused_forget(struct babel *b, const struct neigh *n, const struct sdprefix *pair);

#endif
