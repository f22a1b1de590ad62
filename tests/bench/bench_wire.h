/* SPDX-License-Identifier: MIT */
/*
 * The wire of a Babel speaker for benchmarks: one multicast socket on one
 * interface, that knows how much the receiver has not read yet, and when a
 * datagram came, both from the kernel.
 */
#ifndef SRCDEST_TESTS_BENCH_WIRE_H
#define SRCDEST_TESTS_BENCH_WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/prefix.h"
#include "lib/base/span.h"

struct wire {
	int fd, queue;
	struct sockaddr_in6 group;
	struct addr self;
	double came_at;	   /* CLOCK_REALTIME of the last datagram, in seconds */
	unsigned int room; /* packets that fit for sure */
	uint8_t in[65536];
};

/* `queue`: the receiver's /proc/PID/net/udp6, or NULL. Ends the program if
 * anything fails. */
void wire_open(struct wire *w, const char *ifname, const char *queue);
/* Whether the receiver has read most of what it was sent: one more packet fits. */
bool wire_room(struct wire *w);
/* To the group. */
void wire_send(struct wire *w, struct span d);
/* False: there is none now. `d` is good until the next one. */
bool wire_receive(struct wire *w, struct span *d, struct addr *from);
/* Datagrams that the kernel dropped before the receiver. */
unsigned long wire_drops(const struct wire *w);

#endif
