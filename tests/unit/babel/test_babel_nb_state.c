/* SPDX-License-Identifier: MIT */
/* What babeld tells mgmtd: pages while the tables change, keys, operations,
 * events. The protocol is the real one, fed with packets. */
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
#include "babeld/core/mark.h"
#include "tests/unit/base/prng.h"
#include "tests/unit/nb/fake_mgmtd.h"
#include "tests/unit/nb/pager.h"

#define SECOND USEC_PER_SEC
#define NEIGHS 3

static const struct addr us = {{0xfe, 0x80, [15] = 1}};
static const struct router_id our_id = {{1, 2, 3, 4, 5, 6, 7, 8}};

/* Two neighbours on eth1, one, of an address that is smaller, on eth0. */
static const struct {
	ifid_t ifid;
	struct addr addr;
} neighs[NEIGHS] = {
	{3, {{0xfe, 0x80, [15] = 9}}},
	{3, {{0xfe, 0x80, [15] = 3}}},
	{2, {{0xfe, 0x80, [15] = 5}}},
};

struct world {
	struct babeld b;
	struct schema *schema;
	struct fake_mgmtd f;
	mono_t now;
	unsigned int requests; /* Route Requests that left */
	struct sdprefix asked; /* by the last one that was no wildcard */
};

/* ---- the world of the protocol ---- */

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct world *w = ctx;
	struct packet_parser p;
	enum tlv_verdict verdict;
	struct tlv t;

	(void)via;
	(void)to;
	assert_int_equal(packet_open(&p, datagram, FAM_IP6, &us), PACKET_OK);
	while (packet_next(&p, &t, &verdict)) {
		if (verdict != TLV_OK || t.type != TLV_ROUTE_REQUEST)
			continue;
		w->requests++;
		if (!t.u.route_request.wildcard)
			w->asked = t.u.route_request.pair;
	}
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	(void)ctx, (void)pair, (void)c;
}

static uint32_t env_random(void *ctx)
{
	(void)ctx;
	return 4;
}

static void env_note(void *ctx, const struct babel_note *n)
{
	babel_events_note(((struct world *)ctx)->b.events, n);
}

static bool env_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX])
{
	(void)ctx;
	(void)pseudo;
	(void)octets;
	memset(out, (int)key, BABEL_MAC_MAX);
	return true;
}

static const struct babel_env env = {.send = env_send,
				     .route = env_route,
				     .random = env_random,
				     .note = env_note,
				     .mac = env_mac};

static void if_up(void *ctx, ifid_t ifid, const struct babel_if_info *info,
		  const struct babel_if_config *config, bool again)
{
	struct world *w = ctx;

	(void)again;
	core_if_up(&w->b.core, ifid, info, config, w->now);
}

static void if_down(void *ctx, ifid_t ifid, const char *name)
{
	(void)ctx;
	(void)ifid;
	(void)name;
}

static enum babel_link_type if_link(void *ctx, ifid_t ifid, const char *name, char why[LINK_WHY])
{
	(void)ctx, (void)ifid, (void)name;
	snprintf(why, LINK_WHY, "this test says so");
	return BABEL_WIRED;
}

/* Two of them, of which the second is not sent with. */
static void if_keys(void *ctx, const struct babel_conf_if *conf, struct babel_auth *auth)
{
	(void)ctx;
	(void)conf;
	auth->n = 2;
	auth->keys[0] = (struct babel_key){.handle = 1, .id = 7, .mac_len = 16, true, true};
	auth->keys[1] = (struct babel_key){.handle = 2, .id = 8, .mac_len = 16, false, true};
}

static const struct ifs_ops ifs_ops = {
	.up = if_up, .down = if_down, .link = if_link, .keys = if_keys};

static void give_interface(struct babeld *b, const char *name, ifid_t ifid)
{
	struct zapi_interface z = {.ifindex = ifid,
				   .status = 1,
				   .flags = IFF_UP | IFF_RUNNING,
				   .mtu = 1500,
				   .mtu6 = 1500};
	struct zapi_address a = {.ifindex = ifid, .family = FAM_IP6, .addr = us, .plen = 64};

	strcpy(z.name, name);
	ifs_interface(b->ifs, &z, true);
	ifs_address(b->ifs, &a, true);
}

static void configure(struct babeld *b, const char *name)
{
	struct babel_conf_if *c = calloc(1, sizeof(*c));

	strcpy(c->name, name);
	c->network = true;
	c->set.hello.cs = 400;
	c->set.update.cs = 1600;
	babel_conf_ifs_add_tail(&b->config.conf.ifs, c);
}

static void forward(struct world *w, usec_t d)
{
	mono_t to = mono_add(w->now, d);

	while (!mono_before(to, babel_next_deadline(w->b.babel))) {
		w->now = babel_next_deadline(w->b.babel);
		core_run_due(&w->b.core, w->now);
	}
	w->now = to;
}

static struct router_id id_of(unsigned int neigh)
{
	return (struct router_id){{0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, (uint8_t)(neigh + 1)}};
}

static void say(struct world *w, unsigned int neigh, const struct tlv *tlvs, size_t n)
{
	struct packet_writer p;
	uint8_t buf[1400];
	struct babel_datagram d = {.ifid = neighs[neigh].ifid,
				   .from = neighs[neigh].addr,
				   .to = babel_group,
				   .arrived = w->now};

	packet_begin(&p, buf, sizeof(buf), FAM_IP6, &neighs[neigh].addr);
	for (size_t i = 0; i < n; i++)
		assert_true(packet_put(&p, &tlvs[i]));
	d.octets = packet_end(&p);
	core_packet(&w->b.core, &d, w->now);
}

static void say_hello(struct world *w, unsigned int neigh, uint16_t seqno)
{
	const struct tlv t[] = {
		{.type = TLV_HELLO, .u.hello = {.seqno = seqno, .interval = {60000}}},
		{.type = TLV_IHU,
		 .u.ihu = {.family = FAM_IP6, .addr = us, .rxcost = 96, .interval = {60000}}},
	};

	say(w, neigh, t, 2);
}

static void announce(struct world *w, unsigned int neigh, const struct sdprefix *pair,
		     uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct tlv_update *u = &t.u.update;

	u->pair = *pair;
	u->interval.cs = 60000;
	u->seqno = 7;
	u->metric = metric;
	u->have_router_id = u->have_nexthop = true;
	u->router_id = id_of(neigh);
	u->nexthop = neighs[neigh].addr;
	say(w, neigh, &t, 1);
}

static struct sdprefix pair_of(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix p;

	assert_true(prefix_parse(dst, &d) && prefix_parse(src, &s));
	assert_true(sdprefix_make(&p, &d, &s));
	return p;
}

static int setup(void **state)
{
	struct babel_config config = {.router_id = our_id};
	struct world *w = calloc(1, sizeof(*w));
	struct babeld *b = &w->b;

	w->schema = pager_schema();
	b->loop = loop_new();
	b->config.ctx = b;
	w->now = loop_now(b->loop);
	babel_conf_init(&b->config.conf);
	b->due = loop_timer_new(b->loop, NULL, NULL);
	b->events = babel_events_new(b->loop);
	b->ifs = ifs_new(&b->config.conf, &ifs_ops, w);
	core_init(&b->core, &env, w);
	core_new(&b->core, &config, w->now);
	b->babel = b->core.stage.babel;
	configure(b, "eth1");
	configure(b, "eth7");
	configure(b, "eth0");
	give_interface(b, "eth1", 3);
	give_interface(b, "eth0", 2);
	give_interface(b, "lan", 4);
	for (uint16_t seqno = 1; seqno <= 3; seqno++) {
		for (unsigned int n = 0; n < NEIGHS; n++)
			say_hello(w, n, seqno);
		forward(w, 4 * SECOND);
	}
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	struct babeld *b = &w->b;

	core_fini(&b->core, w->now);
	babel_events_free(b->events);
	nb_free(b->nb);
	if (w->f.loop)
		fake_stop(&w->f);
	ifs_free(b->ifs);
	babel_conf_fini(&b->config.conf);
	loop_timer_free(b->due);
	loop_free(b->loop);
	schema_free(w->schema);
	free(w);
	return 0;
}

#define STATE "/srcdest-babel-state:babel-state"
#define A     "2001:db8:a::/48"
#define B     "2001:db8:b::/48"
#define D     "2001:db8:d::/48"

static const char *all(struct world *w, const char *path, const char *const *keys)
{
	return pager_all(w->schema, babel_nb_states, babel_nb_n_states, path, &w->b.config, keys);
}

static void begin(struct pager *p, struct world *w, const char *path, const char *const *keys)
{
	pager_begin(p, w->schema, babel_nb_states, babel_nb_n_states, path, &w->b.config, keys);
}

/* ---- keys and members ---- */

static void fill(struct world *w)
{
	struct sdprefix p = pair_of("2001:db8:5::/64", "::/0");

	core_local_add(&w->b.core, &p, 0, w->now);
	p = pair_of(D, A);
	announce(w, 0, &p, 32);
	announce(w, 1, &p, 64);
	announce(w, 2, &p, 16);
	p = pair_of(D, "::/0");
	announce(w, 1, &p, 0);
	p = pair_of("10.0.0.0/8", "0.0.0.0/0");
	announce(w, 2, &p, 0);
	p = pair_of("::/0", B);
	announce(w, 2, &p, 5);
}

#define LOCAL "2001:db8:5::/64|::/0||:: "

/* By both prefixes, then interface and neighbour, whoever came first. */
static void routes_are_keyed(void **state)
{
	const char *const d[] = {D, NULL};
	const char *const pair[] = {D, A, NULL};
	const char *const eth1[] = {D, A, "eth1", NULL};
	const char *const one[] = {D, A, "eth1", "fe80::9", NULL};
	const char *const local[] = {"2001:db8:5::/64", "::/0", "", "::", NULL};

	fill(*state);
	assert_string_equal(all(*state, STATE "/route", NULL),
			    "10.0.0.0/8|0.0.0.0/0|eth0|fe80::5 ::/0|" B "|eth0|fe80::5 " LOCAL D
			    "|::/0|eth1|fe80::3 " D "|" A "|eth0|fe80::5 " D "|" A
			    "|eth1|fe80::3 " D "|" A "|eth1|fe80::9 ");
	assert_string_equal(all(*state, STATE "/route", d),
			    D "|::/0|eth1|fe80::3 " D "|" A "|eth0|fe80::5 " D "|" A
			      "|eth1|fe80::3 " D "|" A "|eth1|fe80::9 ");
	assert_string_equal(all(*state, STATE "/route", pair),
			    D "|" A "|eth0|fe80::5 " D "|" A "|eth1|fe80::3 " D "|" A
			      "|eth1|fe80::9 ");
	assert_string_equal(all(*state, STATE "/route", eth1),
			    D "|" A "|eth1|fe80::3 " D "|" A "|eth1|fe80::9 ");
	assert_string_equal(all(*state, STATE "/route", one), D "|" A "|eth1|fe80::9 ");
	assert_string_equal(all(*state, STATE "/route", local), LOCAL);
}

static void members_of_a_route(void **state)
{
	const char *const pair[] = {D, A, NULL};
	struct world *w = *state;
	struct sdprefix p = pair_of(D, A);
	struct pager g;

	fill(w);
	assert_true(fate_told(w->b.core.stage.babel, &p, NOTIFY_FAIL_INSTALL));
	begin(&g, w, STATE "/route", pair);
	assert_true(pager_next(&g, 10));
	/* The best one: 16 announced, 96 for the link (RFC 8966 3.5.2). */
	assert_string_equal(pager_leaf(g.v[0], "selected"), "true");
	assert_string_equal(pager_leaf(g.v[0], "received-metric"), "16");
	assert_string_equal(pager_leaf(g.v[0], "calculated-metric"), "112");
	assert_string_equal(pager_leaf(g.v[0], "router-id"), "0a:0b:0c:0d:0e:0f:10:03");
	assert_string_equal(pager_leaf(g.v[0], "seqno"), "7");
	assert_string_equal(pager_leaf(g.v[0], "next-hop"), "fe80::5");
	assert_string_equal(pager_leaf(g.v[0], "fate"), "failed");
	assert_string_equal(pager_leaf(g.v[1], "selected"), "false");
	assert_string_equal(pager_leaf(g.v[1], "feasible"), "true");
	assert_string_equal(pager_leaf(g.v[1], "fate"), "");
	pager_end(&g);
}

/* Zebra's word counts for the pair that is chosen, until another choice is told. */
static void fates(void **state)
{
	struct world *w = *state;
	struct babel *b = w->b.core.stage.babel;
	struct sdprefix p = pair_of(D, A), plain = pair_of(D, "::/0"), none = pair_of(B, A);
	struct prefix from_a = p.src, from_d = p.dst;

	fill(w);
	assert_false(fate_told(b, &none, NOTIFY_INSTALLED));
	assert_int_equal(fate_of(b, &none), FATE_UNKNOWN);
	assert_false(babel_has_choice(b, &none));
	assert_true(babel_has_choice(b, &p));
	assert_true(babel_has_choice_from(b, &from_a));
	assert_false(babel_has_choice_from(b, &from_d));

	assert_true(fate_told(b, &p, NOTIFY_INSTALLED));
	assert_true(fate_told(b, &plain, NOTIFY_FAIL_INSTALL));
	assert_int_equal(fate_of(b, &p), FATE_INSTALLED);
	assert_int_equal(fate_of(b, &plain), FATE_FAILED);
	assert_true(fate_told(b, &plain, NOTIFY_BETTER_ADMIN_WON));
	assert_int_equal(fate_of(b, &plain), FATE_BEATEN);
	announce(w, 2, &p, 16); /* as it was */
	assert_int_equal(fate_of(b, &p), FATE_INSTALLED);
	announce(w, 2, &p, 17);
	assert_int_equal(fate_of(b, &p), FATE_UNKNOWN);
	assert_int_equal(fate_of(b, &plain), FATE_BEATEN);
	core_replay_choices(&w->b.core, w->now);
	assert_int_equal(fate_of(b, &plain), FATE_UNKNOWN);

	assert_true(fate_told(b, &plain, NOTIFY_INSTALLED));
	babel_unmark_all(b);
	assert_int_equal(fate_of(b, &plain), FATE_UNKNOWN);
	/* A local route takes the choice away, as it is none. */
	core_local_add(&w->b.core, &p, 0, w->now);
	assert_false(fate_told(b, &p, NOTIFY_REMOVED));
	assert_false(babel_has_choice_from(b, &from_a));
}

/* eth1 has two keys and believes all; its neighbours do not sign. */
static void authentication(void **state)
{
	const char *const eth0[] = {"eth0", NULL};
	const char *const eth1[] = {"eth1", NULL};
	struct world *w = *state;
	const Mgmt__Node *key, *peer;
	struct babel_conf_if *c;
	struct pager g;

	assert_string_equal(all(w, STATE "/authentication", NULL), "");
	LIST_EACH (babel_conf_ifs, &w->b.config.conf.ifs, c)
		if (strcmp(c->name, "eth1") == 0) {
			strcpy(c->set.auth.key_chain, "home");
			c->set.auth.permissive = c->set.auth.window = true;
		}
	ifs_reconfigure(w->b.ifs);
	say_hello(w, 0, 4);
	say_hello(w, 1, 4);
	forward(w, 4 * SECOND);
	assert_string_equal(all(w, STATE "/authentication", NULL), "eth1 ");
	assert_string_equal(all(w, STATE "/authentication", eth0), "");
	begin(&g, w, STATE "/authentication", eth1);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "key-chain"), "home");
	assert_string_equal(pager_leaf(g.v[0], "permissive"), "true");
	assert_string_equal(pager_leaf(g.v[0], "replay-window"), "128");
	assert_int_equal(strlen(pager_leaf(g.v[0], "index")), 16);
	assert_string_not_equal(pager_leaf(g.v[0], "packet-counter"), "0");
	assert_string_equal(pager_leaf(g.v[0], "unsigned-accepted"), "2");
	assert_string_equal(pager_leaf(g.v[0], "permissive-removable"), "false");
	assert_string_equal(pager_leaf(pager_child(g.v[0], "failed", 0), "reason"), "not signed");
	assert_string_equal(pager_leaf(pager_child(g.v[0], "failed", 0), "count"), "2");
	key = pager_child(g.v[0], "key", 1);
	assert_string_equal(pager_leaf(key, "key-id"), "8");
	assert_string_equal(pager_leaf(key, "sending"), "false");
	assert_string_equal(pager_leaf(key, "accepting"), "true");
	assert_string_equal(pager_leaf(key, "removable"), "false");
	peer = pager_child(g.v[0], "neighbor", 0);
	assert_string_equal(pager_leaf(peer, "state"), "unsigned");
	assert_string_equal(pager_leaf(peer, "unsigned-accepted"), "1");
	pager_end(&g);
}

static void interfaces_and_neighbours(void **state)
{
	const char *const eth1[] = {"eth1", NULL};
	struct world *w = *state;
	struct pager g;

	assert_string_equal(all(w, STATE "/interface", NULL), "eth0 eth1 eth7 lan ");
	assert_string_equal(all(w, STATE "/neighbor", NULL),
			    "eth0|fe80::5 eth1|fe80::3 eth1|fe80::9 ");
	assert_string_equal(all(w, STATE "/neighbor", eth1), "eth1|fe80::3 eth1|fe80::9 ");
	begin(&g, w, STATE "/interface", NULL);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[1], "state"), "running");
	assert_string_equal(pager_leaf(g.v[1], "neighbors"), "2");
	assert_string_equal(pager_leaf(g.v[1], "mcast-hello-interval"), "400");
	assert_string_equal(pager_leaf(g.v[1], "link-type"), "wired");
	assert_string_equal(pager_leaf(g.v[1], "link-type-reason"), "this test says so");
	assert_string_equal(pager_leaf(g.v[1], "metric-algorithm"), "k-out-of-j");
	assert_string_equal(pager_leaf(g.v[1], "k"), "2");
	assert_string_equal(pager_leaf(g.v[1], "unicast"), "false");
	assert_string_equal(pager_leaf(g.v[1], "ucast-hello-interval"), "");
	assert_string_equal(pager_leaf(g.v[2], "state"), "absent");
	assert_string_equal(pager_leaf(g.v[3], "state"), "not-enabled");
	pager_end(&g);
	begin(&g, w, STATE "/neighbor", NULL);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "hello-mcast-history"), "e000");
	assert_string_equal(pager_leaf(g.v[0], "txcost"), "96");
	assert_string_equal(pager_leaf(g.v[0], "cost"), "96");
	assert_string_equal(pager_leaf(g.v[0], "exp-mcast-hello-seqno"), "4");
	assert_string_equal(pager_leaf(g.v[0], "exp-ucast-hello-seqno"), "");
	assert_string_equal(pager_leaf(g.v[0], "ucast-hello-seqno"), "");
	assert_string_equal(pager_leaf(g.v[0], "extra-cost"), "");
	pager_end(&g);
}

static void settings_of_links(void **state)
{
	const char *const at[] = {"eth1", "fe80::3", NULL};
	struct world *w = *state;
	struct babel_conf_if *c = babel_conf_ifs_first(&w->b.config.conf.ifs);
	struct tlv t = {.type = TLV_HELLO, .u.hello = {true, 77, {200}, false, 0}};
	struct pager g;

	while (strcmp(c->name, "eth1") != 0)
		c = babel_conf_ifs_next(&w->b.config.conf.ifs, c);
	c->set.link_type = LINK_WIRELESS;
	c->set.unicast_hello.cs = 300;
	c->set.unicast = c->set.probe_mtu = true;
	c->set.costs[c->set.n_costs++] =
		(struct babel_neigh_cost){.addr = {{0xfe, 0x80, [15] = 3}}, .extra = 40};
	ifs_reconfigure(w->b.ifs);
	say(w, 1, &t, 1);
	forward(w, SECOND);
	begin(&g, w, STATE "/interface", (const char *const[]){"eth1", NULL});
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "link-type"), "wireless");
	assert_string_equal(pager_leaf(g.v[0], "link-type-reason"), "configured");
	assert_string_equal(pager_leaf(g.v[0], "metric-algorithm"), "etx");
	assert_string_equal(pager_leaf(g.v[0], "k"), "");
	assert_string_equal(pager_leaf(g.v[0], "ucast-hello-interval"), "300");
	assert_string_equal(pager_leaf(g.v[0], "unicast"), "true");
	assert_string_equal(pager_leaf(g.v[0], "probe-mtu"), "true");
	assert_string_equal(pager_leaf(g.v[0], "unscheduled-hellos"), "false");
	assert_string_equal(pager_leaf(g.v[0], "rfc6126-compatible"), "false");
	pager_end(&g);
	begin(&g, w, STATE "/neighbor", at);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "extra-cost"), "40");
	assert_string_equal(pager_leaf(g.v[0], "hello-ucast-history"), "8000");
	assert_string_equal(pager_leaf(g.v[0], "exp-ucast-hello-seqno"), "78");
	assert_string_equal(pager_leaf(g.v[0], "promised-ucast-interval"), "200");
	assert_true(*pager_leaf(g.v[0], "ucast-hello-seqno"));
	pager_end(&g);
}

static void policy(void **state)
{
	struct filter_rule in[] = {{.number = 7, .deny = true}, {.number = 200}};
	struct filter_rule out = {.number = 5, .add_metric = 1};
	struct filter_rule install = {.number = 9, .deny = true};
	struct babel_filters f = {
		.rules = {in, &out, NULL, &install}, .n = {2, 1, 0, 1}};
	const char *const kind[] = {"in", NULL}, *const one[] = {"in", "200", NULL};
	const char *const none[] = {"in", "8", NULL}, *const route[] = {D, A, NULL};
	const char *const eth1[] = {"eth1", NULL};
	struct world *w = *state;
	struct prefix link;
	struct pager g;

	assert_true(prefix_parse(D, &in[0].dst.p) && prefix_parse(D, &link));
	in[0].dst.set = in[0].has_neigh = true;
	in[0].neigh = neighs[1].addr;
	in[1].has_set_tag = true;
	in[1].set_tag = 33;
	core_set_filters(&w->b.core, &f, w->now);
	fill(w);
	assert_string_equal(all(w, STATE "/filter", NULL), "in|7 in|200 out|5 install|9 ");
	assert_string_equal(all(w, STATE "/filter", kind), "in|7 in|200 ");
	assert_string_equal(all(w, STATE "/filter", one), "in|200 ");
	assert_string_equal(all(w, STATE "/filter", none), "");
	begin(&g, w, STATE "/filter", NULL);
	assert_true(pager_next(&g, 1));
	assert_string_equal(pager_leaf(g.v[0], "rule"),
			    "deny destination 2001:db8:d::/48 neighbor fe80::3");
	assert_string_equal(pager_leaf(g.v[0], "hits"), "2");
	assert_true(pager_next(&g, 1));
	assert_string_equal(pager_leaf(g.v[0], "rule"), "permit set tag 33");
	pager_end(&g);
	begin(&g, w, STATE "/route", route);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "filtered-by"), "install 9");
	assert_string_equal(pager_leaf(g.v[0], "tag"), "33");
	assert_string_equal(pager_leaf(g.v[1], "filtered-by"), "in 7");
	assert_string_equal(pager_leaf(g.v[1], "tag"), "");
	pager_end(&g);
	f = (struct babel_filters){0};
	core_set_filters(&w->b.core, &f, w->now);
	core_set_connected(&w->b.core, &link, 1, w->now);
	fill(w);
	begin(&g, w, STATE "/route", route);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "filtered-by"), "connected prefix");
	pager_end(&g);
	begin(&g, w, STATE "/interface", eth1);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "updates-refused-connected"), "2");
	pager_end(&g);
	assert_string_equal(all(w, STATE "/filter", NULL), "");
}

/* RFC 9616: our Hello was 66 ms on its way and back, 1 ms of them at the neighbour;
 * then a Hello that is older than the last one. */
static void round_trip_time(void **state)
{
	const char *const at[] = {"eth1", "fe80::3", NULL};
	struct world *w = *state;
	struct babel_conf_if *c = babel_conf_ifs_first(&w->b.config.conf.ifs);
	uint32_t now = (uint32_t)w->now.us + 4 /* env_random() */;
	struct tlv t[] = {
		{.type = TLV_HELLO,
		 .u.hello = {.seqno = 4, .interval = {60000}, .stamped = true, .sent = 6000}},
		{.type = TLV_IHU,
		 .u.ihu = {.family = FAM_IP6,
			   .addr = us,
			   .rxcost = 96,
			   .interval = {60000},
			   .stamped = true,
			   .origin = now - 66000,
			   .received = 5000}},
	};
	struct pager g;

	begin(&g, w, STATE "/neighbor", at);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "rtt"), "");
	pager_end(&g);
	c->set.rtt.on = SWITCH_ON;
	c->set.rtt.decay = 7;
	ifs_reconfigure(w->b.ifs);
	say(w, 1, t, 2);
	t[0].u.hello.seqno++;
	t[0].u.hello.sent = 5999;
	say(w, 1, t, 2);
	begin(&g, w, STATE "/neighbor", at);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "rtt"), "65000");
	assert_string_equal(pager_leaf(g.v[0], "rtt-cost"), "75");
	assert_string_equal(pager_leaf(g.v[0], "cost"), "171");
	assert_string_equal(pager_leaf(g.v[0], "rtt-samples"), "1");
	assert_string_equal(pager_leaf(g.v[0], "rtt-refused"), "1");
	pager_end(&g);
	begin(&g, w, STATE "/interface", (const char *const[]){"eth1", NULL});
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "enable-timestamps"), "true");
	assert_string_equal(pager_leaf(g.v[0], "rtt-decay"), "7");
	assert_string_equal(pager_leaf(g.v[0], "rtt-min"), "10");
	assert_string_equal(pager_leaf(g.v[0], "rtt-max"), "120");
	assert_string_equal(pager_leaf(g.v[0], "max-rtt-penalty"), "150");
	pager_end(&g);
}

/* An announcement leaves a feasibility distance behind, RFC 8966 3.7.3. */
static void sources_and_requests(void **state)
{
	const char *const d[] = {D, NULL};
	struct world *w = *state;
	struct sdprefix p = pair_of(D, A);

	fill(w);
	forward(w, 20 * SECOND);
	assert_string_equal(all(w, STATE "/source", d),
			    D "|::/0|0a:0b:0c:0d:0e:0f:10:02 " D "|" A "|0a:0b:0c:0d:0e:0f:10:03 ");
	assert_string_equal(all(w, STATE "/pending-request", NULL), "");
	/* The only ones left are worse than what was announced: unfeasible, so a
	 * newer seqno is asked for (RFC 8966 3.8.2.1). */
	announce(w, 0, &p, BABEL_INFINITY);
	announce(w, 1, &p, BABEL_INFINITY);
	announce(w, 2, &p, BABEL_INFINITY);
	assert_string_equal(all(w, STATE "/pending-request", d),
			    D "|" A "|0a:0b:0c:0d:0e:0f:10:03 ");
}

static void this_router(void **state)
{
	struct world *w = *state;
	const Mgmt__Node *zebra;
	struct pager g;

	w->b.subscribed6[ROUTE_STATIC] = true;
	w->b.sourced6 = true;
	begin(&g, w, STATE "/parameters", NULL);
	assert_true(pager_next(&g, 10));
	assert_string_equal(pager_leaf(g.v[0], "router-id"), "01:02:03:04:05:06:07:08");
	assert_string_equal(pager_leaf(g.v[0], "udp-port"), "6696");
	assert_string_equal(pager_leaf(pager_child(g.v[0], "redistribute", 0), "protocol"),
			    "static");
	zebra = pager_child(g.v[0], "zebra", 0);
	assert_string_equal(pager_leaf(zebra, "connected"), "false");
	assert_string_equal(pager_leaf(zebra, "source-specific"), "true");
	pager_end(&g);
	/* The protocol has ended, the daemon not yet. */
	core_free(&w->b.core, w->now);
	w->b.babel = NULL;
	for (size_t i = 0; i < babel_nb_n_states; i++) {
		begin(&g, w, babel_nb_states[i].path, NULL);
		assert_true(pager_next(&g, 10));
		pager_end(&g);
	}
	core_new(&w->b.core, &(struct babel_config){.router_id = our_id}, w->now);
	w->b.babel = w->b.core.stage.babel;
}

/* ---- pages while the tables change ---- */

#define POOL 120

struct churn {
	struct world *w;
	struct prng r;
	struct sdprefix pool[POOL];
	/* Of a pair's rows, per neighbour; [NEIGHS] is our own. */
	bool have[POOL][NEIGHS + 1], touched[POOL];
};

static int by_pair(const void *a, const void *b)
{
	return sdprefix_cmp(a, b);
}

static void make_pool(struct churn *c)
{
	size_t n = 0;

	while (n < POOL) {
		struct addr d = {{0x20, 1, 0xd, 0xb8, 0, (uint8_t)prng_below(&c->r, 20)}};
		struct addr s = {{0x20, 1, 0xd, 0xb8, 1, (uint8_t)prng_below(&c->r, 8)}};
		struct prefix dst, src;
		bool twice = false;

		prefix_make(&dst, FAM_IP6, &d, 48);
		prefix_make(&src, FAM_IP6, &s, prng_below(&c->r, 2) ? 48 : 0);
		assert_true(sdprefix_make(&c->pool[n], &dst, &src));
		for (size_t i = 0; i < n; i++)
			twice |= sdprefix_eq(&c->pool[i], &c->pool[n]);
		n += !twice;
	}
	qsort(c->pool, POOL, sizeof(c->pool[0]), by_pair);
}

static void forget(struct churn *c, size_t i)
{
	core_clear_route(&c->w->b.core, &c->pool[i], c->w->now);
	if (c->have[i][NEIGHS])
		core_local_del(&c->w->b.core, &c->pool[i], c->w->now);
	memset(c->have[i], 0, sizeof(c->have[i]));
}

static void change(struct churn *c, size_t i)
{
	unsigned int n = prng_below(&c->r, NEIGHS + 2);

	c->touched[i] = true;
	if (n > NEIGHS) {
		forget(c, i);
		return;
	}
	c->have[i][n] = true;
	if (n < NEIGHS)
		announce(c->w, n, &c->pool[i], (uint16_t)prng_below(&c->r, 500));
	else
		core_local_add(&c->w->b.core, &c->pool[i], 0, c->w->now);
}

static size_t pool_index(const struct churn *c, const Mgmt__Node *entry)
{
	struct sdprefix p = pair_of(pager_leaf(entry, "destination-prefix"),
				    pager_leaf(entry, "source-prefix"));
	const struct sdprefix *found = bsearch(&p, c->pool, POOL, sizeof(p), by_pair);

	assert_non_null(found);
	return (size_t)(found - c->pool);
}

static unsigned int neigh_index(const Mgmt__Node *entry)
{
	const char *text = pager_leaf(entry, "neighbor");
	char addr[ADDR_STR];

	for (unsigned int n = 0; n < NEIGHS; n++)
		if (strcmp(text, addr_str(FAM_IP6, &neighs[n].addr, addr)) == 0)
			return n;
	assert_string_equal(text, "::");
	return NEIGHS;
}

static void walk_once(struct churn *c)
{
	unsigned int seen[POOL][NEIGHS + 1] = {{0}};
	struct pager g;

	memset(c->touched, 0, sizeof(c->touched));
	begin(&g, c->w, STATE "/route", NULL);
	while (pager_next(&g, 1 + prng_below(&c->r, 20))) {
		for (size_t i = 0; i < g.n; i++) {
			size_t k = pool_index(c, g.v[i]);

			/* Never twice, whatever happens between the pages. But
			 * a held pair may have a row that nobody announced. */
			assert_int_equal(seen[k][neigh_index(g.v[i])]++, 0);
		}
		/* The pair in the middle of which a page ended may go. */
		if (g.n && prng_below(&c->r, 2)) {
			size_t k = pool_index(c, g.v[g.n - 1]);

			c->touched[k] = true;
			forget(c, k);
		}
		for (size_t n = prng_below(&c->r, 6); n; n--)
			change(c, prng_below(&c->r, POOL));
	}
	pager_end(&g);
	for (size_t i = 0; i < POOL; i++)
		for (unsigned int n = 0; n < NEIGHS; n++)
			if (!c->touched[i])
				assert_int_equal(seen[i][n], c->have[i][n]);
}

static void each_once_whatever_happens(void **state)
{
	struct churn c = {.w = *state, .r = prng_init(20261123)};

	make_pool(&c);
	for (size_t i = 0; i < 3 * POOL; i++)
		change(&c, i % POOL);
	for (uint64_t op = 0; op < prng_ops(60); op++)
		walk_once(&c);
}

/* ---- operations and events, over the wire ---- */

static struct nb_table table;

static void connect_mgmtd(struct world *w)
{
	struct fake_mgmtd *f = &w->f;

	table = babel_nb_table;
	table.states = babel_nb_states;
	table.n_states = babel_nb_n_states;
	table.rpcs = babel_nb_rpcs;
	table.n_rpcs = babel_nb_n_rpcs;
	fake_start(f, w->b.loop, &table, "");
	w->b.nb = nb_new(&table, &w->b.config, w->b.loop, f->path, "babeld");
	babel_events_to(w->b.events, w->b.nb);
	fake_expect(f, MGMT__MESSAGE__KIND_SUBSCRIBE);
}

static Mgmt__RpcReply *call(struct fake_mgmtd *f, const char *rpc, const char *const *in)
{
	Mgmt__CallRpc call = MGMT__CALL_RPC__INIT;
	Mgmt__Node leaf[2] = {MGMT__NODE__INIT, MGMT__NODE__INIT};
	Mgmt__Node *input[2] = {&leaf[0], &leaf[1]};
	char path[64];

	snprintf(path, sizeof(path), "/srcdest-babel-state:%s", rpc);
	call.path = path;
	call.input = input;
	for (; in && *in; in += 2) {
		leaf[call.n_input].name = (char *)in[0];
		leaf[call.n_input++].value = (char *)in[1];
	}
	assert_true(msg_send(f->conn, MGMT__MESSAGE__KIND_CALL_RPC, &call.base));
	return fake_expect(f, MGMT__MESSAGE__KIND_RPC_REPLY)->rpc_reply;
}

static const char *cleared(const Mgmt__RpcReply *r)
{
	assert_string_equal(r->error, "");
	assert_int_equal(r->n_output, 1);
	assert_string_equal(r->output[0]->name, "cleared");
	return r->output[0]->value;
}

static void expect_event(struct fake_mgmtd *f, const char *path, const char *leaf,
			 const char *value)
{
	Mgmt__Notify *n = fake_expect(f, MGMT__MESSAGE__KIND_NOTIFY)->notify;

	assert_string_equal(n->path, path);
	for (size_t i = 0; i < n->n_leaf; i++)
		if (strcmp(n->leaf[i]->name, leaf) == 0)
			assert_string_equal(n->leaf[i]->value, value);
}

static void clear_and_refresh(void **state)
{
	const char *const pair[] = {"destination-prefix", D, "source-prefix", A, NULL};
	const char *const mixed[] = {"destination-prefix", D, "source-prefix", "10.0.0.0/8", NULL};
	const char *const bad[] = {"interface", "eth9", NULL};
	struct world *w = *state;
	struct fake_mgmtd *f = &w->f;
	struct sdprefix p = pair_of(D, A);

	fill(w);
	forward(w, SECOND);
	connect_mgmtd(w);
	w->requests = 0;
	assert_string_equal(cleared(call(f, "clear-babel-route", pair)), "3");
	expect_event(f, "/srcdest-babel-state:route-withdrawn", "source-prefix", A);
	/* Held as unreachable, RFC 8966 3.5.4, and asked for on both links. */
	assert_string_equal(all(w, STATE "/route", (const char *const[]){D, A, NULL}),
			    D "|" A "||:: ");
	forward(w, SECOND);
	assert_int_equal(w->requests, 2);
	assert_true(sdprefix_eq(&w->asked, &p));
	/* What answers counts at once. */
	announce(w, 2, &p, 16);
	assert_string_equal(all(w, STATE "/route", (const char *const[]){D, A, NULL}),
			    D "|" A "|eth0|fe80::5 ");

	w->requests = 0;
	assert_string_equal(call(f, "refresh-babel", NULL)->error, "");
	forward(w, SECOND);
	assert_int_equal(w->requests, 2);

	assert_string_equal(call(f, "clear-babel-route", mixed)->error,
			    "destination and source are of two address families");
	assert_string_equal(call(f, "clear-babel-neighbor", bad)->error,
			    "Babel does not run on the interface eth9");
}

static const Mgmt__Node *explained(struct world *w, const char *dst, const char *src)
{
	const char *const in[] = {"destination", dst, src ? "source" : NULL, src, NULL};
	Mgmt__RpcReply *r = call(&w->f, "explain-babel-route", in);

	assert_string_equal(r->error, "");
	assert_true(pager_fits_rpc(w->schema, "/srcdest-babel-state:explain-babel-route", r->output,
				   r->n_output));
	return r->n_output ? r->output[0] : NULL;
}

/* The candidate of a neighbour. */
static const Mgmt__Node *candidate(const Mgmt__Node *pair, const char *neigh)
{
	const Mgmt__Node *c;

	for (size_t i = 0; (c = pager_child(pair, "candidate", i)); i++)
		if (strcmp(pager_leaf(c, "neighbor"), neigh) == 0)
			return c;
	fail_msg("nothing is said of %s", neigh);
	return NULL;
}

static void explain(void **state)
{
	const char *const mixed[] = {"destination", D, "source", "2001:db8::1", NULL};
	struct world *w = *state;
	const Mgmt__Node *p, *c;
	struct sdprefix pair = pair_of(D, A);

	fill(w);
	forward(w, 2 * SECOND);
	connect_mgmtd(w);
	p = explained(w, D, A);
	assert_string_equal(pager_leaf(p, "destination-prefix"), D);
	assert_string_equal(pager_leaf(p, "source-prefix"), A);
	assert_string_equal(pager_leaf(p, "choice"), "route");
	assert_string_equal(pager_leaf(p, "fate"), "unknown");
	assert_string_equal(pager_leaf(candidate(p, "fe80::5"), "verdict"), "selected");
	assert_string_equal(pager_leaf(candidate(p, "fe80::9"), "verdict"), "worse");
	c = candidate(p, "fe80::5");
	assert_string_equal(pager_leaf(pager_child(c, "feasibility-distance", 0), "metric"),
			    pager_leaf(c, "calculated-metric"));
	assert_string_equal(pager_leaf(pager_child(p, "distance", 0), "router-id"),
			    pager_leaf(c, "router-id"));
	/* Both pairs of the destination, the plain one first. */
	assert_string_equal(pager_leaf(explained(w, D, NULL), "source-prefix"), "::/0");
	/* The way of a packet, through the pair to what is in use. */
	p = explained(w, "2001:db8:d::1", "2001:db8:a::1");
	assert_string_equal(pager_leaf(p, "source-prefix"), A);
	assert_null(explained(w, "2001:db8:ffff::/48", NULL));

	core_clear_route(&w->b.core, &pair, w->now);
	expect_event(&w->f, "/srcdest-babel-state:route-withdrawn", "source-prefix", A);
	forward(w, SECOND / 2);
	p = explained(w, D, A);
	assert_string_equal(pager_leaf(p, "choice"), "unreachable");
	assert_string_equal(pager_leaf(p, "held"), "true");
	assert_true(pager_child(p, "awaited-acknowledgment", 0) != NULL);
	assert_true(pager_child(p, "awaited-answer", 0) != NULL);
	assert_string_equal(pager_leaf(pager_child(p, "awaited-answer", 0), "asked"), "all");

	assert_string_equal(call(&w->f, "explain-babel-route", mixed)->error, D
			    " from 2001:db8::1: not two prefixes, or two addresses, of one family");
}

/* Events come up within a call, and are told after its answer. */
static void neighbours_and_events(void **state)
{
	const char *const eth1[] = {"interface", "eth1", NULL};
	const char *const one[] = {"interface", "eth0", "address", "fe80::5", NULL};
	struct world *w = *state;
	struct fake_mgmtd *f = &w->f;

	fill(w);
	forward(w, SECOND);
	connect_mgmtd(w);
	assert_string_equal(cleared(call(f, "clear-babel-neighbor", eth1)), "2");
	assert_string_equal(all(w, STATE "/neighbor", NULL), "eth0|fe80::5 ");
	expect_event(f, "/srcdest-babel-state:neighbor-down", "address", "fe80::9");
	/* That neighbour alone had the plain route. */
	expect_event(f, "/srcdest-babel-state:route-withdrawn", "destination-prefix", D);
	expect_event(f, "/srcdest-babel-state:neighbor-down", "address", "fe80::3");
	assert_string_equal(cleared(call(f, "clear-babel-neighbor", one)), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(routes_are_keyed, setup, teardown),
		cmocka_unit_test_setup_teardown(members_of_a_route, setup, teardown),
		cmocka_unit_test_setup_teardown(fates, setup, teardown),
		cmocka_unit_test_setup_teardown(interfaces_and_neighbours, setup, teardown),
		cmocka_unit_test_setup_teardown(policy, setup, teardown),
		cmocka_unit_test_setup_teardown(round_trip_time, setup, teardown),
		cmocka_unit_test_setup_teardown(settings_of_links, setup, teardown),
		cmocka_unit_test_setup_teardown(sources_and_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(this_router, setup, teardown),
		cmocka_unit_test_setup_teardown(each_once_whatever_happens, setup, teardown),
		cmocka_unit_test_setup_teardown(clear_and_refresh, setup, teardown),
		cmocka_unit_test_setup_teardown(explain, setup, teardown),
		cmocka_unit_test_setup_teardown(authentication, setup, teardown),
		cmocka_unit_test_setup_teardown(neighbours_and_events, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
