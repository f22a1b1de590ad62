/* SPDX-License-Identifier: MIT */
/* Inside of the ZAPI codec: what its files share. */
#ifndef SRCDEST_ZAPI_ZAPI_IMPL_H
#define SRCDEST_ZAPI_ZAPI_IMPL_H

#include "lib/zapi/zapi.h"

/* Address families as ZAPI carries them: Linux's numbers. */
#define ZAPI_AF_IP4   2
#define ZAPI_AF_IP6   10

#define ZAPI_COMMANDS 149 /* 8.4's 137, and 10.3's new ones */

/* A column of the table: which fields there are. */
struct zapi_layout {
	enum zapi_dialect dialect;
	bool hello_notify; /* HELLO asks for notification */
	bool txqlen;	   /* INTERFACE_*: u32 between speed and MTU */
	bool label_type;   /* u8 behind the number of labels */
	bool weight64;	   /* the weight of a next hop is u64 */
	bool seg6_list;	   /* segments are counted */
	bool caps_extra;   /* CAPABILITIES: two octets more */
	bool notify_src;   /* ROUTE_NOTIFY_OWNER: the source, a full prefix */
	bool nht_count16;  /* NEXTHOP_UPDATE: next hops are counted in u16 */
};

/* zapi_dialect.c */
const struct zapi_layout *zapi_layout(enum zapi_dialect d);
/* ZAPI_NO_CMD and ROUTE_TYPE_UNKNOWN: not in this dialect. */
uint16_t zapi_cmd_of_wire(enum zapi_dialect d, uint16_t number);
uint16_t zapi_cmd_to_wire(enum zapi_dialect d, uint16_t cmd);
uint8_t zapi_rd_type(struct rd *r, const struct zapi_layout *l);
/* A type without a number there spoils the message. */
void zapi_wr_type(struct wr *w, const struct zapi_layout *l, uint8_t type);

typedef enum zapi_verdict (*zapi_decode_fn)(struct rd *r, struct zapi_msg *m);
typedef void (*zapi_encode_fn)(struct wr *w, const struct zapi_msg *m);
/* Of messages whose fields depend on the dialect. */
typedef enum zapi_verdict (*zapi_decode_in_fn)(struct rd *r, const struct zapi_layout *l,
					       struct zapi_msg *m);
typedef void (*zapi_encode_in_fn)(struct wr *w, const struct zapi_layout *l,
				  const struct zapi_msg *m);

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

/* zapi_nexthop.c. `message` is the message's bits, of which SRTE counts. */
bool zapi_rd_nexthop(struct rd *r, const struct zapi_layout *l, uint32_t message,
		     struct zapi_nexthop *nh);
void zapi_wr_nexthop(struct wr *w, const struct zapi_layout *l, const struct zapi_nexthop *nh);
enum zapi_verdict zapi_rd_nexthop_regs(struct rd *r, struct zapi_msg *m);
void zapi_wr_nexthop_regs(struct wr *w, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_nexthop_update(struct rd *r, const struct zapi_layout *l,
					 struct zapi_msg *m);
void zapi_wr_nexthop_update(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);

/* zapi_label.c */
enum zapi_verdict zapi_rd_label_hello(struct rd *r, const struct zapi_layout *l,
				       struct zapi_msg *m);
void zapi_wr_label_hello(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_label_answer(struct rd *r, const struct zapi_layout *l,
				       struct zapi_msg *m);
void zapi_wr_label_answer(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_label_ask(struct rd *r, const struct zapi_layout *l,
				       struct zapi_msg *m);
void zapi_wr_label_ask(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_label_chunk(struct rd *r, const struct zapi_layout *l,
				       struct zapi_msg *m);
void zapi_wr_label_chunk(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_label_release(struct rd *r, const struct zapi_layout *l,
				       struct zapi_msg *m);
void zapi_wr_label_release(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);

/* zapi_route.c */
enum zapi_verdict zapi_rd_route(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m);
void zapi_wr_route(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);
enum zapi_verdict zapi_rd_notify(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m);
void zapi_wr_notify(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m);

#endif
