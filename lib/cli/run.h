/* SPDX-License-Identifier: MIT */
/* Between the two halves of show: one request, run. Private to the room. */
#ifndef SRCDEST_CLI_RUN_H
#define SRCDEST_CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/cli/show.h"

struct show_table { /* all borrowed */
	const struct show_command *commands;
	size_t n;
	const void *ctx;
	const char *daemon_name;
};

struct show_answer {
	char *text; /* malloced, terminated */
	size_t len;
	enum show_status status;
	bool leave; /* the user asked for the end of the session */
};

struct show_answer show_answer(const struct show_table *t, const char *line);

#endif
