/* SPDX-License-Identifier: MIT */
/*
 * Typed intrusive doubly-linked lists.
 *
 *	LIST_TYPE(neighs, struct neigh, link)
 *
 * makes `struct neighs` (the head) and functions on it; `struct neigh` must
 * have a member `struct list_link link`. The compiler refuses another type.
 * The list owns nothing. A zeroed head is not a list: call _init first.
 * A zeroed link is "in no list" and _linked() says so.
 *
 *	neighs_init(&h)  neighs_add_tail(&h, n)  neighs_add_head(&h, n)
 *	neighs_add_before(&h, other, n)	other NULL: at the tail
 *	neighs_del(&h, n)  neighs_linked(n)  neighs_count(&h)  neighs_empty(&h)
 *	neighs_first(&h)  neighs_last(&h)  neighs_next(&h, n)  neighs_pop(&h)
 *
 * Walks: LIST_EACH (the body must not delete), LIST_EACH_SAFE (the body may
 * delete the current item, no other).
 */
#ifndef SRCDEST_BASE_LIST_H
#define SRCDEST_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/container.h"

struct list_link {
	struct list_link *next, *prev;
};

#define LIST_TYPE(name, type, member) \
	struct name { \
		struct list_link head; \
		size_t n; \
	}; \
	static inline __attribute__((unused)) void name##_init(struct name *h) \
	{ \
		h->head.next = h->head.prev = &h->head; \
		h->n = 0; \
	} \
	static inline __attribute__((unused)) bool name##_linked(const type *i) \
	{ \
		return i->member.next != NULL; \
	} \
	static inline __attribute__((unused)) size_t name##_count(const struct name *h) \
	{ \
		return h->n; \
	} \
	static inline __attribute__((unused)) bool name##_empty(const struct name *h) \
	{ \
		return h->n == 0; \
	} \
	static inline void name##_insert_(struct name *h, struct list_link *l, \
					  struct list_link *before) \
	{ \
		l->next = before; \
		l->prev = before->prev; \
		before->prev->next = l; \
		before->prev = l; \
		h->n++; \
	} \
	static inline __attribute__((unused)) void name##_add_tail(struct name *h, type *i) \
	{ \
		name##_insert_(h, &i->member, &h->head); \
	} \
	static inline __attribute__((unused)) void name##_add_head(struct name *h, type *i) \
	{ \
		name##_insert_(h, &i->member, h->head.next); \
	} \
	static inline __attribute__((unused)) void name##_add_before(struct name *h, \
								     type *before, type *i) \
	{ \
		name##_insert_(h, &i->member, before ? &before->member : &h->head); \
	} \
	static inline __attribute__((unused)) void name##_del(struct name *h, type *i) \
	{ \
		i->member.prev->next = i->member.next; \
		i->member.next->prev = i->member.prev; \
		i->member.next = i->member.prev = NULL; \
		h->n--; \
	} \
	static inline __attribute__((unused)) type *name##_first(const struct name *h) \
	{ \
		return h->n ? container_of(h->head.next, type, member) : NULL; \
	} \
	static inline __attribute__((unused)) type *name##_next(const struct name *h, \
								const type *i) \
	{ \
		return i->member.next == &h->head ? NULL \
						  : container_of(i->member.next, type, member); \
	} \
	static inline __attribute__((unused)) type *name##_last(const struct name *h) \
	{ \
		return h->n ? container_of(h->head.prev, type, member) : NULL; \
	} \
	static inline __attribute__((unused)) type *name##_pop(struct name *h) \
	{ \
		type *i = name##_first(h); \
\
		if (i) \
			name##_del(h, i); \
		return i; \
	} \
	struct name

#define LIST_EACH(name, h, i) for ((i) = name##_first(h); (i); (i) = name##_next(h, i))
#define LIST_EACH_SAFE(name, h, i, tmp) \
	for ((i) = name##_first(h); (i) && ((tmp) = name##_next(h, i), 1); (i) = (tmp))

#endif
