/* SPDX-License-Identifier: MIT */
/* Fates of chosen routes. */
#include "babeld/babel_fate.h"

#include "babeld/core/mark.h"

_Static_assert(FATE_UNKNOWN == 0 && FATE_BEATEN <= MARK_MAX, "a fate is a mark");

static enum fate fate_of_notify(enum zapi_notify n)
{
	switch (n) {
	case NOTIFY_INSTALLED:
		return FATE_INSTALLED;
	case NOTIFY_FAIL_INSTALL:
		return FATE_FAILED;
	case NOTIFY_BETTER_ADMIN_WON:
		return FATE_BEATEN;
	case NOTIFY_REMOVED:
	case NOTIFY_REMOVE_FAIL:
		break;
	}
	return FATE_UNKNOWN;
}

bool fate_told(struct babel *b, const struct sdprefix *pair, enum zapi_notify n)
{
	return babel_mark(b, pair, (uint8_t)fate_of_notify(n));
}

bool fate_told_named(struct babel *b, const struct prefix *named, enum zapi_notify n,
		     bool *sourced_refused)
{
	struct sdprefix plain;
	bool refused = n == NOTIFY_FAIL_INSTALL;

	if (!sdprefix_make(&plain, named, NULL))
		return false;
	/* A route to S and one from S: it can't be known which is meant. */
	if (babel_has_choice(b, &plain)) {
		if (!babel_has_choice_from(b, named))
			fate_told(b, &plain, n);
		return false;
	}
	if ((!refused && n != NOTIFY_INSTALLED) || refused == *sourced_refused ||
	    !babel_has_choice_from(b, named))
		return false;
	*sourced_refused = refused;
	return true;
}

enum fate fate_of(const struct babel *b, const struct sdprefix *pair)
{
	return (enum fate)babel_marked(b, pair);
}
