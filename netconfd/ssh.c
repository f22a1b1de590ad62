/* SPDX-License-Identifier: MIT */
/* NETCONF over SSH, RFC 6242: public keys alone, one channel, one subsystem. */
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netconfd/transport.h"

#define LOGIN_POLL_MS 200
#define PUMP_POLL_MS  1000

struct ssh_end {
	struct transport *t;
	ssh_session session;
	ssh_event event;
	ssh_channel channel;
	struct ssh_channel_callbacks_struct channel_cb;
	char user[64];
	unsigned int tries;
	bool logged_in, netconf, loop_gone;
};

/* ---- login ---- */

static bool is_key(const struct nc_key *k, ssh_key offered)
{
	ssh_key ours = NULL;
	bool same;

	if (!k->algorithm || !k->data ||
	    ssh_pki_import_pubkey_base64(k->data, ssh_key_type_from_name(k->algorithm), &ours) !=
		    SSH_OK)
		return false;
	same = ssh_key_cmp(ours, offered, SSH_KEY_CMP_PUBLIC) == 0;
	ssh_key_free(ours);
	return same;
}

/* Called for an offer (state NONE: would you take it?) and for a signature,
 * which libssh has verified when the state is VALID. */
static int auth_pubkey(ssh_session session, const char *user, struct ssh_key_struct *key,
		       char state, void *ctx)
{
	struct ssh_end *e = ctx;
	const struct nc_user *u = nc_user_find(&e->t->users, user);

	(void)session;
	if (++e->tries > TRANSPORT_TRIES ||
	    (state != SSH_PUBLICKEY_STATE_NONE && state != SSH_PUBLICKEY_STATE_VALID))
		return SSH_AUTH_DENIED;
	for (size_t i = 0; u && i < u->n_keys; i++) {
		if (!is_key(&u->keys[i], key))
			continue;
		if (state == SSH_PUBLICKEY_STATE_VALID) {
			snprintf(e->user, sizeof(e->user), "%s", user);
			e->logged_in = true;
		}
		return SSH_AUTH_SUCCESS;
	}
	return SSH_AUTH_DENIED;
}

static int auth_none(ssh_session session, const char *user, void *ctx)
{
	struct ssh_end *e = ctx;

	(void)session;
	(void)user;
	e->tries++;
	return SSH_AUTH_DENIED;
}

static int subsystem(ssh_session session, ssh_channel channel, const char *name, void *ctx)
{
	struct ssh_end *e = ctx;

	(void)session;
	(void)channel;
	if (strcmp(name, "netconf") || e->netconf)
		return 1;
	e->netconf = true;
	return 0;
}

static ssh_channel channel_open(ssh_session session, void *ctx)
{
	struct ssh_end *e = ctx;

	if (e->channel || !e->logged_in)
		return NULL;
	e->channel = ssh_channel_new(session);
	if (!e->channel)
		return NULL;
	e->channel_cb = (struct ssh_channel_callbacks_struct){
		.userdata = e,
		.channel_subsystem_request_function = subsystem,
	};
	ssh_callbacks_init(&e->channel_cb);
	ssh_set_channel_callbacks(e->channel, &e->channel_cb);
	return e->channel;
}

/* The loop closed before anybody logged in: it wants us gone. */
static int pair_event(socket_t fd, int revents, void *ctx)
{
	struct ssh_end *e = ctx;

	(void)fd;
	if (revents & (POLLHUP | POLLERR | POLLNVAL))
		e->loop_gone = true;
	return 0;
}

static bool login(struct ssh_end *e)
{
	bool keys = false;

	while (!transport_late(e->t) && !e->loop_gone && e->tries <= TRANSPORT_TRIES) {
		if (!keys) {
			int rc = ssh_handle_key_exchange(e->session);

			if (rc == SSH_ERROR)
				return false;
			keys = rc == SSH_OK;
		}
		if (e->logged_in && e->netconf)
			return true;
		if (ssh_event_dopoll(e->event, LOGIN_POLL_MS) == SSH_ERROR)
			return false;
		if (!ssh_is_connected(e->session))
			return false;
	}
	return false;
}

/* ---- pump ---- */

/* False: the connection is over. */
static bool client_side(struct ssh_end *e)
{
	struct transport_way *in = &e->t->in, *out = &e->t->out;
	int n;

	if (in->to == 0 && !e->t->in_over) {
		n = ssh_channel_read_nonblocking(e->channel, in->buf, sizeof(in->buf), 0);
		if (n > 0) {
			in->to = (size_t)n;
			e->t->moved += (uint64_t)n;
		} else if (n == SSH_ERROR) {
			return false;
		} else if (ssh_channel_is_eof(e->channel) || ssh_channel_is_closed(e->channel)) {
			e->t->in_over = true;
		}
	}
	while (out->from < out->to) {
		uint32_t window = ssh_channel_window_size(e->channel);
		size_t want = out->to - out->from;

		if (window == 0)
			break;
		n = ssh_channel_write(e->channel, out->buf + out->from,
				      (uint32_t)(want < window ? want : window));
		if (n <= 0)
			return n == 0;
		out->from += (size_t)n;
		e->t->moved += (uint64_t)n;
	}
	if (out->from == out->to)
		out->from = out->to = 0;
	return ssh_is_connected(e->session) && !ssh_channel_is_closed(e->channel);
}

/* Watches the loop's end only for what could be done about it. */
static void watch_pair(struct ssh_end *e, short *watched)
{
	short want = 0;

	if (e->t->in.to > 0)
		want |= POLLOUT;
	if (e->t->out.to == 0 && !e->t->out_over)
		want |= POLLIN;
	if (want == *watched)
		return;
	if (*watched)
		ssh_event_remove_fd(e->event, e->t->pair);
	if (want)
		ssh_event_add_fd(e->event, e->t->pair, want, pair_event, e);
	*watched = want;
}

static void pump(struct ssh_end *e)
{
	struct transport *t = e->t;
	short watched = POLLIN;

	for (;;) {
		uint64_t before = t->moved;

		if (!transport_loop_side(t) || !client_side(e))
			return;
		if (transport_over(t))
			return;
		if (before != t->moved)
			continue;
		watch_pair(e, &watched);
		if (ssh_event_dopoll(e->event, PUMP_POLL_MS) == SSH_ERROR)
			return;
	}
}

static void finish(struct ssh_end *e)
{
	if (e->channel && ssh_is_connected(e->session)) {
		ssh_channel_send_eof(e->channel);
		ssh_channel_close(e->channel);
		ssh_blocking_flush(e->session, 1000);
	}
	if (ssh_is_connected(e->session))
		ssh_disconnect(e->session);
}

static bool set_up(struct ssh_end *e, ssh_bind bind, struct ssh_server_callbacks_struct *cb)
{
	bool no = false;

	/* The machine's sshd_config is not about us. */
	if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY, e->t->host_key))
		return false;
	/* libssh closes the descriptor with the session: it gets one of its own. */
	int fd = dup(e->t->fd);

	if (fd < 0 || ssh_bind_accept_fd(bind, e->session, fd) != SSH_OK)
		return false;
	ssh_set_blocking(e->session, 0);
	ssh_set_auth_methods(e->session, SSH_AUTH_METHOD_PUBLICKEY);
	ssh_callbacks_init(cb);
	ssh_set_server_callbacks(e->session, cb);
	/* The session can be watched only when it has begun. */
	return ssh_handle_key_exchange(e->session) != SSH_ERROR &&
	       ssh_event_add_session(e->event, e->session) == SSH_OK &&
	       ssh_event_add_fd(e->event, e->t->pair, POLLIN, pair_event, e) == SSH_OK;
}

void transport_ssh_run(struct transport *t)
{
	struct ssh_end e = {.t = t};
	struct ssh_server_callbacks_struct cb = {
		.userdata = &e,
		.auth_pubkey_function = auth_pubkey,
		.auth_none_function = auth_none,
		.channel_open_request_session_function = channel_open,
	};
	ssh_bind bind = ssh_bind_new();

	e.session = ssh_new();
	e.event = ssh_event_new();
	if (!bind || !e.session || !e.event)
		abort();
	if (set_up(&e, bind, &cb) && login(&e) && transport_logged_in(t, e.user))
		pump(&e);
	finish(&e);
	ssh_event_remove_fd(e.event, t->pair);
	ssh_event_remove_session(e.event, e.session);
	ssh_event_free(e.event);
	/* With its channel, unless ssh_disconnect() has freed that already. */
	ssh_free(e.session);
	ssh_bind_free(bind);
}

bool transport_host_key(const char *path, char *err, unsigned int err_size)
{
	ssh_key key = NULL;
	char tmp[1100];
	mode_t old;
	bool fine;

	if (access(path, F_OK) == 0)
		return true;
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	old = umask(077);
	fine = ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK &&
	       ssh_pki_export_privkey_file(key, NULL, NULL, NULL, tmp) == SSH_OK &&
	       rename(tmp, path) == 0;
	umask(old);
	ssh_key_free(key);
	if (!fine)
		snprintf(err, err_size, "no SSH host key can be written to %s", path);
	return fine;
}
