/* SPDX-License-Identifier: MIT */
/* A recording happens again. */
#include "babeld/trace/player.h"

#include <string.h>

/* One event asks for no more than this: a random number or a moment for each
 * of its packets and timers. */
#define ANSWERS_MAX ((size_t)1 << 20)

struct player {
	struct memtag mem, mem_answers;
	enum play_mode mode;
	bool limited;
	usec_t until;	 /* from the first event, if limited */
	uint64_t random; /* of the generator */
	const struct player_ops *ops;
	void *ctx;
	struct event_stage stage;
	struct line_reader reader;	 /* of the line at hand */
	struct line_reader event_reader; /* keeps what the waiting event borrows */
	bool waiting;			 /* event has not happened yet */
	struct babel_event event;
	struct answer *answers;
	size_t n_answers, room, used;
	bool asked_more, closed;
	struct player_view v;
};

/* ---- the world, as it was ---- */

static const struct answer *next_answer(struct player *p, enum answer_kind kind)
{
	static const struct answer none = {.value = 0};

	if (p->used == p->n_answers || p->answers[p->used].kind != kind) {
		p->asked_more = true;
		return &none;
	}
	return &p->answers[p->used++];
}

static uint32_t on_random(void *ctx)
{
	struct player *p = ctx;

	if (p->mode == PLAY_STRICT)
		return (uint32_t)next_answer(p, ANSWER_RANDOM)->value;
	p->random = p->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(p->random >> 32);
}

static mono_t on_clock(void *ctx)
{
	struct player *p = ctx;

	if (p->mode == PLAY_STRICT)
		return (mono_t){next_answer(p, ANSWER_CLOCK)->value};
	return p->v.now;
}

/* Nobody here has a key: the digest is what it was. */
static bool on_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		   uint8_t out[BABEL_MAC_MAX])
{
	const struct answer *a = next_answer(ctx, ANSWER_MAC);

	(void)key, (void)pseudo, (void)octets;
	memcpy(out, a->digest, sizeof(a->digest));
	return a->len > 0;
}

static void on_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct player *p = ctx;

	said_send(&p->v.said, via, to, datagram);
	if (p->ops->send)
		p->ops->send(p->ctx, via, to, datagram);
}

static void on_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	struct player *p = ctx;

	said_route(&p->v.said, pair, c);
	if (p->ops->route)
		p->ops->route(p->ctx, pair, c);
}

static void on_note(void *ctx, const struct babel_note *n)
{
	struct player *p = ctx;

	said_note(&p->v.said, n);
	if (p->ops->note)
		p->ops->note(p->ctx, n);
}

static void on_remember(void *ctx, uint32_t place, const struct babel_memory *m)
{
	said_remember(&((struct player *)ctx)->v.said, place, m);
}

static const struct babel_env env = {
	.remember = on_remember,
	.send = on_send,
	.route = on_route,
	.random = on_random,
	.note = on_note,
	.clock = on_clock,
	.mac = on_mac,
};

/* ---- life ---- */

struct player *player_new(enum play_mode mode, const struct player_ops *ops, void *ctx)
{
	struct memtag tag = {.name = "player"};
	struct player *p = mem_new(&tag, sizeof(*p));

	p->mem = tag;
	p->mem_answers.name = "player answers";
	p->reader.mem.name = p->event_reader.mem.name = "player line";
	p->mode = mode;
	p->ops = ops;
	p->ctx = ctx;
	p->stage.env = &env;
	p->stage.ctx = p;
	p->closed = true;
	p->v.what = p->v.where = "";
	return p;
}

void player_free(struct player *p)
{
	struct memtag tag;

	if (!p)
		return;
	babel_free(p->stage.babel);
	mem_free(&p->mem_answers, p->answers);
	line_reader_fini(&p->reader);
	line_reader_fini(&p->event_reader);
	tag = p->mem;
	mem_free(&tag, p);
}

void player_until(struct player *p, usec_t from_first)
{
	p->limited = true;
	p->until = from_first;
}

/* ---- lines ---- */

/* Loosely: the timers of their own time, whoever ran them then. */
static void run_due(struct player *p, mono_t until)
{
	struct babel_event e = {.kind = EVENT_RUN_DUE};

	while (p->stage.babel && !mono_before(until, babel_next_deadline(p->stage.babel))) {
		e.now = babel_next_deadline(p->stage.babel);
		if (mono_before(p->v.now, e.now))
			p->v.now = e.now;
		event_run(&p->stage, &e);
	}
}

/* Time goes on to where it is to stop. */
static enum play_verdict later(struct player *p)
{
	mono_t end = mono_add(p->v.first, p->until);

	if (p->mode == PLAY_LOOSE)
		run_due(p, end);
	if (mono_before(p->v.now, end))
		p->v.now = end;
	return PLAY_LATER;
}

static enum play_verdict happen(struct player *p)
{
	const struct babel_event *e = &p->event;

	if (!p->waiting)
		return PLAY_ON;
	p->waiting = false;
	if (!p->v.events)
		p->v.first = e->now;
	if (p->limited && mono_sub(e->now, p->v.first) > p->until)
		return later(p);
	if (p->mode == PLAY_LOOSE)
		run_due(p, e->now);
	p->used = 0;
	p->asked_more = false;
	p->v.events++;
	p->v.now = e->now;
	if (p->ops->before)
		p->ops->before(p->ctx, e);
	said_begin(&p->v.said);
	event_run(&p->stage, e);
	if (p->ops->after)
		p->ops->after(p->ctx, e);
	if (p->mode == PLAY_LOOSE)
		return PLAY_ON;
	if (p->asked_more)
		return PLAY_MORE_ASKED;
	return p->used < p->n_answers ? PLAY_LESS_ASKED : PLAY_ON;
}

static enum play_verdict take_event(struct player *p, const struct line *l)
{
	enum play_verdict v = PLAY_ON;
	struct line_reader r;

	if (p->mode == PLAY_LOOSE) /* they need not be closed */
		v = happen(p);
	else if (!p->closed)
		return PLAY_MISPLACED;
	if (v != PLAY_ON)
		return v;
	/* What the event borrows outlives the lines behind it. */
	r = p->event_reader;
	p->event_reader = p->reader;
	p->reader = r;
	p->event = l->u.event;
	p->waiting = true;
	p->closed = false;
	p->n_answers = 0;
	return PLAY_ON;
}

static enum play_verdict take_answer(struct player *p, const struct line *l)
{
	if (!p->waiting || p->n_answers == ANSWERS_MAX)
		return PLAY_MISPLACED;
	if (p->n_answers == p->room) {
		size_t room = p->room ? 2 * p->room : 64;

		p->answers = mem_resize(&p->mem_answers, p->answers, p->room * sizeof(*p->answers),
					room * sizeof(*p->answers));
		p->room = room;
	}
	p->answers[p->n_answers++] = l->u.answer;
	return PLAY_ON;
}

static enum play_verdict take_said(struct player *p, const struct line *l)
{
	enum play_verdict v;

	if (!p->waiting)
		return PLAY_MISPLACED;
	v = happen(p);
	p->closed = true;
	p->v.expected = l->u.said;
	if (v != PLAY_ON || p->mode == PLAY_LOOSE)
		return v;
	return said_eq(&p->v.said, &p->v.expected) ? PLAY_ON : PLAY_OTHER_SAID;
}

static enum play_verdict take_tables(struct player *p, const struct line *l)
{
	if (p->mode == PLAY_LOOSE)
		return happen(p);
	if (!p->closed || !p->stage.babel)
		return PLAY_MISPLACED;
	p->v.tables = babel_hash(p->stage.babel);
	p->v.expected_tables = l->u.tables;
	return p->v.tables == p->v.expected_tables ? PLAY_ON : PLAY_OTHER_TABLES;
}

static enum play_verdict take(struct player *p, const struct line *l)
{
	enum play_verdict v;

	switch (l->kind) {
	case LINE_HEAD:
		if (p->v.lines != 1)
			return PLAY_MISPLACED;
		memcpy(p->v.program, l->u.head.program, sizeof(p->v.program));
		return PLAY_ON;
	case LINE_EVENT:
		return take_event(p, l);
	case LINE_ANSWER:
		return take_answer(p, l);
	case LINE_SAID:
		return take_said(p, l);
	case LINE_TABLES:
		return take_tables(p, l);
	case LINE_END:
		if (p->mode == PLAY_STRICT && !p->closed)
			return PLAY_MISPLACED;
		v = happen(p);
		if (v != PLAY_ON)
			return v;
		memcpy(p->v.end, l->u.end, sizeof(p->v.end));
		return PLAY_ENDED;
	}
	return PLAY_MISPLACED;
}

enum play_verdict player_line(struct player *p, struct span text)
{
	struct line l;

	p->v.lines++;
	if (!line_read(&p->reader, text, &l)) {
		p->v.what = p->reader.what;
		p->v.where = p->reader.where;
		return PLAY_BAD_LINE;
	}
	if (p->v.lines == 1 && l.kind != LINE_HEAD)
		return PLAY_NO_HEAD;
	return take(p, &l);
}

enum play_verdict player_end(struct player *p)
{
	enum play_verdict v;

	if (!p->v.lines)
		return PLAY_NO_HEAD;
	p->v.open = p->waiting;
	v = happen(p);
	/* Its answers may be cut off with it. */
	return p->v.open && v == PLAY_MORE_ASKED ? PLAY_ON : v;
}

struct player_view player_look(const struct player *p)
{
	struct player_view v = p->v;

	v.babel = p->stage.babel;
	return v;
}

const char *play_verdict_name(enum play_verdict v)
{
	switch (v) {
	case PLAY_ON:
		return "as it was";
	case PLAY_ENDED:
		return "the end";
	case PLAY_LATER:
		return "later than wanted";
	case PLAY_BAD_LINE:
		return "a line that can't be read";
	case PLAY_NO_HEAD:
		return "not a recording: its first line is no head";
	case PLAY_MISPLACED:
		return "a line where it makes no sense";
	case PLAY_MORE_ASKED:
		return "Babel asked for more than it did then";
	case PLAY_LESS_ASKED:
		return "Babel asked for less than it did then";
	case PLAY_OTHER_SAID:
		return "Babel said something else than it did then";
	case PLAY_OTHER_TABLES:
		return "the tables are not as they were";
	case PLAY_VERDICTS:
		break;
	}
	return "unknown";
}
