/* SPDX-License-Identifier: MIT */
/* As much of JSON as a recording needs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "babeld/trace/json.h"
#include "tests/unit/base/prng.h"

static struct span text(const char *s)
{
	return span_of(s, strlen(s));
}

static bool valid(const char *s)
{
	size_t n = strlen(s);
	char *copy = malloc(n + !n); /* of its size, for the sanitizer */
	bool ok;

	assert_non_null(copy);
	memcpy(copy, s, n);
	ok = json_valid(span_of(copy, n));
	free(copy);
	return ok;
}

static void takes_and_refuses(void **state)
{
	static const char *const good[] = {"{}",
					   "[]",
					   " { } ",
					   "{\"a\":1}",
					   "{\"a\" : -1 , \"b\":[true,false,{}]}",
					   "17",
					   "\"\\\"\\\\\\u00ff\"",
					   "[[[[[[[[]]]]]]]]",
					   "\"\xc3\xa9\""};
	static const char *const bad[] = {"",
					  " ",
					  "{",
					  "}",
					  "[",
					  "{\"a\"}",
					  "{\"a\":}",
					  "{\"a\":1,}",
					  "{,}",
					  "{a:1}",
					  "[1,]",
					  "[1 2]",
					  "1.5",
					  "1e3",
					  "+1",
					  "-",
					  "nul",
					  "null",
					  "tru",
					  "truex",
					  "\"",
					  "\"\\",
					  "\"\\n\"",
					  "\"\\u0100\"",
					  "\"\\u00g0\"",
					  "\"\\u00\"",
					  "\"\n\"",
					  "{} {}",
					  "{}x",
					  "[[[[[[[[[]]]]]]]]]",
					  "{\"a\":1 \"b\":2}",
					  "'a'"};

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		if (!valid(good[k]))
			fail_msg("refused: %s", good[k]);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (valid(bad[k]))
			fail_msg("taken: %s", bad[k]);
}

static void members_are_found(void **state)
{
	struct span o = text("{\"ab\": 1, \"a\" :{\"b\":[7, \"x\"]},\"c\":true }");
	struct span v, w = {0}, name;
	size_t at = 0;
	uint64_t n;
	bool b;
	char s[8];

	(void)state;
	assert_true(json_valid(o));
	assert_true(json_get(o, "ab", &v) && json_to_uint(v, &n) && n == 1);
	assert_true(json_get(o, "c", &v) && json_to_bool(v, &b) && b);
	assert_false(json_get(o, "b", &v));
	assert_false(json_get(o, "", &v));
	assert_true(json_get(o, "a", &v) && json_get(v, "b", &w));
	assert_false(json_get(w, "b", &v)); /* no object */
	assert_true(json_each(w, &at, &name, &v) && json_to_uint(v, &n) && n == 7);
	assert_int_equal(name.len, 0);
	assert_true(json_each(w, &at, &name, &v) && json_to_text(v, s, sizeof(s)));
	assert_string_equal(s, "x");
	assert_false(json_each(w, &at, &name, &v));
	at = 0;
	assert_false(json_each(text("7"), &at, &name, &v));
	assert_false(json_each(text("[ ]"), &at, &name, &v));
}

static void numbers_have_limits(void **state)
{
	uint64_t u;
	int64_t i;

	(void)state;
	assert_true(json_to_uint(text("18446744073709551615"), &u) && u == UINT64_MAX);
	assert_false(json_to_uint(text("18446744073709551616"), &u));
	assert_false(json_to_uint(text("99999999999999999999"), &u));
	assert_false(json_to_uint(text("-1"), &u));
	assert_false(json_to_uint(text(""), &u));
	assert_false(json_to_uint(text("true"), &u));
	assert_true(json_to_int(text("-9223372036854775807"), &i) && i == -INT64_MAX);
	assert_false(json_to_int(text("9223372036854775808"), &i));
	assert_false(json_to_int(text("-"), &i));
}

static void strings_have_room(void **state)
{
	uint8_t octets[2];
	char s[4];

	(void)state;
	assert_true(json_to_text(text("\"abc\""), s, sizeof(s)));
	assert_false(json_to_text(text("\"abcd\""), s, sizeof(s)));
	assert_false(json_to_text(text("\"a\\u0000\""), s, sizeof(s)));
	assert_false(json_to_text(text("12"), s, sizeof(s)));
	assert_true(json_to_hex(text("\"0aF0\""), octets, 2));
	assert_int_equal(octets[0] << 8 | octets[1], 0x0af0);
	assert_false(json_to_hex(text("\"0aF\""), octets, 2));
	assert_false(json_to_hex(text("\"0ag0\""), octets, 2));
	assert_false(json_to_hex(text("12"), octets, 1));
}

/* Whatever octets a text holds, it comes back. */
static void texts_come_back(void **state)
{
	struct prng r = prng_init(31);
	struct json_out o = {.mem.name = "test"};

	(void)state;
	for (uint64_t k = prng_ops(2000); k > 0; k--) {
		char in[64], out[64];
		size_t n = prng_below(&r, sizeof(in) - 1);
		struct span v;

		for (size_t i = 0; i < n; i++)
			in[i] = (char)(1 + prng_below(&r, 255));
		in[n] = '\0';
		json_clear(&o);
		json_open(&o, '{');
		json_key(&o, "k");
		json_text(&o, in, n);
		json_close(&o, '}');
		for (size_t i = 0; i < o.n; i++)
			assert_in_range(o.p[i], 0x20, 0x7e); /* one line, of ASCII */
		assert_true(json_valid(span_of(o.p, o.n)));
		assert_true(json_get(span_of(o.p, o.n), "k", &v));
		assert_true(json_to_text(v, out, sizeof(out)));
		assert_string_equal(out, in);
	}
	json_fini(&o);
	assert_int_equal(o.mem.count, 0);
}

static void written_as_meant(void **state)
{
	struct json_out o = {.mem.name = "test"};

	(void)state;
	json_open(&o, '{');
	json_key(&o, "a");
	json_uint(&o, UINT64_MAX);
	json_key(&o, "b");
	json_open(&o, '[');
	json_int(&o, INT64_MIN);
	json_int(&o, 0);
	json_bool(&o, true);
	json_open(&o, '{');
	json_close(&o, '}');
	json_hex(&o, span_of("\x01\xff", 2));
	json_close(&o, ']');
	json_key(&o, "c");
	json_bool(&o, false);
	json_close(&o, '}');
	json_newline(&o);
	json_uint(&o, 7);
	assert_int_equal(o.n, strlen("{\"a\":18446744073709551615,\"b\":[-9223372036854775808,0,"
				     "true,{},\"01ff\"],\"c\":false}\n7"));
	assert_memory_equal(o.p,
			    "{\"a\":18446744073709551615,\"b\":[-9223372036854775808,0,true,{},"
			    "\"01ff\"],\"c\":false}\n7",
			    o.n);
	json_fini(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_and_refuses),   cmocka_unit_test(members_are_found),
		cmocka_unit_test(numbers_have_limits), cmocka_unit_test(strings_have_room),
		cmocka_unit_test(texts_come_back),     cmocka_unit_test(written_as_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
