/* SPDX-License-Identifier: MIT */
/*
 * A (D,S) pair with its rows of all tables (RFC 9079 3), what is chosen for it
 * (RFC 8966 3.6), and what of that outlives the process.
 */
#ifndef SRCDEST_BABELD_CORE_PAIR_H
#define SRCDEST_BABELD_CORE_PAIR_H

#include "babeld/core/filter.h"
#include "babeld/core/output.h"
#include "babeld/core/request.h"
#include "babeld/core/route.h"
#include "lib/base/sdtable.h"

struct neigh;

/* A route that the outside has for us to announce. */
struct offer {
	struct babel_local l; /* ifname points to the member below */
	char ifname[FILTER_IFNAME];
	uint16_t rule; /* that judged it; 0: none */
	uint16_t metric; /* that it is announced with */
	uint32_t tag;
};

/* What a former life told of a pair, and via whom the kernel still forwards it,
 * until we choose for ourselves or learn that it is lost. */
struct ghost {
	struct list_link link;
	struct pfx *pfx;
	struct router_id router_id;
	ifid_t ifid; /* 0: via nobody */
	struct addr neigh;
};
LIST_TYPE(ghosts, struct ghost, link);

/* What we told last of a pair. */
struct told {
	struct router_id router_id;
	uint16_t metric;
};

/* What few pairs have, or all for a while. It exists while any of it is there. */
struct more {
	struct pfx *pfx;
	struct offer *offer; /* NULL: none */
	struct ghost *ghost; /* NULL: none */
	struct more_sources sources;
	struct requests requests;
	struct pfx_awaits awaits;
	struct babel_choice *choice; /* NULL: as pfx.choice_* say */
	mono_t held_since, held_until;
	struct deadline hold, reselect;
	uint16_t install_rule; /* that judged the choice; 0: none */
};

struct pfx {
	struct sdentry entry;
	struct pfx_routes routes; /* the selected one first */
	struct pfx_upds upds;
	struct more *more; /* NULL: nothing of that */
	struct list_link in_gc;
	struct source source; /* the first one */
	struct told told;
	uint16_t choice_metric;
	uint32_t place;		/* in env's memory, of what was told; 0: none */
	uint32_t announced;	/* bit per iface.slot: what was said there last was finite */
	/* Likewise: some there may believe in a route via us, even if it was
	 * retracted. Until a hold has ended. */
	uint32_t believed;
	bool local : 1;	     /* there is an offer, and it is announced */
	bool is_selected : 1; /* the first route is */
	bool not_installed : 1; /* a rule refused it */
	bool was_finite : 1; /* what the last selection made us tell */
	bool held : 1;	     /* RFC 8966 3.5.4 */
	bool acked : 1;	     /* nobody points at us any more */
	bool unsure : 1;     /* some neighbour did not acknowledge: the hold lasts its time */
	unsigned int choice : 2; /* enum choice_kind, of what env was told last */
	unsigned int mark : 2;	 /* of the caller, with the choice: mark.h */
	unsigned int choice_via : 2; /* enum route_via, from the selected route's neighbour */
};
SDTABLE_TYPE(pfxs, struct pfx, entry);
WHEEL_TYPE(gc_wheel, struct pfx, in_gc); /* by the earliest end of a source */

/* Of how many pairs with this source something is chosen. */
struct chosen_from {
	struct sdentry entry; /* the source in the place of a destination */
	size_t pairs;
};
SDTABLE_TYPE(chosen_froms, struct chosen_from, entry);

/* NULL: none. */
static inline struct route *pfx_selected(const struct pfx *p)
{
	return p->is_selected ? p->routes.first : NULL;
}
static inline struct offer *pfx_offer(const struct pfx *p)
{
	return p->more ? p->more->offer : NULL;
}
static inline struct ghost *pfx_ghost(const struct pfx *p)
{
	return p->more ? p->more->ghost : NULL;
}
static inline struct requests *pfx_requests(const struct pfx *p)
{
	return p->more ? &p->more->requests : NULL;
}
static inline struct pfx_awaits *pfx_awaits(const struct pfx *p)
{
	return p->more ? &p->more->awaits : NULL;
}

/* ---- babel.c ---- */
struct pfx *pfx_find(const struct babel *b, const struct sdprefix *pair);
/* Whoever creates on behalf of a neighbour asks pfx_room() before. */
bool pfx_room(const struct babel *b);
struct pfx *pfx_get(struct babel *b, const struct sdprefix *pair);
/* Frees the node if none of its rows is left. */
void pfx_release(struct babel *b, struct pfx *p);
struct more *pfx_more(struct babel *b, struct pfx *p);
/* Frees that if nothing of it is left. */
void pfx_less(struct babel *b, struct pfx *p);

/* ---- select.c: RFC 8966 3.6 ---- */
bool route_feasible(const struct pfx *p, const struct route *r);
bool route_usable(const struct babel *b, const struct pfx *p, const struct route *r);
uint32_t route_smooth(const struct babel *b, const struct route *r, mono_t now);
/* The one that env was told last. */
struct babel_choice pfx_choice(const struct pfx *p);
/* How often the smoothed metrics are compared while somebody is better. */
usec_t route_reselect(const struct babel *b, const struct route *selected);
/* Chooses, and sends what follows from a change: the choice, triggered
 * Updates, requests, answers. The node survives it. */
void select_run(struct babel *b, struct pfx *p);
void select_again(struct babel *b, struct deadline *d);
void hold_check(struct babel *b, struct pfx *p);
void hold_over(struct babel *b, struct deadline *d);
/* All have acknowledged the retraction. */
void hold_acked(struct babel *b, struct pfx *p);

/* ---- mark.c ---- */
/* Sets what is chosen, of none or from none on it counts by its source, too. */
void choice_set(struct babel *b, struct pfx *p, enum choice_kind kind);

/* ---- memory.c: what outlives the process ---- */
void memory_source(struct babel *b, const struct pfx *p, struct source *s);
void memory_forget_source(struct babel *b, struct source *s);
/* After a selection, before anything is told of it. id: of what is advertised,
 * or was and is held; NULL: nothing. was: via whom packets went before. */
void memory_told(struct babel *b, struct pfx *p, const struct router_id *id,
		 const struct neigh *was);
void memory_forget_told(struct babel *b, struct pfx *p);
/* What was told is taken back; distances stay. */
void memory_forget_all_told(struct babel *b);
/* Nobody goes by them any more. */
void memory_forget_all_sources(struct babel *b);
/* A route is chosen: the pair is as if this life had told of it before. */
void ghost_replaced(struct babel *b, struct pfx *p);
/* n says that it is not, or no more as it was, the way of p. */
void ghost_denied(struct babel *b, struct pfx *p, const struct neigh *n);
void ghost_forget_neigh(struct babel *b, const struct neigh *n);
void ghost_forget_iface(struct babel *b, const struct iface *i);
void ghost_settle(struct babel *b, struct deadline *d);
void ghost_free(struct babel *b, struct ghost *g);
void memory_fini(struct babel *b);

/* ---- via6.c: RFC 9229 ---- */
/* Of what family our next hop for the pair is there; FAM_NONE: we have none,
 * and announce no such pair. */
enum family via6_nexthop(const struct babel *b, const struct iface *i, const struct pfx *p);
/* An IPv4 route whose next hop is IPv6. */
static inline bool via6_route(const struct route *r)
{
	enum family f;

	route_nexthop(r, &f);
	return sdprefix_family(&r->pfx->entry.key) == FAM_IP4 && f == FAM_IP6;
}
/* The interface's address or its switch may be another than before. */
void via6_if_changed(struct babel *b, struct iface *i, const struct babel_if_info *was,
		     bool was_on);

/* ---- view.c ---- */
struct babel_route_view route_view(const struct pfx *p, const struct route *r, mono_t now);
struct babel_request_view request_view(const struct request *r);
struct babel_source_view source_view(const struct pfx *p, const struct source *s);

#endif
