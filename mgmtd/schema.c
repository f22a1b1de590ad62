/* SPDX-License-Identifier: MIT */
/* The YANG context: every module of the module directory. */
#include "mgmtd/schema.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE_NAME_MAX 128

/* What this NETCONF server does of the features of RFC 6241; all features of
 * every other module are on. Without `startup` there would be no datastore
 * for `write memory`; `url` is left out. */
static const char *const netconf_features[] = {
	"writable-running",
	"candidate",
	"confirmed-commit",
	"rollback-on-error",
	"validate",
	"startup",
	"xpath",
	NULL,
};
static const char *const all_features[] = {"*", NULL};

static int is_module_file(const struct dirent *e)
{
	size_t n = strlen(e->d_name), tail = strlen(".yang");

	return e->d_name[0] != '.' && n > tail && n < MODULE_NAME_MAX &&
	       !strcmp(e->d_name + n - tail, ".yang");
}

/* NAME.yang or NAME@REVISION.yang; the newest revision of a name is taken. */
static bool load(const struct schema *s, const char *file, char *err, unsigned int err_size)
{
	char name[MODULE_NAME_MAX];
	const char **features = (const char **)all_features;
	const char *why;

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(file) - strlen(".yang")), file);
	name[strcspn(name, "@")] = '\0';
	if (ly_ctx_get_module_implemented(s->ly, name))
		return true;
	if (!strcmp(name, "ietf-netconf"))
		features = (const char **)netconf_features;
	if (ly_ctx_load_module(s->ly, name, NULL, features))
		return true;
	why = ly_errmsg(s->ly);
	snprintf(err, err_size, "YANG module %s does not load: %s", name,
		 why ? why : "unknown reason");
	return false;
}

/* What others augment is implemented as soon as they are, but with the features
 * of its first load: so this one comes first. */
static bool load_first(const struct schema *s, const char *dir, char *err, unsigned int err_size)
{
	char file[] = "ietf-netconf.yang";

	return !ly_ctx_set_searchdir(s->ly, dir) && load(s, file, err, err_size);
}

static bool load_dir(const struct schema *s, const char *dir, char *err, unsigned int err_size)
{
	struct dirent **files;
	bool fine = true;
	int n = scandir(dir, &files, is_module_file, alphasort);

	if (n < 0) {
		snprintf(err, err_size, "YANG module directory %s: %s", dir, strerror(errno));
		return false;
	}
	for (int i = 0; i < n; i++) {
		fine = fine && load(s, files[i]->d_name, err, err_size);
		free(files[i]);
	}
	free(files);
	return fine;
}

/* The modules of RFCs have a directory of their own below ours. */
static bool load_all(const struct schema *s, const char *yang_dir, char *err, unsigned int err_size)
{
	char ietf[PATH_MAX];

	snprintf(ietf, sizeof(ietf), "%s/ietf", yang_dir);
	if (access(ietf, F_OK) == 0 &&
	    (!load_first(s, ietf, err, err_size) || !load_dir(s, ietf, err, err_size)))
		return false;
	return load_dir(s, yang_dir, err, err_size);
}

struct schema *schema_new(const char *yang_dir, char *err, unsigned int err_size)
{
	struct schema *s;
	bool fine = true;

	s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	/* Process-wide in libyang: keep messages for us, print none. */
	ly_log_options(LY_LOSTORE_LAST);
	/* DISABLE_SEARCHDIR_CWD: without it modules would also be read from where
	 * the daemon happens to be started. */
	if (ly_ctx_new(yang_dir, LY_CTX_DISABLE_SEARCHDIR_CWD | LY_CTX_EXPLICIT_COMPILE, &s->ly)) {
		snprintf(err, err_size, "YANG module directory %s: %s", yang_dir, strerror(errno));
		fine = false;
	}
	fine = fine && load_all(s, yang_dir, err, err_size);
	/* On failure libyang throws all new modules out. */
	if (fine && ly_ctx_compile(s->ly)) {
		const char *why = ly_errmsg(s->ly);

		snprintf(err, err_size, "the YANG modules of %s do not compile: %s", yang_dir,
			 why ? why : "unknown reason");
		fine = false;
	}
	if (fine)
		return s;
	schema_free(s);
	return NULL;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	ly_ctx_destroy(s->ly);
	free(s);
}

const struct lysc_node *schema_find(const struct schema *s, const char *path)
{
	const struct lysc_node *node = lys_find_path(s->ly, NULL, path, 0);

	if (!node)
		ly_err_clean(s->ly, NULL);
	return node;
}
