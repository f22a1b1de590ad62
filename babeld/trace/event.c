/* SPDX-License-Identifier: MIT */
/* The functions of babel.h that change an instance, in one table. */
#include "babeld/trace/event.h"

#include <string.h>

/* ---- what they are given ---- */

static const struct field rtt_fields[] = {
	FIELD(BOOL, struct babel_rtt_config, on),
	FIELD_MAX(UINT, struct babel_rtt_config, decay, 256),
	FIELD(INT, struct babel_rtt_config, min),
	FIELD(INT, struct babel_rtt_config, max),
	FIELD(UINT, struct babel_rtt_config, max_penalty),
	FIELDS_END,
};

static const struct field neigh_cost_fields[] = {
	FIELD(ADDR6, struct babel_neigh_cost, addr),
	FIELD(UINT, struct babel_neigh_cost, rxcost),
	FIELD(UINT, struct babel_neigh_cost, extra),
	FIELDS_END,
};

static const struct field key_fields[] = {
	FIELD(UINT, struct babel_key, handle),
	FIELD(UINT, struct babel_key, id),
	FIELD_MAX(UINT, struct babel_key, mac_len, BABEL_MAC_MAX),
	FIELD(BOOL, struct babel_key, send),
	FIELD(BOOL, struct babel_key, accept),
	FIELDS_END,
};

static const struct field auth_fields[] = {
	FIELD(BOOL, struct babel_auth, enabled),
	FIELD(BOOL, struct babel_auth, permissive),
	FIELD(BOOL, struct babel_auth, window),
	FIELD_MANY(struct babel_auth, keys, n, key_fields),
	FIELDS_END,
};

static const struct field if_config_fields[] = {
	FIELD_MAX(UINT, struct babel_if_config, type, BABEL_TUNNEL),
	FIELD(BOOL, struct babel_if_config, split_horizon),
	FIELD(UINT, struct babel_if_config, rxcost),
	FIELD(INT, struct babel_if_config, hello_interval),
	FIELD(INT, struct babel_if_config, update_interval),
	FIELD_MAX(UINT, struct babel_if_config, quality, BABEL_ETX),
	FIELD_MAX(UINT, struct babel_if_config, k, 16),
	FIELD_MAX(UINT, struct babel_if_config, j, 16),
	FIELD(INT, struct babel_if_config, unicast_hello_interval),
	FIELD(BOOL, struct babel_if_config, unscheduled_hellos),
	FIELD(BOOL, struct babel_if_config, unicast),
	FIELD(BOOL, struct babel_if_config, probe_mtu),
	FIELD(BOOL, struct babel_if_config, rfc6126),
	FIELD_MANY(struct babel_if_config, costs, n_costs, neigh_cost_fields),
	FIELD_SUB(struct babel_if_config, rtt, rtt_fields),
	FIELD_SUB(struct babel_if_config, auth, auth_fields),
	FIELD(BOOL, struct babel_if_config, v4_via_v6),
	FIELDS_END,
};

static const struct field if_info_fields[] = {
	FIELD(TEXT, struct babel_if_info, name),     FIELD(ADDR6, struct babel_if_info, linklocal),
	FIELD(BOOL, struct babel_if_info, have_ip4), FIELD(ADDR4, struct babel_if_info, ip4),
	FIELD(UINT, struct babel_if_info, mtu),	     FIELDS_END,
};

static const struct field config_fields[] = {
	FIELD(HEX, struct babel_config, router_id),
	FIELD_MAX(UINT, struct babel_config, smoothing, BABEL_SMOOTH_OFF),
	FIELD(INT, struct babel_config, half_life),
	FIELDS_END,
};

static const struct field datagram_fields[] = {
	FIELD(UINT, struct babel_datagram, ifid),     FIELD(ADDR6, struct babel_datagram, from),
	FIELD(ADDR6, struct babel_datagram, to),      FIELD(INT, struct babel_datagram, arrived),
	FIELD(OCTETS, struct babel_datagram, octets), FIELDS_END,
};

static const struct field persist_if_fields[] = {
	FIELD(NAME, struct babel_persist_if, name),
	FIELD(UINT, struct babel_persist_if, hello_seqno),
	FIELD(BOOL, struct babel_persist_if, have_index),
	FIELD(HEX, struct babel_persist_if, index),
	FIELD(UINT, struct babel_persist_if, pc),
	FIELDS_END,
};

static const struct field persist_fields[] = {
	FIELD(HEX, struct babel_persist, router_id),
	FIELD(BOOL, struct babel_persist, made_up),
	FIELD(UINT, struct babel_persist, seqno),
	FIELD(BOOL, struct babel_persist, remembers),
	FIELD_MANY(struct babel_persist, ifs, n, persist_if_fields),
	FIELDS_END,
};

static const struct field memory_fields[] = {
	FIELD_MAX(UINT, struct babel_memory, kind, MEMORY_TOLD),
	FIELD(PAIR, struct babel_memory, pair),
	FIELD(HEX, struct babel_memory, router_id),
	FIELD(UINT, struct babel_memory, seqno),
	FIELD(UINT, struct babel_memory, metric),
	FIELD(UINT, struct babel_memory, ifid),
	FIELD(ADDR6, struct babel_memory, neigh),
	FIELDS_END,
};

static const struct field local_fields[] = {
	FIELD(UINT, struct babel_local, metric), FIELD(UINT, struct babel_local, rib_metric),
	FIELD(UINT, struct babel_local, tag),	 FIELD(UINT, struct babel_local, protocol),
	FIELD(TEXT, struct babel_local, ifname), FIELDS_END,
};

static const struct field filter_prefix_fields[] = {
	FIELD(BOOL, struct filter_prefix, set),
	FIELD(PREFIX, struct filter_prefix, p),
	FIELD(UINT, struct filter_prefix, ge),
	FIELD(UINT, struct filter_prefix, le),
	FIELDS_END,
};

static const struct field rule_fields[] = {
	FIELD(UINT, struct filter_rule, number),
	FIELD(BOOL, struct filter_rule, deny),
	FIELD_SUB(struct filter_rule, dst, filter_prefix_fields),
	FIELD_SUB(struct filter_rule, src, filter_prefix_fields),
	FIELD(BOOL, struct filter_rule, has_neigh),
	FIELD(ADDR6, struct filter_rule, neigh),
	FIELD(NAME, struct filter_rule, ifname),
	FIELD(BOOL, struct filter_rule, has_router_id),
	FIELD(HEX, struct filter_rule, router_id),
	FIELD(BOOL, struct filter_rule, has_metric_ge),
	FIELD(BOOL, struct filter_rule, has_metric_le),
	FIELD(UINT, struct filter_rule, metric_ge),
	FIELD(UINT, struct filter_rule, metric_le),
	FIELD(BOOL, struct filter_rule, has_tag),
	FIELD(UINT, struct filter_rule, tag),
	FIELD(BOOL, struct filter_rule, has_protocol),
	FIELD(UINT, struct filter_rule, protocol),
	FIELD(BOOL, struct filter_rule, has_set_metric),
	FIELD(UINT, struct filter_rule, set_metric),
	FIELD(UINT, struct filter_rule, add_metric),
	FIELD(BOOL, struct filter_rule, has_set_tag),
	FIELD(UINT, struct filter_rule, set_tag),
	FIELD_ADDR_OF(struct filter_rule, set_src, set_src_family),
	FIELDS_END,
};

#define RULES(kind, k) \
	{ \
		.name = kind, .type = FIELD_LIST, .at = offsetof(struct babel_filters, rules[k]), \
		.size = sizeof(struct filter_rule), .of = rule_fields, \
		.count = offsetof(struct babel_filters, n[k]), .max = UINT16_MAX \
	}
static const struct field filters_fields[] = {
	RULES("in", FILTER_IN),
	RULES("out", FILTER_OUT),
	RULES("redistribute", FILTER_REDISTRIBUTE),
	RULES("install", FILTER_INSTALL),
	FIELD(BOOL, struct babel_filters, accept_connected_specific),
	FIELDS_END,
};

static const struct field prefix_fields[] = {
	{.name = "prefix", .type = FIELD_PREFIX, .size = sizeof(struct prefix)},
	FIELDS_END,
};

static const struct field connected_fields[] = {
	FIELD_LISTED(struct event_connected, prefixes, n, struct prefix, UINT16_MAX, prefix_fields),
	FIELDS_END,
};

/* ---- one for each of them ---- */

#define ARG(kind, member, m) \
	{ \
		.name = #m, .type = FIELD_##kind, .at = offsetof(struct babel_event, u.member.m), \
		.size = sizeof(((const struct babel_event *)0)->u.member.m) \
	}
#define ARG_MAX(kind, member, m, most) \
	{ \
		.name = #m, .type = FIELD_##kind, .at = offsetof(struct babel_event, u.member.m), \
		.size = sizeof(((const struct babel_event *)0)->u.member.m), .max = most \
	}
#define ARG_SUB(member, m, table) \
	{ \
		.name = #m, .type = FIELD_STRUCT, .at = offsetof(struct babel_event, u.member.m), \
		.size = sizeof(((const struct babel_event *)0)->u.member.m), .of = table \
	}
#define ARG_ALL(n, member, table) \
	{ \
		.name = n, .type = FIELD_STRUCT, .at = offsetof(struct babel_event, u.member), \
		.size = sizeof(((const struct babel_event *)0)->u.member), .of = table \
	}

static const struct field no_args[] = {FIELDS_END};
static const struct field new_args[] = {
	ARG_SUB(create, config, config_fields),
	ARG(BOOL, create, clock),
	ARG(BOOL, create, mac),
	ARG(BOOL, create, remember),
	FIELDS_END,
};
static const struct field if_up_args[] = {
	ARG(UINT, interface, ifid),
	ARG_SUB(interface, info, if_info_fields),
	ARG_SUB(interface, config, if_config_fields),
	FIELDS_END,
};
static const struct field if_down_args[] = {ARG(UINT, interface, ifid), FIELDS_END};
static const struct field packet_args[] = {ARG_ALL("datagram", packet, datagram_fields),
					   FIELDS_END};
static const struct field local_add_args[] = {ARG(PAIR, local, pair), ARG(UINT, local, metric),
					      FIELDS_END};
static const struct field pair_args[] = {ARG(PAIR, local, pair), FIELDS_END};
static const struct field offer_args[] = {ARG(PAIR, offer, pair),
					  ARG_SUB(offer, local, local_fields), FIELDS_END};
static const struct field filters_args[] = {ARG_ALL("filters", filters, filters_fields),
					    FIELDS_END};
static const struct field connected_args[] = {ARG_ALL("connected", connected, connected_fields),
					      FIELDS_END};
static const struct field able_args[] = {ARG(BOOL, able, able), FIELDS_END};
static const struct field smoothing_args[] = {ARG_MAX(UINT, smoothing, smoothing, BABEL_SMOOTH_OFF),
					      ARG(INT, smoothing, half_life), FIELDS_END};
static const struct field neigh_args[] = {ARG(UINT, neigh, ifid), ARG(BOOL, neigh, have_addr),
					  ARG(ADDR6, neigh, addr), FIELDS_END};
static const struct field persist_args[] = {ARG_ALL("persist", persist, persist_fields),
					    FIELDS_END};
static const struct field recall_args[] = {ARG_MAX(UINT, recall, place, 1 << 24),
					   ARG_SUB(recall, memory, memory_fields), FIELDS_END};

static const struct field identity_args[] = {ARG(HEX, identity, router_id), FIELDS_END};

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
	babel_set_source_specific(b, e->u.able.able, e->now);
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

static unsigned int settle(struct babel *b, const struct babel_event *e)
{
	babel_settle(b, e->now);
	return 0;
}

const struct event_row event_rows[EVENT_KINDS] = {
	[EVENT_NEW] = {"new", new_args, NULL},
	[EVENT_FREE] = {"free", no_args, NULL},
	[EVENT_GOODBYE] = {"goodbye", no_args, goodbye},
	[EVENT_IF_UP] = {"if_up", if_up_args, if_up},
	[EVENT_IF_DOWN] = {"if_down", if_down_args, if_down},
	[EVENT_PACKET] = {"packet", packet_args, packet},
	[EVENT_LOCAL_ADD] = {"local_add", local_add_args, local_add},
	[EVENT_LOCAL_DEL] = {"local_del", pair_args, local_del},
	[EVENT_LOCAL_OFFER] = {"local_offer", offer_args, local_offer},
	[EVENT_SET_FILTERS] = {"set_filters", filters_args, set_filters},
	[EVENT_SET_CONNECTED] = {"set_connected", connected_args, set_connected},
	[EVENT_SET_SOURCE_SPECIFIC] = {"set_source_specific", able_args, set_source_specific},
	[EVENT_SET_V4_VIA_V6] = {"set_v4_via_v6", able_args, set_v4_via_v6},
	[EVENT_SET_SMOOTHING] = {"set_smoothing", smoothing_args, set_smoothing},
	[EVENT_REPLAY_CHOICES] = {"replay_choices", no_args, replay_choices},
	[EVENT_CLEAR_NEIGH] = {"clear_neigh", neigh_args, clear_neigh},
	[EVENT_CLEAR_ROUTE] = {"clear_route", pair_args, clear_route},
	[EVENT_REFRESH] = {"refresh", no_args, refresh},
	[EVENT_RUN_DUE] = {"run_due", no_args, run_due},
	[EVENT_PERSIST_SAVED] = {"persist_saved", persist_args, persist_saved},
	[EVENT_PERSIST_SET] = {"persist_set", persist_args, persist_set},
	[EVENT_RECALL] = {"recall", recall_args, recall},
	[EVENT_SETTLE] = {"settle", no_args, settle},
	[EVENT_LEAVE] = {"leave", no_args, leave},
	[EVENT_IF_RETRACT] = {"if_retract", if_down_args, if_retract},
	[EVENT_SET_ROUTER_ID] = {"set_router_id", identity_args, set_router_id},
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
