/* SPDX-License-Identifier: MIT */
/*
 * The datastores (RFC 6241 5.1, 8.3, 8.7) and who may write them.
 *
 *	running    what the daemons do; only txn.h changes it
 *	candidate  shared by all NETCONF sessions; as long as nobody has edited
 *	           it, it is running, whatever running becomes
 *	startup    what `write memory` and copy-config to startup have saved
 *	private    one per CLI session that asked for it: a copy and the edits
 *	           that made it; committed by applying the edits to what running
 *	           is then, so that others' commits in between are kept
 *
 * All trees are validated but the candidates'.
 */
#ifndef SRCDEST_MGMTD_DATASTORE_H
#define SRCDEST_MGMTD_DATASTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mgmtd/edit.h"
#include "mgmtd/schema.h"

/* Who asks. Ids are those of the front ends' sessions, NETCONF's session-id
 * among them; 0 is mgmtd itself, whom no lock stops. */
struct ds_session {
	uint32_t id;
	const char *user;
	const char *from; /* "tty", "192.0.2.1 ssh" */
};

enum ds_name {
	DS_RUNNING,
	DS_CANDIDATE,
	DS_STARTUP,
};
#define DS_N 3

struct datastores;
struct ds_candidate;

struct ds_ops {
	/* The startup configuration is to be saved; tree may be NULL (empty). May be NULL. */
	bool (*save_startup)(void *ctx, const struct lyd_node *tree, struct edit_error *err);
};

/* All datastores are the empty configuration, with its defaults. `s`, `ops`
 * and `ctx` are borrowed. */
struct datastores *ds_new(const struct schema *s, const struct ds_ops *ops, void *ctx);
void ds_free(struct datastores *ds); /* private candidates are freed before */

const struct schema *ds_schema(const struct datastores *ds);
/* For reading, good until the next turn of the loop. */
const struct lyd_node *ds_tree(const struct datastores *ds, enum ds_name which);
const char *ds_label(enum ds_name which); /* "running" */

/* Counts the changes of running. */
uint64_t ds_running_version(const struct datastores *ds);
/* For txn.c and the start alone. Takes the tree; it must be validated. Running
 * before is returned, to be freed when nothing borrows from it any more. */
struct lyd_node *ds_set_running(struct datastores *ds, struct lyd_node *tree);
void ds_set_startup(struct datastores *ds, struct lyd_node *tree);

/* ---- the shared candidate and startup ---- */

/* Replaces the whole: edit-config and copy-config edit a copy (edit_dup() of
 * ds_tree()) and hand it in. Takes the tree in every case. Startup is
 * validated and saved. False: locked by another session (in-use), invalid, or
 * not saved; nothing changed. */
bool ds_write(struct datastores *ds, enum ds_name which, const struct ds_session *by,
	      struct lyd_node *tree, struct edit_error *err);
bool ds_candidate_dirty(const struct datastores *ds);
/* Counts the writes of the candidate. */
uint64_t ds_candidate_version(const struct datastores *ds);
/* discard-changes; false: locked by another session. */
bool ds_discard(struct datastores *ds, const struct ds_session *by, struct edit_error *err);

/* ---- locks, RFC 6241 7.5 ---- */

/* False: lock-denied with the owner's session-id; its user and place are in the
 * message. The candidate can't be locked while it is dirty. */
bool ds_lock(struct datastores *ds, enum ds_name which, const struct ds_session *by,
	     struct edit_error *err);
/* Unlocking a dirty candidate discards it (RFC 6241 8.3.5.2). */
bool ds_unlock(struct datastores *ds, enum ds_name which, const struct ds_session *by,
	       struct edit_error *err);
/* 0: not locked. */
uint32_t ds_lock_owner(const struct datastores *ds, enum ds_name which);
int64_t ds_lock_time(const struct datastores *ds, enum ds_name which); /* seconds of 1970 */
/* True if nobody else holds the lock; otherwise in-use, naming the owner. */
bool ds_may_write(const struct datastores *ds, enum ds_name which, const struct ds_session *by,
		  struct edit_error *err);
/* Its locks go; a candidate it had locked is discarded. */
void ds_session_end(struct datastores *ds, uint32_t session);

/* ---- private candidates ---- */

struct ds_candidate *ds_private_new(struct datastores *ds);
void ds_private_free(struct ds_candidate *c); /* NULL is fine */
const struct lyd_node *ds_private_tree(const struct ds_candidate *c);
/* All of the edits or none. */
bool ds_private_edit(struct ds_candidate *c, const struct edit *edits, size_t n,
		     struct edit_error *err);
/* Becomes the whole of `tree` (taken), as for `rollback N` and `load replace`:
 * a commit then takes nothing of others' changes in between. */
void ds_private_replace(struct ds_candidate *c, struct lyd_node *tree);
bool ds_private_dirty(const struct ds_candidate *c);
/* Others have committed since it was begun or rebased. */
bool ds_private_stale(const struct ds_candidate *c);
/* Applies its edits to what running is now; false: they no longer fit (an edit
 * deletes what has gone meanwhile), nothing changed. */
bool ds_private_rebase(struct ds_candidate *c, struct edit_error *err);
/* Throws the edits away: it is running again. */
void ds_private_reset(struct ds_candidate *c);

#endif
