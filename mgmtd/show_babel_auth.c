/* SPDX-License-Identifier: MIT */
/* MAC authentication of Babel: who signs, with what, and what can be ended. */
#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

static void key_text(struct text *t, const Mgmt__Node *k)
{
	bool sending = node_bool(k, "sending"), accepting = node_bool(k, "accepting");

	txt_printf(t, "  Key %s %s: %s packets verified, %s of them by no other key\n",
		   node_str(k, "key-id"),
		   sending && accepting ? "signs and is accepted"
		   : sending		? "signs only"
					: "is accepted only",
		   node_str(k, "verified"), node_str(k, "alone"));
	if (!node_bool(k, "removable"))
		return;
	txt_puts(t, "    it can go: nobody has needed it for ");
	txt_uptime(t, node_int(k, "unneeded"));
	txt_puts(t, "\n");
}

static void permissive_text(struct text *t, const Mgmt__Node *i)
{
	if (!node_bool(i, "permissive"))
		return;
	txt_printf(t, "  Permissive: %s packets accepted that were not signed as they should be\n",
		   node_str(i, "unsigned-accepted"));
	if (node_bool(i, "permissive-removable"))
		txt_puts(t, "    it can go: nobody has needed it for ");
	else if (node_int(i, "unsigned-accepted"))
		txt_puts(t, "    it is needed: the last one came before ");
	else
		txt_puts(t, "    too early to tell: it is on for ");
	txt_uptime(t, node_int(i, "unsigned-age"));
	txt_puts(t, "\n");
}

static void neighbor_text(struct text *t, const Mgmt__Node *n)
{
	const Mgmt__Node *k;
	size_t at = 0;

	txt_printf(t, "  Neighbour %s %s", node_str(n, "address"), node_str(n, "state"));
	if (node_has(n, "index"))
		txt_printf(t, " index %s multicast %s unicast %s",
			   *node_str(n, "index") ? node_str(n, "index") : "empty",
			   node_str(n, "packet-counter-multicast"),
			   node_str(n, "packet-counter-unicast"));
	while ((k = node_next(n, "key", &at)))
		txt_printf(t, ", key %s verified %s (alone %s)", node_str(k, "key-id"),
			   node_str(k, "verified"), node_str(k, "alone"));
	if (node_int(n, "unsigned-accepted")) {
		txt_printf(t, ", %s packets unsigned, the last one before ",
			   node_str(n, "unsigned-accepted"));
		txt_uptime(t, node_int(n, "unsigned-age"));
	}
	txt_puts(t, "\n");
}

static void auth_text(void *ctx, struct text *t, const Mgmt__Node *i)
{
	const Mgmt__Node *n;
	size_t at = 0;

	(void)ctx;
	txt_printf(t, "%s signs with key chain %s, %s\n", node_str(i, "interface"),
		   node_str(i, "key-chain"),
		   node_bool(i, "permissive") ? "and believes also who does not"
					      : "and believes nobody else");
	if (node_has(i, "index"))
		txt_printf(t, "  Index %s, next packet counter %s\n", node_str(i, "index"),
			   node_str(i, "packet-counter"));
	if (node_int(i, "replay-window"))
		txt_printf(t, "  Replay window of %s packets\n", node_str(i, "replay-window"));
	txt_printf(t, "  %s packets fine, %s challenges and %s replies sent\n",
		   node_str(i, "accepted"), node_str(i, "challenges-sent"),
		   node_str(i, "replies-sent"));
	while ((n = node_next(i, "failed", &at)))
		txt_printf(t, "  %s packets %s: %s\n", node_str(n, "count"),
			   node_bool(i, "permissive") ? "not fine" : "dropped",
			   node_str(n, "reason"));
	at = 0;
	if (!node_next(i, "key", &at))
		txt_puts(t, "  No key is in force\n");
	at = 0;
	while ((n = node_next(i, "key", &at)))
		key_text(t, n);
	permissive_text(t, i);
	at = 0;
	while ((n = node_next(i, "neighbor", &at)))
		neighbor_text(t, n);
}

void show_babel_auth(struct cli_session *s)
{
	const char *name = grammar_arg(&s->parsed, "name");
	const struct show_plan p = {
		.path = "/srcdest-babel-state:babel-state/authentication",
		.keys = {name},
		.n_keys = name != NULL,
		.text = auth_text,
		.nothing = name ? "Babel does not sign on this interface"
				: "Babel signs on no interface",
	};

	show_start(s, &p);
}
