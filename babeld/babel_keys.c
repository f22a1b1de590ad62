/* SPDX-License-Identifier: MIT */
/* Chains of keys, and which of them are in force. */
#include "babeld/babel_keys.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- lifetimes ---- */

static int month_of(const char *word)
{
	static const char *const names[] = {"January",	 "February", "March",	 "April",
					    "May",	 "June",     "July",	 "August",
					    "September", "October",  "November", "December"};

	for (int m = 0; m < 12; m++)
		if (strcmp(word, names[m]) == 0 ||
		    (strlen(word) == 3 && strncmp(word, names[m], 3) == 0))
			return m;
	return -1;
}

/* HH:MM:SS MONTH DAY YEAR or HH:MM:SS DAY MONTH YEAR; how much of the text it
 * took, 0: there is no such moment. */
static int moment_parse(const char *text, int64_t *out)
{
	struct tm want = {0}, got;
	char month[12];
	int n = 0;

	if (sscanf(text, "%2d:%2d:%2d %11[A-Za-z] %2d %4d%n", &want.tm_hour, &want.tm_min,
		   &want.tm_sec, month, &want.tm_mday, &want.tm_year, &n) != 6 &&
	    sscanf(text, "%2d:%2d:%2d %2d %11[A-Za-z] %4d%n", &want.tm_hour, &want.tm_min,
		   &want.tm_sec, &want.tm_mday, month, &want.tm_year, &n) != 6)
		return 0;
	want.tm_mon = month_of(month);
	want.tm_year -= 1900;
	if (want.tm_mon < 0)
		return 0;
	got = want;
	*out = (int64_t)timegm(&got);
	/* February 30 has become some day of March. */
	return got.tm_mday == want.tm_mday && got.tm_hour == want.tm_hour &&
			       got.tm_min == want.tm_min && got.tm_sec == want.tm_sec
		       ? n
		       : 0;
}

bool key_life_parse(const char *text, struct key_life *out)
{
	struct key_life life = {0, KEYS_NEVER};
	int n = moment_parse(text, &life.begin), end = 0;
	long long seconds;

	if (!n)
		return false;
	text += n;
	if (sscanf(text, " duration %10lld%n", &seconds, &end) == 1 && !text[end])
		life.end = life.begin + seconds;
	else if (strcmp(text + strspn(text, " "), "infinite") != 0) {
		n = moment_parse(text + strspn(text, " "), &life.end);
		if (!n || text[strspn(text, " ") + (size_t)n])
			return false;
	}
	if (life.end <= life.begin)
		return false;
	*out = life;
	return true;
}

static bool in_life(const struct key_life *l, int64_t now)
{
	return l->begin <= now && now < l->end;
}

static int64_t next_of(const struct key_life *l, int64_t now)
{
	if (now < l->begin)
		return l->begin;
	return now < l->end ? l->end : KEYS_NEVER;
}

/* ---- chains and keys ---- */

void babel_keys_init(struct babel_keys *k)
{
	*k = (struct babel_keys){0};
	conf_chains_init(&k->chains);
}

static void forget_mac(struct conf_key *key)
{
	babel_mac_free(key->mac);
	key->mac = NULL;
}

void babel_keys_key_free(struct conf_chain *c, struct conf_key *key)
{
	conf_keys_del(&c->keys, key);
	forget_mac(key);
	OPENSSL_cleanse(key, sizeof(*key));
	free(key);
}

void babel_keys_chain_free(struct babel_keys *k, struct conf_chain *c)
{
	while (!conf_keys_empty(&c->keys))
		babel_keys_key_free(c, conf_keys_first(&c->keys));
	conf_chains_del(&k->chains, c);
	free(c);
}

void babel_keys_fini(struct babel_keys *k)
{
	while (!conf_chains_empty(&k->chains))
		babel_keys_chain_free(k, conf_chains_first(&k->chains));
}

struct conf_chain *babel_keys_chain(const struct babel_keys *k, const char *name)
{
	struct conf_chain *c;

	LIST_EACH (conf_chains, &k->chains, c)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

struct conf_key *babel_keys_key(const struct conf_chain *c, uint32_t id)
{
	struct conf_key *key;

	LIST_EACH (conf_keys, &c->keys, key)
		if (key->id == id)
			return key;
	return NULL;
}

static void *made(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

struct conf_chain *babel_keys_chain_get(struct babel_keys *k, const char *name)
{
	struct conf_chain *c = babel_keys_chain(k, name);

	if (c)
		return c;
	c = made(sizeof(*c));
	snprintf(c->name, sizeof(c->name), "%s", name);
	conf_keys_init(&c->keys);
	conf_chains_add_tail(&k->chains, c);
	return c;
}

struct conf_key *babel_keys_key_get(struct conf_chain *c, uint32_t id)
{
	struct conf_key *key = babel_keys_key(c, id);
	struct conf_keys rest;
	struct conf_key *o;

	if (key)
		return key;
	key = made(sizeof(*key));
	key->id = id;
	key->send = key->accept = KEY_LIFE_ALWAYS;
	/* In their order: those behind go behind again. */
	conf_keys_init(&rest);
	while ((o = conf_keys_pop(&c->keys)))
		conf_keys_add_tail(&rest, o);
	while ((o = conf_keys_first(&rest)) && o->id < id)
		conf_keys_add_tail(&c->keys, conf_keys_pop(&rest));
	conf_keys_add_tail(&c->keys, key);
	while ((o = conf_keys_pop(&rest)))
		conf_keys_add_tail(&c->keys, o);
	return key;
}

void babel_keys_set_algorithm(struct conf_key *key, enum babel_mac_algorithm a)
{
	if (key->algorithm != a)
		forget_mac(key);
	key->algorithm = a;
}

void babel_keys_set_secret(struct conf_key *key, const void *octets, size_t len)
{
	if (len > sizeof(key->secret))
		len = 0;
	forget_mac(key);
	OPENSSL_cleanse(key->secret, sizeof(key->secret));
	if (len)
		memcpy(key->secret, octets, len);
	key->secret_len = len;
}

/* ---- in force ---- */

static bool usable(struct babel_keys *k, struct conf_key *key)
{
	if (key->mac || !key->secret_len)
		return key->mac;
	key->mac = babel_mac_new(key->algorithm, span_of(key->secret, key->secret_len));
	if (key->mac)
		key->handle = ++k->last_handle;
	return key->mac;
}

unsigned int babel_keys_in_force(struct babel_keys *k, const char *chain, int64_t now,
				 struct babel_auth *out)
{
	const struct conf_chain *c = babel_keys_chain(k, chain);
	unsigned int left_out = 0;
	struct conf_key *key;
	struct babel_key *at;

	memset(out->keys, 0, sizeof(out->keys)); /* padding too: it is compared as a whole */
	out->n = 0;
	if (!c)
		return 0;
	LIST_EACH (conf_keys, &c->keys, key) {
		bool send = in_life(&key->send, now), accept = in_life(&key->accept, now);

		if ((!send && !accept) || !usable(k, key))
			continue;
		if (out->n == BABEL_KEYS_MAX) {
			left_out++;
			continue;
		}
		at = &out->keys[out->n++];
		at->handle = key->handle;
		at->id = key->id;
		at->mac_len = (uint8_t)babel_mac_len(key->algorithm);
		at->send = send;
		at->accept = accept;
	}
	return left_out;
}

int64_t babel_keys_next(const struct babel_keys *k, int64_t now)
{
	const struct conf_chain *c;
	const struct conf_key *key;
	int64_t next = KEYS_NEVER;

	LIST_EACH (conf_chains, &k->chains, c) {
		LIST_EACH (conf_keys, &c->keys, key) {
			int64_t send = next_of(&key->send, now),
				accept = next_of(&key->accept, now);

			next = send < next ? send : next;
			next = accept < next ? accept : next;
		}
	}
	return next;
}

bool babel_keys_digest(const struct babel_keys *k, uint32_t handle, struct span first,
		       struct span second, uint8_t *out)
{
	const struct conf_chain *c;
	const struct conf_key *key;

	LIST_EACH (conf_chains, &k->chains, c)
		LIST_EACH (conf_keys, &c->keys, key)
			if (key->mac && key->handle == handle)
				return babel_mac_digest(key->mac, first, second, out);
	return false;
}
