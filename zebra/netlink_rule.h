/* SPDX-License-Identifier: MIT */
/*
 * Policy rules in rtnetlink: "packets from S look into table T". Ours carry
 * zebra's protocol number (FRA_PROTOCOL), a preference that follows from the
 * length of S, and nothing else to match by; what is otherwise is somebody
 * else's and left alone.
 */
#ifndef SRCDEST_ZEBRA_NETLINK_RULE_H
#define SRCDEST_ZEBRA_NETLINK_RULE_H

#include <stdint.h>

#include "zebra/netlink_codec.h"

struct nl_rule {
	struct prefix src;
	uint32_t table;
	uint32_t preference;
	uint8_t protocol;
	bool simple; /* matches the source and nothing else, and looks into `table` */
};

enum nl_verdict nl_parse_rule(const struct nlmsghdr *h, struct nl_rule *out);

/* FIB_RULE_ADD and FIB_RULE_DEL; as nl_put_op(), which calls it. */
struct nlmsghdr *nl_put_rule(void *buf, const struct fib_op *op, uint32_t seq);

#endif
