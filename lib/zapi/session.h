/* SPDX-License-Identifier: MIT */
/*
 * ZAPI over a unix socket, both ends: framing on top of lib/io streams.
 *
 * A bad header (marker, version, length) ends the session with one clear log
 * line and disturbs nothing else; a body that does not decode is dropped with
 * a rate-limited line and the session lives, as FRR does it. So is a message
 * longer than ZAPI_MAX_LEN. Every end of a session is logged here, once.
 *
 * Each session speaks one dialect (zapi.h): a server takes the one of the
 * client's first message, a client says HELLO in one and, answered by the ERROR
 * of the other, says it again in that.
 *
 * Output is bounded: 8 MiB towards a client, 16 MiB towards zebra; a session
 * whose peer lets more pile up ends. Callers stop earlier, at
 * zapi_session_full(), and go on at `drained`.
 */
#ifndef SRCDEST_ZAPI_SESSION_H
#define SRCDEST_ZAPI_SESSION_H

#include "lib/io/loop.h"
#include "lib/zapi/zapi.h"

struct zapi_session;
struct zapi_client;

struct zapi_session_ops {
	/* The message is good until the call returns. `verdict` is ZAPI_OK or
	 * ZAPI_UNKNOWN; other messages never get here. */
	void (*message)(void *ctx, struct zapi_session *s, const struct zapi_msg *m,
			enum zapi_verdict verdict);
	/* Once, for an end the owner did not ask for; it frees the session there
	 * or later. Already logged. */
	void (*closed)(void *ctx, struct zapi_session *s, const char *why);
	/* The output queue has room again after zapi_session_full(); may be NULL. */
	void (*drained)(void *ctx, struct zapi_session *s);
};

/* `from`: which side the *peer* is. Takes the descriptor. `name` is for log
 * lines and is copied. */
struct zapi_session *zapi_session_new(struct loop *l, int fd, enum zapi_from from, const char *name,
				      const struct zapi_session_ops *ops, void *ctx);
void zapi_session_free(struct zapi_session *s);
void zapi_session_send(struct zapi_session *s, const struct zapi_msg *m);
bool zapi_session_full(const struct zapi_session *s);
void zapi_session_pause(struct zapi_session *s, bool paused);
/* Octets not yet written. */
size_t zapi_session_pending(const struct zapi_session *s);
/* Ends it from inside, on the next turn of the loop; nothing more is read. */
void zapi_session_end(struct zapi_session *s, const char *why);
/* Messages that were dropped because they do not decode. */
struct zapi_session_faults {
	uint64_t dropped;
	char last[96];
	mono_t last_at; /* if dropped */
};
const struct zapi_session_faults *zapi_session_faults(const struct zapi_session *s);
/* The peer has gone, though what it sent before may not have been read yet. */
bool zapi_session_hung_up(const struct zapi_session *s);
void zapi_session_rename(struct zapi_session *s, const char *name);
/* 8.4 until the peer shows another, or this says so. A session is settled once
 * the peer has shown it; what is sent before may be misread. */
void zapi_session_speak(struct zapi_session *s, enum zapi_dialect d);
enum zapi_dialect zapi_session_dialect(const struct zapi_session *s);
bool zapi_session_settled(const struct zapi_session *s);

/* A client that stays connected: connects, says HELLO, and after a loss tries
 * again (0.1 s, doubling to 2 s) for ever, with a log line per change only.
 * It is up once zebra has answered in a dialect we have, so HELLO must not ask
 * for a synchronous session: nothing answers that. */
struct zapi_client_ops {
	/* HELLO is answered, by CAPABILITIES, which message() is given next: now
	 * ask for interfaces and send your routes. */
	void (*up)(void *ctx, struct zapi_client *c);
	void (*message)(void *ctx, struct zapi_client *c, const struct zapi_msg *m);
	/* Lost; what zebra told us is to be told again after the next up(). */
	void (*down)(void *ctx, struct zapi_client *c);
	void (*drained)(void *ctx, struct zapi_client *c); /* may be NULL */
};
struct zapi_client *zapi_client_new(struct loop *l, const char *path,
				    const struct zapi_hello *hello,
				    const struct zapi_client_ops *ops, void *ctx);
void zapi_client_free(struct zapi_client *c);
bool zapi_client_is_up(const struct zapi_client *c);
enum zapi_dialect zapi_client_dialect(const struct zapi_client *c);
/* Dropped silently while down. */
void zapi_client_send(struct zapi_client *c, const struct zapi_msg *m);
bool zapi_client_full(const struct zapi_client *c);
/* Octets not yet written, for a clean good-bye. */
size_t zapi_client_pending(const struct zapi_client *c);

#endif
