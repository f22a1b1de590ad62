/* SPDX-License-Identifier: MIT */
/* Commits over two daemons that refuse, die or hang at each step: afterwards
 * all agree. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "tests/unit/mgmtd/fake.h"
#include "tests/unit/mgmtd/rig.h"

static const struct ds_session amy = {1, "amy", "tty"}, bob = {2, "bob", "192.0.2.1 ssh"};

#define OLD \
	"{'mgmt-test:top':{'plain':1,'outer':[{'a':'k','b':1}]},'mgmt-test:far':{" \
	"'route':[{'dst':'d','src':'s','hop':[{'gw':'g'}]}]}}"
/* Deletes, sets and creates with both daemons. */
#define NEW \
	"{'mgmt-test:top':{'plain':2,'outer':[{'a':'l','b':1}]},'mgmt-test:far':{" \
	"'route':[{'dst':'e','src':'s','hop':[{'gw':'g'}]}]}}"

static void commit_tree(struct world *w, const char *json, struct txn_request r, struct outcome *o)
{
	struct lyd_node *tree = rig_json(w->schema, json);

	memset(o, 0, sizeof(*o));
	r.source = TXN_TREE;
	r.tree = tree;
	if (!r.by.id)
		r.by = amy;
	r.done = outcome_done;
	r.ctx = o;
	txn_commit(w->txns, &r);
	lyd_free_all(tree);
	assert_int_equal(o->calls, 0);
	world_run(w);
}

static void must_commit(struct world *w, const char *json)
{
	struct outcome o;

	commit_tree(w, json, (struct txn_request){0}, &o);
	assert_int_equal(o.calls, 1);
	assert_int_equal(o.err.tag, ERR_NONE);
}

static bool running_is(struct world *w, const char *json)
{
	struct lyd_node *want = rig_json(w->schema, json);
	struct change_list l = {0};
	bool same;

	change_diff(&l, ds_tree(w->ds, DS_RUNNING), want);
	same = l.n == 0;
	change_list_clear(&l);
	lyd_free_all(want);
	return same;
}

static int setup(void **state)
{
	struct world *w = world_new();

	must_commit(w, OLD);
	assert_true(fake_agrees(w->a));
	assert_true(fake_agrees(w->b));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

/* ---- one commit ---- */

static void test_commit(void **state)
{
	struct world *w = *state;
	struct outcome o;

	commit_tree(w, NEW, (struct txn_request){.comment = "because"}, &o);
	assert_int_equal(o.calls, 1);
	assert_int_equal(o.err.tag, ERR_NONE);
	assert_int_equal(o.id, 2);
	assert_true(running_is(w, NEW));
	assert_true(fake_agrees(w->a));
	assert_true(fake_agrees(w->b));
	assert_string_equal(history_nth(w->history, 0)->comment, "because");
	assert_string_equal(history_nth(w->history, 0)->user, "amy");
	/* Nobody is bothered with what does not concern him, or with nothing. */
	unsigned int a = w->a->prepares, b = w->b->prepares;

	must_commit(w, "{'mgmt-test:top':{'plain':3,'outer':[{'a':'l','b':1}]},'mgmt-test:far':{"
		       "'route':[{'dst':'e','src':'s','hop':[{'gw':'g'}]}]}}");
	assert_int_equal(w->a->prepares, a + 1);
	assert_int_equal(w->b->prepares, b);
	commit_tree(w,
		    "{'mgmt-test:top':{'plain':3,'outer':[{'a':'l','b':1}]},'mgmt-test:far':{"
		    "'route':[{'dst':'e','src':'s','hop':[{'gw':'g'}]}]}}",
		    (struct txn_request){0}, &o);
	assert_int_equal(o.id, 0);
	assert_int_equal(o.err.tag, ERR_NONE);
	assert_int_equal(w->a->prepares, a + 1);
	assert_string_equal(w->events, "commit commit commit");
}

/* Every deed at every step, of both: 4 x 3 x 4 x 3, answered at once or later. */
static void one_of_all(struct world *w, const int deed[4])
{
	bool fails = deed[0] != FINE || deed[2] != FINE;
	struct outcome o;

	must_commit(w, OLD);
	w->a->on_prepare = (enum deed)deed[0];
	w->a->on_apply = (enum deed)deed[1];
	w->b->on_prepare = (enum deed)deed[2];
	w->b->on_apply = (enum deed)deed[3];
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	world_pass(w, TXN_PREPARE_TIMEOUT);
	world_pass(w, TXN_APPLY_TIMEOUT);
	assert_int_equal(o.calls, 1);
	assert_int_equal(o.err.tag != ERR_NONE, fails);
	assert_true(running_is(w, fails ? OLD : NEW));
	assert_true(txn_idle(w->txns));
	/* Who is left has what running says, and who comes back will have. */
	if (w->a->d)
		assert_true(fake_agrees(w->a));
	else
		fake_connect(w->a);
	if (w->b->d)
		assert_true(fake_agrees(w->b));
	else
		fake_connect(w->b);
	w->a->on_prepare = w->a->on_apply = w->b->on_prepare = w->b->on_apply = FINE;
	world_run(w);
	assert_true(fake_agrees(w->a));
	assert_true(fake_agrees(w->b));
	assert_true(txn_daemon_synced(w->a->d));
	assert_true(txn_daemon_synced(w->b->d));
	outcome_clear(&o);
}

static const enum deed apply_deeds[] = {FINE, DIE, HANG};

static void test_every_failure(void **state)
{
	struct world *w = *state;

	for (int later = 0; later < 2; later++) {
		w->later = later;
		for (int i = 0; i < 4 * 3 * 4 * 3; i++) {
			int deed[4] = {i % 4, apply_deeds[i / 4 % 3], i / 12 % 4,
				       apply_deeds[i / 48]};

			one_of_all(w, deed);
		}
	}
}

static void test_words(void **state)
{
	struct world *w = *state;
	struct outcome o;
	char *text;

	w->b->on_prepare = REFUSE;
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	text = error_text(&o.err);
	assert_string_equal(text, "/mgmt-test:far/route[dst='d'][src='s']: not on a Sunday (far)");
	assert_int_equal(o.err.tag, ERR_OPERATION_FAILED);
	free(text);
	outcome_clear(&o);
	assert_int_equal(w->a->aborts, 1);

	w->b->on_prepare = HANG;
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	world_pass(w, TXN_PREPARE_TIMEOUT - 1);
	assert_int_equal(o.calls, 0);
	world_pass(w, 1);
	assert_string_equal(o.err.message, "it did not answer in time");
	assert_string_equal(o.err.daemon, "far");
	outcome_clear(&o);
}

/* Answers that come too late, twice, or for another one count for nothing. */
static void test_late_answers(void **state)
{
	struct world *w = *state;
	struct outcome o, p;

	w->b->on_prepare = HANG;
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	world_pass(w, TXN_PREPARE_TIMEOUT);
	assert_int_equal(o.err.tag, ERR_OPERATION_FAILED);
	outcome_clear(&o);
	commit_tree(w, NEW, (struct txn_request){0}, &p);
	txn_prepared(w->b->d, w->b->txn - 1, NULL, 0);
	txn_applied(w->b->d, w->b->txn);
	world_run(w);
	assert_int_equal(p.calls, 0);
	txn_prepared(w->b->d, w->b->txn, NULL, 0);
	txn_prepared(w->b->d, w->b->txn, "changed my mind", 0);
	world_run(w);
	assert_int_equal(p.calls, 1);
	assert_int_equal(p.err.tag, ERR_NONE);
	assert_true(fake_agrees(w->b));
	txn_prepared(w->b->d, w->b->txn, "too late", 0);
	world_run(w);
	assert_true(running_is(w, NEW));
}

static void test_check_only(void **state)
{
	struct world *w = *state;
	struct outcome o;

	commit_tree(w, NEW, (struct txn_request){.check_only = true}, &o);
	assert_int_equal(o.err.tag, ERR_NONE);
	assert_int_equal(o.id, 0);
	assert_true(running_is(w, OLD));
	assert_true(fake_agrees(w->a));
	assert_int_equal(w->a->aborts, 1);
	assert_int_equal(w->b->aborts, 1);
	w->a->on_prepare = REFUSE;
	commit_tree(w, NEW, (struct txn_request){.check_only = true}, &o);
	assert_string_equal(o.err.daemon, "top");
	outcome_clear(&o);
}

static void test_invalid(void **state)
{
	struct world *w = *state;
	struct edit e = {.op = EDIT_SET,
			 .node = schema_find(w->schema, "/mgmt-test:top/ref"),
			 .value = "nobody"};
	struct txn_request r = {.source = TXN_EDITS, .edits = &e, .n_edits = 1, .by = amy};
	struct outcome o = {0};
	unsigned int prepares = w->a->prepares;

	r.done = outcome_done;
	r.ctx = &o;
	txn_commit(w->txns, &r);
	world_run(w);
	assert_int_equal(o.err.tag, ERR_DATA_MISSING);
	assert_string_equal(o.err.path, "/mgmt-test:top/ref");
	assert_int_equal(w->a->prepares, prepares);
	outcome_clear(&o);
}

static void test_authorise(void **state)
{
	struct world *w = *state;
	struct outcome o;
	unsigned int prepares = w->a->prepares;

	w->forbidden = "plain";
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	assert_int_equal(o.err.tag, ERR_ACCESS_DENIED);
	assert_string_equal(o.err.path, "/mgmt-test:top/plain");
	assert_true(running_is(w, OLD));
	assert_int_equal(w->a->prepares, prepares);
	outcome_clear(&o);
}

/* ---- the disk ---- */

static void test_disk(void **state)
{
	struct world *w = *state;
	struct outcome o;
	char path[256];

	snprintf(path, sizeof(path), "%s/history/2.json.new", w->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	assert_int_not_equal(o.err.tag, ERR_NONE);
	assert_non_null(strstr(o.err.message, "history/2.json"));
	outcome_clear(&o);
	assert_true(running_is(w, OLD));
	assert_int_equal(w->a->aborts, 1);
	assert_true(fake_agrees(w->a));
	assert_true(fake_agrees(w->b));
	/* Nor is a confirmed commit begun. */
	commit_tree(w, NEW, (struct txn_request){.confirmed = true}, &o);
	outcome_clear(&o);
	assert_false(txn_pending(w->txns, NULL, NULL));
	rmdir(path);
	world_restart(w);
	assert_true(running_is(w, OLD));
	must_commit(w, NEW);
	world_restart(w);
	assert_true(running_is(w, NEW));
	assert_true(fake_agrees(w->a));
}

/* The way back can't be written: then nothing is confirmed either. */
static void test_disk_of_confirmed(void **state)
{
	struct world *w = *state;
	struct outcome o;
	char path[256];

	snprintf(path, sizeof(path), "%s/confirmed.json.new", w->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	commit_tree(w, NEW, (struct txn_request){.confirmed = true}, &o);
	assert_int_not_equal(o.err.tag, ERR_NONE);
	outcome_clear(&o);
	assert_true(running_is(w, OLD));
	assert_true(fake_agrees(w->a));
	assert_int_equal(history_count(w->history), 1);
}

/* ---- sources, locks, the queue ---- */

static void submit(struct world *w, struct txn_request r, struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	r.done = outcome_done;
	r.ctx = o;
	txn_commit(w->txns, &r);
}

static void test_candidate(void **state)
{
	struct world *w = *state;
	struct txn_request r = {.source = TXN_CANDIDATE, .by = amy};
	struct edit_error err = {0};
	struct outcome o;

	assert_true(ds_write(w->ds, DS_CANDIDATE, &amy, rig_json(w->schema, NEW), &err));
	submit(w, r, &o);
	world_run(w);
	assert_int_equal(o.err.tag, ERR_NONE);
	assert_true(running_is(w, NEW));
	assert_false(ds_candidate_dirty(w->ds));
	/* What is edited while the commit is on its way is not lost. */
	assert_true(ds_write(w->ds, DS_CANDIDATE, &amy, rig_json(w->schema, OLD), &err));
	w->later = true;
	submit(w, r, &o);
	txn_run(w->txns);
	assert_int_equal(o.calls, 0);
	assert_true(ds_write(w->ds, DS_CANDIDATE, &bob, rig_json(w->schema, "{}"), &err));
	world_run(w);
	assert_true(running_is(w, OLD));
	assert_true(ds_candidate_dirty(w->ds));
}

static void test_private(void **state)
{
	struct world *w = *state;
	struct ds_candidate *c = ds_private_new(w->ds);
	struct edit e = {.op = EDIT_SET,
			 .node = schema_find(w->schema, "/mgmt-test:top/np/x"),
			 .value = "5"};
	struct txn_request r = {.source = TXN_PRIVATE, .candidate = c, .by = amy};
	struct edit_error err = {0};
	struct outcome o, p;

	assert_true(ds_private_edit(c, &e, 1, &err));
	/* Bob is first in the queue; his change stays. */
	e.node = schema_find(w->schema, "/mgmt-test:top/plain");
	submit(w, (struct txn_request){.source = TXN_EDITS, .edits = &e, .n_edits = 1, .by = bob},
	       &p);
	submit(w, r, &o);
	e.value = "77"; /* it was copied */
	world_run(w);
	assert_int_equal(p.id, 2);
	assert_int_equal(o.id, 3);
	assert_true(running_is(
		w, "{'mgmt-test:top':{'plain':5,'np':{'x':5},'outer':[{'a':'k','b':1}]},"
		   "'mgmt-test:far':{'route':[{'dst':'d','src':'s','hop':[{'gw':'g'}]}]}}"));
	assert_false(ds_private_dirty(c));
	assert_true(fake_agrees(w->a));
	ds_private_free(c);
}

static void test_edit_tree(void **state)
{
	struct world *w = *state;
	struct lyd_node *edit =
		rig_edit(w->schema, "<top xmlns='urn:srcdest:test:mgmt' "
				    "xmlns:nc='urn:ietf:params:xml:ns:netconf:base:1.0'>"
				    "<plain nc:operation='delete'/><np><x>3</x></np></top>");
	struct outcome o;

	submit(w,
	       (struct txn_request){
		       .source = TXN_EDIT_TREE, .tree = edit, .by = amy, .direct = true},
	       &o);
	lyd_free_all(edit);
	world_run(w);
	assert_int_equal(o.err.tag, ERR_NONE);
	assert_true(running_is(
		w, "{'mgmt-test:top':{'np':{'x':3},'outer':[{'a':'k','b':1}]},"
		   "'mgmt-test:far':{'route':[{'dst':'d','src':'s','hop':[{'gw':'g'}]}]}}"));
}

static void test_locked(void **state)
{
	struct world *w = *state;
	struct edit_error err = {0};
	struct outcome o;

	assert_true(ds_lock(w->ds, DS_RUNNING, &bob, &err));
	commit_tree(w, NEW, (struct txn_request){0}, &o);
	assert_int_equal(o.err.tag, ERR_IN_USE);
	assert_non_null(strstr(o.err.message, "bob"));
	outcome_clear(&o);
	commit_tree(w, NEW, (struct txn_request){.by = bob}, &o);
	assert_int_equal(o.err.tag, ERR_NONE);
}

static void test_session_end(void **state)
{
	struct world *w = *state;
	struct edit e = {.op = EDIT_SET,
			 .node = schema_find(w->schema, "/mgmt-test:top/plain"),
			 .value = "5"};
	struct txn_request r = {.source = TXN_EDITS, .edits = &e, .n_edits = 1, .by = amy};
	struct outcome o, p;

	w->later = true;
	submit(w, r, &o);
	txn_run(w->txns);
	e.value = "6";
	submit(w, r, &p);
	/* One is on its way and goes on, the other has not begun. */
	txn_session_end(w->txns, 1);
	world_run(w);
	assert_int_equal(o.calls, 0);
	assert_int_equal(p.calls, 0);
	assert_int_equal(history_count(w->history), 2);
	assert_true(fake_agrees(w->a));
}

static void test_queue_limit(void **state)
{
	struct world *w = *state;
	struct edit e = {.op = EDIT_SET,
			 .node = schema_find(w->schema, "/mgmt-test:top/plain"),
			 .value = "5"};
	struct txn_request r = {.source = TXN_EDITS, .edits = &e, .n_edits = 1, .by = amy};
	struct outcome *o = calloc(TXN_QUEUE_MAX + 1, sizeof(*o));

	for (size_t i = 0; i <= TXN_QUEUE_MAX; i++)
		submit(w, r, &o[i]);
	world_run(w);
	for (size_t i = 0; i < TXN_QUEUE_MAX; i++)
		assert_int_equal(o[i].err.tag, ERR_NONE);
	assert_int_equal(o[TXN_QUEUE_MAX].err.tag, ERR_RESOURCE_DENIED);
	outcome_clear(&o[TXN_QUEUE_MAX]);
	free(o);
}

/* ---- daemons that come ---- */

static void test_late_daemon(void **state)
{
	struct world *w = *state;
	unsigned int fulls;

	fake_die(w->b);
	must_commit(w, NEW);
	fake_connect(w->b);
	assert_false(txn_daemon_synced(w->b->d));
	fulls = w->b->fulls;
	world_run(w);
	assert_int_equal(w->b->fulls, fulls + 1);
	assert_true(txn_daemon_synced(w->b->d));
	assert_true(fake_agrees(w->b));
}

/* It can't take what running says: others go on, and it is asked again. */
static void test_refused_sync(void **state)
{
	struct world *w = *state;

	fake_die(w->b);
	fake_connect(w->b);
	w->b->on_prepare = REFUSE;
	world_run(w);
	assert_false(txn_daemon_synced(w->b->d));
	assert_non_null(txn_refusal(w->txns, w->b->name));
	assert_null(txn_refusal(w->txns, w->a->name));
	must_commit(w, NEW);
	assert_false(txn_daemon_synced(w->b->d));
	w->b->on_prepare = FINE;
	must_commit(w, OLD);
	assert_true(txn_daemon_synced(w->b->d));
	assert_null(txn_refusal(w->txns, w->b->name));
	assert_true(fake_agrees(w->b));
}

static void test_sync_hangs(void **state)
{
	struct world *w = *state;

	fake_die(w->b);
	fake_connect(w->b);
	w->b->on_prepare = HANG;
	world_run(w);
	world_pass(w, TXN_PREPARE_TIMEOUT);
	assert_null(w->b->d);
	fake_connect(w->b);
	w->b->on_apply = HANG;
	world_run(w);
	world_pass(w, TXN_APPLY_TIMEOUT);
	assert_null(w->b->d);
	fake_connect(w->b);
	world_run(w);
	assert_true(fake_agrees(w->b));
}

/* ---- many ---- */

static void test_many_routes(void **state)
{
	struct world *w = *state;
	const struct lysc_node *hop = schema_find(w->schema, "/mgmt-test:far/route/hop");
	size_t n = 10000;
	struct edit *e = calloc(n, sizeof(*e));
	char(*dst)[24] = calloc(n, sizeof(*dst));
	struct outcome o;

	for (size_t i = 0; i < n; i++) {
		snprintf(dst[i], sizeof(dst[i]), "2001:db8:%zx::/48", i);
		e[i] = (struct edit){.op = EDIT_CREATE, .node = hop, .n_keys = 3};
		e[i].keys[0] = dst[i];
		e[i].keys[1] = "::/0";
		e[i].keys[2] = "fe80::1";
	}
	submit(w, (struct txn_request){.source = TXN_EDITS, .edits = e, .n_edits = n, .by = amy},
	       &o);
	world_run(w);
	assert_int_equal(o.err.tag, ERR_NONE);
	assert_true(fake_agrees(w->b));
	assert_int_equal(w->b->n_have, 3 * (n + 1));
	free(dst);
	free(e);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_commit),	 TEST(test_every_failure), TEST(test_words),
		TEST(test_late_answers), TEST(test_check_only),	   TEST(test_invalid),
		TEST(test_authorise),	 TEST(test_disk),	   TEST(test_disk_of_confirmed),
		TEST(test_candidate),	 TEST(test_private),	   TEST(test_edit_tree),
		TEST(test_locked),	 TEST(test_session_end),   TEST(test_queue_limit),
		TEST(test_late_daemon),	 TEST(test_refused_sync),  TEST(test_sync_hangs),
		TEST(test_many_routes),
	};

	/* Daemons that refuse are said to refuse; not here. */
	char err[64];

	log_open("test_txn", "file:/dev/null", err, sizeof(err));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
