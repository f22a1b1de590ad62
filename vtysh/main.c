/* SPDX-License-Identifier: MIT */
/* vtysh: options. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vtysh/shell.h"
#include "vtysh/terminal.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

#define COMMANDS_MAX 256

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

static const char usage[] =
	"Usage: vtysh [OPTION]...\n"
	"The shell of the srcdest daemons.\n"
	"\n"
	"  -c, --command CMD   run CMD and exit; may be given again. A CMD that ends\n"
	"                      in ' ?' is asked about and not run\n"
	"  -E, --echo          show prompts and commands of -c too\n"
	"  -f, --file FILE     read FILE in one transaction: all of it, or nothing\n"
	"  -b, --boot          read the startup configuration again, the same way\n"
	"  -C, --check         with -f, or for the startup configuration: apply nothing\n"
	"  -w, --write         save the configuration for the next start\n"
	"  -H, --histfile FILE keep what is typed there; also VTYSH_HISTFILE\n"
	"                      (~/.history_srcdest)\n"
	"      --rundir DIR    where mgmtd's socket is (" PKGSTATEDIR ")\n"
	"      --version       print the version and exit\n"
	"  -h, --help          print this and exit\n"
	"\n"
	"Exit code: 0, 1 if a command failed or mgmtd is not running, 2 on a wrong\n"
	"option.\n";

struct cmdline {
	const char *rundir, *file, *history;
	const char *command[COMMANDS_MAX];
	size_t n;
	bool echo, boot, check;
};

static void __attribute__((noreturn)) wrong_option(const char *why, const char *what)
{
	fprintf(stderr, "vtysh: %s%s\nTry 'vtysh --help'.\n", why, what);
	exit(EXIT_USAGE);
}

static void add_command(struct cmdline *c, const char *command)
{
	if (c->n == COMMANDS_MAX)
		wrong_option("too many -c, from: ", command);
	c->command[c->n++] = command;
}

enum { OPT_RUNDIR = 256, OPT_VERSION };

static void take_option(struct cmdline *c, int val, char **argv)
{
	switch (val) {
	case 'c':
		add_command(c, optarg);
		break;
	case 'w':
		add_command(c, "write memory");
		break;
	case 'E':
		c->echo = true;
		break;
	case 'f':
		c->file = optarg;
		break;
	case 'b':
		c->boot = true;
		break;
	case 'C':
		c->check = true;
		break;
	case 'H':
		c->history = optarg;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	case OPT_RUNDIR:
		c->rundir = optarg;
		break;
	case OPT_VERSION:
		printf("vtysh (srcdest) %s\n", PACKAGE_VERSION);
		exit(0);
	case ':':
		wrong_option("an argument is missing after ", argv[optind - 1]);
	default:
		wrong_option("unknown or ambiguous option ", argv[optind - 1]);
	}
}

static void parse(struct cmdline *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"command", required_argument, NULL, 'c'},
		{"echo", no_argument, NULL, 'E'},
		{"file", required_argument, NULL, 'f'},
		{"boot", no_argument, NULL, 'b'},
		{"check", no_argument, NULL, 'C'},
		{"write", no_argument, NULL, 'w'},
		{"histfile", required_argument, NULL, 'H'},
		{"help", no_argument, NULL, 'h'},
		{"rundir", required_argument, NULL, OPT_RUNDIR},
		{"version", no_argument, NULL, OPT_VERSION},
		{NULL, 0, NULL, 0},
	};
	int val;

	opterr = 0;
	while ((val = getopt_long(argc, argv, ":c:Ef:bCwH:h", options, NULL)) != -1)
		take_option(c, val, argv);
	if (optind < argc)
		wrong_option("no argument is expected here: ", argv[optind]);
	if (c->boot && c->file)
		wrong_option("either -b or -f, not both", "");
}

/* One -c may hold several lines. Stops at the first that fails. */
static bool run_command(struct shell *s, const char *command, bool echo)
{
	char *copy = strdup(command), *rest = copy, *line;
	bool ok = true;

	if (!copy)
		abort();
	while (ok && !s->leave && (line = strsep(&rest, "\n"))) {
		if (echo)
			fprintf(s->out, "%s%s\n", s->prompt, line);
		ok = shell_line(s, line);
	}
	free(copy);
	return ok;
}

static bool run_commands(struct shell *s, const struct cmdline *c)
{
	if (!shell_connect(s))
		return false;
	for (size_t i = 0; i < c->n && !s->leave; i++) {
		if (!run_command(s, c->command[i], c->echo))
			return false;
	}
	return true;
}

/* Lines from a file or a pipe: no prompt, no editing; goes on after a
 * failure, as a terminal would. */
static bool run_input(struct shell *s)
{
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	while (!s->leave && getline(&line, &size, stdin) >= 0)
		ok = shell_line(s, line) && ok;
	free(line);
	return ok;
}

static char *history_path(const struct cmdline *c)
{
	const char *set = c->history ? c->history : getenv("VTYSH_HISTFILE");
	const char *home = getenv("HOME");
	char *path = NULL;

	if (set)
		return strdup(set);
	if (home && asprintf(&path, "%s/.history_srcdest", home) < 0)
		abort();
	return path;
}

static bool run(struct shell *s, const struct cmdline *c)
{
	char *history;

	if (c->boot || c->file || c->check) {
		if (!shell_load(s, c->file, c->check))
			return false;
		return c->n == 0 || run_commands(s, c);
	}
	if (c->n)
		return run_commands(s, c);
	if (!shell_connect(s))
		return false;
	if (!isatty(STDIN_FILENO))
		return run_input(s);
	history = history_path(c);
	terminal_converse(s, history);
	free(history);
	return true;
}

int main(int argc, char **argv)
{
	/* Without SA_RESTART: a wait for mgmtd ends. */
	const struct sigaction sa = {.sa_handler = on_interrupt};
	struct cmdline c = {.rundir = PKGSTATEDIR};
	struct shell s;
	bool ok;

	parse(&c, argc, argv);
	if (!shell_init(&s, c.rundir, &interrupted)) {
		fprintf(stderr, "vtysh: %s: too long for the path of a socket\n", c.rundir);
		return EXIT_FAILED;
	}
	if (!c.n && !c.file && !c.boot && isatty(STDIN_FILENO))
		sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN); /* a pager that was left */
	ok = run(&s, &c);
	shell_fini(&s);
	return ok ? 0 : EXIT_FAILED;
}
