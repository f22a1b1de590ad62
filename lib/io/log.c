/* SPDX-License-Identifier: MIT */
/* The log: one sink per process. */
#include "lib/io/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* How long a line may wait for a slow reader. Once one was lost, the next
 * ones do not wait at all until the reader is back. */
#define STUCK_MS 20

static const struct {
	const char *name;
	int priority;
} levels[] = {
	[LOG_LVL_ERROR] = {"error", LOG_ERR},	   [LOG_LVL_WARNING] = {"warning", LOG_WARNING},
	[LOG_LVL_NOTICE] = {"notice", LOG_NOTICE}, [LOG_LVL_INFO] = {"info", LOG_INFO},
	[LOG_LVL_DEBUG] = {"debug", LOG_DEBUG},
};
#define N_LEVELS (sizeof(levels) / sizeof(levels[0]))

static struct {
	const char *ident;
	int fd;
	bool to_syslog;
	char *path; /* of a file target */
	enum log_level level;
	uint64_t lost;
} sink = {.ident = "srcdest", .fd = STDERR_FILENO, .level = LOG_LVL_NOTICE};

static bool level_parse(const char *s, enum log_level *out)
{
	for (size_t i = 0; i < N_LEVELS; i++) {
		if (strcmp(levels[i].name, s) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static int file_open(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

static void sink_set(int fd, char *path, bool to_syslog)
{
	if (sink.path)
		close(sink.fd);
	if (sink.to_syslog)
		closelog();
	free(sink.path);
	sink.fd = fd;
	sink.path = path;
	sink.to_syslog = to_syslog;
	if (to_syslog)
		openlog(sink.ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/* `t` is the target without its level, and ours to cut and keep from. */
static bool target_open(const char *t, char *err, unsigned int err_size)
{
	int fd;

	if (strcmp(t, "stdout") == 0) {
		sink_set(STDOUT_FILENO, NULL, false);
		return true;
	}
	if (strcmp(t, "stderr") == 0) {
		sink_set(STDERR_FILENO, NULL, false);
		return true;
	}
	if (strcmp(t, "syslog") == 0) {
		sink_set(-1, NULL, true);
		return true;
	}
	if (strncmp(t, "file:", 5) != 0 || !t[5]) {
		snprintf(err, err_size,
			 "log target \"%s\" is none of stdout, stderr, syslog, file:PATH", t);
		return false;
	}
	fd = file_open(t + 5);
	if (fd < 0) {
		snprintf(err, err_size, "can't open log file %s: %s", t + 5, strerror(errno));
		return false;
	}
	sink_set(fd, strdup(t + 5), false);
	return true;
}

bool log_open(const char *ident, const char *target, char *err, unsigned int err_size)
{
	char *t = strdup(target ? target : "stderr");
	char *colon = t ? strrchr(t, ':') : NULL;
	const char *old_ident = sink.ident;
	enum log_level level = sink.level;
	bool ok;

	if (!t)
		abort();
	/* A path may hold colons: only a word that is a level is one. */
	if (colon && level_parse(colon + 1, &level))
		*colon = '\0';
	sink.ident = ident;
	ok = target_open(t, err, err_size);
	if (ok)
		sink.level = level;
	else
		sink.ident = old_ident;
	free(t);
	return ok;
}

void log_set_level(enum log_level level)
{
	sink.level = level;
}

bool log_enabled(enum log_level level)
{
	return level <= sink.level;
}

void log_reopen(void)
{
	int fd;

	if (!sink.path)
		return;
	fd = file_open(sink.path);
	if (fd < 0) {
		log_warning("can't open log file %s again: %s", sink.path, strerror(errno));
		return;
	}
	close(sink.fd);
	sink.fd = fd;
}

int log_fd(void)
{
	return sink.path ? sink.fd : -1;
}

static size_t stamp(char *buf, size_t size)
{
	struct timeval tv;
	struct tm tm;
	size_t n;

	gettimeofday(&tv, NULL);
	localtime_r(&tv.tv_sec, &tm);
	n = strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm);
	return n + (size_t)snprintf(buf + n, size - n, ".%03d ", (int)(tv.tv_usec / 1000));
}

/* snprintf's result, as the octets that are really there. */
static size_t fits(int n, size_t room)
{
	if (n < 0)
		return 0;
	return (size_t)n < room ? (size_t)n : room - 1;
}

static void line_out(const char *line, size_t len)
{
	struct pollfd p = {.fd = sink.fd, .events = POLLOUT};
	ssize_t n = -1;

	/* A pipe with room for any has room for LOG_LINE_MAX < PIPE_BUF. */
	if (poll(&p, 1, sink.lost ? 0 : STUCK_MS) == 1 && (p.revents & POLLOUT))
		n = write(sink.fd, line, len);
	if (n < 0)
		sink.lost++;
	else
		sink.lost = 0;
}

void log_vat(enum log_level level, const char *fmt, va_list ap)
{
	int saved = errno;
	char line[LOG_LINE_MAX];
	size_t n = 0, text;

	if (!log_enabled(level))
		return;
	if (!sink.to_syslog) {
		n = stamp(line, sizeof(line));
		n += fits(snprintf(line + n, sizeof(line) - n, "%s: %s: ", sink.ident,
				   levels[level].name),
			  sizeof(line) - n);
	}
	text = n;
	errno = saved;
	n += fits(vsnprintf(line + n, sizeof(line) - n, fmt, ap), sizeof(line) - n);
	if (sink.lost)
		n += fits(snprintf(line + n, sizeof(line) - n, " (%llu lines before this lost)",
				   (unsigned long long)sink.lost),
			  sizeof(line) - n);
	/* What a peer put into a name must not forge a line or steer a terminal. */
	for (size_t i = text; i < n; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	if (sink.to_syslog) {
		syslog(levels[level].priority, "%.*s", (int)n, line);
	} else {
		line[n] = '\n'; /* n < sizeof: takes the NUL's place */
		line_out(line, n + 1);
	}
	errno = saved;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vat(level, fmt, ap);
	va_end(ap);
}

static mono_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (mono_t){.us = ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000};
}

/* Tokens that have come since it was last looked at. */
static void limit_fill(struct log_limit *lim)
{
	mono_t t = now();
	usec_t gain = 0;

	if (lim->filled.us == 0)
		lim->filled = t;
	if (lim->every > 0)
		gain = mono_sub(t, lim->filled) / lim->every;
	if (gain >= lim->burst - lim->tokens) {
		lim->tokens = lim->burst;
		lim->filled = t;
	} else {
		lim->tokens += (unsigned int)gain;
		lim->filled = mono_add(lim->filled, gain * lim->every);
	}
}

bool log_passes(struct log_limit *lim, enum log_level level)
{
	if (!log_enabled(level))
		return false;
	limit_fill(lim);
	if (lim->tokens == 0)
		lim->swallowed++;
	return lim->tokens > 0;
}

void log_limited(struct log_limit *lim, enum log_level level, const char *fmt, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	if (!log_passes(lim, level))
		return;
	lim->tokens--;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (lim->swallowed)
		log_at(level, "%s (%llu more like this suppressed)", text,
		       (unsigned long long)lim->swallowed);
	else
		log_at(level, "%s", text);
	lim->swallowed = 0;
}
