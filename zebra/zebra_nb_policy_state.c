/* SPDX-License-Identifier: MIT */
/* Prefix lists and route maps at work: rows and entries with their hits. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "lib/zapi/zapi.h"
#include "zebra/core/rmap.h"
#include "zebra/zebra_nb_policy.h"
#include "zebra/zebra_nb_route.h"

#define ROW_STR 256

static const char *family_name(enum family f)
{
	return f == FAM_IP6 ? "ipv6" : "ipv4";
}

/* Of two names, as lists are ordered; then of two numbers. */
static int order(const char *a, const char *b, unsigned long n, const char *after)
{
	int by_name = strcmp(a, b);
	unsigned long m = strtoul(after, NULL, 10);

	if (by_name)
		return by_name;
	return n < m ? -1 : n > m;
}

/* ---- prefix lists ---- */

static void add_range(char *text, const char *word, const struct prefix_range *r)
{
	char prefix[PREFIX_STR];
	size_t n = strlen(text);

	if (!r->set)
		return;
	n += (size_t)snprintf(text + n, ROW_STR - n, "%s%s", word, prefix_str(&r->p, prefix));
	if (r->ge)
		n += (size_t)snprintf(text + n, ROW_STR - n, " ge %u", r->ge);
	if (r->le)
		snprintf(text + n, ROW_STR - n, " le %u", r->le);
}

static void write_row(struct nb_writer *w, const struct rmap_list *l, const struct rmap_row *r)
{
	char rule[ROW_STR];

	snprintf(rule, sizeof(rule), "%s", r->deny ? "deny" : "permit");
	add_range(rule, " ", &r->dst);
	add_range(rule, " from ", &r->src);
	nb_begin(w, "row");
	nb_leaf(w, "family", family_name(l->family));
	nb_leaf(w, "name", l->name);
	nb_leaf_u64(w, "sequence", r->number);
	nb_leaf(w, "rule", rule);
	nb_leaf_u64(w, "hits", r->hits);
	nb_end(w);
}

static bool row_wanted(const struct nb_ask *ask, const struct rmap_list *l,
		       const struct rmap_row *r)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", r->number);
	if (!nb_ask_wants(ask, 0, family_name(l->family)) || !nb_ask_wants(ask, 1, l->name) ||
	    !nb_ask_wants(ask, 2, number))
		return false;
	if (ask->n_after < 3)
		return true;
	if (strcmp(family_name(l->family), ask->after[0]) != 0)
		return strcmp(family_name(l->family), ask->after[0]) > 0;
	return order(l->name, ask->after[1], r->number, ask->after[2]) > 0;
}

bool nb_plists_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct rmaps *p = nb_zebra(ctx)->rmaps;
	const struct rmap_list *l = NULL;

	while ((l = rmap_list_next(p, l))) {
		for (size_t i = 0; i < l->n; i++) {
			if (!row_wanted(ask, l, &l->rows[i]))
				continue;
			if (nb_full(w))
				return true;
			write_row(w, l, &l->rows[i]);
		}
	}
	return false;
}

/* ---- route maps ---- */

static void write_match(struct nb_writer *w, const struct rmap_entry *e)
{
	if (e->list[0][0])
		nb_leaf_fmt(w, "match", "ip address prefix-list %s", e->list[0]);
	if (e->list[1][0])
		nb_leaf_fmt(w, "match", "ipv6 address prefix-list %s", e->list[1]);
	if (e->ifname[0])
		nb_leaf_fmt(w, "match", "interface %s", e->ifname);
	if (e->has_metric)
		nb_leaf_fmt(w, "match", "metric %u", e->metric);
	if (e->has_tag)
		nb_leaf_fmt(w, "match", "tag %u", e->tag);
	if (e->has_protocol)
		nb_leaf_fmt(w, "match", "source-protocol %s", zapi_route_type_name(e->protocol));
	if (e->has_instance)
		nb_leaf_fmt(w, "match", "source-instance %u", e->instance);
}

static void write_set(struct nb_writer *w, const struct rmap_entry *e)
{
	char addr[ADDR_STR];

	if (e->has_set_metric)
		nb_leaf_fmt(w, "set", "metric %u", e->set_metric);
	if (e->has_set_tag)
		nb_leaf_fmt(w, "set", "tag %u", e->set_tag);
	if (e->set_src_family != FAM_NONE)
		nb_leaf_fmt(w, "set", "src %s", addr_str(e->set_src_family, &e->set_src, addr));
}

static void write_users(struct nb_writer *w, const struct rmaps *p, const struct rmap_map *m)
{
	for (int six = 0; six < 2; six++) {
		enum family f = six ? FAM_IP6 : FAM_IP4;

		for (uint8_t type = 0; type < RMAP_TYPES; type++)
			if (rmap_bound(p, f, type) == m)
				nb_leaf_fmt(w, "protocol", "%s %s", six ? "ipv6" : "ip",
					    type == RMAP_ANY ? "any"
							       : zapi_route_type_name(type));
	}
}

static void write_map_entry(struct nb_writer *w, const struct rmaps *p, const struct rmap_map *m,
			    const struct rmap_entry *e)
{
	nb_begin(w, "entry");
	nb_leaf(w, "name", m->name);
	nb_leaf_u64(w, "sequence", e->number);
	nb_leaf(w, "action", e->deny ? "deny" : "permit");
	write_match(w, e);
	write_set(w, e);
	write_users(w, p, m);
	nb_leaf_u64(w, "hits", e->hits);
	nb_leaf_u64(w, "judged", m->judged);
	nb_end(w);
}

static bool entry_wanted(const struct nb_ask *ask, const struct rmap_map *m,
			 const struct rmap_entry *e)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", e->number);
	if (!nb_ask_wants(ask, 0, m->name) || !nb_ask_wants(ask, 1, number))
		return false;
	return ask->n_after < 2 || order(m->name, ask->after[0], e->number, ask->after[1]) > 0;
}

bool nb_rmaps_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct rmaps *p = nb_zebra(ctx)->rmaps;
	const struct rmap_map *m = NULL;

	while ((m = rmap_next(p, m))) {
		for (size_t i = 0; i < m->n; i++) {
			if (!entry_wanted(ask, m, &m->entries[i]))
				continue;
			if (nb_full(w))
				return true;
			write_map_entry(w, p, m, &m->entries[i]);
		}
	}
	return false;
}
