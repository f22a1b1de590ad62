/* SPDX-License-Identifier: MIT */
/* A word for each reason; those of the model (srcdest-babel-state). */
#include "babeld/core/explain.h"

const char *babel_verdict_name(enum babel_verdict v)
{
	switch (v) {
	case VERDICT_SELECTED:
		return "selected";
	case VERDICT_REFUSED:
		return "refused";
	case VERDICT_RETRACTED:
		return "retracted";
	case VERDICT_EXPIRED:
		return "expired";
	case VERDICT_LINK:
		return "link";
	case VERDICT_TOO_FAR:
		return "too-far";
	case VERDICT_UNFEASIBLE:
		return "unfeasible";
	case VERDICT_ABILITY:
		return "v4-via-v6";
	case VERDICT_LOCAL:
		return "local";
	case VERDICT_WORSE:
		return "worse";
	case VERDICT_WAITING:
		return "waiting";
	}
	return "unknown";
}

const char *babel_link_name(enum babel_link l)
{
	switch (l) {
	case LINK_UP:
		return "up";
	case LINK_STARTING:
		return "starting";
	case LINK_NO_HELLO:
		return "no-hello";
	case LINK_NO_IHU:
		return "no-ihu";
	case LINK_DEAF:
		return "deaf";
	case LINK_COST:
		return "infinite-cost";
	}
	return "unknown";
}

const char *babel_refusal_name(enum babel_refusal r)
{
	switch (r) {
	case REFUSED_NOT:
		return "not";
	case REFUSED_OWN_ID:
		return "own-router-id";
	case REFUSED_ABILITY:
		return "source-specific";
	case REFUSED_NEXT_HOP:
		return "next-hop";
	case REFUSED_NOT_ROUTED:
		return "not-routed";
	case REFUSED_CONNECTED:
		return "connected";
	case REFUSED_IN:
		return "in-rule";
	case REFUSED_REDISTRIBUTE:
		return "redistribute-rule";
	case REFUSED_INSTALL:
		return "install-rule";
	case REFUSALS:
		break;
	}
	return "unknown";
}
