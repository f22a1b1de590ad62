/* SPDX-License-Identifier: MIT */
/*
 * Policy rules as the kernel tells them. Ours are known by zebra's protocol
 * number and a table of our range (rib_backend.h); all others are somebody
 * else's, and a table that one of those leads to is left to it.
 */
#include "zebra/kernel_private.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/io/log.h"
#include "zebra/core/rib_backend.h"
#include "zebra/netlink_rule.h"

static bool is_ours(const struct kernel *k, const struct nl_rule *r)
{
	return r->simple && r->protocol == NL_RTPROTO_ZEBRA &&
	       rib_range_has(&rib_setup(k->rib)->range, r->table);
}

static bool parse(struct kernel *k, const struct nlmsghdr *h, struct nl_rule *r)
{
	switch (nl_parse_rule(h, r)) {
	case NL_OK:
		return true;
	case NL_IGNORE:
		return false;
	case NL_BAD:
		break;
	}
	k->count.bad++;
	return false;
}

static void found(void *ctx, const struct nlmsghdr *h)
{
	struct kernel *k = ctx;
	struct nl_rule r;

	if (h->nlmsg_type != RTM_NEWRULE || !parse(k, h, &r))
		return;
	if (is_ours(k, &r))
		rib_rule_found(k->rib, &r.src, r.table, r.preference);
	else
		rib_slot_taken(k->rib, (enum family)r.src.family, r.table);
}

int kernel_read_rules(struct kernel *k)
{
	int error = netlink_dump(k->request, RTM_GETRULE, AF_INET, found, k);

	k->rules[0] = !error;
	if (error && !kernel_no_family(error))
		return error;
	error = netlink_dump(k->request, RTM_GETRULE, AF_INET6, found, k);
	k->rules[1] = !error;
	return kernel_no_family(error) ? 0 : error;
}

bool kernel_has_rules(const struct kernel *k, enum family f)
{
	return k->rules[f == FAM_IP6];
}

static void lost(struct kernel *k, const struct prefix *src, uint32_t table)
{
	static struct log_limit lim = LOG_LIMIT(20, 10 * USEC_PER_SEC);
	char text[PREFIX_STR];

	if (!rib_rule_lost(k->rib, src, table))
		return;
	log_limited(&lim, LOG_LVL_WARNING, "the rule from %s to table %u has gone; put back",
		    prefix_str(src, text), table);
	k->count.lost++;
	kernel_rib_changed(k, false);
}

void kernel_rule_message(struct kernel *k, const struct nlmsghdr *h)
{
	struct nl_rule r;

	if (h->nlmsg_pid == k->own_portid || !parse(k, h, &r))
		return;
	if (!is_ours(k, &r)) {
		if (h->nlmsg_type == RTM_NEWRULE)
			rib_slot_taken(k->rib, (enum family)r.src.family, r.table);
	} else if (h->nlmsg_type == RTM_DELRULE) {
		lost(k, &r.src, r.table);
	}
}

/* ---- comparison ---- */

struct seen_rules {
	struct kernel *k;
	struct seen_rule {
		struct prefix src;
		uint32_t table;
		bool gone;
	} * v; /* those that should be there */
	size_t n, room;
};

static bool expect(void *ctx, const struct prefix *src, uint32_t table)
{
	struct seen_rules *s = ctx;

	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;

		s->v = mem_resize(&s->k->mem, s->v, s->room * sizeof(*s->v), room * sizeof(*s->v));
		s->room = room;
	}
	s->v[s->n++] = (struct seen_rule){*src, table, true};
	return true;
}

/* Both lists are short, a rule per source. */
static void saw(void *ctx, const struct nlmsghdr *h)
{
	struct seen_rules *s = ctx;
	struct nl_rule r;

	if (h->nlmsg_type != RTM_NEWRULE || !parse(s->k, h, &r) || !is_ours(s->k, &r))
		return;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].table == r.table && prefix_eq(&s->v[i].src, &r.src))
			s->v[i].gone = false;
}

void kernel_check_rules(struct kernel *k)
{
	struct seen_rules s = {.k = k};
	int error;

	rib_each_rule(k->rib, expect, &s);
	if (s.n == 0)
		return;
	error = netlink_dump(k->request, RTM_GETRULE, AF_INET, saw, &s);
	if (!error || kernel_no_family(error))
		error = netlink_dump(k->request, RTM_GETRULE, AF_INET6, saw, &s);
	for (size_t i = 0; i < s.n && !error; i++)
		if (s.v[i].gone)
			lost(k, &s.v[i].src, s.v[i].table);
	mem_free(&k->mem, s.v);
}
