/* SPDX-License-Identifier: MIT */
/* babeld: the Babel routing protocol with source-specific routes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babeld.h"
#include "lib/nb/msg.h"

enum { OPT_ZAPI = 256, OPT_RECORD };

static const struct option options[] = {
	{"zapi", required_argument, NULL, OPT_ZAPI},
	{"record", required_argument, NULL, OPT_RECORD},
	{NULL, 0, NULL, 0},
};

static const char options_help[] =
	"  --zapi PATH      socket of zebra, ours or FRR's (zserv.api in the run directory)\n"
	"  --record FILE    record all that happens to Babel, for srcdest-babel-replay\n";

static bool option(void *ctx, int val, const char *arg, char *err, unsigned int err_size)
{
	struct babeld *b = ctx;

	if (val == OPT_RECORD) {
		b->record_path = arg;
		return true;
	}
	if (val != OPT_ZAPI)
		return false;
	if (!*arg || strlen(arg) >= 108) { /* sun_path */
		snprintf(err, err_size, "'%s' can't be the path of a unix socket", arg);
		return false;
	}
	b->zapi_path = arg;
	return true;
}

static void applied(void *ctx)
{
	babeld_reconfigure(ctx);
}

static void stop(void *ctx)
{
	babeld_goodbye(ctx);
}

static void cleanup(void *ctx)
{
	babeld_fini(ctx);
}

static const struct daemon_info info = {
	.name = "babeld",
	.summary = "speaks Babel (RFC 8966) with source-specific routes (RFC 9079)",
	.options = options,
	.options_help = options_help,
	.option = option,
	.capabilities = "",
	.stop = stop,
	.cleanup = cleanup,
};

static void fatal(const char *err)
{
	fprintf(stderr, "babeld: %s\n", err);
	exit(1);
}

int main(int argc, char **argv)
{
	struct nb_table table = babel_nb_table;
	struct babeld b;
	char err[512], path[128];

	memset(&b, 0, sizeof(b));
	babel_conf_init(&b.config.conf);
	b.config.applied = applied;
	b.config.ctx = &b;
	daemon_init(&b.daemon, &info, &b, argc, argv);
	babeld_init(&b);
	table.states = babel_nb_states;
	table.n_states = babel_nb_n_states;
	table.rpcs = babel_nb_rpcs;
	table.n_rpcs = babel_nb_n_rpcs;
	b.nb = nb_new(&table, &b.config, b.loop,
		      daemon_path(&b.daemon, MSG_BACKEND_SOCKET, path, sizeof(path)), "babeld");
	babel_events_to(b.events, b.nb);
	if (!babeld_start(&b, err, sizeof(err)))
		fatal(err);
	daemon_drop_privileges(&b.daemon);
	daemon_ready(&b.daemon);
	log_notice("ready");
	return daemon_run(&b.daemon);
}
