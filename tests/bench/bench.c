/* SPDX-License-Identifier: MIT */
#include "tests/bench/bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DST_LEN 64
#define SRC_LEN 32
static const uint8_t dst_head[4] = {0x20, 0x01, 0x0d, 0xb8};
static const uint8_t src_head[2] = {0x3f, 0xff};

struct sdprefix table_pair(const struct table *t, uint32_t i)
{
	uint32_t d = t->sources ? i / t->sources : i, s = t->sources ? i % t->sources : 0;
	struct addr a = {0};
	struct prefix dst, src;
	struct sdprefix pair;

	memcpy(a.b, dst_head, sizeof(dst_head));
	for (unsigned int k = 0; k < 4; k++)
		a.b[4 + k] = (uint8_t)(d >> (24 - 8 * k));
	prefix_make(&dst, FAM_IP6, &a, DST_LEN);
	memset(&a, 0, sizeof(a));
	memcpy(a.b, src_head, sizeof(src_head));
	a.b[2] = (uint8_t)(s >> 8);
	a.b[3] = (uint8_t)s;
	prefix_make(&src, FAM_IP6, &a, SRC_LEN);
	sdprefix_make(&pair, &dst, t->sources ? &src : NULL);
	return pair;
}

bool table_index(const struct table *t, const struct sdprefix *pair, uint32_t *i)
{
	const uint8_t *d = pair->dst.addr.b, *s = pair->src.addr.b;
	uint64_t at = 0;

	if (pair->dst.family != FAM_IP6 || pair->dst.plen != DST_LEN ||
	    memcmp(d, dst_head, sizeof(dst_head)) != 0)
		return false;
	for (unsigned int k = 4; k < 8; k++)
		at = at << 8 | d[k];
	if (t->sources) {
		uint32_t z = (uint32_t)s[2] << 8 | s[3];

		if (pair->src.plen != SRC_LEN || memcmp(s, src_head, sizeof(src_head)) != 0 ||
		    z >= t->sources)
			return false;
		at = at * t->sources + z;
	} else if (!sdprefix_is_plain(pair)) {
		return false;
	}
	*i = (uint32_t)at;
	return at < t->n;
}

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void say(const char *word, double at)
{
	printf("%s %.6f\n", word, at);
	fflush(stdout);
}

void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

bool commands(void (*line)(void *ctx, char **words, unsigned int n), void *ctx)
{
	static char buf[512];
	static size_t have;
	char *words[BENCH_WORDS], *end, *save;
	ssize_t got = read(STDIN_FILENO, buf + have, sizeof(buf) - 1 - have);

	if (got <= 0)
		return got < 0 && (errno == EINTR || errno == EAGAIN);
	have += (size_t)got;
	buf[have] = 0;
	while ((end = strchr(buf, '\n'))) {
		unsigned int n = 0;

		*end = 0;
		for (char *w = strtok_r(buf, " ", &save); w && n < BENCH_WORDS;
		     w = strtok_r(NULL, " ", &save))
			words[n++] = w;
		if (n)
			line(ctx, words, n);
		have -= (size_t)(end + 1 - buf);
		memmove(buf, end + 1, have + 1);
	}
	return have < sizeof(buf) - 1;
}

uint32_t number(char **words, unsigned int n, unsigned int k, uint32_t otherwise)
{
	return k < n ? (uint32_t)strtoul(words[k], NULL, 0) : otherwise;
}
