/* SPDX-License-Identifier: MIT */
/*
 * MAC authentication under arbitrary stories: packets that are signed, badly
 * signed, unsigned, replayed, cut; keys that come and go; time; restarts that
 * remember. Some signing peers are not honest either: they repeat counters.
 * What must hold all the same:
 *
 *  - no datagram of an honest peer is ever accepted twice (RFC 8967 1.2); with
 *    a window, not twice between two challenges, for RFC 9467 3.2 begins with an
 *    empty one;
 *  - nothing is accepted that no key of ours has signed, and no neighbour
 *    exists that had nothing accepted, unless the permissive mode was on;
 *  - a digest is computed at most once per key and packet (4.3);
 *  - what we send is signed with every key, and no (index, counter) is sent
 *    twice, restarts included (3.1, 4.2);
 *  - challenges are unicast, each with another nonce, and limited (4.3.1).
 *
 * The digest is no secret: a hash of all that it covers.
 */
#include "tests/fuzz/driver.h"

#include <stdlib.h>
#include <string.h>

#include "babeld/core/wire_auth.h"
#include "babeld/core/babel.h"
#include "lib/base/cursor.h"

const unsigned long fuzz_runs = 6000;

#define PEERS	   4
#define INDICES	   4
#define PACKETS	   64  /* that may be replayed */
#define ACCEPTED   512 /* that must not come again */
#define EVENTS_MAX 300
#define PACKET_MAX 900
#define GAP	   (300 * USEC_PER_MSEC)
#define BURST	   16

struct packet {
	uint8_t peer, group;
	size_t n;
	uint8_t b[PACKET_MAX];
};

struct story {
	struct babel *b;
	mono_t now;
	uint64_t random;
	bool up, saved;
	struct babel_if_info info;
	struct babel_if_config config;
	struct babel_persist disk;
	unsigned int macs; /* digests asked for by the packet that comes in */
	bool tolerant;	   /* the permissive mode was on at some time, or nothing was checked */
	bool had[PEERS];   /* something of it was accepted */
	bool cheats[PEERS];
	unsigned int era[PEERS];	  /* challenges that it has answered */
	uint32_t counted[PEERS][INDICES]; /* the last counter that it signed */
	struct {
		bool pending;
		size_t n;
		uint8_t nonce[AUTH_NONCE_MAX];
		mono_t last;
	} asked[PEERS];
	struct packet packets[PACKETS];
	unsigned int n_packets;
	struct { /* hashes will do */
		uint64_t of[ACCEPTED];
		unsigned int era[ACCEPTED];
		unsigned int n;
	} accepted;
	struct {
		uint8_t index[BABEL_INDEX_LEN];
		uint32_t pc;
	} sent;
	uint64_t indices[64]; /* that are over: may not come back */
	unsigned int n_indices;
	bool sent_any;
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct addr peer_addr(unsigned int peer)
{
	return (struct addr){{0xfe, 0x80, [15] = (uint8_t)(0x10 + peer)}};
}

static uint64_t hash(uint64_t h, const void *p, size_t n)
{
	const uint8_t *o = p;

	h = (h ^ n) * 0x9e3779b97f4a7c15u;
	for (size_t k = 0; k < n; k++) {
		h = (h ^ o[k]) * 0x100000001b3u;
		h ^= h >> 29;
	}
	return h;
}

static size_t mac_len(uint32_t key)
{
	return key % 2 ? 16 : 32;
}

static void digest(uint32_t key, struct span pseudo, struct span octets, uint8_t out[BABEL_MAC_MAX])
{
	for (unsigned int lane = 0; lane < BABEL_MAC_MAX / 8; lane++) {
		uint64_t h =
			hash(hash(key * 31 + lane, pseudo.p, pseudo.len), octets.p, octets.len);

		memcpy(out + 8 * lane, &h, 8);
	}
}

/* ---- what the core asks and says ---- */

static void check_macs(const struct story *s, const struct addr *to, struct span covered,
		       struct rd trailer)
{
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX];
	size_t n = wire_auth_pseudo(FAM_IP6, &s->info.linklocal, to, pseudo);

	for (unsigned int k = 0; k < s->config.auth.n; k++) {
		const struct babel_key *key = &s->config.auth.keys[k];
		struct auth_tlv t;

		if (!s->config.auth.enabled || !key->send)
			continue;
		digest(key->handle, span_of(pseudo, n), covered, mac);
		must(wire_auth_next(&trailer, &t) && t.type == TLV_MAC);
		must(wire_auth_equal(t.data, span_of(mac, key->mac_len)));
	}
	must(!rd_left(&trailer));
}

/* Counters of an index grow, and one that was left never returns. */
static void check_pc(struct story *s, const struct auth_tlv *t)
{
	uint64_t left = hash(0, s->sent.index, BABEL_INDEX_LEN), is;

	must(t->data.len == BABEL_INDEX_LEN);
	is = hash(0, t->data.p, BABEL_INDEX_LEN);
	if (s->sent_any && memcmp(t->data.p, s->sent.index, BABEL_INDEX_LEN) == 0) {
		must(t->pc > s->sent.pc);
	} else {
		if (s->sent_any)
			s->indices[s->n_indices++ % 64] = left;
		for (unsigned int k = 0; k < s->n_indices && k < 64; k++)
			must(s->indices[k] != is);
	}
	s->sent_any = true;
	memcpy(s->sent.index, t->data.p, BABEL_INDEX_LEN);
	s->sent.pc = t->pc;
}

static void check_challenge(struct story *s, const struct addr *to, const struct auth_tlv *t)
{
	unsigned int peer = to ? to->b[15] - 0x10u : PEERS;

	must(peer < PEERS && t->data.len >= 8);
	must(!s->asked[peer].pending ||
	     !wire_auth_equal(t->data, span_of(s->asked[peer].nonce, s->asked[peer].n)));
	must(!s->asked[peer].pending || mono_sub(s->now, s->asked[peer].last) >= GAP ||
	     s->asked[peer].n == 0);
	s->asked[peer].pending = true;
	s->asked[peer].last = s->now;
	s->asked[peer].n = t->data.len;
	memcpy(s->asked[peer].nonce, t->data.p, t->data.len);
}

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	static const struct addr group = {{0xff, 2, [13] = 1, [15] = 6}};
	struct story *s = ctx;
	struct packet_parser p;
	struct auth_tlv t;
	struct rd body;
	unsigned int pcs = 0;
	size_t covered;

	must(via == 1 && datagram.len <= 1500 - 48);
	must(packet_open(&p, datagram, FAM_IP6, &s->info.linklocal) == PACKET_OK);
	covered = (size_t)(p.body.end - datagram.p);
	body = p.body;
	while (wire_auth_next(&body, &t)) {
		must(t.type != TLV_MAC);
		pcs += t.type == TLV_PC;
		if (t.type == TLV_PC)
			check_pc(s, &t);
		if (t.type == TLV_CHALLENGE_REQUEST)
			check_challenge(s, to, &t);
		must(t.type != TLV_CHALLENGE_REPLY || to);
	}
	must(pcs == (covered != datagram.len));
	check_macs(s, to ? to : &group, span_of(datagram.p, covered),
		   rd_init(span_of(datagram.p + covered, datagram.len - covered)));
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	(void)ctx, (void)pair, (void)c;
}

static uint32_t env_random(void *ctx)
{
	struct story *s = ctx;

	s->random = s->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(s->random >> 32);
}

static void env_note(void *ctx, const struct babel_note *n)
{
	(void)ctx, (void)n;
}

static bool env_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX])
{
	((struct story *)ctx)->macs++;
	digest(key, pseudo, octets, out);
	return true;
}

static const struct babel_env env = {.send = env_send,
				     .route = env_route,
				     .random = env_random,
				     .note = env_note,
				     .mac = env_mac};

/* ---- looking ---- */

static bool see_neigh(void *ctx, const struct babel_neigh_view *v)
{
	const struct story *s = ctx;
	unsigned int peer = v->addr.b[15] - 0x10u;

	must(peer < PEERS && (s->tolerant || s->had[peer]));
	return true;
}

static bool see_auth(void *ctx, const struct babel_auth_view *v)
{
	*(uint64_t *)ctx = v->count[AUTH_FINE];
	must(v->peers <= PEERS);
	return true;
}

static uint64_t fine(const struct story *s)
{
	uint64_t n = 0;

	babel_each_auth(s->b, s->now, see_auth, &n);
	return n;
}

/* ---- events ---- */

static bool signed_by_ours(const struct story *s, const struct packet *p)
{
	struct addr from = peer_addr(p->peer), to = s->info.linklocal;
	size_t covered = BABEL_HEADER_LEN + ((size_t)p->b[2] << 8 | p->b[3]), n;
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX];

	if (p->n < BABEL_HEADER_LEN || covered > p->n)
		return false;
	if (p->group)
		to = babel_group;
	n = wire_auth_pseudo(FAM_IP6, &from, &to, pseudo);
	for (unsigned int k = 0; k < s->config.auth.n; k++) {
		struct rd trailer = rd_init(span_of(p->b + covered, p->n - covered));
		struct auth_tlv t;

		if (!s->config.auth.keys[k].accept)
			continue;
		digest(s->config.auth.keys[k].handle, span_of(pseudo, n), span_of(p->b, covered),
		       mac);
		while (wire_auth_next(&trailer, &t))
			if (t.type == TLV_MAC &&
			    wire_auth_equal(t.data, span_of(mac, s->config.auth.keys[k].mac_len)))
				return true;
	}
	return false;
}

static bool answered(const struct story *s, const struct packet *p)
{
	size_t body = (size_t)p->b[2] << 8 | p->b[3];
	struct rd r = rd_init(span_of(p->b + BABEL_HEADER_LEN, body));
	struct auth_tlv t;

	while (wire_auth_next(&r, &t))
		if (t.type == TLV_CHALLENGE_REPLY && s->asked[p->peer].pending &&
		    wire_auth_equal(t.data, span_of(s->asked[p->peer].nonce, s->asked[p->peer].n)))
			return true;
	return false;
}

static void took(struct story *s, const struct packet *p)
{
	uint64_t h = hash(p->peer * 2u + p->group, p->b, p->n);

	must(signed_by_ours(s, p));
	s->era[p->peer] += answered(s, p);
	for (unsigned int k = 0; k < s->accepted.n && k < ACCEPTED; k++)
		must(s->cheats[p->peer] || s->accepted.of[k] != h ||
		     (s->config.auth.window && s->accepted.era[k] != s->era[p->peer]));
	s->accepted.era[s->accepted.n % ACCEPTED] = s->era[p->peer];
	s->accepted.of[s->accepted.n++ % ACCEPTED] = h;
	s->had[p->peer] = true;
}

static void arrive(struct story *s, const struct packet *p)
{
	struct babel_datagram d = {.ifid = 1,
				   .from = peer_addr(p->peer),
				   .to = p->group ? babel_group : s->info.linklocal,
				   .arrived = s->now};
	uint64_t before = fine(s), after;
	uint8_t *copy = malloc(p->n ? p->n : 1); /* of exactly its size */
	unsigned int accepting = 0;

	must(copy);
	memcpy(copy, p->b, p->n);
	d.octets = span_of(copy, p->n);
	s->macs = 0;
	babel_packet(s->b, &d, s->now);
	free(copy);
	for (unsigned int k = 0; k < s->config.auth.n; k++)
		accepting += s->config.auth.keys[k].accept;
	/* And one for each key to sign the one packet that may answer it. */
	must(s->macs <= accepting + s->config.auth.n);
	after = fine(s);
	must(after - before <= 1);
	if (after != before)
		took(s, p);
}

static const char *const indices[INDICES] = {"", "i", "another",
					     "0123456789abcdef0123456789abcdef"};

/* The next one, or a little further; or anything. */
static void put_pc(struct story *s, struct wr *w, unsigned int peer, uint8_t which, uint8_t step)
{
	size_t n = strlen(indices[which & 3]);
	uint32_t pc = s->counted[peer][which & 3] + 1 + step;

	if (which & 8)
		pc = which & 4 ? UINT32_MAX - step : step;
	wr_u8(w, TLV_PC);
	wr_u8(w, (uint8_t)(4 + n));
	wr_u32(w, pc);
	wr_bytes(w, indices[which & 3], n);
}

/* The first counter of a packet is a new one, if its sender is honest. */
static void count(struct story *s, const struct packet *p, size_t body)
{
	struct rd r = rd_init(span_of(p->b + BABEL_HEADER_LEN, body - BABEL_HEADER_LEN));
	struct auth_tlv t;
	unsigned int k = 0;

	do
		if (!wire_auth_next(&r, &t))
			return;
	while (t.type != TLV_PC);
	while (k < INDICES && !wire_auth_equal(t.data, span_of(indices[k], strlen(indices[k]))))
		k++;
	if (k == INDICES || t.pc <= s->counted[p->peer][k])
		s->cheats[p->peer] = true;
	else
		s->counted[p->peer][k] = t.pc;
}

static void put_part(struct story *s, struct rd *r, struct wr *w, unsigned int peer)
{
	uint8_t what = rd_u8(r);
	struct span raw;
	size_t n;

	switch (what & 7) {
	case 0:
	case 1:
		put_pc(s, w, peer, what >> 4, rd_u8(r));
		break;
	case 2: /* an answer, right or nearly so */
		n = s->asked[peer].n;
		n -= n && what & 0x80;
		wr_u8(w, TLV_CHALLENGE_REPLY);
		wr_u8(w, (uint8_t)n);
		wr_bytes(w, s->asked[peer].nonce, n);
		break;
	case 3:
		n = what >> 3;
		wr_u8(w, TLV_CHALLENGE_REQUEST);
		wr_u8(w, (uint8_t)n);
		wr_zero(w, n);
		break;
	case 4:
	case 5: /* a Hello */
		wr_u8(w, TLV_HELLO);
		wr_u8(w, 6);
		wr_u16(w, 0);
		wr_u16(w, rd_u8(r));
		wr_u16(w, 400);
		break;
	default:
		n = what >> 3;
		raw = rd_span(r, n < rd_left(r) ? n : rd_left(r));
		wr_bytes(w, raw.p, raw.len);
		break;
	}
}

/* A packet as the input says, signed with none, one or several keys. */
static void compose(struct story *s, struct rd *r, struct packet *p, uint8_t how)
{
	struct addr from = peer_addr(how & 3), to = how & 4 ? babel_group : s->info.linklocal;
	struct wr w = wr_init(p->b, sizeof(p->b));
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX], macs;
	size_t body, len;

	p->peer = how & 3;
	p->group = (how & 4) != 0;
	wr_u8(&w, BABEL_MAGIC);
	wr_u8(&w, BABEL_VERSION);
	wr_u16(&w, 0);
	for (unsigned int k = 0; k <= (how >> 3 & 3u); k++)
		put_part(s, r, &w, p->peer);
	body = wr_len(&w);
	wr_patch_u16(&w, 2, (uint16_t)(body - BABEL_HEADER_LEN));
	count(s, p, body);
	len = wire_auth_pseudo(FAM_IP6, &from, &to, pseudo);
	macs = rd_u8(r); /* keys 1 to 4, a bit each; cut; padded */
	for (uint32_t key = 1; key <= 4; key++) {
		if (!(macs >> (key - 1) & 1))
			continue;
		digest(key, span_of(pseudo, len), span_of(p->b, body), mac);
		if (macs & 0x20)
			wr_u8(&w, TLV_PAD1);
		wr_u8(&w, TLV_MAC);
		wr_u8(&w, (uint8_t)mac_len(key));
		wr_bytes(&w, mac, mac_len(key));
	}
	p->n = wr_len(&w);
	if (macs & 0x40 && p->n)
		p->n--;
	if (macs & 0x80) /* one octet is another */
		p->b[rd_u8(r) % p->n] ^= 0x11;
}

static void configure(struct story *s, uint8_t how, uint8_t more)
{
	struct babel_auth *a = &s->config.auth;

	memset(a, 0, sizeof(*a));
	a->enabled = (more & 0x30) != 0x30;
	a->permissive = (more & 0xc0) == 0xc0;
	a->window = more & 1;
	for (uint32_t key = 1; key <= 4; key++)
		if (how >> (key - 1) & 1)
			a->keys[a->n++] = (struct babel_key){.handle = key,
							     .id = key,
							     .mac_len = (uint8_t)mac_len(key),
							     .send = !(more >> key & 1),
							     .accept = !(how >> (key + 3) & 1)};
	s->tolerant |= a->permissive || !a->enabled;
	if (s->up)
		babel_if_up(s->b, 1, &s->info, &s->config, s->now);
	if (!a->enabled) /* all of that is forgotten then */
		memset(s->asked, 0, sizeof(s->asked));
}

static void save(struct story *s, bool confirm)
{
	babel_persist_get(s->b, &s->disk);
	s->saved = true;
	if (confirm)
		babel_persist_saved(s->b, &s->disk);
}

static void restart(struct story *s)
{
	struct babel_config config = {.router_id = {{1, 2, 3, 4, 5, 6, 7, 8}}};

	babel_free(s->b);
	s->b = babel_new(&config, &env, s, s->now);
	memset(s->had, 0, sizeof(s->had));
	memset(s->asked, 0, sizeof(s->asked)); /* another life counts anew */
	if (s->saved) {
		babel_persist_set(s->b, &s->disk);
		save(s, true);
	}
	babel_if_up(s->b, 1, &s->info, &s->config, s->now);
	s->up = true;
}

static void pass(struct story *s, usec_t d)
{
	mono_t end = mono_add(s->now, d);

	for (unsigned int n = 0; !mono_before(end, babel_next_deadline(s->b)); n++) {
		mono_t at = babel_next_deadline(s->b);

		must(n < 100000); /* it goes on */
		if (mono_before(s->now, at))
			s->now = at;
		babel_run_due(s->b, s->now);
	}
	s->now = end;
}

static void up_down(struct story *s, uint8_t how)
{
	if (how & 0x80) {
		save(s, how & 1);
	} else if (how & 0x40) {
		restart(s);
	} else if (s->up) {
		babel_if_down(s->b, 1, s->now);
		memset(s->had, 0, sizeof(s->had));
		memset(s->asked, 0, sizeof(s->asked));
		s->up = false;
	} else {
		babel_if_up(s->b, 1, &s->info, &s->config, s->now);
		s->up = true;
	}
}

static void step(struct story *s, struct rd *r)
{
	uint8_t what = rd_u8(r), a;
	struct packet *p;

	switch (what & 7) {
	case 0:
	case 1:
	case 2:
		p = &s->packets[s->n_packets++ % PACKETS];
		compose(s, r, p, what >> 3);
		arrive(s, p);
		break;
	case 3:
		if (s->n_packets)
			arrive(s, &s->packets[rd_u8(r) %
					      (s->n_packets < PACKETS ? s->n_packets : PACKETS)]);
		break;
	case 4:
		pass(s, rd_u8(r) * 20 * USEC_PER_MSEC);
		break;
	case 5:
		pass(s, rd_u8(r) * 2 * USEC_PER_SEC);
		break;
	case 6:
		a = rd_u8(r);
		configure(s, a, rd_u8(r));
		break;
	default:
		up_down(s, rd_u8(r));
		break;
	}
	babel_each_neigh(s->b, see_neigh, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct story s;
	struct rd r = rd_init(span_of(data, size));
	struct babel_config config = {.router_id = {{1, 2, 3, 4, 5, 6, 7, 8}}};

	memset(&s, 0, sizeof(s));
	s.now.us = 1;
	s.config.rxcost = 96;
	s.config.hello_interval = 4 * USEC_PER_SEC;
	s.config.update_interval = 16 * USEC_PER_SEC;
	s.info = (struct babel_if_info){
		.name = "a", .linklocal = {{0xfe, 0x80, [15] = 1}}, .mtu = 1500};
	s.b = babel_new(&config, &env, &s, s.now);
	s.up = true;
	configure(&s, 0x03, 0);
	pass(&s, USEC_PER_SEC);
	for (unsigned int n = 0; n < EVENTS_MAX && rd_left(&r); n++)
		step(&s, &r);
	babel_free(s.b); /* asserts that nothing is left */
	return 0;
}

/* Octets of `step`: a packet with these many parts, by that peer. */
#define PKT(peer, group, parts) (uint8_t)(((peer) | (group) << 2 | ((parts)-1) << 3) << 3)
#define PC(index, pc)		(uint8_t)((index) << 4), pc
#define REPLY			2
#define REQUEST(n)		(uint8_t)(3 | (n) << 3)
#define HELLO(seqno)		4, seqno
#define REPLAY(k)		3, k
#define WAIT(cs)		4, (cs) / 2
#define WAIT_LONG(s)		5, (s) / 2
#define KEYS(how, more)		6, how, more
#define EVENT(how)		7, how

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	/* Challenged, answered, heard, replayed; another index; all again after long. */
	static const uint8_t life[] = {PKT(0, 1, 2),
				       HELLO(1),
				       PC(1, 1),
				       1,
				       PKT(0, 0, 2),
				       REPLY,
				       PC(1, 2),
				       1,
				       PKT(0, 1, 2),
				       HELLO(2),
				       PC(1, 3),
				       1,
				       REPLAY(2),
				       REPLAY(1),
				       WAIT(40),
				       PKT(0, 1, 2),
				       HELLO(3),
				       PC(2, 4),
				       1,
				       PKT(0, 0, 2),
				       REPLY,
				       PC(2, 5),
				       3,
				       REPLAY(4),
				       REPLAY(0),
				       WAIT_LONG(400),
				       PKT(0, 1, 2),
				       HELLO(4),
				       PC(2, 9),
				       1};
	/* Overtaken packets with a window, near the end of the counter. */
	static const uint8_t window[] = {
		KEYS(1, 1),   PKT(1, 1, 1), PC(4, 200),	 1, PKT(1, 0, 2), REPLY,     PC(5, 190),  1,
		PKT(1, 1, 2), HELLO(1),	    PC(13, 100), 1, PKT(1, 1, 2), HELLO(2),  PC(13, 101), 1,
		PKT(1, 0, 2), HELLO(3),	    PC(13, 102), 1, REPLAY(2),	  REPLAY(3), REPLAY(4)};
	/* A key rolls over; a packet with both; permissive; off and on. */
	static const uint8_t keys[] = {PKT(2, 0, 2),
				       REQUEST(8),
				       PC(1, 1),
				       1,
				       PKT(2, 0, 2),
				       REPLY,
				       PC(1, 2),
				       1,
				       KEYS(0x06, 0),
				       PKT(2, 1, 2),
				       HELLO(1),
				       PC(1, 3),
				       3,
				       KEYS(0x04, 0),
				       PKT(2, 1, 2),
				       HELLO(2),
				       PC(1, 4),
				       1,
				       PKT(2, 1, 2),
				       HELLO(3),
				       PC(1, 5),
				       4,
				       KEYS(1, 0xc0),
				       PKT(3, 1, 1),
				       HELLO(1),
				       0,
				       KEYS(0, 0x30),
				       PKT(3, 1, 1),
				       HELLO(2),
				       0,
				       KEYS(1, 0),
				       REPLAY(0)};
	/* Saved, restarted, lost, restarted; an interface that flaps. */
	static const uint8_t restarts[] = {
		EVENT(0x81),  WAIT_LONG(20), EVENT(0x40), WAIT_LONG(10), EVENT(0x80), WAIT_LONG(10),
		EVENT(0x40),  WAIT_LONG(10), EVENT(0),	  WAIT_LONG(4),	 EVENT(0),    WAIT_LONG(10),
		PKT(0, 0, 3), REQUEST(16),   HELLO(1),	  PC(1, 1),	 2,	      PKT(0, 0, 2),
		REPLY,	      PC(1, 2),	     2,		  EVENT(0x81),	 EVENT(0x40), REPLAY(0),
		REPLAY(1)};
	/* Wrong in many ways: cut, flipped, padded, no counter, long TLVs. */
	static const uint8_t wrong[] = {PKT(0, 1, 2),
					HELLO(1),
					PC(1, 1),
					0x41,
					PKT(0, 1, 2),
					HELLO(1),
					PC(1, 1),
					0x81,
					9,
					PKT(0, 1, 2),
					HELLO(1),
					PC(3, 1),
					0x2f,
					PKT(0, 1, 1),
					HELLO(1),
					1,
					PKT(0, 0, 1),
					0x3e,
					17,
					5,
					0,
					0,
					0,
					1,
					7,
					1,
					PKT(0, 0, 1),
					0x16,
					17,
					3,
					1,
					PKT(0, 0, 4),
					REQUEST(31),
					REQUEST(0),
					PC(1, 1),
					0x82,
					1};
	static const struct fuzz_seed seeds[] = {
		{life, sizeof(life)},	      {window, sizeof(window)}, {keys, sizeof(keys)},
		{restarts, sizeof(restarts)}, {wrong, sizeof(wrong)},
	};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
