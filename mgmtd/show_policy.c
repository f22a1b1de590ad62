/* SPDX-License-Identifier: MIT */
/* Prefix lists and route maps at work, with their hits. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

/* Which were asked for, and which was printed last. */
struct asked {
	const char *family; /* of prefix lists */
	char *name;	    /* NULL: all */
	char last[64];
};

static struct asked *asked_new(const struct cli_session *s)
{
	const char *name = grammar_arg(&s->parsed, "name");
	size_t len = name ? strlen(name) + 1 : 0;
	struct asked *a = calloc(1, sizeof(*a) + len);

	if (!a)
		abort();
	a->family = grammar_has(&s->parsed, "ipv6") ? "ipv6" : "ipv4";
	if (name)
		a->name = memcpy(a + 1, name, len);
	return a;
}

/* The first of another list or map than the one before. */
static bool begins(struct asked *a, const char *name)
{
	if (strcmp(a->last, name) == 0)
		return false;
	strncpy(a->last, name, sizeof(a->last) - 1);
	return true;
}

static bool named(const struct asked *a, const Mgmt__Node *n)
{
	return !a->name || strcmp(a->name, node_str(n, "name")) == 0;
}

static bool row_wanted(void *ctx, const Mgmt__Node *n)
{
	const struct asked *a = ctx;

	return named(a, n) && strcmp(a->family, node_str(n, "family")) == 0;
}

static void row_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	struct asked *a = ctx;
	const char *name = node_str(n, "name");

	if (begins(a, name))
		txt_printf(t, "%s prefix-list %s\n",
			   strcmp(a->family, "ipv6") == 0 ? "ipv6" : "ip", name);
	txt_printf(t, "   seq %s %s (%s hits)\n", node_str(n, "sequence"), node_str(n, "rule"),
		   node_str(n, "hits"));
}

void show_prefix_list(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-prefix-list:prefix-lists-state/row",
		.ctx = asked_new(s),
		.wanted = row_wanted,
		.text = row_text,
		.nothing = grammar_arg(&s->parsed, "name") ? "There is no such prefix list"
							   : "There are no prefix lists",
	};

	show_start(s, &p);
}

static bool entry_wanted(void *ctx, const Mgmt__Node *n)
{
	return named(ctx, n);
}

static void clauses(struct text *t, const Mgmt__Node *n, const char *title, const char *leaf)
{
	const Mgmt__Node *c;
	size_t at = 0;

	txt_printf(t, "     %s clauses:\n", title);
	while ((c = node_next(n, leaf, &at)))
		txt_printf(t, "       %s\n", c->value ? c->value : "");
}

static void entry_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	const Mgmt__Node *u;
	size_t at = 0;

	if (begins(ctx, node_str(n, "name"))) {
		txt_printf(t, "route-map %s, judged %s routes", node_str(n, "name"),
			   node_str(n, "judged"));
		for (bool first = true; (u = node_next(n, "protocol", &at)); first = false)
			txt_printf(t, "%s %s", first ? " of" : ",", u->value ? u->value : "");
		txt_puts(t, "\n");
	}
	txt_printf(t, "  %s, sequence %s (%s hits)\n", node_str(n, "action"),
		   node_str(n, "sequence"), node_str(n, "hits"));
	clauses(t, n, "Match", "match");
	clauses(t, n, "Set", "set");
}

void show_route_map(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-route-map:route-maps-state/entry",
		.ctx = asked_new(s),
		.wanted = entry_wanted,
		.text = entry_text,
		.nothing = grammar_arg(&s->parsed, "name") ? "There is no such route map"
							   : "There are no route maps",
	};

	show_start(s, &p);
}
