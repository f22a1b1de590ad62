/* SPDX-License-Identifier: MIT */
/*
 * ZAPI server: the label manager, as far as daemons wait for it.
 *
 * This zebra installs no MPLS label. But FRR's isisd asks for ranges of labels
 * when segment routing is on, stands still until it has an answer, and has
 * only then a use for the source prefixes that it learns
 * (doc/user/recipes/isis.md). So ranges are given out, no label twice.
 */
#include "zebra/zebra_zapi_impl.h"

#define LABEL_FIRST 16 /* those below have meanings of their own (RFC 3032 2.1) */
#define LABEL_LAST  1048575

static bool overlap(const struct zc_labels *l, uint32_t start, uint32_t end)
{
	return l->owner && l->start <= end && start <= l->end;
}

static bool is_free(const struct zebra_zapi *z, uint32_t start, uint32_t end)
{
	for (size_t i = 0; i < ZC_LABELS_MAX; i++)
		if (overlap(&z->labels[i], start, end))
			return false;
	return true;
}

/* The lowest start of a free range of that size; 0: there is none. */
static uint32_t find_free(const struct zebra_zapi *z, uint32_t size)
{
	uint32_t best = 0;

	/* It begins at the first label or behind a range. */
	for (size_t i = 0; i <= ZC_LABELS_MAX; i++) {
		uint32_t start = i == ZC_LABELS_MAX ? LABEL_FIRST : z->labels[i].end + 1;

		if (i < ZC_LABELS_MAX && !z->labels[i].owner)
			continue;
		if (start > LABEL_LAST || size - 1 > LABEL_LAST - start)
			continue;
		if ((!best || start < best) && is_free(z, start, start + size - 1))
			best = start;
	}
	return best;
}

/* Nothing is written where there is nothing to give. */
static void give(struct zclient *c, struct zapi_label *l)
{
	struct zebra_zapi *z = c->z;
	struct zc_labels *slot = NULL;
	size_t has = 0;
	uint32_t start = l->base;

	for (size_t i = 0; i < ZC_LABELS_MAX; i++) {
		if (!z->labels[i].owner)
			slot = &z->labels[i];
		has += z->labels[i].owner == c->v.id;
	}
	/* One client leaves room for others. */
	if (!slot || has >= ZC_LABELS_MAX / 4 || l->size == 0 || l->size > LABEL_LAST)
		return;
	if (start == 0)
		start = find_free(z, l->size);
	if (start < LABEL_FIRST || start > LABEL_LAST || l->size - 1 > LABEL_LAST - start ||
	    !is_free(z, start, start + l->size - 1))
		return;
	*slot = (struct zc_labels){c->v.id, start, start + l->size - 1};
	l->start = slot->start;
	l->end = slot->end;
}

void zclient_label_connect(struct zclient *c, const struct zapi_msg *m)
{
	struct zapi_msg answer = {.cmd = m->cmd, .u.label = m->u.label};

	if (m->u.label.type >= ROUTE_TYPE_ALL) {
		zclient_error(c, "labels for a protocol that is none");
		return;
	}
	answer.u.label.result = 0;
	zclient_send(c, &answer);
}

void zclient_label_get(struct zclient *c, const struct zapi_msg *m)
{
	struct zapi_msg answer = {.cmd = m->cmd, .u.label = m->u.label};

	if (m->u.label.type >= ROUTE_TYPE_ALL) {
		zclient_error(c, "labels for a protocol that is none");
		return;
	}
	give(c, &answer.u.label);
	if (!answer.u.label.end)
		zclient_error(c, "a range of labels that is not to be had");
	zclient_send(c, &answer);
}

void zclient_label_release(struct zclient *c, const struct zapi_label *l)
{
	for (size_t i = 0; i < ZC_LABELS_MAX; i++) {
		struct zc_labels *have = &c->z->labels[i];

		if (have->owner == c->v.id && have->start == l->start && have->end == l->end)
			have->owner = 0;
	}
}

void zclient_labels_fini(struct zclient *c)
{
	for (size_t i = 0; i < ZC_LABELS_MAX; i++)
		if (c->z->labels[i].owner == c->v.id)
			c->z->labels[i].owner = 0;
}
