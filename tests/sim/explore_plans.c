/* SPDX-License-Identifier: MIT */
/* The tiny networks, and what happens in them. */
#include "tests/sim/explore.h"

#define MSEC	USEC_PER_MSEC
#define SPACE_A "2001:db8:a000::/36"
#define PLAIN \
	{ \
		.dst = "2001:db9::1", .src = "2001:db9::1" \
	}
#define FROM_A \
	{ \
		.dst = "2001:db9::1", .src = "2001:db8:a000::1" \
	}
#define QUICK 20000
#define MOST  100000000

const struct explore_plan explore_plans[] = {
	{
		/* Held until acknowledged, then the plain route takes over (RFC 8966 3.5.4). */
		.name = "line of 2: withdrawn, announced again, link lost",
		.nodes = 2,
		.n_links = 1,
		.links = {{0, 1, 0}},
		.locals = {{0, "::/0", SPACE_A}, {1, "::/0", NULL}},
		.samples = {FROM_A, PLAIN},
		.events = {{.kind = EXPLORE_WITHDRAW, .a = 0},
			   {.kind = EXPLORE_ANNOUNCE, .a = 0},
			   {.kind = EXPLORE_LINK_DOWN, .a = 0}},
		.losses = 2,
		.doubles = 1,
		.window = 4000 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		.name = "line of 3: a pair falls through to a shorter one",
		.nodes = 3,
		.n_links = 2,
		.links = {{0, 1, 0}, {1, 2, 0}},
		.locals = {{0, "::/0", SPACE_A}, {2, "::/0", NULL}},
		.samples = {FROM_A, PLAIN},
		.events = {{.kind = EXPLORE_WITHDRAW, .a = 0}},
		.losses = 2,
		.window = 4000 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		/* Two that both relied on it have only each other. */
		.name = "triangle: the source loses both links",
		.nodes = 3,
		.n_links = 3,
		.links = {{0, 1, 0}, {0, 2, 0}, {1, 2, 0}},
		.locals = {{0, "::/0", SPACE_A}},
		.samples = {FROM_A},
		.events = {{.kind = EXPLORE_LINK_DOWN, .a = 0},
			   {.kind = EXPLORE_LINK_DOWN, .a = 1}},
		.losses = 1,
		.window = 1000 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		/* The shorter way gets longer than the longer one, then is lost. */
		.name = "triangle: a cost changes, a link is lost and returns",
		.nodes = 3,
		.n_links = 3,
		.links = {{0, 1, 0}, {0, 2, 0}, {1, 2, 0}},
		.locals = {{0, "::/0", SPACE_A}},
		.samples = {FROM_A},
		.events = {{.kind = EXPLORE_COST, .a = 0, .b = 512},
			   {.kind = EXPLORE_LINK_DOWN, .a = 0},
			   {.kind = EXPLORE_LINK_UP, .a = 0, .after = 1}},
		.window = 600 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		.name = "triangle: the pair is withdrawn, a shorter one is elsewhere",
		.nodes = 3,
		.n_links = 3,
		.links = {{0, 1, 0}, {0, 2, 0}, {1, 2, 0}},
		.locals = {{0, "::/0", SPACE_A}, {1, "::/0", NULL}},
		.samples = {FROM_A, PLAIN},
		.events = {{.kind = EXPLORE_WITHDRAW, .a = 0}},
		.losses = 1,
		.window = 3000 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		.name = "diamond: the source loses both links",
		.nodes = 4,
		.n_links = 4,
		.links = {{0, 1, 0}, {0, 2, 0}, {1, 3, 0}, {2, 3, 0}},
		.locals = {{0, "::/0", SPACE_A}},
		.samples = {FROM_A},
		.events = {{.kind = EXPLORE_LINK_DOWN, .a = 0},
			   {.kind = EXPLORE_LINK_DOWN, .a = 1}},
		.window = 500 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		.name = "diamond with a rung: the source is switched off",
		.nodes = 4,
		.n_links = 5,
		.links = {{0, 1, 0}, {0, 2, 0}, {1, 2, 0}, {1, 3, 0}, {2, 3, 0}},
		.locals = {{0, "::/0", SPACE_A}},
		.samples = {FROM_A},
		.events = {{.kind = EXPLORE_POWER, .a = 0}},
		.window = 500 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		/* What its kernel goes on with, and what it may choose. */
		.name = "triangle: a daemon dies and is back, a link is lost",
		.nodes = 3,
		.n_links = 3,
		.links = {{0, 1, 0}, {0, 2, 0}, {1, 2, 0}},
		.locals = {{0, "::/0", SPACE_A}},
		.samples = {FROM_A},
		.events = {{.kind = EXPLORE_KILL, .a = 1},
			   {.kind = EXPLORE_RETURN, .a = 1, .after = 0},
			   {.kind = EXPLORE_LINK_DOWN, .a = 0}},
		.window = 800 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
	{
		.name = "line of 3: a daemon dies, the pair is withdrawn, it is back",
		.nodes = 3,
		.n_links = 2,
		.links = {{0, 1, 0}, {1, 2, 0}},
		.locals = {{0, "::/0", SPACE_A}, {2, "::/0", NULL}},
		.samples = {FROM_A, PLAIN},
		.events = {{.kind = EXPLORE_KILL, .a = 1},
			   {.kind = EXPLORE_RETURN, .a = 1, .after = 0},
			   {.kind = EXPLORE_WITHDRAW, .a = 0}},
		.losses = 1,
		.window = 3000 * MSEC,
		.quick = QUICK,
		.most = MOST,
	},
};

const unsigned int explore_n_plans = sizeof(explore_plans) / sizeof(explore_plans[0]);
