/* SPDX-License-Identifier: MIT */
/* When a write that the kernel refused is tried again. */
#include "zebra/core/rib_retry.h"

#include "zebra/core/rib_private.h"

static struct retries *list_of(struct rib *r, const struct rib_retry *t)
{
	return t->when == RIB_RETRY_INTERFACE ? &r->retry_interface : &r->retry_later[t->level];
}

void rib_retry_init(struct rib *r)
{
	retries_init(&r->retry_interface);
	for (unsigned int i = 0; i < RIB_RETRY_LEVELS; i++)
		retries_init(&r->retry_later[i]);
}

static void unlink_retry(struct rib *r, struct rib_retry *t)
{
	if (retries_linked(t))
		retries_del(list_of(r, t), t);
}

void rib_retry_drop(struct rib *r, struct rib_retry **t)
{
	if (!*t)
		return;
	unlink_retry(r, *t);
	mem_free(&r->mem_retry, *t);
	*t = NULL;
}

/* Those of one level wait equally long, so each list is in the order of time.
 * NULL: it is not tried again by itself. */
static struct rib_retry *note(struct rib *r, struct rib_retry **at, int error)
{
	enum rib_retry_when when = r->env.retry ? r->env.retry(error) : RIB_RETRY_CHANGED;
	struct rib_retry *t = *at;

	if (when == RIB_RETRY_CHANGED) {
		rib_retry_drop(r, at);
		return NULL;
	}
	if (t) {
		unlink_retry(r, t);
		t->tries++;
		if (t->level < RIB_RETRY_LEVELS - 1)
			t->level++;
	} else {
		t = *at = mem_new(&r->mem_retry, sizeof(*t));
		t->tries = 1;
	}
	t->when = when;
	t->due = mono_add(r->now, RIB_RETRY_FIRST << t->level);
	retries_add_tail(list_of(r, t), t);
	return t;
}

void rib_retry_note(struct rib *r, struct rib_node *n, int error)
{
	struct rib_retry *t = note(r, &rib_rare_get(r, n)->retry, error);

	if (t)
		t->node = n;
}

/* Several throws of one may be refused in one run: that is one try. */
void rib_retry_note_source(struct rib *r, struct rib_source *s, int error)
{
	struct rib_retry *t;

	if (s->retry && retries_linked(s->retry))
		return;
	t = note(r, &s->retry, error);
	if (t)
		t->source = s;
}

void rib_retry_restart(struct rib *r, struct rib_node *n)
{
	struct rib_retry *t = rib_node_retried(n);

	if (!t || !retries_linked(t))
		return;
	unlink_retry(r, t);
	t->level = 0;
	t->tries = 0;
	t->due = mono_add(r->now, RIB_RETRY_FIRST);
	retries_add_tail(list_of(r, t), t);
}

/* The count goes on if it is refused again. */
static void again(struct rib *r, struct rib_retry *t)
{
	unlink_retry(r, t);
	if (t->source)
		rib_source_again(r, t->source);
	else
		rib_node_retry(r, t->node);
}

void rib_retry_interfaces(struct rib *r)
{
	struct rib_retry *t;

	while ((t = retries_first(&r->retry_interface)))
		again(r, t);
}

void rib_retry_due(struct rib *r)
{
	struct rib_retry *t;

	for (unsigned int i = 0; i < RIB_RETRY_LEVELS; i++)
		while ((t = retries_first(&r->retry_later[i])) && !mono_before(r->now, t->due))
			again(r, t);
}

mono_t rib_retry_next(const struct rib *r)
{
	mono_t next = MONO_NEVER;

	for (unsigned int i = 0; i < RIB_RETRY_LEVELS; i++) {
		const struct rib_retry *t = retries_first(&r->retry_later[i]);

		if (t)
			next = mono_min(next, t->due);
	}
	if (!r->main)
		for (const struct rib *t = rib_table_after(r, 0); t;
		     t = rib_table_after(r, rib_table_id(t)))
			next = mono_min(next, rib_retry_next(t));
	return next;
}

static struct rib_retry_view view_of(const struct rib_retry *t)
{
	if (!t)
		return (struct rib_retry_view){RIB_RETRY_CHANGED, MONO_NEVER, 1};
	return (struct rib_retry_view){t->when, t->due, t->tries};
}

static bool view(const struct rib_node *n, struct rib_retry_view *out)
{
	if (!rib_refused_any(n) && !rib_node_retried(n))
		return false;
	*out = view_of(rib_node_retried(n));
	return true;
}

/* A source without a table was not refused anything by the kernel. */
static bool view_source(const struct rib *r, const struct rib_node *n, struct rib_retry_view *out)
{
	const struct rib_source *s = NULL;

	if (n->wish && !n->real)
		s = rib_source_find(r, &n->entry.key.src);
	if (!s || s->error == RIB_ERROR_NO_TABLE)
		return false;
	*out = view_of(s->retry);
	return true;
}

bool rib_retry_of(const struct rib *r, const struct sdprefix *pair, struct rib_retry_view *out)
{
	const struct rib_node *n = rib_node_find(r, pair), *half;

	if (n && (view(n, out) || view_source(r, n, out)))
		return true;
	for (int upper = 0; n && rib_withheld_at(r, &pair->dst) && upper < 2; upper++) {
		half = rib_node_half(r, &pair->dst, upper);
		if (half && view(half, out))
			return true;
	}
	return false;
}
