/* SPDX-License-Identifier: MIT */
/* Parser state, RFC 8966 4.5. */
#include "babeld/core/wire_state.h"

#include <assert.h>
#include <string.h>

void wire_state_init(struct wire_state *s, enum family from_family, const struct addr *from)
{
	*s = (struct wire_state){0};
	if (from_family != FAM_NONE)
		wire_state_set_next_hop(s, from_family, from);
}

void wire_state_set_router_id(struct wire_state *s, const struct router_id *id)
{
	s->have_router_id = router_id_valid(id);
	s->router_id = *id;
}

void wire_state_set_next_hop(struct wire_state *s, enum family f, const struct addr *nh)
{
	if (f == FAM_IP4) {
		s->have_nh4 = true;
		s->nh4 = *nh;
	} else {
		s->have_nh6 = true;
		s->nh6 = *nh;
	}
}

void wire_state_set_default(struct wire_state *s, unsigned int ae, const struct prefix *p)
{
	assert(ae < N_AES);
	s->defaults[ae].have = true;
	s->defaults[ae].octets = p->plen / 8;
	s->defaults[ae].addr = p->addr;
}

const struct router_id *wire_state_router_id(const struct wire_state *s)
{
	return s->have_router_id ? &s->router_id : NULL;
}

const struct addr *wire_state_next_hop(const struct wire_state *s, enum family f)
{
	if (f == FAM_IP4)
		return s->have_nh4 ? &s->nh4 : NULL;
	return s->have_nh6 ? &s->nh6 : NULL;
}

const struct addr *wire_state_default(const struct wire_state *s, unsigned int ae)
{
	assert(ae < N_AES);
	return s->defaults[ae].have ? &s->defaults[ae].addr : NULL;
}

unsigned int wire_state_omit(const struct wire_state *s, unsigned int ae, const struct prefix *p)
{
	const struct addr *d = wire_state_default(s, ae);
	unsigned int max, n = 0;

	if (!d)
		return 0;
	max = s->defaults[ae].octets;
	if (max > p->plen / 8u)
		max = p->plen / 8u;
	while (n < max && d->b[n] == p->addr.b[n])
		n++;
	return n;
}

struct router_id wire_router_id_of(const struct addr *a, unsigned int octets)
{
	struct router_id id = {{0}};

	assert(octets <= sizeof(a->b));
	if (octets >= sizeof(id.b))
		memcpy(id.b, a->b + octets - sizeof(id.b), sizeof(id.b));
	else
		memcpy(id.b + sizeof(id.b) - octets, a->b, octets);
	return id;
}
