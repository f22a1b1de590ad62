/* SPDX-License-Identifier: MIT */
/* The alarm about routes of ours that others change in the kernel. */
#include "zebra/drift.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/io/log.h"

/* The first alarm waits for what comes together with it; then one a second. */
#define GATHER (100 * USEC_PER_MSEC)
#define PAUSE  USEC_PER_SEC

struct drift {
	struct loop *loop;
	struct loop_timer *timer;
	void (*tell)(void *ctx, const struct drift_report *r);
	void *ctx;
	struct drift_report now;
	bool any; /* in `now` */
	mono_t last;
	bool told; /* `last` is one */
	uint64_t total[KERNEL_DRIFTS];
	struct memtag mem;
};

static void log_report(const struct drift_report *r)
{
	char pair[SDPREFIX_STR], by[48] = "found by comparison";

	if (r->by)
		snprintf(by, sizeof(by), "by process %u", (unsigned int)r->by);
	log_warning("others changed routes of ours in the kernel: %llu missing, %llu different, "
		    "%llu unexpected; policy rules: %llu missing, %llu unexpected; repairing; "
		    "the first is %s (%s)",
		    (unsigned long long)r->count[KERNEL_MISSING],
		    (unsigned long long)r->count[KERNEL_DIFFERENT],
		    (unsigned long long)r->count[KERNEL_UNEXPECTED],
		    (unsigned long long)r->count[KERNEL_RULE_MISSING],
		    (unsigned long long)r->count[KERNEL_RULE_UNEXPECTED],
		    sdprefix_str(&r->first, pair), by);
}

static void due(void *ctx)
{
	struct drift *d = ctx;
	struct drift_report r = d->now;

	memset(&d->now, 0, sizeof(d->now));
	d->any = false;
	d->told = true;
	d->last = loop_now(d->loop);
	log_report(&r);
	d->tell(d->ctx, &r);
}

struct drift *drift_new(struct loop *l, void (*tell)(void *ctx, const struct drift_report *r),
			void *ctx)
{
	struct memtag mem = {.name = "drift"};
	struct drift *d = mem_new(&mem, sizeof(*d));

	d->mem = mem;
	d->loop = l;
	d->tell = tell;
	d->ctx = ctx;
	d->timer = loop_timer_new(l, due, d);
	return d;
}

void drift_free(struct drift *d)
{
	struct memtag mem;

	if (!d)
		return;
	loop_timer_free(d->timer);
	mem = d->mem;
	mem_free(&mem, d);
}

void drift_note(struct drift *d, enum kernel_drift kind, const struct sdprefix *pair, uint32_t by)
{
	mono_t at = mono_add(loop_now(d->loop), GATHER);

	d->now.count[kind]++;
	d->total[kind]++;
	if (d->any)
		return;
	d->any = true;
	d->now.first = *pair;
	d->now.by = by;
	if (d->told && mono_before(at, mono_add(d->last, PAUSE)))
		at = mono_add(d->last, PAUSE);
	loop_timer_at(d->timer, at);
}

const uint64_t *drift_totals(const struct drift *d)
{
	return d->total;
}
