/* SPDX-License-Identifier: MIT */
/* Message authentication codes by OpenSSL. */
#include "babeld/babel_mac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

static const struct {
	const char *name;
	size_t len, secret_max;
} table[] = {
	[MAC_HMAC_SHA256] = {"HMAC", 32, BABEL_SECRET_MAX},
	[MAC_BLAKE2S128] = {"BLAKE2SMAC", 16, BABEL_SECRET_BLAKE2S_MAX},
};

struct babel_mac {
	enum babel_mac_algorithm algorithm;
	EVP_MAC_CTX *keyed; /* holds the secret; copied for each digest */
};

size_t babel_mac_len(enum babel_mac_algorithm a)
{
	return table[a].len;
}

size_t babel_mac_secret_max(enum babel_mac_algorithm a)
{
	return table[a].secret_max;
}

static EVP_MAC_CTX *keyed(enum babel_mac_algorithm a, struct span secret)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, table[a].name, NULL);
	EVP_MAC_CTX *c = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t size = table[a].len;
	char sha256[] = "SHA256";
	OSSL_PARAM params[2] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};

	switch (a) {
	case MAC_HMAC_SHA256:
		params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 0);
		break;
	case MAC_BLAKE2S128:
		params[0] = OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size);
		break;
	}
	EVP_MAC_free(mac); /* the context has its own reference */
	if (c && EVP_MAC_init(c, secret.p, secret.len, params))
		return c;
	EVP_MAC_CTX_free(c);
	return NULL;
}

struct babel_mac *babel_mac_new(enum babel_mac_algorithm a, struct span secret)
{
	EVP_MAC_CTX *c;
	struct babel_mac *m;

	if (!secret.len || secret.len > table[a].secret_max)
		return NULL;
	c = keyed(a, secret);
	if (!c)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		abort();
	m->algorithm = a;
	m->keyed = c;
	return m;
}

void babel_mac_free(struct babel_mac *m)
{
	if (!m)
		return;
	EVP_MAC_CTX_free(m->keyed); /* cleanses */
	free(m);
}

bool babel_mac_digest(struct babel_mac *m, struct span first, struct span second, uint8_t *out)
{
	EVP_MAC_CTX *c = EVP_MAC_CTX_dup(m->keyed);
	size_t want = table[m->algorithm].len, len = 0;
	bool fine = c && EVP_MAC_update(c, first.p, first.len) &&
		    EVP_MAC_update(c, second.p, second.len) && EVP_MAC_final(c, out, &len, want) &&
		    len == want;

	EVP_MAC_CTX_free(c);
	return fine;
}
