/* SPDX-License-Identifier: MIT */
/* What the kernel tells: links, addresses and routes. */
#include "zebra/kernel_private.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/io/log.h"

/* Reads per turn of the loop, so that a flood of notifications delays
 * clients but does not shut them out. */
#define READS_PER_TURN 64
/* More than a receive buffer holds. */
#define DRAIN_READS    100000

void kernel_pair_add(struct pair_list *l, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *owner)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 64;

		l->v = mem_resize(&l->k->mem, l->v, l->room * sizeof(l->v[0]),
				  room * sizeof(l->v[0]));
		l->room = room;
	}
	l->v[l->n].pair = *pair;
	l->v[l->n].table = table;
	if (owner)
		l->v[l->n].owner = *owner;
	l->n++;
}

void kernel_rib_changed(struct kernel *k, bool lost)
{
	k->ops->rib_changed(k->ctx, lost);
}

/* ---- links and addresses ---- */

static bool all_on(const struct rib_nexthop *nh, uint32_t n, uint32_t ifindex)
{
	for (uint32_t i = 0; i < n; i++)
		if (nh[i].ifindex != ifindex)
			return false;
	return n > 0;
}

static bool note_foreign_on(void *ctx, const struct rib_view *v)
{
	struct pair_list *l = ctx;

	if (v->owner.type == RIB_TYPE_KERNEL && all_on(v->nexthops, v->n_nexthops, l->ifindex) &&
	    (!l->ip4_only || sdprefix_family(&v->pair) == FAM_IP4))
		kernel_pair_add(l, 0, &v->pair, &v->owner);
	return true;
}

static bool note_ours_on(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	struct pair_list *l = ctx;

	(void)auxiliary;
	for (uint32_t i = 0; !error && i < f->n_nexthops; i++) {
		if (f->nexthops[i].ifindex == l->ifindex &&
		    (!l->ip4_only || sdprefix_family(&f->pair) == FAM_IP4)) {
			kernel_pair_add(l, rib_table_of(f), &f->pair, NULL);
			break;
		}
	}
	return true;
}

/* With an interface set down or removed the kernel drops the routes over it,
 * for IPv4 without a word, for IPv6 with or without (a sysctl). With its last
 * IPv4 address go all IPv4 routes, even those that need none. */
static void routes_dropped(struct kernel *k, uint32_t ifindex, bool ip4_only)
{
	struct pair_list foreign = {.k = k, .ifindex = ifindex, .ip4_only = ip4_only};
	struct pair_list ours = foreign;
	const struct rib *t;

	rib_each(k->rib, NULL, note_foreign_on, &foreign);
	rib_each_fib(k->rib, NULL, note_ours_on, &ours);
	for (t = rib_table_after(k->rib, 0); t; t = rib_table_after(k->rib, rib_table_id(t)))
		rib_each_fib(t, NULL, note_ours_on, &ours);
	for (size_t i = 0; i < foreign.n; i++)
		rib_del(k->rib, &foreign.v[i].pair, &foreign.v[i].owner);
	for (size_t i = 0; i < ours.n; i++)
		kernel_lost(k, ours.v[i].table, &ours.v[i].pair);
	mem_free(&k->mem, foreign.v);
	mem_free(&k->mem, ours.v);
	kernel_rib_changed(k, true);
}

static void link_message(struct kernel *k, const struct nlmsghdr *h)
{
	struct nl_link l;
	const struct iface *i;
	bool was_up;

	switch (nl_parse_link(h, &l)) {
	case NL_OK:
		break;
	case NL_IGNORE:
		return;
	case NL_BAD:
		k->count.bad++;
		return;
	}
	i = ifaces_find(k->ifs, l.ifindex);
	was_up = i && (i->l.flags & IFF_UP);
	if (h->nlmsg_type == RTM_DELLINK)
		ifaces_link_gone(k->ifs, l.ifindex);
	else
		ifaces_link(k->ifs, &l);
	if (was_up && (h->nlmsg_type == RTM_DELLINK || !(l.flags & IFF_UP)))
		routes_dropped(k, l.ifindex, false);
}

static bool has_ip4(const struct kernel *k, uint32_t ifindex)
{
	const struct iface *i = ifaces_find(k->ifs, ifindex);
	const struct iface_addr *a;

	for (a = i ? iface_addr_first(i) : NULL; a; a = iface_addr_next(i, a))
		if (a->a.family == FAM_IP4)
			return true;
	return false;
}

/* A comparison waits this long for more addresses to go. */
#define ADDR_HOLD (200 * USEC_PER_MSEC)

static void addr_gone(struct kernel *k, const struct nl_addr *a)
{
	bool had = has_ip4(k, a->ifindex);

	ifaces_addr_gone(k->ifs, a);
	if (had && !has_ip4(k, a->ifindex))
		routes_dropped(k, a->ifindex, true);
	/* With any of them go the IPv4 routes that have it for their source, unless
	 * another interface has the same; before Linux 6.7 in silence. */
	if (a->family == FAM_IP4)
		kernel_check_soon(k, ADDR_HOLD);
}

static void addr_message(struct kernel *k, const struct nlmsghdr *h)
{
	struct nl_addr a;

	switch (nl_parse_addr(h, &a)) {
	case NL_OK:
		if (h->nlmsg_type == RTM_DELADDR)
			addr_gone(k, &a);
		else
			ifaces_addr(k->ifs, &a);
		break;
	case NL_IGNORE:
		break;
	case NL_BAD:
		k->count.bad++;
		break;
	}
}

static void message(void *ctx, const struct nlmsghdr *h)
{
	struct kernel *k = ctx;

	k->count.messages++;
	switch (h->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		link_message(k, h);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		addr_message(k, h);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		kernel_route_message(k, h);
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		kernel_rule_message(k, h);
		break;
	}
}

static int reread_links(struct kernel *k)
{
	int error;

	ifaces_reread_begin(k->ifs);
	error = netlink_dump(k->request, RTM_GETLINK, AF_UNSPEC, message, k);
	if (!error)
		error = netlink_dump(k->request, RTM_GETADDR, AF_UNSPEC, message, k);
	if (!error)
		ifaces_reread_end(k->ifs);
	return error;
}

/* ---- the sockets ---- */

/* Links and addresses at once, for the routes depend on them; the routes, of
 * which there are many, in slices. */
static void reread_due(void *ctx)
{
	struct kernel *k = ctx;
	int error = reread_links(k);

	k->count.rereads++;
	kernel_rib_changed(k, false);
	kernel_check_soon(k, 0);
	if (error) {
		log_warning("netlink: reading the kernel's tables: %s; trying again",
			    strerror(error));
		loop_timer_at(k->reread, mono_add(loop_now(k->loop), USEC_PER_SEC));
	}
}

static void overran(struct kernel *k)
{
	static struct log_limit lim = LOG_LIMIT(3, 60 * USEC_PER_SEC);

	k->count.overruns++;
	k->overrun = true;
	log_limited(&lim, LOG_LVL_NOTICE,
		    "netlink: the kernel had more to tell than fits; reading all anew");
	loop_timer_at(k->reread, loop_now(k->loop));
}

/* True: there is more. */
static bool read_one(struct kernel *k)
{
	static struct log_limit lim = LOG_LIMIT(3, 60 * USEC_PER_SEC);

	switch (netlink_read(k->watch, message, k)) {
	case NETLINK_MORE:
		return true;
	case NETLINK_OVERRUN:
		overran(k);
		return true;
	case NETLINK_DRAINED:
		if (k->overrun)
			loop_timer_at(k->reread, loop_now(k->loop));
		k->overrun = false;
		return false;
	case NETLINK_BROKEN:
		log_limited(&lim, LOG_LVL_ERROR, "netlink: reading notifications: %s",
			    strerror(errno));
		return false;
	}
	return false;
}

static void readable(void *ctx, unsigned int what)
{
	(void)what;
	for (int i = 0; i < READS_PER_TURN && read_one(ctx); i++)
		;
}

void kernel_drain(struct kernel *k)
{
	for (int i = 0; i < DRAIN_READS && read_one(k); i++)
		;
}

struct kernel *kernel_new(struct loop *l, struct ifaces *ifs, struct rib *rib, uint32_t own_portid,
			  char *err, unsigned int err_size)
{
	static const unsigned int groups[] = {RTNLGRP_LINK,	   RTNLGRP_IPV4_IFADDR,
					      RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
					      RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,
					      RTNLGRP_IPV6_RULE,   0};
	struct memtag mem = {.name = "kernel"};
	struct kernel *k = mem_new(&mem, sizeof(*k));

	k->mem = mem;
	k->loop = l;
	k->ifs = ifs;
	k->rib = rib;
	k->own_portid = own_portid;
	k->check_due = MONO_NEVER;
	/* Notifications first: what changes during the dumps is not missed. */
	k->watch = netlink_new(groups, err, err_size);
	if (k->watch) {
		netlink_ignore(k->watch, own_portid);
		k->request = netlink_new(NULL, err, err_size);
	}
	if (k->request)
		k->dump = netlink_new(NULL, err, err_size);
	if (!k->dump) {
		kernel_free(k);
		return NULL;
	}
	return k;
}

void kernel_free(struct kernel *k)
{
	struct memtag mem;

	if (!k)
		return;
	loop_fd_free(k->fd);
	loop_timer_free(k->reread);
	loop_timer_free(k->turn);
	kernel_check_end(k);
	netlink_free(k->watch);
	netlink_free(k->request);
	netlink_free(k->dump);
	mem = k->mem;
	mem_free(&mem, k);
}

bool kernel_start(struct kernel *k, const struct kernel_ops *ops, void *ctx, char *err,
		  unsigned int err_size)
{
	int error;

	k->ops = ops;
	k->ctx = ctx;
	error = reread_links(k);
	if (!error)
		error = kernel_read_rules(k);
	if (!error)
		error = kernel_read_routes(k);
	if (error) {
		snprintf(err, err_size, "reading the kernel's tables: %s", strerror(error));
		return false;
	}
	kernel_rib_changed(k, false);
	k->reread = loop_timer_new(k->loop, reread_due, k);
	k->turn = loop_timer_new(k->loop, kernel_check_turn, k);
	kernel_check_interval(k, KERNEL_CHECK_DEFAULT);
	k->fd = loop_fd_new(k->loop, netlink_fd(k->watch), LOOP_READ, readable, k);
	return true;
}

void kernel_refresh(struct kernel *k)
{
	loop_timer_at(k->reread, loop_now(k->loop));
}

const struct kernel_counters *kernel_counters(const struct kernel *k)
{
	return &k->count;
}

void kernel_buffer(struct kernel *k, unsigned int octets)
{
	netlink_buffer(k->watch, octets);
}
