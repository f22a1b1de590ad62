/* SPDX-License-Identifier: MIT */
/* The forwarding plane manager as nodes of srcdest-fpm: configuration and state. */
#include "zebra/zebra_nb_fpm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zebra/zebra.h"
#include "zebra/zebra_nb_route.h"

static struct fpm_conf *conf_of(void *ctx)
{
	return &((struct zebra_nb *)ctx)->fpm;
}

void nb_fpm_server(void *ctx, const struct nb_change *c)
{
	struct fpm_conf *f = conf_of(ctx);

	f->transport = c->op == NB_DELETE ? FPM_NOWHERE : FPM_TCP;
	f->port = FPM_PORT;
}

bool nb_fpm_address_ok(void *ctx, const struct nb_change *c, char *err, unsigned int err_size)
{
	enum family f;
	struct addr a;

	(void)ctx;
	if (c->op == NB_DELETE)
		return true;
	if (!addr_parse(c->value, &f, &a)) {
		snprintf(err, err_size, "%s: not an address", c->value);
		return false;
	}
	if (addr_is_zero(&a) || addr_is_multicast(f, &a) ||
	    (f == FAM_IP6 && addr_is_linklocal(f, &a))) {
		snprintf(err, err_size, "%s: can't be the address of a forwarding plane manager",
			 c->value);
		return false;
	}
	return true;
}

void nb_fpm_address(void *ctx, const struct nb_change *c)
{
	struct fpm_conf *f = conf_of(ctx);

	if (c->op == NB_SET)
		addr_parse(c->value, &f->family, &f->addr);
}

void nb_fpm_port(void *ctx, const struct nb_change *c)
{
	if (c->op == NB_SET)
		conf_of(ctx)->port = (uint16_t)atoi(c->value);
}

/* Deletions come first: leaving the socket for an address ends well. */
void nb_fpm_unix(void *ctx, const struct nb_change *c)
{
	struct fpm_conf *f = conf_of(ctx);

	f->transport = c->op == NB_SET ? FPM_UNIX : FPM_NOWHERE;
	snprintf(f->path, sizeof(f->path), "%s", c->op == NB_SET ? c->value : "");
}

void nb_fpm_encoding(void *ctx, const struct nb_change *c)
{
	bool protobuf = c->op == NB_SET && strcmp(c->value, "protobuf") == 0;

	conf_of(ctx)->encoding = protobuf ? FPM_PROTOBUF : FPM_NETLINK;
}

/* ---- state ---- */

static const char *state_name(enum fpm_state s)
{
	switch (s) {
	case FPM_OFF:
		break;
	case FPM_WAITING:
		return "waiting";
	case FPM_CONNECTING:
		return "connecting";
	case FPM_SYNCING:
		return "syncing";
	case FPM_STREAMING:
		return "streaming";
	}
	return "off";
}

bool nb_fpm_status_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct zebra *z = nb_zebra(ctx);
	struct fpm_view v = fpm_look(z->fpm);
	char peer[FPM_PEER_STR];

	(void)ask;
	nb_begin(w, "status");
	nb_leaf(w, "state", state_name(v.state));
	if (v.state != FPM_OFF) {
		nb_leaf(w, "peer", fpm_peer_str(v.conf, peer));
		nb_leaf(w, "encoding", v.conf->encoding == FPM_PROTOBUF ? "protobuf" : "netlink");
		nb_leaf_u64(w, "since", nb_seconds(z, v.since));
		if (v.error[0])
			nb_leaf(w, "last-error", v.error);
		nb_leaf_u64(w, "pairs-waiting", v.marks);
		nb_leaf_u64(w, "octets-waiting", v.octets_waiting);
	}
	nb_end(w);
	return false;
}

bool nb_fpm_counters_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct fpm_view v = fpm_look(nb_zebra(ctx)->fpm);

	(void)ask;
	nb_begin(w, "counters");
	nb_leaf_u64(w, "connections", v.connections);
	nb_leaf_u64(w, "failures", v.failures);
	nb_leaf_u64(w, "syncs-begun", v.syncs_begun);
	nb_leaf_u64(w, "syncs-done", v.syncs_done);
	nb_leaf_u64(w, "overflows", v.overflows);
	nb_leaf_u64(w, "routes", v.routes);
	nb_leaf_u64(w, "withdrawals", v.withdrawals);
	nb_leaf_u64(w, "octets", v.octets);
	nb_leaf_u64(w, "frames-ignored", v.frames_in);
	nb_end(w);
	return false;
}
