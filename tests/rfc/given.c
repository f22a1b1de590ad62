/* SPDX-License-Identifier: MIT */
/* Beginnings that many tests share. */
#include "tests/rfc/given.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

struct given given_in(struct rig *r, unsigned int neighbours)
{
	static const char *const addrs[] = {"fe80::1", "fe80::2", "fe80::3"};
	struct given g = {.r = r};
	struct rig_nb **n[] = {&g.n1, &g.n2, &g.n3};

	assert_in_range(neighbours, 1, 3);
	for (ifid_t i = 1; i <= neighbours; i++)
		rig_if(r, i);
	for (unsigned int k = 0; k < neighbours; k++)
		*n[k] = rig_nb(r, k + 1, addrs[k]);
	rig_pass(r, 5 * SEC);
	rig_mark(r);
	return g;
}

struct given given(unsigned int neighbours)
{
	return given_in(rig_new(), neighbours);
}

void given_route(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		 uint16_t metric)
{
	rig_update(n, pair, id, seqno, metric);
	rig_pass(n->r, 2 * SEC);
	rig_mark(n->r);
}

void given_greeting(struct rig_nb *n)
{
	for (unsigned int k = 0; k < 3; k++)
		rig_hello(n, n->hello, 400);
	rig_ihu(n, n->rxcost, 1200);
}

static bool count_neigh(void *ctx, const struct babel_neigh_view *v)
{
	(void)v;
	++*(unsigned int *)ctx;
	return true;
}

unsigned int rig_neighbours(const struct rig *r)
{
	unsigned int n = 0;

	babel_each_neigh(r->b, count_neigh, &n);
	return n;
}

uint16_t rig_history(const struct rig_nb *n)
{
	struct babel_neigh_view v;

	assert_true(rig_neigh(n, &v));
	return v.hello_history;
}

unsigned int rig_acknowledge(struct rig_nb *n)
{
	const struct rig_sent *s = NULL;
	unsigned int asked = 0;

	while ((s = rig_next(n->r, s, n->ifid, TLV_ACK_REQUEST))) {
		struct tlv t = {.type = TLV_ACK, .u.ack = {s->tlv.u.ack_request.opaque}};

		assert_int_not_equal(s->tlv.u.ack_request.interval.cs, 0);
		if (!rig_is_to(s, n))
			continue;
		rig_say_unicast(n, &t);
		asked++;
	}
	return asked;
}

bool rig_mac_is(const struct rig_packet *p, unsigned int k, unsigned int key)
{
	struct addr from = rig_own_addr(p->ifid);
	size_t covered = BABEL_HEADER_LEN + ((size_t)p->octets[2] << 8 | p->octets[3]), len;
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX];
	struct auth_tlv t;

	len = wire_auth_pseudo(FAM_IP6, &from, p->group ? &babel_group : &p->to, pseudo);
	rig_mac(key, span_of(pseudo, len), span_of(p->octets, covered), mac);
	return rig_find(p, true, TLV_MAC, k, &t) && t.data.len == (key % 2 ? 16 : 32) &&
	       memcmp(t.data.p, mac, t.data.len) == 0;
}
