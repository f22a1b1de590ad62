/* SPDX-License-Identifier: MIT */
/* A target's own seeds as files, for libFuzzer, which has no other way to them. */
#include "tests/fuzz/driver.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dir = getenv("SRCDEST_FUZZ_SEEDS");
	size_t n;
	const struct fuzz_seed *seeds = fuzz_seeds(&n);
	char path[1024];

	(void)argc;
	(void)argv;
	for (size_t i = 0; dir && i < n; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/seed-%zu", dir, i);
		f = fopen(path, "wb");
		if (!f || fwrite(seeds[i].octets, 1, seeds[i].len, f) != seeds[i].len ||
		    fclose(f)) {
			perror(path);
			exit(1);
		}
	}
	return 0;
}
