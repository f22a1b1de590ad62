/* SPDX-License-Identifier: MIT */
/* Replies: their frame, errors, and giving them away piece by piece. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/netconf_private.h"

#define PIECE_MAX ((size_t)64 << 10)

static void add_info(struct xml *t, const struct edit_error *e)
{
	xml_add(t, "<error-info>");
	if (e->tag == ERR_LOCK_DENIED)
		xml_fmt(t, "<session-id>%u</session-id>", e->session);
	if (e->tag == ERR_MISSING_ATTRIBUTE || e->tag == ERR_BAD_ATTRIBUTE ||
	    e->tag == ERR_UNKNOWN_ATTRIBUTE) {
		xml_leaf(t, "bad-attribute", e->bad_element);
		xml_leaf(t, "bad-element", e->type == ERR_TYPE_RPC ? "rpc" : "filter");
	} else {
		xml_leaf(t, "bad-element", e->bad_element);
	}
	xml_leaf(t, "bad-namespace", e->bad_ns);
	xml_add(t, "</error-info>");
}

void error_xml(struct xml *t, const struct ly_ctx *ly, const struct edit_error *e)
{
	char *message = error_text(e);

	xml_add(t, "<rpc-error>");
	xml_leaf(t, "error-type", error_type_name(e->type));
	xml_leaf(t, "error-tag", error_tag_name(e->tag));
	xml_leaf(t, "error-severity", "error");
	xml_leaf(t, "error-app-tag", e->app_tag);
	if (e->path) {
		xml_path(t, ly, "<error-path", e->path);
		xml_add(t, "</error-path>");
	}
	xml_add(t, "<error-message xml:lang=\"en\">");
	xml_escaped(t, message);
	xml_add(t, "</error-message>");
	if (e->tag == ERR_LOCK_DENIED || e->bad_element || e->bad_ns)
		add_info(t, e);
	xml_add(t, "</rpc-error>");
	free(message);
}

void reply_begin(struct netconf_session *s)
{
	xml_add(&s->out, "<rpc-reply xmlns=\"" NS_NETCONF "\"");
	/* RFC 6241 4.1: all attributes of <rpc> come back. */
	if (s->attributes.p)
		xml_add(&s->out, s->attributes.p);
	xml_add(&s->out, ">");
}

void reply_end(struct netconf_session *s)
{
	xml_add(&s->out, "</rpc-reply>");
	s->complete = true;
	reply_pump(s);
}

void reply_text(struct netconf_session *s, const char *xml)
{
	reply_begin(s);
	xml_add(&s->out, xml);
	reply_end(s);
}

void reply_ok(struct netconf_session *s)
{
	reply_text(s, "<ok/>");
}

void reply_error(struct netconf_session *s, struct edit_error *err)
{
	reply_begin(s);
	error_xml(&s->out, s->n->env.schema->ly, err);
	error_clear(err);
	s->counts.out_rpc_errors++;
	s->n->counts.out_rpc_errors++;
	reply_end(s);
}

static void rpc_over(struct netconf_session *s)
{
	lyd_free_all(s->envelope);
	lyd_free_all(s->op);
	s->envelope = s->op = NULL;
	xml_clear(&s->attributes);
	xml_clear(&s->out);
	s->sent = 0;
	s->complete = s->busy = false;
}

/* The job of a get is asked for more only when all before has gone: what is
 * held here is one page. */
void reply_pump(struct netconf_session *s)
{
	if (s->pumping || s->ended)
		return;
	s->pumping = true;
	while (s->busy) {
		size_t n = s->out.len - s->sent;
		bool last = s->complete && n <= PIECE_MAX;

		if (n == 0 && !s->complete) {
			s->out.len = s->sent = 0;
			if (!s->job || s->ops->full(s->ctx))
				break;
			get_resume(s->job);
			if (s->out.len == 0)
				break;
			continue;
		}
		if (s->ops->full(s->ctx))
			break;
		if (n > PIECE_MAX)
			n = PIECE_MAX;
		s->ops->reply(s->ctx, s->out.p + s->sent, n, last);
		s->sent += n;
		if (last)
			rpc_over(s);
	}
	s->pumping = false;
	if (s->busy)
		return;
	if (s->close_after)
		session_end(s, END_CLOSED, "closed by the client");
	else
		notify_flush(s);
}
