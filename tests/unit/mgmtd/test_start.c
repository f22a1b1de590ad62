/* SPDX-License-Identifier: MIT */
/* Which configuration mgmtd begins with: the file, the last commit, or none. */
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
#include "mgmtd/start.h"
#include "tests/unit/mgmtd/rig.h"

#define GOOD "hostname file\n"
#define BAD  "hostname file\nrouter bable\n"

struct fixture {
	struct schema *schema;
	struct grammar *grammar;
	char *dir;
	char config[256], marker[256], log[256];
	struct history *history;
	struct datastores *ds;
};

static void put(const char *path, const char *text)
{
	struct edit_error err = {0};

	assert_true(save_file(path, 0600, text, strlen(text), &err));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *top = getenv("srcdir");
	char err[512] = "", yang[256], target[300];

	snprintf(yang, sizeof(yang), "%s/yang", top ? top : "..");
	f->schema = schema_new(yang, err, sizeof(err));
	assert_string_equal(err, "");
	f->grammar = grammar_new(f->schema->ly, err, sizeof(err));
	assert_string_equal(err, "");
	f->dir = rig_mkdir();
	snprintf(f->config, sizeof(f->config), "%s/conf", f->dir);
	snprintf(f->marker, sizeof(f->marker), "%s/marker", f->dir);
	snprintf(f->log, sizeof(f->log), "%s/log", f->dir);
	snprintf(target, sizeof(target), "file:%s", f->log);
	assert_true(log_open("test_start", target, err, sizeof(err)));
	*state = f;
	return 0;
}

static void stop(struct fixture *f)
{
	ds_free(f->ds);
	history_free(f->history);
	f->ds = NULL;
	f->history = NULL;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char err[64];

	stop(f);
	log_open("test_start", "stderr", err, sizeof(err));
	rig_rmdir(f->dir);
	grammar_free(f->grammar);
	schema_free(f->schema);
	free(f);
	return 0;
}

/* mgmtd starts; `ended`: the one before it had ended of itself. */
static void start(struct fixture *f, bool ended)
{
	struct start_env e = {.schema = f->schema,
			      .grammar = f->grammar,
			      .config = f->config,
			      .statedir = f->dir,
			      .marker = f->marker};
	char err[512] = "";

	stop(f);
	if (ended)
		start_ended(f->marker);
	e.history = f->history = history_new(f->schema, f->dir, err, sizeof(err));
	e.ds = f->ds = ds_new(f->schema, NULL, NULL);
	assert_true(start_configuration(&e, err, sizeof(err)));
	assert_string_equal(err, "");
}

static const char *name_in(const struct lyd_node *tree)
{
	struct lyd_node *n = NULL;

	if (!tree || lyd_find_path(tree, "/srcdest-system:system/hostname", 0, &n))
		return "";
	return lyd_get_value(n);
}

static const char *running(struct fixture *f)
{
	return name_in(ds_tree(f->ds, DS_RUNNING));
}

/* Someone commits a host name without saving it. */
static void commit(struct fixture *f, const char *name)
{
	struct edit e = {.op = EDIT_SET,
			 .node = schema_find(f->schema, "/srcdest-system:system/hostname"),
			 .value = name};
	struct history_entry entry = {.user = (char *)"amy"};
	struct lyd_node *tree = edit_dup(ds_tree(f->ds, DS_RUNNING));
	struct edit_error err = {0};

	assert_true(edit_list(&tree, f->schema->ly, &e, 1, &err));
	assert_true(edit_validate(&tree, f->schema->ly, &err));
	assert_true(history_add(f->history, &entry, tree, &err));
	lyd_free_all(ds_set_running(f->ds, tree));
}

static bool logged(struct fixture *f, const char *what)
{
	size_t n = 0;
	char *text = load_file(f->log, &n);
	bool found = text && strstr(text, what);

	free(text);
	return found;
}

static void test_nothing(void **state)
{
	struct fixture *f = *state;

	start(f, true);
	assert_string_equal(running(f), "");
	/* Running is the newest of the history, whatever it is. */
	assert_int_equal(history_count(f->history), 1);
}

static void test_file(void **state)
{
	struct fixture *f = *state;

	put(f->config, GOOD);
	start(f, true);
	assert_string_equal(running(f), "file");
	assert_string_equal(name_in(ds_tree(f->ds, DS_STARTUP)), "file");
	assert_int_equal(history_count(f->history), 1);
	/* The same again is no commit. */
	start(f, true);
	assert_int_equal(history_count(f->history), 1);
}

/* What was not saved is gone after an orderly end, as in FRR; not after a
 * crash, for the daemons still run it. */
static void test_unsaved(void **state)
{
	struct fixture *f = *state;

	put(f->config, GOOD);
	start(f, true);
	commit(f, "unsaved");
	start(f, false);
	assert_string_equal(running(f), "unsaved");
	assert_string_equal(name_in(ds_tree(f->ds, DS_STARTUP)), "file");
	start(f, true);
	assert_string_equal(running(f), "file");
}

static void test_bad_file(void **state)
{
	struct fixture *f = *state;

	put(f->config, GOOD);
	start(f, true);
	put(f->config, BAD);
	start(f, true);
	assert_string_equal(running(f), "file");
	/* It says so: file, line, and what it goes on with. */
	assert_true(logged(f, "conf:2: "));
	assert_true(logged(f, "last commit"));
}

static void test_bad_file_alone(void **state)
{
	struct fixture *f = *state;

	put(f->config, BAD);
	start(f, true);
	assert_string_equal(running(f), "");
	assert_true(logged(f, "conf:2: "));
	assert_true(logged(f, "nothing is configured"));
}

/* A confirmed commit is pending: its way back leads from the last commit. */
static void test_pending(void **state)
{
	struct fixture *f = *state;
	char path[300];

	put(f->config, GOOD);
	start(f, true);
	commit(f, "pending");
	snprintf(path, sizeof(path), "%s/confirmed.json", f->dir);
	put(path, "{}\n{}\n");
	start(f, true);
	assert_string_equal(running(f), "pending");
}

/* The last commit is broken: the one before, and the log names it. */
static void test_broken_commit(void **state)
{
	struct fixture *f = *state;
	char path[300];

	start(f, true);
	commit(f, "first");
	commit(f, "second");
	snprintf(path, sizeof(path), "%s/history/3.json", f->dir);
	put(path, "{\"id\":3}\n{\"srcdest-sys");
	start(f, false);
	assert_string_equal(running(f), "first");
	assert_true(logged(f, "commit 3 can't be taken"));
	/* Now it is the newest, so that `rollback` counts from it. */
	assert_int_equal(history_nth(f->history, 0)->id, 4);
}

static void test_check(void **state)
{
	struct fixture *f = *state;

	put(f->config, GOOD);
	assert_int_equal(start_check(f->schema, f->grammar, f->config), 0);
	put(f->config, BAD);
	assert_int_equal(start_check(f->schema, f->grammar, f->config), 1);
	unlink(f->config);
	assert_int_equal(start_check(f->schema, f->grammar, f->config), 1);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_nothing),	  TEST(test_file),	     TEST(test_unsaved),
		TEST(test_bad_file),	  TEST(test_bad_file_alone), TEST(test_pending),
		TEST(test_broken_commit), TEST(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
