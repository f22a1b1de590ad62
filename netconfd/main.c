/* SPDX-License-Identifier: MIT */
/* netconfd: NETCONF over SSH and TLS, for mgmtd. */
#include <libssh/libssh.h>
#include <stdio.h>
#include <string.h>

#include "lib/io/daemon.h"
#include "lib/io/log.h"
#include "lib/nb/msg.h"
#include "netconfd/server.h"

#ifndef STATEDIR
#define STATEDIR "/var/lib/srcdest"
#endif

struct netconfd {
	struct daemon daemon;
	struct nc_config config; /* first: the table's functions take it as their ctx */
	struct server *server;
	struct nb *nb;
	char mgmtd[128];
	const char *statedir;
};

enum { OPT_STATEDIR = 256 };

static const struct option options[] = {
	{"statedir", required_argument, NULL, OPT_STATEDIR},
	{NULL, 0, NULL, 0},
};

static const char options_help[] =
	"  --statedir DIR     where the SSH host key is kept if none is configured\n"
	"                     (default " STATEDIR ")\n";

static bool option(void *ctx, int val, const char *arg, char *err, unsigned int err_size)
{
	struct netconfd *d = ctx;

	(void)err;
	(void)err_size;
	if (val != OPT_STATEDIR)
		return false;
	d->statedir = arg;
	return true;
}

static struct netconfd *of_config(void *config)
{
	return (struct netconfd *)((char *)config - offsetof(struct netconfd, config));
}

static void applied(void *ctx)
{
	struct netconfd *d = of_config(ctx);

	server_configure(d->server, &d->config);
}

static void login_failed(void *ctx, const char *from)
{
	const struct nb_leaf leaf = {"from", from};
	struct netconfd *d = ctx;

	if (d->nb)
		nb_notify(d->nb, "/srcdest-system:authentication-failure", &leaf, 1);
}

static void cleanup(void *ctx)
{
	struct netconfd *d = ctx;

	nb_free(d->nb);
	d->nb = NULL;
	server_free(d->server);
	nc_config_clear(&d->config);
	ssh_finalize();
}

static const struct daemon_info info = {
	.name = "netconfd",
	.summary = "NETCONF over SSH and TLS",
	.options = options,
	.options_help = options_help,
	.option = option,
	/* Port 830. */
	.capabilities = "cap_net_bind_service",
	.cleanup = cleanup,
};

int main(int argc, char **argv)
{
	struct netconfd d;
	struct nb_table table = {.nodes = nc_nodes, .n_nodes = nc_n_nodes, .applied = applied};
	char path[128];

	memset(&d, 0, sizeof(d));
	d.statedir = STATEDIR;
	daemon_init(&d.daemon, &info, &d, argc, argv);
	ssh_init();
	daemon_path(&d.daemon, MSG_FRONT_SOCKET, d.mgmtd, sizeof(d.mgmtd));
	d.server = server_new(d.daemon.loop, d.mgmtd, d.statedir, login_failed, &d);
	d.nb = nb_new(&table, &d.config, d.daemon.loop,
		      daemon_path(&d.daemon, MSG_BACKEND_SOCKET, path, sizeof(path)), "netconfd");
	daemon_drop_privileges(&d.daemon);
	daemon_ready(&d.daemon);
	log_notice("ready");
	return daemon_run(&d.daemon);
}
