/* SPDX-License-Identifier: MIT */
/* What a daemon hears for what mgmtd says, and what stays when either dies. */
#include "lib/nb/nb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/base/prng.h"
#include "tests/unit/nb/fake_mgmtd.h"
#include "tests/unit/nb/mirror.h"

#define TOP "/nb-test:top/"

/* The daemon: writes each record down as a line, keeps what follows from them,
 * refuses the value "no". */
struct heard {
	char text[65536];
	unsigned int applied;
	struct mirror state;
};

static const struct nb_node nodes[];
static struct heard heard;

static void hear(void *ctx, const struct nb_change *c)
{
	static const char *const op[] = {"set", "create", "delete"};
	struct heard *h = ctx;
	const char *path = nodes[c->node].path + strlen(TOP);
	char line[MIRROR_LINE];
	size_t n = strlen(h->text);

	mirror_line(line, path, c->keys, c->n_keys, c->value);
	n += (size_t)snprintf(h->text + n, sizeof(h->text) - n, "%s %s\n", op[c->op], line);
	assert_true(n < sizeof(h->text));
	mirror_change(&h->state, path, c);
}

static bool refuse_no(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	(void)ctx;
	if (!c->value || strcmp(c->value, "no"))
		return true;
	snprintf(err, err_size, "%s is not welcome", c->value);
	return false;
}

static void applied(void *ctx)
{
	((struct heard *)ctx)->applied++;
}

/* Numbers from 1 to 5, after the given one. */
static bool page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	int n = ask->n_after ? atoi(ask->after[0]) : 0;

	(void)ctx;
	while (n < 5 && !nb_full(w)) {
		nb_begin(w, "number");
		nb_leaf_fmt(w, "n", "%d", ++n);
		nb_begin(w, "inside");
		nb_leaf_bool(w, "odd", n % 2);
		nb_end(w);
		nb_end(w);
	}
	return n < 5;
}

static bool call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		 unsigned int err_size)
{
	const char *what = nb_input(in, "what");

	(void)ctx;
	if (!what) {
		snprintf(err, err_size, "what?");
		return false;
	}
	nb_leaf(out, "said", what);
	return true;
}

static const struct nb_node nodes[] = {
	{TOP "plain", NULL, hear},
	{TOP "defaulted", refuse_no, hear},
	{TOP "tag", NULL, hear},
	{TOP "presence", NULL, hear},
	{TOP "presence/inner", NULL, hear},
	{TOP "outer", NULL, hear},
	{TOP "outer/nested", NULL, hear},
	{TOP "outer/nested/v", NULL, hear},
};
static const struct nb_state states[] = {{"/nb-test:state/number", page}};
static const struct nb_rpc rpcs[] = {{"/nb-test:say", call}};
static const struct nb_table table = {.nodes = nodes,
				      .n_nodes = sizeof(nodes) / sizeof(nodes[0]),
				      .applied = applied,
				      .states = states,
				      .n_states = 1,
				      .rpcs = rpcs,
				      .n_rpcs = 1};

static struct loop *loop;
static struct nb *nb;
static struct fake_mgmtd fake;

static int setup(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof(heard));
	loop = loop_new();
	fake_start(&fake, loop, &table, TOP);
	nb = nb_new(&table, &heard, loop, fake.path, "tester");
	fake_expect(&fake, MGMT__MESSAGE__KIND_SUBSCRIBE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nb_free(nb);
	fake_stop(&fake);
	loop_free(loop);
	mirror_clear(&heard.state);
	return 0;
}

static void assert_heard(const char *text)
{
	assert_string_equal(heard.text, text);
	heard.text[0] = '\0';
}

static uint64_t txn;

static void full(const char *records)
{
	fake_commit(&fake, ++txn, true, records);
}

static void delta(const char *records)
{
	fake_commit(&fake, ++txn, false, records);
}

static void test_subscribe(void **state)
{
	const Mgmt__Subscribe *s = fake.got->subscribe;

	(void)state;
	assert_string_equal(s->daemon, "tester");
	assert_int_equal(s->n_config, table.n_nodes);
	for (size_t i = 0; i < s->n_config; i++)
		assert_string_equal(s->config[i], nodes[i].path);
	assert_int_equal(s->n_state, 1);
	assert_string_equal(s->state[0], "/nb-test:state/number");
	assert_int_equal(s->n_rpc, 1);
	assert_string_equal(s->rpc[0], "/nb-test:say");
}

/* Nothing is heard before APPLY, all of it then, and once. */
static void test_two_phases(void **state)
{
	(void)state;
	assert_false(nb_synced(nb));
	full("");
	assert_true(nb_synced(nb));
	assert_int_equal(heard.applied, 1);
	fake_prepare(&fake, 100, false, "set plain = 3\ncreate outer [x] [y]\n");
	assert_true(fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED)->prepared->ok);
	assert_heard("");
	fake_apply(&fake, 100);
	fake_expect(&fake, MGMT__MESSAGE__KIND_APPLIED);
	assert_heard("set plain = 3\ncreate outer [x] [y]\n");
	assert_int_equal(heard.applied, 2);
}

static void test_abort(void **state)
{
	(void)state;
	full("set plain = 3\n");
	heard.text[0] = '\0';
	fake_prepare(&fake, 100, false, "delete plain\n");
	assert_true(fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED)->prepared->ok);
	fake_abort(&fake, 100);
	/* An APPLY for it now is for nothing. */
	fake_apply(&fake, 100);
	delta("create tag [p]\n");
	assert_heard("create tag [p]\n");
	full("set plain = 3\ncreate tag [p]\n");
	assert_heard("");
}

/* A new PREPARE says that the last one was given up. */
static void test_prepare_replaces(void **state)
{
	(void)state;
	full("");
	fake_prepare(&fake, 100, false, "set plain = 1\n");
	fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED);
	fake_prepare(&fake, 101, false, "set plain = 2\n");
	fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED);
	fake_apply(&fake, 100);
	fake_apply(&fake, 101);
	assert_int_equal(fake_expect(&fake, MGMT__MESSAGE__KIND_APPLIED)->applied->txn, 101);
	assert_heard("set plain = 2\n");
}

static void test_refusal(void **state)
{
	const Mgmt__Prepared *p;

	(void)state;
	full("set defaulted = fine\n");
	heard.text[0] = '\0';
	fake_prepare(&fake, 100, false, "set plain = 3\nset defaulted = no\n");
	p = fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED)->prepared;
	assert_false(p->ok);
	assert_int_equal(p->change, 1);
	assert_string_equal(p->error, "no is not welcome");
	fake_apply(&fake, 100);
	/* In a full sync the number is that of what was sent, not of what differs. */
	fake_prepare(&fake, 101, true, "set plain = 3\ncreate tag [p]\nset defaulted = no\n");
	p = fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED)->prepared;
	assert_false(p->ok);
	assert_int_equal(p->change, 2);
	full("set defaulted = fine\n");
	assert_heard("");
}

static void test_full_is_a_difference(void **state)
{
	static const char first[] = "set plain = 3\n"
				    "set defaulted = as delivered\n"
				    "create outer [x] [1]\n"
				    "create outer/nested [x] [1] [z]\n"
				    "set outer/nested/v [x] [1] [z] = 1\n"
				    "create outer [x] [2]\n"
				    "create outer/nested [x] [2] [z]\n"
				    "set outer/nested/v [x] [2] [z] = 7\n";

	(void)state;
	full(first);
	assert_heard(first);
	full(first);
	assert_heard("");
	/* The entry goes as a whole; the rest in the order it was sent. */
	full("set defaulted = other\n"
	     "create outer [x] [1]\n"
	     "create outer/nested [x] [1] [z]\n"
	     "set outer/nested/v [x] [1] [z] = 7\n"
	     "create outer/nested [x] [1] [q]\n"
	     "set outer/nested/v [x] [1] [q] = 7\n");
	/* Deletions are first, in no order of their own. */
	if (strncmp(heard.text, "delete outer", 12) == 0)
		assert_heard("delete outer [x] [2]\ndelete plain\n"
			     "set defaulted = other\n"
			     "set outer/nested/v [x] [1] [z] = 7\n"
			     "create outer/nested [x] [1] [q]\n"
			     "set outer/nested/v [x] [1] [q] = 7\n");
	else
		assert_heard("delete plain\ndelete outer [x] [2]\n"
			     "set defaulted = other\n"
			     "set outer/nested/v [x] [1] [z] = 7\n"
			     "create outer/nested [x] [1] [q]\n"
			     "set outer/nested/v [x] [1] [q] = 7\n");
}

/* What deltas did counts in the next full sync, also what went with others. */
static void test_full_after_deltas(void **state)
{
	(void)state;
	full("create presence\nset presence/inner = i\ncreate outer [x] [1]\n"
	     "create outer/nested [x] [1] [z]\nset outer/nested/v [x] [1] [z] = 7\n");
	delta("delete outer [x] [1]\nset presence/inner = j\n");
	heard.text[0] = '\0';
	full("create presence\nset presence/inner = j\n");
	assert_heard("");
	full("create presence\nset presence/inner = j\ncreate outer [x] [1]\n"
	     "create outer/nested [x] [1] [z]\nset outer/nested/v [x] [1] [z] = 7\n");
	assert_heard("create outer [x] [1]\n"
		     "create outer/nested [x] [1] [z]\nset outer/nested/v [x] [1] [z] = 7\n");
	full("");
	/* The leaf and the nested entry are not named: their tops are. */
	assert_non_null(strstr(heard.text, "delete presence\n"));
	assert_non_null(strstr(heard.text, "delete outer [x] [1]\n"));
	assert_int_equal(strlen(heard.text), strlen("delete presence\ndelete outer [x] [1]\n"));
}

/* A new entry in the place of an old one, in one transaction. */
static void test_delete_and_create(void **state)
{
	(void)state;
	full("create outer [x] [1]\ncreate outer/nested [x] [1] [a]\n");
	delta("delete outer [x] [1]\ncreate outer [x] [1]\ncreate outer/nested [x] [1] [b]\n");
	heard.text[0] = '\0';
	full("create outer [x] [1]\ncreate outer/nested [x] [1] [b]\n");
	assert_heard("");
}

static void back(void)
{
	fake_die(&fake);
	fake_expect(&fake, MGMT__MESSAGE__KIND_SUBSCRIBE);
}

/* mgmtd is killed at each step of a commit: what runs stays, a decision that
 * did not arrive was none, and a full sync brings what it says. */
static void test_killed_at_each_step(void **state)
{
	static const char before[] = "set plain = 1\ncreate tag [p]\n";
	static const char after[] = "set plain = 2\ncreate tag [p]\ncreate tag [q]\n";
	static const char change[] = "set plain = 2\ncreate tag [q]\n";

	(void)state;
	for (int step = 0; step < 6; step++) {
		full(before);
		heard.text[0] = '\0';
		if (step > 0)
			fake_prepare(&fake, 1000, false, change);
		if (step > 1)
			fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED);
		if (step == 3)
			fake_abort(&fake, 1000);
		if (step > 3)
			fake_apply(&fake, 1000);
		if (step > 4)
			fake_expect(&fake, MGMT__MESSAGE__KIND_APPLIED);
		back();
		assert_heard(step > 4 ? change : "");
		/* It comes back with what it had decided, or not. */
		full(after);
		assert_heard(step > 4 ? "" : change);
		back();
		full(before);
	}
}

/* An APPLY that mgmtd had sent before it died, and that has arrived, counts. */
static void test_apply_of_a_dead_mgmtd(void **state)
{
	(void)state;
	full("");
	fake_prepare(&fake, 1000, false, "set plain = 2\n");
	fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED);
	fake_apply(&fake, 1000);
	msg_conn_finish(fake.conn, "done");
	fake_expect_lost(&fake);
	fake_expect(&fake, MGMT__MESSAGE__KIND_SUBSCRIBE);
	assert_heard("set plain = 2\n");
}

/* ---- random histories ---- */

struct text {
	char v[65536];
	size_t n;
};

static void put(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->n += (size_t)vsnprintf(t->v + t->n, sizeof(t->v) - t->n, fmt, ap);
	va_end(ap);
	assert_true(t->n < sizeof(t->v));
}

static void random_config(struct prng *r, struct text *t)
{
	t->n = 0;
	t->v[0] = '\0';
	if (prng_below(r, 2))
		put(t, "set plain = %u\n", prng_below(r, 3));
	put(t, "set defaulted = %u\n", prng_below(r, 2));
	for (unsigned int i = 0; i < 3; i++)
		if (prng_below(r, 2))
			put(t, "create tag [%u]\n", i);
	if (prng_below(r, 2)) {
		put(t, "create presence\n");
		if (prng_below(r, 2))
			put(t, "set presence/inner = %u\n", prng_below(r, 3));
	}
	for (unsigned int i = 0; i < 12; i++) {
		if (prng_below(r, 3) == 0)
			continue;
		put(t, "create outer [%u] [%u]\n", i / 4, i % 4);
		for (unsigned int k = 0; k < 3; k++) {
			if (prng_below(r, 2))
				continue;
			put(t, "create outer/nested [%u] [%u] [%u]\n", i / 4, i % 4, k);
			put(t, "set outer/nested/v [%u] [%u] [%u] = %u\n", i / 4, i % 4, k,
			    prng_below(r, 3));
		}
	}
}

/* What the daemon made of all it heard is what the configuration says. */
static void assert_state(const struct text *want)
{
	char *text = strdup(want->v), *rest = text, *line;
	struct mirror m = {0};

	while ((line = strsep(&rest, "\n")))
		if (*line)
			mirror_add(&m, strchr(line, ' ') + 1);
	assert_true(mirror_equal(&heard.state, &m));
	mirror_clear(&m);
	free(text);
}

/* Configurations come, are given up, are cut off by the end of mgmtd; the daemon
 * has at every moment the last one that was decided. */
static void test_random_histories(void **state)
{
	static struct text config, next;
	struct prng r = prng_init(0x6e62);
	uint64_t n = prng_ops(400);

	(void)state;
	random_config(&r, &config);
	full(config.v);
	for (uint64_t i = 0; i < n; i++) {
		bool decided = prng_below(&r, 2);

		random_config(&r, &next);
		heard.text[0] = '\0';
		fake_prepare(&fake, ++txn, true, next.v);
		if (!fake_expect(&fake, MGMT__MESSAGE__KIND_PREPARED)->prepared->ok)
			fail();
		if (!decided)
			fake_abort(&fake, txn);
		if (prng_below(&r, 20) == 0) {
			back();
			decided = false;
		}
		if (decided) {
			fake_apply(&fake, txn);
			fake_expect(&fake, MGMT__MESSAGE__KIND_APPLIED);
			config = next;
		}
		if (decided || prng_below(&r, 4) == 0) {
			heard.text[0] = '\0';
			full(config.v);
			assert_heard("");
		}
		assert_state(&config);
		random_config(&r, &next);
	}
}

/* ---- state, operations, events ---- */

static void test_pages(void **state)
{
	Mgmt__GetState ask = MGMT__GET_STATE__INIT;
	const Mgmt__StatePage *p;
	char after[] = "3", path[] = "/nb-test:state/number", other[] = "/nb-test:nothing";
	char *afters[] = {after};

	(void)state;
	ask.request = 17;
	ask.path = path;
	ask.max = 3;
	msg_send(fake.conn, MGMT__MESSAGE__KIND_GET_STATE, &ask.base);
	p = fake_expect(&fake, MGMT__MESSAGE__KIND_STATE_PAGE)->state_page;
	assert_int_equal(p->request, 17);
	assert_int_equal(p->n_entry, 3);
	assert_true(p->more);
	assert_string_equal(p->error, "");
	assert_string_equal(p->entry[2]->name, "number");
	assert_string_equal(msg_leaf(p->entry[2]->child, p->entry[2]->n_child, "n"), "3");
	assert_string_equal(p->entry[2]->child[1]->child[0]->value, "true");
	ask.after = afters;
	ask.n_after = 1;
	msg_send(fake.conn, MGMT__MESSAGE__KIND_GET_STATE, &ask.base);
	p = fake_expect(&fake, MGMT__MESSAGE__KIND_STATE_PAGE)->state_page;
	assert_int_equal(p->n_entry, 2);
	assert_false(p->more);
	ask.path = other;
	msg_send(fake.conn, MGMT__MESSAGE__KIND_GET_STATE, &ask.base);
	p = fake_expect(&fake, MGMT__MESSAGE__KIND_STATE_PAGE)->state_page;
	assert_string_not_equal(p->error, "");
}

static void test_rpc(void **state)
{
	Mgmt__CallRpc m = MGMT__CALL_RPC__INIT;
	const Mgmt__RpcReply *reply;
	struct nb_writer *w = nb_writer_new(0);
	char path[] = "/nb-test:say";

	(void)state;
	m.path = path;
	msg_send(fake.conn, MGMT__MESSAGE__KIND_CALL_RPC, &m.base);
	reply = fake_expect(&fake, MGMT__MESSAGE__KIND_RPC_REPLY)->rpc_reply;
	assert_string_equal(reply->error, "what?");
	nb_leaf(w, "what", "hello");
	m.input = nb_written(w, &m.n_input);
	m.request = 5;
	msg_send(fake.conn, MGMT__MESSAGE__KIND_CALL_RPC, &m.base);
	reply = fake_expect(&fake, MGMT__MESSAGE__KIND_RPC_REPLY)->rpc_reply;
	assert_string_equal(reply->error, "");
	assert_int_equal(reply->request, 5);
	assert_string_equal(msg_leaf(reply->output, reply->n_output, "said"), "hello");
	nb_writer_free(w);
}

static void test_notify(void **state)
{
	static const struct nb_leaf leaves[] = {{"interface", "eth0"}, {"address", "fe80::1"}};
	const Mgmt__Notify *m;

	(void)state;
	nb_notify(nb, "/nb-test:event", leaves, 2);
	m = fake_expect(&fake, MGMT__MESSAGE__KIND_NOTIFY)->notify;
	assert_string_equal(m->path, "/nb-test:event");
	assert_string_equal(msg_leaf(m->leaf, m->n_leaf, "address"), "fe80::1");
	fake_die(&fake);
	nb_notify(nb, "/nb-test:event", leaves, 2); /* to nobody */
	fake_expect(&fake, MGMT__MESSAGE__KIND_SUBSCRIBE);
}

/* A record that is for nobody here ends the connection; the daemon and what it
 * runs are as before, and it comes back. */
static void test_nonsense(void **state)
{
	Mgmt__Prepare m = MGMT__PREPARE__INIT;
	Mgmt__Change c = MGMT__CHANGE__INIT, *v[] = {&c};
	char key[] = "k", *keys[NB_KEYS_MAX + 1];

	(void)state;
	full("set plain = 3\n");
	heard.text[0] = '\0';
	m.change = v;
	m.n_change = 1;
	for (size_t i = 0; i < NB_KEYS_MAX + 1; i++)
		keys[i] = key;
	c.key = keys;
	for (int what = 0; what < 4; what++) {
		c.node = what == 0 ? (uint32_t)table.n_nodes : 0;
		c.n_key = what == 1 ? NB_KEYS_MAX + 1 : 0;
		c.op = what == 2 ? (Mgmt__Change__Op)7 : MGMT__CHANGE__OP__DELETE;
		m.full = what == 3;
		msg_send(fake.conn, MGMT__MESSAGE__KIND_PREPARE, &m.base);
		fake_expect_lost(&fake);
		fake_expect(&fake, MGMT__MESSAGE__KIND_SUBSCRIBE);
	}
	full("set plain = 3\n");
	assert_heard("");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_subscribe),
		T(test_two_phases),
		T(test_abort),
		T(test_prepare_replaces),
		T(test_refusal),
		T(test_full_is_a_difference),
		T(test_full_after_deltas),
		T(test_delete_and_create),
		T(test_killed_at_each_step),
		T(test_apply_of_a_dead_mgmtd),
		T(test_random_histories),
		T(test_pages),
		T(test_rpc),
		T(test_notify),
		T(test_nonsense),
	};

	return cmocka_run_group_tests_name("nb", tests, NULL, NULL);
}
