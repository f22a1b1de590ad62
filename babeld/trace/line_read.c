/* SPDX-License-Identifier: MIT */
/* Lines of a recording, read. Whatever a file holds, an event that comes out
 * of here is one that babel.h allows. */
#include "babeld/trace/line.h"

#include <string.h>

#include "babeld/trace/line_impl.h"

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

static bool wrong(struct line_reader *r, const char *what, const char *name)
{
	return wrong_at(r, what, name, strlen(name));
}

/* name: as it stands in the line, in quotes or not. */
static bool wrong_name(struct line_reader *r, const char *what, struct span name)
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

static bool read_time(struct span v, int64_t *out)
{
	return json_to_int(v, out) && *out <= TIME_MAX && *out >= -TIME_MAX;
}

static bool read_int(struct span v, uint8_t *p)
{
	int64_t n;

	if (!read_time(v, &n))
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

static bool read_members(struct line_reader *r, const struct field *fields, struct span object,
			 uint8_t *base, bool top);

/* How many there are; false: too many, or no array. */
static bool count_items(struct line_reader *r, const struct field *f, struct span v, size_t *n)
{
	struct span name, item;
	size_t at = 0;

	if (!json_is(v, '['))
		return false;
	for (*n = 0; json_each(v, &at, &name, &item); (*n)++)
		;
	return *n <= f->max || wrong(r, "is too long a list", "");
}

static bool read_items(struct line_reader *r, const struct field *f, struct span v, uint8_t *items)
{
	struct span name, item;
	size_t at = 0;

	for (; json_each(v, &at, &name, &item); items += f->size)
		if (!read_members(r, f->of, item, items, false))
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
		return wrong(r, "is one list too many", "");
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
		return read_members(r, f->of, v, p, false);
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

static bool named(const char *name, struct span key)
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
			return wrong(r, "is missing", f->name);
	}
	return true;
}

/* top: of an event, whose "t" and "do" have been read. */
static bool read_members(struct line_reader *r, const struct field *fields, struct span object,
			 uint8_t *base, bool top)
{
	const struct field *f;
	struct span key, v;
	size_t at = 0;

	if (!json_is(object, '{'))
		return false;
	while (json_each(object, &at, &key, &v)) {
		if (top && (named("t", key) || named("do", key)))
			continue;
		for (f = fields; f->type != FIELD_END && !named(f->name, key); f++)
			;
		if (f->type == FIELD_END)
			return wrong_name(r, "is unknown here", key);
		r->what = NULL;
		if (!read_value(r, f, v, base))
			return r->what ? false : wrong_name(r, "has no such value", key);
	}
	return !top || pairs_there(r, fields, base);
}

/* ---- lines ---- */

/* What babel.h asks of its caller and a value alone can't tell. */
static bool allowed(struct line_reader *r, const struct babel_event *e)
{
	static const char no_id[] = "is no router-id", no_name[] = "is no name";

	if (e->kind == EVENT_NEW && !router_id_valid(&e->u.create.config.router_id))
		return wrong(r, no_id, "router_id");
	if (e->kind == EVENT_SET_ROUTER_ID && !router_id_valid(&e->u.identity.router_id))
		return wrong(r, no_id, "router_id");
	if ((e->kind == EVENT_NEW && e->u.create.config.smoothing == BABEL_SMOOTH_HALF_LIFE &&
	     e->u.create.config.half_life <= 0) ||
	    (e->kind == EVENT_SET_SMOOTHING && e->u.smoothing.smoothing == BABEL_SMOOTH_HALF_LIFE &&
	     e->u.smoothing.half_life <= 0))
		return wrong(r, "is not positive", "half_life");
	if (e->kind == EVENT_IF_UP && (!e->u.interface.info.name || !*e->u.interface.info.name))
		return wrong(r, no_name, "name");
	if (e->kind == EVENT_PACKET && mono_before(e->now, e->u.packet.arrived))
		return wrong(r, "is later than t", "arrived");
	return true;
}

static bool read_event(struct line_reader *r, struct span text, struct span name,
		       struct babel_event *e)
{
	struct span t;

	if (!json_is(name, '"'))
		return wrong(r, "is no word", "do");
	e->kind = event_kind_of(span_of(name.p + 1, name.len - 2));
	if (e->kind == EVENT_KINDS)
		return wrong_name(r, "is no event", name);
	if (!json_get(text, "t", &t) || !read_time(t, &e->now.us))
		return wrong(r, "is no moment", "t");
	return read_members(r, event_rows[e->kind].fields, text, (uint8_t *)e, true) &&
	       allowed(r, e);
}

static bool read_hash(struct span v, uint64_t *out)
{
	uint8_t octets[8];

	*out = 0;
	if (!json_to_hex(v, octets, sizeof(octets)))
		return false;
	for (unsigned int k = 0; k < sizeof(octets); k++)
		*out = *out << 8 | octets[k];
	return true;
}

static bool get_u32(struct span text, const char *name, uint32_t *out)
{
	struct span v;
	uint64_t n;

	if (!json_get(text, name, &v) || !json_to_uint(v, &n) || n > UINT32_MAX)
		return false;
	*out = (uint32_t)n;
	return true;
}

static bool read_said(struct line_reader *r, struct span text, struct span v, struct said *s)
{
	return (read_hash(v, &s->hash.h) && get_u32(text, "sent", &s->sent) &&
		get_u32(text, "routes", &s->routes) && get_u32(text, "notes", &s->notes)) ||
	       wrong(r, "is not whole", "said");
}

static bool read_answer_value(struct span v, struct answer *a)
{
	if (a->kind != ANSWER_MAC)
		return read_time(v, &a->value);
	a->len = v.len > 2 ? (v.len - 2) / 2 : 0;
	return a->len <= sizeof(a->digest) && json_to_hex(v, a->digest, a->len);
}

static bool read_answer(struct line_reader *r, struct span text, struct span v, struct line *l)
{
	unsigned int k = 0;
	struct span value;

	while (k < ANSWER_KINDS && !named(answer_names[k], v))
		k++;
	if (k == ANSWER_KINDS)
		return wrong_name(r, "is no answer", v);
	l->u.answer.kind = (enum answer_kind)k;
	return (json_get(text, "value", &value) && read_answer_value(value, &l->u.answer)) ||
	       wrong(r, "is no value", "value");
}

static bool read_head(struct line_reader *r, struct span text, struct span v, struct line *l)
{
	struct span program;

	if (!json_to_uint(v, &l->u.head.format) || l->u.head.format != RECORDING_FORMAT)
		return wrong(r, "is another format", "recording");
	return (json_get(text, "program", &program) &&
		json_to_text(program, l->u.head.program, sizeof(l->u.head.program))) ||
	       wrong(r, "is no text", "program");
}

/* By the member that only this kind has. */
static bool dispatch(struct line_reader *r, struct span text, struct line *l)
{
	struct span v;

	if (json_get(text, "do", &v)) {
		l->kind = LINE_EVENT;
		return read_event(r, text, v, &l->u.event);
	}
	if (json_get(text, "answer", &v)) {
		l->kind = LINE_ANSWER;
		return read_answer(r, text, v, l);
	}
	if (json_get(text, "said", &v)) {
		l->kind = LINE_SAID;
		return read_said(r, text, v, &l->u.said);
	}
	if (json_get(text, "tables", &v)) {
		l->kind = LINE_TABLES;
		return read_hash(v, &l->u.tables) || wrong_name(r, "is no hash", v);
	}
	if (json_get(text, "recording", &v)) {
		l->kind = LINE_HEAD;
		return read_head(r, text, v, l);
	}
	if (json_get(text, "end", &v)) {
		l->kind = LINE_END;
		return json_to_text(v, l->u.end, sizeof(l->u.end)) ||
		       wrong_name(r, "is no text", v);
	}
	return wrong(r, "is no line of a recording", "");
}

static void forget_lists(struct line_reader *r)
{
	while (r->n_lists)
		mem_free(&r->mem, r->lists[--r->n_lists]);
}

bool line_read(struct line_reader *r, struct span text, struct line *out)
{
	memset(out, 0, sizeof(*out));
	forget_lists(r);
	r->used = 0;
	wrong(r, NULL, "");
	if (text.len > LINE_MAX_OCTETS)
		return wrong(r, "is too long a line", "");
	if (!json_valid(text))
		return wrong(r, "is no JSON", "");
	if (r->room < text.len) {
		r->store = mem_resize(&r->mem, r->store, r->room, text.len);
		r->room = text.len;
	}
	return dispatch(r, text, out);
}

void line_reader_fini(struct line_reader *r)
{
	forget_lists(r);
	mem_free(&r->mem, r->store);
	r->store = NULL;
	r->room = 0;
}
