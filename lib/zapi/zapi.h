/* SPDX-License-Identifier: MIT */
/*
 * The messages between zebra and the protocol daemons, in the dialects of FRR
 * (version 6). Pure codec: octets to structs and back, no socket.
 *
 * FRR has moved numbers and fields without moving the version, so octets mean
 * something in a dialect only: enum zapi_dialect, a column of the table in
 * zapi_dialect.c. The structs know no dialects: commands and route types here are
 * 8.4's numbers, and what 8.4 does not have is numbered after them.
 *
 * A message is decoded into one `struct zapi_msg`; the member of the union
 * that counts follows from cmd and, where a command has one form from the
 * client and another from zebra, from the direction. The decoder checks
 * structure only and owns nothing: text and nexthops are copied in.
 *
 * Three additions of ours stand behind the stock fields, where stock peers
 * ignore extra octets:
 *  - CAPABILITIES carries ZAPI_EXT_MAGIC and a flag octet (ZAPI_EXT_*);
 *  - ROUTE_ADD carries ZAPI_EXT_MAGIC, a flag octet (ZAPI_EXT_ROUTE_*) and,
 *    if that says so, the preferred source address (the family's octets);
 *  - ROUTE_NOTIFY_OWNER carries ZAPI_EXT_MAGIC, then destination and source
 *    as full prefixes (u8 length + 16 octets each); 8.4's own field names a
 *    (D,S) route by its source alone and that field is left as 8.4 has it.
 *    10.3 names both by itself and gets no addition.
 */
#ifndef SRCDEST_ZAPI_ZAPI_H
#define SRCDEST_ZAPI_ZAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cursor.h"
#include "lib/base/prefix.h"

#define ZAPI_HEADER_LEN	   10
#define ZAPI_MARKER	   254
#define ZAPI_VERSION	   6
#define ZAPI_MAX_LEN	   16384
#define ZAPI_MAX_NEXTHOPS  256
#define ZAPI_MAX_LABELS	   16
#define ZAPI_IFNAME	   16
#define ZAPI_VRFNAME	   36
#define ZAPI_HWADDR	   20
#define ZAPI_TABLE_MAIN	   254
#define ZAPI_EXT_MAGIC	   0x53445354u /* "SDST" */
#define ZAPI_EXT_SOURCED6  0x01	       /* IPv6 (D,S) routes can be installed */
#define ZAPI_EXT_VIA6	   0x02	       /* ... IPv4 routes with an IPv6 gateway */
#define ZAPI_EXT_SOURCED4  0x04	       /* ... IPv4 (D,S) routes */
#define ZAPI_EXT_ROUTE_SRC 0x01	       /* a preferred source address follows */

enum zapi_dialect {
	ZAPI_8_4,  /* FRR 8.4, Debian 12; what our daemons speak among themselves */
	ZAPI_10_3, /* FRR 10.2 to 10.5, Debian 13 */
	ZAPI_DIALECTS,
};

enum zapi_cmd {
	ZAPI_INTERFACE_ADD = 0,
	ZAPI_INTERFACE_DELETE = 1,
	ZAPI_INTERFACE_ADDRESS_ADD = 2,
	ZAPI_INTERFACE_ADDRESS_DELETE = 3,
	ZAPI_INTERFACE_UP = 4,
	ZAPI_INTERFACE_DOWN = 5,
	ZAPI_ROUTE_ADD = 8,
	ZAPI_ROUTE_DELETE = 9,
	ZAPI_ROUTE_NOTIFY_OWNER = 10,
	ZAPI_REDISTRIBUTE_ADD = 11,
	ZAPI_REDISTRIBUTE_DELETE = 12,
	ZAPI_REDISTRIBUTE_DEFAULT_ADD = 13,
	ZAPI_REDISTRIBUTE_DEFAULT_DELETE = 14,
	ZAPI_ROUTER_ID_ADD = 15,
	ZAPI_ROUTER_ID_DELETE = 16,
	ZAPI_ROUTER_ID_UPDATE = 17,
	ZAPI_HELLO = 18,
	ZAPI_CAPABILITIES = 19,
	ZAPI_NEXTHOP_REGISTER = 20,
	ZAPI_NEXTHOP_UNREGISTER = 21,
	ZAPI_NEXTHOP_UPDATE = 22,
	ZAPI_REDISTRIBUTE_ROUTE_ADD = 30,
	ZAPI_REDISTRIBUTE_ROUTE_DEL = 31,
	ZAPI_VRF_ADD = 33,
	ZAPI_VRF_DELETE = 34,
	ZAPI_BFD_CLIENT_REGISTER = 37,
	ZAPI_LABEL_MANAGER_CONNECT = 50,
	ZAPI_LABEL_MANAGER_CONNECT_ASYNC = 51,
	ZAPI_GET_LABEL_CHUNK = 52,
	ZAPI_RELEASE_LABEL_CHUNK = 53,
	ZAPI_ERROR = 118,
	ZAPI_CLIENT_CAPABILITIES = 119,
	ZAPI_ROUTE_NOTIFY_REQUEST = 124,
	ZAPI_CLIENT_CLOSE_NOTIFY = 125,
	ZAPI_NO_CMD = 0xffff, /* a number that the dialect does not have */
};

enum zapi_route_type { /* FRR 8.4 numbers, then 10.3's new ones */
		       ROUTE_SYSTEM = 0,
		       ROUTE_KERNEL = 1,
		       ROUTE_CONNECTED = 2,
		       ROUTE_STATIC = 3,
		       ROUTE_RIP = 4,
		       ROUTE_RIPNG = 5,
		       ROUTE_OSPF = 6,
		       ROUTE_OSPF6 = 7,
		       ROUTE_ISIS = 8,
		       ROUTE_BGP = 9,
		       ROUTE_TABLE = 15, /* the instance is a kernel table */
		       ROUTE_BABEL = 22,
		       ROUTE_TYPE_ALL = 30,
		       ROUTE_LOCAL = 31,
		       ROUTE_TABLE_DIRECT = 32,
		       ROUTE_TYPE_MAX = 33,
		       ROUTE_TYPE_UNKNOWN = 255, /* beyond the dialect's last */
};

enum zapi_afi { AFI_IP4 = 1, AFI_IP6 = 2 };
enum zapi_safi { SAFI_UNICAST = 1, SAFI_MULTICAST = 2 };

enum zapi_nexthop_type {
	NEXTHOP_IFINDEX = 1,
	NEXTHOP_IP4 = 2,
	NEXTHOP_IP4_IFINDEX = 3,
	NEXTHOP_IP6 = 4,
	NEXTHOP_IP6_IFINDEX = 5,
	NEXTHOP_BLACKHOLE = 6,
};

enum zapi_blackhole {
	BLACKHOLE_UNSPEC = 0,
	BLACKHOLE_DROP = 1,
	BLACKHOLE_REJECT = 2, /* ICMP unreachable */
	BLACKHOLE_PROHIBIT = 3,
};

enum zapi_route_flag {
	ROUTE_FLAG_ALLOW_RECURSION = 0x01,
	ROUTE_FLAG_SELECTED = 0x08,
	ROUTE_FLAG_USE_DISTANCE = 0x40, /* the distance is part of the identity */
};

enum zapi_message_bit {
	ZAPI_MSG_NEXTHOP = 0x001,
	ZAPI_MSG_DISTANCE = 0x002,
	ZAPI_MSG_METRIC = 0x004,
	ZAPI_MSG_TAG = 0x008,
	ZAPI_MSG_MTU = 0x010,
	ZAPI_MSG_SRCPFX = 0x020,
	ZAPI_MSG_BACKUP = 0x040,
	ZAPI_MSG_NHG = 0x080,
	ZAPI_MSG_TABLEID = 0x100,
	ZAPI_MSG_SRTE = 0x200,
	ZAPI_MSG_OPAQUE = 0x400,
};

enum zapi_nexthop_flag {
	ZAPI_NH_ONLINK = 0x01,
	ZAPI_NH_LABEL = 0x02,
	ZAPI_NH_WEIGHT = 0x04,
	ZAPI_NH_HAS_BACKUP = 0x08,
	ZAPI_NH_SEG6 = 0x10,
	ZAPI_NH_SEG6LOCAL = 0x20,
	ZAPI_NH_EVPN = 0x40,
};

enum zapi_notify {
	NOTIFY_FAIL_INSTALL = 0,
	NOTIFY_BETTER_ADMIN_WON = 1,
	NOTIFY_INSTALLED = 2,
	NOTIFY_REMOVED = 3,
	NOTIFY_REMOVE_FAIL = 4,
};

enum zapi_client_capability {
	CLIENT_GR_CAPABILITIES = 1,
	CLIENT_ROUTE_UPDATE_COMPLETE = 2,
	CLIENT_ROUTE_UPDATE_PENDING = 3,
	CLIENT_GR_DISABLE = 4,
	CLIENT_RIB_STALE_TIME = 5,
};

enum zapi_error { ZAPI_ERR_UNKNOWN = 0, ZAPI_ERR_NO_VRF = 1, ZAPI_ERR_INVALID_MSG_TYPE = 2 };

struct zapi_nexthop {
	uint32_t vrf;
	uint8_t type;	   /* enum zapi_nexthop_type */
	uint8_t flags;	   /* enum zapi_nexthop_flag; only ONLINK and WEIGHT are sent */
	uint8_t blackhole; /* enum zapi_blackhole */
	struct addr gate;
	uint32_t ifindex;
	uint32_t weight; /* 0: not set */
};

struct zapi_hello {
	uint8_t type;
	uint16_t instance;
	uint32_t session;
	bool want_notify; /* 10.3 has ROUTE_NOTIFY_REQUEST alone */
	bool synchronous;
};

struct zapi_capabilities {
	uint32_t vrf_backend;
	uint8_t mpls;
	uint32_t ecmp;
	uint8_t mlag_role;
	bool have_ext; /* the peer is a srcdest zebra */
	uint8_t ext;   /* ZAPI_EXT_* */
};

struct zapi_route {
	uint8_t type;
	uint16_t instance;
	uint32_t flags;	  /* enum zapi_route_flag */
	uint32_t message; /* which optional fields count; SRCPFX is set by the encoder from pair */
	uint8_t safi;
	struct sdprefix pair; /* canonical */
	uint32_t nhg;
	uint16_t n_nexthops;
	struct zapi_nexthop nexthops[ZAPI_MAX_NEXTHOPS];
	uint8_t distance; /* 0: the type's default */
	uint32_t metric;
	uint32_t tag;
	uint32_t mtu;
	uint32_t table;
	bool has_src; /* our addition */
	struct addr src;
};

struct zapi_interface {
	char name[ZAPI_IFNAME];
	uint32_t ifindex;
	uint8_t status; /* 1 active, 2 sub-interface, 4 link detection on, 8 VRF */
	uint64_t flags; /* the kernel's IFF_ bits */
	uint32_t metric, speed, mtu, mtu6, bandwidth;
	uint32_t link_ifindex;
	uint32_t link_type; /* FRR's list: 1 Ethernet, 30 loopback, 0 unknown */
	uint8_t hwaddr_len;
	uint8_t hwaddr[ZAPI_HWADDR];
};

struct zapi_address {
	uint32_t ifindex;
	uint8_t flags; /* 1 secondary, 2 has a peer, 4 unnumbered */
	enum family family;
	struct addr addr;
	uint8_t plen;
	struct addr peer; /* zeros: none */
};

struct zapi_vrf {
	uint32_t table;
	char netns[ZAPI_VRFNAME];
	char name[ZAPI_VRFNAME];
};

struct zapi_router_id {
	enum family family;
	struct addr addr;
	uint8_t plen;
};

struct zapi_redistribute {
	uint8_t afi;
	uint8_t type;
	uint16_t instance;
};

struct zapi_route_notify {
	uint32_t code;	      /* enum zapi_notify */
	struct sdprefix pair; /* whole only if have_pair or the route is plain */
	bool have_pair;	      /* 10.3, or our addition is there */
	uint32_t table;
	uint8_t afi, safi;
};

struct zapi_nexthop_reg {
	bool connected_only;
	bool resolve_via_default;
	uint16_t safi;
	struct prefix prefix;
};

struct zapi_nexthop_regs { /* one message may hold several */
	uint16_t n;
	struct zapi_nexthop_reg reg[64];
};

struct zapi_nexthop_update {
	uint32_t message;
	uint16_t safi;
	struct prefix asked;
	struct prefix resolved; /* ::/0 when unresolved */
	uint8_t type;
	uint16_t instance;
	uint8_t distance;
	uint32_t metric;
	uint16_t n_nexthops; /* 0: unreachable; 8.4 counts to 255 */
	struct zapi_nexthop nexthops[ZAPI_MAX_NEXTHOPS];
};

struct zapi_client_caps {
	uint32_t capability; /* enum zapi_client_capability */
	uint32_t stale_time; /* seconds; 1 and 5 */
	uint32_t afi, safi;  /* 2 and 3 */
	uint32_t vrf;
};

struct zapi_client_close {
	uint8_t type;
	uint16_t instance;
	uint32_t session;
};

struct zapi_label { /* of the label manager */
	uint8_t type;
	uint16_t instance;
	uint8_t result;	     /* zebra's answer to CONNECT: 0 is fine */
	bool keep;	     /* GET_, both ways */
	uint32_t size, base; /* GET_ of a client; base 0: any */
	uint32_t start, end; /* GET_ of zebra, end 0: none; RELEASE_ */
};

enum zapi_from { ZAPI_FROM_CLIENT, ZAPI_FROM_ZEBRA };

struct zapi_msg {
	uint16_t cmd; /* enum zapi_cmd, or one we do not know */
	uint32_t vrf;
	union {
		struct zapi_hello hello;
		struct zapi_capabilities capabilities;
		struct zapi_route route; /* ROUTE_*, REDISTRIBUTE_ROUTE_* */
		struct zapi_route_notify notify;
		struct zapi_interface interface; /* from zebra; empty from a client */
		struct zapi_address address;
		struct zapi_vrf vrf_info;
		struct zapi_router_id router_id; /* UPDATE */
		uint16_t afi; /* ROUTER_ID_ADD, _DELETE; REDISTRIBUTE_DEFAULT_* */
		struct zapi_redistribute redistribute;
		struct zapi_nexthop_regs nexthop_regs;
		struct zapi_nexthop_update nexthop_update;
		struct zapi_client_caps client_caps;
		struct zapi_client_close client_close;
		struct zapi_label label;
		uint32_t error;
		bool on; /* ROUTE_NOTIFY_REQUEST */
	} u;
};

enum zapi_verdict {
	ZAPI_OK,
	ZAPI_SHORT,   /* the body ends before its fields do */
	ZAPI_INVALID, /* a field has a value it must not have */
	ZAPI_UNKNOWN, /* no such command here: header fields are set, nothing else */
};

/* Framing. Looks at the first octets of a stream: the length of the whole
 * message once 10 octets are there, 0 if more are needed, -1 if this can't
 * be a header (marker, version, length below 10). */
int zapi_frame_len(struct span in);

/* `in` is one whole message, header included. */
enum zapi_verdict zapi_decode(struct span in, enum zapi_from from, enum zapi_dialect d,
			      struct zapi_msg *out);
/* Writes header and body; false if it does not fit or can't be said in this
 * direction and dialect. */
bool zapi_encode(struct wr *w, enum zapi_from from, enum zapi_dialect d, const struct zapi_msg *m);

/* What a client speaks, by its first message: 10.3 if that is a HELLO of its
 * number, else 8.4 (neither number is another command that a client sends). */
enum zapi_dialect zapi_dialect_of_client(struct span first);
/* Is the answer to a HELLO in dialect d the ERROR of a zebra that speaks the
 * other one? */
bool zapi_is_other_dialect(struct span answer, enum zapi_dialect d);
enum zapi_dialect zapi_other_dialect(enum zapi_dialect d);
const char *zapi_dialect_name(enum zapi_dialect d); /* "8.4" */

const char *zapi_cmd_name(uint16_t cmd);	    /* "ROUTE_ADD", "command 77" is "unknown" */
const char *zapi_verdict_name(enum zapi_verdict v); /* "too short" */
const char *zapi_route_type_name(uint8_t type);	    /* "babel" */
char zapi_route_type_letter(uint8_t type);	    /* 'A' */
uint8_t zapi_route_type_distance(uint8_t type);	    /* default administrative distance */
/* rtnetlink's rtm_protocol of a type and back; 0 / ROUTE_KERNEL if there is none. */
uint8_t zapi_route_type_rtproto(uint8_t type);
uint8_t zapi_route_type_of_rtproto(uint8_t rtproto);

#endif
