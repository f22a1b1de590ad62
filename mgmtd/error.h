/* SPDX-License-Identifier: MIT */
/*
 * Why something was refused: one type for every front end, so that the words
 * are the same on all of them. The fields are those of RFC 6241 4.3.
 *
 * The functions that fail take a `struct edit_error *` that the caller zeroed
 * and, when they return false, have filled it; it is empty otherwise. The
 * first error stays: setting a second one does nothing.
 */
#ifndef SRCDEST_MGMTD_ERROR_H
#define SRCDEST_MGMTD_ERROR_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 6241 Appendix A; NONE: no error. */
enum error_tag {
	ERR_NONE,
	ERR_IN_USE,
	ERR_INVALID_VALUE,
	ERR_TOO_BIG,
	ERR_MISSING_ATTRIBUTE,
	ERR_BAD_ATTRIBUTE,
	ERR_UNKNOWN_ATTRIBUTE,
	ERR_MISSING_ELEMENT,
	ERR_BAD_ELEMENT,
	ERR_UNKNOWN_ELEMENT,
	ERR_UNKNOWN_NAMESPACE,
	ERR_ACCESS_DENIED,
	ERR_LOCK_DENIED,
	ERR_RESOURCE_DENIED,
	ERR_DATA_EXISTS,
	ERR_DATA_MISSING,
	ERR_OPERATION_NOT_SUPPORTED,
	ERR_OPERATION_FAILED,
	ERR_MALFORMED_MESSAGE,
};

/* RFC 6241 4.3: the layer at which it happened. */
enum error_type {
	ERR_TYPE_APPLICATION,
	ERR_TYPE_PROTOCOL,
	ERR_TYPE_RPC,
};

struct edit_error {
	enum error_tag tag;
	enum error_type type;
	char *app_tag;	   /* NULL: none */
	char *path;	   /* /module:a/b[k='v'] as libyang writes it; NULL: none */
	char *message;	   /* never NULL in an error; one line without the path */
	char *daemon;	   /* who refused; NULL: mgmtd itself */
	char *bad_element; /* error-info; also the attribute with the *_ATTRIBUTE tags */
	char *bad_ns;	   /* error-info bad-namespace */
	uint32_t session;  /* error-info session-id, with ERR_LOCK_DENIED */
	size_t edit;	   /* edit_list(): which of the edits */
};

const char *error_tag_name(enum error_tag tag);	   /* "data-exists" */
const char *error_type_name(enum error_type type); /* "application" */

/* path may be NULL. */
void error_set(struct edit_error *e, enum error_tag tag, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The same, at a data node; e->path is its instance. */
void error_at(struct edit_error *e, enum error_tag tag, const struct lyd_node *at, const char *fmt,
	      ...) __attribute__((format(printf, 4, 5)));
/* From the last error that libyang stored, which it takes out of the context:
 * tag and app-tag of RFC 7950 15 where they apply, `otherwise` elsewhere. path
 * may be NULL: then libyang's own. */
void error_from_ly(struct edit_error *e, const struct ly_ctx *ly, enum error_tag otherwise,
		   const char *path);

/* What a person reads, on the command line and in error-message alike:
 * "PATH: MESSAGE", with " (DAEMON)" where a daemon refused. To be freed. */
char *error_text(const struct edit_error *e);
void error_copy(struct edit_error *to, const struct edit_error *from);
void error_clear(struct edit_error *e); /* frees the parts and zeroes */

#endif
