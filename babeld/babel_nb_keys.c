/* SPDX-License-Identifier: MIT */
/* Configuration of key chains. No secret may get into a message from here. */
#include "babeld/babel_nb_keys.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_config.h"

static struct babel_keys *keys_of(void *ctx)
{
	return &((struct babel_nb *)ctx)->conf.keys;
}

void nb_chain_apply(void *ctx, const struct nb_change *c)
{
	struct conf_chain *chain;

	if (c->op == NB_CREATE) {
		babel_keys_chain_get(keys_of(ctx), c->keys[0]);
		return;
	}
	chain = babel_keys_chain(keys_of(ctx), c->keys[0]);
	if (chain)
		babel_keys_chain_free(keys_of(ctx), chain);
}

static uint32_t id_of(const struct nb_change *c)
{
	return (uint32_t)strtoul(c->keys[1], NULL, 10);
}

void nb_key_apply(void *ctx, const struct nb_change *c)
{
	struct conf_chain *chain = babel_keys_chain_get(keys_of(ctx), c->keys[0]);
	struct conf_key *key;

	if (c->op == NB_CREATE) {
		babel_keys_key_get(chain, id_of(c));
		return;
	}
	key = babel_keys_key(chain, id_of(c));
	if (key)
		babel_keys_key_free(chain, key);
}

static struct conf_key *key_get(void *ctx, const struct nb_change *c)
{
	return babel_keys_key_get(babel_keys_chain_get(keys_of(ctx), c->keys[0]), id_of(c));
}

void nb_key_string_apply(void *ctx, const struct nb_change *c)
{
	struct conf_key *key = key_get(ctx, c);

	if (c->op == NB_SET)
		babel_keys_set_secret(key, c->value, strlen(c->value));
	else
		babel_keys_set_secret(key, NULL, 0);
}

void nb_key_hex_apply(void *ctx, const struct nb_change *c)
{
	struct conf_key *key = key_get(ctx, c);
	uint8_t octets[BABEL_SECRET_MAX];
	size_t n = 0;

	for (const char *s = c->op == NB_SET ? c->value : ""; s[0] && s[1] && n < sizeof(octets);
	     s += 2) {
		char digits[3] = {s[0], s[1], '\0'};

		octets[n++] = (uint8_t)strtoul(digits, NULL, 16);
		OPENSSL_cleanse(digits, sizeof(digits));
	}
	babel_keys_set_secret(key, octets, n);
	OPENSSL_cleanse(octets, sizeof(octets));
}

void nb_key_algorithm_apply(void *ctx, const struct nb_change *c)
{
	bool blake = c->op == NB_SET && strcmp(c->value, "blake2s-128") == 0;

	babel_keys_set_algorithm(key_get(ctx, c), blake ? MAC_BLAKE2S128 : MAC_HMAC_SHA256);
}

bool nb_key_life_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	struct key_life life;

	(void)ctx;
	if (c->op != NB_SET || key_life_parse(c->value, &life))
		return true;
	snprintf(err, err_size,
		 "%s is no lifetime: there is no such day, or its end is not behind "
		 "its beginning",
		 c->value);
	return false;
}

static struct key_life life_of(const struct nb_change *c)
{
	struct key_life life = KEY_LIFE_ALWAYS;

	if (c->op == NB_SET)
		key_life_parse(c->value, &life);
	return life;
}

void nb_key_send_apply(void *ctx, const struct nb_change *c)
{
	key_get(ctx, c)->send = life_of(c);
}

void nb_key_accept_apply(void *ctx, const struct nb_change *c)
{
	key_get(ctx, c)->accept = life_of(c);
}
