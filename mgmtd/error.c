/* SPDX-License-Identifier: MIT */
/* Errors: RFC 6241's fields, and libyang's words put into them. */
#include "mgmtd/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *must_dup(const char *s)
{
	char *copy;

	if (!s)
		return NULL;
	copy = strdup(s);
	if (!copy)
		abort();
	return copy;
}

const char *error_tag_name(enum error_tag tag)
{
	switch (tag) {
	case ERR_NONE:
		return "none";
	case ERR_IN_USE:
		return "in-use";
	case ERR_INVALID_VALUE:
		return "invalid-value";
	case ERR_TOO_BIG:
		return "too-big";
	case ERR_MISSING_ATTRIBUTE:
		return "missing-attribute";
	case ERR_BAD_ATTRIBUTE:
		return "bad-attribute";
	case ERR_UNKNOWN_ATTRIBUTE:
		return "unknown-attribute";
	case ERR_MISSING_ELEMENT:
		return "missing-element";
	case ERR_BAD_ELEMENT:
		return "bad-element";
	case ERR_UNKNOWN_ELEMENT:
		return "unknown-element";
	case ERR_UNKNOWN_NAMESPACE:
		return "unknown-namespace";
	case ERR_ACCESS_DENIED:
		return "access-denied";
	case ERR_LOCK_DENIED:
		return "lock-denied";
	case ERR_RESOURCE_DENIED:
		return "resource-denied";
	case ERR_DATA_EXISTS:
		return "data-exists";
	case ERR_DATA_MISSING:
		return "data-missing";
	case ERR_OPERATION_NOT_SUPPORTED:
		return "operation-not-supported";
	case ERR_OPERATION_FAILED:
		return "operation-failed";
	case ERR_MALFORMED_MESSAGE:
		return "malformed-message";
	}
	return "operation-failed";
}

const char *error_type_name(enum error_type type)
{
	switch (type) {
	case ERR_TYPE_APPLICATION:
		return "application";
	case ERR_TYPE_PROTOCOL:
		return "protocol";
	case ERR_TYPE_RPC:
		return "rpc";
	}
	return "application";
}

static void set(struct edit_error *e, enum error_tag tag, const char *path, const char *fmt,
		va_list ap)
{
	if (e->tag != ERR_NONE)
		return;
	e->tag = tag;
	e->path = must_dup(path);
	if (vasprintf(&e->message, fmt, ap) < 0)
		abort();
}

void error_set(struct edit_error *e, enum error_tag tag, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(e, tag, path, fmt, ap);
	va_end(ap);
}

void error_at(struct edit_error *e, enum error_tag tag, const struct lyd_node *at, const char *fmt,
	      ...)
{
	char *path = at ? lyd_path(at, LYD_PATH_STD, NULL, 0) : NULL;
	va_list ap;

	va_start(ap, fmt);
	set(e, tag, path, fmt, ap);
	va_end(ap);
	free(path);
}

/* RFC 7950 15.1 to 15.6 name the tag that goes with each app-tag. */
static enum error_tag tag_of_app_tag(const char *app_tag, const char *message,
				     enum error_tag otherwise)
{
	static const char *const failed[] = {"must-violation", "too-few-elements",
					     "too-many-elements", "data-not-unique"};

	/* The form without an app-tag of its own. */
	if (!app_tag)
		return strncmp(message, "Mandatory ", strlen("Mandatory ")) ? otherwise
									    : ERR_DATA_MISSING;
	if (!strcmp(app_tag, "instance-required") || !strcmp(app_tag, "missing-choice"))
		return ERR_DATA_MISSING;
	for (size_t i = 0; i < sizeof(failed) / sizeof(failed[0]); i++)
		if (!strcmp(app_tag, failed[i]))
			return ERR_OPERATION_FAILED;
	return otherwise;
}

/* Out of: Data location "/m:a/b[k='v']", line number 3. */
static char *location(const char *where)
{
	const char *open = where ? strchr(where, '"') : NULL;
	const char *close = where ? strrchr(where, '"') : NULL;

	if (!open || close <= open + 1)
		return NULL;
	return strndup(open + 1, (size_t)(close - open - 1));
}

void error_from_ly(struct edit_error *e, const struct ly_ctx *ly, enum error_tag otherwise,
		   const char *path)
{
	const char *message = ly_errmsg(ly);
	const char *app_tag = ly_errapptag(ly);
	char *where = path ? NULL : location(ly_errpath(ly));

	if (!message)
		message = "refused by the schema";
	if (e->tag == ERR_NONE) {
		error_set(e, tag_of_app_tag(app_tag, message, otherwise), path ? path : where, "%s",
			  message);
		e->app_tag = must_dup(app_tag);
	}
	free(where);
	ly_err_clean((struct ly_ctx *)ly, NULL);
}

char *error_text(const struct edit_error *e)
{
	char *text;

	if (asprintf(&text, "%s%s%s%s%s%s", e->path ? e->path : "", e->path ? ": " : "",
		     e->message ? e->message : error_tag_name(e->tag), e->daemon ? " (" : "",
		     e->daemon ? e->daemon : "", e->daemon ? ")" : "") < 0)
		abort();
	return text;
}

void error_copy(struct edit_error *to, const struct edit_error *from)
{
	*to = *from;
	to->app_tag = must_dup(from->app_tag);
	to->path = must_dup(from->path);
	to->message = must_dup(from->message);
	to->daemon = must_dup(from->daemon);
	to->bad_element = must_dup(from->bad_element);
	to->bad_ns = must_dup(from->bad_ns);
}

void error_clear(struct edit_error *e)
{
	free(e->app_tag);
	free(e->path);
	free(e->message);
	free(e->daemon);
	free(e->bad_element);
	free(e->bad_ns);
	memset(e, 0, sizeof(*e));
}
