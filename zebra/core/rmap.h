/* SPDX-License-Identifier: MIT */
/*
 * Prefix lists and route maps, and what they make of a route on its way from
 * its protocol into the RIB. Pure: names, rows and counters; who asks, and
 * what then has to be judged again, is the RIB's business (rib_rejudge()).
 *
 * A prefix list is rows in the order of their numbers; the first whose two
 * ranges have destination and source of the route decides, and what no row
 * has is denied. A row without a range for the source takes any, plain or not
 * (lib/base/prefix_range.h).
 *
 * A route map is entries in the order of theirs; the first whose conditions
 * all hold decides: a denied route takes no part in the choice, a permitted one
 * takes the values that the entry sets. What no entry matches is denied.
 *
 * A map is bound to a protocol's routes of one family, or to those of all
 * protocols that have no map of their own. Routes of the kernel and connected
 * ones are never judged: the kernel has them anyway.
 *
 * Edits are stored, and count from rmap_settle() on. Rows and entries that
 * are edited begin to count hits anew.
 */
#ifndef SRCDEST_ZEBRA_CORE_RMAP_H
#define SRCDEST_ZEBRA_CORE_RMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/list.h"
#include "lib/base/prefix_range.h"
#include "zebra/core/rib.h"

#define RMAP_NAME   64 /* octets, NUL included */
#define RMAP_IFNAME 16
#define RMAP_TYPES  64 /* of routes */
#define RMAP_ANY    0	 /* in place of a type: protocols without a map of their own */

struct rmaps;

struct rmap_row {
	uint32_t number;
	bool deny;
	struct prefix_range dst, src;
	uint64_t hits; /* routes that it decided about */
};

struct rmap_list {
	struct list_link link;
	enum family family;
	char name[RMAP_NAME];
	struct rmap_row *rows; /* by number */
	size_t n, room;
	bool changed; /* since the last rmap_settle() */
};

struct rmap_entry {
	uint16_t number;
	bool deny;

	/* Conditions. */
	char list[2][RMAP_NAME];  /* of prefix lists for IPv4, IPv6; "": none */
	char ifname[RMAP_IFNAME]; /* some next hop leaves by it; "": any */
	bool has_metric, has_tag, has_protocol, has_instance;
	uint32_t metric, tag; /* as the protocol gave them */
	uint8_t protocol;
	uint16_t instance;

	/* Actions of one that permits. */
	bool has_set_metric, has_set_tag;
	uint32_t set_metric, set_tag;
	enum family set_src_family; /* FAM_NONE: not set; the other family is left alone */
	struct addr set_src;

	uint64_t hits;

	/* Made of the names. */
	struct rmap_list *lists[2];
	uint32_t ifindex; /* 0: there is no such interface */
};

struct rmap_map {
	struct list_link link;
	char name[RMAP_NAME];
	struct rmap_entry *entries; /* by number */
	size_t n, room;
	uint64_t judged; /* routes; those that no entry matched are none's hits */
	bool changed;
};

struct rmaps *rmaps_new(void);
void rmaps_free(struct rmaps *p); /* NULL is fine */

/* For editing: made if it is not there. Good until the next edit; `number` is
 * not to be changed. */
struct rmap_row *rmap_row_edit(struct rmaps *p, enum family f, const char *name,
				   uint32_t number);
void rmap_row_del(struct rmaps *p, enum family f, const char *name, uint32_t number);
void rmap_list_del(struct rmaps *p, enum family f, const char *name);
struct rmap_entry *rmap_entry_edit(struct rmaps *p, const char *name, uint16_t number);
void rmap_entry_del(struct rmaps *p, const char *name, uint16_t number);
void rmap_del(struct rmaps *p, const char *name);
/* name NULL: none any more. A map that does not exist denies nothing. */
void rmap_bind(struct rmaps *p, enum family f, uint8_t type, const char *name);

/* Edits take effect: names are looked up, and `types` are told by family (IPv4
 * first), as bits, whose routes may be judged otherwise than before. */
void rmap_settle(struct rmaps *p, uint32_t (*ifindex)(void *ctx, const char *name), void *ctx,
		   uint64_t types[2]);

/* struct rib_env's function of the same name. Counts hits. */
void rmap_judge(struct rmaps *p, const struct rib_view *v, struct rib_terms *t);
/* The map that routes of this type meet; NULL: none. */
const struct rmap_map *rmap_of(const struct rmaps *p, enum family f, uint8_t type);

/* The map bound to just that; NULL: none, or not its own. */
const struct rmap_map *rmap_bound(const struct rmaps *p, enum family f, uint8_t type);

/* All, in the order of families and names: the first after `before`, NULL. */
const struct rmap_list *rmap_list_next(const struct rmaps *p,
					   const struct rmap_list *before);
const struct rmap_map *rmap_next(const struct rmaps *p, const struct rmap_map *before);

#endif
