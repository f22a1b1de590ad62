/* SPDX-License-Identifier: MIT */
/*
 * RUNDIR/babeld.state: what a neighbour would notice the loss of (struct
 * babel_persist), as a few lines of text:
 *
 *	babeld-state 1
 *	router-id 01:23:45:67:89:ab:cd:ef
 *	seqno 48309
 *	hello eth0 1234
 *	end
 *
 * The last line tells a whole file from one that was cut off. It is written
 * beside and renamed, never synced: after a crash of the machine a new
 * router-id, or some unfeasible seconds, do no harm (RFC 8966 3.2.1).
 */
#ifndef SRCDEST_BABEL_STATE_H
#define SRCDEST_BABEL_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "babeld/core/babel.h"

/* Enough for BABEL_PERSIST_IFS lines. */
#define BABEL_STATE_MAX 4096

/* The text into buf; its length. */
size_t babel_state_format(const struct babel_persist *p, char buf[BABEL_STATE_MAX]);
/* All or nothing: false, and *why says what is wrong, if any line is not as
 * above or one is missing. */
bool babel_state_parse(const char *text, size_t len, struct babel_persist *out, const char **why);

enum babel_state_found {
	STATE_FOUND,
	STATE_NONE, /* no such file: a first start */
	STATE_BAD,  /* logged: it is ignored */
};
enum babel_state_found babel_state_load(const char *path, struct babel_persist *out);
/* False: errno says why. */
bool babel_state_save(const char *path, const struct babel_persist *p);

#endif
