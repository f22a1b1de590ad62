/* SPDX-License-Identifier: MIT */
/* babel.h once more, through the door of babel_record.h. */
#include "babeld/babel_record.h"

void core_new(struct core *c, const struct babel_config *config, mono_t now)
{
	struct babel_event e = {.kind = EVENT_NEW, .now = now, .u.create.config = *config};

	e.u.create.clock = c->stage.env->clock != NULL;
	e.u.create.mac = c->stage.env->mac != NULL;
	e.u.create.remember = c->stage.env->remember != NULL;

	core_do(c, &e);
}

void core_free(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_FREE, .now = now};

	core_do(c, &e);
}

void core_goodbye(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_GOODBYE, .now = now};

	core_do(c, &e);
}

void core_if_up(struct core *c, ifid_t ifid, const struct babel_if_info *info,
		const struct babel_if_config *config, mono_t now)
{
	struct babel_event e = {.kind = EVENT_IF_UP,
				.now = now,
				.u.interface = {.ifid = ifid, .info = *info, .config = *config}};

	core_do(c, &e);
}

void core_if_down(struct core *c, ifid_t ifid, mono_t now)
{
	struct babel_event e = {.kind = EVENT_IF_DOWN, .now = now, .u.interface.ifid = ifid};

	core_do(c, &e);
}

void core_packet(struct core *c, const struct babel_datagram *d, mono_t now)
{
	struct babel_event e = {.kind = EVENT_PACKET, .now = now, .u.packet = *d};

	core_do(c, &e);
}

void core_local_add(struct core *c, const struct sdprefix *pair, uint16_t metric, mono_t now)
{
	struct babel_event e = {
		.kind = EVENT_LOCAL_ADD, .now = now, .u.local = {.pair = *pair, .metric = metric}};

	core_do(c, &e);
}

void core_local_del(struct core *c, const struct sdprefix *pair, mono_t now)
{
	struct babel_event e = {.kind = EVENT_LOCAL_DEL, .now = now, .u.local.pair = *pair};

	core_do(c, &e);
}

void core_local_offer(struct core *c, const struct sdprefix *pair, const struct babel_local *l,
		      mono_t now)
{
	struct babel_event e = {
		.kind = EVENT_LOCAL_OFFER, .now = now, .u.offer = {.pair = *pair, .local = *l}};

	core_do(c, &e);
}

void core_set_filters(struct core *c, const struct babel_filters *f, mono_t now)
{
	struct babel_event e = {.kind = EVENT_SET_FILTERS, .now = now, .u.filters = *f};

	core_do(c, &e);
}

void core_set_connected(struct core *c, const struct prefix *prefixes, size_t n, mono_t now)
{
	struct babel_event e = {.kind = EVENT_SET_CONNECTED,
				.now = now,
				.u.connected = {.prefixes = prefixes, .n = n}};

	core_do(c, &e);
}

void core_set_source_specific(struct core *c, bool ip6, bool ip4, mono_t now)
{
	struct babel_event e = {.kind = EVENT_SET_SOURCE_SPECIFIC,
				.now = now,
				.u.sourced = {.ip6 = ip6, .ip4 = ip4}};

	core_do(c, &e);
}

void core_set_v4_via_v6(struct core *c, bool able, mono_t now)
{
	struct babel_event e = {.kind = EVENT_SET_V4_VIA_V6, .now = now, .u.able.able = able};

	core_do(c, &e);
}

void core_set_smoothing(struct core *c, enum babel_smoothing smoothing, usec_t half_life,
			mono_t now)
{
	struct babel_event e = {.kind = EVENT_SET_SMOOTHING,
				.now = now,
				.u.smoothing = {.smoothing = smoothing, .half_life = half_life}};

	core_do(c, &e);
}

void core_replay_choices(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_REPLAY_CHOICES, .now = now};

	core_do(c, &e);
}

unsigned int core_clear_neigh(struct core *c, ifid_t ifid, const struct addr *addr, mono_t now)
{
	struct babel_event e = {.kind = EVENT_CLEAR_NEIGH,
				.now = now,
				.u.neigh = {.ifid = ifid, .have_addr = addr != NULL}};

	if (addr)
		e.u.neigh.addr = *addr;
	return core_do(c, &e);
}

unsigned int core_clear_route(struct core *c, const struct sdprefix *pair, mono_t now)
{
	struct babel_event e = {.kind = EVENT_CLEAR_ROUTE, .now = now, .u.local.pair = *pair};

	return core_do(c, &e);
}

void core_refresh(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_REFRESH, .now = now};

	core_do(c, &e);
}

void core_run_due(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_RUN_DUE, .now = now};

	core_do(c, &e);
}

void core_persist_saved(struct core *c, const struct babel_persist *p, mono_t now)
{
	struct babel_event e = {.kind = EVENT_PERSIST_SAVED, .now = now, .u.persist = *p};

	core_do(c, &e);
}

void core_persist_set(struct core *c, const struct babel_persist *p, mono_t now)
{
	struct babel_event e = {.kind = EVENT_PERSIST_SET, .now = now, .u.persist = *p};

	core_do(c, &e);
}

void core_recall(struct core *c, uint32_t place, const struct babel_memory *m, mono_t now)
{
	struct babel_event e = {
		.kind = EVENT_RECALL, .now = now, .u.recall = {.place = place, .memory = *m}};

	core_do(c, &e);
}

void core_settle(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_SETTLE, .now = now};

	core_do(c, &e);
}

void core_leave(struct core *c, mono_t now)
{
	struct babel_event e = {.kind = EVENT_LEAVE, .now = now};

	core_do(c, &e);
}

void core_if_retract(struct core *c, ifid_t ifid, mono_t now)
{
	struct babel_event e = {.kind = EVENT_IF_RETRACT, .now = now, .u.interface.ifid = ifid};

	core_do(c, &e);
}

void core_set_router_id(struct core *c, const struct router_id *id, mono_t now)
{
	struct babel_event e = {
		.kind = EVENT_SET_ROUTER_ID, .now = now, .u.identity.router_id = *id};

	core_do(c, &e);
}

void core_set_limits(struct core *c, const struct babel_limits *l, mono_t now)
{
	struct babel_event e = {.kind = EVENT_SET_LIMITS, .now = now, .u.limits = *l};

	core_do(c, &e);
}
