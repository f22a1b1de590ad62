/* SPDX-License-Identifier: MIT */
/* What srcdest-babel-replay prints of events, effects and tables. */
#include "babeld/babel_replay.h"

#include <inttypes.h>
#include <stdio.h>

#include "babeld/core/explain.h"

static double at(const struct replay *r)
{
	struct player_view v = player_look(r->player);

	return (double)mono_sub(v.now, v.first) / USEC_PER_SEC;
}

/* ---- while it happens ---- */

static void before(void *ctx, const struct babel_event *e)
{
	const struct replay *r = ctx;
	struct json_out o = {.mem.name = "event"};
	struct line l = {.kind = LINE_EVENT};

	if (!r->events)
		return;
	l.u.event = *e;
	line_write(&o, &l);
	printf("%.6f %.*s", at(r), (int)o.n, o.p);
	json_fini(&o);
}

static void send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	const struct replay *r = ctx;
	struct packet_parser parser;
	enum tlv_verdict v;
	char text[ADDR_STR];
	struct addr from = {{0xfe, 0x80}};
	struct tlv t;

	if (!r->said)
		return;
	printf("%.6f   sends on %u to %s, %zu octets:", at(r), via,
	       to ? addr_str(FAM_IP6, to, text) : "all", datagram.len);
	if (packet_open(&parser, datagram, FAM_IP6, &from) == PACKET_OK)
		while (packet_next(&parser, &t, &v))
			if (v == TLV_OK)
				printf(" %s", tlv_type_name(t.type));
	printf("\n");
}

static void route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	const struct replay *r = ctx;
	char text[SDPREFIX_STR], via[ADDR_STR];

	if (!r->said)
		return;
	printf("%.6f   route %s: ", at(r), sdprefix_str(pair, text));
	switch (c->kind) {
	case CHOICE_NONE:
		printf("none\n");
		break;
	case CHOICE_ROUTE:
		printf("%s on %u metric %u\n", addr_str(c->nexthop_family, &c->nexthop, via),
		       c->ifid, c->metric);
		break;
	case CHOICE_UNREACHABLE:
		printf("unreachable\n");
		break;
	}
}

static void note(void *ctx, const struct babel_note *n)
{
	const struct replay *r = ctx;
	char pair[SDPREFIX_STR], from[ADDR_STR];

	if (r->said)
		printf("%.6f   note %d code %d%s%s%s%s%s%s\n", at(r), (int)n->kind, n->code,
		       n->ifname ? " on " : "", n->ifname ? n->ifname : "",
		       n->from ? " neighbour " : "",
		       n->from ? addr_str(FAM_IP6, n->from, from) : "", n->pair ? " pair " : "",
		       n->pair ? sdprefix_str(n->pair, pair) : "");
}

const struct player_ops replay_ops = {
	.before = before,
	.send = send,
	.route = route,
	.note = note,
};

/* ---- the tables ---- */

static bool show_neigh(void *ctx, const struct babel_neigh_view *v)
{
	char text[ADDR_STR];

	(void)ctx;
	printf("neighbour %s dev %s reach %04x ureach %04x rxcost %u txcost %u cost %u\n",
	       addr_str(FAM_IP6, &v->addr, text), v->ifname, v->hello_history, v->unicast_history,
	       v->rxcost, v->txcost, v->cost);
	return true;
}

static bool show_route(void *ctx, const struct babel_route_view *v)
{
	char pair[SDPREFIX_STR], id[ROUTER_ID_STR], neigh[ADDR_STR];

	(void)ctx;
	printf("route %s metric %u refmetric %u id %s seqno %u", sdprefix_str(&v->pair, pair),
	       v->metric, v->refmetric, router_id_str(&v->router_id, id), v->seqno);
	if (v->ifname)
		printf(" via %s neigh %s", v->ifname, addr_str(FAM_IP6, &v->neigh, neigh));
	printf("%s%s%s%s\n", v->local ? " exported" : "", v->selected ? " selected" : "",
	       v->feasible ? "" : " unfeasible", v->held ? " held" : "");
	return true;
}

static bool show_source(void *ctx, const struct babel_source_view *v)
{
	char pair[SDPREFIX_STR], id[ROUTER_ID_STR];

	(void)ctx;
	printf("source %s id %s seqno %u metric %u\n", sdprefix_str(&v->pair, pair),
	       router_id_str(&v->router_id, id), v->seqno, v->metric);
	return true;
}

static bool show_request(void *ctx, const struct babel_request_view *v)
{
	char pair[SDPREFIX_STR], id[ROUTER_ID_STR];

	(void)ctx;
	printf("request %s id %s seqno %u resends left %u\n", sdprefix_str(&v->pair, pair),
	       router_id_str(&v->router_id, id), v->seqno, v->resends_left);
	return true;
}

void replay_tables(const struct replay *r)
{
	struct player_view v = player_look(r->player);

	if (!v.babel)
		return;
	babel_each_neigh(v.babel, show_neigh, NULL);
	babel_each_route(v.babel, NULL, v.now, show_route, NULL);
	babel_each_source(v.babel, NULL, show_source, NULL);
	babel_each_request(v.babel, show_request, NULL);
}

/* ---- explained ---- */

static double seconds(usec_t d)
{
	return (double)d / USEC_PER_SEC;
}

static void explain_pair(void *ctx, const struct babel_explained *v)
{
	static const char *const kinds[] = {"none", "a route", "unreachable"};
	char pair[SDPREFIX_STR];

	(void)ctx;
	printf("%s: choice %s%s%s%s", sdprefix_str(&v->pair, pair), kinds[v->choice.kind],
	       v->local ? ", ours" : "", v->kept_back ? ", ours but kept back" : "",
	       v->not_installed ? ", not installed" : "");
	if (v->rule)
		printf(" by rule %u", v->rule);
	if (v->former)
		printf(", as in a former life for %.3f s more", seconds(v->settle_left));
	if (v->held)
		printf(", held %.3f s more%s%s", seconds(v->hold_left),
		       v->hold_acked ? ", acknowledged" : "",
		       v->hold_unsure ? ", not acknowledged" : "");
	printf("\n");
}

static void explain_candidate(void *ctx, const struct babel_candidate *c)
{
	char neigh[ADDR_STR], id[ROUTER_ID_STR];

	(void)ctx;
	printf("  via %s neigh %s metric %u refmetric %u id %s seqno %u: %s", c->route.ifname,
	       addr_str(FAM_IP6, &c->route.neigh, neigh), c->route.metric, c->route.refmetric,
	       router_id_str(&c->route.router_id, id), c->route.seqno,
	       babel_verdict_name(c->verdict));
	if (c->verdict == VERDICT_REFUSED)
		printf(", %s %u", babel_refusal_name(c->refusal), c->route.rule);
	if (c->verdict == VERDICT_LINK)
		printf(", %s", babel_link_name(c->link));
	if (c->have_distance)
		printf(", distance seqno %u metric %u", c->seqno, c->metric);
	if (c->verdict == VERDICT_WAITING)
		printf(", selected in %.3f s", seconds(c->wait));
	if (c->kept)
		printf(", expires in %.3f s", seconds(c->expires));
	printf("\n");
}

static void explain_distance(void *ctx, const struct babel_distance *d)
{
	char id[ROUTER_ID_STR];

	(void)ctx;
	printf("  distance of %s: seqno %u metric %u, forgotten in %.3f s\n",
	       router_id_str(&d->source.router_id, id), d->source.seqno, d->source.metric,
	       seconds(d->forgotten));
}

static void explain_answer(void *ctx, const struct babel_awaited_answer *a)
{
	char id[ROUTER_ID_STR], neigh[ADDR_STR];

	(void)ctx;
	printf("  awaits seqno %u of %s, ", a->request.seqno,
	       router_id_str(&a->request.router_id, id));
	switch (a->to) {
	case REQUEST_TO_ALL:
		printf("asked all neighbours");
		break;
	case REQUEST_TO_NEIGH:
		printf("asked %s on %s", addr_str(FAM_IP6, &a->neigh, neigh), a->ifname);
		break;
	case REQUEST_FORWARDED:
		printf("passed on for %u", a->requesters);
		break;
	}
	printf(", resends left %u, next in %.3f s\n", a->request.resends_left, seconds(a->next));
}

static void explain_ack(void *ctx, const struct babel_awaited_ack *a)
{
	char neigh[ADDR_STR];

	(void)ctx;
	printf("  awaits the acknowledgment of %s on %s, tries left %u\n",
	       addr_str(FAM_IP6, &a->neigh, neigh), a->ifname, a->tries_left);
}

void replay_explain(const struct replay *r, const struct sdprefix *pair)
{
	static const struct babel_explainer explainer = {
		explain_pair, explain_candidate, explain_distance, explain_answer, explain_ack};
	struct player_view v = player_look(r->player);
	char text[SDPREFIX_STR];

	if (!v.babel || !babel_explain(v.babel, pair, v.now, &explainer, NULL))
		printf("%s: nothing is known of it\n", sdprefix_str(pair, text));
}
