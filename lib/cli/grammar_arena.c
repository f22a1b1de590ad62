/* SPDX-License-Identifier: MIT */
/* Memory of the grammar: arenas, growing arrays, texts of fixed size. */
#include "lib/cli/grammar_impl.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 4096u

struct arena_chunk {
	struct arena_chunk *next;
	size_t size, used;
	max_align_t data[];
};

void *arena_get(struct grammar_arena *a, size_t size)
{
	struct arena_chunk *c = a->chunks;
	void *p;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!c || c->size - c->used < size) {
		size_t want = size > CHUNK ? size : CHUNK;

		c = mem_new(&a->mem, sizeof(*c) + want);
		c->size = want;
		c->next = a->chunks;
		a->chunks = c;
	}
	p = (char *)c->data + c->used;
	c->used += size;
	return p;
}

char *arena_text(struct grammar_arena *a, const char *s, size_t len)
{
	char *p = arena_get(a, len + 1);

	memcpy(p, s, len);
	return p;
}

char *arena_copy(struct grammar_arena *a, const char *s)
{
	return arena_text(a, s, strlen(s));
}

void arena_clear(struct grammar_arena *a)
{
	struct arena_chunk *c;

	while ((c = a->chunks)) {
		a->chunks = c->next;
		mem_free(&a->mem, c);
	}
}

struct grammar_arena *arena_new(const char *name)
{
	struct memtag tag = {.name = name};
	struct grammar_arena *a = mem_new(&tag, sizeof(*a));

	a->mem = tag;
	return a;
}

void arena_free(struct grammar_arena *a)
{
	struct memtag tag;

	arena_clear(a);
	tag = a->mem;
	mem_free(&tag, a);
	assert(tag.count == 0);
}

/* Doubles whenever n is a power of two, so the size need not be kept. */
void *grammar_grow(struct memtag *tag, void *v, size_t n, size_t size)
{
	if (n & (n - 1))
		return v;
	return mem_resize(tag, v, n * size, (n ? 2 * n : 1) * size);
}

struct gtext gtext_in(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct gtext){.at = buf, .size = size};
}

void gtext_addn(struct gtext *t, const char *s, size_t n)
{
	size_t room = t->size - 1 - t->len;

	if (n > room) {
		n = room;
		t->cut = true;
	}
	memcpy(t->at + t->len, s, n);
	t->len += n;
	t->at[t->len] = '\0';
}

void gtext_add(struct gtext *t, const char *s)
{
	gtext_addn(t, s, strlen(s));
}

void gtext_addf(struct gtext *t, const char *fmt, ...)
{
	char buf[GRAMMAR_LINE_MAX + 1];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n > 0)
		gtext_addn(t, buf, (size_t)n < sizeof(buf) ? (size_t)n : sizeof(buf) - 1);
}
