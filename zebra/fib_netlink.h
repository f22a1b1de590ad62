/* SPDX-License-Identifier: MIT */
/*
 * The writer behind rib_env.fib: operations of the FIB compiler to rtnetlink
 * requests, many in one system call, and the kernel's verdict on each back
 * into its `error`.
 *
 * A set is RTM_NEWROUTE with create and replace, so a change has no gap; the
 * identity in the kernel is (D, S, priority), priority being one constant for
 * plain routes and another one for those with a source.
 * Next hops go inline: the kernel refuses next-hop objects together with a
 * source. Deleting what is not there counts as done.
 */
#ifndef SRCDEST_ZEBRA_FIB_NETLINK_H
#define SRCDEST_ZEBRA_FIB_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zebra/core/rib.h"

struct fib_netlink;

/* Opens a socket in the current network namespace. NULL: err says why. */
struct fib_netlink *fib_netlink_new(char *err, unsigned int err_size);
void fib_netlink_free(struct fib_netlink *f); /* NULL is fine; does not touch routes */
/* In this order. Blocks until the kernel has answered all. */
void fib_netlink_write(struct fib_netlink *f, struct fib_op *ops, size_t n);
/* The kernel's own words when it refused to set this pair last time; NULL:
 * it did not, or said nothing but an errno. Good until the next write. */
const char *fib_netlink_reason(const struct fib_netlink *f, const struct sdprefix *pair);
/* Can this kernel hold (D,S) routes (IPv6 source subtrees)? Asked with a
 * request that can't succeed, so nothing is ever changed. If not, why (may be
 * NULL) is set to words for a log line. */
bool fib_netlink_probe_subtrees(struct fib_netlink *f, const char **why);
/* The same about IPv4 routes with an IPv6 gateway (RTA_VIA). */
bool fib_netlink_probe_via6(struct fib_netlink *f, const char **why);
/* nlmsg_pid of the notifications that our writes cause. */
uint32_t fib_netlink_portid(const struct fib_netlink *f);

#endif
