/* SPDX-License-Identifier: MIT */
/* What babeld tells of MAC authentication. Secrets are not here to be told. */
#include <string.h>

#include "babeld/babel_nb_table.h"
#include "babeld/core/wire_auth.h"

static uint64_t seconds(usec_t t)
{
	return t > 0 ? (uint64_t)(t / USEC_PER_SEC) : 0;
}

static void hex_leaf(struct nb_writer *w, const char *name, const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * AUTH_INDEX_MAX + 1];

	for (size_t k = 0; k < n; k++) {
		text[2 * k] = digits[octets[k] >> 4];
		text[2 * k + 1] = digits[octets[k] & 15];
	}
	text[2 * n] = '\0';
	nb_leaf(w, name, text);
}

/* ---- one neighbour ---- */

static void write_peer_keys(struct nb_writer *w, const struct babel_auth_peer_view *v)
{
	for (unsigned int k = 0; k < v->n; k++) {
		if (!v->keys[k].verified)
			continue;
		nb_begin(w, "key");
		nb_leaf_u64(w, "key-id", v->keys[k].key.id);
		nb_leaf_u64(w, "verified", v->keys[k].verified);
		nb_leaf_u64(w, "alone", v->keys[k].alone);
		nb_end(w);
	}
}

static bool write_peer(void *ctx, const struct babel_auth_peer_view *v)
{
	struct nb_writer *w = ctx;
	char text[ADDR_STR];

	nb_begin(w, "neighbor");
	nb_leaf(w, "address", addr_str(FAM_IP6, &v->addr, text));
	nb_leaf(w, "state", v->proven ? "proven" : v->challenged ? "challenged" : "unsigned");
	if (v->proven) {
		hex_leaf(w, "index", v->index, v->index_len);
		nb_leaf_u64(w, "packet-counter-multicast", v->pc_multicast);
		nb_leaf_u64(w, "packet-counter-unicast", v->pc_unicast);
	}
	nb_leaf_u64(w, "unsigned-accepted", v->unsigned_accepted);
	if (v->unsigned_accepted)
		nb_leaf_u64(w, "unsigned-age", seconds(v->unsigned_quiet));
	write_peer_keys(w, v);
	nb_end(w);
	return true;
}

/* ---- one interface ---- */

/* Whoever still needs it would have spoken since. */
static bool removable(const struct babel_auth_view *v, unsigned int k)
{
	unsigned int others = 0;

	for (unsigned int j = 0; j < v->auth->n; j++)
		others += j != k && v->auth->keys[j].accept;
	return others && v->keys[k].unneeded >= BABEL_AUTH_QUIET;
}

static void write_keys(struct nb_writer *w, const struct babel_auth_view *v)
{
	for (unsigned int k = 0; k < v->auth->n; k++) {
		const struct babel_key_view *key = &v->keys[k];

		nb_begin(w, "key");
		nb_leaf_u64(w, "key-id", key->key.id);
		nb_leaf_bool(w, "sending", key->key.send);
		nb_leaf_bool(w, "accepting", key->key.accept);
		nb_leaf_u64(w, "verified", key->verified);
		nb_leaf_u64(w, "alone", key->alone);
		nb_leaf_u64(w, "unneeded", seconds(key->unneeded));
		nb_leaf_bool(w, "removable", removable(v, k));
		nb_end(w);
	}
}

static void write_refused(struct nb_writer *w, const struct babel_auth_view *v)
{
	for (int k = AUTH_FINE + 1; k < AUTH_VERDICTS; k++) {
		if (!v->count[k])
			continue;
		nb_begin(w, "failed");
		nb_leaf(w, "reason", auth_verdict_name((enum auth_verdict)k));
		nb_leaf_u64(w, "count", v->count[k]);
		nb_end(w);
	}
}

struct page {
	const struct babeld *b;
	const char *name; /* of the interface that is written */
	struct nb_writer *w;
};

static bool write_if(void *ctx, const struct babel_auth_view *v)
{
	const struct page *p = ctx;
	const struct babel_conf_if *conf;
	struct nb_writer *w = p->w;

	if (strcmp(v->name, p->name) != 0)
		return true;
	conf = babel_conf_if_find(&p->b->config.conf, v->name);
	nb_begin(w, "authentication");
	nb_leaf(w, "interface", v->name);
	if (conf)
		nb_leaf(w, "key-chain", conf->set.auth.key_chain);
	nb_leaf_bool(w, "permissive", v->auth->permissive);
	nb_leaf_u64(w, "replay-window", v->auth->window ? BABEL_AUTH_WINDOW : 0);
	if (v->have_index) {
		hex_leaf(w, "index", v->index, sizeof(v->index));
		nb_leaf_u64(w, "packet-counter", v->pc);
	}
	nb_leaf_u64(w, "accepted", v->count[AUTH_FINE]);
	nb_leaf_u64(w, "challenges-sent", v->challenges);
	nb_leaf_u64(w, "replies-sent", v->replies);
	nb_leaf_u64(w, "unsigned-accepted", v->unsigned_accepted);
	if (v->auth->permissive) {
		nb_leaf_u64(w, "unsigned-age", seconds(v->unsigned_quiet));
		nb_leaf_bool(w, "permissive-removable", v->unsigned_quiet >= BABEL_AUTH_QUIET);
	}
	write_refused(w, v);
	write_keys(w, v);
	babel_each_auth_peer(p->b->babel, v->ifid, loop_now(p->b->loop), write_peer, w);
	nb_end(w);
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool gather(void *ctx, const struct babel_auth_view *v)
{
	nb_rows_add(ctx, &v->name, sizeof(v->name));
	return true;
}

bool nb_babel_auth_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct babeld *b = nb_babeld(ctx);
	const char *after = ask->n_after ? ask->after[0] : "";
	struct page p = {.b = b, .w = w};
	struct nb_rows rows = {0};
	bool more = false;

	if (!b->babel)
		return false;
	babel_each_auth(b->babel, loop_now(b->loop), gather, &rows);
	nb_rows_sort(&rows, sizeof(after), by_name);
	for (size_t i = nb_rows_after(&rows, sizeof(after), &after, by_name); i < rows.n && !more;
	     i++) {
		p.name = ((const char *const *)rows.v)[i];
		if (!nb_ask_wants(ask, 0, p.name))
			continue;
		more = nb_full(w);
		if (!more)
			babel_each_auth(b->babel, loop_now(b->loop), write_if, &p);
	}
	nb_rows_free(&rows);
	return more;
}
