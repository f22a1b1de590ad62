/* SPDX-License-Identifier: MIT */
/* The instance: its life, its pairs, what the outside tells it. */
#include "babeld/core/core.h"

#include <assert.h>
#include <string.h>

usec_t babel_jitter(struct babel *b, usec_t least, usec_t most)
{
	uint64_t range = (uint64_t)(most - least) + 1;

	assert(least <= most);
	return least + (usec_t)(b->env.random(b->ctx) % range);
}

void babel_note_pair(struct babel *b, enum babel_note_kind kind, const struct neigh *n,
		     const struct sdprefix *pair)
{
	struct babel_note note = {.kind = kind, .pair = pair};

	if (n) {
		note.ifid = n->iface->ifid;
		note.ifname = n->iface->name;
		note.from = &n->addr;
	}
	b->env.note(b->ctx, &note);
}

void babel_note_neigh(struct babel *b, enum babel_note_kind kind, const struct neigh *n)
{
	babel_note_pair(b, kind, n, NULL);
}

struct pfx *pfx_find(const struct babel *b, const struct sdprefix *pair)
{
	return pfxs_find(&b->pfxs, pair);
}

bool pfx_room(const struct babel *b)
{
	return pfxs_count(&b->pfxs) < (uint64_t)PAIRS_PER_ROUTE * b->config.limits.routes;
}

struct pfx *pfx_get(struct babel *b, const struct sdprefix *pair)
{
	struct sdplace place;
	struct pfx *p = pfxs_seek(&b->pfxs, pair, &place);

	if (p)
		return p;
	p = pool_new(&b->pool.pfx);
	p->entry.key = *pair;
	pfxs_put(&b->pfxs, &place, p);
	return p;
}

struct more *pfx_more(struct babel *b, struct pfx *p)
{
	if (!p->more) {
		p->more = mem_new(&b->mem.more, sizeof(*p->more));
		p->more->pfx = p;
	}
	return p->more;
}

void pfx_less(struct babel *b, struct pfx *p)
{
	const struct more *m = p->more;

	if (!m || m->offer || m->ghost || m->choice || m->install_rule || p->held ||
	    timer_armed(&m->reselect.node) || !more_sources_empty(&m->sources) ||
	    !requests_empty(&m->requests) || !pfx_awaits_empty(&m->awaits))
		return;
	mem_free(&b->mem.more, p->more);
	p->more = NULL;
}

static void pfx_free(struct babel *b, struct pfx *p)
{
	if (p->more) {
		deadline_clear(b, &p->more->hold);
		deadline_clear(b, &p->more->reselect);
		mem_free(&b->mem.policy, p->more->offer);
		mem_free(&b->mem.more, p->more->choice);
		mem_free(&b->mem.more, p->more);
	}
	memory_forget_told(b, p);
	choice_set(b, p, CHOICE_NONE);
	pfxs_del(&b->pfxs, p);
	pool_free(&b->pool.pfx, p);
}

void pfx_release(struct babel *b, struct pfx *p)
{
	pfx_less(b, p);
	if (pfx_offer(p) || p->held || pfx_ghost(p) || !pfx_routes_empty(&p->routes) ||
	    !sources_empty(p) || !requests_empty(pfx_requests(p)) || !pfx_upds_empty(&p->upds) ||
	    !pfx_awaits_empty(pfx_awaits(p)))
		return;
	pfx_free(b, p);
}

struct babel *babel_new(const struct babel_config *config, const struct babel_env *env, void *ctx,
			mono_t now)
{
	struct memtag tag = {.name = "babel instance"};
	struct babel *b = mem_new(&tag, sizeof(*b));

	assert(router_id_valid(&config->router_id)); /* RFC 8966 4.1.3 */
	b->mem.self = tag;
	b->mem.iface.name = "babel interface";
	b->mem.neigh.name = "babel neighbour";
	b->mem.source.name = "babel source";
	b->mem.request.name = "babel request";
	b->mem.tlv.name = "babel waiting tlv";
	b->mem.await.name = "babel awaited acknowledgment";
	b->mem.peer.name = "babel signing peer";
	b->mem.policy.name = "babel policy";
	b->mem.ghost.name = "babel pair of a former life";
	b->mem.places.name = "babel empty places";
	b->mem.odd.name = "babel odd route";
	b->mem.more.name = "babel pair, rare part";
	b->mem.chosen_from.name = "babel chosen source";
	b->mem.rows.name = "babel routes of a neighbour";
	pool_init(&b->pool.pfx, "babel pair", sizeof(struct pfx));
	pool_init(&b->pool.route, "babel route", sizeof(struct route));
	pool_init(&b->pool.upd, "babel waiting update", sizeof(struct upd));
	b->config = *config;
	limits_init(&b->config.limits);
	b->env = *env;
	b->ctx = ctx;
	b->now = b->born = now;
	b->sourced6 = b->sourced4 = b->v4_via_v6 = true;
	b->seqno = (uint16_t)env->random(ctx);
	b->raise_at = now;
	identity_fresh(b);
	b->stamp_origin = env->random(ctx); /* RFC 9616 8: no uptime to be read */
	ifaces_init(&b->ifaces);
	pfxs_init(&b->pfxs);
	chosen_froms_init(&b->chosen_froms);
	all_requests_init(&b->requests);
	all_requests_init(&b->asking);
	ghosts_init(&b->ghosts);
	gc_wheel_init(&b->gc);
	timer_heap_init(&b->timers);
	b->buf = mem_new(&b->mem.self, DATAGRAM_MAX);
	return b;
}

static void pfx_empty(struct babel *b, struct pfx *p)
{
	while (!requests_empty(pfx_requests(p)))
		request_free(b, requests_first(pfx_requests(p)));
	sources_free(b, p);
	/* Routes and waiting Updates went with their interfaces. */
	assert(pfx_routes_empty(&p->routes) && pfx_upds_empty(&p->upds));
	pfx_free(b, p);
}

static void quiet_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	(void)ctx, (void)via, (void)to, (void)datagram;
}

static void quiet_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	(void)ctx, (void)pair, (void)c;
}

static void quiet_note(void *ctx, const struct babel_note *n)
{
	(void)ctx, (void)n;
}

void babel_free(struct babel *b)
{
	struct memtag tag;
	struct pfx *p;

	if (!b)
		return;
	b->env.send = quiet_send;
	b->env.route = quiet_route;
	b->env.note = quiet_note;
	b->env.remember = NULL; /* what is remembered stays */
	deadline_clear(b, &b->settle);
	deadline_clear(b, &b->leave_dl);
	deadline_clear(b, &b->gc_due);
	memory_fini(b);
	while (!ifaces_empty(&b->ifaces))
		iface_free(b, ifaces_first(&b->ifaces));
	while ((p = pfxs_first(&b->pfxs)))
		pfx_empty(b, p);
	pfxs_fini(&b->pfxs);
	chosen_froms_fini(&b->chosen_froms);
	timer_heap_fini(&b->timers);
	policy_free(b);
	mem_free(&b->mem.self, b->buf);
	pool_fini(&b->pool.pfx);
	pool_fini(&b->pool.route);
	pool_fini(&b->pool.upd);
	assert(!b->mem.iface.count && !b->mem.neigh.count);
	assert(!b->mem.source.count && !b->mem.request.count);
	assert(!b->mem.tlv.count && !b->mem.await.count);
	assert(!b->mem.peer.count);
	assert(!b->mem.policy.count);
	assert(!b->mem.ghost.count && !b->mem.places.count);
	assert(!b->mem.chosen_from.count && !b->mem.rows.count);
	assert(!b->mem.odd.count && !b->mem.more.count && !b->n_sources);
	tag = b->mem.self;
	mem_free(&tag, b);
	assert(!tag.count);
}

void babel_at(struct babel *b, mono_t now)
{
	if (mono_before(b->now, now))
		b->now = now;
}

void babel_goodbye(struct babel *b, mono_t now)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct iface *i;

	babel_at(b, now);
	memory_forget_all_told(b);
	t.u.update.wildcard = true;
	t.u.update.metric = BABEL_INFINITY;
	LIST_EACH (ifaces, &b->ifaces, i) {
		t.u.update.interval = interval_from_usec(i->config.update_interval);
		out_last_words(b, i, &t);
	}
}

void babel_set_source_specific(struct babel *b, bool ip6, bool ip4, mono_t now)
{
	bool more = (ip6 && !b->sourced6) || (ip4 && !b->sourced4);
	bool less = (!ip6 && b->sourced6) || (!ip4 && b->sourced4);
	struct iface *i;
	struct pfx *p;

	babel_at(b, now);
	if (!more && !less)
		return;
	b->sourced6 = ip6;
	b->sourced4 = ip4;
	if (less)
		route_retract_sourced(b);
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		if (!sdprefix_is_plain(&p->entry.key))
			select_run(b, p);
	if (!more)
		return;
	LIST_EACH (ifaces, &b->ifaces, i)
		request_wildcard(b, i, NULL);
}

void babel_replay_choices(struct babel *b)
{
	struct pfx *p;

	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p)) {
		struct babel_choice c = pfx_choice(p);

		p->mark = 0;
		if (c.kind != CHOICE_NONE)
			b->env.route(b->ctx, &p->entry.key, &c);
	}
}

struct router_id babel_router_id(const struct babel *b)
{
	return b->config.router_id;
}

uint16_t babel_seqno(const struct babel *b)
{
	return b->seqno;
}
