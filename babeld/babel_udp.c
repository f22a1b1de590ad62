/* SPDX-License-Identifier: MIT */
/* Babel's socket, RFC 8966 4. */
#include "babeld/babel_udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/log.h"

#define READ_BATCH   16 /* datagrams */
/* Of one turn of the loop, so that what is due leaves in time. */
#define READ_TURN    (5 * USEC_PER_MSEC)
#define RECEIVE_ROOM (4 << 20)
/* Routing protocols are of class CS6 (RFC 4594 3.2). */
#define TCLASS_CS6   0xc0
/* Nothing waits longer in the socket of a daemon that lives. */
#define WAIT_MAX     (10 * USEC_PER_SEC)

struct slot { /* one datagram */
	struct sockaddr_in6 from;
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
						 CMSG_SPACE(sizeof(struct timespec))];
	uint8_t octets[65536];
};

struct babel_udp {
	struct loop *loop;
	int fd;
	struct loop_fd *watch;
	const struct udp_ops *ops;
	void *ctx;
	struct babel_udp_view view;
	struct log_limit drop_limit, send_limit;
	struct slot slots[READ_BATCH]; /* pages that no datagram reaches cost nothing */
};

enum udp_verdict udp_judge(const struct udp_meta *m, const struct udp_ops *ops, void *ctx)
{
	if (!m->have_info)
		return UDP_NO_INFO;
	if (!ops->enabled(ctx, m->ifid))
		return UDP_NO_INTERFACE;
	if (m->from_port != BABEL_PORT)
		return UDP_BAD_PORT;
	if (!addr_is_linklocal(FAM_IP6, &m->from))
		return UDP_NOT_LINKLOCAL;
	if (ops->own(ctx, m->ifid, &m->from))
		return UDP_OWN;
	if (addr_cmp(&m->to, &babel_group) != 0 &&
	    !(addr_is_linklocal(FAM_IP6, &m->to) && ops->own(ctx, m->ifid, &m->to)))
		return UDP_BAD_TO;
	return UDP_OK;
}

const char *udp_verdict_name(enum udp_verdict v)
{
	switch (v) {
	case UDP_OK:
		return "fine";
	case UDP_TRUNCATED:
		return "too large";
	case UDP_NO_INFO:
		return "no packet information";
	case UDP_NO_INTERFACE:
		return "Babel does not run on the interface";
	case UDP_BAD_PORT:
		return "source port is not 6696";
	case UDP_NOT_LINKLOCAL:
		return "source is not link-local";
	case UDP_OWN:
		return "source is our own address";
	case UDP_BAD_TO:
		return "destination is neither the group nor ours";
	case UDP_VERDICTS:
		break;
	}
	return "unknown";
}

mono_t udp_arrival(mono_t now, const struct timespec *day_now, const struct timespec *stamp)
{
	usec_t waited = (day_now->tv_sec - stamp->tv_sec) * USEC_PER_SEC +
			(day_now->tv_nsec - stamp->tv_nsec) / 1000;

	return waited < 0 || waited > WAIT_MAX ? now : mono_add(now, -waited);
}

static mono_t arrival(const struct babel_udp *u, const struct cmsghdr *c)
{
	struct timespec stamp, day;
	mono_t now;

	memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
	/* In this order: what lies between them makes it earlier, not later. */
	now = loop_now(u->loop);
	clock_gettime(CLOCK_REALTIME, &day);
	return udp_arrival(now, &day, &stamp);
}

/* *arrived stays as it is if the kernel does not say. */
static void read_control(const struct babel_udp *u, struct msghdr *h, struct udp_meta *m,
			 mono_t *arrived)
{
	struct in6_pktinfo info;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			*arrived = arrival(u, c);
		if (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		m->have_info = true;
		m->ifid = info.ipi6_ifindex;
		m->to = addr_from(FAM_IP6, &info.ipi6_addr);
	}
}

static void taken(struct babel_udp *u, struct slot *s, struct msghdr *h, size_t len)
{
	struct udp_meta m = {0};
	struct babel_datagram d;
	enum udp_verdict v;
	char text[ADDR_STR];

	u->view.received++;
	d.arrived = loop_now(u->loop);
	read_control(u, h, &m, &d.arrived);
	m.from = addr_from(FAM_IP6, &s->from.sin6_addr);
	m.from_port = ntohs(s->from.sin6_port);
	v = h->msg_flags & MSG_TRUNC ? UDP_TRUNCATED : udp_judge(&m, u->ops, u->ctx);
	if (v != UDP_OK) {
		u->view.dropped[v]++;
		if (v != UDP_OWN)
			log_limited(&u->drop_limit, LOG_LVL_INFO,
				    "dropped a datagram from %s on interface %u: %s",
				    addr_str(FAM_IP6, &m.from, text), m.ifid, udp_verdict_name(v));
		return;
	}
	d.ifid = m.ifid;
	d.from = m.from;
	d.to = m.to;
	d.octets = span_of(s->octets, len);
	u->ops->packet(u->ctx, &d);
}

/* How many there were; fewer than READ_BATCH: no more for now. */
static unsigned int receive(struct babel_udp *u)
{
	struct mmsghdr h[READ_BATCH];
	struct iovec iov[READ_BATCH];
	int n;

	memset(h, 0, sizeof(h));
	for (unsigned int k = 0; k < READ_BATCH; k++) {
		struct slot *s = &u->slots[k];

		iov[k] = (struct iovec){s->octets, sizeof(s->octets)};
		h[k].msg_hdr.msg_name = &s->from;
		h[k].msg_hdr.msg_namelen = sizeof(s->from);
		h[k].msg_hdr.msg_iov = &iov[k];
		h[k].msg_hdr.msg_iovlen = 1;
		h[k].msg_hdr.msg_control = s->control;
		h[k].msg_hdr.msg_controllen = sizeof(s->control);
	}
	n = recvmmsg(u->fd, h, READ_BATCH, 0, NULL);
	/* An error that was pending (ENETDOWN, say) hides no datagram. */
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : READ_BATCH;
	for (int k = 0; k < n; k++)
		taken(u, &u->slots[k], &h[k].msg_hdr, h[k].msg_len);
	return (unsigned int)n;
}

static void readable(void *ctx, unsigned int what)
{
	struct babel_udp *u = ctx;
	mono_t end = mono_add(loop_now(u->loop), READ_TURN);

	(void)what;
	while (receive(u) == READ_BATCH && mono_before(loop_now(u->loop), end))
		;
}

static bool set_options(int fd, char *err, unsigned int err_size)
{
	static const struct {
		const char *name;
		int level, option, value;
	} options[] = {
		{"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, 1},
		{"IPV6_RECVPKTINFO", IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
		/* RFC 8966 4: hop limit 1, so that nothing of ours is forwarded. */
		{"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS, 1},
		{"IPV6_MULTICAST_HOPS", IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1},
		{"IPV6_MULTICAST_LOOP", IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0},
		{"IPV6_TCLASS", IPPROTO_IPV6, IPV6_TCLASS, TCLASS_CS6},
		/* RFC 9616 3.2: when it came, not when we had time to look. */
		{"SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS, 1},
	};
	int room = RECEIVE_ROOM;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (setsockopt(fd, options[i].level, options[i].option, &options[i].value,
			       sizeof(int)) == 0)
			continue;
		snprintf(err, err_size, "can't set %s: %s", options[i].name, strerror(errno));
		return false;
	}
	/* A dump of a large neighbour comes at once; less room only loses more. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) < 0)
		log_info("receive buffer stays as it is: %s", strerror(errno));
	return true;
}

static int open_socket(char *err, unsigned int err_size)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(BABEL_PORT)};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		snprintf(err, err_size, "no IPv6 socket: %s", strerror(errno));
		return -1;
	}
	if (set_options(fd, err, err_size)) {
		if (bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0)
			return fd;
		snprintf(err, err_size, "can't bind UDP port %d: %s%s", BABEL_PORT, strerror(errno),
			 errno == EADDRINUSE ? " (is another babeld running here?)" : "");
	}
	close(fd);
	return -1;
}

struct babel_udp *babel_udp_new(struct loop *l, const struct udp_ops *ops, void *ctx, char *err,
				unsigned int err_size)
{
	int fd = open_socket(err, err_size);
	struct babel_udp *u;

	if (fd < 0)
		return NULL;
	u = mem_new(loop_mem(l), sizeof(*u));
	u->loop = l;
	u->fd = fd;
	u->ops = ops;
	u->ctx = ctx;
	u->drop_limit = (struct log_limit)LOG_LIMIT(5, 10 * USEC_PER_SEC);
	u->send_limit = (struct log_limit)LOG_LIMIT(5, 10 * USEC_PER_SEC);
	u->watch = loop_fd_new(l, fd, LOOP_READ, readable, u);
	return u;
}

void babel_udp_free(struct babel_udp *u)
{
	if (!u)
		return;
	loop_fd_free(u->watch);
	close(u->fd);
	mem_free(loop_mem(u->loop), u);
}

void babel_udp_join(struct babel_udp *u, ifid_t ifid, const char *ifname)
{
	struct ipv6_mreq m = {.ipv6mr_interface = ifid};

	memcpy(&m.ipv6mr_multiaddr, babel_group.b, sizeof(babel_group.b));
	if (setsockopt(u->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof(m)) < 0 &&
	    errno != EADDRINUSE)
		log_error("can't join ff02::1:6 on %s: %s", ifname, strerror(errno));
}

void babel_udp_leave(struct babel_udp *u, ifid_t ifid)
{
	struct ipv6_mreq m = {.ipv6mr_interface = ifid};

	memcpy(&m.ipv6mr_multiaddr, babel_group.b, sizeof(babel_group.b));
	/* The interface may be gone already, and the membership with it. */
	if (setsockopt(u->fd, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &m, sizeof(m)) < 0)
		log_debug("leaving ff02::1:6 on interface %u: %s", ifid, strerror(errno));
}

static void send_failed(struct babel_udp *u, ifid_t ifid, int error)
{
	bool no_room = error == ENOBUFS || error == EAGAIN || error == EWOULDBLOCK;

	if (no_room)
		u->view.send_no_room++;
	else
		u->view.send_failed++;
	log_limited(&u->send_limit, LOG_LVL_WARNING, "can't send on interface %u: %s", ifid,
		    strerror(error));
}

void babel_udp_send(struct babel_udp *u, ifid_t ifid, const struct addr *from,
		    const struct addr *to, struct span datagram)
{
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control;
	struct sockaddr_in6 dest = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(BABEL_PORT),
		.sin6_scope_id = ifid,
	};
	struct iovec iov = {.iov_base = (void *)(uintptr_t)datagram.p, .iov_len = datagram.len};
	struct msghdr h = {
		.msg_name = &dest,
		.msg_namelen = sizeof(dest),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	struct in6_pktinfo info = {.ipi6_ifindex = ifid};
	struct cmsghdr *c;
	ssize_t n;

	memset(&control, 0, sizeof(control));
	memcpy(&dest.sin6_addr, to ? to->b : babel_group.b, sizeof(babel_group.b));
	memcpy(&info.ipi6_addr, from->b, sizeof(from->b));
	c = CMSG_FIRSTHDR(&h);
	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	do
		n = sendmsg(u->fd, &h, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		send_failed(u, ifid, errno);
	else
		u->view.sent++;
}

struct babel_udp_view babel_udp_look(const struct babel_udp *u)
{
	return u->view;
}
