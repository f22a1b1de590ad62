/* SPDX-License-Identifier: MIT */
/* Filter rules for tests. */
#include "tests/rfc/rig_policy.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct filter_rule rules[FILTER_KINDS][RIG_RULES];
static size_t n_rules[FILTER_KINDS];
static bool accept_connected;

void rig_rules_begin(void)
{
	memset(n_rules, 0, sizeof(n_rules));
	accept_connected = false;
}

void rig_rule_del(enum filter_kind kind, uint16_t number)
{
	for (size_t k = 0; k < n_rules[kind]; k++)
		if (rules[kind][k].number == number)
			rules[kind][k] = rules[kind][--n_rules[kind]];
}

void rig_rule(enum filter_kind kind, uint16_t number, struct filter_rule r)
{
	rig_rule_del(kind, number);
	assert_true(n_rules[kind] < RIG_RULES);
	r.number = number;
	rules[kind][n_rules[kind]++] = r;
}

void rig_accept_connected(bool accept)
{
	accept_connected = accept;
}

void rig_filters(struct rig *r)
{
	struct babel_filters f = {.accept_connected_specific = accept_connected};

	for (unsigned int k = 0; k < FILTER_KINDS; k++) {
		f.rules[k] = rules[k];
		f.n[k] = n_rules[k];
	}
	babel_set_filters(r->b, &f, r->now);
}

void rig_connected(struct rig *r, const char *const *prefixes, size_t n)
{
	struct prefix p[16];

	assert_true(n <= 16);
	for (size_t k = 0; k < n; k++)
		assert_true(prefix_parse(prefixes[k], &p[k]));
	babel_set_connected(r->b, p, n, r->now);
}

void rig_offer(struct rig *r, const char *pair, uint32_t rib_metric, uint32_t tag,
	       const char *ifname)
{
	struct babel_local l = {.rib_metric = rib_metric, .tag = tag, .ifname = ifname};
	struct sdprefix p = rig_pair(pair);

	babel_local_offer(r->b, &p, &l, r->now);
}

struct prefix_range rig_within(const char *prefix, unsigned int ge, unsigned int le)
{
	struct prefix_range f = {.set = true, .ge = (uint8_t)ge, .le = (uint8_t)le};

	assert_true(prefix_parse(prefix, &f.p));
	return f;
}

struct want {
	enum filter_kind kind;
	uint16_t number;
	uint64_t hits;
	ifid_t ifid;
	bool found;
	struct babel_route_view *out;
};

static bool see_filter(void *ctx, const struct babel_filter_view *v)
{
	struct want *w = ctx;

	if (v->kind == w->kind && v->rule->number == w->number) {
		w->hits = v->hits;
		w->found = true;
	}
	return !w->found;
}

uint64_t rig_hits(const struct rig *r, enum filter_kind kind, uint16_t number)
{
	struct want w = {.kind = kind, .number = number};

	babel_each_filter(r->b, see_filter, &w);
	assert_true(w.found);
	return w.hits;
}

static bool see_if(void *ctx, const struct babel_if_view *v)
{
	struct want *w = ctx;

	if (v->ifid == w->ifid)
		w->hits = v->connected_refused;
	return true;
}

uint64_t rig_connected_refused(const struct rig *r, ifid_t ifid)
{
	struct want w = {.ifid = ifid};

	babel_each_if(r->b, see_if, &w);
	return w.hits;
}

static bool see_own(void *ctx, const struct babel_route_view *v)
{
	struct want *w = ctx;

	if (v->local) {
		*w->out = *v;
		w->found = true;
	}
	return true;
}

bool rig_own(const struct rig *r, const char *pair, struct babel_route_view *out)
{
	struct sdprefix p = rig_pair(pair);
	struct want w = {.out = out};

	babel_each_route_at(r->b, &p, r->now, see_own, &w);
	return w.found;
}

const struct rig_sent *rig_last_update(const struct rig *r, ifid_t ifid, const char *pair)
{
	struct sdprefix p = rig_pair(pair);

	for (size_t k = r->n_sent; k-- > 0;) {
		const struct rig_sent *s = &r->sent[k];

		if (s->ifid == ifid && s->group && s->tlv.type == TLV_UPDATE &&
		    (s->tlv.u.update.wildcard || sdprefix_eq(&s->tlv.u.update.pair, &p)))
			return s;
	}
	return NULL;
}

uint16_t rig_told(const struct rig *r, ifid_t ifid, const char *pair)
{
	const struct rig_sent *s = rig_last_update(r, ifid, pair);

	return s ? s->tlv.u.update.metric : INF;
}

void rig_acknowledge_all(struct rig *r)
{
	const struct rig_sent *s = NULL;

	while ((s = rig_next(r, s, 0, TLV_ACK_REQUEST))) {
		struct tlv ack = {.type = TLV_ACK, .u.ack = {s->tlv.u.ack_request.opaque}};
		size_t at = (size_t)(s - r->sent);

		for (unsigned int k = 0; k < r->n_nb; k++)
			if (rig_is_to(s, &r->nb[k]))
				rig_say_unicast(&r->nb[k], &ack);
		s = &r->sent[at]; /* the array may have moved */
	}
}
