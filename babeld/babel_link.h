/* SPDX-License-Identifier: MIT */
/*
 * What kind of link an interface is, by the kernel's word: wireless, a tunnel,
 * or, if nothing says otherwise, a wire. A bridge or VLAN over something
 * wireless is wireless.
 *
 * The kind of the device comes by netlink, which knows the network namespace
 * we are in. Wireless devices are told by sysfs, which may show another one's;
 * it is believed where it agrees on the interface's index.
 */
#ifndef SRCDEST_BABEL_LINK_H
#define SRCDEST_BABEL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "babeld/core/babel.h"

#define LINK_WHY   48
#define LINK_SYSFS "/sys/class/net"

struct link_facts {
	uint16_t hardware; /* ARPHRD_ */
	char kind[24];	   /* of the device: "vxlan"; empty for real hardware */
	char wireless[16]; /* the 802.11 device it is or stands on, or empty */
};

/* Asks the kernel; what it does not say is left empty. */
void link_look(ifid_t ifid, const char *name, struct link_facts *out);
/* The 802.11 device under `name`, itself included, in a tree like LINK_SYSFS. */
bool link_wireless(const char *tree, const char *name, ifid_t ifid, char out[16]);
enum babel_link_type link_judge(const struct link_facts *f, char why[LINK_WHY]);

#endif
