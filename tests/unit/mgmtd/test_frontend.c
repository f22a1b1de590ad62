/* SPDX-License-Identifier: MIT */
/* Sessions of front ends: who they are, one request at a time, hostile ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/nb/msg.h"
#include "mgmtd/frontend.h"
#include "tests/unit/mgmtd/rig.h"

/* A layer that repeats a line when it is told to. */
struct echo {
	struct front_session *front;
	char line[128];
	bool used;
};

static struct {
	struct loop *loop;
	struct loop_timer *rest;
	struct frontend *front;
	char *dir, path[300];
	struct echo echo[FRONT_SESSIONS_MAX];
	unsigned int requests, closed;
	bool hold;
} w;

static void *echo_open(void *ctx, struct front_session *fs, char **hello, char *err,
		       unsigned int err_size)
{
	struct echo *e = w.echo;

	(void)ctx;
	(void)hello;
	if (strcmp(front_info(fs)->who.user, "nobody") == 0) {
		snprintf(err, err_size, "not nobody");
		return NULL;
	}
	while (e->used)
		e++;
	*e = (struct echo){.front = fs, .used = true};
	return e;
}

static void echo_answer(struct echo *e)
{
	Mgmt__Text t = MGMT__TEXT__INIT;

	t.text = e->line;
	front_send(e->front, MGMT__MESSAGE__KIND_TEXT, &t.base);
	front_done(e->front);
}

static void echo_request(void *session, const Mgmt__Message *m)
{
	struct echo *e = session;

	w.requests++;
	snprintf(e->line, sizeof(e->line), "%s", m->line->text);
	if (!w.hold)
		echo_answer(e);
}

static void echo_close(void *session)
{
	((struct echo *)session)->used = false;
	w.closed++;
}

/* ---- the other end ---- */

static void rest_over(void *ctx)
{
	(void)ctx;
	loop_stop(w.loop);
}

static void turns(void)
{
	loop_timer_at(w.rest, mono_add(loop_now(w.loop), 20 * USEC_PER_MSEC));
	loop_run(w.loop);
}

static int dial(void)
{
	int fd = unix_connect(w.path);

	assert_true(fd >= 0);
	turns();
	return fd;
}

static void say(int fd, Mgmt__Message__KindCase kind, ProtobufCMessage *part)
{
	size_t n;
	uint8_t *frame = msg_encode(kind, part, &n);

	assert_int_equal(send(fd, frame, n, MSG_NOSIGNAL), n);
	free(frame);
	turns();
}

static void say_open(int fd, const char *user)
{
	Mgmt__Open o = MGMT__OPEN__INIT;

	o.user = (char *)(uintptr_t)user;
	o.from = (char *)(uintptr_t) "test";
	say(fd, MGMT__MESSAGE__KIND_OPEN, &o.base);
}

static void say_line(int fd, const char *text)
{
	Mgmt__Line l = MGMT__LINE__INIT;

	l.text = (char *)(uintptr_t)text;
	say(fd, MGMT__MESSAGE__KIND_LINE, &l.base);
}

/* The next message; NULL: the end, or nothing there. */
static Mgmt__Message *hear(int fd)
{
	uint8_t head[4], body[4096];
	size_t n;

	turns();
	if (recv(fd, head, 4, MSG_DONTWAIT) != 4)
		return NULL;
	n = (size_t)head[2] << 8 | head[3];
	assert_true(n <= sizeof(body));
	assert_int_equal(recv(fd, body, n, MSG_DONTWAIT), n);
	return msg_decode(span_of(body, n), MSG_ACCEPT(OPENED) | MSG_ACCEPT(TEXT));
}

static void expect_opened(int fd, const char *error)
{
	Mgmt__Message *m = hear(fd);

	assert_non_null(m);
	assert_int_equal(m->kind_case, MGMT__MESSAGE__KIND_OPENED);
	if (!strstr(m->opened->error, error))
		fail_msg("%s", m->opened->error);
	assert_int_equal(*m->opened->error != '\0', *error != '\0');
	msg_free(m);
}

static void expect_text(int fd, const char *text)
{
	Mgmt__Message *m = hear(fd);

	assert_non_null(m);
	assert_int_equal(m->kind_case, MGMT__MESSAGE__KIND_TEXT);
	assert_string_equal(m->text->text, text);
	msg_free(m);
}

static bool is_over(int fd)
{
	char c;
	ssize_t n;

	turns();
	n = recv(fd, &c, 1, MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno == ECONNRESET);
}

static int set_up(void **state)
{
	struct front_layer layers[FRONT_KINDS] = {{.open = echo_open,
						   .request = echo_request,
						   .close = echo_close,
						   .accept = MSG_ACCEPT(LINE)}};
	char err[256];

	(void)state;
	memset(&w, 0, sizeof(w));
	w.loop = loop_new();
	w.rest = loop_timer_new(w.loop, rest_over, NULL);
	w.dir = rig_mkdir();
	assert_int_equal(chmod(w.dir, 0755), 0);
	snprintf(w.path, sizeof(w.path), "%s/" MSG_FRONT_SOCKET, w.dir);
	w.front = frontend_new(w.loop, w.path, layers, NULL, NULL, err, sizeof(err));
	assert_non_null(w.front);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	frontend_free(w.front);
	loop_timer_free(w.rest);
	loop_free(w.loop);
	rig_rmdir(w.dir);
	return 0;
}

/* ---- tests ---- */

static bool count(void *ctx, const struct front_info *i)
{
	(void)i;
	(*(unsigned int *)ctx)++;
	return true;
}

static unsigned int sessions(void)
{
	unsigned int n = 0;

	frontend_each(w.front, count, &n);
	return n;
}

static void test_one_request_at_a_time(void **state)
{
	int fd = dial();

	(void)state;
	say_open(fd, "");
	expect_opened(fd, "");
	assert_int_equal(sessions(), 1);
	w.hold = true;
	say_line(fd, "one");
	say_line(fd, "two");
	assert_int_equal(w.requests, 1);
	assert_null(hear(fd));
	w.hold = false;
	echo_answer(&w.echo[0]);
	expect_text(fd, "one");
	expect_text(fd, "two");
	assert_int_equal(w.requests, 2);
	close(fd);
	turns();
	assert_int_equal(w.closed, 1);
	assert_int_equal(sessions(), 0);
}

static void test_who_it_is(void **state)
{
	int fd = dial(), other;

	(void)state;
	if (geteuid() != 0)
		skip();
	/* root speaks for others, as netconfd does; and a layer may refuse. */
	say_open(fd, "alice");
	expect_opened(fd, "");
	assert_string_equal(front_info(w.echo[0].front)->who.user, "alice");
	assert_false(front_info(w.echo[0].front)->recovery);
	other = dial();
	say_open(other, "");
	expect_opened(other, "");
	assert_string_equal(front_info(w.echo[1].front)->who.user, "root");
	assert_true(front_info(w.echo[1].front)->recovery);
	assert_int_not_equal(front_info(w.echo[0].front)->who.id,
			     front_info(w.echo[1].front)->who.id);
	close(other);
	other = dial();
	say_open(other, "nobody");
	expect_opened(other, "not nobody");
	assert_true(is_over(other));
	close(other);
	other = dial();
	say_open(other, "a\nb");
	expect_opened(other, "plain text");
	close(other);
	close(fd);
}

/* SO_PEERCRED is that of the moment of connect(): a process of its own. */
static void test_nobody_speaks_for_root(void **state)
{
	const struct passwd *pw = getpwnam("daemon");
	int ready[2], fd;
	char c;
	pid_t pid;

	(void)state;
	if (geteuid() != 0 || !pw || socketpair(AF_UNIX, SOCK_STREAM, 0, ready))
		skip();
	assert_int_equal(chmod(w.path, 0666), 0);
	pid = fork();
	if (pid == 0) {
		Mgmt__Open o = MGMT__OPEN__INIT;
		uint8_t *frame, in[4096];
		size_t n;
		ssize_t got;

		if (setgid(pw->pw_gid) || setuid(pw->pw_uid))
			_exit(1);
		fd = unix_connect(w.path);
		o.user = (char *)(uintptr_t) "root";
		frame = msg_encode(MGMT__MESSAGE__KIND_OPEN, &o.base, &n);
		while ((got = send(fd, frame, n, MSG_NOSIGNAL)) < 0 && errno == EAGAIN)
			;
		while ((got = recv(fd, in, sizeof(in) - 1, 0)) < 0 && errno == EAGAIN)
			;
		in[got > 0 ? got : 0] = 0;
		got = got > 0 && memmem(in, (size_t)got, "may not act for root", 20) != NULL;
		_exit(send(ready[1], got ? "y" : "n", 1, 0) == 1 ? 0 : 1);
	}
	for (int i = 0; i < 500 && recv(ready[0], &c, 1, MSG_DONTWAIT) != 1; i++)
		turns();
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(c, 'y');
	assert_int_equal(sessions(), 0);
	close(ready[0]);
	close(ready[1]);
}

static void test_hostile_ones_end_alone(void **state)
{
	static const char *const bad[] = {"\377\377\377\377garbage", "\0\0\0\0",
					  "\0\0\0\010\252\252\252\252\252\252\252\252"};
	static const size_t len[] = {11, 4, 12};
	int good = dial(), fd;

	(void)state;
	say_open(good, "");
	expect_opened(good, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fd = dial();
		assert_int_equal(send(fd, bad[i], len[i], MSG_NOSIGNAL), len[i]);
		assert_true(is_over(fd));
		close(fd);
	}
	/* A request before it has said who it is; another Open behind one. */
	fd = dial();
	say_line(fd, "one");
	assert_true(is_over(fd));
	close(fd);
	fd = dial();
	say_open(fd, "");
	expect_opened(fd, "");
	say_open(fd, "");
	assert_true(is_over(fd));
	close(fd);
	/* Cut off in the middle of a frame. */
	fd = dial();
	assert_int_equal(send(fd, "\0\0\1\0ab", 6, MSG_NOSIGNAL), 6);
	close(fd);
	assert_int_equal(w.requests, 0);
	say_line(good, "still here");
	expect_text(good, "still here");
	close(good);
}

static void test_limits(void **state)
{
	int fd[FRONT_SESSIONS_MAX], more;

	(void)state;
	for (unsigned int i = 0; i < FRONT_SESSIONS_MAX; i++)
		fd[i] = dial();
	more = dial();
	assert_true(is_over(more));
	close(more);
	close(fd[0]);
	turns();
	fd[0] = dial();
	say_open(fd[0], "");
	expect_opened(fd[0], "");
	assert_true(frontend_kill(w.front, front_info(w.echo[0].front)->who.id, "killed"));
	assert_true(is_over(fd[0]));
	assert_false(frontend_kill(w.front, 9999, "killed"));
	for (unsigned int i = 0; i < FRONT_SESSIONS_MAX; i++)
		close(fd[i]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_request_at_a_time),
		TEST(test_who_it_is),
		TEST(test_nobody_speaks_for_root),
		TEST(test_hostile_ones_end_alone),
		TEST(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
