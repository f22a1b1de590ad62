/* SPDX-License-Identifier: MIT */
/*
 * The daemon's door to the protocol. Everything that changes its instance
 * goes through here as an event (babeld/trace/event.h) and, while a recording
 * runs, into a file on the way, together with all that the instance asks of
 * the world; srcdest-babel-replay makes it happen again. Whoever only looks at
 * the instance has it as const (struct babeld.babel).
 *
 * A recording begins with an instance, never in the midst of one: state that
 * grew before it is in no file. So core_record() is for when there is no
 * instance, and whoever wants to record a running one has it made anew.
 *
 * Each line is written at once, an event before it happens: whatever kills
 * the daemon, the event in which it died is in the file. A disk that is full
 * or slow ends or slows the recording, never the tables. The file holds what
 * neighbours sent, addresses and prefixes, and no keys: digests are computed
 * by the world and only their results are in it. It is readable by its owner
 * alone.
 */
#ifndef SRCDEST_BABEL_RECORD_H
#define SRCDEST_BABEL_RECORD_H

#include "babeld/core/babel.h"
#include "babeld/trace/event.h"

#define RECORD_LIMIT_DEFAULT ((uint64_t)64 << 20) /* octets */
#define RECORD_LIMIT_LEAST   ((uint64_t)64 << 10)

struct recorder;

struct core {
	struct event_stage stage;  /* stage.babel: NULL before the start and after the good-bye */
	struct recorder *recorder; /* NULL: none */
};

/* ---- babel.h, each function that changes an instance; without one nothing
 * happens. ---- */

void core_new(struct core *c, const struct babel_config *config, mono_t now);
void core_free(struct core *c, mono_t now);
void core_goodbye(struct core *c, mono_t now);
void core_if_up(struct core *c, ifid_t ifid, const struct babel_if_info *info,
		const struct babel_if_config *config, mono_t now);
void core_if_down(struct core *c, ifid_t ifid, mono_t now);
void core_packet(struct core *c, const struct babel_datagram *d, mono_t now);
void core_local_add(struct core *c, const struct sdprefix *pair, uint16_t metric, mono_t now);
void core_local_del(struct core *c, const struct sdprefix *pair, mono_t now);
void core_local_offer(struct core *c, const struct sdprefix *pair, const struct babel_local *l,
		      mono_t now);
void core_set_filters(struct core *c, const struct babel_filters *f, mono_t now);
void core_set_connected(struct core *c, const struct prefix *prefixes, size_t n, mono_t now);
void core_set_source_specific(struct core *c, bool ip6, bool ip4, mono_t now);
void core_set_v4_via_v6(struct core *c, bool able, mono_t now);
void core_set_smoothing(struct core *c, enum babel_smoothing smoothing, usec_t half_life,
			mono_t now);
void core_replay_choices(struct core *c, mono_t now);
unsigned int core_clear_neigh(struct core *c, ifid_t ifid, const struct addr *addr, mono_t now);
unsigned int core_clear_route(struct core *c, const struct sdprefix *pair, mono_t now);
void core_refresh(struct core *c, mono_t now);
void core_run_due(struct core *c, mono_t now);
void core_persist_saved(struct core *c, const struct babel_persist *p, mono_t now);
void core_persist_set(struct core *c, const struct babel_persist *p, mono_t now);
void core_recall(struct core *c, uint32_t place, const struct babel_memory *m, mono_t now);
void core_settle(struct core *c, mono_t now);
void core_leave(struct core *c, mono_t now);
void core_if_retract(struct core *c, ifid_t ifid, mono_t now);
void core_set_limits(struct core *c, const struct babel_limits *l, mono_t now);
void core_set_router_id(struct core *c, const struct router_id *id, mono_t now);

/* ---- The door itself. ---- */

/* env is borrowed. */
void core_init(struct core *c, const struct babel_env *env, void *ctx);
/* The instance may still be there. */
void core_fini(struct core *c, mono_t now);
unsigned int core_do(struct core *c, const struct babel_event *e);

/* Only without an instance. limit: octets, after which the recording ends.
 * False, and nothing is recorded: err says why. */
bool core_record(struct core *c, const char *path, uint64_t limit, char *err,
		 unsigned int err_size);
/* Another limit for the one that runs, if any. */
void core_record_limit(struct core *c, uint64_t limit);
/* Ends it with the tables as they are; `why` is for the file. Without a
 * recording nothing happens. */
void core_record_stop(struct core *c, const char *why);

struct record_view {
	bool running;
	const char *path; /* of the last one; "": there was none */
	uint64_t octets, limit, events;
	const char *ended; /* why the last one ended, "" while it runs */
};
struct record_view core_record_look(const struct core *c);

#endif
