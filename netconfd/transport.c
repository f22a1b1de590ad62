/* SPDX-License-Identifier: MIT */
/* Threads around connections: birth, death, and the loop's side of the pump. */
#include "netconfd/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct transports {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	size_t running;
};

struct transports *transports_new(void)
{
	struct transports *t = calloc(1, sizeof(*t));

	if (!t || pthread_mutex_init(&t->lock, NULL) || pthread_cond_init(&t->idle, NULL))
		abort();
	return t;
}

void transports_free(struct transports *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	while (t->running)
		pthread_cond_wait(&t->idle, &t->lock);
	pthread_mutex_unlock(&t->lock);
	pthread_cond_destroy(&t->idle);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

size_t transports_running(struct transports *t)
{
	size_t n;

	pthread_mutex_lock(&t->lock);
	n = t->running;
	pthread_mutex_unlock(&t->lock);
	return n;
}

time_t transport_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

bool transport_late(const struct transport *t)
{
	return transport_now() >= t->deadline;
}

bool transport_logged_in(struct transport *t, const char *user)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "%s\n", user);

	/* The pair is new: there is room. */
	return n < (int)sizeof(line) && write(t->pair, line, (size_t)n) == n;
}

bool transport_loop_side(struct transport *t)
{
	struct transport_way *in = &t->in, *out = &t->out;
	ssize_t n;

	while (in->from < in->to) {
		n = send(t->pair, in->buf + in->from, in->to - in->from, MSG_NOSIGNAL);
		if (n < 0)
			break;
		in->from += (size_t)n;
		t->moved += (uint64_t)n;
	}
	if (in->from < in->to && errno != EAGAIN && errno != EINTR)
		return false;
	if (in->from == in->to)
		in->from = in->to = 0;
	if (out->to == 0 && !t->out_over) {
		n = read(t->pair, out->buf, sizeof(out->buf));
		if (n > 0) {
			out->to = (size_t)n;
			t->moved += (uint64_t)n;
		} else if (n == 0)
			t->out_over = true;
		else if (errno != EAGAIN && errno != EINTR)
			return false;
	}
	return true;
}

bool transport_over(struct transport *t)
{
	/* The loop learns of the client's end and may still have a last word. */
	if (t->in_over && t->in.to == 0 && !t->in_told) {
		shutdown(t->pair, SHUT_WR);
		t->in_told = true;
	}
	if (t->out_over && t->out.to == 0)
		return true;
	if ((t->in_told || t->out_over) && !t->linger)
		t->linger = transport_now() + TRANSPORT_LINGER_SECONDS;
	return t->linger && transport_now() >= t->linger;
}

static void transport_end(struct transport *t)
{
	struct transports *all = t->all;

	close(t->fd);
	close(t->pair);
	nc_config_clear(&t->users);
	SSL_CTX_free(t->tls);
	free(t->host_key);
	free(t);
	pthread_mutex_lock(&all->lock);
	if (--all->running == 0)
		pthread_cond_broadcast(&all->idle);
	pthread_mutex_unlock(&all->lock);
}

static void *transport_thread(void *arg)
{
	struct transport *t = arg;

	if (t->tls)
		transport_tls_run(t);
	else
		transport_ssh_run(t);
	transport_end(t);
	return NULL;
}

/* Signals are the loop's business, but for those that a thread causes itself. */
static int start_thread(struct transport *t)
{
	static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		sigdelset(&all, own[i]);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, &attr, transport_thread, t);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

int transport_start(struct transports *all, int fd, const struct nc_config *users,
		    const char *host_key, SSL_CTX *tls)
{
	struct transport *t;
	int pair[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)) {
		rc = errno;
		close(fd);
		errno = rc;
		return -1;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	t->all = all;
	t->fd = fd;
	t->pair = pair[0];
	t->deadline = transport_now() + TRANSPORT_LOGIN_SECONDS;
	nc_config_copy(&t->users, users);
	t->host_key = host_key ? strdup(host_key) : NULL;
	if (tls)
		SSL_CTX_up_ref(tls);
	t->tls = tls;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	pthread_mutex_lock(&all->lock);
	all->running++;
	pthread_mutex_unlock(&all->lock);
	rc = start_thread(t);
	if (rc == 0)
		return pair[1];
	transport_end(t);
	close(pair[1]);
	errno = rc;
	return -1;
}
