/* SPDX-License-Identifier: MIT */
/*
 * How fast routes go into the kernel, as root, in a network namespace of its own:
 * COUNT routes (100,000 unless given) over one link-local gateway, plain and (D,S),
 *
 *	bare	the same requests, made before, and nothing else: the limit
 *	acks	... with an answer asked for each
 *	fib	zebra's writer
 *	rib	the RIB, the compiler and zebra's writer
 *	nhid	bare, plain, with a nexthop object (the kernel refuses (D,S) with one)
 *
 * with CPU time, ratio to bare, and the kernel's memory per route.
 */
#include <linux/if_link.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "zebra/core/rib.h"
#include "zebra/fib_netlink.h"
#include "zebra/netlink.h"
#include "zebra/netlink_codec.h"

#define BATCH 65536
#define NHID  7

enum how { BARE, ACKS, FIB, RIB, OBJECTS };
static const char *const names[] = {"bare", "acks", "fib", "rib", "nhid"};

struct bench {
	uint32_t count, ifindex;
	struct rib_nexthop nh;
	struct fib_op *ops;
	struct netlink *nl;
	struct fib_netlink *fib;
	size_t refused;
};

static void fail(const char *what, int error)
{
	fprintf(stderr, "bench_fib: %s: %s\n", what, strerror(error));
	exit(1);
}

/* Of this process, the kernel's work for it included: others' load does not count. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What the kernel has of its own and can't give back at once, in octets. */
static double slab(void)
{
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");
	double kb = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "SUnreclaim: %lf", &kb) == 1 || sscanf(line, "Slab: %lf", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb * 1024;
}

static void one_answer(void *ctx, const struct nlmsghdr *h)
{
	struct bench *b = ctx;
	const char *text;
	int error = 0;

	if (nl_parse_ack(h, &error, &text) && error && b->refused++ == 0)
		fprintf(stderr, "bench_fib: refused: %s (%s)\n", strerror(error), text ? text : "");
}

static void send_all(struct bench *b, const char *buf, size_t used)
{
	int error = netlink_send(b->nl, buf, used);

	if (error)
		fail("send", error);
	while (netlink_read(b->nl, one_answer, b) == NETLINK_MORE)
		;
}

static void link_up(struct bench *b)
{
	_Alignas(struct nlmsghdr) char buf[1024];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m)), *peer;
	struct nlattr *info, *data, *p;

	h->nlmsg_type = RTM_NEWLINK;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	m->ifi_index = 10;
	mnl_attr_put_strz(h, IFLA_IFNAME, "b0");
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	p = mnl_attr_nest_start(h, VETH_INFO_PEER);
	peer = mnl_nlmsg_put_extra_header(h, sizeof(*peer));
	peer->ifi_index = 11;
	mnl_attr_put_strz(h, IFLA_IFNAME, "b1");
	mnl_attr_nest_end(h, p);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	send_all(b, buf, h->nlmsg_len);
	b->ifindex = 10;
	for (int i = 10; i <= 11; i++) {
		h = mnl_nlmsg_put_header(buf);
		m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
		h->nlmsg_type = RTM_SETLINK;
		h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
		m->ifi_index = i;
		m->ifi_flags = m->ifi_change = IFF_UP;
		send_all(b, buf, h->nlmsg_len);
	}
}

static void object(struct bench *b)
{
	_Alignas(struct nlmsghdr) char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct nhmsg *m = mnl_nlmsg_put_extra_header(h, sizeof(*m));

	h->nlmsg_type = RTM_NEWNEXTHOP;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
	m->nh_family = AF_INET6;
	mnl_attr_put_u32(h, NHA_ID, NHID);
	mnl_attr_put_u32(h, NHA_OIF, b->ifindex);
	mnl_attr_put(h, NHA_GATEWAY, 16, b->nh.gate.b);
	send_all(b, buf, h->nlmsg_len);
}

/* 16 sources per destination, so that nine of ten writes have no halves. */
static struct sdprefix pair_of(uint32_t i, bool sourced)
{
	uint32_t n = sourced ? i / 16 : i, m = i % 16;
	struct addr d = {{0x20, 1, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};
	struct addr s = {{0x20, 2, 0, 0, (uint8_t)m}};
	struct prefix dst, src;
	struct sdprefix pair;

	if (!prefix_make(&dst, FAM_IP6, &d, 40) || !prefix_make(&src, FAM_IP6, &s, 40) ||
	    !sdprefix_make(&pair, &dst, sourced ? &src : NULL))
		abort();
	return pair;
}

static void make_ops(struct bench *b, enum fib_op_kind kind, bool sourced)
{
	for (uint32_t i = 0; i < b->count; i++) {
		b->ops[i] = (struct fib_op){.kind = kind};
		b->ops[i].route = (struct fib_route){.pair = pair_of(i, sourced),
						     .type = 22,
						     .n_nexthops = 1,
						     .nexthops = &b->nh};
	}
}

static struct nlmsghdr *put(struct bench *b, char *at, uint32_t i, enum how how)
{
	struct nlmsghdr *h = nl_put_op(at, &b->ops[i], i + 1);
	struct rtmsg *m = mnl_nlmsg_get_payload(h);

	if (how != ACKS)
		h->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	if (how == OBJECTS && b->ops[i].kind == FIB_SET) {
		h->nlmsg_len = MNL_ALIGN(sizeof(*h)) + MNL_ALIGN(sizeof(*m));
		mnl_attr_put(h, RTA_DST, 16, b->ops[i].route.pair.dst.addr.b);
		mnl_attr_put_u32(h, RTA_PRIORITY, NL_PRIORITY_PLAIN);
		mnl_attr_put_u32(h, RTA_NH_ID, NHID);
	}
	return h;
}

/* All requests are made before the clock runs. */
static double bare(struct bench *b, enum how how)
{
	size_t room = (size_t)b->count * 160 + NL_OP_MAX, used = 0, n = 0, from = 0;
	char *buf = calloc(1, room);
	size_t *ends = calloc(b->count + 1, sizeof(*ends));
	double t0;

	if (!buf || !ends)
		abort();
	for (uint32_t i = 0; i < b->count; i++) {
		struct nlmsghdr *h = put(b, buf + used, i, how);

		if (used + MNL_ALIGN(h->nlmsg_len) - from > BATCH) {
			ends[n++] = used;
			from = used;
		}
		used += MNL_ALIGN(h->nlmsg_len);
		if (used + NL_OP_MAX > room)
			abort();
	}
	ends[n++] = used;
	t0 = now();
	for (size_t i = 0, at = 0; i < n; at = ends[i++])
		send_all(b, buf + at, ends[i] - at);
	t0 = now() - t0;
	free(buf);
	free(ends);
	return t0;
}

static double writer(struct bench *b)
{
	double t0 = now();

	fib_netlink_write(b->fib, b->ops, b->count);
	t0 = now() - t0;
	for (uint32_t i = 0; i < b->count; i++)
		b->refused += b->ops[i].error != 0;
	return t0;
}

/* ---- with the RIB in front ---- */

static void on_fib(void *ctx, struct fib_op *ops, size_t n)
{
	fib_netlink_write(((struct bench *)ctx)->fib, ops, n);
}

static void on_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			    const struct rib_view *is)
{
	(void)ctx, (void)pair, (void)was, (void)is;
}

static void on_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		    const struct rib_owner *owner, enum rib_fate fate)
{
	(void)ctx, (void)table, (void)pair, (void)owner, (void)fate;
}

static void on_refused(void *ctx, const struct fib_route *r, int error)
{
	(void)r, (void)error;
	((struct bench *)ctx)->refused++;
}

static void rib(struct bench *b, bool sourced, double took[2])
{
	const struct rib_env env = {.fib = on_fib,
				    .redistribute = on_redistribute,
				    .fate = on_fate,
				    .refused = on_refused};
	struct rib *r = rib_new(&env, b);
	struct rib_owner owner = {.type = 22};
	struct rib_spec spec = {.distance = 100, .n_nexthops = 1, .nexthops = &b->nh};

	rib_if_set(r, b->ifindex, true);
	for (int out = 0; out < 2; out++) {
		double t0 = now();

		for (uint32_t i = 0; i < b->count; i++) {
			struct sdprefix pair = pair_of(i, sourced);

			if (out)
				rib_del(r, &pair, &owner);
			else
				rib_add(r, &pair, &owner, &spec, (mono_t){i});
			if (i % 100 == 99) /* as the daemon does: every message or two */
				rib_run(r, 1000, (mono_t){i});
		}
		while (rib_run(r, 1000, (mono_t){b->count}))
			;
		took[out] = now() - t0;
	}
	rib_free(r);
}

static void measure(struct bench *b, bool sourced, enum how how, double limit[2])
{
	double took[2], before = slab(), mem = 0;

	b->refused = 0;
	if (how == OBJECTS)
		object(b);
	if (how == RIB) {
		rib(b, sourced, took);
	} else {
		make_ops(b, FIB_SET, sourced);
		took[0] = how == FIB ? writer(b) : bare(b, how);
		mem = (slab() - before) / b->count;
		make_ops(b, FIB_DEL, sourced);
		took[1] = how == FIB ? writer(b) : bare(b, how);
	}
	if (how == BARE)
		memcpy(limit, took, sizeof(took));
	printf("%-6s %-5s in %7.3f s (x %.2f)  out %7.3f s (x %.2f)", sourced ? "(D,S)" : "plain",
	       names[how], took[0], took[0] / limit[0], took[1], took[1] / limit[1]);
	if (how != RIB)
		printf("  %5.0f octets/route", mem);
	printf("%s\n", b->refused ? "  REFUSED" : "");
}

int main(int argc, char **argv)
{
	struct bench b = {.count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000};
	char err[256];
	double limit[2];

	if (unshare(CLONE_NEWNET) != 0)
		fail("a network namespace of its own", errno);
	b.nl = netlink_new(NULL, err, sizeof(err));
	b.fib = fib_netlink_new(err, sizeof(err));
	b.ops = calloc(b.count, sizeof(*b.ops));
	if (!b.nl || !b.fib || !b.ops)
		fail("sockets", errno);
	link_up(&b);
	b.nh = (struct rib_nexthop){.kind = RIB_NH_GATE_IFINDEX, .ifindex = b.ifindex};
	b.nh.gate.b[0] = 0xfe;
	b.nh.gate.b[1] = 0x80;
	b.nh.gate.b[15] = 1;
	for (int sourced = 0; sourced < 2; sourced++)
		for (int how = BARE; how <= (sourced ? RIB : OBJECTS); how++)
			measure(&b, sourced, (enum how)how, limit);
	free(b.ops);
	fib_netlink_free(b.fib);
	netlink_free(b.nl);
	return 0;
}
