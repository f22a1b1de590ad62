/* SPDX-License-Identifier: MIT */
/* Change records of module srcdest-key-chain into struct babel_keys; rows for
 * the table in babel_nb_config.c, whose context they have. */
#ifndef SRCDEST_BABEL_NB_KEYS_H
#define SRCDEST_BABEL_NB_KEYS_H

#include "lib/nb/nb.h"

void nb_chain_apply(void *ctx, const struct nb_change *c);
void nb_key_apply(void *ctx, const struct nb_change *c);
void nb_key_string_apply(void *ctx, const struct nb_change *c);
void nb_key_hex_apply(void *ctx, const struct nb_change *c);
void nb_key_algorithm_apply(void *ctx, const struct nb_change *c);
bool nb_key_life_prepare(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
void nb_key_send_apply(void *ctx, const struct nb_change *c);
void nb_key_accept_apply(void *ctx, const struct nb_change *c);

#endif
