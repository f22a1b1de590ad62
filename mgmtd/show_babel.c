/* SPDX-License-Identifier: MIT */
/* Babel: neighbours, routes, sources, requests, interfaces, in the look of FRR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

#define BABEL "/srcdest-babel-state:babel-state"

/* ---- neighbours ---- */

static void neighbor_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	long long rtt = node_int(n, "rtt");

	(void)ctx;
	txt_printf(t, "Neighbour %s dev %s reach %s ureach %s rxcost %s txcost %s",
		   node_str(n, "address"), node_str(n, "interface"),
		   node_str(n, "hello-mcast-history"), node_str(n, "hello-ucast-history"),
		   node_str(n, "rxcost"), node_str(n, "txcost"));
	if (node_has(n, "rtt")) /* in milliseconds */
		txt_printf(t, " rtt %lld.%03lld rttcost %s", rtt / 1000, rtt % 1000,
			   node_str(n, "rtt-cost"));
	if (node_has(n, "extra-cost"))
		txt_printf(t, " extra %s", node_str(n, "extra-cost"));
	txt_printf(t, " cost %s.\n", node_str(n, "cost"));
	if (node_int(n, "limits-reached"))
		txt_printf(t, "  Reached limits %s times, see show babel limits\n",
			   node_str(n, "limits-reached"));
}

void show_babel_neighbor(struct cli_session *s)
{
	const char *name = grammar_arg(&s->parsed, "name");
	const struct show_plan p = {
		.path = BABEL "/neighbor",
		.keys = {name},
		.n_keys = name != NULL,
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
	if (node_has(r, "filtered-by"))
		return "";
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

/* What rules have done to it. */
static void policy_text(struct text *t, const Mgmt__Node *r)
{
	if (node_has(r, "tag"))
		txt_printf(t, " tag %s", node_str(r, "tag"));
	if (node_has(r, "filtered-by"))
		txt_printf(t, " (%sfiltered by %s)", node_bool(r, "selected") ? "selected, " : "",
			   node_str(r, "filtered-by"));
}

static void route_text(void *ctx, struct text *t, const Mgmt__Node *r)
{
	const char *neigh = node_str(r, "neighbor"), *nexthop = node_str(r, "next-hop");

	(void)ctx;
	node_pair(t, r);
	if (node_bool(r, "local")) {
		txt_printf(t, " metric %s", node_str(r, "calculated-metric"));
		policy_text(t, r);
		txt_puts(t, node_has(r, "filtered-by") ? "\n" : " (exported)\n");
		return;
	}
	txt_printf(t, " metric %s refmetric %s id %s seqno %s", node_str(r, "calculated-metric"),
		   node_str(r, "received-metric"), node_str(r, "router-id"), node_str(r, "seqno"));
	if (*node_str(r, "interface"))
		txt_printf(t, " age %s via %s neigh %s", node_str(r, "age"),
			   node_str(r, "interface"), neigh);
	if (*nexthop && strcmp(neigh, nexthop) != 0)
		txt_printf(t, " nexthop %s", nexthop);
	policy_text(t, r);
	txt_printf(t, "%s\n", route_mark(r));
}

void show_babel_route(struct cli_session *s)
{
	const struct show_plan p = {.path = BABEL "/route", .text = route_text};

	show_start(s, &p);
}

/* ---- sources and pending requests ---- */

static void source_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	node_pair(t, n);
	txt_printf(t, " id %s seqno %s metric %s\n", node_str(n, "router-id"), node_str(n, "seqno"),
		   node_str(n, "metric"));
}

void show_babel_source(struct cli_session *s)
{
	const struct show_plan p = {.path = BABEL "/source", .text = source_text};

	show_start(s, &p);
}

static void limit_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	txt_printf(t, "%-24s %8s of %8s, reached %s times\n", node_str(n, "name"),
		   node_str(n, "used"), node_str(n, "most"), node_str(n, "hits"));
}

void show_babel_limits(struct cli_session *s)
{
	const struct show_plan p = {.path = BABEL "/limit", .text = limit_text};

	show_start(s, &p);
}

static void request_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	node_pair(t, n);
	txt_printf(t, " id %s seqno %s resends left %s\n", node_str(n, "router-id"),
		   node_str(n, "seqno"), node_str(n, "resends-left"));
}

void show_babel_request(struct cli_session *s)
{
	const struct show_plan p = {.path = BABEL "/pending-request", .text = request_text};

	show_start(s, &p);
}

/* ---- filter rules ---- */

static void rule_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	(void)ctx;
	txt_printf(t, "%s %s %s (%s hits)\n", node_str(n, "direction"), node_str(n, "number"),
		   node_str(n, "rule"), node_str(n, "hits"));
}

void show_babel_filter(struct cli_session *s)
{
	static const char *const kinds[] = {"in", "out", "redistribute", "install"};
	struct show_plan p = {.path = BABEL "/filter", .text = rule_text};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (grammar_has(&s->parsed, kinds[i]))
			p.keys[p.n_keys++] = kinds[i];
	show_start(s, &p);
}

/* ---- interfaces ---- */

static bool in_state(const Mgmt__Node *i, const char *state)
{
	return strcmp(node_str(i, "state"), state) == 0;
}

static void running_text(struct text *t, const Mgmt__Node *i)
{
	if (in_state(i, "running"))
		txt_puts(t, "  Babel protocol is running on this interface\n");
	else if (in_state(i, "not-enabled"))
		txt_puts(t, "  Babel protocol is not enabled on this interface\n");
	else
		txt_printf(t,
			   "  Babel protocol is enabled, but not running on this interface (%s)\n",
			   in_state(i, "absent") ? "it does not exist"
			   : in_state(i, "down") ? "it is down"
						 : "it has no link-local address");
}

static void modes_text(struct text *t, const Mgmt__Node *i)
{
	static const struct {
		const char *leaf, *text;
	} modes[] = {
		{"unscheduled-hellos", "Hellos ahead of time are unscheduled"},
		{"unicast", "Each neighbour is sent to alone"},
		{"probe-mtu", "Hellos are padded to the MTU"},
		{"rfc6126-compatible", "Compatible with RFC 6126: no source prefixes"},
	};

	for (size_t k = 0; k < sizeof(modes) / sizeof(modes[0]); k++)
		if (node_bool(i, modes[k].leaf))
			txt_printf(t, "  %s\n", modes[k].text);
	if (node_has(i, "k"))
		txt_printf(t, "  A neighbour is up with %s of its last %s Hellos\n",
			   node_str(i, "k"), node_str(i, "j"));
	else if (node_has(i, "metric-algorithm"))
		txt_puts(t, "  The cost grows with the Hellos that are lost (ETX)\n");
}

static void settings_text(struct text *t, const Mgmt__Node *i)
{
	txt_printf(t, "  Operating mode is \"%s\" (%s)\n", node_str(i, "link-type"),
		   node_str(i, "link-type-reason"));
	txt_printf(t, "  Split horizon mode is %s\n", node_bool(i, "split-horizon") ? "On" : "Off");
	/* Centiseconds, as in the configuration. */
	txt_printf(t, "  Hello interval is %lld ms\n",
		   (long long)node_int(i, "mcast-hello-interval") * 10);
	txt_printf(t, "  Update interval is %lld ms\n",
		   (long long)node_int(i, "update-interval") * 10);
	txt_printf(t, "  Rxcost multiplier is %s\n", node_str(i, "rxcost"));
	if (node_has(i, "ucast-hello-interval"))
		txt_printf(t, "  Unicast Hello interval is %lld ms\n",
			   (long long)node_int(i, "ucast-hello-interval") * 10);
	modes_text(t, i);
	if (node_bool(i, "enable-timestamps"))
		txt_printf(t,
			   "  Timestamps are enabled, rtt-min %s ms, rtt-max %s ms, "
			   "max-rtt-penalty %s, rtt-decay %s\n",
			   node_str(i, "rtt-min"), node_str(i, "rtt-max"),
			   node_str(i, "max-rtt-penalty"), node_str(i, "rtt-decay"));
	txt_printf(t, "  IPv4 routes with IPv6 next hop are %s\n",
		   node_bool(i, "v4-via-v6") ? "On" : "Off");
}

static void interface_text(void *ctx, struct text *t, const Mgmt__Node *i)
{
	bool exists = node_has(i, "if-index");

	(void)ctx;
	txt_printf(t, "%s is %s\n", node_str(i, "name"),
		   node_bool(i, "up") ? "up"
		   : exists	      ? "down"
				      : "absent");
	if (exists)
		txt_printf(t, "  ifindex %s, MTU %s bytes\n", node_str(i, "if-index"),
			   node_str(i, "mtu"));
	running_text(t, i);
	if (!in_state(i, "not-enabled"))
		settings_text(t, i);
	if (!in_state(i, "running"))
		return;
	txt_printf(t, "  Link-local address is %s\n", node_str(i, "link-local-address"));
	txt_printf(t, "  %s neighbours, %s packets in, %s out, %s bad, %s TLVs ignored\n",
		   node_str(i, "neighbors"), node_str(i, "packets-received"),
		   node_str(i, "packets-sent"), node_str(i, "packets-malformed"),
		   node_str(i, "tlvs-ignored"));
	if (node_int(i, "limits-reached"))
		txt_printf(t, "  Limits were reached %s times, see show babel limits\n",
			   node_str(i, "limits-reached"));
	if (node_int(i, "updates-refused-connected"))
		txt_printf(t, "  %s updates refused for the sake of connected prefixes\n",
			   node_str(i, "updates-refused-connected"));
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
	txt_printf(t, "Zebra is %s%s\n", node_bool(z, "connected") ? "connected" : "not connected",
		   node_bool(z, "srcdest") ? ", of srcdest" : "");
	txt_printf(t, "Routes with a source prefix are %s\n",
		   node_bool(z, "source-specific") ? "used" : "ignored: zebra can't hold them");
	txt_printf(t, "IPv4 routes with a source prefix are %s\n",
		   node_bool(z, "source-specific-ipv4") ? "used"
							: "ignored: zebra does not install them");
	if (node_bool(z, "source-specific-refused"))
		txt_printf(t,
			   "Zebra could not install them: FRR %s uses nexthop objects, which the "
			   "kernel refuses\n  for routes with a source prefix; it needs "
			   "`no zebra nexthop kernel enable`\n",
			   node_str(z, "dialect"));
	txt_printf(t, "IPv4 routes with an IPv6 next hop are %s\n",
		   node_bool(z, "v4-via-v6") ? "used" : "ignored: zebra can't hold them");
	txt_printf(t, "Zebra: %s routes sent, %s failed, %s redistributed to us\n",
		   node_str(z, "routes-sent"), node_str(z, "routes-failed"),
		   node_str(z, "routes-redistributed"));
}

static void datagrams_text(struct text *t, const Mgmt__Node *d)
{
	const Mgmt__Node *why;
	size_t at = 0;

	txt_printf(t, "Datagrams: %s received, %s sent, %lld not sent\n", node_str(d, "received"),
		   node_str(d, "sent"),
		   (long long)(node_int(d, "no-room") + node_int(d, "not-sent")));
	while ((why = node_next(d, "dropped", &at)))
		if (node_int(why, "count"))
			txt_printf(t, "  dropped: %s, %s\n", node_str(why, "count"),
				   node_str(why, "reason"));
}

static void recording_text(struct text *t, const Mgmt__Node *r)
{
	bool running = node_bool(r, "running");

	txt_printf(t, "%s into %s: %s events, %s of %s octets%s%s\n",
		   running ? "Recording" : "Recorded", node_str(r, "file"), node_str(r, "events"),
		   node_str(r, "octets"), node_str(r, "limit"), running ? "" : ", ended: ",
		   node_str(r, "ended"));
}

static void parameters_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	const Mgmt__Node *r;
	size_t at = 0;

	(void)ctx;
	txt_printf(t, "Router-id %s\nSeqno %s\n", node_str(n, "router-id"), node_str(n, "seqno"));
	while ((r = node_next(n, "redistribute", &at)))
		txt_printf(t, "Redistributing %s %s\n", node_str(r, "family"),
			   node_str(r, "protocol"));
	r = node_child(n, "zebra");
	if (r)
		zebra_text(t, r);
	r = node_child(n, "datagrams");
	if (r)
		datagrams_text(t, r);
	r = node_child(n, "recording");
	if (r)
		recording_text(t, r);
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

/* ---- operations ---- */

static void cleared_text(void *ctx, struct text *t, const Mgmt__Node *out)
{
	(void)ctx;
	txt_printf(t, "%s forgotten.\n",
		   *node_str(out, "cleared") ? node_str(out, "cleared") : "0");
}

void clear_babel_neighbor(struct cli_session *s)
{
	static const char *const names[] = {"interface", "address"};
	const char *const values[] = {grammar_arg(&s->parsed, "name"),
				      grammar_arg(&s->parsed, "address")};
	const struct show_plan p = {.path = "/srcdest-babel-state:clear-babel-neighbor",
				    .text = cleared_text};

	show_rpc(s, &p, names, values, 2);
}

void clear_babel_route(struct cli_session *s)
{
	static const char *const names[] = {"destination-prefix", "source-prefix"};
	const char *const values[] = {grammar_arg(&s->parsed, "destination"),
				      grammar_arg(&s->parsed, "source")};
	const struct show_plan p = {.path = "/srcdest-babel-state:clear-babel-route",
				    .text = cleared_text};

	show_rpc(s, &p, names, values, 2);
}

void refresh_babel(struct cli_session *s)
{
	const struct show_plan p = {.path = "/srcdest-babel-state:refresh-babel"};

	show_rpc(s, &p, NULL, NULL, 0);
}
