/* SPDX-License-Identifier: MIT */
/*
 * Which configuration mgmtd begins with.
 *
 *	1 a confirmed commit is pending, or the run directory says that an
 *	  earlier mgmtd did not end of itself: the last commit, for that is what
 *	  the daemons run
 *	2 the startup configuration, if its file can be read without an error
 *	3 it is there but bad: the last commit, and the log says so
 *	4 there is no such file: nothing
 */
#ifndef SRCDEST_MGMTD_START_H
#define SRCDEST_MGMTD_START_H

#include <stdbool.h>

#include "lib/cli/grammar.h"
#include "mgmtd/datastore.h"
#include "mgmtd/history.h"

struct start_env {
	const struct schema *schema;
	const struct grammar *grammar;
	struct history *history;
	struct datastores *ds;
	const char *config;   /* file of the startup configuration */
	const char *statedir; /* where a pending commit would be */
	const char *marker;   /* file that is there while mgmtd runs */
};

/* Sets running and startup, and makes running the newest of the history. False:
 * err says what can't be written. */
bool start_configuration(const struct start_env *e, char *err, unsigned int err_size);
/* The end of this mgmtd was its own. */
void start_ended(const char *marker);

/* --config-check: prints what is wrong to stderr; the exit code. */
int start_check(const struct schema *s, const struct grammar *g, const char *config);

#endif
