/* SPDX-License-Identifier: MIT */
/* Reading JSON. json_valid() is the gate; all else relies on it. */
#include "babeld/trace/json.h"

#include <string.h>

struct at {
	const uint8_t *p, *end;
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct at *a)
{
	while (a->p < a->end && blank(*a->p))
		a->p++;
}

static bool take(struct at *a, char c)
{
	skip_blanks(a);
	if (a->p == a->end || *a->p != (uint8_t)c)
		return false;
	a->p++;
	return true;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Behind the backslash: \" \\ \/ and \u00XX, which are all that we write.
 * -1: another one. */
static int escaped(struct at *a)
{
	int high, low;
	uint8_t c;

	if (a->p == a->end)
		return -1;
	c = *a->p++;
	if (c == '"' || c == '\\' || c == '/')
		return c;
	if (c != 'u' || a->end - a->p < 4 || a->p[0] != '0' || a->p[1] != '0')
		return -1;
	high = hex_digit(a->p[2]);
	low = hex_digit(a->p[3]);
	a->p += 4;
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* The next octet of a string: -1 at its end, -2 if it is none. */
static int next_octet(struct at *a)
{
	int c;

	if (a->p == a->end)
		return -2;
	c = *a->p++;
	if (c == '"')
		return -1;
	if (c < 0x20)
		return -2;
	if (c != '\\')
		return c;
	c = escaped(a);
	return c < 0 ? -2 : c;
}

static bool skip_string(struct at *a)
{
	int c;

	if (!take(a, '"'))
		return false;
	do
		c = next_octet(a);
	while (c >= 0);
	return c == -1;
}

static bool skip_word(struct at *a, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(a->end - a->p) < n || memcmp(a->p, word, n) != 0)
		return false;
	a->p += n;
	return true;
}

static bool skip_number(struct at *a)
{
	const uint8_t *start;

	if (a->p < a->end && *a->p == '-')
		a->p++;
	start = a->p;
	while (a->p < a->end && *a->p >= '0' && *a->p <= '9')
		a->p++;
	return a->p > start;
}

static bool skip_value(struct at *a, unsigned int depth);

static bool skip_members(struct at *a, bool object, unsigned int depth)
{
	char close = object ? '}' : ']';

	a->p++;
	if (take(a, close))
		return true;
	do {
		if (object && (!skip_string(a) || !take(a, ':')))
			return false;
		if (!skip_value(a, depth))
			return false;
	} while (take(a, ','));
	return take(a, close);
}

static bool skip_value(struct at *a, unsigned int depth)
{
	skip_blanks(a);
	if (a->p == a->end)
		return false;
	switch (*a->p) {
	case '{':
	case '[':
		return depth > 0 && skip_members(a, *a->p == '{', depth - 1);
	case '"':
		return skip_string(a);
	case 't':
		return skip_word(a, "true");
	case 'f':
		return skip_word(a, "false");
	default:
		return skip_number(a);
	}
}

bool json_valid(struct span text)
{
	struct at a = {text.p, text.p + text.len};

	if (!skip_value(&a, JSON_DEPTH))
		return false;
	skip_blanks(&a);
	return a.p == a.end;
}

bool json_is(struct span v, char first)
{
	return v.len && v.p[0] == (uint8_t)first;
}

/* The value that starts behind the blanks, without them. */
static struct span value_at(struct at *a)
{
	const uint8_t *start;

	skip_blanks(a);
	start = a->p;
	skip_value(a, JSON_DEPTH);
	return span_of(start, (size_t)(a->p - start));
}

bool json_each(struct span v, size_t *pos, struct span *name, struct span *member)
{
	struct at a = {v.p + *pos, v.p + v.len};
	bool object = json_is(v, '{');

	if (!object && !json_is(v, '['))
		return false;
	if (*pos == 0)
		a.p++;
	else if (!take(&a, ','))
		return false;
	skip_blanks(&a);
	if (a.p == a.end || *a.p == (object ? '}' : ']'))
		return false;
	*name = span_of(NULL, 0);
	if (object) {
		*name = value_at(&a);
		take(&a, ':');
	}
	*member = value_at(&a);
	*pos = (size_t)(a.p - v.p);
	return true;
}

bool json_get(struct span object, const char *name, struct span *member)
{
	size_t at = 0, n = strlen(name);
	struct span key;

	if (!json_is(object, '{'))
		return false;
	while (json_each(object, &at, &key, member))
		if (key.len == n + 2 && memcmp(key.p + 1, name, n) == 0)
			return true;
	return false;
}

bool json_to_uint(struct span v, uint64_t *out)
{
	uint64_t n = 0;

	if (v.len == 0)
		return false;
	for (size_t k = 0; k < v.len; k++) {
		unsigned int d = (unsigned int)v.p[k] - '0';

		if (d > 9 || n > (UINT64_MAX - d) / 10)
			return false;
		n = 10 * n + d;
	}
	*out = n;
	return true;
}

bool json_to_int(struct span v, int64_t *out)
{
	bool minus = json_is(v, '-');
	uint64_t n;

	if (minus)
		v = span_of(v.p + 1, v.len - 1);
	if (!json_to_uint(v, &n) || n > INT64_MAX)
		return false;
	*out = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

bool json_to_bool(struct span v, bool *out)
{
	*out = json_is(v, 't');
	return *out || json_is(v, 'f');
}

bool json_to_text(struct span v, char *out, size_t size)
{
	struct at a = {v.p + 1, v.p + v.len};
	size_t n = 0;
	int c;

	if (!json_is(v, '"'))
		return false;
	while ((c = next_octet(&a)) >= 0) {
		if (c == 0 || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

bool json_to_hex(struct span v, uint8_t *out, size_t len)
{
	if (!json_is(v, '"') || v.len != 2 * len + 2)
		return false;
	for (size_t k = 0; k < len; k++) {
		int high = hex_digit(v.p[1 + 2 * k]), low = hex_digit(v.p[2 + 2 * k]);

		if (high < 0 || low < 0)
			return false;
		out[k] = (uint8_t)(high << 4 | low);
	}
	return true;
}
