/* SPDX-License-Identifier: MIT */
/* show babel interface. */
#include "babeld/babel_show.h"

#include <stdio.h>
#include <string.h>

struct find_if {
	ifid_t ifid;
	json_object *row;
};

static bool add_running(void *ctx, const struct babel_if_view *v)
{
	struct find_if *f = ctx;
	json_object *o = f->row, *ignored;

	if (v->ifid != f->ifid)
		return true;
	js_addr(o, "linkLocal", FAM_IP6, &v->info.linklocal);
	if (v->info.have_ip4)
		js_addr(o, "ipv4", FAM_IP4, &v->info.ip4);
	js_int(o, "neighbours", v->neighbours);
	js_int(o, "packetsIn", (int64_t)v->packets_in);
	js_int(o, "packetsOut", (int64_t)v->packets_out);
	js_int(o, "packetsBad", (int64_t)v->packets_bad);
	js_int(o, "tlvsIgnored", (int64_t)v->tlvs_ignored);
	ignored = json_object_new_object();
	for (int k = 0; k < TLV_VERDICTS; k++)
		if (v->ignored[k] && k != TLV_OK && k != TLV_PADDING && k != TLV_STATE_ONLY)
			js_int(ignored, tlv_verdict_name((enum tlv_verdict)k),
			       (int64_t)v->ignored[k]);
	json_object_object_add(o, "ignored", ignored);
	return false;
}

static void add_config(json_object *o, const struct babel_conf_if *conf)
{
	struct babel_if_config c = babel_conf_if_effective(conf);

	js_str(o, "linkType", c.type == BABEL_WIRED ? "wired" : "wireless");
	js_bool(o, "splitHorizon", c.split_horizon);
	js_int(o, "helloIntervalMsec", c.hello_interval / USEC_PER_MSEC);
	js_int(o, "updateIntervalMsec", c.update_interval / USEC_PER_MSEC);
	js_int(o, "rxcost", c.rxcost);
}

static bool interface_row(void *ctx, const struct ifs_view *v)
{
	struct rows *r = ctx;
	struct find_if f = {.ifid = v->ifid};

	if (r->ifname && strcmp(r->ifname, v->name) != 0)
		return true;
	f.row = json_object_new_object();
	js_str(f.row, "interface", v->name);
	js_bool(f.row, "exists", true);
	js_bool(f.row, "up", v->usable);
	js_int(f.row, "ifindex", v->ifid);
	js_int(f.row, "mtu", v->mtu);
	js_bool(f.row, "configured", v->conf != NULL);
	js_bool(f.row, "running", v->ready);
	js_bool(f.row, "hasLinkLocal", v->linklocal);
	if (v->conf)
		add_config(f.row, v->conf);
	if (v->ready)
		babel_each_if(r->b->babel, add_running, &f);
	json_object_array_add(r->rows, f.row);
	return true;
}

struct seen_name {
	const char *name;
	bool seen;
};

static bool name_seen(void *ctx, const struct ifs_view *v)
{
	struct seen_name *s = ctx;

	s->seen = s->seen || strcmp(s->name, v->name) == 0;
	return !s->seen;
}

json_object *babel_show_if_state(const void *ctx, const struct show_args *a, char *err,
				 unsigned int err_size)
{
	const struct babeld *b = ctx;
	const struct babel_conf_ifs *ifs = &b->config.conf.ifs;
	struct rows r = {
		.b = b, .rows = json_object_new_array(), .ifname = show_arg(a, "interface")};

	ifs_each(b->ifs, interface_row, &r);
	for (const struct babel_conf_if *i = babel_conf_ifs_first(ifs); i;
	     i = babel_conf_ifs_next(ifs, i)) {
		if (!i->network)
			continue;
		struct seen_name s = {.name = i->name};
		json_object *o;

		ifs_each(b->ifs, name_seen, &s);
		if (s.seen || (r.ifname && strcmp(r.ifname, i->name) != 0))
			continue;
		o = json_object_new_object();
		js_str(o, "interface", i->name);
		js_bool(o, "exists", false);
		js_bool(o, "configured", true);
		js_bool(o, "running", false);
		add_config(o, i);
		json_object_array_add(r.rows, o);
	}
	if (r.ifname && json_object_array_length(r.rows) == 0) {
		json_object_put(r.rows);
		snprintf(err, err_size, "No such interface: %s", r.ifname);
		return NULL;
	}
	return show_wrap("interfaces", r.rows);
}

static void interface_state_text(const json_object *row, struct show_out *o)
{
	if (js_get_bool(row, "running"))
		show_printf(o, "  Babel protocol is running on this interface\n");
	else if (!js_get_bool(row, "configured"))
		show_printf(o, "  Babel protocol is not enabled on this interface\n");
	else
		show_printf(o, "  Babel protocol is enabled, but not running on this interface%s\n",
			    !js_get_bool(row, "exists")		? " (it does not exist)"
			    : !js_get_bool(row, "up")		? " (it is down)"
			    : !js_get_bool(row, "hasLinkLocal") ? " (it has no link-local address)"
								: "");
}

static void interface_row_text(const json_object *row, struct show_out *o)
{
	bool exists = js_get_bool(row, "exists");

	show_printf(o, "%s is %s\n", js_get_str(row, "interface"),
		    js_get_bool(row, "up") ? "up"
		    : exists		   ? "down"
					   : "absent");
	if (exists)
		show_printf(o, "  ifindex %d, MTU %d bytes\n", (int)js_get_int(row, "ifindex"),
			    (int)js_get_int(row, "mtu"));
	interface_state_text(row, o);
	if (!js_get_bool(row, "configured"))
		return;
	show_printf(o, "  Operating mode is \"%s\"\n", js_get_str(row, "linkType"));
	show_printf(o, "  Split horizon mode is %s\n",
		    js_get_bool(row, "splitHorizon") ? "On" : "Off");
	show_printf(o, "  Hello interval is %d ms\n", (int)js_get_int(row, "helloIntervalMsec"));
	show_printf(o, "  Update interval is %d ms\n", (int)js_get_int(row, "updateIntervalMsec"));
	show_printf(o, "  Rxcost multiplier is %d\n", (int)js_get_int(row, "rxcost"));
	if (!js_get_bool(row, "running"))
		return;
	show_printf(o, "  Link-local address is %s\n", js_get_str(row, "linkLocal"));
	show_printf(o, "  %d neighbours, %d packets in, %d out, %d bad, %d TLVs ignored\n",
		    (int)js_get_int(row, "neighbours"), (int)js_get_int(row, "packetsIn"),
		    (int)js_get_int(row, "packetsOut"), (int)js_get_int(row, "packetsBad"),
		    (int)js_get_int(row, "tlvsIgnored"));
}

void babel_show_if_text(const json_object *state, struct show_out *o)
{
	show_each_row(state, "interfaces", o, interface_row_text);
}
