/* SPDX-License-Identifier: MIT */
/*
 * The stream to a forwarding plane manager, over a real socket: whatever
 * happens to the reader, the table that it has in the end is the RIB's, and
 * what is kept for it meanwhile is bounded.
 */
#include "zebra/fpm.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "lib/io/stream.h"
#include "lib/zapi/zapi.h"
#include "tests/unit/base/prng.h"
#include "zebra/netlink_codec.h"

/* ---- the other end: a table made from the frames ---- */

struct has {
	struct sdentry entry;
	bool stale;
	uint32_t ifindex;
};
SDTABLE_TYPE(table, struct has, entry);

struct world {
	struct loop *loop;
	struct loop_timer *tick;
	bool (*until)(struct world *w);
	struct rib *rib;
	struct fpm *fpm;
	struct fpm_conf conf;
	char dir[64];
	struct listener *listener;
	struct stream *reader;
	bool stalled;	 /* the next reader does not read */
	size_t stall_at; /* with so many routes it stops; 0: never */
	struct table table;
	struct memtag mem;
	unsigned int begun, done, lost, told_probe;
	struct sdprefix probe;
	size_t most_marks;
};

static void forget(struct world *w, struct has *h)
{
	table_del(&w->table, h);
	mem_free(&w->mem, h);
}

static void learn(struct world *w, const struct nl_route *r, bool set)
{
	struct has *h = table_find(&w->table, &r->pair);

	w->told_probe += sdprefix_eq(&r->pair, &w->probe);
	if (!set) {
		if (h)
			forget(w, h);
		return;
	}
	if (!h) {
		h = mem_new(&w->mem, sizeof(*h));
		h->entry.key = r->pair;
		table_add(&w->table, h);
	}
	h->stale = false;
	assert_int_equal(r->n_nexthops, 1);
	h->ifindex = r->nexthops[0].ifindex;
}

static void begin(struct world *w)
{
	w->begun++;
	for (struct has *h = table_first(&w->table); h; h = table_next(&w->table, h))
		h->stale = true;
}

static void done(struct world *w)
{
	struct has *h = table_first(&w->table), *next;

	w->done++;
	for (; h; h = next) {
		next = table_next(&w->table, h);
		if (h->stale)
			forget(w, h);
	}
}

static size_t read_frame(void *ctx, struct stream *s, struct span in)
{
	struct world *w = ctx;
	_Alignas(struct nlmsghdr) uint8_t body[FPM_FRAME_MAX];
	struct nlmsghdr *h = (struct nlmsghdr *)body;
	struct nl_route r;
	size_t len;

	if (fpm_judge_frame(in, &len) != FPM_FRAME_WHOLE)
		return 0;
	assert_int_equal(in.p[1], FPM_NETLINK);
	memcpy(body, in.p + FPM_HEADER, len - FPM_HEADER);
	switch (h->nlmsg_type) {
	case NLMSG_NOOP:
		begin(w);
		break;
	case NLMSG_DONE:
		done(w);
		break;
	default:
		assert_true(h->nlmsg_type == RTM_NEWROUTE || h->nlmsg_type == RTM_DELROUTE);
		assert_int_equal(nl_parse_route(h, &r), NL_OK);
		learn(w, &r, h->nlmsg_type == RTM_NEWROUTE);
		if (table_count(&w->table) == w->stall_at)
			stream_pause(s, true);
	}
	return len;
}

static void reader_closed(void *ctx, struct stream *s, const char *why)
{
	struct world *w = ctx;

	(void)why;
	stream_free(s);
	w->reader = NULL;
	w->lost++;
}

static void accepted(void *ctx, int fd)
{
	static const struct stream_ops ops = {.input = read_frame, .closed = reader_closed};
	struct world *w = ctx;

	assert_null(w->reader);
	w->reader = stream_new(w->loop, fd, &ops, w, 4096);
	stream_pause(w->reader, w->stalled);
}

static void serve(struct world *w)
{
	char err[256];

	w->listener = listener_new(w->loop, w->conf.path, 0600, accepted, w, err, sizeof(err));
	assert_non_null(w->listener);
}

static void hang_up(struct world *w)
{
	stream_free(w->reader);
	w->reader = NULL;
}

/* ---- the RIB ---- */

/* The kernel refuses what goes over interface 8. */
static void write_fib(void *ctx, struct fib_op *ops, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		ops[i].error = ops[i].kind == FIB_SET && ops[i].route.type == ROUTE_BABEL &&
					       ops[i].route.nexthops[0].ifindex == 8
				       ? EINVAL
				       : 0;
}

static void no_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			    const struct rib_view *is)
{
	(void)ctx;
	(void)pair;
	(void)was;
	(void)is;
}

static void no_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		    const struct rib_owner *owner, enum rib_fate fate)
{
	(void)table;
	(void)ctx;
	(void)pair;
	(void)owner;
	(void)fate;
}

static void refused(void *ctx, const struct fib_route *r, int error)
{
	(void)ctx;
	(void)r;
	(void)error;
}

static void chosen(void *ctx, const struct sdprefix *pair)
{
	struct world *w = ctx;
	size_t marks;

	fpm_chosen(w->fpm, pair);
	marks = fpm_look(w->fpm).marks;
	w->most_marks = marks > w->most_marks ? marks : w->most_marks;
}

static void settle(struct world *w)
{
	while (rib_run(w->rib, 1000, loop_now(w->loop)))
		;
}

/* The n-th pair: some hundred sources share a destination now and then. */
static struct sdprefix pair_no(uint32_t n)
{
	struct addr d = {
		{0x20, 1, 0x0d, 0xb8, 1, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};
	struct addr s = {{0x20, 1, 0x0d, 0xb8, 0, 0, (uint8_t)(n % 7), 0}};
	struct prefix dst, src;
	struct sdprefix p;

	assert_true(prefix_make(&dst, FAM_IP6, &d, 64));
	assert_true(prefix_make(&src, FAM_IP6, &s, n % 3 ? 64 : 0));
	assert_true(sdprefix_make(&p, &dst, &src));
	return p;
}

static const struct rib_owner babel = {.type = ROUTE_BABEL};

static void put(struct world *w, uint32_t n, uint32_t ifindex)
{
	struct rib_nexthop nh = {.kind = RIB_NH_IFINDEX, .ifindex = ifindex};
	struct rib_spec spec = {.distance = 120, .n_nexthops = 1, .nexthops = &nh};
	struct sdprefix p = pair_no(n);

	rib_add(w->rib, &p, &babel, &spec, loop_now(w->loop));
}

static void take(struct world *w, uint32_t n)
{
	struct sdprefix p = pair_no(n);

	rib_del(w->rib, &p, &babel);
}

/* ---- waiting ---- */

static void tick(void *ctx)
{
	struct world *w = ctx;

	if (w->until(w))
		loop_stop(w->loop);
	else
		loop_timer_at(w->tick, mono_add(loop_now(w->loop), USEC_PER_MSEC));
}

static void run_until(struct world *w, bool (*until)(struct world *w))
{
	w->until = until;
	loop_timer_at(w->tick, loop_now(w->loop));
	alarm(120); /* a test that waits for ever is a failed one */
	loop_run(w->loop);
	alarm(0);
}

static bool idle(struct world *w)
{
	struct fpm_view v = fpm_look(w->fpm);

	return w->reader && v.state == FPM_STREAMING && v.marks == 0 && v.octets_waiting == 0 &&
	       w->done == v.syncs_done && w->begun == v.syncs_begun;
}

struct compared {
	struct world *w;
	size_t n;
	bool same;
};

static bool compare(void *ctx, const struct rib_view *v)
{
	struct compared *c = ctx;
	const struct has *h = table_find(&c->w->table, &v->pair);

	if (v->state != RIB_INSTALLED && v->state != RIB_FAILED)
		return true;
	c->n++;
	c->same = h && h->ifindex == v->resolved[0].ifindex;
	return c->same;
}

static bool same(struct world *w)
{
	struct compared c = {.w = w, .same = true};

	if (!idle(w))
		return false;
	rib_each(w->rib, NULL, compare, &c);
	return c.same && c.n == table_count(&w->table);
}

static bool has_failed_thrice(struct world *w)
{
	return fpm_look(w->fpm).failures >= 3;
}

static bool is_full(struct world *w)
{
	return w->reader && fpm_look(w->fpm).octets_waiting > FPM_OUT_MAX / 2;
}

static bool has_lost_one(struct world *w)
{
	return w->lost > 0;
}

static bool ignored_one(struct world *w)
{
	return fpm_look(w->fpm).frames_in > 0;
}

/* ---- life ---- */

static int setup(void **state)
{
	static const struct rib_env env = {.fib = write_fib,
					   .redistribute = no_redistribute,
					   .chosen = chosen,
					   .fate = no_fate,
					   .refused = refused};
	struct world *w = calloc(1, sizeof(*w));

	strcpy(w->dir, "/tmp/fpm-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->loop = loop_new();
	w->tick = loop_timer_new(w->loop, tick, w);
	w->rib = rib_new(&env, w);
	w->fpm = fpm_new(w->loop, w->rib);
	table_init(&w->table);
	for (uint32_t i = 1; i <= 9; i++)
		rib_if_set(w->rib, i, true);
	w->conf = (struct fpm_conf){.transport = FPM_UNIX, .encoding = FPM_NETLINK};
	snprintf(w->conf.path, sizeof(w->conf.path), "%s/fpm", w->dir);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	stream_free(w->reader);
	listener_free(w->listener);
	fpm_free(w->fpm);
	rib_free(w->rib);
	while (table_count(&w->table))
		forget(w, table_first(&w->table));
	table_fini(&w->table);
	loop_timer_free(w->tick);
	loop_free(w->loop);
	rmdir(w->dir);
	free(w);
	return 0;
}

/* ---- tests ---- */

static void all_and_then_changes(void **state)
{
	struct world *w = *state;
	uint64_t routes;

	for (uint32_t i = 0; i < 3000; i++)
		put(w, i, 1 + i % 5);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, same);
	assert_int_equal(table_count(&w->table), 3000);
	assert_int_equal(w->begun, 1);
	routes = fpm_look(w->fpm).routes;

	put(w, 17, 9);
	put(w, 4000, 2);
	take(w, 18);
	put(w, 19, 1 + 19 % 5); /* nothing new */
	settle(w);
	run_until(w, same);
	assert_int_equal(fpm_look(w->fpm).routes, routes + 2);
	assert_int_equal(fpm_look(w->fpm).withdrawals, 1);
	assert_int_equal(w->begun, 1);
}

/* A route that no next hop carries is none; one that the kernel refuses is. */
static void only_what_is_chosen(void **state)
{
	struct world *w = *state;

	put(w, 1, 1);
	put(w, 2, 2);
	put(w, 4, 77); /* there is no such interface */
	put(w, 5, 8);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, same);
	assert_int_equal(table_count(&w->table), 3);
	rib_if_set(w->rib, 2, false);
	settle(w);
	run_until(w, same);
	assert_int_equal(table_count(&w->table), 2);
}

static void a_stalled_reader_gets_the_newest(void **state)
{
	struct world *w = *state;

	w->stalled = true;
	w->probe = pair_no(1);
	for (uint32_t i = 0; i < 40000; i++)
		put(w, i, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, is_full);
	/* Pair 1 is told already, in the order of the walk. */
	for (uint32_t i = 0; i < 1000; i++) {
		put(w, 1, 2 + i % 7);
		settle(w);
	}
	assert_int_equal(fpm_look(w->fpm).marks, 1);
	stream_pause(w->reader, false);
	run_until(w, same);
	assert_int_equal(w->told_probe, 2); /* not a thousand times */
	assert_int_equal(w->begun, 1);
}

/* Ever new pairs come and go while nobody reads: what is kept does not grow,
 * and the end is right. */
static void a_stalled_reader_costs_no_memory(void **state)
{
	struct world *w = *state;

	w->stalled = true;
	for (uint32_t i = 0; i < 20000; i++)
		put(w, i, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, is_full);
	w->stalled = false;
	stream_pause(w->reader, false);
	run_until(w, same);
	stream_pause(w->reader, true);
	for (uint32_t i = 0; i < FPM_MARKS_MAX + 4000; i += 1000) {
		for (uint32_t k = 0; k < 1000; k++)
			put(w, 100000 + i + k, 3);
		settle(w);
		for (uint32_t k = 0; k < 1000; k += 2)
			take(w, 100000 + i + k);
		take(w, i / 1000);
		settle(w);
	}
	assert_true(fpm_look(w->fpm).octets_waiting <= FPM_OUT_MAX);
	assert_true(w->most_marks <= FPM_MARKS_MAX);
	assert_true(fpm_look(w->fpm).overflows > 0);
	stream_pause(w->reader, false);
	run_until(w, same);
	assert_true(w->begun > 1);
	assert_true(w->done <= w->begun);
}

/* Changes on both sides of the walk, while it is on its way: no second walk. */
static void changes_during_the_walk(void **state)
{
	struct world *w = *state;
	struct prng p = prng_init(20261122);

	w->stalled = true;
	for (uint32_t i = 0; i < 20000; i++)
		put(w, i, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, is_full);
	assert_int_equal(fpm_look(w->fpm).state, FPM_SYNCING);
	for (uint32_t i = 0; i < 5000; i++) {
		if (prng_below(&p, 2))
			put(w, prng_below(&p, 25000), 1 + prng_below(&p, 9));
		else
			take(w, prng_below(&p, 25000));
		if (i % 100 == 0)
			settle(w);
	}
	settle(w);
	assert_true(fpm_look(w->fpm).marks > 0);
	stream_pause(w->reader, false);
	run_until(w, same);
	assert_int_equal(w->begun, 1);
}

static bool has_stalled(struct world *w)
{
	return table_count(&w->table) == w->stall_at && is_full(w);
}

/* More has changed behind the walk than can be marked: there is another walk,
 * and no end before it. */
static void too_much_behind_the_walk(void **state)
{
	struct world *w = *state;

	for (uint32_t i = 0; i < FPM_MARKS_MAX + 30000; i++)
		put(w, i, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	w->stall_at = FPM_MARKS_MAX + 2000;
	run_until(w, has_stalled);
	w->stall_at = 0;
	assert_int_equal(w->done, 0);
	for (uint32_t i = 0; i < FPM_MARKS_MAX + 2000; i++)
		put(w, i, 2);
	settle(w);
	assert_int_equal(fpm_look(w->fpm).overflows, 1);
	stream_pause(w->reader, false);
	run_until(w, same);
	assert_int_equal(w->begun, 2);
	assert_int_equal(w->done, 1);
}

static void a_lost_connection(void **state)
{
	struct world *w = *state;

	for (uint32_t i = 0; i < 1000; i++)
		put(w, i, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, same);
	hang_up(w);
	for (uint32_t i = 0; i < 100; i++)
		take(w, 3 * i);
	put(w, 1, 5);
	settle(w);
	run_until(w, same);
	assert_int_equal(table_count(&w->table), 900);
	assert_int_equal(w->begun, 2);
	assert_int_equal(fpm_look(w->fpm).connections, 2);
}

/* 0, 250, 750 ms: and not a busy loop. */
static void nobody_there(void **state)
{
	struct world *w = *state;
	mono_t start = loop_now(w->loop);

	fpm_configure(w->fpm, &w->conf);
	run_until(w, has_failed_thrice);
	assert_true(mono_sub(loop_now(w->loop), start) >= 3 * FPM_RETRY_FIRST);
	assert_string_equal(fpm_look(w->fpm).error, "No such file or directory");
	assert_int_equal(fpm_look(w->fpm).state, FPM_WAITING);
	put(w, 1, 1);
	settle(w);
	serve(w);
	run_until(w, same);
	assert_string_equal(fpm_look(w->fpm).error, "");
}

static void what_it_says_is_ignored(void **state)
{
	static const uint8_t frame[] = {1, 1, 0, 8, 1, 2, 3, 4};
	struct world *w = *state;

	put(w, 1, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, same);
	stream_write(w->reader, span_of(frame, sizeof(frame)));
	run_until(w, ignored_one);
	assert_int_equal(w->lost, 0);
}

static void garbage_ends_the_session(void **state)
{
	static const uint8_t garbage[] = {1, 1, 0, 2};
	struct world *w = *state;

	put(w, 1, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, same);
	stream_write(w->reader, span_of(garbage, sizeof(garbage)));
	run_until(w, has_lost_one);
	assert_string_equal(fpm_look(w->fpm).error, "it says what is no FPM frame");
	run_until(w, same); /* and is given another one */
}

static bool is_off(struct world *w)
{
	return fpm_look(w->fpm).state == FPM_OFF && w->lost > 0;
}

static void taken_back(void **state)
{
	struct world *w = *state;
	struct fpm_conf off = {.encoding = FPM_NETLINK};

	put(w, 1, 1);
	settle(w);
	serve(w);
	fpm_configure(w->fpm, &w->conf);
	run_until(w, same);
	fpm_configure(w->fpm, &w->conf); /* the same: nothing happens */
	assert_int_equal(fpm_look(w->fpm).state, FPM_STREAMING);
	fpm_configure(w->fpm, &off);
	run_until(w, is_off);
	put(w, 2, 1);
	settle(w);
	assert_int_equal(fpm_look(w->fpm).marks, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(all_and_then_changes),
		T(only_what_is_chosen),
		T(a_stalled_reader_gets_the_newest),
		T(a_stalled_reader_costs_no_memory),
		T(changes_during_the_walk),
		T(too_much_behind_the_walk),
		T(a_lost_connection),
		T(nobody_there),
		T(what_it_says_is_ignored),
		T(garbage_ends_the_session),
		T(taken_back),
	};

	return cmocka_run_group_tests_name("fpm", tests, NULL, NULL);
}
