/* SPDX-License-Identifier: MIT */
/*
 * Structs described member by member, so that one writer and one reader do
 * for all of them (line.h). A table ends with FIELDS_END. Pure.
 */
#ifndef SRCDEST_BABELD_TRACE_FIELDS_H
#define SRCDEST_BABELD_TRACE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_END,
	FIELD_BOOL,
	FIELD_UINT, /* unsigned of 1, 2, 4 or 8 octets, at most `max` if that is set */
	FIELD_INT,  /* int64_t */
	FIELD_HEX,  /* octets of a fixed number */
	FIELD_ADDR6,
	FIELD_ADDR4,
	FIELD_ADDR, /* of the enum family at `count`, which comes with it */
	FIELD_PREFIX,
	FIELD_PAIR,
	FIELD_NAME,   /* char[size], ends with NUL */
	FIELD_TEXT,   /* const char *; NULL is left out */
	FIELD_OCTETS, /* struct span */
	FIELD_STRUCT, /* described by `of` */
	FIELD_ARRAY,  /* at most `max` structs of `size`; an unsigned int at `count`: so many */
	FIELD_LIST,   /* a pointer to such; a size_t at `count` */
};

struct field {
	const char *name;
	enum field_type type;
	size_t at, size;
	const struct field *of;
	size_t count, max;
};

#define FIELDS_END \
	{ \
		.type = FIELD_END \
	}
#define FIELD(kind, s, m) \
	{ \
		.name = #m, .type = FIELD_##kind, .at = offsetof(s, m), \
		.size = sizeof(((const s *)0)->m) \
	}
#define FIELD_MAX(kind, s, m, most) \
	{ \
		.name = #m, .type = FIELD_##kind, .at = offsetof(s, m), \
		.size = sizeof(((const s *)0)->m), .max = most \
	}
#define FIELD_SUB(s, m, table) \
	{ \
		.name = #m, .type = FIELD_STRUCT, .at = offsetof(s, m), \
		.size = sizeof(((const s *)0)->m), .of = table \
	}
#define FIELD_MANY(s, m, n, table) \
	{ \
		.name = #m, .type = FIELD_ARRAY, .at = offsetof(s, m), \
		.size = sizeof(((const s *)0)->m[0]), .of = table, .count = offsetof(s, n), \
		.max = sizeof(((const s *)0)->m) / sizeof(((const s *)0)->m[0]) \
	}

#define FIELD_LISTED(s, m, n, item, most, table) \
	{ \
		.name = #m, .type = FIELD_LIST, .at = offsetof(s, m), .size = sizeof(item), \
		.of = table, .count = offsetof(s, n), .max = most \
	}
#define FIELD_ADDR_OF(s, m, fam) \
	{ \
		.name = #m, .type = FIELD_ADDR, .at = offsetof(s, m), \
		.size = sizeof(((const s *)0)->m), .count = offsetof(s, fam) \
	}

#endif
