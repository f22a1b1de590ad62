/* SPDX-License-Identifier: MIT */
/* What waits for its turn, and the tree that comes of it. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/txn_private.h"

static char *copy(const char *s)
{
	char *c = s ? strdup(s) : NULL;

	if (s && !c)
		abort();
	return c;
}

void session_copy(struct ds_session *to, const struct ds_session *from)
{
	to->id = from->id;
	to->user = copy(from->user ? from->user : "");
	to->from = copy(from->from ? from->from : "");
}

void session_clear(struct ds_session *s)
{
	free((char *)s->user);
	free((char *)s->from);
	memset(s, 0, sizeof(*s));
}

struct job *job_new(enum job_kind kind)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		abort();
	j->kind = kind;
	return j;
}

struct job *job_of_request(const struct txn_request *r)
{
	struct job *j = job_new(JOB_COMMIT);

	j->source = r->source;
	j->candidate = r->candidate;
	j->edits = r->n_edits ? edits_dup(r->edits, r->n_edits) : NULL;
	j->n_edits = r->n_edits;
	/* An edit has metadata and opaque nodes: a plain copy keeps them. */
	if (r->tree &&
	    lyd_dup_siblings(r->tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &j->tree))
		abort();
	j->default_op = r->default_op;
	session_copy(&j->by, &r->by);
	j->comment = copy(r->comment);
	j->check_only = r->check_only;
	j->direct = r->direct;
	j->confirmed = r->confirmed;
	j->lasting = r->lasting;
	j->timeout = r->timeout ? r->timeout : TXN_CONFIRM_DEFAULT;
	j->persist = copy(r->persist);
	j->persist_id = copy(r->persist_id);
	j->done = r->done;
	j->ctx = r->ctx;
	return j;
}

void job_free(struct job *j)
{
	edits_free(j->edits, j->n_edits);
	lyd_free_all(j->tree);
	session_clear(&j->by);
	free(j->comment);
	free(j->persist);
	free(j->persist_id);
	error_clear(&j->err);
	free(j);
}

bool job_build(struct txns *t, struct job *j, struct lyd_node **tree)
{
	const struct lyd_node *running = ds_tree(t->ds, DS_RUNNING);

	*tree = NULL;
	switch (j->source) {
	case TXN_CANDIDATE:
		t->candidate_version = ds_candidate_version(t->ds);
		*tree = edit_dup(ds_tree(t->ds, DS_CANDIDATE));
		return true;
	case TXN_PRIVATE:
		if (!ds_private_rebase(j->candidate, &j->err))
			return false;
		*tree = edit_dup(ds_private_tree(j->candidate));
		return true;
	case TXN_EDITS:
		*tree = edit_dup(running);
		return edit_list(tree, ds_schema(t->ds)->ly, j->edits, j->n_edits, &j->err);
	case TXN_EDIT_TREE:
		*tree = edit_dup(running);
		return edit_tree(tree, j->tree, j->default_op, &j->err);
	case TXN_TREE:
		*tree = j->tree;
		j->tree = NULL;
		return true;
	}
	return false;
}
