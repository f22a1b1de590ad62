/* SPDX-License-Identifier: MIT */
/*
 * zebra's ZAPI server under clients that come, say anything, and go: whatever
 * it is, the server lives, forgets them when they have gone, and the one good
 * client keeps its connection and its route.
 *
 * An input is a list of steps: an octet that says what (its low bits) and which
 * of the bad clients (its high ones), the length of what follows, and that.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/driver.h"
#include "tests/unit/zapi/golden.h"
#include "tests/unit/zapi/server_rig.h"

#define BAD   4
#define SEEDS (GOLDEN_N + 1)

const unsigned long fuzz_runs = 2000;

enum step { RAW, MESSAGE, HELLO, TURN, READ, HANG_UP, STEPS };

struct world {
	struct server_rig rig;
	int good, bad[BAD]; /* -1: not connected */
};

/* ---- seeds: each golden message behind a HELLO ---- */

static size_t put_step(uint8_t *to, enum step s, const uint8_t *v, size_t n)
{
	to[0] = (uint8_t)s;
	to[1] = (uint8_t)(n >> 8);
	to[2] = (uint8_t)n;
	memcpy(to + 3, v, n);
	return n + 3;
}

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static const uint8_t hello[] = {ROUTE_RIPNG, 0, 0};
	static struct fuzz_seed seeds[SEEDS];
	static uint8_t octets[SEEDS][1024];
	uint8_t buf[ZAPI_MAX_LEN];

	for (size_t i = 0; i < GOLDEN_N; i++) {
		size_t at = put_step(octets[i], HELLO, hello, sizeof(hello));

		at += put_step(octets[i] + at, RAW, buf, golden_octets(&goldens[i], buf));
		at += put_step(octets[i] + at, TURN, buf, 0);
		seeds[i] = (struct fuzz_seed){octets[i], at};
	}
	seeds[GOLDEN_N] = (struct fuzz_seed){octets[GOLDEN_N],
					     put_step(octets[GOLDEN_N], MESSAGE, hello, 3)};
	*n = SEEDS;
	return seeds;
}

/* ---- steps ---- */

/* A header that fits, and the rest as it came. */
static void say_framed(int fd, const uint8_t *v, size_t n)
{
	uint8_t buf[ZAPI_MAX_LEN] = {0, 0, ZAPI_MARKER, ZAPI_VERSION};
	size_t len = ZAPI_HEADER_LEN + (n ? n - 1 : 0);

	if (len > sizeof(buf))
		return;
	buf[0] = (uint8_t)(len >> 8);
	buf[1] = (uint8_t)len;
	buf[9] = n ? v[0] : 0;
	if (n > 1)
		memcpy(buf + ZAPI_HEADER_LEN, v + 1, n - 1);
	rig_say(fd, buf, len);
}

static void step(struct world *w, uint8_t what, const uint8_t *v, size_t n)
{
	int *fd = &w->bad[(what >> 4) % BAD];

	if (*fd < 0)
		*fd = rig_peer(&w->rig);
	switch ((enum step)(what % STEPS)) {
	case RAW:
		rig_say(*fd, v, n);
		break;
	case MESSAGE:
		say_framed(*fd, v, n);
		break;
	case HELLO:
		rig_hello(*fd, n ? v[0] % ROUTE_TYPE_ALL : ROUTE_RIPNG, n > 1 ? v[1] : 0);
		break;
	case TURN:
		server_rig_settle(&w->rig);
		break;
	case READ:
		rig_closed(*fd);
		break;
	case HANG_UP:
		close(*fd);
		*fd = -1;
		break;
	case STEPS:
		break;
	}
}

static bool count_gone(void *ctx, const struct zebra_zapi_gone_view *v)
{
	(void)v;
	++*(size_t *)ctx;
	return true;
}

static void check(struct world *w)
{
	size_t gone = 0;

	for (size_t i = 0; i < BAD; i++)
		if (w->bad[i] >= 0)
			close(w->bad[i]);
	for (int i = 0; i < 100 && rig_clients(&w->rig) > 1; i++)
		server_rig_settle(&w->rig);
	if (rig_clients(&w->rig) != 1 || rig_closed(w->good))
		abort();
	zebra_zapi_each_gone(w->rig.z, count_gone, &gone);
	server_rig_settle(&w->rig);
	if (rib_count(w->rig.rib) < 1 || (!gone && rib_count(w->rig.rib) != 1))
		abort();
	close(w->good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;

	if (!server_rig_init(&w.rig))
		abort();
	memset(w.bad, 0xff, sizeof(w.bad));
	w.good = rig_peer(&w.rig);
	if (!rig_hello(w.good, ROUTE_BABEL, 0) ||
	    !rig_route(w.good, ZAPI_ROUTE_ADD, ROUTE_BABEL, 1))
		abort();
	server_rig_settle(&w.rig);
	while (size >= 3) {
		size_t n = (size_t)(data[1] << 8 | data[2]);

		n = n < size - 3 ? n : size - 3;
		step(&w, data[0], data + 3, n);
		data += 3 + n;
		size -= 3 + n;
	}
	server_rig_settle(&w.rig);
	check(&w);
	if (server_rig_fini(&w.rig))
		abort();
	return 0;
}
