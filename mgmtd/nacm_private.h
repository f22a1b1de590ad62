/* SPDX-License-Identifier: MIT */
/* Compiled rules; for nacm*.c alone. */
#ifndef SRCDEST_MGMTD_NACM_PRIVATE_H
#define SRCDEST_MGMTD_NACM_PRIVATE_H

#include "mgmtd/nacm.h"

#define NACM_DEPTH_MAX 32

enum {
	ACCESS_CREATE = 1,
	ACCESS_READ = 2,
	ACCESS_UPDATE = 4,
	ACCESS_DELETE = 8,
	ACCESS_EXEC = 16,
	ACCESS_ALL = 31,
};

struct nacm_key {
	char *name, *value; /* name "." is the value of the node itself */
};

struct nacm_step {
	char *module, *name;
	struct nacm_key *keys;
	size_t n_keys;
};

enum rule_type { RULE_ANY, RULE_RPC, RULE_NOTIFICATION, RULE_PATH };

struct nacm_rule {
	char *module; /* NULL: any */
	enum rule_type type;
	char *name; /* of RPC or notification; NULL: any */
	struct nacm_step *steps;
	size_t n_steps;
	unsigned int access;
	bool permit;
};

struct nacm_list {
	char **groups;
	size_t n_groups;
	struct nacm_rule *rules;
	size_t n_rules;
};

struct nacm_group {
	char *name;
	char **users;
	size_t n_users;
};

struct nacm {
	bool enabled, read_default, write_default, exec_default;
	struct nacm_group *groups;
	size_t n_groups;
	struct nacm_list *lists;
	size_t n_lists;
	struct nacm_counters counters;
};

#endif
