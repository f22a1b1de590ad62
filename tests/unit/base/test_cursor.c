/* SPDX-License-Identifier: MIT */
/* Bounded cursors: network order, and what happens at and past the end. */
#include "lib/base/cursor.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t octets[15] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* A copy of exactly n octets, so that the sanitizer sees one too many. */
static struct rd rd_exact(uint8_t **buf, size_t n)
{
	*buf = malloc(n ? n : 1);
	memcpy(*buf, octets, n);
	return rd_init(span_of(*buf, n));
}

static void reads_network_order(void **state)
{
	struct rd r = rd_init(span_of(octets, sizeof(octets)));

	(void)state;
	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_u16(&r), 0x0203);
	assert_int_equal(rd_u32(&r), 0x04050607);
	assert_true(rd_u64(&r) == 0x08090a0b0c0d0e0f);
	assert_int_equal(rd_left(&r), 0);
	assert_true(rd_ok(&r));
}

static uint64_t rd_any(struct rd *r, size_t n)
{
	switch (n) {
	case 1:
		return rd_u8(r);
	case 2:
		return rd_u16(r);
	case 4:
		return rd_u32(r);
	default:
		return rd_u64(r);
	}
}

/* One octet too few: zero, marked, nothing consumed, and marked it stays. */
static void short_reads_stick(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 8; n *= 2) {
		uint8_t *buf;
		struct rd r = rd_exact(&buf, n);

		assert_true(rd_any(&r, n) != 0 && rd_ok(&r));
		free(buf);
		r = rd_exact(&buf, n - 1);
		assert_true(rd_any(&r, n) == 0);
		assert_false(rd_ok(&r));
		assert_int_equal(rd_left(&r), n - 1);
		for (size_t m = 1; m <= 8; m *= 2)
			assert_true(rd_any(&r, m) == 0);
		assert_int_equal(rd_span(&r, 0).len, 0);
		assert_false(rd_ok(&r));
		free(buf);
	}
}

static void spans_and_copies(void **state)
{
	uint8_t *buf, out[5] = {9, 9, 9, 9, 9};
	static const uint8_t zeros[5];
	struct rd r = rd_exact(&buf, 6);
	struct span s = rd_span(&r, 2);

	(void)state;
	assert_true(s.p == buf && s.len == 2);
	rd_bytes(&r, out, 4);
	assert_memory_equal(out, buf + 2, 4);
	assert_int_equal(out[4], 9);
	assert_true(rd_ok(&r));
	s = rd_span(&r, 0);
	assert_true(rd_ok(&r) && s.len == 0);
	rd_bytes(&r, out, 0);
	assert_true(rd_ok(&r));
	rd_bytes(&r, out, 5);
	assert_memory_equal(out, zeros, 5);
	assert_false(rd_ok(&r));
	free(buf);

	r = rd_exact(&buf, 3);
	assert_int_equal(rd_span(&r, SIZE_MAX).len, 0);
	assert_false(rd_ok(&r));
	free(buf);
}

static void empty_span(void **state)
{
	struct rd r = rd_init(span_of(NULL, 0));

	(void)state;
	assert_int_equal(rd_left(&r), 0);
	assert_true(rd_ok(&r));
	assert_int_equal(rd_u8(&r), 0);
	assert_false(rd_ok(&r));
}

static void writes_network_order(void **state)
{
	uint8_t buf[15];
	struct wr w = wr_init(buf, sizeof(buf));

	(void)state;
	wr_u8(&w, 0x01);
	wr_u16(&w, 0x0203);
	wr_u32(&w, 0x04050607);
	wr_u64(&w, 0x08090a0b0c0d0e0f);
	assert_true(wr_ok(&w));
	assert_int_equal(wr_len(&w), 15);
	assert_int_equal(wr_left(&w), 0);
	assert_memory_equal(buf, octets, 15);
	wr_zero(&w, 0);
	wr_bytes(&w, NULL, 0);
	assert_true(wr_ok(&w));
}

/* What does not fit whole is not written in part, and nothing after it. */
static void overflow_sticks(void **state)
{
	uint8_t *buf = malloc(3);
	struct wr w = wr_init(buf, 3);

	(void)state;
	memset(buf, 0xaa, 3);
	wr_u32(&w, 0);
	assert_false(wr_ok(&w));
	wr_u8(&w, 0);
	wr_zero(&w, 2);
	wr_bytes(&w, octets, 1);
	assert_false(wr_ok(&w));
	assert_int_equal(wr_len(&w), 0);
	assert_true(buf[0] == 0xaa && buf[1] == 0xaa && buf[2] == 0xaa);

	w = wr_init(buf, 3);
	wr_bytes(&w, octets, 4);
	assert_false(wr_ok(&w));
	assert_int_equal(buf[0], 0xaa);
	w = wr_init(buf, 3);
	wr_bytes(&w, octets, 1);
	wr_zero(&w, 2);
	assert_true(wr_ok(&w) && buf[0] == 1 && buf[1] == 0 && buf[2] == 0);
	free(buf);
}

static void patches_in_place(void **state)
{
	uint8_t buf[9] = {0};
	static const uint8_t want[9] = {0x7f, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 8, 0};
	struct wr w = wr_init(buf, sizeof(buf));

	(void)state;
	wr_bytes(&w, octets, 8);
	wr_patch_u8(&w, 0, 0x7f);
	wr_patch_u16(&w, 1, 0xbeef);
	wr_patch_u32(&w, 3, 0xdeadbeef);
	assert_memory_equal(buf, want, 9);
	assert_int_equal(wr_len(&w), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_network_order),	cmocka_unit_test(short_reads_stick),
		cmocka_unit_test(spans_and_copies),	cmocka_unit_test(empty_span),
		cmocka_unit_test(writes_network_order), cmocka_unit_test(overflow_sticks),
		cmocka_unit_test(patches_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
