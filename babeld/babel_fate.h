/* SPDX-License-Identifier: MIT */
/*
 * What became of the routes we chose, as zebra tells: kept with the choice
 * itself (babeld/core/mark.h), so that a zebra can't make it grow.
 */
#ifndef SRCDEST_BABEL_FATE_H
#define SRCDEST_BABEL_FATE_H

#include <stdbool.h>

#include "lib/base/prefix.h"
#include "lib/zapi/zapi.h"

struct babel;

enum fate {
	FATE_UNKNOWN, /* not told (yet) */
	FATE_INSTALLED,
	FATE_FAILED, /* the kernel refused it */
	FATE_BEATEN, /* zebra has a better route of another protocol */
};

/* False: the pair is not chosen, and nothing was stored. */
bool fate_told(struct babel *b, const struct sdprefix *pair, enum zapi_notify n);
/* A stock 8.4 zebra tells, and names a (D,S) route by its source alone, so that
 * (::/0,S) and (X,S) look alike, and a plain route to S like both. The fate is
 * stored of a plain route that is chosen while nothing is from S; what is told
 * of a source moves *sourced_refused: such a zebra has refused a route with a
 * source and installed none since (it pairs them with nexthop objects, which
 * the kernel refuses). True: that changed. */
bool fate_told_named(struct babel *b, const struct prefix *named, enum zapi_notify n,
		     bool *sourced_refused);
/* Open for each choice that is told anew. */
enum fate fate_of(const struct babel *b, const struct sdprefix *pair);

#endif
