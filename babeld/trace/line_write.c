/* SPDX-License-Identifier: MIT */
/* Lines of a recording, written; and the hash of what was said. */
#include "babeld/trace/line.h"

#include <string.h>

#include "babeld/trace/line_impl.h"

static uint64_t uint_at(const uint8_t *p, size_t size)
{
	uint16_t v16;
	uint32_t v32;
	uint64_t v64 = 0;

	switch (size) {
	case 1:
		return *p;
	case 2:
		memcpy(&v16, p, sizeof(v16));
		return v16;
	case 4:
		memcpy(&v32, p, sizeof(v32));
		return v32;
	default:
		memcpy(&v64, p, sizeof(v64));
		return v64;
	}
}

static void text(struct json_out *o, const char *s)
{
	json_text(o, s, strlen(s));
}

static void write_hash(struct json_out *o, uint64_t h)
{
	uint8_t octets[8];

	for (unsigned int k = 0; k < 8; k++)
		octets[k] = (uint8_t)(h >> 8 * (7 - k));
	json_hex(o, span_of(octets, sizeof(octets)));
}

static void write_address(struct json_out *o, enum family f, const uint8_t *p)
{
	char buf[ADDR_STR];
	struct addr a;

	memcpy(&a, p, sizeof(a));
	text(o, addr_str(f, &a, buf));
}

static void write_value(struct json_out *o, const struct field *f, const uint8_t *base);

static void write_members(struct json_out *o, const struct field *fields, const uint8_t *base);

static void write_items(struct json_out *o, const struct field *f, const uint8_t *items, size_t n)
{
	json_open(o, '[');
	for (size_t k = 0; k < n; k++) {
		json_open(o, '{');
		write_members(o, f->of, items + k * f->size);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void write_array(struct json_out *o, const struct field *f, const uint8_t *base)
{
	unsigned int n;

	memcpy(&n, base + f->count, sizeof(n));
	write_items(o, f, base + f->at, n < f->max ? n : f->max);
}

static void write_list(struct json_out *o, const struct field *f, const uint8_t *base)
{
	const uint8_t *items;
	size_t n;

	memcpy(&items, base + f->at, sizeof(items));
	memcpy(&n, base + f->count, sizeof(n));
	write_items(o, f, items, n);
}

/* Of a family that stands elsewhere; "" is none. */
static void write_any_address(struct json_out *o, const struct field *f, const uint8_t *base)
{
	enum family family;

	memcpy(&family, base + f->count, sizeof(family));
	if (family == FAM_NONE)
		text(o, "");
	else
		write_address(o, family, base + f->at);
}

static bool left_out(const struct field *f, const uint8_t *base)
{
	const char *s;

	if (f->type != FIELD_TEXT)
		return false;
	memcpy(&s, base + f->at, sizeof(s));
	return !s;
}

static void write_members(struct json_out *o, const struct field *f, const uint8_t *base)
{
	for (; f->type != FIELD_END; f++) {
		if (left_out(f, base))
			continue;
		json_key(o, f->name);
		write_value(o, f, base);
	}
}

static void write_pair(struct json_out *o, const uint8_t *p)
{
	char buf[SDPREFIX_STR];
	struct sdprefix pair;

	memcpy(&pair, p, sizeof(pair));
	text(o, sdprefix_str(&pair, buf));
}

static void write_prefix(struct json_out *o, const uint8_t *p)
{
	char buf[PREFIX_STR];
	struct prefix prefix;

	memcpy(&prefix, p, sizeof(prefix));
	text(o, prefix.family == FAM_NONE ? "" : prefix_str(&prefix, buf));
}

static void write_value(struct json_out *o, const struct field *f, const uint8_t *base)
{
	const uint8_t *p = base + f->at;
	struct span octets;
	const char *s;
	int64_t v;

	switch (f->type) {
	case FIELD_BOOL:
		json_bool(o, *p != 0);
		break;
	case FIELD_UINT:
		json_uint(o, uint_at(p, f->size));
		break;
	case FIELD_INT:
		memcpy(&v, p, sizeof(v));
		json_int(o, v);
		break;
	case FIELD_HEX:
		json_hex(o, span_of(p, f->size));
		break;
	case FIELD_ADDR6:
		write_address(o, FAM_IP6, p);
		break;
	case FIELD_ADDR4:
		write_address(o, FAM_IP4, p);
		break;
	case FIELD_PREFIX:
		write_prefix(o, p);
		break;
	case FIELD_PAIR:
		write_pair(o, p);
		break;
	case FIELD_NAME:
		json_text(o, (const char *)p, strnlen((const char *)p, f->size));
		break;
	case FIELD_TEXT:
		memcpy(&s, p, sizeof(s));
		text(o, s);
		break;
	case FIELD_OCTETS:
		memcpy(&octets, p, sizeof(octets));
		json_hex(o, octets);
		break;
	case FIELD_STRUCT:
		json_open(o, '{');
		write_members(o, f->of, p);
		json_close(o, '}');
		break;
	case FIELD_ADDR:
		write_any_address(o, f, base);
		break;
	case FIELD_ARRAY:
		write_array(o, f, base);
		break;
	case FIELD_LIST:
		write_list(o, f, base);
		break;
	case FIELD_END:
		break;
	}
}

static void write_event(struct json_out *o, const struct babel_event *e)
{
	json_key(o, "t");
	json_int(o, e->now.us);
	json_key(o, "do");
	text(o, event_rows[e->kind].name);
	write_members(o, event_rows[e->kind].fields, (const uint8_t *)e);
}

static void write_said(struct json_out *o, const struct said *s)
{
	json_key(o, "said");
	write_hash(o, s->hash.h);
	json_key(o, "sent");
	json_uint(o, s->sent);
	json_key(o, "routes");
	json_uint(o, s->routes);
	json_key(o, "notes");
	json_uint(o, s->notes);
}

const char *const answer_names[ANSWER_KINDS] = {
	[ANSWER_RANDOM] = "random",
	[ANSWER_CLOCK] = "clock",
	[ANSWER_MAC] = "mac",
};

static void write_answer(struct json_out *o, const struct answer *a)
{
	json_key(o, "answer");
	text(o, answer_names[a->kind]);
	json_key(o, "value");
	if (a->kind == ANSWER_MAC)
		json_hex(o, span_of(a->digest, a->len));
	else
		json_int(o, a->value);
}

void line_write(struct json_out *o, const struct line *l)
{
	json_open(o, '{');
	switch (l->kind) {
	case LINE_HEAD:
		json_key(o, "recording");
		json_uint(o, l->u.head.format);
		json_key(o, "program");
		text(o, l->u.head.program);
		break;
	case LINE_EVENT:
		write_event(o, &l->u.event);
		break;
	case LINE_ANSWER:
		write_answer(o, &l->u.answer);
		break;
	case LINE_SAID:
		write_said(o, &l->u.said);
		break;
	case LINE_TABLES:
		json_key(o, "tables");
		write_hash(o, l->u.tables);
		break;
	case LINE_END:
		json_key(o, "end");
		text(o, l->u.end);
		break;
	}
	json_close(o, '}');
	json_newline(o);
}

/* ---- what is said ---- */

static void mix(struct said *s, const void *p, size_t n)
{
	hash_octets(&s->hash, p, n);
}

static void mix_uint(struct said *s, uint64_t v)
{
	hash_uint(&s->hash, v);
}

static void mix_pair(struct said *s, const struct sdprefix *pair)
{
	mix(s, &pair->dst.addr, sizeof(pair->dst.addr));
	mix(s, &pair->src.addr, sizeof(pair->src.addr));
	mix_uint(s,
		 (uint64_t)pair->dst.family << 16 | (uint64_t)pair->dst.plen << 8 | pair->src.plen);
}

void said_begin(struct said *s)
{
	*s = (struct said){.hash = HASH_BEGIN};
}

void said_send(struct said *s, ifid_t via, const struct addr *to, struct span datagram)
{
	s->sent++;
	mix_uint(s, via);
	mix(s, to ? to : &babel_group, sizeof(*to));
	mix_uint(s, datagram.len);
	mix(s, datagram.p, datagram.len);
}

void said_route(struct said *s, const struct sdprefix *pair, const struct babel_choice *c)
{
	s->routes++;
	mix_pair(s, pair);
	mix_uint(s, (uint64_t)c->kind << 48 | (uint64_t)c->metric << 32 | c->ifid);
	mix_uint(s, c->nexthop_family);
	mix(s, &c->nexthop, sizeof(c->nexthop));
	mix_uint(s, (uint64_t)c->has_src << 32 | c->tag);
	mix(s, &c->src, sizeof(c->src));
}

void said_note(struct said *s, const struct babel_note *n)
{
	s->notes++;
	mix_uint(s, (uint64_t)n->kind << 32 | n->ifid);
	mix_uint(s, (uint64_t)n->code);
	if (n->from)
		mix(s, n->from, sizeof(*n->from));
	if (n->pair)
		mix_pair(s, n->pair);
}

void said_remember(struct said *s, uint32_t place, const struct babel_memory *m)
{
	mix_uint(s, (uint64_t)(m != NULL) << 32 | place);
	if (!m)
		return;
	mix_pair(s, &m->pair);
	mix(s, &m->router_id, sizeof(m->router_id));
	mix_uint(s, (uint64_t)m->kind << 32 | (uint64_t)m->seqno << 16 | m->metric);
	mix_uint(s, m->ifid);
	mix(s, &m->neigh, sizeof(m->neigh));
}

bool said_eq(const struct said *a, const struct said *b)
{
	return a->hash.h == b->hash.h && a->sent == b->sent && a->routes == b->routes &&
	       a->notes == b->notes;
}
