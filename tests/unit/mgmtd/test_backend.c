/* SPDX-License-Identifier: MIT */
/*
 * Commits over two daemons by real sockets, with lib/nb at the other end: each
 * of the three processes is killed at each step, and afterwards all agree.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/nb/msg.h"
#include "lib/nb/nb.h"
#include "mgmtd/backend.h"
#include "tests/unit/mgmtd/rig.h"
#include "tests/unit/nb/mirror.h"

#define DEADLINE (60 * USEC_PER_SEC)

static void step(void);

/* ---- two daemons ---- */

struct daemon_ {
	const char *name;
	const struct nb_table *table;
	struct nb *nb;
	struct mirror has;
	unsigned int applied;
};

static bool take(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	(void)ctx;
	step();
	if (!c->value || strcmp(c->value, "99"))
		return true;
	snprintf(err, err_size, "99 is not welcome");
	return false;
}

static void hear(void *ctx, const struct nb_change *c)
{
	struct daemon_ *d = ctx;

	step();
	mirror_change(&d->has, d->table->nodes[c->node].path, c);
}

static void applied(void *ctx)
{
	((struct daemon_ *)ctx)->applied++;
	step();
}

#define LAST_NUMBER 2500
static unsigned int pages;

static bool page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	unsigned long n = ask->n_after ? strtoul(ask->after[0], NULL, 10) : 0;
	unsigned long last = ask->n_keys ? strtoul(ask->keys[0], NULL, 10) : LAST_NUMBER;

	(void)ctx;
	pages++;
	if (ask->n_keys)
		n = last - 1;
	while (n < last && !nb_full(w)) {
		nb_begin(w, "number");
		nb_leaf_u64(w, "n", ++n);
		nb_begin(w, "inside");
		nb_leaf_bool(w, "odd", n % 2);
		nb_end(w);
		nb_end(w);
	}
	return n < last;
}

static bool say(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		unsigned int err_size)
{
	const char *what = nb_input(in, "what");

	(void)ctx;
	if (what)
		nb_leaf(out, "said", what);
	else
		snprintf(err, err_size, "nothing to say");
	return what != NULL;
}

#define A "/mgmt-test:top/"
#define B "/mgmt-test:far/route"
static const struct nb_node a_nodes[] = {
	{A "plain", take, hear},	{A "tag", take, hear},
	{A "presence", take, hear},	{A "presence/inner", take, hear},
	{A "outer", take, hear},	{A "outer/v", take, hear},
	{A "outer/nested", take, hear}, {A "outer/nested/w", take, hear},
};
static const struct nb_node b_nodes[] = {
	{B, take, hear}, {B "/hop", take, hear}, {B "/hop/distance", take, hear}};
static const struct nb_state a_states[] = {{"/mgmt-test-state:numbers/number", page}};
static const struct nb_rpc b_rpcs[] = {{"/mgmt-test-state:say", say}};
static const struct nb_table a_table = {.nodes = a_nodes,
					.n_nodes = sizeof(a_nodes) / sizeof(a_nodes[0]),
					.applied = applied,
					.states = a_states,
					.n_states = 1};
static const struct nb_table b_table = {.nodes = b_nodes,
					.n_nodes = sizeof(b_nodes) / sizeof(b_nodes[0]),
					.applied = applied,
					.rpcs = b_rpcs,
					.n_rpcs = 1};

/* ---- the world ---- */

enum victim { ALPHA, BETA, MGMTD, NOBODY };

static struct {
	struct loop *loop;
	struct schema *schema;
	char *dir, path[300];
	struct history *history;
	struct datastores *ds;
	struct txns *txns;
	struct loop_timer *wake, *killer, *poll;
	struct backend *backend;
	struct daemon_ d[2];
	/* Steps of the commit on its way, and at which of them who is killed. */
	bool counting;
	unsigned int steps, kill_at;
	enum victim victim;
	mono_t deadline;
	bool (*until)(void);
	char notified[128];
} w;

static void step(void)
{
	if (w.counting && ++w.steps == w.kill_at)
		loop_timer_at(w.killer, loop_now(w.loop));
}

static mono_t env_now(void *ctx)
{
	(void)ctx;
	return loop_now(w.loop);
}

static int64_t env_wall(void *ctx)
{
	(void)ctx;
	return 1000;
}

static void env_wake(void *ctx, mono_t at)
{
	(void)ctx;
	loop_timer_at(w.wake, at);
}

static bool env_authorise(void *ctx, const struct ds_session *by, const struct change_list *changes,
			  struct edit_error *err)
{
	(void)ctx;
	(void)by;
	(void)changes;
	(void)err;
	step();
	return true;
}

static const struct txn_env env = {
	.now = env_now, .wall = env_wall, .wake = env_wake, .authorise = env_authorise};

static void wake_due(void *ctx)
{
	(void)ctx;
	txn_run(w.txns);
}

static void notified(void *ctx, const char *daemon, const struct lysc_node *node,
		     Mgmt__Node *const *leaf, size_t n)
{
	(void)ctx;
	snprintf(w.notified, sizeof(w.notified), "%s %s %s", daemon, node->name,
		 msg_leaf(leaf, n, "where"));
}

static void mgmtd_start(void)
{
	static const struct backend_ops ops = {.notify = notified};
	struct edit_error e = {0};
	struct lyd_node *tree = NULL;
	char err[512];

	w.history = history_new(w.schema, w.dir, err, sizeof(err));
	assert_non_null(w.history);
	w.ds = ds_new(w.schema, NULL, NULL);
	if (history_count(w.history)) {
		assert_true(history_load(w.history, 0, &tree, &e));
		lyd_free_all(ds_set_running(w.ds, tree));
	}
	w.wake = loop_timer_new(w.loop, wake_due, NULL);
	w.txns = txns_new(w.ds, w.history, w.dir, &env);
	w.backend = backend_new(w.loop, w.schema, w.txns, w.path, &ops, NULL, err, sizeof(err));
	assert_non_null(w.backend);
}

static void mgmtd_stop(void)
{
	backend_free(w.backend);
	txns_free(w.txns);
	loop_timer_free(w.wake);
	ds_free(w.ds);
	history_free(w.history);
}

static void daemon_start(struct daemon_ *d)
{
	d->nb = nb_new(d->table, d, w.loop, w.path, d->name);
}

/* What it ran is gone with it. */
static void daemon_stop(struct daemon_ *d)
{
	nb_free(d->nb);
	mirror_clear(&d->has);
}

static void kill_due(void *ctx)
{
	(void)ctx;
	switch (w.victim) {
	case ALPHA:
	case BETA:
		daemon_stop(&w.d[w.victim]);
		daemon_start(&w.d[w.victim]);
		break;
	case MGMTD:
		mgmtd_stop();
		mgmtd_start();
		break;
	case NOBODY:
		break;
	}
}

static void poll_due(void *ctx)
{
	(void)ctx;
	if (w.until() || mono_before(w.deadline, loop_now(w.loop)))
		loop_stop(w.loop);
	else
		loop_timer_at(w.poll, mono_add(loop_now(w.loop), USEC_PER_MSEC));
}

static void run_until(bool (*until)(void))
{
	w.until = until;
	w.deadline = mono_add(loop_now(w.loop), DEADLINE);
	loop_timer_at(w.poll, loop_now(w.loop));
	loop_run(w.loop);
	assert_true(until());
}

static bool row_has(const struct nb_table *t, const char *path)
{
	for (size_t i = 0; i < t->n_nodes; i++)
		if (strcmp(t->nodes[i].path, path) == 0)
			return true;
	return false;
}

/* It has what running says, by mgmtd's own tree and not by what was sent. */
static bool agrees(struct daemon_ *d)
{
	struct change_list all = {0};
	struct mirror want = {0};
	bool same;

	change_diff(&all, NULL, ds_tree(w.ds, DS_RUNNING));
	for (size_t i = 0; i < all.n; i++) {
		const struct change *c = &all.v[i];
		char path[256], line[MIRROR_LINE];

		lysc_path(c->node, LYSC_PATH_DATA, path, sizeof(path));
		if (!row_has(d->table, path))
			continue;
		mirror_line(line, path, c->keys, c->n_keys, c->value);
		mirror_add(&want, line);
	}
	same = mirror_equal(&d->has, &want);
	mirror_clear(&want);
	change_list_clear(&all);
	return same;
}

static bool all_well(void)
{
	return txn_idle(w.txns) && backend_has_daemon(w.backend, "alpha") &&
	       backend_has_daemon(w.backend, "beta") && nb_synced(w.d[0].nb) &&
	       nb_synced(w.d[1].nb) && agrees(&w.d[0]) && agrees(&w.d[1]);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.loop = loop_new();
	w.schema = rig_schema();
	w.dir = rig_mkdir();
	snprintf(w.path, sizeof(w.path), "%s/" MSG_BACKEND_SOCKET, w.dir);
	w.killer = loop_timer_new(w.loop, kill_due, NULL);
	w.poll = loop_timer_new(w.loop, poll_due, NULL);
	w.d[0] = (struct daemon_){.name = "alpha", .table = &a_table};
	w.d[1] = (struct daemon_){.name = "beta", .table = &b_table};
	mgmtd_start();
	daemon_start(&w.d[0]);
	daemon_start(&w.d[1]);
	run_until(all_well);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	daemon_stop(&w.d[0]);
	daemon_stop(&w.d[1]);
	mgmtd_stop();
	loop_timer_free(w.killer);
	loop_timer_free(w.poll);
	schema_free(w.schema);
	rig_rmdir(w.dir);
	loop_free(w.loop);
	return 0;
}

/* ---- commits ---- */

static unsigned int done;
static char refused[256];

static void commit_done(void *ctx, const struct edit_error *err, uint64_t id)
{
	char *text = err ? error_text(err) : NULL;

	(void)ctx;
	(void)id;
	done++;
	snprintf(refused, sizeof(refused), "%s", text ? text : "");
	free(text);
}

static bool is_done(void)
{
	return done > 0;
}

static void commit_start(const char *json)
{
	struct lyd_node *tree = rig_json(w.schema, json);
	struct txn_request r = {.source = TXN_TREE,
				.tree = tree,
				.by = {.id = 7, .user = "me", .from = "here"},
				.done = commit_done};

	done = 0;
	txn_commit(w.txns, &r);
	lyd_free_all(tree);
}

static const char *commit(const char *json)
{
	commit_start(json);
	run_until(is_done);
	return refused;
}

static const char before[] =
	"{'mgmt-test:top':{'plain':1,'tag':['p','q'],'outer':[{'a':'x','b':1,'v':3,"
	"'nested':[{'c':'n'}]}]},"
	"'mgmt-test:far':{'route':[{'dst':'d','src':'s','hop':[{'gw':'g'}]}]}}";
static const char after[] =
	"{'mgmt-test:top':{'plain':2,'tag':['q'],'presence':{'inner':'i'},"
	"'outer':[{'a':'y','b':1}]},"
	"'mgmt-test:far':{'route':[{'dst':'d','src':'s','hop':[{'gw':'h','distance':9}]}]}}";

static void test_commit(void **state)
{
	(void)state;
	assert_string_equal(commit(before), "");
	assert_true(all_well());
	assert_int_equal(w.d[1].has.n, 3);
	assert_string_equal(commit(after), "");
	assert_true(all_well());
}

/* One says no: neither has anything of it. */
static void test_refusal(void **state)
{
	unsigned int applied;

	(void)state;
	assert_string_equal(commit(before), "");
	applied = w.d[0].applied;
	assert_string_equal(commit("{'mgmt-test:top':{'plain':5},'mgmt-test:far':{'route':["
				   "{'dst':'d','src':'s','hop':[{'gw':'g','distance':99}]}]}}"),
			    "/mgmt-test:far/route[dst='d'][src='s']/hop[gw='g']/distance: "
			    "99 is not welcome (beta)");
	assert_true(all_well());
	assert_int_equal(w.d[0].applied, applied);
}

static bool beta_is_gone(void)
{
	return !backend_has_daemon(w.backend, "beta");
}

/* Late daemons get their part; one that is not there is no reason to refuse. */
static void test_late_daemon(void **state)
{
	(void)state;
	daemon_stop(&w.d[1]);
	w.d[1].nb = NULL;
	run_until(beta_is_gone);
	assert_string_equal(commit(before), "");
	daemon_start(&w.d[1]);
	run_until(all_well);
	assert_int_equal(w.d[1].has.n, 3);
}

static bool is_new(void)
{
	const struct lyd_node *n;

	return lyd_find_path(ds_tree(w.ds, DS_RUNNING), "/mgmt-test:top/presence", 0,
			     (struct lyd_node **)&n) == LY_SUCCESS;
}

/* How many steps the commit takes that nobody disturbs. */
static unsigned int count_steps(void)
{
	assert_string_equal(commit(before), "");
	w.kill_at = 0;
	w.steps = 0;
	w.counting = true;
	assert_string_equal(commit(after), "");
	w.counting = false;
	return w.steps;
}

static void test_killed_at_each_step(void **state)
{
	unsigned int n = count_steps(), news = 0, olds = 0;

	(void)state;
	assert_true(n > 10);
	for (unsigned int victim = ALPHA; victim < NOBODY; victim++) {
		for (unsigned int at = 1; at <= n; at++) {
			assert_string_equal(commit(before), "");
			run_until(all_well);
			w.victim = (enum victim)victim;
			w.steps = 0;
			w.kill_at = at;
			w.counting = true;
			commit_start(after);
			if (victim != MGMTD) {
				run_until(is_done);
				/* What the front end was told is what is. */
				assert_int_equal(is_new(), refused[0] == '\0');
			}
			/* Agreeing on the old is no end while the commit is on its way. */
			run_until(all_well);
			w.counting = false;
			if (w.steps < at)
				print_message("step %u of %u was not reached\n", at, n);
			news += is_new();
			olds += !is_new();
		}
	}
	/* Both ends of a commit were seen. */
	assert_true(news > 0 && olds > 0);
}

/* ---- state, operations, events ---- */

static struct {
	unsigned int calls, entries;
	unsigned long next;
	bool more, wrong;
	char error[128];
} got;

static void got_page(void *ctx, const struct backend_page *p)
{
	(void)ctx;
	got.calls++;
	for (size_t i = 0; i < p->n; i++) {
		const char *n = msg_leaf(p->entry[i]->child, p->entry[i]->n_child, "n");

		got.wrong |= !n || strtoul(n, NULL, 10) != ++got.next;
		got.entries++;
	}
	got.more = p->more;
	snprintf(got.error, sizeof(got.error), "%s", p->error ? p->error : "");
}

static bool is_got(void)
{
	return got.calls > 0;
}

static void ask(struct backend_walk *walk)
{
	got.calls = 0;
	backend_walk_next(walk);
	assert_int_equal(got.calls, 0);
	run_until(is_got);
}

static const struct lysc_node *numbers(void)
{
	return schema_find(w.schema, "/mgmt-test-state:numbers/number");
}

static void walk_all(void)
{
	struct backend_walk *walk =
		backend_walk_new(w.backend, numbers(), NULL, 0, 400, got_page, NULL);

	memset(&got, 0, sizeof(got));
	do
		ask(walk);
	while (got.more);
	assert_string_equal(got.error, "");
	assert_false(got.wrong);
	assert_int_equal(got.entries, LAST_NUMBER);
	backend_walk_free(walk);
}

static void test_walk(void **state)
{
	struct backend_walk *walk;

	(void)state;
	pages = 0;
	walk_all();
	assert_int_equal(pages, (LAST_NUMBER + 399) / 400);
	/* One by its key. */
	walk = backend_walk_new(w.backend, numbers(), (const char *[]){"17"}, 1, 0, got_page, NULL);
	got.next = 16;
	got.entries = 0;
	ask(walk);
	assert_false(got.wrong || got.more);
	assert_int_equal(got.entries, 1);
	backend_walk_free(walk);
	assert_ptr_equal(backend_state_of(w.backend, lysc_node_child(numbers())), numbers());
}

static void walk_lost(bool begun, const char *error)
{
	struct backend_walk *walk =
		backend_walk_new(w.backend, numbers(), NULL, 0, 400, got_page, NULL);

	memset(&got, 0, sizeof(got));
	if (begun)
		ask(walk);
	got.calls = 0;
	backend_walk_next(walk);
	daemon_stop(&w.d[0]);
	w.d[0].nb = NULL;
	run_until(is_got);
	assert_non_null(strstr(got.error, error));
	assert_false(got.more);
	/* And again: nobody is there. */
	ask(walk);
	assert_non_null(strstr(got.error, begun ? "gone" : ""));
	assert_false(got.more);
	backend_walk_free(walk);
	daemon_start(&w.d[0]);
	run_until(all_well);
}

static void test_walk_of_a_lost_daemon(void **state)
{
	struct backend_walk *walk;

	(void)state;
	walk_lost(false, "alpha is gone");
	walk_lost(true, "alpha is gone");
	/* Given up while an answer is on its way: the answer harms nobody. */
	walk = backend_walk_new(w.backend, numbers(), NULL, 0, 400, got_page, NULL);
	got.calls = 0;
	backend_walk_next(walk);
	backend_walk_free(walk);
	walk_all();
}

static void test_entry_tree(void **state)
{
	struct nb_writer *nodes = nb_writer_new(0);
	struct lyd_node *tree, *entry;
	Mgmt__Node **v;
	size_t n;
	char *text;

	(void)state;
	nb_begin(nodes, "number");
	nb_leaf(nodes, "n", "5");
	nb_begin(nodes, "inside");
	nb_leaf(nodes, "odd", "true");
	nb_leaf(nodes, "even", "no such leaf");
	nb_end(nodes);
	nb_end(nodes);
	nb_begin(nodes, "number");
	nb_end(nodes);
	v = nb_written(nodes, &n);
	assert_int_equal(n, 2);
	tree = backend_entry_tree(w.schema, numbers(), NULL, 0, v[0], &entry);
	assert_non_null(tree);
	assert_string_equal(entry->schema->name, "number");
	lyd_print_mem(&text, tree, LYD_JSON, LYD_PRINT_SHRINK);
	assert_string_equal(text, "{\"mgmt-test-state:numbers\":{\"number\":[{\"n\":5,"
				  "\"inside\":{\"odd\":true}}]}}");
	free(text);
	lyd_free_all(tree);
	/* Without its key it is no entry. */
	assert_null(backend_entry_tree(w.schema, numbers(), NULL, 0, v[1], &entry));
	nb_writer_free(nodes);
}

static char said[128];

static void call_done(void *ctx, const char *error, Mgmt__Node *const *output, size_t n)
{
	const char *text = msg_leaf(output, n, "said");

	(void)ctx;
	done++;
	snprintf(said, sizeof(said), "%s", error ? error : text ? text : "?");
}

static void call(const char *what)
{
	const struct lysc_node *rpc = schema_find(w.schema, "/mgmt-test-state:say");
	struct lyd_node *input = NULL;

	assert_int_equal(lyd_new_inner(NULL, rpc->module, "say", 0, &input), 0);
	if (what)
		assert_int_equal(lyd_new_term(input, NULL, "what", what, 0, NULL), 0);
	done = 0;
	backend_call_new(w.backend, rpc, input, call_done, NULL);
	assert_int_equal(done, 0);
	lyd_free_all(input);
}

static void test_rpc(void **state)
{
	(void)state;
	call("hello");
	run_until(is_done);
	assert_string_equal(said, "hello");
	call(NULL);
	run_until(is_done);
	assert_string_equal(said, "nothing to say");
	call("hello");
	daemon_stop(&w.d[1]);
	w.d[1].nb = NULL;
	run_until(is_done);
	assert_non_null(strstr(said, "beta is gone"));
	call("hello");
	run_until(is_done);
	assert_string_equal(said, "no daemon that does this is running");
	daemon_start(&w.d[1]);
	run_until(all_well);
}

static bool is_notified(void)
{
	return w.notified[0] != '\0';
}

static void test_notification(void **state)
{
	static const struct nb_leaf leaf = {"where", "here"};

	(void)state;
	nb_notify(w.d[0].nb, "/mgmt-test-state:nothing", &leaf, 1);
	nb_notify(w.d[0].nb, "/mgmt-test-state:happened", &leaf, 1);
	run_until(is_notified);
	assert_string_equal(w.notified, "alpha happened here");
}

/* ---- who is no daemon ---- */

static const char *ended;

static void no_message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	(void)ctx;
	(void)c;
	(void)m;
}

static void conn_ended(void *ctx, struct msg_conn *c, const char *why)
{
	(void)ctx;
	(void)why;
	msg_conn_free(c);
	ended = "ended";
}

static bool is_ended(void)
{
	return ended != NULL;
}

static struct msg_conn *stranger(void)
{
	static const struct msg_ops ops = {.message = no_message, .closed = conn_ended};
	static const struct msg_limits limits = {~UINT32_C(0), MSG_MAX_TXN, MSG_MAX_TXN};

	ended = NULL;
	return msg_conn_new(w.loop, unix_connect(w.path), &limits, &ops, NULL, "mgmtd");
}

static void subscribe(struct msg_conn *c, const char *name, const char *config)
{
	Mgmt__Subscribe m = MGMT__SUBSCRIBE__INIT;
	char *paths[] = {(char *)config};

	m.daemon = (char *)name;
	m.config = paths;
	m.n_config = 1;
	msg_send(c, MGMT__MESSAGE__KIND_SUBSCRIBE, &m.base);
}

static void test_strangers(void **state)
{
	static const struct {
		const char *name, *config;
	} bad[] = {
		{"", "/mgmt-test:top/step"},	     {"../x", "/mgmt-test:top/step"},
		{"gamma", "/mgmt-test:top/nothing"}, {"gamma", "no path"},
		{"gamma", "/mgmt-test:top/plain"}, /* alpha's */
		{"gamma", "/mgmt-test:top/seen"},  /* state */
	};
	Mgmt__Applied early = MGMT__APPLIED__INIT;
	Mgmt__StatePage unasked = MGMT__STATE_PAGE__INIT;
	struct msg_conn *c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		subscribe(stranger(), bad[i].name, bad[i].config);
		run_until(is_ended);
	}
	msg_send(stranger(), MGMT__MESSAGE__KIND_APPLIED, &early.base);
	run_until(is_ended);
	c = stranger();
	subscribe(c, "gamma", "/mgmt-test:top/step");
	unasked.request = 1000000;
	msg_send(c, MGMT__MESSAGE__KIND_STATE_PAGE, &unasked.base);
	run_until(is_ended);
	/* It harmed nobody. */
	assert_string_equal(commit(before), "");
	assert_true(all_well());
}

/* A daemon that comes again while its old connection is still there. */
static void test_namesake(void **state)
{
	struct msg_conn *c = stranger();

	(void)state;
	assert_string_equal(commit(before), "");
	subscribe(c, "alpha", "/mgmt-test:top/plain");
	/* Either throws the other out; lib/nb comes back for ever. */
	run_until(is_ended);
	run_until(all_well);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_commit),	      T(test_refusal),
		T(test_late_daemon),  T(test_killed_at_each_step),
		T(test_walk),	      T(test_walk_of_a_lost_daemon),
		T(test_entry_tree),   T(test_rpc),
		T(test_notification), T(test_strangers),
		T(test_namesake),
	};

	return cmocka_run_group_tests_name("backend", tests, NULL, NULL);
}
