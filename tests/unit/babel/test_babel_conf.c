/* SPDX-License-Identifier: MIT */
/* From a configuration file through YANG into struct babel_conf. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "babeld/babel_nb_config.h"
#include "lib/zapi/zapi.h"

struct fixture {
	struct babel_nb conf;
	struct nb *nb;
	int applied;
	char path[32];
	char err[512];
};

static void applied(void *ctx)
{
	((struct fixture *)ctx)->applied++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	babel_conf_init(&f->conf.conf);
	f->conf.applied = applied;
	f->conf.ctx = f;
	f->nb = nb_new(&babel_nb_table, &f->conf, SRC_YANG_DIR, f->err, sizeof(f->err));
	if (!f->nb)
		fail_msg("%s", f->err);
	strcpy(f->path, "/tmp/babel-conf-XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	nb_free(f->nb);
	babel_conf_fini(&f->conf.conf);
	free(f);
	return 0;
}

static bool load(struct fixture *f, const char *babel)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	fprintf(file, "{\"srcdest-babel:babel\": %s}", babel);
	fclose(file);
	return nb_load_file(f->nb, f->path, f->err, sizeof(f->err));
}

static struct babel_if_config effective(struct fixture *f, const char *name)
{
	const struct babel_conf_if *i = babel_conf_if_find(&f->conf.conf, name);

	assert_non_null(i);
	return babel_conf_if_effective(i);
}

static void assert_config(const struct babel_if_config *c, struct babel_if_config want)
{
	assert_int_equal(c->type, want.type);
	assert_int_equal(c->split_horizon, want.split_horizon);
	assert_int_equal(c->rxcost, want.rxcost);
	assert_int_equal(c->hello_interval, want.hello_interval);
	assert_int_equal(c->update_interval, want.update_interval);
}

/* RFC 8966 appendix B, and per link type 3.7.4 and A.2. */
static void test_defaults(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;

	assert_true(load(f, "{\"interface\": [{\"name\": \"eth0\"},"
			    " {\"name\": \"wlan0\", \"link-type\": \"wireless\"}]}"));
	assert_int_equal(f->applied, 1);
	assert_false(f->conf.conf.has_router_id);
	c = effective(f, "eth0");
	assert_config(&c, (struct babel_if_config){BABEL_WIRED, true, 96, 4 * USEC_PER_SEC,
						   16 * USEC_PER_SEC});
	c = effective(f, "wlan0");
	assert_config(&c, (struct babel_if_config){BABEL_WIRELESS, false, 256, 4 * USEC_PER_SEC,
						   16 * USEC_PER_SEC});
	assert_null(babel_conf_if_find(&f->conf.conf, "eth1"));
}

static void test_all_set(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;
	char id[ROUTER_ID_STR];

	assert_true(load(f, "{\"router-id\": \"01:23:45:67:89:AB:cd:ef\", \"interface\": ["
			    "{\"name\": \"eth0\", \"split-horizon\": false, \"rxcost\": 1,"
			    " \"mcast-hello-interval\": 100, \"update-interval\": 65535},"
			    "{\"name\": \"wlan0\", \"link-type\": \"wireless\","
			    " \"split-horizon\": true, \"rxcost\": 65534}],"
			    "\"redistribute\": [{\"family\": \"ipv6\", \"protocol\": \"static\"},"
			    " {\"family\": \"ipv4\", \"protocol\": \"connected\"}]}"));
	assert_true(f->conf.conf.has_router_id);
	assert_string_equal(router_id_str(&f->conf.conf.router_id, id), "01:23:45:67:89:ab:cd:ef");
	c = effective(f, "eth0");
	assert_config(&c, (struct babel_if_config){BABEL_WIRED, false, 1, USEC_PER_SEC,
						   65535 * USEC_PER_CSEC});
	c = effective(f, "wlan0");
	assert_config(&c, (struct babel_if_config){BABEL_WIRELESS, true, 65534, 4 * USEC_PER_SEC,
						   16 * USEC_PER_SEC});
	for (int t = 0; t < BABEL_CONF_TYPES; t++) {
		assert_int_equal(f->conf.conf.redistribute6[t], t == ROUTE_STATIC);
		assert_int_equal(f->conf.conf.redistribute4[t], t == ROUTE_CONNECTED);
	}
}

static void test_change_and_unset(void **state)
{
	struct fixture *f = *state;
	struct babel_if_config c;

	assert_true(load(f,
			 "{\"router-id\": \"01:23:45:67:89:ab:cd:ef\","
			 "\"interface\": [{\"name\": \"eth0\", \"rxcost\": 7,"
			 " \"split-horizon\": false, \"mcast-hello-interval\": 100,"
			 " \"link-type\": \"wireless\"}, {\"name\": \"eth1\"}],"
			 "\"redistribute\": [{\"family\": \"ipv6\", \"protocol\": \"static\"}]}"));
	assert_true(load(f,
			 "{\"interface\": [{\"name\": \"eth0\"}],"
			 "\"redistribute\": [{\"family\": \"ipv6\", \"protocol\": \"kernel\"}]}"));
	assert_int_equal(f->applied, 2);
	assert_false(f->conf.conf.has_router_id);
	assert_int_equal(babel_conf_ifs_count(&f->conf.conf.ifs), 1);
	c = effective(f, "eth0");
	assert_config(&c, (struct babel_if_config){BABEL_WIRED, true, 96, 4 * USEC_PER_SEC,
						   16 * USEC_PER_SEC});
	assert_false(f->conf.conf.redistribute6[ROUTE_STATIC]);
	assert_true(f->conf.conf.redistribute6[ROUTE_KERNEL]);
	assert_true(nb_load_file(f->nb, NULL, f->err, sizeof(f->err)));
	assert_true(babel_conf_ifs_empty(&f->conf.conf.ifs));
	assert_false(f->conf.conf.redistribute6[ROUTE_KERNEL]);
}

/* Every protocol that the model names is one that zebra has. */
static void test_protocols(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
	} t[] = {{"kernel", ROUTE_KERNEL}, {"connected", ROUTE_CONNECTED}, {"static", ROUTE_STATIC},
		 {"rip", ROUTE_RIP},	   {"ripng", ROUTE_RIPNG},	   {"ospf", ROUTE_OSPF},
		 {"ospf6", ROUTE_OSPF6},   {"isis", ROUTE_ISIS},	   {"bgp", ROUTE_BGP}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text),
			 "{\"redistribute\": [{\"family\": \"ipv6\", \"protocol\": \"%s\"}]}",
			 t[i].name);
		if (!load(f, text))
			fail_msg("%s", f->err);
		assert_true(f->conf.conf.redistribute6[t[i].type]);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} t[] = {
		{"{\"interface\": [{\"name\": \"eth0\", \"rxcost\": 0}]}", "rxcost"},
		{"{\"interface\": [{\"name\": \"eth0\", \"rxcost\": 65535}]}", "rxcost"},
		{"{\"interface\": [{\"name\": \"eth0\", \"mcast-hello-interval\": 0}]}",
		 "mcast-hello-interval"},
		{"{\"interface\": [{\"name\": \"eth0\", \"update-interval\": 65536}]}",
		 "update-interval"},
		{"{\"interface\": [{\"name\": \"eth0\", \"link-type\": \"tunnel\"}]}", "link-type"},
		{"{\"router-id\": \"00:00:00:00:00:00:00:00\"}", "router-id"},
		{"{\"router-id\": \"ff:ff:ff:ff:ff:ff:FF:ff\"}", "router-id"},
		{"{\"router-id\": \"1.2.3.4\"}", "router-id"},
		{"{\"redistribute\": [{\"family\": \"ipv6\", \"protocol\": \"babel\"}]}",
		 "protocol"},
	};
	struct fixture *f = *state;

	assert_true(load(f, "{\"interface\": [{\"name\": \"keep0\"}]}"));
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		f->err[0] = '\0';
		assert_false(load(f, t[i].text));
		/* what, where: the file and the node */
		assert_non_null(strstr(f->err, f->path));
		assert_non_null(strstr(f->err, t[i].says));
		assert_non_null(babel_conf_if_find(&f->conf.conf, "keep0"));
	}
	assert_int_equal(f->applied, 1);
}

static void test_router_id_text(void **state)
{
	static const char *const bad[] = {"",
					  "01:23:45:67:89:ab:cd",
					  "01:23:45:67:89:ab:cd:ef:",
					  "01:23:45:67:89:ab:cd:e",
					  "01:23:45:67:89:ab:cd:0g",
					  "01-23-45-67-89-ab-cd-ef",
					  " 1:23:45:67:89:ab:cd:ef"};
	struct router_id id = {{1}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(router_id_parse(bad[i], &id));
	assert_int_equal(id.b[0], 1);
	assert_true(router_id_parse("fe:DC:ba:98:76:54:32:10", &id));
	assert_int_equal(id.b[0], 0xfe);
	assert_int_equal(id.b[1], 0xdc);
	assert_int_equal(id.b[7], 0x10);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_defaults),  T(test_all_set), T(test_change_and_unset),
		T(test_protocols), T(test_refused), cmocka_unit_test(test_router_id_text),
	};

	return cmocka_run_group_tests_name("babeld: configuration", tests, NULL, NULL);
}
