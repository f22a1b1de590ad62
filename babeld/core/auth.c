/* SPDX-License-Identifier: MIT */
/* Which received packets are believed: MAC, freshness, challenges. RFC 8967 4.3 */
#include "babeld/core/core.h"

#include <assert.h>
#include <string.h>

/* What the preparse found, RFC 8967 4.3. */
struct found {
	bool have_pc, have_request, replied;
	bool newly; /* replied, and it was unknown, or had another index */
	uint32_t pc;
	struct span index, request;
};

/* Which keys of the configuration make one of the MACs, a bit each. Each key's
 * digest is computed once, however many MACs there are. */
static unsigned int matching_keys(struct babel *b, const struct iface *i,
				  const struct babel_datagram *d, struct span covered,
				  struct rd trailer)
{
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX];
	const struct babel_auth *a = &i->config.auth;
	size_t len = wire_auth_pseudo(FAM_IP6, &d->from, &d->to, pseudo);
	unsigned int matching = 0;

	for (unsigned int k = 0; k < a->n; k++) {
		struct rd r = trailer;
		struct auth_tlv t;

		if (!a->keys[k].accept ||
		    !b->env.mac(b->ctx, a->keys[k].handle, span_of(pseudo, len), covered, mac))
			continue;
		while (wire_auth_next(&r, &t))
			if (t.type == TLV_MAC &&
			    wire_auth_equal(t.data, span_of(mac, a->keys[k].mac_len)))
				matching |= 1u << k;
	}
	return matching;
}

static bool any_mac(struct rd trailer)
{
	struct auth_tlv t;

	while (wire_auth_next(&trailer, &t))
		if (t.type == TLV_MAC)
			return true;
	return false;
}

/* RFC 8967 4.3.1.3. A reply that fits uses the nonce up. */
static bool answers(const struct babel *b, struct auth_peer *p, struct span nonce)
{
	if (!p || !p->challenged || !mono_before(b->now, p->challenge_until) ||
	    !wire_auth_equal(nonce, span_of(p->nonce, sizeof(p->nonce))))
		return false;
	p->challenged = false;
	return true;
}

static struct found preparse(const struct babel *b, struct auth_peer *p, struct rd body)
{
	struct found f = {0};
	struct auth_tlv t;

	while (wire_auth_next(&body, &t)) {
		switch (t.type) {
		case TLV_PC: /* the first one only */
			if (!f.have_pc) {
				f.pc = t.pc;
				f.index = t.data;
			}
			f.have_pc = true;
			break;
		case TLV_CHALLENGE_REQUEST: /* the last one only, RFC 8967 4.3 */
			f.have_request = true;
			f.request = t.data;
			break;
		case TLV_CHALLENGE_REPLY:
			f.replied |= answers(b, p, t.data);
			break;
		case TLV_MAC: /* ignored in a body, RFC 8967 6.1 */
			break;
		}
	}
	return f;
}

static struct auth_window *window_of(struct auth_peer *p, const struct addr *to)
{
	return addr_is_multicast(FAM_IP6, to) ? &p->multicast : &p->unicast; /* RFC 9467 3.1 */
}

static void learn(struct auth_peer *p, struct found *f)
{
	f->newly = !p->proven || !wire_auth_equal(f->index, span_of(p->index, p->index_len));
	p->proven = true;
	p->index_len = (uint8_t)f->index.len;
	if (f->index.len)
		memcpy(p->index, f->index.p, f->index.len);
	auth_window_reset(&p->multicast, f->pc);
	auth_window_reset(&p->unicast, f->pc);
}

/* From the fourth step of RFC 8967 4.3 on; p NULL: never seen. */
static enum auth_verdict judge_fresh(const struct iface *i, struct auth_peer *p, struct found *f,
				     const struct addr *to)
{
	if (!f->have_pc)
		return AUTH_NO_PC;
	if (f->replied) {
		learn(p, f);
		return AUTH_FINE;
	}
	if (!p || !p->proven)
		return AUTH_UNKNOWN;
	if (!wire_auth_equal(f->index, span_of(p->index, p->index_len)))
		return AUTH_OTHER_INDEX;
	return auth_window_take(window_of(p, to), f->pc, i->config.auth.window) ? AUTH_FINE
										: AUTH_REPLAYED;
}

/* ---- challenges ---- */

static bool may_challenge(struct babel *b, struct iface_auth *a, const struct auth_peer *p)
{
	if (mono_before(b->now, p->challenge_next))
		return false;
	if (!mono_before(b->now, mono_add(a->budget_from, CHALLENGE_GAP))) {
		a->budget_from = b->now;
		a->budget_used = 0;
	}
	return a->budget_used < AUTH_CHALLENGES_MAX;
}

/* RFC 8967 4.3.1.1 */
static void put_challenge(struct babel *b, struct iface *i, struct auth_peer *p,
			  struct packet_writer *w)
{
	for (size_t k = 0; k < sizeof(p->nonce); k += sizeof(uint32_t)) {
		uint32_t r = b->env.random(b->ctx);

		memcpy(p->nonce + k, &r, sizeof(r));
	}
	if (!wire_auth_put_nonce(w, TLV_CHALLENGE_REQUEST, span_of(p->nonce, sizeof(p->nonce))))
		return;
	p->challenged = true;
	p->challenge_until = mono_add(b->now, CHALLENGE_LIFE);
	p->challenge_next = mono_add(b->now, CHALLENGE_GAP);
	/* Only the wait for the answer is remembered: failed challenges must
	 * not prolong a counter's life, RFC 8967 4.4. */
	if (!p->proven)
		auth_peer_keep(b, i, p, p->challenge_until);
	i->auth.budget_used++;
	i->auth.challenges++;
}

/* RFC 8967 4.3.1.2. What was multicast before was not believed there, so
 * Hellos and an IHU follow. */
static void put_reply(struct babel *b, struct iface *i, struct auth_peer *p, struct span nonce,
		      struct packet_writer *w)
{
	struct neigh *n = neigh_find(i, &p->addr);

	if (!wire_auth_put_nonce(w, TLV_CHALLENGE_REPLY, nonce))
		return;
	p->reply_next = mono_add(b->now, CHALLENGE_GAP);
	i->auth.replies++;
	hello_burst(b, i, 2);
	if (n)
		hello_ihu(b, n, URGENT_TIMEOUT);
}

/* Both leave at once and before anything else, in one packet. */
static void respond(struct babel *b, struct iface *i, struct auth_peer *p, const struct span *nonce,
		    bool challenge)
{
	struct packet_writer w;

	out_begin(b, i, &w);
	if (nonce && !mono_before(b->now, p->reply_next))
		put_reply(b, i, p, *nonce, &w);
	if (challenge && may_challenge(b, &i->auth, p))
		put_challenge(b, i, p, &w);
	if (!packet_empty(&w))
		out_end(b, i, &p->addr, &w);
}

/* What it said before was dropped, the answer to our first request (3.8.1.1)
 * included: it is asked again. Not whenever somebody who replays its old
 * packets makes us challenge it. */
static void ask_again(struct babel *b, struct iface *i, const struct addr *from)
{
	struct neigh *n = i->config.auth.permissive ? NULL : neigh_get(b, i, from);

	if (n)
		request_wildcard(b, i, n);
}

/* The packet passed the MAC test. */
static enum auth_verdict check_fresh(struct babel *b, struct iface *i,
				     const struct babel_datagram *d, struct rd body)
{
	struct auth_peer *p = auth_peer_find(i, &d->from);
	struct found f = preparse(b, p, body);
	enum auth_verdict v = judge_fresh(i, p, &f, &d->to);
	bool challenge = v == AUTH_UNKNOWN || v == AUTH_OTHER_INDEX;
	/* To the group: ignored, 4.3.1.2; in a replayed packet too, 4.3. */
	bool reply = f.have_request && !addr_is_multicast(FAM_IP6, &d->to) && v != AUTH_REPLAYED;

	if (f.newly)
		ask_again(b, i, &d->from);
	if (!challenge && !reply)
		return v;
	p = auth_peer_get(b, i, &d->from);
	if (!p)
		return AUTH_NO_ROOM;
	respond(b, i, p, reply ? &f.request : NULL, challenge);
	return v;
}

/* ---- the whole ---- */

static void credit(struct auth_use *use, unsigned int keys, mono_t now)
{
	bool alone = (keys & (keys - 1)) == 0;

	for (unsigned int k = 0; k < BABEL_KEYS_MAX; k++) {
		if (!(keys >> k & 1))
			continue;
		use[k].verified++;
		if (!alone)
			continue;
		use[k].alone++;
		use[k].quiet = now;
	}
}

/* RFC 8967 5: accepted all the same. Who is not yet proven, or is heard twice,
 * has signed and does not need this mode. */
static void tolerate(struct babel *b, struct iface *i, const struct addr *from, enum auth_verdict v)
{
	struct auth_peer *p;

	if (v == AUTH_UNKNOWN || v == AUTH_OTHER_INDEX || v == AUTH_REPLAYED)
		return;
	i->auth.tolerated++;
	i->auth.tolerated_at = b->now;
	p = auth_peer_get(b, i, from);
	if (!p)
		return;
	p->tolerated++;
	p->tolerated_at = b->now;
	if (!p->proven) /* who does not sign can't prolong a counter's life, RFC 8967 4.4 */
		auth_peer_keep(b, i, p, mono_add(b->now, AUTH_PEER_LIFE));
}

static void note_refused(struct babel *b, const struct iface *i, const struct addr *from,
			 enum auth_verdict v)
{
	struct babel_note n = {.kind = NOTE_AUTH_REFUSED, .ifid = i->ifid, .ifname = i->name};

	if (v == AUTH_UNKNOWN || v == AUTH_OTHER_INDEX || v == AUTH_REPLAYED)
		return; /* part of the protocol */
	n.from = from;
	n.code = (int)v;
	b->env.note(b->ctx, &n);
}

bool auth_accept(struct babel *b, struct iface *i, const struct babel_datagram *d,
		 const struct packet_parser *packet)
{
	const uint8_t *end = packet->body.end;
	struct span covered = span_of(d->octets.p, (size_t)(end - d->octets.p));
	struct rd trailer = rd_init(span_of(end, d->octets.len - covered.len));
	const struct babel_auth *a = &i->config.auth;
	enum auth_verdict v = AUTH_NO_MAC;
	unsigned int keys = 0;

	if (!a->enabled)
		return true;
	if (any_mac(trailer)) {
		keys = matching_keys(b, i, d, covered, trailer);
		v = keys ? check_fresh(b, i, d, packet->body) : AUTH_BAD_MAC;
	}
	i->auth.count[v]++;
	if (v == AUTH_FINE) {
		struct auth_peer *p = auth_peer_find(i, &d->from);

		assert(p);
		credit(i->auth.use, keys, b->now);
		credit(p->use, keys, b->now);
		auth_peer_keep(b, i, p, mono_add(b->now, AUTH_PEER_LIFE)); /* RFC 8967 4.4 */
		return true;
	}
	if (a->permissive)
		tolerate(b, i, &d->from, v);
	else
		note_refused(b, i, &d->from, v);
	return a->permissive;
}
