/* SPDX-License-Identifier: MIT */
/*
 * get and get-config, RFC 6241 7.1, 7.7; defaults as RFC 6243 has them.
 *
 * Configuration and mgmtd's own state are one tree, filtered as a whole. State
 * of daemons follows in pages: each is made into a tree, filtered, printed
 * and forgotten before the next one is asked for, and none is asked for while
 * the client does not read.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/netconf_private.h"

#define DEPTH_MAX 16

struct part { /* what one daemon tells: a list or a container */
	const struct lysc_node *node;
	char *keys[FILTER_KEYS_MAX];
	size_t n_keys;
	char path[256];
};

struct get_job {
	struct netconf_session *s;
	struct filter *filter; /* NULL: all */
	uint32_t defaults;     /* LYD_PRINT_WD_* */
	struct part *parts;
	size_t n_parts, at;
	struct backend_walk *walk; /* of parts[at] */
	bool asked;		   /* its page is on its way */
	/* Elements that are open in the reply, outermost first. */
	const struct lysc_node *open[DEPTH_MAX];
	size_t n_open;
	struct edit_error err; /* to be told at the end */
};

static uint32_t defaults_of(const struct lyd_node *op)
{
	const char *v = rpc_value(op, "with-defaults");

	if (v && !strcmp(v, "report-all"))
		return LYD_PRINT_WD_ALL;
	if (v && !strcmp(v, "report-all-tagged"))
		return LYD_PRINT_WD_ALL_TAG;
	return v && !strcmp(v, "trim") ? LYD_PRINT_WD_TRIM : LYD_PRINT_WD_EXPLICIT;
}

/* Judges, filters and prints, in this order: a filter sees no more than the user
 * may (RFC 8341 3.2.4), or it would tell by what it matches. False: it fails. */
static bool print_tree(struct get_job *j, const struct lyd_node *tree, struct edit_error *err)
{
	const struct nacm_who who = session_who(j->s);
	const struct nacm *nacm = j->s->n->env.nacm;
	struct lyd_node *chosen = NULL, *readable = NULL;
	bool fine;

	if (tree && !nacm_reads_all(nacm, &who)) {
		if (lyd_dup_siblings(tree, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &readable))
			abort();
		nacm_prune(nacm, &who, &readable);
		tree = readable;
	}
	fine = filter_apply(j->filter, tree, &chosen, err);
	if (fine)
		xml_tree(&j->s->out, chosen, j->defaults);
	lyd_free_all(chosen);
	lyd_free_all(readable);
	return fine;
}

/* ---- the element stack around pages ---- */

static size_t ancestors(const struct lysc_node *n, const struct lysc_node **chain)
{
	size_t depth = 0;

	for (; n && depth < DEPTH_MAX; n = n->parent)
		if (!(n->nodetype & (LYS_CHOICE | LYS_CASE)))
			chain[depth++] = n;
	for (size_t i = 0; i < depth / 2; i++) {
		const struct lysc_node *swap = chain[i];

		chain[i] = chain[depth - 1 - i];
		chain[depth - 1 - i] = swap;
	}
	return depth;
}

/* Closes and opens elements until exactly those of `around` are open. */
static void open_only(struct get_job *j, const struct lysc_node *around)
{
	const struct lysc_node *chain[DEPTH_MAX];
	size_t n = ancestors(around, chain), same = 0;

	while (same < n && same < j->n_open && chain[same] == j->open[same])
		same++;
	while (j->n_open > same)
		xml_fmt(&j->s->out, "</%s>", j->open[--j->n_open]->name);
	for (; j->n_open < n; j->n_open++) {
		const struct lysc_node *o = j->open[j->n_open] = chain[j->n_open];

		if (j->n_open > 0 && o->module == o->parent->module)
			xml_fmt(&j->s->out, "<%s>", o->name);
		else
			xml_fmt(&j->s->out, "<%s xmlns=\"%s\">", o->name, o->module->ns);
	}
}

/* ---- pages ---- */

/* The element that stays open around what the part's pages hold. */
static const struct lysc_node *frame_of(const struct part *p)
{
	return p->node->nodetype == LYS_LIST ? lysc_data_parent(p->node) : p->node;
}

static const char *const *keys_of(const struct part *p)
{
	return (const char *const *)p->keys;
}

/* All entries of a page as one tree with the nodes above them. */
static struct lyd_node *page_tree(struct get_job *j, const struct backend_page *page)
{
	const struct part *p = &j->parts[j->at];
	const struct lysc_node *above = lysc_data_parent(p->node);
	const struct ly_ctx *ly = j->s->n->env.schema->ly;
	struct lyd_node *tree = NULL, *parent = NULL;

	if (above) {
		char *path = lysc_path(above, LYSC_PATH_DATA, NULL, 0);

		if (lyd_new_path2(NULL, ly, path, NULL, 0, 0, 0, &tree, &parent))
			ly_err_clean((struct ly_ctx *)ly, NULL);
		free(path);
		if (parent)
			backend_tree(parent, page->entry, page->n, false);
		return tree;
	}
	for (size_t i = 0; i < page->n; i++) {
		struct lyd_node *entry = NULL, *one;

		one = backend_entry_tree(j->s->n->env.schema, p->node, keys_of(p), p->n_keys,
					 page->entry[i], &entry);
		if (one && lyd_insert_sibling(tree, one, &tree))
			lyd_free_all(one);
	}
	return tree;
}

static void print_page(struct get_job *j, const struct backend_page *page)
{
	const struct lysc_node *frame = frame_of(&j->parts[j->at]);
	const struct nacm_who who = session_who(j->s);
	struct lyd_node *tree = page_tree(j, page), *chosen = NULL;
	const struct lyd_node *first;

	nacm_prune(j->s->n->env.nacm, &who, &tree); /* before the filter, as above */
	if (filter_takes_all(j->filter, j->parts[j->at].node)) {
		chosen = tree;
		tree = NULL;
	} else if (!j->err.tag) {
		filter_apply(j->filter, tree, &chosen, &j->err);
	}
	first = chosen;
	/* Down to the children of the frame: its element is open already. */
	while (first && frame && first->schema != frame &&
	       !(first->schema->nodetype & LYD_NODE_TERM))
		first = lyd_child(first);
	if (first && frame)
		first = first->schema == frame ? lyd_child(first) : NULL;
	if (first) {
		open_only(j, frame);
		xml_tree(&j->s->out, first, j->defaults);
	}
	lyd_free_all(chosen);
	lyd_free_all(tree);
}

static void next_part(struct get_job *j)
{
	backend_walk_free(j->walk);
	j->walk = NULL;
	j->at++;
}

static void got_page(void *ctx, const struct backend_page *page)
{
	struct get_job *j = ctx;

	j->asked = false;
	if (page->n > 0)
		print_page(j, page);
	/* A daemon lost in the middle: what has been sent is not all there is,
	 * and the client must know. */
	if (page->error)
		error_set(&j->err, ERR_OPERATION_FAILED, j->parts[j->at].path, "%s", page->error);
	if (page->error || !page->more)
		next_part(j);
	reply_pump(j->s);
}

static void job_end(struct get_job *j)
{
	struct netconf_session *s = j->s;

	open_only(j, NULL);
	xml_add(&s->out, "</data>");
	if (j->err.tag) {
		error_xml(&s->out, s->n->env.schema->ly, &j->err);
		s->counts.out_rpc_errors++;
		s->n->counts.out_rpc_errors++;
	}
	get_cancel(j);
	reply_end(s);
}

void get_resume(struct get_job *j)
{
	if (j->asked)
		return;
	if (j->at == j->n_parts || j->err.tag) {
		job_end(j);
		return;
	}
	if (!j->walk) {
		struct part *p = &j->parts[j->at];

		j->walk = backend_walk_new(j->s->n->env.backend, p->node, keys_of(p), p->n_keys, 0,
					   got_page, j);
	}
	j->asked = true;
	backend_walk_next(j->walk);
}

void get_cancel(struct get_job *j)
{
	if (!j)
		return;
	j->s->job = NULL;
	backend_walk_free(j->walk);
	filter_free(j->filter);
	error_clear(&j->err);
	for (size_t i = 0; i < j->n_parts; i++)
		for (size_t k = 0; k < j->parts[i].n_keys; k++)
			free(j->parts[i].keys[k]);
	free(j->parts);
	free(j);
}

/* ---- start ---- */

static bool add_part(void *ctx, const struct lysc_node *node, const char *daemon)
{
	struct get_job *j = ctx;
	const char *keys[FILTER_KEYS_MAX];
	struct part p = {.node = node};

	(void)daemon;
	/* Entries of a list inside a list come with their parents or not at all. */
	for (const struct lysc_node *up = node->parent; up; up = up->parent)
		if (up->nodetype == LYS_LIST)
			return true;
	if (!filter_wants(j->filter, node, keys, &p.n_keys))
		return true;
	for (size_t i = 0; i < p.n_keys; i++)
		p.keys[i] = strdup(keys[i]);
	lysc_path(node, LYSC_PATH_LOG, p.path, sizeof(p.path));
	j->parts = realloc(j->parts, (j->n_parts + 1) * sizeof(p));
	if (!j->parts)
		abort();
	j->parts[j->n_parts++] = p;
	return true;
}

/* By path, so that what has a parent in common stands together. */
static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct part *)a)->path, ((const struct part *)b)->path);
}

static struct get_job *job_new(struct netconf_session *s, struct edit_error *err)
{
	const struct lyd_node *filter = rpc_child(s->op, "filter");
	struct get_job *j = calloc(1, sizeof(*j));

	if (!j)
		abort();
	j->s = s;
	j->defaults = defaults_of(s->op);
	if (filter) {
		j->filter = filter_new(s->n->env.schema->ly, filter, err);
		if (!j->filter) {
			free(j);
			return NULL;
		}
	}
	s->job = j;
	return j;
}

static void job_run(struct get_job *j, const struct lyd_node *tree)
{
	struct netconf_session *s = j->s;
	struct edit_error err = {0};

	reply_begin(s);
	xml_add(&s->out, "<data>");
	if (print_tree(j, tree, &err)) {
		reply_pump(s);
		return;
	}
	xml_clear(&s->out);
	get_cancel(j);
	reply_error(s, &err);
}

void op_get_config(struct netconf_session *s)
{
	const struct lyd_node *source = rpc_child(s->op, "source");
	struct edit_error err = {0};
	struct get_job *j;
	enum ds_name which = DS_RUNNING;

	if (source && rpc_child(source, "candidate"))
		which = DS_CANDIDATE;
	if (source && rpc_child(source, "startup"))
		which = DS_STARTUP;
	j = job_new(s, &err);
	if (j)
		job_run(j, ds_tree(s->n->env.ds, which));
	else
		reply_error(s, &err);
}

static void add_counters(struct netconf_session *s, struct lyd_node **tree)
{
	const struct nacm_counters c = nacm_counters(s->n->env.nacm);
	const struct {
		const char *path;
		uint32_t value;
	} leaf[] = {
		{"/ietf-netconf-acm:nacm/denied-operations", c.operations},
		{"/ietf-netconf-acm:nacm/denied-data-writes", c.data_writes},
		{"/ietf-netconf-acm:nacm/denied-notifications", c.notifications},
	};
	struct lyd_node *made;

	for (size_t i = 0; i < 3; i++) {
		char value[16];

		snprintf(value, sizeof(value), "%u", leaf[i].value);
		made = NULL;
		if (lyd_new_path(*tree, s->n->env.schema->ly, leaf[i].path, value, 0, &made))
			ly_err_clean(s->n->env.schema->ly, NULL);
		else if (!*tree)
			*tree = made;
	}
	*tree = lyd_first_sibling(*tree);
}

void op_get(struct netconf_session *s)
{
	struct edit_error err = {0};
	struct get_job *j = job_new(s, &err);
	struct lyd_node *tree, *local = NULL;

	if (!j) {
		reply_error(s, &err);
		return;
	}
	tree = edit_dup(ds_tree(s->n->env.ds, DS_RUNNING));
	add_counters(s, &tree);
	local_state(s->n, &local);
	if (tree && local && lyd_insert_sibling(tree, local, &tree))
		abort();
	tree = tree ? tree : local;
	if (s->n->env.backend)
		backend_each_state(s->n->env.backend, add_part, j);
	if (j->n_parts)
		qsort(j->parts, j->n_parts, sizeof(*j->parts), by_path);
	job_run(j, tree);
	lyd_free_all(tree);
}
