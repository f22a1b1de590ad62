/* SPDX-License-Identifier: MIT */
/* What writing and reading of lines share. */
#ifndef SRCDEST_BABELD_TRACE_LINE_IMPL_H
#define SRCDEST_BABELD_TRACE_LINE_IMPL_H

#include "babeld/trace/line.h"

extern const char *const answer_names[ANSWER_KINDS];

#endif
