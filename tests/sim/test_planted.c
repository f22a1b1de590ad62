/* SPDX-License-Identifier: MIT */
/* The simulator finds a loop where there is one: plant.c has seen to that. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tests/sim/campaign.h"

#define SEEDS  5
#define MINUTE 60

static void the_planted_bug_is_caught(void **state)
{
	uint64_t seed = sim_seed(1);
	time_t start = time(NULL);

	(void)state;
	for (unsigned int k = 0; k < SEEDS; k++) {
		struct sim_campaign c;
		struct sim_plan p;
		bool ok;

		sim_plan_init(&p);
		p.shape = k % 2 ? SHAPE_RANDOM : SHAPE_GRID;
		p.seed = seed + k;
		p.events = 10000000;
		ok = sim_campaign_run(&c, &p);
		print_message("seed %llu: %s\n", (unsigned long long)p.seed, c.sim->failure);
		assert_false(ok);
		assert_non_null(strstr(c.sim->failure, "a forwarding loop"));
		sim_campaign_free(&c);
	}
	/* All of them together. */
	assert_true(time(NULL) - start < MINUTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_planted_bug_is_caught)};

	return cmocka_run_group_tests_name("planted", tests, NULL, NULL);
}
