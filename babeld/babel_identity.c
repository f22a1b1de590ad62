/* SPDX-License-Identifier: MIT */
/* Which router-id is ours. */
#include "babeld/babel_identity.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <string.h>

#define LOCAL 0x02 /* in the first octet: not unique world-wide */

size_t hardware_list(struct hardware v[HARDWARE_MAX])
{
	struct ifaddrs *all, *a;
	size_t n = 0;

	if (getifaddrs(&all) < 0)
		return 0;
	for (a = all; a && n < HARDWARE_MAX; a = a->ifa_next) {
		const struct sockaddr_ll *ll = (const void *)a->ifa_addr;

		if (!ll || ll->sll_family != AF_PACKET || (a->ifa_flags & IFF_LOOPBACK) ||
		    (ll->sll_halen != 6 && ll->sll_halen != 8) ||
		    (ll->sll_halen == 6 && ll->sll_hatype != ARPHRD_ETHER))
			continue;
		v[n].len = ll->sll_halen;
		memcpy(v[n].octets, ll->sll_addr, v[n].len);
		n++;
	}
	freeifaddrs(all);
	return n;
}

bool identity_of_hardware(const struct hardware *h, struct router_id *out)
{
	static const uint8_t none[8] = {0};

	/* Nobody's, or a group's. */
	if (memcmp(h->octets, none, h->len) == 0 || (h->octets[0] & 1))
		return false;
	if (h->len == 8) {
		memcpy(out->b, h->octets, 8);
	} else {
		memcpy(out->b, h->octets, 3);
		out->b[3] = 0xff;
		out->b[4] = 0xfe;
		memcpy(out->b + 5, h->octets + 3, 3);
	}
	out->b[0] ^= LOCAL;
	return router_id_valid(out);
}

/* The universal ones first, then by number. */
static bool better(const struct router_id *a, const struct router_id *b)
{
	bool ua = a->b[0] & LOCAL, ub = b->b[0] & LOCAL; /* the bit is inverted */

	return ua != ub ? ua : memcmp(a->b, b->b, sizeof(a->b)) < 0;
}

static bool derive(const struct identity *now, const struct hardware *v, size_t n,
		   struct router_id *out)
{
	bool found = false;
	struct router_id id;

	for (size_t k = 0; k < n; k++) {
		if (!identity_of_hardware(&v[k], &id))
			continue;
		if (router_id_eq(&id, &now->id)) {
			*out = id;
			return true;
		}
		if (!found || better(&id, out))
			*out = id;
		found = true;
	}
	return found;
}

bool identity_choose(enum identity_policy policy, const struct router_id *value,
		     const struct identity *now, const struct hardware *v, size_t n,
		     struct identity *out)
{
	bool have = router_id_valid(&now->id);

	switch (policy) {
	case IDENTITY_KEPT:
		break;
	case IDENTITY_RANDOM:
		have = have && now->random;
		break;
	case IDENTITY_DERIVED:
		*out = (struct identity){.random = false};
		if (derive(now, v, n, &out->id))
			return true;
		break;
	case IDENTITY_VALUE:
		*out = (struct identity){.id = *value};
		return true;
	}
	if (have)
		*out = *now;
	return have;
}
