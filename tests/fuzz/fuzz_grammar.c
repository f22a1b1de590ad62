/* SPDX-License-Identifier: MIT */
/*
 * The command line under any lines: the first octet says how to read the
 * rest, as text or as numbers of words. Errors name a place within the line
 * and change nothing; what the good lines make is printed as lines that,
 * read strictly, print the same again.
 */
#include "tests/fuzz/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cli/rig.h"

#define TEXT_MAX 8192

static void must(bool ok)
{
	if (!ok)
		abort();
}

static const char *const words[] = {
	"\n",
	"\n",
	"\n",
	"no",
	"interface",
	"router",
	"babel",
	"network",
	"redistribute",
	"ipv6",
	"ipv4",
	"ip",
	"route",
	"from",
	"static",
	"connected",
	"v0",
	"eth0",
	"5",
	"wired",
	"wireless",
	"rxcost",
	"hello-interval",
	"update-interval",
	"split-horizon",
	"4000",
	"65534",
	"0",
	"description",
	"hostname",
	"::/0",
	"2001:db8::/32",
	"fe80::1",
	"10.0.0.0/8",
	"10.0.0.1",
	"0.0.0.0/0",
	"blackhole",
	"Null0",
	"reject",
	"prohibit",
	"onlink",
	"200",
	"netconf",
	"server",
	"listen",
	"ssh",
	"tls",
	"port",
	"830",
	"user",
	"authorized-key",
	"ssh-ed25519",
	"AAAA",
	"host-key",
	"/a",
	"certificate",
	"nacm",
	"enable",
	"group",
	"rule-list",
	"rule",
	"module",
	"rpc",
	"path",
	"/",
	"action",
	"permit",
	"deny",
	"operations",
	"read",
	"comment",
	"\"a b\"",
	"\"blackhole\"",
	"\"5\"",
	"\"",
	"\"\\n\"",
	"\"x\"y",
	"i",
	"r",
	"b",
	"w",
	"!",
	"#",
	"?",
	"exit",
	"read-default",
	"router-id",
	"00:00:00:00:00:00:00:01",
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static const char seed_text[] = "\0interface v0\n babel rxcost 5\n no babel split-horizon\n"
				" description \"a b\" c\nexit\nrouter babel\n network \"5\"\n"
				"ipv6 route ::/0 from 2001:db8::/32 fe80::1 v0 5 onlink\n";
static const char seed_nacm[] =
	"\0nacm group x\nuser a\nnacm rule-list \"a b\"\nrule 1 deny\n"
	"comment \"two\\nlines\"\npath /\nno nacm enable\n";
static const char seed_words[] =
	"\1\4\21\0\6\25\22\0\3\6\30\0\5\6\0\7\22\0\11\14\36\15\37\40\20\22";
static const struct fuzz_seed seeds[] = {
	{seed_text, sizeof(seed_text) - 1},
	{seed_nacm, sizeof(seed_nacm) - 1},
	{seed_words, sizeof(seed_words) - 1},
};

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}

static const struct rig *rig_once(void)
{
	static struct rig rig;

	if (!rig.ly)
		rig = rig_new();
	return &rig;
}

static void text_of(const uint8_t *data, size_t size, char *text)
{
	size_t i, n = 0;

	for (i = 1; i < size && n + 40 < TEXT_MAX; i++) {
		if (data[0] & 1) {
			const char *w = words[data[i] % WORDS];

			n += (size_t)snprintf(text + n, TEXT_MAX - n, "%s ", w);
		} else {
			text[n++] = data[i] ? (char)data[i] : '\n';
		}
	}
	text[n] = '\0';
}

static void each_candidate(void *ctx, const struct grammar_candidate *c)
{
	size_t *n = ctx;

	must(c->word && *c->word && c->help);
	++*n;
}

static bool deletes(const struct grammar_result *r)
{
	size_t i;

	for (i = 0; i < r->n_edits; i++) {
		if (r->edits[i].op == GRAMMAR_DELETE)
			return true;
	}
	return false;
}

static void read_line(const struct rig *rig, struct grammar_place *place, const char *line,
		      unsigned int flags, struct lyd_node **tree)
{
	struct grammar_result r = {0};
	size_t n = 0;
	enum grammar_status s;

	grammar_complete(rig->g, place, line, true, NULL, each_candidate, &n, &r);
	s = grammar_parse(rig->g, place, line, flags, &r);
	if (s == GRAMMAR_OK) {
		/* The rig wants what is deleted to be there. */
		if (!deletes(&r))
			rig_apply(rig, tree, r.edits, r.n_edits);
		*place = r.place;
	} else {
		must(r.n_edits == 0 && r.column <= strlen(line));
		must(s == GRAMMAR_EMPTY || *r.message);
		must(memcmp(&r.place, place, sizeof(*place)) == 0);
	}
	grammar_result_clear(&r);
}

const unsigned long fuzz_runs = 6000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct rig *rig = rig_once();
	static char text[TEXT_MAX];
	struct lyd_node *tree = NULL, *back = NULL;
	struct grammar_place place = {0};
	char *line, *save, *printed, *again, why[GRAMMAR_TEXT_MAX];

	if (size < 2)
		return 0;
	text_of(data, size, text);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		read_line(rig, &place, line, data[0] & 2 ? GRAMMAR_STRICT : 0, &tree);
	printed = rig_print(rig, tree);
	must(rig_load(rig, printed, GRAMMAR_STRICT, &back, why) == 0);
	again = rig_print(rig, back);
	must(strcmp(printed, again) == 0);
	free(printed);
	free(again);
	lyd_free_all(tree);
	lyd_free_all(back);
	return 0;
}
