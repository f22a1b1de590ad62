/* SPDX-License-Identifier: MIT */
/* Configured prefix lists and route maps: records into rows and entries. */
#include "zebra/zebra_nb_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/core/rmap.h"
#include "zebra/zebra_nb_config.h"

static struct rmaps *rmaps_of(void *ctx)
{
	return ((struct zebra_nb *)ctx)->rmaps;
}

static enum family family_of(const char *name)
{
	return strcmp(name, "ipv6") == 0 ? FAM_IP6 : FAM_IP4;
}

static uint32_t u32(const char *v)
{
	return v ? (uint32_t)strtoul(v, NULL, 10) : 0;
}

int nb_policy_protocol(const char *name)
{
	if (strcmp(name, "any") == 0)
		return RMAP_ANY;
	for (uint8_t t = ROUTE_STATIC; t < ROUTE_TYPE_MAX; t++)
		if (strcmp(zapi_route_type_name(t), name) == 0)
			return t;
	return -1;
}

/* ---- prefix lists ---- */

enum { PLIST_FAMILY, PLIST_NAME, PLIST_ROW };

void nb_plist_apply(void *ctx, const struct nb_change *c)
{
	/* A list comes to be with its first row. */
	if (c->op == NB_DELETE)
		rmap_list_del(rmaps_of(ctx), family_of(c->keys[PLIST_FAMILY]),
				c->keys[PLIST_NAME]);
}

static struct rmap_row *row_of(void *ctx, const struct nb_change *c)
{
	return rmap_row_edit(rmaps_of(ctx), family_of(c->keys[PLIST_FAMILY]),
			       c->keys[PLIST_NAME], u32(c->keys[PLIST_ROW]));
}

void nb_plist_row_apply(void *ctx, const struct nb_change *c)
{
	if (c->op == NB_DELETE)
		rmap_row_del(rmaps_of(ctx), family_of(c->keys[PLIST_FAMILY]),
			       c->keys[PLIST_NAME], u32(c->keys[PLIST_ROW]));
	else
		row_of(ctx, c);
}

/* Each takes a value, NULL for none; false: it can't. */

static bool row_action(struct rmap_row *r, const char *v)
{
	r->deny = v && strcmp(v, "deny") == 0;
	return true;
}

static bool set_prefix(struct prefix_range *p, const char *v)
{
	p->set = v != NULL;
	return !v || prefix_parse(v, &p->p);
}

static bool row_dst(struct rmap_row *r, const char *v)
{
	return set_prefix(&r->dst, v);
}

static bool row_dst_ge(struct rmap_row *r, const char *v)
{
	r->dst.ge = (uint8_t)u32(v);
	return true;
}

static bool row_dst_le(struct rmap_row *r, const char *v)
{
	r->dst.le = (uint8_t)u32(v);
	return true;
}

static bool row_src(struct rmap_row *r, const char *v)
{
	return set_prefix(&r->src, v);
}

static bool row_src_ge(struct rmap_row *r, const char *v)
{
	r->src.ge = (uint8_t)u32(v);
	return true;
}

static bool row_src_le(struct rmap_row *r, const char *v)
{
	r->src.le = (uint8_t)u32(v);
	return true;
}

static const struct {
	const char *name;
	bool (*set)(struct rmap_row *r, const char *v);
} row_leaves[] = {
	{"action", row_action},		{"destination-prefix", row_dst},
	{"destination-ge", row_dst_ge}, {"destination-le", row_dst_le},
	{"source-prefix", row_src},	{"source-ge", row_src_ge},
	{"source-le", row_src_le},
};

static bool row_set(struct rmap_row *r, const struct nb_change *c)
{
	const char *name = strrchr(zebra_nb_table.nodes[c->node].path, '/') + 1;

	for (size_t i = 0; i < sizeof(row_leaves) / sizeof(row_leaves[0]); i++)
		if (strcmp(row_leaves[i].name, name) == 0)
			return row_leaves[i].set(r, c->op == NB_SET ? c->value : NULL);
	return false;
}

bool nb_plist_leaf_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	struct rmap_row scratch = {0};

	(void)ctx;
	if (row_set(&scratch, c))
		return true;
	snprintf(err, err_size, "%s can't be in a prefix list", c->value);
	return false;
}

void nb_plist_leaf_apply(void *ctx, const struct nb_change *c)
{
	row_set(row_of(ctx, c), c);
}

/* ---- route maps ---- */

enum { KEY_MAP, KEY_ENTRY };

void nb_rmap_apply(void *ctx, const struct nb_change *c)
{
	if (c->op == NB_DELETE)
		rmap_del(rmaps_of(ctx), c->keys[KEY_MAP]);
}

static struct rmap_entry *entry_of(void *ctx, const struct nb_change *c)
{
	return rmap_entry_edit(rmaps_of(ctx), c->keys[KEY_MAP],
				 (uint16_t)u32(c->keys[KEY_ENTRY]));
}

void nb_rmap_entry_apply(void *ctx, const struct nb_change *c)
{
	if (c->op == NB_DELETE)
		rmap_entry_del(rmaps_of(ctx), c->keys[KEY_MAP],
				 (uint16_t)u32(c->keys[KEY_ENTRY]));
	else
		entry_of(ctx, c);
}

static bool set_text(char *to, size_t size, const char *v)
{
	memset(to, 0, size);
	if (v)
		strncpy(to, v, size - 1);
	return !v || strlen(v) < size;
}

static bool entry_action(struct rmap_entry *e, const char *v)
{
	e->deny = v && strcmp(v, "deny") == 0;
	return true;
}

static bool match_list4(struct rmap_entry *e, const char *v)
{
	return set_text(e->list[0], sizeof(e->list[0]), v);
}

static bool match_list6(struct rmap_entry *e, const char *v)
{
	return set_text(e->list[1], sizeof(e->list[1]), v);
}

static bool match_interface(struct rmap_entry *e, const char *v)
{
	return set_text(e->ifname, sizeof(e->ifname), v);
}

static bool match_metric(struct rmap_entry *e, const char *v)
{
	e->has_metric = v != NULL;
	e->metric = u32(v);
	return true;
}

static bool match_tag(struct rmap_entry *e, const char *v)
{
	e->has_tag = v != NULL;
	e->tag = u32(v);
	return true;
}

static bool match_protocol(struct rmap_entry *e, const char *v)
{
	int type = v ? nb_policy_protocol(v) : RMAP_ANY;

	e->has_protocol = v != NULL;
	e->protocol = (uint8_t)type;
	return type >= 0;
}

static bool match_instance(struct rmap_entry *e, const char *v)
{
	e->has_instance = v != NULL;
	e->instance = (uint16_t)u32(v);
	return true;
}

static bool set_metric(struct rmap_entry *e, const char *v)
{
	e->has_set_metric = v != NULL;
	e->set_metric = u32(v);
	return true;
}

static bool set_tag(struct rmap_entry *e, const char *v)
{
	e->has_set_tag = v != NULL;
	e->set_tag = u32(v);
	return true;
}

static bool set_source(struct rmap_entry *e, const char *v)
{
	e->set_src_family = FAM_NONE;
	return !v || (addr_parse(v, &e->set_src_family, &e->set_src) && !addr_is_zero(&e->set_src));
}

static const struct {
	const char *path; /* behind that of the entry */
	bool (*set)(struct rmap_entry *e, const char *v);
} entry_leaves[] = {
	{"action", entry_action},
	{"match/ip-prefix-list", match_list4},
	{"match/ipv6-prefix-list", match_list6},
	{"match/interface", match_interface},
	{"match/metric", match_metric},
	{"match/tag", match_tag},
	{"match/source-protocol", match_protocol},
	{"match/source-instance", match_instance},
	{"set/metric", set_metric},
	{"set/tag", set_tag},
	{"set/source", set_source},
};

static bool entry_set(struct rmap_entry *e, const struct nb_change *c)
{
	const char *path = zebra_nb_table.nodes[c->node].path + sizeof(NB_RMAP_ENTRY);

	for (size_t i = 0; i < sizeof(entry_leaves) / sizeof(entry_leaves[0]); i++)
		if (strcmp(entry_leaves[i].path, path) == 0)
			return entry_leaves[i].set(e, c->op == NB_SET ? c->value : NULL);
	return false;
}

bool nb_rmap_leaf_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	struct rmap_entry scratch = {0};

	(void)ctx;
	if (entry_set(&scratch, c))
		return true;
	snprintf(err, err_size, "%s can't be in a route map", c->value);
	return false;
}

void nb_rmap_leaf_apply(void *ctx, const struct nb_change *c)
{
	entry_set(entry_of(ctx, c), c);
}

/* ---- where they are used ---- */

enum { BIND_FAMILY, BIND_PROTOCOL };

static void bind_to(void *ctx, const struct nb_change *c, const char *name)
{
	int type = nb_policy_protocol(c->keys[BIND_PROTOCOL]);

	if (type >= 0)
		rmap_bind(rmaps_of(ctx), family_of(c->keys[BIND_FAMILY]), (uint8_t)type, name);
}

void nb_rmap_bind_apply(void *ctx, const struct nb_change *c)
{
	if (c->op == NB_DELETE)
		bind_to(ctx, c, NULL);
}

void nb_rmap_bind_leaf_apply(void *ctx, const struct nb_change *c)
{
	bind_to(ctx, c, c->op == NB_SET ? c->value : NULL);
}
