/* SPDX-License-Identifier: MIT */
/* Fates of chosen routes. */
#include "babeld/babel_fate.h"

struct fate_entry {
	struct sdentry entry;
	enum fate fate;
};

void fates_init(struct fates *f)
{
	*f = (struct fates){.mem.name = "babel fates"};
	sdtable_init(&f->t);
}

static struct fate_entry *of(struct sdentry *e)
{
	return e ? container_of(e, struct fate_entry, entry) : NULL;
}

static void drop(struct fates *f, struct sdentry *e)
{
	sdtable_del(&f->t, e);
	mem_free(&f->mem, of(e));
}

void fates_fini(struct fates *f)
{
	struct sdentry *e;

	while ((e = sdtable_first(&f->t)))
		drop(f, e);
	sdtable_fini(&f->t);
}

void fates_chosen(struct fates *f, const struct sdprefix *pair, bool chosen)
{
	struct sdentry *e = sdtable_find(&f->t, pair);
	struct fate_entry *n;

	if (e && chosen)
		of(e)->fate = FATE_UNKNOWN;
	else if (e)
		drop(f, e);
	if (e || !chosen)
		return;
	n = mem_new(&f->mem, sizeof(*n));
	n->entry.key = *pair;
	sdtable_add(&f->t, &n->entry);
}

static enum fate fate_of_notify(enum zapi_notify n)
{
	switch (n) {
	case NOTIFY_INSTALLED:
		return FATE_INSTALLED;
	case NOTIFY_FAIL_INSTALL:
		return FATE_FAILED;
	case NOTIFY_BETTER_ADMIN_WON:
		return FATE_BEATEN;
	case NOTIFY_REMOVED:
	case NOTIFY_REMOVE_FAIL:
		break;
	}
	return FATE_UNKNOWN;
}

bool fates_told(struct fates *f, const struct sdprefix *pair, enum zapi_notify n)
{
	struct fate_entry *e = of(sdtable_find(&f->t, pair));

	if (e)
		e->fate = fate_of_notify(n);
	return e != NULL;
}

static bool is_source(const struct fates *f, const struct prefix *p)
{
	for (struct sdentry *e = sdtable_first(&f->t); e; e = sdtable_next(&f->t, e))
		if (!sdprefix_is_plain(&e->key) && prefix_eq(&e->key.src, p))
			return true;
	return false;
}

bool fates_told_named(struct fates *f, const struct prefix *named, enum zapi_notify n)
{
	struct sdprefix plain;
	bool refused = n == NOTIFY_FAIL_INSTALL;

	if (!sdprefix_make(&plain, named, NULL))
		return false;
	/* A route to S and one from S: it can't be known which is meant. */
	if (sdtable_find(&f->t, &plain)) {
		if (!is_source(f, named))
			fates_told(f, &plain, n);
		return false;
	}
	if ((!refused && n != NOTIFY_INSTALLED) || refused == f->sourced_refused ||
	    !is_source(f, named))
		return false;
	f->sourced_refused = refused;
	return true;
}

void fates_forget(struct fates *f)
{
	for (struct sdentry *e = sdtable_first(&f->t); e; e = sdtable_next(&f->t, e))
		of(e)->fate = FATE_UNKNOWN;
	f->sourced_refused = false;
}

enum fate fates_of(const struct fates *f, const struct sdprefix *pair)
{
	const struct fate_entry *e = of(sdtable_find(&f->t, pair));

	return e ? e->fate : FATE_UNKNOWN;
}
