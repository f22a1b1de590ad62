/* SPDX-License-Identifier: MIT */
/*
 * The schema nodes that zebra serves (modules srcdest-static, srcdest-fpm, and
 * those of zebra_nb_policy.h): change records to struct statics, struct
 * fpm_conf and struct rmaps. The context of the table is a struct zebra_nb.
 */
#ifndef SRCDEST_ZEBRA_NB_CONFIG_H
#define SRCDEST_ZEBRA_NB_CONFIG_H

#include "lib/nb/nb.h"
#include "zebra/fpm.h"
#include "zebra/core/rib_backend.h"
#include "zebra/static.h"

struct rmaps;

struct zebra_nb {
	struct statics *statics;
	struct fpm_conf fpm;
	struct rmaps *rmaps;
	unsigned int check_interval; /* of the kernel's routes, seconds */
	enum { BACKEND_AUTO, BACKEND_SUBTREES, BACKEND_RULES } ip6_backend;
	bool ip4_rules;
	const struct rib_range *range; /* tables that nobody may name */
	void (*applied)(void *ctx); /* a transaction is stored: make it so */
	void *ctx;
};

extern const struct nb_table zebra_nb_table;

#endif
