/* SPDX-License-Identifier: MIT */
/* The memory file: what was said is there for the next process, whatever ended
 * the one before, and what is not whole counts for nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "babeld/babel_memory.h"

static char dir[] = "/tmp/srcdest-memory-XXXXXX", path[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/babeld.memory", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static struct memfile *opened(enum memfile_found want)
{
	enum memfile_found found;
	struct memfile *m = memfile_open(path, &found);

	assert_non_null(m);
	assert_int_equal(found, want);
	return m;
}

static struct memfile *fresh(void)
{
	unlink(path);
	return opened(MEMFILE_NOTHING);
}

static struct babel_memory memory(enum babel_memory_kind kind, unsigned int k)
{
	struct addr d = {{0x20, 1, 0xd, 0xb8, (uint8_t)(k >> 16), (uint8_t)(k >> 8), (uint8_t)k}};
	struct addr s = addr_ip4(10, 0, 0, 0), d4 = addr_ip4(192, 0, (uint8_t)(k >> 8), (uint8_t)k);
	struct babel_memory m = {.kind = kind, .router_id = {{1, 2, 3, 4, 5, 6, 7, 8}}};
	struct prefix dst, src;

	if (k % 2) {
		assert_true(prefix_make(&dst, FAM_IP6, &d, 64));
		assert_true(prefix_make(&src, FAM_IP6, &d, k % 57));
	} else {
		assert_true(prefix_make(&dst, FAM_IP4, &d4, 32));
		assert_true(prefix_make(&src, FAM_IP4, &s, 8));
	}
	assert_true(sdprefix_make(&m.pair, &dst, &src));
	if (kind == MEMORY_TOLD) {
		m.ifid = k;
		m.neigh = d;
	} else {
		m.seqno = (uint16_t)(65535 - k);
		m.metric = (uint16_t)k;
	}
	return m;
}

struct seen {
	unsigned int n;
	struct babel_memory last;
	uint32_t place;
};

static void see(void *ctx, uint32_t place, const struct babel_memory *m)
{
	struct seen *s = ctx;

	s->n++;
	s->last = *m;
	s->place = place;
}

static struct seen all(const struct memfile *m)
{
	struct seen s = {0};

	memfile_each(m, see, &s);
	assert_int_equal(s.n, memfile_count(m));
	return s;
}

static void check(struct babel_memory a, struct babel_memory b)
{
	assert_int_equal(a.kind, b.kind);
	assert_true(sdprefix_eq(&a.pair, &b.pair));
	assert_memory_equal(&a.router_id, &b.router_id, sizeof(a.router_id));
	assert_int_equal(a.seqno, b.seqno);
	assert_int_equal(a.metric, b.metric);
	assert_int_equal(a.ifid, b.ifid);
	assert_memory_equal(&a.neigh, &b.neigh, sizeof(a.neigh));
}

static void test_round_trip(void **state)
{
	(void)state;
	for (unsigned int k = 1; k < 200; k++) {
		struct babel_memory r = memory(k & 4 ? MEMORY_TOLD : MEMORY_DISTANCE, k);
		struct memfile *m = fresh();
		struct seen s;

		memfile_remember(m, k, &r);
		memfile_close(m);
		m = opened(MEMFILE_WHOLE);
		s = all(m);
		assert_int_equal(s.n, 1);
		assert_int_equal(s.place, k);
		check(s.last, r);
		memfile_remember(m, k, NULL);
		memfile_close(m);
		m = opened(MEMFILE_WHOLE);
		assert_int_equal(all(m).n, 0);
		memfile_close(m);
	}
}

static void test_replaced(void **state)
{
	struct babel_memory d = memory(MEMORY_DISTANCE, 1), t = memory(MEMORY_TOLD, 2);
	struct memfile *m = fresh();

	(void)state;
	memfile_remember(m, 5, &d);
	d.seqno = 7;
	d.metric = 65000;
	memfile_remember(m, 5, &d);
	check(all(m).last, d);
	memfile_remember(m, 5, &t);
	assert_int_equal(all(m).n, 1);
	check(all(m).last, t);
	memfile_remember(m, 1000000, NULL); /* nothing there */
	assert_int_equal(all(m).n, 1);
	memfile_close(m);
}

static void test_many(void **state)
{
	enum { MANY = 50000 };
	struct memfile *m = fresh();

	(void)state;
	for (uint32_t k = 0; k < MANY; k++) {
		struct babel_memory r = memory(MEMORY_DISTANCE, k);

		memfile_remember(m, MANY - k, &r);
	}
	assert_int_equal(all(m).n, MANY);
	for (uint32_t k = 1; k < MANY; k++)
		memfile_remember(m, k, NULL);
	assert_int_equal(all(m).n, 1);
	check(all(m).last, memory(MEMORY_DISTANCE, 0));
	memfile_forget_all(m);
	assert_int_equal(all(m).n, 0);
	memfile_close(m);
}

static void test_killed(void **state)
{
	int ready[2], status;
	struct memfile *m;
	pid_t child;
	char c;

	(void)state;
	memfile_close(fresh());
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		enum memfile_found found;

		m = memfile_open(path, &found);
		for (unsigned int k = 0; m && k < 3000; k++) {
			struct babel_memory r = memory(MEMORY_DISTANCE, k);

			memfile_remember(m, k + 1, &r);
		}
		_exit(write(ready[1], "x", 1) == 1 ? pause() : 1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(ready[0]);
	close(ready[1]);
	m = opened(MEMFILE_WHOLE);
	assert_int_equal(all(m).n, 3000);
	memfile_close(m);
}

static void overwrite(off_t at, const void *p, size_t n)
{
	int fd = open(path, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, p, n, at), n);
	close(fd);
}

static void test_damaged(void **state)
{
	static const uint8_t odd = 200;
	static const int64_t long_ago = INT64_MIN / 2;
	struct babel_memory r = memory(MEMORY_DISTANCE, 1);
	uint32_t set = 1;

	(void)state;
	for (unsigned int how = 0; how < 7; how++) {
		struct memfile *m = fresh();

		memfile_remember(m, 1, &r);
		memfile_close(m);
		if (how == 0)
			overwrite(0, "x", 1); /* another file */
		else if (how == 1)
			overwrite(12, &set, sizeof(set)); /* void */
		else if (how == 2)
			overwrite(16, "x", 1); /* another boot */
		else if (how == 3)
			overwrite(64, &odd, 1); /* of no kind */
		else if (how == 4)
			overwrite(66, &odd, 1); /* too long a prefix */
		else if (how == 5)
			assert_int_equal(truncate(path, 100), 0);
		else
			assert_int_equal(truncate(path, 0), 0);
		m = opened(MEMFILE_NOTHING);
		assert_int_equal(all(m).n, 0);
		memfile_remember(m, 1, &r);
		memfile_close(m);
		memfile_close(opened(MEMFILE_WHOLE));
	}
	overwrite(56, &long_ago, sizeof(long_ago)); /* whole, but of no use any more */
	{
		struct memfile *m = opened(MEMFILE_WHOLE);

		assert_int_equal(all(m).n, 0);
		memfile_close(m);
	}
}

/* Where the file can't grow, it stops to be whole. */
static void test_no_room(void **state)
{
	struct rlimit old, tight = {.rlim_cur = 100000, .rlim_max = RLIM_INFINITY};
	struct memfile *m = fresh();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	for (unsigned int k = 0; k < 3000; k++) {
		struct babel_memory r = memory(MEMORY_DISTANCE, k);

		memfile_remember(m, k + 1, &r);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_in_range(all(m).n, 1000, 2000);
	memfile_close(m);
	memfile_close(opened(MEMFILE_NOTHING));
}

static void test_no_place(void **state)
{
	enum memfile_found found;

	(void)state;
	assert_null(memfile_open("/nonexistent/babeld.memory", &found));
	assert_int_equal(found, MEMFILE_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_many),	   cmocka_unit_test(test_killed),
		cmocka_unit_test(test_damaged),	   cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_no_place),
	};

	return cmocka_run_group_tests_name("babeld: memory file", tests, setup, teardown);
}
