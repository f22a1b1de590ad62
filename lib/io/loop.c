/* SPDX-License-Identifier: MIT */
/* The event loop: a thin layer on libevent. */
#include "lib/io/loop.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

/* So few events in such a time are quiet. */
#define QUIET_AFTER   (250 * USEC_PER_MSEC)
#define QUIET_AT_MOST 10

struct loop {
	struct event_base *base;
	struct memtag mem;
	uid_t uid;
	gid_t gid;
	bool stopping;
	/* loop_on_quiet(): */
	struct loop_timer *rest; /* NULL: nobody asked */
	void (*quiet)(void *ctx);
	void *quiet_ctx;
	bool resting;	   /* `rest` is armed */
	unsigned int came; /* since it was */
};

struct loop_fd {
	struct loop *loop;
	struct event *ev;
	int fd;
	unsigned int want;
	void (*ready)(void *ctx, unsigned int what);
	void *ctx;
};

struct loop_timer {
	struct loop *loop;
	struct event *ev;
	mono_t at;
	void (*due)(void *ctx);
	void *ctx;
};

struct loop_signal {
	struct loop *loop;
	struct event *ev;
	void (*got)(void *ctx);
	void *ctx;
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

struct loop *loop_new(void)
{
	struct loop *l = must(calloc(1, sizeof(*l)));
	struct event_config *cfg = must(event_config_new());

	/* libevent's cached time is the moment its turn began: a deadline
	 * counted from there would come early after a long callback. */
	event_config_set_flag(cfg, EVENT_BASE_FLAG_NO_CACHE_TIME);
	event_config_set_flag(cfg, EVENT_BASE_FLAG_PRECISE_TIMER);
	l->base = must(event_base_new_with_config(cfg));
	event_config_free(cfg);
	l->mem.name = "loop";
	l->uid = (uid_t)-1;
	l->gid = (gid_t)-1;
	return l;
}

void loop_free(struct loop *l)
{
	loop_timer_free(l->rest);
	assert(l->mem.count == 0);
	event_base_free(l->base);
	free(l);
}

void loop_run(struct loop *l)
{
	/* libevent forgets a break that came before its loop started. */
	if (!l->stopping)
		event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY);
	l->stopping = false;
}

void loop_stop(struct loop *l)
{
	l->stopping = true;
	event_base_loopbreak(l->base);
}

mono_t loop_now(const struct loop *l)
{
	struct timespec ts;

	(void)l;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (mono_t){.us = ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000};
}

struct memtag *loop_mem(struct loop *l)
{
	return &l->mem;
}

void loop_set_owner(struct loop *l, uid_t uid, gid_t gid)
{
	l->uid = uid;
	l->gid = gid;
}

void loop_get_owner(const struct loop *l, uid_t *uid, gid_t *gid)
{
	*uid = l->uid;
	*gid = l->gid;
}

static void rest_due(void *ctx)
{
	struct loop *l = ctx;

	l->resting = l->came > QUIET_AT_MOST;
	l->came = 0;
	if (l->resting)
		loop_timer_at(l->rest, mono_add(loop_now(l), QUIET_AFTER));
	else
		l->quiet(l->quiet_ctx);
}

void loop_on_quiet(struct loop *l, void (*quiet)(void *ctx), void *ctx)
{
	l->quiet = quiet;
	l->quiet_ctx = ctx;
	l->rest = loop_timer_new(l, rest_due, l);
}

static void came(struct loop *l)
{
	l->came++;
	if (!l->rest || l->resting)
		return;
	l->resting = true;
	loop_timer_at(l->rest, mono_add(loop_now(l), QUIET_AFTER));
}

static void fd_event(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *w = arg;
	unsigned int r = 0;

	(void)fd;
	if (what & EV_READ)
		r |= LOOP_READ;
	if (what & EV_WRITE)
		r |= LOOP_WRITE;
	came(w->loop);
	w->ready(w->ctx, r);
}

static void fd_arm(struct loop_fd *w)
{
	short what = EV_PERSIST;

	if (w->want & LOOP_READ)
		what |= EV_READ;
	if (w->want & LOOP_WRITE)
		what |= EV_WRITE;
	if (event_assign(w->ev, w->loop->base, w->fd, what, fd_event, w))
		abort();
	if (w->want && event_add(w->ev, NULL))
		abort();
}

struct loop_fd *loop_fd_new(struct loop *l, int fd, unsigned int want,
			    void (*ready)(void *ctx, unsigned int what), void *ctx)
{
	struct loop_fd *w = mem_new(&l->mem, sizeof(*w));

	w->loop = l;
	w->fd = fd;
	w->want = want;
	w->ready = ready;
	w->ctx = ctx;
	w->ev = must(event_new(l->base, fd, EV_PERSIST, fd_event, w));
	fd_arm(w);
	return w;
}

void loop_fd_want(struct loop_fd *w, unsigned int want)
{
	if (w->want == want)
		return;
	event_del(w->ev);
	w->want = want;
	fd_arm(w);
}

void loop_fd_free(struct loop_fd *w)
{
	if (!w)
		return;
	event_free(w->ev);
	mem_free(&w->loop->mem, w);
}

static void timer_start(struct loop_timer *t)
{
	usec_t left = mono_sub(t->at, loop_now(t->loop));
	struct timeval tv = {0};

	if (left > 0) {
		tv.tv_sec = left / USEC_PER_SEC;
		tv.tv_usec = left % USEC_PER_SEC;
	}
	if (event_add(t->ev, &tv))
		abort();
}

static void timer_event(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;

	(void)fd;
	(void)what;
	/* The kernel's rounding must not make a deadline come early. */
	if (mono_before(loop_now(t->loop), t->at)) {
		timer_start(t);
		return;
	}
	t->at = MONO_NEVER;
	t->due(t->ctx);
}

struct loop_timer *loop_timer_new(struct loop *l, void (*due)(void *ctx), void *ctx)
{
	struct loop_timer *t = mem_new(&l->mem, sizeof(*t));

	t->loop = l;
	t->at = MONO_NEVER;
	t->due = due;
	t->ctx = ctx;
	t->ev = must(event_new(l->base, -1, 0, timer_event, t));
	return t;
}

void loop_timer_at(struct loop_timer *t, mono_t at)
{
	event_del(t->ev);
	t->at = at;
	if (!mono_is_never(at))
		timer_start(t);
}

void loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return;
	event_free(t->ev);
	mem_free(&t->loop->mem, t);
}

static void signal_event(evutil_socket_t fd, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)fd;
	(void)what;
	s->got(s->ctx);
}

struct loop_signal *loop_signal_new(struct loop *l, int signo, void (*got)(void *ctx), void *ctx)
{
	struct loop_signal *s = mem_new(&l->mem, sizeof(*s));

	s->loop = l;
	s->got = got;
	s->ctx = ctx;
	s->ev = must(evsignal_new(l->base, signo, signal_event, s));
	if (event_add(s->ev, NULL))
		abort();
	return s;
}

void loop_signal_free(struct loop_signal *s)
{
	if (!s)
		return;
	event_free(s->ev);
	mem_free(&s->loop->mem, s);
}
