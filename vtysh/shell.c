/* SPDX-License-Identifier: MIT */
/* A line, round the daemons. */
#include "vtysh/shell.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cli/show.h"

/* An answer is held back until its status is known, because "no match" sends
 * us on to the next daemon; one of this size is no such answer. */
#define HOLD_SIZE 16384u

static const char *const daemons[] = {"zebra", "babeld"};
#define N_DAEMONS (sizeof(daemons) / sizeof(daemons[0]))
_Static_assert(N_DAEMONS <= SHELL_CLIENTS_MAX, "room for all daemons");

struct answer {
	struct shell *shell;
	char hold[HOLD_SIZE];
	size_t n;
	bool showing; /* the rest goes straight to the user */
	FILE *pager;
};

bool shell_init(struct shell *s, const char *rundir, const char *only,
		const volatile sig_atomic_t *interrupted)
{
	*s = (struct shell){.n = only ? 1 : N_DAEMONS, .out = stdout};
	for (size_t i = 0; i < s->n; i++) {
		if (!client_init(&s->client[i], rundir, only ? only : daemons[i], interrupted))
			return false;
	}
	return true;
}

void shell_fini(struct shell *s)
{
	for (size_t i = 0; i < s->n; i++)
		client_close(&s->client[i]);
}

bool shell_any_daemon(struct shell *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++)
		any = client_connect(&s->client[i]) || any;
	return any;
}

static void answer_show(struct answer *a, const char *p, size_t n)
{
	if (!a->showing && a->shell->pager && n)
		a->pager = popen(a->shell->pager, "we");
	a->showing = true;
	/* A pager that the user has left takes no more: not our problem. */
	fwrite(p, 1, n, a->pager ? a->pager : a->shell->out);
}

static void answer_text(void *ctx, const char *p, size_t n)
{
	struct answer *a = ctx;

	if (!a->showing && a->n + n <= sizeof(a->hold)) {
		memcpy(a->hold + a->n, p, n);
		a->n += n;
		return;
	}
	if (!a->showing)
		answer_show(a, a->hold, a->n);
	answer_show(a, p, n);
}

static void answer_end(struct answer *a)
{
	if (!a->showing)
		answer_show(a, a->hold, a->n);
	if (a->pager)
		pclose(a->pager);
	fflush(a->shell->out);
}

static bool failed_status(int status)
{
	return status != SHOW_OK && status != SHOW_WARNING;
}

enum asked { ASKED_FINE, ASKED_FAILED, ASKED_NO_MATCH, ASKED_NOT_RUNNING };

static enum asked ask(struct shell *s, struct client *c, const char *line)
{
	struct answer a = {.shell = s};
	int status = SHOW_OK;

	switch (client_ask(c, line, answer_text, &a, &status)) {
	case CLIENT_NOT_RUNNING:
		return ASKED_NOT_RUNNING;
	case CLIENT_INTERRUPTED:
		answer_end(&a);
		fputc('\n', s->out);
		return ASKED_FAILED;
	case CLIENT_LOST:
		answer_end(&a);
		fprintf(stderr, "%s: the connection was lost\n", c->name);
		return ASKED_FAILED;
	case CLIENT_ANSWERED:
		break;
	}
	if (status == SHOW_NO_MATCH)
		return ASKED_NO_MATCH;
	answer_end(&a);
	return failed_status(status) ? ASKED_FAILED : ASKED_FINE;
}

/* The first that knows the line has it. */
static bool ask_round(struct shell *s, const char *line)
{
	bool down[SHELL_CLIENTS_MAX] = {false}, any_down = false;

	for (size_t i = 0; i < s->n; i++) {
		switch (ask(s, &s->client[i], line)) {
		case ASKED_FINE:
			return true;
		case ASKED_FAILED:
			return false;
		case ASKED_NO_MATCH:
			break;
		case ASKED_NOT_RUNNING:
			down[i] = any_down = true;
			break;
		}
	}
	for (size_t i = 0; i < s->n; i++) {
		if (down[i])
			fprintf(stderr, "%s is not running\n", s->client[i].name);
	}
	if (!any_down) {
		fprintf(s->out, "%% Unknown command: %s\n", line);
		fflush(s->out);
	}
	return false;
}

static bool list(struct shell *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		switch (ask(s, &s->client[i], "list")) {
		case ASKED_FINE:
			any = true;
			break;
		case ASKED_FAILED:
		case ASKED_NO_MATCH:
			break;
		case ASKED_NOT_RUNNING:
			fprintf(stderr, "%s is not running\n", s->client[i].name);
			break;
		}
	}
	fprintf(s->out, "    %-60s  %s\n", "list", "These commands");
	fprintf(s->out, "    %-60s  %s\n", "exit", "Leave the shell");
	fflush(s->out);
	return any;
}

static bool is_one_of(const char *line, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(line, *words) == 0)
			return true;
	}
	return false;
}

bool shell_line(struct shell *s, const char *line)
{
	static const char *const leaving[] = {"exit", "quit", "logout", NULL};
	static const char *const modes[] = {"enable", "disable", "end", NULL};
	char buf[SHOW_REQUEST_MAX + 1];
	size_t n;

	line += strspn(line, " \t\r\n");
	n = strlen(line);
	while (n && strchr(" \t\r\n", line[n - 1]))
		n--;
	if (!n || *line == '!' || *line == '#')
		return true;
	if (n > SHOW_REQUEST_MAX) {
		fprintf(stderr, "%% The line is longer than %u characters.\n", SHOW_REQUEST_MAX);
		return false;
	}
	memcpy(buf, line, n);
	buf[n] = '\0';
	if (is_one_of(buf, leaving)) {
		s->leave = true;
		return true;
	}
	/* There is one mode only: these have nothing to do. */
	if (is_one_of(buf, modes))
		return true;
	if (strcmp(buf, "list") == 0)
		return list(s);
	return ask_round(s, buf);
}
