/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink messages of any content: parsing never steps outside, and a
 * route that parses is one the writer can write, which then reads the same.
 */
#include "tests/fuzz/driver.h"
#include "tests/fuzz/netlink_seeds.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/kernel.h"
#include "zebra/kernel_ask.h"
#include "zebra/netlink_codec.h"
#include "zebra/netlink_rule.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void write_again(const struct nl_route *r)
{
	_Alignas(struct nlmsghdr) uint8_t buf[NL_OP_MAX];
	struct fib_op op = {.kind = FIB_SET,
			    .route = {.pair = r->pair,
				      .type = ROUTE_BABEL,
				      .mtu = r->mtu,
				      .n_nexthops = r->n_nexthops,
				      .nexthops = r->nexthops}};
	struct nl_route back;

	must(r->n_nexthops <= RIB_MAX_NEXTHOPS);
	must(nl_parse_route(nl_put_op(buf, &op, 1), &back) == NL_OK);
	must(sdprefix_eq(&back.pair, &r->pair));
	must(back.n_nexthops == r->n_nexthops && back.mtu == r->mtu);
	for (uint32_t i = 0; i < r->n_nexthops; i++)
		must(back.nexthops[i].kind == r->nexthops[i].kind &&
		     back.nexthops[i].gate6 == r->nexthops[i].gate6 &&
		     addr_cmp(&back.nexthops[i].gate, &r->nexthops[i].gate) == 0);
}

static void write_rule(const struct nl_rule *r)
{
	_Alignas(struct nlmsghdr) uint8_t buf[NL_OP_MAX];
	struct prefix any = prefix_any((enum family)r->src.family);
	struct fib_op op = {
		.kind = FIB_RULE_ADD, .route.table = r->table, .preference = r->preference};
	struct nl_rule back;

	must(sdprefix_make(&op.route.pair, &any, &r->src));
	must(nl_parse_rule(nl_put_op(buf, &op, 1), &back) == NL_OK);
	must(prefix_eq(&back.src, &r->src) && back.table == r->table && back.simple &&
	     back.preference == r->preference);
}

static void one(const struct nlmsghdr *h)
{
	struct nl_rule rule;
	struct nl_link l;
	struct nl_addr a;
	struct nl_route r;
	struct rib_kernel_answer answer = {.kind = RIB_KERNEL_MUTE};
	const char *text;
	int error;

	if (nl_parse_link(h, &l) == NL_OK)
		must(memchr(l.name, '\0', sizeof(l.name)) && l.name[0] && l.ifindex);
	if (nl_parse_addr(h, &a) == NL_OK)
		must(a.plen <= family_bits(a.family) && a.ifindex);
	if (nl_parse_route(h, &r) == NL_OK && kernel_route_whose(&r) != KERNEL_NOBODYS)
		write_again(&r);
	if (nl_parse_rule(h, &rule) == NL_OK)
		write_rule(&rule);
	if (nl_parse_ack(h, &error, &text) && text)
		must(strlen(text) < h->nlmsg_len);
	if (kernel_ask_parse(h, &answer))
		must(answer.n_nexthops <= RIB_MAX_NEXTHOPS && answer.kind != RIB_KERNEL_MUTE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of exactly this size, so that a sanitizer sees its end. */
	struct nlmsghdr *h;

	if (size < NLMSG_HDRLEN)
		return 0;
	h = malloc(size);
	memcpy(h, data, size);
	h->nlmsg_len = (uint32_t)size;
	one(h);
	free(h);
	return 0;
}

/* A link, an IPv6 address; an answer is below. */
static const uint8_t seed_link[] = {
	0x3c, 0, 0,    0,    16,   0, 0, 0, 1,	0, 0, 0, 0, 0, 0,   0,	 0,   0,   1, 0, 2, 0,
	0,    0, 0x43, 0x10, 1,	   0, 0, 0, 0,	0, 9, 0, 3, 0, 'e', 't', 'h', '0', 0, 0, 0, 0,
	8,    0, 4,    0,    0xdc, 5, 0, 0, 10, 0, 1, 0, 2, 0, 0,   1,	 2,   3,   0, 0};
static const uint8_t seed_addr[] = {0x48, 0, 0,	   0,  20, 0,	 2, 0,	1, 0,	 0, 0,	0,
				    0,	  0, 0,	   10, 64, 0x82, 0, 3,	0, 0,	 0, 20, 0,
				    1,	  0, 0x20, 1,  13, 0xb8, 0, 15, 0, 0,	 0, 0,	0,
				    0,	  0, 0,	   0,  1,  8,	 0, 8,	0, 0x82, 0, 0,	0};
/* from 2001:db8:a::/48 lookup 5400001 */
static const uint8_t seed_rule[] = {
	0x50, 0,    0,	  0,	0x20, 0,  2,  0, 1,    0,    0,	   0,	 0,  0, 0,  0,
	10,   0,    48,	  0,	0xfc, 0,  0,  1, 0,    0,    0,	   0,	 8,  0, 15, 0,
	0xc1, 0x65, 0x52, 0,	8,    0,  14, 0, 0xff, 0xff, 0xff, 0xff, 5,  0, 21, 0,
	11,   0,    0,	  0,	8,    0,  6,  0, 0x60, 0x27, 0,	   0,	 20, 0, 2,  0,
	0x20, 1,    13,	  0xb8, 0,    10, 0,  0, 0,    0,    0,	   0,	 0,  0, 0,  0};
static const uint8_t seed_ack[] = {0x34, 0,   0,   0,	 2,    0,    0,	   3,	 1,   0, 0,  0,	 0,
				   0,	 0,   0,   0xea, 0xff, 0xff, 0xff, 0x24, 0,   0, 0,  24, 0,
				   5,	 6,   1,   0,	 0,    0,    0,	   0,	 0,   0, 13, 0,	 1,
				   0,	 'b', 'a', 'd',	 ' ',  't',  'h',  'i',	 'n', 0, 0,  0,	 0};

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static const struct fuzz_seed seeds[] = {
		{seed_link, sizeof(seed_link)},	  {seed_addr, sizeof(seed_addr)},
		{seed_route, sizeof(seed_route)}, {seed_via6, sizeof(seed_via6)},
		{seed_ack, sizeof(seed_ack)},	  {seed_rule, sizeof(seed_rule)},
	};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
