/* SPDX-License-Identifier: MIT */
/* What the server says about itself: RFC 6022, RFC 8525, RFC 5277 3.2.5, hello. */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/history.h"
#include "mgmtd/netconf_private.h"

/* ---- capabilities, RFC 6241 8, RFC 7950 5.6.4 ---- */

static const char *const capabilities[] = {
	"urn:ietf:params:netconf:base:1.0",
	"urn:ietf:params:netconf:base:1.1",
	"urn:ietf:params:netconf:capability:writable-running:1.0",
	"urn:ietf:params:netconf:capability:candidate:1.0",
	"urn:ietf:params:netconf:capability:confirmed-commit:1.1",
	"urn:ietf:params:netconf:capability:rollback-on-error:1.0",
	"urn:ietf:params:netconf:capability:validate:1.1",
	"urn:ietf:params:netconf:capability:startup:1.0",
	"urn:ietf:params:netconf:capability:xpath:1.0",
	("urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=explicit"
	 "&also-supported=report-all,report-all-tagged,trim"),
	"urn:ietf:params:netconf:capability:notification:1.0",
	"urn:ietf:params:netconf:capability:interleave:1.0",
};

/* Differs where the set of modules does (FNV-1a over names and revisions). */
static uint32_t content_id(const struct ly_ctx *ly)
{
	const struct lys_module *m;
	uint32_t hash = 2166136261u, i = 0;

	while ((m = ly_ctx_get_module_iter(ly, &i))) {
		for (const char *p = m->name; *p; p++)
			hash = (hash ^ (uint8_t)*p) * 16777619u;
		for (const char *p = m->revision; p && *p; p++)
			hash = (hash ^ (uint8_t)*p) * 16777619u;
	}
	return hash;
}

/* Modules of YANG 1.1 would be for yang-library alone (RFC 7950 5.6.4), but
 * yangcli and others look only here. */
static void module_uri(const struct lys_module *m, void (*each)(void *ctx, const char *uri),
		       void *ctx)
{
	struct xml t = {0};
	bool any = false;

	xml_fmt(&t, "%s?module=%s", m->ns, m->name);
	if (m->revision)
		xml_fmt(&t, "&revision=%s", m->revision);
	for (const struct lysp_feature *f = m->parsed->features;
	     f && f < m->parsed->features + LY_ARRAY_COUNT(m->parsed->features); f++)
		if (lys_feature_value(m, f->name) == LY_SUCCESS) {
			xml_fmt(&t, "%s%s", any ? "," : "&features=", f->name);
			any = true;
		}
	each(ctx, t.p);
	xml_clear(&t);
}

void capabilities_each(const struct netconf *n, void (*each)(void *ctx, const char *uri), void *ctx)
{
	const struct ly_ctx *ly = n->env.schema->ly;
	const struct lys_module *m;
	struct xml t = {0};
	uint32_t i = 0;

	for (size_t c = 0; c < sizeof(capabilities) / sizeof(capabilities[0]); c++)
		each(ctx, capabilities[c]);
	xml_fmt(&t,
		"urn:ietf:params:netconf:capability:yang-library:1.1?revision=2019-01-04"
		"&content-id=%u",
		content_id(ly));
	each(ctx, t.p);
	xml_clear(&t);
	while ((m = ly_ctx_get_module_iter(ly, &i)))
		if (m->implemented)
			module_uri(m, each, ctx);
}

/* ---- netconf-state, RFC 6022 ---- */

static void add_capability(void *ctx, const char *uri)
{
	xml_leaf(ctx, "capability", uri);
}

static void add_datastore(struct xml *t, const struct netconf *n, enum ds_name which)
{
	uint32_t owner = ds_lock_owner(n->env.ds, which);

	xml_fmt(t, "<datastore><name>%s</name>", ds_label(which));
	if (owner) {
		xml_fmt(t, "<locks><global-lock><locked-by-session>%u</locked-by-session>", owner);
		xml_add(t, "<locked-time>");
		xml_time(t, ds_lock_time(n->env.ds, which));
		xml_add(t, "</locked-time></global-lock></locks>");
	}
	xml_add(t, "</datastore>");
}

static void add_schemas(struct xml *t, const struct ly_ctx *ly)
{
	const struct lys_module *m;
	uint32_t i = 0;

	while ((m = ly_ctx_get_module_iter(ly, &i))) {
		xml_add(t, "<schema>");
		xml_leaf(t, "identifier", m->name);
		xml_leaf(t, "version", m->revision ? m->revision : "");
		xml_add(t, "<format>yang</format>");
		xml_leaf(t, "namespace", m->ns);
		xml_add(t, "<location>NETCONF</location></schema>");
	}
}

static void add_counts(struct xml *t, const struct netconf_counts *c)
{
	xml_fmt(t,
		"<in-rpcs>%u</in-rpcs><in-bad-rpcs>%u</in-bad-rpcs>"
		"<out-rpc-errors>%u</out-rpc-errors>"
		"<out-notifications>%u</out-notifications>",
		c->in_rpcs, c->in_bad_rpcs, c->out_rpc_errors, c->out_notifications);
}

/* RFC 6022 2.1.4: the identity is of ietf-netconf-monitoring. */
static const char *transport_of(const char *from)
{
	return strstr(from, "tls") ? "netconf-tls" : "netconf-ssh";
}

static void add_session(struct xml *t, const struct netconf_session *s)
{
	char host[64];
	size_t len = strcspn(s->from, " ");

	snprintf(host, sizeof(host), "%.*s", (int)len, s->from);
	xml_fmt(t, "<session><session-id>%u</session-id><transport>%s</transport>", s->id,
		transport_of(s->from));
	xml_leaf(t, "username", s->user);
	if (strpbrk(host, ".:"))
		xml_leaf(t, "source-host", host);
	xml_add(t, "<login-time>");
	xml_time(t, s->login);
	xml_add(t, "</login-time>");
	add_counts(t, &s->counts);
	xml_add(t, "</session>");
}

static void add_streams(struct xml *t)
{
	xml_add(t, "<netconf xmlns=\"urn:ietf:params:xml:ns:netmod:notification\"><streams>"
		   "<stream><name>NETCONF</name>"
		   "<description>All notifications of this router.</description>"
		   "<replaySupport>false</replaySupport></stream></streams></netconf>");
}

static void netconf_state(struct xml *t, const struct netconf *n)
{
	const struct netconf_session *s;

	xml_add(t, "<netconf-state xmlns=\"" NS_MONITOR "\"><capabilities>");
	capabilities_each(n, add_capability, t);
	xml_add(t, "</capabilities><datastores>");
	for (int i = 0; i < DS_N; i++)
		add_datastore(t, n, (enum ds_name)i);
	xml_add(t, "</datastores><schemas>");
	add_schemas(t, n->env.schema->ly);
	xml_add(t, "</schemas><sessions>");
	LIST_EACH (netconf_sessions, &n->sessions, s)
		add_session(t, s);
	xml_add(t, "</sessions><statistics><netconf-start-time>");
	xml_time(t, n->start);
	xml_fmt(t,
		"</netconf-start-time><in-bad-hellos>0</in-bad-hellos><in-sessions>%u"
		"</in-sessions><dropped-sessions>%u</dropped-sessions>",
		n->in_sessions, n->dropped_sessions);
	add_counts(t, &n->counts);
	xml_add(t, "</statistics></netconf-state>");
}

void local_state(const struct netconf *n, struct lyd_node **tree)
{
	struct ly_ctx *ly = n->env.schema->ly;
	struct lyd_node *library = NULL;
	struct xml t = {0};

	netconf_state(&t, n);
	add_streams(&t);
	*tree = NULL;
	if (lyd_parse_data_mem(ly, t.p, LYD_XML, LYD_PARSE_ONLY, 0, tree))
		ly_err_clean(ly, NULL);
	xml_clear(&t);
	if (ly_ctx_get_yanglib_data(ly, &library, "%u", content_id(ly)))
		ly_err_clean(ly, NULL);
	else if (!*tree)
		*tree = library;
	else if (lyd_insert_sibling(*tree, library, tree))
		abort();
}

/* ---- get-schema, RFC 6022 3.1 ---- */

static void print_schema(struct netconf_session *s, const struct lys_module *m)
{
	char *text = NULL;
	size_t n;

	/* The file as it was written: libyang's printer keeps no comments. */
	if (m->filepath)
		text = load_file(m->filepath, &n);
	if (!text && lys_print_mem(&text, m, LYS_OUT_YANG, 0))
		ly_err_clean(s->n->env.schema->ly, NULL);
	reply_begin(s);
	xml_add(&s->out, "<data xmlns=\"" NS_MONITOR "\">");
	xml_escaped(&s->out, text ? text : "");
	xml_add(&s->out, "</data>");
	free(text);
	reply_end(s);
}

void op_get_schema(struct netconf_session *s)
{
	const char *name = rpc_value(s->op, "identifier");
	const char *revision = rpc_value(s->op, "version");
	const char *format = rpc_value(s->op, "format");
	const struct ly_ctx *ly = s->n->env.schema->ly;
	const struct lys_module *m;
	struct edit_error err = {0};

	if (revision && *revision)
		m = ly_ctx_get_module(ly, name, revision);
	else
		m = ly_ctx_get_module_latest(ly, name);
	if (!m && revision && !*revision)
		m = ly_ctx_get_module(ly, name, NULL);
	if (m && (!format || strstr(format, ":yang") || !strcmp(format, "yang"))) {
		print_schema(s, m);
		return;
	}
	if (m)
		error_set(&err, ERR_INVALID_VALUE, NULL, "schema %s is there as yang, not as %s",
			  name, format);
	else
		error_set(&err, ERR_INVALID_VALUE, NULL, "there is no schema %s%s%s", name,
			  revision && *revision ? " of revision " : "", revision ? revision : "");
	reply_error(s, &err);
}
