/* SPDX-License-Identifier: MIT */
/* A whole mgmtd in this process, with the modules of the tree, sessions of the
 * command line that one can listen to, and a daemon that has many routes. */
#ifndef SRCDEST_TESTS_CLI_RIG_H
#define SRCDEST_TESTS_CLI_RIG_H

#include "lib/nb/nb.h"
#include "mgmtd/cli_file.h"
#include "mgmtd/cli_session.h"

#define SESSIONS 2

struct listener_ {
	struct cli_session *session;
	struct ds_session who;
	char *text; /* what the last line said */
	size_t n;
	size_t room; /* octets until it is full */
	enum cli_status status;
	char prompt[128];
	bool done, quit;
	char words[4096]; /* candidates: "word=help\n" or, a form, "(word)=help\n" */
	char error[1024];
};

struct cli_rig {
	struct loop *loop;
	struct schema *schema;
	struct grammar *grammar;
	char *dir, startup[300];
	struct history *history;
	struct datastores *ds;
	struct txns *txns;
	struct loop_timer *wake, *poll;
	struct backend *backend;
	struct cli *cli;
	struct listener_ l[SESSIONS];
	struct nb *zebra;
	unsigned int routes, pages;
	mono_t deadline;
	bool (*until)(struct cli_rig *r);
};

struct cli_rig *cli_rig_new(void);
void cli_rig_free(struct cli_rig *r);
/* A daemon that tells `routes` IPv6 routes and two interfaces. */
void cli_rig_zebra(struct cli_rig *r, unsigned int routes);
/* Turns of the loop until then; a minute is too long. */
void cli_rig_until(struct cli_rig *r, bool (*until)(struct cli_rig *r));
/* A line of session i, to its end; what it said. */
const char *cli_rig_line(struct cli_rig *r, unsigned int i, const char *line);
const char *cli_rig_load(struct cli_rig *r, unsigned int i, const char *text, bool check);
/* The candidates, as listed above. */
const char *cli_rig_complete(struct cli_rig *r, unsigned int i, const char *text, bool help);
/* Running, as lines. */
const char *cli_rig_running(struct cli_rig *r);

#endif
