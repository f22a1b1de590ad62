/* SPDX-License-Identifier: MIT */
/* Operations that write: RFC 6241 7.2 to 7.6, 8.3, 8.4, 8.6, 8.7. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/netconf_private.h"

static void finish(struct netconf_session *s, struct edit_error *err)
{
	if (err->tag)
		reply_error(s, err);
	else
		reply_ok(s);
}

static void committed(void *ctx, const struct edit_error *err, uint64_t id)
{
	struct netconf_session *s = ctx;
	struct edit_error copy = {0};

	(void)id;
	if (err)
		error_copy(&copy, err);
	finish(s, &copy);
}

/* ---- parameters ---- */

enum store { STORE_RUNNING, STORE_CANDIDATE, STORE_STARTUP, STORE_CONFIG, STORE_URL };

/* <source> or <target>; *config is the <config> element, if it is that. */
static enum store store_of(const struct lyd_node *op, const char *name,
			   const struct lyd_node **config)
{
	const struct lyd_node *at = rpc_child(op, name);

	*config = at ? rpc_child(at, "config") : NULL;
	if (*config)
		return STORE_CONFIG;
	if (at && rpc_child(at, "running"))
		return STORE_RUNNING;
	if (at && rpc_child(at, "startup"))
		return STORE_STARTUP;
	return at && rpc_child(at, "candidate") ? STORE_CANDIDATE : STORE_URL;
}

static enum ds_name ds_of(enum store st)
{
	return st == STORE_RUNNING ? DS_RUNNING : (st == STORE_STARTUP ? DS_STARTUP : DS_CANDIDATE);
}

static bool no_url(enum store st, struct edit_error *err)
{
	if (st != STORE_URL)
		return true;
	error_set(err, ERR_OPERATION_NOT_SUPPORTED, NULL, "only datastores, no URL");
	return false;
}

/* The nodes inside <config>. */
static const struct lyd_node *config_nodes(const struct lyd_node *config)
{
	const struct lyd_node_any *any = (const struct lyd_node_any *)config;

	return any && any->value_type == LYD_ANYDATA_DATATREE ? any->value.tree : NULL;
}

static bool config_empty(const struct lyd_node *config, struct edit_error *err)
{
	const struct lyd_node_any *any = (const struct lyd_node_any *)config;
	const char *text = any->value_type == LYD_ANYDATA_DATATREE ? NULL : any->value.str;

	/* Text between the tags is no configuration. */
	if (!text || !text[strspn(text, " \t\r\n")])
		return true;
	error_set(err, ERR_BAD_ELEMENT, NULL, "<config> holds text instead of elements");
	err->bad_element = strdup("config");
	return false;
}

/* A datastore's or an inline configuration's tree as a copy. */
static bool source_tree(struct netconf_session *s, enum store st, const struct lyd_node *config,
			struct lyd_node **tree, struct edit_error *err)
{
	*tree = NULL;
	if (!no_url(st, err))
		return false;
	if (st != STORE_CONFIG) {
		*tree = edit_dup(ds_tree(s->n->env.ds, ds_of(st)));
		return true;
	}
	if (!config_empty(config, err))
		return false;
	if (!config_nodes(config))
		return true;
	if (edit_tree(tree, config_nodes(config), EDIT_DEFAULT_REPLACE, err))
		return true;
	lyd_free_all(*tree);
	return false;
}

/* ---- candidate and startup ---- */

/* RFC 8341 3.2.5: access is checked on what would really change. */
static bool may_write(struct netconf_session *s, enum ds_name which, const struct lyd_node *tree,
		      struct edit_error *err)
{
	const struct nacm_who who = session_who(s);
	struct change_list changes = {0};
	bool fine;

	change_diff(&changes, ds_tree(s->n->env.ds, which), tree);
	fine = nacm_may_write(s->n->env.nacm, &who, &changes, err);
	change_list_clear(&changes);
	return fine;
}

/* Takes the tree. */
static void write_store(struct netconf_session *s, enum ds_name which, struct lyd_node *tree)
{
	const struct ds_session by = session_by(s);
	struct edit_error err = {0};

	if (may_write(s, which, tree, &err))
		ds_write(s->n->env.ds, which, &by, tree, &err);
	else
		lyd_free_all(tree);
	finish(s, &err);
}

/* ---- running ---- */

static void commit_tree(struct netconf_session *s, const struct lyd_node *tree, bool check_only)
{
	const struct txn_request r = {
		.source = TXN_TREE,
		.tree = tree,
		.by = session_by(s),
		.check_only = check_only,
		.direct = !check_only,
		.done = committed,
		.ctx = s,
	};

	txn_commit(s->n->env.txns, &r);
}

/* ---- edit-config, RFC 6241 7.2 ---- */

static enum edit_default_op default_op(const struct lyd_node *op)
{
	const char *v = rpc_value(op, "default-operation");

	if (v && !strcmp(v, "replace"))
		return EDIT_DEFAULT_REPLACE;
	return v && !strcmp(v, "none") ? EDIT_DEFAULT_NONE : EDIT_DEFAULT_MERGE;
}

static void edit_running(struct netconf_session *s, const struct lyd_node *edit, bool test_only)
{
	const struct txn_request r = {
		.source = TXN_EDIT_TREE,
		.tree = edit,
		.default_op = default_op(s->op),
		.by = session_by(s),
		.check_only = test_only,
		.direct = true,
		.done = committed,
		.ctx = s,
	};

	txn_commit(s->n->env.txns, &r);
}

/* test-then-set is the default (RFC 6241 8.6.4.1): an edit whose outcome is not
 * valid is refused; `set` lets a candidate be invalid on its way. */
static void edit_candidate(struct netconf_session *s, const struct lyd_node *edit, const char *test)
{
	struct lyd_node *tree = edit_dup(ds_tree(s->n->env.ds, DS_CANDIDATE)), *copy;
	const struct ds_session by = session_by(s);
	const struct ly_ctx *ly = s->n->env.schema->ly;
	struct edit_error err = {0};
	bool fine;

	fine = ds_may_write(s->n->env.ds, DS_CANDIDATE, &by, &err) &&
	       edit_tree(&tree, edit, default_op(s->op), &err);
	if (fine && (!test || strcmp(test, "set"))) {
		copy = edit_dup(tree);
		fine = edit_validate(&copy, ly, &err);
		lyd_free_all(copy);
	}
	if (fine && test && !strcmp(test, "test-only")) {
		lyd_free_all(tree);
		reply_ok(s);
	} else if (fine) {
		write_store(s, DS_CANDIDATE, tree);
	} else {
		lyd_free_all(tree);
		finish(s, &err);
	}
}

void op_edit_config(struct netconf_session *s)
{
	const struct lyd_node *none, *config = rpc_child(s->op, "config");
	const char *test = rpc_value(s->op, "test-option");
	enum store target = store_of(s->op, "target", &none);
	struct edit_error err = {0};

	if (!config)
		error_set(&err, ERR_OPERATION_NOT_SUPPORTED, NULL, "only <config>, no URL");
	if (!config || !config_empty(config, &err)) {
		finish(s, &err);
		return;
	}
	/* error-option: whatever it says, all of an edit is done or nothing, which
	 * stop-on-error and continue-on-error allow. */
	if (!config_nodes(config) && default_op(s->op) != EDIT_DEFAULT_REPLACE)
		reply_ok(s);
	else if (target == STORE_RUNNING)
		edit_running(s, config_nodes(config), test && !strcmp(test, "test-only"));
	else
		edit_candidate(s, config_nodes(config), test);
}

/* ---- whole datastores ---- */

static bool same_store(const struct lyd_node *op, struct edit_error *err)
{
	const struct lyd_node *a, *b;
	enum store from = store_of(op, "source", &a), to = store_of(op, "target", &b);

	if (from != to || from == STORE_CONFIG)
		return false;
	error_set(err, ERR_INVALID_VALUE, NULL, "source and target are the same");
	return true;
}

void op_copy_config(struct netconf_session *s)
{
	const struct lyd_node *config, *none;
	enum store from = store_of(s->op, "source", &config);
	enum store to = store_of(s->op, "target", &none);
	struct lyd_node *tree = NULL;
	struct edit_error err = {0};

	if (same_store(s->op, &err) || !no_url(to, &err) ||
	    !source_tree(s, from, config, &tree, &err)) {
		finish(s, &err);
	} else if (to == STORE_RUNNING) {
		commit_tree(s, tree, false);
		lyd_free_all(tree);
	} else {
		write_store(s, ds_of(to), tree);
	}
}

void op_delete_config(struct netconf_session *s)
{
	const struct lyd_node *none;
	struct edit_error err = {0};

	if (store_of(s->op, "target", &none) == STORE_STARTUP) {
		write_store(s, DS_STARTUP, NULL);
		return;
	}
	error_set(&err, ERR_OPERATION_NOT_SUPPORTED, NULL, "only startup can be deleted");
	finish(s, &err);
}

void op_validate(struct netconf_session *s)
{
	const struct lyd_node *config;
	enum store from = store_of(s->op, "source", &config);
	struct lyd_node *tree = NULL;
	struct edit_error err = {0};

	if (!source_tree(s, from, config, &tree, &err)) {
		finish(s, &err);
		return;
	}
	commit_tree(s, tree, true);
	lyd_free_all(tree);
}

/* ---- commit, RFC 6241 8.3.4, 8.4 ---- */

void op_commit(struct netconf_session *s)
{
	const char *timeout = rpc_value(s->op, "confirm-timeout");
	const struct txn_request r = {
		.source = TXN_CANDIDATE,
		.by = session_by(s),
		.confirmed = rpc_child(s->op, "confirmed") != NULL,
		.timeout = timeout ? (unsigned int)strtoul(timeout, NULL, 10) : 0,
		.persist = rpc_value(s->op, "persist"),
		.persist_id = rpc_value(s->op, "persist-id"),
		.done = committed,
		.ctx = s,
	};

	txn_commit(s->n->env.txns, &r);
}

void op_cancel_commit(struct netconf_session *s)
{
	const struct ds_session by = session_by(s);

	txn_cancel(s->n->env.txns, &by, rpc_value(s->op, "persist-id"), committed, s);
}

void op_discard_changes(struct netconf_session *s)
{
	const struct ds_session by = session_by(s);
	struct edit_error err = {0};

	ds_discard(s->n->env.ds, &by, &err);
	finish(s, &err);
}

/* ---- locks, RFC 6241 7.5 ---- */

void op_lock(struct netconf_session *s)
{
	const struct ds_session by = session_by(s);
	const struct lyd_node *none;
	enum ds_name which = ds_of(store_of(s->op, "target", &none));
	struct ds_session owner = {0};
	struct edit_error err = {0};
	unsigned int left;

	/* Not on running while another session's confirmed commit is pending. */
	if (which == DS_RUNNING && txn_pending(s->n->env.txns, &left, &owner) &&
	    owner.id != s->id) {
		error_set(&err, ERR_LOCK_DENIED, NULL,
			  "a confirmed commit of session %u is pending", owner.id);
		err.type = ERR_TYPE_PROTOCOL;
		err.session = owner.id;
	} else {
		ds_lock(s->n->env.ds, which, &by, &err);
	}
	finish(s, &err);
}

void op_unlock(struct netconf_session *s)
{
	const struct ds_session by = session_by(s);
	const struct lyd_node *none;
	struct edit_error err = {0};

	ds_unlock(s->n->env.ds, ds_of(store_of(s->op, "target", &none)), &by, &err);
	finish(s, &err);
}
