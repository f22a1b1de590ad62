/* SPDX-License-Identifier: MIT */
/* The last commits on disk. */
#include "mgmtd/history.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "mgmtd/record.h"

#define KEEP (HISTORY_MAX + 1) /* with the one that is running */

struct history {
	const struct schema *schema;
	char *dir;
	struct history_entry entry[KEEP + 1]; /* newest first; room for one too many */
	size_t n;
	uint64_t next;
};

static void path_of(const struct history *h, uint64_t id, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%llu.json", h->dir, (unsigned long long)id);
}

static char *copy(const char *s)
{
	char *c = strdup(s ? s : "");

	if (!c)
		abort();
	return c;
}

static void entry_clear(struct history_entry *e)
{
	free(e->user);
	free(e->from);
	free(e->comment);
	memset(e, 0, sizeof(*e));
}

static void drop_oldest(struct history *h)
{
	char path[PATH_MAX];

	path_of(h, h->entry[h->n - 1].id, path);
	unlink(path);
	entry_clear(&h->entry[--h->n]);
}

/* In its place among the others, newest first. */
static void insert(struct history *h, struct history_entry *e)
{
	size_t at = 0;

	while (at < h->n && h->entry[at].id > e->id)
		at++;
	memmove(&h->entry[at + 1], &h->entry[at], (h->n - at) * sizeof(h->entry[0]));
	h->entry[at] = *e;
	h->n++;
	if (h->n > KEEP)
		drop_oldest(h);
}

static void read_one(struct history *h, uint64_t id)
{
	char path[PATH_MAX];
	struct json_object *header;
	struct history_entry e = {.id = id};

	path_of(h, id, path);
	header = record_header(path);
	/* A number is never given twice, not even after a file that is broken. */
	if (id >= h->next)
		h->next = id + 1;
	if (!header) {
		log_warning("%s: not a commit of ours, left alone", path);
		return;
	}
	e.time = record_number(header, "time");
	e.user = copy(record_text(header, "user"));
	e.from = copy(record_text(header, "from"));
	e.comment = copy(record_text(header, "comment"));
	json_object_put(header);
	insert(h, &e);
}

static bool scan(struct history *h, char *err, unsigned int err_size)
{
	DIR *d = opendir(h->dir);
	char path[PATH_MAX];

	if (!d) {
		snprintf(err, err_size, "%s: %s", h->dir, strerror(errno));
		return false;
	}
	for (struct dirent *e; (e = readdir(d));) {
		char *end;
		unsigned long long id = strtoull(e->d_name, &end, 10);

		if (id && e->d_name[0] != '-' && !strcmp(end, ".json")) {
			read_one(h, id);
		} else if (id && !strcmp(end, ".json.new") &&
			   (size_t)snprintf(path, sizeof(path), "%s/%s", h->dir, e->d_name) <
				   sizeof(path)) {
			/* A commit that a crash kept from being decided. */
			unlink(path);
		}
	}
	closedir(d);
	return true;
}

static bool make_dir(const char *dir, char *err, unsigned int err_size)
{
	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		return true;
	snprintf(err, err_size, "%s: %s", dir, strerror(errno));
	return false;
}

struct history *history_new(const struct schema *s, const char *dir, char *err,
			    unsigned int err_size)
{
	struct history *h = calloc(1, sizeof(*h));

	if (!h || asprintf(&h->dir, "%s/history", dir) < 0)
		abort();
	h->schema = s;
	h->next = 1;
	if (make_dir(dir, err, err_size) && make_dir(h->dir, err, err_size) &&
	    scan(h, err, err_size))
		return h;
	history_free(h);
	return NULL;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++)
		entry_clear(&h->entry[i]);
	free(h->dir);
	free(h);
}

size_t history_count(const struct history *h)
{
	return h->n;
}

const struct history_entry *history_nth(const struct history *h, size_t n)
{
	return n < h->n ? &h->entry[n] : NULL;
}

bool history_load(const struct history *h, size_t n, struct lyd_node **tree, struct edit_error *err)
{
	char path[PATH_MAX];

	*tree = NULL;
	if (n >= h->n) {
		error_set(err, ERR_INVALID_VALUE, NULL,
			  "there is no commit %zu; the history goes back to %zu", n,
			  h->n ? h->n - 1 : 0);
		return false;
	}
	path_of(h, h->entry[n].id, path);
	return record_tree(path, h->schema->ly, tree, err);
}

uint64_t history_next(const struct history *h)
{
	return h->next;
}

bool history_add(struct history *h, const struct history_entry *entry, const struct lyd_node *tree,
		 struct edit_error *err)
{
	struct history_entry e = {h->next, entry->time, copy(entry->user), copy(entry->from),
				  copy(entry->comment)};
	struct json_object *header = json_object_new_object();
	char path[PATH_MAX];
	bool fine;

	json_object_object_add(header, "id", json_object_new_int64((int64_t)e.id));
	json_object_object_add(header, "time", json_object_new_int64(e.time));
	json_object_object_add(header, "user", json_object_new_string(e.user));
	json_object_object_add(header, "from", json_object_new_string(e.from));
	json_object_object_add(header, "comment", json_object_new_string(e.comment));
	path_of(h, e.id, path);
	fine = record_save(path, header, tree, err);
	json_object_put(header);
	if (!fine) {
		entry_clear(&e);
		return false;
	}
	h->next++;
	insert(h, &e);
	return true;
}
