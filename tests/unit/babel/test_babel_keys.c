/* SPDX-License-Identifier: MIT */
/* Key chains: from change records to what is in force at a moment. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_keys.h"
#include "babeld/babel_nb_config.h"
#include "tests/unit/nb/feed.h"

#define NEW_YEAR_2027 INT64_C(1798761600) /* date -ud "2027-01-01" +%s */
#define LEAP_DAY_2028 INT64_C(1835395200) /* date -ud "2028-02-29" +%s */

static const struct {
	const char *text;
	int64_t begin, end; /* begin 0: refused */
} lives[] = {
	{"00:00:00 Jan 1 2027 infinite", NEW_YEAR_2027, KEYS_NEVER},
	{"00:00:00 1 January 2027 infinite", NEW_YEAR_2027, KEYS_NEVER},
	{"00:00:00 Jan  1 2027 infinite", NEW_YEAR_2027, KEYS_NEVER},
	{"06:07:08 Jan 1 2027 duration 60", NEW_YEAR_2027 + 22028, NEW_YEAR_2027 + 22088},
	{"00:00:00 Jan 1 2027 00:00:01 Jan 1 2027", NEW_YEAR_2027, NEW_YEAR_2027 + 1},
	{"00:00:00 Feb 29 2028 00:00:00 29 February 2028", 0, 0},
	{"00:00:00 Jan 1 2027 00:00:00 Feb 29 2028", NEW_YEAR_2027, LEAP_DAY_2028},
	{"00:00:00 Feb 29 2027 infinite", 0, 0},
	{"00:00:00 Feb 30 2028 infinite", 0, 0},
	{"00:00:00 Jna 1 2027 infinite", 0, 0},
	{"00:00:00 Janu 1 2027 infinite", 0, 0},
	{"24:00:00 Jan 1 2027 infinite", 0, 0},
	{"00:00:60 Jan 1 2027 infinite", 0, 0},
	{"00:00:00 Jan 1 2027", 0, 0},
	{"00:00:00 Jan 1 2027 duration 0", 0, 0},
	{"00:00:00 Jan 1 2027 duration 5 more", 0, 0},
	{"00:00:00 Jan 1 2027 infinitely", 0, 0},
	{"00:00:00 Jan 2 2027 00:00:00 Jan 1 2027", 0, 0},
	{"", 0, 0},
};

static void test_lives(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(lives) / sizeof(lives[0]); k++) {
		struct key_life l = {1, 2};
		bool good = key_life_parse(lives[k].text, &l);

		if (good != (lives[k].begin != 0))
			fail_msg("%s", lives[k].text);
		assert_int_equal(l.begin, good ? lives[k].begin : 1);
		assert_int_equal(l.end, good ? lives[k].end : 2);
	}
}

/* ---- change records ---- */

struct fixture {
	struct babel_nb nb;
	char err[256];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	babel_conf_init(&f->nb.conf);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	babel_conf_fini(&f->nb.conf);
	free(f);
	return 0;
}

static bool record(struct fixture *f, enum nb_op op, const char *path, const char *value,
		   const char *chain, const char *id)
{
	return feed(&babel_nb_table, &f->nb, op, path, value, KEYS(chain, id), f->err,
		    sizeof(f->err));
}

static void key(struct fixture *f, const char *chain, const char *id, const char *secret)
{
	assert_true(record(f, NB_CREATE, "key-chains/key-chain", NULL, chain, NULL));
	assert_true(record(f, NB_CREATE, "/key", NULL, chain, id));
	assert_true(record(f, NB_SET, "/cryptographic-algorithm", "hmac-sha-256", chain, id));
	if (secret)
		assert_true(record(f, NB_SET, "/key-string", secret, chain, id));
}

static struct babel_auth in_force(struct fixture *f, const char *chain, int64_t now)
{
	struct babel_auth a = {.enabled = true};

	babel_keys_in_force(&f->nb.conf.keys, chain, now, &a);
	return a;
}

static bool digest(struct fixture *f, const struct babel_key *k, uint8_t out[BABEL_MAC_MAX])
{
	memset(out, 0, BABEL_MAC_MAX);
	return babel_keys_digest(&f->nb.conf.keys, k->handle, span_of("ab", 2), span_of("c", 1),
				 out);
}

static void test_in_force(void **state)
{
	struct fixture *f = *state;
	struct babel_auth a;

	key(f, "home", "7", "seven");
	key(f, "home", "2", "two");
	key(f, "home", "30", NULL); /* no secret: not used */
	key(f, "other", "1", "one");
	a = in_force(f, "home", 0);
	assert_int_equal(a.n, 2);
	assert_int_equal(a.keys[0].id, 2); /* in their order */
	assert_int_equal(a.keys[1].id, 7);
	assert_true(a.keys[0].send && a.keys[0].accept);
	assert_int_equal(a.keys[0].mac_len, 32);
	assert_int_equal(in_force(f, "other", 0).n, 1);
	assert_int_equal(in_force(f, "none", 0).n, 0);
	assert_true(babel_keys_next(&f->nb.conf.keys, 0) == KEYS_NEVER);
	assert_true(record(f, NB_DELETE, "/key", NULL, "home", "2"));
	assert_int_equal(in_force(f, "home", 0).n, 1);
	assert_true(record(f, NB_DELETE, "key-chains/key-chain", NULL, "home", NULL));
	assert_int_equal(in_force(f, "home", 0).n, 0);
}

/* The receiver is ready before the sender begins, and longer than it. */
static void test_lifetimes(void **state)
{
	const int64_t t = NEW_YEAR_2027;
	struct fixture *f = *state;
	struct babel_auth a;

	key(f, "home", "1", "one");
	assert_true(record(f, NB_SET, "/send-lifetime", "00:00:00 Jan 1 2027 duration 100", "home",
			   "1"));
	assert_true(record(f, NB_SET, "/accept-lifetime",
			   "23:59:00 Dec 31 2026 00:02:00 Jan 1 2027", "home", "1"));
	assert_int_equal(in_force(f, "home", t - 61).n, 0);
	a = in_force(f, "home", t - 60);
	assert_true(a.n == 1 && a.keys[0].accept && !a.keys[0].send);
	a = in_force(f, "home", t);
	assert_true(a.n == 1 && a.keys[0].accept && a.keys[0].send);
	a = in_force(f, "home", t + 100);
	assert_true(a.n == 1 && a.keys[0].accept && !a.keys[0].send);
	assert_int_equal(in_force(f, "home", t + 120).n, 0);
	/* Each transition is told of. */
	assert_int_equal(babel_keys_next(&f->nb.conf.keys, t - 1000), t - 60);
	assert_int_equal(babel_keys_next(&f->nb.conf.keys, t - 60), t);
	assert_int_equal(babel_keys_next(&f->nb.conf.keys, t), t + 100);
	assert_int_equal(babel_keys_next(&f->nb.conf.keys, t + 100), t + 120);
	assert_true(babel_keys_next(&f->nb.conf.keys, t + 120) == KEYS_NEVER);
	assert_false(
		record(f, NB_SET, "/send-lifetime", "00:00:00 Feb 30 2027 infinite", "home", "1"));
	assert_non_null(strstr(f->err, "there is no such day"));
	assert_true(record(f, NB_DELETE, "/send-lifetime", NULL, "home", "1"));
	assert_true(record(f, NB_DELETE, "/accept-lifetime", NULL, "home", "1"));
	assert_int_equal(in_force(f, "home", 0).n, 1);
}

/* Another secret or algorithm is another key, for the protocol too. */
static void test_handles(void **state)
{
	uint8_t one[BABEL_MAC_MAX], two[BABEL_MAC_MAX];
	struct fixture *f = *state;
	struct babel_key was, is;

	key(f, "home", "1", "secret");
	was = in_force(f, "home", 0).keys[0];
	assert_true(digest(f, &was, one));
	assert_true(record(f, NB_SET, "/hexadecimal-string", "736563726574", "home", "1"));
	is = in_force(f, "home", 0).keys[0];
	assert_int_not_equal(is.handle, was.handle);
	assert_true(digest(f, &is, two)); /* "secret" in hex */
	assert_memory_equal(one, two, sizeof(one));
	assert_false(digest(f, &was, one));
	was = is;
	assert_true(record(f, NB_SET, "/cryptographic-algorithm", "blake2s-128", "home", "1"));
	is = in_force(f, "home", 0).keys[0];
	assert_int_not_equal(is.handle, was.handle);
	assert_int_equal(is.mac_len, 16);
	assert_true(digest(f, &is, one));
	assert_memory_not_equal(one, two, 16);
	assert_true(record(f, NB_DELETE, "/hexadecimal-string", NULL, "home", "1"));
	assert_int_equal(in_force(f, "home", 0).n, 0);
}

/* No more at a time than the protocol takes; the others are counted. */
static void test_too_many(void **state)
{
	struct fixture *f = *state;
	struct babel_auth a;
	char id[8];

	for (unsigned int k = 0; k < BABEL_KEYS_MAX + 3; k++) {
		snprintf(id, sizeof(id), "%u", k);
		key(f, "home", id, "secret");
	}
	assert_int_equal(babel_keys_in_force(&f->nb.conf.keys, "home", 0, &a), 3);
	assert_int_equal(a.n, BABEL_KEYS_MAX);
	assert_int_equal(a.keys[BABEL_KEYS_MAX - 1].id, BABEL_KEYS_MAX - 1);
}

static struct babel_auth auth_of(const struct babel_conf_if *i)
{
	struct babel_if_config c;

	babel_conf_if_effective(i, BABEL_WIRED, &c);
	return c.auth;
}

static void test_interface(void **state)
{
	struct fixture *f = *state;
	const struct babel_conf_if *i;

	assert_true(feed(&babel_nb_table, &f->nb, NB_CREATE, "/network", NULL, KEYS("e0"), f->err,
			 sizeof(f->err)));
	i = babel_conf_if_find(&f->nb.conf, "e0");
	assert_false(auth_of(i).enabled);
	feed(&babel_nb_table, &f->nb, NB_SET, "/permissive", "true", KEYS("e0"), f->err,
	     sizeof(f->err));
	/* Without keys there is nothing to be permissive about. */
	assert_false(auth_of(i).enabled);
	feed(&babel_nb_table, &f->nb, NB_SET, "authentication/key-chain", "home", KEYS("e0"),
	     f->err, sizeof(f->err));
	feed(&babel_nb_table, &f->nb, NB_SET, "/replay-window", "true", KEYS("e0"), f->err,
	     sizeof(f->err));
	assert_true(auth_of(i).enabled);
	assert_true(auth_of(i).permissive);
	assert_true(auth_of(i).window);
	assert_string_equal(i->set.auth.key_chain, "home");
	feed(&babel_nb_table, &f->nb, NB_DELETE, "authentication/key-chain", NULL, KEYS("e0"),
	     f->err, sizeof(f->err));
	assert_false(auth_of(i).enabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lives),
		cmocka_unit_test_setup_teardown(test_in_force, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lifetimes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_handles, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interface, setup, teardown),
	};

	return cmocka_run_group_tests_name("key chains", tests, NULL, NULL);
}
