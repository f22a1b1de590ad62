/* SPDX-License-Identifier: MIT */
/*
 * The last commits on disk, the newest of which is running.
 *
 * DIR/history/N.json, one per commit: a line of JSON that says who, when, from
 * where and why, then the tree as JSON (RFC 7951, without defaults). It is
 * written under another name, synced, and renamed: that rename is the decision
 * of a commit. So running survives mgmtd, and what is torn by a crash never
 * was a commit. The directory is mode 0700, files are 0600.
 */
#ifndef SRCDEST_MGMTD_HISTORY_H
#define SRCDEST_MGMTD_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mgmtd/error.h"
#include "mgmtd/schema.h"

/* Commits one can go back to, besides the one that is running. */
#define HISTORY_MAX 50

struct history_entry {
	uint64_t id;  /* counts commits for ever, from 1 */
	int64_t time; /* seconds of 1970 */
	char *user;
	char *from;
	char *comment;
};

struct history;

/* Makes the directories. Leftovers of a crash are removed; a file that does
 * not parse is left alone and skipped, with a line in the log. NULL: err says
 * what can't be read or made. */
struct history *history_new(const struct schema *s, const char *dir, char *err,
			    unsigned int err_size);
void history_free(struct history *h);

size_t history_count(const struct history *h);
/* 0 is the newest, that is, running; NULL past the end. */
const struct history_entry *history_nth(const struct history *h, size_t n);
/* The validated tree of the n-th; false: there is no such commit, or its file
 * can't be read or does not fit the schema any more. */
bool history_load(const struct history *h, size_t n, struct lyd_node **tree,
		  struct edit_error *err);

/* The id that the next commit gets. */
uint64_t history_next(const struct history *h);
/* Decides a commit: on disk for good when this returns true. False (disk full,
 * not writable): everything is as before. entry->id is ignored. */
bool history_add(struct history *h, const struct history_entry *entry, const struct lyd_node *tree,
		 struct edit_error *err);

/* Makes `path` hold these octets, or leaves it as it was: a temporary file
 * beside it, fsync, rename, fsync of the directory. Also for what is not
 * history. False: err names the path and the reason. */
bool save_file(const char *path, unsigned int mode, const char *data, size_t n,
	       struct edit_error *err);
/* The whole file; to be freed. NULL and errno if not. */
char *load_file(const char *path, size_t *n);

#endif
