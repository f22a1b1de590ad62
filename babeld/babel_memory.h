/* SPDX-License-Identifier: MIT */
/*
 * RUNDIR/babeld.memory: what the protocol must not forget when its process
 * dies (struct babel_memory), kept in a mapped file. A store into it is there
 * for the next process from that instruction on, whatever ends this one, and
 * costs no system call.
 *
 * It says nothing after a crash of the machine, when parts of it may not have
 * been written: it names the boot that it is from. What was said more than
 * three minutes before the process died is of no use to anybody and is not
 * read (RFC 8966 3.7.3, Appendix B).
 *
 *	header: "sdbabel 1", boot, void, the moment when it was last true
 *	record: 64 octets, see babel_memory.c; place k is the k-th
 */
#ifndef SRCDEST_BABEL_MEMORY_H
#define SRCDEST_BABEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "babeld/core/babel.h"

#define MEMFILE_RECORDS_MAX (4u << 20) /* 256 MB */
#define MEMFILE_VALID	    (180 * USEC_PER_SEC)

struct memfile;

enum memfile_found {
	MEMFILE_WHOLE,	/* all that the last process was told to remember is there */
	MEMFILE_NOTHING /* a first start, another boot, or damaged (logged) */
};

/* Opens or makes it; what is not whole is emptied. NULL: nothing can be
 * remembered (logged). */
struct memfile *memfile_open(const char *path, enum memfile_found *found);
void memfile_close(struct memfile *m);

/* What is in it, for babel_recall(). */
void memfile_each(const struct memfile *m,
		  void (*each)(void *ctx, uint32_t place, const struct babel_memory *r), void *ctx);
size_t memfile_count(const struct memfile *m);
/* For env->remember; a distance may become another one of the same pair and
 * router-id in its place. If it fails for want of room the file says no more
 * that it is whole, which is logged once. */
void memfile_remember(struct memfile *m, uint32_t place, const struct babel_memory *r);
/* All of it is true now. Once a second or so. */
void memfile_alive(struct memfile *m);
/* Nobody relies on anything that was told. */
void memfile_forget_all(struct memfile *m);

#endif
