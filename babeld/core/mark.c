/* SPDX-License-Identifier: MIT */
/* What the caller keeps with a choice, and what it may ask about choices. */
#include "babeld/core/mark.h"

#include <assert.h>

#include "babeld/core/core.h"

static struct pfx *chosen(const struct babel *b, const struct sdprefix *pair)
{
	struct pfx *p = pfx_find(b, pair);

	return p && p->choice != CHOICE_NONE ? p : NULL;
}

bool babel_mark(struct babel *b, const struct sdprefix *pair, uint8_t mark)
{
	struct pfx *p = chosen(b, pair);

	assert(mark <= MARK_MAX);
	if (p)
		p->mark = mark & MARK_MAX;
	return p != NULL;
}

uint8_t babel_marked(const struct babel *b, const struct sdprefix *pair)
{
	const struct pfx *p = chosen(b, pair);

	return p ? p->mark : 0;
}

void babel_unmark_all(struct babel *b)
{
	for (struct pfx *p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		p->mark = 0;
}

bool babel_has_choice(const struct babel *b, const struct sdprefix *pair)
{
	return chosen(b, pair) != NULL;
}

static void count(struct babel *b, const struct sdprefix *pair)
{
	struct chosen_from *f;
	struct sdplace place;
	struct sdprefix key;

	sdprefix_make(&key, &pair->src, NULL);
	f = chosen_froms_seek(&b->chosen_froms, &key, &place);
	if (!f) {
		f = mem_new(&b->mem.chosen_from, sizeof(*f));
		f->entry.key = key;
		chosen_froms_put(&b->chosen_froms, &place, f);
	}
	f->pairs++;
}

static void uncount(struct babel *b, const struct sdprefix *pair)
{
	struct chosen_from *f;
	struct sdprefix key;

	sdprefix_make(&key, &pair->src, NULL);
	f = chosen_froms_find(&b->chosen_froms, &key);
	if (--f->pairs)
		return;
	chosen_froms_del(&b->chosen_froms, f);
	mem_free(&b->mem.chosen_from, f);
}

void choice_set(struct babel *b, struct pfx *p, enum choice_kind kind)
{
	bool was = p->choice != CHOICE_NONE, is = kind != CHOICE_NONE;

	p->choice = kind;
	if (was == is || sdprefix_is_plain(&p->entry.key))
		return;
	if (is)
		count(b, &p->entry.key);
	else
		uncount(b, &p->entry.key);
}

bool babel_has_choice_from(const struct babel *b, const struct prefix *src)
{
	struct sdprefix key;

	return sdprefix_make(&key, src, NULL) && chosen_froms_find(&b->chosen_froms, &key);
}
