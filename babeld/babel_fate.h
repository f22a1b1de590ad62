/* SPDX-License-Identifier: MIT */
/*
 * What became of the routes we chose, as zebra tells: one entry for each pair
 * that is chosen now, none for others, so that a zebra can't make it grow.
 */
#ifndef SRCDEST_BABEL_FATE_H
#define SRCDEST_BABEL_FATE_H

#include "lib/base/sdtable.h"
#include "lib/zapi/zapi.h"

enum fate {
	FATE_UNKNOWN, /* not told (yet) */
	FATE_INSTALLED,
	FATE_FAILED, /* the kernel refused it */
	FATE_BEATEN, /* zebra has a better route of another protocol */
};

struct fates {
	struct sdtable t;
	/* A stock 8.4 zebra has refused a route with a source and installed none
	 * since: it pairs them with nexthop objects, which the kernel refuses. */
	bool sourced_refused;
	struct memtag mem;
};

void fates_init(struct fates *f);
void fates_fini(struct fates *f);
/* The pair is chosen, or no more. Chosen anew, its fate is open. */
void fates_chosen(struct fates *f, const struct sdprefix *pair, bool chosen);
/* False: the pair is not chosen, and nothing was stored. */
bool fates_told(struct fates *f, const struct sdprefix *pair, enum zapi_notify n);
/* A stock 8.4 zebra tells, and names a (D,S) route by its source alone, so that
 * (::/0,S) and (X,S) look alike, and a plain route to S like both. The fate is
 * stored of a plain route that is chosen while nothing is from S; what is told
 * of a source moves sourced_refused. True: that changed. */
bool fates_told_named(struct fates *f, const struct prefix *named, enum zapi_notify n);
/* All are open: zebra went away. */
void fates_forget(struct fates *f);
enum fate fates_of(const struct fates *f, const struct sdprefix *pair);

#endif
