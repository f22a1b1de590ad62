/* SPDX-License-Identifier: MIT */
/*
 * The Babel codec under arbitrary datagrams: parsing never steps outside,
 * always ends, and what it accepts can be written and read again unchanged.
 *
 * The first octet of the input chooses the family the packet came over.
 */
#include "tests/fuzz/driver.h"

#include <stdlib.h>

#include "tests/wire/wire_random.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

#define MAX_TLVS 4096

struct parsed {
	size_t n;
	struct tlv tlv[MAX_TLVS];
};

/* Keeps what counts, as far as it may be sent. */
static void parse(struct span datagram, enum family f, const struct addr *from, bool no_v4_via_v6,
		  struct parsed *out)
{
	enum tlv_verdict verdict = TLV_VERDICTS;
	struct packet_parser p;
	size_t steps = 0;
	struct tlv t;

	out->n = 0;
	if (packet_open(&p, datagram, f, from) != PACKET_OK)
		return;
	p.no_v4_via_v6 = no_v4_via_v6;
	while (packet_next(&p, &t, &verdict)) {
		must(verdict < TLV_VERDICTS);
		must(++steps <= datagram.len);
		if (verdict == TLV_OK && tlv_may_send(&t) && out->n < MAX_TLVS)
			out->tlv[out->n++] = t;
		verdict = TLV_VERDICTS;
	}
}

/* How many of them fit. */
static size_t write_some(const struct tlv *t, size_t n, struct packet_writer *w, void *buf,
			 size_t size, const struct addr *from, enum family f)
{
	size_t i = 0;

	packet_begin(w, buf, size, f, from);
	while (i < n && packet_put(w, &t[i]))
		i++;
	return i;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parsed first, again;
	static uint8_t buf[2][600];
	struct addr from = peer6;
	enum family f = FAM_IP6;
	struct packet_writer w;

	if (!size)
		return 0;
	if (data[0] & 1) {
		f = FAM_IP4;
		from = addr_ip4(192, 0, 2, 9);
	}
	parse(span_of(data + 1, size - 1), f, &from, data[0] & 2, &first);
	for (size_t done = 0; done < first.n;) {
		size_t n = write_some(first.tlv + done, first.n - done, &w, buf[0], sizeof(buf[0]),
				      &from, f);
		struct span one = packet_end(&w), two;

		must(n > 0);
		parse(one, f, &from, data[0] & 2, &again);
		must(again.n == n);
		for (size_t i = 0; i < n; i++)
			must(same_tlv(&first.tlv[done + i], &again.tlv[i]));
		must(write_some(again.tlv, n, &w, buf[1], sizeof(buf[1]), &from, f) == n);
		two = packet_end(&w);
		must(one.len == two.len && memcmp(one.p, two.p, one.len) == 0);
		done += n;
	}
	return 0;
}

#define SEEDS 16

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static struct fuzz_seed seeds[SEEDS];
	static uint8_t octets[SEEDS][400];
	struct rng r = {.s = 1};

	for (size_t i = 0; i < SEEDS; i++) {
		struct packet_writer w;
		struct tlv t = rnd_tlv(&r);
		struct span s;

		octets[i][0] = 0;
		packet_begin(&w, octets[i] + 1, 40 + below(&r, 350), FAM_IP6, &peer6);
		while (packet_put(&w, &t))
			t = rnd_tlv(&r);
		s = packet_end(&w);
		seeds[i] = (struct fuzz_seed){octets[i], s.len + 1};
	}
	*n = SEEDS;
	return seeds;
}
