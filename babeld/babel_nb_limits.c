/* SPDX-License-Identifier: MIT */
/* Limits: what is configured, and how much of each is used. */
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_nb_config.h"
#include "babeld/babel_nb_state.h"
#include "babeld/babel_nb_table.h"

/* ---- configuration; 0: the model's default ---- */

static struct babel_limits *limits_of(void *ctx)
{
	return &((struct babel_nb *)ctx)->conf.limits;
}

static uint32_t number(const struct nb_change *c)
{
	return c->op == NB_SET ? (uint32_t)strtoul(c->value, NULL, 10) : 0;
}

void babel_nb_limit_neighbors(void *ctx, const struct nb_change *c)
{
	limits_of(ctx)->neighbours = number(c);
}

void babel_nb_limit_neighbor_routes(void *ctx, const struct nb_change *c)
{
	limits_of(ctx)->neigh_routes = number(c);
}

void babel_nb_limit_routes(void *ctx, const struct nb_change *c)
{
	limits_of(ctx)->routes = number(c);
}

/* ---- state ---- */

static int by_name(const void *a, const void *b)
{
	const struct babel_limit_view *v = a, *w = b;

	return strcmp(babel_limit_name(v->limit), babel_limit_name(w->limit));
}

static bool gather(void *ctx, const struct babel_limit_view *v)
{
	nb_rows_add(ctx, v, sizeof(*v));
	return true;
}

bool nb_babel_limits_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct babeld *b = nb_babeld(ctx);
	const struct babel_limit_view *v;
	struct nb_rows rows = {0};
	bool more = false;

	if (b->babel)
		babel_each_limit(b->babel, gather, &rows);
	nb_rows_sort(&rows, sizeof(*v), by_name);
	v = rows.v;
	for (size_t i = 0; i < rows.n && !more; i++) {
		const char *name = babel_limit_name(v[i].limit);

		if ((ask->n_after && strcmp(name, ask->after[0]) <= 0) ||
		    !nb_ask_wants(ask, 0, name))
			continue;
		nb_begin(w, "limit");
		nb_leaf(w, "name", name);
		nb_leaf_u64(w, "most", v[i].most);
		nb_leaf_u64(w, "used", v[i].used);
		nb_leaf_u64(w, "hits", v[i].hits);
		nb_end(w);
		more = nb_full(w) && i + 1 < rows.n;
	}
	nb_rows_free(&rows);
	return more;
}
