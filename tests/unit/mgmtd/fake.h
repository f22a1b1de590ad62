/* SPDX-License-Identifier: MIT */
/*
 * Daemons that are none, and a clock that stands still: for transactions in
 * every order. A fake daemon keeps its configuration as "PATH" or "PATH=VALUE"
 * lines made from the records alone, so it can be compared with what mgmtd
 * thinks it has.
 */
#ifndef SRCDEST_TESTS_MGMTD_FAKE_H
#define SRCDEST_TESTS_MGMTD_FAKE_H

#include "mgmtd/txn.h"

enum deed { FINE, REFUSE, DIE, HANG };

struct fake;

struct world {
	struct schema *schema;
	char *dir;
	struct history *history;
	struct datastores *ds;
	struct txns *txns;
	mono_t now, wake;
	int64_t wall;
	bool later; /* daemons answer from the loop, not from inside */
	struct fake *a, *b;
	const char *forbidden; /* name of a node that authorise refuses */
	char events[1024];
};

struct fake {
	struct world *w;
	struct txn_daemon *d; /* NULL: dead */
	const char *name;     /* serves what is below the top container of this name */
	enum deed on_prepare, on_apply;
	char **have, **staged; /* sorted lines; what it would be after apply */
	size_t n_have, n_staged;
	uint64_t txn; /* of staged */
	unsigned int prepares, applies, aborts, fulls;
	/* What the loop is to do for it. */
	bool dies, answers_prepare, answers_apply;
};

struct world *world_new(void);
void world_free(struct world *w);
/* mgmtd dies and starts again on what it left on disk; daemons come back. */
void world_restart(struct world *w);

struct fake *fake_new(struct world *w, const char *name);
void fake_free(struct fake *f);
void fake_connect(struct fake *f);
void fake_die(struct fake *f);
/* It has what running says it should have. */
bool fake_agrees(const struct fake *f);

/* Until nothing more happens at this moment. */
void world_run(struct world *w);
void world_pass(struct world *w, usec_t time);

struct outcome {
	unsigned int calls;
	struct edit_error err;
	uint64_t id;
};
void outcome_clear(struct outcome *o);
void outcome_done(void *ctx, const struct edit_error *err, uint64_t id);

#endif
