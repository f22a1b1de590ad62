/* SPDX-License-Identifier: MIT */
/* RFC 8967 3.1 and 4.2: what we send. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/rfc/given.h"

static struct rig *signing(void)
{
	struct rig *r = rig_new();

	RIG_KEYS(r, 2, 3);
	rig_if(r, 1);
	return r;
}

RFC_TEST(8967, "3.1-a", "an interface has several keys, each with its algorithm")
{
	struct rig *r = signing();

	assert_true(r->n_packets > 2);
	for (size_t k = 0; k < r->n_packets; k++) {
		assert_int_equal(rig_count(&r->packets[k], true, TLV_MAC), 2);
		assert_true(rig_mac_is(&r->packets[k], 0, 2) && rig_mac_is(&r->packets[k], 1, 3));
	}
	rig_free(r);
}

RFC_TEST(8967, "4.2-d", "each packet has one MAC for each key in its trailer, and none in its body")
{
	struct rig *r = signing();
	struct rig_nb *n = rig_stranger(r, 1, "fe80::1");
	const unsigned int keys[] = {2, 0};
	struct rig_talker t = {n, keys, "i", 100};

	rig_prove(n, 2, "i", 50);
	rig_talk(&t, 20);
	for (size_t k = 0; k < r->n_packets; k++) {
		assert_int_equal(rig_count(&r->packets[k], true, TLV_MAC), 2);
		assert_int_equal(rig_count(&r->packets[k], false, TLV_MAC), 0);
		assert_true(rig_mac_is(&r->packets[k], 0, 2) && rig_mac_is(&r->packets[k], 1, 3));
	}
	rig_free(r);
}

RFC_TEST(8967, "4.2-b", "each body has one packet counter, which grows over multicast and unicast")
{
	struct rig *r = signing();
	struct rig_nb *n = rig_stranger(r, 1, "fe80::1");
	const unsigned int keys[] = {2, 0};
	struct rig_talker t = {n, keys, "i", 100};
	unsigned int groups = 0, unicasts = 0;
	struct auth_tlv pc, first = {0};

	rig_prove(n, 2, "i", 50);
	rig_talk(&t, 60);
	for (size_t k = 0; k < r->n_packets; k++) {
		const struct rig_packet *p = &r->packets[k];
		uint32_t before = first.pc;

		assert_int_equal(rig_count(p, false, TLV_PC), 1);
		assert_int_equal(rig_count(p, true, TLV_PC), 0);
		assert_true(rig_find(p, false, TLV_PC, 0, &pc));
		assert_true(k == 0 || pc.pc > before);
		assert_true(k == 0 || wire_auth_equal(pc.data, first.data));
		first = pc;
		groups += p->group;
		unicasts += !p->group;
	}
	assert_true(groups > 10 && unicasts > 1);
	rig_free(r);
}

/* Each interface has its own pair. */
RFC_TEST(8967, "4.2-b", "interfaces count apart, with indices of their own")
{
	struct rig *r = signing();
	struct babel_auth_view one, two;

	rig_if(r, 2);
	rig_pass(r, 60 * SEC);
	assert_true(rig_auth_view(r, 1, &one) && rig_auth_view(r, 2, &two));
	assert_memory_not_equal(one.index, two.index, sizeof(one.index));
	rig_free(r);
}

static struct babel_persist kept_at(uint32_t pc)
{
	struct babel_persist p = {.router_id = rid(OWN_ID), .n = 1};

	strcpy(p.ifs[0].name, "eth1");
	p.ifs[0].have_index = true;
	memcpy(p.ifs[0].index, "12345678", 8);
	p.ifs[0].pc = pc;
	return p;
}

/* From pc on, which was set aside and is confirmed once more. */
static void start_at(struct rig *r, uint32_t pc)
{
	struct babel_persist p = kept_at(pc), now;

	rig_restart(r, &p);
	babel_persist_get(r->b, &now);
	babel_persist_saved(r->b, &now);
	RIG_KEYS(r, 2);
	r->n_packets = 0;
	rig_if(r, 1);
}

RFC_TEST(8967, "4.2-c", "when the packet counter overflows there is a new index")
{
	struct rig *r = rig_new();
	struct auth_tlv t;
	size_t k = 0;

	start_at(r, UINT32_MAX - 2);
	rig_pass(r, 60 * SEC);
	for (; k < r->n_packets; k++) {
		assert_true(rig_find(&r->packets[k], false, TLV_PC, 0, &t));
		if (memcmp(t.data.p, "12345678", 8) != 0)
			break;
		assert_int_equal(t.pc, UINT32_MAX - 2 + k);
	}
	assert_true(k > 0 && k <= 3 && r->n_packets > k + 3);
	for (uint32_t pc = 0; k < r->n_packets; k++, pc++) { /* and the new one from its start */
		struct auth_tlv u;

		assert_true(rig_find(&r->packets[k], false, TLV_PC, 0, &u));
		assert_int_equal(u.pc, pc);
		assert_true(u.data.len == BABEL_INDEX_LEN);
		assert_memory_not_equal(u.data.p, "12345678", 8);
	}
	rig_free(r);
}

/* ---- 3.1-c: no (index, counter) twice, whatever is saved and lost ---- */

struct used {
	uint8_t index[BABEL_INDEX_LEN];
	uint32_t pc;
};
static struct used used[20000];
static size_t n_used;

static void remember(const struct rig *r)
{
	struct auth_tlv t;

	for (size_t k = 0; k < r->n_packets; k++) {
		struct used *u = &used[n_used];

		assert_true(n_used < sizeof(used) / sizeof(used[0]));
		assert_true(rig_find(&r->packets[k], false, TLV_PC, 0, &t));
		assert_int_equal(t.data.len, BABEL_INDEX_LEN);
		memcpy(u->index, t.data.p, BABEL_INDEX_LEN);
		u->pc = t.pc;
		for (size_t j = 0; j < n_used; j++)
			if (used[j].pc == u->pc &&
			    memcmp(used[j].index, u->index, BABEL_INDEX_LEN) == 0)
				fail_msg("counter %u again", u->pc);
		n_used++;
	}
}

static void forget_packets(struct rig *r)
{
	for (size_t k = 0; k < r->n_packets; k++)
		free(r->packets[k].octets);
	r->n_packets = r->packet_mark = 0;
}

RFC_TEST(8967, "3.1-c", "without memory each start has an index that was never used")
{
	struct rig *r = rig_new();
	struct babel_persist nothing = {.router_id = rid(OWN_ID)};
	struct auth_tlv t;
	uint8_t index[100][BABEL_INDEX_LEN];

	for (unsigned int life = 0; life < 100; life++) {
		rig_restart(r, &nothing);
		RIG_KEYS(r, 2);
		forget_packets(r);
		rig_if(r, 1);
		assert_true(rig_find(&r->packets[0], false, TLV_PC, 0, &t));
		memcpy(index[life], t.data.p, BABEL_INDEX_LEN);
		for (unsigned int k = 0; k < life; k++)
			assert_memory_not_equal(index[k], index[life], BABEL_INDEX_LEN);
	}
	rig_free(r);
}

/* The state on the disk is saved now and then; saving fails now and then; the
 * daemon dies at any moment. */
RFC_TEST(8967, "3.1-c", "a counter is never used twice with its index, whatever was saved and lost")
{
	struct rig *r = rig_new();
	struct babel_persist disk = {.router_id = rid(OWN_ID)}, now;
	uint8_t first[BABEL_INDEX_LEN];
	unsigned int same = 0;
	struct auth_tlv t;

	n_used = 0;
	for (unsigned int life = 0; life < 60; life++) {
		rig_restart(r, &disk);
		RIG_KEYS(r, 2);
		forget_packets(r);
		for (unsigned int s = 0; s < 1 + life % 7; s++) {
			babel_persist_get(r->b, &now);
			if ((life * 5 + s) % 3) { /* else it could not be written */
				disk = now;
				if ((life + s) % 4) /* else it dies before it knows */
					babel_persist_saved(r->b, &now);
				else
					break;
			}
			rig_if(r, 1);
			rig_pass(r, (life % 5) * 3 * SEC);
		}
		remember(r);
		if (!r->n_packets)
			continue;
		assert_true(rig_find(&r->packets[0], false, TLV_PC, 0, &t));
		same += n_used > r->n_packets && memcmp(first, t.data.p, sizeof(first)) == 0;
		memcpy(first, used[n_used - 1].index, sizeof(first));
	}
	assert_true(n_used > 300);
	assert_true(same > 10); /* the memory is worth something */
	rig_free(r);
}

RFC_TEST(8967, "3.1-c", "an interface that goes down and comes back goes on counting")
{
	for (ifid_t i = 1; i <= 2; i++) { /* known to a former life, and new */
		struct rig *r = rig_new();

		RIG_KEYS(r, 2, 3);
		rig_if(r, i);
		n_used = 0;
		for (unsigned int k = 0; k < 20; k++) {
			rig_pass(r, 3 * SEC);
			babel_if_down(r->b, i, r->now);
			r->started = 0;
			rig_if(r, i);
		}
		remember(r);
		assert_memory_equal(used[0].index, used[n_used - 1].index, BABEL_INDEX_LEN);
		rig_free(r);
	}
}

#define AHEAD (UINT32_C(1) << 18)

static uint32_t promise(const struct rig *r)
{
	struct babel_persist now;

	babel_persist_get(r->b, &now);
	assert_true(now.ifs[0].have_index);
	return now.ifs[0].pc;
}

/* doc/decisions/packet-counter.md */
RFC_TEST(8967, "3.1-c", "counters are set aside in good time, and no more than there are")
{
	static const struct {
		uint32_t kept, saved, want;
	} cases[] = {
		{1000, 0, 1000 + AHEAD},
		{1000, 1000 + AHEAD, 1000 + AHEAD},	    /* enough is left */
		{1000, 1000 + AHEAD / 2, 1000 + AHEAD / 2}, /* just so */
		{1000, 999 + AHEAD / 2, 1000 + AHEAD},	    /* more than half is used up */
		{1000, 900, 1000 + AHEAD},
		{UINT32_MAX - AHEAD - 1, 0, UINT32_MAX - 1},
		{UINT32_MAX - AHEAD, 0, UINT32_MAX},
		{UINT32_MAX - 5, 0, UINT32_MAX},
	};

	for (unsigned int k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct babel_persist kept = kept_at(cases[k].kept), saved;
		struct rig *r = rig_new();

		rig_restart(r, &kept);
		saved = kept_at(cases[k].saved);
		if (cases[k].saved)
			babel_persist_saved(r->b, &saved);
		assert_int_equal(promise(r), cases[k].want);
		rig_free(r);
	}
}

/* ---- 4.2-a ---- */

RFC_TEST(8967, "4.2-a", "packet counter and MACs are within the size of a packet")
{
	static const unsigned int mtus[] = {68, 512, 1280, 1500};

	for (unsigned int m = 0; m < sizeof(mtus) / sizeof(mtus[0]); m++) {
		size_t limit = mtus[m] - 48 < 512 || mtus[m] < 48 ? 512 : mtus[m] - 48, largest = 0;
		struct rig *r = rig_new();

		if (mtus[m] < 560)
			limit = 512; /* RFC 8966 4 */
		r->mtu = mtus[m];
		RIG_KEYS(r, 2, 3, 4, 6);
		rig_if(r, 1);
		for (unsigned int k = 0; k < 1000; k++) {
			char text[64];

			snprintf(text, sizeof(text), "2001:db8:%x:%x::/64", k * 7919 & 0xffff, k);
			rig_local(r, text);
		}
		rig_pass(r, 40 * SEC);
		for (size_t k = 0; k < r->n_packets; k++) {
			assert_true(r->packets[k].len <= limit);
			assert_int_equal(rig_count(&r->packets[k], true, TLV_MAC), 4);
			if (r->packets[k].len > largest)
				largest = r->packets[k].len;
		}
		assert_true(largest + 100 > limit); /* and not by being timid */
		rig_free(r);
	}
}

RFC_TEST(8967, "4.2-a", "a padded Hello is as large as the link takes, signed and all")
{
	struct rig *r = rig_new();
	unsigned int hellos = 0;

	RIG_KEYS(r, 2, 3, 4);
	r->config.probe_mtu = true;
	rig_if(r, 1);
	rig_pass(r, 20 * SEC);
	for (const struct rig_sent *s = NULL; (s = rig_next(r, s, 1, TLV_HELLO)); hellos++) {
		assert_int_equal(r->packets[s->packet].len, 1500 - 48);
		assert_int_equal(rig_count(&r->packets[s->packet], true, TLV_MAC), 3);
	}
	assert_true(hellos > 3);
	rig_free(r);
}

/* The longest nonce, as many keys as there may be, the smallest packet. */
RFC_TEST(8967, "4.2-a", "a challenge reply fits in any packet")
{
	struct rig *r = rig_new();
	uint8_t nonce[AUTH_NONCE_MAX] = {1};
	struct rig_nb *n = rig_stranger(r, 1, "fe80::1");
	struct pkt p;
	struct auth_tlv t;
	const struct rig_packet *reply;

	r->mtu = 512;
	RIG_KEYS(r, 2, 4, 6, 8, 10, 12, 14, 16);
	assert_int_equal(r->config.auth.n, BABEL_KEYS_MAX);
	rig_if(r, 1);
	rig_mark(r);
	pkt(&p, n, false);
	pkt_put(&p, TLV_CHALLENGE_REQUEST, nonce, sizeof(nonce));
	pkt_pc(&p, "i", 1);
	pkt_mac(&p, 2);
	pkt_send(&p);
	reply = rig_next_auth(r, NULL, TLV_CHALLENGE_REPLY, &t);
	assert_non_null(reply);
	assert_true(reply->len <= 512 && t.data.len == sizeof(nonce));
	rig_free(r);
}

RFC_TEST(8967, "6.2-a", "our index is no longer than 32 octets")
{
	struct rig *r = signing();
	struct auth_tlv t;

	for (size_t k = 0; k < r->n_packets; k++) {
		assert_true(rig_find(&r->packets[k], false, TLV_PC, 0, &t));
		assert_true(t.data.len <= 32);
	}
	rig_free(r);
}

/* Statistical sanity; where the numbers come from in the daemon is env_random()
 * of babeld.c, the kernel's generator. */
RFC_TEST(8967, "7-a", "indices and nonces are at least 64 bits of the random source, never alike")
{
	struct rig *r = signing();
	struct rig_nb *n = rig_stranger(r, 1, "fe80::1");
	uint8_t nonces[100][32];
	unsigned int bits = 0, all = 0;
	struct auth_tlv t;

	assert_true(BABEL_INDEX_LEN >= 8);
	for (unsigned int k = 0; k < 100; k++) {
		rig_pass(r, SEC);
		rig_mark(r);
		assert_false(rig_signed(n, 2, true, "i", k));
		assert_non_null(rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &t));
		assert_true(t.data.len >= 8 && t.data.len <= sizeof(nonces[0]));
		memcpy(nonces[k], t.data.p, t.data.len);
		for (unsigned int j = 0; j < k; j++)
			assert_memory_not_equal(nonces[j], nonces[k], t.data.len);
		for (size_t j = 0; j < t.data.len; j++, all += 8)
			bits += (unsigned int)__builtin_popcount(t.data.p[j]);
	}
	assert_true(bits > all * 45 / 100 && bits < all * 55 / 100);
	rig_free(r);
}

RFC_TEST(8967, "6.3-a", "our nonce is no longer than 192 octets, and longer ones are ignored")
{
	static const size_t sizes[] = {193, 253};
	struct rig *r = signing();
	struct rig_nb *n = rig_stranger(r, 1, "fe80::1");
	uint8_t nonce[253] = {1};
	struct auth_tlv t;
	struct pkt p;

	for (unsigned int k = 0; k < 2; k++) {
		rig_pass(r, SEC);
		rig_mark(r);
		pkt(&p, n, false);
		pkt_put(&p, TLV_CHALLENGE_REQUEST, nonce, sizes[k]);
		pkt_put(&p, TLV_CHALLENGE_REPLY, nonce, sizes[k]);
		pkt_pc(&p, "i", 1);
		pkt_mac(&p, 2);
		pkt_send(&p);
		assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REPLY), 0);
		assert_non_null(rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &t));
		assert_true(t.data.len <= 192);
	}
	rig_free(r);
}

PLAIN_TEST("without a key to sign with packets leave unsigned, and what they say is the same")
{
	struct rig *r = rig_new();

	RIG_KEYS(r, 2);
	r->config.auth.keys[0].send = false;
	rig_if(r, 1);
	assert_true(r->n_packets > 0);
	for (size_t k = 0; k < r->n_packets; k++) {
		assert_int_equal(rig_count(&r->packets[k], false, TLV_PC), 0);
		assert_int_equal(rig_count(&r->packets[k], true, TLV_MAC), 0);
	}
	rig_free(r);
}

PLAIN_TEST("the last words are signed too")
{
	struct rig *r = signing();

	rig_pass(r, 10 * SEC);
	rig_mark(r);
	babel_goodbye(r->b, r->now);
	assert_int_equal(r->n_packets, r->packet_mark + 1);
	assert_true(rig_mac_is(&r->packets[r->n_packets - 1], 0, 2));
	rig_free(r);
}

PLAIN_TEST("a nonce that does not fit leaves the packet as it was")
{
	struct addr from = rig_own_addr(1);
	uint8_t buf[40], nonce[40] = {0};
	struct packet_writer w;

	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &from);
	assert_false(wire_auth_put_nonce(&w, TLV_CHALLENGE_REPLY, span_of(nonce, 35)));
	assert_true(packet_empty(&w));
	assert_true(wire_auth_put_nonce(&w, TLV_CHALLENGE_REPLY, span_of(nonce, 34)));
	assert_int_equal(packet_end(&w).len, sizeof(buf));
}

RFC_MAIN("RFC 8967: sending")
