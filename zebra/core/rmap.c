/* SPDX-License-Identifier: MIT */
/* Prefix lists and route maps: stored, and edited. */
#include "zebra/core/rmap_private.h"

#include <string.h>

struct rmaps *rmaps_new(void)
{
	struct memtag tag = {.name = "route maps"};
	struct rmaps *p = mem_new(&tag, sizeof(*p));

	p->mem = tag;
	plists_init(&p->lists);
	pmaps_init(&p->maps);
	return p;
}

static void list_free(struct rmaps *p, struct rmap_list *l)
{
	plists_del(&p->lists, l);
	mem_free(&p->mem, l->rows);
	mem_free(&p->mem, l);
}

static void map_free(struct rmaps *p, struct rmap_map *m)
{
	pmaps_del(&p->maps, m);
	mem_free(&p->mem, m->entries);
	mem_free(&p->mem, m);
}

void rmaps_free(struct rmaps *p)
{
	struct rmap_list *l;
	struct rmap_map *m;
	struct memtag tag;

	if (!p)
		return;
	while ((l = plists_first(&p->lists)))
		list_free(p, l);
	while ((m = pmaps_first(&p->maps)))
		map_free(p, m);
	tag = p->mem;
	mem_free(&tag, p);
}

static void set_name(char to[RMAP_NAME], const char *name)
{
	strncpy(to, name, RMAP_NAME - 1);
}

/* Room for one more of n elements. */
static void *grown(struct rmaps *p, void *v, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 8;

	if (n < *room)
		return v;
	v = mem_resize(&p->mem, v, *room * size, more * size);
	*room = more;
	return v;
}

/* ---- prefix lists ---- */

struct rmap_list *rmap_list_find(const struct rmaps *p, enum family f, const char *name)
{
	struct rmap_list *l;

	LIST_EACH (plists, &p->lists, l)
		if (l->family == f && strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

static struct rmap_list *list_get(struct rmaps *p, enum family f, const char *name)
{
	struct rmap_list *l = rmap_list_find(p, f, name), *behind;

	if (l)
		return l;
	l = mem_new(&p->mem, sizeof(*l));
	l->family = f;
	set_name(l->name, name);
	LIST_EACH (plists, &p->lists, behind)
		if (behind->family > f || (behind->family == f && strcmp(behind->name, name) > 0))
			break;
	plists_add_before(&p->lists, behind, l);
	return l;
}

/* Where the row is, or would be. */
static size_t row_place(const struct rmap_list *l, uint32_t number)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->rows[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct rmap_row *rmap_row_edit(struct rmaps *p, enum family f, const char *name,
				   uint32_t number)
{
	struct rmap_list *l = list_get(p, f, name);
	size_t at = row_place(l, number);

	l->changed = true;
	if (at == l->n || l->rows[at].number != number) {
		l->rows = grown(p, l->rows, l->n, &l->room, sizeof(*l->rows));
		memmove(&l->rows[at + 1], &l->rows[at], (l->n - at) * sizeof(*l->rows));
		l->rows[at] = (struct rmap_row){.number = number};
		l->n++;
	}
	l->rows[at].hits = 0;
	return &l->rows[at];
}

void rmap_row_del(struct rmaps *p, enum family f, const char *name, uint32_t number)
{
	struct rmap_list *l = rmap_list_find(p, f, name);
	size_t at = l ? row_place(l, number) : 0;

	if (!l || at == l->n || l->rows[at].number != number)
		return;
	l->changed = true;
	l->n--;
	memmove(&l->rows[at], &l->rows[at + 1], (l->n - at) * sizeof(*l->rows));
}

void rmap_list_del(struct rmaps *p, enum family f, const char *name)
{
	struct rmap_list *l = rmap_list_find(p, f, name);

	if (l)
		list_free(p, l);
}

/* ---- route maps ---- */

struct rmap_map *rmap_find(const struct rmaps *p, const char *name)
{
	struct rmap_map *m;

	LIST_EACH (pmaps, &p->maps, m)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

static struct rmap_map *map_get(struct rmaps *p, const char *name)
{
	struct rmap_map *m = rmap_find(p, name), *behind;

	if (m)
		return m;
	m = mem_new(&p->mem, sizeof(*m));
	set_name(m->name, name);
	LIST_EACH (pmaps, &p->maps, behind)
		if (strcmp(behind->name, name) > 0)
			break;
	pmaps_add_before(&p->maps, behind, m);
	return m;
}

static size_t entry_place(const struct rmap_map *m, uint16_t number)
{
	size_t at = 0;

	while (at < m->n && m->entries[at].number < number)
		at++;
	return at;
}

struct rmap_entry *rmap_entry_edit(struct rmaps *p, const char *name, uint16_t number)
{
	struct rmap_map *m = map_get(p, name);
	size_t at = entry_place(m, number);

	m->changed = true;
	if (at == m->n || m->entries[at].number != number) {
		m->entries = grown(p, m->entries, m->n, &m->room, sizeof(*m->entries));
		memmove(&m->entries[at + 1], &m->entries[at], (m->n - at) * sizeof(*m->entries));
		m->entries[at] = (struct rmap_entry){.number = number};
		m->n++;
	}
	m->entries[at].hits = 0;
	return &m->entries[at];
}

void rmap_entry_del(struct rmaps *p, const char *name, uint16_t number)
{
	struct rmap_map *m = rmap_find(p, name);
	size_t at = m ? entry_place(m, number) : 0;

	if (!m || at == m->n || m->entries[at].number != number)
		return;
	m->changed = true;
	m->n--;
	memmove(&m->entries[at], &m->entries[at + 1], (m->n - at) * sizeof(*m->entries));
}

void rmap_del(struct rmaps *p, const char *name)
{
	struct rmap_map *m = rmap_find(p, name);

	if (m)
		map_free(p, m);
}

void rmap_bind(struct rmaps *p, enum family f, uint8_t type, const char *name)
{
	struct binding *b = &p->bindings[f == FAM_IP6][type % RMAP_TYPES];

	b->changed = true;
	memset(b->name, 0, sizeof(b->name));
	if (name)
		set_name(b->name, name);
}

/* ---- taking effect ---- */

static bool entry_settle(const struct rmaps *p, struct rmap_entry *e, uint32_t ifindex)
{
	bool changed = e->ifindex != ifindex;

	e->ifindex = ifindex;
	for (int six = 0; six < 2; six++) {
		struct rmap_list *l =
			e->list[six][0] ? rmap_list_find(p, six ? FAM_IP6 : FAM_IP4, e->list[six])
					: NULL;

		changed |= l != e->lists[six] || (l && l->changed);
		e->lists[six] = l;
	}
	return changed;
}

/* All that an `any` may be for, or a type alone. */
static uint64_t types_of(unsigned int type)
{
	return type == RMAP_ANY ? UINT64_MAX : (uint64_t)1 << type;
}

void rmap_settle(struct rmaps *p, uint32_t (*ifindex)(void *ctx, const char *name), void *ctx,
		   uint64_t types[2])
{
	struct rmap_list *l;
	struct rmap_map *m;

	types[0] = types[1] = 0;
	LIST_EACH (pmaps, &p->maps, m) {
		for (size_t i = 0; i < m->n; i++) {
			struct rmap_entry *e = &m->entries[i];

			m->changed |=
				entry_settle(p, e, e->ifname[0] ? ifindex(ctx, e->ifname) : 0);
		}
	}
	for (unsigned int six = 0; six < 2; six++) {
		for (unsigned int type = 0; type < RMAP_TYPES; type++) {
			struct binding *b = &p->bindings[six][type];
			struct rmap_map *now = b->name[0] ? rmap_find(p, b->name) : NULL;

			if (now != b->map || (now && now->changed) || b->changed)
				types[six] |= types_of(type);
			b->map = now;
			b->changed = false;
		}
	}
	LIST_EACH (pmaps, &p->maps, m)
		m->changed = false;
	LIST_EACH (plists, &p->lists, l)
		l->changed = false;
}
