/* SPDX-License-Identifier: MIT */
/* Commits on disk: what a crash at any moment leaves is all or nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "mgmtd/history.h"
#include "tests/unit/mgmtd/rig.h"

struct fixture {
	struct schema *schema;
	char *dir;
	struct history *h;
};

static void reopen(struct fixture *f)
{
	char err[256] = "";

	history_free(f->h);
	f->h = history_new(f->schema, f->dir, err, sizeof(err));
	assert_string_equal(err, "");
	assert_non_null(f->h);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->schema = rig_schema();
	f->dir = rig_mkdir();
	reopen(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	history_free(f->h);
	rig_rmdir(f->dir);
	schema_free(f->schema);
	free(f);
	return 0;
}

static bool add(struct fixture *f, unsigned int n)
{
	char top[32], comment[32];
	struct edit_error err = {0};
	struct lyd_node *tree;
	bool fine;

	snprintf(top, sizeof(top), "'plain':%u", n);
	snprintf(comment, sizeof(comment), "number %u", n);
	tree = rig_tree(f->schema, top);
	fine = history_add(f->h,
			   &(struct history_entry){.time = 1000 + n,
						   .user = (char *)"amy",
						   .from = (char *)"tty",
						   .comment = comment},
			   tree, &err);
	assert_int_equal(fine, err.tag == ERR_NONE);
	error_clear(&err);
	lyd_free_all(tree);
	return fine;
}

static void check_nth(struct fixture *f, size_t n, unsigned int plain)
{
	struct edit_error err = {0};
	struct lyd_node *tree;
	char want[64];

	snprintf(want, sizeof(want), "{'mgmt-test:top':{'plain':%u}}", plain);
	assert_true(history_load(f->h, n, &tree, &err));
	assert_string_equal(rig_print(tree), want);
	lyd_free_all(tree);
}

static void test_add(void **state)
{
	struct fixture *f = *state;
	struct lyd_node *tree;
	struct edit_error err = {0};

	assert_int_equal(history_count(f->h), 0);
	assert_int_equal(history_next(f->h), 1);
	assert_true(add(f, 1));
	assert_true(add(f, 2));
	for (int again = 0; again < 2; again++) {
		assert_int_equal(history_count(f->h), 2);
		assert_int_equal(history_next(f->h), 3);
		assert_int_equal(history_nth(f->h, 0)->id, 2);
		assert_int_equal(history_nth(f->h, 0)->time, 1002);
		assert_string_equal(history_nth(f->h, 0)->user, "amy");
		assert_string_equal(history_nth(f->h, 0)->from, "tty");
		assert_string_equal(history_nth(f->h, 1)->comment, "number 1");
		assert_null(history_nth(f->h, 2));
		check_nth(f, 0, 2);
		check_nth(f, 1, 1);
		reopen(f);
	}
	assert_false(history_load(f->h, 2, &tree, &err));
	assert_int_equal(err.tag, ERR_INVALID_VALUE);
	error_clear(&err);
}

static void test_limit(void **state)
{
	struct fixture *f = *state;
	char sub[256];

	snprintf(sub, sizeof(sub), "%s/history", f->dir);
	for (unsigned int i = 1; i <= HISTORY_MAX + 20; i++)
		assert_true(add(f, i));
	assert_int_equal(history_count(f->h), HISTORY_MAX + 1);
	assert_int_equal(rig_files(sub), HISTORY_MAX + 1);
	check_nth(f, 0, HISTORY_MAX + 20);
	check_nth(f, HISTORY_MAX, 20);
	reopen(f);
	assert_int_equal(history_count(f->h), HISTORY_MAX + 1);
	check_nth(f, HISTORY_MAX, 20);
}

static void put(struct fixture *f, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/history/%s", f->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_rights(void **state)
{
	struct fixture *f = *state;
	char path[256];
	struct stat st;

	assert_true(add(f, 1));
	snprintf(path, sizeof(path), "%s/history/1.json", f->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s/history", f->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

/* A crash before the rename: a file of another name, whole or torn. */
static void test_crash_before_decision(void **state)
{
	struct fixture *f = *state;
	char path[256];

	assert_true(add(f, 1));
	put(f, "2.json.new", "{\"id\":2,\"time\":1}\n{\"mgmt-test:top\":{\"pl");
	reopen(f);
	assert_int_equal(history_count(f->h), 1);
	assert_int_equal(history_next(f->h), 2);
	snprintf(path, sizeof(path), "%s/history/2.json.new", f->dir);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(add(f, 2));
	check_nth(f, 0, 2);
}

/* A broken disk, or an editor: nobody falls over it, its number is not used
 * again, and what is whole can still be reached. */
static void test_damage(void **state)
{
	struct fixture *f = *state;
	struct lyd_node *tree;
	struct edit_error err = {0};

	assert_true(add(f, 1));
	put(f, "2.json", "");
	put(f, "3.json", "no JSON\n{}");
	put(f, "4.json", "{\"id\":4}\n{\"mgmt-test:top\":{\"pl");
	put(f, "5.json", "{\"id\":5}\n{\"other:thing\":1}");
	put(f, "6.json", "[1]\n{}");
	put(f, "readme", "not ours");
	put(f, "-7.json", "{}\n{}");
	reopen(f);
	assert_int_equal(history_next(f->h), 7);
	assert_int_equal(history_count(f->h), 3);
	for (size_t i = 0; i < 2; i++) {
		assert_false(history_load(f->h, i, &tree, &err));
		assert_null(tree);
		assert_non_null(err.message);
		error_clear(&err);
	}
	check_nth(f, 2, 1);
	assert_true(add(f, 9));
	assert_int_equal(history_nth(f->h, 0)->id, 7);
}

/* It can't be written: nothing has changed, in memory or on disk. */
static void test_unwritable(void **state)
{
	struct fixture *f = *state;
	char path[256];

	assert_true(add(f, 1));
	/* Where the temporary file would be there is a directory: stops root too. */
	snprintf(path, sizeof(path), "%s/history/2.json.new", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(add(f, 2));
	assert_int_equal(history_count(f->h), 1);
	assert_int_equal(history_next(f->h), 2);
	check_nth(f, 0, 1);
	rmdir(path);
	assert_true(add(f, 2));
}

static void test_save_file(void **state)
{
	struct fixture *f = *state;
	struct edit_error err = {0};
	char path[256], *text;
	struct rlimit was;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/file", f->dir);
	assert_true(save_file(path, 0640, "old", 3, &err));
	assert_true(save_file(path, 0640, "newer", 5, &err));
	text = load_file(path, &n);
	assert_int_equal(n, 5);
	assert_string_equal(text, "newer");
	free(text);
	assert_int_equal(rig_files(f->dir), 2);
	/* A write that stops half-way leaves what was there, and nothing else. */
	getrlimit(RLIMIT_FSIZE, &was);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){4, was.rlim_max});
	assert_false(save_file(path, 0600, "longer than that", 16, &err));
	setrlimit(RLIMIT_FSIZE, &was);
	assert_non_null(strstr(err.message, path));
	error_clear(&err);
	text = load_file(path, &n);
	assert_string_equal(text, "newer");
	free(text);
	assert_int_equal(rig_files(f->dir), 2);
	assert_null(load_file("/nonexistent", &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_add, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rights, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crash_before_decision, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unwritable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_save_file, setup, teardown),
	};

	/* For the test that runs into the limit of a file's size. */
	signal(SIGXFSZ, SIG_IGN);
	log_set_level(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
