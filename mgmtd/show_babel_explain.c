/* SPDX-License-Identifier: MIT */
/* show babel route D [from S]: why the routes are as they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

/* Milliseconds as seconds, the way a person would say it. */
static const char *seconds(const Mgmt__Node *n, const char *leaf, char buf[32])
{
	long long ms = (long long)node_int(n, leaf);

	if (ms >= UINT32_MAX)
		snprintf(buf, 32, "weeks");
	else if (ms < 60000)
		snprintf(buf, 32, "%lld.%lld s", ms / 1000, ms % 1000 / 100);
	else
		snprintf(buf, 32, "%lld s", ms / 1000);
	return buf;
}

/* ---- the pair ---- */

static void fate_text(struct text *t, const Mgmt__Node *pair)
{
	static const struct show_word words[] = {
		{"unknown", ""},
		{"installed", " (installed)"},
		{"failed", " (installing failed)"},
		{"beaten", " (zebra prefers another protocol)"},
	};

	txt_puts(t, SHOW_WORD(words, node_str(pair, "fate")));
}

static const Mgmt__Node *selected_of(const Mgmt__Node *pair)
{
	const Mgmt__Node *c;
	size_t at = 0;

	while ((c = node_next(pair, "candidate", &at)))
		if (strcmp(node_str(c, "verdict"), "selected") == 0)
			return c;
	return NULL;
}

static void held_text(struct text *t, const Mgmt__Node *pair)
{
	char buf[32];

	txt_printf(t, "  unreachable for %s more, ", seconds(pair, "hold-left", buf));
	if (node_bool(pair, "hold-acknowledged"))
		txt_puts(t, "all neighbours have acknowledged the retraction");
	else if (node_bool(pair, "hold-unsure"))
		txt_puts(t, "a neighbour did not acknowledge the retraction");
	else
		txt_puts(t, "or until all neighbours have acknowledged the retraction");
	fate_text(t, pair);
	txt_puts(t, "\n");
}

static void former_text(struct text *t, const Mgmt__Node *f)
{
	char buf[32];

	txt_printf(t,
		   "  as before babeld was restarted: %s on %s, until it is learnt anew, or %s\n",
		   node_str(f, "neighbor"), node_str(f, "interface"), seconds(f, "settles", buf));
}

static void use_text(struct text *t, const Mgmt__Node *pair)
{
	const Mgmt__Node *c = selected_of(pair);

	if (node_bool(pair, "local"))
		txt_printf(t, "  announced by this router, metric %s\n",
			   node_str(pair, "local-metric"));
	else if (node_has(pair, "redistribute-rule"))
		txt_printf(t, "  of this router, not announced: redistribute rule %s denies it\n",
			   node_str(pair, "redistribute-rule"));
	if (c && node_has(pair, "install-rule"))
		txt_printf(t, "  selected and not given to zebra: install rule %s denies it\n",
			   node_str(pair, "install-rule"));
	else if (c) {
		txt_printf(t, "  in use: %s via %s", node_str(c, "next-hop"),
			   node_str(c, "interface"));
		fate_text(t, pair);
		txt_puts(t, "\n");
	} else if (node_bool(pair, "held"))
		held_text(t, pair);
	else if (node_has(pair, "former-life"))
		former_text(t, node_child(pair, "former-life"));
	else if (!node_bool(pair, "local"))
		txt_puts(t, "  not in use\n");
}

/* ---- candidates ---- */

static void refusal_text(struct text *t, const Mgmt__Node *c)
{
	static const struct show_word words[] = {
		{"own-router-id", "it has our own router-id"},
		{"source-specific", "zebra can't hold routes with a source prefix"},
		{"next-hop", "its next hop is none"},
		{"not-routed", "such a destination is never routed"},
		{"connected", "it would take over traffic to a connected prefix"},
		{"in-rule", "denied by a rule"},
	};

	txt_printf(t, "refused: %s", SHOW_WORD(words, node_str(c, "refusal")));
	if (node_has(c, "rule"))
		txt_printf(t, " (in, %s)", node_str(c, "rule"));
}

static void unfeasible_text(struct text *t, const Mgmt__Node *c)
{
	const Mgmt__Node *d = node_child(c, "feasibility-distance");

	txt_printf(t, "not feasible: seqno %s metric %s is not better than seqno %s metric %s",
		   node_str(c, "seqno"), node_str(c, "received-metric"),
		   d ? node_str(d, "seqno") : "?", d ? node_str(d, "metric") : "?");
}

static void waiting_text(struct text *t, const Mgmt__Node *c)
{
	char buf[32];

	if (!node_has(c, "wait") || !node_int(c, "selected-smoothed-metric"))
		txt_puts(t, "better");
	else
		txt_printf(t,
			   "better, selected in %s: smoothed metric %s, of the selected route %s",
			   seconds(c, "wait", buf), node_str(c, "smoothed-metric"),
			   node_str(c, "selected-smoothed-metric"));
}

static void verdict_text(struct text *t, const Mgmt__Node *c)
{
	static const struct show_word words[] = {
		{"selected", "selected"},
		{"retracted", "retracted by the neighbour"},
		{"expired", "expired: not announced again in time"},
		{"too-far", "metric and cost add up to infinity"},
		{"v4-via-v6", "zebra can't hold IPv4 routes with an IPv6 next hop"},
		{"local", "not selected: ours comes first"},
		{"worse", "not selected: its metric is not less than the selected route's"},
	};
	static const struct show_word links[] = {
		{"starting", "the interface has just come up"},
		{"no-hello", "too few Hellos of the neighbour arrive"},
		{"no-ihu", "the neighbour has not said lately that it hears us (IHU)"},
		{"deaf", "the neighbour says that it does not hear us (IHU)"},
		{"infinite-cost", "its cost is infinite"},
	};
	const char *verdict = node_str(c, "verdict");

	if (strcmp(verdict, "refused") == 0)
		refusal_text(t, c);
	else if (strcmp(verdict, "unfeasible") == 0)
		unfeasible_text(t, c);
	else if (strcmp(verdict, "waiting") == 0)
		waiting_text(t, c);
	else if (strcmp(verdict, "link") == 0)
		txt_printf(t, "link not usable: %s", SHOW_WORD(links, node_str(c, "link")));
	else
		txt_puts(t, SHOW_WORD(words, verdict));
}

static void candidate_text(struct text *t, const Mgmt__Node *c)
{
	char buf[32];

	txt_printf(t, "  via %s neigh %s: ", node_str(c, "interface"), node_str(c, "neighbor"));
	verdict_text(t, c);
	txt_printf(t, "\n    metric %s refmetric %s id %s seqno %s age %s",
		   node_str(c, "calculated-metric"), node_str(c, "received-metric"),
		   node_str(c, "router-id"), node_str(c, "seqno"), seconds(c, "age", buf));
	if (node_bool(c, "kept"))
		txt_printf(t, " expires in %s", seconds(c, "expires", buf));
	txt_puts(t, "\n");
}

/* ---- what is awaited ---- */

static void distance_text(struct text *t, const Mgmt__Node *d)
{
	char buf[32];

	txt_printf(t,
		   "  feasibility distance of %s: seqno %s metric %s, forgotten unless announced "
		   "again in %s\n",
		   node_str(d, "router-id"), node_str(d, "seqno"), node_str(d, "metric"),
		   seconds(d, "forgotten", buf));
}

static void answer_text(struct text *t, const Mgmt__Node *a)
{
	bool forwarded = strcmp(node_str(a, "asked"), "forwarded") == 0;
	char buf[32];

	txt_printf(t, "  waiting for seqno %s of %s: ", node_str(a, "seqno"),
		   node_str(a, "router-id"));
	if (forwarded)
		txt_printf(t, "passed on for %s neighbours", node_str(a, "requesters"));
	else if (strcmp(node_str(a, "asked"), "neighbor") == 0)
		txt_printf(t, "asked %s on %s", node_str(a, "neighbor"), node_str(a, "interface"));
	else
		txt_puts(t, "asked all neighbours");
	if (!forwarded && node_int(a, "resends-left"))
		txt_printf(t, ", again in %s, at most %s times\n", seconds(a, "next", buf),
			   node_str(a, "resends-left"));
	else
		txt_printf(t, ", given up in %s\n", seconds(a, "next", buf));
}

static void ack_text(struct text *t, const Mgmt__Node *a)
{
	txt_printf(t, "  waiting for %s on %s to acknowledge the retraction, ",
		   node_str(a, "neighbor"), node_str(a, "interface"));
	if (node_bool(a, "asked"))
		txt_printf(t, "%s tries left\n", node_str(a, "tries-left"));
	else
		txt_puts(t, "which is about to be sent\n");
}

static void each(struct text *t, const Mgmt__Node *pair, const char *name,
		 void (*say)(struct text *t, const Mgmt__Node *n))
{
	const Mgmt__Node *n;
	size_t at = 0;

	while ((n = node_next(pair, name, &at)))
		say(t, n);
}

static void pair_text(struct text *t, const Mgmt__Node *pair)
{
	node_pair(t, pair);
	txt_puts(t, "\n");
	use_text(t, pair);
	each(t, pair, "candidate", candidate_text);
	each(t, pair, "distance", distance_text);
	each(t, pair, "awaited-answer", answer_text);
	each(t, pair, "awaited-acknowledgment", ack_text);
}

static void explain_text(void *ctx, struct text *t, const Mgmt__Node *out)
{
	const struct show_asked *a = ctx;
	const char *from = *a->from ? " from " : "";

	each(t, out, "pair", pair_text);
	if (!node_has(out, "pair") && a->packet)
		txt_printf(t, "%s%s%s: no route matches\n", a->to, from, a->from);
	else if (!node_has(out, "pair"))
		txt_printf(t, "%s%s%s: nothing is known of it\n", a->to, from, a->from);
	if (node_has(out, "more"))
		txt_printf(t, "%s more pairs of this destination\n", node_str(out, "more"));
}

void show_babel_explain(struct cli_session *s)
{
	static const char *const names[] = {"destination", "source"};
	const char *address = grammar_arg(&s->parsed, "address");
	const char *values[] = {address ? address : grammar_arg(&s->parsed, "destination"),
				grammar_arg(&s->parsed, "source")};
	struct show_asked *a = show_asked_new(values[0], values[1]);
	const struct show_plan p = {
		.path = "/srcdest-babel-state:explain-babel-route",
		.ctx = a,
		.text = explain_text,
	};

	a->packet = address != NULL;
	show_rpc(s, &p, names, values, 2);
}
