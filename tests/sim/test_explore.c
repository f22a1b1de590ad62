/* SPDX-License-Identifier: MIT */
/* All interleavings of tiny networks; with PLANT, of cores with a bug. */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/sim/explore.h"

static void tell(const struct explore_plan *p, const struct explore_result *r)
{
	print_message("%s: %" PRIu64 " states, %" PRIu64 " steps, %" PRIu64 " ends, deepest %u%s\n",
		      p->name, r->states, r->steps, r->ends, r->deepest,
		      r->complete ? ", complete" : "");
	if (r->loop)
		print_message("%s\n", r->what);
	for (unsigned int k = 0; k < r->n_path; k++)
		print_message("  %s\n", r->path[k]);
}

#ifdef PLANT

static void the_planted_bug_is_caught(void **state)
{
	bool loop = false;

	(void)state;
	for (unsigned int k = 0; k < explore_n_plans && !loop; k++) {
		struct explore_plan p = explore_plans[k];
		struct explore_result r;

		p.most = p.quick;
		explore(&p, &r);
		tell(&p, &r);
		loop = r.loop;
		/* And it can be told how it came about. */
		assert_true(!loop || (r.n_path > 0 && strstr(r.what, "a forwarding loop")));
		explore_result_free(&r);
	}
	assert_true(loop);
}

#define THE_TEST the_planted_bug_is_caught

#else

static void no_order_loops(void **state)
{
	unsigned int complete = 0;

	(void)state;
	for (unsigned int k = 0; k < explore_n_plans; k++) {
		struct explore_plan p = explore_plans[k];
		struct explore_result r;

		p.most = p.quick;
		explore(&p, &r);
		tell(&p, &r);
		complete += r.complete;
		assert_false(r.loop);
		assert_true(r.states > 1000);
		assert_true(r.complete || r.states >= p.most);
		explore_result_free(&r);
	}
	assert_true(complete >= 2);
}

#define THE_TEST no_order_loops

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(THE_TEST)};

	return cmocka_run_group_tests_name("explore", tests, NULL, NULL);
}
