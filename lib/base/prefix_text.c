/* SPDX-License-Identifier: MIT */
/* Addresses and prefixes as text. */
#include "lib/base/prefix.h"

#include <assert.h>
#include <string.h>

static char *put_text(char *p, const char *s)
{
	size_t n = strlen(s);

	memcpy(p, s, n);
	return p + n;
}

static char *put_dec(char *p, unsigned int v)
{
	char digits[4];
	size_t n = 0;

	assert(v < 1000);
	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	while (n)
		*p++ = digits[--n];
	return p;
}

/* No leading zeros, lower case: RFC 5952 4.1 and 4.3. */
static char *put_hex(char *p, unsigned int v)
{
	bool started = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned int d = v >> shift & 0xf;

		if (!d && !started && shift)
			continue;
		started = true;
		*p++ = "0123456789abcdef"[d];
	}
	return p;
}

static char *put_ip4(char *p, const uint8_t *b)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = put_dec(p, b[i]);
	}
	return p;
}

/* The run that "::" stands for: the longest, the first among equals, never a
 * single group (RFC 5952 4.2). Length 0 if there is none. */
static unsigned int zero_run(const unsigned int *w, unsigned int n, unsigned int *at)
{
	unsigned int best = 0;

	for (unsigned int i = 0, len = 0; i < n; i++) {
		len = w[i] ? 0 : len + 1;
		if (len > 1 && len > best) {
			best = len;
			*at = i + 1 - len;
		}
	}
	return best;
}

static char *put_ip6(char *p, const uint8_t *b)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	/* Only the well-known prefix gets the mixed form (RFC 5952 5). */
	bool mixed = memcmp(b, mapped, sizeof(mapped)) == 0;
	unsigned int groups = mixed ? 6 : 8, w[8], at = 0, len;

	for (unsigned int i = 0; i < 8; i++)
		w[i] = (unsigned int)b[2 * i] << 8 | b[2 * i + 1];
	len = zero_run(w, groups, &at);
	for (unsigned int i = 0; i < groups;) {
		if (len && i == at) {
			p = put_text(p, "::");
			i += len;
			continue;
		}
		if (i && !(len && i == at + len))
			*p++ = ':';
		p = put_hex(p, w[i++]);
	}
	if (mixed) {
		*p++ = ':';
		p = put_ip4(p, b + 12);
	}
	return p;
}

static char *put_addr(char *p, enum family f, const struct addr *a)
{
	switch (f) {
	case FAM_NONE:
		return put_text(p, "none");
	case FAM_IP4:
		return put_ip4(p, a->b);
	case FAM_IP6:
		return put_ip6(p, a->b);
	}
	return put_text(p, "none");
}

static char *put_prefix(char *p, const struct prefix *x)
{
	p = put_addr(p, (enum family)x->family, &x->addr);
	*p++ = '/';
	return put_dec(p, x->plen);
}

const char *addr_str(enum family f, const struct addr *a, char buf[ADDR_STR])
{
	*put_addr(buf, f, a) = '\0';
	return buf;
}

const char *prefix_str(const struct prefix *p, char buf[PREFIX_STR])
{
	*put_prefix(buf, p) = '\0';
	return buf;
}

const char *sdprefix_str(const struct sdprefix *p, char buf[SDPREFIX_STR])
{
	char *q = put_prefix(buf, &p->dst);

	if (!sdprefix_is_plain(p)) {
		q = put_text(q, " from ");
		q = put_prefix(q, &p->src);
	}
	*q = '\0';
	return buf;
}

/* Reads a number of one spelling (no sign, no leading zero) up to max and
 * moves *s behind it. */
static bool get_dec(const char **s, const char *end, unsigned int max, unsigned int *out)
{
	const char *p = *s;
	unsigned int v = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (p > *s && v == 0)
			return false;
		v = v * 10 + (unsigned int)(*p - '0');
		if (v > max)
			return false;
	}
	if (p == *s)
		return false;
	*s = p;
	*out = v;
	return true;
}

static bool get_ip4(const char *s, const char *end, uint8_t *out)
{
	for (int i = 0; i < 4; i++) {
		unsigned int v;

		if (i && (s == end || *s++ != '.'))
			return false;
		if (!get_dec(&s, end, 255, &v))
			return false;
		out[i] = (uint8_t)v;
	}
	return s == end;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Moves *s behind up to four hexadecimal digits; how many there were. */
static unsigned int get_group(const char **s, const char *end, unsigned int *out)
{
	unsigned int n = 0, v = 0;

	for (; n < 4 && *s < end && hex_digit(**s) >= 0; n++)
		v = v << 4 | (unsigned int)hex_digit(*(*s)++);
	*out = v;
	return n;
}

/* RFC 4291 2.2, all three forms. Octets before the "::" fill out from the
 * front; what follows it is moved to the end when all is read. */
static bool get_ip6(const char *s, const char *end, uint8_t out[16])
{
	unsigned int n = 0, gap = 0, v;
	bool have_gap = false;

	memset(out, 0, 16);
	if (end - s >= 2 && s[0] == ':' && s[1] == ':') {
		have_gap = true;
		s += 2;
	}
	while (s < end) {
		const char *start = s;

		if (get_group(&s, end, &v) == 0)
			return false;
		if (s < end && *s == '.') {
			if (n > 12 || !get_ip4(start, end, out + n))
				return false;
			n += 4;
			break;
		}
		if (n == 16)
			return false;
		out[n++] = (uint8_t)(v >> 8);
		out[n++] = (uint8_t)v;
		if (s == end)
			break;
		if (*s++ != ':' || s == end)
			return false;
		if (*s == ':') {
			if (have_gap)
				return false;
			have_gap = true;
			gap = n;
			s++;
		}
	}
	if (!have_gap)
		return n == 16;
	if (n == 16) /* "::" stands for at least one group */
		return false;
	memmove(out + 16 - (n - gap), out + gap, n - gap);
	memset(out + gap, 0, 16 - n);
	return true;
}

static bool get_addr(const char *s, const char *end, enum family *f, struct addr *out)
{
	struct addr a = {0};
	enum family found = memchr(s, ':', (size_t)(end - s)) ? FAM_IP6 : FAM_IP4;

	if (found == FAM_IP6 ? !get_ip6(s, end, a.b) : !get_ip4(s, end, a.b))
		return false;
	*f = found;
	*out = a;
	return true;
}

bool addr_parse(const char *s, enum family *f, struct addr *out)
{
	return get_addr(s, s + strlen(s), f, out);
}

bool prefix_parse(const char *s, struct prefix *out)
{
	const char *slash = strchr(s, '/'), *end = s + strlen(s);
	enum family f;
	struct addr a;
	unsigned int plen;

	if (!slash || !get_addr(s, slash, &f, &a))
		return false;
	s = slash + 1;
	return get_dec(&s, end, family_bits(f), &plen) && s == end && prefix_make(out, f, &a, plen);
}
