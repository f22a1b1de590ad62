/* SPDX-License-Identifier: MIT */
/* RFC 9616 3.4 with RFC 8967: time stamps in packets that are signed. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "tests/rfc/given.h"
#include "tests/rfc/rig_rtt.h"

static struct rig *signing(struct rig_nb **n)
{
	struct rig *r = rig_new();

	RIG_KEYS(r, 2);
	r->config.rtt.on = true;
	r->late = 3 * MSEC; /* a packet is stamped so long after it was begun */
	rig_if(r, 1);
	*n = rig_stranger(r, 1, "fe80::1");
	rig_prove(*n, 2, "i", 50);
	return r;
}

RFC_TEST(9616, "3.4-a", "the time stamp of sending is under the MAC")
{
	const struct rig_sent *s = NULL, *before = NULL;
	unsigned int hellos = 0;
	struct rig_nb *n;
	struct rig *r = signing(&n);

	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_true(s->tlv.u.hello.stamped);
		assert_true(rig_mac_is(&r->packets[s->packet], 0, 2));
		if (before)
			assert_int_equal(s->tlv.u.hello.sent - before->tlv.u.hello.sent,
					 mono_sub(s->at, before->at));
		before = s;
		hellos++;
	}
	assert_true(hellos > 10);
	rig_free(r);
}

RFC_TEST(9616, "3.4-a", "signed time stamps make samples, unsigned ones are not looked at")
{
	struct rig_nb *n;
	struct rig *r = signing(&n);
	struct tlv hello, ihu;
	struct rig_stamps t;
	struct pkt p;

	for (unsigned int is_signed = 0; is_signed < 2; is_signed++) {
		rig_pass(r, 4 * SEC);
		t = rig_stamps_of(n, 65 * MSEC);
		hello = rig_stamped_hello(n, t.sent);
		ihu = rig_stamped_ihu(n, t.origin, t.received);
		pkt(&p, n, true);
		pkt_pc(&p, "i", 60);
		pkt_tlv(&p, &hello);
		pkt_tlv(&p, &ihu);
		pkt_end(&p);
		if (is_signed)
			pkt_mac(&p, 2);
		pkt_send(&p);
		assert_int_equal(rig_rtt_of(n), is_signed ? 65 * MSEC : -1);
	}
	rig_free(r);
}

RFC_MAIN("RFC 9616: time stamps with authentication")
