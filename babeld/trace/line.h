/* SPDX-License-Identifier: MIT */
/*
 * A recording: one JSON object in each line, whole or not there at all.
 *
 *	{"recording":1,"program":"0.1.0"}
 *	{"t":5000000,"do":"new","config":{"router_id":"0200..."}}
 *	{"answer":"random","value":2077524102}
 *	{"said":"cbf29ce484222325","sent":0,"routes":0,"notes":0}
 *	{"t":5000190,"do":"packet","datagram":{"ifid":3,"from":"fe80::2",...}}
 *	...
 *	{"tables":"83ab0c44e5e2d16f"}
 *	{"end":"stopped"}
 *
 * The head is the first line. "do" is an event (event.h) at the moment "t", in
 * microseconds of a clock without origin; it is written before it happens.
 * What the instance asked of the world meanwhile follows in its order
 * ("answer"), then "said", which closes the event: a hash of all it told the
 * world. "tables" is babel_hash() at that point. Without "end" the recorder
 * died; without the newline the last line counts for nothing.
 *
 * A member that is missing is zero: recordings outlive members that are added
 * to a struct. One that is unknown is an error. Pure.
 */
#ifndef SRCDEST_BABELD_TRACE_LINE_H
#define SRCDEST_BABELD_TRACE_LINE_H

#include "babeld/trace/event.h"
#include "babeld/trace/json.h"
#include "lib/base/hash.h"

#define RECORDING_FORMAT 1
#define LINE_MAX_OCTETS	 ((size_t)1 << 25) /* of tens of thousands of rules */

enum line_kind {
	LINE_HEAD,
	LINE_EVENT,
	LINE_ANSWER,
	LINE_SAID,
	LINE_TABLES,
	LINE_END,
};

/* What an instance asks of the world: the functions of struct babel_env that
 * return something. */
enum answer_kind {
	ANSWER_RANDOM,
	ANSWER_CLOCK,
	ANSWER_MAC,
	ANSWER_KINDS,
};

struct answer {
	enum answer_kind kind;
	int64_t value;		       /* random, clock */
	size_t len;		       /* mac: 0 is "can't" */
	uint8_t digest[BABEL_MAC_MAX]; /* mac */
};

/* What it tells the world within one event. */
struct said {
	hash_t hash;
	uint32_t sent, routes, notes;
};

struct line {
	enum line_kind kind;
	union {
		struct {
			uint64_t format;
			char program[32];
		} head;
		struct babel_event event;
		struct answer answer;
		struct said said;
		uint64_t tables;
		char end[32];
	} u;
};

/* ---- writing: a line with its newline behind what is in `o` ---- */

void line_write(struct json_out *o, const struct line *l);

/* ---- reading ---- */

/* Keeps the strings, octets and lists of the line that was read last. All zero
 * but for mem.name: ready. */
#define LINE_LISTS_MAX 8
struct line_reader {
	struct memtag mem;
	uint8_t *store;
	size_t used, room;
	void *lists[LINE_LISTS_MAX];
	unsigned int n_lists;
	const char *what; /* is wrong with a line that was not read */
	char where[32];	  /* the member it is about, or "" */
};

/* Without the newline. False: see what and where. */
bool line_read(struct line_reader *r, struct span text, struct line *out);
void line_reader_fini(struct line_reader *r);

/* ---- what is said, as a hash ---- */

void said_begin(struct said *s);
void said_send(struct said *s, ifid_t via, const struct addr *to, struct span datagram);
void said_route(struct said *s, const struct sdprefix *pair, const struct babel_choice *c);
void said_note(struct said *s, const struct babel_note *n);
void said_remember(struct said *s, uint32_t place, const struct babel_memory *m);
bool said_eq(const struct said *a, const struct said *b);

#endif
