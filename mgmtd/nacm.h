/* SPDX-License-Identifier: MIT */
/*
 * Access control, RFC 8341: who may call, read and write what.
 *
 * Rules are compiled from /nacm of running; nacm_load() again whenever running
 * has changed. Groups are those of the configuration. A recovery session
 * (RFC 8341 3.3: root on mgmtd's own socket) is stopped by nothing.
 *
 * Judges count what they deny; nothing else here has an effect.
 */
#ifndef SRCDEST_MGMTD_NACM_H
#define SRCDEST_MGMTD_NACM_H

#include <stdbool.h>
#include <stdint.h>

#include "mgmtd/change.h"
#include "mgmtd/datastore.h"

struct nacm;

struct nacm_who {
	const char *user;
	bool recovery;
};

struct nacm_counters {
	uint32_t operations, data_writes, notifications;
};

struct nacm *nacm_new(void); /* as with an empty configuration: only root writes */
void nacm_free(struct nacm *n);
/* running may be NULL. Nothing is borrowed. */
void nacm_load(struct nacm *n, const struct lyd_node *running);

/* May call the RPC. False: access-denied in err (which may be NULL). */
bool nacm_may_exec(struct nacm *n, const struct nacm_who *w, const struct lysc_node *rpc,
		   struct edit_error *err);
/* May make all of these changes; false: access-denied with the first path. */
bool nacm_may_write(struct nacm *n, const struct nacm_who *w, const struct change_list *changes,
		    struct edit_error *err);
bool nacm_may_be_notified(struct nacm *n, const struct nacm_who *w,
			  const struct lysc_node *notification);
bool nacm_may_read(const struct nacm *n, const struct nacm_who *w, const struct lyd_node *node);
/* There is nothing that nacm_prune() could take out for this user. */
bool nacm_reads_all(const struct nacm *n, const struct nacm_who *w);
/* Takes out, with all below it, what may not be read (RFC 8341 3.2.4: in
 * silence). Keys of what stays stay. */
void nacm_prune(const struct nacm *n, const struct nacm_who *w, struct lyd_node **tree);

struct nacm_counters nacm_counters(const struct nacm *n);

#endif
