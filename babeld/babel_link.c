/* SPDX-License-Identifier: MIT */
/* The kernel's word about links. */
#include "babeld/babel_link.h"

#include <dirent.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEPTH_MAX 4 /* a VLAN on a bond on a bridge ... */

/* ---- sysfs ---- */

static bool has(const char *tree, const char *name, const char *what)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/%s", tree, name, what);
	return access(path, F_OK) == 0;
}

static ifid_t index_in(const char *tree, const char *name)
{
	char path[512], text[16] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/ifindex", tree, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return (ifid_t)strtoul(text, NULL, 10);
}

/* Devices that one stands on are links lower_NAME in its directory. */
static bool wireless_below(const char *tree, const char *name, unsigned int depth, char out[16])
{
	static const char lower[] = "lower_";
	const struct dirent *e;
	bool found = false;
	char path[512];
	DIR *d;

	if (has(tree, name, "phy80211") || has(tree, name, "wireless")) {
		snprintf(out, 16, "%.15s", name);
		return true;
	}
	snprintf(path, sizeof(path), "%s/%s", tree, name);
	d = depth < DEPTH_MAX ? opendir(path) : NULL;
	if (!d)
		return false;
	while (!found && (e = readdir(d)))
		if (strncmp(e->d_name, lower, sizeof(lower) - 1) == 0)
			found = wireless_below(tree, e->d_name + sizeof(lower) - 1, depth + 1, out);
	closedir(d);
	return found;
}

bool link_wireless(const char *tree, const char *name, ifid_t ifid, char out[16])
{
	out[0] = '\0';
	return index_in(tree, name) == ifid && wireless_below(tree, name, 0, out);
}

/* ---- netlink ---- */

static const struct rtattr *attr(const void *first, size_t len, unsigned short type)
{
	const struct rtattr *a = first;

	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

static void read_link(const struct nlmsghdr *h, struct link_facts *out)
{
	const struct ifinfomsg *i = NLMSG_DATA(h);
	const struct rtattr *a;

	if (h->nlmsg_type != RTM_NEWLINK || h->nlmsg_len < NLMSG_LENGTH(sizeof(*i)))
		return;
	out->hardware = i->ifi_type;
	a = attr(IFLA_RTA(i), IFLA_PAYLOAD(h), IFLA_LINKINFO);
	if (a)
		a = attr(RTA_DATA(a), RTA_PAYLOAD(a), IFLA_INFO_KIND);
	if (a)
		snprintf(out->kind, sizeof(out->kind), "%.*s", (int)RTA_PAYLOAD(a),
			 (const char *)RTA_DATA(a));
}

/* The kernel has answered before send() returns. */
static void ask(int fd, ifid_t ifid, struct link_facts *out)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
		struct rtattr a;
		uint32_t filter;
	} q = {
		.h = {.nlmsg_len = sizeof(q),
		      .nlmsg_type = RTM_GETLINK,
		      .nlmsg_flags = NLM_F_REQUEST},
		.i = {.ifi_index = (int)ifid},
		.a = {.rta_len = sizeof(q.a) + sizeof(q.filter), .rta_type = IFLA_EXT_MASK},
		.filter = RTEXT_FILTER_SKIP_STATS,
	};
	union {
		struct nlmsghdr h;
		char room[16384];
	} answer;
	ssize_t n;

	if (send(fd, &q, sizeof(q), 0) != (ssize_t)sizeof(q))
		return;
	n = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n > 0 && NLMSG_OK(&answer.h, (size_t)n))
		read_link(&answer.h, out);
}

void link_look(ifid_t ifid, const char *name, struct link_facts *out)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	memset(out, 0, sizeof(*out));
	if (fd >= 0) {
		ask(fd, ifid, out);
		close(fd);
	}
	link_wireless(LINK_SYSFS, name, ifid, out->wireless);
}

/* ---- judgement ---- */

static bool among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

static bool hardware_is_tunnel(uint16_t hardware)
{
	switch (hardware) {
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
	case ARPHRD_NONE: /* TUN, WireGuard */
		return true;
	default:
		return false;
	}
}

static bool hardware_is_wireless(uint16_t hardware)
{
	switch (hardware) {
	case ARPHRD_IEEE80211:
	case ARPHRD_IEEE80211_PRISM:
	case ARPHRD_IEEE80211_RADIOTAP:
	case ARPHRD_IEEE802154:
	case ARPHRD_6LOWPAN:
		return true;
	default:
		return false;
	}
}

enum babel_link_type link_judge(const struct link_facts *f, char why[LINK_WHY])
{
	static const char *const tunnels[] = {
		"amt",	  "bareudp",   "erspan", "geneve",    "gre",  "gretap", "gtp", "ip6erspan",
		"ip6gre", "ip6gretap", "ip6tnl", "ipip",      "ovpn", "ppp",	"sit", "tun",
		"vti",	  "vti6",      "vxlan",	 "wireguard", "xfrm", NULL};

	if (f->wireless[0]) {
		snprintf(why, LINK_WHY, "%s is an 802.11 device", f->wireless);
		return BABEL_WIRELESS;
	}
	if (hardware_is_wireless(f->hardware)) {
		snprintf(why, LINK_WHY, "its hardware type is %u", f->hardware);
		return BABEL_WIRELESS;
	}
	if (among(tunnels, f->kind)) {
		snprintf(why, LINK_WHY, "its kind is %s", f->kind);
		return BABEL_TUNNEL;
	}
	if (hardware_is_tunnel(f->hardware)) {
		snprintf(why, LINK_WHY, "its hardware type is %u", f->hardware);
		return BABEL_TUNNEL;
	}
	if (f->kind[0])
		snprintf(why, LINK_WHY, "its kind is %s", f->kind);
	else
		snprintf(why, LINK_WHY, "nothing says otherwise");
	return BABEL_WIRED;
}
