/* SPDX-License-Identifier: MIT */
/* Between the files zebra/zebra_nb_*.c: the RPC of srcdest-rib-explain. */
#ifndef SRCDEST_ZEBRA_NB_EXPLAIN_H
#define SRCDEST_ZEBRA_NB_EXPLAIN_H

#include "lib/nb/nb.h"

bool nb_explain_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		     unsigned int err_size);

#endif
