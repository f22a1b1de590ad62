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
	bool ok = zapi_encode(&w, g->from, m);

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
		assert_int_equal(zapi_decode(span_of(octets, n), goldens[i].from, m),
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
	assert_int_equal(zapi_decode(span_of(octets, n), ZAPI_FROM_CLIENT, m), ZAPI_OK);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests_name("zapi golden octets", tests, NULL, NULL);
}
