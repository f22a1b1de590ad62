/* SPDX-License-Identifier: MIT */
/*
 * Sessions of the command line: one line in, text in pieces out, then a status
 * and the next prompt.
 *
 * `configure terminal` makes each line a commit of its own, as in FRR;
 * `configure private` and `configure exclusive` edit a candidate, the latter
 * with running locked. Lines are read by lib/cli/grammar.h, to which the
 * commands of cli_exec.c are added; configuration has no code here.
 *
 * A session knows no socket: what it says goes through struct cli_out, so that
 * tests can listen. Nothing blocks: a commit or a page of state is waited for
 * in the loop, and pages are asked for only as the front end takes them.
 */
#ifndef SRCDEST_MGMTD_CLI_SESSION_H
#define SRCDEST_MGMTD_CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cli/grammar.h"
#include "mgmtd/backend.h"
#include "mgmtd/datastore.h"
#include "mgmtd/frontend.h"
#include "mgmtd/history.h"
#include "mgmtd/schema.h"
#include "mgmtd/txn.h"

/* All borrowed. */
struct cli_env {
	const struct schema *schema;
	struct grammar *grammar; /* gets the commands */
	struct datastores *ds;
	struct txns *txns;
	struct history *history;
	struct backend *backend;
	const char *startup; /* path of the startup configuration; NULL: none */
};

/* Status of a line: FRR's vty status octets. */
enum cli_status {
	CLI_OK = 0,
	CLI_WARNING = 1,
	CLI_NO_MATCH = 2,
	CLI_AMBIGUOUS = 3,
	CLI_INCOMPLETE = 4,
	CLI_FAILED = 13,
};

struct cli;
struct cli_session;

/* NULL: err says which command clashes with the grammar. */
struct cli *cli_new(const struct cli_env *env, char *err, size_t err_size);
void cli_free(struct cli *c); /* sessions are freed before */
/* For `show sessions`; may be left out. */
void cli_set_frontend(struct cli *c, const struct frontend *f);
/* The layer to give to frontend_new(). */
struct front_layer cli_layer(struct cli *c);

/* As the messages Text, Done, Candidates. After done() or candidates() the
 * session takes the next line. They must not call the session. */
struct cli_out {
	void (*text)(void *ctx, const char *text, size_t n);
	bool (*full)(void *ctx); /* then cli_session_room() is called when it has drained */
	void (*done)(void *ctx, enum cli_status status, const char *prompt, bool quit);
	void (*candidates)(void *ctx, const struct grammar_candidate *c, size_t n,
			   const char *error);
	void *ctx;
};

/* `who` is borrowed for the life of the session. */
struct cli_session *cli_session_new(struct cli *c, const struct ds_session *who,
				    const struct cli_out *out);
/* The commits it waits for have been forgotten (txn_session_end) before. */
void cli_session_free(struct cli_session *s);

const char *cli_session_prompt(struct cli_session *s); /* good until the next call */
/* One at a time: only when the one before is done. */
void cli_session_line(struct cli_session *s, const char *line);
/* A file in one transaction, merged into running; check: up to the decision,
 * and no further. text NULL: the startup configuration. */
void cli_session_load(struct cli_session *s, const char *name, const char *text, bool check);
void cli_session_complete(struct cli_session *s, const char *text, bool help);
void cli_session_room(struct cli_session *s);

#endif
