/* SPDX-License-Identifier: MIT */
/* Sessions of front ends. */
#include "mgmtd/frontend.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"
#include "lib/nb/msg.h"

#define FRONT_MODE 0660
#define NAME_MAX_  64
#define FROM_MAX   128

struct front_session {
	struct list_link link;
	struct frontend *front;
	struct msg_conn *conn;
	struct loop_timer *late; /* until Open */
	uid_t uid;
	bool open, busy;
	void *layer; /* its session */
	struct front_info info;
	char user[NAME_MAX_], from[FROM_MAX], name[NAME_MAX_ + FROM_MAX + 32];
};
LIST_TYPE(sessions, struct front_session, link);

struct frontend {
	struct loop *loop;
	struct listener *listener;
	struct front_layer layers[FRONT_KINDS];
	struct datastores *ds;
	struct txns *txns;
	struct sessions sessions;
	uint32_t next_id;
	struct log_limit too_many;
};

static const struct front_layer *layer_of(const struct front_session *s)
{
	return &s->front->layers[s->info.kind];
}

static void session_free(struct front_session *s)
{
	struct frontend *f = s->front;

	sessions_del(&f->sessions, s);
	if (s->open) {
		if (f->txns)
			txn_session_end(f->txns, s->info.who.id);
		layer_of(s)->close(s->layer);
		if (f->ds)
			ds_session_end(f->ds, s->info.who.id);
	}
	loop_timer_free(s->late);
	msg_conn_free(s->conn);
	mem_free(loop_mem(f->loop), s);
}

/* ---- opening ---- */

static void user_name(uid_t uid, char *buf, size_t size)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw)
		snprintf(buf, size, "%s", pw->pw_name);
	else
		snprintf(buf, size, "uid-%u", (unsigned int)uid);
}

/* What is shown and logged; nothing that could pass for something else there. */
static bool is_plain(const char *text, size_t max)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return n < max;
}

/* False: err says why the peer can't be who it says. */
static bool who_is_it(struct front_session *s, const Mgmt__Open *o, char *err, unsigned int size)
{
	char peer[NAME_MAX_];

	user_name(s->uid, peer, sizeof(peer));
	if (!is_plain(o->user, sizeof(s->user)) || !is_plain(o->from, sizeof(s->from))) {
		snprintf(err, size, "the user's name or place is no plain text, or too long");
		return false;
	}
	if (*o->user && strcmp(o->user, peer) != 0 && s->uid != 0 && s->uid != geteuid()) {
		snprintf(err, size, "%s may not act for %s", peer, o->user);
		return false;
	}
	s->info.recovery = s->uid == 0 && (!*o->user || strcmp(o->user, peer) == 0);
	snprintf(s->user, sizeof(s->user), "%s", *o->user ? o->user : peer);
	snprintf(s->from, sizeof(s->from), "%s", *o->from ? o->from : "local");
	return true;
}

static bool open_layer(struct front_session *s, const Mgmt__Open *o, char **hello, char *err,
		       unsigned int size)
{
	const struct front_layer *layer;

	/* A number from outside: proto3 keeps what it does not know. */
	if (o->kind != MGMT__OPEN__KIND__CLI && o->kind != MGMT__OPEN__KIND__NETCONF) {
		snprintf(err, size, "no such kind of session");
		return false;
	}
	if (!who_is_it(s, o, err, size))
		return false;
	s->info.kind = o->kind == MGMT__OPEN__KIND__NETCONF ? FRONT_NETCONF : FRONT_CLI;
	layer = layer_of(s);
	if (!layer->open) {
		snprintf(err, size, "sessions of this kind are not served");
		return false;
	}
	s->info.who = (struct ds_session){frontend_next_id(s->front), s->user, s->from};
	s->info.since = time(NULL);
	s->layer = layer->open(layer->ctx, s, hello, err, size);
	return s->layer != NULL;
}

static void session_opens(struct front_session *s, const Mgmt__Open *o)
{
	Mgmt__Opened opened = MGMT__OPENED__INIT;
	char err[256] = "", host[65] = "";
	char *hello = NULL;

	loop_timer_free(s->late);
	s->late = NULL;
	s->open = open_layer(s, o, &hello, err, sizeof(err));
	gethostname(host, sizeof(host) - 1);
	opened.hostname = host;
	opened.session = s->info.who.id;
	if (hello)
		opened.hello = hello;
	if (!s->open)
		opened.error = err;
	msg_send(s->conn, MGMT__MESSAGE__KIND_OPENED, &opened.base);
	free(hello);
	if (!s->open) {
		msg_conn_finish(s->conn, err);
		return;
	}
	snprintf(s->name, sizeof(s->name), "session %u of %s, %s", s->info.who.id, s->user,
		 s->from);
	msg_conn_name(s->conn, s->name);
	log_info("%s: begins", s->name);
}

static void session_late(void *ctx)
{
	struct front_session *s = ctx;

	msg_conn_close(s->conn, "did not say who it is");
}

/* ---- requests ---- */

static void session_message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	struct front_session *s = ctx;

	if (!s->open && m->kind_case == MGMT__MESSAGE__KIND_OPEN) {
		session_opens(s, m->open);
		return;
	}
	if (!s->open || s->busy || !(layer_of(s)->accept & UINT32_C(1) << m->kind_case)) {
		msg_conn_close(c, "a message out of turn");
		return;
	}
	s->busy = true;
	s->info.requests++;
	/* The next request waits in the socket. */
	msg_conn_pause(c, true);
	layer_of(s)->request(s->layer, m);
}

static void session_closed(void *ctx, struct msg_conn *c, const char *why)
{
	struct front_session *s = ctx;

	(void)c;
	log_info("%s: ended: %s", s->name, why);
	session_free(s);
}

static void session_drained(void *ctx, struct msg_conn *c)
{
	struct front_session *s = ctx;

	(void)c;
	if (s->open && layer_of(s)->room)
		layer_of(s)->room(s->layer);
}

static const struct msg_ops session_ops = {
	.message = session_message,
	.closed = session_closed,
	.drained = session_drained,
};

/* ---- the listener ---- */

static void front_accepted(void *ctx, int fd)
{
	struct frontend *f = ctx;
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct msg_limits limits = {
		.accept = MSG_ACCEPT(OPEN), .max_in = MSG_MAX_FRONT, .max_out = FRONT_MAX_OUT};
	struct front_session *s;

	if (sessions_count(&f->sessions) == FRONT_SESSIONS_MAX) {
		log_limited(&f->too_many, LOG_LVL_WARNING,
			    "%u front ends are connected, one more is refused", FRONT_SESSIONS_MAX);
		close(fd);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0) {
		close(fd);
		return;
	}
	for (int k = 0; k < FRONT_KINDS; k++)
		limits.accept |= f->layers[k].accept;
	s = mem_new(loop_mem(f->loop), sizeof(*s));
	s->front = f;
	s->uid = peer.uid;
	snprintf(s->name, sizeof(s->name), "front end of uid %u", (unsigned int)peer.uid);
	s->conn = msg_conn_new(f->loop, fd, &limits, &session_ops, s, s->name);
	s->late = loop_timer_new(f->loop, session_late, s);
	loop_timer_at(s->late, mono_add(loop_now(f->loop), FRONT_OPEN_TIMEOUT));
	sessions_add_tail(&f->sessions, s);
}

struct frontend *frontend_new(struct loop *l, const char *path,
			      const struct front_layer layers[FRONT_KINDS], struct datastores *ds,
			      struct txns *t, char *err, unsigned int err_size)
{
	struct frontend *f = mem_new(loop_mem(l), sizeof(*f));

	f->loop = l;
	f->ds = ds;
	f->txns = t;
	memcpy(f->layers, layers, sizeof(f->layers));
	sessions_init(&f->sessions);
	f->too_many = (struct log_limit)LOG_LIMIT(5, 10 * USEC_PER_SEC);
	f->listener = listener_new(l, path, FRONT_MODE, front_accepted, f, err, err_size);
	if (!f->listener) {
		mem_free(loop_mem(l), f);
		return NULL;
	}
	return f;
}

void frontend_free(struct frontend *f)
{
	struct front_session *s, *next;

	if (!f)
		return;
	LIST_EACH_SAFE (sessions, &f->sessions, s, next)
		session_free(s);
	listener_free(f->listener);
	mem_free(loop_mem(f->loop), f);
}

/* ---- sessions, from outside and from their layer ---- */

void frontend_each(const struct frontend *f, bool (*each)(void *ctx, const struct front_info *i),
		   void *ctx)
{
	const struct front_session *s;

	LIST_EACH (sessions, &f->sessions, s) {
		if (s->open && !each(ctx, &s->info))
			return;
	}
}

uint32_t frontend_next_id(struct frontend *f)
{
	/* 0 is mgmtd itself. */
	if (++f->next_id == 0)
		f->next_id = 1;
	return f->next_id;
}

bool frontend_kill(struct frontend *f, uint32_t id, const char *why)
{
	struct front_session *s;

	LIST_EACH (sessions, &f->sessions, s) {
		if (s->open && s->info.who.id == id) {
			msg_conn_close(s->conn, why);
			return true;
		}
	}
	return false;
}

const struct front_info *front_info(const struct front_session *fs)
{
	return &fs->info;
}

void front_send(struct front_session *fs, Mgmt__Message__KindCase kind, ProtobufCMessage *part)
{
	msg_send(fs->conn, kind, part);
}

void front_done(struct front_session *fs)
{
	fs->busy = false;
	msg_conn_pause(fs->conn, false);
}

bool front_full(const struct front_session *fs)
{
	return msg_conn_full(fs->conn);
}

void front_finish(struct front_session *fs, const char *why)
{
	msg_conn_finish(fs->conn, why);
}
