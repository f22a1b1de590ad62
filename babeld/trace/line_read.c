/* SPDX-License-Identifier: MIT */
/* Lines of a recording, read. Whatever a file holds, an event that comes out
 * of here is one that babel.h allows. */
#include "babeld/trace/line.h"

#include <string.h>

#include "babeld/trace/line_impl.h"

/* What babel.h asks of its caller and a value alone can't tell. */
static bool allowed(struct line_reader *r, const struct babel_event *e)
{
	static const char no_id[] = "is no router-id", no_name[] = "is no name";

	if (e->kind == EVENT_NEW && !router_id_valid(&e->u.create.config.router_id))
		return line_wrong(r, no_id, "router_id");
	if (e->kind == EVENT_SET_ROUTER_ID && !router_id_valid(&e->u.identity.router_id))
		return line_wrong(r, no_id, "router_id");
	if ((e->kind == EVENT_NEW && e->u.create.config.smoothing == BABEL_SMOOTH_HALF_LIFE &&
	     e->u.create.config.half_life <= 0) ||
	    (e->kind == EVENT_SET_SMOOTHING && e->u.smoothing.smoothing == BABEL_SMOOTH_HALF_LIFE &&
	     e->u.smoothing.half_life <= 0))
		return line_wrong(r, "is not positive", "half_life");
	if (e->kind == EVENT_IF_UP && (!e->u.interface.info.name || !*e->u.interface.info.name))
		return line_wrong(r, no_name, "name");
	if (e->kind == EVENT_PACKET && mono_before(e->now, e->u.packet.arrived))
		return line_wrong(r, "is later than t", "arrived");
	return true;
}

static bool read_event(struct line_reader *r, struct span text, struct span name,
		       struct babel_event *e)
{
	struct span t;

	if (!json_is(name, '"'))
		return line_wrong(r, "is no word", "do");
	e->kind = event_kind_of(span_of(name.p + 1, name.len - 2));
	if (e->kind == EVENT_KINDS)
		return line_wrong_name(r, "is no event", name);
	if (!json_get(text, "t", &t) || !line_read_time(t, &e->now.us))
		return line_wrong(r, "is no moment", "t");
	return fields_read(r, event_rows[e->kind].fields, text, (uint8_t *)e, true) &&
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
	       line_wrong(r, "is not whole", "said");
}

static bool read_answer_value(struct span v, struct answer *a)
{
	if (a->kind != ANSWER_MAC)
		return line_read_time(v, &a->value);
	a->len = v.len > 2 ? (v.len - 2) / 2 : 0;
	return a->len <= sizeof(a->digest) && json_to_hex(v, a->digest, a->len);
}

static bool read_answer(struct line_reader *r, struct span text, struct span v, struct line *l)
{
	unsigned int k = 0;
	struct span value;

	while (k < ANSWER_KINDS && !line_named(answer_names[k], v))
		k++;
	if (k == ANSWER_KINDS)
		return line_wrong_name(r, "is no answer", v);
	l->u.answer.kind = (enum answer_kind)k;
	return (json_get(text, "value", &value) && read_answer_value(value, &l->u.answer)) ||
	       line_wrong(r, "is no value", "value");
}

static bool read_head(struct line_reader *r, struct span text, struct span v, struct line *l)
{
	struct span program;

	if (!json_to_uint(v, &l->u.head.format) || l->u.head.format != RECORDING_FORMAT)
		return line_wrong(r, "is another format", "recording");
	return (json_get(text, "program", &program) &&
		json_to_text(program, l->u.head.program, sizeof(l->u.head.program))) ||
	       line_wrong(r, "is no text", "program");
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
		return read_hash(v, &l->u.tables) || line_wrong_name(r, "is no hash", v);
	}
	if (json_get(text, "recording", &v)) {
		l->kind = LINE_HEAD;
		return read_head(r, text, v, l);
	}
	if (json_get(text, "end", &v)) {
		l->kind = LINE_END;
		return json_to_text(v, l->u.end, sizeof(l->u.end)) ||
		       line_wrong_name(r, "is no text", v);
	}
	return line_wrong(r, "is no line of a recording", "");
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
	line_wrong(r, NULL, "");
	if (text.len > LINE_MAX_OCTETS)
		return line_wrong(r, "is too long a line", "");
	if (!json_valid(text))
		return line_wrong(r, "is no JSON", "");
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
