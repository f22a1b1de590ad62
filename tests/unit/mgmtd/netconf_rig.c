/* SPDX-License-Identifier: MIT */
/* mgmtd's NETCONF without a socket. */
#include "tests/unit/mgmtd/netconf_rig.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mono_t rig_now(void *ctx)
{
	return ((struct ncrig *)ctx)->now;
}

static int64_t rig_wall(void *ctx)
{
	return 1000000000 + ((struct ncrig *)ctx)->now.us / USEC_PER_SEC;
}

static void rig_wake(void *ctx, mono_t at)
{
	(void)ctx;
	(void)at;
}

static bool rig_authorise(void *ctx, const struct ds_session *by, const struct change_list *changes,
			  struct edit_error *err)
{
	struct ncrig *r = ctx;
	const struct nacm_who who = {by->user, false};

	return nacm_may_write(r->nacm, &who, changes, err);
}

static void rig_event(void *ctx, const struct txn_event *ev)
{
	struct ncrig *r = ctx;

	if (ev->kind == TXN_COMMITTED)
		nacm_load(r->nacm, ds_tree(r->ds, DS_RUNNING));
	if (r->netconf)
		netconf_txn_event(r->netconf, ev);
}

static bool save_startup(void *ctx, const struct lyd_node *tree, struct edit_error *err)
{
	(void)ctx;
	(void)tree;
	(void)err;
	return true;
}

static void die(const char *why)
{
	fprintf(stderr, "%s\n", why);
	abort();
}

struct ncrig *ncrig_new(void)
{
	static const struct ds_ops ds_ops = {.save_startup = save_startup};
	struct ncrig *r = calloc(1, sizeof(*r));
	const char *yang = getenv("SRCDEST_YANG_DIR");
	const char *top = getenv("srcdir");
	char err[512], dir[512];

	if (!r)
		abort();
	strcpy(r->dir, "/tmp/srcdest-netconf-XXXXXX");
	if (!mkdtemp(r->dir))
		die("no temporary directory");
	snprintf(dir, sizeof(dir), "%s/yang", top ? top : ".");
	r->loop = loop_new();
	r->schema = schema_new(yang ? yang : dir, err, sizeof(err));
	if (!r->schema)
		die(err);
	r->history = history_new(r->schema, r->dir, err, sizeof(err));
	if (!r->history)
		die(err);
	r->now.us = 1000 * USEC_PER_SEC;
	r->ds = ds_new(r->schema, &ds_ops, r);
	r->nacm = nacm_new();
	const struct txn_env env = {rig_now, rig_wall, rig_wake, rig_authorise, rig_event, r};

	r->txns = txns_new(r->ds, r->history, r->dir, &env);
	const struct netconf_env nc = {
		.loop = r->loop,
		.schema = r->schema,
		.ds = r->ds,
		.txns = r->txns,
		.nacm = r->nacm,
	};

	nacm_load(r->nacm, ds_tree(r->ds, DS_RUNNING));
	r->netconf = netconf_new(&nc);
	r->next_id = 1;
	return r;
}

static void allowed(void *ctx, const struct edit_error *err, uint64_t id)
{
	(void)ctx;
	(void)id;
	if (err)
		die(err->message);
}

void ncrig_allow_all(struct ncrig *r)
{
	const struct edit off = {
		.op = EDIT_SET, .path = "/ietf-netconf-acm:nacm/enable-nacm", .value = "false"};
	const struct txn_request req = {
		.source = TXN_EDITS, .edits = &off, .n_edits = 1, .done = allowed};

	txn_commit(r->txns, &req);
	ncrig_settle(r);
}

static int rig_rm(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void ncrig_free(struct ncrig *r)
{
	netconf_free(r->netconf);
	r->netconf = NULL;
	txns_free(r->txns);
	nacm_free(r->nacm);
	ds_free(r->ds);
	history_free(r->history);
	schema_free(r->schema);
	loop_free(r->loop);
	nftw(r->dir, rig_rm, 8, FTW_DEPTH | FTW_PHYS);
	free(r);
}

void ncrig_settle(struct ncrig *r)
{
	do
		txn_run(r->txns);
	while (!txn_idle(r->txns));
}

static void client_reply(void *ctx, const char *xml, size_t len, bool last)
{
	struct ncclient *c = ctx;

	xml_add_n(&c->reply, xml, len);
	c->last = last;
	c->pieces++;
}

static void client_notification(void *ctx, const char *xml, size_t len)
{
	struct ncclient *c = ctx;

	xml_add_n(&c->notifications, xml, len);
}

static bool client_full(void *ctx)
{
	return ((struct ncclient *)ctx)->full;
}

static void client_end(void *ctx, const char *why)
{
	struct ncclient *c = ctx;

	c->ended = true;
	snprintf(c->why, sizeof(c->why), "%s", why);
}

static const struct netconf_session_ops client_ops = {
	.reply = client_reply,
	.notification = client_notification,
	.full = client_full,
	.end = client_end,
};

void ncclient_open(struct ncclient *c, struct ncrig *r, const char *user)
{
	const struct netconf_who who = {.id = r->next_id++, .user = user, .from = "192.0.2.1 ssh"};

	memset(c, 0, sizeof(*c));
	c->rig = r;
	c->s = netconf_session_new(r->netconf, &who, &client_ops, c);
}

void ncclient_close(struct ncclient *c)
{
	netconf_session_free(c->s);
	xml_clear(&c->reply);
	xml_clear(&c->notifications);
	ncrig_settle(c->rig);
}

const char *ncclient_send(struct ncclient *c, const char *xml)
{
	xml_clear(&c->reply);
	c->last = false;
	c->pieces = 0;
	netconf_session_rpc(c->s, xml, strlen(xml));
	ncrig_settle(c->rig);
	return c->reply.p ? c->reply.p : "";
}

const char *ncclient_rpc(struct ncclient *c, const char *op)
{
	struct xml t = {0};
	const char *reply;

	xml_fmt(&t, "<rpc message-id=\"1\" xmlns=\"" RIG_NS "\">%s</rpc>", op);
	reply = ncclient_send(c, t.p);
	xml_clear(&t);
	return reply;
}
