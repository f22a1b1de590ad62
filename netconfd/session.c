/* SPDX-License-Identifier: MIT */
/* A NETCONF session between its client and mgmtd. */
#include "netconfd/session.h"

#include <libyang/libyang.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/log.h"
#include "lib/io/stream.h"
#include "lib/nb/msg.h"
#include "netconfd/framing.h"

#define NS_NETCONF "urn:ietf:params:xml:ns:netconf:base:1.0"
#define CAP_1_0	   "urn:ietf:params:netconf:base:1.0"
#define CAP_1_1	   "urn:ietf:params:netconf:base:1.1"
#define USER_MAX   64

enum session_state { SESSION_LOGIN_, SESSION_OPENING, SESSION_HELLO, SESSION_READY };

struct session {
	const struct session_owner *o;
	enum session_state state;
	struct stream *client;
	struct msg_conn *mgmtd;
	struct loop_timer *deadline;
	struct loop_timer *bury; /* tells the owner, from the loop */
	struct framing framing;
	struct memtag mem;
	bool chunked;
	bool busy;    /* an <rpc> is with mgmtd */
	bool started; /* a part of its reply has been written */
	bool over;
	char user[USER_MAX];
	char from[96];
	char why[128];
};

/* ---- the end ---- */

static void bury(void *ctx)
{
	struct session *s = ctx;

	s->o->over(s->o->ctx, s, s->why);
}

static void end(struct session *s, const char *why)
{
	if (s->over)
		return;
	s->over = true;
	snprintf(s->why, sizeof(s->why), "%s", why);
	loop_timer_at(s->bury, loop_now(s->o->loop));
}

static void too_late(void *ctx)
{
	end(ctx, "no login in time");
}

/* ---- to the client ---- */

static void write_piece(struct session *s, const uint8_t *p, size_t n, bool last)
{
	char head[FRAMING_HEAD_MAX];

	if (n > 0) {
		framing_head(s->chunked, n, head);
		stream_write(s->client, span_of(head, strlen(head)));
		stream_write(s->client, span_of(p, n));
	}
	if (last) {
		const char *tail = framing_tail(s->chunked);

		stream_write(s->client, span_of(tail, strlen(tail)));
	}
	if (stream_full(s->client))
		msg_conn_pause(s->mgmtd, true);
}

static void client_drained(void *ctx, struct stream *st)
{
	struct session *s = ctx;

	(void)st;
	if (s->mgmtd)
		msg_conn_pause(s->mgmtd, false);
}

/* ---- the client's hello, RFC 6241 8.1 ---- */

static const char *opaque_name(const struct lyd_node *n)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)n;

	return o->name.module_ns && !strcmp(o->name.module_ns, NS_NETCONF) ? o->name.name : "";
}

static bool is_capability(const struct lyd_node *n, const char *cap)
{
	const char *v = ((const struct lyd_node_opaq *)n)->value;
	size_t len = strlen(cap);

	v += strspn(v, " \t\r\n");
	return !strncmp(v, cap, len) && !v[len + strspn(v + len, " \t\r\n")];
}

/* False: not a hello that we can go on with. */
static bool judge_hello(const struct lyd_node *hello, bool *v1_1)
{
	const struct lyd_node *n, *cap;
	bool v1_0 = false;

	*v1_1 = false;
	if (!hello || hello->schema || strcmp(opaque_name(hello), "hello") || hello->next)
		return false;
	LY_LIST_FOR(lyd_child(hello), n)
	{
		/* Only a server has one to give. */
		if (!strcmp(opaque_name(n), "session-id"))
			return false;
		if (strcmp(opaque_name(n), "capabilities"))
			continue;
		LY_LIST_FOR(lyd_child(n), cap)
		{
			if (strcmp(opaque_name(cap), "capability"))
				continue;
			v1_0 = v1_0 || is_capability(cap, CAP_1_0);
			*v1_1 = *v1_1 || is_capability(cap, CAP_1_1);
		}
	}
	return v1_0 || *v1_1;
}

static void got_hello(struct session *s, const uint8_t *p, size_t len)
{
	struct lyd_node *tree = NULL;
	char *text = strndup((const char *)p, len);
	bool fine;

	if (!text)
		abort();
	fine = !lyd_parse_data_mem(s->o->plain, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0,
				   &tree) &&
	       judge_hello(tree, &s->chunked);
	ly_err_clean((struct ly_ctx *)s->o->plain, NULL);
	lyd_free_all(tree);
	free(text);
	if (!fine) {
		end(s, "no NETCONF hello");
		return;
	}
	s->state = SESSION_READY;
	loop_timer_at(s->deadline, MONO_NEVER);
	if (s->chunked)
		framing_chunked(&s->framing);
}

/* ---- from the client ---- */

static void got_message(struct session *s)
{
	Mgmt__Rpc rpc = MGMT__RPC__INIT;

	if (s->state == SESSION_HELLO) {
		got_hello(s, s->framing.message, s->framing.len);
		return;
	}
	rpc.xml.data = s->framing.message;
	rpc.xml.len = s->framing.len;
	s->busy = true;
	s->started = false;
	stream_pause(s->client, true);
	if (!msg_send(s->mgmtd, MGMT__MESSAGE__KIND_RPC, &rpc.base))
		end(s, "the request is too long");
}

static void open_mgmtd(struct session *s);

/* "USER\n" from the thread. */
static size_t got_user(struct session *s, struct span in)
{
	const uint8_t *lf = memchr(in.p, '\n', in.len < USER_MAX ? in.len : USER_MAX);

	if (!lf)
		return 0;
	snprintf(s->user, sizeof(s->user), "%.*s", (int)(lf - in.p), (const char *)in.p);
	open_mgmtd(s);
	return (size_t)(lf + 1 - in.p);
}

static size_t client_input(void *ctx, struct stream *st, struct span in)
{
	struct session *s = ctx;
	size_t used = 0;

	(void)st;
	if (s->over)
		return in.len;
	if (s->state == SESSION_LOGIN_)
		return got_user(s, in);
	switch (framing_read(&s->framing, in, &used)) {
	case FRAMING_MORE:
		break;
	case FRAMING_MESSAGE:
		got_message(s);
		framing_next(&s->framing);
		break;
	case FRAMING_BAD:
		end(s, s->framing.why);
		break;
	}
	return used;
}

static void client_closed(void *ctx, struct stream *st, const char *why)
{
	struct session *s = ctx;

	(void)st;
	end(s, s->state == SESSION_LOGIN_ ? "no login" : why);
}

static const struct stream_ops client_ops = {
	.input = client_input,
	.closed = client_closed,
	.drained = client_drained,
};

/* ---- mgmtd ---- */

static void got_opened(struct session *s, const Mgmt__Opened *o)
{
	if (s->state != SESSION_OPENING || *o->error) {
		end(s, *o->error ? o->error : "mgmtd opened the session twice");
		return;
	}
	s->state = SESSION_HELLO;
	write_piece(s, (const uint8_t *)o->hello, strlen(o->hello), true);
	stream_pause(s->client, false);
}

static void got_xml(struct session *s, const Mgmt__Xml *x)
{
	bool was_busy = s->busy;

	if (s->state != SESSION_READY && s->state != SESSION_HELLO)
		return;
	if (x->xml.len > 0 || x->last)
		write_piece(s, x->xml.data, x->xml.len, x->last);
	if (x->close) {
		stream_finish(s->client, "closed by mgmtd");
		return;
	}
	if (x->notification || !x->last)
		return;
	s->busy = false;
	if (was_busy)
		stream_pause(s->client, false);
}

static void mgmtd_message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	struct session *s = ctx;

	(void)c;
	if (s->over)
		return;
	if (m->kind_case == MGMT__MESSAGE__KIND_OPENED)
		got_opened(s, m->opened);
	else
		got_xml(s, m->xml);
}

static void mgmtd_closed(void *ctx, struct msg_conn *c, const char *why)
{
	struct session *s = ctx;

	(void)why;
	msg_conn_free(c);
	s->mgmtd = NULL;
	/* What it had to say still goes out. */
	stream_finish(s->client, "mgmtd ended the session");
}

static const struct msg_ops mgmtd_ops = {
	.message = mgmtd_message,
	.closed = mgmtd_closed,
};

static void open_mgmtd(struct session *s)
{
	static const struct msg_limits limits = {
		.accept = MSG_ACCEPT(OPENED) | MSG_ACCEPT(XML),
		.max_in = MSG_MAX_FRONT,
		.max_out = 2 * MSG_MAX_FRONT,
	};
	Mgmt__Open open = MGMT__OPEN__INIT;
	int fd = unix_connect(s->o->mgmtd);

	if (fd < 0) {
		end(s, "mgmtd is not running");
		return;
	}
	s->state = SESSION_OPENING;
	s->mgmtd = msg_conn_new(s->o->loop, fd, &limits, &mgmtd_ops, s, "mgmtd");
	open.kind = MGMT__OPEN__KIND__NETCONF;
	open.user = s->user;
	open.from = s->from;
	stream_pause(s->client, true);
	msg_send(s->mgmtd, MGMT__MESSAGE__KIND_OPEN, &open.base);
}

/* ---- life ---- */

struct session *session_new(const struct session_owner *o, int pair, const char *from)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->o = o;
	s->mem.name = "NETCONF messages";
	snprintf(s->from, sizeof(s->from), "%s", from);
	framing_init(&s->framing, &s->mem);
	s->client = stream_new(o->loop, pair, &client_ops, s, SESSION_MAX_OUT);
	s->bury = loop_timer_new(o->loop, bury, s);
	s->deadline = loop_timer_new(o->loop, too_late, s);
	loop_timer_at(s->deadline, mono_add(loop_now(o->loop), SESSION_LOGIN));
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	loop_timer_free(s->bury);
	loop_timer_free(s->deadline);
	msg_conn_free(s->mgmtd);
	stream_free(s->client);
	framing_clear(&s->framing);
	free(s);
}

bool session_is_ready(const struct session *s)
{
	return s->state == SESSION_READY;
}

const char *session_user(const struct session *s)
{
	return s->user;
}

const char *session_from(const struct session *s)
{
	return s->from;
}
