/* SPDX-License-Identifier: MIT */
/*
 * The other end of lib/nb, played by a test: listens where the daemon will
 * look for mgmtd, and says and hears one message at a time. It shares the
 * loop of the daemon under test.
 *
 * Records are lines: "set outer/nested/v [x] [y] [z] = 7", "create tag [p]",
 * "delete presence"; paths are the ends of the table's.
 */
#ifndef SRCDEST_TESTS_UNIT_NB_FAKE_MGMTD_H
#define SRCDEST_TESTS_UNIT_NB_FAKE_MGMTD_H

#include "lib/nb/msg.h"
#include "lib/nb/nb.h"

struct fake_mgmtd {
	struct loop *loop;
	struct listener *listener;
	char dir[32], path[48];
	struct msg_conn *conn; /* NULL: no daemon */
	Mgmt__Message *got;    /* the last message, until the next wait */
	bool lost;	       /* the daemon ended the connection */
	const struct nb_table *table;
	const char *top; /* what all paths begin with */
};

void fake_start(struct fake_mgmtd *f, struct loop *l, const struct nb_table *table,
		const char *top);
void fake_stop(struct fake_mgmtd *f);

/* Runs the loop until a message has come; fails the test if it is another or the
 * connection ends. The message is good until the next call. */
Mgmt__Message *fake_expect(struct fake_mgmtd *f, Mgmt__Message__KindCase kind);
/* Until the daemon has ended the connection. */
void fake_expect_lost(struct fake_mgmtd *f);
/* As when mgmtd dies. */
void fake_die(struct fake_mgmtd *f);

void fake_prepare(struct fake_mgmtd *f, uint64_t txn, bool full, const char *records);
void fake_apply(struct fake_mgmtd *f, uint64_t txn);
void fake_abort(struct fake_mgmtd *f, uint64_t txn);
/* Prepare, expect yes, apply, expect done. */
void fake_commit(struct fake_mgmtd *f, uint64_t txn, bool full, const char *records);

#endif
