/* SPDX-License-Identifier: MIT */
/* Inside of the ZAPI codec: what its files share. */
#ifndef SRCDEST_ZAPI_ZAPI_IMPL_H
#define SRCDEST_ZAPI_ZAPI_IMPL_H

#include "lib/zapi/zapi.h"

/* Address families as ZAPI carries them: Linux's numbers. */
#define ZAPI_AF_IP4   2
#define ZAPI_AF_IP6   10

#define ZAPI_COMMANDS 137 /* in 8.4 */

typedef enum zapi_verdict (*zapi_decode_fn)(struct rd *r, struct zapi_msg *m);
typedef void (*zapi_encode_fn)(struct wr *w, const struct zapi_msg *m);

/* SHORT wins over INVALID: past the end everything reads as zero. */
enum zapi_verdict zapi_judge(const struct rd *r, bool valid);
/* FAM_NONE: not one that ZAPI knows. */
enum family zapi_family(unsigned int af);
uint16_t zapi_af(enum family f);

/* False: no such family, or longer than its family. `full` has the whole
 * address, otherwise only the octets that the length needs. */
bool zapi_rd_short_prefix(struct rd *r, enum family f, struct prefix *out);
bool zapi_rd_full_prefix(struct rd *r, enum family f, struct prefix *out);
struct addr zapi_rd_addr(struct rd *r, enum family f);
void zapi_wr_short_prefix(struct wr *w, const struct prefix *p);
void zapi_wr_full_prefix(struct wr *w, const struct prefix *p);
void zapi_wr_addr(struct wr *w, enum family f, const struct addr *a);
/* A few fields are raw C memory in the sender's byte order. */
uint32_t zapi_rd_native32(struct rd *r);
void zapi_wr_native32(struct wr *w, uint32_t v);

/* zapi_route.c */
enum zapi_verdict zapi_rd_route(struct rd *r, struct zapi_msg *m);
void zapi_wr_route(struct wr *w, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_notify(struct rd *r, struct zapi_msg *m);
void zapi_wr_notify(struct wr *w, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_nexthop_regs(struct rd *r, struct zapi_msg *m);
void zapi_wr_nexthop_regs(struct wr *w, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_nexthop_update(struct rd *r, struct zapi_msg *m);
void zapi_wr_nexthop_update(struct wr *w, const struct zapi_msg *m);

#endif
