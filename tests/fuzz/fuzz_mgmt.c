/* SPDX-License-Identifier: MIT */
/*
 * Management messages from arbitrary octets: what is decoded is a message of a
 * kind that was asked for, has no NULL string, is not deeper than allowed, and
 * is the same after being written and read again.
 */
#include "tests/fuzz/driver.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/msg.h"
#include "lib/nb/writer.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

static size_t seed_of(uint8_t *to, size_t room, Mgmt__Message__KindCase kind,
		      ProtobufCMessage *part)
{
	size_t n;
	uint8_t *frame = msg_encode(kind, part, &n);

	must(n - 4 <= room);
	memcpy(to, frame + 4, n - 4);
	free(frame);
	return n - 4;
}

static size_t seed_prepare(uint8_t *to, size_t room)
{
	Mgmt__Prepare m = MGMT__PREPARE__INIT;
	Mgmt__Change c[2] = {MGMT__CHANGE__INIT, MGMT__CHANGE__INIT}, *v[] = {&c[0], &c[1]};
	char key1[] = "2001:db8::/32", key2[] = "::/0", value[] = "17", *keys[] = {key1, key2};

	c[0].op = MGMT__CHANGE__OP__CREATE;
	c[0].key = c[1].key = keys;
	c[0].n_key = c[1].n_key = 2;
	c[1].node = 3;
	c[1].value = value;
	m.txn = 5;
	m.full = true;
	m.change = v;
	m.n_change = 2;
	return seed_of(to, room, MGMT__MESSAGE__KIND_PREPARE, &m.base);
}

static size_t seed_page(uint8_t *to, size_t room)
{
	Mgmt__StatePage m = MGMT__STATE_PAGE__INIT;
	struct nb_writer *w = nb_writer_new(0);
	size_t n;

	for (int i = 0; i < 3; i++) {
		nb_begin(w, "route");
		nb_leaf_u64(w, "metric", 96);
		nb_begin(w, "next-hop");
		nb_leaf(w, "gateway", "fe80::1");
		nb_end(w);
		nb_end(w);
	}
	m.entry = nb_written(w, &m.n_entry);
	m.more = true;
	n = seed_of(to, room, MGMT__MESSAGE__KIND_STATE_PAGE, &m.base);
	nb_writer_free(w);
	return n;
}

static size_t seed_deep(uint8_t *to, size_t room)
{
	Mgmt__Notify m = MGMT__NOTIFY__INIT;
	struct nb_writer *w = nb_writer_new(0);
	size_t n;

	for (int i = 0; i < MSG_MAX_DEPTH - 4; i++)
		nb_begin(w, "n");
	for (int i = 0; i < MSG_MAX_DEPTH - 4; i++)
		nb_end(w);
	m.leaf = nb_written(w, &m.n_leaf);
	n = seed_of(to, room, MGMT__MESSAGE__KIND_NOTIFY, &m.base);
	nb_writer_free(w);
	return n;
}

static size_t seed_line(uint8_t *to, size_t room)
{
	Mgmt__Line m = MGMT__LINE__INIT;
	char text[] = "show ipv6 route";

	m.text = text;
	return seed_of(to, room, MGMT__MESSAGE__KIND_LINE, &m.base);
}

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static uint8_t text[4][1024];
	static struct fuzz_seed seeds[4];

	seeds[0] = (struct fuzz_seed){text[0], seed_prepare(text[0], sizeof(text[0]))};
	seeds[1] = (struct fuzz_seed){text[1], seed_page(text[1], sizeof(text[1]))};
	seeds[2] = (struct fuzz_seed){text[2], seed_deep(text[2], sizeof(text[2]))};
	seeds[3] = (struct fuzz_seed){text[3], seed_line(text[3], sizeof(text[3]))};
	*n = 4;
	return seeds;
}

static void nodes_are_sound(Mgmt__Node *const *v, size_t n, int depth)
{
	must(depth < MSG_MAX_DEPTH);
	for (size_t i = 0; i < n; i++) {
		must(v[i] && v[i]->name && v[i]->value);
		nodes_are_sound(v[i]->child, v[i]->n_child, depth + 1);
	}
}

static void is_sound(const Mgmt__Message *m)
{
	if (m->kind_case == MGMT__MESSAGE__KIND_STATE_PAGE)
		nodes_are_sound(m->state_page->entry, m->state_page->n_entry, 0);
	if (m->kind_case == MGMT__MESSAGE__KIND_NOTIFY)
		nodes_are_sound(m->notify->leaf, m->notify->n_leaf, 0);
	if (m->kind_case == MGMT__MESSAGE__KIND_PREPARE)
		for (size_t i = 0; i < m->prepare->n_change; i++)
			for (size_t k = 0; k < m->prepare->change[i]->n_key; k++)
				must(m->prepare->change[i]->key[k] != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Mgmt__Message *m = msg_decode(span_of(data, size), ~UINT32_C(0)), *again;
	uint8_t *one, *two;
	size_t n_one, n_two;

	if (!m)
		return 0;
	must(msg_decode(span_of(data, size), ~(UINT32_C(1) << m->kind_case)) == NULL);
	is_sound(m);
	one = msg_encode(m->kind_case, (ProtobufCMessage *)m->subscribe, &n_one);
	again = msg_decode(span_of(one + 4, n_one - 4), ~UINT32_C(0));
	must(again != NULL);
	two = msg_encode(again->kind_case, (ProtobufCMessage *)again->subscribe, &n_two);
	must(n_one == n_two && memcmp(one, two, n_one) == 0);
	free(one);
	free(two);
	msg_free(again);
	msg_free(m);
	return 0;
}
