/* SPDX-License-Identifier: MIT */
/* Show commands: a protocol instance with known contents, asked in words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babeld.h"

#define SECOND USEC_PER_SEC

static const struct addr us = {{0xfe, 0x80, [15] = 1}}, them = {{0xfe, 0x80, [15] = 2}};
static const struct router_id our_id = {{1, 2, 3, 4, 5, 6, 7, 8}};
static const struct router_id their_id = {{0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11}};

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	(void)ctx;
	(void)via;
	(void)to;
	(void)datagram;
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	fates_chosen(&((struct babeld *)ctx)->fates, pair, c->kind != CHOICE_NONE);
}

static uint32_t env_random(void *ctx)
{
	(void)ctx;
	return 4;
}

static void env_note(void *ctx, const struct babel_note *n)
{
	(void)ctx;
	(void)n;
}

static const struct babel_env env = {env_send, env_route, env_random, env_note};

static void if_up(void *ctx, ifid_t ifid, const struct babel_if_info *info,
		  const struct babel_if_config *config, bool again)
{
	struct babeld *b = ctx;

	(void)again;
	babel_if_up(b->babel, ifid, info, config, loop_now(b->loop));
}

static void if_down(void *ctx, ifid_t ifid, const char *name)
{
	(void)ctx;
	(void)ifid;
	(void)name;
}

static const struct ifs_ops ifs_ops = {.up = if_up, .down = if_down};

static struct sdprefix pair(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix p;

	assert_true(prefix_parse(dst, &d) && prefix_parse(src, &s));
	assert_true(sdprefix_make(&p, &d, &s));
	return p;
}

static void put_update(struct packet_writer *w, const char *dst, const char *src, uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct tlv_update *u = &t.u.update;

	u->pair = pair(dst, src);
	u->interval.cs = 1600;
	u->seqno = 7;
	u->metric = metric;
	u->have_router_id = u->have_nexthop = true;
	u->router_id = their_id;
	u->nexthop = them;
	assert_true(packet_put(w, &t));
}

/* Hellos until the neighbour counts, its IHU, and three routes. */
static void hear_neighbour(struct babeld *b, mono_t now)
{
	struct packet_writer w;
	uint8_t buf[1000];

	for (uint16_t seqno = 1; seqno <= 3; seqno++) {
		struct tlv hello = {.type = TLV_HELLO, .u.hello = {false, seqno, {400}}};
		struct tlv ihu = {.type = TLV_IHU, .u.ihu = {FAM_IP6, us, 96, {1200}}};

		packet_begin(&w, buf, sizeof(buf), FAM_IP6, &them);
		assert_true(packet_put(&w, &hello));
		assert_true(packet_put(&w, &ihu));
		put_update(&w, "::/0", "2001:db8:a::/48", 0);
		put_update(&w, "2001:db8:d::/48", "::/0", 32);
		put_update(&w, "2001:db8:d::/48", "2001:db8:b::/48", 64);
		babel_packet(b->babel, 2, &them, true, packet_end(&w), now);
		now = mono_add(now, 4 * SECOND);
		babel_run_due(b->babel, now);
	}
}

static void give_interfaces(struct babeld *b)
{
	struct zapi_interface z = {.ifindex = 2,
				   .name = "eth0",
				   .status = 1,
				   .flags = IFF_UP | IFF_RUNNING,
				   .mtu = 1500,
				   .mtu6 = 1500};
	struct zapi_address a = {.ifindex = 2, .family = FAM_IP6, .addr = us, .plen = 64};
	struct babel_conf_if *c;
	const char *const names[] = {"eth0", "eth7"};

	for (size_t i = 0; i < 2; i++) {
		c = calloc(1, sizeof(*c));
		strcpy(c->name, names[i]);
		c->network = true;
		c->hello.cs = 400;
		c->update.cs = 1600;
		babel_conf_ifs_add_tail(&b->config.conf.ifs, c);
	}
	ifs_interface(b->ifs, &z, true);
	ifs_address(b->ifs, &a, true);
	z.ifindex = 3;
	strcpy(z.name, "eth1");
	z.flags = 0;
	ifs_interface(b->ifs, &z, true);
}

static int setup(void **state)
{
	struct babeld *b = calloc(1, sizeof(*b));
	struct babel_config config = {.router_id = our_id};
	struct sdprefix p;

	b->loop = loop_new();
	babel_conf_init(&b->config.conf);
	fates_init(&b->fates);
	b->ifs = ifs_new(&b->config.conf, &ifs_ops, b);
	b->babel = babel_new(&config, &env, b, loop_now(b->loop));
	give_interfaces(b);
	p = pair("2001:db8:5::/64", "::/0");
	babel_local_add(b->babel, &p, 0, loop_now(b->loop));
	p = pair("2001:db8:5::/64", "2001:db8:a::/48");
	babel_local_add(b->babel, &p, 0, loop_now(b->loop));
	hear_neighbour(b, loop_now(b->loop));
	p = pair("2001:db8:d::/48", "::/0");
	fates_told(&b->fates, &p, NOTIFY_INSTALLED);
	p = pair("2001:db8:d::/48", "2001:db8:b::/48");
	fates_told(&b->fates, &p, NOTIFY_FAIL_INSTALL);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct babeld *b = *state;

	babel_free(b->babel);
	ifs_free(b->ifs);
	fates_fini(&b->fates);
	babel_conf_fini(&b->config.conf);
	loop_free(b->loop);
	free(b);
	return 0;
}

static char answer[16384];

static const char *ask(const struct babeld *b, const char *line)
{
	char *text = NULL;
	enum show_status s =
		show_run(babel_show_commands, babel_n_show_commands, b, "babeld", line, &text);

	snprintf(answer, sizeof(answer), "%d\n%s", s, text ? text : "");
	free(text);
	return answer;
}

static bool has(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	print_message("not found: %s\nin: %s\n", part, text);
	return false;
}

static json_object *ask_json(const struct babeld *b, const char *line)
{
	json_object *o;

	assert_true(strncmp(ask(b, line), "0\n", 2) == 0);
	o = json_tokener_parse(answer + 2);
	assert_non_null(o);
	return o;
}

static const json_object *row(const json_object *o, const char *key, size_t i)
{
	return json_object_array_get_idx(json_object_object_get(o, key), i);
}

static const char *str(const json_object *o, const char *key)
{
	const char *s = json_object_get_string(json_object_object_get(o, key));

	return s ? s : "(none)";
}

static void test_neighbours(void **state)
{
	json_object *o;

	assert_true(
		has(ask(*state, "show babel neighbor"), "Neighbour fe80::2 dev eth0 reach e000"));
	assert_true(has(answer, " rxcost 96 txcost 96 cost 96.\n"));
	assert_string_equal(ask(*state, "show babel neighbor eth1"), "0\n");
	o = ask_json(*state, "show babel neighbor json");
	assert_string_equal(str(row(o, "neighbours", 0), "address"), "fe80::2");
	assert_string_equal(str(row(o, "neighbours", 0), "interface"), "eth0");
	assert_string_equal(str(row(o, "neighbours", 0), "routes"), "3");
	json_object_put(o);
}

static void test_routes_text(void **state)
{
	const char *t = ask(*state, "show babel route");

	assert_true(has(t, "2001:db8:5::/64 metric 0 (exported)\n"));
	assert_true(has(t, "2001:db8:5::/64 from 2001:db8:a::/48 metric 0 (exported)\n"));
	assert_true(has(t, "::/0 from 2001:db8:a::/48 metric 96 refmetric 0 "
			   "id 0a:0b:0c:0d:0e:0f:10:11 seqno 7 age "));
	assert_true(has(t, " via eth0 neigh fe80::2 (selected)\n"));
	assert_true(has(t, "2001:db8:d::/48 metric 128 refmetric 32"));
	assert_true(has(t, " via eth0 neigh fe80::2 (installed)\n"));
	assert_true(has(t, "2001:db8:d::/48 from 2001:db8:b::/48 metric 160 refmetric 64"));
	assert_true(has(t, " via eth0 neigh fe80::2 (selected, installing failed)\n"));
}

/* Every row has both halves of the pair apart, the source always. */
static void test_routes_json(void **state)
{
	static const char *const want[][3] = {
		{"::/0", "2001:db8:a::/48", "unknown"},
		{"2001:db8:5::/64", "::/0", "(none)"},
		{"2001:db8:5::/64", "2001:db8:a::/48", "(none)"},
		{"2001:db8:d::/48", "::/0", "installed"},
		{"2001:db8:d::/48", "2001:db8:b::/48", "failed"},
	};
	json_object *o = ask_json(*state, "show babel route json");

	assert_int_equal(json_object_array_length(json_object_object_get(o, "routes")), 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(str(row(o, "routes", i), "destination"), want[i][0]);
		assert_string_equal(str(row(o, "routes", i), "source"), want[i][1]);
		assert_string_equal(str(row(o, "routes", i), "fate"), want[i][2]);
	}
	json_object_put(o);
}

static void test_routes_filtered(void **state)
{
	json_object *o = ask_json(*state, "show babel route 2001:db8:d::/48 json");

	assert_int_equal(json_object_array_length(json_object_object_get(o, "routes")), 2);
	json_object_put(o);
	o = ask_json(*state, "show babel route 2001:db8:d::/48 from ::/0 json");
	assert_int_equal(json_object_array_length(json_object_object_get(o, "routes")), 1);
	assert_string_equal(str(row(o, "routes", 0), "source"), "::/0");
	json_object_put(o);
	o = ask_json(*state, "show babel route from 2001:db8:a::/48 json");
	assert_int_equal(json_object_array_length(json_object_object_get(o, "routes")), 2);
	json_object_put(o);
}

static void test_interfaces(void **state)
{
	const char *t = ask(*state, "show babel interface");

	assert_true(has(t, "eth0 is up\n  ifindex 2, MTU 1500 bytes\n"
			   "  Babel protocol is running on this interface\n"
			   "  Operating mode is \"wired\"\n  Split horizon mode is On\n"
			   "  Hello interval is 4000 ms\n  Update interval is 16000 ms\n"
			   "  Rxcost multiplier is 96\n  Link-local address is fe80::1\n"));
	assert_true(has(t, "eth1 is down\n  ifindex 3, MTU 1500 bytes\n"
			   "  Babel protocol is not enabled on this interface\n"));
	assert_true(has(t, "eth7 is absent\n  Babel protocol is enabled, but not running on this "
			   "interface (it does not exist)\n"));
	assert_true(has(ask(*state, "show babel interface eth7"), "0\neth7 is absent"));
	assert_null(strstr(answer, "eth0"));
	assert_string_equal(ask(*state, "show babel interface nope0"),
			    "1\n% No such interface: nope0\n");
}

static void test_sources_and_requests(void **state)
{
	json_object *o = ask_json(*state, "show babel source json");
	const json_object *rows = json_object_object_get(o, "sources");

	/* What has been advertised has a feasibility distance, with both keys. */
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		assert_string_not_equal(str(row(o, "sources", i), "destination"), "(none)");
		assert_string_not_equal(str(row(o, "sources", i), "source"), "(none)");
	}
	assert_true(json_object_array_length(rows) > 0);
	json_object_put(o);
	o = ask_json(*state, "show babel request json");
	assert_int_equal(json_object_array_length(json_object_object_get(o, "requests")), 0);
	json_object_put(o);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_neighbours),	 T(test_routes_text), T(test_routes_json),
		T(test_routes_filtered), T(test_interfaces),  T(test_sources_and_requests),
	};

	return cmocka_run_group_tests_name("babeld: show", tests, NULL, NULL);
}
