/* SPDX-License-Identifier: MIT */
/* The forwarding plane manager, shown. */
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

static void status_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	const char *state = node_str(n, "state");

	(void)ctx;
	if (strcmp(state, "off") == 0) {
		txt_printf(t, "No forwarding plane manager is configured\n");
		return;
	}
	txt_printf(t, "FPM at %s, %s: %s for ", node_str(n, "peer"), node_str(n, "encoding"),
		   state);
	txt_uptime(t, node_int(n, "since"));
	txt_puts(t, "\n");
	if (node_has(n, "last-error"))
		txt_printf(t, "  Last error: %s\n", node_str(n, "last-error"));
	txt_printf(t, "  Waiting to be told: %s pairs, %s octets\n", node_str(n, "pairs-waiting"),
		   node_str(n, "octets-waiting"));
}

static void counters_text(void *ctx, struct text *t, const Mgmt__Node *n)
{
	static const struct {
		const char *leaf, *words;
	} lines[] = {{"connections", "Connections"},
		     {"failures", "Failed attempts"},
		     {"syncs-begun", "Whole tables begun"},
		     {"syncs-done", "Whole tables told"},
		     {"overflows", "Overflows of marks"},
		     {"routes", "Routes told"},
		     {"withdrawals", "Withdrawals told"},
		     {"octets", "Octets written"},
		     {"frames-ignored", "Frames read and ignored"}};

	(void)ctx;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		txt_printf(t, "%-24s %12s\n", lines[i].words, node_str(n, lines[i].leaf));
}

void show_fpm_status(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-fpm:fpm-state/status",
		.text = status_text,
		.nothing = "zebra is not connected",
	};

	show_start(s, &p);
}

void show_fpm_counters(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-fpm:fpm-state/counters",
		.text = counters_text,
		.nothing = "zebra is not connected",
	};

	show_start(s, &p);
}
