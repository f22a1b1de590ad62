/* SPDX-License-Identifier: MIT */
/* The interface table: what its watcher hears, and which prefixes are
 * connected. */
#include "zebra/iface.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/if_addr.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

struct heard {
	char text[2048];
};

static void hear(void *ctx, enum iface_event ev, const struct iface *i, const struct iface_addr *a)
{
	static const char *const names[] = {"added",   "changed", "up",	  "down",
					    "removed", "addr+",	  "addr-"};
	struct heard *h = ctx;
	char line[128], buf[ADDR_STR] = "";

	if (a)
		addr_str(a->a.family, &a->a.addr, buf);
	snprintf(line, sizeof(line), "%s %s%s%s\n", names[ev], i->l.name, a ? " " : "", buf);
	assert_true(strlen(h->text) + strlen(line) < sizeof(h->text));
	strcat(h->text, line);
}

static void expect(struct heard *h, const char *want)
{
	assert_string_equal(h->text, want);
	h->text[0] = '\0';
}

static struct nl_link link_of(uint32_t ifindex, const char *name, uint32_t flags)
{
	struct nl_link l;

	memset(&l, 0, sizeof(l));
	l.ifindex = ifindex;
	l.flags = flags;
	snprintf(l.name, sizeof(l.name), "%s", name);
	return l;
}

static struct nl_addr addr_of(uint32_t ifindex, const char *text, uint8_t plen, uint32_t flags)
{
	struct nl_addr a;

	memset(&a, 0, sizeof(a));
	a.ifindex = ifindex;
	a.plen = plen;
	a.flags = flags;
	assert_true(addr_parse(text, &a.family, &a.addr));
	return a;
}

#define RUN (IFF_UP | IFF_RUNNING)

static void up_means_up_and_running(void **state)
{
	struct heard h = {""};
	struct ifaces *s = ifaces_new(hear, &h);
	struct nl_link l = link_of(2, "eth0", IFF_UP);

	(void)state;
	ifaces_link(s, &l);
	expect(&h, "added eth0\n");
	l.flags = RUN;
	ifaces_link(s, &l);
	expect(&h, "up eth0\n");
	ifaces_link(s, &l); /* nothing new */
	expect(&h, "");
	l.flags = IFF_UP;
	ifaces_link(s, &l);
	expect(&h, "down eth0\n");
	strcpy(l.name, "wan");
	ifaces_link(s, &l);
	expect(&h, "changed wan\n");
	assert_null(ifaces_find_name(s, "eth0"));
	assert_int_equal(ifaces_find_name(s, "wan")->l.ifindex, 2);
	ifaces_free(s);
}

static void an_address_appears_when_it_is_usable(void **state)
{
	struct heard h = {""};
	struct ifaces *s = ifaces_new(hear, &h);
	struct nl_link l = link_of(2, "eth0", RUN);
	struct nl_addr a = addr_of(2, "2001:db8::1", 64, IFA_F_TENTATIVE);

	(void)state;
	ifaces_link(s, &l);
	expect(&h, "added eth0\nup eth0\n");
	ifaces_addr(s, &a);
	expect(&h, "");
	a.flags = 0;
	ifaces_addr(s, &a);
	expect(&h, "addr+ eth0 2001:db8::1\n");
	ifaces_addr(s, &a);
	expect(&h, "");
	ifaces_addr_gone(s, &a);
	expect(&h, "addr- eth0 2001:db8::1\n");

	/* Never usable: never told, neither come nor gone. */
	a.flags = IFA_F_TENTATIVE;
	ifaces_addr(s, &a);
	a.flags = IFA_F_TENTATIVE | IFA_F_DADFAILED;
	ifaces_addr(s, &a);
	ifaces_addr_gone(s, &a);
	expect(&h, "");
	/* Of an interface nobody knows: nothing. */
	a.ifindex = 9;
	ifaces_addr(s, &a);
	ifaces_addr_gone(s, &a);
	expect(&h, "");
	ifaces_free(s);
}

static void an_interface_takes_its_addresses_along(void **state)
{
	struct heard h = {""};
	struct ifaces *s = ifaces_new(hear, &h);
	struct nl_link l = link_of(2, "eth0", RUN);
	struct nl_addr a = addr_of(2, "2001:db8::1", 64, 0);

	(void)state;
	ifaces_link(s, &l);
	ifaces_addr(s, &a);
	h.text[0] = '\0';
	ifaces_link_gone(s, 2);
	expect(&h, "addr- eth0 2001:db8::1\ndown eth0\nremoved eth0\n");
	assert_null(ifaces_first(s));
	ifaces_free(s);
}

static void a_reread_removes_what_is_not_told_again(void **state)
{
	struct heard h = {""};
	struct ifaces *s = ifaces_new(hear, &h);
	struct nl_link one = link_of(1, "lo", RUN), two = link_of(2, "eth0", RUN);
	struct nl_addr a = addr_of(1, "2001:db8::1", 128, 0), b = addr_of(1, "2001:db8::2", 128, 0);

	(void)state;
	ifaces_link(s, &two);
	ifaces_link(s, &one);
	ifaces_addr(s, &a);
	ifaces_addr(s, &b);
	/* In the order of ifindex, whatever came first. */
	assert_int_equal(ifaces_first(s)->l.ifindex, 1);
	assert_int_equal(ifaces_next(s, ifaces_first(s))->l.ifindex, 2);
	h.text[0] = '\0';
	ifaces_reread_begin(s);
	ifaces_link(s, &one);
	ifaces_addr(s, &b);
	ifaces_reread_end(s);
	expect(&h, "addr- lo 2001:db8::1\ndown eth0\nremoved eth0\n");
	ifaces_free(s);
}

static const char *connected(const char *addr, const char *peer, uint8_t plen, uint32_t flags)
{
	static char buf[PREFIX_STR];
	struct iface_addr a;
	enum family f;
	struct prefix p;

	memset(&a, 0, sizeof(a));
	a.a = addr_of(2, addr, plen, flags);
	a.usable = true;
	if (peer)
		assert_true(addr_parse(peer, &f, &a.a.peer));
	return iface_addr_connected(&a, &p) ? prefix_str(&p, buf) : "none";
}

static void connected_prefixes(void **state)
{
	(void)state;
	assert_string_equal(connected("2001:db8:1::5", NULL, 64, 0), "2001:db8:1::/64");
	assert_string_equal(connected("10.1.2.3", NULL, 24, 0), "10.1.2.0/24");
	assert_string_equal(connected("10.1.2.3", "10.9.9.9", 32, 0), "10.9.9.9/32");
	assert_string_equal(connected("2001:db8::1", NULL, 128, 0), "2001:db8::1/128");
	assert_string_equal(connected("fe80::1", NULL, 64, 0), "none");
	assert_string_equal(connected("127.0.0.1", NULL, 8, 0), "none");
	assert_string_equal(connected("::1", NULL, 128, 0), "none");
	assert_string_equal(connected("2001:db8:1::5", NULL, 64, IFA_F_NOPREFIXROUTE), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_means_up_and_running),
		cmocka_unit_test(an_address_appears_when_it_is_usable),
		cmocka_unit_test(an_interface_takes_its_addresses_along),
		cmocka_unit_test(a_reread_removes_what_is_not_told_again),
		cmocka_unit_test(connected_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
