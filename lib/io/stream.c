/* SPDX-License-Identifier: MIT */
/* Unix stream sockets with bounded, buffered output. */
#include "lib/io/stream.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/io/log.h"

#define READ_SIZE    ((size_t)65536)
#define CHUNK_SIZE   ((size_t)16384)
/* Where much waits, pieces are large enough to be maps of their own: they leave
 * no holes in the heap. */
#define CHUNK_LARGE  ((size_t)262144)
#define MUCH	     ((size_t)65536)
#define IOV_BATCH    16
#define ACCEPT_BATCH 16
#define WHY_SIZE     96

struct chunk {
	struct list_link link;
	size_t from, to, room; /* octets from..to wait to be written */
	uint8_t data[];
};
LIST_TYPE(chunks, struct chunk, link);

enum stream_state {
	STREAM_OPEN,
	STREAM_FINISHING, /* writes what is buffered, reads no more */
	STREAM_CLOSING,	  /* tries once more, then ends on the next turn */
	STREAM_ENDED,
};

struct stream {
	struct loop *loop;
	struct memtag *mem;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *kick; /* does from the loop what must not be done at once */
	struct stream_ops ops;
	void *ctx;
	enum stream_state state;
	char why[WHY_SIZE];
	uint8_t *in;
	size_t in_from, in_to, in_room;
	struct chunks out;
	size_t pending, max_out;
	bool paused;
	bool was_full; /* drained() is owed */
	bool *freed;   /* set while a callback runs that may free us */
};

static void stream_update_watch(struct stream *s)
{
	unsigned int want = 0;

	if (s->state == STREAM_OPEN && !s->paused)
		want |= LOOP_READ;
	if ((s->state == STREAM_OPEN || s->state == STREAM_FINISHING) && s->pending)
		want |= LOOP_WRITE;
	if (s->watch)
		loop_fd_want(s->watch, want);
}

static void stream_drop_buffers(struct stream *s)
{
	struct chunk *c;

	while ((c = chunks_pop(&s->out)))
		mem_free(s->mem, c);
	s->pending = 0;
	mem_free(s->mem, s->in);
	s->in = NULL;
	s->in_from = s->in_to = s->in_room = 0;
}

static void stream_release(struct stream *s)
{
	stream_drop_buffers(s);
	loop_fd_free(s->watch);
	s->watch = NULL;
	loop_timer_free(s->kick);
	s->kick = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void set_why(struct stream *s, const char *why)
{
	snprintf(s->why, sizeof(s->why), "%s", why);
}

/* The one place that calls closed(). `s` may be gone afterwards. */
static void stream_end(struct stream *s)
{
	char why[WHY_SIZE];

	if (s->state == STREAM_ENDED)
		return;
	s->state = STREAM_ENDED;
	stream_release(s);
	memcpy(why, s->why, sizeof(why));
	s->ops.closed(s->ctx, s, why);
}

/* Writes what the peer takes now. False: the connection is broken. */
static bool stream_flush(struct stream *s)
{
	while (s->pending) {
		struct iovec iov[IOV_BATCH];
		int n = 0;
		struct chunk *c;
		ssize_t w;

		LIST_EACH (chunks, &s->out, c) {
			iov[n].iov_base = c->data + c->from;
			iov[n].iov_len = c->to - c->from;
			if (++n == IOV_BATCH)
				break;
		}
		w = sendmsg(s->fd, &(struct msghdr){.msg_iov = iov, .msg_iovlen = (size_t)n},
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		s->pending -= (size_t)w;
		while (w > 0) {
			size_t have;

			c = chunks_first(&s->out);
			have = c->to - c->from;
			if ((size_t)w < have) {
				c->from += (size_t)w;
				break;
			}
			w -= (ssize_t)have;
			chunks_del(&s->out, c);
			mem_free(s->mem, c);
		}
	}
	return true;
}

/* False: the stream has ended and may be gone. */
static bool stream_writable(struct stream *s)
{
	bool gone = false;

	if (!stream_flush(s)) {
		set_why(s, strerror(errno));
		stream_end(s);
		return false;
	}
	if (s->state == STREAM_FINISHING && !s->pending) {
		stream_end(s);
		return false;
	}
	if (s->was_full && !stream_full(s) && s->state == STREAM_OPEN) {
		s->was_full = false;
		if (s->ops.drained) {
			s->freed = &gone;
			s->ops.drained(s->ctx, s);
			if (gone)
				return false;
			s->freed = NULL;
		}
	}
	stream_update_watch(s);
	return true;
}

/* Hands over what is there, for as long as the reader consumes. False: the
 * stream is gone. */
static bool stream_deliver(struct stream *s)
{
	bool gone = false;

	while (s->state == STREAM_OPEN && !s->paused && s->in_from < s->in_to) {
		size_t have = s->in_to - s->in_from, used;

		s->freed = &gone;
		used = s->ops.input(s->ctx, s, span_of(s->in + s->in_from, have));
		if (gone)
			return false;
		s->freed = NULL;
		if (s->state != STREAM_OPEN)
			break;
		if (used == 0)
			break;
		s->in_from += used < have ? used : have;
	}
	if (s->in_from == s->in_to)
		s->in_from = s->in_to = 0;
	return true;
}

static void in_make_room(struct stream *s)
{
	size_t have = s->in_to - s->in_from;

	if (s->in_from) {
		memmove(s->in, s->in + s->in_from, have);
		s->in_from = 0;
		s->in_to = have;
	}
	if (s->in_room - have < READ_SIZE / 2) {
		size_t room = s->in_room ? s->in_room * 2 : READ_SIZE;

		s->in = mem_resize(s->mem, s->in, s->in_room, room);
		s->in_room = room;
	}
}

static void stream_readable(struct stream *s)
{
	ssize_t n;

	in_make_room(s);
	n = recv(s->fd, s->in + s->in_to, s->in_room - s->in_to, MSG_DONTWAIT);
	if (n < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return;
		set_why(s, strerror(errno));
		stream_end(s);
		return;
	}
	if (n == 0) {
		stream_finish(s, "the peer closed the connection");
		return;
	}
	s->in_to += (size_t)n;
	if (!stream_deliver(s))
		return;
	if (s->state == STREAM_OPEN && !s->paused && s->in_to - s->in_from >= STREAM_MAX_IN) {
		set_why(s, "too much unread input");
		stream_end(s);
		return;
	}
	stream_update_watch(s);
}

static void stream_ready(void *ctx, unsigned int what)
{
	struct stream *s = ctx;

	if ((what & LOOP_WRITE) && s->pending && !stream_writable(s))
		return;
	if ((what & LOOP_READ) && s->state == STREAM_OPEN && !s->paused)
		stream_readable(s);
}

static void stream_kicked(void *ctx)
{
	struct stream *s = ctx;

	if (s->state == STREAM_CLOSING) {
		stream_flush(s);
		stream_end(s);
		return;
	}
	if (s->state == STREAM_FINISHING && !s->pending) {
		stream_end(s);
		return;
	}
	/* Reading was resumed with input still waiting here. */
	if (s->state == STREAM_OPEN && stream_deliver(s))
		stream_update_watch(s);
}

static void kick(struct stream *s)
{
	loop_timer_at(s->kick, loop_now(s->loop));
}

struct stream *stream_new(struct loop *l, int fd, const struct stream_ops *ops, void *ctx,
			  size_t max_out)
{
	struct stream *s = mem_new(loop_mem(l), sizeof(*s));

	s->loop = l;
	s->mem = loop_mem(l);
	s->fd = fd;
	s->ops = *ops;
	s->ctx = ctx;
	s->max_out = max_out;
	chunks_init(&s->out);
	s->watch = loop_fd_new(l, fd, LOOP_READ, stream_ready, s);
	s->kick = loop_timer_new(l, stream_kicked, s);
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->freed)
		*s->freed = true;
	stream_release(s);
	mem_free(s->mem, s);
}

void stream_close(struct stream *s, const char *why)
{
	if (s->state != STREAM_OPEN && s->state != STREAM_FINISHING)
		return;
	s->state = STREAM_CLOSING;
	set_why(s, why);
	stream_update_watch(s);
	kick(s);
}

void stream_finish(struct stream *s, const char *why)
{
	if (s->state != STREAM_OPEN)
		return;
	s->state = STREAM_FINISHING;
	set_why(s, why);
	stream_update_watch(s);
	kick(s);
}

void stream_write(struct stream *s, struct span out)
{
	struct chunk *c = NULL, *next;

	if (s->state != STREAM_OPEN || !out.len)
		return;
	if (out.len > s->max_out - s->pending) {
		char why[WHY_SIZE];

		snprintf(why, sizeof(why), "the peer does not read: %zu octets are waiting",
			 s->pending);
		stream_close(s, why);
		return;
	}
	if (!chunks_empty(&s->out))
		c = container_of(s->out.head.prev, struct chunk, link);
	s->pending += out.len;
	if (c && c->room > c->to) {
		size_t n = c->room - c->to < out.len ? c->room - c->to : out.len;

		memcpy(c->data + c->to, out.p, n);
		c->to += n;
		out = span_of(out.p + n, out.len - n);
	}
	if (out.len) {
		size_t room = s->pending > MUCH ? CHUNK_LARGE : CHUNK_SIZE;

		if (room < out.len)
			room = out.len;
		next = mem_new(s->mem, sizeof(*next) + room);
		next->room = room;
		next->to = out.len;
		memcpy(next->data, out.p, out.len);
		chunks_add_tail(&s->out, next);
	}
	if (stream_full(s))
		s->was_full = true;
	stream_update_watch(s);
}

size_t stream_pending(const struct stream *s)
{
	return s->pending;
}

bool stream_full(const struct stream *s)
{
	return s->pending > s->max_out / 2;
}

void stream_pause(struct stream *s, bool paused)
{
	if (s->paused == paused || s->state != STREAM_OPEN)
		return;
	s->paused = paused;
	stream_update_watch(s);
	if (!paused && s->in_from < s->in_to)
		kick(s);
}

struct listener {
	struct loop *loop;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *rest; /* out of descriptors: tries again later */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;
	ino_t ino;
	void (*accepted)(void *ctx, int fd);
	void *ctx;
	bool *freed;
	struct log_limit full;
};

static void listener_rested(void *ctx)
{
	struct listener *l = ctx;

	loop_fd_want(l->watch, LOOP_READ);
}

static void listener_ready(void *ctx, unsigned int what)
{
	struct listener *l = ctx;
	bool gone = false;

	(void)what;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
			/* The connection stays readable: without a rest we would spin. */
			log_limited(&l->full, LOG_LVL_WARNING, "%s: accept: %s", l->path,
				    strerror(errno));
			loop_fd_want(l->watch, 0);
			loop_timer_at(l->rest, mono_add(loop_now(l->loop), USEC_PER_SEC));
		}
		if (fd < 0)
			return;
		l->freed = &gone;
		l->accepted(l->ctx, fd);
		if (gone)
			return;
		l->freed = NULL;
	}
}

static bool unix_address(const char *path, struct sockaddr_un *sa)
{
	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(sa->sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	strcpy(sa->sun_path, path);
	return true;
}

int unix_connect(const char *path)
{
	struct sockaddr_un sa;
	int fd, saved;

	if (!unix_address(path, &sa))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Removes a socket file on which nobody accepts any more. */
static bool path_clear(const char *path, char *err, unsigned int err_size)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return true;
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(err, err_size, "%s: is there and is not a socket", path);
		return false;
	}
	fd = unix_connect(path);
	if (fd >= 0)
		close(fd);
	/* Anything but a refusal may be a live process, with a full queue or
	 * one that does not let us in. */
	if (fd >= 0 || errno != ECONNREFUSED) {
		snprintf(err, err_size, "%s: another process listens there", path);
		return false;
	}
	if (unlink(path) < 0 && errno != ENOENT) {
		snprintf(err, err_size, "%s: can't remove the stale socket: %s", path,
			 strerror(errno));
		return false;
	}
	return true;
}

static int listen_at(const struct sockaddr_un *sa, unsigned int mode, struct stat *st)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mode_t old;
	int r;

	if (fd < 0)
		return -1;
	old = umask(~mode & 0777);
	r = bind(fd, (const struct sockaddr *)sa, sizeof(*sa));
	umask(old);
	if (r < 0 || listen(fd, SOMAXCONN) < 0 || lstat(sa->sun_path, st) < 0) {
		r = errno;
		close(fd);
		errno = r;
		return -1;
	}
	return fd;
}

struct listener *listener_new(struct loop *l, const char *path, unsigned int mode,
			      void (*accepted)(void *ctx, int fd), void *ctx, char *err,
			      unsigned int err_size)
{
	struct sockaddr_un sa;
	struct listener *n;
	struct stat st;
	uid_t uid;
	gid_t gid;
	int fd;

	if (!unix_address(path, &sa)) {
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!path_clear(path, err, err_size))
		return NULL;
	fd = listen_at(&sa, mode, &st);
	loop_get_owner(l, &uid, &gid);
	if (fd < 0 || (uid != (uid_t)-1 && lchown(path, uid, gid) < 0)) {
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	n = mem_new(loop_mem(l), sizeof(*n));
	n->loop = l;
	n->fd = fd;
	n->dev = st.st_dev;
	n->ino = st.st_ino;
	strcpy(n->path, path);
	n->accepted = accepted;
	n->ctx = ctx;
	n->full = (struct log_limit)LOG_LIMIT(1, 60 * USEC_PER_SEC);
	n->watch = loop_fd_new(l, fd, LOOP_READ, listener_ready, n);
	n->rest = loop_timer_new(l, listener_rested, n);
	return n;
}

void listener_free(struct listener *l)
{
	struct stat st;

	if (!l)
		return;
	if (l->freed)
		*l->freed = true;
	loop_fd_free(l->watch);
	loop_timer_free(l->rest);
	close(l->fd);
	/* Not if somebody else has put his socket there since. */
	if (lstat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(l->path);
	mem_free(loop_mem(l->loop), l);
}
