/* SPDX-License-Identifier: MIT */
/* ZAPI sessions: framing over streams. */
#include "lib/zapi/session.h"

#include <poll.h>
#include <stdio.h>

#include "lib/base/mem.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"

#define NAME_SIZE      48
#define MAX_OUT_CLIENT ((size_t)8 << 20)
#define MAX_OUT_ZEBRA  ((size_t)16 << 20)
#define BAD_BODY_BURST 5
#define BAD_BODY_EVERY (10 * USEC_PER_SEC)
/* Ends of sessions in the log, all together: who comes and goes without end
 * shall not fill it. */
#define END_BURST      50
#define END_EVERY      (USEC_PER_SEC / 2)

struct zapi_session {
	struct loop *loop;
	int fd; /* the stream's */
	struct stream *stream;
	enum zapi_from from;
	enum zapi_dialect dialect;
	bool settled; /* the peer has shown its dialect */
	char name[NAME_SIZE];
	struct zapi_session_ops ops;
	void *ctx;
	size_t skip; /* octets of an over-long message still to be dropped */
	struct log_limit bad_body;
	struct zapi_session_faults faults;
};

static void fault(struct zapi_session *s, const char *what, size_t len, const char *why)
{
	s->faults.dropped++;
	s->faults.last_at = loop_now(s->loop);
	snprintf(s->faults.last, sizeof(s->faults.last), "%s (%zu octets) is dropped: %s", what,
		 len, why);
	log_limited(&s->bad_body, LOG_LVL_WARNING, "%s: %s", s->name, s->faults.last);
}

static void bad_header(struct zapi_session *s, struct span in)
{
	char why[96];
	unsigned int len = in.len >= 2 ? (unsigned int)(in.p[0] << 8 | in.p[1]) : 0;

	snprintf(why, sizeof(why), "not a ZAPI header: length %u, marker %u, version %u", len,
		 in.len >= 3 ? in.p[2] : 0u, in.len >= 4 ? in.p[3] : 0u);
	stream_close(s->stream, why);
}

static size_t drop_overlong(struct zapi_session *s, struct span in, size_t len)
{
	size_t n = len < in.len ? len : in.len;

	fault(s, "a message", len, "it is too long");
	s->skip = len - n;
	return n;
}

/* A client's first message shows what it speaks. A zebra's answer to HELLO
 * does, before which it may have told of interfaces. */
static void learn_dialect(struct zapi_session *s, struct span msg)
{
	if (s->from == ZAPI_FROM_CLIENT) {
		s->settled = true;
		s->dialect = zapi_dialect_of_client(msg);
	} else if (zapi_is_other_dialect(msg, s->dialect)) {
		s->dialect = zapi_other_dialect(s->dialect);
	}
}

static size_t session_input(void *ctx, struct stream *stream, struct span in)
{
	struct zapi_session *s = ctx;
	struct zapi_msg m;
	enum zapi_verdict v;
	int frame;
	size_t len;

	(void)stream;
	if (s->skip) {
		size_t n = s->skip < in.len ? s->skip : in.len;

		s->skip -= n;
		return n;
	}
	frame = zapi_frame_len(in);
	if (frame < 0) {
		bad_header(s, in);
		return 0;
	}
	len = (size_t)frame;
	if (len > ZAPI_MAX_LEN)
		return drop_overlong(s, in, len);
	if (len == 0 || in.len < len)
		return 0;
	if (!s->settled)
		learn_dialect(s, span_of(in.p, len));
	v = zapi_decode(span_of(in.p, len), s->from, s->dialect, &m);
	if (v == ZAPI_SHORT || v == ZAPI_INVALID) {
		fault(s, zapi_cmd_name(m.cmd), len, zapi_verdict_name(v));
		return len;
	}
	if (v == ZAPI_OK && m.cmd == ZAPI_CAPABILITIES)
		s->settled = true;
	s->ops.message(s->ctx, s, &m, v); /* may free s */
	return len;
}

static void session_closed(void *ctx, struct stream *stream, const char *why)
{
	static struct log_limit ends = LOG_LIMIT(END_BURST, END_EVERY);
	struct zapi_session *s = ctx;

	(void)stream;
	log_limited(&ends, LOG_LVL_NOTICE, "%s: session ended: %s", s->name, why);
	s->ops.closed(s->ctx, s, why);
}

static void session_drained(void *ctx, struct stream *stream)
{
	struct zapi_session *s = ctx;

	(void)stream;
	if (s->ops.drained)
		s->ops.drained(s->ctx, s);
}

struct zapi_session *zapi_session_new(struct loop *l, int fd, enum zapi_from from, const char *name,
				      const struct zapi_session_ops *ops, void *ctx)
{
	static const struct stream_ops stream_ops = {session_input, session_closed,
						     session_drained};
	struct zapi_session *s = mem_new(loop_mem(l), sizeof(*s));

	s->loop = l;
	s->fd = fd;
	s->from = from;
	s->ops = *ops;
	s->ctx = ctx;
	s->bad_body = (struct log_limit)LOG_LIMIT(BAD_BODY_BURST, BAD_BODY_EVERY);
	zapi_session_rename(s, name);
	s->stream = stream_new(l, fd, &stream_ops, s,
			       from == ZAPI_FROM_CLIENT ? MAX_OUT_CLIENT : MAX_OUT_ZEBRA);
	return s;
}

void zapi_session_free(struct zapi_session *s)
{
	if (!s)
		return;
	stream_free(s->stream);
	mem_free(loop_mem(s->loop), s);
}

void zapi_session_send(struct zapi_session *s, const struct zapi_msg *m)
{
	uint8_t buf[ZAPI_MAX_LEN];
	struct wr w = wr_init(buf, sizeof(buf));
	enum zapi_from ours = s->from == ZAPI_FROM_CLIENT ? ZAPI_FROM_ZEBRA : ZAPI_FROM_CLIENT;

	if (!zapi_encode(&w, ours, s->dialect, m)) {
		log_limited(&s->bad_body, LOG_LVL_ERROR, "%s: %s can't be sent: no such form",
			    s->name, zapi_cmd_name(m->cmd));
		return;
	}
	stream_write(s->stream, span_of(buf, wr_len(&w)));
}

bool zapi_session_full(const struct zapi_session *s)
{
	return stream_full(s->stream);
}

void zapi_session_pause(struct zapi_session *s, bool paused)
{
	stream_pause(s->stream, paused);
}

size_t zapi_session_pending(const struct zapi_session *s)
{
	return stream_pending(s->stream);
}

void zapi_session_end(struct zapi_session *s, const char *why)
{
	stream_close(s->stream, why);
}

const struct zapi_session_faults *zapi_session_faults(const struct zapi_session *s)
{
	return &s->faults;
}

bool zapi_session_hung_up(const struct zapi_session *s)
{
	struct pollfd p = {.fd = s->fd, .events = POLLRDHUP};

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL));
}

void zapi_session_rename(struct zapi_session *s, const char *name)
{
	snprintf(s->name, sizeof(s->name), "%s", name);
}

void zapi_session_speak(struct zapi_session *s, enum zapi_dialect d)
{
	s->dialect = d;
}

bool zapi_session_settled(const struct zapi_session *s)
{
	return s->settled;
}

enum zapi_dialect zapi_session_dialect(const struct zapi_session *s)
{
	return s->dialect;
}
