/* SPDX-License-Identifier: MIT */
/* Ranges of labels: no label is given out twice, and what a client had is free when it goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/zapi/server_rig.h"

static int setup(void **state)
{
	struct server_rig *r = calloc(1, sizeof(*r));

	*state = r;
	return server_rig_init(r) ? 0 : -1;
}

static int teardown(void **state)
{
	size_t left = server_rig_fini(*state);

	free(*state);
	return left ? -1 : 0;
}

/* The answer to a message of the label manager; false: none has come. */
static bool ask(struct server_rig *r, int fd, struct zapi_msg *m)
{
	uint16_t cmd = m->cmd;
	uint8_t in[4096];
	size_t at = 0;
	ssize_t n;

	assert_true(rig_say_msg(fd, m));
	server_rig_settle(r);
	n = read(fd, in, sizeof(in));
	while (n > 0 && at < (size_t)n) {
		int len = zapi_frame_len(span_of(in + at, (size_t)n - at));

		assert_true(len > 0);
		assert_int_equal(
			zapi_decode(span_of(in + at, (size_t)len), ZAPI_FROM_ZEBRA, ZAPI_8_4, m),
			ZAPI_OK);
		if (m->cmd == cmd)
			return true;
		at += (size_t)len;
	}
	return false;
}

static int client(struct server_rig *r)
{
	struct zapi_msg m = {.cmd = ZAPI_LABEL_MANAGER_CONNECT, .u.label = {.type = ROUTE_ISIS}};
	int fd = rig_peer(r);

	assert_true(rig_hello(fd, ROUTE_ISIS, 0));
	m.u.label.result = 77;
	assert_true(ask(r, fd, &m));
	assert_int_equal(m.u.label.result, 0);
	return fd;
}

/* The first label of a range, 0: refused. */
static uint32_t get(struct server_rig *r, int fd, uint32_t base, uint32_t size)
{
	struct zapi_msg m = {.cmd = ZAPI_GET_LABEL_CHUNK,
			     .u.label = {.type = ROUTE_ISIS, .size = size, .base = base}};

	assert_true(ask(r, fd, &m));
	if (m.u.label.end)
		assert_int_equal(m.u.label.end - m.u.label.start, size - 1);
	return m.u.label.start;
}

static void no_label_twice(void **state)
{
	struct server_rig *r = *state;
	int fd = client(r);

	assert_int_equal(get(r, fd, 16000, 8000), 16000);
	assert_int_equal(get(r, fd, 15000, 1000), 15000);
	assert_int_equal(get(r, fd, 23999, 1), 0);
	assert_int_equal(get(r, fd, 14999, 2), 0);
	assert_int_equal(get(r, fd, 17000, 10), 0);
	assert_int_equal(get(r, fd, 24000, 1), 24000);
	/* Anywhere: the lowest place where it fits. */
	assert_int_equal(get(r, fd, 0, 10), 16);
	assert_int_equal(get(r, fd, 0, 15000), 24001);
	assert_int_equal(get(r, fd, 0, 5), 26);
	close(fd);
}

static void no_label_beyond(void **state)
{
	struct server_rig *r = *state;
	int fd = client(r);

	assert_int_equal(get(r, fd, 15, 2), 0); /* reserved */
	assert_int_equal(get(r, fd, 0, 0), 0);
	assert_int_equal(get(r, fd, 1048575, 1), 1048575);
	assert_int_equal(get(r, fd, 1048574, 2), 0);
	assert_int_equal(get(r, fd, 1048576, 1), 0);
	assert_int_equal(get(r, fd, UINT32_MAX, UINT32_MAX), 0);
	assert_int_equal(get(r, fd, 16, UINT32_MAX), 0);
	assert_int_equal(get(r, fd, 0, 1048575 - 16), 16);
	assert_int_equal(get(r, fd, 0, 1), 0);
	close(fd);
}

/* One client may have a quarter of them. */
static void as_many_as_there_are_places(void **state)
{
	static const uint8_t types[] = {ROUTE_ISIS, ROUTE_BGP, ROUTE_OSPF6, ROUTE_RIPNG,
					ROUTE_BABEL};
	struct server_rig *r = *state;
	uint32_t next = 16;
	int fd[5];

	for (size_t c = 0; c < 5; c++) {
		fd[c] = rig_peer(r);
		assert_true(rig_hello(fd[c], types[c], 0));
		for (uint32_t i = 0; i < 16 && c < 4; i++)
			assert_int_equal(get(r, fd[c], 0, 1), next++);
		assert_int_equal(get(r, fd[c], 0, 1), 0);
	}
	for (size_t c = 0; c < 5; c++)
		close(fd[c]);
}

static void taken_back_and_left_behind(void **state)
{
	struct server_rig *r = *state;
	struct zapi_msg m = {.cmd = ZAPI_RELEASE_LABEL_CHUNK,
			     .u.label = {.type = ROUTE_ISIS, .start = 16000, .end = 23999}};
	int fd = client(r), other = rig_peer(r);

	assert_true(rig_hello(other, ROUTE_BGP, 0));
	assert_int_equal(get(r, fd, 16000, 8000), 16000);
	/* Not by another one. */
	assert_true(rig_say_msg(other, &m));
	server_rig_settle(r);
	assert_int_equal(get(r, fd, 16000, 8000), 0);
	assert_true(rig_say_msg(fd, &m));
	server_rig_settle(r);
	assert_int_equal(get(r, other, 16000, 8000), 16000);
	close(other);
	server_rig_settle(r);
	assert_int_equal(get(r, fd, 16000, 8000), 16000);
	close(fd);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(no_label_twice),
		T(no_label_beyond),
		T(as_many_as_there_are_places),
		T(taken_back_and_left_behind),
	};

	return cmocka_run_group_tests_name("ranges of labels", tests, NULL, NULL);
}
