/* SPDX-License-Identifier: MIT */
/* What outlives an instance, and an interface that is down meanwhile. */
#include "babeld/core/core.h"

#include <string.h>

static unsigned int kept_place(const struct babel *b, const char *name)
{
	unsigned int k = 0;

	while (k < b->kept.n && strcmp(b->kept.ifs[k].name, name) != 0)
		k++;
	return k;
}

/* An entry, with the counters of its Index that may be used in this life. */
static void keep(const struct iface *i, struct babel_persist *p, unsigned int k)
{
	memcpy(p->ifs[k].name, i->name, sizeof(i->name));
	p->ifs[k].hello_seqno = i->hello_seqno;
	p->ifs[k].have_index = i->auth.have_index;
	memcpy(p->ifs[k].index, i->auth.index, sizeof(i->auth.index));
	p->ifs[k].pc = i->auth.pc;
}

void kept_store(struct babel *b, const struct iface *i)
{
	unsigned int k = kept_place(b, i->name);

	if (k == BABEL_PERSIST_IFS)
		return;
	if (k == b->kept.n)
		b->kept.n++;
	keep(i, &b->kept, k);
	b->kept_limit[k] = i->auth.limit;
	b->kept_here[k] = true;
}

bool kept_fetch(const struct babel *b, struct iface *i, bool *here)
{
	unsigned int k = kept_place(b, i->name);
	const struct iface *o;

	if (k == b->kept.n)
		return false;
	*here = b->kept_here[k];
	i->hello_seqno = b->kept.ifs[k].hello_seqno;
	LIST_EACH (ifaces, &b->ifaces, o) /* of the same name: no Index for two */
		if (o != i && strcmp(o->name, i->name) == 0)
			return *here || b->remembers;
	i->auth.have_index = b->kept.ifs[k].have_index;
	memcpy(i->auth.index, b->kept.ifs[k].index, sizeof(i->auth.index));
	i->auth.pc = b->kept.ifs[k].pc;
	i->auth.limit = b->kept_limit[k];
	return *here || b->remembers;
}

/* ---- Unicast Hellos, RFC 8966 3.4.1 ---- */

static unsigned int unicast_place(const struct babel_persist *p, const struct neigh *n)
{
	unsigned int k = 0;

	while (k < p->n_unicast && (strcmp(p->unicast[k].ifname, n->iface->name) != 0 ||
				    addr_cmp(&p->unicast[k].neigh, &n->addr) != 0))
		k++;
	return k;
}

static void unicast_drop(struct babel_persist *p, unsigned int k)
{
	p->n_unicast--;
	memmove(&p->unicast[k], &p->unicast[k + 1], (p->n_unicast - k) * sizeof(p->unicast[0]));
}

static void unicast_keep(struct babel_persist *p, const struct neigh *n)
{
	unsigned int k = unicast_place(p, n);

	if (!n->hello_counted)
		return;
	if (k < p->n_unicast)
		unicast_drop(p, k);
	else if (k == BABEL_PERSIST_UNICAST)
		unicast_drop(p, 0);
	k = p->n_unicast++;
	memcpy(p->unicast[k].ifname, n->iface->name, sizeof(p->unicast[k].ifname));
	p->unicast[k].neigh = n->addr;
	p->unicast[k].hello_seqno = n->hello_seqno;
}

void kept_unicast_store(struct babel *b, const struct neigh *n)
{
	unicast_keep(&b->kept, n);
}

void kept_unicast_fetch(struct babel *b, struct neigh *n)
{
	unsigned int k = unicast_place(&b->kept, n);

	n->hello_counted = true;
	n->hello_seqno = k < b->kept.n_unicast ? b->kept.unicast[k].hello_seqno
					       : (uint16_t)b->env.random(b->ctx);
}

/* ---- All of it ---- */

void babel_persist_get(const struct babel *b, struct babel_persist *out)
{
	const struct iface *i;
	const struct neigh *n;

	*out = b->kept;
	out->router_id = b->config.router_id;
	out->seqno = b->seqno;
	out->remembers = true;
	for (unsigned int k = 0; k < out->n; k++)
		out->ifs[k].pc = auth_promise(out->ifs[k].pc, b->kept_limit[k]);
	LIST_EACH (ifaces, &b->ifaces, i) {
		unsigned int k = 0;

		while (k < out->n && strcmp(out->ifs[k].name, i->name) != 0)
			k++;
		if (k == BABEL_PERSIST_IFS)
			continue;
		if (k == out->n)
			out->n++;
		keep(i, out, k);
		out->ifs[k].pc = auth_promise(i->auth.pc, i->auth.limit);
	}
	LIST_EACH (ifaces, &b->ifaces, i)
		LIST_EACH (neighs, &i->neighs, n)
			unicast_keep(out, n);
}

void babel_persist_saved(struct babel *b, const struct babel_persist *p)
{
	struct iface *i;

	for (unsigned int k = 0; k < p->n; k++) {
		unsigned int at = kept_place(b, p->ifs[k].name);

		if (!p->ifs[k].have_index)
			continue;
		if (at < b->kept.n &&
		    memcmp(b->kept.ifs[at].index, p->ifs[k].index, BABEL_INDEX_LEN) == 0)
			b->kept_limit[at] = p->ifs[k].pc;
		LIST_EACH (ifaces, &b->ifaces, i)
			if (i->auth.have_index &&
			    memcmp(i->auth.index, p->ifs[k].index, BABEL_INDEX_LEN) == 0)
				i->auth.limit = p->ifs[k].pc;
	}
}

void babel_persist_set(struct babel *b, const struct babel_persist *p)
{
	if (!router_id_eq(&p->router_id, &b->config.router_id) || p->n > BABEL_PERSIST_IFS ||
	    p->n_unicast > BABEL_PERSIST_UNICAST)
		return;
	b->kept = *p;
	/* What is kept at present is what is to be used now: until more is set
	 * aside there is none of it. */
	for (unsigned int k = 0; k < p->n; k++)
		b->kept_limit[k] = p->ifs[k].pc;
	b->seqno = p->seqno;
	if (p->remembers) /* else the file may be an old one */
		identity_known(b);
	b->remembers = p->remembers;
}
