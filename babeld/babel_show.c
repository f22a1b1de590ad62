/* SPDX-License-Identifier: MIT */
/* Show commands of babeld: state as JSON, and text close to FRR's from it. */
#include "babeld/babel_show.h"

#include <stdio.h>
#include <string.h>

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
	return show_wrap("neighbours", r.rows);
}

static void neighbour_row_text(const json_object *n, struct show_out *o)
{
	show_printf(o, "Neighbour %s dev %s reach %s ureach %s rxcost %d txcost %d cost %d.\n",
		    js_get_str(n, "address"), js_get_str(n, "interface"), js_get_str(n, "reach"),
		    js_get_str(n, "unicastReach"), (int)js_get_int(n, "rxcost"),
		    (int)js_get_int(n, "txcost"), (int)js_get_int(n, "cost"));
}

static void neighbour_text(const json_object *state, struct show_out *o)
{
	show_each_row(state, "neighbours", o, neighbour_row_text);
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
	babel_each_source(((const struct babeld *)ctx)->babel, NULL, source_row, &r);
	return show_wrap("sources", r.rows);
}

static void source_row_text(const json_object *row, struct show_out *o)
{
	show_pair(row, o);
	show_printf(o, " id %s seqno %d metric %d\n", js_get_str(row, "routerId"),
		    (int)js_get_int(row, "seqno"), (int)js_get_int(row, "metric"));
}

static void source_text(const json_object *state, struct show_out *o)
{
	show_each_row(state, "sources", o, source_row_text);
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
	return show_wrap("requests", r.rows);
}

static void request_row_text(const json_object *row, struct show_out *o)
{
	show_pair(row, o);
	show_printf(o, " id %s seqno %d resends left %d\n", js_get_str(row, "routerId"),
		    (int)js_get_int(row, "seqno"), (int)js_get_int(row, "resendsLeft"));
}

static void request_text(const json_object *state, struct show_out *o)
{
	show_each_row(state, "requests", o, request_row_text);
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
	show_printf(o, "Redistributing %s %s\n", js_get_str(row, "family"),
		    js_get_str(row, "protocol"));
}

static void parameters_text(const json_object *state, struct show_out *o)
{
	const json_object *zebra = js_get(state, "zebra"), *udp = js_get(state, "datagrams");

	show_printf(o, "Router-id %s\n", js_get_str(state, "routerId"));
	show_printf(o, "Seqno %d\n", (int)js_get_int(state, "seqno"));
	show_each_row(state, "redistribute", o, redistribute_row_text);
	show_printf(o, "Zebra is %s%s\n",
		    js_get_bool(zebra, "connected") ? "connected" : "not connected",
		    js_get_bool(zebra, "srcdest") ? ", of srcdest" : "");
	show_printf(o, "Routes with a source prefix are %s\n",
		    js_get_bool(zebra, "sourceSpecific") ? "used"
							 : "ignored: zebra can't hold them");
	show_printf(o, "Zebra: %lld routes sent, %lld failed, %lld redistributed to us\n",
		    (long long)js_get_int(zebra, "routesSent"),
		    (long long)js_get_int(zebra, "routesFailed"),
		    (long long)js_get_int(zebra, "redistributed"));
	show_printf(o, "Datagrams: %lld received, %lld sent, %lld not sent\n",
		    (long long)js_get_int(udp, "received"), (long long)js_get_int(udp, "sent"),
		    (long long)(js_get_int(udp, "noRoomToSend") + js_get_int(udp, "sendFailed")));
	json_object_object_foreach((json_object *)(uintptr_t)js_get(udp, "dropped"), why,
				   n) if (json_object_get_int64(n))
		show_printf(o, "  dropped: %lld, %s\n", (long long)json_object_get_int64(n), why);
}

const struct show_command babel_show_commands[] = {
	{"show babel neighbor [IFNAME]", "Neighbours, their reachability and cost", neighbour_state,
	 neighbour_text},
	{"show babel route [PREFIX] [from PREFIX]", "Routes, ours and those of neighbours",
	 babel_show_route_state, babel_show_route_text},
	{"show babel interface [IFNAME]", "Interfaces, and whether Babel runs on them",
	 babel_show_if_state, babel_show_if_text},
	{"show babel source", "Feasibility distances", source_state, source_text},
	{"show babel request", "Requests that are not answered yet", request_state, request_text},
	{"show babel parameters", "This router: identity, zebra, counters", parameters_state,
	 parameters_text},
};
const size_t babel_n_show_commands = sizeof(babel_show_commands) / sizeof(babel_show_commands[0]);
