/* SPDX-License-Identifier: MIT */
/* The table, streamed to a forwarding plane manager. */
#include "zebra/fpm.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"

#define STEP	   1000 /* routes looked at per turn of the loop */
#define ERROR_SIZE 96

struct mark {
	struct sdentry entry;
};
SDTABLE_TYPE(marks, struct mark, entry);

struct fpm {
	struct loop *loop;
	const struct rib *rib;
	struct fpm_conf conf;
	struct fpm_view v; /* state and counters */
	char error[ERROR_SIZE];
	struct loop_timer *timer; /* the next attempt, or the end of this one */
	struct loop_timer *work;
	usec_t retry;
	int fd; /* CONNECTING; else -1 */
	struct loop_fd *watch;
	struct stream *stream;
	/* The whole table is being told: how far, and whether it must be told
	 * once more because too much changed behind. */
	bool walking, walk_started, again;
	struct sdprefix at;
	struct marks marks;
	struct memtag mem;
	struct log_limit lim;
};

static void arm_work(struct fpm *f)
{
	loop_timer_at(f->work, loop_now(f->loop));
}

static void set_state(struct fpm *f, enum fpm_state s)
{
	f->v.state = s;
	f->v.since = loop_now(f->loop);
}

/* ---- marks ---- */

static void mark_drop(struct fpm *f, struct mark *m)
{
	marks_del(&f->marks, m);
	mem_free(&f->mem, m);
}

static void marks_clear(struct fpm *f)
{
	struct mark *m;

	while ((m = marks_first(&f->marks)))
		mark_drop(f, m);
}

/* Will the walk still come by? */
static bool walk_meets(const struct fpm *f, const struct sdprefix *pair)
{
	return f->walking && (!f->walk_started || sdprefix_cmp(pair, &f->at) > 0);
}

void fpm_chosen(struct fpm *f, const struct sdprefix *pair)
{
	struct mark *m;

	if (!f->stream || f->again || walk_meets(f, pair) || marks_find(&f->marks, pair))
		return;
	arm_work(f);
	if (marks_count(&f->marks) >= FPM_MARKS_MAX) {
		f->v.overflows++;
		f->again = true;
		marks_clear(f);
		return;
	}
	m = mem_new(&f->mem, sizeof(*m));
	m->entry.key = *pair;
	marks_add(&f->marks, m);
}

/* ---- telling ---- */

static void say(struct fpm *f, const void *frame, size_t len)
{
	f->v.octets += len;
	stream_write(f->stream, span_of(frame, len));
}

static void say_mark(struct fpm *f, enum fpm_mark m)
{
	_Alignas(struct nlmsghdr) uint8_t buf[FPM_FRAME_MAX];

	say(f, buf, fpm_put_mark(buf, f->conf.encoding, m));
}

static void say_route(struct fpm *f, const struct sdprefix *pair, const struct rib_view *v)
{
	/* The body is to be aligned, behind a header of four octets. */
	_Alignas(struct nlmsghdr) uint8_t buf[FPM_FRAME_MAX];

	if (v)
		f->v.routes++;
	else
		f->v.withdrawals++;
	say(f, buf, fpm_put_route(buf, f->conf.encoding, pair, v));
}

static bool is_chosen(const struct rib_view *v)
{
	return v->n_resolved &&
	       (v->state == RIB_SELECTED || v->state == RIB_INSTALLED || v->state == RIB_FAILED);
}

struct one {
	struct fpm *f;
	bool told;
};

/* The chosen one comes first. */
static bool tell_first(void *ctx, const struct rib_view *v)
{
	struct one *o = ctx;

	if (is_chosen(v)) {
		say_route(o->f, &v->pair, v);
		o->told = true;
	}
	return false;
}

static void tell_marked(struct fpm *f, struct mark *m)
{
	struct one o = {.f = f};

	rib_each_at(f->rib, &m->entry.key, tell_first, &o);
	if (!o.told)
		say_route(f, &m->entry.key, NULL);
	mark_drop(f, m);
}

struct walk {
	struct fpm *f;
	unsigned int *left;
	bool cut;
};

static bool walk_one(void *ctx, const struct rib_view *v)
{
	struct walk *w = ctx;
	struct fpm *f = w->f;

	if (*w->left == 0 || stream_full(f->stream)) {
		w->cut = true;
		return false;
	}
	--*w->left;
	f->at = v->pair;
	f->walk_started = true;
	if (is_chosen(v))
		say_route(f, &v->pair, v);
	return true;
}

static void walk_on(struct fpm *f, unsigned int *left)
{
	struct walk w = {.f = f, .left = left};
	struct sdprefix at = f->at;

	rib_each(f->rib, f->walk_started ? &at : NULL, walk_one, &w);
	if (w.cut)
		return;
	f->walking = false;
	if (f->again)
		return;
	say_mark(f, FPM_SYNC_END);
	f->v.syncs_done++;
	f->v.state = FPM_STREAMING;
}

static void walk_begin(struct fpm *f)
{
	f->walking = true;
	f->walk_started = false;
	f->again = false;
	f->v.state = FPM_SYNCING;
	f->v.syncs_begun++;
	say_mark(f, FPM_SYNC_BEGIN);
}

static void work_due(void *ctx)
{
	struct fpm *f = ctx;
	unsigned int left = STEP;

	while (f->stream && !stream_full(f->stream)) {
		struct mark *m = marks_first(&f->marks);

		if (left == 0) {
			arm_work(f);
			return;
		}
		if (m) {
			left--;
			tell_marked(f, m);
		} else if (f->walking) {
			walk_on(f, &left);
		} else if (f->again) {
			walk_begin(f);
		} else {
			return;
		}
	}
}

/* ---- the connection ---- */

static void drop_connection(struct fpm *f)
{
	loop_fd_free(f->watch);
	f->watch = NULL;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	stream_free(f->stream);
	f->stream = NULL;
	marks_clear(f);
	f->walking = f->again = false;
	loop_timer_at(f->timer, MONO_NEVER);
	loop_timer_at(f->work, MONO_NEVER);
}

static void try_later(struct fpm *f, const char *why)
{
	char peer[FPM_PEER_STR];
	mono_t now = loop_now(f->loop);

	if (f->stream && mono_sub(now, f->v.since) >= FPM_GOOD)
		f->retry = FPM_RETRY_FIRST;
	if (!f->stream)
		f->v.failures++;
	snprintf(f->error, sizeof(f->error), "%s", why);
	log_limited(&f->lim, LOG_LVL_WARNING, "FPM at %s: %s", fpm_peer_str(&f->conf, peer), why);
	drop_connection(f);
	set_state(f, FPM_WAITING);
	loop_timer_at(f->timer, mono_add(now, f->retry));
	f->retry = f->retry * 2 < FPM_RETRY_MAX ? f->retry * 2 : FPM_RETRY_MAX;
}

/* What an FPM says concerns nobody here, but it has to say it in frames. */
static size_t heard(void *ctx, struct stream *s, struct span in)
{
	struct fpm *f = ctx;
	size_t len;

	switch (fpm_judge_frame(in, &len)) {
	case FPM_FRAME_MORE:
		break;
	case FPM_FRAME_WHOLE:
		f->v.frames_in++;
		return len;
	case FPM_FRAME_BAD:
		stream_close(s, "it says what is no FPM frame");
		break;
	}
	return 0;
}

static void closed(void *ctx, struct stream *s, const char *why)
{
	(void)s;
	try_later(ctx, why);
}

static void drained(void *ctx, struct stream *s)
{
	(void)s;
	arm_work(ctx);
}

static const struct stream_ops stream_ops = {.input = heard, .closed = closed, .drained = drained};

static void connected(struct fpm *f)
{
	char peer[FPM_PEER_STR];
	int fd = f->fd;

	loop_timer_at(f->timer, MONO_NEVER);
	loop_fd_free(f->watch);
	f->watch = NULL;
	f->fd = -1;
	f->stream = stream_new(f->loop, fd, &stream_ops, f, FPM_OUT_MAX);
	f->v.connections++;
	f->error[0] = '\0';
	set_state(f, FPM_SYNCING);
	log_notice("FPM at %s is connected", fpm_peer_str(&f->conf, peer));
	f->again = true; /* all of it */
	arm_work(f);
}

static void writable(void *ctx, unsigned int what)
{
	struct fpm *f = ctx;
	int error = fpm_socket_error(f->fd);

	(void)what;
	if (error)
		try_later(f, strerror(error));
	else
		connected(f);
}

static void timer_due(void *ctx)
{
	struct fpm *f = ctx;

	if (f->v.state == FPM_CONNECTING) {
		try_later(f, strerror(ETIMEDOUT));
		return;
	}
	set_state(f, FPM_CONNECTING);
	f->fd = fpm_socket_open(&f->conf);
	if (f->fd < 0) {
		try_later(f, strerror(errno));
		return;
	}
	f->watch = loop_fd_new(f->loop, f->fd, LOOP_WRITE, writable, f);
	loop_timer_at(f->timer, mono_add(loop_now(f->loop), FPM_CONNECT_TIME));
}

/* ---- from outside ---- */

static bool conf_eq(const struct fpm_conf *a, const struct fpm_conf *b)
{
	return a->transport == b->transport && a->encoding == b->encoding &&
	       a->family == b->family && addr_cmp(&a->addr, &b->addr) == 0 && a->port == b->port &&
	       strcmp(a->path, b->path) == 0;
}

void fpm_configure(struct fpm *f, const struct fpm_conf *c)
{
	if (conf_eq(&f->conf, c))
		return;
	drop_connection(f);
	f->conf = *c;
	f->error[0] = '\0';
	f->retry = FPM_RETRY_FIRST;
	set_state(f, FPM_OFF);
	if (c->transport == FPM_NOWHERE)
		return;
	set_state(f, FPM_WAITING);
	loop_timer_at(f->timer, loop_now(f->loop));
}

struct fpm_view fpm_look(const struct fpm *f)
{
	struct fpm_view v = f->v;

	v.conf = &f->conf;
	v.error = f->error;
	v.marks = marks_count(&f->marks);
	v.octets_waiting = f->stream ? stream_pending(f->stream) : 0;
	return v;
}

struct fpm *fpm_new(struct loop *l, const struct rib *rib)
{
	struct memtag tag = {.name = "fpm"};
	struct fpm *f = mem_new(&tag, sizeof(*f));

	f->mem = tag;
	f->loop = l;
	f->rib = rib;
	f->fd = -1;
	f->conf.encoding = FPM_NETLINK;
	f->lim = (struct log_limit)LOG_LIMIT(3, 60 * USEC_PER_SEC);
	f->timer = loop_timer_new(l, timer_due, f);
	f->work = loop_timer_new(l, work_due, f);
	marks_init(&f->marks);
	set_state(f, FPM_OFF);
	return f;
}

void fpm_free(struct fpm *f)
{
	struct memtag tag;

	if (!f)
		return;
	drop_connection(f);
	loop_timer_free(f->timer);
	loop_timer_free(f->work);
	marks_fini(&f->marks);
	tag = f->mem;
	mem_free(&tag, f);
}
