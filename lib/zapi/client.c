/* SPDX-License-Identifier: MIT */
/* A ZAPI client that stays connected. */
#include "lib/zapi/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"

#define RETRY_FIRST (100 * USEC_PER_MSEC)
#define RETRY_MAX   (2 * USEC_PER_SEC)

struct zapi_client {
	struct loop *loop;
	char *path;
	struct zapi_hello hello;
	struct zapi_client_ops ops;
	void *ctx;
	struct zapi_session *session; /* NULL: not connected */
	bool up;		      /* HELLO has been answered */
	bool asked_again;	      /* ... by an ERROR: said in the other dialect too */
	enum zapi_dialect dialect;    /* of the last zebra that answered; tried first */
	struct loop_timer *retry;
	usec_t wait;
	int last_errno; /* of the refusal that was logged last */
};

static void client_retry_later(struct zapi_client *c)
{
	loop_timer_at(c->retry, mono_add(loop_now(c->loop), c->wait));
	c->wait = c->wait * 2 > RETRY_MAX ? RETRY_MAX : c->wait * 2;
}

static void say_hello(struct zapi_client *c)
{
	struct zapi_msg hello = {.cmd = ZAPI_HELLO};

	hello.u.hello = c->hello;
	zapi_session_send(c->session, &hello);
}

/* The first answer; false: HELLO must be said once more. */
static bool hello_answered(struct zapi_client *c, const struct zapi_msg *m,
			   enum zapi_verdict verdict)
{
	enum zapi_dialect spoken = zapi_session_dialect(c->session);

	if (verdict == ZAPI_OK && m->cmd == ZAPI_ERROR && spoken != c->dialect && !c->asked_again) {
		c->asked_again = true;
		say_hello(c);
		return false;
	}
	if (verdict != ZAPI_OK || m->cmd != ZAPI_CAPABILITIES)
		return false;
	c->dialect = spoken;
	c->up = true;
	log_info("%s: connected to zebra, which speaks the dialect of FRR %s", c->path,
		 zapi_dialect_name(spoken));
	c->ops.up(c->ctx, c);
	return true;
}

static void client_message(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
			   enum zapi_verdict verdict)
{
	struct zapi_client *c = ctx;

	(void)s;
	if (!c->up && !hello_answered(c, m, verdict))
		return;
	/* It speaks, so it is no dying one: begin with short waits again. */
	c->wait = RETRY_FIRST;
	if (verdict == ZAPI_OK)
		c->ops.message(c->ctx, c, m);
}

static void client_closed(void *ctx, struct zapi_session *s, const char *why)
{
	struct zapi_client *c = ctx;
	bool was_up = c->up;

	(void)why;
	zapi_session_free(s);
	c->session = NULL;
	c->up = false;
	client_retry_later(c);
	if (was_up)
		c->ops.down(c->ctx, c);
}

static void client_drained(void *ctx, struct zapi_session *s)
{
	struct zapi_client *c = ctx;

	(void)s;
	if (c->up && c->ops.drained)
		c->ops.drained(c->ctx, c);
}

static void client_connect(void *ctx)
{
	static const struct zapi_session_ops ops = {client_message, client_closed, client_drained};
	struct zapi_client *c = ctx;
	int fd = unix_connect(c->path);

	if (fd < 0) {
		if (errno != c->last_errno)
			log_notice("%s: can't reach zebra: %s; trying on", c->path,
				   strerror(errno));
		c->last_errno = errno;
		client_retry_later(c);
		return;
	}
	c->last_errno = 0;
	c->session = zapi_session_new(c->loop, fd, ZAPI_FROM_ZEBRA, c->path, &ops, c);
	c->asked_again = false;
	zapi_session_speak(c->session, c->dialect);
	say_hello(c);
}

struct zapi_client *zapi_client_new(struct loop *l, const char *path,
				    const struct zapi_hello *hello,
				    const struct zapi_client_ops *ops, void *ctx)
{
	struct zapi_client *c = mem_new(loop_mem(l), sizeof(*c));
	size_t len = strlen(path) + 1;

	c->loop = l;
	c->path = mem_new(loop_mem(l), len);
	memcpy(c->path, path, len);
	c->hello = *hello;
	c->ops = *ops;
	c->ctx = ctx;
	c->wait = RETRY_FIRST;
	c->retry = loop_timer_new(l, client_connect, c);
	loop_timer_at(c->retry, loop_now(l));
	return c;
}

void zapi_client_free(struct zapi_client *c)
{
	if (!c)
		return;
	zapi_session_free(c->session);
	loop_timer_free(c->retry);
	mem_free(loop_mem(c->loop), c->path);
	mem_free(loop_mem(c->loop), c);
}

bool zapi_client_is_up(const struct zapi_client *c)
{
	return c->up;
}

enum zapi_dialect zapi_client_dialect(const struct zapi_client *c)
{
	return c->dialect;
}

void zapi_client_send(struct zapi_client *c, const struct zapi_msg *m)
{
	if (c->up)
		zapi_session_send(c->session, m);
}

bool zapi_client_full(const struct zapi_client *c)
{
	return c->session && zapi_session_full(c->session);
}

size_t zapi_client_pending(const struct zapi_client *c)
{
	return c->session ? zapi_session_pending(c->session) : 0;
}
