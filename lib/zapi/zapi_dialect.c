/* SPDX-License-Identifier: MIT */
/*
 * The dialects of ZAPI, side by side: 8.4 (Debian 12) and 10.3 (Debian 13).
 * Numbers of commands and of route types, and which fields there are.
 */
#include "lib/zapi/zapi.h"

#include "lib/zapi/zapi_impl.h"

#define NONE 0xffff

/* Numbers that run side by side: `n` of them from ours, and from theirs in
 * each column. */
struct run {
	uint16_t ours, n;
	uint16_t theirs[ZAPI_DIALECTS];
};

static const struct run commands[] = {
	{ZAPI_INTERFACE_ADD, 7, {0, 0}},
	{7, 1, {7, 8}},				  /* INTERFACE_SET_PROTODOWN */
	{ZAPI_ROUTE_ADD, 24, {8, 9}},		  /* to REDISTRIBUTE_ROUTE_DEL */
	{32, 1, {32, NONE}},			  /* VRF_UNREGISTER */
	{ZAPI_VRF_ADD, 3, {33, 33}},		  /* to VRF_LABEL */
	{36, 1, {36, NONE}},			  /* INTERFACE_VRF_UPDATE */
	{ZAPI_BFD_CLIENT_REGISTER, 81, {37, 36}}, /* to SRV6_MANAGER_RELEASE_LOCATOR_CHUNK */
	{ZAPI_ERROR, 19, {118, 120}},		  /* to GRE_SOURCE_SET */
	{137, 1, {NONE, 7}},			  /* INTERFACE_SET_ARP */
	{138, 3, {NONE, 117}}, /* SRV6_MANAGER_GET_LOCATOR, _GET_ and _RELEASE_SID */
	{141, 8, {NONE, 139}}, /* TC_*, OPAQUE_NOTIFY, SRV6_SID_NOTIFY */
};

static const struct run types[] = {
	{ROUTE_SYSTEM, 3, {0, 0}},	     {ROUTE_STATIC, 27, {3, 4}}, /* to SRTE */
	{ROUTE_TYPE_ALL, 1, {30, 32}},	     {ROUTE_LOCAL, 1, {NONE, 3}},
	{ROUTE_TABLE_DIRECT, 1, {NONE, 31}},
};

static const struct zapi_layout layouts[ZAPI_DIALECTS] = {
	[ZAPI_8_4] = {.dialect = ZAPI_8_4, .hello_notify = true},
	[ZAPI_10_3] = {.dialect = ZAPI_10_3,
		       .txqlen = true,
		       .label_type = true,
		       .weight64 = true,
		       .seg6_list = true,
		       .caps_extra = true,
		       .notify_src = true,
		       .nht_count16 = true},
};

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static unsigned int to_ours(const struct run *runs, size_t n, enum zapi_dialect d,
			    unsigned int theirs)
{
	for (size_t i = 0; i < n; i++) {
		unsigned int first = runs[i].theirs[d];

		if (first != NONE && theirs >= first && theirs - first < runs[i].n)
			return runs[i].ours + theirs - first;
	}
	return NONE;
}

static unsigned int to_theirs(const struct run *runs, size_t n, enum zapi_dialect d,
			      unsigned int ours)
{
	for (size_t i = 0; i < n; i++)
		if (runs[i].theirs[d] != NONE && ours >= runs[i].ours &&
		    ours - runs[i].ours < runs[i].n)
			return runs[i].theirs[d] + ours - runs[i].ours;
	return NONE;
}

const struct zapi_layout *zapi_layout(enum zapi_dialect d)
{
	return &layouts[d];
}

uint16_t zapi_cmd_of_wire(enum zapi_dialect d, uint16_t number)
{
	return (uint16_t)to_ours(commands, LEN(commands), d, number);
}

uint16_t zapi_cmd_to_wire(enum zapi_dialect d, uint16_t cmd)
{
	return (uint16_t)to_theirs(commands, LEN(commands), d, cmd);
}

uint8_t zapi_rd_type(struct rd *r, const struct zapi_layout *l)
{
	unsigned int type = to_ours(types, LEN(types), l->dialect, rd_u8(r));

	return type == NONE ? ROUTE_TYPE_UNKNOWN : (uint8_t)type;
}

void zapi_wr_type(struct wr *w, const struct zapi_layout *l, uint8_t type)
{
	unsigned int number = to_theirs(types, LEN(types), l->dialect, type);

	if (number == NONE)
		w->bad = true;
	wr_u8(w, (uint8_t)number);
}

/* ---- Telling them apart ---- */

static unsigned int number_of(struct span msg)
{
	return msg.len < ZAPI_HEADER_LEN ? NONE : (unsigned int)(msg.p[8] << 8 | msg.p[9]);
}

enum zapi_dialect zapi_dialect_of_client(struct span first)
{
	return number_of(first) == zapi_cmd_to_wire(ZAPI_10_3, ZAPI_HELLO) ? ZAPI_10_3 : ZAPI_8_4;
}

bool zapi_is_other_dialect(struct span answer, enum zapi_dialect d)
{
	return number_of(answer) == zapi_cmd_to_wire(zapi_other_dialect(d), ZAPI_ERROR);
}

enum zapi_dialect zapi_other_dialect(enum zapi_dialect d)
{
	return d == ZAPI_8_4 ? ZAPI_10_3 : ZAPI_8_4;
}

const char *zapi_dialect_name(enum zapi_dialect d)
{
	return d == ZAPI_10_3 ? "10.3" : "8.4";
}
