/* SPDX-License-Identifier: MIT */
/* Inside of prefix lists and route maps; for zebra/core/rmap*.c alone. */
#ifndef SRCDEST_ZEBRA_CORE_RMAP_PRIVATE_H
#define SRCDEST_ZEBRA_CORE_RMAP_PRIVATE_H

#include "lib/base/mem.h"
#include "zebra/core/rmap.h"

LIST_TYPE(plists, struct rmap_list, link);
LIST_TYPE(pmaps, struct rmap_map, link);

struct binding {
	char name[RMAP_NAME]; /* "": none */
	struct rmap_map *map; /* of that name */
	bool changed;
};

struct rmaps {
	struct plists lists; /* by family and name */
	struct pmaps maps;   /* by name */
	struct binding bindings[2][RMAP_TYPES];
	struct memtag mem;
};

struct rmap_list *rmap_list_find(const struct rmaps *p, enum family f, const char *name);
struct rmap_map *rmap_find(const struct rmaps *p, const char *name);

#endif
