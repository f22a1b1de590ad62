/* SPDX-License-Identifier: MIT */
/* Confirmed commits, RFC 6241 8.4, over sessions, clocks and restarts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "tests/unit/mgmtd/fake.h"
#include "tests/unit/mgmtd/rig.h"

static const struct ds_session amy = {1, "amy", "tty"}, bob = {2, "bob", "192.0.2.1 ssh"};

/* A commit of `plain`; 0: of what is running already. */
static enum error_tag commit(struct world *w, unsigned int plain, struct txn_request r)
{
	struct outcome o = {0};
	struct lyd_node *tree;
	enum error_tag tag;
	char top[32];

	snprintf(top, sizeof(top), "'plain':%u", plain);
	tree = plain ? rig_tree(w->schema, top) : edit_dup(ds_tree(w->ds, DS_RUNNING));
	r.source = TXN_TREE;
	r.tree = tree;
	r.by = r.by.id ? r.by : amy;
	r.done = outcome_done;
	r.ctx = &o;
	txn_commit(w->txns, &r);
	lyd_free_all(tree);
	world_run(w);
	assert_int_equal(o.calls, 1);
	tag = o.err.tag;
	outcome_clear(&o);
	return tag;
}

static enum error_tag cancel(struct world *w, const struct ds_session *by, const char *id)
{
	struct outcome o = {0};
	enum error_tag tag;

	txn_cancel(w->txns, by, id, outcome_done, &o);
	world_run(w);
	assert_int_equal(o.calls, 1);
	tag = o.err.tag;
	outcome_clear(&o);
	return tag;
}

static void plain_is(struct world *w, unsigned int plain)
{
	char want[64];

	snprintf(want, sizeof(want), "{'mgmt-test:top':{'plain':%u}}", plain);
	assert_string_equal(rig_print(ds_tree(w->ds, DS_RUNNING)), want);
	if (w->a->d && txn_daemon_synced(w->a->d))
		assert_true(fake_agrees(w->a));
}

static bool left_on_disk(struct world *w)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/confirmed.json", w->dir);
	return access(path, F_OK) == 0;
}

static int setup(void **state)
{
	struct world *w = world_new();

	*state = w;
	assert_int_equal(commit(w, 1, (struct txn_request){0}), ERR_NONE);
	w->events[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

#define CONFIRMED(...) ((struct txn_request){.confirmed = true, .timeout = 60, ##__VA_ARGS__})

static void test_time_out(void **state)
{
	struct world *w = *state;
	struct ds_session by;
	unsigned int left;

	assert_false(txn_pending(w->txns, NULL, NULL));
	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	assert_true(txn_pending(w->txns, &left, &by));
	assert_int_equal(left, 60);
	assert_string_equal(by.user, "amy");
	assert_true(left_on_disk(w));
	world_pass(w, 60 * USEC_PER_SEC - 1);
	plain_is(w, 2);
	world_pass(w, 1);
	plain_is(w, 1);
	assert_false(txn_pending(w->txns, NULL, NULL));
	assert_false(left_on_disk(w));
	assert_string_equal(w->events, "commit start commit timeout");
	assert_string_equal(history_nth(w->history, 0)->user, "mgmtd");
	/* It is over for good. */
	world_pass(w, 1000 * USEC_PER_SEC);
	assert_int_equal(history_count(w->history), 3);
}

static void test_confirm(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	assert_int_equal(commit(w, 0, (struct txn_request){0}), ERR_NONE);
	assert_false(txn_pending(w->txns, NULL, NULL));
	assert_false(left_on_disk(w));
	world_pass(w, 100 * USEC_PER_SEC);
	plain_is(w, 2);
	assert_string_equal(w->events, "commit start complete");
	/* With more of it, too. */
	assert_int_equal(commit(w, 3, CONFIRMED()), ERR_NONE);
	assert_int_equal(commit(w, 4, (struct txn_request){0}), ERR_NONE);
	world_pass(w, 100 * USEC_PER_SEC);
	plain_is(w, 4);
}

static void test_extend(void **state)
{
	struct world *w = *state;
	unsigned int left;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	world_pass(w, 50 * USEC_PER_SEC);
	assert_int_equal(commit(w, 3, ((struct txn_request){.confirmed = true, .timeout = 100})),
			 ERR_NONE);
	txn_pending(w->txns, &left, NULL);
	assert_int_equal(left, 100);
	world_pass(w, 99 * USEC_PER_SEC);
	plain_is(w, 3);
	/* Back to before the first of them. */
	world_pass(w, USEC_PER_SEC);
	plain_is(w, 1);
	assert_string_equal(w->events, "commit start commit extend commit timeout");
}

static void test_default_timeout(void **state)
{
	struct world *w = *state;
	unsigned int left;

	assert_int_equal(commit(w, 2, ((struct txn_request){.confirmed = true})), ERR_NONE);
	txn_pending(w->txns, &left, NULL);
	assert_int_equal(left, 600);
}

/* Nothing is different: it is pending all the same. */
static void test_no_change(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 0, CONFIRMED()), ERR_NONE);
	assert_true(txn_pending(w->txns, NULL, NULL));
	world_restart(w);
	assert_false(txn_pending(w->txns, NULL, NULL));
	plain_is(w, 1);
}

static void test_others(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	assert_int_equal(commit(w, 3, (struct txn_request){.by = bob}), ERR_IN_USE);
	assert_int_equal(commit(w, 3, (struct txn_request){.by = bob, .persist_id = "x"}),
			 ERR_INVALID_VALUE);
	/* A line of the CLI does not confirm by the way, not even its owner's. */
	assert_int_equal(commit(w, 3, (struct txn_request){.direct = true}), ERR_IN_USE);
	assert_int_equal(commit(w, 3, (struct txn_request){.by = bob, .check_only = true}),
			 ERR_NONE);
	assert_int_equal(cancel(w, &bob, NULL), ERR_IN_USE);
	plain_is(w, 2);
	assert_int_equal(cancel(w, &amy, NULL), ERR_NONE);
	plain_is(w, 1);
	assert_int_equal(cancel(w, &amy, NULL), ERR_OPERATION_FAILED);
	assert_string_equal(w->events, "commit start commit cancel");
	assert_int_equal(commit(w, 3, (struct txn_request){.persist_id = "x"}), ERR_INVALID_VALUE);
}

static void test_persist(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED(.persist = "id")), ERR_NONE);
	txn_session_end(w->txns, 1);
	world_run(w);
	plain_is(w, 2);
	/* Without the id not even the session that began it. */
	assert_int_equal(commit(w, 0, (struct txn_request){0}), ERR_IN_USE);
	assert_int_equal(commit(w, 0, (struct txn_request){.by = bob, .persist_id = "no"}),
			 ERR_INVALID_VALUE);
	assert_int_equal(cancel(w, &bob, "no"), ERR_INVALID_VALUE);
	assert_int_equal(commit(w, 0, (struct txn_request){.by = bob, .persist_id = "id"}),
			 ERR_NONE);
	assert_false(txn_pending(w->txns, NULL, NULL));
	assert_int_equal(commit(w, 3, CONFIRMED(.persist = "id")), ERR_NONE);
	assert_int_equal(cancel(w, &bob, "id"), ERR_NONE);
	plain_is(w, 2);
}

static void test_session_lost(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	txn_session_end(w->txns, 2);
	world_run(w);
	plain_is(w, 2);
	txn_session_end(w->txns, 1);
	world_run(w);
	plain_is(w, 1);
	assert_string_equal(w->events, "commit start commit cancel");
}

/* As the command line has it: anyone confirms, nobody's end ends it. */
static void test_lasting(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED(.lasting = true)), ERR_NONE);
	txn_session_end(w->txns, 1);
	world_run(w);
	plain_is(w, 2);
	assert_int_equal(commit(w, 0, (struct txn_request){.by = bob}), ERR_NONE);
	assert_false(txn_pending(w->txns, NULL, NULL));
}

/* ---- mgmtd's own restart ---- */

static void test_restart_in_time(void **state)
{
	struct world *w = *state;
	unsigned int left;

	assert_int_equal(commit(w, 2, CONFIRMED(.persist = "id")), ERR_NONE);
	world_pass(w, 20 * USEC_PER_SEC);
	w->wall += 10; /* it was away */
	world_restart(w);
	plain_is(w, 2);
	assert_true(txn_pending(w->txns, &left, NULL));
	assert_int_equal(left, 30);
	world_pass(w, 30 * USEC_PER_SEC);
	plain_is(w, 1);
	world_restart(w);
	plain_is(w, 1);
	assert_false(txn_pending(w->txns, NULL, NULL));
}

static void test_restart_too_late(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED(.lasting = true)), ERR_NONE);
	w->wall += 61;
	world_restart(w);
	plain_is(w, 1);
	assert_true(fake_agrees(w->a));
	assert_false(left_on_disk(w));
}

/* RFC 6241 8.4.1: its session can't come back. */
static void test_restart_of_session(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	world_restart(w);
	plain_is(w, 1);
}

static void test_restart_confirmed(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED(.persist = "id")), ERR_NONE);
	world_restart(w);
	assert_int_equal(commit(w, 0, (struct txn_request){.persist_id = "id"}), ERR_NONE);
	world_restart(w);
	world_pass(w, 1000 * USEC_PER_SEC);
	plain_is(w, 2);
}

/* A clock that was set back does not make anyone wait for days. */
static void test_clock_set_back(void **state)
{
	struct world *w = *state;
	unsigned int left;

	assert_int_equal(commit(w, 2, CONFIRMED(.persist = "id")), ERR_NONE);
	w->wall -= 1000000;
	world_restart(w);
	assert_true(txn_pending(w->txns, &left, NULL));
	assert_int_equal(left, 60);
}

static void copy_file(const char *from, const char *to)
{
	struct edit_error err = {0};
	size_t n = 0;
	char *text = load_file(from, &n);

	assert_non_null(text);
	assert_true(save_file(to, 0600, text, n, &err));
	free(text);
}

/* A crash between the two files: the way back is written, the commit is not
 * decided; or it is confirmed, and the file not yet removed. */
static void test_crash_between(void **state)
{
	struct world *w = *state;
	char path[256], kept[256], last[256];

	snprintf(path, sizeof(path), "%s/confirmed.json", w->dir);
	snprintf(kept, sizeof(kept), "%s/kept", w->dir);
	snprintf(last, sizeof(last), "%s/history/2.json", w->dir);
	assert_int_equal(commit(w, 2, CONFIRMED(.persist = "id")), ERR_NONE);
	copy_file(path, kept);
	assert_int_equal(commit(w, 3, (struct txn_request){.persist_id = "id"}), ERR_NONE);
	/* Confirmed by commit 3; the file is there again. */
	copy_file(kept, path);
	world_restart(w);
	assert_false(txn_pending(w->txns, NULL, NULL));
	assert_false(left_on_disk(w));
	plain_is(w, 3);
	/* Commit 2 was never decided. */
	copy_file(kept, path);
	unlink(last);
	snprintf(last, sizeof(last), "%s/history/3.json", w->dir);
	unlink(last);
	world_restart(w);
	assert_false(txn_pending(w->txns, NULL, NULL));
	assert_false(left_on_disk(w));
	plain_is(w, 1);
}

static void test_torn_file(void **state)
{
	struct world *w = *state;
	struct edit_error err = {0};
	char path[256];

	snprintf(path, sizeof(path), "%s/confirmed.json", w->dir);
	assert_true(save_file(path, 0600, "{\"first\":1,\"la", 14, &err));
	world_restart(w);
	assert_false(txn_pending(w->txns, NULL, NULL));
	plain_is(w, 1);
}

/* A daemon that refuses the way back is asked again. */
static void test_rollback_refused(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	w->a->on_prepare = REFUSE;
	world_pass(w, 60 * USEC_PER_SEC);
	plain_is(w, 2);
	assert_true(txn_pending(w->txns, NULL, NULL));
	assert_int_equal(cancel(w, &amy, NULL), ERR_OPERATION_FAILED);
	w->a->on_prepare = FINE;
	world_pass(w, 10 * USEC_PER_SEC);
	plain_is(w, 1);
	assert_false(txn_pending(w->txns, NULL, NULL));
}

/* The last moment: a commit that waits before the rollback confirms. */
static void test_race(void **state)
{
	struct world *w = *state;

	assert_int_equal(commit(w, 2, CONFIRMED()), ERR_NONE);
	w->now = mono_add(w->now, 61 * USEC_PER_SEC);
	w->wall += 61;
	assert_int_equal(commit(w, 0, (struct txn_request){0}), ERR_NONE);
	plain_is(w, 2);
	world_pass(w, 100 * USEC_PER_SEC);
	plain_is(w, 2);
	assert_false(txn_pending(w->txns, NULL, NULL));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_time_out),
		TEST(test_confirm),
		TEST(test_extend),
		TEST(test_default_timeout),
		TEST(test_no_change),
		TEST(test_others),
		TEST(test_persist),
		TEST(test_session_lost),
		TEST(test_lasting),
		TEST(test_restart_in_time),
		TEST(test_restart_too_late),
		TEST(test_restart_of_session),
		TEST(test_restart_confirmed),
		TEST(test_clock_set_back),
		TEST(test_crash_between),
		TEST(test_torn_file),
		TEST(test_rollback_refused),
		TEST(test_race),
	};
	char err[64];

	log_open("test_confirm", "file:/dev/null", err, sizeof(err));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
