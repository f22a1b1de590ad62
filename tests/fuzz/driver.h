/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target runs in two ways. With --enable-fuzzers it is linked with
 * libFuzzer. In the normal build it is linked with driver.c, whose main()
 * mutates the target's own seeds, the same way each time, so that `make
 * check` walks some hundred thousand inputs in a few seconds, after those of
 * tests/fuzz/corpus/X, which tools/fuzz has collected.
 *
 *	fuzz_X [-runs=N] [FILE...]
 *
 * SRCDEST_TEST_SEED chooses another walk; a crash prints the input in hex.
 */
#ifndef SRCDEST_FUZZ_DRIVER_H
#define SRCDEST_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

struct fuzz_seed {
	const void *octets;
	size_t len; /* at most FUZZ_MAX */
};
#define FUZZ_MAX 16384

/* The target's: good inputs to start from; at least one. */
const struct fuzz_seed *fuzz_seeds(size_t *n);
/* The target may define it, if one input is a long story: how many of them
 * `make check` walks. */
extern const unsigned long fuzz_runs __attribute__((weak));
/* The target's. abort() on what must not be. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
