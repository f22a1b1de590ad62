/* SPDX-License-Identifier: MIT */
/* An rtnetlink socket for requests or for notifications. */
#include "zebra/netlink.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "zebra/netlink_codec.h"

#define RCVBUF	      (16 * 1024 * 1024)
#define SNDBUF	      (1024 * 1024)
#define READ_SIZE     65536
#define DUMP_ATTEMPTS 5

struct netlink {
	struct mnl_socket *sock;
	uint32_t seq;
	bool dumping;	  /* the dump of `seq` is not read to its end */
	bool interrupted; /* ... and the tables changed under it */
	struct memtag mem;
	_Alignas(struct nlmsghdr) char buf[READ_SIZE];
};

static void set_buffers(int fd)
{
	int rcv = RCVBUF, snd = SNDBUF;

	/* The forced size needs CAP_NET_ADMIN, which zebra has anyway. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcv, sizeof(rcv)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcv, sizeof(rcv));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &snd, sizeof(snd)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &snd, sizeof(snd));
}

void netlink_buffer(struct netlink *nl, unsigned int octets)
{
	int size = (int)octets, fd = netlink_fd(nl);

	if (octets && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static bool join(struct netlink *nl, const unsigned int *groups)
{
	for (; groups && *groups; groups++) {
		unsigned int g = *groups;

		if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &g, sizeof(g)) != 0)
			return false;
	}
	return true;
}

struct netlink *netlink_new(const unsigned int *groups, char *err, unsigned int err_size)
{
	struct memtag mem = {.name = "netlink"};
	struct netlink *nl = mem_new(&mem, sizeof(*nl));
	int on = 1;

	nl->mem = mem;
	nl->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) != 0 ||
	    !join(nl, groups)) {
		snprintf(err, err_size, "netlink socket: %s", strerror(errno));
		netlink_free(nl);
		return NULL;
	}
	set_buffers(mnl_socket_get_fd(nl->sock));
	/* Short answers, and the kernel's own words in them. Older kernels
	 * know neither; the parser takes both forms. */
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	/* Dumps then have exactly the table and family asked for. */
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return nl;
}

void netlink_free(struct netlink *nl)
{
	struct memtag mem;

	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	mem = nl->mem;
	mem_free(&mem, nl);
}

int netlink_fd(const struct netlink *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

uint32_t netlink_portid(const struct netlink *nl)
{
	return mnl_socket_get_portid(nl->sock);
}

void netlink_ignore(struct netlink *nl, uint32_t portid)
{
	/* The filter loads in network order what the header has in ours. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(portid), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog prog = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	/* Without it there are only more messages: readers check, too. */
	setsockopt(netlink_fd(nl), SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

int netlink_send(struct netlink *nl, const void *msgs, size_t len)
{
	return mnl_socket_sendto(nl->sock, msgs, len) < 0 ? errno : 0;
}

/* One datagram into the buffer; its length, or -1 and errno. */
static ssize_t receive(struct netlink *nl, int flags)
{
	struct sockaddr_nl from;
	struct iovec iov = {.iov_base = nl->buf, .iov_len = sizeof(nl->buf)};
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	do {
		n = recvmsg(netlink_fd(nl), &msg, flags);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	if (msg.msg_flags & MSG_TRUNC) {
		errno = ENOBUFS;
		return -1;
	}
	/* Any process may send to our port; only the kernel is believed. */
	return msg.msg_namelen == sizeof(from) && from.nl_pid == 0 ? n : 0;
}

enum netlink_got netlink_read(struct netlink *nl, netlink_each each, void *ctx)
{
	ssize_t n = receive(nl, MSG_DONTWAIT);
	int left;

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return NETLINK_DRAINED;
	if (n < 0)
		return errno == ENOBUFS ? NETLINK_OVERRUN : NETLINK_BROKEN;
	left = (int)n;
	for (const struct nlmsghdr *h = (const void *)nl->buf; mnl_nlmsg_ok(h, left);
	     h = mnl_nlmsg_next(h, &left))
		each(ctx, h);
	return NETLINK_MORE;
}

static void send_dump(struct netlink *nl, uint16_t type, uint8_t family, int *error)
{
	_Alignas(struct nlmsghdr) char buf[128];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	h->nlmsg_seq = ++nl->seq;
	switch (type) {
	case RTM_GETLINK: {
		struct ifinfomsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
		m->ifi_family = family;
		break;
	}
	case RTM_GETADDR: {
		struct ifaddrmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
		m->ifa_family = family;
		break;
	}
	case RTM_GETRULE: {
		struct fib_rule_hdr *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
		m->family = family;
		break;
	}
	default: {
		struct rtmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
		m->rtm_family = family;
		break;
	}
	}
	*error = netlink_send(nl, h, h->nlmsg_len);
}

static int done_error(const struct nlmsghdr *h)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(h) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(h), sizeof(error));
	return error < 0 ? -error : 0;
}

enum netlink_slice netlink_dump_slice(struct netlink *nl, netlink_each each, void *ctx)
{
	ssize_t n = receive(nl, 0);
	int left = (int)n, error = 0;
	const char *text;

	if (n < 0)
		return NETLINK_FAILED;
	for (const struct nlmsghdr *h = (const void *)nl->buf; mnl_nlmsg_ok(h, left);
	     h = mnl_nlmsg_next(h, &left)) {
		if (h->nlmsg_seq != nl->seq)
			continue; /* the rest of a dump given up */
		if (h->nlmsg_flags & NLM_F_DUMP_INTR)
			nl->interrupted = true;
		if (h->nlmsg_type == NLMSG_DONE) {
			nl->dumping = false;
			/* A request that is refused ends so, too. */
			if (done_error(h)) {
				errno = done_error(h);
				return NETLINK_FAILED;
			}
			return nl->interrupted ? NETLINK_INTERRUPTED : NETLINK_DUMPED;
		}
		if (nl_parse_ack(h, &error, &text)) {
			nl->dumping = false;
			errno = error;
			return error ? NETLINK_FAILED : NETLINK_DUMPED;
		}
		each(ctx, h);
	}
	return NETLINK_SLICE;
}

static void ignore(void *ctx, const struct nlmsghdr *h)
{
	(void)ctx;
	(void)h;
}

int netlink_dump_begin(struct netlink *nl, uint16_t type, uint8_t family)
{
	int error = 0;

	/* The kernel refuses a second dump on a socket whose first one is not
	 * read to its end. */
	while (nl->dumping && netlink_dump_slice(nl, ignore, NULL) == NETLINK_SLICE)
		;
	send_dump(nl, type, family, &error);
	nl->dumping = !error;
	nl->interrupted = false;
	return error;
}

/* EINTR: the tables changed under it. */
static int dump_once(struct netlink *nl, uint16_t type, uint8_t family, netlink_each each,
		     void *ctx)
{
	int error = netlink_dump_begin(nl, type, family);

	while (!error) {
		switch (netlink_dump_slice(nl, each, ctx)) {
		case NETLINK_SLICE:
			continue;
		case NETLINK_DUMPED:
			return 0;
		case NETLINK_INTERRUPTED:
			return EINTR;
		case NETLINK_FAILED:
			return errno;
		}
	}
	return error;
}

int netlink_dump(struct netlink *nl, uint16_t type, uint8_t family, netlink_each each, void *ctx)
{
	int error = 0;

	/* Handing an object out twice is harmless, missing one is not. */
	for (int i = 0; i < DUMP_ATTEMPTS; i++) {
		error = dump_once(nl, type, family, each, ctx);
		if (error != EINTR)
			return error;
	}
	return 0;
}
