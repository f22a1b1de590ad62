/* SPDX-License-Identifier: MIT */
/*
 * XML text under construction: grows as needed, never fails (abort() on
 * exhausted memory). Always ends with a NUL that `len` does not count.
 */
#ifndef SRCDEST_MGMTD_NETCONF_XML_H
#define SRCDEST_MGMTD_NETCONF_XML_H

#include <libyang/libyang.h>
#include <stddef.h>
#include <stdint.h>

struct xml {
	char *p; /* NULL while empty */
	size_t len, room;
};

void xml_add(struct xml *t, const char *s);
void xml_add_n(struct xml *t, const char *s, size_t n);
void xml_fmt(struct xml *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* With the five characters of XML escaped; what XML can't hold becomes '?'. */
void xml_escaped(struct xml *t, const char *s);
/* <name>value</name>; nothing if value is NULL. */
void xml_leaf(struct xml *t, const char *name, const char *value);
/* The node and the siblings after it. `with_defaults`: LYD_PRINT_WD_*. */
void xml_tree(struct xml *t, const struct lyd_node *first, uint32_t with_defaults);
/* A path as libyang writes it, /module:a/b[k='v'], as XPath of XML:
 * ATTRIBUTES that bind a prefix per module, '>', the path. With `open` "<target"
 * it makes <target xmlns:sd="...">/sd:a/sd:b[sd:k='v'] . */
void xml_path(struct xml *t, const struct ly_ctx *ly, const char *open, const char *path);
void xml_time(struct xml *t, int64_t seconds); /* of 1970, RFC 3339 */
void xml_clear(struct xml *t);

#endif
