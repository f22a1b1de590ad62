/* SPDX-License-Identifier: MIT */
/* Sockets to a forwarding plane manager. */
#include "zebra/fpm.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/stream.h"

static socklen_t tcp_address(const struct fpm_conf *c, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (c->family == FAM_IP4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(c->port);
		memcpy(&v4->sin_addr, c->addr.b, sizeof(v4->sin_addr));
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(c->port);
	memcpy(&v6->sin6_addr, c->addr.b, sizeof(v6->sin6_addr));
	return sizeof(*v6);
}

/* A peer that is gone without a word is noticed within half a minute. There is
 * no TCP_USER_TIMEOUT: it would end the session of one that reads slowly. */
static void tcp_options(int fd)
{
	/* What waits in the kernel is old news. */
	static const struct {
		int level, name, value;
	} options[] = {{SOL_SOCKET, SO_KEEPALIVE, 1},		{IPPROTO_TCP, TCP_KEEPIDLE, 15},
		       {IPPROTO_TCP, TCP_KEEPINTVL, 5},		{IPPROTO_TCP, TCP_KEEPCNT, 3},
		       {IPPROTO_TCP, TCP_NOTSENT_LOWAT, 65536}, {IPPROTO_TCP, TCP_NODELAY, 1}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			   sizeof(options[i].value));
}

static int tcp_open(const struct fpm_conf *c)
{
	struct sockaddr_storage sa;
	socklen_t len = tcp_address(c, &sa);
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	tcp_options(fd);
	if (connect(fd, (struct sockaddr *)&sa, len) == 0 || errno == EINPROGRESS)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int fpm_socket_open(const struct fpm_conf *c)
{
	return c->transport == FPM_UNIX ? unix_connect(c->path) : tcp_open(c);
}

int fpm_socket_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return errno;
	return error;
}

const char *fpm_peer_str(const struct fpm_conf *c, char buf[FPM_PEER_STR])
{
	char text[ADDR_STR];

	switch (c->transport) {
	case FPM_NOWHERE:
		buf[0] = '\0';
		break;
	case FPM_TCP:
		snprintf(buf, FPM_PEER_STR, "%s port %u", addr_str(c->family, &c->addr, text),
			 c->port);
		break;
	case FPM_UNIX:
		snprintf(buf, FPM_PEER_STR, "%s", c->path);
		break;
	}
	return buf;
}
