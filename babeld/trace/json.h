/* SPDX-License-Identifier: MIT */
/*
 * As much of JSON as a recording needs: objects, arrays, strings, whole
 * numbers, booleans. Pure.
 */
#ifndef SRCDEST_BABELD_TRACE_JSON_H
#define SRCDEST_BABELD_TRACE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* ---- Writing: a text that grows. All zero but for mem.name: empty. ---- */

struct json_out {
	struct memtag mem;
	char *p;
	size_t n, room;
	bool comma; /* the next value needs one in front */
};

void json_fini(struct json_out *o);
void json_clear(struct json_out *o);
void json_open(struct json_out *o, char bracket);  /* { or [ */
void json_close(struct json_out *o, char bracket); /* } or ] */
void json_key(struct json_out *o, const char *name);
void json_uint(struct json_out *o, uint64_t v);
void json_int(struct json_out *o, int64_t v);
void json_bool(struct json_out *o, bool v);
void json_text(struct json_out *o, const char *v, size_t len);
void json_hex(struct json_out *o, struct span v); /* a string */
void json_newline(struct json_out *o);

/* ---- Reading: values are where they stand in the text. ---- */

#define JSON_DEPTH 8

/* One whole value and nothing behind it but blanks, at most JSON_DEPTH deep.
 * The functions below are for parts of a text that has passed. */
bool json_valid(struct span text);
/* The members of an object, or the values of an array: *at is 0 first; name is
 * empty in an array. False: no more. */
bool json_each(struct span value, size_t *at, struct span *name, struct span *member);
/* False: it has no such member, or is no object. */
bool json_get(struct span object, const char *name, struct span *member);
bool json_is(struct span value, char first); /* '{', '[', '"' */
bool json_to_uint(struct span value, uint64_t *out);
bool json_to_int(struct span value, int64_t *out);
bool json_to_bool(struct span value, bool *out);
/* Unescaped, with a NUL behind it; false: no string, or too long for size. */
bool json_to_text(struct span value, char *out, size_t size);
/* Of exactly that many octets. */
bool json_to_hex(struct span value, uint8_t *out, size_t len);

#endif
