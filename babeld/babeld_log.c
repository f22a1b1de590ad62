/* SPDX-License-Identifier: MIT */
/* What the protocol notes, as lines with interface and neighbour. All of it
 * can be brought about from outside, so each kind has its own limit. */
#include <stdio.h>

#include "babeld/babeld.h"

#define WHERE_STR 96

/* " from fe80::2 on eth0", as far as it is known. */
static const char *where(const struct babel_note *n, char buf[WHERE_STR])
{
	char addr[ADDR_STR];

	snprintf(buf, WHERE_STR, "%s%s%s%s", n->from ? " from " : "",
		 n->from ? addr_str(FAM_IP6, n->from, addr) : "", n->ifname ? " on " : "",
		 n->ifname ? n->ifname : "");
	return buf;
}

static enum log_level level_of(enum babel_note_kind kind)
{
	switch (kind) {
	case NOTE_NEIGH_UP:
	case NOTE_NEIGH_DOWN:
		return LOG_LVL_NOTICE;
	case NOTE_PACKET_BAD:
	case NOTE_LIMIT:
	case NOTE_OWN_ROUTER_ID:
	case NOTE_AUTH_REFUSED:
	case NOTE_CONNECTED:
		return LOG_LVL_WARNING;
	case NOTE_TLV_IGNORED:
	case NOTE_ROUTE_LOST:
	case NOTE_KINDS:
		break;
	}
	return LOG_LVL_INFO;
}

static void say(struct log_limit *lim, enum log_level level, const struct babel_note *n)
{
	char at[WHERE_STR], addr[ADDR_STR], pair[SDPREFIX_STR];
	const char *neigh = n->from ? addr_str(FAM_IP6, n->from, addr) : "?";
	const char *ifname = n->ifname ? n->ifname : "?";
	const char *what = n->pair ? sdprefix_str(n->pair, pair) : "";

	switch (n->kind) {
	case NOTE_NEIGH_UP:
		log_limited(lim, level, "neighbour %s on %s is up", neigh, ifname);
		break;
	case NOTE_NEIGH_DOWN:
		log_limited(lim, level, "neighbour %s on %s is down", neigh, ifname);
		break;
	case NOTE_PACKET_BAD:
		log_limited(lim, level, "bad packet%s: %s", where(n, at),
			    packet_verdict_name((enum packet_verdict)n->code));
		break;
	case NOTE_TLV_IGNORED:
		log_limited(lim, level, "ignored a TLV%s: %s", where(n, at),
			    tlv_verdict_name((enum tlv_verdict)n->code));
		break;
	case NOTE_LIMIT:
		log_limited(lim, level, "limit reached: %s%s%s%s",
			    babel_limit_name((enum babel_limit)n->code), n->pair ? ", " : "", what,
			    where(n, at));
		break;
	case NOTE_ROUTE_LOST:
		log_limited(lim, level, "no feasible route to %s is left", what);
		break;
	case NOTE_OWN_ROUTER_ID:
		log_limited(lim, level, "another router uses our router-id: %s%s%s", what,
			    n->pair ? "," : "", where(n, at));
		break;
	case NOTE_AUTH_REFUSED:
		log_limited(lim, level, "dropped a packet%s: %s", where(n, at),
			    auth_verdict_name((enum auth_verdict)n->code));
		break;
	case NOTE_CONNECTED:
		log_limited(lim, level,
			    "refused %s%s: it would take over traffic of a connected prefix", what,
			    where(n, at));
		break;
	case NOTE_KINDS:
		break;
	}
}

void babeld_note(struct babeld *b, const struct babel_note *n)
{
	struct log_limit *lim = &b->note_limit[n->kind];
	enum log_level level = level_of(n->kind);

	if (log_passes(lim, level))
		say(lim, level, n);
}
