/* SPDX-License-Identifier: MIT */
/* The other end of lib/nb, played by a test. */
#include "tests/unit/nb/fake_mgmtd.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	struct fake_mgmtd *f = ctx;

	msg_keep(c);
	assert_null(f->got);
	f->got = m;
	/* The next one waits until it is asked for. */
	msg_conn_pause(c, true);
	loop_stop(f->loop);
}

static void closed(void *ctx, struct msg_conn *c, const char *why)
{
	struct fake_mgmtd *f = ctx;

	(void)why;
	msg_conn_free(c);
	f->conn = NULL;
	f->lost = true;
	loop_stop(f->loop);
}

static void accepted(void *ctx, int fd)
{
	static const struct msg_ops ops = {.message = message, .closed = closed};
	static const struct msg_limits limits = {
		.accept = MSG_ACCEPT(SUBSCRIBE) | MSG_ACCEPT(PREPARED) | MSG_ACCEPT(APPLIED) |
			  MSG_ACCEPT(STATE_PAGE) | MSG_ACCEPT(RPC_REPLY) | MSG_ACCEPT(NOTIFY),
		.max_in = MSG_MAX_TXN,
		.max_out = MSG_MAX_TXN};
	struct fake_mgmtd *f = ctx;

	assert_null(f->conn);
	f->conn = msg_conn_new(f->loop, fd, &limits, &ops, f, "the daemon");
}

void fake_start(struct fake_mgmtd *f, struct loop *l, const struct nb_table *table, const char *top)
{
	char err[256];

	*f = (struct fake_mgmtd){.loop = l, .table = table, .top = top};
	strcpy(f->dir, "/tmp/nb-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/" MSG_BACKEND_SOCKET, f->dir);
	f->listener = listener_new(l, f->path, 0600, accepted, f, err, sizeof(err));
	assert_non_null(f->listener);
}

void fake_stop(struct fake_mgmtd *f)
{
	msg_free(f->got);
	msg_conn_free(f->conn);
	listener_free(f->listener);
	rmdir(f->dir);
}

Mgmt__Message *fake_expect(struct fake_mgmtd *f, Mgmt__Message__KindCase kind)
{
	msg_free(f->got);
	f->got = NULL;
	f->lost = false;
	if (f->conn)
		msg_conn_pause(f->conn, false);
	/* A test that waits for ever is a failed one. */
	alarm(60);
	loop_run(f->loop);
	alarm(0);
	assert_false(f->lost);
	assert_non_null(f->got);
	assert_int_equal(f->got->kind_case, kind);
	return f->got;
}

void fake_expect_lost(struct fake_mgmtd *f)
{
	msg_conn_pause(f->conn, false);
	alarm(60);
	loop_run(f->loop);
	alarm(0);
	assert_true(f->lost);
}

void fake_die(struct fake_mgmtd *f)
{
	msg_conn_free(f->conn);
	f->conn = NULL;
}

static unsigned int row_of(const struct fake_mgmtd *f, const char *path, size_t n)
{
	for (unsigned int i = 0; i < f->table->n_nodes; i++) {
		const char *row = f->table->nodes[i].path + strlen(f->top);

		if (strlen(row) == n && strncmp(row, path, n) == 0)
			return i;
	}
	fail_msg("no row %.*s", (int)n, path);
	return 0;
}

/* Cuts the line up in place. */
static void parse_record(const struct fake_mgmtd *f, char *line, Mgmt__Change *c)
{
	size_t op = strcspn(line, " "), n;
	char *p = line + op + 1;

	mgmt__change__init(c);
	c->op = line[0] == 's'	 ? MGMT__CHANGE__OP__SET
		: line[0] == 'c' ? MGMT__CHANGE__OP__CREATE
				 : MGMT__CHANGE__OP__DELETE;
	n = strcspn(p, " ");
	c->node = row_of(f, p, n);
	c->key = calloc(NB_KEYS_MAX, sizeof(*c->key));
	for (p += n; p[0] == ' ' && p[1] == '['; p++) {
		char *key = p + 2;

		p = strchr(key, ']');
		assert_non_null(p);
		*p = '\0';
		c->key[c->n_key++] = key;
	}
	if (strncmp(p, " = ", 3) == 0)
		c->value = p + 3;
	else
		assert_string_equal(p, "");
}

void fake_prepare(struct fake_mgmtd *f, uint64_t txn, bool full, const char *records)
{
	Mgmt__Prepare m = MGMT__PREPARE__INIT;
	char *text = strdup(records), *line, *rest = text;
	size_t max = 1;

	for (const char *p = records; *p; p++)
		max += *p == '\n';
	Mgmt__Change *v = calloc(max, sizeof(*v));
	Mgmt__Change **pv = calloc(max, sizeof(*pv));

	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		parse_record(f, line, &v[m.n_change]);
		pv[m.n_change] = &v[m.n_change];
		m.n_change++;
	}
	m.txn = txn;
	m.full = full;
	m.change = pv;
	msg_send(f->conn, MGMT__MESSAGE__KIND_PREPARE, &m.base);
	for (size_t i = 0; i < m.n_change; i++)
		free(v[i].key);
	free(v);
	free(pv);
	free(text);
}

void fake_apply(struct fake_mgmtd *f, uint64_t txn)
{
	Mgmt__Apply m = MGMT__APPLY__INIT;

	m.txn = txn;
	msg_send(f->conn, MGMT__MESSAGE__KIND_APPLY, &m.base);
}

void fake_abort(struct fake_mgmtd *f, uint64_t txn)
{
	Mgmt__Abort m = MGMT__ABORT__INIT;

	m.txn = txn;
	msg_send(f->conn, MGMT__MESSAGE__KIND_ABORT, &m.base);
}

void fake_commit(struct fake_mgmtd *f, uint64_t txn, bool full, const char *records)
{
	const Mgmt__Message *m;

	fake_prepare(f, txn, full, records);
	m = fake_expect(f, MGMT__MESSAGE__KIND_PREPARED);
	assert_string_equal(m->prepared->error, "");
	assert_true(m->prepared->ok);
	assert_int_equal(m->prepared->txn, txn);
	fake_apply(f, txn);
	m = fake_expect(f, MGMT__MESSAGE__KIND_APPLIED);
	assert_int_equal(m->applied->txn, txn);
}
