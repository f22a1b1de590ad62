/* SPDX-License-Identifier: MIT */
/* All deadlines of the protocol in one queue and one table. */
#include "babeld/core/core.h"

#include <assert.h>

#include "lib/base/container.h"

typedef void deadline_handler(struct babel *b, struct deadline *d);

static const struct {
	const char *name;
	deadline_handler *run;
} table[DL_KINDS] = {
	[DL_IF_HELLO] = {"multicast Hello", hello_if_due},	/* RFC 8966 3.2.3 */
	[DL_IF_EXTRA] = {"unscheduled Hello", hello_extra_due}, /* RFC 8966 3.4.1 */
	[DL_NEIGH_SAY] = {"unicast Hello", hello_neigh_due},	/* RFC 8966 3.4.1 */
	[DL_IF_UPDATE] = {"periodic Update", iface_update_due}, /* RFC 8966 3.7.1 */
	[DL_IF_QUIET] = {"interface started", iface_quiet_over},
	[DL_NEIGH_HELLO] = {"Hello missed", neigh_hello_missed}, /* RFC 8966 A.1 */
	[DL_NEIGH_UNICAST_HELLO] = {"unicast Hello missed", neigh_unicast_hello_missed},
	[DL_NEIGH_IHU] = {"IHU hold", neigh_ihu_lost},		   /* RFC 8966 3.4.2 */
	[DL_NEIGH_IDLE] = {"neighbour unused", neigh_idle},	   /* RFC 8966 3.4 */
	[DL_NEIGH_ACK] = {"acknowledgments", ack_due},		   /* RFC 8966 3.5.4 */
	[DL_NEIGH_RTT] = {"RTT not measured any more", rtt_stale}, /* RFC 9616 3.3 */
	[DL_ROUTES] = {"route expiry and refresh", routes_due},	     /* RFC 8966 3.5.3, 3.8.2.3 */
	[DL_SOURCES_GC] = {"source garbage collection", sources_gc}, /* RFC 8966 3.7.3 */
	[DL_REQUEST] = {"seqno request resend", request_due},	   /* RFC 8966 3.8.2.1 */
	[DL_HOLD] = {"hold time", hold_over},			   /* RFC 8966 3.5.4 */
	[DL_RESELECT] = {"smoothed metrics may have crossed", select_again}, /* RFC 8966 A.3 */
	[DL_FLUSH] = {"packet", out_flush},				     /* RFC 8966 3.1 */
	[DL_AUTH] = {"packet counters forgotten", auth_peers_due},	     /* RFC 8967 4.4 */
	[DL_NEIGH_COST] = {"cost that changes too often", neigh_cost_late},
	[DL_LEAVE] = {"an orderly end", leave_due},
	[DL_SETTLE] = {"what a former life told is lost", ghost_settle},
};

void deadline_set(struct babel *b, struct deadline *d, enum deadline_kind kind, mono_t at)
{
	d->kind = kind;
	timer_arm(&b->timers, &d->node, at);
}

void deadline_clear(struct babel *b, struct deadline *d)
{
	timer_disarm(&b->timers, &d->node);
}

mono_t babel_next_deadline(const struct babel *b)
{
	return timer_heap_next(&b->timers);
}

void babel_run_due(struct babel *b, mono_t now)
{
	struct timer_node *t;

	if (mono_before(b->now, now))
		b->now = now;
	while ((t = timer_heap_due(&b->timers, b->now))) {
		struct deadline *d = container_of(t, struct deadline, node);

		assert(d->kind < DL_KINDS);
		table[d->kind].run(b, d);
	}
}
