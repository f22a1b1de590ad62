/* SPDX-License-Identifier: MIT */
/* Recordings written by hand, played. What a daemon records is played in
 * tests/unit/babel/test_babel_record.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "babeld/trace/player.h"

#define HEAD   "{\"recording\":1,\"program\":\"0\"}"
#define NEW    "{\"t\":1000000,\"do\":\"new\",\"config\":{\"router_id\":\"0200000000000001\"}}"
/* What a new instance asks: its seqno, and one number more. */
#define RANDOM "{\"answer\":\"random\",\"value\":7}"
#define SEED   RANDOM, RANDOM
/* Of an event that says nothing. */
#define QUIET  "{\"said\":\"cbf29ce484222325\",\"sent\":0,\"routes\":0,\"notes\":0}"
#define LOCAL  "{\"t\":1000001,\"do\":\"local_add\",\"pair\":\"2001:db8::/32\",\"metric\":0}"
#define FREE   "{\"t\":1000002,\"do\":\"free\"}"

static const struct player_ops deaf = {.before = NULL};

/* Line by line to the first verdict that is not PLAY_ON; NULL ends. */
static enum play_verdict play(struct player *p, const char *const *lines, unsigned int *at)
{
	enum play_verdict v = PLAY_ON;

	*at = 0;
	for (; *lines && v == PLAY_ON; lines++, ++*at)
		v = player_line(p, span_of(*lines, strlen(*lines)));
	return v == PLAY_ON ? player_end(p) : v;
}

#define PLAY(...) play(p, (const char *const[]){__VA_ARGS__, NULL}, &at)

static struct player *fresh(struct player **p)
{
	player_free(*p);
	*p = player_new(PLAY_STRICT, &deaf, NULL);
	return *p;
}

static void plays_to_the_end(void **state)
{
	struct player *p = NULL;
	struct player_view v;
	unsigned int at;

	(void)state;
	fresh(&p);
	assert_int_equal(PLAY(HEAD, NEW, SEED, QUIET, LOCAL, QUIET, "{\"end\":\"stopped\"}"),
			 PLAY_ENDED);
	v = player_look(p);
	assert_int_equal(v.events, 2);
	assert_int_equal(v.now.us, 1000001);
	assert_int_equal(babel_seqno(v.babel), 7);
	assert_string_equal(v.program, "0");
	assert_string_equal(v.end, "stopped");
	assert_false(v.open);
	player_free(p);
}

static void differences_are_found_where_they_are(void **state)
{
	struct player *p = NULL;
	unsigned int at;

	(void)state;
	/* Asked for a random number, and none is there. */
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, QUIET, LOCAL)), PLAY_MORE_ASKED);
	assert_int_equal(at, 3);
	/* Of another kind. */
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, "{\"answer\":\"clock\",\"value\":7}", QUIET)),
			 PLAY_MORE_ASKED);
	/* Two, and one is asked for. */
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, RANDOM, QUIET, LOCAL)), PLAY_LESS_ASKED);
	assert_int_equal(at, 6);
	/* It says nothing now, but did then. */
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED,
					  "{\"said\":\"cbf29ce484222325\",\"sent\":1,\"routes\":0,"
					  "\"notes\":0}")),
			 PLAY_OTHER_SAID);
	assert_int_equal(player_look(p).expected.sent, 1);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED,
					  "{\"said\":\"cbf29ce484222326\",\"sent\":0,\"routes\":0,"
					  "\"notes\":0}")),
			 PLAY_OTHER_SAID);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, QUIET, LOCAL, QUIET,
					  "{\"tables\":\"0000000000000001\"}")),
			 PLAY_OTHER_TABLES);
	assert_int_equal(player_look(p).expected_tables, 1);
	assert_true(player_look(p).tables != 1);
	player_free(p);
}

static void lines_have_their_places(void **state)
{
	struct player *p = NULL;
	unsigned int at;

	(void)state;
	assert_int_equal((fresh(&p), player_end(p)), PLAY_NO_HEAD);
	assert_int_equal((fresh(&p), PLAY(NEW)), PLAY_NO_HEAD);
	assert_int_equal((fresh(&p), PLAY(HEAD, HEAD)), PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, SEED)), PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, QUIET)), PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, LOCAL)), PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, QUIET, QUIET)), PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, "{\"tables\":\"0000000000000001\"}")),
			 PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, "{\"tables\":\"0000000000000001\"}")),
			 PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, "{\"end\":\"x\"}")), PLAY_MISPLACED);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, QUIET, "{\"x\":1}")), PLAY_BAD_LINE);
	assert_string_equal(player_look(p).what, "is no line of a recording");
	player_free(p);
}

/* The event in which the recorder died happens, with the answers there are. */
static void the_last_event_happens(void **state)
{
	struct player *p = NULL;
	unsigned int at;

	(void)state;
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, RANDOM)), PLAY_ON);
	assert_true(player_look(p).open);
	assert_int_equal(babel_seqno(player_look(p).babel), 7);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED)), PLAY_ON);
	assert_int_equal(babel_seqno(player_look(p).babel), 7);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, QUIET)), PLAY_ON);
	assert_false(player_look(p).open);
	player_free(p);
}

/* Without an instance nothing happens; another one may follow. */
static void several_lives(void **state)
{
	struct player *p = NULL;
	unsigned int at;

	(void)state;
	assert_int_equal((fresh(&p), PLAY(HEAD, LOCAL, QUIET, NEW, SEED, QUIET, FREE, QUIET)),
			 PLAY_ON);
	assert_null(player_look(p).babel);
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, QUIET, LOCAL, QUIET, FREE, QUIET, NEW,
					  SEED, QUIET)),
			 PLAY_ON);
	assert_int_equal(player_look(p).events, 4);
	assert_non_null(player_look(p).babel);
	/* One that is not freed before. */
	assert_int_equal((fresh(&p), PLAY(HEAD, NEW, SEED, QUIET, NEW, SEED, QUIET)), PLAY_ON);
	player_free(p);
}

/* Only events count, and timers run by themselves. */
static void loosely_played(void **state)
{
	static const char if_up[] =
		"{\"t\":2000000,\"do\":\"if_up\",\"ifid\":1,\"info\":{\"name\":\"e\",\"linklocal\":"
		"\"fe80::1\",\"mtu\":1500},\"config\":{\"rxcost\":96,\"hello_interval\":4000000,"
		"\"update_interval\":16000000}}";
	static const char later[] = "{\"t\":22000000,\"do\":\"refresh\"}";
	static const char wrong[] = "{\"tables\":\"0000000000000001\"}";
	struct player *p = NULL;
	unsigned int at;

	(void)state;
	p = player_new(PLAY_LOOSE, &deaf, NULL);
	assert_int_equal(PLAY(HEAD, NEW, LOCAL, RANDOM, if_up, QUIET, wrong, later), PLAY_ON);
	assert_int_equal(player_look(p).events, 4);
	assert_int_equal(player_look(p).now.us, 22000000);
	assert_true(mono_before(player_look(p).now, babel_next_deadline(player_look(p).babel)));
	player_free(p);
	p = player_new(PLAY_LOOSE, &deaf, NULL);
	assert_int_equal(PLAY(HEAD, NEW, "{\"end\":\"by hand\"}"), PLAY_ENDED);
	assert_non_null(player_look(p).babel);
	player_free(p);
}

/* What is later does not happen; loosely, timers run up to that moment. */
static void up_to_a_moment(void **state)
{
	static const char far_away[] = "{\"t\":9000000,\"do\":\"refresh\"}";
	struct player *p = NULL;
	unsigned int at;

	(void)state;
	fresh(&p);
	player_until(p, 1);
	assert_int_equal(PLAY(HEAD, NEW, SEED, QUIET, LOCAL, QUIET, FREE, QUIET), PLAY_LATER);
	assert_int_equal(player_look(p).events, 2);
	assert_non_null(player_look(p).babel);
	player_free(p);
	p = player_new(PLAY_LOOSE, &deaf, NULL);
	player_until(p, 5000000);
	assert_int_equal(PLAY(HEAD, NEW, LOCAL, far_away, far_away), PLAY_LATER);
	assert_int_equal(player_look(p).events, 2);
	assert_int_equal(player_look(p).now.us, 6000000);
	player_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plays_to_the_end),
		cmocka_unit_test(differences_are_found_where_they_are),
		cmocka_unit_test(lines_have_their_places),
		cmocka_unit_test(the_last_event_happens),
		cmocka_unit_test(several_lives),
		cmocka_unit_test(loosely_played),
		cmocka_unit_test(up_to_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
