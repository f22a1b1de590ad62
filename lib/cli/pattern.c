/* SPDX-License-Identifier: MIT */
/* Command patterns to programs. */
#include "lib/cli/pattern.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	enum pattern_op op;
} variables[] = {
	{"PREFIX", PAT_PREFIX},
	{"ADDR", PAT_ADDR},
	{"IFNAME", PAT_IFNAME},
	{"WORD", PAT_WORD},
};

static uint8_t emit(struct pattern *p, enum pattern_op op)
{
	assert(p->n < PATTERN_MAX);
	p->step[p->n] = (struct pattern_step){.op = op};
	return p->n++;
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " ");
}

static enum pattern_op word_op(const char *s, size_t len)
{
	if (*s < 'A' || *s > 'Z')
		return PAT_KEYWORD;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (strlen(variables[i].name) == len && strncmp(variables[i].name, s, len) == 0)
			return variables[i].op;
	}
	assert(!"a variable of this name");
	return PAT_WORD;
}

static const char *compile_word(struct pattern *p, const char *s)
{
	size_t len = strcspn(s, " []<>|");
	uint8_t at;

	assert(len > 0 && len < 64);
	at = emit(p, word_op(s, len));
	p->step[at].text = s;
	p->step[at].len = (uint8_t)len;
	return s + len;
}

static const char *compile_sequence(struct pattern *p, const char *s);

static const char *compile_optional(struct pattern *p, const char *s)
{
	uint8_t split = emit(p, PAT_SPLIT);

	p->step[split].a = p->n;
	s = compile_sequence(p, s);
	assert(*s == ']');
	p->step[split].b = p->n;
	return s + 1;
}

static const char *compile_choice(struct pattern *p, const char *s)
{
	uint8_t ends[PATTERN_MAX], n = 0, split;

	for (;;) {
		split = emit(p, PAT_SPLIT);
		p->step[split].a = p->n;
		s = compile_sequence(p, s);
		ends[n++] = emit(p, PAT_JUMP);
		/* Both ways of the last alternative lead into it. */
		p->step[split].b = *s == '|' ? p->n : p->step[split].a;
		if (*s != '|')
			break;
		s++;
	}
	assert(*s == '>');
	while (n)
		p->step[ends[--n]].a = p->n;
	return s + 1;
}

/* Up to the end of the text or of the group. */
static const char *compile_sequence(struct pattern *p, const char *s)
{
	for (s = skip_blanks(s); *s && !strchr("]>|", *s); s = skip_blanks(s)) {
		if (*s == '[')
			s = compile_optional(p, s + 1);
		else if (*s == '<')
			s = compile_choice(p, s + 1);
		else
			s = compile_word(p, s);
	}
	return s;
}

void pattern_compile(struct pattern *p, const char *text, const char *tail)
{
	p->n = 0;
	text = compile_sequence(p, text);
	assert(*text == '\0');
	tail = compile_sequence(p, tail);
	assert(*tail == '\0');
	emit(p, PAT_ACCEPT);
}
