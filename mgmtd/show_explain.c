/* SPDX-License-Identifier: MIT */
/* show ipv6 route ADDRESS from ADDRESS [iif NAME]: why a packet goes there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

/* ---- what was passed over ---- */

/* More than "another one has a lower distance": which, and how much. */
static void lost_text(struct text *t, const Mgmt__Node *c, const Mgmt__Node *b)
{
	const char *protocol = node_str(b, "protocol");

	if (node_int(c, "distance") > node_int(b, "distance"))
		txt_printf(t, "distance %s is more than %s's %s", node_str(c, "distance"),
			   protocol, node_str(b, "distance"));
	else if (node_int(c, "distance") == node_int(b, "distance") &&
		 node_int(c, "metric") > node_int(b, "metric"))
		txt_printf(t, "metric %s is more than %s's %s", node_str(c, "metric"), protocol,
			   node_str(b, "metric"));
	else
		txt_printf(t, "%s: %s's is preferred", node_str(c, "reason"), protocol);
}

static void why_text(struct text *t, const Mgmt__Node *c)
{
	const Mgmt__Node *better = node_child(c, "better");

	if (node_bool(c, "stale"))
		txt_puts(t, "      stale: its owner has gone and has not told it again\n");
	if (better) {
		txt_puts(t, "      ");
		lost_text(t, c, better);
		txt_puts(t, "\n");
	} else if (strcmp(node_str(c, "state"), "failed") == 0) {
		txt_printf(t, "      refused by the kernel: %s\n", node_str(c, "reason"));
		if (node_has(c, "next-try"))
			txt_printf(t, "      tried %s times, again in %lld s\n",
				   node_str(c, "tries"),
				   (long long)(node_int(c, "next-try") + 999) / 1000);
	} else if (node_has(c, "reason")) {
		txt_printf(t, "      %s\n", node_str(c, "reason"));
	}
}

static void candidate_text(struct text *t, const Mgmt__Node *c)
{
	const Mgmt__Node *nh;
	size_t at = 0;

	txt_puts(t, "    ");
	route_marks_text(t, c);
	txt_printf(t, "%s [%s/%s], ", node_str(c, "protocol"), node_str(c, "distance"),
		   node_str(c, "metric"));
	txt_uptime(t, node_int(c, "uptime"));
	txt_puts(t, "\n");
	while ((nh = node_next(c, "next-hop", &at))) {
		txt_puts(t, node_bool(nh, "resolving") ? "        " : "      ");
		route_nexthop_text(t, nh);
		if (!node_bool(nh, "usable"))
			txt_printf(t, " inactive (%s)", node_str(nh, "reason"));
		txt_puts(t, "\n");
	}
	why_text(t, c);
}

static void pair_text(struct text *t, const Mgmt__Node *pair)
{
	static const struct show_word words[] = {
		{"source", "passed over, its source does not match"},
		{"longer-source", "passed over for a longer source"},
		{"unusable", "passed over, none can be used"},
		{"not-in-kernel", "passed over, the kernel does not have it"},
		{"takes", "takes the packet"},
	};
	const Mgmt__Node *c;
	size_t at = 0;

	txt_puts(t, "  ");
	node_pair(t, pair);
	txt_printf(t, ": %s\n", SHOW_WORD(words, node_str(pair, "verdict")));
	while ((c = node_next(pair, "candidate", &at)))
		candidate_text(t, c);
}

/* ---- what came of it ---- */

static void hops_text(struct text *t, const Mgmt__Node *n)
{
	bool many = node_has(n, "taken");
	const Mgmt__Node *nh;
	size_t at = 0;

	for (size_t i = 0; (nh = node_next(n, "next-hop", &at)); i++) {
		txt_puts(t, i ? "," : "");
		route_nexthop_text(t, nh);
		if (many && node_int(nh, "index") == node_int(n, "taken"))
			txt_puts(t, " (this packet's)");
	}
}

static void way_text(struct text *t, const Mgmt__Node *out)
{
	const Mgmt__Node *way = node_child(out, "way");

	txt_puts(t, "  zebra: ");
	if (!way) {
		txt_puts(t, "unreachable, no route\n");
		return;
	}
	txt_printf(t, "%s ", node_str(way, "protocol"));
	node_pair(t, way);
	hops_text(t, way);
	txt_puts(t, node_bool(way, "pending") ? ", being written to the kernel\n" : "\n");
}

static void answer_text(struct text *t, const Mgmt__Node *k)
{
	static const struct show_word kinds[] = {
		{"none", "unreachable, no route"},
		{"blackhole", "dropped in silence"},
		{"unreachable", "dropped (ICMP unreachable)"},
		{"prohibit", "dropped (ICMP admin-prohibited)"},
		{"refused", "not taken"},
		{"not-asked", "not asked"},
		{"local", "for this router itself, or all on a link"},
	};
	const char *kind = node_str(k, "kind");

	if (strcmp(kind, "route") != 0) {
		txt_puts(t, SHOW_WORD(kinds, kind));
		if (strcmp(kind, "refused") == 0 || strcmp(kind, "not-asked") == 0)
			txt_printf(t, " (%s)", node_str(k, "reason"));
		return;
	}
	node_pair(t, k);
	hops_text(t, k);
	if (node_int(k, "table") != 254)
		txt_printf(t, ", table %s", node_str(k, "table"));
	if (node_has(k, "rule-source"))
		txt_printf(t, " by our rule for packets from %s", node_str(k, "rule-source"));
	txt_printf(t, ", metric %s", node_str(k, "metric"));
}

static void kernel_text(struct text *t, const Mgmt__Node *k)
{
	static const struct show_word words[] = {
		{"own-address", "the routing table has no addresses of its own"},
		{"link-local", "the routing table has no link-local destinations"},
		{"same-way", "the same next hops by another route"},
		{"pending", "the route is being written"},
		{"no-route", "the kernel drops it"},
		{"unexpected", "zebra knows of no such route"},
		{"other-route", "the kernel takes another destination's route"},
		{"other-next-hops", "the kernel's route has other next hops"},
	};
	const char *agreement = node_str(k, "agreement");

	txt_puts(t, "  kernel: ");
	answer_text(t, k);
	if (node_has(k, "interface"))
		txt_printf(t, " (asked as from %s)", node_str(k, "interface"));
	txt_printf(t, "\n  %s", strcmp(agreement, "expected") == 0 ? "different as expected"
								     : agreement);
	if (node_has(k, "difference"))
		txt_printf(t, ": %s", SHOW_WORD(words, node_str(k, "difference")));
	txt_puts(t, "\n");
}

static void explain_text(void *ctx, struct text *t, const Mgmt__Node *out)
{
	const struct show_asked *a = ctx;
	const Mgmt__Node *pair;
	size_t at = 0;

	txt_printf(t, "%s from %s\n", a->to, a->from);
	while ((pair = node_next(out, "pair", &at)))
		pair_text(t, pair);
	if (node_has(out, "more"))
		txt_printf(t, "  %s more pairs with another source\n", node_str(out, "more"));
	way_text(t, out);
	kernel_text(t, node_child(out, "kernel"));
}

void show_explain(struct cli_session *s)
{
	static const char *const names[] = {"destination", "source", "interface"};
	const char *values[] = {grammar_arg(&s->parsed, "address"),
				grammar_arg(&s->parsed, "source"), grammar_arg(&s->parsed, "name")};
	const struct show_plan p = {
		.path = "/srcdest-rib-explain:explain-route",
		.ctx = show_asked_new(values[0], values[1]),
		.text = explain_text,
	};

	show_rpc(s, &p, names, values, 3);
}
