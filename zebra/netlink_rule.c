/* SPDX-License-Identifier: MIT */
/* Policy rules, octets to struct and back. */
#include "zebra/netlink_rule.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <string.h>

static enum family family_of(unsigned int af)
{
	return af == AF_INET ? FAM_IP4 : af == AF_INET6 ? FAM_IP6 : FAM_NONE;
}

struct rule_parts {
	struct addr src;
	bool bad, more; /* more: it matches by something else as well */
};

static bool u32_of(const struct nlattr *a, uint32_t *out)
{
	if (mnl_attr_get_payload_len(a) < sizeof(*out))
		return false;
	memcpy(out, mnl_attr_get_payload(a), sizeof(*out));
	return true;
}

static bool is_none(const struct nlattr *a)
{
	uint32_t v;

	return u32_of(a, &v) && v == UINT32_MAX;
}

static void parse_attr(const struct nlattr *a, enum family f, struct rule_parts *p,
		       struct nl_rule *out)
{
	bool ok = true;

	switch (mnl_attr_get_type(a)) {
	case FRA_SRC:
		ok = mnl_attr_get_payload_len(a) >= family_octets(f);
		if (ok)
			p->src = addr_from(f, mnl_attr_get_payload(a));
		break;
	case FRA_TABLE:
		ok = u32_of(a, &out->table);
		break;
	case FRA_PRIORITY:
		ok = u32_of(a, &out->preference);
		break;
	case FRA_PROTOCOL:
		ok = mnl_attr_get_payload_len(a) >= 1;
		if (ok)
			out->protocol = *(const uint8_t *)mnl_attr_get_payload(a);
		break;
	case FRA_SUPPRESS_PREFIXLEN: /* the kernel always tells these two */
	case FRA_SUPPRESS_IFGROUP:
		p->more = p->more || !is_none(a);
		break;
	case FRA_UNSPEC:
	case FRA_PAD:
		break;
	default:
		p->more = true;
		break;
	}
	if (!ok)
		p->bad = true;
}

enum nl_verdict nl_parse_rule(const struct nlmsghdr *h, struct nl_rule *out)
{
	struct fib_rule_hdr rule;
	struct rule_parts parts;
	const struct nlattr *a;
	enum family f;

	memset(out, 0, sizeof(*out));
	memset(&parts, 0, sizeof(parts));
	if (h->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(rule))
		return NL_BAD;
	memcpy(&rule, mnl_nlmsg_get_payload(h), sizeof(rule));
	f = family_of(rule.family);
	if (f == FAM_NONE)
		return NL_IGNORE;
	out->table = rule.table;
	/* As in netlink_codec.c: libmnl's own walk reads behind a cut message. */
	for (a = mnl_nlmsg_get_payload_offset(h, sizeof(rule));
	     mnl_attr_ok(a, (int)((const char *)h + h->nlmsg_len - (const char *)a));
	     a = mnl_attr_next(a))
		parse_attr(a, f, &parts, out);
	if (parts.bad || !prefix_make(&out->src, f, &parts.src, rule.src_len))
		return NL_BAD;
	out->simple = !parts.more && rule.action == FR_ACT_TO_TBL && rule.dst_len == 0 &&
		      rule.tos == 0 && !(rule.flags & FIB_RULE_INVERT);
	return NL_OK;
}

struct nlmsghdr *nl_put_rule(void *buf, const struct fib_op *op, uint32_t seq)
{
	const struct prefix *src = &op->route.pair.src;
	enum family f = sdprefix_family(&op->route.pair);
	uint32_t table = op->route.table;
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *rule = mnl_nlmsg_put_extra_header(h, sizeof(*rule));

	h->nlmsg_seq = seq;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	h->nlmsg_type = RTM_DELRULE;
	if (op->kind == FIB_RULE_ADD) {
		h->nlmsg_type = RTM_NEWRULE;
		h->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	}
	rule->family = f == FAM_IP4 ? AF_INET : AF_INET6;
	rule->src_len = src->plen;
	rule->action = FR_ACT_TO_TBL;
	rule->table = table < 256 ? (uint8_t)table : RT_TABLE_UNSPEC;
	mnl_attr_put(h, FRA_SRC, family_octets(f), src->addr.b);
	mnl_attr_put_u32(h, FRA_TABLE, table);
	mnl_attr_put_u32(h, FRA_PRIORITY, op->preference);
	mnl_attr_put_u8(h, FRA_PROTOCOL, NL_RTPROTO_ZEBRA);
	return h;
}
