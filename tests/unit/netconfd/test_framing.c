/* SPDX-License-Identifier: MIT */
/* Framing of NETCONF messages, RFC 6242 4.1 to 4.3. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netconfd/framing.h"

static struct memtag mem = {.name = "test"};

/* Feeds `text` in pieces of `step` octets; messages come out joined by '|', a
 * bad frame as '!'. */
static const char *run(bool chunked, const char *text, size_t len, size_t step)
{
	static char out[4096];
	struct framing f;
	size_t at = 0, n = 0;

	framing_init(&f, &mem);
	if (chunked)
		framing_chunked(&f);
	while (at < len) {
		size_t piece = len - at < step ? len - at : step, used = 0;
		enum framing_verdict v = framing_read(&f, span_of(text + at, piece), &used);

		at += used;
		if (v == FRAMING_MESSAGE) {
			memcpy(out + n, f.message, f.len);
			n += f.len;
			out[n++] = '|';
			framing_next(&f);
		} else if (v == FRAMING_BAD) {
			assert_non_null(f.why);
			out[n++] = '!';
			break;
		} else {
			assert_int_equal(used, piece);
		}
	}
	out[n] = '\0';
	framing_clear(&f);
	assert_int_equal(mem.count, 0);
	return out;
}

static void expect(bool chunked, const char *text, const char *want)
{
	for (size_t step = 1; step <= strlen(text) + 1; step++)
		assert_string_equal(run(chunked, text, strlen(text), step), want);
}

static void end_of_message(void **state)
{
	(void)state;
	expect(false, "<a/>]]>]]><b/>]]>]]>", "<a/>|<b/>|");
	expect(false, "]]>]]>", "|");
	/* What only begins like the delimiter is content. */
	expect(false, "a]]>]]b]]>]]]>]]>", "a]]>]]b]]>]|");
	expect(false, "unfinished", "");
}

/* The example of RFC 6242 4.2, in its parts. */
static void chunks(void **state)
{
	(void)state;
	expect(true, "\n#4\n<rpc\n#18\n message-id=\"102\"\n\n##\n", "<rpc message-id=\"102\"\n|");
	expect(true, "\n#1\na\n##\n\n#2\nbc\n##\n", "a|bc|");
	/* What looks like a frame inside a chunk is content. */
	expect(true, "\n#8\n\n##\n\n#1\n\n##\n", "\n##\n\n#1\n|");
}

static void bad_chunks(void **state)
{
	static const char *const bad[] = {
		"x",	    /* no line feed */
		"\nx",	    /* no # */
		"\n##\n",   /* a message has at least one chunk */
		"\n#0\n",   /* chunk-size starts with 1 to 9 */
		"\n#01\na", /* no leading zero */
		"\n#-1\n",
		"\n# 1\n",
		"\n#1x\n",
		"\n#\n",
		"\n#zz\n",
		"\n#4294967296\n", /* over the maximum */
		"\n#99999999999999999999999\n",
		"]]>]]>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect(true, bad[i], "!");
	expect(true, "\n#1\naX", "!");
	expect(true, "\n#1\na\n##X", "!");
}

/* A size is only a promise: memory follows what has come. */
static void promise(void **state)
{
	struct framing f;
	size_t used;

	(void)state;
	framing_init(&f, &mem);
	framing_chunked(&f);
	assert_int_equal(framing_read(&f, span_of("\n#4294967295\nab", 15), &used), FRAMING_MORE);
	assert_true(mem.bytes < 8192);
	framing_clear(&f);
}

static enum framing_verdict flood(bool chunked, size_t *total)
{
	static uint8_t block[65536];
	enum framing_verdict v = FRAMING_MORE;
	struct framing f;
	size_t used;

	memset(block, 'x', sizeof(block));
	framing_init(&f, &mem);
	if (chunked) {
		framing_chunked(&f);
		v = framing_read(&f, span_of("\n#4294967295\n", 13), &used);
	}
	for (*total = 0; v == FRAMING_MORE && *total < 2 * FRAMING_MAX; *total += used)
		v = framing_read(&f, span_of(block, sizeof(block)), &used);
	assert_true(mem.bytes <= 2 * FRAMING_MAX);
	framing_clear(&f);
	return v;
}

static void too_long(void **state)
{
	size_t total;

	(void)state;
	assert_int_equal(flood(false, &total), FRAMING_BAD);
	assert_true(total <= FRAMING_MAX);
	assert_int_equal(flood(true, &total), FRAMING_BAD);
	assert_true(total <= FRAMING_MAX);
	assert_int_equal(mem.count, 0);
}

static void writing(void **state)
{
	char head[FRAMING_HEAD_MAX], text[64];

	(void)state;
	framing_head(true, 5, head);
	snprintf(text, sizeof(text), "%shello%s", head, framing_tail(true));
	expect(true, text, "hello|");
	framing_head(false, 5, head);
	snprintf(text, sizeof(text), "%shello%s", head, framing_tail(false));
	expect(false, text, "hello|");
	framing_head(true, 4294967295u, head);
	assert_string_equal(head, "\n#4294967295\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(end_of_message), cmocka_unit_test(chunks),
		cmocka_unit_test(bad_chunks),	  cmocka_unit_test(promise),
		cmocka_unit_test(too_long),	  cmocka_unit_test(writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
