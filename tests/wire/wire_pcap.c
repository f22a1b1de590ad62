/* SPDX-License-Identifier: MIT */
/*
 * Writes random packets of ours to a capture file, and to stdout what is in
 * them, for a judge that shares no code with us.
 *
 *	wire_pcap FILE
 *
 * One line per TLV: frame number, then what it is. Prefixes are full hex.
 */
#include "tests/wire/wire_random.h"

static void put_le32(FILE *f, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		fputc((int)(v >> (8 * i)) & 0xff, f);
}

static void put_be(uint8_t *at, unsigned int v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static uint16_t checksum(const uint8_t *ip, size_t udp_len)
{
	uint32_t sum = (uint32_t)udp_len + 17;

	/* Addresses and datagram lie in one piece behind octet 8. */
	for (size_t i = 8; i < 40 + udp_len; i++)
		sum += i % 2 ? ip[i] : (uint32_t)ip[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff ? 0xffff : (uint16_t)~sum;
}

static void put_frame(FILE *f, struct span s)
{
	static uint8_t ip[40 + 8 + 2000];
	size_t udp_len = 8 + s.len, len = 40 + udp_len;

	memset(ip, 0, sizeof(ip));
	ip[0] = 0x60;
	put_be(ip + 4, (unsigned int)udp_len);
	ip[6] = 17;
	ip[7] = 1;
	memcpy(ip + 8, peer6.b, 16);
	memcpy(ip + 24, (const uint8_t[16]){0xff, 0x02, [13] = 1, [15] = 6}, 16);
	put_be(ip + 40, 6696);
	put_be(ip + 42, 6696);
	put_be(ip + 44, (unsigned int)udp_len);
	memcpy(ip + 48, s.p, s.len);
	put_be(ip + 46, checksum(ip, udp_len));
	put_le32(f, 0);
	put_le32(f, 0);
	put_le32(f, (uint32_t)len);
	put_le32(f, (uint32_t)len);
	fwrite(ip, len, 1, f);
}

static void print_prefix(const struct prefix *p)
{
	printf(" %u/", p->plen);
	for (unsigned int i = 0; i < family_octets((enum family)p->family); i++)
		printf("%02x", p->addr.b[i]);
}

static void print_tlv(int frame, const struct tlv *t)
{
	const struct sdprefix *pair = NULL;

	printf("%d %d", frame, t->type);
	if (t->type == TLV_UPDATE && !t->u.update.wildcard)
		pair = &t->u.update.pair;
	if (t->type == TLV_ROUTE_REQUEST && !t->u.route_request.wildcard)
		pair = &t->u.route_request.pair;
	if (t->type == TLV_SEQNO_REQUEST)
		pair = &t->u.seqno_request.pair;
	if (pair) {
		print_prefix(&pair->dst);
		print_prefix(&pair->src);
	}
	if (t->type == TLV_UPDATE)
		printf(" metric %u seqno %u", t->u.update.metric, t->u.update.seqno);
	printf("\n");
}

/* tshark 4.0 looks for the second time stamp of an IHU (RFC 9616 6.2) behind it. */
static struct tlv readable(struct rng *r)
{
	struct tlv t = rnd_tlv(r);

	if (t.type == TLV_IHU)
		t.u.ihu.stamped = false;
	return t;
}

int main(int argc, char **argv)
{
	struct rng r = {rng_seed(), .no_via6 = true}; /* tshark 4.0 knows no AE 4 */
	FILE *f = argc == 2 ? fopen(argv[1], "wb") : NULL;

	if (!f) {
		fprintf(stderr, "usage: wire_pcap FILE\n");
		return 2;
	}
	put_le32(f, 0xa1b2c3d4);
	put_le32(f, 2 | 4 << 16);
	put_le32(f, 0);
	put_le32(f, 0);
	put_le32(f, 65535);
	put_le32(f, 229); /* raw IPv6 */
	for (int frame = 1; frame <= 200; frame++) {
		uint8_t buf[1452];
		struct packet_writer w;
		struct tlv t = readable(&r);

		packet_begin(&w, buf, frame % 2 ? sizeof(buf) : 100 + below(&r, 400), FAM_IP6,
			     &peer6);
		while (packet_put(&w, &t)) {
			print_tlv(frame, &t);
			t = readable(&r);
		}
		put_frame(f, packet_end(&w));
	}
	return fclose(f) ? 1 : 0;
}
