/* SPDX-License-Identifier: MIT */
/*
 * The kernel's side of the benchmarks: says when the table of bench.h is in
 * the kernel's FIB or gone from it, as its notifications tell, and writes it
 * there by bare batches, which is the limit that no daemon can pass.
 *
 *	bench_kernel IFNAME N SOURCES
 *
 * Commands on standard input:
 *	expect all | none | IFNAME [I]
 *				"reached T" once all routes (or the one number I) are there as
 *				usable ones, or none is (an unreachable one in its place is none),
 *				or all lead out of that interface
 *	write | delete		does it in batches through fe80::1 on IFNAME: "begin T", then
 *				"done T" when the kernel has answered the last
 *	counts			"wanted N" are as expected, "notifications N", "overruns N"
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "tests/bench/bench.h"

#define BATCH	 (64 << 10)
#define ONE_MAX	 256
#define GATEWAY	 "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
#define ROOM	 (1 << 30)
#define PRIORITY 1024
#define ANY	 UINT32_MAX /* interface: whichever; route: all of them */
#define NONE	 0	    /* no usable route */

struct kernel {
	struct mnl_socket *watch, *write;
	struct table table;
	uint32_t ifindex, seq;
	uint32_t *oif; /* of each route, or NONE */
	unsigned long notifications, overruns;
	/* What is expected: an interface, ANY or NONE, of all routes or of one. */
	bool expecting;
	uint32_t want, only, n_as_wanted;
};

static bool as_wanted(const struct kernel *k, uint32_t i)
{
	return k->want == ANY ? k->oif[i] != NONE : k->oif[i] == k->want;
}

static void look(struct kernel *k)
{
	if (!k->expecting || k->n_as_wanted != (k->only == ANY ? k->table.n : 1))
		return;
	k->expecting = false;
	say("reached", now());
}

static void expect(struct kernel *k, const char *what, uint32_t only)
{
	k->want = strcmp(what, "all") == 0    ? ANY
		  : strcmp(what, "none") == 0 ? NONE
					      : if_nametoindex(what);
	k->only = only;
	k->n_as_wanted = 0;
	for (uint32_t i = only == ANY ? 0 : only; i < (only == ANY ? k->table.n : only + 1); i++)
		k->n_as_wanted += as_wanted(k, i);
	k->expecting = true;
	say("expecting", now());
	look(k);
}

static struct prefix prefix_of(const struct nlattr *a, uint8_t plen)
{
	struct prefix p = prefix_any(FAM_IP6);
	struct addr addr;

	if (a && mnl_attr_get_payload_len(a) == 16) {
		addr = addr_from(FAM_IP6, mnl_attr_get_payload(a));
		prefix_make(&p, FAM_IP6, &addr, plen);
	}
	return p;
}

static int attr(const struct nlattr *a, void *found)
{
	const struct nlattr **f = found;

	if (mnl_attr_get_type(a) == RTA_DST)
		f[0] = a;
	else if (mnl_attr_get_type(a) == RTA_SRC)
		f[1] = a;
	else if (mnl_attr_get_type(a) == RTA_OIF)
		f[2] = a;
	return MNL_CB_OK;
}

static int notified(const struct nlmsghdr *h, void *ctx)
{
	struct kernel *k = ctx;
	const struct rtmsg *m = mnl_nlmsg_get_payload(h);
	const struct nlattr *found[3] = {NULL, NULL, NULL};
	struct sdprefix pair;
	struct prefix dst, src;
	bool counts;
	uint32_t i;

	if ((h->nlmsg_type != RTM_NEWROUTE && h->nlmsg_type != RTM_DELROUTE) ||
	    m->rtm_family != AF_INET6)
		return MNL_CB_OK;
	k->notifications++;
	mnl_attr_parse(h, sizeof(*m), attr, found);
	dst = prefix_of(found[0], m->rtm_dst_len);
	src = prefix_of(found[1], m->rtm_src_len);
	if (!sdprefix_make(&pair, &dst, &src) || !table_index(&k->table, &pair, &i))
		return MNL_CB_OK;
	counts = k->only == ANY || k->only == i;
	k->n_as_wanted -= counts && as_wanted(k, i);
	if (m->rtm_type == RTN_UNICAST)
		k->oif[i] = h->nlmsg_type == RTM_NEWROUTE && found[2] ? mnl_attr_get_u32(found[2])
								      : NONE;
	else if (h->nlmsg_type == RTM_NEWROUTE && h->nlmsg_flags & NLM_F_REPLACE)
		k->oif[i] = NONE;
	k->n_as_wanted += counts && as_wanted(k, i);
	return MNL_CB_OK;
}

static void watch(struct kernel *k)
{
	static char buf[1 << 20];
	ssize_t n = mnl_socket_recvfrom(k->watch, buf, sizeof(buf));

	if (n < 0) {
		k->overruns += errno == ENOBUFS;
		return;
	}
	mnl_cb_run(buf, (size_t)n, 0, 0, notified, k);
	look(k);
}

static void put_route(struct kernel *k, void *at, uint32_t i, bool add, bool ack)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(at);
	struct sdprefix p = table_pair(&k->table, i);
	struct rtmsg *m;

	h->nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (add ? NLM_F_CREATE | NLM_F_REPLACE : 0) |
				    (ack ? NLM_F_ACK : 0));
	h->nlmsg_seq = ++k->seq;
	m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
	m->rtm_family = AF_INET6;
	m->rtm_dst_len = p.dst.plen;
	m->rtm_src_len = p.src.plen;
	m->rtm_table = RT_TABLE_MAIN;
	m->rtm_protocol = RTPROT_BABEL;
	m->rtm_type = RTN_UNICAST;
	mnl_attr_put(h, RTA_DST, 16, p.dst.addr.b);
	if (p.src.plen)
		mnl_attr_put(h, RTA_SRC, 16, p.src.addr.b);
	mnl_attr_put_u32(h, RTA_PRIORITY, PRIORITY);
	mnl_attr_put_u32(h, RTA_OIF, k->ifindex);
	mnl_attr_put(h, RTA_GATEWAY, 16, GATEWAY);
}

static void bulk(struct kernel *k, bool add)
{
	static char buf[BATCH + ONE_MAX], answer[8192];
	size_t used = 0;
	int n;

	say("begin", now());
	for (uint32_t i = 0; i < k->table.n; i++) {
		put_route(k, buf + used, i, add, i == k->table.n - 1);
		used += ((struct nlmsghdr *)(void *)(buf + used))->nlmsg_len;
		if (used < BATCH && i < k->table.n - 1)
			continue;
		if (mnl_socket_sendto(k->write, buf, used) < 0)
			die("sendto");
		used = 0;
	}
	do {
		n = (int)mnl_socket_recvfrom(k->write, answer, sizeof(answer));
		if (n < 0 || mnl_cb_run(answer, (size_t)n, 0, 0, NULL, NULL) < 0)
			die("the kernel");
	} while (((struct nlmsghdr *)(void *)answer)->nlmsg_seq != k->seq);
	say("done", now());
}

static void command(void *ctx, char **words, unsigned int n)
{
	struct kernel *k = ctx;

	if (strcmp(words[0], "expect") == 0 && n > 1) {
		uint32_t only = number(words, n, 2, ANY);

		if (only != ANY && only >= k->table.n) {
			fprintf(stderr, "no route %u\n", only);
			exit(2);
		}
		expect(k, words[1], only);
	} else if (strcmp(words[0], "write") == 0 || strcmp(words[0], "delete") == 0) {
		bulk(k, words[0][0] == 'w');
	} else if (strcmp(words[0], "counts") == 0) {
		say("wanted", k->n_as_wanted);
		say("notifications", (double)k->notifications);
		say("overruns", (double)k->overruns);
	} else {
		fprintf(stderr, "what is '%s'?\n", words[0]);
		exit(2);
	}
}

static struct mnl_socket *socket_of(unsigned int group)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int room = ROOM;

	if (!s || mnl_socket_bind(s, group ? 1u << (group - 1) : 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return s;
}

int main(int argc, char **argv)
{
	static struct kernel k;
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};

	if (argc < 4)
		return 2;
	k.ifindex = if_nametoindex(argv[1]);
	k.table.n = (uint32_t)strtoul(argv[2], NULL, 0);
	k.table.sources = (uint32_t)strtoul(argv[3], NULL, 0);
	k.oif = calloc(k.table.n, sizeof(*k.oif));
	if (!k.oif)
		die("calloc");
	k.watch = socket_of(RTNLGRP_IPV6_ROUTE);
	k.write = socket_of(0);
	p[1].fd = mnl_socket_get_fd(k.watch);
	say("ready", now());
	for (;;) {
		poll(p, 2, -1);
		if (p[1].revents)
			watch(&k);
		if (p[0].revents && !commands(command, &k))
			return 0;
	}
}
