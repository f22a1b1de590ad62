/* SPDX-License-Identifier: MIT */
/* show babel route. */
#include "babeld/babel_show.h"

#include <stdio.h>
#include <string.h>

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

json_object *babel_show_route_state(const void *ctx, const struct show_args *a, char *err,
				    unsigned int err_size)
{
	const struct babeld *b = ctx;
	struct rows r = {.b = b};

	if (!want_prefix(show_arg(a, "route"), &r.dst, &r.have_dst, err, err_size) ||
	    !want_prefix(show_arg(a, "from"), &r.src, &r.have_src, err, err_size))
		return NULL;
	r.rows = json_object_new_array();
	babel_each_route(b->babel, NULL, loop_now(b->loop), route_row, &r);
	return show_wrap("routes", r.rows);
}

/* What FRR has in parentheses at the end of the line. */
static const char *route_mark(const json_object *row)
{
	const char *fate = js_get_str(row, "fate");

	if (js_get_bool(row, "held"))
		return " (unreachable, held)";
	if (!js_get_bool(row, "selected"))
		return js_get_bool(row, "feasible") ? " (feasible)" : "";
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
	const char *neigh = js_get_str(row, "neighbour"), *nexthop = js_get_str(row, "nexthop");

	show_pair(row, o);
	if (js_get_bool(row, "local")) {
		show_printf(o, " metric %d (exported)\n", (int)js_get_int(row, "metric"));
		return;
	}
	show_printf(o, " metric %d refmetric %d id %s seqno %d", (int)js_get_int(row, "metric"),
		    (int)js_get_int(row, "refmetric"), js_get_str(row, "routerId"),
		    (int)js_get_int(row, "seqno"));
	if (js_get(row, "interface"))
		show_printf(o, " age %d via %s neigh %s", (int)js_get_int(row, "age"),
			    js_get_str(row, "interface"), neigh);
	if (strcmp(neigh, nexthop) != 0)
		show_printf(o, " nexthop %s", nexthop);
	show_printf(o, "%s\n", route_mark(row));
}

void babel_show_route_text(const json_object *state, struct show_out *o)
{
	show_each_row(state, "routes", o, route_row_text);
}
