/* SPDX-License-Identifier: MIT */
/* One request: a line against a command table. */
#include "lib/cli/show.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cli/match.h"
#include "lib/cli/run.h"

struct show_out {
	char *buf;
	size_t len, room; /* room counts the NUL */
};

enum builtin { BUILTIN_LIST, BUILTIN_LEAVE, BUILTIN_NOTHING };

/* What every server knows. They rank with the daemon's own rows, so that an
 * abbreviation common to both is ambiguous. */
static const struct {
	const char *pattern;
	enum builtin what;
} builtins[] = {
	{"list", BUILTIN_LIST},	  {"enable", BUILTIN_NOTHING}, {"disable", BUILTIN_NOTHING},
	{"end", BUILTIN_NOTHING}, {"exit", BUILTIN_LEAVE},     {"quit", BUILTIN_LEAVE},
};
#define N_BUILTINS (sizeof(builtins) / sizeof(builtins[0]))

const char *show_arg(const struct show_args *a, const char *after)
{
	for (size_t i = 0; i + 1 < a->n; i++) {
		if (!(a->variables & 1u << i) && strcmp(a->word[i], after) == 0)
			return a->variables & 1u << (i + 1) ? a->word[i + 1] : NULL;
	}
	return NULL;
}

bool show_has(const struct show_args *a, const char *keyword)
{
	for (size_t i = 0; i < a->n; i++) {
		if (!(a->variables & 1u << i) && strcmp(a->word[i], keyword) == 0)
			return true;
	}
	return false;
}

static void out_room(struct show_out *o, size_t more)
{
	size_t room = o->room ? o->room : 512;

	while (room - o->len <= more)
		room *= 2;
	if (room == o->room)
		return;
	o->buf = realloc(o->buf, room);
	if (!o->buf)
		abort();
	o->room = room;
}

static void out_text(struct show_out *o, const char *s, size_t n)
{
	out_room(o, n);
	memcpy(o->buf + o->len, s, n);
	o->len += n;
	o->buf[o->len] = '\0';
}

void show_printf(struct show_out *o, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	out_room(o, 255);
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(o->buf + o->len, o->room - o->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if ((size_t)n >= o->room - o->len) {
		out_room(o, (size_t)n);
		vsnprintf(o->buf + o->len, o->room - o->len, fmt, again);
	}
	va_end(again);
	o->len += (size_t)n;
}

static void run_list(const struct show_table *t, struct show_out *o)
{
	char pattern[160];

	for (size_t i = 0; i < t->n; i++) {
		snprintf(pattern, sizeof(pattern), "%s [json]", t->commands[i].pattern);
		show_printf(o, "    %-60s  %s\n", pattern, t->commands[i].help);
	}
}

static enum show_status run_row(const struct show_command *c, const void *ctx,
				const struct show_args *args, bool json, struct show_out *o)
{
	char err[512] = "";
	json_object *state = c->state(ctx, args, err, sizeof(err));

	if (!state && err[0]) {
		show_printf(o, "%% %s\n", err);
		return SHOW_WARNING;
	}
	if (state && (json || !c->text)) {
		size_t len;
		const char *s = json_object_to_json_string_length(
			state,
			JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE,
			&len);

		out_text(o, s, len);
		out_text(o, "\n", 1);
	} else if (state) {
		c->text(state, o);
	}
	json_object_put(state);
	return SHOW_OK;
}

static enum show_status unknown(const char *daemon_name, const char *line, struct show_out *o)
{
	show_printf(o, "%% [");
	for (const char *s = daemon_name; *s; s++)
		show_printf(o, "%c", toupper((unsigned char)*s));
	show_printf(o, "] Unknown command: %s\n", line);
	return SHOW_NO_MATCH;
}

static enum match_verdict match_all(struct match *m, const struct show_table *t, const char *line,
				    struct show_args *args, bool *json)
{
	match_begin(m, line);
	while (match_pass(m)) {
		for (size_t i = 0; i < N_BUILTINS; i++)
			match_try(m, i, builtins[i].pattern, "");
		for (size_t i = 0; i < t->n; i++)
			match_try(m, N_BUILTINS + i, t->commands[i].pattern, "[json]");
	}
	return match_end(m, args, json);
}

/* watchfrr sends `echo PING` and wants the words back as they are. */
static bool run_echo(const char *line, struct show_out *o)
{
	line += strspn(line, " \t");
	if (strncmp(line, "echo", 4) != 0 || (line[4] && !strchr(" \t", line[4])))
		return false;
	line += 4;
	line += strspn(line, " \t");
	show_printf(o, "%s\n", line);
	return true;
}

static void run_builtin(enum builtin what, const struct show_table *t, struct show_out *o,
			bool *leave)
{
	switch (what) {
	case BUILTIN_LIST:
		run_list(t, o);
		break;
	case BUILTIN_LEAVE:
		*leave = true;
		break;
	case BUILTIN_NOTHING:
		break;
	}
}

static enum show_status run_line(const struct show_table *t, const char *line, struct show_out *o,
				 bool *leave)
{
	struct show_args args;
	struct match m;
	bool json;

	if (run_echo(line, o))
		return SHOW_OK;
	switch (match_all(&m, t, line, &args, &json)) {
	case MATCH_EMPTY:
		return SHOW_OK;
	case MATCH_ONE:
		if (m.row >= N_BUILTINS)
			return run_row(&t->commands[m.row - N_BUILTINS], t->ctx, &args, json, o);
		run_builtin(builtins[m.row].what, t, o, leave);
		return SHOW_OK;
	case MATCH_NONE:
		break;
	case MATCH_AMBIGUOUS:
		show_printf(o, "%% Ambiguous command.\n");
		return SHOW_AMBIGUOUS;
	case MATCH_INCOMPLETE:
		show_printf(o, "%% Command incomplete.\n");
		return SHOW_INCOMPLETE;
	}
	return unknown(t->daemon_name, line, o);
}

struct show_answer show_answer(const struct show_table *t, const char *line)
{
	struct show_answer a = {.leave = false};
	struct show_out o = {0};

	out_text(&o, "", 0);
	a.status = run_line(t, line, &o, &a.leave);
	a.text = o.buf;
	a.len = o.len;
	return a;
}

enum show_status show_run(const struct show_command *commands, size_t n, const void *ctx,
			  const char *daemon_name, const char *line, char **answer)
{
	const struct show_table t = {commands, n, ctx, daemon_name};
	struct show_answer a = show_answer(&t, line);

	*answer = a.text;
	return a.status;
}

enum show_frame show_frame(struct span in, size_t *len)
{
	size_t look = in.len < SHOW_REQUEST_MAX + 1 ? in.len : SHOW_REQUEST_MAX + 1;
	const uint8_t *nul = look ? memchr(in.p, '\0', look) : NULL;

	if (nul) {
		*len = (size_t)(nul - in.p);
		return SHOW_FRAME_LINE;
	}
	return in.len > SHOW_REQUEST_MAX ? SHOW_FRAME_TOO_LONG : SHOW_FRAME_MORE;
}
