/* SPDX-License-Identifier: MIT */
/* Trees of nodes: made in one arena, gone in one go. */
#include "lib/nb/writer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/msg.h"

#define BLOCK_SIZE ((size_t)32768)
#define ALIGN	   _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

/* The children of a node that is still open. */
struct children {
	Mgmt__Node **v;
	size_t n, room;
};

struct nb_writer {
	struct block *blocks;
	unsigned int max;
	size_t octets;
	/* [0] is the top; [depth] is where the next node goes. */
	struct children open[MSG_MAX_DEPTH];
	size_t depth;
};

static void *take(struct nb_writer *w, size_t size)
{
	struct block *b = w->blocks;

	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (!b || b->size - b->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		b = malloc(sizeof(*b) + room);
		if (!b)
			abort();
		*b = (struct block){.next = w->blocks, .size = room};
		w->blocks = b;
	}
	b->used += size;
	return b->data + b->used - size;
}

static char *take_text(struct nb_writer *w, const char *text)
{
	size_t n = strlen(text) + 1;

	w->octets += n;
	return memcpy(take(w, n), text, n);
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
	for (struct block *b = w->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(w);
}

static Mgmt__Node *add(struct nb_writer *w, const char *name)
{
	struct children *to = &w->open[w->depth];
	Mgmt__Node *node = take(w, sizeof(*node));

	mgmt__node__init(node);
	node->name = take_text(w, name);
	/* Its tags and lengths on the wire. */
	w->octets += 8;
	if (to->n == to->room) {
		size_t room = to->room ? 2 * to->room : 16;
		Mgmt__Node **v = take(w, room * sizeof(*v));

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
	nb_leaf_fmt(w, name, "%llu", (unsigned long long)value);
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
