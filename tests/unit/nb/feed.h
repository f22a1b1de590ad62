/* SPDX-License-Identifier: MIT */
/* Records straight into a daemon's table, as lib/nb would give them. */
#ifndef SRCDEST_TESTS_UNIT_NB_FEED_H
#define SRCDEST_TESTS_UNIT_NB_FEED_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/nb/nb.h"

/* One record; `path` is the end of a row's path. keys end with NULL. True: the
 * daemon took it. */
static inline __attribute__((unused)) bool feed(const struct nb_table *t, void *ctx, enum nb_op op,
						const char *path, const char *value,
						const char *const *keys, char *err,
						unsigned int size)
{
	struct nb_change c = {.op = op, .value = value};

	for (c.node = 0; c.node < t->n_nodes; c.node++) {
		const char *row = t->nodes[c.node].path;
		size_t n = strlen(row), end = strlen(path);

		if (n >= end && strcmp(row + n - end, path) == 0)
			break;
	}
	assert_true(c.node < t->n_nodes);
	while (keys && keys[c.n_keys]) {
		c.keys[c.n_keys] = keys[c.n_keys];
		c.n_keys++;
	}
	err[0] = '\0';
	if (t->nodes[c.node].prepare && !t->nodes[c.node].prepare(ctx, &c, err, size))
		return false;
	t->nodes[c.node].apply(ctx, &c);
	return true;
}

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
