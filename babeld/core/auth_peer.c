/* SPDX-License-Identifier: MIT */
/* Those who sign: found, made, forgotten. RFC 8967 3.2 and 4.4 */
#include "babeld/core/core.h"

#include <string.h>

#include "lib/base/container.h"

struct auth_peer *auth_peer_find(const struct iface *i, const struct addr *a)
{
	struct auth_peer *p;

	LIST_EACH (auth_peers, &i->auth.peers, p)
		if (addr_cmp(&p->addr, a) == 0)
			return p;
	return NULL;
}

static void forget(struct babel *b, struct iface *i, struct auth_peer *p)
{
	auth_peers_del(&i->auth.peers, p);
	mem_free(&b->mem.peer, p);
}

/* Under a flood of old packets of many senders (RFC 8967 7) the ones that
 * never answered make room. */
static bool make_room(struct babel *b, struct iface *i)
{
	struct auth_peer *p;

	if (auth_peers_count(&i->auth.peers) < AUTH_PEERS_MAX)
		return true;
	LIST_EACH (auth_peers, &i->auth.peers, p) {
		if (p->proven)
			continue;
		forget(b, i, p);
		return true;
	}
	return false;
}

void auth_peer_keep(struct babel *b, struct iface *i, struct auth_peer *p, mono_t until)
{
	if (mono_before(p->expires, until))
		p->expires = until;
	if (!timer_armed(&i->auth_expiry.node) || mono_before(p->expires, i->auth_expiry.node.at))
		deadline_set(b, &i->auth_expiry, DL_AUTH, p->expires);
}

struct auth_peer *auth_peer_get(struct babel *b, struct iface *i, const struct addr *a)
{
	struct auth_peer *p = auth_peer_find(i, a);

	if (p || !make_room(b, i))
		return p;
	p = mem_new(&b->mem.peer, sizeof(*p));
	p->addr = *a;
	p->challenge_next = p->reply_next = p->expires = b->now;
	for (unsigned int k = 0; k < BABEL_KEYS_MAX; k++)
		p->use[k].quiet = b->now;
	auth_peers_add_tail(&i->auth.peers, p);
	auth_peer_keep(b, i, p, mono_add(b->now, CHALLENGE_GAP));
	return p;
}

void auth_peers_due(struct babel *b, struct deadline *d)
{
	struct iface *i = container_of(d, struct iface, auth_expiry);
	struct auth_peer *p, *next;
	mono_t soonest = MONO_NEVER;

	LIST_EACH_SAFE (auth_peers, &i->auth.peers, p, next) {
		if (mono_before(b->now, p->expires))
			soonest = mono_min(soonest, p->expires);
		else
			forget(b, i, p);
	}
	if (!mono_is_never(soonest))
		deadline_set(b, d, DL_AUTH, soonest);
}

/* ---- another configuration ---- */

static void move_use(struct auth_use *use, const struct babel_auth *from,
		     const struct babel_auth *to, mono_t now)
{
	struct auth_use old[BABEL_KEYS_MAX];

	memcpy(old, use, sizeof(old));
	for (unsigned int k = 0; k < BABEL_KEYS_MAX; k++)
		use[k] = (struct auth_use){.quiet = now};
	for (unsigned int k = 0; k < to->n; k++)
		for (unsigned int j = 0; from && j < from->n; j++)
			if (from->keys[j].handle == to->keys[k].handle)
				use[k] = old[j];
}

void auth_configure(struct babel *b, struct iface *i, const struct babel_auth *old)
{
	const struct babel_auth *now = &i->config.auth;
	struct auth_peer *p;

	move_use(i->auth.use, old, now, b->now);
	LIST_EACH (auth_peers, &i->auth.peers, p)
		move_use(p->use, old, now, b->now);
	if (!old || (now->permissive && !old->permissive)) {
		i->auth.tolerated_at = b->now;
		i->auth.tolerated = 0;
	}
	if (!now->enabled)
		auth_fini(b, i);
}

void auth_fini(struct babel *b, struct iface *i)
{
	while (!auth_peers_empty(&i->auth.peers))
		forget(b, i, auth_peers_first(&i->auth.peers));
	deadline_clear(b, &i->auth_expiry);
}
