/* SPDX-License-Identifier: MIT */
/* Packets with MAC authentication, written and read. */
#include "tests/rfc/rig_auth.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static size_t mac_len(unsigned int key)
{
	return key % 2 ? 16 : 32;
}

void rig_keys(struct rig *r, const unsigned int *keys)
{
	struct babel_auth *a = &r->config.auth;

	a->enabled = true;
	for (a->n = 0; keys[a->n]; a->n++)
		a->keys[a->n] = (struct babel_key){.handle = keys[a->n],
						   .id = keys[a->n],
						   .mac_len = (uint8_t)mac_len(keys[a->n]),
						   .send = true,
						   .accept = true};
}

/* ---- writing ---- */

struct pkt *pkt(struct pkt *p, struct rig_nb *from, bool group)
{
	p->from = from;
	p->group = group;
	p->body = 0;
	p->b[0] = BABEL_MAGIC;
	p->b[1] = BABEL_VERSION;
	p->b[2] = p->b[3] = 0;
	p->n = BABEL_HEADER_LEN;
	return p;
}

void pkt_octet(struct pkt *p, uint8_t v)
{
	assert_true(p->n < sizeof(p->b));
	p->b[p->n++] = v;
}

void pkt_put(struct pkt *p, unsigned int type, const void *octets, size_t n)
{
	const uint8_t *from = octets;

	pkt_octet(p, (uint8_t)type);
	pkt_octet(p, (uint8_t)n);
	for (size_t k = 0; k < n; k++)
		pkt_octet(p, from[k]);
}

void pkt_pc(struct pkt *p, const char *index, uint32_t pc)
{
	uint8_t v[4 + 255];
	size_t n = strlen(index);

	for (unsigned int k = 0; k < 4; k++)
		v[k] = (uint8_t)(pc >> (24 - 8 * k));
	memcpy(v + 4, index, n);
	pkt_put(p, TLV_PC, v, 4 + n);
}

void pkt_tlv(struct pkt *p, const struct tlv *t)
{
	struct packet_writer w;
	struct span d;
	uint8_t buf[512];

	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &p->from->addr);
	assert_true(packet_put(&w, t));
	d = packet_end(&w);
	for (size_t k = BABEL_HEADER_LEN; k < d.len; k++)
		pkt_octet(p, d.p[k]);
}

void pkt_hello(struct pkt *p, uint16_t seqno)
{
	struct tlv t = {.type = TLV_HELLO, .u.hello = {.seqno = seqno, .interval = {400}}};

	pkt_tlv(p, &t);
}

void pkt_end(struct pkt *p)
{
	if (p->body)
		return;
	p->body = p->n - BABEL_HEADER_LEN;
	p->b[2] = (uint8_t)(p->body >> 8);
	p->b[3] = (uint8_t)p->body;
}

void pkt_mac_cut(struct pkt *p, unsigned int key, size_t n)
{
	struct addr to = p->group ? babel_group : rig_own_addr(p->from->ifid);
	uint8_t pseudo[AUTH_PSEUDO_MAX], mac[BABEL_MAC_MAX];
	size_t len = wire_auth_pseudo(FAM_IP6, &p->from->addr, &to, pseudo);

	pkt_end(p);
	rig_mac(key, span_of(pseudo, len), span_of(p->b, BABEL_HEADER_LEN + p->body), mac);
	pkt_put(p, TLV_MAC, mac, n);
}

void pkt_mac(struct pkt *p, unsigned int key)
{
	pkt_mac_cut(p, key, mac_len(key));
}

void pkt_send(struct pkt *p)
{
	uint8_t *copy = malloc(p->n); /* of its size, for the sanitizer */

	pkt_end(p);
	assert_non_null(copy);
	memcpy(copy, p->b, p->n);
	rig_datagram(p->from, p->group, span_of(copy, p->n));
	free(copy);
}

static unsigned int hellos_of(const struct rig_nb *n)
{
	struct babel_neigh_view v;
	unsigned int set = 0;

	if (!rig_neigh(n, &v))
		return 0;
	for (; v.hello_history; v.hello_history &= (uint16_t)(v.hello_history - 1))
		set++;
	return set;
}

bool rig_signed(struct rig_nb *n, unsigned int key, bool group, const char *index, uint32_t pc)
{
	unsigned int before = hellos_of(n);
	struct pkt p;

	assert_true(before < 16); /* else the count does not grow */
	pkt(&p, n, group);
	pkt_hello(&p, n->hello);
	pkt_pc(&p, index, pc);
	pkt_mac(&p, key);
	pkt_send(&p);
	if (hellos_of(n) == before)
		return false;
	n->hello++;
	return true;
}

void rig_prove(struct rig_nb *n, unsigned int key, const char *index, uint32_t pc)
{
	struct auth_tlv nonce;
	struct pkt p;

	rig_pass(n->r, 400 * MSEC); /* whatever was said before */
	rig_mark(n->r);
	assert_false(rig_signed(n, key, true, index, pc - 1));
	assert_non_null(rig_next_auth(n->r, NULL, TLV_CHALLENGE_REQUEST, &nonce));
	pkt(&p, n, false);
	pkt_put(&p, TLV_CHALLENGE_REPLY, nonce.data.p, nonce.data.len);
	pkt_pc(&p, index, pc);
	pkt_mac(&p, key);
	pkt_send(&p);
	rig_mark(n->r);
}

void rig_talk(struct rig_talker *t, unsigned int seconds)
{
	for (unsigned int s = 0; s < seconds; s++) {
		struct tlv ihu = {.type = TLV_IHU};
		struct pkt p;

		ihu.u.ihu.family = FAM_IP6;
		ihu.u.ihu.addr = rig_own_addr(t->n->ifid);
		ihu.u.ihu.rxcost = 96;
		ihu.u.ihu.interval.cs = 1200;
		pkt(&p, t->n, true);
		pkt_hello(&p, t->n->hello++);
		pkt_tlv(&p, &ihu);
		if (*t->keys)
			pkt_pc(&p, t->index, t->pc++);
		for (unsigned int k = 0; t->keys[k]; k++)
			pkt_mac(&p, t->keys[k]);
		pkt_send(&p);
		rig_pass(t->n->r, SEC);
	}
}

/* ---- reading ---- */

bool rig_find(const struct rig_packet *p, bool trailer, enum auth_tlv_type type, unsigned int k,
	      struct auth_tlv *out)
{
	size_t body = (size_t)p->octets[2] << 8 | p->octets[3], end = BABEL_HEADER_LEN + body;
	struct rd r = rd_init(trailer ? span_of(p->octets + end, p->len - end)
				      : span_of(p->octets + BABEL_HEADER_LEN, body));

	while (wire_auth_next(&r, out))
		if (out->type == type && k-- == 0)
			return true;
	return false;
}

unsigned int rig_count(const struct rig_packet *p, bool trailer, enum auth_tlv_type type)
{
	struct auth_tlv t;
	unsigned int n = 0;

	while (rig_find(p, trailer, type, n, &t))
		n++;
	return n;
}

const struct rig_packet *rig_next_auth(const struct rig *r, const struct rig_packet *prev,
				       enum auth_tlv_type type, struct auth_tlv *out)
{
	size_t k = prev ? (size_t)(prev - r->packets) + 1 : r->packet_mark;

	for (; k < r->n_packets; k++)
		if (rig_find(&r->packets[k], type == TLV_MAC, type, 0, out))
			return &r->packets[k];
	return NULL;
}

unsigned int rig_sent_auth(const struct rig *r, enum auth_tlv_type type)
{
	const struct rig_packet *p = NULL;
	struct auth_tlv t;
	unsigned int n = 0;

	while ((p = rig_next_auth(r, p, type, &t)))
		n++;
	return n;
}

struct look {
	ifid_t ifid;
	const struct addr *addr;
	bool found;
	struct babel_auth_view *view;
	struct babel_auth_peer_view *peer;
};

static bool look_if(void *ctx, const struct babel_auth_view *v)
{
	struct look *l = ctx;

	if (v->ifid != l->ifid)
		return true;
	l->found = true;
	*l->view = *v;
	return false;
}

bool rig_auth_view(const struct rig *r, ifid_t ifid, struct babel_auth_view *out)
{
	struct look l = {.ifid = ifid, .view = out};

	babel_each_auth(r->b, r->now, look_if, &l);
	return l.found;
}

uint64_t rig_auth_count(const struct rig *r, ifid_t ifid, enum auth_verdict v)
{
	struct babel_auth_view view;

	assert_true(rig_auth_view(r, ifid, &view));
	return view.count[v];
}

static bool look_peer(void *ctx, const struct babel_auth_peer_view *v)
{
	struct look *l = ctx;

	if (addr_cmp(&v->addr, l->addr) != 0)
		return true;
	l->found = true;
	*l->peer = *v;
	return false;
}

bool rig_peer(const struct rig_nb *n, struct babel_auth_peer_view *out)
{
	struct look l = {.addr = &n->addr, .peer = out};

	babel_each_auth_peer(n->r->b, n->ifid, n->r->now, look_peer, &l);
	return l.found;
}
