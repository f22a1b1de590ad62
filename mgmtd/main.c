/* SPDX-License-Identifier: MIT */
/* mgmtd: the configuration of all daemons, and who may look at and change it. */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/cli/grammar.h"
#include "lib/io/daemon.h"
#include "lib/io/log.h"
#include "lib/nb/msg.h"
#include "mgmtd/backend.h"
#include "mgmtd/cli_file.h"
#include "mgmtd/cli_session.h"
#include "mgmtd/frontend.h"
#include "mgmtd/start.h"

#define CONFIG_DEFAULT	 SYSCONFDIR "/srcdest/srcdest.conf"
#define STATEDIR_DEFAULT LOCALSTATEDIR "/lib/srcdest"

struct mgmtd {
	struct daemon daemon;
	const char *config, *statedir;
	char marker[PATH_MAX];
	struct schema *schema;
	struct grammar *grammar;
	struct history *history;
	struct datastores *ds;
	struct txns *txns;
	struct loop_timer *txn_timer;
	struct backend *backend;
	struct cli *cli;
	struct frontend *frontend;
};

enum { OPT_CONFIG = 256, OPT_STATEDIR, OPT_CHECK };

static const struct option options[] = {
	{"config", required_argument, NULL, OPT_CONFIG},
	{"statedir", required_argument, NULL, OPT_STATEDIR},
	{"config-check", no_argument, NULL, OPT_CHECK},
	{NULL, 0, NULL, 0},
};

static const char options_help[] =
	"  --config FILE      the startup configuration\n"
	"                     (" CONFIG_DEFAULT ")\n"
	"  --statedir DIR     history and what was last in force are there\n"
	"                     (" STATEDIR_DEFAULT ")\n"
	"  --config-check     only look whether FILE is a good configuration: exit\n"
	"                     code 0, or 1 and what is wrong with which line\n";

/* Where the modules are: of the build tree, for tests, or installed. */
static const char *yang_dir(void)
{
	const char *dir = getenv("SRCDEST_YANG_DIR");

	return dir && *dir ? dir : YANGDIR;
}

static void __attribute__((noreturn)) fatal(const char *err)
{
	fprintf(stderr, "mgmtd: %s\n", err);
	exit(1);
}

static void load_schema(struct mgmtd *m)
{
	char err[1024];

	m->schema = schema_new(yang_dir(), err, sizeof(err));
	if (!m->schema)
		fatal(err);
	m->grammar = grammar_new(m->schema->ly, err, sizeof(err));
	if (!m->grammar)
		fatal(err);
}

static bool option(void *ctx, int val, const char *arg, char *err, unsigned int err_size)
{
	struct mgmtd *m = ctx;

	(void)err;
	(void)err_size;
	switch (val) {
	case OPT_CONFIG:
		m->config = arg;
		return true;
	case OPT_STATEDIR:
		m->statedir = arg;
		return true;
	case OPT_CHECK:
		return true;
	}
	return false;
}

/* Before the daemon's start: it is to disturb none that runs. */
static void check_if_asked(struct mgmtd *m, int argc, char **argv)
{
	const char *config = CONFIG_DEFAULT;
	bool asked = false;
	int code;

	for (int i = 1; i < argc; i++) {
		asked = asked || strcmp(argv[i], "--config-check") == 0;
		if (strcmp(argv[i], "--config") == 0 && argv[i + 1])
			config = argv[++i];
		else if (strncmp(argv[i], "--config=", 9) == 0)
			config = argv[i] + 9;
	}
	if (!asked)
		return;
	load_schema(m);
	code = start_check(m->schema, m->grammar, config);
	grammar_free(m->grammar);
	schema_free(m->schema);
	exit(code);
}

/* ---- transactions ---- */

static mono_t txn_now(void *ctx)
{
	return loop_now(((struct mgmtd *)ctx)->daemon.loop);
}

static int64_t txn_wall(void *ctx)
{
	(void)ctx;
	return time(NULL);
}

static void txn_wake_at(void *ctx, mono_t at)
{
	loop_timer_at(((struct mgmtd *)ctx)->txn_timer, at);
}

static void txn_due(void *ctx)
{
	txn_run(((struct mgmtd *)ctx)->txns);
}

/* ---- the startup configuration ---- */

static bool save_startup(void *ctx, const struct lyd_node *tree, struct edit_error *err)
{
	const struct mgmtd *m = ctx;

	return cli_file_save(m->grammar, tree, m->config, err);
}

static const struct ds_ops ds_ops = {.save_startup = save_startup};

static void make_statedir(const struct mgmtd *m)
{
	const struct passwd *pw = m->daemon.user ? getpwnam(m->daemon.user) : NULL;
	char err[PATH_MAX + 128];

	if (mkdir(m->statedir, 0700) != 0 && errno != EEXIST) {
		snprintf(err, sizeof(err), "state directory %s: %s", m->statedir, strerror(errno));
		fatal(err);
	}
	/* Whoever we become goes on writing there. */
	if (pw && chown(m->statedir, pw->pw_uid, pw->pw_gid) != 0)
		log_warning("state directory %s: %s", m->statedir, strerror(errno));
}

static void open_stores(struct mgmtd *m)
{
	char err[1024];

	m->history = history_new(m->schema, m->statedir, err, sizeof(err));
	if (!m->history)
		fatal(err);
	m->ds = ds_new(m->schema, &ds_ops, m);
	snprintf(m->marker, sizeof(m->marker), "%s/mgmtd.running", m->daemon.rundir);
	if (!start_configuration(&(struct start_env){.schema = m->schema,
						     .grammar = m->grammar,
						     .history = m->history,
						     .ds = m->ds,
						     .config = m->config,
						     .statedir = m->statedir,
						     .marker = m->marker},
				 err, sizeof(err)))
		fatal(err);
}

/* ---- sessions ---- */

static void open_sockets(struct mgmtd *m)
{
	static const struct backend_ops backend_ops = {.notify = NULL};
	struct front_layer layers[FRONT_KINDS] = {{.open = NULL}};
	char err[1024], path[128];
	struct cli_env env = {
		.schema = m->schema,
		.grammar = m->grammar,
		.ds = m->ds,
		.txns = m->txns,
		.history = m->history,
		.startup = m->config,
	};

	m->backend = backend_new(m->daemon.loop, m->schema, m->txns,
				 daemon_path(&m->daemon, MSG_BACKEND_SOCKET, path, sizeof(path)),
				 &backend_ops, m, err, sizeof(err));
	if (!m->backend)
		fatal(err);
	env.backend = m->backend;
	m->cli = cli_new(&env, err, sizeof(err));
	if (!m->cli)
		fatal(err);
	layers[FRONT_CLI] = cli_layer(m->cli);
	m->frontend = frontend_new(m->daemon.loop,
				   daemon_path(&m->daemon, MSG_FRONT_SOCKET, path, sizeof(path)),
				   layers, m->ds, m->txns, err, sizeof(err));
	if (!m->frontend)
		fatal(err);
	cli_set_frontend(m->cli, m->frontend);
}

static void cleanup(void *ctx)
{
	struct mgmtd *m = ctx;

	frontend_free(m->frontend);
	cli_free(m->cli);
	backend_free(m->backend);
	txns_free(m->txns);
	loop_timer_free(m->txn_timer);
	ds_free(m->ds);
	history_free(m->history);
	grammar_free(m->grammar);
	schema_free(m->schema);
	start_ended(m->marker);
}

static const struct daemon_info info = {
	.name = "mgmtd",
	.summary = "keeps the configuration of all daemons, for vtysh and netconfd",
	.options = options,
	.options_help = options_help,
	.option = option,
	.capabilities = "",
	.cleanup = cleanup,
};

int main(int argc, char **argv)
{
	struct mgmtd m = {.config = CONFIG_DEFAULT, .statedir = STATEDIR_DEFAULT};
	struct txn_env env = {.now = txn_now, .wall = txn_wall, .wake = txn_wake_at, .ctx = &m};

	check_if_asked(&m, argc, argv);
	daemon_init(&m.daemon, &info, &m, argc, argv);
	make_statedir(&m);
	/* What is made from here on belongs to --user. */
	daemon_drop_privileges(&m.daemon);
	load_schema(&m);
	open_stores(&m);
	m.txn_timer = loop_timer_new(m.daemon.loop, txn_due, &m);
	m.txns = txns_new(m.ds, m.history, m.statedir, &env);
	open_sockets(&m);
	daemon_ready(&m.daemon);
	log_notice("ready");
	return daemon_run(&m.daemon);
}
