/* SPDX-License-Identifier: MIT */
/* Configured interfaces meet existing ones. */
#include "babeld/babel_ifs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_zapi.h"

#define SECONDARY 1 /* struct zapi_address flags */

struct ifs_addr {
	struct list_link link;
	enum family family;
	struct addr addr;
	struct prefix link_prefix; /* of what is on the link */
	bool secondary, stale;
};
LIST_TYPE(ifs_addrs, struct ifs_addr, link);

struct ifs_if {
	struct list_link link;
	struct zapi_interface z;
	bool known; /* else only addresses of it are, so far */
	bool stale;
	ifid_t ifid;
	struct ifs_addrs addrs;
	bool looked; /* `found` and `why` are valid */
	enum babel_link_type found;
	char why[LINK_WHY];
	bool ready; /* up() was called with what follows */
	char name[ZAPI_IFNAME];
	struct babel_if_info info;
	struct babel_if_config config;
};
LIST_TYPE(ifs_ifs, struct ifs_if, link);

struct ifs {
	const struct babel_conf *conf;
	const struct ifs_ops *ops;
	void *ctx;
	struct ifs_ifs ifs;
};

struct ifs *ifs_new(const struct babel_conf *conf, const struct ifs_ops *ops, void *ctx)
{
	struct ifs *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->conf = conf;
	s->ops = ops;
	s->ctx = ctx;
	ifs_ifs_init(&s->ifs);
	return s;
}

static void if_free(struct ifs *s, struct ifs_if *i)
{
	struct ifs_addr *a;

	while ((a = ifs_addrs_pop(&i->addrs)))
		free(a);
	ifs_ifs_del(&s->ifs, i);
	free(i);
}

void ifs_free(struct ifs *s)
{
	struct ifs_if *i;

	if (!s)
		return;
	while ((i = ifs_ifs_first(&s->ifs)))
		if_free(s, i);
	free(s);
}

static struct ifs_if *if_find(const struct ifs *s, ifid_t ifid)
{
	struct ifs_if *i;

	for (i = ifs_ifs_first(&s->ifs); i; i = ifs_ifs_next(&s->ifs, i))
		if (i->ifid == ifid)
			return i;
	return NULL;
}

static struct ifs_if *if_get(struct ifs *s, ifid_t ifid)
{
	struct ifs_if *i = if_find(s, ifid);

	if (i)
		return i;
	i = calloc(1, sizeof(*i));
	if (!i)
		abort();
	i->ifid = ifid;
	ifs_addrs_init(&i->addrs);
	ifs_ifs_add_tail(&s->ifs, i);
	return i;
}

static bool is_linklocal(const struct ifs_addr *a)
{
	return a->family == FAM_IP6 && addr_is_linklocal(FAM_IP6, &a->addr);
}

static bool is_ip4(const struct ifs_addr *a)
{
	return a->family == FAM_IP4;
}

/* The address in use as long as it is there, since neighbours know us by it;
 * else the first that is not secondary, else the first. */
static const struct ifs_addr *choose(const struct ifs_if *i, bool (*fits)(const struct ifs_addr *a),
				     const struct addr *in_use)
{
	const struct ifs_addr *a, *first = NULL;

	for (a = ifs_addrs_first(&i->addrs); a; a = ifs_addrs_next(&i->addrs, a)) {
		if (!fits(a))
			continue;
		if (in_use && addr_cmp(&a->addr, in_use) == 0)
			return a;
		if (!first || (first->secondary && !a->secondary))
			first = a;
	}
	return first;
}

static bool fill_info(const struct ifs_if *i, struct babel_if_info *out)
{
	const struct ifs_addr *ll = choose(i, is_linklocal, i->ready ? &i->info.linklocal : NULL);
	const struct ifs_addr *ip4 =
		choose(i, is_ip4, i->ready && i->info.have_ip4 ? &i->info.ip4 : NULL);

	if (!ll)
		return false;
	*out = (struct babel_if_info){.linklocal = ll->addr, .have_ip4 = ip4 != NULL};
	if (ip4)
		out->ip4 = ip4->addr;
	out->mtu = i->z.mtu6 ? i->z.mtu6 : i->z.mtu;
	return true;
}

static bool same_info(const struct babel_if_info *a, const struct babel_if_info *b)
{
	return addr_cmp(&a->linklocal, &b->linklocal) == 0 && a->have_ip4 == b->have_ip4 &&
	       addr_cmp(&a->ip4, &b->ip4) == 0 && a->mtu == b->mtu;
}

static bool same_config(const struct babel_if_config *a, const struct babel_if_config *b)
{
	return memcmp(a, b, sizeof(*a)) == 0; /* both begun as zeros */
}

static void go_down(struct ifs *s, struct ifs_if *i)
{
	if (!i->ready)
		return;
	if (s->ops->leave && i->known && babel_zapi_if_usable(&i->z))
		s->ops->leave(s->ctx, i->ifid);
	i->ready = false;
	s->ops->down(s->ctx, i->ifid, i->name);
}

/* Once for each time that zebra speaks of it: it may have become another. */
static void look(struct ifs *s, struct ifs_if *i, const struct babel_conf_if *conf)
{
	if (conf->set.link_type != LINK_AUTO || i->looked)
		return;
	i->looked = true;
	i->found = s->ops->link(s->ctx, i->ifid, i->z.name, i->why);
}

/* Brings what the protocol was told in line with what is. */
static void reconcile(struct ifs *s, struct ifs_if *i)
{
	const struct babel_conf_if *conf = i->known ? babel_conf_if_find(s->conf, i->z.name) : NULL;
	struct babel_if_config config;
	struct babel_if_info info;
	bool again;

	/* Under another name it is another interface: its seqnos go by name. */
	if (i->ready && (!i->known || strcmp(i->name, i->z.name) != 0))
		go_down(s, i);
	if (conf)
		look(s, i, conf);
	if (!conf || !babel_zapi_if_usable(&i->z) || !fill_info(i, &info)) {
		go_down(s, i);
		return;
	}
	babel_conf_if_effective(conf, i->found, &config);
	if (config.auth.enabled && s->ops->keys)
		s->ops->keys(s->ctx, conf, &config.auth);
	again = i->ready;
	if (again && same_info(&info, &i->info) && same_config(&config, &i->config))
		return;
	i->ready = true;
	snprintf(i->name, sizeof(i->name), "%s", i->z.name);
	i->info = info;
	i->info.name = i->name;
	memcpy(&i->config, &config, sizeof(config));
	s->ops->up(s->ctx, i->ifid, &i->info, &i->config, again);
}

void ifs_interface(struct ifs *s, const struct zapi_interface *z, bool exists)
{
	struct ifs_if *i = exists ? if_get(s, z->ifindex) : if_find(s, z->ifindex);

	if (!i)
		return;
	if (exists) {
		i->known = true;
		i->stale = false;
		i->z = *z;
		i->z.name[sizeof(i->z.name) - 1] = '\0';
		i->looked = false;
		reconcile(s, i);
		return;
	}
	i->known = false;
	reconcile(s, i);
	if_free(s, i);
}

static struct ifs_addr *addr_find(const struct ifs_if *i, enum family f, const struct addr *addr)
{
	struct ifs_addr *a;

	for (a = ifs_addrs_first(&i->addrs); a; a = ifs_addrs_next(&i->addrs, a))
		if (a->family == f && addr_cmp(&a->addr, addr) == 0)
			return a;
	return NULL;
}

void ifs_address(struct ifs *s, const struct zapi_address *z, bool exists)
{
	struct ifs_if *i = exists ? if_get(s, z->ifindex) : if_find(s, z->ifindex);
	struct ifs_addr *a = i ? addr_find(i, z->family, &z->addr) : NULL;

	if (!i)
		return;
	if (exists && !a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			abort();
		a->family = z->family;
		a->addr = z->addr;
		ifs_addrs_add_tail(&i->addrs, a);
	}
	if (exists) {
		a->secondary = z->flags & SECONDARY;
		prefix_make(&a->link_prefix, z->family,
			    addr_is_zero(&z->peer) ? &z->addr : &z->peer, z->plen);
		a->stale = false;
	} else if (a) {
		ifs_addrs_del(&i->addrs, a);
		free(a);
	}
	reconcile(s, i);
}

void ifs_forget_begin(struct ifs *s)
{
	struct ifs_if *i;
	struct ifs_addr *a;

	LIST_EACH (ifs_ifs, &s->ifs, i) {
		i->stale = true;
		LIST_EACH (ifs_addrs, &i->addrs, a)
			a->stale = true;
	}
}

void ifs_forget_end(struct ifs *s)
{
	struct ifs_if *i, *next_i;
	struct ifs_addr *a, *next_a;

	LIST_EACH_SAFE (ifs_ifs, &s->ifs, i, next_i) {
		LIST_EACH_SAFE (ifs_addrs, &i->addrs, a, next_a) {
			if (!a->stale)
				continue;
			ifs_addrs_del(&i->addrs, a);
			free(a);
		}
		i->known = i->known && !i->stale;
		reconcile(s, i);
		if (!i->known)
			if_free(s, i);
	}
}

void ifs_reconfigure(struct ifs *s)
{
	struct ifs_if *i;

	LIST_EACH (ifs_ifs, &s->ifs, i)
		reconcile(s, i);
}

void ifs_replay(struct ifs *s)
{
	struct ifs_if *i;

	LIST_EACH (ifs_ifs, &s->ifs, i)
		if (i->ready)
			s->ops->up(s->ctx, i->ifid, &i->info, &i->config, false);
}

bool ifs_enabled(const struct ifs *s, ifid_t ifid)
{
	const struct ifs_if *i = if_find(s, ifid);

	return i && i->ready;
}

bool ifs_own(const struct ifs *s, ifid_t ifid, const struct addr *a)
{
	const struct ifs_if *i = if_find(s, ifid);

	return i && addr_find(i, FAM_IP6, a);
}

bool ifs_unicast_hellos(const struct ifs *s, ifid_t ifid)
{
	const struct ifs_if *i = if_find(s, ifid);

	return i && i->ready && i->config.unicast_hello_interval;
}

const struct babel_if_info *ifs_info(const struct ifs *s, ifid_t ifid)
{
	const struct ifs_if *i = if_find(s, ifid);

	return i && i->ready ? &i->info : NULL;
}

const char *ifs_name(const struct ifs *s, ifid_t ifid)
{
	const struct ifs_if *i = if_find(s, ifid);

	return i && i->known ? i->z.name : NULL;
}

static int by_prefix(const void *a, const void *b)
{
	return prefix_cmp(a, b);
}

size_t ifs_connected(const struct ifs *s, struct prefix **out)
{
	const struct ifs_if *i;
	const struct ifs_addr *a;
	size_t n = 0, room = 0, kept = 0;
	struct prefix *v;

	LIST_EACH (ifs_ifs, &s->ifs, i)
		room += ifs_addrs_count(&i->addrs);
	*out = v = calloc(room + 1, sizeof(*v));
	if (!v)
		abort();
	LIST_EACH (ifs_ifs, &s->ifs, i)
		if (i->known && babel_zapi_if_usable(&i->z))
			LIST_EACH (ifs_addrs, &i->addrs, a)
				v[n++] = a->link_prefix;
	qsort(v, n, sizeof(*v), by_prefix);
	for (size_t k = 0; k < n; k++)
		if (!kept || !prefix_eq(&v[kept - 1], &v[k]))
			v[kept++] = v[k];
	return kept;
}

void ifs_each(const struct ifs *s, bool (*each)(void *ctx, const struct ifs_view *v), void *ctx)
{
	const struct ifs_if *i;

	for (i = ifs_ifs_first(&s->ifs); i; i = ifs_ifs_next(&s->ifs, i)) {
		struct ifs_view v = {
			.ifid = i->ifid,
			.name = i->z.name,
			.flags = i->z.flags,
			.mtu = i->z.mtu6 ? i->z.mtu6 : i->z.mtu,
			.conf = babel_conf_if_find(s->conf, i->z.name),
			.usable = babel_zapi_if_usable(&i->z),
			.linklocal = choose(i, is_linklocal, NULL) != NULL,
			.ready = i->ready,
			.found = i->found,
			.why = i->looked ? i->why : "",
		};

		if (i->known && !each(ctx, &v))
			return;
	}
}
