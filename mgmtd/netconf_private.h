/* SPDX-License-Identifier: MIT */
/* What the files of the NETCONF operations share; for netconf*.c alone. */
#ifndef SRCDEST_MGMTD_NETCONF_PRIVATE_H
#define SRCDEST_MGMTD_NETCONF_PRIVATE_H

#include "lib/base/list.h"
#include "mgmtd/netconf.h"
#include "mgmtd/netconf_filter.h"
#include "mgmtd/netconf_xml.h"

#define NS_NETCONF "urn:ietf:params:xml:ns:netconf:base:1.0"
#define NS_EVENT   "urn:ietf:params:xml:ns:netconf:notification:1.0"
#define NS_MONITOR "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
#define NS_NOTIF   "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"

/* RFC 6022 2.1.5: of a session, and of all. */
struct netconf_counts {
	uint32_t in_rpcs, in_bad_rpcs, out_rpc_errors, out_notifications;
};

struct notice { /* a notification that waits */
	struct list_link link;
	size_t len;
	char xml[];
};
LIST_TYPE(notices, struct notice, link);

enum session_end { END_CLOSED, END_KILLED, END_DROPPED, END_OTHER }; /* RFC 6470 2.2 */

struct get_job;

struct netconf_session {
	struct list_link link;
	struct netconf *n;
	const struct netconf_session_ops *ops;
	void *ctx;

	uint32_t id;
	char *user, *from;
	bool recovery;
	int64_t login; /* seconds of 1970 */
	struct netconf_counts counts;
	enum session_end why;
	uint32_t killed_by;
	bool ended; /* ops->end has been called */

	/* The RPC that is being answered. */
	bool busy;
	struct lyd_node *envelope, *op;
	struct xml attributes; /* of <rpc>, with a blank before each */
	struct xml out;	       /* of the reply, from `sent` on not yet given away */
	size_t sent;
	bool complete; /* `out` is the end of the reply */
	bool pumping;
	bool close_after; /* the reply on its way is the last */
	struct get_job *job;
	struct backend_call *call;

	bool subscribed;
	struct lyd_node *subscription; /* owns what filter borrows */
	struct filter *filter;
	struct loop_timer *stop; /* stopTime */
	struct notices waiting;
	size_t waiting_octets;
};
LIST_TYPE(netconf_sessions, struct netconf_session, link);

struct netconf {
	struct netconf_env env;
	struct ly_ctx *plain; /* knows no module: reads XML as it is */
	struct netconf_sessions sessions;
	struct netconf_counts counts;
	int64_t start;
	uint32_t in_sessions, dropped_sessions;
};

static inline struct ds_session session_by(const struct netconf_session *s)
{
	return (struct ds_session){s->id, s->user, s->from};
}

static inline struct nacm_who session_who(const struct netconf_session *s)
{
	return (struct nacm_who){s->user, s->recovery};
}

/* netconf_reply.c: each ends the RPC, but reply_more(). */
void reply_ok(struct netconf_session *s);
/* Empties err. */
void reply_error(struct netconf_session *s, struct edit_error *err);
/* Text that stands between <rpc-reply> and </rpc-reply>. */
void reply_text(struct netconf_session *s, const char *xml);
void reply_begin(struct netconf_session *s);
void reply_end(struct netconf_session *s);
/* Gives away what there is, as far as the front end takes it. */
void reply_pump(struct netconf_session *s);
void error_xml(struct xml *t, const struct ly_ctx *ly, const struct edit_error *err);

/* netconf_parse.c: fills envelope, op and attributes. False: err is what to answer,
 * attributes are known as far as there are any. */
bool rpc_parse(struct netconf_session *s, const char *xml, struct edit_error *err);

/* netconf_ops.c */
void rpc_run(struct netconf_session *s);
/* A child of the operation, NULL if it is not there (or a default). */
const struct lyd_node *rpc_child(const struct lyd_node *op, const char *name);
const char *rpc_value(const struct lyd_node *op, const char *name);

/* netconf_edit.c: operations on datastores and commits. */
void op_edit_config(struct netconf_session *s);
void op_copy_config(struct netconf_session *s);
void op_delete_config(struct netconf_session *s);
void op_validate(struct netconf_session *s);
void op_commit(struct netconf_session *s);
void op_cancel_commit(struct netconf_session *s);
void op_discard_changes(struct netconf_session *s);
void op_lock(struct netconf_session *s);
void op_unlock(struct netconf_session *s);

/* netconf_get.c */
void op_get(struct netconf_session *s);
void op_get_config(struct netconf_session *s);
void get_resume(struct get_job *j); /* the front end takes more */
void get_cancel(struct get_job *j);

/* netconf_monitor.c */
void op_get_schema(struct netconf_session *s);
void capabilities_each(const struct netconf *n, void (*each)(void *ctx, const char *uri),
		       void *ctx);
/* State of mgmtd itself, as top siblings: netconf-state, yang-library, streams. */
void local_state(const struct netconf *n, struct lyd_node **tree);

/* netconf_notify.c */
void op_create_subscription(struct netconf_session *s);
void notify_session(struct netconf_session *s, bool start);
void notify_flush(struct netconf_session *s); /* what waits, if it may go now */
void notify_free(struct netconf_session *s);

/* netconf.c */
void session_end(struct netconf_session *s, enum session_end why, const char *text);
struct netconf_session *session_find(const struct netconf *n, uint32_t id);

#endif
