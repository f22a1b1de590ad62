/* SPDX-License-Identifier: MIT */
/* Interfaces, in the look of FRR. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

static void address_text(struct text *t, const Mgmt__Node *a)
{
	const char *ip = node_str(a, "ip"), *peer = node_str(a, "peer");
	bool has_peer = *peer && strcmp(peer, "::") != 0 && strcmp(peer, "0.0.0.0") != 0;

	txt_printf(t, "  %s %s/%s%s%s%s%s%s\n", strchr(ip, ':') ? "inet6" : "inet", ip,
		   node_str(a, "prefix-length"), has_peer ? " peer " : "", has_peer ? peer : "",
		   node_bool(a, "secondary") ? " secondary" : "",
		   node_bool(a, "tentative") ? " tentative" : "",
		   node_bool(a, "duplicate") ? " duplicate" : "");
}

/* As FRR calls it. */
static const char *type_name(const char *type)
{
	if (strcmp(type, "ethernet") == 0)
		return "Ethernet";
	return strcmp(type, "loopback") == 0 ? "Loopback" : "Unknown";
}

static void interface_text(void *ctx, struct text *t, const Mgmt__Node *i)
{
	const Mgmt__Node *a;
	const char *sep = "";
	size_t at = 0;

	(void)ctx;
	txt_printf(t, "Interface %s is %s, line protocol is %s\n", node_str(i, "name"),
		   node_str(i, "admin-status"), node_str(i, "oper-status"));
	txt_printf(t, "  vrf: default\n  index %s metric 0 mtu %s\n  flags: <",
		   node_str(i, "if-index"), node_str(i, "mtu"));
	while ((a = node_next(i, "flag", &at))) {
		txt_printf(t, "%s%s", sep, a->value);
		sep = ",";
	}
	txt_printf(t, ">\n  Type: %s\n", type_name(node_str(i, "type")));
	if (node_has(i, "phys-address"))
		txt_printf(t, "  HWaddr: %s\n", node_str(i, "phys-address"));
	at = 0;
	while ((a = node_next(i, "address", &at)))
		address_text(t, a);
}

void show_interface(struct cli_session *s)
{
	const char *name = grammar_arg(&s->parsed, "name");
	struct show_plan p = {
		.path = "/srcdest-interfaces:interfaces-state/interface",
		.keys = {name},
		.n_keys = name != NULL,
		.text = interface_text,
		.nothing = name ? "Can't find this interface" : NULL,
	};

	show_start(s, &p);
}
