/* SPDX-License-Identifier: MIT */
/*
 * What a daemon has applied: entries and leaves by table row and keys, each
 * below the entry it belongs to. Every operation takes time proportional to
 * what it names, not to what there is.
 */
#ifndef SRCDEST_NB_COPY_H
#define SRCDEST_NB_COPY_H

#include "lib/nb/nb.h"

struct nb_copy;

/* Rows that lie below others by their path know it from here. */
struct nb_copy *nb_copy_new(const struct nb_node *rows, size_t n_rows);
void nb_copy_free(struct nb_copy *c);

/* One record is in. */
void nb_copy_change(struct nb_copy *c, const struct nb_change *change);

/* `full` (no deletions in it) is to become all there is: the records that
 * bring it about, deletions first, only tops of what goes, then the rest in the
 * order of `full`. The records borrow from `full` and from the copy, until
 * either changes; `index` has the place in `full` of each, n for a deletion.
 * Both are to be freed by free(). */
struct nb_change *nb_copy_diff(struct nb_copy *c, const struct nb_change *full, size_t n,
			       size_t **index, size_t *n_out);

size_t nb_copy_count(const struct nb_copy *c);

#endif
