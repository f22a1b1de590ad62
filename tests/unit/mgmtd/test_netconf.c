/* SPDX-License-Identifier: MIT */
/* NETCONF sessions without a socket: back pressure, queues, ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/mgmtd/netconf_rig.h"

#define SUBSCRIBE "<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\"/>"
#define HOSTNAME(h) \
	"<edit-config><target><running/></target><config><system xmlns=\"" RIG_SYS \
	"\"><hostname>" h "</hostname></system></config></edit-config>"

static int set_up(void **state)
{
	struct ncrig *r = ncrig_new();

	ncrig_allow_all(r);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	ncrig_free(*state);
	return 0;
}

/* A reply stops while the front end is full and goes on after that. */
static void back_pressure(void **state)
{
	struct ncclient c;

	ncclient_open(&c, *state, "a");
	c.full = true;
	assert_string_equal(ncclient_rpc(&c, "<get/>"), "");
	assert_false(c.last);
	c.full = false;
	netconf_session_drained(c.s);
	assert_true(c.last);
	assert_non_null(strstr(c.reply.p, "</data></rpc-reply>"));
	ncclient_close(&c);
}

/* No notification between the pieces of a reply. */
static void not_inside_a_reply(void **state)
{
	struct ncclient c, other;

	ncclient_open(&c, *state, "a");
	ncclient_open(&other, *state, "b");
	assert_non_null(strstr(ncclient_rpc(&c, SUBSCRIBE), "<ok/>"));
	c.full = true;
	ncclient_rpc(&c, "<get/>");
	assert_non_null(strstr(ncclient_rpc(&other, HOSTNAME("one")), "<ok/>"));
	assert_null(c.notifications.p);
	c.full = false;
	netconf_session_drained(c.s);
	assert_true(c.last);
	assert_non_null(strstr(c.notifications.p, "netconf-config-change"));
	ncclient_close(&other);
	ncclient_close(&c);
}

/* Who does not read is ended; nobody else is. */
static void overflow(void **state)
{
	struct ncclient c, other;
	size_t i;

	ncclient_open(&c, *state, "a");
	ncclient_open(&other, *state, "b");
	ncclient_rpc(&c, SUBSCRIBE);
	c.full = true;
	for (i = 0; i < 20000 && !c.ended; i++) {
		struct ncclient passing;

		ncclient_open(&passing, *state, "passing");
		ncclient_close(&passing);
	}
	assert_true(c.ended);
	assert_true(i > NETCONF_QUEUE_MAX / 2048);
	assert_false(other.ended);
	assert_non_null(strstr(ncclient_rpc(&other, "<discard-changes/>"), "<ok/>"));
	ncclient_close(&c);
	ncclient_close(&other);
}

/* A front end that sends two requests at once does not keep the contract. */
static void two_at_once(void **state)
{
	struct ncclient c;

	ncclient_open(&c, *state, "a");
	c.full = true;
	ncclient_rpc(&c, "<get/>");
	ncclient_rpc(&c, "<get/>");
	assert_true(c.ended);
	ncclient_close(&c);
}

/* Gone in the middle of a commit: it is done or not, and nothing dangles. */
static void gone_while_committing(void **state)
{
	const char rpc[] = "<rpc message-id=\"1\" xmlns=\"" RIG_NS "\">" HOSTNAME("two") "</rpc>";
	struct ncclient c;

	ncclient_open(&c, *state, "a");
	netconf_session_rpc(c.s, rpc, sizeof(rpc) - 1);
	ncclient_close(&c);
}

static void end_of_a_session(void **state)
{
	struct ncclient c, other;

	ncclient_open(&c, *state, "a");
	ncclient_open(&other, *state, "b");
	assert_non_null(
		strstr(ncclient_rpc(&c, "<lock><target><running/></target></lock>"), "<ok/>"));
	assert_non_null(strstr(ncclient_rpc(&other, HOSTNAME("x")), "in-use"));
	ncclient_rpc(&c, "<close-session/>");
	assert_true(c.ended);
	ncclient_close(&c);
	assert_non_null(strstr(ncclient_rpc(&other, HOSTNAME("x")), "<ok/>"));
	ncclient_close(&other);
}

/* What clients sent comes back only as what XML can hold. */
static void hostile_text(void **state)
{
	struct ncclient c;

	ncclient_open(&c, *state, "a");
	ncclient_send(&c, "<rpc message-id=\"1\" xmlns=\"" RIG_NS
			  "\"><get \x06\xff\xc0\x80=\"\"/></rpc>");
	assert_non_null(strstr(c.reply.p, "rpc-error"));
	for (const char *p = c.reply.p; *p; p++)
		assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80);
	netconf_session_rpc(c.s, "<rpc\0/>", 7);
	ncclient_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_pressure),
		cmocka_unit_test(not_inside_a_reply),
		cmocka_unit_test(overflow),
		cmocka_unit_test(two_at_once),
		cmocka_unit_test(gone_while_committing),
		cmocka_unit_test(end_of_a_session),
		cmocka_unit_test(hostile_text),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
