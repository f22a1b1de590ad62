/* SPDX-License-Identifier: MIT */
/* The show commands over a RIB whose kernel is a function: text and JSON rows
 * with destination and source apart, exact entries, one packet's way. */
#include "zebra/zebra_show.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zebra/zebra.h"

/* What the show code calls of the outer rooms, without their sockets. */
static const char *words;

const char *fib_netlink_reason(const struct fib_netlink *f, const struct sdprefix *pair)
{
	(void)f;
	(void)pair;
	return words;
}

void zebra_zapi_each_client(const struct zebra_zapi *z,
			    bool (*each)(void *ctx, const struct zebra_zapi_client_view *v),
			    void *ctx)
{
	struct zebra_zapi_client_view v = {.hello = true,
					   .type = ROUTE_BABEL,
					   .graceful = true,
					   .stale_time = 60,
					   .routes_added = 7};

	(void)z;
	each(ctx, &v);
}

/* The kernel: refuses one destination, takes the rest. */
static void write_fib(void *ctx, struct fib_op *ops, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		char buf[PREFIX_STR];
		bool bad = !strcmp(prefix_str(&ops[i].route.pair.dst, buf), "2001:db8:bad::/48");

		ops[i].error =
			bad && ops[i].kind == FIB_SET && ops[i].route.type != RIB_TYPE_AUXILIARY
				? EINVAL
				: 0;
	}
}

static void quiet_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_owner *was,
			       const struct rib_view *is)
{
	(void)ctx;
	(void)pair;
	(void)was;
	(void)is;
}

static void quiet_fate(void *ctx, const struct sdprefix *pair, const struct rib_owner *owner,
		       enum rib_fate fate)
{
	(void)ctx;
	(void)pair;
	(void)owner;
	(void)fate;
}

static void quiet_refused(void *ctx, const struct fib_route *r, int error)
{
	(void)ctx;
	(void)r;
	(void)error;
}

static void no_watch(void *ctx, enum iface_event ev, const struct iface *i,
		     const struct iface_addr *a)
{
	(void)ctx;
	(void)ev;
	(void)i;
	(void)a;
}

static struct sdprefix pair_of(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix p;

	assert_true(prefix_parse(dst, &d));
	assert_true(prefix_parse(src, &s));
	assert_true(sdprefix_make(&p, &d, &s));
	return p;
}

static struct rib_nexthop via(const char *gate, uint32_t ifindex)
{
	struct rib_nexthop nh = {.kind = ifindex ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE,
				 .ifindex = ifindex};
	enum family f;

	assert_true(addr_parse(gate, &f, &nh.gate));
	return nh;
}

static void add(struct zebra *z, uint8_t type, const char *dst, const char *src, uint8_t distance,
		const struct rib_nexthop *nh, uint32_t n)
{
	struct sdprefix p = pair_of(dst, src);
	struct rib_owner owner = {.type = type,
				  .distance_key = type == ROUTE_STATIC ? distance : 0};
	struct rib_spec spec = {
		.distance = distance, .recursive = true, .n_nexthops = n, .nexthops = nh};

	rib_add(z->rib, &p, &owner, &spec, loop_now(z->loop));
}

#define A "2001:db8:a::/48"
#define B "2001:db8:b::/48"

static void fill(struct zebra *z)
{
	struct rib_nexthop dev = {.kind = RIB_NH_IFINDEX, .ifindex = 2};
	struct rib_nexthop drop = {.kind = RIB_NH_UNREACHABLE};
	struct rib_nexthop g1 = via("fe80::1", 2), g2 = via("fe80::2", 3);
	struct rib_nexthop far = via("2001:db8:d::9", 0), both[2] = {g1, g2};

	add(z, ROUTE_CONNECTED, "2001:db8:f::/64", "::/0", 0, &dev, 1);
	add(z, ROUTE_STATIC, "::/0", A, 1, &g1, 1);
	add(z, ROUTE_STATIC, "::/0", A, 250, &drop, 1);
	add(z, ROUTE_BABEL, "::/0", B, 100, &g2, 1);
	add(z, ROUTE_STATIC, "2001:db8:d::/48", "::/0", 1, &g1, 1);
	add(z, ROUTE_STATIC, "2001:db8:d::/48", A, 1, both, 2);
	add(z, ROUTE_STATIC, "2001:db8:e::/48", "::/0", 1, &far, 1);
	add(z, ROUTE_STATIC, "2001:db8:bad::/48", A, 1, &g1, 1);
}

static int setup(void **state)
{
	static const struct rib_env env = {.fib = write_fib,
					   .redistribute = quiet_redistribute,
					   .fate = quiet_fate,
					   .refused = quiet_refused};
	struct zebra *z = calloc(1, sizeof(*z));

	words = NULL;
	z->loop = loop_new();
	z->rib = rib_new(&env, z);
	z->ifs = ifaces_new(no_watch, NULL);
	z->zapi = (struct zebra_zapi *)(void *)z; /* never looked into */
	for (uint32_t i = 2; i <= 3; i++) {
		struct nl_link l;
		struct nl_addr a;

		memset(&l, 0, sizeof(l));
		l.ifindex = i;
		l.flags = IFF_UP | IFF_RUNNING;
		l.mtu = 1500;
		l.hwaddr_len = 6;
		l.arphrd = 1;
		memcpy(l.hwaddr, "\x02\x00\x00\x00\x00\x0a", 6);
		snprintf(l.name, sizeof(l.name), "eth%u", i);
		ifaces_link(z->ifs, &l);
		rib_if_set(z->rib, i, true);
		memset(&a, 0, sizeof(a));
		a.ifindex = i;
		a.plen = 64;
		assert_true(addr_parse("2001:db8:f::1", &a.family, &a.addr));
		ifaces_addr(z->ifs, &a);
	}
	fill(z);
	while (rib_run(z->rib, 100, loop_now(z->loop)))
		;
	*state = z;
	return 0;
}

static int teardown(void **state)
{
	struct zebra *z = *state;

	rib_free(z->rib);
	ifaces_free(z->ifs);
	loop_free(z->loop);
	free(z);
	return 0;
}

static char *ask(struct zebra *z, const char *line, enum show_status want)
{
	char *answer = NULL;

	assert_int_equal(
		show_run(zebra_show_commands, zebra_n_show_commands, z, "zebra", line, &answer),
		want);
	return answer;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void the_table_as_text(void **state)
{
	char *text = ask(*state, "show ipv6 route", SHOW_OK);

	assert_has(text, "S>* ::/0 from " A " [1/0] via fe80::1, eth2, 00:00:00\n");
	assert_has(text, "S   ::/0 from " A " [250/0] unreachable (ICMP unreachable), 00:00:00\n");
	assert_has(text, "A>* ::/0 from " B " [100/0] via fe80::2, eth3, 00:00:00\n");
	assert_has(text, "C>* 2001:db8:f::/64 is directly connected, eth2, 00:00:00\n");
	assert_has(text, "S>* 2001:db8:d::/48 [1/0] via fe80::1, eth2, 00:00:00\n"
			 "S>* 2001:db8:d::/48 from " A " [1/0] via fe80::1, eth2, 00:00:00\n"
			 "  *                                            via fe80::2, eth3,");
	assert_has(text, "S>* 2001:db8:e::/48 [1/0] via 2001:db8:d::9 (recursive), 00:00:00\n"
			 "  *                         via fe80::1, eth2, 00:00:00\n");
	assert_has(text, "S>r 2001:db8:bad::/48 from " A " [1/0] via fe80::1, eth2, 00:00:00, "
			 "refused by the kernel: Invalid argument\n");
	/* Halves and anchors are nobody's routes. */
	assert_null(strstr(text, "::/1"));
	free(text);
}

/* The rows of an answer in JSON, as "D|S " each. */
static char *rows(struct zebra *z, const char *line, json_object **keep)
{
	char *answer = ask(z, line, SHOW_OK);
	json_object *o = json_tokener_parse(answer), *list = NULL;
	static char out[1024];

	assert_non_null(o);
	assert_true(json_object_object_get_ex(o, "routes", &list));
	out[0] = '\0';
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json_object *r = json_object_array_get_idx(list, i), *d = NULL, *s = NULL;
		size_t at = strlen(out);

		/* Always both, of plain routes, too. */
		assert_true(json_object_object_get_ex(r, "destination", &d));
		assert_true(json_object_object_get_ex(r, "source", &s));
		snprintf(out + at, sizeof(out) - at, "%s|%s ", json_object_get_string(d),
			 json_object_get_string(s));
	}
	if (keep)
		*keep = o;
	else
		json_object_put(o);
	free(answer);
	return out;
}

static void rows_have_destination_and_source(void **state)
{
	assert_string_equal(rows(*state, "show ipv6 route json", NULL),
			    "::/0|" A " ::/0|" A " ::/0|" B " 2001:db8:d::/48|::/0 "
			    "2001:db8:d::/48|" A " 2001:db8:e::/48|::/0 2001:db8:f::/64|::/0 "
			    "2001:db8:bad::/48|" A " ");
}

static void exact_entries(void **state)
{
	char *text;

	assert_string_equal(rows(*state, "show ipv6 route 2001:db8:d::/48 json", NULL),
			    "2001:db8:d::/48|::/0 2001:db8:d::/48|" A " ");
	assert_string_equal(rows(*state, "show ipv6 route ::/0 from " A " json", NULL),
			    "::/0|" A " ::/0|" A " ");
	assert_string_equal(rows(*state, "show ipv6 route ::/0 from " B " json", NULL),
			    "::/0|" B " ");
	text = ask(*state, "show ipv6 route ::/0 from ::/0", SHOW_WARNING);
	assert_has(text, "Network not in table");
	free(text);
	text = ask(*state, "show ipv6 route 2001:db8:d::/49", SHOW_WARNING);
	free(text);
	/* By an address: the longest destination, all its sources. */
	assert_string_equal(rows(*state, "show ipv6 route 2001:db8:d::1 json", NULL),
			    "2001:db8:d::/48|::/0 2001:db8:d::/48|" A " ");
	assert_string_equal(rows(*state, "show ipv6 route 2001:db8:77::1 json", NULL),
			    "::/0|" A " ::/0|" A " ::/0|" B " ");
}

static void one_packets_way(void **state)
{
	char *text;

	assert_string_equal(
		rows(*state, "show ipv6 route 2001:db8:d::1 from 2001:db8:a::1 json", NULL),
		"2001:db8:d::/48|" A " ");
	assert_string_equal(
		rows(*state, "show ipv6 route 2001:db8:d::1 from 2001:db8:b::1 json", NULL),
		"2001:db8:d::/48|::/0 ");
	assert_string_equal(
		rows(*state, "show ipv6 route 2001:db8:1::1 from 2001:db8:b::1 json", NULL),
		"::/0|" B " ");
	text = ask(*state, "show ipv6 route 2001:db8:1::1 from 2001:db8:c::1", SHOW_OK);
	assert_string_equal(text, "2001:db8:1::1 from 2001:db8:c::1: unreachable, no route\n");
	free(text);
}

static void by_origin_and_family(void **state)
{
	assert_string_equal(rows(*state, "show ipv6 route babel json", NULL), "::/0|" B " ");
	assert_string_equal(rows(*state, "show ipv6 route connected json", NULL),
			    "2001:db8:f::/64|::/0 ");
	assert_string_equal(rows(*state, "show ip route json", NULL), "");
}

static void members_of_a_row(void **state)
{
	json_object *o = NULL, *list, *r, *v = NULL, *nh;

	words = "a word of the kernel";
	rows(*state, "show ipv6 route 2001:db8:bad::/48 json", &o);
	json_object_object_get_ex(o, "routes", &list);
	r = json_object_array_get_idx(list, 0);
	json_object_object_get_ex(r, "failureReason", &v);
	assert_string_equal(json_object_get_string(v), "Invalid argument (a word of the kernel)");
	json_object_object_get_ex(r, "failed", &v);
	assert_true(json_object_get_boolean(v));
	assert_false(json_object_object_get_ex(r, "installed", &v));
	json_object_object_get_ex(r, "nexthops", &v);
	nh = json_object_array_get_idx(v, 0);
	json_object_object_get_ex(nh, "interfaceName", &v);
	assert_string_equal(json_object_get_string(v), "eth2");
	json_object_object_get_ex(nh, "ip", &v);
	assert_string_equal(json_object_get_string(v), "fe80::1");
	json_object_put(o);
}

static void the_kernels_side_has_the_helpers(void **state)
{
	char *text = ask(*state, "show ipv6 fib", SHOW_OK);

	assert_has(text, "S * 2001:db8:d::/48 via fe80::1, eth2\n");
	assert_has(text, "h * 2001:db8:d::/48 from ::/1 via fe80::1, eth2\n");
	assert_has(text, "h * 2001:db8:d::/48 from 8000::/1 via fe80::1, eth2\n");
	assert_has(text, "S r 2001:db8:bad::/48 from " A " via fe80::1, eth2, refused");
	free(text);
}

static void counts(void **state)
{
	char *text = ask(*state, "show ipv6 route summary", SHOW_OK);

	assert_has(text, "static                        6          4          4\n");
	assert_has(text, "babel                         1          1          1\n");
	assert_has(text, "Totals                        8          6          5\n");
	free(text);
}

static void interfaces_and_clients(void **state)
{
	char *text = ask(*state, "show interface eth2", SHOW_OK);

	assert_string_equal(text, "Interface eth2 is up, line protocol is up\n  vrf: default\n"
				  "  index 2 metric 0 mtu 1500\n  flags: <UP,RUNNING>\n"
				  "  Type: Ethernet\n  HWaddr: 02:00:00:00:00:0a\n"
				  "  inet6 2001:db8:f::1/64\n");
	free(text);
	text = ask(*state, "show interface eth9", SHOW_WARNING);
	assert_has(text, "eth9");
	free(text);
	text = ask(*state, "show zebra client", SHOW_OK);
	assert_has(text, "Client: babel, instance 0, connected for ");
	assert_has(text, "routes: 7 added, 0 deleted");
	free(text);
}

static void addresses_of_the_wrong_family_are_named(void **state)
{
	char *text = ask(*state, "show ipv6 route 10.0.0.1", SHOW_WARNING);

	assert_has(text, "10.0.0.1 is not an IPv6 address");
	free(text);
	text = ask(*state, "show ip route 2001:db8::/32", SHOW_WARNING);
	assert_has(text, "2001:db8::/32 is not an IPv4 prefix");
	free(text);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_table_as_text),
		T(rows_have_destination_and_source),
		T(exact_entries),
		T(one_packets_way),
		T(by_origin_and_family),
		T(members_of_a_row),
		T(the_kernels_side_has_the_helpers),
		T(counts),
		T(interfaces_and_clients),
		T(addresses_of_the_wrong_family_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
