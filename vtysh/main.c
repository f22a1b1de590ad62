/* SPDX-License-Identifier: MIT */
/* vtysh: options, line editing, history. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <readline/history.h>
#include <readline/readline.h>

#include "vtysh/shell.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

#define COMMANDS_MAX  64
#define HISTORY_LINES 1000

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
	"  -c, --command CMD   run CMD and exit; may be given again\n"
	"  -d, --daemon NAME   talk to this daemon only\n"
	"      --rundir DIR    where the daemons' sockets are (" PKGSTATEDIR ")\n"
	"      --version       print the version and exit\n"
	"  -h, --help          print this and exit\n"
	"\n"
	"Exit code: 0, 1 if a command failed or its daemon is not running, 2 on a\n"
	"wrong option.\n";

struct cmdline {
	const char *rundir, *only;
	const char *command[COMMANDS_MAX];
	size_t n;
};

static void __attribute__((noreturn)) wrong_option(const char *why, const char *what)
{
	fprintf(stderr, "vtysh: %s%s\nTry 'vtysh --help'.\n", why, what);
	exit(EXIT_USAGE);
}

static bool is_daemon_name(const char *s)
{
	return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(s);
}

static void parse(struct cmdline *c, int argc, char **argv)
{
	enum { OPT_RUNDIR = 256, OPT_VERSION };
	static const struct option options[] = {
		{"command", required_argument, NULL, 'c'},
		{"daemon", required_argument, NULL, 'd'},
		{"help", no_argument, NULL, 'h'},
		{"rundir", required_argument, NULL, OPT_RUNDIR},
		{"version", no_argument, NULL, OPT_VERSION},
		{NULL, 0, NULL, 0},
	};
	int val;

	opterr = 0;
	while ((val = getopt_long(argc, argv, ":c:d:h", options, NULL)) != -1) {
		switch (val) {
		case 'c':
			if (c->n == COMMANDS_MAX)
				wrong_option("too many -c, from: ", optarg);
			c->command[c->n++] = optarg;
			break;
		case 'd':
			if (!is_daemon_name(optarg))
				wrong_option("no name of a daemon: ", optarg);
			c->only = optarg;
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
	if (optind < argc)
		wrong_option("no argument is expected here: ", argv[optind]);
}

/* One -c may hold several lines. Stops at the first that fails. */
static bool run_command(struct shell *s, const char *command)
{
	char *copy = strdup(command), *rest = copy, *line;
	bool ok = true;

	if (!copy)
		abort();
	while (ok && !s->leave && (line = strsep(&rest, "\n")))
		ok = shell_line(s, line);
	free(copy);
	return ok;
}

static bool run_commands(struct shell *s, const struct cmdline *c)
{
	for (size_t i = 0; i < c->n && !s->leave; i++) {
		if (!run_command(s, c->command[i]))
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

/* Ctrl-C at the prompt: a new, empty line. */
static int at_prompt_interrupt(void)
{
	if (!interrupted)
		return 0;
	interrupted = 0;
	fputs("^C\n", rl_outstream);
	rl_replace_line("", 0);
	rl_on_new_line();
	rl_redisplay();
	return 0;
}

static char *history_path(void)
{
	const char *set = getenv("VTYSH_HISTFILE"), *home = getenv("HOME");
	char *path = NULL;

	if (set)
		return strdup(set);
	if (home && asprintf(&path, "%s/.history_srcdest", home) < 0)
		abort();
	return path;
}

static char *make_prompt(void)
{
	char host[65] = "router", *prompt;

	gethostname(host, sizeof(host) - 1);
	if (asprintf(&prompt, "%s# ", host) < 0)
		abort();
	return prompt;
}

static void set_up_terminal(void)
{
	/* Without SA_RESTART: a wait for a daemon ends. */
	const struct sigaction sa = {.sa_handler = on_interrupt};

	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN); /* a pager that was left */
	rl_catch_signals = 0;
	rl_signal_event_hook = at_prompt_interrupt;
	rl_readline_name = "vtysh";
	/* File names complete nothing here. */
	rl_unbind_key('\t');
}

static void converse(struct shell *s)
{
	char *prompt = make_prompt(), *history = history_path(), *line;
	const char *pager = getenv("VTYSH_PAGER");

	set_up_terminal();
	if (pager && *pager && isatty(STDOUT_FILENO))
		s->pager = pager;
	using_history();
	stifle_history(HISTORY_LINES);
	if (history)
		read_history(history);
	while (!s->leave) {
		interrupted = 0;
		line = readline(prompt);
		if (!line) {
			putchar('\n');
			break;
		}
		interrupted = 0;
		if (line[strspn(line, " \t")])
			add_history(line);
		shell_line(s, line);
		free(line);
	}
	umask(077);
	if (history)
		write_history(history);
	free(history);
	free(prompt);
}

int main(int argc, char **argv)
{
	struct cmdline c = {.rundir = PKGSTATEDIR};
	struct shell s;
	bool ok = true;

	parse(&c, argc, argv);
	if (!shell_init(&s, c.rundir, c.only, &interrupted)) {
		fprintf(stderr, "vtysh: %s: too long for the path of a socket\n", c.rundir);
		return EXIT_FAILED;
	}
	if (c.n) {
		ok = run_commands(&s, &c);
	} else if (!shell_any_daemon(&s)) {
		fprintf(stderr, "vtysh: no daemon is running in %s\n", c.rundir);
		ok = false;
	} else if (isatty(STDIN_FILENO)) {
		converse(&s);
	} else {
		ok = run_input(&s);
	}
	shell_fini(&s);
	return ok ? 0 : EXIT_FAILED;
}
