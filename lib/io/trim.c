/* SPDX-License-Identifier: MIT */
/* Free memory goes back. */
#include "lib/io/trim.h"

#include <malloc.h>

/* Blocks of this size are maps of their own: they grow without a copy, and are
 * gone when freed, leaving no hole among what lives on. */
#define MAPPED ((int)131072)
/* Free octets more than the last time left between the live ones. */
#define WORTH  ((size_t)1 << 20)

static void trim(void *ctx)
{
	/* Holes smaller than a page stay, and are not gone through again. One heap
	 * to a process, and so one account of it. */
	static size_t left;
	size_t spare = mallinfo2().fordblks;

	(void)ctx;
	if (spare > left + WORTH) {
		malloc_trim(0);
		spare = mallinfo2().fordblks;
	}
	left = spare;
}

void trim_start(struct loop *l)
{
	mallopt(M_MMAP_THRESHOLD, MAPPED);
	mallopt(M_TOP_PAD, MAPPED * 2); /* a system call for 256 kB of small things */
	loop_on_quiet(l, trim, NULL);
}
