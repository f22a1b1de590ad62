/* SPDX-License-Identifier: MIT */
/* zebra's ZAPI server in this process. */
#include "tests/unit/zapi/server_rig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "lib/io/stream.h"

/* ---- zebra's side ---- */

static void fib(void *ctx, struct fib_op *ops, size_t n)
{
	const struct server_rig *r = ctx;

	for (size_t i = 0; i < n; i++)
		ops[i].error = ops[i].kind == FIB_SET ? r->refuse_set : r->refuse_del;
}

static void redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			 const struct rib_view *is)
{
	struct server_rig *r = ctx;

	zebra_zapi_redistribute(r->z, pair, was, is);
}

static void fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		 const struct rib_owner *owner, enum rib_fate fate)
{
	struct server_rig *r = ctx;

	zebra_zapi_fate(r->z, table, pair, owner, fate);
}

static void refused(void *ctx, const struct fib_route *f, int error)
{
	(void)ctx;
	(void)f;
	(void)error;
}

static bool has_address(void *ctx, enum family f, const struct addr *a)
{
	const struct server_rig *r = ctx;

	(void)f;
	return addr_cmp(&r->own, a) == 0;
}

static void rib_due(void *ctx)
{
	struct server_rig *r = ctx;

	if (r->rib_sleeps)
		return;
	if (rib_run(r->rib, 256, loop_now(r->loop)))
		loop_timer_at(r->rib_due, loop_now(r->loop));
	else
		zebra_zapi_rib_settled(r->z);
}

void server_rig_changed(struct server_rig *r)
{
	loop_timer_at(r->rib_due, loop_now(r->loop));
}

static void rib_changed(void *ctx)
{
	server_rig_changed(ctx);
}

static void each_interface(void *ctx, void (*each)(void *arg, const struct zapi_interface *i),
			   void *arg)
{
	const struct zapi_interface i = {
		.name = "v0", .ifindex = RIG_IFINDEX, .status = 5, .flags = 0x41};

	(void)ctx;
	each(arg, &i);
}

static void each_address(void *ctx, uint32_t ifindex,
			 void (*each)(void *arg, const struct zapi_address *a), void *arg)
{
	const struct server_rig *r = ctx;
	struct zapi_address a = r->address;

	if (a.ifindex && a.ifindex != ifindex)
		return;
	a.ifindex = ifindex;
	each(arg, &a);
}

static bool router_id(void *ctx, enum family f, struct addr *out)
{
	const struct server_rig *r = ctx;

	*out = addr_ip4(192, 0, 2, 1);
	return r->have_router_id && f == FAM_IP4;
}

static bool sourced(void *ctx, enum family f)
{
	const struct server_rig *r = ctx;

	return f == FAM_IP4 ? r->sourced4 : r->sourced6;
}

static bool via6(void *ctx)
{
	const struct server_rig *r = ctx;

	return r->via6;
}

bool server_rig_init(struct server_rig *r)
{
	static const struct rib_env env = {.fib = fib,
					   .redistribute = redistribute,
					   .fate = fate,
					   .has_address = has_address,
					   .refused = refused};
	static const struct zebra_zapi_ops ops = {.each_interface = each_interface,
						  .each_address = each_address,
						  .router_id = router_id,
						  .sourced = sourced,
						  .via6 = via6,
						  .rib_changed = rib_changed};
	char err[128];

	memset(r, 0, sizeof(*r));
	r->sourced6 = r->via6 = true;
	r->address = (struct zapi_address){
		.family = FAM_IP4, .plen = 24, .addr = addr_ip4(192, 0, 2, 1)};
	log_set_level(LOG_LVL_ERROR);
	snprintf(r->dir, sizeof(r->dir), "/tmp/zapi-rig-XXXXXX");
	if (!mkdtemp(r->dir))
		return false;
	snprintf(r->path, sizeof(r->path), "%s/api", r->dir);
	r->loop = loop_new();
	r->rib_due = loop_timer_new(r->loop, rib_due, r);
	r->rib = rib_new(&env, r);
	rib_if_set(r->rib, RIG_IFINDEX, true);
	r->z = zebra_zapi_new(r->loop, r->path, r->rib, &ops, r, err, sizeof(err));
	return r->z != NULL;
}

size_t server_rig_fini(struct server_rig *r)
{
	size_t left;

	zebra_zapi_free(r->z);
	rib_free(r->rib);
	loop_timer_free(r->rib_due);
	left = loop_mem(r->loop)->count;
	if (!left) /* it asserts */
		loop_free(r->loop);
	rmdir(r->dir);
	return left;
}

static void stop_now(void *ctx)
{
	loop_stop(ctx);
}

void server_rig_settle(struct server_rig *r)
{
	for (int i = 0; i < 40; i++) {
		struct loop_timer *t = loop_timer_new(r->loop, stop_now, r->loop);

		loop_timer_at(t, loop_now(r->loop));
		loop_run(r->loop);
		loop_timer_free(t);
	}
}

/* ---- peers ---- */

int rig_peer(const struct server_rig *r)
{
	int fd = unix_connect(r->path);

	if (fd < 0)
		abort();
	return fd;
}

bool rig_say(int fd, const void *octets, size_t n)
{
	return send(fd, octets, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n;
}

bool rig_say_msg(int fd, const struct zapi_msg *m)
{
	uint8_t buf[ZAPI_MAX_LEN];
	struct wr w = wr_init(buf, sizeof(buf));

	if (!zapi_encode(&w, ZAPI_FROM_CLIENT, ZAPI_8_4, m))
		abort();
	return rig_say(fd, buf, wr_len(&w));
}

bool rig_hello(int fd, uint8_t type, uint16_t instance)
{
	struct zapi_msg m = {.cmd = ZAPI_HELLO};

	m.u.hello.type = type;
	m.u.hello.instance = instance;
	m.u.hello.want_notify = true;
	return rig_say_msg(fd, &m);
}

bool rig_route(int fd, uint16_t cmd, uint8_t type, unsigned int n)
{
	static struct zapi_msg m;
	struct addr a = {{0x20, 0x01, 0x0d, 0xb8, (uint8_t)(n >> 8), (uint8_t)n}};
	struct prefix dst;

	memset(&m, 0, sizeof(m));
	m.cmd = cmd;
	m.u.route.type = type;
	m.u.route.safi = SAFI_UNICAST;
	m.u.route.message = ZAPI_MSG_NEXTHOP;
	m.u.route.n_nexthops = 1;
	m.u.route.nexthops[0].type = NEXTHOP_IFINDEX;
	m.u.route.nexthops[0].ifindex = RIG_IFINDEX;
	if (!prefix_make(&dst, FAM_IP6, &a, 48) || !sdprefix_make(&m.u.route.pair, &dst, NULL))
		abort();
	return rig_say_msg(fd, &m);
}

bool rig_closed(int fd)
{
	uint8_t buf[65536];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		;
	return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static bool count_client(void *ctx, const struct zebra_zapi_client_view *v)
{
	(void)v;
	++*(size_t *)ctx;
	return true;
}

size_t rig_clients(const struct server_rig *r)
{
	size_t n = 0;

	zebra_zapi_each_client(r->z, count_client, &n);
	return n;
}

struct wanted {
	uint8_t type;
	bool found;
	struct zebra_zapi_client_view *v;
};

static bool is_wanted(void *ctx, const struct zebra_zapi_client_view *v)
{
	struct wanted *w = ctx;

	if (!v->hello || v->type != w->type)
		return true;
	*w->v = *v;
	w->found = true;
	return false;
}

bool rig_client(const struct server_rig *r, uint8_t type, struct zebra_zapi_client_view *v)
{
	struct wanted w = {.type = type, .v = v};

	zebra_zapi_each_client(r->z, is_wanted, &w);
	return w.found;
}
