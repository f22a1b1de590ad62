/* SPDX-License-Identifier: MIT */
/* Daemon start and end, seen from outside: tiny_daemon is started for real. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARGS    12
#define DEADLINE_MS 20000

struct fixture {
	char dir[64], rundir[80];
	char out[8192]; /* what it said, both streams */
	size_t n_out;
	int pipe; /* its output */
	pid_t pid;
};

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/srcdest-daemon-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chmod(f->dir, 0755), 0);
	snprintf(f->rundir, sizeof(f->rundir), "%s/run", f->dir);
	f->pipe = -1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char cmd[128];

	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, NULL, 0);
	}
	if (f->pipe >= 0)
		close(f->pipe);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", f->dir);
	assert_int_equal(system(cmd), 0);
	test_free(f);
	return 0;
}

static void start(struct fixture *f, const char *const *args)
{
	char *argv[MAX_ARGS + 4] = {(char *)"tiny"};
	int n = 1, p[2];

	while (*args)
		argv[n++] = (char *)*args++;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	if (f->pipe >= 0)
		close(f->pipe);
	f->n_out = 0;
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(p[1], STDOUT_FILENO);
		dup2(p[1], STDERR_FILENO);
		execv(TINY_DAEMON, argv);
		_exit(127);
	}
	close(p[1]);
	f->pipe = p[0];
}

/* Reads its output until `what` is in it, or the end. */
static bool read_until(struct fixture *f, const char *what)
{
	struct pollfd p = {.fd = f->pipe, .events = POLLIN};
	ssize_t n;

	for (;;) {
		f->out[f->n_out] = '\0';
		if (what && strstr(f->out, what))
			return true;
		if (poll(&p, 1, DEADLINE_MS) != 1)
			fail_msg("no output in time, so far: %s", f->out);
		n = read(f->pipe, f->out + f->n_out, sizeof(f->out) - 1 - f->n_out);
		if (n <= 0)
			return false;
		f->n_out += (size_t)n;
	}
}

static int finish(struct fixture *f)
{
	int status;

	read_until(f, NULL);
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	f->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define START(f, ...) start(f, (const char *const[]){"--rundir", (f)->rundir, __VA_ARGS__, NULL})
#define RUN(f, ...)   (start(f, (const char *const[]){__VA_ARGS__, NULL}), finish(f))

static bool said(const struct fixture *f, const char *what)
{
	if (!strstr(f->out, what))
		print_message("not said: \"%s\" in:\n%s", what, f->out);
	return strstr(f->out, what) != NULL;
}

static bool exists(const struct fixture *f, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->rundir, name);
	return access(path, F_OK) == 0;
}

static pid_t pid_in_file(const struct fixture *f)
{
	char path[128];
	int pid = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%s/tiny.pid", f->rundir);
	in = fopen(path, "r");
	assert_non_null(in);
	assert_int_equal(fscanf(in, "%d\n", &pid), 1);
	fclose(in);
	return pid;
}

static void test_wrong_options_exit_2(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "--bogus"), 2);
	assert_true(said(f, "tiny: unknown or ambiguous option --bogus\n"));
	assert_true(said(f, "tiny --help"));
	assert_int_equal(RUN(f, "--rundir"), 2);
	assert_true(said(f, "option --rundir needs an argument"));
	assert_int_equal(RUN(f, "--number", "seven"), 2);
	assert_true(said(f, "option --number: \"seven\" is not a number"));
	assert_int_equal(RUN(f, "word"), 2);
	assert_true(said(f, "word: no argument is expected"));
}

static void test_help_and_version(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "--help"), 0);
	assert_true(said(f, "Usage: tiny [OPTION]..."));
	assert_true(said(f, "A daemon for tests."));
	assert_true(said(f, "--rundir DIR"));
	assert_true(said(f, "--number N"));
	assert_int_equal(RUN(f, "--version"), 0);
	assert_true(said(f, "tiny (srcdest) "));
}

static void test_environment_problems_exit_1(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "--log", "file:/nonexistent/x"), 1);
	assert_true(said(f, "tiny: --log: can't open log file /nonexistent/x: No such file"));
	assert_int_equal(RUN(f, "--rundir", "/dev/null/x"), 1);
	assert_true(said(f, "run directory /dev/null/x: Not a directory"));
	assert_int_equal(RUN(f, "--rundir", "/dev/null"), 1);
	assert_true(said(f, "run directory /dev/null: Not a directory"));
	assert_int_equal(RUN(f, "--user", "no-such-user-here"), 1);
	assert_true(said(f, "tiny: --user no-such-user-here: no such user"));
}

static void test_too_long_socket_path(void **state)
{
	struct fixture *f = *state;
	char dir[256];

	snprintf(dir, sizeof(dir), "%s/%0*d", f->dir, 90, 0);
	assert_int_equal(RUN(f, "--rundir", dir), 1);
	assert_true(said(f, "too long for the path of a socket"));
}

static void test_foreground_life(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	snprintf(f->rundir, sizeof(f->rundir), "%s/a/b", f->dir);
	START(f, "--number", "3");
	assert_true(read_until(f, "ready\n"));
	assert_int_equal(stat(f->rundir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(pid_in_file(f), f->pid);
	assert_true(exists(f, "tiny.sock"));
	kill(f->pid, SIGHUP);
	assert_true(read_until(f, "reloading\n"));
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
	assert_true(said(f, "good-bye"));
	assert_false(exists(f, "tiny.pid"));
	assert_false(exists(f, "tiny.sock"));
}

static void test_second_signal_stops_in_any_case(void **state)
{
	struct fixture *f = *state;

	START(f, "--slow-stop");
	assert_true(read_until(f, "ready\n"));
	kill(f->pid, SIGINT);
	assert_true(read_until(f, "good-bye\n"));
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

static void test_second_instance_is_refused(void **state)
{
	struct fixture *f = *state;
	struct fixture second = *f;
	char want[64];

	START(f, "--number", "1");
	assert_true(read_until(f, "ready\n"));
	second.pipe = -1;
	START(&second, "--number", "2");
	assert_int_equal(finish(&second), 1);
	snprintf(want, sizeof(want), "tiny: already running as %d (", (int)f->pid);
	assert_true(said(&second, want));
	close(second.pipe);
	assert_int_equal(pid_in_file(f), f->pid);
	assert_true(exists(f, "tiny.sock"));
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

static void test_killed_one_leaves_nothing_in_the_way(void **state)
{
	struct fixture *f = *state;

	START(f, "--number", "1");
	assert_true(read_until(f, "ready\n"));
	kill(f->pid, SIGKILL);
	assert_int_equal(waitpid(f->pid, NULL, 0), f->pid);
	assert_true(exists(f, "tiny.pid"));
	START(f, "--number", "1");
	assert_true(read_until(f, "ready\n"));
	assert_int_equal(pid_in_file(f), f->pid);
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

/* An orphan's end is seen at its lock: we are not its parent. */
static void wait_unlocked(const struct fixture *f)
{
	char path[128];
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	int fd;

	snprintf(path, sizeof(path), "%s/tiny.pid", f->rundir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	assert_int_equal(fcntl(fd, F_SETLKW, &lock), 0);
	close(fd);
}

static void test_detached(void **state)
{
	struct fixture *f = *state;
	char log[96];
	pid_t pid;

	snprintf(log, sizeof(log), "file:%s/log", f->dir);
	START(f, "--daemon", "--log", log);
	/* The end of file comes: the daemon does not hold our pipe. */
	assert_int_equal(finish(f), 0);
	assert_string_equal(f->out, "");
	/* And then the socket is there already. */
	assert_true(exists(f, "tiny.sock"));
	pid = pid_in_file(f);
	assert_int_equal(getsid(pid), pid);
	assert_int_equal(kill(pid, SIGTERM), 0);
	wait_unlocked(f);
	assert_false(exists(f, "tiny.sock"));
}

static void test_detached_failure_is_the_parents(void **state)
{
	struct fixture *f = *state;

	START(f, "--daemon", "--fail");
	assert_int_equal(finish(f), 1);
	assert_true(said(f, "tiny: failing as asked\n"));
}

static void proc_status(const struct fixture *f, const char *field, char *out, size_t size)
{
	char path[64], line[256];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)f->pid);
	in = fopen(path, "r");
	assert_non_null(in);
	out[0] = '\0';
	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, field, strlen(field)) == 0)
			snprintf(out, size, "%s", line + strlen(field));
	}
	fclose(in);
}

static void test_user_and_capabilities(void **state)
{
	struct fixture *f = *state;
	const struct passwd *pw = getpwnam("nobody");
	unsigned int uid[4], gid[4];
	char line[256], path[128];
	struct stat st;

	if (geteuid() != 0 || !pw)
		skip();
	START(f, "--user", "nobody");
	assert_true(read_until(f, "ready\n"));
	proc_status(f, "Uid:", line, sizeof(line));
	assert_int_equal(sscanf(line, "%u %u %u %u", uid, uid + 1, uid + 2, uid + 3), 4);
	proc_status(f, "Gid:", line, sizeof(line));
	assert_int_equal(sscanf(line, "%u %u %u %u", gid, gid + 1, gid + 2, gid + 3), 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(uid[i], pw->pw_uid);
		assert_int_equal(gid[i], pw->pw_gid);
	}
	/* CAP_NET_RAW is number 13, and it is all. */
	proc_status(f, "CapEff:", line, sizeof(line));
	assert_int_equal(strtoull(line, NULL, 16), 1ull << 13);
	proc_status(f, "CapPrm:", line, sizeof(line));
	assert_int_equal(strtoull(line, NULL, 16), 1ull << 13);
	proc_status(f, "CapInh:", line, sizeof(line));
	assert_int_equal(strtoull(line, NULL, 16), 0);
	/* No group of root's is left over. */
	proc_status(f, "Groups:", line, sizeof(line));
	assert_int_equal(strtoul(line, NULL, 10), pw->pw_gid);
	snprintf(path, sizeof(path), "%s/tiny.sock", f->rundir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, pw->pw_uid);
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
	assert_false(exists(f, "tiny.sock"));
	assert_false(exists(f, "tiny.pid"));
}

static void test_a_directory_that_was_there_stays_whose_it_was(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	if (geteuid() != 0 || !getpwnam("nobody"))
		skip();
	assert_int_equal(mkdir(f->rundir, 0755), 0);
	START(f, "--user", "nobody");
	assert_true(read_until(f, "ready\n"));
	assert_int_equal(stat(f->rundir, &st), 0);
	assert_int_equal(st.st_uid, 0);
	kill(f->pid, SIGTERM);
	assert_int_equal(finish(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(test_wrong_options_exit_2),
		T(test_help_and_version),
		T(test_environment_problems_exit_1),
		T(test_too_long_socket_path),
		T(test_foreground_life),
		T(test_second_signal_stops_in_any_case),
		T(test_second_instance_is_refused),
		T(test_killed_one_leaves_nothing_in_the_way),
		T(test_detached),
		T(test_detached_failure_is_the_parents),
		T(test_user_and_capabilities),
		T(test_a_directory_that_was_there_stays_whose_it_was),
	};

	return cmocka_run_group_tests_name("lib/io daemon", tests, NULL, NULL);
}
