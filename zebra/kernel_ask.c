/* SPDX-License-Identifier: MIT */
/* The kernel, asked for the way of one packet. */
#include "zebra/kernel_ask.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

#include "zebra/netlink.h"
#include "zebra/netlink_codec.h"

struct nlmsghdr *kernel_ask_put(void *buf, const struct kernel_question *q, bool match,
				uint32_t seq)
{
	enum family f = q->packet.family;
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(h, sizeof(*rtm));
	const struct addr *src = &q->packet.src;

	h->nlmsg_type = RTM_GETROUTE;
	h->nlmsg_flags = NLM_F_REQUEST;
	h->nlmsg_seq = seq;
	rtm->rtm_family = f == FAM_IP4 ? AF_INET : AF_INET6;
	rtm->rtm_dst_len = (uint8_t)family_bits(f);
	/* IPv4 tells the table only if asked to; IPv6 always. */
	rtm->rtm_flags = (match ? RTM_F_FIB_MATCH : 0) | (f == FAM_IP4 ? RTM_F_LOOKUP_TABLE : 0);
	mnl_attr_put(h, RTA_DST, family_octets(f), q->packet.dst.b);
	if (!addr_is_zero(src)) {
		rtm->rtm_src_len = (uint8_t)family_bits(f);
		mnl_attr_put(h, RTA_SRC, family_octets(f), src->b);
	}
	if (q->iif)
		mnl_attr_put_u32(h, RTA_IIF, q->iif);
	return h;
}

/* The error of a lookup says what the route does: fib_props of IPv4,
 * ip6_rt_type_to_error() of IPv6. */
static void answer_error(int error, struct rib_kernel_answer *out)
{
	out->error = error;
	out->kind = RIB_KERNEL_DROPS;
	switch (error) {
	case EHOSTUNREACH:
		out->drops = RIB_NH_UNREACHABLE;
		break;
	case EACCES:
		out->drops = RIB_NH_PROHIBIT;
		break;
	case EINVAL:
		out->drops = RIB_NH_BLACKHOLE;
		break;
	case ENETUNREACH:
		out->kind = RIB_KERNEL_NONE;
		break;
	default:
		out->kind = RIB_KERNEL_ERROR;
		break;
	}
}

static void answer_route(const struct nl_route *r, struct rib_kernel_answer *out)
{
	out->pair = r->pair;
	out->table = r->table;
	out->protocol = r->protocol;
	out->priority = r->priority;
	out->n_nexthops = r->n_nexthops;
	memcpy(out->nexthops, r->nexthops, r->n_nexthops * sizeof(r->nexthops[0]));
	out->kind = r->type == RTN_UNICAST ? RIB_KERNEL_ROUTE : RIB_KERNEL_LOCAL;
	if (r->n_nexthops && r->nexthops[0].kind >= RIB_NH_BLACKHOLE) {
		out->kind = RIB_KERNEL_DROPS;
		out->drops = r->nexthops[0].kind;
	}
}

bool kernel_ask_parse(const struct nlmsghdr *h, struct rib_kernel_answer *out)
{
	struct nl_route r;
	const char *text;
	int error;

	if (nl_parse_ack(h, &error, &text)) {
		answer_error(error, out);
		return true;
	}
	if (h->nlmsg_type != RTM_NEWROUTE || nl_parse_route(h, &r) != NL_OK)
		return false;
	answer_route(&r, out);
	return true;
}

struct got {
	struct rib_kernel_answer *out;
	bool done;
};

static void got(void *ctx, const struct nlmsghdr *h)
{
	struct got *g = ctx;

	g->done |= kernel_ask_parse(h, g->out);
}

/* False: it did not get to the kernel. */
static bool ask_once(struct netlink *nl, const struct kernel_question *q, bool match,
		     struct rib_kernel_answer *out)
{
	_Alignas(struct nlmsghdr) char buf[NL_OP_MAX];
	struct nlmsghdr *h = kernel_ask_put(buf, q, match, 1);
	struct got g = {.out = out};

	memset(out, 0, sizeof(*out));
	out->kind = RIB_KERNEL_MUTE;
	out->error = netlink_send(nl, h, h->nlmsg_len);
	/* The kernel answers while it takes the request. */
	while (!out->error && !g.done && netlink_read(nl, got, &g) == NETLINK_MORE)
		;
	return g.done;
}

void kernel_ask(const struct kernel_question *q, struct rib_kernel_answer *out)
{
	struct rib_kernel_answer taken;
	char err[128];
	/* Its own socket: asked seldom, and a dump may be under way elsewhere. */
	struct netlink *nl = netlink_new(NULL, err, sizeof(err));

	memset(out, 0, sizeof(*out));
	out->kind = RIB_KERNEL_MUTE;
	out->error = ENOBUFS;
	if (!nl)
		return;
	if (ask_once(nl, q, true, out) && out->kind == RIB_KERNEL_ROUTE && out->n_nexthops > 1 &&
	    ask_once(nl, q, false, &taken) && taken.n_nexthops == 1) {
		out->have_taken = true;
		out->taken = taken.nexthops[0];
	}
	netlink_free(nl);
}
