/* SPDX-License-Identifier: MIT */
/* Routes of the RIB and of the kernel, in the look of FRR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

#define ROUTE_PATH "/srcdest-rib:rib/route"

/* Which routes were asked for. */
struct asked {
	bool six;
	const char *protocol; /* NULL: all */
	char to[128], from[128];
	/* For the summary. */
	struct count {
		char type[32];
		unsigned long rib, fib, sourced;
	} count[32];
	size_t n_counts;
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

static void nexthop_text(struct text *t, const Mgmt__Node *nh)
{
	const char *kind = node_str(nh, "kind"), *gateway = node_str(nh, "gateway");
	const char *ifname = node_str(nh, "interface");

	if (strcmp(kind, "blackhole") == 0)
		text_puts(t, " unreachable (blackhole)");
	else if (strcmp(kind, "prohibit") == 0)
		text_puts(t, " unreachable (ICMP admin-prohibited)");
	else if (strcmp(kind, "unreachable") == 0)
		text_puts(t, " unreachable (ICMP unreachable)");
	else if (!*gateway)
		text_printf(t, " is directly connected, %s", ifname);
	else
		text_printf(t, " via %s%s%s", gateway, *ifname ? ", " : "", ifname);
	if (node_bool(nh, "recursive"))
		text_puts(t, " (recursive)");
	if (node_bool(nh, "onlink"))
		text_puts(t, " onlink");
	if (node_int(nh, "weight") > 1)
		text_printf(t, ", weight %s", node_str(nh, "weight"));
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

/* The first line of an entry, up to its first next hop. */
static void head_text(struct text *t, const Mgmt__Node *route, const Mgmt__Node *e)
{
	const char *protocol = node_str(e, "protocol");

	text_printf(t, "%c%c%c ", letter_of(protocol), is_selected(e) ? '>' : ' ', fib_mark(e));
	node_pair(t, route);
	if (strcmp(protocol, "connected") != 0 || node_int(e, "distance") || node_int(e, "metric"))
		text_printf(t, " [%lld/%lld]", (long long)node_int(e, "distance"),
			    (long long)node_int(e, "metric"));
}

static void tail_text(struct text *t, const Mgmt__Node *e)
{
	if (node_bool(e, "stale"))
		text_puts(t, ", stale");
	if (strcmp(node_str(e, "state"), "failed") == 0)
		text_printf(t, ", refused by the kernel: %s", node_str(e, "failure-reason"));
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
			text_printf(t, "  %c%*s", node_bool(nh, "fib") ? '*' : ' ', (int)width - 3,
				    "");
		if (node_bool(nh, "resolver"))
			text_puts(t, "  ");
		nexthop_text(t, nh);
		if (!node_bool(nh, "active"))
			text_puts(t, " inactive");
		text_puts(t, ", ");
		text_uptime(t, node_int(e, "uptime"));
		if (i == 0)
			tail_text(t, e);
		text_puts(t, "\n");
	}
	if (!at || t->n == before + width)
		text_puts(t, "\n");
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

	if (node_child(out, "entry")) {
		route_text(ctx, t, out);
		return;
	}
	text_printf(t, "%s%s%s: unreachable, no route\n", a->to, *a->from ? " from " : "", a->from);
}

void show_lookup(struct cli_session *s)
{
	static const char *const names[] = {"destination-address", "source-address"};
	const char *values[] = {grammar_arg(&s->parsed, "address"),
				grammar_arg(&s->parsed, "from")};
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

static struct count *count_of(struct asked *a, const char *type)
{
	size_t max = sizeof(a->count) / sizeof(a->count[0]);
	size_t i;

	for (i = 0; i < a->n_counts; i++)
		if (strcmp(a->count[i].type, type) == 0)
			return &a->count[i];
	if (i == max)
		return &a->count[max - 1];
	snprintf(a->count[i].type, sizeof(a->count[i].type), "%s", type);
	a->n_counts++;
	return &a->count[i];
}

static bool count_route(void *ctx, const Mgmt__Node *route)
{
	struct asked *a = ctx;
	const char *src = node_str(route, "source-prefix");
	bool plain = strcmp(src, "::/0") == 0 || strcmp(src, "0.0.0.0/0") == 0;
	const Mgmt__Node *e;
	size_t at = 0;

	if (!of_family(a, route))
		return false;
	while ((e = node_next(route, "entry", &at))) {
		struct count *c = count_of(a, node_str(e, "protocol"));

		c->rib++;
		c->fib += strcmp(node_str(e, "state"), "installed") == 0;
		c->sourced += !plain;
	}
	return true;
}

static void add_up(const struct asked *a, struct count *sum)
{
	*sum = (struct count){.type = "Totals"};
	for (size_t i = 0; i < a->n_counts; i++) {
		sum->rib += a->count[i].rib;
		sum->fib += a->count[i].fib;
		sum->sourced += a->count[i].sourced;
	}
}

static void summary_tail(void *ctx, struct text *t)
{
	const struct asked *a = ctx;
	struct count sum;

	add_up(a, &sum);
	text_printf(t, "%-20s %10s %10s %10s\n", "Route Source", "Routes", "FIB", "Sourced");
	for (size_t i = 0; i < a->n_counts; i++)
		text_printf(t, "%-20s %10lu %10lu %10lu\n", a->count[i].type, a->count[i].rib,
			    a->count[i].fib, a->count[i].sourced);
	text_printf(t, "------\n%-20s %10lu %10lu %10lu\n", sum.type, sum.rib, sum.fib,
		    sum.sourced);
}

static void summary_json(void *ctx, struct text *t)
{
	const struct asked *a = ctx;
	struct count sum;

	add_up(a, &sum);
	text_puts(t, "{\"routes\": [");
	for (size_t i = 0; i < a->n_counts; i++)
		text_printf(t, "%s{\"type\": \"%s\", \"rib\": %lu, \"fib\": %lu, \"sourced\": %lu}",
			    i ? ", " : "", a->count[i].type, a->count[i].rib, a->count[i].fib,
			    a->count[i].sourced);
	text_printf(
		t, "], \"routesTotal\": %lu, \"routesTotalFib\": %lu, \"routesTotalSourced\": %lu}",
		sum.rib, sum.fib, sum.sourced);
}

void show_summary(struct cli_session *s)
{
	const struct show_plan p = {
		.path = ROUTE_PATH,
		.ctx = asked_new(s),
		.wanted = count_route,
		.tail = summary_tail,
		.json = summary_json,
	};

	show_start(s, &p);
}

/* ---- the kernel's table, as far as we made it; and the clients ---- */

static bool fib_wanted(void *ctx, const Mgmt__Node *route)
{
	return of_family(ctx, route);
}

static void fib_text(void *ctx, struct text *t, const Mgmt__Node *r)
{
	const char *failure = node_str(r, "failure-reason");
	const Mgmt__Node *nh;
	size_t at = 0;

	(void)ctx;
	text_printf(t, "%c %c ",
		    node_bool(r, "auxiliary") ? 'h' : letter_of(node_str(r, "protocol")),
		    *failure ? 'r' : '*');
	node_pair(t, r);
	for (size_t i = 0; (nh = node_next(r, "next-hop", &at)); i++) {
		text_puts(t, i ? "," : "");
		nexthop_text(t, nh);
	}
	if (*failure)
		text_printf(t, ", refused by the kernel: %s", failure);
	text_puts(t, "\n");
}

void show_fib(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/fib",
		.ctx = asked_new(s),
		.wanted = fib_wanted,
		.text = fib_text,
		.head = "Routes in the kernel by our doing: * - there, r - rejected,\n"
			"h - helper, which makes the kernel find the others of its destination\n\n",
	};

	show_start(s, &p);
}

static void client_text(void *ctx, struct text *t, const Mgmt__Node *c)
{
	(void)ctx;
	text_printf(t, "Client: %s, instance %s, connected for ", node_str(c, "protocol"),
		    node_str(c, "instance"));
	text_uptime(t, node_int(c, "uptime"));
	text_printf(t, "\n  messages: %s in, %s out\n", node_str(c, "messages-in"),
		    node_str(c, "messages-out"));
	text_printf(t, "  routes: %s added, %s deleted, %s refused, %s sent\n",
		    node_str(c, "routes-added"), node_str(c, "routes-deleted"),
		    node_str(c, "routes-refused"), node_str(c, "routes-sent"));
	if (node_bool(c, "graceful-restart"))
		text_printf(t, "  graceful restart: routes stay for %s s\n",
			    node_str(c, "stale-time"));
}

void show_clients(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/client",
		.text = client_text,
	};

	show_start(s, &p);
}
