/* SPDX-License-Identifier: MIT */
/* The interface table and its two timers, RFC 8966 3.2.3. */
#include "babeld/core/core.h"

#include <string.h>

#include "lib/base/container.h"

#define SLOTS	     64 /* bits in pfx.announced; the last one is shared by all further interfaces */
#define INTERVAL_MIN (10 * USEC_PER_MSEC)
#define INTERVAL_MAX (600 * USEC_PER_SEC)
#define IHU_EVERY    3 /* Hellos, on a clean link, RFC 8966 Appendix B */
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

/* Timers run a little early, so that what the last Hello or Update promised
 * is kept (RFC 8966 3.1). */
static usec_t early(struct babel *b, usec_t interval)
{
	return babel_jitter(b, interval * 3 / 4, interval * 9 / 10);
}

static void arm_hello(struct babel *b, struct iface *i)
{
	usec_t wait = early(b, i->config.hello_interval);

	if (i->burst) {
		i->burst--;
		wait = wait < HELLO_BURST_GAP ? wait : HELLO_BURST_GAP;
	}
	deadline_set(b, &i->hello, DL_IF_HELLO, mono_add(b->now, wait));
}

/* We know of no route yet, so nobody may believe in one via us: whoever does
 * remembers a former life, whose feasibility distances are lost. Until this
 * has been heard we choose nothing via here, or it could lead back to us. */
static void retract_former_life(struct babel *b, struct iface *i)
{
	struct tlv t = {.type = TLV_UPDATE};

	t.u.update.wildcard = true;
	t.u.update.metric = BABEL_INFINITY;
	t.u.update.interval = interval_from_usec(i->config.update_interval);
	out_tlv(b, &i->out, &t, URGENT_TIMEOUT);
}

static void send_hello(struct babel *b, struct iface *i)
{
	struct neigh *n;

	i->hello_due = true;
	i->last_hello = b->now;
	i->hello_count++;
	if (i->quiet && i->hello_count == 2) /* in case the first was lost */
		retract_former_life(b, i);
	LIST_EACH (neighs, &i->neighs, n)
		if (i->hello_count % IHU_EVERY == 0 || neigh_lossy(n))
			n->ihu_due = true;
	out_wake(b, &i->out, 0);
	arm_hello(b, i);
}

void iface_hello_due(struct babel *b, struct deadline *d)
{
	send_hello(b, container_of(d, struct iface, hello));
}

void iface_hello_burst(struct babel *b, struct iface *i, unsigned int count)
{
	mono_t soon = mono_add(i->last_hello, HELLO_BURST_GAP);

	if (i->burst < count)
		i->burst = count;
	if (mono_before(soon, b->now))
		soon = mono_add(b->now, babel_jitter(b, 0, URGENT_TIMEOUT / 4));
	if (timer_armed(&i->hello.node) && mono_before(soon, i->hello.node.at))
		deadline_set(b, &i->hello, DL_IF_HELLO, soon);
}

static void arm_update(struct babel *b, struct iface *i)
{
	deadline_set(b, &i->update, DL_IF_UPDATE,
		     mono_add(b->now, early(b, i->config.update_interval)));
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
	uint64_t used = 0;
	unsigned int slot = 0;
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i)
		used |= UINT64_C(1) << i->slot;
	while (slot < SLOTS - 1 && used >> slot & 1)
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
	i->last_hello = b->now;
	neighs_init(&i->neighs);
	out_init(&i->out, i, NULL);
	ifaces_add_tail(&b->ifaces, i);
	/* The first packet has a Hello, so that whoever knew a former life
	 * notices (A.1) before it hears anything else. Two make a link
	 * (2-out-of-3): no need to wait long for the second. */
	i->burst = 2;
	i->hello_due = true;
	arm_hello(b, i);
	arm_update(b, i);
	kept = kept_fetch(b, i, &here);
	if (!kept)
		i->hello_seqno = (uint16_t)b->env.random(b->ctx);
	/* A restart with memory goes unnoticed, routes via us go on being
	 * used; the distances of the former life keep that from making loops. */
	if (!kept || here) {
		i->quiet = true;
		deadline_set(b, &i->quiet_end, DL_IF_QUIET, mono_add(b->now, IF_QUIET));
		retract_former_life(b, i);
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
		iface_hello_burst(b, i, 2);
	via6_if_changed(b, i, &was, old.v4_via_v6);
	if (i->config.hello_interval > old.hello_interval) {
		/* RFC 8966 3.4.1 and 3.4.2: a longer interval is told at once. */
		LIST_EACH (neighs, &i->neighs, n)
			n->ihu_due = true;
		send_hello(b, i);
	} else if (i->config.hello_interval < old.hello_interval) {
		send_hello(b, i);
	}
	if (i->config.update_interval < old.update_interval)
		arm_update(b, i);
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
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		p->announced &= ~(UINT64_C(1) << slot);
}

void iface_free(struct babel *b, struct iface *i)
{
	unsigned int slot = i->slot;

	kept_store(b, i);
	deadline_clear(b, &i->hello);
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
}

void babel_if_down(struct babel *b, ifid_t ifid, mono_t now)
{
	struct iface *i = iface_find(b, ifid);

	babel_at(b, now);
	if (i)
		iface_free(b, i);
}
