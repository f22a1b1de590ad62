/* SPDX-License-Identifier: MIT */
/* Between the files zebra/zebra_nb_*.c: clients as nodes of srcdest-rib. */
#ifndef SRCDEST_ZEBRA_NB_CLIENT_H
#define SRCDEST_ZEBRA_NB_CLIENT_H

#include "lib/nb/nb.h"

bool nb_clients_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_departed_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);

#endif
