/* SPDX-License-Identifier: MIT */
/* Management messages: frames, and what is looked at before one is decoded. */
#include "lib/nb/msg.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/container.h"
#include "lib/io/log.h"
#include "lib/nb/arena.h"

#define HEAD	    4
#define FIRST_ROOM  ((size_t)4096)
/* Pieces of memory that decoding takes, against octets of the frame: a frame of
 * empty nodes would take fifty times its own size. */
#define PARTS_FREE  ((size_t)10000)
#define PARTS_OCTET 4

struct msg_conn {
	struct stream *stream;
	struct msg_limits limits;
	struct msg_ops ops;
	void *ctx;
	const char *name;
	/* The frame that is arriving; room grows with it. */
	uint8_t head[HEAD];
	size_t n_head;
	uint8_t *in;
	size_t n_in, room, want;
	bool ended;	   /* closed or finished by us: no further message */
	struct turn *turn; /* while message() runs */
};

/* What the owner did in message(). */
struct turn {
	bool freed, kept;
};

/* ---- what a frame holds ---- */

struct walk {
	const uint8_t *p, *end;
};

static bool varint(struct walk *w, uint64_t *out)
{
	uint64_t v = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		if (w->p == w->end)
			return false;
		uint8_t b = *w->p++;

		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80)) {
			*out = v;
			return true;
		}
	}
	return false;
}

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* Steps over one field; `body` is what a field of bytes holds. */
static bool field(struct walk *w, uint32_t *id, struct walk *body)
{
	uint64_t tag, n;

	if (!varint(w, &tag) || tag > UINT32_MAX)
		return false;
	*id = (uint32_t)(tag >> 3);
	*body = (struct walk){NULL, NULL};
	switch (tag & 7) {
	case WIRE_VARINT:
		return varint(w, &n);
	case WIRE_64:
		n = 8;
		break;
	case WIRE_32:
		n = 4;
		break;
	case WIRE_BYTES:
		if (!varint(w, &n))
			return false;
		break;
	default:
		return false;
	}
	if (n > (uint64_t)(w->end - w->p))
		return false;
	if ((tag & 7) == WIRE_BYTES)
		*body = (struct walk){w->p, w->p + n};
	w->p += n;
	return true;
}

/* The library decodes a message in a message by a call in a call, without end.
 * Here the end is at `depth`, and the parts are counted. */
static bool shape_fits(const ProtobufCMessageDescriptor *d, struct walk w, unsigned int depth,
		       size_t *parts)
{
	while (w.p < w.end) {
		const ProtobufCFieldDescriptor *f;
		struct walk body;
		uint32_t id;

		if (!field(&w, &id, &body))
			return false;
		if (!body.p)
			continue;
		if (!*parts)
			return false;
		--*parts;
		f = protobuf_c_message_descriptor_get_field(d, id);
		if (!f || f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if (depth == 0 || !shape_fits(f->descriptor, body, depth - 1, parts))
			return false;
	}
	return true;
}

/* A Message is its oneof and nothing else. */
static bool kind_fits(struct walk w, uint32_t accept)
{
	struct walk body;
	uint32_t id;

	return field(&w, &id, &body) && body.p && id < 32 && (accept & UINT32_C(1) << id) &&
	       w.p == w.end;
}

/* A decoded message, all of it in one arena. */
struct held {
	struct nb_arena arena;
	bool given;
	Mgmt__Message m;
};

static void *held_alloc(void *ctx, size_t size)
{
	struct held *h = ctx;

	if (h->given)
		return nb_arena_take(&h->arena, size);
	/* What is asked for first is the message itself. */
	assert(size == sizeof(h->m));
	h->given = true;
	return &h->m;
}

static void held_keep(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

static Mgmt__Message *unpack(struct span frame)
{
	struct held *h = calloc(1, sizeof(*h));
	ProtobufCAllocator in_arena = {held_alloc, held_keep, h};
	Mgmt__Message *m;

	if (!h)
		abort();
	m = mgmt__message__unpack(&in_arena, frame.len, frame.p);
	if (!m)
		msg_free(&h->m);
	return m;
}

Mgmt__Message *msg_decode(struct span frame, uint32_t accept)
{
	struct walk w = {frame.p, frame.p + frame.len};
	size_t parts = PARTS_FREE + frame.len / PARTS_OCTET;
	Mgmt__Message *m;

	if (!kind_fits(w, accept) ||
	    !shape_fits(&mgmt__message__descriptor, w, MSG_MAX_DEPTH, &parts))
		return NULL;
	m = unpack(frame);
	/* A kind that `accept` has room for and the protocol does not know. */
	if (m && m->kind_case == MGMT__MESSAGE__KIND__NOT_SET) {
		msg_free(m);
		return NULL;
	}
	return m;
}

void msg_free(Mgmt__Message *m)
{
	struct held *h;

	if (!m)
		return;
	h = container_of(m, struct held, m);
	nb_arena_free(&h->arena);
	free(h);
}

static void wrap(Mgmt__Message *m, Mgmt__Message__KindCase kind, ProtobufCMessage *part)
{
	mgmt__message__init(m);
	m->kind_case = kind;
	/* All members of the oneof are pointers to a message. */
	memcpy(&m->subscribe, &part, sizeof(part));
}

/* NULL: it would be longer than that. */
static uint8_t *encode(Mgmt__Message__KindCase kind, ProtobufCMessage *part, size_t max, size_t *n)
{
	Mgmt__Message m;
	uint8_t *frame;
	size_t len;

	wrap(&m, kind, part);
	len = mgmt__message__get_packed_size(&m);
	if (len > max)
		return NULL;
	frame = malloc(HEAD + len);
	if (!frame)
		abort();
	for (int i = 0; i < HEAD; i++)
		frame[i] = (uint8_t)(len >> (8 * (HEAD - 1 - i)));
	mgmt__message__pack(&m, frame + HEAD);
	*n = HEAD + len;
	return frame;
}

uint8_t *msg_encode(Mgmt__Message__KindCase kind, ProtobufCMessage *part, size_t *n)
{
	uint8_t *frame = encode(kind, part, UINT32_MAX, n);

	assert(frame);
	return frame;
}

const char *msg_leaf(Mgmt__Node *const *nodes, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(nodes[i]->name, name) == 0)
			return nodes[i]->value;
	return NULL;
}

/* ---- connections ---- */

static void refuse(struct msg_conn *c, const char *why)
{
	log_warning("%s: %s; the connection ends", c->name, why);
	msg_conn_close(c, why);
}

static void frame_start(struct msg_conn *c)
{
	c->want = 0;
	for (int i = 0; i < HEAD; i++)
		c->want = c->want << 8 | c->head[i];
	if (c->want == 0)
		refuse(c, "a frame without a message");
	else if (c->want > c->limits.max_in)
		refuse(c, "a message over the size limit");
}

/* False: the connection is gone. */
static bool frame_end(struct msg_conn *c)
{
	Mgmt__Message *m = msg_decode(span_of(c->in, c->n_in), c->limits.accept);
	struct turn turn = {0};

	/* A long one is not kept in room for short ones. */
	free(c->in);
	c->in = NULL;
	c->n_in = c->room = c->n_head = 0;
	if (!m) {
		refuse(c, "not a message that belongs here");
		return true;
	}
	c->turn = &turn;
	c->ops.message(c->ctx, c, m);
	if (!turn.kept)
		msg_free(m);
	if (turn.freed)
		return false;
	c->turn = NULL;
	return true;
}

static void frame_take(struct msg_conn *c, const uint8_t *p, size_t n)
{
	if (c->n_in + n > c->room) {
		size_t room = c->room ? 2 * c->room : FIRST_ROOM;

		if (room < c->n_in + n)
			room = c->n_in + n;
		if (room > c->want)
			room = c->want;
		c->in = realloc(c->in, room);
		if (!c->in)
			abort();
		c->room = room;
	}
	memcpy(c->in + c->n_in, p, n);
	c->n_in += n;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Takes a piece of a frame, at most to its end: the stream calls again. */
static size_t input(void *ctx, struct stream *s, struct span in)
{
	struct msg_conn *c = ctx;
	size_t n;

	(void)s;
	if (c->ended)
		return in.len;
	if (c->n_head < HEAD) {
		n = smaller(HEAD - c->n_head, in.len);
		memcpy(c->head + c->n_head, in.p, n);
		c->n_head += n;
		if (c->n_head == HEAD)
			frame_start(c);
		return n;
	}
	n = smaller(c->want - c->n_in, in.len);
	frame_take(c, in.p, n);
	if (c->n_in == c->want && !frame_end(c))
		return 0;
	return n;
}

static void closed(void *ctx, struct stream *s, const char *why)
{
	struct msg_conn *c = ctx;

	(void)s;
	c->ended = true;
	c->ops.closed(c->ctx, c, why);
}

static void drained(void *ctx, struct stream *s)
{
	struct msg_conn *c = ctx;

	(void)s;
	if (c->ops.drained)
		c->ops.drained(c->ctx, c);
}

static const struct stream_ops stream_ops = {.input = input, .closed = closed, .drained = drained};

struct msg_conn *msg_conn_new(struct loop *l, int fd, const struct msg_limits *limits,
			      const struct msg_ops *ops, void *ctx, const char *name)
{
	struct msg_conn *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->limits = *limits;
	c->ops = *ops;
	c->ctx = ctx;
	c->name = name;
	c->stream = stream_new(l, fd, &stream_ops, c, limits->max_out);
	return c;
}

void msg_conn_free(struct msg_conn *c)
{
	if (!c)
		return;
	if (c->turn)
		c->turn->freed = true;
	stream_free(c->stream);
	free(c->in);
	free(c);
}

void msg_conn_name(struct msg_conn *c, const char *name)
{
	c->name = name;
}

void msg_conn_close(struct msg_conn *c, const char *why)
{
	c->ended = true;
	stream_close(c->stream, why);
}

void msg_conn_finish(struct msg_conn *c, const char *why)
{
	c->ended = true;
	stream_finish(c->stream, why);
}

bool msg_conn_full(const struct msg_conn *c)
{
	return stream_full(c->stream);
}

size_t msg_conn_pending(const struct msg_conn *c)
{
	return stream_pending(c->stream);
}

void msg_conn_pause(struct msg_conn *c, bool paused)
{
	stream_pause(c->stream, paused);
}

bool msg_send(struct msg_conn *c, Mgmt__Message__KindCase kind, ProtobufCMessage *part)
{
	size_t n;
	uint8_t *frame = encode(kind, part, MSG_MAX_TXN, &n);

	if (!frame) {
		refuse(c, "a message to it would be over the size limit");
		return false;
	}
	stream_write(c->stream, span_of(frame, n));
	free(frame);
	return true;
}

void msg_keep(struct msg_conn *c)
{
	c->turn->kept = true;
}
