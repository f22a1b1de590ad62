/* SPDX-License-Identifier: MIT */
/* Listening, limits, and the list of sessions. */
#include "netconfd/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libyang/libyang.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/io/log.h"
#include "netconfd/session.h"
#include "netconfd/transport.h"

#define RETRY	    (5 * USEC_PER_SEC)
#define BACKLOG	    16
/* Threads of sessions that are over send their last words for some seconds. */
#define THREADS_MAX (2 * SERVER_SESSIONS_MAX)
#define HOST_KEY    "netconf_host_key"

struct port {
	struct list_link link;
	struct server *server;
	struct nc_listen at;
	int fd;
	struct loop_fd *watch;
	bool complained;
};
LIST_TYPE(ports, struct port, link);

struct guest {
	struct list_link link;
	struct session *session;
};
LIST_TYPE(guests, struct guest, link);

struct server {
	struct loop *loop;
	const char *statedir;
	struct session_owner owner;
	struct ly_ctx *plain;
	struct transports *threads;
	struct nc_config config;
	SSL_CTX *tls;
	char host_key[1100]; /* "": there is none */
	struct ports ports;
	struct guests guests;
	struct loop_timer *retry;
	struct log_limit limit;
	server_login_failed_fn *login_failed;
	void *ctx;
	unsigned int failures; /* that may still be told now */
	mono_t failures_at;
};

/* ---- sessions ---- */

static void guest_free(struct server *s, struct guest *g)
{
	guests_del(&s->guests, g);
	session_free(g->session);
	free(g);
}

/* Whoever tries keys or knocks must not flood those who listen. */
static void tell_failure(struct server *s, const char *from)
{
	usec_t passed = mono_sub(loop_now(s->loop), s->failures_at);

	if (passed >= USEC_PER_SEC) {
		usec_t more = passed / USEC_PER_SEC;

		s->failures = more < SERVER_FAILURES - s->failures
				      ? s->failures + (unsigned int)more
				      : SERVER_FAILURES;
		s->failures_at = loop_now(s->loop);
	}
	if (!s->failures)
		return;
	s->failures--;
	s->login_failed(s->ctx, from);
}

static void session_over(void *ctx, struct session *session, const char *why)
{
	struct server *s = ctx;
	struct guest *g, *next;

	log_limited(&s->limit, LOG_LVL_INFO, "session of %s%s%s ended: %s",
		    *session_user(session) ? session_user(session) : "nobody", " from ",
		    session_from(session), why);
	if (!*session_user(session))
		tell_failure(s, session_from(session));
	LIST_EACH_SAFE (guests, &s->guests, g, next)
		if (g->session == session)
			guest_free(s, g);
}

static bool is_full(const struct server *s)
{
	const struct guest *g;
	size_t half = 0;

	LIST_EACH (guests, &s->guests, g)
		half += !session_is_ready(g->session);
	return guests_count(&s->guests) >= SERVER_SESSIONS_MAX || half >= SERVER_HALF_OPEN_MAX ||
	       transports_running(s->threads) >= THREADS_MAX;
}

static void peer_name(const struct sockaddr_storage *a, char *text, size_t size)
{
	if (a->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, text,
			  (socklen_t)size);
	else
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, text,
			  (socklen_t)size);
}

static void welcome(struct server *s, const struct port *p, int fd,
		    const struct sockaddr_storage *peer)
{
	char address[INET6_ADDRSTRLEN] = "?", from[INET6_ADDRSTRLEN + 8];
	int one = 1, pair;
	struct guest *g;

	peer_name(peer, address, sizeof(address));
	snprintf(from, sizeof(from), "%s %s", address, p->at.tls ? "tls" : "ssh");
	if (is_full(s)) {
		log_limited(&s->limit, LOG_LVL_WARNING,
			    "connection from %s refused: too many sessions", from);
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	pair = transport_start(s->threads, fd, &s->config, s->host_key, p->at.tls ? s->tls : NULL);
	if (pair < 0) {
		log_limited(&s->limit, LOG_LVL_WARNING, "connection from %s: %s", from,
			    strerror(errno));
		return;
	}
	g = calloc(1, sizeof(*g));
	if (!g)
		abort();
	g->session = session_new(&s->owner, pair, from);
	guests_add_tail(&s->guests, g);
}

/* ---- listening ---- */

static void accept_ready(void *ctx, unsigned int what)
{
	struct port *p = ctx;
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd;

	(void)what;
	fd = accept4(p->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		welcome(p->server, p, fd, &peer);
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		log_limited(&p->server->limit, LOG_LVL_WARNING, "accept on %s port %u: %s",
			    p->at.address, p->at.port, strerror(errno));
}

static socklen_t socket_address(const struct nc_listen *l, struct sockaddr_storage *a)
{
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)a;
	struct sockaddr_in *a4 = (struct sockaddr_in *)a;

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET6, l->address, &a6->sin6_addr) == 1) {
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(l->port);
		return sizeof(*a6);
	}
	if (inet_pton(AF_INET, l->address, &a4->sin_addr) != 1)
		return 0;
	a4->sin_family = AF_INET;
	a4->sin_port = htons(l->port);
	return sizeof(*a4);
}

static bool bind_and_listen(struct port *p)
{
	struct sockaddr_storage a;
	socklen_t len = socket_address(&p->at, &a);
	int one = 1;

	p->fd = len ? socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	if (p->fd < 0)
		return false;
	setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (a.ss_family == AF_INET6)
		setsockopt(p->fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	return bind(p->fd, (struct sockaddr *)&a, len) == 0 && listen(p->fd, BACKLOG) == 0;
}

/* An address may come later than the configuration that names it. */
static void port_open(struct port *p)
{
	struct server *s = p->server;

	if (p->at.tls ? !s->tls : !*s->host_key)
		return;
	if (!bind_and_listen(p)) {
		if (!p->complained)
			log_warning("can't listen on %s port %u: %s; trying on", p->at.address,
				    p->at.port, strerror(errno));
		p->complained = true;
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
		loop_timer_at(s->retry, mono_add(loop_now(s->loop), RETRY));
		return;
	}
	p->watch = loop_fd_new(s->loop, p->fd, LOOP_READ, accept_ready, p);
	log_notice("listening on %s port %u (%s)", p->at.address, p->at.port,
		   p->at.tls ? "tls" : "ssh");
}

static void port_free(struct port *p)
{
	ports_del(&p->server->ports, p);
	loop_fd_free(p->watch);
	if (p->fd >= 0)
		close(p->fd);
	free(p->at.address);
	free(p);
}

static void retry(void *ctx)
{
	struct server *s = ctx;
	struct port *p;

	LIST_EACH (ports, &s->ports, p)
		if (p->fd < 0)
			port_open(p);
}

static bool same_place(const struct nc_listen *a, const struct nc_listen *b)
{
	return a->tls == b->tls && a->port == b->port && !strcmp(a->address, b->address);
}

static bool is_wanted(const struct nc_config *c, const struct nc_listen *l)
{
	for (size_t i = 0; i < c->n_listen; i++)
		if (same_place(&c->listen[i], l))
			return true;
	return false;
}

static bool is_open(const struct server *s, const struct nc_listen *l)
{
	const struct port *p;

	LIST_EACH (ports, &s->ports, p)
		if (same_place(&p->at, l))
			return true;
	return false;
}

static void set_ports(struct server *s)
{
	struct port *p, *next;

	LIST_EACH_SAFE (ports, &s->ports, p, next)
		if (!is_wanted(&s->config, &p->at))
			port_free(p);
	for (size_t i = 0; i < s->config.n_listen; i++) {
		const struct nc_listen *l = &s->config.listen[i];

		if (is_open(s, l))
			continue;
		p = calloc(1, sizeof(*p));
		if (!p)
			abort();
		p->server = s;
		p->fd = -1;
		p->at = *l;
		p->at.address = strdup(l->address);
		ports_add_tail(&s->ports, p);
	}
	retry(s);
}

/* ---- keys ---- */

static bool wants(const struct nc_config *c, bool tls)
{
	for (size_t i = 0; i < c->n_listen; i++)
		if (c->listen[i].tls == tls)
			return true;
	return false;
}

static void set_keys(struct server *s)
{
	char err[1400];

	SSL_CTX_free(s->tls);
	s->tls = NULL;
	s->host_key[0] = '\0';
	if (wants(&s->config, true)) {
		s->tls = transport_tls_new(&s->config, err, sizeof(err));
		if (!s->tls)
			log_error("%s", err);
	}
	if (!wants(&s->config, false))
		return;
	if (s->config.host_key)
		snprintf(s->host_key, sizeof(s->host_key), "%s", s->config.host_key);
	else
		snprintf(s->host_key, sizeof(s->host_key), "%s/%s", s->statedir, HOST_KEY);
	if (s->config.host_key && access(s->host_key, R_OK)) {
		log_error("SSH host key %s: %s", s->host_key, strerror(errno));
		s->host_key[0] = '\0';
	} else if (!s->config.host_key && !transport_host_key(s->host_key, err, sizeof(err))) {
		log_error("%s", err);
		s->host_key[0] = '\0';
	}
}

/* A port that is open although its keys are gone would accept and do nothing. */
static void close_keyless(struct server *s)
{
	struct port *p;

	LIST_EACH (ports, &s->ports, p) {
		if (p->fd < 0 || (p->at.tls ? s->tls != NULL : *s->host_key))
			continue;
		loop_fd_free(p->watch);
		p->watch = NULL;
		close(p->fd);
		p->fd = -1;
	}
}

void server_configure(struct server *s, const struct nc_config *c)
{
	struct guest *g, *next;

	nc_config_clear(&s->config);
	nc_config_copy(&s->config, c);
	set_keys(s);
	close_keyless(s);
	set_ports(s);
	LIST_EACH_SAFE (guests, &s->guests, g, next)
		if (*session_user(g->session) &&
		    !nc_user_find(&s->config, session_user(g->session)))
			guest_free(s, g);
}

struct server *server_new(struct loop *l, const char *mgmtd, const char *statedir,
			  server_login_failed_fn *login_failed, void *ctx)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->loop = l;
	s->statedir = statedir;
	s->login_failed = login_failed;
	s->ctx = ctx;
	s->failures = SERVER_FAILURES;
	s->failures_at = loop_now(l);
	ly_log_options(LY_LOSTORE_LAST);
	if (ly_ctx_new(NULL, LY_CTX_NO_YANGLIBRARY | LY_CTX_DISABLE_SEARCHDIR_CWD, &s->plain))
		abort();
	s->owner = (struct session_owner){l, s->plain, mgmtd, session_over, s};
	s->threads = transports_new();
	s->limit = (struct log_limit)LOG_LIMIT(20, USEC_PER_SEC);
	s->retry = loop_timer_new(l, retry, s);
	ports_init(&s->ports);
	guests_init(&s->guests);
	return s;
}

void server_free(struct server *s)
{
	struct guest *g, *next_guest;
	struct port *p, *next_port;

	if (!s)
		return;
	LIST_EACH_SAFE (ports, &s->ports, p, next_port)
		port_free(p);
	LIST_EACH_SAFE (guests, &s->guests, g, next_guest)
		guest_free(s, g);
	transports_free(s->threads);
	loop_timer_free(s->retry);
	SSL_CTX_free(s->tls);
	nc_config_clear(&s->config);
	ly_ctx_destroy(s->plain);
	free(s);
}
