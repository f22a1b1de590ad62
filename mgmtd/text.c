/* SPDX-License-Identifier: MIT */
/* Text that grows. */
#include "mgmtd/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void txt_room(struct text *t, size_t more)
{
	size_t room = t->room ? t->room : 256;

	if (t->room - t->n > more)
		return;
	while (room - t->n <= more)
		room *= 2;
	t->p = realloc(t->p, room);
	if (!t->p)
		abort();
	t->room = room;
}

void txt_add(struct text *t, const char *s, size_t n)
{
	txt_room(t, n);
	if (n)
		memcpy(t->p + t->n, s, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void txt_puts(struct text *t, const char *s)
{
	txt_add(t, s, strlen(s));
}

void txt_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	txt_room(t, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(t->p + t->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)n;
}

void txt_json(struct text *t, const char *s)
{
	txt_puts(t, "\"");
	while (*s) {
		const char *from = s;

		while ((unsigned char)*s >= 0x20 && *s != '"' && *s != '\\')
			s++;
		txt_add(t, from, (size_t)(s - from));
		if (*s == '"' || *s == '\\')
			txt_printf(t, "\\%c", *s++);
		else if (*s)
			txt_printf(t, "\\u%04x", *s++);
	}
	txt_puts(t, "\"");
}

void txt_drop(struct text *t, size_t n)
{
	if (!n)
		return;
	memmove(t->p, t->p + n, t->n - n + 1);
	t->n -= n;
}

void txt_clear(struct text *t)
{
	free(t->p);
	*t = (struct text){.p = NULL};
}

char *txt_take(struct text *t)
{
	char *p;

	txt_add(t, "", 0);
	p = t->p;
	*t = (struct text){.p = NULL};
	return p;
}
