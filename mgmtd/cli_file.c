/* SPDX-License-Identifier: MIT */
/* Configuration files: read whole, or not at all; written whole, or not at all. */
#include "mgmtd/cli_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/history.h"
#include "mgmtd/text.h"

#define BLANKS	  " \t\r"
/* A configuration says who may log in. */
#define FILE_MODE 0600

struct cli_file {
	char *name;
	struct edit *edits; /* each with its own copies */
	unsigned int *line; /* of each edit */
	size_t n, room;
};

/* FRR's lines about things that are done otherwise here, or not at all, and
 * that change no route. A section that begins so is passed over with its
 * indented lines. */
static const char *const passed_over[] = {
	"frr version",	      "frr defaults",	  "log",	   "service",	      "password",
	"enable password",    "banner",		  "line vty",	   "username",	      "debug",
	"no ipv6 forwarding", "no ip forwarding", "ip forwarding", "ipv6 forwarding", "agentx",
	"no agentx",
};

static bool begins(const char *line, const char *words)
{
	size_t n = strlen(words);

	return strncmp(line, words, n) == 0 && (line[n] == '\0' || strchr(BLANKS, line[n]));
}

static bool is_passed_over(const char *line)
{
	for (size_t i = 0; i < sizeof(passed_over) / sizeof(passed_over[0]); i++)
		if (begins(line, passed_over[i]))
			return true;
	return false;
}

/* ---- reading ---- */

struct reader {
	const struct grammar *g;
	struct cli_file *file;
	struct grammar_place place;
	struct grammar_result result;
	struct text report;
	unsigned int line, bad;
	bool skipping; /* what is indented belongs to a section that is not read */
};

static void add_edits(struct reader *r)
{
	static const enum edit_op ops[] = {
		[GRAMMAR_SET] = EDIT_SET,
		[GRAMMAR_CREATE] = EDIT_CREATE,
		[GRAMMAR_DELETE] = EDIT_DELETE,
		/* A file may say `no` to what is not there. */
		[GRAMMAR_REMOVE] = EDIT_REMOVE,
	};
	struct cli_file *f = r->file;

	for (size_t i = 0; i < r->result.n_edits; i++) {
		const struct grammar_edit *g = &r->result.edits[i];
		struct edit e = {
			.op = ops[g->op], .node = g->node, .n_keys = g->n_keys, .value = g->value};
		struct edit *copy;

		memcpy(e.keys, g->keys, sizeof(g->keys));
		if (f->n == f->room) {
			f->room = f->room ? 2 * f->room : 64;
			f->edits = realloc(f->edits, f->room * sizeof(*f->edits));
			f->line = realloc(f->line, f->room * sizeof(*f->line));
			if (!f->edits || !f->line)
				abort();
		}
		copy = edits_dup(&e, 1);
		f->edits[f->n] = *copy;
		free(copy);
		f->line[f->n++] = r->line;
	}
}

static void report(struct reader *r, enum grammar_status status, const char *line)
{
	const char *what = status == GRAMMAR_INVALID ? "invalid value: " : "";

	if (++r->bad > CLI_FILE_REPORTS)
		return;
	txt_printf(&r->report, "%s:%u: %s%s\n  %s\n  %*s^", r->file->name, r->line, what,
		   r->result.message, line, (int)r->result.column, "");
	if (*r->result.expected)
		txt_printf(&r->report, " expected here: %s", r->result.expected);
	txt_puts(&r->report, "\n");
}

static void read_line(struct reader *r, char *line)
{
	size_t indent = strspn(line, BLANKS), n;
	enum grammar_status status;

	line += indent;
	n = strlen(line);
	while (n && strchr(BLANKS, line[n - 1]))
		line[--n] = '\0';
	if (!n || *line == '!' || *line == '#' || (r->skipping && indent))
		return;
	r->skipping = is_passed_over(line);
	if (r->skipping)
		return;
	if (strcmp(line, "end") == 0) {
		r->place = (struct grammar_place){.room = GRAMMAR_CONFIG};
		return;
	}
	if (strcmp(line, "exit") == 0 || strcmp(line, "quit") == 0) {
		grammar_up(r->g, &r->place);
		return;
	}
	status = grammar_parse(r->g, &r->place, line, GRAMMAR_STRICT, &r->result);
	if (status == GRAMMAR_OK && r->result.id) {
		snprintf(r->result.message, sizeof(r->result.message),
			 "this acts, it is no configuration");
		r->result.column = 0;
		*r->result.expected = '\0';
		status = GRAMMAR_NO_MATCH;
	}
	if (status == GRAMMAR_OK) {
		r->place = r->result.place;
		add_edits(r);
	} else if (status != GRAMMAR_EMPTY) {
		report(r, status, line);
		/* What stands in a section that is not there would only be reported
		 * once more, line by line. */
		r->skipping = indent == 0;
	}
}

static struct cli_file *file_new(const char *name)
{
	struct cli_file *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->name = strdup(name);
	if (!f->name)
		abort();
	return f;
}

static void read_all(struct reader *r, const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((nl ? nl : end) - text);
		char *line = strndup(text, len);

		if (!line)
			abort();
		r->line++;
		if (strlen(line) != len) {
			r->bad++;
			txt_printf(&r->report, "%s:%u: there is a zero octet in this line\n",
				   r->file->name, r->line);
		} else {
			read_line(r, line);
		}
		free(line);
		text += len + 1;
	}
}

struct cli_file *cli_file_parse(const struct grammar *g, const char *name, const char *text,
				size_t n, char **report_out)
{
	struct reader r = {.g = g, .file = file_new(name), .place = {.room = GRAMMAR_CONFIG}};

	read_all(&r, text, n);
	grammar_result_clear(&r.result);
	if (!r.bad) {
		txt_clear(&r.report);
		return r.file;
	}
	if (r.bad > CLI_FILE_REPORTS)
		txt_printf(&r.report, "%s: %u more lines are bad\n", name,
			   r.bad - CLI_FILE_REPORTS);
	txt_printf(&r.report, "%s: nothing of it was applied\n", name);
	*report_out = txt_take(&r.report);
	cli_file_free(r.file);
	return NULL;
}

void cli_file_free(struct cli_file *f)
{
	if (!f)
		return;
	if (f->n)
		edits_free(f->edits, f->n);
	else
		free(f->edits);
	free(f->line);
	free(f->name);
	free(f);
}

const struct edit *cli_file_edits(const struct cli_file *f, size_t *n)
{
	*n = f->n;
	return f->edits;
}

/* ---- whose fault it was ---- */

/* How much of the path of the error this one is: all of it up to a boundary,
 * or, being below it, the whole. 0: it is about something else. */
static size_t path_match(const char *error, const char *edit)
{
	size_t e = strlen(error), n = strlen(edit), common = e < n ? e : n;
	char next = error[n < e ? n : 0];

	if (strncmp(error, edit, common) != 0)
		return 0;
	if (n <= e)
		return n == e || next == '/' || next == '[' ? n : 0;
	return edit[e] == '/' || edit[e] == '[' ? e : 0;
}

static unsigned int line_of(const struct cli_file *f, const char *path)
{
	size_t best = 0;
	unsigned int line = 0;

	for (size_t i = 0; i < f->n; i++) {
		char *p = edit_path(&f->edits[i]);
		size_t m = path_match(path, p);

		/* The last one that says something about the node decided it. */
		if (m && m >= best) {
			best = m;
			line = f->line[i];
		}
		free(p);
	}
	return line;
}

char *cli_file_error(const struct cli_file *f, const struct edit_error *err)
{
	unsigned int line = err->path ? line_of(f, err->path) : 0;
	char *text = error_text(err);
	struct text t = {.p = NULL};

	if (line)
		txt_printf(&t, "%s:%u: %s", f->name, line, text);
	else
		txt_printf(&t, "%s: %s", f->name, text);
	free(text);
	return txt_take(&t);
}

struct lyd_node *cli_file_tree(const struct schema *s, const struct grammar *g, const char *path,
			       char **report_out)
{
	struct edit_error err = {.tag = ERR_NONE};
	struct text t = {.p = NULL};
	struct lyd_node *tree = NULL;
	struct cli_file *f;
	size_t n = 0;
	char *text = load_file(path, &n), *why;

	if (!text) {
		txt_printf(&t, "%s: %s\n", path, strerror(errno));
		*report_out = txt_take(&t);
		return NULL;
	}
	f = cli_file_parse(g, path, text, n, report_out);
	free(text);
	if (!f)
		return NULL;
	if (!edit_list(&tree, s->ly, f->edits, f->n, &err) || !edit_validate(&tree, s->ly, &err)) {
		why = cli_file_error(f, &err);
		txt_printf(&t, "%s\n", why);
		free(why);
		*report_out = txt_take(&t);
		error_clear(&err);
		lyd_free_all(tree);
		tree = NULL;
	}
	cli_file_free(f);
	return tree;
}

/* ---- writing ---- */

static void add_line(void *ctx, const char *line)
{
	txt_puts(ctx, line);
	txt_puts(ctx, "\n");
}

char *cli_file_print(const struct grammar *g, const struct lyd_node *tree, size_t *n)
{
	struct text t = {.p = NULL};

	txt_puts(&t, "! srcdest " PACKAGE_VERSION "\n!\n");
	grammar_print(g, tree, add_line, &t);
	txt_puts(&t, "!\nend\n");
	*n = t.n;
	return txt_take(&t);
}

/* What somebody wrote by hand has comments that we do not print, or lines that
 * we could not read. Without a copy the new file is no worse. */
static void keep_former(const char *path, const char *text, size_t n)
{
	struct edit_error ignored = {.tag = ERR_NONE};
	size_t old_n = 0;
	char *old = load_file(path, &old_n), *sav;

	if (old && (old_n != n || memcmp(old, text, n) != 0) &&
	    asprintf(&sav, "%s.sav", path) > 0) {
		save_file(sav, FILE_MODE, old, old_n, &ignored);
		error_clear(&ignored);
		free(sav);
	}
	free(old);
}

bool cli_file_save(const struct grammar *g, const struct lyd_node *tree, const char *path,
		   struct edit_error *err)
{
	size_t n;
	char *text = cli_file_print(g, tree, &n);
	bool ok;

	keep_former(path, text, n);
	ok = save_file(path, FILE_MODE, text, n, err);
	free(text);
	return ok;
}
