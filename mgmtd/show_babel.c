/* SPDX-License-Identifier: MIT */
/* Babel: neighbours, routes, sources, requests, interfaces, in the look of FRR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

#define BABEL "/srcdest-babel-state:babel-state"

/* ---- neighbours ---- */

static bool on_interface(void *ctx, const Mgmt__Node *n)
{
	return strcmp(node_str(n, "interface"), ctx) == 0;
}

static void neighbor_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	text_printf(t, "Neighbour %s dev %s reach %s ureach %s rxcost %s txcost %s cost %s.\n",
		    node_str(n, "address"), node_str(n, "interface"), node_str(n, "hello-history"),
		    node_str(n, "unicast-hello-history"), node_str(n, "rxcost"),
		    node_str(n, "txcost"), node_str(n, "cost"));
}

void show_babel_neighbor(struct cli_session *s)
{
	const char *name = grammar_arg(&s->parsed, "name");
	struct show_plan p = {
		.path = BABEL "/neighbor",
		.wanted = name ? on_interface : NULL,
		.ctx = name ? strdup(name) : NULL,
		.text = neighbor_text,
	};

	show_start(s, &p);
}

/* ---- routes ---- */

/* What FRR has in parentheses at the end of the line. */
static const char *route_mark(const Mgmt__Node *r)
{
	const char *fate = node_str(r, "fate");

	if (node_bool(r, "held"))
		return " (unreachable, held)";
	if (!node_bool(r, "selected"))
		return node_bool(r, "feasible") ? " (feasible)" : "";
	if (strcmp(fate, "installed") == 0)
		return " (installed)";
	if (strcmp(fate, "failed") == 0)
		return " (selected, installing failed)";
	if (strcmp(fate, "beaten") == 0)
		return " (selected, zebra prefers another protocol)";
	return " (selected)";
}

static void route_text(void *ctx, struct text *t, const Mgmt__Node *r)
{
	const char *neigh = node_str(r, "neighbor"), *nexthop = node_str(r, "next-hop");

	(void)ctx;
	node_pair(t, r);
	if (node_bool(r, "local")) {
		text_printf(t, " metric %s (exported)\n", node_str(r, "metric"));
		return;
	}
	text_printf(t, " metric %s refmetric %s id %s seqno %s", node_str(r, "metric"),
		    node_str(r, "received-metric"), node_str(r, "router-id"), node_str(r, "seqno"));
	if (*node_str(r, "interface"))
		text_printf(t, " age %s via %s neigh %s", node_str(r, "age"),
			    node_str(r, "interface"), neigh);
	if (*nexthop && strcmp(neigh, nexthop) != 0)
		text_printf(t, " nexthop %s", nexthop);
	text_printf(t, "%s\n", route_mark(r));
}

void show_babel_route(struct cli_session *s)
{
	struct show_plan p = {
		.path = BABEL "/route",
		.keys = {grammar_arg(&s->parsed, "destination"), grammar_arg(&s->parsed, "source")},
		.text = route_text,
	};

	for (p.n_keys = 0; p.keys[p.n_keys]; p.n_keys++)
		;
	show_start(s, &p);
}

/* ---- sources and pending requests ---- */

static void source_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	node_pair(t, n);
	text_printf(t, " id %s seqno %s metric %s\n", node_str(n, "router-id"),
		    node_str(n, "seqno"), node_str(n, "metric"));
}

void show_babel_source(struct cli_session *s)
{
	const struct show_plan p = {.path = BABEL "/source", .text = source_text};

	show_start(s, &p);
}

static void request_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	node_pair(t, n);
	text_printf(t, " id %s seqno %s resends left %s\n", node_str(n, "router-id"),
		    node_str(n, "seqno"), node_str(n, "resends-left"));
}

void show_babel_request(struct cli_session *s)
{
	const struct show_plan p = {.path = BABEL "/request", .text = request_text};

	show_start(s, &p);
}

/* ---- interfaces ---- */

static void running_text(struct text *t, const Mgmt__Node *i)
{
	if (node_bool(i, "running"))
		text_puts(t, "  Babel protocol is running on this interface\n");
	else if (!node_bool(i, "configured"))
		text_puts(t, "  Babel protocol is not enabled on this interface\n");
	else
		text_printf(t, "  Babel protocol is enabled, but not running on this interface%s\n",
			    !node_bool(i, "exists")	      ? " (it does not exist)"
			    : !node_bool(i, "up")	      ? " (it is down)"
			    : !node_bool(i, "has-link-local") ? " (it has no link-local address)"
							      : "");
}

static void interface_text(void *ctx, struct text *t, const Mgmt__Node *i)
{
	bool exists = node_bool(i, "exists");

	(void)ctx;
	text_printf(t, "%s is %s\n", node_str(i, "name"),
		    node_bool(i, "up") ? "up"
		    : exists	       ? "down"
				       : "absent");
	if (exists)
		text_printf(t, "  ifindex %s, MTU %s bytes\n", node_str(i, "if-index"),
			    node_str(i, "mtu"));
	running_text(t, i);
	if (!node_bool(i, "configured"))
		return;
	text_printf(t, "  Operating mode is \"%s\"\n", node_str(i, "link-type"));
	text_printf(t, "  Split horizon mode is %s\n",
		    node_bool(i, "split-horizon") ? "On" : "Off");
	/* Centiseconds, as in the configuration. */
	text_printf(t, "  Hello interval is %lld ms\n",
		    (long long)node_int(i, "hello-interval") * 10);
	text_printf(t, "  Update interval is %lld ms\n",
		    (long long)node_int(i, "update-interval") * 10);
	text_printf(t, "  Rxcost multiplier is %s\n", node_str(i, "rxcost"));
	if (!node_bool(i, "running"))
		return;
	text_printf(t, "  Link-local address is %s\n", node_str(i, "link-local"));
	text_printf(t, "  %s neighbours, %s packets in, %s out, %s bad, %s TLVs ignored\n",
		    node_str(i, "neighbors"), node_str(i, "packets-in"), node_str(i, "packets-out"),
		    node_str(i, "packets-bad"), node_str(i, "tlvs-ignored"));
}

void show_babel_interface(struct cli_session *s)
{
	const char *name = grammar_arg(&s->parsed, "name");
	const struct show_plan p = {
		.path = BABEL "/interface",
		.keys = {name},
		.n_keys = name != NULL,
		.text = interface_text,
		.nothing = name ? "No such interface" : NULL,
	};

	show_start(s, &p);
}

/* ---- this router ---- */

static void zebra_text(struct text *t, const Mgmt__Node *z)
{
	text_printf(t, "Zebra is %s%s\n", node_bool(z, "connected") ? "connected" : "not connected",
		    node_bool(z, "srcdest") ? ", of srcdest" : "");
	text_printf(t, "Routes with a source prefix are %s\n",
		    node_bool(z, "source-specific") ? "used" : "ignored: zebra can't hold them");
	text_printf(t, "Zebra: %s routes sent, %s failed, %s redistributed to us\n",
		    node_str(z, "routes-sent"), node_str(z, "routes-failed"),
		    node_str(z, "redistributed"));
}

static void datagrams_text(struct text *t, const Mgmt__Node *d)
{
	const Mgmt__Node *why;
	size_t at = 0;

	text_printf(t, "Datagrams: %s received, %s sent, %lld not sent\n", node_str(d, "received"),
		    node_str(d, "sent"),
		    (long long)(node_int(d, "no-room-to-send") + node_int(d, "send-failed")));
	while ((why = node_next(d, "dropped", &at)))
		if (node_int(why, "count"))
			text_printf(t, "  dropped: %s, %s\n", node_str(why, "count"),
				    node_str(why, "reason"));
}

static void parameters_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	const Mgmt__Node *r;
	size_t at = 0;

	(void)ctx;
	text_printf(t, "Router-id %s\nSeqno %s\n", node_str(n, "router-id"), node_str(n, "seqno"));
	while ((r = node_next(n, "redistribute", &at)))
		text_printf(t, "Redistributing %s %s\n", node_str(r, "family"),
			    node_str(r, "protocol"));
	r = node_child(n, "zebra");
	if (r)
		zebra_text(t, r);
	r = node_child(n, "datagrams");
	if (r)
		datagrams_text(t, r);
}

void show_babel_parameters(struct cli_session *s)
{
	const struct show_plan p = {
		.path = BABEL "/parameters",
		.text = parameters_text,
		.nothing = "babeld is not connected",
	};

	show_start(s, &p);
}
