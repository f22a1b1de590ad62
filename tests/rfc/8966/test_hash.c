/* SPDX-License-Identifier: MIT */
/* babel_hash(): equal for equal tables however they came about, and for no others. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/rig.h"

#define P "2001:db8:1::/48"
#define Q "2001:db8:2::/48"
#define S Q " from 2001:db8:a::/48"

/* Two neighbours on a link each; what differs is told by the tests. */
struct two {
	struct rig *r;
	struct rig_nb *n1, *n2;
};

static struct two two(void)
{
	struct two t = {.r = rig_new()};

	rig_if(t.r, 1);
	rig_if(t.r, 2);
	t.n1 = rig_nb(t.r, 1, "fe80::1");
	t.n2 = rig_nb(t.r, 2, "fe80::2");
	return t;
}

static uint64_t end(struct two t)
{
	uint64_t h = babel_hash(t.r->b);

	rig_free(t.r);
	return h;
}

static struct two filled(void)
{
	struct two t = two();

	rig_update(t.n1, P, 0xa, 7, 100);
	rig_update(t.n2, P, 0xb, 7, 200);
	rig_update(t.n1, S, 0xa, 7, 100);
	return t;
}

PLAIN_TEST("the order in which things came does not count")
{
	struct two t = two();

	rig_update(t.n1, S, 0xa, 7, 100);
	rig_update(t.n1, P, 0xa, 7, 100);
	rig_update(t.n2, P, 0xb, 7, 200);
	assert_true(end(t) == end(filled()));
}

PLAIN_TEST("nor does what was there and is gone, nor the time")
{
	struct two t = filled();

	rig_update(t.n2, "2001:db8:3::/48", 0xb, 7, 0);
	rig_local(t.r, "2001:db8:4::/48");
	assert_true(babel_hash(t.r->b) != end(filled()));
	end(t);
	t = filled();
	t.r->now = mono_add(t.r->now, MSEC);
	assert_true(end(t) == end(filled()));
}

/* What a change makes of the tables. */
static void differs(struct two t)
{
	assert_true(end(t) != end(filled()));
}

PLAIN_TEST("every part of a route, a source, a request, a pair, a neighbour counts")
{
	struct sdprefix p = rig_pair(P);
	struct two t = filled();
	struct tlv update;

	rig_update(t.n1, P, 0xc, 7, 100); /* router-id */
	differs(t);
	t = filled();
	rig_update(t.n1, P, 0xa, 8, 100); /* seqno */
	differs(t);
	t = filled();
	rig_update(t.n1, P, 0xa, 7, 101); /* metric */
	differs(t);
	t = filled();
	update = rig_update_tlv(t.n2, P, 0xb, 7, 200); /* next hop, of a route not selected */
	update.u.update.nexthop = rig_addr("fe80::9");
	rig_say(t.n2, &update);
	differs(t);
	t = filled();
	rig_retract(t.n2, P);
	differs(t);
	t = filled();
	rig_update(t.n2, "2001:db8:9::/48", 0xb, 7, 200); /* one route more */
	differs(t);
	t = filled();
	rig_local(t.r, P);
	differs(t);
	t = filled();
	rig_ihu(t.n2, 97, 1200); /* cost */
	differs(t);
	t = filled();
	rig_hello(t.n2, (uint16_t)(t.n2->hello + 1), 400); /* history */
	differs(t);
	t = filled();
	babel_clear_neigh(t.r->b, 2, NULL, t.r->now);
	differs(t);
	t = filled();
	babel_set_source_specific(t.r->b, false, false, t.r->now);
	differs(t);
	t = filled();
	babel_clear_route(t.r->b, &p, t.r->now);
	differs(t);
}

PLAIN_TEST("a source, its distance, a request count")
{
	struct two t = filled(), u = filled();

	rig_pass(t.r, 3 * SEC); /* announced: there are sources */
	rig_pass(u.r, 3 * SEC);
	assert_true(babel_hash(t.r->b) == babel_hash(u.r->b));
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_update(t.n1, P, 0xa, 7, 20); /* another distance */
	rig_pass(t.r, 3 * SEC);
	rig_update(t.n1, P, 0xa, 7, 19);
	rig_update(u.n1, P, 0xa, 7, 19);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 116) && rig_fd_is(u.r, P, 0xa, 7, 196));
	assert_true(end(t) != end(u));
	t = filled();
	u = filled();
	rig_pass(t.r, 3 * SEC);
	rig_pass(u.r, 3 * SEC);
	rig_update(t.n2, P, 0xa, 7, 400); /* unfeasible on both, asked for on one */
	rig_update(u.n2, P, 0xa, 7, 400);
	assert_true(babel_hash(t.r->b) == babel_hash(u.r->b));
	rig_seqno_request(t.n2, P, 0xa, 9, 10);
	assert_true(rig_pending(t.r, P, 0xa));
	assert_true(end(t) != end(u));
}

PLAIN_TEST("a pair of our own counts by itself, and so does one of a former life")
{
	struct two t = two(), u = two();

	rig_local(t.r, P);
	assert_true(babel_hash(t.r->b) != babel_hash(u.r->b));
	end(t);
	t = filled();
	rig_pass(t.r, 3 * SEC);
	rig_reborn(t.r, true);
	rig_pass(u.r, 3 * SEC);
	rig_reborn(u.r, true);
	assert_true(babel_hash(t.r->b) != babel_hash(u.r->b));
	end(t);
	end(u);
}

PLAIN_TEST("held, or not any more")
{
	struct two t = two();
	uint64_t held;

	rig_update_every(t.n1, P, 0xa, 7, 100, 100);
	rig_pass(t.r, 3 * SEC);
	rig_retract(t.n1, P);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	held = babel_hash(t.r->b);
	assert_true(held == babel_hash(t.r->b));
	rig_pass(t.r, 100 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	assert_true(end(t) != held);
}

RFC_MAIN("hash of the tables")
