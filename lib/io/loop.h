/* SPDX-License-Identifier: MIT */
/*
 * The event loop of a process (on libevent): file descriptors, one source of
 * time, signals. One loop, one thread.
 *
 * Callbacks run from loop_run() only, never from the call that registers
 * them. A callback may free its own or any other watch, timer or signal.
 * Creation aborts when memory or descriptors are exhausted at start-up;
 * nothing else here fails.
 */
#ifndef SRCDEST_IO_LOOP_H
#define SRCDEST_IO_LOOP_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/mem.h"
#include "lib/base/mono.h"

struct loop;
struct loop_fd;
struct loop_timer;
struct loop_signal;

enum loop_ready {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
};

struct loop *loop_new(void);
void loop_free(struct loop *l); /* asserts that everything registered has been freed */
void loop_run(struct loop *l);	/* until loop_stop() */
void loop_stop(struct loop *l); /* before loop_run(): that one returns at once */
/* CLOCK_MONOTONIC, read anew at each call. */
mono_t loop_now(const struct loop *l);

/* `want` is a set of enum loop_ready; level-triggered. The descriptor stays
 * the caller's: free the watch first, then close. */
struct loop_fd *loop_fd_new(struct loop *l, int fd, unsigned int want,
			    void (*ready)(void *ctx, unsigned int what), void *ctx);
void loop_fd_want(struct loop_fd *w, unsigned int want);
void loop_fd_free(struct loop_fd *w); /* NULL is fine */

/* Idle until loop_timer_at(); fires once; MONO_NEVER disarms. A moment that
 * has passed fires on the next turn of the loop. */
struct loop_timer *loop_timer_new(struct loop *l, void (*due)(void *ctx), void *ctx);
void loop_timer_at(struct loop_timer *t, mono_t at);
void loop_timer_free(struct loop_timer *t); /* NULL is fine */

/* Calls quiet() when a quarter of a second has brought next to nothing by any
 * descriptor, once after each time that something came. For one listener. */
void loop_on_quiet(struct loop *l, void (*quiet)(void *ctx), void *ctx);

struct loop_signal *loop_signal_new(struct loop *l, int signo, void (*got)(void *ctx), void *ctx);
void loop_signal_free(struct loop_signal *s); /* NULL is fine */

/* The account of all that hangs from this loop: watches, timers, streams. */
struct memtag *loop_mem(struct loop *l);
/* Who shall own the socket files that listeners on this loop make, for a
 * daemon that changes its user after it has opened them. (uid_t)-1: leave. */
void loop_set_owner(struct loop *l, uid_t uid, gid_t gid);
void loop_get_owner(const struct loop *l, uid_t *uid, gid_t *gid);

#endif
