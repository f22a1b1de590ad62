/* SPDX-License-Identifier: MIT */
/*
 * What a dump of the kernel says, compared with what is there by our doing:
 *
 *	rib_check_begin(&c, rib, read_back);
 *	for each route of the dump: rib_check_ours() or rib_check_foreign()
 *	for each batch: rib_check_unseen()
 *
 * There is one at a time: the beginning of another may forget its marks.
 *
 * The RIB may change meanwhile: what was written or deleted since the beginning
 * is not compared. A dump may leave out what stayed when others change the
 * kernel's tables under it, and it may show what we have deleted since. So
 * "missing", "gone" and "unexpected" are to be believed only if a second dump,
 * begun after the first one's end, agrees; the first one's sightings count in
 * it, too. "Different" is sure at once.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_CHECK_H
#define SRCDEST_ZEBRA_CORE_RIB_CHECK_H

#include "zebra/core/rib.h"

struct rib_check {
	struct rib *rib;
	uint8_t mark;
	/* The type that a route of this type is read back as (nl_rtproto_of_type()
	 * and back). NULL: the same. */
	uint8_t (*read_back)(uint8_t type);
};

enum rib_check_verdict {
	RIB_CHECK_SAME,
	RIB_CHECK_CHANGING,   /* we have changed it since, or are about to */
	RIB_CHECK_DIFFERENT,  /* it is not what we wrote */
	RIB_CHECK_UNEXPECTED, /* we have nothing there */
};

void rib_check_begin(struct rib_check *c, struct rib *r, uint8_t (*read_back)(uint8_t type));
/* f: as read, its type from the protocol number. */
enum rib_check_verdict rib_check_ours(struct rib_check *c, const struct fib_route *f);
/* A route that somebody has just written, by itself: no part of a comparison, and
 * those that go on do not notice. */
enum rib_check_verdict rib_check_one(const struct rib *r, const struct fib_route *f,
				     uint8_t (*read_back)(uint8_t type));
/* A route of somebody else's. False: not known, or not like this; rib_add() it. */
bool rib_check_foreign(struct rib_check *c, const struct sdprefix *pair,
		       const struct rib_owner *owner, const struct rib_spec *spec);

/* How far a walk has come; zeroed but for `each`, which must not change the RIB.
 * foreign NULL: a route of ours is missing; else somebody else's is gone. */
struct rib_unseen {
	void (*each)(void *ctx, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *foreign);
	void *ctx;
	uint32_t table;
	bool begun;
	struct sdprefix at;
};

/* After the dump: what was not seen, of all tables. Looks at `max` pairs; true:
 * there may be more. */
bool rib_check_unseen(const struct rib_check *c, struct rib_unseen *u, size_t max);

#endif
