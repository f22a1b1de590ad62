/* SPDX-License-Identifier: MIT */
/* srcdest-babel-replay: a recording of babeld happens again, and is compared. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "babeld/babel_replay.h"
#include "babeld/trace/player.h"

enum { EXIT_SAME = 0, EXIT_DIFFERS = 1, EXIT_UNREADABLE = 2 };

static const char usage[] =
	"Usage: srcdest-babel-replay [OPTION]... FILE\n"
	"Makes a recording of babeld (babeld --record) happen again in no time, and\n"
	"compares what Babel says and holds with what it said and held then.\n"
	"\n"
	"  -l, --loose            only the events count: for recordings of other versions,\n"
	"                         or written by hand; nothing is compared\n"
	"  -e, --events           print each event\n"
	"  -s, --said             print what Babel told the world: packets, routes, notes\n"
	"  -n, --no-tables        do not print the tables at the end\n"
	"  -x, --explain PAIR     at the end, why the routes of \"D\" or \"D from S\" are as\n"
	"                         they are; may be given several times\n"
	"  -u, --until SECONDS    stop there, counted from the first event\n"
	"  -h, --help             this\n"
	"  -V, --version          the version\n"
	"\n"
	"Exit status: 0 all is as it was, 1 something differs, 2 FILE can't be read.\n";

static const struct option options[] = {
	{"loose", no_argument, NULL, 'l'},
	{"events", no_argument, NULL, 'e'},
	{"said", no_argument, NULL, 's'},
	{"no-tables", no_argument, NULL, 'n'},
	{"explain", required_argument, NULL, 'x'},
	{"until", required_argument, NULL, 'u'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static _Noreturn void fatal(const char *what, const char *why)
{
	fprintf(stderr, "srcdest-babel-replay: %s: %s\n", what, why);
	exit(EXIT_UNREADABLE);
}

static struct sdprefix parse_pair(const char *text)
{
	char dst[PREFIX_STR] = "";
	const char *from = strstr(text, " from ");
	size_t n = from ? (size_t)(from - text) : strlen(text);
	struct prefix d, s;
	struct sdprefix pair;

	if (n < sizeof(dst))
		memcpy(dst, text, n);
	if (!prefix_parse(dst, &d) || (from && !prefix_parse(from + strlen(" from "), &s)) ||
	    !sdprefix_make(&pair, &d, from ? &s : NULL))
		fatal(text, "is no pair of prefixes: \"D\" or \"D from S\"");
	return pair;
}

static void parse_until(struct replay *r, const char *text)
{
	char *end;
	double s = strtod(text, &end);

	if (*end || end == text || !(s >= 0 && s < 1e9))
		fatal(text, "is no number of seconds");
	r->until = (usec_t)(s * USEC_PER_SEC);
}

static void parse_options(struct replay *r, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "lesnx:u:hV", options, NULL)) != -1) {
		switch (c) {
		case 'l':
			r->mode = PLAY_LOOSE;
			break;
		case 'e':
			r->events = true;
			break;
		case 's':
			r->said = true;
			break;
		case 'n':
			r->no_tables = true;
			break;
		case 'x':
			if (r->n_explain == REPLAY_EXPLAIN_MAX)
				fatal(optarg, "that is one pair too many");
			r->explain[r->n_explain++] = parse_pair(optarg);
			break;
		case 'u':
			parse_until(r, optarg);
			break;
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SAME);
		case 'V':
			printf("srcdest-babel-replay (srcdest) %s\n", PACKAGE_VERSION);
			exit(EXIT_SAME);
		default:
			fputs(usage, stderr);
			exit(EXIT_UNREADABLE);
		}
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		exit(EXIT_UNREADABLE);
	}
	r->path = argv[optind];
}

/* Line by line; the last one without a newline was cut off and counts for
 * nothing. */
static enum play_verdict play(struct replay *r, FILE *f)
{
	enum play_verdict v = PLAY_ON;
	char *line = NULL;
	size_t room = 0;
	ssize_t n = 0;

	while (v == PLAY_ON && (n = getline(&line, &room, f)) > 0) {
		if (line[n - 1] != '\n') {
			r->cut_off = true;
			break;
		}
		v = player_line(r->player, span_of(line, (size_t)n - 1));
	}
	free(line);
	if (ferror(f))
		fatal(r->path, strerror(errno));
	return v == PLAY_ON ? player_end(r->player) : v;
}

static int tell_difference(const struct replay *r, enum play_verdict v)
{
	struct player_view p = player_look(r->player);

	printf("%s:%" PRIu64 ": %s", r->path, p.lines, play_verdict_name(v));
	switch (v) {
	case PLAY_BAD_LINE:
		printf(": %s%s%s\n", p.where, *p.where ? " " : "", p.what);
		return EXIT_UNREADABLE;
	case PLAY_OTHER_SAID:
		printf(": %u packets, %u routes, %u notes; then it was %u, %u, %u\n", p.said.sent,
		       p.said.routes, p.said.notes, p.expected.sent, p.expected.routes,
		       p.expected.notes);
		return EXIT_DIFFERS;
	case PLAY_OTHER_TABLES:
		printf(": %016" PRIx64 ", not %016" PRIx64 "\n", p.tables, p.expected_tables);
		return EXIT_DIFFERS;
	case PLAY_NO_HEAD:
	case PLAY_MISPLACED:
		printf("\n");
		return EXIT_UNREADABLE;
	case PLAY_MORE_ASKED:
	case PLAY_LESS_ASKED:
	case PLAY_ON:
	case PLAY_ENDED:
	case PLAY_LATER:
	case PLAY_VERDICTS:
		break;
	}
	printf("\n");
	return EXIT_DIFFERS;
}

static int tell_end(const struct replay *r, enum play_verdict v)
{
	struct player_view p = player_look(r->player);

	if (strcmp(p.program, PACKAGE_VERSION) != 0 && r->mode == PLAY_STRICT)
		printf("recorded by version %s, this is %s\n", p.program, PACKAGE_VERSION);
	if (v != PLAY_ON && v != PLAY_ENDED && v != PLAY_LATER)
		return tell_difference(r, v);
	printf("%" PRIu64 " events in %.3f s: %s", p.events,
	       p.events ? (double)mono_sub(p.now, p.first) / USEC_PER_SEC : 0.0,
	       r->mode == PLAY_LOOSE ? "played" : "all is as it was");
	if (v == PLAY_ENDED)
		printf("; the recording ended: %s\n", p.end);
	else if (v == PLAY_LATER)
		printf(" so far\n");
	else if (r->mode == PLAY_LOOSE)
		printf("\n");
	else
		printf("; the recorder died%s%s\n", p.open ? " in the last event" : "",
		       r->cut_off ? ", the last line is cut off" : "");
	if (p.babel)
		printf("tables %016" PRIx64 "\n", babel_hash(p.babel));
	return EXIT_SAME;
}

int main(int argc, char **argv)
{
	struct replay r = {.until = -1};
	enum play_verdict v;
	FILE *f;
	int code;

	parse_options(&r, argc, argv);
	f = fopen(r.path, "re");
	if (!f)
		fatal(r.path, strerror(errno));
	setvbuf(stdout, NULL, _IOLBF, 0); /* if it crashes, as the recorder may have */
	r.player = player_new(r.mode, &replay_ops, &r);
	if (r.until >= 0)
		player_until(r.player, r.until);
	v = play(&r, f);
	if (!r.no_tables)
		replay_tables(&r);
	for (unsigned int k = 0; k < r.n_explain; k++)
		replay_explain(&r, &r.explain[k]);
	code = tell_end(&r, v);
	player_free(r.player);
	fclose(f);
	return code;
}
