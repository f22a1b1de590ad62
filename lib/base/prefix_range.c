/* SPDX-License-Identifier: MIT */
/* Prefixes by range. */
#include "lib/base/prefix_range.h"

bool prefix_range_has(const struct prefix_range *r, const struct prefix *p)
{
	unsigned int least = r->ge ? r->ge : r->p.plen;
	unsigned int most = r->le   ? r->le
			    : r->ge ? family_bits((enum family)r->p.family)
				    : r->p.plen;

	if (!r->set)
		return true;
	return p->plen >= least && p->plen <= most && prefix_covers(&r->p, p);
}

bool prefix_range_eq(const struct prefix_range *a, const struct prefix_range *b)
{
	if (a->set != b->set)
		return false;
	return !a->set || (prefix_eq(&a->p, &b->p) && a->ge == b->ge && a->le == b->le);
}
