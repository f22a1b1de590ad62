/* SPDX-License-Identifier: MIT */
/* Show commands of babeld: state as JSON, and text close to FRR's from it. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "babeld/babeld.h"

/* ---- short forms for json-c; what is not there reads as "", 0, false ---- */

static void js_str(json_object *o, const char *key, const char *v)
{
	json_object_object_add(o, key, json_object_new_string(v));
}

static void js_int(json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

static void js_bool(json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

static const json_object *js_get(const json_object *o, const char *key)
{
	return json_object_object_get(o, key);
}

static const char *get_str(const json_object *o, const char *key)
{
	const char *s = json_object_get_string((json_object *)(uintptr_t)js_get(o, key));

	return s ? s : "";
}

static int64_t get_int(const json_object *o, const char *key)
{
	return json_object_get_int64(js_get(o, key));
}

static bool get_bool(const json_object *o, const char *key)
{
	return json_object_get_boolean(js_get(o, key));
}

static void js_pair(json_object *o, const struct sdprefix *p)
{
	char text[PREFIX_STR];

	js_str(o, "destination", prefix_str(&p->dst, text));
	js_str(o, "source", prefix_str(&p->src, text));
}

static void js_router_id(json_object *o, const struct router_id *id)
{
	char text[ROUTER_ID_STR];

	js_str(o, "routerId", router_id_str(id, text));
}

static void js_addr(json_object *o, const char *key, enum family f, const struct addr *a)
{
	char text[ADDR_STR];

	js_str(o, key, addr_str(f, a, text));
}

/* "D" or "D from S" of a row. */
static void print_pair(const json_object *row, struct show_out *o)
{
	const char *src = get_str(row, "source");

	show_printf(o, "%s", get_str(row, "destination"));
	if (strcmp(src, "::/0") != 0 && strcmp(src, "0.0.0.0/0") != 0)
		show_printf(o, " from %s", src);
}

/* A walk in progress: rows go to `rows`. */
struct rows {
	const struct babeld *b;
	const struct show_args *a;
	json_object *rows;
	const char *ifname; /* only this one; NULL: all */
	struct prefix dst, src;
	bool have_dst, have_src;
};

static json_object *wrap(const char *key, json_object *rows)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, key, rows);
	return o;
}

static void each_row(const json_object *state, const char *key, struct show_out *o,
		     void (*print)(const json_object *row, struct show_out *o))
{
	const json_object *rows = js_get(state, key);

	for (size_t i = 0; i < json_object_array_length(rows); i++)
		print(json_object_array_get_idx(rows, i), o);
}

/* ---- neighbours ---- */

static bool neigh_row(void *ctx, const struct babel_neigh_view *v)
{
	struct rows *r = ctx;
	json_object *o;
	char reach[8];

	if (r->ifname && strcmp(r->ifname, v->ifname) != 0)
		return true;
	o = json_object_new_object();
	js_addr(o, "address", FAM_IP6, &v->addr);
	js_str(o, "interface", v->ifname);
	snprintf(reach, sizeof(reach), "%04x", v->hello_history);
	js_str(o, "reach", reach);
	snprintf(reach, sizeof(reach), "%04x", v->unicast_history);
	js_str(o, "unicastReach", reach);
	js_int(o, "rxcost", v->rxcost);
	js_int(o, "txcost", v->txcost);
	js_int(o, "cost", v->cost);
	js_bool(o, "reachable", v->cost != BABEL_INFINITY);
	js_int(o, "routes", v->routes);
	json_object_array_add(r->rows, o);
	return true;
}

static json_object *neighbour_state(const void *ctx, const struct show_args *a, char *err,
				    unsigned int err_size)
{
	const struct babeld *b = ctx;
	struct rows r = {.rows = json_object_new_array(), .ifname = show_arg(a, "neighbor")};

	(void)err;
	(void)err_size;
	babel_each_neigh(b->babel, neigh_row, &r);
	return wrap("neighbours", r.rows);
}

static void neighbour_row_text(const json_object *n, struct show_out *o)
{
	show_printf(o, "Neighbour %s dev %s reach %s ureach %s rxcost %d txcost %d cost %d.\n",
		    get_str(n, "address"), get_str(n, "interface"), get_str(n, "reach"),
		    get_str(n, "unicastReach"), (int)get_int(n, "rxcost"),
		    (int)get_int(n, "txcost"), (int)get_int(n, "cost"));
}

static void neighbour_text(const json_object *state, struct show_out *o)
{
	each_row(state, "neighbours", o, neighbour_row_text);
}

/* ---- routes ---- */

static const char *fate_name(enum fate f)
{
	switch (f) {
	case FATE_INSTALLED:
		return "installed";
	case FATE_FAILED:
		return "failed";
	case FATE_BEATEN:
		return "beaten";
	case FATE_UNKNOWN:
		break;
	}
	return "unknown";
}

static bool route_row(void *ctx, const struct babel_route_view *v)
{
	struct rows *r = ctx;
	enum family f = sdprefix_family(&v->pair);
	json_object *o;

	if ((r->have_dst && !prefix_eq(&r->dst, &v->pair.dst)) ||
	    (r->have_src && !prefix_eq(&r->src, &v->pair.src)))
		return true;
	o = json_object_new_object();
	js_pair(o, &v->pair);
	js_bool(o, "local", v->local);
	js_bool(o, "selected", v->selected);
	js_bool(o, "feasible", v->feasible);
	js_bool(o, "held", v->held);
	js_router_id(o, &v->router_id);
	js_int(o, "seqno", v->seqno);
	js_int(o, "metric", v->metric);
	js_int(o, "refmetric", v->refmetric);
	/* Of the pair: it is the route in use that zebra answers for. */
	if (!v->local && (v->selected || v->held)) {
		enum fate fate = fates_of(&r->b->fates, &v->pair);

		js_str(o, "fate", fate_name(fate));
		js_bool(o, "installed", v->selected && fate == FATE_INSTALLED);
	}
	if (v->ifname) {
		js_int(o, "age", v->age / USEC_PER_SEC);
		js_str(o, "interface", v->ifname);
		js_addr(o, "neighbour", FAM_IP6, &v->neigh);
		js_addr(o, "nexthop", f, &v->nexthop);
	}
	json_object_array_add(r->rows, o);
	return true;
}

static bool want_prefix(const char *text, struct prefix *out, bool *have, char *err,
			unsigned int err_size)
{
	*have = text != NULL;
	if (!text || prefix_parse(text, out))
		return true;
	snprintf(err, err_size, "%s is not a prefix", text);
	return false;
}

static json_object *route_state(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size)
{
	const struct babeld *b = ctx;
	struct rows r = {.b = b};

	if (!want_prefix(show_arg(a, "route"), &r.dst, &r.have_dst, err, err_size) ||
	    !want_prefix(show_arg(a, "from"), &r.src, &r.have_src, err, err_size))
		return NULL;
	r.rows = json_object_new_array();
	babel_each_route(b->babel, NULL, loop_now(b->loop), route_row, &r);
	return wrap("routes", r.rows);
}

/* What FRR has in parentheses at the end of the line. */
static const char *route_mark(const json_object *row)
{
	const char *fate = get_str(row, "fate");

	if (get_bool(row, "held"))
		return " (unreachable, held)";
	if (!get_bool(row, "selected"))
		return get_bool(row, "feasible") ? " (feasible)" : "";
	if (strcmp(fate, "installed") == 0)
		return " (installed)";
	if (strcmp(fate, "failed") == 0)
		return " (selected, installing failed)";
	if (strcmp(fate, "beaten") == 0)
		return " (selected, zebra prefers another protocol)";
	return " (selected)";
}

static void route_row_text(const json_object *row, struct show_out *o)
{
	const char *neigh = get_str(row, "neighbour"), *nexthop = get_str(row, "nexthop");

	print_pair(row, o);
	if (get_bool(row, "local")) {
		show_printf(o, " metric %d (exported)\n", (int)get_int(row, "metric"));
		return;
	}
	show_printf(o, " metric %d refmetric %d id %s seqno %d", (int)get_int(row, "metric"),
		    (int)get_int(row, "refmetric"), get_str(row, "routerId"),
		    (int)get_int(row, "seqno"));
	if (js_get(row, "interface"))
		show_printf(o, " age %d via %s neigh %s", (int)get_int(row, "age"),
			    get_str(row, "interface"), neigh);
	if (strcmp(neigh, nexthop) != 0)
		show_printf(o, " nexthop %s", nexthop);
	show_printf(o, "%s\n", route_mark(row));
}

static void route_text(const json_object *state, struct show_out *o)
{
	each_row(state, "routes", o, route_row_text);
}

/* ---- interfaces ---- */

struct find_if {
	ifid_t ifid;
	json_object *row;
};

static bool add_running(void *ctx, const struct babel_if_view *v)
{
	struct find_if *f = ctx;
	json_object *o = f->row, *ignored;

	if (v->ifid != f->ifid)
		return true;
	js_addr(o, "linkLocal", FAM_IP6, &v->info.linklocal);
	if (v->info.have_ip4)
		js_addr(o, "ipv4", FAM_IP4, &v->info.ip4);
	js_int(o, "neighbours", v->neighbours);
	js_int(o, "packetsIn", (int64_t)v->packets_in);
	js_int(o, "packetsOut", (int64_t)v->packets_out);
	js_int(o, "packetsBad", (int64_t)v->packets_bad);
	js_int(o, "tlvsIgnored", (int64_t)v->tlvs_ignored);
	ignored = json_object_new_object();
	for (int k = 0; k < TLV_VERDICTS; k++)
		if (v->ignored[k] && k != TLV_OK && k != TLV_PADDING && k != TLV_STATE_ONLY)
			js_int(ignored, tlv_verdict_name((enum tlv_verdict)k),
			       (int64_t)v->ignored[k]);
	json_object_object_add(o, "ignored", ignored);
	return false;
}

static void add_config(json_object *o, const struct babel_conf_if *conf)
{
	struct babel_if_config c = babel_conf_if_effective(conf);

	js_str(o, "linkType", c.type == BABEL_WIRED ? "wired" : "wireless");
	js_bool(o, "splitHorizon", c.split_horizon);
	js_int(o, "helloIntervalMsec", c.hello_interval / USEC_PER_MSEC);
	js_int(o, "updateIntervalMsec", c.update_interval / USEC_PER_MSEC);
	js_int(o, "rxcost", c.rxcost);
}

static bool interface_row(void *ctx, const struct ifs_view *v)
{
	struct rows *r = ctx;
	struct find_if f = {.ifid = v->ifid};

	if (r->ifname && strcmp(r->ifname, v->name) != 0)
		return true;
	f.row = json_object_new_object();
	js_str(f.row, "interface", v->name);
	js_bool(f.row, "exists", true);
	js_bool(f.row, "up", v->usable);
	js_int(f.row, "ifindex", v->ifid);
	js_int(f.row, "mtu", v->mtu);
	js_bool(f.row, "configured", v->conf != NULL);
	js_bool(f.row, "running", v->ready);
	js_bool(f.row, "hasLinkLocal", v->linklocal);
	if (v->conf)
		add_config(f.row, v->conf);
	if (v->ready)
		babel_each_if(r->b->babel, add_running, &f);
	json_object_array_add(r->rows, f.row);
	return true;
}

struct seen_name {
	const char *name;
	bool seen;
};

static bool name_seen(void *ctx, const struct ifs_view *v)
{
	struct seen_name *s = ctx;

	s->seen = s->seen || strcmp(s->name, v->name) == 0;
	return !s->seen;
}

static json_object *interface_state(const void *ctx, const struct show_args *a, char *err,
				    unsigned int err_size)
{
	const struct babeld *b = ctx;
	const struct babel_conf_ifs *ifs = &b->config.conf.ifs;
	struct rows r = {
		.b = b, .rows = json_object_new_array(), .ifname = show_arg(a, "interface")};

	ifs_each(b->ifs, interface_row, &r);
	for (const struct babel_conf_if *i = babel_conf_ifs_first(ifs); i;
	     i = babel_conf_ifs_next(ifs, i)) {
		if (!i->network)
			continue;
		struct seen_name s = {.name = i->name};
		json_object *o;

		ifs_each(b->ifs, name_seen, &s);
		if (s.seen || (r.ifname && strcmp(r.ifname, i->name) != 0))
			continue;
		o = json_object_new_object();
		js_str(o, "interface", i->name);
		js_bool(o, "exists", false);
		js_bool(o, "configured", true);
		js_bool(o, "running", false);
		add_config(o, i);
		json_object_array_add(r.rows, o);
	}
	if (r.ifname && json_object_array_length(r.rows) == 0) {
		json_object_put(r.rows);
		snprintf(err, err_size, "No such interface: %s", r.ifname);
		return NULL;
	}
	return wrap("interfaces", r.rows);
}

static void interface_state_text(const json_object *row, struct show_out *o)
{
	if (get_bool(row, "running"))
		show_printf(o, "  Babel protocol is running on this interface\n");
	else if (!get_bool(row, "configured"))
		show_printf(o, "  Babel protocol is not enabled on this interface\n");
	else
		show_printf(o, "  Babel protocol is enabled, but not running on this interface%s\n",
			    !get_bool(row, "exists")	     ? " (it does not exist)"
			    : !get_bool(row, "up")	     ? " (it is down)"
			    : !get_bool(row, "hasLinkLocal") ? " (it has no link-local address)"
							     : "");
}

static void interface_row_text(const json_object *row, struct show_out *o)
{
	bool exists = get_bool(row, "exists");

	show_printf(o, "%s is %s\n", get_str(row, "interface"),
		    get_bool(row, "up") ? "up"
		    : exists		? "down"
					: "absent");
	if (exists)
		show_printf(o, "  ifindex %d, MTU %d bytes\n", (int)get_int(row, "ifindex"),
			    (int)get_int(row, "mtu"));
	interface_state_text(row, o);
	if (!get_bool(row, "configured"))
		return;
	show_printf(o, "  Operating mode is \"%s\"\n", get_str(row, "linkType"));
	show_printf(o, "  Split horizon mode is %s\n",
		    get_bool(row, "splitHorizon") ? "On" : "Off");
	show_printf(o, "  Hello interval is %d ms\n", (int)get_int(row, "helloIntervalMsec"));
	show_printf(o, "  Update interval is %d ms\n", (int)get_int(row, "updateIntervalMsec"));
	show_printf(o, "  Rxcost multiplier is %d\n", (int)get_int(row, "rxcost"));
	if (!get_bool(row, "running"))
		return;
	show_printf(o, "  Link-local address is %s\n", get_str(row, "linkLocal"));
	show_printf(o, "  %d neighbours, %d packets in, %d out, %d bad, %d TLVs ignored\n",
		    (int)get_int(row, "neighbours"), (int)get_int(row, "packetsIn"),
		    (int)get_int(row, "packetsOut"), (int)get_int(row, "packetsBad"),
		    (int)get_int(row, "tlvsIgnored"));
}

static void interface_text(const json_object *state, struct show_out *o)
{
	each_row(state, "interfaces", o, interface_row_text);
}

/* ---- sources and pending requests ---- */

static bool source_row(void *ctx, const struct babel_source_view *v)
{
	struct rows *r = ctx;
	json_object *o = json_object_new_object();

	js_pair(o, &v->pair);
	js_router_id(o, &v->router_id);
	js_int(o, "seqno", v->seqno);
	js_int(o, "metric", v->metric);
	json_object_array_add(r->rows, o);
	return true;
}

static json_object *source_state(const void *ctx, const struct show_args *a, char *err,
				 unsigned int err_size)
{
	struct rows r = {.rows = json_object_new_array()};

	(void)a;
	(void)err;
	(void)err_size;
	babel_each_source(((const struct babeld *)ctx)->babel, source_row, &r);
	return wrap("sources", r.rows);
}

static void source_row_text(const json_object *row, struct show_out *o)
{
	print_pair(row, o);
	show_printf(o, " id %s seqno %d metric %d\n", get_str(row, "routerId"),
		    (int)get_int(row, "seqno"), (int)get_int(row, "metric"));
}

static void source_text(const json_object *state, struct show_out *o)
{
	each_row(state, "sources", o, source_row_text);
}

static bool request_row(void *ctx, const struct babel_request_view *v)
{
	struct rows *r = ctx;
	json_object *o = json_object_new_object();

	js_pair(o, &v->pair);
	js_router_id(o, &v->router_id);
	js_int(o, "seqno", v->seqno);
	js_int(o, "resendsLeft", v->resends_left);
	json_object_array_add(r->rows, o);
	return true;
}

static json_object *request_state(const void *ctx, const struct show_args *a, char *err,
				  unsigned int err_size)
{
	struct rows r = {.rows = json_object_new_array()};

	(void)a;
	(void)err;
	(void)err_size;
	babel_each_request(((const struct babeld *)ctx)->babel, request_row, &r);
	return wrap("requests", r.rows);
}

static void request_row_text(const json_object *row, struct show_out *o)
{
	print_pair(row, o);
	show_printf(o, " id %s seqno %d resends left %d\n", get_str(row, "routerId"),
		    (int)get_int(row, "seqno"), (int)get_int(row, "resendsLeft"));
}

static void request_text(const json_object *state, struct show_out *o)
{
	each_row(state, "requests", o, request_row_text);
}

/* ---- parameters ---- */

static json_object *zebra_state(const struct babeld *b)
{
	struct babel_zapi_view v = babel_zapi_look(b->zapi);
	json_object *o = json_object_new_object();

	js_bool(o, "connected", v.up);
	js_bool(o, "srcdest", v.srcdest);
	js_bool(o, "sourceSpecific", b->source_specific);
	js_int(o, "routesSent", (int64_t)v.routes_sent);
	js_int(o, "routesFailed", (int64_t)v.routes_failed);
	js_int(o, "redistributed", (int64_t)v.redistributed);
	js_int(o, "delayed", (int64_t)v.delayed);
	return o;
}

static json_object *udp_state(const struct babeld *b)
{
	struct babel_udp_view v = babel_udp_look(b->udp);
	json_object *o = json_object_new_object(), *dropped = json_object_new_object();

	js_int(o, "received", (int64_t)v.received);
	js_int(o, "sent", (int64_t)v.sent);
	js_int(o, "noRoomToSend", (int64_t)v.send_no_room);
	js_int(o, "sendFailed", (int64_t)v.send_failed);
	for (int k = UDP_OK + 1; k < UDP_VERDICTS; k++)
		js_int(dropped, udp_verdict_name((enum udp_verdict)k), (int64_t)v.dropped[k]);
	json_object_object_add(o, "dropped", dropped);
	return o;
}

static json_object *redistribute_state(const struct babeld *b)
{
	json_object *rows = json_object_new_array();

	for (unsigned int t = 0; t < BABEL_CONF_TYPES; t++) {
		for (int f = 0; f < 2; f++) {
			json_object *o;

			if (!(f ? b->subscribed6 : b->subscribed4)[t])
				continue;
			o = json_object_new_object();
			js_str(o, "family", f ? "ipv6" : "ipv4");
			js_str(o, "protocol", zapi_route_type_name((uint8_t)t));
			json_object_array_add(rows, o);
		}
	}
	return rows;
}

static json_object *parameters_state(const void *ctx, const struct show_args *a, char *err,
				     unsigned int err_size)
{
	const struct babeld *b = ctx;
	json_object *o = json_object_new_object();
	struct router_id id = babel_router_id(b->babel);

	(void)a;
	(void)err;
	(void)err_size;
	js_router_id(o, &id);
	js_int(o, "seqno", babel_seqno(b->babel));
	js_int(o, "port", BABEL_PORT);
	json_object_object_add(o, "redistribute", redistribute_state(b));
	json_object_object_add(o, "zebra", zebra_state(b));
	json_object_object_add(o, "datagrams", udp_state(b));
	return o;
}

static void redistribute_row_text(const json_object *row, struct show_out *o)
{
	show_printf(o, "Redistributing %s %s\n", get_str(row, "family"), get_str(row, "protocol"));
}

static void parameters_text(const json_object *state, struct show_out *o)
{
	const json_object *zebra = js_get(state, "zebra"), *udp = js_get(state, "datagrams");

	show_printf(o, "Router-id %s\n", get_str(state, "routerId"));
	show_printf(o, "Seqno %d\n", (int)get_int(state, "seqno"));
	each_row(state, "redistribute", o, redistribute_row_text);
	show_printf(o, "Zebra is %s%s\n",
		    get_bool(zebra, "connected") ? "connected" : "not connected",
		    get_bool(zebra, "srcdest") ? ", of srcdest" : "");
	show_printf(o, "Routes with a source prefix are %s\n",
		    get_bool(zebra, "sourceSpecific") ? "used" : "ignored: zebra can't hold them");
	show_printf(o, "Zebra: %lld routes sent, %lld failed, %lld redistributed to us\n",
		    (long long)get_int(zebra, "routesSent"),
		    (long long)get_int(zebra, "routesFailed"),
		    (long long)get_int(zebra, "redistributed"));
	show_printf(o, "Datagrams: %lld received, %lld sent, %lld not sent\n",
		    (long long)get_int(udp, "received"), (long long)get_int(udp, "sent"),
		    (long long)(get_int(udp, "noRoomToSend") + get_int(udp, "sendFailed")));
	json_object_object_foreach((json_object *)(uintptr_t)js_get(udp, "dropped"), why,
				   n) if (json_object_get_int64(n))
		show_printf(o, "  dropped: %lld, %s\n", (long long)json_object_get_int64(n), why);
}

const struct show_command babel_show_commands[] = {
	{"show babel neighbor [IFNAME]", "Neighbours, their reachability and cost", neighbour_state,
	 neighbour_text},
	{"show babel route [PREFIX] [from PREFIX]", "Routes, ours and those of neighbours",
	 route_state, route_text},
	{"show babel interface [IFNAME]", "Interfaces, and whether Babel runs on them",
	 interface_state, interface_text},
	{"show babel source", "Feasibility distances", source_state, source_text},
	{"show babel request", "Requests that are not answered yet", request_state, request_text},
	{"show babel parameters", "This router: identity, zebra, counters", parameters_state,
	 parameters_text},
};
const size_t babel_n_show_commands = sizeof(babel_show_commands) / sizeof(babel_show_commands[0]);
