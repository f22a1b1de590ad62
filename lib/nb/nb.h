/* SPDX-License-Identifier: MIT */
/*
 * A daemon's end of configuration.
 *
 * The daemon declares, in one table, the schema nodes it serves and a
 * function for each. A configuration file (JSON, RFC 7951) is parsed and
 * validated by libyang against the daemon's modules, compared with what is
 * running, and turned into change records: deletions first, then the rest in
 * the order of the schema, a list entry before its leaves. The records are
 * checked (prepare) and, only if all of them pass, applied in order, and then
 * `applied` is called once. An invalid file changes nothing.
 *
 * The records are the contract, not the file: whoever delivers them, the
 * table and the apply code stay the same. The daemon holds no YANG tree.
 */
#ifndef SRCDEST_NB_NB_H
#define SRCDEST_NB_NB_H

#include <stdbool.h>
#include <stddef.h>

#define NB_KEYS_MAX 8

enum nb_op {
	NB_SET,	   /* a leaf has this value now (also: its default is back) */
	NB_CREATE, /* a list entry or presence container now exists */
	NB_DELETE, /* it is gone, with all below it (no record for the parts) */
};

struct nb_change {
	enum nb_op op;
	unsigned int node;   /* index in the daemon's table */
	/* Of all lists above and at the node, outermost first; a leaf-list entry
	 * is its own key. */
	const char *keys[NB_KEYS_MAX];
	size_t n_keys;
	const char *value; /* canonical; NULL unless NB_SET */
};

struct nb_node {
	const char *path; /* schema path: "/srcdest-babel:babel/interface/hello-interval" */
	/* May be NULL: always fine. Checks only; false with the reason in err. */
	bool (*prepare)(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
	void (*apply)(void *ctx, const struct nb_change *c);
};

struct nb_table {
	const char *const *modules; /* names, NULL-terminated, loaded from the module directory */
	const struct nb_node *nodes;
	size_t n_nodes;
	/* All records of one transaction are in: compare old and new, act. */
	void (*applied)(void *ctx);
};

struct nb; /* the running configuration, private */

/* ctx goes to the table's functions. NULL: err says why (no such module
 * directory, a module that does not load, a path that is not in the schema). */
struct nb *nb_new(const struct nb_table *table, void *ctx, const char *yang_dir, char *err,
		  unsigned int err_size);
void nb_free(struct nb *nb);

/* Brings the running configuration to what `file` says, defaults included.
 * NULL stands for the empty configuration (defaults only). False: nothing was
 * changed, err names file, path of the node, and reason. */
bool nb_load_file(struct nb *nb, const char *file, char *err, unsigned int err_size);

/* Where the modules are: $SRCDEST_YANG_DIR, else the installed directory. */
const char *nb_yang_dir(void);

#endif
