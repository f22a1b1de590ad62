/* SPDX-License-Identifier: MIT */
/* Addresses, prefixes and the (D,S) pair. */
#include "lib/base/prefix.h"

#include <assert.h>
#include <string.h>

unsigned int family_octets(enum family f)
{
	switch (f) {
	case FAM_NONE:
		return 0;
	case FAM_IP4:
		return 4;
	case FAM_IP6:
		return 16;
	}
	return 0;
}

unsigned int family_bits(enum family f)
{
	return family_octets(f) * 8;
}

struct addr addr_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct addr){.b = {a, b, c, d}};
}

struct addr addr_from(enum family f, const void *octets)
{
	struct addr a = {0};
	unsigned int n = family_octets(f);

	if (n)
		memcpy(a.b, octets, n);
	return a;
}

bool addr_is_zero(const struct addr *a)
{
	static const struct addr zero;

	return addr_cmp(a, &zero) == 0;
}

bool addr_is_linklocal(enum family f, const struct addr *a)
{
	switch (f) {
	case FAM_NONE:
		return false;
	case FAM_IP4:
		return a->b[0] == 169 && a->b[1] == 254;
	case FAM_IP6:
		return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
	}
	return false;
}

bool addr_is_multicast(enum family f, const struct addr *a)
{
	switch (f) {
	case FAM_NONE:
		return false;
	case FAM_IP4:
		return (a->b[0] & 0xf0) == 0xe0;
	case FAM_IP6:
		return a->b[0] == 0xff;
	}
	return false;
}

bool addr_is_loopback(enum family f, const struct addr *a)
{
	static const struct addr one = {.b = {[15] = 1}};

	switch (f) {
	case FAM_NONE:
		return false;
	case FAM_IP4:
		return a->b[0] == 127;
	case FAM_IP6:
		return addr_cmp(a, &one) == 0;
	}
	return false;
}

unsigned int addr_bit(const struct addr *a, unsigned int i)
{
	assert(i < 128);
	return a->b[i / 8] >> (7 - i % 8) & 1;
}

bool prefix_make(struct prefix *out, enum family f, const struct addr *a, unsigned int plen)
{
	struct prefix p = {.family = (uint8_t)f, .plen = (uint8_t)plen};

	if (f == FAM_NONE || plen > family_bits(f))
		return false;
	memcpy(p.addr.b, a->b, (plen + 7) / 8);
	if (plen % 8)
		p.addr.b[plen / 8] &= (uint8_t)(0xff00 >> plen % 8);
	*out = p;
	return true;
}

struct prefix prefix_any(enum family f)
{
	return (struct prefix){.family = (uint8_t)f};
}

struct prefix prefix_host(enum family f, const struct addr *a)
{
	return (struct prefix){
		.addr = addr_from(f, a->b), .family = (uint8_t)f, .plen = (uint8_t)family_bits(f)};
}

bool sdprefix_make(struct sdprefix *out, const struct prefix *dst, const struct prefix *src)
{
	struct prefix any = prefix_any((enum family)dst->family);

	if (!src)
		src = &any;
	if (dst->family == FAM_NONE || dst->family != src->family)
		return false;
	*out = (struct sdprefix){.dst = *dst, .src = *src};
	return true;
}

int sdprefix_cmp(const struct sdprefix *a, const struct sdprefix *b)
{
	int c = prefix_cmp(&a->dst, &b->dst);

	return c ? c : prefix_cmp(&a->src, &b->src);
}
