/* SPDX-License-Identifier: MIT */
/* Which configuration mgmtd begins with. */
#include "mgmtd/start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "mgmtd/change.h"
#include "mgmtd/cli_file.h"

/* The confirmed commit that is pending, in the state directory: txn_confirm.c. */
#define PENDING_FILE "confirmed.json"

static void log_lines(const char *report)
{
	char *copy = strdup(report), *rest = copy, *line;

	while (copy && (line = strsep(&rest, "\n")))
		if (*line)
			log_error("%s", line);
	free(copy);
}

static bool was_running(const struct start_env *e)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/" PENDING_FILE, e->statedir);
	return access(path, F_OK) == 0 || access(e->marker, F_OK) == 0;
}

/* The newest that can be read. */
static bool last_commit(const struct start_env *e, struct lyd_node **tree)
{
	struct edit_error err = {.tag = ERR_NONE};
	char *text;

	for (size_t i = 0; i < history_count(e->history); i++) {
		if (history_load(e->history, i, tree, &err))
			return true;
		text = error_text(&err);
		log_error("commit %llu can't be taken: %s",
			  (unsigned long long)history_nth(e->history, i)->id, text);
		free(text);
		error_clear(&err);
	}
	return false;
}

/* A validated tree without configuration: defaults. */
static struct lyd_node *empty(const struct start_env *e)
{
	struct edit_error err = {.tag = ERR_NONE};
	struct lyd_node *tree = NULL;

	if (!edit_validate(&tree, e->schema->ly, &err))
		error_clear(&err);
	return tree;
}

/* NULL, and *bad, if the file is there and can't be used. */
static struct lyd_node *startup_file(const struct start_env *e, bool *bad)
{
	struct lyd_node *tree;
	char *report = NULL;

	*bad = false;
	if (access(e->config, F_OK) != 0 && errno == ENOENT) {
		log_notice("there is no %s: nothing is configured", e->config);
		return NULL;
	}
	tree = cli_file_tree(e->schema, e->grammar, e->config, &report);
	if (!tree) {
		*bad = true;
		log_lines(report);
		free(report);
	}
	return tree;
}

static bool same(const struct lyd_node *a, const struct lyd_node *b)
{
	struct change_list l = {.v = NULL};
	bool is;

	change_diff(&l, a, b);
	is = l.n == 0 && l.silent == 0;
	change_list_clear(&l);
	return is;
}

/* Running is the newest of the history from now on. */
static bool record(const struct start_env *e, const struct lyd_node *tree, char *err,
		   unsigned int err_size)
{
	const struct history_entry entry = {
		.time = time(NULL),
		.user = (char *)(uintptr_t) "mgmtd",
		.from = (char *)(uintptr_t) "startup configuration",
		.comment = (char *)(uintptr_t) "",
	};
	struct edit_error why = {.tag = ERR_NONE};
	struct edit_error unread = {.tag = ERR_NONE};
	struct lyd_node *last = NULL;
	bool fine = history_load(e->history, 0, &last, &unread) && same(last, tree);
	char *text;

	error_clear(&unread);
	lyd_free_all(last);
	if (fine || history_add(e->history, &entry, tree, &why))
		return true;
	text = error_text(&why);
	snprintf(err, err_size, "%s", text);
	free(text);
	error_clear(&why);
	return false;
}

bool start_configuration(const struct start_env *e, char *err, unsigned int err_size)
{
	bool bad, again = was_running(e);
	struct lyd_node *file = startup_file(e, &bad), *running = NULL;
	int fd;

	if (file)
		ds_set_startup(e->ds, edit_dup(file));
	if ((again || bad) && last_commit(e, &running))
		log_notice(again ? "going on with the last commit"
				 : "the startup configuration is bad: going on with the last "
				   "commit");
	else if (bad)
		log_error("the startup configuration is bad, and there is no last commit: "
			  "nothing is configured");
	if (running)
		lyd_free_all(file);
	else
		running = file ? file : empty(e);
	if (!record(e, running, err, err_size)) {
		lyd_free_all(running);
		return false;
	}
	lyd_free_all(ds_set_running(e->ds, running));
	fd = open(e->marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(err, err_size, "%s: %s", e->marker, strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

void start_ended(const char *marker)
{
	unlink(marker);
}

int start_check(const struct schema *s, const struct grammar *g, const char *config)
{
	char *report = NULL;
	struct lyd_node *tree = cli_file_tree(s, g, config, &report);

	if (!tree) {
		fputs(report, stderr);
		free(report);
		return 1;
	}
	lyd_free_all(tree);
	printf("%s is fine\n", config);
	return 0;
}
