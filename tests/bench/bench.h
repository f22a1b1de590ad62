/* SPDX-License-Identifier: MIT */
/*
 * What the programs of the benchmarks share: the table that all of them mean
 * by "route number i", time, and commands on standard input.
 *
 * Route i of a table with s sources per destination is
 *	2001:db8:x:y::/64, where xy is i / s, from 3fff:z::/32, where z is i % s;
 * with s = 0 it is the plain route of 2001:db8:x:y::/64, where xy is i.
 */
#ifndef SRCDEST_TESTS_BENCH_H
#define SRCDEST_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/prefix.h"

struct table {
	uint32_t n, sources;
};

struct sdprefix table_pair(const struct table *t, uint32_t i);
/* False: the pair is not of this table. */
bool table_index(const struct table *t, const struct sdprefix *pair, uint32_t *i);

/* CLOCK_MONOTONIC in seconds: the same on all sides of a namespace. */
double now(void);
/* Prints "WORD TIME", at once, for whoever runs this. */
void say(const char *word, double at);
void die(const char *what) __attribute__((noreturn));

/* Reads what standard input has; each whole line goes to `line`, in words.
 * False: it has ended. */
#define BENCH_WORDS 8
bool commands(void (*line)(void *ctx, char **words, unsigned int n), void *ctx);
/* A number among the words, or what stands for it if there are fewer. */
uint32_t number(char **words, unsigned int n, unsigned int k, uint32_t otherwise);

#endif
