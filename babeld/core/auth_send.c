/* SPDX-License-Identifier: MIT */
/* Signing what leaves: our Index, our packet counter, the MACs. RFC 8967 4.2 */
#include "babeld/core/core.h"

#include <string.h>

#define PC_TLV_LEN (2 + 4 + BABEL_INDEX_LEN)
#define PC_END	   UINT32_MAX /* one more would overflow */

static unsigned int send_keys(const struct babel_auth *a, size_t *octets)
{
	unsigned int n = 0;

	*octets = 0;
	for (unsigned int k = 0; a->enabled && k < a->n; k++) {
		if (!a->keys[k].send)
			continue;
		*octets += 2 + (size_t)a->keys[k].mac_len;
		n++;
	}
	return n;
}

size_t auth_overhead(const struct iface *i)
{
	size_t macs;

	return send_keys(&i->config.auth, &macs) ? PC_TLV_LEN + macs : 0;
}

/* One that was never used, RFC 8967 3.1: in no file yet either, so nothing
 * bounds its counters but their size. */
static void new_index(struct babel *b, struct iface_auth *a)
{
	for (size_t k = 0; k < sizeof(a->index); k += sizeof(uint32_t)) {
		uint32_t r = b->env.random(b->ctx);

		memcpy(a->index + k, &r, sizeof(r));
	}
	a->have_index = true;
	a->pc = 0;
	a->limit = PC_END;
}

uint32_t auth_promise(uint32_t pc, uint32_t limit)
{
	if (limit != PC_END && limit > pc && limit - pc >= PC_AHEAD / 2)
		return limit;
	return pc < PC_END - PC_AHEAD ? pc + PC_AHEAD : PC_END;
}

struct span auth_seal(struct babel *b, struct iface *i, const struct addr *to,
		      struct packet_writer *w)
{
	const struct babel_auth *config = &i->config.auth;
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX];
	size_t more = auth_overhead(i), pseudo_len;
	struct iface_auth *a = &i->auth;
	struct span packet;

	if (!more) /* nothing to sign with: who checks will not believe us */
		return packet_end(w);
	if (!a->have_index || a->pc >= a->limit) /* RFC 8967 4.2 */
		new_index(b, a);
	wire_auth_put_pc(w, more, a->pc++, span_of(a->index, sizeof(a->index)));
	packet = packet_end(w);
	pseudo_len = wire_auth_pseudo(FAM_IP6, &i->info.linklocal, to, pseudo);
	for (unsigned int k = 0; k < config->n; k++) {
		const struct babel_key *key = &config->keys[k];

		if (!key->send ||
		    !b->env.mac(b->ctx, key->handle, span_of(pseudo, pseudo_len), packet, mac))
			continue;
		wr_u8(&w->w, TLV_MAC);
		wr_u8(&w->w, key->mac_len);
		wr_bytes(&w->w, mac, key->mac_len);
	}
	return span_of(packet.p, wr_len(&w->w));
}
