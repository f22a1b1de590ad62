/* SPDX-License-Identifier: MIT */
/* State, page by page, to a front end that takes its time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

struct cli_show {
	struct cli_session *session;
	struct show_plan plan;
	const struct lysc_node *node;
	char *keys[BACKEND_KEYS_MAX];
	struct backend_walk *walk;
	struct backend_call *call;
	bool json, waiting; /* for room */
	size_t shown;
};

static void show_free(struct cli_show *w)
{
	backend_walk_free(w->walk);
	if (w->call)
		backend_call_free(w->call);
	for (size_t i = 0; i < w->plan.n_keys; i++)
		free(w->keys[i]);
	free(w->plan.ctx);
	free(w);
}

void cli_show_free(struct cli_session *s)
{
	if (s->show)
		show_free(s->show);
	s->show = NULL;
}

static void say(struct cli_show *w, struct text *t)
{
	if (t->n)
		cli_say_text(w->session, t->p, t->n);
	txt_clear(t);
}

/* ---- the parts of an answer ---- */

static void say_head(struct cli_show *w)
{
	struct text t = {.p = NULL};

	if (!w->json && w->plan.head)
		txt_puts(&t, w->plan.head);
	if (w->json) {
		txt_puts(&t, "{\n\"");
		txt_puts(&t, w->node->name);
		txt_puts(&t, w->node->nodetype == LYS_LIST ? "\": [" : "\": ");
	}
	say(w, &t);
}

static void say_entry(struct cli_show *w, const Mgmt__Node *entry)
{
	struct text t = {.p = NULL};

	if (w->plan.wanted && !w->plan.wanted(w->plan.ctx, entry))
		return;
	if (w->json) {
		txt_puts(&t, w->shown ? ",\n" : "\n");
		node_json(&t, w->node, entry);
	} else if (!w->json && w->plan.text) {
		w->plan.text(w->plan.ctx, &t, entry);
	}
	w->shown++;
	say(w, &t);
}

static void say_tail(struct cli_show *w)
{
	struct text t = {.p = NULL};

	if (w->json && w->node->nodetype == LYS_LIST)
		txt_puts(&t, "\n]\n}");
	else if (w->json)
		txt_puts(&t, w->shown ? "\n}" : "{}\n}");
	else if (w->plan.tail)
		w->plan.tail(w->plan.ctx, &t);
	if (w->json)
		txt_puts(&t, "\n");
	say(w, &t);
}

static void all_said(struct cli_show *w)
{
	struct cli_session *s = w->session;
	const char *nothing = !w->json && !w->shown ? w->plan.nothing : NULL;

	say_tail(w);
	cli_show_free(s);
	if (nothing)
		cli_refuse(s, CLI_WARNING, "%s", nothing);
	else
		cli_done(s, CLI_OK);
}

static void failed(struct cli_show *w, const char *error)
{
	struct cli_session *s = w->session;
	char *copy = strdup(error);

	if (!copy)
		abort();
	cli_show_free(s);
	cli_refuse(s, CLI_FAILED, "%s", copy);
	free(copy);
}

/* ---- pages ---- */

static void got_page(void *ctx, const struct backend_page *p)
{
	struct cli_show *w = ctx;

	/* The daemon works on the next page while we write this one. */
	if (p->more && cli_has_room(w->session))
		backend_walk_next(w->walk);
	for (size_t i = 0; i < p->n; i++)
		say_entry(w, p->entry[i]);
	if (p->error) {
		failed(w, p->error);
		return;
	}
	if (!p->more) {
		all_said(w);
		return;
	}
	cli_flush(w->session);
	w->waiting = !cli_has_room(w->session);
	if (!w->waiting)
		backend_walk_next(w->walk); /* if it is not asked already */
}

void cli_show_room(struct cli_session *s)
{
	if (!s->show->waiting)
		return;
	s->show->waiting = false;
	backend_walk_next(s->show->walk);
}

static struct cli_show *show_new(struct cli_session *s, const struct show_plan *p)
{
	struct cli_show *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	w->session = s;
	w->plan = *p;
	w->json = grammar_has(&s->parsed, "json");
	w->node = schema_find(s->cli->env.schema, p->path);
	for (size_t i = 0; i < p->n_keys; i++) {
		w->keys[i] = strdup(p->keys[i]);
		if (!w->keys[i])
			abort();
	}
	s->show = w;
	if (w->node)
		return w;
	failed(w, "There is no model of that here.");
	return NULL;
}

void show_start(struct cli_session *s, const struct show_plan *p)
{
	struct cli_show *w = show_new(s, p);

	if (!w)
		return;
	if (!backend_state_of(s->cli->env.backend, w->node)) {
		/* Nothing to tell is not the same as nobody to ask. */
		failed(w, strcmp(w->node->module->name, "srcdest-babel-state") == 0
				  ? "babeld is not connected"
				  : "zebra is not connected");
		return;
	}
	w->walk = backend_walk_new(s->cli->env.backend, w->node, (const char *const *)w->keys,
				   p->n_keys, SHOW_PAGE, got_page, w);
	say_head(w);
	backend_walk_next(w->walk);
}

static void got_reply(void *ctx, const char *error, Mgmt__Node *const *output, size_t n)
{
	struct cli_show *w = ctx;
	Mgmt__Node entry = MGMT__NODE__INIT;

	w->call = NULL;
	if (error) {
		failed(w, error);
		return;
	}
	entry.child = (Mgmt__Node **)(uintptr_t)output;
	entry.n_child = n;
	say_head(w);
	say_entry(w, &entry);
	all_said(w);
}

void show_rpc(struct cli_session *s, const struct show_plan *p, const char *const *names,
	      const char *const *values, size_t n)
{
	struct cli_show *w = show_new(s, p);
	struct lyd_node *input = NULL;

	if (!w)
		return;
	if (lyd_new_inner(NULL, w->node->module, w->node->name, 0, &input) != LY_SUCCESS) {
		failed(w, "There is no model of that here.");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!values[i] ||
		    lyd_new_term(input, NULL, names[i], values[i], 0, NULL) == LY_SUCCESS)
			continue;
		lyd_free_all(input);
		failed(w, "This value is none for that.");
		return;
	}
	w->call = backend_call_new(s->cli->env.backend, w->node, input, got_reply, w);
	lyd_free_all(input);
}

struct show_asked *show_asked_new(const char *to, const char *from)
{
	struct show_asked *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	snprintf(a->to, sizeof(a->to), "%s", to);
	snprintf(a->from, sizeof(a->from), "%s", from ? from : "");
	return a;
}

const char *show_word(const struct show_word *words, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].name, name) == 0)
			return words[i].text;
	return name;
}
