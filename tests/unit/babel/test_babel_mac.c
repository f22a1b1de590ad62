/* SPDX-License-Identifier: MIT */
/* RFC 8967 4.1: how a MAC is made. Expected octets come from Python's hashlib
 * and hmac, not from here. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "babeld/babel_mac.h"
#include "babeld/core/babel.h"
#include "babeld/core/wire_auth.h"

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	unsigned int v;

	for (; hex[2 * n]; n++) {
		assert_int_equal(sscanf(hex + 2 * n, "%2x", &v), 1);
		out[n] = (uint8_t)v;
	}
	return n;
}

#define PACKET "2a0200160406000012340190110c00000001a0a1a2a3a4a5a6a7"

/* The key is 00 01 .. 1f. */
static const struct {
	enum family family;
	const char *from, *to, *pseudo, *hmac, *blake2s;
} vectors[] = {
	{FAM_IP6, "fe80::1", "ff02::1:6",
	 "fe8000000000000000000000000000011a28ff0200000000000000000000000100061a28",
	 "f9a4701c54aa2ebd2fd7f078595c7159256321e339d33f4012030d28c0132793",
	 "1f0cae708e790b3f1efda135600c8718"},
	{FAM_IP4, "192.0.2.1", "224.0.0.111", "c00002011a28e000006f1a28",
	 "ab853172303092321672e5f6c6a80f15341ec45a4880a52aac668d4793fd3575",
	 "128738773202603bf32b53f5723ad203"},
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static size_t pseudo_of(size_t v, uint8_t out[AUTH_PSEUDO_MAX])
{
	struct addr from, to;
	enum family f;

	assert_true(addr_parse(vectors[v].from, &f, &from) && addr_parse(vectors[v].to, &f, &to));
	assert_int_equal(f, vectors[v].family);
	return wire_auth_pseudo(f, &from, &to, out);
}

static void check(size_t v, enum babel_mac_algorithm a, const char *want)
{
	uint8_t pseudo[AUTH_PSEUDO_MAX], packet[64], key[32], digest[BABEL_MAC_MAX], expected[64];
	size_t len = pseudo_of(v, pseudo), n = unhex(PACKET, packet);
	struct babel_mac *m;

	for (unsigned int k = 0; k < sizeof(key); k++)
		key[k] = (uint8_t)k;
	m = babel_mac_new(a, span_of(key, sizeof(key)));
	assert_non_null(m);
	assert_int_equal(babel_mac_len(a), unhex(want, expected));
	for (unsigned int again = 0; again < 2; again++) { /* the key is not used up */
		memset(digest, 0, sizeof(digest));
		assert_true(babel_mac_digest(m, span_of(pseudo, len), span_of(packet, n), digest));
		assert_memory_equal(digest, expected, babel_mac_len(a));
	}
	babel_mac_free(m);
}

RFC_TEST(8967, "4.1-a", "HMAC-SHA256 and keyed BLAKE2s with 16 octets are implemented")
{
	for (size_t v = 0; v < VECTORS; v++) {
		check(v, MAC_HMAC_SHA256, vectors[v].hmac);
		check(v, MAC_BLAKE2S128, vectors[v].blake2s);
	}
}

/* "As defined in RFC 6234 and Section 2 of RFC 2104": any length of key. These
 * are test cases 1, 2 and 4 of RFC 4231. */
RFC_TEST(8967, "4.1-a", "HMAC-SHA256 takes keys of any length up to its block")
{
	static const struct {
		const char *key, *data, *want;
	} cases[] = {
		{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"0102030405060708090a0b0c0d0e0f10111213141516171819",
		 "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
		 "cdcdcdcdcdcdcdcdcdcd",
		 "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
	};
	uint8_t key[64], data[64], want[64], digest[BABEL_MAC_MAX];

	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		size_t key_len = unhex(cases[k].key, key), len = unhex(cases[k].data, data);
		struct babel_mac *m = babel_mac_new(MAC_HMAC_SHA256, span_of(key, key_len));

		unhex(cases[k].want, want);
		assert_non_null(m);
		assert_true(
			babel_mac_digest(m, span_of(data, 3), span_of(data + 3, len - 3), digest));
		assert_memory_equal(digest, want, 32);
		babel_mac_free(m);
	}
	assert_null(babel_mac_new(MAC_HMAC_SHA256, span_of(key, 0)));
	/* RFC 7693 2.1 */
	assert_null(babel_mac_new(MAC_BLAKE2S128, span_of(key, 33)));
}

RFC_TEST(8967, "4.1-c", "the pseudo-header is of 36 octets over IPv6 and of 12 over IPv4")
{
	uint8_t got[AUTH_PSEUDO_MAX], want[64];

	for (size_t v = 0; v < VECTORS; v++) {
		size_t n = unhex(vectors[v].pseudo, want);

		assert_int_equal(n, vectors[v].family == FAM_IP6 ? 36 : 12);
		assert_int_equal(pseudo_of(v, got), n);
		assert_memory_equal(got, want, n);
	}
}

RFC_MAIN("RFC 8967 4.1: MACs")
