/* SPDX-License-Identifier: MIT */
/*
 * Every recorded message both ways: the struct encodes to the recorded
 * octets, and the octets decode to a struct that encodes to them again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/zapi/golden.h"

static void dump(const char *name, const uint8_t *p, size_t n)
{
	fprintf(stderr, "%s:", name);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, " %02x", p[i]);
	fputc('\n', stderr);
}

static void check_octets(const struct golden *g, const struct zapi_msg *m, const uint8_t *want,
			 size_t n)
{
	uint8_t got[ZAPI_MAX_LEN];
	struct wr w = wr_init(got, sizeof(got));
	bool ok = zapi_encode(&w, g->from, g->dialect, m);

	if (!ok || wr_len(&w) != n || memcmp(got, want, n) != 0) {
		dump(g->name, got, wr_len(&w));
		dump("  wanted", want, n);
		fail();
	}
}

static void test_encode(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_N; i++) {
		struct zapi_msg *m = calloc(1, sizeof(*m));
		uint8_t octets[ZAPI_MAX_LEN];
		size_t n = golden_octets(&goldens[i], octets);

		if (goldens[i].build) {
			goldens[i].build(m);
			check_octets(&goldens[i], m, octets, n);
		}
		free(m);
	}
}

static void test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_N; i++) {
		struct zapi_msg *m = malloc(sizeof(*m));
		uint8_t octets[ZAPI_MAX_LEN];
		size_t n = golden_octets(&goldens[i], octets);

		memset(m, 0xa5, sizeof(*m)); /* nothing may be left as it was */
		assert_int_equal(zapi_frame_len(span_of(octets, n)), (int)n);
		assert_int_equal(
			zapi_decode(span_of(octets, n), goldens[i].from, goldens[i].dialect, m),
			goldens[i].verdict);
		if (goldens[i].build)
			check_octets(&goldens[i], m, octets, n);
		free(m);
	}
}

/* The header's fields and a few of the body's, named one by one. */
static void test_fields(void **state)
{
	struct zapi_msg *m = malloc(sizeof(*m));
	uint8_t octets[ZAPI_MAX_LEN];
	char text[SDPREFIX_STR];
	size_t n = golden_octets(&goldens[11], octets);

	(void)state;
	octets[7] = 9; /* VRF */
	assert_int_equal(zapi_decode(span_of(octets, n), ZAPI_FROM_CLIENT, ZAPI_8_4, m), ZAPI_OK);
	assert_int_equal(m->cmd, 8);
	assert_int_equal(m->vrf, 9);
	assert_string_equal(sdprefix_str(&m->u.route.pair, text), "::/0 from 2001:db8:1::/48");
	assert_int_equal(m->u.route.type, 22);
	assert_int_equal(m->u.route.n_nexthops, 1);
	assert_int_equal(m->u.route.nexthops[0].ifindex, 2);
	assert_int_equal(m->u.route.metric, 96);
	assert_int_equal(m->u.route.distance, 0);
	free(m);
}

/* What is said of the first message, each way. */
static void test_telling(void **state)
{
	uint8_t octets[ZAPI_MAX_LEN];

	(void)state;
	for (size_t i = 0; i < GOLDEN_N; i++) {
		const struct golden *g = &goldens[i];
		struct span s = span_of(octets, golden_octets(g, octets));

		if (strcmp(g->name, "HELLO") == 0)
			assert_int_equal(zapi_dialect_of_client(s), ZAPI_8_4);
		if (strcmp(g->name, "10.3 HELLO") == 0)
			assert_int_equal(zapi_dialect_of_client(s), ZAPI_10_3);
		if (strstr(g->name, "ERROR") || strstr(g->name, "CAPABILITIES")) {
			bool error = strstr(g->name, "ERROR");

			assert_int_equal(zapi_is_other_dialect(s, zapi_other_dialect(g->dialect)),
					 error);
			assert_false(zapi_is_other_dialect(s, g->dialect));
		}
	}
	assert_int_equal(zapi_dialect_of_client(span_of(octets, 0)), ZAPI_8_4);
}

/* Each number of 10.3 that has a name in 8.4, from FRR's own lists. */
static void test_numbers(void **state)
{
	static const uint16_t both[][2] = {{ZAPI_INTERFACE_DOWN, 5},
					   {ZAPI_ROUTE_ADD, 9},
					   {ZAPI_ROUTE_NOTIFY_OWNER, 11},
					   {ZAPI_HELLO, 19},
					   {ZAPI_NEXTHOP_UPDATE, 23},
					   {ZAPI_REDISTRIBUTE_ROUTE_DEL, 32},
					   {ZAPI_VRF_ADD, 33},
					   {ZAPI_BFD_CLIENT_REGISTER, 36},
					   {79, 78} /* DUPLICATE_ADDR_DETECTION */,
					   {ZAPI_ERROR, 120},
					   {ZAPI_CLIENT_CAPABILITIES, 121},
					   {120, 122} /* OPAQUE_MESSAGE */,
					   {ZAPI_ROUTE_NOTIFY_REQUEST, 126},
					   {ZAPI_CLIENT_CLOSE_NOTIFY, 127}};
	struct zapi_msg *m = calloc(1, sizeof(*m));
	uint8_t h[] = {0, 10, 254, 6, 0, 0, 0, 0, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		h[9] = (uint8_t)both[i][1];
		zapi_decode(span_of(h, sizeof(h)), ZAPI_FROM_CLIENT, ZAPI_10_3, m);
		assert_int_equal(m->cmd, both[i][0]);
	}
	/* 8.4 ends at 136, 10.3 at 146, and 10.3 has lost VRF_UNREGISTER (32). */
	h[9] = 137;
	assert_int_equal(zapi_decode(span_of(h, sizeof(h)), ZAPI_FROM_CLIENT, ZAPI_8_4, m),
			 ZAPI_UNKNOWN);
	assert_int_equal(m->cmd, ZAPI_NO_CMD);
	h[9] = 147;
	zapi_decode(span_of(h, sizeof(h)), ZAPI_FROM_CLIENT, ZAPI_10_3, m);
	assert_int_equal(m->cmd, ZAPI_NO_CMD);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),	cmocka_unit_test(test_decode),
		cmocka_unit_test(test_fields),	cmocka_unit_test(test_telling),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests_name("zapi golden octets", tests, NULL, NULL);
}
