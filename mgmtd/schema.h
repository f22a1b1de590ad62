/* SPDX-License-Identifier: MIT */
/*
 * The libyang context of mgmtd: every module of the module directory,
 * implemented, with its features. Made once at start and never changed:
 * compiled nodes are compared by pointer everywhere.
 *
 * libyang's own log is turned off; its errors are fetched from the context
 * (error.h) where they happen.
 */
#ifndef SRCDEST_MGMTD_SCHEMA_H
#define SRCDEST_MGMTD_SCHEMA_H

#include <libyang/libyang.h>

struct schema {
	struct ly_ctx *ly;
};

/* Loads every NAME.yang and NAME@REVISION.yang of yang_dir, and of ietf below it
 * if that is there; what they import
 * is found there or inside libyang. NULL: err says which module and why. */
struct schema *schema_new(const char *yang_dir, char *err, unsigned int err_size);
void schema_free(struct schema *s); /* NULL is fine; no tree may be left */

/* "/srcdest-static:static/route/next-hop"; NULL: there is no such node. */
const struct lysc_node *schema_find(const struct schema *s, const char *path);

#endif
