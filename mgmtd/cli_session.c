/* SPDX-License-Identifier: MIT */
/* Sessions of the command line: from a line to its answer. */
#include "mgmtd/cli_session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmtd/cli_private.h"

struct cli *cli_new(const struct cli_env *env, char *err, size_t err_size)
{
	struct cli *c;

	if (!cli_add_commands(env->grammar, err, err_size))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->env = *env;
	return c;
}

void cli_free(struct cli *c)
{
	free(c);
}

void cli_set_frontend(struct cli *c, const struct frontend *f)
{
	c->frontend = f;
}

/* ---- what is said ---- */

bool cli_has_room(const struct cli_session *s)
{
	return !s->pending.n && !s->out.full(s->out.ctx);
}

/* Hands out what waits; behind the last of it, the end of the answer. */
static void pump(struct cli_session *s)
{
	size_t at = 0;

	while (at < s->pending.n && !s->out.full(s->out.ctx)) {
		size_t n = s->pending.n - at < CLI_PIECE ? s->pending.n - at : CLI_PIECE;

		/* A Text is a whole UTF-8 string. */
		while (n > 1 && at + n < s->pending.n &&
		       ((unsigned char)s->pending.p[at + n] & 0xc0) == 0x80)
			n--;
		s->out.text(s->out.ctx, s->pending.p + at, n);
		at += n;
	}
	txt_drop(&s->pending, at);
	if (s->pending.n || !s->finished)
		return;
	txt_clear(&s->pending);
	s->busy = s->finished = false;
	s->out.done(s->out.ctx, s->status, cli_session_prompt(s), s->quit);
}

void cli_say_text(struct cli_session *s, const char *text, size_t n)
{
	filter_text(&s->filter, &s->pending, text, n);
}

void cli_say(struct cli_session *s, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	cli_say_text(s, text, (size_t)n);
	free(text);
}

void cli_flush(struct cli_session *s)
{
	pump(s);
}

void cli_done(struct cli_session *s, enum cli_status status)
{
	filter_end(&s->filter, &s->pending);
	free(s->line);
	s->line = NULL;
	s->status = status;
	s->finished = true;
	pump(s);
}

void cli_refuse(struct cli_session *s, enum cli_status status, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	/* Whatever was asked for, this is no answer to filter. */
	filter_clear(&s->filter);
	txt_printf(&s->pending, "%% %s\n", buf);
	cli_done(s, status);
}

void cli_refuse_error(struct cli_session *s, const struct edit_error *err)
{
	char *text = error_text(err);

	filter_clear(&s->filter);
	txt_printf(&s->pending, "%% %s\n", text);
	free(text);
	cli_done(s, CLI_FAILED);
}

void cli_bad_line(struct text *t, enum grammar_status status, const char *line,
		  const struct grammar_result *r)
{
	static const char *const heads[] = {
		[GRAMMAR_NO_MATCH] = "Unknown command",
		[GRAMMAR_AMBIGUOUS] = "Ambiguous command",
		[GRAMMAR_INCOMPLETE] = "Command incomplete",
		[GRAMMAR_INVALID] = "Invalid value",
	};
	size_t before = t->n;

	txt_printf(t, "%% %s: ", heads[status]);
	txt_printf(t, "%s\n%*s^\n", line, (int)(t->n - before + r->column), "");
	if (status == GRAMMAR_INVALID || !*r->expected)
		txt_printf(t, "  %s\n", r->message);
	if (*r->expected)
		txt_printf(t, "  Expected here: %s\n", r->expected);
}

static const char *hostname(const struct cli *c, char *buf, size_t size)
{
	const struct lyd_node *running = ds_tree(c->env.ds, DS_RUNNING);
	struct lyd_node *node = NULL;

	if (running &&
	    lyd_find_path(running, "/srcdest-system:system/hostname", 0, &node) == LY_SUCCESS) {
		snprintf(buf, size, "%s", lyd_get_value(node));
		return buf;
	}
	snprintf(buf, size, "router");
	gethostname(buf, size - 1);
	return buf;
}

const char *cli_session_prompt(struct cli_session *s)
{
	char host[65] = "";

	hostname(s->cli, host, sizeof(host));
	if (s->edit == CLI_EDIT_NONE)
		snprintf(s->prompt, sizeof(s->prompt), "%s# ", host);
	else
		snprintf(s->prompt, sizeof(s->prompt), "%s(%s)# ", host,
			 grammar_mode_name(s->cli->env.grammar, &s->place));
	return s->prompt;
}

/* ---- lines ---- */

struct cli_session *cli_session_new(struct cli *c, const struct ds_session *who,
				    const struct cli_out *out)
{
	struct cli_session *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->cli = c;
	s->who = *who;
	s->out = *out;
	s->place.room = GRAMMAR_EXEC;
	return s;
}

void cli_session_free(struct cli_session *s)
{
	if (!s)
		return;
	cli_show_free(s);
	cli_completion_free(s);
	cli_forget_config(s);
	cli_file_free(s->file);
	filter_clear(&s->filter);
	txt_clear(&s->pending);
	grammar_result_clear(&s->parsed);
	free(s->line);
	free(s);
}

static void refuse_line(struct cli_session *s, enum grammar_status status)
{
	filter_clear(&s->filter);
	cli_bad_line(&s->pending, status, s->line, &s->parsed);
	cli_done(s, status == GRAMMAR_INVALID ? CLI_FAILED : (enum cli_status)status);
}

/* In this place; `do` comes here for the second time. */
void cli_run_line(struct cli_session *s, const struct grammar_place *place)
{
	enum grammar_status status =
		grammar_parse(s->cli->env.grammar, place, s->line, 0, &s->parsed);

	if (status == GRAMMAR_EMPTY) {
		cli_done(s, CLI_OK);
		return;
	}
	if (status != GRAMMAR_OK) {
		refuse_line(s, status);
		return;
	}
	if (s->filter.kind != FILTER_NONE && !cli_is_show(s->parsed.id)) {
		cli_refuse(s, CLI_NO_MATCH, "Only what show commands print can be filtered.");
		return;
	}
	if (s->parsed.id)
		cli_run_command(s, s->parsed.id);
	else
		cli_config_line(s);
}

static char *trimmed(const char *line)
{
	size_t n;
	char *copy;

	line += strspn(line, " \t\r\n");
	n = strlen(line);
	while (n && strchr(" \t\r\n", line[n - 1]))
		n--;
	copy = strndup(line, n);
	if (!copy)
		abort();
	return copy;
}

void cli_begin(struct cli_session *s)
{
	s->busy = true;
	s->finished = false;
	s->status = CLI_OK;
}

void cli_session_line(struct cli_session *s, const char *line)
{
	char err[256] = "";
	size_t column = 0;

	cli_begin(s);
	s->line = trimmed(line);
	if (strlen(s->line) > GRAMMAR_LINE_MAX) {
		cli_refuse(s, CLI_NO_MATCH, "Command is too long: %zu octets, %u are the limit.",
			   strlen(s->line), GRAMMAR_LINE_MAX);
		return;
	}
	if (cli_takes_bar(s->line) && !filter_cut(&s->filter, s->line, err, sizeof(err), &column)) {
		txt_printf(&s->pending, "%% Unknown command: %s\n%*s^\n  %s\n", s->line,
			   (int)(strlen("% Unknown command: ") + column), "", err);
		filter_clear(&s->filter);
		cli_done(s, CLI_NO_MATCH);
		return;
	}
	cli_run_line(s, &s->place);
}

void cli_session_complete(struct cli_session *s, const char *text, bool help)
{
	cli_complete(s, text, help);
}

void cli_session_room(struct cli_session *s)
{
	pump(s);
	if (s->show && cli_has_room(s))
		cli_show_room(s);
}
