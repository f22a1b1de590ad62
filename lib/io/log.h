/* SPDX-License-Identifier: MIT */
/*
 * The process's log: one sink, levels, and a token bucket for what a remote
 * can trigger.
 *
 * The sink is process-wide state, the only such thing in lib: a log line must
 * be possible anywhere outside the pure rooms, from the first line of main().
 * A line is written with one write(2) and never blocks protocol work for
 * long: what a stuck reader does not take is dropped and counted in the next
 * line that gets through. Control characters become '?', lines are cut at
 * LOG_LINE_MAX. A line has the form "2026-01-02 03:04:05.678 babeld: warning: text", or
 * the level as priority with syslog.
 */
#ifndef SRCDEST_IO_LOG_H
#define SRCDEST_IO_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/mono.h"

#define LOG_LINE_MAX 2048

enum log_level {
	LOG_LVL_ERROR,
	LOG_LVL_WARNING,
	LOG_LVL_NOTICE, /* the default threshold shows down to this */
	LOG_LVL_INFO,
	LOG_LVL_DEBUG,
};

/* target: "stdout", "stderr" (default), "syslog" or "file:PATH", each may end
 * in ":LEVEL" (error, warning, notice, info, debug). Returns false and writes
 * the reason to err if the target is not understood or can't be opened; the
 * sink is unchanged then. `ident` is borrowed for ever. */
bool log_open(const char *ident, const char *target, char *err, unsigned int err_size);
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);
/* Opens a file target again after it was rotated; keeps the old one open and
 * says so if that fails. */
void log_reopen(void);
int log_fd(void); /* the descriptor of a file target, -1 if the sink is another */
void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_vat(enum log_level level, const char *fmt, va_list ap);

#define log_error(...)	 log_at(LOG_LVL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LVL_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_at(LOG_LVL_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_at(LOG_LVL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_at(LOG_LVL_DEBUG, __VA_ARGS__)

/* A token bucket per class of lines: `burst` lines at once, then one per
 * `every`. What it swallowed is told with the next line that passes:
 * "text (7 more like this suppressed)". Static initialisation is fine:
 *	static struct log_limit lim = LOG_LIMIT(5, 10 * USEC_PER_SEC); */
struct log_limit {
	unsigned int burst;
	usec_t every;
	unsigned int tokens;
	mono_t filled; /* us 0: never used */
	uint64_t swallowed;
};
#define LOG_LIMIT(n, d) \
	{ \
		.burst = (n), .every = (d), .tokens = (n) \
	}
/* For words that cost more to make than to throw away: false if the line would
 * not be written; it counts as told then. */
bool log_passes(struct log_limit *lim, enum log_level level);
void log_limited(struct log_limit *lim, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
