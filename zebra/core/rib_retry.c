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

void rib_retry_drop(struct rib *r, struct rib_node *n)
{
	if (!n->retry)
		return;
	unlink_retry(r, n->retry);
	mem_free(&r->mem_retry, n->retry);
	n->retry = NULL;
}

/* Those of one level wait equally long, so each list is in the order of time. */
void rib_retry_note(struct rib *r, struct rib_node *n, int error)
{
	enum rib_retry_when when = r->env.retry ? r->env.retry(error) : RIB_RETRY_CHANGED;
	struct rib_retry *t = n->retry;

	if (when == RIB_RETRY_CHANGED) {
		rib_retry_drop(r, n);
		return;
	}
	if (t) {
		unlink_retry(r, t);
		t->tries++;
		if (t->level < RIB_RETRY_LEVELS - 1)
			t->level++;
	} else {
		t = n->retry = mem_new(&r->mem_retry, sizeof(*t));
		t->node = n;
		t->tries = 1;
	}
	t->when = when;
	t->due = mono_add(r->now, RIB_RETRY_FIRST << t->level);
	retries_add_tail(list_of(r, t), t);
}

void rib_retry_restart(struct rib *r, struct rib_node *n)
{
	struct rib_retry *t = n->retry;

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

static bool view(const struct rib_node *n, struct rib_retry_view *out)
{
	const struct rib_retry *t = n->retry;

	if (!n->refused.n_nexthops && !t)
		return false;
	*out = (struct rib_retry_view){.when = RIB_RETRY_CHANGED, .at = MONO_NEVER, .tries = 1};
	if (t)
		*out = (struct rib_retry_view){t->when, t->due, t->tries};
	return true;
}

bool rib_retry_of(const struct rib *r, const struct sdprefix *pair, struct rib_retry_view *out)
{
	const struct rib_node *n = rib_node_find(r, pair), *half;

	if (n && view(n, out))
		return true;
	for (int upper = 0; n && n->dest->withheld && upper < 2; upper++) {
		half = rib_node_half(r, &pair->dst, upper);
		if (half && view(half, out))
			return true;
	}
	return false;
}
