/* SPDX-License-Identifier: MIT */
/*
 * zebra's ZAPI server in this process: over the real RIB, a kernel that takes
 * everything unless told otherwise, and one interface. Peers are raw descriptors, so that they can
 * send what no client would.
 */
#ifndef SRCDEST_TESTS_UNIT_ZAPI_SERVER_RIG_H
#define SRCDEST_TESTS_UNIT_ZAPI_SERVER_RIG_H

#include "lib/io/loop.h"
#include "zebra/zebra_zapi.h"

#define RIG_IFINDEX 7

struct server_rig {
	struct loop *loop;
	struct loop_timer *rib_due;
	struct rib *rib;
	struct zebra_zapi *z;
	char dir[32], path[64];
	bool rib_sleeps;	    /* the RIB does nothing */
	bool sourced6, via6;	    /* what the kernel can: true unless changed */
	bool sourced4;		    /* false unless changed */
	bool have_router_id;	    /* false unless changed */
	int refuse_set, refuse_del; /* errno of the kernel's refusals; 0: it takes all */
	struct addr own;	    /* of this host */
	/* What the interfaces have; ifindex 0: any has it. IPv4 unless changed. */
	struct zapi_address address;
};

/* False: it could not be made. */
bool server_rig_init(struct server_rig *r);
/* Octets and pieces that are left in the loop's account: none, if all is well. */
size_t server_rig_fini(struct server_rig *r);
/* The RIB was changed from outside: it runs with the next turns of the loop. */
void server_rig_changed(struct server_rig *r);
/* Some turns of the loop: what is on its way arrives. */
void server_rig_settle(struct server_rig *r);

/* A connected descriptor, without blocking. */
int rig_peer(const struct server_rig *r);
/* As it is; false: the server has hung up, or does not take all now. */
bool rig_say(int fd, const void *octets, size_t n);
bool rig_say_msg(int fd, const struct zapi_msg *m); /* as an 8.4 client says it */
bool rig_hello(int fd, uint8_t type, uint16_t instance);
/* A plain /48 whose bits 32 to 47 are n, over the interface. */
bool rig_route(int fd, uint16_t cmd, uint8_t type, unsigned int n);
/* Throws away what has come; true: the server has closed it. */
bool rig_closed(int fd);
size_t rig_clients(const struct server_rig *r);
/* The first client of that type; false: there is none. */
bool rig_client(const struct server_rig *r, uint8_t type, struct zebra_zapi_client_view *v);

#endif
