/* SPDX-License-Identifier: MIT */
/* The state that survives babeld. */
#include "babeld/babel_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "babeld/babel_nb_config.h"
#include "lib/io/log.h"

#define HEAD "babeld-state 1"

size_t babel_state_format(const struct babel_persist *p, char buf[BABEL_STATE_MAX])
{
	char id[ROUTER_ID_STR];
	size_t n;

	n = (size_t)snprintf(buf, BABEL_STATE_MAX, HEAD "\nrouter-id %s\nseqno %u\n",
			     router_id_str(&p->router_id, id), p->seqno);
	for (unsigned int i = 0; i < p->n && i < BABEL_PERSIST_IFS; i++)
		n += (size_t)snprintf(buf + n, BABEL_STATE_MAX - n, "hello %.15s %u\n",
				      p->ifs[i].name, p->ifs[i].hello_seqno);
	n += (size_t)snprintf(buf + n, BABEL_STATE_MAX - n, "end\n");
	return n;
}

/* Takes one line off the text, without its end; false if there is no whole
 * one that fits. */
static bool next_line(const char **text, size_t *len, char *line, size_t size)
{
	const char *end = memchr(*text, '\n', *len);
	size_t n = end ? (size_t)(end - *text) : 0;

	if (!end || n >= size || memchr(*text, '\0', n))
		return false;
	memcpy(line, *text, n);
	line[n] = '\0';
	*text += n + 1;
	*len -= n + 1;
	return true;
}

/* Digits only, at most 65535. */
static bool parse_u16(const char *s, uint16_t *out)
{
	unsigned long v = 0;
	size_t n = 0;

	for (; s[n] >= '0' && s[n] <= '9' && n < 6; n++)
		v = 10 * v + (unsigned long)(s[n] - '0');
	if (n == 0 || s[n] || v > 0xffff)
		return false;
	*out = (uint16_t)v;
	return true;
}

static bool parse_hello(char *rest, struct babel_persist *out)
{
	char *blank = strchr(rest, ' ');
	size_t n = blank ? (size_t)(blank - rest) : 0;

	if (n == 0 || n >= sizeof(out->ifs[0].name) || out->n == BABEL_PERSIST_IFS ||
	    !parse_u16(blank + 1, &out->ifs[out->n].hello_seqno))
		return false;
	memcpy(out->ifs[out->n].name, rest, n);
	out->ifs[out->n++].name[n] = '\0';
	return true;
}

static char *after(char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 ? line + n : NULL;
}

bool babel_state_parse(const char *text, size_t len, struct babel_persist *out, const char **why)
{
	struct babel_persist p = {0};
	char line[64], *rest;

	*why = "its first line is another";
	if (!next_line(&text, &len, line, sizeof(line)) || strcmp(line, HEAD) != 0)
		return false;
	*why = "no valid router-id";
	if (!next_line(&text, &len, line, sizeof(line)) || !(rest = after(line, "router-id ")) ||
	    !router_id_parse(rest, &p.router_id) || !router_id_valid(&p.router_id))
		return false;
	*why = "no valid seqno";
	if (!next_line(&text, &len, line, sizeof(line)) || !(rest = after(line, "seqno ")) ||
	    !parse_u16(rest, &p.seqno))
		return false;
	*why = "it is cut off";
	while (next_line(&text, &len, line, sizeof(line))) {
		if (strcmp(line, "end") == 0) {
			*why = "something follows its end";
			if (len)
				return false;
			*out = p;
			return true;
		}
		*why = "a line is not understood";
		rest = after(line, "hello ");
		if (!rest || !parse_hello(rest, &p))
			return false;
		*why = "it is cut off";
	}
	return false;
}

enum babel_state_found babel_state_load(const char *path, struct babel_persist *out)
{
	char text[BABEL_STATE_MAX + 1];
	const char *why = "it is too long";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0 && errno == ENOENT)
		return STATE_NONE;
	n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (n < 0)
		why = strerror(errno);
	if (fd >= 0)
		close(fd);
	if (n >= 0 && n <= BABEL_STATE_MAX && babel_state_parse(text, (size_t)n, out, &why))
		return STATE_FOUND;
	log_warning("ignoring the state of an earlier run in %s: %s", path, why);
	return STATE_BAD;
}

static bool write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644), saved;
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, len);
	saved = n < 0 ? errno : ENOSPC;
	if (close(fd) < 0 || n != (ssize_t)len) {
		errno = saved;
		return false;
	}
	return true;
}

bool babel_state_save(const char *path, const struct babel_persist *p)
{
	char text[BABEL_STATE_MAX], beside[256];
	size_t n = babel_state_format(p, text);

	errno = ENAMETOOLONG;
	return (size_t)snprintf(beside, sizeof(beside), "%s.new", path) < sizeof(beside) &&
	       write_file(beside, text, n) && rename(beside, path) == 0;
}
