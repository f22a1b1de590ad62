/* SPDX-License-Identifier: MIT */
/* A tree as lines, in sections. */
#include "lib/cli/grammar_impl.h"

#include <stdio.h>
#include <string.h>

#define CHAIN_MAX 16

struct printer {
	const struct grammar *g;
	const struct line_sink *out;
	const struct entry *last; /* of the top */
	bool lost;		  /* a node that no line can say */
};

static void print_mode(struct printer *p, const struct mode *m, const struct grammar_place *place,
		       const struct lyd_node *siblings, unsigned int depth);

static void add_keys(struct grammar_place *place, size_t *at, const struct lyd_node *node)
{
	const struct lyd_node *key;

	if (!node)
		return;
	add_keys(place, at, lyd_parent(node));
	if (node->schema->nodetype != LYS_LIST)
		return;
	for (key = lyd_child(node); key && lysc_is_key(key->schema); key = key->next) {
		const char *value = lyd_get_value(key);
		size_t len = strlen(value) + 1;

		if (*at + len > sizeof(place->keys))
			return;
		memcpy(place->keys + *at, value, len);
		*at += len;
		place->n_keys++;
	}
}

/* Of the mode that the instance opens, or of the one around it. */
static struct grammar_place place_of(const struct mode *m, const struct lyd_node *node)
{
	struct grammar_place place = {.node = m->node};
	size_t at = 0;

	while (node && node->schema != m->node)
		node = lyd_parent(node);
	add_keys(&place, &at, node);
	return place;
}

static void print_instance(struct printer *p, const struct entry *e,
			   const struct grammar_place *place, const struct lyd_node *node,
			   unsigned int depth)
{
	char buf[GRAMMAR_LINE_MAX + 1];
	struct gtext t = gtext_in(buf, sizeof(buf));
	struct grammar_place inside;

	if (node_is_default(node))
		return;
	if (!grammar_say(p->g, e, place, node, &t)) {
		char path[GRAMMAR_TEXT_MAX] = "";

		p->lost = true;
		lyd_path(node, LYD_PATH_STD, path, sizeof(path));
		snprintf(buf, sizeof(buf), "! no line can say %s", path);
	}
	if (depth == 0) {
		if (p->last && (p->last->order != e->order || p->last->opens || e->opens))
			p->out->gap(p->out->ctx);
		p->last = e;
	}
	p->out->line(p->out->ctx, depth, buf, e->opens != NULL);
	if (!e->opens)
		return;
	inside = place_of(e->opens, node);
	print_mode(p, e->opens, &inside, lyd_child(node), depth + 1);
	p->out->close(p->out->ctx, depth);
}

struct chain { /* schema nodes from below the mode to the entry */
	const struct lysc_node *node[CHAIN_MAX];
	size_t n;
};

static void print_chain(struct printer *p, const struct entry *e, const struct grammar_place *place,
			const struct chain *c, size_t i, const struct lyd_node *siblings,
			unsigned int depth)
{
	const struct lyd_node *node;

	LY_LIST_FOR(siblings, node)
	{
		if (node->schema != c->node[i])
			continue;
		if (i + 1 == c->n)
			print_instance(p, e, place, node, depth);
		else
			print_chain(p, e, place, c, i + 1, lyd_child(node), depth);
	}
}

static void print_mode(struct printer *p, const struct mode *m, const struct grammar_place *place,
		       const struct lyd_node *siblings, unsigned int depth)
{
	size_t i, k;

	for (i = 0; i < m->n_entries; i++) {
		const struct lysc_node *node = m->entries[i]->node, *up;
		struct chain c = {.n = 0};

		for (up = node; up && up != m->node && c.n < CHAIN_MAX; up = data_parent(up))
			c.n++;
		for (k = c.n, up = node; k > 0; up = data_parent(up))
			c.node[--k] = up;
		print_chain(p, m->entries[i], place, &c, 0, siblings, depth);
	}
}

bool print_lines(const struct grammar *g, const struct lyd_node *tree, const struct line_sink *out)
{
	struct printer p = {.g = g, .out = out};
	const struct grammar_place top = {0};

	print_mode(&p, g->modes[0], &top, tree, 0);
	return !p.lost;
}

bool grammar_line(const struct grammar *g, const struct lyd_node *node, char *line, size_t size)
{
	const struct entry *e = entry_find(g, node->schema);
	struct gtext t = gtext_in(line, size);
	struct grammar_place place;

	if (!e || node_is_default(node))
		return false;
	place = place_of(e->mode, node);
	return grammar_say(g, e, &place, node, &t);
}

/* ---- the whole ---- */

struct plain {
	grammar_line_fn out;
	void *ctx;
};

static void plain_out(const struct plain *p, unsigned int depth, const char *s)
{
	char buf[GRAMMAR_LINE_MAX + CHAIN_MAX];

	snprintf(buf, sizeof(buf), "%*s%s", (int)depth, "", s);
	p->out(p->ctx, buf);
}

static void plain_line(void *ctx, unsigned int depth, const char *text, bool opens)
{
	(void)opens;
	plain_out(ctx, depth, text);
}

static void plain_close(void *ctx, unsigned int depth)
{
	plain_out(ctx, depth, "exit");
}

static void plain_gap(void *ctx)
{
	plain_out(ctx, 0, "!");
}

bool grammar_print(const struct grammar *g, const struct lyd_node *tree, grammar_line_fn out,
		   void *ctx)
{
	struct plain p = {.out = out, .ctx = ctx};

	return print_lines(
		g, tree,
		&(struct line_sink){
			.line = plain_line, .close = plain_close, .gap = plain_gap, .ctx = &p});
}
