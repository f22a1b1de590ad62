/* SPDX-License-Identifier: MIT */
/* A conversation at a terminal, on readline. */
#include "vtysh/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <readline/history.h>
#include <readline/readline.h>

#define HISTORY_LINES 1000
#define CTRL_Z	      0x1a

/* readline's callbacks have no context of ours. */
static struct shell *current;
static struct termios saved;
static bool have_saved;

/* Ctrl-C at the prompt: a new, empty line. */
static int at_interrupt(void)
{
	if (!*current->interrupted)
		return 0;
	*current->interrupted = 0;
	fputs("^C\n", rl_outstream);
	rl_replace_line("", 0);
	rl_on_new_line();
	rl_redisplay();
	return 0;
}

static char *up_to_cursor(void)
{
	char *text = strndup(rl_line_buffer, (size_t)rl_point);

	if (!text)
		abort();
	return text;
}

/* Inside quotes a question mark is a character. */
static bool is_quoted(const char *text)
{
	bool quoted = false;

	for (; *text; text++) {
		if (*text == '\\' && quoted && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
	}
	return quoted;
}

static int on_help(int count, int key)
{
	char *text = up_to_cursor();
	Mgmt__Message *m;

	if (is_quoted(text)) {
		free(text);
		return rl_insert(count, key);
	}
	fputs("?\n", rl_outstream);
	fflush(rl_outstream);
	m = shell_complete(current, text, true);
	if (m)
		shell_print_help(current, m->candidates);
	msg_free(m);
	free(text);
	rl_on_new_line();
	rl_redisplay();
	return 0;
}

/* Octets that all words have in common. */
static size_t common(const Mgmt__Candidates *c)
{
	const char *first = c->candidate[0]->word;
	size_t n = strlen(first);

	for (size_t i = 1; i < c->n_candidate; i++) {
		size_t same = 0;

		while (same < n && c->candidate[i]->word[same] == first[same])
			same++;
		n = same;
	}
	return n;
}

static void insert_rest(const Mgmt__Candidates *c, const char *text)
{
	const char *blank = text + strlen(text);
	size_t have, n = common(c);
	char *rest;

	while (blank > text && !strchr(" \t", blank[-1]))
		blank--;
	have = strlen(blank);
	if (n > have) {
		rest = strndup(c->candidate[0]->word + have, n - have);
		if (!rest)
			abort();
		rl_insert_text(rest);
		free(rest);
	}
	if (c->n_candidate == 1)
		rl_insert_text(" ");
}

static void list_words(const Mgmt__Candidates *c)
{
	fputc('\n', rl_outstream);
	for (size_t i = 0; i < c->n_candidate; i++)
		fprintf(rl_outstream, "%s%s", i ? "  " : "", c->candidate[i]->word);
	fputc('\n', rl_outstream);
	rl_on_new_line();
	rl_redisplay();
}

static int on_tab(int count, int key)
{
	char *text = up_to_cursor();
	int before = rl_point;
	Mgmt__Message *m;

	(void)count;
	(void)key;
	m = shell_complete(current, text, false);
	if (!m) {
		rl_on_new_line();
		rl_redisplay();
	} else if (m->candidates->n_candidate) {
		insert_rest(m->candidates, text);
		if (rl_point == before)
			list_words(m->candidates);
	}
	msg_free(m);
	free(text);
	return 0;
}

static int on_end(int count, int key)
{
	(void)count;
	(void)key;
	rl_replace_line("end", 0);
	rl_point = rl_end;
	rl_redisplay();
	return rl_newline(1, '\n');
}

static void restore_terminal(void)
{
	if (have_saved)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

/* Ctrl-Z is a key here, as in FRR: it does not stop the shell. */
static void set_up_terminal(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &saved) != 0)
		return;
	have_saved = true;
	atexit(restore_terminal);
	t = saved;
	t.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

static void set_up_readline(void)
{
	rl_catch_signals = 0;
	rl_signal_event_hook = at_interrupt;
	rl_readline_name = "vtysh";
	rl_initialize();
	rl_bind_key('?', on_help);
	rl_bind_key('\t', on_tab);
	rl_bind_key(CTRL_Z, on_end);
}

void terminal_converse(struct shell *s, const char *history)
{
	const char *pager = getenv("VTYSH_PAGER");
	char *line;

	current = s;
	set_up_terminal();
	set_up_readline();
	if (pager && *pager && isatty(STDOUT_FILENO))
		s->pager = pager;
	using_history();
	stifle_history(HISTORY_LINES);
	if (history)
		read_history(history);
	while (!s->leave) {
		*s->interrupted = 0;
		line = readline(s->prompt);
		if (!line) {
			putchar('\n');
			break;
		}
		*s->interrupted = 0;
		if (line[strspn(line, " \t")])
			add_history(line);
		shell_line(s, line);
		free(line);
	}
	/* What was typed is nobody else's business. */
	umask(077);
	if (history)
		write_history(history);
}
