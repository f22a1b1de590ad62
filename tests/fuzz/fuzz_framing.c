/* SPDX-License-Identifier: MIT */
/* NETCONF framing: the first octet says which, the second how the rest is cut. */
#include <stdlib.h>
#include <string.h>

#include "netconfd/framing.h"
#include "tests/fuzz/driver.h"

#define SEED(s) \
	{ \
		s, sizeof(s) - 1 \
	}

static const struct fuzz_seed seeds[] = {
	SEED("\0\3<hello/>]]>]]><rpc/>]]>]]>"),
	SEED("\1\1\n#4\n<rpc\n#2\n/>\n##\n\n#1\na\n##\n"),
	SEED("\1\7\n#4294967295\nabc"),
	SEED("\1\2\n##\n"),
	SEED("\1\2\n#zz\n"),
};

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memtag mem = {.name = "fuzz"};
	struct framing f;
	size_t at = 2, total = 0;

	if (size < 2)
		return 0;
	framing_init(&f, &mem);
	if (data[0] & 1)
		framing_chunked(&f);
	while (at < size) {
		size_t step = (size_t)(data[1] % 64) + 1, used = 0;
		enum framing_verdict v;

		if (step > size - at)
			step = size - at;
		v = framing_read(&f, span_of(data + at, step), &used);
		if (used > step || f.len > f.room)
			abort();
		at += used;
		if (v == FRAMING_BAD) {
			if (!f.why)
				abort();
			break;
		}
		if (v == FRAMING_MORE && used != step)
			abort();
		if (v == FRAMING_MESSAGE) {
			total += f.len;
			framing_next(&f);
		}
	}
	/* No octet comes out twice. */
	if (total > size)
		abort();
	framing_clear(&f);
	if (mem.count)
		abort();
	return 0;
}
