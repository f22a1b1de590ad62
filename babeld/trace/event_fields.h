/* SPDX-License-Identifier: MIT */
/* Arguments of events as members of struct babel_event; for event.c. */
#ifndef SRCDEST_BABELD_TRACE_EVENT_FIELDS_H
#define SRCDEST_BABELD_TRACE_EVENT_FIELDS_H

#include "babeld/trace/event.h"

extern const struct field event_no_args[];
extern const struct field event_new_args[];
extern const struct field event_if_up_args[];
extern const struct field event_if_down_args[];
extern const struct field event_packet_args[];
extern const struct field event_local_add_args[];
extern const struct field event_pair_args[];
extern const struct field event_offer_args[];
extern const struct field event_filters_args[];
extern const struct field event_connected_args[];
extern const struct field event_able_args[];
extern const struct field event_sourced_args[];
extern const struct field event_smoothing_args[];
extern const struct field event_neigh_args[];
extern const struct field event_persist_args[];
extern const struct field event_recall_args[];
extern const struct field event_identity_args[];
extern const struct field event_limits_args[];

#endif
