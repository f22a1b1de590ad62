/* SPDX-License-Identifier: MIT */
/* What zebra tells: interfaces, and the table of it all. */
#include "zebra/zebra_nb_state.h"

#include <linux/if_addr.h>
#include <net/if_arp.h>

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "lib/zapi/zapi.h"
#include "zebra/zebra_nb_client.h"
#include "zebra/zebra_nb_fpm.h"
#include "zebra/zebra_nb_explain.h"
#include "zebra/zebra_nb_policy.h"
#include "zebra/zebra_nb_fib.h"
#include "zebra/zebra_nb_route.h"

/* ---- interfaces ---- */

static const struct {
	uint32_t bit;
	const char *name;
} flags[] = {{IFF_UP, "UP"},
	     {IFF_BROADCAST, "BROADCAST"},
	     {IFF_LOOPBACK, "LOOPBACK"},
	     {IFF_POINTOPOINT, "POINTOPOINT"},
	     {IFF_NOARP, "NOARP"},
	     {IFF_RUNNING, "RUNNING"},
	     {IFF_PROMISC, "PROMISC"},
	     {IFF_MULTICAST, "MULTICAST"}};

static void write_address(struct nb_writer *w, const struct iface_addr *a)
{
	char text[ADDR_STR];

	nb_begin(w, "address");
	nb_leaf(w, "ip", addr_str(a->a.family, &a->a.addr, text));
	nb_leaf_u64(w, "prefix-length", a->a.plen);
	nb_leaf(w, "peer", addr_str(a->a.family, &a->a.peer, text));
	if (a->a.family == FAM_IP4 && (a->a.flags & IFA_F_SECONDARY))
		nb_leaf_bool(w, "secondary", true);
	if (a->a.flags & IFA_F_TENTATIVE)
		nb_leaf_bool(w, "tentative", true);
	if (a->a.flags & IFA_F_DADFAILED)
		nb_leaf_bool(w, "duplicate", true);
	nb_end(w);
}

static void write_hwaddr(struct nb_writer *w, const struct nl_link *l)
{
	char hw[3 * NL_HWADDR + 1] = "";

	for (unsigned int b = 0; b < l->hwaddr_len; b++)
		snprintf(hw + 3 * b - (b > 0), 4, "%s%02x", b ? ":" : "", l->hwaddr[b]);
	if (l->hwaddr_len && l->arphrd != ARPHRD_LOOPBACK)
		nb_leaf(w, "phys-address", hw);
}

static void write_interface(struct nb_writer *w, const struct iface *i)
{
	nb_begin(w, "interface");
	nb_leaf(w, "name", i->l.name);
	nb_leaf_u64(w, "if-index", i->l.ifindex);
	nb_leaf(w, "admin-status", i->l.flags & IFF_UP ? "up" : "down");
	nb_leaf(w, "oper-status", iface_usable(i) ? "up" : "down");
	nb_leaf(w, "type",
		i->l.arphrd == ARPHRD_ETHER	 ? "ethernet"
		: i->l.arphrd == ARPHRD_LOOPBACK ? "loopback"
						 : "other");
	for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++)
		if (i->l.flags & flags[k].bit)
			nb_leaf(w, "flag", flags[k].name);
	nb_leaf_u64(w, "mtu", i->l.mtu);
	write_hwaddr(w, &i->l);
	if (i->l.lower)
		nb_leaf_u64(w, "lower-if-index", i->l.lower);
	for (const struct iface_addr *a = iface_addr_first(i); a; a = iface_addr_next(i, a))
		write_address(w, a);
	nb_end(w);
}

static int by_name(const void *a, const void *b)
{
	const struct iface *const *i = a, *const *k = b;

	return strcmp((*i)->l.name, (*k)->l.name);
}

/* How many the asker has. */
static size_t names_up_to(const struct nb_rows *r, const struct nb_ask *ask)
{
	const struct iface *const *v = r->v;
	size_t n = 0;

	while (ask->n_after && n < r->n && strcmp(v[n]->l.name, ask->after[0]) <= 0)
		n++;
	return n;
}

static bool interfaces_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct zebra *z = nb_zebra(ctx);
	struct nb_rows rows = {0};
	const struct iface *const *v;
	size_t n;

	for (const struct iface *i = ifaces_first(z->ifs); i; i = ifaces_next(z->ifs, i))
		if (nb_ask_wants(ask, 0, i->l.name))
			nb_rows_add(&rows, &i, sizeof(i));
	nb_rows_sort(&rows, sizeof(*v), by_name);
	v = rows.v;
	n = names_up_to(&rows, ask);
	while (n < rows.n && !nb_full(w))
		write_interface(w, v[n++]);
	n = rows.n - n;
	nb_rows_free(&rows);
	return n > 0;
}

/* ---- operations ---- */

static bool refresh_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
			 unsigned int err_size)
{
	(void)in;
	(void)out;
	(void)err;
	(void)err_size;
	kernel_refresh(nb_zebra(ctx)->kernel);
	return true;
}

/* ---- the tables ---- */

const struct nb_state zebra_nb_states[] = {
	{"/srcdest-interfaces:interfaces-state/interface", interfaces_page},
	{"/srcdest-rib:rib/route", nb_routes_page},
	{"/srcdest-rib:rib/table-route", nb_table_routes_page},
	{"/srcdest-rib:rib/fib-route", nb_fib_routes_page},
	{"/srcdest-rib:rib/summary", nb_summary_page},
	{"/srcdest-rib:rib/client", nb_clients_page},
	{"/srcdest-rib:rib/departed-client", nb_departed_page},
	{"/srcdest-fpm:fpm-state/status", nb_fpm_status_page},
	{"/srcdest-fpm:fpm-state/counters", nb_fpm_counters_page},
	{"/srcdest-prefix-list:prefix-lists-state/row", nb_plists_page},
	{"/srcdest-route-map:route-maps-state/entry", nb_rmaps_page},
	{"/srcdest-fib:fib-state/check", nb_fib_state_page},
	{"/srcdest-fib:fib-state/family", nb_fib_cost_page},
};
const size_t zebra_nb_n_states = sizeof(zebra_nb_states) / sizeof(zebra_nb_states[0]);

const struct nb_rpc zebra_nb_rpcs[] = {
	{"/srcdest-rib:lookup", nb_lookup_call},
	{"/srcdest-rib-explain:explain-route", nb_explain_call},
	{"/srcdest-rib:refresh", refresh_call},
	{"/srcdest-fib:check-fib", nb_check_fib_call},
};
const size_t zebra_nb_n_rpcs = sizeof(zebra_nb_rpcs) / sizeof(zebra_nb_rpcs[0]);
