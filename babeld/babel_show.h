/* SPDX-License-Identifier: MIT */
/*
 * What the show commands share: a walk that collects rows, and short forms
 * for json-c. Private to babel_show*.c.
 */
#ifndef SRCDEST_BABEL_SHOW_H
#define SRCDEST_BABEL_SHOW_H

#include "babeld/babeld.h"

/* A walk in progress: rows go to `rows`. */
struct rows {
	const struct babeld *b;
	json_object *rows;
	const char *ifname; /* only this one; NULL: all */
	struct prefix dst, src;
	bool have_dst, have_src;
};

/* {key: rows}; takes rows over. */
json_object *show_wrap(const char *key, json_object *rows);
/* Prints each row of state's array `key`. */
void show_each_row(const json_object *state, const char *key, struct show_out *o,
		   void (*print)(const json_object *row, struct show_out *o));
/* "D" or "D from S" of a row. */
void show_pair(const json_object *row, struct show_out *o);

void js_str(json_object *o, const char *key, const char *v);
void js_int(json_object *o, const char *key, int64_t v);
void js_bool(json_object *o, const char *key, bool v);
void js_addr(json_object *o, const char *key, enum family f, const struct addr *a);
void js_router_id(json_object *o, const struct router_id *id);
void js_pair(json_object *o, const struct sdprefix *p); /* destination and source */
/* What is not there reads as NULL, "", 0, false. */
const json_object *js_get(const json_object *o, const char *key);
const char *js_get_str(const json_object *o, const char *key);
int64_t js_get_int(const json_object *o, const char *key);
bool js_get_bool(const json_object *o, const char *key);

/* babel_show_route.c */
json_object *babel_show_route_state(const void *ctx, const struct show_args *a, char *err,
				    unsigned int err_size);
void babel_show_route_text(const json_object *state, struct show_out *o);

/* babel_show_if.c */
json_object *babel_show_if_state(const void *ctx, const struct show_args *a, char *err,
				 unsigned int err_size);
void babel_show_if_text(const json_object *state, struct show_out *o);

#endif
