/* SPDX-License-Identifier: MIT */
/*
 * Unix stream sockets with bounded, buffered output: the ground under the
 * ZAPI, show and management sessions.
 *
 * A stream hands its reader whatever has arrived and is not yet consumed, and
 * keeps the rest; framing is the reader's business. Output never blocks;
 * more than `max_out` octets waiting ends the stream (the peer does not
 * read), and so do STREAM_MAX_IN octets that the reader does not consume. A
 * peer that shuts down its writing side still gets what is buffered. The `closed` callback comes
 * exactly once, with a reason in words, for every end that the owner did not ask for by
 * stream_free(); the owner frees the stream there or later.
 */
#ifndef SRCDEST_IO_STREAM_H
#define SRCDEST_IO_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/span.h"
#include "lib/io/loop.h"

#define STREAM_MAX_IN ((size_t)1 << 20)

struct stream;
struct listener;

struct stream_ops {
	/* Returns how many octets of `in` were consumed (0: wait for more).
	 * May call stream_close() or stream_free(); the return value is
	 * ignored then. Called again at once while it consumes and there is
	 * more. */
	size_t (*input)(void *ctx, struct stream *s, struct span in);
	void (*closed)(void *ctx, struct stream *s, const char *why);
	/* Output has drained below max_out / 2 after stream_full() said true;
	 * may be NULL. */
	void (*drained)(void *ctx, struct stream *s);
};

struct stream *stream_new(struct loop *l, int fd, const struct stream_ops *ops, void *ctx,
			  size_t max_out);
void stream_free(struct stream *s); /* closes the descriptor; NULL is fine */
/* Ends the session from inside with a reason; `closed` is called from the
 * loop, after what is already buffered has been tried once. */
void stream_close(struct stream *s, const char *why);
/* Reads no more and ends like stream_close(), but only when the peer has
 * taken all that is buffered. */
void stream_finish(struct stream *s, const char *why);
/* Queues; ignored once the stream has ended or is ending. */
void stream_write(struct stream *s, struct span out);
size_t stream_pending(const struct stream *s);	  /* octets not yet written */
bool stream_full(const struct stream *s);	  /* pending is over half of max_out */
void stream_pause(struct stream *s, bool paused); /* stop or resume reading */

/* Takes over a stale socket file (nobody accepts on it), refuses a live one.
 * mode is set atomically (umask). NULL: err says what and where. */
struct listener *listener_new(struct loop *l, const char *path, unsigned int mode,
			      void (*accepted)(void *ctx, int fd), void *ctx, char *err,
			      unsigned int err_size);
void listener_free(struct listener *l); /* unlinks the path; NULL is fine */

/* Non-blocking connect; -1 and errno on failure. */
int unix_connect(const char *path);

#endif
