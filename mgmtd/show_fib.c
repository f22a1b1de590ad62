/* SPDX-License-Identifier: MIT */
/* What the kernel has, compared with what it should have. */
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

static void line(struct text *t, const Mgmt__Node *n, const char *leaf, const char *what)
{
	txt_printf(t, "  %-11s %8s  %s\n", leaf, node_str(n, leaf), what);
}

static void differences(struct text *t, const Mgmt__Node *out)
{
	const Mgmt__Node *d;
	size_t at = 0;

	while ((d = node_next(out, "difference", &at))) {
		txt_printf(t, "  %-10s ", node_str(d, "kind"));
		node_pair(t, d);
		txt_puts(t, "\n");
	}
}

static void rules(struct text *t, const Mgmt__Node *out)
{
	const Mgmt__Node *d;
	size_t at = 0;

	txt_printf(t, "  policy rules: %s as they should be, %s missing, %s unexpected\n",
		   node_str(out, "rules-equal"), node_str(out, "rules-missing"),
		   node_str(out, "rules-unexpected"));
	while ((d = node_next(out, "rule-difference", &at)))
		txt_printf(t, "  %-10s rule %s: from %s lookup %s\n", node_str(d, "kind"),
			   node_str(d, "preference"), node_str(d, "source-prefix"),
			   node_str(d, "table"));
}

static void history(struct text *t, const Mgmt__Node *out)
{
	const Mgmt__Node *drift = node_child(out, "drift");

	txt_printf(t, "By itself: %s comparisons", node_str(out, "comparisons"));
	if (node_has(out, "since-last")) {
		txt_puts(t, ", the last ");
		txt_uptime(t, node_int(out, "since-last"));
		txt_puts(t, " ago");
	}
	txt_printf(t, "; notifications lost %s times\n", node_str(out, "overruns"));
	if (drift)
		txt_printf(t,
			   "Repaired since the start: %s missing, %s different, %s unexpected; "
			   "policy rules: %s missing, %s unexpected\n",
			   node_str(drift, "missing"), node_str(drift, "different"),
			   node_str(drift, "unexpected"), node_str(drift, "rules-missing"),
			   node_str(drift, "rules-unexpected"));
}

/* Both families: the kernel's tables are read together. */
static void check_text(void *ctx, struct text *t, const Mgmt__Node *out)
{
	(void)ctx;
	txt_printf(t, "Compared with the kernel in %s ms:\n", node_str(out, "duration"));
	line(t, out, "equal", "as they should be");
	line(t, out, "changing", "being written");
	line(t, out, "missing", "not in the kernel any more");
	line(t, out, "different", "otherwise in the kernel");
	line(t, out, "unexpected", "like ours, and not wanted");
	line(t, out, "foreign", "of others, left alone");
	differences(t, out);
	rules(t, out);
	history(t, out);
}

void show_fib_check(struct cli_session *s)
{
	const struct show_plan p = {.path = "/srcdest-fib:check-fib", .text = check_text};

	show_rpc(s, &p, NULL, NULL, 0);
}

/* ---- what it costs ---- */

static void family_text(void *ctx, struct text *t, const Mgmt__Node *f)
{
	(void)ctx;
	txt_printf(t, "%-7s %-9s %10lld %10lld %10lld\n", node_str(f, "name"),
		   node_str(f, "backend"), (long long)node_int(f, "routes"),
		   (long long)node_int(f, "helpers"), (long long)node_int(f, "rules"));
}

void show_fib_summary(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-fib:fib-state/family",
		.text = family_text,
		.head = "Family  Sources       Routes    Helpers      Rules\n",
	};

	show_start(s, &p);
}
