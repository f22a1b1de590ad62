/* SPDX-License-Identifier: MIT */
/* Routes as text, in the look of FRR. */
#include <stdio.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/zebra_show_private.h"

static char letter_of(const char *protocol)
{
	for (uint8_t t = 0; t < ROUTE_TYPE_MAX; t++)
		if (strcmp(zapi_route_type_name(t), protocol) == 0)
			return zapi_route_type_letter(t);
	return '?';
}

static size_t n_nexthops(const json_object *route)
{
	const json_object *list = js_get(route, "nexthops");

	return list ? json_object_array_length(list) : 0;
}

static const json_object *nexthop_at(const json_object *route, size_t i)
{
	return json_object_array_get_idx(js_get(route, "nexthops"), i);
}

static void nexthop_text(const json_object *nh, struct show_out *o)
{
	const char *ifname = js_get_str(nh, "interfaceName");

	if (js_get_bool(nh, "blackhole"))
		show_printf(o, " unreachable (blackhole)");
	else if (js_get_bool(nh, "admin-prohibited"))
		show_printf(o, " unreachable (ICMP admin-prohibited)");
	else if (js_get_bool(nh, "unreachable"))
		show_printf(o, " unreachable (ICMP unreachable)");
	else if (js_get_bool(nh, "directlyConnected"))
		show_printf(o, " is directly connected, %s", ifname);
	else if (ifname[0])
		show_printf(o, " via %s, %s", js_get_str(nh, "ip"), ifname);
	else
		show_printf(o, " via %s", js_get_str(nh, "ip"));
	if (js_get_bool(nh, "recursive"))
		show_printf(o, " (recursive)");
	if (js_get_bool(nh, "onLink"))
		show_printf(o, " onlink");
	if (js_get_int(nh, "weight") > 1)
		show_printf(o, ", weight %d", (int)js_get_int(nh, "weight"));
}

/* One line per next hop; those behind the first stand below it. */
static void route_text(const json_object *r, struct show_out *o)
{
	char head[256], cost[64] = "";
	char protocol = letter_of(js_get_str(r, "protocol"));
	bool selected = js_get_bool(r, "selected");
	char fib = js_get_bool(r, "installed") ? '*'
		   : js_get_bool(r, "failed")  ? 'r'
		   : js_get_bool(r, "queued")  ? 'q'
					       : ' ';
	int distance = (int)js_get_int(r, "distance"), width;

	if (protocol != 'C' || distance || js_get_int(r, "metric"))
		snprintf(cost, sizeof(cost), " [%d/%u]", distance,
			 (unsigned int)js_get_int(r, "metric"));
	width = snprintf(head, sizeof(head), "%c%c%c %s%s", protocol, selected ? '>' : ' ', fib,
			 js_get_str(r, "prefix"), cost);
	for (size_t i = 0; i < n_nexthops(r); i++) {
		const json_object *nh = nexthop_at(r, i);

		if (i == 0)
			show_printf(o, "%s", head);
		else
			show_printf(o, "  %c%*s", js_get_bool(nh, "fib") ? '*' : ' ', width - 3,
				    "");
		if (js_get_bool(nh, "resolver"))
			show_printf(o, "  ");
		nexthop_text(nh, o);
		if (!js_get_bool(nh, "active"))
			show_printf(o, " inactive");
		show_printf(o, ", %s", js_get_str(r, "uptime"));
		if (i == 0 && js_get_bool(r, "stale"))
			show_printf(o, ", stale");
		if (i == 0 && js_get_bool(r, "failed"))
			show_printf(o, ", refused by the kernel: %s",
				    js_get_str(r, "failureReason"));
		show_printf(o, "\n");
	}
}

static void legend(struct show_out *o)
{
	show_printf(o, "Codes: K - kernel route, C - connected, S - static, A - Babel,\n"
		       "       > - selected route, * - FIB route, q - queued, r - rejected\n\n");
}

void show_routes_text(const json_object *state, struct show_out *o)
{
	const json_object *routes = js_get(state, "routes"), *lookup = js_get(state, "lookup");
	size_t n = json_object_array_length(routes);

	if (lookup && n == 0) {
		show_printf(o, "%s from %s: unreachable, no route\n",
			    js_get_str(lookup, "destination"), js_get_str(lookup, "source"));
		return;
	}
	if (!lookup)
		legend(o);
	for (size_t i = 0; i < n; i++)
		route_text(json_object_array_get_idx(routes, i), o);
}

void show_summary_text(const json_object *state, struct show_out *o)
{
	const json_object *rows = js_get(state, "routes");

	show_printf(o, "%-20s %10s %10s %10s\n", "Route Source", "Routes", "FIB", "Sourced");
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		const json_object *r = json_object_array_get_idx(rows, i);

		show_printf(o, "%-20s %10lld %10lld %10lld\n", js_get_str(r, "type"),
			    (long long)js_get_int(r, "rib"), (long long)js_get_int(r, "fib"),
			    (long long)js_get_int(r, "sourced"));
	}
	show_printf(o, "------\n%-20s %10lld %10lld %10lld\n", "Totals",
		    (long long)js_get_int(state, "routesTotal"),
		    (long long)js_get_int(state, "routesTotalFib"),
		    (long long)js_get_int(state, "routesTotalSourced"));
}

void show_fib_text(const json_object *state, struct show_out *o)
{
	const json_object *routes = js_get(state, "routes");

	show_printf(o, "Routes in the kernel by our doing: * - there, r - rejected,\n"
		       "h - helper, which makes the kernel find the others of its destination\n\n");
	for (size_t i = 0; i < json_object_array_length(routes); i++) {
		const json_object *r = json_object_array_get_idx(routes, i);

		show_printf(o, "%c %c %s",
			    js_get_bool(r, "auxiliary") ? 'h'
							: letter_of(js_get_str(r, "protocol")),
			    js_get_bool(r, "failed") ? 'r' : '*', js_get_str(r, "prefix"));
		for (size_t j = 0; j < n_nexthops(r); j++) {
			if (j)
				show_printf(o, ",");
			nexthop_text(nexthop_at(r, j), o);
		}
		if (js_get_bool(r, "failed"))
			show_printf(o, ", refused by the kernel: %s",
				    js_get_str(r, "failureReason"));
		show_printf(o, "\n");
	}
}
