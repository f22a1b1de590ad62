/* SPDX-License-Identifier: MIT */
/* Routes of the RIB and of the kernel, in the look of FRR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

#define ROUTE_PATH "/srcdest-rib:rib/route"
#define TABLE_PATH "/srcdest-rib:rib/table-route"

/* Which routes were asked for. */
struct asked {
	bool six;
	const char *protocol; /* NULL: all */
	char to[128], from[128];
};

static struct asked *asked_new(const struct cli_session *s)
{
	static const char *const protocols[] = {"kernel", "connected", "static", "babel"};
	struct asked *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	a->six = grammar_has(&s->parsed, "ipv6");
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (grammar_has(&s->parsed, protocols[i]))
			a->protocol = protocols[i];
	return a;
}

static char letter_of(const char *protocol)
{
	static const struct {
		const char *name;
		char letter;
	} letters[] = {{"kernel", 'K'}, {"connected", 'C'}, {"static", 'S'}, {"babel", 'A'},
		       {"rip", 'R'},	{"ripng", 'R'},	    {"ospf", 'O'},   {"ospf6", 'O'},
		       {"isis", 'I'},	{"bgp", 'B'}};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (strcmp(letters[i].name, protocol) == 0)
			return letters[i].letter;
	return '?';
}

static bool of_family(const struct asked *a, const Mgmt__Node *route)
{
	return (strchr(node_str(route, "destination-prefix"), ':') != NULL) == a->six;
}

/* ---- one route ---- */

void route_nexthop_text(struct text *t, const Mgmt__Node *nh)
{
	const char *type = node_str(nh, "type"), *gateway = node_str(nh, "gateway");
	const char *ifname = node_str(nh, "interface");

	if (strcmp(type, "blackhole") == 0)
		txt_puts(t, " unreachable (blackhole)");
	else if (strcmp(type, "prohibit") == 0)
		txt_puts(t, " unreachable (ICMP admin-prohibited)");
	else if (strcmp(type, "unreachable") == 0)
		txt_puts(t, " unreachable (ICMP unreachable)");
	else if (!*gateway)
		txt_printf(t, " is directly connected, %s", ifname);
	else
		txt_printf(t, " via %s%s%s", gateway, *ifname ? ", " : "", ifname);
	if (node_bool(nh, "recursive"))
		txt_puts(t, " (recursive)");
	if (node_bool(nh, "onlink"))
		txt_puts(t, " onlink");
	if (node_int(nh, "weight") > 1)
		txt_printf(t, ", weight %s", node_str(nh, "weight"));
}

static char fib_mark(const Mgmt__Node *e)
{
	const char *state = node_str(e, "state");

	if (strcmp(state, "installed") == 0)
		return '*';
	if (strcmp(state, "failed") == 0)
		return 'r';
	return strcmp(state, "selected") == 0 ? 'q' : ' ';
}

static bool is_selected(const Mgmt__Node *e)
{
	const char *state = node_str(e, "state");

	return strcmp(state, "installed") == 0 || strcmp(state, "failed") == 0 ||
	       strcmp(state, "selected") == 0;
}

void route_marks_text(struct text *t, const Mgmt__Node *e)
{
	txt_printf(t, "%c%c%c ", letter_of(node_str(e, "protocol")), is_selected(e) ? '>' : ' ',
		   fib_mark(e));
}

/* The first line of an entry, up to its first next hop. */
static void head_text(struct text *t, const Mgmt__Node *route, const Mgmt__Node *e)
{
	const char *protocol = node_str(e, "protocol");

	route_marks_text(t, e);
	node_pair(t, route);
	if (strcmp(protocol, "connected") != 0 || node_int(e, "distance") || node_int(e, "metric"))
		txt_printf(t, " [%lld/%lld]", (long long)node_int(e, "distance"),
			   (long long)node_int(e, "metric"));
}

/* Does a next hop say by itself why it is not used? */
static bool hops_say_why(const Mgmt__Node *e)
{
	const Mgmt__Node *nh;
	size_t at = 0;

	while ((nh = node_next(e, "next-hop", &at)))
		if (node_has(nh, "reason"))
			return true;
	return false;
}

/* What is held or can't be used says why, in short; that another one is
 * preferred is no fault. */
static void held_text(struct text *t, const Mgmt__Node *e)
{
	const char *state = node_str(e, "state");
	bool unusable = strcmp(state, "unusable") == 0 && !hops_say_why(e);
	bool never = strcmp(state, "candidate") == 0 && node_int(e, "distance") == 255;

	if (node_has(e, "reason") && (unusable || never || strcmp(state, "selected") == 0))
		txt_printf(t, ", %s", node_str(e, "reason"));
}

static void refusal_text(struct text *t, const Mgmt__Node *e)
{
	const char *retry = node_str(e, "retry");

	txt_printf(t, ", refused by the kernel: %s", node_str(e, "reason"));
	if (strcmp(retry, "timer") == 0)
		txt_printf(t, ", next try in %.1f s", (double)node_int(e, "next-try") / 1000);
	else if (strcmp(retry, "interface") == 0)
		txt_puts(t, ", next try when an interface changes");
}

static void tail_text(struct text *t, const Mgmt__Node *e)
{
	if (node_bool(e, "stale"))
		txt_puts(t, ", stale");
	held_text(t, e);
	if (strcmp(node_str(e, "state"), "failed") == 0)
		refusal_text(t, e);
}

/* One line per next hop; those behind the first stand below it. */
static void entry_text(struct text *t, const Mgmt__Node *route, const Mgmt__Node *e)
{
	size_t before = t->n, at = 0, width = 0;
	const Mgmt__Node *nh;

	head_text(t, route, e);
	width = t->n - before;
	for (size_t i = 0; (nh = node_next(e, "next-hop", &at)); i++) {
		if (i)
			txt_printf(t, "  %c%*s", node_bool(nh, "installed") ? '*' : ' ',
				   (int)width - 3, "");
		if (node_bool(nh, "resolving"))
			txt_puts(t, "  ");
		route_nexthop_text(t, nh);
		if (!node_bool(nh, "usable"))
			txt_printf(t, " inactive (%s)", node_str(nh, "reason"));
		if (node_has(e, "preferred-source"))
			txt_printf(t, ", src %s", node_str(e, "preferred-source"));
		txt_puts(t, ", ");
		txt_uptime(t, node_int(e, "uptime"));
		if (i == 0)
			tail_text(t, e);
		txt_puts(t, "\n");
	}
	if (!at || t->n == before + width)
		txt_puts(t, "\n");
}

/* ---- lists of routes ---- */

static bool route_wanted(void *ctx, const Mgmt__Node *route)
{
	const struct asked *a = ctx;
	const Mgmt__Node *e;
	size_t at = 0;

	if (!of_family(a, route))
		return false;
	while (a->protocol && (e = node_next(route, "entry", &at)))
		if (strcmp(node_str(e, "protocol"), a->protocol) == 0)
			return true;
	return !a->protocol;
}

static void route_text(void *ctx, struct text *t, const Mgmt__Node *route)
{
	const struct asked *a = ctx;
	const Mgmt__Node *e;
	size_t at = 0;

	while ((e = node_next(route, "entry", &at)))
		if (!a->protocol || strcmp(node_str(e, "protocol"), a->protocol) == 0)
			entry_text(t, route, e);
}

void show_route(struct cli_session *s)
{
	const char *dst = grammar_arg(&s->parsed, "destination");
	struct show_plan p = {
		.path = ROUTE_PATH,
		.keys = {dst, grammar_arg(&s->parsed, "source")},
		.ctx = asked_new(s),
		.wanted = route_wanted,
		.text = route_text,
		.nothing = dst ? "Network not in table" : NULL,
	};

	if (grammar_has(&s->parsed, "table")) {
		p.path = TABLE_PATH;
		p.keys[0] = grammar_arg(&s->parsed, "id");
		p.nothing = "No routes of ours in this table";
	}
	for (p.n_keys = 0; p.keys[p.n_keys]; p.n_keys++)
		;
	if (!dst)
		p.head = "Codes: K - kernel route, C - connected, S - static, A - Babel,\n"
			 "       > - selected route, * - FIB route, q - queued, r - rejected\n\n";
	show_start(s, &p);
}

/* ---- one packet's way ---- */

static void lookup_text(void *ctx, struct text *t, const Mgmt__Node *out)
{
	const struct asked *a = ctx;
	const Mgmt__Node *route;
	size_t at = 0, before = t->n;

	while ((route = node_next(out, "route", &at)))
		route_text(ctx, t, route);
	if (t->n > before)
		return;
	txt_printf(t, "%s%s%s: unreachable, no route\n", a->to, *a->from ? " from " : "", a->from);
}

void show_lookup(struct cli_session *s)
{
	static const char *const names[] = {"destination", "source"};
	const char *values[] = {grammar_arg(&s->parsed, "address"),
				grammar_arg(&s->parsed, "source")};
	struct asked *a = asked_new(s);
	const struct show_plan p = {
		.path = "/srcdest-rib:lookup",
		.ctx = a,
		.text = lookup_text,
	};

	snprintf(a->to, sizeof(a->to), "%s", values[0]);
	snprintf(a->from, sizeof(a->from), "%s", values[1] ? values[1] : "");
	show_rpc(s, &p, names, values, 2);
}

/* ---- how many ---- */

static void summary_text(void *ctx, struct text *t, const Mgmt__Node *summary)
{
	static const char form[] = "%-20s %10lld %10lld %10lld\n";
	const struct asked *a = ctx;
	long long entries = 0, installed = 0, sourced = 0;
	const Mgmt__Node *o;
	size_t at = 0;

	txt_printf(t, "%-20s %10s %10s %10s\n", "Route Source", "Routes", "FIB", "Sourced");
	while ((o = node_next(summary, "origin", &at))) {
		if ((strcmp(node_str(o, "family"), "ipv6") == 0) != a->six)
			continue;
		txt_printf(t, form, node_str(o, "protocol"), (long long)node_int(o, "entries"),
			   (long long)node_int(o, "installed"), (long long)node_int(o, "sourced"));
		entries += node_int(o, "entries");
		installed += node_int(o, "installed");
		sourced += node_int(o, "sourced");
	}
	txt_printf(t, "------\n");
	txt_printf(t, form, "Totals", entries, installed, sourced);
}

void show_summary(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/summary",
		.ctx = asked_new(s),
		.text = summary_text,
		.nothing = "zebra is not connected",
	};

	show_start(s, &p);
}

/* ---- the kernel's table, as far as we made it ---- */

static bool fib_wanted(void *ctx, const Mgmt__Node *route)
{
	return of_family(ctx, route);
}

static void fib_text(void *ctx, struct text *t, const Mgmt__Node *r)
{
	bool refused = strcmp(node_str(r, "state"), "refused") == 0;
	const Mgmt__Node *nh;
	size_t at = 0;

	(void)ctx;
	txt_printf(t, "%c %c ", node_bool(r, "helper") ? 'h' : letter_of(node_str(r, "protocol")),
		   refused ? 'r' : '*');
	node_pair(t, r);
	for (size_t i = 0; (nh = node_next(r, "next-hop", &at)); i++) {
		txt_puts(t, i ? "," : "");
		route_nexthop_text(t, nh);
	}
	if (refused)
		refusal_text(t, r);
	txt_puts(t, "\n");
}

void show_fib(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/fib-route",
		.ctx = asked_new(s),
		.wanted = fib_wanted,
		.text = fib_text,
		.head = "Routes in the kernel by our doing: * - there, r - rejected,\n"
			"h - helper, which makes the kernel find the others of its destination\n\n",
	};

	show_start(s, &p);
}

void refresh_rib(struct cli_session *s)
{
	const struct show_plan p = {.path = "/srcdest-rib:refresh"};

	show_rpc(s, &p, NULL, NULL, 0);
}
