/* SPDX-License-Identifier: MIT */
/* Policy rules against what Linux 6.18 tells of them, against the same cut
 * short everywhere, and against what is written. */
#include "zebra/netlink_rule.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `from 2001:db8:a::/48 lookup 5400001 pref 10080 protocol 11` */
#define REC_OURS \
	"500000002000020001000000792e00000a003000fc0000010000000008000f00c165520008000e00" \
	"ffffffff050015000b00000008000600602700001400020020010db8000a00000000000000000000"
/* The same source, and `iif lo`. */
#define REC_IIF \
	"580000002000020001000000792e00000a003000fc0000010000000008000f00c165520008000e00" \
	"ffffffff050015000b000000070003006c6f000008000600602700001400020020010db8000c0000" \
	"0000000000000000"
/* `from 10.1.0.0/16 lookup 5400001 pref 10016 proto static` */
#define REC_IP4 \
	"440000002000020001000000792e000002001000fc0000010000000008000f00c165520008000e00" \
	"ffffffff05001500040000000800060020270000080002000a010000"
/* `from all lookup main` */
#define REC_MAIN \
	"3c0000002000020001000000792e00000a000000fe0000010000000008000f00fe00000008000e00" \
	"ffffffff050015000200000008000600fe7f0000"

struct msg {
	_Alignas(struct nlmsghdr) uint8_t b[NL_OP_MAX];
	size_t len;
};

static struct nlmsghdr *hex(struct msg *m, const char *text)
{
	m->len = strlen(text) / 2;
	for (size_t i = 0; i < m->len; i++) {
		unsigned int octet;

		assert_int_equal(sscanf(text + 2 * i, "%2x", &octet), 1);
		m->b[i] = (uint8_t)octet;
	}
	return (struct nlmsghdr *)m->b;
}

static void assert_src(const struct nl_rule *r, const char *want)
{
	char text[PREFIX_STR];

	assert_string_equal(prefix_str(&r->src, text), want);
}

static void what_the_kernel_tells_is_read(void **state)
{
	struct nl_rule r;
	struct msg m;

	(void)state;
	assert_int_equal(nl_parse_rule(hex(&m, REC_OURS), &r), NL_OK);
	assert_src(&r, "2001:db8:a::/48");
	assert_int_equal(r.table, 5400001);
	assert_int_equal(r.preference, 10080);
	assert_int_equal(r.protocol, NL_RTPROTO_ZEBRA);
	assert_true(r.simple);

	assert_int_equal(nl_parse_rule(hex(&m, REC_IP4), &r), NL_OK);
	assert_src(&r, "10.1.0.0/16");
	assert_int_equal(r.protocol, RTPROT_STATIC);
	assert_true(r.simple);

	assert_int_equal(nl_parse_rule(hex(&m, REC_MAIN), &r), NL_OK);
	assert_src(&r, "::/0");
	assert_int_equal(r.table, RT_TABLE_MAIN);
}

static void what_matches_by_more_than_the_source_is_not_simple(void **state)
{
	struct fib_rule_hdr *rule;
	struct nl_rule r;
	struct msg m;

	(void)state;
	assert_int_equal(nl_parse_rule(hex(&m, REC_IIF), &r), NL_OK);
	assert_false(r.simple);
	rule = NLMSG_DATA(hex(&m, REC_OURS));
	rule->flags |= FIB_RULE_INVERT;
	assert_int_equal(nl_parse_rule((void *)m.b, &r), NL_OK);
	assert_false(r.simple);
	rule = NLMSG_DATA(hex(&m, REC_OURS));
	rule->action = FR_ACT_BLACKHOLE;
	assert_int_equal(nl_parse_rule((void *)m.b, &r), NL_OK);
	assert_false(r.simple);
	rule = NLMSG_DATA(hex(&m, REC_OURS));
	rule->tos = 8;
	assert_int_equal(nl_parse_rule((void *)m.b, &r), NL_OK);
	assert_false(r.simple);
}

static void bad_ones_are_refused_and_others_ignored(void **state)
{
	struct fib_rule_hdr *rule;
	struct nl_rule r;
	struct msg m;

	(void)state;
	rule = NLMSG_DATA(hex(&m, REC_OURS));
	rule->src_len = 129;
	assert_int_equal(nl_parse_rule((void *)m.b, &r), NL_BAD);
	rule = NLMSG_DATA(hex(&m, REC_OURS));
	rule->family = 129; /* multicast IPv6 has rules of its own */
	assert_int_equal(nl_parse_rule((void *)m.b, &r), NL_IGNORE);
}

/* On a copy of just that size, so that a sanitizer sees its end. */
static void truncated_messages_never_read_on(void **state)
{
	static const char *const recs[] = {REC_OURS, REC_IIF, REC_IP4, REC_MAIN};

	(void)state;
	for (size_t i = 0; i < sizeof(recs) / sizeof(recs[0]); i++) {
		struct msg m;

		hex(&m, recs[i]);
		for (size_t len = NLMSG_HDRLEN; len < m.len; len++) {
			struct nlmsghdr *cut = malloc(len);
			struct nl_rule r;

			memcpy(cut, m.b, len);
			cut->nlmsg_len = (uint32_t)len;
			if (len < NLMSG_HDRLEN + sizeof(struct fib_rule_hdr))
				assert_int_equal(nl_parse_rule(cut, &r), NL_BAD);
			else
				nl_parse_rule(cut, &r);
			free(cut);
		}
	}
}

static struct fib_op rule_op(enum fib_op_kind kind, const char *src, uint32_t table)
{
	struct fib_op op = {.kind = kind, .preference = 9159, .route = {.table = table}};
	struct prefix any, s;

	assert_true(prefix_parse(src, &s));
	any = prefix_any((enum family)s.family);
	assert_true(sdprefix_make(&op.route.pair, &any, &s));
	return op;
}

static void what_is_written_reads_the_same(void **state)
{
	static const char *const srcs[] = {"2001:db8:a::/48", "::/1", "10.1.2.3/32"};
	static const uint32_t tables[] = {90790000, 17};
	struct nlmsghdr *h;
	struct nl_rule r;
	struct msg m;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t t = 0; t < 2; t++) {
			struct fib_op op = rule_op(FIB_RULE_ADD, srcs[i], tables[t]);

			h = nl_put_op(m.b, &op, 7);
			assert_int_equal(h->nlmsg_type, RTM_NEWRULE);
			/* Without EXCL Linux keeps two of the same. */
			assert_int_equal(h->nlmsg_flags,
					 NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
			assert_int_equal(h->nlmsg_seq, 7);
			assert_int_equal(nl_parse_rule(h, &r), NL_OK);
			assert_src(&r, srcs[i]);
			assert_int_equal(r.table, tables[t]);
			assert_int_equal(r.preference, 9159);
			assert_int_equal(r.protocol, NL_RTPROTO_ZEBRA);
			assert_true(r.simple);
			/* A deletion names the protocol, too: another's rule stays. */
			op.kind = FIB_RULE_DEL;
			h = nl_put_op(m.b, &op, 8);
			assert_int_equal(h->nlmsg_type, RTM_DELRULE);
			assert_int_equal(nl_parse_rule(h, &r), NL_OK);
			assert_int_equal(r.protocol, NL_RTPROTO_ZEBRA);
			assert_int_equal(r.table, tables[t]);
		}
	}
}

/* The route itself is plain in the table that a rule leads to, also by its
 * priority: there is nothing that could shadow it. */
static void a_ruled_route_is_written_without_its_source(void **state)
{
	struct rib_nexthop nh = {.kind = RIB_NH_UNREACHABLE};
	struct fib_op op = rule_op(FIB_SET, "2001:db8:a::/48", 90790003);
	struct nl_route r;
	struct msg m;

	(void)state;
	op.route.ruled = true;
	op.route.n_nexthops = 1;
	op.route.nexthops = &nh;
	for (int del = 0; del < 2; del++) {
		op.kind = del ? FIB_DEL : FIB_SET;
		assert_int_equal(nl_parse_route(nl_put_op(m.b, &op, 1), &r), NL_OK);
		assert_true(sdprefix_is_plain(&r.pair));
		assert_int_equal(r.table, 90790003);
		assert_int_equal(r.priority, NL_PRIORITY_PLAIN);
	}
	/* In a table that a user names the source stays with the route. */
	op.route.ruled = false;
	assert_int_equal(nl_parse_route(nl_put_op(m.b, &op, 1), &r), NL_OK);
	assert_int_equal(r.pair.src.plen, 48);
	assert_int_equal(r.table, 90790003);
	assert_int_equal(r.priority, NL_PRIORITY_SOURCED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_tells_is_read),
		cmocka_unit_test(what_matches_by_more_than_the_source_is_not_simple),
		cmocka_unit_test(bad_ones_are_refused_and_others_ignored),
		cmocka_unit_test(truncated_messages_never_read_on),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(a_ruled_route_is_written_without_its_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
