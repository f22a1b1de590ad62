/* SPDX-License-Identifier: MIT */
/* Trees of nodes: made in one arena, gone in one go. */
#include "lib/nb/writer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/arena.h"
#include "lib/nb/msg.h"

/* The children of a node that is still open. */
struct children {
	Mgmt__Node **v;
	size_t n, room;
};

struct nb_writer {
	struct nb_arena arena;
	unsigned int max;
	size_t octets;
	/* [0] is the top; [depth] is where the next node goes. */
	struct children open[MSG_MAX_DEPTH];
	size_t depth;
};

static char *take_text(struct nb_writer *w, const char *text)
{
	size_t n = strlen(text) + 1;

	w->octets += n;
	return memcpy(nb_arena_take(&w->arena, n), text, n);
}

struct nb_writer *nb_writer_new(unsigned int max)
{
	struct nb_writer *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	w->max = max;
	return w;
}

void nb_writer_free(struct nb_writer *w)
{
	if (!w)
		return;
	nb_arena_free(&w->arena);
	free(w);
}

static Mgmt__Node *add(struct nb_writer *w, const char *name)
{
	struct children *to = &w->open[w->depth];
	Mgmt__Node *node = nb_arena_take(&w->arena, sizeof(*node));

	mgmt__node__init(node);
	node->name = take_text(w, name);
	/* Its tags and lengths on the wire. */
	w->octets += 8;
	if (to->n == to->room) {
		size_t room = to->room ? 2 * to->room : 16;
		Mgmt__Node **v = nb_arena_take(&w->arena, room * sizeof(*v));

		if (to->n)
			memcpy(v, to->v, to->n * sizeof(*v));
		to->v = v;
		to->room = room;
	}
	to->v[to->n++] = node;
	return node;
}

void nb_begin(struct nb_writer *w, const char *name)
{
	add(w, name);
	/* Two levels are the message's own. */
	assert(w->depth + 3 < MSG_MAX_DEPTH);
	w->open[++w->depth] = (struct children){0};
}

void nb_end(struct nb_writer *w)
{
	const struct children *done = &w->open[w->depth];
	Mgmt__Node *node;

	assert(w->depth > 0);
	w->depth--;
	node = w->open[w->depth].v[w->open[w->depth].n - 1];
	node->child = done->v;
	node->n_child = done->n;
}

void nb_leaf(struct nb_writer *w, const char *name, const char *value)
{
	add(w, name)->value = take_text(w, value);
}

void nb_leaf_fmt(struct nb_writer *w, const char *name, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	nb_leaf(w, name, text);
}

void nb_leaf_u64(struct nb_writer *w, const char *name, uint64_t value)
{
	char text[24], *p = text + sizeof(text);

	*--p = '\0';
	do
		*--p = (char)('0' + value % 10);
	while (value /= 10);
	nb_leaf(w, name, p);
}

void nb_leaf_bool(struct nb_writer *w, const char *name, bool value)
{
	nb_leaf(w, name, value ? "true" : "false");
}

bool nb_full(const struct nb_writer *w)
{
	return (w->max && w->open[0].n >= w->max) || w->octets >= NB_PAGE_OCTETS;
}

Mgmt__Node **nb_written(const struct nb_writer *w, size_t *n)
{
	assert(w->depth == 0);
	*n = w->open[0].n;
	return w->open[0].v;
}
