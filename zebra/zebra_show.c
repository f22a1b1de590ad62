/* SPDX-License-Identifier: MIT */
/* The show commands of zebra: the table, interfaces and clients. */
#include "zebra/zebra_show.h"

#include <linux/if_addr.h>
#include <net/if_arp.h>

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "zebra/zebra_show_private.h"

/* ---- interfaces ---- */

static void flags_str(uint32_t flags, char *buf, size_t size)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {{IFF_UP, "UP"},
		     {IFF_BROADCAST, "BROADCAST"},
		     {IFF_LOOPBACK, "LOOPBACK"},
		     {IFF_POINTOPOINT, "POINTOPOINT"},
		     {IFF_NOARP, "NOARP"},
		     {IFF_RUNNING, "RUNNING"},
		     {IFF_PROMISC, "PROMISC"},
		     {IFF_MULTICAST, "MULTICAST"}};
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((flags & names[i].bit) && at < size)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? "," : "",
					       names[i].name);
}

static json_object *address_state(const struct iface_addr *a)
{
	json_object *o = json_object_new_object();
	char buf[ADDR_STR], text[ADDR_STR + 4];

	snprintf(text, sizeof(text), "%s/%u", addr_str(a->a.family, &a->a.addr, buf), a->a.plen);
	js_str(o, "address", text);
	js_str(o, "afi", a->a.family == FAM_IP6 ? "ipv6" : "ipv4");
	if (!addr_is_zero(&a->a.peer)) {
		snprintf(text, sizeof(text), "%s/%u", addr_str(a->a.family, &a->a.peer, buf),
			 a->a.plen);
		js_str(o, "peer", text);
	}
	js_true(o, "secondary", a->a.family == FAM_IP4 && (a->a.flags & IFA_F_SECONDARY));
	js_true(o, "tentative", (a->a.flags & IFA_F_TENTATIVE) != 0);
	js_true(o, "duplicate", (a->a.flags & IFA_F_DADFAILED) != 0);
	return o;
}

static json_object *interface_state(const struct iface *i)
{
	json_object *o = json_object_new_object(), *list = json_object_new_array();
	char flags[128], hw[3 * NL_HWADDR + 1] = "";

	js_str(o, "administrativeStatus", i->l.flags & IFF_UP ? "up" : "down");
	js_str(o, "operationalStatus", iface_usable(i) ? "up" : "down");
	js_str(o, "vrfName", "default");
	js_int(o, "index", i->l.ifindex);
	js_int(o, "metric", 0);
	js_int(o, "mtu", i->l.mtu);
	flags_str(i->l.flags, flags, sizeof(flags));
	js_str(o, "flags", flags);
	js_str(o, "type",
	       i->l.arphrd == ARPHRD_ETHER	? "Ethernet"
	       : i->l.arphrd == ARPHRD_LOOPBACK ? "Loopback"
						: "Unknown");
	for (unsigned int b = 0; b < i->l.hwaddr_len; b++)
		snprintf(hw + 3 * b - (b > 0), 4, "%s%02x", b ? ":" : "", i->l.hwaddr[b]);
	if (i->l.hwaddr_len && i->l.arphrd != ARPHRD_LOOPBACK)
		js_str(o, "hardwareAddress", hw);
	if (i->l.lower)
		js_int(o, "parentIfindex", i->l.lower);
	for (const struct iface_addr *a = iface_addr_first(i); a; a = iface_addr_next(i, a))
		json_object_array_add(list, address_state(a));
	json_object_object_add(o, "ipAddresses", list);
	return o;
}

static json_object *show_interface_state(const void *ctx, const struct show_args *a, char *err,
					 unsigned int err_size)
{
	const struct zebra *z = ctx;
	const char *name = show_arg(a, "interface");
	json_object *o;

	if (name && !ifaces_find_name(z->ifs, name)) {
		snprintf(err, err_size, "Can't find interface %s", name);
		return NULL;
	}
	o = json_object_new_object();
	for (const struct iface *i = ifaces_first(z->ifs); i; i = ifaces_next(z->ifs, i))
		if (!name || strcmp(name, i->l.name) == 0)
			json_object_object_add(o, i->l.name, interface_state(i));
	return o;
}

static void interface_text(const char *name, const json_object *i, struct show_out *o)
{
	const json_object *list = js_get(i, "ipAddresses");
	const char *hw = js_get_str(i, "hardwareAddress");

	show_printf(o, "Interface %s is %s, line protocol is %s\n", name,
		    js_get_str(i, "administrativeStatus"), js_get_str(i, "operationalStatus"));
	show_printf(o, "  vrf: %s\n", js_get_str(i, "vrfName"));
	show_printf(o, "  index %d metric %d mtu %d\n", (int)js_get_int(i, "index"),
		    (int)js_get_int(i, "metric"), (int)js_get_int(i, "mtu"));
	show_printf(o, "  flags: <%s>\n", js_get_str(i, "flags"));
	show_printf(o, "  Type: %s\n", js_get_str(i, "type"));
	if (hw[0])
		show_printf(o, "  HWaddr: %s\n", hw);
	for (size_t n = 0; n < json_object_array_length(list); n++) {
		const json_object *a = json_object_array_get_idx(list, n);
		const char *peer = js_get_str(a, "peer");

		show_printf(o, "  %s %s%s%s%s%s%s\n",
			    strcmp(js_get_str(a, "afi"), "ipv6") == 0 ? "inet6" : "inet",
			    js_get_str(a, "address"), peer[0] ? " peer " : "", peer,
			    js_get_bool(a, "secondary") ? " secondary" : "",
			    js_get_bool(a, "tentative") ? " tentative" : "",
			    js_get_bool(a, "duplicate") ? " duplicate" : "");
	}
}

static void show_interface_text(const json_object *state, struct show_out *o)
{
	struct json_object_iterator it = json_object_iter_begin((json_object *)(uintptr_t)state);
	struct json_object_iterator end = json_object_iter_end(state);

	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it))
		interface_text(json_object_iter_peek_name(&it), json_object_iter_peek_value(&it),
			       o);
}

/* ---- clients ---- */

struct client_list {
	const struct zebra *z;
	json_object *rows;
};

static bool add_client(void *ctx, const struct zebra_zapi_client_view *v)
{
	struct client_list *l = ctx;
	json_object *o = json_object_new_object();
	char buf[UPTIME_STR];

	js_str(o, "protocol", v->hello ? zapi_route_type_name(v->type) : "unknown");
	js_int(o, "instance", v->instance);
	js_int(o, "session", v->session);
	js_str(o, "uptime", show_uptime(mono_sub(loop_now(l->z->loop), v->since), buf));
	js_true(o, "notify", v->notify);
	js_true(o, "synchronous", v->synchronous);
	js_true(o, "gracefulRestart", v->graceful);
	if (v->graceful)
		js_int(o, "staleTime", v->stale_time);
	js_int(o, "messagesIn", (int64_t)v->in);
	js_int(o, "messagesOut", (int64_t)v->out);
	js_int(o, "routesAdded", (int64_t)v->routes_added);
	js_int(o, "routesDeleted", (int64_t)v->routes_deleted);
	js_int(o, "routesRefused", (int64_t)v->refused);
	js_int(o, "routesSent", (int64_t)v->redistributed);
	js_int(o, "nexthopsTracked", (int64_t)v->tracked);
	js_int(o, "routesDelayed", (int64_t)v->delayed);
	json_object_array_add(l->rows, o);
	return true;
}

static json_object *show_clients_state(const void *ctx, const struct show_args *a, char *err,
				       unsigned int err_size)
{
	const struct zebra *z = ctx;
	struct client_list l = {.z = z, .rows = json_object_new_array()};
	json_object *o = json_object_new_object();

	(void)a;
	(void)err;
	(void)err_size;
	if (z->zapi)
		zebra_zapi_each_client(z->zapi, add_client, &l);
	json_object_object_add(o, "clients", l.rows);
	return o;
}

static void show_clients_text(const json_object *state, struct show_out *o)
{
	const json_object *rows = js_get(state, "clients");

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		const json_object *c = json_object_array_get_idx(rows, i);

		show_printf(o, "Client: %s, instance %d, connected for %s\n",
			    js_get_str(c, "protocol"), (int)js_get_int(c, "instance"),
			    js_get_str(c, "uptime"));
		show_printf(o, "  messages: %lld in, %lld out\n",
			    (long long)js_get_int(c, "messagesIn"),
			    (long long)js_get_int(c, "messagesOut"));
		show_printf(o, "  routes: %lld added, %lld deleted, %lld refused, %lld sent\n",
			    (long long)js_get_int(c, "routesAdded"),
			    (long long)js_get_int(c, "routesDeleted"),
			    (long long)js_get_int(c, "routesRefused"),
			    (long long)js_get_int(c, "routesSent"));
		if (js_get_bool(c, "gracefulRestart"))
			show_printf(o, "  graceful restart: routes stay for %lld s\n",
				    (long long)js_get_int(c, "staleTime"));
	}
}

/* ---- the table ---- */

const struct show_command zebra_show_commands[] = {
	{"show interface [IFNAME]", "Interfaces, their state and addresses", show_interface_state,
	 show_interface_text},
	{"show <ip|ipv6> route", "All routes of the RIB", show_routes_state, show_routes_text},
	{"show <ip|ipv6> route <kernel|connected|static|babel>", "Routes of one origin",
	 show_protocol_state, show_routes_text},
	{"show <ip|ipv6> route PREFIX", "Routes to exactly this destination, from any source",
	 show_prefix_state, show_routes_text},
	{"show ipv6 route PREFIX from PREFIX", "The routes of exactly this pair", show_prefix_state,
	 show_routes_text},
	{"show <ip|ipv6> route ADDR", "Routes to the longest destination that covers the address",
	 show_address_state, show_routes_text},
	{"show ipv6 route ADDR from ADDR", "The way of a packet with this destination and source",
	 show_lookup_state, show_routes_text},
	{"show <ip|ipv6> route summary", "How many routes of which origin", show_summary_state,
	 show_summary_text},
	{"show <ip|ipv6> fib", "Routes in the kernel by our doing", show_fib_state, show_fib_text},
	{"show zebra client", "Daemons that are connected", show_clients_state, show_clients_text},
};

const size_t zebra_n_show_commands = sizeof(zebra_show_commands) / sizeof(zebra_show_commands[0]);
