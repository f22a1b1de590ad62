/* SPDX-License-Identifier: MIT */
/* RFC 9079 9: filters know sources, and nobody takes our links' traffic over. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/rig_policy.h"

#define LAN  "2001:db8:1::/64"
#define S    " from 2001:db8:a::/48"
#define PART "2001:db8:1::/80"
#define MORE "2001:db8::/48" /* the LAN is a part of it */

struct one {
	struct rig *r;
	struct rig_nb *n;
};

static struct one one(void)
{
	static const char *const links[] = {LAN, "10.1.0.0/16", "::/0", "fe80::/64"};
	struct one t = {.r = rig_new()};

	rig_rules_begin();
	rig_if(t.r, 1);
	rig_if(t.r, 2);
	t.n = rig_nb(t.r, 1, "fe80::1");
	rig_connected(t.r, links, 4);
	rig_pass(t.r, 5 * SEC);
	return t;
}

static bool used(struct one *t, const char *pair)
{
	rig_update(t->n, pair, 0xa, 7, 0);
	return rig_selected(t->r, pair) != NULL;
}

RFC_TEST(9079, "9-a", "a rule on the destination alone stops every source, one on the source its own")
{
	struct one t = one();
	struct filter_rule on_d = {.deny = true, .dst = rig_within("2001:db8:d::/48", 0, 0)};
	struct filter_rule on_s = {.deny = true, .src = rig_within("2001:db8:a::/48", 0, 0)};
	struct filter_rule on_plain = {.deny = true, .src = rig_within("::/0", 0, 0)};

	rig_rule(FILTER_IN, 10, on_d);
	rig_filters(t.r);
	assert_false(used(&t, "2001:db8:d::/48"));
	assert_false(used(&t, "2001:db8:d::/48" S));
	assert_false(used(&t, "2001:db8:d::/48 from 2001:db8:b::/48"));
	assert_true(used(&t, "2001:db8:e::/48" S));
	rig_rule(FILTER_IN, 10, on_s);
	rig_filters(t.r);
	assert_true(used(&t, "2001:db8:d::/48"));
	assert_false(used(&t, "2001:db8:d::/48" S));
	assert_true(used(&t, "2001:db8:d::/48 from 2001:db8:b::/48"));
	assert_false(used(&t, "2001:db8:e::/48" S));
	rig_rule(FILTER_IN, 10, on_plain);
	rig_filters(t.r);
	assert_false(used(&t, "2001:db8:d::/48"));
	assert_true(used(&t, "2001:db8:d::/48" S));
	rig_free(t.r);
}

PLAIN_TEST("a sourced route to a link of ours, or a part of it, is refused and counted")
{
	struct one t = one();
	struct babel_route_view v;

	assert_false(used(&t, LAN S));
	assert_false(used(&t, PART S));
	assert_true(rig_route(t.n, LAN S, &v));
	assert_int_equal(v.refusal, REFUSED_CONNECTED);
	assert_int_equal(v.metric, INF);
	assert_int_equal(rig_choice(t.r, LAN S)->changes, 0);
	assert_int_equal(rig_connected_refused(t.r, 1), 2);
	assert_int_equal(t.r->notes[NOTE_CONNECTED], 2);
	assert_false(used(&t, LAN S)); /* again: counted, but no news */
	assert_int_equal(rig_connected_refused(t.r, 1), 3);
	assert_int_equal(t.r->notes[NOTE_CONNECTED], 2);
	rig_free(t.r);
}

PLAIN_TEST("plain routes, shorter destinations, other links and pairs of the default pass")
{
	struct one t = one();

	assert_true(used(&t, "::/0" S)); /* though ::/0 was told as connected */
	assert_true(used(&t, "::/0"));
	assert_true(used(&t, LAN));
	assert_true(used(&t, PART));
	assert_true(used(&t, MORE S));
	assert_true(used(&t, "2001:db8:2::/64" S));
	assert_int_equal(rig_connected_refused(t.r, 1), 0);
	rig_free(t.r);
}

PLAIN_TEST("no rule opens a link, the knob does, and an edit needs no new Update")
{
	struct one t = one();

	rig_rule(FILTER_IN, 1, (struct filter_rule){.src = rig_within("::/0", 1, 0)});
	rig_filters(t.r);
	assert_false(used(&t, LAN S));
	rig_accept_connected(true);
	rig_filters(t.r);
	assert_ptr_equal(rig_selected(t.r, LAN S), t.n);
	assert_int_equal(rig_choice(t.r, LAN S)->c.kind, CHOICE_ROUTE);
	rig_pass(t.r, SEC);
	rig_accept_connected(false);
	rig_filters(t.r);
	assert_null(rig_selected(t.r, LAN S));
	/* Unreachable would take the link's traffic over, too. */
	assert_int_equal(rig_choice(t.r, LAN S)->c.kind, CHOICE_NONE);
	rig_pass(t.r, SEC);
	assert_int_equal(rig_told(t.r, 2, LAN S), INF);
	rig_free(t.r);
}

PLAIN_TEST("a link that comes takes its prefix back at once, one that goes gives it away")
{
	static const char *const more[] = {"2001:db8:7::/64", LAN};
	struct one t = one();

	assert_true(used(&t, "2001:db8:7::/72" S));
	rig_pass(t.r, SEC);
	rig_connected(t.r, more, 2);
	assert_null(rig_selected(t.r, "2001:db8:7::/72" S));
	assert_int_equal(rig_choice(t.r, "2001:db8:7::/72" S)->c.kind, CHOICE_NONE);
	rig_pass(t.r, SEC);
	assert_int_equal(rig_told(t.r, 2, "2001:db8:7::/72" S), INF);
	rig_connected(t.r, more + 1, 1);
	assert_ptr_equal(rig_selected(t.r, "2001:db8:7::/72" S), t.n);
	assert_false(used(&t, LAN S)); /* the first of them, and the only one */
	rig_connected(t.r, more, 1);   /* as many, but others */
	assert_ptr_equal(rig_selected(t.r, LAN S), t.n);
	assert_null(rig_selected(t.r, "2001:db8:7::/72" S));
	rig_connected(t.r, NULL, 0);
	assert_non_null(rig_selected(t.r, "2001:db8:7::/72" S));
	rig_free(t.r);
}

RFC_MAIN("9079: policy")
