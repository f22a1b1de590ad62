/* SPDX-License-Identifier: MIT */
/* What the files of the grammar share. Private to the room. */
#ifndef SRCDEST_CLI_GRAMMAR_IMPL_H
#define SRCDEST_CLI_GRAMMAR_IMPL_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/cli/grammar.h"

#define TOKENS_MAX    96
#define SETS_MAX      4
#define COVERED_MAX   32
#define GRAMMAR_FORM  96 /* octets of "(1-255|300-400)" */
#define DEFAULT_ORDER 50

/* ---- texts that live as long as their owner (grammar_arena.c) ---- */

struct grammar_arena {
	struct memtag mem;
	struct arena_chunk *chunks;
};
struct grammar_arena *arena_new(const char *name);
void arena_free(struct grammar_arena *a); /* all that was counted under it is freed before */
void *arena_get(struct grammar_arena *a, size_t size); /* zeroed */
char *arena_text(struct grammar_arena *a, const char *s, size_t len);
char *arena_copy(struct grammar_arena *a, const char *s);
void arena_clear(struct grammar_arena *a);

/* A growing array: room for one more after *n of them. */
#define GROW(tag, v, n) ((v) = grammar_grow((tag), (v), (n), sizeof(*(v))))
void *grammar_grow(struct memtag *tag, void *v, size_t n, size_t size);

/* Text that is cut at the end of its buffer, never overrun. */
struct gtext {
	char *at;
	size_t size, len;
	bool cut;
};
struct gtext gtext_in(char *buf, size_t size);
void gtext_add(struct gtext *t, const char *s);
void gtext_addn(struct gtext *t, const char *s, size_t n);
void gtext_addf(struct gtext *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- compiled lines ---- */

enum token_kind {
	TOK_KEYWORD, /* a boolean leaf is set to true by it */
	TOK_ENUM,    /* a leaf, one keyword per enum */
	TOK_VALUE,
	TOK_OPEN, /* of an optional part; `jump` is its TOK_CLOSE */
	TOK_CLOSE,
	TOK_END,
};

struct token {
	enum token_kind kind;
	enum grammar_class class;
	const char *text; /* keyword; name of the variable */
	const struct lysc_node *leaf;
	uint16_t jump;
};

struct set { /* what a line means for a leaf it does not name */
	const struct lysc_node *leaf;
	const char *value; /* canonical */
};

struct command {
	int id;
	struct entry *entry; /* NULL: of grammar_add() */
	bool negated;
	bool unsets; /* the leaf goes */
	struct token tok[TOKENS_MAX]; /* the last is TOK_END */
	size_t n;
	struct set set[SETS_MAX];
	size_t n_set;
	const char *help;
};

struct commands {
	struct command **v;
	size_t n;
};

/* A schema node that has lines. */
struct entry {
	const struct lysc_node *node;
	struct mode *mode;     /* where it is typed */
	struct mode *opens;    /* or NULL */
	struct commands lines; /* without the negated ones */
	unsigned int order;
	int64_t scale;
	const char *unit;
	/* Leaves of the node that its lines say. */
	const struct lysc_node *covered[COVERED_MAX];
	size_t n_covered;
};

struct mode {
	const char *name;
	const struct lysc_node *node;
	struct mode *up;
	size_t n_keys;
	struct commands commands;
	struct entry **entries; /* in the order of printing */
	size_t n_entries;
};

struct word_help {
	const char *words, *help;
};

struct grammar {
	const struct ly_ctx *ly;
	struct grammar_arena arena;
	struct mode **modes; /* the first is the top */
	size_t n_modes;
	struct mode exec;
	struct commands common; /* of all modes of the configuration */
	const char **keywords;	/* and enums, of all lines, sorted */
	size_t n_keywords;
	struct word_help *helps;
	size_t n_helps;
	struct annotation *annotations; /* while compiling */
	size_t n_annotations;
};

const struct mode *mode_at(const struct grammar *g, const struct grammar_place *p);
const struct entry *entry_find(const struct grammar *g, const struct lysc_node *node);

/* ---- schema (grammar_schema.c) ---- */

struct annotation {
	const char *path, *statement, *argument;
};
/* The next argument of such a statement at the node; *i starts at 0. */
const char *statement_next(const struct grammar *g, const struct lysc_node *node, const char *name,
			   size_t *i);
const char *statement(const struct grammar *g, const struct lysc_node *node, const char *name);
bool module_has_lines(const struct grammar *g, const struct lys_module *mod);
bool schema_read_modules(struct grammar *g, char *err, size_t err_size);
/* Every node can be said. */
bool schema_check(const struct grammar *g, char *err, size_t err_size);
/* Parents that data has: no choice, no case. */
const struct lysc_node *data_parent(const struct lysc_node *node);
size_t key_count(const struct lysc_node *node); /* of all lists above and at it */
bool is_enum(const struct lysc_node *leaf);
bool is_bool(const struct lysc_node *leaf);
const struct lysc_type *leaf_type(const struct lysc_node *leaf);
const struct lysc_type_bitenum_item *leaf_enums(const struct lysc_node *leaf);
/* NULL: it has none. */
const char *leaf_default(const struct lysc_node *leaf);

/* ---- lines (grammar_line.c) ---- */

bool line_compile(struct grammar *g, struct command *c, const char *line, char *err,
		  size_t err_size);
/* The `no` line of a positive one. */
void line_negate(struct grammar *g, struct command *no, const struct command *yes,
		 bool optional_value);
void commands_add(struct grammar *g, struct commands *cs, struct command *c);

void keywords_collect(struct grammar *g);
bool keyword_exists(const struct grammar *g, const char *word);

/* Token indexes that may follow `at`, TOK_END among them. */
size_t line_next(const struct command *c, size_t at, uint16_t *out);

/* ---- values (grammar_value.c) ---- */

bool class_by_name(const char *name, enum grammar_class *out);
enum grammar_class class_of_leaf(const struct lysc_node *leaf);
bool class_is_typed(enum grammar_class class);
/* How the word reads in the class. */
bool class_fits(enum grammar_class class, const char *word, bool quoted);
/* A free word that without quotes could be taken for something else. */
bool word_is_odd(const struct grammar *g, const char *value);
/* X:X::X:X/M, (1-65534), NAME ... as FRR writes it. */
void value_form(const struct command *c, const struct token *t, char form[GRAMMAR_FORM]);
/* Canonical text in the arena, or NULL with a message. */
const char *value_read(const struct grammar *g, const struct command *c, const struct token *t,
		       const char *word, struct grammar_arena *a, char *message, size_t size);
const char *value_canonical(const struct grammar *g, const struct lysc_node *leaf,
			    const char *value, struct grammar_arena *a, char *message, size_t size);
/* As it is typed: scaled. */
void value_shown(const struct entry *e, const struct lysc_node *leaf, const char *value,
		 struct gtext *t);
void first_sentence(const char *dsc, struct gtext *t);

/* ---- reading (grammar_words.c, grammar_match.c, grammar_edit.c) ---- */

#define WORDS_MAX 64

struct word {
	size_t begin, end; /* in the line, quotes included */
	const char *text;
	bool quoted;
	bool open; /* a quote that does not end: only the rest of a line may hold it */
};

struct words {
	char buf[GRAMMAR_LINE_MAX + 1];
	const char *line;
	size_t len; /* of the line, without blanks at the end */
	struct word w[WORDS_MAX];
	size_t n;
	bool more; /* than WORDS_MAX */
};
/* False: the line is too long. */
bool words_cut(struct words *ws, const char *line);
/* Appends the word so that it reads as itself; with quotes if asked or needed. */
void word_quote(struct gtext *t, const char *value, bool always);

enum rank { RANK_NONE, RANK_WEAK, RANK_TYPED, RANK_EXACT };

/* One way to read the words so far. */
struct way {
	const struct command *c;
	uint16_t tok; /* that took the word; NO_TOKEN before the first */
	uint8_t rank;
	const char *as; /* keyword or enum in full; the word */
	uint32_t prev;
};
#define NO_TOKEN UINT16_MAX

struct reading {
	struct memtag mem;
	const struct grammar *g;
	const struct words *words;
	struct way *ways;
	size_t n;
	size_t layer, layer_end; /* those that have read all words so far */
	bool strict;
};
void reading_start(struct reading *m, const struct grammar *g, const struct mode *mode,
		   const struct words *ws, bool strict);
/* Reads word i; false: no way can, and the layer stays what it was. */
bool reading_word(struct reading *m, size_t i);
void reading_free(struct reading *m);
/* The ways by word, first to last; returns how many tokens. */
size_t reading_trace(const struct reading *m, size_t way, const struct way *out[WORDS_MAX]);
void reading_expected(const struct reading *m, struct gtext *t);

void result_start(struct grammar_result *r, const struct grammar_place *place);
/* Edits of one way. False: r->message, r->path, and the word's number. */
bool edits_of_way(const struct grammar *g, const struct grammar_place *place,
		  const struct reading *m, size_t way, struct grammar_result *r, size_t *word);
bool results_same(const struct grammar_result *a, const struct grammar_result *b);

/* ---- help (grammar_help.c) ---- */

/* Of a keyword after the words of the way. `about` is what all lines that have
 * it there are about, `line_help` that of the one added line; both may be NULL. */
void keyword_help(const struct reading *m, size_t way, const char *word,
		  const struct lysc_node *about, const char *line_help, struct gtext *t);
void value_help(const struct command *c, const struct token *t, struct gtext *out);
const struct lysc_node *common_node(const struct lysc_node *a, const struct lysc_node *b);

/* ---- printing (grammar_say.c, grammar_print.c) ---- */

/* The line of an instance. False: none says all of it. */
bool grammar_say(const struct grammar *g, const struct entry *e, const struct grammar_place *place,
		 const struct lyd_node *node, struct gtext *t);
/* Whether it needs no line: a default. */
bool node_is_default(const struct lyd_node *node);

struct line_sink {
	/* `opens`: a section, ended by close(). */
	void (*line)(void *ctx, unsigned int depth, const char *text, bool opens);
	void (*close)(void *ctx, unsigned int depth);
	void (*gap)(void *ctx); /* between sections of the top */
	void *ctx;
};
/* False: something could not be said. */
bool print_lines(const struct grammar *g, const struct lyd_node *tree, const struct line_sink *out);

#endif
