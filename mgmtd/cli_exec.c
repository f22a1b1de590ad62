/* SPDX-License-Identifier: MIT */
/* The commands that are no configuration: a table, and the small ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/cli_private.h"
#include "mgmtd/show.h"

enum { EXEC = 1, CONFIG = 2, BOTH = 3 };

struct command {
	unsigned int rooms;
	const char *line, *help;
	void (*run)(struct cli_session *s);
};

static bool has(const struct cli_session *s, const char *word)
{
	return grammar_has(&s->parsed, word);
}

/* ---- modes ---- */

static void run_configure(struct cli_session *s)
{
	cli_configure(s, CLI_EDIT_AT_ONCE);
}

static void run_configure_private(struct cli_session *s)
{
	cli_configure(s, CLI_EDIT_PRIVATE);
}

static void run_configure_exclusive(struct cli_session *s)
{
	cli_configure(s, CLI_EDIT_EXCLUSIVE);
}

static void run_nothing(struct cli_session *s)
{
	cli_done(s, CLI_OK);
}

static void run_end(struct cli_session *s)
{
	if (!cli_may_leave(s))
		return;
	if (s->edit != CLI_EDIT_NONE)
		cli_leave_config(s);
	cli_done(s, CLI_OK);
}

static void run_exit(struct cli_session *s)
{
	if (s->edit != CLI_EDIT_NONE && grammar_up(s->cli->env.grammar, &s->place)) {
		cli_done(s, CLI_OK);
		return;
	}
	if (s->edit != CLI_EDIT_NONE) {
		run_end(s);
		return;
	}
	s->quit = true;
	cli_done(s, CLI_OK);
}

static void run_do(struct cli_session *s)
{
	static const struct grammar_place exec = {.room = GRAMMAR_EXEC};
	const char *line = grammar_arg(&s->parsed, "line");
	char *rest = strdup(line ? line : "");

	if (!rest)
		abort();
	free(s->line);
	s->line = rest;
	cli_run_line(s, &exec);
}

/* ---- commits ---- */

static void run_commit(struct cli_session *s)
{
	cli_commit(s, false, false);
}

static void run_commit_check(struct cli_session *s)
{
	cli_commit(s, true, false);
}

static void run_commit_confirmed(struct cli_session *s)
{
	cli_commit(s, false, true);
}

static void run_rollback(struct cli_session *s)
{
	cli_rollback(s, grammar_arg(&s->parsed, "number"));
}

static void run_abort(struct cli_session *s)
{
	cli_discard(s, true);
}

static void run_discard(struct cli_session *s)
{
	cli_discard(s, false);
}

/* ---- configurations ---- */

static void print_config(struct cli_session *s, const struct lyd_node *tree, const char *head)
{
	if (has(s, "json")) {
		cli_tree_json(s, tree);
	} else {
		cli_say(s, "%s", head);
		cli_print_tree(s, tree);
		cli_say(s, "!\nend\n");
	}
	cli_done(s, CLI_OK);
}

static void run_show_running(struct cli_session *s)
{
	print_config(s, ds_tree(s->cli->env.ds, DS_RUNNING),
		     has(s, "no-header") ? "" : "\nCurrent configuration:\n!\n");
}

static void run_show_startup(struct cli_session *s)
{
	print_config(s, ds_tree(s->cli->env.ds, DS_STARTUP), "!\n");
}

static void run_show_rollback(struct cli_session *s)
{
	cli_show_rollback(s, grammar_arg(&s->parsed, "number"));
}

/* ---- the router ---- */

static void run_version(struct cli_session *s)
{
	cli_say(s, "srcdest " PACKAGE_VERSION "\n");
	cli_done(s, CLI_OK);
}

static bool say_session(void *ctx, const struct front_info *i)
{
	struct cli_session *s = ctx;
	const struct datastores *ds = s->cli->env.ds;

	cli_say(s, "%c%6u %-8s %-16s %-24s%s%s\n", i->who.id == s->who.id ? '*' : ' ', i->who.id,
		i->kind == FRONT_CLI ? "cli" : "netconf", i->who.user, i->who.from,
		ds_lock_owner(ds, DS_RUNNING) == i->who.id ? " running locked" : "",
		ds_lock_owner(ds, DS_CANDIDATE) == i->who.id ? " candidate locked" : "");
	return true;
}

static void run_sessions(struct cli_session *s)
{
	struct ds_session by = {.id = 0};
	unsigned int left;

	cli_say(s, " %6s %-8s %-16s %s\n", "id", "kind", "user", "from");
	if (s->cli->frontend)
		frontend_each(s->cli->frontend, say_session, s);
	if (txn_pending(s->cli->env.txns, &left, &by))
		cli_say(s, "A commit of %s (session %u) waits to be confirmed, %u s are left.\n",
			by.user ? by.user : "?", by.id, left);
	cli_done(s, CLI_OK);
}

static void say_daemon(struct cli_session *s, const char *name)
{
	const char *refusal = txn_refusal(s->cli->env.txns, name);

	cli_say(s, "%-10s %s\n", name,
		backend_has_daemon(s->cli->env.backend, name) ? "connected" : "not connected");
	if (refusal)
		cli_say(s, "           can't take its configuration: %s\n", refusal);
}

static void run_daemons(struct cli_session *s)
{
	static const char *const names[] = {"zebra", "babeld", "netconfd"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		say_daemon(s, names[i]);
	cli_done(s, CLI_OK);
}

/* ---- the table ---- */

static const struct command commands[] = {
	{EXEC, "configure", "Change the configuration, each line at once", run_configure},
	{EXEC, "configure terminal", "Each line acts at once, as in FRR", run_configure},
	{EXEC, "configure private", "A candidate of one's own, with commit", run_configure_private},
	{EXEC, "configure exclusive", "A candidate, and nobody else may change anything",
	 run_configure_exclusive},
	{EXEC, "enable", "Nothing to do: everything is allowed that will be", run_nothing},
	{EXEC, "disable", "Nothing to do", run_nothing},
	{BOTH, "exit", "One level up, or leave the shell", run_exit},
	{BOTH, "quit", "One level up, or leave the shell", run_exit},
	{BOTH, "end", "Leave the configuration", run_end},
	{CONFIG, "do $line:line", "A command from outside the configuration", run_do},

	{BOTH, "commit", "Make the candidate the configuration, or confirm a commit", run_commit},
	{BOTH, "commit comment $text:line", "With a remark for the history", run_commit},
	{BOTH, "commit check", "Try, and change nothing", run_commit_check},
	{BOTH, "commit confirmed", "Take it back after 600 seconds unless confirmed",
	 run_commit_confirmed},
	{BOTH, "commit confirmed $seconds:number", "Take it back after so many seconds",
	 run_commit_confirmed},
	{BOTH, "commit confirmed $seconds:number comment $text:line",
	 "With a remark for the history", run_commit_confirmed},
	{BOTH, "commit cancel", "Take the commit that waits to be confirmed back now", cli_cancel},
	{BOTH, "rollback $number:number", "Go back to a commit: 1 is the one before the last",
	 run_rollback},
	{CONFIG, "abort", "Throw the candidate away and leave the configuration", run_abort},
	{CONFIG, "discard", "Throw the candidate's changes away", run_discard},

	{BOTH, "write", "Save the configuration for the next start", cli_write},
	{BOTH, "write memory", "Save the configuration for the next start", cli_write},
	{BOTH, "write file", "Save the configuration for the next start", cli_write},
	{BOTH, "copy running-config startup-config", "Save the configuration for the next start",
	 cli_write},
	{BOTH, "write terminal", "The configuration that is in force", run_show_running},
	{BOTH, "show running-config [json]", "The configuration that is in force",
	 run_show_running},
	{BOTH, "show running-config no-header", "Without the lines around it", run_show_running},
	{BOTH, "show startup-config [json]", "The configuration of the next start",
	 run_show_startup},
	{BOTH, "show configuration candidate", "The candidate", cli_show_candidate},
	{BOTH, "show configuration diff", "What a commit, or write memory, would change",
	 cli_show_diff},
	{BOTH, "show configuration history", "The last commits", cli_show_history},
	{BOTH, "show configuration rollback $number:number", "What rollback would change",
	 run_show_rollback},
	{BOTH, "show version", "Version of srcdest", run_version},
	{BOTH, "show sessions", "Who is connected, and who holds locks", run_sessions},
	{BOTH, "show daemons", "Which daemons are connected", run_daemons},
	{BOTH, "terminal length $lines:number", "Lines of the screen; 0: no pager", run_nothing},
	{BOTH, "terminal paginate", "Show long answers through a pager", run_nothing},
	{BOTH, "terminal no paginate", "Show long answers at once", run_nothing},

	{BOTH, "show interface [$name:name] [json]", "Interfaces and their addresses",
	 show_interface},
	{BOTH, "show ip route [json]", "All IPv4 routes", show_route},
	{BOTH, "show ipv6 route [json]", "All IPv6 routes", show_route},
	{BOTH, "show ip route kernel [json]", "Routes of others in the kernel", show_route},
	{BOTH, "show ip route connected [json]", "Routes to the links", show_route},
	{BOTH, "show ip route static [json]", "Routes from the configuration", show_route},
	{BOTH, "show ip route babel [json]", "Routes from Babel", show_route},
	{BOTH, "show ipv6 route kernel [json]", "Routes of others in the kernel", show_route},
	{BOTH, "show ipv6 route connected [json]", "Routes to the links", show_route},
	{BOTH, "show ipv6 route static [json]", "Routes from the configuration", show_route},
	{BOTH, "show ipv6 route babel [json]", "Routes from Babel", show_route},
	{BOTH, "show ip route table $id:number [json]", "Routes in another table of the kernel",
	 show_route},
	{BOTH, "show ipv6 route table $id:number [json]",
	 "Routes in another table of the kernel", show_route},
	{BOTH, "show ip route $destination:prefix4 [json]", "Routes to exactly this destination",
	 show_route},
	{BOTH, "show ipv6 route $destination:prefix6 [json]",
	 "Routes to exactly this destination, from any source", show_route},
	{BOTH, "show ipv6 route $destination:prefix6 from $source:prefix6 [json]",
	 "The routes of exactly this pair", show_route},
	{BOTH, "show ip route $address:address4 [json]", "The way of a packet", show_lookup},
	{BOTH, "show ipv6 route $address:address6 [json]", "The way of a packet", show_lookup},
	{BOTH, "show ip route $address:address4 from $source:address4 [json]",
	 "The way of a packet with this destination and source, with reasons", show_explain},
	{BOTH, "show ip route $address:address4 from $source:address4 iif $name:name [json]",
	 "As of a packet that comes in there", show_explain},
	{BOTH, "show ipv6 route $address:address6 from $source:address6 [json]",
	 "The way of a packet with this destination and source, with reasons", show_explain},
	{BOTH, "show ipv6 route $address:address6 from $source:address6 iif $name:name [json]",
	 "As of a packet that comes in there", show_explain},
	{BOTH, "show ip route summary [json]", "How many routes of which origin", show_summary},
	{BOTH, "show ipv6 route summary [json]", "How many routes of which origin", show_summary},
	{BOTH, "show ip fib [json]", "Routes in the kernel by our doing", show_fib},
	{BOTH, "show ipv6 fib [json]", "Routes in the kernel by our doing", show_fib},
	{BOTH, "show ip prefix-list [$name:word] [json]", "Rows of prefix lists, with hits",
	 show_prefix_list},
	{BOTH, "show ipv6 prefix-list [$name:word] [json]", "Rows of prefix lists, with hits",
	 show_prefix_list},
	{BOTH, "show route-map [$name:word] [json]", "Entries of route maps, with hits",
	 show_route_map},
	{BOTH, "show ip fib summary [json]", "How routes get into the kernel, and how many",
	 show_fib_summary},
	{BOTH, "show ipv6 fib summary [json]", "How routes get into the kernel, and how many",
	 show_fib_summary},
	{BOTH, "show ip fib check [json]", "Compare the kernel's routes with ours",
	 show_fib_check},
	{BOTH, "show ipv6 fib check [json]", "Compare the kernel's routes with ours",
	 show_fib_check},
	{BOTH, "show zebra client [json]", "Daemons that are zebra's clients", show_clients},
	{BOTH, "show zebra client summary [json]", "A line for each of zebra's clients",
	 show_clients_summary},
	{BOTH, "show zebra client departed [json]", "Clients that went, whose routes stay",
	 show_clients_departed},
	{BOTH, "show fpm status [json]", "Whether the forwarding plane manager is connected",
	 show_fpm_status},
	{BOTH, "show fpm counters [json]", "What the forwarding plane manager was told",
	 show_fpm_counters},
	{BOTH, "show babel auth [$name:name] [json]", "Who signs, and with which key",
	 show_babel_auth},
	{BOTH, "show babel interface [$name:name] [json]", "Interfaces as Babel sees them",
	 show_babel_interface},
	{BOTH, "show babel neighbor [$name:name] [json]", "Neighbours", show_babel_neighbor},
	{BOTH, "show babel route [json]", "Routes of all neighbours", show_babel_route},
	{BOTH, "show babel route $destination:prefix [json]",
	 "Why the routes to exactly this destination are as they are", show_babel_explain},
	{BOTH, "show babel route $destination:prefix from $source:prefix [json]",
	 "Why the routes of exactly this pair are as they are", show_babel_explain},
	{BOTH, "show babel route $address:address4 [json]", "The way of a packet, with reasons",
	 show_babel_explain},
	{BOTH, "show babel route $address:address6 [json]", "The way of a packet, with reasons",
	 show_babel_explain},
	{BOTH, "show babel route $address:address6 from $source:address6 [json]",
	 "The way of a packet with this destination and source, with reasons", show_babel_explain},
	{BOTH, "show babel filter [json]", "Filter rules, and how often each decided",
	 show_babel_filter},
	{BOTH, "show babel filter in [json]", "Rules for what neighbours announce",
	 show_babel_filter},
	{BOTH, "show babel filter out [json]", "Rules for what is announced", show_babel_filter},
	{BOTH, "show babel filter redistribute [json]", "Rules for routes of the routing table",
	 show_babel_filter},
	{BOTH, "show babel filter install [json]", "Rules for what the routing table gets",
	 show_babel_filter},
	{BOTH, "show babel source [json]", "Feasibility distances", show_babel_source},
	{BOTH, "show babel limits [json]", "What neighbours can make us keep, and who did",
	 show_babel_limits},
	{BOTH, "show babel request [json]", "Seqno requests that wait for an answer",
	 show_babel_request},
	{BOTH, "show babel parameters [json]", "This router: identity, counters",
	 show_babel_parameters},

	{EXEC, "clear babel neighbor", "Forget all neighbours and learn them anew",
	 clear_babel_neighbor},
	{EXEC, "clear babel neighbor $name:name", "Those on one interface", clear_babel_neighbor},
	{EXEC, "clear babel neighbor $name:name $address:address6", "One of them",
	 clear_babel_neighbor},
	{EXEC, "clear babel route $destination:prefix", "Forget a route and ask for it again",
	 clear_babel_route},
	{EXEC, "clear babel route $destination:prefix from $source:prefix",
	 "Forget a route and ask for it again", clear_babel_route},
	{EXEC, "refresh babel", "Ask all neighbours for all routes", refresh_babel},
	{EXEC, "refresh rib", "Compare with the kernel, and write what is missing there",
	 refresh_rib},
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct {
	const char *words, *help;
} helps[] = {
	{"show", "What there is"},
	{"show ip", "IPv4"},
	{"show ipv6", "IPv6"},
	{"show babel", "Babel"},
	{"show zebra", "The RIB's daemon"},
	{"show fpm", "The forwarding plane manager"},
	{"show running-config", "The configuration that is in force"},
	{"show configuration", "The candidate, and former configurations"},
	{"copy", "Save the configuration"},
	{"commit", "Make the candidate the configuration, or confirm a commit"},
	{"write", "Save the configuration, or show it"},
	{"terminal", "This terminal"},
	{"terminal no", "Turn off"},
	{"clear", "Forget and learn anew"},
	{"clear babel", "Babel"},
	{"refresh", "Ask again, and forget nothing"},
};

static bool add(struct grammar *g, enum grammar_room room, size_t i, char *err, size_t err_size)
{
	const struct grammar_command c = {
		.id = (int)i + 1, .room = room, .line = commands[i].line, .help = commands[i].help};

	return grammar_add(g, &c, 1, err, err_size);
}

bool cli_add_commands(struct grammar *g, char *err, size_t err_size)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if ((commands[i].rooms & EXEC) && !add(g, GRAMMAR_EXEC, i, err, err_size))
			return false;
		if ((commands[i].rooms & CONFIG) && !add(g, GRAMMAR_CONFIG, i, err, err_size))
			return false;
	}
	for (size_t i = 0; i < sizeof(helps) / sizeof(helps[0]); i++)
		grammar_add_help(g, helps[i].words, helps[i].help);
	return true;
}

void cli_run_command(struct cli_session *s, int id)
{
	commands[id - 1].run(s);
}

bool cli_is_show(int id)
{
	return id && (strncmp(commands[id - 1].line, "show ", 5) == 0 ||
		      commands[id - 1].run == run_show_running || commands[id - 1].run == run_do);
}

bool cli_takes_bar(const char *line)
{
	size_t n = strcspn(line, " \t");

	if (n == 2 && strncmp(line, "do", 2) == 0) {
		line += 2 + strspn(line + 2, " \t");
		n = strcspn(line, " \t");
	}
	return n && n <= 5 && (strncmp(line, "show", n) == 0 || strncmp(line, "write", n) == 0);
}
