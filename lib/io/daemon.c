/* SPDX-License-Identifier: MIT */
/* The start and the end of a daemon. */
#include "lib/io/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "lib/io/trim.h"

enum { EXIT_PROBLEM = 1, EXIT_USAGE = 2 };

enum common_option {
	OPT_RUNDIR = 0x7f00,
	OPT_LOG,
	OPT_USER,
	OPT_DAEMON,
	OPT_VERSION,
	OPT_HELP,
};

static const struct option common_options[] = {
	{"rundir", required_argument, NULL, OPT_RUNDIR},
	{"log", required_argument, NULL, OPT_LOG},
	{"user", required_argument, NULL, OPT_USER},
	{"daemon", no_argument, NULL, OPT_DAEMON},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};
#define N_COMMON (sizeof(common_options) / sizeof(common_options[0]))

static const char common_help[] =
	"  --rundir DIR     sockets and the pid file are there (" PKGSTATEDIR ")\n"
	"  --log TARGET     stderr (default), stdout, syslog or file:PATH, each may end\n"
	"                   in :error, :warning, :notice, :info or :debug\n"
	"  --user NAME      become this user, with only the capabilities needed\n"
	"  --daemon         detach once initialisation is complete\n"
	"  --version        print the version and exit\n"
	"  --help           print this and exit\n";

/* One clear line, then the end. _exit(): nothing half-made is worth undoing. */
static void __attribute__((noreturn, format(printf, 3, 4)))
die(const struct daemon *d, int code, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", d->info->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (code == EXIT_USAGE)
		fprintf(stderr, "Try '%s --help'.\n", d->info->name);
	fflush(NULL);
	_exit(code);
}

static void __attribute__((noreturn)) print_help(const struct daemon_info *info)
{
	printf("Usage: %s [OPTION]...\n%s\n\n%s%s", info->name, info->summary, common_help,
	       info->options_help ? info->options_help : "");
	_exit(fflush(stdout) == 0 ? 0 : EXIT_PROBLEM);
}

static void __attribute__((noreturn)) print_version(const struct daemon_info *info)
{
	printf("%s (srcdest) %s\n", info->name, PACKAGE_VERSION);
	_exit(fflush(stdout) == 0 ? 0 : EXIT_PROBLEM);
}

static struct option *merge_options(const struct option *own)
{
	struct option *all;
	size_t n = 0;

	while (own && own[n].name)
		n++;
	all = calloc(n + N_COMMON, sizeof(*all));
	if (!all)
		abort();
	for (size_t i = 0; i < n; i++)
		all[i] = own[i];
	memcpy(all + n, common_options, sizeof(common_options));
	return all;
}

struct cmdline {
	const char *rundir, *log;
};

static void common_option(struct daemon *d, struct cmdline *c, int val)
{
	switch ((enum common_option)val) {
	case OPT_RUNDIR:
		c->rundir = optarg;
		break;
	case OPT_LOG:
		c->log = optarg;
		break;
	case OPT_USER:
		d->user = optarg;
		break;
	case OPT_DAEMON:
		d->detach = true;
		break;
	case OPT_VERSION:
		print_version(d->info);
	case OPT_HELP:
		print_help(d->info);
	}
}

static void parse_options(struct daemon *d, struct cmdline *c, int argc, char **argv)
{
	struct option *all = merge_options(d->info->options);
	char err[256] = "refused";
	int val, index = 0;

	optind = 1;
	opterr = 0;
	while ((val = getopt_long(argc, argv, ":", all, &index)) != -1) {
		if (val == ':')
			die(d, EXIT_USAGE, "option %s needs an argument", argv[optind - 1]);
		if (val == '?')
			die(d, EXIT_USAGE, "unknown or ambiguous option %s", argv[optind - 1]);
		if (val >= OPT_RUNDIR && val <= OPT_HELP)
			common_option(d, c, val);
		else if (!d->info->option ||
			 !d->info->option(d->ctx, val, optarg, err, sizeof(err)))
			die(d, EXIT_USAGE, "option --%s: %s", all[index].name, err);
	}
	if (optind < argc)
		die(d, EXIT_USAGE, "%s: no argument is expected here", argv[optind]);
	free(all);
}

static void make_rundir(struct daemon *d, const char *dir)
{
	char *path = strdup(dir), *real;
	struct stat st;
	int saved;

	if (!path)
		abort();
	for (char *p = path + 1; *path; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) == 0)
			d->made_rundir = true;
		else if ((saved = errno) != EEXIST && stat(path, &st) < 0)
			die(d, EXIT_PROBLEM, "can't make the run directory %s: %s", path,
			    strerror(saved));
		*p = c;
		if (!c)
			break;
	}
	real = realpath(path, NULL);
	if (!real || stat(real, &st) < 0)
		die(d, EXIT_PROBLEM, "can't make the run directory %s: %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		die(d, EXIT_PROBLEM, "run directory %s: %s", dir, strerror(ENOTDIR));
	free(path);
	d->rundir = real;
}

/* The parent waits for one octet: ready. Without it, the child has said why
 * on stderr and its exit code is ours. */
static void __attribute__((noreturn)) wait_ready(struct daemon *d, int fd, pid_t child)
{
	char octet;
	ssize_t n;
	int status;

	do {
		n = read(fd, &octet, 1);
	} while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status))
		_exit(WEXITSTATUS(status));
	fprintf(stderr, "%s: ended before it was ready\n", d->info->name);
	_exit(EXIT_PROBLEM);
}

static void detach(struct daemon *d)
{
	int fds[2];
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) < 0)
		die(d, EXIT_PROBLEM, "pipe: %s", strerror(errno));
	fflush(NULL);
	child = fork();
	if (child < 0)
		die(d, EXIT_PROBLEM, "fork: %s", strerror(errno));
	if (child > 0) {
		close(fds[1]);
		wait_ready(d, fds[0], child);
	}
	close(fds[0]);
	d->ready_fd = fds[1];
	setsid();
}

/* False: the file was replaced between open and lock; try again. */
static bool pidfile_lock(struct daemon *d)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat there, ours;

	d->pid_fd = open(d->pidfile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (d->pid_fd < 0)
		die(d, EXIT_PROBLEM, "can't open %s: %s", d->pidfile, strerror(errno));
	if (fcntl(d->pid_fd, F_SETLK, &lock) < 0) {
		if (errno != EACCES && errno != EAGAIN)
			die(d, EXIT_PROBLEM, "can't lock %s: %s", d->pidfile, strerror(errno));
		if (fcntl(d->pid_fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
			die(d, EXIT_PROBLEM, "already running as %d (%s)", (int)lock.l_pid,
			    d->pidfile);
		close(d->pid_fd);
		return false;
	}
	/* The owner before us unlinks its file when it goes. */
	if (fstat(d->pid_fd, &ours) == 0 && stat(d->pidfile, &there) == 0 &&
	    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
		return true;
	close(d->pid_fd);
	return false;
}

static void take_pidfile(struct daemon *d)
{
	char text[32];
	int n;

	if (asprintf(&d->pidfile, "%s/%s.pid", d->rundir, d->info->name) < 0)
		abort();
	while (!pidfile_lock(d))
		;
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(d->pid_fd, 0) < 0 || write(d->pid_fd, text, (size_t)n) != n)
		die(d, EXIT_PROBLEM, "can't write %s: %s", d->pidfile, strerror(errno));
}

static const struct passwd *user_entry(const struct daemon *d)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(d->user);
	if (!pw)
		die(d, EXIT_PROBLEM, "--user %s: %s", d->user,
		    errno ? strerror(errno) : "no such user");
	if (geteuid() != 0 && pw->pw_uid != geteuid())
		die(d, EXIT_PROBLEM, "--user %s: only root can become another user", d->user);
	return pw;
}

static void on_stop(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stopping || !d->info->stop) {
		loop_stop(d->loop);
		return;
	}
	d->stopping = true;
	log_info("stopping");
	d->info->stop(d->ctx);
}

static void on_reload(void *ctx)
{
	struct daemon *d = ctx;

	log_reopen();
	if (d->info->reload)
		d->info->reload(d->ctx);
}

static void open_log(struct daemon *d, const char *target)
{
	char err[256];

	d->keep_stdio = target && strncmp(target, "std", 3) == 0;
	if (!target)
		target = d->detach ? "syslog" : "stderr";
	if (!log_open(d->info->name, target, err, sizeof(err)))
		die(d, EXIT_PROBLEM, "--log: %s", err);
}

void daemon_init(struct daemon *d, const struct daemon_info *info, void *ctx, int argc, char **argv)
{
	struct cmdline c = {.rundir = PKGSTATEDIR};

	*d = (struct daemon){.info = info, .ctx = ctx, .pid_fd = -1, .ready_fd = -1};
	parse_options(d, &c, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	/* Before fork: so that these errors need no pipe, and a log's
	 * descriptor goes over to the child. */
	open_log(d, c.log);
	if (d->user)
		user_entry(d);
	make_rundir(d, c.rundir);
	if (d->detach)
		detach(d);
	take_pidfile(d);
	d->loop = loop_new();
	trim_start(d->loop);
	if (d->user && geteuid() == 0) {
		const struct passwd *pw = user_entry(d);

		loop_set_owner(d->loop, pw->pw_uid, pw->pw_gid);
	}
	d->sig[0] = loop_signal_new(d->loop, SIGTERM, on_stop, d);
	d->sig[1] = loop_signal_new(d->loop, SIGINT, on_stop, d);
	d->sig[2] = loop_signal_new(d->loop, SIGHUP, on_reload, d);
}

static void give_files(struct daemon *d, const struct passwd *pw)
{
	if (fchown(d->pid_fd, pw->pw_uid, pw->pw_gid) < 0)
		die(d, EXIT_PROBLEM, "chown %s: %s", d->pidfile, strerror(errno));
	if (log_fd() >= 0 && fchown(log_fd(), pw->pw_uid, pw->pw_gid) < 0)
		die(d, EXIT_PROBLEM, "chown of the log file: %s", strerror(errno));
	/* One that was there before us may be /tmp. */
	if (d->made_rundir && chown(d->rundir, pw->pw_uid, pw->pw_gid) < 0)
		die(d, EXIT_PROBLEM, "chown %s: %s", d->rundir, strerror(errno));
}

static void set_capabilities(struct daemon *d)
{
	char text[256] = "=";
	cap_t caps;

	if (d->info->capabilities && d->info->capabilities[0])
		snprintf(text, sizeof(text), "%s=ep", d->info->capabilities);
	caps = cap_from_text(text);
	if (!caps)
		die(d, EXIT_PROBLEM, "capabilities %s: %s", text, strerror(errno));
	if (cap_set_proc(caps) < 0)
		die(d, EXIT_PROBLEM, "can't keep the capabilities %s: %s", d->info->capabilities,
		    strerror(errno));
	cap_free(caps);
}

void daemon_drop_privileges(struct daemon *d)
{
	const struct passwd *pw;

	if (!d->user)
		return;
	pw = user_entry(d);
	if (geteuid() != 0)
		return;
	give_files(d, pw);
	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || initgroups(d->user, pw->pw_gid) < 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		die(d, EXIT_PROBLEM, "--user %s: %s", d->user, strerror(errno));
	set_capabilities(d);
	prctl(PR_SET_KEEPCAPS, 0);
}

/* What starts us may wait for the end of file on our output. */
static void leave_stdio(const struct daemon *d)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(d, EXIT_PROBLEM, "/dev/null: %s", strerror(errno));
	dup2(fd, STDIN_FILENO);
	if (!d->keep_stdio) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	if (fd > STDERR_FILENO)
		close(fd);
}

void daemon_ready(struct daemon *d)
{
	ssize_t n;

	if (d->ready_fd < 0)
		return;
	leave_stdio(d);
	/* If the parent is gone, nobody is left to care. */
	n = write(d->ready_fd, "", 1);
	(void)n;
	close(d->ready_fd);
	d->ready_fd = -1;
}

int daemon_run(struct daemon *d)
{
	loop_run(d->loop);
	if (d->info->cleanup)
		d->info->cleanup(d->ctx);
	for (size_t i = 0; i < sizeof(d->sig) / sizeof(d->sig[0]); i++)
		loop_signal_free(d->sig[i]);
	/* Unlinked while it is locked: see pidfile_lock(). In a directory that
	 * is not ours it stays, unlocked, and harms nobody. */
	unlink(d->pidfile);
	close(d->pid_fd);
	free(d->pidfile);
	free((char *)d->rundir);
	loop_free(d->loop);
	*d = (struct daemon){.info = d->info, .pid_fd = -1, .ready_fd = -1};
	return 0;
}

const char *daemon_path(const struct daemon *d, const char *name, char *buf, unsigned int size)
{
	int n = snprintf(buf, size, "%s/%s", d->rundir, name);

	if (n < 0 || (unsigned int)n >= size ||
	    (size_t)n >= sizeof(((struct sockaddr_un *)0)->sun_path))
		die(d, EXIT_PROBLEM, "%s/%s: too long for the path of a socket", d->rundir, name);
	return buf;
}
