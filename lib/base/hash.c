/* SPDX-License-Identifier: MIT */
/* FNV-1a, and the finish of splitmix64. */
#include "lib/base/hash.h"

void hash_octets(hash_t *h, const void *p, size_t n)
{
	const uint8_t *o = p;

	while (n--)
		h->h = (h->h ^ *o++) * UINT64_C(0x100000001b3);
}

void hash_uint(hash_t *h, uint64_t v)
{
	uint8_t octets[8];

	for (unsigned int k = 0; k < sizeof(octets); k++)
		octets[k] = (uint8_t)(v >> 8 * k);
	hash_octets(h, octets, sizeof(octets));
}

uint64_t hash_spread(hash_t h)
{
	uint64_t v = h.h;

	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}
