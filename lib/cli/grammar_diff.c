/* SPDX-License-Identifier: MIT */
/* Two configurations as lines, and the lines that only one of them has. */
#include "lib/cli/grammar_impl.h"

#include <stdio.h>
#include <string.h>

#define NO_SECTION SIZE_MAX
#define DEPTH_MAX  8

struct item {
	const char *text;
	uint64_t hash;	/* of the line and the sections around it */
	size_t section; /* index of the line that opened it, or NO_SECTION */
	unsigned int depth;
	bool opens, both;
};

struct side {
	struct grammar_arena *arena;
	struct item *v;
	size_t n;
	size_t open; /* the section that lines go into */
	size_t *slots;
	size_t n_slots; /* a power of two; 0: no table */
};

static uint64_t hash_text(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (h ^ '\n') * 0x100000001b3u;
}

static void side_line(void *ctx, unsigned int depth, const char *text, bool opens)
{
	struct side *s = ctx;
	uint64_t around = s->open == NO_SECTION ? 0xcbf29ce484222325u : s->v[s->open].hash;

	GROW(&s->arena->mem, s->v, s->n);
	s->v[s->n] = (struct item){.text = arena_copy(s->arena, text),
				   .hash = hash_text(around, text),
				   .section = s->open,
				   .depth = depth,
				   .opens = opens};
	if (opens)
		s->open = s->n;
	s->n++;
}

static void side_close(void *ctx, unsigned int depth)
{
	struct side *s = ctx;

	(void)depth;
	s->open = s->v[s->open].section;
}

static void side_gap(void *ctx)
{
	(void)ctx;
}

static bool item_same(const struct side *a, size_t i, const struct side *b, size_t j)
{
	while (i != NO_SECTION && j != NO_SECTION) {
		if (a->v[i].hash != b->v[j].hash || strcmp(a->v[i].text, b->v[j].text) != 0)
			return false;
		i = a->v[i].section;
		j = b->v[j].section;
	}
	return i == j;
}

static void side_read(struct side *s, const struct grammar *g, const struct lyd_node *tree)
{
	size_t i, at;

	*s = (struct side){.arena = arena_new("grammar diff"), .open = NO_SECTION};
	print_lines(g, tree,
		    &(struct line_sink){
			    .line = side_line, .close = side_close, .gap = side_gap, .ctx = s});
	if (s->n == 0)
		return;
	for (s->n_slots = 8; s->n_slots < 2 * s->n;)
		s->n_slots *= 2;
	s->slots = mem_new(&s->arena->mem, s->n_slots * sizeof(*s->slots));
	for (i = 0; i < s->n; i++) {
		for (at = s->v[i].hash & (s->n_slots - 1); s->slots[at];)
			at = (at + 1) & (s->n_slots - 1);
		s->slots[at] = i + 1;
	}
}

static void side_free(struct side *s)
{
	mem_free(&s->arena->mem, s->v);
	mem_free(&s->arena->mem, s->slots);
	arena_free(s->arena);
}

static bool side_has(const struct side *s, const struct side *of, size_t i)
{
	size_t at;

	if (s->n_slots == 0)
		return false;
	for (at = of->v[i].hash & (s->n_slots - 1); s->slots[at];
	     at = (at + 1) & (s->n_slots - 1)) {
		if (item_same(of, i, s, s->slots[at] - 1))
			return true;
	}
	return false;
}

struct differ {
	struct side before, after;
	grammar_line_fn out;
	void *ctx;
	const struct side *shown_side; /* the section whose heading was shown last */
	size_t shown;
};

static void put(struct differ *d, char mark, unsigned int depth, const char *text)
{
	char buf[GRAMMAR_LINE_MAX + DEPTH_MAX];

	snprintf(buf, sizeof(buf), "%c%*s%s", mark, (int)depth, "", text);
	d->out(d->ctx, buf);
}

static bool is_shown(const struct differ *d, const struct side *s, size_t section)
{
	const struct side *o = d->shown_side;
	size_t at;

	if (!o)
		return section == NO_SECTION;
	for (at = d->shown;; at = o->v[at].section) {
		if (at == NO_SECTION)
			return section == NO_SECTION;
		if (section != NO_SECTION && item_same(s, section, o, at))
			return true;
	}
}

static void show_heading(struct differ *d, const struct side *s, size_t section)
{
	if (is_shown(d, s, section))
		return;
	show_heading(d, s, s->v[section].section);
	if (s->v[section].both)
		put(d, ' ', s->v[section].depth, s->v[section].text);
	d->shown_side = s;
	d->shown = section;
}

static void show(struct differ *d, const struct side *s, size_t i)
{
	show_heading(d, s, s->v[i].section);
	put(d, s == &d->before ? '-' : '+', s->v[i].depth, s->v[i].text);
	d->shown_side = s;
	d->shown = s->v[i].opens ? i : s->v[i].section;
}

/* Whether line i stands in the section shown last, or in none as that. */
static bool goes_on(const struct differ *d, const struct side *s, size_t i)
{
	size_t section = s->v[i].section;

	if (!d->shown_side || section == NO_SECTION || d->shown == NO_SECTION)
		return section == NO_SECTION && (!d->shown_side || d->shown == NO_SECTION);
	return item_same(s, section, d->shown_side, d->shown);
}

/* What went before what came, but a section is finished first. */
static bool removal_next(const struct differ *d, size_t i, size_t j)
{
	if (i >= d->before.n || d->before.v[i].both)
		return false;
	if (j >= d->after.n || d->after.v[j].both)
		return true;
	return goes_on(d, &d->before, i) || !goes_on(d, &d->after, j);
}

static void compare(struct differ *d)
{
	size_t i, j;

	for (i = 0; i < d->before.n; i++)
		d->before.v[i].both = side_has(&d->after, &d->before, i);
	for (j = 0; j < d->after.n; j++)
		d->after.v[j].both = side_has(&d->before, &d->after, j);
	for (i = j = 0; i < d->before.n || j < d->after.n;) {
		if (removal_next(d, i, j))
			show(d, &d->before, i++);
		else if (j < d->after.n && !d->after.v[j].both)
			show(d, &d->after, j++);
		else {
			i += i < d->before.n;
			j += j < d->after.n;
		}
	}
}

void grammar_diff(const struct grammar *g, const struct lyd_node *before,
		  const struct lyd_node *after, grammar_line_fn out, void *ctx)
{
	struct differ d = {.out = out, .ctx = ctx};

	side_read(&d.before, g, before);
	side_read(&d.after, g, after);
	compare(&d);
	side_free(&d.before);
	side_free(&d.after);
}
