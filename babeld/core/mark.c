/* SPDX-License-Identifier: MIT */
/* What the caller keeps with a choice. */
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

bool babel_has_choice_from(const struct babel *b, const struct prefix *src)
{
	for (const struct pfx *p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		if (p->choice != CHOICE_NONE && !sdprefix_is_plain(&p->entry.key) &&
		    prefix_eq(&p->entry.key.src, src))
			return true;
	return false;
}
