/* SPDX-License-Identifier: MIT */
/* RFC 8967 3.1 and 5: a network that runs learns to sign, and changes its keys. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "tests/rfc/rig_auth.h"

#define P "2001:db8:1::/48"

static struct rig *r;
static struct rig_nb *n;
static unsigned int downs; /* when the test looked last */

/* Still there, with its route, and never lost. */
static void still(void)
{
	assert_true(rig_selected(r, P) == n);
	assert_int_equal(r->notes[NOTE_NEIGH_DOWN], downs);
}

static void configure(bool permissive, const unsigned int *keys)
{
	rig_keys(r, keys);
	r->config.auth.permissive = permissive;
	rig_if(r, 1);
}
#define CONFIGURE(permissive, ...) configure(permissive, (const unsigned int[]){__VA_ARGS__, 0})

/* It announces P and talks for so long, signed with these keys. */
static uint32_t pc;
static void talk(unsigned int seconds, const unsigned int *keys)
{
	struct rig_talker t = {n, keys, "i", pc};

	rig_talk(&t, seconds);
	pc = t.pc;
}
#define TALK(seconds, ...) talk(seconds, (const unsigned int[]){__VA_ARGS__, 0})

/* As a router with its own challenges would. */
static void answer_challenges(unsigned int key)
{
	struct auth_tlv t;
	struct pkt p;

	if (!rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &t))
		return;
	pkt(&p, n, false);
	pkt_put(&p, TLV_CHALLENGE_REPLY, t.data.p, t.data.len);
	pkt_pc(&p, "i", pc++);
	pkt_mac(&p, key);
	pkt_send(&p);
	rig_mark(r);
}

static void unsigned_network(void)
{
	struct tlv u;

	pc = 1;
	r = rig_new();
	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	TALK(5, 0);
	u = rig_update_tlv(n, P, 1, 1, 0);
	rig_say(n, &u);
	downs = r->notes[NOTE_NEIGH_DOWN];
	still();
	rig_mark(r);
}

RFC_TEST(8967, "3.1-b", "a network learns to sign without losing a route")
{
	struct babel_auth_view v;

	unsigned_network();
	CONFIGURE(true, 2); /* we first: it goes on without */
	TALK(30, 0);
	still();
	for (size_t k = r->packet_mark; k < r->n_packets; k++)
		assert_int_equal(rig_count(&r->packets[k], true, TLV_MAC), 1);
	rig_mark(r);
	TALK(1, 2); /* then it */
	answer_challenges(2);
	TALK(30, 2);
	still();
	CONFIGURE(false, 2); /* then nobody may go without */
	TALK(30, 2);
	still();
	assert_true(rig_auth_view(r, 1, &v));
	assert_int_equal(v.count[AUTH_NO_MAC], 30); /* all of them before */
	rig_free(r);
}

RFC_TEST(8967, "3.1-b", "a key gives way to another without a restart and without losing a route")
{
	unsigned_network();
	CONFIGURE(true, 2);
	TALK(1, 2);
	answer_challenges(2);
	CONFIGURE(false, 2);
	TALK(20, 2);
	still();
	CONFIGURE(false, 2, 4); /* the new one is added here */
	TALK(20, 2);
	still();
	TALK(20, 2, 4); /* and there */
	still();
	CONFIGURE(false, 4); /* the old one goes here */
	TALK(20, 2, 4);
	still();
	TALK(20, 4); /* and there */
	still();
	rig_mark(r);
	TALK(5, 2); /* for good */
	assert_int_equal(rig_auth_count(r, 1, AUTH_BAD_MAC), 5);
	rig_free(r);
}

RFC_TEST(8967, "3.1-b", "the permissive mode takes what is signed with a key of nobody, too")
{
	unsigned_network();
	CONFIGURE(true, 2);
	TALK(30, 8);
	still();
	assert_int_equal(rig_auth_count(r, 1, AUTH_BAD_MAC), 30);
	rig_free(r);
}

/* What the operator is told. */
PLAIN_TEST("it is known which key is needed by whom, and since when nobody needs it")
{
	struct babel_auth_view v;
	struct babel_auth_peer_view p;

	unsigned_network();
	CONFIGURE(true, 2);
	TALK(1, 2);
	answer_challenges(2);
	CONFIGURE(false, 2, 4);
	TALK(10, 2); /* it has only the old one */
	assert_true(rig_auth_view(r, 1, &v) && rig_peer(n, &p));
	assert_int_equal(v.keys[0].verified, 11);
	assert_int_equal(v.keys[0].alone, 11);
	assert_int_equal(v.keys[1].verified, 0);
	assert_true(v.keys[0].unneeded <= SEC);
	assert_int_equal(p.keys[0].verified, 11);
	TALK(400, 2, 4); /* it has both */
	assert_true(rig_auth_view(r, 1, &v) && rig_peer(n, &p));
	assert_int_equal(v.keys[0].verified, 411);
	assert_int_equal(v.keys[0].alone, 11);
	assert_true(v.keys[0].unneeded >= 400 * SEC && v.keys[0].unneeded <= 402 * SEC);
	assert_int_equal(p.keys[1].verified, 400);
	assert_int_equal(p.keys[1].alone, 0);
	CONFIGURE(false, 4, 2); /* in another order: the counts go with the keys */
	assert_true(rig_auth_view(r, 1, &v) && rig_peer(n, &p));
	assert_int_equal(v.keys[1].alone, 11);
	assert_int_equal(p.keys[1].alone, 11);
	TALK(1, 2); /* replayed packets need nothing: */
	pc -= 50;
	TALK(10, 2);
	assert_true(rig_auth_view(r, 1, &v));
	assert_int_equal(v.keys[1].alone, 12);
	rig_free(r);
}

PLAIN_TEST("it is known who needs the permissive mode, and since when nobody does")
{
	struct babel_auth_view v;
	struct babel_auth_peer_view p;

	unsigned_network();
	CONFIGURE(true, 2);
	TALK(10, 0);
	assert_true(rig_auth_view(r, 1, &v) && rig_peer(n, &p));
	assert_int_equal(v.unsigned_accepted, 10);
	assert_true(v.unsigned_quiet <= SEC);
	assert_int_equal(p.unsigned_accepted, 10);
	assert_false(p.proven);
	rig_mark(r);
	TALK(1, 2);
	answer_challenges(2);
	TALK(400, 2);
	assert_true(rig_auth_view(r, 1, &v) && rig_peer(n, &p));
	assert_int_equal(v.unsigned_accepted, 10);
	assert_true(v.unsigned_quiet >= 400 * SEC);
	assert_true(p.proven);
	rig_free(r);
}

/* Packets that only have to be proven, or come twice, are signed all the same. */
PLAIN_TEST("who signs is not taken for one who needs the permissive mode")
{
	struct babel_auth_view v;
	struct rig_nb *s;

	pc = 1;
	r = rig_new();
	RIG_KEYS(r, 2, 4);
	r->config.auth.permissive = true;
	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	assert_true(rig_auth_view(r, 1, &v) && v.unsigned_quiet <= 2 * SEC); /* since it is on */
	rig_mark(r);
	assert_true(rig_signed(n, 2, true, "i", pc++)); /* not yet proven */
	answer_challenges(2);
	rig_pass(r, SEC);
	assert_true(rig_signed(n, 2, true, "other", 5)); /* another index */
	assert_true(rig_signed(n, 2, true, "i", 1));	 /* an old counter */
	assert_true(rig_auth_view(r, 1, &v));
	assert_int_equal(v.count[AUTH_UNKNOWN], 1);
	assert_int_equal(v.count[AUTH_OTHER_INDEX], 1);
	assert_int_equal(v.count[AUTH_REPLAYED], 1);
	assert_int_equal(v.unsigned_accepted, 0);
	/* What was counted is not forgotten by a change of keys, but by a new start. */
	s = rig_stranger(r, 1, "fe80::2");
	assert_true(rig_signed(s, 8, true, "s", 1));
	CONFIGURE(true, 2);
	assert_true(rig_auth_view(r, 1, &v) && v.unsigned_accepted == 1);
	CONFIGURE(false, 2);
	CONFIGURE(true, 2);
	assert_true(rig_auth_view(r, 1, &v) && v.unsigned_accepted == 0);
	assert_true(v.unsigned_quiet == 0);
	rig_free(r);
}

PLAIN_TEST("a key that is never alone is known to be unneeded since the neighbour is known")
{
	const unsigned int keys[] = {2, 4, 0};
	struct babel_auth_peer_view p;
	struct rig_talker t;

	r = rig_new();
	RIG_KEYS(r, 2, 4);
	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	rig_prove(n, 4, "i", 10);
	t = (struct rig_talker){n, keys, "i", 11};
	rig_talk(&t, 10);
	assert_true(rig_peer(n, &p));
	assert_int_equal(p.keys[0].alone, 0);
	assert_in_range(p.keys[0].unneeded, 10 * SEC, 12 * SEC);
	assert_int_equal(p.keys[1].alone, 1); /* the proof */
	rig_free(r);
}

PLAIN_TEST("when authentication ends, so do its memories, and no route")
{
	struct babel_auth_view v;

	unsigned_network();
	CONFIGURE(true, 2);
	TALK(1, 2);
	answer_challenges(2);
	r->config.auth = (struct babel_auth){0};
	rig_if(r, 1);
	TALK(20, 0);
	still();
	assert_false(rig_auth_view(r, 1, &v));
	rig_free(r);
}

/* The neighbours go on believing us: nothing we say comes with a counter that
 * they have had, nor with an index that they would have to ask about. */
PLAIN_TEST("a restart with memory keeps the index, its counters go on above all earlier ones")
{
	struct babel_persist saved;
	struct auth_tlv last, next;

	unsigned_network();
	CONFIGURE(false, 2);
	rig_pass(r, 10 * SEC);
	babel_persist_get(r->b, &saved);
	babel_persist_saved(r->b, &saved);
	rig_pass(r, 60 * SEC); /* not saved any more */
	assert_true(rig_find(&r->packets[r->n_packets - 1], false, TLV_PC, 0, &last));
	rig_restart(r, &saved);
	babel_persist_get(r->b, &saved);
	babel_persist_saved(r->b, &saved);
	rig_mark(r);
	rig_if(r, 1);
	assert_non_null(rig_next_auth(r, NULL, TLV_PC, &next));
	assert_true(wire_auth_equal(next.data, last.data));
	assert_true(next.pc > last.pc);
	rig_free(r);
}

RFC_MAIN("RFC 8967: deployment")
