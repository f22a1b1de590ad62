/* SPDX-License-Identifier: MIT */
/*
 * An rtnetlink socket: one for requests (dumps, acknowledged changes), one
 * for notifications. Receive buffers are large; what overflows all the same
 * is told, and the owner reads everything anew.
 */
#ifndef SRCDEST_ZEBRA_NETLINK_H
#define SRCDEST_ZEBRA_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

typedef void (*netlink_each)(void *ctx, const struct nlmsghdr *h);

/* groups: RTNLGRP_ numbers ended by 0, or NULL for a request socket. NULL:
 * err says why. */
struct netlink *netlink_new(const unsigned int *groups, char *err, unsigned int err_size);
void netlink_free(struct netlink *nl); /* NULL is fine */
int netlink_fd(const struct netlink *nl);
/* Marks the notifications that our own requests cause (nlmsg_pid). */
uint32_t netlink_portid(const struct netlink *nl);

/* From now on drops, in the kernel, the notifications that portid's requests
 * cause: a bulk of our own writes must not crowd out what others do. */
void netlink_ignore(struct netlink *nl, uint32_t portid);

/* Octets of the receive buffer; 0: as it is, 16 MiB. */
void netlink_buffer(struct netlink *nl, unsigned int octets);

/* Asks for all objects of a kind (RTM_GETLINK, ...; family AF_UNSPEC: every
 * one; routes: of all tables) and hands each message out. A dump that the kernel calls inconsistent,
 * its tables having changed under it, is repeated some times; then what it
 * gave has to do: the notification socket, opened before, has the rest. 0, or
 * the errno. */
int netlink_dump(struct netlink *nl, uint16_t type, uint8_t family, netlink_each each, void *ctx);

/* The same in slices: the kernel goes on where it stopped with each read. One
 * dump at a time per socket; to begin another one gives the last one up. */
enum netlink_slice {
	NETLINK_SLICE,	     /* some messages; there are more */
	NETLINK_DUMPED,	     /* that was all */
	NETLINK_INTERRUPTED, /* all, but the tables changed under it */
	NETLINK_FAILED,	     /* errno says why */
};
/* 0, or the errno. */
int netlink_dump_begin(struct netlink *nl, uint16_t type, uint8_t family);
enum netlink_slice netlink_dump_slice(struct netlink *nl, netlink_each each, void *ctx);

/* Sends len octets of whole requests. 0, or the errno. */
int netlink_send(struct netlink *nl, const void *msgs, size_t len);

enum netlink_got {
	NETLINK_DRAINED, /* nothing (more) waits */
	NETLINK_MORE,	 /* a buffer full was handed out: call again */
	/* The kernel dropped messages, and goes on doing so in silence until
	 * the socket is drained: drain it, then read everything anew. */
	NETLINK_OVERRUN,
	NETLINK_BROKEN, /* errno says why */
};
/* Hands out what one read gives, without waiting. Messages that do not come
 * from the kernel are dropped. */
enum netlink_got netlink_read(struct netlink *nl, netlink_each each, void *ctx);

#endif
