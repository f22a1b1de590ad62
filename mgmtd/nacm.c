/* SPDX-License-Identifier: MIT */
/* The judges of RFC 8341 3.4; rules are compiled in nacm_rules.c. */
#include "mgmtd/nacm.h"

#include <stdlib.h>
#include <string.h>

#include "mgmtd/nacm_private.h"

static bool in_group(const struct nacm_group *g, const char *user)
{
	for (size_t i = 0; i < g->n_users; i++)
		if (!strcmp(g->users[i], user))
			return true;
	return false;
}

/* RFC 8341 3.4.4 step 5: a rule-list counts if one of its groups has the user;
 * '*' is every group, but one must be in some group at all. */
static bool list_is_for(const struct nacm *n, const struct nacm_list *l, const char *user)
{
	for (size_t g = 0; g < n->n_groups; g++) {
		if (!in_group(&n->groups[g], user))
			continue;
		for (size_t i = 0; i < l->n_groups; i++)
			if (!strcmp(l->groups[i], "*") || !strcmp(l->groups[i], n->groups[g].name))
				return true;
	}
	return false;
}

static bool module_fits(const struct nacm_rule *r, const struct lys_module *m)
{
	return !r->module || !strcmp(r->module, m->name);
}

static bool name_fits(const char *pattern, const char *name)
{
	return !pattern || !strcmp(pattern, name);
}

/* ---- paths ---- */

static bool step_fits(const struct nacm_step *st, const struct lyd_node *d)
{
	if (strcmp(st->name, d->schema->name) || strcmp(st->module, d->schema->module->name))
		return false;
	for (size_t i = 0; i < st->n_keys; i++) {
		const struct lyd_node *k;
		bool same = false;

		LY_LIST_FOR(lyd_child(d), k)
		if (k->schema && !strcmp(k->schema->name, st->keys[i].name)) {
			same = !strcmp(lyd_get_value(k), st->keys[i].value);
			break;
		}
		/* [.='v'] of a leaf-list. */
		if (!strcmp(st->keys[i].name, "."))
			same = !strcmp(lyd_get_value(d), st->keys[i].value);
		if (!same)
			return false;
	}
	return true;
}

/* The node is what the path names, or below it. */
static bool path_fits(const struct nacm_rule *r, const struct lyd_node *node)
{
	const struct lyd_node *chain[NACM_DEPTH_MAX];
	size_t depth = 0;

	for (; node && depth < NACM_DEPTH_MAX; node = lyd_parent(node))
		chain[depth++] = node;
	if (depth < r->n_steps)
		return false;
	for (size_t i = 0; i < r->n_steps; i++)
		if (!step_fits(&r->steps[i], chain[depth - 1 - i]))
			return false;
	return true;
}

/* ---- verdicts ---- */

enum verdict { V_NONE, V_PERMIT, V_DENY };

struct question {
	const char *user;
	unsigned int access;
	const struct lys_module *module;
	const char *rpc, *notification; /* NULL: not about one */
	const struct lyd_node *data;
};

static bool rule_fits(const struct nacm_rule *r, const struct question *q)
{
	if (!(r->access & q->access) || !module_fits(r, q->module))
		return false;
	switch (r->type) {
	case RULE_ANY:
		return true;
	case RULE_RPC:
		return q->rpc && name_fits(r->name, q->rpc);
	case RULE_NOTIFICATION:
		return q->notification && name_fits(r->name, q->notification);
	case RULE_PATH:
		return q->data && path_fits(r, q->data);
	}
	return false;
}

/* First match decides (RFC 8341 3.4.4 step 6). */
static enum verdict ask(const struct nacm *n, const struct question *q)
{
	for (size_t l = 0; l < n->n_lists; l++) {
		const struct nacm_list *list = &n->lists[l];

		if (!list_is_for(n, list, q->user))
			continue;
		for (size_t i = 0; i < list->n_rules; i++)
			if (rule_fits(&list->rules[i], q))
				return list->rules[i].permit ? V_PERMIT : V_DENY;
	}
	return V_NONE;
}

static bool has_extension(const struct lysc_node *s, const char *name)
{
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(s->exts, i)
	{
		const struct lysc_ext *def = s->exts[i].def;

		if (!strcmp(def->name, name) && !strcmp(def->module->name, "ietf-netconf-acm"))
			return true;
	}
	return false;
}

/* The statement holds for the node and all below it. */
static bool marked(const struct lysc_node *s, const char *name)
{
	for (; s; s = s->parent)
		if (has_extension(s, name))
			return true;
	return false;
}

static bool unlimited(const struct nacm *n, const struct nacm_who *w)
{
	return w->recovery || !n->enabled;
}

static bool is_netconf(const struct lysc_node *rpc, const char *name)
{
	return !strcmp(rpc->module->name, "ietf-netconf") && !strcmp(rpc->name, name);
}

/* RFC 8341 3.4.4. */
static bool judge_exec(const struct nacm *n, const struct nacm_who *w, const struct lysc_node *rpc)
{
	const struct question q = {
		.user = w->user, .access = ACCESS_EXEC, .module = rpc->module, .rpc = rpc->name};
	enum verdict v;

	if (unlimited(n, w) || is_netconf(rpc, "close-session"))
		return true;
	v = ask(n, &q);
	if (v != V_NONE)
		return v == V_PERMIT;
	if (marked(rpc, "default-deny-all") || is_netconf(rpc, "kill-session") ||
	    is_netconf(rpc, "delete-config"))
		return false;
	return n->exec_default;
}

bool nacm_may_exec(struct nacm *n, const struct nacm_who *w, const struct lysc_node *rpc,
		   struct edit_error *err)
{
	if (judge_exec(n, w, rpc))
		return true;
	n->counters.operations++;
	if (err)
		error_set(err, ERR_ACCESS_DENIED, NULL, "user %s may not do %s", w->user,
			  rpc->name);
	return false;
}

/* RFC 8341 3.4.5. */
static bool judge_data(const struct nacm *n, const struct nacm_who *w, const struct lyd_node *d,
		       unsigned int access)
{
	const struct question q = {
		.user = w->user, .access = access, .module = d->schema->module, .data = d};
	enum verdict v = ask(n, &q);

	if (v != V_NONE)
		return v == V_PERMIT;
	if (marked(d->schema, "default-deny-all"))
		return false;
	if (access == ACCESS_READ)
		return n->read_default;
	return n->write_default && !marked(d->schema, "default-deny-write");
}

static unsigned int access_of(const struct change *c)
{
	switch (c->op) {
	case CHANGE_CREATE:
		return ACCESS_CREATE;
	case CHANGE_DELETE:
		return ACCESS_DELETE;
	case CHANGE_SET:
		break;
	}
	return c->old ? ACCESS_UPDATE : ACCESS_CREATE;
}

/* What a default brings back or an entry has by default nobody wrote. */
static bool by_itself(const struct change *c)
{
	return c->op == CHANGE_SET && !c->old && (c->at->flags & LYD_DEFAULT);
}

static const struct lyd_node *denied_below(const struct nacm *n, const struct nacm_who *w,
					   const struct lyd_node *d)
{
	const struct lyd_node *child, *no;

	if (!judge_data(n, w, d, ACCESS_DELETE))
		return d;
	LY_LIST_FOR(lyd_child(d), child)
	{
		no = lysc_is_key(child->schema) ? NULL : denied_below(n, w, child);
		if (no)
			return no;
	}
	return NULL;
}

bool nacm_may_write(struct nacm *n, const struct nacm_who *w, const struct change_list *changes,
		    struct edit_error *err)
{
	if (unlimited(n, w))
		return true;
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *c = &changes->v[i];
		const struct lyd_node *no = NULL;

		if (by_itself(c))
			continue;
		/* A delete takes all below it along. */
		if (c->op == CHANGE_DELETE)
			no = denied_below(n, w, c->at);
		else if (!judge_data(n, w, c->at, access_of(c)))
			no = c->at;
		if (!no)
			continue;
		n->counters.data_writes++;
		error_at(err, ERR_ACCESS_DENIED, no, "user %s may not change this", w->user);
		return false;
	}
	return true;
}

bool nacm_may_be_notified(struct nacm *n, const struct nacm_who *w, const struct lysc_node *e)
{
	const struct question q = {.user = w->user,
				   .access = ACCESS_READ,
				   .module = e->module,
				   .notification = e->name};
	enum verdict v;

	if (unlimited(n, w))
		return true;
	/* RFC 8341 3.4.6 step 3. */
	if (!strcmp(e->module->name, "nc-notifications"))
		return true;
	v = ask(n, &q);
	if (v == V_PERMIT || (v == V_NONE && n->read_default && !marked(e, "default-deny-all")))
		return true;
	n->counters.notifications++;
	return false;
}

bool nacm_may_read(const struct nacm *n, const struct nacm_who *w, const struct lyd_node *node)
{
	return unlimited(n, w) || judge_data(n, w, node, ACCESS_READ);
}

/* Whether nothing needs to be judged one by one: the first of the user's rules that
 * could be about reading data permits all of it. */
static bool reads_all(const struct nacm *n, const char *user)
{
	for (size_t l = 0; l < n->n_lists; l++) {
		if (!list_is_for(n, &n->lists[l], user))
			continue;
		for (size_t i = 0; i < n->lists[l].n_rules; i++) {
			const struct nacm_rule *r = &n->lists[l].rules[i];

			if (!(r->access & ACCESS_READ) || r->type == RULE_RPC ||
			    r->type == RULE_NOTIFICATION)
				continue;
			return r->type == RULE_ANY && !r->module && r->permit;
		}
	}
	return false;
}

static void prune(const struct nacm *n, const struct nacm_who *w, struct lyd_node **first)
{
	struct lyd_node *d, *next;

	LY_LIST_FOR_SAFE(*first, next, d)
	{
		struct lyd_node *below;

		if (lysc_is_key(d->schema))
			continue;
		if (!judge_data(n, w, d, ACCESS_READ)) {
			if (d == *first)
				*first = d->next;
			lyd_free_tree(d);
			continue;
		}
		below = lyd_child(d);
		if (below)
			prune(n, w, &below);
	}
}

bool nacm_reads_all(const struct nacm *n, const struct nacm_who *w)
{
	return unlimited(n, w) || reads_all(n, w->user);
}

void nacm_prune(const struct nacm *n, const struct nacm_who *w, struct lyd_node **tree)
{
	if (*tree && !nacm_reads_all(n, w))
		prune(n, w, tree);
}

struct nacm_counters nacm_counters(const struct nacm *n)
{
	return n->counters;
}
