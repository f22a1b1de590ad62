/* SPDX-License-Identifier: MIT */
/*
 * Show commands of a daemon, over RUNDIR/NAME.vty in the framing that FRR's
 * vtysh speaks: a request is a line of text ended by one NUL; the answer is
 * text, then three NULs and a status octet (enum show_status).
 *
 * A command is a row: pattern, help, a function that builds the state as a
 * JSON object (json-c), and a renderer that prints that object as text. The
 * word `json` at the end of the line asks for the object itself. Nothing
 * prints from inside a protocol: state first, renderer after.
 *
 * Pattern words: lower-case keywords (any unambiguous abbreviation matches),
 * and variables in capitals: PREFIX (X:X::X:X/M or A.B.C.D/M), ADDR, IFNAME,
 * WORD. `[x y]` is optional, `<a|b>` is a choice; both nest. For one word of
 * the line a keyword in full goes before a PREFIX or ADDR, that before an
 * abbreviated keyword, that before IFNAME or WORD.
 *
 * Every server answers besides: `list` (one pattern and its help a line),
 * `echo TEXT` (as watchfrr asks it), `enable`, `disable` and `end` (nothing to
 * do, status 0), `exit` and `quit` (status 0, then the session ends).
 *
 * Limits: a request of SHOW_REQUEST_MAX octets, a longer one ends its session
 * with one log line; SHOW_ANSWER_MAX octets waiting for a client that does not
 * read; SHOW_SESSIONS_MAX sessions.
 */
#ifndef SRCDEST_CLI_SHOW_H
#define SRCDEST_CLI_SHOW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/span.h"
#include "lib/io/loop.h"

#define SHOW_REQUEST_MAX  4095u
#define SHOW_ANSWER_MAX	  ((size_t)256 << 20)
#define SHOW_SESSIONS_MAX 64u
#define SHOW_WORDS_MAX	  16

enum show_status { /* as in FRR's vty protocol */
		   SHOW_OK = 0,
		   SHOW_WARNING = 1,
		   SHOW_NO_MATCH = 2,
		   SHOW_AMBIGUOUS = 3,
		   SHOW_INCOMPLETE = 4,
};

/* The words of the line, keywords completed to their full form, variables as
 * typed, optional words only if given, without a last `json`. */
struct show_args {
	const char *word[SHOW_WORDS_MAX];
	size_t n;
	unsigned int variables; /* bit i: word[i] is a variable */
};
/* The variable that follows keyword `after`, or NULL: show_arg(a, "from"). */
const char *show_arg(const struct show_args *a, const char *after);
bool show_has(const struct show_args *a, const char *keyword);

struct show_out; /* text being built */
void show_printf(struct show_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

struct show_command {
	const char *pattern;
	const char *help;
	/* Returns a new object (the caller drops it), or NULL with an error
	 * text for the user in err: it is shown after "% ", with the status
	 * SHOW_WARNING; left empty, the answer is empty. Must not change the
	 * daemon: ctx is const. */
	json_object *(*state)(const void *ctx, const struct show_args *a, char *err,
			      unsigned int err_size);
	void (*text)(const json_object *state, struct show_out *o); /* NULL: JSON only */
};

struct show_server;
/* Serves `commands` on path; NULL: err says why. ctx goes to state(). */
struct show_server *show_server_new(struct loop *l, const char *path, const char *daemon_name,
				    const struct show_command *commands, size_t n, const void *ctx,
				    char *err, unsigned int err_size);
void show_server_free(struct show_server *s);

/* Framing. Looks at the first octets of a session: SHOW_FRAME_LINE if they
 * hold a whole request, whose octets (without the NUL) are then *len. */
enum show_frame { SHOW_FRAME_MORE, SHOW_FRAME_LINE, SHOW_FRAME_TOO_LONG };
enum show_frame show_frame(struct span in, size_t *len);

/* One request against a command table, without a socket: for the server and
 * for tests. The answer text is malloced into *answer. */
enum show_status show_run(const struct show_command *commands, size_t n, const void *ctx,
			  const char *daemon_name, const char *line, char **answer);

#endif
