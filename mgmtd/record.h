/* SPDX-License-Identifier: MIT */
/*
 * A configuration on disk with a line about it: one line of JSON, then the
 * tree as JSON (RFC 7951, only what is explicit). History and the confirmed
 * commit that is pending are kept so.
 */
#ifndef SRCDEST_MGMTD_RECORD_H
#define SRCDEST_MGMTD_RECORD_H

#include <json-c/json.h>
#include <stdbool.h>

#include "mgmtd/error.h"

bool record_save(const char *path, struct json_object *header, const struct lyd_node *tree,
		 struct edit_error *err);
/* The line alone; to be freed by json_object_put(). NULL: not there, or no
 * such file. */
struct json_object *record_header(const char *path);
/* The tree alone, validated. */
bool record_tree(const char *path, const struct ly_ctx *ly, struct lyd_node **tree,
		 struct edit_error *err);

/* Of a header; what is missing is "" or 0. */
const char *record_text(struct json_object *header, const char *name);
int64_t record_number(struct json_object *header, const char *name);

#endif
