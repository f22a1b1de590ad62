/* SPDX-License-Identifier: MIT */
/* mgmtd: the configuration of all daemons, and who may look at and change it. */
#include <errno.h>
#include <ftw.h>
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
#include "mgmtd/nacm.h"
#include "mgmtd/netconf.h"
#include "mgmtd/start.h"

#define CONFIG_DEFAULT	 SYSCONFDIR "/srcdest/srcdest.conf"
#define STATEDIR_DEFAULT LOCALSTATEDIR "/lib/srcdest"

struct mgmtd {
	struct daemon daemon;
	const char *config, *statedir, *yang_dir;
	char marker[PATH_MAX];
	struct schema *schema;
	struct grammar *grammar;
	struct history *history;
	struct datastores *ds;
	struct nacm *nacm;
	struct txns *txns;
	struct loop_timer *txn_timer;
	struct backend *backend;
	struct cli *cli;
	struct netconf *netconf;
	struct frontend *frontend;
};

enum { OPT_CONFIG = 256, OPT_STATEDIR, OPT_YANG_DIR, OPT_CHECK };

static const struct option options[] = {
	{"config", required_argument, NULL, OPT_CONFIG},
	{"statedir", required_argument, NULL, OPT_STATEDIR},
	{"yang-dir", required_argument, NULL, OPT_YANG_DIR},
	{"config-check", no_argument, NULL, OPT_CHECK},
	{NULL, 0, NULL, 0},
};

static const char options_help[] =
	"  --config FILE      the startup configuration\n"
	"                     (" CONFIG_DEFAULT ")\n"
	"  --statedir DIR     history and what was last in force are there\n"
	"                     (" STATEDIR_DEFAULT ")\n"
	"  --yang-dir DIR     the YANG modules (" YANGDIR ")\n"
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

	m->schema = schema_new(m->yang_dir, err, sizeof(err));
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
	case OPT_YANG_DIR:
		m->yang_dir = arg;
		return true;
	case OPT_CHECK:
		return true;
	}
	return false;
}

/* Before the daemon's start: it is to disturb none that runs. */
static void check_if_asked(struct mgmtd *m, int argc, char **argv)
{
	bool asked = false;
	char err[64];
	int code, val;

	/* "-": the order stays. What is wrong with options daemon_init() says. */
	opterr = 0;
	while ((val = getopt_long(argc, argv, "-:", options, NULL)) != -1) {
		if (val >= OPT_CONFIG)
			option(m, val, optarg, err, sizeof(err));
		asked = asked || val == OPT_CHECK;
	}
	optind = 0;
	if (!asked)
		return;
	load_schema(m);
	code = start_check(m->schema, m->grammar, m->config);
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

struct search {
	uint32_t id;
	bool recovery;
};

static bool is_recovery(void *ctx, const struct front_info *i)
{
	struct search *s = ctx;

	if (i->who.id != s->id)
		return true;
	s->recovery = i->recovery;
	return false;
}

static bool txn_authorise(void *ctx, const struct ds_session *by, const struct change_list *changes,
			  struct edit_error *err)
{
	struct mgmtd *m = ctx;
	struct search s = {.id = by->id};

	frontend_each(m->frontend, is_recovery, &s);
	return nacm_may_write(m->nacm, &(struct nacm_who){by->user, s.recovery}, changes, err);
}

static void log_event(const struct txn_event *ev)
{
	unsigned long long id = ev->id;
	const char *from = ev->by.from && *ev->by.from ? ev->by.from : "itself";

	switch (ev->kind) {
	case TXN_COMMITTED:
		log_notice("commit %llu by %s (%s), %zu changes", id, ev->by.user, from,
			   ev->changes->n);
		break;
	case TXN_CONFIRM_START:
	case TXN_CONFIRM_EXTEND:
		log_notice("commit %llu is undone in %u s unless it is confirmed", id, ev->timeout);
		break;
	case TXN_CONFIRM_CANCEL:
		log_notice("commit %llu undoes what was not confirmed: cancelled", id);
		break;
	case TXN_CONFIRM_TIMEOUT:
		log_notice("commit %llu undoes what was not confirmed in time", id);
		break;
	case TXN_CONFIRM_COMPLETE:
		log_notice("confirmed by %s (%s)", ev->by.user, from);
		break;
	}
}

static void txn_event_seen(void *ctx, const struct txn_event *ev)
{
	struct mgmtd *m = ctx;

	log_event(ev);
	if (ev->kind == TXN_COMMITTED)
		nacm_load(m->nacm, ds_tree(m->ds, DS_RUNNING));
	/* A rollback may be due before there is anyone to tell. */
	if (m->netconf)
		netconf_txn_event(m->netconf, ev);
}

/* ---- the startup configuration ---- */

static bool save_startup(void *ctx, const struct lyd_node *tree, struct edit_error *err)
{
	const struct mgmtd *m = ctx;

	return cli_file_save(m->grammar, tree, m->config, err);
}

static const struct ds_ops ds_ops = {.save_startup = save_startup};

static uid_t new_uid;
static gid_t new_gid;

static int give_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return lchown(path, new_uid, new_gid);
}

/* Whoever we become goes on writing there, also what an earlier start without
 * --user has left. */
static void make_statedir(const struct mgmtd *m)
{
	const struct passwd *pw = m->daemon.user ? getpwnam(m->daemon.user) : NULL;
	char err[PATH_MAX + 128];

	if (mkdir(m->statedir, 0700) != 0 && errno != EEXIST) {
		snprintf(err, sizeof(err), "state directory %s: %s", m->statedir, strerror(errno));
		fatal(err);
	}
	if (!pw || geteuid() != 0)
		return;
	new_uid = pw->pw_uid;
	new_gid = pw->pw_gid;
	if (nftw(m->statedir, give_one, 8, FTW_PHYS))
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

static void backend_notify(void *ctx, const char *daemon, const struct lysc_node *notification,
			   Mgmt__Node *const *leaf, size_t n)
{
	struct mgmtd *m = ctx;

	(void)daemon;
	if (m->netconf)
		netconf_backend_notify(m->netconf, notification, leaf, n);
}

static void backend_daemon(void *ctx, const char *daemon, bool here)
{
	(void)ctx;
	if (here)
		log_notice("%s has come", daemon);
	else
		log_warning("%s is lost", daemon);
}

static const struct backend_ops backend_ops = {.notify = backend_notify, .daemon = backend_daemon};

static bool kill_session(void *ctx, uint32_t session, const char *why)
{
	struct mgmtd *m = ctx;

	return m->frontend && frontend_kill(m->frontend, session, why);
}

static void open_sockets(struct mgmtd *m)
{
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
	m->netconf = netconf_new(&(struct netconf_env){.loop = m->daemon.loop,
						       .schema = m->schema,
						       .ds = m->ds,
						       .txns = m->txns,
						       .nacm = m->nacm,
						       .backend = m->backend,
						       .kill = kill_session,
						       .ctx = m});
	layers[FRONT_CLI] = cli_layer(m->cli);
	layers[FRONT_NETCONF] = netconf_layer(m->netconf);
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
	m->frontend = NULL;
	cli_free(m->cli);
	netconf_free(m->netconf);
	m->netconf = NULL;
	backend_free(m->backend);
	txns_free(m->txns);
	loop_timer_free(m->txn_timer);
	nacm_free(m->nacm);
	ds_free(m->ds);
	history_free(m->history);
	grammar_free(m->grammar);
	schema_free(m->schema);
	start_ended(m->marker);
}

static void reload(void *ctx)
{
	(void)ctx;
	log_reopen();
}

static const struct daemon_info info = {
	.name = "mgmtd",
	.summary = "keeps the configuration of all daemons, for vtysh and netconfd",
	.options = options,
	.options_help = options_help,
	.option = option,
	.capabilities = "",
	.reload = reload,
	.cleanup = cleanup,
};

int main(int argc, char **argv)
{
	struct mgmtd m = {
		.config = CONFIG_DEFAULT, .statedir = STATEDIR_DEFAULT, .yang_dir = yang_dir()};
	struct txn_env env = {.now = txn_now,
			      .wall = txn_wall,
			      .wake = txn_wake_at,
			      .authorise = txn_authorise,
			      .event = txn_event_seen,
			      .ctx = &m};

	check_if_asked(&m, argc, argv);
	daemon_init(&m.daemon, &info, &m, argc, argv);
	make_statedir(&m);
	/* What is made from here on belongs to --user. */
	daemon_drop_privileges(&m.daemon);
	load_schema(&m);
	open_stores(&m);
	m.nacm = nacm_new();
	nacm_load(m.nacm, ds_tree(m.ds, DS_RUNNING));
	m.txn_timer = loop_timer_new(m.daemon.loop, txn_due, &m);
	m.txns = txns_new(m.ds, m.history, m.statedir, &env);
	open_sockets(&m);
	daemon_ready(&m.daemon);
	log_notice("ready");
	return daemon_run(&m.daemon);
}
