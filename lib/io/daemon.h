/* SPDX-License-Identifier: MIT */
/*
 * What every daemon does at its start, the same way and with the same words:
 * options, log, run directory, pid file, privileges, detaching, signals.
 *
 *	--rundir DIR (default /run/srcdest)  --log TARGET  --user NAME  --daemon
 *	--version  --help, plus the daemon's own
 *
 * Exit codes: 0 fine, 1 a problem with configuration or environment (one
 * clear line on stderr says what and where), 2 a wrong option.
 */
#ifndef SRCDEST_IO_DAEMON_H
#define SRCDEST_IO_DAEMON_H

#include <getopt.h>
#include <stdbool.h>

#include "lib/io/loop.h"

struct daemon_info {
	const char *name;	      /* "babeld" */
	const char *summary;	      /* one line for --help */
	const struct option *options; /* the daemon's own long options, or NULL */
	const char *options_help;     /* their lines for --help, or NULL */
	/* One own option was given; false: refused, err says why. */
	bool (*option)(void *ctx, int val, const char *arg, char *err, unsigned int err_size);
	/* Capabilities kept after --user, by name as in "cap_net_admin,cap_net_raw". */
	const char *capabilities;
	void (*reload)(void *ctx); /* SIGHUP, may be NULL */
	/* SIGTERM or SIGINT: say good-bye to peers, then call loop_stop(). NULL:
	 * loop_stop() at once. A second signal stops the loop in any case. */
	void (*stop)(void *ctx);
	/* The loop has ended: free all that hangs from it (loop_free() asserts
	 * that). May be NULL. */
	void (*cleanup)(void *ctx);
};

struct daemon {
	const struct daemon_info *info;
	void *ctx;
	struct loop *loop;
	const char *rundir; /* absolute; exists after daemon_init() */
	const char *user;   /* NULL: none given */
	char *pidfile;	    /* RUNDIR/NAME.pid, locked while we live */
	/* private */
	struct loop_signal *sig[3];
	int pid_fd;
	int ready_fd; /* --daemon: the parent waits on its other end */
	bool detach;
	bool keep_stdio; /* the log was asked to go there */
	bool made_rundir;
	bool stopping;
};

/* Relative paths keep their meaning: the working directory is not changed.
 * With --daemon and no --log the log goes to syslog.
 *
 * Parses options, opens the log, makes the run directory, takes the pid file
 * ("already running as PID" is an error), makes the loop, detaches with
 * --daemon (the parent exits 0 only after daemon_ready()). Exits the process
 * itself on --help, --version and on every error. */
void daemon_init(struct daemon *d, const struct daemon_info *info, void *ctx, int argc,
		 char **argv);
/* Sockets are open: drop to --user, keeping info->capabilities only. Started
 * by hand without --user it stays who it is. Socket files that listeners on
 * d->loop made, the pid file, the log file and a run directory we made belong
 * to that user then. Exits on error. */
void daemon_drop_privileges(struct daemon *d);
/* Initialisation is complete: let the waiting parent exit 0. */
void daemon_ready(struct daemon *d);
/* Runs the loop until stopped, calls info->cleanup, then undoes
 * daemon_init(). Returns the exit code for main(). */
int daemon_run(struct daemon *d);

/* RUNDIR/name into buf; exits with a clear line if it is too long for a
 * unix socket. */
const char *daemon_path(const struct daemon *d, const char *name, char *buf, unsigned int size);

#endif
