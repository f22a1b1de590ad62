/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.1: unicast mode. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>

#include "tests/rfc/rig.h"

#define P "2001:db8:1::/48"
#define Q "2001:db8:2::/48"

/* On eth1 all but multicast Hellos is unicast. */
static void assert_alone(const struct rig *r)
{
	for (size_t k = r->mark; k < r->n_sent; k++) {
		const struct rig_sent *s = &r->sent[k];

		if (s->ifid != 1)
			continue;
		if (s->tlv.type == TLV_HELLO)
			assert_int_equal(s->group, !s->tlv.u.hello.unicast);
		else
			assert_false(s->group);
	}
}

static struct rig *alone(struct rig_nb *n[2])
{
	struct rig *r = rig_new();

	r->config.unicast = true;
	r->config.update_interval = 8 * SEC;
	rig_if(r, 1);
	r->config.unicast = false;
	rig_if(r, 2);
	r->config.unicast = true;
	n[0] = rig_nb(r, 1, "fe80::1");
	n[1] = rig_nb(r, 1, "fe80::2");
	rig_pass(r, 10 * SEC);
	rig_mark(r);
	return r;
}

RFC_TEST(8966, "3.1-g", "in unicast mode each neighbour hears all there is, and hears it alone")
{
	struct rig_nb *n[2], *other;
	struct rig *r = alone(n);

	other = rig_nb(r, 2, "fe80::3");
	rig_mark(r);
	rig_local(r, Q);
	rig_update(other, P, 0xa, 7, 0);
	rig_pass(r, SEC);
	for (unsigned int k = 0; k < 2; k++) {
		const struct rig_sent *s = NULL;

		while ((s = rig_next_update(r, s, 1, P)) && !rig_is_to(s, n[k]))
			;
		assert_non_null(s);
		assert_int_equal(s->tlv.u.update.metric, 96);
	}
	rig_pass(r, 60 * SEC); /* periodic ones, IHUs, requests */
	rig_route_request(n[0], NULL);
	rig_seqno_request(n[0], P, 0xa, 9, 64);
	rig_retract(other, P);
	rig_pass(r, 60 * SEC);
	babel_refresh(r->b, r->now);
	rig_pass(r, 10 * SEC);
	for (size_t k = r->mark; k < r->n_sent; k++)
		if (r->sent[k].ifid == 1 && r->sent[k].tlv.type != TLV_HELLO)
			assert_false(r->sent[k].group);
	rig_free(r);
}

RFC_TEST(8966, "3.7.1-a", "in unicast mode each neighbour gets each route every Update interval")
{
	struct rig_nb *n[2];
	struct rig *r = alone(n);

	rig_local(r, P);
	rig_local(r, Q);
	rig_pass(r, 20 * SEC);
	rig_mark(r);
	for (unsigned int k = 0; k < 2; k++) {
		const struct rig_sent *s = NULL;
		mono_t last = r->now;

		rig_mark(r);
		rig_pass(r, 120 * SEC);
		while ((s = rig_next_update(r, s, 1, k ? Q : P)))
			if (rig_is_to(s, n[k])) {
				assert_true(rig_since(s, last) <= 8 * SEC);
				last = s->at;
			}
		assert_true(mono_sub(r->now, last) <= 8 * SEC);
	}
	assert_alone(r);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-a", "in unicast mode each neighbour gets its own IHU, alone")
{
	struct rig_nb *n[2];
	struct rig *r = alone(n);
	const struct rig_sent *s = NULL;
	unsigned int ihus[2] = {0, 0}, hellos = 0;

	rig_pass(r, 120 * SEC);
	while ((s = rig_next(r, s, 1, TLV_IHU))) {
		unsigned int k = rig_is_to(s, n[1]);

		assert_true(rig_is_to(s, n[k]));
		assert_true(addr_cmp(&s->tlv.u.ihu.addr, &n[k]->addr) == 0);
		ihus[k]++;
	}
	while ((s = rig_next(r, s, 1, TLV_HELLO)))
		hellos++;
	for (unsigned int k = 0; k < 2; k++)
		assert_true(ihus[k] * 4 >= hellos && ihus[k] * 2 <= hellos);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-a", "in unicast mode multicast Hellos still go to the group, every one")
{
	struct rig_nb *n[2];
	struct rig *r = alone(n);
	const struct rig_sent *s = NULL;
	uint16_t next = 0;
	unsigned int count = 0;

	rig_pass(r, 60 * SEC);
	for (; (s = rig_next(r, s, 1, TLV_HELLO)); count++) {
		assert_true(s->group && !s->tlv.u.hello.unicast);
		assert_true(!count || s->tlv.u.hello.seqno == next);
		next = (uint16_t)(s->tlv.u.hello.seqno + 1);
	}
	assert_true(count >= 15);
	rig_free(r);
}

RFC_TEST(8966, "3.7.2-b", "in unicast mode a retraction reaches each neighbour two to five times")
{
	struct rig_nb *n[2], *other;
	struct rig *r = alone(n);

	r->config.update_interval = 600 * SEC; /* no other Updates meanwhile */
	rig_if(r, 1);
	rig_pass(r, 10 * SEC);
	other = rig_nb(r, 2, "fe80::3");
	rig_update(other, P, 0xa, 7, 0);
	rig_pass(r, 5 * SEC);
	rig_mark(r);
	rig_retract(other, P);
	rig_pass(r, 7 * SEC); /* nobody acknowledges */
	for (unsigned int k = 0; k < 2; k++) {
		const struct rig_sent *s = NULL;
		unsigned int count = 0;
		mono_t last = {0};

		while ((s = rig_next_update(r, s, 1, P))) {
			if (!rig_is_to(s, n[k]) || s->tlv.u.update.metric != INF)
				continue;
			assert_true(!count || rig_since(s, last) >= 100 * MSEC); /* not bunched */
			last = s->at;
			count++;
		}
		assert_in_range(count, 2, 5);
	}
	assert_alone(r);
	rig_free(r);
}

RFC_TEST(8966, "3.5.4-c", "in unicast mode acknowledgments end the hold early, too")
{
	struct rig_nb *n[2], *other;
	const struct rig_sent *s = NULL;
	struct rig *r = alone(n);

	other = rig_nb(r, 2, "fe80::3");
	rig_update(other, P, 0xa, 7, 0);
	rig_after_update(r, 1, P);
	rig_retract(other, P);
	assert_int_equal(rig_choice(r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(r, 300 * MSEC);
	while ((s = rig_next(r, s, 0, TLV_ACK_REQUEST))) {
		struct tlv ack = {.type = TLV_ACK, .u.ack = {s->tlv.u.ack_request.opaque}};

		for (unsigned int k = 0; k < r->n_nb; k++)
			if (rig_is_to(s, &r->nb[k]))
				rig_say_unicast(&r->nb[k], &ack);
	}
	rig_pass(r, 5 * SEC);
	assert_int_equal(rig_choice(r, P)->c.kind, CHOICE_NONE);
	rig_free(r);
}

RFC_TEST(8966, "3.7.4-a", "in unicast mode split horizon holds for all neighbours of the link")
{
	struct rig_nb *n[2];
	struct rig *r = alone(n);
	const struct rig_sent *s = NULL;

	rig_update(n[0], P, 0xa, 7, 0);
	rig_pass(r, 60 * SEC);
	while ((s = rig_next_update(r, s, 1, P)))
		assert_int_equal(s->tlv.u.update.metric, INF);
	rig_mark(r);
	rig_route_request(n[1], P); /* who asks is told */
	rig_pass(r, SEC);
	s = rig_next_update(r, NULL, 1, P);
	assert_true(s && rig_is_to(s, n[1]) && s->tlv.u.update.metric == 96);
	rig_free(r);
}

RFC_TEST(9616, "3.2-c", "an IHU alone travels with a unicast Hello that has its own time stamp")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL, *h;
	struct tlv t = {.type = TLV_HELLO};
	struct rig_nb *n;
	unsigned int count = 0;

	r->config.unicast = true;
	r->config.rtt = (struct babel_rtt_config){.on = true, .decay = 42, .max = SEC};
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	t.u.hello = (struct tlv_hello){
		.seqno = n->hello++, .interval = {400}, .stamped = true, .sent = 5};
	rig_say(n, &t);
	rig_mark(r);
	rig_pass(r, 60 * SEC);
	for (; (s = rig_next(r, s, 1, TLV_IHU)); count++) {
		assert_true(rig_is_to(s, n) && s->tlv.u.ihu.stamped);
		for (h = NULL; (h = rig_next(r, h, 1, TLV_HELLO)) && h->packet != s->packet;)
			;
		assert_non_null(h);
		assert_true(h->tlv.u.hello.unicast && h->tlv.u.hello.stamped);
		assert_int_equal(h->tlv.u.hello.interval.cs, 0); /* it promises nothing */
	}
	assert_true(count >= 3);
	rig_free(r);
}

/* RFC 8966 4.6.9: who is here now may be nobody that we know of yet. */
PLAIN_TEST("in unicast mode the first words and the last ones go to the group")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n;

	r->config.unicast = true;
	rig_if(r, 2); /* eth1 has a memory, eth2 none */
	s = rig_next(r, NULL, 2, TLV_ROUTE_REQUEST);
	assert_true(s && s->group && s->tlv.u.route_request.wildcard);
	s = rig_next(r, NULL, 2, TLV_UPDATE);
	assert_true(s && s->group && s->tlv.u.update.wildcard);
	n = rig_nb(r, 2, "fe80::1");
	rig_mark(r);
	babel_goodbye(r->b, r->now);
	s = rig_next(r, NULL, 2, TLV_UPDATE);
	assert_true(s && s->group && s->tlv.u.update.wildcard);
	s = rig_next(r, s, 2, TLV_UPDATE);
	assert_true(s && rig_is_to(s, n) && s->tlv.u.update.wildcard);
	rig_free(r);
}

PLAIN_TEST("in unicast mode an orderly end waits until each neighbour was told all")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	unsigned int told = 0;
	struct rig_nb *n;

	r->config.unicast = true;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	for (unsigned int k = 0; k < 30000; k++) {
		char text[48];

		snprintf(text, sizeof(text), "2001:db8:%x::/48", k);
		rig_local(r, text);
	}
	rig_pass(r, 60 * SEC);
	rig_mark(r);
	babel_leave(r->b, r->now);
	rig_pass(r, 4 * SEC);
	while ((s = rig_next(r, s, 1, TLV_UPDATE)) && !s->tlv.u.update.wildcard)
		told += rig_is_to(s, n);
	assert_true(told >= 30000);
	assert_true(s && s->group); /* whoever else hears it */
	while ((s = rig_next(r, s, 1, TLV_UPDATE)) && !rig_is_to(s, n))
		;
	assert_true(s && s->tlv.u.update.wildcard);
	rig_free(r);
}

RFC_MAIN("8966: unicast mode")
