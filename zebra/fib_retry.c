/* SPDX-License-Identifier: MIT */
/* What the kernel's refusals mean for the next try. */
#include "zebra/fib_retry.h"

#include <errno.h>

static const struct {
	int error;
	enum rib_retry_when when;
} table[] = {
	/* Not now: memory, buffers, a lock. */
	{ENOBUFS, RIB_RETRY_LATER},
	{ENOMEM, RIB_RETRY_LATER},
	{EAGAIN, RIB_RETRY_LATER},
	{EBUSY, RIB_RETRY_LATER},
	{EINTR, RIB_RETRY_LATER},
	{ENOSPC, RIB_RETRY_LATER},
	{ENFILE, RIB_RETRY_LATER},
	/* Not over this: the interface, or the way to the gateway, or the source
	 * address is not there (any more, or yet). */
	{ENODEV, RIB_RETRY_INTERFACE},
	{ENXIO, RIB_RETRY_INTERFACE},
	{ENETDOWN, RIB_RETRY_INTERFACE},
	{ENETUNREACH, RIB_RETRY_INTERFACE},
	{EHOSTUNREACH, RIB_RETRY_INTERFACE},
	{EADDRNOTAVAIL, RIB_RETRY_INTERFACE},
	/* Not this: malformed, not supported, not allowed, and all the rest. */
	{EINVAL, RIB_RETRY_CHANGED},
	{EOPNOTSUPP, RIB_RETRY_CHANGED},
	{EAFNOSUPPORT, RIB_RETRY_CHANGED},
	{EPERM, RIB_RETRY_CHANGED},
};

enum rib_retry_when fib_retry_judge(int error)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].error == error)
			return table[i].when;
	return RIB_RETRY_CHANGED;
}
