/* SPDX-License-Identifier: MIT */
/* NETCONF sessions: birth, hello, messages, death. */
#include "mgmtd/netconf.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmtd/netconf_private.h"

struct netconf *netconf_new(const struct netconf_env *env)
{
	struct netconf *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	n->env = *env;
	if (ly_ctx_new(NULL, LY_CTX_NO_YANGLIBRARY | LY_CTX_DISABLE_SEARCHDIR_CWD, &n->plain))
		abort();
	n->start = (int64_t)time(NULL);
	netconf_sessions_init(&n->sessions);
	return n;
}

void netconf_free(struct netconf *n)
{
	if (!n)
		return;
	ly_ctx_destroy(n->plain);
	free(n);
}

struct netconf_session *session_find(const struct netconf *n, uint32_t id)
{
	struct netconf_session *s;

	LIST_EACH (netconf_sessions, &n->sessions, s)
		if (s->id == id)
			return s;
	return NULL;
}

void session_end(struct netconf_session *s, enum session_end why, const char *text)
{
	if (s->ended)
		return;
	s->ended = true;
	s->why = why;
	if (why == END_DROPPED)
		s->n->dropped_sessions++;
	s->ops->end(s->ctx, text);
}

struct netconf_session *netconf_session_new(struct netconf *n, const struct netconf_who *who,
					    const struct netconf_session_ops *ops, void *ctx)
{
	struct netconf_session *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->n = n;
	s->ops = ops;
	s->ctx = ctx;
	s->id = who->id;
	s->user = strdup(who->user ? who->user : "");
	s->from = strdup(who->from ? who->from : "");
	if (!s->user || !s->from)
		abort();
	s->recovery = who->recovery;
	s->login = (int64_t)time(NULL);
	/* Nobody said good-bye, unless the session is ended otherwise. */
	s->why = END_DROPPED;
	notices_init(&s->waiting);
	n->in_sessions++;
	notify_session(s, true);
	netconf_sessions_add_tail(&n->sessions, s);
	return s;
}

void netconf_session_free(struct netconf_session *s)
{
	if (!s)
		return;
	netconf_sessions_del(&s->n->sessions, s);
	if (!s->ended)
		s->n->dropped_sessions++;
	get_cancel(s->job);
	if (s->call)
		backend_call_free(s->call);
	txn_session_end(s->n->env.txns, s->id);
	ds_session_end(s->n->env.ds, s->id);
	notify_session(s, false);
	notify_free(s);
	lyd_free_all(s->envelope);
	lyd_free_all(s->op);
	xml_clear(&s->attributes);
	xml_clear(&s->out);
	free(s->user);
	free(s->from);
	free(s);
}

static void add_capability(void *ctx, const char *uri)
{
	xml_leaf(ctx, "capability", uri);
}

char *netconf_session_hello(const struct netconf_session *s)
{
	struct xml t = {0};

	xml_add(&t, "<hello xmlns=\"" NS_NETCONF "\"><capabilities>");
	capabilities_each(s->n, add_capability, &t);
	xml_fmt(&t, "</capabilities><session-id>%u</session-id></hello>", s->id);
	return t.p;
}

void netconf_session_rpc(struct netconf_session *s, const char *xml, size_t len)
{
	struct edit_error err = {0};
	char *text;
	bool fine;

	if (s->ended)
		return;
	if (s->busy) {
		session_end(s, END_OTHER, "an <rpc> came before the reply to the last one");
		return;
	}
	s->busy = true;
	s->counts.in_rpcs++;
	s->n->counts.in_rpcs++;
	text = strndup(xml, len);
	if (!text)
		abort();
	/* XML has no NUL: what stands behind one would be dropped unseen. */
	if (strlen(text) != len) {
		error_set(&err, ERR_MALFORMED_MESSAGE, NULL, "a NUL octet is not XML");
		err.type = ERR_TYPE_RPC;
		fine = false;
	} else {
		fine = rpc_parse(s, text, &err);
	}
	free(text);
	if (fine) {
		rpc_run(s);
		return;
	}
	s->counts.in_bad_rpcs++;
	s->n->counts.in_bad_rpcs++;
	reply_error(s, &err);
}

void netconf_session_drained(struct netconf_session *s)
{
	if (s->ended)
		return;
	if (s->busy)
		reply_pump(s);
	else
		notify_flush(s);
}
