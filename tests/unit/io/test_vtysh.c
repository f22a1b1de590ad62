/* SPDX-License-Identifier: MIT */
/* vtysh against show servers in a process beside: options, the round of the
 * daemons, exit codes, and a conversation on a terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cli/show.h"
#include "lib/io/loop.h"

#define MAX_ARGS    12
#define DEADLINE_MS 20000
#define BIG_LINES   20000u

static json_object *state_any(const void *ctx, const struct show_args *a, char *err,
			      unsigned int err_size)
{
	(void)a;
	(void)err;
	(void)err_size;
	return json_object_new_string(ctx);
}

static json_object *state_missing(const void *ctx, const struct show_args *a, char *err,
				  unsigned int err_size)
{
	(void)ctx;
	(void)a;
	snprintf(err, err_size, "Network not in table");
	return NULL;
}

static json_object *state_crash(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size)
{
	(void)ctx;
	(void)a;
	(void)err;
	(void)err_size;
	_exit(0);
}

static void text_name(const json_object *state, struct show_out *o)
{
	show_printf(o, "this is %s\n", json_object_get_string((json_object *)(uintptr_t)state));
}

static void text_big(const json_object *state, struct show_out *o)
{
	(void)state;
	for (unsigned int i = 0; i < BIG_LINES; i++)
		show_printf(o, "line %05u\n", i);
}

static const struct show_command zebra_table[] = {
	{"show interface", "Interfaces", state_any, text_name},
	{"show ipv6 route [PREFIX]", "Routes", state_any, text_name},
	{"show big", "Many lines", state_any, text_big},
	{"show missing", "A warning", state_missing, text_name},
	{"show crash", "The daemon dies", state_crash, text_name},
};
static const struct show_command babeld_table[] = {
	{"show babel neighbor", "Neighbours", state_any, text_name},
	{"show babel route", "Babel routes", state_any, text_name},
};

struct fixture {
	char dir[64];
	pid_t zebra, babeld;
	char out[BIG_LINES * 12], err[4096];
	size_t n;
	int pty;
	pid_t shell;
};

static void __attribute__((noreturn)) serve(const struct fixture *f, const char *name, int ready)
{
	bool zebra = strcmp(name, "zebra") == 0;
	struct loop *l = loop_new();
	char path[96], err[256];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "%s/%s.vty", f->dir, name);
	if (!show_server_new(l, path, name, zebra ? zebra_table : babeld_table, zebra ? 5 : 2, name,
			     err, sizeof(err)))
		_exit(1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	loop_run(l);
	_exit(0);
}

static pid_t start_server(struct fixture *f, const char *name)
{
	int p[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		serve(f, name, p[1]);
	close(p[1]);
	assert_int_equal(read(p[0], &c, 1), 1);
	close(p[0]);
	return pid;
}

static void stop_server(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	char hist[96];

	strcpy(f->dir, "/tmp/srcdest-vtysh-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(hist, sizeof(hist), "%s/history", f->dir);
	setenv("VTYSH_HISTFILE", hist, 1);
	setenv("TERM", "dumb", 1);
	setenv("INPUTRC", "/dev/null", 1);
	unsetenv("VTYSH_PAGER");
	f->zebra = start_server(f, "zebra");
	f->babeld = start_server(f, "babeld");
	f->pty = -1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char cmd[128];

	stop_server(&f->zebra);
	stop_server(&f->babeld);
	stop_server(&f->shell);
	if (f->pty >= 0)
		close(f->pty);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", f->dir);
	assert_int_equal(system(cmd), 0);
	test_free(f);
	return 0;
}

static void slurp(FILE *in, char *buf, size_t size)
{
	size_t n;

	rewind(in);
	n = fread(buf, 1, size - 1, in);
	buf[n] = '\0';
	fclose(in);
}

/* Runs vtysh with these arguments and this input; its exit code. */
static int run_with(struct fixture *f, const char *input, const char *const *args)
{
	char *argv[MAX_ARGS + 4] = {(char *)"vtysh", (char *)"--rundir", f->dir};
	FILE *in = tmpfile(), *out = tmpfile(), *err = tmpfile();
	int n = 3, status;
	pid_t pid;

	while (*args)
		argv[n++] = (char *)*args++;
	assert_true(in && out && err);
	fputs(input, in);
	rewind(in);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fileno(in), STDIN_FILENO);
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		execv(VTYSH, argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	fclose(in);
	slurp(out, f->out, sizeof(f->out));
	slurp(err, f->err, sizeof(f->err));
	return WEXITSTATUS(status);
}
#define RUN(f, ...) run_with(f, "", (const char *const[]){__VA_ARGS__, NULL})

static void test_the_one_that_knows_has_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "-c", "show interface"), 0);
	assert_string_equal(f->out, "this is zebra\n");
	assert_int_equal(RUN(f, "-c", "sh bab neigh"), 0);
	assert_string_equal(f->out, "this is babeld\n");
	assert_string_equal(f->err, "");
	assert_int_equal(RUN(f, "-c", "show babel route json"), 0);
	assert_string_equal(f->out, "\"babeld\"\n");
}

static void test_several_commands_stop_at_the_first_failure(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "-c", "show interface", "-c", "show babel route"), 0);
	assert_string_equal(f->out, "this is zebra\nthis is babeld\n");
	assert_int_equal(RUN(f, "-c", "show interface\nshow babel route"), 0);
	assert_string_equal(f->out, "this is zebra\nthis is babeld\n");
	assert_int_equal(RUN(f, "-c", "show nonsense", "-c", "show interface"), 1);
	assert_string_equal(f->out, "% Unknown command: show nonsense\n");
	/* A warning is an answer. */
	assert_int_equal(RUN(f, "-c", "show missing", "-c", "show interface"), 0);
	assert_string_equal(f->out, "% Network not in table\nthis is zebra\n");
	assert_int_equal(RUN(f, "-c", "exit", "-c", "show interface"), 0);
	assert_string_equal(f->out, "");
	assert_int_equal(RUN(f, "-c", "enable", "-c", "! comment", "-c", "end"), 0);
}

static void test_error_texts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "-c", "show ipv6"), 1);
	assert_string_equal(f->out, "% Command incomplete.\n");
	assert_int_equal(RUN(f, "-c", "e"), 1);
	assert_string_equal(f->out, "% Ambiguous command.\n");
	assert_int_equal(RUN(f, "-c", "show ipv6 route 2001:db8::/129"), 1);
	assert_string_equal(f->out, "% Unknown command: show ipv6 route 2001:db8::/129\n");
}

static void test_daemons_that_are_not_running(void **state)
{
	struct fixture *f = *state;

	stop_server(&f->babeld);
	assert_int_equal(RUN(f, "-c", "show interface"), 0);
	assert_string_equal(f->err, "");
	assert_int_equal(RUN(f, "-c", "show babel route"), 1);
	assert_string_equal(f->err, "babeld is not running\n");
	assert_string_equal(f->out, "");
	stop_server(&f->zebra);
	assert_int_equal(RUN(f, "-c", "show interface"), 1);
	assert_string_equal(f->err, "zebra is not running\nbabeld is not running\n");
	assert_int_equal(run_with(f, "show interface\n", (const char *const[]){NULL}), 1);
	assert_non_null(strstr(f->err, "no daemon is running in "));
}

static void test_one_daemon_only(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "-d", "babeld", "-c", "show babel route"), 0);
	assert_int_equal(RUN(f, "-d", "babeld", "-c", "show interface"), 1);
	assert_string_equal(f->out, "% Unknown command: show interface\n");
	assert_int_equal(RUN(f, "-d", "staticd", "-c", "show interface"), 1);
	assert_string_equal(f->err, "staticd is not running\n");
}

static void test_daemon_that_dies_while_asked(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "-d", "zebra", "-c", "show interface", "-c", "show crash"), 1);
	assert_string_equal(f->out, "this is zebra\n");
	assert_string_equal(f->err, "zebra is not running\n");
}

static void test_long_answer_comes_whole(void **state)
{
	struct fixture *f = *state;
	char line[16];

	assert_int_equal(RUN(f, "-c", "show big"), 0);
	assert_int_equal(strlen(f->out), BIG_LINES * strlen("line 00000\n"));
	for (unsigned int i = 0; i < BIG_LINES; i++) {
		snprintf(line, sizeof(line), "line %05u\n", i);
		assert_memory_equal(f->out + i * 11, line, 11);
	}
}

static void test_wrong_options(void **state)
{
	struct fixture *f = *state;
	char dir[160];

	assert_int_equal(RUN(f, "--bogus"), 2);
	assert_non_null(strstr(f->err, "--bogus"));
	assert_int_equal(RUN(f, "-c"), 2);
	assert_int_equal(RUN(f, "-d", "../x"), 2);
	assert_int_equal(RUN(f, "word"), 2);
	assert_int_equal(RUN(f, "--help"), 0);
	assert_non_null(strstr(f->out, "--rundir DIR"));
	assert_int_equal(RUN(f, "--version"), 0);
	memset(dir, 'd', sizeof(dir));
	dir[sizeof(dir) - 1] = '\0';
	assert_int_equal(RUN(f, "--rundir", dir, "-c", "show interface"), 1);
	assert_non_null(strstr(f->err, "too long"));
}

static void test_lines_from_a_pipe(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		run_with(f, "\n  show interface  \nshow babel route", (const char *const[]){NULL}),
		0);
	assert_string_equal(f->out, "this is zebra\nthis is babeld\n");
	assert_int_equal(
		run_with(f, "show nonsense\nshow interface\n", (const char *const[]){NULL}), 1);
	assert_non_null(strstr(f->out, "this is zebra\n"));
	assert_int_equal(run_with(f, "exit\nshow nonsense\n", (const char *const[]){NULL}), 0);
}

static void test_line_that_is_too_long(void **state)
{
	struct fixture *f = *state;
	static char line[SHOW_REQUEST_MAX + 3];

	memset(line, 'x', sizeof(line) - 2);
	assert_int_equal(RUN(f, "-c", line), 1);
	assert_non_null(strstr(f->err, "longer than 4095"));
}

static void test_list(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(RUN(f, "-c", "list"), 0);
	assert_non_null(strstr(f->out, "    show ipv6 route [PREFIX] [json] "));
	assert_non_null(strstr(f->out, "    show babel neighbor [json] "));
	assert_non_null(strstr(f->out, "    exit "));
}

static void start_shell(struct fixture *f)
{
	f->n = 0;
	f->shell = forkpty(&f->pty, NULL, NULL, NULL);
	assert_true(f->shell >= 0);
	if (f->shell == 0) {
		/* As at a terminal, whatever the tests were started from. */
		setenv("TERM", "vt100", 1);
		signal(SIGINT, SIG_DFL);
		execl(VTYSH, "vtysh", "--rundir", f->dir, NULL);
		_exit(127);
	}
}

/* Until it has said `what` after what was waited for before. */
static void wait_for(struct fixture *f, const char *what)
{
	struct pollfd p = {.fd = f->pty, .events = POLLIN};
	char *at;
	ssize_t n;

	for (;;) {
		f->out[f->n] = '\0';
		at = strstr(f->out, what);
		if (at) {
			at += strlen(what);
			f->n -= (size_t)(at - f->out);
			memmove(f->out, at, f->n + 1);
			return;
		}
		if (poll(&p, 1, DEADLINE_MS) != 1)
			fail_msg("no \"%s\", but: %s", what, f->out);
		n = read(f->pty, f->out + f->n, 4096);
		if (n <= 0)
			fail_msg("no \"%s\" before the end, but: %s", what, f->out);
		f->n += (size_t)n;
	}
}

static void type(struct fixture *f, const char *s)
{
	assert_int_equal(write(f->pty, s, strlen(s)), (ssize_t)strlen(s));
}

static int shell_code(struct fixture *f)
{
	char buf[256];
	int status;

	while (read(f->pty, buf, sizeof(buf)) > 0)
		;
	assert_int_equal(waitpid(f->shell, &status, 0), f->shell);
	f->shell = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_conversation(void **state)
{
	struct fixture *f = *state;
	char host[65] = "", prompt[72], text[128];
	FILE *in;

	gethostname(host, sizeof(host) - 1);
	snprintf(prompt, sizeof(prompt), "%s# ", host);
	start_shell(f);
	wait_for(f, prompt);
	type(f, "show interface\n");
	wait_for(f, "this is zebra\r\n");
	wait_for(f, prompt);
	type(f, "\n");
	wait_for(f, prompt);
	type(f, "show half a li\003"); /* Ctrl-C drops the line, not the shell */
	wait_for(f, "^C");
	wait_for(f, prompt);
	type(f, "show babel route\n");
	wait_for(f, "this is babeld\r\n");
	wait_for(f, prompt);
	type(f, "nonsense\n");
	wait_for(f, "% Unknown command: nonsense\r\n");
	wait_for(f, prompt);
	/* A daemon that comes back is found again. */
	stop_server(&f->babeld);
	type(f, "show babel route\n");
	wait_for(f, "babeld is not running\r\n");
	f->babeld = start_server(f, "babeld");
	type(f, "show babel route\n");
	wait_for(f, "this is babeld\r\n");
	wait_for(f, prompt);
	/* And one that was restarted behind our back is not missed at all. */
	stop_server(&f->zebra);
	f->zebra = start_server(f, "zebra");
	type(f, "show interface\n");
	wait_for(f, "this is zebra\r\n");
	wait_for(f, prompt);
	type(f, "\004");
	assert_int_equal(shell_code(f), 0);
	in = fopen(getenv("VTYSH_HISTFILE"), "r");
	assert_non_null(in);
	assert_non_null(fgets(text, sizeof(text), in));
	assert_string_equal(text, "show interface\n");
	fclose(in);
}

static void test_exit_and_history(void **state)
{
	struct fixture *f = *state;

	start_shell(f);
	wait_for(f, "# ");
	type(f, "show interface\n");
	wait_for(f, "this is zebra\r\n");
	wait_for(f, "# ");
	type(f, "exit\n");
	assert_int_equal(shell_code(f), 0);
	close(f->pty);
	start_shell(f);
	wait_for(f, "# ");
	type(f, "\020\020\n"); /* twice back: past exit */
	wait_for(f, "this is zebra\r\n");
	type(f, "quit\n");
	assert_int_equal(shell_code(f), 0);
}

static void test_pager_only_if_asked_for(void **state)
{
	struct fixture *f = *state;

	setenv("PAGER", "false", 1);
	setenv("VTYSH_PAGER", "sed s/this/PAGED/", 1);
	start_shell(f);
	wait_for(f, "# ");
	type(f, "show interface\n");
	wait_for(f, "PAGED is zebra\r\n");
	wait_for(f, "# ");
	type(f, "exit\n");
	assert_int_equal(shell_code(f), 0);
	assert_int_equal(RUN(f, "-c", "show interface"), 0);
	assert_string_equal(f->out, "this is zebra\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(test_the_one_that_knows_has_it),
		T(test_several_commands_stop_at_the_first_failure),
		T(test_error_texts),
		T(test_daemons_that_are_not_running),
		T(test_one_daemon_only),
		T(test_daemon_that_dies_while_asked),
		T(test_long_answer_comes_whole),
		T(test_wrong_options),
		T(test_lines_from_a_pipe),
		T(test_line_that_is_too_long),
		T(test_list),
		T(test_conversation),
		T(test_exit_and_history),
		T(test_pager_only_if_asked_for),
	};

	return cmocka_run_group_tests_name("vtysh", tests, NULL, NULL);
}
