/* SPDX-License-Identifier: MIT */
/* Configuration: from a file through YANG to change records. */
#include "lib/nb/nb.h"

#include <errno.h>
#include <libyang/libyang.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nb {
	const struct nb_table *table;
	void *ctx;
	struct ly_ctx *ly;
	struct lyd_node *running;
};

/* The records of one transaction; `at` is the instance, for error messages. */
struct records {
	struct record {
		struct nb_change change;
		const struct lyd_node *at;
	} * v;
	size_t n, room;
	/* Keys of the lists above the node being looked at. */
	const char *keys[NB_KEYS_MAX];
	size_t n_keys;
};

struct errbuf {
	char *p;
	unsigned int size;
};

static void fail(struct errbuf err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct errbuf err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.p, err.size, fmt, ap);
	va_end(ap);
}

/* A schema node keeps the index of its row, plus one, in its private pointer. */
static size_t served(const struct lysc_node *s)
{
	return (size_t)(uintptr_t)s->priv;
}

static bool is_presence(const struct lysc_node *s)
{
	return s->nodetype == LYS_CONTAINER && (s->flags & LYS_PRESENCE);
}

/* Configuration that would be dropped silently is a bug in the daemon. */
static LY_ERR check_served(struct lysc_node *s, void *data, ly_bool *skip)
{
	const struct lysc_node **missing = data;

	(void)skip;
	if (!(s->flags & LYS_CONFIG_W) || lysc_is_key(s) || served(s))
		return LY_SUCCESS;
	if (s->nodetype & (LYS_CHOICE | LYS_CASE) ||
	    (s->nodetype == LYS_CONTAINER && !is_presence(s)))
		return LY_SUCCESS;
	*missing = s;
	return LY_EINVAL;
}

static bool bind_rows(struct nb *nb, struct errbuf err)
{
	for (size_t i = 0; i < nb->table->n_nodes; i++) {
		const char *path = nb->table->nodes[i].path;
		const struct lysc_node *s = lys_find_path(nb->ly, NULL, path, 0);

		if (!s || !(s->flags & LYS_CONFIG_W)) {
			fail(err, "no configuration node %s in the YANG modules", path);
			return false;
		}
		((struct lysc_node *)s)->priv = (void *)(uintptr_t)(i + 1);
	}
	return true;
}

static bool load_modules(struct nb *nb, const char *dir, struct errbuf err)
{
	for (const char *const *m = nb->table->modules; *m; m++) {
		if (ly_ctx_load_module(nb->ly, *m, NULL, NULL))
			continue;
		const char *why = ly_errmsg(nb->ly);

		fail(err, "YANG module %s does not load from %s: %s", *m, dir,
		     why ? why : "unknown reason");
		return false;
	}
	return true;
}

static bool check_complete(struct nb *nb, struct errbuf err)
{
	for (const char *const *m = nb->table->modules; *m; m++) {
		const struct lys_module *mod = ly_ctx_get_module_implemented(nb->ly, *m);
		const struct lysc_node *missing = NULL;

		if (lysc_module_dfs_full(mod, check_served, &missing) == LY_SUCCESS)
			continue;
		char path[256] = "?";

		if (missing)
			lysc_path(missing, LYSC_PATH_LOG, path, sizeof(path));
		fail(err, "no code serves the configuration node %s", path);
		return false;
	}
	return true;
}

struct nb *nb_new(const struct nb_table *table, void *ctx, const char *yang_dir, char *err,
		  unsigned int err_size)
{
	struct errbuf e = {err, err_size};
	struct nb *nb = calloc(1, sizeof(*nb));

	if (!nb)
		abort();
	nb->table = table;
	nb->ctx = ctx;
	/* Process-wide in libyang: keep messages for us, print none. */
	ly_log_options(LY_LOSTORE_LAST);
	/* Without the last flag modules would also be read from where the
	 * daemon happens to be started. */
	if (ly_ctx_new(yang_dir, LY_CTX_NO_YANGLIBRARY | LY_CTX_DISABLE_SEARCHDIR_CWD, &nb->ly)) {
		fail(e, "no YANG module directory %s", yang_dir);
		free(nb);
		return NULL;
	}
	if (!load_modules(nb, yang_dir, e) || !bind_rows(nb, e) || !check_complete(nb, e)) {
		nb_free(nb);
		return NULL;
	}
	return nb;
}

void nb_free(struct nb *nb)
{
	if (!nb)
		return;
	lyd_free_all(nb->running);
	ly_ctx_destroy(nb->ly);
	free(nb);
}

static void record(struct records *r, enum nb_op op, const struct lyd_node *at)
{
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->v = realloc(r->v, r->room * sizeof(*r->v));
		if (!r->v)
			abort();
	}
	struct record *rec = &r->v[r->n++];

	*rec = (struct record){.at = at};
	rec->change.op = op;
	rec->change.node = (unsigned int)served(at->schema) - 1;
	rec->change.n_keys = r->n_keys;
	memcpy(rec->change.keys, r->keys, r->n_keys * sizeof(r->keys[0]));
	if (op == NB_SET)
		rec->change.value = lyd_get_value(at);
}

/* Puts the keys of a list entry, or the value of a leaf-list entry, on the
 * stack; returns how many there were, to take them off again. */
static size_t push_keys(struct records *r, const struct lyd_node *n)
{
	size_t pushed = 0;

	if (n->schema->nodetype == LYS_LEAFLIST) {
		if (r->n_keys < NB_KEYS_MAX) {
			r->keys[r->n_keys++] = lyd_get_value(n);
			pushed++;
		}
		return pushed;
	}
	if (n->schema->nodetype != LYS_LIST)
		return 0;
	for (const struct lyd_node *k = lyd_child(n); k && lysc_is_key(k->schema); k = k->next) {
		if (r->n_keys == NB_KEYS_MAX)
			break;
		r->keys[r->n_keys++] = lyd_get_value(k);
		pushed++;
	}
	return pushed;
}

static bool is_entry(const struct lysc_node *s)
{
	return (s->nodetype & (LYS_LIST | LYS_LEAFLIST)) || is_presence(s);
}

static const struct lyd_node *find_in(const struct lyd_node *siblings, const struct lyd_node *like)
{
	struct lyd_node *match = NULL;

	if (!siblings)
		return NULL;
	/* By value only where the value is what tells entries apart. */
	if (like->schema->nodetype & (LYS_LIST | LYS_LEAFLIST))
		lyd_find_sibling_first(siblings, like, &match);
	else
		lyd_find_sibling_val(siblings, like->schema, NULL, 0, &match);
	return match;
}

/* Deletions of the whole tree come before anything else, so that what takes
 * the place of something finds it gone. The top of what went says it all. */
static void diff_deleted(struct records *r, const struct lyd_node *old, const struct lyd_node *new)
{
	for (; old; old = old->next) {
		const struct lyd_node *match = find_in(new, old);
		size_t pushed;

		if (lysc_is_key(old->schema))
			continue;
		pushed = push_keys(r, old);
		if (!match && (is_entry(old->schema) || old->schema->nodetype == LYS_LEAF))
			record(r, NB_DELETE, old);
		else
			diff_deleted(r, lyd_child(old), match ? lyd_child(match) : NULL);
		r->n_keys -= pushed;
	}
}

static void diff_added(struct records *r, const struct lyd_node *old, const struct lyd_node *new)
{
	for (; new; new = new->next) {
		const struct lyd_node *match = find_in(old, new);
		size_t pushed;

		if (lysc_is_key(new->schema))
			continue;
		pushed = push_keys(r, new);
		if (!match && is_entry(new->schema))
			record(r, NB_CREATE, new);
		if (new->schema->nodetype == LYS_LEAF) {
			if (!match || strcmp(lyd_get_value(match), lyd_get_value(new)))
				record(r, NB_SET, new);
		} else {
			diff_added(r, match ? lyd_child(match) : NULL, lyd_child(new));
		}
		r->n_keys -= pushed;
	}
}

static bool prepare(const struct nb *nb, const struct records *r, const char *file,
		    struct errbuf err)
{
	char why[256];

	for (size_t i = 0; i < r->n; i++) {
		const struct record *rec = &r->v[i];
		const struct nb_node *row = &nb->table->nodes[rec->change.node];

		why[0] = '\0';
		if (!row->prepare || row->prepare(nb->ctx, &rec->change, why, sizeof(why)))
			continue;
		char *path = lyd_path(rec->at, LYD_PATH_STD, NULL, 0);

		fail(err, "%s: %s: %s", file, path ? path : row->path, why);
		free(path);
		return false;
	}
	return true;
}

static void apply(const struct nb *nb, const struct records *r)
{
	for (size_t i = 0; i < r->n; i++)
		nb->table->nodes[r->v[i].change.node].apply(nb->ctx, &r->v[i].change);
	if (nb->table->applied)
		nb->table->applied(nb->ctx);
}

/* libyang says where as: Data location "PATH", line number N. Either part may
 * be missing. Ours is the form of compilers: FILE:N: PATH: reason. */
static void fail_ly(const struct nb *nb, const char *file, struct errbuf err)
{
	const char *msg = ly_errmsg(nb->ly);
	const char *where = ly_errpath(nb->ly);
	const char *open = where ? strchr(where, '"') : NULL;
	const char *close = where ? strrchr(where, '"') : NULL;
	const char *line = where ? strstr(close ? close : where, "ine number ") : NULL;
	char at[24] = "";

	if (!msg)
		msg = "the file is empty or not JSON";
	if (line)
		snprintf(at, sizeof(at), ":%lu", strtoul(line + strlen("ine number "), NULL, 10));
	if (open)
		fail(err, "%s%s: %.*s: %s", file, at, (int)(close - open - 1), open + 1, msg);
	else
		fail(err, "%s%s: %s", file, at, msg);
	ly_err_clean(nb->ly, NULL);
}

/* Reads and validates; an empty file is refused like any text that is not
 * JSON, no file at all (NULL) is the empty configuration. */
static bool read_tree(const struct nb *nb, const char *file, struct lyd_node **tree,
		      struct errbuf err)
{
	struct ly_in *in = NULL;
	FILE *f;
	LY_ERR rc;

	*tree = NULL;
	if (file) {
		f = fopen(file, "re");
		if (!f) {
			fail(err, "%s: %s", file, strerror(errno));
			return false;
		}
		if (ly_in_new_file(f, &in)) {
			fail_ly(nb, file, err);
			fclose(f);
			return false;
		}
		rc = lyd_parse_data(nb->ly, NULL, in, LYD_JSON,
				    LYD_PARSE_ONLY | LYD_PARSE_STRICT | LYD_PARSE_NO_STATE, 0,
				    tree);
		ly_in_free(in, 1);
		if (rc) {
			fail_ly(nb, file, err);
			lyd_free_all(*tree);
			return false;
		}
	}
	if (lyd_validate_all(tree, nb->ly, LYD_VALIDATE_NO_STATE, NULL)) {
		fail_ly(nb, file ? file : "(no file)", err);
		lyd_free_all(*tree);
		return false;
	}
	return true;
}

bool nb_load_file(struct nb *nb, const char *file, char *err, unsigned int err_size)
{
	struct errbuf e = {err, err_size};
	struct records r = {0};
	struct lyd_node *tree;
	bool fine;

	if (!read_tree(nb, file, &tree, e))
		return false;
	diff_deleted(&r, nb->running, tree);
	diff_added(&r, nb->running, tree);
	fine = prepare(nb, &r, file ? file : "(no file)", e);
	if (fine) {
		apply(nb, &r);
		lyd_free_all(nb->running);
		nb->running = tree;
	} else {
		lyd_free_all(tree);
	}
	free(r.v);
	return fine;
}

const char *nb_yang_dir(void)
{
	const char *dir = getenv("SRCDEST_YANG_DIR");

	return dir && *dir ? dir : YANGDIR;
}
