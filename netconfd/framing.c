/* SPDX-License-Identifier: MIT */
/* Framing of NETCONF messages, RFC 6242 4. */
#include "netconfd/framing.h"

#include <stdio.h>
#include <string.h>

#define EOM	  "]]>]]>"
#define EOM_LEN	  6
/* RFC 6242 4.2: chunk-size is at most this. */
#define CHUNK_MAX UINT64_C(4294967295)
/* What an ordinary message does not exceed stays allocated. */
#define KEEP_ROOM ((size_t)64 << 10)

void framing_init(struct framing *f, struct memtag *mem)
{
	*f = (struct framing){.mem = mem, .state = FRAMING_EOM};
}

void framing_clear(struct framing *f)
{
	mem_free(f->mem, f->message);
	*f = (struct framing){.mem = f->mem};
}

void framing_chunked(struct framing *f)
{
	f->state = FRAMING_LF;
}

static enum framing_verdict bad(struct framing *f, const char *why)
{
	f->why = why;
	return FRAMING_BAD;
}

static bool add(struct framing *f, const uint8_t *p, size_t n)
{
	if (n > FRAMING_MAX - f->len)
		return false;
	if (n > f->room - f->len) {
		size_t room = f->room ? f->room : 1024;

		while (room < f->len + n)
			room *= 2;
		f->message = mem_resize(f->mem, f->message, f->room, room);
		f->room = room;
	}
	memcpy(f->message + f->len, p, n);
	f->len += n;
	return true;
}

/* Up to the next '>', which is where a delimiter may end. */
static enum framing_verdict read_eom(struct framing *f, struct span in, size_t *used)
{
	while (*used < in.len) {
		const uint8_t *from = in.p + *used;
		const uint8_t *gt = memchr(from, '>', in.len - *used);
		size_t n = gt ? (size_t)(gt + 1 - from) : in.len - *used;

		if (!add(f, from, n))
			return bad(f, "the message is too long");
		*used += n;
		if (gt && f->len >= EOM_LEN &&
		    !memcmp(f->message + f->len - EOM_LEN, EOM, EOM_LEN)) {
			f->len -= EOM_LEN;
			return FRAMING_MESSAGE;
		}
	}
	return FRAMING_MORE;
}

/* A digit of the size, or the end of the line. */
static bool read_size(struct framing *f, uint8_t c)
{
	if (c == '\n') {
		f->state = FRAMING_DATA;
		return true;
	}
	if (c < '0' || c > '9')
		return false;
	f->left = f->left * 10 + (uint64_t)(c - '0');
	return f->left <= CHUNK_MAX;
}

static enum framing_verdict read_header(struct framing *f, uint8_t c)
{
	switch (f->state) {
	case FRAMING_LF:
		if (c != '\n')
			return bad(f, "no line feed before a chunk");
		f->state = FRAMING_HASH;
		return FRAMING_MORE;
	case FRAMING_HASH:
		if (c != '#')
			return bad(f, "no # before a chunk");
		f->state = FRAMING_FIRST;
		return FRAMING_MORE;
	case FRAMING_FIRST:
		if (c == '#' && f->any_chunk) {
			f->state = FRAMING_END;
			return FRAMING_MORE;
		}
		/* No leading zero, and so no empty chunk. */
		if (c < '1' || c > '9')
			return bad(f, c == '#' ? "a message without a chunk" : "no chunk size");
		f->left = (uint64_t)(c - '0');
		f->state = FRAMING_SIZE;
		return FRAMING_MORE;
	case FRAMING_SIZE:
		return read_size(f, c) ? FRAMING_MORE : bad(f, "no chunk size");
	case FRAMING_END:
		return c == '\n' ? FRAMING_MESSAGE : bad(f, "no line feed after ##");
	case FRAMING_DATA:
	case FRAMING_EOM:
		break;
	}
	return bad(f, "not in a header");
}

static enum framing_verdict read_chunked(struct framing *f, struct span in, size_t *used)
{
	while (*used < in.len) {
		size_t n = in.len - *used;
		enum framing_verdict v;

		if (f->state != FRAMING_DATA) {
			v = read_header(f, in.p[(*used)++]);
			if (v != FRAMING_MORE)
				return v;
			continue;
		}
		n = f->left < n ? (size_t)f->left : n;
		if (!add(f, in.p + *used, n))
			return bad(f, "the message is too long");
		*used += n;
		f->left -= n;
		f->any_chunk = true;
		if (f->left == 0)
			f->state = FRAMING_LF;
	}
	return FRAMING_MORE;
}

enum framing_verdict framing_read(struct framing *f, struct span in, size_t *used)
{
	*used = 0;
	return f->state == FRAMING_EOM ? read_eom(f, in, used) : read_chunked(f, in, used);
}

void framing_next(struct framing *f)
{
	f->len = 0;
	f->any_chunk = false;
	if (f->state != FRAMING_EOM)
		f->state = FRAMING_LF;
	if (f->room <= KEEP_ROOM)
		return;
	mem_free(f->mem, f->message);
	f->message = NULL;
	f->room = 0;
}

void framing_head(bool chunked, size_t len, char head[FRAMING_HEAD_MAX])
{
	head[0] = '\0';
	if (chunked)
		snprintf(head, FRAMING_HEAD_MAX, "\n#%zu\n", len);
}

const char *framing_tail(bool chunked)
{
	return chunked ? "\n##\n" : EOM;
}
