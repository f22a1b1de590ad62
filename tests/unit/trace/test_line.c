/* SPDX-License-Identifier: MIT */
/* Lines of a recording: each event comes back as it was, and what is no event
 * is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "babeld/trace/line.h"
#include "tests/unit/base/prng.h"

/* ---- events at random, by their own tables ---- */

#define PIECES 64

struct filler {
	struct prng r;
	void *piece[PIECES]; /* what the event borrows */
	size_t n;
};

static void *piece(struct filler *f, size_t size)
{
	assert_true(f->n < PIECES);
	f->piece[f->n] = calloc(1, size ? size : 1);
	assert_non_null(f->piece[f->n]);
	return f->piece[f->n++];
}

static void fill_octets(struct filler *f, void *p, size_t n)
{
	uint8_t *o = p;

	while (n--)
		*o++ = (uint8_t)prng_below(&f->r, 256);
}

static struct addr any_addr(struct filler *f, enum family family)
{
	struct addr a;

	fill_octets(f, &a, sizeof(a));
	return addr_from(family, &a);
}

static struct prefix any_prefix(struct filler *f, enum family family)
{
	struct addr a = any_addr(f, family);
	struct prefix p;

	assert_true(prefix_make(&p, family, &a, prng_below(&f->r, family_bits(family) + 1)));
	return p;
}

static uint64_t any_u64(struct filler *f)
{
	uint64_t high = prng_u32(&f->r);

	return high << 32 | prng_u32(&f->r);
}

static void fill(struct filler *f, const struct field *fields, uint8_t *base);

static void fill_uint(struct filler *f, const struct field *d, uint8_t *p)
{
	uint64_t v = any_u64(f);
	uint16_t v16;
	uint32_t v32;

	if (d->max)
		v %= d->max + 1;
	v16 = (uint16_t)v;
	v32 = (uint32_t)v;
	if (d->size == 1)
		*p = (uint8_t)v;
	else if (d->size == 2)
		memcpy(p, &v16, sizeof(v16));
	else if (d->size == 4)
		memcpy(p, &v32, sizeof(v32));
	else
		memcpy(p, &v, sizeof(v));
}

static void fill_array(struct filler *f, const struct field *d, uint8_t *base)
{
	unsigned int n = (unsigned int)prng_below(&f->r, (uint32_t)d->max + 1);

	memcpy(base + d->count, &n, sizeof(n));
	for (unsigned int k = 0; k < n; k++)
		fill(f, d->of, base + d->at + k * d->size);
}

static void fill_list(struct filler *f, const struct field *d, uint8_t *base)
{
	size_t n = prng_below(&f->r, 4);
	uint8_t *items = piece(f, n * d->size);

	memcpy(base + d->count, &n, sizeof(n));
	memcpy(base + d->at, &items, sizeof(items));
	for (size_t k = 0; k < n; k++)
		fill(f, d->of, items + k * d->size);
}

static void fill_text(struct filler *f, uint8_t *p, size_t room)
{
	size_t n = 1 + prng_below(&f->r, (uint32_t)room - 2);

	for (size_t k = 0; k < n; k++)
		p[k] = (uint8_t)(1 + prng_below(&f->r, 255));
}

static void fill_any_addr(struct filler *f, const struct field *d, uint8_t *base)
{
	static const enum family families[] = {FAM_NONE, FAM_IP4, FAM_IP6};
	enum family family = families[prng_below(&f->r, 3)];
	struct addr a = {{0}};

	if (family != FAM_NONE)
		a = any_addr(f, family);
	memcpy(base + d->at, &a, sizeof(a));
	memcpy(base + d->count, &family, sizeof(family));
}

static void fill_one(struct filler *f, const struct field *d, uint8_t *base)
{
	enum family family = prng_below(&f->r, 2) ? FAM_IP4 : FAM_IP6;
	uint8_t *p = base + d->at, *kept;
	struct prefix dst = any_prefix(f, family), src = any_prefix(f, family);
	struct sdprefix pair;
	struct span octets;
	struct addr a;
	int64_t i = (int64_t)(any_u64(f) >> 8);

	switch (d->type) {
	case FIELD_BOOL:
		*p = (uint8_t)prng_below(&f->r, 2);
		break;
	case FIELD_UINT:
		fill_uint(f, d, p);
		break;
	case FIELD_INT:
		memcpy(p, &i, sizeof(i));
		break;
	case FIELD_HEX:
		fill_octets(f, p, d->size);
		break;
	case FIELD_ADDR6:
	case FIELD_ADDR4:
		a = any_addr(f, d->type == FIELD_ADDR4 ? FAM_IP4 : FAM_IP6);
		memcpy(p, &a, sizeof(a));
		break;
	case FIELD_ADDR:
		fill_any_addr(f, d, base);
		break;
	case FIELD_PREFIX:
		if (prng_below(&f->r, 4))
			memcpy(p, &dst, sizeof(dst));
		break;
	case FIELD_PAIR:
		assert_true(sdprefix_make(&pair, &dst, &src));
		memcpy(p, &pair, sizeof(pair));
		break;
	case FIELD_NAME:
		fill_text(f, p, d->size);
		break;
	case FIELD_TEXT:
		kept = piece(f, 32);
		fill_text(f, kept, 32);
		memcpy(p, &kept, sizeof(kept));
		break;
	case FIELD_OCTETS:
		octets.len = prng_below(&f->r, 300);
		kept = piece(f, octets.len);
		fill_octets(f, kept, octets.len);
		octets.p = kept;
		memcpy(p, &octets, sizeof(octets));
		break;
	case FIELD_STRUCT:
		fill(f, d->of, p);
		break;
	case FIELD_ARRAY:
		fill_array(f, d, base);
		break;
	case FIELD_LIST:
		fill_list(f, d, base);
		break;
	case FIELD_END:
		break;
	}
}

static void fill(struct filler *f, const struct field *fields, uint8_t *base)
{
	for (; fields->type != FIELD_END; fields++)
		fill_one(f, fields, base);
}

static void any_event(struct filler *f, enum event_kind kind, struct babel_event *e)
{
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	fill(f, event_rows[kind].fields, (uint8_t *)e);
	e->now.us = (int64_t)(any_u64(f) >> 8);
	if (kind == EVENT_PACKET) /* not later than now */
		e->u.packet.arrived.us = e->now.us - 5;
}

static void empty(struct filler *f)
{
	while (f->n)
		free(f->piece[--f->n]);
}

/* ---- round trips ---- */

static struct span without_newline(const struct json_out *o)
{
	assert_true(o->n > 0 && o->p[o->n - 1] == '\n');
	assert_null(memchr(o->p, '\n', o->n - 1));
	return span_of(o->p, o->n - 1);
}

static void every_event_comes_back(void **state)
{
	struct filler f = {.r = prng_init(77)};
	struct json_out first = {.mem.name = "a"}, second = {.mem.name = "b"};
	struct line_reader reader = {.mem.name = "reader"};
	struct line in = {.kind = LINE_EVENT}, out;

	(void)state;
	for (uint64_t k = prng_ops(100) + 2; k > 0; k--) {
		for (unsigned int kind = 0; kind < EVENT_KINDS; kind++) {
			any_event(&f, (enum event_kind)kind, &in.u.event);
			json_clear(&first);
			line_write(&first, &in);
			if (!line_read(&reader, without_newline(&first), &out))
				fail_msg("%s: %s %s", event_rows[kind].name, reader.where,
					 reader.what);
			assert_int_equal(out.kind, LINE_EVENT);
			assert_int_equal(out.u.event.kind, kind);
			assert_int_equal(out.u.event.now.us, in.u.event.now.us);
			json_clear(&second);
			line_write(&second, &out);
			assert_int_equal(first.n, second.n);
			assert_memory_equal(first.p, second.p, first.n);
			empty(&f);
		}
	}
	json_fini(&first);
	json_fini(&second);
	line_reader_fini(&reader);
	assert_int_equal(reader.mem.count, 0);
}

/* What is in memory comes back, not only what is in the text. */
static void members_come_back(void **state)
{
	static const struct filter_rule rules[2] = {
		{.number = 7, .deny = true, .ifname = "eth0", .has_tag = true, .tag = 4711},
		{.number = 9, .set_src_family = FAM_IP4, .set_src = {{192, 0, 2, 1}}},
	};
	struct line in = {.kind = LINE_EVENT}, out;
	struct json_out o = {.mem.name = "o"};
	struct line_reader r = {.mem.name = "reader"};
	const struct babel_filters *f = &out.u.event.u.filters;

	(void)state;
	in.u.event.kind = EVENT_SET_FILTERS;
	in.u.event.now.us = -3;
	in.u.event.u.filters.rules[FILTER_OUT] = rules;
	in.u.event.u.filters.n[FILTER_OUT] = 2;
	line_write(&o, &in);
	assert_true(line_read(&r, without_newline(&o), &out));
	assert_int_equal(out.u.event.now.us, -3);
	assert_int_equal(f->n[FILTER_OUT], 2);
	assert_int_equal(f->n[FILTER_IN], 0);
	assert_true(filter_rule_eq(&f->rules[FILTER_OUT][0], &rules[0]));
	assert_true(filter_rule_eq(&f->rules[FILTER_OUT][1], &rules[1]));
	json_fini(&o);
	line_reader_fini(&r);
}

static void the_other_lines_come_back(void **state)
{
	struct line in[] = {
		{.kind = LINE_HEAD, .u.head = {RECORDING_FORMAT, "1.2.3"}},
		{.kind = LINE_ANSWER, .u.answer = {.kind = ANSWER_RANDOM, .value = UINT32_MAX}},
		{.kind = LINE_ANSWER, .u.answer = {.kind = ANSWER_CLOCK, .value = -7}},
		{.kind = LINE_ANSWER, .u.answer = {.kind = ANSWER_MAC, .len = 2, .digest = {1, 2}}},
		{.kind = LINE_ANSWER, .u.answer = {.kind = ANSWER_MAC}},
		{.kind = LINE_SAID, .u.said = {{UINT64_MAX}, 1, 2, UINT32_MAX}},
		{.kind = LINE_TABLES, .u.tables = 0x0123456789abcdef},
		{.kind = LINE_END, .u.end = "limit"},
	};
	struct line_reader r = {.mem.name = "reader"};
	struct json_out o = {.mem.name = "o"};
	struct line out;

	(void)state;
	for (size_t k = 0; k < sizeof(in) / sizeof(in[0]); k++) {
		json_clear(&o);
		line_write(&o, &in[k]);
		assert_true(line_read(&r, without_newline(&o), &out));
		assert_int_equal(out.kind, in[k].kind);
		assert_memory_equal(&out.u, &in[k].u,
				    in[k].kind == LINE_HEAD	? sizeof(in[k].u.head)
				    : in[k].kind == LINE_ANSWER ? sizeof(in[k].u.answer)
				    : in[k].kind == LINE_SAID	? sizeof(in[k].u.said)
				    : in[k].kind == LINE_TABLES ? sizeof(in[k].u.tables)
								: sizeof(in[k].u.end));
	}
	json_fini(&o);
	line_reader_fini(&r);
}

/* ---- what is refused ---- */

#define EVENT(rest) "{\"t\":5,\"do\":" rest "}"

static void refused_with_a_reason(void **state)
{
	static const struct {
		const char *text, *where, *what;
	} rows[] = {
		{"", "", "is no JSON"},
		{"{\"a\":1}", "", "is no line of a recording"},
		{"[]", "", "is no line of a recording"},
		{"{\"recording\":2,\"program\":\"x\"}", "recording", "is another format"},
		{"{\"recording\":1}", "program", "is no text"},
		{EVENT("7"), "do", "is no word"},
		{EVENT("\"dance\""), "dance", "is no event"},
		{"{\"do\":\"refresh\"}", "t", "is no moment"},
		{"{\"t\":9223372036854775807,\"do\":\"refresh\"}", "t", "is no moment"},
		{EVENT("\"refresh\",\"x\":1"), "x", "is unknown here"},
		{EVENT("\"if_up\",\"info\":{\"colour\":1}"), "colour", "is unknown here"},
		{EVENT("\"if_up\",\"ifid\":4294967296"), "ifid", "has no such value"},
		{EVENT("\"if_up\",\"ifid\":-1"), "ifid", "has no such value"},
		{EVENT("\"if_up\",\"ifid\":1"), "name", "is no name"},
		{EVENT("\"if_up\",\"info\":{\"name\":\"\"}"), "name", "is no name"},
		{EVENT("\"if_up\",\"info\":{\"name\":7}"), "name", "has no such value"},
		{EVENT("\"if_up\",\"info\":7"), "info", "has no such value"},
		{EVENT("\"if_up\",\"info\":{\"linklocal\":\"192.0.2.1\"}"), "linklocal",
		 "has no such value"},
		{EVENT("\"if_up\",\"config\":{\"type\":77}"), "type", "has no such value"},
		{EVENT("\"new\",\"config\":{\"router_id\":\"0000000000000000\"}"), "router_id",
		 "is no router-id"},
		{EVENT("\"new\",\"config\":{\"router_id\":\"00\"}"), "router_id",
		 "has no such value"},
		{EVENT("\"set_router_id\""), "router_id", "is no router-id"},
		{EVENT("\"local_del\""), "pair", "is missing"},
		{EVENT("\"local_offer\""), "pair", "is missing"},
		{EVENT("\"recall\""), "pair", "is missing"},
		{EVENT("\"local_del\",\"pair\":\"2001:db8::/48 from 10.0.0.0/8\""), "pair",
		 "has no such value"},
		{EVENT("\"local_del\",\"pair\":\"2001:db8::/129\""), "pair", "has no such value"},
		{EVENT("\"packet\",\"datagram\":{\"arrived\":6}"), "arrived", "is later than t"},
		{EVENT("\"packet\",\"datagram\":{\"octets\":\"2\"}"), "octets",
		 "has no such value"},
		{EVENT("\"set_smoothing\",\"smoothing\":1"), "half_life", "is not positive"},
		{"{\"answer\":\"what\",\"value\":1}", "what", "is no answer"},
		{"{\"answer\":\"random\"}", "value", "is no value"},
		{"{\"answer\":\"mac\",\"value\":\"0g\"}", "value", "is no value"},
		{"{\"said\":\"00\"}", "said", "is not whole"},
		{"{\"said\":\"0011223344556677\",\"sent\":0,\"routes\":0}", "said", "is not whole"},
		{"{\"tables\":\"0\"}", "", "is no hash"},
		{"{\"end\":7}", "", "is no text"},
	};
	struct line_reader r = {.mem.name = "reader"};
	struct line out;

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		if (line_read(&r, span_of(rows[k].text, strlen(rows[k].text)), &out))
			fail_msg("taken: %s", rows[k].text);
		if (strcmp(r.what, rows[k].what) != 0)
			fail_msg("%s: %s %s", rows[k].text, r.where, r.what);
		if (*rows[k].where)
			assert_string_equal(r.where, rows[k].where);
	}
	line_reader_fini(&r);
}

static void arrays_have_an_end(void **state)
{
	struct json_out o = {.mem.name = "o"};
	struct line_reader r = {.mem.name = "reader"};
	struct line out;

	(void)state;
	json_open(&o, '{');
	json_key(&o, "t");
	json_int(&o, 1);
	json_key(&o, "do");
	json_text(&o, "persist_set", 11);
	json_key(&o, "persist");
	json_open(&o, '{');
	json_key(&o, "ifs");
	json_open(&o, '[');
	for (unsigned int k = 0; k <= BABEL_PERSIST_IFS; k++) {
		json_open(&o, '{');
		json_close(&o, '}');
	}
	json_close(&o, ']');
	json_close(&o, '}');
	json_close(&o, '}');
	assert_false(line_read(&r, span_of(o.p, o.n), &out));
	assert_string_equal(r.what, "is too long a list");
	json_fini(&o);
	line_reader_fini(&r);
}

/* A member that an older program did not have is zero. */
static void missing_members_are_zero(void **state)
{
	static const char old[] = EVENT("\"if_up\",\"ifid\":3,\"info\":{\"name\":\"e\"}");
	struct line_reader r = {.mem.name = "reader"};
	struct line out;

	(void)state;
	assert_true(line_read(&r, span_of(old, strlen(old)), &out));
	assert_int_equal(out.u.event.u.interface.ifid, 3);
	assert_string_equal(out.u.event.u.interface.info.name, "e");
	assert_int_equal(out.u.event.u.interface.config.rxcost, 0);
	line_reader_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_comes_back),
		cmocka_unit_test(members_come_back),
		cmocka_unit_test(the_other_lines_come_back),
		cmocka_unit_test(refused_with_a_reason),
		cmocka_unit_test(arrays_have_an_end),
		cmocka_unit_test(missing_members_are_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
