/* SPDX-License-Identifier: MIT */
/*
 * Where Babel runs: the interfaces of the configuration merged with those
 * that zebra tells of.
 *
 * An interface is ready when it is configured, up and running, and has a
 * link-local address; ops->up() is then called, and again when something
 * about it changed, ops->down() when one of these ends. Everything zebra
 * tells may come again unchanged. After ifs_forget_begin() and all being told
 * again, ifs_forget_end() drops what was not.
 */
#ifndef SRCDEST_BABEL_IFS_H
#define SRCDEST_BABEL_IFS_H

#include <stdbool.h>

#include "babeld/babel_link.h"
#include "babeld/babel_nb_config.h"
#include "babeld/core/babel.h"
#include "lib/zapi/zapi.h"

struct ifs;

struct ifs_ops {
	void (*up)(void *ctx, ifid_t ifid, const struct babel_if_info *info,
		   const struct babel_if_config *config, bool again);
	/* Before down(), while it can still carry a last packet. NULL: nothing. */
	void (*leave)(void *ctx, ifid_t ifid);
	void (*down)(void *ctx, ifid_t ifid, const char *name);
	/* What the kernel says of the link, where that is wanted. */
	enum babel_link_type (*link)(void *ctx, ifid_t ifid, const char *name, char why[LINK_WHY]);
	/* Fills in the keys that are in force now; ifs_reconfigure() asks again.
	 * NULL: there are none. */
	void (*keys)(void *ctx, const struct babel_conf_if *conf, struct babel_auth *auth);
};

/* conf and ops are borrowed for as long. */
struct ifs *ifs_new(const struct babel_conf *conf, const struct ifs_ops *ops, void *ctx);
void ifs_free(struct ifs *s); /* calls nothing; NULL is fine */

void ifs_interface(struct ifs *s, const struct zapi_interface *i, bool exists);
void ifs_address(struct ifs *s, const struct zapi_address *a, bool exists);
void ifs_forget_begin(struct ifs *s);
void ifs_forget_end(struct ifs *s);
/* The configuration has changed. */
void ifs_reconfigure(struct ifs *s);
/* up() again for all that are ready: the protocol behind is a new one. */
void ifs_replay(struct ifs *s);

bool ifs_enabled(const struct ifs *s, ifid_t ifid);
bool ifs_own(const struct ifs *s, ifid_t ifid, const struct addr *a); /* link-local */
/* The name of an interface that zebra told of; NULL: there is none. */
const char *ifs_name(const struct ifs *s, ifid_t ifid);
/* The prefixes of all links that are usable, Babel or not, in order, each
 * once: malloced into *out. Returns how many. */
size_t ifs_connected(const struct ifs *s, struct prefix **out);
/* Whether Hellos are counted by neighbour there. */
bool ifs_unicast_hellos(const struct ifs *s, ifid_t ifid);
/* As told by the last up(); NULL if it is not up. Good until the next call. */
const struct babel_if_info *ifs_info(const struct ifs *s, ifid_t ifid);

/* All that zebra told of, for show. */
struct ifs_view {
	ifid_t ifid;
	const char *name;
	uint64_t flags; /* IFF_ */
	unsigned int mtu;
	const struct babel_conf_if *conf; /* NULL: not configured */
	bool usable, linklocal, ready;
	enum babel_link_type found; /* and why, if it was asked for */
	const char *why;
};
/* Until it returns false. */
void ifs_each(const struct ifs *s, bool (*each)(void *ctx, const struct ifs_view *v), void *ctx);

#endif
