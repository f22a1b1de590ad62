/* SPDX-License-Identifier: MIT */
/* What a daemon has applied: a hash table whose entries form a forest. */
#include "lib/nb/copy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW	  ((unsigned int)-1)
#define MIN_SLOTS ((size_t)64)

struct entry {
	struct entry *up, *below;  /* below: the first of those under it */
	struct entry *prev, *next; /* siblings */
	struct entry *chain;	   /* in its slot */
	uint32_t hash;
	unsigned int row;
	unsigned int seen; /* the last comparison that saw it */
	size_t n_keys;
	char *value; /* NULL: an entry or container */
	char *keys[];
};

struct row {
	unsigned int up; /* the nearest row that this one is below, or NO_ROW */
	size_t n_keys;	 /* as its records have it */
};

struct nb_copy {
	struct row *rows;
	struct entry **slots;
	size_t n_slots, n;
	struct entry *roots;
	unsigned int comparison;
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* ---- rows ---- */

static bool path_below(const char *path, const char *above)
{
	size_t n = strlen(above);

	return strncmp(path, above, n) == 0 && path[n] == '/';
}

static unsigned int nearest_above(const struct nb_node *rows, size_t n, size_t i)
{
	unsigned int best = NO_ROW;
	size_t longest = 0;

	for (size_t k = 0; k < n; k++) {
		size_t len = strlen(rows[k].path);

		if (len > longest && path_below(rows[i].path, rows[k].path)) {
			best = (unsigned int)k;
			longest = len;
		}
	}
	return best;
}

struct nb_copy *nb_copy_new(const struct nb_node *rows, size_t n_rows)
{
	struct nb_copy *c = must(calloc(1, sizeof(*c)));

	c->rows = must(calloc(n_rows ? n_rows : 1, sizeof(*c->rows)));
	for (size_t i = 0; i < n_rows; i++)
		c->rows[i].up = nearest_above(rows, n_rows, i);
	c->n_slots = MIN_SLOTS;
	c->slots = must(calloc(c->n_slots, sizeof(*c->slots)));
	return c;
}

/* ---- the table ---- */

/* FNV-1a over the row and the keys with their ends. */
static uint32_t hash_of(unsigned int row, const char *const *keys, size_t n_keys)
{
	uint32_t h = (2166136261u ^ row) * 16777619u;

	for (size_t i = 0; i < n_keys; i++) {
		const char *p = keys[i];

		do
			h = (h ^ (uint8_t)*p) * 16777619u;
		while (*p++);
	}
	return h;
}

static bool same_keys(const struct entry *e, const char *const *keys, size_t n_keys)
{
	if (e->n_keys != n_keys)
		return false;
	for (size_t i = 0; i < n_keys; i++)
		if (strcmp(e->keys[i], keys[i]))
			return false;
	return true;
}

static struct entry *find(const struct nb_copy *c, unsigned int row, const char *const *keys,
			  size_t n_keys)
{
	uint32_t h = hash_of(row, keys, n_keys);

	for (struct entry *e = c->slots[h % c->n_slots]; e; e = e->chain)
		if (e->hash == h && e->row == row && same_keys(e, keys, n_keys))
			return e;
	return NULL;
}

static void grow(struct nb_copy *c)
{
	size_t n_slots = 2 * c->n_slots;
	struct entry **slots = must(calloc(n_slots, sizeof(*slots)));

	for (size_t i = 0; i < c->n_slots; i++) {
		for (struct entry *e = c->slots[i], *chain; e; e = chain) {
			chain = e->chain;
			e->chain = slots[e->hash % n_slots];
			slots[e->hash % n_slots] = e;
		}
	}
	free(c->slots);
	c->slots = slots;
	c->n_slots = n_slots;
}

static struct entry **siblings(struct nb_copy *c, const struct entry *e)
{
	return e->up ? &e->up->below : &c->roots;
}

static struct entry *entry_new(const struct nb_change *change)
{
	size_t size = sizeof(struct entry) + change->n_keys * sizeof(char *);
	size_t text = 0;
	struct entry *e;
	char *p;

	for (size_t i = 0; i < change->n_keys; i++)
		text += strlen(change->keys[i]) + 1;
	e = must(calloc(1, size + text));
	p = (char *)e + size;
	for (size_t i = 0; i < change->n_keys; i++) {
		e->keys[i] = p;
		p = stpcpy(p, change->keys[i]) + 1;
	}
	e->n_keys = change->n_keys;
	e->row = change->node;
	e->hash = hash_of(change->node, change->keys, change->n_keys);
	return e;
}

static struct entry *add(struct nb_copy *c, const struct nb_change *change)
{
	struct row *row = &c->rows[change->node];
	struct entry *e = entry_new(change), **first;

	row->n_keys = change->n_keys;
	if (row->up != NO_ROW && c->rows[row->up].n_keys <= change->n_keys)
		e->up = find(c, row->up, change->keys, c->rows[row->up].n_keys);
	first = siblings(c, e);
	e->next = *first;
	if (e->next)
		e->next->prev = e;
	*first = e;
	if (c->n == c->n_slots)
		grow(c);
	e->chain = c->slots[e->hash % c->n_slots];
	c->slots[e->hash % c->n_slots] = e;
	c->n++;
	return e;
}

static void del(struct nb_copy *c, struct entry *e)
{
	struct entry **slot = &c->slots[e->hash % c->n_slots];

	while (e->below)
		del(c, e->below);
	while (*slot != e)
		slot = &(*slot)->chain;
	*slot = e->chain;
	if (e->prev)
		e->prev->next = e->next;
	else
		*siblings(c, e) = e->next;
	if (e->next)
		e->next->prev = e->prev;
	free(e->value);
	free(e);
	c->n--;
}

void nb_copy_free(struct nb_copy *c)
{
	if (!c)
		return;
	while (c->roots)
		del(c, c->roots);
	free(c->slots);
	free(c->rows);
	free(c);
}

void nb_copy_change(struct nb_copy *c, const struct nb_change *change)
{
	struct entry *e = find(c, change->node, change->keys, change->n_keys);

	if (change->op == NB_DELETE) {
		if (e)
			del(c, e);
		return;
	}
	if (!e)
		e = add(c, change);
	if (change->op == NB_SET) {
		free(e->value);
		e->value = must(strdup(change->value));
	}
}

size_t nb_copy_count(const struct nb_copy *c)
{
	return c->n;
}

/* ---- comparison ---- */

struct result {
	struct nb_change *v;
	size_t *index;
	size_t n;
};

static void put(struct result *r, const struct nb_change *change, size_t index)
{
	r->v[r->n] = *change;
	r->index[r->n++] = index;
}

/* Tops of what the comparison did not see. */
static void put_gone(struct result *r, const struct nb_copy *c, const struct entry *first, size_t n)
{
	for (const struct entry *e = first; e; e = e->next) {
		struct nb_change gone = {.op = NB_DELETE, .node = e->row, .n_keys = e->n_keys};

		if (e->seen == c->comparison) {
			put_gone(r, c, e->below, n);
			continue;
		}
		memcpy(gone.keys, e->keys, e->n_keys * sizeof(e->keys[0]));
		put(r, &gone, n);
	}
}

struct nb_change *nb_copy_diff(struct nb_copy *c, const struct nb_change *full, size_t n,
			       size_t **index, size_t *n_out)
{
	struct result r = {0};
	bool *news = must(calloc(n ? n : 1, sizeof(*news)));

	r.v = must(calloc(c->n + n + 1, sizeof(*r.v)));
	r.index = must(calloc(c->n + n + 1, sizeof(*r.index)));
	c->comparison++;
	for (size_t i = 0; i < n; i++) {
		struct entry *e = find(c, full[i].node, full[i].keys, full[i].n_keys);

		if (e)
			e->seen = c->comparison;
		news[i] = !e ||
			  (full[i].op == NB_SET && (!e->value || strcmp(e->value, full[i].value)));
	}
	put_gone(&r, c, c->roots, n);
	for (size_t i = 0; i < n; i++)
		if (news[i])
			put(&r, &full[i], i);
	free(news);
	*index = r.index;
	*n_out = r.n;
	return r.v;
}
