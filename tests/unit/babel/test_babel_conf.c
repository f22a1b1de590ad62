/* SPDX-License-Identifier: MIT */
/* Change records into struct babel_conf. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_config.h"
#include "lib/zapi/zapi.h"
#include "tests/unit/nb/feed.h"

struct fixture {
	struct babel_nb conf;
	char err[512];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	babel_conf_init(&f->conf.conf);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	babel_conf_fini(&f->conf.conf);
	free(f);
	return 0;
}

static bool record(struct fixture *f, enum nb_op op, const char *path, const char *value,
		   const char *const *keys)
{
	return feed(&babel_nb_table, &f->conf, op, path, value, keys, f->err, sizeof(f->err));
}

static void network(struct fixture *f, enum nb_op op, const char *name)
{
	assert_true(record(f, op, "/network", NULL, KEYS(name)));
}

static void set(struct fixture *f, const char *name, const char *leaf, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "srcdest-babel:babel/%s", leaf);
	assert_true(record(f, value ? NB_SET : NB_DELETE, path, value, KEYS(name)));
}

/* An interface in the configuration comes with the model's defaults. */
static void interface(struct fixture *f, const char *name)
{
	set(f, name, "link-type", "wired");
	set(f, name, "mcast-hello-interval", "400");
	set(f, name, "update-interval", "1600");
}

static enum babel_link_type found; /* by the kernel */

static struct babel_if_config effective(struct fixture *f, const char *name)
{
	const struct babel_conf_if *i = babel_conf_if_find(&f->conf.conf, name);
	struct babel_if_config c;

	assert_non_null(i);
	babel_conf_if_effective(i, found, &c);
	return c;
}

static void assert_link(const struct babel_if_config *c, enum babel_link_type type,
			bool split_horizon, uint16_t rxcost, usec_t hello, usec_t update)
{
	assert_int_equal(c->type, type);
	assert_int_equal(c->split_horizon, split_horizon);
	assert_int_equal(c->rxcost, rxcost);
	assert_int_equal(c->hello_interval, hello);
	assert_int_equal(c->update_interval, update);
}

/* RFC 8966 appendix B, and per link type 3.7.4 and A.2. */
static void test_defaults(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;

	network(f, NB_CREATE, "eth0");
	network(f, NB_CREATE, "wlan0");
	interface(f, "wlan0");
	set(f, "wlan0", "link-type", "wireless");
	interface(f, "eth1"); /* settings, but Babel does not run there */
	assert_int_equal(f->conf.conf.identity, IDENTITY_KEPT);
	c = effective(f, "eth0");
	assert_link(&c, BABEL_WIRED, true, 96, 4 * USEC_PER_SEC, 16 * USEC_PER_SEC);
	c = effective(f, "wlan0");
	assert_link(&c, BABEL_WIRELESS, false, 256, 4 * USEC_PER_SEC, 16 * USEC_PER_SEC);
	assert_null(babel_conf_if_find(&f->conf.conf, "eth1"));
	assert_int_equal(babel_conf_networks(&f->conf.conf), 2);
}

static void test_all_set(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;
	char id[ROUTER_ID_STR];

	assert_true(record(f, NB_CREATE, ":babel", NULL, NULL));
	assert_true(record(f, NB_SET, "/router-id", "01:23:45:67:89:AB:cd:ef", NULL));
	network(f, NB_CREATE, "eth0");
	network(f, NB_CREATE, "wlan0");
	interface(f, "eth0");
	set(f, "eth0", "split-horizon", "false");
	set(f, "eth0", "rxcost", "1");
	set(f, "eth0", "mcast-hello-interval", "100");
	set(f, "eth0", "update-interval", "65534");
	interface(f, "wlan0");
	set(f, "wlan0", "link-type", "wireless");
	set(f, "wlan0", "split-horizon", "true");
	set(f, "wlan0", "rxcost", "65534");
	assert_true(record(f, NB_CREATE, "/redistribute", NULL, KEYS("ipv6", "static")));
	assert_true(record(f, NB_CREATE, "/redistribute", NULL, KEYS("ipv4", "connected")));
	assert_int_equal(f->conf.conf.identity, IDENTITY_VALUE);
	assert_string_equal(router_id_str(&f->conf.conf.router_id, id), "01:23:45:67:89:ab:cd:ef");
	assert_true(record(f, NB_SET, "/router-id", "derived", NULL));
	assert_int_equal(f->conf.conf.identity, IDENTITY_DERIVED);
	assert_true(record(f, NB_SET, "/router-id", "random", NULL));
	assert_int_equal(f->conf.conf.identity, IDENTITY_RANDOM);
	assert_true(record(f, NB_DELETE, "/router-id", NULL, NULL));
	assert_int_equal(f->conf.conf.identity, IDENTITY_KEPT);
	c = effective(f, "eth0");
	assert_link(&c, BABEL_WIRED, false, 1, USEC_PER_SEC, 65534 * USEC_PER_CSEC);
	c = effective(f, "wlan0");
	assert_link(&c, BABEL_WIRELESS, true, 65534, 4 * USEC_PER_SEC, 16 * USEC_PER_SEC);
	for (int t = 0; t < BABEL_CONF_TYPES; t++) {
		assert_int_equal(f->conf.conf.redistribute6[t], t == ROUTE_STATIC);
		assert_int_equal(f->conf.conf.redistribute4[t], t == ROUTE_CONNECTED);
	}
}

/* Settings outlive `network` and the other way round; what nothing says
 * anything about is forgotten. */
static void test_change_and_unset(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;

	network(f, NB_CREATE, "eth0");
	interface(f, "eth0");
	set(f, "eth0", "rxcost", "7");
	set(f, "eth0", "split-horizon", "false");
	network(f, NB_DELETE, "eth0");
	assert_null(babel_conf_if_find(&f->conf.conf, "eth0"));
	network(f, NB_CREATE, "eth0");
	c = effective(f, "eth0");
	assert_int_equal(c.rxcost, 7);
	set(f, "eth0", "rxcost", NULL);
	set(f, "eth0", "v4-via-v6", "false");
	assert_false(effective(f, "eth0").v4_via_v6);
	set(f, "eth0", "v4-via-v6", "true");
	assert_true(effective(f, "eth0").v4_via_v6);
	set(f, "eth0", "split-horizon", NULL);
	set(f, "eth0", "link-type", NULL);
	set(f, "eth0", "mcast-hello-interval", NULL);
	set(f, "eth0", "update-interval", NULL);
	c = effective(f, "eth0");
	assert_link(&c, BABEL_WIRED, true, 96, 4 * USEC_PER_SEC, 16 * USEC_PER_SEC);
	network(f, NB_DELETE, "eth0");
	assert_true(babel_conf_ifs_empty(&f->conf.conf.ifs));
}

/* What `auto` comes to: RFC 8966 3.7.4, A.2 and B; time stamps where delay is
 * what differs. */
static void test_link_types(void **state)
{
	static const char *const names[] = {"wired", "wireless", "tunnel"};
	struct fixture *f = *state;
	struct babel_if_config c;

	network(f, NB_CREATE, "eth0");
	for (int configured = 0; configured < 2; configured++) {
		for (int type = BABEL_WIRED; type <= BABEL_TUNNEL; type++) {
			set(f, "eth0", "link-type", configured ? names[type] : "auto");
			found = configured ? BABEL_WIRELESS : (enum babel_link_type)type;
			c = effective(f, "eth0");
			assert_link(&c, (enum babel_link_type)type, type != BABEL_WIRELESS,
				    type == BABEL_WIRELESS ? 256 : 96, 4 * USEC_PER_SEC,
				    16 * USEC_PER_SEC);
			assert_int_equal(c.rtt.on, type == BABEL_TUNNEL);
			assert_int_equal(c.quality, BABEL_QUALITY_OF_TYPE);
		}
	}
	/* What is said counts, whatever the type. */
	set(f, "eth0", "split-horizon", "false");
	set(f, "eth0", "enable-timestamps", "false");
	assert_false(effective(f, "eth0").split_horizon);
	assert_false(effective(f, "eth0").rtt.on);
	set(f, "eth0", "split-horizon", NULL);
	set(f, "eth0", "enable-timestamps", NULL);
	assert_true(effective(f, "eth0").split_horizon);
	assert_true(effective(f, "eth0").rtt.on);
	found = BABEL_WIRED;
}

static void test_hellos_and_modes(void **state)
{
	static const struct {
		const char *leaf;
		size_t offset;
	} switches[] = {
		{"unscheduled-hellos", offsetof(struct babel_if_config, unscheduled_hellos)},
		{"unicast", offsetof(struct babel_if_config, unicast)},
		{"probe-mtu", offsetof(struct babel_if_config, probe_mtu)},
		{"rfc6126-compatible", offsetof(struct babel_if_config, rfc6126)},
	};
	struct fixture *f = *state;
	struct babel_if_config c;

	network(f, NB_CREATE, "eth0");
	for (size_t k = 0; k < sizeof(switches) / sizeof(switches[0]); k++) {
		for (int on = 1; on >= 0; on--) {
			set(f, "eth0", switches[k].leaf, on ? "true" : "false");
			c = effective(f, "eth0");
			for (size_t j = 0; j < sizeof(switches) / sizeof(switches[0]); j++)
				assert_int_equal(
					*(const bool *)((const char *)&c + switches[j].offset),
					on && j == k);
		}
	}
	assert_int_equal(c.unicast_hello_interval, 0);
	set(f, "eth0", "ucast-hello-interval", "250");
	set(f, "eth0", "metric-algorithm", "etx");
	c = effective(f, "eth0");
	assert_int_equal(c.unicast_hello_interval, 250 * USEC_PER_CSEC);
	assert_int_equal(c.quality, BABEL_ETX);
	set(f, "eth0", "metric-algorithm", "k-out-of-j");
	assert_int_equal(effective(f, "eth0").quality, BABEL_K_OUT_OF_J);
	assert_true(record(f, NB_CREATE, "/k-out-of-j", NULL, KEYS("eth0")));
	assert_true(record(f, NB_SET, "/k-out-of-j/k", "4", KEYS("eth0")));
	assert_true(record(f, NB_SET, "/k-out-of-j/j", "6", KEYS("eth0")));
	c = effective(f, "eth0");
	assert_true(c.k == 4 && c.j == 6);
	assert_true(record(f, NB_DELETE, "/k-out-of-j", NULL, KEYS("eth0")));
	c = effective(f, "eth0");
	assert_true(c.k == 0 && c.j == 0);
}

static void test_neighbours(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;

	network(f, NB_CREATE, "eth0");
	for (int k = 1; k <= 3; k++) {
		char addr[16];

		snprintf(addr, sizeof(addr), "fe80::%d", k);
		assert_true(record(f, NB_CREATE, "srcdest-babel:babel/neighbor", NULL,
				   KEYS("eth0", addr)));
		assert_true(record(f, NB_SET, "/neighbor/extra-cost", "50", KEYS("eth0", addr)));
	}
	assert_true(record(f, NB_SET, "/neighbor/rxcost", "200", KEYS("eth0", "fe80::2")));
	assert_true(record(f, NB_DELETE, "/neighbor/extra-cost", NULL, KEYS("eth0", "fe80::2")));
	c = effective(f, "eth0");
	assert_int_equal(c.n_costs, 3);
	assert_true(c.costs[0].extra == 50 && c.costs[0].rxcost == 0);
	assert_true(c.costs[1].extra == 0 && c.costs[1].rxcost == 200);
	assert_int_equal(c.costs[1].addr.b[15], 2);
	assert_true(record(f, NB_DELETE, "srcdest-babel:babel/neighbor", NULL,
			   KEYS("eth0", "fe80::1")));
	c = effective(f, "eth0");
	assert_int_equal(c.n_costs, 2);
	assert_int_equal(c.costs[0].addr.b[15], 2);
	assert_int_equal(c.costs[1].addr.b[15], 3);
	for (int k = 2; k <= 3; k++)
		assert_true(record(f, NB_DELETE, "srcdest-babel:babel/neighbor", NULL,
				   KEYS("eth0", k == 2 ? "fe80::2" : "fe80::3")));
	network(f, NB_DELETE, "eth0");
	assert_true(babel_conf_ifs_empty(&f->conf.conf.ifs));
}

static void test_smoothing(void **state)
{
	struct fixture *f = *state;
	const struct babel_conf *c = &f->conf.conf;

	assert_int_equal(c->smoothing, BABEL_SMOOTH_BY_HELLOS);
	assert_true(record(f, NB_SET, "/smoothing-half-life", "0", NULL));
	assert_int_equal(c->smoothing, BABEL_SMOOTH_OFF);
	assert_true(record(f, NB_SET, "/smoothing-half-life", "4", NULL));
	assert_int_equal(c->smoothing, BABEL_SMOOTH_HALF_LIFE);
	assert_int_equal(c->half_life, 4 * USEC_PER_SEC);
	assert_true(record(f, NB_DELETE, ":babel", NULL, NULL));
	assert_int_equal(c->smoothing, BABEL_SMOOTH_BY_HELLOS);
	assert_true(record(f, NB_SET, "/smoothing-half-life", "4", NULL));
	assert_true(record(f, NB_DELETE, "/smoothing-half-life", NULL, NULL));
	assert_int_equal(c->smoothing, BABEL_SMOOTH_BY_HELLOS);
}

/* RFC 9616 4.1 and 4.2: the defaults, with and without the model's, and each
 * setting. Without a word about it time stamps are off. */
static void test_rtt(void **state)
{
	static const char *const leaves[] = {"enable-timestamps", "rtt-decay", "rtt-min", "rtt-max",
					     "max-rtt-penalty"};
	static const char *const defaults[] = {NULL, "42", "10", "120", "150"};
	static const char *const mine[] = {"true", "256", "1", "65535", "0"};
	struct fixture *f = *state;
	struct babel_rtt_config c;

	network(f, NB_CREATE, "eth0");
	for (int given = 0; given < 2; given++) {
		c = effective(f, "eth0").rtt;
		assert_false(c.on);
		assert_int_equal(c.decay, 42);
		assert_int_equal(c.min, 10 * USEC_PER_MSEC);
		assert_int_equal(c.max, 120 * USEC_PER_MSEC);
		assert_int_equal(c.max_penalty, 150);
		for (size_t k = 1; k < 5; k++)
			set(f, "eth0", leaves[k], defaults[k]);
	}
	for (size_t k = 0; k < 5; k++)
		set(f, "eth0", leaves[k], mine[k]);
	c = effective(f, "eth0").rtt;
	assert_true(c.on);
	assert_int_equal(c.decay, 256);
	assert_int_equal(c.min, USEC_PER_MSEC);
	assert_int_equal(c.max, 65535 * USEC_PER_MSEC);
	assert_int_equal(c.max_penalty, 0);
	set(f, "eth0", "enable-timestamps", "false");
	assert_false(effective(f, "eth0").rtt.on);
	network(f, NB_DELETE, "eth0");
	for (size_t k = 0; k < 5; k++) {
		assert_false(babel_conf_ifs_empty(&f->conf.conf.ifs));
		set(f, "eth0", leaves[k], NULL);
	}
	assert_true(babel_conf_ifs_empty(&f->conf.conf.ifs));
}

/* `no router babel`: one record, and all that the instance had is gone; what is
 * said about interfaces is not its own. */
static void test_instance_goes(void **state)
{
	struct fixture *f = *state;

	assert_true(record(f, NB_CREATE, ":babel", NULL, NULL));
	assert_true(record(f, NB_SET, "/router-id", "01:23:45:67:89:ab:cd:ef", NULL));
	network(f, NB_CREATE, "eth0");
	network(f, NB_CREATE, "eth1");
	set(f, "eth1", "rxcost", "7");
	assert_true(record(f, NB_CREATE, "/redistribute", NULL, KEYS("ipv6", "static")));
	assert_true(record(f, NB_DELETE, ":babel", NULL, NULL));
	assert_int_equal(f->conf.conf.identity, IDENTITY_KEPT);
	assert_false(f->conf.conf.redistribute6[ROUTE_STATIC]);
	assert_int_equal(babel_conf_networks(&f->conf.conf), 0);
	assert_int_equal(babel_conf_ifs_count(&f->conf.conf.ifs), 1);
	network(f, NB_CREATE, "eth1");
	assert_int_equal(effective(f, "eth1").rxcost, 7);
}

/* Every protocol that the model names is one that zebra has. */
static void test_protocols(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
	} t[] = {{"kernel", ROUTE_KERNEL}, {"connected", ROUTE_CONNECTED}, {"static", ROUTE_STATIC},
		 {"rip", ROUTE_RIP},	   {"ripng", ROUTE_RIPNG},	   {"ospf", ROUTE_OSPF},
		 {"ospf6", ROUTE_OSPF6},   {"isis", ROUTE_ISIS},	   {"bgp", ROUTE_BGP}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_true(record(f, NB_CREATE, "/redistribute", NULL, KEYS("ipv6", t[i].name)));
		assert_true(f->conf.conf.redistribute6[t[i].type]);
		assert_true(record(f, NB_DELETE, "/redistribute", NULL, KEYS("ipv6", t[i].name)));
		assert_false(f->conf.conf.redistribute6[t[i].type]);
	}
}

static void test_refused(void **state)
{
	static const char *const ids[] = {"00:00:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff:FF:ff",
					  "1.2.3.4", "derive"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_false(record(f, NB_SET, "/router-id", ids[i], NULL));
		assert_memory_equal(f->err, ids[i], strlen(ids[i]));
	}
	assert_false(record(f, NB_CREATE, "/redistribute", NULL, KEYS("ipv6", "no-such")));
	assert_non_null(strstr(f->err, "no-such"));
	assert_int_equal(f->conf.conf.identity, IDENTITY_KEPT);
}

static void test_router_id_text(void **state)
{
	static const char *const bad[] = {"",
					  "01:23:45:67:89:ab:cd",
					  "01:23:45:67:89:ab:cd:ef:",
					  "01:23:45:67:89:ab:cd:e",
					  "01:23:45:67:89:ab:cd:0g",
					  "01-23-45-67-89-ab-cd-ef",
					  " 1:23:45:67:89:ab:cd:ef"};
	struct router_id id = {{1}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(router_id_parse(bad[i], &id));
	assert_int_equal(id.b[0], 1);
	assert_true(router_id_parse("fe:DC:ba:98:76:54:32:10", &id));
	assert_int_equal(id.b[0], 0xfe);
	assert_int_equal(id.b[1], 0xdc);
	assert_int_equal(id.b[7], 0x10);
}

/* ---- filter rules ---- */

static void rule_leaf(struct fixture *f, const char *kind, const char *number, const char *leaf,
		      const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "babel-policy:filter/%s", leaf);
	assert_true(record(f, value ? NB_SET : NB_DELETE, path, value, KEYS(kind, number)));
}

static void rule(struct fixture *f, const char *kind, const char *number, const char *action)
{
	assert_true(record(f, NB_CREATE, "babel-policy:filter", NULL, KEYS(kind, number)));
	rule_leaf(f, kind, number, "action", action);
}

static void assert_rule(struct fixture *f, enum filter_kind kind, size_t at, const char *want)
{
	struct babel_filters all = babel_conf_filters_of(&f->conf.conf.filters);
	char text[BABEL_FILTER_STR], got[BABEL_FILTER_STR + 8];

	assert_true(at < all.n[kind]);
	snprintf(got, sizeof(got), "%u %s", all.rules[kind][at].number,
		 babel_filter_str(&all.rules[kind][at], text));
	assert_string_equal(got, want);
}

/* As in the line of the rule, in its order. */
static void test_rules(void **state)
{
	static const char *const leaves[][2] = {
		{"destination-prefix", "2001:db8::/32"},
		{"destination-ge", "40"},
		{"destination-le", "48"},
		{"source-prefix", "2001:db8:a::/48"},
		{"source-ge", "49"},
		{"source-le", "56"},
		{"neighbor", "fe80::1"},
		{"interface", "eth0"},
		{"router-id", "01:02:03:04:05:06:07:08"},
		{"protocol", "static"},
		{"metric-ge", "100"},
		{"metric-le", "200"},
		{"tag", "4294967295"},
		{"set-metric", "0"},
		{"add-metric", "65534"},
		{"set-source", "2001:db8::1"},
		{"set-tag", "6"},
	};
	struct fixture *f = *state;
	struct filter_rule *r;

	rule(f, "install", "10", "permit");
	assert_rule(f, FILTER_INSTALL, 0, "10 permit");
	for (size_t k = 0; k < sizeof(leaves) / sizeof(*leaves); k++)
		rule_leaf(f, "install", "10", leaves[k][0], leaves[k][1]);
	assert_rule(
		f, FILTER_INSTALL, 0,
		"10 permit destination 2001:db8::/32 ge 40 le 48 from 2001:db8:a::/48 ge 49 le 56 "
		"neighbor fe80::1 interface eth0 router-id 01:02:03:04:05:06:07:08 protocol static "
		"metric ge 100 metric le 200 tag 4294967295 set metric 0 add metric 65534 "
		"set src 2001:db8::1 set tag 6");
	r = f->conf.conf.filters.rules[FILTER_INSTALL];
	assert_int_equal(r->protocol, ROUTE_STATIC);
	assert_int_equal(r->set_src_family, FAM_IP6);
	for (size_t k = 0; k < sizeof(leaves) / sizeof(*leaves); k++)
		rule_leaf(f, "install", "10", leaves[k][0], NULL);
	assert_rule(f, FILTER_INSTALL, 0, "10 permit");
	assert_true(filter_rule_eq(r, &(struct filter_rule){.number = 10}));
	rule_leaf(f, "install", "10", "metric", "7");
	assert_rule(f, FILTER_INSTALL, 0, "10 permit metric 7");
	rule_leaf(f, "install", "10", "metric", NULL);
	assert_rule(f, FILTER_INSTALL, 0, "10 permit");
}

static void test_order_of_rules(void **state)
{
	static const char *const numbers[] = {"500", "7",  "65535", "20", "8",	"1",
					      "600", "19", "21",    "30", "40", "50"};
	struct fixture *f = *state;
	const struct babel_conf_filters *c = &f->conf.conf.filters;

	for (size_t k = 0; k < sizeof(numbers) / sizeof(*numbers); k++)
		rule(f, "in", numbers[k], "deny");
	rule(f, "out", "3", "permit");
	assert_int_equal(c->n[FILTER_IN], 12);
	for (size_t k = 1; k < c->n[FILTER_IN]; k++)
		assert_true(c->rules[FILTER_IN][k - 1].number < c->rules[FILTER_IN][k].number);
	assert_true(record(f, NB_DELETE, "babel-policy:filter", NULL, KEYS("in", "20")));
	assert_true(record(f, NB_DELETE, "babel-policy:filter", NULL, KEYS("in", "65535")));
	assert_int_equal(c->n[FILTER_IN], 10);
	assert_rule(f, FILTER_IN, 0, "1 deny");
	assert_rule(f, FILTER_IN, 4, "21 deny");
	assert_rule(f, FILTER_IN, 9, "600 deny");
	assert_rule(f, FILTER_OUT, 0, "3 permit");
	assert_true(record(f, NB_SET, "accept-connected-specific", "true", NULL));
	assert_true(babel_conf_filters_of(c).accept_connected_specific);
	/* With the instance all of it goes. */
	assert_true(record(f, NB_DELETE, ":babel", NULL, NULL));
	assert_int_equal(c->n[FILTER_IN] + c->n[FILTER_OUT], 0);
	assert_false(c->accept_connected_specific);
}

static void test_bad_rules(void **state)
{
	static const char *const bad[][2] = {{"neighbor", "192.0.2.1"},
					     {"set-source", "::"},
					     {"protocol", "gopher"},
					     {"destination-prefix", "2001:db8::/129"}};
	struct fixture *f = *state;
	char path[64];

	rule(f, "in", "10", "permit");
	for (size_t k = 0; k < sizeof(bad) / sizeof(*bad); k++) {
		snprintf(path, sizeof(path), "babel-policy:filter/%s", bad[k][0]);
		assert_false(record(f, NB_SET, path, bad[k][1], KEYS("in", "10")));
		assert_non_null(strstr(f->err, bad[k][1]));
	}
	assert_rule(f, FILTER_IN, 0, "10 permit");
	assert_false(record(f, NB_CREATE, "babel-policy:filter", NULL, KEYS("sideways", "10")));
	assert_false(record(f, NB_CREATE, "babel-policy:filter", NULL, KEYS("in", "65536")));
}

static void test_recording(void **state)
{
	struct fixture *f = *state;
	const struct babel_conf *c = &f->conf.conf;

	assert_false(c->recording);
	assert_true(record(f, NB_CREATE, ":babel/recording", NULL, NULL));
	assert_true(c->recording);
	assert_int_equal(c->recording_mb, 0); /* the default */
	assert_true(record(f, NB_SET, "/recording/max-size", "3", NULL));
	assert_int_equal(c->recording_mb, 3);
	assert_true(record(f, NB_DELETE, ":babel/recording", NULL, NULL));
	assert_false(c->recording);
	assert_true(record(f, NB_CREATE, ":babel/recording", NULL, NULL));
	assert_int_equal(c->recording_mb, 0);
	assert_true(record(f, NB_DELETE, ":babel", NULL, NULL));
	assert_false(c->recording);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_defaults),
		T(test_all_set),
		T(test_change_and_unset),
		T(test_rtt),
		T(test_instance_goes),
		T(test_protocols),
		T(test_rules),
		T(test_order_of_rules),
		T(test_bad_rules),
		T(test_recording),
		T(test_link_types),
		T(test_hellos_and_modes),
		T(test_neighbours),
		T(test_smoothing),
		T(test_refused),
		cmocka_unit_test(test_router_id_text),
	};

	return cmocka_run_group_tests_name("babeld: configuration", tests, NULL, NULL);
}
