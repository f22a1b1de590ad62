/* SPDX-License-Identifier: MIT */
/*
 * How fast the RIB and the compiler are without a kernel: COUNT (D,S) routes
 * (100,000 unless given) over one link-local gateway, in three shapes, with a
 * writer that says yes to everything: routes per second and, with what they need
 * of the table and the allocator, octets per route.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "zebra/core/rib.h"

#define MIDDLE 1000 /* times that one route among all changes */

struct counts {
	size_t ops, redists, fates;
};

static void on_fib(void *ctx, struct fib_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ops[i].error = 0;
	((struct counts *)ctx)->ops += n;
}

static void on_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			    const struct rib_view *is)
{
	(void)pair, (void)was, (void)is;
	((struct counts *)ctx)->redists++;
}

static void on_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		    const struct rib_owner *owner, enum rib_fate fate)
{
	(void)table;
	(void)pair, (void)owner, (void)fate;
	((struct counts *)ctx)->fates++;
}

static void on_chosen(void *ctx, const struct sdprefix *pair)
{
	(void)ctx, (void)pair;
}

static void on_refused(void *ctx, const struct fib_route *r, int error)
{
	(void)ctx, (void)r, (void)error;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct prefix numbered(uint8_t second, uint32_t n, unsigned int plen)
{
	struct addr a = {{0x20, second, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, 0}};
	struct prefix p;

	if (!prefix_make(&p, FAM_IP6, &a, plen))
		abort();
	return p;
}

struct shape {
	const char *name;
	uint32_t sources; /* per destination; 0: plain routes, UINT32_MAX: one destination */
};

static struct sdprefix pair_of(const struct shape *s, uint32_t i)
{
	struct sdprefix pair;
	struct prefix dst, src;

	if (s->sources == 0) {
		dst = numbered(1, i, 40);
		src = prefix_any(FAM_IP6);
	} else if (s->sources == UINT32_MAX) {
		dst = prefix_any(FAM_IP6);
		src = numbered(2, i, 40);
	} else {
		dst = numbered(1, i / s->sources, 40);
		src = numbered(2, i % s->sources, 40);
	}
	if (!sdprefix_make(&pair, &dst, &src))
		abort();
	return pair;
}

/* As the daemon does: a turn after every message or two. */
static void turn(struct rib *rib, uint32_t i)
{
	if (i % 100 == 99)
		rib_run(rib, 1000, (mono_t){i});
}

static const struct rib_owner owner = {.type = 22};

static void finish(struct rib *rib, uint32_t count)
{
	while (rib_run(rib, 1000, (mono_t){count}))
		;
}

/* The phases have names of their own for a profiler's sake
 * (callgrind --toggle-collect=announce). */
static __attribute__((noinline)) void announce(struct rib *rib, const struct shape *s,
					       const struct rib_spec *spec, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct sdprefix pair = pair_of(s, i);

		rib_add(rib, &pair, &owner, spec, (mono_t){i});
		turn(rib, i);
	}
	finish(rib, count);
}

/* Of a metric: the kernel needs no word of it. */
static __attribute__((noinline)) void replace(struct rib *rib, const struct shape *s,
					      struct rib_spec *spec, uint32_t count)
{
	spec->metric++;
	for (uint32_t i = 0; i < count; i++) {
		struct sdprefix pair = pair_of(s, i);

		rib_add(rib, &pair, &owner, spec, (mono_t){i});
		turn(rib, i);
	}
	finish(rib, count);
}

/* Of the gateway. */
static __attribute__((noinline)) void reroute(struct rib *rib, const struct shape *s,
					      const struct rib_spec *spec, uint32_t count)
{
	struct rib_nexthop nh = spec->nexthops[0];
	struct rib_spec new = *spec;

	nh.gate.b[15] = 2;
	new.nexthops = &nh;
	for (uint32_t i = 0; i < count; i++) {
		struct sdprefix pair = pair_of(s, i);

		rib_add(rib, &pair, &owner, &new, (mono_t){i});
		turn(rib, i);
	}
	finish(rib, count);
}

static __attribute__((noinline)) void withdraw(struct rib *rib, const struct shape *s,
					       uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct sdprefix pair = pair_of(s, i);

		rib_del(rib, &pair, &owner);
		turn(rib, i);
	}
	finish(rib, count);
}

/* One route in the middle comes and goes, so many times. */
static __attribute__((noinline)) void middle(struct rib *rib, const struct shape *s,
					     const struct rib_spec *spec, uint32_t count)
{
	struct sdprefix pair = pair_of(s, count / 2);

	for (uint32_t i = 0; i < MIDDLE; i++) {
		rib_del(rib, &pair, &owner);
		finish(rib, count);
		rib_add(rib, &pair, &owner, spec, (mono_t){i});
		finish(rib, count);
	}
}

static void measure(const struct shape *s, uint32_t count)
{
	const struct rib_env env = {.fib = on_fib,
				    .redistribute = on_redistribute,
				    .chosen = on_chosen,
				    .fate = on_fate,
				    .refused = on_refused};
	struct rib_nexthop nh = {.kind = RIB_NH_GATE_IFINDEX, .ifindex = 1};
	struct rib_spec spec = {.distance = 100, .n_nexthops = 1, .nexthops = &nh};
	struct counts c = {0};
	struct rib *rib = rib_new(&env, &c);
	double t[6];
	size_t octets;

	nh.gate.b[0] = 0xfe;
	nh.gate.b[1] = 0x80;
	nh.gate.b[15] = 1;
	rib_if_set(rib, 1, true);
	octets = rib_octets(rib);
	t[0] = now();
	announce(rib, s, &spec, count);
	t[1] = now();
	octets = rib_octets(rib) - octets;
	replace(rib, s, &spec, count);
	t[2] = now();
	reroute(rib, s, &spec, count);
	t[3] = now();
	middle(rib, s, &spec, count);
	t[4] = now();
	withdraw(rib, s, count);
	t[5] = now();
	printf("%-26s %8u routes, %4zu octets each; per s: in %8.0f, metric %8.0f, "
	       "gateway %8.0f, one %8.0f, out %8.0f; %zu kernel operations\n",
	       s->name, count, octets / count, count / (t[1] - t[0]), count / (t[2] - t[1]),
	       count / (t[3] - t[2]), MIDDLE / (t[4] - t[3]), count / (t[5] - t[4]), c.ops);
	rib_free(rib);
}

/* A shape alone: its number, from 1, as the second argument. */
int main(int argc, char **argv)
{
	static const struct shape shapes[] = {{"(D,S), 4 sources each", 4},
					      {"(D,S), 16 sources each", 16},
					      {"plain", 0},
					      {"(::/0,S), one destination", UINT32_MAX}};
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	size_t only = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (!only || only == i + 1)
			measure(&shapes[i], count);
	return 0;
}
