/* SPDX-License-Identifier: MIT */
/* NETCONF sessions of front ends (netconfd) on mgmtd.sock. */
#include <stdlib.h>

#include "lib/io/log.h"
#include "lib/nb/msg.h"
#include "mgmtd/netconf_private.h"

struct front_netconf {
	struct front_session *fs;
	struct netconf_session *s;
};

static void send_xml(struct front_netconf *f, const char *xml, size_t len, bool last,
		     bool notification)
{
	Mgmt__Xml m = MGMT__XML__INIT;

	m.xml.data = (uint8_t *)xml;
	m.xml.len = len;
	m.last = last;
	m.notification = notification;
	front_send(f->fs, MGMT__MESSAGE__KIND_XML, &m.base);
}

static void front_reply(void *ctx, const char *xml, size_t len, bool last)
{
	struct front_netconf *f = ctx;

	send_xml(f, xml, len, last, false);
	if (last)
		front_done(f->fs);
}

static void front_notification(void *ctx, const char *xml, size_t len)
{
	send_xml(ctx, xml, len, true, true);
}

static bool is_full(void *ctx)
{
	const struct front_netconf *f = ctx;

	return front_full(f->fs);
}

static void front_end(void *ctx, const char *why)
{
	struct front_netconf *f = ctx;
	Mgmt__Xml m = MGMT__XML__INIT;

	m.close = true;
	front_send(f->fs, MGMT__MESSAGE__KIND_XML, &m.base);
	front_finish(f->fs, why);
}

static const struct netconf_session_ops front_ops = {
	.reply = front_reply,
	.notification = front_notification,
	.full = is_full,
	.end = front_end,
};

static void *layer_open(void *ctx, struct front_session *fs, char **hello, char *err,
			unsigned int err_size)
{
	const struct front_info *i = front_info(fs);
	const struct netconf_who who = {
		.id = i->who.id, .user = i->who.user, .from = i->who.from, .recovery = i->recovery};
	struct front_netconf *f = calloc(1, sizeof(*f));

	(void)err;
	(void)err_size;
	if (!f)
		abort();
	f->fs = fs;
	f->s = netconf_session_new(ctx, &who, &front_ops, f);
	*hello = netconf_session_hello(f->s);
	log_info("NETCONF session %u: %s from %s", who.id, who.user, who.from);
	return f;
}

static void layer_request(void *session, const Mgmt__Message *m)
{
	struct front_netconf *f = session;

	/* The layer accepts nothing but Rpc. */
	netconf_session_rpc(f->s, (const char *)m->rpc->xml.data, m->rpc->xml.len);
}

static void layer_room(void *session)
{
	struct front_netconf *f = session;

	netconf_session_drained(f->s);
}

static void layer_close(void *session)
{
	struct front_netconf *f = session;

	netconf_session_free(f->s);
	free(f);
}

struct front_layer netconf_layer(struct netconf *n)
{
	return (struct front_layer){
		.open = layer_open,
		.request = layer_request,
		.room = layer_room,
		.close = layer_close,
		.accept = MSG_ACCEPT(RPC),
		.ctx = n,
	};
}
