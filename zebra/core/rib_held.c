/* SPDX-License-Identifier: MIT */
/* What the kernel holds by our doing, and what it refused. */
#include "zebra/core/rib_private.h"

#include <assert.h>

/* Held */

/* How much is in its source's table. */
static void count_held(struct rib *r, const struct rib_node *n, int by)
{
	struct rib_source *s = NULL;

	if (n->kernel && n->kernel->route.ruled)
		s = rib_source_find(r, &n->entry.key.src);
	if (s)
		s->n_held += (size_t)by;
}

static void held_change(struct rib *r, struct rib_node *n, struct rib_form *form)
{
	rib_leftover(r, n, false);
	count_held(r, n, -1);
	rib_form_unref(r, n->kernel);
	n->kernel = form;
	count_held(r, n, 1);
	n->doubt = false;
	n->undeleted = false;
	n->touched = rib_main(r)->mark;
}

void rib_held_set(struct rib *r, struct rib_node *n, const struct fib_route *f)
{
	held_change(r, n, rib_form_get(r, f));
}

void rib_held_clear(struct rib *r, struct rib_node *n)
{
	held_change(r, n, NULL);
}

/* Refused */

static unsigned int refusal_index(const struct fib_route *f)
{
	return f->type == RIB_TYPE_AUXILIARY;
}

static struct rib_refusal *refusal_get(struct rib *r, struct rib_node *n, const struct fib_route *f)
{
	struct rib_refusal **at = &rib_rare_get(r, n)->refused[refusal_index(f)];

	if (!*at)
		*at = mem_new(&r->mem_retry, sizeof(**at));
	return *at;
}

static struct rib_refusal *refusal_at(const struct rib_node *n, unsigned int i)
{
	return n->rare ? n->rare->refused[i] : NULL;
}

/* NULL: nothing is refused any more. */
static void refusal_set(struct rib *r, struct rib_refusal *f, struct rib_form *form)
{
	r->n_refused -= f->form != NULL;
	r->n_refused += form != NULL;
	rib_form_unref(r, f->form);
	f->form = form;
}

static void refusal_free(struct rib *r, struct rib_node *n, unsigned int i)
{
	struct rib_refusal *f = refusal_at(n, i);

	if (!f)
		return;
	refusal_set(r, f, NULL);
	mem_free(&r->mem_retry, f);
	n->rare->refused[i] = NULL;
}

void rib_refused_clear(struct rib *r, struct rib_node *n)
{
	for (unsigned int i = 0; i < 2; i++)
		if (refusal_at(n, i))
			refusal_set(r, refusal_at(n, i), NULL);
}

void rib_refused_free(struct rib *r, struct rib_node *n)
{
	for (unsigned int i = 0; i < 2; i++)
		refusal_free(r, n, i);
}

bool rib_refused_any(const struct rib_node *n)
{
	for (unsigned int i = 0; i < 2; i++)
		if (refusal_at(n, i) && refusal_at(n, i)->form)
			return true;
	return false;
}

int rib_refused_error(const struct rib_node *n)
{
	const struct rib_refusal *f = refusal_at(n, 0);

	return f && f->form ? f->error : 0;
}

int rib_refusal_of(const struct rib_node *n, const struct fib_route *f)
{
	struct rib_refusal *was = n ? refusal_at(n, refusal_index(f)) : NULL;

	if (!was || !was->form || !fib_route_eq(&was->form->route, f))
		return 0;
	was->live = true;
	return was->error;
}

void rib_refused_settle(struct rib *r, struct rib_node *n)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct rib_refusal *f = refusal_at(n, i);

		if (f && !f->live)
			refusal_set(r, f, NULL);
		if (f)
			f->live = false;
	}
}

/* What came of writing */

static void complain(struct rib *r, struct rib_node *n, const struct fib_op *op)
{
	struct rib_refusal *f = refusal_get(r, n, &op->route);

	if (f->complained == op->error)
		return;
	f->complained = op->error;
	r->env.refused(r->ctx, &op->route, op->error);
}

/* What an earlier run left, written anew after a doubt, is as unclaimed as before. */
static bool still_unclaimed(const struct rib_node *n, const struct fib_route *f)
{
	return n->leftover && !rib_node_auxiliary(n) && !rib_node_selected(n) &&
	       fib_route_eq(&n->kernel->route, f);
}

bool rib_set_done(struct rib *r, struct rib_node *n, const struct fib_op *op)
{
	bool leftover = still_unclaimed(n, &op->route);
	struct rib_refusal *f;

	if (!op->error) {
		refusal_free(r, n, refusal_index(&op->route));
		rib_held_set(r, n, &op->route);
		rib_leftover(r, n, leftover);
		return true;
	}
	complain(r, n, op);
	if (op->route.type == RIB_TYPE_AUXILIARY && op->route.ruled) {
		rib_source_refused(r, rib_source_find(r, &op->route.pair.src), op->error);
		return false;
	}
	f = refusal_get(r, n, &op->route);
	refusal_set(r, f, rib_form_get(r, &op->route));
	f->error = op->error;
	f->live = true;
	rib_retry_note(r, n, op->error);
	return false;
}

void rib_del_done(struct rib *r, struct rib_node *n, const struct fib_op *op)
{
	if (!op->error) {
		rib_held_clear(r, n);
		return;
	}
	n->undeleted = true;
	rib_retry_note(r, n, op->error);
	complain(r, n, op);
}

/* Withheld: few destinations are, and for a short time. */

static struct rib_withheld *withheld_find(const struct rib *r, const struct prefix *dst)
{
	struct sdprefix key;

	if (!rib_withhelds_count(&r->withhelds) || !sdprefix_make(&key, dst, NULL))
		return NULL;
	return rib_withhelds_find(&r->withhelds, &key);
}

int rib_withheld_at(const struct rib *r, const struct prefix *dst)
{
	const struct rib_withheld *w = withheld_find(r, dst);

	return w ? w->error : 0;
}

static void withheld_free(struct rib *r, struct rib_withheld *w)
{
	rib_withhelds_del(&r->withhelds, w);
	mem_free(&r->mem_rare, w);
}

void rib_withhold(struct rib *r, const struct prefix *dst, int error)
{
	struct rib_withheld *w = withheld_find(r, dst);
	struct sdprefix key;

	if (w && !error)
		withheld_free(r, w);
	if (!error)
		return;
	if (!w && sdprefix_make(&key, dst, NULL)) {
		w = mem_new(&r->mem_rare, sizeof(*w));
		w->entry.key = key;
		rib_withhelds_add(&r->withhelds, w);
	}
	if (w)
		w->error = error;
}

void rib_withhelds_free(struct rib *r)
{
	struct rib_withheld *w;

	while ((w = rib_withhelds_first(&r->withhelds)))
		withheld_free(r, w);
	rib_withhelds_fini(&r->withhelds);
}
