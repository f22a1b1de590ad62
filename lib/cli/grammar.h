/* SPDX-License-Identifier: MIT */
/*
 * The command line, made from the loaded schema and its srcdest-cli statements
 * (yang/srcdest-cli.yang says what they mean): a line becomes edits, a tree
 * becomes lines, and both are inverse. Knows libyang and no datastore; changes
 * nothing, reads no live state but through a callback.
 *
 *	line --grammar_parse()--> edits        tree --grammar_print()--> lines
 *
 * Reading a line. A line is words parted by blanks. "..." makes one word of
 * what it holds (\" \\ \n \t inside); such a word is never a keyword, a number
 * or an address, so any name can be written. Words are read left to right, and
 * of all ways to read a word only the best are kept:
 *	1 a keyword in full (enums count)
 *	2 an address, prefix or number
 *	3 an abbreviated keyword, a name, any other value
 * If at the end two ways are left that do not mean the same, the line is
 * ambiguous. An unquoted address is never the name of an interface.
 *
 * Comments (`!`, `#`) and empty lines are GRAMMAR_EMPTY.
 *
 * One thread. A grammar borrows the context for its life and may be used from
 * any number of sessions.
 */
#ifndef SRCDEST_CLI_GRAMMAR_H
#define SRCDEST_CLI_GRAMMAR_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stddef.h>

#define GRAMMAR_LINE_MAX  4095u /* octets of a line, as in FRR's vty */
#define GRAMMAR_KEYS_MAX  8
#define GRAMMAR_PLACE_MAX 8192u /* octets of all keys of a place */
#define GRAMMAR_TEXT_MAX  512u	/* of a message, of what was expected */

struct grammar;

/* Compiles the lines of all modules that have any. NULL: err names the node
 * and what is wrong with it: a malformed line, or a configuration node of such
 * a module that no line can say. */
struct grammar *grammar_new(const struct ly_ctx *ly, char *err, size_t err_size);
void grammar_free(struct grammar *g); /* NULL is fine */

/* ---- places ---- */

enum grammar_room {
	GRAMMAR_CONFIG,
	GRAMMAR_EXEC, /* only lines of grammar_add(); a place there has no node */
};

/* Where a session stands: a mode and the keys of its instance. All zero is
 * the top of the configuration. Plain data, copied by assignment. */
struct grammar_place {
	enum grammar_room room;
	const struct lysc_node *node; /* of the mode; NULL at the top */
	size_t n_keys;
	/* Of all lists above and at the node, outermost first, each ended by a NUL. */
	char keys[GRAMMAR_PLACE_MAX];
};

const char *grammar_mode_name(const struct grammar *g, const struct grammar_place *p);
/* One mode up, as `exit` goes. False: it was the top already. */
bool grammar_up(const struct grammar *g, struct grammar_place *p);
const char *grammar_place_key(const struct grammar_place *p, size_t i);

/* ---- lines that are not in the schema ---- */

/* `commit confirmed [$minutes:number]`, `show ipv6 route [$prefix:prefix6] [json]`:
 * keywords, $name:CLASS (class: number, address, address4, address6, prefix,
 * prefix4, prefix6, name, word, line) and [ ... ]. In the configuration room
 * they are known in every mode, below the mode's own lines; they share
 * abbreviation, ambiguity, completion and help with the rest. All texts are
 * borrowed. `id` must be greater than 0. False: malformed, err says how. */
struct grammar_command {
	int id;
	enum grammar_room room;
	const char *line;
	const char *help; /* of the whole line: shown at its last keyword */
};
bool grammar_add(struct grammar *g, const struct grammar_command *c, size_t n, char *err,
		 size_t err_size);
/* Help for a keyword that many lines share: `show`. The longest `after` wins:
 * "show ipv6" is the help of `ipv6` after `show`. Borrowed texts. */
void grammar_add_help(struct grammar *g, const char *words, const char *help);

/* ---- line to edits ---- */

enum grammar_op {		  /* as enum edit_op */
		  GRAMMAR_SET,	  /* leaf: has this value; leaf-list: the value is among them */
		  GRAMMAR_CREATE, /* list entry or presence container is there, new or not */
		  GRAMMAR_DELETE, /* it is gone; it should have been there */
		  GRAMMAR_REMOVE, /* it is gone, if it was there */
};

/* Parents are made as needed. Values and keys are canonical. */
struct grammar_edit {
	enum grammar_op op;
	const struct lysc_node *node;
	const char *keys[GRAMMAR_KEYS_MAX]; /* as in struct grammar_place */
	size_t n_keys;
	const char *value; /* SET; of a leaf-list entry also with DELETE */
};

enum grammar_status { /* FRR's vty status octets */
		      GRAMMAR_OK = 0,
		      GRAMMAR_NO_MATCH = 2,
		      GRAMMAR_AMBIGUOUS = 3,
		      GRAMMAR_INCOMPLETE = 4,
		      GRAMMAR_EMPTY = 6,
		      GRAMMAR_INVALID = 13, /* a value that its type refuses */
};

struct grammar_arg {
	const char *name; /* of the variable, or the keyword itself */
	const char *value;
};

struct grammar_result {
	struct grammar_edit *edits;
	size_t n_edits;
	struct grammar_place place; /* afterwards; unchanged on error */
	int id;			    /* of the line of grammar_add(); 0: a line of the schema */
	struct grammar_arg *args;   /* of such a line */
	size_t n_args;

	/* On error. */
	char message[GRAMMAR_TEXT_MAX];	 /* one sentence, without "% " */
	char expected[GRAMMAR_TEXT_MAX]; /* what could stand there: "rxcost, wired, (1-255)" */
	char path[GRAMMAR_TEXT_MAX];	 /* GRAMMAR_INVALID: data path of the node, else empty */
	size_t column;			 /* octets before the offending word */

	struct grammar_arena *arena; /* owns the texts above */
};

/* Zero it before the first use; each call of grammar_parse() reuses it. */
void grammar_result_clear(struct grammar_result *r);
/* The value of a variable of the line, or NULL. */
const char *grammar_arg(const struct grammar_result *r, const char *name);
bool grammar_has(const struct grammar_result *r, const char *keyword);

/* Keywords in full: for files, where an abbreviation would change its meaning
 * with the next version of the schema. */
#define GRAMMAR_STRICT 1u

/* A line that does not match in the mode of `place` is tried in the modes
 * above, and the place then moves there, as in FRR. An entry's line says all
 * of it: leaves that it could name and does not are removed.
 */
enum grammar_status grammar_parse(const struct grammar *g, const struct grammar_place *place,
				  const char *line, unsigned int flags, struct grammar_result *r);

/* ---- completion ---- */

enum grammar_class {
	GRAMMAR_WORD,
	GRAMMAR_NAME, /* of an interface */
	GRAMMAR_NUMBER,
	GRAMMAR_ADDRESS,
	GRAMMAR_ADDRESS4,
	GRAMMAR_ADDRESS6,
	GRAMMAR_PREFIX,
	GRAMMAR_PREFIX4,
	GRAMMAR_PREFIX6,
	GRAMMAR_LINE,
};

struct grammar_candidate {
	const char *word;
	const char *help;
	bool variable; /* a form (X:X::X:X/M, (1-255), IFNAME, <cr>), not to be inserted */
};
typedef void (*grammar_candidate_fn)(void *ctx, const struct grammar_candidate *c);

/* Values that exist: interface names, prefixes in the RIB, entries of the
 * configuration. `each` takes those that begin with `start`; at most some
 * hundreds make sense. May be NULL. */
typedef void (*grammar_name_fn)(void *each_ctx, const char *value);
struct grammar_live {
	void *ctx;
	/* `leaf`: what the value is for; NULL in lines of grammar_add(). */
	void (*values)(void *ctx, enum grammar_class class, const struct lysc_node *leaf,
		       const char *start, grammar_name_fn each, void *each_ctx);
};

/* What may stand where `text` (the line up to the cursor) ends: for its last,
 * partial word; after a blank, for the next word. With `help` (`?`): keywords,
 * variables with type and range, <cr> if the line is complete; existing values
 * besides. Without (Tab): only what can be inserted. Sorted, each once. False:
 * the text before can't be read; r says why as grammar_parse() does. */
bool grammar_complete(const struct grammar *g, const struct grammar_place *place, const char *text,
		      bool help, const struct grammar_live *live, grammar_candidate_fn out,
		      void *ctx, struct grammar_result *r);

/* ---- tree to lines ---- */

typedef void (*grammar_line_fn)(void *ctx, const char *line);

/* The configuration as FRR prints it: sections in the order of cli:order,
 * indented by a blank and closed by `exit`, `!` between them; no defaults. Each
 * line, read strictly one after the other, gives the tree again. `tree` is the
 * first of the top siblings, or NULL. False: a node has a value that no line
 * can hold (one of more than GRAMMAR_LINE_MAX octets); a comment stands in its
 * place. */
bool grammar_print(const struct grammar *g, const struct lyd_node *tree, grammar_line_fn out,
		   void *ctx);
/* What is different: lines with `-` and `+` in front, in sections that begin
 * with a blank if they are in both. Nothing if the same. Linear. */
void grammar_diff(const struct grammar *g, const struct lyd_node *before,
		  const struct lyd_node *after, grammar_line_fn out, void *ctx);
/* The line of one node, without its section's. False: it has none, being a
 * default or part of another one's line. */
bool grammar_line(const struct grammar *g, const struct lyd_node *node, char *line, size_t size);

#endif
