/* SPDX-License-Identifier: MIT */
/* Show commands over a socket, in the framing of FRR's vty. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/cli/run.h"
#include "lib/cli/show.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"

/* The group may use it, as FRR has it: who may look is who may connect. */
#define VTY_MODE 0770

struct session {
	struct list_link link;
	struct show_server *server;
	struct stream *stream;
};
LIST_TYPE(sessions, struct session, link);

struct show_server {
	struct loop *loop;
	struct listener *listener;
	struct show_table table;
	struct sessions sessions;
	struct log_limit too_long, too_many;
};

static void session_free(struct session *s)
{
	sessions_del(&s->server->sessions, s);
	stream_free(s->stream);
	mem_free(loop_mem(s->server->loop), s);
}

static void session_answer(struct session *s, const char *line)
{
	struct show_answer a = show_answer(&s->server->table, line);
	const uint8_t end[4] = {0, 0, 0, (uint8_t)a.status};

	if (a.len > SHOW_ANSWER_MAX - sizeof(end) - stream_pending(s->stream)) {
		const char sorry[] = "% The answer is too large.\n\0\0\0\001";

		stream_write(s->stream, span_of(sorry, sizeof(sorry) - 1));
		free(a.text);
		return;
	}
	stream_write(s->stream, span_of(a.text, a.len));
	stream_write(s->stream, span_of(end, sizeof(end)));
	free(a.text);
	if (a.leave)
		stream_finish(s->stream, "the user left");
	/* The next request waits until this one's answer has been read. */
	else if (stream_full(s->stream))
		stream_pause(s->stream, true);
}

static size_t session_input(void *ctx, struct stream *stream, struct span in)
{
	struct session *s = ctx;
	size_t len = 0;

	(void)stream;
	switch (show_frame(in, &len)) {
	case SHOW_FRAME_MORE:
		return 0;
	case SHOW_FRAME_TOO_LONG:
		log_limited(&s->server->too_long, LOG_LVL_WARNING,
			    "vty: a request of more than %u octets, session ended",
			    SHOW_REQUEST_MAX);
		stream_close(s->stream, "request too long");
		return in.len;
	case SHOW_FRAME_LINE:
		break;
	}
	session_answer(s, (const char *)in.p);
	return len + 1;
}

static void session_closed(void *ctx, struct stream *stream, const char *why)
{
	struct session *s = ctx;

	(void)stream;
	log_debug("vty: session ended: %s", why);
	session_free(s);
}

static void session_drained(void *ctx, struct stream *stream)
{
	(void)ctx;
	stream_pause(stream, false);
}

static const struct stream_ops session_ops = {
	.input = session_input,
	.closed = session_closed,
	.drained = session_drained,
};

static void server_accepted(void *ctx, int fd)
{
	struct show_server *v = ctx;
	struct session *s;

	if (sessions_count(&v->sessions) == SHOW_SESSIONS_MAX) {
		log_limited(&v->too_many, LOG_LVL_WARNING,
			    "vty: %u sessions are open, one more is refused", SHOW_SESSIONS_MAX);
		close(fd);
		return;
	}
	s = mem_new(loop_mem(v->loop), sizeof(*s));
	s->server = v;
	s->stream = stream_new(v->loop, fd, &session_ops, s, SHOW_ANSWER_MAX);
	sessions_add_tail(&v->sessions, s);
}

struct show_server *show_server_new(struct loop *l, const char *path, const char *daemon_name,
				    const struct show_command *commands, size_t n, const void *ctx,
				    char *err, unsigned int err_size)
{
	struct show_server *v = mem_new(loop_mem(l), sizeof(*v));

	v->loop = l;
	v->table = (struct show_table){commands, n, ctx, daemon_name};
	sessions_init(&v->sessions);
	v->too_long = v->too_many = (struct log_limit)LOG_LIMIT(5, 10 * USEC_PER_SEC);
	v->listener = listener_new(l, path, VTY_MODE, server_accepted, v, err, err_size);
	if (!v->listener) {
		mem_free(loop_mem(l), v);
		return NULL;
	}
	return v;
}

void show_server_free(struct show_server *v)
{
	struct session *s, *next;

	if (!v)
		return;
	LIST_EACH_SAFE (sessions, &v->sessions, s, next)
		session_free(s);
	listener_free(v->listener);
	mem_free(loop_mem(v->loop), v);
}
