/* SPDX-License-Identifier: MIT */
/* The test module's schema, trees from text, a directory of one's own. */
#include "tests/unit/mgmtd/rig.h"

#include <dirent.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NETCONF "urn:ietf:params:xml:ns:netconf:base:1.0"

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "rig: %s: %s\n", what, why ? why : "no reason");
	abort();
}

struct schema *rig_schema(void)
{
	const char *top = getenv("srcdir");
	char dir[512], err[512];
	struct schema *s;

	snprintf(dir, sizeof(dir), "%s/tests/unit/mgmtd/yang", top ? top : "..");
	s = schema_new(dir, err, sizeof(err));
	if (!s)
		die(dir, err);
	return s;
}

struct lyd_node *rig_json(const struct schema *s, const char *json)
{
	char *text = strdup(json);
	struct lyd_node *tree = NULL;

	for (char *p = text; *p && !strchr(json, '"'); p++)
		if (*p == '\'')
			*p = '"';
	if (lyd_parse_data_mem(s->ly, text, LYD_JSON, LYD_PARSE_STRICT | LYD_PARSE_NO_STATE,
			       LYD_VALIDATE_NO_STATE, &tree))
		die(json, ly_errmsg(s->ly));
	free(text);
	return tree;
}

struct lyd_node *rig_tree(const struct schema *s, const char *top_json)
{
	char *json;
	struct lyd_node *tree;

	if (asprintf(&json, "{'mgmt-test:top':{%s}}", top_json) < 0)
		abort();
	tree = rig_json(s, json);
	free(json);
	return tree;
}

struct lyd_node *rig_edit(const struct schema *s, const char *xml)
{
	struct lyd_node *tree = NULL;

	if (lyd_parse_data_mem(s->ly, xml, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree))
		die(xml, ly_errmsg(s->ly));
	return tree;
}

const char *rig_print(const struct lyd_node *tree)
{
	static char text[8192];
	char *json = NULL;

	if (tree &&
	    lyd_print_mem(&json, tree, LYD_JSON,
			  LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK | LYD_PRINT_WD_EXPLICIT))
		die("print", NULL);
	snprintf(text, sizeof(text), "%s", json ? json : "{}");
	for (char *p = text; *p; p++)
		if (*p == '"')
			*p = '\'';
	free(json);
	return text;
}

char *rig_mkdir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir;

	if (asprintf(&dir, "%s/srcdest-mgmtd-XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0 ||
	    !mkdtemp(dir))
		abort();
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void rig_rmdir(char *dir)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

unsigned int rig_files(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned int n = 0;

	if (!d)
		return 0;
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
	closedir(d);
	return n;
}
