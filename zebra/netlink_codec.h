/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink messages, octets to plain structs and back (on libmnl).
 *
 * The parsers check structure: a message too short for its fixed part, an
 * attribute too short for its type or a prefix longer than its family is
 * NL_BAD; one that is well-formed but none of our business (a bridge port's
 * link message, another family) is NL_IGNORE. They own nothing and never
 * read past nlmsg_len.
 */
#ifndef SRCDEST_ZEBRA_NETLINK_CODEC_H
#define SRCDEST_ZEBRA_NETLINK_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/prefix.h"
#include "zebra/core/rib.h"

struct nlmsghdr;

#define NL_IFNAME	    16
#define NL_HWADDR	    20
/* What zebra writes its routes with (RTA_PRIORITY): plain ones as FRR does.
 * (D,S) ones must not have the same: where D has no source in the kernel (any
 * more: an interface may have taken the last one along), the kernel takes the
 * deletion of a (D,S) for one of the plain D, if the rest is alike. */
#define NL_PRIORITY_PLAIN   20
#define NL_PRIORITY_SOURCED 21
/* rtm_protocol of route types that have no number of their own. */
#define NL_RTPROTO_ZEBRA    11

enum nl_verdict { NL_OK, NL_IGNORE, NL_BAD };

struct nl_link {
	uint32_t ifindex;
	char name[NL_IFNAME];
	uint32_t flags; /* IFF_ */
	uint32_t mtu;
	uint32_t lower;	 /* ifindex of the lower link (veth: the peer's), 0: none */
	uint32_t master; /* 0: none */
	uint16_t arphrd; /* ARPHRD_ */
	uint8_t hwaddr_len;
	uint8_t hwaddr[NL_HWADDR];
};

struct nl_addr {
	uint32_t ifindex;
	uint32_t flags; /* IFA_F_ */
	enum family family;
	uint8_t plen;
	uint8_t scope;
	struct addr addr; /* our own address */
	struct addr peer; /* zeros: none, the prefix is addr/plen; else it is peer/plen */
};

struct nl_route {
	struct sdprefix pair;
	uint32_t table;
	bool ruled; /* never from a message: the source is of the rule to `table` */
	uint32_t priority;
	uint32_t mtu;
	struct addr prefsrc; /* zeros: none */
	uint32_t flags;	     /* RTM_F_, RTNH_F_ */
	uint8_t protocol;
	uint8_t type; /* RTN_ */
	uint8_t tos;
	/* RTN_UNICAST: gateways and interfaces; the blackhole kinds: one. A
	 * type that is not for forwarding (local, broadcast) has none. */
	uint32_t n_nexthops;
	struct rib_nexthop nexthops[RIB_MAX_NEXTHOPS];
};

enum nl_verdict nl_parse_link(const struct nlmsghdr *h, struct nl_link *out);
enum nl_verdict nl_parse_addr(const struct nlmsghdr *h, struct nl_addr *out);
enum nl_verdict nl_parse_route(const struct nlmsghdr *h, struct nl_route *out);

/* The answer to a request: errno (0: done), and the kernel's own words, which
 * point into the message, or NULL. False: h is no such answer. */
bool nl_parse_ack(const struct nlmsghdr *h, int *error, const char **text);

/* No message from nl_put_op() is longer. */
#define NL_OP_MAX 4096
/* Writes the request for one operation at buf (NL_OP_MAX octets, aligned for
 * a struct nlmsghdr) with an ACK asked for. */
struct nlmsghdr *nl_put_op(void *buf, const struct fib_op *op, uint32_t seq);

uint32_t nl_route_priority(const struct sdprefix *pair);
/* The same for a route as the FIB compiler wants it: where a rule has the
 * source the kernel's route is plain. */
uint32_t nl_op_priority(const struct fib_route *r);
/* rtm_protocol with which a route of this type is written. */
uint8_t nl_rtproto_of_type(uint8_t type);
/* Is this a protocol number under which zebra itself writes routes? */
bool nl_rtproto_is_ours(uint8_t rtproto);

#endif
