/* SPDX-License-Identifier: MIT */
/* RFC 9467: packets that overtake each other. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "babeld/core/auth.h"
#include "tests/rfc/rig_auth.h"

#define GROUP	true
#define UNICAST false

static struct rig *r;
static struct rig_nb *n;

/* Proven with counter `at`. */
static void begin(bool window, uint32_t at)
{
	r = rig_new();
	RIG_KEYS(r, 2);
	r->config.auth.window = window;
	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	rig_prove(n, 2, "i", at);
}

static void end(void)
{
	rig_free(r);
}

static bool ok(bool group, uint32_t pc)
{
	struct babel_neigh_view v;
	bool fine = rig_signed(n, 2, group, "i", pc);

	/* So that Hellos can always be seen to be counted. */
	if (fine && rig_neigh(n, &v) && v.hello_history == 0xffff)
		fail();
	if (n->hello >= 12) {
		babel_clear_neigh(r->b, 1, &n->addr, r->now);
		n->hello = 0;
	}
	return fine;
}

RFC_TEST(9467, "3.1-a", "multicast and unicast packets may overtake each other")
{
	begin(false, 10);
	assert_true(ok(GROUP, 20));
	assert_true(ok(UNICAST, 50));
	assert_true(ok(GROUP, 40));
	assert_false(ok(GROUP, 40));
	assert_true(ok(UNICAST, 51));
	assert_false(ok(GROUP, 39));
	end();
}

RFC_TEST(9467, "3.1-b", "a challenge sets index and both counters")
{
	begin(false, 60);
	assert_false(ok(GROUP, 55));
	assert_false(ok(UNICAST, 55));
	assert_false(ok(GROUP, 60));
	assert_false(ok(UNICAST, 60));
	assert_true(ok(GROUP, 61));
	assert_true(ok(UNICAST, 61));
	end();
}

RFC_TEST(9467, "3.1-c", "a packet is judged by the counter of its class, and moves only that one")
{
	begin(false, 10);
	assert_true(ok(UNICAST, 50));
	assert_false(ok(UNICAST, 50));
	assert_false(ok(UNICAST, 49));
	assert_true(ok(GROUP, 11));
	assert_false(ok(GROUP, 11));
	assert_true(ok(GROUP, 50));
	end();
}

/* Of a datagram nothing is handed in but its addresses and octets, all of
 * them signed: whatever its traffic class, the second is the first. */
RFC_TEST(9467, "3.1-d", "nothing that is not signed chooses the counter")
{
	begin(false, 10);
	assert_true(ok(GROUP, 11));
	r->stall = 5 * MSEC;
	assert_false(ok(GROUP, 11));
	end();
}

/* Decided: off unless configured (`babel authentication replay-window`), since
 * with classes apart it takes a link that reorders to need it. */
RFC_TEST(9467, "3.2-a", "the window is of 128 packets, and off by default")
{
	assert_int_equal(BABEL_AUTH_WINDOW, 128);
	begin(false, 1000);
	assert_true(ok(GROUP, 1002));
	assert_false(ok(GROUP, 1001));
	end();
	begin(true, 1000);
	assert_true(ok(GROUP, 1002));
	assert_true(ok(GROUP, 1001));
	end();
}

RFC_TEST(9467, "3.2-b", "what is left of the window is too old")
{
	begin(true, 500);
	assert_true(ok(GROUP, 1000));
	assert_false(ok(GROUP, 872));
	assert_true(ok(GROUP, 873));
	assert_false(ok(GROUP, 0));
	end();
}

RFC_TEST(9467, "3.2-c", "what was seen is not accepted again")
{
	begin(true, 500);
	assert_true(ok(GROUP, 1000));
	assert_false(ok(GROUP, 1000));
	assert_true(ok(GROUP, 990));
	assert_false(ok(GROUP, 990));
	assert_true(ok(GROUP, 991));
	assert_false(ok(GROUP, 873 - 1));
	end();
}

RFC_TEST(9467, "3.2-c", "each place of the window is one counter's")
{
	for (uint32_t back = 1; back < BABEL_AUTH_WINDOW; back++) {
		struct auth_window w;

		auth_window_reset(&w, 1000);
		assert_true(auth_window_take(&w, 1000 - back, true));
		assert_false(auth_window_take(&w, 1000 - back, true));
		for (uint32_t other = 1; other < BABEL_AUTH_WINDOW; other++)
			assert_int_equal(auth_window_take(&w, 1000 - other, true), other != back);
		assert_false(auth_window_take(&w, 1000 - BABEL_AUTH_WINDOW, true));
	}
}

/* A random walk, judged by a list of all that was accepted. */
RFC_TEST(9467, "3.2-d", "the window moves by what a counter is ahead")
{
	static const uint32_t starts[] = {1000, 1000000, UINT32_MAX - 200000};
	static const uint32_t jumps[] = {1, 1, 2, 3, 63, 64, 65, 127, 128, 129};
	uint64_t random = 9467;

	for (unsigned int s = 0; s < 3; s++) {
		static uint32_t taken[3001];
		unsigned int n_taken = 0;
		uint32_t high = starts[s];
		struct auth_window w;

		auth_window_reset(&w, high);
		taken[n_taken++] = high;
		for (unsigned int k = 0; k < 3000; k++) {
			bool want;
			uint32_t pc;

			random = random * 6364136223846793005u + 1442695040888963407u;
			pc = random >> 40 & 3 ? high - (uint32_t)((random >> 33) % 140)
					      : high + jumps[(random >> 33) % 10];
			want = pc > high || high - pc < 128;
			for (unsigned int j = 0; want && j < n_taken; j++)
				want = taken[j] != pc;
			assert_int_equal(auth_window_take(&w, pc, true), want);
			if (want)
				taken[n_taken++] = pc;
			high = pc > high ? pc : high;
			assert_int_equal(w.high, high);
		}
		assert_true(n_taken > 1000);
	}
}

RFC_TEST(9467, "3.2-d", "jumps of 1, 127, 128 and 10^9 leave the right ones, and none overflows")
{
	static const uint32_t jumps[] = {1, 63, 64, 65, 127, 128, 1000000000};

	for (unsigned int k = 0; k < sizeof(jumps) / sizeof(jumps[0]); k++) {
		struct auth_window w;
		uint32_t high = 5000 + jumps[k];

		auth_window_reset(&w, 5000);
		assert_true(auth_window_take(&w, 4990, true));
		assert_true(auth_window_take(&w, high, true));
		assert_int_equal(w.high, high);
		assert_false(auth_window_take(&w, high, true));
		assert_false(auth_window_take(&w, 5000, true)); /* seen, or outside */
		assert_false(auth_window_take(&w, 4990, true));
		assert_true(auth_window_take(&w, high - 1, true) == (jumps[k] != 1));
		assert_true(auth_window_take(&w, high - 126, true) == (high - 126 != 5000));
		assert_false(auth_window_take(&w, high - 128, true));
	}
	{
		struct auth_window w;

		auth_window_reset(&w, UINT32_MAX - 1);
		assert_true(auth_window_take(&w, UINT32_MAX, true));
		assert_false(auth_window_take(&w, UINT32_MAX, true));
		assert_false(auth_window_take(&w, 0, true)); /* no wrap */
		assert_true(auth_window_take(&w, UINT32_MAX - 127, true));
		assert_false(auth_window_take(&w, UINT32_MAX - 128, true));
		auth_window_reset(&w, 3);
		assert_true(auth_window_take(&w, 0, true));
		assert_false(auth_window_take(&w, UINT32_MAX, false) && w.high == 3);
	}
}

RFC_TEST(9467, "3.2-e", "a challenge begins the window anew: its own packet can't come again")
{
	struct auth_window w;

	begin(true, 700);
	assert_false(ok(GROUP, 700));
	assert_false(ok(UNICAST, 700));
	assert_true(ok(GROUP, 701));
	end();
	auth_window_reset(&w, 1000);
	for (uint32_t pc = 1001; pc < 1100; pc++)
		assert_true(auth_window_take(&w, pc, true));
	auth_window_reset(&w, 1050);
	assert_int_equal(w.high, 1050);
	assert_int_equal(w.seen[0], 1);
	assert_int_equal(w.seen[1], 0);
}

RFC_TEST(9467, "3.3-a", "with both there are two windows, both begun anew by a challenge")
{
	begin(true, 100);
	assert_true(ok(GROUP, 200));
	assert_true(ok(UNICAST, 300));
	assert_true(ok(GROUP, 199)); /* each by its own */
	assert_true(ok(UNICAST, 299));
	assert_true(ok(GROUP, 299));
	assert_false(ok(UNICAST, 299));
	assert_false(ok(UNICAST, 172));
	assert_true(ok(GROUP, 172));
	rig_pass(r, SEC);
	rig_prove(n, 2, "j", 500);
	assert_false(rig_signed(n, 2, GROUP, "j", 500));
	assert_false(rig_signed(n, 2, UNICAST, "j", 500));
	assert_true(rig_signed(n, 2, UNICAST, "j", 501));
	assert_true(rig_signed(n, 2, GROUP, "j", 501));
	end();
}

RFC_TEST(9467, "3-a", "the index is compared before any counter")
{
	for (unsigned int window = 0; window < 2; window++) {
		struct auth_tlv t;

		begin(window, 100);
		rig_pass(r, SEC);
		rig_mark(r);
		assert_false(rig_signed(n, 2, GROUP, "j", 1000));
		assert_non_null(rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &t));
		assert_true(ok(GROUP, 101)); /* whose counter has not moved */
		end();
	}
}

RFC_MAIN("RFC 9467: packet counters")
