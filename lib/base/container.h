/* SPDX-License-Identifier: MIT */
/* From a member back to the struct that holds it. */
#ifndef SRCDEST_BASE_CONTAINER_H
#define SRCDEST_BASE_CONTAINER_H

#include <stddef.h>

#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) + 0 * sizeof((ptr) == &((type *)0)->member) - \
			  offsetof(type, member)))
#define container_of_const(ptr, type, member) \
	((const type *)(const void *)((const char *)(ptr) + \
				      0 * sizeof((ptr) == &((const type *)0)->member) - \
				      offsetof(type, member)))

#endif
