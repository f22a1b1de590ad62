/* SPDX-License-Identifier: MIT */
/* Clients as nodes: who is connected, and whose routes have outlived it. */
#include "zebra/zebra_nb_client.h"

#include <stdio.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "lib/zapi/zapi.h"
#include "zebra/zebra_nb_route.h"

/* ---- what is owned, in one walk for all of a page ---- */

struct owned {
	uint8_t type;
	uint16_t instance;
	uint64_t routes, stale;
};

static struct owned *owned_find(const struct nb_rows *rows, uint8_t type, uint16_t instance)
{
	struct owned *v = rows->v;

	for (size_t i = 0; i < rows->n; i++)
		if (v[i].type == type && v[i].instance == instance)
			return &v[i];
	return NULL;
}

static bool count_route(void *ctx, const struct rib_view *v)
{
	struct nb_rows *rows = ctx;
	struct owned *o;

	if (v->owner.config)
		return true;
	o = owned_find(rows, v->owner.type, v->owner.instance);
	if (!o) {
		const struct owned new = {v->owner.type, v->owner.instance, 0, 0};

		nb_rows_add(rows, &new, sizeof(new));
		o = (struct owned *)rows->v + rows->n - 1;
	}
	o->routes++;
	o->stale += v->stale;
	return true;
}

/* Of all kernel tables. */
static void count_routes(const struct rib *rib, struct nb_rows *rows)
{
	const struct rib *t = rib;

	do {
		rib_each(t, NULL, count_route, rows);
		t = rib_table_after(rib, rib_table_id(t));
	} while (t);
}

static void owned_leaves(struct nb_writer *w, const struct nb_rows *rows, uint8_t type,
			 uint16_t instance)
{
	const struct owned *o = owned_find(rows, type, instance);

	nb_leaf_u64(w, "routes", o ? o->routes : 0);
	nb_leaf_u64(w, "routes-stale", o ? o->stale : 0);
}

/* ---- connected ones ---- */

struct client_page {
	const struct zebra *z;
	const struct nb_ask *ask;
	struct nb_writer *w;
	struct nb_rows owned;
	bool more;
};

static bool id_passed(const struct nb_ask *ask, uint32_t id)
{
	unsigned long after;

	return ask->n_after && sscanf(ask->after[0], "%lu", &after) == 1 && id <= after;
}

static void hello_leaves(struct nb_writer *w, const struct client_page *p,
			 const struct zebra_zapi_client_view *v)
{
	if (!v->hello)
		return;
	nb_leaf(w, "protocol", zapi_route_type_name(v->type));
	nb_leaf_u64(w, "instance", v->instance);
	nb_leaf_u64(w, "session", v->session);
	/* A connection of another kind has no routes, its namesake may. */
	if (v->session == 0 && !v->synchronous)
		owned_leaves(w, &p->owned, v->type, v->instance);
}

static void message_rows(struct nb_writer *w, const struct zebra_zapi_client_view *v)
{
	for (unsigned int i = 0; i < v->n_by; i++) {
		const char *name = zapi_cmd_name((uint16_t)i);

		if (!v->in_by[i] && !v->out_by[i])
			continue;
		nb_begin(w, "message");
		if (i + 1 == v->n_by)
			nb_leaf(w, "command", "none");
		else if (strcmp(name, "unknown") == 0)
			nb_leaf_fmt(w, "command", "command-%u", i);
		else
			nb_leaf(w, "command", name);
		nb_leaf_u64(w, "in", v->in_by[i]);
		nb_leaf_u64(w, "out", v->out_by[i]);
		nb_end(w);
	}
}

static void fault_leaves(const struct zebra *z, struct nb_writer *w,
			 const struct zebra_zapi_client_view *v)
{
	nb_leaf_u64(w, "octets-waiting", v->pending);
	nb_leaf(w, "held", v->held_by_output ? "unread" : v->held_by_rib ? "rib" : "no");
	nb_leaf_u64(w, "stalls", v->stalls);
	nb_leaf_u64(w, "messages-dropped", v->dropped);
	nb_leaf_u64(w, "errors", v->errors);
	if (!v->errors)
		return;
	nb_leaf(w, "last-error", v->last_error);
	nb_leaf_u64(w, "last-error-age", nb_seconds(z, v->last_error_at));
}

static void write_client(const struct client_page *p, const struct zebra_zapi_client_view *v)
{
	struct nb_writer *w = p->w;

	nb_begin(w, "client");
	nb_leaf_u64(w, "id", v->id);
	hello_leaves(w, p, v);
	if (v->settled)
		nb_leaf(w, "dialect", zapi_dialect_name(v->dialect));
	if (v->pid)
		nb_leaf_u64(w, "process-id", v->pid);
	nb_leaf_u64(w, "uptime", nb_seconds(p->z, v->since));
	nb_leaf_bool(w, "notify", v->notify);
	nb_leaf_bool(w, "synchronous", v->synchronous);
	if (v->graceful)
		nb_leaf_u64(w, "stale-time", v->stale_time);
	nb_leaf_u64(w, "messages-in", v->in);
	nb_leaf_u64(w, "messages-out", v->out);
	nb_leaf_u64(w, "routes-added", v->routes_added);
	nb_leaf_u64(w, "routes-deleted", v->routes_deleted);
	nb_leaf_u64(w, "routes-refused", v->refused);
	nb_leaf_u64(w, "routes-sent", v->redistributed);
	nb_leaf_u64(w, "routes-delayed", v->delayed);
	nb_leaf_u64(w, "next-hops-tracked", v->tracked);
	fault_leaves(p->z, w, v);
	message_rows(w, v);
	nb_end(w);
}

/* They come in the order of their ids. */
static bool page_client(void *ctx, const struct zebra_zapi_client_view *v)
{
	struct client_page *p = ctx;
	char id[16];

	snprintf(id, sizeof(id), "%u", v->id);
	if (id_passed(p->ask, v->id) || !nb_ask_wants(p->ask, 0, id))
		return true;
	p->more = nb_full(p->w);
	if (!p->more)
		write_client(p, v);
	return !p->more;
}

bool nb_clients_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct client_page p = {.z = nb_zebra(ctx), .ask = ask, .w = w};

	if (!p.z->zapi)
		return false;
	count_routes(p.z->rib, &p.owned);
	zebra_zapi_each_client(p.z->zapi, page_client, &p);
	nb_rows_free(&p.owned);
	return p.more;
}

/* ---- those that went ---- */

static bool gather_gone(void *ctx, const struct zebra_zapi_gone_view *v)
{
	nb_rows_add(ctx, v, sizeof(*v));
	return true;
}

static int by_owner(const void *a, const void *b)
{
	const struct zebra_zapi_gone_view *x = a, *y = b;
	int c = strcmp(zapi_route_type_name(x->type), zapi_route_type_name(y->type));

	return c ? c : (int)x->instance - (int)y->instance;
}

/* Is it behind the last entry of the page before, and asked for? */
static bool gone_wanted(const struct nb_ask *ask, const struct zebra_zapi_gone_view *v)
{
	const char *name = zapi_route_type_name(v->type);
	char instance[8];
	unsigned long after;
	int c;

	snprintf(instance, sizeof(instance), "%u", v->instance);
	if (!nb_ask_wants(ask, 0, name) || !nb_ask_wants(ask, 1, instance))
		return false;
	if (ask->n_after < 2)
		return true;
	c = strcmp(name, ask->after[0]);
	return c > 0 || (c == 0 && sscanf(ask->after[1], "%lu", &after) == 1 && v->instance > after);
}

static uint64_t seconds_left(const struct zebra *z, mono_t until)
{
	usec_t d = mono_sub(until, loop_now(z->loop));

	return d > 0 ? (uint64_t)((d + USEC_PER_SEC - 1) / USEC_PER_SEC) : 0;
}

bool nb_departed_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct zebra *z = nb_zebra(ctx);
	struct nb_rows gones = {0}, owned = {0};
	bool more = false;

	if (!z->zapi)
		return false;
	zebra_zapi_each_gone(z->zapi, gather_gone, &gones);
	nb_rows_sort(&gones, sizeof(struct zebra_zapi_gone_view), by_owner);
	if (gones.n)
		count_routes(z->rib, &owned);
	for (size_t i = 0; i < gones.n && !more; i++) {
		const struct zebra_zapi_gone_view *v =
			(const struct zebra_zapi_gone_view *)gones.v + i;

		if (!gone_wanted(ask, v))
			continue;
		more = nb_full(w);
		if (more)
			break;
		nb_begin(w, "departed-client");
		nb_leaf(w, "protocol", zapi_route_type_name(v->type));
		nb_leaf_u64(w, "instance", v->instance);
		owned_leaves(w, &owned, v->type, v->instance);
		nb_leaf_u64(w, "expires", seconds_left(z, v->until));
		nb_end(w);
	}
	nb_rows_free(&gones);
	nb_rows_free(&owned);
	return more;
}
