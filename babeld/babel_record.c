/* SPDX-License-Identifier: MIT */
/* Events into the protocol and, while a recording runs, into a file. */
#include "babeld/babel_record.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "babeld/trace/line.h"
#include "lib/io/log.h"

#define TABLES_EVERY (10 * USEC_PER_SEC) /* their hash walks through all of them */

struct recorder {
	const struct babel_env *env; /* the daemon's */
	void *ctx;
	struct babel_env asks; /* env with what is asked written down */
	int fd;		       /* -1: it has ended */
	char path[256], ended[32];
	uint64_t octets, limit, events;
	struct json_out out;
	struct said said;
	mono_t tables_next;
};

/* ---- the file ---- */

static void end(struct recorder *r, const char *why)
{
	if (r->fd < 0)
		return;
	close(r->fd);
	r->fd = -1;
	snprintf(r->ended, sizeof(r->ended), "%s", why);
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static void put(struct recorder *r, const struct line *l)
{
	if (r->fd < 0)
		return;
	json_clear(&r->out);
	line_write(&r->out, l);
	if (write_all(r->fd, r->out.p, r->out.n)) {
		r->octets += r->out.n;
		return;
	}
	log_error("recording into %s ends: %s", r->path, strerror(errno));
	end(r, strerror(errno));
}

static void put_end(struct recorder *r, const char *why)
{
	struct line l = {.kind = LINE_END};

	snprintf(l.u.end, sizeof(l.u.end), "%s", why);
	put(r, &l);
	end(r, why);
}

static void put_tables(struct recorder *r, const struct babel *b, mono_t now)
{
	struct line l = {.kind = LINE_TABLES};

	if (!b)
		return;
	l.u.tables = babel_hash(b);
	r->tables_next = mono_add(now, TABLES_EVERY);
	put(r, &l);
}

/* ---- what the instance asks and says ---- */

static void answered(struct recorder *r, enum answer_kind kind, int64_t value)
{
	struct line l = {.kind = LINE_ANSWER};

	l.u.answer.kind = kind;
	l.u.answer.value = value;
	put(r, &l);
}

static void ask_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct recorder *r = ctx;

	said_send(&r->said, via, to, datagram);
	r->env->send(r->ctx, via, to, datagram);
}

static void ask_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	struct recorder *r = ctx;

	said_route(&r->said, pair, c);
	r->env->route(r->ctx, pair, c);
}

static void ask_note(void *ctx, const struct babel_note *n)
{
	struct recorder *r = ctx;

	said_note(&r->said, n);
	r->env->note(r->ctx, n);
}

static uint32_t ask_random(void *ctx)
{
	struct recorder *r = ctx;
	uint32_t v = r->env->random(r->ctx);

	answered(r, ANSWER_RANDOM, v);
	return v;
}

static mono_t ask_clock(void *ctx)
{
	struct recorder *r = ctx;
	mono_t t = r->env->clock(r->ctx);

	answered(r, ANSWER_CLOCK, t.us);
	return t;
}

static bool ask_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX])
{
	struct recorder *r = ctx;
	struct line l = {.kind = LINE_ANSWER, .u.answer = {.kind = ANSWER_MAC}};

	memset(out, 0, BABEL_MAC_MAX);
	if (r->env->mac(r->ctx, key, pseudo, octets, out))
		l.u.answer.len = BABEL_MAC_MAX;
	memcpy(l.u.answer.digest, out, BABEL_MAC_MAX);
	put(r, &l);
	return l.u.answer.len > 0;
}

static void ask_remember(void *ctx, uint32_t place, const struct babel_memory *m)
{
	struct recorder *r = ctx;

	said_remember(&r->said, place, m);
	r->env->remember(r->ctx, place, m);
}

static const struct babel_env asks = {
	.remember = ask_remember,
	.send = ask_send,
	.route = ask_route,
	.random = ask_random,
	.note = ask_note,
	.clock = ask_clock,
	.mac = ask_mac,
};

/* ---- events ---- */

static unsigned int record(struct core *c, const struct babel_event *e)
{
	struct recorder *r = c->recorder;
	struct line l = {.kind = LINE_EVENT};
	unsigned int result;

	l.u.event = *e;
	put(r, &l);
	r->events++;
	said_begin(&r->said);
	result = event_run(&c->stage, e);
	l.kind = LINE_SAID;
	l.u.said = r->said;
	put(r, &l);
	if (!mono_before(e->now, r->tables_next))
		put_tables(r, c->stage.babel, e->now);
	if (r->fd >= 0 && r->octets > r->limit) {
		log_warning("recording into %s ends: it has reached %llu octets", r->path,
			    (unsigned long long)r->octets);
		core_record_stop(c, "limit");
	}
	return result;
}

unsigned int core_do(struct core *c, const struct babel_event *e)
{
	if (c->recorder && c->recorder->fd >= 0)
		return record(c, e);
	return event_run(&c->stage, e);
}

/* ---- life ---- */

void core_init(struct core *c, const struct babel_env *env, void *ctx)
{
	*c = (struct core){.stage = {.env = env, .ctx = ctx}};
}

static void recorder_free(struct core *c)
{
	struct recorder *r = c->recorder;

	if (!r)
		return;
	assert(r->fd < 0);
	c->stage.env = r->env;
	c->stage.ctx = r->ctx;
	json_fini(&r->out);
	free(r);
	c->recorder = NULL;
}

void core_fini(struct core *c, mono_t now)
{
	if (c->stage.babel)
		core_free(c, now);
	core_record_stop(c, "stopped");
	recorder_free(c);
}

static int open_file(const char *path, char *err, unsigned int err_size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		snprintf(err, err_size, "can't record into %s: %s", path, strerror(errno));
	return fd;
}

static uint64_t limit_of(uint64_t limit)
{
	return limit < RECORD_LIMIT_LEAST ? RECORD_LIMIT_LEAST : limit;
}

bool core_record(struct core *c, const char *path, uint64_t limit, char *err, unsigned int err_size)
{
	struct line l = {.kind = LINE_HEAD, .u.head = {.format = RECORDING_FORMAT}};
	struct recorder *r;
	int fd;

	assert(!c->stage.babel);
	if (strlen(path) >= sizeof(r->path)) {
		snprintf(err, err_size, "can't record into %s: the path is too long", path);
		return false;
	}
	core_record_stop(c, "another one begins");
	fd = open_file(path, err, err_size);
	if (fd < 0)
		return false;
	recorder_free(c);
	r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	r->fd = fd;
	r->env = c->stage.env;
	r->ctx = c->stage.ctx;
	r->asks = asks;
	if (!r->env->clock)
		r->asks.clock = NULL;
	if (!r->env->mac)
		r->asks.mac = NULL;
	if (!r->env->remember)
		r->asks.remember = NULL;
	r->limit = limit_of(limit);
	r->out.mem.name = "recording";
	snprintf(r->path, sizeof(r->path), "%s", path);
	c->stage.env = &r->asks;
	c->stage.ctx = r;
	c->recorder = r;
	snprintf(l.u.head.program, sizeof(l.u.head.program), "%s", PACKAGE_VERSION);
	put(r, &l);
	return true;
}

void core_record_limit(struct core *c, uint64_t limit)
{
	if (c->recorder && c->recorder->fd >= 0)
		c->recorder->limit = limit_of(limit);
}

void core_record_stop(struct core *c, const char *why)
{
	struct recorder *r = c->recorder;

	if (!r || r->fd < 0)
		return;
	put_tables(r, c->stage.babel, r->tables_next);
	put_end(r, why);
}

struct record_view core_record_look(const struct core *c)
{
	const struct recorder *r = c->recorder;

	if (!r)
		return (struct record_view){.path = "", .ended = ""};
	return (struct record_view){
		.running = r->fd >= 0,
		.path = r->path,
		.octets = r->octets,
		.limit = r->limit,
		.events = r->events,
		.ended = r->ended,
	};
}
