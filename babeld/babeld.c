/* SPDX-License-Identifier: MIT */
/* The glue: events of the world into the protocol, its effects out of it. */
#include "babeld/babeld.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "babeld/babel_state.h"
#include "babeld/core/mark.h"

/* Routes of an earlier run stay in zebra until every interface has had time
 * to hear its neighbours and their tables, or this long. */
#define SYNC_HELLOS 3
#define SYNC_LEAST  (6 * USEC_PER_SEC) /* the core asks for newer seqnos first, twice if need be */
#define SYNC_LATEST (60 * USEC_PER_SEC)

/* ---- what the protocol asks of the world ---- */

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	struct babeld *b = ctx;
	const struct babel_if_info *info = ifs_info(b->ifs, via);

	/* An interface that is going down is not sent on: it has no address. */
	if (!info)
		return;
	babel_udp_send(b->udp, via, &info->linklocal, to, datagram);
	if (!to || ifs_unicast_hellos(b->ifs, via))
		babeld_save_soon(b);
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	babel_zapi_route(((struct babeld *)ctx)->zapi, pair, c);
}

/* The kernel's, for indices and nonces are made of it (RFC 8967 7). */
static void random_fill(struct babeld *b)
{
	/* Up to 256 octets come whole or, at the machine's start, not at all. */
	while (getrandom(b->random, sizeof(b->random), 0) != (ssize_t)sizeof(b->random))
		if (errno != EINTR)
			abort();
	b->n_random = sizeof(b->random) / sizeof(b->random[0]);
}

static uint32_t env_random(void *ctx)
{
	struct babeld *b = ctx;
	uint32_t v;

	if (b->n_random == 0)
		random_fill(b);
	v = b->random[--b->n_random];
	b->random[b->n_random] = 0; /* it may become a nonce */
	return v;
}

static bool env_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX])
{
	return babel_keys_digest(&((struct babeld *)ctx)->config.conf.keys, key, pseudo, octets,
				 out);
}

static void env_note(void *ctx, const struct babel_note *n)
{
	struct babeld *b = ctx;

	babeld_note(b, n);
	babel_events_note(b->events, n);
}

static mono_t env_clock(void *ctx)
{
	return loop_now(((struct babeld *)ctx)->loop);
}

static void env_remember(void *ctx, uint32_t place, const struct babel_memory *m)
{
	struct babeld *b = ctx;

	if (b->memory)
		memfile_remember(b->memory, place, m);
}

static const struct babel_env env = {
	.remember = env_remember,
	.send = env_send,
	.route = env_route,
	.random = env_random,
	.note = env_note,
	.mac = env_mac,
	.clock = env_clock,
};

/* ---- datagrams ---- */

static bool udp_enabled(void *ctx, ifid_t ifid)
{
	return ifs_enabled(((struct babeld *)ctx)->ifs, ifid);
}

static bool udp_own(void *ctx, ifid_t ifid, const struct addr *a)
{
	return ifs_own(((struct babeld *)ctx)->ifs, ifid, a);
}

static void udp_packet(void *ctx, const struct babel_datagram *d)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	core_packet(&b->core, d, loop_now(b->loop));
	babeld_touch(b);
}

static const struct udp_ops udp_ops = {
	.enabled = udp_enabled, .own = udp_own, .packet = udp_packet};

/* ---- interfaces ---- */

struct sync_view {
	usec_t longest; /* Hello interval of what is configured and up */
	size_t up;
};

static bool sync_if(void *ctx, const struct babel_if_view *v)
{
	struct sync_view *s = ctx;

	s->up++;
	if (v->config.hello_interval > s->longest)
		s->longest = v->config.hello_interval;
	return true;
}

static usec_t sync_time(usec_t hello_interval)
{
	usec_t t = SYNC_HELLOS * hello_interval;

	return t > SYNC_LEAST ? t : SYNC_LEAST;
}

/* Zebra keeps what an earlier run installed until we say that we have told
 * all; that is when the tables have had time to fill. Interfaces that come up
 * start the wait anew, ones that never do end it at sync_latest. */
static void sync_wait(struct babeld *b)
{
	struct sync_view s = {0};
	mono_t at = b->sync_latest;

	if (mono_is_never(b->sync_latest) || !b->babel)
		return;
	babel_each_if(b->babel, sync_if, &s);
	/* Which interfaces there will be is not known before mgmtd has said. */
	if (nb_synced(b->nb) && s.up == babel_conf_networks(&b->config.conf))
		at = mono_min(at, mono_add(loop_now(b->loop), sync_time(s.longest)));
	loop_timer_at(b->sync, at);
}

static void sync_due(void *ctx)
{
	struct babeld *b = ctx;

	b->sync_latest = MONO_NEVER;
	log_info("tables have had time to fill: zebra may drop what an earlier run left");
	if (b->babel)
		core_settle(&b->core, loop_now(b->loop));
	babeld_touch(b);
	babel_zapi_sync_complete(b->zapi);
}

static void if_up(void *ctx, ifid_t ifid, const struct babel_if_info *info,
		  const struct babel_if_config *config, bool again)
{
	struct babeld *b = ctx;
	char addr[ADDR_STR];

	if (!b->babel)
		return;
	if (!again)
		log_notice("interface %s: Babel runs from %s, link type %s", info->name,
			   addr_str(FAM_IP6, &info->linklocal, addr),
			   babel_link_type_name(config->type));
	babel_udp_join(b->udp, ifid, info->name);
	core_if_up(&b->core, ifid, info, config, loop_now(b->loop));
	if (!again)
		sync_wait(b);
}

/* Its neighbours would not notice for seconds. */
static void if_leave(void *ctx, ifid_t ifid)
{
	struct babeld *b = ctx;

	core_if_retract(&b->core, ifid, loop_now(b->loop));
}

static void if_down(void *ctx, ifid_t ifid, const char *name)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	log_notice("interface %s: Babel stops", name);
	babel_udp_leave(b->udp, ifid);
	core_if_down(&b->core, ifid, loop_now(b->loop));
}

static enum babel_link_type if_link(void *ctx, ifid_t ifid, const char *name, char why[LINK_WHY])
{
	struct link_facts f;

	(void)ctx;
	link_look(ifid, name, &f);
	return link_judge(&f, why);
}

static const struct ifs_ops ifs_ops = {
	.up = if_up, .leave = if_leave, .down = if_down, .link = if_link, .keys = babeld_keys_fill};

/* ---- zebra; it may still speak after the good-bye ---- */

static void zapi_connected(void *ctx)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	log_notice("connected to zebra");
	ifs_forget_begin(b->ifs);
	core_replay_choices(&b->core, loop_now(b->loop));
	b->sync_latest = mono_add(loop_now(b->loop), SYNC_LATEST);
	sync_wait(b);
}

static void zapi_lost(void *ctx)
{
	struct babeld *b = ctx;

	log_warning("zebra is gone; routes stay as they are until it is back");
	b->sourced_refused = false;
	if (b->babel)
		babel_unmark_all(b->core.stage.babel);
	b->sync_latest = MONO_NEVER;
	loop_timer_at(b->sync, MONO_NEVER);
}

/* Many come at once; what they amount to is told once. */
static void connected_changed(struct babeld *b)
{
	loop_timer_at(b->connected, loop_now(b->loop));
}

static void tell_connected(void *ctx)
{
	struct babeld *b = ctx;
	struct prefix *prefixes;
	size_t n;

	if (!b->babel)
		return;
	n = ifs_connected(b->ifs, &prefixes);
	core_set_connected(&b->core, prefixes, n, loop_now(b->loop));
	free(prefixes);
	babeld_touch(b);
}

static void zapi_relearned(void *ctx)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	ifs_forget_end(b->ifs);
	connected_changed(b);
	babeld_touch(b);
}

static void zapi_source_specific(void *ctx, bool ip6, bool ip4)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	if (ip6 != b->sourced6 && !ip6)
		log_warning("zebra can't install routes with a source prefix: they are neither "
			    "accepted nor installed, and source-specific neighbours' traffic takes "
			    "plain routes only (RFC 9079 4)");
	else if (ip6 != b->sourced6)
		log_notice("zebra can install routes with a source prefix again");
	/* For IPv4 it rarely can, and hardly anybody asks it to. */
	if (ip4 != b->sourced4)
		log_info("zebra can%s install IPv4 routes with a source prefix", ip4 ? "" : "not");
	b->sourced6 = ip6;
	b->sourced4 = ip4;
	core_set_source_specific(&b->core, ip6, ip4, loop_now(b->loop));
	babeld_touch(b);
}

static void zapi_v4_via_v6(void *ctx, bool able)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	if (able != b->v4_via_v6 && !able)
		log_warning("zebra can't install IPv4 routes with an IPv6 next hop: they are "
			    "neither used nor announced (RFC 9229 2.2)");
	else if (able != b->v4_via_v6)
		log_notice("zebra can install IPv4 routes with an IPv6 next hop again");
	b->v4_via_v6 = able;
	core_set_v4_via_v6(&b->core, able, loop_now(b->loop));
	babeld_touch(b);
}

static void zapi_interface(void *ctx, const struct zapi_interface *i, bool exists)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	ifs_interface(b->ifs, i, exists);
	connected_changed(b);
	babeld_touch(b);
}

static void zapi_address(void *ctx, const struct zapi_address *a, bool exists)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	ifs_address(b->ifs, a, exists);
	connected_changed(b);
	babeld_touch(b);
}

/* Destinations that mean something on one node or link only, RFC 8966 C. */
static bool announceable(const struct sdprefix *pair)
{
	enum family f = sdprefix_family(pair);
	const struct prefix *d = &pair->dst;

	if (d->plen == 0)
		return true;
	if (addr_is_linklocal(f, &d->addr) && d->plen >= (f == FAM_IP6 ? 10 : 16))
		return false;
	return !addr_is_loopback(f, &d->addr) && !addr_is_multicast(f, &d->addr);
}

static void zapi_route_add(void *ctx, const struct sdprefix *pair, const struct babel_zapi_route *r)
{
	struct babeld *b = ctx;
	struct babel_local l = {
		.rib_metric = r->metric,
		.tag = r->tag,
		.protocol = r->type,
		.ifname = ifs_name(b->ifs, r->ifindex),
	};

	if (!b->babel || !announceable(pair))
		return;
	core_local_offer(&b->core, pair, &l, loop_now(b->loop));
	babeld_touch(b);
}

static void zapi_route_del(void *ctx, const struct sdprefix *pair)
{
	struct babeld *b = ctx;

	if (!b->babel || !announceable(pair))
		return;
	core_local_del(&b->core, pair, loop_now(b->loop));
	babeld_touch(b);
}

static void zapi_fate(void *ctx, const struct sdprefix *pair, enum zapi_notify fate)
{
	struct babeld *b = ctx;
	char text[SDPREFIX_STR];

	if (b->babel && fate_told(b->core.stage.babel, pair, fate) && fate == NOTIFY_FAIL_INSTALL)
		log_limited(&b->fate_limit, LOG_LVL_WARNING, "zebra could not install %s",
			    sdprefix_str(pair, text));
}

/* Stock FRR before 10.3 pairs (D,S) routes with nexthop objects too, and Linux
 * takes no source prefix with those. */
static void zapi_fate_named(void *ctx, const struct prefix *named, enum zapi_notify fate)
{
	struct babeld *b = ctx;
	char text[PREFIX_STR];

	if (!b->babel ||
	    !fate_told_named(b->core.stage.babel, named, fate, &b->sourced_refused))
		return;
	if (b->sourced_refused)
		log_warning("zebra, stock FRR %s, could not install a route from %s: it uses "
			    "nexthop objects, which the kernel refuses for routes with a source "
			    "prefix; it needs `no zebra nexthop kernel enable`",
			    zapi_dialect_name(babel_zapi_look(b->zapi).dialect),
			    prefix_str(named, text));
	else
		log_notice("zebra installs routes with a source prefix now");
}

static const struct babel_zapi_ops zapi_ops = {
	.connected = zapi_connected,
	.lost = zapi_lost,
	.relearned = zapi_relearned,
	.source_specific = zapi_source_specific,
	.v4_via_v6 = zapi_v4_via_v6,
	.interface = zapi_interface,
	.address = zapi_address,
	.route_add = zapi_route_add,
	.route_del = zapi_route_del,
	.fate = zapi_fate,
	.fate_named = zapi_fate_named,
};

/* ---- configuration ---- */

static void subscribe(struct babeld *b, enum family f, const bool *want, bool *have)
{
	for (unsigned int t = 0; t < BABEL_CONF_TYPES; t++) {
		if (want[t] == have[t])
			continue;
		have[t] = want[t];
		babel_zapi_redistribute(b->zapi, f, (uint8_t)t, want[t]);
	}
}

static void subscribe_all(struct babeld *b)
{
	subscribe(b, FAM_IP4, b->config.conf.redistribute4, b->subscribed4);
	subscribe(b, FAM_IP6, b->config.conf.redistribute6, b->subscribed6);
}

static uint64_t record_limit(const struct babeld *b)
{
	uint64_t limit = (uint64_t)b->config.conf.recording_mb << 20;

	return b->config.conf.recording && limit ? limit : RECORD_LIMIT_DEFAULT;
}

/* A recording begins with an instance, and goes on with the next one. If it
 * can't be had that is no reason to do without routes. */
static void record_wanted(struct babeld *b)
{
	char path[sizeof(b->state_path)], err[512];

	b->recording = b->config.conf.recording;
	if ((!b->record_path && !b->recording) || core_record_look(&b->core).running)
		return;
	if (b->record_path)
		snprintf(path, sizeof(path), "%s", b->record_path);
	else
		snprintf(path, sizeof(path), "%s/babeld.recording", b->daemon.rundir);
	if (core_record(&b->core, path, record_limit(b), err, sizeof(err)))
		log_notice("recording into %s", path);
	else
		log_error("%s", err);
}

static void recall(void *ctx, uint32_t place, const struct babel_memory *m)
{
	struct babeld *b = ctx;

	core_recall(&b->core, place, m, loop_now(b->loop));
}

static void tell_filters(struct babeld *b)
{
	struct babel_filters f = babel_conf_filters_of(&b->config.conf.filters);

	core_set_filters(&b->core, &f, loop_now(b->loop));
}

static void protocol_start(struct babeld *b)
{
	struct babel_config config = {.router_id = b->identity.id,
				      .limits = b->config.conf.limits,
				      .smoothing = b->config.conf.smoothing,
				      .half_life = b->config.conf.half_life};

	record_wanted(b);
	core_new(&b->core, &config, loop_now(b->loop));
	b->babel = b->core.stage.babel;
	core_persist_set(&b->core, &b->persist, loop_now(b->loop));
	if (b->memory)
		memfile_each(b->memory, recall, b);
	core_set_source_specific(&b->core, b->sourced6, b->sourced4, loop_now(b->loop));
	core_set_v4_via_v6(&b->core, b->v4_via_v6, loop_now(b->loop));
	tell_filters(b);
	tell_connected(b);
}

static void zapi_start(struct babeld *b)
{
	const char *path = b->zapi_path;
	char own[128];

	if (!path)
		path = daemon_path(&b->daemon, "zserv.api", own, sizeof(own));
	b->zapi = babel_zapi_new(b->loop, path, &zapi_ops, b);
	memset(b->subscribed4, 0, sizeof(b->subscribed4));
	memset(b->subscribed6, 0, sizeof(b->subscribed6));
	subscribe_all(b);
}

/* The same router with the same memory, as over the death of the process: no
 * word to the neighbours, and zebra keeps the routes of the connection that is
 * lost until the next one has told its own. */
static void protocol_reborn(struct babeld *b)
{
	mono_t now = loop_now(b->loop);

	babel_persist_get(b->babel, &b->persist);
	b->persist.remembers = b->memory != NULL;
	b->babel = NULL;
	core_free(&b->core, now);
	b->sourced_refused = false;
	protocol_start(b);
	babeld_save_now(b);
	ifs_replay(b->ifs);
	babel_zapi_free(b->zapi);
	zapi_start(b);
}

static void record_reconfigured(struct babeld *b)
{
	core_record_limit(&b->core, record_limit(b));
	if (b->recording == b->config.conf.recording)
		return;
	if (!b->recording && !core_record_look(&b->core).running) {
		log_notice("Babel starts anew, to be recorded from its start");
		protocol_reborn(b);
	} else if (b->recording && !b->record_path) {
		core_record_stop(&b->core, "stopped");
	}
	b->recording = b->config.conf.recording;
}

void babeld_reconfigure(struct babeld *b)
{
	const struct babel_conf *c = &b->config.conf;

	if (!b->babel) /* at start, or at the end */
		return;
	if (babeld_choose_identity(b)) {
		core_set_router_id(&b->core, &b->identity.id, loop_now(b->loop));
		babeld_save_now(b);
	}
	record_reconfigured(b);
	core_set_limits(&b->core, &c->limits, loop_now(b->loop));
	core_set_smoothing(&b->core, c->smoothing, c->half_life, loop_now(b->loop));
	/* Before interfaces and routes come that they are about. */
	tell_filters(b);
	ifs_reconfigure(b->ifs);
	babeld_keys_wait(b);
	subscribe_all(b);
	sync_wait(b);
	babeld_touch(b);
}

/* ---- start and end ---- */

void babeld_init(struct babeld *b)
{
	core_init(&b->core, &env, b);
	b->loop = b->daemon.loop;
	b->sourced6 = b->sourced4 = b->v4_via_v6 = true;
	b->sync_latest = MONO_NEVER;
	for (size_t i = 0; i < NOTE_KINDS; i++)
		b->note_limit[i] = (struct log_limit)LOG_LIMIT(10, 5 * USEC_PER_SEC);
	b->fate_limit = (struct log_limit)LOG_LIMIT(10, 5 * USEC_PER_SEC);
	b->key_limit = (struct log_limit)LOG_LIMIT(10, 60 * USEC_PER_SEC);
	b->events = babel_events_new(b->loop);
	babeld_life_init(b);
	b->connected = loop_timer_new(b->loop, tell_connected, b);
	b->sync = loop_timer_new(b->loop, sync_due, b);
	b->keys = babeld_keys_timer(b);
}

bool babeld_start(struct babeld *b, char *err, unsigned int err_size)
{
	enum memfile_found found;
	char path[256];

	snprintf(b->state_path, sizeof(b->state_path), "%s/babeld.state", b->daemon.rundir);
	babel_state_load(b->state_path, &b->persist);
	snprintf(path, sizeof(path), "%s/babeld.memory", b->daemon.rundir);
	b->memory = memfile_open(path, &found);
	b->persist.remembers = found == MEMFILE_WHOLE;
	b->identity = (struct identity){b->persist.router_id, b->persist.made_up};
	babeld_choose_identity(b);
	b->udp = babel_udp_new(b->loop, &udp_ops, b, err, err_size);
	if (!b->udp)
		return false;
	b->ifs = ifs_new(&b->config.conf, &ifs_ops, b);
	protocol_start(b);
	zapi_start(b);
	/* Random at the first start, and kept from then on. */
	babeld_save_now(b);
	babeld_touch(b);
	return true;
}

void babeld_fini(struct babeld *b)
{
	babeld_save_now(b);
	babel_zapi_free(b->zapi);
	babel_udp_free(b->udp);
	b->babel = NULL;
	core_fini(&b->core, loop_now(b->loop));
	ifs_free(b->ifs);
	babel_events_free(b->events);
	nb_free(b->nb);
	babel_conf_fini(&b->config.conf);
	memfile_close(b->memory);
	loop_timer_free(b->due);
	loop_timer_free(b->connected);
	loop_timer_free(b->save);
	loop_timer_free(b->sync);
	loop_timer_free(b->keys);
	loop_timer_free(b->end);
}
