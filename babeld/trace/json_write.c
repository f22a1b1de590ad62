/* SPDX-License-Identifier: MIT */
/* Writing JSON. */
#include "babeld/trace/json.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

static char *grow(struct json_out *o, size_t n)
{
	size_t room = o->room ? o->room : 512;
	char *at;

	while (room < o->n + n)
		room *= 2;
	if (room != o->room)
		o->p = mem_resize(&o->mem, o->p, o->room, room);
	o->room = room;
	at = o->p + o->n;
	o->n += n;
	return at;
}

static void put(struct json_out *o, const char *p, size_t n)
{
	memcpy(grow(o, n), p, n);
}

static void put_char(struct json_out *o, char c)
{
	*grow(o, 1) = c;
}

static void value(struct json_out *o)
{
	if (o->comma)
		put_char(o, ',');
	o->comma = true;
}

void json_fini(struct json_out *o)
{
	mem_free(&o->mem, o->p);
	o->p = NULL;
	o->n = o->room = 0;
}

void json_clear(struct json_out *o)
{
	o->n = 0;
	o->comma = false;
}

void json_open(struct json_out *o, char bracket)
{
	value(o);
	put_char(o, bracket);
	o->comma = false;
}

void json_close(struct json_out *o, char bracket)
{
	put_char(o, bracket);
	o->comma = true;
}

void json_key(struct json_out *o, const char *name)
{
	json_text(o, name, strlen(name));
	put_char(o, ':');
	o->comma = false;
}

void json_uint(struct json_out *o, uint64_t v)
{
	char buf[20];
	size_t at = sizeof(buf);

	value(o);
	do {
		buf[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	put(o, buf + at, sizeof(buf) - at);
}

void json_int(struct json_out *o, int64_t v)
{
	if (v >= 0) {
		json_uint(o, (uint64_t)v);
		return;
	}
	value(o);
	put_char(o, '-');
	o->comma = false;
	json_uint(o, -(uint64_t)v);
}

void json_bool(struct json_out *o, bool v)
{
	value(o);
	put(o, v ? "true" : "false", v ? 4 : 5);
}

void json_text(struct json_out *o, const char *v, size_t len)
{
	value(o);
	put_char(o, '"');
	for (size_t k = 0; k < len; k++) {
		uint8_t c = (uint8_t)v[k];

		if (c == '"' || c == '\\') {
			put_char(o, '\\');
			put_char(o, (char)c);
		} else if (c < 0x20 || c >= 0x7f) { /* names of interfaces hold what they like */
			put(o, "\\u00", 4);
			put_char(o, digits[c >> 4]);
			put_char(o, digits[c & 15]);
		} else {
			put_char(o, (char)c);
		}
	}
	put_char(o, '"');
}

void json_hex(struct json_out *o, struct span v)
{
	char *at;

	value(o);
	at = grow(o, 2 * v.len + 2);
	*at++ = '"';
	for (size_t k = 0; k < v.len; k++) {
		*at++ = digits[v.p[k] >> 4];
		*at++ = digits[v.p[k] & 15];
	}
	*at = '"';
}

void json_newline(struct json_out *o)
{
	put_char(o, '\n');
	o->comma = false;
}
