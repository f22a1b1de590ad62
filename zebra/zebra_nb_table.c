/* SPDX-License-Identifier: MIT */
/* Kernel tables beside the main one: pages of their routes, one table after another. */
#include <stdlib.h>

#include "zebra/zebra_nb_route.h"

/* The list's keys are the table's number and then those of a list of pairs. */
static struct nb_ask without_table(const struct nb_ask *ask, bool begun)
{
	struct nb_ask pairs = *ask;

	if (pairs.n_keys) {
		pairs.keys++;
		pairs.n_keys--;
	}
	if (begun) {
		pairs.after++;
		pairs.n_after--;
	} else {
		pairs.n_after = 0;
	}
	return pairs;
}

static bool number(const char *text, uint32_t *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*out = (uint32_t)n;
	return *text >= '0' && *text <= '9' && !*end && n == *out;
}

bool nb_table_routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct rib *main = nb_zebra(ctx)->rib, *r;
	uint32_t only = 0, from = 0;
	bool more = false;

	if ((ask->n_keys && (!number(ask->keys[0], &only) || !only)) ||
	    (ask->n_after && !number(ask->after[0], &from)))
		return false;
	if (only && from < only)
		from = 0;
	for (r = rib_table_after(main, from ? from - 1 : 0); r && !more;
	     r = rib_table_after(main, rib_table_id(r))) {
		struct nb_ask pairs = without_table(ask, from == rib_table_id(r));

		if (!only || rib_table_id(r) == only)
			more = nb_routes_page_of(ctx, r, &pairs, w);
	}
	return more;
}
