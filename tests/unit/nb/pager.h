/* SPDX-License-Identifier: MIT */
/*
 * A provider of state, asked page by page as mgmtd does, without a
 * connection. Each page must hold what the contract says: no more than was
 * asked for, something if there is more, keys as the schema has them, nodes
 * that fit the schema.
 */
#ifndef SRCDEST_TESTS_UNIT_NB_PAGER_H
#define SRCDEST_TESTS_UNIT_NB_PAGER_H

#include "lib/nb/nb.h"
#include "mgmtd/schema.h"

struct pager {
	const struct schema *schema;
	const struct lysc_node *node;
	const struct nb_state *state;
	void *ctx;
	const char *keys[NB_KEYS_MAX]; /* that are fixed */
	size_t n_keys;
	char after[NB_KEYS_MAX][64];
	size_t n_after;
	struct nb_writer *w; /* the last page */
	Mgmt__Node **v;
	size_t n;
	bool more;
};

/* All modules of the source tree. */
struct schema *pager_schema(void);
/* From the start; `keys` in the order of the schema, NULL at the end or NULL. */
void pager_begin(struct pager *p, const struct schema *s, const struct nb_state *states,
		 size_t n_states, const char *path, void *ctx, const char *const *keys);
/* False: the last page was the last one. */
bool pager_next(struct pager *p, unsigned int max);
void pager_end(struct pager *p);
/* The output of an RPC. */
bool pager_fits_rpc(const struct schema *s, const char *path, Mgmt__Node *const *v, size_t n);
/* The value of a leaf; "" if there is none. */
const char *pager_leaf(const Mgmt__Node *entry, const char *name);
const Mgmt__Node *pager_child(const Mgmt__Node *entry, const char *name, size_t i);
/* All entries, each key joined by "|", with a blank behind each. Static. */
const char *pager_all(const struct schema *s, const struct nb_state *states, size_t n_states,
		      const char *path, void *ctx, const char *const *keys);

#endif
