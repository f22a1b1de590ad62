/* SPDX-License-Identifier: MIT */
/* ZAPI server: owners that went, and how long what they told stays. */
#include "zebra/zebra_zapi_impl.h"

static void gone_drop(struct zc_gone *g)
{
	zc_gones_del(&g->z->gones, g);
	loop_timer_free(g->timer);
	mem_free(g->z->mem, g);
}

static struct zc_gone *gone_find(struct zebra_zapi *z, uint8_t type, uint16_t instance)
{
	struct zc_gone *g;

	LIST_EACH (zc_gones, &z->gones, g)
		if (g->type == type && g->instance == instance)
			return g;
	return NULL;
}

static void gone_sweep(struct zc_gone *g)
{
	struct zebra_zapi *z = g->z;

	rib_sweep_stale(z->rib, g->type, g->instance);
	gone_drop(g);
	z->ops->rib_changed(z->ctx);
}

static void gone_expired(void *ctx)
{
	struct zc_gone *g = ctx;

	log_notice("%s: its stale time is over, what it has not told again is withdrawn",
		   zapi_route_type_name(g->type));
	gone_sweep(g);
}

/* g: NULL, or it has been gone before, and some of that is there still. */
static void gone_start(struct zclient *c, struct zc_gone *g)
{
	struct zebra_zapi *z = c->z;

	if (!g) {
		g = mem_new(z->mem, sizeof(*g));
		g->z = z;
		g->type = c->v.type;
		g->instance = c->v.instance;
		g->timer = loop_timer_new(z->loop, gone_expired, g);
		zc_gones_add_tail(&z->gones, g);
	}
	g->awaited |= c->announced;
	g->until = mono_add(loop_now(z->loop), (usec_t)c->v.stale_time * USEC_PER_SEC);
	loop_timer_at(g->timer, g->until);
}

/* Without routes there is nothing to keep, and nothing to be told. */
void zclient_owner_leaves(struct zclient *c)
{
	struct zebra_zapi *z = c->z;
	struct zc_gone *g;

	if (!zclient_is_owner(c))
		return;
	g = gone_find(z, c->v.type, c->v.instance);
	if (!rib_has_owner(z->rib, c->v.type, c->v.instance)) {
		if (g)
			gone_drop(g);
		return;
	}
	if (c->v.graceful && (g || zc_gones_count(&z->gones) < ZAPI_GONES_MAX)) {
		log_limited(&z->comings, LOG_LVL_NOTICE, "%s: gone, its routes stay for %u s",
			    zclient_name(c), c->v.stale_time);
		rib_mark_stale(z->rib, c->v.type, c->v.instance);
		gone_start(c, g);
	} else {
		rib_del_owner(z->rib, c->v.type, c->v.instance);
		if (g)
			gone_drop(g);
	}
	z->ops->rib_changed(z->ctx);
}

/* Also what zebra itself had left in the kernel in an earlier life is claimed by
 * now, or never will be. The kernel does not tell instances apart. */
void zclient_owner_complete(struct zclient *c, uint32_t afi)
{
	struct zc_gone *g = gone_find(c->z, c->v.type, c->v.instance);

	if (!zclient_is_owner(c))
		return;
	if (g && !(g->awaited & ~c->complete))
		gone_sweep(g);
	if (c->v.instance != 0 || (afi != AFI_IP4 && afi != AFI_IP6))
		return;
	if (rib_sweep_kernel_of(c->z->rib, c->v.type, afi == AFI_IP4 ? FAM_IP4 : FAM_IP6))
		c->z->ops->rib_changed(c->z->ctx);
}

void zebra_zapi_gones_fini(struct zebra_zapi *z)
{
	struct zc_gone *g;

	while ((g = zc_gones_first(&z->gones)))
		gone_drop(g);
}

void zebra_zapi_each_gone(const struct zebra_zapi *z,
			  bool (*each)(void *ctx, const struct zebra_zapi_gone_view *v), void *ctx)
{
	const struct list_link *l;

	for (l = z->gones.head.next; l != &z->gones.head; l = l->next) {
		const struct zc_gone *g = container_of_const(l, struct zc_gone, link);
		const struct zebra_zapi_gone_view v = {g->type, g->instance, g->until};

		if (!each(ctx, &v))
			return;
	}
}
