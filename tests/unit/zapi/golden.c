/* SPDX-License-Identifier: MIT */
/* The recorded messages: sessions of stock zebra, babeld, staticd and bgpd 8.4.4. */
#include "tests/unit/zapi/golden.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct prefix pfx(const char *text)
{
	struct prefix p;
	bool ok = prefix_parse(text, &p);

	assert(ok);
	return p;
}

static struct addr adr(const char *text)
{
	enum family f;
	struct addr a;
	bool ok = addr_parse(text, &f, &a);

	assert(ok);
	return a;
}

static void set_pair(struct zapi_msg *m, const char *dst, const char *src)
{
	struct prefix d = pfx(dst), s;
	bool ok;

	if (src)
		s = pfx(src);
	ok = sdprefix_make(&m->u.route.pair, &d, src ? &s : NULL);
	assert(ok);
}

/* What babeld's ROUTE_ADD has in common. */
static struct zapi_route *route(struct zapi_msg *m, uint16_t cmd, const char *dst, const char *src)
{
	struct zapi_route *t = &m->u.route;

	m->cmd = cmd;
	t->type = ROUTE_BABEL;
	t->safi = SAFI_UNICAST;
	set_pair(m, dst, src);
	return t;
}

static struct zapi_nexthop *add_nexthop(struct zapi_route *t, uint8_t type, const char *gate,
					uint32_t ifindex)
{
	struct zapi_nexthop *nh = &t->nexthops[t->n_nexthops++];

	t->message |= ZAPI_MSG_NEXTHOP;
	nh->type = type;
	nh->ifindex = ifindex;
	if (gate)
		nh->gate = adr(gate);
	return nh;
}

static void set_metric(struct zapi_route *t, uint32_t metric)
{
	t->message |= ZAPI_MSG_METRIC;
	t->metric = metric;
}

static void b_hello(struct zapi_msg *m)
{
	m->cmd = ZAPI_HELLO;
	m->u.hello = (struct zapi_hello){.type = ROUTE_BABEL, .want_notify = true};
}

static void b_hello10(struct zapi_msg *m) /* it can't ask for notification */
{
	m->cmd = ZAPI_HELLO;
	m->u.hello = (struct zapi_hello){.type = ROUTE_BABEL};
}

static void b_capabilities(struct zapi_msg *m)
{
	m->cmd = ZAPI_CAPABILITIES;
	m->u.capabilities = (struct zapi_capabilities){.ecmp = 256};
}

static void b_vrf(struct zapi_msg *m)
{
	m->cmd = ZAPI_VRF_ADD;
	m->u.vrf_info.table = ZAPI_TABLE_MAIN;
	strcpy(m->u.vrf_info.name, "default");
}

static void b_interface_request(struct zapi_msg *m)
{
	m->cmd = ZAPI_INTERFACE_ADD;
}

static void b_interface(struct zapi_msg *m)
{
	m->cmd = ZAPI_INTERFACE_ADD;
	m->u.interface = (struct zapi_interface){
		.name = "v0",
		.ifindex = 2,
		.status = 5,
		.flags = 0x11043,
		.speed = 10000,
		.mtu = 1500,
		.mtu6 = 1500,
		.link_ifindex = 2,
		.link_type = 1,
		.hwaddr_len = 6,
		.hwaddr = {0x9e, 0xeb, 0xe3, 0x76, 0xb0, 0xba},
	};
}

static void b_address4(struct zapi_msg *m)
{
	m->cmd = ZAPI_INTERFACE_ADDRESS_ADD;
	m->u.address = (struct zapi_address){
		.ifindex = 2, .family = FAM_IP4, .addr = adr("192.0.2.1"), .plen = 24};
}

static void b_address6(struct zapi_msg *m)
{
	m->cmd = ZAPI_INTERFACE_ADDRESS_ADD;
	m->u.address = (struct zapi_address){
		.ifindex = 2, .family = FAM_IP6, .addr = adr("2001:db8:ffff::1"), .plen = 64};
}

static void b_router_id_add(struct zapi_msg *m)
{
	m->cmd = ZAPI_ROUTER_ID_ADD;
	m->u.afi = AFI_IP4;
}

static void b_router_id(struct zapi_msg *m)
{
	m->cmd = ZAPI_ROUTER_ID_UPDATE;
	m->u.router_id =
		(struct zapi_router_id){.family = FAM_IP4, .addr = adr("192.0.2.1"), .plen = 32};
}

static void b_redistribute(struct zapi_msg *m)
{
	m->cmd = ZAPI_REDISTRIBUTE_ADD;
	m->u.redistribute = (struct zapi_redistribute){.afi = AFI_IP6, .type = ROUTE_CONNECTED};
}

static void b_sourced_default(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "::/0", "2001:db8:1::/48");

	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "fe80::2", 2);
	set_metric(t, 96);
}

static void b_plain(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "2001:db8:50::/48", NULL);

	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "fe80::2", 2);
	set_metric(t, 96);
}

static void b_unreachable(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "2001:db8:51::/48", "2001:db8:1::/48");

	add_nexthop(t, NEXTHOP_BLACKHOLE, NULL, 0)->blackhole = BLACKHOLE_REJECT;
	set_metric(t, 65535);
}

static void b_two_nexthops(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "2001:db8:52::/48", "2001:db8:1::/48");

	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "fe80::2", 2);
	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "2001:db8:ffff::2", 2);
	t->message |= ZAPI_MSG_DISTANCE | ZAPI_MSG_TAG | ZAPI_MSG_MTU;
	t->distance = 90;
	t->tag = 7;
	t->mtu = 1400;
	set_metric(t, 20);
}

static void b_weights(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "2001:db8:53::/48", NULL);

	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "fe80::2", 2)->weight = 3;
	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "2001:db8:ffff::2", 2)->weight = 5;
}

static void b_onlink(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "2001:db8:54::/48", NULL);

	add_nexthop(t, NEXTHOP_IFINDEX, NULL, 2)->flags = ZAPI_NH_ONLINK;
}

static void b_table(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "2001:db8:55::/48", NULL);

	add_nexthop(t, NEXTHOP_IP6, "2001:db8:ffff::2", 0);
	t->message |= ZAPI_MSG_TABLEID;
	t->table = 100;
}

static void b_ip4(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "203.0.113.0/24", NULL);

	add_nexthop(t, NEXTHOP_IP4_IFINDEX, "192.0.2.2", 2);
	set_metric(t, 5);
}

static void b_ip4_over_ip6(struct zapi_msg *m) /* RFC 9229 */
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_ADD, "198.51.100.0/24", NULL);

	add_nexthop(t, NEXTHOP_IP6_IFINDEX, "fe80::2", 2);
	set_metric(t, 96);
}

static void b_delete(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_ROUTE_DELETE, "::/0", "2001:db8:1::/48");

	set_metric(t, 96);
}

static void b_notify(struct zapi_msg *m)
{
	struct prefix d = pfx("2001:db8:50::/48");

	m->cmd = ZAPI_ROUTE_NOTIFY_OWNER;
	m->u.notify = (struct zapi_route_notify){
		.code = NOTIFY_INSTALLED, .table = 254, .afi = AFI_IP6, .safi = SAFI_UNICAST};
	assert(sdprefix_make(&m->u.notify.pair, &d, NULL));
}

static void b_notify10(struct zapi_msg *m) /* the pair is whole */
{
	struct prefix d = pfx("2001:db8:50::/48"), s = pfx("2001:db8:1::/48");

	b_notify(m);
	m->u.notify.have_pair = true;
	assert(sdprefix_make(&m->u.notify.pair, &d, &s));
}

static void b_notify10_plain(struct zapi_msg *m)
{
	b_notify(m);
	m->u.notify.have_pair = true;
}

static void b_static10(struct zapi_msg *m)
{
	b_plain(m);
	m->u.route.type = ROUTE_STATIC;
}

static void b_local10(struct zapi_msg *m)
{
	m->cmd = ZAPI_REDISTRIBUTE_ADD;
	m->u.redistribute = (struct zapi_redistribute){.afi = AFI_IP6, .type = ROUTE_LOCAL};
}

static void b_all10(struct zapi_msg *m)
{
	m->cmd = ZAPI_REDISTRIBUTE_ADD;
	m->u.redistribute = (struct zapi_redistribute){.afi = AFI_IP6, .type = ROUTE_TYPE_ALL};
}

static void b_notify_request(struct zapi_msg *m)
{
	m->cmd = ZAPI_ROUTE_NOTIFY_REQUEST;
	m->u.on = true;
}

static void b_redistributed(struct zapi_msg *m)
{
	struct zapi_route *t = route(m, ZAPI_REDISTRIBUTE_ROUTE_ADD, "2001:db8:ffff::/64", NULL);

	t->type = ROUTE_CONNECTED;
	t->flags = ROUTE_FLAG_SELECTED;
	t->message = ZAPI_MSG_DISTANCE | ZAPI_MSG_METRIC | ZAPI_MSG_MTU;
	add_nexthop(t, NEXTHOP_IFINDEX, NULL, 2);
}

static void b_register(struct zapi_msg *m)
{
	m->cmd = ZAPI_NEXTHOP_REGISTER;
	m->u.nexthop_regs.n = 1;
	m->u.nexthop_regs.reg[0] = (struct zapi_nexthop_reg){.safi = SAFI_UNICAST,
							     .prefix = pfx("2001:db8:ffff::2/128")};
}

static void b_resolved(struct zapi_msg *m)
{
	struct zapi_nexthop_update *u = &m->u.nexthop_update;

	m->cmd = ZAPI_NEXTHOP_UPDATE;
	u->safi = SAFI_UNICAST;
	u->asked = pfx("2001:db8:ffff::2/128");
	u->resolved = pfx("2001:db8:ffff::/64");
	u->type = ROUTE_CONNECTED;
	u->n_nexthops = 1;
	u->nexthops[0].type = NEXTHOP_IFINDEX;
	u->nexthops[0].ifindex = 2;
}

static void b_unresolved(struct zapi_msg *m)
{
	struct zapi_nexthop_update *u = &m->u.nexthop_update;

	m->cmd = ZAPI_NEXTHOP_UPDATE;
	u->safi = SAFI_UNICAST;
	u->asked = pfx("2001:db8:dead::1/128");
	u->resolved = pfx("::/0");
}

static void b_graceful(struct zapi_msg *m)
{
	m->cmd = ZAPI_CLIENT_CAPABILITIES;
	m->u.client_caps = (struct zapi_client_caps){.capability = 1, .stale_time = 30};
}

static void b_complete(struct zapi_msg *m)
{
	m->cmd = ZAPI_CLIENT_CAPABILITIES;
	m->u.client_caps = (struct zapi_client_caps){.capability = 2, .afi = 2, .safi = 1};
}

static void b_error(struct zapi_msg *m)
{
	m->cmd = ZAPI_ERROR;
	m->u.error = ZAPI_ERR_INVALID_MSG_TYPE;
}

static struct zapi_label *label(struct zapi_msg *m, uint16_t cmd)
{
	m->cmd = cmd;
	m->u.label = (struct zapi_label){.type = ROUTE_ISIS, .instance = 1};
	return &m->u.label;
}

static void b_label_connect(struct zapi_msg *m)
{
	label(m, ZAPI_LABEL_MANAGER_CONNECT);
}

static void b_label_get(struct zapi_msg *m)
{
	struct zapi_label *l = label(m, ZAPI_GET_LABEL_CHUNK);

	l->size = 8000;
	l->base = 16000;
}

static void b_label_none(struct zapi_msg *m)
{
	label(m, ZAPI_GET_LABEL_CHUNK);
}

static void b_label_given(struct zapi_msg *m)
{
	struct zapi_label *l = label(m, ZAPI_GET_LABEL_CHUNK);

	l->start = 16000;
	l->end = 23999;
}

static void b_label_release(struct zapi_msg *m)
{
	b_label_given(m);
	m->cmd = ZAPI_RELEASE_LABEL_CHUNK;
}

#define C	 ZAPI_FROM_CLIENT
#define Z	 ZAPI_FROM_ZEBRA
#define GATE_LL	 "fe800000000000000000000000000002"
#define GATE_GUA "20010db8ffff00000000000000000002"

/* clang-format off */
const struct golden goldens[GOLDEN_N] = {
	{"HELLO", "0013fe06000000000012 16 0000 00000000 01 00", C, ZAPI_OK, b_hello, ZAPI_8_4},
	{"HELLO of 10.3", "0012fe06000000000013 17 0000 00000000 00", C, ZAPI_UNKNOWN, NULL, ZAPI_8_4},
	{"CAPABILITIES", "0014fe06000000000013 00000000 00 00000100 00", Z, ZAPI_OK,
	 b_capabilities, ZAPI_8_4},
	{"VRF_ADD", "0056fe06000000000021 fe000000 00*36 64656661756c74 00*29", Z, ZAPI_OK, b_vrf, ZAPI_8_4},
	{"INTERFACE_ADD asked", "000afe06000000000000", C, ZAPI_OK, b_interface_request, ZAPI_8_4},
	{"INTERFACE_ADD", "0050fe06000000000000 76300000000000000000000000000000 00000002 05 "
	 "0000000000011043 00 02 00000000 00002710 000005dc 000005dc 00000000 00000002 00000001 "
	 "00000006 9eebe376b0ba 00", Z, ZAPI_OK, b_interface, ZAPI_8_4},
	{"INTERFACE_ADDRESS_ADD IPv4", "0019fe06000000000002 00000002 00 02 c0000201 18 00000000",
	 Z, ZAPI_OK, b_address4, ZAPI_8_4},
	{"INTERFACE_ADDRESS_ADD IPv6", "0031fe06000000000002 00000002 00 0a "
	 "20010db8ffff00000000000000000001 40 00*16", Z, ZAPI_OK, b_address6, ZAPI_8_4},
	{"ROUTER_ID_ADD", "000cfe0600000000000f 0001", C, ZAPI_OK, b_router_id_add, ZAPI_8_4},
	{"ROUTER_ID_UPDATE", "0010fe06000000000011 02 c0000201 20", Z, ZAPI_OK, b_router_id, ZAPI_8_4},
	{"REDISTRIBUTE_ADD", "000efe0600000000000b 02 02 0000", C, ZAPI_OK, b_redistribute, ZAPI_8_4},
	{"ROUTE_ADD (::/0,S)", "003ffe06000000000008 16 0000 00000000 00000025 01 0a 00 "
	 "3020010db80001 0001 00000000 05 00 " GATE_LL " 00000002 00000060", C, ZAPI_OK,
	 b_sourced_default, ZAPI_8_4},
	{"ROUTE_ADD plain", "003efe06000000000008 16 0000 00000000 00000005 01 0a 3020010db80050 "
	 "0001 00000000 05 00 " GATE_LL " 00000002 00000060", C, ZAPI_OK, b_plain, ZAPI_8_4},
	{"ROUTE_ADD unreachable", "0032fe06000000000008 16 0000 00000000 00000025 01 0a "
	 "3020010db80051 3020010db80001 0001 00000000 06 00 02 0000ffff", C, ZAPI_OK,
	 b_unreachable, ZAPI_8_4},
	{"ROUTE_ADD two next hops", "0068fe06000000000008 16 0000 00000000 0000003f 01 0a "
	 "3020010db80052 3020010db80001 0002 00000000 05 00 " GATE_LL " 00000002 "
	 "00000000 05 00 " GATE_GUA " 00000002 5a 00000014 00000007 00000578", C, ZAPI_OK,
	 b_two_nexthops, ZAPI_8_4},
	{"ROUTE_ADD weights", "005cfe06000000000008 16 0000 00000000 00000001 01 0a "
	 "3020010db80053 0002 00000000 05 04 " GATE_LL " 00000002 00000003 "
	 "00000000 05 04 " GATE_GUA " 00000002 00000005", C, ZAPI_OK, b_weights, ZAPI_8_4},
	{"ROUTE_ADD on-link", "002afe06000000000008 16 0000 00000000 00000001 01 0a "
	 "3020010db80054 0001 00000000 01 01 00000002", C, ZAPI_OK, b_onlink, ZAPI_8_4},
	{"ROUTE_ADD table", "003efe06000000000008 16 0000 00000000 00000101 01 0a 3020010db80055 "
	 "0001 00000000 04 00 " GATE_GUA " 00000000 00000064", C, ZAPI_OK, b_table, ZAPI_8_4},
	{"ROUTE_ADD IPv4", "002ffe06000000000008 16 0000 00000000 00000005 01 02 18cb0071 0001 "
	 "00000000 03 00 c0000202 00000002 00000005", C, ZAPI_OK, b_ip4, ZAPI_8_4},
	/* Not recorded of anybody: 8.4.4's zebra was told this one, and the kernel
	 * had `198.51.100.0/24 via inet6 fe80::2`. */
	{"ROUTE_ADD IPv4 over IPv6", "003bfe06000000000008 16 0000 00000000 00000005 01 02 18c63364 "
	 "0001 00000000 05 00 " GATE_LL " 00000002 00000060", C, ZAPI_OK, b_ip4_over_ip6, ZAPI_8_4},
	{"ROUTE_DELETE", "0023fe06000000000009 16 0000 00000000 00000024 01 0a 00 "
	 "3020010db80001 00000060", C, ZAPI_OK, b_delete, ZAPI_8_4},
	{"ROUTE_NOTIFY_OWNER", "0026fe0600000000000a 02000000 0a 30 "
	 "20010db8005000000000000000000000 000000fe 02 01", Z, ZAPI_OK, b_notify, ZAPI_8_4},
	{"REDISTRIBUTE_ROUTE_ADD", "0035fe0600000000001e 02 0000 00000008 00000017 01 0a "
	 "4020010db8ffff0000 0001 00000000 01 00 00000002 00 00000000 00000000", Z, ZAPI_OK,
	 b_redistributed, ZAPI_8_4},
	{"NEXTHOP_REGISTER", "0021fe06000000000014 00 00 0001 000a 80 " GATE_GUA, C, ZAPI_OK,
	 b_register, ZAPI_8_4},
	{"NEXTHOP_UPDATE", "0049fe06000000000016 00000000 0001 000a 80 " GATE_GUA " 000a 40 "
	 "20010db8ffff00000000000000000000 02 0000 00 00000000 01 00000000 01 00 00000002", Z,
	 ZAPI_OK, b_resolved, ZAPI_8_4},
	{"NEXTHOP_UPDATE unresolved", "003ffe06000000000016 00000000 0001 000a 80 "
	 "20010db8dead00000000000000000001 000a 00 00*16 00 0000 00 00000000 00", Z, ZAPI_OK,
	 b_unresolved, ZAPI_8_4},
	{"CLIENT_CAPABILITIES graceful", "0016fe06000000000077 00000001 0000001e 00000000", C,
	 ZAPI_OK, b_graceful, ZAPI_8_4},
	{"CLIENT_CAPABILITIES complete", "001afe06000000000077 00000002 00000002 00000001 "
	 "00000000", C, ZAPI_OK, b_complete, ZAPI_8_4},
	{"ERROR", "000efe06000000000076 02000000", Z, ZAPI_OK, b_error, ZAPI_8_4},

	/* 10.3. HELLO and ERROR were recorded; the others are 8.4's above with the
	 * differences that were measured. */
	{"10.3 HELLO", "0012fe06000000000013 17 0000 00000000 00", C, ZAPI_OK, b_hello10, ZAPI_10_3},
	{"10.3 HELLO of 8.4", "0013fe06000000000012 16 0000 00000000 01 00", C, ZAPI_UNKNOWN, NULL,
	 ZAPI_10_3},
	{"10.3 ERROR", "000efe06000000000078 02000000", Z, ZAPI_OK, b_error, ZAPI_10_3},
	{"10.3 CAPABILITIES", "0016fe06000000000014 00000000 00 00000100 00 00 00", Z, ZAPI_OK,
	 b_capabilities, ZAPI_10_3},
	{"10.3 VRF_ADD", "0056fe06000000000021 fe000000 00*36 64656661756c74 00*29", Z, ZAPI_OK,
	 b_vrf, ZAPI_10_3},
	{"10.3 INTERFACE_ADD", "0054fe06000000000000 76300000000000000000000000000000 00000002 05 "
	 "0000000000011043 00 02 00000000 00002710 00000000 000005dc 000005dc 00000000 00000002 "
	 "00000001 00000006 9eebe376b0ba 00", Z, ZAPI_OK, b_interface, ZAPI_10_3},
	{"10.3 ROUTER_ID_UPDATE", "0010fe06000000000012 02 c0000201 20", Z, ZAPI_OK, b_router_id,
	 ZAPI_10_3},
	{"10.3 REDISTRIBUTE_ADD local", "000efe0600000000000c 02 03 0000", C, ZAPI_OK, b_local10,
	 ZAPI_10_3},
	{"10.3 REDISTRIBUTE_ADD all", "000efe0600000000000c 02 20 0000", C, ZAPI_OK, b_all10,
	 ZAPI_10_3},
	{"10.3 ROUTE_ADD (::/0,S)", "003ffe06000000000009 17 0000 00000000 00000025 01 0a 00 "
	 "3020010db80001 0001 00000000 05 00 " GATE_LL " 00000002 00000060", C, ZAPI_OK,
	 b_sourced_default, ZAPI_10_3},
	{"10.3 ROUTE_ADD static", "003efe06000000000009 04 0000 00000000 00000005 01 0a "
	 "3020010db80050 0001 00000000 05 00 " GATE_LL " 00000002 00000060", C, ZAPI_OK, b_static10,
	 ZAPI_10_3},
	{"10.3 ROUTE_ADD weights", "0064fe06000000000009 17 0000 00000000 00000001 01 0a "
	 "3020010db80053 0002 00000000 05 04 " GATE_LL " 00000002 0000000000000003 "
	 "00000000 05 04 " GATE_GUA " 00000002 0000000000000005", C, ZAPI_OK, b_weights, ZAPI_10_3},
	{"10.3 ROUTE_NOTIFY_OWNER", "0037fe0600000000000b 02000000 0a 30 "
	 "20010db8005000000000000000000000 30 20010db8000100000000000000000000 000000fe 02 01", Z,
	 ZAPI_OK, b_notify10, ZAPI_10_3},
	{"10.3 ROUTE_NOTIFY_OWNER plain", "0037fe0600000000000b 02000000 0a 30 "
	 "20010db8005000000000000000000000 00 00*16 000000fe 02 01", Z, ZAPI_OK, b_notify10_plain,
	 ZAPI_10_3},
	{"10.3 ROUTE_NOTIFY_REQUEST", "000bfe0600000000007e 01", C, ZAPI_OK, b_notify_request,
	 ZAPI_10_3},
	{"10.3 REDISTRIBUTE_ROUTE_ADD", "0035fe0600000000001f 02 0000 00000008 00000017 01 0a "
	 "4020010db8ffff0000 0001 00000000 01 00 00000002 00 00000000 00000000", Z, ZAPI_OK,
	 b_redistributed, ZAPI_10_3},
	{"10.3 NEXTHOP_UPDATE", "004afe06000000000017 00000000 0001 000a 80 " GATE_GUA " 000a 40 "
	 "20010db8ffff00000000000000000000 02 0000 00 00000000 0001 00000000 01 00 00000002", Z,
	 ZAPI_OK, b_resolved, ZAPI_10_3},
	{"10.3 CLIENT_CAPABILITIES", "0016fe06000000000079 00000001 0000001e 00000000", C, ZAPI_OK,
	 b_graceful, ZAPI_10_3},

	/* The label manager, as isisd of both asks for its global block. */
	{"LABEL_MANAGER_CONNECT", "000dfe06000000000032 08 0001", C, ZAPI_OK, b_label_connect,
	 ZAPI_8_4},
	{"LABEL_MANAGER_CONNECT answered", "000efe06000000000032 08 0001 00", Z, ZAPI_OK,
	 b_label_connect, ZAPI_8_4},
	{"GET_LABEL_CHUNK", "0016fe06000000000034 08 0001 00 00001f40 00003e80", C, ZAPI_OK,
	 b_label_get, ZAPI_8_4},
	{"GET_LABEL_CHUNK given", "0016fe06000000000034 08 0001 00 00003e80 00005dbf", Z, ZAPI_OK,
	 b_label_given, ZAPI_8_4},
	{"GET_LABEL_CHUNK refused", "0016fe06000000000034 08 0001 00 00000000 00000000", Z, ZAPI_OK,
	 b_label_none, ZAPI_8_4},
	{"RELEASE_LABEL_CHUNK", "0015fe06000000000035 08 0001 00003e80 00005dbf", C, ZAPI_OK,
	 b_label_release, ZAPI_8_4},
	{"10.3 GET_LABEL_CHUNK", "0016fe06000000000033 09 0001 00 00001f40 00003e80", C, ZAPI_OK,
	 b_label_get, ZAPI_10_3},
};
/* clang-format on */

size_t golden_octets(const struct golden *g, uint8_t *buf)
{
	size_t n = 0;

	for (const char *p = g->hex; *p;) {
		char digits[3] = {0};
		unsigned long octet, times = 1;
		char *end;

		if (*p == ' ') {
			p++;
			continue;
		}
		memcpy(digits, p, 2);
		octet = strtoul(digits, NULL, 16);
		p += 2;
		if (*p == '*') {
			times = strtoul(p + 1, &end, 10);
			p = end;
		}
		while (times--)
			buf[n++] = (uint8_t)octet;
	}
	return n;
}
