/* SPDX-License-Identifier: MIT */
/*
 * Chains of keys as configured, and what of them is in force at a moment of
 * the calendar: that is what the protocol is handed (struct babel_auth), again
 * at each transition. The protocol knows keys by handle; secrets stay here.
 *
 * Times are seconds since 1970 in UTC.
 */
#ifndef SRCDEST_BABEL_KEYS_H
#define SRCDEST_BABEL_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "babeld/babel_mac.h"
#include "babeld/core/babel.h"
#include "lib/base/list.h"

#define KEYS_NAME  64
#define KEYS_NEVER INT64_MAX

struct key_life { /* [begin, end) */
	int64_t begin, end;
};
#define KEY_LIFE_ALWAYS ((struct key_life){INT64_MIN, KEYS_NEVER})
/* As the model has it (typedef lifetime). False: there is no such day, or it
 * ends before it begins. */
bool key_life_parse(const char *text, struct key_life *out);

struct conf_key {
	struct list_link link;
	uint32_t id;
	enum babel_mac_algorithm algorithm;
	uint8_t secret[BABEL_SECRET_MAX];
	size_t secret_len; /* 0: none yet, the key is not used */
	struct key_life send, accept;
	/* Made anew when secret or algorithm change, under another handle. */
	struct babel_mac *mac;
	uint32_t handle;
};
LIST_TYPE(conf_keys, struct conf_key, link);

struct conf_chain {
	struct list_link link;
	char name[KEYS_NAME];
	struct conf_keys keys; /* by id */
};
LIST_TYPE(conf_chains, struct conf_chain, link);

struct babel_keys {
	struct conf_chains chains;
	uint32_t last_handle;
};
void babel_keys_init(struct babel_keys *k);
void babel_keys_fini(struct babel_keys *k);

/* NULL: none of that name, or number. */
struct conf_chain *babel_keys_chain(const struct babel_keys *k, const char *name);
struct conf_key *babel_keys_key(const struct conf_chain *c, uint32_t id);
/* Those make it if need be. */
struct conf_chain *babel_keys_chain_get(struct babel_keys *k, const char *name);
struct conf_key *babel_keys_key_get(struct conf_chain *c, uint32_t id);
void babel_keys_chain_free(struct babel_keys *k, struct conf_chain *c);
void babel_keys_key_free(struct conf_chain *c, struct conf_key *key);
/* Another algorithm, another secret (len 0: none): another key. */
void babel_keys_set_algorithm(struct conf_key *key, enum babel_mac_algorithm a);
void babel_keys_set_secret(struct conf_key *key, const void *octets, size_t len);

/* What of the chain is in force: out->n and out->keys. Keys above
 * BABEL_KEYS_MAX at a time are left out; how many. No such chain: no keys. */
unsigned int babel_keys_in_force(struct babel_keys *k, const char *chain, int64_t now,
				 struct babel_auth *out);
/* When that changes next, in any chain; KEYS_NEVER. */
int64_t babel_keys_next(const struct babel_keys *k, int64_t now);
/* For babel_env.mac. */
bool babel_keys_digest(const struct babel_keys *k, uint32_t handle, struct span first,
		       struct span second, uint8_t *out);

#endif
