/* SPDX-License-Identifier: MIT */
/* What the door writes down happens again, whatever happens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "babeld/babel_record.h"
#include "babeld/trace/player.h"
#include "tests/unit/base/prng.h"

#define IFS   3
#define PEERS 3
#define LIMIT ((uint64_t)1 << 30)

struct world {
	struct core core;
	struct prng r;	   /* of the story */
	struct prng noise; /* the instance's random numbers */
	mono_t now;
	char path[64];
	unsigned int routes, sent;
	uint16_t hello[IFS + 1][PEERS];
	struct babel_if_info info[IFS + 1];
};

/* ---- the world: nothing that it answers is known beforehand ---- */

static void env_send(void *ctx, ifid_t via, const struct addr *to, struct span datagram)
{
	(void)via, (void)to, (void)datagram;
	((struct world *)ctx)->sent++;
}

static void env_route(void *ctx, const struct sdprefix *pair, const struct babel_choice *c)
{
	(void)pair, (void)c;
	((struct world *)ctx)->routes++;
}

static uint32_t env_random(void *ctx)
{
	return prng_u32(&((struct world *)ctx)->noise);
}

static void env_note(void *ctx, const struct babel_note *n)
{
	(void)ctx, (void)n;
}

static mono_t env_clock(void *ctx)
{
	struct world *w = ctx;

	return mono_add(w->now, prng_below(&w->noise, 1000));
}

/* No digest worth the name, but it depends on all that it is given. */
static bool env_mac(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX])
{
	uint32_t h = key * 2654435761u + 17;

	(void)ctx;
	for (size_t k = 0; k < pseudo.len; k++)
		h = h * 31 + pseudo.p[k];
	for (size_t k = 0; k < octets.len; k++)
		h = h * 31 + octets.p[k];
	for (size_t k = 0; k < BABEL_MAC_MAX; k++)
		out[k] = (uint8_t)(h >> k % 25);
	return true;
}

static void env_remember(void *ctx, uint32_t place, const struct babel_memory *m)
{
	(void)ctx, (void)place, (void)m;
}

static const struct babel_env env = {
	.send = env_send,
	.route = env_route,
	.random = env_random,
	.note = env_note,
	.clock = env_clock,
	.mac = env_mac,
	.remember = env_remember,
};

/* ---- a story ---- */

static uint32_t below(struct world *w, uint32_t n)
{
	return prng_below(&w->r, n);
}

static struct sdprefix any_pair(struct world *w)
{
	struct addr a = {{0x20, 1, 0x0d, 0xb8, 0, (uint8_t)below(w, 6)}};
	struct addr s = {{0x20, 1, 0x0d, 0xb8, 0xff, (uint8_t)below(w, 2)}};
	struct prefix dst, src;
	struct sdprefix p;

	assert_true(prefix_make(&dst, FAM_IP6, &a, 48) &&
		    prefix_make(&src, FAM_IP6, &s, below(w, 2) ? 48 : 0));
	assert_true(sdprefix_make(&p, &dst, &src));
	return p;
}

static void say(struct world *w, ifid_t i, unsigned int peer, const struct tlv *t)
{
	struct addr from = {{0xfe, 0x80, [13] = (uint8_t)i, [15] = (uint8_t)(2 + peer)}};
	struct babel_datagram d = {.ifid = i, .from = from, .to = babel_group, .arrived = w->now};
	struct packet_writer pw;
	uint8_t buf[512];

	packet_begin(&pw, buf, sizeof(buf), FAM_IP6, &from);
	assert_true(packet_put(&pw, t));
	d.octets = packet_end(&pw);
	core_packet(&w->core, &d, w->now);
}

static void hello(struct world *w, ifid_t i, unsigned int peer)
{
	struct tlv t = {.type = TLV_HELLO};

	t.u.hello.seqno = w->hello[i][peer]++;
	t.u.hello.interval.cs = 400;
	say(w, i, peer, &t);
	t = (struct tlv){.type = TLV_IHU};
	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = w->info[i].linklocal;
	t.u.ihu.rxcost = below(w, 9) ? 96 : BABEL_INFINITY;
	t.u.ihu.interval.cs = 1200;
	say(w, i, peer, &t);
}

static void update(struct world *w, ifid_t i, unsigned int peer)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct tlv_update *u = &t.u.update;

	u->pair = any_pair(w);
	u->interval.cs = 800;
	u->metric = below(w, 4) ? (uint16_t)(below(w, 9) * 50) : BABEL_INFINITY;
	u->seqno = (uint16_t)below(w, 3);
	u->have_router_id = u->have_nexthop = u->metric != BABEL_INFINITY;
	u->router_id = (struct router_id){{9, (uint8_t)below(w, 3)}};
	u->nexthop_family = FAM_IP6;
	u->nexthop = (struct addr){{0xfe, 0x80, [13] = (uint8_t)i, [15] = (uint8_t)(2 + peer)}};
	say(w, i, peer, &t);
}

static void if_up(struct world *w, ifid_t i)
{
	struct babel_if_config c = {
		.rxcost = 96,
		.split_horizon = below(w, 2),
		.type = below(w, 2) ? BABEL_WIRED : BABEL_WIRELESS,
		.hello_interval = 4 * USEC_PER_SEC,
		.update_interval = 16 * USEC_PER_SEC,
		.rtt = {.on = below(w, 2),
			.decay = 42,
			.min = 10000,
			.max = 120000,
			.max_penalty = 150},
		.auth = {.enabled = below(w, 3) == 0,
			 .permissive = true,
			 .n = 1,
			 .keys = {{.handle = 1,
				   .id = 1,
				   .mac_len = 32,
				   .send = true,
				   .accept = true}}},
	};

	core_if_up(&w->core, i, &w->info[i], &c, w->now);
}

static void filters(struct world *w)
{
	struct sdprefix p = any_pair(w);
	struct filter_rule rule = {.number = 10, .deny = below(w, 2), .add_metric = 32};
	struct babel_filters f = {.accept_connected_specific = below(w, 2)};

	rule.dst = (struct prefix_range){.set = true, .p = p.dst};
	f.rules[FILTER_IN] = &rule;
	f.n[FILTER_IN] = below(w, 2);
	core_set_filters(&w->core, &f, w->now);
	core_set_connected(&w->core, &p.dst, below(w, 2), w->now);
}

static void limits(struct world *w)
{
	struct babel_limits l = {.neighbours = below(w, 3), .routes = below(w, 20)};

	core_set_limits(&w->core, &l, w->now);
}

static void pass(struct world *w, usec_t d)
{
	mono_t end = mono_add(w->now, d);
	const struct babel *b = w->core.stage.babel;

	while (b && !mono_before(end, babel_next_deadline(b))) {
		if (mono_before(w->now, babel_next_deadline(b)))
			w->now = babel_next_deadline(b);
		core_run_due(&w->core, w->now);
	}
	w->now = end;
}

static void begin_instance(struct world *w)
{
	struct babel_config config = {.router_id = {{1, 2, 3, 4, 5, 6, 7, 8}}};
	struct babel_persist persist = {.router_id = config.router_id,
					.seqno = 77,
					.n = 1,
					.ifs = {{.name = "e1", .hello_seqno = 5}}};

	core_new(&w->core, &config, w->now);
	core_persist_set(&w->core, &persist, w->now);
	for (ifid_t i = 1; i <= IFS; i++)
		if_up(w, i);
}

static void step(struct world *w)
{
	ifid_t i = 1 + below(w, IFS);
	unsigned int peer = below(w, PEERS);
	struct sdprefix p = any_pair(w);
	struct babel_local l = {.metric = 5, .rib_metric = 7, .ifname = "lan"};

	switch (below(w, 17)) {
	case 16:
		limits(w);
		break;
	case 0:
		core_if_down(&w->core, i, w->now);
		break;
	case 1:
		if_up(w, i);
		break;
	case 2:
		core_local_offer(&w->core, &p, &l, w->now);
		break;
	case 3:
		core_local_del(&w->core, &p, w->now);
		break;
	case 4:
		core_set_source_specific(&w->core, below(w, 4), below(w, 2), w->now);
		break;
	case 5:
		core_clear_route(&w->core, &p, w->now);
		break;
	case 6:
		filters(w);
		break;
	case 7:
		core_replay_choices(&w->core, w->now);
		break;
	case 8:
		pass(w, below(w, 20) * USEC_PER_SEC);
		break;
	case 9:
	case 10:
		pass(w, below(w, 500) * USEC_PER_MSEC);
		break;
	case 11:
	case 12:
		hello(w, i, peer);
		break;
	default:
		update(w, i, peer);
		break;
	}
}

/* ---- playing ---- */

static char *content(const struct world *w, size_t *len)
{
	FILE *f = fopen(w->path, "r");
	struct stat st;
	char *text;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*len = (size_t)st.st_size;
	text = malloc(*len + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, *len, f), *len);
	text[*len] = '\0';
	fclose(f);
	return text;
}

/* Whole lines to the first verdict that is not PLAY_ON. */
static enum play_verdict play(struct player *p, const char *text, size_t len)
{
	enum play_verdict v = PLAY_ON;
	const char *end;

	while (v == PLAY_ON && (end = memchr(text, '\n', len))) {
		v = player_line(p, span_of(text, (size_t)(end - text)));
		len -= (size_t)(end - text) + 1;
		text = end + 1;
	}
	return v == PLAY_ON ? player_end(p) : v;
}

static const struct player_ops deaf = {.before = NULL};

static void must_play(const struct world *w, enum play_verdict want)
{
	struct player *p = player_new(PLAY_STRICT, &deaf, NULL);
	size_t len;
	char *text = content(w, &len);
	enum play_verdict v = play(p, text, len);
	struct player_view view = player_look(p);

	if (v != want) {
		prng_tell(&w->r, view.events);
		fail_msg("line %llu: %s %s %s", (unsigned long long)view.lines,
			 play_verdict_name(v), view.where, view.what);
	}
	if (w->core.stage.babel)
		assert_true(babel_hash(view.babel) == babel_hash(w->core.stage.babel));
	free(text);
	player_free(p);
}

static void begin(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->r = prng_init(seed);
	w->noise = prng_init(seed + 1);
	w->now = (mono_t){12345678};
	snprintf(w->path, sizeof(w->path), "/tmp/srcdest-record.%d", (int)getpid());
	for (ifid_t i = 1; i <= IFS; i++)
		w->info[i] = (struct babel_if_info){
			.name = i == 1	 ? "e1"
				: i == 2 ? "e2"
					 : "e\"3",
			.linklocal = {{0xfe, 0x80, [13] = (uint8_t)i, [15] = 1}},
			.mtu = 1500};
	core_init(&w->core, &env, w);
}

static void record(struct world *w, uint64_t limit)
{
	char err[256];

	if (!core_record(&w->core, w->path, limit, err, sizeof(err)))
		fail_msg("%s", err);
}

static void end(struct world *w)
{
	core_fini(&w->core, w->now);
	unlink(w->path);
}

/* ---- tests ---- */

static void any_story_is_replayed(void **state)
{
	struct world w;
	struct stat st;

	(void)state;
	for (uint64_t story = 1; story <= 4; story++) {
		begin(&w, story);
		record(&w, LIMIT);
		assert_int_equal(stat(w.path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		begin_instance(&w);
		for (uint64_t k = prng_ops(1500) + 20; k > 0; k--)
			step(&w);
		assert_true(w.sent > 10 && w.routes > 0);
		must_play(&w, PLAY_ON); /* it goes on */
		core_goodbye(&w.core, w.now);
		core_free(&w.core, w.now);
		begin_instance(&w); /* another one */
		for (unsigned int k = 0; k < 50; k++)
			step(&w);
		core_record_stop(&w.core, "enough");
		must_play(&w, PLAY_ENDED);
		step(&w); /* is not in it */
		assert_string_equal(core_record_look(&w.core).ended, "enough");
		end(&w);
	}
}

/* Cut off anywhere, as much is replayed as is there. */
static void cut_off_anywhere(void **state)
{
	struct world w;
	size_t len;
	char *text;

	(void)state;
	begin(&w, 9);
	record(&w, LIMIT);
	begin_instance(&w);
	for (unsigned int k = 0; k < 60; k++)
		step(&w);
	text = content(&w, &len);
	for (uint64_t k = prng_ops(300) + 5; k > 0; k--) {
		struct player *p = player_new(PLAY_STRICT, &deaf, NULL);
		size_t cut = below(&w, (uint32_t)len);
		enum play_verdict v = play(p, text, cut);

		if (memchr(text, '\n', cut))
			assert_int_equal(v, PLAY_ON);
		else
			assert_int_equal(v, PLAY_NO_HEAD);
		player_free(p);
	}
	free(text);
	end(&w);
}

static void the_limit_ends_it_not_babel(void **state)
{
	struct record_view v;
	struct world w;
	size_t len;

	(void)state;
	begin(&w, 3);
	record(&w, 1); /* the least there is */
	begin_instance(&w);
	for (unsigned int k = 0; k < 3000; k++)
		step(&w);
	v = core_record_look(&w.core);
	assert_false(v.running);
	assert_string_equal(v.ended, "limit");
	assert_int_equal(v.limit, RECORD_LIMIT_LEAST);
	free(content(&w, &len));
	assert_in_range(len, RECORD_LIMIT_LEAST, RECORD_LIMIT_LEAST + 70000);
	assert_int_equal(v.octets, len);
	assert_non_null(w.core.stage.babel);
	end(&w);
}

static void a_full_disk_ends_it_not_babel(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4);
	snprintf(w.path, sizeof(w.path), "/dev/full");
	record(&w, LIMIT);
	assert_false(core_record_look(&w.core).running);
	assert_string_equal(core_record_look(&w.core).ended, "No space left on device");
	begin_instance(&w);
	for (unsigned int k = 0; k < 100; k++)
		step(&w);
	assert_true(w.sent > 0);
	core_fini(&w.core, w.now);
}

static void what_can_not_be_opened(void **state)
{
	char err[512], name[400] = "/";
	struct world w;

	(void)state;
	begin(&w, 5);
	assert_false(core_record(&w.core, "/nowhere/x", LIMIT, err, sizeof(err)));
	assert_string_equal(err, "can't record into /nowhere/x: No such file or directory");
	memset(name + 1, 'x', sizeof(name) - 2);
	assert_false(core_record(&w.core, name, LIMIT, err, sizeof(err)));
	/* Nobody makes us write into another's file. */
	assert_int_equal(symlink("/dev/null", w.path), 0);
	assert_false(core_record(&w.core, w.path, LIMIT, err, sizeof(err)));
	assert_string_equal(core_record_look(&w.core).path, "");
	begin_instance(&w);
	end(&w);
}

/* Signed packets, checked ones and time stamps: the answers are in the file,
 * the key is not known to the player. */
static void digests_are_answers(void **state)
{
	struct world w;
	size_t len;
	char *text;

	(void)state;
	begin(&w, 6);
	record(&w, LIMIT);
	begin_instance(&w);
	for (unsigned int k = 0; k < 400; k++)
		step(&w);
	text = content(&w, &len);
	assert_non_null(strstr(text, "{\"answer\":\"mac\",\"value\":\""));
	assert_non_null(strstr(text, "{\"answer\":\"clock\",\"value\":"));
	free(text);
	must_play(&w, PLAY_ON);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_story_is_replayed),
		cmocka_unit_test(cut_off_anywhere),
		cmocka_unit_test(the_limit_ends_it_not_babel),
		cmocka_unit_test(a_full_disk_ends_it_not_babel),
		cmocka_unit_test(what_can_not_be_opened),
		cmocka_unit_test(digests_are_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
