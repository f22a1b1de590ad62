/* SPDX-License-Identifier: MIT */
/*
 * What the RIB says against what this kernel does.
 *
 * Random routes come and go in a real RIB, are compiled and written by the
 * real netlink writer, and after each step the running kernel is asked for
 * the way of random (destination, source) pairs, as it would forward them.
 * The judge is a short search through the routes themselves, destination
 * first with fall-through (RFC 9079 4).
 *
 * For a namespace of its own, which the caller makes: DEVICES are up and
 * forward, packets are thought to come in on the last one. Refuses to run where
 * there are others. With `--without halves`, `anchors` or `throws` the
 * compiler's additions are held back: then the kernel must be caught.
 *
 * Both backends, by --family and --backend. With --moments some packets are
 * looked at after every single write, too: one whose route stays must meet it
 * all the time, and with rules one whose route changes the old one or the new.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "zebra/core/fib.h"
#include "zebra/core/rib.h"
#include "zebra/core/rib_backend.h"
#include "zebra/fib_netlink.h"

#define N_DSTS	  24
#define N_SRCS	  10
#define MAX_IFS	  8
#define N_SAMPLES 24

enum { T_KERNEL, T_CONNECTED, T_STATIC, T_BABEL, N_TYPES };
static const uint8_t type_number[N_TYPES] = {RIB_TYPE_KERNEL, RIB_TYPE_CONNECTED, 3, 22};
static const uint8_t type_distance[N_TYPES] = {0, 0, 1, 100};

struct cand {
	bool there;
	struct rib_nexthop nh;
};

struct way {
	bool done;
	uint8_t type; /* RTN_ */
	uint32_t oif;
	int error; /* positive errno of a dropping route */
	struct addr gate;
};

/* A packet that is looked at in between. */
struct sample {
	struct addr dst, src;
	struct way before;
	unsigned int n_seen;
	struct way seen[64]; /* those that were not as the one before */
	struct sdprefix op[64];
};

struct run {
	struct rib *rib;
	struct fib_netlink *fib;
	struct mnl_socket *nl;
	uint32_t seq;
	uint64_t rnd;
	unsigned int n_ifs; /* the last one is where packets come in */
	uint32_t ifindex[MAX_IFS];
	char ifname[MAX_IFS][IF_NAMESIZE];
	bool up[MAX_IFS];
	bool no_halves, no_anchors, no_throws;
	enum family family;
	bool rules, moments;
	bool ahead; /* the kernel changed by itself since the last run */
	struct sample sample[N_SAMPLES];
	uint32_t next_gate;
	struct prefix dst[N_DSTS], src[N_SRCS];
	struct cand c[N_DSTS][N_SRCS][N_TYPES];
	unsigned long lookups, wrong, ops, refused, events, looks, misled;
};

static void die(const char *what)
{
	fprintf(stderr, "fib_differential: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint32_t below(struct run *r, uint32_t n)
{
	r->rnd = r->rnd * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->rnd >> 33) % n;
}

static bool drops(const struct rib_nexthop *nh)
{
	return nh->kind != RIB_NH_IFINDEX && nh->kind != RIB_NH_GATE_IFINDEX;
}

/* The RIB's world */

static bool held_back(const struct run *r, const struct fib_op *op)
{
	if ((op->kind != FIB_SET && op->kind != FIB_DEL) || op->route.type != RIB_TYPE_AUXILIARY)
		return false;
	if (op->route.ruled)
		return r->no_throws;
	return fib_is_half(&op->route.pair) ? r->no_halves : r->no_anchors;
}

static struct way ask(struct run *r, const struct addr *dst, const struct addr *src);

static bool way_eq(const struct way *a, const struct way *b)
{
	return a->type == b->type && a->oif == b->oif && a->error == b->error &&
	       addr_cmp(&a->gate, &b->gate) == 0;
}

static void look(struct run *r, const struct sdprefix *op)
{
	for (unsigned int i = 0; i < N_SAMPLES; i++) {
		struct sample *s = &r->sample[i];
		struct way w = ask(r, &s->dst, &s->src);

		r->looks++;
		if (!way_eq(&w, &s->before) && s->n_seen < 64) {
			s->op[s->n_seen] = *op;
			s->seen[s->n_seen++] = w;
		}
	}
}

static void on_fib(void *ctx, struct fib_op *ops, size_t n)
{
	struct run *r = ctx;

	for (size_t i = 0; i < n; i++)
		ops[i].error = 0;
	for (size_t i = 0; i < n;) {
		size_t m = 0;

		if (held_back(r, &ops[i])) {
			i++;
			continue;
		}
		while (i + m < n && !held_back(r, &ops[i + m]) && (!m || !r->moments))
			m++;
		fib_netlink_write(r->fib, ops + i, m);
		if (r->moments)
			look(r, &ops[i].route.pair);
		r->ops += m;
		i += m;
	}
}

static void on_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			    const struct rib_view *is)
{
	(void)ctx, (void)pair, (void)was, (void)is;
}

static void on_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		    const struct rib_owner *owner, enum rib_fate fate)
{
	(void)table;
	(void)ctx, (void)pair, (void)owner, (void)fate;
}

static void on_refused(void *ctx, const struct fib_route *f, int error)
{
	struct run *r = ctx;
	char pair[SDPREFIX_STR];

	r->refused++;
	fprintf(stderr, "the kernel refuses %s: %s\n", sdprefix_str(&f->pair, pair),
		strerror(error));
}

static void rib_start(struct run *r)
{
	static const struct rib_env env = {.fib = on_fib,
					   .redistribute = on_redistribute,
					   .fate = on_fate,
					   .refused = on_refused};
	struct rib_setup setup = {.ip4 = FIB_SUBTREES};

	r->rib = rib_new(&env, r);
	for (unsigned int i = 0; i < r->n_ifs; i++)
		rib_if_set(r->rib, r->ifindex[i], r->up[i]);
	if (r->rules) {
		setup.ip4 = setup.ip6 = FIB_RULES;
		setup.range = rib_setup(r->rib)->range;
		rib_set_up(r->rib, &setup, (mono_t){0});
	}
}

static void new_samples(struct run *r);
static void judge_samples(struct run *r);

static void settle(struct run *r)
{
	bool more = true;

	while (more) {
		if (r->moments)
			new_samples(r);
		more = rib_run(r->rib, 5, (mono_t){(int64_t)++r->events});
		if (r->moments && !r->ahead)
			judge_samples(r);
	}
	r->ahead = false;
}

/* The reference */

static bool usable(const struct run *r, const struct cand *c)
{
	if (!c->there)
		return false;
	for (unsigned int i = 0; i < r->n_ifs; i++)
		if (!drops(&c->nh) && r->ifindex[i] == c->nh.ifindex)
			return r->up[i];
	return true;
}

static const struct cand *choice(const struct run *r, unsigned int d, unsigned int s)
{
	static const unsigned int order[N_TYPES] = {T_CONNECTED, T_KERNEL, T_STATIC, T_BABEL};

	for (unsigned int t = 0; t < N_TYPES; t++)
		if (usable(r, &r->c[d][s][order[t]]))
			return &r->c[d][s][order[t]];
	return NULL;
}

static const struct cand *reference(const struct run *r, const struct addr *dst,
				    const struct addr *src)
{
	const struct cand *best = NULL;
	int dlen = -1, slen = -1;

	for (unsigned int d = 0; d < N_DSTS; d++) {
		for (unsigned int s = 0; s < N_SRCS; s++) {
			int dl = r->dst[d].plen, sl = r->src[s].plen;

			if (prefix_has(&r->dst[d], r->family, dst) &&
			    prefix_has(&r->src[s], r->family, src) && choice(r, d, s) &&
			    (dl > dlen || (dl == dlen && sl > slen))) {
				best = choice(r, d, s);
				dlen = dl;
				slen = sl;
			}
		}
	}
	return best;
}

/* The kernel */

static unsigned char af(const struct run *r)
{
	return r->family == FAM_IP4 ? AF_INET : AF_INET6;
}

static int transact(struct run *r, struct nlmsghdr *h, mnl_cb_t cb, void *data)
{
	char buf[8192];
	ssize_t n;

	h->nlmsg_seq = ++r->seq;
	if (mnl_socket_sendto(r->nl, h, h->nlmsg_len) < 0)
		die("sendto");
	n = mnl_socket_recvfrom(r->nl, buf, sizeof(buf));
	if (n < 0)
		die("recvfrom");
	return mnl_cb_run(buf, (size_t)n, r->seq, mnl_socket_get_portid(r->nl), cb, data) < 0
		       ? errno
		       : 0;
}

static int on_way(const struct nlmsghdr *h, void *data)
{
	struct way *w = data;
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(h);
	const struct nlattr *a;

	w->done = true;
	w->type = rtm->rtm_type;
	mnl_attr_for_each(a, h, sizeof(*rtm))
	{
		if (mnl_attr_get_type(a) == RTA_OIF)
			w->oif = mnl_attr_get_u32(a);
		else if (mnl_attr_get_type(a) == RTA_GATEWAY)
			w->gate = addr_from(rtm->rtm_family == AF_INET ? FAM_IP4 : FAM_IP6,
					    mnl_attr_get_payload(a));
		else if (mnl_attr_get_type(a) == RTA_CACHEINFO)
			w->error = -(int)((const struct rta_cacheinfo *)mnl_attr_get_payload(a))
					    ->rta_error;
	}
	return MNL_CB_OK;
}

/* As for a packet that is to be forwarded. */
static struct way ask(struct run *r, const struct addr *dst, const struct addr *src)
{
	char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(h, sizeof(*rtm));
	struct way w = {0};

	h->nlmsg_type = RTM_GETROUTE;
	h->nlmsg_flags = NLM_F_REQUEST;
	rtm->rtm_family = af(r);
	rtm->rtm_dst_len = (uint8_t)family_bits(r->family);
	rtm->rtm_src_len = (uint8_t)family_bits(r->family);
	mnl_attr_put(h, RTA_DST, family_octets(r->family), dst->b);
	mnl_attr_put(h, RTA_SRC, family_octets(r->family), src->b);
	mnl_attr_put_u32(h, RTA_IIF, r->ifindex[r->n_ifs - 1]);
	w.error = transact(r, h, on_way, &w);
	if (!w.done)
		w.type = RTN_UNREACHABLE;
	return w;
}

static bool agrees(const struct way *w, const struct cand *c)
{
	if (!c)
		return w->type != RTN_UNICAST && w->error == ENETUNREACH;
	switch (c->nh.kind) {
	case RIB_NH_UNREACHABLE:
		return w->type != RTN_UNICAST && w->error == EHOSTUNREACH;
	case RIB_NH_BLACKHOLE:
		return w->type != RTN_UNICAST && w->error == EINVAL;
	case RIB_NH_THROW:
		break;
	case RIB_NH_PROHIBIT:
		return w->type != RTN_UNICAST && w->error == EACCES;
	case RIB_NH_IFINDEX:
	case RIB_NH_GATE_IFINDEX:
	case RIB_NH_GATE:
		break;
	}
	return w->type == RTN_UNICAST && w->oif == c->nh.ifindex &&
	       addr_cmp(&w->gate, &c->nh.gate) == 0;
}

/* A route that is not ours: the kernel's own for a prefix on a link, or what
 * somebody else's program writes. */
static void foreign(struct run *r, unsigned int d, unsigned int s, unsigned int t, bool add)
{
	const struct rib_nexthop *nh = &r->c[d][s][t].nh;
	char buf[256];
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(h, sizeof(*rtm));
	int error;

	h->nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	r->ahead = true;
	rtm->rtm_family = af(r);
	if (r->family == FAM_IP4)
		rtm->rtm_scope = !add			      ? RT_SCOPE_NOWHERE
				 : nh->kind == RIB_NH_IFINDEX ? RT_SCOPE_LINK
							      : RT_SCOPE_UNIVERSE;
	rtm->rtm_flags = nh->onlink ? RTNH_F_ONLINK : 0;
	rtm->rtm_dst_len = r->dst[d].plen;
	rtm->rtm_src_len = r->src[s].plen;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_BOOT;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put(h, RTA_DST, family_octets(r->family), r->dst[d].addr.b);
	if (r->src[s].plen)
		mnl_attr_put(h, RTA_SRC, family_octets(r->family), r->src[s].addr.b);
	mnl_attr_put_u32(h, RTA_OIF, nh->ifindex);
	if (nh->kind == RIB_NH_GATE_IFINDEX)
		mnl_attr_put(h, RTA_GATEWAY, family_octets(r->family), nh->gate.b);
	mnl_attr_put_u32(h, RTA_PRIORITY, t == T_CONNECTED ? 256 : 10);
	error = transact(r, h, NULL, NULL);
	/* An interface that went down took it along. */
	if (error && !(error == ESRCH && !add)) {
		errno = error;
		die(add ? "adding a foreign route" : "removing a foreign route");
	}
}

static void set_link(struct run *r, unsigned int i, bool up)
{
	struct ifreq ifr = {0};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(ifr.ifr_name, r->ifname[i], sizeof(ifr.ifr_name));
	r->ahead = true;
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr))
		die(r->ifname[i]);
	ifr.ifr_flags = (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		die(r->ifname[i]);
	close(fd);
}

/* Events */

static struct rib_owner owner_of(const struct cand *c, unsigned int t)
{
	return (struct rib_owner){.type = type_number[t],
				  .key = t == T_CONNECTED ? c->nh.ifindex : 0};
}

static void cand_put(struct run *r, unsigned int d, unsigned int s, unsigned int t)
{
	struct cand *c = &r->c[d][s][t];
	struct rib_owner owner = owner_of(c, t);
	struct rib_spec spec = {.distance = type_distance[t], .n_nexthops = 1, .nexthops = &c->nh};
	struct sdprefix pair;

	sdprefix_make(&pair, &r->dst[d], &r->src[s]);
	rib_add(r->rib, &pair, &owner, &spec, (mono_t){(int64_t)++r->events});
}

static void cand_drop(struct run *r, unsigned int d, unsigned int s, unsigned int t)
{
	struct cand *c = &r->c[d][s][t];
	struct rib_owner owner = owner_of(c, t);
	struct sdprefix pair;

	sdprefix_make(&pair, &r->dst[d], &r->src[s]);
	if (!rib_del(r->rib, &pair, &owner))
		die("the RIB has lost a route");
	c->there = false;
}

/* Each gateway occurs once, so that an answer says which route it is from. */
static struct rib_nexthop new_nexthop(struct run *r, unsigned int t)
{
	static const enum rib_nexthop_kind kinds[] = {RIB_NH_BLACKHOLE, RIB_NH_UNREACHABLE,
						      RIB_NH_PROHIBIT};
	struct rib_nexthop nh = {.kind = RIB_NH_GATE_IFINDEX};
	unsigned int i;

	if (t >= T_STATIC && below(r, 8) == 0)
		return (struct rib_nexthop){.kind = kinds[below(r, 3)]};
	do
		i = below(r, r->n_ifs - 1);
	while (t < T_STATIC && !r->up[i]);
	nh.ifindex = r->ifindex[i];
	if (t == T_CONNECTED) {
		nh.kind = RIB_NH_IFINDEX;
		return nh;
	}
	r->next_gate++;
	if (r->family == FAM_IP4) {
		nh.gate = addr_ip4((uint8_t)(100 + (r->next_gate >> 24)),
				   (uint8_t)(r->next_gate >> 16), (uint8_t)(r->next_gate >> 8),
				   (uint8_t)r->next_gate);
		nh.onlink = true;
		return nh;
	}
	nh.gate.b[0] = 0xfe;
	nh.gate.b[1] = 0x80;
	nh.gate.b[8] = 0xff;
	for (unsigned int k = 0; k < 4; k++)
		nh.gate.b[12 + k] = (uint8_t)(r->next_gate >> (24 - 8 * k));
	return nh;
}

static void event_route(struct run *r)
{
	unsigned int d = below(r, N_DSTS), s = below(r, N_SRCS);
	unsigned int t = below(r, 10) == 0 ? below(r, 2) : T_STATIC + below(r, 2);
	struct cand *c;

	/* Nobody else has routes with a source in a kernel that needs rules. */
	if (below(r, 2) || t == T_CONNECTED || (r->rules && t == T_KERNEL))
		s = 0; /* plain ones are what the additions are for */
	c = &r->c[d][s][t];
	if (c->there && (t < T_STATIC || below(r, 2))) {
		if (t < T_STATIC)
			foreign(r, d, s, t, false);
		cand_drop(r, d, s, t);
		return;
	}
	if (!c->there && below(r, 2))
		return;
	/* Of two that are not ours the kernel takes the lower metric. That is
	 * not for us to change, so there are never two. */
	if (t < T_STATIC && r->c[d][s][T_KERNEL + T_CONNECTED - t].there)
		return;
	c->nh = new_nexthop(r, t);
	c->there = true;
	if (t < T_STATIC)
		foreign(r, d, s, t, true);
	cand_put(r, d, s, t);
}

/* Down, the kernel forgets the interface's routes; up, connected ones are
 * there again, others of other people's are not. */
static void event_link(struct run *r)
{
	unsigned int i = below(r, r->n_ifs - 1), n_up = 0;

	for (unsigned int k = 0; k + 1 < r->n_ifs; k++)
		n_up += r->up[k];
	if (r->up[i] && n_up == 1)
		return;
	r->up[i] = !r->up[i];
	set_link(r, i, r->up[i]);
	rib_if_set(r->rib, r->ifindex[i], r->up[i]);
	for (unsigned int d = 0; d < N_DSTS; d++) {
		for (unsigned int s = 0; s < N_SRCS; s++) {
			struct cand *k = &r->c[d][s][T_KERNEL], *c = &r->c[d][s][T_CONNECTED];

			if (!r->up[i] && k->there && k->nh.ifindex == r->ifindex[i])
				cand_drop(r, d, s, T_KERNEL);
			if (r->up[i] && c->there && c->nh.ifindex == r->ifindex[i])
				foreign(r, d, s, T_CONNECTED, true);
		}
	}
}

/* zebra dies and comes back: another RIB finds what is in the kernel, and not
 * all that was is wanted again. */
struct found {
	struct rib *rib;
};

static bool find_rule(void *ctx, const struct prefix *src, uint32_t table)
{
	struct rib *rib = ((struct found *)ctx)->rib;

	rib_rule_found(rib, src, table, rib_rule_del(rib, src, table).preference);
	return true;
}

static bool find_again(void *ctx, const struct fib_route *f, bool auxiliary, int error)
{
	(void)auxiliary;
	if (!error)
		rib_kernel_found(((struct found *)ctx)->rib, f);
	return true;
}

static void event_restart(struct run *r)
{
	struct rib *old = r->rib;
	struct found found;

	settle(r); /* so that what it knows is what the kernel has */
	rib_start(r);
	found.rib = r->rib;
	rib_each_rule(old, find_rule, &found);
	rib_each_fib(old, NULL, find_again, &found);
	for (unsigned int d = 0; d < N_DSTS; d++)
		for (unsigned int s = 0; s < N_SRCS; s++)
			for (unsigned int t = 0; t < N_TYPES; t++) {
				struct cand *c = &r->c[d][s][t];

				if (c->there && t >= T_STATIC && below(r, 4) == 0)
					c->there = false;
				else if (c->there)
					cand_put(r, d, s, t);
			}
	rib_free(old);
	settle(r);
	rib_sweep_kernel(r->rib);
}

static void event(struct run *r)
{
	uint32_t kind = below(r, 150);

	if (kind == 0)
		event_restart(r);
	else if (kind < 4)
		event_link(r);
	else
		event_route(r);
}

/* Runs */

/* first: 0x20 for most. Few bits vary, so that prefixes nest and are siblings. */
static struct prefix random_prefix(struct run *r, uint8_t first, const uint8_t *plens, size_t n)
{
	struct addr a = {{first, 0x01, 0x0d, 0xb8}};
	unsigned int from = r->family == FAM_IP4 ? 1 : 4;
	struct prefix p;

	if (first != 0x20)
		a.b[1] = a.b[2] = a.b[3] = 0;
	for (unsigned int i = from; i < family_octets(r->family); i++)
		a.b[i] = (uint8_t)(below(r, 2) << 7 | below(r, 2));
	if (!prefix_make(&p, r->family, &a, plens[below(r, (uint32_t)n)]))
		die("prefix");
	return p;
}

static bool already(const struct prefix *v, unsigned int n, const struct prefix *p)
{
	for (unsigned int i = 0; i < n; i++)
		if (prefix_eq(&v[i], p))
			return true;
	return false;
}

struct lengths {
	const uint8_t *v;
	size_t n;
	uint8_t other; /* first octet of some that are elsewhere */
};

static void fill(struct run *r, struct prefix *v, unsigned int n, const struct lengths *l,
		 unsigned int rare)
{
	v[0] = prefix_any(r->family);
	for (unsigned int i = 1; i < n; i++)
		do
			v[i] = random_prefix(r, i % rare ? 0x20 : l->other, l->v, l->n);
		while (already(v, i, &v[i]));
}

static void new_universe(struct run *r)
{
	static const uint8_t dlens[] = {3, 32, 33, 40, 41, 47, 48, 49, 56, 64, 65, 128};
	static const uint8_t slens[] = {16, 32, 40, 48, 56, 64, 128};
	static const uint8_t dlens4[] = {3, 8, 9, 12, 15, 16, 17, 22, 24, 25, 32};
	static const uint8_t slens4[] = {4, 8, 12, 16, 17, 24, 32};
	static const struct lengths dst6 = {dlens, sizeof(dlens), 0xfd},
				    src6 = {slens, sizeof(slens), 0xfd},
				    dst4 = {dlens4, sizeof(dlens4), 0xac},
				    src4 = {slens4, sizeof(slens4), 0xac};

	fill(r, r->dst, N_DSTS, r->family == FAM_IP4 ? &dst4 : &dst6, 6);
	fill(r, r->src, N_SRCS, r->family == FAM_IP4 ? &src4 : &src6, 4);
	if (below(r, 2)) /* real routes where halves go */
		prefix_make(&r->src[1], r->family, &(struct addr){{0}}, 1);
	if (below(r, 2))
		prefix_make(&r->src[2], r->family, &(struct addr){{0x80}}, 1);
}

static struct addr random_in(struct run *r, const struct prefix *p, uint8_t first)
{
	const uint8_t whole = (uint8_t)family_bits(r->family);
	struct prefix like = random_prefix(r, first, &whole, 1);
	struct addr a = p->addr;

	for (unsigned int i = p->plen; i < whole; i++)
		if (addr_bit(&like.addr, i))
			a.b[i / 8] |= (uint8_t)(0x80 >> (i % 8));
	a.b[whole / 8 - 1] |= 1;
	return a;
}

static void new_samples(struct run *r)
{
	for (unsigned int i = 0; i < N_SAMPLES; i++) {
		struct sample *s = &r->sample[i];

		s->dst = random_in(r, &r->dst[below(r, N_DSTS)], 0x20);
		s->src = random_in(r, &r->src[below(r, N_SRCS)], 0x20);
		s->before = ask(r, &s->dst, &s->src);
		s->n_seen = 0;
	}
}

static void complain(const struct run *r, const struct sample *s, unsigned int i)
{
	char d[ADDR_STR], q[ADDR_STR], g[ADDR_STR], pair[SDPREFIX_STR];

	fprintf(stderr, "misled: %s from %s after %s: to %s, error %d, before: error %d\n",
		addr_str(r->family, &s->dst, d), addr_str(r->family, &s->src, q),
		sdprefix_str(&s->op[i], pair), addr_str(r->family, &s->seen[i].gate, g),
		s->seen[i].error, s->before.error);
}

/* A gateway tells which route it is of; where there is none, the same answer
 * before and after may be that of two routes. With subtrees, sources in
 * 8000::/1 fall through between the halves. */
static void judge_samples(struct run *r)
{
	for (unsigned int i = 0; i < N_SAMPLES; i++) {
		struct sample *s = &r->sample[i];
		struct way after = ask(r, &s->dst, &s->src);
		bool stays = way_eq(&after, &s->before);

		if (stays ? addr_is_zero(&after.gate) : !r->rules)
			continue;
		if (!r->rules && (s->src.b[0] & 0x80))
			continue;
		for (unsigned int k = 0; k < s->n_seen; k++)
			if (!way_eq(&s->seen[k], &after) && r->misled++ < 5)
				complain(r, s, k);
	}
}

static void check(struct run *r, unsigned int lookups)
{
	char d[ADDR_STR], s[ADDR_STR], g[ADDR_STR];

	while (lookups--) {
		struct addr dst = random_in(r, &r->dst[below(r, N_DSTS)], 0x20);
		struct addr src = random_in(r, &r->src[below(r, N_SRCS)], 0x20);
		const struct cand *want = reference(r, &dst, &src);
		struct way way = ask(r, &dst, &src);

		r->lookups++;
		if (agrees(&way, want) || r->wrong++ >= 5)
			continue;
		fprintf(stderr, "wrong: %s from %s: the kernel has type %u interface %u gateway %s",
			addr_str(r->family, &dst, d), addr_str(r->family, &src, s), way.type,
			way.oif, addr_str(r->family, &way.gate, g));
		fprintf(stderr, " error %d, to be: kind %d interface %u gateway %s\n", way.error,
			want ? (int)want->nh.kind : -1, want ? want->nh.ifindex : 0,
			want ? addr_str(r->family, &want->nh.gate, g) : "none");
	}
}

static void clear(struct run *r)
{
	for (unsigned int d = 0; d < N_DSTS; d++)
		for (unsigned int s = 0; s < N_SRCS; s++)
			for (unsigned int t = 0; t < N_TYPES; t++)
				if (r->c[d][s][t].there) {
					if (t < T_STATIC)
						foreign(r, d, s, t, false);
					cand_drop(r, d, s, t);
				}
	settle(r);
	check(r, 20);
}

static void open_sockets(struct run *r)
{
	char err[256];

	r->fib = fib_netlink_new(err, sizeof(err));
	if (!r->fib) {
		fprintf(stderr, "fib_differential: %s\n", err);
		exit(2);
	}
	r->nl = mnl_socket_open(NETLINK_ROUTE);
	if (!r->nl || mnl_socket_bind(r->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
}

/* Whoever has other devices than those given is not to be trifled with. */
static void refuse_the_host(const struct run *r)
{
	struct if_nameindex *all = if_nameindex(), *i;

	if (!all)
		die("if_nameindex");
	for (i = all; i->if_index; i++) {
		bool given = strcmp(i->if_name, "lo") == 0;

		for (unsigned int k = 0; k < r->n_ifs; k++)
			given = given || r->ifindex[k] == i->if_index;
		if (!given) {
			fprintf(stderr, "fib_differential: %s: not my namespace\n", i->if_name);
			exit(2);
		}
	}
	if_freenameindex(all);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"seed", required_argument, NULL, 's'},
						{"rounds", required_argument, NULL, 'r'},
						{"without", required_argument, NULL, 'w'},
						{"family", required_argument, NULL, 'f'},
						{"backend", required_argument, NULL, 'b'},
						{"moments", no_argument, NULL, 'm'},
						{NULL, 0, NULL, 0}};
	static struct run r = {.family = FAM_IP6};
	unsigned long seed = 1, rounds = 10;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (o == 'r')
			rounds = strtoul(optarg, NULL, 0);
		else if (o == 'w' && strcmp(optarg, "halves") == 0)
			r.no_halves = true;
		else if (o == 'w' && strcmp(optarg, "anchors") == 0)
			r.no_anchors = true;
		else if (o == 'w' && strcmp(optarg, "throws") == 0)
			r.no_throws = true;
		else if (o == 'f')
			r.family = strcmp(optarg, "ipv4") == 0 ? FAM_IP4 : FAM_IP6;
		else if (o == 'b')
			r.rules = strcmp(optarg, "rules") == 0;
		else if (o == 'm')
			r.moments = true;
		else
			return 2;
	}
	for (; optind < argc && r.n_ifs < MAX_IFS; optind++, r.n_ifs++) {
		snprintf(r.ifname[r.n_ifs], IF_NAMESIZE, "%s", argv[optind]);
		r.ifindex[r.n_ifs] = if_nametoindex(argv[optind]);
		if (!r.ifindex[r.n_ifs])
			die(argv[optind]);
		r.up[r.n_ifs] = true;
	}
	if (r.n_ifs < 3) {
		fprintf(stderr, "usage: fib_differential [--seed N] [--rounds N] "
				"[--without halves|anchors|throws] [--family ipv4|ipv6] "
				"[--backend subtrees|rules] [--moments] DEVICES\n");
		return 2;
	}
	refuse_the_host(&r);
	r.rnd = seed;
	open_sockets(&r);
	rib_start(&r);
	for (unsigned long round = 0; round < rounds; round++) {
		new_universe(&r);
		for (unsigned int step = 0; step < 60; step++) {
			for (unsigned int n = 1 + below(&r, 8); n; n--)
				event(&r);
			settle(&r);
			check(&r, 20);
		}
		clear(&r);
	}
	printf("seed %lu: %lu lookups, %lu operations, %lu refused, %lu wrong, %lu looks, "
	       "%lu misled\n",
	       seed, r.lookups, r.ops, r.refused, r.wrong, r.looks, r.misled);
	rib_free(r.rib);
	fib_netlink_free(r.fib);
	mnl_socket_close(r.nl);
	return r.wrong || r.refused || r.misled ? 1 : 0;
}
