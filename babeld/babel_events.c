/* SPDX-License-Identifier: MIT */
/* Notes of the protocol as notifications. */
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_config.h"
#include "babeld/babel_nb_state.h"
#include "lib/io/log.h"

struct event {
	enum babel_note_kind kind;
	char ifname[BABEL_IFNAME];
	struct addr from;
	struct sdprefix pair;
};

struct babel_events {
	struct nb *nb;
	struct loop *loop;
	struct loop_timer *due;
	struct event *v; /* BABEL_EVENTS_MAX */
	size_t n;
	struct log_limit limit;
};

static void tell(struct nb *nb, const struct event *e)
{
	char addr[ADDR_STR], dst[PREFIX_STR], src[PREFIX_STR];
	struct nb_leaf neigh[] = {{"interface", e->ifname},
				  {"address", addr_str(FAM_IP6, &e->from, addr)}};

	switch (e->kind) {
	case NOTE_NEIGH_UP:
		nb_notify(nb, "/srcdest-babel-state:neighbor-up", neigh, 2);
		break;
	case NOTE_NEIGH_DOWN:
		nb_notify(nb, "/srcdest-babel-state:neighbor-down", neigh, 2);
		break;
	case NOTE_ROUTE_LOST: {
		struct nb_leaf pair[] = {{"destination-prefix", prefix_str(&e->pair.dst, dst)},
					 {"source-prefix", prefix_str(&e->pair.src, src)}};

		nb_notify(nb, "/srcdest-babel-state:route-withdrawn", pair, 2);
		break;
	}
	case NOTE_PACKET_BAD:
	case NOTE_TLV_IGNORED:
	case NOTE_LIMIT:
	case NOTE_OWN_ROUTER_ID:
	case NOTE_AUTH_REFUSED:
	case NOTE_CONNECTED:
	case NOTE_KINDS:
		break;
	}
}

static void due(void *ctx)
{
	struct babel_events *e = ctx;

	for (size_t i = 0; i < e->n; i++)
		tell(e->nb, &e->v[i]);
	e->n = 0;
}

struct babel_events *babel_events_new(struct loop *l)
{
	struct babel_events *e = calloc(1, sizeof(*e));

	if (!e)
		abort();
	e->v = calloc(BABEL_EVENTS_MAX, sizeof(*e->v));
	if (!e->v)
		abort();
	e->loop = l;
	e->due = loop_timer_new(l, due, e);
	e->limit = (struct log_limit)LOG_LIMIT(1, 10 * USEC_PER_SEC);
	return e;
}

void babel_events_free(struct babel_events *e)
{
	if (!e)
		return;
	loop_timer_free(e->due);
	free(e->v);
	free(e);
}

void babel_events_to(struct babel_events *e, struct nb *nb)
{
	e->nb = nb;
}

void babel_events_note(struct babel_events *e, const struct babel_note *n)
{
	struct event *v;

	if (!e || !e->nb ||
	    (n->kind != NOTE_NEIGH_UP && n->kind != NOTE_NEIGH_DOWN && n->kind != NOTE_ROUTE_LOST))
		return;
	if (e->n == BABEL_EVENTS_MAX) {
		log_limited(&e->limit, LOG_LVL_WARNING,
			    "too much happens at once: an event is not told to mgmtd");
		return;
	}
	v = &e->v[e->n];
	*v = (struct event){.kind = n->kind};
	if (n->ifname)
		strncpy(v->ifname, n->ifname, sizeof(v->ifname) - 1);
	if (n->from)
		v->from = *n->from;
	if (n->pair)
		v->pair = *n->pair;
	if (e->n++ == 0)
		loop_timer_at(e->due, loop_now(e->loop));
}
