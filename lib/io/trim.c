/* SPDX-License-Identifier: MIT */
/* Free memory goes back. */
#include "lib/io/trim.h"

#include <malloc.h>
#include <time.h>

/* Blocks of this size are maps of their own: they grow without a copy, and are
 * gone when freed, leaving no hole among what lives on. */
#define MAPPED ((int)131072)
/* To trim is to walk the heap, some milliseconds where it is large: it comes
 * after so much work that this does not count. */
#define WORK   (100 * USEC_PER_MSEC)

static usec_t worked(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

static void trim(void *ctx)
{
	/* One heap to a process, and so one account of it. */
	static usec_t last;

	(void)ctx;
	if (worked() - last < WORK)
		return;
	malloc_trim(0);
	last = worked();
}

void trim_start(struct loop *l)
{
	mallopt(M_MMAP_THRESHOLD, MAPPED);
	mallopt(M_TOP_PAD, MAPPED * 2); /* a system call for 256 kB of small things */
	loop_on_quiet(l, trim, NULL);
}
