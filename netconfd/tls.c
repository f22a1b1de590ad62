/* SPDX-License-Identifier: MIT */
/* NETCONF over TLS with client certificates, RFC 7589. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "netconfd/transport.h"

#define LOGIN_POLL_MS 200
#define PUMP_POLL_MS  1000

static SSL_CTX *fail(SSL_CTX *ctx, const char *what, const char *file, char *err,
		     unsigned int err_size)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	snprintf(err, err_size, "TLS: %s %s: %s", what, file ? file : "is not set",
		 file ? (why ? why : "not usable") : "needed");
	ERR_clear_error();
	SSL_CTX_free(ctx);
	return NULL;
}

SSL_CTX *transport_tls_new(const struct nc_config *c, char *err, unsigned int err_size)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx)
		return fail(NULL, "library", "", err, err_size);
	if (!c->certificate || SSL_CTX_use_certificate_chain_file(ctx, c->certificate) != 1)
		return fail(ctx, "certificate", c->certificate, err, err_size);
	if (!c->private_key ||
	    SSL_CTX_use_PrivateKey_file(ctx, c->private_key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return fail(ctx, "private key", c->private_key, err, err_size);
	if (!c->client_ca || SSL_CTX_load_verify_locations(ctx, c->client_ca, NULL) != 1)
		return fail(ctx, "client CA", c->client_ca, err, err_size);
	SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(c->client_ca));
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	/* RFC 7589 4: no certificate, no session. */
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return ctx;
}

/* ---- who it is, RFC 7589 7 ---- */

static bool fingerprint(X509 *cert, char *text, size_t size)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n;
	size_t at = 0;

	if (X509_digest(cert, EVP_sha256(), md, &n) != 1)
		return false;
	for (unsigned int i = 0; i < n && at + 4 < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%02x", i ? ":" : "", md[i]);
	return true;
}

/* A fingerprint of the configuration, else the certificate's common name, if
 * that is a configured user. */
static const struct nc_user *user_of(const struct transport *t, X509 *cert)
{
	const struct nc_user *u = NULL;
	char text[EVP_MAX_MD_SIZE * 3 + 1], name[64];
	int n;

	if (!cert)
		return NULL;
	if (fingerprint(cert, text, sizeof(text)))
		u = nc_user_by_fingerprint(&t->users, text);
	if (u)
		return u;
	n = X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name,
				      sizeof(name));
	/* A name with a NUL inside is nobody's. */
	return n > 0 && strlen(name) == (size_t)n ? nc_user_find(&t->users, name) : NULL;
}

/* ---- pump ---- */

/* What OpenSSL waits for on the socket, as poll events; 0: it is over. */
static short waits_for(SSL *ssl, int rc)
{
	switch (SSL_get_error(ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return POLLIN;
	case SSL_ERROR_WANT_WRITE:
		return POLLOUT;
	default:
		ERR_clear_error();
		return 0;
	}
}

static bool handshake(struct transport *t, SSL *ssl)
{
	while (!transport_late(t)) {
		struct pollfd p[2] = {{.fd = t->fd}, {.fd = t->pair, .events = 0}};
		int rc = SSL_accept(ssl);

		if (rc == 1)
			return true;
		p[0].events = waits_for(ssl, rc);
		if (!p[0].events)
			return false;
		if (poll(p, 2, LOGIN_POLL_MS) < 0 && errno != EINTR)
			return false;
		/* The loop closed its end. */
		if (p[1].revents & (POLLHUP | POLLERR))
			return false;
	}
	return false;
}

/* False: the connection is over. `want`: what the socket must do first. */
static bool client_side(struct transport *t, SSL *ssl, short *want)
{
	struct transport_way *in = &t->in, *out = &t->out;
	int n;
	short w;

	*want = 0;
	if (in->to == 0 && !t->in_over) {
		n = SSL_read(ssl, in->buf, sizeof(in->buf));
		w = n > 0 ? 0 : waits_for(ssl, n);
		if (n > 0) {
			in->to = (size_t)n;
			t->moved += (uint64_t)n;
		} else if (!w) {
			t->in_over = true;
		}
		*want |= w;
	}
	while (out->from < out->to) {
		n = SSL_write(ssl, out->buf + out->from, (int)(out->to - out->from));
		if (n <= 0) {
			w = waits_for(ssl, n);
			*want |= w;
			if (!w)
				return false;
			break;
		}
		out->from += (size_t)n;
		t->moved += (uint64_t)n;
	}
	if (out->from == out->to)
		out->from = out->to = 0;
	return true;
}

static void pump(struct transport *t, SSL *ssl)
{

	for (;;) {
		uint64_t before = t->moved;
		struct pollfd p[2] = {{.fd = t->fd}, {.fd = t->pair}};

		if (!transport_loop_side(t) || !client_side(t, ssl, &p[0].events))
			return;
		if (transport_over(t))
			return;
		if (before != t->moved)
			continue;
		if (t->in.to > 0)
			p[1].events |= POLLOUT;
		if (t->out.to == 0 && !t->out_over)
			p[1].events |= POLLIN;
		/* What is not waited for would report its end over and over. */
		if (!p[0].events)
			p[0].fd = -1;
		if (!p[1].events)
			p[1].fd = -1;
		if (poll(p, 2, PUMP_POLL_MS) < 0 && errno != EINTR)
			return;
	}
}

void transport_tls_run(struct transport *t)
{
	SSL *ssl = SSL_new(t->tls);
	const struct nc_user *u;
	X509 *cert;

	if (!ssl)
		return;
	if (SSL_set_fd(ssl, t->fd) == 1 && handshake(t, ssl)) {
		cert = SSL_get1_peer_certificate(ssl);
		u = SSL_get_verify_result(ssl) == X509_V_OK ? user_of(t, cert) : NULL;
		X509_free(cert);
		if (u && transport_logged_in(t, u->name))
			pump(t, ssl);
		SSL_shutdown(ssl);
	}
	ERR_clear_error();
	SSL_free(ssl);
}
