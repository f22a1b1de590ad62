/* SPDX-License-Identifier: MIT */
/*
 * The ZAPI codec under arbitrary octets, from either side and in either dialect:
 * no read past the end, and what decodes can be sent and decoded again, to the same octets.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/driver.h"
#include "tests/unit/zapi/golden.h"

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static struct fuzz_seed seeds[GOLDEN_N];
	static uint8_t octets[GOLDEN_N][512];
	uint8_t buf[ZAPI_MAX_LEN];

	for (size_t i = 0; i < GOLDEN_N; i++) {
		seeds[i].len = golden_octets(&goldens[i], buf);
		memcpy(octets[i], buf, seeds[i].len);
		seeds[i].octets = octets[i];
	}
	*n = GOLDEN_N;
	return seeds;
}

/* A next hop with fields that are stepped over decodes, but is not sent again
 * as it was; everything else is. */
static void again(const struct zapi_msg *m, enum zapi_from from, enum zapi_dialect d)
{
	static struct zapi_msg back;
	uint8_t once[ZAPI_MAX_LEN], twice[ZAPI_MAX_LEN];
	struct wr w1 = wr_init(once, sizeof(once)), w2 = wr_init(twice, sizeof(twice));

	if (!zapi_encode(&w1, from, d, m))
		return; /* heard only */
	if (zapi_decode(span_of(once, wr_len(&w1)), from, d, &back) != ZAPI_OK)
		abort();
	if (!zapi_encode(&w2, from, d, &back) || wr_len(&w1) != wr_len(&w2) ||
	    memcmp(once, twice, wr_len(&w1)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum zapi_from sides[] = {ZAPI_FROM_CLIENT, ZAPI_FROM_ZEBRA};
	static struct zapi_msg m;
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	for (size_t n = 0; n < 2 * ZAPI_DIALECTS; n++) {
		size_t i = n / ZAPI_DIALECTS;
		enum zapi_dialect d = (enum zapi_dialect)(n % ZAPI_DIALECTS);

		/* As it is, and with a header that fits. */
		if (zapi_decode(span_of(data, size), sides[i], d, &m) == ZAPI_OK)
			again(&m, sides[i], d);
		if (size < ZAPI_HEADER_LEN || size > ZAPI_MAX_LEN)
			continue;
		copy[0] = (uint8_t)(size >> 8);
		copy[1] = (uint8_t)size;
		copy[2] = ZAPI_MARKER;
		copy[3] = ZAPI_VERSION;
		if (zapi_decode(span_of(copy, size), sides[i], d, &m) == ZAPI_OK)
			again(&m, sides[i], d);
	}
	free(copy);
	return 0;
}
