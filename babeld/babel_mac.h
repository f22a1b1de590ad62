/* SPDX-License-Identifier: MIT */
/*
 * Message authentication codes, RFC 8967 4.1: HMAC-SHA256 (RFC 2104) and
 * keyed BLAKE2s (RFC 7693) with digests of 16 octets, which is a parameter of
 * that hash and not a longer digest cut short. The arithmetic is OpenSSL's.
 */
#ifndef SRCDEST_BABEL_MAC_H
#define SRCDEST_BABEL_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/span.h"

enum babel_mac_algorithm { MAC_HMAC_SHA256, MAC_BLAKE2S128 };

#define BABEL_SECRET_MAX	 64 /* octets: the block of SHA256 */
#define BABEL_SECRET_BLAKE2S_MAX 32 /* RFC 7693 2.1 */

/* Octets of a digest, and of the longest secret. */
size_t babel_mac_len(enum babel_mac_algorithm a);
size_t babel_mac_secret_max(enum babel_mac_algorithm a);

/* One secret, ready to be used. */
struct babel_mac;
/* The secret, of 1 to babel_mac_secret_max() octets, is copied. NULL: OpenSSL
 * has not got the algorithm, or does not allow it. */
struct babel_mac *babel_mac_new(enum babel_mac_algorithm a, struct span secret);
/* Nothing of the secret stays in memory. NULL is fine. */
void babel_mac_free(struct babel_mac *m);
/* babel_mac_len() octets of the digest of first and second. */
bool babel_mac_digest(struct babel_mac *m, struct span first, struct span second, uint8_t *out);

#endif
