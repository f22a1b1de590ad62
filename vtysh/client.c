/* SPDX-License-Identifier: MIT */
/* mgmtd, from the user's side. */
#include "vtysh/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/stream.h"

#define HEAD   4
#define ACCEPT (MSG_ACCEPT(OPENED) | MSG_ACCEPT(TEXT) | MSG_ACCEPT(DONE) | MSG_ACCEPT(CANDIDATES))

bool client_init(struct client *c, const char *rundir, const volatile sig_atomic_t *interrupted)
{
	int n = snprintf(c->path, sizeof(c->path), "%s/" MSG_FRONT_SOCKET, rundir);

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

static enum client_result __attribute__((format(printf, 2, 3)))
lost(struct client *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	client_close(c);
	return CLIENT_LOST;
}

/* ---- octets ---- */

static enum client_result send_all(struct client *c, const uint8_t *p, size_t left)
{
	while (left) {
		ssize_t n = send(c->fd, p, left, MSG_NOSIGNAL);

		/* Half a request is none: it goes out whole, whatever the user does. */
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lost(c, "the connection to mgmtd was lost: %s", strerror(errno));
		p += n;
		left -= (size_t)n;
	}
	return CLIENT_OK;
}

/* `first`: nothing of the message has come, so that the wait may be given up. */
static enum client_result receive_all(struct client *c, uint8_t *p, size_t left, bool first)
{
	while (left) {
		ssize_t n;

		if (first && *c->interrupted)
			return CLIENT_INTERRUPTED;
		n = recv(c->fd, p, left, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lost(c, "the connection to mgmtd was lost: %s", strerror(errno));
		if (n == 0)
			return lost(c, "mgmtd has ended the session");
		first = false;
		p += n;
		left -= (size_t)n;
	}
	return CLIENT_OK;
}

/* ---- messages ---- */

enum client_result client_send(struct client *c, Mgmt__Message__KindCase kind,
			       ProtobufCMessage *part)
{
	enum client_result r;
	uint8_t *frame;
	size_t n;

	if (c->fd < 0)
		return CLIENT_LOST;
	frame = msg_encode(kind, part, &n);
	r = send_all(c, frame, n);
	free(frame);
	return r;
}

enum client_result client_receive(struct client *c, Mgmt__Message **m)
{
	uint8_t head[HEAD], *body;
	enum client_result r;
	size_t n;

	if (c->fd < 0)
		return CLIENT_LOST;
	r = receive_all(c, head, HEAD, true);
	if (r != CLIENT_OK)
		return r;
	n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	if (n == 0 || n > MSG_MAX_TXN)
		return lost(c, "mgmtd does not speak as it should: a message of %zu octets", n);
	body = malloc(n);
	if (!body)
		abort();
	r = receive_all(c, body, n, false);
	if (r == CLIENT_OK) {
		*m = msg_decode(span_of(body, n), ACCEPT);
		if (!*m)
			r = lost(c, "mgmtd does not speak as it should");
	}
	free(body);
	return r;
}

/* ---- sessions ---- */

static bool open_session(struct client *c)
{
	const char *tty = isatty(STDIN_FILENO) ? ttyname(STDIN_FILENO) : NULL;
	Mgmt__Open open = MGMT__OPEN__INIT;
	Mgmt__Message *m = NULL;
	bool fine;

	open.kind = MGMT__OPEN__KIND__CLI;
	open.from = (char *)(uintptr_t)(tty ? tty : "vtysh");
	if (client_send(c, MGMT__MESSAGE__KIND_OPEN, &open.base) != CLIENT_OK ||
	    client_receive(c, &m) != CLIENT_OK)
		return false;
	fine = m->kind_case == MGMT__MESSAGE__KIND_OPENED && !*m->opened->error;
	if (!fine)
		lost(c, "mgmtd refused the session: %s",
		     m->kind_case == MGMT__MESSAGE__KIND_OPENED ? m->opened->error
								: "it said something else");
	msg_free(m);
	return fine;
}

bool client_connect(struct client *c)
{
	if (c->fd >= 0)
		return true;
	c->fd = unix_connect(c->path);
	if (c->fd < 0) {
		lost(c, "mgmtd is not running: %s: %s", c->path, strerror(errno));
		return false;
	}
	if (fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) & ~O_NONBLOCK) != 0) {
		lost(c, "%s: %s", c->path, strerror(errno));
		return false;
	}
	return open_session(c);
}

bool client_is_stale(const struct client *c)
{
	char octet;

	/* Between requests mgmtd says nothing: what can be read is the end. */
	return c->fd >= 0 && recv(c->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}
