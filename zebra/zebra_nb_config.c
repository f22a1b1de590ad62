/* SPDX-License-Identifier: MIT */
/* The schema nodes that zebra serves: change records to static routes, and
 * how the kernel is looked after. */
#include "zebra/zebra_nb_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/zebra_nb_fpm.h"
#include "zebra/zebra_nb_policy.h"
#include "zebra/zebra_backend.h"

#define ROUTE "/srcdest-static:static/route"
#define HOP   ROUTE "/next-hop"
#define FPM   "/srcdest-fpm:fpm"

enum { KEY_DST, KEY_SRC, KEY_GATEWAY, KEY_INTERFACE };

static bool fail(char *err, unsigned int size, const char *what, const char *value)
{
	snprintf(err, size, "%s: %s", value, what);
	return false;
}

static bool parse_pair(const struct nb_change *c, struct sdprefix *out, char *err,
		       unsigned int size)
{
	struct prefix dst, src;

	if (!prefix_parse(c->keys[KEY_DST], &dst))
		return fail(err, size, "not a prefix", c->keys[KEY_DST]);
	if (!prefix_parse(c->keys[KEY_SRC], &src))
		return fail(err, size, "not a prefix", c->keys[KEY_SRC]);
	if (dst.family != src.family) {
		snprintf(err, size, "destination %s and source %s are of different families",
			 c->keys[KEY_DST], c->keys[KEY_SRC]);
		return false;
	}
	return sdprefix_make(out, &dst, &src);
}

static bool parse_word(const char *gateway, struct static_hop *out)
{
	static const struct {
		const char *word;
		enum rib_nexthop_kind kind;
	} words[] = {{"direct", RIB_NH_IFINDEX},
		     {"blackhole", RIB_NH_BLACKHOLE},
		     {"unreachable", RIB_NH_UNREACHABLE},
		     {"prohibit", RIB_NH_PROHIBIT}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(gateway, words[i].word) == 0) {
			out->kind = words[i].kind;
			return true;
		}
	}
	return false;
}

static bool parse_gateway(const char *gateway, enum family want, struct static_hop *out, char *err,
			  unsigned int size)
{
	enum family f;

	if (!addr_parse(gateway, &f, &out->gate))
		return fail(err, size, "not a gateway address", gateway);
	if (f != want && f != FAM_IP6)
		return fail(err, size, "an IPv6 route can't have an IPv4 gateway", gateway);
	out->gate6 = f == FAM_IP6;
	if (addr_is_zero(&out->gate) || addr_is_multicast(f, &out->gate) ||
	    addr_is_loopback(f, &out->gate))
		return fail(err, size, "can't be the address of a router", gateway);
	if (f == FAM_IP6 && addr_is_linklocal(f, &out->gate) && !out->ifname[0])
		return fail(err, size, "a link-local gateway needs an interface", gateway);
	out->kind = out->ifname[0] ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE;
	return true;
}

static bool parse_hop(const struct nb_change *c, struct sdprefix *pair, struct static_hop *out,
		      char *err, unsigned int size)
{
	const char *gateway = c->keys[KEY_GATEWAY], *ifname = c->keys[KEY_INTERFACE];

	memset(out, 0, sizeof(*out));
	if (!parse_pair(c, pair, err, size))
		return false;
	if (strlen(ifname) >= sizeof(out->ifname))
		return fail(err, size, "no interface name is that long", ifname);
	strcpy(out->ifname, ifname);
	if (!parse_word(gateway, out))
		return parse_gateway(gateway, sdprefix_family(pair), out, err, size);
	if (out->kind == RIB_NH_IFINDEX && !ifname[0])
		return fail(err, size, "needs an interface", gateway);
	if (out->kind != RIB_NH_IFINDEX && ifname[0])
		return fail(err, size, "a next hop that drops packets has no interface", ifname);
	return true;
}

/* ---- route ---- */

static bool route_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int size)
{
	struct sdprefix pair;

	(void)ctx;
	return parse_pair(c, &pair, err, size);
}

static void route_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	char err[256];

	/* A route comes to be with its first next hop. */
	if (c->op == NB_DELETE && parse_pair(c, &pair, err, sizeof(err)))
		statics_route_del(nb->statics, &pair);
}

/* ---- next-hop ---- */

static bool hop_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int size)
{
	struct sdprefix pair;
	struct static_hop hop;

	(void)ctx;
	return parse_hop(c, &pair, &hop, err, size);
}

static void hop_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	struct static_hop hop;
	char err[256];

	if (!parse_hop(c, &pair, &hop, err, sizeof(err)))
		return; /* prepare said so already */
	if (c->op == NB_DELETE)
		statics_hop_del(nb->statics, &pair, &hop);
	else
		statics_hop_add(nb->statics, &pair, &hop);
}

static void distance_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	struct static_hop hop;
	char err[256];

	if (c->op == NB_SET && parse_hop(c, &pair, &hop, err, sizeof(err)))
		statics_hop_distance(nb->statics, &pair, &hop, (uint8_t)atoi(c->value));
}

static void tag_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	struct static_hop hop;
	char err[256];

	if (c->op == NB_SET && parse_hop(c, &pair, &hop, err, sizeof(err)))
		statics_hop_tag(nb->statics, &pair, &hop, (uint32_t)strtoul(c->value, NULL, 10));
}

static void weight_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	struct static_hop hop;
	char err[256];

	if (c->op == NB_SET && parse_hop(c, &pair, &hop, err, sizeof(err)))
		statics_hop_weight(nb->statics, &pair, &hop, (uint32_t)strtoul(c->value, NULL, 10));
}

static void table_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	struct static_hop hop;
	char err[256];
	uint32_t id;

	if (c->op != NB_SET || !parse_hop(c, &pair, &hop, err, sizeof(err)))
		return;
	id = (uint32_t)strtoul(c->value, NULL, 10);
	statics_hop_table(nb->statics, &pair, &hop, id == ZAPI_TABLE_MAIN ? 0 : id);
}

static bool table_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int size)
{
	const struct zebra_nb *nb = ctx;

	if (c->op != NB_SET || !nb->range ||
	    !rib_range_has(nb->range, (uint32_t)strtoul(c->value, NULL, 10)))
		return true;
	return fail(err, size, "zebra uses this table itself, for the routes of a source", c->value);
}

static void onlink_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	struct sdprefix pair;
	struct static_hop hop;
	char err[256];

	if (c->op == NB_SET && parse_hop(c, &pair, &hop, err, sizeof(err)))
		statics_hop_onlink(nb->statics, &pair, &hop, strcmp(c->value, "true") == 0);
}

/* ---- the kernel's routes ---- */

static void check_interval_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;

	if (c->op == NB_SET)
		nb->check_interval = (unsigned int)strtoul(c->value, NULL, 10);
}

static void applied(void *ctx)
{
	struct zebra_nb *nb = ctx;

	nb->applied(nb->ctx);
}

static const struct nb_node nodes[] = {
	{ROUTE, route_prepare, route_apply},
	{HOP, hop_prepare, hop_apply},
	{HOP "/distance", NULL, distance_apply},
	{HOP "/tag", NULL, tag_apply},
	{HOP "/weight", NULL, weight_apply},
	{HOP "/table", table_prepare, table_apply},
	{HOP "/onlink", NULL, onlink_apply},
	{FPM "/server", NULL, nb_fpm_server},
	{FPM "/server/address", nb_fpm_address_ok, nb_fpm_address},
	{FPM "/server/port", NULL, nb_fpm_port},
	{FPM "/unix", NULL, nb_fpm_unix},
	{FPM "/encoding", NULL, nb_fpm_encoding},
	NB_POLICY_NODES,
	{"/srcdest-fib:fib/check-interval", NULL, check_interval_apply},
	{"/srcdest-fib:fib/ipv6-backend", NULL, nb_ip6_backend_apply},
	{"/srcdest-fib:fib/ipv4-backend", NULL, nb_ip4_backend_apply},
};

const struct nb_table zebra_nb_table = {
	.nodes = nodes,
	.n_nodes = sizeof(nodes) / sizeof(nodes[0]),
	.applied = applied,
};
