/* SPDX-License-Identifier: MIT */
/* Sources of the rules backend: each has a table and a rule. */
#include "zebra/core/rib_private.h"

#include <assert.h>

static struct sdprefix source_key(const struct prefix *src)
{
	struct sdprefix key;
	bool ok = sdprefix_make(&key, src, NULL);

	assert(ok);
	(void)ok;
	return key;
}

struct rib_source *rib_source_find(const struct rib *r, const struct prefix *src)
{
	struct sdprefix key = source_key(src);

	return rib_sources_find(&r->sources, &key);
}

static unsigned int index_of(enum family f)
{
	return f == FAM_IP6;
}

static struct rib_slot *slot_at(struct rib *r, enum family f, uint32_t table)
{
	struct rib_slot **v = &r->slots[index_of(f)];

	if (!rib_range_has(&r->setup.range, table))
		return NULL;
	if (!*v)
		*v = mem_new(&r->mem_source, r->setup.range.n_tables * sizeof(**v));
	return &(*v)[table - r->setup.range.table];
}

static uint32_t free_table(struct rib *r, enum family f)
{
	for (uint32_t i = 0; i < r->setup.range.n_tables; i++) {
		const struct rib_slot *t = slot_at(r, f, r->setup.range.table + i);

		if (!t->source && !t->taken && !t->retired)
			return r->setup.range.table + i;
	}
	return 0;
}

/* error 0: no more. */
static void withhold(struct rib *r, struct rib_source *s, int error)
{
	r->n_withheld -= s->error != 0;
	r->n_withheld += error != 0;
	s->error = error;
}

static void take_table(struct rib *r, struct rib_source *s)
{
	enum family f = sdprefix_family(&s->entry.key);

	s->asked = r->slots_freed;
	s->table = free_table(r, f);
	if (s->table)
		slot_at(r, f, s->table)->source = s;
	else
		withhold(r, s, RIB_ERROR_NO_TABLE);
}

static struct rib_source *source_new(struct rib *r, const struct prefix *src)
{
	struct rib_source *s = mem_new(&r->mem_source, sizeof(*s));

	s->entry.key = source_key(src);
	rib_sources_add(&r->sources, s);
	return s;
}

struct rib_source *rib_source_get(struct rib *r, const struct prefix *src)
{
	struct rib_source *s = rib_source_find(r, src);

	if (!s) {
		s = source_new(r, src);
		take_table(r, s);
	}
	return s;
}

static void source_free(struct rib *r, struct rib_source *s)
{
	struct rib_slot *t = slot_at(r, sdprefix_family(&s->entry.key), s->table);

	if (t)
		t->source = NULL;
	r->slots_freed += t != NULL;
	rib_source_clear(r, s);
	rib_sources_del(&r->sources, s);
	mem_free(&r->mem_source, s);
}

/* Is there nothing left of what was refused? Until its routes are back, a try
 * has not succeeded. */
static bool settled(const struct rib_source *s)
{
	return !s->error && !s->undeleted && (!s->n_wish || (s->ruled && s->n_held));
}

void rib_sources_tidy(struct rib *r)
{
	struct rib_source *s = rib_sources_first(&r->sources), *next;

	for (; s; s = next) {
		next = rib_sources_next(&r->sources, s);
		if (settled(s))
			rib_retry_drop(r, &s->retry);
		if (!s->n_wish && !s->n_held && !s->ruled)
			source_free(r, s);
	}
}

void rib_sources_free(struct rib *r)
{
	struct rib_source *s;
	struct rib_cover *c;

	while ((s = rib_sources_first(&r->sources)))
		source_free(r, s);
	while ((c = rib_covers_first(&r->covers))) {
		rib_covers_del(&r->covers, c);
		mem_free(&r->mem_source, c);
	}
	rib_slots_forget(r);
}

/* For another range: whose tables are in use there is not known. */
void rib_slots_forget(struct rib *r)
{
	for (unsigned int i = 0; i < 2; i++) {
		mem_free(&r->mem_source, r->slots[i]);
		r->slots[i] = NULL;
	}
	r->slots_freed++;
}

void rib_source_again(struct rib *r, struct rib_source *s)
{
	const struct prefix *src = &s->entry.key.dst;
	struct rib_node *n;

	r->rules_marked = r->rules_marked || s->undeleted;
	s->undeleted = false;
	if (!s->error)
		return;
	withhold(r, s, 0);
	if (!s->table)
		take_table(r, s);
	for (n = rib_nodes_first(&r->nodes); n; n = rib_nodes_next(&r->nodes, n))
		if (prefix_eq(&n->entry.key.src, src) && n->wish)
			rib_node_mark(r, n);
}

/* What was refused for now, or for an interface, has its time, and who has no
 * table waits until there may be one; the rest may go with what is new. */
void rib_source_retry(struct rib *r, const struct prefix *src)
{
	struct rib_source *s = r->n_withheld ? rib_source_find(r, src) : NULL;

	if (!s || !s->error || (s->retry && retries_linked(s->retry)) ||
	    (!s->table && s->asked == r->slots_freed))
		return;
	rib_source_again(r, s);
}

void rib_source_refused(struct rib *r, struct rib_source *s, int error)
{
	withhold(r, s, error);
	rib_retry_note_source(r, s, error);
}

void rib_source_clear(struct rib *r, struct rib_source *s)
{
	withhold(r, s, 0);
	s->undeleted = false;
	rib_retry_drop(r, &s->retry);
}

/* Covers: which destinations have chosen routes with a source */

void rib_cover_count(struct rib *r, const struct prefix *dst, int by)
{
	struct sdprefix key = source_key(dst);
	struct rib_cover *c = rib_covers_find(&r->covers, &key);

	if (!c) {
		c = mem_new(&r->mem_source, sizeof(*c));
		c->entry.key = key;
		rib_covers_add(&r->covers, c);
	}
	c->n += (size_t)by;
	if (c->n)
		return;
	rib_covers_del(&r->covers, c);
	mem_free(&r->mem_source, c);
}

/* What the kernel tells */

struct fib_op rib_rule_op(const struct rib *r, enum fib_op_kind kind, const struct prefix *src,
			  uint32_t table)
{
	struct fib_op op = {.kind = kind, .route = {.table = table, .ruled = true}};
	struct prefix any = prefix_any((enum family)src->family);
	bool ok = sdprefix_make(&op.route.pair, &any, src);

	assert(ok);
	(void)ok;
	op.preference = fib_rules_preference(r->setup.range.preference, src);
	return op;
}

struct fib_op rib_rule_del(const struct rib *r, const struct prefix *src, uint32_t table)
{
	return rib_rule_op(r, FIB_RULE_DEL, src, table);
}

void rib_rule_found(struct rib *r, const struct prefix *src, uint32_t table, uint32_t preference)
{
	struct rib_slot *t = slot_at(r, (enum family)src->family, table);
	struct fib_op op = rib_rule_op(r, FIB_RULE_DEL, src, table);

	if (t && !t->source && !t->taken && src->plen && preference == op.preference &&
	    !rib_source_find(r, src)) {
		t->source = source_new(r, src);
		t->source->table = table;
		t->source->ruled = true;
		r->rules_marked = true;
		*(src->family == FAM_IP4 ? &r->setup.ip4 : &r->setup.ip6) = FIB_RULES;
		return;
	}
	op.preference = preference;
	rib_retire(r, &op);
}

bool rib_rule_lost(struct rib *r, const struct prefix *src, uint32_t table)
{
	struct rib_source *s = rib_source_find(r, src);

	if (!s || s->table != table || !s->ruled)
		return false;
	s->ruled = false;
	s->undeleted = false;
	r->rules_marked = true;
	return true;
}

void rib_slot_taken(struct rib *r, enum family f, uint32_t table)
{
	struct rib_slot *t = slot_at(r, f, table);

	if (t && !t->source)
		t->taken = true;
}

void rib_slot_retired(struct rib *r, enum family f, uint32_t table, bool retired)
{
	struct rib_slot *t = slot_at(r, f, table);

	if (t)
		t->retired = retired;
	r->slots_freed += !retired;
}

bool rib_slot_source(const struct rib *r, enum family f, uint32_t table, struct prefix *src)
{
	const struct rib_slot *v = r->slots[index_of(f)];
	const struct rib_source *s;

	if (!v || !rib_range_has(&r->setup.range, table))
		return false;
	s = v[table - r->setup.range.table].source;
	if (s)
		*src = s->entry.key.dst;
	return s != NULL;
}

void rib_each_rule(const struct rib *r,
		   bool (*each)(void *ctx, const struct prefix *src, uint32_t table), void *ctx)
{
	const struct rib_source *s = rib_sources_first(&r->sources);

	for (; s; s = rib_sources_next(&r->sources, s))
		if (s->ruled && !each(ctx, &s->entry.key.dst, s->table))
			return;
}

struct rib_cost rib_cost(const struct rib *r, enum family f)
{
	const struct rib_source *s = rib_sources_first(&r->sources);
	const struct rib_node *n = rib_nodes_first(&r->nodes);
	struct rib_cost c = {0};

	for (; s; s = rib_sources_next(&r->sources, s))
		c.rules += s->ruled && sdprefix_family(&s->entry.key) == f;
	for (; n; n = rib_nodes_next(&r->nodes, n)) {
		if (!n->kernel || sdprefix_family(&n->entry.key) != f)
			continue;
		c.helpers += rib_node_auxiliary(n);
		c.routes += !rib_node_auxiliary(n);
	}
	return c;
}
