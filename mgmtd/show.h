/* SPDX-License-Identifier: MIT */
/*
 * State of the daemons, shown: pages of a list as they come, each entry as
 * text in the look of FRR, or as JSON straight from its nodes (RFC 7951). The
 * next page is asked for when the front end has taken this one.
 */
#ifndef SRCDEST_MGMTD_SHOW_H
#define SRCDEST_MGMTD_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mgmtd/backend.h"
#include "mgmtd/text.h"

struct cli_session;

/* Entries of a page, the time of which no daemon notices. */
#define SHOW_PAGE 1000

struct show_plan {
	const char *path; /* schema path of a list, or of a container */
	const char *keys[BACKEND_KEYS_MAX];
	size_t n_keys;
	/* What the entries are asked: malloced, freed in the end. */
	void *ctx;
	bool (*wanted)(void *ctx, const Mgmt__Node *entry); /* NULL: all */
	void (*text)(void *ctx, struct text *t, const Mgmt__Node *entry);
	const char *head;			 /* text: before the first entry; or NULL */
	void (*tail)(void *ctx, struct text *t); /* text: behind the last one; or NULL */
	const char *nothing;			 /* a warning, if there was no entry; or NULL */
};

/* Takes the request over: it is done when all is said. */
void show_start(struct cli_session *s, const struct show_plan *p);
/* An RPC of a daemon instead; its output is one entry. `names` and `values` are
 * the leaves of its input. */
void show_rpc(struct cli_session *s, const struct show_plan *p, const char *const *names,
	      const char *const *values, size_t n);

/* A way or a pair that was asked for, as typed: the plan's ctx. `from` may be NULL.
 * packet: an address was, and no prefix; false at first. */
struct show_asked {
	bool packet;
	char to[128], from[128];
};
struct show_asked *show_asked_new(const char *to, const char *from);

/* What a leaf's value is in text: itself, if it is not among the words. */
struct show_word {
	const char *name, *text;
};
const char *show_word(const struct show_word *words, size_t n, const char *name);
#define SHOW_WORD(words, name) show_word(words, sizeof(words) / sizeof((words)[0]), name)

/* ---- nodes; what is not there is "", 0, false ---- */

const char *node_str(const Mgmt__Node *n, const char *leaf);
int64_t node_int(const Mgmt__Node *n, const char *leaf);
bool node_bool(const Mgmt__Node *n, const char *leaf);
bool node_has(const Mgmt__Node *n, const char *leaf);
const Mgmt__Node *node_child(const Mgmt__Node *n, const char *name);
/* The next child of that name behind *at, which begins at 0; NULL: no more. */
const Mgmt__Node *node_next(const Mgmt__Node *n, const char *name, size_t *at);
/* "D" or "D from S". */
void node_pair(struct text *t, const Mgmt__Node *n);
/* The node as a JSON value. */
void node_json(struct text *t, const struct lysc_node *schema, const Mgmt__Node *n);
/* Seconds, as FRR writes a time: 01:02:03, 1d02h03m, 01w2d03h. */
void txt_uptime(struct text *t, int64_t seconds);

/* ---- commands ---- */

/* show_interface.c */
void show_interface(struct cli_session *s);
/* show_route.c */
void show_route(struct cli_session *s);
void show_lookup(struct cli_session *s);
/* Origin, ">" if chosen, "*" if the kernel has it. */
void route_marks_text(struct text *t, const Mgmt__Node *entry);
/* " via GATEWAY, INTERFACE" and the like. */
void route_nexthop_text(struct text *t, const Mgmt__Node *nexthop);
/* show_explain.c */
void show_explain(struct cli_session *s);
/* show_route.c */
void show_summary(struct cli_session *s);
void show_fib(struct cli_session *s);
void refresh_rib(struct cli_session *s);
/* show_client.c */
void show_clients(struct cli_session *s);
void show_clients_summary(struct cli_session *s);
void show_clients_departed(struct cli_session *s);
/* show_fpm.c */
void show_fpm_status(struct cli_session *s);
void show_fpm_counters(struct cli_session *s);
/* show_policy.c */
void show_prefix_list(struct cli_session *s);
void show_route_map(struct cli_session *s);
/* show_fib.c */
void show_fib_check(struct cli_session *s);
void show_fib_summary(struct cli_session *s);
/* show_babel.c */
void show_babel_interface(struct cli_session *s);
void show_babel_neighbor(struct cli_session *s);
void show_babel_route(struct cli_session *s);
void show_babel_source(struct cli_session *s);
void show_babel_limits(struct cli_session *s);
void show_babel_request(struct cli_session *s);
void show_babel_filter(struct cli_session *s);
void show_babel_parameters(struct cli_session *s);
/* show_babel_auth.c */
void show_babel_auth(struct cli_session *s);
/* show_babel_explain.c */
void show_babel_explain(struct cli_session *s);
/* show_babel.c */
void clear_babel_neighbor(struct cli_session *s);
void clear_babel_route(struct cli_session *s);
void refresh_babel(struct cli_session *s);

#endif
