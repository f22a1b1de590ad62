/* SPDX-License-Identifier: MIT */
/* Link costs and metrics, RFC 8966 A.2 and 3.5.2. Pure. */
#include "babeld/core/core.h"

#define ETX_WINDOW 6 /* RFC 8966 A.2.2 */

/* The newest n bits of a history. */
static unsigned int received(uint16_t history, unsigned int n)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++)
		count += (history >> (15 - i)) & 1;
	return count;
}

bool cost_etx(const struct babel_if_config *c)
{
	switch (c->quality) {
	case BABEL_QUALITY_OF_TYPE: /* RFC 8966 A.2 */
		return c->type == BABEL_WIRELESS;
	case BABEL_K_OUT_OF_J:
		return false;
	case BABEL_ETX:
		return true;
	}
	return false;
}

bool cost_decided(const struct babel_if_config *c, uint16_t multicast, uint16_t unicast)
{
	return (multicast | unicast) & (0xffff >> (c->j - 1));
}

uint16_t cost_rx(const struct babel_if_config *c, uint16_t nominal, uint16_t multicast,
		 uint16_t unicast)
{
	unsigned int ones;
	uint32_t cost;

	if (!cost_etx(c)) /* RFC 8966 A.2.1: either kind of Hello suffices */
		return received(multicast, c->j) >= c->k || received(unicast, c->j) >= c->k
			       ? nominal
			       : BABEL_INFINITY;
	/* RFC 8966 A.2.2: the nominal cost over beta. Unicast Hellos, which the
	 * link layer sends again when lost, tell nothing about beta. */
	ones = received(multicast, ETX_WINDOW);
	if (!ones)
		return BABEL_INFINITY;
	cost = (uint32_t)nominal * ETX_WINDOW / ones;
	return cost < BABEL_INFINITY ? (uint16_t)cost : BABEL_INFINITY;
}

uint16_t cost_link(const struct babel_if_config *c, uint16_t txcost, uint16_t rxcost)
{
	uint64_t cost = txcost; /* RFC 8966 A.2.1 */

	if (rxcost == BABEL_INFINITY || txcost == BABEL_INFINITY)
		return BABEL_INFINITY;
	if (cost_etx(c)) /* RFC 8966 A.2.2 */
		cost = (uint64_t)(txcost > 256 ? txcost : 256) * rxcost / 256;
	if (cost == 0)
		return 1; /* RFC 8966 3.4.3: strictly positive, whatever the IHU said */
	return cost < BABEL_INFINITY ? (uint16_t)cost : BABEL_INFINITY;
}

uint16_t cost_metric(uint16_t cost, uint16_t refmetric)
{
	uint32_t m = (uint32_t)cost + refmetric;

	if (cost == BABEL_INFINITY || refmetric == BABEL_INFINITY || m >= BABEL_INFINITY)
		return BABEL_INFINITY;
	return (uint16_t)m;
}
