/* SPDX-License-Identifier: MIT */
/* Sessions of the command line on the front ends' socket. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/msg.h"
#include "mgmtd/cli_private.h"

struct front_cli {
	struct front_session *front;
	struct cli_session *session;
};

static void front_text(void *ctx, const char *text, size_t n)
{
	struct front_cli *f = ctx;
	Mgmt__Text t = MGMT__TEXT__INIT;
	char buf[CLI_PIECE + 1];

	memcpy(buf, text, n);
	buf[n] = '\0';
	t.text = buf;
	front_send(f->front, MGMT__MESSAGE__KIND_TEXT, &t.base);
}

static bool front_is_full(void *ctx)
{
	return front_full(((struct front_cli *)ctx)->front);
}

static void front_answered(void *ctx, enum cli_status status, const char *prompt, bool quit)
{
	struct front_cli *f = ctx;
	Mgmt__Done d = MGMT__DONE__INIT;

	d.status = status;
	d.prompt = (char *)(uintptr_t)prompt;
	d.quit = quit;
	front_send(f->front, MGMT__MESSAGE__KIND_DONE, &d.base);
	if (quit)
		front_finish(f->front, "the user left");
	else
		front_done(f->front);
}

static void front_candidates(void *ctx, const struct grammar_candidate *c, size_t n,
			     const char *error)
{
	struct front_cli *f = ctx;
	Mgmt__Candidates m = MGMT__CANDIDATES__INIT;
	Mgmt__Candidate *v = calloc(n + 1, sizeof(*v)), **p = calloc(n + 1, sizeof(*p));

	if (!v || !p)
		abort();
	for (size_t i = 0; i < n; i++) {
		mgmt__candidate__init(&v[i]);
		v[i].word = (char *)(uintptr_t)c[i].word;
		v[i].help = (char *)(uintptr_t)(c[i].help ? c[i].help : "");
		v[i].variable = c[i].variable;
		p[i] = &v[i];
	}
	m.candidate = p;
	m.n_candidate = n;
	if (error)
		m.error = (char *)(uintptr_t)error;
	front_send(f->front, MGMT__MESSAGE__KIND_CANDIDATES, &m.base);
	free(p);
	free(v);
	front_done(f->front);
}

static void *layer_open(void *ctx, struct front_session *fs, char **hello, char *err,
			unsigned int err_size)
{
	struct front_cli *f = calloc(1, sizeof(*f));
	const struct cli_out out = {
		.text = front_text,
		.full = front_is_full,
		.done = front_answered,
		.candidates = front_candidates,
		.ctx = f,
	};

	(void)hello;
	(void)err;
	(void)err_size;
	if (!f)
		abort();
	f->front = fs;
	f->session = cli_session_new(ctx, &front_info(fs)->who, &out);
	return f;
}

static void layer_request(void *session, const Mgmt__Message *m)
{
	struct cli_session *s = ((struct front_cli *)session)->session;

	if (m->kind_case == MGMT__MESSAGE__KIND_LINE)
		cli_session_line(s, m->line->text);
	else if (m->kind_case == MGMT__MESSAGE__KIND_LOAD)
		cli_session_load(s, m->load->name, *m->load->name ? m->load->text : NULL,
				 m->load->check);
	else
		cli_session_complete(s, m->complete->text, m->complete->help);
}

static void layer_room(void *session)
{
	cli_session_room(((struct front_cli *)session)->session);
}

static void layer_close(void *session)
{
	struct front_cli *f = session;

	cli_session_free(f->session);
	free(f);
}

struct front_layer cli_layer(struct cli *c)
{
	return (struct front_layer){
		.open = layer_open,
		.request = layer_request,
		.room = layer_room,
		.close = layer_close,
		.accept = MSG_ACCEPT(LINE) | MSG_ACCEPT(LOAD) | MSG_ACCEPT(COMPLETE),
		.ctx = c,
	};
}
