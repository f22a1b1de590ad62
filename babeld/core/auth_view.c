/* SPDX-License-Identifier: MIT */
/* Looking at MAC authentication without touching it. */
#include "babeld/core/core.h"

#include <string.h>

static void view_keys(const struct babel_auth *a, const struct auth_use *use, mono_t now,
		      struct babel_key_view out[BABEL_KEYS_MAX])
{
	for (unsigned int k = 0; k < a->n; k++)
		out[k] = (struct babel_key_view){
			.key = a->keys[k],
			.verified = use[k].verified,
			.alone = use[k].alone,
			.unneeded = mono_sub(now, use[k].quiet),
		};
}

void babel_each_auth(const struct babel *b, mono_t now,
		     bool (*each)(void *ctx, const struct babel_auth_view *v), void *ctx)
{
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i) {
		struct babel_auth_view v = {
			.ifid = i->ifid,
			.name = i->name,
			.auth = &i->config.auth,
			.have_index = i->auth.have_index,
			.pc = i->auth.pc,
			.challenges = i->auth.challenges,
			.replies = i->auth.replies,
			.unsigned_accepted = i->auth.tolerated,
			.unsigned_quiet = mono_sub(now, i->auth.tolerated_at),
			.peers = (unsigned int)auth_peers_count(&i->auth.peers),
		};

		if (!i->config.auth.enabled)
			continue;
		memcpy(v.index, i->auth.index, sizeof(v.index));
		memcpy(v.count, i->auth.count, sizeof(v.count));
		view_keys(&i->config.auth, i->auth.use, now, v.keys);
		if (!each(ctx, &v))
			return;
	}
}

void babel_each_auth_peer(const struct babel *b, ifid_t ifid, mono_t now,
			  bool (*each)(void *ctx, const struct babel_auth_peer_view *v), void *ctx)
{
	const struct iface *i = iface_find(b, ifid);
	const struct auth_peer *p;

	if (!i)
		return;
	LIST_EACH (auth_peers, &i->auth.peers, p) {
		struct babel_auth_peer_view v = {
			.addr = p->addr,
			.proven = p->proven,
			.challenged = p->challenged && mono_before(now, p->challenge_until),
			.index_len = p->index_len,
			.index = p->index,
			.pc_multicast = p->multicast.high,
			.pc_unicast = p->unicast.high,
			.n = i->config.auth.n,
			.unsigned_accepted = p->tolerated,
			.unsigned_quiet = mono_sub(now, p->tolerated_at),
		};

		view_keys(&i->config.auth, p->use, now, v.keys);
		if (!each(ctx, &v))
			return;
	}
}

const char *auth_verdict_name(enum auth_verdict v)
{
	switch (v) {
	case AUTH_FINE:
		return "fine";
	case AUTH_NO_MAC:
		return "not signed";
	case AUTH_BAD_MAC:
		return "signed with no key of ours";
	case AUTH_NO_ROOM:
		return "too many senders are being challenged";
	case AUTH_NO_PC:
		return "no packet counter";
	case AUTH_UNKNOWN:
		return "sender not yet proven";
	case AUTH_OTHER_INDEX:
		return "sender has a new index";
	case AUTH_REPLAYED:
		return "replayed or overtaken";
	case AUTH_VERDICTS:
		break;
	}
	return "unknown";
}
