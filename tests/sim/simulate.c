/* SPDX-License-Identifier: MIT */
/*
 * simulate: a campaign from the command line. See doc/dev/simulation.md.
 * Exits with 0 if nothing failed, 1 if something did, 2 on wrong usage.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/campaign.h"

static void usage(FILE *f)
{
	fputs("usage: simulate [OPTION...]\n"
	      "  --shape S       line, ring, grid (default), random, clique, mobile\n"
	      "  --nodes N       how many routers (36)\n"
	      "  --seed N        what everything follows from (1)\n"
	      "  --runs N        that many runs, each with the next seed (1)\n"
	      "  --events N      packets taken in and deadlines run, at least (100000)\n"
	      "  --origins N     routers that announce a prefix of their own (all)\n"
	      "  --loss N        of 1000 packets, always (0)\n"
	      "  --storm-loss N  of 1000, up to that during storms (200)\n"
	      "  --dup N         of 1000 packets come twice (0)\n"
	      "  --reorder MS    delays differ by up to that; in storms twice that (0)\n"
	      "  --wireless N    of 1000 links (0)\n"
	      "  --unicast N     of 1000 links: Updates go by unicast (0)\n"
	      "  --rtt N         of 1000 links: the round-trip time costs (0)\n"
	      "  --keys N        of 1000 links: packets are signed (0)\n"
	      "  --no-ip4 N      of 1000 links have no IPv4 address (0)\n"
	      "  --plain N       of 1000 routers are not source-specific (0)\n"
	      "  --mishaps LIST  of link,mute,cost,uplink,restart,reboot,leave,split (all)\n"
	      "  --hasty 1       reboots don't wait until what was told has expired (0)\n"
	      "  --quiet S       seconds within which all must be well again (240)\n"
	      "  --log FILE      JSON lines, for plot.py\n",
	      f);
}

/* Names may be cut short: "mute" is "mute link". */
static unsigned int mishaps(char *list)
{
	unsigned int bits = 0, k;

	for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		for (k = 0; k < SIM_MISHAPS; k++)
			if (strncmp(sim_round_names[k], name, strlen(name)) == 0)
				break;
		if (k == SIM_MISHAPS)
			return 0;
		bits |= 1u << k;
	}
	return bits;
}

static bool shape(struct sim_plan *p, const char *name)
{
	for (unsigned int k = 0; k < SIM_SHAPES; k++) {
		if (strcmp(sim_shape_names[k], name) != 0)
			continue;
		p->shape = (enum sim_shape)k;
		return true;
	}
	return false;
}

enum opt {
	OPT_SHAPE = 1,
	OPT_NODES,
	OPT_SEED,
	OPT_RUNS,
	OPT_EVENTS,
	OPT_ORIGINS,
	OPT_LOSS,
	OPT_STORM_LOSS,
	OPT_DUP,
	OPT_REORDER,
	OPT_WIRELESS,
	OPT_UNICAST,
	OPT_RTT,
	OPT_KEYS,
	OPT_NO_IP4,
	OPT_PLAIN,
	OPT_MISHAPS,
	OPT_HASTY,
	OPT_QUIET,
	OPT_LOG,
	OPT_HELP,
};

/* Numbers out of a thousand. */
static unsigned int *share(struct sim_plan *p, int opt)
{
	switch (opt) {
	case OPT_LOSS:
		return &p->loss;
	case OPT_STORM_LOSS:
		return &p->storm_loss;
	case OPT_DUP:
		return &p->dup;
	case OPT_WIRELESS:
		return &p->wireless;
	case OPT_UNICAST:
		return &p->unicast;
	case OPT_RTT:
		return &p->rtt;
	case OPT_KEYS:
		return &p->keys;
	case OPT_NO_IP4:
		return &p->no_ip4;
	case OPT_PLAIN:
		return &p->plain;
	default:
		return NULL;
	}
}

static bool number(struct sim_plan *p, uint64_t *runs, int opt, uint64_t n)
{
	if (share(p, opt)) {
		*share(p, opt) = (unsigned int)n;
		return n <= 1000;
	}
	switch (opt) {
	case OPT_NODES:
		p->nodes = (unsigned int)n;
		return n > 0 && n < 65535;
	case OPT_SEED:
		p->seed = n;
		return true;
	case OPT_RUNS:
		*runs = n;
		return n > 0;
	case OPT_EVENTS:
		p->events = n;
		return true;
	case OPT_ORIGINS:
		p->origins = (unsigned int)n;
		return true;
	case OPT_REORDER:
		p->reorder = (usec_t)n * USEC_PER_MSEC;
		return n < 10000;
	case OPT_HASTY:
		p->hasty = n;
		return true;
	case OPT_QUIET:
		p->quiet = (usec_t)n * USEC_PER_SEC;
		return n > 0;
	default:
		return false;
	}
}

static bool option(struct sim_plan *p, uint64_t *runs, int opt, char *arg)
{
	switch (opt) {
	case OPT_SHAPE:
		return shape(p, arg);
	case OPT_MISHAPS:
		p->mishaps = mishaps(arg);
		return p->mishaps != 0;
	case OPT_LOG:
		p->log = fopen(arg, "w");
		return p->log != NULL;
	case '?':
		return false;
	default:
		return number(p, runs, opt, strtoull(arg, NULL, 0));
	}
}

static const struct option options[] = {
	{"shape", 1, NULL, OPT_SHAPE},	     {"nodes", 1, NULL, OPT_NODES},
	{"seed", 1, NULL, OPT_SEED},	     {"runs", 1, NULL, OPT_RUNS},
	{"events", 1, NULL, OPT_EVENTS},     {"origins", 1, NULL, OPT_ORIGINS},
	{"loss", 1, NULL, OPT_LOSS},	     {"storm-loss", 1, NULL, OPT_STORM_LOSS},
	{"dup", 1, NULL, OPT_DUP},	     {"reorder", 1, NULL, OPT_REORDER},
	{"wireless", 1, NULL, OPT_WIRELESS}, {"unicast", 1, NULL, OPT_UNICAST},
	{"rtt", 1, NULL, OPT_RTT},	     {"keys", 1, NULL, OPT_KEYS},
	{"no-ip4", 1, NULL, OPT_NO_IP4},     {"plain", 1, NULL, OPT_PLAIN},
	{"hasty", 1, NULL, OPT_HASTY},	     {"mishaps", 1, NULL, OPT_MISHAPS},
	{"quiet", 1, NULL, OPT_QUIET},	     {"log", 1, NULL, OPT_LOG},
	{"help", 0, NULL, OPT_HELP},	     {NULL, 0, NULL, 0},
};

int main(int argc, char **argv)
{
	struct sim_plan plan;
	uint64_t runs = 1;
	bool ok = true;
	int opt;

	sim_plan_init(&plan);
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == OPT_HELP) {
			usage(stdout);
			return 0;
		}
		if (option(&plan, &runs, opt, optarg))
			continue;
		usage(stderr);
		return 2;
	}
	for (; runs; runs--, plan.seed++) {
		struct sim_campaign c;

		ok &= sim_campaign_run(&c, &plan);
		sim_campaign_print(&c, stdout);
		fflush(stdout);
		sim_campaign_free(&c);
	}
	if (plan.log)
		fclose(plan.log);
	return ok ? 0 : 1;
}
