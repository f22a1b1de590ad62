/* SPDX-License-Identifier: MIT */
/* Dumps that the kernel's tables changed under, that fail, that are given up: what the
 * kernel answers is put in the place of its answers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "zebra/netlink.h"

enum what { OBJECT, INTERRUPTED_OBJECT, DONE, INTERRUPTED_DONE, REFUSED, OVERRUN, STRANGER };

static struct {
	const enum what *script; /* a datagram each, of dump after dump */
	size_t n, at;
	uint32_t seq; /* of the dump that the next datagram belongs to */
} kernel;

static unsigned int objects;

static uint16_t flags_of(enum what w)
{
	return (uint16_t)(NLM_F_MULTI |
			  (w == INTERRUPTED_OBJECT || w == INTERRUPTED_DONE ? NLM_F_DUMP_INTR : 0));
}

static size_t answer(enum what w, void *buf)
{
	struct nlmsgerr e = {.error = w == REFUSED ? -EOPNOTSUPP : 0};
	struct nlmsghdr h = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			     .nlmsg_type = RTM_NEWROUTE,
			     .nlmsg_flags = flags_of(w),
			     .nlmsg_seq = kernel.seq};

	memset(buf, 0, 128);
	if (w == DONE || w == INTERRUPTED_DONE) {
		h.nlmsg_type = NLMSG_DONE;
		h.nlmsg_len = NLMSG_LENGTH(sizeof(int));
		kernel.seq++;
	} else if (w == REFUSED) {
		h.nlmsg_type = NLMSG_ERROR;
		h.nlmsg_flags = 0;
		h.nlmsg_len = NLMSG_LENGTH(sizeof(e));
		memcpy((char *)buf + NLMSG_HDRLEN, &e, sizeof(e));
		kernel.seq++;
	}
	memcpy(buf, &h, sizeof(h));
	return h.nlmsg_len;
}

/* Instead of libc's. */
ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	struct sockaddr_nl from = {.nl_family = AF_NETLINK};
	enum what w;

	(void)fd;
	(void)flags;
	assert_true(kernel.at < kernel.n);
	w = kernel.script[kernel.at++];
	if (w == OVERRUN) {
		errno = ENOBUFS;
		return -1;
	}
	from.nl_pid = w == STRANGER ? 4711 : 0;
	memcpy(m->msg_name, &from, sizeof(from));
	m->msg_namelen = sizeof(from);
	m->msg_flags = 0;
	return (ssize_t)answer(w, m->msg_iov[0].iov_base);
}

static void each(void *ctx, const struct nlmsghdr *h)
{
	(void)ctx;
	assert_int_equal(h->nlmsg_type, RTM_NEWROUTE);
	objects++;
}

static int setup(void **state)
{
	char err[256];

	*state = netlink_new(NULL, err, sizeof(err));
	objects = 0;
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	netlink_free(*state);
	return 0;
}

#define SAYS(...) \
	do { \
		static const enum what script_[] = {__VA_ARGS__}; \
		kernel.script = script_; \
		kernel.n = sizeof(script_) / sizeof(script_[0]); \
		kernel.at = 0; \
		kernel.seq = 1; \
	} while (0)

static int dump(void **state)
{
	return netlink_dump(*state, RTM_GETROUTE, AF_INET6, each, NULL);
}

static void a_dump_ends_with_done(void **state)
{
	SAYS(OBJECT, STRANGER, OBJECT, DONE);
	assert_int_equal(dump(state), 0);
	assert_int_equal(objects, 2);
}

/* Wherever the kernel says it, the whole is read again. */
static void an_interrupted_dump_is_repeated(void **state)
{
	SAYS(OBJECT, INTERRUPTED_OBJECT, OBJECT, DONE, OBJECT, INTERRUPTED_DONE, OBJECT, OBJECT,
	     OBJECT, DONE);
	assert_int_equal(dump(state), 0);
	assert_int_equal(kernel.at, kernel.n);
	assert_int_equal(objects, 3 + 1 + 3);
}

/* Tables that change for ever must not keep us for ever. */
static void five_interrupted_dumps_have_to_do(void **state)
{
	SAYS(INTERRUPTED_DONE, INTERRUPTED_DONE, INTERRUPTED_DONE, INTERRUPTED_DONE,
	     INTERRUPTED_DONE);
	assert_int_equal(dump(state), 0);
	assert_int_equal(kernel.at, 5);
}

static void a_refused_dump_says_why(void **state)
{
	SAYS(REFUSED);
	assert_int_equal(dump(state), EOPNOTSUPP);
	SAYS(OBJECT, OVERRUN);
	kernel.seq = 2;
	assert_int_equal(dump(state), ENOBUFS);
}

static void slices_say_how_it_ended(void **state)
{
	SAYS(OBJECT, DONE, INTERRUPTED_OBJECT, DONE);
	assert_int_equal(netlink_dump_begin(*state, RTM_GETROUTE, AF_INET6), 0);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_SLICE);
	assert_int_equal(objects, 1);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_DUMPED);
	assert_int_equal(netlink_dump_begin(*state, RTM_GETROUTE, AF_INET6), 0);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_SLICE);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_INTERRUPTED);
}

/* The kernel refuses a second dump on a socket before the first one is read. */
static void a_dump_given_up_is_read_to_its_end_first(void **state)
{
	SAYS(OBJECT, OBJECT, OBJECT, DONE, OBJECT, DONE);
	assert_int_equal(netlink_dump_begin(*state, RTM_GETROUTE, AF_INET6), 0);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_SLICE);
	assert_int_equal(netlink_dump_begin(*state, RTM_GETROUTE, AF_INET6), 0);
	assert_int_equal(kernel.at, 4);
	assert_int_equal(objects, 1);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_SLICE);
	assert_int_equal(netlink_dump_slice(*state, each, NULL), NETLINK_DUMPED);
	assert_int_equal(objects, 2);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_dump_ends_with_done),
		T(an_interrupted_dump_is_repeated),
		T(five_interrupted_dumps_have_to_do),
		T(a_refused_dump_says_why),
		T(slices_say_how_it_ended),
		T(a_dump_given_up_is_read_to_its_end_first),
	};

	return cmocka_run_group_tests_name("dumps", tests, NULL, NULL);
}
