/* SPDX-License-Identifier: MIT */
/*
 * The ZAPI server: protocol daemons connect here, hear of interfaces,
 * addresses and redistributed routes, and put their routes into the RIB.
 *
 * The server calls the RIB (rib_add and so on) by itself and then
 * ops->rib_changed(), for zebra to schedule rib_run(). It owns its clients
 * and their output; a client that does not read delays nobody: what it
 * misses is remembered once per pair and told by its latest state.
 *
 * A client's routes belong to the (type, instance) of its HELLO, which is the
 * first client's that says it, until that one goes. They are withdrawn when it
 * goes, as FRR's zebra does it, unless it announced graceful restart: then they
 * stay until its stale time is over or it is back and says that it has told
 * everything (CLIENT_CAPABILITIES, ROUTE_UPDATE_COMPLETE).
 *
 * What one client can cost the others is bounded: zebra_zapi_bound.c.
 */
#ifndef SRCDEST_ZEBRA_ZEBRA_ZAPI_H
#define SRCDEST_ZEBRA_ZEBRA_ZAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mono.h"
#include "lib/base/prefix.h"
#include "lib/io/loop.h"
#include "lib/zapi/zapi.h"
#include "zebra/core/rib.h"

struct zebra_zapi;

#define ZAPI_CLIENTS_MAX	256u
#define ZAPI_CLIENTS_OF_PROCESS 32u
#define ZAPI_HELLO_TIME		(30 * USEC_PER_SEC)
#define ZAPI_STALL_TIME		(120 * USEC_PER_SEC)
#define ZAPI_DELAYED_MAX	262144u
#define ZAPI_UNSETTLED_MAX	20000u
#define ZAPI_SETTLE_TIME	USEC_PER_SEC
#define ZAPI_STALE_MAX		86400u /* seconds */
#define ZAPI_GONES_MAX		256u
#define ZAPI_ERROR_SIZE		160

/* What the server asks zebra. None of these may call back into the server. */
struct zebra_zapi_ops {
	/* Every interface there is, and every usable (not tentative) address of
	 * one: calls each() with arg. */
	void (*each_interface)(void *ctx, void (*each)(void *arg, const struct zapi_interface *i),
			       void *arg);
	void (*each_address)(void *ctx, uint32_t ifindex,
			     void (*each)(void *arg, const struct zapi_address *a), void *arg);
	/* The router id of that family; false: there is none. */
	bool (*router_id)(void *ctx, enum family f, struct addr *out);
	/* Do the family's (D,S) routes get into the kernel? Told in CAPABILITIES. */
	bool (*sourced)(void *ctx, enum family f);
	/* ... IPv4 routes with an IPv6 gateway? */
	bool (*via6)(void *ctx);
	/* The RIB has work: see that rib_run() is called from the loop. */
	void (*rib_changed)(void *ctx);
};

/* Listens on path (mode 0660). NULL: err says what and where. Neither `ops`
 * nor `rib` is copied; both must outlive the server. */
struct zebra_zapi *zebra_zapi_new(struct loop *l, const char *path, struct rib *rib,
				  const struct zebra_zapi_ops *ops, void *ctx, char *err,
				  unsigned int err_size);
/* How long the mute and the stalled are put up with, and how long the RIB is
 * waited for: ZAPI_HELLO_TIME, ZAPI_STALL_TIME and ZAPI_SETTLE_TIME unless this
 * says otherwise. */
struct zebra_zapi_patience {
	usec_t hello, stall, settle;
};
void zebra_zapi_set_patience(struct zebra_zapi *z, const struct zebra_zapi_patience *p);
/* Drops all clients without touching their routes. NULL is fine. */
void zebra_zapi_free(struct zebra_zapi *z);

/* To be told to all clients. cmd is ZAPI_INTERFACE_ADD (new or changed),
 * _DELETE, _UP or _DOWN; ZAPI_INTERFACE_ADDRESS_ADD or _DELETE. */
void zebra_zapi_interface(struct zebra_zapi *z, enum zapi_cmd cmd, const struct zapi_interface *i);
void zebra_zapi_address(struct zebra_zapi *z, enum zapi_cmd cmd, const struct zapi_address *a);
/* The router id changed: ask again and tell who wants to know. */
void zebra_zapi_router_id(struct zebra_zapi *z);
/* What zebra can do (`sourced`, `via6`) has changed: tells all clients. */
void zebra_zapi_abilities(struct zebra_zapi *z);

/* The ends of struct rib_env's functions of the same name. */
void zebra_zapi_redistribute(struct zebra_zapi *z, const struct sdprefix *pair,
			     const struct rib_view *was, const struct rib_view *is);
void zebra_zapi_fate(struct zebra_zapi *z, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *owner, enum rib_fate fate);
/* Call after a rib_run() that left nothing to do: tracked next hops are
 * evaluated again and clients hear of differences. NULL is fine. */
void zebra_zapi_rib_settled(struct zebra_zapi *z);

struct zebra_zapi_client_view {
	uint32_t id; /* of the connection; grows */
	bool hello;  /* it said HELLO; type and instance count */
	uint8_t type;
	uint16_t instance;
	uint32_t session;
	bool notify, synchronous;
	bool graceful; /* routes survive it for stale_time seconds */
	uint32_t stale_time;
	uint32_t pid;	  /* of its process; 0: not known */
	mono_t since;	  /* connected */
	uint64_t in, out; /* messages */
	uint64_t routes_added, routes_deleted, refused;
	bool settled; /* it has shown its dialect */
	enum zapi_dialect dialect;
	size_t pending;	     /* octets that it has not read */
	bool held_by_output; /* not read on until it reads */
	bool held_by_rib;    /* ... until the RIB has caught up */
	uint64_t stalls;     /* how often it did not read */
	uint64_t dropped;    /* messages that did not decode */
	uint64_t errors;     /* messages without effect, and its other faults */
	char last_error[ZAPI_ERROR_SIZE];
	mono_t last_error_at; /* if errors */
	/* Messages of each command, n_by of them; the last one counts the
	 * commands that its dialect does not have. */
	const uint64_t *in_by, *out_by;
	unsigned int n_by;
	uint64_t redistributed; /* route messages sent to it */
	size_t tracked;		/* next hops */
	size_t delayed;		/* pairs waiting for room in its output */
};
void zebra_zapi_each_client(const struct zebra_zapi *z,
			    bool (*each)(void *ctx, const struct zebra_zapi_client_view *v),
			    void *ctx);

/* An owner that went; its routes are stale. */
struct zebra_zapi_gone_view {
	uint8_t type;
	uint16_t instance;
	mono_t until;
};
void zebra_zapi_each_gone(const struct zebra_zapi *z,
			  bool (*each)(void *ctx, const struct zebra_zapi_gone_view *v),
			  void *ctx);

#endif
