/* SPDX-License-Identifier: MIT */
/* What writing and reading of lines share, and their files among each other. */
#ifndef SRCDEST_BABELD_TRACE_LINE_IMPL_H
#define SRCDEST_BABELD_TRACE_LINE_IMPL_H

#include "babeld/trace/line.h"

extern const char *const answer_names[ANSWER_KINDS];

/* ---- fields_read.c ---- */

/* False, with what and where. */
bool line_wrong(struct line_reader *r, const char *what, const char *name);
/* name: as it stands in the line, in quotes or not. */
bool line_wrong_name(struct line_reader *r, const char *what, struct span name);
bool line_named(const char *name, struct span key);
/* A moment or a span of time with which nobody's arithmetic overflows. */
bool line_read_time(struct span v, int64_t *out);
/* top: of an event, whose "t" and "do" have been read. */
bool fields_read(struct line_reader *r, const struct field *fields, struct span object,
		 uint8_t *base, bool top);

#endif
