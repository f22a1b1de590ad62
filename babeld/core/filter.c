/* SPDX-License-Identifier: MIT */
/* Filter rules: whether one matches, and what it does to a metric. Pure. */
#include "babeld/core/filter.h"

#include <string.h>

static bool origin_matches(const struct filter_rule *r, const struct filter_subject *s)
{
	if (r->has_neigh && (!s->neigh || addr_cmp(&r->neigh, s->neigh) != 0))
		return false;
	if (r->ifname[0] && (!s->ifname || strncmp(r->ifname, s->ifname, FILTER_IFNAME) != 0))
		return false;
	if (r->has_router_id && (!s->router_id || !router_id_eq(&r->router_id, s->router_id)))
		return false;
	return !r->has_protocol || r->protocol == s->protocol;
}

static bool matches(const struct filter_rule *r, const struct filter_subject *s)
{
	if (!prefix_range_has(&r->dst, &s->pair->dst) || !prefix_range_has(&r->src, &s->pair->src))
		return false;
	if (r->has_metric_ge && s->metric < r->metric_ge)
		return false;
	if (r->has_metric_le && s->metric > r->metric_le)
		return false;
	if (r->has_tag && r->tag != s->tag)
		return false;
	return origin_matches(r, s);
}

const struct filter_rule *filter_judge(const struct filter_rule *rules, size_t n,
				       const struct filter_subject *s)
{
	for (size_t k = 0; k < n; k++)
		if (matches(&rules[k], s))
			return &rules[k];
	return NULL;
}

uint16_t filter_metric(enum filter_kind kind, const struct filter_rule *r, uint16_t base)
{
	uint32_t m = base;

	if (!r || base == BABEL_INFINITY)
		return base;
	if (r->deny)
		return BABEL_INFINITY;
	if (r->has_set_metric)
		m = r->set_metric;
	/* RFC 8966 Appendix C: never better than it was announced. */
	if ((kind == FILTER_IN || kind == FILTER_OUT) && m < base)
		m = base;
	m += r->add_metric;
	return m < BABEL_INFINITY ? (uint16_t)m : BABEL_INFINITY;
}

uint32_t filter_tag(const struct filter_rule *r, uint32_t base)
{
	return r && r->has_set_tag ? r->set_tag : base;
}

static bool conditions_eq(const struct filter_rule *a, const struct filter_rule *b)
{
	if (!prefix_range_eq(&a->dst, &b->dst) || !prefix_range_eq(&a->src, &b->src))
		return false;
	if (a->has_neigh != b->has_neigh || (a->has_neigh && addr_cmp(&a->neigh, &b->neigh) != 0))
		return false;
	if (strncmp(a->ifname, b->ifname, FILTER_IFNAME) != 0)
		return false;
	if (a->has_router_id != b->has_router_id ||
	    (a->has_router_id && !router_id_eq(&a->router_id, &b->router_id)))
		return false;
	if (a->has_metric_ge != b->has_metric_ge || a->has_metric_le != b->has_metric_le ||
	    (a->has_metric_ge && a->metric_ge != b->metric_ge) ||
	    (a->has_metric_le && a->metric_le != b->metric_le))
		return false;
	if (a->has_tag != b->has_tag || (a->has_tag && a->tag != b->tag))
		return false;
	return a->has_protocol == b->has_protocol &&
	       (!a->has_protocol || a->protocol == b->protocol);
}

static bool actions_eq(const struct filter_rule *a, const struct filter_rule *b)
{
	if (a->has_set_metric != b->has_set_metric ||
	    (a->has_set_metric && a->set_metric != b->set_metric))
		return false;
	if (a->has_set_tag != b->has_set_tag || (a->has_set_tag && a->set_tag != b->set_tag))
		return false;
	if (a->set_src_family != b->set_src_family ||
	    (a->set_src_family != FAM_NONE && addr_cmp(&a->set_src, &b->set_src) != 0))
		return false;
	return a->add_metric == b->add_metric;
}

bool filter_rule_eq(const struct filter_rule *a, const struct filter_rule *b)
{
	return a->number == b->number && a->deny == b->deny && conditions_eq(a, b) &&
	       actions_eq(a, b);
}

const char *filter_kind_name(enum filter_kind kind)
{
	switch (kind) {
	case FILTER_IN:
		return "in";
	case FILTER_OUT:
		return "out";
	case FILTER_REDISTRIBUTE:
		return "redistribute";
	case FILTER_INSTALL:
		return "install";
	case FILTER_KINDS:
		break;
	}
	return "?";
}
