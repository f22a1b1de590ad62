/* SPDX-License-Identifier: MIT */
/* Routes as JSON: each row has destination and source as members of their own. */
#include <stdio.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/zebra_show_private.h"

/* ---- json-c, shorter ---- */

void js_str(json_object *o, const char *key, const char *v)
{
	json_object_object_add(o, key, json_object_new_string(v));
}

void js_int(json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

void js_true(json_object *o, const char *key, bool v)
{
	if (v)
		json_object_object_add(o, key, json_object_new_boolean(1));
}

const json_object *js_get(const json_object *o, const char *key)
{
	json_object *v = NULL;

	return json_object_object_get_ex(o, key, &v) ? v : NULL;
}

const char *js_get_str(const json_object *o, const char *key)
{
	const json_object *v = js_get(o, key);

	/* json-c caches the text of other types, hence not const there. */
	return v && json_object_is_type(v, json_type_string)
		       ? json_object_get_string((json_object *)(uintptr_t)v)
		       : "";
}

int64_t js_get_int(const json_object *o, const char *key)
{
	const json_object *v = js_get(o, key);

	return v ? json_object_get_int64(v) : 0;
}

bool js_get_bool(const json_object *o, const char *key)
{
	const json_object *v = js_get(o, key);

	return v && json_object_get_boolean(v);
}

const char *show_uptime(usec_t d, char buf[UPTIME_STR])
{
	unsigned long s = d > 0 ? (unsigned long)(d / USEC_PER_SEC) : 0;
	unsigned long m = s / 60, h = m / 60, days = h / 24;

	if (days < 1)
		snprintf(buf, UPTIME_STR, "%02lu:%02lu:%02lu", h, m % 60, s % 60);
	else if (days < 7)
		snprintf(buf, UPTIME_STR, "%lud%02luh%02lum", days, h % 24, m % 60);
	else
		snprintf(buf, UPTIME_STR, "%02luw%lud%02luh", days / 7, days % 7, h % 24);
	return buf;
}

/* ---- one route ---- */

static bool is_gate(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_GATE || nh->kind == RIB_NH_GATE_IFINDEX;
}

static void add_interface(json_object *o, const struct zebra *z, uint32_t ifindex)
{
	const struct iface *i;

	if (!ifindex)
		return;
	i = ifaces_find(z->ifs, ifindex);
	js_int(o, "interfaceIndex", ifindex);
	js_str(o, "interfaceName", i ? i->l.name : "unknown");
}

static json_object *nexthop_state(const struct zebra *z, enum family f,
				  const struct rib_nexthop *nh)
{
	json_object *o = json_object_new_object();
	char buf[ADDR_STR];

	switch (nh->kind) {
	case RIB_NH_GATE:
	case RIB_NH_GATE_IFINDEX:
		js_str(o, "ip", addr_str(f, &nh->gate, buf));
		js_str(o, "afi", f == FAM_IP6 ? "ipv6" : "ipv4");
		add_interface(o, z, nh->ifindex);
		break;
	case RIB_NH_IFINDEX:
		js_true(o, "directlyConnected", true);
		add_interface(o, z, nh->ifindex);
		break;
	case RIB_NH_BLACKHOLE:
		js_true(o, "unreachable", true);
		js_true(o, "blackhole", true);
		break;
	case RIB_NH_UNREACHABLE:
		js_true(o, "unreachable", true);
		js_true(o, "reject", true);
		break;
	case RIB_NH_PROHIBIT:
		js_true(o, "unreachable", true);
		js_true(o, "admin-prohibited", true);
		break;
	}
	js_true(o, "onLink", nh->onlink);
	js_int(o, "weight", nh->weight ? nh->weight : 1);
	return o;
}

/* Is the resolved next hop just this given one? */
static bool resolves_to(const struct rib_nexthop *given, const struct rib_nexthop *r)
{
	if (is_gate(given) != is_gate(r))
		return false;
	if (!is_gate(given))
		return given->kind == r->kind && given->ifindex == r->ifindex;
	return addr_cmp(&given->gate, &r->gate) == 0 &&
	       (given->ifindex == 0 || given->ifindex == r->ifindex);
}

static const struct rib_nexthop *direct_resolution(const struct rib_view *v,
						   const struct rib_nexthop *given)
{
	for (uint32_t i = 0; i < v->n_resolved; i++)
		if (resolves_to(given, &v->resolved[i]))
			return &v->resolved[i];
	return NULL;
}

static bool was_given(const struct rib_view *v, const struct rib_nexthop *r)
{
	for (uint32_t i = 0; i < v->n_nexthops; i++)
		if (resolves_to(&v->nexthops[i], r))
			return true;
	return false;
}

/* As given, each with what it became; those that a recursive one became
 * follow behind. */
static json_object *nexthops_state(const struct zebra *z, const struct rib_view *v)
{
	enum family f = sdprefix_family(&v->pair);
	json_object *list = json_object_new_array(), *o;
	bool in_fib = v->state == RIB_INSTALLED;

	for (uint32_t i = 0; i < v->n_nexthops; i++) {
		const struct rib_nexthop *given = &v->nexthops[i];
		const struct rib_nexthop *r = direct_resolution(v, given);

		o = nexthop_state(z, f, r && r->ifindex ? r : given);
		js_true(o, "fib", in_fib && r);
		js_true(o, "active", v->nexthop_usable[i]);
		js_true(o, "recursive", v->nexthop_usable[i] && !r);
		json_object_array_add(list, o);
	}
	for (uint32_t i = 0; i < v->n_resolved; i++) {
		if (was_given(v, &v->resolved[i]))
			continue;
		o = nexthop_state(z, f, &v->resolved[i]);
		js_true(o, "fib", in_fib);
		js_true(o, "active", true);
		js_true(o, "resolver", true);
		json_object_array_add(list, o);
	}
	return list;
}

static void add_pair(json_object *o, const struct sdprefix *pair)
{
	char d[PREFIX_STR], s[PREFIX_STR], both[SDPREFIX_STR];

	js_str(o, "prefix", sdprefix_str(pair, both));
	js_int(o, "prefixLen", pair->dst.plen);
	js_str(o, "destination", prefix_str(&pair->dst, d));
	js_str(o, "source", prefix_str(&pair->src, s));
}

static void add_failure(json_object *o, const struct zebra *z, const struct sdprefix *pair,
			int error)
{
	const char *words = fib_netlink_reason(z->fib, pair);
	char text[256];

	snprintf(text, sizeof(text), "%s%s%s%s", strerror(error), words ? " (" : "",
		 words ? words : "", words ? ")" : "");
	js_true(o, "failed", true);
	js_int(o, "failureErrno", error);
	js_str(o, "failureReason", text);
}

static json_object *route_state(const struct zebra *z, const struct rib_view *v)
{
	json_object *o = json_object_new_object();
	char buf[UPTIME_STR];

	add_pair(o, &v->pair);
	js_str(o, "protocol", zapi_route_type_name(v->owner.type));
	if (v->owner.instance)
		js_int(o, "instance", v->owner.instance);
	js_int(o, "vrfId", 0);
	js_str(o, "vrfName", "default");
	switch (v->state) {
	case RIB_UNUSABLE:
	case RIB_CANDIDATE:
		break;
	case RIB_SELECTED:
		js_true(o, "selected", true);
		js_true(o, "queued", true);
		break;
	case RIB_INSTALLED:
		js_true(o, "selected", true);
		js_true(o, "installed", true);
		break;
	case RIB_FAILED:
		js_true(o, "selected", true);
		add_failure(o, z, &v->pair, v->error);
		break;
	}
	js_int(o, "distance", v->distance);
	js_int(o, "metric", v->metric);
	if (v->tag)
		js_int(o, "tag", v->tag);
	if (v->mtu)
		js_int(o, "mtu", v->mtu);
	js_int(o, "table", ZAPI_TABLE_MAIN);
	js_true(o, "stale", v->stale);
	js_str(o, "uptime", show_uptime(mono_sub(loop_now(z->loop), v->since), buf));
	json_object_object_add(o, "nexthops", nexthops_state(z, v));
	return o;
}

/* ---- lists of routes ---- */

struct collect {
	const struct zebra *z;
	json_object *routes;
	enum family family;
	const struct prefix *dst; /* stop behind this one; NULL: all */
	const char *protocol;	  /* only this one's; NULL: all */
};

static bool collect_route(void *ctx, const struct rib_view *v)
{
	struct collect *c = ctx;

	if (c->dst && !prefix_eq(&v->pair.dst, c->dst))
		return false;
	if (c->protocol && strcmp(c->protocol, zapi_route_type_name(v->owner.type)) != 0)
		return true;
	if (sdprefix_family(&v->pair) == c->family)
		json_object_array_add(c->routes, route_state(c->z, v));
	return true;
}

static json_object *wrap(json_object *routes)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "routes", routes);
	return o;
}

static enum family asked_family(const struct show_args *a)
{
	return show_has(a, "ip") ? FAM_IP4 : FAM_IP6;
}

json_object *show_routes_state(const void *ctx, const struct show_args *a, char *err,
			       unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct collect c = {.z = z, .routes = json_object_new_array(), .family = asked_family(a)};

	(void)err;
	(void)err_size;
	rib_each(z->rib, NULL, collect_route, &c);
	return wrap(c.routes);
}

json_object *show_protocol_state(const void *ctx, const struct show_args *a, char *err,
				 unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct collect c = {.z = z, .routes = json_object_new_array(), .family = asked_family(a)};
	static const char *const names[] = {"kernel", "connected", "static", "babel"};

	(void)err;
	(void)err_size;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (show_has(a, names[i]))
			c.protocol = names[i];
	rib_each(z->rib, NULL, collect_route, &c);
	return wrap(c.routes);
}

/* All entries of exactly one destination, whatever their source. */
static void collect_at(struct collect *c, const struct prefix *dst)
{
	struct sdprefix plain;

	if (!sdprefix_make(&plain, dst, NULL))
		return;
	c->dst = dst;
	rib_each_at(c->z->rib, &plain, collect_route, c);
	rib_each(c->z->rib, &plain, collect_route, c);
}

static json_object *found_or_not(struct collect *c, char *err, unsigned int err_size)
{
	if (json_object_array_length(c->routes) > 0)
		return wrap(c->routes);
	json_object_put(c->routes);
	snprintf(err, err_size, "Network not in table");
	return NULL;
}

static bool asked_prefix(const struct show_args *a, const char *after, struct prefix *out,
			 char *err, unsigned int err_size)
{
	const char *s = show_arg(a, after);

	if (s && prefix_parse(s, out) && out->family == asked_family(a))
		return true;
	snprintf(err, err_size, "%s is not an %s prefix", s ? s : "",
		 asked_family(a) == FAM_IP4 ? "IPv4" : "IPv6");
	return false;
}

static bool asked_addr(const struct show_args *a, const char *after, struct addr *out, char *err,
		       unsigned int err_size)
{
	const char *s = show_arg(a, after);
	enum family f;

	if (s && addr_parse(s, &f, out) && f == asked_family(a))
		return true;
	snprintf(err, err_size, "%s is not an %s address", s ? s : "",
		 asked_family(a) == FAM_IP4 ? "IPv4" : "IPv6");
	return false;
}

json_object *show_prefix_state(const void *ctx, const struct show_args *a, char *err,
			       unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct collect c = {.z = z, .family = asked_family(a)};
	struct prefix dst, src;
	struct sdprefix pair;

	if (!asked_prefix(a, "route", &dst, err, err_size))
		return NULL;
	if (show_has(a, "from") && !asked_prefix(a, "from", &src, err, err_size))
		return NULL;
	c.routes = json_object_new_array();
	if (!show_has(a, "from"))
		collect_at(&c, &dst);
	else if (sdprefix_make(&pair, &dst, &src))
		rib_each_at(z->rib, &pair, collect_route, &c);
	return found_or_not(&c, err, err_size);
}

/* The longest destination that has entries, and all of those: which one a
 * packet takes depends on its source. */
json_object *show_address_state(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct collect c = {.z = z, .family = asked_family(a)};
	struct addr addr;
	struct prefix dst;

	if (!asked_addr(a, "route", &addr, err, err_size))
		return NULL;
	c.routes = json_object_new_array();
	for (int plen = (int)family_bits(c.family); plen >= 0; plen--) {
		prefix_make(&dst, c.family, &addr, (unsigned int)plen);
		collect_at(&c, &dst);
		if (json_object_array_length(c.routes) > 0)
			break;
	}
	return found_or_not(&c, err, err_size);
}

/* One packet's way. */
json_object *show_lookup_state(const void *ctx, const struct show_args *a, char *err,
			       unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct addr dst, src;
	struct rib_view v;
	json_object *o, *routes, *lookup;
	char buf[ADDR_STR];

	if (!asked_addr(a, "route", &dst, err, err_size) ||
	    !asked_addr(a, "from", &src, err, err_size))
		return NULL;
	routes = json_object_new_array();
	if (rib_lookup(z->rib, asked_family(a), &dst, &src, &v))
		json_object_array_add(routes, route_state(z, &v));
	lookup = json_object_new_object();
	js_str(lookup, "destination", addr_str(asked_family(a), &dst, buf));
	js_str(lookup, "source", addr_str(asked_family(a), &src, buf));
	o = wrap(routes);
	json_object_object_add(o, "lookup", lookup);
	return o;
}

/* ---- summary ---- */

struct counts {
	enum family family;
	unsigned long rib[ROUTE_TYPE_MAX + 1], fib[ROUTE_TYPE_MAX + 1], sourced[ROUTE_TYPE_MAX + 1];
};

static bool count_route(void *ctx, const struct rib_view *v)
{
	struct counts *c = ctx;
	unsigned int t = v->owner.type < ROUTE_TYPE_MAX ? v->owner.type : ROUTE_TYPE_MAX;

	if (sdprefix_family(&v->pair) != c->family)
		return true;
	c->rib[t]++;
	c->fib[t] += v->state == RIB_INSTALLED;
	c->sourced[t] += !sdprefix_is_plain(&v->pair);
	return true;
}

json_object *show_summary_state(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct counts c = {.family = asked_family(a)};
	json_object *o, *rows = json_object_new_array();
	unsigned long rib = 0, fib = 0, sourced = 0;

	(void)err;
	(void)err_size;
	rib_each(z->rib, NULL, count_route, &c);
	for (unsigned int t = 0; t <= ROUTE_TYPE_MAX; t++) {
		if (c.rib[t] == 0)
			continue;
		json_object *row = json_object_new_object();

		js_str(row, "type", zapi_route_type_name((uint8_t)t));
		js_int(row, "rib", (int64_t)c.rib[t]);
		js_int(row, "fib", (int64_t)c.fib[t]);
		js_int(row, "sourced", (int64_t)c.sourced[t]);
		json_object_array_add(rows, row);
		rib += c.rib[t];
		fib += c.fib[t];
		sourced += c.sourced[t];
	}
	o = wrap(rows);
	js_int(o, "routesTotal", (int64_t)rib);
	js_int(o, "routesTotalFib", (int64_t)fib);
	js_int(o, "routesTotalSourced", (int64_t)sourced);
	return o;
}

/* ---- what is in the kernel by our doing ---- */

static bool collect_fib(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	struct collect *c = ctx;
	json_object *o, *list;

	if (sdprefix_family(&f->pair) != c->family)
		return true;
	o = json_object_new_object();
	list = json_object_new_array();
	add_pair(o, &f->pair);
	js_str(o, "protocol", auxiliary ? "zebra" : zapi_route_type_name(f->type));
	js_true(o, "auxiliary", auxiliary);
	js_true(o, "installed", error == 0);
	if (error)
		add_failure(o, c->z, &f->pair, error);
	if (f->mtu)
		js_int(o, "mtu", f->mtu);
	for (uint32_t i = 0; i < f->n_nexthops; i++)
		json_object_array_add(list, nexthop_state(c->z, c->family, &f->nexthops[i]));
	json_object_object_add(o, "nexthops", list);
	json_object_array_add(c->routes, o);
	return true;
}

json_object *show_fib_state(const void *ctx, const struct show_args *a, char *err,
			    unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct collect c = {.z = z, .routes = json_object_new_array(), .family = asked_family(a)};

	(void)err;
	(void)err_size;
	rib_each_fib(z->rib, NULL, collect_fib, &c);
	return wrap(c.routes);
}
