/* SPDX-License-Identifier: MIT */
/* Who we are, what of it outlives the process, and the end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_state.h"
#include "babeld/babeld.h"

#define SAVE_DELAY USEC_PER_SEC
#define END_LATEST (2 * USEC_PER_SEC)
#define END_POLL   (10 * USEC_PER_MSEC)

/* ---- the state file ---- */

void babeld_save_now(struct babeld *b)
{
	struct babel_persist now;
	bool ok;

	b->save_armed = false;
	if (!b->babel)
		return;
	memset(&now, 0, sizeof(now));
	babel_persist_get(b->babel, &now);
	now.made_up = b->identity.random;
	b->saved_seqno = now.seqno;
	if (b->memory)
		memfile_alive(b->memory);
	ok = babel_state_save(b->state_path, &now);
	if (ok)
		core_persist_saved(&b->core, &now, loop_now(b->loop));
	if (!ok && !b->save_failing)
		log_error("can't write %s: %s; neighbours will notice a restart", b->state_path,
			  strerror(errno));
	b->save_failing = !ok;
}

static void save_due(void *ctx)
{
	babeld_save_now(ctx);
}

void babeld_save_soon(struct babeld *b)
{
	if (b->save_armed)
		return;
	b->save_armed = true;
	loop_timer_at(b->save, mono_add(loop_now(b->loop), SAVE_DELAY));
}

/* ---- identity ---- */

bool babeld_choose_identity(struct babeld *b)
{
	const struct babel_conf *c = &b->config.conf;
	struct hardware hw[HARDWARE_MAX];
	size_t n = c->identity == IDENTITY_DERIVED ? hardware_list(hw) : 0;
	char text[ROUTER_ID_STR];
	struct identity id;

	if (!identity_choose(c->identity, &c->router_id, &b->identity, hw, n, &id)) {
		id.random = true;
		do
			arc4random_buf(id.id.b, sizeof(id.id.b));
		while (!router_id_valid(&id.id));
	}
	if (c->identity == IDENTITY_DERIVED && n == 0)
		log_warning("no interface has a hardware address to derive a router-id from");
	if (router_id_eq(&id.id, &b->identity.id)) {
		b->identity = id;
		return false;
	}
	b->identity = id;
	log_notice("router-id %s", router_id_str(&id.id, text));
	return true;
}

/* ---- the next deadline, and the end ---- */

static void end_poll(void *ctx)
{
	struct babeld *b = ctx;
	mono_t now = loop_now(b->loop);

	if (babel_zapi_pending(b->zapi) && mono_before(now, b->end_latest))
		loop_timer_at(b->end, mono_add(now, END_POLL));
	else
		loop_stop(b->loop);
}

/* Neighbours have let go of us: our routes go, and nobody asks the protocol. */
static void leave_end(struct babeld *b)
{
	mono_t now = loop_now(b->loop);

	babeld_save_now(b);
	loop_timer_at(b->due, MONO_NEVER);
	loop_timer_at(b->save, MONO_NEVER);
	loop_timer_at(b->sync, MONO_NEVER);
	loop_timer_at(b->keys, MONO_NEVER);
	loop_timer_at(b->connected, MONO_NEVER);
	b->babel = NULL;
	core_fini(&b->core, now);
	babel_zapi_goodbye(b->zapi);
	b->end_latest = mono_add(now, END_LATEST);
	loop_timer_at(b->end, now);
}

void babeld_touch(struct babeld *b)
{
	if (!b->babel)
		return;
	loop_timer_at(b->due, babel_next_deadline(b->babel));
	/* One that neighbours have heard must not come again, RFC 8966 3.2.1. */
	if (babel_seqno(b->babel) != b->saved_seqno)
		babeld_save_now(b);
	if (babel_left(b->babel))
		leave_end(b);
}

static void due(void *ctx)
{
	struct babeld *b = ctx;

	if (b->babel)
		core_run_due(&b->core, loop_now(b->loop));
	babeld_touch(b);
}

void babeld_goodbye(struct babeld *b)
{
	core_leave(&b->core, loop_now(b->loop));
	babeld_touch(b);
}

void babeld_life_init(struct babeld *b)
{
	b->due = loop_timer_new(b->loop, due, b);
	b->save = loop_timer_new(b->loop, save_due, b);
	b->end = loop_timer_new(b->loop, end_poll, b);
}
