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
	struct zapi_session *session; /* NULL: down */
	struct loop_timer *retry;
	usec_t wait;
	int last_errno; /* of the refusal that was logged last */
};

static void client_retry_later(struct zapi_client *c)
{
	loop_timer_at(c->retry, mono_add(loop_now(c->loop), c->wait));
	c->wait = c->wait * 2 > RETRY_MAX ? RETRY_MAX : c->wait * 2;
}

static void client_message(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
			   enum zapi_verdict verdict)
{
	struct zapi_client *c = ctx;

	(void)s;
	/* It speaks, so it is no dying one: begin with short waits again. */
	c->wait = RETRY_FIRST;
	if (verdict == ZAPI_OK)
		c->ops.message(c->ctx, c, m);
}

static void client_closed(void *ctx, struct zapi_session *s, const char *why)
{
	struct zapi_client *c = ctx;

	(void)why;
	zapi_session_free(s);
	c->session = NULL;
	client_retry_later(c);
	c->ops.down(c->ctx, c);
}

static void client_drained(void *ctx, struct zapi_session *s)
{
	struct zapi_client *c = ctx;

	(void)s;
	if (c->ops.drained)
		c->ops.drained(c->ctx, c);
}

static void client_connect(void *ctx)
{
	static const struct zapi_session_ops ops = {client_message, client_closed, client_drained};
	struct zapi_client *c = ctx;
	int fd = unix_connect(c->path);
	struct zapi_msg hello = {.cmd = ZAPI_HELLO};

	if (fd < 0) {
		if (errno != c->last_errno)
			log_notice("%s: can't reach zebra: %s; trying on", c->path,
				   strerror(errno));
		c->last_errno = errno;
		client_retry_later(c);
		return;
	}
	c->last_errno = 0;
	log_info("%s: connected to zebra", c->path);
	c->session = zapi_session_new(c->loop, fd, ZAPI_FROM_ZEBRA, c->path, &ops, c);
	hello.u.hello = c->hello;
	zapi_session_send(c->session, &hello);
	c->ops.up(c->ctx, c);
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
	return c->session != NULL;
}

void zapi_client_send(struct zapi_client *c, const struct zapi_msg *m)
{
	if (c->session)
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
