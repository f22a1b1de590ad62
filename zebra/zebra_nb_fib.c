/* SPDX-License-Identifier: MIT */
/* Module srcdest-fib: the comparison with the kernel, and the alarm. */
#include "zebra/zebra_nb_fib.h"

#include <stdio.h>
#include <string.h>

#include "lib/nb/walk.h"
#include "zebra/core/rib_backend.h"
#include "zebra/zebra_nb_route.h"

static const char *const kinds[KERNEL_DRIFTS] = {"missing", "different", "unexpected",
						 "rules-missing", "rules-unexpected"};

static void write_counts(struct nb_writer *w, const uint64_t *count)
{
	for (int i = 0; i < KERNEL_DRIFTS; i++)
		nb_leaf_u64(w, kinds[i], count[i]);
}

static void write_rule_diff(struct nb_writer *w, const struct kernel_rule_diff *d)
{
	char src[PREFIX_STR];

	nb_begin(w, "rule-difference");
	nb_leaf(w, "source-prefix", prefix_str(&d->src, src));
	nb_leaf_u64(w, "table", d->table);
	nb_leaf_u64(w, "preference", d->preference);
	nb_leaf(w, "kind", d->kind == KERNEL_RULE_MISSING ? "missing" : "unexpected");
	nb_end(w);
}

static void write_comparison(struct nb_writer *w, const struct kernel_check *c)
{
	nb_leaf_u64(w, "equal", c->same);
	nb_leaf_u64(w, "changing", c->changing);
	nb_leaf_u64(w, "rules-equal", c->rules_same);
	write_counts(w, c->drift);
	nb_leaf_u64(w, "foreign", c->foreign);
	nb_leaf_u64(w, "duration", (uint64_t)(c->took / USEC_PER_MSEC));
	for (size_t i = 0; i < c->n_diffs; i++) {
		nb_begin(w, "difference");
		nb_pair_leaves(w, &c->diffs[i].pair);
		nb_leaf(w, "kind", kinds[c->diffs[i].kind]);
		nb_end(w);
	}
	for (size_t i = 0; i < c->n_rule_diffs; i++)
		write_rule_diff(w, &c->rule_diffs[i]);
}

static void write_life(const struct zebra *z, struct nb_writer *w)
{
	const struct kernel_counters *n = kernel_counters(z->kernel);
	mono_t end = {0};

	nb_leaf_u64(w, "comparisons", n->checks);
	if (kernel_check_last(z->kernel, &end))
		nb_leaf_u64(w, "since-last", nb_seconds(z, end));
	nb_leaf_u64(w, "overruns", n->overruns);
	nb_leaf_u64(w, "interrupted", n->interrupted);
	nb_begin(w, "drift");
	write_counts(w, drift_totals(z->drift));
	nb_end(w);
}

bool nb_fib_state_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	const struct zebra *z = nb_zebra(ctx);
	mono_t end;
	const struct kernel_check *last = kernel_check_last(z->kernel, &end);

	(void)ask;
	nb_begin(w, "check");
	write_life(z, w);
	if (last) {
		nb_begin(w, "last");
		write_comparison(w, last);
		nb_end(w);
	}
	nb_end(w);
	return false;
}

static const char *backend_name(const struct zebra *z, enum family f)
{
	const struct rib_setup *s = rib_setup(z->rib);

	if ((f == FAM_IP4 ? s->ip4 : s->ip6) == FIB_RULES)
		return "rules";
	return f == FAM_IP4 ? "none" : "subtrees";
}

bool nb_fib_cost_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	static const struct {
		enum family f;
		const char *name;
	} families[] = {{FAM_IP4, "ipv4"}, {FAM_IP6, "ipv6"}};
	const struct zebra *z = nb_zebra(ctx);

	for (size_t i = 0; i < 2; i++) {
		struct rib_cost c = rib_cost(z->rib, families[i].f);

		if (!nb_ask_wants(ask, 0, families[i].name) ||
		    (ask->n_after && strcmp(families[i].name, ask->after[0]) <= 0))
			continue;
		nb_begin(w, "family");
		nb_leaf(w, "name", families[i].name);
		nb_leaf(w, "backend", backend_name(z, families[i].f));
		nb_leaf_u64(w, "routes", c.routes);
		nb_leaf_u64(w, "helpers", c.helpers);
		nb_leaf_u64(w, "rules", c.rules);
		nb_end(w);
	}
	return false;
}

bool nb_check_fib_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		       unsigned int err_size)
{
	const struct zebra *z = nb_zebra(ctx);
	struct kernel_check c;
	int error;

	(void)in;
	error = kernel_check_now(z->kernel, &c);
	if (error) {
		snprintf(err, err_size, "reading the kernel's routes: %s", strerror(error));
		return false;
	}
	write_comparison(out, &c);
	write_life(z, out);
	return true;
}

void nb_fib_drift(struct nb *nb, const struct drift_report *r)
{
	char count[KERNEL_DRIFTS][24], dst[PREFIX_STR], src[PREFIX_STR], by[16];
	struct nb_leaf leaves[KERNEL_DRIFTS + 4];
	size_t n = 0;

	for (; n < KERNEL_DRIFTS; n++) {
		snprintf(count[n], sizeof(count[n]), "%llu", (unsigned long long)r->count[n]);
		leaves[n] = (struct nb_leaf){kinds[n], count[n]};
	}
	leaves[n++] =
		(struct nb_leaf){"destination-prefix", prefix_str(&r->first.dst, dst)};
	leaves[n++] = (struct nb_leaf){"source-prefix", prefix_str(&r->first.src, src)};
	leaves[n++] = (struct nb_leaf){"noticed-by", r->by ? "notification" : "comparison"};
	snprintf(by, sizeof(by), "%u", (unsigned int)r->by);
	if (r->by)
		leaves[n++] = (struct nb_leaf){"process", by};
	nb_notify(nb, "/srcdest-fib:fib-drift", leaves, n);
}
