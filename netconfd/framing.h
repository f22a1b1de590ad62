/* SPDX-License-Identifier: MIT */
/*
 * Framing of NETCONF messages, RFC 6242 4: end-of-message (4.3, base:1.0 and
 * the hello) and chunked (4.2, base:1.1). Octets in, messages out; no socket,
 * no clock. Nobody is believed: a message is collected as it arrives, never
 * allocated by the size that it announces.
 */
#ifndef SRCDEST_NETCONFD_FRAMING_H
#define SRCDEST_NETCONFD_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Of one message; with room for the frame to mgmtd around it, which is limited
 * to 16 MiB. */
#define FRAMING_MAX (((size_t)16 << 20) - 1024)

enum framing_state {
	FRAMING_EOM,   /* base:1.0: anything up to ]]>]]> */
	FRAMING_LF,    /* chunked: the line feed before # */
	FRAMING_HASH,  /* # */
	FRAMING_FIRST, /* first digit of a size, or the second # of the end */
	FRAMING_SIZE,  /* more digits, or the line feed after them */
	FRAMING_DATA,  /* `left` octets of a chunk */
	FRAMING_END,   /* the line feed after ## */
};

enum framing_verdict {
	FRAMING_MORE,	 /* all is consumed, the message is not whole yet */
	FRAMING_MESSAGE, /* message, len hold one; framing_next() before the next call */
	FRAMING_BAD,	 /* the session can't go on; `why` says what */
};

struct framing {
	struct memtag *mem; /* borrowed */
	enum framing_state state;
	uint64_t left;	/* of the chunk; while reading its size: the size so far */
	bool any_chunk; /* this message has one */
	uint8_t *message;
	size_t len, room;
	const char *why;
};

/* Starts with end-of-message framing. */
void framing_init(struct framing *f, struct memtag *mem);
void framing_clear(struct framing *f);
/* From the next message on: RFC 6242 4.1. */
void framing_chunked(struct framing *f);
/* Reads up to the end of one message; *used octets of `in` are consumed. */
enum framing_verdict framing_read(struct framing *f, struct span in, size_t *used);
/* The message has been dealt with. */
void framing_next(struct framing *f);

/* ---- writing ---- */

#define FRAMING_HEAD_MAX 16
/* What goes before a piece of `len` octets (not 0), NUL-terminated. */
void framing_head(bool chunked, size_t len, char head[FRAMING_HEAD_MAX]);
/* What goes after the last piece. */
const char *framing_tail(bool chunked);

#endif
