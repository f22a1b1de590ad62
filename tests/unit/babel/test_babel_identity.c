/* SPDX-License-Identifier: MIT */
/* Which router-id is ours, by policy, hardware and past. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "babeld/babel_identity.h"

static const struct router_id given = {{0, 1, 2, 3, 4, 5, 6, 7}};
static const struct identity nobody = {0};
static const struct hardware veth = {{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}, 6},
			     low = {{0x00, 0x1b, 0x21, 0x00, 0x00, 0x01}, 6},
			     high = {{0x3c, 0xec, 0xef, 0x00, 0x00, 0x02}, 6},
			     eui64 = {{0x00, 0x12, 0x4b, 0, 1, 2, 3, 4}, 8}, zeros = {{0}, 6},
			     group = {{0x01, 0, 0x5e, 0, 0, 1}, 6};

static void test_hardware(void **state)
{
	static const struct router_id l = {{0x02, 0x1b, 0x21, 0xff, 0xfe, 0, 0, 1}},
				      e = {{0x02, 0x12, 0x4b, 0, 1, 2, 3, 4}};
	struct router_id id;

	(void)state;
	assert_true(identity_of_hardware(&low, &id)); /* RFC 4291 Appendix A */
	assert_true(router_id_eq(&id, &l));
	assert_true(identity_of_hardware(&eui64, &id));
	assert_true(router_id_eq(&id, &e));
	assert_false(identity_of_hardware(&zeros, &id));
	assert_false(identity_of_hardware(&group, &id));
}

static struct identity derived(const struct identity *now, const struct hardware *v, size_t n)
{
	struct identity id;

	assert_true(identity_choose(IDENTITY_DERIVED, NULL, now, v, n, &id));
	assert_false(id.random);
	return id;
}

static void test_derived(void **state)
{
	struct hardware v[] = {veth, high, zeros, low}, other[] = {veth, high};
	struct router_id want;
	struct identity first, second, id;

	(void)state;
	first = derived(&nobody, v, 4); /* unique ones before, then the smallest */
	assert_true(identity_of_hardware(&low, &want));
	assert_true(router_id_eq(&first.id, &want));
	/* Its card is gone: another one. And that one stays when the card is back. */
	second = derived(&first, other, 2);
	assert_true(identity_of_hardware(&high, &want));
	assert_true(router_id_eq(&second.id, &want));
	id = derived(&second, v, 4);
	assert_true(router_id_eq(&id.id, &second.id));
	id = derived(&nobody, v, 1); /* better than nothing */
	assert_true(identity_of_hardware(&veth, &want));
	assert_true(router_id_eq(&id.id, &want));
	/* Nothing at all: who we are. */
	assert_false(identity_choose(IDENTITY_DERIVED, NULL, &nobody, v + 2, 1, &id));
	assert_true(identity_choose(IDENTITY_DERIVED, NULL, &first, NULL, 0, &id));
	assert_true(router_id_eq(&id.id, &first.id));
}

static void test_kept_and_random(void **state)
{
	struct identity made = {.id = {{9}}, .random = true}, told = {.id = given}, id;

	(void)state;
	assert_false(identity_choose(IDENTITY_KEPT, NULL, &nobody, NULL, 0, &id));
	assert_true(identity_choose(IDENTITY_KEPT, NULL, &told, NULL, 0, &id));
	assert_true(router_id_eq(&id.id, &given) && !id.random);
	assert_true(identity_choose(IDENTITY_KEPT, NULL, &made, NULL, 0, &id));
	assert_true(router_id_eq(&id.id, &made.id) && id.random);
	assert_false(identity_choose(IDENTITY_RANDOM, NULL, &told, NULL, 0, &id));
	assert_true(identity_choose(IDENTITY_RANDOM, NULL, &made, NULL, 0, &id));
	assert_true(router_id_eq(&id.id, &made.id) && id.random);
	assert_true(identity_choose(IDENTITY_VALUE, &given, &made, NULL, 0, &id));
	assert_true(router_id_eq(&id.id, &given) && !id.random);
}

static void test_here(void **state)
{
	struct hardware v[HARDWARE_MAX];
	size_t n = hardware_list(v);

	(void)state;
	for (size_t k = 0; k < n; k++)
		assert_true(v[k].len == 6 || v[k].len == 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hardware),
		cmocka_unit_test(test_derived),
		cmocka_unit_test(test_kept_and_random),
		cmocka_unit_test(test_here),
	};

	return cmocka_run_group_tests_name("babeld: router-id", tests, NULL, NULL);
}
