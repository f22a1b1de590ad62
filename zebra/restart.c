/* SPDX-License-Identifier: MIT */
/* Routes of ours that an earlier run left in the kernel. */
#include "zebra/restart.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/io/log.h"
#include "lib/zapi/zapi.h"
#include "zebra/kernel.h"

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

void restart_found(struct restart *r, const struct nl_route *route)
{
	struct found *f;

	r->v = room_for(r, r->v, r->n + 1, &r->room, sizeof(r->v[0]));
	r->pool = room_for(r, r->pool, r->n_pool + route->n_nexthops, &r->room_pool,
			   sizeof(r->pool[0]));
	f = &r->v[r->n++];
	f->first = r->n_pool;
	f->route = kernel_route_fib(route);
	memcpy(r->pool + r->n_pool, route->nexthops, route->n_nexthops * sizeof(r->pool[0]));
	r->n_pool += route->n_nexthops;
}

size_t restart_adopt(struct restart *r, struct rib *rib)
{
	for (size_t i = 0; i < r->n; i++) {
		struct fib_route *f = &r->v[i].route;

		struct rib *of = kernel_rib_for(rib, f);

		f->nexthops = r->pool + r->v[i].first;
		if (of)
			rib_kernel_found(of, f);
	}
	if (r->n)
		log_notice("kept %zu routes of an earlier run until their owners are back", r->n);
	return r->n;
}
