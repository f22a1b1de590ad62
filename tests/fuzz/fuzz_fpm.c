/* SPDX-License-Identifier: MIT */
/*
 * What a forwarding plane manager says, cut into frames: never past its end,
 * and each step goes on. And what is told to one, of any route that netlink
 * can tell: both encodings hold in a frame, and say the same pair and ways.
 */
#include "tests/fuzz/driver.h"
#include "tests/fuzz/netlink_seeds.h"

#include <linux/netlink.h>

#include <stdlib.h>
#include <string.h>

#include "lib/zapi/zapi.h"
#include "zebra/fpm.pb-c.h"
#include "zebra/fpm_codec.h"
#include "zebra/netlink_codec.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void hear(const uint8_t *data, size_t size)
{
	size_t at = 0, len;

	while (fpm_judge_frame(span_of(data + at, size - at), &len) == FPM_FRAME_WHOLE) {
		must(len >= FPM_HEADER && len <= size - at);
		at += len;
	}
}

static void same_prefix(const Fpm__Prefix *p, const struct prefix *want)
{
	must(p->length == want->plen);
	must(p->octets.len == family_octets((enum family)want->family));
	must(memcmp(p->octets.data, want->addr.b, p->octets.len) == 0);
}

static void same_message(const Fpm__Message *m, const struct rib_view *v)
{
	bool plain = sdprefix_is_plain(&v->pair);
	const Fpm__Route *r = plain ? m->route : m->sourced_route;

	must(r && !(plain ? m->sourced_route : m->route));
	same_prefix(r->key->destination, &v->pair.dst);
	must(!r->key->source == plain);
	if (!plain)
		same_prefix(r->key->source, &v->pair.src);
	must(r->n_nexthop == (r->kind == FPM__KIND__KIND_NORMAL ? v->n_resolved : 0));
}

static void tell(const struct nl_route *n)
{
	_Alignas(struct nlmsghdr) uint8_t buf[FPM_FRAME_MAX];
	struct rib_view v = {.pair = n->pair,
			     .owner = {.type = zapi_route_type_of_rtproto(n->protocol)},
			     .metric = n->priority,
			     .mtu = n->mtu,
			     .prefsrc = n->prefsrc,
			     .n_resolved = n->n_nexthops,
			     .resolved = n->nexthops};
	size_t len = fpm_put_route(buf, FPM_PROTOBUF, &n->pair, &v), again;
	Fpm__Message *m = fpm__message__unpack(NULL, len - FPM_HEADER, buf + FPM_HEADER);
	struct nl_route back;

	must(m && fpm_judge_frame(span_of(buf, len), &again) == FPM_FRAME_WHOLE && again == len);
	same_message(m, &v);
	fpm__message__free_unpacked(m, NULL);
	len = fpm_put_route(buf, FPM_NETLINK, &n->pair, &v);
	must(fpm_judge_frame(span_of(buf, len), &again) == FPM_FRAME_WHOLE && again == len);
	must(nl_parse_route((const struct nlmsghdr *)(buf + FPM_HEADER), &back) == NL_OK);
	must(sdprefix_eq(&back.pair, &n->pair) && back.n_nexthops == n->n_nexthops);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of exactly this size, so that a sanitizer sees its end. */
	struct nlmsghdr *h = malloc(size ? size : 1);
	struct nl_route r;

	memcpy(h, data, size);
	hear((const uint8_t *)h, size);
	if (size >= NLMSG_HDRLEN) {
		h->nlmsg_len = (uint32_t)size;
		if (nl_parse_route(h, &r) == NL_OK && r.n_nexthops > 0)
			tell(&r);
	}
	free(h);
	return 0;
}

/* Two frames. */
static const uint8_t seed_frames[] = {1, 1, 0, 8, 1, 2, 3, 4, 1, 2, 0, 6, 8, 32};
const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	static const struct fuzz_seed seeds[] = {{seed_frames, sizeof(seed_frames)},
						 {seed_route, sizeof(seed_route)},
						 {seed_via6, sizeof(seed_via6)}};

	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}
