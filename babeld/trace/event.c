/* SPDX-License-Identifier: MIT */
/* The functions of babel.h that change an instance, in one table. */
#include "babeld/trace/event.h"

#include <string.h>

#include "babeld/trace/event_fields.h"

static unsigned int goodbye(struct babel *b, const struct babel_event *e)
{
	babel_goodbye(b, e->now);
	return 0;
}

static unsigned int if_up(struct babel *b, const struct babel_event *e)
{
	babel_if_up(b, e->u.interface.ifid, &e->u.interface.info, &e->u.interface.config, e->now);
	return 0;
}

static unsigned int if_down(struct babel *b, const struct babel_event *e)
{
	babel_if_down(b, e->u.interface.ifid, e->now);
	return 0;
}

static unsigned int packet(struct babel *b, const struct babel_event *e)
{
	babel_packet(b, &e->u.packet, e->now);
	return 0;
}

static unsigned int local_add(struct babel *b, const struct babel_event *e)
{
	babel_local_add(b, &e->u.local.pair, e->u.local.metric, e->now);
	return 0;
}

static unsigned int local_del(struct babel *b, const struct babel_event *e)
{
	babel_local_del(b, &e->u.local.pair, e->now);
	return 0;
}

static unsigned int local_offer(struct babel *b, const struct babel_event *e)
{
	babel_local_offer(b, &e->u.offer.pair, &e->u.offer.local, e->now);
	return 0;
}

static unsigned int set_filters(struct babel *b, const struct babel_event *e)
{
	babel_set_filters(b, &e->u.filters, e->now);
	return 0;
}

static unsigned int set_connected(struct babel *b, const struct babel_event *e)
{
	babel_set_connected(b, e->u.connected.prefixes, e->u.connected.n, e->now);
	return 0;
}

static unsigned int set_source_specific(struct babel *b, const struct babel_event *e)
{
	babel_set_source_specific(b, e->u.sourced.ip6, e->u.sourced.ip4, e->now);
	return 0;
}

static unsigned int set_v4_via_v6(struct babel *b, const struct babel_event *e)
{
	babel_set_v4_via_v6(b, e->u.able.able, e->now);
	return 0;
}

static unsigned int set_smoothing(struct babel *b, const struct babel_event *e)
{
	babel_set_smoothing(b, e->u.smoothing.smoothing, e->u.smoothing.half_life, e->now);
	return 0;
}

static unsigned int replay_choices(struct babel *b, const struct babel_event *e)
{
	(void)e;
	babel_replay_choices(b);
	return 0;
}

static unsigned int clear_neigh(struct babel *b, const struct babel_event *e)
{
	const struct addr *addr = e->u.neigh.have_addr ? &e->u.neigh.addr : NULL;

	return babel_clear_neigh(b, e->u.neigh.ifid, addr, e->now);
}

static unsigned int clear_route(struct babel *b, const struct babel_event *e)
{
	return babel_clear_route(b, &e->u.local.pair, e->now);
}

static unsigned int refresh(struct babel *b, const struct babel_event *e)
{
	babel_refresh(b, e->now);
	return 0;
}

static unsigned int run_due(struct babel *b, const struct babel_event *e)
{
	babel_run_due(b, e->now);
	return 0;
}

static unsigned int persist_saved(struct babel *b, const struct babel_event *e)
{
	babel_persist_saved(b, &e->u.persist);
	return 0;
}

static unsigned int persist_set(struct babel *b, const struct babel_event *e)
{
	babel_persist_set(b, &e->u.persist);
	return 0;
}

static unsigned int recall(struct babel *b, const struct babel_event *e)
{
	babel_recall(b, e->u.recall.place, &e->u.recall.memory, e->now);
	return 0;
}

static unsigned int leave(struct babel *b, const struct babel_event *e)
{
	babel_leave(b, e->now);
	return 0;
}

static unsigned int if_retract(struct babel *b, const struct babel_event *e)
{
	babel_if_retract(b, e->u.interface.ifid, e->now);
	return 0;
}

static unsigned int set_router_id(struct babel *b, const struct babel_event *e)
{
	babel_set_router_id(b, &e->u.identity.router_id, e->now);
	return 0;
}

static unsigned int set_limits(struct babel *b, const struct babel_event *e)
{
	babel_set_limits(b, &e->u.limits, e->now);
	return 0;
}

static unsigned int settle(struct babel *b, const struct babel_event *e)
{
	babel_settle(b, e->now);
	return 0;
}

const struct event_row event_rows[EVENT_KINDS] = {
	[EVENT_NEW] = {"new", event_new_args, NULL},
	[EVENT_FREE] = {"free", event_no_args, NULL},
	[EVENT_GOODBYE] = {"goodbye", event_no_args, goodbye},
	[EVENT_IF_UP] = {"if_up", event_if_up_args, if_up},
	[EVENT_IF_DOWN] = {"if_down", event_if_down_args, if_down},
	[EVENT_PACKET] = {"packet", event_packet_args, packet},
	[EVENT_LOCAL_ADD] = {"local_add", event_local_add_args, local_add},
	[EVENT_LOCAL_DEL] = {"local_del", event_pair_args, local_del},
	[EVENT_LOCAL_OFFER] = {"local_offer", event_offer_args, local_offer},
	[EVENT_SET_FILTERS] = {"set_filters", event_filters_args, set_filters},
	[EVENT_SET_CONNECTED] = {"set_connected", event_connected_args, set_connected},
	[EVENT_SET_SOURCE_SPECIFIC] = {"set_source_specific", event_sourced_args, set_source_specific},
	[EVENT_SET_V4_VIA_V6] = {"set_v4_via_v6", event_able_args, set_v4_via_v6},
	[EVENT_SET_SMOOTHING] = {"set_smoothing", event_smoothing_args, set_smoothing},
	[EVENT_REPLAY_CHOICES] = {"replay_choices", event_no_args, replay_choices},
	[EVENT_CLEAR_NEIGH] = {"clear_neigh", event_neigh_args, clear_neigh},
	[EVENT_CLEAR_ROUTE] = {"clear_route", event_pair_args, clear_route},
	[EVENT_REFRESH] = {"refresh", event_no_args, refresh},
	[EVENT_RUN_DUE] = {"run_due", event_no_args, run_due},
	[EVENT_PERSIST_SAVED] = {"persist_saved", event_persist_args, persist_saved},
	[EVENT_PERSIST_SET] = {"persist_set", event_persist_args, persist_set},
	[EVENT_RECALL] = {"recall", event_recall_args, recall},
	[EVENT_SETTLE] = {"settle", event_no_args, settle},
	[EVENT_LEAVE] = {"leave", event_no_args, leave},
	[EVENT_IF_RETRACT] = {"if_retract", event_if_down_args, if_retract},
	[EVENT_SET_LIMITS] = {"set_limits", event_limits_args, set_limits},
	[EVENT_SET_ROUTER_ID] = {"set_router_id", event_identity_args, set_router_id},
};

enum event_kind event_kind_of(struct span name)
{
	unsigned int k = 0;

	while (k < EVENT_KINDS && (strlen(event_rows[k].name) != name.len ||
				   memcmp(event_rows[k].name, name.p, name.len) != 0))
		k++;
	return (enum event_kind)k;
}

static struct babel *create(const struct event_stage *s, const struct babel_event *e)
{
	struct babel_env env = *s->env;

	if (!e->u.create.clock)
		env.clock = NULL;
	if (!e->u.create.mac)
		env.mac = NULL;
	if (!e->u.create.remember)
		env.remember = NULL;
	return babel_new(&e->u.create.config, &env, s->ctx, e->now);
}

unsigned int event_run(struct event_stage *s, const struct babel_event *e)
{
	if (e->kind == EVENT_NEW || e->kind == EVENT_FREE) {
		babel_free(s->babel);
		s->babel = e->kind == EVENT_FREE ? NULL : create(s, e);
		return 0;
	}
	return s->babel ? event_rows[e->kind].run(s->babel, e) : 0;
}
