/* SPDX-License-Identifier: MIT */
/* Whose the kernel's routes are, and what follows when one comes or goes. */
#include "zebra/kernel_private.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <string.h>

#include "lib/io/log.h"
#include "lib/zapi/zapi.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_check.h"

/* A comparison waits this long for more reasons to come. */
#define CHECK_HOLD (200 * USEC_PER_MSEC)

enum kernel_whose kernel_route_whose(const struct nl_route *r)
{
	enum family f = sdprefix_family(&r->pair);

	if (r->ruled)
		return nl_rtproto_is_ours(r->protocol) && r->priority == NL_PRIORITY_PLAIN
			       ? KERNEL_OURS
			       : KERNEL_NOBODYS;
	if ((r->flags & RTM_F_CLONED) || r->n_nexthops == 0 || r->type == RTN_THROW ||
	    r->tos != 0 || addr_is_multicast(f, &r->pair.dst.addr))
		return KERNEL_NOBODYS;
	/* Another program may use the same protocol number (babeld does), but
	 * hardly our priority as well. */
	if (nl_rtproto_is_ours(r->protocol) && r->priority == nl_route_priority(&r->pair))
		return KERNEL_OURS;
	/* The kernel's own routes follow from the addresses: connected. A
	 * redirect is about one host's own packets, for a while. */
	if (r->table != RT_TABLE_MAIN || r->protocol == RTPROT_KERNEL ||
	    r->protocol == RTPROT_REDIRECT)
		return KERNEL_NOBODYS;
	return KERNEL_FOREIGN;
}

/* zebra's own number is for what the FIB compiler adds. */
static uint8_t type_of(uint8_t rtproto)
{
	return rtproto == NL_RTPROTO_ZEBRA ? RIB_TYPE_AUXILIARY
					   : zapi_route_type_of_rtproto(rtproto);
}

uint8_t kernel_type_read_back(uint8_t type)
{
	return type_of(nl_rtproto_of_type(type));
}

struct fib_route kernel_route_fib(const struct nl_route *r)
{
	return (struct fib_route){
		.pair = r->pair,
		.type = type_of(r->protocol),
		.mtu = r->mtu,
		.prefsrc = r->prefsrc,
		.table = r->table == RT_TABLE_MAIN ? 0 : r->table,
		.ruled = r->ruled,
		.n_nexthops = r->n_nexthops,
		.nexthops = r->nexthops,
	};
}

struct rib *kernel_rib_for(struct rib *main, const struct fib_route *f)
{
	if (f->ruled || !f->table)
		return main;
	/* Of a source's table without its rule nothing is known. */
	return rib_range_has(&rib_setup(main)->range, f->table) ? NULL
								: rib_table_get(main, f->table);
}

struct rib_owner kernel_foreign_owner(const struct nl_route *r)
{
	return (struct rib_owner){.type = RIB_TYPE_KERNEL, .key = r->priority};
}

struct rib_spec kernel_foreign_spec(struct nl_route *r)
{
	return (struct rib_spec){
		.distance = (uint8_t)(r->priority >> 24),
		.metric = r->priority & 0xffffff,
		.mtu = r->mtu,
		.prefsrc = r->prefsrc,
		.n_nexthops = r->n_nexthops,
		.nexthops = r->nexthops,
	};
}

static void foreign_add(struct kernel *k, struct nl_route *r)
{
	struct rib_owner owner = kernel_foreign_owner(r);
	struct rib_spec spec = kernel_foreign_spec(r);

	rib_add(k->rib, &r->pair, &owner, &spec, loop_now(k->loop));
	kernel_rib_changed(k, false);
}

struct remainder {
	const struct nl_route *lost;
	struct rib_owner owner;
	bool found;
	struct rib_spec spec;
	struct rib_nexthop nh[RIB_MAX_NEXTHOPS];
};

static bool is_lost(const struct nl_route *r, const struct rib_nexthop *nh)
{
	for (uint32_t i = 0; i < r->n_nexthops; i++)
		if (r->nexthops[i].kind == nh->kind && r->nexthops[i].ifindex == nh->ifindex &&
		    r->nexthops[i].gate6 == nh->gate6 &&
		    addr_cmp(&r->nexthops[i].gate, &nh->gate) == 0)
			return true;
	return false;
}

static bool note_remainder(void *ctx, const struct rib_view *v)
{
	struct remainder *m = ctx;

	if (v->owner.type != RIB_TYPE_KERNEL || v->owner.key != m->owner.key)
		return true;
	m->found = true;
	m->spec = (struct rib_spec){
		.distance = v->distance,
		.metric = v->metric,
		.mtu = v->mtu,
		.prefsrc = v->prefsrc,
		.nexthops = m->nh,
	};
	for (uint32_t i = 0; i < v->n_nexthops; i++)
		if (!is_lost(m->lost, &v->nexthops[i]))
			m->nh[m->spec.n_nexthops++] = v->nexthops[i];
	return false;
}

/* IPv6 tells the loss of one next hop of several as the deletion of a route
 * with that one: what is left is what was known of it before. */
static void foreign_del(struct kernel *k, const struct nl_route *r)
{
	struct remainder m = {.lost = r, .owner = kernel_foreign_owner(r)};

	rib_each_at(k->rib, &r->pair, note_remainder, &m);
	if (!m.found)
		return;
	if (sdprefix_family(&r->pair) == FAM_IP6 && m.spec.n_nexthops) {
		rib_add(k->rib, &r->pair, &m.owner, &m.spec, loop_now(k->loop));
		kernel_check_soon(k, CHECK_HOLD);
	} else {
		rib_del(k->rib, &r->pair, &m.owner);
	}
	kernel_rib_changed(k, false);
}

void kernel_lost(struct kernel *k, uint32_t table, const struct sdprefix *pair)
{
	struct rib *rib = rib_table_find(k->rib, table);

	if (!rib)
		return;
	k->count.lost++;
	rib_kernel_lost(rib, pair);
	kernel_rib_changed(k, true);
}

void kernel_unexpected(struct kernel *k, const struct fib_route *f)
{
	struct rib *rib = kernel_rib_for(k->rib, f);

	if (!rib)
		return;
	rib_kernel_found(rib, f);
	rib_sweep_kernel_at(rib, &f->pair);
	kernel_rib_changed(k, false);
}

/* In a table that a rule of ours leads to, the source is the rule's. */
static void set_source(const struct kernel *k, struct nl_route *r)
{
	struct prefix src;

	if (r->table == RT_TABLE_MAIN || !sdprefix_is_plain(&r->pair) ||
	    !rib_slot_source(k->rib, sdprefix_family(&r->pair), r->table, &src))
		return;
	r->ruled = sdprefix_make(&r->pair, &r->pair.dst, &src);
}

bool kernel_parse_route(struct kernel *k, const struct nlmsghdr *h, struct nl_route *r)
{
	static struct log_limit lim = LOG_LIMIT(3, 60 * USEC_PER_SEC);

	switch (nl_parse_route(h, r)) {
	case NL_OK:
		set_source(k, r);
		return true;
	case NL_IGNORE:
		return false;
	case NL_BAD:
		break;
	}
	k->count.bad++;
	log_limited(&lim, LOG_LVL_WARNING,
		    "netlink: a route message (type %u, %u octets) does not parse; ignored",
		    h->nlmsg_type, h->nlmsg_len);
	return false;
}

static bool found_held(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	(void)f;
	(void)auxiliary;
	*(bool *)ctx = *(bool *)ctx || !error;
	return true;
}

/* What the kernel does by itself, for a link that goes down, has no portid:
 * word of the link is on its way, and it is nobody's doing. */
static void ours_gone(struct kernel *k, const struct nlmsghdr *h, const struct nl_route *r)
{
	struct fib_route f = kernel_route_fib(r);
	uint32_t table = rib_table_of(&f);
	struct rib *rib = rib_table_find(k->rib, table);
	bool held = false;

	if (rib)
		rib_each_fib_at(rib, &r->pair, found_held, &held);
	if (h->nlmsg_pid && held)
		k->ops->drift(k->ctx, KERNEL_MISSING, &r->pair, h->nlmsg_pid);
	kernel_lost(k, table, &r->pair);
}

/* Somebody else wrote a route that passes for ours. */
static void ours_written(struct kernel *k, const struct nlmsghdr *h, const struct nl_route *r)
{
	struct fib_route f = kernel_route_fib(r);

	if (!h->nlmsg_pid)
		return;
	switch (rib_check_one(k->rib, &f, kernel_type_read_back)) {
	case RIB_CHECK_SAME:
		break;
	case RIB_CHECK_CHANGING: /* our write to come replaces it */
		kernel_lost(k, rib_table_of(&f), &r->pair);
		break;
	case RIB_CHECK_DIFFERENT:
		k->ops->drift(k->ctx, KERNEL_DIFFERENT, &r->pair, h->nlmsg_pid);
		kernel_lost(k, rib_table_of(&f), &r->pair);
		break;
	case RIB_CHECK_UNEXPECTED:
		k->ops->drift(k->ctx, KERNEL_UNEXPECTED, &r->pair, h->nlmsg_pid);
		kernel_unexpected(k, &f);
		break;
	}
}

void kernel_route_message(struct kernel *k, const struct nlmsghdr *h)
{
	struct nl_route r;
	bool gone = h->nlmsg_type == RTM_DELROUTE;

	if (h->nlmsg_pid == k->own_portid || !kernel_parse_route(k, h, &r))
		return;
	switch (kernel_route_whose(&r)) {
	case KERNEL_NOBODYS:
		break;
	case KERNEL_OURS:
		if (gone)
			ours_gone(k, h, &r);
		else
			ours_written(k, h, &r);
		break;
	case KERNEL_FOREIGN:
		if (gone)
			foreign_del(k, &r);
		else
			foreign_add(k, &r);
		/* It took the place of ours: same pair, same priority. */
		if (!gone && (h->nlmsg_flags & NLM_F_REPLACE) &&
		    r.priority == nl_route_priority(&r.pair))
			ours_gone(k, h, &r);
		break;
	}
}

/* In a table of our range without a rule: nothing leads there. If it is ours
 * it goes; if not, the table is somebody else's. */
static void stray(struct kernel *k, const struct nl_route *r)
{
	struct fib_route f = kernel_route_fib(r);

	f.ruled = true;
	if (sdprefix_is_plain(&r->pair) && nl_rtproto_is_ours(r->protocol) &&
	    r->priority == NL_PRIORITY_PLAIN)
		rib_stray_found(k->rib, &f);
	else
		rib_slot_taken(k->rib, sdprefix_family(&r->pair), r->table);
}

static void dumped(void *ctx, const struct nlmsghdr *h)
{
	struct kernel *k = ctx;
	struct nl_route r;

	if (h->nlmsg_type != RTM_NEWROUTE || !kernel_parse_route(k, h, &r))
		return;
	if (!r.ruled && rib_range_has(&rib_setup(k->rib)->range, r.table)) {
		stray(k, &r);
		return;
	}
	switch (kernel_route_whose(&r)) {
	case KERNEL_NOBODYS:
		break;
	case KERNEL_OURS:
		k->ops->found(k->ctx, &r);
		break;
	case KERNEL_FOREIGN:
		foreign_add(k, &r);
		break;
	}
}

int kernel_read_routes(struct kernel *k)
{
	int error = netlink_dump(k->request, RTM_GETROUTE, AF_INET, dumped, k);

	if (!error || kernel_no_family(error))
		error = netlink_dump(k->request, RTM_GETROUTE, AF_INET6, dumped, k);
	return kernel_no_family(error) ? 0 : error;
}
