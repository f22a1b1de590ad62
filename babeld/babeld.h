/* SPDX-License-Identifier: MIT */
/*
 * The daemon around the protocol: one struct babeld, made by main(), from
 * which everything hangs. Nothing here knows bytes of Babel or of ZAPI.
 *
 *	babel_udp --datagrams--> core --route()--> babel_zapi
 *	babel_ifs --if_up/down-> core --send()---> babel_udp
 *	babel_nb_config -------> babel_ifs, redistribution
 *	babel_nb_state <-------- all of them, const but for what clears
 */
#ifndef SRCDEST_BABELD_H
#define SRCDEST_BABELD_H

#include "babeld/babel_fate.h"
#include "babeld/babel_ifs.h"
#include "babeld/babel_memory.h"
#include "babeld/babel_nb_config.h"
#include "babeld/babel_nb_state.h"
#include "babeld/babel_record.h"
#include "babeld/babel_udp.h"
#include "babeld/babel_zapi.h"
#include "babeld/core/babel.h"
#include "lib/io/daemon.h"
#include "lib/io/log.h"
#include "lib/nb/nb.h"

struct babeld {
	struct daemon daemon;
	struct loop *loop;
	const char *zapi_path;	 /* as given by --zapi, or NULL */
	const char *record_path; /* as given by --record, or NULL */
	bool recording;		 /* as configured when it was looked at last */
	char state_path[256];

	struct babel_nb config;
	struct nb *nb;
	struct babel_events *events;
	struct identity identity;     /* in use */
	uint16_t saved_seqno;	      /* of the state file */
	struct babel_persist persist; /* of an earlier run; n 0: nothing */

	struct memfile *memory;	      /* NULL: nothing can be remembered */

	struct core core;
	const struct babel *babel; /* the core's; NULL before the start and after the good-bye */
	struct babel_udp *udp;
	struct ifs *ifs;
	struct babel_zapi *zapi;
	bool sourced_refused; /* by a stock zebra, see babel_fate.h */
	/* What zebra was asked for, by family and type. */
	bool subscribed4[BABEL_CONF_TYPES], subscribed6[BABEL_CONF_TYPES];
	bool sourced6, sourced4, v4_via_v6; /* what zebra can install */

	struct loop_timer *due;	 /* the protocol's next deadline */
	struct loop_timer *connected; /* prefixes of links have changed */
	struct loop_timer *save; /* the state file, a second after a packet */
	bool save_armed, save_failing;
	struct loop_timer *sync; /* when zebra may sweep what an earlier run left */
	mono_t sync_latest;	 /* MONO_NEVER: nothing to complete */
	struct loop_timer *keys; /* when other keys are in force */
	struct loop_timer *end; /* polls the good-bye */
	mono_t end_latest;

	uint32_t random[64]; /* the kernel's, not used yet: a system call for many */
	unsigned int n_random;

	struct log_limit note_limit[NOTE_KINDS], fate_limit, key_limit;
};

/* babeld.c. The order of a start: _init, configuration, _start. */
void babeld_init(struct babeld *b);
/* Opens the socket, starts the protocol with the configuration in place and
 * connects to zebra. False: err says why. */
bool babeld_start(struct babeld *b, char *err, unsigned int err_size);
/* The configuration has changed while running. */
void babeld_reconfigure(struct babeld *b);
/* After every event of the protocol: its next deadline may be another. */
void babeld_touch(struct babeld *b);
/* Has neighbours let go of us, takes our routes away from zebra, then stops the
 * loop. */
void babeld_goodbye(struct babeld *b);
void babeld_fini(struct babeld *b);

/* babeld_keys.c: what of the key chains is in force. For struct ifs_ops: */
void babeld_keys_fill(void *babeld, const struct babel_conf_if *conf, struct babel_auth *auth);
/* ... and again when that changes: after each change of the configuration. */
void babeld_keys_wait(struct babeld *b);
struct loop_timer *babeld_keys_timer(struct babeld *b);

/* babeld_life.c */
void babeld_life_init(struct babeld *b);
void babeld_save_now(struct babeld *b);
void babeld_save_soon(struct babeld *b);
/* By the configuration and who we are. True: another one than before. */
bool babeld_choose_identity(struct babeld *b);

/* babeld_log.c: notes of the protocol as lines. */
void babeld_note(struct babeld *b, const struct babel_note *n);

#endif
