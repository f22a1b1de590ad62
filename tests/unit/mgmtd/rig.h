/* SPDX-License-Identifier: MIT */
/* What the tests of mgmtd share: the test module's schema, trees from text,
 * and a directory of one's own. */
#ifndef SRCDEST_TESTS_MGMTD_RIG_H
#define SRCDEST_TESTS_MGMTD_RIG_H

#include <libyang/libyang.h>

#include "mgmtd/schema.h"

struct schema *rig_schema(void);
/* JSON, validated; '\'' stands for '"' if there is no '"'. rig_tree: the
 * content of /mgmt-test:top. */
struct lyd_node *rig_tree(const struct schema *s, const char *top_json);
struct lyd_node *rig_json(const struct schema *s, const char *json);
/* XML as in <config>, the way edit-config comes. */
struct lyd_node *rig_edit(const struct schema *s, const char *xml);
/* What is explicit, as one line of JSON, '"' written as '\''. Static. */
const char *rig_print(const struct lyd_node *tree);
/* An empty directory; rig_rmdir() removes it with all it holds and frees. */
char *rig_mkdir(void);
void rig_rmdir(char *dir);
unsigned int rig_files(const char *dir);

#endif
