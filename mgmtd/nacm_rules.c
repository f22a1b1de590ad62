/* SPDX-License-Identifier: MIT */
/* From /nacm of the configuration to compiled rules. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/nacm_private.h"

/* Room for one more, zeroed. */
static void *grow(void **v, size_t *n, size_t size)
{
	*v = realloc(*v, (*n + 1) * size);
	if (!*v)
		abort();
	memset((char *)*v + *n * size, 0, size);
	return (char *)*v + (*n)++ * size;
}
#define GROW(v, n) grow((void **)&(v), &(n), sizeof(*(v)))

static char *keep(const char *s, size_t n)
{
	char *p = strndup(s, n);

	if (!p)
		abort();
	return p;
}

static void add_string(char ***v, size_t *n, const char *s)
{
	*(char **)grow((void **)v, n, sizeof(**v)) = keep(s, strlen(s));
}

static bool is(const struct lyd_node *d, const char *name)
{
	return d->schema && !strcmp(d->schema->name, name);
}

/* ---- paths: /module:a/b[module:k='v'], as libyang's canonical form has them ---- */

static const char *read_key(struct nacm_step *st, const char *s)
{
	struct nacm_key *k = GROW(st->keys, st->n_keys);
	const char *name = s + 1, *q, *end;
	size_t n = strcspn(name, "=]");
	const char *colon = memchr(name, ':', n);

	if (colon) {
		n -= (size_t)(colon + 1 - name);
		name = colon + 1;
	}
	k->name = keep(name, n);
	q = strpbrk(name, "'\"");
	end = q ? strchr(q + 1, *q) : NULL;
	k->value = end ? keep(q + 1, (size_t)(end - q - 1)) : keep("", 0);
	s = strchr(end ? end : s, ']');
	return s ? s + 1 : "";
}

/* Without predicates all entries of a list are meant (RFC 8341,
 * node-instance-identifier). */
static void read_path(struct nacm_rule *r, const char *s)
{
	const char *module = "";
	size_t module_len = 0;

	while (*s == '/' && s[1]) {
		struct nacm_step *st = GROW(r->steps, r->n_steps);
		const char *name = s + 1;
		size_t n = strcspn(name, "/[");
		const char *colon = memchr(name, ':', n);

		if (colon) {
			module = name;
			module_len = (size_t)(colon - name);
			n -= module_len + 1;
			name = colon + 1;
		}
		st->module = keep(module, module_len);
		st->name = keep(name, n);
		s = name + n;
		while (*s == '[')
			s = read_key(st, s);
	}
}

/* ---- rules ---- */

static unsigned int read_access(const char *v)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} bits[] = {
		{"create", ACCESS_CREATE}, {"read", ACCESS_READ}, {"update", ACCESS_UPDATE},
		{"delete", ACCESS_DELETE}, {"exec", ACCESS_EXEC},
	};
	unsigned int all = 0;

	if (!strcmp(v, "*"))
		return ACCESS_ALL;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (strstr(v, bits[i].name))
			all |= bits[i].bit;
	return all;
}

static char *unless_any(const char *v)
{
	return strcmp(v, "*") ? keep(v, strlen(v)) : NULL;
}

static void read_rule(struct nacm_rule *r, const struct lyd_node *rule)
{
	const struct lyd_node *d;

	r->access = ACCESS_ALL;
	LY_LIST_FOR(lyd_child(rule), d)
	{
		const char *v = lyd_get_value(d);

		if (is(d, "module-name")) {
			r->module = unless_any(v);
		} else if (is(d, "rpc-name")) {
			r->type = RULE_RPC;
			r->name = unless_any(v);
		} else if (is(d, "notification-name")) {
			r->type = RULE_NOTIFICATION;
			r->name = unless_any(v);
		} else if (is(d, "path")) {
			r->type = RULE_PATH;
			read_path(r, v);
		} else if (is(d, "access-operations")) {
			r->access = read_access(v);
		} else if (is(d, "action")) {
			r->permit = !strcmp(v, "permit");
		}
	}
}

static void read_list(struct nacm_list *l, const struct lyd_node *list)
{
	const struct lyd_node *d;

	LY_LIST_FOR(lyd_child(list), d)
	{
		if (is(d, "group"))
			add_string(&l->groups, &l->n_groups, lyd_get_value(d));
		else if (is(d, "rule"))
			read_rule(GROW(l->rules, l->n_rules), d);
	}
}

static void read_group(struct nacm_group *g, const struct lyd_node *group)
{
	const struct lyd_node *d;

	LY_LIST_FOR(lyd_child(group), d)
	{
		if (is(d, "name"))
			g->name = keep(lyd_get_value(d), strlen(lyd_get_value(d)));
		else if (is(d, "user-name"))
			add_string(&g->users, &g->n_users, lyd_get_value(d));
	}
}

static void read_top(struct nacm *n, const struct lyd_node *nacm)
{
	const struct lyd_node *d, *g;

	LY_LIST_FOR(lyd_child(nacm), d)
	{
		const char *v = d->schema->nodetype == LYS_LEAF ? lyd_get_value(d) : "";

		if (is(d, "enable-nacm"))
			n->enabled = !strcmp(v, "true");
		else if (is(d, "read-default"))
			n->read_default = !strcmp(v, "permit");
		else if (is(d, "write-default"))
			n->write_default = !strcmp(v, "permit");
		else if (is(d, "exec-default"))
			n->exec_default = !strcmp(v, "permit");
		else if (is(d, "rule-list"))
			read_list(GROW(n->lists, n->n_lists), d);
		else if (is(d, "groups"))
			LY_LIST_FOR(lyd_child(d), g)
		read_group(GROW(n->groups, n->n_groups), g);
	}
}

/* ---- life ---- */

static void free_strings(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

static void free_rule(struct nacm_rule *r)
{
	for (size_t i = 0; i < r->n_steps; i++) {
		struct nacm_step *st = &r->steps[i];

		for (size_t k = 0; k < st->n_keys; k++) {
			free(st->keys[k].name);
			free(st->keys[k].value);
		}
		free(st->keys);
		free(st->module);
		free(st->name);
	}
	free(r->steps);
	free(r->module);
	free(r->name);
}

static void clear(struct nacm *n)
{
	for (size_t i = 0; i < n->n_lists; i++) {
		struct nacm_list *l = &n->lists[i];

		free_strings(l->groups, l->n_groups);
		for (size_t r = 0; r < l->n_rules; r++)
			free_rule(&l->rules[r]);
		free(l->rules);
	}
	free(n->lists);
	for (size_t i = 0; i < n->n_groups; i++) {
		free_strings(n->groups[i].users, n->groups[i].n_users);
		free(n->groups[i].name);
	}
	free(n->groups);
	*n = (struct nacm){.counters = n->counters,
			   /* The defaults of the module. */
			   .enabled = true,
			   .read_default = true,
			   .exec_default = true};
}

struct nacm *nacm_new(void)
{
	struct nacm *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	clear(n);
	return n;
}

void nacm_free(struct nacm *n)
{
	if (!n)
		return;
	clear(n);
	free(n);
}

void nacm_load(struct nacm *n, const struct lyd_node *running)
{
	const struct lyd_node *d;

	clear(n);
	LY_LIST_FOR(running, d)
	if (is(d, "nacm") && !strcmp(d->schema->module->name, "ietf-netconf-acm"))
		read_top(n, d);
}
