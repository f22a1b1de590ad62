/* SPDX-License-Identifier: MIT */
/*
 * What happens to an instance of the protocol, as a value: one kind for each
 * function of babel.h that changes an instance, with what it is given. The
 * daemon tells its instance everything through event_run(), so that it can be
 * written down on the way (line.h) and happen again elsewhere.
 *
 * A function that is added to babel.h gets a kind, its arguments, a row in
 * event.c and event_fields.c; tests/lint/recorded.py compares them. Pure.
 */
#ifndef SRCDEST_BABELD_TRACE_EVENT_H
#define SRCDEST_BABELD_TRACE_EVENT_H

#include "babeld/core/babel.h"
#include "babeld/trace/fields.h"

enum event_kind {
	EVENT_NEW,
	EVENT_FREE,
	EVENT_GOODBYE,
	EVENT_IF_UP,
	EVENT_IF_DOWN,
	EVENT_PACKET,
	EVENT_LOCAL_ADD,
	EVENT_LOCAL_DEL,
	EVENT_LOCAL_OFFER,
	EVENT_SET_FILTERS,
	EVENT_SET_CONNECTED,
	EVENT_SET_SOURCE_SPECIFIC,
	EVENT_SET_V4_VIA_V6,
	EVENT_SET_SMOOTHING,
	EVENT_REPLAY_CHOICES,
	EVENT_CLEAR_NEIGH,
	EVENT_CLEAR_ROUTE,
	EVENT_REFRESH,
	EVENT_RUN_DUE,
	EVENT_PERSIST_SAVED,
	EVENT_PERSIST_SET,
	EVENT_RECALL,
	EVENT_SETTLE,
	EVENT_LEAVE,
	EVENT_IF_RETRACT,
	EVENT_SET_ROUTER_ID,
	EVENT_SET_LIMITS,
	EVENT_KINDS,
};

/* Pointers in it are borrowed: from the caller, or from what decoded it. */
struct babel_event {
	enum event_kind kind;
	mono_t now;
	union {
		struct event_new {
			struct babel_config config;
			/* What its world can do at all, see struct babel_env. */
			bool clock, mac, remember;
		} create;
		struct event_if {
			ifid_t ifid;
			struct babel_if_info info;
			struct babel_if_config config;
		} interface;
		struct babel_datagram packet;
		struct event_local {
			struct sdprefix pair;
			uint16_t metric;
		} local;
		struct event_offer {
			struct sdprefix pair;
			struct babel_local local;
		} offer;
		struct babel_filters filters;
		struct event_connected {
			const struct prefix *prefixes;
			size_t n;
		} connected;
		struct event_able {
			bool able;
		} able;
		struct event_sourced {
			bool ip6, ip4;
		} sourced;
		struct event_smoothing {
			enum babel_smoothing smoothing;
			usec_t half_life;
		} smoothing;
		struct event_neigh {
			ifid_t ifid;
			bool have_addr;
			struct addr addr;
		} neigh;
		struct babel_persist persist;
		struct babel_limits limits;
		struct event_identity {
			struct router_id router_id;
		} identity;
		struct event_recall {
			uint32_t place;
			struct babel_memory memory;
		} recall;
	} u;
};

struct event_row {
	const char *name;	    /* that of the function, without babel_ */
	const struct field *fields; /* of struct babel_event */
	/* NULL for those that make or end an instance. */
	unsigned int (*run)(struct babel *b, const struct babel_event *e);
};
extern const struct event_row event_rows[EVENT_KINDS];

/* EVENT_KINDS: no such name. */
enum event_kind event_kind_of(struct span name);

/* An instance, or none between EVENT_FREE and EVENT_NEW, and its world. */
struct event_stage {
	struct babel *babel;
	const struct babel_env *env; /* less what an EVENT_NEW says that it can't */
	void *ctx;
};
/* Makes it happen. Without an instance only EVENT_NEW does anything; with
 * one, EVENT_NEW frees it first. The result is that of the function. */
unsigned int event_run(struct event_stage *s, const struct babel_event *e);

#endif
