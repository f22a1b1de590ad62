/* SPDX-License-Identifier: MIT */
/* The RPC explain-babel-route, see babeld/core/explain.h. */
#ifndef SRCDEST_BABEL_NB_EXPLAIN_H
#define SRCDEST_BABEL_NB_EXPLAIN_H

#include "babeld/babeld.h"

bool nb_babel_explain_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
			   unsigned int err_size);

#endif
