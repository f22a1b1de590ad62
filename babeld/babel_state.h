/* SPDX-License-Identifier: MIT */
/*
 * RUNDIR/babeld.state: what a neighbour would notice the loss of (struct
 * babel_persist), as a few lines of text:
 *
 *	babeld-state 1
 *	router-id 01:23:45:67:89:ab:cd:ef
 *	seqno 48309
 *	random
 *	boot 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
 *	hello eth0 1234
 *	index eth0 00112233aabbccdd 262144
 *	unicast eth0 fe80::1 4321
 *	end
 *
 * "random" if the router-id was made up. The last line tells a whole file from one that was cut off. It is written
 * beside and renamed, never synced: after a crash of the machine a new
 * router-id, or some unfeasible seconds, do no harm (RFC 8966 3.2.1). An older
 * file that came back would: its packet counters have been used since. So
 * those count only in the boot of the machine in which they were written
 * (doc/decisions/packet-counter.md).
 */
#ifndef SRCDEST_BABEL_STATE_H
#define SRCDEST_BABEL_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "babeld/core/babel.h"

/* Enough for BABEL_PERSIST_IFS and BABEL_PERSIST_UNICAST lines. */
#define BABEL_STATE_MAX	 16384
#define BABEL_STATE_BOOT 40

/* The text into buf; its length. boot: what is unlike in every boot of the
 * machine, in letters, digits and dashes; "": nobody knows, no packet
 * counters are told. */
size_t babel_state_format(const struct babel_persist *p, const char *boot,
			  char buf[BABEL_STATE_MAX]);
/* All or nothing: false, and *why says what is wrong, if any line is not as
 * above or one is missing. Packet counters of another boot are left out. */
bool babel_state_parse(const char *text, size_t len, const char *boot, struct babel_persist *out,
		       const char **why);

enum babel_state_found {
	STATE_FOUND,
	STATE_NONE, /* no such file: a first start */
	STATE_BAD,  /* logged: it is ignored */
};
enum babel_state_found babel_state_load(const char *path, struct babel_persist *out);
/* False: errno says why. */
bool babel_state_save(const char *path, const struct babel_persist *p);

#endif
