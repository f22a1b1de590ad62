/* SPDX-License-Identifier: MIT */
/*
 * What goes over the wire to a forwarding plane manager (FPM): frames as FRR
 * has them, with netlink or protobuf inside. No I/O.
 *
 *	 0        1        2        3        4
 *	+--------+--------+--------+--------+----- - -
 *	| version|  type  |  length, header | body
 *	|      1 |  1, 2  |  included       |
 *	+--------+--------+--------+--------+----- - -
 *
 * One message in each frame. Netlink (type 1): RTM_NEWROUTE and RTM_DELROUTE
 * as the kernel gets them from us, NLMSG_NOOP for the begin of a whole table,
 * NLMSG_DONE for its end. Protobuf (type 2): Message of fpm.proto.
 */
#ifndef SRCDEST_ZEBRA_FPM_CODEC_H
#define SRCDEST_ZEBRA_FPM_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/prefix.h"
#include "lib/base/span.h"
#include "zebra/core/rib.h"

#define FPM_PORT      2620
#define FPM_HEADER    4
#define FPM_VERSION   1
/* No frame from here is longer. */
#define FPM_FRAME_MAX 8192

enum fpm_encoding { FPM_NETLINK = 1, FPM_PROTOBUF = 2 }; /* the type of the frame */

enum fpm_mark { FPM_SYNC_BEGIN, FPM_SYNC_END };

/* Both write a frame at buf (FPM_FRAME_MAX octets, aligned for a struct
 * nlmsghdr) and return its length. v: the chosen route of the pair, or NULL:
 * there is none any more. */
size_t fpm_put_route(void *buf, enum fpm_encoding e, const struct sdprefix *pair,
		     const struct rib_view *v);
size_t fpm_put_mark(void *buf, enum fpm_encoding e, enum fpm_mark m);

enum fpm_verdict {
	FPM_FRAME_MORE, /* not all there yet */
	FPM_FRAME_WHOLE,
	FPM_FRAME_BAD, /* no such version, or a length that none can have */
};

/* The first frame of what an FPM says. Only its length is looked at: nothing
 * that it can say concerns zebra. */
enum fpm_verdict fpm_judge_frame(struct span in, size_t *len);

#endif
