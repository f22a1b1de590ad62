/* SPDX-License-Identifier: MIT */
/* Streams: framing over any cut, bounded output, ends; listeners. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/io/stream.h"

#define DEADLINE (10 * USEC_PER_SEC)

/* The reader under test frames by one length octet. */
struct fixture {
	struct loop *loop;
	struct stream *s;
	int peer;
	char got[4096];
	char why[128];
	unsigned int n_closed, n_drained, n_input, n_accepted;
	bool free_in_input, pause_in_input, greedy;
	unsigned int until_input;
	size_t sent;
	size_t taken;
	char dir[64], path[96], err[256];
};

static void stop_late(void *ctx)
{
	(void)ctx;
	fail_msg("nothing happened before the deadline");
}

static void run(struct fixture *f)
{
	struct loop_timer *t = loop_timer_new(f->loop, stop_late, NULL);

	loop_timer_at(t, mono_add(loop_now(f->loop), DEADLINE));
	loop_run(f->loop);
	loop_timer_free(t);
}

static void stop_now(void *ctx)
{
	loop_stop(ctx);
}

/* Lets everything that is ready happen: a few turns of the loop. */
static void turns(struct fixture *f)
{
	for (int i = 0; i < 4; i++) {
		struct loop_timer *t = loop_timer_new(f->loop, stop_now, f->loop);

		loop_timer_at(t, mono_add(loop_now(f->loop), USEC_PER_MSEC));
		loop_run(f->loop);
		loop_timer_free(t);
	}
}

static size_t on_input(void *ctx, struct stream *s, struct span in)
{
	struct fixture *f = ctx;
	size_t len = in.p[0];

	f->n_input++;
	if (f->greedy)
		return 0;
	if (in.len < 1 + len)
		return 0;
	strncat(f->got, (const char *)in.p + 1, len);
	strcat(f->got, "|");
	if (f->n_input == f->until_input)
		loop_stop(f->loop);
	if (f->free_in_input) {
		stream_free(s);
		f->s = NULL;
		loop_stop(f->loop);
		return 1 + len;
	}
	if (f->pause_in_input)
		stream_pause(s, true);
	return 1 + len;
}

static void on_closed(void *ctx, struct stream *s, const char *why)
{
	struct fixture *f = ctx;

	assert_ptr_equal(s, f->s);
	f->n_closed++;
	snprintf(f->why, sizeof(f->why), "%s", why);
	stream_free(s);
	f->s = NULL;
	loop_stop(f->loop);
}

static void on_drained(void *ctx, struct stream *s)
{
	struct fixture *f = ctx;

	f->n_drained++;
	assert_false(stream_full(s));
	loop_stop(f->loop);
}

static const struct stream_ops ops = {on_input, on_closed, on_drained};

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	int fd[2];

	f->loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	f->peer = fd[1];
	f->s = stream_new(f->loop, fd[0], &ops, f, 1 << 20);
	strcpy(f->dir, "/tmp/srcdest-stream-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/sock", f->dir);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stream_free(f->s);
	if (f->peer >= 0)
		close(f->peer);
	loop_free(f->loop);
	unlink(f->path);
	assert_int_equal(rmdir(f->dir), 0);
	test_free(f);
	return 0;
}

static void send_all(struct fixture *f, const char *p, size_t n)
{
	assert_int_equal(write(f->peer, p, n), (ssize_t)n);
}

static void test_frames_in_one_write(void **state)
{
	struct fixture *f = *state;

	send_all(f, "\003abc\001d\002ef", 9);
	turns(f);
	assert_string_equal(f->got, "abc|d|ef|");
	assert_int_equal(f->n_input, 3);
}

static void test_frames_octet_by_octet(void **state)
{
	struct fixture *f = *state;
	const char in[] = "\003abc\001d\002ef";

	for (size_t i = 0; i < 9; i++) {
		send_all(f, in + i, 1);
		turns(f);
	}
	assert_string_equal(f->got, "abc|d|ef|");
}

static void test_reader_frees_in_input(void **state)
{
	struct fixture *f = *state;

	f->free_in_input = true;
	send_all(f, "\001a\001b", 4);
	run(f);
	assert_string_equal(f->got, "a|");
	assert_int_equal(f->n_closed, 0);
}

static void test_pause_keeps_what_has_arrived(void **state)
{
	struct fixture *f = *state;

	f->pause_in_input = true;
	send_all(f, "\001a\001b\001c", 6);
	turns(f);
	assert_string_equal(f->got, "a|");
	stream_pause(f->s, false);
	assert_string_equal(f->got, "a|"); /* from the loop only */
	turns(f);
	assert_string_equal(f->got, "a|b|");
	f->pause_in_input = false;
	stream_pause(f->s, false);
	turns(f);
	assert_string_equal(f->got, "a|b|c|");
}

static void test_peer_end_is_told_once(void **state)
{
	struct fixture *f = *state;

	send_all(f, "\001a\003bc", 5);
	close(f->peer);
	f->peer = -1;
	run(f);
	assert_string_equal(f->got, "a|");
	assert_int_equal(f->n_closed, 1);
	assert_string_equal(f->why, "the peer closed the connection");
}

static void test_half_closed_peer_gets_the_answer(void **state)
{
	struct fixture *f = *state;
	char buf[8];

	stream_write(f->s, span_of("answer", 6));
	shutdown(f->peer, SHUT_WR);
	run(f);
	assert_int_equal(f->n_closed, 1);
	assert_int_equal(read(f->peer, buf, sizeof(buf)), 6);
	assert_int_equal(read(f->peer, buf, sizeof(buf)), 0);
}

static void test_close_sends_the_rest_and_calls_from_the_loop(void **state)
{
	struct fixture *f = *state;
	char buf[8];

	stream_write(f->s, span_of("bye", 3));
	stream_close(f->s, "enough");
	stream_close(f->s, "twice");
	stream_write(f->s, span_of("late", 4));
	assert_int_equal(f->n_closed, 0);
	run(f);
	assert_int_equal(f->n_closed, 1);
	assert_string_equal(f->why, "enough");
	assert_int_equal(read(f->peer, buf, sizeof(buf)), 3);
	assert_int_equal(read(f->peer, buf, sizeof(buf)), 0);
}

/* Octet i of the long run is i * 7 + i / 251, so that a lost or doubled
 * octet is seen. */
static void fill(struct fixture *f, uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < n; i++, f->sent++)
		buf[i] = (uint8_t)(f->sent * 7 + f->sent / 251);
}

static size_t take(struct fixture *f)
{
	uint8_t buf[8192];
	ssize_t n = read(f->peer, buf, sizeof(buf));

	for (ssize_t i = 0; i < n; i++, f->taken++)
		assert_int_equal(buf[i], (uint8_t)(f->taken * 7 + f->taken / 251));
	return n > 0 ? (size_t)n : 0;
}

static void test_output_waits_and_drains_in_order(void **state)
{
	static uint8_t buf[30011];
	struct fixture *f = *state;

	while (!stream_full(f->s)) {
		size_t n = 1 + f->sent % sizeof(buf);

		fill(f, buf, n);
		stream_write(f->s, span_of(buf, n));
	}
	assert_int_equal(stream_pending(f->s), f->sent);
	while (!f->n_drained) {
		turns(f);
		while (take(f))
			;
	}
	assert_int_equal(f->n_drained, 1);
	while (stream_pending(f->s)) {
		turns(f);
		while (take(f))
			;
	}
	while (take(f))
		;
	assert_int_equal(f->taken, f->sent);
	assert_int_equal(f->n_closed, 0);
}

static void test_finish_writes_everything_first(void **state)
{
	static uint8_t buf[900000];
	struct fixture *f = *state;

	fill(f, buf, sizeof(buf));
	stream_write(f->s, span_of(buf, sizeof(buf)));
	stream_finish(f->s, "done");
	while (!f->n_closed) {
		turns(f);
		while (take(f))
			;
	}
	while (take(f))
		;
	assert_int_equal(f->taken, sizeof(buf));
	assert_string_equal(f->why, "done");
}

static void test_overfull_output_ends_the_stream(void **state)
{
	static uint8_t buf[1 << 19];
	struct fixture *f = *state;

	stream_write(f->s, span_of(buf, sizeof(buf)));
	stream_write(f->s, span_of(buf, sizeof(buf)));
	assert_true(stream_full(f->s));
	stream_write(f->s, span_of(buf, 1));
	assert_int_equal(f->n_closed, 0);
	run(f);
	assert_int_equal(f->n_closed, 1);
	assert_non_null(strstr(f->why, "does not read"));
}

static void test_input_that_nobody_consumes_ends_the_stream(void **state)
{
	static char buf[65536];
	struct fixture *f = *state;
	size_t sent = 0;

	f->greedy = true;
	while (!f->n_closed) {
		ssize_t n = write(f->peer, buf, sizeof(buf));

		sent += n > 0 ? (size_t)n : 0;
		turns(f);
	}
	assert_true(sent < 2 * STREAM_MAX_IN);
	assert_string_equal(f->why, "too much unread input");
}

static void on_accept(void *ctx, int fd)
{
	struct fixture *f = ctx;

	close(fd);
	f->n_accepted++;
	loop_stop(f->loop);
}

static struct listener *listen_there(struct fixture *f)
{
	return listener_new(f->loop, f->path, 0600, on_accept, f, f->err, sizeof(f->err));
}

static void test_listener_accepts_and_unlinks(void **state)
{
	struct fixture *f = *state;
	struct listener *l = listen_there(f);
	struct stat st;
	int fd;

	assert_non_null(l);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fd = unix_connect(f->path);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	run(f);
	assert_int_equal(f->n_accepted, 1);
	close(fd);
	listener_free(l);
	assert_int_equal(access(f->path, F_OK), -1);
	assert_int_equal(unix_connect(f->path), -1);
	listener_free(NULL);
}

static void test_listener_refuses_a_live_socket(void **state)
{
	struct fixture *f = *state;
	struct listener *l = listen_there(f);

	assert_null(listen_there(f));
	assert_non_null(strstr(f->err, f->path));
	assert_non_null(strstr(f->err, "another process listens"));
	assert_int_equal(access(f->path, F_OK), 0);
	run(f); /* the first one saw the probe, and lives */
	assert_int_equal(f->n_accepted, 1);
	listener_free(l);
}

static void test_listener_takes_over_a_stale_socket(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct listener *l;

	strcpy(sa.sun_path, f->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	close(fd); /* the file stays, nobody accepts */
	l = listen_there(f);
	assert_non_null(l);
	listener_free(l);
}

static void test_listener_spares_what_is_no_socket(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	close(fd);
	assert_null(listen_there(f));
	assert_non_null(strstr(f->err, "not a socket"));
	assert_int_equal(access(f->path, F_OK), 0);
}

static void test_listener_leaves_a_successor_its_socket(void **state)
{
	struct fixture *f = *state;
	struct listener *old = listen_there(f), *new;

	unlink(f->path);
	new = listen_there(f);
	assert_non_null(new);
	listener_free(old);
	assert_int_equal(access(f->path, F_OK), 0);
	listener_free(new);
}

static void test_too_long_path(void **state)
{
	struct fixture *f = *state;
	char path[200];

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(unix_connect(path), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_null(listener_new(f->loop, path, 0600, on_accept, f, f->err, sizeof(f->err)));
	assert_non_null(strstr(f->err, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(test_frames_in_one_write),
		T(test_frames_octet_by_octet),
		T(test_reader_frees_in_input),
		T(test_pause_keeps_what_has_arrived),
		T(test_peer_end_is_told_once),
		T(test_half_closed_peer_gets_the_answer),
		T(test_close_sends_the_rest_and_calls_from_the_loop),
		T(test_output_waits_and_drains_in_order),
		T(test_finish_writes_everything_first),
		T(test_overfull_output_ends_the_stream),
		T(test_input_that_nobody_consumes_ends_the_stream),
		T(test_listener_accepts_and_unlinks),
		T(test_listener_refuses_a_live_socket),
		T(test_listener_takes_over_a_stale_socket),
		T(test_listener_spares_what_is_no_socket),
		T(test_listener_leaves_a_successor_its_socket),
		T(test_too_long_path),
	};

	return cmocka_run_group_tests_name("lib/io stream", tests, NULL, NULL);
}
