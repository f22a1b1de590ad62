/* SPDX-License-Identifier: MIT */
/* What babeld tells: this router, interfaces, neighbours; operations. */
#include "babeld/babel_nb_state.h"

#include <stdio.h>
#include <string.h>

#include "babeld/babel_nb_explain.h"
#include "babeld/babel_nb_table.h"

static void addr_leaf(struct nb_writer *w, const char *name, enum family f, const struct addr *a)
{
	char text[ADDR_STR];

	nb_leaf(w, name, addr_str(f, a, text));
}

/* ---- this router ---- */

static void write_redistribute(const struct babeld *b, struct nb_writer *w)
{
	for (unsigned int f = 0; f < 2; f++) {
		for (unsigned int t = 0; t < BABEL_CONF_TYPES; t++) {
			if (!(f ? b->subscribed6 : b->subscribed4)[t])
				continue;
			nb_begin(w, "redistribute");
			nb_leaf(w, "family", f ? "ipv6" : "ipv4");
			nb_leaf(w, "protocol", zapi_route_type_name((uint8_t)t));
			nb_end(w);
		}
	}
}

static void write_zebra(const struct babeld *b, struct nb_writer *w)
{
	struct babel_zapi_view v = {0};

	if (b->zapi)
		v = babel_zapi_look(b->zapi);
	nb_begin(w, "zebra");
	nb_leaf_bool(w, "connected", v.up);
	nb_leaf_bool(w, "srcdest", v.srcdest);
	nb_leaf(w, "dialect", zapi_dialect_name(v.dialect));
	nb_leaf_bool(w, "source-specific", b->sourced6);
	nb_leaf_bool(w, "source-specific-ipv4", b->sourced4);
	nb_leaf_bool(w, "source-specific-refused", b->sourced_refused);
	nb_leaf_bool(w, "v4-via-v6", b->v4_via_v6);
	nb_leaf_u64(w, "routes-sent", v.routes_sent);
	nb_leaf_u64(w, "routes-failed", v.routes_failed);
	nb_leaf_u64(w, "routes-redistributed", v.redistributed);
	nb_leaf_u64(w, "routes-delayed", v.delayed);
	nb_end(w);
}

static void write_datagrams(const struct babeld *b, struct nb_writer *w)
{
	struct babel_udp_view v = babel_udp_look(b->udp);

	nb_begin(w, "datagrams");
	nb_leaf_u64(w, "received", v.received);
	nb_leaf_u64(w, "sent", v.sent);
	nb_leaf_u64(w, "no-room", v.send_no_room);
	nb_leaf_u64(w, "not-sent", v.send_failed);
	for (int k = UDP_OK + 1; k < UDP_VERDICTS; k++) {
		nb_begin(w, "dropped");
		nb_leaf(w, "reason", udp_verdict_name((enum udp_verdict)k));
		nb_leaf_u64(w, "count", v.dropped[k]);
		nb_end(w);
	}
	nb_end(w);
}

static void write_recording(const struct babeld *b, struct nb_writer *w)
{
	struct record_view v = core_record_look(&b->core);

	if (!*v.path)
		return;
	nb_begin(w, "recording");
	nb_leaf(w, "file", v.path);
	nb_leaf_bool(w, "running", v.running);
	nb_leaf_u64(w, "octets", v.octets);
	nb_leaf_u64(w, "limit", v.limit);
	nb_leaf_u64(w, "events", v.events);
	if (!v.running)
		nb_leaf(w, "ended", v.ended);
	nb_end(w);
}

static bool parameters_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct babeld *b = nb_babeld(ctx);
	struct router_id id;
	char text[ROUTER_ID_STR];

	(void)ask;
	if (!b->babel)
		return false;
	id = babel_router_id(b->babel);
	nb_begin(w, "parameters");
	nb_leaf(w, "router-id", router_id_str(&id, text));
	nb_leaf_u64(w, "seqno", babel_seqno(b->babel));
	nb_leaf_u64(w, "udp-port", BABEL_PORT);
	write_redistribute(b, w);
	write_zebra(b, w);
	if (b->udp)
		write_datagrams(b, w);
	write_recording(b, w);
	nb_end(w);
	return false;
}

/* ---- interfaces ---- */

/* One that exists, or one of the configuration that does not. */
struct if_row {
	const char *name;
	const struct babel_conf_if *conf; /* NULL: not to run there */
	bool exists;
	struct ifs_view v;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct if_row *)a)->name, ((const struct if_row *)b)->name);
}

static bool gather_if(void *ctx, const struct ifs_view *v)
{
	struct if_row row = {.name = v->name, .conf = v->conf, .exists = true, .v = *v};

	nb_rows_add(ctx, &row, sizeof(row));
	return true;
}

static void gather_absent(const struct babeld *b, struct nb_rows *rows)
{
	const struct babel_conf_ifs *ifs = &b->config.conf.ifs;
	size_t n = rows->n;

	for (const struct babel_conf_if *i = babel_conf_ifs_first(ifs); i;
	     i = babel_conf_ifs_next(ifs, i)) {
		struct if_row row = {.name = i->name, .conf = i};
		bool seen = false;

		for (size_t k = 0; k < n && !seen; k++)
			seen = strcmp(((const struct if_row *)rows->v)[k].name, i->name) == 0;
		if (i->network && !seen)
			nb_rows_add(rows, &row, sizeof(row));
	}
}

struct running {
	ifid_t ifid;
	struct nb_writer *w;
};

static bool write_running(void *ctx, const struct babel_if_view *v)
{
	struct running *r = ctx;
	struct nb_writer *w = r->w;

	if (v->ifid != r->ifid)
		return true;
	nb_leaf(w, "metric-algorithm", v->etx ? "etx" : "k-out-of-j");
	if (!v->etx) {
		nb_leaf_u64(w, "k", v->config.k);
		nb_leaf_u64(w, "j", v->config.j);
	}
	nb_leaf_u64(w, "mcast-hello-seqno", v->hello_seqno);
	addr_leaf(w, "link-local-address", FAM_IP6, &v->info.linklocal);
	if (v->info.have_ip4)
		addr_leaf(w, "ipv4-address", FAM_IP4, &v->info.ip4);
	nb_leaf_u64(w, "neighbors", v->neighbours);
	nb_leaf_u64(w, "packets-received", v->packets_in);
	nb_leaf_u64(w, "packets-sent", v->packets_out);
	nb_leaf_u64(w, "packets-malformed", v->packets_bad);
	nb_leaf_u64(w, "limits-reached", v->shed);
	nb_leaf_u64(w, "tlvs-ignored", v->tlvs_ignored);
	nb_leaf_u64(w, "updates-refused-connected", v->connected_refused);
	for (int k = 0; k < TLV_VERDICTS; k++) {
		if (!v->ignored[k] || k == TLV_OK || k == TLV_PADDING || k == TLV_STATE_ONLY)
			continue;
		nb_begin(w, "ignored");
		nb_leaf(w, "reason", tlv_verdict_name((enum tlv_verdict)k));
		nb_leaf_u64(w, "count", v->ignored[k]);
		nb_end(w);
	}
	return false;
}

static const char *if_state(const struct if_row *row)
{
	if (!row->conf)
		return "not-enabled";
	if (!row->exists)
		return "absent";
	if (row->v.ready)
		return "running";
	return row->v.usable ? "no-link-local" : "down";
}

static void write_rtt_settings(struct nb_writer *w, const struct babel_rtt_config *c)
{
	nb_leaf_bool(w, "enable-timestamps", c->on);
	nb_leaf_u64(w, "rtt-decay", c->decay);
	nb_leaf_u64(w, "rtt-min", (uint64_t)(c->min / USEC_PER_MSEC));
	nb_leaf_u64(w, "rtt-max", (uint64_t)(c->max / USEC_PER_MSEC));
	nb_leaf_u64(w, "max-rtt-penalty", c->max_penalty);
}

static void write_hello_settings(struct nb_writer *w, const struct babel_if_config *c)
{
	interval_cs unicast = interval_from_usec(c->unicast_hello_interval);

	if (c->unicast_hello_interval)
		nb_leaf_u64(w, "ucast-hello-interval", unicast.cs);
	nb_leaf_bool(w, "unscheduled-hellos", c->unscheduled_hellos);
	nb_leaf_bool(w, "unicast", c->unicast);
	nb_leaf_bool(w, "probe-mtu", c->probe_mtu);
	nb_leaf_bool(w, "rfc6126-compatible", c->rfc6126);
}

static void write_if(const struct babeld *b, struct nb_writer *w, const struct if_row *row)
{
	struct running r = {.ifid = row->v.ifid, .w = w};

	nb_begin(w, "interface");
	nb_leaf(w, "name", row->name);
	nb_leaf(w, "state", if_state(row));
	nb_leaf_bool(w, "up", row->exists && row->v.usable);
	if (row->exists) {
		nb_leaf_u64(w, "if-index", row->v.ifid);
		nb_leaf_u64(w, "mtu", row->v.mtu);
	}
	if (row->conf) {
		struct babel_if_config c;

		babel_conf_if_effective(row->conf, row->v.found, &c);
		nb_leaf(w, "link-type", babel_link_type_name(c.type));
		nb_leaf(w, "link-type-reason",
			row->conf->set.link_type != LINK_AUTO ? "configured"
			: row->v.why && *row->v.why	      ? row->v.why
							      : "not known yet");
		nb_leaf_bool(w, "split-horizon", c.split_horizon);
		nb_leaf_u64(w, "rxcost", c.rxcost);
		nb_leaf_u64(w, "mcast-hello-interval", interval_from_usec(c.hello_interval).cs);
		nb_leaf_u64(w, "update-interval", interval_from_usec(c.update_interval).cs);
		write_hello_settings(w, &c);
		write_rtt_settings(w, &c.rtt);
		nb_leaf_bool(w, "v4-via-v6", c.v4_via_v6);
	}
	if (row->exists && row->v.ready && b->babel)
		babel_each_if(b->babel, write_running, &r);
	nb_end(w);
}

static bool interfaces_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct babeld *b = nb_babeld(ctx);
	struct if_row after = {.name = ask->n_after ? ask->after[0] : ""};
	struct nb_rows rows = {0};
	const struct if_row *v;
	bool more = false;

	if (b->ifs)
		ifs_each(b->ifs, gather_if, &rows);
	gather_absent(b, &rows);
	nb_rows_sort(&rows, sizeof(*v), by_name);
	v = rows.v;
	for (size_t i = nb_rows_after(&rows, sizeof(*v), &after, by_name); i < rows.n && !more;
	     i++) {
		if (!nb_ask_wants(ask, 0, v[i].name))
			continue;
		more = nb_full(w);
		if (!more)
			write_if(b, w, &v[i]);
	}
	nb_rows_free(&rows);
	return more;
}

/* ---- neighbours ---- */

static int by_if_and_addr(const void *a, const void *b)
{
	const struct babel_neigh_view *v = a, *u = b;
	int d = strcmp(v->ifname, u->ifname);

	return d ? d : addr_cmp(&v->addr, &u->addr);
}

static bool gather_neigh(void *ctx, const struct babel_neigh_view *v)
{
	nb_rows_add(ctx, v, sizeof(*v));
	return true;
}

/* Of one kind, `mcast` or `ucast`. */
static void write_heard(struct nb_writer *w, const char *kind, const struct babel_hellos_view *h)
{
	char name[32];

	if (!h->heard)
		return;
	snprintf(name, sizeof(name), "exp-%s-hello-seqno", kind);
	nb_leaf_u64(w, name, h->expected);
	snprintf(name, sizeof(name), "promised-%s-interval", kind);
	nb_leaf_u64(w, name, interval_from_usec(h->interval).cs);
}

static void write_neigh(struct nb_writer *w, const struct babel_neigh_view *v)
{
	nb_begin(w, "neighbor");
	nb_leaf(w, "interface", v->ifname);
	addr_leaf(w, "address", FAM_IP6, &v->addr);
	nb_leaf_fmt(w, "hello-mcast-history", "%04x", v->hello_history);
	nb_leaf_fmt(w, "hello-ucast-history", "%04x", v->unicast_history);
	nb_leaf_u64(w, "rxcost", v->rxcost);
	nb_leaf_u64(w, "txcost", v->txcost);
	nb_leaf_u64(w, "cost", v->cost);
	if (v->extra_cost)
		nb_leaf_u64(w, "extra-cost", v->extra_cost);
	write_heard(w, "mcast", &v->multicast);
	write_heard(w, "ucast", &v->unicast);
	if (v->hello_counted)
		nb_leaf_u64(w, "ucast-hello-seqno", v->hello_seqno);
	if (v->have_rtt) {
		nb_leaf_u64(w, "rtt", (uint64_t)v->rtt);
		nb_leaf_u64(w, "rtt-cost", v->rtt_cost);
	}
	nb_leaf_u64(w, "rtt-samples", v->rtt_samples);
	nb_leaf_u64(w, "rtt-refused", v->rtt_refused);
	nb_leaf_u64(w, "routes", v->routes);
	nb_leaf_u64(w, "limits-reached", v->shed);
	nb_end(w);
}

static bool neighbors_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct babeld *b = nb_babeld(ctx);
	struct babel_neigh_view after = {.ifname = ask->n_after > 1 ? ask->after[0] : ""};
	struct nb_rows rows = {0};
	const struct babel_neigh_view *v;
	char text[ADDR_STR];
	bool more = false;
	enum family f;

	if (!b->babel || (ask->n_after > 1 && !addr_parse(ask->after[1], &f, &after.addr)))
		return false;
	babel_each_neigh(b->babel, gather_neigh, &rows);
	nb_rows_sort(&rows, sizeof(*v), by_if_and_addr);
	v = rows.v;
	for (size_t i = nb_rows_after(&rows, sizeof(*v), &after, by_if_and_addr);
	     i < rows.n && !more; i++) {
		if (!nb_ask_wants(ask, 0, v[i].ifname) ||
		    !nb_ask_wants(ask, 1, addr_str(FAM_IP6, &v[i].addr, text)))
			continue;
		more = nb_full(w);
		if (!more)
			write_neigh(w, &v[i]);
	}
	nb_rows_free(&rows);
	return more;
}

/* ---- operations ---- */

struct find_ifid {
	const char *name;
	ifid_t ifid;
};

static bool find_ifid(void *ctx, const struct babel_if_view *v)
{
	struct find_ifid *f = ctx;

	if (strcmp(f->name, v->name) == 0)
		f->ifid = v->ifid;
	return f->ifid == 0;
}

static bool not_running(const struct babeld *b, char *err, unsigned int err_size)
{
	if (!b->babel)
		snprintf(err, err_size, "Babel does not run");
	return !b->babel;
}

static bool clear_neighbor_call(void *ctx, const struct nb_input *in, struct nb_writer *out,
				char *err, unsigned int err_size)
{
	struct babeld *b = nb_babeld(ctx);
	struct find_ifid i = {.name = nb_input(in, "interface")};
	const char *text = nb_input(in, "address");
	struct addr addr;
	enum family f;
	unsigned int n;

	if (not_running(b, err, err_size))
		return false;
	if (i.name)
		babel_each_if(b->babel, find_ifid, &i);
	if (i.name && !i.ifid) {
		snprintf(err, err_size, "Babel does not run on the interface %s", i.name);
		return false;
	}
	if (text && (!addr_parse(text, &f, &addr) || f != FAM_IP6)) {
		snprintf(err, err_size, "'%s' is not an IPv6 address", text);
		return false;
	}
	n = core_clear_neigh(&b->core, i.ifid, text ? &addr : NULL, loop_now(b->loop));
	nb_leaf_u64(out, "cleared", n);
	babeld_touch(b);
	return true;
}

static bool clear_route_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
			     unsigned int err_size)
{
	struct babeld *b = nb_babeld(ctx);
	const char *dst_text = nb_input(in, "destination-prefix");
	const char *src_text = nb_input(in, "source-prefix");
	struct prefix dst, src;
	struct sdprefix pair;

	if (not_running(b, err, err_size))
		return false;
	if (!dst_text || !prefix_parse(dst_text, &dst)) {
		snprintf(err, err_size, "destination-prefix: '%s' is not a prefix",
			 dst_text ? dst_text : "");
		return false;
	}
	if (src_text && !prefix_parse(src_text, &src)) {
		snprintf(err, err_size, "source-prefix: '%s' is not a prefix", src_text);
		return false;
	}
	if (!sdprefix_make(&pair, &dst, src_text ? &src : NULL)) {
		snprintf(err, err_size, "destination and source are of two address families");
		return false;
	}
	nb_leaf_u64(out, "cleared", core_clear_route(&b->core, &pair, loop_now(b->loop)));
	babeld_touch(b);
	return true;
}

static bool refresh_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
			 unsigned int err_size)
{
	struct babeld *b = nb_babeld(ctx);

	(void)in;
	(void)out;
	if (not_running(b, err, err_size))
		return false;
	core_refresh(&b->core, loop_now(b->loop));
	babeld_touch(b);
	return true;
}

/* ---- the tables ---- */

#define STATE "/srcdest-babel-state:babel-state"

const struct nb_state babel_nb_states[] = {
	{STATE "/parameters", parameters_page},
	{STATE "/interface", interfaces_page},
	{STATE "/neighbor", neighbors_page},
	{STATE "/route", nb_babel_routes_page},
	{STATE "/source", nb_babel_sources_page},
	{STATE "/pending-request", nb_babel_requests_page},
	{STATE "/authentication", nb_babel_auth_page},
	{STATE "/filter", nb_babel_filters_page},
	{STATE "/limit", nb_babel_limits_page},
};
const size_t babel_nb_n_states = sizeof(babel_nb_states) / sizeof(babel_nb_states[0]);

const struct nb_rpc babel_nb_rpcs[] = {
	{"/srcdest-babel-state:clear-babel-neighbor", clear_neighbor_call},
	{"/srcdest-babel-state:clear-babel-route", clear_route_call},
	{"/srcdest-babel-state:refresh-babel", refresh_call},
	{"/srcdest-babel-state:explain-babel-route", nb_babel_explain_call},
};
const size_t babel_nb_n_rpcs = sizeof(babel_nb_rpcs) / sizeof(babel_nb_rpcs[0]);
