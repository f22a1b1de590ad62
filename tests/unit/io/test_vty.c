/* SPDX-License-Identifier: MIT */
/* The show server on its socket: framing, order, ends, large answers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cli/show.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"

#define BIG_LINES 400000u

static json_object *state_small(const void *ctx, const struct show_args *a, char *err,
				unsigned int err_size)
{
	(void)ctx;
	(void)a;
	(void)err;
	(void)err_size;
	return json_object_new_object();
}

static void text_small(const json_object *state, struct show_out *o)
{
	(void)state;
	show_printf(o, "small\n");
}

static void text_big(const json_object *state, struct show_out *o)
{
	(void)state;
	for (unsigned int i = 0; i < BIG_LINES; i++)
		show_printf(o, "route %06u of the many that a full table has, about this long\n",
			    i);
}

static const struct show_command table[] = {
	{"show small", "A line", state_small, text_small},
	{"show big", "Many lines", state_small, text_big},
};

struct fixture {
	struct loop *loop;
	struct show_server *server;
	char dir[64], path[96], log[96], err[256];
	int fd;
	char buf[65536];
	size_t n;
	bool ended;
};

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	char target[128];

	strcpy(f->dir, "/tmp/srcdest-vty-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/babeld.vty", f->dir);
	snprintf(f->log, sizeof(f->log), "%s/log", f->dir);
	snprintf(target, sizeof(target), "file:%s", f->log);
	assert_true(log_open("babeld", target, f->err, sizeof(f->err)));
	f->loop = loop_new();
	f->server =
		show_server_new(f->loop, f->path, "babeld", table, 2, NULL, f->err, sizeof(f->err));
	assert_non_null(f->server);
	f->fd = unix_connect(f->path);
	assert_true(f->fd >= 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->fd >= 0)
		close(f->fd);
	show_server_free(f->server);
	loop_free(f->loop);
	assert_true(log_open("babeld", "stderr", f->err, sizeof(f->err)));
	unlink(f->log);
	assert_int_equal(rmdir(f->dir), 0);
	test_free(f);
	return 0;
}

static void stop(void *ctx)
{
	loop_stop(ctx);
}

static void turn(struct fixture *f)
{
	struct loop_timer *t = loop_timer_new(f->loop, stop, f->loop);

	loop_timer_at(t, mono_add(loop_now(f->loop), USEC_PER_MSEC));
	loop_run(f->loop);
	loop_timer_free(t);
}

static void send_all(struct fixture *f, const char *p, size_t n)
{
	assert_int_equal(write(f->fd, p, n), (ssize_t)n);
}

/* Lets the server run until it has said `n` octets, or has ended. */
static void receive(struct fixture *f, size_t n)
{
	f->n = 0;
	for (int i = 0; i < 5000 && f->n < n && !f->ended; i++) {
		ssize_t r;

		turn(f);
		r = read(f->fd, f->buf + f->n, sizeof(f->buf) - f->n);
		if (r > 0)
			f->n += (size_t)r;
		f->ended = r == 0;
	}
}

static void expect(struct fixture *f, const char *p, size_t n)
{
	receive(f, n);
	assert_int_equal(f->n, n);
	assert_memory_equal(f->buf, p, n);
}
#define EXPECT(f, s) expect(f, s, sizeof(s) - 1)
#define SEND(f, s)   send_all(f, s, sizeof(s) - 1)

static size_t log_lines(const struct fixture *f, const char *what)
{
	FILE *in = fopen(f->log, "r");
	char line[LOG_LINE_MAX + 1];
	size_t n = 0;

	assert_non_null(in);
	while (fgets(line, sizeof(line), in))
		n += strstr(line, what) != NULL;
	fclose(in);
	return n;
}

/* The four examples measured at FRR's daemons. */
static void test_frr_examples(void **state)
{
	struct fixture *f = *state;

	SEND(f, "echo PING\0");
	EXPECT(f, "PING\n\0\0\0\0");
	SEND(f, "enable\0");
	EXPECT(f, "\0\0\0\0");
	SEND(f, "show nonsense\0");
	EXPECT(f, "% [BABELD] Unknown command: show nonsense\n\0\0\0\2");
	SEND(f, "show\0");
	EXPECT(f, "% Command incomplete.\n\0\0\0\4");
}

static void test_socket_mode(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770);
}

static void test_many_requests_in_any_cut(void **state)
{
	struct fixture *f = *state;
	const char two[] = "show small\0echo x\0";

	SEND(f, "show small\0echo x\0");
	EXPECT(f, "small\n\0\0\0\0x\n\0\0\0\0");
	for (size_t i = 0; i < sizeof(two) - 1; i++) {
		send_all(f, two + i, 1);
		turn(f);
	}
	EXPECT(f, "small\n\0\0\0\0x\n\0\0\0\0");
}

static void test_exit_ends_after_its_status(void **state)
{
	struct fixture *f = *state;

	SEND(f, "show small\0exit\0show small\0");
	EXPECT(f, "small\n\0\0\0\0\0\0\0\0");
	receive(f, 1);
	assert_int_equal(f->n, 0);
	assert_true(f->ended);
}

static void test_too_long_request_ends_that_session_only(void **state)
{
	struct fixture *f = *state;
	static char big[SHOW_REQUEST_MAX + 1];
	int other = unix_connect(f->path);

	memset(big, 'x', sizeof(big));
	send_all(f, big, sizeof(big));
	receive(f, 1);
	assert_true(f->ended);
	assert_int_equal(f->n, 0);
	assert_int_equal(log_lines(f, "more than 4095 octets"), 1);
	assert_int_equal(log_lines(f, ""), 1);
	close(f->fd);
	f->fd = other;
	f->ended = false;
	SEND(f, "show small\0");
	EXPECT(f, "small\n\0\0\0\0");
}

static void test_longest_request(void **state)
{
	struct fixture *f = *state;
	static char big[SHOW_REQUEST_MAX + 1] = "echo ";

	memset(big + 5, 'y', sizeof(big) - 6);
	send_all(f, big, sizeof(big));
	receive(f, sizeof(big) - 5 + 4);
	assert_int_equal(f->n, sizeof(big) - 5 + 4);
	assert_int_equal(f->buf[f->n - 1], SHOW_OK);
	assert_false(f->ended);
}

/* A slow reader of a big answer: another session is served meanwhile, and the
 * answer comes whole. */
static void test_big_answer_streams(void **state)
{
	struct fixture *f = *state;
	int slow = f->fd;
	size_t total = 0,
	       want = BIG_LINES * strlen("route 000000 of the many that a full table has, "
					 "about this long\n");
	ssize_t r;

	SEND(f, "show big\0");
	turn(f);
	f->fd = unix_connect(f->path);
	SEND(f, "show small\0");
	EXPECT(f, "small\n\0\0\0\0");
	while (total < want + 4) {
		turn(f);
		while ((r = read(slow, f->buf, sizeof(f->buf))) > 0)
			total += (size_t)r;
	}
	assert_int_equal(total, want + 4);
	close(slow);
}

static void test_sessions_are_bounded(void **state)
{
	struct fixture *f = *state;
	int fd[SHOW_SESSIONS_MAX];
	char c;

	turn(f);
	for (size_t i = 0; i < SHOW_SESSIONS_MAX; i++) {
		fd[i] = unix_connect(f->path);
		assert_true(fd[i] >= 0);
		turn(f);
	}
	/* One of them is f->fd, so the last was one too many. */
	turn(f);
	assert_int_equal(read(fd[SHOW_SESSIONS_MAX - 1], &c, 1), 0);
	assert_int_equal(read(fd[0], &c, 1), -1);
	assert_int_equal(log_lines(f, "one more is refused"), 1);
	SEND(f, "show small\0");
	EXPECT(f, "small\n\0\0\0\0");
	for (size_t i = 0; i < SHOW_SESSIONS_MAX; i++)
		close(fd[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(test_frr_examples),
		T(test_socket_mode),
		T(test_many_requests_in_any_cut),
		T(test_exit_ends_after_its_status),
		T(test_too_long_request_ends_that_session_only),
		T(test_longest_request),
		T(test_big_answer_streams),
		T(test_sessions_are_bounded),
	};

	return cmocka_run_group_tests_name("lib/cli vty", tests, NULL, NULL);
}
