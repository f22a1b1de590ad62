/* SPDX-License-Identifier: MIT */
/* The question that is put to the kernel, and what its answers mean. */
#include "zebra/kernel_ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "zebra/netlink_codec.h"

static struct kernel_question question(const char *dst, const char *src, uint32_t iif)
{
	struct kernel_question q = {.iif = iif};
	enum family f;

	assert_true(addr_parse(dst, &q.packet.family, &q.packet.dst));
	if (src)
		assert_true(addr_parse(src, &f, &q.packet.src));
	return q;
}

static const struct nlattr *attr(const struct nlmsghdr *h, uint16_t type)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, h, sizeof(struct rtmsg)) if (mnl_attr_get_type(a) == type) return a;
	return NULL;
}

static void the_question(void **state)
{
	_Alignas(struct nlmsghdr) char buf[NL_OP_MAX];
	struct kernel_question q = question("2001:db8::1", "2001:db8:a::1", 7);
	struct nlmsghdr *h = kernel_ask_put(buf, &q, true, 9);
	struct rtmsg *rtm = mnl_nlmsg_get_payload(h);

	(void)state;
	assert_int_equal(h->nlmsg_type, RTM_GETROUTE);
	assert_int_equal(h->nlmsg_flags, NLM_F_REQUEST);
	assert_int_equal(rtm->rtm_family, AF_INET6);
	assert_int_equal(rtm->rtm_dst_len, 128);
	assert_int_equal(rtm->rtm_src_len, 128);
	assert_int_equal(rtm->rtm_flags, RTM_F_FIB_MATCH);
	assert_memory_equal(mnl_attr_get_payload(attr(h, RTA_SRC)), q.packet.src.b, 16);
	assert_int_equal(mnl_attr_get_u32(attr(h, RTA_IIF)), 7);

	q = question("192.0.2.1", NULL, 0);
	h = kernel_ask_put(buf, &q, false, 9);
	rtm = mnl_nlmsg_get_payload(h);
	assert_int_equal(rtm->rtm_family, AF_INET);
	assert_int_equal(rtm->rtm_src_len, 0);
	assert_int_equal(rtm->rtm_flags, RTM_F_LOOKUP_TABLE);
	assert_null(attr(h, RTA_SRC));
	assert_null(attr(h, RTA_IIF));
}

static struct nlmsghdr *answer(void *buf, uint8_t type, uint8_t plen)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(h, sizeof(*rtm));
	const uint8_t dst[16] = {0x20, 1, 0x0d, 0xb8};

	h->nlmsg_type = RTM_NEWROUTE;
	rtm->rtm_family = AF_INET6;
	rtm->rtm_dst_len = plen;
	rtm->rtm_type = type;
	mnl_attr_put(h, RTA_DST, 16, dst);
	mnl_attr_put_u32(h, RTA_TABLE, 1234);
	mnl_attr_put_u32(h, RTA_PRIORITY, 20);
	mnl_attr_put_u32(h, RTA_OIF, 5);
	return h;
}

static void routes(void **state)
{
	_Alignas(struct nlmsghdr) char buf[NL_OP_MAX];
	struct rib_kernel_answer k = {.kind = RIB_KERNEL_MUTE};

	(void)state;
	assert_true(kernel_ask_parse(answer(buf, RTN_UNICAST, 32), &k));
	assert_int_equal(k.kind, RIB_KERNEL_ROUTE);
	assert_int_equal(k.pair.dst.plen, 32);
	assert_int_equal(k.table, 1234);
	assert_int_equal(k.priority, 20);
	assert_int_equal(k.n_nexthops, 1);
	assert_int_equal(k.nexthops[0].ifindex, 5);
	assert_true(kernel_ask_parse(answer(buf, RTN_LOCAL, 128), &k));
	assert_int_equal(k.kind, RIB_KERNEL_LOCAL);
	assert_true(kernel_ask_parse(answer(buf, RTN_MULTICAST, 128), &k));
	assert_int_equal(k.kind, RIB_KERNEL_LOCAL);
	assert_true(kernel_ask_parse(answer(buf, RTN_PROHIBIT, 32), &k));
	assert_int_equal(k.kind, RIB_KERNEL_DROPS);
	assert_int_equal(k.drops, RIB_NH_PROHIBIT);
}

static void errors(void **state)
{
	static const struct {
		int error;
		enum rib_kernel_kind kind;
		enum rib_nexthop_kind drops;
	} rows[] = {{EHOSTUNREACH, RIB_KERNEL_DROPS, RIB_NH_UNREACHABLE},
		    {EACCES, RIB_KERNEL_DROPS, RIB_NH_PROHIBIT},
		    {EINVAL, RIB_KERNEL_DROPS, RIB_NH_BLACKHOLE},
		    {ENETUNREACH, RIB_KERNEL_NONE, RIB_NH_IFINDEX},
		    {EXDEV, RIB_KERNEL_ERROR, RIB_NH_IFINDEX}};
	_Alignas(struct nlmsghdr) char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rib_kernel_answer k = {.kind = RIB_KERNEL_MUTE};
		struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
		struct nlmsgerr *e = mnl_nlmsg_put_extra_header(h, sizeof(*e));

		h->nlmsg_type = NLMSG_ERROR;
		e->error = -rows[i].error;
		assert_true(kernel_ask_parse(h, &k));
		assert_int_equal(k.kind, rows[i].kind);
		assert_int_equal(k.error, rows[i].error);
		if (k.kind == RIB_KERNEL_DROPS)
			assert_int_equal(k.drops, rows[i].drops);
	}
}

static void no_answers(void **state)
{
	_Alignas(struct nlmsghdr) char buf[NL_OP_MAX];
	struct rib_kernel_answer k = {.kind = RIB_KERNEL_MUTE};
	struct nlmsghdr *h = answer(buf, RTN_UNICAST, 129);

	(void)state;
	assert_false(kernel_ask_parse(h, &k));
	h = answer(buf, RTN_UNICAST, 32);
	h->nlmsg_type = RTM_NEWLINK;
	assert_false(kernel_ask_parse(h, &k));
	assert_int_equal(k.kind, RIB_KERNEL_MUTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_question),
		cmocka_unit_test(routes),
		cmocka_unit_test(errors),
		cmocka_unit_test(no_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
