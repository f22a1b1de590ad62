/* SPDX-License-Identifier: MIT */
/* A line cut into words, and a value written so that it reads as one. */
#include "lib/cli/grammar_impl.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* "..." from the line into buf; returns what follows it, or NULL if it does
 * not end or something is joined to it. */
static const char *cut_quoted(const char *s, const char *end, char **buf)
{
	char *to = *buf;

	for (s++; s < end && *s != '"'; s++) {
		char c = *s;

		if (c == '\\' && s + 1 < end) {
			c = *++s;
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		*to++ = c;
	}
	if (s >= end || (s + 1 < end && !is_blank(s[1])))
		return NULL;
	*to++ = '\0';
	*buf = to;
	return s + 1;
}

static const char *cut_plain(const char *s, const char *end, char **buf)
{
	while (s < end && !is_blank(*s))
		*(*buf)++ = *s++;
	*(*buf)++ = '\0';
	return s;
}

bool words_cut(struct words *ws, const char *line)
{
	const char *s = line, *end;
	char *buf = ws->buf;

	ws->line = line;
	ws->len = strlen(line);
	ws->n = 0;
	ws->more = false;
	if (ws->len > GRAMMAR_LINE_MAX)
		return false;
	while (ws->len > 0 && is_blank(line[ws->len - 1]))
		ws->len--;
	for (end = line + ws->len; s < end;) {
		struct word *w = &ws->w[ws->n];
		const char *after = NULL;

		if (is_blank(*s)) {
			s++;
			continue;
		}
		if (ws->n == WORDS_MAX) {
			ws->more = true;
			break;
		}
		ws->n++;
		*w = (struct word){.begin = (size_t)(s - line), .text = buf};
		if (*s == '"') {
			after = cut_quoted(s, end, &buf);
			w->quoted = after != NULL;
			w->open = !w->quoted;
		}
		s = after ? after : cut_plain(s, end, &buf);
		w->end = (size_t)(s - line);
	}
	return true;
}

static bool needs_quotes(const char *value)
{
	const char *s;

	if (*value == '\0' || *value == '"')
		return true;
	for (s = value; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return true;
	}
	return false;
}

void word_quote(struct gtext *t, const char *value, bool always)
{
	if (!always && !needs_quotes(value)) {
		gtext_add(t, value);
		return;
	}
	gtext_add(t, "\"");
	for (; *value; value++) {
		if (*value == '\n' || *value == '\t') {
			gtext_add(t, *value == '\n' ? "\\n" : "\\t");
			continue;
		}
		if (*value == '"' || *value == '\\')
			gtext_add(t, "\\");
		gtext_addn(t, value, 1);
	}
	gtext_add(t, "\"");
}
