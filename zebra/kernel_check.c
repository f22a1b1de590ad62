/* SPDX-License-Identifier: MIT */
/*
 * What the kernel has, compared with what it should have: a dump per family,
 * one read of the socket per turn of the loop, then a walk for what was not in
 * it. A second pass confirms what a first one suspects (rib_check.h).
 *
 *	start -> IPv4 dump -> IPv6 dump -> unseen --(suspicious, first pass)--+
 *	           ^                         |                                |
 *	           +-------------------------|--------------------------------+
 *	                                     +-> end
 */
#include "zebra/kernel_private.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>

#include "lib/base/sdtable.h"
#include "lib/io/log.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_check.h"

/* An inconsistent dump is repeated so often; then the second pass judges. */
#define INTERRUPTIONS 5
#define WALK	      1000 /* pairs per turn */
#define SUSPECTS_MAX  10000
#define RETRY	      USEC_PER_SEC

/* Looked like ours and unexpected in the first pass. */
struct suspect {
	struct sdentry entry;
	bool confirmed;
};
SDTABLE_TYPE(suspects, struct suspect, entry);

enum phase { DUMP_IP4, DUMP_IP6, UNSEEN };

struct check {
	struct kernel *k;
	struct netlink *nl;
	struct rib_check c;
	enum phase phase;
	bool dumping;	 /* in this phase */
	bool repair;	 /* else only look */
	bool second;	 /* the second pass */
	bool suspicious; /* there has to be one */
	unsigned int interruptions;
	struct rib_unseen unseen;
	struct suspects suspects;
	struct pair_list missing, gone;
	struct kernel_check *out;
	mono_t start;
};

enum step { STEP_MORE, STEP_DONE, STEP_FAILED };

/* 0, or the errno: to be ended all the same. */
static int check_init(struct check *c, struct kernel *k, struct netlink *nl, bool repair,
		      struct kernel_check *out)
{
	memset(c, 0, sizeof(*c));
	memset(out, 0, sizeof(*out));
	c->k = c->missing.k = c->gone.k = k;
	c->nl = nl;
	c->repair = repair;
	c->out = out;
	c->start = loop_now(k->loop);
	out->passes = 1;
	suspects_init(&c->suspects);
	rib_check_begin(&c->c, k->rib, kernel_type_read_back);
	return kernel_check_rules(k, repair, out);
}

static void check_fini(struct check *c)
{
	struct suspect *s;

	while ((s = suspects_first(&c->suspects))) {
		suspects_del(&c->suspects, s);
		mem_free(&c->k->mem, s);
	}
	suspects_fini(&c->suspects);
	mem_free(&c->k->mem, c->missing.v);
	mem_free(&c->k->mem, c->gone.v);
	c->out->took = mono_sub(loop_now(c->k->loop), c->start);
}

static void differs(struct check *c, enum kernel_drift kind, const struct sdprefix *pair)
{
	struct kernel_check *o = c->out;

	if (c->repair)
		c->k->ops->drift(c->k->ctx, kind, pair, 0);
	o->drift[kind]++;
	for (size_t i = 0; i < o->n_diffs; i++)
		if (sdprefix_eq(&o->diffs[i].pair, pair))
			return;
	if (o->n_diffs < KERNEL_DIFFS_MAX)
		o->diffs[o->n_diffs++] = (struct kernel_diff){kind, *pair};
}

/* In the first pass a suspicion, in the second one a fact. */
static bool unexpected_twice(struct check *c, const struct sdprefix *pair)
{
	struct suspect *s = suspects_find(&c->suspects, pair);

	if (c->second) {
		bool fact = s && !s->confirmed;

		if (fact)
			s->confirmed = true;
		return fact;
	}
	c->suspicious = true;
	if (!s && suspects_count(&c->suspects) < SUSPECTS_MAX) {
		s = mem_new(&c->k->mem, sizeof(*s));
		s->entry.key = *pair;
		suspects_add(&c->suspects, s);
	}
	return false;
}

static void saw_ours(struct check *c, const struct nl_route *r)
{
	struct fib_route f = kernel_route_fib(r);

	/* Of a source's table without its rule nothing is known. */
	if (f.table && !f.ruled && rib_range_has(&rib_setup(c->k->rib)->range, f.table))
		return;
	switch (rib_check_ours(&c->c, &f)) {
	case RIB_CHECK_SAME:
		c->out->same++;
		break;
	case RIB_CHECK_CHANGING:
		c->out->changing++;
		break;
	case RIB_CHECK_DIFFERENT:
		differs(c, KERNEL_DIFFERENT, &r->pair);
		if (c->repair)
			kernel_lost(c->k, rib_table_of(&f), &r->pair);
		else
			c->suspicious = true;
		break;
	case RIB_CHECK_UNEXPECTED:
		if (!unexpected_twice(c, &r->pair))
			break;
		differs(c, KERNEL_UNEXPECTED, &r->pair);
		if (c->repair)
			kernel_unexpected(c->k, &f);
		break;
	}
}

static void saw_foreign(struct check *c, struct nl_route *r)
{
	struct rib_owner owner = kernel_foreign_owner(r);
	struct rib_spec spec = kernel_foreign_spec(r);

	c->out->foreign++;
	if (!c->repair || rib_check_foreign(&c->c, &r->pair, &owner, &spec))
		return;
	c->out->foreign_new++;
	rib_add(c->k->rib, &r->pair, &owner, &spec, loop_now(c->k->loop));
	kernel_rib_changed(c->k, false);
}

static void saw(void *ctx, const struct nlmsghdr *h)
{
	struct check *c = ctx;
	struct nl_route r;

	if (h->nlmsg_type != RTM_NEWROUTE || !kernel_parse_route(c->k, h, &r))
		return;
	switch (kernel_route_whose(&r)) {
	case KERNEL_NOBODYS:
		break;
	case KERNEL_OURS:
		saw_ours(c, &r);
		break;
	case KERNEL_FOREIGN:
		saw_foreign(c, &r);
		break;
	}
}

static void unseen(void *ctx, uint32_t table, const struct sdprefix *pair,
		   const struct rib_owner *foreign)
{
	struct check *c = ctx;

	if (foreign && !c->repair)
		return;
	if (!c->second)
		c->suspicious = true;
	else
		kernel_pair_add(foreign ? &c->gone : &c->missing, table, pair, foreign);
}

static void phase_ends(struct check *c)
{
	c->phase = c->phase == DUMP_IP4 ? DUMP_IP6 : UNSEEN;
	c->dumping = false;
	c->interruptions = 0;
	/* What is told already is no drift that goes unnoticed. */
	if (c->phase != UNSEEN)
		return;
	kernel_drain(c->k);
	c->unseen = (struct rib_unseen){.each = unseen, .ctx = c};
}

static enum step dump_step(struct check *c)
{
	int error = 0;

	if (!c->dumping) {
		error = netlink_dump_begin(c->nl, RTM_GETROUTE,
					   c->phase == DUMP_IP4 ? AF_INET : AF_INET6);
		c->dumping = true;
	}
	switch (error ? NETLINK_FAILED : netlink_dump_slice(c->nl, saw, c)) {
	case NETLINK_SLICE:
		break;
	case NETLINK_INTERRUPTED:
		c->k->count.interrupted++;
		c->dumping = ++c->interruptions > INTERRUPTIONS;
		if (c->dumping)
			phase_ends(c);
		break;
	case NETLINK_FAILED:
		error = error ? error : errno;
		if (!kernel_no_family(error)) {
			errno = error;
			return STEP_FAILED;
		}
		phase_ends(c);
		break;
	case NETLINK_DUMPED:
		phase_ends(c);
		break;
	}
	return STEP_MORE;
}

static void unseen_facts(struct check *c)
{
	for (size_t i = 0; i < c->missing.n; i++) {
		differs(c, KERNEL_MISSING, &c->missing.v[i].pair);
		if (c->repair)
			kernel_lost(c->k, c->missing.v[i].table, &c->missing.v[i].pair);
	}
	for (size_t i = 0; i < c->gone.n; i++) {
		rib_del(c->k->rib, &c->gone.v[i].pair, &c->gone.v[i].owner);
		kernel_rib_changed(c->k, false);
	}
	c->out->foreign_gone += c->gone.n;
	c->missing.n = c->gone.n = 0;
}

static void second_pass(struct check *c)
{
	struct kernel_check *o = c->out;

	c->phase = DUMP_IP4;
	c->second = true;
	o->passes = 2;
	o->same = o->changing = o->foreign = 0;
	/* What was repaired is not seen different once more. */
	if (!c->repair)
		o->drift[KERNEL_DIFFERENT] = o->n_diffs = 0;
}

static enum step unseen_step(struct check *c)
{
	bool more = rib_check_unseen(&c->c, &c->unseen, WALK);

	if (c->second)
		unseen_facts(c);
	else if (c->suspicious)
		more = false;
	if (more)
		return STEP_MORE;
	if (!c->suspicious || c->second)
		return STEP_DONE;
	second_pass(c);
	return STEP_MORE;
}

static enum step check_step(struct check *c)
{
	return c->phase == UNSEEN ? unseen_step(c) : dump_step(c);
}

/* ---- by itself, a step per turn ---- */

void kernel_check_end(struct kernel *k)
{
	if (!k->check)
		return;
	check_fini(k->check);
	mem_free(&k->mem, k->check);
	k->check = NULL;
}

static void next_check(struct kernel *k)
{
	mono_t due = k->interval ? mono_add(loop_now(k->loop), k->interval) : MONO_NEVER;

	if (k->again)
		due = loop_now(k->loop);
	k->check_wanted = k->again;
	k->again = false;
	k->check_due = due;
	loop_timer_at(k->turn, due);
}

static void ended(struct kernel *k)
{
	const struct kernel_check *o = &k->last;

	kernel_check_end(k);
	k->last = k->running;
	k->last_end = loop_now(k->loop);
	k->count.checks++;
	if (o->foreign_new || o->foreign_gone)
		log_info("comparison with the kernel: %llu routes of others not heard of, "
			 "%llu gone unheard",
			 (unsigned long long)o->foreign_new, (unsigned long long)o->foreign_gone);
	next_check(k);
}

void kernel_check_turn(void *ctx)
{
	static struct log_limit lim = LOG_LIMIT(3, 60 * USEC_PER_SEC);
	struct kernel *k = ctx;
	int error = 0;

	if (!k->check) {
		k->check_due = MONO_NEVER;
		k->check_wanted = false;
		k->check = mem_new(&k->mem, sizeof(*k->check));
		error = check_init(k->check, k, k->dump, true, &k->running);
		errno = error;
	}
	switch (error ? STEP_FAILED : check_step(k->check)) {
	case STEP_MORE:
		loop_timer_at(k->turn, loop_now(k->loop));
		break;
	case STEP_DONE:
		ended(k);
		break;
	case STEP_FAILED:
		log_limited(&lim, LOG_LVL_WARNING,
			    "netlink: comparing the kernel's routes and rules: %s; trying again",
			    strerror(errno));
		kernel_check_end(k);
		k->check_due = mono_add(loop_now(k->loop), RETRY);
		k->check_wanted = true;
		loop_timer_at(k->turn, k->check_due);
		break;
	}
}

void kernel_check_soon(struct kernel *k, usec_t hold)
{
	mono_t due = mono_add(loop_now(k->loop), hold);

	if (k->check) {
		k->again = true;
		return;
	}
	k->check_wanted = true;
	if (!mono_before(due, k->check_due))
		return;
	k->check_due = due;
	loop_timer_at(k->turn, due);
}

void kernel_check_interval(struct kernel *k, unsigned int seconds)
{
	usec_t interval = (usec_t)seconds * USEC_PER_SEC;
	mono_t wanted = k->check_wanted ? k->check_due : MONO_NEVER;

	/* With every commit: it puts off nothing. */
	if (interval == k->interval)
		return;
	k->interval = interval;
	if (k->check)
		return;
	k->check_due = interval ? mono_add(loop_now(k->loop), interval) : MONO_NEVER;
	if (mono_before(wanted, k->check_due))
		k->check_due = wanted;
	loop_timer_at(k->turn, k->check_due);
}

const struct kernel_check *kernel_check_last(const struct kernel *k, mono_t *end)
{
	if (k->count.checks == 0)
		return NULL;
	*end = k->last_end;
	return &k->last;
}

int kernel_check_now(struct kernel *k, struct kernel_check *out)
{
	struct check c;
	enum step s;
	int error;

	error = check_init(&c, k, k->request, false, out);
	do
		s = error ? STEP_FAILED : check_step(&c);
	while (s == STEP_MORE);
	error = error ? error : errno;
	check_fini(&c);
	if (s == STEP_FAILED)
		return error;
	if (out->n_diffs || out->n_rule_diffs)
		kernel_check_soon(k, 0);
	return 0;
}
