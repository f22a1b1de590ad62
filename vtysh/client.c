/* SPDX-License-Identifier: MIT */
/* One daemon's vty socket. */
#include "vtysh/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/stream.h"

bool client_init(struct client *c, const char *rundir, const char *name,
		 const volatile sig_atomic_t *interrupted)
{
	int n = snprintf(c->path, sizeof(c->path), "%s/%s.vty", rundir, name);

	c->name = name;
	c->fd = -1;
	c->interrupted = interrupted;
	return n > 0 && (size_t)n < sizeof(c->path);
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

bool client_connect(struct client *c)
{
	if (c->fd >= 0)
		return true;
	c->fd = unix_connect(c->path);
	if (c->fd < 0)
		return false;
	return fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) & ~O_NONBLOCK) == 0;
}

/* The line and its NUL. */
static bool send_line(struct client *c, const char *line)
{
	size_t left = strlen(line) + 1;

	while (left) {
		ssize_t n = send(c->fd, line, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR && !*c->interrupted)
			continue;
		if (n < 0)
			return false;
		line += n;
		left -= (size_t)n;
	}
	return true;
}

/* The text has no NUL: the first one begins the end, 00 00 00 status. */
static enum client_result
receive(struct client *c, void (*text)(void *ctx, const char *p, size_t n), void *ctx, int *status)
{
	bool begun = false;
	size_t end = 0;
	char buf[65536];

	for (;;) {
		ssize_t n = recv(c->fd, buf, sizeof(buf), 0);
		size_t len = 0;

		if (n < 0 && errno == EINTR && !*c->interrupted)
			continue;
		if (*c->interrupted)
			return CLIENT_INTERRUPTED;
		if (n <= 0)
			return begun ? CLIENT_LOST : CLIENT_NOT_RUNNING;
		begun = true;
		if (!end)
			len = strnlen(buf, (size_t)n);
		if (len)
			text(ctx, buf, len);
		while (len < (size_t)n && end < 3) {
			if (buf[len++] != '\0')
				return CLIENT_LOST;
			end++;
		}
		if (len < (size_t)n) {
			*status = (unsigned char)buf[len];
			return CLIENT_ANSWERED;
		}
	}
}

enum client_result client_ask(struct client *c, const char *line,
			      void (*text)(void *ctx, const char *p, size_t n), void *ctx,
			      int *status)
{
	bool kept = c->fd >= 0;
	enum client_result r = CLIENT_NOT_RUNNING;

	if (!client_connect(c))
		return CLIENT_NOT_RUNNING;
	if (send_line(c, line))
		r = receive(c, text, ctx, status);
	else if (*c->interrupted)
		r = CLIENT_INTERRUPTED;
	if (r == CLIENT_ANSWERED)
		return r;
	/* What still comes belongs to a question nobody asks any more. */
	client_close(c);
	/* A kept connection may be one to the daemon's former life. */
	if (r == CLIENT_NOT_RUNNING && kept)
		return client_ask(c, line, text, ctx, status);
	return r;
}
