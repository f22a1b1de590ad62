/* SPDX-License-Identifier: MIT */
/* Members of structs, read from a line. */
#include "babeld/trace/line_impl.h"

#include <string.h>

/* Moments and spans of time: nobody's arithmetic overflows. */
#define TIME_MAX (INT64_MAX / 8)

static bool wrong_at(struct line_reader *r, const char *what, const void *name, size_t n)
{
	if (n >= sizeof(r->where))
		n = sizeof(r->where) - 1;
	r->what = what;
	memset(r->where, 0, sizeof(r->where));
	if (n)
		memcpy(r->where, name, n);
	for (size_t k = 0; k < n; k++)
		if (r->where[k] < 0x20 || r->where[k] > 0x7e)
			r->where[k] = '?';
	return false;
}

bool line_wrong(struct line_reader *r, const char *what, const char *name)
{
	return wrong_at(r, what, name, strlen(name));
}

bool line_wrong_name(struct line_reader *r, const char *what, struct span name)
{
	return json_is(name, '"') ? wrong_at(r, what, name.p + 1, name.len - 2)
				  : wrong_at(r, what, NULL, 0);
}

/* Room for what a value holds: it is never longer than its text. */
static void *keep(struct line_reader *r, size_t n)
{
	void *p = r->store + r->used;

	r->used += n;
	return p;
}

/* ---- values ---- */

static bool read_uint(const struct field *f, struct span v, uint8_t *p)
{
	uint64_t n;
	uint16_t v16;
	uint32_t v32;

	if (!json_to_uint(v, &n) || (f->size < 8 && n >> 8 * f->size) || (f->max && n > f->max))
		return false;
	v16 = (uint16_t)n;
	v32 = (uint32_t)n;
	switch (f->size) {
	case 1:
		*p = (uint8_t)n;
		break;
	case 2:
		memcpy(p, &v16, sizeof(v16));
		break;
	case 4:
		memcpy(p, &v32, sizeof(v32));
		break;
	default:
		memcpy(p, &n, sizeof(n));
		break;
	}
	return true;
}

bool line_read_time(struct span v, int64_t *out)
{
	return json_to_int(v, out) && *out <= TIME_MAX && *out >= -TIME_MAX;
}

static bool read_int(struct span v, uint8_t *p)
{
	int64_t n;

	if (!line_read_time(v, &n))
		return false;
	memcpy(p, &n, sizeof(n));
	return true;
}

static bool read_address(enum family want, struct span v, uint8_t *p)
{
	char text[ADDR_STR];
	struct addr a;
	enum family f;

	if (!json_to_text(v, text, sizeof(text)) || !addr_parse(text, &f, &a) || f != want)
		return false;
	memcpy(p, &a, sizeof(a));
	return true;
}

static bool read_any_address(const struct field *f, struct span v, uint8_t *base)
{
	char text[ADDR_STR];
	enum family family;
	struct addr a;

	if (!json_to_text(v, text, sizeof(text)))
		return false;
	if (!*text)
		return true; /* none */
	if (!addr_parse(text, &family, &a))
		return false;
	memcpy(base + f->at, &a, sizeof(a));
	memcpy(base + f->count, &family, sizeof(family));
	return true;
}

static bool read_prefix(struct span v, uint8_t *p)
{
	char text[PREFIX_STR];
	struct prefix prefix;

	if (!json_to_text(v, text, sizeof(text)))
		return false;
	if (!*text)
		return true; /* none */
	if (!prefix_parse(text, &prefix))
		return false;
	memcpy(p, &prefix, sizeof(prefix));
	return true;
}

static bool read_pair(struct span v, uint8_t *p)
{
	char text[SDPREFIX_STR], *from;
	struct prefix dst, src;
	struct sdprefix pair;

	if (!json_to_text(v, text, sizeof(text)))
		return false;
	from = strstr(text, " from ");
	if (from)
		*from = '\0';
	if (!prefix_parse(text, &dst) || (from && !prefix_parse(from + 6, &src)) ||
	    !sdprefix_make(&pair, &dst, from ? &src : NULL))
		return false;
	memcpy(p, &pair, sizeof(pair));
	return true;
}

static bool read_text(struct line_reader *r, struct span v, uint8_t *p)
{
	const char *s;
	char *kept;

	if (!json_is(v, '"'))
		return false;
	kept = keep(r, v.len);
	if (!json_to_text(v, kept, v.len))
		return false;
	s = kept;
	memcpy(p, &s, sizeof(s));
	return true;
}

static bool read_octets(struct line_reader *r, struct span v, uint8_t *p)
{
	size_t n = v.len > 2 ? (v.len - 2) / 2 : 0;
	uint8_t *kept = keep(r, n);
	struct span octets = span_of(kept, n);

	if (!json_to_hex(v, kept, n))
		return false;
	memcpy(p, &octets, sizeof(octets));
	return true;
}

/* How many there are; false: too many, or no array. */
static bool count_items(struct line_reader *r, const struct field *f, struct span v, size_t *n)
{
	struct span name, item;
	size_t at = 0;

	if (!json_is(v, '['))
		return false;
	for (*n = 0; json_each(v, &at, &name, &item); (*n)++)
		;
	return *n <= f->max || line_wrong(r, "is too long a list", "");
}

static bool read_items(struct line_reader *r, const struct field *f, struct span v, uint8_t *items)
{
	struct span name, item;
	size_t at = 0;

	for (; json_each(v, &at, &name, &item); items += f->size)
		if (!fields_read(r, f->of, item, items, false))
			return false;
	return true;
}

static bool read_array(struct line_reader *r, const struct field *f, struct span v, uint8_t *base)
{
	unsigned int n;
	size_t count;

	if (!count_items(r, f, v, &count) || !read_items(r, f, v, base + f->at))
		return false;
	n = (unsigned int)count;
	memcpy(base + f->count, &n, sizeof(n));
	return true;
}

static bool read_list(struct line_reader *r, const struct field *f, struct span v, uint8_t *base)
{
	size_t count;
	void *items;

	if (!count_items(r, f, v, &count))
		return false;
	if (r->n_lists == LINE_LISTS_MAX)
		return line_wrong(r, "is one list too many", "");
	if (!count)
		return true;
	items = r->lists[r->n_lists++] = mem_new(&r->mem, count * f->size);
	memcpy(base + f->at, &items, sizeof(items));
	memcpy(base + f->count, &count, sizeof(count));
	return read_items(r, f, v, items);
}

static bool read_value(struct line_reader *r, const struct field *f, struct span v, uint8_t *base)
{
	uint8_t *p = base + f->at;
	bool b;

	switch (f->type) {
	case FIELD_BOOL:
		if (!json_to_bool(v, &b))
			return false;
		memcpy(p, &b, sizeof(b));
		return true;
	case FIELD_UINT:
		return read_uint(f, v, p);
	case FIELD_INT:
		return read_int(v, p);
	case FIELD_HEX:
		return json_to_hex(v, p, f->size);
	case FIELD_ADDR6:
		return read_address(FAM_IP6, v, p);
	case FIELD_ADDR4:
		return read_address(FAM_IP4, v, p);
	case FIELD_PREFIX:
		return read_prefix(v, p);
	case FIELD_PAIR:
		return read_pair(v, p);
	case FIELD_NAME:
		return json_to_text(v, (char *)p, f->size);
	case FIELD_TEXT:
		return read_text(r, v, p);
	case FIELD_OCTETS:
		return read_octets(r, v, p);
	case FIELD_STRUCT:
		return fields_read(r, f->of, v, p, false);
	case FIELD_ADDR:
		return read_any_address(f, v, base);
	case FIELD_ARRAY:
		return read_array(r, f, v, base);
	case FIELD_LIST:
		return read_list(r, f, v, base);
	case FIELD_END:
		break;
	}
	return false;
}

bool line_named(const char *name, struct span key)
{
	return key.len == strlen(name) + 2 && memcmp(key.p + 1, name, key.len - 2) == 0;
}

/* No pair is none: that can't be left out. */
static bool pairs_there(struct line_reader *r, const struct field *f, const uint8_t *base)
{
	for (; f->type != FIELD_END; f++) {
		struct sdprefix pair;

		if (f->type == FIELD_STRUCT && !pairs_there(r, f->of, base + f->at))
			return false;
		if (f->type != FIELD_PAIR)
			continue;
		memcpy(&pair, base + f->at, sizeof(pair));
		if (pair.dst.family == FAM_NONE)
			return line_wrong(r, "is missing", f->name);
	}
	return true;
}

bool fields_read(struct line_reader *r, const struct field *fields, struct span object,
		 uint8_t *base, bool top)
{
	const struct field *f;
	struct span key, v;
	size_t at = 0;

	if (!json_is(object, '{'))
		return false;
	while (json_each(object, &at, &key, &v)) {
		if (top && (line_named("t", key) || line_named("do", key)))
			continue;
		for (f = fields; f->type != FIELD_END && !line_named(f->name, key); f++)
			;
		if (f->type == FIELD_END)
			return line_wrong_name(r, "is unknown here", key);
		r->what = NULL;
		if (!read_value(r, f, v, base))
			return r->what ? false : line_wrong_name(r, "has no such value", key);
	}
	return !top || pairs_there(r, fields, base);
}
