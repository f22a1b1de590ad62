/* SPDX-License-Identifier: MIT */
/*
 * Why the routes of a pair are as they are, and what is waited for: every
 * candidate with the verdict on it, the feasibility distances that judge it,
 * seqno requests on their way, and who has yet to acknowledge a retraction.
 *
 * All of it is read from the tables as they are; nothing is decided twice:
 * the verdict repeats the steps of route selection (select.c) in their order,
 * and the first that a route fails is told.
 */
#ifndef SRCDEST_BABELD_CORE_EXPLAIN_H
#define SRCDEST_BABELD_CORE_EXPLAIN_H

#include "babeld/core/babel.h"

/* What a route of a neighbour came to; the first that holds, in this order. */
enum babel_verdict {
	VERDICT_SELECTED,   /* it is the one in use */
	VERDICT_REFUSED,    /* 1. policy makes it worthless: see refusal */
	VERDICT_RETRACTED,  /* 2. its neighbour has no route any more */
	VERDICT_EXPIRED,    /* 3. it was not renewed in time */
	VERDICT_LINK,	    /* 4. the link to its neighbour is not usable: see link */
	VERDICT_TOO_FAR,    /* 5. announced metric and cost make infinity (RFC 8966 3.5.2) */
	VERDICT_UNFEASIBLE, /* 6. it may lead back to us (RFC 8966 3.5.1): see distance */
	VERDICT_ABILITY,    /* 7. an IPv6 next hop, and the layer below can't hold such
			       an IPv4 route (RFC 9229 2.2) */
	VERDICT_LOCAL,	    /* 8. the pair is our own, before anybody's */
	VERDICT_WORSE,	    /* 9. its metric is not less than that of the selected one */
	VERDICT_WAITING,    /* 10. less, but not for long enough (RFC 8966 A.3): see wait */
};

/* Why the cost of a neighbour is infinite, RFC 8966 3.4.3. */
enum babel_link {
	LINK_UP,
	LINK_STARTING, /* the interface has just come: nothing is chosen via it yet */
	LINK_NO_HELLO, /* too few of its Hellos arrive (RFC 8966 A.2) */
	LINK_NO_IHU,   /* it has said nothing of us, or not for long */
	LINK_DEAF,     /* its IHU says that it does not hear us */
	LINK_COST,     /* both directions work, at a cost of infinity */
};

struct babel_candidate {
	struct babel_route_view route;
	enum babel_verdict verdict;
	enum babel_refusal refusal; /* VERDICT_REFUSED */
	enum babel_link link;
	bool kept;		/* false: in no table, only remembered to have been refused */
	usec_t expires;		/* until it is retracted for want of an Update, or dropped */
	bool have_distance;	/* for its router-id; none: all is feasible */
	uint16_t seqno, metric; /* the feasibility distance */
	/* The smoothed metrics that the choice waits for, VERDICT_WAITING. */
	uint16_t smoothed, selected_smoothed;
	usec_t wait; /* until it is chosen, if nothing else changes */
};

/* A feasibility distance of the pair. */
struct babel_distance {
	struct babel_source_view source;
	usec_t forgotten; /* in so long, unless an Update is sent (RFC 8966 3.7.3) */
};

/* Whom a seqno request went to. */
enum babel_request_to { REQUEST_TO_ALL, REQUEST_TO_NEIGH, REQUEST_FORWARDED };

struct babel_awaited_answer {
	struct babel_request_view request;
	enum babel_request_to to;
	ifid_t ifid; /* REQUEST_TO_NEIGH */
	const char *ifname;
	struct addr neigh;
	unsigned int requesters; /* neighbours on whose behalf it went on */
	usec_t next;		 /* until it is sent again; or given up, if no resend is left */
};

/* A neighbour that has not acknowledged the retraction, RFC 8966 3.5.4. */
struct babel_awaited_ack {
	ifid_t ifid;
	const char *ifname;
	struct addr neigh;
	bool asked; /* the request has left */
	unsigned int tries_left;
};

struct babel_explained {
	struct sdprefix pair;
	bool local;
	uint16_t local_metric;
	bool kept_back;	    /* ours, but a rule of "redistribute" does not announce it */
	bool not_installed; /* chosen, but a rule of "install" keeps it from zebra */
	uint16_t rule;	    /* that did the one or the other */
	struct babel_choice choice;
	/* An earlier life told of it, and the kernel may still forward it there
	 * (doc/decisions/restart.md). */
	bool former;
	const char *former_ifname; /* NULL: nowhere */
	struct addr former_neigh;
	usec_t settle_left; /* until it counts as lost */
	bool held;
	usec_t hold_left;
	bool hold_acked;  /* nobody points at us any more */
	bool hold_unsure; /* somebody did not acknowledge and is waited for no more */
};

/* A word for each, as the model has it. */
const char *babel_verdict_name(enum babel_verdict v);
const char *babel_link_name(enum babel_link l);
const char *babel_refusal_name(enum babel_refusal r);

/* Called in this order: the pair once, then what belongs to it. */
struct babel_explainer {
	void (*pair)(void *ctx, const struct babel_explained *v);
	void (*candidate)(void *ctx, const struct babel_candidate *v);
	void (*distance)(void *ctx, const struct babel_distance *v);
	void (*answer)(void *ctx, const struct babel_awaited_answer *v);
	void (*ack)(void *ctx, const struct babel_awaited_ack *v);
};

/* False, and nothing is called: nothing is known of the pair. */
bool babel_explain(const struct babel *b, const struct sdprefix *pair, mono_t now,
		   const struct babel_explainer *to, void *ctx);

/* All pairs of exactly that destination, the plain one first, but not more
 * than `most`. Returns how many there are. */
size_t babel_explain_destination(const struct babel *b, const struct prefix *dst, size_t most,
				 mono_t now, const struct babel_explainer *to, void *ctx);

/* The way of a packet, destination first (RFC 9079 4): the pairs that match
 * it are explained, the best first, down to the first that is in use. False:
 * none matches. */
bool babel_explain_packet(const struct babel *b, enum family f, const struct addr *dst,
			  const struct addr *src, mono_t now, const struct babel_explainer *to,
			  void *ctx);

#endif
