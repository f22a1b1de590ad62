/* SPDX-License-Identifier: MIT */
/* Datastores and locks (RFC 6241 5.1, 7.5, 8.3), private candidates, files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/datastore.h"
#include "tests/unit/mgmtd/rig.h"

static struct schema *schema;
static const struct ds_session amy = {1, "amy", "tty"}, bob = {2, "bob", "192.0.2.1 ssh"};

struct fixture {
	struct datastores *ds;
	unsigned int saves;
	bool full; /* the disk */
	struct edit_error err;
};

static bool save_startup(void *ctx, const struct lyd_node *tree, struct edit_error *err)
{
	struct fixture *f = ctx;

	(void)tree;
	f->saves++;
	if (f->full)
		error_set(err, ERR_RESOURCE_DENIED, NULL, "no space left on device");
	return !f->full;
}

static const struct ds_ops ops = {.save_startup = save_startup};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	schema = rig_schema();
	f->ds = ds_new(schema, &ops, f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	error_clear(&f->err);
	ds_free(f->ds);
	free(f);
	schema_free(schema);
	return 0;
}

static void refused(struct fixture *f, enum error_tag tag, uint32_t session)
{
	assert_int_equal(f->err.tag, tag);
	assert_int_equal(f->err.session, session);
	error_clear(&f->err);
}

static void set_running(struct fixture *f, const char *top)
{
	lyd_free_all(ds_set_running(f->ds, rig_tree(schema, top)));
}

/* As long as nobody has edited it the candidate is running. */
static void test_candidate(void **state)
{
	struct fixture *f = *state;

	set_running(f, "'plain':1");
	assert_string_equal(rig_print(ds_tree(f->ds, DS_CANDIDATE)),
			    "{'mgmt-test:top':{'plain':1}}");
	assert_false(ds_candidate_dirty(f->ds));
	assert_true(ds_write(f->ds, DS_CANDIDATE, &amy, rig_tree(schema, "'plain':2"), &f->err));
	assert_true(ds_candidate_dirty(f->ds));
	set_running(f, "'plain':3");
	assert_string_equal(rig_print(ds_tree(f->ds, DS_CANDIDATE)),
			    "{'mgmt-test:top':{'plain':2}}");
	assert_true(ds_discard(f->ds, &bob, &f->err));
	assert_string_equal(rig_print(ds_tree(f->ds, DS_CANDIDATE)),
			    "{'mgmt-test:top':{'plain':3}}");
}

static void test_locks(void **state)
{
	struct fixture *f = *state;

	assert_true(ds_lock(f->ds, DS_CANDIDATE, &amy, &f->err));
	assert_int_equal(ds_lock_owner(f->ds, DS_CANDIDATE), 1);
	/* Whom it is locked by, in words too. */
	assert_false(ds_lock(f->ds, DS_CANDIDATE, &bob, &f->err));
	assert_non_null(strstr(f->err.message, "amy"));
	assert_non_null(strstr(f->err.message, "tty"));
	refused(f, ERR_LOCK_DENIED, 1);
	assert_false(ds_lock(f->ds, DS_CANDIDATE, &amy, &f->err));
	refused(f, ERR_LOCK_DENIED, 1);
	assert_false(ds_write(f->ds, DS_CANDIDATE, &bob, rig_tree(schema, ""), &f->err));
	refused(f, ERR_IN_USE, 1);
	assert_false(ds_discard(f->ds, &bob, &f->err));
	refused(f, ERR_IN_USE, 1);
	assert_false(ds_unlock(f->ds, DS_CANDIDATE, &bob, &f->err));
	refused(f, ERR_OPERATION_FAILED, 1);
	assert_true(ds_write(f->ds, DS_CANDIDATE, &amy, rig_tree(schema, "'plain':2"), &f->err));
	/* The others are not concerned. */
	assert_true(ds_lock(f->ds, DS_RUNNING, &bob, &f->err));
	assert_true(ds_may_write(f->ds, DS_RUNNING, &(struct ds_session){0}, &f->err));
	assert_false(ds_may_write(f->ds, DS_RUNNING, &amy, &f->err));
	refused(f, ERR_IN_USE, 2);
	/* RFC 6241 8.3.5.2: unlocked means discarded. */
	assert_true(ds_unlock(f->ds, DS_CANDIDATE, &amy, &f->err));
	assert_false(ds_candidate_dirty(f->ds));
	assert_false(ds_unlock(f->ds, DS_CANDIDATE, &amy, &f->err));
	refused(f, ERR_OPERATION_FAILED, 0);
}

static void test_lock_of_dirty(void **state)
{
	struct fixture *f = *state;

	assert_true(ds_write(f->ds, DS_CANDIDATE, &amy, rig_tree(schema, "'plain':2"), &f->err));
	assert_false(ds_lock(f->ds, DS_CANDIDATE, &amy, &f->err));
	refused(f, ERR_LOCK_DENIED, 0);
	assert_true(ds_discard(f->ds, &amy, &f->err));
	assert_true(ds_lock(f->ds, DS_CANDIDATE, &amy, &f->err));
}

static void test_session_end(void **state)
{
	struct fixture *f = *state;

	assert_true(ds_lock(f->ds, DS_CANDIDATE, &amy, &f->err));
	assert_true(ds_lock(f->ds, DS_STARTUP, &amy, &f->err));
	assert_true(ds_lock(f->ds, DS_RUNNING, &bob, &f->err));
	assert_true(ds_write(f->ds, DS_CANDIDATE, &amy, rig_tree(schema, "'plain':2"), &f->err));
	ds_session_end(f->ds, 1);
	assert_int_equal(ds_lock_owner(f->ds, DS_CANDIDATE), 0);
	assert_int_equal(ds_lock_owner(f->ds, DS_STARTUP), 0);
	assert_int_equal(ds_lock_owner(f->ds, DS_RUNNING), 2);
	assert_false(ds_candidate_dirty(f->ds));
}

static void test_startup(void **state)
{
	struct fixture *f = *state;

	assert_true(ds_write(f->ds, DS_STARTUP, &amy, rig_tree(schema, "'plain':2"), &f->err));
	assert_int_equal(f->saves, 1);
	f->full = true;
	assert_false(ds_write(f->ds, DS_STARTUP, &amy, rig_tree(schema, "'plain':3"), &f->err));
	refused(f, ERR_RESOURCE_DENIED, 0);
	assert_string_equal(rig_print(ds_tree(f->ds, DS_STARTUP)), "{'mgmt-test:top':{'plain':2}}");
}

/* ---- private candidates ---- */

static struct edit edit_of(enum edit_op op, const char *leaf, const char *value)
{
	return (struct edit){.op = op, .node = schema_find(schema, leaf), .value = value};
}

static void test_private(void **state)
{
	struct fixture *f = *state;
	struct ds_candidate *c = ds_private_new(f->ds);
	struct edit e[2] = {edit_of(EDIT_SET, "/mgmt-test:top/np/x", "5"),
			    edit_of(EDIT_SET, "/mgmt-test:top/plain", "x")};

	assert_false(ds_private_dirty(c));
	/* Both or none. */
	assert_false(ds_private_edit(c, e, 2, &f->err));
	refused(f, ERR_INVALID_VALUE, 0);
	assert_false(ds_private_dirty(c));
	assert_true(ds_private_edit(c, e, 1, &f->err));
	assert_true(ds_private_dirty(c));
	assert_false(ds_private_stale(c));
	/* What another did meanwhile stays. */
	set_running(f, "'plain':9");
	assert_true(ds_private_stale(c));
	assert_true(ds_private_rebase(c, &f->err));
	assert_false(ds_private_stale(c));
	assert_string_equal(rig_print(ds_private_tree(c)),
			    "{'mgmt-test:top':{'plain':9,'np':{'x':5}}}");
	ds_private_reset(c);
	assert_string_equal(rig_print(ds_private_tree(c)), "{'mgmt-test:top':{'plain':9}}");
	ds_private_free(c);
}

static void test_private_conflict(void **state)
{
	struct fixture *f = *state;
	struct ds_candidate *c;
	struct edit e = edit_of(EDIT_DELETE, "/mgmt-test:top/plain", NULL);

	set_running(f, "'plain':9");
	c = ds_private_new(f->ds);
	assert_true(ds_private_edit(c, &e, 1, &f->err));
	set_running(f, "");
	assert_false(ds_private_rebase(c, &f->err));
	refused(f, ERR_DATA_MISSING, 0);
	assert_true(ds_private_dirty(c));
	ds_private_free(c);
}

static void test_private_replace(void **state)
{
	struct fixture *f = *state;
	struct ds_candidate *c = ds_private_new(f->ds);
	struct edit e = edit_of(EDIT_SET, "/mgmt-test:top/np/x", "5");

	ds_private_replace(c, rig_tree(schema, "'plain':4"));
	assert_true(ds_private_dirty(c));
	assert_true(ds_private_edit(c, &e, 1, &f->err));
	set_running(f, "'tag':['t']");
	assert_true(ds_private_rebase(c, &f->err));
	assert_string_equal(rig_print(ds_private_tree(c)),
			    "{'mgmt-test:top':{'plain':4,'np':{'x':5}}}");
	ds_private_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_candidate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lock_of_dirty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_startup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_private, setup, teardown),
		cmocka_unit_test_setup_teardown(test_private_conflict, setup, teardown),
		cmocka_unit_test_setup_teardown(test_private_replace, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
