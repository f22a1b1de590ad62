/* SPDX-License-Identifier: MIT */
/* Messages of the label manager: who asks, and ranges of labels. */
#include "lib/zapi/zapi_impl.h"

enum zapi_verdict zapi_rd_label_hello(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	struct zapi_label *t = &m->u.label;

	*t = (struct zapi_label){.type = zapi_rd_type(r, l)};
	t->instance = rd_u16(r);
	return zapi_judge(r, true);
}

void zapi_wr_label_hello(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	zapi_wr_type(w, l, m->u.label.type);
	wr_u16(w, m->u.label.instance);
}

enum zapi_verdict zapi_rd_label_answer(struct rd *r, const struct zapi_layout *l,
				       struct zapi_msg *m)
{
	zapi_rd_label_hello(r, l, m);
	m->u.label.result = rd_u8(r);
	return zapi_judge(r, true);
}

void zapi_wr_label_answer(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	zapi_wr_label_hello(w, l, m);
	wr_u8(w, m->u.label.result);
}

enum zapi_verdict zapi_rd_label_ask(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	zapi_rd_label_hello(r, l, m);
	m->u.label.keep = rd_u8(r) != 0;
	m->u.label.size = rd_u32(r);
	m->u.label.base = rd_u32(r);
	return zapi_judge(r, true);
}

void zapi_wr_label_ask(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	zapi_wr_label_hello(w, l, m);
	wr_u8(w, m->u.label.keep);
	wr_u32(w, m->u.label.size);
	wr_u32(w, m->u.label.base);
}

/* FRR's zebra leaves the range away where there is none to give, which its
 * clients read as zeros. Here they are written. */
enum zapi_verdict zapi_rd_label_chunk(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	zapi_rd_label_hello(r, l, m);
	m->u.label.keep = rd_u8(r) != 0;
	m->u.label.start = rd_u32(r);
	m->u.label.end = rd_u32(r);
	return zapi_judge(r, true);
}

void zapi_wr_label_chunk(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	zapi_wr_label_hello(w, l, m);
	wr_u8(w, m->u.label.keep);
	wr_u32(w, m->u.label.start);
	wr_u32(w, m->u.label.end);
}

enum zapi_verdict zapi_rd_label_release(struct rd *r, const struct zapi_layout *l,
					struct zapi_msg *m)
{
	zapi_rd_label_hello(r, l, m);
	m->u.label.start = rd_u32(r);
	m->u.label.end = rd_u32(r);
	return zapi_judge(r, true);
}

void zapi_wr_label_release(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	zapi_wr_label_hello(w, l, m);
	wr_u32(w, m->u.label.start);
	wr_u32(w, m->u.label.end);
}
