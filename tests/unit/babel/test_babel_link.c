/* SPDX-License-Identifier: MIT */
/* Kinds of link: what the kernel's words come to, and the words themselves. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "babeld/babel_link.h"

static void test_judge(void **state)
{
	static const struct {
		struct link_facts f;
		enum babel_link_type type;
		const char *why;
	} cases[] = {
		{{ARPHRD_ETHER, "", ""}, BABEL_WIRED, "nothing says otherwise"},
		{{ARPHRD_ETHER, "veth", ""}, BABEL_WIRED, "its kind is veth"},
		{{ARPHRD_ETHER, "bridge", ""}, BABEL_WIRED, "its kind is bridge"},
		{{ARPHRD_ETHER, "dummy", ""}, BABEL_WIRED, "its kind is dummy"},
		{{ARPHRD_ETHER, "", "wlan0"}, BABEL_WIRELESS, "wlan0 is an 802.11 device"},
		{{ARPHRD_ETHER, "bridge", "wlan0"}, BABEL_WIRELESS, "wlan0 is an 802.11 device"},
		{{ARPHRD_IEEE80211_RADIOTAP, "", ""}, BABEL_WIRELESS, "its hardware type is 803"},
		{{ARPHRD_IEEE802154, "", ""}, BABEL_WIRELESS, "its hardware type is 804"},
		{{ARPHRD_IPGRE, "gre", ""}, BABEL_TUNNEL, "its kind is gre"},
		{{ARPHRD_ETHER, "gretap", ""}, BABEL_TUNNEL, "its kind is gretap"},
		{{ARPHRD_ETHER, "vxlan", ""}, BABEL_TUNNEL, "its kind is vxlan"},
		{{ARPHRD_NONE, "wireguard", ""}, BABEL_TUNNEL, "its kind is wireguard"},
		{{ARPHRD_NONE, "tun", ""}, BABEL_TUNNEL, "its kind is tun"},
		{{ARPHRD_ETHER, "tun", ""}, BABEL_TUNNEL, "its kind is tun"}, /* TAP */
		{{ARPHRD_NONE, "", ""}, BABEL_TUNNEL, "its hardware type is 65534"},
		{{ARPHRD_TUNNEL6, "ip6tnl", ""}, BABEL_TUNNEL, "its kind is ip6tnl"},
		{{ARPHRD_SIT, "", ""}, BABEL_TUNNEL, "its hardware type is 776"},
		{{ARPHRD_PPP, "", ""}, BABEL_TUNNEL, "its hardware type is 512"},
		{{ARPHRD_VOID, "unheard-of", ""}, BABEL_WIRED, "its kind is unheard-of"},
	};
	char why[LINK_WHY];

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		assert_int_equal(link_judge(&cases[k].f, why), cases[k].type);
		assert_string_equal(why, cases[k].why);
	}
}

/* ---- a tree like /sys/class/net ---- */

static char tree[] = "/tmp/babel-link-XXXXXX";

static void device(const char *name, unsigned int index)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/ifindex", tree, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%u\n", index);
	fclose(f);
}

static void entry(const char *name, const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/%s", tree, name, what);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void test_sysfs(void **state)
{
	char out[16], command[64];

	(void)state;
	assert_non_null(mkdtemp(tree));
	device("eth0", 2);
	device("wlan0", 3);
	entry("wlan0", "phy80211");
	device("old0", 4);
	entry("old0", "wireless");
	device("br0", 5);
	entry("br0", "lower_eth0");
	entry("br0", "lower_wlan0");
	device("br0.7", 6);
	entry("br0.7", "lower_br0");
	device("ring0", 7);
	entry("ring0", "lower_ring0");
	assert_false(link_wireless(tree, "eth0", 2, out));
	assert_true(link_wireless(tree, "wlan0", 3, out));
	assert_string_equal(out, "wlan0");
	assert_true(link_wireless(tree, "old0", 4, out));
	assert_true(link_wireless(tree, "br0", 5, out));
	assert_string_equal(out, "wlan0");
	assert_true(link_wireless(tree, "br0.7", 6, out));
	assert_false(link_wireless(tree, "ring0", 7, out)); /* and it ends */
	/* Another network namespace is shown, or there is nothing of that name. */
	assert_false(link_wireless(tree, "wlan0", 33, out));
	assert_string_equal(out, "");
	assert_false(link_wireless(tree, "none0", 3, out));
	assert_false(link_wireless("/nowhere", "wlan0", 3, out));
	snprintf(command, sizeof(command), "rm -r %s", tree);
	assert_int_equal(system(command), 0);
}

/* The loopback is everywhere; a number that is no interface is nothing. */
static void test_kernel(void **state)
{
	struct link_facts f;

	(void)state;
	memset(&f, 0x5a, sizeof(f));
	link_look(1, "lo", &f);
	assert_int_equal(f.hardware, ARPHRD_LOOPBACK);
	assert_string_equal(f.kind, "");
	assert_string_equal(f.wireless, "");
	memset(&f, 0x5a, sizeof(f));
	link_look(2147483000, "none0", &f);
	assert_int_equal(f.hardware, 0);
	assert_string_equal(f.kind, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_sysfs),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests_name("babeld: kinds of link", tests, NULL, NULL);
}
