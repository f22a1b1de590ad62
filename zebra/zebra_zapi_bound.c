/* SPDX-License-Identifier: MIT */
/*
 * ZAPI server: what one client can cost the others.
 *
 *	connections	ZAPI_CLIENTS_MAX in all, ZAPI_CLIENTS_OF_PROCESS of one
 *			process; if it is full, the longest mute makes room
 *	mute ones	end after ZAPI_HELLO_TIME without HELLO
 *	unread output	bounded by the session; from half of it on the client is
 *			not read any more, and ends after ZAPI_STALL_TIME
 *			without taking an octet
 *	news that wait	ZAPI_DELAYED_MAX pairs
 *	routes		no client is read on while ZAPI_UNSETTLED_MAX changes
 *			wait for the RIB: so one that floods delays another's
 *			route by the time that these take, and no more. A RIB
 *			that is never done is waited for ZAPI_SETTLE_TIME
 *	identity	the first that is a protocol is it
 *	coming, going	costs what it has told itself (zebra/core/rib_owner.c);
 *			ZAPI_GONES_MAX are waited for, who goes beyond that
 *			takes its routes along
 */
#include <sys/socket.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "zebra/zebra_zapi_impl.h"

/* ---- who may come in ---- */

uint32_t zebra_zapi_peer_pid(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	/* 0: of a pid namespace that we do not see into. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0 || cred.pid < 0)
		return 0;
	return (uint32_t)cred.pid;
}

/* NULL: all have said HELLO. New ones are added at the end. */
static struct zclient *longest_mute(const struct zebra_zapi *z)
{
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c)
		if (!c->v.hello && !c->ending)
			return c;
	return NULL;
}

struct crowd {
	size_t all, of_process;
};

static struct crowd crowd_of(const struct zebra_zapi *z, uint32_t pid)
{
	struct crowd n = {0, 0};
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c) {
		n.all += !c->ending;
		n.of_process += !c->ending && pid && c->v.pid == pid;
	}
	return n;
}

bool zebra_zapi_admits(struct zebra_zapi *z, uint32_t pid)
{
	static struct log_limit lim = LOG_LIMIT(3, 10 * USEC_PER_SEC);
	struct crowd n = crowd_of(z, pid);
	struct zclient *mute;

	if (n.of_process >= ZAPI_CLIENTS_OF_PROCESS) {
		log_limited(&lim, LOG_LVL_WARNING,
			    "process %u has %u connections here, more are refused", pid,
			    ZAPI_CLIENTS_OF_PROCESS);
		return false;
	}
	if (n.all < ZAPI_CLIENTS_MAX)
		return true;
	mute = longest_mute(z);
	if (!mute) {
		log_limited(&lim, LOG_LVL_WARNING,
			    "%u clients are connected, process %u is refused", ZAPI_CLIENTS_MAX,
			    pid);
		return false;
	}
	zclient_end(mute, "it said no HELLO and makes room for another");
	return true;
}

bool zclient_may_be(const struct zclient *c, const struct zapi_hello *h)
{
	struct zclient *other;

	if (!zapi_hello_owns(h))
		return true;
	LIST_EACH (zclients, &c->z->clients, other)
		if (other != c && !other->ending && zclient_is_owner(other) &&
		    other->v.type == h->type && other->v.instance == h->instance)
			return false;
	return true;
}

/* ---- who is not read on ---- */

static void hold(struct zclient *c, enum zc_hold why)
{
	if (!c->held)
		zapi_session_pause(c->session, true);
	c->held |= why;
}

static void release(struct zclient *c, enum zc_hold why)
{
	if (!(c->held & why))
		return;
	c->held &= ~(unsigned int)why;
	if (!c->held)
		zapi_session_pause(c->session, false);
}

void zclient_end(struct zclient *c, const char *why)
{
	if (c->ending)
		return;
	c->ending = true;
	zclient_error(c, "%s", why);
	zapi_session_end(c->session, why);
}

void zclient_sent(struct zclient *c)
{
	size_t waits = zapi_session_pending(c->session);

	if (!zapi_session_full(c->session) || (c->held & ZC_HELD_OUTPUT))
		return;
	hold(c, ZC_HELD_OUTPUT);
	c->v.stalls++;
	c->stalled_at = waits;
	c->stalled_since = loop_now(c->z->loop);
	zclient_error(c, "it does not read: %zu octets wait", waits);
	log_limited(&c->stalls, LOG_LVL_NOTICE,
		    "%s: it does not read, %zu octets wait; it is not heard until it does",
		    zclient_name(c), waits);
	zebra_zapi_watch(c->z);
}

void zclient_took(struct zclient *c)
{
	if (!zapi_session_full(c->session))
		release(c, ZC_HELD_OUTPUT);
}

void zclient_delayed(struct zclient *c)
{
	if (c->v.delayed > ZAPI_DELAYED_MAX)
		zclient_end(c, "it does not read, and too many news wait for it");
}

void zclient_changed_rib(struct zclient *c)
{
	struct zebra_zapi *z = c->z;

	z->ops->rib_changed(z->ctx);
	if (++z->unsettled <= ZAPI_UNSETTLED_MAX)
		return;
	hold(c, ZC_HELD_RIB);
	if (z->unsettled == ZAPI_UNSETTLED_MAX + 1)
		loop_timer_at(z->unhold, mono_add(loop_now(z->loop), z->patience.settle));
}

void zebra_zapi_unhold(struct zebra_zapi *z)
{
	struct zclient *c;

	z->unsettled = 0;
	loop_timer_at(z->unhold, MONO_NEVER);
	LIST_EACH (zclients, &z->clients, c)
		release(c, ZC_HELD_RIB);
}

void zebra_zapi_unhold_due(void *ctx)
{
	zebra_zapi_unhold(ctx);
}

/* ---- what becomes of the mute and the stalled ---- */

/* When it has to be looked at; MONO_NEVER: it behaves. */
static mono_t due(const struct zclient *c)
{
	if (c->ending)
		return MONO_NEVER;
	if (c->held & ZC_HELD_OUTPUT)
		return mono_add(c->stalled_since, c->z->patience.stall);
	return c->v.hello ? MONO_NEVER : mono_add(c->v.since, c->z->patience.hello);
}

void zebra_zapi_watch(struct zebra_zapi *z)
{
	mono_t next = MONO_NEVER;
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c) {
		mono_t at = due(c);

		if (!mono_is_never(at) && (mono_is_never(next) || mono_before(at, next)))
			next = at;
	}
	loop_timer_at(z->watch, next);
}

static void look_at(struct zclient *c, mono_t now)
{
	size_t waits = zapi_session_pending(c->session);

	if (!(c->held & ZC_HELD_OUTPUT)) {
		zclient_end(c, "it said no HELLO");
	} else if (waits < c->stalled_at) { /* slow, but it reads */
		c->stalled_at = waits;
		c->stalled_since = now;
	} else {
		zclient_end(c, "it does not read");
	}
}

void zebra_zapi_watch_due(void *ctx)
{
	struct zebra_zapi *z = ctx;
	mono_t now = loop_now(z->loop);
	struct zclient *c;

	LIST_EACH (zclients, &z->clients, c) {
		mono_t at = due(c);

		if (!mono_is_never(at) && !mono_before(now, at))
			look_at(c, now);
	}
	zebra_zapi_watch(z);
}

void zebra_zapi_set_patience(struct zebra_zapi *z, const struct zebra_zapi_patience *p)
{
	z->patience = *p;
	zebra_zapi_watch(z);
}

void zclient_error(struct zclient *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->v.last_error, sizeof(c->v.last_error), fmt, ap);
	va_end(ap);
	c->v.errors++;
	c->v.last_error_at = loop_now(c->z->loop);
}
