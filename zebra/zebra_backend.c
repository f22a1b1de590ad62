/* SPDX-License-Identifier: MIT */
/* Which way routes with a source get into the kernel. */
#include "zebra/zebra_backend.h"

#include <string.h>

#include "lib/io/log.h"
#include "zebra/zebra.h"

static struct rib_setup wanted(const struct zebra *z)
{
	struct rib_setup s = *rib_setup(z->rib);
	bool six = z->nb_ctx.ip6_backend == BACKEND_RULES ||
		   (z->nb_ctx.ip6_backend == BACKEND_AUTO && !z->subtrees);

	s.ip4 = z->nb_ctx.ip4_rules ? FIB_RULES : FIB_SUBTREES;
	s.ip6 = six ? FIB_RULES : FIB_SUBTREES;
	return s;
}

static void say(const struct zebra *z, enum family f, enum fib_backend was, enum fib_backend is)
{
	const struct rib_range *r = &rib_setup(z->rib)->range;
	const char *name = f == FAM_IP4 ? "IPv4" : "IPv6";

	if (was == is)
		return;
	if (is == FIB_SUBTREES)
		log_notice("%s routes with a source: %s", name,
			   f == FAM_IP4 ? "not in the kernel" : "by source subtrees");
	else if (kernel_has_rules(z->kernel, f))
		log_notice("%s routes with a source: by policy rules, preferences %u to %u, tables "
			   "%u to %u",
			   name, r->preference, r->preference + RIB_RANGE_PREFERENCES - 1, r->table,
			   r->table + r->n_tables - 1);
	else
		log_warning("%s routes with a source: by policy rules, which this kernel does not "
			    "have",
			    name);
}

bool zebra_backend_able(const struct zebra *z, enum family f)
{
	const struct rib_setup *s = rib_setup(z->rib);

	if ((f == FAM_IP4 ? s->ip4 : s->ip6) == FIB_RULES)
		return kernel_has_rules(z->kernel, f);
	return f == FAM_IP6 && z->subtrees;
}

/* True: what zebra can do is another. */
static bool set_up(struct zebra *z, const struct rib_setup *s)
{
	const struct rib_setup was = *rib_setup(z->rib);
	bool was6 = zebra_backend_able(z, FAM_IP6), was4 = zebra_backend_able(z, FAM_IP4);

	rib_set_up(z->rib, s, loop_now(z->loop));
	say(z, FAM_IP4, was.ip4, s->ip4);
	say(z, FAM_IP6, was.ip6, s->ip6);
	return was6 != zebra_backend_able(z, FAM_IP6) || was4 != zebra_backend_able(z, FAM_IP4);
}

bool zebra_backend_configure(struct zebra *z)
{
	struct rib_setup s = wanted(z);

	return set_up(z, &s);
}

/* Before the configuration is known: an earlier run's way is gone on with. */
void zebra_backend_start(struct zebra *z)
{
	struct rib_setup s = *rib_setup(z->rib);

	if (!z->subtrees && kernel_has_rules(z->kernel, FAM_IP6))
		s.ip6 = FIB_RULES;
	set_up(z, &s);
}

static bool write_rule_del(void *ctx, const struct prefix *src, uint32_t table)
{
	struct zebra *z = ctx;
	struct fib_op op = rib_rule_del(z->rib, src, table);

	fib_netlink_write(z->fib, &op, 1);
	return true;
}

void zebra_backend_flush(struct zebra *z)
{
	rib_each_rule(z->rib, write_rule_del, z);
}

/* ---- configuration ---- */

void nb_ip6_backend_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;
	const char *v = c->op == NB_SET ? c->value : "auto";

	nb->ip6_backend = strcmp(v, "rules") == 0      ? BACKEND_RULES
			  : strcmp(v, "subtrees") == 0 ? BACKEND_SUBTREES
						       : BACKEND_AUTO;
}

void nb_ip4_backend_apply(void *ctx, const struct nb_change *c)
{
	struct zebra_nb *nb = ctx;

	nb->ip4_rules = c->op == NB_SET && strcmp(c->value, "rules") == 0;
}
