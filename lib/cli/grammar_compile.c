/* SPDX-License-Identifier: MIT */
/* The grammar of a schema: modes, and the nodes typed in each. */
#include "lib/cli/grammar_impl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mode *mode_of_node(const struct grammar *g, const struct lysc_node *node)
{
	size_t i;

	for (i = 0; node && i < g->n_modes; i++) {
		if (g->modes[i]->node == node)
			return g->modes[i];
	}
	return NULL;
}

/* The mode in which the lines of `node` are typed. */
static struct mode *mode_around(const struct grammar *g, const struct lysc_node *node)
{
	struct mode *m = NULL;

	while (!m && (node = data_parent(node)))
		m = mode_of_node(g, node);
	return m ? m : g->modes[0];
}

static struct mode *mode_add(struct grammar *g, const char *name, const struct lysc_node *node)
{
	struct mode *m = arena_get(&g->arena, sizeof(*m));

	m->name = name;
	m->node = node;
	m->up = node ? mode_around(g, node) : NULL;
	m->n_keys = node ? key_count(node) : 0;
	GROW(&g->arena.mem, g->modes, g->n_modes);
	g->modes[g->n_modes++] = m;
	return m;
}

const struct entry *entry_find(const struct grammar *g, const struct lysc_node *node)
{
	const struct mode *m = mode_around(g, node);
	size_t i;

	for (i = 0; i < m->n_entries; i++) {
		if (m->entries[i]->node == node)
			return m->entries[i];
	}
	return NULL;
}

/* ---- entries ---- */

static void cover(struct entry *e, const struct lysc_node *leaf)
{
	size_t i;

	if (!leaf || leaf == e->node || lysc_is_key(leaf) || data_parent(leaf) != e->node)
		return;
	for (i = 0; i < e->n_covered; i++) {
		if (e->covered[i] == leaf)
			return;
	}
	assert(e->n_covered < COVERED_MAX);
	e->covered[e->n_covered++] = leaf;
}

static bool entry_numbers(struct grammar *g, struct entry *e, char *err, size_t err_size)
{
	const struct lysc_node *node;
	const char *arg;
	char *end;

	e->scale = 1;
	e->order = DEFAULT_ORDER;
	for (node = e->node; node; node = data_parent(node)) {
		arg = statement(g, node, "order");
		if (arg) {
			e->order = (unsigned int)strtoul(arg, NULL, 10);
			break;
		}
	}
	arg = statement(g, e->node, "scale");
	if (!arg)
		return true;
	e->scale = strtoll(arg, &end, 10);
	e->unit = *end ? end + 1 : "";
	if (e->scale < 1 || *end != ' ') {
		snprintf(err, err_size, "%s: malformed cli:scale \"%s\"", e->node->name, arg);
		return false;
	}
	return true;
}

static bool entry_lines(struct grammar *g, struct entry *e, char *err, size_t err_size)
{
	const char *line;
	size_t i = 0, j;

	while ((line = statement_next(g, e->node, "command", &i))) {
		struct command *c = arena_get(&g->arena, sizeof(*c));

		c->entry = e;
		if (!line_compile(g, c, line, err, err_size))
			return false;
		commands_add(g, &e->lines, c);
		commands_add(g, &e->mode->commands, c);
		for (j = 0; j < c->n; j++)
			cover(e, c->tok[j].leaf);
		for (j = 0; j < c->n_set; j++)
			cover(e, c->set[j].leaf);
	}
	return true;
}

static bool entry_unset_lines(struct grammar *g, struct entry *e, char *err, size_t err_size)
{
	const char *line;
	size_t i = 0;

	while ((line = statement_next(g, e->node, "unset", &i))) {
		struct command *c = arena_get(&g->arena, sizeof(*c));

		c->entry = e;
		c->unsets = true;
		if (!line_compile(g, c, line, err, err_size))
			return false;
		commands_add(g, &e->mode->commands, c);
	}
	return true;
}

/* Parents first, so that a mode is known before what is typed in it. */
static bool entries_below(struct grammar *g, const struct lysc_node *node, char *err,
			  size_t err_size)
{
	const struct lysc_node *child;
	const char *mode;
	struct entry *e;
	struct mode *m;

	if (!(node->flags & LYS_CONFIG_W))
		return true;
	if (statement(g, node, "command")) {
		e = arena_get(&g->arena, sizeof(*e));
		m = mode_around(g, node);
		e->node = node;
		e->mode = m;
		if (!entry_numbers(g, e, err, err_size) || !entry_lines(g, e, err, err_size) ||
		    !entry_unset_lines(g, e, err, err_size))
			return false;
		mode = statement(g, node, "mode");
		e->opens = mode ? mode_add(g, mode, node) : NULL;
		GROW(&g->arena.mem, m->entries, m->n_entries);
		m->entries[m->n_entries++] = e;
	}
	for (child = lysc_node_child(node); child; child = child->next) {
		if (!entries_below(g, child, err, err_size))
			return false;
	}
	return true;
}

/* Leaves before sections, sections by order; else as in the schema. */
static bool goes_after(const struct entry *a, const struct entry *b)
{
	if (a->order != b->order)
		return a->order > b->order;
	return a->opens && !b->opens;
}

static void sort_entries(struct mode *m)
{
	size_t i, j;

	for (i = 1; i < m->n_entries; i++) {
		for (j = i; j > 0 && goes_after(m->entries[j - 1], m->entries[j]); j--) {
			struct entry *e = m->entries[j];

			m->entries[j] = m->entries[j - 1];
			m->entries[j - 1] = e;
		}
	}
}

/* ---- no ---- */

/* `no babel` must not stand for one of many lines that begin so: the value of
 * an enumeration may be left out only if its keywords are its alone. */
static bool starts_alone(const struct mode *m, const struct command *c)
{
	size_t i, j;

	for (i = 0; i < m->commands.n; i++) {
		const struct command *o = m->commands.v[i];

		if (o->entry == c->entry || o->negated)
			continue;
		for (j = 0; c->tok[j].kind == TOK_KEYWORD && o->tok[j].kind == TOK_KEYWORD &&
			    strcmp(c->tok[j].text, o->tok[j].text) == 0;)
			j++;
		if (c->tok[j].kind != TOK_KEYWORD)
			return false;
	}
	return true;
}

static void add_negated(struct grammar *g, struct mode *m)
{
	size_t i, n = m->commands.n;

	for (i = 0; i < n; i++) {
		const struct command *yes = m->commands.v[i];
		struct command *no;

		if (!yes->entry || yes->unsets)
			continue;
		no = arena_get(&g->arena, sizeof(*no));
		line_negate(g, no, yes, starts_alone(m, yes));
		commands_add(g, &m->commands, no);
	}
}

static bool compile(struct grammar *g, char *err, size_t err_size)
{
	const struct lys_module *mod;
	const struct lysc_node *node;
	uint32_t i = 0;
	size_t j;

	mode_add(g, "config", NULL);
	g->exec.name = "exec";
	if (!schema_read_modules(g, err, err_size))
		return false;
	while ((mod = ly_ctx_get_module_iter(g->ly, &i))) {
		if (!module_has_lines(g, mod))
			continue;
		for (node = mod->compiled->data; node; node = node->next) {
			if (!entries_below(g, node, err, err_size))
				return false;
		}
	}
	for (j = 0; j < g->n_modes; j++) {
		sort_entries(g->modes[j]);
		add_negated(g, g->modes[j]);
	}
	keywords_collect(g);
	return schema_check(g, err, err_size);
}

struct grammar *grammar_new(const struct ly_ctx *ly, char *err, size_t err_size)
{
	struct memtag first = {.name = "grammar"};
	struct grammar *g = mem_new(&first, sizeof(*g));

	g->ly = ly;
	g->arena.mem = first;
	grammar_add_help(g, "no", "Remove, or go back to the default");
	if (compile(g, err, err_size))
		return g;
	grammar_free(g);
	return NULL;
}

static void commands_free(struct memtag *mem, struct commands *cs)
{
	mem_free(mem, cs->v);
}

void grammar_free(struct grammar *g)
{
	struct memtag mem;
	size_t i, j;

	if (!g)
		return;
	for (i = 0; i < g->n_modes; i++) {
		struct mode *m = g->modes[i];

		for (j = 0; j < m->n_entries; j++)
			commands_free(&g->arena.mem, &m->entries[j]->lines);
		mem_free(&g->arena.mem, m->entries);
		commands_free(&g->arena.mem, &m->commands);
	}
	mem_free(&g->arena.mem, g->modes);
	commands_free(&g->arena.mem, &g->exec.commands);
	commands_free(&g->arena.mem, &g->common);
	mem_free(&g->arena.mem, g->helps);
	mem_free(&g->arena.mem, g->keywords);
	mem_free(&g->arena.mem, g->annotations);
	arena_clear(&g->arena);
	mem = g->arena.mem;
	mem_free(&mem, g);
	assert(mem.count == 0);
}

/* ---- added lines ---- */

bool grammar_add(struct grammar *g, const struct grammar_command *c, size_t n, char *err,
		 size_t err_size)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct command *new = arena_get(&g->arena, sizeof(*new));

		assert(c[i].id > 0);
		new->id = c[i].id;
		new->help = c[i].help;
		if (!line_compile(g, new, c[i].line, err, err_size))
			return false;
		commands_add(g, c[i].room == GRAMMAR_EXEC ? &g->exec.commands : &g->common, new);
	}
	keywords_collect(g);
	return true;
}

void grammar_add_help(struct grammar *g, const char *words, const char *help)
{
	GROW(&g->arena.mem, g->helps, g->n_helps);
	g->helps[g->n_helps++] = (struct word_help){.words = words, .help = help};
}

/* ---- places ---- */

const struct mode *mode_at(const struct grammar *g, const struct grammar_place *p)
{
	const struct mode *m;

	if (p->room == GRAMMAR_EXEC)
		return &g->exec;
	m = mode_of_node(g, p->node);
	return m ? m : g->modes[0];
}

const char *grammar_mode_name(const struct grammar *g, const struct grammar_place *p)
{
	return mode_at(g, p)->name;
}

const char *grammar_place_key(const struct grammar_place *p, size_t i)
{
	const char *key = p->keys;

	assert(i < p->n_keys);
	while (i-- > 0)
		key += strlen(key) + 1;
	return key;
}

bool grammar_up(const struct grammar *g, struct grammar_place *p)
{
	const struct mode *m = mode_at(g, p)->up;

	if (!m)
		return false;
	p->node = m->node;
	p->n_keys = m->n_keys;
	return true;
}
