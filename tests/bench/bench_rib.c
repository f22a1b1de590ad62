/* SPDX-License-Identifier: MIT */
/*
 * How fast the RIB and the compiler are without a kernel: COUNT (D,S) routes
 * (100,000 unless given) over one link-local gateway, in three shapes, with a
 * writer that says yes to everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "zebra/core/rib.h"

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

static void measure(const struct shape *s, uint32_t count)
{
	const struct rib_env env = {.fib = on_fib,
				    .redistribute = on_redistribute,
				    .fate = on_fate,
				    .refused = on_refused};
	struct rib_owner owner = {.type = 22};
	struct rib_nexthop nh = {.kind = RIB_NH_GATE_IFINDEX, .ifindex = 1};
	struct rib_spec spec = {.distance = 100, .n_nexthops = 1, .nexthops = &nh};
	struct counts c = {0};
	struct rib *rib = rib_new(&env, &c);
	double t0, t1, t2;

	nh.gate.b[0] = 0xfe;
	nh.gate.b[1] = 0x80;
	nh.gate.b[15] = 1;
	rib_if_set(rib, 1, true);
	t0 = now();
	for (uint32_t i = 0; i < count; i++) {
		struct sdprefix pair = pair_of(s, i);

		rib_add(rib, &pair, &owner, &spec, (mono_t){i});
		turn(rib, i);
	}
	while (rib_run(rib, 1000, (mono_t){count}))
		;
	t1 = now();
	for (uint32_t i = 0; i < count; i++) {
		struct sdprefix pair = pair_of(s, i);

		rib_del(rib, &pair, &owner);
		turn(rib, i);
	}
	while (rib_run(rib, 1000, (mono_t){count}))
		;
	t2 = now();
	printf("%-32s %8u routes: in %8.0f/s, out %8.0f/s, %zu kernel operations\n", s->name, count,
	       count / (t1 - t0), count / (t2 - t1), c.ops);
	rib_free(rib);
}

int main(int argc, char **argv)
{
	static const struct shape shapes[] = {{"(D,S), 16 sources each", 16},
					      {"plain", 0},
					      {"(::/0,S), one destination", UINT32_MAX}};
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		measure(&shapes[i], count);
	return 0;
}
