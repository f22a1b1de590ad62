/* SPDX-License-Identifier: MIT */
/*
 * Notifications: subscriptions (RFC 5277 2.1), those of mgmtd itself (RFC
 * 6470) and those of daemons. One that can't go at once, because a reply is
 * on its way or the client does not read, waits in a bounded queue; when that
 * is full the session ends, so that a client never misses one unknowingly.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmtd/netconf_private.h"

/* Edits that one netconf-config-change lists; beyond that it names containers. */
#define EDITS_MAX 200

/* ---- subscriptions ---- */

static bool check_times(const struct lyd_node *op, struct edit_error *err)
{
	if (rpc_child(op, "startTime")) {
		error_set(err, ERR_OPERATION_FAILED, NULL, "stream NETCONF has no replay");
		err->bad_element = strdup("startTime");
		err->type = ERR_TYPE_PROTOCOL;
		return false;
	}
	/* RFC 5277 2.1.1: stopTime must come with startTime. */
	if (rpc_child(op, "stopTime")) {
		error_set(err, ERR_MISSING_ELEMENT, NULL, "stopTime without startTime");
		err->bad_element = strdup("startTime");
		err->type = ERR_TYPE_PROTOCOL;
		return false;
	}
	return true;
}

void op_create_subscription(struct netconf_session *s)
{
	const struct lyd_node *filter = rpc_child(s->op, "filter");
	const char *stream = rpc_value(s->op, "stream");
	struct edit_error err = {0};

	if (s->subscribed) {
		error_set(&err, ERR_OPERATION_FAILED, NULL, "this session has subscribed already");
		err.type = ERR_TYPE_PROTOCOL;
	} else if (stream && strcmp(stream, "NETCONF")) {
		error_set(&err, ERR_INVALID_VALUE, NULL, "there is no stream %s", stream);
		err.bad_element = strdup("stream");
	} else if (check_times(s->op, &err)) {
		if (filter)
			s->filter = filter_new(s->n->env.schema->ly, filter, &err);
	}
	if (err.tag) {
		reply_error(s, &err);
		return;
	}
	/* The filter borrows from the operation. */
	s->subscription = s->op;
	s->op = NULL;
	s->subscribed = true;
	reply_ok(s);
}

/* ---- delivery ---- */

static void send_notice(struct netconf_session *s, const char *xml, size_t len)
{
	s->counts.out_notifications++;
	s->n->counts.out_notifications++;
	s->ops->notification(s->ctx, xml, len);
}

void notify_flush(struct netconf_session *s)
{
	struct notice *w;

	while (!s->busy && !s->ended && !s->ops->full(s->ctx) && (w = notices_first(&s->waiting))) {
		notices_del(&s->waiting, w);
		s->waiting_octets -= w->len;
		send_notice(s, w->xml, w->len);
		free(w);
	}
}

static void queue_notice(struct netconf_session *s, const struct xml *t)
{
	struct notice *w;

	if (!s->busy && notices_empty(&s->waiting) && !s->ops->full(s->ctx)) {
		send_notice(s, t->p, t->len);
		return;
	}
	if (s->waiting_octets + t->len > NETCONF_QUEUE_MAX) {
		session_end(s, END_DROPPED, "the client does not read its notifications");
		return;
	}
	w = calloc(1, sizeof(*w) + t->len + 1);
	if (!w)
		abort();
	w->len = t->len;
	memcpy(w->xml, t->p, t->len + 1);
	notices_add_tail(&s->waiting, w);
	s->waiting_octets += t->len;
}

static void deliver(struct netconf_session *s, const struct lyd_node *event, int64_t when)
{
	const struct nacm_who who = session_who(s);
	struct lyd_node *chosen = NULL;
	struct edit_error err = {0};
	struct xml t = {0};

	/* RFC 8341 3.4.6: what may not be told is left out. */
	if (s->ended || !s->subscribed ||
	    !nacm_may_be_notified(s->n->env.nacm, &who, event->schema))
		return;
	if (s->filter && (!filter_apply(s->filter, event, &chosen, &err) || !chosen)) {
		error_clear(&err);
		return;
	}
	xml_add(&t, "<notification xmlns=\"" NS_EVENT "\"><eventTime>");
	xml_time(&t, when);
	xml_add(&t, "</eventTime>");
	xml_tree(&t, chosen ? chosen : event, LYD_PRINT_WD_EXPLICIT);
	xml_add(&t, "</notification>");
	queue_notice(s, &t);
	xml_clear(&t);
	lyd_free_all(chosen);
}

static bool anybody(const struct netconf *n)
{
	const struct netconf_session *s;

	LIST_EACH (netconf_sessions, &n->sessions, s)
		if (s->subscribed)
			return true;
	return false;
}

static void deliver_all(struct netconf *n, const struct lyd_node *event)
{
	struct netconf_session *s;
	int64_t now = (int64_t)time(NULL);

	LIST_EACH (netconf_sessions, &n->sessions, s)
		deliver(s, event, now);
}

/* Our own come as text, to be filtered they must be a tree. */
static void deliver_xml(struct netconf *n, const struct xml *t)
{
	struct ly_ctx *ly = n->env.schema->ly;
	struct lyd_node *tree = NULL, *event = NULL;
	struct ly_in *in;

	if (ly_in_new_memory(t->p, &in))
		abort();
	if (lyd_parse_op(ly, NULL, in, LYD_XML, LYD_TYPE_NOTIF_YANG, &tree, &event))
		ly_err_clean(ly, NULL);
	else
		deliver_all(n, event);
	ly_in_free(in, 0);
	lyd_free_all(tree);
}

void netconf_backend_notify(struct netconf *n, const struct lysc_node *notification,
			    Mgmt__Node *const *leaf, size_t n_leaf)
{
	struct lyd_node *event = NULL;

	if (!anybody(n))
		return;
	if (lyd_new_inner(NULL, notification->module, notification->name, 0, &event)) {
		ly_err_clean(n->env.schema->ly, NULL);
		return;
	}
	if (backend_tree(event, leaf, n_leaf, false))
		deliver_all(n, event);
	lyd_free_all(event);
}

/* ---- RFC 6470 ---- */

static void add_who(struct xml *t, const struct ds_session *by)
{
	char host[64];

	xml_leaf(t, "username", by->user && *by->user ? by->user : "unknown");
	xml_fmt(t, "<session-id>%u</session-id>", by->id);
	snprintf(host, sizeof(host), "%.*s", (int)strcspn(by->from ? by->from : "", " "),
		 by->from ? by->from : "");
	if (strpbrk(host, ".:"))
		xml_leaf(t, "source-host", host);
}

static void add_changed_by(struct xml *t, const struct ds_session *by)
{
	xml_add(t, "<changed-by>");
	if (by->id)
		add_who(t, by);
	else
		xml_add(t, "<server/>");
	xml_add(t, "</changed-by>");
}

static void add_edit(struct xml *t, const struct ly_ctx *ly, const char *path, const char *op)
{
	xml_add(t, "<edit>");
	xml_path(t, ly, "<target", path);
	xml_fmt(t, "</target><operation>%s</operation></edit>", op);
}

static const char *operation_of(const struct change *c)
{
	switch (c->op) {
	case CHANGE_CREATE:
		return "create";
	case CHANGE_DELETE:
		return "delete";
	case CHANGE_SET:
		break;
	}
	return c->old ? "replace" : "create";
}

static bool below(const struct lyd_node *n, const struct lyd_node *top)
{
	for (; n && top; n = lyd_parent(n))
		if (n == top)
			return true;
	return false;
}

static const struct lyd_node *top_of(const struct lyd_node *n)
{
	while (lyd_parent(n))
		n = lyd_parent(n);
	return n;
}

static void add_edits(struct xml *t, const struct ly_ctx *ly, const struct change_list *changes)
{
	const struct lyd_node *told = NULL;
	bool few = changes->n <= EDITS_MAX;

	for (size_t i = 0; i < changes->n; i++) {
		const struct change *c = &changes->v[i];
		const struct lyd_node *at = few ? c->at : top_of(c->at);
		char *path;

		/* What came with the entry above is told by it. */
		if (below(at, told))
			continue;
		if (!few || c->op == CHANGE_CREATE)
			told = at;
		path = lyd_path(at, LYD_PATH_STD, NULL, 0);
		if (path)
			add_edit(t, ly, path, few ? operation_of(c) : "merge");
		free(path);
	}
}

static void config_changed(struct netconf *n, const struct txn_event *ev)
{
	struct xml t = {0};

	xml_add(&t, "<netconf-config-change xmlns=\"" NS_NOTIF "\">");
	add_changed_by(&t, &ev->by);
	xml_add(&t, "<datastore>running</datastore>");
	if (ev->changes)
		add_edits(&t, n->env.schema->ly, ev->changes);
	xml_add(&t, "</netconf-config-change>");
	deliver_xml(n, &t);
	xml_clear(&t);
}

static void confirm_event(struct netconf *n, const struct txn_event *ev, const char *what)
{
	bool timed = ev->kind == TXN_CONFIRM_START || ev->kind == TXN_CONFIRM_EXTEND;
	struct xml t = {0};

	xml_add(&t, "<netconf-confirmed-commit xmlns=\"" NS_NOTIF "\">");
	if (ev->kind != TXN_CONFIRM_TIMEOUT)
		add_who(&t, &ev->by);
	xml_leaf(&t, "confirm-event", what);
	if (timed)
		xml_fmt(&t, "<timeout>%u</timeout>", ev->timeout);
	xml_add(&t, "</netconf-confirmed-commit>");
	deliver_xml(n, &t);
	xml_clear(&t);
}

void netconf_txn_event(struct netconf *n, const struct txn_event *ev)
{
	if (!anybody(n))
		return;
	switch (ev->kind) {
	case TXN_COMMITTED:
		config_changed(n, ev);
		return;
	case TXN_CONFIRM_START:
		confirm_event(n, ev, "start");
		return;
	case TXN_CONFIRM_EXTEND:
		confirm_event(n, ev, "extend");
		return;
	case TXN_CONFIRM_CANCEL:
		confirm_event(n, ev, "cancel");
		return;
	case TXN_CONFIRM_TIMEOUT:
		confirm_event(n, ev, "timeout");
		return;
	case TXN_CONFIRM_COMPLETE:
		confirm_event(n, ev, "complete");
		return;
	}
}

static const char *const end_reasons[] = {
	[END_CLOSED] = "closed",
	[END_KILLED] = "killed",
	[END_DROPPED] = "dropped",
	[END_OTHER] = "other",
};

void notify_session(struct netconf_session *s, bool start)
{
	const struct ds_session by = session_by(s);
	const char *name = start ? "netconf-session-start" : "netconf-session-end";
	struct xml t = {0};

	if (!anybody(s->n))
		return;
	xml_fmt(&t, "<%s xmlns=\"" NS_NOTIF "\">", name);
	add_who(&t, &by);
	if (!start && s->killed_by)
		xml_fmt(&t, "<killed-by>%u</killed-by>", s->killed_by);
	if (!start)
		xml_leaf(&t, "termination-reason", end_reasons[s->why]);
	xml_fmt(&t, "</%s>", name);
	deliver_xml(s->n, &t);
	xml_clear(&t);
}

void notify_free(struct netconf_session *s)
{
	struct notice *w;

	while ((w = notices_first(&s->waiting))) {
		notices_del(&s->waiting, w);
		free(w);
	}
	filter_free(s->filter);
	lyd_free_all(s->subscription);
}
