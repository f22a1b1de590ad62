/* SPDX-License-Identifier: MIT */
/*
 * Configuration files in the syntax of the command line: read whole, or not
 * at all.
 *
 * Keywords are in full; every line is read, so that a report has all bad ones,
 * each as "NAME:LINE: REASON" with the line and a mark below it. FRR's lines
 * that mean nothing here are passed over: the list is in doc/user/cli.md.
 */
#ifndef SRCDEST_MGMTD_CLI_FILE_H
#define SRCDEST_MGMTD_CLI_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/cli/grammar.h"
#include "mgmtd/edit.h"
#include "mgmtd/schema.h"

#define CLI_FILE_MAX	 ((size_t)64 << 20)
#define CLI_FILE_REPORTS 20 /* more bad lines are only counted */

struct cli_file; /* a file that was read: edits, and the lines that they come from */

/* `name` is how reports call it. NULL: *report (malloced) says what is wrong
 * with which lines. */
struct cli_file *cli_file_parse(const struct grammar *g, const char *name, const char *text,
				size_t n, char **report);
void cli_file_free(struct cli_file *f);

const struct edit *cli_file_edits(const struct cli_file *f, size_t *n);
/* What was refused, with the line that it comes from: "NAME:LINE: PATH: WHY";
 * malloced. */
char *cli_file_error(const struct cli_file *f, const struct edit_error *err);

/* The file is the whole configuration: its validated tree. For the start of
 * mgmtd and --config-check. NULL and *report if not; a file that can't be read
 * is one. An empty tree is not NULL: it holds defaults. */
struct lyd_node *cli_file_tree(const struct schema *s, const struct grammar *g, const char *path,
			       char **report);

/* The configuration as text, ended by `end`; malloced. */
char *cli_file_print(const struct grammar *g, const struct lyd_node *tree, size_t *n);
/* Replaces the file at `path`, mode 0600, or leaves it as it is (history.h
 * save_file). A former one that says something else is kept as PATH.sav. */
bool cli_file_save(const struct grammar *g, const struct lyd_node *tree, const char *path,
		   struct edit_error *err);

#endif
