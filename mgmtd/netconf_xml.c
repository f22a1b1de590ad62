/* SPDX-License-Identifier: MIT */
/* XML text under construction. */
#include "mgmtd/netconf_xml.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATH_MODULES_MAX 16

void xml_add_n(struct xml *t, const char *s, size_t n)
{
	if (t->room - t->len < n + 1) {
		t->room = 2 * (t->len + n + 1);
		if (t->room < 256)
			t->room = 256;
		t->p = realloc(t->p, t->room);
		if (!t->p)
			abort();
	}
	memcpy(t->p + t->len, s, n);
	t->len += n;
	t->p[t->len] = '\0';
}

void xml_add(struct xml *t, const char *s)
{
	xml_add_n(t, s, strlen(s));
}

void xml_fmt(struct xml *t, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	xml_add_n(t, s, (size_t)n);
	free(s);
}

/* Octets of the UTF-8 sequence at s that XML can hold; 0: it is none. */
static size_t utf8_len(const unsigned char *s)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = s[0];

	if (n <= 1)
		return n && (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') ? n : 0;
	c &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) || c == 0xfffe ||
	    c == 0xffff)
		return 0;
	return n;
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	default:
		return NULL;
	}
}

void xml_escaped(struct xml *t, const char *s)
{
	const char *from = s;

	while (*s) {
		size_t n = utf8_len((const unsigned char *)s);
		const char *instead = n ? entity(*s) : "?";

		if (!instead) {
			s += n;
			continue;
		}
		xml_add_n(t, from, (size_t)(s - from));
		xml_add(t, instead);
		from = ++s;
	}
	xml_add_n(t, from, (size_t)(s - from));
}

void xml_leaf(struct xml *t, const char *name, const char *value)
{
	if (!value)
		return;
	xml_fmt(t, "<%s>", name);
	xml_escaped(t, value);
	xml_fmt(t, "</%s>", name);
}

/* libyang puts the mark of defaults into the namespace of the module; RFC 6243
 * 6 has one of its own for it. Only in tags: text may hold anything. */
static void add_tagged(struct xml *t, const char *s)
{
	static const char theirs[] = "=\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\"";
	const char *tag, *end, *hit;

	while ((tag = strchr(s, '<')) && (end = strchr(tag, '>'))) {
		hit = strstr(tag, theirs);
		if (hit && hit < end) {
			xml_add_n(t, s, (size_t)(hit - s));
			xml_add(t, "=\"urn:ietf:params:xml:ns:netconf:default:1.0\"");
			s = hit + sizeof(theirs) - 1;
		}
		xml_add_n(t, s, (size_t)(end + 1 - s));
		s = end + 1;
	}
	xml_add(t, s);
}

static ssize_t add_printed(void *ctx, const void *buf, size_t n)
{
	xml_add_n(ctx, buf, n);
	return (ssize_t)n;
}

/* Not lyd_print_mem(): its text grows by every few octets that are written. */
void xml_tree(struct xml *t, const struct lyd_node *first, uint32_t with_defaults)
{
	struct xml own = {0}, *to = with_defaults == LYD_PRINT_WD_ALL_TAG ? &own : t;

	if (!first)
		return;
	if (lyd_print_clb(add_printed, to, first, LYD_XML,
			  LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK | with_defaults))
		abort();
	if (own.p)
		add_tagged(t, own.p);
	xml_clear(&own);
}

/* ---- paths ---- */

struct path_writer {
	const struct ly_ctx *ly;
	const struct lys_module *seen[PATH_MODULES_MAX];
	size_t n_seen;
	const struct lys_module *now; /* names without a module are of this one */
	struct xml out;
};

static bool use_module(struct path_writer *w, const char *name, size_t len)
{
	const struct lys_module *m;
	char buf[128];
	size_t i;

	snprintf(buf, sizeof(buf), "%.*s", (int)len, name);
	m = ly_ctx_get_module_implemented(w->ly, buf);
	if (!m)
		return false;
	w->now = m;
	for (i = 0; i < w->n_seen && w->seen[i] != m; i++)
		;
	if (i == PATH_MODULES_MAX)
		return false;
	if (i == w->n_seen)
		w->seen[w->n_seen++] = m;
	return true;
}

/* Two modules may use one prefix for themselves: the place in the list makes
 * ours unique. */
static void add_prefixed(struct path_writer *w, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < w->n_seen && w->seen[i] != w->now; i++)
		;
	if (w->now)
		xml_fmt(&w->out, "%s%zu:", w->now->prefix, i);
	xml_add_n(&w->out, name, len);
}

/* A name, perhaps with its module; returns what follows. */
static const char *path_name(struct path_writer *w, const char *s)
{
	size_t n = strcspn(s, ":/[]='\" ");

	if (s[n] == ':' && use_module(w, s, n)) {
		s += n + 1;
		n = strcspn(s, ":/[]='\" ");
	}
	if (n == 1 && *s == '.')
		xml_add(&w->out, ".");
	else if (n > 0 && *s >= '0' && *s <= '9')
		xml_add_n(&w->out, s, n);
	else if (n > 0)
		add_prefixed(w, s, n);
	return s + n;
}

static void path_convert(struct path_writer *w, const char *s)
{
	while (*s) {
		const char *end;
		char one[2] = {*s, '\0'};

		switch (*s) {
		case '\'':
		case '"':
			end = strchr(s + 1, *s);
			end = end ? end + 1 : s + strlen(s);
			char *value = strndup(s, (size_t)(end - s));

			if (!value)
				abort();
			xml_escaped(&w->out, value);
			free(value);
			s = end;
			break;
		case '/':
		case '[':
			xml_add(&w->out, one);
			s = path_name(w, s + 1);
			break;
		default:
			xml_escaped(&w->out, one);
			s++;
			break;
		}
	}
}

void xml_path(struct xml *t, const struct ly_ctx *ly, const char *open, const char *path)
{
	struct path_writer w = {.ly = ly};

	path_convert(&w, path);
	xml_add(t, open);
	for (size_t i = 0; i < w.n_seen; i++)
		xml_fmt(t, " xmlns:%s%zu=\"%s\"", w.seen[i]->prefix, i, w.seen[i]->ns);
	xml_add(t, ">");
	if (w.out.p)
		xml_add(t, w.out.p);
	xml_clear(&w.out);
}

void xml_time(struct xml *t, int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm;
	char buf[32];

	gmtime_r(&when, &tm);
	strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", &tm);
	xml_add(t, buf);
}

void xml_clear(struct xml *t)
{
	free(t->p);
	*t = (struct xml){0};
}
