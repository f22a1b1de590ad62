/* SPDX-License-Identifier: MIT */
/*
 * Recordings: lines that are read are written the same, and whatever they say
 * can happen to an instance of the protocol.
 *
 * The input is a recording. It is played twice: as it is, to the first
 * difference, and loosely, without the lines that would take days.
 */
#include "tests/fuzz/driver.h"

#include <stdlib.h>
#include <string.h>

#include "babeld/trace/player.h"

const unsigned long fuzz_runs = 20000;

#define EVENTS_MAX 300
#define GAP_MAX	   (100 * USEC_PER_SEC) /* of the time of timers */

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The next line with its newline left off; false: no more. */
static bool next_line(struct span *rest, struct span *line)
{
	const uint8_t *end = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;

	if (!rest->len)
		return false;
	*line = span_of(rest->p, end ? (size_t)(end - rest->p) : rest->len);
	*rest = span_of(rest->p + line->len + (end != NULL), rest->len - line->len - (end != NULL));
	return true;
}

static void check_round_trip(const struct line *l)
{
	struct json_out first = {.mem.name = "a"}, second = {.mem.name = "b"};
	struct line_reader r = {.mem.name = "c"};
	struct line again;

	line_write(&first, l);
	must(line_read(&r, span_of(first.p, first.n - 1), &again));
	must(again.kind == l->kind);
	line_write(&second, &again);
	must(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
	json_fini(&first);
	json_fini(&second);
	line_reader_fini(&r);
}

static const struct player_ops deaf = {.before = NULL};

static void play(enum play_mode mode, struct span rest)
{
	struct player *p = player_new(mode, &deaf, NULL);
	struct line_reader r = {.mem.name = "lines"};
	enum play_verdict v = PLAY_ON;
	int64_t last = 0;
	struct span text;
	struct line l;
	bool begun = false;

	while (v == PLAY_ON && player_look(p).events < EVENTS_MAX && next_line(&rest, &text)) {
		bool good = line_read(&r, text, &l);

		if (good && mode == PLAY_STRICT)
			check_round_trip(&l);
		if (good && l.kind == LINE_EVENT && mode == PLAY_LOOSE) {
			if (begun && l.u.event.now.us - last > GAP_MAX)
				continue;
			begun = true;
			if (l.u.event.now.us > last)
				last = l.u.event.now.us;
		}
		v = player_line(p, text);
		must((v == PLAY_BAD_LINE) == !good);
	}
	if (v == PLAY_ON)
		player_end(p);
	player_free(p); /* asserts that nothing is left */
	line_reader_fini(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1); /* of exactly its size */

	must(copy);
	if (size)
		memcpy(copy, data, size);
	play(PLAY_STRICT, span_of(copy, size));
	play(PLAY_LOOSE, span_of(copy, size));
	free(copy);
	return 0;
}

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static const char story[] =
		"{\"recording\":1,\"program\":\"0\"}\n"
		"{\"t\":1000000,\"do\":\"new\",\"config\":{\"router_id\":\"0200000000000001\"},"
		"\"mac\":true,\"clock\":true}\n"
		"{\"answer\":\"random\",\"value\":7}\n"
		"{\"answer\":\"random\",\"value\":9}\n"
		"{\"said\":\"cbf29ce484222325\",\"sent\":0,\"routes\":0,\"notes\":0}\n"
		"{\"t\":1000001,\"do\":\"if_up\",\"ifid\":1,\"info\":{\"name\":\"e0\","
		"\"linklocal\":"
		"\"fe80::1\",\"mtu\":1500},\"config\":{\"rxcost\":96,\"hello_interval\":4000000,"
		"\"update_interval\":16000000}}\n"
		"{\"t\":2000000,\"do\":\"packet\",\"datagram\":{\"ifid\":1,\"from\":\"fe80::2\","
		"\"to\":\"ff02::1:6\",\"arrived\":2000000,\"octets\":"
		"\"2a020020040600000001019004060000000201900"
		"50e0300006004b00000000000000001\"}}\n"
		"{\"t\":2000001,\"do\":\"packet\",\"datagram\":{\"ifid\":1,\"from\":\"fe80::2\","
		"\"to\":\"ff02::1:6\",\"arrived\":2000001,\"octets\":"
		"\"2a02001c060a0000020000000000000a"
		"080e02002000064000070000"
		"20010db8\"}}\n"
		"{\"t\":9000000,\"do\":\"local_add\",\"pair\":\"2001:db8::/32 from "
		"2001:db8:a::/48\",\"metric\":0}\n"
		"{\"t\":30000000,\"do\":\"run_due\"}\n"
		"{\"end\":\"stopped\"}\n";
	static const char rest[] =
		"{\"recording\":1,\"program\":\"0\"}\n"
		"{\"t\":1,\"do\":\"new\",\"config\":{\"router_id\":\"0200000000000001\"}}\n"
		"{\"t\":2,\"do\":\"persist_set\",\"persist\":{\"router_id\":\"0200000000000001\","
		"\"seqno\":7,\"ifs\":[{\"name\":\"e0\",\"hello_seqno\":9}]}}\n"
		"{\"t\":3,\"do\":\"set_filters\",\"filters\":{\"in\":[{\"number\":10,\"deny\":true,"
		"\"dst\":{\"set\":true,\"p\":\"2001:db8::/32\",\"ge\":48},\"set_src\":\"::1\"}]}}\n"
		"{\"t\":4,\"do\":\"set_connected\",\"connected\":{\"prefixes\":[{\"prefix\":"
		"\"2001:db8:1::/48\"}]}}\n"
		"{\"t\":5,\"do\":\"local_offer\",\"pair\":\"10.0.0.0/8\",\"local\":{\"tag\":5}}\n"
		"{\"t\":6,\"do\":\"local_del\",\"pair\":\"10.0.0.0/8\"}\n"
		"{\"t\":7,\"do\":\"set_source_specific\",\"ip6\":false,\"ip4\":true}\n"
		"{\"t\":8,\"do\":\"clear_neigh\",\"ifid\":0,\"have_addr\":false}\n"
		"{\"t\":9,\"do\":\"recall\",\"place\":2,\"memory\":{\"kind\":1,\"pair\":"
		"\"2001:db8::/32\",\"router_id\":\"0a00000000000001\",\"ifid\":1}}\n"
		"{\"t\":10,\"do\":\"settle\"}\n"
		"{\"t\":11,\"do\":\"set_smoothing\",\"smoothing\":1,\"half_life\":4000000}\n"
		"{\"t\":12,\"do\":\"goodbye\"}\n"
		"{\"t\":13,\"do\":\"free\"}\n"
		"{\"answer\":\"mac\",\"value\":\"00ff\"}\n"
		"{\"tables\":\"0123456789abcdef\"}\n";
	static const struct fuzz_seed seeds[] = {
		{story, sizeof(story) - 1},
		{rest, sizeof(rest) - 1},
	};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
