/* SPDX-License-Identifier: MIT */
/* Between the files zebra/zebra_nb_*.c: the nodes of srcdest-fpm. */
#ifndef SRCDEST_ZEBRA_NB_FPM_H
#define SRCDEST_ZEBRA_NB_FPM_H

#include <stdbool.h>

#include "lib/nb/nb.h"

/* What they change takes effect when the transaction is applied. */
void nb_fpm_server(void *ctx, const struct nb_change *c);
bool nb_fpm_address_ok(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
void nb_fpm_address(void *ctx, const struct nb_change *c);
void nb_fpm_port(void *ctx, const struct nb_change *c);
void nb_fpm_unix(void *ctx, const struct nb_change *c);
void nb_fpm_encoding(void *ctx, const struct nb_change *c);

bool nb_fpm_status_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_fpm_counters_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);

#endif
