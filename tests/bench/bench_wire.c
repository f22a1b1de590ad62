/* SPDX-License-Identifier: MIT */
#include "tests/bench/bench_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define PORT	    6696
#define GROUP	    "ff02::1:6"
#define QUEUE_LIMIT (64 << 10)
#define QUEUE_LOOK  8 /* packets between two looks at the receiver's queue */

void wire_open(struct wire *w, const char *ifname, const char *queue)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	struct ipv6_mreq m = {.ipv6mr_interface = if_nametoindex(ifname)};
	struct ifaddrs *all;
	int room = 256 << 20, hops = 1, off = 0, on = 1;

	w->queue = queue ? open(queue, O_RDONLY | O_CLOEXEC) : -1;
	if (queue && w->queue < 0)
		die(queue);
	w->group = any;
	w->group.sin6_scope_id = m.ipv6mr_interface;
	inet_pton(AF_INET6, GROUP, &w->group.sin6_addr);
	m.ipv6mr_multiaddr = w->group.sin6_addr;
	w->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || getifaddrs(&all) < 0)
		die("socket");
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)i->ifa_addr;

		if (strcmp(i->ifa_name, ifname) == 0 && a && a->sin6_family == AF_INET6 &&
		    IN6_IS_ADDR_LINKLOCAL(&a->sin6_addr))
			w->self = addr_from(FAM_IP6, &a->sin6_addr);
	}
	freeifaddrs(all);
	/* Packets must have the link-local source, which the group gives them. */
	setsockopt(w->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(w->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	setsockopt(w->fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	setsockopt(w->fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off));
	if (bind(w->fd, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	    setsockopt(w->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof(m)) < 0 ||
	    setsockopt(w->fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &m.ipv6mr_interface,
		       sizeof(m.ipv6mr_interface)) < 0)
		die("bind");
}

/* Octets that wait unread in the receiver's sockets of our port, or what the
 * kernel dropped there. */
static unsigned long queue_field(const struct wire *w, bool drops)
{
	char text[16384], *line, *save;
	unsigned long sum = 0;
	ssize_t n;

	if (w->queue < 0)
		return 0;
	n = pread(w->queue, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return 0;
	text[n] = 0;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long port, rx, dropped;

		if (sscanf(line,
			   " %*u: %*32[0-9A-F]:%lx %*[0-9A-F:] %*x %*x:%lx %*s %*s %*u %*u "
			   "%*u %*u %*s %lu",
			   &port, &rx, &dropped) == 3 &&
		    port == PORT)
			sum += drops ? dropped : rx;
	}
	return sum;
}

bool wire_room(struct wire *w)
{
	if (w->room == 0 && queue_field(w, false) <= QUEUE_LIMIT)
		w->room = QUEUE_LOOK;
	if (w->room == 0)
		return false;
	w->room--;
	return true;
}

void wire_send(struct wire *w, struct span d)
{
	while (sendto(w->fd, d.p, d.len, 0, (struct sockaddr *)&w->group, sizeof(w->group)) < 0)
		if (errno != ENOBUFS && errno != EAGAIN)
			die("sendto");
}

/* One datagram; when it came is the kernel's word, for this program may be busy. */
static ssize_t receive_one(struct wire *w, struct sockaddr_in6 *from)
{
	union {
		char room[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control;
	struct iovec v = {.iov_base = w->in, .iov_len = sizeof(w->in)};
	struct msghdr m = {.msg_name = from,
			   .msg_namelen = sizeof(*from),
			   .msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(w->fd, &m, MSG_DONTWAIT);
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m);
	struct timespec t;

	if (c && c->cmsg_type == SCM_TIMESTAMPNS) {
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		w->came_at = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
	}
	return n;
}

bool wire_receive(struct wire *w, struct span *d, struct addr *from)
{
	struct sockaddr_in6 a;
	ssize_t n = receive_one(w, &a);

	if (n < 0)
		return false;
	*d = span_of(w->in, (size_t)n);
	*from = addr_from(FAM_IP6, &a.sin6_addr);
	return true;
}

unsigned long wire_drops(const struct wire *w)
{
	return queue_field(w, true);
}
