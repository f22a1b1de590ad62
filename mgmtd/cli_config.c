/* SPDX-License-Identifier: MIT */
/* The command line: configuration lines, candidates, commits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmtd/cli_private.h"

/* RFC 6241 8.4.5.1 allows 32 bits; a month is enough for anybody. */
#define CONFIRM_MAX (31u * 24 * 3600)

static const struct cli_env *env_of(const struct cli_session *s)
{
	return &s->cli->env;
}

static bool has_candidate(const struct cli_session *s)
{
	return s->candidate != NULL;
}

/* ---- entering and leaving ---- */

void cli_configure(struct cli_session *s, enum cli_edit how)
{
	struct edit_error err = {.tag = ERR_NONE};

	/* With `do`. */
	if (s->edit != CLI_EDIT_NONE) {
		cli_refuse(s, CLI_WARNING, "This session is in the configuration already.");
		return;
	}
	if (how == CLI_EDIT_EXCLUSIVE && !ds_lock(env_of(s)->ds, DS_RUNNING, &s->who, &err)) {
		cli_refuse_error(s, &err);
		error_clear(&err);
		return;
	}
	if (how != CLI_EDIT_AT_ONCE)
		s->candidate = ds_private_new(env_of(s)->ds);
	s->edit = how;
	s->place = (struct grammar_place){.room = GRAMMAR_CONFIG};
	cli_done(s, CLI_OK);
}

bool cli_may_leave(struct cli_session *s)
{
	if (!has_candidate(s) || !ds_private_dirty(s->candidate))
		return true;
	cli_refuse(s, CLI_FAILED,
		   "There are changes that are not committed: `commit` them, or `abort`.");
	return false;
}

void cli_forget_config(struct cli_session *s)
{
	ds_private_free(s->candidate);
	s->candidate = NULL;
	s->edit = CLI_EDIT_NONE;
	s->place = (struct grammar_place){.room = GRAMMAR_EXEC};
}

void cli_leave_config(struct cli_session *s)
{
	struct edit_error err = {.tag = ERR_NONE};

	/* Gone already if somebody ended the session's locks: no matter. */
	if (s->edit == CLI_EDIT_EXCLUSIVE && !ds_unlock(env_of(s)->ds, DS_RUNNING, &s->who, &err))
		error_clear(&err);
	cli_forget_config(s);
}

void cli_discard(struct cli_session *s, bool leave)
{
	if (!has_candidate(s)) {
		cli_refuse(s, CLI_WARNING, "There is no candidate to throw away.");
		return;
	}
	ds_private_reset(s->candidate);
	if (leave)
		cli_leave_config(s);
	cli_done(s, CLI_OK);
}

/* ---- lines ---- */

static struct edit *edits_of(const struct grammar_result *r)
{
	static const enum edit_op ops[] = {
		[GRAMMAR_SET] = EDIT_SET,
		[GRAMMAR_CREATE] = EDIT_CREATE,
		[GRAMMAR_DELETE] = EDIT_DELETE,
		[GRAMMAR_REMOVE] = EDIT_REMOVE,
	};
	struct edit *e = calloc(r->n_edits + 1, sizeof(*e));

	if (!e)
		abort();
	for (size_t i = 0; i < r->n_edits; i++) {
		const struct grammar_edit *g = &r->edits[i];

		e[i] = (struct edit){
			.op = ops[g->op], .node = g->node, .n_keys = g->n_keys, .value = g->value};
		memcpy(e[i].keys, g->keys, sizeof(g->keys));
	}
	return e;
}
_Static_assert(GRAMMAR_KEYS_MAX == EDIT_KEYS_MAX, "keys fit");

static void line_committed(void *ctx, const struct edit_error *err, uint64_t id)
{
	struct cli_session *s = ctx;

	(void)id;
	if (err) {
		cli_refuse_error(s, err);
		return;
	}
	s->place = s->next_place;
	cli_done(s, CLI_OK);
}

static void line_to_candidate(struct cli_session *s, const struct edit *e, size_t n)
{
	struct edit_error err = {.tag = ERR_NONE};

	if (!ds_private_edit(s->candidate, e, n, &err)) {
		cli_refuse_error(s, &err);
		error_clear(&err);
		return;
	}
	s->place = s->next_place;
	cli_done(s, CLI_OK);
}

void cli_config_line(struct cli_session *s)
{
	struct txn_request r = {
		.source = TXN_EDITS,
		.n_edits = s->parsed.n_edits,
		.by = s->who,
		.direct = true,
		.done = line_committed,
		.ctx = s,
	};
	struct edit *e = edits_of(&s->parsed);

	s->next_place = s->parsed.place;
	r.edits = e;
	if (!r.n_edits)
		line_committed(s, NULL, 0);
	else if (has_candidate(s))
		line_to_candidate(s, e, r.n_edits);
	else
		txn_commit(env_of(s)->txns, &r);
	free(e);
}

/* ---- commits ---- */

static void committed(void *ctx, const struct edit_error *err, uint64_t id)
{
	struct cli_session *s = ctx;
	unsigned int left = 0;

	if (err) {
		cli_refuse_error(s, err);
		return;
	}
	if (s->check)
		cli_say(s, "The configuration is fine.\n");
	else if (id)
		cli_say(s, "Committed as %llu.\n", (unsigned long long)id);
	else
		cli_say(s, s->was_pending && !s->confirmed ? "Confirmed.\n"
							   : "Nothing is different.\n");
	if (s->confirmed && txn_pending(env_of(s)->txns, &left, NULL))
		cli_say(s, "It is taken back in %u seconds unless `commit` confirms it.\n", left);
	cli_done(s, CLI_OK);
}

static bool read_timeout(struct cli_session *s, unsigned int *out)
{
	const char *text = grammar_arg(&s->parsed, "seconds");
	unsigned long v;

	*out = TXN_CONFIRM_DEFAULT;
	if (!text)
		return true;
	v = strtoul(text, NULL, 10);
	if (v == 0 || v > CONFIRM_MAX || strlen(text) > 9) {
		cli_refuse(s, CLI_FAILED, "%s: from 1 to %u seconds are possible", text,
			   CONFIRM_MAX);
		return false;
	}
	*out = (unsigned int)v;
	return true;
}

void cli_commit(struct cli_session *s, bool check, bool confirmed)
{
	struct txn_request r = {
		.source = TXN_EDITS,
		.by = s->who,
		.comment = grammar_arg(&s->parsed, "text"),
		.check_only = check,
		.confirmed = confirmed,
		.lasting = true,
		.done = committed,
		.ctx = s,
	};

	s->was_pending = txn_pending(env_of(s)->txns, NULL, NULL);
	s->check = check;
	s->confirmed = confirmed;
	if (has_candidate(s)) {
		r.source = TXN_PRIVATE;
		r.candidate = s->candidate;
	} else if (!s->was_pending || check) {
		cli_refuse(s, CLI_WARNING,
			   "There is nothing to commit: each line acts at once. "
			   "`configure private` opens a candidate.");
		return;
	}
	if (read_timeout(s, &r.timeout))
		txn_commit(env_of(s)->txns, &r);
}

static void cancelled(void *ctx, const struct edit_error *err, uint64_t id)
{
	struct cli_session *s = ctx;

	(void)id;
	if (err) {
		cli_refuse_error(s, err);
		return;
	}
	cli_say(s, "The commit was taken back.\n");
	cli_done(s, CLI_OK);
}

void cli_cancel(struct cli_session *s)
{
	txn_cancel(env_of(s)->txns, &s->who, NULL, cancelled, s);
}

/* The n-th commit's tree; NULL: the user has been told. */
static bool load_commit(struct cli_session *s, const char *number, struct lyd_node **tree)
{
	struct edit_error err = {.tag = ERR_NONE};
	size_t n = strlen(number) < 6 ? strtoul(number, NULL, 10) : SIZE_MAX;

	*tree = NULL;
	if (!history_nth(env_of(s)->history, n)) {
		cli_refuse(s, CLI_FAILED,
			   "There is no commit %s to go back to: see `show "
			   "configuration history`.",
			   number);
		return false;
	}
	if (history_load(env_of(s)->history, n, tree, &err))
		return true;
	cli_refuse_error(s, &err);
	error_clear(&err);
	return false;
}

void cli_rollback(struct cli_session *s, const char *number)
{
	struct txn_request r = {
		.source = TXN_TREE,
		.by = s->who,
		.direct = true,
		.done = committed,
		.ctx = s,
	};
	struct lyd_node *tree;
	char comment[32];

	if (!load_commit(s, number, &tree))
		return;
	if (has_candidate(s)) {
		ds_private_replace(s->candidate, tree);
		cli_say(s, "Loaded: `show configuration diff` shows it, `commit` makes it so.\n");
		cli_done(s, CLI_OK);
		return;
	}
	snprintf(comment, sizeof(comment), "rollback %s", number);
	s->check = s->confirmed = s->was_pending = false;
	r.comment = comment;
	r.tree = tree;
	txn_commit(env_of(s)->txns, &r);
	lyd_free_all(tree);
}

/* ---- files ---- */

static void loaded(void *ctx, const struct edit_error *err, uint64_t id)
{
	struct cli_session *s = ctx;
	char *text;

	(void)id;
	if (err) {
		text = cli_file_error(s->file, err);
		txt_printf(&s->pending, "%% %s\n", text);
		free(text);
	}
	cli_file_free(s->file);
	s->file = NULL;
	cli_done(s, err ? CLI_FAILED : CLI_OK);
}

static void load_text(struct cli_session *s, const char *name, const char *text, size_t n,
		      bool check)
{
	struct txn_request r = {
		.source = TXN_EDITS,
		.by = s->who,
		.comment = name,
		.check_only = check,
		.direct = true,
		.done = loaded,
		.ctx = s,
	};
	char *report = NULL;

	s->file = cli_file_parse(env_of(s)->grammar, name, text, n, &report);
	if (!s->file) {
		txt_puts(&s->pending, report);
		free(report);
		cli_done(s, CLI_FAILED);
		return;
	}
	r.edits = cli_file_edits(s->file, &r.n_edits);
	if (r.n_edits)
		txn_commit(env_of(s)->txns, &r);
	else
		loaded(s, NULL, 0);
}

void cli_session_load(struct cli_session *s, const char *name, const char *text, bool check)
{
	const char *path = env_of(s)->startup;
	char *file;
	size_t n;

	cli_begin(s);
	if (text) {
		load_text(s, name, text, strlen(text), check);
		return;
	}
	file = path ? load_file(path, &n) : NULL;
	if (!file) {
		cli_refuse(s, CLI_FAILED, "There is no startup configuration to read%s%s.",
			   path ? ": " : "", path ? path : "");
		return;
	}
	load_text(s, path, file, n, check);
	free(file);
}

void cli_write(struct cli_session *s)
{
	struct edit_error err = {.tag = ERR_NONE};

	if (!env_of(s)->startup) {
		cli_refuse(s, CLI_FAILED, "mgmtd was started without a configuration file.");
		return;
	}
	if (!ds_write(env_of(s)->ds, DS_STARTUP, &s->who,
		      edit_dup(ds_tree(env_of(s)->ds, DS_RUNNING)), &err)) {
		cli_refuse_error(s, &err);
		error_clear(&err);
		return;
	}
	cli_say(s, "Configuration saved to %s\n[OK]\n", env_of(s)->startup);
	cli_done(s, CLI_OK);
}

/* ---- looking at configurations ---- */

static void say_line(void *ctx, const char *line)
{
	struct cli_session *s = ctx;

	cli_say_text(s, line, strlen(line));
	cli_say_text(s, "\n", 1);
}

void cli_print_tree(struct cli_session *s, const struct lyd_node *tree)
{
	grammar_print(env_of(s)->grammar, tree, say_line, s);
}

void cli_print_diff(struct cli_session *s, const struct lyd_node *before,
		    const struct lyd_node *after)
{
	grammar_diff(env_of(s)->grammar, before, after, say_line, s);
}

void cli_tree_json(struct cli_session *s, const struct lyd_node *tree)
{
	char *text = NULL;

	if (lyd_print_mem(&text, tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_EXPLICIT) ==
		    LY_SUCCESS &&
	    text)
		cli_say_text(s, text, strlen(text));
	else
		cli_say(s, "{}\n");
	free(text);
}

void cli_show_candidate(struct cli_session *s)
{
	if (!has_candidate(s)) {
		cli_refuse(s, CLI_WARNING, "There is no candidate: `configure private` opens one.");
		return;
	}
	cli_print_tree(s, ds_private_tree(s->candidate));
	cli_done(s, CLI_OK);
}

/* With a candidate: what a commit would do. Without: what `write memory` would. */
void cli_show_diff(struct cli_session *s)
{
	const struct lyd_node *running = ds_tree(env_of(s)->ds, DS_RUNNING);

	if (has_candidate(s))
		cli_print_diff(s, running, ds_private_tree(s->candidate));
	else
		cli_print_diff(s, ds_tree(env_of(s)->ds, DS_STARTUP), running);
	cli_done(s, CLI_OK);
}

void cli_show_history(struct cli_session *s)
{
	const struct history *h = env_of(s)->history;
	size_t n = history_count(h);

	cli_say(s, "%4s %8s  %-20s %-16s %s\n", "", "commit", "time (UTC)", "by", "from");
	for (size_t i = 0; i < n; i++) {
		const struct history_entry *e = history_nth(h, i);
		time_t t = (time_t)e->time;
		struct tm tm;
		char when[32];

		gmtime_r(&t, &tm);
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
		cli_say(s, "%4zu %8llu  %-20s %-16s %s%s%s\n", i, (unsigned long long)e->id, when,
			e->user, e->from, e->comment && *e->comment ? "  # " : "",
			e->comment ? e->comment : "");
	}
	cli_done(s, CLI_OK);
}

/* What `rollback N` would change. */
void cli_show_rollback(struct cli_session *s, const char *number)
{
	struct lyd_node *tree;

	if (!load_commit(s, number, &tree))
		return;
	cli_print_diff(s, ds_tree(env_of(s)->ds, DS_RUNNING), tree);
	lyd_free_all(tree);
	cli_done(s, CLI_OK);
}
