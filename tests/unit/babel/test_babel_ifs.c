/* SPDX-License-Identifier: MIT */
/* Interfaces: configuration and zebra's word merged; datagram checks. */
#include "tests/rfc/rfc_test.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "babeld/babel_ifs.h"
#include "babeld/babel_udp.h"

/* What was called since the last look, in words. */
static char calls[512];
static struct babel_conf conf;
static struct ifs *ifs;
static enum babel_link_type says;

static void up(void *ctx, ifid_t ifid, const struct babel_if_info *info,
	       const struct babel_if_config *config, bool again)
{
	char ll[ADDR_STR], ip4[ADDR_STR] = "-";
	size_t n = strlen(calls);

	(void)ctx;
	if (info->have_ip4)
		addr_str(FAM_IP4, &info->ip4, ip4);
	snprintf(calls + n, sizeof(calls) - n, "%s %u %s %s %s mtu %u cost %u;",
		 again ? "change" : "up", ifid, info->name, addr_str(FAM_IP6, &info->linklocal, ll),
		 ip4, info->mtu, config->rxcost);
}

static void down(void *ctx, ifid_t ifid, const char *name)
{
	size_t n = strlen(calls);

	(void)ctx;
	snprintf(calls + n, sizeof(calls) - n, "down %u %s;", ifid, name);
}

static enum babel_link_type kernel_says(void *ctx, ifid_t ifid, const char *name,
					char why[LINK_WHY])
{
	(void)ctx, (void)ifid;
	snprintf(why, LINK_WHY, "%s is so", name);
	return says;
}

static const struct ifs_ops ops = {.up = up, .down = down, .link = kernel_says};

static bool look(void *ctx, const struct ifs_view *v)
{
	*(struct ifs_view *)ctx = *v;
	return true;
}

static void assert_calls(const char *want)
{
	assert_string_equal(calls, want);
	calls[0] = '\0';
}

static void configure(const char *name, uint16_t rxcost)
{
	struct babel_conf_if *i = (void *)(uintptr_t)babel_conf_if_find(&conf, name);

	if (!i) {
		i = calloc(1, sizeof(*i));
		snprintf(i->name, sizeof(i->name), "%s", name);
		babel_conf_ifs_add_tail(&conf.ifs, i);
	}
	i->network = true;
	i->set.rxcost = rxcost;
	i->set.hello.cs = 400;
	i->set.update.cs = 1600;
}

static void begin(void)
{
	calls[0] = '\0';
	says = BABEL_WIRED;
	babel_conf_init(&conf);
	configure("eth0", 96);
	ifs = ifs_new(&conf, &ops, NULL);
}

static void end(void)
{
	ifs_free(ifs);
	babel_conf_fini(&conf);
}

static void link_is(ifid_t ifid, const char *name, bool is_up)
{
	struct zapi_interface z = {.ifindex = ifid, .mtu = 1500, .mtu6 = 1500};

	snprintf(z.name, sizeof(z.name), "%s", name);
	z.status = 1;
	z.flags = is_up ? IFF_UP | IFF_RUNNING : 0;
	ifs_interface(ifs, &z, true);
}

static void link_gone(ifid_t ifid)
{
	struct zapi_interface z = {.ifindex = ifid};

	ifs_interface(ifs, &z, false);
}

static void addr_is(ifid_t ifid, const char *text, bool exists)
{
	struct zapi_address z = {.ifindex = ifid, .plen = 24};

	assert_true(addr_parse(text, &z.family, &z.addr));
	if (z.family == FAM_IP6)
		z.plen = 64;
	ifs_address(ifs, &z, exists);
}

static void assert_connected(const char *want)
{
	char text[PREFIX_STR], got[256] = "";
	struct prefix *v;
	size_t n = ifs_connected(ifs, &v);

	for (size_t k = 0; k < n; k++) {
		strcat(got, prefix_str(&v[k], text));
		strcat(got, " ");
	}
	free(v);
	assert_string_equal(got, want);
}

PLAIN_TEST("connected is what usable links have, Babel or not, each once")
{
	struct zapi_address peer = {.ifindex = 4, .family = FAM_IP4, .plen = 32};

	begin();
	addr_is(2, "2001:db8:2::1", true); /* before its link is known */
	assert_connected("");
	link_is(2, "eth0", true);
	link_is(3, "lan9", true);
	link_is(4, "ppp0", true);
	addr_is(2, "2001:db8:2::2", true);
	addr_is(3, "2001:db8:1::1", true);
	addr_is(3, "192.0.2.1", true);
	peer.addr = addr_ip4(10, 0, 0, 1);
	peer.peer = addr_ip4(10, 0, 0, 2);
	ifs_address(ifs, &peer, true);
	assert_connected("10.0.0.2/32 192.0.2.0/24 2001:db8:1::/64 2001:db8:2::/64 ");
	assert_string_equal(ifs_name(ifs, 3), "lan9");
	assert_null(ifs_name(ifs, 7));
	link_is(3, "lan9", false);
	addr_is(2, "2001:db8:2::1", false);
	assert_connected("10.0.0.2/32 2001:db8:2::/64 ");
	link_gone(2);
	assert_connected("10.0.0.2/32 ");
	end();
}

PLAIN_TEST("an interface waits for all of: configured, up, a link-local address")
{
	begin();
	link_is(2, "eth0", false);
	addr_is(2, "2001:db8::1", true);
	addr_is(2, "fe80::1", true);
	assert_calls("");
	assert_false(ifs_enabled(ifs, 2));
	link_is(2, "eth0", true);
	assert_calls("up 2 eth0 fe80::1 - mtu 1500 cost 96;");
	assert_true(ifs_enabled(ifs, 2));
	link_is(3, "eth1", true);
	addr_is(3, "fe80::2", true);
	assert_calls("");
	configure("eth1", 5);
	ifs_reconfigure(ifs);
	assert_calls("up 3 eth1 fe80::2 - mtu 1500 cost 5;");
	addr_is(3, "fe80::2", false);
	assert_calls("down 3 eth1;");
	link_is(2, "eth0", false);
	assert_calls("down 2 eth0;");
	end();
}

PLAIN_TEST("what comes again unchanged changes nothing; what changed is told once")
{
	begin();
	addr_is(2, "fe80::1", true); /* zebra may tell of it before the interface */
	link_is(2, "eth0", true);
	assert_calls("up 2 eth0 fe80::1 - mtu 1500 cost 96;");
	link_is(2, "eth0", true);
	addr_is(2, "fe80::1", true);
	ifs_reconfigure(ifs);
	assert_calls("");
	addr_is(2, "192.0.2.1", true);
	assert_calls("change 2 eth0 fe80::1 192.0.2.1 mtu 1500 cost 96;");
	/* Neighbours know us by the address we have: another one changes nothing. */
	addr_is(2, "fe80::5", true);
	addr_is(2, "192.0.2.5", true);
	assert_calls("");
	addr_is(2, "fe80::1", false);
	assert_calls("change 2 eth0 fe80::5 192.0.2.1 mtu 1500 cost 96;");
	configure("eth0", 7);
	ifs_reconfigure(ifs);
	assert_calls("change 2 eth0 fe80::5 192.0.2.1 mtu 1500 cost 7;");
	babel_conf_ifs_first(&conf.ifs)->set.rtt.on = SWITCH_ON;
	ifs_reconfigure(ifs);
	assert_calls("change 2 eth0 fe80::5 192.0.2.1 mtu 1500 cost 7;");
	ifs_replay(ifs);
	assert_calls("up 2 eth0 fe80::5 192.0.2.1 mtu 1500 cost 7;");
	end();
}

PLAIN_TEST("the kernel is asked what a link is when zebra speaks of it, if that is wanted")
{
	struct ifs_view v;

	begin();
	configure("eth0", 0);
	addr_is(2, "fe80::1", true);
	says = BABEL_WIRELESS;
	link_is(2, "eth0", true);
	assert_calls("up 2 eth0 fe80::1 - mtu 1500 cost 256;");
	says = BABEL_TUNNEL;
	ifs_reconfigure(ifs); /* nothing of the link has changed */
	assert_calls("");
	link_is(2, "eth0", true);
	assert_calls("change 2 eth0 fe80::1 - mtu 1500 cost 96;");
	ifs_each(ifs, look, &v);
	assert_int_equal(v.found, BABEL_TUNNEL);
	assert_string_equal(v.why, "eth0 is so");
	babel_conf_ifs_first(&conf.ifs)->set.link_type = LINK_WIRELESS;
	says = BABEL_WIRED;
	ifs_reconfigure(ifs);
	link_is(2, "eth0", true);
	assert_calls("change 2 eth0 fe80::1 - mtu 1500 cost 256;");
	babel_conf_ifs_first(&conf.ifs)->set.link_type = LINK_AUTO;
	ifs_reconfigure(ifs);
	assert_calls("change 2 eth0 fe80::1 - mtu 1500 cost 96;");
	end();
}

PLAIN_TEST("a new name is a new interface; a deleted one goes")
{
	begin();
	configure("wan0", 8);
	addr_is(2, "fe80::1", true);
	link_is(2, "eth0", true);
	assert_calls("up 2 eth0 fe80::1 - mtu 1500 cost 96;");
	link_is(2, "wan0", true);
	assert_calls("down 2 eth0;up 2 wan0 fe80::1 - mtu 1500 cost 8;");
	link_gone(2);
	assert_calls("down 2 wan0;");
	assert_null(ifs_info(ifs, 2));
	link_is(2, "eth0", true); /* its addresses went with it */
	link_gone(9);
	assert_calls("");
	end();
}

PLAIN_TEST("what a zebra that came back does not tell again is void")
{
	begin();
	configure("eth1", 5);
	addr_is(2, "fe80::1", true);
	addr_is(2, "192.0.2.1", true);
	link_is(2, "eth0", true);
	link_is(3, "eth1", true);
	addr_is(3, "fe80::2", true);
	calls[0] = '\0';
	ifs_forget_begin(ifs);
	link_is(2, "eth0", true);
	addr_is(2, "fe80::1", true);
	assert_calls("");
	ifs_forget_end(ifs);
	assert_calls("change 2 eth0 fe80::1 - mtu 1500 cost 96;down 3 eth1;");
	ifs_forget_begin(ifs);
	link_is(2, "eth0", true);
	addr_is(2, "fe80::1", true);
	ifs_forget_end(ifs);
	assert_calls("");
	end();
}

/* ---- datagrams ---- */

static bool enabled(void *ctx, ifid_t ifid)
{
	(void)ctx;
	return ifid == 2;
}

static bool own(void *ctx, ifid_t ifid, const struct addr *a)
{
	(void)ctx;
	return ifid == 2 && addr_cmp(a, &(struct addr){{0xfe, 0x80, [15] = 1}}) == 0;
}

static const struct udp_ops udp = {.enabled = enabled, .own = own};

static enum udp_verdict judge(ifid_t ifid, const char *from, uint16_t port, const char *to)
{
	struct udp_meta m = {.have_info = true, .ifid = ifid, .from_port = port};
	enum family f;

	assert_true(addr_parse(from, &f, &m.from));
	assert_true(addr_parse(to, &f, &m.to));
	return udp_judge(&m, &udp, NULL);
}

PLAIN_TEST("a datagram to the group or to us, from a neighbour's port 6696, passes")
{
	assert_int_equal(judge(2, "fe80::2", 6696, "ff02::1:6"), UDP_OK);
	assert_int_equal(judge(2, "fe80::2", 6696, "fe80::1"), UDP_OK);
}

RFC_TEST(8966, "4-b", "a source that is not link-local is dropped")
{
	assert_int_equal(judge(2, "2001:db8::9", 6696, "ff02::1:6"), UDP_NOT_LINKLOCAL);
	assert_int_equal(judge(2, "::", 6696, "ff02::1:6"), UDP_NOT_LINKLOCAL);
	assert_int_equal(judge(2, "::1", 6696, "fe80::1"), UDP_NOT_LINKLOCAL);
}

RFC_TEST(8966, "4-c", "a source port other than 6696 is dropped")
{
	assert_int_equal(judge(2, "fe80::2", 6697, "ff02::1:6"), UDP_BAD_PORT);
	assert_int_equal(judge(2, "fe80::2", 0, "fe80::1"), UDP_BAD_PORT);
}

RFC_TEST(8966, "4-d", "a global destination is dropped")
{
	assert_int_equal(judge(2, "fe80::2", 6696, "2001:db8::1"), UDP_BAD_TO);
	assert_int_equal(judge(2, "fe80::2", 6696, "ff02::1"), UDP_BAD_TO);
	assert_int_equal(judge(2, "fe80::2", 6696, "fe80::3"), UDP_BAD_TO);
}

RFC_TEST(8966, "4-h", "our own packets are dropped")
{
	assert_int_equal(judge(2, "fe80::1", 6696, "ff02::1:6"), UDP_OWN);
}

PLAIN_TEST("an interface without Babel, and a datagram without information, are dropped")
{
	struct udp_meta m = {.ifid = 2, .from_port = 6696};

	assert_int_equal(judge(3, "fe80::2", 6696, "ff02::1:6"), UDP_NO_INTERFACE);
	assert_int_equal(udp_judge(&m, &udp, NULL), UDP_NO_INFO);
	for (int i = 0; i < UDP_VERDICTS; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(udp_verdict_name((enum udp_verdict)i),
						udp_verdict_name((enum udp_verdict)j));
}

/* The day's clock is at 1000.5 s, the monotonic one at 77 s. */
static usec_t arrived(long sec, long nsec)
{
	struct timespec day = {1000, 500000000}, stamp = {sec, nsec};

	return udp_arrival((mono_t){77 * USEC_PER_SEC}, &day, &stamp).us;
}

RFC_TEST(9616, "3.2-f", "a datagram arrived when the kernel says so, however late it is read")
{
	assert_int_equal(arrived(1000, 500000000), 77 * USEC_PER_SEC);
	assert_int_equal(arrived(1000, 400000000), 77 * USEC_PER_SEC - 100000);
	assert_int_equal(arrived(999, 999999000), 77 * USEC_PER_SEC - 500001);
	assert_int_equal(arrived(990, 500000000), 67 * USEC_PER_SEC);
}

PLAIN_TEST("a datagram never arrives after now, nor so early that the day's clock was set")
{
	assert_int_equal(arrived(1000, 500001000), 77 * USEC_PER_SEC);
	assert_int_equal(arrived(4600, 0), 77 * USEC_PER_SEC);
	assert_int_equal(arrived(990, 499999000), 77 * USEC_PER_SEC);
	assert_int_equal(arrived(0, 0), 77 * USEC_PER_SEC);
}

RFC_MAIN("babeld: interfaces, datagrams")
