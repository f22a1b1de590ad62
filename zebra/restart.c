/* SPDX-License-Identifier: MIT */
/* Routes of ours that an earlier run left in the kernel. */
#include "zebra/restart.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/io/log.h"
#include "lib/zapi/zapi.h"
#include "zebra/core/fib.h"

struct found {
	struct fib_route route; /* nexthops: at `first` in the pool */
	size_t first;
};

struct restart {
	struct found *v;
	size_t n, room;
	struct rib_nexthop *pool; /* of all, one after the other */
	size_t n_pool, room_pool;
	struct memtag mem;
};

struct restart *restart_new(void)
{
	struct memtag mem = {.name = "left-over routes"};
	struct restart *r = mem_new(&mem, sizeof(*r));

	r->mem = mem;
	return r;
}

void restart_free(struct restart *r)
{
	struct memtag mem;

	if (!r)
		return;
	mem_free(&r->mem, r->v);
	mem_free(&r->mem, r->pool);
	mem = r->mem;
	mem_free(&mem, r);
}

static void *room_for(struct restart *r, void *v, size_t need, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 256;

	if (need <= *room)
		return v;
	if (more < need)
		more = need;
	v = mem_resize(&r->mem, v, *room * size, more * size);
	*room = more;
	return v;
}

/* A route that was written for a connected or another's kernel route (a
 * half) has a number for both. */
static uint8_t type_of(uint8_t rtproto)
{
	return rtproto == NL_RTPROTO_ZEBRA ? ROUTE_CONNECTED : zapi_route_type_of_rtproto(rtproto);
}

void restart_found(struct restart *r, const struct nl_route *route)
{
	struct found *f;

	r->v = room_for(r, r->v, r->n + 1, &r->room, sizeof(r->v[0]));
	r->pool = room_for(r, r->pool, r->n_pool + route->n_nexthops, &r->room_pool,
			   sizeof(r->pool[0]));
	f = &r->v[r->n++];
	memset(f, 0, sizeof(*f));
	f->first = r->n_pool;
	f->route.pair = route->pair;
	f->route.type = type_of(route->protocol);
	f->route.mtu = route->mtu;
	f->route.n_nexthops = route->n_nexthops;
	memcpy(r->pool + r->n_pool, route->nexthops, route->n_nexthops * sizeof(r->pool[0]));
	r->n_pool += route->n_nexthops;
}

/* A half stands for the plain route of its destination. */
static bool still_configured(const struct statics *statics, const struct sdprefix *pair)
{
	struct sdprefix plain;

	if (statics_has(statics, pair))
		return true;
	return fib_is_half(pair) && sdprefix_make(&plain, &pair->dst, NULL) &&
	       statics_has(statics, &plain);
}

size_t restart_settle(struct restart *r, struct rib *rib, const struct statics *statics,
		      struct fib_netlink *fib)
{
	struct fib_op *ops = mem_new(&r->mem, (r->n + 1) * sizeof(*ops));
	size_t n_ops = 0, kept = 0;

	/* (D,S) before the plain routes and halves of the same D, as ever. */
	for (int plain = 0; plain < 2; plain++) {
		for (size_t i = 0; i < r->n; i++) {
			struct fib_route *f = &r->v[i].route;
			bool lesser = sdprefix_is_plain(&f->pair) || fib_is_half(&f->pair);

			f->nexthops = r->pool + r->v[i].first;
			if (f->type == ROUTE_STATIC && !still_configured(statics, &f->pair) &&
			    lesser == (plain == 1))
				ops[n_ops++] = (struct fib_op){.kind = FIB_DEL, .route = *f};
		}
	}
	fib_netlink_write(fib, ops, n_ops);
	mem_free(&r->mem, ops);
	for (size_t i = 0; i < r->n; i++) {
		const struct fib_route *f = &r->v[i].route;

		if (f->type == ROUTE_STATIC && !still_configured(statics, &f->pair))
			continue;
		rib_kernel_found(rib, f);
		kept++;
	}
	if (n_ops)
		log_notice("removed %zu static routes of an earlier run that are not configured",
			   n_ops);
	if (kept)
		log_notice("kept %zu routes of an earlier run until their owners are back", kept);
	r->n = r->n_pool = 0;
	return kept;
}
