/* SPDX-License-Identifier: MIT */
/*
 * Policy rules as the kernel tells them. Ours are known by zebra's protocol
 * number and a table of our range (rib_backend.h); all others are somebody
 * else's, and a table that one of those leads to is left to it.
 */
#include "zebra/kernel_private.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <stdlib.h>

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

static void drift(struct kernel *k, enum kernel_drift kind, const struct prefix *src, uint32_t by)
{
	struct prefix any = prefix_any((enum family)src->family);
	struct sdprefix pair;

	if (sdprefix_make(&pair, &any, src))
		k->ops->drift(k->ctx, kind, &pair, by);
}

/* It is put back by the run of the RIB that is asked for. */
static void lost(struct kernel *k, const struct prefix *src, uint32_t table, uint32_t by)
{
	if (!rib_rule_lost(k->rib, src, table))
		return;
	drift(k, KERNEL_RULE_MISSING, src, by);
	k->count.lost++;
	kernel_rib_changed(k, false);
}

static void unexpected(struct kernel *k, const struct prefix *src, uint32_t table,
		       uint32_t preference, uint32_t by)
{
	drift(k, KERNEL_RULE_UNEXPECTED, src, by);
	k->count.rules_deleted++;
	rib_rule_unexpected(k->rib, src, table, preference);
	kernel_rib_changed(k, false);
}

/* Somebody else wrote or deleted a rule that passes for ours. */
static void ours_message(struct kernel *k, const struct nlmsghdr *h, const struct nl_rule *r)
{
	enum rib_rule_state state = rib_rule_judge(k->rib, &r->src, r->table, r->preference);

	if (h->nlmsg_type == RTM_DELRULE) {
		/* Of two that are equal, one may be left: writing it is no error then. */
		if (state == RIB_RULE_HELD)
			lost(k, &r->src, r->table, h->nlmsg_pid);
		return;
	}
	switch (state) {
	case RIB_RULE_HELD: /* put back by others, or there twice: a dump tells */
		kernel_check_soon(k, 0);
		break;
	case RIB_RULE_COMING:
	case RIB_RULE_LEAVING:
		break;
	case RIB_RULE_UNEXPECTED:
		unexpected(k, &r->src, r->table, r->preference, h->nlmsg_pid);
		break;
	}
}

void kernel_rule_message(struct kernel *k, const struct nlmsghdr *h)
{
	struct nl_rule r;

	if (h->nlmsg_pid == k->own_portid || !parse(k, h, &r))
		return;
	if (is_ours(k, &r))
		ours_message(k, h, &r);
	else if (h->nlmsg_type == RTM_NEWRULE)
		rib_slot_taken(k->rib, (enum family)r.src.family, r.table);
}

/* ---- comparison ---- */

/* A dump that changed under our hands is repeated so often. */
#define ATTEMPTS 5

struct rules {
	struct kernel *k;
	struct rib_rule *v;
	size_t n, room;
};

static void rules_add(void *ctx, const struct rib_rule *rule)
{
	struct rules *s = ctx;

	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;

		s->v = mem_resize(&s->k->mem, s->v, s->room * sizeof(*s->v), room * sizeof(*s->v));
		s->room = room;
	}
	s->v[s->n++] = *rule;
}

static int compare(const void *va, const void *vb)
{
	const struct rib_rule *a = va, *b = vb;
	int order = prefix_cmp(&a->src, &b->src);

	if (order == 0)
		order = (a->table > b->table) - (a->table < b->table);
	return order ? order : (a->preference > b->preference) - (a->preference < b->preference);
}

static void rules_sort(struct rules *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), compare);
}

static void saw(void *ctx, const struct nlmsghdr *h)
{
	struct rules *s = ctx;
	struct nl_rule r;

	if (h->nlmsg_type == RTM_NEWRULE && parse(s->k, h, &r) && is_ours(s->k, &r))
		rules_add(s, &(struct rib_rule){r.src, r.table, r.preference, RIB_RULE_UNEXPECTED});
}

/* netlink_dump() may hand a rule out twice; here that would be two rules. */
static int dump_family(struct rules *s, uint8_t family)
{
	size_t before = s->n;

	for (int i = 0; i < ATTEMPTS; i++) {
		int error = netlink_dump_begin(s->k->request, RTM_GETRULE, family);
		enum netlink_slice slice = error ? NETLINK_FAILED : NETLINK_SLICE;

		s->n = before;
		while (slice == NETLINK_SLICE)
			slice = netlink_dump_slice(s->k->request, saw, s);
		if (slice == NETLINK_DUMPED)
			return 0;
		if (slice == NETLINK_FAILED) {
			error = error ? error : errno;
			return kernel_no_family(error) ? 0 : error;
		}
	}
	return EINTR;
}

/* To repair, what is told already comes first: it is no drift that went
 * unnoticed. Should that delete a rule, the dump is old. */
static int dump(struct rules *s, bool repair)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		uint64_t deleted = s->k->count.rules_deleted;
		int error;

		s->n = 0;
		error = dump_family(s, AF_INET);
		if (!error)
			error = dump_family(s, AF_INET6);
		if (error)
			return error;
		if (repair)
			kernel_drain(s->k);
		if (deleted == s->k->count.rules_deleted)
			return 0;
	}
	return EINTR;
}

static void differs(struct kernel_check *out, enum kernel_drift kind, const struct rib_rule *r)
{
	const struct kernel_rule_diff *last =
		out->n_rule_diffs ? &out->rule_diffs[out->n_rule_diffs - 1] : NULL;

	out->drift[kind]++;
	/* The same one several times is named once. */
	if (last && last->table == r->table && last->preference == r->preference &&
	    prefix_eq(&last->src, &r->src))
		return;
	if (out->n_rule_diffs < KERNEL_DIFFS_MAX)
		out->rule_diffs[out->n_rule_diffs++] =
			(struct kernel_rule_diff){kind, r->src, r->table, r->preference};
}

static void is_missing(struct kernel *k, bool repair, const struct rib_rule *r,
		       struct kernel_check *out)
{
	if (r->state != RIB_RULE_HELD)
		return;
	differs(out, KERNEL_RULE_MISSING, r);
	if (repair)
		lost(k, &r->src, r->table, 0);
}

/* Both are in order. Of two equal ones the second is one too many. */
static void compare_rules(const struct rules *known, const struct rules *seen, bool repair,
			  struct kernel_check *out)
{
	struct kernel *k = known->k;
	size_t at = 0;

	for (size_t i = 0; i < known->n; i++) {
		const struct rib_rule *r = &known->v[i];

		while (at < seen->n && compare(&seen->v[at], r) < 0)
			at++;
		if (at == seen->n || compare(&seen->v[at], r) != 0) {
			is_missing(k, repair, r, out);
			continue;
		}
		seen->v[at++].state = r->state;
		out->rules_same += r->state == RIB_RULE_HELD;
	}
	for (size_t i = 0; i < seen->n; i++) {
		const struct rib_rule *r = &seen->v[i];

		if (r->state != RIB_RULE_UNEXPECTED)
			continue;
		differs(out, KERNEL_RULE_UNEXPECTED, r);
		if (repair)
			unexpected(k, &r->src, r->table, r->preference, 0);
	}
}

int kernel_check_rules(struct kernel *k, bool repair, struct kernel_check *out)
{
	struct rules known = {.k = k}, seen = {.k = k};
	int error = dump(&seen, repair);

	if (!error) {
		rib_each_known_rule(k->rib, rules_add, &known);
		rules_sort(&known);
		rules_sort(&seen);
		compare_rules(&known, &seen, repair, out);
	}
	mem_free(&k->mem, known.v);
	mem_free(&k->mem, seen.v);
	return error;
}
