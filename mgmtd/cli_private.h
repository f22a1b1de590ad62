/* SPDX-License-Identifier: MIT */
/* Between the files mgmtd/cli_*.c and show_*.c. */
#ifndef SRCDEST_MGMTD_CLI_PRIVATE_H
#define SRCDEST_MGMTD_CLI_PRIVATE_H

#include "mgmtd/cli_file.h"
#include "mgmtd/cli_filter.h"
#include "mgmtd/cli_session.h"
#include "mgmtd/text.h"

/* Octets of one Text. */
#define CLI_PIECE ((size_t)16384)

struct cli_show;
struct cli_completion;

struct cli {
	struct cli_env env;
	const struct frontend *frontend;
};

/* How lines of the configuration act. */
enum cli_edit {
	CLI_EDIT_NONE,	    /* not in the configuration */
	CLI_EDIT_AT_ONCE,   /* configure terminal */
	CLI_EDIT_PRIVATE,   /* a candidate */
	CLI_EDIT_EXCLUSIVE, /* a candidate, and running is locked */
};

struct cli_session {
	struct cli *cli;
	struct ds_session who;
	struct cli_out out;

	enum cli_edit edit;
	struct grammar_place place; /* CONFIG if edit is not NONE */
	struct ds_candidate *candidate;
	bool quit;

	/* The request that is being worked on. */
	bool busy;
	bool finished; /* all text is in `pending`; `status` follows it */
	enum cli_status status;
	char *line; /* as typed, without its filter */
	struct grammar_result parsed;
	struct grammar_place next_place; /* if the commit succeeds */
	struct filter filter;
	struct text pending; /* not yet taken by the front end */
	struct cli_file *file;
	bool check; /* the commit is only a check */
	bool confirmed, was_pending;
	struct cli_show *show;
	struct cli_completion *completion;
	char prompt[160];
};

/* ---- cli_session.c: what a command says ---- */

void cli_say(struct cli_session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_say_text(struct cli_session *s, const char *text, size_t n);
/* The request is answered, with what has been said. */
void cli_done(struct cli_session *s, enum cli_status status);
/* A warning or failure in one sentence: "% SENTENCE". */
void cli_refuse(struct cli_session *s, enum cli_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void cli_refuse_error(struct cli_session *s, const struct edit_error *err);
/* "% Unknown command: LINE", the mark below it and what was expected. */
void cli_bad_line(struct text *t, enum grammar_status status, const char *line,
		  const struct grammar_result *r);
/* Is there room for more to be said? */
bool cli_has_room(const struct cli_session *s);
void cli_flush(struct cli_session *s);
/* s->line, typed in that place. */
void cli_run_line(struct cli_session *s, const struct grammar_place *place);
/* A request begins: what a Line and a Load have in common. */
void cli_begin(struct cli_session *s);

/* ---- cli_exec.c: the commands that are no configuration ---- */

bool cli_add_commands(struct grammar *g, char *err, size_t err_size);
void cli_run_command(struct cli_session *s, int id);
/* What the output of which may be filtered. */
bool cli_is_show(int id);
/* Whether a bar in this line is a filter: a description may have one. */
bool cli_takes_bar(const char *line);

/* ---- cli_config.c ---- */

void cli_configure(struct cli_session *s, enum cli_edit how);
bool cli_may_leave(struct cli_session *s); /* false: the user has been told why not */
void cli_leave_config(struct cli_session *s);
/* The session is over: nothing is said any more. */
void cli_forget_config(struct cli_session *s);
void cli_config_line(struct cli_session *s); /* s->parsed: edits */
void cli_commit(struct cli_session *s, bool check, bool confirmed);
void cli_cancel(struct cli_session *s);
void cli_rollback(struct cli_session *s, const char *number);
void cli_discard(struct cli_session *s, bool leave);
void cli_write(struct cli_session *s);
void cli_print_tree(struct cli_session *s, const struct lyd_node *tree);
void cli_print_diff(struct cli_session *s, const struct lyd_node *before,
		    const struct lyd_node *after);
void cli_show_candidate(struct cli_session *s);
void cli_show_diff(struct cli_session *s);
void cli_show_history(struct cli_session *s);
void cli_show_rollback(struct cli_session *s, const char *number);
void cli_tree_json(struct cli_session *s, const struct lyd_node *tree);

/* ---- show_state.c ---- */

void cli_show_room(struct cli_session *s);
void cli_show_free(struct cli_session *s);

/* ---- cli_complete.c ---- */

void cli_complete(struct cli_session *s, const char *text, bool help);
void cli_completion_free(struct cli_session *s);

#endif
