/* SPDX-License-Identifier: MIT */
/* Operations of the FIB compiler to rtnetlink requests. */
#include "zebra/fib_netlink.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "zebra/netlink.h"
#include "zebra/netlink_codec.h"

/* Octets of requests in one system call, and how many: should all be refused,
 * each one's answer has to find room in the receive buffer. */
#define BATCH_SIZE  65536
#define BATCH_COUNT 1024

#define NO_ANSWER   (-1)

/* What the kernel said of a refused route. There are as many as refused
 * routes: one goes when its pair is set or deleted. */
struct reason {
	struct sdentry entry;
	char text[96];
};
SDTABLE_TYPE(reasons, struct reason, entry);

struct fib_netlink {
	struct netlink *nl;
	struct memtag mem;
	struct reasons reasons;
	bool probing;
	uint32_t seq; /* of the first operation in the batch */
	struct fib_op *ops;
	size_t n_ops; /* in the batch */
	size_t used;
	struct nlmsghdr *last; /* in the batch */
	_Alignas(struct nlmsghdr) char buf[BATCH_SIZE];
};

struct fib_netlink *fib_netlink_new(char *err, unsigned int err_size)
{
	struct memtag mem = {.name = "fib_netlink"};
	struct netlink *nl = netlink_new(NULL, err, err_size);
	struct fib_netlink *f;

	if (!nl)
		return NULL;
	f = mem_new(&mem, sizeof(*f));
	f->mem = mem;
	f->nl = nl;
	f->seq = 1;
	reasons_init(&f->reasons);
	return f;
}

static void reason_drop(struct fib_netlink *f, struct reason *r)
{
	reasons_del(&f->reasons, r);
	mem_free(&f->mem, r);
}

static void reason_note(struct fib_netlink *f, const struct fib_op *op, const char *text)
{
	struct reason *r;

	/* Of other tables than main no words are kept. */
	if (f->probing || op->kind == FIB_RULE_ADD || op->kind == FIB_RULE_DEL ||
	    (op->route.table && !op->route.ruled) ||
	    (!op->error && reasons_count(&f->reasons) == 0))
		return;
	r = reasons_find(&f->reasons, &op->route.pair);
	if (!op->error || !text) {
		if (r)
			reason_drop(f, r);
		return;
	}
	if (!r) {
		r = mem_new(&f->mem, sizeof(*r));
		r->entry.key = op->route.pair;
		reasons_add(&f->reasons, r);
	}
	snprintf(r->text, sizeof(r->text), "%s", text);
}

const char *fib_netlink_reason(const struct fib_netlink *f, const struct sdprefix *pair)
{
	const struct reason *r = reasons_find(&f->reasons, pair);

	return r ? r->text : NULL;
}

void fib_netlink_free(struct fib_netlink *f)
{
	struct memtag mem;
	struct reason *r;

	if (!f)
		return;
	while ((r = reasons_first(&f->reasons)))
		reason_drop(f, r);
	reasons_fini(&f->reasons);
	netlink_free(f->nl);
	mem = f->mem;
	mem_free(&mem, f);
}

uint32_t fib_netlink_portid(const struct fib_netlink *f)
{
	return netlink_portid(f->nl);
}

/* Gone already is gone: an interface took it along, for one. */
static bool is_done(enum fib_op_kind kind, int error)
{
	switch (kind) {
	case FIB_SET:
		break;
	case FIB_DEL:
		return error == ESRCH;
	case FIB_RULE_ADD:
		return error == EEXIST;
	case FIB_RULE_DEL:
		return error == ENOENT;
	}
	return false;
}

static void answered(void *ctx, const struct nlmsghdr *h)
{
	struct fib_netlink *f = ctx;
	const char *text;
	struct fib_op *op;
	int error;

	if (h->nlmsg_seq - f->seq >= f->n_ops || !nl_parse_ack(h, &error, &text))
		return;
	op = &f->ops[h->nlmsg_seq - f->seq];
	op->error = is_done(op->kind, error) ? 0 : error;
	reason_note(f, op, text);
}

/* True: nothing was lost. */
static bool read_answers(struct fib_netlink *f)
{
	bool whole = true;

	for (;;) {
		switch (netlink_read(f->nl, answered, f)) {
		case NETLINK_MORE:
			continue;
		case NETLINK_OVERRUN:
			whole = false;
			continue;
		case NETLINK_DRAINED:
			return whole;
		case NETLINK_BROKEN:
			return false;
		}
	}
}

/* Sends the batch and collects its answers. The kernel works all requests off
 * within sendmsg(), in their order, so the answers are there when it returns.
 * A refusal is answered always, a success only where an ACK is asked for: of
 * the last one. If its answer is there and none was lost, all that were not
 * answered went well. */
static void flush(struct fib_netlink *f)
{
	struct fib_op *last = f->n_ops ? &f->ops[f->n_ops - 1] : NULL;
	int error;

	if (!last)
		return;
	for (size_t i = 0; i < f->n_ops; i++)
		f->ops[i].error = NO_ANSWER;
	f->last->nlmsg_flags |= NLM_F_ACK;
	error = netlink_send(f->nl, f->buf, f->used);
	if (!error && !(read_answers(f) && last->error != NO_ANSWER))
		error = NO_ANSWER;
	for (size_t i = 0; i < f->n_ops; i++) {
		if (f->ops[i].error != NO_ANSWER)
			continue;
		f->ops[i].error = error;
		if (!error)
			reason_note(f, &f->ops[i], NULL);
	}
	f->seq += (uint32_t)f->n_ops;
	f->ops += f->n_ops;
	f->n_ops = 0;
	f->used = 0;
}

static void add(struct fib_netlink *f)
{
	struct nlmsghdr *h =
		nl_put_op(f->buf + f->used, &f->ops[f->n_ops], f->seq + (uint32_t)f->n_ops);

	h->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	f->last = h;
	f->used += MNL_ALIGN(h->nlmsg_len);
	f->n_ops++;
}

void fib_netlink_write(struct fib_netlink *f, struct fib_op *ops, size_t n)
{
	f->ops = ops;
	for (size_t i = 0; i < n; i++) {
		if (f->n_ops == BATCH_COUNT || f->used + NL_OP_MAX > sizeof(f->buf))
			flush(f);
		add(f);
	}
	flush(f);
	/* An answer that found no room in our receive buffer: both kinds of
	 * operation may be repeated without harm. */
	for (size_t i = 0; i < n; i++) {
		if (ops[i].error != NO_ANSWER)
			continue;
		f->ops = &ops[i];
		add(f);
		flush(f);
		if (ops[i].error == NO_ANSWER)
			ops[i].error = ENOBUFS;
	}
	f->ops = NULL;
}

/* ---- Probing ---- */

#define NO_SUCH_INTERFACE 0x7fffffff

/* Tries to set a route on an interface that can't exist: a kernel that can
 * hold such routes gets as far as looking for the interface. invalid: what
 * its EINVAL means. */
static bool probe(struct fib_netlink *f, struct fib_op *op, const char *invalid, const char **why)
{
	f->probing = true;
	fib_netlink_write(f, op, 1);
	f->probing = false;
	if (op->error == ENODEV)
		return true;
	if (!why)
		return false;
	switch (op->error) {
	case EINVAL:
		*why = invalid;
		break;
	case EPERM:
		*why = "zebra may not change routes (no CAP_NET_ADMIN)";
		break;
	case EAFNOSUPPORT:
	case EOPNOTSUPP:
		*why = "it has no IPv6";
		break;
	default:
		*why = strerror(op->error);
		break;
	}
	return false;
}

bool fib_netlink_probe_subtrees(struct fib_netlink *f, const char **why)
{
	static const uint8_t discard[16] = {0x01, 0x00}; /* 100::/64, RFC 6666 */
	struct addr a = addr_from(FAM_IP6, discard);
	struct prefix p;
	struct rib_nexthop nh = {.kind = RIB_NH_IFINDEX, .ifindex = NO_SUCH_INTERFACE};
	struct fib_op op = {.kind = FIB_SET, .route = {.n_nexthops = 1, .nexthops = &nh}};

	prefix_make(&p, FAM_IP6, &a, 64);
	sdprefix_make(&op.route.pair, &p, &p);
	return probe(f, &op, "it was built without IPv6 source subtrees (CONFIG_IPV6_SUBTREES)",
		     why);
}

bool fib_netlink_probe_via6(struct fib_netlink *f, const char **why)
{
	static const uint8_t nobody[16] = {0xfe, 0x80, [15] = 1};
	struct addr a = addr_ip4(192, 0, 2, 0); /* TEST-NET-1, RFC 5737 */
	struct prefix p;
	struct rib_nexthop nh = {.kind = RIB_NH_GATE_IFINDEX,
				 .ifindex = NO_SUCH_INTERFACE,
				 .gate = addr_from(FAM_IP6, nobody),
				 .gate6 = true};
	struct fib_op op = {.kind = FIB_SET, .route = {.n_nexthops = 1, .nexthops = &nh}};

	prefix_make(&p, FAM_IP4, &a, 24);
	sdprefix_make(&op.route.pair, &p, NULL);
	return probe(f, &op, "it is older than Linux 5.2", why);
}
