/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.4, 4.6.5, 4.6.6, A.1, A.2: Hellos, IHUs, histories and costs. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"

#define P "2001:db8:1::/48"

static struct rig *one_link(struct rig_nb **n)
{
	struct rig *r = rig_new();

	rig_if(r, 1);
	*n = rig_stranger(r, 1, "fe80::1");
	return r;
}

RFC_TEST(8966, "3.4-a", "routes of one who has said no Hello are not selected")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_update(n, P, 0xa, 7, 0);
	rig_pass(r, SEC);
	assert_null(rig_selected(r, P));
	assert_int_equal(rig_choice(r, P)->c.kind, CHOICE_NONE);
	if (rig_route(n, P, NULL))
		assert_true(rig_neigh(n, NULL));
	rig_free(r);
}

RFC_TEST(8966, "3.4-b", "a neighbour long silent is dropped, even if its Hellos promised nothing")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	for (uint16_t k = 0; k < 3; k++)
		rig_hello(n, k, 0);
	rig_pass(r, 10 * SEC);
	assert_true(rig_neigh(n, NULL));
	rig_pass(r, 300 * SEC);
	assert_false(rig_neigh(n, NULL));
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-a", "all neighbours of a link get every multicast Hello")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_nb(r, 1, "fe80::2");
	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO)))
		assert_true(s->group || s->tlv.u.hello.unicast);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-b", "scheduled multicast Hellos are sent, whether or not anybody is there")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	mono_t last = r->now;

	rig_if(r, 1);
	rig_pass(r, 120 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_false(s->tlv.u.hello.unicast);
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
		assert_true(rig_since(s, last) <= 4 * SEC);
		last = s->at;
	}
	assert_true(mono_sub(r->now, last) <= 4 * SEC);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-c", "unicast and multicast Hellos have histories of their own")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);
	struct babel_neigh_view v;

	for (uint16_t k = 0; k < 5; k++) {
		rig_hello(n, (uint16_t)(5 + k), 400);
		rig_unicast_hello(n, (uint16_t)(9000 + k), 400);
		rig_pass(r, 4 * SEC);
	}
	assert_true(rig_neigh(n, &v));
	assert_int_equal(v.hello_history, 0xf800);
	assert_int_equal(v.unicast_history, 0xf800);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-d", "a Hello without interval leaves the last promise in force")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_hello(n, 1, 400);
	rig_pass(r, SEC);
	rig_hello(n, 2, 0);
	assert_int_equal(rig_history(n), 0xc000);
	rig_pass(r, 4900 * MSEC);
	assert_int_equal(rig_history(n), 0xc000);
	rig_pass(r, 200 * MSEC); /* 6.1 s after the promise of 4 s */
	assert_int_equal(rig_history(n), 0x6000);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-e", "a longer Hello interval comes with a Hello that says so")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;

	rig_if(r, 1);
	rig_pass(r, 21 * SEC);
	rig_mark(r);
	r->config.hello_interval = 20 * SEC;
	rig_if(r, 1);
	rig_pass(r, URGENT);
	s = rig_next(r, NULL, 1, TLV_HELLO);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.hello.interval.cs, 2000);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-f", "missed Hellos alone move a route to another neighbour")
{
	struct rig *r = rig_new();
	struct rig_nb *n1, *n2;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	rig_update(n1, P, 0xa, 7, 0);
	rig_update(n2, P, 0xb, 7, 200);
	rig_pass(r, 10 * SEC);
	assert_ptr_equal(rig_selected(r, P), n1);
	n1->alive = false;
	rig_pass(r, 30 * SEC);
	assert_ptr_equal(rig_selected(r, P), n2);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-a", "who is heard is told its cost, again and again")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);
	const struct rig_sent *s = NULL;
	struct babel_neigh_view v;
	mono_t start = r->now;
	unsigned int count = 0;

	for (uint16_t k = 0; k < 20; k++) {
		rig_hello(n, k, 400);
		rig_pass(r, 4 * SEC);
	}
	assert_true(rig_neigh(n, &v));
	while ((s = rig_next(r, s, 1, TLV_IHU))) {
		assert_true(addr_cmp(&s->tlv.u.ihu.addr, &n->addr) == 0);
		count++;
		if (rig_since(s, start) > 5 * SEC) /* two Hellos were heard */
			assert_int_equal(s->tlv.u.ihu.rxcost, v.rxcost);
	}
	assert_int_equal(v.rxcost, 96);
	assert_true(count >= 6);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-b", "a clean link carries fewer IHUs than Hellos")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	unsigned int hellos = 0, ihus = 0;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 600 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO)))
		hellos++;
	while ((s = rig_next(r, s, 1, TLV_IHU)))
		ihus++;
	assert_true(ihus * 2 <= hellos && ihus * 4 >= hellos);
	rig_free(r);
}

/* A neighbour that knew us before a restart goes by the IHU it has; telling it
 * "unreachable" after one Hello would take its routes through us for nothing. */
RFC_TEST(8966, "3.4.2-a", "no IHU says unreachable before there was a chance to hear enough")
{
	const struct rig_sent *s;
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_mark(r);
	rig_hello(n, 1, 400);
	rig_pass(r, 3 * SEC);
	assert_null(rig_next(r, NULL, 1, TLV_IHU));
	rig_hello(n, 2, 400); /* two of the last three: reachable, and said so at once */
	rig_pass(r, SEC);
	s = rig_next(r, NULL, 1, TLV_IHU);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.ihu.rxcost, 96);
	rig_free(r);

	r = one_link(&n); /* also if one was late or lost: two of the last three */
	rig_hello(n, 1, 400);
	rig_pass(r, 9 * SEC);
	assert_null(rig_next(r, NULL, 1, TLV_IHU));
	rig_hello(n, 3, 400);
	rig_pass(r, SEC);
	s = rig_next(r, NULL, 1, TLV_IHU);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.ihu.rxcost, 96);
	rig_free(r);

	r = one_link(&n); /* but one that stays away is told */
	rig_hello(n, 1, 400);
	rig_pass(r, 20 * SEC);
	s = rig_next(r, NULL, 1, TLV_IHU);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.ihu.rxcost, BABEL_INFINITY);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-c", "a longer IHU interval comes with an IHU that says so")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	uint16_t before = 0;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 21 * SEC);
	while ((s = rig_next(r, s, 1, TLV_IHU)))
		before = s->tlv.u.ihu.interval.cs;
	rig_mark(r);
	r->config.hello_interval = 20 * SEC;
	rig_if(r, 1);
	rig_pass(r, URGENT);
	s = rig_next(r, NULL, 1, TLV_IHU);
	assert_non_null(s);
	assert_true(s->tlv.u.ihu.interval.cs > before);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-d", "an IHU holds for 3.5 times its interval")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	for (uint16_t k = 0; k < 3; k++)
		rig_hello(n, k, 6000);
	rig_ihu(n, 123, 100);
	assert_int_equal(rig_cost(n), 123);
	rig_pass(r, 3400 * MSEC);
	assert_int_equal(rig_cost(n), 123);
	rig_pass(r, 200 * MSEC);
	assert_int_equal(rig_cost(n), INF);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-e", "an IHU for somebody else changes nothing")
{
	struct tlv t = {.type = TLV_IHU};
	struct rig_nb *n;
	struct rig *r = rig_new();

	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = rig_addr("fe80::2");
	t.u.ihu.rxcost = 1;
	t.u.ihu.interval.cs = 1200;
	rig_say(n, &t);
	assert_int_equal(rig_cost(n), 96);
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-a", "a cost is never zero, whatever was configured or said")
{
	struct rig *r = rig_new();
	struct babel_neigh_view v;
	struct rig_nb *n;

	r->config.rxcost = 0;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	assert_true(rig_neigh(n, &v));
	assert_true(v.rxcost > 0);
	rig_ihu(n, 0, 1200);
	assert_true(rig_cost(n) > 0);
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-b", "without a Hello the cost is infinite")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	for (unsigned int k = 0; k < 5; k++) {
		rig_ihu(n, 96, 400);
		if (rig_neigh(n, NULL))
			assert_int_equal(rig_cost(n), INF);
		rig_pass(r, SEC);
	}
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-c", "an infinite txcost takes the routes away at once")
{
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	rig_update(n, P, 0xa, 7, 0);
	assert_ptr_equal(rig_selected(r, P), n);
	rig_ihu(n, INF, 1200);
	assert_int_equal(rig_cost(n), INF);
	assert_null(rig_selected(r, P));
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-d", "multicast Hellos suffice for a finite rxcost")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);
	struct babel_neigh_view v;

	for (uint16_t k = 0; k < 3; k++)
		rig_hello(n, k, 400);
	assert_true(rig_neigh(n, &v));
	assert_int_equal(v.unicast_history, 0);
	assert_int_equal(v.rxcost, 96);
	rig_free(r);
}

RFC_TEST(8966, "4.6.5-b", "each Hello raises its counter by one; unicast ones go to one neighbour")
{
	struct rig *r = rig_new_with(OWN_SEQNO, 10);
	const struct rig_sent *s = NULL;
	uint16_t next = 10;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		if (s->tlv.u.hello.unicast)
			assert_false(s->group);
		else
			assert_int_equal(s->tlv.u.hello.seqno, next++);
	}
	assert_true(next > 20);
	rig_free(r);
}

RFC_TEST(8966, "4.6.5-c", "a packet has one Hello at most")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL, *last = NULL;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 300 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_true(!last || last->packet != s->packet);
		last = s;
	}
	rig_free(r);
}

RFC_TEST(8966, "4.6.6-c", "an IHU without interval makes no storm")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);
	uint64_t runs;

	for (uint16_t k = 0; k < 3; k++)
		rig_hello(n, k, 400);
	runs = r->runs;
	for (uint16_t k = 3; k < 18; k++) {
		rig_hello(n, k, 400);
		rig_ihu(n, 96, 0);
		rig_pass(r, 4 * SEC);
	}
	assert_true(r->notes[NOTE_NEIGH_DOWN] <= 1);
	assert_true(r->runs - runs < 300);
	rig_free(r);
}

/* It asks those it knows to acknowledge a retraction, and then is free to
 * follow a shorter prefix, to us perhaps: who it does not know must not go by
 * what it has overheard. */
RFC_TEST(8966, "3.5.4-c", "what was heard before the neighbour's IHU is asked for anew")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	rig_hello(n, 1, 400);
	rig_hello(n, 2, 400);
	rig_update(n, P, 0xa, 7, 0);
	assert_true(rig_route(n, P, NULL));
	rig_mark(r);
	rig_ihu(n, 96, 100);
	assert_false(rig_route(n, P, NULL));
	assert_null(rig_selected(r, P));
	rig_pass(r, URGENT);
	s = rig_next(r, NULL, 1, TLV_ROUTE_REQUEST);
	assert_true(s && s->tlv.u.route_request.wildcard && rig_is_to(s, n));
	rig_update(n, P, 0xa, 7, 0);
	assert_ptr_equal(rig_selected(r, P), n);
	rig_ihu(n, 96, 100); /* in time: nothing changes */
	assert_ptr_equal(rig_selected(r, P), n);
	rig_pass(r, 5 * SEC); /* it may have forgotten us by now */
	assert_null(rig_selected(r, P));
	rig_ihu(n, 96, 100);
	assert_false(rig_route(n, P, NULL));
	rig_free(r);
}

RFC_TEST(8966, "A.1-a", "a Hello far from what was due starts the neighbour afresh")
{
	static const uint16_t far[] = {1000, 65000, 27 + 1};

	for (unsigned int k = 0; k < 3; k++) {
		struct rig *r = rig_new();
		struct rig_nb *n;

		rig_if(r, 1);
		n = rig_nb(r, 1, "fe80::1");
		n->alive = false;
		rig_hello(n, 3, 400); /* after 0, 1, 2 */
		for (uint16_t s = 4; s <= 10; s++)
			rig_hello(n, s, 400);
		rig_update(n, P, 0xa, 7, 0);
		assert_ptr_equal(rig_selected(r, P), n);
		rig_hello(n, far[k], 400);
		assert_int_equal(rig_history(n), 0x8000);
		assert_false(rig_route(n, P, NULL));
		assert_null(rig_selected(r, P));
		rig_free(r);
	}
}

RFC_TEST(8966, "A.1-a", "sixteen missed Hellos are still within reach")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_hello(n, 10, 400);
	rig_update(n, P, 0xa, 7, 0);
	rig_hello(n, 27, 400); /* 11 was due */
	assert_true(rig_route(n, P, NULL));
	rig_free(r);
}

RFC_TEST(8966, "A.1-b", "a Hello from the near past undoes the newest bits")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_hello(n, 10, 400);
	rig_hello(n, 11, 400);
	rig_hello(n, 12, 400);
	rig_hello(n, 11, 400);
	assert_int_equal(rig_history(n), 0xc000);
	rig_hello(n, 12, 400);
	assert_int_equal(rig_history(n), 0xe000);
	rig_free(r);
}

RFC_TEST(8966, "A.1-c", "skipped Hellos leave zeros")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_hello(n, 10, 400);
	rig_hello(n, 13, 400);
	assert_int_equal(rig_history(n), 0x9000);
	rig_hello(n, 14, 400);
	assert_int_equal(rig_history(n), 0xc800);
	rig_free(r);
}

RFC_TEST(8966, "A.1-d", "silence writes zeros after 1.5 intervals and each interval, then flushes")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_hello(n, 10, 400);
	rig_pass(r, 5900 * MSEC);
	assert_int_equal(rig_history(n), 0x8000);
	rig_pass(r, 200 * MSEC);
	for (unsigned int k = 1; k < 16; k++) {
		assert_int_equal(rig_history(n), 0x8000 >> k);
		rig_pass(r, 4 * SEC);
	}
	assert_false(rig_neigh(n, NULL));
	rig_free(r);
}

RFC_TEST(8966, "A.1-d", "a missed Hello is counted, so the next one is not late")
{
	struct rig_nb *n;
	struct rig *r = one_link(&n);

	rig_hello(n, 10, 400);
	rig_pass(r, 7 * SEC); /* 11 is missed */
	rig_hello(n, 12, 400);
	assert_int_equal(rig_history(n), 0xa000);
	rig_free(r);
}

RFC_TEST(8966, "A.2.1-a", "on wires two of the last three Hellos make a link, at the txcost")
{
	static const struct {
		uint16_t seqnos[4];
		unsigned int n;
		bool up;
	} cases[] = {
		{{10}, 1, false},     {{10, 11}, 2, true},	{{10, 12}, 2, true},
		{{10, 13}, 2, false}, {{10, 11, 14}, 3, false}, {{10, 11, 12, 14}, 4, true},
	};

	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++)
		for (unsigned int unicast = 0; unicast < 2; unicast++) {
			struct rig_nb *n;
			struct rig *r = one_link(&n);

			for (unsigned int i = 0; i < cases[k].n; i++)
				(unicast ? rig_unicast_hello : rig_hello)(n, cases[k].seqnos[i],
									  400);
			rig_ihu(n, 200, 1200);
			assert_int_equal(rig_cost(n), cases[k].up ? 200 : INF);
			rig_free(r);
		}
}

static struct rig *half_heard(struct rig_nb **n)
{
	struct rig *r = rig_new();

	r->config.type = BABEL_WIRELESS;
	r->config.rxcost = 256;
	rig_if(r, 1);
	*n = rig_stranger(r, 1, "fe80::1");
	for (uint16_t k = 0; k < 24; k += 2)
		rig_hello(*n, k, 400);
	return r;
}

RFC_TEST(8966, "A.2.2-a", "on wireless links the cost is that of expected transmissions")
{
	struct rig_nb *n;
	struct rig *r = half_heard(&n);

	rig_ihu(n, 256, 1200);
	assert_in_range(rig_cost(n), 400, 640);
	rig_ihu(n, 512, 1200);
	assert_in_range(rig_cost(n), 800, 1280);
	rig_ihu(n, 100, 1200); /* a txcost under 256 counts as that */
	assert_in_range(rig_cost(n), 400, 640);
	rig_free(r);
}

RFC_TEST(8966, "A.2.2-a", "unicast Hellos, which are sent again when lost, do not count there")
{
	struct rig_nb *n;
	struct rig *r = half_heard(&n);
	uint16_t before;

	rig_ihu(n, 256, 1200);
	before = rig_cost(n);
	for (uint16_t k = 0; k < 16; k++)
		rig_unicast_hello(n, k, 400);
	assert_int_equal(rig_cost(n), before);
	rig_free(r);
}

RFC_TEST(8966, "B-a", "the intervals are those of Appendix B")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_local(r, P);
	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO)))
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
	while ((s = rig_next(r, s, 1, TLV_IHU)))
		assert_int_equal(s->tlv.u.ihu.interval.cs, 1200);
	while ((s = rig_next_update(r, s, 1, P)))
		assert_int_equal(s->tlv.u.update.interval.cs, 1600);
	rig_free(r);
}

RFC_MAIN("8966: neighbours")
