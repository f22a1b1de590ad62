/* SPDX-License-Identifier: MIT */
/* RFC 9616 3.2, 3.3, 4: samples, which of them count, and what they cost. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/rig_rtt.h"

#define P     "2001:db8:1::/48"
#define T_MAX (180 * SEC) /* RFC 9616 3.3 */

/* After so much since the core's last Hello. */
static struct rig *waited(struct rig_nb **n, usec_t d)
{
	struct rig *r = rig_rtt(n);
	mono_t hello = rig_last_stamp(r, 1)->at;

	(*n)->alive = d < 10 * SEC;
	/* Its next Hello comes within 4 s. */
	while (mono_cmp(rig_last_stamp(r, 1)->at, hello) == 0)
		rig_pass(r, MSEC);
	rig_pass(r, d);
	return r;
}

/* ---- 3.2: what makes a sample ---- */

RFC_TEST(9616, "3.2-d", "a Hello and an IHU with time stamps in one packet make a sample")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);

	rig_say_stamps(n, rig_stamps_of(n, 65 * MSEC));
	assert_int_equal(rig_rtt_of(n), 65 * MSEC);
	assert_int_equal(rig_samples(n), 1);
	rig_free(r);
}

RFC_TEST(9616, "3.2-d", "the order of the two in the packet is free")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 65 * MSEC);
	struct tlv t[] = {rig_stamped_ihu(n, s.origin, s.received), rig_stamped_hello(n, s.sent)};

	rig_say_all(n, t, 2);
	assert_int_equal(rig_rtt_of(n), 65 * MSEC);
	rig_free(r);
}

RFC_TEST(9616, "3.2-d", "without one of them there is no sample")
{
	for (int without = 0; without < 4; without++) {
		struct rig_nb *n;
		struct rig *r = waited(&n, SEC);
		struct rig_stamps s = rig_stamps_of(n, 65 * MSEC);
		struct tlv t[] = {rig_stamped_hello(n, s.sent),
				  rig_stamped_ihu(n, s.origin, s.received)};

		if (without == 0)
			t[0].u.hello.stamped = false;
		else if (without == 1)
			t[1].u.ihu.stamped = false;
		if (without == 2)
			rig_say(n, &t[1]);
		else if (without == 3)
			rig_say(n, &t[0]);
		else
			rig_say_all(n, t, 2);
		assert_int_equal(rig_rtt_of(n), -1);
		rig_free(r);
	}
}

RFC_TEST(9616, "3.2-d", "a Hello and an IHU in two packets make no sample")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 65 * MSEC);
	struct tlv hello = rig_stamped_hello(n, s.sent);
	struct tlv ihu = rig_stamped_ihu(n, s.origin, s.received);

	rig_say(n, &hello);
	rig_say(n, &ihu);
	rig_say(n, &hello);
	assert_int_equal(rig_rtt_of(n), -1);
	rig_free(r);
}

RFC_TEST(9616, "3.2-d", "an IHU for somebody else makes no sample")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 65 * MSEC);
	struct tlv t[] = {rig_stamped_hello(n, s.sent), rig_stamped_ihu(n, s.origin, s.received)};

	t[1].u.ihu.addr = rig_addr("fe80::2");
	rig_say_all(n, t, 2);
	assert_int_equal(rig_rtt_of(n), -1);
	/* Ours beside it counts, whichever stands first. */
	t[0] = rig_stamped_ihu(n, s.origin, s.received);
	t[1] = rig_stamped_hello(n, s.sent);
	rig_say_all(n, (struct tlv[]){t[1], t[0]}, 2);
	assert_int_equal(rig_rtt_of(n), 65 * MSEC);
	rig_free(r);
}

/* The vectors of RFC 9616 3.2, as the core's clock can be brought to any value. */
static usec_t vector(uint32_t t1, uint32_t t2, uint32_t t1_, uint32_t t2_, uint64_t *refused)
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	usec_t rtt;

	rig_pass(r, (uint32_t)(t2 - rig_our_clock(r, 1, r->now)));
	assert_int_equal(rig_our_clock(r, 1, r->now), t2);
	rig_say_stamps(n, (struct rig_stamps){t1, t1_, t2_});
	rtt = rig_rtt_of(n);
	if (refused)
		*refused = rig_refused(n);
	rig_free(r);
	return rtt;
}

RFC_TEST(9616, "3.2-e", "RTT = (t2 - t1) - (t2' - t1'), modulo 2^32")
{
	assert_int_equal(vector(990000, 1002000, 5000000, 5002500, NULL), 9500);
	assert_int_equal(vector(0xffffff00, 0x2de0, 0xfffffff0, 0x9b4, NULL), 9500);
	assert_int_equal(vector(0x7fffff00, 0x80002de0, 5000000, 5002500, NULL), 9500);
	assert_int_equal(vector(1000, 1000, 7, 7, NULL), 0);
}

/* DEF: clocks are read before and after the kernel, so a fast link may seem to
 * take a little less than no time: that is 0. Much less is nonsense. */
RFC_TEST(9616, "3.2-e", "less than no time is none, or nonsense")
{
	uint64_t refused;

	assert_int_equal(vector(1000000, 1002500, 0, 2600, &refused), 0);
	assert_int_equal(refused, 0);
	assert_int_equal(vector(1000000, 1002500, 0, 12500, &refused), 0);
	assert_int_equal(vector(1000000, 1002500, 0, 12501, &refused), -1);
	assert_int_equal(refused, 1);
	assert_int_equal(vector(1000000, 1002500, 0, 100 * SEC, &refused), -1);
	assert_int_equal(refused, 1);
}

RFC_TEST(9616, "3.2-f", "what counts is when the packet came, not when it is read")
{
	const struct rig_sent *ihu;
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	uint32_t came;

	r->stall = 100 * MSEC;
	rig_say_stamps(n, rig_stamps_of(n, 15 * MSEC));
	assert_int_equal(rig_rtt_of(n), 15 * MSEC);
	came = rig_our_clock(r, 1, mono_add(r->now, -r->stall));
	rig_mark(r);
	rig_pass(r, 13 * SEC);
	ihu = rig_next(r, NULL, 1, TLV_IHU);
	assert_non_null(ihu);
	assert_int_equal(ihu->tlv.u.ihu.received, came);
	rig_free(r);
}

/* ---- 3.3: wrap-around and restart ---- */

/* Says them; afterwards the next IHU has to echo the Hello's stamp all the same. */
static void assert_refused(struct rig_nb *n, struct rig_stamps s)
{
	uint64_t samples = rig_samples(n), refused = rig_refused(n);
	const struct rig_sent *ihu = NULL;

	rig_say_stamps(n, s);
	assert_int_equal(rig_samples(n), samples);
	assert_int_equal(rig_refused(n), refused + 1);
	rig_mark(n->r);
	for (unsigned int k = 0; k < 4000 && !ihu; k++) {
		rig_pass(n->r, 10 * MSEC);
		ihu = rig_next(n->r, NULL, 1, TLV_IHU);
	}
	assert_non_null(ihu);
	assert_int_equal(ihu->tlv.u.ihu.origin, s.sent);
}

RFC_TEST(9616, "3.3-a", "an Origin Timestamp from the future is not used")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 10 * MSEC);

	s.origin = rig_our_clock(r, 1, r->now) + 1;
	assert_refused(n, s);
	s.sent += 20 * SEC;
	s.received = s.sent;
	s.origin = rig_our_clock(r, 1, r->now) + 3600u * 500000u;
	assert_refused(n, s);
	rig_free(r);
}

/* A Hello to us every 4 s keeps the neighbour, of which it echoes one long ago. */
static struct rig_stamps old_origin(struct rig_nb *n, usec_t age)
{
	struct rig *r = n->r;
	struct rig_stamps s = {rig_our_clock(r, 1, r->now), 0, rig_their_clock(r->now)};

	s.origin -= (uint32_t)age;
	s.received = s.sent - (uint32_t)(age > 1000 * MSEC ? MSEC : age);
	return s;
}

RFC_TEST(9616, "3.3-a", "an Origin Timestamp older than three minutes is not used")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);

	assert_refused(n, old_origin(n, T_MAX + 1));
	assert_refused(n, old_origin(n, 240 * SEC));
	rig_say_stamps(n, old_origin(n, T_MAX));
	assert_int_equal(rig_rtt_of(n), T_MAX - MSEC);
	rig_free(r);
}

RFC_TEST(9616, "3.3-a", "three minutes are not too long, for any of the bounds")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = old_origin(n, T_MAX);
	struct tlv hello = rig_stamped_hello(n, s.sent - (uint32_t)T_MAX);

	rig_say(n, &hello);
	s.received = s.sent - (uint32_t)T_MAX;
	rig_say_stamps(n, s);
	assert_int_equal(rig_rtt_of(n), 0);
	rig_free(r);
}

RFC_TEST(9616, "3.3-a", "a Hello sent before the neighbour heard ours is not used")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 10 * MSEC);

	s.received = s.sent + 1;
	assert_refused(n, s);
	rig_free(r);
}

RFC_TEST(9616, "3.3-a", "a Hello older than the one before is not used")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 10 * MSEC);

	rig_say_stamps(n, s);
	assert_int_equal(rig_samples(n), 1);
	s.sent--;
	assert_refused(n, s);
	rig_free(r);
}

RFC_TEST(9616, "3.3-a", "a Hello four minutes newer than what it refers to is not used")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s = rig_stamps_of(n, 10 * MSEC);

	rig_say_stamps(n, s); /* the reference */
	s.sent += 240 * SEC;
	assert_refused(n, s);
	s.received = s.sent; /* not its own IHU, but the Hello before */
	s.sent += T_MAX + 1;
	s.received = s.sent;
	assert_refused(n, s);
	rig_free(r);
}

RFC_TEST(9616, "3.3-b",
	 "a neighbour that starts anew with its clock at 0 is measured again at once")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);
	struct rig_stamps s;

	rig_say_stamps(n, rig_stamps_of(n, 20 * MSEC));
	rig_pass(r, 30 * SEC);
	/* The same Hello seqnos: a restart that we can't see. First it echoes nothing. */
	for (uint32_t k = 0; k < 2; k++) {
		struct tlv hello = rig_stamped_hello(n, 1000 + (uint32_t)(k * 4 * SEC));

		rig_say(n, &hello);
		rig_pass(r, 4 * SEC);
	}
	assert_int_equal(rig_samples(n), 1);
	s = rig_stamps_of(n, 20 * MSEC);
	s.sent = (uint32_t)(8 * SEC);
	s.received = s.sent - (uint32_t)(mono_sub(r->now, rig_last_stamp(r, 1)->at) - 20 * MSEC);
	rig_say_stamps(n, s);
	assert_int_equal(rig_samples(n), 2);
	rig_free(r);
}

RFC_TEST(9616, "3.3-b", "a clock that is set, either way, costs two exchanges at most")
{
	static const int64_t steps[] = {-3600 * SEC, 3600 * SEC, -40 * SEC, 40 * SEC, -1 * SEC};

	for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
		struct rig_nb *n;
		struct rig *r = waited(&n, SEC);
		struct rig_stamps s;
		uint64_t before;

		rig_sample(n, 20 * MSEC);
		before = rig_samples(n);
		for (unsigned int e = 0; e < 3; e++) {
			rig_pass(r, 4 * SEC);
			s = rig_stamps_of(n, 20 * MSEC);
			s.sent += (uint32_t)steps[k];
			/* The first one still has heard our Hello by its old clock. */
			s.received += e ? (uint32_t)steps[k] : 0;
			rig_say_stamps(n, s);
		}
		assert_true(rig_samples(n) > before);
		/* Nor has nonsense been taken for a time. */
		assert_true(rig_rtt_of(n) >= 15 * MSEC && rig_rtt_of(n) <= 25 * MSEC);
		rig_free(r);
	}
}

RFC_TEST(9616, "3.3-a", "an RTT that is not measured again for three minutes counts no more")
{
	struct rig_nb *n;
	struct rig *r = waited(&n, SEC);

	rig_sample(n, 65 * MSEC);
	rig_pass(r, 178 * SEC);
	assert_int_equal(rig_rtt_of(n), 65 * MSEC);
	assert_int_equal(rig_cost(n), 171);
	rig_pass(r, 4 * SEC);
	assert_int_equal(rig_rtt_of(n), -1);
	assert_int_equal(rig_cost(n), 96);
	rig_free(r);
}

/* ---- 4: from samples to routes ---- */

RFC_TEST(9616, "4.1-a",
	 "one outlier moves the smoothed RTT by 16 percent of itself, and is forgotten")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	usec_t rtt;

	for (unsigned int k = 0; k < 5; k++)
		rig_sample(n, 10 * MSEC);
	assert_int_equal(rig_rtt_of(n), 10 * MSEC);
	rig_sample(n, 500 * MSEC);
	rtt = rig_rtt_of(n);
	assert_true(rtt > 88 * MSEC && rtt < 92 * MSEC); /* 10 + (1 - 0.836) 490 */
	for (unsigned int k = 0; k < 20; k++) {
		rig_sample(n, 10 * MSEC);
		/* To 0.836 of what is too much, each time. */
		assert_true(llabs((rig_rtt_of(n) - 10 * MSEC) * 1000 - (rtt - 10 * MSEC) * 836) <
			    (rtt - 10 * MSEC));
		rtt = rig_rtt_of(n);
	}
	assert_true(rtt < 13 * MSEC);
	rig_free(r);
}

RFC_TEST(9616, "4.1-a", "rtt-decay is the weight of a new sample in 1/256")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_sample(n, 10 * MSEC);
	r->config.rtt.decay = 256; /* no smoothing at all */
	rig_if(r, 1);
	rig_sample(n, 110 * MSEC);
	assert_int_equal(rig_rtt_of(n), 110 * MSEC);
	r->config.rtt.decay = 64;
	rig_if(r, 1);
	rig_sample(n, 10 * MSEC);
	assert_int_equal(rig_rtt_of(n), 85 * MSEC);
	r->config.rtt.decay = 128; /* to the nearest microsecond */
	rig_if(r, 1);
	rig_sample(n, 10 * MSEC);
	rig_sample(n, 47500);
	rig_sample(n, 47501);
	assert_int_equal(rig_rtt_of(n), 47501);
	rig_free(r);
}

RFC_TEST(9616, "4.1-b", "the first sample is the RTT")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	assert_int_equal(rig_rtt_of(n), -1);
	rig_sample(n, 40 * MSEC);
	assert_int_equal(rig_rtt_of(n), 40 * MSEC);
	rig_free(r);
}

static uint16_t cost_at(usec_t rtt, const struct babel_rtt_config *c)
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	uint16_t cost;

	if (c) {
		r->config.rtt = *c;
		rig_if(r, 1);
	}
	rig_sample(n, rtt);
	cost = rig_cost(n);
	rig_free(r);
	return cost;
}

RFC_TEST(9616, "4.2-a", "C up to rtt-min, then evenly more, C + max-rtt-penalty from rtt-max on")
{
	static const struct {
		usec_t ms;
		uint16_t cost;
	} table[] = {{0, 96},	{5, 96},    {10, 96},	{11, 97},   {21, 111},
		     {65, 171}, {109, 231}, {120, 246}, {500, 246}, {3000, 246}};

	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++)
		assert_int_equal(cost_at(table[k].ms * MSEC, NULL), table[k].cost);
}

RFC_TEST(9616, "4.2-a", "rtt-min, rtt-max and max-rtt-penalty are settings, and act at once")
{
	struct babel_rtt_config c = {true, 42, 20 * MSEC, 220 * MSEC, 1000};
	struct rig_nb *n;
	struct rig *r;

	assert_int_equal(cost_at(20 * MSEC, &c), 96);
	assert_int_equal(cost_at(120 * MSEC, &c), 596);
	assert_int_equal(cost_at(300 * MSEC, &c), 1096);
	c.max_penalty = 0; /* measured, and costs nothing */
	assert_int_equal(cost_at(300 * MSEC, &c), 96);
	r = rig_rtt(&n);
	r->config.rtt.max_penalty = 200;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n), 96);
	rig_sample(n, 65 * MSEC);
	r->config.rtt.max_penalty = 300;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n), 246);
	r->config.rtt.max = 65 * MSEC;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n), 396);
	rig_free(r);
}

RFC_TEST(9616, "4.2-b", "the cost ends at infinity")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	n->rxcost = 0xfff0;
	rig_ihu(n, 0xfff0, 1200);
	rig_sample(n, 9 * MSEC);
	assert_int_equal(rig_cost(n), 0xfff0);
	r->config.rtt.min = MSEC;
	r->config.rtt.max = 5 * MSEC;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n), INF);
	r->config.rtt.max_penalty = 14;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n), 0xfffe);
	/* An infinite one stays so, a nonsense range is no division by zero. */
	r->config.rtt.max = r->config.rtt.min = 9 * MSEC;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n), 0xfff0);
	rig_ihu(n, INF, 1200);
	assert_int_equal(rig_cost(n), INF);
	rig_free(r);
}

static usec_t below(uint32_t *noise, usec_t n) /* xorshift */
{
	*noise ^= *noise << 13;
	*noise ^= *noise >> 17;
	*noise ^= *noise << 5;
	return *noise % n;
}

/* Two links of equal delay on average, each sample off by as much, for half an
 * hour. */
static void jitter(usec_t off)
{
	unsigned int crossed = 0, changes;
	uint32_t noise = 12345;
	struct rig_nb *n, *m;
	struct rig *r = rig_rtt(&n);
	bool n_first = true;

	rig_if(r, 2);
	m = rig_nb(r, 2, "fe80::2");
	rig_update(n, P, 0xa, 7, 0);
	rig_update(m, P, 0xa, 7, 0);
	rig_pass(r, 10 * SEC);
	changes = rig_choice(r, P)->changes;
	for (unsigned int k = 0; k < 450; k++) {
		usec_t a = 65 * MSEC - off + below(&noise, 2 * off);
		usec_t b = 65 * MSEC - off + below(&noise, 2 * off);

		rig_sample(n, a);
		rig_sample(m, b);
		crossed += k && n_first != (a < b);
		n_first = a < b;
	}
	changes = rig_choice(r, P)->changes - changes;
	assert_true(crossed > 150); /* as the routes would have flapped */
	assert_true(changes <= crossed / 20);
	rig_free(r);
}

RFC_TEST(9616, "4.3-a", "delays that jitter about one value hardly move routes")
{
	jitter(5 * MSEC);
	jitter(15 * MSEC);
	jitter(25 * MSEC);
	jitter(40 * MSEC);
}

RFC_TEST(9616, "4.3-a", "a delay that stays longer moves the route, once")
{
	struct rig_nb *n, *m;
	struct rig *r = rig_rtt(&n);
	unsigned int changes;

	rig_if(r, 2);
	m = rig_nb(r, 2, "fe80::2");
	rig_update(n, P, 0xa, 7, 0);
	rig_update(m, P, 0xa, 7, 0);
	for (unsigned int k = 0; k < 30; k++) {
		rig_sample(n, 30 * MSEC);
		rig_sample(m, 60 * MSEC);
	}
	assert_ptr_equal(rig_selected(r, P), n);
	changes = rig_choice(r, P)->changes;
	for (unsigned int k = 0; k < 30; k++) {
		rig_sample(n, 90 * MSEC);
		rig_sample(m, 60 * MSEC);
	}
	assert_ptr_equal(rig_selected(r, P), m);
	assert_int_equal(rig_choice(r, P)->changes, changes + 1);
	rig_free(r);
}

/* Half of each sample counts, so means and deviations are round numbers; the
 * noise of one sample does not go through all routes of a neighbour. */
PLAIN_TEST("the cost waits until the mean has moved by more than 3/2 of the deviation")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	r->config.rtt.decay = 128;
	rig_if(r, 1);
	rig_sample(n, 65 * MSEC);
	assert_int_equal(rig_cost(n), 96 + 75);
	rig_sample(n, 75 * MSEC); /* mean 70, deviation 5 */
	assert_int_equal(rig_cost(n), 96 + 75);
	rig_sample(n, 75 * MSEC); /* 72.5 and 5: exactly 3/2 */
	assert_int_equal(rig_cost(n), 96 + 75);
	rig_sample(n, 81 * MSEC); /* 76.75 and 6.75 */
	assert_int_equal(rig_rtt_of(n), 76750);
	assert_int_equal(rig_cost(n), 96 + 91);
	rig_free(r);
}

PLAIN_TEST("the cost moves by a 32nd of the range or more; the ends of the range it reaches")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	r->config.rtt.decay = 256;
	r->config.rtt.max = 42 * MSEC; /* a 32nd is 1 ms */
	r->config.rtt.max_penalty = 320;
	rig_if(r, 1);
	rig_sample(n, 20 * MSEC);
	assert_int_equal(rig_cost(n), 96 + 100);
	for (unsigned int k = 0; k < 2; k++) /* twice: without a deviation */
		rig_sample(n, 20 * MSEC + 999);
	assert_int_equal(rig_cost(n), 96 + 100);
	for (unsigned int k = 0; k < 2; k++)
		rig_sample(n, 21 * MSEC);
	assert_int_equal(rig_cost(n), 96 + 110);
	for (unsigned int k = 0; k < 2; k++)
		rig_sample(n, 20 * MSEC);
	assert_int_equal(rig_cost(n), 96 + 100);
	for (unsigned int k = 0; k < 2; k++)
		rig_sample(n, 10 * MSEC + 900);
	assert_int_equal(rig_cost(n), 96 + 9);
	rig_sample(n, 10 * MSEC);
	assert_int_equal(rig_cost(n), 96);
	for (unsigned int k = 0; k < 2; k++)
		rig_sample(n, 41 * MSEC + 500);
	assert_int_equal(rig_cost(n), 96 + 315);
	rig_sample(n, 42 * MSEC);
	assert_int_equal(rig_cost(n), 96 + 320);
	rig_free(r);
}

RFC_MAIN("RFC 9616: samples and costs")
