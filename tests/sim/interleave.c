/* SPDX-License-Identifier: MIT */
/* interleave: all interleavings of the tiny networks. See doc/dev/simulation.md. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/explore.h"

int main(int argc, char **argv)
{
	bool ok = true;

	for (unsigned int k = 0; k < explore_n_plans; k++) {
		struct explore_plan p = explore_plans[k];
		struct explore_result r;

		if (argc > 1 && !strstr(p.name, argv[1]))
			continue;
		if (argc > 2)
			p.most = strtoull(argv[2], NULL, 0);
		if (argc > 3)
			p.losses = (unsigned int)strtoul(argv[3], NULL, 0);
		if (argc > 4)
			p.window = (usec_t)strtoul(argv[4], NULL, 0) * USEC_PER_MSEC;
		explore(&p, &r);
		printf("%-50s %9" PRIu64 " states %9" PRIu64 " steps %7" PRIu64
		       " ends, deepest %3u%s%s\n",
		       p.name, r.states, r.steps, r.ends, r.deepest,
		       r.complete ? ", complete" : ", NOT complete", r.loop ? ", LOOP" : "");
		if (r.loop)
			printf("%s\n", r.what);
		for (unsigned int i = 0; i < r.n_path; i++)
			printf("  %s\n", r.path[i]);
		fflush(stdout);
		ok &= !r.loop;
		explore_result_free(&r);
	}
	return ok ? 0 : 1;
}
