/* SPDX-License-Identifier: MIT */
/*
 * What a daemon has, as far as records tell: lines "path [key] [key] = value".
 * It knows nothing of lib/nb's own copy and so can judge it.
 */
#ifndef SRCDEST_TESTS_UNIT_NB_MIRROR_H
#define SRCDEST_TESTS_UNIT_NB_MIRROR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/nb.h"

#define MIRROR_LINE 512
#define MIRROR_MAX  4096

struct mirror {
	char *v[MIRROR_MAX];
	size_t n;
};

static inline __attribute__((unused)) void mirror_line(char line[MIRROR_LINE], const char *path,
						       const char *const *keys, size_t n_keys,
						       const char *value)
{
	int n = snprintf(line, MIRROR_LINE, "%s", path);

	for (size_t i = 0; i < n_keys; i++)
		n += snprintf(line + n, MIRROR_LINE - (size_t)n, " [%s]", keys[i]);
	if (value)
		snprintf(line + n, MIRROR_LINE - (size_t)n, " = %s", value);
}

static inline __attribute__((unused)) void mirror_add(struct mirror *m, const char *line)
{
	if (m->n == MIRROR_MAX)
		abort();
	m->v[m->n++] = strdup(line);
}

/* Is the line what `top` names, or below it? By path and by keys. */
static inline bool mirror_below(const char *line, const char *top)
{
	size_t path = strcspn(top, " ");
	const char *keys = line + strcspn(line, " ");

	if (strncmp(line, top, path) || !strchr("/ ", line[path]))
		return false;
	return strncmp(keys, top + path, strlen(top + path)) == 0;
}

static inline bool mirror_same(const char *line, const char *named)
{
	size_t n = strlen(named);

	return strncmp(line, named, n) == 0 && (!line[n] || strncmp(line + n, " = ", 3) == 0);
}

static inline __attribute__((unused)) void mirror_change(struct mirror *m, const char *path,
							 const struct nb_change *c)
{
	char named[MIRROR_LINE], line[MIRROR_LINE];
	size_t kept = 0;

	mirror_line(named, path, c->keys, c->n_keys, NULL);
	for (size_t i = 0; i < m->n; i++) {
		if (c->op == NB_DELETE ? mirror_below(m->v[i], named) : mirror_same(m->v[i], named))
			free(m->v[i]);
		else
			m->v[kept++] = m->v[i];
	}
	m->n = kept;
	if (c->op == NB_DELETE)
		return;
	mirror_line(line, path, c->keys, c->n_keys, c->value);
	mirror_add(m, line);
}

static inline __attribute__((unused)) void mirror_clear(struct mirror *m)
{
	while (m->n)
		free(m->v[--m->n]);
}

static inline int mirror_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline __attribute__((unused)) bool mirror_equal(struct mirror *a, struct mirror *b)
{
	qsort(a->v, a->n, sizeof(a->v[0]), mirror_order);
	qsort(b->v, b->n, sizeof(b->v[0]), mirror_order);
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (strcmp(a->v[i], b->v[i]))
			return false;
	return a->n == b->n;
}

#endif
