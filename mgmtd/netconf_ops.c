/* SPDX-License-Identifier: MIT */
/* Which RPC is done by whom; sessions' own operations; RPCs of daemons. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/netconf_private.h"

static void op_close_session(struct netconf_session *s)
{
	s->close_after = true;
	reply_ok(s);
}

/* RFC 6241 7.9. */
static void op_kill_session(struct netconf_session *s)
{
	const char *id = rpc_value(s->op, "session-id");
	uint32_t which = (uint32_t)strtoul(id, NULL, 10);
	struct netconf_session *other = session_find(s->n, which);
	struct edit_error err = {0};
	char why[96];

	snprintf(why, sizeof(why), "killed by session %u", s->id);
	if (which == s->id) {
		error_set(&err, ERR_INVALID_VALUE, NULL, "session %u is this session", which);
	} else if (other) {
		other->killed_by = s->id;
		session_end(other, END_KILLED, why);
	} else if (!s->n->env.kill || !s->n->env.kill(s->n->env.ctx, which, why)) {
		error_set(&err, ERR_INVALID_VALUE, NULL, "there is no session %u", which);
	}
	if (err.tag)
		reply_error(s, &err);
	else
		reply_ok(s);
}

static const struct op {
	const char *module, *name;
	void (*run)(struct netconf_session *s);
} ops[] = {
	{"ietf-netconf", "get", op_get},
	{"ietf-netconf", "get-config", op_get_config},
	{"ietf-netconf", "edit-config", op_edit_config},
	{"ietf-netconf", "copy-config", op_copy_config},
	{"ietf-netconf", "delete-config", op_delete_config},
	{"ietf-netconf", "lock", op_lock},
	{"ietf-netconf", "unlock", op_unlock},
	{"ietf-netconf", "close-session", op_close_session},
	{"ietf-netconf", "kill-session", op_kill_session},
	{"ietf-netconf", "validate", op_validate},
	{"ietf-netconf", "commit", op_commit},
	{"ietf-netconf", "cancel-commit", op_cancel_commit},
	{"ietf-netconf", "discard-changes", op_discard_changes},
	{"ietf-netconf-monitoring", "get-schema", op_get_schema},
	{"notifications", "create-subscription", op_create_subscription},
};
#define N_OPS (sizeof(ops) / sizeof(ops[0]))

/* ---- RPCs of daemons ---- */

static void called(void *ctx, const char *error, Mgmt__Node *const *output, size_t n)
{
	struct netconf_session *s = ctx;
	struct edit_error err = {0};
	struct lyd_node *out = NULL;
	struct xml t = {0};

	s->call = NULL;
	if (error) {
		error_set(&err, ERR_OPERATION_FAILED, NULL, "%s", error);
		reply_error(s, &err);
		return;
	}
	if (n > 0 && !lyd_dup_single(s->op, NULL, 0, &out)) {
		backend_tree(out, output, n, true);
		xml_tree(&t, lyd_child(out), LYD_PRINT_WD_EXPLICIT);
		lyd_free_all(out);
	}
	reply_text(s, t.p ? t.p : "<ok/>");
	xml_clear(&t);
}

static void call_daemon(struct netconf_session *s)
{
	struct edit_error err = {0};

	if (s->n->env.backend && backend_serves_rpc(s->n->env.backend, s->op->schema)) {
		s->call = backend_call_new(s->n->env.backend, s->op->schema, s->op, called, s);
		return;
	}
	error_set(&err, ERR_OPERATION_NOT_SUPPORTED, NULL, "no daemon that serves %s is running",
		  s->op->schema->name);
	err.bad_element = strdup(s->op->schema->name);
	reply_error(s, &err);
}

void rpc_run(struct netconf_session *s)
{
	const struct nacm_who who = session_who(s);
	const struct lysc_node *rpc = s->op->schema;
	struct edit_error err = {0};

	if (!nacm_may_exec(s->n->env.nacm, &who, rpc, &err)) {
		err.type = ERR_TYPE_PROTOCOL;
		reply_error(s, &err);
		return;
	}
	for (size_t i = 0; i < N_OPS; i++)
		if (!strcmp(ops[i].name, rpc->name) && !strcmp(ops[i].module, rpc->module->name)) {
			ops[i].run(s);
			return;
		}
	call_daemon(s);
}

const struct lyd_node *rpc_child(const struct lyd_node *op, const char *name)
{
	const struct lyd_node *n;

	LY_LIST_FOR(lyd_child(op), n)
	if (n->schema && !strcmp(n->schema->name, name))
		return n;
	return NULL;
}

const char *rpc_value(const struct lyd_node *op, const char *name)
{
	const struct lyd_node *n = rpc_child(op, name);

	return n ? lyd_get_value(n) : NULL;
}
