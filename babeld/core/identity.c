/* SPDX-License-Identifier: MIT */
/*
 * Who we are: router-id and own seqno, RFC 8966 3.2.1, 3.2.2, 3.8.1.2.
 *
 * A seqno is raised when somebody asks, by one, and not more often than
 * anybody can need: each raise is a step towards the wrap of 2^16.
 *
 * A life that does not know the seqno of the last one under the same router-id
 * begins with any. Where neighbours know a newer one, all that we announce is
 * unfeasible to them until they have forgotten, which takes minutes. They say
 * so: an echo of ours carries the newer seqno, and two requests that are
 * further ahead than one raise can explain name it. Then, and only in the
 * first minutes of such a life, the seqno goes there at once.
 */
#include "babeld/core/core.h"

#define RAISES_AT_ONCE 16
#define RAISE_EVERY    (USEC_PER_SEC / RAISES_PER_SECOND)

/* False: too often. */
static bool may_raise(struct babel *b)
{
	usec_t since = mono_sub(b->now, b->raise_at);

	if (since >= RAISE_EVERY) {
		usec_t more = since / RAISE_EVERY;

		b->raises = more >= RAISES_AT_ONCE - b->raises ? RAISES_AT_ONCE
							       : b->raises + (unsigned int)more;
		b->raise_at = mono_add(b->raise_at, more * RAISE_EVERY);
	}
	if (!b->raises)
		return false;
	b->raises--;
	return true;
}

void identity_fresh(struct babel *b)
{
	b->fresh_until = mono_add(b->now, SOURCE_GC);
	b->far_ahead = 0;
}

void identity_known(struct babel *b)
{
	b->fresh_until = b->now;
}

static bool is_fresh(const struct babel *b)
{
	return mono_before(b->now, b->fresh_until);
}

static void jump(struct babel *b, uint16_t seqno)
{
	struct iface *i;

	b->seqno = seqno;
	b->far_ahead = 0;
	LIST_EACH (ifaces, &b->ifaces, i)
		out_dump(b, &i->out);
}

void identity_asked(struct babel *b, uint16_t seqno)
{
	if (!may_raise(b)) {
		limit_hit(b, LIMIT_RAISES, NULL, NULL);
		return;
	}
	/* RFC 8966 3.8.1.2: never by more than one for a single request. */
	b->seqno++;
	if (!is_fresh(b) || !seqno_less(b->seqno, seqno))
		return;
	if (b->far_ahead++)
		jump(b, seqno);
}

void identity_heard(struct babel *b, const struct neigh *n, const struct tlv_update *u)
{
	if (!seqno_less(b->seqno, u->seqno))
		return; /* an echo of this life */
	if (is_fresh(b) && may_raise(b))
		jump(b, (uint16_t)(u->seqno + 1));
	else
		babel_note_pair(b, NOTE_OWN_ROUTER_ID, n, &u->pair);
}

/* RFC 8966 3.7.2: what is announced under another router-id is told at once.
 * Nothing is retracted: a neighbour has no feasibility distance for the new
 * source, takes it in the place of the old one, and forwards on. Distances of
 * the old one stay until they expire: what comes back of it is still ours. */
void babel_set_router_id(struct babel *b, const struct router_id *id, mono_t now)
{
	struct pfx *p;

	babel_at(b, now);
	if (router_id_eq(id, &b->config.router_id) || !router_id_valid(id))
		return;
	b->config.router_id = *id;
	b->seqno = (uint16_t)b->env.random(b->ctx);
	identity_fresh(b);
	request_forget_id(b, id);
	route_retract_own(b);
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		if (p->local)
			select_run(b, p);
}
