/* SPDX-License-Identifier: MIT */
/* The least daemon there can be: test_daemon starts it in many ways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/daemon.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"

struct tiny {
	struct daemon d;
	struct listener *l;
	bool slow_stop, fail;
};

static const struct option options[] = {
	{"number", required_argument, NULL, 'n'},
	{"slow-stop", no_argument, NULL, 's'},
	{"fail", no_argument, NULL, 'f'},
	{NULL, 0, NULL, 0},
};

static bool option(void *ctx, int val, const char *arg, char *err, unsigned int err_size)
{
	struct tiny *t = ctx;

	if (val == 's')
		t->slow_stop = true;
	if (val == 'f')
		t->fail = true;
	if (val == 'n' && strspn(arg, "0123456789") != strlen(arg)) {
		snprintf(err, err_size, "\"%s\" is not a number", arg);
		return false;
	}
	return true;
}

static void accepted(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
}

static void reload(void *ctx)
{
	(void)ctx;
	log_notice("reloading");
}

static void stop(void *ctx)
{
	struct tiny *t = ctx;

	log_notice("good-bye");
	if (!t->slow_stop)
		loop_stop(t->d.loop);
}

static void cleanup(void *ctx)
{
	struct tiny *t = ctx;

	listener_free(t->l);
}

static const struct daemon_info info = {
	.name = "tiny",
	.summary = "A daemon for tests.",
	.options = options,
	.options_help = "  --number N       a number\n",
	.option = option,
	.capabilities = "cap_net_raw",
	.reload = reload,
	.stop = stop,
	.cleanup = cleanup,
};

int main(int argc, char **argv)
{
	struct tiny t = {.slow_stop = false};
	char path[108], err[256];

	daemon_init(&t.d, &info, &t, argc, argv);
	if (t.fail) {
		fprintf(stderr, "tiny: failing as asked\n");
		return 1;
	}
	t.l = listener_new(t.d.loop, daemon_path(&t.d, "tiny.sock", path, sizeof(path)), 0600,
			   accepted, &t, err, sizeof(err));
	if (!t.l) {
		fprintf(stderr, "tiny: %s\n", err);
		return 1;
	}
	daemon_drop_privileges(&t.d);
	daemon_ready(&t.d);
	log_notice("ready");
	return daemon_run(&t.d);
}
