/* SPDX-License-Identifier: MIT */
/* Values of variables: how they look, read, and are shown. */
#include "lib/cli/grammar_impl.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libyang/plugins_types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/prefix.h"

static const struct {
	const char *name, *form;
} class_names[] = {
	[GRAMMAR_WORD] = {"word", "WORD"},
	[GRAMMAR_NAME] = {"name", "IFNAME"},
	[GRAMMAR_NUMBER] = {"number", "NUMBER"},
	[GRAMMAR_ADDRESS] = {"address", "<A.B.C.D|X:X::X:X>"},
	[GRAMMAR_ADDRESS4] = {"address4", "A.B.C.D"},
	[GRAMMAR_ADDRESS6] = {"address6", "X:X::X:X"},
	[GRAMMAR_PREFIX] = {"prefix", "<A.B.C.D/M|X:X::X:X/M>"},
	[GRAMMAR_PREFIX4] = {"prefix4", "A.B.C.D/M"},
	[GRAMMAR_PREFIX6] = {"prefix6", "X:X::X:X/M"},
	[GRAMMAR_LINE] = {"line", "LINE"},
};

bool class_by_name(const char *name, enum grammar_class *out)
{
	size_t i;

	for (i = 0; i < sizeof(class_names) / sizeof(class_names[0]); i++) {
		if (strcmp(class_names[i].name, name) == 0) {
			*out = (enum grammar_class)i;
			return true;
		}
	}
	return false;
}

bool class_is_typed(enum grammar_class class)
{
	return class != GRAMMAR_WORD && class != GRAMMAR_NAME && class != GRAMMAR_LINE;
}

static const struct {
	LY_DATA_TYPE type;
	int64_t min;
	uint64_t max;
} int_bounds[] = {
	{LY_TYPE_UINT8, 0, UINT8_MAX},	       {LY_TYPE_UINT16, 0, UINT16_MAX},
	{LY_TYPE_UINT32, 0, UINT32_MAX},       {LY_TYPE_UINT64, 0, UINT64_MAX},
	{LY_TYPE_INT8, INT8_MIN, INT8_MAX},    {LY_TYPE_INT16, INT16_MIN, INT16_MAX},
	{LY_TYPE_INT32, INT32_MIN, INT32_MAX}, {LY_TYPE_INT64, INT64_MIN, INT64_MAX},
};

static bool is_int(LY_DATA_TYPE t)
{
	size_t i;

	for (i = 0; i < sizeof(int_bounds) / sizeof(int_bounds[0]); i++) {
		if (int_bounds[i].type == t)
			return true;
	}
	return false;
}

static bool is_signed(LY_DATA_TYPE t)
{
	return t == LY_TYPE_INT8 || t == LY_TYPE_INT16 || t == LY_TYPE_INT32 || t == LY_TYPE_INT64;
}

/* The types of ietf-inet-types have plugins of their own; a union of both
 * families is as good. */
static bool class_of_type(const struct lysc_type *t, enum grammar_class *out)
{
	static const struct {
		const char *plugin;
		enum grammar_class class;
	} of[] = {
		{"ipv4-prefix", GRAMMAR_PREFIX4},   {"ipv6-prefix", GRAMMAR_PREFIX6},
		{"ipv4-address", GRAMMAR_ADDRESS4}, {"ipv6-address", GRAMMAR_ADDRESS6},
		{"ip-prefix", GRAMMAR_PREFIX},	    {"ip-address", GRAMMAR_ADDRESS},
	};
	size_t i;

	if (is_int(t->basetype)) {
		*out = GRAMMAR_NUMBER;
		return true;
	}
	if (t->basetype == LY_TYPE_UNION) {
		const struct lysc_type_union *u = (const struct lysc_type_union *)t;
		enum grammar_class a, b;

		if (LY_ARRAY_COUNT(u->types) != 2 || !class_of_type(u->types[0], &a) ||
		    !class_of_type(u->types[1], &b))
			return false;
		if (a > b) {
			enum grammar_class swap = a;

			a = b;
			b = swap;
		}
		if (a == GRAMMAR_ADDRESS4 && b == GRAMMAR_ADDRESS6)
			*out = GRAMMAR_ADDRESS;
		else if (a == GRAMMAR_PREFIX4 && b == GRAMMAR_PREFIX6)
			*out = GRAMMAR_PREFIX;
		else
			return false;
		return true;
	}
	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		if (strstr(t->plugin->id, of[i].plugin)) {
			*out = of[i].class;
			return true;
		}
	}
	return false;
}

enum grammar_class class_of_leaf(const struct lysc_node *leaf)
{
	enum grammar_class c;

	return class_of_type(leaf_type(leaf), &c) ? c : GRAMMAR_WORD;
}

static bool is_number(const char *s)
{
	if (*s == '-')
		s++;
	if (!*s)
		return false;
	while (isdigit((unsigned char)*s))
		s++;
	return !*s;
}

static enum family family_of(const char *s, bool with_length)
{
	struct prefix p;
	struct addr a;
	enum family f;

	if (with_length)
		return prefix_parse(s, &p) ? (enum family)p.family : FAM_NONE;
	return addr_parse(s, &f, &a) ? f : FAM_NONE;
}

bool class_fits(enum grammar_class class, const char *word, bool quoted)
{
	if (quoted)
		return !class_is_typed(class);
	switch (class) {
	case GRAMMAR_WORD:
	case GRAMMAR_LINE:
		return true;
	case GRAMMAR_NAME:
		return family_of(word, false) == FAM_NONE && family_of(word, true) == FAM_NONE;
	case GRAMMAR_NUMBER:
		return is_number(word);
	case GRAMMAR_ADDRESS:
		return family_of(word, false) != FAM_NONE;
	case GRAMMAR_ADDRESS4:
		return family_of(word, false) == FAM_IP4;
	case GRAMMAR_ADDRESS6:
		return family_of(word, false) == FAM_IP6;
	case GRAMMAR_PREFIX:
		return family_of(word, true) != FAM_NONE;
	case GRAMMAR_PREFIX4:
		return family_of(word, true) == FAM_IP4;
	case GRAMMAR_PREFIX6:
		return family_of(word, true) == FAM_IP6;
	}
	return false;
}

bool word_is_odd(const struct grammar *g, const char *value)
{
	return *value == '"' || class_fits(GRAMMAR_NUMBER, value, false) ||
	       !class_fits(GRAMMAR_NAME, value, false) || keyword_exists(g, value);
}

/* ---- forms ---- */

static int64_t scale_of(const struct command *c, const struct lysc_node *leaf)
{
	return c->entry && leaf == c->entry->node ? c->entry->scale : 1;
}

static void range_form(const struct lysc_type *type, int64_t scale, struct gtext *t)
{
	const struct lysc_range *r = ((const struct lysc_type_num *)type)->range;
	LY_ARRAY_COUNT_TYPE u;
	size_t i;

	gtext_add(t, "(");
	if (!r) {
		for (i = 0; i < sizeof(int_bounds) / sizeof(int_bounds[0]); i++) {
			if (int_bounds[i].type == type->basetype)
				gtext_addf(t, "%" PRId64 "-%" PRIu64, int_bounds[i].min * scale,
					   int_bounds[i].max * (uint64_t)scale);
		}
	} else {
		LY_ARRAY_FOR(r->parts, u)
		{
			gtext_addf(t,
				   is_signed(type->basetype) ? "%s%" PRId64 "-%" PRId64
							     : "%s%" PRIu64 "-%" PRIu64,
				   u ? "|" : "", r->parts[u].min_64 * scale,
				   r->parts[u].max_64 * scale);
		}
	}
	gtext_add(t, ")");
}

void value_form(const struct command *c, const struct token *tok, char form[GRAMMAR_FORM])
{
	struct gtext t = gtext_in(form, GRAMMAR_FORM);
	const char *s;

	if (tok->leaf && tok->class == GRAMMAR_NUMBER && is_int(leaf_type(tok->leaf)->basetype)) {
		range_form(leaf_type(tok->leaf), scale_of(c, tok->leaf), &t);
		return;
	}
	if (tok->class != GRAMMAR_WORD) {
		gtext_add(&t, class_names[tok->class].form);
		return;
	}
	/* FRR names its free words: NAME, ALGORITHM. */
	for (s = tok->text; *s; s++) {
		char up = (char)toupper((unsigned char)*s);

		gtext_addn(&t, &up, 1);
	}
}

/* ---- reading ---- */

const char *value_canonical(const struct grammar *g, const struct lysc_node *leaf,
			    const char *value, struct grammar_arena *a, char *message, size_t size)
{
	uint32_t before = ly_log_options(LY_LOSTORE_LAST);
	const char *canonical = NULL, *copy = NULL;
	LY_ERR e = lyd_value_validate(g->ly, leaf, value, strlen(value), NULL, NULL, &canonical);

	/* A leafref waits for the rest of the tree. */
	if (e == LY_SUCCESS || e == LY_EINCOMPLETE) {
		copy = arena_copy(a, canonical ? canonical : value);
		if (canonical)
			lydict_remove(g->ly, canonical);
	} else if (message) {
		const char *why = ly_errmsg(g->ly);

		snprintf(message, size, "%s", why ? why : "Invalid value.");
	}
	ly_err_clean((struct ly_ctx *)g->ly, NULL);
	ly_log_options(before);
	return copy;
}

static const char *unscale(int64_t scale, const char *unit, const char *word,
			   struct grammar_arena *a, char *message, size_t size)
{
	char buf[32], *end;
	long long v;

	errno = 0;
	v = strtoll(word, &end, 10);
	if (errno || *end) {
		snprintf(message, size,
			 "Unsatisfied range - value \"%s\" is out of the allowed range.", word);
		return NULL;
	}
	if (v % scale != 0) {
		snprintf(message, size,
			 "Value \"%s\" is not a multiple of %" PRId64
			 " %s, the unit it is kept in.",
			 word, scale, unit);
		return NULL;
	}
	snprintf(buf, sizeof(buf), "%lld", v / (long long)scale);
	return arena_copy(a, buf);
}

const char *value_read(const struct grammar *g, const struct command *c, const struct token *t,
		       const char *word, struct grammar_arena *a, char *message, size_t size)
{
	int64_t scale = t->leaf ? scale_of(c, t->leaf) : 1;
	const char *value = word;

	if (!t->leaf)
		return arena_copy(a, word);
	if (scale != 1) {
		value = unscale(scale, c->entry->unit, word, a, message, size);
		if (!value)
			return NULL;
	}
	value = value_canonical(g, t->leaf, value, a, message, size);
	if (!value && scale != 1)
		snprintf(message, size,
			 "Unsatisfied range - value \"%s\" is out of the allowed range.", word);
	return value;
}

void value_shown(const struct entry *e, const struct lysc_node *leaf, const char *value,
		 struct gtext *t)
{
	if (leaf == e->node && e->scale != 1)
		gtext_addf(t, "%lld", strtoll(value, NULL, 10) * (long long)e->scale);
	else
		gtext_add(t, value);
}

void first_sentence(const char *dsc, struct gtext *t)
{
	bool blank = false;

	for (; dsc && *dsc; dsc++) {
		if (isspace((unsigned char)*dsc)) {
			blank = true;
			continue;
		}
		if (*dsc == '.' && (!dsc[1] || isspace((unsigned char)dsc[1])))
			return;
		if (blank && t->len)
			gtext_add(t, " ");
		blank = false;
		gtext_addn(t, dsc, 1);
	}
}
