/* SPDX-License-Identifier: MIT */
/*
 * Trees of nodes (message Node of mgmt.proto), written from the outside in.
 *
 *	nb_begin(w, "route");
 *	nb_leaf(w, "destination-prefix", text);
 *	nb_begin(w, "next-hop");
 *	...
 *	nb_end(w);
 *	nb_end(w);
 *
 * Names are those of the schema; "module:name" where the module is not the
 * parent's. Keys come first, in the order of the schema. Values are
 * canonical. A leaf-list is one nb_leaf() for each value.
 */
#ifndef SRCDEST_NB_WRITER_H
#define SRCDEST_NB_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/nb/mgmt.pb-c.h"

/* Octets of a page, about: nb_full() says so then. */
#define NB_PAGE_OCTETS ((size_t)1 << 18)

struct nb_writer;

/* max: top nodes until nb_full(); 0: no limit. */
struct nb_writer *nb_writer_new(unsigned int max);
void nb_writer_free(struct nb_writer *w); /* and all nodes; NULL is fine */

/* A list entry or a container. */
void nb_begin(struct nb_writer *w, const char *name);
void nb_end(struct nb_writer *w);
void nb_leaf(struct nb_writer *w, const char *name, const char *value);
void nb_leaf_fmt(struct nb_writer *w, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void nb_leaf_u64(struct nb_writer *w, const char *name, uint64_t value);
void nb_leaf_bool(struct nb_writer *w, const char *name, bool value);

/* The page is full: what comes next belongs to the next one. */
bool nb_full(const struct nb_writer *w);

/* What was written at the top; good until the writer is freed. */
Mgmt__Node **nb_written(const struct nb_writer *w, size_t *n);

#endif
