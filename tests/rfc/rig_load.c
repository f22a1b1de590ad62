/* SPDX-License-Identifier: MIT */
/* Much of everything. */
#include "tests/rfc/rig_load.h"

#include <stdio.h>

const char *load_pair(unsigned int net, unsigned int k)
{
	static char text[64];

	snprintf(text, sizeof(text), "2001:db%x:%x:%x::/64", net, k >> 16, k & 0xffff);
	return text;
}

unsigned int load_index(const uint8_t octets[16])
{
	return (unsigned int)(octets[4] << 8 | octets[5]) << 16 |
	       (unsigned int)(octets[6] << 8 | octets[7]);
}

void load_tell(struct rig_nb *n, unsigned int net, unsigned int from, unsigned int to,
	       uint16_t metric)
{
	for (unsigned int k = from; k < to; k++)
		rig_update_every(n, load_pair(net, k), 0xa, 7, metric, LONG);
}

struct rig *load_limited(uint32_t neigh_routes, uint32_t routes)
{
	struct babel_limits l = {.neigh_routes = neigh_routes, .routes = routes};
	struct rig *r = rig_new();

	babel_set_limits(r->b, &l, r->now);
	rig_if(r, 1);
	rig_if(r, 2);
	return r;
}

struct rig *load_own(unsigned int locals)
{
	struct rig *r = rig_new();

	rig_if(r, 1);
	for (unsigned int k = 0; k < locals; k++)
		rig_local(r, load_pair(8, k));
	rig_pass(r, 60 * SEC);
	return r;
}

void load_ask_all(struct rig_nb *one, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++) {
		one->addr.b[15] = (uint8_t)k;
		rig_hello(one, 1, 400);
		rig_hello(one, 2, 400);
		rig_ihu(one, 96, 1200);
		rig_route_request(one, NULL);
	}
}

struct looking {
	enum babel_limit want;
	struct babel_limit_view v;
};

static bool look(void *ctx, const struct babel_limit_view *v)
{
	struct looking *l = ctx;

	if (v->limit == l->want)
		l->v = *v;
	return true;
}

struct babel_limit_view load_limit(const struct rig *r, enum babel_limit l)
{
	struct looking it = {.want = l};

	babel_each_limit(r->b, look, &it);
	return it.v;
}

void load_pass_acking(struct rig_nb *n, usec_t d, usec_t after)
{
	struct rig *r = n->r;
	mono_t end = mono_add(r->now, d);
	size_t next = r->n_sent;

	while (mono_before(r->now, end)) {
		rig_pass(r, MSEC);
		for (; next < r->n_sent; next++) {
			const struct rig_sent *q = &r->sent[next];
			struct tlv t = {.type = TLV_ACK};

			if (mono_sub(r->now, q->at) < after)
				break;
			if (q->tlv.type != TLV_ACK_REQUEST || q->ifid != n->ifid ||
			    (!q->group && !rig_is_to(q, n)))
				continue;
			t.u.ack.opaque = q->tlv.u.ack_request.opaque;
			rig_say_unicast(n, &t);
		}
	}
}
