/* SPDX-License-Identifier: MIT */
/*
 * Recorded ZAPI messages of FRR 8.4.4, the same in 10.3's layouts, and the structs they must decode
 * to. Blanks separate fields; "00*36" stands for 36 zero octets.
 */
#ifndef SRCDEST_TESTS_ZAPI_GOLDEN_H
#define SRCDEST_TESTS_ZAPI_GOLDEN_H

#include "lib/zapi/zapi.h"

struct golden {
	const char *name;
	const char *hex;
	enum zapi_from from;
	enum zapi_verdict verdict;
	void (*build)(struct zapi_msg *m); /* NULL unless the verdict is ZAPI_OK */
	enum zapi_dialect dialect;
};

#define GOLDEN_N 54
extern const struct golden goldens[GOLDEN_N];

/* Octets of g into buf (ZAPI_MAX_LEN); returns how many. */
size_t golden_octets(const struct golden *g, uint8_t *buf);

#endif
