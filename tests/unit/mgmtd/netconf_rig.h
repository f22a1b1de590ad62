/* SPDX-License-Identifier: MIT */
/*
 * mgmtd's NETCONF without a socket: the shipped modules, real datastores and
 * transactions, a state directory that goes away, no daemon. An RPC goes in as
 * text and the reply comes back as text.
 */
#ifndef SRCDEST_TESTS_NETCONF_RIG_H
#define SRCDEST_TESTS_NETCONF_RIG_H

#include "mgmtd/netconf.h"
#include "mgmtd/netconf_xml.h"

#define RIG_NS	 "urn:ietf:params:xml:ns:netconf:base:1.0"
#define RIG_SYS	 "urn:srcdest:yang:system"
#define RIG_STAT "urn:srcdest:yang:static"

struct ncrig {
	char dir[64];
	struct loop *loop;
	struct schema *schema;
	struct history *history;
	struct datastores *ds;
	struct txns *txns;
	struct nacm *nacm;
	struct netconf *netconf;
	mono_t now;
	uint32_t next_id;
};

struct ncclient {
	struct ncrig *rig;
	struct netconf_session *s;
	struct xml reply, notifications;
	bool last, ended, full;
	size_t pieces;
	char why[128];
};

struct ncrig *ncrig_new(void);
void ncrig_free(struct ncrig *r);
/* Turns access control off, in running. */
void ncrig_allow_all(struct ncrig *r);
/* Whatever is due, until nothing is. */
void ncrig_settle(struct ncrig *r);

void ncclient_open(struct ncclient *c, struct ncrig *r, const char *user);
void ncclient_close(struct ncclient *c);
/* The reply; good until the next call. */
const char *ncclient_send(struct ncclient *c, const char *xml);
/* The same with <rpc message-id="1"> around. */
const char *ncclient_rpc(struct ncclient *c, const char *op);

#endif
