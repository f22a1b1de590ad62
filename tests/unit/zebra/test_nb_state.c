/* SPDX-License-Identifier: MIT */
/* What zebra tells mgmtd: pages while the table changes, keys, the members of
 * an entry, one packet's way. */
#include "zebra/zebra_nb_state.h"

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

#include "tests/unit/base/prng.h"
#include "tests/unit/nb/fake_mgmtd.h"
#include "tests/unit/nb/pager.h"
#include "zebra/kernel_ask.h"
#include "zebra/drift.h"
#include "zebra/zebra.h"

/* ---- the rest of the daemon ---- */

static bool refreshed;

const char *fib_netlink_reason(const struct fib_netlink *f, const struct sdprefix *pair)
{
	(void)f;
	(void)pair;
	return "a word of the kernel";
}

/* The kernel sends all by eth7. */
void kernel_ask(const struct kernel_question *q, struct rib_kernel_answer *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = RIB_KERNEL_ROUTE;
	out->table = 254;
	out->pair.dst = prefix_any(q->packet.family);
	out->pair.src = prefix_any(q->packet.family);
	out->n_nexthops = 1;
	out->nexthops[0] = (struct rib_nexthop){.kind = RIB_NH_IFINDEX, .ifindex = 2};
}

void kernel_refresh(struct kernel *k)
{
	(void)k;
	refreshed = true;
}

/* One comparison: a route missing, one different. */
static void compared(struct kernel_check *c)
{
	memset(c, 0, sizeof(*c));
	c->same = 7;
	c->foreign = 3;
	c->drift[KERNEL_MISSING] = c->drift[KERNEL_DIFFERENT] = 1;
	c->took = 5 * USEC_PER_MSEC;
	c->rules_same = 2;
	c->drift[KERNEL_RULE_UNEXPECTED] = c->n_rule_diffs = 1;
	c->rule_diffs[0] = (struct kernel_rule_diff){
		.kind = KERNEL_RULE_UNEXPECTED, .table = 90790000, .preference = 9500};
	assert_true(prefix_parse("192.0.2.0/24", &c->rule_diffs[0].src));
	c->n_diffs = 2;
	for (int i = 0; i < 2; i++) {
		struct prefix d;

		assert_true(prefix_parse(i ? "2001:db8:2::/48" : "192.0.2.0/24", &d));
		c->diffs[i].kind = i ? KERNEL_DIFFERENT : KERNEL_MISSING;
		assert_true(sdprefix_make(&c->diffs[i].pair, &d, NULL));
	}
}

int kernel_check_now(struct kernel *k, struct kernel_check *out)
{
	(void)k;
	compared(out);
	return 0;
}

const struct kernel_check *kernel_check_last(const struct kernel *k, mono_t *end)
{
	static struct kernel_check c;

	(void)k;
	compared(&c);
	*end = (mono_t){0};
	return &c;
}

const struct kernel_counters *kernel_counters(const struct kernel *k)
{
	static const struct kernel_counters c = {.overruns = 2, .checks = 1};

	(void)k;
	return &c;
}

const uint64_t *drift_totals(const struct drift *d)
{
	static const uint64_t total[KERNEL_DRIFTS] = {1, 1, 0};

	(void)d;
	return total;
}

void zebra_zapi_each_client(const struct zebra_zapi *z,
			    bool (*each)(void *ctx, const struct zebra_zapi_client_view *v),
			    void *ctx)
{
	struct zebra_zapi_client_view v = {
		.id = 9, .hello = true, .type = ROUTE_BABEL, .graceful = true, .stale_time = 60};
	static const uint64_t in_by[ZAPI_HELLO + 3] = {[ZAPI_HELLO] = 1, [ZAPI_HELLO + 2] = 7};
	static const uint64_t out_by[ZAPI_HELLO + 3] = {[7] = 5};

	(void)z;
	v.settled = true;
	v.errors = 2;
	snprintf(v.last_error, sizeof(v.last_error), "a fault");
	v.in_by = in_by;
	v.out_by = out_by;
	v.n_by = ZAPI_HELLO + 3;
	if (!each(ctx, &v))
		return;
	v.id = 10;
	v.hello = false;
	each(ctx, &v);
}

void zebra_zapi_each_gone(const struct zebra_zapi *z,
			  bool (*each)(void *ctx, const struct zebra_zapi_gone_view *v), void *ctx)
{
	static const struct zebra_zapi_gone_view gones[] = {{ROUTE_RIPNG, 0, {.us = 0}},
							    {ROUTE_BABEL, 3, {.us = INT64_MAX}},
							    {ROUTE_BABEL, 0, {.us = INT64_MAX}}};

	(void)z;
	for (size_t i = 0; i < 3; i++)
		if (!each(ctx, &gones[i]))
			return;
}

static struct fpm_conf fpm_conf = {.transport = FPM_UNIX,
				   .encoding = FPM_PROTOBUF,
				   .path = "/run/fpm"};

struct fpm_view fpm_look(const struct fpm *f)
{
	(void)f;
	return (struct fpm_view){.conf = &fpm_conf,
				 .state = fpm_conf.transport ? FPM_SYNCING : FPM_OFF,
				 .error = "",
				 .marks = 3,
				 .routes = 7};
}

const char *fpm_peer_str(const struct fpm_conf *c, char buf[FPM_PEER_STR])
{
	return strcpy(buf, c->path);
}

/* The kernel refuses what is below 2001:db8:bad::/48, and helper routes below
 * 2001:db8:bae::/48. */
static int refusal(const struct fib_op *op)
{
	bool helper = op->route.type == RIB_TYPE_AUXILIARY;
	struct prefix bad, helpless;

	assert_true(prefix_parse("2001:db8:bad::/48", &bad));
	assert_true(prefix_parse("2001:db8:bae::/48", &helpless));
	if (op->kind != FIB_SET)
		return 0;
	if (helper)
		return prefix_covers(&helpless, &op->route.pair.dst) ? ENOSPC : 0;
	return prefix_covers(&bad, &op->route.pair.dst) ? EINVAL : 0;
}

static void write_fib(void *ctx, struct fib_op *ops, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		ops[i].error = refusal(&ops[i]);
}

static void quiet_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			       const struct rib_view *is)
{
	(void)ctx;
	(void)pair;
	(void)was;
	(void)is;
}

static void quiet_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		       const struct rib_owner *owner, enum rib_fate fate)
{
	(void)table;
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

/* ---- a zebra with two interfaces ---- */

struct world {
	struct zebra z;
	struct zebra_nb nb;
	struct schema *schema;
	struct fake_mgmtd f;
};

static void give_interfaces(struct zebra *z)
{
	for (uint32_t i = 2; i <= 4; i++) {
		struct nl_link l;
		struct nl_addr a;

		memset(&l, 0, sizeof(l));
		l.ifindex = i;
		l.flags = i < 4 ? IFF_UP | IFF_RUNNING : 0;
		l.mtu = 1500;
		l.hwaddr_len = 6;
		l.arphrd = 1;
		memcpy(l.hwaddr, "\x02\x00\x00\x00\x00\x0a", 6);
		/* Not in the order of their names. */
		snprintf(l.name, sizeof(l.name), "eth%u", 9 - i);
		ifaces_link(z->ifs, &l);
		rib_if_set(z->rib, i, i < 4);
		memset(&a, 0, sizeof(a));
		a.ifindex = i;
		a.plen = 64;
		assert_true(addr_parse("2001:db8:f::1", &a.family, &a.addr));
		ifaces_addr(z->ifs, &a);
	}
}

static void settle(struct world *w)
{
	while (rib_run(w->z.rib, 100, loop_now(w->z.loop)))
		;
}

static int setup(void **state)
{
	static const struct rib_env env = {.fib = write_fib,
					   .redistribute = quiet_redistribute,
					   .fate = quiet_fate,
					   .refused = quiet_refused};
	struct world *w = calloc(1, sizeof(*w));

	w->schema = pager_schema();
	w->nb.ctx = &w->z;
	w->z.loop = loop_new();
	w->z.rmaps = rmaps_new();
	w->z.rib = rib_new(&env, &w->z);
	w->z.ifs = ifaces_new(no_watch, NULL);
	w->z.zapi = (struct zebra_zapi *)(void *)w; /* never looked into */
	give_interfaces(&w->z);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	nb_free(w->z.nb);
	if (w->f.loop)
		fake_stop(&w->f);
	rib_free(w->z.rib);
	rmaps_free(w->z.rmaps);
	ifaces_free(w->z.ifs);
	loop_free(w->z.loop);
	schema_free(w->schema);
	free(w);
	return 0;
}

static struct sdprefix pair_of(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix p;

	assert_true(prefix_parse(dst, &d) && prefix_parse(src, &s));
	assert_true(sdprefix_make(&p, &d, &s));
	return p;
}

static struct rib_nexthop via(const char *gate, uint32_t ifindex)
{
	struct rib_nexthop nh = {.kind = ifindex ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE,
				 .ifindex = ifindex,
				 .onlink = ifindex != 0};
	enum family f;

	assert_true(addr_parse(gate, &f, &nh.gate));
	return nh;
}

static void add(struct world *w, uint8_t type, const char *dst, const char *src, uint8_t distance,
		const struct rib_nexthop *nh, uint32_t n)
{
	struct sdprefix p = pair_of(dst, src);
	struct rib_owner owner = {.type = type,
				  .distance_key = type == ROUTE_STATIC ? distance : 0};
	struct rib_spec spec = {
		.distance = distance, .recursive = true, .n_nexthops = n, .nexthops = nh};

	rib_add(w->z.rib, &p, &owner, &spec, loop_now(w->z.loop));
}

#define A      "2001:db8:a::/48"
#define B      "2001:db8:b::/48"
#define ROUTES "/srcdest-rib:rib/route"
#define FIB    "/srcdest-rib:rib/fib-route"

static void fill(struct world *w)
{
	struct rib_nexthop dev = {.kind = RIB_NH_IFINDEX, .ifindex = 2};
	struct rib_nexthop drop = {.kind = RIB_NH_UNREACHABLE};
	struct rib_nexthop g1 = via("fe80::1", 2), g2 = via("fe80::2", 3);
	struct rib_nexthop g4 = via("192.0.2.1", 2), far = via("2001:db8:d::9", 0);
	struct rib_nexthop both[2] = {g1, g2};

	add(w, ROUTE_STATIC, "0.0.0.0/0", "0.0.0.0/0", 1, &g4, 1);
	add(w, ROUTE_CONNECTED, "2001:db8:f::/64", "::/0", 0, &dev, 1);
	add(w, ROUTE_STATIC, "::/0", A, 1, &g1, 1);
	add(w, ROUTE_STATIC, "::/0", A, 250, &drop, 1);
	add(w, ROUTE_BABEL, "::/0", B, 100, &g2, 1);
	add(w, ROUTE_STATIC, "2001:db8:d::/48", "::/0", 1, &g1, 1);
	add(w, ROUTE_STATIC, "2001:db8:d::/48", A, 1, both, 2);
	add(w, ROUTE_STATIC, "2001:db8:e::/48", "::/0", 1, &far, 1);
	add(w, ROUTE_STATIC, "2001:db8:bad::/48", A, 1, &g1, 1);
	settle(w);
}

static const char *all(struct world *w, const char *path, const char *const *keys)
{
	return pager_all(w->schema, zebra_nb_states, zebra_nb_n_states, path, &w->nb, keys);
}

/* ---- keys ---- */

static void keyed_by_both_prefixes(void **state)
{
	fill(*state);
	/* Two static entries of one pair are one route. */
	assert_string_equal(all(*state, ROUTES, NULL),
			    "0.0.0.0/0|0.0.0.0/0 ::/0|" A " ::/0|" B " 2001:db8:d::/48|::/0 "
			    "2001:db8:d::/48|" A " 2001:db8:e::/48|::/0 2001:db8:f::/64|::/0 "
			    "2001:db8:bad::/48|" A " ");
}

#define TABLES "/srcdest-rib:rib/table-route"

static void put_in_table(struct world *w, uint32_t table, const char *dst, const char *src)
{
	struct rib_nexthop nh = via("fe80::1", 2);
	struct sdprefix p = pair_of(dst, src);
	struct rib_owner owner = {.type = ROUTE_STATIC, .distance_key = 1};
	struct rib_spec spec = {.distance = 1, .n_nexthops = 1, .nexthops = &nh};

	rib_add(rib_table_get(w->z.rib, table), &p, &owner, &spec, loop_now(w->z.loop));
}

/* Page by page, one table after another, each in the order of pairs. */
static void tables_are_keyed_by_their_number_first(void **state)
{
	const char *const t100[] = {"100", NULL}, *const main[] = {"254", NULL};
	const char *const one[] = {"100", "::/0", B, NULL}, *const zero[] = {"0", NULL};
	const char *const word[] = {"main", NULL}, *const great[] = {"4294967296", NULL};
	struct world *w = *state;
	struct pager p;
	size_t n = 0;

	fill(w);
	assert_string_equal(all(w, TABLES, NULL), "");
	put_in_table(w, 70000, "::/0", A);
	put_in_table(w, 100, "::/0", B);
	put_in_table(w, 100, "::/0", A);
	put_in_table(w, 100, "192.0.2.0/24", "0.0.0.0/0");
	settle(w);
	assert_string_equal(all(w, TABLES, NULL), "100|192.0.2.0/24|0.0.0.0/0 100|::/0|" A
						  " 100|::/0|" B " 70000|::/0|" A " ");
	assert_string_equal(all(w, TABLES, t100), "100|192.0.2.0/24|0.0.0.0/0 100|::/0|" A
						  " 100|::/0|" B " ");
	assert_string_equal(all(w, TABLES, one), "100|::/0|" B " ");
	assert_string_equal(all(w, TABLES, main), "");
	assert_string_equal(all(w, TABLES, zero), "");
	assert_string_equal(all(w, TABLES, word), "");
	assert_string_equal(all(w, TABLES, great), "");
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, TABLES, &w->nb, NULL);
	while (pager_next(&p, 1)) {
		n += p.n;
		/* The table where the page ended goes meanwhile. */
		if (n == 2) {
			rib_del_owner(rib_table_find(w->z.rib, 100), ROUTE_STATIC, 0);
			settle(w);
		}
	}
	pager_end(&p);
	assert_int_equal(n, 3);
}

static void leading_keys_are_fixed(void **state)
{
	const char *const d[] = {"2001:db8:d::/48", NULL};
	const char *const pair[] = {"2001:db8:d::/48", A, NULL};
	const char *const pair6[] = {"::/0", "::/0", NULL};
	const char *const none[] = {"2001:db8:d::/49", NULL};
	const char *const no_prefix[] = {"here", NULL};
	const char *const half[] = {"2001:db8:d::/48", "::/1", NULL};
	const char *const refused[] = {"2001:db8:bad::/48", A, "refused", NULL};
	const char *const installed[] = {"2001:db8:bad::/48", A, "installed", NULL};

	fill(*state);
	assert_string_equal(all(*state, ROUTES, d), "2001:db8:d::/48|::/0 2001:db8:d::/48|" A " ");
	assert_string_equal(all(*state, ROUTES, pair), "2001:db8:d::/48|" A " ");
	assert_string_equal(all(*state, ROUTES, pair6), "");
	assert_string_equal(all(*state, ROUTES, none), "");
	assert_string_equal(all(*state, ROUTES, no_prefix), "");
	assert_string_equal(all(*state, FIB, half), "2001:db8:d::/48|::/1|installed ");
	assert_string_equal(all(*state, FIB, refused), "2001:db8:bad::/48|" A "|refused ");
	assert_string_equal(all(*state, FIB, installed), "");
}

/* Both the halves that shadow (doc/dev/fib.md) and what was refused are told. */
static void the_kernels_side(void **state)
{
	const char *text;

	fill(*state);
	text = all(*state, FIB, NULL);
	assert_non_null(strstr(text,
			       "2001:db8:d::/48|::/0|installed 2001:db8:d::/48|::/1|installed "
			       "2001:db8:d::/48|" A "|installed 2001:db8:d::/48|8000::/1|"
			       "installed "));
	assert_non_null(strstr(text, "2001:db8:bad::/48|" A "|refused "));
	/* The kernel has its connected routes by itself. */
	assert_null(strstr(text, "2001:db8:f::/64"));
}

/* ---- members ---- */

static void members_of_an_entry(void **state)
{
	const char *const bad[] = {"2001:db8:bad::/48", NULL};
	const char *const far[] = {"2001:db8:e::/48", NULL};
	const char *const both[] = {"::/0", A, NULL};
	struct world *w = *state;
	const Mgmt__Node *e, *nh;
	struct pager p;

	fill(w);
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, ROUTES, &w->nb, bad);
	assert_true(pager_next(&p, 10));
	e = pager_child(p.v[0], "entry", 0);
	assert_string_equal(pager_leaf(e, "protocol"), "static");
	assert_string_equal(pager_leaf(e, "state"), "failed");
	assert_string_equal(pager_leaf(e, "reason"), "Invalid argument (a word of the kernel)");
	assert_string_equal(pager_leaf(e, "retry"), "changed");
	assert_string_equal(pager_leaf(e, "tries"), "1");
	pager_end(&p);

	/* A recursive one, and behind it what it became. */
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, ROUTES, &w->nb, far);
	assert_true(pager_next(&p, 10));
	e = pager_child(p.v[0], "entry", 0);
	nh = pager_child(e, "next-hop", 0);
	assert_string_equal(pager_leaf(nh, "gateway"), "2001:db8:d::9");
	assert_string_equal(pager_leaf(nh, "recursive"), "true");
	nh = pager_child(e, "next-hop", 1);
	assert_string_equal(pager_leaf(nh, "gateway"), "fe80::1");
	assert_string_equal(pager_leaf(nh, "interface"), "eth7");
	assert_string_equal(pager_leaf(nh, "resolving"), "true");
	assert_string_equal(pager_leaf(nh, "installed"), "true");
	pager_end(&p);

	/* The chosen entry of a pair first. */
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, ROUTES, &w->nb, both);
	assert_true(pager_next(&p, 10));
	e = pager_child(p.v[0], "entry", 0);
	assert_string_equal(pager_leaf(e, "distance"), "1");
	assert_string_equal(pager_leaf(e, "state"), "installed");
	e = pager_child(p.v[0], "entry", 1);
	assert_string_equal(pager_leaf(e, "distance"), "250");
	assert_string_equal(pager_leaf(e, "state"), "candidate");
	assert_string_equal(pager_leaf(pager_child(e, "next-hop", 0), "type"), "unreachable");
	pager_end(&p);
}

/* A route that would take others' packets, for what it needs was refused. */
static void why_a_route_is_withheld(void **state)
{
	const char *const keys[] = {"2001:db8:bae::/48", A, NULL};
	struct rib_nexthop g = via("fe80::1", 2);
	struct world *w = *state;
	const Mgmt__Node *e;
	struct pager p;

	add(w, ROUTE_STATIC, "2001:db8:bae::/48", "::/0", 1, &g, 1);
	settle(w);
	add(w, ROUTE_STATIC, "2001:db8:bae::/48", A, 1, &g, 1);
	settle(w);
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, ROUTES, &w->nb, keys);
	assert_true(pager_next(&p, 10));
	e = pager_child(p.v[0], "entry", 0);
	assert_string_equal(pager_leaf(e, "state"), "failed");
	assert_string_equal(pager_leaf(e, "reason"),
			    "No space left on device (of what it needs beside it)");
	assert_string_equal(pager_leaf(e, "retry"), "changed");
	assert_string_equal(pager_leaf(e, "tries"), "1");
	pager_end(&p);
}

static void interfaces_and_clients(void **state)
{
	const char *const eth6[] = {"eth6", NULL};
	struct world *w = *state;
	struct pager p;

	assert_string_equal(all(w, "/srcdest-interfaces:interfaces-state/interface", NULL),
			    "eth5 eth6 eth7 ");
	assert_string_equal(all(w, "/srcdest-rib:rib/client", NULL), "9 10 ");
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-interfaces:interfaces-state/interface", &w->nb, eth6);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 1);
	assert_string_equal(pager_leaf(p.v[0], "if-index"), "3");
	assert_string_equal(pager_leaf(p.v[0], "oper-status"), "up");
	assert_string_equal(pager_leaf(p.v[0], "phys-address"), "02:00:00:00:00:0a");
	assert_string_equal(pager_leaf(pager_child(p.v[0], "address", 0), "ip"), "2001:db8:f::1");
	pager_end(&p);
}

/* Rows and entries come by list and number, whole and once, also while what a
 * page ended at goes away. */
static void lists_and_maps(void **state)
{
	const char *const six_b[] = {"ipv6", "b", NULL}, *const map[] = {"m", "20", NULL};
	struct world *w = *state;
	struct rmap_entry *e;
	struct rmap_row *r;
	struct pager p;
	size_t seen = 0;

	for (uint32_t i = 1; i <= 30; i++) {
		rmap_row_edit(w->z.rmaps, FAM_IP6, "b", i)->deny = i % 2;
		rmap_row_edit(w->z.rmaps, FAM_IP6, "a", i);
		rmap_row_edit(w->z.rmaps, FAM_IP4, "b", i);
	}
	r = rmap_row_edit(w->z.rmaps, FAM_IP6, "b", 9);
	assert_true(prefix_parse("2001:db8::/32", &r->dst.p));
	r->dst.set = true;
	r->dst.ge = 40;
	assert_true(prefix_parse("::/0", &r->src.p));
	r->src.set = true;
	r->src.le = 64;
	r->hits = 5;
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-prefix-list:prefix-lists-state/row", &w->nb, six_b);
	while (pager_next(&p, 7)) {
		for (size_t i = 0; i < p.n; i++) {
			char number[8];

			snprintf(number, sizeof(number), "%zu", ++seen);
			assert_string_equal(pager_leaf(p.v[i], "name"), "b");
			assert_string_equal(pager_leaf(p.v[i], "sequence"), number);
			if (seen != 9)
				continue;
			assert_string_equal(pager_leaf(p.v[i], "rule"),
					    "deny 2001:db8::/32 ge 40 from ::/0 le 64");
			assert_string_equal(pager_leaf(p.v[i], "hits"), "5");
		}
		rmap_row_del(w->z.rmaps, FAM_IP6, "b", (uint32_t)seen);
	}
	pager_end(&p);
	assert_int_equal(seen, 30);
	assert_true(strncmp(all(w, "/srcdest-prefix-list:prefix-lists-state/row", NULL),
			    "ipv4|b|1 ipv4|b|2 ", 18) == 0);

	rmap_entry_edit(w->z.rmaps, "n", 1);
	rmap_entry_edit(w->z.rmaps, "m", 10);
	e = rmap_entry_edit(w->z.rmaps, "m", 20);
	strcpy(e->list[1], "b");
	e->has_tag = true;
	e->tag = 7;
	assert_true(addr_parse("2001:db8::1", &e->set_src_family, &e->set_src));
	assert_string_equal(all(w, "/srcdest-route-map:route-maps-state/entry", NULL),
			    "m|10 m|20 n|1 ");
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-route-map:route-maps-state/entry", &w->nb, map);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 1);
	assert_string_equal(pager_child(p.v[0], "match", 0)->value, "ipv6 address prefix-list b");
	assert_string_equal(pager_child(p.v[0], "match", 1)->value, "tag 7");
	assert_string_equal(pager_leaf(p.v[0], "set"), "src 2001:db8::1");
	pager_end(&p);
}

/* What a client said, what it did wrong, and what of it is there. */
static void members_of_a_client(void **state)
{
	const char *const first[] = {"9", NULL};
	struct world *w = *state;
	const Mgmt__Node *c;
	struct pager p;

	fill(w);
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, "/srcdest-rib:rib/client",
		    &w->nb, first);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 1);
	c = p.v[0];
	assert_string_equal(pager_leaf(c, "dialect"), "8.4");
	assert_string_equal(pager_leaf(c, "routes"), "1");
	assert_string_equal(pager_leaf(c, "held"), "no");
	assert_string_equal(pager_leaf(c, "errors"), "2");
	assert_string_equal(pager_leaf(c, "last-error"), "a fault");
	assert_string_equal(pager_leaf(pager_child(c, "message", 0), "command"), "command-7");
	assert_string_equal(pager_leaf(pager_child(c, "message", 0), "out"), "5");
	assert_string_equal(pager_leaf(pager_child(c, "message", 1), "command"), "HELLO");
	assert_string_equal(pager_leaf(pager_child(c, "message", 2), "command"), "none");
	assert_string_equal(pager_leaf(pager_child(c, "message", 2), "in"), "7");
	pager_end(&p);
}

static void departed_clients(void **state)
{
	const char *const babel[] = {"babel", NULL};
	struct world *w = *state;
	struct pager p;

	fill(w);
	assert_string_equal(all(w, "/srcdest-rib:rib/departed-client", NULL),
			    "babel|0 babel|3 ripng|0 ");
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-rib:rib/departed-client", &w->nb, babel);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 2);
	assert_string_equal(pager_leaf(p.v[0], "routes"), "1");
	assert_string_equal(pager_leaf(p.v[0], "routes-stale"), "0");
	pager_end(&p);
}

static void summary(void **state)
{
	struct world *w = *state;
	const Mgmt__Node *o;
	struct pager p;

	fill(w);
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states, "/srcdest-rib:rib/summary",
		    &w->nb, NULL);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0]->n_child, 4); /* static twice, connected, babel */
	o = pager_child(p.v[0], "origin", 2);
	assert_string_equal(pager_leaf(o, "family"), "ipv6");
	assert_string_equal(pager_leaf(o, "protocol"), "static");
	assert_string_equal(pager_leaf(o, "entries"), "6");
	assert_string_equal(pager_leaf(o, "sourced"), "4");
	/* Neither the one that stands by nor the refused one. */
	assert_string_equal(pager_leaf(o, "installed"), "4");
	pager_end(&p);
}

static void the_forwarding_plane_manager(void **state)
{
	struct world *w = *state;
	struct pager p;

	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-fpm:fpm-state/status", &w->nb, NULL);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 1);
	assert_string_equal(pager_leaf(p.v[0], "state"), "syncing");
	assert_string_equal(pager_leaf(p.v[0], "peer"), "/run/fpm");
	assert_string_equal(pager_leaf(p.v[0], "encoding"), "protobuf");
	assert_string_equal(pager_leaf(p.v[0], "pairs-waiting"), "3");
	assert_string_equal(pager_leaf(p.v[0], "last-error"), "");
	pager_end(&p);
	fpm_conf.transport = FPM_NOWHERE;
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-fpm:fpm-state/status", &w->nb, NULL);
	assert_true(pager_next(&p, 10));
	assert_string_equal(pager_leaf(p.v[0], "state"), "off");
	assert_string_equal(pager_leaf(p.v[0], "peer"), "");
	pager_end(&p);
	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-fpm:fpm-state/counters", &w->nb, NULL);
	assert_true(pager_next(&p, 10));
	assert_string_equal(pager_leaf(p.v[0], "routes"), "7");
	pager_end(&p);
}

/* ---- pages while the table changes ---- */

#define POOL 300

struct churn {
	struct world *w;
	struct prng r;
	struct sdprefix pool[POOL];
	bool have[POOL], touched[POOL];
};

static int by_pair(const void *a, const void *b)
{
	return sdprefix_cmp(a, b);
}

/* Few destinations of both families, so that many have several sources. */
static void make_pool(struct churn *c)
{
	size_t n = 0;

	while (n < POOL) {
		struct addr d = {{0x20, 1, 0xd, 0xb8, 0, (uint8_t)prng_below(&c->r, 20)}};
		struct addr s = {{0x20, 1, 0xd, 0xb8, 1, (uint8_t)prng_below(&c->r, 8)}};
		struct prefix dst, src;
		struct sdprefix p;
		bool four = prng_below(&c->r, 3) == 0, twice = false;

		if (four)
			d = addr_ip4(10, (uint8_t)prng_below(&c->r, 200), 0, 0);
		prefix_make(&dst, four ? FAM_IP4 : FAM_IP6, &d,
			    four ? 16 : 40 + 8 * prng_below(&c->r, 2));
		prefix_make(&src, FAM_IP6, &s, 8 * prng_below(&c->r, 7));
		assert_true(sdprefix_make(&p, &dst, four ? NULL : &src));
		for (size_t i = 0; i < n; i++)
			twice |= sdprefix_eq(&c->pool[i], &p);
		if (!twice)
			c->pool[n++] = p;
	}
	qsort(c->pool, POOL, sizeof(c->pool[0]), by_pair);
}

static void toggle(struct churn *c, size_t i)
{
	struct rib_nexthop nh = via("fe80::1", 2);
	struct rib_owner owner = {.type = ROUTE_STATIC, .distance_key = 1};
	struct rib_spec spec = {.distance = 1, .n_nexthops = 1, .nexthops = &nh};

	if (sdprefix_family(&c->pool[i]) == FAM_IP4)
		nh = via("192.0.2.1", 2);
	c->have[i] = !c->have[i];
	c->touched[i] = true;
	if (c->have[i])
		rib_add(c->w->z.rib, &c->pool[i], &owner, &spec, loop_now(c->w->z.loop));
	else
		assert_true(rib_del(c->w->z.rib, &c->pool[i], &owner));
}

static size_t index_of(const struct churn *c, const Mgmt__Node *entry)
{
	struct sdprefix p = pair_of(pager_leaf(entry, "destination-prefix"),
				    pager_leaf(entry, "source-prefix"));
	const struct sdprefix *found = bsearch(&p, c->pool, POOL, sizeof(p), by_pair);

	return found ? (size_t)(found - c->pool) : POOL;
}

/* One walk. Between its pages routes come and go, the one where a page ended
 * above all. */
static void walk_once(struct churn *c, const char *path)
{
	bool seen[POOL] = {false};
	size_t last = POOL;
	struct pager p;

	memset(c->touched, 0, sizeof(c->touched));
	pager_begin(&p, c->w->schema, zebra_nb_states, zebra_nb_n_states, path, &c->w->nb, NULL);
	while (pager_next(&p, 1 + prng_below(&c->r, 20))) {
		for (size_t i = 0; i < p.n; i++) {
			size_t k = index_of(c, p.v[i]);

			/* The kernel's helpers are not in the pool. */
			if (k == POOL || *pager_leaf(p.v[i], "helper"))
				continue;
			assert_false(seen[k]);
			assert_true(c->have[k]);
			assert_true(last == POOL || last < k);
			seen[k] = true;
			last = k;
		}
		if (last < POOL && prng_below(&c->r, 2))
			toggle(c, last);
		for (size_t n = prng_below(&c->r, 6); n; n--)
			toggle(c, prng_below(&c->r, POOL));
		settle(c->w);
	}
	pager_end(&p);
	for (size_t i = 0; i < POOL; i++) {
		char text[SDPREFIX_STR];

		if (!c->touched[i] && seen[i] != c->have[i])
			fail_msg("%s: %s was %s", path, sdprefix_str(&c->pool[i], text),
				 seen[i] ? "told" : "left out");
	}
}

static void each_once_whatever_happens(void **state)
{
	struct churn c = {.w = *state, .r = prng_init(20261122)};

	make_pool(&c);
	for (size_t i = 0; i < POOL; i += 2)
		toggle(&c, i);
	settle(c.w);
	for (uint64_t op = 0; op < prng_ops(60); op++) {
		walk_once(&c, ROUTES);
		walk_once(&c, FIB);
	}
}

/* ---- over the wire ---- */

static Mgmt__RpcReply *call(struct fake_mgmtd *f, const char *path, const char *dst,
			    const char *src)
{
	Mgmt__CallRpc call = MGMT__CALL_RPC__INIT;
	Mgmt__Node leaf[2] = {MGMT__NODE__INIT, MGMT__NODE__INIT};
	Mgmt__Node *input[2] = {&leaf[0], &leaf[1]};

	leaf[0].name = (char *)"destination";
	leaf[0].value = (char *)dst;
	leaf[1].name = (char *)"source";
	leaf[1].value = (char *)src;
	call.path = (char *)path;
	call.request = 5;
	call.input = input;
	call.n_input = !dst ? 0 : src ? 2 : 1;
	assert_true(msg_send(f->conn, MGMT__MESSAGE__KIND_CALL_RPC, &call.base));
	return fake_expect(f, MGMT__MESSAGE__KIND_RPC_REPLY)->rpc_reply;
}

static void assert_way(struct fake_mgmtd *f, const char *dst, const char *src, const char *want)
{
	Mgmt__RpcReply *r = call(f, "/srcdest-rib:lookup", dst, src);
	char text[512] = "";

	assert_string_equal(r->error, "");
	for (size_t i = 0; i < r->n_output; i++) {
		size_t at = strlen(text);

		assert_string_equal(r->output[i]->name, "route");
		assert_non_null(pager_child(r->output[i], "entry", 0));
		snprintf(text + at, sizeof(text) - at, "%s|%s ",
			 pager_leaf(r->output[i], "destination-prefix"),
			 pager_leaf(r->output[i], "source-prefix"));
	}
	assert_string_equal(text, want);
}

static const Mgmt__Node *output(const Mgmt__RpcReply *r, const char *name)
{
	for (size_t i = 0; i < r->n_output; i++)
		if (strcmp(r->output[i]->name, name) == 0)
			return r->output[i];
	fail_msg("no %s in the answer", name);
	return NULL;
}

#define EXPLAIN "/srcdest-rib-explain:explain-route"

/* The kernel of this test sends everything by eth7. */
static void assert_explained(struct world *w, const char *dst, const char *src,
			     const char *agreement)
{
	Mgmt__RpcReply *r = call(&w->f, EXPLAIN, dst, src);
	const Mgmt__Node *k;

	assert_string_equal(r->error, "");
	assert_true(pager_fits_rpc(w->schema, EXPLAIN, r->output, r->n_output));
	k = output(r, "kernel");
	assert_string_equal(pager_leaf(k, "agreement"), agreement);
	assert_string_equal(pager_leaf(pager_child(k, "next-hop", 0), "interface"), "eth7");
}

static void operations(void **state)
{
	struct world *w = *state;
	static struct nb_table table;
	struct fake_mgmtd *f = &w->f;

	table.states = zebra_nb_states;
	table.n_states = zebra_nb_n_states;
	table.rpcs = zebra_nb_rpcs;
	table.n_rpcs = zebra_nb_n_rpcs;
	fill(w);
	fake_start(f, w->z.loop, &table, "");
	w->z.nb = nb_new(&table, &w->nb, w->z.loop, f->path, "zebra");
	fake_expect(f, MGMT__MESSAGE__KIND_SUBSCRIBE);

	/* RFC 9079 4: destination first, then source, falling through. */
	assert_way(f, "2001:db8:d::1", "2001:db8:a::1", "2001:db8:d::/48|" A " ");
	assert_way(f, "2001:db8:d::1", "2001:db8:b::1", "2001:db8:d::/48|::/0 ");
	assert_way(f, "2001:db8:1::1", "2001:db8:b::1", "::/0|" B " ");
	assert_way(f, "2001:db8:1::1", "2001:db8:c::1", "");
	assert_way(f, "192.0.2.77", "198.51.100.1", "0.0.0.0/0|0.0.0.0/0 ");
	/* Without a source: whatever the longest destination has. */
	assert_way(f, "2001:db8:d::1", NULL, "2001:db8:d::/48|::/0 2001:db8:d::/48|" A " ");
	assert_way(f, "2001:db8:77::1", NULL, "::/0|" A " ::/0|" B " ");

	assert_string_equal(call(f, "/srcdest-rib:lookup", "::1", "192.0.2.1")->error,
			    "destination and source are of two address families");
	assert_string_equal(call(f, "/srcdest-rib:lookup", NULL, NULL)->error,
			    "destination: '' is not an address");
	assert_explained(w, "2001:db8:d::1", "2001:db8:b::1", "different");
	assert_explained(w, "2001:db8:f::1", "2001:db8:b::1", "expected"); /* same way */
	assert_explained(w, "2001:db8:1::1", "2001:db8:c::1", "different");
	assert_explained(w, "2001:db8:bad::1", "2001:db8:a::1", "different");
	assert_explained(w, "192.0.2.77", "192.0.2.9", "different");
	assert_string_equal(call(f, EXPLAIN, "::1", "192.0.2.1")->error,
			    "::1 from 192.0.2.1: not two addresses of one family");
	assert_string_equal(call(f, "/srcdest-rib:refresh", NULL, NULL)->error, "");
	assert_true(refreshed);
	assert_string_equal(call(f, "/srcdest-fib:check-fib", NULL, NULL)->error, "");
}

static void comparison(void **state)
{
	struct world *w = *state;
	const Mgmt__Node *n;
	struct pager p;

	pager_begin(&p, w->schema, zebra_nb_states, zebra_nb_n_states,
		    "/srcdest-fib:fib-state/check", &w->nb, NULL);
	assert_true(pager_next(&p, 10));
	assert_int_equal(p.n, 1);
	assert_string_equal(pager_leaf(p.v[0], "comparisons"), "1");
	assert_string_equal(pager_leaf(p.v[0], "overruns"), "2");
	assert_string_equal(pager_leaf(pager_child(p.v[0], "drift", 0), "different"), "1");
	n = pager_child(p.v[0], "last", 0);
	assert_string_equal(pager_leaf(n, "equal"), "7");
	assert_string_equal(pager_leaf(n, "unexpected"), "0");
	assert_string_equal(pager_leaf(n, "foreign"), "3");
	assert_string_equal(pager_leaf(n, "duration"), "5");
	assert_string_equal(pager_leaf(n, "rules-equal"), "2");
	assert_string_equal(pager_leaf(n, "rules-unexpected"), "1");
	assert_string_equal(pager_leaf(pager_child(n, "rule-difference", 0), "preference"), "9500");
	n = pager_child(n, "difference", 1);
	assert_string_equal(pager_leaf(n, "destination-prefix"), "2001:db8:2::/48");
	assert_string_equal(pager_leaf(n, "source-prefix"), "::/0");
	assert_string_equal(pager_leaf(n, "kind"), "different");
	pager_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keyed_by_both_prefixes, setup, teardown),
		cmocka_unit_test_setup_teardown(leading_keys_are_fixed, setup, teardown),
		cmocka_unit_test_setup_teardown(tables_are_keyed_by_their_number_first, setup, teardown),
		cmocka_unit_test_setup_teardown(the_kernels_side, setup, teardown),
		cmocka_unit_test_setup_teardown(members_of_an_entry, setup, teardown),
		cmocka_unit_test_setup_teardown(why_a_route_is_withheld, setup, teardown),
		cmocka_unit_test_setup_teardown(interfaces_and_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_and_maps, setup, teardown),
		cmocka_unit_test_setup_teardown(members_of_a_client, setup, teardown),
		cmocka_unit_test_setup_teardown(departed_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(the_forwarding_plane_manager, setup, teardown),
		cmocka_unit_test_setup_teardown(summary, setup, teardown),
		cmocka_unit_test_setup_teardown(each_once_whatever_happens, setup, teardown),
		cmocka_unit_test_setup_teardown(operations, setup, teardown),
		cmocka_unit_test_setup_teardown(comparison, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
