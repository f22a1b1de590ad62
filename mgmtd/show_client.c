/* SPDX-License-Identifier: MIT */
/* show zebra client: who is connected to zebra, and what it did. */
#include <stdio.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

static void name_text(struct text *t, const Mgmt__Node *c)
{
	txt_puts(t, node_has(c, "protocol") ? node_str(c, "protocol") : "(no HELLO)");
	if (node_int(c, "instance"))
		txt_printf(t, "-%s", node_str(c, "instance"));
	if (node_bool(c, "synchronous"))
		txt_puts(t, " (synchronous)");
	else if (node_int(c, "session"))
		txt_printf(t, " (session %s)", node_str(c, "session"));
}

/* ---- all of it ---- */

static void head_text(struct text *t, const Mgmt__Node *c)
{
	txt_puts(t, "Client: ");
	name_text(t, c);
	txt_printf(t, ", connection %s", node_str(c, "id"));
	if (node_has(c, "process-id"))
		txt_printf(t, ", process %s", node_str(c, "process-id"));
	if (node_has(c, "dialect"))
		txt_printf(t, ", dialect of FRR %s", node_str(c, "dialect"));
	txt_puts(t, ", connected for ");
	txt_uptime(t, node_int(c, "uptime"));
	txt_puts(t, "\n");
}

static void queue_text(struct text *t, const Mgmt__Node *c)
{
	const char *held = node_str(c, "held");

	txt_printf(t, "  unread: %s octets, %s pairs delayed, %s stalls",
		   node_str(c, "octets-waiting"), node_str(c, "routes-delayed"),
		   node_str(c, "stalls"));
	if (strcmp(held, "unread") == 0)
		txt_puts(t, "; not heard until it reads");
	else if (strcmp(held, "rib") == 0)
		txt_puts(t, "; not heard until its routes are in the table");
	txt_puts(t, "\n");
}

static void fault_text(struct text *t, const Mgmt__Node *c)
{
	if (!node_int(c, "errors"))
		return;
	txt_printf(t, "  errors: %s, the last ", node_str(c, "errors"));
	txt_uptime(t, node_int(c, "last-error-age"));
	txt_printf(t, " ago: %s\n", node_str(c, "last-error"));
}

static void messages_text(struct text *t, const Mgmt__Node *c)
{
	const Mgmt__Node *m;
	size_t at = 0;

	if (!node_has(c, "message"))
		return;
	txt_printf(t, "  %-28s %10s %10s\n", "message", "in", "out");
	while ((m = node_next(c, "message", &at)))
		txt_printf(t, "  %-28s %10s %10s\n", node_str(m, "command"), node_str(m, "in"),
			   node_str(m, "out"));
}

static void client_text(void *ctx, struct text *t, const Mgmt__Node *c)
{
	(void)ctx;
	head_text(t, c);
	if (node_has(c, "routes"))
		txt_printf(t, "  routes: %s in the table, %s of them stale\n",
			   node_str(c, "routes"), node_str(c, "routes-stale"));
	txt_printf(t, "  messages: %s in, %s out, %s dropped\n", node_str(c, "messages-in"),
		   node_str(c, "messages-out"), node_str(c, "messages-dropped"));
	txt_printf(t, "  routes told: %s added, %s deleted, %s refused; %s sent to it\n",
		   node_str(c, "routes-added"), node_str(c, "routes-deleted"),
		   node_str(c, "routes-refused"), node_str(c, "routes-sent"));
	queue_text(t, c);
	if (node_int(c, "stale-time"))
		txt_printf(t, "  graceful restart: routes stay for %s s\n",
			   node_str(c, "stale-time"));
	fault_text(t, c);
	messages_text(t, c);
	txt_puts(t, "\n");
}

void show_clients(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/client",
		.text = client_text,
	};

	show_start(s, &p);
}

/* ---- a line each ---- */

static void line_text(void *ctx, struct text *t, const Mgmt__Node *c)
{
	size_t before = t->n;

	(void)ctx;
	name_text(t, c);
	if (t->n - before < 24)
		txt_printf(t, "%*s", (int)(24 - (t->n - before)), "");
	txt_puts(t, " ");
	txt_uptime(t, node_int(c, "uptime"));
	txt_printf(t, " %9lld %9lld %9lld %9lld %9lld %7lld\n", (long long)node_int(c, "routes"),
		   (long long)node_int(c, "routes-stale"), (long long)node_int(c, "messages-in"),
		   (long long)node_int(c, "messages-out"), (long long)node_int(c, "octets-waiting"),
		   (long long)node_int(c, "errors"));
}

void show_clients_summary(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/client",
		.text = line_text,
		.head = "Client                   Connected   Routes     Stale        In       Out"
			"    Unread  Errors\n",
	};

	show_start(s, &p);
}

/* ---- those that went ---- */

static void departed_text(void *ctx, struct text *t, const Mgmt__Node *c)
{
	(void)ctx;
	name_text(t, c);
	txt_printf(t, ": gone, %s stale routes stay for %s s more\n", node_str(c, "routes-stale"),
		   node_str(c, "expires"));
}

void show_clients_departed(struct cli_session *s)
{
	const struct show_plan p = {
		.path = "/srcdest-rib:rib/departed-client",
		.text = departed_text,
	};

	show_start(s, &p);
}
