/* SPDX-License-Identifier: MIT */
/* Filters of output, line by line. */
#include "mgmtd/cli_filter.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t"

const struct filter_word filter_words[] = {
	{"begin", "From the first line that matches"},
	{"count", "How many lines, or how many that match"},
	{"exclude", "Lines that do not match"},
	{"include", "Lines that match"},
	{NULL, NULL},
};
static const enum filter_kind kinds[] = {FILTER_BEGIN, FILTER_COUNT, FILTER_EXCLUDE,
					 FILTER_INCLUDE};

const char *filter_find(const char *line)
{
	bool quoted = false;

	for (const char *p = line; *p; p++) {
		if (*p == '\\' && quoted && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '|' && !quoted && p > line && strchr(BLANKS, p[-1]))
			return p;
	}
	return NULL;
}

static bool is_beginning(const char *word, size_t n, const char *of)
{
	return n <= strlen(of) && strncmp(word, of, n) == 0;
}

static enum filter_kind find_kind(const char *word, size_t n)
{
	/* The words differ in their first letter: none is ambiguous. */
	for (size_t i = 0; n && filter_words[i].word; i++)
		if (is_beginning(word, n, filter_words[i].word))
			return kinds[i];
	return FILTER_NONE;
}

static bool read_regex(struct filter *f, const char *text, char *err, size_t err_size)
{
	int e = regcomp(&f->regex, text, REG_EXTENDED | REG_NOSUB);

	if (e == 0) {
		f->have_regex = true;
		return true;
	}
	regerror(e, &f->regex, err, err_size);
	return false;
}

bool filter_cut(struct filter *f, char *line, char *err, size_t err_size, size_t *column)
{
	char *bar = line + (filter_find(line) ? filter_find(line) - line : (long)strlen(line));
	const char *word;
	size_t n, len;

	*f = (struct filter){.kind = FILTER_NONE};
	if (!*bar)
		return true;
	word = bar + 1 + strspn(bar + 1, BLANKS);
	n = strcspn(word, BLANKS);
	*column = (size_t)(word - line);
	f->kind = find_kind(word, n);
	if (f->kind == FILTER_NONE) {
		snprintf(err, err_size, "begin, count, exclude or include is expected here");
		return false;
	}
	word += n;
	word += strspn(word, BLANKS);
	*column = (size_t)(word - line);
	len = strlen(word);
	while (len && strchr(BLANKS, word[len - 1]))
		len--;
	line[(size_t)(word - line) + len] = '\0';
	if (!len && f->kind != FILTER_COUNT) {
		snprintf(err, err_size, "a regular expression is expected here");
		return false;
	}
	if (len && !read_regex(f, word, err, err_size))
		return false;
	*bar = '\0';
	return true;
}

static bool matches(const struct filter *f, const char *line)
{
	return !f->have_regex || regexec(&f->regex, line, 0, NULL, 0) == 0;
}

/* One line, without its end; is it wanted? */
static bool wanted(struct filter *f, const char *line)
{
	switch (f->kind) {
	case FILTER_NONE:
		return true;
	case FILTER_INCLUDE:
		return matches(f, line);
	case FILTER_EXCLUDE:
		return !matches(f, line);
	case FILTER_BEGIN:
		f->begun = f->begun || matches(f, line);
		return f->begun;
	case FILTER_COUNT:
		f->count += matches(f, line);
		return false;
	}
	return true;
}

static void line_done(struct filter *f, struct text *out)
{
	txt_add(&f->part, "", 0);
	if (wanted(f, f->part.p)) {
		txt_add(out, f->part.p, f->part.n);
		txt_puts(out, "\n");
	}
	f->part.n = 0;
}

void filter_text(struct filter *f, struct text *out, const char *s, size_t n)
{
	if (f->kind == FILTER_NONE) {
		txt_add(out, s, n);
		return;
	}
	while (n) {
		const char *end = memchr(s, '\n', n);
		size_t len = end ? (size_t)(end - s) : n;

		txt_add(&f->part, s, len);
		if (end)
			line_done(f, out);
		s += len + (end != NULL);
		n -= len + (end != NULL);
	}
}

void filter_end(struct filter *f, struct text *out)
{
	if (f->part.n)
		line_done(f, out);
	if (f->kind == FILTER_COUNT)
		txt_printf(out, "Count: %zu lines\n", f->count);
	filter_clear(f);
}

void filter_clear(struct filter *f)
{
	txt_clear(&f->part);
	if (f->have_regex)
		regfree(&f->regex);
	*f = (struct filter){.kind = FILTER_NONE};
}
