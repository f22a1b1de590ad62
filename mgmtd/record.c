/* SPDX-License-Identifier: MIT */
/* A configuration on disk with a line about it. */
#include "mgmtd/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmtd/edit.h"
#include "mgmtd/history.h"

#define LINE_MAX_OCTETS 65536

bool record_save(const char *path, struct json_object *header, const struct lyd_node *tree,
		 struct edit_error *err)
{
	const char *line = json_object_to_json_string_ext(header, JSON_C_TO_STRING_PLAIN);
	char *text = NULL, *all;
	bool fine;
	int n;

	if (tree &&
	    lyd_print_mem(&text, tree, LYD_JSON,
			  LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK | LYD_PRINT_WD_EXPLICIT))
		abort();
	n = asprintf(&all, "%s\n%s\n", line, text ? text : "{}");
	free(text);
	if (n < 0)
		abort();
	fine = save_file(path, 0600, all, (size_t)n, err);
	free(all);
	return fine;
}

struct json_object *record_header(const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	struct json_object *header = NULL;
	ssize_t n;

	if (!f)
		return NULL;
	n = getline(&line, &room, f);
	if (n > 0 && n < LINE_MAX_OCTETS && line[n - 1] == '\n')
		header = json_tokener_parse(line);
	if (header && !json_object_is_type(header, json_type_object)) {
		json_object_put(header);
		header = NULL;
	}
	free(line);
	fclose(f);
	return header;
}

bool record_tree(const char *path, const struct ly_ctx *ly, struct lyd_node **tree,
		 struct edit_error *err)
{
	size_t n = 0;
	char *text = load_file(path, &n);
	char *body = text ? memchr(text, '\n', n) : NULL;
	LY_ERR rc;

	*tree = NULL;
	if (!text) {
		error_set(err, ERR_OPERATION_FAILED, NULL, "%s: %s", path, strerror(errno));
		return false;
	}
	if (!body || strlen(text) != n) {
		error_set(err, ERR_OPERATION_FAILED, NULL, "%s: the file is damaged", path);
		free(text);
		return false;
	}
	rc = lyd_parse_data_mem(ly, body + 1, LYD_JSON, LYD_PARSE_STRICT | LYD_PARSE_NO_STATE,
				LYD_VALIDATE_NO_STATE, tree);
	free(text);
	if (rc == LY_SUCCESS)
		return true;
	error_from_ly(err, ly, ERR_OPERATION_FAILED, NULL);
	lyd_free_all(*tree);
	*tree = NULL;
	return false;
}

const char *record_text(struct json_object *header, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(header, name, &v) ? json_object_get_string(v) : "";
}

int64_t record_number(struct json_object *header, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(header, name, &v) ? json_object_get_int64(v) : 0;
}
