/* SPDX-License-Identifier: MIT */
/* State page by page, each page held against the contract and the schema. */
#include "tests/unit/nb/pager.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/msg.h"
#include "mgmtd/backend.h"

struct schema *pager_schema(void)
{
	const char *top = getenv("srcdir");
	char dir[512], err[512];
	struct schema *s;

	snprintf(dir, sizeof(dir), "%s/yang", top ? top : "..");
	s = schema_new(dir, err, sizeof(err));
	if (!s)
		fail_msg("%s", err);
	return s;
}

void pager_begin(struct pager *p, const struct schema *s, const struct nb_state *states,
		 size_t n_states, const char *path, void *ctx, const char *const *keys)
{
	memset(p, 0, sizeof(*p));
	p->schema = s;
	p->ctx = ctx;
	p->more = true;
	for (size_t i = 0; i < n_states; i++)
		if (strcmp(states[i].path, path) == 0)
			p->state = &states[i];
	p->node = schema_find(s, path);
	if (!p->state || !p->node)
		fail_msg("nobody tells %s", path);
	while (keys && keys[p->n_keys]) {
		p->keys[p->n_keys] = keys[p->n_keys];
		p->n_keys++;
	}
}

/* What is above the list is one container. */
static void check_fits(const struct pager *p)
{
	struct lyd_node *top;

	assert_int_equal(lyd_new_inner(NULL, p->node->module, p->node->parent->name, false, &top),
			 LY_SUCCESS);
	assert_true(backend_tree(top, p->v, p->n, false));
	lyd_free_all(top);
}

bool pager_fits_rpc(const struct schema *s, const char *path, Mgmt__Node *const *v, size_t n)
{
	const struct lysc_node *rpc = schema_find(s, path);
	struct lyd_node *top = NULL;
	bool fits;

	if (!rpc || lyd_new_inner(NULL, rpc->module, rpc->name, true, &top) != LY_SUCCESS)
		return false;
	fits = backend_tree(top, v, n, true);
	lyd_free_all(top);
	return fits;
}

static void remember_last(struct pager *p)
{
	const struct lysc_node *key = lysc_node_child(p->node);

	p->n_after = 0;
	for (; key && p->node->nodetype == LYS_LIST && lysc_is_key(key); key = key->next) {
		const char *v = pager_leaf(p->v[p->n - 1], key->name);

		/* In the order of the schema, before anything else. */
		assert_string_equal(p->v[p->n - 1]->child[p->n_after]->name, key->name);
		assert_true(strlen(v) < sizeof(p->after[0]));
		strcpy(p->after[p->n_after++], v);
	}
}

bool pager_next(struct pager *p, unsigned int max)
{
	const char *after[NB_KEYS_MAX];
	struct nb_ask ask = {
		.keys = p->keys, .n_keys = p->n_keys, .after = after, .n_after = p->n_after};

	if (!p->more)
		return false;
	for (size_t i = 0; i < p->n_after; i++)
		after[i] = p->after[i];
	nb_writer_free(p->w);
	p->w = nb_writer_new(max);
	p->more = p->state->page(p->ctx, &ask, p->w);
	p->v = nb_written(p->w, &p->n);
	assert_true(p->n <= max);
	assert_true(!p->more || p->n > 0);
	check_fits(p);
	if (p->n)
		remember_last(p);
	return true;
}

void pager_end(struct pager *p)
{
	nb_writer_free(p->w);
	p->w = NULL;
}

const char *pager_leaf(const Mgmt__Node *entry, const char *name)
{
	const char *v = msg_leaf(entry->child, entry->n_child, name);

	return v ? v : "";
}

const Mgmt__Node *pager_child(const Mgmt__Node *entry, const char *name, size_t i)
{
	for (size_t k = 0; k < entry->n_child; k++)
		if (strcmp(entry->child[k]->name, name) == 0 && i-- == 0)
			return entry->child[k];
	return NULL;
}

const char *pager_all(const struct schema *s, const struct nb_state *states, size_t n_states,
		      const char *path, void *ctx, const char *const *keys)
{
	static char out[4096];
	struct pager p;
	size_t at = 0;

	out[0] = '\0';
	pager_begin(&p, s, states, n_states, path, ctx, keys);
	/* Two at a time: what is fixed must hold over the seams, too. */
	while (pager_next(&p, 2)) {
		for (size_t i = 0; i < p.n; i++) {
			const struct lysc_node *key = lysc_node_child(p.node);

			for (bool first = true; key && lysc_is_key(key);
			     key = key->next, first = false)
				at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%s",
						       first ? "" : "|",
						       pager_leaf(p.v[i], key->name));
			at += (size_t)snprintf(out + at, sizeof(out) - at, " ");
			assert_true(at < sizeof(out));
		}
	}
	pager_end(&p);
	return out;
}
