/* SPDX-License-Identifier: MIT */
/*
 * The table, streamed to a forwarding plane manager (FPM): zebra connects,
 * tells all chosen routes, then each change, and after a lost connection all
 * of them again.
 *
 *	                 .------- lost, or refused -------.
 *	                 v                                |
 *	OFF --> WAITING --> CONNECTING --> SYNCING --> STREAMING
 *	         (longer each time)           ^------------'
 *	                                  too much was missed
 *
 * Nothing is queued. What changes while the FPM does not read is marked, one
 * mark for a pair, and what is told of a marked pair is what is chosen when
 * there is room for it. Of more than FPM_MARKS_MAX pairs no marks are kept:
 * then all is told again, over the same connection. So a reader that stalls
 * for ever costs FPM_OUT_MAX octets and these marks.
 */
#ifndef SRCDEST_ZEBRA_FPM_H
#define SRCDEST_ZEBRA_FPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mono.h"
#include "lib/base/prefix.h"
#include "lib/io/loop.h"
#include "zebra/core/rib.h"
#include "zebra/fpm_codec.h"

#define FPM_MARKS_MAX	 65536
#define FPM_OUT_MAX	 ((size_t)1 << 20)
/* From a lost connection to the first attempt, and to those after it. */
#define FPM_RETRY_FIRST	 (250 * USEC_PER_MSEC)
#define FPM_RETRY_MAX	 (8 * USEC_PER_SEC)
/* A connection that lasted so long was a good one: its loss is retried soon. */
#define FPM_GOOD	 (10 * USEC_PER_SEC)
#define FPM_CONNECT_TIME (10 * USEC_PER_SEC)
#define FPM_PATH	 108
#define FPM_PEER_STR	 (FPM_PATH + 8)

enum fpm_transport { FPM_NOWHERE, FPM_TCP, FPM_UNIX };

struct fpm_conf {
	enum fpm_transport transport;
	enum fpm_encoding encoding;
	enum family family; /* of addr; FPM_TCP */
	struct addr addr;
	uint16_t port;
	char path[FPM_PATH]; /* FPM_UNIX */
};

enum fpm_state { FPM_OFF, FPM_WAITING, FPM_CONNECTING, FPM_SYNCING, FPM_STREAMING };

struct fpm_view {
	const struct fpm_conf *conf;
	enum fpm_state state;
	mono_t since;	       /* of the state; SYNCING and STREAMING: of the connection */
	const char *error;     /* of the last connection; "": none */
	size_t marks;	       /* pairs that changed and are not told yet */
	size_t octets_waiting; /* written, and not taken by the FPM yet */
	uint64_t connections, failures;
	uint64_t syncs_begun, syncs_done;
	uint64_t overflows; /* times that too many pairs were marked */
	uint64_t routes, withdrawals, octets;
	uint64_t frames_in; /* what the FPM said, and nobody heeded */
};

struct fpm;

/* `rib` is looked at whenever there is room; it must outlive the FPM. */
struct fpm *fpm_new(struct loop *l, const struct rib *rib);
void fpm_free(struct fpm *f); /* NULL is fine */
/* Connects anew if anything is different. */
void fpm_configure(struct fpm *f, const struct fpm_conf *c);
/* The end of rib_env.chosen. */
void fpm_chosen(struct fpm *f, const struct sdprefix *pair);
struct fpm_view fpm_look(const struct fpm *f);
/* "2001:db8::1 port 2620", or the path. */
const char *fpm_peer_str(const struct fpm_conf *c, char buf[FPM_PEER_STR]);

/* A socket on its way (fpm_socket.c): -1 and errno, or a descriptor. It is
 * connected or refused when it becomes writable; then errno, 0: connected. */
int fpm_socket_open(const struct fpm_conf *c);
int fpm_socket_error(int fd);

#endif
