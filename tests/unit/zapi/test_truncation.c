/* SPDX-License-Identifier: MIT */
/*
 * Every prefix of every recorded message is refused: as it is (the header
 * says more than there is) and with the header's length made to fit. Each is
 * decoded from memory of exactly its size, so that the sanitizer sees a read
 * past its end. And fields that must not be what they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/zapi/golden.h"

static enum zapi_verdict decode_exactly(const uint8_t *octets, size_t n, enum zapi_from from,
					enum zapi_dialect d)
{
	struct zapi_msg *m = malloc(sizeof(*m));
	uint8_t *copy = malloc(n ? n : 1);
	enum zapi_verdict v;

	memcpy(copy, octets, n);
	v = zapi_decode(span_of(copy, n), from, d, m);
	free(copy);
	free(m);
	return v;
}

static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_N; i++) {
		const struct golden *g = &goldens[i];
		uint8_t octets[ZAPI_MAX_LEN];
		size_t n = golden_octets(g, octets);

		for (size_t len = 0; len < n; len++) {
			enum zapi_verdict v = decode_exactly(octets, len, g->from, g->dialect);

			assert_true(v == ZAPI_SHORT || v == ZAPI_INVALID);
			if (len < ZAPI_HEADER_LEN || g->verdict != ZAPI_OK)
				continue;
			octets[0] = (uint8_t)(len >> 8);
			octets[1] = (uint8_t)len;
			v = decode_exactly(octets, len, g->from, g->dialect);
			assert_true(v == ZAPI_SHORT || v == ZAPI_INVALID);
			octets[0] = (uint8_t)(n >> 8);
			octets[1] = (uint8_t)n;
		}
	}
}

/* A body longer than needed: the extra octets are ignored. */
static void test_trailing(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_N; i++) {
		uint8_t octets[ZAPI_MAX_LEN] = {0};
		size_t n = golden_octets(&goldens[i], octets) + 3;

		if (strcmp(goldens[i].name, "NEXTHOP_REGISTER") == 0)
			continue; /* a list: more octets are another entry */
		octets[0] = (uint8_t)(n >> 8);
		octets[1] = (uint8_t)n;
		assert_int_equal(decode_exactly(octets, n, goldens[i].from, goldens[i].dialect),
				 goldens[i].verdict);
	}
}

static void test_frame(void **state)
{
	uint8_t h[ZAPI_HEADER_LEN] = {0x12, 0x34, 254, 6, 0, 0, 0, 0, 0, 8};

	(void)state;
	assert_int_equal(zapi_frame_len(span_of(h, 10)), 0x1234);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(zapi_frame_len(span_of(h, i)), 0);
	h[2] = 255;
	assert_int_equal(zapi_frame_len(span_of(h, 10)), -1);
	assert_int_equal(zapi_frame_len(span_of(h, 3)), -1);
	h[2] = 254;
	h[3] = 5;
	assert_int_equal(zapi_frame_len(span_of(h, 10)), -1);
	h[3] = 6;
	h[0] = 0;
	h[1] = 9;
	assert_int_equal(zapi_frame_len(span_of(h, 10)), -1);
	h[1] = 10;
	assert_int_equal(zapi_frame_len(span_of(h, 10)), 10);
	h[0] = h[1] = 255;
	assert_int_equal(zapi_frame_len(span_of(h, 10)), 65535);
}

/* Changes one octet of a recorded message and decodes it. */
static enum zapi_verdict with(const char *name, size_t at, uint8_t value)
{
	uint8_t octets[ZAPI_MAX_LEN];
	size_t n;

	for (size_t i = 0; i < GOLDEN_N; i++) {
		if (strcmp(goldens[i].name, name) != 0)
			continue;
		n = golden_octets(&goldens[i], octets);
		octets[at] = value;
		return decode_exactly(octets, n, goldens[i].from, goldens[i].dialect);
	}
	fail_msg("no recorded %s", name);
	return ZAPI_OK;
}

static void test_bad_fields(void **state)
{
	(void)state;
	/* ROUTE_ADD: type at 10, family 22, destination length 23, source length 24. */
	assert_int_equal(with("ROUTE_ADD (::/0,S)", 10, ROUTE_TYPE_MAX), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD (::/0,S)", 22, 7), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD (::/0,S)", 23, 129), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD (::/0,S)", 24, 0), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD (::/0,S)", 24, 129), ZAPI_INVALID);
	/* A source with an IPv4 destination. */
	assert_int_equal(with("ROUTE_ADD (::/0,S)", 22, 2), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD IPv4", 23, 33), ZAPI_INVALID);
	/* Next hops: 257 of them, type 0 and 7, blackhole type 4. */
	assert_int_equal(with("ROUTE_ADD plain", 30, 2), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD plain", 36, 0), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD plain", 36, 7), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_ADD unreachable", 45, 4), ZAPI_INVALID);
	/* Names without an end, and an empty one. */
	assert_int_equal(with("VRF_ADD", 50, 0), ZAPI_INVALID);
	assert_int_equal(with("INTERFACE_ADD", 10, 0), ZAPI_INVALID);
	/* Hardware address of more than 20 octets. */
	assert_int_equal(with("INTERFACE_ADD", 72, 21), ZAPI_INVALID);
	assert_int_equal(with("INTERFACE_ADDRESS_ADD IPv4", 20, 33), ZAPI_INVALID);
	assert_int_equal(with("INTERFACE_ADDRESS_ADD IPv4", 15, 1), ZAPI_INVALID);
	assert_int_equal(with("REDISTRIBUTE_ADD", 11, ROUTE_TYPE_MAX), ZAPI_INVALID);
	assert_int_equal(with("CLIENT_CAPABILITIES graceful", 13, 6), ZAPI_INVALID);
	assert_int_equal(with("NEXTHOP_REGISTER", 16, 129), ZAPI_INVALID);
	assert_int_equal(with("ROUTE_NOTIFY_OWNER", 15, 129), ZAPI_INVALID);
	/* Commands that do not exist, or not in this direction. */
	assert_int_equal(with("ROUTE_ADD plain", 9, 137), ZAPI_UNKNOWN);
	assert_int_equal(with("ROUTE_ADD plain", 8, 0xff), ZAPI_UNKNOWN);
	assert_int_equal(with("ROUTE_ADD plain", 9, ZAPI_REDISTRIBUTE_ROUTE_ADD), ZAPI_UNKNOWN);
	assert_int_equal(with("CAPABILITIES", 9, ZAPI_HELLO), ZAPI_UNKNOWN);
}

/* Next hops with what we do not use in them: stepped over, field by field. */
static void test_foreign_nexthop(void **state)
{
	static const uint8_t route[] = {
		0,    0,  254,	6,    0, 0, 0, 0,    0, ZAPI_ROUTE_ADD, /* header */
		9,    0,  0,	0,    0, 0, 0, 0,    0, 0x06,
		0x45,					/* type, instance, flags, message */
		1,    10, 8,	0x20,			/* SAFI, family, 2000::/8 */
		0,    1,  0,	0,    0, 0, 1, 0x7e,	/* one next hop, all flags but ONLINK */
		0,    0,  0,	3,			/* ifindex */
		2,    1,  1,	1,    1, 2, 2, 2,    2, /* two labels */
		0,    0,  0,	5,			/* weight */
		1,    2,  3,	4,    5, 6,		/* router MAC */
		0,    0,  0,	9,			/* colour */
		1,    0,				/* backup index */
		0,    0,  0,	0,    0, 0, 0, 0,    0, 0,
		0,    0,  0,	0,    0, 0, 0, 0,    0, 0,
		0,    0,  0,	0,    0, 0, 0, 0,    0, 0,
		0,    0,  0,	0,    0, 0, 0, 0,    0, 0,
		0,    0,  0,	0,    0, 1, 0, 0,    0, 0,
		1,    0,  0,	0,    0, 4, 0, 0,    0, 8, /* one backup, with colour */
		0,    0,  0,	77,			   /* metric */
		0,    2,  0xaa, 0xbb,			   /* opaque */
	};
	struct zapi_msg *m = malloc(sizeof(*m));
	uint8_t copy[sizeof(route)];

	(void)state;
	memcpy(copy, route, sizeof(copy));
	copy[1] = sizeof(copy);
	assert_int_equal(zapi_decode(span_of(copy, sizeof(copy)), ZAPI_FROM_CLIENT, ZAPI_8_4, m),
			 ZAPI_OK);
	assert_int_equal(m->u.route.n_nexthops, 1);
	assert_int_equal(m->u.route.nexthops[0].ifindex, 3);
	assert_int_equal(m->u.route.nexthops[0].weight, 5);
	assert_int_equal(m->u.route.metric, 77);
	for (size_t n = ZAPI_HEADER_LEN; n < sizeof(copy); n++) {
		copy[1] = (uint8_t)n;
		assert_int_equal(decode_exactly(copy, n, ZAPI_FROM_CLIENT, ZAPI_8_4), ZAPI_SHORT);
	}
	free(m);
}

/* The same in 10.3: a label type, a wide weight, a list of segments. */
static void test_foreign_nexthop_10_3(void **state)
{
	static const uint8_t head[] = {
		0,  0,	254, 6,	   0, 0, 0, 0, 0, 9,	      /* ROUTE_ADD */
		10, 0,	0,   0,	   0, 0, 0, 0, 0, 0, 5,	      /* bgp; NEXTHOP, METRIC */
		1,  10, 8,   0x20, 0, 1, 0, 0, 0, 0, 1, 0x16, /* LABEL, WEIGHT, SEG6 */
		0,  0,	0,   3,	   2, 1, 1, 1, 1, 1, 2, 2,
		2,  2,				  /* ifindex, two labels of type 1 */
		0,  0,	0,   0,	   0, 0, 0, 5, 2, /* weight, two segments */
	};
	uint8_t copy[sizeof(head) + 32 + 4] = {0};
	struct zapi_msg *m = malloc(sizeof(*m));

	(void)state;
	memcpy(copy, head, sizeof(head));
	copy[1] = sizeof(copy);
	copy[sizeof(copy) - 1] = 77;
	assert_int_equal(zapi_decode(span_of(copy, sizeof(copy)), ZAPI_FROM_CLIENT, ZAPI_10_3, m),
			 ZAPI_OK);
	assert_int_equal(m->u.route.type, ROUTE_BGP);
	assert_int_equal(m->u.route.nexthops[0].weight, 5);
	assert_int_equal(m->u.route.metric, 77);
	for (size_t n = ZAPI_HEADER_LEN; n < sizeof(copy); n++) {
		copy[1] = (uint8_t)n;
		assert_int_equal(decode_exactly(copy, n, ZAPI_FROM_CLIENT, ZAPI_10_3), ZAPI_SHORT);
	}
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),	cmocka_unit_test(test_trailing),
		cmocka_unit_test(test_frame),		cmocka_unit_test(test_bad_fields),
		cmocka_unit_test(test_foreign_nexthop), cmocka_unit_test(test_foreign_nexthop_10_3),
	};

	return cmocka_run_group_tests_name("zapi truncation", tests, NULL, NULL);
}
