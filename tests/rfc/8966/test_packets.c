/* SPDX-License-Identifier: MIT */
/* RFC 8966 4: sizes of packets, and whose packets count. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/rfc/given.h"

#define P	 "2001:db8:1::/48"
#define OVERHEAD 48 /* IPv6 and UDP */

static struct rig *dump(unsigned int mtu, unsigned int routes)
{
	struct rig *r = rig_new();

	r->mtu = mtu;
	rig_if(r, 1);
	for (unsigned int k = 0; k < routes; k++) {
		char text[64];

		snprintf(text, sizeof(text), "2001:db8:%x:%x::/64", k * 7919 & 0xffff, k);
		rig_local(r, text);
	}
	rig_pass(r, 30 * SEC);
	rig_mark(r);
	rig_route_request(rig_nb(r, 1, "fe80::1"), NULL);
	rig_pass(r, 10 * SEC);
	return r;
}

RFC_TEST(8966, "4-e", "packets of a large dump are full")
{
	struct rig *r = dump(1500, 2000);
	size_t octets = 0, full = 0;

	for (size_t k = r->packet_mark; k < r->n_packets; k++) {
		octets += r->packets[k].len;
		if (r->packets[k].len > 1300)
			full += r->packets[k].len;
	}
	assert_true(octets > 20000 && full * 10 > octets * 8);
	rig_free(r);
}

RFC_TEST(8966, "4-f",
	 "no packet is larger than the link takes, or than 512 octets if it takes less")
{
	static const unsigned int mtus[] = {68, 512, 576, 1280, 9000, 65535, 100000};

	for (unsigned int m = 0; m < sizeof(mtus) / sizeof(*mtus); m++) {
		struct rig *r = dump(mtus[m], 2000);
		size_t limit = mtus[m] - OVERHEAD, largest = 0;

		if (limit < 512)
			limit = 512;
		if (limit > 65535 - OVERHEAD)
			limit = 65535 - OVERHEAD;
		for (size_t k = 0; k < r->n_packets; k++) {
			assert_true(r->packets[k].len <= limit);
			if (r->packets[k].len > largest)
				largest = r->packets[k].len;
		}
		if (limit < 9000)
			assert_true(largest + 100 > limit);
		rig_free(r);
	}
}

RFC_TEST(8966, "4-g", "a packet as large as any link's is read to its end")
{
	struct rig *r = rig_new();
	struct packet_writer w;
	struct span datagram;
	struct rig_nb *n1;
	uint8_t *buf = malloc(65535);
	char text[64];
	unsigned int k = 0;
	struct tlv t;

	r->mtu = 65535;
	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	packet_begin(&w, buf, 65535 - OVERHEAD, FAM_IP6, &n1->addr);
	for (;; k++) {
		snprintf(text, sizeof(text), "2001:db8:%x:%x::/64", k * 7919 & 0xffff, k);
		t = rig_update_tlv(n1, text, 0xa, 7, 0);
		if (!packet_put(&w, &t))
			break;
	}
	datagram = packet_end(&w);
	assert_true(datagram.len > 65000 && k > 1000);
	rig_datagram(n1, true, datagram);
	k--;
	snprintf(text, sizeof(text), "2001:db8:%x:%x::/64", k * 7919 & 0xffff, k);
	assert_ptr_equal(rig_selected(r, text), n1);
	free(buf);
	rig_free(r);
}

static void expect_nothing(const char *from)
{
	struct rig *r = rig_new();
	struct rig_nb *n;
	size_t before;

	rig_if(r, 1);
	rig_if(r, 2);
	rig_pass(r, 5 * SEC);
	n = rig_stranger(r, 1, from);
	before = r->n_packets;
	rig_hello(n, 1, 400);
	rig_hello(n, 2, 400);
	rig_ihu(n, 96, 1200);
	rig_update(n, P, 0xa, 7, 0);
	rig_route_request(n, NULL);
	assert_int_equal(rig_neighbours(r), 0);
	assert_int_equal(rig_routes(r, P), 0);
	rig_mark(r);
	rig_pass(r, 8 * SEC);
	assert_null(rig_next(r, NULL, 0, TLV_IHU));
	assert_true(r->n_packets - before < 10); /* Hellos alone */
	rig_free(r);
}

RFC_TEST(8966, "4-b", "who is not link-local is not heard")
{
	expect_nothing("2001:db8::9");
	expect_nothing("::");
	expect_nothing("ff02::1:6");
}

RFC_TEST(8966, "4-h", "our own packets, come back from the group, are not a neighbour's")
{
	expect_nothing("fe80::d:1");
	expect_nothing("fe80::d:2");
}

RFC_MAIN("8966: packets")
