/* SPDX-License-Identifier: MIT */
/* zebra: interfaces, the RIB, the kernel's routes and the ZAPI server. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "lib/nb/msg.h"
#include "zebra/core/rib_retry.h"
#include "zebra/drift.h"
#include "zebra/fib_retry.h"
#include "zebra/restart.h"
#include "zebra/zebra.h"
#include "zebra/zebra_backend.h"
#include "zebra/zebra_nb_fib.h"
#include "zebra/zebra_nb_state.h"

/* Destinations per turn of the loop: some milliseconds of work. */
#define RIB_CHUNK      1000
/* A route of ours that went may have gone with its link: wait for word. */
#define LOST_HOLD      (10 * USEC_PER_MSEC)
#define RETAIN_DEFAULT 60
#define RETAIN_MAX     86400
#define BUFSIZE_MIN    4096
#define BUFSIZE_MAX    (1024 * 1024 * 1024)

/* Before the rule that leads to the main table, whose preference is 32766. */
#define PREFERENCE_MAX (32766 - RIB_RANGE_PREFERENCES)
#define TABLE_MAX      (UINT32_MAX - RIB_RANGE_TABLES)

struct zebra_main {
	struct daemon daemon;
	struct zebra zebra;
	struct nb_table nb_table;
	unsigned int retain; /* seconds */
	bool flush_on_exit;
	unsigned int bufsize; /* octets; 0: the default */
	struct rib_setup setup;
	struct loop_timer *sweep;
};

enum { OPT_RETAIN = 256, OPT_FLUSH, OPT_BUFSIZE, OPT_PREFERENCE, OPT_TABLE };

static const struct option options[] = {
	{"retain", required_argument, NULL, OPT_RETAIN},
	{"flush-on-exit", no_argument, NULL, OPT_FLUSH},
	{"nl-bufsize", required_argument, NULL, OPT_BUFSIZE},
	{"rule-preference", required_argument, NULL, OPT_PREFERENCE},
	{"rule-table", required_argument, NULL, OPT_TABLE},
	{NULL, 0, NULL, 0},
};

static const char options_help[] =
	"  --retain SECONDS   keep routes of an earlier run for this long, for the\n"
	"                     protocol daemons to come back and claim them (default 60)\n"
	"  --flush-on-exit    remove our routes from the kernel on SIGTERM; without it\n"
	"                     they stay, and forwarding goes on over a restart\n"
	"  --nl-bufsize OCTETS  buffer for the kernel's notifications (default 16777216)\n"
	"  --rule-preference N  the first of 128 preferences for the rules of sources\n"
	"                     (default 9079, at most 32638: before the main table)\n"
	"  --rule-table N     the first of 10000 tables for sources (default 90790000)\n";

static bool number(const char *arg, unsigned int min, unsigned int max, unsigned int *out)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (arg[0] < '0' || arg[0] > '9' || *end || n < min || n > max)
		return false;
	*out = (unsigned int)n;
	return true;
}

static bool option(void *ctx, int val, const char *arg, char *err, unsigned int err_size)
{
	struct zebra_main *m = ctx;

	switch (val) {
	case OPT_RETAIN:
		if (number(arg, 0, RETAIN_MAX, &m->retain))
			return true;
		snprintf(err, err_size, "%s: not a number of seconds from 0 to %d", arg,
			 RETAIN_MAX);
		return false;
	case OPT_BUFSIZE:
		if (number(arg, BUFSIZE_MIN, BUFSIZE_MAX, &m->bufsize))
			return true;
		snprintf(err, err_size, "%s: not a number of octets from %d to %d", arg,
			 BUFSIZE_MIN, BUFSIZE_MAX);
		return false;
	case OPT_FLUSH:
		m->flush_on_exit = true;
		return true;
	case OPT_PREFERENCE:
		if (number(arg, 1, PREFERENCE_MAX, &m->setup.range.preference))
			return true;
		snprintf(err, err_size, "%s: not a preference from 1 to %d", arg, PREFERENCE_MAX);
		return false;
	case OPT_TABLE:
		if (number(arg, 256, TABLE_MAX, &m->setup.range.table))
			return true;
		snprintf(err, err_size, "%s: not a table from 256 to %u", arg, TABLE_MAX);
		return false;
	}
	return false;
}

/* ---- the RIB's world ---- */

static void env_fib(void *ctx, struct fib_op *ops, size_t n)
{
	fib_netlink_write(((struct zebra *)ctx)->fib, ops, n);
}

static void env_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			     const struct rib_view *is)
{
	struct zebra *z = ctx;

	if (z->zapi)
		zebra_zapi_redistribute(z->zapi, pair, was, is);
}

static void env_chosen(void *ctx, const struct sdprefix *pair)
{
	fpm_chosen(((struct zebra *)ctx)->fpm, pair);
}

static void env_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *owner, enum rib_fate fate)
{
	struct zebra *z = ctx;

	if (z->zapi)
		zebra_zapi_fate(z->zapi, table, pair, owner, fate);
}

static void env_refused(void *ctx, const struct fib_route *r, int error)
{
	static struct log_limit lim = LOG_LIMIT(20, 10 * USEC_PER_SEC);
	struct zebra *z = ctx;
	const char *words = fib_netlink_reason(z->fib, &r->pair);
	char pair[SDPREFIX_STR];

	if (!r->n_nexthops && r->ruled) {
		log_limited(&lim, LOG_LVL_WARNING, "the kernel refuses the rule from %s: %s",
			    prefix_str(&r->pair.src, pair), strerror(error));
		return;
	}
	if (error == EINVAL && !sdprefix_is_plain(&r->pair) && !r->ruled && !z->subtrees)
		words = "it can't hold routes with a source";
	log_limited(&lim, LOG_LVL_WARNING, "the kernel refuses the %s route %s: %s%s%s%s",
		    r->type == RIB_TYPE_AUXILIARY ? "helper" : zapi_route_type_name(r->type),
		    sdprefix_str(&r->pair, pair), strerror(error), words ? " (" : "",
		    words ? words : "", words ? ")" : "");
}

static void env_looped(void *ctx, const struct sdprefix *pair, const struct rib_owner *owner)
{
	static struct log_limit lim = LOG_LIMIT(20, 10 * USEC_PER_SEC);
	char text[SDPREFIX_STR];

	(void)ctx;
	log_limited(&lim, LOG_LVL_WARNING,
		    "the %s route %s is not used: the way to its gateway leads back to it",
		    zapi_route_type_name(owner->type), sdprefix_str(pair, text));
}

static bool env_has_address(void *ctx, enum family f, const struct addr *a)
{
	return ifaces_has_addr(((struct zebra *)ctx)->ifs, f, a);
}

static void env_judge(void *ctx, const struct rib_view *v, struct rib_terms *t)
{
	rmap_judge(((struct zebra *)ctx)->rmaps, v, t);
}

static const struct rib_env rib_env = {
	.fib = env_fib,
	.redistribute = env_redistribute,
	.chosen = env_chosen,
	.fate = env_fate,
	.has_address = env_has_address,
	.judge = env_judge,
	.refused = env_refused,
	.looped = env_looped,
	.retry = fib_retry_judge,
};

void zebra_run_rib(struct zebra *z, usec_t hold)
{
	mono_t due = mono_add(loop_now(z->loop), hold);

	if (!mono_before(due, z->rib_due))
		return;
	z->rib_due = due;
	loop_timer_at(z->rib_timer, due);
}

/* Refused writes are tried again when it is time. */
static void settled(struct zebra *z)
{
	mono_t due = rib_retry_next(z->rib), now = loop_now(z->loop);

	zebra_zapi_rib_settled(z->zapi);
	if (mono_before(due, MONO_NEVER))
		zebra_run_rib(z, mono_before(now, due) ? mono_sub(due, now) : 0);
}

static void rib_timer_due(void *ctx)
{
	struct zebra *z = ctx;

	z->rib_due = MONO_NEVER;
	if (rib_run(z->rib, RIB_CHUNK, loop_now(z->loop)))
		zebra_run_rib(z, 0);
	else
		settled(z);
}

/* ---- the kernel ---- */

static void kernel_rib_changed(void *ctx, bool lost)
{
	zebra_run_rib(ctx, lost ? LOST_HOLD : 0);
}

static void kernel_found(void *ctx, const struct nl_route *r)
{
	restart_found(((struct zebra *)ctx)->restart, r);
}

static void kernel_drifted(void *ctx, enum kernel_drift kind, const struct sdprefix *pair,
			   uint32_t by)
{
	drift_note(((struct zebra *)ctx)->drift, kind, pair, by);
}

static const struct kernel_ops kernel_ops = {
	.rib_changed = kernel_rib_changed,
	.found = kernel_found,
	.drift = kernel_drifted,
};

static void drift_told(void *ctx, const struct drift_report *r)
{
	struct zebra *z = ctx;

	if (z->nb)
		nb_fib_drift(z->nb, r);
}

static void sweep_due(void *ctx)
{
	struct zebra_main *m = ctx;

	log_info("removing routes of an earlier run that nobody claimed");
	rib_sweep_kernel(m->zebra.rib);
	zebra_run_rib(&m->zebra, 0);
}

struct own_routes {
	struct fib_op *ops;
	size_t n;
	bool lesser; /* this walk is for plain routes and their halves */
};

static bool own_route(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	struct own_routes *o = ctx;

	/* A half has a source, an anchor has none: it goes before its (D,S). */
	if (error || (auxiliary != sdprefix_is_plain(&f->pair)) != o->lesser)
		return true;
	if (o->ops)
		o->ops[o->n] = (struct fib_op){.kind = FIB_DEL, .route = *f};
	o->n++;
	return true;
}

static void each_own(const struct zebra *z, struct own_routes *o)
{
	const struct rib *t;

	rib_each_fib(z->rib, NULL, own_route, o);
	for (t = rib_table_after(z->rib, 0); t; t = rib_table_after(z->rib, rib_table_id(t)))
		rib_each_fib(t, NULL, own_route, o);
}

/* (D,S) routes first: what they shadow stays reachable to the end. */
static void flush_routes(struct zebra *z)
{
	zebra_backend_flush(z);
	for (int lesser = 0; lesser < 2; lesser++) {
		struct own_routes o = {.lesser = lesser == 1};

		each_own(z, &o);
		if (o.n == 0)
			continue;
		o.ops = mem_new(&z->mem, o.n * sizeof(*o.ops));
		o.n = 0;
		each_own(z, &o);
		fib_netlink_write(z->fib, o.ops, o.n);
		mem_free(&z->mem, o.ops);
	}
}

static void check_forwarding(void)
{
	static const char path[] = "/proc/sys/net/ipv6/conf/all/forwarding";
	char c = '1';
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		log_warning("this kernel has no IPv6 (%s: %s)", path, strerror(errno));
		return;
	}
	if (read(fd, &c, 1) == 1 && c == '0')
		log_warning("IPv6 forwarding is off: routes are kept, but no packet is forwarded "
			    "(sysctl net.ipv6.conf.all.forwarding=1 turns it on)");
	close(fd);
}

static void probe_subtrees(struct zebra *z)
{
	const char *why = NULL;

	z->subtrees = fib_netlink_probe_subtrees(z->fib, &why);
	if (z->subtrees)
		log_notice("the kernel can hold routes with a source prefix");
	else
		log_warning("the kernel can't hold routes with a source prefix: %s", why);
}

static void probe_via6(struct zebra *z)
{
	const char *why = NULL;

	z->via6 = fib_netlink_probe_via6(z->fib, &why);
	if (!z->via6)
		log_warning("the kernel can't hold IPv4 routes with an IPv6 gateway: %s", why);
}

/* ---- configuration ---- */

static void config_applied(void *ctx)
{
	struct zebra *z = ctx;

	if (zebra_backend_configure(z))
		zebra_zapi_abilities(z->zapi);
	zebra_settle_policy(z);
	kernel_check_interval(z->kernel, z->nb_ctx.check_interval);
	statics_sync(z->statics, z->rib, z->ifs, loop_now(z->loop));
	fpm_configure(z->fpm, &z->nb_ctx.fpm);
	zebra_run_rib(z, 0);
}

/* ---- start and end ---- */

static void fatal(const char *err)
{
	fprintf(stderr, "zebra: %s\n", err);
	exit(1);
}

static void start_kernel(struct zebra_main *m)
{
	struct zebra *z = &m->zebra;
	char err[512];

	z->fib = fib_netlink_new(err, sizeof(err));
	if (!z->fib)
		fatal(err);
	z->rmaps = rmaps_new();
	z->rib = rib_new(&rib_env, z);
	rib_set_up(z->rib, &m->setup, loop_now(z->loop));
	z->fpm = fpm_new(z->loop, z->rib);
	z->ifs = ifaces_new(zebra_iface_event, z);
	z->statics = statics_new();
	z->restart = restart_new();
	z->drift = drift_new(z->loop, drift_told, z);
	z->kernel =
		kernel_new(z->loop, z->ifs, z->rib, fib_netlink_portid(z->fib), err, sizeof(err));
	if (!z->kernel)
		fatal(err);
	kernel_buffer(z->kernel, m->bufsize);
	check_forwarding();
	probe_subtrees(z);
	probe_via6(z);
	if (!kernel_start(z->kernel, &kernel_ops, z, err, sizeof(err)))
		fatal(err);
}

static void start_config(struct zebra_main *m)
{
	struct zebra *z = &m->zebra;
	char path[128];

	/* The routes of an earlier run come first. */
	zebra_backend_start(z);
	if (restart_adopt(z->restart, z->rib) || rib_has_retired(z->rib)) {
		m->sweep = loop_timer_new(z->loop, sweep_due, m);
		loop_timer_at(m->sweep, mono_add(loop_now(z->loop), m->retain * USEC_PER_SEC));
	}
	restart_free(z->restart);
	z->restart = NULL;
	z->nb_ctx = (struct zebra_nb){.statics = z->statics,
				      .rmaps = z->rmaps,
				      .fpm = {.encoding = FPM_NETLINK},
				      .check_interval = KERNEL_CHECK_DEFAULT,
				      .range = &rib_setup(z->rib)->range,
				      .applied = config_applied,
				      .ctx = z};
	m->nb_table = zebra_nb_table;
	m->nb_table.states = zebra_nb_states;
	m->nb_table.n_states = zebra_nb_n_states;
	m->nb_table.rpcs = zebra_nb_rpcs;
	m->nb_table.n_rpcs = zebra_nb_n_rpcs;
	z->nb = nb_new(&m->nb_table, &z->nb_ctx, z->loop,
		       daemon_path(&m->daemon, MSG_BACKEND_SOCKET, path, sizeof(path)), "zebra");
	zebra_run_rib(z, 0);
}

static void start_servers(struct zebra_main *m)
{
	struct zebra *z = &m->zebra;
	char path[128], err[512];

	z->zapi = zebra_zapi_new(z->loop, daemon_path(&m->daemon, "zserv.api", path, sizeof(path)),
				 z->rib, &zebra_zapi_ops, z, err, sizeof(err));
	if (!z->zapi)
		fatal(err);
}

static void stop(void *ctx)
{
	struct zebra_main *m = ctx;

	if (m->flush_on_exit)
		flush_routes(&m->zebra);
	loop_stop(m->zebra.loop);
}

static void cleanup(void *ctx)
{
	struct zebra_main *m = ctx;
	struct zebra *z = &m->zebra;

	zebra_zapi_free(z->zapi);
	z->zapi = NULL;
	nb_free(z->nb);
	restart_free(z->restart);
	kernel_free(z->kernel);
	drift_free(z->drift);
	loop_timer_free(m->sweep);
	loop_timer_free(z->rib_timer);
	statics_free(z->statics);
	ifaces_free(z->ifs);
	fpm_free(z->fpm);
	rib_free(z->rib);
	rmaps_free(z->rmaps);
	fib_netlink_free(z->fib);
}

static const struct daemon_info info = {
	.name = "zebra",
	.summary = "keeps the routing table: static and protocol routes by destination and source",
	.options = options,
	.options_help = options_help,
	.option = option,
	.capabilities = "cap_net_admin,cap_net_raw",
	.stop = stop,
	.cleanup = cleanup,
};

int main(int argc, char **argv)
{
	struct zebra_main m;

	memset(&m, 0, sizeof(m));
	m.retain = RETAIN_DEFAULT;
	m.setup.range = (struct rib_range){RIB_RANGE_PREFERENCE, RIB_RANGE_TABLE, RIB_RANGE_TABLES};
	m.zebra.mem.name = "zebra";
	m.zebra.rib_due = MONO_NEVER;
	daemon_init(&m.daemon, &info, &m, argc, argv);
	m.zebra.loop = m.daemon.loop;
	m.zebra.rib_timer = loop_timer_new(m.zebra.loop, rib_timer_due, &m.zebra);
	start_kernel(&m);
	start_config(&m);
	start_servers(&m);
	daemon_drop_privileges(&m.daemon);
	daemon_ready(&m.daemon);
	log_notice("ready");
	return daemon_run(&m.daemon);
}
