/* SPDX-License-Identifier: MIT */
/* Lines: those that FRR has, `no`, abbreviations, and what is said of bad ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cli/rig.h"

static struct rig rig;

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Where `mode` leads: lines parted by `/`. */
static struct grammar_place place_in(const char *mode)
{
	struct grammar_place p = {0};
	struct grammar_result r = {0};
	char *lines = strdup(mode), *line, *save;

	for (line = strtok_r(lines, "/", &save); line; line = strtok_r(NULL, "/", &save)) {
		assert_int_equal(grammar_parse(rig.g, &p, line, 0, &r), GRAMMAR_OK);
		p = r.place;
	}
	free(lines);
	grammar_result_clear(&r);
	return p;
}

/* Edits as text: "+/static/route/next-hop[a][b]", "/x/y[key]=value", "-...". */
static void add_path(char *to, size_t size, const struct lysc_node *node)
{
	if (node->parent && (node->parent->nodetype & (LYS_CHOICE | LYS_CASE))) {
		add_path(to, size, node->parent);
	} else if (node->parent) {
		add_path(to, size, node->parent);
	}
	if (node->nodetype & (LYS_CHOICE | LYS_CASE))
		return;
	strncat(to, "/", size - strlen(to) - 1);
	strncat(to, node->name, size - strlen(to) - 1);
}

static char *edits_text(const struct grammar_result *r)
{
	static const char marks[] = {[GRAMMAR_SET] = ' ',
				     [GRAMMAR_CREATE] = '+',
				     [GRAMMAR_DELETE] = '-',
				     [GRAMMAR_REMOVE] = '~'};
	char buf[4096] = "";
	size_t i, k, n = 0;

	for (i = 0; i < r->n_edits; i++) {
		const struct grammar_edit *e = &r->edits[i];
		char path[512] = "";

		add_path(path, sizeof(path), e->node);
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%s%c%s", i ? "; " : "",
				      marks[e->op], path);
		for (k = 0; k < e->n_keys; k++)
			n += (size_t)snprintf(buf + n, sizeof(buf) - n, "[%s]", e->keys[k]);
		if (e->value)
			n += (size_t)snprintf(buf + n, sizeof(buf) - n, "=%s", e->value);
	}
	return strdup(buf);
}

struct line {
	const char *mode, *line, *edits;
};

static void check_lines(const struct line *t, size_t n, unsigned int flags)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct grammar_place p = place_in(t[i].mode);
		struct grammar_result r = {0};
		enum grammar_status s = grammar_parse(rig.g, &p, t[i].line, flags, &r);
		char *text = edits_text(&r);

		if (s != GRAMMAR_OK || strcmp(text, t[i].edits) != 0)
			fail_msg("%s: status %d %s\n got %s\nwant %s", t[i].line, s, r.message,
				 text, t[i].edits);
		free(text);
		grammar_result_clear(&r);
	}
}

#define NH	       "/static/route/next-hop"
#define IF	       "/interfaces/interface"
#define NO_WEIGHT(K)   "; ~" NH "/weight" K
#define NO_TAG(K)      "; ~" NH "/tag" K NO_WEIGHT(K)
#define NO_DISTANCE(K) NO_TAG(K) "; ~" NH "/distance" K
#define NO_TABLE(K)    "; ~" NH "/table" K
#define NO_ONLINK(K)   NO_TABLE(K) "; ~" NH "/onlink" K

/* FRR 8.4's interface, babel and static lines, as typed and as it writes them. */
static const struct line frr_lines[] = {
	{"", "interface v0", "+" IF "[v0]"},
	{"interface v0", "babel wired", " " IF "/babel/link-type[v0]=wired"},
	{"interface v0", "babel wireless", " " IF "/babel/link-type[v0]=wireless"},
	{"interface v0", "babel split-horizon auto", "~" IF "/babel/split-horizon[v0]"},
	{"interface v0", "babel split-horizon", " " IF "/babel/split-horizon[v0]=true"},
	{"interface v0", "no babel split-horizon", " " IF "/babel/split-horizon[v0]=false"},
	{"interface v0", " babel hello-interval 500", " " IF "/babel/mcast-hello-interval[v0]=50"},
	{"interface v0", "babel update-interval 655340", " " IF "/babel/update-interval[v0]=65534"},
	{"interface v0", "babel rxcost 100", " " IF "/babel/rxcost[v0]=100"},
	{"interface v0", "description to the \"other\" side ",
	 " " IF "/description[v0]="
	 "to the \"other\" side"},
	{"", "router babel", "+/babel"},
	{"router babel", "network v0", " /babel/network=v0"},
	{"router babel", "redistribute ipv4 connected", "+/babel/redistribute[ipv4][connected]"},
	{"router babel", "redistribute ipv6 static", "+/babel/redistribute[ipv6][static]"},
	{"router babel", "redistribute ipv6 ospf6", "+/babel/redistribute[ipv6][ospf6]"},
	/* From any mode, as FRR: the session moves. */
	{"interface v0", "router babel", "+/babel"},
	{"router babel", "interface v1", "+" IF "[v1]"},
	/* 10.1 of the facts on FRR */
	{"", "ipv6 route ::/0 from 2001:db8:1::/48 fe80::2 v0",
	 "+" NH
	 "[::/0][2001:db8:1::/48][fe80::2][v0]" NO_DISTANCE("[::/0][2001:db8:1::/48][fe80::2][v0]")
		 NO_ONLINK("[::/0][2001:db8:1::/48][fe80::2][v0]")},
	{"", "ipv6 route 2001:DB8::1/32 from 2001:db8:1::/48 v0 200",
	 "+" NH "[2001:db8::/32][2001:db8:1::/48][direct][v0]"
	 NO_TAG("[2001:db8::/32][2001:db8:1::/48][direct][v0]")
	 ";  " NH "/distance[2001:db8::/32][2001:db8:1::/48][direct][v0]=200" NO_ONLINK(
		 "[2001:db8::/32][2001:db8:1::/48][direct][v0]")},
	{"", "ipv6 route ::/0 from 2001:db8::/32 blackhole",
	 "+" NH
	 "[::/0][2001:db8::/32][blackhole][]" NO_DISTANCE("[::/0][2001:db8::/32][blackhole][]")
		 NO_ONLINK("[::/0][2001:db8::/32][blackhole][]")},
	{"", "ipv6 route ::/0 Null0",
	 "+" NH "[::/0][::/0][blackhole][]" NO_DISTANCE("[::/0][::/0][blackhole][]")
		 NO_ONLINK("[::/0][::/0][blackhole][]")},
	{"", "ipv6 route ::/0 reject 5",
	 "+" NH "[::/0][::/0][unreachable][]" NO_TAG("[::/0][::/0][unreachable][]")
	 ";  " NH "/distance[::/0][::/0][unreachable][]=5"
	 NO_ONLINK("[::/0][::/0][unreachable][]")},
	{"", "ipv6 route ::/0 2001:db8::2",
	 "+" NH "[::/0][::/0][2001:db8::2][]" NO_DISTANCE("[::/0][::/0][2001:db8::2][]")
		 NO_ONLINK("[::/0][::/0][2001:db8::2][]")},
	{"", "ipv6 route ::/0 fe80::1 v0 5 onlink",
	 "+" NH "[::/0][::/0][fe80::1][v0]" NO_TAG("[::/0][::/0][fe80::1][v0]")
	 ";  " NH "/distance[::/0][::/0][fe80::1][v0]=5" NO_TABLE("[::/0][::/0][fe80::1][v0]")
	 ";  " NH "/onlink[::/0][::/0][fe80::1][v0]=true"},
	{"", "ipv6 route ::/0 fe80::1 v0 onlink 5",
	 "+" NH "[::/0][::/0][fe80::1][v0]" NO_TAG("[::/0][::/0][fe80::1][v0]")
	 ";  " NH "/distance[::/0][::/0][fe80::1][v0]=5" NO_TABLE("[::/0][::/0][fe80::1][v0]")
	 ";  " NH "/onlink[::/0][::/0][fe80::1][v0]=true"},
	{"", "ipv6 route ::/0 fe80::1 v0 tag 7 5",
	 "+" NH "[::/0][::/0][fe80::1][v0];  " NH "/tag[::/0][::/0][fe80::1][v0]=7"
	 NO_WEIGHT("[::/0][::/0][fe80::1][v0]") ";  " NH
	 "/distance[::/0][::/0][fe80::1][v0]=5" NO_ONLINK("[::/0][::/0][fe80::1][v0]")},
	{"", "ipv6 route ::/0 fe80::1 v0 tag 7 weight 3 5 table 100 onlink",
	 "+" NH "[::/0][::/0][fe80::1][v0];  " NH "/tag[::/0][::/0][fe80::1][v0]=7;  " NH
	 "/weight[::/0][::/0][fe80::1][v0]=3;  " NH "/distance[::/0][::/0][fe80::1][v0]=5;  " NH
	 "/table[::/0][::/0][fe80::1][v0]=100;  " NH "/onlink[::/0][::/0][fe80::1][v0]=true"},
	{"", "ip route 192.0.2.0/24 fe80::1 v0 weight 255",
	 "+" NH "[192.0.2.0/24][0.0.0.0/0][fe80::1][v0]; ~" NH
	 "/tag[192.0.2.0/24][0.0.0.0/0][fe80::1][v0];  " NH
	 "/weight[192.0.2.0/24][0.0.0.0/0][fe80::1][v0]=255; ~" NH
	 "/distance[192.0.2.0/24][0.0.0.0/0][fe80::1][v0]" NO_ONLINK(
		 "[192.0.2.0/24][0.0.0.0/0][fe80::1][v0]")},
	{"", "ip route 10.1.2.3/8 192.0.2.1",
	 "+" NH
	 "[10.0.0.0/8][0.0.0.0/0][192.0.2.1][]" NO_DISTANCE("[10.0.0.0/8][0.0.0.0/0][192.0.2.1][]")
		 NO_ONLINK("[10.0.0.0/8][0.0.0.0/0][192.0.2.1][]")},
	{"", "ip route 0.0.0.0/0 v0",
	 "+" NH
	 "[0.0.0.0/0][0.0.0.0/0][direct][v0]" NO_DISTANCE("[0.0.0.0/0][0.0.0.0/0][direct][v0]")
		 NO_ONLINK("[0.0.0.0/0][0.0.0.0/0][direct][v0]")},
	{"", "hostname edge", " /system/hostname=edge"},
};

static void test_frr_lines(void **state)
{
	(void)state;
	check_lines(frr_lines, LENGTH(frr_lines), GRAMMAR_STRICT);
}

#define FILTER	      "/babel/filter"
/* What a rule's line does not name is not of the rule. */
#define NO_DST(K)     "; ~" FILTER "/destination-prefix" K NO_DST_LEN(K)
#define NO_DST_LEN(K) "; ~" FILTER "/destination-ge" K "; ~" FILTER "/destination-le" K
#define NO_SRC(K)     "; ~" FILTER "/source-prefix" K NO_SRC_LEN(K)
#define NO_SRC_LEN(K) "; ~" FILTER "/source-ge" K "; ~" FILTER "/source-le" K
#define NO_FROM(K)    "; ~" FILTER "/neighbor" K "; ~" FILTER "/interface" K "; ~" FILTER "/router-id" K
#define NO_METRIC(K)  "; ~" FILTER "/metric" K "; ~" FILTER "/metric-ge" K "; ~" FILTER "/metric-le" K
#define NO_SET(K) \
	"; ~" FILTER "/set-metric" K "; ~" FILTER "/add-metric" K "; ~" FILTER "/set-source" K \
	"; ~" FILTER "/set-tag" K
#define NO_NUMBERS(K) \
	"; ~" FILTER "/protocol" K NO_METRIC(K) "; ~" FILTER "/tag" K

static const struct line filter_lines[] = {
	{"router babel", "babel accept-connected-specific",
	 " /babel/accept-connected-specific=true"},
	{"router babel", "no babel accept-connected-specific",
	 " /babel/accept-connected-specific=false"},
	{"router babel", "babel filter in 10 deny",
	 "+" FILTER "[in][10];  " FILTER "/action[in][10]=deny" NO_DST("[in][10]") NO_SRC("[in][10]")
		 NO_FROM("[in][10]") NO_NUMBERS("[in][10]") NO_SET("[in][10]")},
	{"router babel", "babel filter in 20 permit destination 2001:db8::/32 le 48 from ::/0",
	 "+" FILTER "[in][20];  " FILTER "/action[in][20]=permit;  " FILTER
	 "/destination-prefix[in][20]=2001:db8::/32; ~" FILTER "/destination-ge[in][20];  " FILTER
	 "/destination-le[in][20]=48;  " FILTER "/source-prefix[in][20]=::/0" NO_SRC_LEN("[in][20]")
		 NO_FROM("[in][20]") NO_NUMBERS("[in][20]") NO_SET("[in][20]")},
	{"router babel", "no babel filter in 10", "-" FILTER "[in][10]"},
	{"router babel", "no babel filter in 10 deny", "-" FILTER "[in][10]"},
	{"router babel", "no babel filter out 10 permit from ::/0 ge 1 add metric 5",
	 "-" FILTER "[out][10]"},
};

static void test_filters(void **state)
{
	(void)state;
	check_lines(filter_lines, LENGTH(filter_lines), GRAMMAR_STRICT);
}

static const struct line no_lines[] = {
	{"", "no router babel", "-/babel"},
	{"", "no interface v0", "-" IF "[v0]"},
	{"interface v0", "no babel rxcost", "~" IF "/babel/rxcost[v0]"},
	{"interface v0", "no babel rxcost 100", "~" IF "/babel/rxcost[v0]"},
	{"interface v0", "no babel hello-interval", "~" IF "/babel/mcast-hello-interval[v0]"},
	{"interface v0", "no babel wired", "~" IF "/babel/link-type[v0]"},
	{"interface v0", "no babel v4-via-v6", " " IF "/babel/v4-via-v6[v0]=false"},
	{"interface v0", "no description", "~" IF "/description[v0]"},
	{"interface v0", "no description any words at all", "~" IF "/description[v0]"},
	{"router babel", "no network v0", "-/babel/network=v0"},
	{"router babel", "no redistribute ipv6 static", "-/babel/redistribute[ipv6][static]"},
	{"router babel", "no babel router-id", "~/babel/router-id"},
	{"", "no ipv6 route ::/0 from 2001:db8::/32 fe80::1 v0",
	 "-" NH "[::/0][2001:db8::/32][fe80::1][v0]"},
	{"", "no ipv6 route ::/0 fe80::1 v0 7", "-" NH "[::/0][::/0][fe80::1][v0]"},
	{"", "no ip route 10.0.0.0/8 Null0", "-" NH "[10.0.0.0/8][0.0.0.0/0][blackhole][]"},
	{"netconf server/user a", "no authorized-key k",
	 "-/system/netconf/user/authorized-key[a][k]"},
	{"", "no hostname", "~/system/hostname"},
	{"", "no nacm enable", " /nacm/enable-nacm=false"},
	{"", "no nacm read-default", "~/nacm/read-default"},
	/* From below: the line belongs to the top. */
	{"interface v0", "no router babel", "-/babel"},
};

static void test_no(void **state)
{
	(void)state;
	check_lines(no_lines, LENGTH(no_lines), GRAMMAR_STRICT);
}

static const struct line short_lines[] = {
	{"", "int v0", "+" IF "[v0]"},
	{"", "rou b", "+/babel"},
	{"interface v0", "ba rx 5", " " IF "/babel/rxcost[v0]=5"},
	{"interface v0", "ba wirel", " " IF "/babel/link-type[v0]=wireless"},
	{"interface v0", "n ba rx", "~" IF "/babel/rxcost[v0]"},
	{"router babel", "red ipv6 st", "+/babel/redistribute[ipv6][static]"},
	{"router babel", "net v0", " /babel/network=v0"},
	/* Quotes make a name of anything. */
	{"", "interface \"5\"", "+" IF "[5]"},
	{"", "interface blackhole", "+" IF "[blackhole]"},
	{"", "ipv6 route ::/0 \"blackhole\"",
	 "+" NH "[::/0][::/0][direct][blackhole]" NO_DISTANCE("[::/0][::/0][direct][blackhole]")
		 NO_ONLINK("[::/0][::/0][direct][blackhole]")},
	{"", "ipv6 route ::/0 fe80::1 \"5\"",
	 "+" NH "[::/0][::/0][fe80::1][5]" NO_DISTANCE("[::/0][::/0][fe80::1][5]")
		 NO_ONLINK("[::/0][::/0][fe80::1][5]")},
};

static void test_short(void **state)
{
	struct grammar_place top = {0};
	struct grammar_result r = {0};
	size_t i;

	(void)state;
	check_lines(short_lines, LENGTH(short_lines), 0);
	/* Files take none of the first seven. */
	for (i = 0; i < 7; i++) {
		struct grammar_place p = place_in(short_lines[i].mode);

		assert_int_equal(grammar_parse(rig.g, &p, short_lines[i].line, GRAMMAR_STRICT, &r),
				 GRAMMAR_NO_MATCH);
	}
	assert_int_equal(grammar_parse(rig.g, &top, "  ! x", 0, &r), GRAMMAR_EMPTY);
	assert_int_equal(grammar_parse(rig.g, &top, "# x", 0, &r), GRAMMAR_EMPTY);
	assert_int_equal(grammar_parse(rig.g, &top, " \t\r", 0, &r), GRAMMAR_EMPTY);
	grammar_result_clear(&r);
}

/* ---- errors ---- */

static const struct bad {
	const char *mode, *line;
	enum grammar_status status;
	size_t column;
	const char *expected, *message; /* part of them */
} bad_lines[] = {
	{"", "routr babel", GRAMMAR_NO_MATCH, 0, "router", "Unknown command"},
	{"", "router bable", GRAMMAR_NO_MATCH, 7, "babel", "bable"},
	{"", "router babel now", GRAMMAR_NO_MATCH, 13, "<cr>", "now"},
	{"", "router", GRAMMAR_INCOMPLETE, 6, "babel", "incomplete"},
	{"", "babel rxcost 5", GRAMMAR_NO_MATCH, 0, "interface", "Unknown"},
	{"interface v0", "babel w", GRAMMAR_AMBIGUOUS, 6, "wired, wireless", "\"w\""},
	{"interface v0", "babel rxcost", GRAMMAR_INCOMPLETE, 12, "(1-65534)", "incomplete"},
	{"interface v0", "babel rxcost many", GRAMMAR_NO_MATCH, 13, "(1-65534)", "many"},
	{"interface v0", "babel rxcost 0", GRAMMAR_INVALID, 13, "(1-65534)", "\"0\""},
	{"interface v0", "babel rxcost 65535", GRAMMAR_INVALID, 13, "(1-65534)", "\"65535\""},
	{"interface v0", "babel hello-interval 19", GRAMMAR_INVALID, 21, "(20-655340)", "10 milli"},
	{"interface v0", "babel hello-interval 10", GRAMMAR_INVALID, 21, "(20-655340)", "\"10\""},
	{"interface v0", "babel hello-interval 99999999999999999999", GRAMMAR_INVALID, 21,
	 "(20-655340)", "range"},
	{"interface v0", "no babel", GRAMMAR_INCOMPLETE, 8, "rxcost", "incomplete"},
	{"interface v0", "no", GRAMMAR_INCOMPLETE, 2, "babel", "incomplete"},
	{"", "interface waytoolongfromhere", GRAMMAR_INVALID, 10, "IFNAME", "length"},
	{"", "interface a/b", GRAMMAR_INVALID, 10, "IFNAME", "pattern"},
	{"", "interface 10.0.0.1", GRAMMAR_NO_MATCH, 10, "IFNAME", "10.0.0.1"},
	{"router babel", "network 2001:db8::/32", GRAMMAR_NO_MATCH, 8, "IFNAME", "2001"},
	{"router babel", "redistribute ipv5 static", GRAMMAR_NO_MATCH, 13, "ipv4, ipv6", "ipv5"},
	{"router babel", "redistribute ipv6 ospf", GRAMMAR_OK, 0, "", ""}, /* a must refuses it */
	{"router babel", "redistribute ipv6 o", GRAMMAR_AMBIGUOUS, 18, "ospf, ospf6", "\"o\""},
	{"router babel", "babel router-id 1:2", GRAMMAR_INVALID, 16, "", "subtype"},
	{"", "ipv6 route ::/129 v0", GRAMMAR_NO_MATCH, 11, "X:X::X:X/M", "::/129"},
	{"", "ipv6 route 10.0.0.0/8 v0", GRAMMAR_NO_MATCH, 11, "X:X::X:X/M", "10.0.0.0/8"},
	{"", "ipv6 route ::/0 from v0", GRAMMAR_NO_MATCH, 21, "X:X::X:X/M", "v0"},
	{"", "ipv6 route ::/0 from", GRAMMAR_INCOMPLETE, 20, "X:X::X:X/M", "incomplete"},
	{"", "ipv6 route ::/0 10.0.0.1", GRAMMAR_NO_MATCH, 16, "X:X::X:X", "10.0.0.1"},
	{"", "ipv6 route ::/0 bl", GRAMMAR_AMBIGUOUS, 16, "blackhole", "\"bl\""},
	{"", "ipv6 route ::/0 fe80::1 v0 256", GRAMMAR_INVALID, 27, "(1-255)", "256"},
	{"", "ipv6 route ::/0 fe80::1 v0 tag x", GRAMMAR_NO_MATCH, 31, "(0-4294967295)", "x"},
	{"", "ipv6 route ::/0 fe80::1 v0 vrf 5", GRAMMAR_NO_MATCH, 27, "onlink", "vrf"},
	{"", "ip route 10.0.0.0/8 from 2001:db8::/32 v0", GRAMMAR_NO_MATCH, 25, "A.B.C.D/M",
	 "2001:db8::/32"},
	{"", "hostname -x", GRAMMAR_INVALID, 9, "", "pattern"},
	{"", "hostname \"open", GRAMMAR_NO_MATCH, 9, "HOSTNAME", "open"},
	{"", "hostname \"a\"b", GRAMMAR_NO_MATCH, 9, "HOSTNAME", "\"a\"b"},
	/* The mode that got farthest has the word. */
	{"interface v0", "router bable", GRAMMAR_NO_MATCH, 7, "babel", "bable"},
};

static void test_errors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad_lines); i++) {
		const struct bad *t = &bad_lines[i];
		struct grammar_place p = place_in(t->mode);
		struct grammar_result r = {0};
		enum grammar_status s = grammar_parse(rig.g, &p, t->line, 0, &r);

		if (s != t->status || (s != GRAMMAR_OK && r.column != t->column) ||
		    !strstr(r.expected, t->expected) || !strstr(r.message, t->message))
			fail_msg("%s: status %d column %zu expected \"%s\": %s", t->line, s,
				 r.column, r.expected, r.message);
		if (s != GRAMMAR_OK) {
			assert_int_equal(r.n_edits, 0);
			assert_memory_equal(&r.place, &p, sizeof(p));
		}
		assert_int_equal(r.path[0] != '\0', s == GRAMMAR_INVALID);
		grammar_result_clear(&r);
	}
}

static void test_path_of_refused_value(void **state)
{
	struct grammar_place p = place_in("interface v0");
	struct grammar_result r = {0};

	(void)state;
	grammar_parse(rig.g, &p, "babel rxcost 0", 0, &r);
	assert_string_equal(r.path, "/srcdest-interfaces:interfaces/interface[name='v0']/"
				    "srcdest-babel:babel/rxcost");
	grammar_result_clear(&r);
}

static void test_long_line(void **state)
{
	struct grammar_place p = place_in("interface v0");
	struct grammar_result r = {0};
	char line[GRAMMAR_LINE_MAX + 10];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[GRAMMAR_LINE_MAX + 1] = '\0';
	assert_int_equal(grammar_parse(rig.g, &p, line, 0, &r), GRAMMAR_NO_MATCH);
	line[GRAMMAR_LINE_MAX] = '\0';
	assert_int_equal(grammar_parse(rig.g, &p, line, 0, &r), GRAMMAR_NO_MATCH);
	memcpy(line, "description ", 12);
	assert_int_equal(grammar_parse(rig.g, &p, line, 0, &r), GRAMMAR_INVALID);
	grammar_result_clear(&r);
}

/* ---- places ---- */

static void test_places(void **state)
{
	struct grammar_place p = place_in("netconf server/user a");

	(void)state;
	assert_string_equal(grammar_mode_name(rig.g, &p), "config-netconf-user");
	assert_int_equal(p.n_keys, 1);
	assert_string_equal(grammar_place_key(&p, 0), "a");
	assert_true(grammar_up(rig.g, &p));
	assert_string_equal(grammar_mode_name(rig.g, &p), "config-netconf");
	assert_int_equal(p.n_keys, 0);
	assert_true(grammar_up(rig.g, &p));
	assert_string_equal(grammar_mode_name(rig.g, &p), "config");
	assert_false(grammar_up(rig.g, &p));
	p = place_in("netconf server/user a/router babel");
	assert_string_equal(grammar_mode_name(rig.g, &p), "config-router");
	p = place_in("router babel/no router babel");
	assert_string_equal(grammar_mode_name(rig.g, &p), "config");
}

/* A line says all of its entry: the second replaces the first. */
static void test_entry_line_replaces(void **state)
{
	struct lyd_node *tree = NULL;
	char why[GRAMMAR_TEXT_MAX], *text;

	(void)state;
	assert_int_equal(rig_load(&rig,
				  "ipv6 route ::/0 fe80::1 v0 9 onlink\n"
				  "ipv6 route ::/0 fe80::1 v0\n",
				  GRAMMAR_STRICT, &tree, why),
			 0);
	text = rig_print(&rig, tree);
	assert_string_equal(text, "ipv6 route ::/0 fe80::1 v0\n");
	free(text);
	assert_int_equal(rig_load(&rig, "no ipv6 route ::/0 fe80::1 v0\n", 0, &tree, why), 0);
	text = rig_print(&rig, tree);
	assert_string_equal(text, "");
	free(text);
	lyd_free_all(tree);
}

/* ---- a whole file ---- */

static const char frr_file[] = "hostname edge\n"
			       "!\n"
			       "ipv6 route ::/0 from 2001:db8:1::/48 fe80::2 v0\n"
			       "ip route 10.0.0.0/8 blackhole 250\n"
			       "!\n"
			       "interface v0\n"
			       " babel hello-interval 500\n"
			       " babel rxcost 100\n"
			       " babel update-interval 2000\n"
			       " babel wired\n"
			       " no babel split-horizon\n"
			       "!\n" /* old files have no exit */
			       "interface v1\n"
			       " babel wireless\n"
			       "exit\n"
			       "!\n"
			       "router babel\n"
			       " network v0\n"
			       " network v1\n"
			       " redistribute ipv4 connected\n"
			       " redistribute ipv6 static\n"
			       "exit\n";

static const char frr_file_printed[] = "hostname edge\n"
				       "!\n"
				       "ipv6 route ::/0 from 2001:db8:1::/48 fe80::2 v0\n"
				       "ip route 10.0.0.0/8 blackhole 250\n"
				       "!\n"
				       "interface v0\n"
				       " babel wired\n"
				       " no babel split-horizon\n"
				       " babel rxcost 100\n"
				       " babel hello-interval 500\n"
				       " babel update-interval 2000\n"
				       "exit\n"
				       "!\n"
				       "interface v1\n"
				       " babel wireless\n"
				       "exit\n"
				       "!\n"
				       "router babel\n"
				       " network v0\n"
				       " network v1\n"
				       " redistribute ipv4 connected\n"
				       " redistribute ipv6 static\n"
				       "exit\n";

static void test_frr_file(void **state)
{
	struct lyd_node *tree = NULL;
	char why[GRAMMAR_TEXT_MAX] = "", *text;

	(void)state;
	if (rig_load(&rig, frr_file, GRAMMAR_STRICT, &tree, why) != 0)
		fail_msg("%s", why);
	assert_true(rig_valid(&rig, &tree));
	text = rig_print(&rig, tree);
	assert_string_equal(text, frr_file_printed);
	free(text);
	lyd_free_all(tree);
}

static void test_diff(void **state)
{
	struct lyd_node *a = NULL, *b = NULL;
	char why[GRAMMAR_TEXT_MAX], *text;

	(void)state;
	rig_load(&rig,
		 "hostname a\ninterface v0\n babel rxcost 5\nexit\nrouter babel\n network v0\n", 0,
		 &a, why);
	rig_load(&rig,
		 "hostname b\ninterface v0\n babel rxcost 6\nexit\ninterface v1\n description x\n",
		 0, &b, why);
	text = rig_diff(&rig, a, b);
	assert_string_equal(text, "-hostname a\n"
				  "+hostname b\n"
				  " interface v0\n"
				  "- babel rxcost 5\n"
				  "+ babel rxcost 6\n"
				  "-router babel\n"
				  "- network v0\n"
				  "+interface v1\n"
				  "+ description x\n");
	free(text);
	text = rig_diff(&rig, NULL, a);
	assert_string_equal(text, "+hostname a\n+interface v0\n+ babel rxcost 5\n+router babel\n"
				  "+ network v0\n");
	free(text);
	lyd_free_all(a);
	lyd_free_all(b);
}

static int setup(void **state)
{
	(void)state;
	rig = rig_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frr_lines),
		cmocka_unit_test(test_filters), cmocka_unit_test(test_no),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_path_of_refused_value),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_entry_line_replaces),
		cmocka_unit_test(test_frr_file),
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
