/* SPDX-License-Identifier: MIT */
/* What the show commands share. */
#include "babeld/babel_show.h"

#include <string.h>

void js_str(json_object *o, const char *key, const char *v)
{
	json_object_object_add(o, key, json_object_new_string(v));
}

void js_int(json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

void js_bool(json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

const json_object *js_get(const json_object *o, const char *key)
{
	return json_object_object_get(o, key);
}

const char *js_get_str(const json_object *o, const char *key)
{
	const char *s = json_object_get_string((json_object *)(uintptr_t)js_get(o, key));

	return s ? s : "";
}

int64_t js_get_int(const json_object *o, const char *key)
{
	return json_object_get_int64(js_get(o, key));
}

bool js_get_bool(const json_object *o, const char *key)
{
	return json_object_get_boolean(js_get(o, key));
}

void js_pair(json_object *o, const struct sdprefix *p)
{
	char text[PREFIX_STR];

	js_str(o, "destination", prefix_str(&p->dst, text));
	js_str(o, "source", prefix_str(&p->src, text));
}

void js_router_id(json_object *o, const struct router_id *id)
{
	char text[ROUTER_ID_STR];

	js_str(o, "routerId", router_id_str(id, text));
}

void js_addr(json_object *o, const char *key, enum family f, const struct addr *a)
{
	char text[ADDR_STR];

	js_str(o, key, addr_str(f, a, text));
}

/* "D" or "D from S" of a row. */
void show_pair(const json_object *row, struct show_out *o)
{
	const char *src = js_get_str(row, "source");

	show_printf(o, "%s", js_get_str(row, "destination"));
	if (strcmp(src, "::/0") != 0 && strcmp(src, "0.0.0.0/0") != 0)
		show_printf(o, " from %s", src);
}

json_object *show_wrap(const char *key, json_object *rows)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, key, rows);
	return o;
}

void show_each_row(const json_object *state, const char *key, struct show_out *o,
		   void (*print)(const json_object *row, struct show_out *o))
{
	const json_object *rows = js_get(state, key);

	for (size_t i = 0; i < json_object_array_length(rows); i++)
		print(json_object_array_get_idx(rows, i), o);
}
