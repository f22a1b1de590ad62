/* SPDX-License-Identifier: MIT */
/* What the kernel tells: links, addresses and routes. */
#include "zebra/kernel.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "lib/io/log.h"
#include "lib/zapi/zapi.h"
#include "zebra/netlink.h"

/* Reads per turn of the loop, so that a flood of notifications delays
 * clients but does not shut them out. */
#define READS_PER_TURN 64
/* A full re-read of the routes waits this long for more reasons to come. */
#define REREAD_HOLD    (200 * USEC_PER_MSEC)

struct kernel {
	struct loop *loop;
	struct ifaces *ifs;
	struct rib *rib;
	uint32_t own_portid;
	const struct kernel_ops *ops;
	void *ctx;
	struct netlink *watch, *request;
	struct loop_fd *fd;
	struct loop_timer *reread;
	bool starting;
	bool overrun; /* read all anew once the socket is drained */
	struct kernel_counters count;
	struct memtag mem;
	/* During a re-read of routes: those of ours that are there. */
	struct seen_table *seen;
};

struct seen {
	struct sdentry entry;
};
SDTABLE_TYPE(seen_table, struct seen, entry);

/* Pairs to be worked on after a walk that must not see changes. */
struct pair_list {
	struct pair_of {
		struct sdprefix pair;
		struct rib_owner owner;
	} * v;
	size_t n, room;
	uint32_t ifindex; /* of interest */
	bool ip4_only;
	struct kernel *k;
};

static void pair_add(struct pair_list *l, const struct sdprefix *pair,
		     const struct rib_owner *owner)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 64;

		l->v = mem_resize(&l->k->mem, l->v, l->room * sizeof(l->v[0]),
				  room * sizeof(l->v[0]));
		l->room = room;
	}
	l->v[l->n].pair = *pair;
	if (owner)
		l->v[l->n].owner = *owner;
	l->n++;
}

static void rib_changed(struct kernel *k, bool lost)
{
	k->ops->rib_changed(k->ctx, lost);
}

/* ---- routes ---- */

enum kernel_whose kernel_route_whose(const struct nl_route *r)
{
	enum family f = sdprefix_family(&r->pair);

	if (r->table != RT_TABLE_MAIN || (r->flags & RTM_F_CLONED) || r->n_nexthops == 0 ||
	    r->tos != 0 || addr_is_multicast(f, &r->pair.dst.addr))
		return KERNEL_NOBODYS;
	/* Another program may use the same protocol number (babeld does), but
	 * hardly our priority as well. */
	if (nl_rtproto_is_ours(r->protocol) && r->priority == nl_route_priority(&r->pair))
		return KERNEL_OURS;
	/* The kernel's own routes follow from the addresses: connected. */
	if (r->protocol == RTPROT_KERNEL || r->protocol == RTPROT_REDIRECT)
		return KERNEL_NOBODYS;
	return KERNEL_FOREIGN;
}

static struct rib_owner foreign_owner(const struct nl_route *r)
{
	return (struct rib_owner){.type = RIB_TYPE_KERNEL, .key = r->priority};
}

static void foreign_add(struct kernel *k, struct nl_route *r)
{
	struct rib_owner owner = foreign_owner(r);
	struct rib_spec spec = {
		.distance = (uint8_t)(r->priority >> 24),
		.metric = r->priority & 0xffffff,
		.mtu = r->mtu,
		.prefsrc = r->prefsrc,
		.n_nexthops = r->n_nexthops,
		.nexthops = r->nexthops,
	};

	rib_add(k->rib, &r->pair, &owner, &spec, loop_now(k->loop));
	rib_changed(k, false);
}

struct hop_count {
	const struct rib_owner *owner;
	uint32_t n;
};

static bool count_hops(void *ctx, const struct rib_view *v)
{
	struct hop_count *c = ctx;

	if (v->owner.type == RIB_TYPE_KERNEL && v->owner.key == c->owner->key)
		c->n = v->n_nexthops;
	return true;
}

/* IPv6 tells the loss of one next hop of several as the deletion of a route
 * with that one, and does not say what is left. */
static void foreign_del(struct kernel *k, const struct nl_route *r)
{
	struct rib_owner owner = foreign_owner(r);
	struct hop_count had = {.owner = &owner};

	rib_each_at(k->rib, &r->pair, count_hops, &had);
	if (had.n == 0)
		return;
	if (had.n > r->n_nexthops && k->reread)
		loop_timer_at(k->reread, mono_add(loop_now(k->loop), REREAD_HOLD));
	rib_del(k->rib, &r->pair, &owner);
	rib_changed(k, false);
}

static void lost(struct kernel *k, const struct sdprefix *pair)
{
	k->count.lost++;
	rib_kernel_lost(k->rib, pair);
	rib_changed(k, true);
}

static bool parse_route(struct kernel *k, const struct nlmsghdr *h, struct nl_route *r)
{
	static struct log_limit lim = LOG_LIMIT(3, 60 * USEC_PER_SEC);

	switch (nl_parse_route(h, r)) {
	case NL_OK:
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

static void route_changed(struct kernel *k, const struct nlmsghdr *h)
{
	struct nl_route r;
	bool gone = h->nlmsg_type == RTM_DELROUTE;

	if (h->nlmsg_pid == k->own_portid || !parse_route(k, h, &r))
		return;
	switch (kernel_route_whose(&r)) {
	case KERNEL_NOBODYS:
		break;
	case KERNEL_OURS:
		/* What others add under our protocols is theirs to clean up. */
		if (gone)
			lost(k, &r.pair);
		break;
	case KERNEL_FOREIGN:
		if (gone)
			foreign_del(k, &r);
		else
			foreign_add(k, &r);
		/* It took the place of ours: same pair, same priority. */
		if (!gone && (h->nlmsg_flags & NLM_F_REPLACE) &&
		    r.priority == nl_route_priority(&r.pair))
			lost(k, &r.pair);
		break;
	}
}

static void route_dumped(void *ctx, const struct nlmsghdr *h)
{
	struct kernel *k = ctx;
	struct nl_route r;
	struct seen *s;

	if (h->nlmsg_type != RTM_NEWROUTE || !parse_route(k, h, &r))
		return;
	switch (kernel_route_whose(&r)) {
	case KERNEL_NOBODYS:
		break;
	case KERNEL_OURS:
		if (k->starting)
			k->ops->found(k->ctx, &r);
		if (!k->seen || seen_table_find(k->seen, &r.pair))
			break;
		s = mem_new(&k->mem, sizeof(*s));
		s->entry.key = r.pair;
		seen_table_add(k->seen, s);
		break;
	case KERNEL_FOREIGN:
		foreign_add(k, &r);
		break;
	}
}

static bool note_if_unseen(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	struct pair_list *l = ctx;

	(void)auxiliary;
	if (!error && !seen_table_find(l->k->seen, &f->pair))
		pair_add(l, &f->pair, NULL);
	return true;
}

/* All routes anew: what others have, and which of ours are missing. */
static int reread_routes(struct kernel *k)
{
	struct seen_table seen;
	struct pair_list gone = {.k = k};
	struct seen *s;
	int error;

	seen_table_init(&seen);
	k->seen = &seen;
	rib_mark_stale(k->rib, RIB_TYPE_KERNEL, 0);
	error = netlink_dump(k->request, RTM_GETROUTE, AF_INET, route_dumped, k);
	if (!error)
		error = netlink_dump(k->request, RTM_GETROUTE, AF_INET6, route_dumped, k);
	/* A kernel without IPv6 has no such routes, and that is no error. */
	if (error == EAFNOSUPPORT || error == EOPNOTSUPP)
		error = 0;
	if (!error) {
		rib_sweep_stale(k->rib, RIB_TYPE_KERNEL, 0);
		if (!k->starting)
			rib_each_fib(k->rib, NULL, note_if_unseen, &gone);
	}
	k->seen = NULL;
	for (size_t i = 0; i < gone.n; i++)
		lost(k, &gone.v[i].pair);
	mem_free(&k->mem, gone.v);
	while ((s = seen_table_first(&seen))) {
		seen_table_del(&seen, s);
		mem_free(&k->mem, s);
	}
	seen_table_fini(&seen);
	rib_changed(k, false);
	return error;
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
		pair_add(l, &v->pair, &v->owner);
	return true;
}

static bool note_ours_on(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	struct pair_list *l = ctx;

	(void)auxiliary;
	for (uint32_t i = 0; !error && i < f->n_nexthops; i++) {
		if (f->nexthops[i].ifindex == l->ifindex &&
		    (!l->ip4_only || sdprefix_family(&f->pair) == FAM_IP4)) {
			pair_add(l, &f->pair, NULL);
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

	rib_each(k->rib, NULL, note_foreign_on, &foreign);
	rib_each_fib(k->rib, NULL, note_ours_on, &ours);
	for (size_t i = 0; i < foreign.n; i++)
		rib_del(k->rib, &foreign.v[i].pair, &foreign.v[i].owner);
	for (size_t i = 0; i < ours.n; i++)
		lost(k, &ours.v[i].pair);
	mem_free(&k->mem, foreign.v);
	mem_free(&k->mem, ours.v);
	rib_changed(k, true);
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

static void addr_gone(struct kernel *k, const struct nl_addr *a)
{
	bool had = has_ip4(k, a->ifindex);

	ifaces_addr_gone(k->ifs, a);
	if (had && !has_ip4(k, a->ifindex))
		routes_dropped(k, a->ifindex, true);
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
		route_changed(k, h);
		break;
	}
}

static int reread_all(struct kernel *k)
{
	int error;

	ifaces_reread_begin(k->ifs);
	error = netlink_dump(k->request, RTM_GETLINK, AF_UNSPEC, message, k);
	if (!error)
		error = netlink_dump(k->request, RTM_GETADDR, AF_UNSPEC, message, k);
	if (!error)
		ifaces_reread_end(k->ifs);
	return error ? error : reread_routes(k);
}

/* ---- the sockets ---- */

static void reread_due(void *ctx)
{
	struct kernel *k = ctx;
	int error = reread_all(k);

	k->count.rereads++;
	if (error) {
		log_warning("netlink: reading the kernel's tables: %s; trying again",
			    strerror(error));
		loop_timer_at(k->reread, mono_add(loop_now(k->loop), USEC_PER_SEC));
	}
}

static void readable(void *ctx, unsigned int what)
{
	static struct log_limit lim = LOG_LIMIT(3, 60 * USEC_PER_SEC);
	struct kernel *k = ctx;

	(void)what;
	for (int i = 0; i < READS_PER_TURN; i++) {
		switch (netlink_read(k->watch, message, k)) {
		case NETLINK_MORE:
			continue;
		case NETLINK_DRAINED:
			if (k->overrun)
				loop_timer_at(k->reread, loop_now(k->loop));
			k->overrun = false;
			return;
		case NETLINK_OVERRUN:
			k->count.overruns++;
			k->overrun = true;
			log_limited(
				&lim, LOG_LVL_NOTICE,
				"netlink: the kernel had more to tell than fits; reading all anew");
			loop_timer_at(k->reread, loop_now(k->loop));
			continue;
		case NETLINK_BROKEN:
			log_limited(&lim, LOG_LVL_ERROR, "netlink: reading notifications: %s",
				    strerror(errno));
			return;
		}
	}
}

struct kernel *kernel_new(struct loop *l, struct ifaces *ifs, struct rib *rib, uint32_t own_portid,
			  char *err, unsigned int err_size)
{
	static const unsigned int groups[] = {RTNLGRP_LINK,	   RTNLGRP_IPV4_IFADDR,
					      RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
					      RTNLGRP_IPV6_ROUTE,  0};
	struct memtag mem = {.name = "kernel"};
	struct kernel *k = mem_new(&mem, sizeof(*k));

	k->mem = mem;
	k->loop = l;
	k->ifs = ifs;
	k->rib = rib;
	k->own_portid = own_portid;
	/* Notifications first: what changes during the dumps is not missed. */
	k->watch = netlink_new(groups, err, err_size);
	if (k->watch) {
		netlink_ignore(k->watch, own_portid);
		k->request = netlink_new(NULL, err, err_size);
	}
	if (!k->request) {
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
	netlink_free(k->watch);
	netlink_free(k->request);
	mem = k->mem;
	mem_free(&mem, k);
}

bool kernel_start(struct kernel *k, const struct kernel_ops *ops, void *ctx, char *err,
		  unsigned int err_size)
{
	int error;

	k->ops = ops;
	k->ctx = ctx;
	k->starting = true;
	error = reread_all(k);
	k->starting = false;
	if (error) {
		snprintf(err, err_size, "reading the kernel's tables: %s", strerror(error));
		return false;
	}
	k->reread = loop_timer_new(k->loop, reread_due, k);
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
