/* SPDX-License-Identifier: MIT */
/* Names and properties of ZAPI's commands and route types. */
#include "lib/zapi/zapi.h"

#include "lib/zapi/zapi_impl.h"

const char *zapi_cmd_name(uint16_t cmd)
{
	static const char *const names[ZAPI_COMMANDS] = {
		[ZAPI_INTERFACE_ADD] = "INTERFACE_ADD",
		[ZAPI_INTERFACE_DELETE] = "INTERFACE_DELETE",
		[ZAPI_INTERFACE_ADDRESS_ADD] = "INTERFACE_ADDRESS_ADD",
		[ZAPI_INTERFACE_ADDRESS_DELETE] = "INTERFACE_ADDRESS_DELETE",
		[ZAPI_INTERFACE_UP] = "INTERFACE_UP",
		[ZAPI_INTERFACE_DOWN] = "INTERFACE_DOWN",
		[ZAPI_ROUTE_ADD] = "ROUTE_ADD",
		[ZAPI_ROUTE_DELETE] = "ROUTE_DELETE",
		[ZAPI_ROUTE_NOTIFY_OWNER] = "ROUTE_NOTIFY_OWNER",
		[ZAPI_REDISTRIBUTE_ADD] = "REDISTRIBUTE_ADD",
		[ZAPI_REDISTRIBUTE_DELETE] = "REDISTRIBUTE_DELETE",
		[ZAPI_REDISTRIBUTE_DEFAULT_ADD] = "REDISTRIBUTE_DEFAULT_ADD",
		[ZAPI_REDISTRIBUTE_DEFAULT_DELETE] = "REDISTRIBUTE_DEFAULT_DELETE",
		[ZAPI_ROUTER_ID_ADD] = "ROUTER_ID_ADD",
		[ZAPI_ROUTER_ID_DELETE] = "ROUTER_ID_DELETE",
		[ZAPI_ROUTER_ID_UPDATE] = "ROUTER_ID_UPDATE",
		[ZAPI_HELLO] = "HELLO",
		[ZAPI_CAPABILITIES] = "CAPABILITIES",
		[ZAPI_NEXTHOP_REGISTER] = "NEXTHOP_REGISTER",
		[ZAPI_NEXTHOP_UNREGISTER] = "NEXTHOP_UNREGISTER",
		[ZAPI_NEXTHOP_UPDATE] = "NEXTHOP_UPDATE",
		[ZAPI_REDISTRIBUTE_ROUTE_ADD] = "REDISTRIBUTE_ROUTE_ADD",
		[ZAPI_REDISTRIBUTE_ROUTE_DEL] = "REDISTRIBUTE_ROUTE_DEL",
		[ZAPI_VRF_ADD] = "VRF_ADD",
		[ZAPI_VRF_DELETE] = "VRF_DELETE",
		[ZAPI_BFD_CLIENT_REGISTER] = "BFD_CLIENT_REGISTER",
		[ZAPI_LABEL_MANAGER_CONNECT] = "LABEL_MANAGER_CONNECT",
		[ZAPI_LABEL_MANAGER_CONNECT_ASYNC] = "LABEL_MANAGER_CONNECT_ASYNC",
		[ZAPI_GET_LABEL_CHUNK] = "GET_LABEL_CHUNK",
		[ZAPI_RELEASE_LABEL_CHUNK] = "RELEASE_LABEL_CHUNK",
		[ZAPI_ERROR] = "ERROR",
		[ZAPI_CLIENT_CAPABILITIES] = "CLIENT_CAPABILITIES",
		[ZAPI_ROUTE_NOTIFY_REQUEST] = "ROUTE_NOTIFY_REQUEST",
		[ZAPI_CLIENT_CLOSE_NOTIFY] = "CLIENT_CLOSE_NOTIFY",
	};

	return cmd < ZAPI_COMMANDS && names[cmd] ? names[cmd] : "unknown";
}

const char *zapi_verdict_name(enum zapi_verdict v)
{
	switch (v) {
	case ZAPI_OK:
		return "fine";
	case ZAPI_SHORT:
		return "too short";
	case ZAPI_INVALID:
		return "a field with an impossible value";
	case ZAPI_UNKNOWN:
		return "unknown command";
	}
	return "?";
}

struct type_row {
	const char *name;
	char letter;
	uint8_t distance;
	uint8_t rtproto; /* as written to and read from the kernel; 0: neither */
};

static const struct type_row types[ROUTE_TYPE_MAX] = {
	[ROUTE_SYSTEM] = {"system", 'X', 0, 0},
	[ROUTE_KERNEL] = {"kernel", 'K', 0, 0},
	[ROUTE_CONNECTED] = {"connected", 'C', 0, 0},
	[ROUTE_STATIC] = {"static", 'S', 1, 196},
	[ROUTE_RIP] = {"rip", 'R', 120, 189},
	[ROUTE_RIPNG] = {"ripng", 'R', 120, 190},
	[ROUTE_OSPF] = {"ospf", 'O', 110, 188},
	[ROUTE_OSPF6] = {"ospf6", 'O', 110, 188},
	[ROUTE_ISIS] = {"isis", 'I', 115, 187},
	[ROUTE_BGP] = {"bgp", 'B', 20, 186},
	[10] = {"pim", 'P', 255, 0},
	[11] = {"eigrp", 'E', 90, 192},
	[12] = {"nhrp", 'N', 10, 191},
	[13] = {"hsls", 'H', 255, 0},
	[14] = {"olsr", 'o', 255, 0},
	[ROUTE_TABLE] = {"table", 'T', 150, 0},
	[16] = {"ldp", 'L', 150, 193},
	[17] = {"vnc", 'v', 20, 0},
	[18] = {"vnc-direct", 'V', 20, 0},
	[19] = {"vnc-rn", 'V', 20, 0},
	[20] = {"bgp-direct", 'b', 20, 0},
	[21] = {"bgp-direct-to-nve-groups", 'e', 20, 0},
	[ROUTE_BABEL] = {"babel", 'A', 100, 42},
	[23] = {"sharp", 'D', 150, 194},
	[24] = {"pbr", 'F', 200, 195},
	[25] = {"bfd", '-', 255, 0},
	[26] = {"openfabric", 'f', 115, 197},
	[27] = {"vrrp", '-', 255, 0},
	[28] = {"nhg", '-', 255, 0},
	[29] = {"srte", '-', 255, 198},
	[ROUTE_TYPE_ALL] = {"all", '-', 255, 0},
	[ROUTE_LOCAL] = {"local", 'L', 0, 0},
	[ROUTE_TABLE_DIRECT] = {"table-direct", 't', 14, 0},
};

const char *zapi_route_type_name(uint8_t type)
{
	return type < ROUTE_TYPE_MAX ? types[type].name : "unknown";
}

char zapi_route_type_letter(uint8_t type)
{
	return type < ROUTE_TYPE_MAX ? types[type].letter : '?';
}

uint8_t zapi_route_type_distance(uint8_t type)
{
	return type < ROUTE_TYPE_MAX ? types[type].distance : 255;
}

uint8_t zapi_route_type_rtproto(uint8_t type)
{
	return type < ROUTE_TYPE_MAX ? types[type].rtproto : 0;
}

uint8_t zapi_route_type_of_rtproto(uint8_t rtproto)
{
	for (uint8_t t = 0; rtproto && t < ROUTE_TYPE_MAX; t++)
		if (types[t].rtproto == rtproto)
			return t;
	return ROUTE_KERNEL;
}
