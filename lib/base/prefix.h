/* SPDX-License-Identifier: MIT */
/*
 * Addresses, prefixes and the canonical (destination, source) pair.
 *
 * Every prefix that leaves a constructor here is canonical: bits past plen
 * are zero, and so are the octets an IPv4 address does not have. Equal
 * prefixes are therefore equal in every octet. Do not fill the structs by
 * hand.
 *
 * A route is the pair (D,S) (RFC 9079 3). A plain route is the pair whose
 * source is the whole family, ::/0 or 0.0.0.0/0; there is no other spelling
 * for "no source".
 */
#ifndef SRCDEST_BASE_PREFIX_H
#define SRCDEST_BASE_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Own numbers: the pure rooms know no socket header. */
enum family {
	FAM_NONE = 0,
	FAM_IP4 = 4,
	FAM_IP6 = 6,
};

struct addr { /* IPv4 in the first four octets */
	uint8_t b[16];
};

struct prefix {
	struct addr addr;
	uint8_t family; /* enum family */
	uint8_t plen;
};

struct sdprefix {
	struct prefix dst, src; /* of one family, always */
};

/* 32 or 128; octets: 4 or 16. */
unsigned int family_bits(enum family f);
unsigned int family_octets(enum family f);

struct addr addr_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
/* Copies the family's octets from network-order memory, zeroes the rest. */
struct addr addr_from(enum family f, const void *octets);
bool addr_is_zero(const struct addr *a);
bool addr_is_linklocal(enum family f, const struct addr *a); /* fe80::/10, 169.254/16 */
bool addr_is_multicast(enum family f, const struct addr *a);
bool addr_is_loopback(enum family f, const struct addr *a);  /* ::1, 127/8 */
unsigned int addr_bit(const struct addr *a, unsigned int i); /* bit 0 is the first on the wire */
/* The first and the second half as numbers, bit 0 being the highest. */
static inline uint64_t addr_word(const struct addr *a, unsigned int half)
{
	const uint8_t *b = a->b + 8 * half;

	return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
	       (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
	       (uint64_t)b[6] << 8 | b[7];
}
static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->b, sizeof(x));
	memcpy(y, b->b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}
static inline int addr_cmp(const struct addr *a, const struct addr *b)
{
	uint64_t x = addr_word(a, 0), y = addr_word(b, 0);

	if (x == y) {
		x = addr_word(a, 1);
		y = addr_word(b, 1);
	}
	return (x > y) - (x < y);
}
/* How many leading bits a and b share, at most `max`. */
static inline unsigned int addr_common(const struct addr *a, const struct addr *b, unsigned int max)
{
	uint64_t first = addr_word(a, 0) ^ addr_word(b, 0);
	uint64_t rest = first ? first : addr_word(a, 1) ^ addr_word(b, 1);
	unsigned int n = first ? 0 : 64;

	n += rest ? (unsigned int)__builtin_clzll(rest) : 64;
	return n < max ? n : max;
}

/* Masks. Fails (and leaves *out alone) if plen is more than the family has. */
bool prefix_make(struct prefix *out, enum family f, const struct addr *a, unsigned int plen);
struct prefix prefix_any(enum family f);			/* ::/0, 0.0.0.0/0 */
struct prefix prefix_host(enum family f, const struct addr *a); /* /128, /32 */
static inline bool prefix_is_any(const struct prefix *p)
{
	return p->plen == 0;
}
static inline bool prefix_eq(const struct prefix *a, const struct prefix *b)
{
	return a->plen == b->plen && a->family == b->family && addr_eq(&a->addr, &b->addr);
}
/* The order of walks: by address, then the shorter first; families apart. */
static inline int prefix_cmp(const struct prefix *a, const struct prefix *b)
{
	int c = a->family == b->family ? addr_cmp(&a->addr, &b->addr) : a->family - b->family;

	return c ? c : a->plen - b->plen;
}
/* Equal counts. */
static inline bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->family == inner->family && outer->plen <= inner->plen &&
	       addr_common(&outer->addr, &inner->addr, outer->plen) == outer->plen;
}
static inline bool prefix_has(const struct prefix *p, enum family f, const struct addr *a)
{
	return p->family == f && addr_common(&p->addr, a, p->plen) == p->plen;
}

/* The one constructor of the pair. src may be NULL: any. Fails if the
 * families differ. Both prefixes must be canonical. */
bool sdprefix_make(struct sdprefix *out, const struct prefix *dst, const struct prefix *src);
static inline enum family sdprefix_family(const struct sdprefix *p)
{
	return (enum family)p->dst.family;
}
static inline bool sdprefix_is_plain(const struct sdprefix *p)
{
	return p->src.plen == 0;
}
static inline bool sdprefix_eq(const struct sdprefix *a, const struct sdprefix *b)
{
	return prefix_eq(&a->dst, &b->dst) && prefix_eq(&a->src, &b->src);
}
/* By destination, then by source: a destination's plain route comes first. */
int sdprefix_cmp(const struct sdprefix *a, const struct sdprefix *b);

/* Text. The buffers hold the longest form and its NUL; the functions return
 * buf. A pair prints as "D" when plain and as "D from S" otherwise, IPv6 in
 * the form of RFC 5952. Parsing is strict: whole string, one spelling of the
 * length, host bits are masked away. */
#define ADDR_STR     46
#define PREFIX_STR   50
#define SDPREFIX_STR 106
const char *addr_str(enum family f, const struct addr *a, char buf[ADDR_STR]);
const char *prefix_str(const struct prefix *p, char buf[PREFIX_STR]);
const char *sdprefix_str(const struct sdprefix *p, char buf[SDPREFIX_STR]);
bool addr_parse(const char *s, enum family *f, struct addr *out);
bool prefix_parse(const char *s, struct prefix *out);

#endif
