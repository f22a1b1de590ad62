/* SPDX-License-Identifier: MIT */
/* What the kernel's refusals mean for the next try. Pure. */
#ifndef SRCDEST_ZEBRA_FIB_RETRY_H
#define SRCDEST_ZEBRA_FIB_RETRY_H

#include "zebra/core/rib.h"

enum rib_retry_when fib_retry_judge(int error);

#endif
