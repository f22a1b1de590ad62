/* SPDX-License-Identifier: MIT */
/* Configured filter rules: records into rules, rules into text. */
#include "babeld/babel_nb_filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_config.h"
#include "lib/zapi/zapi.h"

enum { KEY_DIRECTION, KEY_NUMBER };

static struct babel_conf_filters *filters_of(void *ctx)
{
	return &((struct babel_nb *)ctx)->conf.filters;
}

void babel_conf_filters_clear(struct babel_conf_filters *f)
{
	for (unsigned int k = 0; k < FILTER_KINDS; k++)
		free(f->rules[k]);
	*f = (struct babel_conf_filters){0};
}

struct babel_filters babel_conf_filters_of(const struct babel_conf_filters *f)
{
	struct babel_filters to = {.accept_connected_specific = f->accept_connected_specific};

	for (unsigned int k = 0; k < FILTER_KINDS; k++) {
		to.rules[k] = f->rules[k];
		to.n[k] = f->n[k];
	}
	return to;
}

/* ---- the rule of a record ---- */

static enum filter_kind kind_of(const char *direction)
{
	unsigned int k = 0;

	while (k < FILTER_KINDS && strcmp(direction, filter_kind_name((enum filter_kind)k)) != 0)
		k++;
	return (enum filter_kind)k;
}

static unsigned long number_of(const struct nb_change *c)
{
	return strtoul(c->keys[KEY_NUMBER], NULL, 10);
}

/* Where the rule is, or would be. */
static size_t place(const struct babel_conf_filters *f, enum filter_kind kind, unsigned long number)
{
	size_t low = 0, high = f->n[kind];

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->rules[kind][mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* NULL: there is none. */
static struct filter_rule *rule_at(const struct babel_conf_filters *f, const struct nb_change *c)
{
	enum filter_kind kind = kind_of(c->keys[KEY_DIRECTION]);
	size_t at = kind < FILTER_KINDS ? place(f, kind, number_of(c)) : 0;

	if (kind == FILTER_KINDS || at == f->n[kind] || f->rules[kind][at].number != number_of(c))
		return NULL;
	return &f->rules[kind][at];
}

static void rule_del(struct babel_conf_filters *f, const struct nb_change *c)
{
	struct filter_rule *r = rule_at(f, c);
	enum filter_kind kind = kind_of(c->keys[KEY_DIRECTION]);

	if (!r)
		return;
	f->n[kind]--;
	memmove(r, r + 1, (f->n[kind] - (size_t)(r - f->rules[kind])) * sizeof(*r));
}

static void rule_add(struct babel_conf_filters *f, const struct nb_change *c)
{
	enum filter_kind kind = kind_of(c->keys[KEY_DIRECTION]);
	struct filter_rule *r;
	size_t at;

	if (rule_at(f, c))
		return;
	if (f->n[kind] == f->room[kind]) {
		f->room[kind] = f->room[kind] ? 2 * f->room[kind] : 8;
		f->rules[kind] = realloc(f->rules[kind], f->room[kind] * sizeof(*r));
		if (!f->rules[kind])
			abort();
	}
	at = place(f, kind, number_of(c));
	r = &f->rules[kind][at];
	memmove(r + 1, r, (f->n[kind] - at) * sizeof(*r));
	*r = (struct filter_rule){.number = (uint16_t)number_of(c)};
	f->n[kind]++;
}

bool babel_filter_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	(void)ctx;
	if (kind_of(c->keys[KEY_DIRECTION]) < FILTER_KINDS && number_of(c) >= 1 &&
	    number_of(c) <= UINT16_MAX)
		return true;
	snprintf(err, err_size, "there is no rule %s %s", c->keys[KEY_DIRECTION],
		 c->keys[KEY_NUMBER]);
	return false;
}

void babel_filter_apply(void *ctx, const struct nb_change *c)
{
	if (c->op == NB_DELETE)
		rule_del(filters_of(ctx), c);
	else
		rule_add(filters_of(ctx), c);
}

void babel_filter_accept_apply(void *ctx, const struct nb_change *c)
{
	filters_of(ctx)->accept_connected_specific =
		c->op == NB_SET && strcmp(c->value, "true") == 0;
}

/* ---- its leaves: each takes a value, NULL for none; false: it can't ---- */

static uint32_t u32(const char *v)
{
	return v ? (uint32_t)strtoul(v, NULL, 10) : 0;
}

static bool set_action(struct filter_rule *r, const char *v)
{
	r->deny = v && strcmp(v, "deny") == 0;
	return true;
}

static bool set_prefix(struct prefix_range *p, const char *v)
{
	p->set = v != NULL;
	return !v || prefix_parse(v, &p->p);
}

static bool set_dst(struct filter_rule *r, const char *v)
{
	return set_prefix(&r->dst, v);
}

static bool set_dst_ge(struct filter_rule *r, const char *v)
{
	r->dst.ge = (uint8_t)u32(v);
	return true;
}

static bool set_dst_le(struct filter_rule *r, const char *v)
{
	r->dst.le = (uint8_t)u32(v);
	return true;
}

static bool set_src(struct filter_rule *r, const char *v)
{
	return set_prefix(&r->src, v);
}

static bool set_src_ge(struct filter_rule *r, const char *v)
{
	r->src.ge = (uint8_t)u32(v);
	return true;
}

static bool set_src_le(struct filter_rule *r, const char *v)
{
	r->src.le = (uint8_t)u32(v);
	return true;
}

static bool set_neigh(struct filter_rule *r, const char *v)
{
	enum family f;

	r->has_neigh = v != NULL;
	return !v || (addr_parse(v, &f, &r->neigh) && f == FAM_IP6);
}

static bool set_interface(struct filter_rule *r, const char *v)
{
	memset(r->ifname, 0, sizeof(r->ifname));
	if (v)
		strncpy(r->ifname, v, sizeof(r->ifname) - 1);
	return true;
}

static bool set_router_id(struct filter_rule *r, const char *v)
{
	r->has_router_id = v != NULL;
	return !v || router_id_parse(v, &r->router_id);
}

static bool set_protocol(struct filter_rule *r, const char *v)
{
	int type = v ? babel_conf_protocol(v) : 0;

	r->has_protocol = v != NULL;
	r->protocol = (uint8_t)type;
	return type >= 0;
}

static bool set_metric_ge(struct filter_rule *r, const char *v)
{
	r->has_metric_ge = v != NULL;
	r->metric_ge = u32(v);
	return true;
}

static bool set_metric_le(struct filter_rule *r, const char *v)
{
	r->has_metric_le = v != NULL;
	r->metric_le = u32(v);
	return true;
}

static bool set_metric(struct filter_rule *r, const char *v)
{
	return set_metric_ge(r, v) && set_metric_le(r, v);
}

static bool set_tag(struct filter_rule *r, const char *v)
{
	r->has_tag = v != NULL;
	r->tag = u32(v);
	return true;
}

static bool set_set_metric(struct filter_rule *r, const char *v)
{
	r->has_set_metric = v != NULL;
	r->set_metric = (uint16_t)u32(v);
	return true;
}

static bool set_add_metric(struct filter_rule *r, const char *v)
{
	r->add_metric = (uint16_t)u32(v);
	return true;
}

static bool set_set_source(struct filter_rule *r, const char *v)
{
	r->set_src_family = FAM_NONE;
	return !v || (addr_parse(v, &r->set_src_family, &r->set_src) && !addr_is_zero(&r->set_src));
}

static bool set_set_tag(struct filter_rule *r, const char *v)
{
	r->has_set_tag = v != NULL;
	r->set_tag = u32(v);
	return true;
}

typedef bool leaf_setter(struct filter_rule *r, const char *v);

static const struct {
	const char *name;
	leaf_setter *set;
} leaves[] = {
	{"action", set_action},
	{"destination-prefix", set_dst},
	{"destination-ge", set_dst_ge},
	{"destination-le", set_dst_le},
	{"source-prefix", set_src},
	{"source-ge", set_src_ge},
	{"source-le", set_src_le},
	{"neighbor", set_neigh},
	{"interface", set_interface},
	{"router-id", set_router_id},
	{"protocol", set_protocol},
	{"metric", set_metric},
	{"metric-ge", set_metric_ge},
	{"metric-le", set_metric_le},
	{"tag", set_tag},
	{"set-metric", set_set_metric},
	{"add-metric", set_add_metric},
	{"set-source", set_set_source},
	{"set-tag", set_set_tag},
};

static leaf_setter *setter_of(const struct nb_change *c, const char **name)
{
	*name = strrchr(babel_nb_table.nodes[c->node].path, '/') + 1;
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
		if (strcmp(leaves[i].name, *name) == 0)
			return leaves[i].set;
	return NULL;
}

bool babel_filter_leaf_prepare(void *ctx, const struct nb_change *c, char *err,
			       unsigned int err_size)
{
	struct filter_rule scratch = {0};
	const char *name;
	leaf_setter *set = setter_of(c, &name);

	(void)ctx;
	if (c->op != NB_SET || (set && set(&scratch, c->value)))
		return true;
	snprintf(err, err_size, "%s can't be the %s of a filter rule", c->value, name);
	return false;
}

void babel_filter_leaf_apply(void *ctx, const struct nb_change *c)
{
	struct filter_rule *r = rule_at(filters_of(ctx), c);
	const char *name;
	leaf_setter *set = setter_of(c, &name);

	if (r && set)
		set(r, c->op == NB_SET ? c->value : NULL);
}

/* ---- text ---- */

struct words {
	char *at;
	size_t len;
};

static __attribute__((format(printf, 2, 3))) void add(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->at + w->len, BABEL_FILTER_STR - w->len, fmt, ap);
	va_end(ap);
	w->len += n > 0 ? (size_t)n : 0;
	if (w->len >= BABEL_FILTER_STR)
		w->len = BABEL_FILTER_STR - 1;
}

static void add_prefix(struct words *w, const char *word, const struct prefix_range *p)
{
	char text[PREFIX_STR];

	if (!p->set)
		return;
	add(w, " %s %s", word, prefix_str(&p->p, text));
	if (p->ge)
		add(w, " ge %u", p->ge);
	if (p->le)
		add(w, " le %u", p->le);
}

static void add_origin(struct words *w, const struct filter_rule *r)
{
	char addr[ADDR_STR], id[ROUTER_ID_STR];

	if (r->has_neigh)
		add(w, " neighbor %s", addr_str(FAM_IP6, &r->neigh, addr));
	if (r->ifname[0])
		add(w, " interface %s", r->ifname);
	if (r->has_router_id)
		add(w, " router-id %s", router_id_str(&r->router_id, id));
	if (r->has_protocol)
		add(w, " protocol %s", zapi_route_type_name(r->protocol));
}

static void add_numbers(struct words *w, const struct filter_rule *r)
{
	if (r->has_metric_ge && r->has_metric_le && r->metric_ge == r->metric_le) {
		add(w, " metric %u", r->metric_ge);
	} else {
		if (r->has_metric_ge)
			add(w, " metric ge %u", r->metric_ge);
		if (r->has_metric_le)
			add(w, " metric le %u", r->metric_le);
	}
	if (r->has_tag)
		add(w, " tag %u", r->tag);
}

static void add_actions(struct words *w, const struct filter_rule *r)
{
	char addr[ADDR_STR];

	if (r->has_set_metric)
		add(w, " set metric %u", r->set_metric);
	if (r->add_metric)
		add(w, " add metric %u", r->add_metric);
	if (r->set_src_family != FAM_NONE)
		add(w, " set src %s", addr_str(r->set_src_family, &r->set_src, addr));
	if (r->has_set_tag)
		add(w, " set tag %u", r->set_tag);
}

const char *babel_filter_str(const struct filter_rule *r, char buf[BABEL_FILTER_STR])
{
	struct words w = {.at = buf};

	add(&w, "%s", r->deny ? "deny" : "permit");
	add_prefix(&w, "destination", &r->dst);
	add_prefix(&w, "from", &r->src);
	add_origin(&w, r);
	add_numbers(&w, r);
	add_actions(&w, r);
	return buf;
}
