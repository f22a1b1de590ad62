/* SPDX-License-Identifier: MIT */
/* Between the files zebra/zebra_show*.c: states as JSON, and their text. */
#ifndef SRCDEST_ZEBRA_SHOW_PRIVATE_H
#define SRCDEST_ZEBRA_SHOW_PRIVATE_H

#include "lib/cli/show.h"
#include "zebra/zebra.h"

/* zebra_show_route.c */
json_object *show_routes_state(const void *ctx, const struct show_args *a, char *err,
			       unsigned int err_size);
json_object *show_prefix_state(const void *ctx, const struct show_args *a, char *err,
			       unsigned int err_size);
json_object *show_address_state(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size);
json_object *show_lookup_state(const void *ctx, const struct show_args *a, char *err,
			       unsigned int err_size);
json_object *show_summary_state(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size);
json_object *show_fib_state(const void *ctx, const struct show_args *a, char *err,
			    unsigned int err_size);

json_object *show_protocol_state(const void *ctx, const struct show_args *a, char *err,
				 unsigned int err_size);

/* zebra_show_route_text.c */
void show_routes_text(const json_object *state, struct show_out *o);
void show_summary_text(const json_object *state, struct show_out *o);
void show_fib_text(const json_object *state, struct show_out *o);

/* A moment ago, as FRR writes it: 01:02:03, 1d02h03m, 01w2d03h. */
#define UPTIME_STR 32
const char *show_uptime(usec_t d, char buf[UPTIME_STR]);

/* Short forms for json-c. The getters take what is not there for "", 0 or
 * false. */
void js_str(json_object *o, const char *key, const char *v);
void js_int(json_object *o, const char *key, int64_t v);
void js_true(json_object *o, const char *key, bool v); /* absent when false */
const char *js_get_str(const json_object *o, const char *key);
int64_t js_get_int(const json_object *o, const char *key);
bool js_get_bool(const json_object *o, const char *key);
const json_object *js_get(const json_object *o, const char *key);

#endif
