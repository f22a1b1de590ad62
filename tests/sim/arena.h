/* SPDX-License-Identifier: MIT */
/*
 * The allocator of lib/base/mem.h on memory that can be saved and restored:
 * a program that links arena.c has this one instead. The simulation
 * proper is arena 0, each node's core and forwarding table have their own, so
 * a step at one node needs only that to be saved.
 *
 * Blocks beyond ARENA_LARGE are not saved: they are scratch (a core's datagram under construction,
 * the story).
 */
#ifndef SRCDEST_TESTS_ARENA_H
#define SRCDEST_TESTS_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define ARENAS	    6
#define ARENA_SIZE  (1u << 20)
#define ARENA_LARGE (32u << 10)

void arena_clear_all(void);
/* What is allocated from now on under other tags than the simulation's. */
void arena_use(unsigned int arena);
size_t arena_used(unsigned int arena);
void arena_save(unsigned int arena, void *to);
void arena_restore(unsigned int arena, const void *from, size_t used);
uint64_t octets_hash(const void *p, size_t n, uint64_t h);

#endif
