/* SPDX-License-Identifier: MIT */
/* The state file: what is written is read, and what is not whole is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "babeld/babel_state.h"

#define BOOT "1b5d1c5e-0000-4000-8000-0123456789ab"

static const char good[] = "babeld-state 1\n"
			   "router-id 01:23:45:67:89:ab:cd:ef\n"
			   "seqno 48309\n"
			   "boot " BOOT "\n"
			   "hello eth0 1234\n"
			   "index eth0 00112233aabbccdd 4294967295\n"
			   "hello wlan-12345678.9 65535\n"
			   "unicast wlan-12345678.9 fe80::1 7\n"
			   "end\n";

static bool parse(const char *text, size_t len, struct babel_persist *out)
{
	const char *why = NULL;
	bool ok = babel_state_parse(text, len, BOOT, out, &why);

	assert_true(ok || (why && *why));
	return ok;
}

static void test_good(void **state)
{
	struct babel_persist p;
	char id[ROUTER_ID_STR];

	(void)state;
	assert_true(parse(good, strlen(good), &p));
	assert_string_equal(router_id_str(&p.router_id, id), "01:23:45:67:89:ab:cd:ef");
	assert_int_equal(p.seqno, 48309);
	assert_int_equal(p.n, 2);
	assert_string_equal(p.ifs[0].name, "eth0");
	assert_int_equal(p.ifs[0].hello_seqno, 1234);
	assert_true(p.ifs[0].have_index);
	assert_memory_equal(p.ifs[0].index, "\x00\x11\x22\x33\xaa\xbb\xcc\xdd", 8);
	assert_int_equal(p.ifs[0].pc, UINT32_MAX);
	assert_false(p.ifs[1].have_index);
	assert_string_equal(p.ifs[1].name, "wlan-12345678.9");
	assert_int_equal(p.ifs[1].hello_seqno, 65535);
	assert_int_equal(p.n_unicast, 1);
	assert_string_equal(p.unicast[0].ifname, "wlan-12345678.9");
	assert_int_equal(p.unicast[0].neigh.b[15], 1);
	assert_int_equal(p.unicast[0].hello_seqno, 7);
}

/* What was set aside in another boot may have been used since, if the file is
 * older than it seems. */
static void test_other_boot(void **state)
{
	struct babel_persist p, q;
	char text[BABEL_STATE_MAX];
	const char *why;
	size_t n;

	(void)state;
	assert_true(babel_state_parse(good, strlen(good), "another", &p, &why));
	assert_true(p.n == 2 && !p.ifs[0].have_index && p.ifs[0].hello_seqno == 1234);
	assert_true(babel_state_parse(good, strlen(good), "", &p, &why));
	assert_false(p.ifs[0].have_index);
	/* Who does not know the boot sets nothing aside. */
	assert_true(parse(good, strlen(good), &p));
	n = babel_state_format(&p, "", text);
	assert_true(parse(text, n, &q));
	assert_false(q.ifs[0].have_index);
}

static void test_round_trip(void **state)
{
	struct babel_persist p = {.router_id = {{1, 2, 3}}, .seqno = 65535}, q;
	char text[BABEL_STATE_MAX];
	size_t n;

	(void)state;
	for (p.n = 0;; p.n++) {
		p.made_up = p.n % 2;
		n = babel_state_format(&p, BOOT, text);
		assert_true(n < sizeof(text));
		memset(&q, 0, sizeof(q));
		assert_true(parse(text, n, &q));
		assert_memory_equal(&p, &q, sizeof(p));
		if (p.n == BABEL_PERSIST_IFS)
			break;
		/* As long as they come. */
		snprintf(p.ifs[p.n].name, sizeof(p.ifs[p.n].name), "interface%06u", p.n);
		p.ifs[p.n].hello_seqno = 65535;
		p.ifs[p.n].have_index = true;
		memset(p.ifs[p.n].index, (int)p.n, sizeof(p.ifs[p.n].index));
		p.ifs[p.n].pc = UINT32_MAX;
		p.n_unicast = 2 * (p.n + 1);
		for (unsigned int k = 2 * p.n; k < p.n_unicast; k++) {
			strcpy(p.unicast[k].ifname, p.ifs[p.n].name);
			memset(&p.unicast[k].neigh, 0xfe, sizeof(p.unicast[k].neigh));
			p.unicast[k].hello_seqno = 65535;
		}
	}
	assert_int_equal(p.n_unicast, BABEL_PERSIST_UNICAST);
}

/* No beginning of a good file is a good file, and none changes the result. */
static void test_cut_off(void **state)
{
	struct babel_persist p, untouched;

	(void)state;
	memset(&p, 0x5a, sizeof(p));
	untouched = p;
	for (size_t n = 0; n < strlen(good); n++) {
		char *copy = malloc(n ? n : 1);

		memcpy(copy, good, n);
		assert_false(parse(copy, n, &p));
		assert_memory_equal(&p, &untouched, sizeof(p));
		free(copy);
	}
}

static void test_garbage(void **state)
{
#define HEAD "babeld-state 1\n"
#define ID   "router-id 01:23:45:67:89:ab:cd:ef\n"
	static const char *const bad[] = {
		"",
		"\n",
		"{}",
		"babeld-state 2\n" ID "seqno 1\nend\n",
		HEAD ID "seqno 1\nend\nmore\n",
		HEAD ID "seqno 1\nend\n\n",
		HEAD ID "seqno 65536\nend\n",
		HEAD ID "seqno -1\nend\n",
		HEAD ID "seqno \nend\n",
		HEAD ID "seqno 1 \nend\n",
		HEAD ID "seqno 0x10\nend\n",
		HEAD ID "seqno 99999999999999999999\nend\n",
		HEAD "router-id 00:00:00:00:00:00:00:00\nseqno 1\nend\n",
		HEAD "router-id ff:ff:ff:ff:ff:ff:ff:ff\nseqno 1\nend\n",
		HEAD "router-id 01:23:45:67:89:ab:cd\nseqno 1\nend\n",
		HEAD "router-id 01:23:45:67:89:ab:cd:eg\nseqno 1\nend\n",
		HEAD "seqno 1\n" ID "end\n",
		HEAD ID "seqno 1\nhello eth0\nend\n",
		HEAD ID "seqno 1\nhello  5\nend\n",
		HEAD ID "seqno 1\nhello eth0 5 6\nend\n",
		HEAD ID "seqno 1\nhello eth0 65536\nend\n",
		HEAD ID "seqno 1\nhello sixteen-letters- 5\nend\n",
		HEAD ID "seqno 1\nbye eth0 5\nend\n",
		HEAD ID "seqno 1\nunicast eth0 fe80::1\nend\n",
		HEAD ID "seqno 1\nunicast  fe80::1 5\nend\n",
		HEAD ID "seqno 1\nunicast eth0 fe80::1 65536\nend\n",
		HEAD ID "seqno 1\nunicast eth0 fe80:::1 5\nend\n",
		HEAD ID "seqno 1\nunicast eth0 10.0.0.1 5\nend\n",
		HEAD ID "seqno 1\nunicast sixteen-letters- fe80::1 5\nend\n",
		HEAD ID "seqno 1\nindex eth0 0011223344556677 5\nend\n",
		HEAD ID "seqno 1\nhello eth0 5\nindex eth1 0011223344556677 5\nend\n",
		HEAD ID "seqno 1\nhello eth0 5\nindex eth0 00112233445566 5\nend\n",
		HEAD ID "seqno 1\nhello eth0 5\nindex eth0 001122334455667x 5\nend\n",
		HEAD ID "seqno 1\nhello eth0 5\nindex eth0 0011223344556677\nend\n",
		HEAD ID "seqno 1\nhello eth0 5\nindex eth0 0011223344556677 4294967296\nend\n",
		HEAD ID
		"seqno 1\nhello "
		"a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on 5\nend\n",
	};
	static const char nul[] = HEAD ID "seqno 1\0\nend\n";
	struct babel_persist p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], strlen(bad[i]), &p))
			fail_msg("taken: %s", bad[i]);
	assert_false(parse(nul, sizeof(nul) - 1, &p));
}

static void test_too_many(void **state)
{
	char text[8192];
	size_t n = (size_t)snprintf(text, sizeof(text), HEAD ID "seqno 1\n");
	struct babel_persist p;

	(void)state;
	for (unsigned int i = 0; i <= BABEL_PERSIST_IFS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "hello e%u 5\n", i);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "end\n");
	assert_false(parse(text, n, &p));
	n = (size_t)snprintf(text, sizeof(text), HEAD ID "seqno 1\n");
	for (unsigned int i = 0; i <= BABEL_PERSIST_UNICAST; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "unicast e%u fe80::1 5\n", i);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "end\n");
	assert_false(parse(text, n, &p));
}

static char dir[] = "/tmp/babel-state-XXXXXX";

static void test_file(void **state)
{
	struct babel_persist p = {.router_id = {{9}}, .seqno = 5}, q = {0};
	char path[64], long_path[400];
	struct stat st;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/babeld.state", dir);
	assert_int_equal(babel_state_load(path, &q), STATE_NONE);
	assert_true(babel_state_save(path, &p));
	p.seqno = 6;
	assert_true(babel_state_save(path, &p));
	assert_int_equal(babel_state_load(path, &q), STATE_FOUND);
	assert_int_equal(q.seqno, 6);

	/* Nothing is left beside it. */
	snprintf(long_path, sizeof(long_path), "%s.new", path);
	assert_int_equal(stat(long_path, &st), -1);

	f = fopen(path, "w");
	assert_non_null(f);
	fputs("babeld-state 1\nrouter-id 01:23", f);
	fclose(f);
	assert_int_equal(babel_state_load(path, &q), STATE_BAD);
	assert_int_equal(q.seqno, 6);
	f = fopen(path, "w");
	for (int i = 0; i < 3 * BABEL_STATE_MAX; i++)
		fputc('x', f);
	fclose(f);
	assert_int_equal(babel_state_load(path, &q), STATE_BAD);

	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(babel_state_load(path, &q), STATE_BAD);
	assert_false(babel_state_save(path, &p));
	unlink(long_path);
	rmdir(path);
	assert_int_equal(rmdir(dir), 0);
	assert_false(babel_state_save(path, &p));
	assert_int_equal(errno, ENOENT);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_false(babel_state_save(long_path, &p));
	assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	   cmocka_unit_test(test_other_boot),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_garbage),	   cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests_name("babeld: state file", tests, NULL, NULL);
}
