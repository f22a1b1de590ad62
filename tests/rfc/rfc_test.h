/* SPDX-License-Identifier: MIT */
/*
 * Tests that prove a requirement of a protocol text.
 *
 *	RFC_TEST(8966, "4.4-b", "an unknown mandatory sub-TLV voids its TLV")
 *	{
 *		...
 *	}
 *	RFC_MAIN("wire: sub-TLVs")
 *
 * Each registers itself in the order of the file; its name in the output is
 * "8966-4.4-b an unknown ...", where scripts find the ID. One ID may have
 * several tests. A test gets cmocka's `void **state`.
 */
#ifndef SRCDEST_TESTS_RFC_TEST_H
#define SRCDEST_TESTS_RFC_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define RFC_TEST_MAX 512

static struct CMUnitTest rfc_tests[RFC_TEST_MAX];
static size_t rfc_n_tests;

static inline void rfc_register(const char *name, CMUnitTestFunction f)
{
	if (rfc_n_tests == RFC_TEST_MAX)
		abort();
	rfc_tests[rfc_n_tests++] = (struct CMUnitTest){.name = name, .test_func = f};
}

#define RFC_PASTE_(a, b) a##b
#define RFC_PASTE(a, b)	 RFC_PASTE_(a, b)
#define RFC_TEST_(name, f, reg) \
	static void f(void **state); \
	static void __attribute__((constructor)) reg(void) \
	{ \
		rfc_register(name, f); \
	} \
	static void f(void **state __attribute__((unused)))
#define RFC_TEST(doc, id, sentence) \
	RFC_TEST_(#doc "-" id " " sentence, RFC_PASTE(rfc_test_, __LINE__), \
		  RFC_PASTE(rfc_reg_, __LINE__))
/* For tests without an ID in the same program. */
#define PLAIN_TEST(sentence) \
	RFC_TEST_(sentence, RFC_PASTE(rfc_test_, __LINE__), RFC_PASTE(rfc_reg_, __LINE__))

#define RFC_MAIN(group) \
	int main(void) \
	{ \
		return _cmocka_run_group_tests(group, rfc_tests, rfc_n_tests, NULL, NULL); \
	}

#endif
