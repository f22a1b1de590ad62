/* SPDX-License-Identifier: MIT */
/* What the functions of babel.h that change an instance are given. */
#include "babeld/trace/event_fields.h"

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

static const struct field limits_fields[] = {
	FIELD(UINT, struct babel_limits, neighbours),
	FIELD(UINT, struct babel_limits, neigh_routes),
	FIELD(UINT, struct babel_limits, routes),
	FIELDS_END,
};

static const struct field config_fields[] = {
	FIELD_SUB(struct babel_config, limits, limits_fields),
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
	FIELD(BOOL, struct prefix_range, set),
	FIELD(PREFIX, struct prefix_range, p),
	FIELD(UINT, struct prefix_range, ge),
	FIELD(UINT, struct prefix_range, le),
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

const struct field event_no_args[] = {FIELDS_END};
const struct field event_new_args[] = {
	ARG_SUB(create, config, config_fields),
	ARG(BOOL, create, clock),
	ARG(BOOL, create, mac),
	ARG(BOOL, create, remember),
	FIELDS_END,
};
const struct field event_if_up_args[] = {
	ARG(UINT, interface, ifid),
	ARG_SUB(interface, info, if_info_fields),
	ARG_SUB(interface, config, if_config_fields),
	FIELDS_END,
};
const struct field event_if_down_args[] = {ARG(UINT, interface, ifid), FIELDS_END};
const struct field event_packet_args[] = {ARG_ALL("datagram", packet, datagram_fields), FIELDS_END};
const struct field event_local_add_args[] = {ARG(PAIR, local, pair), ARG(UINT, local, metric),
					     FIELDS_END};
const struct field event_pair_args[] = {ARG(PAIR, local, pair), FIELDS_END};
const struct field event_offer_args[] = {ARG(PAIR, offer, pair),
					 ARG_SUB(offer, local, local_fields), FIELDS_END};
const struct field event_filters_args[] = {ARG_ALL("filters", filters, filters_fields), FIELDS_END};
const struct field event_connected_args[] = {ARG_ALL("connected", connected, connected_fields),
					     FIELDS_END};
const struct field event_able_args[] = {ARG(BOOL, able, able), FIELDS_END};

const struct field event_sourced_args[] = {ARG(BOOL, sourced, ip6), ARG(BOOL, sourced, ip4),
					   FIELDS_END};
const struct field event_smoothing_args[] = {ARG_MAX(UINT, smoothing, smoothing, BABEL_SMOOTH_OFF),
					     ARG(INT, smoothing, half_life), FIELDS_END};
const struct field event_neigh_args[] = {ARG(UINT, neigh, ifid), ARG(BOOL, neigh, have_addr),
					 ARG(ADDR6, neigh, addr), FIELDS_END};
const struct field event_persist_args[] = {ARG_ALL("persist", persist, persist_fields), FIELDS_END};
const struct field event_recall_args[] = {ARG_MAX(UINT, recall, place, 1 << 24),
					  ARG_SUB(recall, memory, memory_fields), FIELDS_END};

const struct field event_limits_args[] = {ARG_ALL("limits", limits, limits_fields), FIELDS_END};
const struct field event_identity_args[] = {ARG(HEX, identity, router_id), FIELDS_END};
