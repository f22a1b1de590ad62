/* SPDX-License-Identifier: MIT */
/* The interfaces of the system and their addresses. */
#include "zebra/iface.h"

#include <linux/if_addr.h>
#include <net/if.h>

#include <string.h>

struct ifaces {
	struct iface_list list; /* by ifindex */
	struct memtag mem;
	iface_watch watch;
	void *ctx;
};

struct ifaces *ifaces_new(iface_watch watch, void *ctx)
{
	struct memtag mem = {.name = "interfaces"};
	struct ifaces *s = mem_new(&mem, sizeof(*s));

	s->mem = mem;
	s->watch = watch;
	s->ctx = ctx;
	iface_list_init(&s->list);
	return s;
}

static void iface_free(struct ifaces *s, struct iface *i)
{
	struct iface_addr *a;

	while ((a = iface_addrs_pop(&i->addrs)))
		mem_free(&s->mem, a);
	mem_free(&s->mem, i);
}

void ifaces_free(struct ifaces *s)
{
	struct memtag mem;
	struct iface *i;

	if (!s)
		return;
	while ((i = iface_list_pop(&s->list)))
		iface_free(s, i);
	mem = s->mem;
	mem_free(&mem, s);
}

static struct iface *find(const struct ifaces *s, uint32_t ifindex)
{
	struct iface *i;

	LIST_EACH (iface_list, &s->list, i)
		if (i->l.ifindex == ifindex)
			return i;
	return NULL;
}

static void tell(struct ifaces *s, enum iface_event ev, const struct iface *i,
		 const struct iface_addr *a)
{
	s->watch(s->ctx, ev, i, a);
}

/* ---- links ---- */

static struct iface *add(struct ifaces *s, const struct nl_link *l)
{
	struct iface *i = mem_new(&s->mem, sizeof(*i)), *behind;

	i->l = *l;
	iface_addrs_init(&i->addrs);
	LIST_EACH (iface_list, &s->list, behind)
		if (behind->l.ifindex > l->ifindex)
			break;
	if (behind)
		iface_list_insert_(&s->list, &i->link, &behind->link);
	else
		iface_list_add_tail(&s->list, i);
	return i;
}

void ifaces_link(struct ifaces *s, const struct nl_link *l)
{
	struct iface *i = find(s, l->ifindex);
	bool was, is, same;

	if (!i) {
		i = add(s, l);
		i->seen = true;
		tell(s, IFACE_ADDED, i, NULL);
		if (iface_usable(i))
			tell(s, IFACE_UP, i, NULL);
		return;
	}
	was = iface_usable(i);
	same = memcmp(&i->l, l, sizeof(*l)) == 0;
	i->l = *l;
	i->seen = true;
	is = iface_usable(i);
	if (was != is)
		tell(s, is ? IFACE_UP : IFACE_DOWN, i, NULL);
	else if (!same)
		tell(s, IFACE_CHANGED, i, NULL);
}

static void addr_remove(struct ifaces *s, struct iface *i, struct iface_addr *a)
{
	iface_addrs_del(&i->addrs, a);
	if (a->usable)
		tell(s, IFACE_ADDR_REMOVED, i, a);
	mem_free(&s->mem, a);
}

static void remove_iface(struct ifaces *s, struct iface *i)
{
	struct iface_addr *a, *tmp;

	LIST_EACH_SAFE (iface_addrs, &i->addrs, a, tmp)
		addr_remove(s, i, a);
	if (iface_usable(i)) {
		i->l.flags &= ~(uint32_t)(IFF_UP | IFF_RUNNING);
		tell(s, IFACE_DOWN, i, NULL);
	}
	iface_list_del(&s->list, i);
	tell(s, IFACE_REMOVED, i, NULL);
	iface_free(s, i);
}

void ifaces_link_gone(struct ifaces *s, uint32_t ifindex)
{
	struct iface *i = find(s, ifindex);

	if (i)
		remove_iface(s, i);
}

/* ---- addresses ---- */

static struct iface_addr *addr_find(const struct iface *i, const struct nl_addr *a)
{
	struct iface_addr *have;

	LIST_EACH (iface_addrs, &i->addrs, have)
		if (have->a.family == a->family && have->a.plen == a->plen &&
		    addr_cmp(&have->a.addr, &a->addr) == 0 &&
		    addr_cmp(&have->a.peer, &a->peer) == 0)
			return have;
	return NULL;
}

/* Optimistic addresses (RFC 4429) carry the tentative flag but may be used;
 * for routing they come when their check is over like any other. */
static bool addr_usable(const struct nl_addr *a)
{
	return !(a->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

void ifaces_addr(struct ifaces *s, const struct nl_addr *a)
{
	struct iface *i = find(s, a->ifindex);
	struct iface_addr *have;
	bool was;

	if (!i) /* the link's own message is still to come, or it is gone again */
		return;
	have = addr_find(i, a);
	if (!have) {
		have = mem_new(&s->mem, sizeof(*have));
		iface_addrs_add_tail(&i->addrs, have);
	}
	was = have->usable;
	have->a = *a;
	have->seen = true;
	have->usable = addr_usable(a);
	if (was != have->usable)
		tell(s, have->usable ? IFACE_ADDR_ADDED : IFACE_ADDR_REMOVED, i, have);
}

void ifaces_addr_gone(struct ifaces *s, const struct nl_addr *a)
{
	struct iface *i = find(s, a->ifindex);
	struct iface_addr *have = i ? addr_find(i, a) : NULL;

	if (have)
		addr_remove(s, i, have);
}

/* ---- full re-read ---- */

void ifaces_reread_begin(struct ifaces *s)
{
	struct iface *i;
	struct iface_addr *a;

	LIST_EACH (iface_list, &s->list, i) {
		i->seen = false;
		LIST_EACH (iface_addrs, &i->addrs, a)
			a->seen = false;
	}
}

void ifaces_reread_end(struct ifaces *s)
{
	struct iface *i, *ni;
	struct iface_addr *a, *na;

	LIST_EACH_SAFE (iface_list, &s->list, i, ni) {
		if (!i->seen) {
			remove_iface(s, i);
			continue;
		}
		LIST_EACH_SAFE (iface_addrs, &i->addrs, a, na)
			if (!a->seen)
				addr_remove(s, i, a);
	}
}

/* ---- looking ---- */

const struct iface *ifaces_first(const struct ifaces *s)
{
	return iface_list_first(&s->list);
}

const struct iface *ifaces_next(const struct ifaces *s, const struct iface *i)
{
	return iface_list_next(&s->list, i);
}

const struct iface *ifaces_find(const struct ifaces *s, uint32_t ifindex)
{
	return find(s, ifindex);
}

const struct iface *ifaces_find_name(const struct ifaces *s, const char *name)
{
	const struct iface *i;

	LIST_EACH (iface_list, &s->list, i)
		if (strcmp(i->l.name, name) == 0)
			return i;
	return NULL;
}

const struct iface_addr *iface_addr_first(const struct iface *i)
{
	return iface_addrs_first(&i->addrs);
}

const struct iface_addr *iface_addr_next(const struct iface *i, const struct iface_addr *a)
{
	return iface_addrs_next(&i->addrs, a);
}

bool iface_usable(const struct iface *i)
{
	return (i->l.flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

bool ifaces_has_addr(const struct ifaces *s, enum family f, const struct addr *a)
{
	for (const struct iface *i = ifaces_first(s); i; i = ifaces_next(s, i))
		for (const struct iface_addr *have = iface_addr_first(i); have;
		     have = iface_addr_next(i, have))
			if (have->usable && have->a.family == f && addr_cmp(&have->a.addr, a) == 0)
				return true;
	return false;
}

bool iface_addr_connected(const struct iface_addr *a, struct prefix *out)
{
	const struct addr *base = addr_is_zero(&a->a.peer) ? &a->a.addr : &a->a.peer;

	if (!a->usable || (a->a.flags & IFA_F_NOPREFIXROUTE) || addr_is_loopback(a->a.family, base))
		return false;
	/* fe80::/64 is on every link; it says nothing about where to send. */
	if (a->a.family == FAM_IP6 && addr_is_linklocal(FAM_IP6, base))
		return false;
	return prefix_make(out, a->a.family, base, a->a.plen);
}
