/* SPDX-License-Identifier: MIT */
/* The interface table, RFC 8966 3.2.3. */
#include "babeld/core/core.h"

#include <string.h>

#include "lib/base/container.h"

#define INTERVAL_MIN (10 * USEC_PER_MSEC)
#define INTERVAL_MAX (600 * USEC_PER_SEC)
#define K_DEFAULT    2 /* RFC 8966 Appendix B */
#define J_DEFAULT    3
#define J_MAX	     16 /* as long as a history is */

struct iface *iface_find(const struct babel *b, ifid_t ifid)
{
	struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i)
		if (i->ifid == ifid)
			return i;
	return NULL;
}

static struct tlv retract_all(const struct iface *i)
{
	struct tlv t = {.type = TLV_UPDATE};

	t.u.update.wildcard = true;
	t.u.update.metric = BABEL_INFINITY;
	t.u.update.interval = interval_from_usec(i->config.update_interval);
	return t;
}

/* We know of no route yet, so nobody may believe in one via us: whoever does
 * remembers a former life, whose feasibility distances are lost. Until this
 * has been heard we choose nothing via here, or it could lead back to us. We
 * don't know yet who that is: it goes to the group. */
void iface_retract_former_life(struct babel *b, struct iface *i)
{
	struct tlv t = retract_all(i);

	out_group_tlv(b, i, &t, URGENT_TIMEOUT);
}

static void arm_update(struct babel *b, struct iface *i)
{
	deadline_set(b, &i->update, DL_IF_UPDATE,
		     mono_add(b->now, hello_early(b, i->config.update_interval)));
}

void iface_update_due(struct babel *b, struct deadline *d)
{
	struct iface *i = container_of(d, struct iface, update);

	out_dump(b, &i->out);
	arm_update(b, i);
}

static usec_t clamp(usec_t d)
{
	if (d < INTERVAL_MIN)
		return INTERVAL_MIN;
	return d > INTERVAL_MAX ? INTERVAL_MAX : d;
}

static void set_config(struct iface *i, const struct babel_if_config *config)
{
	i->config = *config;
	i->config.hello_interval = clamp(config->hello_interval);
	i->config.update_interval = clamp(config->update_interval);
	if (i->config.rxcost == 0) /* RFC 8966 3.4.3: strictly positive */
		i->config.rxcost = 1;
	if (i->config.rtt.decay < 1 || i->config.rtt.decay > 256) /* RFC 9616 4.1 */
		i->config.rtt.decay = 42;
	if (config->k == 0 || config->k > config->j || config->j > J_MAX) {
		i->config.k = K_DEFAULT;
		i->config.j = J_DEFAULT;
	}
	if (config->unicast_hello_interval)
		i->config.unicast_hello_interval = clamp(config->unicast_hello_interval);
	if (config->rfc6126) { /* RFC 8966 Appendix F: it would misread them */
		i->config.unicast_hello_interval = 0;
		i->config.unscheduled_hellos = false;
	}
	if (config->n_costs > BABEL_NEIGH_COSTS)
		i->config.n_costs = BABEL_NEIGH_COSTS;
}

struct babel_neigh_cost iface_neigh_cost(const struct iface *i, const struct addr *a)
{
	const struct babel_if_config *c = &i->config;
	struct babel_neigh_cost own = {.addr = *a, .rxcost = c->rxcost};

	for (unsigned int k = 0; k < c->n_costs; k++) {
		if (addr_cmp(&c->costs[k].addr, a) != 0)
			continue;
		own.extra = c->costs[k].extra;
		if (c->costs[k].rxcost)
			own.rxcost = c->costs[k].rxcost;
	}
	return own;
}

static void set_info(struct iface *i, const struct babel_if_info *info)
{
	i->info = *info;
	i->info.name = i->name;
}

static unsigned int free_slot(const struct babel *b)
{
	uint32_t used = 0;
	unsigned int slot = 0;
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i)
		used |= iface_bit(i);
	while (slot < IFACE_SLOTS - 1 && used >> slot & 1)
		slot++;
	return slot;
}

static void start(struct babel *b, ifid_t ifid, const struct babel_if_info *info,
		  const struct babel_if_config *config)
{
	struct iface *i = mem_new(&b->mem.iface, sizeof(*i));
	bool here = false, kept;

	i->ifid = ifid;
	strncpy(i->name, info->name, sizeof(i->name) - 1);
	i->slot = free_slot(b);
	set_info(i, info);
	set_config(i, config);
	auth_peers_init(&i->auth.peers);
	auth_configure(b, i, NULL);
	neighs_init(&i->neighs);
	out_init(&i->out, i, NULL);
	ifaces_add_tail(&b->ifaces, i);
	hello_start(b, i);
	arm_update(b, i);
	kept = kept_fetch(b, i, &here);
	if (!kept)
		i->hello_seqno = (uint16_t)b->env.random(b->ctx);
	/* A restart with memory goes unnoticed, routes via us go on being
	 * used; the distances of the former life keep that from making loops. */
	if (!kept || here) {
		i->quiet = true;
		deadline_set(b, &i->quiet_end, DL_IF_QUIET, mono_add(b->now, IF_QUIET));
		iface_retract_former_life(b, i);
	}
	request_wildcard(b, i, NULL);
}

void iface_quiet_over(struct babel *b, struct deadline *d)
{
	struct iface *i = container_of(d, struct iface, quiet_end);
	struct neigh *n;

	i->quiet = false;
	LIST_EACH (neighs, &i->neighs, n)
		neigh_cost_changed(b, n);
}

/* From now on nothing with a source prefix passes here. What was told is taken
 * back with all the rest, which such routers understand, and the rest told again. */
static void forget_sourced(struct babel *b, struct iface *i)
{
	struct tlv t = retract_all(i);
	struct neigh *n;
	struct pfx *p;

	LIST_EACH (neighs, &i->neighs, n)
		route_retract_sourced_of(b, n);
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		if (!sdprefix_is_plain(&p->entry.key))
			p->announced &= ~iface_bit(i);
	out_tlv(b, &i->out, &t, URGENT_TIMEOUT);
	out_dump(b, &i->out);
}

static void with_sourced(struct babel *b, struct iface *i)
{
	out_dump(b, &i->out);
	request_wildcard(b, i, NULL);
}

static void change(struct babel *b, struct iface *i, const struct babel_if_info *info,
		   const struct babel_if_config *config)
{
	struct babel_if_config old = i->config;
	struct babel_if_info was = i->info;
	bool new_address = addr_cmp(&i->info.linklocal, &info->linklocal) != 0;
	struct neigh *n, *next;

	set_info(i, info);
	set_config(i, config);
	auth_configure(b, i, &old.auth);
	if (new_address)
		hello_burst(b, i, 2);
	via6_if_changed(b, i, &was, old.v4_via_v6);
	hello_reconfigured(b, i, &old);
	if (i->config.update_interval < old.update_interval)
		arm_update(b, i);
	if (i->config.rfc6126 && !old.rfc6126)
		forget_sourced(b, i);
	else if (old.rfc6126 && !i->config.rfc6126)
		with_sourced(b, i);
	LIST_EACH_SAFE (neighs, &i->neighs, n, next) {
		rtt_reconfigured(b, n);
		neigh_cost_changed(b, n);
	}
}

void babel_if_up(struct babel *b, ifid_t ifid, const struct babel_if_info *info,
		 const struct babel_if_config *config, mono_t now)
{
	struct iface *i = iface_find(b, ifid);

	babel_at(b, now);
	if (i && strncmp(i->name, info->name, sizeof(i->name) - 1) == 0) {
		change(b, i, info, config);
		return;
	}
	if (i)
		iface_free(b, i);
	start(b, ifid, info, config);
}

static void forget_announced(struct babel *b, unsigned int slot)
{
	const struct iface *i;
	struct pfx *p;

	LIST_EACH (ifaces, &b->ifaces, i)
		if (i->slot == slot)
			return; /* the shared one is still in use */
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p)) {
		p->announced &= ~(UINT32_C(1) << slot);
		p->believed &= ~(UINT32_C(1) << slot);
	}
}

void iface_free(struct babel *b, struct iface *i)
{
	unsigned int slot = i->slot;

	kept_store(b, i);
	deadline_clear(b, &i->hello);
	deadline_clear(b, &i->extra);
	deadline_clear(b, &i->update);
	deadline_clear(b, &i->quiet_end);
	while (!neighs_empty(&i->neighs))
		neigh_free(b, neighs_first(&i->neighs));
	ghost_forget_iface(b, i);
	ifaces_del(&b->ifaces, i);
	auth_fini(b, i);
	out_fini(b, &i->out);
	mem_free(&b->mem.iface, i);
	forget_announced(b, slot);
	request_ask(b);
}

void babel_if_down(struct babel *b, ifid_t ifid, mono_t now)
{
	struct iface *i = iface_find(b, ifid);

	babel_at(b, now);
	if (i)
		iface_free(b, i);
}
