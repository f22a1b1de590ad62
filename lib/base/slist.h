/* SPDX-License-Identifier: MIT */
/*
 * Typed intrusive singly-linked lists, for short ones that exist in great number:
 * a head is one pointer, and so is what an item pays. To add at the tail and to
 * delete walk the list.
 *
 *	SLIST_TYPE(rows, struct row, next)
 *
 * makes `struct rows`; `struct row` must have a member `struct row *next`. A
 * zeroed head is an empty list. Names and walks are those of list.h; _first and
 * _empty take NULL for an empty list.
 */
#ifndef SRCDEST_BASE_SLIST_H
#define SRCDEST_BASE_SLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/list.h"

#define SLIST_TYPE(name, type, member) \
	struct name { \
		type *first; \
	}; \
	static inline __attribute__((unused)) bool name##_empty(const struct name *h) \
	{ \
		return !h || !h->first; \
	} \
	static inline __attribute__((unused)) type *name##_first(const struct name *h) \
	{ \
		return h ? h->first : NULL; \
	} \
	static inline __attribute__((unused)) type *name##_next(const struct name *h, \
								const type *i) \
	{ \
		(void)h; \
		return i->member; \
	} \
	static inline __attribute__((unused)) size_t name##_count(const struct name *h) \
	{ \
		size_t n = 0; \
\
		for (const type *i = name##_first(h); i; i = i->member) \
			n++; \
		return n; \
	} \
	static inline __attribute__((unused)) void name##_add_head(struct name *h, type *i) \
	{ \
		i->member = h->first; \
		h->first = i; \
	} \
	static inline __attribute__((unused)) void name##_add_tail(struct name *h, type *i) \
	{ \
		type **at = &h->first; \
\
		while (*at) \
			at = &(*at)->member; \
		i->member = NULL; \
		*at = i; \
	} \
	static inline __attribute__((unused)) void name##_del(struct name *h, type *i) \
	{ \
		type **at = &h->first; \
\
		while (*at != i) \
			at = &(*at)->member; \
		*at = i->member; \
		i->member = NULL; \
	} \
	struct name

#endif
