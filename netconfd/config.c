/* SPDX-License-Identifier: MIT */
/* The configuration of the NETCONF server. */
#include "netconfd/config.h"

#include <ctype.h>
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM "/srcdest-system:system/netconf"

static char *keep(const char *s)
{
	char *p = s ? strdup(s) : NULL;

	if (s && !p)
		abort();
	return p;
}

static void replace(char **p, const struct nb_change *c)
{
	free(*p);
	*p = keep(c->op == NB_SET ? c->value : NULL);
}

/* One more, zeroed. */
static void *grow(void **v, size_t *n, size_t size)
{
	*v = realloc(*v, (*n + 1) * size);
	if (!*v)
		abort();
	memset((char *)*v + *n * size, 0, size);
	return (char *)*v + (*n)++ * size;
}

static void shrink(void *v, size_t *n, size_t size, size_t i)
{
	char *at = (char *)v + i * size;

	memmove(at, at + size, (--*n - i) * size);
}

/* ---- parts ---- */

static void key_clear(struct nc_key *k)
{
	free(k->name);
	free(k->algorithm);
	free(k->data);
}

static void user_clear(struct nc_user *u)
{
	for (size_t i = 0; i < u->n_keys; i++)
		key_clear(&u->keys[i]);
	for (size_t i = 0; i < u->n_fingerprints; i++)
		free(u->fingerprints[i]);
	free(u->keys);
	free(u->fingerprints);
	free(u->name);
}

void nc_config_clear(struct nc_config *c)
{
	for (size_t i = 0; i < c->n_listen; i++)
		free(c->listen[i].address);
	for (size_t i = 0; i < c->n_users; i++)
		user_clear(&c->users[i]);
	free(c->listen);
	free(c->users);
	free(c->host_key);
	free(c->certificate);
	free(c->private_key);
	free(c->client_ca);
	*c = (struct nc_config){0};
}

static void user_copy(struct nc_user *to, const struct nc_user *from)
{
	to->name = keep(from->name);
	for (size_t i = 0; i < from->n_keys; i++) {
		struct nc_key *k = grow((void **)&to->keys, &to->n_keys, sizeof(*k));

		k->name = keep(from->keys[i].name);
		k->algorithm = keep(from->keys[i].algorithm);
		k->data = keep(from->keys[i].data);
	}
	for (size_t i = 0; i < from->n_fingerprints; i++) {
		char **f = grow((void **)&to->fingerprints, &to->n_fingerprints, sizeof(*f));

		*f = keep(from->fingerprints[i]);
	}
}

void nc_config_copy(struct nc_config *to, const struct nc_config *from)
{
	*to = (struct nc_config){.enabled = from->enabled};
	to->host_key = keep(from->host_key);
	to->certificate = keep(from->certificate);
	to->private_key = keep(from->private_key);
	to->client_ca = keep(from->client_ca);
	for (size_t i = 0; i < from->n_listen; i++) {
		struct nc_listen *l = grow((void **)&to->listen, &to->n_listen, sizeof(*l));

		*l = from->listen[i];
		l->address = keep(l->address);
	}
	for (size_t i = 0; i < from->n_users; i++)
		user_copy(grow((void **)&to->users, &to->n_users, sizeof(*to->users)),
			  &from->users[i]);
}

static struct nc_user *user_find(struct nc_config *c, const char *name)
{
	for (size_t i = 0; i < c->n_users; i++)
		if (!strcmp(c->users[i].name, name))
			return &c->users[i];
	return NULL;
}

const struct nc_user *nc_user_find(const struct nc_config *c, const char *name)
{
	return user_find((struct nc_config *)c, name);
}

const struct nc_user *nc_user_by_fingerprint(const struct nc_config *c, const char *fingerprint)
{
	for (size_t u = 0; u < c->n_users; u++)
		for (size_t i = 0; i < c->users[u].n_fingerprints; i++)
			if (!strcasecmp(c->users[u].fingerprints[i], fingerprint))
				return &c->users[u];
	return NULL;
}

/* ---- records ---- */

static void apply_netconf(void *ctx, const struct nb_change *c)
{
	struct nc_config *cfg = ctx;

	nc_config_clear(cfg);
	cfg->enabled = c->op == NB_CREATE;
}

static void apply_listen(void *ctx, const struct nb_change *c)
{
	struct nc_config *cfg = ctx;
	bool tls = !strcmp(c->keys[0], "tls");
	uint16_t port = (uint16_t)strtoul(c->keys[2], NULL, 10);
	struct nc_listen *l;

	if (c->op == NB_CREATE) {
		l = grow((void **)&cfg->listen, &cfg->n_listen, sizeof(*l));
		*l = (struct nc_listen){tls, keep(c->keys[1]), port};
		return;
	}
	for (size_t i = 0; i < cfg->n_listen; i++) {
		l = &cfg->listen[i];
		if (l->tls != tls || l->port != port || strcmp(l->address, c->keys[1]))
			continue;
		free(l->address);
		shrink(cfg->listen, &cfg->n_listen, sizeof(*l), i);
		return;
	}
}

static void apply_host_key(void *ctx, const struct nb_change *c)
{
	replace(&((struct nc_config *)ctx)->host_key, c);
}

static void apply_certificate(void *ctx, const struct nb_change *c)
{
	replace(&((struct nc_config *)ctx)->certificate, c);
}

static void apply_private_key(void *ctx, const struct nb_change *c)
{
	replace(&((struct nc_config *)ctx)->private_key, c);
}

static void apply_client_ca(void *ctx, const struct nb_change *c)
{
	replace(&((struct nc_config *)ctx)->client_ca, c);
}

static void apply_user(void *ctx, const struct nb_change *c)
{
	struct nc_config *cfg = ctx;
	struct nc_user *u = user_find(cfg, c->keys[0]);

	if (c->op == NB_DELETE && u) {
		user_clear(u);
		shrink(cfg->users, &cfg->n_users, sizeof(*u), (size_t)(u - cfg->users));
	} else if (c->op == NB_CREATE && !u) {
		u = grow((void **)&cfg->users, &cfg->n_users, sizeof(*u));
		u->name = keep(c->keys[0]);
	}
}

static struct nc_key *key_find(struct nc_user *u, const char *name)
{
	for (size_t i = 0; u && i < u->n_keys; i++)
		if (!strcmp(u->keys[i].name, name))
			return &u->keys[i];
	return NULL;
}

static void apply_key(void *ctx, const struct nb_change *c)
{
	struct nc_user *u = user_find(ctx, c->keys[0]);
	struct nc_key *k = key_find(u, c->keys[1]);

	if (c->op == NB_DELETE && k) {
		key_clear(k);
		shrink(u->keys, &u->n_keys, sizeof(*k), (size_t)(k - u->keys));
	} else if (c->op == NB_CREATE && u && !k) {
		k = grow((void **)&u->keys, &u->n_keys, sizeof(*k));
		k->name = keep(c->keys[1]);
	}
}

static void apply_key_algorithm(void *ctx, const struct nb_change *c)
{
	struct nc_key *k = key_find(user_find(ctx, c->keys[0]), c->keys[1]);

	if (k)
		replace(&k->algorithm, c);
}

static bool prepare_algorithm(void *ctx, const struct nb_change *c, char *err,
			      unsigned int err_size)
{
	(void)ctx;
	if (c->op != NB_SET || ssh_key_type_from_name(c->value) != SSH_KEYTYPE_UNKNOWN)
		return true;
	snprintf(err, err_size, "no algorithm of SSH public keys that is known here");
	return false;
}

static void apply_key_data(void *ctx, const struct nb_change *c)
{
	struct nc_key *k = key_find(user_find(ctx, c->keys[0]), c->keys[1]);

	if (k)
		replace(&k->data, c);
}

static void apply_fingerprint(void *ctx, const struct nb_change *c)
{
	struct nc_user *u = user_find(ctx, c->keys[0]);

	if (!u)
		return;
	if (c->op == NB_CREATE) {
		char **f = grow((void **)&u->fingerprints, &u->n_fingerprints, sizeof(*f));

		*f = keep(c->keys[1]);
		return;
	}
	for (size_t i = 0; i < u->n_fingerprints; i++)
		if (!strcmp(u->fingerprints[i], c->keys[1])) {
			free(u->fingerprints[i]);
			shrink(u->fingerprints, &u->n_fingerprints, sizeof(char *), i);
			return;
		}
}

const struct nb_node nc_nodes[] = {
	{SYSTEM, NULL, apply_netconf},
	{SYSTEM "/listen", NULL, apply_listen},
	{SYSTEM "/ssh-host-key", NULL, apply_host_key},
	{SYSTEM "/tls-certificate", NULL, apply_certificate},
	{SYSTEM "/tls-private-key", NULL, apply_private_key},
	{SYSTEM "/tls-client-ca", NULL, apply_client_ca},
	{SYSTEM "/user", NULL, apply_user},
	{SYSTEM "/user/authorized-key", NULL, apply_key},
	{SYSTEM "/user/authorized-key/algorithm", prepare_algorithm, apply_key_algorithm},
	{SYSTEM "/user/authorized-key/key-data", NULL, apply_key_data},
	{SYSTEM "/user/certificate-fingerprint", NULL, apply_fingerprint},
};
const size_t nc_n_nodes = sizeof(nc_nodes) / sizeof(nc_nodes[0]);
