/* SPDX-License-Identifier: MIT */
/*
 * The vty framing and the line matcher under an arbitrary stream of octets:
 * nothing is read past the request, every request gets one answer without a
 * NUL and a status of the protocol, and a line that was understood is
 * understood again when its words are written out in full.
 */
#include "tests/fuzz/driver.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cli/show.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The words as matched, a blank between two. */
static json_object *state(const void *ctx, const struct show_args *a, char *err,
			  unsigned int err_size)
{
	char text[2 * SHOW_REQUEST_MAX] = "";
	size_t n = 0;

	(void)ctx;
	(void)err;
	(void)err_size;
	must(a->n > 0 && a->n <= SHOW_WORDS_MAX);
	for (size_t i = 0; i < a->n; i++) {
		size_t len = strlen(a->word[i]);

		must(len > 0 && n + len + 2 < sizeof(text));
		must(strcspn(a->word[i], " \t\r\n") == len);
		if (i)
			text[n++] = ' ';
		memcpy(text + n, a->word[i], len + 1);
		n += len;
	}
	return json_object_new_string(text);
}

static void text(const json_object *o, struct show_out *out)
{
	show_printf(out, "%s", json_object_get_string((json_object *)(uintptr_t)o));
}

static const struct show_command table[] = {
	{"show interface [IFNAME]", "", state, text},
	{"show interface brief", "", state, text},
	{"show <ip|ipv6> route [PREFIX]", "", state, text},
	{"show ipv6 route <PREFIX|ADDR> [from <PREFIX|ADDR>]", "", state, text},
	{"show <ip|ipv6> route summary", "", state, text},
	{"show babel [<neighbor [IFNAME]|route [selected [only]]>]", "", state, text},
	{"show word WORD [WORD [WORD]]", "", state, text},
};

static enum show_status run(const char *line, char **answer)
{
	return show_run(table, sizeof(table) / sizeof(table[0]), NULL, "fuzz", line, answer);
}

static bool has_json(const char *answer)
{
	return answer[0] == '"';
}

static void one_line(const char *line)
{
	char *answer, *again;
	enum show_status s = run(line, &answer);

	must(s == SHOW_OK || s == SHOW_NO_MATCH || s == SHOW_AMBIGUOUS || s == SHOW_INCOMPLETE);
	/* "show" opens only lines of the table; a value may itself be `json`. */
	if (s == SHOW_OK && strncmp(answer, "show ", 5) == 0 &&
	    line[strspn(line, " \t\r\n")] == 's' && !has_json(answer) && !strstr(answer, " json")) {
		must(run(answer, &again) == SHOW_OK);
		must(strcmp(answer, again) == 0);
		free(again);
	}
	free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	size_t len = 0;

	for (;;) {
		char *line;

		switch (show_frame(in, &len)) {
		case SHOW_FRAME_MORE:
			must(in.len <= SHOW_REQUEST_MAX);
			return 0;
		case SHOW_FRAME_TOO_LONG:
			must(in.len > SHOW_REQUEST_MAX);
			return 0;
		case SHOW_FRAME_LINE:
			break;
		}
		must(len <= SHOW_REQUEST_MAX && len < in.len && in.p[len] == 0);
		/* A copy of its own, so that a step outside is seen. */
		line = strdup((const char *)in.p);
		must(line && strlen(line) == len);
		one_line(line);
		free(line);
		in = span_of(in.p + len + 1, in.len - len - 1);
	}
}

#define SEED(s) \
	{ \
		s, sizeof(s) \
	}
const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static const struct fuzz_seed seeds[] = {
		SEED("show interface v0\0show interface brief json"),
		SEED("sh ipv6 ro 2001:db8::/32 from 2001:db8:1::/48\0show ip route summary"),
		SEED("show ipv6 route ::1 from fe80::1\0show ip route 10.0.0.0/8"),
		SEED("show babel route selected only\0show babel neighbor v0\0exit"),
		SEED("echo PING\0enable\0list\0show word a b c json\0# comment\0\0end"),
	};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
