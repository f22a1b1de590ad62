/* SPDX-License-Identifier: MIT */
/*
 * /srcdest-system:system/netconf as a plain struct, and the table by which
 * mgmtd fills it.
 */
#ifndef SRCDEST_NETCONFD_CONFIG_H
#define SRCDEST_NETCONFD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/nb/nb.h"

struct nc_listen {
	bool tls;
	char *address;
	uint16_t port;
};

struct nc_key {
	char *name, *algorithm, *data; /* data: base64 */
};

struct nc_user {
	char *name;
	struct nc_key *keys;
	size_t n_keys;
	char **fingerprints; /* SHA-256, lower case, colons between */
	size_t n_fingerprints;
};

struct nc_config {
	bool enabled;
	struct nc_listen *listen;
	size_t n_listen;
	struct nc_user *users;
	size_t n_users;
	/* NULL: not set */
	char *host_key, *certificate, *private_key, *client_ca;
};

/* The table's functions take a struct nc_config as ctx; `applied` is the
 * owner's. */
extern const struct nb_node nc_nodes[];
extern const size_t nc_n_nodes;

void nc_config_copy(struct nc_config *to, const struct nc_config *from);
void nc_config_clear(struct nc_config *c);

const struct nc_user *nc_user_find(const struct nc_config *c, const char *name);
/* Whose certificate it is (RFC 7589 7: by fingerprint); NULL: nobody's. */
const struct nc_user *nc_user_by_fingerprint(const struct nc_config *c, const char *fingerprint);

#endif
