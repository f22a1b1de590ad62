/* SPDX-License-Identifier: MIT */
/*
 * The (D,S) table beside tables of other shapes, doing the same:
 *
 *	bench_table [--json] [--shape NAME] [--only MODEL] [PAIRS ...]
 *
 * Destinations are of lengths 32 to 64, some within others; a plain ::/0 ends
 * all falls. Everything happens in random order, the walk apart. A lookup is
 * for a host of a random destination, and in one of four cases from a source
 * that it does not have.
 *
 * Prints nanoseconds of CPU and octets per pair, and how many times ours that
 * is. All must give the same answers. --only, for callgrind: the inclusive
 * cost of OURS_insert and so on is the instructions.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/table_model.h"

#define AT_LEAST 200000 /* operations to be timed: small tables are built again */

enum work { INSERT, FIND, LOOKUP, WALK, REMOVE, OCTETS, WORKS };
static const char *const work_name[WORKS] = {"insert", "find",	 "lookup",
					     "walk",   "delete", "octets"};

enum shape { PAIRS, PLAIN, ONE, SHAPES };
static const char *const shape_name[SHAPES] = {"pairs", "plain", "one"};
static const char *const shape_text[SHAPES] = {"4 sources per destination", "plain",
					       "one destination"};

static const struct model *const models[] = {&model_ours, &model_frr, &model_bird,
					     &model_bird_trie};
#define MODELS (sizeof(models) / sizeof(*models))

struct probe {
	struct addr dst, src;
};

struct load {
	uint32_t n;
	struct sdprefix *pair;
	uint32_t *order;
	struct probe *probe;
};

struct result {
	double per[WORKS];
	uint64_t answers;
};

static uint64_t seed;

/* The step of splitmix64. */
static uint64_t next64(void)
{
	uint64_t v = seed += UINT64_C(0x9e3779b97f4a7c15);

	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)((next64() >> 32) * n >> 32);
}

static struct addr random_addr(uint8_t first)
{
	struct addr a;

	for (unsigned int i = 0; i < sizeof(a.b); i++)
		a.b[i] = (uint8_t)next64();
	a.b[0] = first;
	return a;
}

static struct prefix numbered(uint8_t first, uint32_t i, unsigned int plen)
{
	struct addr a = {.b = {first, (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
			       (uint8_t)i}};
	struct prefix p;

	prefix_make(&p, FAM_IP6, &a, plen);
	return p;
}

/* Every eighth is within the one before it. */
static struct prefix destination(const struct prefix *before, uint32_t i)
{
	static const uint8_t lengths[] = {40, 44, 48, 48, 56, 60, 64, 64};
	struct addr a = random_addr(0x20);
	struct prefix p;
	unsigned int plen = lengths[below(sizeof(lengths))];

	if (i % 8 == 7 && before->plen < 64) {
		a = before->addr;
		a.b[7] = (uint8_t)next64();
		plen = 64;
	}
	prefix_make(&p, FAM_IP6, &a, plen);
	return p;
}

static struct load load_make(enum shape s, uint32_t n)
{
	struct load l = {.n = n};
	struct prefix dst = prefix_any(FAM_IP6), src, any = dst;

	seed = n * 8 + s;
	l.pair = calloc(n, sizeof(*l.pair));
	l.order = calloc(n, sizeof(*l.order));
	l.probe = calloc(n, sizeof(*l.probe));
	sdprefix_make(&l.pair[0], &any, NULL);
	for (uint32_t i = 1; i < n; i++) {
		if (s == PLAIN || (s == PAIRS && i % 4 == 1))
			dst = destination(&dst, i / (s == PAIRS ? 4 : 1));
		src = s == PLAIN ? any
		      : s == ONE ? numbered(0x3f, i, 40)
				 : numbered(0x3f, i % 4, 40);
		sdprefix_make(&l.pair[i], &dst, &src);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = below(i + 1);
		const struct sdprefix *p = &l.pair[below(n)];

		l.order[i] = l.order[k];
		l.order[k] = i;
		l.probe[i].dst = random_addr(0x20);
		memcpy(l.probe[i].dst.b, p->dst.addr.b, p->dst.plen / 8);
		l.probe[i].src = random_addr(below(4) ? 0x3f : 0x3e);
		memcpy(l.probe[i].src.b + 1, p->src.addr.b + 1, 4);
	}
	return l;
}

static void load_free(struct load *l)
{
	free(l->pair);
	free(l->order);
	free(l->probe);
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* One life of a table. Adds up the times; the answers are what all agree on. */
static void round_of(const struct model *m, const struct load *l, struct result *r)
{
	double at[WORKS + 1];
	uint64_t answers = 0;
	void *t = m->new ();
	size_t empty = m->octets(t);

	at[INSERT] = cpu();
	for (uint32_t i = 0; i < l->n; i++)
		m->insert(t, &l->pair[l->order[i]], l->order[i] + 1);
	at[FIND] = cpu();
	for (uint32_t i = 0; i < l->n; i++)
		answers += m->find(t, &l->pair[l->order[l->n - 1 - i]]);
	at[LOOKUP] = cpu();
	for (uint32_t i = 0; i < l->n; i++)
		answers = answers * 31 + m->lookup(t, &l->probe[i].dst, &l->probe[i].src);
	at[WALK] = cpu();
	answers += m->walk(t);
	at[REMOVE] = cpu();
	r->per[OCTETS] = (double)(m->octets(t) - empty) / l->n;
	for (uint32_t i = 0; i < l->n; i++)
		m->remove(t, &l->pair[l->order[l->n / 2 > i ? i + l->n / 2 : l->n - 1 - i]]);
	at[OCTETS] = cpu();
	for (unsigned int w = INSERT; w < OCTETS; w++)
		r->per[w] += at[w + 1] - at[w];
	r->answers = answers;
	m->free(t);
}

/* A hash by destination is quadratic in the sources of one. */
static bool stands(const struct model *m, enum shape s, uint32_t n, const char *only)
{
	if (only && strcmp(only, m->name) != 0)
		return false;
	return s != ONE || n <= 10000 || (m != &model_bird && m != &model_bird_trie);
}

static void print_text(enum shape s, uint32_t n, const struct result *r, const char *only)
{
	printf("\n%s, %u pairs: ns and octets per pair (times ours)\n%-10s", shape_text[s], n, "");
	for (unsigned int w = 0; w < WORKS; w++)
		printf("%16s", work_name[w]);
	for (size_t k = 0; k < MODELS; k++) {
		if (!stands(models[k], s, n, only))
			continue;
		printf("\n%-10s", models[k]->name);
		for (unsigned int w = 0; w < WORKS; w++)
			printf("%8.0f (%5.2f)", r[k].per[w], only ? 1 : r[k].per[w] / r[0].per[w]);
	}
	putchar('\n');
}

static void print_json(enum shape s, uint32_t n, const struct result *r, const char *only)
{
	static bool more;

	for (size_t k = 0; k < MODELS; k++) {
		if (!stands(models[k], s, n, only))
			continue;
		printf("%s\n {\"shape\": \"%s\", \"pairs\": %u, \"table\": \"%s\"",
		       more ? "," : "[", shape_name[s], n, models[k]->name);
		for (unsigned int w = 0; w < WORKS; w++)
			printf(", \"%s\": %.1f", work_name[w], r[k].per[w]);
		putchar('}');
		more = true;
	}
}

static void measure(enum shape s, uint32_t n, const char *only, bool json)
{
	struct load l = load_make(s, n);
	struct result r[MODELS] = {0};
	uint32_t rounds = n < AT_LEAST ? AT_LEAST / n : 1;

	for (uint32_t i = 0; i < (only ? 1 : rounds); i++)
		for (size_t k = 0; k < MODELS; k++)
			if (stands(models[k], s, n, only))
				round_of(models[k], &l, &r[k]);
	for (size_t k = 0; k < MODELS; k++) {
		for (unsigned int w = INSERT; w < OCTETS; w++)
			r[k].per[w] /= (double)n * (only ? 1 : rounds);
		if (stands(models[k], s, n, only) && !only && r[k].answers != r[0].answers) {
			fprintf(stderr, "%s answers otherwise than ours\n", models[k]->name);
			exit(1);
		}
	}
	(json ? print_json : print_text)(s, n, r, only);
	fflush(stdout);
	load_free(&l);
}

int main(int argc, char **argv)
{
	static uint32_t usual[] = {1000, 10000, 100000}, given[16], *sizes = usual;
	const char *only = NULL, *shape = NULL;
	size_t n_sizes = 3, n_given = 0;
	bool json = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--only") && i + 1 < argc)
			only = argv[++i];
		else if (!strcmp(argv[i], "--shape") && i + 1 < argc)
			shape = argv[++i];
		else if (n_given < 16 && atoi(argv[i]) > 1)
			given[n_given++] = (uint32_t)atoi(argv[i]);
		else
			return fprintf(stderr, "what is %s?\n", argv[i]), 2;
	}
	if (n_given) {
		sizes = given;
		n_sizes = n_given;
	}
	for (unsigned int s = 0; s < SHAPES; s++)
		for (size_t i = 0; i < n_sizes; i++)
			if (!shape || !strcmp(shape, shape_name[s]))
				measure((enum shape)s, sizes[i], only, json);
	if (json)
		printf("\n]\n");
	return 0;
}
