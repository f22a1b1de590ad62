/* SPDX-License-Identifier: MIT */
/* A line, to mgmtd and back. */
#include "vtysh/shell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLANKS	     " \t\r\n"
#define LINE_MAX_LEN 4095u
#define FILE_MAX     (MSG_MAX_FRONT - 4096)

/* FRR's vty status octets. */
enum { STATUS_OK = 0, STATUS_WARNING = 1 };

bool shell_init(struct shell *s, const char *rundir, volatile sig_atomic_t *interrupted)
{
	*s = (struct shell){.out = stdout, .interrupted = interrupted};
	snprintf(s->prompt, sizeof(s->prompt), "router# ");
	return client_init(&s->client, rundir, interrupted);
}

void shell_fini(struct shell *s)
{
	client_close(&s->client);
}

/* ---- an answer ---- */

struct answer {
	struct shell *shell;
	FILE *pager;
	bool discard; /* the user does not want the rest */
};

static void show_text(struct answer *a, const char *text)
{
	struct shell *s = a->shell;

	if (a->discard)
		return;
	if (!a->pager && s->pager)
		a->pager = popen(s->pager, "we");
	/* A pager that the user has left takes no more: not our problem. */
	fputs(text, a->pager ? a->pager : s->out);
	fflush(a->pager ? a->pager : s->out);
}

static void answer_end(struct answer *a)
{
	if (a->pager)
		pclose(a->pager);
	fflush(a->shell->out);
}

static bool session_lost(struct shell *s)
{
	fflush(s->out);
	fprintf(stderr, "vtysh: %s\n", s->client.why);
	return false;
}

/* One message of it. True: there is more to come. */
static bool take(struct answer *a, const Mgmt__Message *m, bool *fine)
{
	struct shell *s = a->shell;

	if (m->kind_case == MGMT__MESSAGE__KIND_TEXT) {
		show_text(a, m->text->text);
		return true;
	}
	if (m->kind_case != MGMT__MESSAGE__KIND_DONE)
		return true;
	snprintf(s->prompt, sizeof(s->prompt), "%s", m->done->prompt);
	s->leave = m->done->quit;
	*fine = m->done->status == STATUS_OK || m->done->status == STATUS_WARNING;
	return false;
}

/* Ctrl-C: the rest is not shown, but waited for, so that the session with its
 * mode and candidate stays. A second one gives it up. */
static bool interrupted(struct answer *a)
{
	*a->shell->interrupted = 0;
	if (a->discard) {
		snprintf(a->shell->client.why, sizeof(a->shell->client.why),
			 "given up; a new session begins");
		client_close(&a->shell->client);
		return false;
	}
	fputs("^C\n", a->shell->out);
	fflush(a->shell->out);
	a->discard = true;
	return true;
}

static bool receive_answer(struct shell *s)
{
	struct answer a = {.shell = s};
	bool more = true, fine = false;

	while (more) {
		Mgmt__Message *m = NULL;

		switch (client_receive(&s->client, &m)) {
		case CLIENT_OK:
			more = take(&a, m, &fine);
			msg_free(m);
			break;
		case CLIENT_INTERRUPTED:
			if (interrupted(&a))
				break;
			answer_end(&a);
			return session_lost(s);
		case CLIENT_LOST:
			answer_end(&a);
			return session_lost(s);
		}
	}
	answer_end(&a);
	return fine && !a.discard;
}

/* ---- requests ---- */

static bool send_line(struct shell *s, char *line)
{
	Mgmt__Line m = MGMT__LINE__INIT;

	m.text = line;
	if (client_send(&s->client, MGMT__MESSAGE__KIND_LINE, &m.base) != CLIENT_OK)
		return session_lost(s);
	return receive_answer(s);
}

bool shell_connect(struct shell *s)
{
	char nothing[] = "";

	if (!client_connect(&s->client))
		return session_lost(s);
	/* The prompt comes with an answer. */
	return send_line(s, nothing);
}

/* mgmtd may have been started anew. What was typed for a mode of the former
 * session means something else in a new one: it is not run then. */
static bool reconnect(struct shell *s)
{
	bool was_inside = strchr(s->prompt, '(') != NULL, stale = client_is_stale(&s->client);

	if (s->client.fd >= 0 && !stale)
		return true;
	client_close(&s->client);
	if (!shell_connect(s))
		return false;
	if (stale)
		fprintf(stderr, "vtysh: mgmtd had ended the session; this is a new one\n");
	if (was_inside)
		fprintf(stderr, "vtysh: the line was not run: the former session was in the "
				"configuration\n");
	return !was_inside;
}

static bool word_is(const char **p, const char *word)
{
	size_t n = strcspn(*p, BLANKS);
	bool is = n && n <= strlen(word) && strncmp(*p, word, n) == 0;

	if (is) {
		*p += n;
		*p += strspn(*p, BLANKS);
	}
	return is;
}

/* `terminal ...` has been accepted: what it says about this terminal. */
static void notice_terminal(struct shell *s, const char *line)
{
	static const char fallback[] = "more";
	const char *set = getenv("VTYSH_PAGER"), *pager = set && *set ? set : fallback;

	if (!isatty(STDOUT_FILENO) || strncmp(line, "ter", 3) != 0 || !word_is(&line, "terminal"))
		return;
	if (word_is(&line, "paginate"))
		s->pager = pager;
	else if (word_is(&line, "no"))
		s->pager = NULL;
	else if (word_is(&line, "length"))
		s->pager = strtoul(line, NULL, 10) ? pager : NULL;
}

static bool ask(struct shell *s, char *line, size_t n)
{
	Mgmt__Message *m;

	line[n - 1] = '\0';
	m = shell_complete(s, line, true);
	if (m)
		shell_print_help(s, m->candidates);
	msg_free(m);
	return m != NULL;
}

bool shell_line(struct shell *s, const char *line)
{
	char buf[LINE_MAX_LEN + 1];
	size_t n;

	line += strspn(line, BLANKS);
	n = strlen(line);
	while (n && strchr(BLANKS, line[n - 1]))
		n--;
	if (!n || *line == '!' || *line == '#')
		return true;
	if (n > LINE_MAX_LEN) {
		fprintf(stderr, "%% The line is longer than %u characters.\n", LINE_MAX_LEN);
		return false;
	}
	memcpy(buf, line, n);
	buf[n] = '\0';
	if (!reconnect(s))
		return false;
	if (buf[n - 1] == '?' && (n == 1 || strchr(BLANKS, buf[n - 2])))
		return ask(s, buf, n);
	if (!send_line(s, buf))
		return false;
	notice_terminal(s, buf);
	return true;
}

static char *read_file(const char *path, size_t *n)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text = NULL;
	size_t room = 0, got;

	*n = 0;
	if (!f)
		return NULL;
	do {
		if (room - *n < 65536) {
			room = room ? 2 * room : 131072;
			text = realloc(text, room);
			if (!text)
				abort();
		}
		got = fread(text + *n, 1, room - *n - 1, f);
		*n += got;
	} while (got && *n <= FILE_MAX);
	text[*n] = '\0';
	if (ferror(f)) {
		free(text);
		text = NULL;
	}
	if (f != stdin)
		fclose(f);
	return text;
}

bool shell_load(struct shell *s, const char *path, bool check)
{
	Mgmt__Load m = MGMT__LOAD__INIT;
	enum client_result r;
	char *text = NULL;
	size_t n = 0;

	m.check = check;
	if (path) {
		errno = 0;
		text = read_file(path, &n);
		if (!text || n > FILE_MAX || strlen(text) != n) {
			fprintf(stderr, "vtysh: %s: %s\n", path,
				!text	       ? strerror(errno)
				: n > FILE_MAX ? "too long for a configuration"
					       : "this is no text");
			free(text);
			return false;
		}
		m.name = (char *)(uintptr_t)path;
		m.text = text;
	}
	if (!shell_connect(s)) {
		free(text);
		return false;
	}
	r = client_send(&s->client, MGMT__MESSAGE__KIND_LOAD, &m.base);
	free(text);
	return r == CLIENT_OK ? receive_answer(s) : session_lost(s);
}

/* ---- completion ---- */

Mgmt__Message *shell_complete(struct shell *s, const char *text, bool help)
{
	Mgmt__Complete c = MGMT__COMPLETE__INIT;
	Mgmt__Message *m = NULL;
	enum client_result r;

	if (!reconnect(s))
		return NULL;
	c.text = (char *)(uintptr_t)text;
	c.help = help;
	r = client_send(&s->client, MGMT__MESSAGE__KIND_COMPLETE, &c.base);
	while (r != CLIENT_LOST && !m) {
		r = client_receive(&s->client, &m);
		/* It is one message, and soon here. */
		if (r == CLIENT_INTERRUPTED)
			*s->interrupted = 0;
	}
	if (r == CLIENT_LOST) {
		session_lost(s);
		return NULL;
	}
	if (m->kind_case != MGMT__MESSAGE__KIND_CANDIDATES || *m->candidates->error) {
		if (m->kind_case == MGMT__MESSAGE__KIND_CANDIDATES)
			fputs(m->candidates->error, s->out);
		fflush(s->out);
		msg_free(m);
		return NULL;
	}
	return m;
}

void shell_print_help(struct shell *s, const Mgmt__Candidates *c)
{
	size_t width = 10;

	for (size_t i = 0; i < c->n_candidate; i++)
		if (strlen(c->candidate[i]->word) > width)
			width = strlen(c->candidate[i]->word);
	for (size_t i = 0; i < c->n_candidate; i++)
		fprintf(s->out, "  %-*s  %s\n", (int)width, c->candidate[i]->word,
			c->candidate[i]->help);
	if (!c->n_candidate)
		fputs("  There is nothing that would be valid here.\n", s->out);
	fflush(s->out);
}
