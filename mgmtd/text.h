/* SPDX-License-Identifier: MIT */
/* Text that grows. Zeroed is empty; p is NULL until something is added, and
 * terminated then. Exhausted memory aborts. */
#ifndef SRCDEST_MGMTD_TEXT_H
#define SRCDEST_MGMTD_TEXT_H

#include <stddef.h>

struct text {
	char *p;
	size_t n, room;
};

void txt_add(struct text *t, const char *s, size_t n);
void txt_puts(struct text *t, const char *s);
void txt_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes. */
void txt_json(struct text *t, const char *s);
void txt_drop(struct text *t, size_t n); /* the first n octets */
void txt_clear(struct text *t);		 /* and frees */
char *txt_take(struct text *t);		 /* never NULL; t is empty then */

#endif
