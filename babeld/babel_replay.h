/* SPDX-License-Identifier: MIT */
/* Between the files of srcdest-babel-replay. */
#ifndef SRCDEST_BABEL_REPLAY_H
#define SRCDEST_BABEL_REPLAY_H

#include "babeld/trace/player.h"

#define REPLAY_EXPLAIN_MAX 16

struct replay {
	const char *path;
	enum play_mode mode;
	bool events, said, no_tables;
	struct sdprefix explain[REPLAY_EXPLAIN_MAX];
	unsigned int n_explain;
	usec_t until; /* from the first event; negative: to the end */
	bool cut_off;
	struct player *player;
};

/* babel_replay_text.c: what happens, as lines. */
extern const struct player_ops replay_ops;

/* The tables as they are now. */
void replay_tables(const struct replay *r);
void replay_explain(const struct replay *r, const struct sdprefix *pair);

#endif
