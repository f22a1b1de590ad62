/* SPDX-License-Identifier: MIT */
/*
 * A recording happens again: line by line into an instance of its own, in the
 * time of the recording. What the instance asks of the world gets the answers
 * that were recorded; what it says, and its tables, are compared with what
 * was said then. Pure.
 *
 * An event happens when all its answers are known, that is with the line
 * behind them, or with player_end().
 *
 * Loosely played, only the events count, for recordings that outlive the
 * program that made them and for those that were written by hand: what is
 * asked and was not recorded is answered by a generator, timers run when they
 * are due, and nothing is compared.
 */
#ifndef SRCDEST_BABELD_TRACE_PLAYER_H
#define SRCDEST_BABELD_TRACE_PLAYER_H

#include "babeld/trace/line.h"

enum play_verdict {
	PLAY_ON,	   /* as it was */
	PLAY_ENDED,	   /* the line that ends a recording: nothing may follow */
	PLAY_LATER,	   /* an event that is later than player_until(), and has not happened */
	PLAY_BAD_LINE,	   /* not read: see what and where */
	PLAY_NO_HEAD,	   /* the first line is no head */
	PLAY_MISPLACED,	   /* a line where none of its kind can be */
	PLAY_MORE_ASKED,   /* of the world than was recorded */
	PLAY_LESS_ASKED,   /* an answer was not asked for */
	PLAY_OTHER_SAID,   /* something else, see said and expected */
	PLAY_OTHER_TABLES, /* see tables and expected_tables */
	PLAY_VERDICTS,
};
const char *play_verdict_name(enum play_verdict v);

/* What a listener hears; each may be NULL. */
struct player_ops {
	void (*before)(void *ctx, const struct babel_event *e);
	void (*send)(void *ctx, ifid_t via, const struct addr *to, struct span datagram);
	void (*route)(void *ctx, const struct sdprefix *pair, const struct babel_choice *c);
	void (*note)(void *ctx, const struct babel_note *n);
	void (*after)(void *ctx, const struct babel_event *e);
};

struct player;

enum play_mode { PLAY_STRICT, PLAY_LOOSE };

struct player *player_new(enum play_mode mode, const struct player_ops *ops, void *ctx);
void player_free(struct player *p);
/* Nothing happens that is later than so long after the first event. */
void player_until(struct player *p, usec_t from_first);
/* Without the newline. After anything but PLAY_ON the player plays no more. */
enum play_verdict player_line(struct player *p, struct span text);
/* There are no more lines: the last event happens if it has not yet. */
enum play_verdict player_end(struct player *p);

struct player_view {
	const struct babel *babel; /* NULL: there is none (any more) */
	mono_t first, now;	   /* of the events */
	uint64_t lines, events;
	char program[32]; /* that recorded */
	char end[32];	  /* why it ended, "" if it did not */
	bool open;	  /* the last event was not closed: the recorder died in it */
	/* Of the last verdict. */
	const char *what;
	const char *where;
	struct said said, expected;
	uint64_t tables, expected_tables;
};
struct player_view player_look(const struct player *p);

#endif
