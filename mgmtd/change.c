/* SPDX-License-Identifier: MIT */
/* The change list: one walk over both trees for what went, one for what came. */
#include "mgmtd/change.h"

#include <stdlib.h>
#include <string.h>

/* Keys of the lists above the node being looked at. */
struct walk {
	struct change_list *out;
	const char *keys[CHANGE_KEYS_MAX];
	size_t n_keys;
};

static struct change *record(struct walk *w, enum change_op op, const struct lyd_node *at)
{
	struct change_list *l = w->out;
	struct change *c;

	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->v = realloc(l->v, l->room * sizeof(*l->v));
		if (!l->v)
			abort();
	}
	c = &l->v[l->n++];
	*c = (struct change){.op = op, .node = at->schema, .at = at, .n_keys = w->n_keys};
	memcpy(c->keys, w->keys, w->n_keys * sizeof(w->keys[0]));
	if (op == CHANGE_SET)
		c->value = lyd_get_value(at);
	return c;
}

static void push(struct walk *w, const char *key)
{
	if (w->n_keys < CHANGE_KEYS_MAX)
		w->keys[w->n_keys++] = key;
}

/* Puts the keys of a list entry, or the value of a leaf-list entry, on the
 * stack; the caller keeps n_keys from before to take them off. */
static void push_keys(struct walk *w, const struct lyd_node *n)
{
	if (n->schema->nodetype == LYS_LEAFLIST)
		push(w, lyd_get_value(n));
	if (n->schema->nodetype != LYS_LIST)
		return;
	for (const struct lyd_node *k = lyd_child(n); k && lysc_is_key(k->schema); k = k->next)
		push(w, lyd_get_value(k));
}

static bool is_entry(const struct lysc_node *s)
{
	return (s->nodetype & (LYS_LIST | LYS_LEAFLIST)) ||
	       (s->nodetype == LYS_CONTAINER && (s->flags & LYS_PRESENCE));
}

/* anydata has no place in our configuration; it would have no value here. */
static bool ignored(const struct lyd_node *n)
{
	return !n->schema || (n->schema->nodetype & LYD_NODE_ANY) || lysc_is_key(n->schema);
}

static const struct lyd_node *find_in(const struct lyd_node *siblings, const struct lyd_node *like)
{
	struct lyd_node *match = NULL;

	if (!siblings)
		return NULL;
	/* By value only where the value is what tells entries apart. */
	if (like->schema->nodetype & (LYS_LIST | LYS_LEAFLIST))
		lyd_find_sibling_first(siblings, like, &match);
	else
		lyd_find_sibling_val(siblings, like->schema, NULL, 0, &match);
	return match;
}

/* Entries of one list stand together. Are those of the old tree that stay
 * still in their order, and the new ones all behind them? */
static bool kept_order(const struct lyd_node *old, const struct lyd_node *new,
		       const struct lysc_node *s)
{
	struct lyd_node *o = NULL, *n = NULL;

	if (!old || !new || !lysc_is_userordered(s))
		return true;
	lyd_find_sibling_val(old, s, NULL, 0, &o);
	lyd_find_sibling_val(new, s, NULL, 0, &n);
	for (; n && n->schema == s; n = n->next, o = o->next) {
		while (o && o->schema == s && !find_in(new, o))
			o = o->next;
		if (!o || o->schema != s)
			break;
		if (find_in(old, n) != o)
			return false;
	}
	return true;
}

/* Answers kept_order() once per list, not once per entry. */
struct order {
	const struct lysc_node *s;
	bool kept;
};

static const struct lyd_node *match_of(struct order *last, const struct lyd_node *n,
				       const struct lyd_node *others, bool n_is_old)
{
	if (lysc_is_userordered(n->schema)) {
		if (last->s != n->schema) {
			last->s = n->schema;
			last->kept = n_is_old ? kept_order(n, others, n->schema)
					      : kept_order(others, n, n->schema);
		}
		if (!last->kept)
			return NULL;
	}
	return find_in(others, n);
}

/* Deletions of the whole tree come before anything else, so that what takes
 * the place of something finds it gone. The top of what went says it all. */
static void deleted(struct walk *w, const struct lyd_node *old, const struct lyd_node *new)
{
	struct order order = {0};

	for (; old; old = old->next) {
		const struct lyd_node *match;
		size_t n_keys = w->n_keys;

		if (ignored(old))
			continue;
		match = match_of(&order, old, new, true);
		push_keys(w, old);
		if (!match && (is_entry(old->schema) || old->schema->nodetype == LYS_LEAF))
			record(w, CHANGE_DELETE, old);
		else
			deleted(w, lyd_child(old), match ? lyd_child(match) : NULL);
		w->n_keys = n_keys;
	}
}

static void leaf(struct walk *w, const struct lyd_node *old, const struct lyd_node *new)
{
	if (old && !strcmp(lyd_get_value(old), lyd_get_value(new))) {
		w->out->silent += (old->flags & LYD_DEFAULT) != (new->flags &LYD_DEFAULT);
		return;
	}
	record(w, CHANGE_SET, new)->old = old ? lyd_get_value(old) : NULL;
}

static void added(struct walk *w, const struct lyd_node *old, const struct lyd_node *new)
{
	struct order order = {0};

	for (; new; new = new->next) {
		const struct lyd_node *match;
		size_t n_keys = w->n_keys;

		if (ignored(new))
			continue;
		match = match_of(&order, new, old, false);
		push_keys(w, new);
		if (!match && is_entry(new->schema))
			record(w, CHANGE_CREATE, new);
		if (new->schema->nodetype == LYS_LEAF)
			leaf(w, match, new);
		else
			added(w, match ? lyd_child(match) : NULL, lyd_child(new));
		w->n_keys = n_keys;
	}
}

void change_diff(struct change_list *out, const struct lyd_node *old, const struct lyd_node *new)
{
	struct walk w = {.out = out};

	deleted(&w, old, new);
	added(&w, old, new);
}

struct select {
	struct walk walk;
	bool (*serves)(void *ctx, const struct lysc_node *node);
	void *ctx;
};

/* Of something that is gone as a whole, the topmost parts that are served. */
static void select_parts(struct select *s, const struct lyd_node *gone)
{
	size_t n_keys = s->walk.n_keys;

	for (; gone; gone = gone->next) {
		if (ignored(gone))
			continue;
		push_keys(&s->walk, gone);
		if ((is_entry(gone->schema) || gone->schema->nodetype == LYS_LEAF) &&
		    s->serves(s->ctx, gone->schema))
			record(&s->walk, CHANGE_DELETE, gone);
		else
			select_parts(s, lyd_child(gone));
		s->walk.n_keys = n_keys;
	}
}

void change_select(struct change_list *out, const struct change_list *all,
		   bool (*serves)(void *ctx, const struct lysc_node *node), void *ctx)
{
	struct select s = {.walk.out = out, .serves = serves, .ctx = ctx};

	for (size_t i = 0; i < all->n; i++) {
		const struct change *c = &all->v[i];

		s.walk.n_keys = c->n_keys;
		memcpy(s.walk.keys, c->keys, c->n_keys * sizeof(c->keys[0]));
		if (serves(ctx, c->node)) {
			const char *old = c->old;

			record(&s.walk, c->op, c->at)->old = old;
		} else if (c->op == CHANGE_DELETE) {
			select_parts(&s, lyd_child(c->at));
		}
	}
}

char *change_path(const struct change *c)
{
	char *path = lyd_path(c->at, LYD_PATH_STD, NULL, 0);

	if (!path)
		abort();
	return path;
}

void change_list_clear(struct change_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}
