/* SPDX-License-Identifier: MIT */
/* The loop: order, timers, descriptors, signals, and frees from callbacks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/loop.h"

struct fixture {
	struct loop *loop;
	char trace[512];
	struct loop_timer *a, *b;
	struct loop_fd *w, *w2;
	struct loop_signal *sig;
	int fd[2];
	mono_t fired;
	unsigned int n, written;
	bool paused;
};

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	f->loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, f->fd), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	close(f->fd[0]);
	close(f->fd[1]);
	loop_free(f->loop); /* asserts that the test left nothing */
	test_free(f);
	return 0;
}

static void note(struct fixture *f, const char *what)
{
	strncat(f->trace, what, sizeof(f->trace) - strlen(f->trace) - 1);
}

static void due_a(void *ctx)
{
	struct fixture *f = ctx;

	note(f, "a");
	f->fired = loop_now(f->loop);
}

static void due_b(void *ctx)
{
	note(ctx, "b");
}

static void due_stop(void *ctx)
{
	struct fixture *f = ctx;

	note(f, "s");
	loop_stop(f->loop);
}

static void run_for(struct fixture *f, usec_t d)
{
	struct loop_timer *t = loop_timer_new(f->loop, due_stop, f);

	loop_timer_at(t, mono_add(loop_now(f->loop), d));
	loop_run(f->loop);
	loop_timer_free(t);
}

static void test_timers_fire_once_in_order_and_never_early(void **state)
{
	struct fixture *f = *state;
	mono_t now = loop_now(f->loop), at = mono_add(now, 15 * USEC_PER_MSEC);

	f->a = loop_timer_new(f->loop, due_a, f);
	f->b = loop_timer_new(f->loop, due_b, f);
	loop_timer_at(f->a, at);
	loop_timer_at(f->b, mono_add(now, 5 * USEC_PER_MSEC));
	run_for(f, 40 * USEC_PER_MSEC);
	assert_string_equal(f->trace, "bas");
	assert_false(mono_before(f->fired, at));
	loop_timer_free(f->a);
	loop_timer_free(f->b);
}

static void test_past_moment_fires_on_the_next_turn_only(void **state)
{
	struct fixture *f = *state;

	f->a = loop_timer_new(f->loop, due_a, f);
	loop_timer_at(f->a, (mono_t){0});
	assert_string_equal(f->trace, "");
	run_for(f, 0);
	assert_non_null(strchr(f->trace, 'a'));
	loop_timer_free(f->a);
}

static void test_moved_and_disarmed_timers(void **state)
{
	struct fixture *f = *state;
	mono_t now = loop_now(f->loop);

	f->a = loop_timer_new(f->loop, due_a, f);
	f->b = loop_timer_new(f->loop, due_b, f);
	loop_timer_at(f->a, now);
	loop_timer_at(f->a, MONO_NEVER);
	loop_timer_at(f->b, mono_add(now, 3600 * USEC_PER_SEC));
	loop_timer_at(f->b, now);
	run_for(f, 2 * USEC_PER_MSEC);
	assert_string_equal(f->trace, "bs");
	loop_timer_free(f->a);
	loop_timer_free(f->b);
	loop_timer_free(NULL);
}

static void due_frees_both(void *ctx)
{
	struct fixture *f = ctx;

	f->n++;
	loop_timer_free(f->a);
	loop_timer_free(f->b);
	f->a = f->b = NULL;
}

static void test_callback_frees_itself_and_another_that_is_due(void **state)
{
	struct fixture *f = *state;

	f->a = loop_timer_new(f->loop, due_frees_both, f);
	f->b = loop_timer_new(f->loop, due_frees_both, f);
	loop_timer_at(f->a, (mono_t){0});
	loop_timer_at(f->b, (mono_t){0});
	run_for(f, 2 * USEC_PER_MSEC);
	assert_int_equal(f->n, 1);
}

static void ready_reads(void *ctx, unsigned int what)
{
	struct fixture *f = ctx;
	char c;

	f->n++;
	assert_int_equal(what, LOOP_READ);
	assert_int_equal(read(f->fd[0], &c, 1), 1);
	if (f->n == 3)
		loop_stop(f->loop);
}

static void test_descriptors_are_level_triggered(void **state)
{
	struct fixture *f = *state;

	f->w = loop_fd_new(f->loop, f->fd[0], LOOP_READ, ready_reads, f);
	assert_int_equal(write(f->fd[1], "xyz", 3), 3);
	assert_int_equal(f->n, 0);
	loop_run(f->loop);
	assert_int_equal(f->n, 3);
	loop_fd_free(f->w);
	loop_fd_free(NULL);
}

static void ready_write(void *ctx, unsigned int what)
{
	struct fixture *f = ctx;

	assert_int_equal(what, LOOP_WRITE);
	f->n++;
	loop_fd_want(f->w, 0);
}

static void test_want_is_obeyed(void **state)
{
	struct fixture *f = *state;

	f->w = loop_fd_new(f->loop, f->fd[0], 0, ready_write, f);
	assert_int_equal(write(f->fd[1], "x", 1), 1);
	run_for(f, 2 * USEC_PER_MSEC);
	assert_int_equal(f->n, 0);
	loop_fd_want(f->w, LOOP_WRITE);
	run_for(f, 2 * USEC_PER_MSEC);
	assert_int_equal(f->n, 1);
	loop_fd_free(f->w);
}

static void ready_frees_both(void *ctx, unsigned int what)
{
	struct fixture *f = ctx;

	(void)what;
	f->n++;
	loop_fd_free(f->w);
	loop_fd_free(f->w2);
	f->w = f->w2 = NULL;
	loop_stop(f->loop);
}

static void test_ready_callback_frees_all_watches(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(write(f->fd[0], "x", 1), 1);
	assert_int_equal(write(f->fd[1], "x", 1), 1);
	f->w = loop_fd_new(f->loop, f->fd[0], LOOP_READ, ready_frees_both, f);
	f->w2 = loop_fd_new(f->loop, f->fd[1], LOOP_READ, ready_frees_both, f);
	loop_run(f->loop);
	assert_int_equal(f->n, 1);
}

static void got_signal(void *ctx)
{
	struct fixture *f = ctx;

	f->n++;
	loop_signal_free(f->sig);
	f->sig = NULL;
	loop_stop(f->loop);
}

static void test_signal_arrives_in_the_loop(void **state)
{
	struct fixture *f = *state;

	f->sig = loop_signal_new(f->loop, SIGUSR1, got_signal, f);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(f->n, 0);
	loop_run(f->loop);
	assert_int_equal(f->n, 1);
	loop_signal_free(NULL);
}

static void test_stop_before_run_returns_at_once(void **state)
{
	struct fixture *f = *state;

	loop_stop(f->loop);
	loop_run(f->loop);
	run_for(f, 0);
	assert_string_equal(f->trace, "s");
}

static void read_one(void *ctx, unsigned int what)
{
	struct fixture *f = ctx;
	char c;

	assert_int_equal(what, LOOP_READ);
	assert_int_equal(read(f->fd[0], &c, 1), 1);
	f->n++;
}

static void quiet(void *ctx)
{
	note(ctx, "q");
}

static void write_more(void *ctx)
{
	struct fixture *f = ctx;

	assert_int_equal(write(f->fd[1], "x", 1), 1);
	/* A machine that makes us pause makes us quiet. */
	f->paused |= f->written && mono_sub(loop_now(f->loop), f->fired) > 100 * USEC_PER_MSEC;
	f->fired = loop_now(f->loop);
	/* For 300 ms: longer than it takes to be quiet. */
	if (++f->written < 60)
		loop_timer_at(f->a, mono_add(loop_now(f->loop), 5 * USEC_PER_MSEC));
}

static void test_quiet_is_told_once_when_nothing_comes_any_more(void **state)
{
	struct fixture *f = *state;

	loop_on_quiet(f->loop, quiet, f);
	f->w = loop_fd_new(f->loop, f->fd[0], LOOP_READ, read_one, f);
	run_for(f, 400 * USEC_PER_MSEC);
	assert_string_equal(f->trace, "s"); /* nothing came: nothing is over */
	f->a = loop_timer_new(f->loop, write_more, f);
	loop_timer_at(f->a, loop_now(f->loop));
	while (f->n < 60)
		run_for(f, 10 * USEC_PER_MSEC);
	assert_true(f->paused || !strchr(f->trace, 'q'));
	f->trace[0] = '\0';
	run_for(f, USEC_PER_SEC);
	assert_string_equal(f->trace, "qs");
	run_for(f, 400 * USEC_PER_MSEC);
	assert_string_equal(f->trace, "qss");
	loop_timer_free(f->a);
	loop_fd_free(f->w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(test_timers_fire_once_in_order_and_never_early),
		T(test_past_moment_fires_on_the_next_turn_only),
		T(test_moved_and_disarmed_timers),
		T(test_callback_frees_itself_and_another_that_is_due),
		T(test_descriptors_are_level_triggered),
		T(test_want_is_obeyed),
		T(test_ready_callback_frees_all_watches),
		T(test_signal_arrives_in_the_loop),
		T(test_stop_before_run_returns_at_once),
		T(test_quiet_is_told_once_when_nothing_comes_any_more),
	};

	return cmocka_run_group_tests_name("lib/io loop", tests, NULL, NULL);
}
