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

static size_t format_index(const struct babel_persist *p, unsigned int i, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "index %.15s ", p->ifs[i].name);

	for (size_t k = 0; k < sizeof(p->ifs[i].index); k++)
		n += (size_t)snprintf(buf + n, size - n, "%02x", p->ifs[i].index[k]);
	return n + (size_t)snprintf(buf + n, size - n, " %u\n", p->ifs[i].pc);
}

size_t babel_state_format(const struct babel_persist *p, const char *boot,
			  char buf[BABEL_STATE_MAX])
{
	char id[ROUTER_ID_STR], addr[ADDR_STR];
	size_t n;

	n = (size_t)snprintf(buf, BABEL_STATE_MAX, HEAD "\nrouter-id %s\nseqno %u\n",
			     router_id_str(&p->router_id, id), p->seqno);
	if (p->made_up)
		n += (size_t)snprintf(buf + n, BABEL_STATE_MAX - n, "random\n");
	if (*boot)
		n += (size_t)snprintf(buf + n, BABEL_STATE_MAX - n, "boot %s\n", boot);
	for (unsigned int i = 0; i < p->n && i < BABEL_PERSIST_IFS; i++) {
		n += (size_t)snprintf(buf + n, BABEL_STATE_MAX - n, "hello %.15s %u\n",
				      p->ifs[i].name, p->ifs[i].hello_seqno);
		if (*boot && p->ifs[i].have_index)
			n += format_index(p, i, buf + n, BABEL_STATE_MAX - n);
	}
	for (unsigned int i = 0; i < p->n_unicast && i < BABEL_PERSIST_UNICAST; i++)
		n += (size_t)snprintf(
			buf + n, BABEL_STATE_MAX - n, "unicast %.15s %s %u\n", p->unicast[i].ifname,
			addr_str(FAM_IP6, &p->unicast[i].neigh, addr), p->unicast[i].hello_seqno);
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

/* Digits only. */
static bool parse_number(const char *s, uint64_t most, uint64_t *out)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; s[n] >= '0' && s[n] <= '9' && n < 11; n++)
		v = 10 * v + (uint64_t)(s[n] - '0');
	if (n == 0 || s[n] || v > most)
		return false;
	*out = v;
	return true;
}

static bool parse_u16(const char *s, uint16_t *out)
{
	uint64_t v;

	if (!parse_number(s, UINT16_MAX, &v))
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

/* "eth0 00112233aabbccdd 262144", of the interface of the line before. */
static bool parse_index(char *rest, bool count, struct babel_persist *out)
{
	char *hex = strchr(rest, ' '), *pc = hex ? strchr(hex + 1, ' ') : NULL;
	uint8_t index[BABEL_INDEX_LEN];
	unsigned int octet;
	uint64_t v;

	if (!pc || !out->n || (size_t)(hex - rest) >= sizeof(out->ifs[0].name) ||
	    pc - hex - 1 != 2 * BABEL_INDEX_LEN || !parse_number(pc + 1, UINT32_MAX, &v))
		return false;
	*hex++ = '\0';
	if (strcmp(out->ifs[out->n - 1].name, rest) != 0)
		return false;
	for (size_t k = 0; k < sizeof(index); k++, hex += 2) {
		if (strspn(hex, "0123456789abcdef") < 2 || sscanf(hex, "%2x", &octet) != 1)
			return false;
		index[k] = (uint8_t)octet;
	}
	if (!count)
		return true;
	out->ifs[out->n - 1].have_index = true;
	memcpy(out->ifs[out->n - 1].index, index, sizeof(index));
	out->ifs[out->n - 1].pc = (uint32_t)v;
	return true;
}

/* "eth0 fe80::1 1234" */
static bool parse_unicast(char *rest, struct babel_persist *out)
{
	char *addr = strchr(rest, ' '), *seqno = addr ? strchr(addr + 1, ' ') : NULL;
	unsigned int k = out->n_unicast;
	enum family f;

	if (!seqno || addr == rest || (size_t)(addr - rest) >= sizeof(out->unicast[0].ifname) ||
	    k == BABEL_PERSIST_UNICAST)
		return false;
	*addr++ = *seqno++ = '\0';
	if (!addr_parse(addr, &f, &out->unicast[k].neigh) || f != FAM_IP6 ||
	    !parse_u16(seqno, &out->unicast[k].hello_seqno))
		return false;
	memcpy(out->unicast[k].ifname, rest, strlen(rest) + 1);
	out->n_unicast++;
	return true;
}

static char *after(char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 ? line + n : NULL;
}

bool babel_state_parse(const char *text, size_t len, const char *boot, struct babel_persist *out,
		       const char **why)
{
	struct babel_persist p = {0};
	bool same_boot = false;
	char line[80], *rest;

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
		if (strcmp(line, "random") == 0)
			p.made_up = true;
		else if ((rest = after(line, "boot ")))
			same_boot = *boot && strcmp(rest, boot) == 0;
		else if ((rest = after(line, "hello "))	    ? !parse_hello(rest, &p)
			 : (rest = after(line, "index "))   ? !parse_index(rest, same_boot, &p)
			 : (rest = after(line, "unicast ")) ? !parse_unicast(rest, &p)
							    : true)
			return false;
		*why = "it is cut off";
	}
	return false;
}

/* What the kernel made up at this boot; "" if it doesn't say. */
static const char *this_boot(char buf[BABEL_STATE_BOOT])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, BABEL_STATE_BOOT - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strspn(buf, "0123456789abcdef-")] = '\0';
	return buf;
}

enum babel_state_found babel_state_load(const char *path, struct babel_persist *out)
{
	char text[BABEL_STATE_MAX + 1], boot[BABEL_STATE_BOOT];
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
	if (n >= 0 && n <= BABEL_STATE_MAX &&
	    babel_state_parse(text, (size_t)n, this_boot(boot), out, &why))
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
	char text[BABEL_STATE_MAX], beside[256], boot[BABEL_STATE_BOOT];
	size_t n = babel_state_format(p, this_boot(boot), text);

	errno = ENAMETOOLONG;
	return (size_t)snprintf(beside, sizeof(beside), "%s.new", path) < sizeof(beside) &&
	       write_file(beside, text, n) && rename(beside, path) == 0;
}
